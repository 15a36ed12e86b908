"""公営住宅: a small system that no layout covers; its tables migrate whole as overflow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import polars as pl

from sample_data.b_sha.spell import number10, pad, record, wareki_dots
from sample_data.plugin import Context, Table, Truth
from sample_data.truth.frame import day, iso, mix
from sample_data.truth.people import residents, some
from sample_data.world import World

OWNED = "市営"
"""Buildings of the municipality begin with this."""
ROOMS = ("3DK", "2LDK", "3LDK", "２Ｋ")


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """The households that live in the municipality's houses, the empty flats among them, and their rents."""
    units = _units(world)
    let = units.filter("let")
    yield Table("JUKODT", _houses(world, units), "JUKODT.csv")
    yield Table("JUKONY", _tenants(world, let), "JUKONY.csv", sums=("SIKIKIN",))
    yield Table("JUKOYA", _rents(world, let), "JUKOYA.csv", sums=("YACHIN", "TAINO"))


def _units(world: World) -> pl.DataFrame:
    """The flats, each with the head of the household that has it (``let``) or once had it."""
    heads = world.with_address(residents(world).filter("is_head"), "addr_id")
    here = heads.filter(pl.col("building").str.starts_with(OWNED))
    rows = pl.concat([here, some(heads, 3, 3, 221)]).unique("pid", keep="first").sort("pid")
    members = residents(world).group_by("hid").agg(members=pl.len())
    begin = pl.min_horizontal(pl.col("home_since") + pl.duration(days=3), day(world.base_date))
    return (
        rows.join(members, on="hid", how="left", maintain_order="left")
        .with_row_index("n")
        .with_columns(pl.col("n").cast(pl.Int64))
        .with_columns(
            estate=(pl.col("n") % 7 + 1).cast(pl.String).str.zfill(3),
            block=((pl.col("n") // 7) // 24 + 1).cast(pl.String).str.zfill(2),
            flat=((pl.col("n") // 7) % 24 // 6 * 100 + (pl.col("n") // 7) % 6 + 101).cast(pl.String).str.zfill(4),
            contract=(pl.col("n") + 1_001).cast(pl.String).str.zfill(8),
            begin=begin,
            let=(pl.col("n") == 0) | (pl.col("n") % 9 != 4),
            rent=mix("pid", salt=41, modulus=12) * 1_500 + 9_800,
        )
    )


def _choice(values: tuple[str, ...], salt: int) -> pl.Expr:
    places = mix("pid", salt=salt, modulus=len(values))
    return places.replace_strict(list(range(len(values))), list(values), return_dtype=pl.String)


def _houses(world: World, units: pl.DataFrame) -> pl.DataFrame:
    towns = [town.name.removeprefix("大字") for town in world.municipality.towns]
    names = [f"{towns[k % len(towns)]}{'団地' if k % 2 else '住宅'}" for k in range(7)]
    return record(
        "JUKODT",
        units,
        {
            "DANTI_CD": "estate",
            "TO_NO": "block",
            "HEYA_NO": "flat",
            "DANTI_MEI": (pl.col("n") % 7).replace_strict(range(7), names, return_dtype=pl.String),
            "SYOZAI": pl.concat_str("prefecture", "city", "town", "banchi"),
            "KOZO": _choice(("R", "R", "R", "P", "W"), 42),
            "KENSETU": _choice(("348", "352", "361", "405", "412"), 43),
            "MADORI": _choice(ROOMS, 44),
            "MENSEKI": (mix("pid", salt=45, modulus=4_000) + 3_200).cast(pl.String).str.zfill(5),
            "JUTK_SYU": _choice(("1", "1", "1", "2", "3"), 46),
            "KAISU": pl.col("flat").str.slice(1, 1),
            "KUSITU": pl.when(~pl.col("let")).then(pl.lit("1")),
        },
    )


def _tenants(world: World, let: pl.DataFrame) -> pl.DataFrame:
    backed = mix("pid", salt=47, modulus=5) > 0
    old = pl.col("birth") < day(dt.date(1960, 4, 1))
    return record(
        "JUKONY",
        let,
        {
            "KEIYAKU_NO": "contract",
            "DANTI_CD": "estate",
            "TO_NO": "block",
            "HEYA_NO": "flat",
            "ATENA_NO": number10("atena"),
            "SIMEI": pad("JUKONY", "SIMEI", "name"),
            "NYUKYO_YMD": wareki_dots(iso("begin")),
            "TAIKYO_YMD": None,
            "NINZU": pl.col("members").cast(pl.String).str.zfill(2),
            "HOSYO_MEI": pl.when(backed).then(pl.coalesce("sei", "name") + pl.lit("　保")),
            "HOSYO_TEL": pl.when(backed).then(
                pl.lit("090-0000-") + mix("pid", salt=48, modulus=10_000).cast(pl.String).str.zfill(4)
            ),
            "SIKIKIN": (pl.col("rent") * 3).cast(pl.String),
            "KOZA_KBN": _choice(("K", "K", "N", "D"), 49),
            "TYUSYA": pl.when(mix("pid", salt=50, modulus=3) > 0).then(
                pl.lit("P") + (pl.col("n") + 1).cast(pl.String).str.zfill(4)
            ),
            "KOREI_FLG": pl.when(old).then(pl.lit("1")),
        },
    )


def _rents(world: World, let: pl.DataFrame) -> pl.DataFrame:
    """A record a contract and fiscal year; months that have not come are marked as such."""
    newest = world.base_date.year - (world.base_date.month < 4)
    years = range(newest - world.years + 1, newest + 1)
    rows = pl.concat([let.with_columns(year=pl.lit(y)) for y in years]).filter(
        pl.col("begin") < pl.date(pl.col("year") + 1, 4, 1)
    )
    past = (world.base_date.month - 4) % 12
    done = pl.when(pl.col("year") == newest).then(past).otherwise(12)
    behind = pl.when(mix("pid", "year", salt=51, modulus=25) == 0).then(pl.min_horizontal(done, 2)).otherwise(0)
    relief = mix("pid", "year", salt=52, modulus=14) == 0
    rows = rows.with_columns(done=done, behind=behind).sort("contract", "year")
    marks = (
        pl.lit("1").repeat_by(pl.col("done") - pl.col("behind")).list.join("")
        + pl.lit("2").repeat_by("behind").list.join("")
        + pl.lit("-").repeat_by(12 - pl.col("done")).list.join("")
    )
    return record(
        "JUKOYA",
        rows,
        {
            "KEIYAKU_NO": "contract",
            "NENDO": (pl.col("year") - pl.when(pl.col("year") < 2019).then(1588).otherwise(1518)).cast(pl.String),
            "BUNI": (mix("pid", "year", salt=53, modulus=8) + 1).cast(pl.String),
            "SYUNYU": (mix("pid", "year", salt=54, modulus=158_000)).cast(pl.String).str.zfill(8),
            "YACHIN": pl.col("rent").cast(pl.String),
            "GENMEN": pl.when(relief).then((-(pl.col("rent") // 3)).cast(pl.String)).otherwise(pl.lit("0")),
            "NOFU_TUKI": marks,
            "TAINO": (pl.col("rent") * pl.col("behind")).cast(pl.String),
        },
    )
