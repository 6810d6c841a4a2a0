"""Readings and choices side by side, as records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

# Differences are exact: the engine's amounts have at most 28 digits.
_EXACT = Context(prec=80)


@dataclass(frozen=True)
class Extreme:
    """A total, and the readings and choices that give it."""

    total_tax: Decimal
    readings: dict[str, str]
    choices: dict[str, str]


@dataclass(frozen=True)
class Range:
    """Between what the total lies under the readings and choices asked about; an end is None where all were refused.

    `combinations` says how many there are, `refused` how many of those tried have no total. If not `complete`, each
    option was tried alone, the others as chosen.
    """

    lowest: Extreme | None
    highest: Extreme | None
    combinations: int
    refused: int
    complete: bool


def range_of(data: Mapping[str, Any]) -> Range | None:
    """The range of an assessment's JSON, where one was asked for."""

    def extreme(item: dict[str, Any] | None) -> Extreme | None:
        if item is None:
            return None
        return Extreme(Decimal(item["total_tax"]), dict(item["readings"]), dict(item["choices"]))

    found = data.get("range")
    if found is None:
        return None
    return Range(**{**found, "lowest": extreme(found["lowest"]), "highest": extreme(found["highest"])})


def records(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A record for each option that was tried, readings first."""
    return [record for kind in ("reading", "choice") for record in _of_kind(kind, data[kind + "s"])]


def _of_kind(kind: str, reports: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, report in reports.items():
        chosen = report["under"].get(report["chosen"], {}).get("total_tax")
        for option, under in report["under"].items():
            total = under["total_tax"]
            known = total is not None and chosen is not None
            yield {
                "name": name,
                "kind": kind,
                "option": option,
                "chosen": option == report["chosen"],
                "total_tax": total,
                "difference": _EXACT.subtract(Decimal(total), Decimal(chosen)) if known else None,
                "taxes": {tax: None if whole is None else Decimal(whole) for tax, whole in under["taxes"].items()},
                "matters": report["matters"],
            }
