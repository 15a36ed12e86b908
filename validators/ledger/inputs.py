"""What the ledger reads: staged descriptions, stages' accounts, and where each group's files lie."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from layouts import Area
from layouts.delivery.profile import load_profile
from layouts.delivery.run import RunContext
from layouts.delivery.shapes import SOURCES_KEY
from validators.expected import Part, Promised
from validators.ledger.groups import GroupFiles
from validators.ledger.records import Source


@dataclass(frozen=True)
class Staged:
    """One export as the reader described it (`.work/staged/<area>/<export>.json`). ``records`` counts every
    municipality's, ``kept`` ours."""

    area: str
    export: str
    records: int
    kept: int
    others: Mapping[str, int]
    parquet: Path
    raw: Mapping[str, Any]

    @property
    def other_municipality(self) -> int:
        return sum(self.others.values())

    def parts(self) -> list[Part]:
        """The files that the export consists of, for the comparison with declared numbers."""
        return [
            Part(
                self.area,
                self.export,
                part["file"],
                index,
                int(part["records"]),
                self.parquet,
                self.other_municipality,
                tuple(self.raw.get("record_types") or ()),
            )
            for index, part in enumerate(self.raw["parts"])
        ]

    def promises(self) -> list[Promised]:
        """What the trailer records of its files say."""
        return [
            Promised(
                self.area,
                self.export,
                promise["file"],
                promise["kind"],
                promise["field"],
                promise["of"] or "",
                None if promise["declared"] is None else Decimal(promise["declared"]),
                Decimal(promise["actual"]),
                int(promise["unreadable"]),
            )
            for promise in self.raw.get("promises") or ()
        ]


def load_json(path: Path) -> dict[str, Any] | None:
    """A stage's JSON, or None where the stage left none."""
    if not path.exists():
        return None
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def staged_exports(ctx: RunContext, area: str) -> list[Staged]:
    """The exports of an area that were read, by name."""
    found = []
    for path in sorted(ctx.staged(area).glob("*.json")):
        raw = load_json(path) or {}
        others = {str(code): int(count) for code, count in (raw.get("other_municipalities") or {}).items()}
        kept = int(raw.get("kept", int(raw["records"]) - sum(others.values())))
        found.append(Staged(area, path.stem, int(raw["records"]), kept, others, path.with_suffix(".parquet"), raw))
    return found


def unfinished_areas(ctx: RunContext) -> list[str]:
    """Areas that left traces in the work folder and are not (or no longer) among the run's areas: a stage of theirs
    failed."""
    read = {path.name for path in (ctx.work / "staged").glob("*") if path.is_dir()}
    begun = {str((load_json(path) or {}).get("area", "")) for path in (ctx.work / "stages").glob("*.json")}
    return sorted((read | begun) - set(ctx.areas) - {""})


@dataclass(frozen=True)
class AreaAccounts:
    """What the stages of one area told; None where a stage left no account (it failed, or it has nothing to do
    there)."""

    area: str
    map: Mapping[str, Any] | None
    validate: Mapping[str, Any] | None

    @property
    def has_layout(self) -> bool:
        return not self.area.startswith("x_")

    @property
    def missing(self) -> tuple[str, ...]:
        """Stages whose account should be there and is not. A system without a layout passes neither stage's rows
        on."""
        if not self.has_layout:
            return ()
        return tuple(name for name, told in (("map", self.map), ("validate", self.validate)) if told is None)

    def export(self, name: str) -> Mapping[str, Any]:
        told: Mapping[str, Any] = ((self.map or {}).get("exports") or {}).get(name) or {}
        return told

    def group(self, stage: str, slug: str) -> Mapping[str, Any]:
        account = self.map if stage == "map" else self.validate
        told: Mapping[str, Any] = ((account or {}).get("groups") or {}).get(slug) or {}
        return told


def area_accounts(ctx: RunContext, area: str) -> AreaAccounts:
    return AreaAccounts(
        area, load_json(ctx.accounts / f"{area}.map.json"), load_json(ctx.accounts / f"{area}.validate.json")
    )


def group_slugs(ctx: RunContext, accounts: AreaAccounts) -> list[str]:
    """Every group that an account or a file speaks of: a file without an account must not go unseen."""
    area = accounts.area
    told = {slug for account in (accounts.map, accounts.validate) for slug in (account or {}).get("groups", {})}
    folders = (ctx.mapped(area), ctx.held(area), ctx.standard(area), ctx.lineage(area))
    return sorted(told | {path.stem for folder in folders for path in folder.glob("*.parquet")})


def group_files(ctx: RunContext, area: str, slug: str, csv: Path | None, *, header: bool) -> GroupFiles:
    name = f"{slug}.parquet"
    return GroupFiles(
        mapped=ctx.mapped(area) / name,
        held=ctx.held(area) / name,
        nulled=ctx.nulled(area) / name,
        standard=ctx.standard(area) / name,
        lineage=ctx.lineage(area) / name,
        csv=csv if csv is not None and csv.exists() else None,
        csv_header=header,
    )


def sources_of(*paths: Path) -> tuple[Source, ...]:
    """The source blocks of a group, from the metadata of the first of ``paths`` that has them; empty where none
    has."""
    for path in paths:
        if path.exists():
            raw = (pq.read_metadata(path).metadata or {}).get(SOURCES_KEY.encode())
            if raw is not None:
                return tuple(Source.of(block) for block in json.loads(raw))
    return ()


def csv_path(ctx: RunContext, area: Area, slug: str) -> Path:
    """Where the standard CSV of a group lies, by the run's delivery profile."""
    name = load_profile(ctx.profile).csv_name(area, area.group(slug), ctx.municipality, ctx.delivery_date)
    return ctx.standard(area.id) / name
