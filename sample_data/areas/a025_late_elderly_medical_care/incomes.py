"""Incomes of the insured by year (後期所得), and what the 広域連合 judges from them (負担区分判定)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas import insured
from sample_data.areas.a025_late_elderly_medical_care.register import AREA, Book
from sample_data.areas.insured import first_day, month_index, numbered
from sample_data.plugin import Truth
from sample_data.tax.frames import NO_DAY, Bools, Ints, dates, day, digits, flag, mix, number, to_layout

PAPERS = {"1": "3", "2": "4", "3": "1", "4": "2", "5": "5", "6": "9", "9": "6"}
"""課税根拠資料区分 of area 010 -> 申告区分."""
TAXED = {"1": 2, "2": 1, "3": 0, "4": 9, "5": 9, "6": 0, "9": 9}
"""課税区分 of area 010 -> 市町村民税課税区分."""
DEDUCTION = 430_000
"""基礎控除額 since 令和3年度."""
TWO_TENTHS = day(2022, 10, 1)
"""From this day some pay two tenths."""


@dataclass(frozen=True)
class Incomes:
    """One year: the rows of 後期所得, and arrays over all residents of the newest of each."""

    year: int
    rows: pl.DataFrame
    base: Ints
    total: Ints
    taxed: Ints
    receipts: Ints
    pension: Ints


def of_year(b: Book, levied: Truth, year: int) -> Incomes:
    """Incomes of who is insured in ``year``."""
    i, p = b.i, b.p
    who = i.who[i.overlap(day(year, 4, 1), day(year + 1, 3, 31)) & (i.start <= b.base)]
    known = insured.incomes(levied, year, p.frame["atena"]).filter(pl.col("who").is_in(who))
    missing = np.setdiff1d(who, known["who"].to_numpy())
    nothing = pl.DataFrame(
        {
            "who": missing,
            "revision": number(np.zeros(len(missing), np.int64)),
            "latest": np.ones(len(missing), bool),
            "when": np.full(len(missing), day(year, 6, 1)),
            "paper": insured.constant("9", len(missing)),
            "status": insured.constant("4", len(missing)),
            **{name: number(np.zeros(len(missing), np.int64)) for name in insured.INCOMES},
        }
    )
    rows = (
        pl.concat([known.select(nothing.columns).cast(nothing.schema), nothing])
        .sort("who", "revision")
        .with_columns(
            taxed=pl.col("status").replace_strict(TAXED, return_dtype=pl.Int64),
            base=(pl.col("総所得金額等") - DEDUCTION).clip(0),
            relief=(
                pl.col("総所得金額等")
                + pl.col("専従者給与控除額")
                - pl.min_horizontal("公的年金等雑所得金額", pl.lit(150_000))
            ).clip(0),
            receipts=pl.col("給与収入金額") + pl.col("公的年金等収入金額"),
        )
    )
    newest = rows.filter("latest").unique("who", keep="last")
    at = newest["who"].to_numpy()

    def spread(name: str, default: int = 0) -> Ints:
        out = np.full(p.size, default)
        out[at] = newest[name].to_numpy()
        return out

    return Incomes(
        year,
        rows,
        spread("base"),
        spread("総所得金額等"),
        spread("taxed", 9),
        spread("receipts"),
        spread("公的年金等収入金額"),
    )


def incomes(b: Book, y: Incomes) -> pl.DataFrame:
    """後期所得 of a year."""
    rows = y.rows
    who = rows["who"].to_numpy()
    serial, latest = numbered(who)
    when = np.minimum(rows["when"].to_numpy() + 25, b.base)
    sums = rows.select(
        事業所得金額=pl.sum_horizontal("営業等所得金額", "農業所得金額", "不動産所得金額"),
        譲渡所得金額=pl.sum_horizontal("分離譲渡所得金額", "株式等所得金額"),
        その他所得金額=pl.sum_horizontal(
            "利子配当所得金額", "その他雑所得金額", "総合譲渡一時所得金額", "山林所得金額"
        ),
    )
    return to_layout(
        AREA,
        "後期所得",
        pl.DataFrame(
            {
                **b.head(who, len(who)),
                "賦課年度": insured.constant(str(y.year), len(who)),
                "所得履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "申告区分": rows["paper"].replace_strict(PAPERS, return_dtype=pl.String),
                **{name: rows[name] for name in insured.INCOMES[:4]},
                **{name: sums[name] for name in sums.columns},
                "総所得金額等": rows["総所得金額等"],
                "基礎控除額": number(np.full(len(who), DEDUCTION)),
                "賦課基準所得金額": rows["base"],
                "軽減判定所得金額": rows["relief"],
                "市町村民税課税区分": digits(rows["taxed"], 1),
                "広域連合送信年月日": dates(
                    np.where(mix(who + serial, 25_101) % 25 == 0, NO_DAY, np.minimum(when + 6, b.base))
                ),
                **b.stamp(who * 10 + serial, when),
            }
        ),
    )


@dataclass(frozen=True)
class Judged:
    """負担区分判定 of a year as arrays, ordered by person and begin; ``at``: position among the insured."""

    year: int
    at: Ints
    start: Ints
    finish: Ints
    reason: Ints
    share: Ints
    category: Ints
    taxable: Ints
    receipts: Ints
    lowered: Bools
    untaxed: Bools


def judge(b: Book, y: Incomes) -> Judged:
    """Every insured person from August (or the start of the insurance), some again later."""
    i, p = b.i, b.p
    turn, finish = day(y.year, 8, 1), day(y.year + 1, 7, 31)
    held = np.flatnonzero(i.overlap(turn, finish) & (i.start <= b.base))
    start = np.maximum(turn, i.start[held])
    later = first_day(month_index(start + 45 + mix(held * 7 + y.year, 25_111) % 200))
    open_ = (i.end[held] == NO_DAY) | (i.end[held] > later)
    again = np.flatnonzero(
        (mix(held * 7 + y.year, 25_112) % 18 == 0) & open_ & (later > start) & (later <= min(finish, b.base - 10))
    )
    at = np.concatenate([held, held[again]])
    begin = np.concatenate([start, later[again]])
    reason = np.concatenate([np.where(start == turn, 1, 2), np.where(mix(held[again], 25_113) % 2 == 0, 3, 4)])
    order = np.lexsort((begin, at))
    at, begin, reason = at[order], begin[order], reason[order]
    _, last = numbered(at)
    until = np.where(last, finish, np.append(begin[1:], finish)[: len(begin)] - 1)
    who = i.who[at]
    hid = p.hid[i.who[held]]
    count = int(p.hid.max()) + 1

    def by_home(values: Ints) -> Ints:
        return np.bincount(hid, weights=values, minlength=count).astype(np.int64)

    insured_of = i.who[held]
    taxable = np.zeros(count, np.int64)
    np.maximum.at(taxable, hid, y.base[insured_of] * 8 // 10_000 * 1000)
    receipts = by_home(y.receipts[insured_of])
    people = by_home(np.ones(len(held), np.int64))
    free = by_home((y.taxed[insured_of] != 0).astype(np.int64)) == 0
    nothing = by_home(y.total[insured_of]) == 0
    home = p.hid[who]
    most, got = taxable[home], receipts[home]
    lowered = (most >= 1_450_000) & ~free[home] & (got < np.where(people[home] > 1, 5_200_000, 3_830_000))
    second = (most >= 280_000) & (got >= np.where(people[home] > 1, 3_200_000, 2_000_000)) & (until >= TWO_TENTHS)
    category = np.select(
        [
            free[home] & nothing[home],
            free[home],
            lowered,
            most >= 6_900_000,
            most >= 3_800_000,
            most >= 1_450_000,
            second,
        ],
        [16, 15, np.where(second, 17, 14), 11, 12, 13, 17],
        14,
    )
    share = np.select([np.isin(category, (11, 12, 13)), category == 17], [3, 2], 1)
    return Judged(
        y.year,
        at,
        begin,
        until,
        np.where(lowered & (reason == 1), 5, reason),
        share,
        category,
        most,
        got,
        lowered,
        free[home],
    )


def judgements(b: Book, j: Judged) -> pl.DataFrame:
    """負担区分判定 of a year."""
    who = b.i.who[j.at]
    serial, latest = numbered(j.at)
    when = np.where(j.start == day(j.year, 8, 1), day(j.year, 7, 10), np.minimum(j.start + 3, b.base))
    return to_layout(
        AREA,
        "負担区分判定",
        pl.DataFrame(
            {
                **b.head(who, len(who)),
                "判定年度": insured.constant(str(j.year), len(who)),
                "判定履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "被保険者番号": b.insured_number(who),
                "判定事由": digits(j.reason, 1),
                "適用開始年月日": dates(j.start),
                "適用終了年月日": dates(j.finish),
                "一部負担金割合": digits(j.share, 1),
                "高額療養費所得区分": digits(j.category, 2),
                "課税標準額_世帯最大": number(j.taxable),
                "収入金額_世帯合計": number(j.receipts, j.category != 15),
                "基準収入額適用フラグ": flag(j.lowered),
                "基準収入額適用申請年月日": dates(np.where(j.lowered, j.start - 20, NO_DAY)),
                "世帯非課税フラグ": flag(j.untaxed),
                **b.stamp(who * 10 + serial, when),
            }
        ),
    )


def categories(judged: list[Judged]) -> pl.DataFrame:
    """The newest judgement of each insured person and year: at, year, category, share."""
    return pl.concat(
        pl.DataFrame({"at": j.at, "category": j.category, "share": j.share})
        .unique("at", keep="last", maintain_order=True)
        .with_columns(year=pl.lit(j.year, dtype=pl.Int64))
        .select("at", "year", "category", "share")
        for j in judged
    )
