"""Excel exports (.xlsx by openpyxl, .xls by xlrd) to the same staged files: one row of the sheet is a record.

What a cell is as text: text as it stands; a number without ``.0`` where it is whole; a date as ``2018-04-01``, with a
time behind it where there is one; a truth value as ``TRUE`` or ``FALSE``; an error as Excel shows it (``#N/A``); a
formula as the value that Excel left; nothing as "". ``_offset`` is the row in the sheet, from 1.

A header may take several rows: an upper cell that is empty has the text of the one to its left, as merged cells look,
and the names of a column are joined by ``_``. Rows without any value at the end of the sheet are no records.
"""

from __future__ import annotations

import hashlib
import os
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from layouts.errors import Text
from mappings.charsets.tables import tables
from mappings.readers.archives import MAX_BYTES, MAX_RATIO, RATIO_FROM
from mappings.readers.sink import SurplusFound, sink_frames, with_surplus_if_found
from mappings.readers.spec import ExportSpec
from mappings.readers.staged import Part, ReadFinding, StagedExport
from mappings.readers.tallies import SURPLUS, Tallies
from mappings.readers.window import emit

BATCH_ROWS = 20_000
_XLS = b"\xd0\xcf\x11\xe0"
_SEPARATOR = "\t"
_WHOLE = 1e15
"""Below it a whole number is written as one: a double has 15 digits that mean something."""

_Rows = list[Sequence[Any]]


class UnreadableError(Exception):
    """A workbook that cannot be read; ``what`` in both languages."""

    def __init__(self, file: str, what: Text) -> None:
        super().__init__(f"{file}: {what.en}")
        self.what = Text(f"{file}: {what.ja}", f"{file}: {what.en}")


@dataclass
class _State:
    tallies: Tallies
    records: int = 0
    ragged: int = 0
    parts: list[Part] | None = None
    header_names: tuple[str, ...] = ()
    error: UnreadableError | None = None


def read(
    spec: ExportSpec,
    out_dir: Path,
    *,
    area: str = "",
    examples: int = 20,
    progress: Callable[[int, int], None] | None = None,
) -> StagedExport:
    """Read an Excel export as :func:`mappings.readers.read_export` does. A workbook that is damaged, encrypted or lacks
    the sheet is told by ``StagedExport.fatal`` (R03)."""
    out_dir.mkdir(parents=True, exist_ok=True)
    names = tuple(f.name for f in spec.fields)
    partial, target = out_dir / f"{spec.name}.parquet.partial", out_dir / f"{spec.name}.parquet"

    def attempt(surplus: bool) -> StagedExport:
        state = _State(Tallies(names, examples), parts=[])
        reader = _Reader(spec, names, state, surplus, progress)
        try:
            sink_frames(reader.frames, reader.schema, partial)
        except UnreadableError as error:
            target.unlink(missing_ok=True)
            state.error = error
        else:
            os.replace(partial, target)  # noqa: PTH105
        return _staged(spec, area, names, state, surplus)

    staged = with_surplus_if_found(attempt)
    staged.write(out_dir / f"{spec.name}.json")
    return staged


