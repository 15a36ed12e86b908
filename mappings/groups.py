"""One group: its blocks run as one streaming plan with several outlets - rows, rows to look at twice, records set
aside, amounts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

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
from mappings.block import BlockPlan, Staged, hit_column, plan_block
from mappings.items import MONEY, Context, Plan, out_name
from mappings.model import Block

SUM = pl.Decimal(38, 4)


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
    problems: Path | None = None
    """Rows with a failure or an uncarried value: ``_record``, ``_offset``, ``_rec_*``, ``key``, raw fields, masks."""
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


def row_mask(item: str, code: str) -> str:
    return f"f:{item}:{code}"


def ref_mask(ref: str) -> str:
    return f"r:{ref}"


def miss_mask(alias: str) -> str:
    return f"m:{alias}"


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
    before: Callable[[str], None] = lambda _: None,
) -> GroupOutcome:
    """Map one group into ``path``. ``keys``: export -> fields of its business key. ``work`` takes the other outlets."""
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
    sinks = [
        rows.sink_parquet(
            partial,
            compression="zstd",
            compression_level=COMPRESSION_LEVEL,
            row_group_size=ROW_GROUP_ROWS,
            metadata=_metadata(area, group, plans),
            lazy=True,
        )
    ]
    outcomes = []
    for plan in plans:
        outcome = BlockOutcome(plan)
        stem = f"{group.slug}.{plan.index}"
        for name, frame in (
            ("problems", _problems(plan, keys.get(plan.block.source, []))),
            ("aside", _aside(plan)),
            ("dropped", _dropped(plan)),
        ):
            if frame is not None:
                target = work / f"{stem}.{name}.parquet"
                setattr(outcome, name, target)
                sinks.append(_sink(frame, target))
        outcomes.append(outcome)
    totals = [_totals(plan) for plan in plans]
    wanted = [frame for frame in totals if frame is not None]
    results = pl.collect_all([*sinks, *wanted], engine="streaming")
    sums = iter(results[len(sinks) :])
    amounts, independent = _amounts(group, plans, [next(sums) if frame is not None else None for frame in totals])
    publish(partial, path)
    count = pl.scan_parquet(path).select(pl.len()).collect().item()
    if len(outcomes) == 1:
        outcomes[0].rows = count
    else:
        by_source = pl.scan_parquet(path).group_by("_source").len().collect()
        for source, height in by_source.iter_rows():
            outcomes[source].rows = height
    return GroupOutcome(group, path, count, outcomes, amounts, independent)


def _sink(frame: pl.LazyFrame, path: Path) -> pl.LazyFrame:
    sink = frame.sink_parquet(path, compression="zstd", compression_level=COMPRESSION_LEVEL, lazy=True)
    assert sink is not None
    return sink


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


def uncarried(plan: BlockPlan) -> dict[str, tuple[pl.Expr, str]]:
    """Reference -> mask of rows in which no item carries it, and the cause. References that are always carried are
    left out."""
    by_ref: dict[str, list[tuple[pl.Expr | None, str]]] = {}
    for carrier in plan.carriers:
        by_ref.setdefault(carrier.ref, []).append((carrier.carried, carrier.cause))
    masks: dict[str, tuple[pl.Expr, str]] = {}
    for ref, carried in by_ref.items():
        exprs = [expr.fill_null(False) for expr, _ in carried if expr is not None]
        if len(exprs) == len(carried):
            masks[ref] = (pl.col(ref).is_not_null() & ~reduce(pl.Expr.or_, exprs), carried[0][1])
    for alias, partner in plan.block.partners.items():
        if not partner.key_transform or alias in plan.block.columns_from_rows:
            continue
        # Keys that are compared loosely are equal, but perhaps not the same text.
        for ref, field in partner.on.items():
            name = f"{alias}.{field}"
            if name not in by_ref:
                masks[name] = (pl.col(name).is_not_null() & (pl.col(name) != pl.col(ref)), "key_transform")
    return masks


def _problems(plan: BlockPlan, key: list[str]) -> pl.LazyFrame | None:
    """Rows that need a second look, with exact masks: computed behind a cheap filter, on few rows."""
    sure = [item.sure for item in plan.plans if item.sure is not None]
    masks = {ref_mask(ref): mask for ref, (mask, _) in uncarried(plan).items()}
    split_or_key = set(masks) - {ref_mask(carrier.ref) for item in plan.plans for carrier in item.carriers}
    sure += [~masks[name].fill_null(False) for name in split_or_key]
    for alias, lookup in plan.block.lookup.items():
        asked = reduce(pl.Expr.and_, (pl.col(ref) != "" for ref in lookup.on))
        miss = (pl.col(hit_column(alias)).is_null() & asked).fill_null(False)
        masks[miss_mask(alias)] = miss
        sure.append(~miss)
    for item in plan.plans:
        for code, mask in item.failures.items():
            masks[row_mask(item.name, code)] = mask
    if not sure:
        return None
    frame = plan.frame.filter(plan.kept) if plan.filters else plan.frame
    frame = frame.filter(~reduce(pl.Expr.and_, sure))
    refs = dict.fromkeys(ref for item in plan.plans for ref in item.refs)
    refs |= dict.fromkeys(carrier.ref for carrier in plan.carriers)
    refs |= dict.fromkeys(name.removeprefix("r:") for name in masks if name.startswith("r:"))
    occurrence = [pl.col("?occurrence")] if plan.block.occurrences is not None else []
    key_text = pl.concat_str([pl.col(name) for name in key], separator="|") if key else pl.lit(None, dtype=pl.String)
    return frame.select(
        "_record",
        "_offset",
        *occurrence,
        *[rec_column(export) for export in plan.row_exports],
        key_text.alias("?key"),
        *refs,
        *[mask.fill_null(False).alias(name) for name, mask in masks.items()],
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
    from decimal import Decimal

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
