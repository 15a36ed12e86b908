"""How an area takes part in the sample: the protocol of area modules, the tables they write, and the registry.

An area's module provides two functions (see :class:`AreaModule`): ``truth`` gives the area's groups in standard
form, ``exports`` writes
them down as one vendor's tables. A module may also read the truth of areas before it (``ctx.truths``), in the order
of :data:`AREAS`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast, runtime_checkable

import polars as pl

from sample_data.world import World

Truth = Mapping[str, pl.DataFrame]
"""Group name (Japanese) -> all items of the group as columns (Japanese names; 9/S9 Int64, 9V Decimal, else String),
in layout order."""


@runtime_checkable
class Parted(Protocol):
    """A truth whose groups come in parts (one a fiscal year), so that a large group never is in memory whole; it is
    a :data:`Truth` too."""

    def parts(self, name: str) -> Iterator[tuple[str, pl.DataFrame]]:
        """Label and frame of each part of a group; the parts in this order are the group."""
        ...


@dataclass(frozen=True)
class Context:
    """What an area module may read besides the world: the truths of areas generated before it, and the defects to
    inject."""

    truths: dict[str, Truth] = field(default_factory=dict)
    """Area id -> truth."""
    defects: str = "none"
    """Name of the set of defects; the only set so far is ``none``."""


@dataclass(frozen=True)
class Table:
    """One export as text: every column String, as the vendor writes it (before quoting, padding to bytes and encoding).

    ``name`` is the table's name, i.e. the stem of ``record_layout/<name>.csv`` (field order and byte lengths are
    read there);
    ``file`` the file's name; ``shared`` tables of all municipalities are joined in one file.
    """

    name: str
    frame: pl.DataFrame
    file: str
    format: str = "csv"
    """csv (CP932, header, fields quoted where needed), csv_quoted (all fields quoted), tsv (CP932, no header), fixed
    (byte positions), mainframe (records as copybooks describe them: :mod:`sample_data.a_sha.records`)."""
    shared: bool = False
    sums: tuple[str, ...] = ()
    """Amount fields whose sum is declared in expected.csv."""
    header: bool = True


class AreaModule(Protocol):
    """A Python module with these two functions."""

    def truth(self, world: World, ctx: Context) -> Truth:
        """The area's groups in standard form; deterministic in ``world``."""
        ...

    def exports(self, world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
        """The vendor's tables, one after the other, so that only one is held in memory as text."""
        ...


_AREAS = {
    "002": "sample_data.areas.a002_seal_registration.area",
    "006": "sample_data.areas.a006_electoral_roll.area",
    "011": "sample_data.areas.a011_corporate_resident_tax.area",
    "012": "sample_data.areas.a012_fixed_asset_tax.area",
    "013": "sample_data.areas.a013_light_vehicle_tax.area",
    "022": "sample_data.areas.a022_disability_welfare.area",
    "023": "sample_data.areas.a023_long_term_care_insurance.area",
    "024": "sample_data.areas.a024_national_health_insurance.area",
    "025": "sample_data.areas.a025_late_elderly_medical_care.area",
    "026": "sample_data.areas.a026_national_pension.area",
    "027": "sample_data.areas.a027_child_allowance.area",
    "028": "sample_data.areas.a028_child_rearing_support.area",
}
"""Areas of which one module makes both, the truth and B社's exports."""

TRUTHS: dict[str, str] = {
    "001": "sample_data.truth.resident",
    "031": "sample_data.truth.nonresident",
    "010": "sample_data.tax.resident_tax",
    "014": "sample_data.tax.collection",
    **_AREAS,
}
"""Area id -> module with ``truth``; the order is the order of generation."""

READS: dict[str, tuple[str, ...]] = {
    "014": ("010",),
    "012": ("014",),
    "022": ("010",),
    "023": ("010", "014"),
    "024": ("010", "014"),
    "025": ("010", "014"),
    "026": ("010",),
    "027": ("010",),
    "028": ("010",),
}
"""Area id -> areas whose truth its own is made from (``ctx.truths``); other truths are let go after their exports."""

VENDORS: dict[str, dict[str, str]] = {
    "b_sha": {
        "001": "sample_data.b_sha.resident",
        "031": "sample_data.b_sha.nonresident",
        "010": "sample_data.tax.resident_tax",
        "014": "sample_data.tax.collection",
        **_AREAS,
        "x_dog_registration": "sample_data.b_sha.dog",
        "x_grave_register": "sample_data.b_sha.graves",
        "x_public_housing": "sample_data.b_sha.housing",
    },
    "a_sha": dict.fromkeys(TRUTHS, "sample_data.a_sha.tables:Exports"),
    "a_sha_keis": {"026": "sample_data.a_sha.tables:KeisExports"},
    "a_sha_jips": {"031": "sample_data.a_sha.tables:JipsExports"},
}
"""Vendor -> area id -> module with ``exports``, or ``module:class`` whose objects (made for an area) have it; ``x_...``
is a system without a layout (no truth)."""


def truth_of(area: str, world: World, ctx: Context) -> Truth:
    """The truth of an area, in standard form; empty for a system without a layout."""
    if area not in TRUTHS:
        return {}
    return cast("AreaModule", importlib.import_module(TRUTHS[area])).truth(world, ctx)


def exports_of(vendor: str, area: str, world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """The tables that a vendor holds of an area."""
    place, _, maker = VENDORS[vendor][area].partition(":")
    module = importlib.import_module(place)
    holder = getattr(module, maker)(area) if maker else module
    return cast("AreaModule", holder).exports(world, truth, ctx)
