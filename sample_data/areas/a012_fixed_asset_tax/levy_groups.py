"""賦課情報, 期別税額 and 減免 of the truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a012_fixed_asset_tax.book import Book, scaled
from sample_data.areas.a012_fixed_asset_tax.notices import PERIODS, PLANT_ONLY, REDUCED, URBAN_SHARE, split, thousands
from sample_data.areas.a012_fixed_asset_tax.owners import BOTH, HOUSE, HOUSE_LIMIT, LAND_LIMIT, PLANT_LIMIT
from sample_data.tax.frames import (
    NO_DAY,
    Bools,
    Floats,
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

REASONS = (
    "令和６年７月豪雨による床上浸水",
    "生活保護法による生活扶助を受けているため",
    "自治会の集会所として無償で使用しているため",
    "火災による家屋の焼失",
    "公益のために直接専用する固定資産であるため",
)
REASON_KINDS = (3, 1, 2, 3, 2)
"""減免区分 of REASONS."""
WAITING, GRANTED, REFUSED, WITHDRAWN = range(4)
"""決定区分."""
MAILED = 9
"""Days from the decision to the letter."""


@dataclass
class Levies:
    """What every row of :class:`Rows` comes from; all arrays are parallel to them. Amounts in yen."""

    b: Book

    @cached_property
    def owner(self) -> Ints:
        """Position in Owners of the payer, -1 = none."""
        o, payer = self.b.o, self.payer
        at = np.minimum(np.searchsorted(o.payer, payer), o.size - 1)
        return np.where(o.payer[at] == payer, at, -1)

    @cached_property
    def payer(self) -> Ints:
        return self.b.n.payer[self.b.r.notice]

    @cached_property
    def kept(self) -> Bools:
        """Rows of 科目 30 of the kept years: they agree with the registers of the year."""
        n, r = self.b.n, self.b.r
        return np.asarray((n.part[r.notice] > 0) & (n.kam[r.notice] != PLANT_ONLY))

    @cached_property
    def plant_only(self) -> Bools:
        return np.asarray(self.b.n.kam[self.b.r.notice] == PLANT_ONLY)

    def of_year(self, values: Ints) -> Ints:
        """``(P, Y)`` values of the row's owner and year; 0 where the row is not a kept one."""
        year = np.clip(self.b.n.year[self.b.r.notice] - self.b.years[0], 0, len(self.b.years) - 1)
        return np.where(self.kept, values[np.maximum(self.owner, 0), year], 0)

    @cached_property
    def share(self) -> Floats:
        zone = np.where(self.owner >= 0, self.b.o.zone[np.maximum(self.owner, 0)], 0)
        return np.asarray(np.asarray(URBAN_SHARE)[np.where(self.plant_only, 0, zone)])

    @cached_property
    def urban(self) -> Ints:
        """都市計画税 before 減免."""
        return split(self.b.r.gross, self.share)

    @cached_property
    def urban_cut(self) -> Ints:
        gross = np.maximum(self.b.r.gross, 1)
        return split(self.b.r.reduced, self.urban / gross)

    @cached_property
    def fixed(self) -> Ints:
        return self.b.r.gross - self.urban

    @cached_property
    def fixed_cut(self) -> Ints:
        return self.b.r.reduced - self.urban_cut

    @cached_property
    def relief(self) -> Ints:
        return self.of_year(self.b.b.relief)

    @cached_property
    def base(self) -> Ints:
        """課税標準額合計, in thousands."""
        return thousands(self.fixed + self.relief, 14)

    @cached_property
    def urban_base(self) -> Ints:
        return thousands(self.urban, 3)

    @cached_property
    def parts(self) -> tuple[Ints, Ints, Ints]:
        """Land, house and plant of the base; in the newest row of a kept year those of the registers."""
        b = self.b
        land, house, plant = (self.of_year(v) for v in (b.b.land, b.b.house, b.o.plant))
        total = self.of_year(b.b.total)
        kind = np.where(self.owner >= 0, b.o.kind[np.maximum(self.owner, 0)], -1)
        now = self.base * 1000 + np.where(self.kept, total % 1000, mix(b.n.number[b.r.notice], 1501) % 1000)
        old = self.kept & ~b.r.latest
        scale = np.where(total > 0, now / np.maximum(total, 1), 1.0)
        some = np.where(old, (plant * scale).astype(np.int64), plant)
        some = np.where(old & (plant > 0), np.clip(some, PLANT_LIMIT, now), some)
        both = np.where(old & (kind == BOTH), np.minimum((house * scale).astype(np.int64), now - some), house)
        both = np.where(old & (kind == HOUSE), now - some, both)
        rest = np.where(old & (kind <= 1), now - some - np.where(kind == BOTH, both, 0), land)
        before = ~self.kept & ~self.plant_only
        sites = np.where(now < 2 * LAND_LIMIT, now, now * 55 // 100)
        return (
            np.where(before, sites, rest),
            np.where(before, now - sites, both),
            np.where(self.plant_only, now, some),
        )

    @cached_property
    def urban_parts(self) -> tuple[Ints, Ints]:
        """Land and house of the base of 都市計画税."""
        house = np.where(self.share > 0, self.parts[1], 0)
        kind = np.where(self.owner >= 0, self.b.o.kind[np.maximum(self.owner, 0)], -1)
        house = np.where((kind == BOTH) | ~self.kept, house, 0)
        land = self.of_year(self.b.b.urban_land)
        now = self.urban_base * 1000 + np.where(self.kept, (land + house) % 1000, 0)
        house = np.where(self.kept, house, np.minimum(house, now))
        fits = self.kept & self.b.r.latest
        return np.where(fits, land, np.maximum(now - house, 0)), house

    @cached_property
    def worth(self) -> tuple[Ints, Ints]:
        """評価額 of land and houses of the kept years."""
        b = self.b
        land, house = np.zeros((b.o.size, len(b.years)), np.int64), np.zeros((b.o.size, len(b.years)), np.int64)
        cycle = (np.asarray(b.years) - 2) // 3 - (b.years[0] - 2) // 3
        for k in range(len(b.years)):
            at = b.p.holder[b.s.parcel, k]
            np.add.at(land[:, k], at[at >= 0], b.s.price[at >= 0, cycle[k]])
        np.add.at(house, b.h.owner, b.h.value)
        return self.of_year(land), self.of_year(house)


def assessments(v: Levies, part: int) -> pl.DataFrame:
    """賦課情報 of a part (0 what was carried over, then each kept year)."""
    b = v.b
    n, r = b.n, b.r
    at = np.flatnonzero(n.part[r.notice] == part)
    notice = r.notice[at]
    land, house, plant = (values[at] for values in v.parts)
    urban_land, urban_house = (values[at] for values in v.urban_parts)
    worth_land, worth_house = (values[at] for values in v.worth)
    city, kept = v.share[at] > 0, v.kept[at]
    first = r.revision[at] == 0
    before = r.before[at].sum(axis=1)
    total = r.total[at]
    sent = np.minimum(r.day[at] + MAILED, b.base)
    posted = mix(n.number[notice], 1511) % 400 == 0
    year = digits(n.year[notice], 4)
    return to_layout(
        "012",
        "賦課情報",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, len(at)),
                "賦課年度": year,
                "相当年度": year,
                "通知書番号": digits(n.number[notice], 15),
                "更正履歴番号": number(r.revision[at]),
                "最新フラグ": flag(r.latest[at]),
                "宛名番号": b.atena(n.payer[notice]),
                "業務詳細（科目）コード": digits(n.kam[notice], 2),
                "土地_評価額": number(worth_land, kept),
                "家屋_評価額": number(worth_house, kept),
                "土地_課税標準額_固定": number(land),
                "家屋_課税標準額_固定": number(house),
                "償却_課税標準額_固定": number(plant),
                "免税点_土地フラグ": flag(land < LAND_LIMIT),
                "免税点_家屋フラグ": flag(house < HOUSE_LIMIT),
                "免税点_償却フラグ": flag(plant < PLANT_LIMIT),
                "課税標準額合計_固定": number(v.base[at] * 1000),
                "税率_固定": scaled(np.full(len(at), 1400), 3),
                "算出税額_固定": number(v.base[at] * 14),
                "軽減税額_固定": number(v.relief[at], kept),
                "減免税額_固定": number(v.fixed_cut[at]),
                "年税額_固定": number(v.fixed[at] - v.fixed_cut[at]),
                "土地_課税標準額_都計": number(urban_land, city),
                "家屋_課税標準額_都計": number(urban_house, city),
                "課税標準額合計_都計": number(v.urban_base[at] * 1000, city),
                "税率_都計": scaled(np.full(len(at), 300), 3, city),
                "算出税額_都計": number(v.urban_base[at] * 3, city),
                "減免税額_都計": number(v.urban_cut[at], city),
                "年税額_都計": number(v.urban[at] - v.urban_cut[at]),
                "年税額": number(total),
                "調定年月日": dates(r.day[at]),
                "通知年月日": dates(sent),
                "公示送達フラグ": flag(posted),
                "公示送達年月日": dates(np.where(posted, np.minimum(sent + 40, b.base), NO_DAY)),
                "更正事由": digits(r.reason[at], 2),
                "更正決議年月日": dates(np.where(first, NO_DAY, r.day[at])),
                "更正前年税額": number(before, ~first),
                "増減税額": number(total - before, ~first),
                "納付方法区分": digits(method(n.payer[notice]), 1),
                "課税停止フラグ": flag(mix(n.number[notice], 1512) % 900 == 0),
                **operator("kazei", n.number[notice] * 8 + r.revision[at], r.day[at]),
            }
        ),
    )


