"""Decoding: Python's codecs and iconv are the oracles; what cannot be decoded can be turned back."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.charsets import MARK_BASE, charset_name
from mappings.charsets.tables import FLAG_DUPLICATE, FLAG_GAIJI, character, tables
from mappings.readers.window import transcode


def decoded(data: bytes, charset: str) -> str:
    return bytes(transcode(np.frombuffer(data, np.uint8), tables(charset))).decode("utf-8")


def cells(charset: str) -> dict[bytes, int]:
    made = tables(charset)
    two = {code.to_bytes(2, "big"): int(made.two[code]) for code in np.flatnonzero(made.two).tolist()}
    three = {b"\x8f" + code.to_bytes(2, "big"): int(made.three[code]) for code in np.flatnonzero(made.three).tolist()}
    return {**two, **three}


def marks_back(text: str, charset: str) -> bytes:
    """The inverse for texts without duplicate codes: marks to their bytes, the rest through Python's codec."""
    return b"".join(
        bytes([ord(c) - MARK_BASE]) if MARK_BASE <= ord(c) <= MARK_BASE + 0xFF else c.encode(charset) for c in text
    )


def test_every_double_byte_code_of_cp932_decodes_as_in_python() -> None:
    known = cells("cp932")
    for lead in (*range(0x81, 0xA0), *range(0xE0, 0xFD)):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD)):
            code = bytes([lead, trail])
            try:
                expected = code.decode("cp932")
            except UnicodeDecodeError:
                assert code not in known
            else:
                assert character(known[code]) == expected


def test_cp932_has_1880_gaiji_and_398_codes_with_a_preferred_twin() -> None:
    known = cells("cp932")
    gaiji = {code: ord(character(e)) for code, e in known.items() if e & FLAG_GAIJI}
    assert gaiji[b"\xf0\x40"] == 0xE000
    assert gaiji[b"\xf9\xfc"] == 0xE757
    assert sorted(gaiji.values()) == list(range(0xE000, 0xE758))
    assert sum(e & FLAG_DUPLICATE > 0 for e in known.values()) == 398


@pytest.mark.skipif(shutil.which("iconv") is None, reason="needs iconv")
def test_every_code_of_eucjp_ms_decodes_as_in_iconv() -> None:
    pairs = [bytes([a, b]) for a in range(0xA1, 0xFF) for b in range(0xA1, 0xFF)]
    codes = [*pairs, *(b"\x8f" + pair for pair in pairs)]
    answer = subprocess.run(
        ["iconv", "-c", "-f", "EUC-JP-MS", "-t", "UTF-8"],
        input=b"\n".join(codes) + b"\n",
        capture_output=True,
        check=False,
    )
    if not answer.stdout:
        pytest.skip("this iconv has no EUC-JP-MS")
    lines = answer.stdout.decode("utf-8").split("\n")[:-1]
    known = cells("eucjp-ms")
    assert {c: character(known[c]) if c in known else "" for c in codes} == dict(zip(codes, lines, strict=True))


@pytest.mark.skipif(shutil.which("iconv") is None, reason="needs iconv")
def test_the_preferred_twin_in_cp932_is_the_one_that_windows_and_iconv_write() -> None:
    known = {code: character(e) for code, e in cells("cp932").items() if not e & (FLAG_DUPLICATE | FLAG_GAIJI)}
    answer = subprocess.run(
        ["iconv", "-f", "UTF-8", "-t", "CP932"], input="".join(known.values()).encode(), capture_output=True, check=True
    )
    assert answer.stdout == b"".join(known)


@settings(deadline=None)
@given(st.text(st.characters(codec="cp932", exclude_characters="¢£¬‖−〜\x80\xa0\uf8f0\uf8f1\uf8f2\uf8f3")))
def test_text_survives_cp932(text: str) -> None:
    assert decoded(text.encode("cp932"), "cp932") == text


@settings(deadline=None)
@given(st.text(st.characters(codec="euc_jp", exclude_characters="¥‾〜‖−¢£¬—¦")))
def test_text_survives_eucjp(text: str) -> None:
    assert decoded(text.encode("euc_jp"), "eucjp-ms") == text


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], max_codepoint=MARK_BASE - 1)), st.sampled_from(["le", "be"]))
def test_text_survives_utf16_and_utf8(text: str, order: str) -> None:
    assert decoded(text.encode(f"utf-16-{order}"), f"utf-16-{order}") == text
    assert decoded(text.encode("utf-8"), "utf-8") == text


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_come_back_from_utf8(data: bytes) -> None:
    assert marks_back(decoded(data, "utf-8"), "utf-8") == data


@settings(deadline=None)
@given(st.binary(), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_any_bytes_come_back_from_utf16(data: bytes, charset: str) -> None:
    assert marks_back(decoded(data, charset), charset) == data


def test_characters_of_the_marks_range_are_marked_themselves() -> None:
    for charset in ("utf-8", "utf-16-le"):
        data = chr(MARK_BASE + 0x41).encode(charset)
        text = decoded(data, charset)
        assert len(text) == 4
        assert marks_back(text, charset) == data


DOUBLES = [code for code, e in cells("cp932").items() if character(e).encode("cp932") != code or e & FLAG_DUPLICATE]


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(min_size=1, max_size=3), st.sampled_from([b"\x82\xa0", b"\xf0\x40", b"\x81", b"\xff"]))
    )
)
def test_any_bytes_come_back_from_cp932_up_to_duplicate_codes(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    back = marks_back(decoded(data, "cp932"), "cp932")
    assert len(back) == len(data)
    assert decoded(back, "cp932") == decoded(data, "cp932")
    if not any(code in data + back for code in DOUBLES):
        assert back == data


def test_bytes_that_cp932_does_not_have_become_marks() -> None:
    marked = {b: decoded(bytes([b]), "cp932") for b in (0x80, 0x81, 0xA0, 0xFD, 0xFF)}
    assert marked == {b: chr(MARK_BASE + b) for b in marked}
    assert decoded(b"\x81\xad", "cp932") == chr(MARK_BASE + 0x81) + chr(MARK_BASE + 0xAD)
    assert decoded(b"\x82,", "cp932") == chr(MARK_BASE + 0x82) + ","


def test_usual_spellings_of_charsets_are_understood() -> None:
    names: dict[str, Any] = {
        "Shift_JIS": "cp932",
        "Windows-31J": "cp932",
        "EUC-JP": "eucjp-ms",
        "UTF-16LE": "utf-16-le",
    }
    assert {n: charset_name(n) for n in names} == names
    with pytest.raises(ValueError, match="unknown charset 'klingon'"):
        charset_name("klingon")
