"""Nothing is lost: every code of every table, and whatever bytes may come."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.charsets import MARK_BASE
from mappings.charsets.mainframe import MARK_ERRORS, register
from mappings.charsets.mainframe.catalogue import CHARSETS
from mappings.charsets.mainframe.columns import decode_column, encode_column, fields, roundtrip_mask, run_decoder
from mappings.charsets.mainframe.inventory import count_codes, every_code, not_reversible
from mappings.charsets.mainframe.tables import tables

register()

MAINFRAME = sorted(CHARSETS)
SELECTOR = re.compile("[\U000e0100-\U000e01ef]")

CODES = {
    "jef_ebcdic": (157, 14998, 3102, 457, 564),
    "jef_ebcdik": (194, 14998, 3102, 457, 565),
    "jef_ebcdik_ivs": (194, 14998, 3102, 457, 24),
    "jef_ascii": (157, 14998, 3102, 457, 564),
    "jef": (0, 14998, 3102, 457, 564),
    "keis78_ebcdik": (223, 9894, 3008, 0, 15),
    "keis83_ebcdik": (223, 9890, 3008, 0, 3),
    "jips_j": (191, 11243, 3948, 0, 314),
    "jips_e": (223, 11243, 3948, 0, 314),
    "jips": (0, 11243, 3948, 0, 157),
    "ibm930": (226, 11635, 4370, 0, 0),
    "ibm939": (226, 11635, 4370, 0, 0),
    "ibm1390": (227, 22102, 6205, 0, 1),
    "ibm1399": (227, 22102, 6205, 0, 1),
    "cp932_pua": (191, 9604, 1880, 0, 398),
    "eucjp_ms": (128, 15078, 1880, 0, 24),
}
"""Codes of one byte, of more, user-defined, without a Unicode character, and not coming back."""


@pytest.mark.parametrize("name", sorted(CODES))
def test_counts_of_codes_and_of_those_that_do_not_come_back(name: str) -> None:
    found = count_codes(name)
    print(name, found)
    assert tuple(found) == CODES[name]


@pytest.mark.parametrize("name", MAINFRAME)
def test_a_code_that_does_not_come_back_shares_its_text_with_the_one_that_does(name: str) -> None:
    lost = not_reversible(name)
    for raw, text, other in lost:
        assert other is not None
        assert other != raw
        # Where a collection has no selector for a glyph, its plain character encodes to a code that may have one.
        assert SELECTOR.sub("", other.decode(name, MARK_ERRORS)) == SELECTOR.sub("", text)
    assert decode_column(every_code(name), name).counts.get("duplicate", 0) == len(lost)


def field_bytes(name: str) -> st.SearchStrategy[bytes]:
    """Bytes of a charset and bytes of any kind, mixed: shift codes in all places, broken codes, anything."""
    codes = every_code(name).to_pylist()
    shifts = CHARSETS[name].shifts
    pieces = [st.sampled_from(codes), st.binary(max_size=3)]
    if shifts is not None:
        pieces.append(st.sampled_from([*shifts.to_double, shifts.to_single]))
        inner = [code[len(shifts.to_double[0]) : -len(shifts.to_single)] for code in codes if len(code) > 2]
        pieces.append(st.sampled_from(inner))
    return st.lists(st.one_of(pieces), max_size=12).map(b"".join)


SAMPLE = ("jef_ebcdik_ivs", "jef", "keis83_ebcdic", "jips_j", "jips_e", "ibm1399", "cp932_pua", "eucjp_ms")


@pytest.mark.parametrize("name", SAMPLE)
def test_whatever_the_bytes_nothing_is_lost(name: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(field_bytes(name), min_size=1, max_size=6))
    def check(values: list[bytes]) -> None:
        column = pa.array(values, pa.large_binary())
        decoded = decode_column(column, name)
        mask = roundtrip_mask(column, name, decoded=decoded)
        assert len(decoded.text) == len(values)
        marks = 0
        for value, text, exact in zip(values, decoded.text.to_pylist(), mask.tolist(), strict=True):
            assert "\ufffd" not in text
            marks += sum(MARK_BASE <= ord(c) <= MARK_BASE + 0xFF for c in text)
            assert value.decode(name, MARK_ERRORS) == text
            if exact:
                assert text.encode(name, MARK_ERRORS) == value
            back = encode_column(pa.array([text]), name)
            assert back.values.null_count == 0
            assert (back.values[0].as_py() == value) == exact
        assert marks == decoded.counts.get("undecodable", 0) + decoded.counts.get("unmappable", 0)

    check()


@pytest.mark.parametrize("name", SAMPLE)
def test_units_cover_every_byte_and_a_space_is_a_space_in_the_file(name: str) -> None:
    charset = tables(name)
    spaces = {code: text for code, text in zip(every_code(name).to_pylist(),
                                               decode_column(every_code(name), name).text.to_pylist(), strict=True)
              if text in (" ", "\u3000", "\xa0")}  # fmt: skip
    shifts = CHARSETS[name].shifts
    bare = {
        code[len(shifts.to_double[0]) : -len(shifts.to_single)] if shifts and len(code) > 2 else code for code in spaces
    }

    @settings(max_examples=60, deadline=None)
    @given(field_bytes(name))
    def check(value: bytes) -> None:
        run = run_decoder(charset, fields(value), told=True)
        starts = np.flatnonzero(run.units).tolist()
        assert starts[:1] == ([0] if value else [])
        text = run.out.tobytes()
        for begin, end, place in zip(
            starts, [*starts[1:], len(value)][: len(starts)], (run.units[starts] >> 2).tolist(), strict=True
        ):
            following = text[place:].decode()[:1]
            if following in (" ", "\u3000", "\xa0") and run.units[begin] & 3 == 1:
                assert value[begin:end] in bare

    check()


@pytest.mark.parametrize("name", SAMPLE)
def test_a_text_without_marks_survives_bytes_and_back(name: str) -> None:
    texts = decode_column(every_code(name), name).text.to_pylist()
    whole = [text for text in texts if not MARK_BASE <= ord(text[0]) <= MARK_BASE + 0xFF]

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sampled_from(whole), max_size=20).map("".join))
    def check(text: str) -> None:
        assert text.encode(name).decode(name) == text

    check()


def test_each_field_begins_in_single_bytes() -> None:
    # The shift back of the first field is missing: the second one must not suffer.
    found = decode_column(b"\x28\xb0\xa1\xc1\xc2\xc3", "jef_ebcdik", record_length=3)
    assert found.text.to_pylist() == ["亜", "ABC"]
    assert found.counts["unclosed"] == 1


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("38 B0A1 29", "another spelling"),
        ("30E2 B0A1 29", "another spelling"),
        ("28 28 B0A1 29", "redundant"),
        ("28 B0A1 29 29", "redundant"),
        ("28 29 C1", "empty"),
        ("28 B0A1", "no shift back"),
        ("28 67A5 29", "a glyph that shares its character"),
        ("28 A1A1 29", "another code of the wide space"),
    ],
)
def test_what_does_not_come_back_is_told(raw: str, why: str) -> None:
    assert not roundtrip_mask(bytes.fromhex(raw), "jef_ebcdik").any(), why


def test_a_spelling_used_throughout_comes_back() -> None:
    raw = bytes.fromhex("38 B0A1 29 C1 38 B0A1 29 C1")
    assert roundtrip_mask(raw, "jef_ebcdik", width=5, shift_in=b"\x38").tolist() == [True, True]
    assert roundtrip_mask(raw, "jef_ebcdik", width=5).tolist() == [False, False]


@pytest.mark.parametrize("raw", ["C1 B0 C2", "28 B0A1 FF41 29", "28 71F7 29", "28 B0A1 41 29 C1", "57 57"])
def test_marks_turn_back_into_their_bytes_in_the_right_state(raw: str) -> None:
    assert roundtrip_mask(bytes.fromhex(raw), "jef_ebcdik").all()


def test_fields_of_records_are_decoded_and_encoded_to_their_width() -> None:
    record = "0012".encode("jef_ebcdik") + "山田".encode("jef_ebcdik").ljust(10, b"\x40") + "太郎".encode("jef")
    name = decode_column(record * 3, "jef_ebcdik", record_length=len(record), start=4, width=10)
    given_name = decode_column(record * 3, "jef", record_length=len(record), start=14)
    assert name.text.to_pylist() == ["山田    "] * 3
    assert given_name.text.to_pylist() == ["太郎"] * 3
    back = encode_column(pa.array(["山田", "山田太郎", None, "犬"]), "jef_ebcdik", width=8)
    assert back.values.type == pa.binary(8)
    assert back.values.to_pylist() == [record[4:12], None, None, bytes.fromhex("28B8A42940404040")]
    assert back.events[["kind", "code", "row"]].tolist() == [(10, 10, 1)]
    assert encode_column(pa.array(["犬"]), "jef", width=6).values.to_pylist() == [bytes.fromhex("B8A440404040")]


def test_slices_nulls_and_empty_columns() -> None:
    column = pa.array([b"\xc1", None, b"", b"\xc2\xc3"])
    assert decode_column(column[1:], "jef_ebcdik").text.to_pylist() == [None, "", "BC"]
    assert roundtrip_mask(column[1:], "jef_ebcdik").tolist() == [True, True, True]
    assert decode_column(pa.array([], pa.binary()), "jef_ebcdik").text.to_pylist() == []
    assert encode_column(pa.array(["x", "A", None, "B"])[1:], "jef_ebcdik").values.to_pylist() == [
        b"\xc1",
        None,
        b"\xc2",
    ]
    fixed = pa.array([b"\xc1\xc2", b"\xc3\xc4"], pa.binary(2))
    assert decode_column(fixed[1:], "jef_ebcdik").text.to_pylist() == ["CD"]


def test_all_events_are_counted_and_listed_beyond_the_first_room() -> None:
    found = decode_column(b"\xff\x57" * 500, "jef_ebcdik", width=2)
    undecodable = np.count_nonzero(found.events["kind"] == 1)
    assert undecodable == found.counts["undecodable"] > 256
    assert found.events["row"].max() == 499


def test_places_outside_the_data_are_refused() -> None:
    with pytest.raises(ValueError, match="does not lie in a record of 4 bytes"):
        decode_column(b"12345678", "jef", record_length=4, start=2, width=3)
    with pytest.raises(ValueError, match="ascend"):
        decode_column(b"1234", "jef", offsets=[0, 5])
    with pytest.raises(ValueError, match="no shift code 0e"):
        decode_column(b"1234", "jef_ebcdik", shift_in=b"\x0e")
