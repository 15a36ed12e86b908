"""Who is in the pension ledger of the town, and how each one's kind of insurance (被保険者種別) went from the twentieth
birthday to today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.insured import People, base_day, constant, month_index, pension_ids, people
from sample_data.tax import claims
from sample_data.tax.claims import Payers
from sample_data.tax.frames import EPOCH, NO_DAY, Bools, Ints, mix
from sample_data.tax.pool import uniform
from sample_data.world import World

LAW = (dt.date(1961, 4, 1) - EPOCH).days
"""First day on which premiums were paid (国民年金法)."""
OLDEST = (dt.date(1925, 4, 2) - EPOCH).days
LOSS = 9
"""Stands in a path for the loss of the qualification; 1 to 6 are kinds of insurance."""
PATHS: tuple[tuple[int, ...], ...] = (
    (1,),
    (1, 2, 1),
    (1, 2, 1, 2, 1),
    (1, 3, 1),
    (1, 2, 3, 1),
    (1, 2),
    (1, 2, 1, 2),
    (1, 3),
    (1, 2, 3),
    (1, LOSS),
    (1, 2, 1, LOSS),
    (1, 2, 1, 2, 1, LOSS),
    (1, 3, 1, LOSS),
    (1, LOSS, 4),
    (1, 2, 1, LOSS, 4),
    (1, LOSS, 6),
    (1, LOSS, 5),
)
_BY_MEN, _BY_WOMEN, _LOST = (0, 0, 1, 1, 2), (0, 1, 3, 4, 1), (9, 10, 10, 11, 12)
AT_60, BY_DEATH, ABROAD, ELSEWHERE = range(4)
"""Why a qualification was lost."""


@dataclass(frozen=True)
class Members:
    """Parallel arrays, one a member, ordered by position among the payers of area 014 (residents by pid, then people
    outside the register, who live abroad)."""

    world: World
    p: People
    who: Payers
    at: Ints
    """Position among the payers."""
    path: Ints
    """Position in :data:`PATHS`."""
    first: Ints
    """Day of the first acquisition."""
    lost: Ints
    """Day of the loss on the path, or NO_DAY."""
    why: Ints
    """AT_60 ...; -1 where nothing was lost."""

    @property
    def size(self) -> int:
        return len(self.at)

    @property
    def base(self) -> int:
        return base_day(self.world)

    @cached_property
    def outside(self) -> Bools:
        outside: Bools = self.at >= self.p.size
        return outside

    @cached_property
    def resident(self) -> Ints:
        """Position among the residents, 0 for people outside."""
        return np.where(self.outside, 0, self.at)

    @property
    def born(self) -> Ints:
        return self.who.born[self.at]

    @cached_property
    def person(self) -> pl.DataFrame:
        """Name, kana, sex, birth and the like of each member."""
        columns = ["atena", "name", "name_kana", "sex", "birth", "is_foreign", "kojin_bango"]
        both = pl.concat([self.p.frame.select(columns), self.world.outsiders.select(columns)])
        return both[pl.Series(self.at)]

    @cached_property
    def number(self) -> tuple[pl.Series, Bools]:
        """基礎年金番号, and who has one: of two people with the same number the second waits for his, as do some who
        are new."""
        number = pension_ids(self.at)["基礎年金番号"]
        fresh = (self.first > self.base - 400) & (mix(self.at, 2601) % 6 == 0)
        return number, number.is_first_distinct().to_numpy() & ~fresh

    @cached_property
    def spouse(self) -> Ints:
        """Position of the spouse among the residents, -1 for none."""
        return np.where(self.outside, -1, self.p.spouse[self.resident])

    @cached_property
    def kind(self) -> Ints:
        """Today's kind of insurance, 0 after a loss."""
        last = np.array([p[-1] for p in PATHS])[self.path]
        return np.where(last == LOSS, 0, last)

    @cached_property
    def since(self) -> Ints:
        """Day on which the last kind of insurance began."""
        row, _, kind, when = self.steps
        found = np.full(self.size, NO_DAY)
        gained = kind != LOSS
        np.maximum.at(found, row[gained], when[gained])
        return found

    @cached_property
    def steps(self) -> tuple[Ints, Ints, Ints, Ints]:
        """The steps of all paths, ordered by member and step: member, step (0 ...), kind or LOSS, day."""
        length = np.array([len(p) for p in PATHS])[self.path]
        row = np.repeat(np.arange(self.size), length)
        step = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
        table = np.zeros((len(PATHS), 6), np.int64)
        before = np.zeros(len(PATHS), np.int64)
        for place, path in enumerate(PATHS):
            table[place, : len(path)] = path
            before[place] = path.index(LOSS) if LOSS in path else len(path)
        kind, plain = table[self.path[row], step], before[self.path[row]]
        limit = np.where(self.lost == NO_DAY, self.base - 20, self.lost)[row]
        span = limit - self.first[row]
        drawn = (uniform(self.at[row] * 8 + step, 2602) * 0.8 + step) / plain
        when = self.first[row] + np.where(step == 0, 0, (span * drawn).astype(np.int64))
        when = np.where(kind == LOSS, limit, when)
        again = step > plain
        later = np.where(kind == 6, self.senior[row] + mix(self.at[row], 2603) % 200, limit + 25)
        return row, step, kind, np.where(again, later, when)

    @cached_property
    def senior(self) -> Ints:
        """65th birthday."""
        return _birthday(self.born, 65)

    def key(self, rows: Ints) -> dict[str, pl.Series]:
        """市区町村コード and 宛名番号 of members."""
        return {
            "市区町村コード": constant(self.world.code, len(rows)),
            "宛名番号": self.person["atena"].gather(pl.Series(rows)),
        }


