"""How a run ends: the manifests, the verdict, and the folder's final name.

``data.manifest.json`` says what went in and what data came out, and nothing of when: the same inputs give the same
bytes. The report prints its hash. ``manifest.json`` adds the report, the times and the costs; it is written last, so a
folder without it is no delivery.
"""

from __future__ import annotations

import dataclasses
import json
import platform
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from flows import runfolder
from flows.fingerprint import mapping_hash, mask_key_id, versions
from flows.project import LoadedProject
from flows.runfolder import Run
from flows.stages import (
    AREA_STAGES,
    CLOSING_STAGES,
    OPENING_STAGES,
    Record,
    both,
    explain,
    load_records,
    peak_rss_mb,
    write_crash,
)
from layouts import load_area
from layouts.delivery.manifest import DATA_MANIFEST, MANIFEST, file_entries, files_below, write_manifest
from layouts.delivery.run import RunContext, StageResult
from layouts.errors import Text

EXIT_CODES = {"clean": 0, "findings": 1, "user_error": 2, "failed": 3}

_OPENING = frozenset(stage.name for stage in OPENING_STAGES)

Verdict = Literal["clean", "findings", "user_error", "failed"]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a municipality's run; holds counts and names, no personal data."""

    municipality: str
    name: str
    rehearsal: str
    run_id: str
    run_dir: str
    verdict: Verdict
    seconds: float
    peak_rss_mb: int
    stages: list[dict[str, Any]]
    failures: list[dict[str, Any]]
    ledger: dict[str, Any]
    findings: dict[str, int]
    """Rules' counts by severity: error, warning, info."""
    rules: list[dict[str, Any]]
    """Findings by rule: rule, severity, title_ja, title_en, count, places."""
    counts: dict[str, int]
    report: str | None
    resumed: bool = False
    """Whether it went on where a killed run had ended."""

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.verdict]

    def as_json(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "exit_code": self.exit_code}


def data_files(run_dir: Path) -> list[Path]:
    """Every file of the run that is data: all but what is hidden, the report, the manifests and crash files."""
    below = files_below(run_dir, frozenset({"report"}))
    return [path for path in below if not path.name.startswith("crash-")]


def inputs_of(context: RunContext) -> list[dict[str, Any]]:
    """Every part of every staged export: area, export, file, SHA-256, bytes, records."""
    parts = []
    for path in sorted(context.work.glob("staged/*/*.json")):
        staged = json.loads(path.read_bytes())
        for part in staged["parts"]:
            parts.append({"area": staged["area"], "export": staged["export"], "charset": staged["charset"], **part})
    return parts


def seal_data(context: RunContext) -> StageResult:
    """Write ``gaiji.csv`` over all areas, then ``data.manifest.json``: inputs, versions, mapping and layout hashes, and
    every data file with its hash."""
    from mappings.overflow import write_gaiji_csv  # polars is loaded when a run is closed, not with the command line

    began = time.monotonic()
    write_gaiji_csv(context.gaiji)
    layouts = {area: load_area(area) for area in context.areas if not area.startswith("x_")}
    files = file_entries(context.run_dir, data_files(context.run_dir), context.threads)
    body = {
        "form": "tsugite.data-manifest/1",
        "municipality": {"code": context.municipality, "name": context.municipality_name},
        "areas": list(context.areas),
        "vendor": context.vendor,
        "profile": context.profile,
        "delivery_date": context.delivery_date,
        "examples": context.examples,
        "mask_key_id": mask_key_id(context),
        "versions": versions(),
        "mapping": mapping_hash(context),
        "layouts": {area: {"version": layout.version, "hash": layout.hash} for area, layout in layouts.items()},
        "inputs": inputs_of(context),
    }
    write_manifest(context.run_dir / DATA_MANIFEST, body, files)
    return StageResult("", "seal", time.monotonic() - began, len(files), {"files": len(files)})


