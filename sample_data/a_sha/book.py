"""A社's tables as its manual describes them: ``tables.csv`` and ``areas/<area>.csv``, and the bytes each field takes.

A table is a kind of data record. Tables with the same file are kinds of records of one file (a record type each). A
field belongs to the record itself, to one of two definitions of the same bytes (``variant``), or to the record's table
of claims side by side (``occurs`` = ``*``); a field of its own may occur several times (``occurs`` = a number).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

FOLDER = Path(__file__).parent
_PICTURE = re.compile(r"(S?)([XN9])\((\d+)\)(?:V9\((\d+)\))?")


@dataclass(frozen=True)
class Field:
    """One elementary item of a record. ``items``: standard items it comes from, one an occurrence."""

    name: str
    picture: str
    usage: str
    occurs: str
    variant: str
    kind: str
    codes: str
    group: str
    items: tuple[str, ...]
    label: str
    note: str

    @property
    def times(self) -> int:
        """Occurrences within its place."""
        return int(self.occurs) if self.occurs not in ("", "*") else 1

    @cached_property
    def shape(self) -> tuple[bool, str, int, int]:
        """Signed, X / N / 9, digits or characters, digits behind the point."""
        found = _PICTURE.fullmatch(self.picture)
        if found is None:
            raise ValueError(f"{self.name}: PICTURE {self.picture}")
        scale = int(found[4] or 0)
        return bool(found[1]), found[2], int(found[3]) + scale, scale

    @property
    def size(self) -> int:
        """Bytes of one occurrence."""
        _, letter, digits, _ = self.shape
        if letter == "N":
            return 2 * digits
        if self.usage == "COMP-3":
            return digits // 2 + 1
        if self.usage == "COMP":
            return 2 if digits <= 4 else 4 if digits <= 9 else 8
        return digits

    @property
    def number(self) -> bool:
        return self.shape[1] == "9"

    @property
    def column(self) -> str:
        """Name in frames (and of what reads the copybook): ``_`` for ``-``."""
        return self.name.replace("-", "_")

    def columns(self, times: int) -> list[str]:
        """Names of its occurrences."""
        if self.occurs == "":
            return [self.column]
        count = times if self.occurs == "*" else self.times
        width = len(str(count))
        return [f"{self.column}_{number:0{width}}" for number in range(1, count + 1)]


@dataclass(frozen=True)
class Table:
    """One kind of data record; see ``tables.csv`` in the README."""

    area: str
    name: str
    file: str
    type: str
    form: str
    """fixed, or variable: behind record descriptor words, the table of claims only as long as it is filled."""
    title: str
    group: str
    """The standard group whose rows it holds."""
    other: str
    """Another group that the same records hold (of the same key, without what tells histories apart)."""
    where: str
    """``item=value``: only these rows of the group."""
    optional: bool
    """Only rows of which an item that is no key is set."""
    number: str
    """Item that numbers the claims side by side; empty: one record a row."""
    times: int
    """Claims side by side at most."""
    by: str
    """Field that says which of two definitions holds; ``variants``: its values for each."""
    variants: Mapping[str, tuple[str, ...]]
    totals: tuple[str, ...]
    """Fields whose totals stand in the trailer."""
    cancelled: str
    """Number field of a table that keeps cancelled records: they have numbers from 500 on; empty: it keeps none."""
    fields: tuple[Field, ...]

    @property
    def claims(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.occurs == "*")

    @property
    def counter(self) -> Field | None:
        """The field that says how many claims follow."""
        return next((field for field in self.fields if field.kind == "counter"), None)

    def definition(self, variant: str) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.variant == variant)

    @property
    def area_size(self) -> int:
        """Bytes that the two definitions share."""
        return max((sum(f.size for f in self.definition(v)) for v in self.variants), default=0)

    @property
    def length(self) -> int:
        """Bytes of a record with all claims; its type included."""
        plain = sum(field.size * field.times for field in self.fields if not field.variant and field.occurs != "*")
        return 1 + plain + self.area_size + self.times * sum(field.size for field in self.claims)

    @property
    def columns(self) -> list[str]:
        """Columns of its frames: every occurrence of every field but FILLER, in the order of the bytes."""
        plain = [n for field in self.fields if field.occurs != "*" for n in field.columns(0)]
        width = len(str(self.times))
        return plain + [
            f"{field.column}_{number:0{width}}" for number in range(1, self.times + 1) for field in self.claims
        ]


def _values(text: str) -> Mapping[str, tuple[str, ...]]:
    """``KOJIN=1 4;HOJIN=2`` as names and values."""
    pairs = (part.split("=") for part in text.split(";") if part)
    return {name: tuple(values.split()) for name, values in pairs}


@cache
def fields(area: str) -> dict[str, tuple[Field, ...]]:
    """The fields of an area's tables, in the order of the bytes."""
    found: dict[str, list[Field]] = {}
    with (FOLDER / "areas" / f"{area}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["table"], []).append(
                Field(
                    row["name"],
                    row["picture"],
                    row["usage"],
                    row["occurs"],
                    row["variant"],
                    row["kind"],
                    row["codes"],
                    row["group"],
                    tuple(row["items"].split("|")) if row["items"] else (),
                    row["label"],
                    row["note"],
                )
            )
    return {table: tuple(of) for table, of in found.items()}


@cache
def tables() -> tuple[Table, ...]:
    """All tables, in the order of the manual."""
    with (FOLDER / "tables.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Table(
                row["area"],
                row["table"],
                row["file"],
                row["type"],
                row["form"],
                row["title"],
                row["group"],
                row["other"],
                row["where"],
                row["optional"] == "1",
                row["number"],
                int(row["times"] or 0),
                row["by"],
                _values(row["variants"]),
                tuple(row["totals"].split()),
                row["cancelled"],
                fields(row["area"])[row["table"]],
            )
            for row in csv.DictReader(file)
        )


def areas() -> list[str]:
    return list(dict.fromkeys(table.area for table in tables()))


def files(area: str) -> dict[str, list[Table]]:
    """File stem -> its kinds of records."""
    found: dict[str, list[Table]] = {}
    for table in tables():
        if table.area == area:
            found.setdefault(table.file, []).append(table)
    return found


@cache
def codes(area: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Code group -> standard value -> (A社's value, label)."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    with (FOLDER / "code_book.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["area"] == area:
                found.setdefault(row["code_group"], {})[row["standard"]] = (row["value"], row["label"])
    return found
