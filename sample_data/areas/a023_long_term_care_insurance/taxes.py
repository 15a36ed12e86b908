"""What area 010 says of the insured: tax status, income and pension of a year, and whether the household is taxed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a023_long_term_care_insurance.insured import Insured
from sample_data.plugin import Truth
from sample_data.tax.frames import Bools, Ints
from sample_data.tax.vendor import parts

TAXED, FREE, NOT_FILED, UNKNOWN = 1, 2, 3, 9
"""課税区分 of area 023."""
_STATUS = {"1": TAXED, "2": TAXED, "5": TAXED, "3": FREE, "6": FREE, "4": NOT_FILED}


@dataclass(frozen=True)
class Taxes:
    """Per insured person, in one year."""

    own: Ints
    home: Ints
    known: Bools
    """Area 010 holds an assessment."""
    income: Ints
    """合計所得金額."""
    pension: Ints
    """公的年金等収入金額."""
    home_income: Ints
    """Pensions and other incomes of the insured people of the household."""
    insured_home: Ints
    """How many insured people the household has."""


def taxes(i: Insured, levied: Truth, years: list[int]) -> dict[int, Taxes]:
    """The years that area 010 keeps, by 相当年度."""
    key = ["宛名番号", "相当年度"]
    order = pl.DataFrame({"宛名番号": i.p.frame["atena"], "pid": np.arange(i.p.size)})
    found: dict[int, Taxes] = {}
    latest = pl.col("最新フラグ") == "1"
    status = {
        label: part.filter(latest).select(*key, pl.col("課税区分").replace_strict(_STATUS, default=UNKNOWN))
        for label, part in parts(levied, "賦課基本情報")
    }
    incomes = {
        label: part.filter(latest).select(*key, "合計所得金額", "公的年金等収入金額")
        for label, part in parts(levied, "所得情報")
    }
    for year in years:
        rows = (
            pl.concat(status.values())
            .filter(pl.col("相当年度") == str(year))
            .join(pl.concat(incomes.values()), on=key, how="left")
            .join(order, on="宛名番号", how="inner")
        )
        pid = rows["pid"].to_numpy()
        own, income, pension = np.full(i.p.size, UNKNOWN), np.zeros(i.p.size, np.int64), np.zeros(i.p.size, np.int64)
        own[pid] = rows["課税区分"].to_numpy()
        income[pid] = rows["合計所得金額"].fill_null(0).to_numpy()
        pension[pid] = rows["公的年金等収入金額"].fill_null(0).to_numpy()
        paying = np.unique(i.p.hid[own == TAXED])
        mine = np.where(i.moved, UNKNOWN, own[i.resident])
        home = np.where(np.isin(i.home, paying), TAXED, np.where(mine == FREE, FREE, mine))
        means = np.where(i.moved, 0, np.maximum(income[i.resident], 0) + pension[i.resident] // 2)
        size = int(max(i.p.hid.max(), 0)) + 1
        counted = ~i.moved & ~i.second
        sums = np.bincount(i.home[counted], weights=means[counted], minlength=size).astype(np.int64)
        heads = np.bincount(i.home[counted], minlength=size)
        found[year] = Taxes(
            mine,
            home,
            mine != UNKNOWN,
            np.where(i.moved, 0, income[i.resident]),
            np.where(i.moved, 0, pension[i.resident]),
            np.where(i.moved, means, sums[np.maximum(i.home, 0)]),
            np.where(i.moved, 1, np.maximum(heads[np.maximum(i.home, 0)], 1)),
        )
    return found
