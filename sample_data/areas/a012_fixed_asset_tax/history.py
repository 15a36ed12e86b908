"""Numbered histories of properties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.tax.frames import Bools, Ints


@dataclass(frozen=True)
class History:
    """Rows of a property's history, ordered by property (``at``) and number (1 ..). ``year``: the kept year whose
    owner a row names."""

    at: Ints
    number: Ints
    latest: Bools
    day: Ints
    reason: Ints
    year: Ints

    @property
    def size(self) -> int:
        return len(self.at)


def numbered(events: list[tuple[Ints, Ints, Ints | int, int]]) -> History:
    """Events (properties, days, 異動事由, kept year) in order of day and, on the same day, as they are listed."""
    at = np.concatenate([e[0] for e in events])
    when = np.concatenate([e[1] for e in events])
    rank = np.repeat(np.arange(len(events)), [len(e[0]) for e in events])
    reason = np.concatenate([np.broadcast_to(e[2], len(e[0])) for e in events])
    year = np.concatenate([np.full(len(e[0]), e[3]) for e in events])
    order = np.lexsort((rank, when, at))
    at, when, reason, year = at[order], when[order], reason[order], year[order]
    number = np.arange(len(at)) - np.searchsorted(at, at) + 1
    latest = np.r_[at[1:] != at[:-1], True] if len(at) else np.zeros(0, bool)
    return History(at, number, latest, when, reason, year)
