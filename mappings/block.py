"""One source block as a lazy plan: records joined, marked, numbered, unfolded into rows, and turned into items.

The frame of a block has, besides raw fields and items (see :mod:`mappings.items`): ``_record``, ``_offset``,
``_rec_<export>``, ``_status``
(what the block does with a record), ``_occurrence``, ``_value``, ``_kept`` (whether an occurrence becomes a row).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial, reduce
from pathlib import Path

import numpy as np
import polars as pl

from layouts import Group, Item
from layouts.delivery.shapes import rec_column
from mappings import sql
from mappings.chains import compile_steps
from mappings.items import Carrier, Context, Plan, compile_item, held_name, out_name, split_carriers
from mappings.memo import remembering
from mappings.model import Block, ItemRule, Join, Lookup, Pivot, TransformSteps
from mappings.scope import HISTORY_NUMBER, LATEST, OCCURRENCE, VALUE, Scope
from mappings.transforms import apply_all

KEPT, EXCLUDED, NOT_SELECTED, NO_PARTNER, FIRST_HOLD = 0, 1, 2, 3, 4
"""Values of ``_status``; holds count up from the last."""
CODE_HOLD = 255
"""``_status`` of a record that an unknown code holds back."""

Staged = Callable[[str], pl.LazyFrame]
"""Export name -> its staged records, empty fields as ``""``."""


def hit_column(alias: str) -> str:
    """Record number of the looked-up record; internal, not lineage."""
    return f"?{alias}"


def asked_column(alias: str) -> str:
    """Whether a row has a key to look up: one that its transforms do not take for nothing."""
    return f"?{alias}.asked"


@dataclass(frozen=True)
class Duplicates:
    """Surplus records of a joined or looked-up export: another record with the same key came first."""

    alias: str
    export: str
    count: int
    records: pl.DataFrame
    """Some of them: ``record``, ``offset``."""


@dataclass(frozen=True)
class BlockPlan:
    """A compiled block: its frame and what may be asked of it."""

    block: Block
    index: int
    """Number of the block within its group, from 0."""
    group: Group
    scope: Scope
    raw: pl.LazyFrame
    """Every record, or every occurrence, with raw fields and marks."""
    frame: pl.LazyFrame
    """Those of ``raw`` that are ``taken``, with items."""
    plans: tuple[Plan, ...]
    carriers: tuple[Carrier, ...]
    """Of all items, split fields included."""
    duplicates: tuple[Duplicates, ...]
    row_exports: tuple[str, ...]
    """``_rec_`` names: from, joins, then children (``renraku.1``)."""
    drops_records: bool
    drops_rows: bool
    written: Mapping[str, pl.Expr]
    """Item -> its expression over ``raw``."""

    @property
    def taken(self) -> pl.Expr | None:
        """True for the rows of ``raw`` that are in ``frame``; None: all of them."""
        return _taken(self.block, self.drops_records)

    @property
    def held(self) -> pl.Expr | None:
        """True for the rows of ``frame`` that a code holds back; None: no code can."""
        masks = [pl.col(held_name(plan.name)) for plan in self.plans if plan.held is not None]
        return reduce(pl.Expr.or_, masks) if masks else None

    @property
    def rows(self) -> pl.LazyFrame:
        """The rows of ``frame`` that become rows of the group."""
        held = self.held
        return self.frame if held is None else self.frame.filter(~held)

    @property
    def filters(self) -> bool:
        return self.drops_records or self.drops_rows


def _taken(block: Block, drops_records: bool) -> pl.Expr | None:
    masks = [pl.col("_status") == KEPT] if drops_records else []
    if block.occurrences is not None:
        masks.append(pl.col("_kept"))
    return reduce(pl.Expr.and_, masks) if masks else None


def plan_block(
    block: Block,
    index: int,
    group: Group,
    records: dict[str, tuple[str, ...]],
    staged: Staged,
    context: Context,
    work: Path,
    examples: int,
) -> BlockPlan:
    """Compile a block. ``staged`` gives the records of an export; ``work`` (the block's own folder) takes what is
    sorted apart."""
    scope = Scope(block, records)
    joined = frozenset(name for name in scope.names if "." in name)
    context = replace(context, joined=joined)
    frame = staged(block.source).with_columns(pl.col("_record").alias(rec_column(block.source)))
    duplicates: list[Duplicates] = []
    exports = [block.source]
    for alias, join in block.join.items():
        export = join.export or alias
        frame, found = _join(frame, alias, export, join, rec_column(export), records[export], staged, context, examples)
        duplicates += found
        exports.append(export)
    for alias, lookup in block.lookup.items():
        export = lookup.export or alias
        frame, found = _join(
            frame, alias, export, lookup, hit_column(alias), records[export], staged, context, examples
        )
        duplicates += found
    for alias, pivot in block.columns_from_rows.items():
        frame = _pivot(frame, alias, pivot, staged, context)
        exports += [f"{pivot.export or alias}.{value}" for value in pivot.columns]
    status = _status(block)
    if status is not None:
        frame = frame.with_columns(status)
    if block.history is not None:
        frame = _with_history(frame, block, status is not None, work)
    if block.occurrences is not None:
        frame = _unfold(frame, block)
    items = {item.name: item for item in group.items}
    plans = tuple(_compiled((group.name, index), rule, items[name], context) for name, rule in block.items.items())
    carriers = tuple(carrier for plan in plans for carrier in plan.carriers) + tuple(
        split_carriers(block, items, context)
    )
    raw = frame
    taken = _taken(block, status is not None)
    if taken is not None:
        # Before the items: an occurrence that gives no row is not worth its expressions.
        frame = frame.filter(taken)
    written = {plan.name: plan.out for plan in plans}
    if context.large:
        frame, plans = remembering(frame, plans)
    frame = frame.with_columns(
        *[plan.out.alias(out_name(plan.name)) for plan in plans],
        *[plan.held.alias(held_name(plan.name)) for plan in plans if plan.held is not None],
    )
    drops_rows = block.occurrences is not None or any(plan.held is not None for plan in plans)
    return BlockPlan(
        block,
        index,
        group,
        scope,
        raw,
        frame,
        plans,
        carriers,
        tuple(duplicates),
        tuple(exports),
        status is not None,
        drops_rows,
        written,
    )


def _compiled(place: tuple[str, int], rule: ItemRule, item: Item, context: Context) -> Plan:
    if rule.run is not None:
        return compile_item(rule, item, context)
    key = (*place, item.name)
    if key not in context.compiled:
        context.compiled[key] = compile_item(rule, item, context)
    return context.compiled[key]


def _keys(refs: Iterable[str], steps: TransformSteps, context: Context) -> list[pl.Expr]:
    chain = compile_steps(steps, context.transforms)
    return [apply_all(chain, pl.col(ref)) for ref in refs]


def _join(
    frame: pl.LazyFrame,
    alias: str,
    export: str,
    partner: Join | Lookup,
    number: str,
    fields: tuple[str, ...],
    staged: Staged,
    context: Context,
    examples: int,
) -> tuple[pl.LazyFrame, list[Duplicates]]:
    """``frame`` with the partner's fields as ``alias.FIELD`` and its record number as ``number``; never more rows
    than before."""
    right = staged(export)
    if isinstance(partner, Lookup) and partner.where is not None:
        right = right.filter(sql.true(partner.where))
    keys = [f"?{alias}.{position}" for position in range(len(partner.on))]
    right = right.with_columns(
        [
            key.alias(name)
            for key, name in zip(_keys(partner.on.values(), partner.key_transform, context), keys, strict=True)
        ]
    ).filter(pl.all_horizontal([pl.col(name) != "" for name in keys]))
    distinct = pl.struct(keys) if len(keys) > 1 else pl.col(keys[0])
    total, unique = right.select(pl.len(), distinct.n_unique().alias("n")).collect(engine="streaming").row(0)
    found: list[Duplicates] = []
    if unique < total:
        surplus = (
            right.select("_record", "_offset", *keys)
            .filter(~distinct.is_first_distinct())
            .select(record="_record", offset="_offset")
        )
        found.append(Duplicates(alias, export, total - unique, surplus.head(examples or None).collect()))  # type: ignore[arg-type]
        right = right.unique(subset=keys, keep="first", maintain_order=True)
    right = right.select(
        pl.col("_record").alias(number), *[pl.col(field).alias(f"{alias}.{field}") for field in fields], *keys
    )
    left = frame.with_columns(
        [key.alias(name) for key, name in zip(_keys(partner.on, partner.key_transform, context), keys, strict=True)]
    )
    if isinstance(partner, Lookup):
        asked = pl.all_horizontal([pl.col(name).fill_null("") != "" for name in keys])
        left = left.with_columns(asked.alias(asked_column(alias)))
    return left.join(right, on=keys, how="left", maintain_order="left").drop(keys), found


def _pivot(frame: pl.LazyFrame, alias: str, pivot: Pivot, staged: Staged, context: Context) -> pl.LazyFrame:
    """``frame`` with the children's fields in columns, one join for each type; the first child of a type counts."""
    export = pivot.export or alias
    children = staged(export)
    keys = [f"?{alias}.{position}" for position in range(len(pivot.on))]
    children = children.with_columns(
        [
            key.alias(name)
            for key, name in zip(_keys(pivot.on.values(), pivot.key_transform, context), keys, strict=True)
        ]
    ).filter(pl.all_horizontal([pl.col(name) != "" for name in keys]))
    if pivot.number_by is not None:
        order = [expr for name in pivot.number_by for expr in _sortable(name)]
        rank = pl.struct([*order, pl.col("_record")]).rank("ordinal").over(keys)
        children = children.with_columns(rank.cast(pl.String).alias("?type"))
    else:
        children = children.with_columns(pl.col(pivot.type or "").alias("?type"))
    frame = frame.with_columns(
        [key.alias(name) for key, name in zip(_keys(pivot.on, pivot.key_transform, context), keys, strict=True)]
    )
    for value, fields in pivot.columns.items():
        one = (
            children.filter(pl.col("?type") == value)
            .unique(subset=keys, keep="first", maintain_order=True)
            .select(
                pl.col("_record").alias(rec_column(f"{export}.{value}")),
                *[pl.col(field).alias(f"{alias}.{new}") for field, new in fields.items()],
                *keys,
            )
        )
        frame = frame.join(one, on=keys, how="left", maintain_order="left")
    return frame.drop(keys)


def _status(block: Block) -> pl.Expr | None:
    """What becomes of a record; None where the block takes every one."""
    cases: list[tuple[pl.Expr, int]] = []
    if block.select is not None:
        cases.append((~sql.true(block.select), NOT_SELECTED))
    if block.where is not None:
        cases.append((~sql.true(block.where), EXCLUDED))
    for alias, join in block.join.items():
        if join.how == "inner":
            cases.append((pl.col(rec_column(join.export or alias)).is_null(), NO_PARTNER))
    for position, hold in enumerate(block.quarantine):
        cases.append((sql.true(hold.when), FIRST_HOLD + position))
    if not cases:
        return None
    status = pl.lit(KEPT, dtype=pl.UInt8)
    for mask, value in reversed(cases):
        status = pl.when(mask).then(pl.lit(value, dtype=pl.UInt8)).otherwise(status)
    return status.alias("_status")


def _sortable(ref: str) -> list[pl.Expr]:
    """Numbers as numbers, before text."""
    number = pl.col(ref).cast(pl.Int64, strict=False)
    return [number.is_null().alias(f"{ref}:kind"), number.alias(f"{ref}:number"), pl.col(ref).alias(f"{ref}:text")]


def _with_history(frame: pl.LazyFrame, block: Block, has_status: bool, work: Path) -> pl.LazyFrame:
    """``_history_number`` and ``_latest`` for the records that the block keeps, numbered by a sort on narrow
    columns."""
    history = block.history
    assert history is not None
    kept = frame.filter(pl.col("_status") == KEPT) if has_status else frame
    order = [expr for ref in history.order for expr in _sortable(ref)]
    names = [expr.meta.output_name() for expr in order]
    narrow = kept.select(*[pl.col(ref) for ref in dict.fromkeys(history.partition)], *order, "_record")
    partition = list(dict.fromkeys(history.partition))
    ordered = narrow.sort([*partition, *names, "_record"], nulls_last=False)
    numbered = ordered.with_columns(
        number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(partition), size=pl.len().over(partition)
    ).select(
        "_record",
        pl.col("number").cast(pl.String).alias(HISTORY_NUMBER),
        pl.when(pl.col("number") == pl.col("size")).then(pl.lit("1")).otherwise(pl.lit("0")).alias(LATEST),
    )
    work.mkdir(parents=True, exist_ok=True)
    path = work / "history.parquet"
    numbered.sink_parquet(path, compression="zstd", compression_level=1)
    return frame.join(pl.scan_parquet(path), on="_record", how="left", maintain_order="left")


def _unfold(frame: pl.LazyFrame, block: Block) -> pl.LazyFrame:
    """One row an occurrence, in order; ``_kept`` tells which of them become rows."""
    occurrences = block.occurrences
    assert occurrences is not None
    entries = occurrences.entries
    numbers = range(1, len(entries) + 1)
    fields = {name: [occurrences.field(name, n) for n in numbers] for name in occurrences.fields}
    folded = {field for names in fields.values() for field in names}
    before = frame.collect_schema()
    schema = {name: dtype for name, dtype in before.items() if name not in folded}
    counters = pl.DataFrame(
        {VALUE: entries, OCCURRENCE: [str(n) for n in numbers], "?occurrence": numbers},
        schema={VALUE: pl.String, OCCURRENCE: pl.String, "?occurrence": pl.Int16},
    )
    unfold = partial(_unfolded, list(schema), fields, counters)
    schema |= dict.fromkeys(fields, pl.String()) | dict(counters.schema)
    # Gathering is several times cheaper than a list column and its explosion for each field.
    frame = frame.map_batches(
        unfold, schema=schema, streamable=True, predicate_pushdown=False, projection_pushdown=False
    )
    kept = sql.true(occurrences.keep) if occurrences.keep is not None else pl.lit(True)
    return frame.with_columns(kept.alias("_kept"))


def _unfolded(
    once: list[str], fields: dict[str, list[str]], counters: pl.DataFrame, batch: pl.DataFrame
) -> pl.DataFrame:
    """A batch with one row for each line of ``counters`` a record: columns ``once`` repeated, ``fields`` (new name ->
    the columns of its occurrences) one after the other."""
    records, count = batch.height, counters.height
    record = pl.Series(np.repeat(np.arange(records, dtype=np.uint32), count))
    number = pl.Series(np.tile(np.arange(count, dtype=np.uint32), records))
    in_turn = pl.Series((np.arange(records)[:, None] + np.arange(count)[None, :] * records).astype(np.uint32).ravel())
    columns = [batch[name].gather(record) for name in once]
    for name, parts in fields.items():
        columns.append(pl.concat([batch[part] for part in parts], rechunk=True).gather(in_turn).alias(name))
    return pl.DataFrame([*columns, *counters.select(pl.all().gather(number))])
