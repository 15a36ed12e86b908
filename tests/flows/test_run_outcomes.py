"""What a run leaves behind, when all is well and when something is not: real folders, stages that fail on demand."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import fake_stages
import polars as pl
import pytest

from flows import cli, closing, local
from flows.project import load_project
from flows.runfolder import Options, open_run, release
from flows.stages import is_passing
from layouts.delivery.manifest import hash_file

pytestmark = pytest.mark.usefixtures("fakes")


def migrate(project: Path, **options: Any) -> closing.Outcome:
    (outcome,) = local.migrate_programme(load_project(project), Options(**options))
    return outcome


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def everything_below(folder: Path) -> str:
    return "\n".join(p.read_text(encoding="utf-8", errors="replace") for p in folder.rglob("*") if p.is_file())


def test_a_clean_run_is_a_delivery_without_work_files(tmp_path: Path) -> None:
    outcome = migrate(fake_stages.write_project(tmp_path, {}))
    run_dir = Path(outcome.run_dir)
    assert (outcome.verdict, outcome.exit_code) == ("clean", 0)
    assert run_dir.parent == tmp_path / "out" / "352152" / "rehearsal-1"
    assert run_dir.name == outcome.run_id
    assert files(run_dir) == [
        "control_totals.parquet",
        "data.manifest.json",
        "findings.parquet",
        "ledger.parquet",
        "manifest.json",
        "report/index.html",
        "standard/001/resident.parquet",
        "standard/031/resident.parquet",
    ]


def test_the_manifest_lists_every_file_with_its_hash_and_every_stage_with_its_cost(tmp_path: Path) -> None:
    outcome = migrate(fake_stages.write_project(tmp_path, {}))
    run_dir = Path(outcome.run_dir)
    manifest = json.loads((run_dir / "manifest.json").read_bytes())
    assert [entry["path"] for entry in manifest["files"]] == [
        name for name in files(run_dir) if name != "manifest.json"
    ]
    for entry in manifest["files"]:
        path = run_dir / entry["path"]
        assert (entry["sha256"], entry["bytes"]) == (hash_file(path), path.stat().st_size)
    costs = {(s["area"], s["stage"]) for s in manifest["stages"]}
    assert {("001", "read"), ("031", "conserve"), ("", "report")} <= costs
    assert all(s["peak_rss_mb"] > 0 for s in manifest["stages"])


def test_the_report_sees_the_sealed_data_manifest(tmp_path: Path) -> None:
    run_dir = Path(migrate(fake_stages.write_project(tmp_path, {})).run_dir)
    assert hash_file(run_dir / "data.manifest.json") in (run_dir / "report" / "index.html").read_text()


def test_two_runs_of_the_same_inputs_have_the_same_data_manifest(tmp_path: Path) -> None:
    project = fake_stages.write_project(tmp_path, {})
    first, second = migrate(project), migrate(project, rehearsal="本番")
    manifests = [(Path(o.run_dir) / "data.manifest.json").read_bytes() for o in (first, second)]
    assert first.run_id != second.run_id
    assert manifests[0] == manifests[1]
    assert first.run_id.encode() not in manifests[0]


def test_the_data_manifest_changes_with_the_mapping_and_with_an_input(tmp_path: Path) -> None:
    project = fake_stages.write_project(tmp_path, {})
    seen = [(Path(migrate(project).run_dir) / "data.manifest.json").read_bytes()]
    (tmp_path / "vendors" / "b_sha" / "001.yaml").write_text("vendor: b_sha # other\n")
    seen.append((Path(migrate(project).run_dir) / "data.manifest.json").read_bytes())
    (tmp_path / "exports" / "JUKI.csv").write_text("no,name\n1,丙\n")
    seen.append((Path(migrate(project).run_dir) / "data.manifest.json").read_bytes())
    assert len(set(seen)) == 3


@pytest.mark.parametrize(
    ("findings", "verdict", "code"),
    [
        ({}, "clean", 0),
        ({"V01": "info"}, "clean", 0),
        ({"V01": "warning"}, "findings", 1),
        ({"V02": "error"}, "findings", 1),
    ],
)
def test_findings_above_info_make_exit_code_1(
    tmp_path: Path, findings: dict[str, str], verdict: str, code: int
) -> None:
    outcome = migrate(fake_stages.write_project(tmp_path, {"findings": findings}))
    assert (outcome.verdict, outcome.exit_code) == (verdict, code)
    assert sum(outcome.findings.values()) == 7 * len(findings)


def test_a_ledger_that_does_not_close_is_no_delivery(tmp_path: Path) -> None:
    outcome = migrate(fake_stages.write_project(tmp_path, {"closes": False}))
    run_dir = Path(outcome.run_dir)
    assert (outcome.verdict, outcome.exit_code) == ("failed", 3)
    assert run_dir.name.endswith(".failed")
    assert "report/index.html" in files(run_dir)
    assert "manifest.json" not in files(run_dir)


def test_a_missing_export_fails_the_run_but_the_other_areas_are_told_about(tmp_path: Path) -> None:
    outcome = migrate(fake_stages.write_project(tmp_path, {"031 read": "failed"}))
    run_dir = Path(outcome.run_dir)
    assert outcome.exit_code == 3
    assert [(f["area"], f["stage"]) for f in outcome.failures] == [("031", "read")]
    assert outcome.failures[0]["code"] == "R04"
    assert "JUKI_*.csv" in outcome.failures[0]["what"]["ja"]
    stages = [(s["area"], s["stage"]) for s in outcome.stages]
    assert ("001", "conserve") in stages
    assert ("031", "map") not in stages
    assert run_dir.name.endswith(".failed")
    assert (run_dir / "report" / "index.html").read_text().startswith("001 ")
    assert not (run_dir / "manifest.json").exists()


def test_no_area_left_means_no_report_and_still_a_reason(tmp_path: Path) -> None:
    outcome = migrate(fake_stages.write_project(tmp_path, {"001 read": "failed", "031 map": "failed"}))
    assert outcome.report is None
    assert len(outcome.failures) == 2


def test_a_wrong_mapping_is_the_users_error(tmp_path: Path) -> None:
    outcome = migrate(fake_stages.write_project(tmp_path, {"001 map": "user"}))
    assert (outcome.verdict, outcome.exit_code) == ("user_error", 2)
    assert outcome.failures[0]["where"]["en"] == "b_sha/001.yaml:12"


def test_a_full_disk_is_told_in_one_line_and_leaves_no_delivery(tmp_path: Path) -> None:
    outcome = migrate(fake_stages.write_project(tmp_path, {"001 map": "full"}))
    assert outcome.exit_code == 2
    assert outcome.failures[0]["code"] == "F02"
    assert Path(outcome.run_dir).name.endswith(".failed")


def test_a_crash_tells_its_type_and_a_file_but_no_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = fake_stages.write_project(tmp_path, {"001 map": "crash"})
    assert cli.run(["migrate", str(project), "--orchestrator", "local"]) == 3
    shown = "".join(capsys.readouterr())
    assert "ValueError" in shown
    assert fake_stages.SECRET not in shown
    (run_dir,) = (tmp_path / "out" / "352152" / "rehearsal-1").glob("*.failed")
    crash = (run_dir / "crash-001.map.txt").read_text(encoding="utf-8")
    assert "fake_stages.py" in crash
    assert fake_stages.SECRET not in crash
    assert fake_stages.SECRET in (run_dir / "restricted" / "crash-001.map.txt").read_text(encoding="utf-8")


def calls_of(run_dir: Path, stage: str) -> int:
    return (run_dir.parent / "calls").read_text(encoding="utf-8").splitlines().count(stage)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the plain runner waits for; it does not."""
    found: list[float] = []
    monkeypatch.setattr("flows.local.time.sleep", found.append)
    return found


