"""Which rows of a file share their key: over the whole file, out of core, in 8 bytes a row.

A first pass keeps one 64-bit hash a row; only where hashes repeat, a second pass collects those rows and DuckDB
(which spills) compares keys and rows exactly, so that a collision of hashes is never taken for a duplicate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from validators.engine import connection, quoted, scan

BATCH_ROWS = 262_144
_SEED = 20_180_104

DUPLICATES_SCHEMA = pl.Schema({"position": pl.Int64(), "duplicate_of": pl.Int64()})
"""``position``: 1-based place of the row in its file. ``duplicate_of``: place of the kept row that it equals in every
item, or null where rows of one key differ."""


def batches(path: Path, columns: Sequence[str] | None = None, rows: int = BATCH_ROWS) -> Iterator[pl.DataFrame]:
    """The rows of a Parquet file in order, at most ``rows`` at a time; a file without rows yields nothing."""
    metadata = pq.read_metadata(path)
    largest = max((metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)), default=0)
    if largest <= 4 * rows:
        table = pl.scan_parquet(path)
        table = table if columns is None else table.select(columns)
        for start in range(0, metadata.num_rows, rows):
            yield table.slice(start, rows).collect()
        return
    # A slice decodes its whole row group: in a file of others with one huge group that would be done again and again.
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=rows, columns=None if columns is None else list(columns)):
            frame = pl.from_arrow(batch)
            assert isinstance(frame, pl.DataFrame)
            yield frame if columns is None else frame.select(columns)


def row_count(path: Path) -> int:
    """Rows of a Parquet file, from its footer."""
    return int(pq.read_metadata(path).num_rows)


def duplicate_rows(path: Path, key: Sequence[str], items: Sequence[str], *, temp: Path, threads: int) -> pl.DataFrame:
    """The rows that cannot stay because another row has the same key (:data:`DUPLICATES_SCHEMA`), sorted by position.

    Of rows that equal each other in all ``items`` the first stays and is not listed. Rows of one key that differ are
    all listed, with ``duplicate_of`` null. Rows whose key has an empty part are left out: they have no key to share.
    """
    hashes = np.empty(row_count(path), dtype=np.uint64)
    filled = 0
    for frame in batches(path, key):
        found = _hashes(frame, key)["hash"].to_numpy()
        hashes[filled : filled + len(found)] = found
        filled += len(found)
    repeated = _repeated(hashes[:filled])
    del hashes
    if not len(repeated):
        return pl.DataFrame(schema=DUPLICATES_SCHEMA)
    return _compare(path, key, items, _candidates(path, key, repeated), temp, threads)


def _hashes(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Place in the frame and key hash of the rows whose key is complete."""
    complete = pl.all_horizontal(
        pl.col(name).is_not_null() & (pl.col(name).str.len_bytes() > 0)
        if frame.schema[name] == pl.String
        else pl.col(name).is_not_null()
        for name in key
    )
    return (
        frame.lazy()
        .select(pl.struct(key).hash(_SEED).alias("hash"), complete.alias("complete"))
        .with_row_index("place")
        .filter("complete")
        .drop("complete")
        .collect()
    )


def _repeated(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def _candidates(path: Path, key: Sequence[str], repeated: npt.NDArray[np.uint64]) -> pa.Table:
    """0-based positions of the rows whose hash occurs more than once."""
    wanted = pl.Series(repeated).implode()
    parts: list[pl.Series] = []
    seen = 0
    for frame in batches(path, key):
        found = _hashes(frame, key).filter(pl.col("hash").is_in(wanted))
        parts.append(found["place"].cast(pl.Int64) + seen)
        seen += frame.height
    return pa.table({"place": pl.concat(parts).to_arrow()})


def _compare(
    path: Path, key: Sequence[str], items: Sequence[str], candidates: pa.Table, temp: Path, threads: int
) -> pl.DataFrame:
    keys = ", ".join(quoted(name) for name in key)
    columns = ", ".join(quoted(name) for name in items)
    with connection(temp, threads) as con:
        con.register("candidates", candidates)
        con.execute(
            f"CREATE TEMP VIEW rows AS SELECT {columns}, file_row_number + 1 AS _position "
            f"FROM {scan(path, row_number=True)} WHERE file_row_number IN (SELECT place FROM candidates)"
        )
        result = con.sql(
            f"""
            WITH versions AS (
                SELECT {keys}, min(_position) AS _first, count(*) AS _rows FROM rows GROUP BY {columns}
            ), shared AS (
                SELECT {keys}, min(_first) AS _first, count(*) AS _versions
                FROM versions GROUP BY {keys} HAVING sum(_rows) > 1
            )
            SELECT rows._position AS position, CASE WHEN shared._versions = 1 THEN shared._first END AS duplicate_of
            FROM rows JOIN shared USING ({keys})
            WHERE shared._versions > 1 OR rows._position <> shared._first
            ORDER BY position
            """
        ).to_arrow_table()
    return pl.DataFrame(pl.from_arrow(result), schema_overrides=DUPLICATES_SCHEMA).cast(DUPLICATES_SCHEMA)
