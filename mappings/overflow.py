"""What is handed over beside the standard files: overflow with its dictionary, whole records of quarantine and
exclusions, gaiji register."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from layouts.delivery.shapes import (
    COMPRESSION_LEVEL,
    DICTIONARY,
    EXCLUSIONS_BASE,
    GAIJI,
    QUARANTINE_BASE,
    publish,
    row_group_rows,
    write_table,
)
from mappings.mapping import Export
from mappings.readers import StagedExport


def overflow_fields(export: Export, uncovered: tuple[str, ...]) -> tuple[str, ...]:
    """Columns of an export's overflow file: its key fields, then what no item covers."""
    key = tuple(export.definition.key)
    return (*key, *(field for field in uncovered if field not in key))


def write_overflow(export: Export, fields: tuple[str, ...], staged: pl.LazyFrame, folder: Path) -> int:
    """Write ``<export>.parquet``, ``.csv`` (UTF-8, all quoted, CRLF) and ``.dictionary.csv``; returns how many
    records."""
    folder.mkdir(parents=True, exist_ok=True)
    frame = staged.select("_record", *fields)
    parquet, csv = folder / f"{export.name}.parquet", folder / f"{export.name}.csv"
    partials = [path.with_name(f".{path.name}.partial") for path in (parquet, csv)]
    sinks = [
        frame.sink_parquet(
            partials[0],
            compression="zstd",
            compression_level=COMPRESSION_LEVEL,
            row_group_size=row_group_rows(len(fields) + 1),
            lazy=True,
        ),
        frame.sink_csv(partials[1], quote_style="always", line_terminator="\r\n", lazy=True),
    ]
    pl.collect_all(sinks, engine="streaming")
    for partial, path in zip(partials, (parquet, csv), strict=True):
        publish(partial, path)
    _dictionary(export, fields).write_csv(
        folder / f"{export.name}.dictionary.csv", quote_style="always", line_terminator="\r\n"
    )
    count: int = pl.scan_parquet(parquet).select(pl.len()).collect().item()
    return count


def _dictionary(export: Export, fields: tuple[str, ...]) -> pl.DataFrame:
    by_name = {field.name: field for field in export.record.fields}
    rows = [
        {
            "no": number,
            "field": name,
            "name_ja": by_name[name].name_ja,
            "type": by_name[name].type,
            "length": by_name[name].length,
            "description": by_name[name].description,
            "key": int(name in export.definition.key),
        }
        for number, name in enumerate(fields, start=1)
    ]
    return pl.DataFrame(rows, schema=DICTIONARY)


def write_whole_records(
    marks: pl.DataFrame, staged: pl.LazyFrame, fields: tuple[str, ...], path: Path, *, signed: bool
) -> int:
    """Whole legacy records with group and reason (``signed``: exclusions, with who approved). ``marks``: record,
    group, reason, approved_by;
    a record may stand in several lines (one a group). Returns lines written; nothing is written for none."""
    if marks.is_empty():
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = EXCLUSIONS_BASE if signed else QUARANTINE_BASE
    columns = ["record", "group", "reason", *(["approved_by"] if signed else [])]
    lines = (
        staged.join(
            marks.lazy().select(columns), left_on="_record", right_on="record", how="inner", maintain_order="left"
        )
        .rename({"_record": "record", "_offset": "offset"})
        .select(*schema.names(), *fields)
    )
    write_table(lines, path, schema, more=True)
    count: int = pl.scan_parquet(path).select(pl.len()).collect().item()
    return count


def gaiji_register(area: str, staged: list[StagedExport]) -> pl.DataFrame:
    """One line a user-defined character and field; ``decision`` is for people to fill in."""
    rows = [
        {
            "area": area,
            "export": read.export,
            "field": found.field,
            "source_code": found.code,
            "codepoint": f"U+{found.code_point:04X}",
            "char": chr(found.code_point),
            "count": found.count,
            "first_record": found.record,
            "decision": None,
        }
        for read in staged
        for found in read.gaiji
    ]
    return pl.DataFrame(rows, schema=GAIJI)


def write_gaiji(area: str, staged: list[StagedExport], folder: Path) -> int:
    """Write ``<area>.parquet``: the area's part of the register; its rows."""
    register = gaiji_register(area, staged)
    write_table(register, folder / f"{area}.parquet", GAIJI)
    return register.height


def write_gaiji_csv(folder: Path) -> None:
    """``gaiji.csv`` over all areas of the run; once, when no area is written any more."""
    parts = [pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))]
    if not parts:
        return
    path = folder / "gaiji.csv"
    partial = path.with_name(f".{path.name}.partial")
    pl.concat(parts).write_csv(partial, quote_style="always", line_terminator="\r\n")
    publish(partial, path)
