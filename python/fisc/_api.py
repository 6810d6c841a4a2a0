"""The package's own shapes around the compiled module: ledgers, records, tables, explanations."""

from __future__ import annotations

import copy
import datetime as dt
import html
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from os import fspath
from typing import Any

from . import _fisc, _input, _readings
from ._errors import Diagnostic, FiscError, messages, raised
from ._input import Path, Rows, TableInput
from ._readings import Range

_AMOUNTS = {"quantity", "proceeds", "cost", "fees", "gain", "taxable_gain", "amount", "total_tax", "difference"}
_DATES = {"acquired", "disposed", "received", "due"}


class Ledger:
    """Rows that were read, in order of time. Made by `read_ledger` or `Ledger.from_rows`."""

    def __init__(self, inner: _fisc.Ledger) -> None:
        self._inner = inner

    @classmethod
    def from_rows(cls, rows: Rows, name: str = "rows") -> Ledger:
        """A ledger from dicts with the ledger's columns as keys. Raises FiscError if no row can be read."""
        try:
            return cls(
                _fisc.ledger_from_text(name, _input.csv_text(rows, "row", ("timestamp", "kind", "sent_amount", "sent_asset")))
            )
        except ValueError as error:
            raise raised(error) from None

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What was wrong with single rows; they also stand in the errors of an assessment."""
        return messages(json.loads(self._inner.diagnostics))

    @property
    def taxpayers(self) -> list[str]:
        return self._inner.taxpayers

    def __len__(self) -> int:
        return len(self._inner)

    def __repr__(self) -> str:
        return f"<fisc.Ledger of {len(self)} rows>"


@dataclass(frozen=True)
class Advance:
    """A payment on account of a tax, for a part of its period."""

    period: str
    amount: Decimal | None
    due: dt.date | None


@dataclass(frozen=True)
class Tax:
    """One tax of one period. Amounts are Decimal, or None where they were refused."""

    id: str
    title: str
    kind: str
    period: str
    base: Decimal | None
    amount: Decimal | None
    whole: Decimal | None
    payable: Decimal | None
    late_interest: Decimal | None
    due: dt.date | None
    borne_by: str
    cite: list[str]
    advances: list[Advance] = field(default_factory=list)


class Table(Sequence[dict[str, Any]]):
    """Records: a sequence of dicts with Decimals and dates."""

    def __init__(self, name: str, records: list[dict[str, Any]]) -> None:
        self._name = name
        self._records = [{key: _typed(key, value) for key, value in record.items()} for record in records]

    def to_rows(self) -> list[dict[str, Any]]:
        """The records as a list of dicts of their own."""
        return [dict(record) for record in self._records]

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, index: Any) -> Any:
        return self._records[index]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._records)

    def __repr__(self) -> str:
        return f"<{self._name}: {len(self)} records>"

    def _repr_html_(self) -> str:
        return _html_table(self._records[:200])


def _typed(key: str, value: Any) -> Any:
    if value is None:
        return None
    if key in _AMOUNTS:
        return Decimal(value)
    if key in _DATES:
        return dt.date.fromisoformat(value)
    return value


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _date(value: str | None) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(value)


def _money(value: Decimal | None) -> str:
    """An amount for people: thousands apart, two decimals. The record has all of them."""
    return "refused" if value is None else f"{value:,.2f}"


def _html_cell(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"<td style='text-align:right'>{value:,f}</td>"
    return f"<td>{html.escape('' if value is None else str(value))}</td>"


def _html_table(records: Sequence[Mapping[str, Any]]) -> str:
    if not records:
        return "<p>no records</p>"
    head = "".join(f"<th>{html.escape(key)}</th>" for key in records[0])
    body = "".join("<tr>" + "".join(_html_cell(value) for value in record.values()) + "</tr>" for record in records)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class Explanation:
    """The working of a figure: `print` it, or walk `to_dict()`."""

    def __init__(self, text: str, tree: dict[str, Any]) -> None:
        self._text = text
        self._tree = tree

    @property
    def value(self) -> str | None:
        """The value as text, or None where it was refused."""
        value: str | None = self._tree["value"]
        return value

    def to_dict(self) -> dict[str, Any]:
        return self._tree

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<fisc.Explanation of {self._tree['name']}>"

    def _repr_html_(self) -> str:
        return _html_step(self._tree, open_=True)


def _explained(explain: Callable[[str, str], tuple[str, str]], name: str, depth: str) -> Explanation:
    if depth not in ("summary", "working", "full"):
        raise FiscError(f"`{depth}` is not a depth: give `summary`, `working` or `full`")
    try:
        text, tree = explain(name, depth)
    except ValueError as error:
        raise raised(error) from None
    return Explanation(text, json.loads(tree))


def _html_step(step: Mapping[str, Any], open_: bool = False) -> str:
    value = "refused" if step["value"] is None else step["value"]
    title = f"<b>{html.escape(step['name'])}</b> = {html.escape(value)} {html.escape(step['unit'])}"
    lines = [html.escape(step[key]) for key in ("formula", "with") if step[key]]
    lines += [html.escape(note) for note in step.get("notes", [])]
    if step["cite"]:
        lines.append("<i>" + html.escape("; ".join(step["cite"])) + "</i>")
    if step.get("place"):
        lines.append("<code>" + html.escape(step["place"]) + "</code>")
    inner = "".join(f"<div>{line}</div>" for line in lines) + "".join(_html_step(part) for part in step["parts"])
    return (
        f"<details{' open' if open_ else ''} style='margin-left:1em'><summary>{title}</summary>"
        f"<div style='margin-left:1em'>{inner}</div></details>"
    )


class Assessment:
    """The liabilities of a tax year, and what they rest on."""

    def __init__(self, inner: _fisc.Assessment) -> None:
        self._inner = inner
        self._data: dict[str, Any] = json.loads(inner.json)

    @property
    def jurisdiction(self) -> str:
        return str(self._data["jurisdiction"])

    @property
    def tax_year(self) -> str:
        return str(self._data["tax_year"])

    @property
    def currency(self) -> str:
        return str(self._data["currency"])

    @property
    def total_tax(self) -> Decimal | None:
        """What the ledger adds to all taxes the taxpayer bears; None where one was refused."""
        return _decimal(self._data["total_tax"])

    @property
    def taxes(self) -> list[Tax]:
        def tax(item: dict[str, Any]) -> Tax:
            amounts = {k: _decimal(item[k]) for k in ("base", "amount", "whole", "payable", "late_interest")}
            advances = [Advance(a["period"], _decimal(a["amount"]), _date(a["due"])) for a in item.get("advances", [])]
            return Tax(**{**item, **amounts, "due": _date(item["due"]), "advances": advances})

        return [tax(item) for item in self._data["taxes"]]

    @property
    def quantities(self) -> dict[str, Decimal | dict[str, Decimal | None] | None]:
        def value(item: Any) -> Decimal | dict[str, Decimal | None] | None:
            return {k: _decimal(v) for k, v in item.items()} if isinstance(item, dict) else _decimal(item)

        return {name: value(item) for name, item in self._data["quantities"].items()}

    @property
    def disposals(self) -> Table:
        return Table("disposals", self._data["disposals"])

    @property
    def income(self) -> Table:
        return Table("income", self._data["income"])

    @property
    def expenses(self) -> Table:
        return Table("expenses", self._data["expenses"])

    @property
    def holdings(self) -> Table:
        return Table("holdings", self._data["holdings"])

    @property
    def readings(self) -> dict[str, Any]:
        readings: dict[str, Any] = copy.deepcopy(self._data["readings"])
        return readings

    @property
    def choices(self) -> dict[str, Any]:
        choices: dict[str, Any] = copy.deepcopy(self._data["choices"])
        return choices

    @property
    def side_by_side(self) -> Table:
        """With `all_readings` or `all_choices`: a record an option, the others as chosen.

        Keys: `name`, `kind` (`reading` or `choice`), `option`, `chosen`, `total_tax`, `difference` (to what is chosen; None where
        either was refused), `taxes`, `matters` (False where no combination of those tried makes it change a tax).
        """
        return Table("side by side", _readings.records(self._data))

    @property
    def range(self) -> Range | None:
        """The lowest and the highest total; None unless `all_readings` or `all_choices` was asked for."""
        return _readings.range_of(self._data)

    @property
    def assumptions(self) -> list[dict[str, str]]:
        assumptions: list[dict[str, str]] = self._data["assumptions"]
        return assumptions

    @property
    def findings(self) -> list[dict[str, Any]]:
        findings: list[dict[str, Any]] = self._data["findings"]
        return findings

    @property
    def errors(self) -> list[Diagnostic]:
        return messages(self._data["errors"])

    @property
    def warnings(self) -> list[Diagnostic]:
        return messages(self._data["warnings"])

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the command line, as Python values of the caller's own."""
        data: dict[str, Any] = json.loads(self._inner.json)
        return data

    def to_json(self) -> str:
        """The JSON of the command line, on one line."""
        return self._inner.json

    def explain(self, figure: str, depth: str = "working") -> Explanation:
        """The working of a figure: `income_tax`, `mining_tax@2024-07`, `gain@ROW`.

        `depth` is `summary`, `working` or `full`. Raises FiscError for an unknown figure.
        """
        return _explained(self._inner.explain, figure, depth)

    def __repr__(self) -> str:
        total = "refused" if self.total_tax is None else f"{self.total_tax} {self.currency}"
        return f"<fisc.Assessment {self.jurisdiction} {self.tax_year}: {total}>"

    def _repr_html_(self) -> str:
        total = "refused" if self.total_tax is None else f"{_money(self.total_tax)} {self.currency}"
        shown = [t for t in self.taxes if t.whole != 0 or t.period == self.tax_year]
        head = "".join(f"<th>{name}</th>" for name in ("tax", "period", "base", "whole", "by the ledger", "payable", "due"))
        right = "<td style='text-align:right'>"
        rows = "".join(
            f"<tr><td>{html.escape(t.title)}</td><td>{html.escape(t.period)}</td>"
            + right
            + ("" if t.base is None and t.whole is not None else _money(t.base))
            + "</td>"
            + "".join(f"{right}{_money(v)}</td>" for v in (t.whole, t.amount, t.payable))
            + f"<td>{t.due or ''}</td></tr>"
            for t in shown
        )
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if shown else "<p>no tax to show</p>"
        title = f"<h4>{html.escape(self.jurisdiction)} {html.escape(self.tax_year)}: {html.escape(total)}</h4>"
        problems = "".join(f"<li>{html.escape(str(p))}</li>" for p in self.errors + self.warnings)
        return title + table + (f"<ul>{problems}</ul>" if problems else "")


