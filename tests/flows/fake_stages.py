"""Stages that write small real files and fail on demand, as ``behaviour.json`` beside the exports says.

Run as a script, it is the command line with these stages.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
from pathlib import Path

import polars as pl

from flows import cli, stages
from layouts.delivery.run import RunContext, StageResult
from layouts.errors import Text, TsugiteError

SECRET = "山田花子の秘密"
"""Stands for a person's name: must never leave the exports and the run's folder."""


def _behave(context: RunContext, stage: str, area: str = "") -> StageResult:
    told = json.loads((context.exports_dir / "behaviour.json").read_text(encoding="utf-8"))
    with (context.run_dir.parent / "calls").open("a", encoding="utf-8") as calls:
        calls.write(f"{area} {stage}\n")
    context.tell(area, stage, "住民情報", 1, 1)
    match told.get(f"{area} {stage}".strip()):
        case "failed":
            return StageResult(area, stage, 0.0, 0, failed="R04 移行元ファイル JUKI_*.csv がありません")
        case "user":
            raise TsugiteError(
                "M01", Text("項目がありません", "no such item"), "b_sha/001.yaml:12", Text("直す", "fix it")
            )
        case "crash":
            raise ValueError(f"could not convert {SECRET}")
        case "full":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(context.run_dir))
        case "busy":
            raise OSError(errno.EIO, SECRET)
        case "busy once":
            flag = context.exports_dir / "was_busy"
            if not flag.exists():
                flag.touch()
                raise OSError(errno.ESTALE, SECRET)
        case "killed":
            os._exit(9)
        case "killed once":
            flag = context.run_dir.parent / "killed"
            if not flag.exists():
                flag.touch()
                os._exit(9)
    return StageResult(area, stage, 0.0, 3, {"exports": 1})


def inputs(context: RunContext) -> StageResult:
    return _behave(context, "inputs")


def read_area(context: RunContext, area: str) -> StageResult:
    result = _behave(context, "read", area)
    if result.failed is None:
        folder = context.staged(area)
        folder.mkdir(parents=True)
        source = context.exports_dir / "JUKI.csv"
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        part = {"file": source.name, "sha256": digest, "bytes": source.stat().st_size, "records": 3}
        staged = {"export": "juki", "area": area, "charset": "utf-8", "parts": [part]}
        (folder / "juki.json").write_text(json.dumps(staged), encoding="utf-8")
    return result


def map_area(context: RunContext, area: str) -> StageResult:
    return _behave(context, "map", area)


def validate_area(context: RunContext, area: str) -> StageResult:
    result = _behave(context, "validate", area)
    context.standard(area).mkdir(parents=True, exist_ok=True)
    pl.read_csv(context.exports_dir / "JUKI.csv").write_parquet(context.standard(area) / "resident.parquet")
    return result


def conserve_area(context: RunContext, area: str) -> StageResult:
    return _behave(context, "conserve", area)


def across(context: RunContext) -> StageResult:
    return _behave(context, "across")


def account(context: RunContext) -> StageResult:
    result = _behave(context, "account")
    told = json.loads((context.exports_dir / "behaviour.json").read_text(encoding="utf-8"))
    rules = told.get("findings", {})
    findings = {
        "rule": list(rules),
        "severity": list(rules.values()),
        "title_ja": ["題"] * len(rules),
        "title_en": ["title"] * len(rules),
        "count": [7] * len(rules),
    }
    schema = {"rule": pl.String, "severity": pl.String, "title_ja": pl.String, "title_en": pl.String, "count": pl.Int64}
    pl.DataFrame(findings, schema=schema).write_parquet(context.run_dir / "findings.parquet")
    closes = told.get("closes", True)
    pl.DataFrame(
        {"side": ["export", "export"], "line": ["read", "delivered"], "count": [3, 3], "closes": [closes, closes]}
    ).write_parquet(context.run_dir / "ledger.parquet")
    pl.DataFrame({"closes": [True]}).write_parquet(context.run_dir / "control_totals.parquet")
    return result


def build(context: RunContext) -> StageResult:
    result = _behave(context, "report")
    context.report.mkdir()
    text = (
        f"{','.join(context.areas)} {hashlib.sha256((context.run_dir / 'data.manifest.json').read_bytes()).hexdigest()}"
    )
    (context.report / "index.html").write_text(text, encoding="utf-8")
    return result


def write_project(
    folder: Path, behaviour: dict[str, object], areas: tuple[str, ...] = ("001", "031"), more: str = ""
) -> Path:
    """A project with one municipality (周南市) whose exports hold ``SECRET``; gives the project file."""
    exports = folder / "exports"
    exports.mkdir(parents=True, exist_ok=True)
    (folder / "vendors" / "b_sha").mkdir(parents=True, exist_ok=True)
    (folder / "vendors" / "b_sha" / "001.yaml").write_text("vendor: b_sha\n", encoding="utf-8")
    (exports / "JUKI.csv").write_text(f"no,name\n1,{SECRET}\n2,甲\n3,乙\n", encoding="utf-8")
    (exports / "behaviour.json").write_text(json.dumps(behaviour), encoding="utf-8")
    path = folder / "project.yaml"
    path.write_text(
        f"""programme: 試験
vendors: vendors
out: out
delivery_date: 2018-01-04
areas: {json.dumps(list(areas))}
municipalities:
  - code: "352152"
    name: 周南市
    vendor: b_sha
    exports: exports
{more}""",
        encoding="utf-8",
    )
    return path


def add_municipality(project: Path, code: str, behaviour: dict[str, object]) -> None:
    """Another municipality of ``project``, with exports of its own."""
    write_project(project.parent / code, behaviour)
    with project.open("a", encoding="utf-8") as file:
        file.write(f'  - {{code: "{code}", vendor: b_sha, exports: {code}/exports}}\n')


TARGETS = {
    "inputs": "inputs",
    "read": "read_area",
    "map": "map_area",
    "validate": "validate_area",
    "conserve": "conserve_area",
    "across": "across",
    "account": "account",
    "report": "build",
}


def install() -> None:
    """Put the fake stages into the stage graph of this process."""
    for name, target in TARGETS.items():
        stages.ALL_STAGES[name] = stages.Stage(name, f"fake_stages:{target}")


if __name__ == "__main__":
    install()
    stages.RETRY_DELAYS_SECONDS = (0, 0)  # nobody has to wait for a fake file share
    sys.exit(cli.run(sys.argv[1:]))
