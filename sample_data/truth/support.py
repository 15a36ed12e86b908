"""Remarks, former aliases, suppression, notices to the person, and support measures (支援措置) of the resident
register."""

from __future__ import annotations

import datetime as dt

import polars as pl

from sample_data.truth.frame import complete, day, iso, mix, operated, wide
from sample_data.truth.people import address_text, desks, flag, residents, some, within
from sample_data.world import World

REMARKS = (
    "失踪宣告取消の届出受領　記載年月日　令和４年１月１１日",
    "住所の表示に誤りがあり職権で修正　令和５年２月１日",
    "転入届の期間経過につき過料通知　令和３年６月２日",
    "氏名の文字を正字に更正　平成３０年１０月１日",
)
MEMOS = (
    "来庁時に本人確認書類（運転免許証）を確認",
    "郵便物が返戻された。居所を確認すること",
    "窓口では筆談を希望",
    "代理人（長女）の委任状を確認済み",
    "住所地番の表記について地籍調査課へ照会中",
    "外字あり。印刷の前に作字を確認",
)


def remarks(world: World) -> pl.DataFrame:
    """統合記載欄C類型管理: up to two remarks a person."""
    people = some(residents(world), round(len(world.present) * 0.09), 3, 101)
    second = people.filter(pl.col("pid") % 5 == 0).with_columns(n=2)
    rows = pl.concat([people.with_columns(n=1), second], how="diagonal").with_columns(total=pl.len().over("pid"))
    text = _choice(REMARKS, "pid", "n", salt=4)
    rows = rows.with_columns(
        市区町村コード=pl.lit(world.code),
        宛名番号="atena",
        履歴番号="n",
        最新フラグ=flag(pl.col("n") == pl.col("total")),
        統合記載欄C類型=text,
        削除フラグ=pl.lit("0"),
    ).with_columns(operated(within(world, "pid", "n", salt=5), "pid", "n"))
    return complete("001", "統合記載欄C類型管理", rows.sort("pid", "n"))


def memos(world: World) -> pl.DataFrame:
    """メモ情報: up to three memos a person."""
    people = some(residents(world), round(len(world.present) * 0.1), 4, 102)
    rows = pl.concat([people.filter(pl.col("pid") % (n * n) == 0).with_columns(n=pl.lit(n)) for n in (1, 2, 3)])
    rows = rows.with_columns(n=pl.int_range(1, pl.len() + 1).over("pid"), total=pl.len().over("pid"))
    rows = rows.with_columns(
        市区町村コード=pl.lit(world.code),
        宛名番号="atena",
        履歴番号="n",
        最新フラグ=flag(pl.col("n") == pl.col("total")),
        メモ=_choice(MEMOS, "pid", "n", salt=6),
        削除フラグ=pl.lit("0"),
    ).with_columns(operated(within(world, "pid", "n", salt=7), "pid", "n"))
    return complete("001", "メモ情報", rows.sort("pid", "n"))


def aliases(world: World) -> pl.DataFrame:
    """通称履歴管理: the alias in use, and for some an earlier one that was deleted."""
    people = world.persons.filter(pl.col("alias").is_not_null())
    earlier = pl.col("pid") % 3 == 0
    started, changed = (
        iso(pl.max_horizontal("entry", day(dt.date(2012, 7, 9)))),
        iso(pl.max_horizontal("entry", day(dt.date(2018, 5, 1)))),
    )
    city = pl.lit(world.municipality.city if len(world.municipality.city) > 6 else "山口県" + world.municipality.city)
    old = pl.col("alias").str.replace("　.*$", "　") + pl.lit("次郎")
    rows = people.with_columns(
        市区町村コード=pl.lit(world.code),
        宛名番号="atena",
        改製番号=pl.lit(1),
        最新フラグ=pl.lit("1"),
        削除フラグ=pl.lit("0"),
        通称1=pl.when(earlier).then(old).otherwise("alias"),
        記載市区町村コード1=pl.lit(world.code),
        記載市区町村名1=city,
        記載年月日1=started,
        削除市区町村コード1=pl.when(earlier).then(pl.lit(world.code)),
        削除市区町村名1=pl.when(earlier).then(city),
        削除年月日1=pl.when(earlier).then(changed),
        通称2=pl.when(earlier).then("alias"),
        記載市区町村コード2=pl.when(earlier).then(pl.lit(world.code)),
        記載市区町村名2=pl.when(earlier).then(city),
        記載年月日2=pl.when(earlier).then(changed),
    ).with_columns(operated(within(world, "pid", salt=8), "pid"))
    return complete("001", "通称履歴管理", rows)


