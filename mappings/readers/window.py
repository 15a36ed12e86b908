"""A part of an export as a window of bytes that moves over the file: bounded memory, hashed on the way, UTF-16 turned
into UTF-8."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from mappings.charsets import MARK_BASE, kernels
from mappings.charsets.tables import UTF16BE, UTF16LE, Tables, tables
from mappings.readers import scan

Bytes = npt.NDArray[np.uint8]

MAX_RECORD_BYTES = 256 << 20
"""A record that does not end within so many bytes is taken for an unclosed quote: memory stays bounded."""

_BOMS = {
    "utf-8": (b"\xef\xbb\xbf",),
    "utf-16": (b"\xff\xfe", b"\xfe\xff"),
    "utf-16-le": (b"\xff\xfe",),
    "utf-16-be": (b"\xfe\xff",),
}
_NONE = np.empty((0, 2), np.int64)
_ONE = np.zeros(1, np.int64)


def byte_order(charset: str, head: bytes) -> str:
    """``utf-16`` made definite: by its byte order mark, else by where the zero bytes lie (ASCII has them in the high
    byte)."""
    if charset != "utf-16":
        return charset
    if head.startswith(b"\xfe\xff"):
        return "utf-16-be"
    sample = np.frombuffer(head[: len(head) // 2 * 2], np.uint8)
    big = np.count_nonzero(sample[0::2] == 0) > np.count_nonzero(sample[1::2] == 0)
    return "utf-16-be" if big and not head.startswith(b"\xff\xfe") else "utf-16-le"


def bom_of(charset: str, head: bytes) -> bytes:
    return next((bom for bom in _BOMS.get(charset, ()) if head.startswith(bom)), b"")


def transcode(raw: Bytes, charset: Tables) -> Bytes:
    """All of ``raw`` as (marked) UTF-8."""
    if not raw.flags.writeable:
        # A read-only array is another type to numba: it would compile the kernel once more.
        raw = raw.copy()
    starts = np.zeros((1, 1), np.int32)
    ends = np.full((1, 1), len(raw), np.int32)
    out = np.empty(4 * len(raw), np.uint8)
    offsets = np.empty((1, 2), np.int64)
    emit(raw, starts, ends, _ONE, _ONE, charset, _ONE, out, offsets, _NONE)
    return out[: int(offsets[0, 1])]


def emit(
    raw: Bytes,
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    rows: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int64],
    charset: Tables,
    bases: npt.NDArray[np.int64],
    out: Bytes,
    offsets: npt.NDArray[np.int64],
    events: npt.NDArray[np.int64],
) -> int:
    """Call the decoding kernel of the charset's form; see :mod:`mappings.charsets.kernels`."""
    if charset.kind == 0:
        kernel = kernels.emit_table
    elif charset.kind in (UTF16LE, UTF16BE):
        kernel = kernels.emit_utf16
    else:
        kernel = kernels.emit_utf8
    return int(
        kernel(
            raw, starts, ends, rows, columns, charset.kind, charset.lead, charset.trail,
            charset.one, charset.two, charset.three, bases, out, offsets, events,
        )
    )  # fmt: skip


