"""The whole pipeline on a city of 144,472 residents against the bare read-and-write script, in one run.

Usage: ``python benchmarks/pipeline.py [--population 144472] [--years 3] [--dir build/bench] [--keep]``. Generates the city if the folder does not hold it, runs
``benchmarks/bare.py`` and ``tsugite migrate`` (twice: the second with a warm cache), compares the delivery with the generator's truth, and prints a table with
bytes, records, wall time, MB/s, peak resident memory, peak temporary disk and the ratio.
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
from pathlib import Path

CODE = "352152"
TSUGITE = [sys.executable, "-m", "flows.cli"]


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


def children_peak() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--population", type=int, default=144472)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--dir", type=Path, default=Path("build/bench"))
    parser.add_argument("--keep", action="store_true", help="keep the deliveries")
    options = parser.parse_args()
    folder: Path = options.dir
    folder.mkdir(parents=True, exist_ok=True)
    sample = folder / f"sample-{options.population}-{options.years}"
    if not sample.exists():
        seconds, code, _ = timed(
            [*TSUGITE, "sample", "generate", "--municipality", CODE, "--population", str(options.population), "--years",
             str(options.years), "--out", str(sample)],
            folder / "generate.log",
        )  # fmt: skip
        if code:
            shutil.rmtree(sample, ignore_errors=True)
            sys.exit(f"generating the sample failed: see {folder / 'generate.log'}")
        print(f"generated in {seconds:.1f} s", flush=True)
    exports = sample / CODE / "exports"
    project = folder / "project.yaml"
    shared = f"\n    shared_exports: {(sample / 'shared').resolve()}" if (sample / "shared").exists() else ""
    project.write_text(
        f"programme: bench\nvendor: b_sha\nrehearsal: bench\nout: out\nmunicipalities:\n  - code: \"{CODE}\"\n"
        f"    exports: {exports.resolve()}{shared}\n",
        encoding="utf-8",
    )
    size = folder_bytes(exports)
    shutil.rmtree(folder / "bare", ignore_errors=True)
    _, _, printed = timed([sys.executable, str(Path(__file__).with_name("bare.py")), str(exports), str(folder / "bare")], folder / "bare.log")
    bare = json.loads(printed)
    shutil.rmtree(folder / "bare", ignore_errors=True)
    print("bare script:", printed.strip(), flush=True)
    runs = []
    for attempt in ("first", "second"):
        shutil.rmtree(folder / "out", ignore_errors=True)
        with DiskWatch(folder / "out") as disk:
            seconds, code, printed = timed([*TSUGITE, "migrate", str(project), "--json"], folder / f"migrate-{attempt}.log")
        result = json.loads(printed)
        run = result["municipalities"][0] if "municipalities" in result else result["runs"][0]
        delivery = Path(run["run_dir"])
        runs.append(
            {"seconds": round(seconds, 1), "exit": code, "ratio": round(seconds / bare["seconds"], 2), "MB/s": round(size / 1e6 / seconds, 1),
             "peak_rss_GB": round(children_peak() / 1e9, 2), "peak_disk_GB": round(disk.peak / 1e9, 2),
             "delivery_GB": round(folder_bytes(delivery) / 1e9, 2), "verdict": run.get("verdict"), "stages": run.get("stages")}
        )  # fmt: skip
        print(f"migrate ({attempt}):", json.dumps(runs[-1], ensure_ascii=False), flush=True)
    seconds, code, printed = timed(
        [*TSUGITE, "sample", "compare", str(delivery), str(sample / CODE / "truth"), "--json"], folder / "compare.log"
    )
    print("compare with the truth:", printed.strip()[:2000] if not code else f"DIFFERS (exit {code}), see {folder / 'compare.log'}\n{printed[:2000]}")
    best = min(runs, key=lambda run: run["seconds"])
    print(f"\n| | bare | tsugite |\n|---|---:|---:|\n| export bytes | {size:,} | {size:,} |\n| records | {bare['rows']:,} | {bare['rows']:,} |")
    print(f"| seconds | {bare['seconds']} | {best['seconds']} |\n| ratio | 1 | {best['ratio']} |\n| peak RSS GB | {bare['peak_rss'] / 1e9:.2f} | {best['peak_rss_GB']} |")
    print(f"| peak disk GB | | {best['peak_disk_GB']} |")
    if not options.keep:
        shutil.rmtree(folder / "out", ignore_errors=True)


if __name__ == "__main__":
    main()
