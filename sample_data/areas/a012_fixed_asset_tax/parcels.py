"""The parcels: use, size and price of each, who holds them in each kept year, and the base (課税標準額) of each
課税内訳."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.areas.a012_fixed_asset_tax.houses import revaluations
from sample_data.areas.a012_fixed_asset_tax.owners import BOTH, LAND, SMALL, Bases, Owners
from sample_data.tax.frames import Bools, Floats, Ints, mix
from sample_data.tax.pool import normal, uniform

DWELLING, SITE, PADDY, FIELD, FOREST, OPEN, WASTE, POND, EXEMPT = range(9)
"""Uses: residential and other building land, 田, 畑, 山林, 雑種地, 原野, ため池, and what is exempt (非課税)."""
SMALL_PART, GENERAL_PART, MIXED_PART, FULL = range(4)
"""What a 課税内訳 is: 小規模住宅用地, 一般住宅用地, both in one, anything else."""
PRICE = np.array([30_000, 28_000, 110, 60, 32, 8_000, 20, 15, 20_000])
SIZE = np.array([170, 260, 900, 450, 4_500, 260, 700, 300, 180])
"""Middle of yen and of square metres."""
PLOT = 20_000
"""200 square metres (小規模住宅用地 of one dwelling), in hundredths."""


@dataclass
class Parcels:
    """Parallel arrays, one a parcel, ordered by owner, exempt ones last; areas in hundredths of a square metre."""

    owner: Ints
    """Position in Owners; -1 = exempt."""
    nth: Ints
    number: Ints
    use: Ints
    area: Ints
    homes: Ints
    """住宅戸数."""
    unit: Ints
    """``(N, C)``: yen a square metre by cycle of 基準年度 (set by :func:`value`)."""
    holder: Ints
    """``(N, Y)``: position in Owners of who is taxed; -1 = exempt."""

    @property
    def size(self) -> int:
        return len(self.owner)


@dataclass
class Shares:
    """Parallel arrays, one a 課税内訳, ordered by parcel; ``(M, Y)`` arrays by kept year."""

    parcel: Ints
    nth: Ints
    part: Ints
    area: Ints
    price: Ints
    """評価額 by cycle, ``(M, C)``."""
    base: Ints
    urban: Bools
    """Whether 都市計画税 is due."""
    urban_base: Ints

    @property
    def size(self) -> int:
        return len(self.parcel)


def cycles(years: list[int]) -> Ints:
    """Cycle of each kept year: 0 for the first 基準年度, and so on."""
    return np.array([revaluations(years[0], year) for year in years])


def base_year(year: int) -> int:
    """基準年度 of a 課税年度."""
    return year - (year - 2) % 3


def parcels(o: Owners, numbers: Ints, exempt: int) -> Parcels:
    """The parcels of ``o`` and ``exempt`` ones more; ``numbers``: 物件番号 in order."""
    owner = np.repeat(np.arange(o.size), o.parcels)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(o.parcels) - o.parcels, o.parcels)
    key = o.payer[owner] * 64 + nth
    drawn = mix(key, 1241) % 100
    use = np.select(
        [drawn < 22, drawn < 30, drawn < 55, drawn < 73, drawn < 91, drawn < 96, drawn < 98],
        [DWELLING, SITE, PADDY, FIELD, FOREST, OPEN, WASTE],
        POND,
    )
    main = np.where(o.kind[owner] == BOTH, DWELLING, np.where(drawn < 40, OPEN, SITE))
    use = np.where(nth == 0, main, np.where(o.kind[owner] > LAND, FIELD, use))
    owner = np.r_[owner, np.full(exempt, -1)]
    nth = np.r_[nth, np.arange(exempt)]
    use = np.r_[use, np.full(exempt, EXEMPT)]
    key = np.r_[key, 10**12 + np.arange(exempt)]
    area = np.maximum((SIZE[use] * np.exp(0.5 * normal(key, 1242)) * 100).astype(np.int64), 500)
    homes = np.where(use == DWELLING, np.where(mix(key, 1243) % 25 == 0, 2 + mix(key, 1244) % 7, 1), 0)
    return Parcels(owner, nth, numbers, use, area, homes, np.zeros((len(owner), 0), np.int64), _holders(o, owner, nth))


def _holders(o: Owners, owner: Ints, nth: Ints) -> Ints:
    """Before its owner's first and after his last notice a parcel is someone's who is there all the time (in the same
    zone where there is one); exempt where nobody is."""
    steady = o.active.all(axis=1) & (o.kind <= LAND)
    rich = o.fixed.mean(axis=1)
    out = np.where(o.held[owner] & (owner >= 0)[:, None], owner[:, None], -1)
    for zone in (True, False):
        able = np.flatnonzero(steady & ((o.zone > 0) == zone))
        if not len(able):
            able = np.flatnonzero(steady)
        if not len(able):
            continue
        able = able[np.argsort(rich[able], kind="stable")][len(able) // 2 :]
        some = np.flatnonzero((owner >= 0) & ((o.zone[owner] > 0) == zone))
        who = o.payer[owner[some]]
        begin = o.active[owner[some]].argmax(axis=1)
        before, after = able[mix(who, 1245) % len(able)], able[mix(who, 1246) % len(able)]
        for k in range(len(o.years)):
            free = out[some, k] < 0
            out[some[free], k] = np.where(k < begin, before, after)[free]
    small = (owner >= 0) & ((o.kind[owner] >= SMALL) | ((o.kind[owner] > LAND) & (o.wants_land[owner] > 0)))
    out[small] = owner[small][:, None]
    return out


def shares(o: Owners, p: Parcels, b: Bases) -> Shares:
    """The 課税内訳 with their bases: each owner's land (``b.land``) by area, price and use over what he holds."""
    key = np.where(p.owner >= 0, o.payer[p.owner] * 64 + p.nth, p.nth)
    _fit_areas(o, p, b)
    wide = (p.use == DWELLING) & (p.area > PLOT * p.homes)
    double = wide & (mix(key, 1251) % 3 == 0)
    parcel = np.repeat(np.arange(p.size), 1 + double)
    nth = np.r_[False, parcel[1:] == parcel[:-1]].astype(np.int64)
    plot = PLOT * p.homes[parcel]
    area = np.where(double[parcel], np.where(nth == 0, plot, p.area[parcel] - plot), p.area[parcel])
    part = np.select(
        [p.use[parcel] != DWELLING, nth > 0, wide[parcel] & ~double[parcel]],
        [FULL, GENERAL_PART, MIXED_PART],
        SMALL_PART,
    )
    ratio = _ratio(part, area, plot)
    weight = area / 100 * ratio * _price(o, p, b, key)[parcel]
    weight = np.where(p.owner[parcel] < 0, 0.0, weight)
    zone = (p.owner[parcel] >= 0) & (o.zone[p.owner[parcel]] > 0)
    zone &= np.isin(p.use[parcel], (DWELLING, SITE, OPEN)) | (p.nth[parcel] == 0)
    holder = p.holder[parcel]
    years = len(o.years)
    base, urban_base = np.zeros((len(parcel), years), np.int64), np.zeros((len(parcel), years), np.int64)
    urban = np.zeros((len(parcel), years), bool)
    # The first share of an owner's first parcel takes what rounding leaves.
    first = np.full(o.size, -1)
    own = np.flatnonzero((p.owner[parcel] >= 0) & (p.nth[parcel] == 0) & (nth == 0))
    first[p.owner[parcel[own]]] = own
    heavy = np.where(part == FULL, 1.0, 2.0)
    for k in range(years):
        at = holder[:, k]
        there = at >= 0
        base[:, k] = _spread(np.where(there, weight, 0), at, b.land[:, k], first)
        urban[:, k] = zone & there & (b.urban_land[at, k] > 0)
        urban_base[:, k] = _spread(np.where(urban[:, k], weight * heavy, 0), at, b.urban_land[:, k], first)
    out = Shares(parcel, nth, part, area, np.zeros((len(parcel), 0), np.int64), base, urban, urban_base)
    _value(o, p, out, ratio, key)
    return out


