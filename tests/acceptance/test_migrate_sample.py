"""The commands of the README on the committed sample, run as a user runs them: in a process of their own."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "sample_data" / "yamaguchi" / "project.yaml"
CODE = "355020"
FEW = ("014", "031", "x_dog_registration")
"""Areas for what a run of all of them would not show any better."""


def tsugite(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONWARNINGS": "default", "NO_COLOR": "1"}
    environment.pop("PREFECT_API_URL", None)
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("out")
    done = tsugite(
        "migrate", str(PROJECT), "--municipality", CODE, "--rehearsal", "R1", "--out", str(out), "--json", cwd=out
    )
    assert done.returncode in (0, 1), done.stderr
    result: dict[str, Any] = json.loads(done.stdout)["municipalities"][0]
    return result


@pytest.fixture(scope="module")
def delivery(run: dict[str, Any]) -> Path:
    return Path(run["run_dir"])


def test_every_file_of_the_delivery_stands_in_the_manifest_with_its_hash(delivery: Path) -> None:
    manifest = json.loads((delivery / "manifest.json").read_text("utf-8"))
    listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    present = {p.relative_to(delivery).as_posix() for p in delivery.rglob("*") if p.is_file()} - {"manifest.json"}
    assert present == set(listed)
    for path, digest in listed.items():
        assert hashlib.sha256((delivery / path).read_bytes()).hexdigest() == digest, path


def test_both_sides_of_the_ledger_close(delivery: Path) -> None:
    ledger = pl.read_parquet(delivery / "ledger.parquet")
    assert ledger.height > 0
    assert ledger.filter(~pl.col("closes")).is_empty()
    exports = ledger.filter(pl.col("side") == "export")
    read = exports.filter(pl.col("line") == "read")["count"].sum()
    assert read > 0
    assert exports.filter(pl.col("line") != "read")["count"].sum() == read


def test_control_totals_reconcile(delivery: Path) -> None:
    totals = pl.read_parquet(delivery / "control_totals.parquet")
    assert totals.height > 0
    assert totals.filter(pl.col("difference") != 0).is_empty()
    declared = totals.filter(pl.col("expected").is_not_null())
    assert declared.height > 100
    assert declared.filter(pl.col("expected") != pl.col("delivered")).is_empty()


def test_delivered_items_equal_the_truth(delivery: Path) -> None:
    truth = PROJECT.parent / CODE / "truth"
    done = tsugite("sample", "compare", str(delivery), str(truth), "--json", cwd=delivery)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_the_delivery_can_be_validated_on_its_own(delivery: Path) -> None:
    done = tsugite("validate", str(delivery), "--json", cwd=delivery)
    assert done.returncode in (0, 1), done.stderr
    result = json.loads(done.stdout)
    assert len(result["groups"]) >= 40


def test_the_clean_sample_has_no_error_finding(delivery: Path) -> None:
    findings = pl.read_parquet(delivery / "findings.parquet")
    errors = findings.filter(pl.col("severity") == "error").select("rule", "area", "group", "item", "export", "count")
    assert errors.is_empty(), errors


def test_the_report_stands_alone_and_names_the_data_manifest(delivery: Path) -> None:
    page = (delivery / "report" / "index.html").read_text("utf-8")
    assert hashlib.sha256((delivery / "data.manifest.json").read_bytes()).hexdigest() in page
    for outside in ('src="http', 'href="http', "@import", "url(http"):
        assert outside not in page


def test_no_name_or_number_of_a_person_stands_in_the_report_or_the_findings(delivery: Path) -> None:
    persons = pl.read_parquet(delivery / "standard" / "001" / "resident.parquet")
    planted = {
        value
        for item in ("宛名番号", "氏名", "個人番号", "氏名_振り仮名")
        if item in persons.columns
        for value in persons[item].drop_nulls().to_list()
        if len(value) >= 4
    }
    assert len(planted) > 50
    texts = [(delivery / "report" / name).read_text("utf-8") for name in ("index.html", "report.json")]
    texts.append(pl.read_parquet(delivery / "finding_examples.parquet").write_csv())
    texts.append(pl.read_parquet(delivery / "findings.parquet").write_csv())
    for text in texts:
        assert not [value for value in planted if value in text][:1]


def migrate_few(out: Path, threads: int) -> Path:
    """A run of a few areas in a process of its own, with its own hash seed; gives its folder."""
    areas = [part for area in FEW for part in ("--area", area)]
    done = tsugite(
        *("migrate", str(PROJECT), "--municipality", CODE, "--rehearsal", "R1", *areas),
        *("--out", str(out), "--threads", str(threads), "--json"),
        cwd=out.parent,
    )
    assert done.returncode in (0, 1), done.stderr
    return Path(json.loads(done.stdout)["municipalities"][0]["run_dir"])


def entries_of(run_dir: Path, areas: tuple[str, ...]) -> dict[str, str]:
    """Data files of single areas by path, with their hashes."""
    manifest = json.loads((run_dir / "data.manifest.json").read_text("utf-8"))
    every = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    below = {path: Path(path).parts[1:] for path in every}
    return {path: every[path] for path, parts in below.items() if parts and parts[0].partition(".")[0] in areas}


def test_the_same_inputs_give_the_same_data(delivery: Path, tmp_path: Path) -> None:
    first, again = migrate_few(tmp_path / "1", 1), migrate_few(tmp_path / "2", 2)
    for name in ("data.manifest.json", "report/index.html", "report/report.json"):
        assert (again / name).read_bytes() == (first / name).read_bytes()
    # What an area gives does not depend on the areas beside it.
    entries = entries_of(delivery, FEW)
    assert len(entries) > 60
    assert entries_of(first, FEW) == entries


def test_a_missing_export_fails_the_run_and_leaves_no_delivery(tmp_path: Path) -> None:
    copy = tmp_path / "yamaguchi"
    shutil.copytree(PROJECT.parent, copy)
    (copy / CODE / "exports" / "JUTOGAI.csv").unlink()
    done = tsugite(
        *(
            "migrate",
            str(copy / "project.yaml"),
            "--municipality",
            CODE,
            "--area",
            "031",
            "--area",
            "x_dog_registration",
        ),
        *("--out", str(tmp_path / "out"), "--lang", "en"),
        cwd=tmp_path,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "R04" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not list((tmp_path / "out").rglob("manifest.json"))
