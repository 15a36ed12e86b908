"""世帯課税情報 of area 028: what area 010 says of the parents, and the bracket (階層) that follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a028_child_rearing_support.paths import Paths
from sample_data.areas.insured import constant, numbered
from sample_data.plugin import Truth
from sample_data.tax.frames import Bools, Ints, day, digits, flag, mix, number, operator, to_layout
from sample_data.tax.vendor import parts

TAXED, EQUAL, FREE, UNFILED, UNKNOWN, AID = 1, 2, 3, 4, 5, 6
"""課税状況区分."""
LIMITS = (48_600, 57_700, 77_101, 97_000, 133_000, 169_000, 235_000, 301_000, 397_000)
CITY = ("A", "B", "C", *(f"D{k}" for k in range(1, 11)))
NATION = (1, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8)
PRICES = (0, 0, 7_000, 9_500, 15_000, 19_000, 24_000, 31_000, 39_000, 45_000, 51_000, 57_000, 63_000)
"""階層区分, 国階層区分 and monthly fee by bracket."""


@dataclass(frozen=True)
class Taxes:
    """Parents by 課税年度 (rows: residents by pid): 所得割 after deductions, what is added back, and 課税状況区分."""

    q: Paths
    years: tuple[int, ...]
    base: dict[int, dict[str, Ints]]

    def of(self, who: Ints, year: Ints) -> dict[str, Ints]:
        """Columns ``status``, ``equal``, ``levy``, ``house``, ``gift``, ``other``, ``sum`` of people in years."""
        some = np.maximum(who, 0)
        out = {name: np.zeros(len(who), np.int64) for name in ("status", *_AMOUNTS)}
        for each in np.unique(year):
            at = year == each
            for name, column in self.base[int(each)].items():
                out[name][at] = column[some[at]]
        out["sum"] = out["levy"] + out["house"] + out["gift"] + out["other"]
        lowered = self.lowered(who)
        out["sum"] = np.where(lowered, out["sum"] * 6 // 8, out["sum"])
        return out

    def lowered(self, who: Ints) -> Bools:
        """指定都市補正フラグ: some who came from a city with another rate."""
        lowered: Bools = mix(np.maximum(who, 0), 2941) % 150 == 0
        return lowered

    def bracket(self, first: Ints, second: Ints, year: Ints) -> tuple[Ints, Ints, Bools]:
        """Position of the bracket, 世帯所得割合計額, and whether somebody's tax is not known."""
        one, two = self.of(first, year), self.of(second, year)
        there = second >= 0
        total = one["sum"] + np.where(there, two["sum"], 0)
        status = np.stack([one["status"], np.where(there, two["status"], FREE)])
        lost: Bools = np.asarray(np.isin(status, (UNFILED, UNKNOWN)).any(axis=0), bool)
        aid = (status == AID).any(axis=0)
        free = np.isin(status, (FREE, AID)).all(axis=0)
        money = 3 + np.searchsorted(np.array(LIMITS), total, side="right")
        place = np.select([lost, aid & free, free, total == 0], [len(CITY) - 1, 0, 1, 2], money)
        return place, total, lost


_AMOUNTS = ("equal", "levy", "house", "gift", "other")


def taxes(q: Paths, levied: Truth) -> Taxes:
    """Years before those of area 010, and people it does not know in a year, look like the nearest year it knows."""
    key = ["宛名番号", "相当年度"]
    newest = pl.col("最新フラグ") == "1"
    order = pl.DataFrame({"宛名番号": q.p.frame["atena"], "pid": np.arange(q.p.size)})
    sides = {
        "賦課基本情報": (
            pl.col("課税区分").cast(pl.Int64).alias("kind"),
            (pl.col("生活扶助受給フラグ") == "1").alias("aid"),
        ),
        "税額情報": (
            pl.col("均等割額_市民税").alias("equal"),
            pl.col("所得割額_市民税").alias("levy"),
            pl.col("住宅借入金等特別税額控除額_市民税").alias("house"),
            pl.col("寄附金税額控除額_市民税").alias("gift"),
            pl.sum_horizontal("配当控除額_市民税", "外国税額控除額_市民税", "定額減税額_市民税").alias("other"),
        ),
    }
    frames = {
        group: pl.concat([part.filter(newest).select(*key, *items) for _, part in parts(levied, group)])
        for group, items in sides.items()
    }
    known: dict[int, dict[str, Ints]] = {}
    for year in q.years:
        rows = (
            frames["賦課基本情報"]
            .filter(pl.col("相当年度") == str(year))
            .join(frames["税額情報"], on=key, how="left")
            .join(order, on="宛名番号", how="inner")
            .fill_null(0)
        )
        at = rows["pid"].to_numpy()
        table = {name: np.zeros(q.p.size, np.int64) for name in ("kind", *_AMOUNTS)}
        for name in table:
            table[name][at] = rows[name].cast(pl.Int64).to_numpy()
        table["kind"][at] = np.where(rows["aid"].to_numpy(), 8, table["kind"][at])
        known[year] = table
    base = {year: _standing(q, known, year) for year in range(q.years[0] - 1, q.years[-1] + 1)}
    return Taxes(q, tuple(base), base)


