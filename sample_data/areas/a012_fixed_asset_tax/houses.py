"""The houses: who has them, when they were built and pulled down, their value in each kept year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.areas.a012_fixed_asset_tax.owners import BOTH, HOUSE, SMALL_HOUSE, Owners
from sample_data.tax.frames import NO_DAY, Bools, Ints, day, mix
from sample_data.tax.pool import uniform

NEW_YEARS = 3
"""Years of 軽減 of a new dwelling."""


@dataclass
class Houses:
    """Parallel arrays, one a house, ordered by owner; ``(H, Y)`` arrays by kept year."""

    owner: Ints
    """Position in Owners."""
    nth: Ints
    """Place among the owner's houses; 0 is the main one."""
    number: Ints
    """物件番号."""
    built: Ints
    """Day."""
    built_year: Ints
    gone: Ints
    """Day of 滅失, or NO_DAY."""
    fresh: Bools
    """A dwelling built so lately that its tax is halved."""
    there: Bools
    """``(H, Y)``."""
    value: Ints
    """``(H, Y)``: 評価額 = 課税標準額 (yen)."""
    relief: Ints
    """``(H, Y)``: 軽減税額."""

    @property
    def size(self) -> int:
        return len(self.owner)


def revaluations(first: int, last: int) -> int:
    """How many 基準年度 (2024 and every third year) lie in ``first`` < year <= ``last``."""
    return (last - 2) // 3 - (first - 2) // 3


def houses(o: Owners, numbers: Ints) -> Houses:
    """The houses of ``o`` without values of houses on another's land (see :func:`fill`); ``numbers``: 物件番号 of all
    houses in order."""
    owner = np.repeat(np.arange(o.size), o.houses)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(o.houses) - o.houses, o.houses)
    key = o.payer[owner] * 64 + nth
    years = np.asarray(o.years)
    first, last = years[0], years[-1]
    active = o.active
    levied = active.any(axis=1)
    begin = np.where(levied, active.argmax(axis=1), 0)
    end = np.where(levied, len(years) - 1 - active[:, ::-1].argmax(axis=1), len(years) - 1)
    age = (uniform(key, 1231) ** 1.3 * 75).astype(np.int64) + 1
    joined = (begin[owner] > 0) & (o.kind[owner] == BOTH)
    built_year = np.where(joined, years[begin[owner]] - 1, last - 1 - age + (nth > 0) * np.minimum(age // 2, 8))
    # A house on another's land takes the owner's whole base: it has to be there in all his years.
    built_year = np.where(o.kind[owner] == BOTH, built_year, np.minimum(built_year, first - 1))
    # Nobody leaves before his house was built.
    built_year = np.where(built_year >= years[end[owner]], years[begin[owner]] - 1, built_year)
    month, of_month = 1 + mix(key, 1232) % 12, 1 + mix(key, 1233) % 28
    built = np.zeros(len(owner), np.int64)
    for year in np.unique(built_year):
        here = built_year == year
        built[here] = day(int(year), 1, 1)
    built += (month - 1) * 30 + of_month - 1
    left = (end < len(years) - 1) & levied
    gone_year = years[end]
    gone = np.full(len(owner), NO_DAY)
    for year in np.unique(gone_year[left]):
        here = left[owner] & (gone_year[owner] == year)
        gone[here] = day(int(year), 4, 1) + mix(key[here], 1234) % 240
    there = o.held[owner] & (years[None, :] > built_year[:, None])
    least = np.where(active, o.fixed, np.iinfo(np.int64).max).min(axis=1) * 1000 // 14
    share = 0.25 + 0.3 * uniform(o.payer, 1235)
    whole = np.where(levied, least, 0) * share
    rest = np.maximum(o.houses - 1, 1)
    part = np.where(nth == 0, np.where(o.houses[owner] > 1, 0.85, 1.0), 0.15 / rest[owner])
    base = np.where(o.kind[owner] == BOTH, (whole[owner] * part).astype(np.int64), SMALL_HOUSE)
    grade = np.array([100 + 5 * revaluations(int(y), int(last)) for y in years])
    value = np.where(there & (o.kind[owner] != HOUSE)[:, None], base[:, None] * grade[None, :] // 100, 0)
    young = (years[None, :] - built_year[:, None] >= 1) & (years[None, :] - built_year[:, None] <= NEW_YEARS)
    fresh = (nth == 0) & (o.kind[owner] == BOTH) & (mix(key, 1236) % 10 < 9)
    relief = np.where(there & young & fresh[:, None], value * 7 // 1000, 0)
    return Houses(owner, nth, numbers, built, built_year, gone, fresh, there, value, relief)


def sums(o: Owners, h: Houses, values: Ints) -> Ints:
    """``(P, Y)``: ``(H, Y)`` values added up by owner."""
    out = np.zeros((o.size, len(o.years)), dtype=np.int64)
    np.add.at(out, h.owner, values)
    return out


def fill(o: Owners, h: Houses, whole: Ints) -> None:
    """Values of houses on another's land: all that the owner pays for (``whole``, ``(P, Y)``), nearly all of it on the
    first house."""
    alone = np.flatnonzero(o.kind[h.owner] == HOUSE)
    rest = np.maximum(o.houses[h.owner[alone]] - 1, 0)[:, None]
    side = whole[h.owner[alone]] // 20
    h.value[alone] = np.where((h.nth[alone] == 0)[:, None], whole[h.owner[alone]] - side * rest, side)
