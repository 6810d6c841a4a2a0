"""The same ledger under several laws, from Python."""

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import fisc
import pytest

LAW = """
jurisdiction: {code}
title: Country {code}
currency: {currency}
time_zone: UTC
tax_year: {{ begins: 01-01 }}
covers: {{ from: 2020-01-01, through: 2026-12-31 }}
sources: {{ act: {{ title: Act, kind: law, status: confirmed }} }}
facts:
  married: {{ title: Married, unit: yes_no, default: no }}
readings:
  costs:
    question: Do costs count?
    options: {{ all: {{ title: "Yes", argument: fair }}, none: {{ title: "No", argument: plain words }} }}
    default: all
    cite: [act]
valuation:
  order: [row, money_leg]
  exchange: [received, sent]
  rates: {{ source: Bank, day: previous_publication }}
  price_at: day
  cite: [act]
treatment:
  - {{ kinds: [buy], as: acquisition, cite: [act] }}
  - {{ kinds: [sell], as: disposal, cite: [act] }}
  - {{ kinds: [other], as: ignore, cite: [act] }}
fees: [ {{ to: [disposal, acquisition, move], goes: apart, in_coin: removal, cite: [act] }} ]
matching: {{ pool_by: [asset], sequence: by_disposal, steps: [ {{ fifo: {{ cite: [act] }} }} ] }}
quantities:
  gains: {{ unit: money, formula: "sum of (if costs is all then proceeds - cost else proceeds) over disposals", cite: [act] }}
  free: {{ unit: money, formula: "if married then min(gains, 100 {currency}) else 0", exempt_because: allowance, cite: [act] }}
taxes:
  tax: {{ title: Tax, base: "positive(gains - free)", rate: {rate}, cite: [act] }}
"""

ROWS = [
    {"timestamp": "2024-01-10T10:00:00Z", "id": "b1", "kind": "buy", "received_amount": 1, "received_asset": "BTC",
     "sent_amount": 1000, "sent_asset": "EUR"},
    {"timestamp": "2024-05-10T10:00:00Z", "id": "s1", "kind": "sell", "received_amount": 2000, "received_asset": "EUR",
     "sent_amount": 1, "sent_asset": "BTC"},
]  # fmt: skip
RATES = [{"date": "2024-01-01", "base": "EUR", "quote": "USD", "rate": "1.25"},
         {"date": "2024-12-31", "base": "EUR", "quote": "USD", "rate": "1.25"}]  # fmt: skip


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    for code, currency, rate in (("aa", "EUR", "20%"), ("bb", "USD", "10%")):
        (tmp_path / code).mkdir()
        (tmp_path / code / "tax.yaml").write_text(LAW.format(code=code, currency=currency, rate=rate))
    return tmp_path


def compared(rules: Path, **more: Any) -> fisc.Comparison:
    arguments: dict[str, Any] = {"year": 2024, "currency": "USD", "rates": RATES, "rules": rules, **more}
    return fisc.compare(fisc.Ledger.from_rows(ROWS), ["aa", "bb"], **arguments)


def test_records_are_decimals_in_one_currency(rules: Path) -> None:
    c = compared(rules)
    assert c.currency == "USD" and len(c) == 2
    aa, bb = c.records
    assert (aa.total_tax, aa.currency, aa.converted) == (Decimal(200), "EUR", Decimal(250))
    assert (bb.total_tax, bb.converted, bb.rate_on_gains) == (Decimal(125), Decimal(125), Decimal("0.1"))
    # The reading that costs do not count doubles both.
    assert (aa.lowest, aa.highest) == (Decimal(250), Decimal(500))
    assert c.difference is not None
    assert c.difference.between == ("aa", "bb") and c.difference.total == Decimal(125)
    assert sum(c.difference.parts.values()) == Decimal(125)
    assert c.to_rows()[1]["gains"] == Decimal(1250)
    assert c.to_dict()["jurisdictions"]["aa"]["total_tax_converted"] == "250"
    assert "aa 250.00" in repr(c) and "<table>" in c._repr_html_()


def test_each_law_can_be_asked_for_its_assessment(rules: Path) -> None:
    c = compared(rules, facts={"married": True, "bb": {"married": False}}, as_chosen=True)
    a = c["aa"]
    assert a.total_tax == Decimal(180)
    assert c[0].exempt == {"allowance": Decimal(100)} and c[0].lowest is None
    assert "tax = 180" in str(a.explain("tax"))
    single = fisc.assess(fisc.Ledger.from_rows(ROWS), "aa", year=2024, facts={"married": True}, rates=RATES, rules=rules)
    assert single.taxes == a.taxes
    assert c["bb"].total_tax == Decimal(125)
    with pytest.raises(KeyError):
        c["cc"]


def test_a_law_that_lacks_something_has_its_reasons(rules: Path) -> None:
    c = compared(rules, currency="KGS")
    assert [r.converted for r in c] == [None, None]
    assert "no rate EUR/KGS" in c[0].reasons[0]
    assert c[0].total_tax == Decimal(200)


def test_mistakes_are_raised(rules: Path) -> None:
    for more in ({"facts": {"maried": True}}, {"readings": {"cost": "all"}}, {"currency": "EURO"}, {"year": 1990}):
        with pytest.raises(fisc.FiscError):
            compared(rules, **more)
    ledger = fisc.Ledger.from_rows(ROWS)
    for codes in ("aa", ["aa", "aa"], [], ["aa", "zz"]):
        with pytest.raises(fisc.FiscError):
            fisc.compare(ledger, codes, year=2024, rules=rules)


def test_a_chart_of_the_taxes(rules: Path) -> None:
    pytest.importorskip("altair")
    spec = json.loads(compared(rules).plot().to_json())
    values = spec["data"]["values"] if "values" in spec["data"] else next(iter(spec["datasets"].values()))
    assert [(v["law"], v["tax"], v["highest"]) for v in values] == [("aa", 250.0, 500.0), ("bb", 125.0, 250.0)]


def test_without_altair_the_chart_says_what_to_install(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(fisc.FiscError, match="pip install altair"):
        compared(rules).plot()
