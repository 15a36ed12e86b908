"""Who receives the allowance for whom in area 027: recipients, their children, and what each child counts for in each
month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a027_child_allowance.incomes import Judgements, judgements
from sample_data.areas.a027_child_allowance.months import (
    CAPPED,
    FIRST,
    REFORM,
    income_year,
    month_of,
    scheme,
    school_end,
)
from sample_data.areas.insured import People, base_day, people
from sample_data.plugin import Truth
from sample_data.tax.frames import NO_DAY, Bools, Ints, mix
from sample_data.tax.pool import uniform
from sample_data.world import World

PARENT, FACILITY, FOSTER = 1, 3, 4
"""受給者区分."""
LONG_AGO = NO_DAY // 100
"""A month before all others."""
ALLOWANCE, SPECIAL, NONE = 1, 2, 3
"""Result of the judgement of income: 児童手当, 特例給付, nothing."""


@dataclass(frozen=True)
class Families:
    """Parallel columns: ``r_*`` one a recipient, ``c_*`` one a child of a recipient (ordered by recipient, then age).

    A recipient's ``payer`` is a position in ``ids`` (residents by pid, then people and firms outside).
    """

    world: World
    p: People
    ids: pl.DataFrame
    """atena, name, name_kana of residents by pid, then of everybody outside."""
    window: int
    """First month that is kept."""
    base: int
    """Month of the base date: the last one of the grids."""
    r_kind: Ints
    r_payer: Ints
    r_spouse: Ints
    """Position of the spouse among the residents, -1 for none."""
    r_gone: Ints
    """Day on which the recipient left, or NO_DAY."""
    c_of: Ints
    c_pid: Ints
    c_event: Ints
    """Day on which the child came to the recipient: birth, the recipient's arrival, entry into the facility."""
    c_until: Ints
    """Day on which it left him, or NO_DAY."""
    c_confirmed: Bools
    """Counts as an elder brother or sister from 18 to 22, by the confirmation of the parents."""
    judged: Judgements

    @property
    def today(self) -> int:
        return base_day(self.world)

    @property
    def months(self) -> Ints:
        return np.arange(FIRST, self.base + 1)

    @property
    def born(self) -> Ints:
        return self.p.birth[self.c_pid]

    @cached_property
    def c_first(self) -> Ints:
        """First month for which a child can be paid: the one after it came."""
        return month_of(self.c_event) + 1

    @cached_property
    def limits(self) -> dict[int, Ints]:
        """Last month of the school year of 12, 15, 18 and 22, and the month of the third birthday (key 3)."""
        found = {age: school_end(self.born, age) for age in (12, 15, 18, 22)}
        found[3] = month_of(self.born) + 36
        return found

    @cached_property
    def starts(self) -> Ints:
        """First child of each recipient."""
        return np.searchsorted(self.c_of, np.arange(len(self.r_kind)))

    @cached_property
    def custody(self) -> Bools:
        """Children by months: in somebody's care."""
        m = self.months[None, :]
        until = np.where(self.c_until == NO_DAY, self.base, month_of(np.where(self.c_until == NO_DAY, 0, self.c_until)))
        return (m >= self.c_first[:, None]) & (m <= until[:, None])

    @cached_property
    def supported(self) -> Bools:
        """Children by months: of an age for which the allowance is paid."""
        m = self.months[None, :]
        return self.custody & (m <= np.where(m < REFORM, self.limits[15][:, None], self.limits[18][:, None]))

    @cached_property
    def counted(self) -> Bools:
        """Children by months: counted as the first, second, third child."""
        m = self.months[None, :]
        last = np.where((m >= REFORM) & self.c_confirmed[:, None], self.limits[22][:, None], self.limits[18][:, None])
        return self.custody & (m <= last)

    @cached_property
    def rank(self) -> Ints:
        """Children by months: which child it is among those counted (facilities do not count: 1)."""
        whole = np.cumsum(self.counted, axis=0, dtype=np.int32)
        before = np.where((self.starts > 0)[:, None], whole[np.maximum(self.starts - 1, 0)], 0)
        rank = whole - before[self.c_of]
        return np.where((self.r_kind[self.c_of] == PARENT)[:, None], rank, 1).astype(np.int8)

    @cached_property
    def band(self) -> Ints:
        """Children by months: 年齢区分 1 to 4."""
        m = self.months[None, :]
        after = sum((m > self.limits[age][:, None]).astype(np.int8) for age in (3, 12, 15))
        return np.asarray(after + 1, np.int8)

    @cached_property
    def result(self) -> Ints:
        """Recipients by months: ALLOWANCE, SPECIAL or NONE."""
        m = self.months
        years = np.clip(income_year(m) - self.judged.first, 0, self.judged.result.shape[1] - 1)
        found = self.judged.result[:, years]
        found = np.where((found == NONE) & (scheme(m) < CAPPED)[None, :], SPECIAL, found)
        return np.where((m >= REFORM)[None, :], ALLOWANCE, found).astype(np.int8)

    def amounts(self, result: Ints) -> Ints:
        """Children by months in yen, were their recipients judged like ``result``; 0 where nothing is paid."""
        m = self.months[None, :]
        third, band = self.rank >= 3, self.band
        small = np.where(band == 1, 15_000, 10_000)
        new = np.where(third, 30_000, small)
        old = np.where(third & (band == 2), 15_000, small)
        paid = np.where(m >= REFORM, new, np.where(result[self.c_of] == SPECIAL, 5_000, old))
        return np.where(self.supported & (result[self.c_of] != NONE), paid, 0).astype(np.int32)

    @cached_property
    def receiving(self) -> Bools:
        """Recipients by months: something is paid."""
        some: Bools = np.logical_or.reduceat(self.supported, self.starts, axis=0) & (self.result != NONE)
        return some

    def atena(self, payers: Ints) -> pl.Series:
        """宛名番号 of positions in ``ids``."""
        return self.ids["atena"].gather(pl.Series(payers))


