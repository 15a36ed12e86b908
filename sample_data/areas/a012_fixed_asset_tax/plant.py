"""償却資産: the assets of each declarer, his yearly declarations, and the three groups of the truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a012_fixed_asset_tax.book import Book, scaled
from sample_data.areas.a012_fixed_asset_tax.land_groups import SPECIAL
from sample_data.areas.a012_fixed_asset_tax.owners import PLANT_LIMIT, plant_only
from sample_data.areas.a012_fixed_asset_tax.places import wide_number
from sample_data.tax.frames import (
    NO_DAY,
    Bools,
    Ints,
    choose,
    dates,
    day,
    digits,
    flag,
    mix,
    number,
    operator,
    text,
    to_layout,
)
from sample_data.tax.pool import uniform

KINDS = 6
"""資産種類."""
MACHINES = 2
ASSETS: dict[int, tuple[tuple[str, int], ...]] = {
    1: (("受変電設備", 15), ("舗装路面", 10), ("広告塔", 20), ("緑化施設", 20), ("門・塀", 15)),
    2: (("旋盤", 10), ("ボイラー", 13), ("太陽光発電設備", 17), ("コンベヤ", 12), ("プレス機械", 10)),
    3: (("作業船", 9), ("漁船", 5)),
    4: (("ヘリコプター", 5),),
    5: (("フォークリフト", 4), ("構内運搬車", 4)),
    6: (("パソコン", 4), ("陳列棚", 8), ("エアコン", 6), ("複合機", 5), ("看板", 3), ("金型", 2), ("応接セット", 8)),
}
"""Names and 耐用年数 by 資産種類."""
TRADES = ("小売業", "飲食業", "製造業", "建設業", "不動産賃貸業", "医療業", "理容・美容業", "農業", "運送業")
SHOPS = ("周南商店", "ひかり薬局", "さくら食堂", "大島工務店", "中央クリニック", "はまや", "みどり美容室", "岐山文具店")
ADVISERS = ("徳山　花子", "防府　一郎", "柳井　健", "岩国　恵子")
COMMON, BY_COMPUTER, UNCHANGED, NOTHING, CLOSED, SILENT = 1, 2, 3, 4, 5, 6
"""申告区分."""


@dataclass
class Plant:
    """Declarers and their years. ``(Q, Y)`` arrays by declarer and kept year."""

    b: Book

    @cached_property
    def _wanted(self) -> tuple[Ints, Ints]:
        """Declarers (payers), and ``(Q, Y)`` the bases that they declare (-1 = no declaration)."""
        b, o = self.b, self.b.o
        levied = plant_only(b.n, b.r)
        firms = np.flatnonzero((b.who.kind == 2) & (b.who.entry < day(b.years[0], 1, 1)))
        small = firms[uniform(firms, 1601) < 0.16]
        if not len(small):
            small = firms[:2]
        part = (o.plant + o.declared) > 0
        payer = np.unique(np.r_[b.n.payer[b.r.notice[levied]], small, o.payer[part.any(axis=1)]])
        out = np.full((len(payer), len(b.years)), -1, dtype=np.int64)
        levying = np.r_[b.n.payer[b.r.notice[levied]], o.payer[part.any(axis=1)]]
        small = small[~np.isin(small, levying)]
        out[np.searchsorted(payer, small)] = (60_000 + mix(small, 1602) % 1_300_000)[:, None]
        at, year = np.nonzero(part)
        out[np.searchsorted(payer, o.payer[at]), year] = (o.plant + o.declared)[at, year]
        at = np.searchsorted(payer, b.n.payer[b.r.notice[levied]])
        year = b.n.year[b.r.notice[levied]] - b.years[0]
        # The base of the notice of 科目 31; what the same owner pays with his land comes on top.
        tax = b.r.gross[levied]
        base = -(-tax // 14) * 1000 + mix(b.n.number[b.r.notice[levied]], 1501) % 1000
        before = np.zeros_like(out)
        where = np.searchsorted(o.payer, payer[at])
        where = np.minimum(where, max(o.size - 1, 0))
        own = o.payer[where] == payer[at]
        before[at, year] = np.where(own, o.plant[where, year], 0)
        out[at, year] = base + before[at, year]
        return payer, out

    @property
    def payer(self) -> Ints:
        return self._wanted[0]

    @property
    def base(self) -> Ints:
        return self._wanted[1]

    @cached_property
    def state(self) -> Ints:
        """``(Q, Y)``: 申告区分; 0 = no declaration."""
        key = self.payer[:, None] * 64 + np.arange(len(self.b.years))
        drawn = mix(key, 1611) % 100
        big = self.base > 20_000_000
        usual = np.select([big & (drawn < 60), drawn < 50, drawn < 94], [BY_COMPUTER, COMMON, UNCHANGED], SILENT)
        few = (self.base < 800_000) & (self.base >= 0) & (self.b.who.kind[self.payer] == 2)[:, None] & (drawn % 9 == 0)
        last = np.arange(len(self.b.years)) == len(self.b.years) - 1
        state = np.where(few, np.where((drawn % 2 == 0) | ~last, NOTHING, CLOSED), usual)
        return np.where(self.base < 0, 0, state)

    @cached_property
    def revised(self) -> Bools:
        """``(Q, Y)``: an asset was left out of the first declaration."""
        key = self.payer[:, None] * 64 + np.arange(len(self.b.years))
        return np.asarray(np.isin(self.state, (COMMON, BY_COMPUTER, UNCHANGED)) & (mix(key, 1612) % 18 == 0))

    @cached_property
    def assets(self) -> dict[str, Ints]:
        """Assets of all declarers, ordered by declarer: ``at`` (declarer), ``nth``, ``kind``, ``which``, ``weight``,
        ``year`` and ``month`` of 取得, ``special`` (課税標準の特例), ``until`` (last 課税年度 with a value)."""
        size = np.where(self.base.max(axis=1) > 5_000_000, 30, 16)
        count = 6 + mix(self.payer, 1621) % size + (mix(self.payer, 1622) % 6 == 0) * 14
        at = np.repeat(np.arange(len(self.payer)), count)
        nth = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
        key = self.payer[at] * 64 + nth
        drawn = mix(key, 1623) % 100
        kind = np.select([drawn < 52, drawn < 72, drawn < 90, drawn < 97, drawn < 99], [6, 1, 2, 5, 3], 4)
        kind = np.where(nth == 0, 6, kind)
        first, last = self.b.years[0], self.b.years[-1]
        # Most were there all the time, so that what one is worth does not depend on those that come and go.
        early = (nth == 0) | (mix(key, 1624) % 10 < 7)
        year = np.where(early, first - 2 - mix(key, 1625) % 9, first - 1 + mix(key, 1633) % (last - first + 1))
        gone = (nth > 2) & (mix(key, 1626) % 12 == 0)
        until = np.where(gone, np.maximum(year + 2, last - 1 - mix(key, 1627) % 6), 9_999)
        return {
            "at": at,
            "nth": nth,
            "kind": kind,
            "which": mix(key, 1628),
            "weight": 1 + mix(key, 1629) % 20,
            "year": year,
            "month": 1 + mix(key, 1630) % 12,
            "special": ((kind == MACHINES) & (mix(key, 1631) % 9 == 0)).astype(np.int64),
            "until": until,
            "ratio": 2 + mix(key, 1632) % 9,
            "key": key,
        }

    @cached_property
    def values(self) -> Ints:
        """``(A, Y)``: 課税標準額 of each asset; -1 where it is not there (yet, or no more)."""
        a = self.assets
        out = np.full((len(a["at"]), len(self.b.years)), -1, dtype=np.int64)
        for k, year in enumerate(self.b.years):
            base, state = self.base[a["at"], k], self.state[a["at"], k]
            there = (a["year"] < year) & (year <= a["until"]) & (state > 0) & (state != NOTHING) & (state != CLOSED)
            weight = np.where(there, a["weight"], 0)
            total = np.bincount(a["at"], weights=weight, minlength=len(self.payer)).astype(np.int64)
            share = np.where(there, base * weight // np.maximum(total[a["at"]], 1), 0)
            given = np.bincount(a["at"], weights=share, minlength=len(self.payer)).astype(np.int64)
            first = a["nth"] == 0
            share = np.where(first & there, share + self.base[a["at"], k] - given[a["at"]], share)
            out[:, k] = np.where(there, share, -1)
        return out

    @cached_property
    def cost(self) -> Ints:
        """取得価額 of each asset: some years' wear above its best value, and at most twenty times its least (the value
        never falls below five in a hundred)."""
        price = np.where(self.assets["special"] == 1, SPECIAL[2], 1)[:, None] * self.values
        best = np.maximum(price.max(axis=1), 1)
        least = np.where(price > 0, price, np.iinfo(np.int64).max // 20).min(axis=1)
        out: Ints = np.maximum(np.minimum(best * self.assets["ratio"], 20 * least), best)
        return out

    def price(self, k: int) -> Ints:
        """決定価格 of each asset: three times the base where a special treatment applies (see SPECIAL)."""
        values = np.maximum(self.values[:, k], 0)
        return np.where(self.assets["special"] == 1, values * SPECIAL[2], values)


def _sums(q: Plant, k: int, version: int) -> dict[str, Ints]:
    """``(Q * 6,)`` sums of the assets of a declaration by declarer and 資産種類. In the first version of a revised
    declaration each declarer's last asset is missing."""
    a = q.assets
    there = q.values[:, k] >= 0
    if version == 1:
        last = np.zeros(len(q.payer), np.int64)
        np.maximum.at(last, a["at"][there], a["nth"][there])
        there &= ~(q.revised[a["at"], k] & (a["nth"] == last[a["at"]]) & (a["nth"] > 0))
    cell = a["at"] * KINDS + a["kind"] - 1
    size = len(q.payer) * KINDS

    def total(values: Ints, where: Bools) -> Ints:
        out = np.zeros(size, np.int64)
        np.add.at(out, cell[where], values[where])
        return out

    new = there & (a["year"] == q.b.years[k] - 1)
    price = q.price(k)
    return {
        "count": total(np.ones_like(cell), there),
        "cost": total(q.cost, there),
        "new": total(q.cost, new),
        "price": total(price, there),
        "base": total(q.values[:, k], there),
        "special": total(price, there & (a["special"] == 1)),
    }


