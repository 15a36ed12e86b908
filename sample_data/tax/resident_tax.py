"""Area 010 個人住民税 of the sample: the truth (all groups in standard form), and B社's tables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from sample_data.plugin import Context, Table, Truth
from sample_data.tax import installment_groups, levy, papers, resident_groups
from sample_data.tax.frames import EPOCH, Groups
from sample_data.tax.pool import employers, pool
from sample_data.world import World


def fiscal_years(world: World) -> list[int]:
    """The 賦課年度 that are kept, oldest first: ``world.years`` of them up to that of the base date."""
    last = world.base_date.year - (world.base_date.month < 4)
    return list(range(last - world.years + 1, last + 1))


def truth(world: World, ctx: Context) -> Groups:
    """The twelve groups of area 010, one part a year (特別徴収義務者情報: one part)."""
    people = pool(world)
    firms = employers(world, people)
    base = (world.base_date - EPOCH).days
    years = fiscal_years(world)
    builders: dict[str, list[tuple[str, Callable[[], pl.DataFrame]]]] = {}

    def keep(group: str, label: str, frame: pl.DataFrame) -> None:
        builders.setdefault(group, []).append((label, lambda: frame))

    for year in years:
        y = levy.work_out(people, firms, year, base, years[-1])
        label = str(year)
        keep("賦課基本情報", label, resident_groups.assessment(world, people, y, base))
        keep("所得情報", label, resident_groups.incomes(world, people, y))
        keep("所得控除情報", label, resident_groups.deductions(world, people, y))
        keep("税額情報", label, resident_groups.taxes(world, people, y))
        keep("扶養情報", label, resident_groups.dependents(world, people, y))
        keep("給与支払報告書情報", label, papers.salary_reports(world, people, firms, y))
        keep("公的年金等支払報告書情報", label, papers.pension_reports(world, people, y))
        keep("申告書情報", label, papers.returns(world, people, y))
        if year == years[0]:
            keep("特別徴収義務者情報", "ALL", papers.agents(world, firms, base))
        keep("給与特別徴収税額情報", label, installment_groups.withholding(world, people, y, firms.number, base))
        keep("期別税額情報", label, installment_groups.installments(world, people, y, base))
        keep("住登外課税通知情報", label, papers.notices(world, people, y))
    return Groups(builders)


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's thirteen tables of area 010, one file a table and year."""
    from sample_data.tax import b_sha_resident_tax

    return b_sha_resident_tax.tables(world, truth)
