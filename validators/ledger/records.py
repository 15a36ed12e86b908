"""The export side of the ledger: one status for every record of every export, from bit masks over record numbers.

Each stage's files mark the records that they mention, one bit for each kind of evidence; a table of 256 entries
turns the byte of a record into its status. Nothing is taken from a stage's own count: accounts and the staged
description are only compared with what the files say. One byte a record: 65 million records take 65 MB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from numpy.typing import NDArray

from layouts.delivery.shapes import REC_PREFIX

BATCH = 1 << 20
CHUNK = 1 << 22

PRESENT, DELIVERED, HELD, EXCLUDED, LOOKED_UP, OVERFLOW, KEPT = (1 << bit for bit in range(7))
"""Bits of a record: staged for this municipality; in a delivered row; in a held row or the quarantine file; in an
exclusion; used as a lookup; in the overflow file; whole in the quarantine or exclusions file."""

STATUSES = (
    "delivered",
    "overflow_only",
    "lookup_only",
    "partly_quarantined",
    "quarantined",
    "excluded",
    "other_municipality",
)
"""The exclusive statuses of a record; a ledger that closes has no other."""

UNACCOUNTED = "unaccounted"
"""A staged record that no file mentions: lost."""
ALIEN = "alien"
"""A record number that some file mentions although the record is not staged."""
NOT_KEPT = "not_kept"
"""A record whose rows were all held back or left out, and which no file has whole: lost as well."""
_OUTCOMES = (*STATUSES, UNACCOUNTED, ALIEN, NOT_KEPT)


def status_of(bits: int, role: str) -> str:
    """The status that the evidence ``bits`` of one record amount to, in an export of that ``role`` (main, join,
    lookup, overflow, mixed)."""
    if not bits & PRESENT:
        return ALIEN if bits else "other_municipality"
    if bits & DELIVERED:
        return "partly_quarantined" if bits & HELD else "delivered"
    if bits & HELD:
        return "quarantined" if bits & KEPT else NOT_KEPT
    if bits & EXCLUDED:
        return "excluded" if bits & KEPT else NOT_KEPT
    if bits & LOOKED_UP or role == "lookup":
        return "lookup_only"
    return "overflow_only" if bits & OVERFLOW else UNACCOUNTED


class RecordBook:
    """The evidence about the records of one export, numbered from 1 to ``records``."""

    def __init__(self, records: int) -> None:
        self.records = records
        self.bits: NDArray[np.uint8] = np.zeros(records + 1, dtype=np.uint8)
        self.outside = 0
        """How many mentions named a record number below 1 or above ``records``."""

    def mark(self, numbers: NDArray[np.int64], bit: int) -> None:
        """Sets ``bit`` for the records ``numbers`` (1-based, any order, repeats allowed)."""
        if not numbers.size:
            return
        if numbers.min() < 1 or numbers.max() > self.records:
            inside = (numbers >= 1) & (numbers <= self.records)
            self.outside += int(numbers.size - np.count_nonzero(inside))
            numbers = numbers[inside]
        self.bits[numbers] |= np.uint8(bit)

    def outcomes(self, role: str) -> dict[str, int]:
        """Records by outcome, every outcome named, zero where there is none."""
        tally = np.zeros(256, dtype=np.int64)
        for start in range(1, self.records + 1, CHUNK):
            tally += np.bincount(self.bits[start : start + CHUNK], minlength=256)
        counts = dict.fromkeys(_OUTCOMES, 0)
        for bits in np.flatnonzero(tally):
            counts[status_of(int(bits), role)] += int(tally[bits])
        return counts


@dataclass
class ExportAccount:
    """What became of the records of one export; ``problems`` are ``name=value`` texts that name no person."""

    area: str
    name: str
    role: str
    read: int
    counts: dict[str, int]
    expected: int | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """Records that no status covers, and mentions of records that do not exist."""
        return self.counts[UNACCOUNTED] + self.counts[ALIEN] + self.counts[NOT_KEPT]


@dataclass(frozen=True)
class Source:
    """One source block of a group: which export its rows come from, and which they were joined with or looked up
    in."""

    main: str
    joins: tuple[str, ...]
    lookups: tuple[str, ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Source:
        return cls(str(raw["from"]), tuple(raw.get("joins", ())), tuple(raw.get("lookups", ())))


@lru_cache(maxsize=4096)
def _footer(path: Path, size: int, modified: int) -> pq.FileMetaData:
    return pq.read_metadata(path)


def footer(path: Path) -> pq.FileMetaData:
    """Footer of a Parquet file, read once as long as the file stays as it is: several questions of the ledger need
    nothing else."""
    known = path.stat()
    return _footer(path, known.st_size, known.st_mtime_ns)


def batches(path: Path, columns: list[str]) -> Iterator[pl.DataFrame]:
    """The named columns of a Parquet file in frames of at most :data:`BATCH` rows."""
    if not footer(path).num_rows:
        return
    with pq.ParquetFile(path) as parquet:
        for batch in parquet.iter_batches(batch_size=BATCH, columns=columns):
            frame = pl.from_arrow(batch)
            assert isinstance(frame, pl.DataFrame)
            yield frame


def columns_of(path: Path) -> list[str]:
    return list(footer(path).schema.names)


def mark_staged(book: RecordBook, path: Path) -> tuple[int, bool]:
    """Marks the staged records; returns how many rows the file holds and whether their numbers strictly increase."""
    rows, last, rising = 0, 0, True
    for frame in batches(path, ["_record"]):
        numbers = frame["_record"].to_numpy()
        rows += numbers.size
        if numbers.size:
            rising = rising and int(numbers[0]) > last and bool((np.diff(numbers) > 0).all())
            last = int(numbers[-1])
        book.mark(numbers, PRESENT)
    return rows, rising


def mark_file(book: RecordBook, path: Path, column: str, bit: int) -> None:
    """Marks every record that ``column`` of the file names."""
    for frame in batches(path, [column]):
        book.mark(frame[column].drop_nulls().to_numpy(), bit)


def mark_rows(
    books: Mapping[str, RecordBook],
    path: Path,
    sources: tuple[Source, ...],
    bit: int,
    *,
    duplicates: bool | None = None,
) -> set[str]:
    """Marks the records that the rows of a lineage or held file come from; returns exports that have a column but
    no book.

    ``bit`` goes to the records of ``from`` and ``joins``, :data:`LOOKED_UP` to those of ``lookups``. ``duplicates``
    chooses rows of a held file: True those that are byte-identical to a kept row, False the others.
    """
    columns = {name: export_of(name) for name in columns_of(path) if name.startswith(REC_PREFIX)}
    wanted = {column: export for column, export in columns.items() if export in books}
    extra = [] if duplicates is None else ["duplicate_of"]
    for frame in batches(path, ["_source", *extra, *wanted]):
        chosen = frame
        if duplicates is not None:
            is_duplicate = pl.col("duplicate_of").is_not_null()
            chosen = frame.filter(is_duplicate if duplicates else ~is_duplicate)
        for index, source in enumerate(sources):
            part = chosen if len(sources) == 1 else chosen.filter(pl.col("_source") == index)
            for column, export in wanted.items():
                for used, mark in (((source.main, *source.joins), bit), (source.lookups, LOOKED_UP)):
                    if export in used:
                        books[export].mark(part[column].drop_nulls().to_numpy(), mark)
    return set(columns.values()) - set(books)


def export_of(column: str) -> str:
    """The export behind a ``_rec_`` column; rows of a child export that became columns have one each
    (``_rec_renraku.1``)."""
    return column.removeprefix(REC_PREFIX).partition(".")[0]


def count_rows(path: Path) -> int:
    """Rows by the footer of a Parquet file."""
    return int(footer(path).num_rows)


def rows_in_step(path: Path) -> bool:
    """Whether the column ``row`` of a lineage file counts 1, 2, 3 ... to its number of rows."""
    expected = 1
    for frame in batches(path, ["row"]):
        numbers = frame["row"].to_numpy()
        if not np.array_equal(numbers, np.arange(expected, expected + numbers.size)):
            return False
        expected += numbers.size
    return True