def test_a_stage_that_met_a_busy_file_share_is_tried_again(tmp_path: Path, waits: list[float]) -> None:
    outcome = migrate(fake_stages.write_project(tmp_path, {"031 map": "busy once"}))
    run_dir = Path(outcome.run_dir)
    assert (outcome.verdict, waits) == ("clean", [5])
    assert calls_of(run_dir, "031 map") == 2
    assert list(run_dir.rglob("crash-*")) == []


def test_a_file_share_that_stays_busy_fails_the_run_after_longer_and_longer_waits(
    tmp_path: Path, waits: list[float]
) -> None:
    outcome = migrate(fake_stages.write_project(tmp_path, {"001 read": "busy"}))
    assert (outcome.verdict, waits) == ("failed", [5, 20])
    assert calls_of(Path(outcome.run_dir), "001 read") == 3
    assert fake_stages.SECRET not in json.dumps(outcome.as_json(), ensure_ascii=False)


@pytest.mark.parametrize("behaviour", ["failed", "user", "crash", "full"])
def test_what_is_the_same_at_the_next_try_is_not_tried_again(
    tmp_path: Path, waits: list[float], behaviour: str
) -> None:
    outcome = migrate(fake_stages.write_project(tmp_path, {"001 read": behaviour}))
    assert (calls_of(Path(outcome.run_dir), "001 read"), waits) == (1, [])


