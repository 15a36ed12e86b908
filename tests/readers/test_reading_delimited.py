"""Delimited exports: Python's csv module is the oracle for fields, the file itself for offsets."""

from __future__ import annotations

import csv
import io
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.charsets import MARK_BASE

# Everything a parser trips over; no lone CR (the csv module ends a record there) and no NUL (it refuses it).
ALPHABET = st.sampled_from(["a", "b", ",", '"', '""', "\r\n", "\n", " ", "表", "ソ", "あ", "ｱ", "|", "\t", ""])
VALUE = st.lists(ALPHABET, max_size=6).map("".join)


def table(frame: pl.DataFrame) -> list[list[str | None]]:
    names = [n for n in frame.columns if not n.startswith("_")]
    return [list(row) for row in frame.select(names).iter_rows()]


def written(rows: list[list[str]], delimiter: str, newline: str, quoting: Any) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=newline, quoting=quoting).writerows(rows)
    return text.getvalue()


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(st.lists(VALUE, min_size=3, max_size=3), max_size=8),
    delimiter=st.sampled_from([",", "\t", "|"]),
    newline=st.sampled_from(["\r\n", "\n"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    charset=st.sampled_from(["cp932", "utf-8", "utf-16", "euc_jp"]),
    chunk=st.sampled_from([1, 2, 3, 7, 64, 1 << 20]),
)
def test_fields_are_those_that_csv_wrote_at_any_chunk_size(
    reading: Any, rows: list[list[str]], delimiter: str, newline: str, quoting: Any, charset: str, chunk: int
) -> None:
    data = written(rows, delimiter, newline, quoting).encode(charset)
    staged, frame = reading(data, fields=3, delimiter=delimiter, charset=charset, chunk_bytes=chunk)
    assert table(frame) == rows
    assert (staged.records, staged.ragged, staged.fatal) == (len(rows), 0, None)
    assert staged.findings == ()


@settings(max_examples=100, deadline=None)
@given(
    text=st.lists(st.sampled_from(["a", "あ", ",", '"', '""', ' "', "\n", "\r\n", "x,y,z\n", '"q",'])).map("".join),
    charset=st.sampled_from(["cp932", "utf-8", "utf-16-le"]),
    chunk=st.sampled_from([1, 5, 1 << 20]),
)
def test_sloppy_quoting_is_read_as_csv_reads_it(reading: Any, text: str, charset: str, chunk: int) -> None:
    staged, frame = reading(text.encode(charset), fields=3, charset=charset, chunk_bytes=chunk)
    # A blank line is no record to the csv module; to us it is a ragged one. The csv module is strict about nothing.
    expected = [row or [""] for row in csv.reader(io.StringIO(text, newline=""))]
    if staged.fatal and staged.records < len(expected):
        expected = expected[: staged.records]
    cut = [[*row[:3], *[None] * (3 - len(row))] for row in expected]
    assert table(frame) == cut


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(VALUE, min_size=2, max_size=2), min_size=1, max_size=8),
    charset=st.sampled_from(["cp932", "utf-8-sig", "utf-16", "euc_jp"]),
    header=st.booleans(),
    chunk=st.sampled_from([1, 9, 1 << 20]),
)
def test_the_record_is_found_at_its_offset(
    reading: Any, rows: list[list[str]], charset: str, header: bool, chunk: int
) -> None:
    lines = [written([row], ",", "\r\n", csv.QUOTE_ALL) for row in rows]
    head = "見出し,二\r\n" if header else ""
    data = (head + "".join(lines)).encode(charset)
    ours = "utf-8" if charset == "utf-8-sig" else charset
    staged, frame = reading(data, fields=2, charset=ours, header=header, chunk_bytes=chunk)
    bare = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(charset, charset)
    for offset, line in zip(frame["_offset"], lines, strict=True):
        raw = line.encode(bare)
        assert data[offset : offset + len(raw)] == raw
    assert frame["_record"].to_list() == list(range(1, len(rows) + 1))
    assert bytes.fromhex(staged.parts[0].header).decode(bare) == head
    assert staged.header_names == (("見出し", "二") if header else ())


