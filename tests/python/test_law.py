"""The law as a card, and what is covered."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import fisc
import pytest


def test_the_card_is_that_of_the_command_line() -> None:
    law = fisc.law("kg", year=2024)
    assert law.jurisdiction == "kg"
    assert law.title == "Kyrgyz Republic"
    assert law.tax_year == "2024"
    assert {tax["id"] for tax in law["taxes"]} >= {"income_tax", "profit_tax", "mining_tax"}
    assert law.to_dict() == dict(law)
    data = law.to_dict()
    data["taxes"].clear()
    assert len(law["taxes"]) >= 3, "what is handed out is the caller's own"
    assert law["year"] == {"label": "2024", "from": "2024-01-01", "to": "2024-12-31"}
    assert repr(law).startswith("<fisc.Law kg 2024: ")


def test_the_views_of_a_notebook() -> None:
    law = fisc.law("kg", year=2024)

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []
            self.text: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag not in ("script", "link", "img", "iframe")
            if tag != "meta":
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

        def handle_data(self, data: str) -> None:
            self.text.append(data)

    for html in (law._repr_html_(), law.to_html()):
        reader = Reader()
        reader.feed(html)
        reader.close()
        assert reader.open == []
        assert "Kyrgyz Republic, tax year 2024" in "".join(reader.text)
    assert "<html" not in law._repr_html_()
    assert law._repr_markdown_().startswith("# Kyrgyz Republic, tax year 2024")
    assert all(len(line) <= 80 for line in str(law).splitlines())


def test_years() -> None:
    assert fisc.law("kg").tax_year is not None
    whole = fisc.law("kg", all=True)
    assert whole.tax_year is None
    assert whole["calendar"] == []
    for wrong in (1999, 10**6, 10**12):
        with pytest.raises(fisc.FiscError):
            fisc.law("kg", year=wrong)
    with pytest.raises(fisc.FiscError, match="both"):
        fisc.law("kg", year=2024, all=True)
    with pytest.raises(fisc.FiscError) as caught:
        fisc.law("zz")
    assert caught.value.diagnostics[0].code == "F0106"


def test_jurisdictions(tmp_path: Path) -> None:
    found = {record["code"]: record for record in fisc.jurisdictions()}
    kg = found["kg"]
    assert kg["title"] == "Kyrgyz Republic"
    assert kg["covers"]["from"] == "2020-08-01"
    assert 0 < kg["confidence"]["values"]["confirmed"] <= kg["confidence"]["values"]["of"]
    assert kg["examples"]["figures"] >= kg["examples"]["examples"] > 0
    (tmp_path / "yy").mkdir()
    (tmp_path / "yy" / "tax.yaml").write_text("jurisdiction: yy\n")
    broken = next(record for record in fisc.jurisdictions(rules=tmp_path) if record["code"] == "yy")
    assert broken["errors"] > 0
    assert broken["title"] is None
