"""住民情報: every resident's rows over time, each with all columns as they stood after that event."""

from __future__ import annotations

import datetime as dt

import polars as pl

from sample_data.places import ABROAD
from sample_data.truth.frame import clock, complete, day, era_code, era_text, iso, mix, operator, wide
from sample_data.truth.people import flag
from sample_data.truth.qualifications import qualifications
from sample_data.world import World

GROUP = "住民情報"
NUMBER_DAY = dt.date(2015, 10, 5)
"""個人番号 were given to everybody on this day (番号法附則)."""
FOREIGN_DAY = dt.date(2012, 7, 9)
"""Foreign residents entered the register (平成21年改正住基法)."""
SYSTEM_DAY = dt.date(1995, 4, 3)
"""Rows older than the vendor's system were typed in on this day."""

_PLACE = (
    ("市区町村コード", "code"),
    ("町字コード", "town_code"),
    ("都道府県", "prefecture"),
    ("市区郡町村名", "city"),
    ("町字", "town"),
    ("番地号表記", "banchi"),
    ("方書", "building"),
    ("郵便番号", "postal"),
)


def history(world: World) -> pl.DataFrame:
    """The group 住民情報 of the layout, sorted by 宛名番号 and 個人履歴番号."""
    rows = _states(_events(world), world)
    rows = _people(rows, world)
    return complete("001", GROUP, rows)


def _events(world: World) -> pl.DataFrame:
    """pid, date, reason: the opening of the record, what happened since, and its end; one a day and person."""
    homes = world.households.select("hid", "move1", "move2", "head_change", pl.col("entry").alias("home_entry"))
    people = world.persons.join(homes, on="hid", how="left", maintain_order="left")
    end = pl.coalesce("removal", day(world.base_date))
    parts = [
        people.select("pid", date="entry", reason="entry_reason", order=0),
        people.filter(pl.col("removal").is_not_null()).select("pid", date="removal", reason="removal_reason", order=9),
    ]
    for column in ("home_entry", "move1", "move2"):
        parts.append(
            people.filter((pl.col(column) > pl.col("entry")) & (pl.col(column) < end)).select(
                "pid", date=column, reason=pl.lit("41"), order=1
            )
        )
    left = people.filter(
        pl.col("head_change").is_not_null()
        & (pl.col("entry") < pl.col("head_change"))
        & (end > pl.col("head_change"))
        & ~pl.col("was_head")
    )
    parts.append(left.select("pid", date="head_change", reason=pl.lit("53"), order=2))
    parts.append(
        people.filter((pl.col("entry") < NUMBER_DAY) & (end > NUMBER_DAY)).select(
            "pid", date=day(NUMBER_DAY), reason=pl.lit("47"), order=3
        )
    )
    surname = day(world.window) + pl.duration(days=mix("pid", salt=1, modulus=300) + 20)
    parts.append(
        people.filter(pl.col("kyu_sei").is_not_null() & (surname > pl.col("entry")) & (surname < end)).select(
            "pid", date=surname, reason=pl.lit("54"), order=4
        )
    )
    for number in range(world.years * 2):
        some = people.filter(mix("pid", salt=number + 10, modulus=100) < 22)
        date = day(world.window) + pl.duration(days=mix("pid", salt=number + 50, modulus=180) + number * 182)
        reason = (
            pl.when(mix("pid", salt=number + 90, modulus=10) < 6)
            .then(pl.lit("42"))
            .when(mix("pid", salt=number + 91, modulus=10) < 7)
            .then(pl.lit("52"))
            .otherwise(pl.lit("43"))
        )
        parts.append(
            some.filter((date > pl.col("entry")) & (date < end)).select("pid", date=date, reason=reason, order=5)
        )
    columns = [pl.col("pid"), pl.col("date").cast(pl.Date), pl.col("reason"), pl.col("order").cast(pl.Int64)]
    events = pl.concat([part.select(columns) for part in parts]).sort("pid", "date", "order")
    # A record opens first and closes last, whatever the day; in between one event a day.
    return events.unique(subset=["pid", "date"], keep="first", maintain_order=True).drop("order")


