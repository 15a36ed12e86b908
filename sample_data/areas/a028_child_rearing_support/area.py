"""Area 028 子ども・子育て支援 of the sample: the truth (all groups in standard form), and B社's tables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import polars as pl

from sample_data.areas.a028_child_rearing_support import (
    benefits,
    certificates,
    contracts,
    facilities,
    fees,
    paths,
    taxes,
)
from sample_data.plugin import Context, Table, Truth
from sample_data.tax import resident_tax
from sample_data.tax.frames import Groups
from sample_data.world import World

Builder = tuple[str, Callable[[], pl.DataFrame]]


def truth(world: World, ctx: Context) -> Groups:
    """The twelve groups of area 028; taxes, fees and payments in parts by year."""
    levied = ctx.truths["010"] if "010" in ctx.truths else resident_tax.truth(world, ctx)
    q = paths.paths(world, resident_tax.fiscal_years(world))
    f = facilities.facilities(q)
    u = facilities.uses(q, f)
    t = taxes.taxes(q, levied)
    c = certificates.certificates(q)
    a = contracts.applications(c, f, u)
    g = benefits.grants(q, u, t)
    charged = fees.fees(c, t, u)

    def whole(build: Callable[[], pl.DataFrame]) -> list[Builder]:
        return [("ALL", build)]

    def yearly(build: Callable[[int], pl.DataFrame]) -> list[Builder]:
        return [(str(y), partial(build, y)) for y in q.years]

    return Groups(
        {
            "施設・事業所情報": whole(partial(facilities.register, f, u)),
            "教育・保育給付認定情報": whole(partial(certificates.certified, c, t)),
            "保護者状況情報": whole(partial(certificates.guardians, c)),
            "世帯課税情報": [
                (str(y), partial(taxes.household, t, charged.child[charged.tax_year == y], y)) for y in t.years
            ],
            "利用申込情報": whole(partial(contracts.applied, a, f)),
            "希望施設情報": whole(partial(contracts.wanted, a, f)),
            "利用調整情報": whole(partial(contracts.placed_by, a, f)),
            "利用契約情報": whole(partial(contracts.enrolled, c, f, u)),
            "利用者負担額情報": yearly(partial(fees.decided, charged)),
            "利用者負担調定収納情報": yearly(partial(fees.billed, charged, f)),
            "施設等利用給付認定情報": whole(partial(benefits.granted, g)),
            "施設等利用費支払情報": yearly(partial(benefits.paid, g, f)),
        }
    )


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's tables of area 028."""
    from sample_data.areas.a028_child_rearing_support import b_sha

    return b_sha.tables(world, truth)
