"""Area 026 国民年金 of the sample: the truth (all groups in standard form), and B社's tables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import polars as pl

from layouts.load import load_area
from sample_data.areas.a026_national_pension import (
    beneficiaries,
    checks,
    exemptions,
    incomes,
    ledger,
    members,
    receipts,
)
from sample_data.plugin import Context, Table, Truth
from sample_data.tax import resident_tax
from sample_data.tax.frames import Groups
from sample_data.world import World

NOT_HELD = "産前産後免除"
"""B社 has no data of it."""
Builder = tuple[str, Callable[[], pl.DataFrame]]


def truth(world: World, ctx: Context) -> Groups:
    """The eleven groups of area 026; applications, receipts and payment records in parts by year. 産前産後免除 is
    empty."""
    levied = ctx.truths["010"] if "010" in ctx.truths else resident_tax.truth(world, ctx)
    years = resident_tax.fiscal_years(world)
    m = members.members(world)
    known = incomes.incomes(m.p, levied, years)
    e = ledger.events(m)
    s = exemptions.statutory(m)
    x = exemptions.extra(m, s)
    a = exemptions.applications(m, s, x, known)
    c = beneficiaries.claims(m, s, world)
    r = receipts.receipts(m, e, a, s, x, c)
    empty = pl.DataFrame(schema=load_area("026").group(NOT_HELD).polars_schema)

    def whole(frame: pl.DataFrame) -> list[Builder]:
        return [("ALL", lambda: frame)]

    return Groups(
        {
            "国民年金被保険者": whole(ledger.insured(m, e, exemptions.extra_kind(m, x))),
            "資格異動履歴": whole(ledger.history(m, e)),
            "免除猶予申請": [(str(y), partial(exemptions.applied, m, a, y)) for y in years],
            "免除所得情報": [(str(y), partial(exemptions.judged, m, a, known[y], y)) for y in years],
            "法定免除": whole(exemptions.released(m, s)),
            NOT_HELD: whole(empty),
            "付加保険料": whole(exemptions.additional(m, x)),
            "届書受付": [(str(y), partial(receipts.received, m, r, y)) for y in sorted({int(v) for v in r.year})],
            "年金受給者": whole(beneficiaries.beneficiaries(m, s, known[years[-1]])),
            "裁定請求受付": whole(beneficiaries.claimed(m, c)),
            "納付記録": [(str(y), partial(checks.records, m, y)) for y in checks.years(m)],
        }
    )


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's fourteen tables of area 026."""
    from sample_data.areas.a026_national_pension import b_sha

    return b_sha.tables(world, truth)
