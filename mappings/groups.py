"""One group: its blocks run as one streaming plan with several outlets - rows, rows to look at twice, records set
aside, amounts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Any

import polars as pl

from layouts import Area, Group, Item
from layouts.delivery.shapes import (
    AREA_KEY,
    COMPRESSION_LEVEL,
    GROUP_KEY,
    LAYOUT_HASH_KEY,
    LAYOUT_VERSION_KEY,
    MAPPED_OFFSET,
    ROW_GROUP_ROWS,
    SOURCES_KEY,
    publish,
    rec_column,
)
from mappings import secondlook
from mappings.block import BlockPlan, Staged, plan_block
from mappings.items import MONEY, Context, Plan, out_name
from mappings.model import Block
from mappings.secondlook import judge, suspects

SUM = pl.Decimal(38, 4)
_FORM: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": COMPRESSION_LEVEL,
    "row_group_size": ROW_GROUP_ROWS,
}


@dataclass(frozen=True)
class Use:
    """One way in which a block carries a field of an export."""

    export: str
    field: str
    rec: str
    """Column with the export's record numbers, in mapped rows and in ``problems``."""
    ref: str
    """Column with the raw text in ``problems``."""
    mask: str | None
    """Column of ``problems`` that is true where the text is not carried; None: always carried."""
    occurrence: int | None
    cause: str
    block: BlockOutcome


@dataclass
class BlockOutcome:
    """Where the outlets of one block went."""

    plan: BlockPlan
    suspects: Path | None = None
    """Rows that need a second look (see :mod:`mappings.secondlook`)."""
    problems: Path | None = None
    """The same rows, judged: ``_record``, ``_offset``, ``_rec_*``, ``?key``, raw fields, masks."""
    masks: frozenset[str] = frozenset()
    """The masks that ``problems`` has; any other is false everywhere. Empty: there is no file."""
    aside: Path | None = None
    """Records that the block does not take: ``_record``, ``_offset``, ``_rec_*``, ``_status``."""
    dropped: Path | None = None
    """Occurrences without a row that are not spelled as declared: ``_record``, ``?occurrence``, raw names."""
    rows: int = 0


@dataclass
class GroupOutcome:
    """A mapped group: its file, its blocks, and the amounts of its control totals (item -> line -> decimal text)."""

    group: Group
    path: Path
    rows: int
    blocks: list[BlockOutcome]
    control_totals: dict[str, dict[str, str]]
    independent: dict[str, bool]


def map_group(
    area: Area,
    group: Group,
    blocks: list[Block],
    records: dict[str, tuple[str, ...]],
    keys: Mapping[str, list[str]],
    staged: Staged,
    context: Context,
    path: Path,
    work: Path,
    examples: int,
    sizes: Mapping[str, int],
) -> GroupOutcome:
    """Map one group into ``path``. ``keys``: export -> fields of its business key; ``sizes``: export -> records.
    ``work`` takes the other outlets."""
    plans = [
        plan_block(block, index, group, records, staged, context, work / f"{group.slug}.{index}", examples)
        for index, block in enumerate(blocks)
    ]
    work.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    exports = list(dict.fromkeys(export for plan in plans for export in plan.row_exports))
    rows = pl.concat([_rows(plan, exports) for plan in plans])
    rows = rows.with_row_index("_row", offset=1).with_columns(pl.col("_row").cast(pl.Int64))
    partial = path.with_name(f".{path.name}.partial")
    outlets = [_Outlet(rows, partial, _metadata(area, group, plans))]
    outcomes = []
    for plan in plans:
        outcome = BlockOutcome(plan)
        stem = f"{group.slug}.{plan.index}"
        for name, frame in (
            ("suspects", suspects(plan, keys.get(plan.block.source, []))),
            ("aside", _aside(plan)),
            ("dropped", _dropped(plan)),
        ):
            if frame is not None:
                target = work / f"{stem}.{name}.parquet"
                setattr(outcome, name, target)
                outlets.append(_Outlet(frame, target))
        outcomes.append(outcome)
    totals = [_totals(plan) for plan in plans]
    wanted = [frame for frame in totals if frame is not None]
    sums = iter(_run(outlets, wanted, sum(sizes[block.source] for block in blocks)))
    amounts, independent = _amounts(group, plans, [next(sums) if frame is not None else None for frame in totals])
    publish(partial, path)
    for outcome in outcomes:
        if outcome.suspects is not None:
            outcome.problems = work / f"{group.slug}.{outcome.plan.index}.problems.parquet"
            outcome.masks = judge(outcome.plan, outcome.suspects, outcome.problems)
    count = pl.scan_parquet(path).select(pl.len()).collect().item()
    if len(outcomes) == 1:
        outcomes[0].rows = count
    else:
        by_source = pl.scan_parquet(path).group_by("_source").len().collect()
        for source, height in by_source.iter_rows():
            outcomes[source].rows = height
    return GroupOutcome(group, path, count, outcomes, amounts, independent)


@dataclass(frozen=True)
class _Outlet:
    """One file that a group's plan fills."""

    frame: pl.LazyFrame
    path: Path
    metadata: dict[str, str] | None = None


def _run(outlets: list[_Outlet], totals: list[pl.LazyFrame], records: int) -> list[pl.DataFrame]:
    """Fill all outlets in one pass over the records; returns the totals."""
    if records <= secondlook.SMALL:
        frames = pl.collect_all([*[outlet.frame for outlet in outlets], *totals], engine="in-memory")
        for outlet, frame in zip(outlets, frames, strict=False):
            frame.write_parquet(outlet.path, **_FORM, metadata=outlet.metadata)
        return frames[len(outlets) :]
    sinks = [outlet.frame.sink_parquet(outlet.path, **_FORM, metadata=outlet.metadata, lazy=True) for outlet in outlets]
    return pl.collect_all([*sinks, *totals], engine="streaming")[len(sinks) :]


