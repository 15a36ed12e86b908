"""Area 024 国民健康保険 of the sample: the truth (all groups in standard form), and B社's tables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import polars as pl

from sample_data.areas import insured
from sample_data.areas.a024_national_health_insurance import (
    benefits,
    certificates,
    incomes,
    levy_groups,
    members,
    premiums,
    registers,
)
from sample_data.plugin import Context, Table, Truth
from sample_data.tax import resident_tax
from sample_data.tax.frames import Groups
from sample_data.tax.payments import levy_day
from sample_data.world import World

ACCOUNTS = (50, 51)
"""科目 of 国民健康保険."""
BY_YEAR: dict[str, Callable[[levy_groups.Ledger], pl.DataFrame]] = {
    "保険料賦課": levy_groups.levied,
    "保険料賦課個人": levy_groups.members,
    "保険料期別": levy_groups.installments,
}


def truth(world: World, ctx: Context) -> Groups:
    """The twelve groups of area 024; premiums and incomes in parts by 賦課年度."""
    levied = ctx.truths.get("010")
    if levied is None:
        levied = resident_tax.truth(world, ctx)
    years = resident_tax.fiscal_years(world)
    who, claims = insured.claimed(world, ACCOUNTS)
    n = insured.notices(claims, levy_day(claims))
    p, base = insured.people(world), insured.base_day(world)
    h = members.homes(p, n, years[0], base)
    s = members.spells(p, h, base)
    m = premiums.premiums(p, h, s, n)
    book = registers.Book(world, p, h, s, base, who.careless()[: p.size])
    known = {year: incomes.of_year(book, levied, year, np.unique(n.payer[n.year == year])) for year in years}
    judged = [incomes.judge(book, known[year]) for year in years]
    categories = incomes.categories(judged)
    builders: dict[str, list[tuple[str, Callable[[], pl.DataFrame]]]] = {
        "国保世帯": [("ALL", partial(registers.households, book))],
        "国保被保険者資格": [("ALL", partial(registers.qualifications, book))],
        "個人適用事項": [("ALL", partial(registers.circumstances, book))],
        "負担区分判定": [(str(j.year), partial(incomes.judgements, book, j)) for j in judged],
        "証等交付": [("ALL", partial(certificates.certificates, book, years, categories))],
        "国保所得": [(str(year), partial(incomes.incomes, book, known[year])) for year in years],
    }
    for group, build in BY_YEAR.items():
        builders[group] = [
            (str(year), partial(_levied, build, book, m, year, known.get(year))) for year in np.unique(n.year).tolist()
        ]
    builders["特別徴収対象者"] = [("ALL", partial(levy_groups.withheld, book, m, known))]
    builders["高額療養費支給"] = [("ALL", partial(benefits.high_costs, book, years, categories))]
    builders["療養費等支給"] = [("ALL", partial(benefits.benefits, book, years))]
    return Groups(builders)


def _levied(
    build: Callable[[levy_groups.Ledger], pl.DataFrame],
    book: registers.Book,
    m: premiums.Premiums,
    year: int,
    known: incomes.Incomes | None,
) -> pl.DataFrame:
    """One group of one year's premiums; worked out when asked for, since a ledger is large."""
    return build(levy_groups.Ledger(book, m, year, known))


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's fifteen tables of area 024."""
    from sample_data.areas.a024_national_health_insurance import b_sha

    return b_sha.tables(world, truth)