def _spread(weight: Floats, at: Ints, whole: Ints, first: Ints) -> Ints:
    """``whole`` (by owner) over the rows of owner ``at`` in proportion to ``weight``; the rest goes to ``first``."""
    size = len(whole)
    safe = np.where(at >= 0, at, size)
    total = np.bincount(safe, weights=weight, minlength=size + 1)
    scale = np.r_[whole, 0] / np.where(total > 0, total, 1)
    out: Ints = (weight * scale[safe] * (1 - 1e-9)).astype(np.int64)
    given = np.bincount(safe, weights=out, minlength=size + 1).astype(np.int64)[:size]
    some = np.flatnonzero((first >= 0) & (whole > 0) & (total[:size] > 0))
    out[first[some]] += whole[some] - given[some]
    return out


def _ratio(part: Ints, area: Ints, plot: Ints) -> Floats:
    """本則課税標準額 of 固定資産税 by 評価額; non-residential land is kept at 70 % at most."""
    mixed = (plot / 6 + np.maximum(area - plot, 0) / 3) / np.maximum(area, 1)
    return np.select([part == SMALL_PART, part == GENERAL_PART, part == MIXED_PART], [1 / 6, 1 / 3, mixed], 1.0)


def _typical(o: Owners, b: Bases) -> Floats:
    """What an owner's land is worth as a base, over the years of his notices."""
    have = np.maximum((b.land > 0).sum(axis=1), 1)
    return np.asarray(b.land.sum(axis=1) / have)