def _states(events: pl.DataFrame, world: World) -> pl.DataFrame:
    """Events with their numbers, and with home, head and relation as of each."""
    homes = world.households.select(
        "hid",
        "former_head_pid",
        "head_change",
        "move1",
        "move2",
        "addr_birth",
        "addr0",
        "addr1",
        "addr2",
        "district",
        pl.col("entry").alias("home_entry"),
    )
    rows = events.join(world.persons, on="pid", how="left", maintain_order="left").join(
        homes, on="hid", how="left", maintain_order="left"
    )

    def home(column: str, strict: bool) -> pl.Expr:
        return (pl.col(column) < pl.col("date")) if strict else (pl.col(column) <= pl.col("date"))

    def address(strict: bool) -> pl.Expr:
        return (
            pl.when(home("move2", strict))
            .then("addr2")
            .when(home("move1", strict))
            .then("addr1")
            .when(home("home_entry", strict))
            .then("addr0")
            .otherwise("addr_birth")
        )

    before = pl.col("head_change").is_not_null() & ~pl.col("was_head") & (pl.col("date") < pl.col("head_change"))
    passed = [pl.when(home(c, False)).then(pl.col(c)) for c in ("home_entry", "move1", "move2")]
    last = pl.col("number") == pl.col("count")
    rows = rows.with_columns(number=pl.int_range(1, pl.len() + 1).over("pid"), count=pl.len().over("pid")).with_columns(
        last=last,
        open=~(last & pl.col("removal").is_not_null()),
        home_id=address(False),
        old_home_id=address(True),
        since=pl.max_horizontal("entry", *passed),
        head_id=pl.when(before).then("former_head_pid").otherwise("head_pid"),
        relation1=pl.when(before)
        .then(pl.when(pl.col("sex") == "2").then(pl.lit("12")).otherwise(pl.lit("11")))
        .otherwise("relation1"),
        relation2=pl.when(~before).then("relation2"),
        relation_label=pl.when(before)
        .then(pl.when(pl.col("sex") == "2").then(pl.lit("妻")).otherwise(pl.lit("夫")))
        .otherwise("relation_label"),
        rank=pl.when(before).then(2).otherwise("rank"),
    )
    heads = world.persons.select(pl.col("pid").alias("head_id"), pl.col("name").alias("head_name"))
    rows = rows.join(heads, on="head_id", how="left", maintain_order="left")
    rows = world.with_address(rows, "home_id")
    rows = world.with_address(rows, "old_home_id", "old_")
    return world.with_address(rows, "honseki_addr_id", "reg_")


