"""Area 014's arrears as B社 holds them: the fields of the TN tables."""

from __future__ import annotations

import polars as pl

from sample_data.tax.vendor import (
    Fields,
    bare,
    claim_key,
    clock,
    code,
    day8,
    own,
    own_flag,
    tail8,
    text,
    year3,
    yen,
)

_LINE = 40
"""Full-width characters a line of a negotiation's text."""


def debtor() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": bare("宛名番号"),
        "RIREKI": yen("滞納者履歴番号"),
        "NEW_FLG": "最新フラグ",
        "BUNRUI": code("滞納者分類", "BUNRUI"),
        "TANTO_ID": text("担当者ID"),
        "TIKU_CD": text("担当地区コード"),
        "TAI_HON": yen("滞納額_本税"),
        "TAI_TOK": yen("滞納額_督促手数料"),
        "TAI_EN": yen("滞納額_延滞金"),
        "KIJUN_YMD": day8("滞納額基準日"),
        "KISU": yen("滞納期数"),
        "SAIKO_YMD": day8("最古納期限"),
        "NOFU_YMD": day8("最終納付年月日"),
        "KOSHO_YMD": day8("最終交渉年月日"),
        "YOTEI_YMD": day8("次回予定年月日"),
        "TEL": text("電話番号"),
        "KINMU": text("勤務先名称"),
        "SEIHO_FLG": "生活保護受給フラグ",
        "HASAN_FLG": "破産フラグ",
        "HASAN_NO": text("破産事件番号"),
        "HASAN_YMD": day8("破産手続開始年月日"),
        "SOZOKU_ATENA": bare("相続人代表者_宛名番号"),
        "TOK_TEISI": "督促停止フラグ",
        "SAI_TEISI": "催告停止フラグ",
        "IKAN_SAKI": text("移管先名称"),
        "IKAN_YMD": day8("移管年月日"),
        "RANK": pl.col("_n").mod(5).replace_strict([0, 1, 2, 3, 4], ["A", "B", "C", "D", "E"], return_dtype=pl.String),
        "TOKKI": pl.when(pl.col("_n") % 17 == 0).then(pl.lit("連絡は夕方以降、携帯へ")).otherwise(pl.lit("")),
        "KADO_KBN": own(108, 3, 1),
        "NINSU": own(109, 3, 1, 1),
        **tail8(),
    }


def talk() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": bare("宛名番号"),
        "RENBAN": yen("交渉連番"),
        "KOSHO_YMD": day8("交渉年月日"),
        "KOSHO_TIME": clock("交渉時刻"),
        "HOHO": code("交渉方法", "KOSHO"),
        "AITE": code("交渉相手区分", "AITE"),
        "TAIO_ID": "対応者ID",
        "KENMEI": text("件名"),
        **{f"KIJI{k}": pl.col("交渉内容").str.slice((k - 1) * _LINE, _LINE) for k in range(1, 6)},
        "YAKU_YMD": day8("約束年月日"),
        "YAKU_GAKU": yen("約束金額"),
        "RIKO_KBN": code("約束履行区分", "RIKO"),
        "TENSO_FLG": own_flag(110, 30),
        "TUWA_FUN": own(111, 25, 1),
        **tail8(),
    }


def seizure() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "SYOBUN_NO": bare("処分管理番号"),
        "RIREKI": yen("処分履歴番号"),
        "NEW_FLG": "最新フラグ",
        "ATENA_NO": bare("宛名番号"),
        "SYOBUN_SYU": code("処分種別", "SYOBUN"),
        "ZAISAN_SYU": code("財産種別", "ZAISAN"),
        "ZAISAN": "財産の表示",
        "SYOBUN_YMD": day8("処分年月日"),
        "SOTATU_YMD": day8("送達年月日"),
        "DAISAN": text("第三債務者名称"),
        "SIKKO_KIKAN": text("執行機関名称"),
        "JIKEN_NO": text("事件番号"),
        "BUKKEN_NO": bare("不動産_物件番号"),
        "TOKI_NO": text("登記受付番号"),
        "TOKI_YMD": day8("登記年月日"),
        "SENJUN_NO": bare("先順位処分管理番号"),
        "TAI_HON": yen("滞納額_本税"),
        "TAI_TOK": yen("滞納額_督促手数料"),
        "TAI_EN": yen("滞納額_延滞金"),
        "SAIKEN_GAKU": yen("差押債権額"),
        "TORI_YMD": day8("取立年月日"),
        "TORI_GAKU": yen("取立額"),
        "HAITO_YMD": day8("配当年月日"),
        "HAITO_GAKU": yen("配当額"),
        "SYOBUN_HI": yen("滞納処分費"),
        "JOTAI": code("処分状態", "SYOJO"),
        "KAIJO_YMD": day8("解除年月日"),
        "KAIJO_JIYU": code("解除事由", "KAIJO"),
        "CHOSYO_NO": own(112, 10**6, 8, 0, "C-"),
        "TANTO_ID": own(113, 9, 2, 1, "nozei"),
        "YUSEN_KBN": own(114, 3, 1),
        **tail8(),
    }


