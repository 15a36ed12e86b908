"""Area 031 住登外者宛名番号管理: addressees outside the register, their history, postal destinations, merges, and
the renumbering table."""

from __future__ import annotations

import datetime as dt

import polars as pl

from sample_data.places import ABROAD
from sample_data.plugin import Context
from sample_data.truth.frame import complete, day, iso, mix, operated
from sample_data.truth.people import flag, some
from sample_data.world import World

CONVERSION_DAY = dt.date(2018, 1, 4)
"""The day on which the old systems' numbers were turned into the present ones."""
SYSTEMS = ("001", "010", "012", "013", "014", "024", "023")
"""Old systems with numbers of their own (旧システム区分)."""


def truth(world: World, ctx: Context) -> dict[str, pl.DataFrame]:
    """The five groups of addressees outside the register in standard form."""
    rows = _history(world)
    return {
        "住登外者宛名基本情報": _base(rows.filter("last"), world),
        "住登外者宛名履歴情報": _rows(rows, world),
        "住登外者送付先情報": _destinations(world),
        "住登外者名寄せ履歴": _merges(world),
        "宛名番号変換情報": _conversions(world),
    }


def _history(world: World) -> pl.DataFrame:
    """Rows of every addressee: new, change of address or name, death, merge; with the address as of each."""
    people = world.outsiders
    base = day(world.base_date)
    opened = people.with_columns(date="since", reason=pl.lit("01"), order=0)
    changed_on = pl.col("since") + pl.duration(
        days=(mix("oid", salt=61, modulus=1000) * (base - pl.col("since")).dt.total_days()) // 1001 + 1
    )
    # 95,000 rows for 60,000 addressees with five years: about every second changed once (layout notes of area 031).
    share = 20 + 6 * world.years
    living = pl.col("death").is_null()
    changed = people.filter(
        (mix("oid", salt=62, modulus=100) < share) & living & pl.col("merged_into").is_null()
    ).with_columns(
        date=changed_on,
        reason=pl.when(pl.col("oid") % 6 == 0)
        .then(pl.lit("07"))
        .when(pl.col("kind").is_in(["2", "3"]))
        .then(pl.lit("02"))
        .otherwise(pl.lit("03")),
        order=1,
    )
    dead = people.filter(~living).with_columns(date="death", reason=pl.lit("04"), order=2)
    merged = people.filter(living & pl.col("merged_into").is_not_null()).with_columns(
        date=_merge_day(world), reason=pl.lit("06"), order=3
    )
    rows = pl.concat(
        [
            part.with_columns(pl.col("date").cast(pl.Date), pl.col("order").cast(pl.Int64))
            for part in (opened, changed, dead, merged)
        ]
    )
    rows = (
        rows.filter(pl.col("date") <= base)
        .sort("oid", "order")
        .with_columns(number=pl.int_range(1, pl.len() + 1).over("oid"), count=pl.len().over("oid"))
    )
    old = pl.col("reason").shift(-1).over("oid").is_in(["03"]) & pl.col("addr_id").is_not_null()
    pool = world.addresses.filter(~pl.col("is_local"))["addr_id"]
    earlier = int(pool[0]) + mix("oid", salt=63, modulus=pool.len())
    rows = rows.with_columns(
        last=pl.col("number") == pl.col("count"), home_id=pl.when(old).then(earlier).otherwise("addr_id")
    )
    abroad = (
        pl.DataFrame(ABROAD, schema=["country", "country_name", "abroad_text"], orient="row")
        .with_row_index("abroad")
        .with_columns(pl.col("abroad").cast(pl.Int64))
    )
    return world.with_address(rows, "home_id").join(abroad, on="abroad", how="left", maintain_order="left")


def _merge_day(world: World) -> pl.Expr:
    return pl.max_horizontal(
        pl.col("since") + pl.duration(days=1),
        day(world.base_date) - pl.duration(days=mix("oid", salt=64, modulus=300) + 1),
    )


def _done() -> pl.Expr:
    return pl.max_horizontal("date", day(dt.date(1995, 4, 3)))