def _people(rows: pl.DataFrame, world: World) -> pl.DataFrame:
    """All items under their Japanese names."""
    city = world.municipality
    unknown = pl.col("birth_unknown")
    birth = pl.when(unknown).then(pl.col("birth").dt.to_string("%Y-00-00")).otherwise(iso("birth"))
    vague_end = (pl.col("removal_reason") == "23") & (
        (pl.col("pid") % 53 == 0) | pl.col("pid").eq_missing(_first_dead(world))
    )
    event_vague = vague_end & ~pl.col("open")
    removal = pl.when(vague_end).then(pl.col("removal").dt.to_string("%Y-00-00")).otherwise(iso("removal"))
    about = era_text(iso("removal")) + wide(pl.col("removal").dt.month().cast(pl.String)) + pl.lit("月頃")
    japanese = ~pl.col("is_foreign")
    reason = pl.col("reason")
    filed = reason.is_in(["01", "02", "03", "41", "21", "22", "23"])
    ending = reason.is_in(["21", "22", "23", "26"])
    filing = (
        pl.when(ending)
        .then("removal_notice")
        .when(reason == "41")
        .then(
            pl.min_horizontal(
                pl.col("date") + pl.duration(days=mix("pid", "number", salt=3, modulus=14)), day(world.base_date)
            )
        )
        .otherwise("entry_notice")
    )
    done = pl.max_horizontal(
        pl.when(ending)
        .then(pl.max_horizontal("removal", "removal_notice"))
        .when(filed)
        .then(pl.max_horizontal(filing, "date"))
        .otherwise("date"),
        day(SYSTEM_DAY),
    )
    done = pl.min_horizontal(done, day(world.base_date))
    years = done.dt.year() - pl.col("birth").dt.year()
    has = {name: pl.col(name).is_not_null() for name in ("roman", "kanji", "alias")}
    surname_day = day(world.window) + pl.duration(days=mix("pid", salt=1, modulus=300) + 20)
    old_name = pl.col("kyu_sei").is_not_null() & (surname_day <= pl.col("date"))
    alone = pl.col("reg_city") + pl.col("reg_town")
    closed = ~pl.col("open")
    notified = closed & (pl.col("removal_reason") == "21") & (pl.col("pid") % 10 < 7)
    terms = pl.col("is_foreign") & (pl.col("residence_status") != "X14")
    out = {
        "市区町村コード": pl.lit(city.code),
        "宛名番号": pl.col("atena"),
        "個人履歴番号": pl.col("number"),
        "個人履歴番号_枝番号": pl.lit(0),
        "最新フラグ": flag(pl.col("last")),
        "改製番号": pl.lit(1),
        "世帯番号": pl.col("setai_no"),
        "住民種別": pl.when(japanese).then(pl.lit("1")).otherwise(pl.lit("2")),
        "住民状態": pl.when("open").then(pl.lit("1")).otherwise("status"),
        "住民票コード": pl.col("juminhyo_code"),
        "個人番号": pl.col("kojin_bango"),
        "異動年月日": pl.when(event_vague).then(removal).otherwise(iso("date")),
        "異動年月日_不詳フラグ": flag(event_vague),
        "異動年月日_不詳表記": pl.when(event_vague).then(about),
        "異動届出年月日": pl.when(filed).then(iso(filing)),
        "届出番号": pl.when(filed).then(pl.col("pid") * 20 + pl.col("number") + 1),
        "異動事由": reason,
        "異動区分": pl.when(reason.is_in(["42", "43", "47", "54"]))
        .then(pl.lit("0"))
        .when(pl.col("pid") % 3 == 0)
        .then(pl.lit("2"))
        .otherwise(pl.lit("1")),
        "申出日": pl.when(reason == "54").then(iso("date")),
        "戸籍届出・通知日": pl.when(reason == "03")
        .then(iso("entry_notice"))
        .when(reason == "23")
        .then(iso("removal_notice")),
        "記載等の種別": pl.when(filed | (reason == "52") | (reason == "53"))
        .then(pl.lit("1"))
        .when(reason == "54")
        .then(pl.lit("4"))
        .otherwise(pl.lit("2")),
        "氏名": pl.col("name"),
        "氏_日本人": pl.col("sei"),
        "名_日本人": pl.col("mei"),
        "氏名_外国人ローマ字": pl.col("roman"),
        "氏名_外国人漢字": pl.col("kanji"),
        "氏名_フリガナ": pl.col("name_kana"),
        "氏_日本人_フリガナ": pl.col("sei_kana"),
        "名_日本人_フリガナ": pl.col("mei_kana"),
        "氏名_フリガナ確認状況": flag(pl.col("pid") % 5 < 3),
        "氏名_氏名のカタカナ表記": pl.when(has["roman"] & ~has["kanji"]).then("name_kana"),
        "旧氏": pl.when(old_name).then("kyu_sei"),
        "旧氏_フリガナ": pl.when(old_name).then("kyu_sei_kana"),
        "旧氏_フリガナ確認状況": pl.when(old_name).then(pl.lit("1")),
        "通称": pl.col("alias"),
        "通称_フリガナ": pl.col("alias_kana"),
        "通称_フリガナ確認状況": pl.when(has["alias"]).then(pl.lit("0")),
        "氏名優先区分": pl.when(has["alias"] & (pl.col("pid") % 2 == 0))
        .then(pl.lit("09"))
        .when(has["alias"])
        .then(pl.lit("08"))
        .when(has["kanji"])
        .then(pl.lit("04"))
        .when(has["roman"])
        .then(pl.lit("02"))
        .otherwise(None),
        "性別": pl.col("sex"),
        "性別表記": pl.when(pl.col("sex") == "1").then(pl.lit("男")).otherwise(pl.lit("女")),
        "生年月日_元号": pl.when(japanese).then(era_code(birth)),
        "生年月日": birth,
        "生年月日_不詳フラグ": flag(unknown),
        "生年月日_不詳表記": pl.when(unknown).then(era_text(birth) + pl.lit("頃")),
        "続柄コード1": pl.col("relation1"),
        "続柄コード2": pl.col("relation2"),
        "続柄表記": pl.col("relation_label"),
        "世帯主氏名": pl.col("head_name"),
        "住所_市区町村コード": pl.col("city_code"),
        "住所_町字コード": pl.col("town_code"),
        "住所_都道府県": pl.col("prefecture"),
        "住所_市区郡町村名": pl.col("city"),
        "住所_町字": pl.col("town"),
        "住所_番地号表記": pl.col("banchi"),
        "住所_番地枝番数値": pl.col("banchi_no"),
        "住所_方書コード": pl.col("building_code"),
        "住所_方書": pl.col("building"),
        "住所_方書_フリガナ": pl.col("building_kana"),
        "住所_郵便番号": pl.col("postal"),
        "住民となった年月日": pl.when(japanese).then(iso("entry")),
        "住民となった年月日_不詳フラグ": pl.when(japanese).then(pl.lit("0")),
        "記載の異動年月日": iso("entry"),
        "記載の異動年月日_不詳フラグ": pl.lit("0"),
        "記載の事由": pl.col("entry_reason"),
        "住所を定めた年月日": iso("since"),
        "住所を定めた年月日_不詳フラグ": pl.lit("0"),
        "本籍": pl.when(japanese).then(pl.col("reg_prefecture") + alone + pl.col("reg_banchi")),
        "本籍_都道府県": pl.when(japanese).then("reg_prefecture"),
        "本籍_市区郡町村名": pl.when(japanese).then("reg_city"),
        "本籍_町字": pl.when(japanese).then("reg_town"),
        "本籍_地番号または、街区符号": pl.when(japanese).then("reg_banchi"),
        "本籍_市区町村コード": pl.when(japanese).then("reg_city_code"),
        "本籍_町字コード": pl.when(japanese).then("reg_town_code"),
        "戸籍_筆頭者": pl.col("hittosha_sei") + pl.lit("　") + pl.col("hittosha_mei"),
        "戸籍_筆頭者_氏": pl.col("hittosha_sei"),
        "戸籍_筆頭者_名": pl.col("hittosha_mei"),
        "消除の事由": pl.when(closed).then("removal_reason"),
        "転出届出年月日": pl.when(closed & pl.col("removal_reason").is_in(["21", "22"])).then(iso("removal_notice")),
        "転出予定年月日": pl.when(closed & pl.col("removal_reason").is_in(["21", "22"])).then(iso("removal")),
        "消除の届出年月日": pl.when(closed & (pl.col("removal_reason") != "26")).then(iso("removal_notice")),
        "消除の異動年月日": pl.when(closed).then(removal),
        "消除の異動年月日_不詳フラグ": pl.when(closed).then(flag(vague_end)),
        "消除の異動年月日_不詳表記": pl.when(event_vague).then(about),
        "転入通知年月日": pl.when(notified).then(
            iso(pl.min_horizontal(pl.col("removal") + pl.duration(days=9), day(world.base_date)))
        ),
        "転出年月日（確定）": pl.when(notified).then(iso("removal")),
        "外国人住民となった年月日": pl.when("is_foreign").then(iso(pl.max_horizontal("entry", day(FOREIGN_DAY)))),
        "外国人住民となった年月日_不詳フラグ": pl.when("is_foreign").then(pl.lit("0")),
        "在留カード等番号": pl.col("card_no"),
        "在留カード等番号区分": pl.when(pl.col("article45") == "02")
        .then(pl.lit("3"))
        .when("is_foreign")
        .then(pl.lit("2")),
        "国籍等_国名コード": pl.col("nation_code"),
        "国籍名等": pl.col("nation_name"),
        "第30条45規定区分": pl.col("article45"),
        "住居地の届出の有無": pl.when("is_foreign").then(pl.lit("1")),
        "在留資格等コード": pl.col("residence_status"),
        "在留期間等コード_年": pl.when(terms).then(pl.coalesce("period", pl.lit("00"))),
        "在留期間等コード_月": pl.when(terms).then(pl.lit("00")),
        "在留期間等コード_日": pl.when(terms).then(pl.lit("000")),
        "在留期間の満了の日": iso("period_end"),
        "特別永住者証明書交付年月日": pl.when(pl.col("article45") == "02").then(pl.lit("2021-06-01")),
        "特別永住者証明書有効期限": pl.when((pl.col("article45") == "02") & (pl.col("pid") % 3 > 0)).then(
            pl.lit("2028-06-01")
        ),
        "事実上の世帯主氏名": pl.when(pl.col("is_foreign") & (pl.col("relation1") != "02")).then("head_name"),
        "統合記載欄B類型1表示項目": pl.when(pl.col("pid") % 47 == 5).then(pl.lit("07")),
        "統合記載欄B類型1": pl.when(pl.col("pid") % 47 == 5).then(pl.lit("住所　令和３年７月１日　町名地番変更")),
        "履歴選択不可フラグ": flag(pl.col("pid") % 89 == 3),
        "処理年月日": iso(done),
        "地区管理コード1": pl.col("district") + (pl.col("pid") % 40 + 1).cast(pl.String).str.zfill(4),
        "地区管理コード2": (pl.col("hid") % 27 + 1).cast(pl.String).str.zfill(4),
        "住居地補正コード": pl.when("is_foreign").then(pl.lit("1")),
        "記載順位": pl.col("rank"),
        "成年被後見人_該当有無": flag(pl.col("ward")),
        "成年被後見人の審判確定日": pl.when("ward").then(pl.lit("2020-02-03")),
        "成年被後見人の登記日": pl.when("ward").then(pl.lit("2020-02-17")),
        "成年被後見人である旨を知った日": pl.when("ward").then(pl.lit("2020-02-25")),
        "除票フラグ": flag(closed),
        "除票用データベース登録年月日": pl.when(closed).then(iso(done)),
        "法第30条46又は47区分": pl.when(pl.col("is_foreign") & (pl.col("entry_reason") == "02")).then(pl.lit("0")),
        "入力場所コード": pl.col("desk"),
        "入力場所表記": pl.col("desk_name"),
        "入力端末": wide(pl.lit("SHK-") + (pl.col("pid") % 40 + 1).cast(pl.String).str.zfill(5)),
        "選挙人名簿登録有無": pl.when(japanese).then(flag((years > 18) & pl.col("open") & ~unknown)),
        "統合宛名フラグ": flag(pl.col("pid") % 7 > 0),
        "他業務参照不可フラグ": flag(pl.col("pid") % 211 == 9),
        "業務ID": pl.lit("001"),
        "削除フラグ": pl.lit("0"),
        "操作者ID": operator("pid", "number"),
        "操作年月日": iso(done),
        "操作時刻": clock("pid", "number"),
    }
    rows = _desk(rows, world)
    rows = rows.select(
        "pid",
        "from_place",
        "from_abroad",
        "head_name",
        "reason",
        "old_city_code",
        "old_town_code",
        "old_prefecture",
        "old_city",
        "old_town",
        "old_banchi",
        "old_building_code",
        "old_building",
        "old_building_kana",
        "old_postal",
        closed.alias("closed"),
        notified.alias("notified"),
        "to_place",
        "to_abroad",
        **out,
    )
    rows = _elsewhere(rows, world)
    return rows.join(qualifications(world), on="pid", how="left", maintain_order="left")


