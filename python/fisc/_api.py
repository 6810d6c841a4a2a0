"""The package's own shapes around the compiled module: records, tables, errors."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from os import PathLike
from typing import Any, TypeAlias

from . import _fisc

Path: TypeAlias = str | PathLike[str]
Rows: TypeAlias = Iterable[Mapping[str, Any]]
TableInput: TypeAlias = Path | Sequence[Path] | Rows | None

_AMOUNTS = {"quantity", "proceeds", "cost", "fees", "gain", "taxable_gain", "amount"}
_DATES = {"acquired", "disposed", "received", "due"}


@dataclass(frozen=True)
class Diagnostic:
    """A message: what is wrong, where, and the remedy. The fields are those of the JSON's errors."""

    code: str
    severity: str
    message: str
    help: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    figures: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: " if self.file else ""
        remedy = f"\n  help: {self.help}" if self.help else ""
        return f"{place}{self.severity}[{self.code}]: {self.message}{remedy}"


class FiscError(Exception):
    """Raised where nothing could be computed; `.diagnostics` says why, all of it."""

    def __init__(self, message: str, diagnostics: list[Diagnostic] | None = None) -> None:
        super().__init__(message)
        self.diagnostics: list[Diagnostic] = diagnostics or []


def _raise(error: ValueError) -> FiscError:
    if len(error.args) == 2:
        return FiscError(error.args[0], _diagnostics(json.loads(error.args[1])))
    return FiscError(str(error))


def _diagnostics(items: list[dict[str, Any]]) -> list[Diagnostic]:
    return [Diagnostic(**item) for item in items]


def _text(value: Any, what: str) -> str:
    """A scalar as the engine reads it. Floats are refused: they are not the number they look like."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        raise FiscError(f"{what} is the float {value!r}: give a Decimal or a string, so that no digit is lost")
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise FiscError(f"{what} is {value}, which is no amount")
        return format(value, "f")
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise FiscError(f"{what} is {value}, without a time zone: give an aware datetime")
        return value.isoformat()
    if value is None:
        return ""
    return str(value)


def _tree(value: Any, what: str) -> Any:
    if isinstance(value, Mapping):
        return {_text(k, what): _tree(v, f"{what}[{k!r}]") for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_tree(v, what) for v in value]
    return _text(value, what)


def _csv(rows: Rows, what: str) -> str:
    rows = [dict(row) for row in rows]
    header: list[str] = []
    for row in rows:
        header += [key for key in row if key not in header]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for index, row in enumerate(rows, 1):
        writer.writerow([_text(row.get(key), f"{what} {index}, `{key}`") for key in header])
    return out.getvalue()


class Ledger:
    """Rows that were read, in order of time. Made by `read_ledger` or `Ledger.from_rows`."""

    def __init__(self, inner: _fisc.Ledger) -> None:
        self._inner = inner

    @classmethod
    def from_rows(cls, rows: Rows, name: str = "rows") -> Ledger:
        """A ledger from dicts with the ledger's columns as keys. Raises FiscError if no row can be read."""
        try:
            return cls(_fisc.ledger_from_text(name, _csv(rows, "row")))
        except ValueError as error:
            raise _raise(error) from None

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What was wrong with single rows; they also stand in the errors of an assessment."""
        return _diagnostics(json.loads(self._inner.diagnostics))

    @property
    def taxpayers(self) -> list[str]:
        return self._inner.taxpayers

    def __len__(self) -> int:
        return len(self._inner)

    def __repr__(self) -> str:
        return f"<fisc.Ledger of {len(self)} rows>"


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


def _html_table(records: Sequence[Mapping[str, Any]]) -> str:
    if not records:
        return "<p>no records</p>"
    head = "".join(f"<th>{html.escape(key)}</th>" for key in records[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape('' if v is None else str(v))}</td>" for v in record.values()) + "</tr>"
        for record in records
    )
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

    def __init__(self, data: dict[str, Any], ledger: Ledger, asked: Any) -> None:
        self._data = data
        self._ledger = ledger
        self._asked = asked

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
            due = None if item["due"] is None else dt.date.fromisoformat(item["due"])
            return Tax(**{**item, **amounts, "due": due})

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
        readings: dict[str, Any] = self._data["readings"]
        return readings

    @property
    def choices(self) -> dict[str, Any]:
        choices: dict[str, Any] = self._data["choices"]
        return choices

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
        return _diagnostics(self._data["errors"])

    @property
    def warnings(self) -> list[Diagnostic]:
        return _diagnostics(self._data["warnings"])

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the command line, as Python values."""
        return self._data

    def to_json(self) -> str:
        return json.dumps(self._data, ensure_ascii=False)

    def explain(self, figure: str, depth: str = "working") -> Explanation:
        """The working of a figure: `income_tax`, `mining_tax@2024-07`, `gain@ROW`.

        `depth` is `summary`, `working` or `full`. Raises FiscError for an unknown figure.
        """
        if depth not in ("summary", "working", "full"):
            raise FiscError(f"`{depth}` is not a depth: give `summary`, `working` or `full`")
        try:
            text, tree = _fisc.explain(self._ledger._inner, self._asked, figure, depth)
        except ValueError as error:
            raise _raise(error) from None
        return Explanation(text, json.loads(tree))

    def __repr__(self) -> str:
        total = "refused" if self.total_tax is None else f"{self.total_tax} {self.currency}"
        return f"<fisc.Assessment {self.jurisdiction} {self.tax_year}: {total}>"

    def _repr_html_(self) -> str:
        total = "refused" if self.total_tax is None else f"{self.total_tax:,} {self.currency}"
        rows = [
            {"tax": t.title, "period": t.period, "base": t.base, "whole": t.whole, "by the ledger": t.amount, "due": t.due}
            for t in self.taxes
            if t.whole != 0 or t.period == self.tax_year
        ]
        problems = "".join(f"<li>{html.escape(str(p))}</li>" for p in self.errors + self.warnings)
        head = f"<h4>{html.escape(self.jurisdiction)} {html.escape(self.tax_year)}: {html.escape(total)}</h4>"
        return head + _html_table(rows) + (f"<ul>{problems}</ul>" if problems else "")