def close_run(run: Run, began: float) -> Outcome:
    """Judge the run by its records, write ``manifest.json`` and give the folder its final name.

    ``began`` is the monotonic time at which the run began. A run with a stage that is missing or did not end well
    becomes ``*.failed``, without manifest.json.
    """
    context = run.context
    records = load_records(context.run_dir)
    failures = [r for r in records if not r.whole]
    expected = {("", s.name) for s in (*OPENING_STAGES, *CLOSING_STAGES)}
    expected |= {(area, s.name) for area in context.areas for s in AREA_STAGES}
    complete = not failures and expected <= {(r.area, r.stage) for r in records}
    rules = _rules(context.run_dir)
    ledger = _ledger(context.run_dir)
    verdict: Verdict
    if not complete or not ledger.get("closed", False):
        # What the closing stages make of areas that are missing is no further cause.
        causes = [r for r in failures if r.area or r.stage in _OPENING] or failures
        verdict = "user_error" if causes and all(r.status == "user" for r in causes) else "failed"
    else:
        verdict = "findings" if any(rule["severity"] != "info" for rule in rules) else "clean"
    outcome = Outcome(
        municipality=context.municipality,
        name=context.municipality_name,
        rehearsal=context.rehearsal,
        run_id=run.run_id,
        run_dir=str(run.delivered if EXIT_CODES[verdict] < 2 else run.failed),
        verdict=verdict,
        seconds=round(time.monotonic() - began, 3),
        peak_rss_mb=peak_rss_mb(),
        stages=[_cost(r) for r in records],
        failures=[_failure(_moved(run, r)) for r in failures],
        ledger=ledger,
        findings={s: sum(r["count"] for r in rules if r["severity"] == s) for s in ("error", "warning", "info")},
        rules=rules,
        counts=_totals(records),
        report=None,
        resumed=run.resumed,
    )
    if EXIT_CODES[verdict] < 2:
        try:
            outcome = _deliver(run, outcome)
        except OSError as error:
            outcome = _undelivered(run, outcome, error)
    else:
        _set_aside(run)
    report = Path(outcome.run_dir) / "report" / "index.html"
    return dataclasses.replace(outcome, report=str(report) if report.is_file() else None)


def refused(project: LoadedProject, code: str, rehearsal: str, error: Exception) -> Outcome:
    """The outcome of a run that could not even begin (another one at work, no room for a folder)."""
    status, number, what, where, todo = explain(error)
    record = Record("", "open", status, 0.0, code=number, what=what, where=where, todo=todo)
    return Outcome(
        municipality=code,
        name=project.name(code),
        rehearsal=rehearsal,
        run_id="",
        run_dir="",
        verdict="user_error" if status == "user" else "failed",
        seconds=0.0,
        peak_rss_mb=peak_rss_mb(),
        stages=[],
        failures=[_failure(record)],
        ledger={},
        findings=dict.fromkeys(("error", "warning", "info"), 0),
        rules=[],
        counts={},
        report=None,
    )


def _deliver(run: Run, outcome: Outcome) -> Outcome:
    run_dir = run.context.run_dir
    started = runfolder.started(run_dir)
    if not run.keep_work:
        runfolder.remove_work(run_dir)
    runfolder.sync_tree(run_dir)
    everything = [run_dir / DATA_MANIFEST, *files_below(run_dir)]
    write_manifest(
        run_dir / MANIFEST,
        {
            "form": "tsugite.manifest/1",
            "run_id": run.run_id,
            "programme": run.project.project.programme,
            "rehearsal": run.context.rehearsal,
            "municipality": {"code": run.context.municipality, "name": run.context.municipality_name},
            "verdict": outcome.verdict,
            "resumed": outcome.resumed,
            "started": started,
            "ended": datetime.now().astimezone().isoformat(timespec="seconds"),
            "seconds": outcome.seconds,
            "peak_rss_mb": outcome.peak_rss_mb,
            "platform": platform.platform(),
            "project_sha256": run.project.sha256,
            "stages": outcome.stages,
        },
        file_entries(run_dir, everything, run.context.threads),
    )
    runfolder.rename_run(run_dir, run.delivered)
    return outcome