@dataclass
class _Question:
    code: str
    year: int
    facts: str
    readings: list[tuple[str, str]]
    choices: list[tuple[str, str]]
    prices: _input.Tables
    rates: _input.Tables
    rules: str | None
    strict: bool
    all_readings: bool
    all_choices: bool
    holdings_on: str | None
    taxpayer: str | None


def _question(
    code: str,
    year: int,
    *,
    facts: Mapping[str, Any] | None,
    readings: Mapping[str, str] | None,
    choices: Mapping[str, str] | None,
    prices: TableInput,
    rates: TableInput,
    rules: Path | None,
    taxpayer: str | None,
    strict: bool = False,
    all_readings: bool = False,
    all_choices: bool = False,
    holdings_on: dt.date | str | None = None,
) -> _Question:
    """What the engine is asked, as the plain values that cross to it."""
    return _Question(
        code=code,
        year=year,
        facts=json.dumps(_input.tree(dict(facts or {}), "facts")),
        readings=_input.pairs(readings),
        choices=_input.pairs(choices),
        prices=_input.tables(prices, "prices"),
        rates=_input.tables(rates, "rates"),
        rules=None if rules is None else fspath(rules),
        strict=strict,
        all_readings=all_readings,
        all_choices=all_choices,
        holdings_on=None if holdings_on is None else str(holdings_on),
        taxpayer=taxpayer,
    )


