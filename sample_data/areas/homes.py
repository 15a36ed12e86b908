"""Where people lived on a day, and since when the register names a former surname: as area 001 has both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from sample_data.areas.insured import People, base_day
from sample_data.tax.frames import NO_DAY, Ints
from sample_data.truth.frame import mix
from sample_data.truth.people import address_text
from sample_data.world import World

ITEMS = (
    ("市区町村コード", "city_code"),
    ("町字コード", "town_code"),
    ("都道府県", "prefecture"),
    ("市区郡町村名", "city"),
    ("町字", "town"),
    ("番地号表記", "banchi"),
    ("方書", "building"),
    ("郵便番号", "postal"),
)
"""Items of an address, and the columns of ``world.addresses``."""


@dataclass(frozen=True)
class Homes:
    """Parallel arrays, one a household (by hid): when it came and moved, and its addresses before and after."""

    entry: Ints
    move1: Ints
    move2: Ints
    """Day, or NO_DAY."""
    address: npt.NDArray[np.int64]
    """Four columns: before it came, after entry, after the first and second move."""

    def at(self, hid: Ints, days: Ints) -> Ints:
        """addr_id of households at the end of days."""
        later = [(self.entry, 1), (self.move1, 2), (self.move2, 3)]
        stage = np.zeros(len(hid), np.int64)
        for when, number in later:
            day = when[hid]
            stage = np.where((day != NO_DAY) & (day <= days), number, stage)
        found: Ints = self.address[hid, stage]
        return found


def homes(world: World) -> Homes:
    """All households of ``world``."""
    frame = world.households.sort("hid")

    def days(name: str) -> Ints:
        return frame[name].to_physical().cast(pl.Int64).fill_null(NO_DAY).to_numpy()

    address = frame.select("addr_birth", "addr0", "addr1", "addr2").to_numpy().astype(np.int64)
    return Homes(days("entry"), days("move1"), days("move2"), address)


def surname_days(world: World, p: People) -> Ints:
    """Per resident: day since when the resident register names the former surname (it may be before the entry), or
    NO_DAY."""
    drawn = p.frame.select(pl.when(pl.col("kyu_sei").is_not_null()).then(mix("pid", salt=1, modulus=300) + 20))
    shift = drawn.to_series().cast(pl.Int64).fill_null(NO_DAY).to_numpy()
    day = np.where(shift == NO_DAY, NO_DAY, base_day(world) - 365 * world.years + shift)
    return np.where((p.removal == NO_DAY) | (day < p.removal), day, NO_DAY)


def address_items(world: World, addr: Ints, prefix: str = "住所_") -> dict[str, pl.Series]:
    """The items of addresses."""
    rows = world.addresses[pl.Series(addr)]
    return {prefix + item: rows[column] for item, column in ITEMS}


def address_lines(world: World, addr: Ints) -> pl.Series:
    """Addresses in one line: 都道府県 ... 方書 after a full-width space."""
    return world.addresses[pl.Series(addr)].select(address_text("")).to_series()


def counters(world: World, drawn: Ints) -> dict[str, pl.Series]:
    """Code (``code``) and name (``name``) of a counter of the town."""
    offices = world.municipality.offices
    at = pl.Series(drawn % len(offices))
    return {
        "code": pl.Series([o[0] for o in offices]).gather(at),
        "name": pl.Series([o[1] for o in offices]).gather(at),
    }