_ADDRESS = {
    "住所_市区町村コード": "city_code",
    "住所_町字コード": "town_code",
    "住所_都道府県": "prefecture",
    "住所_市区郡町村名": "city",
    "住所_町字": "town",
    "住所_番地号表記": "banchi",
    "住所_方書": "building",
    "住所_郵便番号": "postal",
}


def _base(rows: pl.DataFrame, world: World) -> pl.DataFrame:
    into = world.outsiders.select(pl.col("oid").alias("merged_into"), pl.col("atena").alias("into"))
    rows = rows.join(into, on="merged_into", how="left", maintain_order="left")
    person = pl.col("kind") == "1"
    used = pl.when(person).then(mix("oid", salt=65, modulus=5)).otherwise(mix("oid", salt=65, modulus=3))
    rows = rows.with_columns(
        宛名番号="atena",
        個人番号="kojin_bango",
        氏名="name",
        氏_日本人="sei",
        名_日本人="mei",
        氏名_外国人アルファベット="roman",
        氏名_外国人漢字="kanji",
        氏名_読み仮名="name_kana",
        氏_日本人_読み仮名="sei_kana",
        名_日本人_読み仮名="mei_kana",
        性別="sex",
        生年月日=iso("birth"),
        **{item: pl.col(column) for item, column in _ADDRESS.items()},
        業務ID=used.replace_strict([0, 1, 2, 3, 4], ["012", "010", "013", "024", "023"], return_dtype=pl.String),
        代表宛名フラグ=pl.when(pl.col("merged_into").is_not_null()).then(1).otherwise(0),
        名寄せ先宛名番号="into",
    ).with_columns(operated(_done(), "oid", "number", salt=66))
    return complete("031", "住登外者宛名基本情報", rows)


def _rows(rows: pl.DataFrame, world: World) -> pl.DataFrame:
    person = pl.col("kind") == "1"
    dead = pl.col("death").is_not_null() & (pl.col("reason") == "04")
    rows = rows.with_columns(
        市区町村コード=pl.lit(world.code),
        宛名番号="atena",
        履歴番号="number",
        最新フラグ=flag(pl.col("last")),
        人格区分="kind",
        異動年月日=iso("date"),
        異動事由="reason",
        氏名="name",
        氏名_読み仮名="name_kana",
        法人番号="houjin_no",
        代表者_氏名="representative",
        日本人外国人区分=pl.when(person).then(pl.when("is_foreign").then(pl.lit("2")).otherwise(pl.lit("1"))),
        性別="sex",
        生年月日=iso("birth"),
        生年月日_不詳フラグ=pl.when(pl.col("birth").is_not_null()).then(pl.lit("0")),
        死亡年月日=pl.when(dead).then(iso("death")),
        死亡年月日_不詳フラグ=pl.when(dead).then(pl.lit("0")),
        **{item: pl.col(column) for item, column in _ADDRESS.items()},
        国名コード="country",
        国外住所="abroad_text",
        電話番号="phone",
        転居先不明フラグ=flag(pl.col("lost")),
        削除フラグ=pl.lit("0"),
    ).with_columns(operated(_done(), "oid", "number", salt=66))
    return complete("031", "住登外者宛名履歴情報", rows)


