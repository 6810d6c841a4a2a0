"""The messages of `fisc report dac8`, read by the classes that another project generated from the schema of the OECD."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("aeoi", reason="the package `aeoi` (pip install aeoi) has the schema's classes")

from test_carf import command, in_order, parse

EXAMPLE = Path(__file__).parents[2] / "examples" / "dac8"


def report(folder: Path, *words: str | Path, users: str | None = None) -> str:
    """The text of a message of the example; users are its own, or the text given."""
    file = EXAMPLE / "users.csv"
    if users is not None:
        file = folder / "users.csv"
        file.write_text(users)
    line = [command(), "report", "dac8", EXAMPLE / "ledger.csv", "--year", "2026", "--provider", EXAMPLE / "provider.yaml"]
    line += ["--users", file, "--rates", EXAMPLE / "rates.csv", *words]
    shown = subprocess.run([str(word) for word in line], capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def test_the_message_is_that_of_the_schema(tmp_path: Path) -> None:
    from xsdata.formats.dataclass.serializers import XmlSerializer

    text = report(tmp_path)
    message = parse(text)
    (body,) = message.carfbody
    provider = body.rcasp.rcasp_id.entity
    (lei,), (number,) = provider.in_value, provider.iin
    assert (lei.value, lei.intype.value) == ("549300EXAMPLE00LT076", "LEI")
    assert (number.value, number.issued_by.value) == ("CAO0000001", "LT")
    assert body.rcasp.nexus.value == "CARF906"
    ann, bea, biz = body.crypto_users
    born = ann.user_id.individual.birth_info.birth_place
    assert (born.city, born.country_info.country_code.value) == ("Bern", "CH")
    assert bea.user_id.individual.birth_info.birth_place is None
    (person,) = biz.controlling_person
    assert [code.value for code in person.individual.res_country_code] == ["DE"]
    # Written again by the classes, the elements stand in the same order: that of the schema.
    again = re.sub(r"\bns\d+:", "", XmlSerializer().render(message))
    assert in_order(again) == in_order(text)


def test_corrections_and_deletions(tmp_path: Path) -> None:
    before = report(tmp_path)
    (tmp_path / "before.xml").write_text(before)
    users = (EXAMPLE / "users.csv").read_text().replace("LT:456", "CH:456").replace("Bern,CH", "Basel,CH")
    message = parse(report(tmp_path, "--corrects", tmp_path / "before.xml", users=users))
    assert message.message_spec.message_type_indic.value == "CARF702"
    specs = [user.doc_spec for user in message.carfbody[0].crypto_users]
    sent = [user.doc_spec.doc_ref_id for user in parse(before).carfbody[0].crypto_users]
    differ = sorted((spec.doc_type_indic.value, spec.corr_doc_ref_id) for spec in specs)
    assert differ == [("OECD2", sent[0]), ("OECD3", sent[1])]


def test_nobody_to_report(tmp_path: Path) -> None:
    users = re.sub(r"\b(LV|LT|DE):", "CH:", (EXAMPLE / "users.csv").read_text()).replace("CH:123;CH:756", "CH:123")
    message = parse(report(tmp_path, users=users))
    assert message.message_spec.message_type_indic.value == "CARF703"
    assert message.carfbody[0].crypto_users == []
