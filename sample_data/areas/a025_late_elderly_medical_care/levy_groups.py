"""Groups of area 025 about premiums: 保険料賦課, 保険料期割, 特別徴収対象者; 保険料減免 follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import polars as pl

from sample_data.areas.a025_late_elderly_medical_care.incomes import Incomes
from sample_data.areas.a025_late_elderly_medical_care.register import AREA, Book
from sample_data.areas.insured import Notices, april, constant, month_text, months_in, numbered, pension_ids
from sample_data.tax.frames import NO_DAY, Bools, Ints, choose, dates, digits, flag, mix, number, text, to_layout
from sample_data.tax.pool import uniform

PAYMENTS = np.array([4, 6, 8, 10, 12, 14])
"""Months of the pension payments (14 = February)."""
PAYMENT_ITEMS = ("仮徴収額_4月", "仮徴収額_6月", "仮徴収額_8月", "本徴収額_10月", "本徴収額_12月", "本徴収額_2月")
RATES = ((2024, 57_012, 1152), (2022, 53_847, 1034), (0, 52_444, 1028))
"""First year, 均等割 (yen), 所得割率 (per cent, two decimals) of 山口県; the older ones are near enough."""


def rates(year: int) -> tuple[int, int]:
    """均等割, 所得割率 in hundredths of a per cent."""
    return next((flat, rate) for first, flat, rate in RATES if year >= first)


@dataclass(frozen=True)
class Levied:
    """The levy rows of one year taken apart; parallel arrays, ordered by notice and revision."""

    year: int
    steps: Ints
    notice: Ints
    who: Ints
    at: Ints
    """Position among the insured."""
    revision: Ints
    when: Ints
    latest: Bools
    low: Ints
    """First and last month, 0 = April."""
    high: Ints
    whole: Ints
    flat: Ints
    tenths: Ints
    relief: Ints
    dependent: Ints
    """旧被扶養者軽減額."""
    by_income: Ints
    waived: Ints
    base: Ints


def work_out(b: Book, n: Notices, year: int) -> Levied:
    """Takes the yearly amounts of area 014 apart: the equal share, its reduction, and the rest by income."""
    steps = np.flatnonzero(n.year[n.step_notice] == year)
    notice = n.step_notice[steps]
    who = n.payer[notice]
    at = b.i.at(who)
    row, claim, changed = n.rows(steps)
    due = np.where(changed, n.c.now[claim], n.c.first[claim])
    whole = np.bincount(row, weights=due, minlength=len(steps)).astype(np.int64)
    low, high = months_in(b.i.start[at], b.i.end[at], n.year[notice])
    full, rate = rates(year)
    flat = full * (high - low + 1) // 12
    tenths = np.full(len(steps), 7)
    for smaller in (5, 2, 0):
        tenths = np.where(flat - flat * smaller // 10 <= whole, smaller, tenths)
    relief = flat * tenths // 10
    rest = whole - flat + relief
    # Former dependants: five tenths of the equal share for two years, told apart from the common reduction.
    fresh = (b.i.start_reason[at] == 1) & (mix(who, 25_036) % 18 == 0) & (b.i.start[at] > april(n.year[notice] - 2))
    moved = fresh & (tenths == 5)
    # A few are let off a quarter.
    waived = np.maximum(-rest, 0) + np.where(mix(notice, 25_203) % 220 == 7, whole // 400 * 100, 0)
    by_income = rest + waived
    return Levied(
        year,
        steps,
        notice,
        who,
        at,
        n.step_revision[steps],
        np.minimum(n.step_day[steps], b.base),
        n.step_latest[steps],
        low,
        high,
        whole,
        flat,
        np.where(moved, 0, tenths),
        np.where(moved, 0, relief),
        np.where(moved, relief, 0),
        by_income,
        waived,
        by_income * 10_000 // rate * 12 // (high - low + 1),
    )


def _key(b: Book, v: Levied, row: Ints) -> dict[str, pl.Series]:
    return {
        **b.head(v.who[row], len(row)),
        "賦課年度": constant(str(v.year), len(row)),
        "相当年度": constant(str(v.year), len(row)),
        "更正履歴番号": number(v.revision[row]),
    }


def levied(b: Book, n: Notices, v: Levied) -> pl.DataFrame:
    """保険料賦課."""
    row = np.arange(len(v.steps))
    withheld = n.account[v.notice] == 71
    zero = np.zeros(len(row), np.int64)
    drawn = mix(v.notice * 20 + v.revision, 25_201) % 10
    first = v.revision == 0
    reason = np.select([first, v.waived > 0, drawn < 3, drawn < 8, drawn < 9], [1, 5, 2, 3, 4], 7)
    late = v.when >= april(np.full(len(row), v.year + 1))
    month = (v.year - 1970) * 12 + 3
    rate = Decimal(rates(v.year)[1]).scaleb(-2)
    return to_layout(
        AREA,
        "保険料賦課",
        pl.DataFrame(
            {
                **_key(b, v, row),
                "最新フラグ": flag(v.latest),
                "被保険者番号": b.insured_number(v.who),
                "通知書番号": digits(n.c.notice[n.first[v.notice]], 15),
                "賦課区分": digits(np.select([first, late], [2, 4], 3), 1),
                "更正事由": digits(reason, 2),
                "賦課決定年月日": dates(v.when),
                "賦課開始年月": month_text(month + v.low),
                "賦課終了年月": month_text(month + v.high),
                "賦課月数": number(v.high - v.low + 1),
                "賦課基準所得金額": number(v.base),
                "所得割率": pl.Series([rate], dtype=pl.Decimal(38, 2)).gather(zero),
                "所得割額": number(v.by_income),
                "均等割額": number(v.flat),
                "均等割軽減区分": digits(v.tenths, 1),
                "均等割軽減額": number(v.relief),
                "旧被扶養者軽減額": number(v.dependent),
                "限度超過額": number(zero),
                "減免額": number(v.waived),
                "基礎賦課額": number(v.whole),
                **{f"子ども_{item}": number(zero) for item in ("所得割額", "均等割額", "軽減額", "賦課額")},
                "年間保険料額": number(v.whole),
                "特別徴収額": number(np.where(withheld, v.whole, 0)),
                "普通徴収額": number(np.where(withheld, 0, v.whole)),
                "広域連合受信年月日": dates(
                    np.where(mix(v.notice + v.revision, 25_202) % 40 == 0, NO_DAY, np.minimum(v.when + 1, b.base))
                ),
                **b.stamp(v.notice * 20 + v.revision, v.when),
            }
        ),
    )


def installments(b: Book, n: Notices, v: Levied) -> pl.DataFrame:
    """保険料期割."""
    row, claim, changed = n.rows(v.steps)
    amount = np.where(changed, n.c.now[claim], n.c.first[claim])
    before = np.where(n.rank[claim] < v.revision[row], n.c.now[claim], n.c.first[claim])
    withheld = n.c.kam[claim] == 71
    period = n.c.period[claim]
    month = (v.year - 1970) * 12 + PAYMENTS[np.minimum(period, 6) - 1] - 1
    who = v.who[row]
    # Who pays from a bank account: the choice of area 014.
    share = np.where(b.careless[who], 0.06, 0.44)
    by_account = ~withheld & (uniform(who * 100 + 70, 971) < share)
    return to_layout(
        AREA,
        "保険料期割",
        pl.DataFrame(
            {
                **_key(b, v, row),
                "徴収区分": choose(["1", "2"], withheld.astype(np.int64)),
                "期別": digits(period, 2),
                "通知書番号": digits(n.c.notice[claim], 15),
                "期割保険料額": number(amount),
                "納期限": dates(np.where(withheld, NO_DAY, n.c.due[claim])),
                "年金支払年月": month_text(month, withheld),
                "調定年月日": dates(v.when[row]),
                "変更前期割保険料額": number(before, v.revision[row] > 0),
                "口座振替フラグ": flag(by_account),
                **b.stamp(v.notice[row] * 20 + v.revision[row], v.when[row]),
            }
        ),
    )


def withheld(b: Book, n: Notices, years: Mapping[int, Incomes]) -> pl.DataFrame:
    """特別徴収対象者: who is withheld from a pension (a row more where it changed), and those who are not."""
    payer, year = n.payer, n.year
    on_pension = n.account == 71
    at = b.i.at(payer)
    end = b.i.end[at]
    stops = (end != NO_DAY) & (end > april(year)) & (end < april(year + 1))
    changes = np.bincount(n.of, weights=n.c.revised != NO_DAY, minlength=len(payer)) > 0
    last_day = np.full(len(payer), NO_DAY)
    np.maximum.at(last_day, n.of, n.c.revised)
    first = np.flatnonzero(on_pension)
    second = first[changes[first] | stops[first]]
    others = np.flatnonzero(~on_pension)
    notice = np.concatenate([first, second, others])
    block = np.repeat([0, 1, 2], [len(first), len(second), len(others)])
    order = np.lexsort((block, year[notice], payer[notice]))
    notice, block = notice[order], block[order]
    who = payer[notice]
    serial, latest = numbered(who * 10_000 + year[notice])
    grid = np.zeros((2, len(payer), 6), np.int64)
    some = np.flatnonzero(n.c.kam == 71)
    for k, source in enumerate((n.c.first, n.c.now)):
        grid[k, n.of[some], n.c.period[some] - 1] = source[some]
    newest = latest & (block < 2)
    amounts = np.where((block == 2)[:, None], 0, np.where(newest[:, None], grid[1][notice], grid[0][notice]))
    drawn = mix(notice, 25_211) % 20
    candidate = (block == 2) & (b.i.start[at[notice]] > april(year[notice]) - 200)
    excluded = np.select([drawn < 6, drawn < 10, drawn < 17, drawn < 19], [5, 6, 7, 8], 4)
    stopped = (block == 1) & stops[notice]
    state = np.select([candidate, block == 2, stopped & (b.base - end[notice] < 40), stopped], [1, 9, 4, 5], 3)
    cause = np.select([np.isin(b.i.end_reason[at], (1, 6)), b.i.end_reason[at] == 2], [1, 2], 3)[notice]
    income = np.zeros(len(notice), np.int64)
    for each, y in years.items():
        here = year[notice] == each
        income[here] = y.pension[who[here]]
    income = np.where(income >= 180_000, np.minimum(income, 9_999_999), 420_000 + mix(who, 25_212) % 900_000)
    small = (state == 9) & (excluded == 6)
    income = np.where(small, 60_000 + mix(who, 25_213) % 110_000, income)
    stop_day = np.where(stopped, np.minimum(end[notice] + 8, b.base), NO_DAY)
    spring = april(year[notice])
    when = np.select(
        [stopped, block == 1],
        [stop_day, np.maximum(last_day[notice], spring)],
        spring + 10 + mix(notice, 25_214) % 20,
    )
    begins = (year[notice] - 1970) * 12 + 3
    out = state == 9
    return to_layout(
        AREA,
        "特別徴収対象者",
        pl.DataFrame(
            {
                **b.head(who, len(who)),
                "賦課年度": digits(year[notice], 4),
                "特別徴収履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "被保険者番号": b.insured_number(who),
                **pension_ids(who),
                "捕捉年月": month_text(begins - np.where(mix(notice, 25_215) % 5 == 0, 2, 6)),
                "特別徴収対象年金額": number(income),
                "介護保険料_支払回数割額": number(8_000 + mix(who, 24_324) % 90 * 100, mix(who, 24_325) % 9 > 0),
                "二分の一超フラグ": flag(out & (excluded == 4)),
                "特別徴収状態": digits(state, 1),
                "特別徴収開始年月": month_text(begins, block < 2),
                **{name: number(amounts[:, k]) for k, name in enumerate(PAYMENT_ITEMS)},
                "依頼年月日": dates(
                    np.where(block < 2, np.minimum(spring - 75 + mix(notice, 25_216) % 8, b.base), NO_DAY)
                ),
                "処理結果コード": text(choose(["00", "00", "00", "00", "21"], mix(notice, 25_217) % 5), block < 2),
                "特別徴収中止年月日": dates(stop_day),
                "特別徴収中止事由": text(digits(np.where(out, excluded, cause), 2), out | stopped),
                **b.stamp(notice * 3 + block, when),
            }
        ),
    )


def reductions(b: Book, every: list[Levied]) -> pl.DataFrame:
    """保険料減免: behind each waived premium, and what was asked for otherwise."""
    who = np.concatenate([v.who[v.latest] for v in every])
    year = np.concatenate([np.full(int(v.latest.sum()), v.year) for v in every])
    amount = np.concatenate([v.waived[v.latest] for v in every])
    day_ = np.concatenate([v.when[v.latest] for v in every])
    drawn = mix(who * 10 + year % 10, 25_221) % 300
    waived = amount > 0
    chosen = np.flatnonzero(waived | (drawn < 2))
    chosen = chosen[np.lexsort((year[chosen], who[chosen]))]
    who, year, amount, day_ = who[chosen], year[chosen], amount[chosen], day_[chosen]
    waived, drawn = waived[chosen], drawn[chosen]
    later = ~waived & (drawn == 0)
    result = np.where(waived | later, 1, np.where(mix(who, 25_222) % 3 == 0, 3, 2))
    asked = np.minimum(np.maximum(day_ - 40 + mix(who, 25_223) % 20, april(year) + 5), b.base)
    decided = np.minimum(asked + 25, b.base)
    share = np.where(waived, 20 + mix(who, 25_224) % 5 * 20, 0)
    granted = waived & (result == 1)
    return to_layout(
        AREA,
        "保険料減免",
        pl.DataFrame(
            {
                **b.head(who, len(who)),
                "賦課年度": digits(year, 4),
                "減免申請番号": number(np.ones(len(who), np.int64)),
                "減免種別": digits(np.where(later, 2, 1), 1),
                "減免事由": choose(["01", "02", "03", "04", "99"], mix(who, 25_225) % 5),
                "申請年月日": dates(asked),
                "広域連合進達年月日": dates(np.where(result == 3, NO_DAY, np.minimum(asked + 4, b.base))),
                "決定区分": digits(result, 1),
                "決定年月日": dates(np.where(result == 3, NO_DAY, decided)),
                "減免割合": pl.select(
                    pl.when(pl.Series(granted)).then(pl.Series(share).cast(pl.Decimal(38, 2)))
                ).to_series(),
                "決定減免額": number(amount, granted),
                "猶予期限年月日": dates(np.where(later, decided + 150, NO_DAY)),
                **b.stamp(who * 10 + year % 10, decided),
            }
        ),
    )