def _versions(q: Plant, k: int) -> tuple[Ints, Ints, Bools]:
    """Declarations of a year: declarer, 申告履歴番号, latest."""
    who = np.flatnonzero(q.state[:, k] > 0)
    at = np.repeat(who, 1 + q.revised[who, k])
    second = np.r_[False, at[1:] == at[:-1]] if len(at) else np.zeros(0, bool)
    return at, 1 + second.astype(np.int64), np.asarray(second | ~q.revised[at, k])


def _filed(q: Plant, at: Ints, version: Ints, k: int) -> Ints:
    year = q.b.years[k]
    first = day(year, 1, 8) + mix(q.payer[at] * 64 + k, 1641) % 24
    return np.where(version == 2, day(year, 6, 2) + mix(q.payer[at], 1642) % 60, first)


def _decided(q: Plant, at: Ints, version: Ints, k: int) -> Ints:
    return np.where(version == 2, _filed(q, at, version, k) + 12, day(q.b.years[k], 3, 31))


def declarations(q: Plant, k: int) -> pl.DataFrame:
    """償却資産申告 of the ``k``-th kept year."""
    b, year = q.b, q.b.years[k]
    at, version, latest = _versions(q, k)
    payer, state = q.payer[at], q.state[at, k]
    both = [_sums(q, k, 1), _sums(q, k, 2)]

    def whole(name: str) -> Ints:
        first, second = (s[name].reshape(-1, KINDS).sum(axis=1)[at] for s in both)
        out: Ints = np.where(version == 1, first, second)
        return out

    base = whole("base")
    firm = b.who.kind[payer] == 2
    town = b.world.towns["name"].gather(pl.Series(mix(payer, 1651) % b.world.towns.height))
    lot = wide_number(1 + mix(payer, 1652) % 2_000)
    place = pl.select(pl.lit(b.world.municipality.city) + pl.lit(town) + pl.lit(lot) + pl.lit("番地")).to_series()
    opened = (1965 + mix(payer, 1653) % 55) * 100 + 1 + mix(payer, 1654) % 12
    begun = pl.select(pl.lit(digits(opened // 100, 4)) + pl.lit("-") + pl.lit(digits(opened % 100, 2))).to_series()
    filed, decided = _filed(q, at, version, k), _decided(q, at, version, k)
    by_wire = firm & (mix(payer, 1655) % 2 == 0)
    size = len(at)
    return to_layout(
        "012",
        "償却資産申告",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, size),
                "課税年度": b.constant(str(year), size),
                "宛名番号": b.atena(payer),
                "申告履歴番号": number(version),
                "最新フラグ": flag(latest),
                "所有者コード": digits(100_000 + payer, 10),
                "申告区分": digits(state, 1),
                "申告受付年月日": dates(np.where(state == SILENT, NO_DAY, filed)),
                "電子申告フラグ": flag(by_wire & (state != SILENT)),
                "屋号": text(choose(SHOPS, mix(payer, 1656) % len(SHOPS)), ~firm),
                "事業種目": choose(TRADES, mix(payer, 1657) % len(TRADES)),
                "事業開始年月": text(begun, mix(payer, 1658) % 5 > 0),
                "資産所在地": place,
                "税理士名": text(choose(ADVISERS, mix(payer, 1659) % len(ADVISERS)), mix(payer, 1660) % 3 > 0),
                "決定区分": digits(np.where(mix(payer, 1661) % 60 == 0, 3, 1), 1),
                "取得価額_合計": number(whole("cost")),
                "評価額_合計": number(whole("price")),
                "決定価格_合計": number(whole("price")),
                "課税標準額_合計": number(base),
                "免税点判定フラグ": flag(base < PLANT_LIMIT),
                "価格決定年月日": dates(np.minimum(decided, b.base)),
                "廃業転出年月日": dates(
                    np.where(state == CLOSED, day(year - 1, 4, 1) + mix(payer, 1662) % 250, NO_DAY)
                ),
                **operator("syok", payer * 16 + version, np.minimum(decided, b.base)),
            }
        ),
    )


