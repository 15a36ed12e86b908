"""Rows that need a second look: found by cheap flags while the group is mapped, judged exactly afterwards, on few rows.

Exact masks (the whole way back of every item, the reasons of failures) are long expressions; they are only asked for
items of which some row was not sure.
"""

from __future__ import annotations

from functools import reduce
from pathlib import Path

import polars as pl

from layouts.delivery.shapes import COMPRESSION_LEVEL, rec_column
from mappings.block import BlockPlan, asked_column, hit_column
from mappings.items import Carrier, out_name

SMALL = 50_000
"""Up to so many records polars' in-memory engine is quicker: the streaming engine sets up every expression anew."""


def row_mask(item: str, code: str) -> str:
    return f"f:{item}:{code}"


def ref_mask(ref: str) -> str:
    return f"r:{ref}"


def miss_mask(alias: str) -> str:
    return f"m:{alias}"


def _flag(item: str) -> str:
    return f"s:{item}"


def uncarried(plan: BlockPlan) -> dict[str, str]:
    """References that no item carries in every row, and the cause where none does. The masks are long and few are
    asked for: see :func:`uncarried_mask`."""
    by_ref: dict[str, list[Carrier]] = {}
    for carrier in plan.carriers:
        by_ref.setdefault(carrier.ref, []).append(carrier)
    causes = {
        ref: carriers[0].cause
        for ref, carriers in by_ref.items()
        if all(carrier.mask is not None for carrier in carriers)
    }
    # Keys that are compared loosely are equal, but perhaps not the same text.
    return causes | {name: "key_transform" for name in _loose_keys(plan) if name not in by_ref}


def uncarried_mask(plan: BlockPlan, ref: str) -> pl.Expr:
    """True for rows in which no item carries ``ref``, one of :func:`uncarried`."""
    carried = [carrier.carried for carrier in plan.carriers if carrier.ref == ref]
    exprs = [expr.fill_null(False) for expr in carried if expr is not None]
    given = reduce(pl.Expr.or_, exprs) if exprs else pl.col(ref) == pl.col(_loose_keys(plan)[ref])
    return pl.col(ref).is_not_null() & ~given


def _loose_keys(plan: BlockPlan) -> dict[str, str]:
    """Field of a joined export -> the reference that it is compared with, where the comparison is by transforms."""
    return {
        f"{alias}.{field}": ref
        for alias, partner in plan.block.join.items()
        if partner.key_transform
        for ref, field in partner.on.items()
    }


def _own_masks(plan: BlockPlan) -> dict[str, pl.Expr]:
    """Masks that no single item's ``sure`` answers for: split fields and loosely compared keys."""
    by_item = {carrier.ref for item in plan.plans for carrier in item.carriers}
    return {ref_mask(ref): uncarried_mask(plan, ref) for ref in uncarried(plan) if ref not in by_item}


def _misses(plan: BlockPlan) -> dict[str, pl.Expr]:
    """Rows that asked a lookup for something that it does not have."""
    return {
        miss_mask(alias): pl.col(hit_column(alias)).is_null() & pl.col(asked_column(alias))
        for alias in plan.block.lookup
    }


def suspects(plan: BlockPlan, key: list[str]) -> pl.LazyFrame | None:
    """Rows that are not sure in every respect: place, ``?key``, raw fields, item columns, and flags; None where
    every row
    is sure by construction."""
    flags = {_flag(item.name): ~item.sure.fill_null(False) for item in plan.plans if item.sure is not None}
    flags |= _own_masks(plan) | _misses(plan)
    if not flags:
        return None
    refs = dict.fromkeys(ref for item in plan.plans for ref in item.refs)
    refs |= dict.fromkeys(carrier.ref for carrier in plan.carriers)
    refs |= dict.fromkeys(uncarried(plan))
    occurrence = [pl.col("?occurrence")] if plan.block.occurrences is not None else []
    key_text = pl.concat_str([pl.col(name) for name in key], separator="|") if key else pl.lit(None, dtype=pl.String)
    return plan.rows.select(
        "_record",
        "_offset",
        *occurrence,
        *[rec_column(export) for export in plan.row_exports],
        key_text.alias("?key"),
        *refs,
        *[out_name(item.name) for item in plan.plans],
        *[flag.fill_null(False).alias(name) for name, flag in flags.items()],
    ).filter(reduce(pl.Expr.or_, (pl.col(name) for name in flags)))


def judge(plan: BlockPlan, found: Path, path: Path) -> frozenset[str]:
    """Turn the suspects in ``found`` into ``path``: the same rows with exact masks. Returns the masks that it has;
    one that is
    left out is false everywhere, and without any there is no file."""
    frame = pl.scan_parquet(found)
    names = frame.collect_schema().names()
    flags = [name for name in names if name.startswith(("s:", "r:", "m:"))]
    counted = frame.select(pl.len().alias("?rows"), *[pl.col(name).sum() for name in flags]).collect()
    told = counted.row(0, named=True)
    troubled = {item.name for item in plan.plans if told.get(_flag(item.name))}
    touched = {carrier.ref for item in plan.plans if item.name in troubled for carrier in item.carriers}
    masks = {name: pl.col(name) for name in flags if not name.startswith("s:") and told[name]}
    masks |= {ref_mask(ref): uncarried_mask(plan, ref) for ref in uncarried(plan) if ref in touched}
    masks |= {
        row_mask(item.name, code): mask
        for item in plan.plans
        if item.name in troubled
        for code, mask in item.failures.items()
    }
    if not masks:
        return frozenset()
    kept = [name for name in names if name not in flags and not name.startswith("=")]
    judged = frame.select(*kept, *[mask.fill_null(False).alias(name) for name, mask in masks.items()])
    if told["?rows"] <= SMALL:
        judged.collect(engine="in-memory").write_parquet(path, compression_level=COMPRESSION_LEVEL)
    else:
        judged.sink_parquet(path, compression_level=COMPRESSION_LEVEL)
    return frozenset(masks)
