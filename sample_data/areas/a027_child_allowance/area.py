"""Area 027 児童手当 of the sample: the truth (all groups in standard form), and B社's tables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import polars as pl

from layouts.load import load_area
from sample_data.areas.a027_child_allowance import certifications, children, families, holds, ledger, payments, yearly
from sample_data.plugin import Context, Table, Truth
from sample_data.tax import resident_tax
from sample_data.tax.frames import Groups
from sample_data.world import World

NOT_HELD = "申請・届出情報"
"""B社 has no data of it."""
Builder = tuple[str, Callable[[], pl.DataFrame]]


def truth(world: World, ctx: Context) -> Groups:
    """The eleven groups of area 027; payments, their details and incomes in parts by year. 申請・届出情報 is empty."""
    levied = ctx.truths["010"] if "010" in ctx.truths else resident_tax.truth(world, ctx)
    c = certifications.certifications(families.families(world, levied, resident_tax.fiscal_years(world)))
    s = holds.suspensions(c)
    p = payments.payments(c, s)

    def whole(build: Callable[[], pl.DataFrame]) -> list[Builder]:
        return [("ALL", build)]

    return Groups(
        {
            "受給者情報": whole(partial(ledger.ledger, c, s)),
            "支給対象児童情報": whole(partial(children.children, c)),
            "支給額情報": whole(partial(children.amounts, c)),
            "支払情報": [(str(y), partial(payments.paid, p, y)) for y in p.years],
            "支払明細情報": [(str(y), partial(payments.detailed, p, y)) for y in p.years],
            "所得情報": [(str(y), partial(yearly.incomes, c, y)) for y in yearly.income_years(c)],
            "現況届情報": whole(partial(yearly.reports, c, s)),
            "口座情報": whole(partial(yearly.accounts, c)),
            "差止情報": whole(partial(holds.held_back, s)),
            "返還金情報": whole(partial(payments.repaid, p)),
            NOT_HELD: whole(lambda: pl.DataFrame(schema=load_area("027").group(NOT_HELD).polars_schema)),
        }
    )


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's tables of area 027."""
    from sample_data.areas.a027_child_allowance import b_sha

    return b_sha.tables(world, truth)
