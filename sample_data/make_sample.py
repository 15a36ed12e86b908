"""Makes the committed sample anew: ``python -m sample_data.make_sample`` writes the five small municipalities into
sample_data/yamaguchi."""

from __future__ import annotations

import shutil
from pathlib import Path

from sample_data.generate import programme

HERE = Path(__file__).parent / "yamaguchi"
POPULATIONS = {"352152": 60, "352071": 45, "352101": 40, "352128": 40, "355020": 40}
SEED = 7
YEARS = 1


def make(out: Path = HERE) -> None:
    """Writes exports, truth and shared files below ``out``; what was there of these is removed, project.yaml stays."""
    for name in (*POPULATIONS, "shared"):
        shutil.rmtree(out / name, ignore_errors=True)
    programme(out, populations=POPULATIONS, seed=SEED, years=YEARS, compact=True)


if __name__ == "__main__":
    make()
