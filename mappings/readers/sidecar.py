"""A Parquet file beside a staged export, for bytes that only some exports have: none is left without rows."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq


class Sidecar:
    """A file that begins with its first rows; a context manager: an exception leaves nothing."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._schema = path, schema
        self._writer: pq.ParquetWriter | None = None
        path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()
        if kind is not None:
            self._path.unlink(missing_ok=True)

    def _append(self, columns: list[object]) -> None:
        """Add rows: one array or list for each column of the schema."""
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, self._schema, compression="zstd", compression_level=1)
        self._writer.write_table(pa.table(columns, schema=self._schema))
