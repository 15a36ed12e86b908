"""Compares delivered standard files with the truth, item by item and row by row of the same key."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl

from layouts.load import load_area
from layouts.model import Group
from sample_data.compact import read_compact

SCHEMA = {
    "area": pl.String,
    "group": pl.String,
    "item": pl.String,
    "equal": pl.Int64,
    "different": pl.Int64,
    "missing": pl.Int64,
    "extra": pl.Int64,
    "held": pl.Boolean,
}
"""``missing``: rows of the truth that were not delivered; ``extra``: delivered rows that the truth lacks (both
counted per item); ``held``: the vendor holds the item."""
_ITEMS_AT_ONCE = 40

NotHeld = Collection[tuple[str, str, str]]
"""(area, group, item) that the vendor does not hold."""


def not_held(vendor: str) -> set[tuple[str, str, str]]:
    """What a vendor's ``not_held*.csv`` declare."""
    found: set[tuple[str, str, str]] = set()
    for path in sorted((Path(__file__).parent / vendor).glob("not_held*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found |= {(r["area"], r["group"], r["item"]) for r in csv.DictReader(file)}
    return found


def compare(delivery_dir: Path, truth_dir: Path, absent: NotHeld = (), areas: Collection[str] = ()) -> pl.DataFrame:
    """One row per item of every group that the truth holds, with the columns of :data:`SCHEMA`.

    ``delivery_dir``: a delivery (with ``standard/``) or the folder ``standard`` itself. A group that was not
    delivered counts as missing.
    """
    standard = delivery_dir / "standard" if (delivery_dir / "standard").is_dir() else delivery_dir
    parts = [pl.DataFrame(schema=SCHEMA)]
    for area, group, truth in _truths(truth_dir, areas):
        parts.append(_group(area, group, standard / area / f"{group.slug}.parquet", truth, absent))
    return pl.concat(parts)


def _truths(truth_dir: Path, areas: Collection[str]) -> Iterator[tuple[str, Group, pl.LazyFrame]]:
    """Area, group and rows of every group in a folder of truth, in full or in compact form."""
    for path in sorted(p for p in truth_dir.iterdir() if not areas or p.stem in areas):
        for group in load_area(path.stem).groups:
            if path.is_file():
                yield path.stem, group, read_compact(path, group).lazy()
            elif (path / f"{group.slug}.parquet").exists():
                yield path.stem, group, pl.scan_parquet(path / f"{group.slug}.parquet")


def _group(area: str, group: Group, delivered: Path, right: pl.LazyFrame, absent: NotHeld) -> pl.DataFrame:
    key = [item.name for item in group.key]
    left = pl.scan_parquet(delivered) if delivered.exists() else right.limit(0)
    rows: list[tuple[str, str, str, int, int, int, int, bool]] = []
    size = int(right.select(pl.len()).collect().item())
    extra = int(left.join(right.select(key), on=key, how="anti", nulls_equal=True).select(pl.len()).collect().item())
    names = list(group.names)
    for start in range(0, len(names), _ITEMS_AT_ONCE):
        some = names[start : start + _ITEMS_AT_ONCE]
        both = right.select(
            *(pl.col(k).alias(f"k_{i}") for i, k in enumerate(key)), *(pl.col(n).alias(f"t_{n}") for n in some)
        ).join(
            left.select(
                *(pl.col(k).alias(f"k_{i}") for i, k in enumerate(key)), *(pl.col(n).alias(f"d_{n}") for n in some)
            ),
            on=[f"k_{i}" for i in range(len(key))],
            how="inner",
            nulls_equal=True,
        )
        counts = (
            both.select(
                pl.len().alias("both"), *(pl.col(f"t_{n}").eq_missing(pl.col(f"d_{n}")).sum().alias(n) for n in some)
            )
            .collect()
            .row(0, named=True)
        )
        for name in some:
            held = (area, group.name, name) not in absent
            rows.append(
                (
                    area,
                    group.name,
                    name,
                    counts[name],
                    counts["both"] - counts[name],
                    size - counts["both"],
                    extra,
                    held,
                )
            )
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