@settings(max_examples=80, deadline=None)
@given(
    data=st.lists(st.one_of(st.binary(max_size=4), st.sampled_from([b",", b"\n", b"\r\n", b'"', b"\x82\xa0"]))).map(
        b"".join
    ),
    charset=st.sampled_from(["cp932", "utf-8", "utf-16-le", "eucjp-ms"]),
    chunk=st.sampled_from([1, 2, 5, 11]),
)
def test_chunk_size_changes_nothing(reading: Any, data: bytes, charset: str, chunk: int) -> None:
    settings_ = {"fields": 2, "charset": charset, "header": False}
    small, large = reading(data, **settings_, chunk_bytes=chunk), reading(data, **settings_)
    assert small[0] == large[0]
    assert small[1].equals(large[1])


def test_a_delimiter_that_is_a_second_byte_does_not_split_a_character(reading: Any) -> None:
    # ポ is 83 7C, － is 81 7C: 7C is |
    _, frame = reading("ポンプ|１－２|x\n".encode("cp932"), fields=3, delimiter="|")
    assert table(frame) == [["ポンプ", "１－２", "x"]]


def test_short_and_long_records_are_found_and_keep_everything(reading: Any) -> None:
    data = b'a,b,c\r\n1,2\r\n\r\n1,2,3,4,"5,5"\r\nx,y,z\r\n'
    staged, frame = reading(data, fields=3)
    assert table(frame) == [["a", "b", "c"], ["1", "2", None], ["", None, None], ["1", "2", "3"], ["x", "y", "z"]]
    assert frame["_surplus"].to_list() == [None, None, None, '4,"5,5"', None]
    assert staged.surplus
    assert staged.ragged == 3
    found = next(f for f in staged.findings if f.code == "R02")
    assert (found.count, found.examples) == (3, ((2, 7), (3, 12), (4, 14)))


def test_an_empty_surplus_field_is_not_nothing(reading: Any) -> None:
    _, frame = reading(b"a,b,\nc,d\n", fields=2)
    assert frame["_surplus"].to_list() == ["", None]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_records(reading: Any, data: bytes) -> None:
    staged, frame = reading(data, fields=2, charset="utf-8", header=True)
    assert (staged.records, staged.fatal, frame.height) == (0, None, 0)
    assert frame.columns == ["_record", "_offset", "_part", "f0", "f1"]


def test_a_header_alone_is_no_record(reading: Any) -> None:
    staged, frame = reading(b'"x","y"\r\n', fields=2, header=True)
    assert (staged.records, staged.fatal, frame.height) == (0, None, 0)
    assert bytes.fromhex(staged.parts[0].header) == b'"x","y"\r\n'
    assert staged.header_names == ("x", "y")


def test_a_header_of_another_width_is_found_at_record_0(reading: Any) -> None:
    staged, _ = reading(b"x,y,z\r\n1,2\r\n", fields=2, header=True)
    assert [(f.code, f.examples) for f in staged.findings] == [("R02", ((0, 0),))]


def test_a_last_record_without_line_end_is_whole_if_it_has_all_fields(reading: Any) -> None:
    staged, frame = reading(b"1,2\r\n3,4", fields=2)
    assert table(frame) == [["1", "2"], ["3", "4"]]
    assert staged.fatal is None
    assert not staged.parts[0].final_newline


@pytest.mark.parametrize(("data", "record", "offset"), [(b"1,2\r\n3", 2, 5), (b'1,2\r\n3,"4\r\n', 2, 5), (b'"', 1, 0)])
def test_a_file_that_breaks_off_is_fatal(reading: Any, data: bytes, record: int, offset: int) -> None:
    staged, _ = reading(data, fields=2)
    assert staged.fatal_code == "R03"
    assert f"レコード {record}" in (staged.fatal or "")
    assert [f.examples for f in staged.findings if f.code == "R03"] == [((record, offset),)]


def test_ctrl_z_at_the_end_is_no_record(reading: Any) -> None:
    staged, frame = reading(b"1,2\r\n\x1a", fields=2)
    assert (table(frame), staged.parts[0].eof_mark) == ([["1", "2"]], True)