def method(payer: Ints) -> Ints:
    """納付方法区分 by payer: 期別 or 全期, by slip or by account."""
    drawn = mix(payer, 1521) % 100
    return np.select([drawn < 45, drawn < 60, drawn < 94], [1, 2, 3], 4)


def installments(v: Levies, part: int) -> pl.DataFrame:
    """期別税額 of a part: each period that the notice has, also where a revision left nothing of it."""
    b = v.b
    n, r = b.n, b.r
    at = np.flatnonzero(n.part[r.notice] == part)
    notice = r.notice[at]
    amounts, total = r.amounts[at], np.maximum(r.total[at], 1)
    city = (v.urban[at] - v.urban_cut[at])[:, None]
    upto = amounts.cumsum(axis=1) * city // total[:, None]
    of_city = np.diff(upto, axis=1, prepend=0)
    used = (n.due[notice] != NO_DAY).ravel()

    def each(values: Ints) -> Ints:
        out: Ints = np.repeat(values, PERIODS)[used]
        return out

    amount, urban = amounts.ravel()[used], of_city.ravel()[used]
    first = each(r.revision[at]) == 0
    before = r.before[at].ravel()[used]
    of, revision = each(notice), each(r.revision[at])
    year = digits(n.year[of], 4)
    when = each(r.day[at])
    return to_layout(
        "012",
        "期別税額",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, len(of)),
                "賦課年度": year,
                "相当年度": year,
                "通知書番号": digits(n.number[of], 15),
                "更正履歴番号": number(revision),
                "期別": digits(np.tile(np.arange(1, PERIODS + 1), len(at))[used], 2),
                "最新フラグ": flag(each(r.latest[at].astype(np.int64)) == 1),
                "宛名番号": b.atena(n.payer[of]),
                "随時期フラグ": flag(np.zeros(len(of), bool)),
                "納期限": dates(n.due[notice].ravel()[used]),
                "法定納期限等": dates(np.minimum(when + MAILED, b.base)),
                "期別税額_固定": number(amount - urban),
                "期別税額_都計": number(urban),
                "期別税額": number(amount),
                "更正前期別税額": number(before, ~first),
                "増減税額": number(amount - before, ~first),
                **operator("kazei", n.number[of] * 8 + revision, when),
            }
        ),
    )


