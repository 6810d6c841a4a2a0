"""The same ledger under several laws: records, the difference taken apart, a chart."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import _fisc
from ._api import Assessment, Ledger, _decimal, _money, _question
from ._errors import FiscError, raised
from ._input import Path, TableInput

if TYPE_CHECKING:
    import altair


@dataclass(frozen=True)
class Compared:
    """One law. `converted`, `lowest` and `highest` are in the currency of the comparison, the others in that of the law."""

    jurisdiction: str
    title: str
    tax_year: str
    currency: str
    total_tax: Decimal | None
    converted: Decimal | None
    rate_on_gains: Decimal | None
    """The tax by the gains; None where there are none."""
    rate_on_gains_and_income: Decimal | None
    gains: Decimal | None
    income: Decimal | None
    base: Decimal | None
    """Base of the tax that comes to most."""
    lowest: Decimal | None
    """Under all readings and choices; None with `as_chosen`."""
    highest: Decimal | None
    exempt: dict[str, Decimal | None]
    """What is left out of tax, by cause; None where the amount cannot be told."""
    conversion: str | None
    reasons: list[str]
    """Why there is no total, or none in the currency of the comparison."""


@dataclass(frozen=True)
class Difference:
    """The tax of the first law less that of the second, taken apart. The parts add up to the total."""

    between: tuple[str, str]
    total: Decimal | None
    parts: dict[str, Decimal]
    unknown: list[str]
    """Amounts that are not known: what they would explain is among `rates`."""


class Comparison(Sequence[Compared]):
    """A record for each law, in the order in which they were named. `comparison["kg"]` is the assessment of one."""

    def __init__(self, inner: _fisc.Comparison) -> None:
        self._inner = inner
        self._data: dict[str, Any] = json.loads(inner.json)
        self._records = [_record(code, item) for code, item in self._data["jurisdictions"].items()]

    @property
    def currency(self) -> str:
        return str(self._data["currency"])

    @property
    def records(self) -> list[Compared]:
        return list(self._records)

    @property
    def difference(self) -> Difference | None:
        """Of two laws; None for another number of them."""
        item = self._data.get("difference")
        if item is None:
            return None
        first, second = item["between"]
        parts = {name: Decimal(amount) for name, amount in item["parts"].items()}
        return Difference((first, second), _decimal(item["total"]), parts, item["unknown"])

    def assessment(self, jurisdiction: str) -> Assessment:
        """The whole assessment under one law, whose figures can be explained. Raises KeyError for a law not compared."""
        found = self._inner.assessment(jurisdiction)
        if found is None:
            raise KeyError(jurisdiction)
        return Assessment(found)

    def to_rows(self) -> list[dict[str, Any]]:
        """The records as dicts with Decimals, for a table of any library."""
        return [dict(vars(record)) for record in self._records]

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the command line, as Python values of the caller's own."""
        data: dict[str, Any] = json.loads(self._inner.json)
        return data

    def to_json(self) -> str:
        return self._inner.json

    def plot(self) -> altair.LayerChart:
        """The tax under each law as bars, with a line from the lowest to the highest where readings and choices were tried.

        Needs the package `altair`. Laws without a total are left out of the bars and named in the title.
        """
        try:
            import altair
        except ImportError:
            raise FiscError("`plot` needs the package altair: `pip install altair`") from None
        known = [record for record in self._records if record.converted is not None]
        refused = [record.jurisdiction for record in self._records if record.converted is None]
        # A chart draws with floats; the records keep the Decimals.
        values = [
            {
                "law": record.jurisdiction,
                "country": record.title,
                "tax": _drawn(record.converted),
                "lowest": _drawn(record.lowest if record.lowest is not None else record.converted),
                "highest": _drawn(record.highest if record.highest is not None else record.converted),
                "label": f"{_money(record.converted)} {self.currency}",
            }
            for record in known
        ]
        title = f"Tax in {self.currency}" + (f" (refused: {', '.join(refused)})" if refused else "")
        base = altair.Chart({"values": values}, title=title)
        order = [record.jurisdiction for record in known]
        law = altair.Y("law:N", title=None, sort=order)
        bars = base.mark_bar().encode(
            x=altair.X("tax:Q", title=self.currency), y=law, tooltip=["country:N", "label:N", "lowest:Q", "highest:Q"]
        )
        span = base.mark_rule(color="black").encode(x="lowest:Q", x2="highest:Q", y=law)
        chart: altair.LayerChart = bars + span
        return chart

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, index: Any) -> Any:
        return self.assessment(index) if isinstance(index, str) else self._records[index]

    def __iter__(self) -> Iterator[Compared]:
        return iter(self._records)

    def __repr__(self) -> str:
        totals = ", ".join(f"{r.jurisdiction} {_money(r.converted)}" for r in self._records)
        return f"<fisc.Comparison in {self.currency}: {totals}>"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("law", "year", "tax", "", f"in {self.currency}", "of gains", "why not"))
        right = "<td style='text-align:right'>"
        rows = "".join(
            f"<tr><td>{html.escape(r.jurisdiction)}</td><td>{html.escape(r.tax_year)}</td>{right}{_money(r.total_tax)}</td>"
            f"<td>{html.escape(r.currency)}</td>{right}{'' if r.converted is None else _money(r.converted)}</td>"
            f"{right}{'' if r.rate_on_gains is None else f'{r.rate_on_gains:.2%}'}</td>"
            f"<td>{html.escape('; '.join(r.reasons))}</td></tr>"
            for r in self._records
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _drawn(amount: Decimal | None) -> float:
    return float(amount if amount is not None else 0)


def _record(code: str, item: Mapping[str, Any]) -> Compared:
    beside = item["comparison"]
    return Compared(
        jurisdiction=code,
        title=beside["title"],
        tax_year=item["tax_year"],
        currency=item["currency"],
        total_tax=_decimal(item["total_tax"]),
        converted=_decimal(item["total_tax_converted"]),
        rate_on_gains=_decimal(beside["rate_on_gains"]),
        rate_on_gains_and_income=_decimal(beside["rate_on_gains_and_income"]),
        gains=_decimal(beside["gains"]),
        income=_decimal(beside["income"]),
        base=_decimal(beside["base"]),
        lowest=_decimal(beside["lowest_converted"]),
        highest=_decimal(beside["highest_converted"]),
        exempt={cause: _decimal(both["amount"]) for cause, both in beside["exempt"].items()},
        conversion=beside["conversion"],
        reasons=beside["reasons"],
    )


def compare(
    ledger: Ledger,
    jurisdictions: Sequence[str],
    *,
    year: int,
    currency: str | None = None,
    facts: Mapping[str, Any] | None = None,
    readings: Mapping[str, str] | None = None,
    choices: Mapping[str, str] | None = None,
    prices: TableInput = None,
    rates: TableInput = None,
    rules: Path | None = None,
    strict: bool = False,
    as_chosen: bool = False,
    taxpayer: str | None = None,
) -> Comparison:
    """The same ledger under several laws, in one currency (that of the first law if none is named).

    `facts` common to all laws stand at the top, those of one in its section: `{"married": True, "us": {"state": "CA"}}`.
    `readings` and `choices` may be named `kg.loss_netting`. With `as_chosen` only the readings and choices as given or by
    default are tried, which is faster. A law that lacks something is a record with its `reasons`. Raises FiscError for
    unknown codes, facts, readings, and where no law could be assessed at all.
    """
    if isinstance(jurisdictions, str):
        raise FiscError("name the laws as a list of codes: `['kg', 'de']`")
    asked = _question(
        "",
        year,
        facts=facts,
        readings=readings,
        choices=choices,
        prices=prices,
        rates=rates,
        rules=rules,
        taxpayer=taxpayer,
        strict=strict,
        all_readings=not as_chosen,
        all_choices=not as_chosen,
    )
    try:
        return Comparison(_fisc.compare(ledger._inner, list(jurisdictions), currency, asked))
    except ValueError as error:
        raise raised(error) from None
