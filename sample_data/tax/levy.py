"""One fiscal year of area 010 worked out: who is assessed, how, what was revised, and by which way each yen is
collected.

The result (:class:`Year`) is all arrays; :mod:`sample_data.tax.resident_groups` writes it down as the groups of the
layout.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.tax import assess
from sample_data.tax import family as kin_of
from sample_data.tax.assess import Columns
from sample_data.tax.frames import NO_DAY, Bools, Ints, day, mix, month_end
from sample_data.tax.pool import Employers, Pool, uniform

PENSION_DAYS = ((4, 15), (6, 13), (8, 15), (10, 15), (12, 15), (14, 13))
"""Month and day of the six pension payments (month 14 = February of the next year)."""
NONE, MORE_INCOME, LESS_INCOME, LEFT_JOB, PENSION_STOPPED, CORRECTED = range(6)
"""Kinds of revision."""


@dataclass(frozen=True)
class Year:
    """All rows of one 相当年度. ``row_*`` are parallel: one an assessment (person and revision), ordered by person."""

    year: int
    who: Ints
    """Pool positions of the assessed, one each."""
    age: Ints
    income: Columns
    gifts: Columns
    row_of: Ints
    """Position in ``who`` of each assessment."""
    row_revision: Ints
    row_latest: Bools
    row_reason: Ints
    """Kind of revision, NONE for the first assessment."""
    row_day: Ints
    """Day of the revision, or NO_DAY."""
    row_before: Ints
    """年税額 before the revision."""
    totals: Columns
    deductions: Columns
    family: Columns
    """Per assessment; the positions in it (配偶者 ...) are pool positions."""
    tax: Columns
    """Per assessment; only where ``taxed``."""
    taxed: Bools
    status: Ints
    """課税区分."""
    exempt: Ints
    """非課税事由, 0 = none."""
    relief: Ints
    normal: Ints
    salary: Ints
    pension: Ints
    dependents: kin_of.Dependents
    dependent_people: Ints
    """Pool positions that ``dependents.person`` means; ``dependents.payer`` are positions in ``who``."""
    employer: Ints
    """Per person: employer, -1 where there is no salary from one."""
    withheld: Bools
    """Per person: the employer withholds the tax."""
    worker: Bools
    returns: Ints
    """Per person: kind of return (申告書種別 as a number), 0 = none."""
    late_start: Bools
    """Per person: first year of withholding from the pension (half of the year only)."""


def take(columns: Columns, at: Ints | Bools) -> Columns:
    return {name: values[at] for name, values in columns.items()}


def join(first: Columns, second: Columns, order: Ints) -> Columns:
    return {name: np.concatenate([values, second[name]])[order] for name, values in first.items()}


def work_out(people: Pool, firms: Employers, year: int, base: int, fiscal: int) -> Year:
    """The year's assessments as of day ``base`` (in fiscal year ``fiscal``)."""
    begin = assess.first_of(year)
    there = assess.resident_on(people, begin)
    homes = np.flatnonzero(there & ~people.outsider)
    owners = np.flatnonzero(there & people.outsider)
    second = owners[uniform(owners, 601) < 0.011]
    # The smallest town has a person outside who is assessed, and that one really lives here.
    first_owner = owners[: 1 if len(owners) else 0]
    second = np.union1d(second, first_owner)
    everybody = np.concatenate([homes, second])
    age = people.age(year, everybody)
    now = everybody * 100 + year % 100
    outside = people.outsider[everybody]
    lives_here = outside & ((uniform(everybody, 603) < 0.08) | np.isin(everybody, first_owner))

    income = assess.incomes(people, everybody, year)
    for name in income:
        income[name] = np.where(outside, 0, income[name])
    income["営業等所得金額"] = np.where(lives_here, 2_000_000 + mix(now, 5) % 900_000, income["営業等所得金額"])
    worker = kin_of.family_workers(people, everybody, age, income)
    for name in ("給与収入金額", "給与専従者収入金額"):
        income[name] = np.where(worker, kin_of.FAMILY_WORKER_PAY, income[name])
    first_total = assess.total(income, age, np.zeros(len(age), bool))["合計所得金額"]
    blue = income["青色申告特別控除額"] > 0
    kin, dependents = kin_of.build(people, everybody, age, first_total, worker, blue, income["給与収入金額"])
    income["事業専従者控除額"] = kin["専従者"] * kin_of.FAMILY_WORKER_PAY
    for name in ("配偶者", "扶養主", "専従主"):
        kin[name] = np.where(kin[name] >= 0, everybody[np.maximum(kin[name], 0)], -1)
    dependent_people = everybody[dependents.person]

    grown = np.flatnonzero((age >= 15) | outside)
    at = np.full(len(everybody), -1, dtype=np.int64)
    at[grown] = np.arange(len(grown))
    who, age, now, outside, lives_here, worker = (
        everybody[grown],
        age[grown],
        now[grown],
        outside[grown],
        lives_here[grown],
        worker[grown],
    )
    income, kin = take(income, grown), take(kin, grown)
    dependents = kin_of.Dependents(
        at[dependents.payer],
        np.arange(len(dependents.person)),
        dependents.number,
        dependents.kind,
        dependents.relation,
        dependents.disability,
        dependents.income,
    )
    big = kin["年少特定人数"] > 0
    totals = assess.total(income, age, big)
    cuts = assess.deductions(people, who, year, totals, kin)
    gifts = _gifts(who, now, totals)
    returns = _returns(now, totals, cuts, gifts, age)

    heads = kin["控除対象人数"]
    total_income, has_paper = (
        totals["合計所得金額"],
        (totals["給与収入金額"] + totals["公的年金等収入金額"] > 0) | (returns > 0),
    )
    aided = (mix(people.hid[who], 607) % 1000 < 11) & ~outside
    weak = ((kin["障害者区分"] > 0) | (age < 18) | (kin["寡婦ひとり親区分"] > 0)) & (total_income <= 1_350_000)
    empty = ~has_paper & (total_income == 0)
    elsewhere = (uniform(now, 609) < 0.002) & ~outside & ~aided
    status = np.select(
        [
            outside & ~lives_here,
            aided,
            elsewhere,
            empty & (kin["扶養主"] >= 0),
            empty,
            weak,
            assess.flat_limit(total_income, heads),
            assess.rate_limit(totals["総所得金額等"], heads),
        ],
        [2, 3, 5, 6, 4, 3, 3, 2],
        1,
    )
    exempt = np.where(status == 3, np.select([aided, weak], [1, 2], 3), 0)
    returns = np.where((status == 3) & (returns == 0) & ~has_paper, 7, returns)
    relief = np.where((uniform(now, 611) < 0.004) & np.isin(status, (1, 2)), np.where(uniform(now, 613) < 0.5, 1, 2), 0)
    tax = assess.tax(people, who, year, totals, cuts, kin, gifts, status == 2, relief)
    status = np.where((status == 1) & (tax["所得割額_市民税"] + tax["所得割額_県民税"] == 0), 2, status)
    taxed = np.isin(status, (1, 2))

    employer = np.where((totals["給与収入金額"] > 0) & ~worker, _employer(firms, who, year), -1)
    withheld = (employer >= 0) & (uniform(who, 505) < 0.87) & (totals["給与収入金額"] > 1_000_000)
    due = np.where(taxed, tax["年税額"], 0)
    on_pension = (
        (age >= 65)
        & (totals["公的年金等収入金額"] >= 180_000)
        & (totals["公的年金等雑所得金額"] > 0)
        & assess.resident_on(people, day(year, 4, 1))[who]
        & (due > 0)
    )
    pension = np.where(on_pension, assess.split(due, totals["公的年金等雑所得金額"], total_income), 0)
    pension = np.where(on_pension & (totals["公的年金等雑所得金額"] == total_income), due, pension)
    late = on_pension & ((age == 65) | (people.entry[who] > begin - 365))
    pension = np.where(late, pension // 200 * 100, pension)
    pension = np.where(pension < 1_200, 0, pension)
    rest = due - pension
    own_way = (uniform(who, 615) < 0.3) & withheld
    salary = np.where(
        withheld,
        np.where(
            own_way,
            assess.split(
                rest,
                totals["給与所得金額"],
                np.maximum(total_income - np.where(on_pension, totals["公的年金等雑所得金額"], 0), 1),
            ),
            rest,
        ),
        0,
    )
    normal = rest - salary

    revision = _revisions(now, taxed & (relief == 0), withheld & (salary > 0), pension, normal, salary, totals)
    revised_at = _revision_days(now, year, base)
    late_levy = (
        (revision == MORE_INCOME)
        & (uniform(now, 625) < 0.3)
        & (year + 1 <= fiscal)
        & (day(year + 1, 6, 20) + 20 < base)
    )
    revised_at = np.where(late_levy, day(year + 1, 5, 20) + mix(now, 627) % 30, revised_at)
    revision = np.where((revision != NONE) & (revised_at <= base - 3), revision, NONE)
    sub = np.flatnonzero(revision != NONE)
    kind = revision[sub]
    income2, kin2 = take(income, sub), take(kin, sub)
    income2["雑所得_業務金額"] = income2["雑所得_業務金額"] + np.where(
        kind == MORE_INCOME, 250_000 + mix(now[sub], 9) % 500_000, 0
    )
    totals2 = assess.total(income2, age[sub], big[sub])
    cuts2 = take(cuts, sub)
    medical = np.where(kind == LESS_INCOME, 60_000 + mix(now[sub], 11) % 120_000, 0)
    cuts2["医療費控除額"] = cuts2["医療費控除額"] + medical
    cuts2["医療費控除区分"] = np.where(medical > 0, 1, cuts2["医療費控除区分"])
    cuts2["所得控除合計額"] = cuts2["所得控除合計額"] + medical
    cuts2["基礎控除額"] = np.where(totals2["合計所得金額"] > 24_000_000, cuts2["基礎控除額"], 430_000)
    cuts2["所得控除合計額"] = cuts2["所得控除合計額"] - take(cuts, sub)["基礎控除額"] + cuts2["基礎控除額"]
    tax2 = assess.tax(people, who[sub], year, totals2, cuts2, kin2, take(gifts, sub), status[sub] == 2, relief[sub])
    change = tax2["年税額"] - due[sub]
    keeps = (
        np.isin(kind, (LEFT_JOB, PENSION_STOPPED, CORRECTED))
        | ((kind == MORE_INCOME) & (change <= 0))
        | ((kind == LESS_INCOME) & ((change >= 0) | (normal[sub] + change < 0)))
    )
    for new, old in ((totals2, take(totals, sub)), (cuts2, take(cuts, sub)), (tax2, take(tax, sub))):
        for name in new:
            new[name] = np.where(keeps, old[name], new[name])
    kind = np.where(keeps & np.isin(kind, (MORE_INCOME, LESS_INCOME)), CORRECTED, kind)
    status2 = np.where(tax2["所得割額_市民税"] + tax2["所得割額_県民税"] > 0, 1, 2)
    months = elapsed_months(revised_at[sub], year)
    gone = np.where(kind == LEFT_JOB, salary[sub] - collected(salary[sub], months), 0)
    stopped = np.where(
        kind == PENSION_STOPPED, pension[sub] - pension_paid(pension[sub], late[sub], revised_at[sub], year), 0
    )
    kind = np.where((kind == LEFT_JOB) & (gone == 0) | (kind == PENSION_STOPPED) & (stopped == 0), CORRECTED, kind)
    salary2, pension2 = salary[sub] - gone, pension[sub] - stopped
    normal2 = tax2["年税額"] - salary2 - pension2

    row_of = np.concatenate([np.arange(len(who)), sub])
    number = np.concatenate([np.zeros(len(who), np.int64), np.ones(len(sub), np.int64)])
    order = np.lexsort((number, row_of))
    stays = np.ones(len(who), bool)
    stays[sub] = False

    def rows(first: Ints | Bools, then: Ints | Bools) -> Ints:
        return np.concatenate([first, then])[order]

    zeros = np.zeros(len(who), np.int64)
    return Year(
        year,
        who,
        age,
        income,
        gifts,
        row_of[order],
        number[order],
        rows(stays, np.ones(len(sub), bool)).astype(bool),
        rows(zeros, kind),
        rows(zeros + NO_DAY, revised_at[sub]),
        rows(zeros, due[sub]),
        join(totals, totals2, order),
        join(cuts, cuts2, order),
        join(kin, kin2, order),
        join(tax, tax2, order),
        rows(taxed, np.ones(len(sub), bool)).astype(bool),
        rows(status, status2),
        rows(exempt, np.zeros(len(sub), np.int64)),
        rows(relief, relief[sub]),
        rows(normal, normal2),
        rows(salary, salary2),
        rows(pension, pension2),
        dependents,
        dependent_people,
        employer,
        withheld,
        worker,
        returns,
        late,
    )


def _gifts(who: Ints, now: Ints, totals: Columns) -> Columns:
    gives = (uniform(now, 621) < 0.1) & (totals["合計所得金額"] > 2_500_000)
    amount = np.where(gives, (1 + mix(now, 623) % 12) * 10_000, 0)
    reported = uniform(who, 629) < 0.7
    return {
        "寄附金": amount,
        "配当割額控除額": np.where(reported, (totals["配当所得金額"] + totals["上場株式等配当所得金額"]) * 5 // 100, 0),
        "株式等譲渡所得割額控除額": np.where(reported, totals["上場株式等譲渡所得金額"] * 5 // 100, 0),
    }


def _returns(now: Ints, totals: Columns, cuts: Columns, gifts: Columns, age: Ints) -> Ints:
    """申告書種別: 1 total, 2 with incomes taxed apart, 3 loss, 6 to the city, 7 simple, 8 one-stop; 0 none."""
    rare = totals["合計所得金額"] - totals["給与所得金額"] - totals["公的年金等雑所得金額"]
    apart = assess.separate(totals) > 0
    loss = (totals["営業等所得金額"] + totals["農業所得金額"] + totals["不動産所得金額"] < 0) | (
        totals["繰越損失控除額"] > 0
    )
    small = (rare > 0) & (rare <= 200_000) | (totals["公的年金等収入金額"] > 0) & (uniform(now, 631) < 0.05)
    gives = gifts["寄附金"] > 0
    alone = gives & ~apart & ~loss & (rare == 0) & (cuts["医療費控除額"] == 0)
    nothing = (totals["合計所得金額"] == 0) & (totals["給与収入金額"] + totals["公的年金等収入金額"] == 0)
    return np.select(
        [
            apart,
            loss,
            rare > 200_000,
            (cuts["医療費控除額"] > 0) | (cuts["雑損控除額"] > 0),
            alone,
            gives,
            small,
            nothing & (age >= 18) & (uniform(now, 633) < 0.25),
        ],
        [2, 3, 1, 1, np.where(uniform(now, 635) < 0.6, 8, 1), 1, 6, 7],
        0,
    )


def _employer(firms: Employers, who: Ints, year: int) -> Ints:
    edges = np.cumsum(firms.weight) / firms.weight.sum()
    at = np.minimum(np.searchsorted(edges, uniform(who, 501)), firms.size - 1)
    closed = (firms.until != NO_DAY) & (firms.until < day(year + 1, 7, 1))
    for _ in range(4):
        at = np.where(closed[at], (at * 7 + 3) % firms.size, at)
    return np.where(closed[at], 0, at)


def _revisions(
    now: Ints, open_: Bools, withheld: Bools, pension: Ints, normal: Ints, salary: Ints, totals: Columns
) -> Ints:
    drawn = uniform(now, 641)
    return np.select(
        [
            ~open_,
            drawn < 0.055,
            (drawn < 0.085) & (salary == 0) & (pension == 0) & (normal > 8_000),
            (drawn >= 0.1) & (drawn < 0.15) & withheld & (salary >= 12_000),
            (drawn >= 0.15) & (drawn < 0.165) & (pension > 0),
            (drawn >= 0.17) & (drawn < 0.24),
        ],
        [NONE, MORE_INCOME, LESS_INCOME, LEFT_JOB, PENSION_STOPPED, CORRECTED],
        NONE,
    )


def _revision_days(now: Ints, year: int, base: int) -> Ints:
    first, last = day(year, 7, 5), min(day(year + 1, 2, 20), base - 5)
    return first + mix(now, 643) % max(1, last - first)


def elapsed_months(when: Ints, year: int) -> Ints:
    """Months of withholding (June = 1) that are paid before a job is left in the month of ``when``, that month
    included; 1 to 11.
    """
    month = when.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) - ((year - 1970) * 12 + 5)
    return np.clip(month + 1, 1, 11)


def monthly(amount: Ints) -> Ints:
    """``(n, 12)``: the year's withheld tax by month from June; what does not divide goes to June."""
    each = amount // 1200 * 100
    out = np.repeat(each[:, None], 12, axis=1)
    out[:, 0] = amount - each * 11
    return out


def collected(amount: Ints, months: Ints) -> Ints:
    """What is withheld in the first ``months`` months."""
    paid: Ints = np.where(np.arange(12)[None, :] < months[:, None], monthly(amount), 0).sum(axis=1)
    return paid


def pension_parts(amount: Ints, late: Bools) -> Ints:
    """``(n, 6)``: tax by pension payment; those who start late have the last three only; what does not divide goes
    to October.
    """
    parts = np.where(late, 3, 6)
    each = amount // (parts * 100) * 100
    out = np.repeat(each[:, None], 6, axis=1)
    out[late, :3] = 0
    out[:, 3] = amount - each * (parts - 1)
    return out


def pension_day(year: int, part: int) -> int:
    month, of_month = PENSION_DAYS[part]
    return day(year + (month - 1) // 12, (month - 1) % 12 + 1, of_month)


def pension_paid(amount: Ints, late: Bools, when: Ints, year: int) -> Ints:
    """What is withheld from pensions up to the day of a stop."""
    dues = np.array([pension_day(year, part) for part in range(6)])
    paid: Ints = np.where(dues[None, :] <= when[:, None], pension_parts(amount, late), 0).sum(axis=1)
    return paid


def normal_parts(amount: Ints) -> Ints:
    """``(n, 4)``: ordinary collection in four periods, thousands of yen each, the rest in the first; small amounts
    wholly in the first.
    """
    each = amount // 4000 * 1000
    out = np.repeat(each[:, None], 4, axis=1)
    out[:, 0] = amount - each * 3
    return out


def normal_dues(year: int) -> Ints:
    return np.array([month_end(year, 6), month_end(year, 8), month_end(year, 10), month_end(year, 13)])