def reductions(v: Levies, land: pl.Series, first_parcel: Ints, house: pl.Series, first_house: Ints) -> pl.DataFrame:
    """減免: what the newest levies were reduced by, and applications that came to nothing.

    ``first_parcel``, ``first_house``: the owner's main property (-1 = none).
    """
    b = v.b
    n, r = b.n, b.r
    current = r.latest & (n.part[r.notice] > 0)
    granted = np.flatnonzero(current & (r.reduced > 0))
    open_ = np.flatnonzero(current & (r.reduced == 0) & v.kept)
    drawn = mix(n.number[r.notice[open_]], 1531)
    # The smallest town has an application too.
    idle = open_[(drawn % 900 == 0) | (np.arange(len(drawn)) == np.argmin(drawn))] if len(open_) else open_
    some = np.r_[granted, idle]
    state = np.r_[
        np.full(len(granted), GRANTED), np.array([REFUSED, WITHDRAWN, WAITING])[mix(n.number[r.notice[idle]], 1532) % 3]
    ]
    order = np.lexsort((n.number[r.notice[some]], n.year[r.notice[some]]))
    some, state = some[order], state[order]
    serial = np.arange(len(some))
    # Decided ones keep the row of the application in every second case.
    earlier = (state != WAITING) & (mix(n.number[r.notice[some]], 1533) % 2 == 0)
    at = np.repeat(serial, 1 + earlier)
    second = np.r_[False, at[1:] == at[:-1]] if len(at) else np.zeros(0, bool)
    latest = second | ~earlier[at]
    row = some[at]
    result = np.where(latest, state[at], WAITING)
    notice, owner = r.notice[row], np.maximum(v.owner[row], 0)
    key = n.number[notice]
    parcel, main = first_parcel[owner], first_house[owner]
    asset = np.select(
        [v.plant_only[row], (main >= 0) & (mix(key, 1534) % 3 > 0), parcel >= 0, main >= 0], [3, 2, 1, 2], 4
    )
    thing = pl.select(
        pl.when(pl.Series(asset == 2))
        .then(house.gather(pl.Series(np.maximum(main, 0))))
        .otherwise(land.gather(pl.Series(np.maximum(parcel, 0))))
    ).to_series()
    decided = np.isin(result, (GRANTED, REFUSED))
    yes = result == GRANTED
    rate = np.clip(r.reduced[row] * 10_000 // np.maximum(r.gross[row], 1), 1, 10_000)
    asked = np.maximum(np.minimum(r.day[row] - 21, b.base - 30), day(2019, 5, 2))
    ended = np.minimum(r.day[row], b.base)
    which = mix(key, 1535) % len(REASONS)
    revised = r.reason[row] == REDUCED
    cut_from = (r.amounts[row] < n.first[notice]).argmax(axis=1) + 1
    year = digits(n.year[notice], 4)
    return to_layout(
        "012",
        "減免",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, len(at)),
                "減免管理番号": digits(at + 1, 15),
                "減免履歴番号": number(1 + second.astype(np.int64)),
                "最新フラグ": flag(latest),
                "賦課年度": year,
                "相当年度": year,
                "宛名番号": b.atena(n.payer[notice]),
                "通知書番号": digits(key, 15),
                "対象資産区分": digits(asset, 1),
                "物件番号": text(thing, np.isin(asset, (1, 2))),
                "減免区分": digits(np.array(REASON_KINDS)[which], 1),
                "減免理由": text(choose(REASONS, which), mix(key, 1536) % 5 > 0),
                "申請年月日": dates(asked),
                "決定年月日": dates(np.where(decided, ended, NO_DAY)),
                "決定区分": digits(result, 1),
                "減免割合": scaled(rate, 2, yes),
                "減免税額_固定": number(v.fixed_cut[row], yes),
                "減免税額_都計": number(v.urban_cut[row], yes),
                "減免開始期別": text(digits(cut_from, 2), yes & revised),
                "取消年月日": dates(np.where(result == WITHDRAWN, np.minimum(asked + 14, b.base), NO_DAY)),
                **operator("genmn", at * 4 + second, np.where(decided, ended, asked + 1)),
            }
        ),
    )
