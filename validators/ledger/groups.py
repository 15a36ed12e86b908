"""The group side of the ledger and the control totals: rows and amounts, counted again in the files that a group
left.

Rows: derived = delivered + quarantined + identical, each from a file's footer, and delivered equal in standard
Parquet, lineage and CSV. Amounts: source = excluded + nulled by the map stage + nulled by validators + quarantined
+ identical + delivered, to the last digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from validators.engine import cursor, quoted
from validators.ledger.records import columns_of, count_rows

MISSING = -1
"""Stands for the row count of a file that is not there."""


@dataclass
class GroupAccount:
    """Rows of one group; ``problems`` name what does not fit."""

    area: str
    slug: str
    derived: int
    delivered: int
    quarantined: int
    identical: int
    problems: list[str] = field(default_factory=list)


@dataclass
class ControlTotal:
    """One amount of one group, in the item's own unit. ``difference`` is what the equation leaves over."""

    area: str
    group: str
    item: str
    source: Decimal | None
    """Sum over the raw text, None where the map stage could not sum it apart from its own work."""
    excluded: Decimal = Decimal(0)
    nulled_map: Decimal = Decimal(0)
    nulled: Decimal = Decimal(0)
    quarantined: Decimal = Decimal(0)
    identical: Decimal = Decimal(0)
    delivered: Decimal = Decimal(0)
    problems: list[str] = field(default_factory=list)
    expected: Decimal | None = None
    """What the municipality's books say, as declared before the migration; None where nothing was declared."""

    @property
    def due(self) -> Decimal:
        """What should have been delivered: the source without what a signed rule leaves out. Where the source could
        not be summed, what the equation has on its other side."""
        if self.source is not None:
            return self.source - self.excluded
        return self.nulled_map + self.nulled + self.quarantined + self.identical + self.delivered

    @property
    def against_expected(self) -> Decimal | None:
        """Delivered less declared."""
        return None if self.expected is None else self.delivered - self.expected

    @property
    def unexplained(self) -> Decimal | None:
        """The part of :attr:`against_expected` that is not an amount nulled, quarantined or left out as identical."""
        return None if self.expected is None else self.due - self.expected

    @property
    def difference(self) -> Decimal | None:
        if self.source is None:
            return None
        accounted = self.excluded + self.nulled_map + self.nulled + self.quarantined + self.identical + self.delivered
        return self.source - accounted

    @property
    def closes(self) -> bool | None:
        """None = not checked."""
        if self.source is None and not self.problems:
            return None
        return not self.difference and not self.problems


@dataclass(frozen=True)
class GroupFiles:
    """Where the files of one group lie; a path that does not exist counts as missing, never as empty, except
    ``held``."""

    mapped: Path
    held: Path
    nulled: Path
    standard: Path
    lineage: Path
    csv: Path | None
    csv_header: bool = True
    """Whether the delivery profile writes a header line."""


def count_csv_records(path: Path, *, header: bool = True) -> int:
    """Records of a standard CSV, quoted line breaks not counted; -1 where the file cannot be read as CSV."""
    try:
        lazy = pl.scan_csv(path, infer_schema=False, encoding="utf8-lossy", has_header=header)
        return int(lazy.select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError):
        return MISSING


def _rows(path: Path) -> int:
    return count_rows(path) if path.exists() else MISSING


def _held_rows(path: Path) -> tuple[int, int]:
    """Rows held back, and rows held back as byte-identical to a kept one."""
    if not path.exists() or not count_rows(path):
        return 0, 0
    flagged = pl.scan_parquet(path).select(pl.len(), pl.col("duplicate_of").count()).collect()
    every, identical = flagged.row(0)
    return int(every) - int(identical), int(identical)


def account_group(
    area: str, slug: str, files: GroupFiles, map_account: Mapping[str, Any], validate_account: Mapping[str, Any]
) -> GroupAccount:
    """Counts a group's rows in its files and compares them with both stages' accounts (empty mapping: the stage
    told nothing)."""
    quarantined, identical = _held_rows(files.held)
    group = GroupAccount(area, slug, max(_rows(files.mapped), 0), max(_rows(files.standard), 0), quarantined, identical)
    counted = {
        "mapped": _rows(files.mapped),
        "standard": _rows(files.standard),
        "lineage": _rows(files.lineage),
        "csv": count_csv_records(files.csv, header=files.csv_header) if files.csv is not None else MISSING,
    }
    group.problems += [f"{name}=missing" for name, rows in counted.items() if rows == MISSING]
    for name in ("lineage", "csv"):
        if counted[name] not in (MISSING, group.delivered):
            group.problems.append(f"{name}={counted[name]} standard={group.delivered}")
    parts = group.delivered + quarantined + identical
    if parts != group.derived:
        group.problems.append(f"derived={group.derived} delivered+quarantined+identical={parts}")
    told = {"map.rows": (map_account.get("rows"), group.derived)}
    for name in ("derived", "delivered", "quarantined", "identical"):
        told[f"validate.{name}"] = (validate_account.get(name), getattr(group, name))
    for name, (said, found) in told.items():
        if said != found:
            group.problems.append(f"{name}={'missing' if said is None else said} counted={found}")
    return group


