"""The columns of every table in which the rooms meet, and the one way to write such a table.

docs/shapes.md says what each column means. Row and record numbers are 1-based Int64, byte offsets 0-based Int64.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import polars as pl

ROW_GROUP_ROWS: Final = 262_144
"""Most rows of a Parquet row group."""
ROW_GROUP_CELLS: Final = 20 * ROW_GROUP_ROWS
"""Most cells of a row group: a writer holds one in memory, and groups have up to some hundred items."""
COMPRESSION_LEVEL: Final = 1
"""zstd 1: as small as the default level on this kind of data, and a quarter faster."""

SOURCES_KEY: Final = "tsugite.sources"
"""Metadata of a mapped group: JSON ``[{"from": export, "joins": [export...], "lookups": [export...]}...]``."""
AREA_KEY: Final = "tsugite.area"
GROUP_KEY: Final = "tsugite.group"
LAYOUT_VERSION_KEY: Final = "tsugite.layout_version"
LAYOUT_HASH_KEY: Final = "tsugite.layout_hash"
ITEM_IDS_KEY: Final = "tsugite.item_ids"
"""Metadata of a standard file: JSON object, column -> item id."""
MUNICIPALITY_KEY: Final = "tsugite.municipality"

REC_PREFIX: Final = "_rec_"
"""``_rec_<export>``: the record of that export that a row comes from."""


def row_group_rows(columns: int) -> int:
    """Rows of a row group in a table of that many columns."""
    return min(ROW_GROUP_ROWS, max(1, ROW_GROUP_CELLS // max(1, columns)))


def rec_column(export: str) -> str:
    """Name of the column that holds an export's record numbers."""
    return REC_PREFIX + export


STAGED_BASE: Final = pl.Schema({"_record": pl.Int64, "_offset": pl.Int64, "_part": pl.UInt16})
"""Staged export; the export's fields (String) follow."""

MAPPED_BASE: Final = pl.Schema({"_row": pl.Int64, "_source": pl.UInt16, "_occurrence": pl.Int16})
"""Mapped group; ``_rec_<export>`` columns, ``_off`` (Int64) and every item follow."""

MAPPED_OFFSET: Final = "_off"

HELD_EXTRA: Final = pl.Schema({"reason": pl.String, "duplicate_of": pl.Int64})
"""Held rows: these columns after those of the mapped group."""

LINEAGE_BASE: Final = pl.Schema({"row": pl.Int64, "_source": pl.UInt16, "_occurrence": pl.Int16})
"""Lineage; ``_rec_<export>`` columns (Int64) follow."""

NULLED_BASE: Final = pl.Schema({"_row": pl.Int64, "item": pl.String, "rule": pl.String})
"""Nulled values; ``_rec_<from export>`` columns follow."""

RESIDUE: Final = pl.Schema({"record": pl.Int64, "field": pl.String, "value": pl.String, "cause": pl.String})

QUARANTINE_BASE: Final = pl.Schema({"record": pl.Int64, "offset": pl.Int64, "group": pl.String, "reason": pl.String})
"""Quarantined records; the export's fields (String) follow."""

EXCLUSIONS_BASE: Final = pl.Schema([*QUARANTINE_BASE.items(), ("approved_by", pl.String())])
"""Excluded records; the export's fields (String) follow."""

DICTIONARY: Final = pl.Schema(
    {
        "no": pl.Int64,
        "field": pl.String,
        "name_ja": pl.String,
        "type": pl.String,
        "length": pl.Int64,
        "description": pl.String,
        "key": pl.Int64,
    }
)
"""Data dictionary of an overflow file (CSV)."""

FINDINGS: Final = pl.Schema(
    {
        "finding": pl.String,
        "rule": pl.String,
        "area": pl.String,
        "group": pl.String,
        "item": pl.String,
        "export": pl.String,
        "field": pl.String,
        "severity": pl.String,
        "grain": pl.String,
        "count": pl.Int64,
        "checked": pl.Int64,
        "title_ja": pl.String,
        "title_en": pl.String,
        "detail": pl.String,
    }
)

EXAMPLES: Final = pl.Schema(
    {
        "finding": pl.String,
        "row": pl.Int64,
        "export": pl.String,
        "record": pl.Int64,
        "offset": pl.Int64,
        "key_hash": pl.String,
        "value_masked": pl.String,
    }
)

FINDING_KEYS: Final = pl.Schema(
    {"finding": pl.String, "export": pl.String, "record": pl.Int64, "key": pl.String, "value": pl.String}
)
"""Unmasked: for ``restricted/`` only."""

