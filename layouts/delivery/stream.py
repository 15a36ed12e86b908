"""Writes a Parquet file from batches: typed, in bounded memory, the same bytes however the batches were cut."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType

import polars as pl
from polars.io.plugins import register_io_source

from layouts.delivery.shapes import (
    COMPRESSION_LEVEL,
    check_columns,
    partial_name,
    publish,
    row_group_rows,
)

_WAIT_S = 0.2


class _Abandoned(Exception):
    """The writer was left before its end: the sink has to stop without a file."""


class ParquetStream:
    """A Parquet file (zstd 1, row groups of one size, the last apart) that takes batches.

    Encoding runs in polars' streaming engine beside the caller, who may compute the next batch meanwhile; at most two
    batches wait. Use it as a context manager: the file gets its name after a clean exit only.

    >>> with ParquetStream(path, schema) as stream:
    ...     for batch in batches:
    ...         stream.write(batch)
    """

    def __init__(self, path: Path, schema: pl.Schema, metadata: Mapping[str, str] | None = None) -> None:
        self.path = path
        self.schema = schema
        self.rows = 0
        self._metadata = dict(metadata) if metadata else None
        self._partial = partial_name(path)
        self._batches: queue.Queue[pl.DataFrame | _Abandoned | None] = queue.Queue(maxsize=2)
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> ParquetStream:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._thread = threading.Thread(target=self._sink, name=f"parquet {self.path.name}", daemon=True)
        self._thread.start()
        return self

    def write(self, batch: pl.DataFrame) -> None:
        """Append a batch. Raises :class:`ShapeError` for other columns, and what the sink met (a full disk)."""
        check_columns(batch.schema, self.schema)
        if batch.height:
            self._put(batch)
            self.rows += batch.height

    def _put(self, batch: pl.DataFrame | None) -> None:
        while self._error is None:
            try:
                self._batches.put(batch, timeout=_WAIT_S)
                return
            except queue.Full:
                continue  # look again whether the sink is still alive
        raise self._error

    def _source(
        self,
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        # The sink asks for whole batches: there is nothing that polars could push down.
        while True:
            batch = self._batches.get()
            if isinstance(batch, _Abandoned):
                raise batch
            if batch is None:
                return
            yield batch

    def _sink(self) -> None:
        try:
            register_io_source(self._source, schema=self.schema).sink_parquet(
                self._partial,
                compression="zstd",
                compression_level=COMPRESSION_LEVEL,
                row_group_size=row_group_rows(len(self.schema)),
                metadata=self._metadata,
            )
        except BaseException as error:
            self._error = error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._thread is not None
        try:
            if kind is None:
                self._put(None)
            else:
                self._abandon()
            self._thread.join()
            if kind is None:
                if self._error is not None:
                    raise self._error
                publish(self._partial, self.path)
        finally:
            self._partial.unlink(missing_ok=True)

    def _abandon(self) -> None:
        while self._error is None:
            try:
                self._batches.put(_Abandoned(), timeout=_WAIT_S)
                return
            except queue.Full:
                continue
