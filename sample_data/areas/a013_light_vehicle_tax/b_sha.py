"""Area 013 as B社 holds it: the twelve KJ tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from sample_data.areas.a013_light_vehicle_tax.vehicle_groups import MAKERS
from sample_data.areas.codebook import Codebook
from sample_data.b_sha.spell import month5, narrow, record, s8, wareki_dots
from sample_data.plugin import Table, Truth
from sample_data.tax.vendor import (
    Fields,
    bare,
    day7,
    file_label,
    on,
    own,
    own_flag,
    parts,
    placed,
    postal,
    table,
    tail7,
    tail8,
    text,
    year3,
    yen,
    zeros,
)
from sample_data.world import World

code = Codebook(Path(__file__).parent / "b_sha_codes.csv")


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    vehicles = placed(truth["車両情報"])
    yield table("KJSYAR", "ALL", vehicles, _vehicle())
    yield table("KJSYOG", "ALL", vehicles, _dimensions())
    del vehicles
    plain: tuple[tuple[str, str, Callable[[], Fields]], ...] = (
        ("KJKENS", "車両検査情報", _inspection),
        ("KJKANK", "車両関係者情報", _party),
        ("KJIDOU", "車両異動情報", _movement),
        ("KJHYOS", "標識情報", _plate),
        ("KJTAIS", "減免対象者情報", _person),
        ("KJTOME", "税止め情報", _stop),
    )
    for name, group, fields in plain:
        yield table(name, "ALL", placed(truth[group]), fields())
    for label, frame in parts(truth, "種別割課税情報"):
        yield _yearly("KJKAZE", label, _with_deleted(placed(frame)), _tax(), ("SANSYUTU", "GENMEN", "NENZEI"))
    reliefs = placed(truth["減免情報"])
    for year in sorted(reliefs["相当年度"].unique()):
        yield _yearly("KJGENM", year, reliefs.filter(pl.col("相当年度") == year), _relief(), ("GEN_GAKU",))
    makers = pl.DataFrame(MAKERS, schema=["code", "name"], orient="row").with_columns(own_code=pl.lit(world.code))
    maker: Fields = {"DANTAI_CD": "own_code", "SYAMEI_CD": "code", "SYAMEI": "name", "KUNI_KBN": pl.lit("1")}
    yield table("KJSMEI", "ALL", makers, maker)
    places = world.places.filter(pl.col("code") != world.code).unique("code", keep="first", maintain_order=True)
    place: Fields = {
        "DANTAI_CD": pl.lit(world.code),
        "DAN_CD5": pl.col("code").str.slice(0, 5),
        "DAN_CD6": "code",
        "DAN_MEI": "city",
        "KEN_MEI": "prefecture",
    }
    yield table("KJDANT", "ALL", places, place)


def _yearly(name: str, year: str, frame: pl.DataFrame, fields: Fields, sums: tuple[str, ...]) -> Table:
    """The file of a 相当年度 (R05, H30), or of all."""
    label = file_label(year) if not year.isdigit() or year >= "2019" else f"H{int(year) - 1988:02d}"
    return Table(name, record(name, frame, fields), f"{name}_{label}.csv", sums=sums)


def _with_deleted(rows: pl.DataFrame) -> pl.DataFrame:
    """Some tax rows once more, as they were levied by mistake and deleted, before the good ones."""
    marked = rows.with_columns(_deleted=pl.lit("0"))
    gone = marked.filter(pl.col("_n") % 251 == 6).with_columns(pl.lit("1").alias("_deleted"))
    return pl.concat([gone, marked]).sort("_n", "_deleted", descending=[False, True])


def _vehicle_no(key: str = "車両管理番号") -> Fields:
    return {"DANTAI_CD": "市区町村コード", "SYARYO_NO": bare(key)}


def _open_day(item: str) -> pl.Expr:
    return day7(item).replace("0", "9999999")


def _scaled(item: str, factor: int, width: int) -> pl.Expr:
    return (pl.col(item) * factor).cast(pl.Int64).cast(pl.String).str.zfill(width).fill_null("")


def _vehicle() -> Fields:
    plate = (
        pl.col("標識番号_標識文字").str.pad_end(4, "　")
        + pl.col("標識番号_分類番号").fill_null("   ").str.pad_end(3, " ")
        + pl.col("標識番号_かな文字")
        + pl.col("標識番号_一連番号")
    )
    return {
        **_vehicle_no(),
        "RIREKI": zeros("履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "SYASYU": code("SYASYU", "車種区分"),
        "HYOSIKI": plate,
        "HYO_KEN": text("標識番号_検索用"),
        "HYO_KOFU": code("HYOKOFU", "標識交付区分"),
        "SYADAI": "車台番号",
        "SYAMEI_CD": text("車名コード"),
        "YOTO": code("YOTO", "用途区分"),
        "JIEI": code("JIEI", "自家用営業用区分"),
        "TEITI_YUBIN": postal("主たる定置場_郵便番号"),
        "TEITIBA": "主たる定置場",
        "NOZEI_NO": bare("納税義務者_宛名番号"),
        "SYOYU_NO": bare("所有者_宛名番号"),
        "SIYO_NO": bare("使用者_宛名番号"),
        "SYOYU_KBN": code("SYOYUKBN", "所有形態区分"),
        "SYUTOKU_YMD": day7("取得年月日"),
        "TOROKU_YMD": day7("登録年月日"),
        "SYODO_YM": month5("初度検査年月"),
        "JOTAI": code("SYAJOTAI", "車両状態区分"),
        "HAISYA_YMD": _open_day("廃車年月日"),
        "HAISIN_YMD": _open_day("廃車申告年月日"),
        "HAI_JIYU": code("HAIJIYU", "廃車事由", "00"),
        "TEISI": code("TEISI", "課税停止区分"),
        "IDO_JIYU": code("KJIDO", "異動事由"),
        "IDO_YMD": day7("異動年月日"),
        "SYARYO_KBN": own(1, 3, 1, 1),
        "TIKU_CD": own(2, 60, 4),
        "ZENSYA_NO": own(3, 90_000, 1, 100),
        "KOFU_KAI": own(4, 5, 1),
        "YOBI1": pl.lit(" " * 4),
        **tail7(),
    }


def _dimensions() -> Fields:
    def centimetres(item: str) -> pl.Expr:
        return (pl.col(item) // 10).cast(pl.String).fill_null("")

    return {
        **_vehicle_no(),
        "RIREKI": zeros("履歴番号", 3),
        "KATASIKI": text("型式"),
        "GENDOKI": text("原動機型式"),
        "HAIKI_CC": _scaled("総排気量", 1000, 4),
        "TEIKAKU": _scaled("定格出力", 100, 5),
        "SAIKO": _scaled("最高出力", 100, 5),
        "NENRYO": code("NENRYO", "燃料種別"),
        "TEIIN": yen("乗車定員"),
        "NAGASA": centimetres("長さ"),
        "HABA": centimetres("幅"),
        "TAKASA": centimetres("高さ"),
        "SAISOKU": yen("最高速度"),
        "KEIJO": own(5, 30, 2),
        "IRO": own(6, 12, 2),
    }


def _inspection() -> Fields:
    return {
        **_vehicle_no(),
        "KEN_NO": zeros("検査情報連番", 3),
        "NEW_FLG": on("最新フラグ"),
        "MOTO": code("KENMOTO", "情報取得元区分"),
        "TEIKYO_YMD": s8("情報提供年月日"),
        "SYARYO_BAN": "車両番号",
        "SYADAI": "車台番号",
        "SYODO_YM": pl.col("初度検査年月").str.replace("-", "", literal=True),
        "KENSA_YMD": s8("検査年月日"),
        "YUKO_YMD": s8("検査証有効期限"),
        "NENRYO": code("NENRYO", "燃料種別"),
        "HAIKI_CC": _scaled("総排気量", 1000, 4),
        "JURYO": zeros("車両重量", 5),
        "SOJURYO": zeros("車両総重量", 5),
        "SEKISAI": zeros("最大積載量", 5),
        "HAIGAS": code("HAIGAS", "排出ガス性能区分"),
        "NENPI": code("NENPI", "燃費基準達成区分"),
        "KEN_IDO": code("KENIDO", "検査異動区分"),
        "TORI_KAI": own(7, 300, 1, 1),
        "TORI_FILE": own(8, 300, 5, 1, "JLIS_"),
        **tail8(),
    }


def _party() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": bare("宛名番号"),
        "RIREKI": zeros("履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "KJHJ_KBN": code("KKJHJ", "個人法人区分"),
        "JUTO_KBN": code("JUTOKBN", "住登内外区分"),
        "MYNO": pl.coalesce("個人番号", "法人番号").fill_null(""),
        "SIMEI": "氏名名称",
        "KANA": narrow("氏名名称_フリガナ"),
        "UMARE_YMD": day7("生年月日"),
        "FUSYO_FLG": on("生年月日_不詳フラグ"),
        "FUSYO_KI": text("生年月日_不詳表記"),
        "JUSYO_CD": text("住所_市区町村コード"),
        "YUBIN": postal("住所_郵便番号"),
        "JUSYO": "住所",
        "KATAGAKI": text("住所_方書"),
        "TEL": text("電話番号"),
        "SOFU_YUBIN": postal("送付先_住所_郵便番号"),
        "SOFU_JUSYO": text("送付先_住所"),
        "SOFU_MEI": text("送付先_氏名"),
        "KANRI_NO": bare("納税管理人_宛名番号"),
        "IKKATU": on("一括納税通知フラグ"),
        "SIBO_FLG": on("死亡フラグ"),
        "SOZOKU_NO": bare("相続人代表者_宛名番号"),
        "DAISU": own(9, 4, 1, 1),
        "TOKUSOKU_KBN": own(10, 2, 1),
        "KOZA_FLG": own_flag(11, 3),
        **tail7(),
    }


def _tax() -> Fields:
    same = pl.col("賦課年度") == pl.col("相当年度")
    return {
        **_vehicle_no(),
        "SOTO_NEN": year3("相当年度"),
        "KOSEI_NO": zeros("更正履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "SAKUJO_FLG": "_deleted",
        "FUKA_NEN": pl.when(same).then(pl.lit("000")).otherwise(year3("賦課年度")),
        "NOZEI_NO": bare("納税義務者_宛名番号"),
        "ZEISYU": code("SYASYU", "車種区分") + code("RITU", "税率区分"),
        "HYOSIKI": "標識番号",
        "KAZEI_KBN": code("KJKAZEI", "課税区分"),
        "RITU_CD": "税率コード",
        "SYODO_YM": month5("初度検査年月"),
        "KEIKA": zeros("経過年数", 2),
        "ZEIRITU": yen("税率額"),
        "SANSYUTU": yen("算出税額"),
        "GENMEN": yen("減免額"),
        "NENZEI": yen("年税額"),
        "GEN_KBN": code("KJGEN", "減免区分"),
        "TUTI_NO": bare("通知書番号"),
        "TUTI_YMD": day7("納税通知年月日"),
        "NOKI": day7("納期限"),
        "HOTEI_NOKI": day7("法定納期限"),
        "KIBETU_SYU": code("KIBSYU", "期別種別"),
        "KOSEI_JIYU": code("KJKOSEI", "更正事由"),
        "KOSEI_YMD": day7("更正年月日"),
        "MAE_ZEI": yen("更正前年税額"),
        "SYOMEI_FLG": on("継続検査用証明対象フラグ"),
        "JNKS_FLG": on("軽JNKS連携フラグ"),
        "OCR_NO": own(12, 900_000_000, 10),
        "HASSO_JUN": own(13, 900_000, 7),
        "HIKINUKI": own_flag(14, 60),
        "YOBI1": pl.lit(" " * 2),
        **tail7(),
    }


def _movement() -> Fields:
    return {
        **_vehicle_no(),
        "IDO_NO": zeros("異動連番", 5),
        "IDO_JIYU": code("KJIDO", "異動事由"),
        "IDO_YMD": wareki_dots("異動年月日"),
        "SIN_YMD": wareki_dots("申告年月日"),
        "UKE_YMD": wareki_dots("受付年月日"),
        "KEIRO": code("KJKEIRO", "受付経路区分"),
        "UKE_NO": text("受付番号"),
        "KYU_HYO": text("旧標識番号"),
        "SIN_HYO": text("新標識番号"),
        "KYU_SYOYU": bare("旧所有者_宛名番号"),
        "SIN_SYOYU": bare("新所有者_宛名番号"),
        "SYUTOKU": code("SYUTOKU", "取得原因区分"),
        "JOTO_MEI": text("譲渡人_氏名"),
        "HAI_JIYU": code("HAIJIYU", "廃車事由", "00"),
        "TONAN_SYO": text("盗難届出警察署"),
        "TONAN_YMD": wareki_dots("盗難届出年月日"),
        "TONAN_NO": text("盗難届受理番号"),
        "TODOKE": code("TODOKE", "届出者区分"),
        "TODOKE_MEI": text("届出者_氏名"),
        "HENNO": code("HENNO", "標識返納区分"),
        "SYOMEI": code("KJSYOMEI", "証明書交付区分"),
        "MADO_NO": own(15, 12, 4, 1),
        "SYORI_NO": own(16, 90_000_000, 8),
        **tail8(),
    }


def _plate() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "HYO_KBN": code("HYOKBN", "標識区分"),
        "HYOSIKI": "標識番号",
        "KOFU_NO": zeros("交付連番", 3),
        "NEW_FLG": on("最新フラグ"),
        "JOTAI": code("HYOJOTAI", "標識状態区分"),
        "SYARYO_NO": bare("車両管理番号"),
        "GOTOTI": on("ご当地標識フラグ"),
        "KOFU_YMD": day7("交付年月日"),
        "HENNO_YMD": day7("返納年月日"),
        "BOSITU_YMD": day7("亡失年月日"),
        "BENSYO": yen("弁償金額"),
        "BENSYO_YMD": day7("弁償金納付年月日"),
        "KASI_KGN": day7("貸付期限"),
        "TANA_NO": own(17, 400, 3, 1, "T-"),
        "SIIRE_NEN": own(18, 7, 3, 501),
        **tail7(),
    }


def _relief() -> Fields:
    memo = (
        pl.when((pl.col("_n") % 3 == 0) & pl.col("減免対象者番号").is_not_null())
        .then(pl.lit("身障２級　右下肢"))
        .otherwise(pl.lit(""))
    )
    return {
        **_vehicle_no(),
        "SOTO_NEN": year3("相当年度"),
        "RIREKI": zeros("履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "GEN_KBN": code("KJGEN", "減免区分"),
        "SIN_YMD": day7("申請年月日"),
        "KETTEI": code("KJKETTEI", "決定区分"),
        "KET_YMD": day7("決定年月日"),
        "KYAKKA": text("却下事由"),
        "WARIAI": _scaled("減免割合", 100, 5),
        "GEN_GAKU": yen("減免額"),
        "KEIZOKU": on("継続減免フラグ"),
        "KAKU_YMD": day7("継続確認年月日"),
        "TAISYO_NO": text("減免対象者番号"),
        "TORI_YMD": day7("取消年月日"),
        "TORI_JIYU": code("KJTORI", "取消事由"),
        "BIKO": memo,
        "KESSAI_NO": own(19, 900_000, 6),
        **tail7(),
    }


def _person() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "TAISYO_NO": "減免対象者番号",
        "RIREKI": zeros("履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "ATENA_NO": bare("身体障害者等_宛名番号"),
        "SIMEI": "氏名",
        "TECHO_SYU": code("TECHO", "手帳種別"),
        "TECHO_NO": "手帳番号",
        "TOKYU": code("TOKYU", "手帳等級"),
        "SYOGAI": code("SYOGAIMEI", "障害名区分"),
        "KOFU_YMD": day7("手帳交付年月日"),
        "YUKO_YMD": _open_day("手帳有効期限"),
        "UNTEN": code("UNTEN", "運転者区分"),
        "UNTEN_MEI": "運転者_氏名",
        "MENKYO_NO": text("運転免許証番号"),
        "MOKUTEKI": code("MOKUTEKI", "使用目的区分"),
        "KEN_FLG": on("普通自動車減免フラグ"),
        "FUKUSI_KBN": own(20, 2, 1),
        "KAKU_NEN": own(21, 7, 3, 501),
        **tail7(),
    }


def _stop() -> Fields:
    return {
        **_vehicle_no(),
        "TOME_NO": zeros("税止め連番", 3),
        "TOME_KBN": code("TOMEKBN", "税止め区分"),
        "TOME_JIYU": code("TOMEJIYU", "税止め事由"),
        "AITE_CD": pl.col("相手_市区町村コード").str.slice(0, 5),
        "TEN_HYO": text("転出先標識番号"),
        "IDO_YMD": day7("異動年月日"),
        "SIN_YMD": day7("申告年月日"),
        "REN_YMD": day7("連絡年月日"),
        "SYORI_YMD": day7("処理年月日"),
        "SEIRI_NO": text("税止め申告書整理番号"),
        "FAX_FLG": own_flag(22, 3),
        **tail7(),
    }
