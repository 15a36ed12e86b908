"""Reads one export: parts to records to fields to a staged Parquet file, and the account of what was met on the way."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from mappings.charsets import charset_name
from mappings.readers import evidence, scan
from mappings.readers.batches import Batch, Records
from mappings.readers.codes import OriginalCodes
from mappings.readers.owners import split_by_owner
from mappings.readers.sink import SurplusFound, sink_frames, with_surplus_if_found
from mappings.readers.spec import ExportSpec, FieldSpec
from mappings.readers.staged import Part, StagedExport
from mappings.readers.tallies import SURPLUS, Tallies
from mappings.readers.window import Window, emit, marked_bytes, transcode

CHUNK_BYTES = 8 << 20
_NEWLINES = ("", "\n", "\r\n", "\r")

Ints = npt.NDArray[np.int64]


class _SurplusFound(Exception):
    """A longer record has been met by a reader that was not set up to keep what stands behind the last field."""


@dataclass
class _State:
    """What adds up over the parts of an export."""

    tallies: Tallies
    records: int = 0
    kept: int = 0
    ragged: int = 0
    parts: list[Part] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    newlines: Counter[str] = field(default_factory=Counter)
    quoted: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    header_names: tuple[str, ...] = ()
    charset: str = ""
    truncated: tuple[str, int, int] | None = None
    """File name, record, offset of a last record that is not whole."""


def read(
    spec: ExportSpec,
    out_dir: Path,
    *,
    threads: int,
    area: str = "",
    examples: int = 20,
    progress: Callable[[int, int], None] | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> StagedExport:
    """See :func:`mappings.readers.read_export`; ``chunk_bytes`` bounds the memory and never changes the result."""
    charset = _checked(spec)
    out_dir.mkdir(parents=True, exist_ok=True)
    verdict = evidence.judge(spec, charset)
    target = out_dir / f"{spec.name}.parquet"
    if verdict.fatal is not None:
        target.unlink(missing_ok=True)
        staged = _without_reading(spec, area, charset, verdict)
        staged.write(out_dir / f"{spec.name}.json")
        return staged
    partial = out_dir / f"{spec.name}.parquet.partial"

    def attempt(surplus: bool) -> StagedExport:
        names = tuple(f.name for f in spec.fields)
        state = _State(Tallies(names, examples), quoted=np.zeros(len(names), np.int64), charset=charset)
        with OriginalCodes(out_dir / f"{spec.name}.codes.parquet", names) as codes:
            reader = _Reader(spec, charset, state, surplus, codes, threads, chunk_bytes, progress)
            sink_frames(reader.frames, reader.schema, partial)
        return _staged(spec, area, state, surplus, verdict)

    staged = with_surplus_if_found(attempt)
    os.replace(partial, target)  # noqa: PTH105
    staged.write(out_dir / f"{spec.name}.json")
    return staged


def _checked(spec: ExportSpec) -> str:
    """The charset's name; raises ``ValueError`` for a specification that makes no sense."""
    if not spec.fields:
        raise ValueError(f"export {spec.name}: no fields")
    if spec.format == "delimited":
        if len(spec.delimiter.encode("utf-8")) != 1 or (
            spec.quote is not None and len(spec.quote.encode("utf-8")) != 1
        ):
            raise ValueError(f"export {spec.name}: delimiter and quote must be one ASCII character each")
    elif any(f.start is None or f.length is None for f in spec.fields):
        raise ValueError(f"export {spec.name}: a field of a fixed-length record needs start and length")
    if spec.municipality_field is not None and spec.municipality_field not in {f.name for f in spec.fields}:
        raise ValueError(f"export {spec.name}: no field {spec.municipality_field} to tell municipalities apart")
    return charset_name(spec.charset)


