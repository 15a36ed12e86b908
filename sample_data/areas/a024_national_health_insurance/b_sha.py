"""Area 024 as B社 holds it: the fifteen KH tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from sample_data.areas.a024_national_health_insurance.b_sha_fields import (
    KEY,
    benefit,
    burden,
    certificate,
    circumstance,
    high_cost,
    household,
    income,
    levy,
    mailing,
    maternity,
    member,
    payment,
    person,
    qualification,
    withheld,
)
from sample_data.b_sha.spell import deleted, record
from sample_data.plugin import Table, Truth
from sample_data.tax.frames import Ints, choose
from sample_data.tax.vendor import Fields, parts, placed, side_by_side
from sample_data.world import World

FORMAL_ROW = "900"
"""個人履歴番号 of the row of a head who is not insured."""
MONTHS = tuple("0" * low + "1" * count + "0" * (12 - low - count) for low in range(12) for count in range(13 - low))
"""Twelve months from April as digits: ``low`` without, ``count`` with, the rest without."""
_PLACE = {(low, count): i for i, (low, count) in enumerate((a, b) for a in range(12) for b in range(13 - a))}


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    kana = world.persons.select(pl.col("atena").alias("世帯主_宛名番号"), "name_kana")
    homes = truth["国保世帯"].join(kana, on="世帯主_宛名番号", how="left", maintain_order="left")
    yield _file("KHSETA", "ALL", _with_deleted(record("KHSETA", placed(homes), household())))
    yield _table("KHSOFU", "ALL", homes.filter(pl.col("送付先設定フラグ") == "1"), mailing())
    formal = homes.filter((pl.col("最新フラグ") == "1") & (pl.col("世帯主区分") == "2")).drop("name_kana")
    del homes
    insured = truth["国保被保険者資格"]
    rows = _with_deleted(record("KHSIKA", placed(insured), qualification()))
    yield _file("KHSIKA", "ALL", pl.concat([rows, _formal_heads(rows, formal)]))
    known = insured.filter(pl.col("最新フラグ") == "1").unique("宛名番号", keep="first", maintain_order=True)
    foreign = world.persons.select(pl.col("atena").alias("宛名番号"), "is_foreign")
    yield _table("KHKOJN", "ALL", known.join(foreign, on="宛名番号", how="left", maintain_order="left"), person())
    del insured, known, rows
    special = truth["個人適用事項"]
    birth = pl.col("適用種別") == "05"
    yield _table("KHTEKI", "ALL", special.filter(~birth), circumstance())
    yield _table("KHSANZ", "ALL", special.filter(birth), maternity())
    yield _table("KHHANT", "ALL", truth["負担区分判定"], burden())
    yield _table("KHSYOK", "ALL", truth["証等交付"], certificate())
    for label, frame in parts(truth, "国保所得"):
        yield _table("KHSHOT", _year(label), frame, income(), ("KIJUN_SHO", "KEIGEN_SHO"))
    installments = parts(truth, "保険料期別")
    for (label, frame), (_, rows) in zip(parts(truth, "保険料賦課"), installments, strict=True):
        yield _table("KHFUKA", _year(label), _wide(frame, rows), levy(), ("NEN_GAKU", "TOK_GAKU", "FUT_GAKU"))
    for label, frame in parts(truth, "保険料賦課個人"):
        yield _table("KHFUKJ", _year(label), _months(frame), member(), ("KIJUN_SHO", "I_SHO"))
    yield _table("KHTOKC", "ALL", truth["特別徴収対象者"], withheld(), ("TK04", "TK02"))
    for name, label, group, number, fields in (
        ("KHKOGK", "K", "高額療養費支給", "支給決定番号", high_cost()),
        ("KHRYOY", "R", "療養費等支給", "支給申請番号", benefit()),
    ):
        frame = truth[group]
        sums = ("SIKYU",) if label == "K" else ("KETTEI_GAKU",)
        yield _table(name, "ALL", frame, fields, sums)
        granted = frame.filter(pl.col("支給決定区分") == "1")
        yield _table("KHSIHA", label, granted, payment(number), ("SIHA_GAKU", "JUTO_GAKU"))


def _table(name: str, label: str, frame: pl.DataFrame, fields: Fields, sums: tuple[str, ...] = ()) -> Table:
    return _file(name, label, record(name, placed(frame), fields), sums)


def _file(name: str, label: str, frame: pl.DataFrame, sums: tuple[str, ...] = ()) -> Table:
    return Table(name, frame, f"{name}_{label}.csv", sums=sums)


def _year(label: str) -> str:
    """A fiscal year in the file's name: R05, H30."""
    year = int(label)
    return f"R{year - 2018:02d}" if year >= 2019 else f"H{year - 1988:02d}"


