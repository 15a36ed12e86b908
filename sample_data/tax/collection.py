"""Area 014 収滞納管理 of the sample: the truth (all groups in standard form), and B社's tables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import polars as pl

from sample_data.plugin import Context, Table, Truth
from sample_data.tax import (
    arrears,
    arrears_groups,
    claims,
    collection_groups,
    letter_groups,
    payments,
    refund_groups,
    resident_tax,
)
from sample_data.tax.collection_groups import Books
from sample_data.tax.frames import EPOCH, Groups
from sample_data.world import World

BY_YEAR: dict[str, Callable[[Books, int], pl.DataFrame]] = {
    "期別調定": collection_groups.claims,
    "調定履歴": collection_groups.changes,
    "収納履歴": collection_groups.payments,
    "納付書発行": letter_groups.slips,
    "督促催告": letter_groups.letters,
}
WHOLE: dict[str, Callable[[Books], pl.DataFrame]] = {
    "過誤納": refund_groups.overpaid,
    "還付充当": refund_groups.refunded,
    "口座振替": refund_groups.accounts,
    "滞納者": arrears_groups.debtors,
    "交渉経過": arrears_groups.talks,
    "滞納処分": arrears_groups.seizures,
    "滞納処分対象期別": arrears_groups.seized,
    "納税緩和措置": arrears_groups.reliefs,
    "分納誓約": arrears_groups.pledges,
    "時効不納欠損": arrears_groups.limits,
}
ORDER = (
    "期別調定",
    "調定履歴",
    "収納履歴",
    "過誤納",
    "還付充当",
    "口座振替",
    "納付書発行",
    "督促催告",
    "滞納者",
    "交渉経過",
    "滞納処分",
    "滞納処分対象期別",
    "納税緩和措置",
    "分納誓約",
    "時効不納欠損",
)


def books(world: World, levied: Truth) -> Books:
    """All claims, payments and measures, from the levies of area 010."""
    base = (world.base_date - EPOCH).days
    who = claims.payers(world)
    all_claims = claims.build(world, who, levied, resident_tax.fiscal_years(world))
    paid = payments.pay(all_claims, who, base)
    managed = arrears.manage(all_claims, paid, base)
    letters = arrears.reminders(all_claims, paid, managed, base)
    return Books(world.code, base, who, all_claims, paid, paid.rows(), managed, letters)


def truth(world: World, ctx: Context) -> Groups:
    """The fifteen groups of area 014; the big ones in parts by 賦課年度 (and what was carried over from before)."""
    levied = ctx.truths.get("010")
    made = books(world, resident_tax.truth(world, ctx) if levied is None else levied)
    builders: dict[str, list[tuple[str, Callable[[], pl.DataFrame]]]] = {}
    for group in ORDER:
        if group in BY_YEAR:
            builders[group] = [(label, partial(BY_YEAR[group], made, part)) for part, label in enumerate(made.c.labels)]
        else:
            builders[group] = [("ALL", partial(WHOLE[group], made))]
    return Groups(builders)


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's eighteen tables of area 014."""
    from sample_data.tax import b_sha_collection

    return b_sha_collection.tables(world, truth)
