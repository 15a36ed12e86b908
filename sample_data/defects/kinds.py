"""The kinds of defects and how often each is planted: ``kinds.csv``, or rates of one's own in CSV or YAML."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

NONE = "none"
DEFAULT = "default"


@dataclass(frozen=True)
class Kind:
    """One kind. ``level``: cell (a field's text), record, file, or truth (the vendor's own data are wrong).

    ``set``: ``default``, or the name of a scenario of its own for what makes a run fail. ``rate``: share of the
    records of a place (at least one); ``places``: at most so many places an area. ``rule``: the finding expected,
    empty where it depends on the place.
    """

    name: str
    level: str
    set: str
    rate: float
    places: int
    rule: str
    detectable: bool
    title_ja: str
    title_en: str


@cache
def all_kinds() -> dict[str, Kind]:
    """Every kind by name."""
    with (Path(__file__).parent / "kinds.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["kind"]: Kind(
                row["kind"],
                row["level"],
                row["set"],
                float(row["rate"]),
                int(row["places"]),
                row["rule"],
                row["detectable"] == "1",
                row["title_ja"],
                row["title_en"],
            )
            for row in csv.DictReader(file)
        }


def sets() -> tuple[str, ...]:
    """Names of sets: none, default, and the scenarios of a single fatal kind."""
    return (NONE, *dict.fromkeys(kind.set for kind in all_kinds().values()))


def chosen(defects: str) -> tuple[Kind, ...]:
    """The kinds of a set, or those of a file: CSV with the columns ``kind, rate`` and perhaps ``places``, or YAML with
    ``kind: rate`` or ``kind: {rate: ..., places: ...}``.

    Raises ValueError for an unknown set or kind, or a rate that is no number from 0 to 1.
    """
    if defects in sets():
        return tuple(kind for kind in all_kinds().values() if kind.set == defects)
    path = Path(defects)
    if not path.is_file():
        raise ValueError(f"defects {defects!r}: known are {', '.join(sets())}, or a file with rates")
    found = []
    for name, given in _rates(path).items():
        if name not in all_kinds():
            raise ValueError(f"{path.name}: unknown kind {name!r}")
        kind = all_kinds()[name]
        try:
            rate, places = float(given.get("rate") or kind.rate), int(given.get("places") or kind.places)
        except ValueError:
            raise ValueError(f"{path.name}: {name} needs numbers for rate and places") from None
        if not 0 <= rate <= 1 or places < 0:
            raise ValueError(f"{path.name}: {name} has the rate {rate:g}, which is not from 0 to 1")
        found.append(replace(kind, rate=rate, places=places))
    return tuple(found)


def _rates(path: Path) -> Mapping[str, Mapping[str, str]]:
    if path.suffix.lower() in (".yaml", ".yml"):
        content = yaml.safe_load(path.read_text("utf-8")) or {}
        return {
            str(name): {k: str(v) for k, v in given.items()} if isinstance(given, dict) else {"rate": str(given)}
            for name, given in content.items()
        }
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if "kind" not in (reader.fieldnames or ()):
            raise ValueError(f"{path.name}: no column 'kind'")
        return {row["kind"]: row for row in reader}
