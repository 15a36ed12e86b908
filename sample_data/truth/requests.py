"""Certificates that arrive over the register network, and the online requests to move out, in and within."""

from __future__ import annotations

import polars as pl

from sample_data.truth.frame import complete, day, iso, mix, operated
from sample_data.truth.people import address_text, desks, some
from sample_data.truth.qualifications import qualifications
from sample_data.world import World

MOVERS = 20
"""Places for people in a request."""


def arrivals(world: World) -> pl.DataFrame:
    """転出証明書情報管理: one a Japanese person who moved in from another municipality within the window."""
    heads = world.persons.select(pl.col("pid").alias("head_pid"), pl.col("name").alias("head_name"))
    came = world.persons.filter(
        (pl.col("entry_reason") == "01")
        & ~pl.col("is_foreign")
        & (pl.col("entry") >= day(world.window))
        & ~pl.col("birth_unknown")
    )
    places = world.places.rename({c: f"f_{c}" for c in world.places.columns})
    rows = world.with_address(world.with_address(came, "addr_id"), "honseki_addr_id", "reg_").join(
        heads, on="head_pid", how="left", maintain_order="left"
    )
    rows = rows.join(places, left_on="from_place", right_on="f_place", how="left", maintain_order="left").join(
        qualifications(world), on="pid", how="left", maintain_order="left"
    )
    made = pl.col("entry") - pl.duration(days=4)
    rows = rows.with_columns(made=made).with_columns(number=pl.int_range(1, pl.len() + 1).over("f_code", "made"))
    holds = pl.col("国保資格有無") == "1"
    rows = rows.with_columns(
        市区町村コード=pl.lit(world.code),
        転出地_市区町村コード="f_code",
        転出証明書作成年月日=iso("made"),
        連番="number",
        最新フラグ=pl.lit("1"),
        申請紐付符号=pl.when(pl.col("pid") % 3 == 0).then(
            pl.lit("M") + (pl.col("pid") + 1).cast(pl.String).str.zfill(15)
        ),
        転出証明書_操作者ID=pl.lit("1000000") + (pl.col("pid") % 10_000).cast(pl.String).str.zfill(4),
        操作端末ID=pl.lit("J") + pl.col("f_code").str.slice(0, 5) + pl.lit("001"),
        あたらしい住所_市区町村コード="city_code",
        あたらしい住所=address_text(""),
        いままでの住所_市区町村コード="f_code",
        いままでの住所=pl.concat_str("f_prefecture", "f_city", "f_town") + pl.lit("１番地"),
        いままでの世帯主氏名="head_name",
        代表者役職名=pl.col("f_city") + pl.lit("長"),
        代表者氏名=pl.lit("山田　太郎"),
        転出届出年月日=iso("made"),
        転出予定年月日=iso("entry"),
        対象となる人数=pl.lit(1),
        住民票コード="juminhyo_code",
        個人番号="kojin_bango",
        氏名="name",
        氏名_フリガナ="name_kana",
        生年月日=iso("birth"),
        性別="sex",
        続柄="relation1",
        本籍_市区町村コード="reg_city_code",
        本籍=pl.concat_str("reg_prefecture", "reg_city", "reg_town", "reg_banchi"),
        筆頭者_氏名=pl.col("hittosha_sei") + pl.lit("　") + pl.col("hittosha_mei"),
        国民健康保険の資格=pl.when(holds & pl.col("is_head"))
        .then(pl.lit("1"))
        .when(holds)
        .then(pl.lit("3"))
        .otherwise(pl.lit("0")),
        国民健康保険の退職区分=pl.lit("0"),
        国民年金の種別=pl.coalesce("年金資格種別", pl.lit("1")),
        児童手当の有無="児童手当資格区分",
        介護保険の有無="介護資格有無",
        後期高齢者医療保険の有無="後期高齢資格有無",
        削除フラグ=pl.lit("0"),
    ).with_columns(operated(pl.col("entry"), "pid", salt=51))
    return complete("001", "転出証明書情報管理", rows)