def test_a_lone_cr_and_a_nul_are_data_and_found(reading: Any) -> None:
    staged, frame = reading(b"a\rb,\x00\r\n1,2\r\n", fields=2)
    assert table(frame) == [["a\rb", "\x00"], ["1", "2"]]
    assert [(f.code, f.field, f.detail) for f in staged.findings] == [
        ("R08", "f0", "bytes=1 codes=0D"),
        ("R08", "f1", "bytes=1 codes=00"),
    ]


def test_a_file_without_line_feeds_ends_lines_with_cr(reading: Any) -> None:
    staged, frame = reading(b"1,2\r3,4\r", fields=2)
    assert table(frame) == [["1", "2"], ["3", "4"]]
    assert staged.newline == "\r"


def test_line_ends_and_quoting_are_counted(reading: Any) -> None:
    staged, _ = reading(b'"1",2\r\n"3",4\n"5","6"\r\n7,8', fields=2)
    assert (staged.newline, staged.newlines) == ("\r\n", {"\r\n": 2, "\n": 1, "": 1})
    assert staged.quoted == {"f0": 3, "f1": 1}


def test_parts_are_numbered_through(reading: Any) -> None:
    staged, frame = reading(b"h\n1\n2\n", b"h\n3\n", fields=1, header=True)
    assert frame.select("_record", "_part", "_offset", "f0").rows() == [(1, 0, 2, "1"), (2, 0, 4, "2"), (3, 1, 2, "3")]
    assert [(p.records, p.first_record) for p in staged.parts] == [(2, 1), (1, 3)]


def test_a_field_larger_than_many_chunks_is_read(reading: Any) -> None:
    value = "長い値\n" * 20_000
    _, frame = reading(f'1,"{value}"\r\n2,x\r\n'.encode("cp932"), fields=2, chunk_bytes=1000)
    assert table(frame) == [["1", value], ["2", "x"]]


def test_undecodable_bytes_are_carried_and_located(reading: Any) -> None:
    good = "".join(f"{i},山\r\n" for i in range(2000)).encode("cp932")
    staged, frame = reading(good + b"x,\xff\x80\r\n", fields=2)
    assert frame["f1"][-1] == chr(MARK_BASE + 0xFF) + chr(MARK_BASE + 0x80)
    assert (staged.undecodable, staged.undecodable_records, staged.fatal) == (2, 1, None)
    (found,) = [f for f in staged.findings if f.code == "R01"]
    assert (found.field, found.count, found.detail) == ("f1", 1, "bytes=2 codes=80, FF")
    assert found.examples == ((2001, len(good)),)


def test_gaiji_are_counted_by_field_and_code(reading: Any) -> None:
    data = b"1,\xf0\x40\r\n\xf9\xfc,\xf0\x40\xf0\x40\r\n"
    staged, frame = reading(data, fields=2)
    assert table(frame) == [["1", "\ue000"], ["\ue757", "\ue000\ue000"]]
    assert [(g.field, g.code, g.code_point, g.count, g.record) for g in staged.gaiji] == [
        ("f0", "f9fc", 0xE757, 1, 2),
        ("f1", "f040", 0xE000, 3, 1),
    ]
    assert staged.gaiji_count == 4


@pytest.mark.parametrize(
    ("charset", "data", "code"),
    [
        ("utf-8", "\ue123".encode(), "ee84a3"),
        ("utf-16-le", "\ue123".encode("utf-16-le"), "23e1"),
        ("eucjp-ms", b"\x8f\xf5\xa1", "8ff5a1"),
    ],
)
def test_gaiji_codes_are_the_bytes_of_the_export(reading: Any, charset: str, data: bytes, code: str) -> None:
    end = "\n".encode("utf-16-le" if charset == "utf-16-le" else "ascii")
    staged, _ = reading(data + end, fields=1, charset=charset)
    assert [g.code for g in staged.gaiji] == [code]


def test_examples_are_capped_and_counts_are_not(reading: Any) -> None:
    staged, _ = reading(b"\x01\n" * 50, fields=1, examples=3)
    assert [(f.count, len(f.examples)) for f in staged.findings] == [(50, 3)]
    staged, _ = reading(b"\x01\n" * 50, fields=1, examples=0)
    assert [(f.count, len(f.examples)) for f in staged.findings] == [(50, 50)]