class _Reader:
    """Turns the parts of an export into frames of staged columns."""

    def __init__(
        self,
        spec: ExportSpec,
        charset: str,
        state: _State,
        surplus: bool,
        codes: OriginalCodes,
        threads: int,
        chunk_bytes: int,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._spec = spec
        self._charset = charset
        self._state = state
        self._surplus = surplus
        self._codes = codes
        self._threads = threads
        self._chunk_bytes = chunk_bytes
        self._progress = progress
        self._total = sum(path.stat().st_size for path in spec.files)
        self._done = 0
        self._names = [f.name for f in spec.fields]
        self._columns = np.arange(len(self._names))
        self._events = np.empty((65_536, 2), np.int64)

    @property
    def schema(self) -> pl.Schema:
        lead = {"_record": pl.Int64(), "_offset": pl.Int64(), "_part": pl.UInt16()}
        tail = {SURPLUS: pl.String()} if self._surplus else {}
        return pl.Schema({**lead, **{name: pl.String() for name in self._names}, **tail})

    def frames(self) -> Iterator[pl.DataFrame]:
        for index, path in enumerate(self._spec.files):
            yield from self._part(index, path)

    def _part(self, index: int, path: Path) -> Iterator[pl.DataFrame]:
        state = self._state
        wide = self._spec.format == "delimited"
        with Window(path, self._charset, self._chunk_bytes, wide, self._threads > 1) as window:
            state.charset = window.charset_name
            first_record = state.records + 1
            records = Records(self._spec, window)
            header = self._header(records, window) if self._spec.header else b""
            final_newline = True
            for batch in records:
                final_newline = bool(batch.newlines[-1] != 0)
                frame = self._batch(index, batch, window)
                if frame.height:
                    yield frame
                if self._progress is not None:
                    self._progress(self._done + window.bytes_read, self._total)
            if records.truncated_at is not None and state.truncated is None:
                numbers = np.array([state.records + (1 if window.start < window.end else 0)])
                state.truncated = (path.name, int(numbers[0]), records.truncated_at)
                state.tallies.records("R03", None, numbers, np.array([records.truncated_at]))
            state.quoted += records.quoted
            self._done += window.bytes_read
            state.parts.append(
                Part(
                    file=path.name,
                    sha256=window.sha256,
                    bytes=window.bytes_read,
                    records=state.records - first_record + 1,
                    first_record=first_record,
                    header=header.hex(),
                    bom=window.bom.hex(),
                    final_newline=final_newline,
                    eof_mark=records.eof_mark,
                )
            )

    def _header(self, records: Records, window: Window) -> bytes:
        """The header line's bytes as they lie in the file; its names are kept from the first part."""
        line, fields, count = records.header()
        names = tuple(bytes(transcode(np.frombuffer(f, np.uint8), window.charset)).decode("utf-8") for f in fields)
        if not self._state.header_names:
            self._state.header_names = names
        # A header that differs from the layout, or between parts, is no record: it is told with record 0.
        if line and (count != len(self._names) or names != self._state.header_names):
            self._state.tallies.records("R02", None, np.zeros(1, np.int64), np.array([len(window.bom)]))
        return marked_bytes(line, window.charset_name) if window.wide else line

    def _batch(self, index: int, batch: Batch, window: Window) -> pl.DataFrame:
        state = self._state
        spec = self._spec
        numbers = np.arange(state.records + 1, state.records + 1 + batch.size)
        state.records += batch.size
        for kind, count in enumerate(np.bincount(batch.newlines, minlength=4).tolist()):
            if count:
                state.newlines[_NEWLINES[kind]] += count
        rows = np.arange(batch.size)
        if spec.municipality_field is not None:
            rows = self._ours(batch, window, numbers)
        ragged = rows[batch.lengths[rows] != self._whole_length]
        state.ragged += len(ragged)
        state.kept += len(rows)
        state.tallies.records("R02", None, numbers[ragged], batch.offsets[ragged])
        odd = rows[batch.anomalies[rows]]
        state.tallies.records("R10", None, numbers[odd], batch.offsets[odd])
        if not self._surplus and (batch.surplus[ragged] >= 0).any():
            raise SurplusFound
        texts, events = self._emit(window, batch.starts, batch.ends, rows, self._columns)
        state.tallies.events(events, numbers, batch.offsets, window.charset, window.charset_name)
        self._codes.keep(events, numbers, window.buffer, batch.starts, batch.ends)
        columns = [
            pa.array(numbers[rows]),
            pa.array(batch.offsets[rows]),
            pa.array(np.full(len(rows), index, np.uint16)),
        ]
        columns += texts
        if self._surplus:
            columns.append(self._surplus_text(batch, window, rows, numbers))
        frame = pl.from_arrow(pa.table(columns, names=list(self.schema)))
        assert isinstance(frame, pl.DataFrame)
        return frame

    @property
    def _whole_length(self) -> int:
        spec = self._spec
        if spec.format == "delimited":
            return len(spec.fields)
        return spec.record_length or max((f.start or 0) + (f.length or 0) for f in spec.fields)

    def _surplus_text(self, batch: Batch, window: Window, rows: Ints, numbers: Ints) -> pa.Array:
        """What stands behind the last field, as it is written there (with delimiters and quotes)."""
        starts = batch.surplus.astype(np.int32).reshape(-1, 1)
        ends = np.where(batch.surplus < 0, -1, batch.stops).astype(np.int32).reshape(-1, 1)
        texts, events = self._emit(window, starts, ends, rows, np.zeros(1, np.int64))
        events[:, 1] += len(self._names)
        self._state.tallies.events(events, numbers, batch.offsets, window.charset, window.charset_name)
        return texts[0]

    def _ours(self, batch: Batch, window: Window, numbers: Ints) -> Ints:
        """The records of our municipality; the others are counted by code, codes that nobody knows are found."""
        column = np.array([self._names.index(self._spec.municipality_field or "")])
        texts, _ = self._emit(window, batch.starts, batch.ends, np.arange(batch.size), column)
        codes = pl.Series("code", pl.from_arrow(texts[0]))
        ours, unknown = split_by_owner(codes, self._spec, self._state.others)
        self._state.tallies.records("R09", self._spec.municipality_field, numbers[unknown], batch.offsets[unknown])
        return ours

    def _emit(
        self,
        window: Window,
        starts: npt.NDArray[np.int32],
        ends: npt.NDArray[np.int32],
        rows: Ints,
        columns: Ints,
    ) -> tuple[list[pa.Array], Ints]:
        """The chosen fields of the chosen records as Arrow texts, and the events met."""
        sizes = np.zeros(len(columns), np.int64)
        scan.field_bytes(starts, ends, rows, columns, sizes)
        bases = np.concatenate([np.zeros(1, np.int64), np.cumsum(4 * sizes)])
        out = np.empty(int(bases[-1]), np.uint8)
        offsets = np.empty((len(columns), len(rows) + 1), np.int64)
        while True:
            count = emit(
                window.buffer, starts, ends, rows, columns, window.charset, bases[:-1], out, offsets, self._events
            )
            if count <= len(self._events):
                break
            self._events = np.empty((count, 2), np.int64)
        missing = starts[rows, :].min(axis=0, initial=0) < 0
        texts = []
        for c, column in enumerate(columns.tolist()):
            nulls = None
            if missing[column]:
                nulls = pa.py_buffer(np.packbits(starts[rows, column] >= 0, bitorder="little"))
            text = pa.py_buffer(out[bases[c] : bases[c] + offsets[c, -1]])
            texts.append(pa.LargeStringArray.from_buffers(len(rows), pa.py_buffer(offsets[c]), text, nulls))
        return texts, self._events[:count].copy()


def _staged(spec: ExportSpec, area: str, state: _State, surplus: bool, verdict: evidence.Verdict) -> StagedExport:
    tallies = state.tallies
    newline = max(state.newlines, key=lambda n: state.newlines[n]) if state.newlines else ""
    fatal = None
    if state.truncated is not None:
        fatal = _truncated(*state.truncated)
    else:
        fatal = evidence.undecodable(spec, state.charset, state.kept, tallies, verdict)
    findings = (*tallies.findings(), *verdict.findings)
    return StagedExport(
        export=spec.name,
        area=area,
        format=spec.format,
        charset=state.charset,
        parts=tuple(state.parts),
        fields=tuple(f.name for f in spec.fields),
        records=state.records,
        kept=state.kept,
        other_municipalities=dict(sorted(state.others.items())),
        newline=newline,
        newlines=dict(state.newlines),
        header_names=state.header_names,
        quoted={f.name: int(n) for f, n in zip(spec.fields, state.quoted, strict=True)}
        if spec.format == "delimited"
        else {},
        surplus=surplus,
        undecodable=tallies.undecodable,
        undecodable_records=tallies.undecodable_records,
        gaiji_count=tallies.gaiji_count,
        ragged=state.ragged,
        duplicate_codes=tallies.duplicate_codes,
        chardet=verdict.chardet,
        findings=findings,
        gaiji=tallies.gaiji(),
        fatal=fatal.ja if fatal else None,
        fatal_en=fatal.en if fatal else None,
        fatal_code=fatal.code if fatal else None,
    )


def _truncated(file: str, record: int, offset: int) -> evidence.Fatal:
    return evidence.Fatal(
        "R03",
        f"{file}: レコード {record}（{offset} バイト目から）が途中で終わっています。"
        "ファイルの転送と抽出をやり直してください。",
        f"{file}: record {record} (from byte {offset}) breaks off. Transfer or extract the file again.",
    )


def _without_reading(spec: ExportSpec, area: str, charset: str, verdict: evidence.Verdict) -> StagedExport:
    """An export that is not read because its declared charset is wrong: there is no Parquet file."""
    assert verdict.fatal is not None
    return StagedExport(
        export=spec.name,
        area=area,
        format=spec.format,
        charset=charset,
        parts=(),
        fields=tuple(f.name for f in spec.fields),
        records=0,
        kept=0,
        chardet=verdict.chardet,
        findings=verdict.findings,
        fatal=verdict.fatal.ja,
        fatal_en=verdict.fatal.en,
        fatal_code=verdict.fatal.code,
    )


def warm_up() -> None:
    """Read one tiny export of every form, so that every kernel is compiled as the reader calls it."""
    forms = (("cp932", 'a,"b""c"\r\n,\r\n'), ("utf-8", "あ,b\n"), ("utf-16", "\ufeffあ,b\n"), ("eucjp-ms", "あ,b,c\n"))
    codecs = {"utf-16": "utf-16-le", "eucjp-ms": "euc_jp"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        for charset, text in forms:
            path.write_bytes(text.encode(codecs.get(charset, charset)))
            delimited = ExportSpec("x", (path,), "delimited", charset, (FieldSpec("a"), FieldSpec("b")))
            read(delimited, Path(folder), threads=1)
        path.write_bytes(b"ab\r\n")
        read(ExportSpec("x", (path,), "fixed", "cp932", (FieldSpec("a", 0, 2),)), Path(folder), threads=1)