def _destinations(world: World) -> pl.DataFrame:
    """住登外者送付先情報: other postal destinations of residents and addressees: 居所, 納税管理人, 相続人代表者,
    施設."""
    count = max(6, round(len(world.present) * 0.062))
    people = world.outsiders.filter((pl.col("kind") == "1") & pl.col("merged_into").is_null())
    outside = some(people, count // 2, 3, 71, "oid").select(
        id="oid", atena="atena", who="name", kana="name_kana", helper="of_pid", addr="addr_id"
    )
    inside = some(world.present, count - count // 2, 3, 72).select(
        id=pl.col("pid") + 10_000_000,
        atena="atena",
        who="name",
        kana="name_kana",
        helper=pl.when("is_head").then("spouse_pid").otherwise("head_pid"),
        addr="addr_id",
    )
    helpers = world.persons.select(helper="pid", h_atena="atena", h_name="name", h_kana="name_kana", h_addr="addr_id")
    rows = pl.concat([outside, inside]).join(helpers, on="helper", how="left", maintain_order="left")
    helped = pl.col("h_atena").is_not_null() & (mix("id", salt=73, modulus=10) < 6)
    kind = (
        pl.when(helped)
        .then(pl.when(pl.col("id") % 3 == 0).then(pl.lit("04")).otherwise(pl.lit("03")))
        .when(pl.col("id") % 2 == 0)
        .then(pl.lit("01"))
        .otherwise(pl.lit("07"))
    )
    pool = world.addresses.filter(~pl.col("is_local"))["addr_id"]
    rows = rows.with_columns(
        kind=kind, home=pl.when(helped).then("h_addr").otherwise(int(pool[0]) + mix("id", salt=74, modulus=pool.len()))
    )
    rows = world.with_address(rows, "home")
    start = day(world.base_date) - pl.duration(days=mix("id", salt=75, modulus=365 * world.years + 200) + 30)
    ended = mix("id", salt=76, modulus=5) == 0
    rows = rows.with_columns(
        市区町村コード=pl.lit(world.code),
        宛名番号="atena",
        業務ID=mix("id", salt=77, modulus=4).replace_strict(
            [0, 1, 2, 3], ["010", "012", "013", "014"], return_dtype=pl.String
        ),
        履歴番号=pl.lit(1),
        最新フラグ=pl.lit("1"),
        送付先区分="kind",
        送付先_宛名番号=pl.when(helped).then("h_atena"),
        送付先_氏名=pl.when(helped).then("h_name").otherwise("who"),
        送付先_氏名_フリガナ=pl.when(helped).then("h_kana").otherwise("kana"),
        **{f"送付先_{item}": pl.col(column) for item, column in _ADDRESS.items()},
        送付先_電話番号=pl.when(pl.col("id") % 3 > 0).then(
            pl.lit("0834-62-") + (pl.col("id") % 10_000).cast(pl.String).str.zfill(4)
        ),
        送付先開始年月日=iso(start),
        送付先終了年月日=pl.when(ended).then(iso(start + pl.duration(days=25))),
        秘匿フラグ=flag(pl.col("id") % 90 == 0),
        登録理由=pl.when(pl.col("kind") == "07")
        .then(pl.lit("施設入所のため"))
        .when(pl.col("kind") == "03")
        .then(pl.lit("納税管理人の届出")),
    ).with_columns(operated(start, "id", salt=78))
    return complete("031", "住登外者送付先情報", rows)


def _merges(world: World) -> pl.DataFrame:
    """住登外者名寄せ履歴: the merges in force, and some that were undone."""
    numbers = world.outsiders.select(other="oid", into="atena")
    valid = world.outsiders.filter(pl.col("merged_into").is_not_null()).with_columns(
        other="merged_into", on=_merge_day(world), undone=pl.lit(False)
    )
    people = world.outsiders.filter((pl.col("kind") == "1") & pl.col("merged_into").is_null() & (pl.col("oid") > 8))
    wrong = some(people, round(len(world.present) * 0.004), 1, 81, "oid").with_columns(
        other=pl.col("oid") - 1, on=pl.col("since") + pl.duration(days=3), undone=pl.lit(True)
    )
    rows = (
        pl.concat([valid, wrong], how="diagonal")
        .join(numbers, on="other", how="left", maintain_order="left")
        .sort("oid")
    )
    undo = pl.min_horizontal(pl.col("on") + pl.duration(days=20), day(world.base_date))
    rows = rows.with_columns(
        市区町村コード=pl.lit(world.code),
        名寄せ元宛名番号="atena",
        履歴番号=pl.lit(1),
        最新フラグ=pl.lit("1"),
        名寄せ先宛名番号="into",
        名寄せ年月日=iso("on"),
        名寄せ根拠=pl.when(pl.col("undone"))
        .then(pl.lit("06"))
        .when(pl.col("oid") % 2 == 0)
        .then(pl.lit("02"))
        .otherwise(pl.lit("01")),
        名寄せ解除年月日=pl.when("undone").then(iso(undo)),
        名寄せ解除理由=pl.when("undone").then(pl.lit("同姓同名の別人と判明")),
    ).with_columns(operated(pl.when("undone").then(undo).otherwise("on"), "oid", salt=82))
    return complete("031", "住登外者名寄せ履歴", rows)


