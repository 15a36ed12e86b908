"""Reads an export by its copybook: parts to records to fields to a staged Parquet file, and the account of it.

Beside ``<name>.parquet`` and ``<name>.json``: ``<name>.codes.parquet`` (record, field, bytes) with the bytes of values
whose text does not give them back, and ``<name>.controls.parquet`` (part, offset, kind, bytes) with header and trailer
records and block descriptor words. Together they hold every byte of the files, but for record descriptor words, which
follow from the records' lengths, and records that other exports of the same file take.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from layouts.errors import Text
from mappings.charsets.mainframe.tables import tables as charset_tables
from mappings.charsets.tables import TABLE, Tables
from mappings.readers.codes import OriginalCodes
from mappings.readers.mainframe import evidence, kernels, told
from mappings.readers.mainframe.choices import CopybookChoices, mainframe_charset
from mappings.readers.mainframe.copybook import parse_copybook
from mappings.readers.mainframe.cut import Cut, Cutter
from mappings.readers.mainframe.decode import Decoded, RecordDecoder
from mappings.readers.mainframe.numbers import string_array
from mappings.readers.mainframe.plan import plan_record
from mappings.readers.mainframe.trailers import TrailerCheck
from mappings.readers.owners import split_by_owner
from mappings.readers.sidecar import Sidecar
from mappings.readers.sink import SurplusFound, sink_frames, with_surplus_if_found
from mappings.readers.spec import ExportSpec
from mappings.readers.staged import Part, StagedExport
from mappings.readers.tallies import SURPLUS, Tallies
from mappings.readers.window import Window

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

CHUNK_BYTES = 8 << 20
_CONTROLS = pa.schema(
    [("part", pa.uint16()), ("offset", pa.int64()), ("kind", pa.string()), ("bytes", pa.large_binary())]
)


@dataclass
class _State:
    tallies: Tallies
    told: told.Told
    records: int = 0
    kept: int = 0
    ragged: int = 0
    parts: list[Part] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    newlines: Counter[str] = field(default_factory=Counter)
    fatal: Text | None = None


@dataclass
class _Sorted:
    """Rows of a batch by what their records are. ``own`` includes those of unknown type, which ``unknown`` names."""

    own: Ints
    unknown: npt.NDArray[np.bool_]
    header: Ints
    trailer: Ints
    data: Ints


def read(
    spec: ExportSpec,
    choices: CopybookChoices,
    out_dir: Path,
    *,
    threads: int,
    area: str = "",
    examples: int = 20,
    progress: Callable[[int, int], None] | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> StagedExport:
    """Read an export as :func:`mappings.readers.read_export` does, by its copybook.

    Memory is bounded by ``chunk_bytes``, which never changes the result. Raises ``ValueError`` for a charset that does
    not go with a copybook, ``OSError`` for a file that cannot be opened.
    """
    charset = mainframe_charset(spec.charset)
    out_dir.mkdir(parents=True, exist_ok=True)
    partial, target = out_dir / f"{spec.name}.parquet.partial", out_dir / f"{spec.name}.parquet"
    names = choices.plan.names
    wrong = evidence.judge(spec, choices, charset)
    if wrong is not None:
        target.unlink(missing_ok=True)
        unread = StagedExport(
            spec.name, area, spec.format, charset, (), names, 0, 0, fatal=wrong.ja, fatal_en=wrong.en,
            fatal_code=wrong.code,
        )  # fmt: skip
        unread.write(out_dir / f"{spec.name}.json")
        return unread

    def attempt(surplus: bool) -> StagedExport:
        state = _State(Tallies(names, examples), told.Told(examples))
        with (
            OriginalCodes(out_dir / f"{spec.name}.codes.parquet", names) as codes,
            _Controls(out_dir / f"{spec.name}.controls.parquet") as controls,
        ):
            reader = _Reader(spec, choices, charset, state, surplus, codes, controls, threads, chunk_bytes, progress)
            sink_frames(reader.frames, reader.schema, partial)
        return _staged(spec, area, charset, names, state, surplus, reader)

    staged = with_surplus_if_found(attempt)
    os.replace(partial, target)  # noqa: PTH105
    staged.write(out_dir / f"{spec.name}.json")
    return staged


class _Controls(Sidecar):
    """``<name>.controls.parquet``: bytes of a file that belong to no staged record. Without any there is no file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _CONTROLS)

    def write(self, part: int, kind: str, offsets: Ints, raw: Bytes, begins: Ints, stops: Ints) -> None:
        if not len(begins):
            return
        content = [raw[a:b].tobytes() for a, b in zip(begins.tolist(), stops.tolist(), strict=True)]
        rows = len(begins)
        self._append([pa.array([part] * rows, pa.uint16()), pa.array(offsets), pa.array([kind] * rows), content])