def by_kind(q: Plant, k: int) -> pl.DataFrame:
    """償却資産種類別 of the ``k``-th kept year: the kinds that a declaration has assets of."""
    b, year = q.b, q.b.years[k]
    who, version, latest = _versions(q, k)
    both = [_sums(q, k, 1), _sums(q, k, 2)]
    cell = (who[:, None] * KINDS + np.arange(KINDS)).ravel()
    version, latest = np.repeat(version, KINDS), np.repeat(latest, KINDS)
    kind = np.tile(np.arange(1, KINDS + 1), len(who))

    some = np.where(version == 1, both[0]["count"][cell], both[1]["count"][cell]) > 0
    cell, version, latest, kind = cell[some], version[some], latest[some], kind[some]
    at = cell // KINDS
    cost, new, price, special, base = (
        np.where(version == 1, both[0][name][cell], both[1][name][cell])
        for name in ("cost", "new", "price", "special", "base")
    )
    payer = q.payer[at]
    gone = (mix(payer * 8 + kind, 1671 + k) % 5 == 0) * (cost // 20)
    decided = np.minimum(_decided(q, at, version, k), b.base)
    size = len(at)
    return to_layout(
        "012",
        "償却資産種類別",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, size),
                "課税年度": b.constant(str(year), size),
                "宛名番号": b.atena(payer),
                "申告履歴番号": number(version),
                "資産種類": digits(kind, 1),
                "最新フラグ": flag(latest),
                "前年前取得価額": number(cost - new + gone),
                "前年中減少価額": number(gone),
                "前年中取得価額": number(new),
                "取得価額": number(cost),
                "評価額": number(price),
                "決定価格": number(price),
                "課税標準額": number(base),
                "特例該当額": number(special, special > 0),
                **operator("syok", payer * 16 + version, decided),
            }
        ),
    )