def _standing(q: Paths, known: dict[int, dict[str, Ints]], year: int) -> dict[str, Ints]:
    near = sorted(known, key=lambda y: (abs(y - year), -y))
    names = ("kind", *_AMOUNTS)
    table = {name: known[near[0]][name].copy() for name in names}
    for other in near[1:]:
        gap = table["kind"] == 0
        for name in names:
            table[name][gap] = known[other][name][gap]
    every = np.arange(q.p.size)
    gap = table["kind"] == 0
    # People who came lately: their former town told it.
    told = gap & (mix(every, 2951) % 25 > 0)
    table["levy"] = np.where(
        told, (40_000 + mix(every, 2952) % 160_000) // 100 * 100 * (mix(every, 2953) % 5 > 0), table["levy"]
    )
    table["equal"] = np.where(told & (table["levy"] > 0), 3_000, table["equal"])
    table["kind"] = np.where(told, np.where(table["levy"] > 0, 1, 3), table["kind"])
    if year not in known:
        for name in ("levy", "house", "gift", "other"):
            table[name] = table[name] * 97 // 100 // 100 * 100
    kind = table.pop("kind")
    amount = table["levy"] + table["house"] + table["gift"] + table["other"]
    status = np.select(
        [kind == 8, (kind == 3) | (kind == 6), kind == 4, np.isin(kind, (0, 5, 9)), (kind == 2) | (amount == 0)],
        [AID, FREE, UNFILED, UNKNOWN, EQUAL],
        TAXED,
    )
    none = np.isin(status, (AID, FREE, UNFILED, UNKNOWN))
    out = {name: np.where(none, 0, column) for name, column in table.items()}
    for name in ("levy", "house", "gift", "other"):
        out[name] = np.where(status == EQUAL, 0, out[name])
    return {"status": status, **out}


def household(t: Taxes, child: Ints, year: int) -> pl.DataFrame:
    """世帯課税情報 of a 課税年度: both parents of the children whose fee it decides; sorted, with a few corrections."""
    q = t.q
    child = np.unique(child)
    one, two = q.first_parent[child], q.second_parent[child]
    both = np.concatenate([child, child[two >= 0]])
    who = np.concatenate([one, two[two >= 0]])
    key = q.pid[both] * 2 + (who != q.first_parent[both])
    again = mix(key * 64 + year % 64, 2961) % 40 == 0
    rows, who_ = np.concatenate([both, both[again]]), np.concatenate([who, who[again]])
    serial = np.concatenate([np.ones(len(both), np.int64), np.full(int(again.sum()), 2)])
    order = np.lexsort((serial, who_, rows))
    rows, who_, serial = rows[order], who_[order], serial[order]
    last = numbered(rows * 10_000_000 + who_)[1]
    v = t.of(who_, np.full(len(rows), year))
    # The row before a correction knew nothing of the gift.
    old = ~last
    gift = np.where(old, 0, v["gift"])
    lowered = t.lowered(who_)
    total = v["levy"] + v["house"] + gift + v["other"]
    total = np.where(lowered, total * 6 // 8, total)
    male = q.p.male[who_]
    when = day(year, 6, 20) + int(mix(np.array([year]), 2962)[0]) % 5 + np.where(serial == 2, 70, 0) + q.pid[rows] % 15
    return to_layout(
        "028",
        "世帯課税情報",
        pl.DataFrame(
            {
                **q.names(rows),
                "課税年度": constant(str(year), len(rows)),
                "世帯員_宛名番号": q.atena(who_),
                "履歴番号": number(serial),
                "最新フラグ": flag(last),
                "続柄": digits(np.where(male, 1, 2), 2),
                "算定対象フラグ": constant("1", len(rows)),
                "課税状況区分": digits(v["status"], 1),
                "市町村民税均等割額": number(v["equal"]),
                "市町村民税所得割額": number(v["levy"]),
                "住宅借入金等特別税額控除額": number(v["house"]),
                "寄附金税額控除額": number(gift),
                "その他戻入控除額": number(v["other"]),
                "指定都市補正フラグ": flag(lowered),
                "算定用所得割額": number(total),
                **operator("hok", q.pid[rows] * 64 + year % 64 + serial, np.minimum(when, q.today)),
            }
        ),
    )
