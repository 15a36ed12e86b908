"""Area 023 介護保険 of the sample: the truth (all groups in standard form), and B社's tables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import polars as pl

from sample_data.areas.a023_long_term_care_insurance import (
    benefits,
    burden,
    certification,
    insured,
    levy,
    premium_groups,
    register,
    taxes,
)
from sample_data.plugin import Context, Table, Truth
from sample_data.tax import collection, resident_tax
from sample_data.tax.frames import Groups
from sample_data.world import World

Builder = tuple[str, Callable[[], pl.DataFrame]]


def truth(world: World, ctx: Context) -> Groups:
    """The twelve groups of area 023; those of premiums and benefits in parts by fiscal year."""
    levied = ctx.truths["010"] if "010" in ctx.truths else resident_tax.truth(world, ctx)
    booked = (
        ctx.truths["014"]
        if "014" in ctx.truths
        else collection.truth(world, Context({**ctx.truths, "010": levied}, ctx.defects))
    )
    years = resident_tax.fiscal_years(world)
    i = insured.insured(world)
    by_year = taxes.taxes(i, levied, years)
    c = certification.chains(i)
    m = benefits.months(c, world)
    v = levy.levies(world, i, booked)
    s = levy.stages(v, by_year)
    shares = burden.shares(c, by_year)
    limited = burden.limits(c, by_year)
    newest = by_year[years[-1]].pension
    used = sorted({int(y) for y in (m.month - 3) // 12 + 1970}) if len(m.month) else years

    def whole(frame: pl.DataFrame) -> list[Builder]:
        return [("ALL", lambda: frame)]

    return Groups(
        {
            "被保険者資格情報": whole(register.qualifications(i, c.first)),
            "施設入退所情報": whole(register.stays(i)),
            "要介護認定情報": whole(certification.certifications(c)),
            "居宅サービス計画届出情報": whole(certification.plans(c)),
            "負担割合情報": whole(shares.frame),
            "負担限度額認定情報": whole(limited),
            "給付制限情報": whole(burden.restrictions(i, *premium_groups.unpaid(v, i))),
            "賦課情報": [(str(y), partial(premium_groups.assessments, v, s, y)) for y in years],
            "期別賦課情報": [(str(y), partial(premium_groups.installments, v, y)) for y in years],
            "特別徴収情報": [
                (str(y), partial(premium_groups.collections, v, newest, y, y == years[-1])) for y in years
            ],
            "減免・徴収猶予情報": whole(premium_groups.reliefs(v)),
            "給付実績情報": [
                (str(y), partial(benefits.benefits, c, m, shares, limited["被保険者番号"], y)) for y in used
            ],
        }
    )


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's sixteen tables of area 023."""
    from sample_data.areas.a023_long_term_care_insurance import b_sha

    return b_sha.tables(world, truth)