def test_passing_trouble_is_known_whoever_met_it() -> None:
    rust = pl.exceptions.ComputeError("failed to read juki.parquet: Stale file handle (os error 116)")
    duck = duckdb.IOException('IO Error: Could not read from file "juki.parquet": Input/output error')
    wrapped = ValueError("a stage")
    wrapped.__cause__ = OSError(errno.ETIMEDOUT, "timed out")
    for error in (rust, duck, wrapped, ConnectionResetError(), TimeoutError()):
        assert is_passing(error), error
    gone = FileNotFoundError(errno.ENOENT, "no such file")
    for error in (gone, OSError(errno.ENOSPC, "full"), duckdb.IOException("IO Error: No files found"), ValueError("1")):
        assert not is_passing(error), error


def test_files_are_closed_to_others(tmp_path: Path) -> None:
    run_dir = Path(migrate(fake_stages.write_project(tmp_path, {})).run_dir)
    modes = {stat.S_IMODE(p.stat().st_mode) & 0o077 for p in [run_dir, *run_dir.rglob("*")]}
    assert modes == {0}


def test_a_shared_folder_opens_all_but_restricted_to_the_group(tmp_path: Path) -> None:
    run_dir = Path(migrate(fake_stages.write_project(tmp_path, {}, more="shared_folder: true\n")).run_dir)
    assert stat.S_IMODE((run_dir / "standard").stat().st_mode) == 0o770
    assert stat.S_IMODE((run_dir / "restricted").stat().st_mode) == 0o700


def test_keep_work_keeps_the_stages_files_out_of_the_manifest(tmp_path: Path) -> None:
    run_dir = Path(migrate(fake_stages.write_project(tmp_path, {}), keep_work=True).run_dir)
    assert (run_dir / ".work" / "staged" / "001" / "juki.json").is_file()
    manifest = json.loads((run_dir / "manifest.json").read_bytes())
    assert not [entry for entry in manifest["files"] if entry["path"].startswith(".work")]


