"""Collects what the report says: every number comes from a file of the run, so that it can be looked up there.

Each function returns plain lists and dictionaries (the parts of report.json): amounts as exact decimal text, no
times, no run id, nothing from restricted/.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from layouts import load_area
from layouts.delivery.run import RunContext

Row = dict[str, Any]

SEVERITIES = ("error", "warning", "info")
EXPORT_STATUSES = (
    "delivered",
    "overflow_only",
    "lookup_only",
    "partly_quarantined",
    "quarantined",
    "excluded",
    "other_municipality",
)
GROUP_LINES = ("derived", "delivered", "quarantined", "identical")
NOT_CHECKED = "V14"
"""Catalogue code of references into areas that are not part of the run."""
FINDINGS_SHOWN = 500
"""Findings with their own line in the report, the gravest first; all of them are in findings.parquet."""
EXAMPLES_SHOWN = 5
"""Examples of one finding in the report; all that were kept are in finding_examples.parquet."""
RESIDUE_SHOWN = 300
GAIJI_SHOWN = 300


def plain(value: Any) -> Any:
    """A value as JSON carries it: decimals as exact text without trailing zeros."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
    return value


def rows_of(frame: pl.DataFrame) -> list[Row]:
    return [{name: plain(value) for name, value in row.items()} for row in frame.iter_rows(named=True)]


def _table(path: Path) -> pl.DataFrame | None:
    return pl.read_parquet(path) if path.exists() else None


def is_uncovered(area: str) -> bool:
    """Whether the area is a system without a layout."""
    return area.startswith("x_")


def scope(ctx: RunContext, areas: tuple[str, ...]) -> Row:
    """What the report is about: municipality, rehearsal, areas with the layout that judged them, and the mapping."""
    manifest = _json(ctx.run_dir / "data.manifest.json") or {}
    mapping = manifest.get("mapping") or {}
    return {
        "municipality": {"code": ctx.municipality, "name": ctx.municipality_name},
        "rehearsal": ctx.rehearsal,
        "delivery_date": ctx.delivery_date,
        "profile": ctx.profile,
        "vendor": ctx.vendor,
        "mapping_sha256": mapping.get("sha256"),
        "areas": [_area(area) for area in areas],
        "versions": dict(sorted((manifest.get("versions") or {}).items())),
    }


def _area(area: str) -> Row:
    if is_uncovered(area):
        name = area.removeprefix("x_")
        return {
            "area": area,
            "name_ja": name,
            "name_en": name,
            "layout_version": None,
            "layout_sha256": None,
            "origin": None,
            "groups": 0,
            "items": 0,
        }
    layout = load_area(area)
    return {
        "area": area,
        "name_ja": layout.name,
        "name_en": layout.name_en,
        "layout_version": layout.version,
        "layout_sha256": layout.hash,
        "origin": layout.origin,
        "groups": len(layout.groups),
        "items": len(layout.items),
    }


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def staged(ctx: RunContext) -> list[tuple[str, Row]]:
    """The readers' descriptions of all exports, by area and name."""
    return [(path.parent.name, _json(path)) for path in sorted((ctx.work / "staged").glob("*/*.json"))]


def inputs(ctx: RunContext) -> list[Row]:
    """Every legacy file that was read, with its hash and what is known of its character set."""
    lines = []
    for area, export in staged(ctx):
        evidence = export.get("chardet") or {}
        for part in export["parts"]:
            lines.append(
                {
                    "area": area,
                    "export": export["export"],
                    "file": part["file"],
                    "sha256": part["sha256"],
                    "bytes": part["bytes"],
                    "records": part["records"],
                    "format": export.get("format"),
                    "charset": export["charset"],
                    "chardet_encoding": evidence.get("encoding"),
                    "chardet_confidence": evidence.get("confidence"),
                    "undecodable": export.get("undecodable", 0),
                    "gaiji": export.get("gaiji_count", 0),
                    "ragged": export.get("ragged", 0),
                }
            )
    return lines


