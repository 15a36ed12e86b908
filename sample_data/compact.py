"""The compact form of a truth: all groups of an area in one Parquet file, one row a value.

A group of two hundred columns and three rows is nearly all footer as a Parquet file of its own; in this form the whole
sample's truth takes a tenth. Columns: group, row (from 0), item, value (text); null values have no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from layouts.load import load_area
from layouts.model import Group


def write_compact(area: str, truth: Mapping[str, pl.DataFrame], path: Path) -> None:
    """Writes the groups of an area to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = []
    for group in load_area(area).groups:
        rows = truth[group.name].select(pl.all().cast(pl.String)).with_row_index("row")
        values = rows.unpivot(index="row", variable_name="item").drop_nulls("value")
        parts.append(values.select(pl.lit(group.name).alias("group"), "row", "item", "value"))
    pl.concat(parts).write_parquet(path, compression="zstd", compression_level=15, statistics=False)


def read_compact(path: Path, group: Group) -> pl.DataFrame:
    """One group from such a file, with all its items, typed and in layout order."""
    values = pl.scan_parquet(path).filter(pl.col("group") == group.name).select("row", "item", "value").collect()
    if values.is_empty():
        return pl.DataFrame(schema=group.polars_schema)
    rows = values.pivot("item", index="row", values="value").sort("row")
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None, dtype=pl.String)).cast(dtype).alias(name)
        for name, dtype in group.polars_schema.items()
    )