def _metadata(area: Area, group: Group, plans: list[BlockPlan]) -> dict[str, str]:
    sources = [
        {
            "from": plan.block.source,
            "joins": [*plan.block.joined.values(), *plan.block.pivoted.values()],
            "lookups": list(dict.fromkeys(plan.block.looked_up.values())),
        }
        for plan in plans
    ]
    return {
        SOURCES_KEY: json.dumps(sources, ensure_ascii=False),
        AREA_KEY: area.id,
        GROUP_KEY: group.slug,
        LAYOUT_VERSION_KEY: area.version,
        LAYOUT_HASH_KEY: area.hash,
    }


def _rows(plan: BlockPlan, exports: list[str]) -> pl.LazyFrame:
    """The block's rows in the shape of a mapped group, without ``_row``."""
    frame = plan.frame.filter(plan.kept) if plan.filters else plan.frame
    unfolded = plan.block.occurrences is not None
    occurrence = pl.col("?occurrence").cast(pl.Int16) if unfolded else pl.lit(None, dtype=pl.Int16)
    mapped = {item.name: item for item in plan.plans}
    items = [
        pl.col(out_name(item.name)).cast(item.polars_dtype).alias(item.name)
        if item.name in mapped
        else pl.lit(None, dtype=item.polars_dtype).alias(item.name)
        for item in plan.group.items
    ]
    return frame.select(
        pl.lit(plan.index, dtype=pl.UInt16).alias("_source"),
        occurrence.alias("_occurrence"),
        *[
            pl.col(rec_column(export))
            if export in plan.row_exports
            else pl.lit(None, dtype=pl.Int64).alias(rec_column(export))
            for export in exports
        ],
        pl.col("_offset").alias(MAPPED_OFFSET),
        *items,
    )


def _aside(plan: BlockPlan) -> pl.LazyFrame | None:
    """Records that the block does not take, once each."""
    held = [pl.col(f"!{item.name}") for item in plan.plans if item.held is not None]
    if not plan.drops_records and not held:
        return None
    status = pl.col("_status") if plan.drops_records else pl.lit(0, dtype=pl.UInt8)
    mask = status != 0
    if held:
        by_code = reduce(pl.Expr.or_, held)
        code_hold = pl.lit(255, dtype=pl.UInt8)
        status = pl.when(status != 0).then(status).when(by_code).then(code_hold).otherwise(status)
        mask = mask | (by_code & pl.col("_kept")) if plan.block.occurrences is not None else mask | by_code
    frame = plan.frame.filter(mask)
    records = [rec_column(export) for export in plan.row_exports]
    frame = frame.select("_record", "_offset", *records, status.alias("_status"))
    if plan.block.occurrences is not None:
        frame = frame.unique(subset="_record", keep="first", maintain_order=True)
    return frame


def _dropped(plan: BlockPlan) -> pl.LazyFrame | None:
    """Occurrences that give no row although they are not spelled as an empty one."""
    occurrences = plan.block.occurrences
    if occurrences is None or occurrences.keep is None:
        return None
    carried = {carrier.ref for carrier in plan.carriers}
    names = [name for name in occurrences.fields if name in carried]
    if not names:
        return None
    odd = reduce(pl.Expr.or_, (pl.col(name) != occurrences.empty.get(name, "") for name in names))
    mask = ~pl.col("_kept") & odd
    if plan.drops_records:
        mask = mask & (pl.col("_status") == 0)
    return plan.frame.filter(mask).select("_record", "?occurrence", *names)


def _totals(plan: BlockPlan) -> pl.LazyFrame | None:
    """Sums of the control totals over all records: at the source, of what is not kept, and of what the map could not
    represent."""
    exprs = []
    kept = plan.kept if plan.filters else None
    for item, compiled in _control_items(plan):
        source = compiled.source if compiled.source is not None else pl.col(out_name(item.name)).cast(MONEY)
        exprs.append(source.cast(SUM).sum().alias(f"source:{item.name}"))
        if kept is not None:
            dropped = pl.when(~kept).then(source)
            exprs.append(dropped.cast(SUM).sum().alias(f"excluded:{item.name}"))
        null = pl.col(out_name(item.name)).is_null()
        lost = pl.when(null & kept if kept is not None else null).then(source)
        exprs.append(lost.cast(SUM).sum().alias(f"nulled:{item.name}"))
    return plan.frame.select(exprs) if exprs else None


def _control_items(plan: BlockPlan) -> list[tuple[Item, Plan]]:
    compiled = {item.name: item for item in plan.plans}
    return [(item, compiled[item.name]) for item in plan.group.control_totals if item.name in compiled]


def _amounts(
    group: Group, plans: list[BlockPlan], sums: list[pl.DataFrame | None]
) -> tuple[dict[str, dict[str, str]], dict[str, bool]]:
    amounts: dict[str, dict[str, Decimal]] = {}
    independent: dict[str, bool] = {}
    for plan, frame in zip(plans, sums, strict=True):
        if frame is None:
            continue
        row = frame.row(0, named=True)
        for item, compiled in _control_items(plan):
            own = compiled.source is not None
            independent[item.name] = independent.get(item.name, True) and own
            unit, decimals = compiled.source_scale if own else (1, 0)
            entry = amounts.setdefault(item.name, dict.fromkeys(("source", "excluded", "nulled"), Decimal(0)))
            for line in entry:
                value = row.get(f"{line}:{item.name}")
                entry[line] += Decimal(value or 0) * unit / (Decimal(10) ** decimals)
    text = {
        name: {line: format(value.normalize(), "f") for line, value in entry.items()} for name, entry in amounts.items()
    }
    return text, independent
