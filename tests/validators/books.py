"""A small run written by hand, file by file as docs/shapes.md says: what the ledger and the report read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from layouts import Group, load_area
from layouts.delivery.profile import load_profile
from layouts.delivery.run import RunContext
from layouts.delivery.shapes import EXAMPLES, FINDING_KEYS, FINDINGS, SOURCES_KEY

AREA = "014"
MAIN, JOIN, LOOKUP, EXTRA = "shuno", "kozin", "kamoku", "memo"

RECORD_STATUSES = {
    "D": "delivered",
    "N": "delivered",
    "O": "overflow_only",
    "Q": "quarantined",
    "P": "partly_quarantined",
    "X": "excluded",
    "I": "excluded",
    "M": "other_municipality",
}
"""Letter of a record in a plan -> its status. N: its amount is nulled; I: its row is byte-identical to a delivered
one."""


@dataclass(frozen=True)
class Place:
    """Which group the rows go to, and which of its items carries the amount."""

    group: Group
    item: str


def place() -> Place:
    """The first group of the area that has a control total."""
    group = next(group for group in load_area(AREA).groups if group.control_totals)
    return Place(group, group.control_totals[0].name)


def context(folder: Path, **changes: Any) -> RunContext:
    exports = folder / "exports"
    exports.mkdir(parents=True, exist_ok=True)
    settings: dict[str, Any] = {
        "run_dir": folder / "run.partial",
        "municipality": "352152",
        "municipality_name": "周南市",
        "rehearsal": "リハーサル1",
        "areas": (AREA,),
        "vendor": "b_sha",
        "mapping_dir": folder / "mapping",
        "exports_dir": exports,
        "delivery_date": "2018-01-04",
        "mask_key": b"0123456789abcdef",
    }
    return RunContext(**(settings | changes))


def save(frame: pl.DataFrame, path: Path, metadata: dict[str, str] | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path, metadata=metadata)


def save_json(value: object, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def stage(
    ctx: RunContext,
    export: str,
    records: int,
    others: Sequence[int] = (),
    amounts: Sequence[int] = (),
    *,
    area: str = AREA,
) -> None:
    """Staged export of ``records`` records, numbers ``others`` left to another municipality."""
    numbers = [number for number in range(1, records + 1) if number not in set(others)]
    money = [str(amounts[number - 1]) if amounts else "" for number in numbers]
    frame = pl.DataFrame(
        {
            "_record": numbers,
            "_offset": [100 * (n - 1) for n in numbers],
            "_part": [0] * len(numbers),
            "KINGAKU": money,
        },
        schema={"_record": pl.Int64, "_offset": pl.Int64, "_part": pl.UInt16, "KINGAKU": pl.String},
    )
    save(frame, ctx.staged(area) / f"{export}.parquet")
    part = {
        "file": f"{export.upper()}.csv",
        "sha256": "0" * 64,
        "bytes": 100 * records,
        "records": records,
        "first_record": 1,
    }
    described = {
        "export": export,
        "area": area,
        "format": "delimited",
        "charset": "cp932",
        "parts": [part],
        "records": records,
        "kept": len(numbers),
        "other_municipalities": {"352071": len(others)} if others else {},
        "undecodable": 0,
        "gaiji_count": 0,
        "ragged": 0,
        "chardet": {"encoding": "CP932", "confidence": 0.11},
    }
    save_json(described, ctx.staged(area) / f"{export}.json")


def overflow(ctx: RunContext, export: str, numbers: Sequence[int], *, area: str = AREA) -> None:
    save(
        pl.DataFrame({"_record": list(numbers)}, schema={"_record": pl.Int64}), ctx.overflow(area) / f"{export}.parquet"
    )
    dictionary = (
        "no,field,name_ja,type,length,description,key\n1,KOJIN_NO,個人番号,X,10,,1\n2,CHIKU_CD,地区コード,X,3,,0\n"
    )
    (ctx.overflow(area) / f"{export}.dictionary.csv").write_text(dictionary, encoding="utf-8")


def build(ctx: RunContext, plan: str, amounts: Sequence[int] | None = None) -> None:
    """A run of one area whose main export has one record per letter of ``plan`` (:data:`RECORD_STATUSES`) with that
    amount."""
    where, total = place(), len(plan)
    amounts = list(amounts) if amounts is not None else [100 + n for n in range(total)]
    letters = list(enumerate(plan, start=1))
    others = [number for number, letter in letters if letter == "M"]
    ours = [number for number, letter in letters if letter != "M"]
    stage(ctx, MAIN, total, others, amounts)
    for name, records in ((JOIN, total), (LOOKUP, 3), (EXTRA, 2)):
        stage(ctx, name, records)
    overflow(ctx, MAIN, ours)
    overflow(ctx, EXTRA, [1, 2])

    rows: list[dict[str, Any]] = []
    first_delivered = None
    for number, letter in letters:
        for kept in {"D": "d", "N": "n", "P": "dq", "Q": "q", "I": "i"}.get(letter, ""):
            # Of a record that is only partly held the amount stands in the first of its rows.
            value = amounts[number - 1] if not rows or rows[-1]["_rec_" + MAIN] != number else 0
            if kept in "dn" and first_delivered is None:
                first_delivered = len(rows) + 1
            rows.append({"_row": len(rows) + 1, "_rec_" + MAIN: number, "kept": kept, where.item: value})
    exports = (MAIN, JOIN, LOOKUP)
    base = {
        "_row": pl.Int64,
        "_source": pl.UInt16,
        "_occurrence": pl.Int16,
        **{f"_rec_{name}": pl.Int64 for name in exports},
        "_off": pl.Int64,
    }
    schema = {**base, **where.group.polars_schema, "kept": pl.String}
    # The join partner of a record carries the same number; the lookup table's first record is hit by all rows.
    full = [{**row, "_source": 0, f"_rec_{JOIN}": row[f"_rec_{MAIN}"], f"_rec_{LOOKUP}": 1, "_off": 0} for row in rows]
    table = pl.DataFrame(full, schema=schema)
    sources = {SOURCES_KEY: json.dumps([{"from": MAIN, "joins": [JOIN], "lookups": [LOOKUP]}])}
    name = f"{where.group.slug}.parquet"
    save(table.drop("kept"), ctx.mapped(AREA) / name, sources)
    is_nulled = pl.col("kept") == "n"
    amount = pl.when(~is_nulled).then(pl.col(where.item)).alias(where.item)
    delivered = table.filter(pl.col("kept").is_in(["d", "n"])).with_columns(amount)
    nulled = table.filter(is_nulled)
    save(nulled.select("_row", item=pl.lit(where.item), rule=pl.lit("V01")), ctx.nulled(AREA) / name)
    save(delivered.select(where.group.names), ctx.standard(AREA) / name)
    area = load_area(AREA)
    csv_name = load_profile(ctx.profile).csv_name(area, where.group, ctx.municipality, ctx.delivery_date)
    delivered.select(where.group.names).write_csv(
        ctx.standard(AREA) / csv_name, quote_style="always", line_terminator="\r\n"
    )
    lineage = delivered.select(
        pl.int_range(1, pl.len() + 1).alias("row"), "_source", "_occurrence", *(f"_rec_{e}" for e in exports)
    )
    save(lineage, ctx.lineage(AREA) / name, sources)
    duplicate = pl.when(pl.col("kept") == "i").then(pl.lit(first_delivered, dtype=pl.Int64)).alias("duplicate_of")
    held = (
        table.filter(pl.col("kept").is_in(["q", "i"]))
        .with_columns(pl.lit("V07").alias("reason"), duplicate)
        .drop("kept")
    )
    identical = held.filter(pl.col("duplicate_of").is_not_null())
    quarantined = held.filter(pl.col("duplicate_of").is_null())
    save(held, ctx.held(AREA) / name)

    # Join partners of records that gave no row are handed over as overflow.
    overflow(ctx, JOIN, [number for number, letter in letters if letter in "OXM"])
    in_quarantine = [number for number, letter in letters if letter in "QP"]
    place_of = {"offset": pl.Int64, "group": pl.String, "reason": pl.String}
    for export in (MAIN, JOIN):
        lines = [
            {"record": number, "offset": 0, "group": where.group.slug, "reason": "V07"} for number in in_quarantine
        ]
        save(pl.DataFrame(lines, schema={"record": pl.Int64, **place_of}), ctx.quarantine(AREA) / f"{export}.parquet")
    reasons = {"X": ("論理削除", "納税課"), "I": ("identical duplicate", None)}
    for export, left_out in ((MAIN, "XI"), (JOIN, "I")):
        signed = [
            {"record": n, "offset": 0, "group": where.group.slug, "reason": reasons[a][0], "approved_by": reasons[a][1]}
            for n, a in letters
            if a in left_out
        ]
        schema_of = {"record": pl.Int64, **place_of, "approved_by": pl.String}
        save(pl.DataFrame(signed, schema=schema_of), ctx.exclusions(AREA) / f"{export}.parquet")

    def money(frame: pl.DataFrame) -> str:
        return str(frame[where.item].sum() or 0)

    excluded = sum(amounts[number - 1] for number, letter in letters if letter in "XO")
    source = excluded + int(money(table))
    save_json(
        {
            "exports": {
                MAIN: {"records": total, "role": "main", "other_municipality": len(others), "unmatched": 0},
                JOIN: {"records": total, "role": "join", "other_municipality": 0, "unmatched": 0},
                LOOKUP: {"records": 3, "role": "lookup", "other_municipality": 0, "unmatched": 0},
                EXTRA: {"records": 2, "role": "overflow", "other_municipality": 0, "unmatched": 0},
            },
            "groups": {
                where.group.slug: {
                    "rows": table.height,
                    "control_totals": {where.item: {"source": str(source), "excluded": str(excluded), "nulled": "0"}},
                }
            },
            "not_provided": {},
        },
        ctx.accounts / f"{AREA}.map.json",
    )
    told = {
        "derived": money(table),
        "delivered": money(delivered),
        "quarantined": money(quarantined),
        "identical": money(identical),
    }
    save_json(
        {
            "groups": {
                where.group.slug: {
                    "derived": table.height,
                    "delivered": delivered.height,
                    "quarantined": quarantined.height,
                    "identical": identical.height,
                    "nulled": 0,
                    "control_totals": {where.item: {**told, "nulled": money(nulled)}},
                }
            }
        },
        ctx.accounts / f"{AREA}.validate.json",
    )


def findings(
    ctx: RunContext,
    name: str,
    found: Sequence[dict[str, Any]],
    examples: Sequence[dict[str, Any]] = (),
    keys: Sequence[dict[str, Any]] = (),
) -> None:
    """One stage's findings; columns left out are null."""
    ctx.findings.mkdir(parents=True, exist_ok=True)
    for kind, rows, schema in (
        ("findings", found, FINDINGS),
        ("examples", examples, EXAMPLES),
        ("keys", keys, FINDING_KEYS),
    ):
        save(pl.DataFrame(list(rows), schema=schema), ctx.findings / f"{name}.{kind}.parquet")


def amount_of(ctx: RunContext) -> Decimal:
    """The delivered amount by the standard Parquet."""
    where = place()
    return Decimal(pl.read_parquet(ctx.standard(AREA) / f"{where.group.slug}.parquet")[where.item].sum())