LEDGER: Final = pl.Schema(
    {
        "side": pl.String,
        "area": pl.String,
        "name": pl.String,
        "name_ja": pl.String,
        "line": pl.String,
        "count": pl.Int64,
        "expected": pl.Int64,
        "closes": pl.Boolean,
    }
)

MONEY: Final[pl.DataType] = pl.Decimal(38, 4)
"""Type of every control total."""

CONTROL_TOTALS: Final = pl.Schema(
    [
        *((name, pl.String()) for name in ("area", "group", "item")),
        *((name, MONEY) for name in ("source", "excluded", "nulled_map", "nulled", "quarantined", "identical")),
        *((name, MONEY) for name in ("delivered", "difference", "expected", "against_expected", "unexplained")),
        ("closes", pl.Boolean()),
    ]
)

COVERAGE: Final = pl.Schema(
    {
        "area": pl.String,
        "group": pl.String,
        "item": pl.String,
        "output": pl.String,
        "status": pl.String,
        "reason": pl.String,
        "rows": pl.Int64,
        "filled": pl.Int64,
    }
)
"""``status``: provided, constant or not_provided; ``filled``: rows with a value."""

GAIJI: Final = pl.Schema(
    {
        "area": pl.String,
        "export": pl.String,
        "field": pl.String,
        "source_code": pl.String,
        "codepoint": pl.String,
        "char": pl.String,
        "count": pl.Int64,
        "first_record": pl.Int64,
        "decision": pl.String,
    }
)

UNCARRIED: Final = pl.Schema(
    {
        "row": pl.Int64,
        "item": pl.String,
        "codepoint": pl.String,
        "char": pl.String,
        "count": pl.Int64,
        "escape": pl.String,
    }
)
"""Characters that a CSV cannot carry, beside it as ``<name>.uncarried.csv``; ``row``: row of the CSV, from 1."""

EXPECTED_COLUMNS: Final = ("file", "kind", "field", "value", "note")
"""Columns of ``expected.csv``, the counts and totals declared before the migration."""


class ShapeError(ValueError):
    """A table does not have the columns of its shape: a defect of the program, never of the data."""


def lineage_schema(exports: Iterable[str]) -> pl.Schema:
    """Columns of a lineage file whose rows come from ``exports``."""
    return pl.Schema([*LINEAGE_BASE.items(), *((rec_column(export), pl.Int64()) for export in exports)])


def empty(schema: pl.Schema) -> pl.DataFrame:
    """A table of that shape without rows."""
    return pl.DataFrame(schema=schema)


def finding_id(
    rule: str,
    area: str | None = None,
    group: str | None = None,
    item: str | None = None,
    export: str | None = None,
    detail: str | None = None,
) -> str:
    """Stable id of a finding: 12 hex digits of BLAKE2b over its place, the same in every run."""
    place = "\x1f".join(part or "" for part in (rule, area, group, item, export, detail))
    return hashlib.blake2b(place.encode(), digest_size=6).hexdigest()


def check_columns(columns: pl.Schema, schema: pl.Schema, *, more: bool = False) -> None:
    """Raise :class:`ShapeError` unless ``columns`` are ``schema`` in name, order and type (``more``: begin with it)."""
    have = list(columns.items())
    if more:
        have = have[: len(schema)]
    if have != list(schema.items()):
        wrong = [f"{name}: {dtype}" for name, dtype in schema.items() if columns.get(name) != dtype]
        extra = [name for name, _ in have if name not in schema]
        raise ShapeError(f"columns differ from the shape; missing or other type: {wrong}; not of the shape: {extra}")


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def publish(partial: Path, path: Path) -> None:
    """Give a finished temporary file its name: synced first, renamed in one step."""
    with partial.open("rb") as handle:
        os.fsync(handle.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def partial_name(path: Path) -> Path:
    """The temporary name beside ``path`` under which it is written."""
    return path.with_name(f".{path.name}.partial")


def write_table(
    table: pl.DataFrame | pl.LazyFrame,
    path: Path,
    schema: pl.Schema,
    *,
    more: bool = False,
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """Write one table as Parquet (zstd 1), under a temporary name that is synced and renamed.

    ``schema`` is one of this module; with ``more``, further columns may follow it. A LazyFrame is streamed. The folder
    is made where it is missing. Raises :class:`ShapeError` for other columns.
    """
    check_columns(table.collect_schema(), schema, more=more)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_name(path)
    write = table.write_parquet if isinstance(table, pl.DataFrame) else table.sink_parquet
    try:
        write(
            partial,
            compression="zstd",
            compression_level=COMPRESSION_LEVEL,
            row_group_size=row_group_rows(len(table.collect_schema())),
            metadata=dict(metadata) if metadata else None,
        )
        publish(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path