class _Reader:
    def __init__(
        self,
        spec: ExportSpec,
        choices: CopybookChoices,
        charset: str,
        state: _State,
        surplus: bool,
        codes: OriginalCodes,
        controls: _Controls,
        threads: int,
        chunk_bytes: int,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._spec, self._choices, self._state = spec, choices, state
        self._surplus, self._codes, self._controls = surplus, codes, controls
        self._threads, self._chunk_bytes, self._progress = threads, chunk_bytes, progress
        self._total = sum(path.stat().st_size for path in spec.files)
        self._done = 0
        self._decoder = RecordDecoder(choices.plan, charset, choices)
        self._charset = _as_stateless(charset)
        self._charset_name = charset
        self.trailers: TrailerCheck | None = None
        if choices.trailer is not None:
            decoder = RecordDecoder(choices.trailer.plan, charset, choices)
            self.trailers = TrailerCheck(choices.trailer, decoder)

    @property
    def own_types(self) -> tuple[str, ...]:
        return self._choices.types.own if self._choices.types else ()

    @property
    def schema(self) -> pl.Schema:
        lead = {"_record": pl.Int64(), "_offset": pl.Int64(), "_part": pl.UInt16()}
        tail = {SURPLUS: pl.String()} if self._surplus else {}
        return pl.Schema({**lead, **{name: pl.String() for name in self._choices.plan.names}, **tail})

    def frames(self) -> Iterator[pl.DataFrame]:
        for index, path in enumerate(self._spec.files):
            yield from self._part(index, path)

    def _part(self, index: int, path: Path) -> Iterator[pl.DataFrame]:
        state = self._state
        first_record = state.records + 1
        last_is_trailer = False
        ends_line = True
        if self.trailers is not None:
            self.trailers.begin_part()
        with Window(path, "ascii", self._chunk_bytes, False, self._threads > 1) as window:
            cutter = Cutter(self._choices, window)
            for cut in cutter:
                raw = window.buffer.view()
                raw.flags.writeable = False
                self._blocks(index, cut, raw)
                if len(cut):
                    ends_line = cut.ends_line
                    frame, last_is_trailer = self._cut(index, path.name, cut, raw)
                    if frame.height:
                        yield frame
                if self._progress is not None:
                    self._progress(self._done + window.bytes_read, self._total)
            if cutter.broken is not None:
                self._broken(path.name, cutter.broken.offset, cutter.broken.why, told.CUT_OFF)
            elif self.trailers is not None and window.bytes_read and not last_is_trailer:
                why = Text("トレーラーレコードで終わっていない", "it does not end with a trailer record")
                self._broken(path.name, window.bytes_read, why, told.NO_TRAILER)
            self._done += window.bytes_read
            state.parts.append(
                Part(
                    file=path.name,
                    sha256=window.sha256,
                    bytes=window.bytes_read,
                    records=state.records - first_record + 1,
                    first_record=first_record,
                    final_newline=ends_line,
                )
            )

    def _broken(self, file: str, offset: int, why: Text, kind: told.Kind) -> None:
        self._state.told.one(kind, None, self._state.records, offset)
        if self._state.fatal is None:
            number = self._state.records
            self._state.fatal = Text(
                f"{file}: {offset} バイト目（レコード {number} 付近）: {why.ja}。"
                "レコード長・レコード形式の宣言を確かめ、正しければファイルの転送と抽出をやり直してください。",
                f"{file}: byte {offset} (about record {number}): {why.en}. Check record length and format as declared; "
                "if they are right transfer or extract the file again.",
            )

    def _blocks(self, index: int, cut: Cut, raw: Bytes) -> None:
        if len(cut.blocks):
            offset = int(cut.offsets[0] - cut.begins[0]) if len(cut) else 0
            self._controls.write(index, "block", cut.blocks + offset, raw, cut.blocks, cut.blocks + 4)

    def _cut(self, index: int, file: str, cut: Cut, raw: Bytes) -> tuple[pl.DataFrame, bool]:
        """One batch of records; also whether the last one is a trailer."""
        state = self._state
        state.newlines.update(cut.newlines)
        rows = self._sorted(cut, raw)
        for kind, chosen in (("header", rows.header), ("trailer", rows.trailer)):
            state.passed_over[kind] += len(chosen)
            self._controls.write(index, kind, cut.offsets[chosen], raw, cut.begins[chosen], cut.stops[chosen])
        state.passed_over["other"] += len(rows.data) - len(rows.own)
        numbers = np.arange(state.records + 1, state.records + 1 + len(rows.own))
        state.records += len(rows.own)
        ours, told_of_all = self._ours(cut, raw, rows, numbers)
        begins, stops = cut.begins[rows.own], cut.stops[rows.own]
        unknown = rows.unknown
        # A record of unknown type has no field: all of it stands behind the last one.
        readable = np.where(unknown, begins, stops)
        decoded = self._decoder.decode(raw, begins[ours], readable[ours])
        self._check_trailers(file, cut, raw, rows, decoded if told_of_all else None, begins, readable)
        numbers, offsets = numbers[ours], cut.offsets[rows.own][ours]
        frame = self._frame(index, decoded, raw, begins[ours], stops[ours], unknown[ours], numbers, offsets)
        return frame, bool(len(rows.trailer) and rows.trailer[-1] == len(cut) - 1)

    def _sorted(self, cut: Cut, raw: Bytes) -> _Sorted:
        types = self._choices.types
        every = np.arange(len(cut))
        none = np.empty(0, np.int64)
        if types is None:
            return _Sorted(every, np.zeros(len(cut), np.bool_), none, none, every)
        found = self._decoder.column(types.field, raw, cut.begins, cut.stops).fill_null("")

        def rows(values: tuple[str, ...]) -> npt.NDArray[np.bool_]:
            return found.is_in([value.rstrip(" 　") for value in values]).to_numpy()

        own, header, trailer, others = (rows(v) for v in (types.own, types.header, types.trailer, types.others))
        unknown = ~(own | header | trailer | others)
        taken = np.flatnonzero(own | unknown)
        data = np.flatnonzero(own | others | unknown)
        return _Sorted(taken, unknown[taken], np.flatnonzero(header), np.flatnonzero(trailer), data)

    def _ours(self, cut: Cut, raw: Bytes, rows: _Sorted, numbers: Ints) -> tuple[Ints, bool]:
        """Which of our records belong to our municipality, and whether all do."""
        name = self._spec.municipality_field
        every = np.arange(len(rows.own))
        if name is None:
            return every, True
        codes = self._decoder.column(name, raw, cut.begins[rows.own], cut.stops[rows.own])
        ours, unknown = split_by_owner(codes, self._spec, self._state.others)
        self._state.tallies.records("R09", name, numbers[unknown], cut.offsets[rows.own][unknown])
        return ours, len(ours) == len(every)

    def _check_trailers(
        self, file: str, cut: Cut, raw: Bytes, rows: _Sorted, decoded: Decoded | None, begins: Ints, stops: Ints
    ) -> None:
        trailers = self.trailers
        if trailers is None:
            return
        summed = {} if self._choices.trailer is None else self._choices.trailer.totals
        if decoded is None and summed:
            # The promise is about all records of the file, whoever they belong to.
            decoded = self._decoder.decode(raw, begins, stops)
        index = self._decoder.index
        texts = {name: decoded.texts[index[name]] for name in summed.values()} if decoded is not None else {}
        place = (rows.trailer, cut.begins[rows.trailer], cut.stops[rows.trailer])
        offsets = iter(cut.offsets[rows.trailer].tolist())
        met = trailers.batch(file, raw, place, rows.data, rows.own, texts)
        each = max(1, len(met) // max(1, len(rows.trailer)))
        for number, promise in enumerate(met):
            if number % each == 0:
                offset = next(offsets)
            if promise.kept:
                continue
            kind = told.WRONG_COUNT if promise.kind == "count" else told.WRONG_TOTAL
            detail = (
                f"{promise.field} declared={promise.declared} read={promise.actual} unreadable={promise.unreadable}"
            )
            self._state.told.one(kind, promise.of, self._state.records, offset, detail)

    def _frame(
        self,
        index: int,
        decoded: Decoded,
        raw: Bytes,
        begins: Ints,
        stops: Ints,
        unknown: npt.NDArray[np.bool_],
        numbers: Ints,
        offsets: Ints,
    ) -> pl.DataFrame:
        state, names = self._state, self._choices.plan.names
        lengths = stops - begins
        wrong = lengths != decoded.expected
        for rows in decoded.miscounted.values():
            wrong[rows] = True
        ragged = np.flatnonzero(wrong | unknown)
        state.ragged += len(ragged)
        state.kept += len(numbers)
        miscounted = np.zeros(len(numbers), np.bool_)
        for rows in decoded.miscounted.values():
            miscounted[rows] = True
        length = np.flatnonzero(wrong & ~unknown & ~miscounted)
        state.told.add(told.RECORD_LENGTH, None, numbers[length], offsets[length])
        odd = np.flatnonzero(unknown)
        field_name = self._choices.types.field if self._choices.types else None
        state.told.add(told.UNKNOWN_TYPE, field_name, numbers[odd], offsets[odd])
        readable = ~unknown
        for kind, found in (
            (told.BAD_NUMBER, decoded.bad), (told.TOO_LARGE, decoded.over), (told.UNCLOSED, decoded.unclosed),
        ):  # fmt: skip
            for column, rows in found.items():
                state.told.add(kind, names[column], numbers[rows], offsets[rows])
        for kind, areas in ((told.UNKNOWN_VARIANT, decoded.unknown), (told.MISCOUNTED, decoded.miscounted)):
            for name, rows in areas.items():
                rows = rows[readable[rows]]
                state.told.add(kind, None, numbers[rows], offsets[rows], name)
        behind = np.where(unknown, 0, decoded.expected)
        longer = lengths > behind
        if longer.any() and not self._surplus:
            raise SurplusFound
        state.tallies.events(decoded.events, numbers, offsets, self._charset, self._charset_name)
        for column, rows in decoded.keep.items():
            place = decoded.places[column]
            columns = np.full(len(rows), column)
            self._codes.write(numbers[rows], columns, raw, place.starts[rows], place.ends[rows])
        arrays = [
            pa.array(numbers),
            pa.array(offsets),
            pa.array(np.full(len(numbers), index, np.uint16)),
            *decoded.texts,
        ]
        if self._surplus:
            arrays.append(_marked(raw, begins + behind, stops, longer))
        frame = pl.from_arrow(pa.table(arrays, names=list(self.schema)))
        assert isinstance(frame, pl.DataFrame)
        return frame


def _marked(raw: Bytes, starts: Ints, stops: Ints, present: npt.NDArray[np.bool_]) -> pa.Array:
    """Bytes that no field tells how to read: marks; null where there are none."""
    starts = np.where(present, starts, stops)
    out = np.empty(4 * int((stops - starts).sum()), np.uint8)
    offsets = np.empty(len(starts) + 1, np.int64)
    kernels.mark_fields(raw, starts, stops, out, offsets)
    return string_array(offsets, out, np.where(present, kernels.NORMAL, kernels.MISSING).astype(np.uint8))


def _as_stateless(name: str) -> Tables:
    """The double-byte half of a charset as :class:`Tallies` looks characters up in it."""
    decoding = charset_tables(name).decoding
    return Tables(TABLE, decoding.lead, decoding.trail, decoding.one, decoding.two, decoding.three)


def _staged(
    spec: ExportSpec,
    area: str,
    charset: str,
    names: tuple[str, ...],
    state: _State,
    surplus: bool,
    reader: _Reader,
) -> StagedExport:
    tallies = state.tallies
    newline = max(state.newlines, key=lambda n: state.newlines[n]) if state.newlines else ""
    return StagedExport(
        export=spec.name,
        area=area,
        format=spec.format,
        charset=charset,
        parts=tuple(state.parts),
        fields=names,
        records=state.records,
        kept=state.kept,
        other_municipalities=dict(sorted(state.others.items())),
        newline=newline,
        newlines=dict(state.newlines),
        surplus=surplus,
        undecodable=tallies.undecodable,
        undecodable_records=tallies.undecodable_records,
        gaiji_count=tallies.gaiji_count,
        ragged=state.ragged,
        duplicate_codes=tallies.duplicate_codes,
        findings=(*tallies.findings(), *state.told.findings()),
        gaiji=tallies.gaiji(),
        promises=tuple(reader.trailers.promises) if reader.trailers else (),
        record_types=reader.own_types,
        passed_over={kind: count for kind, count in sorted(state.passed_over.items()) if count},
        fatal=state.fatal.ja if state.fatal else None,
        fatal_en=state.fatal.en if state.fatal else None,
        fatal_code="R03" if state.fatal else None,
    )


_WARM_UP = """
01 R.
 05 N PIC 9.
 05 A PIC X(2).
 05 W PIC N.
 05 P PIC S9(3) COMP-3.
 05 B PIC S9(4) COMP.
 05 T PIC X OCCURS 0 TO 2 DEPENDING ON N.
"""


def warm_up(folder: Path) -> None:
    """Read one tiny export of every form in ``folder``, so that every kernel is compiled as the reader calls it."""
    text = "ア".encode("jef")
    record = b"\xf1" + b"\x28\x29" + text + bytes.fromhex("123C") + b"\x00\x01" + b"\xc1"
    plan = plan_record(parse_copybook(_WARM_UP, "warm-up", "free"), variable=True)
    described = (len(record) + 4).to_bytes(2, "big") + b"\0\0" + record
    # A longer record, and one whose table cannot be counted, take the ways of what is found.
    odd = b"\xf9" + record[1:] + b"\xc1\xc1"
    path = folder / "records"
    for form, data in (
        ("variable", described + (len(odd) + 4).to_bytes(2, "big") + b"\0\0" + odd),
        ("lines", record + b"\xc1\n"),
    ):
        path.write_bytes(data)
        choices = CopybookChoices(plan, "variable" if form == "variable" else "lines", b"\n")
        read(ExportSpec("x", (path,), "fixed", "jef_ebcdik", (), copybook=choices), choices, folder, threads=1)
    decoder = RecordDecoder(plan, "jef_ebcdik", CopybookChoices(plan))
    for name in ("P", "A"):
        decoder.encode(name, pa.array(["1"], pa.large_string()))
