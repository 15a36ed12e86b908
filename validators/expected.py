"""Declared counts and totals (``expected.csv`` beside the exports) against what was read and what is delivered.

The vendor declares beforehand how many records each file has and what its amounts add up to, the municipality what
its books say that a control total of the standard must come to; every difference is a finding (L01 counts, L02 sums
and totals). Sums are exact decimals over the staged text of the fields, so they do not depend on any mapping.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal, cast

from layouts import area_ids, load_area
from layouts.errors import Text, TsugiteError
from validators.engine import cursor, quoted

FILE_NAME = "expected.csv"
COLUMNS = ("file", "kind", "field", "value", "note")

Kind = Literal["count", "sum", "total"]
Outcome = Literal["equal", "differs", "missing_file", "not_read", "no_field", "not_comparable"]
"""missing_file: declared, but neither read nor on disk; not_read: on disk, but of no area of this run; no_field:
the file has no such field; not_comparable: the file holds other municipalities' records, or values that are no
numbers. A total is equal, differs, or is of an area outside this run (not_read)."""

Place = tuple[str, str, str]
"""Area id, group slug, item name: where a control total stands."""

_PLACE = re.compile(r"(\d{3}):(.+)")


@dataclass(frozen=True)
class Declared:
    """One line of expected.csv. ``value``: records, or the sum in the field's (a total: the item's) own unit."""

    file: str
    """File name or pattern; of a total ``<area>:<group>``."""
    kind: Kind
    field: str
    value: Decimal
    note: str
    line: int
    place: Place | None = None
    """Of a total: the control total that it declares."""


@dataclass(frozen=True)
class Part:
    """One file that was read: records of every municipality in it, and where its staged text lies."""

    area: str
    export: str
    file: str
    index: int
    records: int
    staged: Path
    other_municipality: int
    """Records of other municipalities in the whole export (staged text holds this municipality's only)."""
    record_types: tuple[str, ...] = ()
    """Kinds of records that the export takes from a file with several; empty: all of them."""


@dataclass(frozen=True)
class Comparison:
    """What became of one declared number. ``actual`` is null where nothing could be counted; ``unreadable`` =
    values that are no numbers."""

    declared: Declared
    outcome: Outcome
    actual: Decimal | None
    areas: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()
    unreadable: int = 0

    @property
    def difference(self) -> Decimal | None:
        return None if self.actual is None else self.actual - self.declared.value


@dataclass(frozen=True)
class Promised:
    """What a trailer record of a file says, and what the reader counted (it has told what is not so, too)."""

    area: str
    export: str
    file: str
    kind: Kind
    field: str
    """The trailer's field."""
    of: str
    """The field that adds up to it; empty for a count."""
    declared: Decimal | None
    """None = the trailer's field is no number."""
    actual: Decimal
    unreadable: int

    @property
    def outcome(self) -> Outcome:
        return "equal" if self.declared == self.actual and not self.unreadable else "differs"


def _broken(path: Path, line: int, ja: str, en: str) -> TsugiteError:
    return TsugiteError(
        "E01",
        Text(f"期待値ファイルを読めません: {ja}", f"The expected counts cannot be read: {en}"),
        f"{path.name}:{line}",
        Text(
            "列は file,kind,field,value,note、kind は count・sum・total のどれか、value は数値にしてください。",
            "Columns are file,kind,field,value,note; kind is count, sum or total; value is a number.",
        ),
    )


def read_expected(path: Path, *, shared: bool = False) -> list[Declared]:
    """The declarations of an expected.csv, in file order; raises :class:`TsugiteError` (E01) naming the line that
    is wrong. ``shared``: it lies beside exports of several municipalities, and can declare no total of one."""
    declared: list[Declared] = []
    seen: dict[tuple[str, str, str], int] = {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise _broken(path, 1, "UTF-8 ではありません", "not UTF-8") from None
    reader = csv.reader(text.splitlines(), strict=True)
    try:
        header = next(reader, [])
        if tuple(header) != COLUMNS:
            raise _broken(path, 1, "見出しが違います", "the header differs")
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            line = reader.line_num
            if len(row) != len(COLUMNS):
                raise _broken(path, line, f"{len(row)} 列あります", f"{len(row)} columns")
            file, kind, field, value, note = (cell.strip() for cell in row)
            key = (file, kind, field)
            if key in seen:
                raise _broken(path, line, f"{seen[key]} 行目と重複しています", f"repeats line {seen[key]}")
            seen[key] = line
            declared.append(_declaration(path, line, file, kind, field, value, note))
            if shared and declared[-1].kind == "total":
                ja, en = "共有のファイルに total は書けません", "a total cannot stand beside shared exports"
                raise _broken(path, line, ja, en)
    except csv.Error as error:
        raise _broken(path, reader.line_num, "CSV の形が壊れています", f"broken CSV: {error}") from None
    return declared


def _declaration(path: Path, line: int, file: str, kind: str, field: str, value: str, note: str) -> Declared:
    place = None
    if not file:
        raise _broken(path, line, "file が空です", "file is empty")
    if kind == "sum":
        if not field:
            raise _broken(path, line, "sum には field が必要です", "a sum needs a field")
    elif kind == "total":
        place = _place(path, line, file, field)
    elif kind != "count":
        raise _broken(path, line, f"kind が {kind!r} です", f"kind is {kind!r}")
    try:
        number = Decimal(value.replace(",", ""))
    except InvalidOperation:
        raise _broken(path, line, "value が数値ではありません", "value is not a number") from None
    if not number.is_finite() or (kind == "count" and (number < 0 or number != int(number))):
        raise _broken(path, line, "value が件数・金額ではありません", "value is no count or amount")
    return Declared(file, cast(Kind, kind), field, number, note, line, place)


def _place(path: Path, line: int, file: str, item: str) -> Place:
    """The control total that a line of kind total names: ``file`` is ``<area>:<group>``."""
    area, group = match.groups() if (match := _PLACE.fullmatch(file)) else ("", "")
    if area not in area_ids() or group not in load_area(area):
        raise _broken(path, line, "file が <業務ID>:<グループ> ではありません", "file is not <area>:<group>")
    found = load_area(area).group(group)
    if item not in {total.name for total in found.control_totals}:
        raise _broken(path, line, "field が合計を照合する項目ではありません", "field is no control total of the group")
    return area, found.slug, item


def compare(
    declared: Iterable[Declared],
    parts: Iterable[Part],
    folders: Iterable[Path],
    totals: Mapping[Place, Decimal],
    areas: Collection[str],
) -> list[Comparison]:
    """Compares declarations with the files read, and with ``totals``: what the control totals of the run's ``areas``
    come to, excluded amounts apart. ``file`` may be a pattern (``JUKI_*.csv``): then it speaks of all files that match.

    A file that only exists on disk under ``folders`` belongs to an area outside this run; one that does not exist
    is missing. A total of which nothing was derived comes to zero.
    """
    parts = list(parts)
    on_disk = {path.name for folder in folders if folder.is_dir() for path in folder.rglob("*") if path.is_file()}
    return [
        _compare_total(entry, entry.place, totals, areas)
        if entry.place is not None
        else _compare(entry, [part for part in parts if fnmatchcase(part.file, entry.file)], on_disk)
        for entry in declared
    ]


def _compare_total(
    declared: Declared, place: Place, totals: Mapping[Place, Decimal], areas: Collection[str]
) -> Comparison:
    if place[0] not in areas:
        return Comparison(declared, "not_read", None)
    actual = totals.get(place, Decimal(0))
    return Comparison(declared, "equal" if actual == declared.value else "differs", actual, (place[0],))


def _compare(declared: Declared, parts: list[Part], on_disk: set[str]) -> Comparison:
    if not parts:
        there = any(fnmatchcase(name, declared.file) for name in on_disk)
        return Comparison(declared, "not_read" if there else "missing_file", None)
    areas = tuple(sorted({part.area for part in parts}))
    exports = tuple(sorted({part.export for part in parts}))
    # One file may be read by several areas, and by several exports that share its kinds of records: each counts once.
    once = list({(part.file, part.record_types): part for part in parts}.values())
    if declared.kind == "count":
        actual = Decimal(sum(part.records for part in once))
        return Comparison(declared, "equal" if actual == declared.value else "differs", actual, areas, exports)
    if any(part.other_municipality for part in once):
        return Comparison(declared, "not_comparable", None, areas, exports)
    actual, unreadable = Decimal(0), 0
    lacking = {part.file for part in once}
    for part in once:
        found = field_sum(part.staged, declared.field, part.index)
        if found is not None:
            lacking.discard(part.file)
            actual, unreadable = actual + found[0], unreadable + found[1]
    if lacking:
        return Comparison(declared, "no_field", None, areas, exports)
    outcome: Outcome = "equal" if actual == declared.value else "differs"
    return Comparison(declared, outcome, actual, areas, exports, unreadable)


def field_sum(staged: Path, field: str, part: int) -> tuple[Decimal, int] | None:
    """Exact sum of a field's staged text over the records of one part, and how many non-empty values are no
    numbers; None = no such field.

    Understood: digits, one decimal point, thousands commas, a sign (``-``, ``+``, ``▲``, ``△``, ``－``) before or
    ``-`` after the digits, spaces around.
    """
    with cursor() as connection:
        source = connection.read_parquet(str(staged))
        if field not in source.columns:
            return None
        column = quoted(field)
        row = connection.execute(
            f"""
            WITH trimmed AS (
                SELECT trim({column}, ' 　') AS value FROM read_parquet(?) WHERE _part = ?
            ), signed AS (
                SELECT regexp_replace(replace(value, ',', ''), '^[▲△－]', '-') AS value FROM trimmed WHERE value <> ''
            ), plain AS (
                SELECT regexp_replace(value, '^([0-9.]+)-$', '-\\1') AS value FROM signed
            ), number AS (
                SELECT TRY_CAST(value AS DECIMAL(38, 8)) AS value,
                       regexp_full_match(value, '[-+]?([0-9]+|[0-9]*[.][0-9]{{1,8}})') AS is_number
                FROM plain
            )
            SELECT coalesce(sum(value) FILTER (is_number), 0),
                   count(*) FILTER (NOT is_number OR value IS NULL)
            FROM number
            """,
            [str(staged), part],
        ).fetchone()
    assert row is not None
    return Decimal(row[0]), int(row[1])
