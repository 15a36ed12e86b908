"""Values whose bytes the charset's encoder would not give back: they are kept as they lay in the export."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from mappings.charsets.kernels import DUPLICATE

_SCHEMA = pa.schema([("record", pa.int64()), ("field", pa.string()), ("bytes", pa.large_binary())])


class OriginalCodes:
    """``<name>.codes.parquet``: record, field, bytes of every value with a code that has a preferred twin.

    CP932 has 398 such codes (NEC row 13, NEC-selected and IBM extensions): to Unicode they are the same characters.
    The bytes are the whole value's, quoting taken out. Without such values there is no file.
    """

    def __init__(self, path: Path, fields: tuple[str, ...]) -> None:
        self._path = path
        self._fields = np.array(fields, dtype=object)
        self._writer: pq.ParquetWriter | None = None
        path.unlink(missing_ok=True)

    def __enter__(self) -> OriginalCodes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()
        if kind is not None:
            self._path.unlink(missing_ok=True)

    def keep(
        self,
        events: npt.NDArray[np.int64],
        numbers: npt.NDArray[np.int64],
        raw: npt.NDArray[np.uint8],
        starts: npt.NDArray[np.int32],
        ends: npt.NDArray[np.int32],
    ) -> None:
        """Write the values that ``events`` of one batch tell of; positions are in ``raw``."""
        values = np.unique(events[events[:, 0] >> 48 == DUPLICATE, 1])
        if not len(values):
            return
        rows, columns = values >> 16, values & 0xFFFF
        first = starts[rows, columns].astype(np.int64)
        sizes = ends[rows, columns] - first
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        places = np.repeat(first - offsets[:-1], sizes) + np.arange(offsets[-1])
        texts = pa.LargeBinaryArray.from_buffers(
            pa.large_binary(), len(rows), [None, pa.py_buffer(offsets), pa.py_buffer(raw[places])]
        )
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, _SCHEMA, compression="zstd", compression_level=1)
        names = pa.array(self._fields[columns], pa.string())
        self._writer.write_table(pa.table([pa.array(numbers[rows]), names, texts], schema=_SCHEMA))
