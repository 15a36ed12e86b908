"""Area 010's papers and withholding as B社 holds them: fields of the JM tables of reports, returns, agents, months."""

from __future__ import annotations

import polars as pl

from sample_data.b_sha.spell import narrow
from sample_data.tax.vendor import (
    Fields,
    bare,
    code,
    day7,
    day7_open,
    on,
    own,
    own_flag,
    postal,
    tail7,
    text,
    year2,
    yen,
    zeros,
)

_PAPER_COUNTS = (
    ("NIN_TOKUTEI", "特定扶養人数"),
    ("NIN_ROJIN", "老人扶養人数"),
    ("NIN_ETC", "その他扶養人数"),
    ("NIN_NENSYO", "年少扶養人数"),
    ("NIN_TOKSYO", "特別障害者人数"),
    ("NIN_FUSYO", "その他障害者人数"),
)
_MONTHS = (
    ("06", "6月"),
    ("07", "7月"),
    ("08", "8月"),
    ("09", "9月"),
    ("10", "10月"),
    ("11", "11月"),
    ("12", "12月"),
    ("01", "翌1月"),
    ("02", "翌2月"),
    ("03", "翌3月"),
    ("04", "翌4月"),
    ("05", "翌5月"),
)


def paper_key() -> Fields:
    """Who and which year."""
    return {"DANTAI_CD": "市区町村コード", "ATENA_NO": bare("宛名番号"), "SOTO_NEN": year2("相当年度")}


def salary() -> Fields:
    return {
        **paper_key(),
        "SIRYO_NO": "課税資料番号",
        "SAIYO_KBN": code("資料採用区分", "SAIYO"),
        "BAITAI_KBN": code("提出媒体区分", "BAITAI"),
        "TEISEI_KBN": code("訂正区分", "TEISEI"),
        "UKE_YMD": day7("受付年月日"),
        "SITEI_NO": text("特別徴収義務者指定番号"),
        "HOJIN_NO": text("支払者_法人番号"),
        "SIHARAI": "支払者_名称",
        "JUKYU_NO": text("受給者番号"),
        "SIMEI": "氏名",
        "KANA": narrow("氏名_フリガナ"),
        "KOJIN_NO": text("個人番号"),
        "UMARE_YMD": day7("生年月日"),
        "JUSYO": "住所",
        "SIHA_GAKU": yen("支払金額"),
        "KOJOGO_GAKU": yen("給与所得控除後金額"),
        "KOJO_GOKEI": yen("所得控除合計額"),
        "GENSEN": yen("源泉徴収税額"),
        "SYAHO": yen("社会保険料等金額"),
        "SEIMEI": yen("生命保険料控除額"),
        "JISIN": yen("地震保険料控除額"),
        "JUTAKU": yen("住宅借入金等特別控除額"),
        "JUTAKU_KANO": yen("住宅借入金等特別控除可能額"),
        "KYOJU_YMD": day7("居住開始年月日"),
        "HAI_KBN": code("配偶者区分", "HAIGU"),
        "HAI_SHO": yen("配偶者合計所得"),
        **{name: yen(item) for name, item in _PAPER_COUNTS},
        "SYOGAI_KBN": code("本人障害者区分", "SYOGAI"),
        "KAFU_KBN": code("寡婦ひとり親区分", "KAFU"),
        "GAKUSEI_FLG": on("勤労学生フラグ"),
        "OTU_FLG": on("乙欄フラグ"),
        "CHUTO_KBN": code("中途就退職区分", "CHUTO"),
        "CHUTO_YMD": day7("中途就退職年月日"),
        "ZENSYOKU": yen("前職支払金額"),
        "KIBO_KBN": code("徴収希望区分", "KIBO"),
        "KIRIKAE": code("普通徴収切替理由", "KIRIKAE"),
        "TEKIYO": text("摘要"),
        "BATCH_NO": own(17, 900, 6),
        "GYO_NO": own(18, 50, 5, 1),
        "GAZO_NO": own(19, 10**9, 12, 0, "IM"),
        "YAKUIN_FLG": own_flag(20, 60),
        "GASSAN_FLG": own_flag(21, 3),
        "ERR_CD": pl.when(pl.col("_n") % 53 == 0).then(pl.lit("W12")).otherwise(pl.lit("")),
        **tail7(),
    }


def pension() -> Fields:
    return {
        **paper_key(),
        "SIRYO_NO": "課税資料番号",
        "SAIYO_KBN": code("資料採用区分", "SAIYO"),
        "BAITAI_KBN": code("提出媒体区分", "BAITAI"),
        "TEISEI_KBN": code("訂正区分", "TEISEI"),
        "HOJIN_NO": text("支払者_法人番号"),
        "SIHARAI": "支払者_名称",
        "SIMEI": "氏名",
        "KANA": narrow("氏名_フリガナ"),
        "KOJIN_NO": text("個人番号"),
        "UMARE_YMD": day7("生年月日"),
        "NENKIN_KBN": code("年金区分", "NENKIN"),
        "SIHA_GAKU": yen("支払金額"),
        "GENSEN": yen("源泉徴収税額"),
        "SYAHO": yen("社会保険料額"),
        "SYOGAI_KBN": code("本人障害者区分", "SYOGAI"),
        "KAFU_KBN": code("寡婦ひとり親区分", "KAFU"),
        "HAI_KBN": code("配偶者区分", "HAIGU"),
        **{name: yen(item) for name, item in _PAPER_COUNTS},
        "TEKIYO": text("摘要"),
        "BATCH_NO": own(22, 900, 6),
        "GYO_NO": own(23, 50, 5, 1),
        "TOKUTYO_KANO": own_flag(24, 2),
        "SYOSYO_NO": own(25, 10**9, 14),
        **tail7(),
    }


