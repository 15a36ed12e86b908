"""投票区情報 and 投票区割当情報 of area 006: polling districts, and which addresses belong to each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.insured import base_day, constant
from sample_data.tax.frames import (
    NO_DAY,
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
from sample_data.truth.frame import wide
from sample_data.world import World

BEGIN = day(2003, 4, 21)
MERGED = day(2022, 4, 1)
"""On this day the district of the last town was merged into its neighbour's, and some polling places moved."""
SPLIT = 2_000
"""Lots from this number on of the divided town belong to a district of their own."""
_PLACES = ("集会所", "公民館", "小学校体育館", "自治会館")


@dataclass(frozen=True)
class Districts:
    """Polling districts (four digits, as numbers) of towns."""

    world: World
    of_town: Ints
    """By town_ix, since :data:`MERGED`."""
    divided: int
    """town_ix of the town with two districts."""
    upper: int
    """District of its lots from :data:`SPLIT` on."""
    last: int
    """town_ix of the town that had a district of its own until :data:`MERGED`."""
    old: int
    """Its district until then."""
    town: Ints
    lot: Ints
    """Town and lot by addr_id; -1 for addresses elsewhere."""

    def of(self, addr: Ints, days: Ints) -> Ints:
        """Districts of addresses on days."""
        town = self.town[addr]
        found = self.of_town[town]
        found = np.where((town == self.divided) & (self.lot[addr] >= SPLIT), self.upper, found)
        found = np.where((town == self.last) & (days < MERGED), self.old, found)
        return np.asarray(found, np.int64)

    @property
    def codes(self) -> Ints:
        """Districts in use today."""
        return np.unique(np.append(self.of_town, self.upper))


def districts(world: World) -> Districts:
    """Two neighbouring towns of a district of the municipality form a polling district."""
    towns = world.towns.sort("town_ix")
    lead = towns["district"].cast(pl.Int64).to_numpy()
    of_town = lead * 100 + _places(lead) // 2 + 1
    last = len(lead) - 1
    of_town[last] = of_town[last - 1]
    whole = np.flatnonzero(towns["town_code"].str.ends_with("000").to_numpy())
    divided = int(whole[0])
    addresses = world.addresses.sort("addr_id")
    lot = addresses["banchi_no"].str.slice(0, 5).cast(pl.Int64).to_numpy()
    town = addresses["town_ix"].fill_null(-1).to_numpy()
    return Districts(
        world,
        of_town,
        divided,
        int(lead[divided]) * 100 + 90,
        last,
        int(lead[last]) * 100 + 99,
        town,
        lot,
    )


def _places(lead: Ints) -> Ints:
    """Place of each town among those of the same district."""
    order = np.lexsort((np.arange(len(lead)), lead))
    place = np.empty(len(lead), np.int64)
    place[order] = np.arange(len(lead)) - np.searchsorted(lead[order], lead[order])
    return place


def polling_districts(d: Districts) -> pl.DataFrame:
    """投票区情報: a row for each period of a district."""
    codes = d.codes
    moved = codes[mix(codes, 601) % 4 == 0]
    code = np.concatenate([codes, moved, [d.old]])
    early = np.arange(len(code)) >= len(codes)
    later = np.isin(code, moved) & ~early
    order = np.lexsort((~early, code))
    code, early, later = code[order], early[order], later[order]
    towns = d.world.towns.sort("town_ix")
    home = np.select([code == d.old, code == d.upper], [d.last, d.divided], np.searchsorted(np.sort(d.of_town), code))
    by_code = np.argsort(d.of_town, kind="stable")
    home = np.where((code == d.old) | (code == d.upper), home, by_code[np.minimum(home, len(by_code) - 1)])
    rows = towns[pl.Series(home)]
    key = code * 4 + early
    building = choose(_PLACES, mix(key, 602) % len(_PLACES))
    remote = code // 1000 >= 3
    chief = (code // 100) * 100 + 1
    chief = np.where(np.isin(chief, codes), chief, code)
    town = d.world.municipality
    upper = text(constant("第二", len(code)), code == d.upper).fill_null("")
    return to_layout(
        "006",
        "投票区情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(d.world.code, len(code)),
                "投票区コード": digits(code, 4),
                "適用開始年月日": dates(np.where(later, MERGED, BEGIN)),
                "最新フラグ": flag(~early | (code == d.old)),
                "適用終了年月日": dates(np.where(early, MERGED - 1, NO_DAY)),
                "投票区名": rows["name"] + upper,
                "投票所名": rows["name"] + upper + building,
                "投票所_住所": constant(f"山口県{town.city}", len(code))
                + rows["name"]
                + pl.select(wide(pl.lit(digits(mix(key, 603) % 300 + 1, 1)))).to_series()
                + constant("番地", len(code)),
                "投票所_郵便番号": rows["postal"],
                "投票所_電話番号": constant(town.phone[:-4], len(code)) + digits(mix(key, 604) % 9_000 + 1_000, 4),
                "投票開始時刻": constant("07:00:00", len(code)),
                "投票終了時刻": choose(("20:00:00", "18:00:00"), remote.astype(np.int64)),
                "開票区コード": constant("0001", len(code)),
                "衆議院小選挙区コード": choose(("3501", "3502"), (code // 1000 >= 2).astype(np.int64)),
                "県議会選挙区コード": constant(f"{town.order + 5:04d}", len(code)),
                "市議会選挙区コード": text(constant("0001", len(code)), code // 1000 == 1),
                "指定投票区フラグ": flag(chief == code),
                "指定投票区コード": text(digits(chief, 4), chief != code),
                "削除フラグ": constant("0", len(code)),
                **operator("sen", key, np.where(early | later, MERGED, BEGIN)),
            }
        ),
    )


def assignments(d: Districts) -> pl.DataFrame:
    """投票区割当情報: whole towns, and the lots of the divided one."""
    towns = d.world.towns.sort("town_ix")
    every = np.arange(towns.height)
    town = np.concatenate([every, [d.divided, d.last]])
    second = np.arange(len(town)) >= len(every)
    order = np.lexsort((second, town))
    town, second = town[order], second[order]
    parted, merged = town == d.divided, town == d.last
    old = merged & ~second
    code = np.select([parted & second, old], [d.upper, d.old], d.of_town[town])
    rows = towns[pl.Series(town)]
    return to_layout(
        "006",
        "投票区割当情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(d.world.code, len(town)),
                "町字コード": rows["town_code"],
                "割当番号": number(1 + second),
                "最新フラグ": flag(~old),
                "町字": rows["name"],
                "割当区分": choose(("0", "1"), parted.astype(np.int64)),
                "番地_自": text(choose(("0000100000", f"{SPLIT:05d}00000"), second.astype(np.int64)), parted),
                "番地_至": text(choose((f"{SPLIT - 1:05d}99999", "9999999999"), second.astype(np.int64)), parted),
                "投票区コード": digits(code, 4),
                "適用開始年月日": dates(np.where(merged & second, MERGED, BEGIN)),
                "適用終了年月日": dates(np.where(old, MERGED - 1, NO_DAY)),
                **operator("sen", town * 2 + second, np.minimum(np.where(merged, MERGED, BEGIN), base_day(d.world))),
            }
        ),
    )
