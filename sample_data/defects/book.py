"""The answer key while it is being written: root defects, what becomes of values and rows, and the order of records."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

ANSWERS = pl.Schema(
    {
        "root": pl.Int64(),
        "municipality": pl.String(),
        "area": pl.String(),
        "export": pl.String(),
        "file": pl.String(),
        "record": pl.Int64(),
        "field": pl.String(),
        "group": pl.String(),
        "item": pl.String(),
        "key": pl.String(),
        "kind": pl.String(),
        "rule": pl.String(),
        "found_group": pl.String(),
        "found_key": pl.String(),
        "detectable": pl.Boolean(),
    }
)
"""``export``: the table's name in lower case; ``record``: its number over all files of the table in name order;
``key``: the group's key as delivered, joined by ``|``; ``rule``: the finding expected, ``found_group`` and
``found_key``: the row that it names (of a cross rule perhaps another one), or for a declared number ``<file>`` or
``<file>|<field>``. A root of which no place is known (a whole file) has nulls there."""

CONSEQUENCES = pl.Schema(
    {
        "municipality": pl.String(),
        "area": pl.String(),
        "export": pl.String(),
        "record": pl.Int64(),
        "field": pl.String(),
        "group": pl.String(),
        "item": pl.String(),
        "key": pl.String(),
        "rule": pl.String(),
    }
)
"""One line a finding's place: the key of a row, or export, field and record."""

VALUES = pl.Schema(
    {
        "area": pl.String(),
        "group": pl.String(),
        "key": pl.String(),
        "item": pl.String(),
        "value": pl.String(),
        "form": pl.Boolean(),
        "arrives": pl.String(),
    }
)
"""What a delivered value is, as text, where it is not the truth's. ``form``: found for its form, so not missing on top;
``arrives``: the amount that the export has, which may be more than what can be delivered."""


@dataclass(eq=False)
class Root:
    """A root defect; the record's number is settled when all files of its table are known."""

    area: str
    kind: str
    rule: str
    detectable: bool
    export: str | None = None
    file: str | None = None
    index: int | None = None
    """Place of the record in its file, from 0."""
    field: str | None = None
    group: str | None = None
    item: str | None = None
    key: str | None = None
    found_group: str | None = None
    found_key: str | None = None


@dataclass(eq=False)
class Place:
    """A consequence that is known when the root is planted."""

    area: str
    rule: str
    export: str | None = None
    file: str | None = None
    index: int | None = None
    field: str | None = None
    group: str | None = None
    item: str | None = None
    key: str | None = None


@dataclass
class Book:
    """Everything about one municipality's defects."""

    municipality: str
    roots: list[Root] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    values: list[pl.DataFrame] = field(default_factory=list)
    """In :data:`VALUES`."""
    dropped: list[tuple[str, str, str]] = field(default_factory=list)
    """(area, group, key) of rows that are not delivered."""
    arrived: list[tuple[str, str, str, int]] = field(default_factory=list)
    """(area, group, key, times): rows that come once more than the truth has them (1), or not at all (-1)."""
    files: dict[tuple[str, str], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """(area, table in lower case) -> file -> records."""
    cells: list[pl.DataFrame] = field(default_factory=list)
    """Consequences in many records: area, rule, export, file, index, field."""
    doubled: tuple[str, str] | None = None
    """The file that lies there twice, and its second name."""
    entities: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Area -> people (or keys) that have a defect already."""

    def take(self, area: str, entity: str) -> bool:
        """Whether the entity has no defect yet; it has one from now on."""
        if entity in self.entities[area]:
            return False
        self.entities[area].add(entity)
        return True

    def first_record(self, area: str, export: str, file: str) -> int:
        """Number of a file's first record over all files of its table, from 1."""
        return 1 + sum(count for name, count in self.files[area, export].items() if name < file)

    def _number(self, one: Root | Place) -> int | None:
        if one.export is None or one.file is None or one.index is None:
            return None
        return self.first_record(one.area, one.export, one.file) + one.index

    def answers(self) -> pl.DataFrame:
        """All roots in :data:`ANSWERS`, numbered from 1."""
        rows = [
            (
                n,
                self.municipality,
                r.area,
                r.export,
                r.file,
                self._number(r),
                r.field,
                r.group,
                r.item,
                r.key,
                r.kind,
                r.rule,
                r.group if r.found_key is None else r.found_group,
                r.key if r.found_key is None else r.found_key,
                r.detectable,
            )
            for n, r in enumerate(self.roots, start=1)
        ]
        return pl.DataFrame(rows, schema=ANSWERS, orient="row")

    def known(self) -> pl.DataFrame:
        """The consequences known so far, in :data:`CONSEQUENCES`."""
        rows = [
            (self.municipality, p.area, p.export, self._number(p), p.field, p.group, p.item, p.key, p.rule)
            for p in self.places
        ]
        parts = [pl.DataFrame(rows, schema=CONSEQUENCES, orient="row")]
        for cells in self.cells:
            area, export, file = cells.select("area", "export", "file").row(0)
            first = self.first_record(area, export, file)
            missing = [pl.lit(None, dtype=pl.String).alias(name) for name in ("group", "item", "key")]
            placed = cells.with_columns(
                *missing, municipality=pl.lit(self.municipality), record=pl.col("index") + first
            )
            parts.append(placed.select(CONSEQUENCES.names()).cast(CONSEQUENCES))
        return pl.concat(parts)

    def write(self, folder: Path, consequences: pl.DataFrame) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.answers().write_parquet(folder / "answers.parquet")
        pl.concat([self.known(), consequences]).unique(maintain_order=True).write_parquet(
            folder / "consequences.parquet"
        )
