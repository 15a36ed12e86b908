"""A municipality with defects of every kind, as `make answers` has it, smaller: 0.2 % of 周南市, four areas."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AREAS = ("001", "031", "010", "014")


@pytest.mark.slow
def test_every_planted_defect_is_found_and_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "answers.py"), "--scale", "0.002", "--years", "2"]
    command += ["--scenario", "export_missing", "--dir", str(tmp_path / "answers"), "--verbose"]
    for area in AREAS:
        command += ["--area", area]
    environment = {**os.environ, "NO_COLOR": "1"}
    environment.pop("PREFECT_API_URL", None)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "export_missing: R04" in done.stdout