def _applicants(world: World) -> pl.DataFrame:
    """Who may apply for support measures: Japanese adults whose day of birth is known, for the forms have no flag of
    an unknown one beside it."""
    known = ~pl.col("is_foreign") & ~pl.col("birth_unknown")
    return residents(world).filter(known & (pl.col("birth") < day(dt.date(2003, 1, 1))))


def subjects(world: World) -> pl.DataFrame:
    """People under support measures: pid, number of periods, first day; the base of three groups and of their
    suppressions."""
    adults = _applicants(world)
    people = some(adults, round(len(world.present) * 0.003), 3, 103)
    start = day(world.base_date) - pl.duration(days=mix("pid", salt=9, modulus=330) + 5)
    return people.with_columns(
        periods=1 + (pl.col("pid") % 2 if world.years > 1 else pl.lit(0)), start=start, renewed=pl.lit(False)
    ).with_columns(ended=pl.col("pid") % 9 == 4)


def support_subjects(world: World) -> pl.DataFrame:
    """支援措置対象者情報: one row a yearly period."""
    people = desks(subjects(world), world)
    parts = []
    for n in (1, 2):
        part = people.filter(pl.col("periods") >= n).with_columns(n=pl.lit(n))
        parts.append(
            part.with_columns(begin=pl.col("start").dt.offset_by("-1y") if n == 1 else pl.col("start")).with_columns(
                begin=pl.when(pl.col("periods") == 1).then("start").otherwise("begin")
            )
        )
    rows = pl.concat(parts).sort("pid", "n")
    newest = pl.col("n") == pl.col("periods")
    kind = (
        pl.when(newest & pl.col("ended"))
        .then(pl.lit("3"))
        .when(newest & (pl.col("pid") % 11 == 2))
        .then(pl.lit("2"))
        .otherwise(pl.lit("1"))
    )
    rows = rows.with_columns(
        市区町村コード=pl.lit(world.code),
        宛名番号="atena",
        履歴番号="n",
        支援措置開始年月日=iso("begin"),
        最新フラグ=flag(newest),
        支援措置終了年月日=iso(pl.col("begin").dt.offset_by("1y") - pl.duration(days=1)),
        支援措置区分=kind,
        世帯抑止区分=flag(pl.col("pid") % 2 == 0),
        入力場所コード="desk",
        入力場所表記="desk_name",
        入力端末=wide(pl.lit("SHK-00001")),
        削除フラグ=pl.lit("0"),
    ).with_columns(operated(pl.col("begin"), "pid", "n"))
    return complete("001", "支援措置対象者情報", rows)


def suppressions(world: World) -> pl.DataFrame:
    """住民基本台帳_抑止設定管理: three rows a supported person, and other reasons."""
    supported = pl.concat(
        [
            subjects(world).filter(~pl.col("ended")).with_columns(target=pl.lit(f"0{n}"), why=pl.lit("01"))
            for n in (1, 2, 3)
        ],
        how="diagonal",
    )
    others = some(residents(world), round(len(world.present) * 0.008), 2, 104).with_columns(
        target=pl.lit("02"),
        why=pl.when(pl.col("pid") % 7 == 0).then(pl.lit("03")).otherwise(pl.lit("04")),
        start=day(world.base_date) - pl.duration(days=mix("pid", salt=11, modulus=300) + 40),
    )
    rows = pl.concat([supported, others], how="diagonal").sort("pid", "why", "target")
    lifted = (pl.col("why") == "01") & (pl.col("target") == "02") & (pl.col("pid") % 3 == 1)
    open_day = iso(pl.min_horizontal(pl.col("start") + pl.duration(days=3), day(world.base_date)))
    over = (pl.col("why") == "04") & (pl.col("pid") % 2 == 1)
    rows = rows.with_columns(
        市区町村コード=pl.lit(world.code),
        宛名番号="atena",
        抑止事由="why",
        抑止処理対象区分="target",
        履歴番号=pl.lit(1),
        抑止開始年月日=iso("start"),
        履歴番号_枝番号=pl.lit(1),
        最新フラグ=pl.lit("1"),
        抑止終了年月日=pl.when(over).then(iso(pl.col("start") + pl.duration(days=30))),
        抑止レベル=pl.when(pl.col("target") == "03").then(pl.lit("2")).otherwise(pl.lit("1")),
        世帯抑止区分=flag(pl.col("pid") % 2 == 0),
        一時解除開始年月日=pl.when(lifted).then(open_day),
        一時解除開始時刻=pl.when(lifted).then(pl.lit("09:30:00")),
        一時解除終了年月日=pl.when(lifted).then(open_day),
        一時解除終了時刻=pl.when(lifted).then(pl.lit("10:15:00")),
        一時解除設定操作者ID=pl.when(lifted).then(pl.lit("SHU0042")),
        削除フラグ=pl.lit("0"),
    ).with_columns(operated(pl.col("start"), "pid", salt=12))
    return complete("001", "住民基本台帳_抑止設定管理", rows)


