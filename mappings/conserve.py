"""Conserving an export behind the validators: overflow, whole records of quarantine, residue of values that became
null, and coverage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from layouts.delivery.run import RunContext
from layouts.delivery.shapes import COVERAGE, REC_PREFIX, RESIDUE, rec_column
from mappings.mapping import Mapping
from mappings.overflow import overflow_fields, write_overflow, write_whole_records
from mappings.readers import StagedExport
from mappings.residue import Lines, read_residue, write_residue
from mappings.scope import Scope

MARKS = pl.Schema({"record": pl.Int64(), "group": pl.String(), "reason": pl.String(), "approved_by": pl.String()})
IDENTICAL = "identical duplicate"
SURPLUS = "_surplus"
"""The reader's column for what stood behind a record's last field."""


@dataclass(frozen=True)
class Counts:
    """What conserving wrote, in records (overflow, quarantine, excluded) and values (residue)."""

    overflow: int = 0
    quarantined: int = 0
    excluded: int = 0
    residue: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.overflow + other.overflow,
            self.quarantined + other.quarantined,
            self.excluded + other.excluded,
            self.residue + other.residue,
        )

    def as_dict(self) -> dict[str, int]:
        return {
            "overflow": self.overflow,
            "quarantined": self.quarantined,
            "excluded": self.excluded,
            "residue": self.residue,
        }


def aside_folder(ctx: RunContext, area: str) -> Path:
    """Where the map stage leaves the records that it set aside, for this stage."""
    return ctx.work / "aside" / area


def ragged_lines(mapping: Mapping, read: StagedExport, raw: pl.LazyFrame, aside: pl.DataFrame) -> list[Lines]:
    """Fields that short records lack (value null) and what stood behind the last field of long ones."""
    whole = aside.filter(pl.col("kind") != "overflow_only").select("record").lazy()
    lines: list[Lines] = []
    wanted: list[tuple[str, pl.Expr]] = []
    if read.ragged:
        fields = mapping.fates.fields(read.export, "items", "key", "padding")
        wanted += [(field, pl.col(field).is_null()) for field in fields]
    if read.surplus:
        wanted.append((SURPLUS, pl.col(SURPLUS).is_not_null()))
    for field, mask in wanted:
        found = raw.filter(mask).select(
            record=pl.col("_record"), field=pl.lit(field), value=pl.col(field), cause=pl.lit("ragged")
        )
        lines.append((field, found.cast(RESIDUE).join(whole, on="record", how="anti", maintain_order="left")))
    return lines


def _rec_columns(path: Path) -> list[str]:
    return [name for name in pq.read_schema(path).names if name.startswith(REC_PREFIX)]


def export_of(column: str) -> str:
    """The export behind a ``_rec_`` column; children turned into columns have one a type (``_rec_renraku.1``)."""
    return column.removeprefix(REC_PREFIX).split(".", 1)[0]


def held_records(ctx: RunContext, mapping: Mapping) -> dict[str, tuple[pl.DataFrame, pl.DataFrame]]:
    """Export -> (quarantine marks, exclusion marks) of the rows that validators held back."""
    held: dict[str, list[pl.DataFrame]] = {}
    same: dict[str, list[pl.DataFrame]] = {}
    for group, path in _group_files(mapping, ctx.held(mapping.area_id)):
        rows = pl.scan_parquet(path)
        for column in _rec_columns(path):
            marks = rows.filter(pl.col(column).is_not_null()).select(
                pl.col(column).alias("record"),
                pl.lit(group).alias("group"),
                pl.col("reason"),
                pl.lit(None, dtype=pl.String).alias("approved_by"),
                pl.col("duplicate_of").is_not_null().alias("same"),
            )
            found = marks.collect(engine="streaming")
            export = export_of(column)
            held.setdefault(export, []).append(found.filter(~pl.col("same")).select(MARKS.names()))
            copies = found.filter("same").with_columns(
                reason=pl.lit(IDENTICAL), approved_by=pl.lit(None, dtype=pl.String)
            )
            same.setdefault(export, []).append(copies.select(MARKS.names()))
    return {
        export: tuple(  # type: ignore[misc]
            pl.concat(parts).unique(subset=["record", "group"], keep="first", maintain_order=True).cast(MARKS)
            for parts in (held[export], same[export])
        )
        for export in held
    }


def _group_files(mapping: Mapping, folder: Path) -> Iterator[tuple[str, Path]]:
    """Names and files of the area's groups that have one in ``folder``."""
    for group in mapping.area.groups if mapping.area is not None else ():
        path = folder / f"{group.slug}.parquet"
        if path.exists():
            yield group.name, path


