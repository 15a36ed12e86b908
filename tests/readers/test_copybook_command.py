"""``tsugite charset decode --copybook``: records field by field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from layouts.errors import TsugiteError
from mappings.charsets.commands import charset_group

COPYBOOK = """\
       01  R.
           03  NO          PIC 9(3).
           03  SHIMEI      PIC N(2).
           03  SHIMEI-X REDEFINES SHIMEI PIC X(4).
           03  GAKU        PIC S9(3) COMP-3.
"""


def run(folder: Path, data: bytes, *arguments: str) -> Result:
    (folder / "A.cpy").write_text(COPYBOOK, encoding="utf-8")
    (folder / "A.DAT").write_bytes(data)
    given = ["decode", str(folder / "A.DAT"), "--charset", "jef_ebcdik", "--copybook", str(folder / "A.cpy")]
    return CliRunner().invoke(charset_group, [*given, *arguments])


GOOD = b"\xf0\xf0\xf1" + "山田".encode("jef") + b"\x12\x3d"
BAD = b"\xf0\xf0\xf2" + "山".encode("jef") + b"\xff\xff" + b"\xff\x3d"


def test_fields_stand_with_place_bytes_and_text(tmp_path: Path) -> None:
    result = run(tmp_path, GOOD, "--lang", "en")
    assert result.exit_code == 0, result.output
    assert [line.split() for line in result.output.splitlines()] == [
        ["record", "1", "@0"],
        ["00000000", "NO", "F0F0F1", "001"],
        ["00000003", "SHIMEI", "山田".encode("jef").hex().upper(), "山田"],
        ["00000007", "GAKU", "123D", "-123"],
    ]


def test_what_is_wrong_is_marked_and_told_by_the_exit_code(tmp_path: Path) -> None:
    result = run(tmp_path, GOOD + BAD, "--lang", "en", "--start", "2")
    assert result.exit_code == 1
    assert "山«FF»«FF»  ! undecodable" in result.output
    assert "«FF»«3D»  ! no number" in result.output
    assert "数値でない" in run(tmp_path, BAD, "--lang", "ja").output


def test_the_definition_of_a_redefines_can_be_chosen(tmp_path: Path) -> None:
    result = run(
        tmp_path, b"\xf0\xf0\xf1" + "ｱｲｳｴ".encode("jef_ebcdik") + b"\x12\x3d", "--redefine", "SHIMEI=SHIMEI-X", "--json"
    )
    fields = json.loads(result.output)[0]["fields"]
    assert [(field["name"], field["text"], field["problem"]) for field in fields] == [
        ("NO", "001", ""), ("SHIMEI_X", "ｱｲｳｴ", ""), ("GAKU", "-123", ""),
    ]  # fmt: skip


def test_without_copybook_a_length_has_to_be_given(tmp_path: Path) -> None:
    path = tmp_path / "A.DAT"
    path.write_bytes(GOOD)
    result = CliRunner().invoke(charset_group, ["decode", str(path), "--charset", "jef_ebcdik"])
    assert isinstance(result.exception, TsugiteError)
    assert result.exception.code == "CS04"


@pytest.mark.parametrize("argument", [("--record", "NONE"), ("--redefine", "SHIMEI=NONE")])
def test_names_that_there_are_not_are_the_users_error(tmp_path: Path, argument: tuple[str, str]) -> None:
    assert isinstance(run(tmp_path, GOOD, *argument).exception, TsugiteError)
