"""墓籍: a small system that no layout covers; its tables migrate whole as overflow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import polars as pl

from sample_data.b_sha.spell import narrow, number10, record, w7
from sample_data.plugin import Context, Table, Truth
from sample_data.truth.frame import day, iso, mix
from sample_data.truth.people import address_text, residents, some
from sample_data.world import World

ROWS = ("A", "B", "C", "D")
RELATIONS = ("父", "母", "祖父", "祖母", "配偶者", "子")
SIZES = ("00300", "00400", "00600", "01200")


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """A plot for every twentieth resident; four of five are in use, with up to three burials each."""
    plots = _plots(world)
    used = plots.filter(pl.col("n") % 5 < 4)
    yield Table("BOKUKA", _ground(plots), "BOKUKA.csv", sums=("SIYO_RYO",))
    yield Table("BOSIYO", _users(world, used), "BOSIYO.csv", sums=("KANRI_GAKU",))
    yield Table("BOMAIS", _burials(world, used), "BOMAIS.csv")


def _plots(world: World) -> pl.DataFrame:
    """The plots, each beside a grown-up who has it or might have it."""
    adults = residents(world).filter(pl.col("birth") < day(dt.date(1990, 1, 1)))
    people = some(adults, round(len(world.present) / 20), 5, 211)
    rows = world.with_address(people, "addr_id")
    rows = world.with_address(rows, "honseki_addr_id", "reg_")
    number = (pl.col("n") // 4 + 1).cast(pl.String).str.zfill(4)
    since = pl.lit(world.base_date) - pl.duration(days=mix("pid", salt=21, modulus=14_000) + 400)
    begin = pl.max_horizontal(since, pl.col("birth").dt.offset_by("25y"))
    return (
        rows.with_row_index("n")
        .with_columns(pl.col("n").cast(pl.Int64))
        .with_columns(
            garden=(pl.col("n") % 3 + 1).cast(pl.String).str.zfill(2),
            plot=(pl.col("n") % 4).replace_strict(range(4), ROWS, return_dtype=pl.String) + pl.lit("-") + number,
            size=mix("pid", salt=23, modulus=len(SIZES)),
            permit=(pl.col("n") * 3 + 1).cast(pl.String).str.zfill(7),
            begin=begin,
            inherited=mix("pid", salt=24, modulus=3) == 0,
            given_back=pl.col("n") % 23 == 7,
        )
    )


def _choice(values: tuple[str, ...], salt: int, *columns: str) -> pl.Expr:
    places = mix(*(columns or ("pid",)), salt=salt, modulus=len(values))
    return places.replace_strict(list(range(len(values))), list(values), return_dtype=pl.String)


def _ground(plots: pl.DataFrame) -> pl.DataFrame:
    in_use = pl.col("n") % 5 < 4
    return record(
        "BOKUKA",
        plots,
        {
            "BOEN_CD": "garden",
            "KUKAKU_NO": "plot",
            "KUKAKU_SYU": _choice(("1", "1", "1", "2", "3"), 25),
            "MENSEKI": pl.col("size").replace_strict(range(len(SIZES)), SIZES, return_dtype=pl.String),
            "SIYO_RYO": ((pl.col("size") + 1) * 180_000).cast(pl.String),
            "JOTAI": pl.when(~in_use).then(pl.lit("0")).when("given_back").then(pl.lit("2")).otherwise(pl.lit("1")),
            "ZOSEI_NEN": pl.when(pl.col("garden") == "03").then(pl.lit("408")).otherwise(pl.lit("348")),
            "BIKO": pl.when(pl.col("n") % 11 == 3).then(pl.lit("隣地に樹木あり")),
        },
    )


def _users(world: World, used: pl.DataFrame) -> pl.DataFrame:
    away = mix("pid", salt=26, modulus=12) == 0
    heir = pl.min_horizontal(pl.col("begin") + pl.duration(days=3_000), day(world.base_date))
    paid = pl.lit(507) - mix("pid", salt=27, modulus=10) // 8
    return record(
        "BOSIYO",
        used,
        {
            "KYOKA_NO": "permit",
            "BOEN_CD": "garden",
            "KUKAKU_NO": "plot",
            "SIYO_NO": pl.when(away).then(pl.lit("0" * 10)).otherwise(number10("atena")),
            "SIYO_MEI": "name",
            "SIYO_KANA": narrow("name_kana"),
            "SIYO_JUSYO": pl.when(away).then(pl.lit("広島県広島市中区国泰寺町一丁目１番")).otherwise(address_text("")),
            "HONSEKI": pl.concat_str("reg_prefecture", "reg_city", "reg_town", "reg_banchi"),
            "KYOKA_YMD": w7(iso("begin")),
            "SYOKEI_KBN": pl.when("inherited").then(_choice(("1", "2"), 28)).otherwise(pl.lit("0")),
            "SYOKEI_YMD": w7(pl.when("inherited").then(iso(heir))),
            "MAE_MEI": pl.when("inherited").then(pl.coalesce("sei", "name") + pl.lit("　正一")),
            "KANRI_GAKU": ((pl.col("size") + 1) * 1_200).cast(pl.String),
            "NOFU_NEN": paid.cast(pl.String),
            "HENKAN_YMD": w7(pl.when("given_back").then(pl.lit("2025-06-30")), "9999999"),
        },
    )


def _burials(world: World, used: pl.DataFrame) -> pl.DataFrame:
    many = mix("pid", salt=29, modulus=4)
    rows = pl.concat([used.filter(many >= k).with_columns(k=pl.lit(k)) for k in (1, 2, 3)]).sort("n", "k")
    room = (pl.lit(world.base_date) - pl.col("begin")).dt.total_days()
    died = pl.col("begin") + pl.duration(days=room * pl.col("k") // 4 - mix("pid", "k", salt=30, modulus=90))
    rows = rows.with_columns(male=pl.col("k") % 2, died=died)
    moved = mix("pid", "k", salt=31, modulus=9) == 0
    his = _choice(("正一", "清", "茂", "武夫"), 32, "pid", "k")
    hers = _choice(("ハナ", "キヨ", "トシ", "ミヨ"), 33, "pid", "k")
    return record(
        "BOMAIS",
        rows,
        {
            "KYOKA_NO": "permit",
            "MAIS_NO": pl.col("k").cast(pl.String).str.zfill(2),
            "SIBO_MEI": pl.coalesce("sei", "name")
            + pl.lit("　")
            + pl.when(pl.col("male") == 1).then(his).otherwise(hers),
            "SIBO_KANA": narrow(pl.coalesce("sei_kana", "name_kana")),
            "ZOKUGARA": pl.when(pl.col("male") == 1)
            .then(_choice(RELATIONS[::2], 34, "pid", "k"))
            .otherwise(_choice(RELATIONS[1::2], 35, "pid", "k")),
            "SEIBETU": pl.when(pl.col("male") == 1).then(pl.lit("1")).otherwise(pl.lit("2")),
            "SIBO_YMD": w7(iso("died")),
            "MAIS_YMD": w7(iso(pl.min_horizontal(pl.col("died") + pl.duration(days=49), day(world.base_date)))),
            "MAIS_SYU": pl.when(moved).then(pl.lit("3")).otherwise(pl.lit("1")),
            "KYOKA_SYO": pl.when(~moved).then(
                pl.lit("K") + mix("pid", "k", salt=36, modulus=90_000_000).cast(pl.String).str.zfill(9)
            ),
        },
    )
