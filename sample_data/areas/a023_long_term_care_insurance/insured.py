"""Who is insured (被保険者) from when to when: residents of 65 and over, people of 40 to 64 in need of care, and people
in facilities of other towns (住所地特例)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.insured import People, base_day, constant, people, within
from sample_data.tax import claims
from sample_data.tax.claims import Payers
from sample_data.tax.frames import EPOCH, NO_DAY, Bools, Ints, digits, flag, mix, operator
from sample_data.tax.pool import uniform
from sample_data.world import World

LAW = (dt.date(2000, 4, 1) - EPOCH).days
"""First day of the insurance (介護保険法施行)."""
AIDED = 11
"""Households in a thousand that live on public assistance (the same as in area 010)."""


@dataclass(frozen=True)
class Insured:
    """Parallel arrays, one an insured person, ordered by position among the payers of area 014 (residents by pid, then
    people outside the register)."""

    world: World
    p: People
    who: Payers
    at: Ints
    """Position among the payers."""
    start: Ints
    end: Ints
    """Day of the loss, or NO_DAY."""
    second: Bools
    """第2号被保険者: 40 to 64 years old."""
    moved: Bools
    """住所地特例: lives in a facility elsewhere."""
    turned: Ints
    """65th birthday (of the second kind: in the future)."""

    @property
    def size(self) -> int:
        return len(self.at)

    @property
    def base(self) -> int:
        return base_day(self.world)

    @property
    def until(self) -> Ints:
        """Last day known: of the loss, or the base date."""
        until: Ints = np.where(self.end == NO_DAY, self.base, self.end)
        return until

    @cached_property
    def number(self) -> pl.Series:
        """被保険者番号, the number that area 014 holds."""
        return digits(self.at + 1, 10)

    @cached_property
    def atena(self) -> pl.Series:
        return self.who.atena.gather(pl.Series(self.at))

    @property
    def born(self) -> Ints:
        return self.who.born[self.at]

    @cached_property
    def resident(self) -> Ints:
        """Position among the residents; 0 for people outside (see ``moved``)."""
        return np.where(self.moved, 0, self.at)

    @cached_property
    def home(self) -> Ints:
        """Household (hid), -1 for people outside."""
        return np.where(self.moved, -1, self.p.hid[self.resident])

    @cached_property
    def aided(self) -> Bools:
        """On public assistance, as area 010 knows it."""
        return ~self.moved & (mix(self.p.hid[self.resident], 607) % 1000 < AIDED)

    def key(self, rows: Ints) -> dict[str, pl.Series]:
        """市区町村コード, 被保険者番号, 宛名番号 of insured people."""
        at = pl.Series(rows)
        return {
            "市区町村コード": constant(self.world.code, len(rows)),
            "被保険者番号": self.number.gather(at),
            "宛名番号": self.atena.gather(at),
        }

    def spouse(self, rows: Ints) -> Ints:
        """Position of the spouse among the residents, -1 for none."""
        return np.where(self.moved[rows], -1, self.p.spouse[self.resident[rows]])


def insured(world: World) -> Insured:
    """Everybody who is or was insured by the town in the kept years."""
    p, who, base = people(world), claims.payers(world), base_day(world)
    day65 = p.frame.select(pl.col("birth").dt.offset_by("65y").to_physical().cast(pl.Int64)).to_series().to_numpy()
    everybody = np.arange(p.size)
    last = np.where(p.removal == NO_DAY, base, np.minimum(p.removal, base))
    first = np.flatnonzero(day65 <= last)
    age40 = p.birthday(40, everybody)
    room = np.maximum(np.maximum(age40, p.entry), base - 365 * world.years - 400)
    young = np.flatnonzero((p.removal == NO_DAY) & (age40 < base - 400) & (day65 > base + 30) & (room < base - 120))
    some = _few(young, max(2, round(len(young) * 0.0026)), 2311)
    outside = _elsewhere(world, p.size, base)
    at = np.concatenate([first, some, outside])
    order = np.argsort(at, kind="stable")
    kind = np.concatenate([np.zeros(len(first)), np.ones(len(some)), np.full(len(outside), 2)]).astype(np.int64)
    turned = np.concatenate([day65[first], day65[some], _birthday(who.born[outside], 65)])
    start = np.concatenate(
        [
            np.maximum(np.maximum(day65[first], p.entry[first]), LAW),
            within(room[some], np.full(len(some), base - 100), some, 2312),
            np.maximum(np.maximum(_birthday(who.born[outside], 65), who.entry[outside]), LAW),
        ]
    )
    back = within(
        np.maximum(start[kind == 2], base - 365 * world.years), np.full(len(outside), base - 20), outside, 2313
    )
    end = np.concatenate(
        [
            p.removal[first],
            np.full(len(some), NO_DAY),
            np.where((mix(outside, 2314) % 5 == 0) & (back > start[kind == 2]), back, NO_DAY),
        ]
    )
    arrays = (at, start, end, kind == 1, kind == 2, turned)
    return Insured(world, p, who, *(values[order] for values in arrays))


def _elsewhere(world: World, residents: int, base: int) -> Ints:
    """Positions of people of 65 and over outside the register who live in other towns."""
    local = world.with_address(world.outsiders)["is_local"].fill_null(True).to_numpy()
    old = (pl.col("birth") <= world.base_date.replace(year=world.base_date.year - 66)) & pl.col("death").is_null()
    able = world.outsiders.select(
        ((pl.col("kind") == "1") & pl.col("merged_into").is_null() & old).fill_null(False)
    ).to_series()
    since = world.outsiders["since"].to_physical().cast(pl.Int64).to_numpy()
    there = np.flatnonzero(able.to_numpy() & ~local & (since < base - 60)) + residents
    return _few(there, max(2, round(len(world.present) * 0.0017)), 2315)


def _few(positions: Ints, count: int, salt: int) -> Ints:
    """At most ``count`` of some positions, always the same ones, in ascending order."""
    chosen: Ints = np.sort(positions[np.argsort(mix(positions, salt), kind="stable")[:count]])
    return chosen


def _birthday(born: Ints, years: int) -> Ints:
    days = born.astype("datetime64[D]")
    month = days.astype("datetime64[M]")
    later = (month + np.timedelta64(12 * years, "M")).astype("datetime64[D]")
    birthday: Ints = later.astype(np.int64) + (days - month.astype("datetime64[D]")).astype(np.int64)
    return birthday


def stamp(prefix: str, serial: Ints, when: Ints, base: int) -> dict[str, pl.Series]:
    """操作者ID, 操作年月日 (``when``, at most ``base``), 操作時刻."""
    return operator(prefix, serial, np.minimum(when, base))


def latest(runs: Ints) -> tuple[Ints, Bools, pl.Series]:
    """1, 2, ... within runs of equal numbers, whether it is the run's last, and that as 最新フラグ."""
    begins = np.searchsorted(runs, runs)
    last = np.append(runs[1:] != runs[:-1], True) if len(runs) else np.zeros(0, bool)
    return np.arange(len(runs)) - begins + 1, last, flag(last)


def chance(rows: Ints, salt: int, share: float) -> Bools:
    """True for a share of numbers, always the same ones."""
    hit: Bools = uniform(rows, salt) < share
    return hit
