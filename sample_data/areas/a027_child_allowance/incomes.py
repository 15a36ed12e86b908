"""The judgement of incomes in area 027: what area 010 says of recipients and their spouses, against the limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.insured import People
from sample_data.plugin import Truth
from sample_data.tax.frames import Ints, mix
from sample_data.tax.vendor import parts

FIRST_YEAR, LAST_YEAR = 2011, 2026
"""所得年度 of the tables."""
LIMIT, CEILING, A_HEAD, OLD_HEAD, SOCIAL = 6_220_000, 8_580_000, 380_000, 60_000, 80_000


@dataclass(frozen=True)
class Person:
    """Tables by recipient and 所得年度 of one of the couple; ``who`` is a resident or -1."""

    who: Ints
    known: Ints
    """1 where area 010 holds the year."""
    status: Ints
    """課税区分 of area 010 (0 for none)."""
    income: Ints
    wages: Ints
    cuts: Ints
    disabled: Ints
    severe: Ints
    single: Ints
    family: Ints
    old: Ints

    @property
    def relief(self) -> Ints:
        """給与年金所得控除額."""
        return np.clip(self.wages, 0, 100_000)

    @property
    def net(self) -> Ints:
        """控除後所得額."""
        single = np.array([0, 270_000, 350_000])[self.single]
        off: Ints = self.relief + self.cuts + 270_000 * self.disabled + 400_000 * self.severe + single + SOCIAL
        net: Ints = np.maximum(self.income - off, 0)
        return net

    @property
    def limit(self) -> Ints:
        return LIMIT + A_HEAD * self.family + OLD_HEAD * self.old

    @property
    def ceiling(self) -> Ints:
        return CEILING + A_HEAD * self.family + OLD_HEAD * self.old

    @property
    def result(self) -> Ints:
        """所得判定区分 1 to 3 (3 only from 2022 on)."""
        years = np.arange(FIRST_YEAR, LAST_YEAR + 1)[None, :]
        over = (self.net >= self.ceiling) & (years >= 2022)
        return np.where(over, 3, np.where(self.net >= self.limit, 2, 1))


@dataclass(frozen=True)
class Judgements:
    first: int
    recipient: Person
    spouse: Person
    result: Ints
    """Recipients by years: 所得判定区分 of the recipient."""


def judgements(p: People, levied: Truth, years: list[int], who: Ints, spouse: Ints) -> Judgements:
    """Tables for recipients ``who`` and their spouses (-1: nobody)."""
    raw = _year_tables(p, levied, years)
    own, other = _person(raw, years, who), _person(raw, years, spouse)
    return Judgements(FIRST_YEAR, own, other, np.where((who >= 0)[:, None], own.result, 1))


_NUMBERS = ("status", "income", "wages", "cuts", "disabled", "severe", "single", "family", "old")


def _year_tables(p: People, levied: Truth, years: list[int]) -> dict[int, dict[str, Ints]]:
    """Per year and resident, zeros where area 010 knows nothing."""
    key = ["宛名番号", "相当年度"]
    newest = pl.col("最新フラグ") == "1"
    order = pl.DataFrame({"宛名番号": p.frame["atena"], "pid": np.arange(p.size)})
    old = pl.col("老人扶養人数") + pl.col("同居老親等人数")
    both = pl.col("給与所得金額") + pl.col("公的年金等雑所得金額")
    sides = {
        "賦課基本情報": (
            pl.col("課税区分").fill_null("0").cast(pl.Int64).alias("status"),
            (pl.col("障害者区分") == "1").cast(pl.Int64).fill_null(0).alias("own_disabled"),
            (pl.col("障害者区分").fill_null("0") > "1").cast(pl.Int64).alias("own_severe"),
            pl.col("寡婦ひとり親区分").fill_null("0").cast(pl.Int64).replace({3: 2, 4: 1}).alias("single"),
        ),
        "所得情報": (pl.col("総所得金額等").alias("income"), both.alias("wages")),
        "所得控除情報": (
            (pl.sum_horizontal("一般扶養人数", "特定扶養人数", "年少扶養人数") + old)
            .add((pl.col("配偶者控除額") > 0).cast(pl.Int64))
            .alias("family"),
            old.alias("old"),
            pl.sum_horizontal("雑損控除額", "医療費控除額", "小規模企業共済等掛金控除額").alias("cuts"),
            pl.col("普通障害者人数").alias("kin_disabled"),
            pl.sum_horizontal("特別障害者人数", "同居特別障害者人数").alias("kin_severe"),
        ),
    }
    frames = {
        group: pl.concat([part.filter(newest).select(*key, *items) for _, part in parts(levied, group)])
        for group, items in sides.items()
    }
    found: dict[int, dict[str, Ints]] = {}
    for year in years:
        rows = frames["賦課基本情報"].filter(pl.col("相当年度") == str(year))
        for group in ("所得情報", "所得控除情報"):
            rows = rows.join(frames[group], on=key, how="left")
        rows = rows.join(order, on="宛名番号", how="inner").fill_null(0)
        rows = rows.with_columns(
            disabled=pl.col("own_disabled") + pl.col("kin_disabled"), severe=pl.col("own_severe") + pl.col("kin_severe")
        )
        at = rows["pid"].to_numpy()
        table = {name: np.zeros(p.size, np.int64) for name in ("known", *_NUMBERS)}
        table["known"][at] = 1
        for name in _NUMBERS:
            table[name][at] = rows[name].cast(pl.Int64).to_numpy()
        found[year] = table
    return found


def _person(raw: dict[int, dict[str, Ints]], years: list[int], who: Ints) -> Person:
    """Years before those of area 010 look like its first one, with other amounts."""
    table: dict[str, list[Ints]] = {name: [] for name in ("known", *_NUMBERS)}
    safe = np.maximum(who, 0)
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        near = raw[min(max(year, years[0]), years[-1])]
        for name, column in table.items():
            values = np.where(who >= 0, near[name][safe], 0)
            if name == "known" and year not in years:
                values = np.zeros(len(who), np.int64)
            if name in ("income", "wages", "cuts") and year < years[0]:
                factor = 100 - 2 * min(years[0] - year, 12) + mix(safe * 32 + year % 32, 2721) % 9 - 4
                values = values * factor // 100 // 1000 * 1000 if name == "income" else values * factor // 100
            column.append(values)
    grid = {name: np.stack(columns, axis=1) for name, columns in table.items()}
    return Person(who, **grid)
