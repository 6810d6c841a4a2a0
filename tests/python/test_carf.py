"""The messages of `fisc report carf`, read by the classes that another project generated from the schema of the OECD."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

aeoi = pytest.importorskip("aeoi", reason="the package `aeoi` (pip install aeoi) has the schema's classes")

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "carf"


def command() -> str:
    """The command as it was built for the tests, or as it is installed."""
    built = [os.environ.get("FISC"), ROOT / "target" / "debug" / "fisc", ROOT / "target" / "release" / "fisc"]
    found = next((str(path) for path in built if path and Path(path).is_file()), None) or shutil.which("fisc")
    if not found:
        pytest.skip("no command `fisc`: run `cargo build`, or name it in FISC")
    return found


def report(folder: Path, *words: str | Path, ledger: str | None = None, provider: str | None = None) -> str:
    """The text of a message; ledger and provider are those of the example, or the texts given."""
    files = {name: EXAMPLE / name for name in ("ledger.csv", "provider.yaml", "users.csv", "rates.csv")}
    for name, text in (("ledger.csv", ledger), ("provider.yaml", provider)):
        if text is not None:
            files[name] = folder / name
            files[name].write_text(text)
    line = [command(), "report", "carf", files["ledger.csv"], "--year", "2026", "--provider", files["provider.yaml"]]
    line += ["--users", files["users.csv"], "--rates", files["rates.csv"], *words]
    shown = subprocess.run([str(word) for word in line], capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def parse(text: str) -> Any:
    """The message as objects: an unknown element, attribute or code is an error."""
    import warnings

    from aeoi.schemas.carf_v1_5 import CarfOecd
    from xsdata.formats.dataclass.parsers import XmlParser
    from xsdata.formats.dataclass.parsers.config import ParserConfig

    config = ParserConfig(fail_on_unknown_properties=True, fail_on_unknown_attributes=True, fail_on_converter_warnings=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return XmlParser(config=config).from_string(text, CarfOecd)


def in_order(text: str) -> list[str]:
    """The elements as they stand, without their texts."""
    return re.findall(r"<((?!\?)/?[\w:]+)", text.replace("stf:", ""))


def test_the_message_is_that_of_the_schema(tmp_path: Path) -> None:
    from xsdata.formats.dataclass.serializers import XmlSerializer

    text = report(tmp_path)
    message = parse(text)
    spec = message.message_spec
    assert (spec.message_type_indic.value, str(spec.reporting_period)) == ("CARF701", "2026-12-31")
    assert (spec.transmitting_country.value, spec.receiving_country.value) == ("LT", "LT")
    (body,) = message.carfbody
    assert body.rcasp.rcasp_id.entity.name[0].value == "Example Exchange & Sons"
    ann, biz = body.crypto_users
    assert [tin.unknown for tin in ann.user_id.individual.tin] == [None, True]
    assert [p.value for p in biz.controlling_person[0].ctrlg_person_type] == ["CARF801", "CARF803"]
    (bitcoin,) = biz.relevant_transactions
    (retail,) = bitcoin.rrpt
    assert (retail.amount.value, retail.amount.curr_code.value) == (Decimal("45000.01"), "EUR")
    (lower,) = bitcoin.crypto_transfer_out
    assert (lower.transfer_type.value, lower.numberof_transactions) == ("CARF603", 1)
    # Written again by the classes, the elements stand in the same order: that of the schema.
    again = XmlSerializer().render(message)
    again = re.sub(r"\bns\d+:", "", again)
    assert in_order(again) == in_order(text)


def test_every_text_is_as_long_as_the_schema_takes(tmp_path: Path) -> None:
    from dataclasses import fields, is_dataclass

    checked = 0

    def check(node: Any) -> None:
        nonlocal checked
        for one in fields(node):
            value, meta = getattr(node, one.name), one.metadata
            for item in value if isinstance(value, list) else [value]:
                if is_dataclass(item):
                    check(item)
                elif isinstance(item, str) and "max_length" in meta:
                    assert meta.get("min_length", 0) <= len(item) <= meta["max_length"], one.name
                    checked += 1
            if isinstance(value, list) and "min_occurs" in meta:
                assert len(value) >= meta["min_occurs"], one.name

    check(parse(report(tmp_path)))
    assert checked > 20


def test_how_transfers_were_valued(tmp_path: Path) -> None:
    provider = (EXAMPLE / "provider.yaml").read_text() + "valuation: estimate\n"
    message = parse(report(tmp_path, provider=provider))
    transfers = [t for u in message.carfbody[0].crypto_users for r in u.relevant_transactions for t in r.crypto_transfer_out]
    assert transfers and {t.alt_valuation.value for t in transfers} == {"CARF1004"}


def test_nobody_to_report(tmp_path: Path) -> None:
    provider = (EXAMPLE / "provider.yaml").read_text() + "reportable: [JP]\n"
    message = parse(report(tmp_path, provider=provider))
    assert message.message_spec.message_type_indic.value == "CARF703"
    assert message.carfbody[0].crypto_users == []


def test_corrections_and_deletions(tmp_path: Path) -> None:
    before = report(tmp_path)
    (tmp_path / "before.xml").write_text(before)
    lines = (EXAMPLE / "ledger.csv").read_text().splitlines(keepends=True)
    ledger = "".join(line for line in lines if ",biz," not in line).replace("60000", "60001")
    message = parse(report(tmp_path, "--corrects", tmp_path / "before.xml", ledger=ledger))
    assert message.message_spec.message_type_indic.value == "CARF702"
    specs = [user.doc_spec for user in message.carfbody[0].crypto_users]
    assert sorted(spec.doc_type_indic.value for spec in specs) == ["OECD2", "OECD3"]
    sent = [user.doc_spec.doc_ref_id for user in parse(before).carfbody[0].crypto_users]
    assert sorted(spec.corr_doc_ref_id for spec in specs) == sorted(sent)
    assert not set(sent) & {spec.doc_ref_id for spec in specs}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    assert report(tmp_path) == report(tmp_path)
    later = report(tmp_path, "--timestamp", "2027-01-15T10:00:00Z")
    assert str(parse(later).message_spec.timestamp) == "2027-01-15T10:00:00Z"