def ledger(ctx: RunContext) -> Row:
    """Both sides of the ledger, one row an export or group, with its lines as columns."""
    table = _table(ctx.run_dir / "ledger.parquet")
    if table is None:
        return {"exports": [], "groups": []}
    return {"exports": _side(table, "export", EXPORT_STATUSES), "groups": _side(table, "group", GROUP_LINES)}


def _side(table: pl.DataFrame, side: str, lines: tuple[str, ...]) -> list[Row]:
    found: dict[tuple[str, str], Row] = {}
    for row in table.filter(pl.col("side") == side).iter_rows(named=True):
        entry = found.setdefault(
            (row["area"], row["name"]),
            {"area": row["area"], "name": row["name"], "name_ja": row["name_ja"], "closes": row["closes"], "lost": 0}
            | ({"read": None, "expected": None} if side == "export" else {})
            | dict.fromkeys(lines),
        )
        if row["line"] == "read":
            entry["expected"] = row["expected"]
        if row["line"] in entry:
            entry[row["line"]] = row["count"]
        else:
            entry["lost"] += row["count"] or 0
    return list(found.values())


EXPLAINING = ("nulled_map", "nulled", "quarantined", "identical")
"""Lines of a control total that explain why less is delivered than was declared."""


def control_totals(ctx: RunContext) -> list[Row]:
    """The control totals; where one was declared, ``explanation`` lists what makes the difference to the delivered
    amount, each part with its sign."""
    table = _table(ctx.run_dir / "control_totals.parquet")
    if table is None:
        return []
    lines = rows_of(table)
    for line in lines:
        line["group_ja"] = group_name(line["area"], line["group"])
        line["explanation"] = _explanation(line)
    return lines


def _explanation(line: Row) -> list[Row]:
    if line["expected"] is None:
        return []
    parts = [(name, -Decimal(line[name])) for name in EXPLAINING]
    parts.append(("unexplained", Decimal(line["unexplained"])))
    return [{"line": name, "amount": plain(amount)} for name, amount in parts if amount]


def group_name(area: str, group: str | None) -> str | None:
    """A group's Japanese name, from its slug or name."""
    if group is None or is_uncovered(area):
        return group
    try:
        return load_area(area).group(group).name
    except KeyError:
        return group


def declared(ctx: RunContext) -> list[Row]:
    table = _table(ctx.run_dir / "expected.parquet")
    return [] if table is None else rows_of(table)


def findings(ctx: RunContext, actions: dict[str, tuple[str, str]]) -> Row:
    """Findings by severity, rule and area, and one by one with examples (masked values and hashed keys only).

    ``actions``: catalogue code -> what to do, in ja and en.
    """
    table = _table(ctx.run_dir / "findings.parquet")
    if table is None:
        return {
            "places": 0,
            "shown": 0,
            "by_severity": [],
            "by_rule": [],
            "by_area": [],
            "outside": [],
            "items": [],
        }
    table = table.filter(pl.col("count") > 0)
    shown = table.head(FINDINGS_SHOWN)
    examples = _examples(ctx, shown["finding"])
    items = rows_of(shown)
    for item in items:
        item["group_ja"] = group_name(item["area"], item["group"]) if item["area"] else item["group"]
        item["action_ja"], item["action_en"] = actions.get(item["rule"], ("", ""))
        item["examples"] = examples.get(item["finding"], [])
    severity = pl.col("severity").replace_strict(list(SEVERITIES), [0, 1, 2], default=3, return_dtype=pl.Int8)
    totals = (pl.col("count").sum(), pl.len().cast(pl.Int64).alias("places"))
    # One place without a denominator, and the rule as a whole has none: a share of only some places would mislead.
    checked = pl.when(pl.col("checked").null_count() == 0).then(pl.col("checked").sum()).alias("checked")
    by_rule = (
        table.group_by("rule", "severity")
        .agg(pl.col("title_ja").min(), pl.col("title_en").min(), checked, *totals)
        .sort(severity, "rule")
    )
    by_area = table.group_by("area", "severity").agg(*totals).sort("area", severity, nulls_last=True)
    by_severity = table.group_by("severity").agg(*totals).sort(severity)
    outside = rows_of(table.filter(pl.col("rule") == NOT_CHECKED).select("area", "group", "item", "detail", "count"))
    for line in outside:
        line["group"] = group_name(line["area"], line["group"]) if line["area"] else line["group"]
    return {
        "places": table.height,
        "shown": shown.height,
        "by_severity": rows_of(by_severity),
        "by_rule": rows_of(by_rule),
        "by_area": rows_of(by_area),
        "outside": outside,
        "items": items,
    }


