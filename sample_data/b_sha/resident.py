"""Area 001 as B社 holds it: the register's history in four tables, its attributes, and the smaller tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from sample_data.b_sha import codes, counter, support
from sample_data.b_sha.spell import (
    bare,
    code,
    deleted,
    flag,
    layout,
    month5,
    narrow,
    number10,
    pad,
    record,
    s8,
    stamp,
    w7,
    wareki_dots,
    zeros,
)
from sample_data.plugin import Context, Table, Truth
from sample_data.truth.frame import mix
from sample_data.world import World

PART = 200_000
"""Records a file of the tables that are cut into parts."""
_PLACE = (
    ("CITY", "市区町村コード"),
    ("AZA_CD", "町字コード"),
    ("KEN", "都道府県"),
    ("SHI", "市区郡町村名"),
    ("AZA", "町字"),
    ("BANCHI", "番地号表記"),
    ("KATA", "方書"),
    ("YUBIN", "郵便番号"),
)


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """The tables of the resident register."""
    history = truth["住民情報"].with_row_index("n").with_columns(pl.col("n").cast(pl.Int64))
    towns = world.towns.select(住所_町字コード="town_code", machi="vendor_code")
    yield from _parts("JUKI_RIREKI", deleted(_history(history), "RIREKI_NO"))
    yield from _parts("JUKI_JUSHO", _addresses(history, towns), "csv_quoted")
    foreign = history.filter(pl.col("住民種別") == "2")
    yield Table("JUKI_GAIKOKU", _foreigners(foreign), "JUKI_GAIKOKU.csv")
    people = history.unique(subset=["宛名番号"], keep="last", maintain_order=True)
    yield Table("JUKI_SHIKAKU", _qualifications(people), "JUKI_SHIKAKU.csv")
    yield Table("MYNO", _numbers(people), "MYNO.dat", format="fixed")
    yield from support.tables(world, truth)
    yield from counter.tables(world, truth)


def _parts(name: str, frame: pl.DataFrame, form: str = "csv") -> Iterator[Table]:
    for number, start in enumerate(range(0, max(frame.height, 1), PART), start=1):
        yield Table(name, frame.slice(start, PART), f"{name}_{number:03d}.csv", format=form)


def tail() -> Mapping[str, pl.Expr | None]:
    """The fields at the end of most tables."""
    return {"SAKUJO_FLG": None, "SOSA_ID": pl.col("操作者ID").str.pad_end(10, " "), "SOSA_TS": stamp()}


def _history(rows: pl.DataFrame) -> pl.DataFrame:
    japanese = pl.col("住民種別") == "1"
    last_digit = pl.col("宛名番号").str.slice(-3).cast(pl.Int64)
    relation = pl.concat_str(*(pl.col(f"続柄コード{i}").fill_null("00") for i in range(1, 5)))
    extras: dict[str, pl.Expr | str | None] = {
        "KUMI_NO": (last_digit % 90 + 1).cast(pl.String).str.zfill(4),
        "HAN_NO": (last_digit % 12 + 1).cast(pl.String).str.zfill(3),
        "TOSHO_BANGO": pl.lit("B") + mix("n", salt=1, modulus=99_999).cast(pl.String).str.zfill(5),
        "RENRAKU_TEL": pl.when(pl.col("n") % 3 == 0).then(
            pl.lit("0834-2")
            + (pl.col("n") % 9).cast(pl.String)
            + pl.lit("-0")
            + last_digit.cast(pl.String).str.zfill(3)
        ),
        "KOSIN_KAISU": (pl.col("n") % 17).cast(pl.String),
        "IKO_KBN": pl.when(pl.col("操作年月日") < "2008-01-01").then(pl.lit("1")),
        "MADO_BIKO": pl.when(pl.col("n") % 37 == 0).then(pl.lit("印刷時は改行に注意、旧番地あり")),
        "JOHO_CD": (last_digit % 150).cast(pl.String).str.zfill(5),
    }
    fields: dict[str, pl.Expr | str | None] = {
        "KOJIN_NO": number10("宛名番号"),
        "RIREKI_NO": zeros("個人履歴番号", 3),
        "EDA_NO": zeros("個人履歴番号_枝番号", 2),
        "SAISHIN_FLG": flag("最新フラグ"),
        "KAISEI_NO": zeros("改製番号", 5),
        "SETAI_NO": number10("世帯番号"),
        "JUMIN_SHU": code("住民種別", codes.RESIDENT_KIND),
        "JOTAI": code("住民状態", codes.STATUS),
        "IDO_YMD": w7("異動年月日"),
        "IDO_FUSHO": flag("異動年月日_不詳フラグ"),
        "IDO_MEMO": "異動年月日_不詳表記",
        "TODOKE_YMD": w7("異動届出年月日"),
        "TODOKE_NO": zeros("届出番号", 12),
        "IDO_JIYU": code("異動事由", codes.REASON),
        "IDO_KBN": code("異動区分", codes.SCOPE),
        "MOSHIDE_YMD": w7("申出日"),
        "KOSEKI_YMD": w7("戸籍届出・通知日"),
        "KISAI_SHU": code("記載等の種別", codes.ENTRY),
        "SHIMEI": pad("JUKI_RIREKI", "SHIMEI", "氏名"),
        "KANA": narrow("氏名_フリガナ"),
        "KANA_KAKUNIN": "氏名_フリガナ確認状況",
        "KYU_SHI": "旧氏",
        "KYU_SHI_KANA": narrow("旧氏_フリガナ"),
        "KYU_KAKUNIN": "旧氏_フリガナ確認状況",
        "SEX": code("性別", codes.SEX),
        "UMARE_YMD": w7("生年月日"),
        "UMARE_FUSHO": flag("生年月日_不詳フラグ"),
        "UMARE_MEMO": "生年月日_不詳表記",
        "ZOKU_CD": relation,
        "ZOKU_HYOKI": "続柄表記",
        "NUSHI_SHIMEI": "世帯主氏名",
        "JUMIN_YMD": w7("住民となった年月日"),
        "KISAI_YMD": w7("記載の異動年月日"),
        "KISAI_JIYU": code("記載の事由", codes.REASON),
        "JUSHO_YMD": w7("住所を定めた年月日"),
        "HON_CITY": "本籍_市区町村コード",
        "HON_AZA_CD": "本籍_町字コード",
        "HON_KEN": "本籍_都道府県",
        "HON_SHI": "本籍_市区郡町村名",
        "HON_AZA": "本籍_町字",
        "HON_BANCHI": "本籍_地番号または、街区符号",
        "HITTO": "戸籍_筆頭者",
        "SHOJO_JIYU": code("消除の事由", codes.REASON),
        "TEN_TODOKE_YMD": w7("転出届出年月日"),
        "TEN_YOTEI_YMD": w7("転出予定年月日"),
        "SHOJO_TODOKE_YMD": w7("消除の届出年月日"),
        "SHOJO_YMD": w7("消除の異動年月日"),
        "SHOJO_FUSHO": "消除の異動年月日_不詳フラグ",
        "SHOJO_MEMO": "消除の異動年月日_不詳表記",
        "TSUCHI_YMD": w7("転入通知年月日"),
        "KAKUTEI_YMD": w7("転出年月日（確定）"),
        "B1_KBN": "統合記載欄B類型1表示項目",
        "B1": "統合記載欄B類型1",
        "RIREKI_FUKA": "履歴選択不可フラグ",
        "SHORI_YMD": s8("処理年月日"),
        "GYOSEI_CD": "地区管理コード1",
        "GAKKU_CD": "地区管理コード2",
        "KISAI_JUN": zeros("記載順位", 2),
        "KOKEN_FLG": flag("成年被後見人_該当有無"),
        "KOKEN_SHINPAN": w7("成年被後見人の審判確定日"),
        "KOKEN_TOKI": w7("成年被後見人の登記日"),
        "KOKEN_SHITTA": w7("成年被後見人である旨を知った日"),
        "JOHYO_FLG": flag("除票フラグ"),
        "JOHYO_DB_YMD": s8("除票用データベース登録年月日"),
        "BASHO_CD": "入力場所コード",
        "TANMATSU": narrow("入力端末"),
        "SENKYO_FLG": pl.when(japanese).then("選挙人名簿登録有無"),
        "TOGO_FLG": "統合宛名フラグ",
        "SANSHO_FUKA": "他業務参照不可フラグ",
        **tail(),
        **extras,
    }
    return record("JUKI_RIREKI", rows, fields)


def key() -> dict[str, pl.Expr | str | None]:
    return {
        "KOJIN_NO": number10("宛名番号"),
        "RIREKI_NO": zeros("個人履歴番号", 3),
        "EDA_NO": zeros("個人履歴番号_枝番号", 2),
    }


def _addresses(rows: pl.DataFrame, towns: pl.DataFrame) -> pl.DataFrame:
    rows = rows.join(towns, on="住所_町字コード", how="left", maintain_order="left")
    rows = rows.join(
        towns.rename({"住所_町字コード": "転居前住所_町字コード", "machi": "old_machi"}),
        on="転居前住所_町字コード",
        how="left",
        maintain_order="left",
    )
    number = pl.col("住所_番地枝番数値")
    prefixes = {"TENNYU": "転入前住所", "YOTEI": "転出先住所（予定）", "KAKU": "転出先住所（確定）"}
    places: dict[str, pl.Expr | str | None] = {
        f"{p}_{field}": f"{item}_{part}" for p, item in prefixes.items() for field, part in _PLACE
    }
    fields: dict[str, pl.Expr | str | None] = {
        **key(),
        "MACHI_CD": pl.col("machi").fill_null("000000"),
        "BANCHI1": number.str.slice(0, 5),
        "BANCHI2": number.str.slice(5, 5).str.pad_start(5, "0"),
        "BANCHI_HYOKI": "住所_番地号表記",
        "KATA_CD": "住所_方書コード",
        "KATAGAKI": "住所_方書",
        "KATA_KANA": narrow("住所_方書_フリガナ"),
        **places,
        "TENNYU_KUNI": "転入前住所_国名コード",
        "TENNYU_KUNI_MEI": "転入前住所_国名等",
        "TENNYU_KOKUGAI": "転入前住所_国外住所",
        "TENNYU_NUSHI": "転入前住所_世帯主氏名",
        "KYU_MACHI_CD": pl.col("old_machi").fill_null("000000"),
        "KYU_BANCHI": "転居前住所_番地号表記",
        "KYU_KATA_CD": "転居前住所_方書コード",
        "KYU_KATAGAKI": "転居前住所_方書",
        "KYU_KATA_KANA": narrow("転居前住所_方書_フリガナ"),
        "YOTEI_KUNI": "転出先住所（予定）_国名コード",
        "YOTEI_KUNI_MEI": "転出先住所（予定）_国名等",
        "YOTEI_KOKUGAI": "転出先住所（予定）_国外住所",
        "CHIZU_PAGE": mix("n", salt=2, modulus=400).cast(pl.String).str.zfill(5),
        "CHIZU_ZAHYO": pl.lit("A") + (pl.col("n") % 99).cast(pl.String).str.zfill(2),
        "HAITATSU_JUN": mix("n", salt=3, modulus=90_000).cast(pl.String),
        "KAOKU_NO": pl.when(pl.col("n") % 4 == 0).then(pl.lit("K") + mix("n", salt=4, modulus=99_999).cast(pl.String)),
    }
    return record("JUKI_JUSHO", rows, fields)


def _foreigners(rows: pl.DataFrame) -> pl.DataFrame:
    period = pl.col("在留期間等コード_年") + pl.col("在留期間等コード_月") + pl.col("在留期間等コード_日")
    fields: dict[str, pl.Expr | str | None] = {
        **key(),
        "ROMAJI": "氏名_外国人ローマ字",
        "KANJI_MEI": "氏名_外国人漢字",
        "KATAKANA": narrow("氏名_氏名のカタカナ表記"),
        "TSUSHO": "通称",
        "TSUSHO_KANA": narrow("通称_フリガナ"),
        "TSUSHO_KAKUNIN": "通称_フリガナ確認状況",
        "YUSEN_KBN": "氏名優先区分",
        "GAI_YMD": w7("外国人住民となった年月日"),
        "ZAIRYU_NO": "在留カード等番号",
        "ZAIRYU_NO_KBN": "在留カード等番号区分",
        "KOKUSEKI_CD": "国籍等_国名コード",
        "KOKUSEKI_MEI": "国籍名等",
        "KITEI_KBN": code("第30条45規定区分", codes.ARTICLE45),
        "KYOJU_TODOKE": "住居地の届出の有無",
        "ZAIRYU_SHIKAKU": "在留資格等コード",
        "ZAIRYU_KIKAN": period,
        "ZAIRYU_MANRYO": s8("在留期間の満了の日", "99999999"),
        "TOKUEI_KOFU": s8("特別永住者証明書交付年月日"),
        "TOKUEI_KIGEN": s8("特別永住者証明書有効期限", "99999999"),
        "HOSEI_CD": "住居地補正コード",
        "HO30_KBN": "法第30条46又は47区分",
        "JIJITSU_NUSHI": "事実上の世帯主氏名",
        "KYU_GAITO_NO": pl.when(pl.col("外国人住民となった年月日") == "2012-07-09").then(
            pl.lit("B") + mix("n", salt=5, modulus=99_999_999).cast(pl.String)
        ),
        "GAITO_IKO_YMD": pl.when(pl.col("外国人住民となった年月日") == "2012-07-09")
        .then(pl.lit("20120709"))
        .otherwise(pl.lit("00000000")),
        "RYOKEN_NO": pl.when(pl.col("n") % 2 == 0).then(
            pl.lit("TK") + mix("n", salt=6, modulus=9_999_999).cast(pl.String)
        ),
    }
    return record("JUKI_GAIKOKU", rows, fields)


def _qualifications(rows: pl.DataFrame) -> pl.DataFrame:
    trio: dict[str, pl.Expr | str | None] = {}
    for field, item in (("KOKUHO", "国保"), ("KOUKI", "後期高齢"), ("KAIGO", "介護")):
        trio |= {
            f"{field}_KBN": f"{item}資格有無",
            f"{field}_SHUTOKU": wareki_dots(f"{item}資格取得年月日"),
            f"{field}_SOSHITSU": wareki_dots(f"{item}資格喪失年月日"),
        }
    return record(
        "JUKI_SHIKAKU",
        rows,
        {
            "KOJIN_NO": number10("宛名番号"),
            **trio,
            "NENKIN_KBN": "年金資格有無",
            "NENKIN_NO": bare("基礎年金番号"),
            "NENKIN_SHU": "年金資格種別",
            "NENKIN_HENKO": wareki_dots("年金資格種別変更年月日"),
            "NENKIN_SHUTOKU": wareki_dots("年金資格取得年月日"),
            "NENKIN_SOSHITSU": wareki_dots("年金資格喪失年月日"),
            "JITE_KBN": "児童手当資格区分",
            "JITE_KAISHI": month5("児童手当受給開始年月"),
            "JITE_SHURYO": month5("児童手当受給終了年月"),
            "KOKUHO_SHO_NO": pl.when(pl.col("国保資格有無") == "1").then(
                mix("n", salt=7, modulus=99_999_999).cast(pl.String).str.zfill(8)
            ),
            "KAIGO_NINTEI": pl.when((pl.col("介護資格有無") == "1") & (pl.col("n") % 5 == 0)).then(
                pl.lit("2") + (pl.col("n") % 5 + 1).cast(pl.String)
            ),
            "KOSHIN_YMD": pl.lit("20250930"),
        },
    )


def _numbers(rows: pl.DataFrame) -> pl.DataFrame:
    lengths = {f.name: f.length for f in layout("MYNO")}
    return record(
        "MYNO",
        rows,
        {
            "REC_KBN": pl.lit("D"),
            "DANTAI_CD": "市区町村コード",
            "KOJIN_NO": number10("宛名番号"),
            "MY_NO": "個人番号",
            "JUMINHYO_CD": "住民票コード",
            "KANA20": narrow("氏名_フリガナ").str.slice(0, lengths["KANA20"]).str.pad_end(lengths["KANA20"], " "),
            "SHIMEI20": pl.col("氏名").str.slice(0, 20).str.pad_end(20, "　"),
            "TOROKU_YMD": pl.lit("20151005"),
        },
    )
