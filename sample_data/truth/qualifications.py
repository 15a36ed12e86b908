"""Copies of other areas' qualifications that the resident register carries: 国保, 後期高齢, 介護, 年金, 児童手当."""

from __future__ import annotations

import datetime as dt

import polars as pl

from sample_data.truth.frame import day, iso, mix
from sample_data.truth.people import flag
from sample_data.world import World


def qualifications(world: World) -> pl.DataFrame:
    """pid and the copies of other areas' qualifications, one row a person."""
    base = day(world.base_date)
    age = (base - pl.col("birth")).dt.total_days() // 365.2425
    here = pl.col("status") == "1"
    child = (pl.col("relation1") == "20") & (age < 18) & here
    parents = (
        world.persons.filter(child)
        .select(pl.col("head_pid").alias("pid"), pl.col("birth").alias("child_birth"))
        .group_by("pid")
        .agg(pl.col("child_birth").max())
    )
    people = world.persons.join(parents, on="pid", how="left", maintain_order="left")
    old, senior = pl.col("birth").dt.offset_by("75y"), pl.col("birth").dt.offset_by("65y")
    late = old <= pl.min_horizontal(base, pl.coalesce("removal", base))
    care = senior <= pl.min_horizontal(base, pl.coalesce("removal", base))
    national = ~late & (pl.col("pid") % 4 == 1)
    ever = pl.col("birth").dt.offset_by("20y")
    adult = ever <= base
    insured = adult & (age < 60)
    paid = insured & (pl.col("pid") % 2 == 0)

    def trio(name: str, has: pl.Expr, since: pl.Expr) -> dict[str, pl.Expr]:
        return {
            f"{name}資格有無": flag(has & here),
            f"{name}資格取得年月日": pl.when(has).then(iso(since)),
            f"{name}資格喪失年月日": pl.when(has & ~here).then(iso("removal")),
        }

    month = pl.col("child_birth").dt.to_string("%Y-%m")
    receives = pl.col("child_birth").is_not_null()
    return people.select(
        "pid",
        **trio("国保", national, pl.max_horizontal("entry", day(dt.date(1990, 4, 1)))),
        **trio("後期高齢", late, pl.max_horizontal("entry", old)),
        **trio("介護", care, pl.max_horizontal("entry", senior)),
        年金資格有無=flag(insured & here),
        基礎年金番号=pl.when(adult).then(
            mix("pid", salt=world.municipality.order + 31, modulus=10_000_000_000 - 17)
            .add(pl.col("pid") * 61_003 + 11)
            .mod(9_999_999_999)
            .cast(pl.String)
            .str.zfill(10)
        ),
        年金資格種別=pl.when(paid).then(pl.lit("2")).when(insured).then(pl.lit("1")),
        年金資格種別変更年月日=pl.when(paid & (pl.col("pid") % 6 == 0)).then(pl.lit("2019-04-01")),
        年金資格取得年月日=pl.when(paid).then(iso(ever)),
        年金資格喪失年月日=pl.when(adult & (age >= 60) & here & (pl.col("pid") % 2 == 0)).then(
            iso(pl.col("birth").dt.offset_by("60y"))
        ),
        児童手当資格区分=flag(receives),
        児童手当受給開始年月=pl.when(receives).then(month),
        児童手当受給終了年月=pl.when(receives & (pl.col("pid") % 5 == 0)).then(pl.lit("2040-03")),
    )