def nulled_lines(ctx: RunContext, mapping: Mapping) -> dict[str, list[Lines]]:
    """Export -> residue lines of the fields behind values that validators turned into null; cause = the rule's id."""
    found: dict[str, list[Lines]] = {}
    records = {name: export.fields for name, export in mapping.exports.items()}
    for group, path in _group_files(mapping, ctx.nulled(mapping.area_id)):
        nulled = pl.scan_parquet(path).select("_row", "item", "rule")
        slug = path.name
        mapped_path = ctx.mapped(mapping.area_id) / slug
        columns = ["_row", "_source", "_occurrence", *_rec_columns(mapped_path)]
        touched = nulled.select("_row").unique()
        rows = pl.scan_parquet(mapped_path).select(columns).join(touched, on="_row", how="semi")
        nulled = nulled.join(rows, on="_row", how="inner")
        items = set(nulled.select(pl.col("item").unique()).collect(engine="streaming")["item"])
        for index, block in enumerate(mapping.file.groups.get(group, [])):
            scope = Scope(block, records)
            for item in sorted(items & set(block.items)):
                rule = block.items[item]
                here = nulled.filter((pl.col("_source") == index) & (pl.col("item") == item))
                for ref in (*rule.raw_fields, *([rule.sign.field] if rule.sign else [])):
                    for export, field, lines in _behind(ctx, mapping, scope, ref, here):
                        found.setdefault(export, []).append((field, lines))
    return found


def _behind(
    ctx: RunContext, mapping: Mapping, scope: Scope, ref: str, nulled: pl.LazyFrame
) -> Iterator[tuple[str, str, pl.LazyFrame]]:
    """Lines with the raw text of ``ref``'s fields in the records of nulled rows."""
    target = scope.get(ref)
    if target is None or target.export is None or target.kind == "lookup":
        return
    rec = rec_column(target.export)
    if target.kind == "pivot":
        alias, new = ref.split(".", 1)
        columns = scope.block.columns_from_rows[alias].columns
        rec = rec_column(f"{target.export}.{next(v for v, fields in columns.items() if new in fields.values())}")
    staged = pl.scan_parquet(ctx.staged(mapping.area_id) / f"{target.export}.parquet")
    for position, field in enumerate(target.fields, start=1):
        if mapping.fates.of[target.export].get(field) not in ("items", "key"):
            continue
        rows = nulled.filter(pl.col("_occurrence") == position) if target.kind == "occurrence" else nulled
        wanted = rows.filter(pl.col(rec).is_not_null()).select(pl.col(rec).alias("record"), "rule")
        wanted = wanted.unique(subset="record", keep="first")
        lines = (
            staged.select("_record", field)
            .join(wanted, left_on="_record", right_on="record", how="inner", maintain_order="left")
            .select(record=pl.col("_record"), field=pl.lit(field), value=pl.col(field), cause=pl.col("rule"))
        )
        yield target.export, field, lines


def conserve_export(
    ctx: RunContext,
    mapping: Mapping,
    read: StagedExport,
    role: str,
    held: tuple[pl.DataFrame, pl.DataFrame] | None,
    nulled: list[Lines],
) -> Counts:
    """Everything of one export that no standard file holds."""
    area, name = mapping.area_id, read.export
    export = mapping.exports[name]
    staged = pl.scan_parquet(ctx.staged(area) / f"{name}.parquet")
    aside_path = aside_folder(ctx, area) / f"{name}.parquet"
    aside = pl.read_parquet(aside_path) if aside_path.exists() else None
    quarantine = [held[0]] if held is not None else []
    gone: list[pl.DataFrame] = []
    only_overflow = 0
    if aside is not None:
        mapped = aside.filter(pl.col("kind").is_in(["held", "unmatched"]))
        quarantine.append(mapped.select(MARKS.names()))
        gone.append(aside.filter(pl.col("kind") != "overflow_only").select("record"))
        only_overflow = aside.filter(pl.col("kind") == "overflow_only").height
    marks = pl.concat(quarantine) if quarantine else pl.DataFrame(schema=MARKS)
    quarantined = write_whole_records(
        marks, staged, read.fields, ctx.quarantine(area) / f"{name}.parquet", signed=False
    )
    excluded = 0
    if held is not None and held[1].height:
        excluded = _add_exclusions(held[1], staged, read, ctx.exclusions(area) / f"{name}.parquet")
    if held is not None:
        gone.append(_not_delivered(ctx, mapping, name, pl.concat([held[0], held[1]]).select("record").unique()))
    residue_path = ctx.residue(area) / f"{name}.parquet"
    residue = 0
    if nulled:
        residue = write_residue([*nulled, *read_residue(residue_path)], residue_path)
    uncovered = mapping.fates.fields(name, "overflow", "lookup", "whole")
    overflow = 0
    if uncovered or only_overflow or role == "overflow":
        records = staged
        if gone:
            records = staged.join(
                pl.concat(gone).unique().lazy(), left_on="_record", right_on="record", how="anti", maintain_order="left"
            )
        if not uncovered and aside is not None:
            loose = aside.filter(pl.col("kind") == "overflow_only").select("record").lazy()
            records = staged.join(loose, left_on="_record", right_on="record", how="semi", maintain_order="left")
        fields = read.fields if role == "overflow" else overflow_fields(export, uncovered)
        overflow = write_overflow(export, fields, records, ctx.overflow(area))
    return Counts(overflow, quarantined, excluded, residue)


