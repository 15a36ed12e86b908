"""Children under school age in area 028: their parents, and the way each takes through nurseries and kindergartens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.insured import People, base_day, constant, first_day, month_index, people
from sample_data.tax.frames import NO_DAY, Bools, Ints, day, mix
from sample_data.world import World

NURSERY, KINDERGARTEN, OLD_KINDERGARTEN, UNLICENSED = range(4)
"""保育 (2号, 3号), 1号, 未移行の幼稚園 (施設等利用), 認可外 (施設等利用)."""
NEW_RULES = day(2019, 10, 1)
"""Since then care from three years on is free."""


@dataclass(frozen=True)
class Paths:
    """Parallel columns, one a child that uses something, ordered by pid. Days since 1970-01-01."""

    world: World
    p: People
    years: tuple[int, ...]
    """Fiscal years whose fees are kept."""
    pid: Ints
    first_parent: Ints
    second_parent: Ints
    """-1 where there is none."""
    way: Ints
    start: Ints
    """Day on which the use begins."""
    asked: Ints
    """Day from which the parents wanted it (earlier where the child had to wait)."""
    end: Ints
    """Last day of use as planned or as it came."""
    why: Ints
    """退所事由 (1 graduated, 2 moved away, 4 and 5 given up)."""
    sure: Bools
    """In a public nursery with longer hours, so that even a tiny town has fees."""

    @property
    def size(self) -> int:
        return len(self.pid)

    @property
    def today(self) -> int:
        return base_day(self.world)

    @property
    def window(self) -> int:
        """First day that is kept."""
        return int(first_day(np.array([(self.years[0] - 1970) * 12 + 3]))[0])

    @cached_property
    def born(self) -> Ints:
        return self.p.birth[self.pid]

    @cached_property
    def third(self) -> Ints:
        """Day before the third birthday, on which the child is three by law."""
        return self.p.birthday(3, self.pid) - 1

    @cached_property
    def school(self) -> Ints:
        """Last fiscal year before school."""
        return last_year(self.born)

    def class_age(self, year: Ints, at: Ints) -> Ints:
        """クラス年齢 of children in fiscal years."""
        age: Ints = np.clip(5 - (self.school[at] - year), 0, 5)
        return age

    @property
    def over(self) -> Bools:
        """The use has ended."""
        over: Bools = self.end <= self.today
        return over

    def atena(self, who: Ints) -> pl.Series:
        return self.p.frame["atena"].gather(pl.Series(np.maximum(who, 0)))

    def names(self, rows: Ints) -> dict[str, pl.Series]:
        """市区町村コード and 宛名番号 of children."""
        return {"市区町村コード": constant(self.world.code, len(rows)), "宛名番号": self.atena(self.pid[rows])}


def last_year(born: Ints) -> Ints:
    """The fiscal year in which somebody turns six: the last one before school (1 April counts to the year before)."""
    month = month_index(born - 1)
    return 1970 + (month - 3) // 12 + 6


def paths(world: World, years: list[int]) -> Paths:
    """The children of the kept fiscal years who use something."""
    p = people(world)
    frame = p.frame
    today = base_day(world)
    begin = first_day(np.array([(years[0] - 1970) * 12 + 3]))[0]
    child = (
        (frame["relation1"] == "20").fill_null(False).to_numpy()
        & ~(frame["relation2"] == "12").fill_null(False).to_numpy()
        & (last_year(p.birth) >= years[0])
        & ((p.removal == NO_DAY) | (p.removal > begin + 40))
    )
    pid = np.flatnonzero(child)
    first, second = _parents(p, pid)
    good = p.birth[first] < p.birth[pid] - 14 * 365
    pid, first, second = pid[good], first[good], second[good]
    drawn = mix(pid, 2901) % 1000
    # In a small town the eldest go to two kinds of kindergarten and the youngest into care, if there are children.
    here = np.flatnonzero((p.removal[pid] == NO_DAY) & (last_year(p.birth[pid]) >= years[-1]))
    here = here[np.argsort(p.birth[pid[here]], kind="stable")]
    grown = here[last_year(p.birth[pid[here]]) <= years[-1] + 2]
    if len(here) > 1:
        drawn[grown[1:2]] = 700
        drawn[grown[:1]] = 900
    sure = np.zeros(len(pid), bool)
    sure[here[-1:]] = True
    drawn[sure] = 50
    way = np.select(
        [drawn < 620, drawn < 770, drawn < 930, drawn < 970], [NURSERY, KINDERGARTEN, OLD_KINDERGARTEN, UNLICENSED], -1
    )
    at = np.select([drawn < 110, drawn < 420, drawn < 560], [0, 1, 2], 3)
    at = np.where(drawn >= 930, np.where(drawn % 2 == 0, 1, 3), at)
    school = last_year(p.birth[pid])
    april = first_day((school - 5 + at - 1970) * 12 + 3)
    later = mix(pid, 2902) % 100
    mid = (way == NURSERY) & (later < 25) & ~sure
    start = np.where(mid, first_day(month_index(april) + 1 + later % 8), april)
    young = first_day(month_index(p.birth[pid] + 88) + 1)
    entry = np.maximum(p.entry[first], p.entry[pid])
    came = first_day(month_index(entry + 10) + 1)
    start = np.maximum.reduce([start, young, np.where(entry > p.birth[pid], came, start)])
    waits = (way == NURSERY) & (mix(pid, 2903) % 100 < 14) & ~sure
    asked = start
    start = np.where(waits, np.where(mid, first_day(month_index(start) + 2), first_day(month_index(start) + 12)), start)
    graduation = first_day((school + 1 - 1970) * 12 + 3) - 1
    gone = np.where(p.removal[pid] == NO_DAY, np.iinfo(np.int64).max, p.removal[pid])
    quits = (mix(pid, 2904) % 100 < 6) & ~sure
    leave = first_day(month_index(start) + 5 + mix(pid, 2905) % 40) - 1
    end = np.minimum.reduce([graduation, gone, np.where(quits, leave, graduation)])
    why = np.select([end == graduation, end == gone], [1, 2], 4 + mix(pid, 2906) % 2)
    used = (
        (way >= 0)
        & (start < end - 40)
        & (start <= today + 62)
        & (end >= begin)
        & (np.minimum(start, asked) >= day(2015, 4, 1))
    )
    used &= asked <= today
    return Paths(
        world,
        p,
        tuple(years),
        *(v[used] for v in (pid, first, second, way, start, asked, end, why, sure)),
    )


def _parents(p: People, pid: Ints) -> tuple[Ints, Ints]:
    """The two parents of children: the head and the spouse, of a grandchild the heir and the heir's wife."""
    frame = p.frame
    second = (frame["relation2"] == "20").fill_null(False).to_numpy()[pid]
    heads = frame["head_pid"].to_numpy()
    grown = (frame["relation1"] == "20").fill_null(False).to_numpy() & frame["relation2"].is_null().to_numpy()
    wife = (frame["relation2"] == "12").fill_null(False).to_numpy()
    size = int(p.hid.max()) + 1
    heir, partner = np.full(size, -1), np.full(size, -1)
    old = np.flatnonzero(grown)[np.argsort(-p.birth[grown], kind="stable")]
    heir[p.hid[old]] = old
    partner[p.hid[np.flatnonzero(wife)]] = np.flatnonzero(wife)
    home = p.hid[pid]
    usual, spouse = heads[pid], p.spouse[heads[pid]]
    first = np.where(second & (heir[home] >= 0), heir[home], usual)
    other = np.where(second & (heir[home] >= 0), partner[home], spouse)
    return first, np.where(other == pid, -1, other)