def applications(world: World) -> tuple[pl.DataFrame, pl.DataFrame]:
    """支援措置申出書情報（当初受付）and（転送受付）."""
    initial = desks(world.with_address(subjects(world), "addr_id"), world)
    initial = world.with_address(initial, "honseki_addr_id", "reg_")
    taken = subjects(world).select("pid")
    adults = _applicants(world).join(taken, on="pid", how="anti", maintain_order="left")
    moved_in = some(adults, round(len(world.present) * 0.0017), 2, 105).with_columns(
        start=day(world.base_date) - pl.duration(days=mix("pid", salt=13, modulus=330) + 5), ended=pl.lit(False)
    )
    forwarded = desks(world.with_address(moved_in, "addr_id"), world)
    return _application(initial, world, "支援措置申出書情報（当初受付）", True), _application(
        forwarded, world, "支援措置申出書情報（転送受付）", False
    )


def _application(people: pl.DataFrame, world: World, group: str, initial: bool) -> pl.DataFrame:
    who = "支援措置対象者_"
    jointly = pl.col("pid") % 4 == 3
    other = mix("pid", salt=14, modulus=len(world.places))
    offender = world.places.rename({c: f"ka_{c}" for c in world.places.columns})
    rows = people.with_columns(ka_place=other).join(offender, on="ka_place", how="left", maintain_order="left")
    has = pl.col("pid") % 5 != 2
    temporary = pl.col("pid") % 6 == 1
    out = {
        "市区町村コード": pl.lit(world.code),
        "宛名番号": pl.col("atena"),
        "支援措置管理番号": (pl.col("pid") + (100_000 if initial else 500_000)).cast(pl.String).str.zfill(10),
        "支援措置履歴番号": pl.lit(1),
        "最新フラグ": pl.lit("1"),
        "対象者区分": flag(jointly),
        "申出者の状況": pl.when(~jointly).then(
            pl.when(pl.col("pid") % 3 == 0).then(pl.lit("2")).otherwise(pl.lit("1"))
        ),
        f"{who}氏名": pl.col("name"),
        f"{who}氏名_フリガナ": pl.col("name_kana"),
        f"{who}旧氏": pl.col("kyu_sei"),
        f"{who}旧氏_フリガナ": pl.col("kyu_sei_kana"),
        f"{who}生年月日": iso("birth"),
        f"{who}性別": pl.col("sex"),
        f"{who}住所_市区町村コード": pl.col("city_code"),
        f"{who}住所_町字コード": pl.col("town_code"),
        f"{who}住所_郵便番号": pl.col("postal"),
        f"{who}住所_都道府県": pl.col("prefecture"),
        f"{who}住所_市区郡町村名": pl.col("city"),
        f"{who}住所_町字": pl.col("town"),
        f"{who}住所_番地号表記": pl.col("banchi"),
        f"{who}住所_方書コード": pl.col("building_code"),
        f"{who}住所_方書": pl.col("building"),
        f"{who}住所_方書_フリガナ": pl.col("building_kana"),
        f"{who}連絡先電話番号": pl.when(pl.col("pid") % 2 == 0).then(
            pl.lit("0834-2") + (pl.col("pid") % 9 + 1).cast(pl.String) + pl.lit("-1234")
        ),
        f"{who}連絡先携帯電話番号": pl.lit("090-1234-") + (pl.col("pid") % 10_000).cast(pl.String).str.zfill(4),
        f"{who}連絡先メールアドレス": pl.when(pl.col("pid") % 3 == 0).then(
            pl.lit("p") + pl.col("pid").cast(pl.String) + pl.lit("@example.jp")
        ),
        f"{who}その他": pl.when(pl.col("pid") % 4 == 0).then(pl.lit("勤務先への連絡は不可")),
        f"{who}支援措置対象者との関係": pl.when(jointly).then(pl.lit("子")),
        "加害者_氏名": pl.when(has).then(pl.col("sei") + pl.lit("　") + pl.lit("剛")),
        "加害者_生年月日": pl.when(has).then(pl.lit("1975-05-05")),
        "加害者_性別": pl.when(has).then(pl.lit("1")),
        "加害者_住所_郵便番号": pl.when(has).then("ka_postal"),
        "加害者_住所_市区町村コード": pl.when(has).then("ka_code"),
        "加害者_住所_町字コード": pl.when(has).then("ka_town_code"),
        "加害者_住所_都道府県": pl.when(has).then("ka_prefecture"),
        "加害者_住所_市区郡町村名": pl.when(has).then("ka_city"),
        "加害者_住所_町字": pl.when(has).then("ka_town"),
        "加害者_住所_番地号表記": pl.when(has).then(wide((pl.col("pid") % 99 + 1).cast(pl.String)) + pl.lit("番地")),
        "加害者_住所_方書": pl.when(has & (pl.col("pid") % 2 == 0)).then(pl.lit("青葉荘２０３号")),
        "加害者_その他": pl.when(has & (pl.col("pid") % 3 == 0)).then(pl.lit("車両番号を別紙に記載")),
        "加害者人数": pl.when(has).then(1).otherwise(0),
        "支援措置開始年月日": iso("start"),
        "支援措置終了年月日": iso(pl.col("start").dt.offset_by("1y") - pl.duration(days=1)),
        "仮支援措置の有無": flag(temporary),
        "仮支援措置開始年月日": pl.when(temporary).then(iso(pl.col("start") - pl.duration(days=10))),
        "仮支援措置終了年月日": pl.when(temporary).then(iso(pl.col("start") - pl.duration(days=1))),
        "入力場所コード": pl.col("desk"),
        "入力場所表記": pl.col("desk_name"),
        "入力端末": wide(pl.lit("SHK-00002")),
        "削除フラグ": pl.lit("0"),
    }
    ask = "支援を求める事務対象区分_"
    if initial:
        register, before = pl.col("pid") % 3 == 0, (pl.col("pid") % 4 == 1) & pl.col("from_place").is_not_null()
        rows = rows.join(
            world.places.rename({c: f"mae_{c}" for c in world.places.columns}),
            left_on="from_place",
            right_on="mae_place",
            how="left",
            maintain_order="left",
        )
        parts = {
            "市区町村コード": "city_code",
            "町字コード": "town_code",
            "都道府県": "prefecture",
            "市区郡町村名": "city",
            "町字": "town",
            "地番号または、街区符号": "banchi",
        }
        earlier = {
            "市区町村コード": "code",
            "町字コード": "town_code",
            "都道府県": "prefecture",
            "市区郡町村名": "city",
            "町字": "town",
        }
        out |= {f"{who}本籍_{item}": pl.when(register).then(f"reg_{column}") for item, column in parts.items()}
        out |= {f"{who}前住所_{item}": pl.when(before).then(f"mae_{column}") for item, column in earlier.items()}
        out |= {
            f"{who}本籍": pl.when(register).then(pl.concat_str("reg_prefecture", "reg_city", "reg_town", "reg_banchi")),
            f"{who}前住所_番地号表記": pl.when(before).then(pl.lit("５番地")),
            f"{who}前住所_方書": pl.when(before & (pl.col("pid") % 8 == 1)).then(pl.lit("ひばり荘")),
            f"{ask}住民基本台帳の閲覧（現住所）": pl.lit("1"),
            f"{ask}住民票の写し等の交付（現住所）": pl.lit("1"),
            f"{ask}住民票の写し等の交付（前住所等）": flag(before),
            f"{ask}戸籍の附票の写し等の交付（本籍）": flag(register),
            f"{ask}戸籍の附票の写し等の交付（前本籍等）": pl.lit("0"),
            f"{ask}固定資産所在市区町村": pl.lit("0"),
            f"{who}転送先_市区町村コード": pl.when(before).then("mae_code"),
            f"{who}転送年月日": pl.when(before).then(iso(pl.col("start") + pl.duration(days=2))),
        }
    else:
        removed = pl.col("pid") % 2 == 0
        target = "支援を求める対象住所_"
        out |= {
            f"{ask}住民基本台帳の閲覧": pl.lit("1"),
            f"{ask}住民票の写し等の交付": pl.lit("1"),
            f"{ask}住民票の除票の写し等の交付": flag(removed),
            f"{target}転入通知に基づいて記載した転出先住所（確定）": pl.when(removed).then(pl.lit("1")),
            f"{target}転出届に基づいて記載した転出先住所（予定）": pl.when(removed).then(pl.lit("1")),
            f"{target}統合記載欄に記載された転出先住所等": pl.when(removed).then(pl.lit("0")),
            f"{who}転送受付年月日": iso(pl.col("start") + pl.duration(days=1)),
            "当初受付_市区町村コード": pl.col("ka_code"),
        }
    rows = rows.with_columns(**out).with_columns(operated(pl.col("start"), "pid", salt=15))
    return complete("001", group, rows)