class Window:
    """The bytes of a part that are in memory: ``buffer[start:end]``; ``refill`` moves on.

    ``base`` is the offset in the file of ``buffer[start]``, ``charset`` how the buffer is to be decoded (UTF-16 is
    UTF-8 here).
    """

    def __init__(self, path: Path, charset: str, chunk_bytes: int, wide: bool, beside: bool) -> None:
        self._file = path.open("rb")
        self._size = path.stat().st_size
        self._chunk = chunk_bytes
        self._sha256 = hashlib.sha256()
        self._hashing: Future[None] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="sha256") if beside else None
        head = self._file.read(4096)
        self.bom = bom_of(charset, head)
        self._file.seek(len(self.bom))
        self._sha256.update(self.bom)
        self._read = len(self.bom)
        self.charset_name = byte_order(charset, head)
        self._source = tables(self.charset_name)
        self.wide = wide and self._source.kind in (UTF16LE, UTF16BE)
        self.charset = tables("marked") if self.wide else self._source
        self._undecided = np.empty(0, np.uint8)
        self._spare = np.empty(0, np.uint8)
        self.buffer = np.empty(0, np.uint8)
        self.start = self.end = 0
        self.base = len(self.bom)
        self._refilled_at = -1

    def __enter__(self) -> Window:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wait()
        if self._pool is not None:
            self._pool.shutdown()
        self._file.close()

    @property
    def at_eof(self) -> bool:
        return self._read >= self._size

    @property
    def bytes_read(self) -> int:
        return self._read

    @property
    def sha256(self) -> str:
        self.wait()
        return self._sha256.hexdigest()

    def wait(self) -> None:
        """Wait until what was read has been hashed: only then may the buffer be changed."""
        if self._hashing is not None:
            self._hashing.result()
            self._hashing = None

    def _hash(self, data: Bytes) -> None:
        self.wait()
        if self._pool is None:
            self._sha256.update(data.data)
        else:
            self._hashing = self._pool.submit(self._sha256.update, data.data)

    def _read_into(self, target: Bytes) -> int:
        got = 0
        while got < len(target):
            step = self._file.readinto(target[got:].data)
            if not step:
                # Shorter than its size said: somebody cut the file while we read it.
                self._size = self._read + got
                break
            got += step
        self._read += got
        return got

    def refill(self) -> None:
        """Drop what lies before ``start`` and read the next chunk behind ``end``; twice as much each time nothing was
        used up."""
        kept = self.end - self.start
        want = self._chunk if self.start != self._refilled_at else max(self._chunk, kept)
        want = min(want, self._size - self._read)
        self.wait()
        old = self.buffer[self.start : self.end]
        if self.wide:
            fresh = np.empty(len(self._undecided) + want, np.uint8)
            fresh[: len(self._undecided)] = self._undecided
            n = len(self._undecided) + self._read_into(fresh[len(self._undecided) :])
            self._hash(fresh[len(self._undecided) : n])
            cut = n if self.at_eof else self._whole_units(fresh, n)
            text = transcode(fresh[:cut], self._source)
            self._undecided = fresh[cut:n].copy()
            self.buffer = np.concatenate([old, text])
            self.end = len(self.buffer)
            self.start = 0
        else:
            target = self._spare
            if len(target) < kept + want:
                target = np.empty(kept + want, np.uint8)
            target[:kept] = old
            n = self._read_into(target[kept : kept + want])
            self._hash(target[kept : kept + n])
            self._spare, self.buffer = self.buffer, target
            self.start, self.end = 0, kept + n
        self._refilled_at = self.start

    def _whole_units(self, data: Bytes, n: int) -> int:
        """How many bytes to decode now: no half unit, no high surrogate without what follows."""
        n -= n % 2
        if n >= 2:
            high = int(data[n - 2 if self._source.kind == UTF16BE else n - 1])
            if 0xD8 <= high < 0xDC:
                n -= 2
        return n

    def offsets(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Offsets in the file of ascending positions in the buffer, none before ``start``."""
        if not self.wide:
            return positions - self.start + self.base
        out = np.empty(len(positions), np.int64)
        scan.utf16_offsets(self.buffer, self.start, self.base, positions, out)
        return out

    def move_to(self, position: int, offset: int) -> None:
        """The bytes before ``position``, which lies at ``offset`` in the file, are done with."""
        self.base = offset
        self.start = position

    def drop_eof_mark(self) -> None:
        self.end -= 1


def marked_bytes(text: bytes, charset: str) -> bytes:
    """The bytes in UTF-16 that a piece of marked UTF-8 stands for."""
    parts = []
    for c in text.decode("utf-8"):
        mark = ord(c) - MARK_BASE
        parts.append(bytes([mark]) if 0 <= mark <= 0xFF else c.encode(charset))
    return b"".join(parts)
