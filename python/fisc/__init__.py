"""fisc: a rules engine for crypto tax. The law is data, every figure explains itself.

>>> import fisc
>>> ledger = fisc.read_ledger("ledger.csv")
>>> a = fisc.assess(ledger, "kg", year=2024, facts={"taxpayer_kind": "individual"})
>>> a.total_tax
Decimal('88220')
>>> print(a.explain("income_tax"))
"""

from __future__ import annotations

from ._api import (
    Advance,
    Assessment,
    Explanation,
    Ledger,
    Table,
    Tax,
    assess,
    check,
    read_ledger,
)
from ._compare import Compared, Comparison, Difference, compare
from ._comply import Compliance, comply
from ._errors import Diagnostic, FiscError
from ._fisc import __version__
from ._law import Law, jurisdictions, law
from ._readings import Extreme, Range
from ._report import Report, report

__all__ = [
    "Advance",
    "Assessment",
    "Compared",
    "Comparison",
    "Compliance",
    "Diagnostic",
    "Difference",
    "Explanation",
    "Extreme",
    "FiscError",
    "Law",
    "Ledger",
    "Range",
    "Report",
    "Table",
    "Tax",
    "__version__",
    "assess",
    "check",
    "compare",
    "comply",
    "jurisdictions",
    "law",
    "read_ledger",
    "report",
]