def _first_dead(world: World) -> int | None:
    """pid of one who died within the window, whose day of death nobody knows; None in a town where nobody died."""
    dead = world.persons.filter(pl.col("removal_reason") == "23")["pid"]
    return int(dead[0]) if dead.len() else None


def _desk(rows: pl.DataFrame, world: World) -> pl.DataFrame:
    """The counter where each row was entered: its code and name."""
    offices = world.municipality.offices
    table = pl.DataFrame(
        {"desk_ix": range(len(offices)), "desk": [o[0] for o in offices], "desk_name": [o[1] for o in offices]}
    )
    return rows.with_columns(desk_ix=mix("pid", "number", salt=8, modulus=len(offices))).join(
        table, on="desk_ix", how="left", maintain_order="left"
    )


def _elsewhere(rows: pl.DataFrame, world: World) -> pl.DataFrame:
    """Addresses before moving in, before moving within, and after moving out."""
    abroad = (
        pl.DataFrame(ABROAD, schema=["nation", "nation_name", "text"], orient="row")
        .with_row_index("at")
        .with_columns(pl.col("at").cast(pl.Int64))
    )

    def place(frame: pl.DataFrame, key: str, prefix: str, salt: int) -> pl.DataFrame:
        table = world.places.select(pl.col("place").alias(key), pl.all().exclude("place").name.prefix(prefix))
        frame = frame.join(table, on=key, how="left", maintain_order="left")
        found = pl.col(f"{prefix}code").is_not_null()
        number = mix("pid", salt=salt, modulus=900) + 1
        return frame.with_columns(
            pl.when(found).then(wide(number.cast(pl.String)) + pl.lit("番地")).alias(f"{prefix}banchi"),
            pl.when(found & (number % 4 == 0))
            .then(pl.lit("サンハイツ") + wide((number % 9 * 100 + 1).cast(pl.String)) + pl.lit("号"))
            .alias(f"{prefix}building"),
        )

    def country(frame: pl.DataFrame, key: str, prefix: str) -> pl.DataFrame:
        return frame.join(
            abroad.select(pl.col("at").alias(key), pl.all().exclude("at").name.prefix(prefix)),
            on=key,
            how="left",
            maintain_order="left",
        )

    rows = country(place(rows, "from_place", "from_", 21), "from_abroad", "fa_")
    rows = country(place(rows, "to_place", "to_", 22), "to_abroad", "ta_")
    moved = pl.col("reason") == "41"
    names = {
        "code": "city_code",
        "town_code": "town_code",
        "prefecture": "prefecture",
        "city": "city",
        "town": "town",
        "banchi": "banchi",
        "building": "building",
        "postal": "postal",
    }
    columns = [
        *(pl.col(f"from_{source}").alias(f"転入前住所_{item}") for item, source in _PLACE),
        *(pl.when("closed").then(f"to_{source}").alias(f"転出先住所（予定）_{item}") for item, source in _PLACE),
        *(pl.when("notified").then(f"to_{source}").alias(f"転出先住所（確定）_{item}") for item, source in _PLACE),
        *(pl.when(moved).then(f"old_{names[source]}").alias(f"転居前住所_{item}") for item, source in _PLACE),
        pl.when(moved).then("old_building_code").alias("転居前住所_方書コード"),
        pl.when(moved).then("old_building_kana").alias("転居前住所_方書_フリガナ"),
        pl.col("fa_nation").alias("転入前住所_国名コード"),
        pl.col("fa_nation_name").alias("転入前住所_国名等"),
        pl.col("fa_text").alias("転入前住所_国外住所"),
        pl.when(pl.col("from_code").is_not_null()).then("head_name").alias("転入前住所_世帯主氏名"),
        pl.when("closed").then("ta_nation").alias("転出先住所（予定）_国名コード"),
        pl.when("closed").then("ta_nation_name").alias("転出先住所（予定）_国名等"),
        pl.when("closed").then("ta_text").alias("転出先住所（予定）_国外住所"),
    ]
    return rows.with_columns(columns)
