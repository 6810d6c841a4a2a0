"""The Python module, as a notebook user meets it."""

import datetime as dt
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import fisc
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"

ROWS = [
    {
        "timestamp": dt.datetime(2023, 2, 1, 6, tzinfo=dt.timezone.utc),
        "id": "b1",
        "kind": "buy",
        "account": "w",
        "received_amount": Decimal("1"),
        "received_asset": "BTC",
        "sent_amount": 2_500_000,
        "sent_asset": "KGS",
        "fee_amount": "10000",
        "fee_asset": "KGS",
    },
    {
        "timestamp": "2023-09-01T06:00:00Z",
        "id": "s1",
        "kind": "sell",
        "account": "w",
        "received_amount": Decimal("3400000"),
        "received_asset": "KGS",
        "sent_amount": Decimal("1"),
        "sent_asset": "BTC",
        "fee_amount": 17000,
        "fee_asset": "KGS",
    },
]


@pytest.fixture
def ledger() -> fisc.Ledger:
    return fisc.Ledger.from_rows(ROWS)


def test_assesses_a_year_with_decimals(ledger: fisc.Ledger) -> None:
    a = fisc.assess(ledger, "kg", year=2023, facts={"taxpayer_kind": "individual", "unused_deduction_months": 12})
    assert a.total_tax == Decimal("88220")
    assert isinstance(a.total_tax, Decimal)
    (tax,) = a.taxes
    assert (tax.id, tax.period, tax.whole, tax.due) == ("income_tax", "2023", Decimal("88220"), dt.date(2024, 4, 30))
    assert a.quantities["taxable_gain"] == Decimal("890000")
    electricity = a.quantities["mining_electricity"]
    assert isinstance(electricity, dict) and electricity["2023-07"] == 0
    assert a.errors == [] and a.findings == []


def test_tables_are_records(ledger: fisc.Ledger) -> None:
    a = fisc.assess(ledger, "kg", year=2023)
    (row,) = a.disposals.to_rows()
    assert row["gain"] == Decimal("890000") and row["acquired"] == dt.date(2023, 2, 1) and row["held_days"] == 212
    assert len(a.disposals) == 1 and a.disposals[0]["asset"] == "BTC"
    assert a.holdings.to_rows() == []
    assert "<table>" in a.disposals._repr_html_()


def test_explains_a_figure(ledger: fisc.Ledger) -> None:
    a = fisc.assess(ledger, "kg", year=2023)
    told = a.explain("income_tax")
    assert "rows:2" in str(told) and "Art. 197" in str(told)
    assert told.value == "89000" and told.to_dict()["parts"]
    assert "<details" in told._repr_html_()
    assert len(str(a.explain("income_tax", depth="summary"))) < len(str(told))
    with pytest.raises(fisc.FiscError) as caught:
        a.explain("income_tx")
    assert caught.value.diagnostics[0].help == "did you mean `income_tax`?"


def test_readings_change_the_tax(ledger: fisc.Ledger) -> None:
    a = fisc.assess(ledger, "kg", year=2023, readings={"loss_netting": "per_year"}, all_readings=True)
    assert a.readings["loss_netting"]["chosen"] == "per_year"
    assert a.readings["loss_netting"]["under"]["per_sale"]["total_tax"] == "89000"
    records = {(r["name"], r["option"]): r for r in a.side_by_side}
    assert records["loss_netting", "per_year"]["chosen"] and not records["loss_netting", "per_sale"]["chosen"]
    other = records["loss_netting", "per_sale"]
    assert other["difference"] == Decimal("89000") - a.total_tax and other["taxes"] == {"income_tax": Decimal("89000")}
    assert a.range is not None and a.range.complete and a.range.refused == 0
    assert a.range.lowest is not None and a.range.highest is not None
    assert a.range.lowest.total_tax <= a.total_tax <= a.range.highest.total_tax
    assert fisc.assess(ledger, "kg", year=2023).range is None


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"jurisdiction": "kh"}, "F0106"),
        ({"facts": {"taxpayer_kid": "individual"}}, "F0101"),
        ({"readings": {"loss_nettin": "per_year"}}, "F0104"),
        ({"readings": {"loss_netting": "per_month"}}, "F0105"),
        ({"year": 1999}, "A0101"),
    ],
)
def test_what_cannot_be_computed_raises(ledger: fisc.Ledger, options: dict, code: str) -> None:
    asked = {"jurisdiction": "kg", "year": 2023} | options
    with pytest.raises(fisc.FiscError) as caught:
        fisc.assess(ledger, asked.pop("jurisdiction"), **asked)
    assert caught.value.diagnostics[0].code == code


def test_what_is_missing_refuses_only_what_needs_it() -> None:
    rows = [ROWS[0], ROWS[1] | {"received_asset": "USD"}]
    a = fisc.assess(fisc.Ledger.from_rows(rows), "kg", year=2023)
    assert a.total_tax is None and a.taxes[0].whole is None
    assert a.quantities["standard_deduction"] == 0
    error = a.errors[0]
    assert error.code == "A0202" and error.rows == ["s1"] and "2023-09-01" in error.message
    assert "income_tax" in error.figures and error.line == 3


def test_floats_are_refused(ledger: fisc.Ledger) -> None:
    with pytest.raises(fisc.FiscError, match="float"):
        fisc.assess(ledger, "kg", year=2023, facts={"other_income": 1.5})
    with pytest.raises(fisc.FiscError, match="float"):
        fisc.Ledger.from_rows([ROWS[0] | {"sent_amount": 0.1}])


