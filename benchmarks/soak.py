"""Long checks, outside of continuous integration: every municipality, scaled down, against the truth.

Usage: ``python benchmarks/soak.py [--scale 0.05] [--dir build/soak]``. Ends with 1 if a run fails or a value differs.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.towns import TSUGITE
from sample_data.generate import available

CODES = ("352152", "352071", "352101", "352128", "355020")


def main() -> None:
    parser = argparse.ArgumentParser(description="Every municipality, scaled down, against the truth.")
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--dir", type=Path, default=Path("build/soak"))
    options = parser.parse_args()
    folder: Path = options.dir.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    scale = ["--scale", str(options.scale)]
    subprocess.run([*TSUGITE, "sample", "generate", "--municipality", "all", *scale, "--out", str(folder)], check=True)
    project = folder / "project.yaml"
    towns = "".join(
        f'  - {{code: "{code}", vendor: b_sha, exports: {code}/exports, shared_exports: shared}}\n' for code in CODES
    )
    areas = json.dumps(available("b_sha"))
    project.write_text(f"programme: soak\nrehearsal: soak\nout: out\nareas: {areas}\nmunicipalities:\n{towns}", "utf-8")
    done = subprocess.run([*TSUGITE, "migrate", str(project), "--json"], stdout=subprocess.PIPE, text=True, check=False)
    failed = done.returncode not in (0, 1)
    for run in json.loads(done.stdout)["municipalities"]:
        truth = folder / str(run["municipality"]) / "truth"
        compared = subprocess.run([*TSUGITE, "sample", "compare", run["run_dir"], str(truth)], check=False)
        failed = failed or compared.returncode != 0
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
