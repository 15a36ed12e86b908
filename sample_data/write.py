"""Writes a vendor's tables as files of bytes (CP932, CRLF): CSV, TSV and fixed-length records, and counts what was
written. A mainframe's files have a writer of their own.

The encoder is Python's codec, slice by slice: slow, plain, and another one than the pipeline's.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from sample_data.a_sha.records import MainframeFile
from sample_data.a_sha.records import write as write_records
from sample_data.defects import marks as cells
from sample_data.plugin import Table

QUOTES: dict[str, Literal["necessary", "always", "never"]] = {
    "csv": "necessary",
    "csv_quoted": "always",
    "tsv": "never",
}
"""When a value is quoted, by format."""
SLICE = 50_000
"""Records encoded at once."""


@dataclass(frozen=True)
class Written:
    """One file: its name, records, bytes, and the declared sums of its amount fields."""

    file: str
    records: int
    size: int
    sums: dict[str, int]


def write(
    table: Table, folder: Path, lengths: dict[str, int], append: bool = False, as_written: Table | None = None
) -> Written:
    """Writes ``table`` into ``folder``; ``append`` continues a file that several municipalities share (its header is
    written once). ``as_written``: the table with defects, which is what the file gets; counts and sums stay those of
    ``table``.

    ``lengths``: bytes of each field, for fixed-length records. Raises UnicodeEncodeError where CP932 lacks a
    character, ValueError where a
    fixed-length field does not fit.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / table.file
    if isinstance(table, MainframeFile):
        return Written(table.file, *write_records(table, path))
    head = table.header and table.format not in ("tsv", "fixed") and not (append and path.exists())
    with path.open("ab" if append else "wb") as file:
        start = file.tell()
        frame = table.frame if as_written is None else as_written.frame
        for position in range(0, max(frame.height, 1), SLICE):
            part = frame.slice(position, SLICE)
            text = (
                _fixed(part, lengths, table.name)
                if table.format == "fixed"
                else _delimited(part, table.format, head and position == 0)
            )
            file.write(text.encode("cp932") if as_written is None else raw_bytes(text, table.format))
        size = file.tell() - start
    sums = {name: int(table.frame[name].replace("", "0").cast(pl.Int64).sum()) for name in table.sums}
    return Written(table.file, table.frame.height, size, sums)


def raw_bytes(text: str, form: str) -> bytes:
    """CP932 of text with what no text can say: U+10FE00 + n is the byte n, and the marks of :mod:`defects.cells` for
    one field more, a record that ends before its last field, and a bare quotation mark."""
    more, cut, quote = cells.EXTRA_FIELD, cells.CUT_FIELD, cells.QUOTE
    if more in text or cut in text or quote in text:
        close, separator = ('"', ",") if form == "csv_quoted" else ("", "\t" if form == "tsv" else ",")
        text = text.replace(more, f"{close}{separator}{close}9")
        text = re.sub(rf'{separator}[^{separator}\r\n]*{cut}"?', "", text)
        text = text.replace(quote, '"')
    return text.encode("cp932", "defects")


def _raw_byte(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    codes = [ord(c) - cells.RAW for c in error.object[error.start : error.end]]
    if not all(0 <= code < 256 for code in codes):
        raise error
    return bytes(codes), error.end


codecs.register_error("defects", _raw_byte)


def _delimited(frame: pl.DataFrame, form: str, header: bool) -> str:
    data = frame if form == "csv_quoted" else frame.with_columns(pl.all().replace("", None))
    separator = "\t" if form == "tsv" else ","
    return data.write_csv(include_header=header, separator=separator, line_terminator="\r\n", quote_style=QUOTES[form])


def _fixed(frame: pl.DataFrame, lengths: dict[str, int], table: str) -> str:
    """Fields already have their length; only checked here, in bytes: half-width characters are one byte, all others
    two."""
    wide = {
        name: pl.col(name).str.len_chars() + pl.col(name).str.count_matches(r"[^\x00-\x7f\uff61-\uff9f]")
        for name in frame.columns
    }
    wrong = frame.select((expr != lengths[name]).sum().alias(name) for name, expr in wide.items()).row(0, named=True)
    if bad := [name for name, count in wrong.items() if count]:
        raise ValueError(f"{table}: {bad} do not have the length of the record layout")
    return frame.select(pl.concat_str(pl.all())).write_csv(
        include_header=False, line_terminator="\r\n", quote_style="never"
    )
