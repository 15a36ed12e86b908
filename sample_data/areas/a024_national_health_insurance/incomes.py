"""Incomes of insured people by year (国保所得), and what is judged from them (負担区分判定)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas import insured
from sample_data.areas.a024_national_health_insurance.members import overlap
from sample_data.areas.a024_national_health_insurance.registers import AREA, Book
from sample_data.areas.insured import constant, first_day, month_index, numbered
from sample_data.plugin import Truth
from sample_data.tax.frames import NO_DAY, Bools, Ints, choose, dates, day, digits, flag, mix, number, text, to_layout

PAPERS = {"1": "3", "2": "4", "3": "1", "4": "2", "5": "5", "6": "9", "9": "6"}
"""課税根拠資料区分 of area 010 -> 申告区分."""
TAXED = {"1": 2, "2": 1, "3": 0, "4": 9, "5": 9, "6": 0, "9": 9}
"""課税区分 of area 010 -> 市町村民税課税区分."""


@dataclass(frozen=True)
class Incomes:
    """One year: the rows of 国保所得, and arrays over all residents of the newest of each."""

    year: int
    rows: pl.DataFrame
    """Columns who, revision, latest, when, paper, taxed, relief, and the income items."""
    total: Ints
    base: Ints
    relief: Ints
    """軽減判定所得金額."""
    taxed: Ints
    """市町村民税課税区分."""
    receipts: Ints
    """Salaries and pensions before deductions."""
    pension: Ints


def deduction(year: int) -> int:
    """基礎控除額 of the 旧ただし書 income."""
    return 430_000 if year >= 2021 else 330_000


def of_year(b: Book, levied: Truth, year: int, extra: Ints) -> Incomes:
    """Incomes of who is insured in ``year`` and of ``extra`` (heads who pay)."""
    s, p = b.s, b.p
    who = np.union1d(s.who[overlap(s, day(year, 4, 1), day(year + 1, 3, 31)) & (s.start < b.base)], extra)
    known = insured.incomes(levied, year, p.frame["atena"]).filter(pl.col("who").is_in(who))
    missing = np.setdiff1d(who, known["who"].to_numpy())
    adult = p.age(day(year, 1, 1), missing) >= 18
    nothing = pl.DataFrame(
        {
            "who": missing,
            "revision": number(np.zeros(len(missing), np.int64)),
            "latest": np.ones(len(missing), bool),
            "when": np.full(len(missing), day(year, 6, 1)),
            "paper": choose(["6", "9"], adult.astype(np.int64)),
            "status": choose(["6", "4"], adult.astype(np.int64)),
            **{name: number(np.zeros(len(missing), np.int64)) for name in insured.INCOMES},
        }
    )
    senior = pl.Series("senior", p.age(day(year, 1, 1), np.arange(p.size)) >= 65)
    rows = (
        pl.concat([known.select(nothing.columns).cast(nothing.schema), nothing])
        .sort("who", "revision")
        .with_columns(
            taxed=pl.col("status").replace_strict(TAXED, return_dtype=pl.Int64),
            senior=senior.gather(pl.concat([known["who"], nothing["who"]]).sort()),
        )
    )
    special = pl.when("senior").then(pl.min_horizontal("公的年金等雑所得金額", pl.lit(150_000))).otherwise(0)
    rows = rows.with_columns(
        base=(pl.col("総所得金額等") - deduction(year)).clip(0),
        relief=(pl.col("総所得金額等") + pl.col("専従者給与控除額") - special).clip(0),
        receipts=pl.col("給与収入金額") + pl.col("公的年金等収入金額"),
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
        spread("総所得金額等"),
        spread("base"),
        spread("relief"),
        spread("taxed", 9),
        spread("receipts"),
        spread("公的年金等収入金額"),
    )


def incomes(b: Book, y: Incomes) -> pl.DataFrame:
    """国保所得 of a year."""
    rows = y.rows
    who = rows["who"].to_numpy()
    serial, latest = numbered(who)
    when = np.minimum(rows["when"].to_numpy() + 25, b.base)
    return to_layout(
        AREA,
        "国保所得",
        pl.DataFrame(
            {
                "市区町村コード": constant(b.code, len(who)),
                "宛名番号": b.atena(who),
                "賦課年度": constant(str(y.year), len(who)),
                "所得履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "申告区分": rows["paper"].replace_strict(PAPERS, return_dtype=pl.String),
                **{name: rows[name] for name in insured.INCOMES},
                "基礎控除額": number(np.full(len(who), deduction(y.year))),
                "基準総所得金額": rows["base"],
                "軽減判定所得金額": rows["relief"],
                "市町村民税課税区分": digits(rows["taxed"], 1),
                **b.stamp(who * 10 + serial, when),
            }
        ),
    )


@dataclass(frozen=True)
class Judged:
    """負担区分判定 of a year as arrays, ordered by person, and begin."""

    year: int
    spell: Ints
    start: Ints
    finish: Ints
    reason: Ints
    decided: Ints
    senior: Bools
    category: Ints
    share: Ints
    base: Ints
    taxable: Ints
    receipts: Ints
    lowered: Bools
    untaxed: Bools


def judge(b: Book, y: Incomes) -> Judged:
    """Every insured person from August (or the start of the insurance), at the age of 70, and after a correction."""
    s, p, h = b.s, b.p, b.h
    turn, finish = day(y.year, 8, 1), day(y.year + 1, 7, 31)
    held = np.flatnonzero(overlap(s, turn, finish) & (s.start < b.base - 12))
    start = np.maximum(turn, s.start[held])
    birthday = p.birthday(70, s.who[held])
    # From the month after the birthday; who is born on the first of a month from that month.
    at70 = first_day(month_index(birthday - 1) + 1)
    grows = np.flatnonzero(
        (at70 > start) & (at70 <= min(finish, b.base)) & ((s.end[held] == NO_DAY) | (s.end[held] > at70))
    )
    later = first_day(month_index(start + 45 + mix(held * 7 + y.year, 24_201) % 200))
    open_ = (s.end[held] == NO_DAY) | (s.end[held] > later)
    again = np.flatnonzero(
        (mix(held * 7 + y.year, 24_202) % 25 == 0)
        & open_
        & (later > start)
        & (later <= min(finish, b.base - 10))
        & (later != at70)
    )
    spell = np.concatenate([held, held[grows], held[again]])
    begin = np.concatenate([start, at70[grows], later[again]])
    reason = np.concatenate(
        [np.where(start == turn, 1, 3), np.full(len(grows), 2), np.where(mix(held[again], 24_203) % 2 == 0, 3, 4)]
    )
    order = np.lexsort((begin, s.who[spell]))
    spell, begin, reason = spell[order], begin[order], reason[order]
    who = s.who[spell]
    _, last = numbered(who)
    until = np.where(last, finish, np.append(begin[1:], finish)[: len(begin)] - 1)
    until = np.maximum(until, begin)
    senior = p.age(begin, who) >= 70
    count = h.size
    home = s.home[held]
    member = s.who[held]
    old = p.age(turn, member) >= 70

    def by_home(values: Ints) -> Ints:
        return np.bincount(home, weights=values, minlength=count).astype(np.int64)

    base_sum = by_home(y.base[member])
    free = (by_home((y.taxed[member] != 0).astype(np.int64)) == 0) & (y.taxed[h.head] == 0)
    nothing = by_home(y.total[member]) == 0
    seniors = by_home(old.astype(np.int64))
    receipts = by_home(y.receipts[member] * old)
    taxable = np.zeros(count, np.int64)
    np.maximum.at(taxable, home, np.where(old, y.base[member] * 8 // 10_000 * 1000, 0))
    of = s.home[spell]
    young = np.select(
        [free[of], base_sum[of] > 9_010_000, base_sum[of] > 6_000_000, base_sum[of] > 2_100_000], [5, 1, 2, 3], 4
    )
    own = np.maximum(taxable[of], y.base[who] * 8 // 10_000 * 1000)
    aged = np.select(
        [free[of] & nothing[of], free[of], own >= 6_900_000, own >= 3_800_000, own >= 1_450_000],
        [16, 15, 11, 12, 13],
        14,
    )
    got = np.maximum(receipts[of], y.receipts[who])
    lowered = senior & (aged == 13) & (got < np.where(seniors[of] > 1, 5_200_000, 3_830_000))
    aged = np.where(lowered, 14, aged)
    category = np.where(senior, aged, young)
    share = np.where(senior, np.where((aged >= 11) & (aged <= 13), 3, 2), 0)
    decided = np.where(reason == 1, day(y.year, 7, 10), np.minimum(begin + 3, b.base))
    return Judged(
        y.year,
        spell,
        begin,
        until,
        np.where(lowered & (reason == 1), 5, reason),
        decided,
        senior,
        category,
        share,
        base_sum[of],
        own,
        got,
        lowered,
        free[of],
    )


def judgements(b: Book, j: Judged) -> pl.DataFrame:
    """負担区分判定 of a year."""
    who = b.s.who[j.spell]
    serial, latest = numbered(who)
    return to_layout(
        AREA,
        "負担区分判定",
        pl.DataFrame(
            {
                "市区町村コード": constant(b.code, len(who)),
                "宛名番号": b.atena(who),
                "判定年度": constant(str(j.year), len(who)),
                "判定履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "国保世帯番号": b.home_number(b.s.home[j.spell]),
                "判定事由": digits(j.reason, 1),
                "判定年月日": dates(j.decided),
                "適用開始年月日": dates(j.start),
                "適用終了年月日": dates(j.finish),
                "高齢受給者フラグ": flag(j.senior),
                "高額療養費所得区分": digits(j.category, 2),
                "一部負担金割合": text(digits(j.share, 1), j.senior),
                "世帯課税標準額": number(j.taxable, j.senior),
                "世帯基準総所得金額": number(j.base),
                "世帯収入金額": number(j.receipts, j.lowered),
                "基準収入額適用フラグ": flag(j.lowered),
                "世帯非課税フラグ": flag(j.untaxed),
                **b.stamp(who * 10 + serial, j.decided),
            }
        ),
    )


def categories(judged: list[Judged]) -> pl.DataFrame:
    """The newest judgement of each spell and year: spell, year, category, share."""
    return pl.concat(
        pl.DataFrame({"spell": j.spell, "category": j.category, "share": j.share})
        .unique("spell", keep="last", maintain_order=True)
        .with_columns(year=pl.lit(j.year, dtype=pl.Int64))
        .select("spell", "year", "category", "share")
        for j in judged
    )
