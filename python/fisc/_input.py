"""What Python gives, as the texts the engine reads. What is not exact or not plain is refused."""

from __future__ import annotations

import csv
import datetime as dt
import io
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from os import PathLike, fspath
from typing import Any, TypeAlias

from ._errors import FiscError

Path: TypeAlias = str | PathLike[str]
Rows: TypeAlias = Iterable[Mapping[str, Any]]
TableInput: TypeAlias = Path | Sequence[Path] | Rows | None


def text(value: Any, what: str) -> str:
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
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return str(value)
    try:
        # Whole numbers of any kind, those of NumPy included.
        return str(operator.index(value))
    except TypeError:
        pass
    kind = type(value).__name__
    raise FiscError(f"{what} is of the type {kind}: give a str, int, Decimal, bool or date, so that nothing is guessed")


def tree(value: Any, what: str) -> Any:
    """A fact as nested maps and lists of text."""
    if value is None:
        raise FiscError(f"{what} is None: leave out a fact that is not known")
    if isinstance(value, Mapping):
        return {text(k, what): tree(v, f"{what}[{k!r}]") for k, v in value.items()}
    if isinstance(value, (set, frozenset)):
        # A set has no order of its own; the same facts must give the same fingerprint.
        return sorted(text(v, what) for v in value)
    if isinstance(value, (list, tuple)):
        return [tree(v, what) for v in value]
    return text(value, what)


def csv_text(rows: Rows, what: str, columns: Sequence[str] = ()) -> str:
    """CSV text of dicts; without a row, one with the header `columns`. A cell that is None is empty."""
    rows = [dict(row) for row in rows]
    header = list(dict.fromkeys(key for row in rows for key in row)) if rows else list(columns)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for index, row in enumerate(rows, 1):
        cells = ((key, row.get(key)) for key in header)
        writer.writerow(["" if cell is None else text(cell, f"{what} {index}, `{key}`") for key, cell in cells])
    return out.getvalue()


@dataclass
class Tables:
    """Prices or rates: files by path, or the text of rows."""

    paths: list[str]
    text: str | None


def paths(source: Path | Sequence[Path]) -> list[str]:
    """One path or several, as text."""
    if isinstance(source, (str, PathLike)):
        return [fspath(source)]
    return [fspath(path) for path in source]


def tables(source: TableInput, what: str) -> Tables:
    """Prices or rates from a path, a list of paths, or a list of dicts."""
    if source is None:
        return Tables([], None)
    if isinstance(source, (str, PathLike)):
        return Tables([fspath(source)], None)
    items = list(source)
    if all(isinstance(item, (str, PathLike)) for item in items):
        return Tables([fspath(item) for item in items if isinstance(item, (str, PathLike))], None)
    if all(isinstance(item, Mapping) for item in items):
        return Tables([], csv_text([item for item in items if isinstance(item, Mapping)], what))
    raise FiscError(f"{what} are a path, a list of paths, or a list of dicts")


def pairs(options: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """Readings or choices by name."""
    return [(str(name), str(option)) for name, option in (options or {}).items()]
