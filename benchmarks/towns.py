"""What the scripts share that make a town and migrate it by the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TSUGITE = [sys.executable, "-m", "flows.cli"]
FAILED = 3
"""Exit code of a run that failed."""


def generate(
    folder: Path, municipality: str, size: Sequence[str], areas: Sequence[str], vendor: str, defects: str = "none"
) -> None:
    """Write truth and exports below ``folder``; ``size``: the command's options for how many people and years."""
    command = [*TSUGITE, "sample", "generate", "--municipality", municipality, *size, "--vendor", vendor]
    command += ["--defects", defects, "--out", str(folder), "--json"]
    command += [part for area in areas for part in ("--area", area)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def migrate(
    folder: Path, municipality: str, areas: Sequence[str], vendor: str, delivery_date: str
) -> tuple[int, dict[str, Any]]:
    """Exit code, and what the run told of the municipality. Raises SystemExit where it told nothing of it."""
    project = folder / "project.yaml"
    shared = "shared_exports: shared, " if (folder / "shared").is_dir() else ""
    project.write_text(
        f"programme: {folder.name}\nrehearsal: {folder.name}\nout: out\nexamples: 0\nareas: {json.dumps(list(areas))}\n"
        f'municipalities:\n  - {{code: "{municipality}", vendor: {vendor}, exports: {municipality}/exports, {shared}'
        f"delivery_date: {delivery_date}}}\n",
        "utf-8",
    )
    done = subprocess.run([*TSUGITE, "migrate", str(project), "--json"], stdout=subprocess.PIPE, text=True, check=False)
    told = json.loads(done.stdout)
    if "municipalities" not in told:
        raise SystemExit(f"{vendor}: the run failed\n{done.stdout}")
    return done.returncode, dict(told["municipalities"][0])


def delivered(folder: Path, municipality: str, areas: Sequence[str], vendor: str, delivery_date: str) -> Path:
    """The delivery of a migration; raises SystemExit where the run failed."""
    code, run = migrate(folder, municipality, areas, vendor, delivery_date)
    if code == FAILED:
        raise SystemExit(f"{vendor}: the run failed\n{json.dumps(run, ensure_ascii=False)}")
    return Path(run["run_dir"])
