"""The law of a jurisdiction as a card, and what is covered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from os import fspath
from typing import Any

from . import _fisc
from ._errors import FiscError, raised
from ._input import Path


class Law(Mapping[str, Any]):
    """The law of a jurisdiction as a card: a mapping with the keys of the command line's JSON.

    `law["taxes"]`, `law["parameters"]`, `law["readings"]`, `law["calendar"]`, `law["sources"]` and so on are lists of
    records; days are text such as `2024-07-01`, amounts exact text. `print(law)` shows the whole card.
    """

    def __init__(self, inner: _fisc.Law) -> None:
        self._inner = inner
        self._data: dict[str, Any] = json.loads(inner.json)

    def __getitem__(self, key: str) -> Any:
        return self._data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    @property
    def jurisdiction(self) -> str:
        return str(self._data["jurisdiction"])

    @property
    def title(self) -> str:
        return str(self._data["title"])

    @property
    def tax_year(self) -> str | None:
        """The tax year shown; None where the whole history is."""
        year = self._data["year"]
        return None if year is None else str(year["label"])

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the command line, as Python values of the caller's own."""
        data: dict[str, Any] = json.loads(self._inner.json)
        return data

    def to_json(self) -> str:
        """The JSON of the command line, on one line."""
        return self._inner.json

    def to_markdown(self) -> str:
        """The card as Markdown."""
        return self._inner.markdown

    def to_html(self) -> str:
        """The card as a page of its own that loads nothing from elsewhere."""
        return self._inner.page

    def __str__(self) -> str:
        return self._inner.text

    def __repr__(self) -> str:
        return f"<fisc.Law {self.jurisdiction} {self.tax_year or 'all'}: {len(self['taxes'])} taxes>"

    def _repr_html_(self) -> str:
        return self._inner.html

    def _repr_markdown_(self) -> str:
        return self._inner.markdown


def law(jurisdiction: str, *, year: int | None = None, all: bool = False, rules: Path | None = None) -> Law:
    """The law of a code as a card.

    `year` is the tax year that begins in it; without it the current one, or the nearest that is covered. `all` gives
    the whole history instead. `rules` is a folder of rule folders that come before the built-in ones.
    Raises FiscError for an unknown code, a year that is not covered, and a law with errors.
    """
    if all and year is not None:
        raise FiscError("give a `year`, or `all=True` for the whole history, not both")
    try:
        return Law(_fisc.law(jurisdiction, year, all, None if rules is None else fspath(rules)))
    except OverflowError:
        raise FiscError(f"there is no tax year {year}") from None
    except ValueError as error:
        raise raised(error) from None


def jurisdictions(rules: Path | None = None) -> list[dict[str, Any]]:
    """What is covered, how surely, until when: a record for each jurisdiction.

    Keys: `code`, `title`, `currency`, `covers` (`from`, `through`), `known_through`, `confidence` (how many `values`
    and `rules` rest on confirmed sources alone), `examples`, `checked` (first and last day of it), `taxes`, and `errors`,
    which is 0 unless the rule files of `rules` have some.
    """
    try:
        found: list[dict[str, Any]] = json.loads(_fisc.jurisdictions(None if rules is None else fspath(rules)))
    except ValueError as error:
        raise raised(error) from None
    return found
