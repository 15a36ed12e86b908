"""Area 013 軽自動車税（種別割） of the sample: the truth (all groups in standard form), and B社's tables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import polars as pl

from layouts.load import load_area
from sample_data.areas import accounts
from sample_data.areas.a013_light_vehicle_tax import fleet, levies, parties, tax_groups, vehicle_groups
from sample_data.plugin import Context, Table, Truth
from sample_data.tax import resident_tax
from sample_data.tax.frames import NO_DAY, Groups
from sample_data.world import World

NOT_HELD = "非課税課税免除情報"
"""B社 has no data of it."""


def truth(world: World, ctx: Context) -> Groups:
    """The ten groups of area 013, 種別割課税情報 in parts by 相当年度; 非課税課税免除情報 is empty."""
    years = resident_tax.fiscal_years(world)
    who, claims = accounts.of(world, (40,))
    f = fleet.fleet(world, who, claims, years)
    t = levies.levies(f, who, claims, years)
    p = parties.parties(world)
    g = vehicle_groups.Ledger(world, f, t, p)
    used = np.unique(np.concatenate([f.payer, f.before[f.transfer != NO_DAY], f.keeper[f.keeper >= 0], t.payer]))
    hall = np.unique(f.payer[f.what == fleet.PUBLIC])
    empty = pl.DataFrame(schema=load_area("013").group(NOT_HELD).polars_schema)
    whole: dict[str, Callable[[], pl.DataFrame]] = {
        "車両情報": partial(vehicle_groups.vehicles, g),
        "車両検査情報": partial(vehicle_groups.inspections, g),
        "車両関係者情報": partial(parties.concerned, world, p, used, hall, f.base),
        "車両異動情報": partial(vehicle_groups.movements, g),
        "標識情報": partial(vehicle_groups.plates, g),
        "減免情報": partial(tax_groups.reliefs, g),
        NOT_HELD: lambda: empty,
        "税止め情報": partial(vehicle_groups.stops, g),
        "減免対象者情報": partial(tax_groups.supported, g),
    }
    builders: dict[str, list[tuple[str, Callable[[], pl.DataFrame]]]] = {}
    for group in load_area("013").groups:
        if group.name == "種別割課税情報":
            builders[group.name] = [(str(y), partial(tax_groups.taxes, g, int(y))) for y in np.unique(t.year)]
        else:
            builders[group.name] = [("ALL", whole[group.name])]
    return Groups(builders)


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's twelve tables of area 013."""
    from sample_data.areas.a013_light_vehicle_tax import b_sha

    return b_sha.tables(world, truth)
