from collections.abc import Sequence
from os import PathLike
from typing import Any, final

__all__ = [
    "Assessment",
    "Comparison",
    "Ledger",
    "__version__",
    "assess",
    "check",
    "compare",
    "jurisdictions",
    "ledger_from_text",
    "read_ledger",
]

__version__: str

@final
class Ledger:
    def __len__(self) -> int: ...
    @property
    def diagnostics(self) -> str: ...
    @property
    def taxpayers(self) -> list[str]: ...

@final
class Assessment:
    @property
    def json(self) -> str: ...
    def explain(self, figure: str, depth: str) -> tuple[str, str]: ...

@final
class Comparison:
    @property
    def json(self) -> str: ...
    def assessment(self, code: str) -> Assessment | None: ...

def read_ledger(paths: Sequence[str | PathLike[str]]) -> Ledger: ...
def ledger_from_text(name: str, text: str) -> Ledger: ...
def assess(ledger: Ledger, asked: Any) -> Assessment: ...
def compare(ledger: Ledger, codes: Sequence[str], currency: str | None, asked: Any) -> Comparison: ...
def check(target: str) -> str: ...
def jurisdictions(rules: str | PathLike[str] | None = None) -> list[tuple[str, str]]: ...
