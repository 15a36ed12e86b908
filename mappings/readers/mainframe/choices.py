"""What a mapping declares about an export with a copybook, ready for the reader: charset, how records follow each
other, record types, what stands for what in numbers, what the trailer promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mappings.charsets import charset_name
from mappings.charsets.mainframe.catalogue import CHARSETS, charset
from mappings.readers.mainframe.plan import Column, RecordPlan

RecordFormat = Literal["fixed", "variable", "blocked", "lines"]
"""One length; a record descriptor word before each record (V); block descriptor words too (VB); a line end behind."""

Meaning = Literal["bad", "empty", "zero"]
"""Of bytes in a number that are all alike: a bad number (marks and a finding), no value, or 0."""
Spelling = Literal["auto", "digits", "number"]
"""``digits``: all digits of the PICTURE with leading zeros; ``number``: without; ``auto``: digits where the PICTURE has
neither S nor V."""
Overpunch = Literal["ascii", "ebcdic"]

_STATELESS = {"ascii": "cp932_pua", "cp932": "cp932_pua", "eucjp-ms": "eucjp_ms"}


@dataclass(frozen=True)
class NumberPolicy:
    """What stands for what in a numeric field, and how a number is spelt as text."""

    spaces: Meaning = "bad"
    low_values: Meaning = "bad"
    high_values: Meaning = "bad"
    spelling: Spelling = "auto"

    def padded(self, column: Column) -> bool:
        if self.spelling == "auto":
            return not column.signed and not column.scale
        return self.spelling == "digits" and not column.scale


@dataclass(frozen=True)
class RecordTypes:
    """Records of several types in one file, told apart by a field that all of them have at the same bytes.

    ``own``: values of the records that are this export's. ``header``, ``trailer``: no data. ``others``: records that
    another export of the file takes. Any other value is found, and its records are kept undivided.
    """

    field: str
    own: tuple[str, ...]
    header: tuple[str, ...] = ()
    trailer: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trailer:
    """What a trailer record promises about the records before it (since the last trailer, or the file's begin).

    ``count``: its field with their number, of this export's or of all data records (``count_all``). ``totals``: its
    field -> the export's field that adds up to it.
    """

    plan: RecordPlan
    count: str | None = None
    count_all: bool = False
    totals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CopybookChoices:
    """An export with a copybook, all names resolved."""

    plan: RecordPlan
    records: RecordFormat = "fixed"
    line_end: bytes = b""
    """With ``lines``: what ends them."""
    types: RecordTypes | None = None
    trailer: Trailer | None = None
    numbers: NumberPolicy = NumberPolicy()
    fields: Mapping[str, NumberPolicy] = field(default_factory=dict)
    overpunch: Overpunch = "ascii"
    little: bool | None = None
    """Byte order of COMP-5; None = as the charset's machine has it."""
    shift_in: bytes | None = None
    """Spelling of the shift to double bytes that is usual in the export; None = the charset's first."""


def mainframe_charset(name: str) -> str:
    """The charset by which records with a copybook are decoded: one of :mod:`mappings.charsets.mainframe.catalogue`
    that has single bytes. Raises ``ValueError`` for one that the reader does not take."""
    try:
        found = charset(name)
    except LookupError:
        try:
            found = CHARSETS[_STATELESS[charset_name(name)]]
        except (ValueError, KeyError):
            raise ValueError(f"charset {name!r} does not go with a copybook") from None
    if not found.single and not found.stateless:
        raise ValueError(f"charset {name!r} has double bytes only: name the one with its single bytes")
    return found.name


def wide_charset(name: str) -> str:
    """The charset of PIC N and PIC G fields of a charset: its double-byte half, without shift codes."""
    whole = charset(name)
    if whole.stateless:
        return name
    return next(
        other.name
        for other in CHARSETS.values()
        if not other.single and other.double == whole.double and other.ivs == whole.ivs
        and other.permuted == whole.permuted
    )  # fmt: skip
