"""The records of one part, batch by batch: where they and their fields lie in the window's buffer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mappings.readers import scan
from mappings.readers.spec import ExportSpec
from mappings.readers.window import MAX_RECORD_BYTES, Window

MAX_ROWS = 131_072
_MAX_CELLS = 4_000_000
_EOF_MARK = 0x1A
_NEWLINE_SAMPLE = 65_536


@dataclass
class Batch:
    """Records found in the window's buffer; arrays are views that the next batch overwrites.

    ``begins`` / ``stops``: where records begin and end (without line end); ``surplus``: where what stands behind the
    last field begins, -1 = nothing; ``lengths``: fields found (delimited) or bytes (fixed).
    """

    size: int
    begins: npt.NDArray[np.int64]
    stops: npt.NDArray[np.int64]
    surplus: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.int64]
    anomalies: npt.NDArray[np.bool_]
    newlines: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]
    """Byte offsets of the records in the file."""


class Records:
    """Cuts a window into records. ``truncated_at`` is the offset of a last record that is not whole, once it has been
    met."""

    def __init__(self, spec: ExportSpec, window: Window) -> None:
        self._spec = spec
        self._window = window
        n = len(spec.fields)
        self._capacity = max(1, min(MAX_ROWS, _MAX_CELLS // n))
        shape = (self._capacity, n)
        self._records = np.empty((self._capacity, 3), np.int64)
        self._starts = np.empty(shape, np.int32)
        self._ends = np.empty(shape, np.int32)
        self._flags = np.zeros(shape, np.uint8)
        self._counts = np.empty(self._capacity, np.int64)
        self._record_flags = np.zeros(self._capacity, np.uint8)
        self._newlines = np.zeros(self._capacity, np.uint8)
        self.quoted = np.zeros(n, np.int64)
        self.eof_mark = False
        self.truncated_at: int | None = None
        self.whole_length = n
        """Of a record that is not ragged: its fields, or its bytes (fixed)."""
        self._line = b""
        self._after = self._after_offset = 0
        if spec.format == "fixed":
            self._field_starts = np.array([f.start for f in spec.fields], np.int64)
            self._field_lengths = np.array([f.length for f in spec.fields], np.int64)
            self.whole_length = spec.record_length or int((self._field_starts + self._field_lengths).max())
        window.refill()
        self._newline = self._find_newline()
        self._drop_eof_mark()

    def _find_newline(self) -> int:
        """Delimited: the byte that ends a line. Fixed: the bytes of the line end behind a record."""
        window = self._window
        if self._spec.format == "delimited":
            while window.end - window.start < _NEWLINE_SAMPLE and not window.at_eof:
                window.refill()
            sample = window.buffer[window.start : min(window.end, window.start + _NEWLINE_SAMPLE)]
            return 13 if 13 in sample and 10 not in sample else 10
        if self._spec.newline_in_fixed is not None:
            return len(self._spec.newline_in_fixed)
        while window.end - window.start < self.whole_length + 2 and not window.at_eof:
            window.refill()
        behind = bytes(window.buffer[window.start + self.whole_length : window.end][:2])
        return 2 if behind == b"\r\n" else 1 if behind[:1] == b"\n" else 0

    def _drop_eof_mark(self) -> None:
        """A Ctrl-Z that DOS programs put behind the last record is no data, unless it can be part of a record."""
        window = self._window
        if self.eof_mark or not window.at_eof or window.end <= window.start:
            return
        if window.buffer[window.end - 1] != _EOF_MARK:
            return
        if self._spec.format == "fixed" and not self._newline:
            behind_record = (window.bytes_read - len(window.bom)) % self.whole_length == 1
        elif self._spec.format == "fixed":
            behind_record = window.end - 1 == window.start or window.buffer[window.end - 2] == 10
        else:
            behind_record = True
        if behind_record:
            window.drop_eof_mark()
            self.eof_mark = True

    def _scan(self, capacity: int) -> tuple[int, int, int]:
        window = self._window
        spec = self._spec
        if spec.format == "fixed":
            found = scan.scan_fixed(
                window.buffer, window.start, window.end, window.at_eof, self.whole_length, self._newline,
                self._field_starts, self._field_lengths, self._records[:capacity], self._starts[:capacity],
                self._ends[:capacity], self._counts, self._newlines,
            )  # fmt: skip
        else:
            quote = -1 if spec.quote is None else ord(spec.quote)
            pairs = window.charset.trails_are_text and (ord(spec.delimiter) >= 0x40 or quote >= 0x40)
            found = scan.scan_delimited(
                window.buffer, window.start, window.end, window.at_eof, ord(spec.delimiter), quote, self._newline,
                pairs, window.charset.lead, window.charset.trail, self._records[:capacity], self._starts[:capacity],
                self._ends[:capacity], self._flags[:capacity], self._counts, self._record_flags, self._newlines,
                self.quoted,
            )  # fmt: skip
        return int(found[0]), int(found[1]), int(found[2])

    def header(self) -> tuple[bytes, list[bytes], int]:
        """Take the first record as the header: its line with line end, its fields (no more than a record has), how
        many it has."""
        for batch in self._next(1):
            cells = zip(batch.starts[0].tolist(), batch.ends[0].tolist(), strict=True)
            fields = [bytes(self._window.buffer[s:e]) for s, e in cells if s >= 0]
            self._window.move_to(self._after, self._after_offset)
            self.quoted[:] = 0
            return self._line, fields, int(batch.lengths[0])
        return b"", [], 0

    def __iter__(self) -> Iterator[Batch]:
        """Batches in file order; the window moves on when the next one is asked for."""
        for batch in self._next(self._capacity):
            yield batch
            self._window.move_to(self._after, self._after_offset)

    def _next(self, capacity: int) -> Iterator[Batch]:
        window = self._window
        while True:
            n, self._after, state = self._scan(capacity)
            if n:
                # Taking the quoting out changes the buffer: a header's line is kept before.
                self._line = bytes(window.buffer[window.start : self._after]) if capacity == 1 else b""
                batch = self._batch(n)
                if window.at_eof and state == scan.ENDS_SHORT:
                    self.truncated_at = int(batch.offsets[-1])
                last_has_no_end = window.at_eof and batch.newlines[-1] == 0
                if self._spec.format == "delimited" and last_has_no_end and batch.lengths[-1] < self.whole_length:
                    self.truncated_at = int(batch.offsets[-1])
                yield batch
                continue
            if window.start >= window.end and window.at_eof:
                return
            if window.at_eof or window.end - window.start > MAX_RECORD_BYTES:
                # Nothing whole is left: a quote that opened here is never closed.
                self.truncated_at = window.base
                return
            window.refill()
            self._drop_eof_mark()

    def _batch(self, n: int) -> Batch:
        window = self._window
        begins = self._records[:n, 0]
        # Before the quoting is taken out: in UTF-16 offsets are counted over the text in front of them.
        offsets = window.offsets(np.append(begins, self._after))
        self._after_offset = int(offsets[-1])
        if self._spec.format == "delimited" and self._flags[:n].any():
            window.wait()
            scan.unescape(window.buffer, self._starts, self._ends, self._flags, n, ord(self._spec.quote or '"'))
        return Batch(
            n,
            begins,
            self._records[:n, 1],
            self._records[:n, 2],
            self._starts[:n],
            self._ends[:n],
            self._counts[:n],
            self._record_flags[:n] != 0,
            self._newlines[:n],
            offsets[:-1],
        )
