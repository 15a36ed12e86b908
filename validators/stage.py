"""The validate stage of an area, and the references between areas: mapped groups in, standard files, findings and
accounts out."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from layouts import load_area
from layouts.delivery.run import RunContext, StageResult
from layouts.load import area_ids
from layouts.model import Area, Group
from validators.checks import code_sets
from validators.cross import Files, StandardFile, check_cross_rules, check_references
from validators.engine import connection
from validators.findings import Findings, Subject
from validators.groups import GroupInput, Outcome, judge_group
from validators.references import Reference, references_of
from validators.sinks import RunSink, Tracer, source_exports

UNCARRIED = "D01"


def validate_area(ctx: RunContext, area: str) -> StageResult:
    """Judge every mapped group of an area and write what is delivered.

    Reads ``.work/mapped/<area>/``; writes ``standard/``, ``lineage/``, ``.work/held/``, ``.work/nulled/``,
    ``.work/accounts/<area>.validate.json`` and ``.work/findings/<area>.validate.*``. An area without a layout
    (``x_...``) has nothing to judge. Raises :class:`layouts.errors.TsugiteError` where a mapped file does not have
    the layout's columns, or a rule of the layout cannot be evaluated.
    """
    began = time.monotonic()
    findings = Findings(ctx.examples)
    outcomes: dict[str, Outcome] = {}
    if area in area_ids():
        layout = load_area(area)
        for group in layout.groups:
            mapped = ctx.mapped(area) / f"{group.slug}.parquet"
            if mapped.exists():
                outcomes[group.slug] = _validate_group(ctx, layout, group, mapped, findings)
        files = standard_files(ctx, [area])
        ctx.tell(area, "validate", "cross_rules", 0, len(layout.cross_rules))
        inside = [reference for reference in _references([area], files) if reference.inside]
        with connection(ctx.work / "spill" / f"{area}.cross", ctx.threads) as con:
            check_cross_rules(layout, files, findings, con)
            check_references(inside, files, findings, con)
        ctx.tell(area, "validate", "cross_rules", len(layout.cross_rules), len(layout.cross_rules))
    findings.write(ctx.findings, f"{area}.validate", ctx.mask_key)
    _write_accounts(ctx, area, outcomes)
    counts = {
        "delivered": sum(outcome.delivered for outcome in outcomes.values()),
        "quarantined": sum(outcome.quarantined for outcome in outcomes.values()),
        "identical": sum(outcome.identical for outcome in outcomes.values()),
        "nulled": sum(outcome.nulled for outcome in outcomes.values()),
        "findings": sum(finding.count for finding in findings),
    }
    records = sum(outcome.derived for outcome in outcomes.values())
    return StageResult(area, "validate", time.monotonic() - began, records, counts)


def validate_across(ctx: RunContext) -> StageResult:
    """Check the references that reach into other areas, over the standard files of all areas of the run
    (``.work/findings/across.*``).

    A reference into an area that is not part of the run is not checked (V14, info), never an orphan.
    """
    began = time.monotonic()
    findings = Findings(ctx.examples)
    areas = [area for area in ctx.areas if area in area_ids()]
    files = standard_files(ctx, areas)
    between = [reference for reference in _references(areas, files) if not reference.inside]
    with connection(ctx.work / "spill" / "across", ctx.threads) as con:
        check_references(between, files, findings, con)
    findings.write(ctx.findings, "across", ctx.mask_key)
    counts = {"references": len(between), "findings": sum(finding.count for finding in findings)}
    return StageResult("", "across", time.monotonic() - began, len(between), counts)


def standard_files(ctx: RunContext, areas: Iterable[str]) -> Files:
    """The standard files that a run has written for these areas, each with its way back to the exports."""
    found: dict[tuple[str, str], StandardFile] = {}
    for area_id in areas:
        layout = load_area(area_id)
        for group in layout.groups:
            name = f"{group.slug}.parquet"
            standard, mapped = ctx.standard(area_id) / name, ctx.mapped(area_id) / name
            if standard.exists():
                trace = Tracer(mapped, ctx.held(area_id) / name, source_exports(mapped))
                found[area_id, group.name] = StandardFile(layout, group, standard, trace)
    return found


def _references(areas: Iterable[str], files: Files) -> list[Reference]:
    return [
        reference
        for area in areas
        for group in load_area(area).groups
        if (area, group.name) in files
        for reference in references_of(group)
    ]


def _validate_group(ctx: RunContext, area: Area, group: Group, mapped: Path, findings: Findings) -> Outcome:
    codes = code_sets(area, group, ctx.code_lists_dir)
    with RunSink(ctx, area, group, mapped) as sink:
        source = GroupInput(area, group, mapped, codes, sink.exports)
        outcome = judge_group(
            source,
            findings,
            sink,
            temp=ctx.work / "spill" / f"{area.id}.{group.slug}",
            threads=ctx.threads,
            progress=lambda done, total: ctx.tell(area.id, "validate", group.name, done, total),
        )
    for item, count in sink.files.uncarried.group_by("item").agg(pl.col("count").sum()).sort("item").iter_rows():
        findings.of(Subject(UNCARRIED, area.id, group.name, item)).count += int(count)
    return outcome


def _write_accounts(ctx: RunContext, area: str, outcomes: dict[str, Outcome]) -> None:
    groups: dict[str, Any] = {
        slug: {
            "derived": outcome.derived,
            "delivered": outcome.delivered,
            "quarantined": outcome.quarantined,
            "identical": outcome.identical,
            "nulled": outcome.nulled,
            "control_totals": {
                item: {line: f"{amount:f}" for line, amount in vars(totals).items()}
                for item, totals in outcome.totals.items()
            },
            "rules": {
                rule.id: outcome.evaluated[rule.id] for rule in load_area(area).rules_of(load_area(area).group(slug))
            },
        }
        for slug, outcome in outcomes.items()
    }
    ctx.accounts.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"groups": groups}, ensure_ascii=False, indent=1)
    path = ctx.accounts / f"{area}.validate.json"
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)
