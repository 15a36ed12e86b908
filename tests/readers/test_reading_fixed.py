"""Fixed-length exports: positions are bytes, values stay untrimmed, line ends are checked where they should be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.charsets import MARK_BASE

FIELDS = [("no", 0, 3), ("name", 3, 6), ("filler", 9, 2)]
TEXT = st.text(st.sampled_from('aｱ山ソ ,"|'), max_size=3)


def record(no: int, name: str) -> bytes:
    return f"{no:03d}".encode() + name.encode("cp932").ljust(6) + b"  "


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(TEXT, max_size=6),
    newline=st.sampled_from(["", "\n", "\r\n", None]),
    chunk=st.sampled_from([1, 5, 13, 1 << 20]),
)
def test_fields_are_cut_at_bytes_and_records_lie_at_their_offsets(
    reading: Any, names: list[str], newline: str | None, chunk: int
) -> None:
    end = b"\r\n" if newline is None else newline.encode()
    records = [record(i, n) for i, n in enumerate(names)]
    data = b"".join(r + end for r in records)
    settings_ = {"format": "fixed", "fields": FIELDS, "record_length": 11, "newline_in_fixed": newline}
    staged, frame = reading(data, **settings_, chunk_bytes=chunk)
    assert frame["name"].to_list() == [r[3:9].decode("cp932") for r in records]
    assert frame["filler"].to_list() == ["  "] * len(names)
    assert frame["_offset"].to_list() == [i * (11 + len(end)) for i in range(len(names))]
    assert (staged.records, staged.ragged, staged.fatal, staged.findings) == (len(names), 0, None, ())


def test_a_character_cut_by_the_end_of_its_field_stays_reversible(reading: Any) -> None:
    data = b"a\x8eR\n" * 3000 + b"ab\x8e\n"
    _, frame = reading(data, format="fixed", fields=[("a", 0, 2), ("b", 2, 1)], record_length=3)
    assert frame["a"][0] == "a" + chr(MARK_BASE + 0x8E)
    assert frame["b"].to_list()[-2:] == ["R", chr(MARK_BASE + 0x8E)]


def test_a_line_feed_within_a_record_is_data(reading: Any) -> None:
    staged, frame = reading(b"a\nb\r\ncde\r\n", format="fixed", fields=[("x", 0, 3)], record_length=3)
    assert frame["x"].to_list() == ["a\nb", "cde"]
    assert staged.ragged == 0


def test_short_and_long_lines_are_found_and_keep_everything(reading: Any) -> None:
    data = b"001abcdef  \n002ab\n003abcdef  XY\n004abcdef  \n"
    staged, frame = reading(data, format="fixed", fields=FIELDS, record_length=11)
    assert frame["name"].to_list() == ["abcdef", "ab", "abcdef", "abcdef"]
    assert frame["filler"].to_list() == ["  ", None, "  ", "  "]
    assert frame["_surplus"].to_list() == [None, None, "XY", None]
    assert frame["_offset"].to_list() == [0, 12, 18, 32]
    assert [(f.code, f.examples) for f in staged.findings] == [("R02", ((2, 12), (3, 18)))]


@pytest.mark.parametrize("newline", ["", "\n"])
def test_a_file_that_ends_within_a_record_is_fatal(reading: Any, newline: str) -> None:
    end = newline.encode()
    data = record(1, "a") + end + b"002x"
    staged, _ = reading(data, format="fixed", fields=FIELDS, record_length=11, newline_in_fixed=newline)
    assert staged.fatal_code == "R03"
    assert [f.examples for f in staged.findings if f.code == "R03"] == [((2, 11 + len(end)),)]


@pytest.mark.parametrize("newline", [b"", b"\r\n"])
def test_ctrl_z_behind_the_last_record_is_no_data(reading: Any, newline: bytes) -> None:
    staged, frame = reading(record(1, "a") + newline + b"\x1a", format="fixed", fields=FIELDS, record_length=11)
    assert (frame.height, staged.fatal, staged.parts[0].eof_mark) == (1, None, True)


def test_the_last_line_may_lack_its_line_end(reading: Any) -> None:
    staged, frame = reading(record(1, "a") + b"\n" + record(2, "b"), format="fixed", fields=FIELDS, record_length=11)
    assert (frame["no"].to_list(), staged.fatal) == (["001", "002"], None)


def test_fields_may_overlap_and_leave_gaps(reading: Any) -> None:
    _, frame = reading(b"20240131Z", format="fixed", fields=[("ymd", 0, 8), ("y", 0, 4), ("end", 8, 1)])
    assert frame.select("ymd", "y", "end").row(0) == ("20240131", "2024", "Z")