def _with_deleted(rows: pl.DataFrame) -> pl.DataFrame:
    """With some logically deleted records more, none of which is the newest."""
    latest = pl.when(pl.col("SAKUJO_FLG") == "1").then(pl.lit("9")).otherwise(pl.col("SAISIN_KBN"))
    return deleted(rows, "RIREKI_NO").with_columns(latest.alias("SAISIN_KBN"))


def _formal_heads(rows: pl.DataFrame, heads: pl.DataFrame) -> pl.DataFrame:
    """擬制世帯主 as rows of the table of qualifications."""
    begun = record(
        "KHSETA",
        placed(heads.with_columns(name_kana=pl.lit(""))),
        household(),
    )
    given = {
        "DANTAI_CD": pl.col("DANTAI_CD"),
        "ATENA_NO": pl.col("NUSI_ATENA"),
        "RIREKI_NO": pl.lit(FORMAL_ROW),
        "SAISIN_KBN": pl.lit("9"),
        "SETAI_NO": pl.col("SETAI_NO"),
        "ZOKUGARA": pl.lit("世帯主"),
        "SIKAKU_KBN": pl.lit("9"),
        "IDO_KBN": pl.lit("S"),
        "IDO_YMD": pl.col("KAISI_YMD"),
        "TODOKE_YMD": pl.col("TODOKE_YMD"),
        "SYORI_YMD": pl.lit("00000000"),
        "SHU_YMD": pl.lit("0000000"),
        "KEN_SHU_YMD": pl.lit("0000000"),
        "SOS_YMD": pl.lit("9999999"),
        "GAKUEN": pl.lit("0"),
        **{name: pl.col(name) for name in ("UPD_USER", "UPD_YMD", "UPD_TIME")},
    }
    return begun.select(given.get(name, pl.lit("")).alias(name) for name in rows.columns)


def _wide(levied: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Levy rows with their installments side by side: ``<item>|<k>`` of ordinary collection, ``T<item>|<k>`` of
    pensions."""
    out = levied
    items = ["期別保険料額", "期別_医療額", "期別_支援額", "期別_介護額", "納期限", "年金支払年月"]
    booked = rows.unique(list(KEY), keep="first", maintain_order=True).select(*KEY, "調定年月日")
    out = out.join(booked, on=list(KEY), how="left", maintain_order="left")
    for ways, count, prefix in ((("1", "3"), 10, ""), (("2",), 6, "T")):
        chosen = rows.filter(pl.col("徴収区分").is_in(ways)).select(*KEY, "期別", *items)
        renamed = chosen.rename({name: prefix + name for name in items})
        wide = side_by_side(
            renamed, list(KEY), pl.col("期別").cast(pl.Int64), count, [prefix + name for name in items]
        ).drop("期別")
        out = out.join(wide, on=list(KEY), how="left", maintain_order="left")
    return out


def _months(rows: pl.DataFrame) -> pl.DataFrame:
    """With the months as digits (``months``, ``care``)."""

    def month(item: str) -> Ints:
        text = pl.col(item)
        number = (text.str.slice(0, 4).cast(pl.Int64) - pl.col("相当年度").cast(pl.Int64)) * 12
        return rows.select(number + text.str.slice(5).cast(pl.Int64) - 4).to_series().to_numpy()

    low = month("賦課開始年月")
    grid = np.zeros((12, 13), np.int64)
    for (first, count), place in _PLACE.items():
        grid[first, count] = place
    return rows.with_columns(
        choose(MONTHS, grid[low, rows["医療賦課月数"].to_numpy()]).alias("months"),
        choose(MONTHS, grid[low, rows["介護賦課月数"].to_numpy()]).alias("care"),
    )
