"""土地, 土地評価 and 土地課税 of the truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a012_fixed_asset_tax.book import Book, bukken, scaled
from sample_data.areas.a012_fixed_asset_tax.history import History, numbered
from sample_data.areas.a012_fixed_asset_tax.notices import REDUCED
from sample_data.areas.a012_fixed_asset_tax.parcels import (
    DWELLING,
    FIELD,
    FULL,
    GENERAL_PART,
    MIXED_PART,
    OPEN,
    PADDY,
    PLOT,
    SITE,
    SMALL_PART,
    base_year,
    cycles,
)
from sample_data.areas.a012_fixed_asset_tax.places import Kinds, Places, kinds, lots, places
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

DIVIDED, MERGED, SOLD, INHERITED, REGISTERED = 1, 2, 5, 6, 8
"""異動事由."""
EVENTS = np.array([3, 4, 11, 12, 13, 14, 5])
"""異動事由 of what happened in the middle of a parcel's history."""
TAX_USES = ("33", "33", "11", "21", "71", "95", "91", "61")
"""課税地目 by use (residential land: by part)."""
HAMLETS = ("上原", "下原", "中村", "東谷", "西谷", "宮ノ前", "久保", "大迫", "小迫", "峠", "浜田", "新開")
SPECIAL = ("法３４９条の３第１項", 1, 3)
"""条項 and fraction of a special treatment of bases."""
NEAR_ROAD = (DWELLING, SITE)
WRONG = 104
"""What a value was in a hundred of the right one before it was corrected."""


@dataclass
class Land:
    """The parcels with what the groups need of them."""

    b: Book

    @cached_property
    def places(self) -> Places:
        return places(self.b)

    @cached_property
    def kinds(self) -> Kinds:
        return kinds(self.b)

    @cached_property
    def number(self) -> pl.Series:
        return bukken(self.b.p.number)

    @cached_property
    def partner(self) -> Ints:
        """The owner's parcel before this one; -1 = none."""
        owner = self.b.p.owner
        same = (owner >= 0) & (owner == np.r_[-2, owner[:-1]])
        return np.where(same, np.arange(len(owner)) - 1, -1)

    @cached_property
    def corrected(self) -> Bools:
        """``(N, Y)``: parcels whose value was put right after the levy: the first of an owner whose notice says so."""
        b = self.b
        out = np.zeros(b.p.holder.shape, bool)
        main = np.flatnonzero((b.p.owner >= 0) & (b.p.nth == 0))
        row = b.o.row[b.p.owner[main]]
        out[main] = (row >= 0) & np.isin(np.where(row >= 0, b.r.reason[row], REDUCED), (2, 5))
        return out

    @cached_property
    def roads(self) -> tuple[Bools, Ints, Ints, Ints]:
        """Parcels on a valued road, its number, ``(N, C)`` its price and that of the side road by cycle: a road is a
        price class of its district in the first cycle, and falls by two in a hundred each cycle."""
        b = self.b
        on = np.isin(b.p.use, NEAR_ROAD) & (mix(b.p.number, 1341) % 10 < 8) & (b.p.owner >= 0)
        grade = np.round(np.log(np.maximum(b.p.unit[:, 0], 100) / 100) / np.log(1.05)).astype(np.int64)
        district = b.world.towns["district"].cast(pl.Int64).to_numpy()[self.places.town]
        fall = 0.98 ** np.arange(b.p.unit.shape[1])
        front = np.round(100 * 1.05 ** grade[:, None] * fall).astype(np.int64)
        side = np.round(100 * 1.05 ** np.maximum(grade - 2, 0)[:, None] * fall).astype(np.int64)
        return np.asarray(on), district * 1_000_000 + 10_000 + grade, front, side


