"""Small mapped groups for the validators' tests: rows that are right, made from the layout alone, and a run's folder
around them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from layouts import Group, Item, load_area
from layouts.delivery.run import RunContext
from layouts.delivery.shapes import SOURCES_KEY

MUNICIPALITY = "352152"


def context(run_dir: Path, *areas: str, **changes: Any) -> RunContext:
    """A run of 周南市 in ``run_dir`` with nothing in it yet."""
    settings: dict[str, Any] = {
        "run_dir": run_dir,
        "municipality": MUNICIPALITY,
        "municipality_name": "周南市",
        "rehearsal": "r1",
        "areas": areas,
        "vendor": "b_sha",
        "mapping_dir": run_dir,
        "exports_dir": run_dir,
        "delivery_date": "2018-01-04",
        "mask_key": b"0123456789abcdef",
    }
    return RunContext(**(settings | changes))


def plain(item: Item, number: int) -> Any:
    """A value that the item's form allows; ``number`` makes key items differ."""
    if item.type in ("9", "S9"):
        return number % 10**item.digits if item.pk else 1
    if item.type == "9V":
        return Decimal(0)
    if item.type == "DATE":
        return "2020-04-01"
    if item.type == "TIME":
        return "09:00:00"
    if item.type == "YEAR":
        return "2020"
    if item.type == "X" and item.name.endswith("市区町村コード"):
        return MUNICIPALITY
    if item.type == "X" and item.pk:
        return str(number).zfill(item.digits)[-item.digits :]
    return None


def rows_of(area: str, group: str, count: int, **items: Sequence[Any] | Any) -> pl.DataFrame:
    """``count`` rows of a group: key items filled, other items null, then ``items`` (a list with a value a row, or
    one value for all)."""
    layout = load_area(area).group(group)
    columns: dict[str, list[Any]] = {
        item.name: [plain(item, number + 1) if item.pk else None for number in range(count)] for item in layout.items
    }
    for name, values in items.items():
        columns[layout.item(name).name] = list(values) if isinstance(values, (list, tuple)) else [values] * count
    return pl.DataFrame(columns, schema=layout.polars_schema, strict=False)


def write_mapped(ctx: RunContext, area: str, rows: pl.DataFrame, group: Group | str, export: str = "juki") -> Path:
    """Write ``rows`` as the mapped file of a group: record n of ``export`` at byte offset 100 * (n - 1) is row n."""
    layout = load_area(area).group(group) if isinstance(group, str) else group
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    mapped = rows.select(
        _row=number,
        _source=pl.lit(0, dtype=pl.UInt16),
        _occurrence=pl.lit(None, dtype=pl.Int16),
        **{f"_rec_{export}": number},
        _off=(number - 1) * 100,
    ).hstack(rows)
    path = ctx.mapped(area) / f"{layout.slug}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    sources = json.dumps([{"from": export, "joins": [], "lookups": []}])
    mapped.write_parquet(path, metadata={SOURCES_KEY: sources})
    return path


def findings(ctx: RunContext, name: str) -> pl.DataFrame:
    return pl.read_parquet(ctx.findings / f"{name}.findings.parquet")


def counts(table: pl.DataFrame, *rules: str) -> Mapping[tuple[str, str | None], int]:
    """Rule and item -> count, of the rules asked for."""
    wanted = table.filter(pl.col("rule").is_in(rules)).group_by("rule", "item").agg(pl.col("count").sum())
    return {(rule, item): count for rule, item, count in wanted.iter_rows()}


def resident_rows(count: int, **items: Sequence[Any] | Any) -> pl.DataFrame:
    """Rows of 住民情報 that are current residents."""
    return rows_of("001", "住民情報", count, **({"最新フラグ": "1", "削除フラグ": "0", "住民状態": "1"} | items))
