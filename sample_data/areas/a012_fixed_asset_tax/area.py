"""Area 012 固定資産税 of the sample: the truth (all groups in standard form), and B社's tables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import polars as pl

from sample_data.areas.a012_fixed_asset_tax import (
    house_groups,
    land_groups,
    levy_groups,
    owner_groups,
    plant,
)
from sample_data.areas.a012_fixed_asset_tax.book import book
from sample_data.plugin import Context, Table, Truth
from sample_data.tax import collection
from sample_data.tax.claims import OLD
from sample_data.tax.frames import Groups
from sample_data.world import World


def truth(world: World, ctx: Context) -> Groups:
    """The thirteen groups of area 012; valuations, taxes and levies in parts by year."""
    collected = ctx.truths.get("014")
    b = book(world, collection.truth(world, ctx) if collected is None else collected)
    land = land_groups.Land(b)
    built = house_groups.Built(land)
    levies, declared = levy_groups.Levies(b), plant.Plant(b)
    labels = [str(year) for year in b.years]
    who = owner_groups.payers(b, declared.payer)

    def once(build: Callable[[], pl.DataFrame]) -> list[tuple[str, Callable[[], pl.DataFrame]]]:
        return [("ALL", build)]

    def yearly(build: Callable[[int], pl.DataFrame]) -> list[tuple[str, Callable[[], pl.DataFrame]]]:
        return [(label, partial(build, k)) for k, label in enumerate(labels)]

    def levied(build: Callable[[int], pl.DataFrame]) -> list[tuple[str, Callable[[], pl.DataFrame]]]:
        return [(label, partial(build, part)) for part, label in enumerate([OLD, *labels])]

    parcels, houses = _first(b.o.size, b.p.owner), _first(b.o.size, b.h.owner)
    return Groups(
        {
            "納税義務者": once(lambda: owner_groups.taxpayers(b, declared.payer)),
            "共有者構成": once(lambda: owner_groups.co_owners(b, who)),
            "土地": once(lambda: land_groups.land(land)),
            "土地評価": yearly(partial(land_groups.valuations, land)),
            "土地課税": yearly(partial(land_groups.taxation, land)),
            "家屋": once(lambda: house_groups.buildings(built)),
            "家屋評価課税": yearly(partial(house_groups.valuations, built)),
            "償却資産申告": yearly(partial(plant.declarations, declared)),
            "償却資産種類別": yearly(partial(plant.by_kind, declared)),
            "償却資産明細": yearly(partial(plant.items, declared)),
            "賦課情報": levied(partial(levy_groups.assessments, levies)),
            "期別税額": levied(partial(levy_groups.installments, levies)),
            "減免": once(lambda: levy_groups.reductions(levies, land.number, parcels, built.number, houses)),
        }
    )


def _first(size: int, owner: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Position of each owner's first property, -1 where he has none."""
    out = np.full(size, -1)
    own = np.flatnonzero((owner >= 0) & (np.r_[-2, owner[:-1]] != owner))
    out[owner[own]] = own
    return out


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's fifteen tables of area 012."""
    from sample_data.areas.a012_fixed_asset_tax import b_sha

    return b_sha.tables(world, truth)