def kill_a_run(project: Path) -> Path:
    """Run until the fake stage ``across`` kills the process; gives the folder that is left."""
    command = [sys.executable, fake_stages.__file__, "migrate", str(project), "--orchestrator", "local"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 9
    (left,) = (project.parent / "out" / "352152" / "rehearsal-1").glob("2*")
    return left


def test_a_killed_run_leaves_only_a_partial_folder(tmp_path: Path) -> None:
    left = kill_a_run(fake_stages.write_project(tmp_path, {"across": "killed"}))
    assert left.suffix == ".partial"
    assert not (left / "manifest.json").exists()


def test_the_same_command_goes_on_where_a_killed_run_ended(tmp_path: Path) -> None:
    project = fake_stages.write_project(tmp_path, {"across": "killed once"})
    left = kill_a_run(project)
    (left / "standard" / ".begun.partial").touch()
    outcome = migrate(project, keep_work=True)
    run_dir = Path(outcome.run_dir)
    assert (outcome.resumed, outcome.verdict) == (True, "clean")
    assert run_dir.name == left.stem
    calls = (run_dir.parent / "calls").read_text(encoding="utf-8").splitlines()
    assert [calls.count(f"{area} {stage}") for area in ("001", "031") for stage in ("read", "conserve")] == [1, 1, 1, 1]
    assert calls.count(" across") == 2
    assert list((run_dir / "standard").glob(".*")) == []
    afresh = migrate(project)
    assert not afresh.resumed
    assert (Path(afresh.run_dir) / "data.manifest.json").read_bytes() == (run_dir / "data.manifest.json").read_bytes()


@pytest.mark.parametrize("changed", ["exports/JUKI.csv", "vendors/b_sha/001.yaml", "project.yaml"])
def test_a_killed_run_is_left_alone_if_what_it_depends_on_has_changed(tmp_path: Path, changed: str) -> None:
    project = fake_stages.write_project(tmp_path, {"across": "killed once"})
    left = kill_a_run(project)
    with (tmp_path / changed).open("a") as file:
        file.write("# changed\n")
    outcome = migrate(project)
    assert not outcome.resumed
    assert Path(outcome.run_dir).name != left.stem
    assert left.is_dir()


def test_a_second_run_in_the_same_rehearsal_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = fake_stages.write_project(tmp_path, {})
    first = open_run(load_project(project), "352152", Options())
    try:
        assert cli.run(["migrate", str(project), "--orchestrator", "local", "--lang", "en"]) == 2
        assert "[F01] another run is at work" in capsys.readouterr().out
    finally:
        release(first)
    assert cli.run(["migrate", str(project), "--orchestrator", "local"]) == 0


def test_the_context_on_disk_holds_no_key(tmp_path: Path) -> None:
    project = load_project(fake_stages.write_project(tmp_path, {}))
    run = open_run(project, "352152", Options())
    release(run)
    saved = everything_below(run.context.run_dir)
    assert run.context.mask_key.hex() not in saved
    assert stat.S_IMODE((tmp_path / "out.mask-key").stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_output_folder_that_cannot_be_written_is_the_users_error(tmp_path: Path) -> None:
    project = fake_stages.write_project(tmp_path, {})
    (tmp_path / "closed").mkdir(mode=0o500)
    assert cli.run(["migrate", str(project), "--out", str(tmp_path / "closed" / "out"), "--orchestrator", "local"]) == 2


def test_an_output_folder_that_is_a_file_is_the_users_error(tmp_path: Path) -> None:
    project = fake_stages.write_project(tmp_path, {})
    (tmp_path / "out").write_text("a file")
    assert cli.run(["migrate", str(project), "--orchestrator", "local"]) == 2


def test_the_result_as_json_has_what_a_script_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = fake_stages.write_project(tmp_path, {"findings": {"V01": "error"}})
    assert cli.run(["migrate", str(project), "--json", "--orchestrator", "local"]) == 1
    out, err = capsys.readouterr()
    body = json.loads(out)
    (run,) = body["municipalities"]
    assert err == ""
    assert body["exit_code"] == 1
    assert (run["municipality"], run["verdict"], run["ledger"]["closed"]) == ("352152", "findings", True)
    assert run["findings"] == {"error": 7, "warning": 0, "info": 0}
    assert Path(run["report"]).is_file()
    assert {s["stage"] for s in run["stages"]} >= {"read", "map", "validate", "conserve", "account", "report"}
