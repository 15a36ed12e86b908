"""Everybody whom the tax office may assess: residents (present and removed) and people outside, as parallel arrays;
and the employers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.tax.frames import NO_DAY, Bools, Floats, Ints, digits, mix
from sample_data.world import World


@dataclass(frozen=True)
class Pool:
    """Parallel columns, residents first, then people outside. ``spouse`` is a position or -1, ``outsider`` tells the
    two apart.
    """

    atena: pl.Series
    setai: pl.Series
    name: pl.Series
    kana: pl.Series
    kojin: pl.Series
    address: pl.Series
    postal: pl.Series
    birth: Ints
    birth_date: pl.Series
    male: Bools
    hid: Ints
    spouse: Ints
    head: Bools
    parent: Bools
    """Father or mother of the head or of the head's spouse."""
    child: Bools
    entry: Ints
    removal: Ints
    outsider: Bools

    @property
    def size(self) -> int:
        return len(self.birth)

    def age(self, year: int, of: Ints) -> Ints:
        """Age on 31 December of the year before ``year``; who is born on 1 January is counted one year older that
        day (the rule of area 010).
        """
        born = self.birth[of].astype("datetime64[D]")
        years = born.astype("datetime64[Y]").astype(np.int64) + 1970
        first = born == born.astype("datetime64[Y]").astype("datetime64[D]")
        age: Ints = year - years + first.astype(np.int64) - 1
        return age


@dataclass(frozen=True)
class Employers:
    """特別徴収義務者: firms that withhold and people in business who do. ``since`` and ``until`` are days (NO_DAY =
    still).
    """

    number: pl.Series
    atena: pl.Series
    houjin: pl.Series
    kind: pl.Series
    name: pl.Series
    kana: pl.Series
    address: pl.Series
    postal: pl.Series
    phone: pl.Series
    weight: Floats
    since: Ints
    until: Ints

    @property
    def size(self) -> int:
        return len(self.since)


def uniform(keys: Ints, salt: int) -> Floats:
    """Stable uniform numbers in (0, 1), a function of key and salt."""
    return (mix(keys, salt) % 1_000_003 + 0.5) / 1_000_003


def normal(keys: Ints, salt: int) -> Floats:
    """Stable standard normal numbers."""
    drawn: Floats = np.sqrt(-2 * np.log(uniform(keys, salt))) * np.cos(2 * np.pi * uniform(keys, salt + 7919))
    return drawn


def _days(column: pl.Series) -> Ints:
    return column.to_physical().cast(pl.Int64).fill_null(NO_DAY).to_numpy().copy()


def _place(frame: pl.DataFrame) -> pl.Series:
    parts = [pl.col(c).fill_null("") for c in ("prefecture", "city", "town", "banchi")]
    room = pl.when(pl.col("building").is_not_null()).then("　" + pl.col("building")).otherwise(pl.lit(""))
    return frame.select(pl.concat_str([*parts, room]).alias("at"))["at"]


def pool(world: World) -> Pool:
    """The people of ``world``: everybody in its register, and the people outside who are not merged into another
    number.
    """
    people = world.with_address(world.persons.sort("pid"))
    outside = world.with_address(
        world.outsiders.filter(
            (pl.col("kind") == "1")
            & pl.col("merged_into").is_null()
            & pl.col("addr_id").is_not_null()
            & pl.col("birth").is_not_null()
        )
    )
    count, more = people.height, outside.height

    def both(column: str) -> pl.Series:
        return pl.concat([people[column], outside[column]]).rechunk()

    blank = pl.Series([None] * more, dtype=pl.String)
    relation = people["relation1"].fill_null("").to_numpy()
    spouse = people["spouse_pid"].fill_null(-1).to_numpy()
    return Pool(
        both("atena"),
        pl.concat([people["setai_no"], blank]),
        both("name"),
        both("name_kana"),
        both("kojin_bango"),
        pl.concat([_place(people), _place(outside)]),
        both("postal"),
        _days(both("birth")),
        both("birth"),
        (both("sex") == "1").fill_null(False).to_numpy(),
        np.concatenate([people["hid"].to_numpy(), np.full(more, -1)]),
        np.concatenate([spouse, np.full(more, -1)]),
        np.concatenate([people["is_head"].to_numpy(), np.ones(more, bool)]),
        np.concatenate([np.isin(relation, ("51", "52")), np.zeros(more, bool)]),
        np.concatenate([relation == "20", np.zeros(more, bool)]),
        np.concatenate([_days(people["entry"]), _days(outside["since"])]),
        np.concatenate([_days(people["removal"]), _days(outside["death"])]),
        np.arange(count + more) >= count,
    )


def employers(world: World, people: Pool) -> Employers:
    """Employers of ``world`` (firms marked so), one resident in about eighty as a person in business, and the town
    hall itself.
    """
    firms = world.with_address(world.outsiders.filter(pl.col("is_employer") & pl.col("houjin_no").is_not_null()))
    base = world.base_date.toordinal() - 719_163
    able = np.flatnonzero(
        ~people.outsider
        & (people.removal == NO_DAY)
        & (base - people.birth > 30 * 365)
        & (base - people.birth < 75 * 365)
    )
    owners = pl.Series(able[mix(able, 4711) % 80 == 0])
    town, hall = world.municipality, world.outsiders.filter(pl.col("kind") == "3")["atena"][0]
    count = 1 + firms.height + len(owners)
    serial = np.arange(count)
    since = base - 400 * world.years - 300 - mix(serial, 31) % 9000
    until = np.where(mix(serial, 33) % 40 == 7, base - mix(serial, 35) % (365 * world.years), NO_DAY)
    until[0] = NO_DAY
    nothing = pl.Series([None], dtype=pl.String)

    def column(first: str | None, of_firm: pl.Series, of_owner: pl.Series) -> pl.Series:
        return pl.concat([pl.Series([first], dtype=pl.String), of_firm, of_owner]).rechunk()

    blank = pl.Series([None] * len(owners), dtype=pl.String)
    weight = 1 / (1 + (mix(serial, 41) % count)) ** 0.7
    weight[0] = weight.max()
    return Employers(
        digits(serial * 37 + 10_011, 10),
        column(hall, firms["atena"], people.atena.gather(owners)),
        pl.concat([nothing, firms["houjin_no"], blank]),
        column("3", pl.Series(["2"] * firms.height, dtype=pl.String), pl.Series(["1"] * len(owners), dtype=pl.String)),
        column(town.name, firms["name"], people.name.gather(owners)),
        column(town.kana, firms["name_kana"], people.kana.gather(owners)),
        column(town.office_address, _place(firms), people.address.gather(owners)),
        column(town.office_postal, firms["postal"], people.postal.gather(owners)),
        column(town.phone, firms["phone"], blank),
        weight,
        since,
        until,
    )