def items(q: Plant, k: int) -> pl.DataFrame:
    """償却資産明細 of the ``k``-th kept year, of declarations that are not made by computer; an asset given up in the
    year before stands there once more, without a value."""
    b, a, year = q.b, q.assets, q.b.years[k]
    state = q.state[a["at"], k]
    listed = (state > 0) & ~np.isin(state, (BY_COMPUTER, NOTHING, CLOSED))
    gone = listed & (a["until"] == year - 1)
    at = np.flatnonzero(listed & ((q.values[:, k] >= 0) | gone))
    payer, kind = q.payer[a["at"][at]], a["kind"][at]
    names = [pair for _, pairs in sorted(ASSETS.items()) for pair in pairs]
    start = np.cumsum([0] + [len(pairs) for _, pairs in sorted(ASSETS.items())])
    count = np.diff(start)
    which = start[kind - 1] + a["which"][at] % count[kind - 1]
    life = np.array([years for _, years in names])[which]
    fall = 1000 - (1000 * (1 - 0.1 ** (1 / life))).astype(np.int64)
    fresh = a["year"][at] == year - 1
    last = q.price(k - 1)[at] if k else q.price(k)[at] * 1000 // fall
    known = ~fresh & ((q.values[at, k - 1] >= 0) if k else (q.values[at, k] >= 0))
    special, lost = a["special"][at] == 1, gone[at]
    got = pl.select(pl.lit(digits(a["year"][at], 4)) + pl.lit("-") + pl.lit(digits(a["month"][at], 2))).to_series()
    lost_in = pl.select(pl.lit(str(year - 1) + "-") + pl.lit(digits(1 + a["which"][at] // 7 % 12, 2))).to_series()
    version = 1 + q.revised[a["at"][at], k].astype(np.int64)
    size = len(at)
    return to_layout(
        "012",
        "償却資産明細",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, size),
                "課税年度": b.constant(str(year), size),
                "宛名番号": b.atena(payer),
                "資産番号": number(a["nth"][at] + 1),
                "最新フラグ": b.constant("1", size),
                "資産種類": digits(kind, 1),
                "資産コード": text(digits(which + 201, 10), a["which"][at] % 9 > 0),
                "資産名称": choose([name for name, _ in names], which),
                "数量": number(1 + a["which"][at] // 11 % 4),
                "取得年月": got,
                "取得価額": number(q.cost[at]),
                "耐用年数": number(life),
                "減価残存率": scaled(np.where(fresh, 500 + fall // 2, fall), 3),
                "前年度評価額": number(last, known),
                "評価額": number(q.price(k)[at]),
                "特例条項": text(b.constant("法附則１５条第２項", size), special),
                "特例割合_分子": number(np.full(size, 1), special),
                "特例割合_分母": number(np.full(size, SPECIAL[2]), special),
                "課税標準額": number(np.maximum(q.values[at, k], 0)),
                "増加事由": text(digits(1 + a["which"][at] % 3, 1), fresh),
                "減少事由": text(digits(1 + a["which"][at] % 4, 1), lost),
                "減少年月": text(lost_in, lost),
                **operator("syok", a["key"][at], np.minimum(_decided(q, a["at"][at], version, k), b.base)),
            }
        ),
    )