def _examples(ctx: RunContext, ids: pl.Series) -> dict[str, list[Row]]:
    path = ctx.run_dir / "finding_examples.parquet"
    if not path.exists():
        return {}
    kept = (
        pl.scan_parquet(path)
        .filter(pl.col("finding").is_in(ids.implode()))
        .group_by("finding", maintain_order=True)
        .head(EXAMPLES_SHOWN)
        .collect()
    )
    found: dict[str, list[Row]] = {}
    for row in rows_of(kept.select("finding", "export", "record", "offset", "row", "key_hash", "value_masked")):
        found.setdefault(row.pop("finding"), []).append(row)
    return found


def silent_rules(ctx: RunContext) -> list[str]:
    """Ids of row rules that were neither TRUE nor FALSE for any delivered row, although there were rows."""
    told: dict[str, int] = {}
    for path in sorted(ctx.accounts.glob("*.validate.json")):
        for group in (_json(path) or {}).get("groups", {}).values():
            if group["delivered"]:
                told |= group.get("rules", {})
    return sorted(rule for rule, judged in told.items() if not judged)


def fill(ctx: RunContext, areas: tuple[str, ...]) -> list[Row]:
    """項目充足率: for every delivered group, how many of its rows hold a value, item by item (from the Parquet
    footers).

    What the mapping says of an item (provided, constant, not_provided, and why) comes from coverage.parquet.
    """
    told = _coverage(ctx)
    lines = []
    for area, path in _files(areas, ctx.standard):
        rows, filled = _filled(path)
        name = group_name(area, path.stem) or path.stem
        items = []
        for item, count in filled.items():
            said = told.get((area, path.stem, item)) or told.get((area, name, item)) or {}
            items.append(
                {
                    "item": item,
                    "output": said.get("output"),
                    "status": said.get("status"),
                    "reason": said.get("reason"),
                    "filled": count,
                }
            )
        lines.append(
            {
                "area": area,
                "group": path.stem,
                "group_ja": name,
                "rows": rows,
                "items": len(items),
                "items_filled": sum(count > 0 for count in filled.values()),
                "values": sum(filled.values()),
                "by_item": items,
            }
        )
    return lines


def _coverage(ctx: RunContext) -> dict[tuple[str, str, str], Row]:
    table = _table(ctx.run_dir / "coverage.parquet")
    rows = [] if table is None else table.select("area", "group", "item", "output", "status", "reason").to_dicts()
    return {(row["area"], row["group"], row["item"]): row for row in rows}


def gaiji(ctx: RunContext, areas: tuple[str, ...]) -> Row:
    """The gaiji register by character: how often, in which fields, and what was decided; the most frequent are
    listed."""
    frames = [pl.scan_parquet(path) for area in areas if (path := ctx.gaiji / f"{area}.parquet").exists()]
    if not frames:
        return {"characters": 0, "undecided": 0, "count": 0, "items": []}
    place = pl.concat_str([pl.col("area"), pl.col("export"), pl.col("field")], separator=" ")
    table = (
        pl.concat(frames)
        .group_by("codepoint", "source_code")
        .agg(
            pl.col("count").sum(),
            pl.col("decision").drop_nulls().unique().sort().str.join("、"),
            place.unique().sort().alias("places"),
        )
        .sort(pl.col("count"), "codepoint", "source_code", descending=[True, False, False])
        .collect()
    )
    undecided = (table["decision"].fill_null("") == "").sum()
    return {
        "characters": table.height,
        "undecided": int(undecided),
        "count": int(table["count"].sum()),
        "items": rows_of(table.head(GAIJI_SHOWN)),
    }