def _conversions(world: World) -> pl.DataFrame:
    """宛名番号変換情報: the numbers that the old systems of the former municipalities gave, and what became of them."""
    residents = world.persons.select(id="pid", atena="atena", kind=pl.lit("1"))
    target = pl.coalesce("merged_into", "oid")
    out = world.outsiders.with_columns(target=target).join(
        world.outsiders.select(target="oid", new="atena"), on="target", how="left", maintain_order="left"
    )
    others = out.select(
        id=pl.col("oid") + 5_000_000,
        atena="new",
        kind=pl.when(pl.col("kind") == "1")
        .then(pl.lit("2"))
        .when(pl.col("kind") == "4")
        .then(pl.lit("4"))
        .otherwise(pl.lit("3")),
        many=pl.col("merged_into").is_not_null() | pl.col("oid").is_in(out["merged_into"].drop_nulls().implode()),
    )
    people = pl.concat([residents, others], how="diagonal").with_columns(pl.col("many").fill_null(False))
    former = [code for code, _ in world.municipality.former]
    parts = []
    for number, system in enumerate(SYSTEMS):
        share = 100 if number == 0 else 30
        some_people = people.filter(
            (mix("id", salt=90 + number, modulus=100) < share)
            & ((pl.col("kind") == "1") if number == 0 else pl.lit(True))
        )
        parts.append(some_people.with_columns(system=pl.lit(system), sys_ix=pl.lit(number)))
    gone = some(world.persons.filter(pl.col("status") == "1"), round(len(world.present) * 0.004), 1, 99).select(
        id=pl.col("pid") + 9_000_000,
        atena=pl.lit(None, dtype=pl.String),
        kind=pl.lit("2"),
        many=pl.lit(False),
        system=pl.lit("014"),
        sys_ix=pl.lit(4),
    )
    rows = pl.concat([*parts, gone.select(parts[0].columns)])
    merged = pl.col("many") & pl.col("atena").is_not_null()
    way = pl.when(pl.col("atena").is_null()).then(pl.lit("9")).when(merged).then(pl.lit("2")).otherwise(pl.lit("1"))
    origin = (
        mix("id", salt=98, modulus=len(former)).replace_strict(list(range(len(former))), former, return_dtype=pl.String)
        if former
        else pl.lit(None, dtype=pl.String)
    )
    on = day(CONVERSION_DAY) + pl.duration(days=pl.col("sys_ix") * 30)
    rows = rows.with_columns(
        市区町村コード=pl.lit(world.code),
        旧システム区分="system",
        旧宛名番号=(pl.col("id") * 3 + 1_000 + pl.col("sys_ix")).cast(pl.String).str.zfill(10),
        旧枝番号=pl.when(pl.col("id") % 40 == 0).then(pl.lit("01")).otherwise(pl.lit("00")),
        宛名番号="atena",
        宛名種別="kind",
        変換区分=way,
        突合根拠=pl.when(merged).then(pl.when(pl.col("id") % 2 == 0).then(pl.lit("02")).otherwise(pl.lit("06"))),
        旧市区町村コード=pl.when(pl.col("id") % 3 == 0).then(origin),
        変換年月日=iso(on),
        変換備考=pl.when(pl.col("atena").is_null())
        .then(pl.lit("滞納なし、移行対象外"))
        .when(pl.col("id") % 25 == 0)
        .then(pl.lit("旧番号帳による")),
        削除フラグ=pl.lit("0"),
    ).with_columns(operated(on, "id", "sys_ix", salt=97))
    return complete("031", "宛名番号変換情報", rows)
