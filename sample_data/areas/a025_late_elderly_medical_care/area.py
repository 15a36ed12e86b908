"""Area 025 後期高齢者医療 of the sample: the truth (all groups in standard form), and B社's tables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import polars as pl

from sample_data.areas import insured
from sample_data.areas.a025_late_elderly_medical_care import incomes, levy_groups, register, services
from sample_data.plugin import Context, Table, Truth
from sample_data.tax import resident_tax
from sample_data.tax.frames import Groups
from sample_data.tax.payments import levy_day
from sample_data.world import World

ACCOUNTS = (70, 71)
"""科目 of 後期高齢者医療."""


def truth(world: World, ctx: Context) -> Groups:
    """The eleven groups of area 025; premiums, incomes and judgements in parts by year."""
    levied = ctx.truths.get("010")
    if levied is None:
        levied = resident_tax.truth(world, ctx)
    years = resident_tax.fiscal_years(world)
    who, claims = insured.claimed(world, ACCOUNTS)
    n = insured.notices(claims, levy_day(claims))
    p, base = insured.people(world), insured.base_day(world)
    book = register.Book(world, p, register.insured(world, p, base), base, who.careless()[: p.size])
    known = {year: incomes.of_year(book, levied, year) for year in years}
    judged = [incomes.judge(book, known[year]) for year in years]
    charged = [int(year) for year in np.unique(n.year)]

    def reduced() -> pl.DataFrame:
        return levy_groups.reductions(book, [levy_groups.work_out(book, n, year) for year in charged])

    builders: dict[str, list[tuple[str, Callable[[], pl.DataFrame]]]] = {
        "後期被保険者": [("ALL", partial(register.qualifications, book))],
        "資格確認書等交付": [("ALL", partial(register.certificates, book, years, incomes.categories(judged)))],
        "負担区分判定": [(str(j.year), partial(incomes.judgements, book, j)) for j in judged],
        "送付先": [("ALL", partial(register.mailing, book))],
        "後期所得": [(str(year), partial(incomes.incomes, book, known[year])) for year in years],
        "保険料賦課": [(str(year), partial(_of_year, levy_groups.levied, book, n, year)) for year in charged],
        "保険料期割": [(str(year), partial(_of_year, levy_groups.installments, book, n, year)) for year in charged],
        "特別徴収対象者": [("ALL", partial(levy_groups.withheld, book, n, known))],
        "徴収方法変更申出": [("ALL", partial(services.requests, book, years))],
        "保険料減免": [("ALL", reduced)],
        "給付申請受付": [("ALL", partial(services.applications, book, years))],
    }
    return Groups(builders)


def _of_year(
    build: Callable[[register.Book, insured.Notices, levy_groups.Levied], pl.DataFrame],
    book: register.Book,
    n: insured.Notices,
    year: int,
) -> pl.DataFrame:
    """One group of one year's premiums, worked out when asked for."""
    return build(book, n, levy_groups.work_out(book, n, year))


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's ten tables of area 025."""
    from sample_data.areas.a025_late_elderly_medical_care import b_sha

    return b_sha.tables(world, truth)
