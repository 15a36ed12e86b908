"""飼犬登録: a small system that no layout covers; its table migrates whole as overflow."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from sample_data.b_sha.spell import month5, number10, record, w7
from sample_data.plugin import Context, Table, Truth
from sample_data.truth.frame import iso, mix, wide
from sample_data.truth.people import residents, some
from sample_data.world import World

BREEDS = ("柴", "雑種", "トイプードル", "ミニチュアダックスフンド", "チワワ", "ゴールデンレトリバー")
COATS = ("茶", "黒", "白", "白黒", "赤茶")
NAMES = ("ポチ", "コロ", "モモ", "ココ", "ハナ", "レオ", "小太郎")


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """One dog for every sixteenth resident."""
    rows = (
        world.with_address(some(residents(world), round(len(world.present) / 16), 4, 201), "addr_id")
        .with_row_index("n")
        .with_columns(pl.col("n").cast(pl.Int64))
    )
    born = pl.lit(world.base_date) - pl.duration(days=mix("pid", salt=1, modulus=4000) + 200)
    rows = rows.with_columns(
        born=iso(born),
        listed=iso(born + pl.duration(days=95)),
        shot=iso(pl.lit(world.base_date) - pl.duration(days=mix("pid", salt=2, modulus=160))),
    )
    died = pl.col("n") % 9 == 8

    def choice(values: tuple[str, ...], salt: int) -> pl.Expr:
        return mix("pid", salt=salt, modulus=len(values)).replace_strict(
            list(range(len(values))), list(values), return_dtype=pl.String
        )

    frame = record(
        "INU_TOROKU",
        rows,
        {
            "INU_NO": (pl.col("n") + 1).cast(pl.String).str.zfill(8),
            "KAINUSHI_NO": number10("atena"),
            "KAINUSHI_MEI": "name",
            "SHOZAICHI": pl.concat_str("city", "town", "banchi"),
            "INU_MEI": choice(NAMES, 3) + wide((pl.col("n") % 3 + 1).cast(pl.String)),
            "KENSHU": choice(BREEDS, 4),
            "KEIRO": choice(COATS, 5),
            "SEIBETSU": (pl.col("n") % 2 + 1).cast(pl.String),
            "UMARE_YM": month5(pl.col("born").str.slice(0, 7)),
            "TOROKU_YMD": w7("listed"),
            "CHUSHA_YMD": w7("shot"),
            "SUMI_NO": pl.when(pl.col("n") % 4 > 0).then(
                mix("pid", salt=6, modulus=99_999).cast(pl.String).str.zfill(6)
            ),
            "SHIBO_YMD": pl.when(died).then(w7(pl.lit("2025-09-20"))).otherwise(pl.lit("0000000")),
            "TESURYO": pl.lit("3000"),
        },
    )
    yield Table("INU_TOROKU", frame, "INU_TOROKU.csv", sums=("TESURYO",))
