"""Duties, prohibitions and licences from Python."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import fisc
import pytest

PROVIDER = {
    "role": "provider",
    "licences": [{"kind": "exchange_operator", "from": dt.date(2024, 8, 1)}],
    "authorised_capital": 35_000_000,
}


def test_capital_of_a_day() -> None:
    found = fisc.comply(None, "kg", on=dt.date(2025, 7, 1), facts=PROVIDER)
    assert found.on == dt.date(2025, 7, 1)
    assert found.quantities["capital_required"] == Decimal(40_000_000)
    assert found.quantities["capital_short"] == Decimal(5_000_000)
    assert found.quantities["capital_short_under_cancelled_act_823"] == Decimal(65_000_000)
    failed = [f for f in found.findings if f["outcome"] == "failed"]
    assert [f["rule"] for f in failed] == ["authorised_capital_of_a_provider"]
    assert failed[0]["severity"] == "breach" and "5,000,000" in failed[0]["message"]
    assert {f["rule"] for f in found.met} >= {"provider_licence"}
    assert found.errors == []
    assert "Not met (1)" in str(found) and "<" in found._repr_html_()


def test_a_finding_is_explained_like_a_figure() -> None:
    found = fisc.comply(None, "kg", on=dt.date(2025, 7, 1), facts=PROVIDER)
    failed = next(f for f in found.findings if f["outcome"] == "failed")
    assert failed["explain"] == "authorised_capital_of_a_provider@2025-07-01"
    working = found.explain(failed["explain"])
    assert working.value == "failed"
    tree = working.to_dict()
    assert tree["with"] == "requires 35000000 >= 40000000" and tree["unit"] == "finding"
    assert {part["name"] for part in tree["parts"]} >= {"binds", "authorised_capital", "capital_required@2025-07-01"}
    # The day is that of the question where none is named.
    assert found.explain("capital_required").value == "40000000"
    assert "(as above)" in str(found.explain("authorised_capital_of_a_provider"))
    with pytest.raises(fisc.FiscError, match="did you mean `capital_required`"):
        found.explain("capital_requird")
    with pytest.raises(fisc.FiscError, match="not a depth"):
        found.explain("capital_required", depth="deep")


def test_what_findings_rest_on() -> None:
    found = fisc.comply(None, "kg", on="2025-07-01")
    assert {"default"} <= {a["kind"] for a in found.assumptions}
    role = next(a for a in found.assumptions if a["name"] == "role")
    assert "was not given: holder" in role["message"]


def test_a_ledger_is_held_against_rules() -> None:
    ledger = fisc.Ledger.from_rows(
        [
            {
                "timestamp": "2025-09-01T06:00:00Z",
                "id": "a",
                "kind": "withdrawal",
                "sent_amount": "1",
                "sent_asset": "USDT",
                "counterparty": "GRINEX",
            }
        ]
    )
    found = fisc.comply(ledger, "kg", on="2025-12-31")
    assert [f["transactions"] for f in found.findings if f["rule"] == "sanctions_abroad"] == [["a"]]
    # Rows after the day are not seen.
    assert all(f["rule"] != "sanctions_abroad" for f in fisc.comply(ledger, "kg", on="2025-08-31").findings)


def test_what_is_wrong_is_told() -> None:
    with pytest.raises(fisc.FiscError, match="rolle"):
        fisc.comply(None, "kg", on="2025-07-01", facts={"rolle": "provider"})
    with pytest.raises(fisc.FiscError, match="not a date"):
        fisc.comply(None, "kg", on="1 July 2025")