def _undelivered(run: Run, outcome: Outcome, error: OSError) -> Outcome:
    status, code, what, where, todo = explain(error)
    if status == "crashed":
        where = both(str(write_crash(run.context.run_dir, "close", error)))
    failure = Record("", "close", status, 0.0, code=code, what=what, where=where, todo=todo)
    _set_aside(run)
    return dataclasses.replace(
        outcome,
        verdict="user_error" if status == "user" else "failed",
        run_dir=str(run.failed),
        failures=[*outcome.failures, _failure(_moved(run, failure))],
    )


def _set_aside(run: Run) -> None:
    """Name the folder ``*.failed``; a manifest.json in it would make it look like a delivery."""
    (run.context.run_dir / MANIFEST).unlink(missing_ok=True)
    if not run.keep_work and (run.context.run_dir / ".work").exists():
        runfolder.remove_work(run.context.run_dir)
    run.context.run_dir.rename(run.failed)


def _cost(record: Record) -> dict[str, Any]:
    names = ("area", "stage", "status", "seconds", "records", "counts", "peak_rss_mb")
    return {name: getattr(record, name) for name in names}


def _moved(run: Run, record: Record) -> Record:
    """A failed stage's record, with places in the run's folder under the name that the folder is about to get."""
    now, later = str(run.context.run_dir), str(run.failed)
    return dataclasses.replace(record, where=Text(*(place.replace(now, later) for place in record.where)))


def _failure(record: Record) -> dict[str, Any]:
    return {
        "area": record.area,
        "stage": record.stage,
        "status": record.status,
        "code": record.code,
        "what": record.what._asdict(),
        "where": record.where._asdict(),
        "todo": record.todo._asdict(),
    }


def _totals(records: list[Record]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for record in records:
        if record.area:
            totals[f"{record.stage}.records"] = totals.get(f"{record.stage}.records", 0) + record.records
            for name, count in record.counts.items():
                totals[f"{record.stage}.{name}"] = totals.get(f"{record.stage}.{name}", 0) + count
    return totals


def _rules(run_dir: Path) -> list[dict[str, Any]]:
    """Findings by rule, the gravest and most frequent first."""
    path = run_dir / "findings.parquet"
    if not path.is_file():
        return []
    import polars as pl

    gravity = pl.col("severity").replace_strict({"error": 0, "warning": 1, "info": 2}, default=3)
    return (
        pl.read_parquet(path, columns=["rule", "severity", "title_ja", "title_en", "count"])
        .filter(pl.col("count") > 0)
        .group_by("rule", "severity")
        .agg(pl.col("title_ja").first(), pl.col("title_en").first(), pl.col("count").sum(), pl.len().alias("places"))
        .sort(gravity, -pl.col("count"), "rule")
        .to_dicts()
    )


def _ledger(run_dir: Path) -> dict[str, Any]:
    """Whether the ledger closes, and its lines summed over exports and over groups. ``{}`` when there is none."""
    ledger, totals = run_dir / "ledger.parquet", run_dir / "control_totals.parquet"
    if not ledger.is_file() or not totals.is_file():
        return {}
    import polars as pl

    lines = pl.read_parquet(ledger, columns=["side", "line", "count", "closes"])
    sums = pl.read_parquet(totals, columns=["closes"])
    summed: dict[str, dict[str, int]] = {"export": {}, "group": {}}
    for side, line, count in lines.group_by("side", "line", maintain_order=True).agg(pl.col("count").sum()).iter_rows():
        summed[side][line] = count
    return {
        "closed": bool((lines["closes"].fill_null(True).all()) and (sums["closes"].fill_null(True).all())),
        "exports": summed["export"],
        "groups": summed["group"],
        "control_totals": sums.height,
    }
