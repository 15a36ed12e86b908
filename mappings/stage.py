"""The three stages of this room: read an area's exports, map them, and conserve what no standard file holds.

Each takes a :class:`RunContext` and an area, works on files and returns a :class:`StageResult`; a stage can be
repeated alone.
"""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import polars as pl

from layouts.delivery.run import RunContext, StageResult
from layouts.delivery.shapes import COVERAGE, write_table
from mappings import conserve
from mappings.accounts import export_roles, map_account
from mappings.findings import Finding, write_findings
from mappings.groups import GroupOutcome, map_group
from mappings.items import Context
from mappings.mapfindings import group_findings, padding_findings, unmatched_findings
from mappings.mapping import Mapping, load_mapping
from mappings.overflow import write_gaiji, write_whole_records
from mappings.readers import StagedExport
from mappings.residue import residue_lines, write_residue
from mappings.secondlook import SMALL
from mappings.staging import stage_exports, unexpected
from mappings.uses import ASIDE, feeds, set_aside, uses


def read_area(ctx: RunContext, area: str) -> StageResult:
    """Stage every export of the area. ``failed`` names missing files, truncated records and wrong charsets."""
    started = time.perf_counter()
    mapping = load_mapping(ctx.mapping_dir, area)
    staged, findings, failed = stage_exports(ctx, mapping)
    write_findings(findings, ctx.findings, f"{area}.read", ctx.mask_key)
    counts = {"exports": len(staged), "findings": sum(found.count for found in findings)}
    records = sum(read.records for read in staged)
    return StageResult(area, "read", time.perf_counter() - started, records, counts, failed)


def unexpected_files(ctx: RunContext) -> StageResult:
    """Once a run: files in the exports folder that no mapping of the vendor describes (R05) fail it."""
    started = time.perf_counter()
    names = unexpected(ctx)
    findings = [Finding("R05", 1, "", detail=name) for name in names]
    write_findings(findings, ctx.findings, "run.read", ctx.mask_key)
    failed = f"R05 {', '.join(names[:5])}{' ...' if len(names) > 5 else ''}" if names else None
    return StageResult("", "read", time.perf_counter() - started, 0, {"unexpected": len(names)}, failed)


def load_staged(ctx: RunContext, mapping: Mapping) -> dict[str, StagedExport]:
    """What the read stage left of the area's exports, in the mapping's order."""
    folder = ctx.staged(mapping.area_id)
    return {name: StagedExport.read(folder / f"{name}.json") for name in mapping.exports}


def scan_staged(ctx: RunContext, area: str, read: StagedExport) -> pl.LazyFrame:
    """An export's staged records for plans: a field that a short record lacks counts as empty (residue tells it
    apart)."""
    frame = pl.scan_parquet(ctx.staged(area) / f"{read.export}.parquet")
    return frame.with_columns(pl.col(list(read.fields)).fill_null("")) if read.ragged else frame


