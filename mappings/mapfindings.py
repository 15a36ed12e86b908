"""Findings of the map stage: from the rows that were looked at twice, from doubled keys, unmatched records and
padding."""

from __future__ import annotations

from functools import reduce

import polars as pl

from layouts.delivery.shapes import RESIDUE
from mappings.findings import EXAMPLE_COLUMNS, Finding
from mappings.groups import BlockOutcome, GroupOutcome
from mappings.mapping import Mapping
from mappings.residue import Lines
from mappings.secondlook import miss_mask, row_mask
from mappings.uses import Feed

_HELD_AS_UNMATCHED = ("M05",)


def group_findings(mapping: Mapping, group: GroupOutcome, cap: int) -> list[Finding]:
    """Failures of items (M01-M04), misses of lookups (M06) and doubled keys (M08) of one group."""
    found: list[Finding] = []
    for outcome in group.blocks:
        for duplicates in outcome.plan.duplicates:
            examples = duplicates.records.with_columns(
                key=pl.lit(None, dtype=pl.String), value=pl.lit(None, dtype=pl.String)
            ).select(EXAMPLE_COLUMNS.names())
            found.append(
                Finding(
                    "M08",
                    duplicates.count,
                    mapping.area_id,
                    group.group.name,
                    export=duplicates.export,
                    detail=duplicates.alias,
                    examples=examples,
                )
            )
        if outcome.masks:
            found += _from_problems(mapping, group, outcome, cap)
    return found


def _from_problems(mapping: Mapping, group: GroupOutcome, outcome: BlockOutcome, cap: int) -> list[Finding]:
    plan = outcome.plan
    assert outcome.problems is not None
    problems = pl.scan_parquet(outcome.problems)
    masks = {row_mask(item.name, code): (item, code) for item in plan.plans for code in item.failures}
    misses = {miss_mask(alias): alias for alias in plan.block.lookup}
    masks = {name: place for name, place in masks.items() if name in outcome.masks}
    misses = {name: alias for name, alias in misses.items() if name in outcome.masks}
    names = [*masks, *misses]
    if not names:
        return []
    counts = problems.select([pl.col(name).sum() for name in names]).collect(engine="streaming").row(0, named=True)
    found = []
    export = plan.block.source
    for name, (item, code) in masks.items():
        if counts[name]:
            layout_item = group.group.item(item.name)
            ref = next(iter(item.refs), None)
            found.append(
                Finding(
                    code,
                    int(counts[name]),
                    mapping.area_id,
                    group.group.name,
                    item.name,
                    export,
                    ref,
                    checked=outcome.rows,
                    pii=layout_item.pii,
                    examples=_examples(problems, name, list(item.refs), cap),
                )
            )
    for name, alias in misses.items():
        if counts[name]:
            lookup = plan.block.lookup[alias]
            found.append(
                Finding(
                    "M06",
                    int(counts[name]),
                    mapping.area_id,
                    group.group.name,
                    export=export,
                    field=next(iter(lookup.on)),
                    checked=outcome.rows,
                    detail=alias,
                    pii="personal",
                    examples=_examples(problems, name, [], cap),
                )
            )
    return found


def _examples(problems: pl.LazyFrame, mask: str, refs: list[str], cap: int) -> pl.DataFrame:
    value = pl.concat_str([pl.col(ref) for ref in refs], separator="|", ignore_nulls=True) if refs else pl.lit(None)
    rows = problems.filter(pl.col(mask))
    if cap:
        rows = rows.head(cap)
    return rows.select(
        record=pl.col("_record"), offset=pl.col("_offset"), key=pl.col("?key"), value=value.cast(pl.String)
    ).collect(engine="streaming")


def unmatched_findings(
    mapping: Mapping, export: str, aside: pl.DataFrame, staged: pl.LazyFrame, feeds_of: list[Feed], cap: int
) -> list[Finding]:
    """M05 for records that nothing takes, whether held back or handed over as overflow."""
    partners = [feed for feed in feeds_of if not feed.is_main]
    kinds = ["unmatched", "overflow_only"] if partners else ["unmatched"]
    lost = aside.filter(
        pl.col("kind").is_in(kinds) | ((pl.col("kind") == "held") & pl.col("reason").is_in(_HELD_AS_UNMATCHED))
    )
    if lost.is_empty():
        return []
    key = mapping.exports[export].definition.key
    key_text = pl.concat_str([pl.col(name) for name in key], separator="|") if key else pl.lit(None, dtype=pl.String)
    chosen = lost.head(cap) if cap else lost
    examples = (
        staged.filter(pl.col("_record").is_in(chosen["record"].implode()))
        .select(
            record=pl.col("_record"),
            offset=pl.col("_offset"),
            key=key_text,
            value=pl.lit(None, dtype=pl.String),
        )
        .collect(engine="streaming")
    )
    return [Finding("M05", lost.height, mapping.area_id, export=export, examples=examples)]


def padding_findings(
    mapping: Mapping, export: str, staged: pl.LazyFrame, aside: pl.DataFrame, cap: int
) -> tuple[list[Lines], list[Finding]]:
    """Residue lines and M07 for padding that holds something else than declared."""
    expected = mapping.file.padding.get(export, {})
    if not expected:
        return [], []
    odd = {field: (pl.col(field) != text) for field, text in expected.items()}
    key = mapping.exports[export].definition.key
    key_text = pl.concat_str([pl.col(name) for name in key], separator="|") if key else pl.lit(None, dtype=pl.String)
    rows = staged.filter(reduce(pl.Expr.or_, odd.values())).select(
        "_record", "_offset", *expected, key_text.alias("?key")
    )
    whole = aside.filter(pl.col("kind") != "overflow_only").select("record")
    if whole.height:
        rows = rows.join(whole.lazy(), left_on="_record", right_on="record", how="anti", maintain_order="left")
    kept = rows.collect(engine="streaming")
    lines, found = [], []
    for field, mask in odd.items():
        wrong = kept.filter(mask)
        if wrong.is_empty():
            continue
        line = wrong.lazy().select(record="_record", field=pl.lit(field), value=pl.col(field), cause=pl.lit("padding"))
        lines.append((field, line.cast(RESIDUE)))
        examples = (wrong.head(cap) if cap else wrong).select(
            record="_record", offset="_offset", key="?key", value=pl.col(field)
        )
        found.append(
            Finding(
                "M07",
                wrong.height,
                mapping.area_id,
                export=export,
                field=field,
                pii="sensitive",
                examples=examples,
            )
        )
    return lines, found
