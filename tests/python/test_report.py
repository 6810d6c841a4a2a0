"""`fisc.report`: the messages of the command line, from files and from rows."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import fisc
import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "carf"
FILES: dict[str, Any] = {name: EXAMPLE / f"{name}.csv" for name in ("users", "rates")} | {"provider": EXAMPLE / "provider.yaml"}


def carf(**changed: Any) -> fisc.Report:
    ledger = changed.pop("ledger", EXAMPLE / "ledger.csv")
    return fisc.report("carf", ledger, **({"year": 2026} | FILES | changed))


def rows(name: str) -> list[dict[str, Any]]:
    with (EXAMPLE / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_files_and_rows_give_the_same_message(tmp_path: Path) -> None:
    report = carf()
    assert report.text.startswith("<?xml") and "<CryptoUsers>" in report.text and str(report) == report.text
    provider = {
        "name": "Example Exchange & Sons",
        "tin": "EX123",
        "country": "LT",
        "currency": "EUR",
        "time_zone": "Europe/Vilnius",
        "address": {"street": "Main", "city": "Vilnius"},
        "nexus": "authorisation",
    }
    again = carf(ledger=rows("ledger"), users=rows("users"), rates=rows("rates"), provider=provider)
    assert again.text == report.text
    report.write(tmp_path / "carf.xml")
    assert (tmp_path / "carf.xml").read_text() == report.text
    assert [w.code for w in report.warnings] == [w.code for w in again.warnings]


def test_csv_and_corrections(tmp_path: Path) -> None:
    lines = carf(format="csv").text.splitlines()
    assert lines[0] == "taxpayer,asset,category,type,amount,currency,units,transactions"
    assert "ann,BTC,crypto_fiat_in,,60000.00,EUR,1.5,1" in lines
    carf().write(tmp_path / "first.xml")
    changed = [row | {"sent_amount": "60001"} if row["sent_amount"] == "60000" else row for row in rows("ledger")]
    assert "CARF702" in carf(ledger=changed, corrects=tmp_path / "first.xml").text
    with pytest.raises(fisc.FiscError, match="nothing differs"):
        carf(corrects=tmp_path / "first.xml")
    with pytest.raises(fisc.FiscError, match="CSV"):
        carf(corrects=tmp_path / "first.xml", format="csv")


def test_everything_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(fisc.FiscError) as caught:
        carf(users=[row for row in rows("users") if row["taxpayer"] != "ann"], rates=None)
    codes = {d.code for d in caught.value.diagnostics}
    assert {"F0108", "A0202"} <= codes, codes
    with pytest.raises(fisc.FiscError, match="there is no report `crf`"):
        fisc.report("crf", EXAMPLE / "ledger.csv", year=2026, **FILES)
    with pytest.raises(fisc.FiscError, match="cannot be read"):
        carf(ledger=tmp_path / "nowhere.csv")
    with pytest.raises(fisc.FiscError, match="the format is xml or csv"):
        carf(format="pdf")
