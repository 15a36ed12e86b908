"""The whole pipeline on a city of 144,472 residents against the bare read-and-write script, in one run.

Usage: ``python benchmarks/pipeline.py [--areas 001,031,...] [--population 144472] [--years 3] [--runs 1] [--dir
build/bench] [--keep]``; all areas by default.
Generates the city if the folder does not hold it, runs ``benchmarks/bare.py`` and ``tsugite migrate``, compares the
delivery with the generator's truth, and prints a table with bytes, records, wall time, MB/s, peak resident memory, peak
disk and the ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.towns import TSUGITE
from sample_data.generate import available

CODE = "352152"


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below ``folder``; files that vanish meanwhile count nothing."""
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            try:
                total += (Path(root) / name).stat().st_size
            except FileNotFoundError:
                continue
    return total


class DiskWatch:
    """Peak bytes below a folder while the block runs, looked at every half second."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.peak, self._stop = folder, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            self.peak = max(self.peak, folder_bytes(self.folder))

    def __enter__(self) -> DiskWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def timed(command: list[str], log: Path) -> tuple[float, int, str]:
    """Run ``command``: seconds, exit code, standard output. Standard error goes to ``log``."""
    started = time.perf_counter()
    with log.open("w") as errors:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=errors, text=True, check=False)
    return time.perf_counter() - started, done.returncode, done.stdout


def costs(stages: list[dict[str, Any]]) -> Iterator[str]:
    """A cost table: seconds of each area's stages, and of the run's own. Areas run in parallel, so they overlap."""
    names = list(dict.fromkeys(stage["stage"] for stage in stages if stage["area"]))
    of_area: dict[str, dict[str, float]] = {}
    for stage in stages:
        if stage["area"]:
            of_area.setdefault(stage["area"], {})[stage["stage"]] = stage["seconds"]
    yield "| area | " + " | ".join(names) + " |"
    yield "|---" + "|---:" * len(names) + "|"
    total = {name: sum(found.get(name, 0.0) for found in of_area.values()) for name in names}
    for area, found in [*of_area.items(), ("all", total)]:
        yield f"| {area} | " + " | ".join(f"{found.get(name, 0.0):.1f}" for name in names) + " |"
    yield ", ".join(f"{stage['stage']} {stage['seconds']:.1f} s" for stage in stages if not stage["area"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--areas", default="", help="area ids, with commas; default: all that the vendor has")
    parser.add_argument("--population", type=int, default=144472)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--dir", type=Path, default=Path("build/bench"))
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the deliveries")
    options = parser.parse_args()
    folder: Path = options.dir
    folder.mkdir(parents=True, exist_ok=True)
    areas = options.areas.split(",") if options.areas else available("b_sha")
    chosen = f"-{'-'.join(areas)}" if options.areas else ""
    sample = folder / f"sample-{options.population}-{options.years}{chosen}"
    if not sample.exists():
        how = ["--population", str(options.population), "--years", str(options.years)]
        how += [text for area in areas for text in ("--area", area)]
        command = [*TSUGITE, "sample", "generate", "--municipality", CODE, *how, "--out", str(sample)]
        seconds, code, _ = timed(command, folder / "generate.log")
        if code:
            shutil.rmtree(sample, ignore_errors=True)
            sys.exit(f"generating the sample failed: see {folder / 'generate.log'}")
        print(f"generated in {seconds:.1f} s", flush=True)
    exports = sample / CODE / "exports"
    project = folder / "project.yaml"
    shared = f"\n    shared_exports: {(sample / 'shared').resolve()}" if (sample / "shared").exists() else ""
    project.write_text(
        f'programme: bench\nrehearsal: bench\nout: out\nmunicipalities:\n  - code: "{CODE}"\n    vendor: b_sha\n'
        f"    exports: {exports.resolve()}{shared}\n    delivery_date: 2026-01-05\n"
        f"areas: {json.dumps(areas)}\n",
        encoding="utf-8",
    )
    size = folder_bytes(exports)
    shutil.rmtree(folder / "bare", ignore_errors=True)
    script = str(Path(__file__).with_name("bare.py"))
    _, _, printed = timed([sys.executable, script, str(exports), str(folder / "bare")], folder / "bare.log")
    bare = json.loads(printed)
    shutil.rmtree(folder / "bare", ignore_errors=True)
    print("bare script:", printed.strip(), flush=True)
    runs = []
    for attempt in range(options.runs):
        shutil.rmtree(folder / "out", ignore_errors=True)
        with DiskWatch(folder / "out") as disk:
            command = [*TSUGITE, "migrate", str(project), "--json"]
            seconds, code, printed = timed(command, folder / f"migrate-{attempt}.log")
        if code not in (0, 1):
            sys.exit(f"migrate ended with exit code {code}: see {folder / f'migrate-{attempt}.log'}\n{printed[-2000:]}")
        run = json.loads(printed)["municipalities"][0]
        delivery = Path(run["run_dir"])
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        runs.append((seconds, peak, disk.peak))
        print(f"migrate ({attempt}): {seconds:.1f} s, exit {code}, verdict {run.get('verdict')}", flush=True)
        for line in costs(run["stages"]):
            print("   ", line, flush=True)
        print(f"    delivery {folder_bytes(delivery) / 1e9:.2f} GB", flush=True)
    truth = str(sample / CODE / "truth")
    _, code, printed = timed([*TSUGITE, "sample", "compare", str(delivery), truth], folder / "compare.log")
    print("compare with the truth:", printed.strip().splitlines()[-1] if printed.strip() else f"exit {code}")
    seconds, peak, most = min(runs)
    rows = [
        ("export bytes", f"{size:,}", f"{size:,}"),
        ("records", f"{bare['rows']:,}", f"{bare['rows']:,}"),
        ("seconds", bare["seconds"], f"{seconds:.1f}"),
        ("MB/s", f"{size / 1e6 / bare['seconds']:.1f}", f"{size / 1e6 / seconds:.1f}"),
        ("ratio", 1, f"{seconds / bare['seconds']:.2f}"),
        ("peak RSS GB", f"{bare['peak_rss'] / 1e9:.2f}", f"{peak / 1e9:.2f}"),
        ("peak disk GB", "", f"{most / 1e9:.2f}"),
    ]
    print("\n| | bare | tsugite |\n|---|---:|---:|")
    for name, left, right in rows:
        print(f"| {name} | {left} | {right} |")
    if not options.keep:
        shutil.rmtree(folder / "out", ignore_errors=True)


if __name__ == "__main__":
    main()
