"""Area 011 法人住民税 of the sample: the truth (all groups in standard form), and B社's tables of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from layouts.load import load_area
from sample_data.areas import accounts
from sample_data.areas.a011_corporate_resident_tax import firms, groups, returns
from sample_data.plugin import Context, Table, Truth
from sample_data.tax import resident_tax
from sample_data.tax.claims import LEVY_DAYS
from sample_data.tax.frames import mix
from sample_data.world import World

NOT_HELD = "申告期限延長情報"
"""B社 has no data of it."""


def truth(world: World, ctx: Context) -> dict[str, pl.DataFrame]:
    """The twelve groups of area 011; 申告期限延長情報 is empty."""
    years = resident_tax.fiscal_years(world)
    who, claims = accounts.of(world, (20,))
    f = firms.firms(world, who, claims, years[0])
    c = firms.changes(f, world.years)
    r = returns.returns(f, claims, years)
    g = groups.Ledger(world.code, f, r)
    w = groups.working(g)
    paid, filed = _known(r, returns.INTERIM, 0), _known(r, returns.FINAL, 1)
    empty = pl.DataFrame(schema=load_area("011").group(NOT_HELD).polars_schema)
    april = returns.april(r.fuka)
    booked = np.maximum(np.where(r.sink == 2, returns.month_end(r.fuka, 11), r.due) - LEVY_DAYS, april)
    return {
        "法人基本情報": firms.basic(world, f, c),
        "市内事業所情報": firms.offices(world, f),
        "法人異動届情報": firms.notifications(world, f, c),
        "申告情報": groups.filed(g),
        "法人税割情報": groups.levied(g, w, returns.levy_of(f.payer[r.at], r.fuka)),
        "均等割情報": groups.per_capita(g),
        "分割情報": groups.apportioned(g, w, f.frame["city_code"]),
        "更正決定情報": groups.corrections(g),
        NOT_HELD: empty,
        "予定申告管理情報": groups.interim(g, years, paid, filed, mix(f.payer[r.at], 945) % 2 == 0),
        "減免情報": groups.reliefs(g),
        "調定情報": groups.booked(g, booked),
    }


def _known(r: returns.Returns, kind: int, later: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Returns whose corporation has one of ``kind`` in the 賦課年度 that is ``later`` years after theirs."""
    some = r.kind == kind
    known = r.at[some] * 10_000 + r.fuka[some]
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.isin(r.at * 10_000 + r.fuka + later, known)
    return found


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's eleven tables of area 011."""
    from sample_data.areas.a011_corporate_resident_tax import b_sha

    return b_sha.tables(world, truth)
