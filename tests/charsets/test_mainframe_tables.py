"""The code tables against what is known from elsewhere: hand-checked facts, JIS X 0208, the platform's iconv."""

from __future__ import annotations

import shutil
import subprocess

import pyarrow as pa
import pytest

from mappings.charsets.mainframe import register
from mappings.charsets.mainframe.build_tables import corrections
from mappings.charsets.mainframe.catalogue import CHARSETS, charset
from mappings.charsets.mainframe.codetables import jips_e_of_j
from mappings.charsets.mainframe.columns import decode_column, encode_column
from mappings.charsets.mainframe.inventory import every_code
from mappings.charsets.mainframe.tables import tables

register()


def decoded(name: str, *codes: str) -> str:
    (text,) = decode_column(bytes.fromhex("".join(codes)), name).text.to_pylist()
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    ("name", "first", "last", "points"),
    [
        ("jef", "80A1", "A0FE", (0xE000, 0xEC1D)),
        ("keis78", "81A1", "A0FE", (0xE000, 0xEBBF)),
        ("keis83", "81A1", "A0FE", (0xE000, 0xEBBF)),
        ("jips", "7421", "7E7E", (0xE000, 0xE409)),
        ("jips", "E0A1", "FEFE", (0xE40A, 0xEF6B)),
        ("ibm300", "6941", "7FFE", (0xE000, 0xF111)),
        ("ibm16684", "6941", "89BD", (0xE000, 0xF83C)),
        ("cp932_pua", "F040", "F9FC", (0xE000, 0xE757)),
    ],
)
def test_user_defined_areas_begin_and_end_where_the_vendors_say(
    name: str, first: str, last: str, points: tuple[int, int]
) -> None:
    text = decoded(name, first, last)
    assert tuple(map(ord, text)) == points
    assert text.encode(name) == bytes.fromhex(first + last)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("jef_ebcdik", "C1 28 B0A1 29 C2"),
        ("jef_ebcdik", "C1 38 B0A1 29 C2"),
        ("jef_ebcdik", "C1 30E2 B0A1 29 C2"),
        ("keis78_ebcdik", "C1 0A42 B0A1 0A41 C2"),
        ("keis83_ebcdic", "C1 0A42 B0A1 0A41 C2"),
        ("jips_j", "41 1A70 3021 1A71 42"),
        ("ibm939", "C1 0E 4867 0F C2"),
        ("ibm930", "C1 0E 4867 0F C2"),
    ],
)
def test_shift_codes_are_no_characters(name: str, raw: str) -> None:
    assert decoded(name, raw.replace(" ", "")) == (
        "A亜B" if name[:3] != "ibm" else "A" + decoded("ibm300", "4867") + "B"
    )


def test_jips_e_is_jips_j_with_each_byte_of_a_code_permuted() -> None:
    e_of_j = jips_e_of_j().tolist()
    permuted = bytes(e_of_j[byte] for byte in bytes.fromhex("3021 7421 E0A1"))
    assert "亜\ue000\ue40a".encode("jips_e") == b"\x3f\x75" + permuted + b"\x3f\x76"
    assert "亜\ue000\ue40a".encode("jips_j") == bytes.fromhex("1A70 3021 7421 E0A1 1A71")
    assert permuted.decode("jips_e_wide") == "亜\ue000\ue40a"


def test_glyphs_that_unicode_unifies_differ_by_a_selector() -> None:
    assert decoded("jef", "C4D4", "67A5") == "辻辻"
    assert decoded("jef_ivs", "C4D4", "67A5") == "辻\U000e0103辻\U000e0102"
    assert decoded("jef_aj1", "C4D4", "67A5") == "辻\U000e0101辻\U000e0100"
    assert "辻".encode("jef") == bytes.fromhex("C4D4")
    assert "辻\U000e0102辻\U000e0101".encode("jef") == bytes.fromhex("67A5 C4D4")


def test_a_compatibility_ideograph_stands_for_its_code_alone() -> None:
    assert decoded("jef", "42BB") == "\ufa30"
    assert decoded("jef_ivs", "42BB") == "侮\U000e0103"
    assert "\ufa30".encode("jef_ivs") == "侮\U000e0103".encode("jef") == bytes.fromhex("42BB")


def test_a_combining_mark_belongs_to_its_code() -> None:
    assert decoded("jef", "71AC") == "\U0001b019\u3099"
    assert "\U0001b019\u3099".encode("jef") == bytes.fromhex("71AC")
    assert "か\u309aか".encode("ibm1399").decode("ibm1399") == "か\u309aか"


def test_a_code_without_a_unicode_character_is_kept_as_marks() -> None:
    found = decode_column(bytes.fromhex("71F7 C4D4"), "jef", listed=("unmappable",))
    assert found.text.to_pylist() == ["\U0010fe71\U0010fef7辻"]
    assert found.counts["unmappable"] == 2
    assert found.events["code"].tolist() == [0x71F7, 0x71F7]


