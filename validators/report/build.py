"""The report stage: gathers the numbers once, writes them as report.json, and renders the page from exactly those
numbers."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

from layouts.delivery.catalogue import catalogue
from layouts.delivery.run import RunContext, StageResult
from validators.report import gather
from validators.report.render import render
from validators.report.verdict import not_checked, verdict

FORM = "tsugite.report/1"


def build(ctx: RunContext) -> StageResult:
    """Writes ``report/index.html`` (``ctx.lang``) and ``report/report.json`` (both languages) from the files of the
    run.

    Neither holds a time or the run id: the same inputs give the same bytes. A table that a failed stage did not
    leave is told as missing; the stage itself never fails a run.
    """
    started = time.perf_counter()
    body = gather_report(ctx)
    ctx.report.mkdir(parents=True, exist_ok=True)
    _write(ctx.report / "report.json", json.dumps(body, ensure_ascii=False, indent=1) + "\n")
    _write(ctx.report / "index.html", render(body, ctx.lang))
    counts = {"findings": body["findings"]["places"], "reasons": len(body["verdict"]["reasons"])}
    return StageResult("", "report", time.perf_counter() - started, body["findings"]["places"], counts)


def gather_report(ctx: RunContext) -> dict[str, Any]:
    """The content of report.json (validators/report/report.schema.json)."""
    seen = {path.name for path in (ctx.work / "staged").glob("*") if path.is_dir()}
    areas = tuple(sorted({*ctx.areas, *seen}))
    actions = {code: (entry.action_ja, entry.action_en) for code, entry in catalogue().items()}
    body: dict[str, Any] = {
        "form": FORM,
        "scope": gather.scope(ctx, areas),
        "inputs": gather.inputs(ctx),
        "ledger": gather.ledger(ctx),
        "control_totals": gather.control_totals(ctx),
        "declared": gather.declared(ctx),
        "findings": gather.findings(ctx, actions),
        "fill": gather.fill(ctx, areas),
        "overflow": gather.overflow(ctx, areas),
        "gaiji": gather.gaiji(ctx, areas),
        "quarantine": gather.quarantine(ctx, areas),
        "exclusions": gather.exclusions(ctx, areas),
        "residue": gather.residue(ctx, areas),
        "silent_rules": gather.silent_rules(ctx),
        "failures": gather.failures(ctx),
        "data_manifest_sha256": _manifest_hash(ctx.run_dir / "data.manifest.json"),
    }
    body["not_checked"] = not_checked(body, proof_required=ctx.proof_required)
    body["verdict"] = verdict(body)
    return body


def _manifest_hash(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.partial")
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.replace(path)
