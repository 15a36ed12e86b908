"""Writes the books: ledger, control totals, declared numbers, and the merged findings and coverage, each in one
fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from layouts import load_area
from layouts.delivery.catalogue import entry
from layouts.delivery.run import RunContext
from layouts.delivery.shapes import CONTROL_TOTALS, FINDINGS, LEDGER, MONEY, finding_id, write_table
from layouts.errors import Text
from validators.expected import Comparison, Place, Promised
from validators.ledger.findings import merge
from validators.ledger.groups import ControlTotal, GroupAccount
from validators.ledger.records import ALIEN, NOT_KEPT, STATUSES, UNACCOUNTED, ExportAccount

EXPECTED = pl.Schema(
    {
        "file": pl.String(),
        "kind": pl.String(),
        "field": pl.String(),
        "declared": MONEY,
        "actual": MONEY,
        "difference": MONEY,
        "outcome": pl.String(),
        "unreadable": pl.Int64(),
        "areas": pl.String(),
        "exports": pl.String(),
        "note": pl.String(),
    }
)
"""Columns of ``expected.parquet``; ``outcome`` as :data:`validators.expected.Outcome`, ``unreadable`` = values of
the field that are no numbers."""

EQUATION = ("excluded", "nulled_map", "nulled", "quarantined", "identical", "delivered")
"""What the source of a control total becomes."""
GROUP_LINES = ("derived", "delivered", "quarantined", "identical")


@dataclass(frozen=True)
class Entry:
    """A finding of the account stage itself; the catalogue gives severity, grain and titles."""

    code: str
    area: str = ""
    group: str | None = None
    item: str | None = None
    export: str | None = None
    field: str | None = None
    count: int = 1
    checked: int | None = None
    detail: str = ""


@dataclass
class Run:
    """Everything that the account stage found out, area by area."""

    exports: list[ExportAccount] = field(default_factory=list)
    groups: list[GroupAccount] = field(default_factory=list)
    totals: list[ControlTotal] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    unaccounted_areas: dict[str, list[str]] = field(default_factory=dict)
    """Areas whose stages left nothing to account, with the exports known."""
    declared_differ: int = 0
    missing_files: int = 0

    def not_accounted(self, area: str, exports: Sequence[str], stages: Sequence[str]) -> None:
        self.unaccounted_areas[area] = list(exports)
        self.entries.append(Entry("L03", area, detail=f"not_accounted stages={','.join(stages)}"))

    def due(self) -> dict[Place, Decimal]:
        """What every control total should have delivered."""
        return {(total.area, total.group, total.item): total.due for total in self.totals}

    def expect(self, place: Place, amount: Decimal) -> None:
        """Put a declared amount beside its control total, or beside nothing where no row of the run has that item."""
        total = next((t for t in self.totals if (t.area, t.group, t.item) == place), None)
        if total is None:
            total = ControlTotal(*place, source=None)
            self.totals.append(total)
        total.expected = amount

    def add_totals(self, totals: Iterable[ControlTotal]) -> None:
        for total in totals:
            self.totals.append(total)
            if total.closes is False:
                detail = " ".join([f"difference={total.difference}", *total.problems])
                self.entries.append(Entry("L04", total.area, group=total.group, item=total.item, detail=detail))

    @property
    def open_ledgers(self) -> int:
        """Exports and groups whose ledger does not close, and areas without one."""
        open_exports = sum(bool(export.problems) for export in self.exports)
        return open_exports + sum(bool(group.problems) for group in self.groups) + len(self.unaccounted_areas)

    @property
    def open_totals(self) -> int:
        return sum(total.closes is False for total in self.totals)

    def failed(self, lang: str) -> str | None:
        """The reasons why the run must fail, codes first; None where all books close."""
        reasons = []
        if self.open_ledgers:
            reasons.append(
                (
                    "L03",
                    Text(
                        f"件数照合が一致しません（{self.open_ledgers} 件）", f"{self.open_ledgers} ledgers do not close"
                    ),
                )
            )
        if self.open_totals:
            reasons.append(
                (
                    "L04",
                    Text(
                        f"金額照合が一致しません（{self.open_totals} 件）",
                        f"{self.open_totals} control totals do not close",
                    ),
                )
            )
        if self.missing_files:
            reasons.append(
                (
                    "L01",
                    Text(
                        f"期待値に記載された移行元ファイルがありません（{self.missing_files} 件）",
                        f"{self.missing_files} declared export files are missing",
                    ),
                )
            )
        return "; ".join(f"{code} {text.lang(lang)}" for code, text in reasons) or None


def write(ctx: RunContext, run: Run, comparisons: Sequence[Comparison], promises: Sequence[Promised]) -> None:
    """Writes every table of the account stage into the run's folder."""
    write_table(_ledger(run, comparisons), ctx.run_dir / "ledger.parquet", LEDGER)
    write_table(_control_totals(run), ctx.run_dir / "control_totals.parquet", CONTROL_TOTALS)
    write_table(_expected(comparisons, promises), ctx.run_dir / "expected.parquet", EXPECTED)
    merge(ctx, _findings(run.entries))


