"""Writes A社's files: a header record, data records, a trailer with counts and totals, as bytes of the copybook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from sample_data import plugin
from sample_data.a_sha import book, charset, numbers
from sample_data.a_sha.charset import Charset
from sample_data.b_sha.spell import w7

Bytes = npt.NDArray[np.uint8]
HEADER, TRAILER = "H", "T"
SLICE = 20_000
"""Records put into bytes at once."""


@dataclass(frozen=True)
class MainframeFile(plugin.Table):
    """One file: ``frame`` are the records of its first table, ``others`` those of its further kinds."""

    tables: tuple[book.Table, ...] = ()
    others: tuple[pl.DataFrame, ...] = ()
    code: str = ""
    made: str = ""
    """団体コード and the day of extraction (ISO), for the header."""
    characters: Charset = charset.JEF

    @property
    def parts(self) -> Sequence[tuple[book.Table, pl.DataFrame]]:
        return list(zip(self.tables, (self.frame, *self.others), strict=True))


def write(file: MainframeFile, path: Path) -> tuple[int, int, dict[str, int]]:
    """Writes the file; data records, bytes, and the sums of the amount fields. Raises NotInCharset, ValueError."""
    length = max(table.length for table in file.tables)
    variable = file.tables[0].form == "variable"
    with path.open("wb") as out:
        out.write(_framed(_header(file, length), variable))
        for table, frame in file.parts:
            for start in range(0, frame.height, SLICE):
                matrix, kept = data(table, frame.slice(start, SLICE), length, file.characters)
                out.write(_all(matrix, kept, variable))
        out.write(_framed(_trailer(file, length), variable))
        size = out.tell()
    amounts = {name: _sum(file.frame[name]) for name in file.sums}
    return sum(frame.height for _, frame in file.parts), size, amounts


def _sum(column: pl.Series) -> int:
    return int(column.replace("", "0").cast(pl.Int64).sum())


def data(
    table: book.Table, frame: pl.DataFrame, length: int, characters: Charset
) -> tuple[Bytes, npt.NDArray[np.bool_] | None]:
    """Records as rows of bytes, and which bytes of each are written (None: all)."""
    rows = frame.height
    parts = [charset.single(pl.Series([table.type] * rows, dtype=pl.String), 1, table.name, characters)]
    done = False
    for field in table.fields:
        if field.occurs == "*":
            continue
        if field.variant:
            if not done:
                parts.append(_variants(table, frame, characters))
                done = True
            continue
        parts += [_bytes(field, frame[name], characters) for name in field.columns(0)]
    width = len(str(table.times))
    for number in range(1, table.times + 1):
        parts += [_bytes(field, frame[f"{field.column}_{number:0{width}}"], characters) for field in table.claims]
    matrix = np.concatenate(parts, axis=1)
    if table.form == "variable" and table.counter is not None:
        each = sum(field.size for field in table.claims)
        counts = frame[table.counter.column].cast(pl.Int64).to_numpy()
        ends = matrix.shape[1] - (table.times - counts) * each
        return matrix, np.arange(matrix.shape[1]) < ends[:, None]
    spare = np.full((rows, length - matrix.shape[1]), charset.SPACE, np.uint8)
    return np.concatenate([matrix, spare], axis=1), None


def _variants(table: book.Table, frame: pl.DataFrame, characters: Charset) -> Bytes:
    """The bytes that two definitions share, by the field that says which holds."""
    by = next(field for field in table.fields if field.name == table.by)
    says = frame[by.column]
    made = np.full((frame.height, table.area_size), charset.SPACE, np.uint8)
    for variant, values in table.variants.items():
        rows = says.is_in(list(values)).to_numpy()
        fields = table.definition(variant)
        parts = [_bytes(field, frame[field.column].filter(pl.Series(rows)), characters) for field in fields]
        matrix = np.concatenate(parts, axis=1)
        made[np.flatnonzero(rows)[:, None], np.arange(matrix.shape[1])] = matrix
    return made


def _bytes(field: book.Field, texts: pl.Series, characters: Charset) -> Bytes:
    signed, letter, digits, scale = field.shape
    if field.kind == "mixed":
        return charset.mixed(texts, digits, field.name, characters)
    if letter == "N":
        return charset.double(texts, digits, field.name, characters)
    if letter == "X":
        return charset.single(texts, digits, field.name, characters)
    if field.usage == "COMP-3":
        return numbers.packed(texts, digits, scale, signed, field.name)
    if field.usage == "COMP":
        return numbers.binary(texts, digits, field.name)
    return numbers.zoned(texts, digits, scale, signed, field.name)


def _line(values: Sequence[tuple[str, str, int]], length: int) -> bytes:
    """One record of (form, text, size), filled up with spaces."""
    made = b""
    for form, text, size in values:
        column = pl.Series([text], dtype=pl.String)
        if form == "packed":
            made += numbers.packed(column, size, signed=True).tobytes()
        elif form == "zoned":
            made += numbers.zoned(column, size).tobytes()
        else:
            made += charset.single(column, size).tobytes()
    return made.ljust(length, bytes([charset.SPACE]))


def _header(file: MainframeFile, length: int) -> bytes:
    made = pl.DataFrame({"d": [file.made]}).select(w7("d")).item()
    values = [("text", HEADER, 1), ("text", file.code, 6), ("zoned", made, 7), ("text", file.name, 8)]
    return _line(values, 0 if file.tables[0].form == "variable" else length)


def _trailer(file: MainframeFile, length: int) -> bytes:
    values = [("text", TRAILER, 1)]
    for table, frame in file.parts:
        values.append(("zoned", str(frame.height), 9))
        values += [("packed", str(_sum(frame[name])), 15) for name in table.totals]
    return _line(values, 0 if file.tables[0].form == "variable" else length)


def _framed(record: bytes, variable: bool) -> bytes:
    return (len(record) + 4).to_bytes(2, "big") + b"\0\0" + record if variable else record


def _all(matrix: Bytes, kept: npt.NDArray[np.bool_] | None, variable: bool) -> bytes:
    if not variable:
        return matrix.tobytes()
    whole = np.ones(matrix.shape, np.bool_) if kept is None else kept
    sizes = (whole.sum(axis=1) + 4).astype(np.uint32)
    words = np.zeros((len(matrix), 4), np.uint8)
    words[:, 0], words[:, 1] = sizes >> 8, sizes & 0xFF
    described = np.concatenate([words, matrix], axis=1)
    kept = np.concatenate([np.ones((len(matrix), 4), np.bool_), whole], axis=1)
    return described[kept].tobytes()