def _fit_areas(o: Owners, p: Parcels, b: Bases) -> None:
    """Side parcels take at most a third of what the owner pays for; the first one grows with it."""
    typical = _typical(o, b)
    side = (p.owner >= 0) & (p.nth > 0)
    flat = np.where(p.use == DWELLING, 1 / 6, 1.0)
    worth = np.where(side, p.area / 100 * PRICE[p.use] * flat, 0)
    total = np.bincount(p.owner[p.owner >= 0], weights=worth[p.owner >= 0], minlength=o.size)
    factor = np.minimum(1, typical * 0.33 / np.maximum(total, 1))
    least = np.where(np.isin(p.use, (DWELLING, SITE)), 3_000, 2_000)
    p.area[side] = np.maximum((p.area[side] * factor[p.owner[side]]).astype(np.int64), least[side])
    main = (p.owner >= 0) & (p.nth == 0)
    middle = np.where(p.use == DWELLING, 900_000, 2_500_000)
    grow = np.clip(typical[p.owner] / middle, 0.1, 400) ** 0.6
    p.area[main] = np.maximum((p.area[main] * grow[main]).astype(np.int64), 2_000)


def _price(o: Owners, p: Parcels, b: Bases, key: Ints) -> Floats:
    """Relative price of a parcel: the middle of its use; of an owner's first parcel what his base leaves."""
    typical = _typical(o, b)
    ratio = _ratio(np.where(p.use == DWELLING, MIXED_PART, FULL), p.area, np.minimum(PLOT * p.homes, p.area))
    price = PRICE[p.use] * (0.8 + 0.4 * uniform(key, 1252))
    side = (p.owner >= 0) & (p.nth > 0)
    total = np.bincount(p.owner[side], weights=(p.area / 100 * price * ratio)[side], minlength=o.size)
    main = np.flatnonzero((p.owner >= 0) & (p.nth == 0))
    left = np.maximum(typical - total, typical * 0.3)[p.owner[main]]
    price[main] = left / (p.area[main] / 100 * ratio[main])
    return np.asarray(price)


def _value(o: Owners, p: Parcels, s: Shares, ratio: Floats, key: Ints) -> None:
    """Unit prices by cycle so high that no base exceeds what the law allows, and the 評価額 that come of them."""
    cycle = cycles(o.years)
    count = int(cycle.max()) + 1
    cap = np.where(s.part == FULL, np.where(np.isin(p.use[s.parcel], (DWELLING, SITE, OPEN)), 0.7, 1.0), ratio)
    urban_cap = np.where(s.part == FULL, cap, np.minimum(2 * ratio, 1.0))
    p.unit, s.price = np.zeros((p.size, count), np.int64), np.zeros((s.size, count), np.int64)
    for c in range(count):
        some = np.flatnonzero(cycle == c)
        need = np.maximum((s.base[:, some].max(axis=1) + 1) / cap, (s.urban_base[:, some].max(axis=1) + 1) / urban_cap)
        unit = np.zeros(p.size)
        np.maximum.at(unit, s.parcel, (need + 3) / (s.area / 100))
        more = 1 + np.where(mix(key, 1253 + c) % 5 < 2, 0, (mix(key, 1254 + c) % 12) / 100)
        floor = PRICE[p.use] * 0.02
        p.unit[:, c] = np.ceil(np.maximum(unit * more, floor)).astype(np.int64)
        s.price[:, c] = p.unit[s.parcel, c] * s.area // 100