class _Reader:
    def __init__(
        self,
        spec: ExportSpec,
        names: tuple[str, ...],
        state: _State,
        surplus: bool,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._spec, self._names, self._state = spec, names, state
        self._surplus, self._progress = surplus, progress

    @property
    def schema(self) -> pl.Schema:
        lead = {"_record": pl.Int64(), "_offset": pl.Int64(), "_part": pl.UInt16()}
        tail = {SURPLUS: pl.String()} if self._surplus else {}
        return pl.Schema({**lead, **{name: pl.String() for name in self._names}, **tail})

    def frames(self) -> Iterator[pl.DataFrame]:
        for index, path in enumerate(self._spec.files):
            first = self._state.records + 1
            yield from self._part(index, path)
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            assert self._state.parts is not None
            count = self._state.records - first + 1
            self._state.parts.append(Part(path.name, digest, path.stat().st_size, count, first))
            if self._progress is not None:
                self._progress(index + 1, len(self._spec.files))

    def _part(self, index: int, path: Path) -> Iterator[pl.DataFrame]:
        row = self._spec.skip_rows
        header: _Rows = []
        wanted = self._spec.header_rows if self._spec.header else 0
        blank: list[pl.DataFrame] = []
        """Rows without a value: records only if one with a value follows."""
        for rows in _sheet(path, self._spec.sheet, row):
            while rows and len(header) < wanted:
                header.append(rows.pop(0))
                row += 1
                if len(header) == wanted:
                    self._header(header)
            if not rows:
                continue
            texts = _texts(rows, max(len(self._names), max(map(len, rows))))
            frame = texts.with_columns(_offset=pl.Series(range(row + 1, row + 1 + len(rows)), dtype=pl.Int64))
            row += len(rows)
            filled = (texts != "").select(pl.any_horizontal(pl.all())).to_series()
            last = filled.arg_true().max()
            if last is None:
                blank.append(frame)
                continue
            for kept in (*blank, frame.head(int(str(last)) + 1)):
                yield self._frame(index, kept)
            rest = frame.slice(int(str(last)) + 1)
            blank = [rest] if rest.height else []

    def _header(self, rows: _Rows) -> None:
        """The names of the columns; rows above the last one are filled to the right."""
        width = max(map(len, rows))
        texts = _texts(rows, width).with_columns(pl.all().str.strip_chars(" 　\n")).rows()
        above: list[list[str]] = []
        for cells in texts[:-1]:
            filled: list[str] = []
            for cell in cells:
                filled.append(cell or (filled[-1] if filled else ""))
            above.append(filled)
        names = tuple(
            "_".join(dict.fromkeys(part for part in column if part)) for column in zip(*above, texts[-1], strict=True)
        )
        names = names[: max((i + 1 for i, name in enumerate(names) if name), default=0)]
        if not self._state.header_names:
            self._state.header_names = names
        if len(names) != len(self._names) or names != self._state.header_names:
            self._state.tallies.records("R02", None, np.zeros(1, np.int64), np.ones(1, np.int64))

    def _frame(self, index: int, frame: pl.DataFrame) -> pl.DataFrame:
        state = self._state
        numbers = np.arange(state.records + 1, state.records + 1 + frame.height)
        state.records += frame.height
        offsets = frame["_offset"].to_numpy()
        cells = frame.drop("_offset")
        behind = cells[:, len(self._names) :]
        cells = cells[:, : len(self._names)]
        longer = np.zeros(frame.height, np.bool_)
        if behind.width:
            longer = (behind != "").select(pl.any_horizontal(pl.all())).to_series().to_numpy()
        if longer.any() and not self._surplus:
            raise SurplusFound
        rows = np.flatnonzero(longer)
        state.ragged += len(rows)
        state.tallies.records("R02", None, numbers[rows], offsets[rows])
        self._characters(cells, numbers, offsets)
        made = cells.rename(dict(zip(cells.columns, self._names, strict=True))).insert_column(
            0, pl.Series("_part", [index], dtype=pl.UInt16).new_from_index(0, frame.height)
        )
        made.insert_column(0, frame["_offset"])
        made.insert_column(0, pl.Series("_record", numbers))
        if self._surplus:
            text = behind.select(pl.concat_str(pl.all(), separator=_SEPARATOR).str.strip_chars_end(_SEPARATOR))
            kept = text.to_series() if behind.width else pl.Series([""] * frame.height)
            made = made.with_columns(pl.when(pl.Series(longer)).then(kept).otherwise(None).alias(SURPLUS))
        return made

    def _characters(self, cells: pl.DataFrame, numbers: npt.NDArray[np.int64], offsets: npt.NDArray[np.int64]) -> None:
        """Count user-defined and control characters, as in every other export."""
        charset = tables("utf-8")
        one = np.zeros(1, np.int64)
        rows = np.arange(cells.height)
        for column in range(cells.width):
            text = cells.to_series(column).to_arrow().cast(pa.large_string())
            places = np.frombuffer(text.buffers()[1], np.int64)[text.offset :][: len(text) + 1]
            raw = np.frombuffer(text.buffers()[2] or b"", np.uint8).copy()
            starts = places[:-1].astype(np.int32).reshape(-1, 1)
            ends = places[1:].astype(np.int32).reshape(-1, 1)
            out, ends_of_texts = np.empty(4 * len(raw), np.uint8), np.empty((1, len(text) + 1), np.int64)
            events = np.empty((len(raw), 2), np.int64)
            count = emit(raw, starts, ends, rows, one, charset, one, out, ends_of_texts, events)
            events = events[:count].copy()
            events[:, 1] += column
            self._state.tallies.events(events, numbers, offsets, charset, "utf-8")


def _texts(rows: _Rows, width: int) -> pl.DataFrame:
    """Cells as text, column by column."""
    padded = [(*row, *[None] * (width - len(row))) for row in rows]
    return pl.DataFrame([_text(f"c{i}", column) for i, column in enumerate(zip(*padded, strict=True))])


def _text(name: str, cells: Sequence[Any]) -> pl.Series:
    values = np.empty(len(cells), dtype=object)
    values[:] = cells
    kinds = np.array(list(map(type, cells)), dtype=object)
    text = pl.Series(name, cells, dtype=pl.String, strict=False).fill_null("")
    for kind, spelt in _SPELT.items():
        rows = np.flatnonzero(kinds == kind)
        if len(rows):
            text = text.scatter(rows, spelt(text.gather(rows), values[rows]))
    return text


def _float_text(_: pl.Series, cells: npt.NDArray[Any]) -> pl.Series:
    numbers = pl.Series(cells.astype(np.float64))
    whole = (numbers.round() == numbers) & (numbers.abs() < _WHOLE)
    written = numbers.cast(pl.String)
    return written.scatter(whole.arg_true(), numbers.filter(whole).cast(pl.Int64).cast(pl.String))


_SPELT: dict[type, Callable[[pl.Series, npt.NDArray[Any]], pl.Series]] = {
    float: _float_text,
    bool: lambda text, _: text.str.to_uppercase(),
    datetime: lambda text, _: text.str.replace(r" 00:00:00(\.0+)?$", "").str.replace(r"\.0+$", ""),
    timedelta: lambda _, cells: pl.Series(cells.tolist(), dtype=pl.Duration).dt.total_seconds().cast(pl.String),
    time: lambda text, _: text.str.replace(r"\.0+$", ""),
}


# workbooks


def _sheet(path: Path, sheet: str | None, skip: int) -> Iterator[_Rows]:
    """Rows of a sheet in batches, cells as Python values (None = nothing)."""
    with path.open("rb") as file:
        head = file.read(4)
    if head == _XLS:
        yield from _xls(path, sheet, skip)
    elif head[:2] == b"PK":
        yield from _xlsx(path, sheet, skip)
    else:
        raise UnreadableError(path.name, Text("Excel のファイルではない", "this is no Excel file"))


def _damaged(path: Path) -> UnreadableError:
    what = Text("壊れているか、パスワードが付いている。取り直す", "it is damaged or has a password: get it again")
    return UnreadableError(path.name, what)


def _no_sheet(path: Path, sheet: str, names: Sequence[str]) -> UnreadableError:
    listed = ", ".join(names)
    return UnreadableError(
        path.name, Text(f"シート {sheet} が無い（{listed}）", f"there is no sheet {sheet} ({listed})")
    )


def _check_size(path: Path) -> None:
    """An .xlsx is a zip file: what it says that it unpacks to has to be sane."""
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > MAX_BYTES or (size > RATIO_FROM and size > MAX_RATIO * path.stat().st_size):
        raise UnreadableError(path.name, Text("安全のため展開しない", "not unpacked for safety"))


def _xlsx(path: Path, sheet: str | None, skip: int) -> Iterator[_Rows]:
    import openpyxl

    book = None
    try:
        _check_size(path)
        # What openpyxl cannot keep when it writes (styles, extensions) is of no concern here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            if sheet is not None and sheet not in book.sheetnames:
                raise _no_sheet(path, sheet, book.sheetnames)
            page = book[sheet] if sheet is not None else book.worksheets[0]
            # The size that a sheet says it has may be wrong: all rows are asked for.
            page.reset_dimensions()
            batch: _Rows = []
            for row in page.iter_rows(min_row=skip + 1, values_only=True):
                batch.append(row)
                if len(batch) == BATCH_ROWS:
                    yield batch
                    batch = []
            if batch:
                yield batch
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, EOFError, IndexError) as error:
        raise _damaged(path) from error
    finally:
        if book is not None:
            book.close()