def families(world: World, levied: Truth, years: list[int]) -> Families:
    """Everybody who had a child of 22 or less in the kept months; ``levied``: area 010, ``years``: those it keeps."""
    p = people(world)
    frame = p.frame
    today = base_day(world)
    base, window = (int(m) for m in month_of(np.array([today, today - 365 * world.years])))
    child = (
        (frame["relation1"] == "20").fill_null(False).to_numpy()
        & ~(frame["relation2"] == "12").fill_null(False).to_numpy()
        & (school_end(p.birth, 22) >= window)
    )
    pid = np.flatnonzero(child)
    parent = frame["head_pid"].to_numpy()[pid]
    good = (p.birth[parent] < p.birth[pid] - 14 * 365) & (parent != pid)
    pid, parent = pid[good], parent[good]
    event = np.maximum.reduce([p.birth[pid], p.entry[parent], p.entry[pid]])
    until = _earlier(p.removal[pid], p.removal[parent])
    kind = np.full(len(pid), PARENT)
    ids = pl.concat([frame.select(_IDS), world.outsiders.select(_IDS)])
    placed = _placed(world, p, pid, parent, event, base)
    if len(placed[0]):
        row, payer, way, when = placed
        until[row] = when - 1
        pid, parent, kind = (np.concatenate(v) for v in ((pid, pid[row]), (parent, payer), (kind, way)))
        event, until = np.concatenate([event, when]), np.concatenate([until, np.full(len(row), NO_DAY)])
    order = np.lexsort((pid, p.birth[pid], parent))
    pid, parent, kind, event, until = (v[order] for v in (pid, parent, kind, event, until))
    payers, first, of = np.unique(parent, return_index=True, return_inverse=True)
    own = (kind[first] != FACILITY) & (payers < p.size)
    local = np.where(own, payers, 0)
    spouse = np.where(own, p.spouse[local], -1)
    spouse = np.where((spouse >= 0) & (p.removal[np.maximum(spouse, 0)] == NO_DAY), spouse, -1)
    spouse = np.where((p.removal[local] != NO_DAY) & own, p.spouse[local], spouse)
    confirmed = uniform(pid, 2701) < 0.8
    return Families(
        world,
        p,
        ids,
        window,
        base,
        kind[first],
        payers,
        spouse,
        np.where(own, p.removal[local], NO_DAY),
        of,
        pid,
        event,
        until,
        confirmed,
        judgements(p, levied, years, np.where(own & (kind[first] == PARENT), payers, -1), spouse),
    )


_IDS = ["atena", "name", "name_kana"]


def _earlier(first: Ints, second: Ints) -> Ints:
    """The earlier of two days either of which may be missing."""
    one, two = (np.where(v == NO_DAY, np.iinfo(np.int64).max, v) for v in (first, second))
    return np.where((first == NO_DAY) & (second == NO_DAY), NO_DAY, np.minimum(one, two))


def _placed(world: World, p: People, pid: Ints, parent: Ints, event: Ints, base: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Children who were placed into a facility or with foster parents: row, payer (position in ids), 受給者区分, day.
    They stay in their parents' household by register."""
    today, window = base_day(world), base_day(world) - 365 * world.years
    limit = school_end(p.birth[pid], 15)
    here = (p.removal[pid] == NO_DAY) & (p.removal[parent] == NO_DAY)
    able = here & (limit > base) & (p.birth[pid] < today - 900) & (event < today - 500)
    chosen = np.flatnonzero(able & (mix(pid, 2711) % 500 == 0))
    if not len(chosen):
        # Somebody is placed in every town, if only it has children enough.
        chosen = np.flatnonzero(able)[5:6]
    outside = world.outsiders
    firms = np.flatnonzero(outside.select((pl.col("kind") == "2") & pl.col("merged_into").is_null()).to_series())
    alone = np.flatnonzero(
        (p.removal == NO_DAY)
        & p.head
        & (p.spouse >= 0)
        & (p.birth < today - 38 * 365)
        & (p.birth > today - 60 * 365)
        & ~np.isin(np.arange(p.size), parent)
    )
    foster = (np.arange(len(chosen)) % 4 == 3) & (np.arange(len(chosen)) < 4 * len(alone))
    hosts = firms[np.arange(len(chosen)) // 12 * 3 % max(len(firms), 1)] + p.size
    payer = np.where(foster, alone[np.arange(len(chosen)) // 4 % max(len(alone), 1)] if len(alone) else 0, hosts)
    low = np.maximum(np.maximum(event[chosen] + 60, window - 900), window - 900)
    when = low + mix(pid[chosen], 2712) % np.maximum(today - 100 - low, 1)
    return chosen, payer, np.where(foster, FOSTER, FACILITY), when
