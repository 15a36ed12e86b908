"""Values whose bytes the charset's encoder would not give back: they are kept as they lay in the export."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mappings.charsets.kernels import DUPLICATE
from mappings.readers.sidecar import Sidecar

_SCHEMA = pa.schema([("record", pa.int64()), ("field", pa.string()), ("bytes", pa.large_binary())])


class OriginalCodes(Sidecar):
    """``<name>.codes.parquet``: record, field, bytes of every value whose text does not give its bytes back.

    CP932 has 398 codes with a preferred twin (NEC row 13, NEC-selected and IBM extensions): to Unicode they are the
    same characters. On mainframes there are also shift codes that change nothing, and numbers with another sign than
    the usual one. The bytes are the whole value's, quoting taken out. Without such values there is no file.
    """

    def __init__(self, path: Path, fields: tuple[str, ...]) -> None:
        super().__init__(path, _SCHEMA)
        self._fields = np.array(fields, dtype=object)

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
        rows, columns = values >> 16, values & 0xFFFF
        self.write(numbers[rows], columns, raw, starts[rows, columns], ends[rows, columns])

    def write(
        self,
        numbers: npt.NDArray[np.int64],
        columns: npt.NDArray[np.int64],
        raw: npt.NDArray[np.uint8],
        starts: npt.NDArray[np.int64] | npt.NDArray[np.int32],
        ends: npt.NDArray[np.int64] | npt.NDArray[np.int32],
    ) -> None:
        """Write values: ``raw[starts[i]:ends[i]]`` of field ``columns[i]`` in record ``numbers[i]``."""
        if not len(numbers):
            return
        first = starts.astype(np.int64)
        sizes = ends - first
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        places = np.repeat(first - offsets[:-1], sizes) + np.arange(offsets[-1])
        texts = pa.LargeBinaryArray.from_buffers(
            pa.large_binary(), len(numbers), [None, pa.py_buffer(offsets), pa.py_buffer(raw[places])]
        )
        self._append([pa.array(numbers), pa.array(self._fields[columns], pa.string()), texts])
