"""Area 011 as B社 holds it: the eleven HJ tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from sample_data.areas.codebook import Codebook
from sample_data.b_sha.spell import narrow, s8, wareki_dots
from sample_data.plugin import Table, Truth
from sample_data.tax.vendor import (
    Fields,
    bare,
    day7,
    on,
    own,
    own_flag,
    placed,
    postal,
    sign_behind,
    table,
    tail7,
    tail8,
    text,
    year3,
    yen,
    yen_signed,
    zeros,
)
from sample_data.world import World

code = Codebook(Path(__file__).parent / "b_sha_codes.csv")
RETURN = ["宛名番号", "事業年度開始年月日", "事業年度終了年月日", "申告区分", "申告履歴番号"]
_TRADES = {
    "06": "総合工事業",
    "09": "食料品製造業",
    "16": "化学工業",
    "21": "窯業・土石製品製造業",
    "24": "金属製品製造業",
    "39": "情報サービス業",
    "44": "道路貨物運送業",
    "50": "各種商品卸売業",
    "56": "各種商品小売業",
    "60": "その他の小売業",
    "69": "不動産賃貸業",
    "72": "専門サービス業",
    "76": "飲食店",
    "78": "洗濯・理容業",
    "83": "医療業",
    "85": "社会福祉・介護事業",
}


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    basic = placed(truth["法人基本情報"])
    yield table("HJHOJN", "ALL", basic, _corporation())
    mailed = pl.any_horizontal(pl.col("送付先_名称", "送付先_住所", "関与税理士_名称").is_not_null())
    yield table("HJSOFU", "ALL", basic.filter(mailed), _mail())
    plain: tuple[tuple[str, str, Callable[[], Fields]], ...] = (
        ("HJJIGY", "市内事業所情報", _office),
        ("HJTODO", "法人異動届情報", _notification),
    )
    for name, group, fields in plain:
        yield table(name, "ALL", placed(truth[group]), fields())
    per_capita = truth["均等割情報"].drop("市区町村コード", "最新フラグ", "操作者ID", "操作年月日", "操作時刻")
    filed = placed(truth["申告情報"].join(per_capita, on=RETURN, how="left", suffix="_均", maintain_order="left"))
    sums = ("ZW_GAKU", "KW_GAKU", "KN_GENMEN")
    for label, frame in _by_year(filed):
        yield table("HJSINK", label, _with_deleted(frame), _return(), sums)
    shares = truth["分割情報"].drop("市区町村コード", "最新フラグ", "操作者ID", "操作年月日", "操作時刻")
    levied = placed(truth["法人税割情報"].join(shares, on=RETURN, how="left", maintain_order="left"))
    yield table("HJZEIW", "ALL", levied, _levy(), ("SASIHIKI",))
    yield table("HJKOSE", "ALL", placed(truth["更正決定情報"]), _correction())
    yield table("HJYOTE", "ALL", placed(truth["予定申告管理情報"]), _interim(), ("YO_ZW", "YO_KW"))
    yield table("HJGENM", "ALL", placed(truth["減免情報"]), _relief(), ("GENM_GAKU",))
    for label, frame in _by_year(placed(truth["調定情報"])):
        yield table("HJCHOT", label, frame, _booking())
    trades = pl.DataFrame({"trade": list(_TRADES), "name": list(_TRADES.values())})
    trades = trades.with_columns(市区町村コード=pl.lit(world.code))
    trade_fields: Fields = {
        "DANTAI_CD": "市区町村コード",
        "GYOSYU_CD": _trade("trade"),
        "BUNRUI": "trade",
        "GYOSYU_MEI": "name",
    }
    yield table("HJGYOS", "ALL", trades, trade_fields)


def _by_year(frame: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    for year in sorted(frame["賦課年度"].unique()):
        yield year, frame.filter(pl.col("賦課年度") == year)


def _with_deleted(rows: pl.DataFrame) -> pl.DataFrame:
    """Some returns once more, as they were entered twice and deleted, before the good ones."""
    marked = rows.with_columns(_deleted=pl.lit("0"))
    gone = marked.filter(pl.col("_n") % 211 == 3).with_columns(
        pl.lit("1").alias("_deleted"), pl.lit(None, dtype=pl.String).alias("備考")
    )
    return pl.concat([gone, marked]).sort("_n", "_deleted", descending=[False, True])


def _trade(item: str) -> pl.Expr:
    return pl.lit("E") + pl.col(item) + pl.lit("10")


def _thousands(item: str) -> pl.Expr:
    return (pl.col(item) // 1000).cast(pl.String).fill_null("")


def _thousands_signed(item: str) -> pl.Expr:
    value = pl.col(item) // 1000
    return (value.abs().cast(pl.String) + pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))).fill_null("")


def _day7_open(item: str) -> pl.Expr:
    return day7(item).replace("0", "9999999")


def _year_of() -> pl.Expr:
    return day7("事業年度開始年月日") + day7("事業年度終了年月日")


def _key() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": bare("宛名番号"),
        "JIGYO_NEN": _year_of(),
        "SIN_KBN": code("SINKBN", "申告区分"),
        "SIN_KAI": zeros("申告履歴番号", 2),
    }


def _corporation() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": bare("宛名番号"),
        "RIREKI": zeros("履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "HJ_NO": "事業者番号",
        "HOJIN_BANGO": pl.col("法人番号").fill_null("0" * 13),
        "HJ_KBN": code("HJKBN", "法人区分"),
        "KAKU": code("KAKU", "法人格"),
        "KAKU_ITI": code("KAKUITI", "法人格表示位置"),
        "MEISYO": "名称",
        "MEI_KANA": narrow("名称_フリガナ"),
        "HON_YUBIN": postal("本店_郵便番号"),
        "HON_CD": "本店_市区町村コード",
        "HON_JUSYO": "本店_所在地",
        "HON_TEL": text("本店_電話番号"),
        "BUN_KBN": code("BUNKBN", "分割区分"),
        "DAIHYO": text("代表者_氏名"),
        "ELTAX_ID": text("eLTAX利用者ID"),
        "DENSI_FLG": on("電子申告義務フラグ"),
        "GYOSYU_CD": _trade("業種コード").fill_null(""),
        "SIHON": _thousands("資本金の額"),
        "SIHON_TO": _thousands_signed("資本金等の額"),
        "KESSAN1": pl.col("決算月1").fill_null("00"),
        "KESSAN2": pl.col("決算月2").fill_null("00"),
        "SETU_YMD": day7("設立年月日"),
        "SINAI_ST": day7("市内設置年月日"),
        "SINAI_ED": _day7_open("市内廃止年月日"),
        "JOTAI": code("JOTAI", "法人状態区分"),
        "KYUGYO_YMD": day7("休業開始年月日"),
        "KAISAN_YMD": day7("解散年月日"),
        "SEISAN_YMD": day7("清算結了年月日"),
        "GAPPEI_NO": bare("合併先_宛名番号"),
        "SYUEKI": code("SYUEKI", "収益事業区分"),
        "TUSAN": code("TUSAN", "通算法人区分"),
        "TUSAN_OYA": pl.col("通算親法人番号").fill_null("0" * 13),
        "SOFU_KBN": code("SOFUKBN", "申告書送付区分"),
        "TANTO_KU": own(1, 12, 2, 1),
        "KIBO": own(2, 3, 1, 1),
        "CHOSA_NEN": own(3, 7, 3, 501),
        "YOBI1": pl.lit(" " * 4),
        **tail7(),
    }


def _mail() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": bare("宛名番号"),
        "RIREKI": zeros("履歴番号", 3),
        "SOFU_YUBIN": postal("送付先_住所_郵便番号"),
        "SOFU_JUSYO": text("送付先_住所"),
        "SOFU_MEI": text("送付先_名称"),
        "ZEIRI_MEI": text("関与税理士_名称"),
        "ZEIRI_TEL": text("関与税理士_電話番号"),
        "ZEIRI_NO": own(4, 90_000, 6, 10_000),
        "BUSU": own(5, 3, 1, 1),
    }


def _office() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": bare("宛名番号"),
        "JIGYO_NO": zeros("市内事業所番号", 4),
        "JIGYO_KBN": code("JIGYOKBN", "事業所区分"),
        "HON_FLG": on("本店フラグ"),
        "MEISYO": "名称",
        "MEI_KANA": narrow("名称_フリガナ"),
        "YUBIN": postal("郵便番号"),
        "AZA_CD": text("所在地_町字コード"),
        "SYOZAI": "所在地",
        "TEL": text("電話番号"),
        "JUGYO": yen("従業者数", "999999"),
        "SETTI_YMD": day7("設置年月日"),
        "HAISI_YMD": _day7_open("廃止年月日"),
        "HAISI_JIYU": code("HAIJIYU", "廃止事由"),
        "YUKA": own(6, 4000, 1, 20),
        "KAKUNIN_YMD": own(7, 28, 2, 1, "202411"),
        **tail7(),
    }


def _notification() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": bare("宛名番号"),
        "TODO_NO": zeros("届出番号", 12),
        "TODO_KBN": code("TODOKBN", "届出区分"),
        "UKE_YMD": wareki_dots("届出受付年月日"),
        "IDO_YMD": wareki_dots("異動年月日"),
        "KEIRO": code("KEIRO", "受付経路区分"),
        "IDO_MAE": text("異動前内容"),
        "IDO_ATO": text("異動後内容"),
        "TENPU": code("TENPU", "添付書類区分"),
        "ELTAX_NO": text("eLTAX受付番号"),
        "TANTO_MEI": pl.when(pl.col("_n") % 3 == 0).then(pl.lit("法人係")).otherwise(pl.lit("市民税係")),
        "BUNRUI_NO": own(8, 900_000, 6),
        **tail8(),
    }


def _return() -> Fields:
    return {
        **_key(),
        "NEW_FLG": on("最新フラグ"),
        "SAKUJO_FLG": "_deleted",
        "FUKA_NEN": year3("賦課年度"),
        "SIN_YMD": day7("申告年月日"),
        "UKE_YMD": day7("受付年月日"),
        "KEIRO": code("KEIRO", "申告経路区分"),
        "ELTAX_NO": text("eLTAX受付番号"),
        "HOTEI_KGN": day7("法定申告期限"),
        "ENCHO_KGN": day7("延長後申告期限"),
        "HOTEI_NOKI": day7("法定納期限"),
        "SITEI_NOKI": day7("指定納期限"),
        "AOSIRO": code("AOSIRO", "法人税申告区分"),
        "KZ_SIN_YMD": day7("法人税申告年月日"),
        "TUKISU": zeros("事業年度月数", 2),
        "ZW_GAKU": yen("法人税割額"),
        "ZW_KISU": yen("法人税割額_既納付確定額"),
        "ZW_NOFU": yen_signed("法人税割額_納付額"),
        "JOYAKU": yen("租税条約控除額"),
        "KW_GAKU": yen("均等割額"),
        "KW_KISU": yen("均等割額_既納付確定額"),
        "KW_NOFU": yen_signed("均等割額_納付額"),
        "NOFU_KEI": yen_signed("納付すべき税額"),
        "MIKOMI": yen("見込納付額"),
        "CHU_KANPU": yen("中間納付還付額"),
        "KANPU_FLG": on("還付請求フラグ"),
        "SYU_JIYU": code("SYUJIYU", "修正申告事由"),
        "NYU_YMD": day7("入力年月日"),
        "BIKO": text("備考"),
        "KN_SIHON": _thousands("期末資本金の額"),
        "KN_JUNBI": _thousands("資本準備金の額"),
        "KN_SIHON_TO": _thousands_signed("期末資本金等の額"),
        "KN_HANTEI": _thousands_signed("判定資本金等の額"),
        "KN_JUGYO": yen("市内従業者数"),
        "KN_GO": code("KNGO", "均等割号数"),
        "KN_NENGAKU": yen("均等割年額"),
        "KN_TUKI": zeros("市内事務所存続月数", 2),
        "KN_KINTO": yen("均等割額_均"),
        "KN_GENMEN": yen("減免額"),
        "KN_TYOKA": on("超過税率適用フラグ"),
        "OCR_NO": own(11, 900_000_000, 10),
        "NYU_KAI": own(12, 40, 1, 1),
        "KENSA_KBN": own(13, 3, 1),
        "HENKYAKU": own_flag(14, 6),
        "BUNSYO_NO": own(15, 9_000, 4, 1, "HJ-"),
        "SENTAKU": own(16, 2, 1, 1),
        "YOBI1": pl.lit(" " * 3),
        **tail7(),
    }


def _levy() -> Fields:
    rate = (pl.col("適用税率") * 100).cast(pl.Int64)
    each = (pl.col("従業者一人当たり分割課税標準額") * 100_000).cast(pl.Int64)
    return {
        **_key(),
        "NEW_FLG": on("最新フラグ"),
        "BETU_GAKU": yen("法人税額_別表"),
        "SIKEN": yen("試験研究費特別控除額"),
        "KANPU_KOJO": yen("還付法人税額等控除額"),
        "TUSAN_GAKU": yen("通算控除対象額"),
        "TOTI_ZEI": yen("土地譲渡税額"),
        "HYOJUN": _thousands("課税標準法人税額"),
        "BUN_FLG": on("分割適用フラグ"),
        "ZEIRITU": rate.cast(pl.String).str.zfill(4).fill_null("0000"),
        "SANSYUTU": yen("算出法人税割額"),
        "GAI_KOJO": yen("外国税額控除額"),
        "KIFU_KOJO": yen("特定寄附金税額控除額"),
        "KASO_KOJO": yen("仮装経理控除額"),
        "SASIHIKI": yen("差引法人税割額"),
        "ZEN_ZW": yen("前事業年度法人税割額"),
        "ZEN_TUKI": pl.col("前事業年度月数").cast(pl.String).str.zfill(2).fill_null("00"),
        "BN_ZENKOKU": yen("全国従業者数"),
        "BN_SINAI": yen("市分従業者数"),
        "BN_SIKU": pl.when(pl.col("全国従業者数").is_not_null()).then(yen("関係市区町村数", "9999")),
        "BN_HON_CD": text("本店_市区町村コード"),
        "BN_ZENHYO": yen("分割前課税標準額"),
        "BN_HITORI": each.cast(pl.String),
        "BN_HYOJUN": _thousands("分割課税標準法人税額"),
        "BN_SYUSEI": code("BNSYU", "分割基準修正区分"),
        "BN_UKE_YMD": day7("分割明細受付年月日"),
        "KEISAN_VER": own(21, 4, 1, 1, "V0"),
        "KENSAN": yen("差引法人税割額"),
        "KOKUZEI_CD": own(22, 3, 5, 45_101),
        "RENKEI_NO": own(23, 90_000_000, 9),
        **tail7(),
    }


def _correction() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": bare("宛名番号"),
        "KOSE_NO": zeros("更正決定番号", 5),
        "JIGYO_NEN": _year_of(),
        "SIN_KBN": code("SINKBN", "申告区分"),
        "SIN_KAI": zeros("申告履歴番号", 2),
        "SYOBUN": code("SYOBUN", "処分区分"),
        "ZOGEN": code("ZOGEN", "増減区分"),
        "JIYU": code("KOSEJIYU", "更正事由"),
        "SEIKYU_YMD": s8("更正請求年月日"),
        "KZ_KOSE_YMD": s8("国税更正決定年月日"),
        "KZ_JURI_YMD": s8("国税通知受理年月日"),
        "KETUGI_YMD": s8("決議年月日"),
        "TUTI_YMD": s8("通知年月日"),
        "SITEI_NOKI": s8("指定納期限"),
        "ZW_MAE": yen("更正前法人税割額"),
        "ZW_ATO": yen("更正後法人税割額"),
        "KW_MAE": yen("更正前均等割額"),
        "KW_ATO": yen("更正後均等割額"),
        "ZOGEN_GAKU": yen_signed("増減税額"),
        "JO_ST_YMD": s8("延滞金免除期間開始年月日"),
        "JO_ED_YMD": s8("延滞金免除期間終了年月日"),
        "BUNSYO_NO": own(31, 9_000, 4, 1, "HJK-"),
        "KESSAI_NO": own(32, 900_000, 6),
        "FUFUKU": own_flag(33, 70),
        **tail8(),
    }


def _interim() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": bare("宛名番号"),
        "JIGYO_NEN": _year_of(),
        "GIMU": code("GIMU", "予定申告義務区分"),
        "ZEN_ZW": yen("前事業年度法人税割額"),
        "ZEN_TUKI": zeros("前事業年度月数", 2),
        "YO_ZW": yen("予定法人税割額"),
        "YO_KW": yen("予定均等割額"),
        "YO_KGN": wareki_dots("予定申告期限"),
        "KA_KGN": wareki_dots("確定申告期限"),
        "YO_SOFU": wareki_dots("予定申告書送付年月日"),
        "KA_SOFU": wareki_dots("確定申告書送付年月日"),
        "YO_JOTAI": code("SINJOTAI", "予定申告状況区分"),
        "KA_JOTAI": code("SINJOTAI", "確定申告状況区分"),
        "SAIKOKU": wareki_dots("催告年月日"),
        "FUTO_NO": own(41, 900_000, 7),
        "SYUTU_FLG": own_flag(42, 2),
        **tail7(),
    }


def _relief() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": bare("宛名番号"),
        "SOTO_NEN": year3("相当年度"),
        "GENM_NO": zeros("減免番号", 3),
        "JIYU": code("GENMJIYU", "減免事由"),
        "SINSEI_YMD": day7("申請年月日"),
        "KETTEI_YMD": day7("決定年月日"),
        "KETTEI": code("KETTEI", "決定区分"),
        "TAISYO_ST": day7("減免対象期間開始年月日"),
        "TAISYO_ED": day7("減免対象期間終了年月日"),
        "MAE_KINTO": yen("減免前均等割額"),
        "GENM_GAKU": yen("減免額"),
        "KATUDO": own(51, 2, 1),
        "KESSAI_NO": own(52, 900_000, 6),
        **tail7(),
    }


def _booking() -> Fields:
    return {
        **_key(),
        "CHO_NO": zeros("調定番号", 3),
        "FUKA_NEN": year3("賦課年度"),
        "CHO_YMD": day7("調定年月日"),
        "CHO_KBN": code("CHOKBN", "調定区分"),
        "ZW_CHO": sign_behind("法人税割調定額", 12),
        "KW_CHO": sign_behind("均等割調定額", 10),
        "CHO_GAKU": sign_behind("調定額", 11),
        "NOKI": day7("納期限"),
        "TUTI_NO": bare("通知書番号"),
        "KANJU": code("KANJU", "還付充当区分"),
        "DEN_NO": own(61, 90_000_000, 8),
        "SYUKEI_KBN": own(62, 3, 1, 1),
        **tail7(),
    }
