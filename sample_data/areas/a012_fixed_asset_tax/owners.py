"""Who owns what kind of property and how much of each year's base (課税標準額) is land, house and plant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.areas.a012_fixed_asset_tax.notices import (
    LAND_AND_HOUSE,
    PLANT_ONLY,
    URBAN_SHARE,
    Notices,
    Rows,
    split,
    thousands,
)
from sample_data.tax.claims import Payers
from sample_data.tax.frames import Bools, Ints, mix
from sample_data.tax.pool import uniform

BOTH, LAND, HOUSE, SMALL = 0, 1, 2, 3
"""Kinds of owners: house and land, land alone, a house on another's land (or a flat), nothing that is levied."""
PLANT_LIMIT, LAND_LIMIT, HOUSE_LIMIT = 1_500_000, 300_000, 200_000
"""免税点 (yen of 課税標準額)."""
SMALL_LAND, SMALL_HOUSE = 60_000, 90_000
"""課税標準額 of a parcel or house that stays below the limit."""
PLANT_SALT = 1101
"""Area 014 tells with it which notices of 科目 30 have a part for 償却資産."""


@dataclass(frozen=True)
class Seized:
    """Properties that area 014 names in its seizures: owner (position in the payers), house or land, 物件番号."""

    payer: Ints
    house: Bools
    number: Ints


@dataclass
class Owners:
    """Parallel arrays, one an owner of land or houses; ``(P, Y)`` arrays by kept year. Amounts in yen."""

    years: list[int]
    payer: Ints
    kind: Ints
    """BOTH, LAND, HOUSE or SMALL."""
    zone: Ints
    """Index in URBAN_SHARE; 0 = outside the area of 都市計画税."""
    row: Ints
    """``(P, Y)``: the newest revision in :class:`Rows` of the year's notice of 科目 30, -1 = none."""
    parcels: Ints
    houses: Ints
    wants_land: Ints
    wants_houses: Ints
    """How many parcels and houses area 014 says were seized."""
    fixed: Ints
    """``(P, Y)``: 固定資産税 before 減免, 0 where no notice."""
    plant: Ints
    """``(P, Y)``: base of 償却資産 in the notice of 科目 30."""
    declared: Ints
    """``(P, Y)``: what is declared but stays below the limit."""
    urban: Ints
    """``(P, Y)``: 都市計画税 before 減免."""

    @property
    def size(self) -> int:
        return len(self.payer)

    @property
    def active(self) -> Bools:
        return np.asarray(self.row >= 0, dtype=bool)

    @property
    def held(self) -> Bools:
        """``(P, Y)``: years in which the owner holds what is his: those of a notice; all for small property."""
        return np.asarray(self.active | (self.kind == SMALL)[:, None], dtype=bool)

    @property
    def has_land(self) -> Bools:
        return np.asarray((self.kind <= LAND) | (self.wants_land > 0), dtype=bool)

    @property
    def has_house(self) -> Bools:
        return np.asarray((self.kind == BOTH) | (self.kind == HOUSE) | (self.wants_houses > 0), dtype=bool)