def returns() -> Fields:
    return {
        **paper_key(),
        "SIRYO_NO": "課税資料番号",
        "SAIYO_KBN": code("資料採用区分", "SAIYO"),
        "SINK_SYU": code("申告書種別", "SINKSYU"),
        "KEIRO_KBN": code("受付経路区分", "KEIRO"),
        "SEIRI_NO": text("国税整理番号"),
        "TEISYUTU_YMD": day7("提出年月日"),
        "JUSIN_YMD": day7("受信年月日"),
        "KIGENGO_FLG": on("期限後申告フラグ"),
        "AOIRO_KBN": code("青色申告区分", "AOIRO"),
        "TYOSYU_SEN": code("住民税徴収方法選択", "TYOSEN"),
        "HAITOWARI": yen("配当割額控除額"),
        "KABUWARI": yen("株式等譲渡所得割額控除額"),
        "KIF_FURU": yen("寄附金額_都道府県市区町村"),
        "KIF_AKA": yen("寄附金額_共同募金日赤"),
        "KIF_SI": yen("寄附金額_条例指定市"),
        "KIF_KEN": yen("寄附金額_条例指定県"),
        "ONESTOP_FLG": on("申告特例申請フラグ"),
        "JUNKAKU_FLG": on("準確定申告フラグ"),
        "GAZO_NO": text("課税資料画像番号"),
        "SYO_CD": own(26, 5, 5, 7_300),
        "KAIJO_CD": own(27, 12, 3, 1),
        "TEL": own(28, 8_000, 4, 1_000, "0834-62-"),
        **tail7(),
    }


def agents() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "SITEI_NO": "特別徴収義務者指定番号",
        "RIREKI": zeros("履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "ATENA_NO": bare("宛名番号"),
        "HOJIN_NO": text("法人番号"),
        "KJHJ_KBN": code("個人法人区分", "KJHJ"),
        "MEISYO": "名称",
        "MEI_KANA": narrow("名称_フリガナ"),
        "YUBIN": postal("所在地_郵便番号"),
        "SYOZAI": "所在地",
        "SOFU_YUBIN": postal("送付先_住所_郵便番号"),
        "SOFU_JUSYO": text("送付先_住所"),
        "SOFU_MEI": text("送付先_名称"),
        "TEL": text("電話番号"),
        "BUSYO": text("担当部署"),
        "UKETORI_KBN": code("税額通知受取方法", "UKETORI"),
        "NZ_DENSI_FLG": on("納税義務者用通知電子フラグ"),
        "ELTAX_ID": text("eLTAX利用者ID"),
        "TOKUREI_FLG": on("納期特例フラグ"),
        "TOKU_SYO_YMD": day7("納期特例承認年月日"),
        "TOKU_END_YMD": day7_open("納期特例終了年月日"),
        "NONYU_KBN": code("納入書送付区分", "NONYU"),
        "SITEI_YMD": day7("指定年月日"),
        "HAISI_YMD": day7_open("廃止年月日"),
        "HAISI_JIYU": code("廃止事由", "HAISI"),
        "GYOSYU": own(29, 20, 2, 1),
        "JUGYOIN": own(30, 400, 1, 1),
        "SOFU_JUN": own(31, 9_000_000, 7),
        "GINKO_YAKU": pl.when(pl.col("_n") % 3 == 0).then(pl.lit("山口銀行徳山")).otherwise(pl.lit("西中国信金")),
        **tail7(),
    }


def withholding() -> Fields:
    return {
        **paper_key(),
        "SITEI_NO": "特別徴収義務者指定番号",
        "RIREKI": zeros("履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "KOSEI_NO": zeros("更正履歴番号", 3),
        "JUKYU_NO": text("受給者番号"),
        "ZEIGAKU": zeros("特別徴収税額", 9),
        **{f"TUKI{name}": zeros(f"月割額_{month}", 9) for name, month in _MONTHS},
        "HENKO_JIYU": code("税額変更事由", "KOSEI"),
        "TUTI_YMD": day7("税額通知年月日"),
        "IDO_JIYU": code("異動事由", "IDO"),
        "IDO_YMD": day7("異動年月日"),
        "IDO_UKE_YMD": day7("異動届受理年月日"),
        "ZUMI_GAKU": yen("徴収済税額"),
        "MI_GAKU": yen("未徴収税額"),
        "MI_SYORI": code("未徴収税額処理区分", "MISYORI"),
        "TENKIN_SITEI": text("転勤先_特別徴収義務者指定番号"),
        "IKKATU_TUKI": text("一括徴収月"),
        "TUTI_KUBUN": own(32, 3, 1, 1),
        "PAGE_NO": own(33, 60, 5, 1),
        "GYO_NO": own(34, 10, 2, 1),
        **tail7(),
    }
