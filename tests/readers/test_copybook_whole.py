"""What is staged of a file of records holds every byte of it: the file is rebuilt and compared."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mainframe_records import JEF, plan, words

from mappings.charsets import MARK_BASE
from mappings.readers import ExportSpec
from mappings.readers.mainframe.choices import CopybookChoices, NumberPolicy, RecordTypes
from mappings.readers.mainframe.decode import RecordDecoder
from mappings.readers.mainframe.plan import Choice
from mappings.readers.mainframe.read import read

WHOLE = """\
01 HEAD-REC.
 05 KBN PIC X.
 05 FILLER PIC X(18).
01 DATA-REC.
 05 KBN PIC X.
 05 SHURUI PIC X.
 05 AREA.
  10 SEI PIC N(2).
  10 KANA PIC X(3).
 05 AREA-2 REDEFINES AREA.
  10 GAKU PIC S9(5)V99 COMP-3.
  10 RITSU PIC S9(4) COMP.
 05 N PIC 9.
 05 T OCCURS 0 TO 3 DEPENDING ON N PIC S9(3) COMP-3.
 05 KIN PIC S9(2).
 05 FILLER PIC X.
"""


def rebuilt(decoder: RecordDecoder, folder: Path, size: int, *, described: bool) -> bytes:
    """The file's bytes from what was staged, in plain Python."""
    made = bytearray(size)
    plan_ = decoder.plan
    frame = pl.read_parquet(folder / "a.parquet")
    codes, controls = folder / "a.codes.parquet", folder / "a.controls.parquet"
    kept = {(r, f): b for r, f, b in pl.read_parquet(codes).iter_rows()} if codes.exists() else {}
    places = [(o, b) for _, o, _, b in pl.read_parquet(controls).iter_rows()] if controls.exists() else []
    encoded = {c.name: decoder.encode(c.name, frame[c.name].to_arrow()).to_pylist() for c in plan_.columns}
    for row, record in enumerate(frame.iter_rows(named=True)):
        whole = b""
        count = record["N"] or ""
        there = int(count) if count in ("0", "1", "2", "3") else 3
        for column in plan_.columns:
            chosen = [plan_.switches[s].take.get((record["SHURUI"] or "").rstrip(), 0) for s, _ in column.switches]
            away = described and any(occurrence > there for _, occurrence in column.tables)
            if record[column.name] is not None and not away and chosen == [variant for _, variant in column.switches]:
                whole += kept.get((record["_record"], column.name), encoded[column.name][row])
        whole += bytes(ord(c) - MARK_BASE for c in record.get("_surplus") or "")
        places.append((record["_offset"], whole))
    for offset, raw in places:
        made[offset : offset + len(raw)] = raw
        if described:
            made[offset - 4 : offset] = (len(raw) + 4).to_bytes(2, "big") + b"\0\0"
    return bytes(made)


FIELD_BYTES = st.sampled_from(
    [
        b"\xf1",
        b"\xf2",
        b"\xc8",
        b"\x40",
        b"\x00",
        b"\xff",
        b"\x28",
        b"\x29",
        b"\xb0\xa1",
        b"\x80\xa1",
        b"\x12",
        b"\x3c",
        b"\x9d",
    ]
)


def some_bytes(least: int, most: int) -> st.SearchStrategy[bytes]:
    likely = st.lists(FIELD_BYTES, min_size=most).map(lambda pieces: b"".join(pieces))
    sizes = st.integers(least, most)
    return st.builds(lambda content, size: content[:size], likely | st.binary(min_size=most, max_size=most), sizes)


TYPES = st.sampled_from([b"\xf1", b"\xf1", b"\xf1", b"\xc8", b"\xd8"])
POLICIES = st.sampled_from(
    [NumberPolicy(), NumberPolicy("empty", "zero", "empty"), NumberPolicy("zero", "empty", "bad")]
)


@settings(max_examples=60, deadline=None)
@given(
    described=st.booleans(),
    data=st.data(),
    policy=POLICIES,
    chunk=st.sampled_from([19, 64, 1 << 20]),
)
def test_what_is_staged_holds_every_byte_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, described: bool, data: st.DataObject, policy: NumberPolicy, chunk: int
) -> None:
    folder = tmp_path_factory.mktemp("whole")
    size = (0, 24) if described else (18, 18)
    records = data.draw(st.lists(st.tuples(TYPES, some_bytes(*size)).map(b"".join), max_size=20))
    content = words(*records) if described else b"".join(records)
    (folder / "A.DAT").write_bytes(content)
    chosen = Choice(by="SHURUI", take={"1": "AREA", "2": "AREA-2"})
    made = plan(WHOLE, "DATA-REC", variable=described, AREA=chosen)
    types = RecordTypes("KBN", own=("1",), header=("H",))
    choices = CopybookChoices(made, "variable" if described else "fixed", types=types, numbers=policy)
    spec = ExportSpec("a", (folder / "A.DAT",), "fixed", JEF, ())
    staged = read(spec, choices, folder / "s", threads=1, chunk_bytes=chunk)
    assert staged.fatal is None
    decoder = RecordDecoder(made, JEF, choices)
    assert rebuilt(decoder, folder / "s", len(content), described=described) == content
