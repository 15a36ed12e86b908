"""What a reader knows about an export when it has read it: the JSON beside the staged Parquet file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class ReadFinding:
    """One kind of trouble in one export (or one field of it): exact count, capped examples, no data values.

    ``examples`` are ``(record, offset)``: record number over the whole export, byte offset of the record in its part.
    Codes: R01 undecodable bytes, R02 ragged record, R03 truncated last record, R05 wrong declared charset, R06
    chardet disagrees, R07 gaiji, R08 control characters, R09 unknown municipality code, R10 unusual quoting; with a
    copybook R12 no number, R13 no shift back, R14 unknown record type or definition, R15 impossible OCCURS count.
    """

    code: str
    field: str | None
    count: int
    detail: str
    examples: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Gaiji:
    """One user-defined character in one field: its bytes in the export, where it is carried in Unicode, how often,
    where first."""

    field: str
    code: str
    """The bytes in the export, hex."""
    code_point: int
    count: int
    record: int


@dataclass(frozen=True)
class Part:
    """One file of the export, as it lay there."""

    file: str
    sha256: str
    bytes: int
    records: int
    first_record: int
    """Number of its first record over the whole export."""
    header: str = ""
    """The header line's bytes with its line end, hex; empty = none."""
    bom: str = ""
    """Byte order mark, hex; empty = none."""
    final_newline: bool = True
    eof_mark: bool = False
    """A lone 0x1A (Ctrl-Z) stood behind the last record; it is no data."""
    archive: str = ""
    """The archive that the file lay in, with its SHA-256; empty = none. ``sha256`` and ``bytes`` are the file's own."""
    archive_sha256: str = ""


@dataclass(frozen=True)
class Promise:
    """What a trailer record says about its file, and what was read: numbers as decimal text."""

    file: str
    kind: str
    """``count`` or ``sum``."""
    field: str
    """The trailer's field."""
    of: str | None
    """The field that was added up; None for a count."""
    declared: str | None
    """None = the trailer's field holds no number."""
    actual: str
    unreadable: int = 0
    """Values that are no numbers and are not in ``actual``."""

    @property
    def kept(self) -> bool:
        return self.declared == self.actual and not self.unreadable


@dataclass(frozen=True)
class StagedExport:
    """A read export: ``<name>.parquet`` (columns as docs/shapes.md says) and everything its rows do not tell."""

    export: str
    area: str
    format: str
    charset: str
    parts: tuple[Part, ...]
    fields: tuple[str, ...]
    records: int
    """All records of the export, those of other municipalities included."""
    kept: int
    """Rows of the Parquet file: the records of this municipality."""
    other_municipalities: Mapping[str, int] = field(default_factory=dict)
    """Records left to others by 団体コード as it stands in the export."""
    newline: str = ""
    """The line end that most records have; ``newlines`` counts all."""
    newlines: Mapping[str, int] = field(default_factory=dict)
    header_names: tuple[str, ...] = ()
    quoted: Mapping[str, int] = field(default_factory=dict)
    """Delimited text: how many of all records have the field in quotes."""
    surplus: bool = False
    """The Parquet file has a last column ``_surplus``: what stood behind the last field of longer records."""
    undecodable: int = 0
    """Bytes that the charset does not decode."""
    undecodable_records: int = 0
    gaiji_count: int = 0
    ragged: int = 0
    duplicate_codes: int = 0
    """Characters written with a code that has a preferred twin (NEC and IBM duplicates): the charset's encoder would
    not give these bytes back."""
    chardet: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[ReadFinding, ...] = ()
    gaiji: tuple[Gaiji, ...] = ()
    promises: tuple[Promise, ...] = ()
    """What trailer records promised, and whether it was so."""
    record_types: tuple[str, ...] = ()
    """Where a file has several kinds of records: the values of those that are this export's."""
    passed_over: Mapping[str, int] = field(default_factory=dict)
    """Records of the files that are not this export's: ``header``, ``trailer``, ``other`` (taken by another export).
    They have no number. Bytes of the first two are in ``<name>.controls.parquet``."""
    fatal: str | None = None
    """Why the run must fail (Japanese, no data values), or None."""
    fatal_en: str | None = None
    fatal_code: str | None = None
    """``R03`` or ``R05``."""

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> StagedExport:
        raw = json.loads(text)
        raw["parts"] = tuple(Part(**part) for part in raw["parts"])
        raw["findings"] = tuple(
            ReadFinding(**{**f, "examples": tuple((r, o) for r, o in f["examples"])}) for f in raw["findings"]
        )
        raw["gaiji"] = tuple(Gaiji(**g) for g in raw["gaiji"])
        raw["promises"] = tuple(Promise(**p) for p in raw["promises"])
        raw["fields"] = tuple(raw["fields"])
        raw["header_names"] = tuple(raw["header_names"])
        raw["record_types"] = tuple(raw["record_types"])
        return cls(**raw)

    def write(self, path: Path) -> None:
        path.write_text(self.to_json() + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> StagedExport:
        return cls.from_json(path.read_text(encoding="utf-8"))
