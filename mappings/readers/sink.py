"""Batches of staged records into one Parquet file, encoded on polars' own pool while the next batch is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import polars as pl
from polars.io.plugins import register_io_source

ROW_GROUP = 65_536
T = TypeVar("T")


class SurplusFound(Exception):
    """A longer record has been met by a reader that was not set up to keep what stands behind its last field."""


def with_surplus_if_found(attempt: Callable[[bool], T]) -> T:
    """Read without a column for surplus; once more with it (``attempt(True)``) where a record turns out to need it."""
    try:
        return attempt(False)
    except SurplusFound:
        return attempt(True)


def sink_frames(frames: Callable[[], Iterator[pl.DataFrame]], schema: pl.Schema, target: Path) -> None:
    """Write ``frames`` to ``target``; nothing is left there if reading them raises, and the error is theirs."""
    raised: list[BaseException] = []

    def source(
        columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        try:
            yield from frames()
        except BaseException as error:
            # polars would wrap it: keep the real one, end the stream.
            raised.append(error)

    try:
        register_io_source(source, schema=schema).sink_parquet(
            target, compression="zstd", compression_level=1, statistics=False, row_group_size=ROW_GROUP
        )
        if raised:
            raise raised[0]
    except BaseException:
        target.unlink(missing_ok=True)
        raise