def _xls(path: Path, sheet: str | None, skip: int) -> Iterator[_Rows]:
    import xlrd

    try:
        book = xlrd.open_workbook(str(path), on_demand=True)
    except Exception as error:  # xlrd tells of damage by errors of many kinds
        raise _damaged(path) from error
    try:
        if sheet is not None and sheet not in book.sheet_names():
            raise _no_sheet(path, sheet, book.sheet_names())
        page = book.sheet_by_name(sheet) if sheet is not None else book.sheet_by_index(0)
        for first in range(skip, page.nrows, BATCH_ROWS):
            last = min(first + BATCH_ROWS, page.nrows)
            columns = [_xls_column(page, i, first, last, book.datemode) for i in range(page.ncols)]
            yield list(zip(*columns, strict=True)) if columns else [()] * (last - first)
    finally:
        book.release_resources()


def _xls_column(page: Any, column: int, first: int, last: int, datemode: int) -> list[Any]:
    """Cells of one column, dates and truth values told by their types."""
    import xlrd

    cells = np.array(page.col_values(column, first, last), dtype=object)
    types = np.array(page.col_types(column, first, last))
    cells[(types == xlrd.XL_CELL_EMPTY) | (types == xlrd.XL_CELL_BLANK)] = None
    for kind, convert in (
        (xlrd.XL_CELL_DATE, lambda value: _date(value, datemode)),
        (xlrd.XL_CELL_BOOLEAN, bool),
        (xlrd.XL_CELL_ERROR, lambda value: xlrd.error_text_from_code.get(value, f"#ERR{value}")),
    ):
        rows = np.flatnonzero(types == kind)
        if len(rows):
            cells[rows] = np.frompyfunc(convert, 1, 1)(cells[rows])
    made: list[Any] = cells.tolist()
    return made


def _date(value: float, datemode: int) -> datetime | time | float:
    import xlrd

    try:
        found: datetime = xlrd.xldate_as_datetime(value, datemode)
    except (xlrd.XLDateError, ValueError, OverflowError):
        return value
    return found.time() if value < 1 else found


def _staged(spec: ExportSpec, area: str, names: tuple[str, ...], state: _State, surplus: bool) -> StagedExport:
    tallies = state.tallies
    fatal = state.error.what if state.error is not None else None
    findings = tallies.findings()
    if fatal is not None:
        findings = (*findings, ReadFinding("R03", None, 1, "workbook"))
    return StagedExport(
        export=spec.name,
        area=area,
        format=spec.format,
        charset="utf-8",
        parts=tuple(state.parts or ()),
        fields=names,
        records=state.records if fatal is None else 0,
        kept=state.records if fatal is None else 0,
        header_names=state.header_names,
        surplus=surplus,
        gaiji_count=tallies.gaiji_count,
        ragged=state.ragged,
        findings=findings,
        gaiji=tallies.gaiji(),
        fatal=fatal.ja if fatal else None,
        fatal_en=fatal.en if fatal else None,
        fatal_code="R03" if fatal else None,
    )