def map_area(ctx: RunContext, area: str) -> StageResult:
    """Staged exports to mapped groups, exclusions, residue, accounts and findings of one area."""
    started = time.perf_counter()
    mapping = load_mapping(ctx.mapping_dir, area)
    reads = load_staged(ctx, mapping)
    for folder in (ctx.mapped(area), ctx.residue(area), ctx.exclusions(area), conserve.aside_folder(ctx, area)):
        shutil.rmtree(folder, ignore_errors=True)
    work = ctx.work / "map" / area
    groups = _groups(ctx, mapping, reads, work)
    findings = [found for group in groups for found in group_findings(mapping, group, ctx.examples)]
    feeds_of, uses_of = feeds(groups), uses(groups)
    residue = excluded = 0
    aside_counts: dict[str, dict[str, int]] = {}
    absent: dict[str, dict[str, str]] = {}
    for name, read in reads.items():
        staged, raw = scan_staged(ctx, area, read), pl.scan_parquet(ctx.staged(area) / f"{name}.parquet")
        own = feeds_of.get(name, [])
        aside = set_aside(name, own, staged, whole=not own)
        aside_counts[name] = dict(aside.group_by("kind").len().iter_rows())
        if aside.height:
            write_table(aside, conserve.aside_folder(ctx, area) / f"{name}.parquet", ASIDE)
            signed = aside.filter(pl.col("kind") == "excluded")
            excluded += write_whole_records(
                signed, raw, read.fields, ctx.exclusions(area) / f"{name}.parquet", signed=True
            )
            findings += unmatched_findings(mapping, name, aside, staged, own, ctx.examples)
        fields = mapping.fates.fields(name, "items", "key") if own else ()
        lines, absent[name] = residue_lines(fields, uses_of.get(name, {}), own, staged, aside)
        more, padded = padding_findings(mapping, name, staged, aside, ctx.examples)
        findings += padded
        lines = [*conserve.ragged_lines(mapping, read, raw, aside), *lines, *more]
        residue += write_residue(lines, ctx.residue(area) / f"{name}.parquet", small=read.records <= SMALL)
    account = map_account(mapping, reads, groups, aside_counts, absent)
    ctx.accounts.mkdir(parents=True, exist_ok=True)
    (ctx.accounts / f"{area}.map.json").write_text(
        json.dumps(account, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    write_findings(findings, ctx.findings, f"{area}.map", ctx.mask_key)
    shutil.rmtree(work, ignore_errors=True)
    rows = sum(group.rows for group in groups)
    counts = {"groups": len(groups), "residue": residue, "excluded": excluded}
    return StageResult(area, "map", time.perf_counter() - started, rows, counts)


def _groups(ctx: RunContext, mapping: Mapping, reads: dict[str, StagedExport], work: Path) -> list[GroupOutcome]:
    if mapping.area is None:
        return []
    context = Context(
        {**mapping.vendor.transforms, **mapping.file.transforms},
        {**mapping.vendor.codes, **mapping.file.codes},
        {
            "municipality": ctx.municipality,
            "municipality_name": ctx.municipality_name,
            "delivery_date": ctx.delivery_date,
        },
        compiled=mapping.compiled,
    )
    records = {name: export.fields for name, export in mapping.exports.items()}
    keys = {name: list(export.definition.key) for name, export in mapping.exports.items()}
    outcomes = []
    blocks = mapping.file.groups
    for index, group in enumerate(group for group in mapping.area.groups if group.name in blocks):
        ctx.tell(mapping.area_id, "map", group.name, index, len(blocks))
        outcomes.append(
            map_group(
                mapping.area,
                group,
                blocks[group.name],
                records,
                keys,
                lambda name: scan_staged(ctx, mapping.area_id, reads[name]),
                context,
                ctx.mapped(mapping.area_id) / f"{group.slug}.parquet",
                work,
                ctx.examples,
                {name: read.kept for name, read in reads.items()},
            )
        )
    ctx.tell(mapping.area_id, "map", "", len(blocks), len(blocks))
    return outcomes


def conserve_area(ctx: RunContext, area: str) -> StageResult:
    """Overflow, quarantine, residue of nulled values, gaiji register and coverage of one area; runs behind the
    validators."""
    started = time.perf_counter()
    mapping = load_mapping(ctx.mapping_dir, area)
    reads = load_staged(ctx, mapping)
    roles = export_roles(mapping)
    totals = conserve.Counts()
    held = conserve.held_records(ctx, mapping)
    nulled = conserve.nulled_lines(ctx, mapping)
    for index, (name, read) in enumerate(reads.items()):
        ctx.tell(area, "conserve", name, index, len(reads))
        totals += conserve.conserve_export(ctx, mapping, read, roles[name], held.get(name), nulled.get(name, []))
    ctx.tell(area, "conserve", "", len(reads), len(reads))
    gaiji = write_gaiji(area, list(reads.values()), ctx.gaiji)
    write_table(conserve.coverage(ctx, mapping), ctx.coverage / f"{area}.parquet", COVERAGE)
    counts = {**totals.as_dict(), "gaiji": gaiji}
    records = sum(read.kept for read in reads.values())
    return StageResult(area, "conserve", time.perf_counter() - started, records, counts)
