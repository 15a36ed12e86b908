"""Groups of area 024 about premiums: 保険料賦課, 保険料賦課個人, 保険料期別, 特別徴収対象者."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from sample_data.areas.a024_national_health_insurance.incomes import Incomes
from sample_data.areas.a024_national_health_insurance.premiums import PARTS, Levies, Premiums, levies
from sample_data.areas.a024_national_health_insurance.registers import AREA, Book
from sample_data.areas.insured import april, constant, month_text, numbered, pension_ids
from sample_data.tax.frames import NO_DAY, Ints, choose, dates, digits, flag, mix, number, text, to_layout

CHILDREN = "子ども"
"""A part that exists from 令和8年度 only."""
PAYMENTS = np.array([4, 6, 8, 10, 12, 14])
"""Months of the pension payments (14 = February)."""
PAYMENT_ITEMS = ("仮徴収額_4月", "仮徴収額_6月", "仮徴収額_8月", "本徴収額_10月", "本徴収額_12月", "本徴収額_2月")


class Ledger:
    """The levy rows of one year, worked out once for three groups."""

    def __init__(self, b: Book, m: Premiums, year: int, income: Incomes | None) -> None:
        n = m.notices
        self.b, self.m, self.year, self.income = b, m, year, income
        self.steps = np.flatnonzero(n.year[n.step_notice] == year)
        base = income.base[m.member_who] if income else np.zeros(len(m.member_who), np.int64)
        self.levied: Levies = levies(m, self.steps, base)

    @property
    def notice(self) -> Ints:
        return self.m.notices.step_notice[self.steps]

    @property
    def revision(self) -> Ints:
        return self.m.notices.step_revision[self.steps]

    @property
    def when(self) -> Ints:
        return np.minimum(self.m.notices.step_day[self.steps], self.b.base)

    def key(self, at: Ints) -> dict[str, pl.Series]:
        """The key of levy rows (positions in ``steps``)."""
        n = self.m.notices
        return {
            "市区町村コード": constant(self.b.code, len(at)),
            "賦課年度": constant(str(self.year), len(at)),
            "相当年度": constant(str(self.year), len(at)),
            "通知書番号": digits(n.c.notice[n.first[self.notice[at]]], 15),
            "更正履歴番号": number(self.revision[at]),
        }

    def stamp(self, at: Ints) -> dict[str, pl.Series]:
        return self.b.stamp(self.notice[at] * 20 + self.revision[at], self.when[at])


def levied(o: Ledger) -> pl.DataFrame:
    """保険料賦課."""
    b, m, n = o.b, o.m, o.m.notices
    at = np.arange(len(o.steps))
    notice, revision, when = o.notice, o.revision, o.when
    payer = n.payer[notice]
    amounts: Mapping[str, Mapping[str, Ints]] = o.levied.amounts
    whole: Ints = np.sum([amounts[part]["賦課額"] for part in PARTS], axis=0, dtype=np.int64)
    withheld = n.account[notice] == 51
    zero = np.zeros(len(at), np.int64)
    waived = np.sum([amounts[part]["減免額"] for part in PARTS], axis=0) > 0
    drawn = mix(notice * 20 + revision, 24_301) % 10
    reason = np.select([revision == 0, waived, drawn < 4, drawn < 7, drawn < 8, drawn < 9], [1, 5, 2, 3, 4, 6], 7)
    late = when >= april(np.full(len(at), o.year + 1))
    people = m.per_notice(np.ones(len(m.member_who), bool))[notice]
    if o.income:
        relief = m.per_notice(o.income.relief[m.member_who])[notice]
        formal = b.h.formal[m.home[notice]]
        relief = relief + np.where(formal, o.income.relief[payer], 0)
    else:
        relief = zero
    moved = np.zeros(b.h.size, np.int64)
    gone = b.s.end_reason == 5
    np.maximum.at(moved, b.s.home[gone], b.s.end[gone])
    since = moved[m.home[notice]]
    special = (since > 0) & (since < april(np.full(len(at), o.year + 1))) & (people == 1)
    return to_layout(
        AREA,
        "保険料賦課",
        pl.DataFrame(
            {
                **o.key(at),
                "最新フラグ": flag(n.step_latest[o.steps]),
                "国保世帯番号": b.home_number(m.home[notice]),
                "納付義務者_宛名番号": b.atena(payer),
                "料税区分": constant("1", len(at)),
                "算定区分": digits(np.select([revision == 0, late], [2, 4], 3), 1),
                "更正事由": digits(reason, 2),
                "賦課決定年月日": dates(when),
                "通知年月日": dates(
                    np.where(mix(notice + revision, 24_302) % 40 == 0, NO_DAY, np.minimum(when + 4, b.base))
                ),
                "軽減区分": digits(o.levied.reduction, 1),
                "軽減判定所得合計額": number(relief),
                "被保険者数": number(people),
                "介護該当者数": number(m.per_notice(m.care_months > 0)[notice]),
                "未就学児数": number(m.per_notice(m.preschool)[notice]),
                "特定世帯区分": digits(
                    np.where(special, np.where(since > april(np.full(len(at), o.year - 4)), 1, 2), 0), 1
                ),
                "医療_資産割額": number(zero),
                **{f"{part}_{item}": number(values) for part in PARTS for item, values in amounts[part].items()},
                **{f"{part}_限度超過額": number(zero) for part in PARTS},
                **{
                    f"{CHILDREN}_{item}": number(zero)
                    for item in (
                        "所得割額",
                        "均等割額",
                        "18歳以上均等割額",
                        "平等割額",
                        "軽減額",
                        "限度超過額",
                        "減免額",
                        "賦課額",
                    )
                },
                "年間保険料額": number(whole),
                "特別徴収額": number(np.where(withheld, whole, 0)),
                "普通徴収額": number(np.where(withheld, 0, whole)),
                **o.stamp(at),
            }
        ),
    )


def members(o: Ledger) -> pl.DataFrame:
    """保険料賦課個人."""
    b, m = o.b, o.m
    at, member = o.levied.share_row, o.levied.share_member
    who = m.member_who[member]
    shares = o.levied.shares
    april_month = (o.year - 1970) * 12 + 3
    low, high = m.member_low[member], m.member_high[member]
    # Where area 010 knows nothing of the year, the income is what its premium tells.
    base = o.income.base[who] if o.income else shares["医療"]["所得割額"] * 1000 // 75
    spell = m.member_spell[member]
    jobless = (
        (b.s.start_reason[spell] == 2)
        & (mix(who, 24_311) % 40 == 0)
        & (b.s.start[spell] >= april(np.full(len(who), o.year - 1)))
    )
    mother = (
        ~b.p.male[who]
        & (b.p.age(april(np.full(len(who), o.year)), who) < 42)
        & (mix(who * 5 + o.year, 24_312) % 45 == 0)
    )
    mother &= (b.p.age(april(np.full(len(who), o.year)), who) > 20) & (o.year >= 2024)
    order = np.lexsort((b.s.branch[spell], at))
    frame = pl.DataFrame(
        {
            **o.key(at),
            "宛名番号": b.atena(who),
            "賦課開始年月": month_text(april_month + low),
            "賦課終了年月": month_text(april_month + high),
            "医療賦課月数": number(m.months[member]),
            "介護賦課月数": number(m.care_months[member]),
            "基準総所得金額": number(base),
            **{f"{part}_{item}": number(values) for part in PARTS for item, values in shares[part].items()},
            f"{CHILDREN}_所得割額": number(np.zeros(len(at), np.int64)),
            f"{CHILDREN}_均等割額": number(np.zeros(len(at), np.int64)),
            "未就学児フラグ": flag(m.preschool[member]),
            "特例対象被保険者フラグ": flag(jobless),
            "産前産後免除額": number(np.where(mother, shares["医療"]["均等割額"] * 4 // 12, 0)),
            **o.stamp(at),
        }
    )
    return to_layout(AREA, "保険料賦課個人", frame[pl.Series(order)])


def installments(o: Ledger) -> pl.DataFrame:
    """保険料期別."""
    n = o.m.notices
    at, claim, changed = n.rows(o.steps)
    parts = {part: np.where(changed, o.m.now[part][claim], o.m.first[part][claim]) for part in PARTS}
    withheld = n.c.kam[claim] == 51
    period = n.c.period[claim]
    month = (o.year - 1970) * 12 + PAYMENTS[np.minimum(period, 6) - 1] - 1
    return to_layout(
        AREA,
        "保険料期別",
        pl.DataFrame(
            {
                **o.key(at),
                "徴収区分": choose(["1", "2"], withheld.astype(np.int64)),
                "期別": digits(period, 2),
                "期別保険料額": number(np.sum(list(parts.values()), axis=0, dtype=np.int64)),
                **{f"期別_{part}額": number(values) for part, values in parts.items()},
                f"期別_{CHILDREN}額": number(np.zeros(len(at), np.int64)),
                "納期限": dates(np.where(withheld, NO_DAY, n.c.due[claim])),
                "年金支払年月": month_text(month, withheld),
                "調定年月日": dates(o.when[at]),
                **o.stamp(at),
            }
        ),
    )


def withheld(b: Book, m: Premiums, years: Mapping[int, Incomes]) -> pl.DataFrame:
    """特別徴収対象者: who is withheld from a pension (a row more where it changed), and heads of 65 and over who are
    not."""
    n = m.notices
    year, payer = n.year, n.payer
    kept = np.isin(year, list(years))
    old = b.p.age(april(year), payer) >= 65
    first = np.flatnonzero(kept & (n.account == 51))
    changes = np.bincount(n.of, weights=n.c.revised != NO_DAY, minlength=len(payer)) > 0
    last_day = np.full(len(payer), NO_DAY)
    np.maximum.at(last_day, n.of, n.c.revised)
    end = b.h.end[m.home]
    stops = (end != NO_DAY) & (end > april(year)) & (end < april(year + 1))
    second = first[changes[first] | stops[first]]
    others = np.flatnonzero(kept & old & (n.account == 50))
    notice = np.concatenate([first, second, others])
    block = np.repeat([0, 1, 2], [len(first), len(second), len(others)])
    order = np.lexsort((block, year[notice], payer[notice]))
    notice, block = notice[order], block[order]
    who = payer[notice]
    serial, latest = numbered(who * 10_000 + year[notice])
    grid = np.zeros((2, len(payer), 6), np.int64)
    on_pension = np.flatnonzero(n.c.kam == 51)
    for k, source in enumerate((n.c.first, n.c.now)):
        grid[k, n.of[on_pension], n.c.period[on_pension] - 1] = source[on_pension]
    newest = latest & (block < 2)
    amounts = np.where((block == 2)[:, None], 0, np.where(newest[:, None], grid[1][notice], grid[0][notice]))
    drawn = mix(notice, 24_321) % 20
    excluded = np.select([drawn < 5, drawn < 10, drawn < 16, drawn < 18], [5, 6, 7, 8], 4)
    stopped = (block == 1) & stops[notice]
    state = np.select([block == 2, stopped & (b.base - end[notice] < 40), stopped], [9, 4, 5], 3)
    cause = np.select(
        [b.h.end_reason[m.home] == 1, b.h.end_reason[m.home] == 4, b.h.end_reason[m.home] == 5], [1, 2, 10], 3
    )[notice]
    income = np.zeros(len(notice), np.int64)
    for each, y in years.items():
        here = year[notice] == each
        income[here] = y.pension[who[here]]
    income = np.where(income >= 180_000, np.minimum(income, 9_999_999), 420_000 + mix(who, 24_322) % 900_000)
    stop_day = np.where(stopped, np.minimum(end[notice] + 8, b.base), NO_DAY)
    begins = (year[notice] - 1970) * 12 + 3
    when = np.select(
        [stopped, block == 1],
        [stop_day, np.maximum(last_day[notice], april(year[notice]))],
        april(year[notice]) + 10 + mix(notice, 24_323) % 20,
    )
    change = (block == 2) & (excluded == 7)
    return to_layout(
        AREA,
        "特別徴収対象者",
        pl.DataFrame(
            {
                "市区町村コード": constant(b.code, len(who)),
                "宛名番号": b.atena(who),
                "賦課年度": digits(year[notice], 4),
                "特別徴収履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "国保世帯番号": b.home_number(m.home[notice]),
                **pension_ids(who),
                "特別徴収対象年金額": number(income),
                "介護保険料_支払回数割額": number(8_000 + mix(who, 24_324) % 90 * 100, mix(who, 24_325) % 9 > 0),
                "特別徴収状態": digits(state, 1),
                "二分の一超フラグ": flag((block == 2) & (excluded == 4)),
                "口座振替変更申出年月日": dates(
                    np.where(change, april(year[notice]) - 60 + mix(notice, 24_326) % 100, NO_DAY)
                ),
                "特別徴収開始年月": month_text(begins, block < 2),
                **{name: number(amounts[:, k]) for k, name in enumerate(PAYMENT_ITEMS)},
                "特別徴収中止年月日": dates(stop_day),
                "特別徴収中止事由": text(digits(np.where(block == 2, excluded, cause), 2), (block == 2) | stopped),
                **b.stamp(notice * 3 + block, when),
            }
        ),
    )
