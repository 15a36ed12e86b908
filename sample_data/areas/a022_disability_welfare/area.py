"""Area 022 障害者福祉 of the sample: the truth (all groups in standard form), and B社's tables of it.

Reads the truth of area 010: whom the tax office knows as disabled holds a certificate, and incomes decide what is
paid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import polars as pl

from sample_data.areas.a022_disability_welfare import (
    aids,
    allowances,
    certificates,
    decisions,
    medical,
    minds,
    support,
)
from sample_data.areas.a022_disability_welfare.folk import folk
from sample_data.plugin import Context, Table, Truth
from sample_data.tax import resident_tax
from sample_data.tax.frames import Groups
from sample_data.world import World


def truth(world: World, ctx: Context) -> Groups:
    """The twelve groups of area 022; aids and payments in parts by calendar year."""
    f = folk(world, ctx.truths["010"] if "010" in ctx.truths else resident_tax.truth(world, ctx))
    body, mind, spirit = certificates.physical(f), certificates.intellectual(f), minds.mental(f)
    granted = medical.grants(f, body, spirit)
    decided = decisions.decisions(decisions.cards(f, body, mind, spirit))
    entitled = allowances.titles(f, body, mind)
    paid = allowances.payments(entitled)
    devices, tools = aids.devices(body), aids.tools(body)
    years = range(world.window.year, world.base_date.year + 1)

    def whole(build: Callable[[], pl.DataFrame]) -> list[tuple[str, Callable[[], pl.DataFrame]]]:
        return [("ALL", build)]

    return Groups(
        {
            "身体障害者手帳情報": whole(partial(certificates.physical_rows, body)),
            "身体障害者手帳障害情報": whole(partial(certificates.disabilities, body)),
            "療育手帳情報": whole(partial(certificates.intellectual_rows, mind)),
            "精神障害者保健福祉手帳情報": whole(partial(minds.mental_rows, spirit, granted.treated())),
            "障害支援区分認定情報": whole(partial(support.level_rows, decided.levels)),
            "支給決定情報": whole(partial(decisions.decision_rows, decided)),
            "支給決定サービス情報": whole(partial(decisions.service_rows, decided)),
            "自立支援医療支給認定情報": whole(partial(medical.grant_rows, granted)),
            "補装具費支給情報": [(str(y), partial(aids.device_rows, devices, y)) for y in years],
            "日常生活用具給付情報": [(str(y), partial(aids.tool_rows, tools, y)) for y in years],
            "手当受給資格情報": whole(partial(allowances.title_rows, entitled)),
            "手当支払情報": [(str(y), partial(allowances.payment_rows, paid, y)) for y in years],
        }
    )


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's seventeen tables of area 022."""
    from sample_data.areas.a022_disability_welfare import b_sha

    return b_sha.tables(world, truth)