def test_a_code_for_encoding_only_is_never_taken_silently() -> None:
    text = pa.array(["aB"])
    plain = encode_column(text, "jef_ebcdik")
    assert plain.values.to_pylist() == [None]
    assert plain.events[["kind", "code", "row"]].tolist() == [(8, ord("a"), 0)]
    similar = encode_column(text, "jef_ebcdik", similar=True)
    assert similar.values.to_pylist() == [b"\xc1\xc2"]
    assert similar.counts == {"similar": 1}


def test_keis83_kanji_are_those_of_jis_x_0208() -> None:
    rows = [(a, b) for a in range(16, 85) for b in range(1, 95)]
    expected = []
    for a, b in rows:
        try:
            expected.append((b"\x1b$B" + bytes([0x20 + a, 0x20 + b]) + b"\x1b(B").decode("iso2022_jp"))
        except UnicodeDecodeError:
            expected.append("")
    known = [(row, text) for row, text in zip(rows, expected, strict=True) if text]
    raw = b"".join(bytes([0xA0 + a, 0xA0 + b]) for (a, b), _ in known)
    assert len(known) > 6300
    assert raw.decode("keis83") == "".join(text for _, text in known)


def test_corrected_rows_follow_the_standards() -> None:
    assert bytes(range(0x21, 0x7F)).decode("ascii") == "".join(decoded("jips", f"29{c:02X}") for c in range(0x21, 0x7F))
    kana = "".join(chr(0xFF61 + i) for i in range(63))
    assert "".join(decoded("jips", f"2A{0x21 + i:02X}") for i in range(63)) == kana
    assert decoded("jips", "2834", "2838", "2840") == "┫┯╂"
    assert decoded("jips_j", "4D4E5D5E6D6E7D7E") == "MN]^mn}~"
    assert decoded("keis83_ebcdic", "7F8E8F") == '"ﾈﾉ'
    assert decoded("jips_e", "A7A8") == "ﾒﾓ"


def test_every_correction_gives_its_code_one_character() -> None:
    table = {"nec_jis8": ("jips_j", 1), "hitachi_ebcdic": ("keis83_ebcdic", 1), "nec_ebcdik": ("jips_e", 1),
             "nec_jips": ("jips", 2)}  # fmt: skip
    checked = 0
    for name, rows in corrections().items():
        codec, size = table[name]
        for right in rows.values():
            if right is not None:
                assert right[0].to_bytes(size, "big").decode(codec) == chr(right[1])
                checked += 1
    assert checked > 100


def _iconv(source: str, target: str, data: bytes) -> bytes:
    run = subprocess.run(["iconv", "-f", source, "-t", target], input=data, capture_output=True, check=False)
    if run.returncode:
        pytest.skip(f"iconv has no {source} to {target}, or not this version's: {run.stderr[:80]!r}")
    return run.stdout


@pytest.mark.skipif(shutil.which("iconv") is None, reason="no iconv on this platform")
@pytest.mark.parametrize(
    ("name", "peer"), [("ibm930", "IBM930"), ("ibm939", "IBM939"), ("ibm1390", "IBM1390"), ("ibm1399", "IBM1399"),
                       ("eucjp_ms", "EUC-JP-MS")]
)  # fmt: skip
def test_every_code_decodes_as_iconv_decodes_it(name: str, peer: str) -> None:
    codes = every_code(name).to_pylist()
    # A line feed between the codes keeps a combining mark away from the code before it.
    between = "\n".encode(name)
    expected = _iconv(peer, "UTF-8", between.join(codes)).decode()
    text = between.join(codes).decode(name)
    wrong = [(a, b) for a, b in zip(text.split("\n"), expected.split("\n"), strict=True) if a != b]
    assert wrong == []


@pytest.mark.skipif(shutil.which("iconv") is None, reason="no iconv on this platform")
@pytest.mark.parametrize(("name", "peer"), [("ibm939", "IBM939"), ("ibm1399", "IBM1399")])
def test_what_is_encoded_is_what_iconv_decodes(name: str, peer: str) -> None:
    text = "\n".join(decode_column(every_code(name), name).text.to_pylist())
    assert _iconv(peer, "UTF-8", text.encode(name)).decode() == text


def test_names_are_found_however_they_are_spelt() -> None:
    assert charset("JEF-EBCDIK").name == charset("jef ebcdik").name == "jef_ebcdik"
    assert charset("cp939").name == charset("IBM-939").name == "ibm939"
    with pytest.raises(LookupError, match="there are jef_ebcdic"):
        charset("ebcdic-xyz")


@pytest.mark.parametrize("name", sorted(CHARSETS))
def test_tables_cannot_be_changed(name: str) -> None:
    with pytest.raises(ValueError, match="read-only"):
        tables(name).decoding.two[0x4040] = 1
