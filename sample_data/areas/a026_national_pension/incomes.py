"""What area 010 says of residents, for the judgement of exemptions: income, dependents, deductions, tax status."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from sample_data.areas.insured import People
from sample_data.plugin import Truth
from sample_data.tax.frames import Ints
from sample_data.tax.vendor import parts

_CUTS = ("雑損控除額", "医療費控除額", "社会保険料控除額", "小規模企業共済等掛金控除額")
_TAX = {"1": 2, "2": 1, "3": 0, "6": 0}
Incomes = Mapping[str, Ints]
"""Per resident (by pid): ``known`` (0, 1), ``income``, ``family``, ``old``, ``student`` (dependents, and of them 老人
and 特定), ``disabled``, ``single`` (寡婦ひとり親区分), ``cuts``, ``taxed`` (018)."""


def incomes(p: People, levied: Truth, years: list[int]) -> dict[int, Incomes]:
    """The years that area 010 keeps, by 相当年度 (the income is of the year before)."""
    key = ["宛名番号", "相当年度"]
    newest = pl.col("最新フラグ") == "1"
    order = pl.DataFrame({"宛名番号": p.frame["atena"], "pid": np.arange(p.size)})
    old = pl.col("老人扶養人数") + pl.col("同居老親等人数")
    student = pl.col("特定扶養人数")
    sides = {
        "賦課基本情報": (
            pl.col("課税区分").replace_strict(_TAX, default=9).alias("taxed"),
            pl.col("障害者区分").fill_null("0").cast(pl.Int64).clip(0, 2).alias("disabled"),
            pl.col("寡婦ひとり親区分").fill_null("0").cast(pl.Int64).replace({3: 0, 4: 1}).alias("single"),
        ),
        "所得情報": (pl.col("合計所得金額").alias("income"),),
        "所得控除情報": (
            (pl.col("一般扶養人数") + old + student).alias("family"),
            old.alias("old"),
            student.alias("student"),
            pl.sum_horizontal(_CUTS).alias("cuts"),
        ),
    }
    frames = {
        group: pl.concat([part.filter(newest).select(*key, *items) for _, part in parts(levied, group)])
        for group, items in sides.items()
    }
    found: dict[int, Incomes] = {}
    for year in years:
        rows = frames["賦課基本情報"].filter(pl.col("相当年度") == str(year))
        for group in ("所得情報", "所得控除情報"):
            rows = rows.join(frames[group], on=key, how="left")
        rows = rows.join(order, on="宛名番号", how="inner").fill_null(0)
        pid = rows["pid"].to_numpy()
        columns = {"known": np.zeros(p.size, np.int64)}
        columns["known"][pid] = 1
        for name in ("income", "family", "old", "student", "disabled", "single", "cuts", "taxed"):
            columns[name] = np.full(p.size, 9 if name == "taxed" else 0, np.int64)
            columns[name][pid] = rows[name].cast(pl.Int64).to_numpy()
        found[year] = columns
    return found