def _filled(path: Path) -> tuple[int, dict[str, int]]:
    """Rows, and values that are not null by column. Footers tell; a column without statistics is counted."""
    footer = pq.read_metadata(path)
    names = footer.schema.names
    filled = dict.fromkeys(names, 0)
    unknown: set[str] = set()
    for block in range(footer.num_row_groups):
        group = footer.row_group(block)
        for index, name in enumerate(names):
            statistics = group.column(index).statistics
            if statistics is None or not statistics.has_null_count:
                unknown.add(name)
            else:
                filled[name] += group.num_rows - statistics.null_count
    if unknown:
        filled |= pl.scan_parquet(path).select(pl.col(sorted(unknown)).count()).collect().row(0, named=True)
    return int(footer.num_rows), {name: int(count) for name, count in filled.items()}


def overflow(ctx: RunContext, areas: tuple[str, ...]) -> list[Row]:
    """The overflow files: records and fields handed over beside the standard files."""
    lines = []
    for area, path in _files(areas, ctx.overflow):
        dictionary = path.with_name(f"{path.stem}.dictionary.csv")
        fields: list[Row] = []
        if dictionary.exists():
            with dictionary.open(encoding="utf-8-sig", newline="") as file:
                fields = [row for row in csv.DictReader(file) if row.get("key") != "1"]
        lines.append(
            {
                "area": area,
                "export": path.stem,
                "records": int(pq.read_metadata(path).num_rows),
                "fields": [{"field": row.get("field"), "name_ja": row.get("name_ja")} for row in fields],
            }
        )
    return lines


def _files(areas: tuple[str, ...], folder: Any) -> Iterator[tuple[str, Path]]:
    for area in areas:
        for path in sorted(folder(area).glob("*.parquet")):
            yield area, path


def _tally(areas: tuple[str, ...], folder: Any, by: tuple[str, ...]) -> list[Row]:
    lines: list[Row] = []
    for area, path in _files(areas, folder):
        lazy = pl.scan_parquet(path)
        keys = [name for name in by if name in lazy.collect_schema()]
        counted = lazy.group_by(keys).agg(pl.len().cast(pl.Int64).alias("count")).sort(keys, nulls_last=True).collect()
        for row in rows_of(counted):
            line = {"area": area, "export": path.stem, **dict.fromkeys(by), **row}
            if "group" in line:
                line["group_ja"] = group_name(area, line["group"])
            lines.append(line)
    return lines


def quarantine(ctx: RunContext, areas: tuple[str, ...]) -> list[Row]:
    return _tally(areas, ctx.quarantine, ("group", "reason"))


def exclusions(ctx: RunContext, areas: tuple[str, ...]) -> list[Row]:
    return _tally(areas, ctx.exclusions, ("group", "reason", "approved_by"))


def residue(ctx: RunContext, areas: tuple[str, ...]) -> Row:
    """Values whose exact legacy text the standard form does not carry, by field and cause; the most frequent are
    listed."""
    lines = _tally(areas, ctx.residue, ("field", "cause"))
    lines.sort(key=lambda line: (-line["count"], line["area"], line["export"], str(line["field"]), str(line["cause"])))
    return {"values": sum(line["count"] for line in lines), "places": len(lines), "items": lines[:RESIDUE_SHOWN]}


def failures(ctx: RunContext) -> list[Row]:
    """Stages that did not end well, as the runner recorded them (texts name no person)."""
    lines = []
    for path in sorted((ctx.work / "stages").glob("*.json")):
        record = _json(path)
        if record.get("status", "done") != "done":
            what = record.get("what") or ["", ""]
            lines.append(
                {
                    "area": record.get("area", ""),
                    "stage": record["stage"],
                    "code": record.get("code", ""),
                    "what_ja": what[0],
                    "what_en": what[1],
                }
            )
    return lines