def moving_out(world: World) -> pl.DataFrame:
    """ワンストップ特例転入を利用した転出情報管理: some of those who moved out, each for himself."""
    left = world.persons.filter((pl.col("removal_reason") == "21") & ~pl.col("is_foreign") & ~pl.col("birth_unknown"))
    rows = world.with_address(some(left, round(len(world.present) * 0.008 * world.years), 2, 111), "addr_id")
    rows = rows.join(
        world.places.rename({c: f"t_{c}" for c in world.places.columns}),
        left_on="to_place",
        right_on="t_place",
        how="left",
        maintain_order="left",
    )
    told = pl.col("removal") - pl.duration(days=6)
    rows = rows.with_columns(
        市区町村コード=pl.lit(world.code),
        受付番号=_number(1),
        最新フラグ=pl.lit("1"),
        申請紐付符号=_link(),
        届出人_連絡先=_phone(),
        届出人_氏名="name",
        いままでの住所=address_text(""),
        新しい住所=pl.concat_str("t_prefecture", "t_city", "t_town") + pl.lit("１番地"),
        届出日=iso(told),
        転出予定年月日=iso("removal"),
        届出人_カード用利用者証明用電子証明書_シリアル番号=(pl.col("pid") * 7 + 10_000_019).cast(pl.String)
        + pl.lit("22"),
        異動者_氏名="name",
        異動者_生年月日=iso("birth"),
        異動者_性別=pl.when(pl.col("sex") == "1").then(pl.lit("男")).otherwise(pl.lit("女")),
        削除フラグ=pl.lit("0"),
    ).with_columns(operated(told, "pid", salt=52))
    return complete("001", "ワンストップ特例転入を利用した転出情報管理", rows)


def moving_in(world: World) -> pl.DataFrame:
    """転入予約情報管理: households that came within the window, booked by their heads."""
    recent = world.households.filter((pl.col("entry") >= day(world.window)) & pl.col("removal").is_null())
    rows = _request(recent, world, "entry", round(len(world.present) * 0.008 * world.years), 112, 2)
    return complete("001", "転入予約情報管理", rows)


def moving_within(world: World) -> pl.DataFrame:
    """転居予約情報管理: households that moved within the window."""
    recent = world.households.filter(pl.col("move1").is_not_null() & pl.col("removal").is_null())
    rows = _request(recent, world, "move1", round(len(world.present) * 0.006 * world.years), 113, 3)
    rows = world.with_address(world.with_address(rows, "addr0", "a0_"), "addr1", "a1_").with_columns(
        異動予定年月日=iso("on"),
        届出人_性別=pl.when(pl.col("head_sex") == "1").then(pl.lit("男")).otherwise(pl.lit("女")),
        今までの住所=address_text("a0_"),
        新住所=address_text("a1_"),
    )
    return complete("001", "転居予約情報管理", rows)


def _request(homes: pl.DataFrame, world: World, on: str, count: int, salt: int, kind: int) -> pl.DataFrame:
    head = world.persons.select(
        pl.col("pid"), head_name=pl.col("name"), head_sex=pl.col("sex"), vague=pl.col("birth_unknown")
    )
    rows = some(homes.with_columns(pid=pl.col("head_pid"), on=pl.col(on)), count, 2, salt).join(
        head, on="pid", how="left", maintain_order="left"
    )
    rows = desks(rows, world, salt=53)
    told = pl.col("on") - pl.duration(days=mix("pid", salt=54, modulus=9) + 1)
    members = (
        world.present.filter(~pl.col("birth_unknown"))
        .join(rows.select("hid", "on"), on="hid", how="semi")
        .sort("hid", "rank")
        .with_columns(number=pl.int_range(1, pl.len() + 1).over("hid"))
    )
    for number in range(1, MOVERS + 1):
        one = members.filter(pl.col("number") == number).select(
            "hid",
            pl.col("name").alias(f"{number}人目の異動者_氏名"),
            iso("birth").alias(f"{number}人目の異動者_生年月日"),
            pl.col("relation_label").alias(f"{number}人目の異動者_新しい世帯主との続柄"),
        )
        rows = rows.join(one, on="hid", how="left", maintain_order="left")
    return (
        rows.filter(pl.col("1人目の異動者_氏名").is_not_null())
        .with_columns(
            市区町村コード=pl.lit(world.code),
            受付番号=_number(kind),
            最新フラグ=pl.lit("1"),
            申請紐付符号=_link(),
            来庁予定年月日=iso("on"),
            来庁場所="desk_name",
            届出日=iso(told),
            届出人_氏名="head_name",
            届出人_連絡先=_phone(),
            新しい世帯主氏名="head_name",
            削除フラグ=pl.lit("0"),
        )
        .with_columns(operated(told, "pid", salt=55))
    )


def _number(kind: int) -> pl.Expr:
    return pl.lit(f"000{kind}") + (pl.col("pid") + 1).cast(pl.String).str.zfill(12)


def _link() -> pl.Expr:
    return pl.lit("P") + (pl.col("pid") * 3 + 7).cast(pl.String).str.zfill(15)


def _phone() -> pl.Expr:
    return pl.lit("0834-22-") + (pl.col("pid") % 10_000).cast(pl.String).str.zfill(4)
