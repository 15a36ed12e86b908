"""家屋 and 家屋評価課税 of the truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a012_fixed_asset_tax.book import bukken, scaled
from sample_data.areas.a012_fixed_asset_tax.history import History, numbered
from sample_data.areas.a012_fixed_asset_tax.houses import NEW_YEARS, revaluations
from sample_data.areas.a012_fixed_asset_tax.land_groups import Land, corrections
from sample_data.areas.a012_fixed_asset_tax.owners import BOTH, HOUSE
from sample_data.areas.a012_fixed_asset_tax.parcels import base_year
from sample_data.areas.a012_fixed_asset_tax.places import lots, wide_number
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

BUILT, ENLARGED, GONE, RENAMED, ALTERED = 1, 2, 4, 14, 5
"""異動事由."""
ROOFS = ("瓦葺", "スレート葺", "亜鉛メッキ鋼板葺", "陸屋根", "金属板葺")
PURPOSES = (("居宅", "01"), ("共同住宅", "02"), ("居宅・店舗", "03"), ("居宅", "04"), ("事務所", "06"), ("工場", "09"))
SIDE_PURPOSES = (("物置", "11"), ("車庫", "11"), ("倉庫", "09"))
UNKNOWN_BEFORE = 1966
"""Houses built earlier may have lost their day of building."""
SPECIAL = ("法附則１５条", 1, 2)
MISSED = 97
"""What a value was in a hundred of the right one before it was corrected."""


@dataclass
class Built:
    """The houses with what the groups need of them; all arrays are parallel to the houses."""

    x: Land

    @cached_property
    def number(self) -> pl.Series:
        return bukken(self.x.b.h.number)

    @cached_property
    def site(self) -> Ints:
        """The parcel that a house stands on: its owner's first; a parcel of nobody's where he has none."""
        b = self.x.b
        first = np.full(b.o.size, -1)
        own = np.flatnonzero((b.p.owner >= 0) & (b.p.nth == 0))
        first[b.p.owner[own]] = own
        found = first[b.h.owner]
        return np.where(found >= 0, found, mix(b.h.number, 1401) % b.p.size)

    @cached_property
    def on_own(self) -> Bools:
        b = self.x.b
        return np.asarray(b.o.parcels[b.h.owner] > 0)

    @cached_property
    def purpose(self) -> Ints:
        """Position in PURPOSES and, after them, SIDE_PURPOSES."""
        b = self.x.b
        drawn = mix(b.h.number, 1402) % 100
        firm = b.who.kind[b.o.payer[b.h.owner]] == 2
        main = np.where(
            firm,
            np.where(drawn < 50, 4, 5),
            np.select([drawn < 78, drawn < 83, drawn < 87, drawn < 96], [0, 1, 2, 3], 4),
        )
        main = np.where(b.h.fresh, np.minimum(main, 3), main)
        return np.where(b.h.nth == 0, main, len(PURPOSES) + drawn % len(SIDE_PURPOSES))

    @cached_property
    def wooden(self) -> Bools:
        b = self.x.b
        heavy = np.isin(self.purpose, (1, 4, 5))
        return np.asarray(mix(b.h.number, 1403) % 100 < np.where(heavy, 20, 88))

    @cached_property
    def area(self) -> Ints:
        """現況床面積 in hundredths of a square metre: what its value allows at a usual price."""
        b = self.x.b
        value = np.maximum(b.h.value.max(axis=1), 1)
        usual = np.where(b.h.nth == 0, 9_000, 2_200)
        growth = np.clip(value / np.where(b.h.nth == 0, 2_500_000, 250_000), 0.5, 300) ** 0.55
        return np.asarray(usual * growth * (0.85 + 0.3 * (mix(b.h.number, 1404) % 1000) / 1000), dtype=np.int64)

    @cached_property
    def unknown(self) -> Bools:
        b = self.x.b
        return np.asarray((b.h.built_year < UNKNOWN_BEFORE) & (mix(b.h.number, 1405) % 2 == 0))

    @cached_property
    def built(self) -> Ints:
        """建築年月日: the first of January where the day is unknown."""
        b = self.x.b
        first = np.array([day(int(y), 1, 1) for y in range(int(b.h.built_year.min()), int(b.h.built_year.max()) + 1)])
        return np.where(self.unknown, first[b.h.built_year - int(b.h.built_year.min())], b.h.built)


def _history(v: Built) -> History:
    h, b = v.x.b.h, v.x.b
    all_ = np.arange(h.size)
    some = all_[(mix(h.number, 1411) % 100 < 14) & (b.base - h.built > 4_000) & (h.gone == NO_DAY)]
    later = h.built[some] + 2_000 + mix(h.number[some], 1412) % 1_900
    reasons = np.array([ENLARGED, ALTERED, RENAMED])[mix(h.number[some], 1413) % 3]
    gone = all_[h.gone != NO_DAY]
    gone = gone[h.gone[gone] <= b.base]
    return numbered([(all_, h.built, BUILT, 0), (some, later, reasons, 0), (gone, h.gone[gone], GONE, 0)])


def buildings(v: Built) -> pl.DataFrame:
    """家屋."""
    x, b = v.x, v.x.b
    h, r = b.h, _history(v)
    at, site = r.at, v.site[r.at]
    owner = b.o.payer[h.owner[at]]
    registered = mix(h.number[at], 1421) % 12 > 0
    main = h.nth[at] == 0
    together = main & (np.r_[h.nth[1:], 0][at] > 0)
    first = at - h.nth[at]
    wooden = v.wooden[at]
    structure = np.where(
        wooden,
        np.where(mix(h.number[at], 1422) % 30 == 0, 2, 1),
        np.array([6, 7, 7, 8, 6, 9, 5])[mix(h.number[at], 1423) % 7],
    )
    kinds = [*PURPOSES, *SIDE_PURPOSES]
    purpose = v.purpose[at]
    flats = purpose == 1
    # A house that was enlarged had nine tenths of its floor before.
    grown = np.isin(at, at[r.reason == ENLARGED])
    area = np.where(grown & (r.reason == BUILT), v.area[at] * 9 // 10, v.area[at])
    written = np.where(mix(h.number[at], 1424) % 3 == 0, area * 98 // 100, area)
    homes = np.where(flats, 2 + mix(h.number[at], 1425) % 10, 1)
    lived = purpose < 4
    stories = np.where(main, np.where(flats, 2 + mix(h.number[at], 1426) % 4, 1 + mix(h.number[at], 1427) % 2), 1)
    era = np.where(h.built_year[at] >= 1926, h.built_year[at] - 1925, 1)
    about = pl.select(pl.lit("昭和") + pl.lit(wide_number(era)) + pl.lit("年頃")).to_series()
    towns = b.world.towns
    town = pl.Series(x.places.town[site])
    lot = lots(x.places, site, house=True)
    tail = pl.select(
        pl.when(pl.Series(h.nth[at] > 0)).then(pl.lit("の附") + pl.lit(wide_number(h.nth[at]))).otherwise(pl.lit(""))
    ).to_series()
    return to_layout(
        "012",
        "家屋",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, r.size),
                "物件番号": v.number.gather(pl.Series(at)),
                "家屋履歴番号": number(r.number),
                "最新フラグ": flag(r.latest),
                "台帳区分": digits(np.where(registered, 1, 2), 1),
                "家屋番号": text(lots(x.places, site) + tail, registered),
                "所在_町字コード": towns["town_code"].gather(town),
                "所在_町字名": towns["name"].gather(town),
                "所在_地番表記": lot,
                "敷地_物件番号": text(x.number.gather(pl.Series(site)), v.on_own[at]),
                "区分所有フラグ": flag((b.o.kind[h.owner[at]] == HOUSE) & flats),
                "主従区分": digits(np.select([~main, together], [2, 1], 3), 1),
                "主家屋_物件番号": text(v.number.gather(pl.Series(first)), ~main),
                "木造区分": digits(np.where(wooden, 1, 2), 1),
                "家屋構造": digits(structure, 2),
                "屋根種類": text(choose(ROOFS, mix(h.number[at], 1428) % 5), mix(h.number[at], 1429) % 9 > 0),
                "登記種類": text(choose([k for k, _ in kinds], purpose), registered),
                "現況用途": choose([k for _, k in kinds], purpose),
                "地上階数": number(stories),
                "地下階数": number(0 * at + (mix(h.number[at], 1430) % 60 == 0), ~wooden),
                "登記床面積": scaled(written, 2, registered),
                "現況床面積": scaled(area, 2),
                "居住部分床面積": scaled(np.where(purpose == 2, area * 6 // 10, area), 2, lived),
                "戸数": number(homes, lived),
                "建築年月日": dates(v.built[at]),
                "建築年月日_不詳フラグ": flag(v.unknown[at]),
                "建築年月日_不詳表記": text(about, v.unknown[at]),
                "納税義務者_宛名番号": b.atena(owner),
                "登記名義人_氏名": text(b.name(owner), registered),
                "異動事由": digits(r.reason, 2),
                "異動年月日": dates(np.where(r.reason == BUILT, v.built[at], r.day)),
                "非課税区分": b.constant("00", r.size),
                "滅失年月日": dates(np.where(r.reason == GONE, r.day, NO_DAY)),
                **operator("kaoku", h.number[at] * 16 + r.number, np.minimum(r.day + 30, b.base)),
            }
        ),
    )


def valuations(v: Built, k: int) -> pl.DataFrame:
    """家屋評価課税 of the ``k``-th kept year, and what was corrected."""
    b = v.x.b
    h, o, year = b.h, b.o, b.years[k]
    there = np.flatnonzero(h.there[:, k])
    row = o.row[h.owner[there], k]
    put_right = (h.nth[there] == 0) & (row >= 0) & (np.where(row >= 0, b.r.reason[row], 0) == 3)
    rows, version = corrections(put_right)
    at = there[rows]
    latest = (version == 2) | ~put_right[rows]
    value = np.where(latest, h.value[at, k], h.value[at, k] * MISSED // 100)
    since = base_year(year)
    age = np.maximum(since - 1 - h.built_year[at], 0)
    worn = np.maximum(10_000 - age * np.where(v.wooden[at], 260, 170), 2_000)
    earlier = np.zeros(len(at), np.int64)
    if k:
        earlier = h.value[at, k - 1]
    else:
        steps = revaluations(year - 1, year)
        earlier = h.value[at, k] * (100 + 5 * steps) // 100
    known = (h.built_year[at] < year - 1) & (o.kind[h.owner[at]] == BOTH) & ((k == 0) | h.there[at, k - 1])
    fee = np.where(v.wooden[at], 99, 110)
    points = value * 10_000 // worn * 100 // fee
    city = (o.zone[h.owner[at]] > 0) & (o.kind[h.owner[at]] == BOTH)
    relief = h.relief[at, k] > 0
    start = h.built_year[at] + 1
    fresh = b.h.fresh[at] & relief
    special = ~relief & (v.purpose[at] == 5) & (mix(h.number[at], 1441) % 40 == 0)
    method = np.where(h.built_year[at] >= since - 1, np.where(mix(h.number[at], 1442) % 3 == 0, 2, 1), 3)
    when = np.where(version == 2, day(year, 7, 1) + mix(h.number[at], 1443) % 40, day(year, 3, 31))
    when = np.minimum(when, b.base)
    size = len(at)
    return to_layout(
        "012",
        "家屋評価課税",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, size),
                "課税年度": b.constant(str(year), size),
                "物件番号": v.number.gather(pl.Series(at)),
                "評価履歴番号": number(version),
                "最新フラグ": flag(latest),
                "納税義務者_宛名番号": b.atena(o.payer[h.owner[at]]),
                "基準年度": b.constant(str(since), size),
                "評価方法区分": digits(method, 1),
                "評価床面積": scaled(v.area[at], 2),
                "再建築費評点数": number(points),
                "経年減点補正率": scaled(worn, 4),
                "損耗減点補正率": scaled(
                    10_000 - (mix(h.number[at], 1444) % 20 == 0) * 500, 4, mix(h.number[at], 1445) % 3 > 0
                ),
                "需給事情補正率": scaled(np.full(size, 10_000), 4, mix(h.number[at], 1445) % 3 > 0),
                "評点一点当たり価額": scaled(fee, 2),
                "評価額": number(value),
                "前年度評価額": number(earlier, known),
                "課税標準額_固定": number(value),
                "都市計画税課税フラグ": flag(city),
                "課税標準額_都計": number(value, city),
                "軽減区分": text(digits(np.where(fresh, 1, 0), 2)),
                "軽減開始年度": text(digits(start, 4), relief),
                "軽減終了年度": text(digits(start + NEW_YEARS - 1, 4), relief),
                "軽減対象床面積": scaled(np.minimum(v.area[at], 12_000), 2, relief),
                "軽減税額": number(h.relief[at, k], relief),
                "特例条項": text(b.constant(SPECIAL[0], size), special),
                "特例割合_分子": number(np.full(size, SPECIAL[1]), special),
                "特例割合_分母": number(np.full(size, SPECIAL[2]), special),
                "非課税区分": b.constant("00", size),
                "価格決定年月日": dates(when),
                "価格修正事由": digits(np.where(version == 2, 2, 0), 1),
                **operator("kaoku", h.number[at] * 16 + version, when),
            }
        ),
    )
