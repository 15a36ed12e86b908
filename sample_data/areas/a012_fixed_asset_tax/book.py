"""Everything of area 012 as arrays, from which the groups are written down."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas import accounts
from sample_data.areas.a012_fixed_asset_tax import houses, notices, owners, parcels
from sample_data.areas.a012_fixed_asset_tax.houses import Houses
from sample_data.areas.a012_fixed_asset_tax.notices import LAND_AND_HOUSE, PLANT_ONLY, Notices, Rows
from sample_data.areas.a012_fixed_asset_tax.owners import Bases, Owners, Seized
from sample_data.areas.a012_fixed_asset_tax.parcels import Parcels, Shares
from sample_data.plugin import Truth
from sample_data.tax import resident_tax
from sample_data.tax.claims import Payers
from sample_data.tax.frames import EPOCH, NO_DAY, Bools, Ints, choose, digits, mix
from sample_data.world import World

FIRST_PARCEL, FIRST_HOUSE = 10_000_001, 20_000_001
"""First 物件番号 of land and of houses."""
HOUSE_ASSET = "08"
"""財産種別 of a seized building."""
EXEMPT_SHARE = 0.3
"""Exempt parcels by taxed ones."""


@dataclass
class Book:
    """Everything of area 012."""

    world: World
    base: int
    years: list[int]
    who: Payers
    n: Notices
    r: Rows
    o: Owners
    h: Houses
    p: Parcels
    s: Shares
    b: Bases
    hall: Ints
    """Payers that are public bodies and societies; the first is the town itself."""

    @property
    def code(self) -> str:
        return self.world.code

    def constant(self, value: str | None, size: int) -> pl.Series:
        return choose([value], np.zeros(size, np.int64))

    def atena(self, payer: Ints) -> pl.Series:
        return self.who.atena.gather(pl.Series(payer))

    def name(self, payer: Ints) -> pl.Series:
        return self.who.name.gather(pl.Series(payer))

    @cached_property
    def died(self) -> Ints:
        """Day of death of each payer, NO_DAY of who lives (or has moved away)."""
        dead = (self.world.persons.sort("pid")["status"] == "3").to_numpy()
        there = np.r_[dead, np.ones(self.who.size - len(dead), bool)]
        return np.where(there, self.who.removal, NO_DAY)

    @property
    def of_society(self) -> Bools:
        """Exempt parcels that are not the town's own."""
        return np.asarray((self.p.owner < 0) & (mix(self.p.nth, 1262) % 10 == 9), dtype=bool)

    def holder(self, parcel: Ints, year: Ints | int) -> Ints:
        """Who is responsible for parcels in a kept year (payers)."""
        at = self.p.holder[parcel, year]
        other = np.where(
            self.of_society[parcel], self.hall[mix(self.p.nth[parcel], 1261) % len(self.hall)], self.hall[0]
        )
        return np.where(at >= 0, self.o.payer[at], other)


def book(world: World, collected: Truth) -> Book:
    """Area 012 of ``world``, with the properties that the truth of area 014 names in its seizures."""
    who, claims = accounts.of(world, (LAND_AND_HOUSE, PLANT_ONLY))
    years = resident_tax.fiscal_years(world)
    n = notices.notices(claims)
    r = notices.rows(n)
    seized = seizures(who, collected)
    o = owners.owners(who, n, r, years, seized)
    h = houses.houses(o, _numbers(o.payer, o.houses, seized, True))
    b = owners.bases(o, houses.sums(o, h, h.value), houses.sums(o, h, h.relief))
    houses.fill(o, h, b.house)
    taxed = int(o.parcels.sum())
    exempt = max(round(taxed * EXEMPT_SHARE), 12)
    p = parcels.parcels(o, _numbers(o.payer, np.r_[o.parcels, exempt], seized, False), exempt)
    s = parcels.shares(o, p, b)
    hall = np.flatnonzero(who.kind == 3)
    return Book(world, (world.base_date - EPOCH).days, years, who, n, r, o, h, p, s, b, hall)


def seizures(who: Payers, collected: Truth) -> Seized:
    """Owner, kind and number of every property in area 014's seizures; each number once."""
    found = (
        collected["滞納処分"]
        .filter(pl.col("不動産_物件番号").is_not_null())
        .select("宛名番号", "財産種別", "不動産_物件番号")
        .unique("不動産_物件番号", keep="first", maintain_order=True)
        .join(
            pl.DataFrame({"宛名番号": who.atena, "payer": np.arange(who.size)}).unique("宛名番号", keep="first"),
            on="宛名番号",
            how="left",
            maintain_order="left",
        )
        .sort("payer", "不動産_物件番号")
    )
    return Seized(
        found["payer"].cast(pl.Int64).to_numpy(),
        (found["財産種別"] == HOUSE_ASSET).to_numpy(),
        found["不動産_物件番号"].cast(pl.Int64).to_numpy(),
    )


def _numbers(payer: Ints, counts: Ints, seized: Seized, house: bool) -> Ints:
    """物件番号 of all parcels or houses, ``counts`` each owner (and more behind): the seized ones of an owner first, in
    the order of his properties; the others counted on, leaving out what is taken."""
    some = seized.house == house
    of, numbers = seized.payer[some], seized.number[some]
    size = int(counts.sum())
    start = np.cumsum(counts) - counts
    nth = np.arange(len(of)) - np.searchsorted(of, of) if len(of) else of
    at = start[np.searchsorted(payer, of)] + nth
    free = np.setdiff1d(np.arange(size + len(seized.number)) + (FIRST_HOUSE if house else FIRST_PARCEL), seized.number)
    out = np.empty(size, np.int64)
    rest = np.ones(size, bool)
    rest[at] = False
    out[at] = numbers
    out[rest] = free[: int(rest.sum())]
    return out


def bukken(numbers: Ints) -> pl.Series:
    """物件番号 as its fifteen digits."""
    return digits(numbers, 15)


def scaled(values: Ints, places: int, where: Bools | None = None) -> pl.Series:
    """Integers as decimals with ``places`` digits behind the point; null where ``where`` is False."""
    exact = pl.Series(values.astype(np.int64)).cast(pl.Decimal(38, places)) / 10**places
    return exact if where is None else pl.select(pl.when(pl.Series(where)).then(exact)).to_series()