@dataclass
class _Tables:
    paths: list[str]
    text: str | None


@dataclass
class _Question:
    code: str
    year: int
    facts: str
    readings: list[tuple[str, str]]
    choices: list[tuple[str, str]]
    prices: _Tables
    rates: _Tables
    rules: str | None
    strict: bool
    all_readings: bool
    taxpayer: str | None


def _paths(source: Path | Sequence[Path]) -> list[str]:
    if isinstance(source, (str, PathLike)):
        return [str(source)]
    return [str(path) for path in source]


def _tables(source: TableInput, what: str) -> _Tables:
    if source is None:
        return _Tables([], None)
    if isinstance(source, (str, PathLike)):
        return _Tables([str(source)], None)
    items = list(source)
    if all(isinstance(item, (str, PathLike)) for item in items):
        return _Tables([str(item) for item in items], None)
    if all(isinstance(item, Mapping) for item in items):
        return _Tables([], _csv([item for item in items if isinstance(item, Mapping)], what))
    raise FiscError(f"{what} are a path, a list of paths, or a list of dicts")


def _pairs(options: Mapping[str, str] | None) -> list[tuple[str, str]]:
    return [(str(name), str(option)) for name, option in (options or {}).items()]


def read_ledger(source: Path | Sequence[Path]) -> Ledger:
    """Reads ledgers or exchange exports (recognised by their header).

    Raises FiscError where no row could be read; faults of single rows are in `Ledger.diagnostics`.
    """
    try:
        return Ledger(_fisc.read_ledger(_paths(source)))
    except ValueError as error:
        raise _raise(error) from None


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
    taxpayer: str | None = None,
) -> Assessment:
    """The liabilities of the tax year that begins in `year`.

    Amounts in `facts` are int, Decimal or str; floats are refused. `prices` and `rates` are paths or lists of dicts
    with the columns of their files. Raises FiscError for unknown codes, facts, readings, and where nothing could be
    computed; what is missing for single figures is in `Assessment.errors`.
    """
    asked = _Question(
        code=jurisdiction,
        year=year,
        facts=json.dumps(_tree(dict(facts or {}), "facts")),
        readings=_pairs(readings),
        choices=_pairs(choices),
        prices=_tables(prices, "prices"),
        rates=_tables(rates, "rates"),
        rules=None if rules is None else str(rules),
        strict=strict,
        all_readings=all_readings,
        taxpayer=taxpayer,
    )
    try:
        text = _fisc.assess(ledger._inner, asked)
    except ValueError as error:
        raise _raise(error) from None
    return Assessment(json.loads(text), ledger, asked)


def check(target: Path) -> list[Diagnostic]:
    """The messages on a rule folder, a rule file, or the code of a jurisdiction; empty where it is sound."""
    return _diagnostics(json.loads(_fisc.check(str(target))))


def jurisdictions(rules: Path | None = None) -> list[dict[str, str]]:
    """What is covered: records with `code` and `title`."""
    found = _fisc.jurisdictions(None if rules is None else str(rules))
    return [{"code": code, "title": title} for code, title in found]