def read_ledger(source: Path | Sequence[Path]) -> Ledger:
    """Reads ledgers or exchange exports (recognised by their header).

    Raises FiscError where no row could be read; faults of single rows are in `Ledger.diagnostics`.
    """
    try:
        return Ledger(_fisc.read_ledger(_input.paths(source)))
    except ValueError as error:
        raise raised(error) from None


def assess(
    ledger: Ledger,
    jurisdiction: str,
    *,
    year: int,
    facts: Mapping[str, Any] | None = None,
    readings: Mapping[str, str] | None = None,
    choices: Mapping[str, str] | None = None,
    prices: TableInput = None,
    rates: TableInput = None,
    rules: Path | None = None,
    strict: bool = False,
    all_readings: bool = False,
    all_choices: bool = False,
    holdings_on: dt.date | str | None = None,
    taxpayer: str | None = None,
) -> Assessment:
    """The liabilities of the tax year that begins in `year`.

    Amounts in `facts` are int, Decimal or str; floats are refused. `prices` and `rates` are paths or lists of dicts
    with the columns of their files. `holdings` are those at the end of the year, or of the day `holdings_on`.
    Raises FiscError for unknown codes, facts, readings, and where nothing could be computed; what is missing for
    single figures is in `Assessment.errors`.
    """
    asked = _question(
        jurisdiction,
        year,
        facts=facts,
        readings=readings,
        choices=choices,
        prices=prices,
        rates=rates,
        rules=rules,
        taxpayer=taxpayer,
        strict=strict,
        all_readings=all_readings,
        all_choices=all_choices,
        holdings_on=holdings_on,
    )
    try:
        return Assessment(_fisc.assess(ledger._inner, asked))
    except ValueError as error:
        raise raised(error) from None


def check(target: Path) -> list[Diagnostic]:
    """The messages on a rule folder, a rule file, or the code of a jurisdiction; empty where it is sound."""
    return messages(json.loads(_fisc.check(str(target))))
