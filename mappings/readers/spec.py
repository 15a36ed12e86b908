"""What the reader must know about an export before it opens it: files, record format, charset, fields,
municipalities."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mappings.readers.mainframe.choices import CopybookChoices

Format = Literal["delimited", "fixed", "excel"]


@dataclass(frozen=True)
class FieldSpec:
    """One field of an export. ``start`` (0-based) and ``length`` are **bytes** within a fixed-length record; None for
    delimited text."""

    name: str
    start: int | None = None
    length: int | None = None


@dataclass(frozen=True)
class ExportSpec:
    """One export as its vendor's record layout declares it.

    ``charset``: ``ascii``, ``cp932``, ``utf-8``, ``utf-16``, ``utf-16-le``, ``utf-16-be`` or ``eucjp-ms`` (usual
    spellings are understood, see :func:`mappings.charsets.charset_name`). A fixed-length record with
    ``newline_in_fixed=None`` has its line end looked up behind the first record.
    """

    name: str
    files: tuple[Path, ...]
    """The parts, in the order in which their records are numbered."""
    format: Format
    charset: str
    fields: tuple[FieldSpec, ...]
    delimiter: str = ","
    quote: str | None = '"'
    header: bool = False
    header_rows: int = 1
    """Excel: rows that the header takes, if there is one."""
    sheet: str | None = None
    """Excel: the sheet's name; None = the first."""
    skip_rows: int = 0
    """Excel: rows above the header or the first record."""
    record_length: int | None = None
    """Bytes of a fixed-length record without its line end; None = up to the end of the last field."""
    newline_in_fixed: str | None = None
    """``"\\r\\n"``, ``"\\n"`` or ``""``; None = as found."""
    municipality_field: str | None = None
    """Field with the 団体コード of an export that holds several municipalities; None = all records are ours."""
    municipality: str | None = None
    copybook: CopybookChoices | None = None
    """How records lie in the files where a copybook says so; ``fields``, ``record_length`` and
    ``newline_in_fixed`` are not looked at then."""
    municipalities: tuple[str, ...] = ()
    """All 団体コード of the programme; others are found as R09."""
