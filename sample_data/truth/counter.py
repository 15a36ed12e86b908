"""Cards, certificates and codes of the resident register: what the counters hand out."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data import numbers
from sample_data.naming import NUMBER_BLOCK
from sample_data.truth.frame import clock, complete, day, iso, mix, operated, wide
from sample_data.truth.people import address_text, desks, residents, within
from sample_data.truth.qualifications import qualifications
from sample_data.truth.support import notice_people
from sample_data.world import World


def cards(world: World) -> tuple[pl.DataFrame, pl.DataFrame]:
    """個人番号カード管理 and 電子証明情報."""
    people = world.persons.filter(mix("pid", salt=31, modulus=100) < 82)
    kept = pl.col("status").is_in(["1", "2"])
    state = pl.when(~kept).then(pl.lit("19")).when(pl.col("pid") % 60 == 7).then(pl.lit("12")).otherwise(pl.lit("11"))
    expiry = pl.date(
        2026 + pl.col("pid") % 9, pl.col("birth").dt.month(), pl.min_horizontal(pl.col("birth").dt.day(), 28)
    )
    issued = within(world, "pid", salt=32)
    common = {
        "市区町村コード": pl.lit(world.code),
        "宛名番号": pl.col("atena"),
        "最新フラグ": pl.lit("1"),
        "削除フラグ": pl.lit("0"),
    }
    management = people.with_columns(
        個人番号カード_運用状況=state,
        個人番号カード_有効期限=iso(expiry),
        個人番号カード_回収年月日=pl.when(~kept).then(iso("removal")),
        個人番号カード_抽出年月日=pl.when(pl.col("pid") % 9 == 2).then(iso(issued)),
        **common,
    ).with_columns(operated(issued, "pid", salt=33))
    serial = (pl.col("pid") * 7 + 10_000_019).cast(pl.String)
    chips = people.filter(kept & (pl.col("pid") % 20 > 0)).with_columns(
        住民票コード="juminhyo_code",
        カード用署名用電子証明書_シリアル番号=serial + pl.lit("1"),
        カード用利用者証明用電子証明書_シリアル番号=serial + pl.lit("22"),
        **common,
    )
    chips = chips.with_columns(
        カード用利用者証明用電子証明書_シリアル番号桁数=pl.col(
            "カード用利用者証明用電子証明書_シリアル番号"
        ).str.len_chars()
    ).with_columns(operated(issued, "pid", salt=34))
    return complete("001", "個人番号カード管理", management), complete("001", "電子証明情報", chips)


def offices(world: World) -> pl.DataFrame:
    """Counters: code, name, department (with the municipality's name), postal, address, phone."""
    town = world.municipality
    rows = [
        (
            code,
            name,
            f"山口県{town.city}市民課" if number == 0 else f"山口県{town.city}{name}",
            town.office_postal,
            town.office_address,
            town.phone[:-1] + str(number),
        )
        for number, (code, name) in enumerate(town.offices)
    ]
    return pl.DataFrame(rows, schema=["desk", "desk_name", "department", "postal", "address", "phone"], orient="row")


def deliveries(world: World) -> pl.DataFrame:
    """個人番号カード送付先情報: one row a present resident."""
    table = offices(world)
    rows = world.with_address(residents(world), "addr_id").with_columns(city_office=pl.lit(table["desk"][0]))
    rows = desks(rows, world, salt=35)
    for key, prefix in (("city_office", "o_"), ("desk", "d_")):
        rows = rows.join(
            table.rename({c: prefix + c for c in table.columns}),
            left_on=key,
            right_on=prefix + "desk",
            how="left",
            maintain_order="left",
        )
    when = pl.max_horizontal("entry", day(world.window))
    rows = rows.with_columns(
        市区町村コード=pl.lit(world.code),
        宛名番号="atena",
        最新フラグ=pl.lit("1"),
        処理年月日=iso(when),
        通番処理番号=pl.col("pid") + 1,
        宛先印刷区分=pl.when(pl.col("pid") % 30 == 0).then(pl.lit("4")).otherwise(pl.lit("0")),
        送付先_住所_郵便番号="postal",
        送付先_住所=address_text(""),
        送付先_氏名="name",
        送付元_市区町村コード=pl.lit(world.code),
        送付元_市区町村名="o_department",
        送付元_市区町村_住所_郵便番号="o_postal",
        送付元_市区町村_住所="o_address",
        送付元_電話番号="o_phone",
        交付場所名="desk_name",
        交付場所_住所_郵便番号="d_postal",
        交付場所_住所="d_address",
        交付場所_電話番号="d_phone",
        送付場所名="o_desk_name",
        送付場所_住所_郵便番号="o_postal",
        送付場所_住所="o_address",
        送付場所_電話番号="o_phone",
        個人番号="kojin_bango",
        住民票コード="juminhyo_code",
        第30条45規定区分="article45",
        在留期間の満了の日=iso("period_end"),
        削除フラグ=pl.lit("0"),
    ).with_columns(operated(when, "pid", salt=36))
    return complete("001", "個人番号カード送付先情報", rows)


def certificates(world: World) -> pl.DataFrame:
    """証明書・通知書交付履歴管理: about 0.6 papers a resident and year."""
    rng = world.rng("certificates")
    present, removed = residents(world), world.persons.filter(pl.col("status") != "1").sort("pid")
    wanted = max(20, round(present.height * 0.6 * world.years))
    heirs = max(3, round(removed.height * 0.5))
    notified = notice_people(world).to_numpy()
    chosen = np.concatenate([present["pid"].to_numpy()[rng.integers(0, present.height, wanted)], notified])
    third = np.concatenate([rng.random(wanted) < 0.06, np.ones(len(notified), dtype=bool)])
    living = pl.DataFrame({"pid": chosen, "third": third, "draw": rng.random(len(chosen)), "gone": False})
    gone = pl.DataFrame(
        {
            "pid": removed["pid"].to_numpy()[rng.integers(0, removed.height, heirs)],
            "third": rng.random(heirs) < 0.1,
            "draw": rng.random(heirs),
            "gone": True,
        }
    )
    rows = (
        pl.concat([living, gone])
        .with_row_index("id")
        .with_columns(pl.col("id").cast(pl.Int64))
        .join(world.persons, on="pid", how="left", maintain_order="left")
    )
    span = (
        day(world.base_date) - pl.coalesce("removal", pl.max_horizontal("entry", day(world.window)))
    ).dt.total_days()
    date = pl.coalesce("removal", pl.max_horizontal("entry", day(world.window))) + pl.duration(
        days=(pl.col("draw") * span).cast(pl.Int64)
    )
    kind = (
        pl.when("gone")
        .then(pl.lit("03"))
        .when("third")
        .then(pl.lit("01"))
        .when(pl.col("draw") < 0.45)
        .then(pl.lit("01"))
        .when(pl.col("draw") < 0.8)
        .then(pl.lit("02"))
        .when(pl.col("draw") < 0.97)
        .then(pl.lit("04"))
        .otherwise(pl.lit("09"))
    )
    rows = desks(rows.with_columns(date=date, kind=kind), world, salt=37).sort("date", "id")
    rows = rows.with_columns(
        number=pl.int_range(1, pl.len() + 1).over("pid", "date"), sheet=pl.int_range(1, pl.len() + 1).over("date")
    )
    letter = pl.col("kind") == "09"
    label = pl.col("date").dt.to_string("%Y%m%d")
    rows = rows.with_columns(
        市区町村コード=pl.lit(world.code),
        宛名番号="atena",
        交付年月日=iso("date"),
        発行通番="number",
        最新フラグ=pl.lit("1"),
        交付時刻=clock("id", salt=38),
        発行番号=pl.when(~letter).then(
            wide(label)
            + pl.lit(f"　{world.municipality.name}　")
            + pl.col("desk_name")
            + pl.lit("　")
            + wide(pl.col("sheet").cast(pl.String).str.zfill(6))
        ),
        交付場所="desk_name",
        交付区分=pl.when(letter)
        .then(None)
        .when("third")
        .then(pl.lit("3"))
        .when(pl.col("id") % 23 == 0)
        .then(pl.lit("2"))
        .otherwise(pl.lit("1")),
        証明書種別="kind",
        記載事項=pl.when(pl.col("id") % 3 == 0)
        .then(pl.lit("氏名　住所　生年月日　性別　続柄　本籍"))
        .when(pl.col("id") % 3 == 1)
        .then(pl.lit("氏名　住所")),
        枚数=pl.when(pl.col("id") % 8 == 0).then(2).otherwise(1),
        端末名=wide(pl.lit("SHK-") + (pl.col("id") % 30 + 1).cast(pl.String).str.zfill(5)),
        処分情報=pl.when(pl.col("id") % 400 == 11).then(pl.lit("印字不良により処分")),
        削除フラグ=pl.lit("0"),
    ).with_columns(operated(pl.col("date"), "id", salt=39))
    return complete("001", "証明書・通知書交付履歴管理", rows)


def moving_certificates(world: World) -> pl.DataFrame:
    """転出証明証等発行情報: one row a person who moved out."""
    heads = world.persons.select(pl.col("pid").alias("head_pid"), pl.col("name").alias("head_name"))
    left = world.persons.filter(pl.col("status") == "2").join(heads, on="head_pid", how="left", maintain_order="left")
    rows = (
        left.join(qualifications(world), on="pid", how="left", maintain_order="left")
        .with_columns(
            市区町村コード=pl.lit(world.code),
            宛名番号="atena",
            最新フラグ=pl.lit("1"),
            転出前_世帯主氏名="head_name",
            転出証明書等種別=pl.when(pl.col("pid") % 15 == 0).then(pl.lit("08")).otherwise(pl.lit("07")),
            転出証明書等発行年月日=iso("removal_notice"),
            削除フラグ=pl.lit("0"),
        )
        .with_columns(operated(pl.col("removal_notice"), "pid", salt=40))
    )
    return complete("001", "転出証明証等発行情報", rows)


def relations_left(world: World) -> pl.DataFrame:
    """世帯主転出後の続柄情報: those who stayed when the head moved out."""
    gone = world.persons.filter(pl.col("was_head") & (pl.col("status") == "2")).select(
        "hid", left=pl.col("removal"), told=pl.col("removal_notice")
    )
    rows = (
        world.present.join(gone, on="hid", how="inner", maintain_order="left")
        .sort("pid")
        .with_columns(
            市区町村コード=pl.lit(world.code),
            宛名番号="atena",
            最新フラグ=pl.lit("1"),
            世帯番号="setai_no",
            世帯主_転出届出年月日=iso("told"),
            世帯主_転出予定年月日=iso("left"),
            転出届出日以降_世帯変更届出年月日=pl.when(pl.col("pid") % 2 == 0).then(iso("left")),
            残世帯_世帯主氏名="name",
            削除フラグ=pl.lit("0"),
            # Keyword arguments are normalised (NFKC), which would turn the full-width digit of this item into a
            # half-width one.
            残世帯_続柄コード１=pl.lit("02"),
        )
        .with_columns(operated(pl.col("told"), "pid", salt=41))
    )
    return complete("001", "世帯主転出後の続柄情報", rows)


def vacant_codes(world: World) -> pl.DataFrame:
    """空き住民票コード管理: codes kept for newcomers."""
    count = max(5, round(len(world.present) * 0.02))
    serial = world.municipality.order * NUMBER_BLOCK + 1_500_000 + np.arange(count, dtype=np.int64)
    rows = (
        pl.DataFrame(
            {
                "pid": np.arange(count, dtype=np.int64),
                "空き住民票コード": numbers.juminhyo(serial, world.seed * 104_729 + 29),
            }
        )
        .with_columns(市区町村コード=pl.lit(world.code), 最新フラグ=pl.lit("1"), 削除フラグ=pl.lit("0"))
        .with_columns(operated(within(world, "pid", salt=42), "pid", salt=42))
    )
    return complete("001", "空き住民票コード管理", rows)


def special_permanents(world: World) -> pl.DataFrame:
    """特別永住者証明書関連情報: one application a special permanent resident."""
    people = world.with_address(residents(world).filter(pl.col("article45") == "02"), "addr_id")
    asked = within(world, "pid", salt=43)
    done = pl.col("pid") % 4 > 0
    two = pl.col("pid") % 2 == 0
    head = "特別永住者証明書_"
    rows = (
        desks(people, world, salt=44)
        .with_columns(
            **{
                "市区町村コード": pl.lit(world.code),
                "宛名番号": pl.col("atena"),
                "履歴番号": pl.lit(1),
                "最新フラグ": pl.lit("1"),
                f"{head}交付状況": pl.when(done).then(pl.lit("91")).otherwise(pl.lit("21")),
                f"{head}申請書受理番号": pl.col("pid") + 1,
                "特別永住者証明書番号": pl.col("card_no"),
                f"{head}申請者_氏名": pl.col("name"),
                f"{head}申請者_生年月日": iso("birth"),
                f"{head}申請者_電話番号": pl.lit("0834-31-") + (pl.col("pid") % 10_000).cast(pl.String).str.zfill(4),
                f"{head}申請者_住所_郵便番号": pl.col("postal"),
                f"{head}申請者_住所_都道府県": pl.col("prefecture"),
                f"{head}申請者_住所_市区郡町村名": pl.col("city"),
                f"{head}申請者_住所_町字": pl.col("town"),
                f"{head}申請者_住所_番地号表記": pl.col("banchi"),
                f"{head}申請者_住所_方書コード": pl.col("building_code"),
                f"{head}申請者_住所_方書": pl.col("building"),
                f"{head}申請者_住所_方書_フリガナ": pl.col("building_kana"),
                f"{head}申請事由コード": pl.lit("01"),
                f"{head}申請年月日": iso(asked),
                f"{head}申請場所コード": pl.col("desk"),
                f"{head}申請書送付年月日": iso(asked + pl.duration(days=1)),
                f"{head}申請書受領年月日": iso(asked + pl.duration(days=5)),
                f"{head}交付開始年月日": pl.when(done).then(iso(asked + pl.duration(days=20))),
                f"{head}交付終了年月日": pl.when(done & two).then(iso(asked + pl.duration(days=30))),
                f"{head}交付場所コード": pl.when(done).then("desk"),
                f"{head}許可区分": pl.when(pl.col("pid") % 5 == 0).then(pl.lit("1")),
                f"{head}関連メモ": pl.when(two).then(pl.lit("受取は代理人")),
                "削除フラグ": pl.lit("0"),
            }
        )
        .with_columns(operated(asked, "pid", salt=45))
    )
    return complete("001", "特別永住者証明書関連情報", rows)
