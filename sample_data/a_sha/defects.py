"""Plants in A社's files what only a mainframe's records can be wrong in, byte by byte, with an answer key.

``answers.csv`` beside the exports' folder: kind, rule (the finding expected), area, file, export, record (number in the
export; empty for trailers), field. A record gets one defect at most.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from layouts.load import load_area
from sample_data.a_sha import book

SET = "mainframe"
"""Name of the set of these defects."""
VENDOR = "a_sha"
VARIANTS = ("a_sha_keis", "a_sha_jips")
"""Vendors whose records are A社's in other characters; they have no defects."""
PLACES = 2
"""Records a kind of defect and table."""
COLUMNS = ("kind", "rule", "area", "file", "export", "record", "field")
_TYPE_SIZE, _COUNT_SIZE, _TOTAL_SIZE = 1, 9, 8
_SHIFT_IN, _SPACE = 0x29, 0x40


@dataclass(frozen=True)
class Answer:
    """One planted defect."""

    kind: str
    rule: str
    area: str
    file: str
    export: str
    record: int | None
    field: str


@dataclass
class _File:
    """A file's bytes, and where its data records of each kind begin and end."""

    path: Path
    raw: bytearray
    records: list[tuple[int, int]]

    def save(self) -> None:
        self.path.write_bytes(self.raw)


Damage = Callable[[bytearray, int, int], bool]
"""Changes bytes from one position to another; False where these bytes do not lend themselves to it."""


def plant(exports: Path, areas: Sequence[str], seed: int) -> list[Answer]:
    """Damages files below ``exports``, and writes ``answers.csv`` beside the folder."""
    found: list[Answer] = []
    for area in areas:
        for stem, tables in book.files(area).items():
            paths = sorted([*exports.glob(f"{stem}.DAT"), *exports.glob(f"{stem}_*.DAT")], key=lambda path: path.name)
            files = [_read(path, tables) for path in paths]
            draw = np.random.default_rng([seed, *stem.encode()])
            found += _damaged(area, stem, tables, files, draw)
            for file in files:
                file.save()
    with (exports.parent / "answers.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(answer, name) for name in COLUMNS] for answer in found)
    return found


def _read(path: Path, tables: Sequence[book.Table]) -> _File:
    raw = bytearray(path.read_bytes())
    length = max(table.length for table in tables)
    records, at = [], 0
    while at < len(raw):
        if tables[0].form == "variable":
            size = int.from_bytes(raw[at : at + 2], "big")
            records.append((at + 4, at + size))
        else:
            size = length
            records.append((at, at + size))
        at += size
    return _File(path, raw, records)


def _damaged(
    area: str, stem: str, tables: Sequence[book.Table], files: Sequence[_File], draw: np.random.Generator
) -> Iterator[Answer]:
    for table in tables:
        kind = 0xF0 | int(table.type)
        every = [(file, a, b) for file in files for a, b in file.records if file.raw[a] == kind]
        order = draw.permutation(len(every)).tolist()
        export = table.name.lower()
        for name, rule, field, start, size, damage in _kinds(area, table, len(tables) == 1):
            done = 0
            while done < PLACES and order:
                number = order.pop()
                file, begin, _ = every[number]
                if not damage(file.raw, begin + start, begin + start + size):
                    continue
                done += 1
                yield Answer(name, rule, area, file.path.name, export, number + 1, field)
    if files and len(tables) == 1:
        yield from _trailers(area, tables[0], files[-1])


def _kinds(area: str, table: book.Table, alone: bool) -> Iterator[tuple[str, str, str, int, int, Damage]]:
    """Kind, rule, field, its place within the record, and how it is damaged."""
    group = load_area(area).group(table.group)
    plain, at = [], _TYPE_SIZE
    for field in (f for f in table.fields if not f.variant and f.occurs != "*"):
        plain.append((field, at))
        at += field.size * field.times
    for field, start in plain:
        item = group.item(field.items[0]) if field.occurs == "" and field.group == group.name and field.items else None
        if item is None or item.pk or item.control_total or field.column in table.totals or field.name == table.by:
            continue
        if field.kind == "number" and field.usage == "COMP-3":
            yield "bad_nibble", "R12", field.column, start, field.size, _nibble
        elif field.number and field.usage == "" and field.kind in ("w7", "number"):
            yield "bad_zone", "R12", field.column, start, field.size, _zone
        elif field.kind == "mixed":
            yield "shift_missing", "R13", field.column, start, field.size, _unshifted
    for field, start in plain:
        if field.name == table.by:
            yield "redefines_unknown", "R14", "", start, field.size, _nines
        if field.kind == "counter":
            yield "occurs_impossible", "R15", "", start, field.size, _nines
    if alone and table.form == "fixed":
        yield "type_unknown", "R14", "REC_KBN", 0, _TYPE_SIZE, _nines


def _nibble(raw: bytearray, start: int, stop: int) -> bool:
    """A half byte that is no digit. Low values say that there is no value: they are left."""
    if not any(raw[start:stop]):
        return False
    raw[start] = 0xB0 | (raw[start] & 0x0F)
    return True


def _zone(raw: bytearray, start: int, stop: int) -> bool:
    """A letter among the digits."""
    if raw[start] == _SPACE:
        return False
    raw[stop - 1] = 0x5A
    return True


def _unshifted(raw: bytearray, start: int, stop: int) -> bool:
    """Double bytes to the end of the field."""
    last = bytes(raw[start:stop]).rfind(_SHIFT_IN)
    if last < 0 or (stop - start - last) % 2 or set(raw[start + last + 1 : stop]) - {_SPACE}:
        return False
    raw[start + last] = _SPACE
    return True


def _nines(raw: bytearray, start: int, stop: int) -> bool:
    raw[start:stop] = b"\xf9" * (stop - start)
    return True


def _trailers(area: str, table: book.Table, file: _File) -> Iterator[Answer]:
    """Another last digit in the count of a file's trailer, and in its first total."""
    begin, _ = file.records[-1]
    place = (area, file.path.name, table.name.lower())
    last = begin + _TYPE_SIZE + _COUNT_SIZE - 1
    file.raw[last] = 0xF0 | ((file.raw[last] & 0x0F) + 1) % 10
    yield Answer("trailer_count", "L01", *place, None, f"KENSU_{table.type}")
    if table.totals:
        digit = last + _TOTAL_SIZE
        file.raw[digit] = ((file.raw[digit] >> 4) + 1) % 10 << 4 | (file.raw[digit] & 0x0F)
        yield Answer("trailer_total", "L02", *place, None, f"GOKEI_{table.type}1")