def _findings(entries: Sequence[Entry]) -> pl.DataFrame:
    rows = []
    for found in entries:
        kind = entry(found.code)
        place = (found.area or None, found.group, found.item, found.export)
        rows.append(
            {
                "finding": finding_id(found.code, *place, f"{found.field or ''}\x1f{found.detail}"),
                "rule": found.code,
                "area": found.area or None,
                "group": found.group,
                "item": found.item,
                "export": found.export,
                "field": found.field,
                "severity": kind.severity,
                "grain": kind.grain,
                "count": found.count,
                "checked": found.checked,
                "title_ja": kind.title_ja,
                "title_en": kind.title_en,
                "detail": found.detail,
            }
        )
    return pl.DataFrame(rows, schema=FINDINGS)


def group_name(area: str, slug: str) -> str:
    """Japanese name of a group; its slug where the layout does not know it."""
    if area.startswith("x_"):
        return slug
    layout = load_area(area)
    return layout.group(slug).name if slug in layout else slug


def _ledger(run: Run, comparisons: Sequence[Comparison]) -> pl.DataFrame:
    declared = _declared_counts(comparisons)
    lines: list[dict[str, Any]] = []
    for export in run.exports:
        place = {
            "side": "export",
            "area": export.area,
            "name": export.name,
            "name_ja": export.name,
            "closes": not export.problems,
        }
        lines.append(
            {**place, "line": "read", "count": export.read, "expected": declared.get((export.area, export.name))}
        )
        lines += [{**place, "line": status, "count": export.counts[status]} for status in STATUSES]
        lines += [
            {**place, "line": name, "count": export.counts[name]}
            for name in (UNACCOUNTED, ALIEN, NOT_KEPT)
            if export.counts[name]
        ]
    for group in run.groups:
        name_ja = group_name(group.area, group.slug)
        place = {
            "side": "group",
            "area": group.area,
            "name": group.slug,
            "name_ja": name_ja,
            "closes": not group.problems,
        }
        lines += [{**place, "line": line, "count": getattr(group, line)} for line in GROUP_LINES]
    for area, exports in run.unaccounted_areas.items():
        # A count of null: nothing was counted. An area of which not even an export was read gets a line of its own.
        lines += [
            {"side": "export", "area": area, "name": name, "name_ja": name, "line": "not_accounted", "closes": False}
            for name in exports or [""]
        ]
    return pl.DataFrame(lines, schema=LEDGER).sort("side", "area", "name", maintain_order=True)


def _declared_counts(comparisons: Sequence[Comparison]) -> dict[tuple[str, str], int]:
    """Declared records by (area, export), where declarations cover exactly one export."""
    declared: dict[tuple[str, str], int] = {}
    for found in comparisons:
        if found.declared.kind == "count" and len(found.areas) == 1 and len(found.exports) == 1:
            place = (found.areas[0], found.exports[0])
            declared[place] = declared.get(place, 0) + int(found.declared.value)
    return declared


def _control_totals(run: Run) -> pl.DataFrame:
    names = ("source", *EQUATION, "difference", "expected", "against_expected", "unexplained", "closes")
    rows = [
        {"area": total.area, "group": total.group, "item": total.item, **{name: getattr(total, name) for name in names}}
        for total in run.totals
    ]
    return pl.DataFrame(rows, schema=CONTROL_TOTALS).sort("area", "group", "item")


def _expected(comparisons: Sequence[Comparison], promises: Sequence[Promised]) -> pl.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            "file": found.declared.file,
            "kind": found.declared.kind,
            "field": found.declared.field,
            "declared": found.declared.value,
            "actual": found.actual,
            "difference": found.difference,
            "outcome": found.outcome,
            "unreadable": found.unreadable,
            "areas": ",".join(found.areas),
            "exports": ",".join(found.exports),
            "note": found.declared.note,
        }
        for found in comparisons
    ]
    rows += [
        {
            "file": promise.file,
            "kind": promise.kind,
            "field": promise.of,
            "declared": promise.declared,
            "actual": promise.actual,
            "difference": None if promise.declared is None else promise.actual - promise.declared,
            "outcome": promise.outcome,
            "unreadable": promise.unreadable,
            "areas": promise.area,
            "exports": promise.export,
            "note": f"trailer {promise.field}",
        }
        for promise in promises
    ]
    return pl.DataFrame(rows, schema=EXPECTED)
