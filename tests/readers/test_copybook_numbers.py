"""Packed, zoned and binary numbers: against plain Python, for every byte pattern, and back."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.charsets import MARK_BASE
from mappings.readers.mainframe import kernels
from mappings.readers.mainframe.choices import NumberPolicy
from mappings.readers.mainframe.copybook import parse_copybook
from mappings.readers.mainframe.numbers import (
    NumberColumn,
    decode_numbers,
    encode_numbers,
    number_column,
    number_form,
)
from mappings.readers.mainframe.plan import plan_record

EBCDIC, ASCII = "jef_ebcdik", "cp932_pua"


def number(clauses: str, charset: str = EBCDIC, policy: NumberPolicy | None = None, **form: object) -> NumberColumn:
    column = plan_record(parse_copybook(f"01 R.\n 05 F {clauses}.", "T.cpy", "free")).columns[0]
    return number_column(column, number_form(charset, **form), policy or NumberPolicy())  # type: ignore[arg-type]


def decode(column: NumberColumn, *fields: bytes) -> tuple[list[str], list[int]]:
    raw = np.frombuffer(b"".join(fields), np.uint8)
    ends = np.cumsum([len(f) for f in fields]).astype(np.int64)
    starts = ends - [len(f) for f in fields]
    text, flags = decode_numbers(column, raw, starts, ends, np.zeros(len(fields), np.uint8))
    return text.to_pylist(), flags.tolist()


def encode(column: NumberColumn, *values: str) -> list[bytes | None]:
    found: list[bytes | None] = encode_numbers(column, pa.array(values, pa.large_string())).to_pylist()
    return found


def marks(raw: bytes) -> str:
    return "".join(chr(MARK_BASE + byte) for byte in raw)


@pytest.mark.parametrize(
    ("clauses", "charset", "raw", "text", "flags"),
    [
        ("PIC S9(5) COMP-3", EBCDIC, "12345C", "12345", 0),
        ("PIC S9(5) COMP-3", EBCDIC, "00120D", "-120", 0),
        ("PIC S9(5)V99 COMP-3", EBCDIC, "0000123D", "-1.23", 0),
        ("PIC S9(5)V99 COMP-3", EBCDIC, "0000000C", "0.00", 0),
        ("PIC 9(7) COMP-3", EBCDIC, "0430401F", "0430401", 0),
        ("PIC S9(5) COMP-3", EBCDIC, "12345F", "12345", kernels.KEEP),
        ("PIC S9(5) COMP-3", EBCDIC, "12345B", "-12345", kernels.KEEP),
        ("PIC S9(5) COMP-3", EBCDIC, "00000D", "0", kernels.KEEP),
        ("PIC S9(4) COMP-3", EBCDIC, "12345C", "12345", kernels.OVER),
        ("PIC S9(5)", EBCDIC, "F0F0F1F2C3", "123", 0),
        ("PIC S9(5)", EBCDIC, "F0F0F1F2D3", "-123", 0),
        ("PIC S9(5)", EBCDIC, "F0F0F1F2F3", "123", kernels.KEEP),
        ("PIC 9(5)", EBCDIC, "F0F0F1F2F3", "00123", 0),
        ("PIC S9(3) LEADING", EBCDIC, "D1F2F3", "-123", 0),
        ("PIC S9(3) SIGN LEADING SEPARATE", EBCDIC, "60F1F2F3", "-123", 0),
        ("PIC S9(3) SIGN TRAILING SEPARATE", EBCDIC, "F1F2F34E", "123", 0),
        ("PIC S9(3)", ASCII, "313273", "-123", 0),
        ("PIC S9(3)", ASCII, "31324C", "-123", kernels.KEEP),
        ("PIC S9(3) SIGN TRAILING SEPARATE", ASCII, "3132332D", "-123", 0),
        ("PIC S9(4) COMP", EBCDIC, "FF85", "-123", 0),
        ("PIC 9(4) COMP", EBCDIC, "007B", "0123", 0),
        ("PIC 9(4) COMP", EBCDIC, "FFFE", "65534", kernels.OVER),
        ("PIC 9(4) COMP-5", EBCDIC, "FFFE", "65534", 0),
        ("PIC S9(4) COMP-5", ASCII, "85FF", "-123", 0),
        ("PIC S9(18) COMP", EBCDIC, "8000000000000000", "-9223372036854775808", kernels.OVER),
        ("PIC S9(7)V99 COMP", EBCDIC, "FFFFFF85", "-1.23", 0),
    ],
)
def test_bytes_are_a_number(clauses: str, charset: str, raw: str, text: str, flags: int) -> None:
    column = number(clauses, charset)
    assert decode(column, bytes.fromhex(raw)) == ([text], [flags])
    if not flags & kernels.KEEP:
        assert encode(column, text) == [bytes.fromhex(raw)]


@pytest.mark.parametrize(
    ("clauses", "raw"),
    [
        ("PIC S9(5) COMP-3", "12A45C"),
        ("PIC S9(5) COMP-3", "123455"),
        ("PIC 9(5) COMP-3", "12345D"),
        ("PIC S9(5) COMP-3", "1234"),
        ("PIC 9(3)", "F1C2F3"),
        ("PIC 9(3)", "40F1F2"),
        ("PIC 9(3)", "F1F2D3"),
        ("PIC S9(3) SIGN TRAILING SEPARATE", "F1F2F340"),
        ("PIC S9(4) COMP", "01"),
    ],
)
def test_bytes_that_are_no_number_become_marks(clauses: str, raw: str) -> None:
    column = number(clauses)
    assert decode(column, bytes.fromhex(raw)) == ([marks(bytes.fromhex(raw))], [kernels.BAD])


@pytest.mark.parametrize("clauses", ["PIC S9(5) COMP-3", "PIC S9(3)", "PIC 9(4) COMP"])
@pytest.mark.parametrize(("name", "byte"), [("spaces", 0x40), ("low_values", 0), ("high_values", 0xFF)])
def test_uniform_bytes_mean_what_the_policy_says(clauses: str, name: str, byte: int) -> None:
    size = number(clauses).column.length
    raw = bytes([byte]) * size
    if clauses.endswith("COMP") and byte == 0:
        assert decode(number(clauses), raw) == (["0000"], [0])
        return
    assert decode(number(clauses), raw) == ([marks(raw)], [kernels.BAD])
    empty = number(clauses, policy=NumberPolicy(**{name: "empty"}))  # type: ignore[arg-type]
    assert decode(empty, raw) == ([""], [0])
    assert encode(empty, "") == [raw]
    zero = number(clauses, policy=NumberPolicy(**{name: "zero"}))  # type: ignore[arg-type]
    assert decode(zero, raw) == (["0000" if clauses == "PIC 9(4) COMP" else "0"], [kernels.KEEP])


def test_minus_one_in_a_signed_binary_is_no_high_value() -> None:
    assert decode(number("PIC S9(4) COMP", policy=NumberPolicy(high_values="empty")), b"\xff\xff") == (["-1"], [0])


def test_how_digits_are_spelt_can_be_chosen() -> None:
    raw = bytes.fromhex("00120C")
    assert decode(number("PIC S9(5) COMP-3", policy=NumberPolicy(spelling="digits")), raw)[0] == ["00120"]
    raw = bytes.fromhex("00120F")
    assert decode(number("PIC 9(5) COMP-3", policy=NumberPolicy(spelling="number")), raw)[0] == ["120"]


def test_ascii_overpunch_of_converted_files_can_be_the_usual_one() -> None:
    column = number("PIC S9(3)", ASCII, overpunch="ebcdic")
    assert decode(column, b"12C", b"12L") == (["123", "-123"], [0, 0])
    assert encode(column, "-123") == [b"12L"]


FORMS = [
    "PIC S9(5) COMP-3",
    "PIC 9(6) COMP-3",
    "PIC S9(7)V9(3) COMP-3",
    "PIC S9(3)",
    "PIC 9(3)",
    "PIC SV9(3)",
    "PIC S9(2)V9 LEADING",
    "PIC S9(2) SIGN LEADING SEPARATE",
    "PIC S9(4) COMP",
    "PIC 9(9) COMP",
    "PIC S9(17)V9 COMP-5",
]


@settings(max_examples=150, deadline=None)
@given(
    clauses=st.sampled_from(FORMS),
    charset=st.sampled_from([EBCDIC, ASCII]),
    policy=st.builds(NumberPolicy, *[st.sampled_from(["bad", "empty", "zero"])] * 3),
    data=st.data(),
)
def test_no_byte_is_lost_whatever_they_are(
    clauses: str, charset: str, policy: NumberPolicy, data: st.DataObject
) -> None:
    column = number(clauses, charset, policy)
    size = column.column.length
    likely = st.sampled_from(list(b"\x00\x40\x20\xff\xf0\xf1\xc2\xd3\x31\x32\x73\x4c\x0c\x1d\x9f\x2d\x60\x4e\x2b"))
    field = st.binary(min_size=size, max_size=size) | st.lists(likely, min_size=size, max_size=size).map(bytes)
    fields = data.draw(st.lists(field | likely.map(lambda byte: bytes([byte]) * size), min_size=1, max_size=30))
    text, flags = decode(column, *fields)
    back = encode(column, *text)
    for raw, value, flag, made in zip(fields, text, flags, back, strict=True):
        if flag & kernels.KEEP:
            assert made != raw
        else:
            assert made == raw
        if flag & kernels.BAD:
            assert value == marks(raw)
        elif value:
            assert Decimal(value) == Decimal(value)


@settings(max_examples=100, deadline=None)
@given(
    clauses=st.sampled_from(FORMS),
    charset=st.sampled_from([EBCDIC, ASCII]),
    values=st.lists(st.integers(-(10**10), 10**10), min_size=1, max_size=20),
)
def test_every_number_that_fits_is_written_and_read(clauses: str, charset: str, values: list[int]) -> None:
    column = number(clauses, charset)
    limit = 10**column.column.digits
    fitting = [value % limit if not column.column.signed else abs(value) % limit * (-1) ** value for value in values]
    numbers = [Decimal(value).scaleb(-column.column.scale) for value in fitting]
    scale = column.column.scale
    written = [f"{n:.{scale}f}" if n else f"{0:.{scale}f}" for n in numbers]
    raws = encode(column, *written)
    assert None not in raws
    text, flags = decode(column, *[raw for raw in raws if raw is not None])
    assert [Decimal(value) for value in text] == numbers
    assert set(flags) == {0}


def test_what_does_not_fit_is_not_written() -> None:
    column = number("PIC S9(3) COMP-3")
    assert encode(column, "1234", "1.5", "x", "--1", marks(b"\x12\x3c"), "12") == [
        None, None, None, None, b"\x12\x3c", b"\x01\x2c",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("clauses", "fits", "fits_not"),
    [
        ("PIC S9(4) COMP-5", ("32767", "-32768"), ("32768", "-32769", "99999")),
        ("PIC 9(4) COMP-5", ("65535", "0000"), ("65536",)),
        ("PIC 9(18) COMP-5", ("18446744073709551615",), ("18446744073709551616", "99999999999999999999")),
        ("PIC S9(18) COMP-5", ("-9223372036854775808",), ("9223372036854775808",)),
    ],
)
def test_a_binary_field_takes_what_its_bytes_hold(
    clauses: str, fits: tuple[str, ...], fits_not: tuple[str, ...]
) -> None:
    column = number(clauses)
    assert encode(column, *fits_not) == [None] * len(fits_not)
    raws = encode(column, *fits)
    assert decode(column, *[raw for raw in raws if raw is not None])[0] == list(fits)