def seized() -> Fields:
    return {
        **claim_key(),
        "SYOBUN_NO": bare("処分管理番号"),
        "TAI_HON": yen("対象額_本税"),
        "TAI_TOK": yen("対象額_督促手数料"),
        "TAI_EN": yen("対象額_延滞金"),
        "HAITO_GAKU": yen("配当充当額"),
        "JOGAI_YMD": day8("除外年月日"),
        "GYO_NO": own(115, 20, 1, 1),
        "SYUTU_FLG": own_flag(116, 2),
        **tail8(),
    }


def relief() -> Fields:
    return {
        **claim_key(),
        "KANWA_NO": bare("緩和管理番号"),
        "RIREKI": yen("緩和履歴番号"),
        "NEW_FLG": "最新フラグ",
        "ATENA_NO": bare("宛名番号"),
        "KANWA_KBN": code("緩和区分", "KANWA"),
        "JIYU": code("緩和事由", "KANJIYU"),
        "SINSEI_YMD": day8("申請年月日"),
        "KETU_YMD": day8("決議年月日"),
        "KAISI_YMD": day8("開始年月日"),
        "SYURYO_YMD": day8("終了年月日"),
        "YUYO_HON": yen("猶予金額_本税"),
        "YUYO_TOK": yen("猶予金額_督促手数料"),
        "YUYO_EN": yen("猶予金額_延滞金"),
        "TANPO": code("担保区分", "TANPO"),
        "MENJO": code("延滞金免除区分", "MENJO"),
        "TORI_YMD": day8("取消年月日"),
        "TORI_JIYU": text("取消事由"),
        "SYOMETU_YMD": day8("消滅予定年月日"),
        "KEKKA": code("緩和結果区分", "KEKKA"),
        "KESSAI_NO": own(117, 90_000, 8, 0, "K-"),
        "KAI_NO": own(118, 200, 1, 1),
        "TUTI_FLG": own_flag(119, 2),
        **tail8(),
    }


def pledge() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "BUNNO_NO": bare("分納管理番号"),
        "RIREKI": yen("分納履歴番号"),
        "NEW_FLG": "最新フラグ",
        "ATENA_NO": bare("宛名番号"),
        "SEIYAKU_YMD": day8("誓約年月日"),
        "JOTAI": code("分納状態", "BUNNO"),
        "FURIKO_YMD": day8("不履行年月日"),
        "KAISU": yen("times"),
        "SOGAKU": yen("total"),
    }


def step() -> Fields:
    return {
        **claim_key(),
        "BUNNO_NO": bare("分納管理番号"),
        "RIREKI": yen("分納履歴番号"),
        "KAI": yen("分割回数"),
        "YOTEI_YMD": day8("納付予定年月日"),
        "BUN_HON": yen("分割納付金額_本税"),
        "BUN_TOK": yen("分割納付金額_督促手数料"),
        "BUN_EN": yen("分割納付金額_延滞金"),
        "ZUMI_HON": yen("納付済額_本税"),
        "NOFU_YMD": day8("納付年月日"),
        "HAK_KAISU": yen("納付書発行回数"),
        "TENKEN_KBN": own(120, 3, 1),
        "GYO_NO": own(121, 30, 1, 1),
        **tail8(),
    }


def limit() -> Fields:
    return {
        **claim_key(),
        "RIREKI": yen("時効履歴番号"),
        "NEW_FLG": "最新フラグ",
        "ATENA_NO": bare("宛名番号"),
        "KISAN_YMD": day8("時効起算年月日"),
        "KOSIN_JIYU": code("時効更新事由", "JIKO"),
        "KOSIN_YMD": day8("時効更新年月日"),
        "YOTEI_YMD": day8("時効完成予定年月日"),
        "KANSEI_YMD": day8("時効完成年月日"),
        "KES_JIYU": code("欠損事由", "KESSON"),
        "KES_NEN": year3("欠損会計年度"),
        "KES_YMD": day8("欠損年月日"),
        "KES_HON": yen("欠損額_本税"),
        "KES_TOK": yen("欠損額_督促手数料"),
        "KES_EN": yen("欠損額_延滞金"),
        "KANWA_NO": bare("緩和管理番号"),
        "CHOSYO_NO": own(122, 10**6, 8),
        "SINSA_KBN": own(123, 3, 1, 1),
        **tail8(),
    }