def owners(who: Payers, n: Notices, r: Rows, years: list[int], seized: Seized) -> Owners:
    """The owners of the kept years' notices of 科目 30, and those whose property was seized."""
    newest = np.flatnonzero(r.latest & (n.part[r.notice] > 0) & (n.kam[r.notice] == LAND_AND_HOUSE))
    payer = np.union1d(n.payer[r.notice[newest]], seized.payer)
    row = np.full((len(payer), len(years)), -1, dtype=np.int64)
    row[np.searchsorted(payer, n.payer[r.notice[newest]]), n.year[r.notice[newest]] - years[0]] = newest
    active = row >= 0
    gross = np.where(active, r.gross[row], 0)
    least = np.where(active, gross, np.iinfo(np.int64).max).min(axis=1) * 1000 // 17
    wants_land, wants_houses = (
        np.bincount(np.searchsorted(payer, seized.payer[some]), minlength=len(payer))
        for some in (~seized.house, seized.house)
    )
    levied = active.any(axis=1)
    able = levied & (least > 1_400_000)
    person = who.kind[payer] <= 1
    drawn = uniform(payer, 1211)
    kind = np.select(
        [~levied, able & (drawn < np.where(person, 0.88, 0.6)), levied & (wants_land == 0) & (drawn > 0.7)],
        [SMALL, BOTH, HOUSE],
        LAND,
    )
    kind = np.where(able & (wants_houses > 0), BOTH, kind)
    zone = np.where(uniform(payer, 1212) < 0.68, np.where(kind == BOTH, 2, 1), 0)
    zone = np.where(kind >= HOUSE, 0, zone)
    urban = split(gross, np.asarray(URBAN_SHARE)[zone][:, None])
    share = np.where(active, (mix(n.number[r.notice[row]], PLANT_SALT) % 20 == 0), False)
    part = np.where(share, gross * 12 // 100 * 1000 // 14, 0)
    enough = part >= PLANT_LIMIT
    more = np.minimum((uniform(payer, 1213) ** -0.68).astype(np.int64) + mix(payer, 1214) % 7, 60)
    parcels = np.where((kind <= LAND) | (wants_land > 0), np.maximum(np.where(kind <= LAND, more, 0), wants_land), 0)
    extra = (uniform(payer, 1215) < 0.4).astype(np.int64) + (uniform(payer, 1216) < 0.2) * 2
    houses = np.where(kind == BOTH, 1 + extra, np.where(kind == HOUSE, 1, 0))
    return Owners(
        years,
        payer,
        kind,
        zone,
        row,
        parcels,
        np.maximum(houses, wants_houses),
        wants_land,
        wants_houses,
        gross - urban,
        np.where(enough, part, 0),
        np.where(enough, 0, part),
        urban,
    )


@dataclass(frozen=True)
class Bases:
    """``(P, Y)`` arrays of 課税標準額 (yen): what the owner's land and houses add up to; ``urban`` for 都市計画税."""

    total: Ints
    """Of a multiple of 1,000 and less than 1,000 more: what the notice's tax comes from."""
    land: Ints
    house: Ints
    urban_land: Ints
    relief: Ints
    """軽減税額."""


def bases(o: Owners, house: Ints, relief: Ints) -> Bases:
    """Land takes what the houses (``(P, Y)`` sums of their values) leave; owners of a house alone: the house takes all.

    ``relief``: 軽減税額 of new houses.
    """
    key = o.payer[:, None] * 64 + np.arange(len(o.years))
    total = np.where(o.active, thousands(o.fixed + relief, 14) * 1000 + mix(key, 1221) % 1000, 0)
    alone = (o.kind == HOUSE)[:, None]
    house = np.where(alone, total - o.plant, house)
    land = np.where((o.kind <= LAND)[:, None], total - house * (o.kind == BOTH)[:, None] - o.plant, 0)
    small = (o.parcels * SMALL_LAND)[:, None] * ((o.kind > LAND) & (o.wants_land > 0))[:, None]
    land = np.where((o.kind > LAND)[:, None], small, np.where(o.active, land, 0))
    zone = (o.zone > 0)[:, None]
    whole = np.where(o.active & zone, thousands(o.urban, 3) * 1000 + mix(key, 1222) % 1000, 0)
    urban_land = np.where(o.active & zone, whole - house * (o.kind == BOTH)[:, None], 0)
    return Bases(total, land, np.where(o.held, house, 0), urban_land, relief)


def plant_only(n: Notices, r: Rows) -> Ints:
    """Positions in :class:`Rows` of the newest revisions of 科目 31 of the kept years."""
    return np.flatnonzero(r.latest & (n.part[r.notice] > 0) & (n.kam[r.notice] == PLANT_ONLY))
