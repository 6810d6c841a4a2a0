"""Duties, prohibitions, licences: what a law asks for beside taxes, on a day."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from . import _fisc
from ._api import Explanation, Ledger, _explained, _question
from ._errors import Diagnostic, messages, raised
from ._input import Path, TableInput


class Compliance:
    """How facts and a ledger stand to the rules of a law on a day."""

    def __init__(self, inner: _fisc.Compliance) -> None:
        self._inner = inner
        self._data: dict[str, Any] = json.loads(inner.json)

    @property
    def on(self) -> dt.date:
        return dt.date.fromisoformat(self._data["on"])

    @property
    def quantities(self) -> dict[str, Decimal | None]:
        """Figures of the day, such as the capital required; None where something is missing."""
        return {name: None if value is None else Decimal(value) for name, value in self._data["quantities"].items()}

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What is not met, to be reported or not checked: the records of the command line's JSON, met rules apart."""
        return list(self.to_dict()["findings"])

    @property
    def met(self) -> list[dict[str, Any]]:
        return list(self.to_dict()["met"])

    @property
    def assumptions(self) -> list[dict[str, str]]:
        """What findings and figures rest on that is not sure: `kind`, `name`, `message`."""
        return list(self.to_dict()["assumptions"])

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

    def explain(self, name: str, depth: str = "working") -> Explanation:
        """The working of a rule (all that was found on the day, or `RULE@ROW`, `RULE@2026-07`) or of a figure of the day.

        Each finding has under `explain` the name that gives its working. `depth` is `summary`, `working` or `full`.
        """
        return _explained(self._inner.explain, name, depth)

    def __str__(self) -> str:
        return self._inner.text

    def __repr__(self) -> str:
        return f"<fisc.Compliance {self._data['jurisdiction']} on {self.on}: {len(self._data['findings'])} findings>"

    def _repr_html_(self) -> str:
        return self._inner.html


def comply(
    ledger: Ledger | None,
    jurisdiction: str,
    *,
    on: dt.date | str,
    facts: Mapping[str, Any] | None = None,
    readings: Mapping[str, str] | None = None,
    choices: Mapping[str, str] | None = None,
    prices: TableInput = None,
    rates: TableInput = None,
    rules: Path | None = None,
    taxpayer: str | None = None,
) -> Compliance:
    """The duties, prohibitions and licences of a law, held against facts and a ledger (or None) on a day.

    Rows after the day are not seen. What cannot be told for want of a fact or price is a finding with the outcome
    `not_checked`. Raises FiscError for unknown codes and facts, and where the law has no rules beside taxes.
    """
    asked = _question(
        jurisdiction,
        0,
        facts=facts,
        readings=readings,
        choices=choices,
        prices=prices,
        rates=rates,
        rules=rules,
        taxpayer=taxpayer,
    )
    try:
        return Compliance(_fisc.comply(None if ledger is None else ledger._inner, str(on), asked))
    except ValueError as error:
        raise raised(error) from None