def notices(world: World, issued: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """本人通知制度情報 and 本人通知制度通知書情報; ``issued`` is the group of certificates issued, whose numbers the
    letters quote."""
    people = world.with_address(some(residents(world), round(len(world.present) * 0.0028), 3, 106), "addr_id")
    asked = day(world.window) - pl.duration(days=mix("pid", salt=16, modulus=200) + 1)
    out_of_town = address_text("")
    registered = people.with_columns(
        市区町村コード=pl.lit(world.code),
        宛名番号="atena",
        本人通知制度管理番号=(pl.col("pid") + 1).cast(pl.String),
        最新フラグ=pl.lit("1"),
        申出年月日=iso(asked),
        登録年月日=iso(asked + pl.duration(days=1)),
        登録満了年月日=iso((asked + pl.duration(days=1)).dt.offset_by("10y")),
        通知書送付先住所_郵便番号="postal",
        通知書送付先住所_都道府県="prefecture",
        通知書送付先住所_市区郡町村名="city",
        通知書送付先住所_町字="town",
        通知書送付先住所_番地号表記="banchi",
        通知書送付先住所_方書コード="building_code",
        通知書送付先住所_方書="building",
        通知書送付先住所_方書_フリガナ="building_kana",
        通知書出力条件=pl.when(pl.col("pid") % 3 == 0).then(pl.lit("2")).otherwise(pl.lit("1")),
        削除フラグ=pl.lit("0"),
        _text=out_of_town,
    ).with_columns(operated(asked + pl.duration(days=1), "pid", salt=17))
    numbers = registered.select("宛名番号", "本人通知制度管理番号", "pid")
    letters = issued.filter((pl.col("交付区分") == "3") & pl.col("発行番号").is_not_null()).join(
        numbers, on="宛名番号", how="inner", maintain_order="left"
    )
    letters = letters.with_columns(
        通知年月日=iso(
            pl.min_horizontal(pl.col("交付年月日").str.to_date("%Y-%m-%d") + pl.duration(days=3), day(world.base_date))
        ),
        交付請求者区分=pl.lit("3"),
        交付請求者区分修正フラグ=flag(pl.col("pid") % 10 == 0),
    )
    return complete("001", "本人通知制度情報", registered), complete("001", "本人通知制度通知書情報", letters)


def notice_people(world: World) -> pl.Series:
    """pids registered for notices, so that certificates about them exist."""
    return some(residents(world), round(len(world.present) * 0.0028), 3, 106)["pid"]


def _choice(texts: tuple[str, ...], *columns: str, salt: int) -> pl.Expr:
    return mix(*columns, salt=salt, modulus=len(texts)).replace_strict(
        list(range(len(texts))), list(texts), return_dtype=pl.String
    )