def sums(path: Path, items: Iterable[str], where: str = "TRUE") -> dict[str, Decimal]:
    """Exact sums of numeric items over a Parquet file; an item that the file lacks is left out, a sum over nothing
    is 0."""
    if not path.exists():
        return {}
    present = set(columns_of(path))
    wanted = [item for item in items if item in present]
    if not wanted:
        return {}
    if not count_rows(path):
        return dict.fromkeys(wanted, Decimal(0))
    columns = ", ".join(f"sum({quoted(item)})" for item in wanted)
    with cursor() as connection:
        row = connection.execute(f"SELECT {columns} FROM read_parquet(?) WHERE {where}", [str(path)]).fetchone()
    assert row is not None
    return {item: Decimal(value or 0) for item, value in zip(wanted, row, strict=True)}


def nulled_sums(mapped: Path, nulled: Path, items: Iterable[str]) -> dict[str, Decimal]:
    """Exact sums of the values that validators nulled: looked up in the mapped file, row by row of the nulled list."""
    if not mapped.exists() or not nulled.exists() or not count_rows(nulled):
        return {}
    found: dict[str, Decimal] = {}
    with cursor() as connection:
        present = connection.execute("SELECT DISTINCT item FROM read_parquet(?)", [str(nulled)]).fetchall()
        for item in sorted({name for (name,) in present} & set(items)):
            row = connection.execute(
                f"""
                SELECT sum({quoted(item)}) FROM read_parquet(?)
                WHERE _row IN (SELECT _row FROM read_parquet(?) WHERE item = ?)
                """,
                [str(mapped), str(nulled), item],
            ).fetchone()
            assert row is not None
            found[item] = Decimal(row[0] or 0)
    return found


def control_totals(
    area: str,
    slug: str,
    files: GroupFiles,
    map_account: Mapping[str, Any],
    validate_account: Mapping[str, Any],
    flagged: Iterable[str] = (),
) -> list[ControlTotal]:
    """Control totals of a group: source, excluded and nulled_map as the map stage told, all else summed in the files.

    ``flagged``: the items whose totals the layout wants reconciled. One that no stage summed at the source, and
    that is delivered nevertheless, comes back with ``source`` None: not checked, which is neither closed nor open.
    """
    mapped_totals: Mapping[str, Any] = map_account.get("control_totals", {})
    validated_totals: Mapping[str, Any] = validate_account.get("control_totals", {})
    independent: Mapping[str, bool] = map_account.get("independent", {})
    items = sorted({*mapped_totals, *validated_totals, *flagged})
    derived = sums(files.mapped, items)
    delivered = sums(files.standard, items)
    quarantined = sums(files.held, items, "duplicate_of IS NULL")
    identical = sums(files.held, items, "duplicate_of IS NOT NULL")
    nulled = nulled_sums(files.mapped, files.nulled, items)
    totals = []
    for item in items:
        told_map, told_validate = mapped_totals.get(item, {}), validated_totals.get(item, {})
        if item not in mapped_totals and not delivered.get(item) and not derived.get(item):
            continue
        entry = ControlTotal(
            area,
            slug,
            item,
            source=_amount(told_map, "source") if told_map and independent.get(item, True) else None,
            excluded=_amount(told_map, "excluded"),
            nulled_map=_amount(told_map, "nulled"),
            nulled=nulled.get(item, Decimal(0)),
            quarantined=quarantined.get(item, Decimal(0)),
            identical=identical.get(item, Decimal(0)),
            delivered=delivered.get(item, Decimal(0)),
        )
        if told_map and not told_validate:
            entry.problems.append("validate=missing")
        entry.problems += [
            f"{name}=missing" for name, found in (("mapped", derived), ("standard", delivered)) if item not in found
        ]
        counted = {
            "derived": derived.get(item, Decimal(0)),
            "delivered": entry.delivered,
            "quarantined": entry.quarantined,
            "identical": entry.identical,
            "nulled": entry.nulled,
        }
        for name, found in counted.items():
            if told_validate and _amount(told_validate, name) != found:
                entry.problems.append(f"validate.{name}={_amount(told_validate, name)} counted={found}")
        parts = entry.delivered + entry.quarantined + entry.identical + entry.nulled
        if parts != counted["derived"]:
            entry.problems.append(f"derived={counted['derived']} delivered+quarantined+identical+nulled={parts}")
        if entry.source is not None:
            from_source = entry.source - entry.excluded - entry.nulled_map
            if from_source != counted["derived"]:
                entry.problems.append(f"source-excluded-nulled={from_source} derived={counted['derived']}")
        totals.append(entry)
    return totals


def _amount(told: Mapping[str, Any], name: str) -> Decimal:
    """An amount out of an account's JSON (decimal text); absent is 0."""
    return Decimal(str(told.get(name) or 0))