def members(world: World) -> Members:
    """Everybody in the ledger. Residents with an even number are the compulsory members that the resident register
    names; of the others some are employees' spouses or were members before."""
    p, who, base = people(world), claims.payers(world), base_day(world)
    every = np.arange(p.size)
    born = p.birth
    here = p.removal == NO_DAY
    until = np.where(here, base, np.minimum(p.removal, base))
    age = ((until - born) // 365.2425).astype(np.int64)
    b20, b60 = _birthday(born, 20), _birthday(born, 60)
    even = p.frame["pid"].to_numpy() % 2 == 0
    able = (b20 <= until) & (born >= OLDEST)
    drawn = mix(every, 2611)
    young = able & (age < 60) & (b60 > until)
    short = until - np.maximum(b20, LAW) < 900
    other = young & here & ~even & ~short
    third = other & ~p.male & (p.spouse >= 0) & (drawn % 3 < 2)
    second = other & ~third & (drawn % 100 < 8)
    old = able & even & (b60 <= until) & (here | (drawn % 2 == 0))
    gone = young & even & ~here
    active = young & even & here
    pick = drawn // 7 % 5
    usual = np.where(p.male, np.array(_BY_MEN)[pick], np.array(_BY_WOMEN)[pick])
    left = np.where(p.male & (pick == 4), 11, np.array(_LOST)[pick])
    volunteer = old & here & (b60 + 60 < base) & (age < 65) & (drawn % 22 == 0)
    special = old & here & (age >= 66) & (age < 70) & (drawn % 60 == 0)
    # In the smallest town somebody goes on paying after sixty, too.
    volunteer[np.flatnonzero(old & here & (b60 + 60 < base) & (age < 65))[:1]] = True
    path = np.select(
        [active, third, second, volunteer, special, old],
        [np.where(short, 0, usual), 7 + drawn % 2, 5 + drawn // 3 % 2, 13 + drawn % 2, 15 + 0 * drawn, left],
        np.where(short, 9, np.where(drawn % 2 == 0, 9, 10)),
    )
    status = p.frame["status"].cast(pl.Int64).to_numpy()
    overseas = p.frame["to_abroad"].is_not_null().to_numpy()
    why = np.select([old, gone & (status == 3), gone & overseas, gone], [AT_60, BY_DEATH, ABROAD, ELSEWHERE], -1)
    lost = np.where(old, b60, np.where(gone, p.removal, NO_DAY))
    at = np.flatnonzero(active | third | second | old | gone)
    far = _abroad(world, p.size, who, base)
    first = np.maximum(np.concatenate([b20[at], _birthday(who.born[far], 20)]), LAW)
    moved = first[len(at) :] + (base - first[len(at) :]) * 6 // 10
    return Members(
        world,
        p,
        who,
        np.concatenate([at, far]),
        np.concatenate([path[at], np.full(len(far), len(PATHS) - 1)]),
        first,
        np.concatenate([lost[at], moved]),
        np.concatenate([why[at], np.full(len(far), ABROAD)]),
    )


def _abroad(world: World, residents: int, who: Payers, base: int) -> Ints:
    """Positions of people of 24 to 63 outside the register who live abroad."""
    able = (pl.col("kind") == "1") & pl.col("abroad").is_not_null() & pl.col("merged_into").is_null()
    chosen = world.outsiders.select((able & pl.col("death").is_null()).fill_null(False)).to_series().to_numpy()
    at = np.flatnonzero(chosen) + residents
    age = (base - who.born[at]) // 365.2425
    return at[(age >= 24) & (age < 64)]


def _birthday(born: Ints, years: int) -> Ints:
    days = born.astype("datetime64[D]")
    month = days.astype("datetime64[M]")
    later = (month + np.timedelta64(12 * years, "M")).astype("datetime64[D]")
    birthday: Ints = later.astype(np.int64) + (days - month.astype("datetime64[D]")).astype(np.int64)
    return birthday


def month_of(days: Ints) -> Ints:
    """Months since 1970-01; 0 for NO_DAY."""
    return month_index(np.where(days == NO_DAY, 0, days))
