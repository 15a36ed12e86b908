"""Where parcels lie, how their lot numbers are written, and their 地目."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a012_fixed_asset_tax.book import Book
from sample_data.tax.frames import Bools, Ints, choose, mix

USES = ("03", "03", "01", "02", "09", "23", "11", "17")
"""地目 by use."""
EXEMPT_USES = (
    *[("21", "05")] * 4,
    *[("16", "02")] * 2,
    ("17", "02"),
    ("22", "01"),
    ("20", "06"),
    ("04", "01"),
    ("03", "01"),
)
"""地目 and 非課税区分 of the town's own land; roads are the most."""
SOCIETY_USES = (("13", "03"), ("12", "04"), ("03", "09"))
"""The same of other bodies: 境内地, 墓地, 社会福祉施設."""
UNVALUED = ("21", "16", "17", "20")
"""地目 that have no value when exempt: roads, drains, ponds, protected forests."""
WIDE = tuple("０１２３４５６７８９")


def wide_number(values: Ints) -> pl.Series:
    """Numbers in full-width digits."""
    return pl.Series(values).cast(pl.String).str.replace_many(list("0123456789"), list(WIDE))


@dataclass(frozen=True)
class Places:
    """Parallel to the parcels: where they lie."""

    town: Ints
    """Row of ``world.towns``."""
    lot: Ints
    branch: Ints
    """0 = none."""
    twig: Ints
    """孫番, 0 = none."""


def places(b: Book) -> Places:
    """Town and lot number of every parcel: three in four lie in the town where the owner lives; lot numbers are
    counted within a town."""
    size, towns = b.p.size, b.world.towns.height
    people = b.world.persons.sort("pid").join(
        b.world.addresses.select("addr_id", "town_ix", "is_local"), on="addr_id", how="left", maintain_order="left"
    )
    home = np.where(people["is_local"].fill_null(False).to_numpy(), people["town_ix"].fill_null(0).to_numpy(), -1)
    payer = np.where(b.p.owner >= 0, b.o.payer[b.p.owner], b.who.size)
    near = (payer < len(home)) & (mix(b.p.number, 1302) % 4 > 0)
    at_home = np.where(near, home[np.where(near, payer, 0)], -1)
    town = np.where(at_home >= 0, at_home, mix(b.p.number, 1301) % towns).astype(np.int64)
    order = np.lexsort((mix(b.p.number, 1303), town))
    nth = np.empty(size, np.int64)
    nth[order] = np.arange(size) - np.searchsorted(town[order], town[order])
    return Places(town, 1 + nth // 6, nth % 6, np.where((nth % 6 > 0) & (mix(b.p.number, 1304) % 40 == 0), 1, 0))


def lots(at: Places, parcel: Ints, house: bool = False) -> pl.Series:
    """地番 as it is printed: １２３４番５ (of a house's site: １２３４番地５)."""
    branch, twig = at.branch[parcel], at.twig[parcel]
    rest = pl.DataFrame({"branch": wide_number(branch), "twig": wide_number(twig)})
    tail = rest.select(
        pl.when(pl.Series(branch > 0)).then("branch").otherwise(pl.lit(""))
        + pl.when(pl.Series(twig > 0)).then(pl.lit("の") + pl.col("twig")).otherwise(pl.lit(""))
    ).to_series()
    return wide_number(at.lot[parcel]) + ("番地" if house else "番") + tail


@dataclass(frozen=True)
class Kinds:
    """Parallel to the parcels: 地目, 非課税区分 ('00' = taxed), and whether the parcel has a value."""

    use: pl.Series
    exempt: pl.Series
    valued: Bools


def kinds(b: Book) -> Kinds:
    """地目 of every parcel by its use; what is exempt in a single year only is not in it."""
    own = b.p.owner >= 0
    drawn = mix(b.p.number, 1311)
    pairs = [*EXEMPT_USES, *SOCIETY_USES]
    at = np.where(b.of_society, len(EXEMPT_USES) + drawn % len(SOCIETY_USES), drawn % len(EXEMPT_USES))
    uses = [use for use, _ in pairs]
    return Kinds(
        choose([*USES, *uses], np.where(own, np.minimum(b.p.use, len(USES) - 1), len(USES) + at)),
        choose(["00", *(why for _, why in pairs)], np.where(own, 0, 1 + at)),
        np.asarray(own | ~np.isin(np.array(uses)[at], UNVALUED)),
    )
