"""What a provider reports of its customers: CARF, DAC8, Form 1099-DA."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any, Literal

from . import _fisc
from ._errors import Diagnostic, FiscError, messages, raised
from ._input import Path, TableInput, Tables, paths, tables, tree


class Report:
    """A report in which nothing is missing."""

    def __init__(self, inner: _fisc.Report) -> None:
        self._inner = inner

    @property
    def text(self) -> str:
        """The whole report: the message of the schema, or CSV."""
        return self._inner.text()

    @property
    def warnings(self) -> list[Diagnostic]:
        return messages(json.loads(self._inner.warnings))

    def write(self, path: Path) -> None:
        """Writes a file: it is complete or it is not there. A large report is not held in memory."""
        self._inner.write(fspath(path))

    def __str__(self) -> str:
        return self.text


@dataclass
class _Reported:
    name: str
    year: int
    ledger: Tables
    users: Tables
    provider: Tables
    prices: Tables
    rates: Tables
    facts: Tables
    format: str
    timestamp: str | None
    corrects: list[str]
    additions: bool


def report(
    name: str,
    ledger: TableInput,
    *,
    year: int,
    provider: Path | Mapping[str, Any],
    users: TableInput,
    prices: TableInput = None,
    rates: TableInput = None,
    facts: TableInput = None,
    format: Literal["xml", "csv"] = "xml",
    timestamp: str | None = None,
    corrects: Path | Sequence[Path] = (),
    additions: bool = False,
) -> Report:
    """A report of a calendar year over the customers of a ledger.

    `name` is "carf", "dac8", "1099-da", or the path of a report's file of your own. `ledger` and `users` are paths or lists of
    dicts; files are read line by line and may be larger than the memory. `provider` is the path of a YAML file or a dict with
    its keys; `facts`, for reports of single sales, a table with a line for each customer. With `corrects`, the messages sent
    before, what differs from them is written; with `additions` as well, the customers who are new. Raises FiscError where
    anything is missing, with all of it.
    """
    if format not in ("xml", "csv"):
        raise FiscError(f"the format is xml or csv, not {format!r}")
    if isinstance(provider, (str, PathLike)):
        by = Tables([fspath(provider)], None)
    else:
        by = Tables([], json.dumps(tree(provider, "provider"), ensure_ascii=False))
    asked = _Reported(
        name,
        year,
        tables(ledger, "ledgers"),
        tables(users, "users"),
        by,
        tables(prices, "prices"),
        tables(rates, "rates"),
        tables(facts, "facts"),
        format,
        timestamp,
        paths(corrects),
        additions,
    )
    try:
        return Report(_fisc.report(asked))
    except ValueError as error:
        raise raised(error) from None
