"""What a reader of records has to tell: kinds of trouble, each with a code of the catalogue, exact counts and capped
examples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mappings.readers.staged import ReadFinding


class Kind(NamedTuple):
    """A kind of trouble: its code, and the word that findings are told apart by within a code."""

    code: str
    word: str


BAD_NUMBER = Kind("R12", "no number")
"""Bytes in a number that are none: they are carried as marks."""
TOO_LARGE = Kind("R02", "more digits than the PICTURE")
UNCLOSED = Kind("R13", "no shift back to single bytes")
RECORD_LENGTH = Kind("R02", "record length")
UNKNOWN_TYPE = Kind("R14", "unknown record type")
UNKNOWN_VARIANT = Kind("R14", "REDEFINES not known")
MISCOUNTED = Kind("R15", "OCCURS count not possible")
CUT_OFF = Kind("R03", "")
NO_TRAILER = Kind("R03", "no trailer record")
WRONG_COUNT = Kind("L01", "trailer record")
WRONG_TOTAL = Kind("L02", "trailer record")


@dataclass
class _Tally:
    count: int = 0
    examples: list[tuple[int, int]] = field(default_factory=list)


class Told:
    """Sums up by kind and field; ``cap`` examples each, 0 = all."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._tallies: dict[tuple[Kind, str | None, str], _Tally] = {}

    def add(
        self,
        kind: Kind,
        name: str | None,
        numbers: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.int64],
        detail: str = "",
    ) -> None:
        """Count records (number, offset)."""
        if not len(numbers):
            return
        tally = self._tallies.setdefault((kind, name, detail), _Tally())
        tally.count += len(numbers)
        room = len(numbers) if self._cap == 0 else self._cap - len(tally.examples)
        if room > 0:
            tally.examples.extend(zip(numbers[:room].tolist(), offsets[:room].tolist(), strict=True))

    def one(self, kind: Kind, name: str | None, number: int, offset: int, detail: str = "") -> None:
        """Count one place."""
        self.add(kind, name, np.array([number]), np.array([offset]), detail)

    def findings(self) -> tuple[ReadFinding, ...]:
        """In the order in which they were met."""
        return tuple(
            ReadFinding(
                kind.code, name, tally.count, ": ".join(filter(None, (kind.word, detail))), tuple(tally.examples)
            )
            for (kind, name, detail), tally in self._tallies.items()
        )
