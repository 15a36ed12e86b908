"""What the tests of B社's area tables share: a town made with chosen areas, and tables read by their manual alone."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl
from truth_checks import violations

from sample_data import plugin, world

B_SHA = Path(plugin.__file__).parent / "b_sha"
Record = dict[str, str]
ERAS = {"1": 1867, "2": 1911, "3": 1925, "4": 1988, "5": 2018}


@dataclass(frozen=True)
class Town:
    """A municipality with the truths of some areas, among them ``area`` as a plain mapping."""

    area: str
    place: world.World
    truths: dict[str, plugin.Truth]
    frames: dict[str, pl.DataFrame]

    @cached_property
    def others(self) -> dict[str, pl.DataFrame]:
        """Groups of the other areas under ``<area>:<group>``; a truth in parts would put them together each time."""
        return {f"{name}:{group}": truth[group] for name, truth in self.truths.items() for group in truth}

    def breaches(self, changed: Mapping[str, pl.DataFrame] | None = None) -> list[str]:
        return violations(self.area, {**self.frames, **(changed or {})}, self.others)


def make(
    area: str, module: plugin.AreaModule, code: str, population: int, seed: int, years: int, others: Iterable[str]
) -> Town:
    place = world.build(code, population, seed=seed, years=years)
    context = plugin.Context()
    for name in others:
        context.truths[name] = plugin.truth_of(name, place, context)
    truth = module.truth(place, context)
    return Town(area, place, context.truths, {group: truth[group] for group in truth})


def tables(made: Iterable[plugin.Table]) -> dict[str, list[plugin.Table]]:
    found: dict[str, list[plugin.Table]] = defaultdict(list)
    for table in made:
        found[table.name].append(table)
    return found


def records(exports: Mapping[str, list[plugin.Table]], table: str, only: str = "") -> list[Record]:
    """The records of a table's files (whose name holds ``only``)."""
    return [row for part in exports[table] if only in part.file for row in part.frame.iter_rows(named=True)]


def layout(table: str) -> list[Record]:
    with (B_SHA / "record_layout" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def code_book(area: str) -> dict[str, dict[str, str]]:
    """Code group -> vendor value -> label."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    with (B_SHA / f"code_book_{area}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["code_group"]][row["value"]] = row["label"]
    return found


def unknown_codes(exports: Mapping[str, list[plugin.Table]], area: str) -> list[str]:
    """Values of coded fields that the code book does not name (an empty field and zeros mean none)."""
    book = code_book(area)
    wrong = []
    for table, files in exports.items():
        for field in layout(table):
            group = re.search(r"コード群([A-Z0-9]+)", field["description"])
            if not group:
                continue
            values = {v for part in files for v in part.frame[field["field"]].unique().to_list()} - {"", "00"}
            wrong += [f"{table}.{field['field']}: {v}" for v in values if v not in book[group[1]]]
    return sorted(wrong)


def too_long(exports: Mapping[str, list[plugin.Table]]) -> list[str]:
    """Fields with a value longer than the record layout says (bytes in CP932)."""
    wrong = []
    for table, files in exports.items():
        for field in layout(table):
            values = {v for part in files for v in part.frame[field["field"]].to_list()}
            if max((len(v.encode("cp932")) for v in values), default=0) > int(field["length"]):
                wrong.append(f"{table}.{field['field']}")
    return wrong


def wareki(text: str) -> str | None:
    """``5070401`` as 2025-04-01; zeros and nines are no date."""
    if not text.strip("0") or not text.strip("9"):
        return None
    return f"{ERAS[text[0]] + int(text[1:3])}-{text[3:5]}-{text[5:7]}"


def western(text: str) -> str | None:
    """``20250401`` as 2025-04-01; empty is no date."""
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if text else None


def wareki_month(text: str) -> str | None:
    """``50704`` as 2025-04."""
    return f"{ERAS[text[0]] + int(text[1:3])}-{text[3:5]}" if text.strip("0") else None


def wareki_year(text: str) -> str:
    """``507`` as 2025."""
    return str(ERAS[text[0]] + int(text[1:3]))
