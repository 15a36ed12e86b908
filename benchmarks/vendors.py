"""Two vendors, one town: are the delivered standard files the same? Writes a municipality's truth down as A社's and as
B社's exports, migrates both, and compares every group of the two deliveries, row by row and item by item.

Usage: ``python benchmarks/vendors.py [--population 80] [--municipality 352071] [--area ID ...]``.
Items that a vendor declares as not held (``not_held*.csv``) may differ; everything else must not. Digests are of the
other items' values in the order of the key. Ends with 1 where the deliveries differ beyond what is declared.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.towns import delivered, generate
from layouts.load import load_area
from layouts.model import Group
from sample_data import compare
from sample_data.generate import available


@dataclass
class Tally:
    """What an area's groups come to. ``same_bytes``: CSV files that are the same byte by byte, order included."""

    groups: int = 0
    rows: int = 0
    items: int = 0
    values: int = 0
    declared: int = 0
    declared_differ: int = 0
    same_bytes: int = 0
    wrong: list[str] = field(default_factory=list)
    digests: tuple[Any, Any] = field(default_factory=lambda: (hashlib.sha256(), hashlib.sha256()))


def deliver(folder: Path, vendor: str, municipality: str, size: Sequence[str], areas: Sequence[str]) -> Path:
    """Generates and migrates one vendor's exports; the delivery. Raises SystemExit where the run failed."""
    home = folder / vendor
    home.mkdir(parents=True)
    generate(home, municipality, size, areas, vendor)
    return delivered(home, municipality, areas, vendor, "2019-04-01")


def compare_group(tally: Tally, area: str, group: Group, runs: tuple[Path, Path], absent: Collection[str]) -> None:
    """Adds one group of both deliveries to the tally; ``absent``: its items that a vendor does not hold."""
    key = [item.name for item in group.key]
    both = [run / "standard" / area / f"{group.slug}.parquet" for run in runs]
    frames = [pl.read_parquet(path) if path.exists() else pl.DataFrame(schema=group.polars_schema) for path in both]
    frames = [frame.select(group.names).sort(key, nulls_last=True) for frame in frames]
    left, right = frames
    tally.groups += 1
    tally.rows += left.height
    for digest, frame in zip(tally.digests, frames, strict=True):
        if len(absent) < len(group.names):
            digest.update(frame.drop(absent).write_csv().encode())
    csv = [sorted((run / "standard" / area).glob(f"*_{group.name}_*.csv")) for run in runs]
    tally.same_bytes += [p.read_bytes() for p in csv[0]] == [p.read_bytes() for p in csv[1]]
    if len(absent) == len(group.names):
        tally.declared += len(absent)
        tally.declared_differ += len(absent) if left.height != right.height else 0
        return
    if left.height != right.height:
        tally.wrong.append(f"{area} {group.name}: {left.height} and {right.height} rows")
        return
    for name in group.names:
        differ = int(left[name].ne_missing(right[name]).sum())
        if name in absent:
            tally.declared += 1
            tally.declared_differ += differ > 0
            continue
        tally.items += 1
        tally.values += left.height
        if differ:
            tally.wrong.append(f"{area} {group.name}.{name}: {differ} values differ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--population", type=int, default=80)
    parser.add_argument("--years", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--municipality", default="352071")
    parser.add_argument("--vendors", nargs=2, default=["a_sha", "b_sha"])
    parser.add_argument("--area", action="append", default=[], help="default: all with a layout that both have")
    parser.add_argument("--dir", type=Path, default=Path("build/vendors"))
    options = parser.parse_args()
    folder: Path = options.dir.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    first, second = options.vendors
    theirs = set(available(second))
    areas = options.area or [area for area in available(first) if area in theirs and area.isdigit()]
    size = ["--population", str(options.population), "--years", str(options.years), "--seed", str(options.seed)]
    runs = tuple(deliver(folder, vendor, options.municipality, size, areas) for vendor in (first, second))
    held = [{place for place in compare.not_held(vendor) if place[0] in areas} for vendor in (first, second)]
    tallies = {}
    for area in areas:
        tallies[area] = tally = Tally()
        for group in load_area(area).groups:
            absent = {i for not_held in held for a, g, i in not_held if (a, g) == (area, group.name)}
            compare_group(tally, area, group, (runs[0], runs[1]), absent)
    print(f"{options.municipality}, {options.population} people, delivered from {first} and from {second}")
    print("area groups    rows items    values  declared (differ)  CSV files equal  digest")
    for area, tally in sorted(tallies.items()):
        a, b = (digest.hexdigest()[:12] for digest in tally.digests)
        print(
            f"{area} {tally.groups:7} {tally.rows:7,} {tally.items:5} {tally.values:9,} {tally.declared:9} "
            f"({tally.declared_differ:3}) {tally.same_bytes:12}/{tally.groups:<5} {a} {'==' if a == b else f'!= {b}'}"
        )
    wrong = [line for tally in tallies.values() for line in tally.wrong]
    print("\n".join(wrong))
    total = sum(tally.values for tally in tallies.values())
    only = {name: len(one - other) for name, one, other in ((first, held[0], held[1]), (second, held[1], held[0]))}
    print(f"{total:,} values equal but for {len(wrong)} places that nobody declares")
    print("declared: " + "; ".join(f"{name} alone lacks {count} items" for name, count in only.items()), end="")
    print(f"; both lack {len(held[0] & held[1])}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