def land(x: Land) -> pl.DataFrame:
    """土地: registered long ago, something in between, new owners in the kept years; a few merged in the end."""
    b, h = x.b, _history(x)
    p, at = b.p, h.at
    holder = b.holder(at, h.year)
    registered = mix(p.number[at], 1351) % 300 > 0
    crooked = np.clip(100 + (mix(p.number[at], 1352) % 41) - 20, 85, 115)
    written = np.where(mix(p.number[at], 1353) % 4 == 0, np.maximum(p.area[at] * crooked // 100, 1), p.area[at])
    towns = b.world.towns
    town = pl.Series(x.places.town[at])
    rural = ~towns["jukyo"].to_numpy()[x.places.town[at]] & (mix(p.number[at], 1354) % 3 > 0)
    use = x.kinds.use.gather(pl.Series(at))
    past = (h.number == 1) & (mix(p.number[at], 1355) % 30 == 0) & (p.use[at] == DWELLING)
    bought = np.isin(h.reason, (SOLD, INHERITED, DIVIDED, REGISTERED)) & registered
    plan = np.select([b.o.zone[p.owner[at]] > 0, p.use[at] >= PADDY], [1, 4], 3)
    plan = np.where(p.owner[at] < 0, 1 + mix(p.number[at], 1356) % 5, plan)
    exempt = x.kinds.exempt.gather(pl.Series(at))
    lapsed = (p.owner[at] >= 0) & (p.holder[at, h.year] < 0)
    source = np.where(np.isin(h.reason, (DIVIDED, MERGED)), x.partner[at], 0)
    when = h.day
    return to_layout(
        "012",
        "土地",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, len(at)),
                "物件番号": x.number.gather(pl.Series(at)),
                "土地履歴番号": number(h.number),
                "最新フラグ": flag(h.latest),
                "台帳区分": digits(np.where(registered, 1, 2), 1),
                "所在_町字コード": towns["town_code"].gather(town),
                "所在_町字名": towns["name"].gather(town),
                "所在_小字名": text(
                    choose(HAMLETS, mix(x.places.town[at] * 97 + x.places.lot[at] // 40, 1357) % 12), rural
                ),
                "地番_本番": number(x.places.lot[at]),
                "地番_枝番": number(x.places.branch[at], x.places.branch[at] > 0),
                "地番_孫番": number(x.places.twig[at], x.places.twig[at] > 0),
                "地番表記": lots(x.places, at),
                "登記地目": text(
                    pl.select(pl.when(pl.Series(past)).then(pl.lit("02")).otherwise(use)).to_series(), registered
                ),
                "登記地積": scaled(written, 2, registered),
                "現況地目": use,
                "現況地積": scaled(p.area[at], 2),
                "納税義務者_宛名番号": b.atena(holder),
                "登記名義人_氏名": text(b.name(holder), registered),
                "登記原因年月日": dates(np.where(bought, when, NO_DAY)),
                "登記受付年月日": dates(np.where(bought, np.minimum(when + 10, b.base), NO_DAY)),
                "登記受付番号": text(digits(mix(p.number[at] * 16 + h.number, 1358) % 90_000, 7), bought),
                "異動事由": digits(h.reason, 2),
                "異動年月日": dates(when),
                "分合筆元_物件番号": text(
                    x.number.gather(pl.Series(np.maximum(source, 0))), np.isin(h.reason, (DIVIDED, MERGED))
                ),
                "都市計画区域区分": digits(plan, 1),
                "農地区分": text(
                    choose(["1", "2"], ((plan == 1) & (p.owner[at] >= 0)).astype(np.int64)),
                    np.isin(p.use[at], (PADDY, FIELD)),
                ),
                "非課税区分": pl.select(pl.when(pl.Series(lapsed)).then(pl.lit("01")).otherwise(exempt)).to_series(),
                "閉鎖年月日": dates(np.where(h.reason == MERGED, when, NO_DAY)),
                **operator("kotei", p.number[at] * 16 + h.number, np.minimum(when + 20, b.base)),
            }
        ),
    )


def _history(x: Land) -> History:
    b = x.b
    p, all_ = b.p, np.arange(b.p.size)
    first = day(b.years[0] - 1, 1, 1)
    begun = first - 2_500 - mix(p.number, 1321) % 12_000
    divided = (x.partner >= 0) & (mix(p.number, 1322) % 12 == 0)
    some = all_[mix(p.number, 1323) % 100 < 17]
    between = begun[some] + 300 + mix(p.number[some], 1324) % 2_000
    events: list[tuple[Ints, Ints, Ints | int, int]] = [
        (all_, begun, np.where(divided, DIVIDED, REGISTERED), 0),
        (some, between, EVENTS[mix(p.number[some], 1325) % len(EVENTS)], 0),
    ]
    for k in range(1, len(b.years)):
        before, now = p.holder[:, k - 1], p.holder[:, k]
        new = all_[before != now]
        gone = np.where(before[new] >= 0, b.died[b.o.payer[before[new]]], NO_DAY)
        begin = day(b.years[k] - 1, 1, 2)
        left = (gone >= begin) & (gone < begin + 364)
        events.append(
            (new, np.where(left, gone, begin + mix(p.number[new], 1326) % 350), np.where(left, INHERITED, SOLD), k)
        )
    # Side parcels that were merged into the owner's one before since the last assessment day.
    seized = (p.owner >= 0) & (p.nth < b.o.wants_land[p.owner])
    merged = all_[(x.partner >= 0) & ~seized & (mix(p.number, 1327) % 70 == 3)]
    since = day(b.years[-1], 1, 5)
    events.append((merged, since + mix(p.number[merged], 1328) % (b.base - since), MERGED, len(b.years) - 1))
    return numbered(events)


def corrections(wrong: Bools) -> tuple[Ints, Ints]:
    """Rows of a year with the wrong one (number 1) before each that was put right: positions, and which number each
    row has."""
    count = 1 + wrong
    at = np.repeat(np.arange(len(wrong)), count)
    second = np.r_[False, at[1:] == at[:-1]].astype(np.int64) if len(at) else np.zeros(0, np.int64)
    return at, 1 + second


def valuations(x: Land, k: int) -> pl.DataFrame:
    """土地評価 of the ``k``-th kept year: one row a parcel, two of a few (評価連番), and what was corrected."""
    b = x.b
    p, s, year = b.p, b.s, b.years[k]
    cycle = int(cycles(b.years)[k])
    worth = np.zeros(p.size, np.int64)
    np.add.at(worth, s.parcel, s.price[:, cycle])
    worth = np.where(x.kinds.valued, worth, 0)
    single = np.bincount(s.parcel, minlength=p.size) == 1
    double = single & x.kinds.valued & (p.owner >= 0) & (mix(p.number, 1331) % 50 == 0) & (p.area > 1_000)
    part = np.repeat(np.arange(p.size), 1 + double)
    nth = np.r_[False, part[1:] == part[:-1]].astype(np.int64)
    fixed, version = corrections(x.corrected[part, k])
    parcel, nth = part[fixed], nth[fixed]
    latest = (version == 2) | ~x.corrected[parcel, k]
    unit = np.where(x.kinds.valued[parcel], p.unit[parcel, cycle], 0)
    front = p.area[parcel] * 6 // 10
    area = np.where(double[parcel], np.where(nth == 0, front, p.area[parcel] - front), p.area[parcel])
    value = np.where(
        double[parcel], np.where(nth == 0, unit * front // 100, worth[parcel] - unit * front // 100), worth[parcel]
    )
    unit = np.where(latest, unit, -(-unit * WRONG // 100))
    value = np.where(latest, value, unit * area // 100)
    on_road, road, price, side = x.roads
    on = on_road[parcel]
    built = np.isin(p.use[parcel], (DWELLING, SITE)) & (p.owner[parcel] >= 0)
    method = np.select(
        [on, built, p.use[parcel] == OPEN, p.owner[parcel] < 0], [1, 2, 4, np.where(x.kinds.valued[parcel], 4, 9)], 3
    )
    two = on & (mix(p.number[parcel], 1332) % 5 == 0)
    width = 400 + mix(p.number[parcel], 1333) % 2_000
    deep = np.clip(area * 100 // width, 300, 999_999)
    zone = choose(["07", "07", "05", "12", "09", "04", "07"], mix(road, 1334)[parcel] % 7)
    compared = (method == 2) | (method == 3)
    when = np.where(latest & (version == 2), day(year, 7, 1) + mix(p.number[parcel], 1335) % 40, day(year, 3, 31))
    when = np.minimum(when, b.base)
    return to_layout(
        "012",
        "土地評価",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, len(parcel)),
                "課税年度": b.constant(str(year), len(parcel)),
                "物件番号": x.number.gather(pl.Series(parcel)),
                "評価履歴番号": number(version),
                "評価連番": number(nth + 1),
                "最新フラグ": flag(latest),
                "基準年度": b.constant(str(base_year(year)), len(parcel)),
                "画地番号": text(digits(p.number[parcel] * 10 % 10**9, 10), built),
                "評価地目": x.kinds.use.gather(pl.Series(parcel)),
                "評価方法区分": digits(method, 1),
                "用途地区区分": text(zone, on),
                "状況類似地域番号": text(
                    digits(100 + x.places.town[parcel] * 10 + mix(p.number[parcel], 1336) % 8, 10), compared
                ),
                "標準地番号": text(
                    digits(1 + x.places.town[parcel] * 7 + mix(p.number[parcel], 1337) % 5, 10), compared
                ),
                "正面路線番号": text(digits(road[parcel], 12), on),
                "正面路線価": number(price[parcel, cycle], on),
                "側方路線番号": text(digits(road[parcel] + 500, 12), two),
                "側方路線価": number(side[parcel, cycle], two),
                "間口距離": scaled(width, 2, on),
                "奥行距離": scaled(deep, 2, on),
                "奥行価格補正率": scaled(100 - mix(p.number[parcel], 1338) % 5, 2, on),
                "不整形地補正率": scaled(100 - mix(p.number[parcel], 1339) % 8, 2, on),
                "その他補正率": scaled(np.clip(unit * 1000 // np.maximum(price[parcel, cycle], 1), 1, 99_999), 3, on),
                "比準割合": scaled(900 + mix(p.number[parcel], 1340) % 150, 3, compared),
                "単位当たり価格": number(unit),
                "評価地積": scaled(area, 2),
                "評価額": number(value),
                "価格決定年月日": dates(when),
                "価格修正事由": digits(np.where(version == 2, 2, 0), 1),
                **operator("kotei", p.number[parcel] * 16 + version, when),
            }
        ),
    )


def taxation(x: Land, k: int) -> pl.DataFrame:
    """土地課税 of the ``k``-th kept year: one row a 課税内訳, and what was corrected."""
    b = x.b
    p, s, year = b.p, b.s, b.years[k]
    cycle = int(cycles(b.years)[k])
    wrong = x.corrected[s.parcel, k]
    at, version = corrections(wrong)
    parcel, part, area = s.parcel[at], s.part[at], s.area[at]
    latest = (version == 2) | ~wrong[at]
    taxed = p.holder[parcel, k] >= 0
    price = np.where(x.kinds.valued[parcel], s.price[at, cycle], 0)
    price = np.where(latest, price, -(-p.unit[parcel, cycle] * WRONG // 100) * area // 100)
    plot = np.minimum(PLOT * p.homes[parcel], area)
    thirds = plot + 2 * (area - plot)
    fixed = np.select(
        [~taxed, part == SMALL_PART, part == GENERAL_PART, part == MIXED_PART],
        [0, price // 6, price // 3, price * thirds // (6 * np.maximum(area, 1))],
        price,
    )
    city = np.select(
        [part == SMALL_PART, part == GENERAL_PART, part == MIXED_PART],
        [price // 3, price * 2 // 3, price * thirds // (3 * np.maximum(area, 1))],
        price,
    )
    base, urban, urban_base = s.base[at, k], s.urban[at, k], s.urban_base[at, k]
    known = taxed if k == 0 else taxed & (p.holder[parcel, k - 1] >= 0)
    last = base * 97 // 100 if k == 0 else s.base[at, k - 1]
    urban_last = urban_base * 97 // 100 if k == 0 else s.urban_base[at, k - 1]
    urban_known = urban & known & (urban if k == 0 else s.urban[at, k - 1])
    farm = np.isin(p.use[parcel], (PADDY, FIELD))
    site = part == FULL

    def step(now: Ints, before: Ints, full: Ints) -> Ints:
        return np.select(
            [~taxed, farm, now * 1000 >= full * 995, now == before, now < before, site], [0, 7, 6, 1, 2, 5], 3
        )

    dwelling = (part != FULL) & taxed
    exempt = pl.select(
        pl.when(pl.Series(taxed))
        .then(pl.lit("00"))
        .otherwise(x.kinds.exempt.gather(pl.Series(parcel)).replace("00", "01"))
    ).to_series()
    special = taxed & site & (mix(p.number[parcel], 1361) % 300 == 1)
    when = np.where(version == 2, day(year, 7, 1) + mix(p.number[parcel], 1335) % 40, day(year, 3, 31))
    when = np.minimum(when, b.base)
    use = np.where(
        taxed,
        np.select(
            [part == SMALL_PART, part == MIXED_PART, part == GENERAL_PART], [0, 0, 1], 2 + np.minimum(p.use[parcel], 7)
        ),
        10,
    )
    level = np.clip(last * 10_000 // np.maximum(fixed, 1), 0, 99_999)
    return to_layout(
        "012",
        "土地課税",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, len(at)),
                "課税年度": b.constant(str(year), len(at)),
                "物件番号": x.number.gather(pl.Series(parcel)),
                "課税履歴番号": number(version),
                "課税連番": number(s.nth[at] + 1),
                "最新フラグ": flag(latest),
                "納税義務者_宛名番号": b.atena(b.holder(parcel, k)),
                "課税地目": choose(["31", "32", *TAX_USES, "99"], use),
                "課税地積": scaled(np.where(taxed, area, 0), 2),
                "評価額": number(price),
                "住宅用地区分": digits(
                    np.where(dwelling, np.select([part == SMALL_PART, part == GENERAL_PART], [1, 2], 3), 0), 1
                ),
                "住宅戸数": number(p.homes[parcel], dwelling),
                "小規模住宅用地_地積": scaled(plot, 2, dwelling & (part != GENERAL_PART)),
                "一般住宅用地_地積": scaled(
                    np.where(part == MIXED_PART, area - plot, area), 2, dwelling & (part != SMALL_PART)
                ),
                "非住宅用地_地積": scaled(area, 2, taxed & site),
                "前年度課税標準額_固定": number(last, known),
                "本則課税標準額_固定": number(fixed),
                "負担水準_固定": scaled(level, 4, known & (fixed > 0)),
                "負担調整区分_固定": digits(step(base, last, fixed), 1),
                "負担調整率_固定": scaled(
                    np.array([1025, 1050, 1075, 1100])[mix(p.number[parcel], 1362) % 4], 3, taxed & farm
                ),
                "課税標準額_固定": number(np.where(taxed, base, 0)),
                "都市計画税課税フラグ": flag(urban),
                "前年度課税標準額_都計": number(urban_last, urban_known),
                "本則課税標準額_都計": number(city, urban),
                "負担調整区分_都計": text(digits(step(urban_base, urban_last, city), 1), urban),
                "課税標準額_都計": number(urban_base, urban),
                "特例条項": text(b.constant(SPECIAL[0], len(at)), special),
                "特例割合_分子": number(np.full(len(at), SPECIAL[1]), special),
                "特例割合_分母": number(np.full(len(at), SPECIAL[2]), special),
                "非課税区分": exempt,
                "非課税地積": scaled(area, 2, ~taxed),
                **operator("kotei", p.number[parcel] * 16 + version, when),
            }
        ),
    )
