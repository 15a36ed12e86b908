"""One group: its blocks run as one streaming plan with several outlets - rows, rows to look at twice, records set
aside, amounts."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
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
    SOURCES_KEY,
    publish,
    rec_column,
    row_group_rows,
)
from mappings import secondlook
from mappings.block import CODE_HOLD, KEPT, BlockPlan, Staged, plan_block
from mappings.items import MONEY, Context, Plan, out_name
from mappings.model import Block
from mappings.secondlook import judge, suspects

SUM = pl.Decimal(38, 4)


_LARGE = threading.Lock()
"""Held by the one large group of this process that is being mapped: its plan uses every core by itself, and keeps the
exports that it joins in memory. Areas at work at a time would need that memory twice."""


def _form(columns: int) -> dict[str, Any]:
    """How a file of so many columns is written."""
    return {
        "compression": "zstd",
        "compression_level": COMPRESSION_LEVEL,
        "row_group_size": row_group_rows(columns),
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
    absent: str
    """The text that the field has where no row gives it: as an empty occurrence is declared, else as the item's."""
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
    context = replace(context, large=sum(sizes[block.source] for block in blocks) > secondlook.SMALL)
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
    with _LARGE if context.large else nullcontext():
        sums = iter(_run(outlets, wanted, large=context.large))
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


def _run(outlets: list[_Outlet], totals: list[pl.LazyFrame], *, large: bool) -> list[pl.DataFrame]:
    """Fill all outlets in one pass over the records; returns the totals."""
    if not large:
        frames = pl.collect_all([*[outlet.frame for outlet in outlets], *totals], engine="in-memory")
        for outlet, frame in zip(outlets, frames, strict=False):
            frame.write_parquet(outlet.path, **_form(frame.width), metadata=outlet.metadata)
        return frames[len(outlets) :]
    sinks = [
        outlet.frame.sink_parquet(
            outlet.path, **_form(len(outlet.frame.collect_schema())), metadata=outlet.metadata, lazy=True
        )
        for outlet in outlets
    ]
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
    unfolded = plan.block.occurrences is not None
    occurrence = pl.col("?occurrence").cast(pl.Int16) if unfolded else pl.lit(None, dtype=pl.Int16)
    mapped = {item.name: item for item in plan.plans}
    items = [
        pl.col(out_name(item.name)).cast(item.polars_dtype).alias(item.name)
        if item.name in mapped
        else pl.lit(None, dtype=item.polars_dtype).alias(item.name)
        for item in plan.group.items
    ]
    return plan.rows.select(
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
    lists = []
    records = [rec_column(export) for export in plan.row_exports]
    if plan.drops_records:
        lists.append(plan.raw.filter(pl.col("_status") != KEPT).select("_record", "_offset", *records, "_status"))
    held = plan.held
    if held is not None:
        code_hold = pl.lit(CODE_HOLD, dtype=pl.UInt8).alias("_status")
        lists.append(plan.frame.filter(held).select("_record", "_offset", *records, code_hold))
    if not lists:
        return None
    frame = pl.concat(lists)
    if plan.block.occurrences is not None:
        frame = frame.unique(subset="_record", keep="first", maintain_order=True)
    return frame if len(lists) == 1 else frame.sort("_record")


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
    return plan.raw.filter(mask).select("_record", "?occurrence", *names)


def _totals(plan: BlockPlan) -> pl.LazyFrame | None:
    """Sums of the control totals over all records: at the source, of what is not kept, and of what the map could not
    represent."""
    taken, held = plan.taken, plan.held
    every, some = [], []
    for item, compiled in _control_items(plan):
        out = pl.col(out_name(item.name))
        # Over all records, from the raw text alone: an amount that the plan loses on its way is missing in rows only.
        source = compiled.source if compiled.source is not None else plan.written[item.name].cast(MONEY)
        every.append(source.cast(SUM).sum().alias(f"source:{item.name}"))
        if taken is not None:
            every.append(pl.when(~taken).then(source).cast(SUM).sum().alias(f"left:{item.name}"))
        source = compiled.source if compiled.source is not None else out.cast(MONEY)
        null = out.is_null()
        if held is not None:
            some.append(pl.when(held).then(source).cast(SUM).sum().alias(f"held:{item.name}"))
            null = null & ~held
        some.append(pl.when(null).then(source).cast(SUM).sum().alias(f"nulled:{item.name}"))
    if not every:
        return None
    return pl.concat([plan.raw.select(every), plan.frame.select(some)], how="horizontal")


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
            for line, names in (("source", ("source",)), ("excluded", ("left", "held")), ("nulled", ("nulled",))):
                value = sum((Decimal(row.get(f"{name}:{item.name}") or 0) for name in names), Decimal(0))
                entry[line] += value * unit / (Decimal(10) ** decimals)
    text = {
        name: {line: format(value.normalize(), "f") for line, value in entry.items()} for name, entry in amounts.items()
    }
    return text, independent