def _add_exclusions(marks: pl.DataFrame, staged: pl.LazyFrame, read: StagedExport, path: Path) -> int:
    """Identical duplicates join the records that the mapping excluded."""
    earlier = path.with_name(f".{path.name}.earlier")
    if path.exists():
        declared = pl.read_parquet(path, columns=["record", "group", "reason", "approved_by"])
        # A stage that is repeated finds its own lines here.
        declared = declared.filter(pl.col("reason") != IDENTICAL)
        path.replace(earlier)
        marks = pl.concat([declared, marks])
    try:
        return write_whole_records(marks, staged, read.fields, path, signed=True)
    finally:
        earlier.unlink(missing_ok=True)


def _not_delivered(ctx: RunContext, mapping: Mapping, export: str, records: pl.DataFrame) -> pl.DataFrame:
    """Those of ``records`` that no delivered row comes from."""
    left = records
    for _, path in _group_files(mapping, ctx.lineage(mapping.area_id)):
        for column in _rec_columns(path):
            if export_of(column) == export and left.height:
                taken = pl.scan_parquet(path).select(record=column).join(left.lazy(), on="record", how="semi")
                left = left.join(taken.unique().collect(engine="streaming"), on="record", how="anti")
    return left


def coverage(ctx: RunContext, mapping: Mapping) -> pl.DataFrame:
    """One line an item of the layout: where it comes from, rows, and rows with a value (from the standard files,
    else as mapped)."""
    rows: list[dict[str, object]] = []
    for group in mapping.area.groups if mapping.area is not None else ():
        blocks = mapping.file.groups.get(group.name, [])
        told = mapping.file.not_provided.get(group.name, {})
        path = ctx.standard(mapping.area_id) / f"{group.slug}.parquet"
        if not path.exists():
            path = ctx.mapped(mapping.area_id) / f"{group.slug}.parquet"
        height, filled = _filled(path) if path.exists() else (0, {})
        for item in group.items:
            rules = [block.items[item.name] for block in blocks if item.name in block.items]
            status, reason = "not_provided", told if isinstance(told, str) else told.get(item.name)
            if rules:
                fixed = all(rule.constant is not None or rule.run is not None for rule in rules)
                status, reason = "constant" if fixed else "provided", None
            rows.append(
                {
                    "area": mapping.area_id,
                    "group": group.name,
                    "item": item.name,
                    "output": item.output,
                    "status": status,
                    "reason": reason,
                    "rows": height,
                    "filled": filled.get(item.name, 0),
                }
            )
    return pl.DataFrame(rows, schema=COVERAGE)


def _filled(path: Path) -> tuple[int, dict[str, int]]:
    """Rows, and rows with a value per column, from the file's footer; counted where the footer does not say."""
    metadata = pq.read_metadata(path)
    nulls: dict[str, int] = {}
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for index in range(row_group.num_columns):
            column = row_group.column(index)
            if column.statistics is None or not column.statistics.has_null_count:
                counts = pl.scan_parquet(path).select(pl.all().count()).collect(engine="streaming").row(0, named=True)
                return metadata.num_rows, {name: int(count) for name, count in counts.items()}
            nulls[column.path_in_schema] = nulls.get(column.path_in_schema, 0) + column.statistics.null_count
    return metadata.num_rows, {name: metadata.num_rows - count for name, count in nulls.items()}
