"""Merges the stages' findings, examples, unmasked keys and coverage into the delivery's tables, each in one fixed
order."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from layouts.delivery.run import RunContext
from layouts.delivery.shapes import COVERAGE, EXAMPLES, FINDING_KEYS, FINDINGS, write_table

SEVERITIES = ("error", "warning", "info")
"""Gravest first: the order of every list of findings."""


def merge(ctx: RunContext, own: pl.DataFrame) -> None:
    """Writes findings.parquet, finding_examples.parquet, restricted/finding_keys.parquet and coverage.parquet.

    ``own``: the account stage's findings, which have no examples. Parts are read lazily and sorted by the engine: a
    run without a cap on examples may have millions of them.
    """
    rank = pl.col("severity").replace_strict(list(SEVERITIES), [0, 1, 2], default=len(SEVERITIES), return_dtype=pl.Int8)
    findings = pl.concat([_parts(ctx.findings, "*.findings.parquet", FINDINGS), own.lazy()])
    order = (rank, "rule", "area", "group", "item", "export", "field", "detail", "finding")
    write_table(findings.sort(*order, nulls_last=True), ctx.run_dir / "findings.parquet", FINDINGS)
    examples = _parts(ctx.findings, "*.examples.parquet", EXAMPLES)
    # Examples of aggregates have no place: only all columns together make one order.
    place = ("finding", "export", "record", "row", "offset", "key_hash", "value_masked")
    by_place = examples.sort(*place, nulls_last=True)
    write_table(by_place, ctx.run_dir / "finding_examples.parquet", EXAMPLES)
    ctx.restricted.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = _parts(ctx.findings, "*.keys.parquet", FINDING_KEYS)
    by_key = keys.sort("finding", "export", "record", "key", "value", nulls_last=True)
    write_table(by_key, ctx.restricted / "finding_keys.parquet", FINDING_KEYS)
    # Layout order within a group is the order of the parts: a stable sort keeps it.
    coverage = _parts(ctx.coverage, "*.parquet", COVERAGE)
    write_table(coverage.sort("area", maintain_order=True), ctx.run_dir / "coverage.parquet", COVERAGE)


def _parts(folder: Path, pattern: str, schema: pl.Schema) -> pl.LazyFrame:
    frames = [pl.scan_parquet(path).select(schema.names()).cast(schema) for path in sorted(folder.glob(pattern))]
    return pl.concat([schema.to_frame().lazy(), *frames])
