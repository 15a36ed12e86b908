"""Area 006 as B社 holds it: the thirteen SK tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from sample_data.areas.codebook import Codebook
from sample_data.b_sha.spell import deleted, hms, narrow, pad, record, slashes, w7, wareki_dots
from sample_data.plugin import Table, Truth
from sample_data.tax.vendor import Fields, bare, on, own, own_flag, parts, placed, postal, text, yen, zeros
from sample_data.world import World

code = Codebook(Path(__file__).parent / "b_sha_codes.csv")
OPEN = "9999999"
WAITING = "0"
"""名簿登録状態 of people who are not yet on the roll."""
SEATS = 6
"""People on a sheet of polling cards."""


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    towns = world.towns.select(pl.col("town_code"), machi="vendor_code")
    everybody = truth["選挙人名簿情報"].join(
        towns, left_on="住所_町字コード", right_on="town_code", how="left", maintain_order="left"
    )
    waiting = pl.col("名簿登録状態") == WAITING
    roll = placed(everybody.filter(~waiting))
    yield _file("SKMEIB", _roll(roll))
    yield _file("SKKOJN", record("SKKOJN", placed(roll.filter(pl.col("最新フラグ") == "1").drop("_n")), _person()))
    yield _file("SKYOTE", record("SKYOTE", placed(everybody.filter(waiting)), _candidate()))
    yield _file("SKHYOJ", record("SKHYOJ", placed(truth["選挙人名簿表示履歴"]), _annotation()))
    yield _file("SKSIKK", record("SKSIKK", placed(truth["失権者情報"]), _disfranchised()))
    yield _file("SKTOHY", record("SKTOHY", placed(truth["投票区情報"]), _district()))
    yield _file("SKWARI", record("SKWARI", placed(truth["投票区割当情報"]), _assignment()))
    yield _file("SKSENK", record("SKSENK", placed(truth["選挙情報"]), _election()))
    ranks = everybody.select("宛名番号", rank="世帯内順位").unique("宛名番号", keep="any")
    for label, frame in parts(truth, "選挙時名簿情報"):
        yield Table("SKJOHO", _sheets(frame, ranks), f"SKJOHO_{label}.csv")
    counts = placed(truth["名簿登録者数情報"])
    yield _file("SKTOSU", record("SKTOSU", counts, _count()), ("OTOKO", "ONNA", "KEI", "SINKI", "MASSYO"))
    chosen = truth["裁判員・検察審査員候補者予定者情報"]
    judges = pl.col("予定者名簿種別") == "1"
    yield _file("SKSAIB", record("SKSAIB", placed(chosen.filter(judges)), _juror()))
    panel: Fields = {"GUN": code("GUN", "候補者群")}
    yield _file("SKKENS", record("SKKENS", placed(chosen.filter(~judges)), {**_juror(), **panel}))
    yield _file("SKMATI", _towns(world))


def _file(name: str, frame: pl.DataFrame, sums: tuple[str, ...] = ()) -> Table:
    return Table(name, frame, f"{name}.csv", sums=sums)


def day7(item: str) -> pl.Expr:
    return w7(item, "0")


def _tail() -> Fields:
    return {"UPD_USER": "操作者ID", "UPD_YMD": day7("操作年月日"), "UPD_TIME": hms("操作時刻")}


def _key() -> Fields:
    return {"DANTAI_CD": "市区町村コード", "ATENA_NO": bare("宛名番号")}


def _or_zero(item: str) -> pl.Expr:
    return pl.when(pl.col(item).is_not_null()).then(bare(item)).otherwise(pl.lit("0"))


def _digits(item: str, width: int) -> pl.Expr:
    return pl.col(item).cast(pl.String).str.zfill(width)


def _roll(rows: pl.DataFrame) -> pl.DataFrame:
    fields: Fields = {
        **_key(),
        "RIREKI_NO": zeros("履歴番号", 3),
        "NEW_KBN": "最新フラグ",
        "SAKUJO_FLG": None,
        "JOTAI": code("JOTAI", "名簿登録状態"),
        "IDO_JIYU": code("IDOJIY", "異動事由"),
        "IDO_YMD": day7("異動年月日"),
        "MEIBO_NO": pl.col("投票区コード") + _digits("名簿頁番号", 4) + _digits("名簿行番号", 2),
        "BOSATU": zeros("名簿簿冊番号", 2),
        "KYUSI": text("旧氏"),
        "MATI_CD": "machi",
        "BANTI": text("住所_番地号表記"),
        "KATAGAKI": text("住所_方書"),
        "SADAME_YMD": day7("住所を定めた年月日"),
        "TORO_KBN": code("TOROKU", "登録区分"),
        "KONKYO": code("KONKYO", "登録根拠"),
        "KIJUN_YMD": day7("登録基準年月日"),
        "TORO_YMD": day7("登録年月日"),
        "SENKYO_NO": text("選挙管理番号"),
        "KYU_KU": text("旧投票区コード"),
        "KU_YMD": day7("投票区異動年月日"),
        "TEISI_FLG": on("公民権停止フラグ"),
        "TENS_YMD": day7("転出年月日"),
        "TENTO_YMD": day7("転出届出年月日"),
        "TENS_KBN": code("TENSYU", "転出先区分"),
        "TENS_CITY": text("転出先_市区町村コード"),
        "TENS_JUSYO": text("転出先_住所"),
        "YOTEI_YMD": w7("抹消予定年月日", OPEN),
        "MASSYO_YMD": day7("抹消年月日"),
        "MASSYO_JIYU": code("MASSYO", "抹消事由"),
        "HASSEI_YMD": day7("抹消事由発生年月日"),
        "ZAIGAI_FLG": on("在外選挙人名簿登録フラグ"),
        "ETURAN_FLG": on("閲覧抑止フラグ"),
        "SOFU_KBN": code("SOFU", "入場券送付先区分"),
        "BIKO": text("備考"),
        "GOJUON_NO": own(1, 900_000, 6),
        "KENSA_CD": own(2, 10, 1),
        "SEIRI_NO": own(3, 9_000_000, 7),
        "HAIFU_KBN": own(4, 4, 1),
        "KARI_KU": own(5, 90, 4, 1_001),
        "NENREI": (2025 - pl.col("生年月日").str.slice(0, 4).cast(pl.Int64)).cast(pl.String).str.zfill(3),
        **_tail(),
    }
    gone = pl.col("SAKUJO_FLG") == "1"
    return deleted(record("SKMEIB", rows, fields), "RIREKI_NO", 521).with_columns(
        pl.when(gone).then(pl.lit("0")).otherwise("NEW_KBN").alias("NEW_KBN")
    )


def _names(table: str) -> Fields:
    return {
        "SETAI_NO": bare("世帯番号"),
        "SETAI_JUN": zeros("世帯内順位", 2),
        "SIMEI": pad(table, "SIMEI", "氏名"),
        "KANA": narrow("氏名_フリガナ"),
        "SEIBETU": code("SEI", "性別"),
        "UMARE_YMD": day7("生年月日"),
        "UMARE_HYO": text("生年月日_不詳表記"),
        "JUMIN_YMD": day7("住民となった年月日"),
        "TENNYU_YMD": day7("転入届出年月日"),
        "SAKUSEI_YMD": day7("住民票作成年月日"),
    }


def _person() -> Fields:
    return {
        **_key(),
        **_names("SKKOJN"),
        "SIKAKU_YMD": day7("被登録資格取得年月日"),
        "KOKU_CD": pl.lit("JPN"),
        "JIGYO_KBN": own_flag(6, 40),
    }


def _candidate() -> Fields:
    return {
        **_key(),
        "TYUSYU_YMD": day7("異動年月日"),
        "TOHYO_KU": "投票区コード",
        **_names("SKYOTE"),
        "KYUSI": text("旧氏"),
        "MATI_CD": "machi",
        "BANTI": text("住所_番地号表記"),
        "KATAGAKI": text("住所_方書"),
        "ETURAN_FLG": on("閲覧抑止フラグ"),
        "YOTEI_KBN": own(7, 2, 1, 1),
        "TYOSA_NO": own(8, 900_000, 6),
        "UPD_USER": "操作者ID",
        "UPD_TIME": hms("操作時刻"),
    }


def _annotation() -> Fields:
    return {
        **_key(),
        "HYOJI_NO": zeros("表示履歴番号", 3),
        "NEW_KBN": "最新フラグ",
        "KIGO": code("KIGO", "表示区分"),
        "HYOJI_YMD": day7("表示年月日"),
        "JIYU_YMD": day7("表示事由発生年月日"),
        "SYOJO_YMD": day7("表示消除年月日"),
        "SYOJO_JIYU": code("SYOJO", "表示消除事由"),
        "YOTEI_YMD": day7("抹消予定年月日"),
        "TUTI_CITY": text("通知元_市区町村コード"),
        "SIKK_NO": _or_zero("失権者管理番号"),
        "TANTO_CD": own(9, 30, 4, 1),
        "YAKAN_FLG": own_flag(10, 3),
        **_tail(),
    }


def _disfranchised() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "SIKK_NO": "失権者管理番号",
        "RIREKI_NO": yen("履歴番号"),
        "NEW_KBN": "最新フラグ",
        "ATENA_NO": _or_zero("宛名番号"),
        "SIMEI": "氏名",
        "KANA": narrow("氏名_フリガナ"),
        "SEIBETU": code("SEI", "性別"),
        "UMARE_YMD": wareki_dots("生年月日"),
        "JUSYO": text("住所"),
        "HONSEKI": text("本籍"),
        "JIYU": code("SIKKEN", "失権事由"),
        "KEISYU": code("KEISYU", "刑種"),
        "KAKUTEI": wareki_dots("裁判確定年月日"),
        "YUYO_FLG": on("執行猶予フラグ"),
        "YUYO_ED": wareki_dots("執行猶予満了年月日"),
        "KEIKI_ST": wareki_dots("刑期開始年月日"),
        "KEIKI_ED": wareki_dots("刑期満了年月日"),
        "SIKK_ST": wareki_dots("失権開始年月日"),
        "FUKK_YOT": wareki_dots("復権予定年月日"),
        "FUKK_YMD": wareki_dots("復権年月日"),
        "FUKK_JIYU": code("FUKKEN", "復権事由"),
        "HISEN_ED": wareki_dots("被選挙権停止終了年月日"),
        "TUTI_KBN": code("TUTI", "通知元区分"),
        "TUTI_YMD": wareki_dots("通知年月日"),
        "TUTI_NO": text("通知番号"),
        "ZAIMEI": own(11, 60, 2, 1, "罪名"),
        "KEIKI_BUN": own(12, 60, 2, 1, "刑期"),
        **_tail(),
    }


def _district() -> Fields:
    def minutes(item: str) -> pl.Expr:
        return pl.col(item).str.slice(0, 2) + pl.col(item).str.slice(3, 2)

    return {
        "DANTAI_CD": "市区町村コード",
        "TOHYO_KU": "投票区コード",
        "TEKI_ST": day7("適用開始年月日"),
        "TEKI_ED": w7("適用終了年月日", OPEN),
        "NEW_KBN": "最新フラグ",
        "KU_MEI": "投票区名",
        "JO_MEI": "投票所名",
        "JO_JUSYO": "投票所_住所",
        "JO_YUBIN": postal("投票所_郵便番号"),
        "JO_TEL": text("投票所_電話番号"),
        "JIKOKU_ST": minutes("投票開始時刻"),
        "JIKOKU_ED": minutes("投票終了時刻"),
        "KAIHYO_KU": bare("開票区コード"),
        "SYUGI_KU": "衆議院小選挙区コード",
        "KEN_KU": bare("県議会選挙区コード"),
        "SI_KU": _or_zero("市議会選挙区コード"),
        "SITEI_FLG": on("指定投票区フラグ"),
        "SITEI_KU": text("指定投票区コード"),
        "TAKARA_SU": own(13, 5, 2, 1),
        "SYAIN_SU": own(14, 9, 2, 4),
        "KOSYU_FLG": own_flag(15, 7),
        **_tail(),
    }


def _assignment() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "AZA_CD": "町字コード",
        "WARI_NO": yen("割当番号"),
        "NEW_KBN": "最新フラグ",
        "AZA_MEI": "町字",
        "WARI_KBN": code("WARI", "割当区分"),
        "BAN_F": pl.col("番地_自").str.slice(0, 5),
        "EDA_F": pl.col("番地_自").str.slice(5),
        "BAN_T": pl.col("番地_至").str.slice(0, 5),
        "EDA_T": pl.col("番地_至").str.slice(5),
        "TOHYO_KU": "投票区コード",
        "TEKI_ST": day7("適用開始年月日"),
        "TEKI_ED": w7("適用終了年月日", OPEN),
        "REIGAI_FLG": own_flag(16, 9),
        **_tail(),
    }


def _election() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "SENKYO_NO": "選挙管理番号",
        "SENKYO_SYU": code("SENKYO", "選挙種別"),
        "SENKYO_MEI": "選挙名",
        "JIYU": code("SIKKO", "執行事由"),
        "DOJI_NO": text("同時選挙番号"),
        "KOJI_YMD": slashes("公示告示年月日"),
        "KIJITU": slashes("選挙期日"),
        "KIJUN_YMD": slashes("名簿登録基準年月日"),
        "TORO_YMD": slashes("選挙時登録年月日"),
        "KZN_ST": slashes("期日前投票開始年月日"),
        "KZN_ED": slashes("期日前投票終了年月日"),
        "NINKI_YMD": slashes("任期満了年月日"),
        "MUTOHYO": on("無投票フラグ"),
        "TEISU": yen("改選定数"),
        "KEIHI_CD": own(17, 9, 2, 1),
        "KOHO_SU": own(18, 9, 3, 1),
        **_tail(),
    }


def _sheets(frame: pl.DataFrame, ranks: pl.DataFrame) -> pl.DataFrame:
    """Polling cards: up to six people of a household side by side."""
    rows = (
        frame.join(ranks, on="宛名番号", how="left", maintain_order="left")
        .sort("世帯番号", "rank", "宛名番号")
        .with_columns(place=pl.int_range(0, pl.len()).over("世帯番号"))
        .with_columns(sheet=pl.col("place") // SEATS + 1, seat=pl.col("place") % SEATS + 1)
    )
    one = placed(rows).select(
        "世帯番号",
        "sheet",
        "seat",
        ATENA=bare("宛名番号"),
        MEIBO=zeros("名簿簿冊番号", 2) + _digits("名簿頁番号", 4) + _digits("名簿行番号", 2),
        SIMEI="氏名",
        SEI=code("SEI", "性別"),
        UMARE=day7("生年月日"),
        SIKAKU=code("SIKAKU", "投票資格区分"),
        KUBUN=pl.concat_str("県内転居フラグ", "入場券再発行フラグ", "入場券返戻フラグ"),
        KEN="入場券番号",
        TOHYO=code("TOHYO", "投票方法"),
        TOYMD=day7("投票年月日"),
        BAR=pl.lit("49") + pl.col("入場券番号"),
    )
    wide = rows.filter(pl.col("seat") == 1)
    seated = one.columns[3:]
    for seat in range(1, SEATS + 1):
        some = one.filter(pl.col("seat") == seat).drop("seat").rename({name: f"{name}{seat}" for name in seated})
        wide = wide.join(some, on=["世帯番号", "sheet"], how="left", maintain_order="left")
    fields: Fields = {
        "DANTAI_CD": "市区町村コード",
        "SENKYO_NO": "選挙管理番号",
        "SETAI_NO": bare("世帯番号"),
        "MAI_NO": zeros("sheet", 2),
        "TOHYO_KU": "投票区コード",
        "JUSYO": "住所",
        "HAKKO_YMD": day7("入場券発行年月日"),
        **{f"{name}{seat}": text(f"{name}{seat}") for seat in range(1, SEATS + 1) for name in seated},
        "YUBIN_KBN": own(19, 900, 3),
        "INSATU_NO": own(20, 900_000, 6),
        **_tail(),
    }
    return record("SKJOHO", placed(wide), fields)


def _count() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "TORO_YMD": day7("登録年月日"),
        "TORO_KBN": code("TOROKU", "登録区分"),
        "TOHYO_KU": "投票区コード",
        "NEW_KBN": "最新フラグ",
        "OTOKO": zeros("登録者数_男", 7),
        "ONNA": zeros("登録者数_女", 7),
        "KEI": zeros("登録者数_計", 7),
        "SINKI": zeros("新規登録者数", 7),
        "MASSYO": zeros("抹消者数", 7),
        "TENS_SU": zeros("表示者数_転出", 7),
        "TEISI_SU": zeros("表示者数_公民権停止", 7),
        "ZAIGAI_SU": zeros("在外選挙人数", 7),
        "GAITO_SU": own(21, 900, 7),
        "SETAI_SU": own(22, 9_000, 7),
        "UPD_USER": "操作者ID",
        "UPD_TIME": hms("操作時刻"),
    }


def _juror() -> Fields:
    year = pl.col("年度").cast(pl.Int64)
    return {
        "DANTAI_CD": "市区町村コード",
        "NENDO": pl.when(year >= 2019).then(year - 2018 + 500).otherwise(year - 1988 + 400).cast(pl.String),
        "YOTEI_NO": zeros("予定者番号", 6),
        "ATENA_NO": bare("宛名番号"),
        "SIMEI": "氏名",
        "KANA": narrow("氏名_フリガナ"),
        "UMARE_YMD": day7("生年月日"),
        "SEIBETU": code("SEI", "性別"),
        "JUSYO": "住所",
        "SENTEI_YMD": day7("選定年月日"),
        "SOFU_YMD": day7("送付年月日"),
        "SYOJO_YMD": day7("消除年月日"),
        "SYOJO_JIYU": code("YOTESY", "消除事由"),
        "KUJI_NO": own(23, 900_000, 6),
        **_tail(),
    }


def _towns(world: World) -> pl.DataFrame:
    return record(
        "SKMATI",
        placed(world.towns),
        {
            "MATI_CD": "vendor_code",
            "AZA_CD": "town_code",
            "KEN": pl.lit("山口県"),
            "SI": pl.lit(world.municipality.city),
            "AZA": "name",
            "YUBIN": postal("postal"),
            "JICHI_CD": own(24, 90, 4, 1),
        },
    )
