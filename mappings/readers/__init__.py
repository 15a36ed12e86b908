"""Readers: an export's bytes become a staged Parquet file, one row a record, every field as text with number and byte
offset.

What counts as what:

- Every line is a record, a blank one too (ragged, unless the export has one field). A record has its number over the
  whole export and the byte offset in its part; a header line and a byte order mark are
  counted in offsets, not in numbers.
- LF and CRLF end a line, a lone CR does not: it is data and found as a control character - unless the first 64 KB know
  no LF at all, then CR ends lines. Line ends within quotes are data. So are NUL bytes.
- A quote opens a field only as its first character. ``""`` within quotes is one quote; text behind a closing quote, and
  quotes within a field that has not begun with one, are taken literally and found (R10). Nothing is trimmed.
- A field that a short record lacks is null; an empty one is "". What stands behind the last field of a long record is
  kept as written in the column ``_surplus``.
- A single Ctrl-Z at the end of a file is its end mark, not data.
- A file that ends within quotes, or without line end in a record that lacks fields or bytes, is cut off: fatal.

Importing this package is quick: the kernels (numba) are loaded when the first export is read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from mappings.readers.spec import ExportSpec, FieldSpec
from mappings.readers.staged import Gaiji, Part, ReadFinding, StagedExport

__all__ = ["ExportSpec", "FieldSpec", "Gaiji", "Part", "ReadFinding", "StagedExport", "read_export", "warm_up"]


def read_export(
    spec: ExportSpec,
    out_dir: Path,
    *,
    threads: int,
    area: str = "",
    examples: int = 20,
    progress: Callable[[int, int], None] | None = None,
) -> StagedExport:
    """Read one export and write ``<out_dir>/<name>.parquet`` and ``<name>.json``.

    Values with codes that decoding cannot tell apart are kept with their bytes in ``<name>.codes.parquet`` (record,
    field, bytes), if there are any. A wrong declared charset leaves only the JSON.

    ``threads``: with 2 or more the bytes are hashed beside the reading; Parquet is encoded on polars' own pool.
    ``examples``: cap per finding, 0 = none. ``progress`` receives ``(bytes read, bytes in all)``.

    Memory is bounded by the chunk (8 MB of the export), not by the export. A run that must fail is told by
    ``StagedExport.fatal``: trouble with the data raises nothing. Raises ``OSError`` for a file that cannot be opened
    and ``ValueError`` for a specification that makes no sense (unknown charset, no fields).
    """
    if spec.copybook is not None:
        from mappings.readers.mainframe.read import read as read_records

        return read_records(
            spec, spec.copybook, out_dir, threads=threads, area=area, examples=examples, progress=progress
        )
    if spec.format == "excel":
        from mappings.readers.excel import read as read_excel

        return read_excel(spec, out_dir, area=area, examples=examples, progress=progress)
    from mappings.readers.read import read

    return read(spec, out_dir, threads=threads, area=area, examples=examples, progress=progress)


def warm_up() -> None:
    """Compile every kernel into numba's on-disk cache, so that nothing compiles during a run.

    The cache lies beside the package where that is writable, else in the user's cache folder; ``NUMBA_CACHE_DIR``
    names another place.
    """
    from mappings.readers.mainframe.read import warm_up as compile_records
    from mappings.readers.read import warm_up as compile_all

    compile_all()
    with tempfile.TemporaryDirectory() as folder:
        compile_records(Path(folder))
