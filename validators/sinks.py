"""Where judged rows go in a run - standard files, lineage, held rows, nulled values - and the way back from a
delivered row to its legacy record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from layouts.delivery.files import GroupFiles, GroupWriter
from layouts.delivery.run import RunContext
from layouts.delivery.shapes import (
    HELD_EXTRA,
    LINEAGE_BASE,
    NULLED_BASE,
    REC_PREFIX,
    SOURCES_KEY,
    lineage_schema,
    rec_column,
)
from layouts.delivery.stream import ParquetStream
from layouts.errors import Text, TsugiteError
from layouts.model import Area, Group
from validators.findings import place


def source_exports(mapped: Path) -> tuple[str, ...]:
    """The export behind each value of ``_source`` of a mapped file, from its metadata."""
    metadata = pq.read_metadata(mapped).metadata or {}
    sources = metadata.get(SOURCES_KEY.encode())
    if sources is None:
        raise TsugiteError(
            "V93",
            Text(
                "変換済みファイルに移行元の情報がありません", "a mapped file does not say which exports it comes from"
            ),
            mapped.name,
            Text("変換の段からやり直してください", "run the map stage again"),
        )
    return tuple(source["from"] for source in json.loads(sources))


class RunSink:
    """Writes one group's outcome into a run's folder; a context manager: files get their names after a clean exit."""

    def __init__(self, ctx: RunContext, area: Area, group: Group, mapped: Path) -> None:
        name = f"{group.slug}.parquet"
        schema = pl.read_parquet_schema(mapped)
        self.exports = source_exports(mapped)
        from_records = [rec_column(export) for export in dict.fromkeys(self.exports)]
        records = [column.removeprefix(REC_PREFIX) for column in schema if column.startswith(REC_PREFIX)]
        sources = {SOURCES_KEY: (pq.read_metadata(mapped).metadata or {})[SOURCES_KEY.encode()].decode()}
        held = pl.Schema([*schema.items(), *HELD_EXTRA.items()])
        nulled = pl.Schema([*NULLED_BASE.items(), *((column, pl.Int64()) for column in from_records)])
        self._group = group
        self._writer = GroupWriter(area, group, ctx.standard(area.id), ctx.profile, ctx.municipality, ctx.delivery_date)
        self._lineage = ParquetStream(ctx.lineage(area.id) / name, lineage_schema(records), sources)
        self._held = ParquetStream(ctx.held(area.id) / name, held, sources)
        self._nulled = ParquetStream(ctx.nulled(area.id) / name, nulled, sources)
        self._open = ExitStack()

    def __enter__(self) -> RunSink:
        with ExitStack() as opening:
            for stream in (self._writer, self._lineage, self._held, self._nulled):
                opening.enter_context(stream)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    @property
    def files(self) -> GroupFiles:
        """The standard files, after the ``with`` block."""
        return self._writer.result

    def deliver(self, rows: pl.DataFrame) -> None:
        first = self._writer.rows + 1
        numbers = pl.int_range(first, first + rows.height, dtype=pl.Int64, eager=True)
        lineage = rows.with_columns(row=numbers).select(self._lineage.schema.names())
        self._lineage.write(lineage.cast(LINEAGE_BASE))
        self._writer.write(rows.select(self._group.names))

    def hold(self, rows: pl.DataFrame) -> None:
        self._held.write(rows.select(self._held.schema.names()))

    def null(self, rows: pl.DataFrame) -> None:
        self._nulled.write(rows.select(self._nulled.schema.names()))


@dataclass
class Tracer:
    """From rows of a standard file back to the mapped file and the exports: the delivered rows are the mapped ones
    without the held ones, in order."""

    mapped: Path
    held: Path
    exports: Sequence[str]
    _shifts: np.ndarray | None = field(default=None, repr=False)

    def __call__(self, rows: list[int]) -> pl.DataFrame:
        """``row`` (mapped), ``export``, ``record``, ``offset`` of each delivered row, in the order asked."""
        positions = self._positions(np.asarray(rows, dtype=np.int64))
        wanted = pl.DataFrame({"_row": positions}, schema={"_row": pl.Int64})
        export, record, offset = place(pl.read_parquet_schema(self.mapped), self.exports)
        found = (
            pl.scan_parquet(self.mapped)
            .filter(pl.col("_row").is_in(wanted["_row"].implode()))
            .select("_row", row="_row", export=export, record=record, offset=offset)
            .collect(engine="streaming")
        )
        return wanted.join(found, on="_row", how="left", maintain_order="left").drop("_row")

    def _positions(self, rows: np.ndarray) -> np.ndarray:
        if self._shifts is None:
            held = pl.read_parquet(self.held, columns=["_row"])["_row"].sort().to_numpy()
            # The k-th held row (from 0) stands after `held[k] - k - 1` delivered ones.
            self._shifts = held - np.arange(len(held)) - 1
        return rows + np.searchsorted(self._shifts, rows, side="left")