@pytest.mark.parametrize("value", [None, b"12", 1j, object(), float("nan"), Decimal("NaN"), dt.datetime(2024, 1, 1)])
def test_what_is_no_plain_value_is_refused(ledger: fisc.Ledger, value: object) -> None:
    with pytest.raises(fisc.FiscError, match="other_income"):
        fisc.assess(ledger, "kg", year=2023, facts={"other_income": value})


def test_an_empty_ledger_is_a_ledger() -> None:
    empty = fisc.Ledger.from_rows([])
    assert len(empty) == 0
    assert fisc.assess(empty, "kg", year=2023).total_tax == 0


def test_what_is_handed_out_is_the_callers_own(ledger: fisc.Ledger) -> None:
    a = fisc.assess(ledger, "kg", year=2023)
    a.to_dict()["total_tax"] = None
    a.readings.clear()
    a.disposals.to_rows().clear()
    assert a.total_tax == Decimal("89000") and a.readings and len(a.disposals) == 1


def test_explains_from_what_was_assessed(tmp_path: Path) -> None:
    rates = tmp_path / "rates.csv"
    rates.write_bytes((EXAMPLES / "rates.csv").read_bytes())
    ledger = fisc.read_ledger(EXAMPLES / "binance.csv")
    a = fisc.assess(ledger, "kg", year=2024, rates=rates, prices=[EXAMPLES / "prices.csv"])
    rates.unlink()
    assert Decimal(a.explain("income_tax").value or "") == a.taxes[0].whole


def test_holdings_of_a_day_and_choices(ledger: fisc.Ledger) -> None:
    a = fisc.assess(ledger, "kg", year=2023, holdings_on=dt.date(2023, 6, 30), all_choices=True)
    (lot,) = a.holdings
    assert (lot["asset"], lot["quantity"], lot["lot"], lot["acquired"]) == ("BTC", Decimal("1"), "b1", dt.date(2023, 2, 1))
    with pytest.raises(fisc.FiscError, match="is not a date"):
        fisc.assess(ledger, "kg", year=2023, holdings_on="June")


def test_rules_that_are_not_there(ledger: fisc.Ledger, tmp_path: Path) -> None:
    for call in (lambda p: fisc.assess(ledger, "kg", year=2023, rules=p), lambda p: fisc.jurisdictions(rules=p)):
        with pytest.raises(fisc.FiscError, match="is not a folder"):
            call(tmp_path / "none")


def test_the_notebook_view(ledger: fisc.Ledger) -> None:
    shown = fisc.assess(ledger, "kg", year=2023)._repr_html_()
    assert "<td style='text-align:right'>89,000.00</td>" in shown
    rows = [ROWS[0], ROWS[1] | {"received_asset": "USD"}]
    refused = fisc.assess(fisc.Ledger.from_rows(rows), "kg", year=2023)._repr_html_()
    assert "refused</td>" in refused and "A0202" in refused


def test_prices_and_rates_as_records() -> None:
    rows = [ROWS[0], ROWS[1] | {"received_asset": "USD", "received_amount": 40000, "fee_amount": "", "fee_asset": ""}]
    rates = [{"date": dt.date(2023, 9, 1), "base": "USD", "quote": "KGS", "rate": Decimal("88.25")}]
    a = fisc.assess(fisc.Ledger.from_rows(rows), "kg", year=2023, rates=rates)
    assert a.total_tax == (Decimal("40000") * Decimal("88.25") - 2_510_000) / 10


def test_reads_an_export_and_agrees_with_the_command_line(tmp_path: Path) -> None:
    export = EXAMPLES / "binance.csv"
    tables = {"rates": EXAMPLES / "rates.csv", "prices": EXAMPLES / "prices.csv"}
    a = fisc.assess(fisc.read_ledger(export), "kg", year=2024, **tables)
    assert a.total_tax is not None and a.total_tax > 0
    assert a.disposals[0]["disposal"].startswith("binance.csv:")
    assert json.loads(a.to_json()) == a.to_dict()
    binary = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "fisc"
    if not binary.exists():
        pytest.skip("the binary is not built")
    command = [binary, "assess", export, "--in", "kg", "--year", "2024", "--format", "json"]
    command += ["--rates", tables["rates"], "--prices", tables["prices"]]
    shown = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
    assert json.loads(shown.stdout) == a.to_dict()


def test_a_ledger_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(fisc.FiscError):
        fisc.read_ledger(tmp_path / "none.csv")
    bad = tmp_path / "bad.csv"
    bad.write_text("timestamp,kind,sent_amont,sent_asset\n")
    with pytest.raises(fisc.FiscError) as caught:
        fisc.read_ledger(bad)
    assert caught.value.diagnostics[0].help == "did you mean `sent_amount`?"


def test_check_and_jurisdictions(tmp_path: Path) -> None:
    assert ("kg", "Kyrgyz Republic") in [(record["code"], record["title"]) for record in fisc.jurisdictions()]
    assert fisc.check("kg") == []
    (tmp_path / "tax.yaml").write_text("jurisdiction: xx\ntitel: X\n")
    found = fisc.check(tmp_path)
    assert any(d.code == "R0201" and d.line == 2 and "title" in (d.help or "") for d in found)


def test_the_lock_is_released(ledger: fisc.Ledger) -> None:
    import threading

    threads = [threading.Thread(target=fisc.assess, args=(ledger, "kg"), kwargs={"year": 2023}) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sys.version_info >= (3, 10)
