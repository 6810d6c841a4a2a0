"""Messages and the one exception of the package."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


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


def raised(error: ValueError) -> FiscError:
    """The error of the compiled module as that of the package: its text, and its messages as JSON."""
    if len(error.args) == 2:
        return FiscError(error.args[0], messages(json.loads(error.args[1])))
    return FiscError(str(error))


def messages(items: list[dict[str, Any]]) -> list[Diagnostic]:
    """Messages from their JSON."""
    return [Diagnostic(**item) for item in items]
