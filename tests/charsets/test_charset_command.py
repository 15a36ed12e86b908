"""``tsugite charset``: what is shown of dumps, in both languages and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from layouts.errors import TsugiteError
from mappings.charsets.commands import charset_group
from mappings.charsets.mainframe import register

register()

RECORD = "AB12".encode("jef_ebcdik") + bytes.fromhex("28 BBB3 80A1 4100 67A5 29") + "XY".encode("jef_ebcdik")
LENGTH = str(len(RECORD))


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "export.dat"
    path.write_bytes(RECORD * 3 + b"\xc1\x28\xb0\xa1")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(charset_group, [str(a) for a in arguments])


def test_hex_and_text_stand_side_by_side(dump: Path) -> None:
    result = run(
        "decode", dump, "--charset", "jef_ebcdik", "--record-length", LENGTH, "--hex", "--count", 1, "--lang", "en"
    )
    assert result.exit_code == 1
    assert "00000000  C1 C2 F1 F2 28 BB B3 80 A1 41 00 67 A5 29 E7 E8  AB12⟦山«U+E000»«4100»辻⟧XY" in result.output
    assert "bytes without a character 2: 41@9 00@10" in result.output
    assert "another 1: 67A5@11" in result.output


def test_a_clean_record_ends_with_zero_and_no_remark(tmp_path: Path) -> None:
    path = tmp_path / "clean.dat"
    path.write_bytes("山田 A".encode("keis83_ebcdik") * 2)
    length = path.stat().st_size // 2
    result = run("decode", path, "--charset", "keis83-ebcdik", "--record-length", length)
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "レコード 1  @0 (0x0)",
        "  ⟦山田⟧ A",
        f"レコード 2  @{length} (0x{length:X})",
        "  ⟦山田⟧ A",
    ]


def test_records_and_fields_are_chosen_by_place(dump: Path) -> None:
    result = run(
        "decode",
        dump,
        "--charset",
        "jef_ebcdik_ivs",
        "--record-length",
        LENGTH,
        "--start",
        3,
        "--field",
        "0:4",
        "--json",
    )
    shown = json.loads(result.output)
    assert [record["record"] for record in shown] == [3, 4]
    assert shown[0]["text"] == "AB12"
    assert shown[0]["offset"] == 2 * len(RECORD)
    assert shown[0]["exact"] is True
    assert shown[1]["unclosed"] is True
    assert shown[1]["units"][1] == {"offset": 3 * len(RECORD) + 1, "length": 1, "shown": "⟦"}


def test_the_list_names_every_charset_with_its_codes() -> None:
    rows = {row["name"]: row for row in json.loads(run("list", "--counts", "--json").output)}
    assert rows["jef"]["codes_double"] == 14998
    assert rows["keis83_ebcdik"]["to_double"] == ["0A42"]
    assert rows["ibm939"]["codes_not_reversible"] == 0
    assert "富士通 JEF + EBCDIK" in run("list").output
    assert "Hitachi KEIS83 + EBCDIC" in run("list", "--lang", "en").output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--charset", "nothing", "--record-length", 4), "CS01"),
        (("--charset", "jef", "--record-length", 4, "--field", "2:3"), "CS02"),
        (("--charset", "jef", "--record-length", 4, "--field", "x"), "CS02"),
        (("--charset", "jef", "--record-length", 4, "--start", 999), "CS03"),
    ],
)
def test_errors_say_what_to_do(dump: Path, arguments: tuple[object, ...], code: str) -> None:
    result = run("decode", dump, *arguments)
    assert isinstance(result.exception, TsugiteError)
    assert result.exception.code == code
    assert result.exception.todo.ja
    assert result.exception.todo.en
