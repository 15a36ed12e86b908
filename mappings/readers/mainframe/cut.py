"""A part's bytes cut into records: of one length, with record and block descriptor words, or with line ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layouts.errors import Text
from mappings.readers import scan
from mappings.readers.mainframe import cut_kernel
from mappings.readers.mainframe.choices import CopybookChoices
from mappings.readers.window import MAX_RECORD_BYTES, Window

Ints = npt.NDArray[np.int64]

MAX_ROWS = 131_072
_MAX_CELLS = 4_000_000
_NEWLINES = ("", "\n", "\r\n")


@dataclass
class Cut:
    """Records in the window's buffer: where they begin and end, and their offsets in the file (of their own bytes,
    behind a descriptor word). ``blocks``: places of block descriptor words in the buffer."""

    begins: Ints
    stops: Ints
    offsets: Ints
    blocks: Ints
    newlines: dict[str, int]
    ends_line: bool

    def __len__(self) -> int:
        return len(self.begins)


@dataclass(frozen=True)
class Break:
    """Where a part cannot be read on: byte offset and why."""

    offset: int
    why: Text


_BROKEN = {
    cut_kernel.CUT_OFF: Text("途中で終わっている", "it breaks off"),
    cut_kernel.BAD_LENGTH: Text(
        "レコード長（RDW）かブロック長（BDW）が正しくない", "its descriptor word (RDW or BDW) cannot be right"
    ),
    cut_kernel.SPANNED: Text(
        "複数のセグメントに分かれたレコード（VBS）は読めない", "a record in segments (VBS) is not supported"
    ),
}


class Cutter:
    """Cuts a window. ``broken`` is set where the rest of the part cannot be read."""

    def __init__(self, choices: CopybookChoices, window: Window) -> None:
        self._choices = choices
        self._window = window
        self._length = choices.plan.length
        self._capacity = max(1, min(MAX_ROWS, _MAX_CELLS // max(1, len(choices.plan.columns))))
        self._left = np.zeros(1, np.int64)
        """Bytes of the block that are not yet cut (V has no blocks)."""
        self.broken: Break | None = None

    def __iter__(self) -> Iterator[Cut]:
        """Cuts in file order; the window moves on when the next one is asked for."""
        window = self._window
        window.refill()
        while True:
            cut, after, state = self._cut()
            moved = after > window.start
            if moved:
                offset = window.base + after - window.start
                yield cut
                window.move_to(after, offset)
            if state in _BROKEN:
                # A last record that is not whole is among the records, unless a descriptor word begins it.
                described = self._choices.records in ("variable", "blocked")
                self.broken = Break(window.base if described else int(cut.offsets[-1]), _BROKEN[state])
                return
            if moved:
                continue
            if window.at_eof and window.start >= window.end:
                return
            if window.at_eof or window.end - window.start > MAX_RECORD_BYTES:
                self.broken = Break(window.base, _BROKEN[cut_kernel.CUT_OFF])
                return
            window.refill()

    def _cut(self) -> tuple[Cut, int, int]:
        if self._choices.records == "fixed":
            return self._fixed()
        return self._lines() if self._choices.records == "lines" else self._variable()

    def _made(self, begins: Ints, stops: Ints, **more: Ints) -> Cut:
        offsets = begins - self._window.start + self._window.base
        return Cut(begins, stops, offsets, more.get("blocks", np.empty(0, np.int64)), {"": len(begins)}, False)

    def _fixed(self) -> tuple[Cut, int, int]:
        window = self._window
        count = min((window.end - window.start) // self._length, self._capacity)
        begins = window.start + np.arange(count) * self._length
        stops = begins + self._length
        after = window.start + count * self._length
        rest = window.end - after
        if window.at_eof and 0 < rest < self._length:
            # The last record is not whole: it is read as far as it goes.
            begins, stops = np.append(begins, after), np.append(stops, window.end)
            return self._made(begins, stops), window.end, cut_kernel.CUT_OFF
        return self._made(begins, stops), after, 0

    def _lines(self) -> tuple[Cut, int, int]:
        window = self._window
        none = np.empty(0, np.int64)
        nothing = np.empty((self._capacity, 0), np.int32)
        records, counts = np.empty((self._capacity, 3), np.int64), np.empty(self._capacity, np.int64)
        newlines = np.zeros(self._capacity, np.uint8)
        n, after, state = scan.scan_fixed(
            window.buffer, window.start, window.end, window.at_eof, self._length, len(self._choices.line_end), none,
            none, records, nothing, nothing, counts, newlines,
        )  # fmt: skip
        cut = self._made(records[:n, 0].copy(), records[:n, 1].copy())
        kinds = np.bincount(newlines[:n], minlength=3).tolist()
        cut.newlines = {_NEWLINES[kind]: count for kind, count in enumerate(kinds) if count}
        cut.ends_line = bool(n and newlines[n - 1])
        return cut, int(after), cut_kernel.CUT_OFF if state == scan.ENDS_SHORT else 0

    def _variable(self) -> tuple[Cut, int, int]:
        window = self._window
        begins, stops, blocks = (np.empty(self._capacity, np.int64) for _ in range(3))
        n, n_blocks, after, state = cut_kernel.cut_variable(
            window.buffer, window.start, window.end, window.at_eof, self._choices.records == "blocked", self._left,
            begins, stops, blocks,
        )  # fmt: skip
        return self._made(begins[:n], stops[:n], blocks=blocks[:n_blocks]), int(after), int(state)
