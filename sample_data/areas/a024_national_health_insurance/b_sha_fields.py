"""The fields of B社's KH tables (area 024): how each comes from the items of the layout."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from sample_data.areas.codebook import Codebook
from sample_data.b_sha.spell import bare as number_of
from sample_data.b_sha.spell import month5, narrow, number10, pad, s8, w7, wareki_dots
from sample_data.tax.vendor import Fields, bare, clock, on, own, own_flag, postal, text, year3, yen, yen_signed, zeros

code = Codebook(Path(__file__).parent / "b_sha_codes.csv")
KEY = ("市区町村コード", "賦課年度", "相当年度", "通知書番号", "更正履歴番号")
"""The key of a levy row."""
OPEN = "9999999"


def _tail() -> Fields:
    return {"UPD_USER": "操作者ID", "UPD_YMD": w7("操作年月日"), "UPD_TIME": clock()}


def _home(item: str = "国保世帯番号") -> pl.Expr:
    return pl.col(item).str.slice(7)


def _who(item: str = "宛名番号") -> dict[str, pl.Expr | str | None]:
    return {"DANTAI_CD": "市区町村コード", "ATENA_NO": number10(item)}


def household() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "SETAI_NO": _home(),
        "RIREKI_NO": zeros("世帯履歴番号", 3),
        "SAISIN_KBN": code("SAISIN", "最新フラグ"),
        "HOKENJA_NO": "保険者番号",
        "KIGO": pad("KHSETA", "KIGO", "被保険者記号"),
        "BANGO": pad("KHSETA", "BANGO", "被保険者番号"),
        "JUKI_SETAI": number10("世帯番号", "0000000000"),
        "NUSI_ATENA": number10("世帯主_宛名番号"),
        "NUSI_KBN": code("NUSI", "世帯主区分"),
        "KAISI_YMD": w7("世帯適用開始年月日"),
        "KAISI_JIYU": code("SHUJIYU", "世帯適用開始事由"),
        "SYURYO_YMD": w7("世帯適用終了年月日", OPEN),
        "SYURYO_JIYU": code("SOSJIYU", "世帯適用終了事由"),
        "IDO_KBN": code("IDO", "異動区分"),
        "IDO_YMD": w7("異動年月日"),
        "TODOKE_YMD": w7("届出年月日"),
        "TOKUBETU_FLG": on("特別療養費対象フラグ"),
        "TOKUBETU_YMD": w7("特別療養費対象開始年月日"),
        "SOFU_UMU": on("送付先設定フラグ"),
        "NOFU_HOHO": own(1, 3, 1, 1),
        "CHIKU_CD": own(2, 60, 4, 100),
        "NUSI_KANA20": narrow("name_kana").str.slice(0, 20),
        "SAKUJO_FLG": pl.lit(""),
        **_tail(),
    }


def mailing() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "SETAI_NO": _home(),
        "RIREKI_NO": zeros("世帯履歴番号", 3),
        "SOFU_MEI": text("送付先_氏名"),
        "SOFU_YUBIN": postal("送付先_住所_郵便番号"),
        "SOFU_JUSYO": text("送付先_住所"),
        "SOFU_RIYU": own(3, 6, 2, 1),
        "SOFU_TEL": own(4, 10_000, 4, 0, "0834-21-"),
    }


def person() -> Fields:
    return {
        **_who(),
        "SIMEI": "氏名",
        "KANA": narrow("氏名_フリガナ"),
        "SEX": code("SEX", "性別"),
        "UMARE_YMD": w7("生年月日"),
        "UMARE_FUSYO": on("生年月日_不詳フラグ"),
        "UMARE_MEMO": text("生年月日_不詳表記"),
        "KOJIN_NO": text("個人番号"),
        "MYNA_FLG": on("マイナ保険証利用登録フラグ", "0"),
        "KOKUSEKI_KBN": pl.when("is_foreign").then(pl.lit("F")).otherwise(pl.lit("J")),
        "GAIJI_FLG": own_flag(5, 40),
    }


def qualification() -> Fields:
    return {
        **_who(),
        "RIREKI_NO": zeros("個人履歴番号", 3),
        "SAISIN_KBN": code("SAISIN", "最新フラグ"),
        "SETAI_NO": _home(),
        "EDABAN": text("枝番"),
        "ZOKUGARA": text("続柄表記"),
        "SIKAKU_KBN": code("SIKAKU", "資格区分"),
        "IDO_KBN": code("IDO", "異動区分"),
        "IDO_YMD": w7("異動年月日"),
        "TODOKE_YMD": w7("異動届出年月日"),
        "SYORI_YMD": s8("処理年月日"),
        "SHU_YMD": w7("資格取得年月日"),
        "SHU_JIYU": code("SHUJIYU", "資格取得事由"),
        "KEN_SHU_YMD": w7("都道府県資格取得年月日"),
        "SOS_YMD": w7("資格喪失年月日", OPEN),
        "SOS_JIYU": code("SOSJIYU", "資格喪失事由"),
        "ZEN_HOKEN": text("前保険者番号"),
        "GAKUEN": code("GAKUEN", "学遠区分"),
        "KAIGO_KBN": pl.when(pl.col("介護該当フラグ") == "1").then(pl.lit("K")).otherwise(pl.lit("")),
        "KARI_FLG": own_flag(6, 90),
        "HATORI_NO": own(7, 10**7, 8),
        "SAKUJO_FLG": pl.lit(""),
        **_tail(),
    }


def circumstance() -> Fields:
    return {
        **_who(),
        "TEKI_KBN": code("TEKIYO", "適用種別"),
        "RIREKI_NO": zeros("適用履歴番号", 3),
        "SAISIN_KBN": code("SAISIN", "最新フラグ"),
        "KAISI_YMD": w7("適用開始年月日"),
        "SYURYO_YMD": w7("適用終了年月日", OPEN),
        "SINSEI_YMD": w7("申請年月日"),
        "KETTEI_YMD": w7("決定年月日"),
        "RISYOKU_YMD": w7("離職年月日"),
        "RISYOKU_CD": text("離職理由"),
        "KOKI_YMD": w7("後期移行年月日"),
        "SISETU_MEI": text("施設名称"),
        "SYORUI_KBN": own(8, 5, 2, 1),
        "KAKUNIN_FLG": own_flag(9, 6),
        **_tail(),
    }


def maternity() -> Fields:
    return {
        **_who(),
        "RIREKI_NO": zeros("適用履歴番号", 3),
        "SAISIN_KBN": code("SAISIN", "最新フラグ"),
        "YOTEI_YMD": w7("出産予定年月日"),
        "TATAI_KBN": code("TATAI", "多胎フラグ"),
        "MENJO_F": month5("免除開始年月"),
        "MENJO_T": month5("免除終了年月"),
        "KAISI_YMD": w7("適用開始年月日"),
        "SYURYO_YMD": w7("適用終了年月日", OPEN),
        "SINSEI_YMD": w7("申請年月日"),
        "KETTEI_YMD": w7("決定年月日"),
        "BOSHI_NO": own(10, 9000, 6, 100, "B"),
        **_tail(),
    }


def burden() -> Fields:
    return {
        **_who(),
        "HANTEI_NEN": year3("判定年度"),
        "RIREKI_NO": zeros("判定履歴番号", 3),
        "SAISIN_KBN": code("SAISIN", "最新フラグ"),
        "SETAI_NO": _home(),
        "HANTEI_JIYU": code("HANJIYU", "判定事由"),
        "HANTEI_YMD": w7("判定年月日"),
        "TEKIYO_F": w7("適用開始年月日"),
        "TEKIYO_T": w7("適用終了年月日"),
        "KOREI_FLG": on("高齢受給者フラグ"),
        "KUBUN": code("KUBUN", "高額療養費所得区分"),
        "FUTAN_KBN": code("FUTAN", "一部負担金割合", "00"),
        "KAZEI_HYOJUN": yen("世帯課税標準額"),
        "KIJUN_SOTOKU": yen("世帯基準総所得金額"),
        "SYUNYU": yen("世帯収入金額"),
        "KIJUN_FLG": on("基準収入額適用フラグ"),
        "HIKAZEI_FLG": on("世帯非課税フラグ"),
        "JIDO_FLG": own_flag(11, 2),
        "KYU_KUBUN": pl.when(pl.col("_n") % 9 == 0).then(pl.lit("B")).otherwise(pl.lit("")),
        "SETAI_SU": own(12, 4, 2, 1),
        **_tail(),
    }


def certificate() -> Fields:
    return {
        **_who(),
        "SYO_KBN": code("SYO", "証種別"),
        "KOFU_NO": zeros("交付番号", 5),
        "SAISIN_KBN": code("SAISIN", "最新フラグ"),
        "SETAI_NO": _home(),
        "SINSEI_YMD": wareki_dots("申請年月日"),
        "KOFU_JIYU": code("KOFUJIYU", "交付事由"),
        "KOFU_HOHO": code("KOFUHOHO", "交付方法"),
        "KOFU_YMD": wareki_dots("交付年月日"),
        "HAKKO_YMD": wareki_dots("発効年月日"),
        "KIGEN_YMD": wareki_dots("有効期限年月日"),
        "KUBUN": code("KUBUN", "高額療養費所得区分"),
        "FUTAN_KBN": code("FUTAN", "一部負担金割合", "00"),
        "TOKUTEI_KBN": code("TOKSIPPEI", "特定疾病区分"),
        "TOKUTEI_GENDO": (pl.col("特定疾病自己負担限度額") // 1000).cast(pl.String).fill_null(""),
        "KAISYU_KBN": code("KAISYU", "回収区分"),
        "KAISYU_YMD": wareki_dots("回収年月日"),
        "INSATU_NO": own(13, 10**7, 8),
        "HENREI_FLG": own_flag(14, 70),
        **_tail(),
    }


def income() -> Fields:
    return {
        **_who(),
        "FUKA_NEN": year3("賦課年度"),
        "RIREKI_NO": zeros("所得履歴番号", 3),
        "SAISIN_KBN": code("SAISIN", "最新フラグ"),
        "SINKOKU_KBN": code("SINKOKU", "申告区分"),
        "KYUYO_SYU": yen("給与収入金額"),
        "KYUYO_SHO": yen("給与所得金額"),
        "NENKIN_SYU": yen("公的年金等収入金額"),
        "NENKIN_SHO": yen("公的年金等雑所得金額"),
        "EIGYO": yen_signed("営業等所得金額"),
        "NOGYO": yen_signed("農業所得金額"),
        "FUDOSAN": yen_signed("不動産所得金額"),
        "RISI_HAITO": yen("利子配当所得金額"),
        "ZATU": yen("その他雑所得金額"),
        "JOTO_ITIJI": yen_signed("総合譲渡一時所得金額"),
        "BUNRI_JOTO": yen_signed("分離譲渡所得金額"),
        "KABU": yen_signed("株式等所得金額"),
        "SANRIN": yen_signed("山林所得金額"),
        "SENJU": yen("専従者給与控除額"),
        "SO_SHOTOKU": yen_signed("総所得金額等"),
        "KISO_KOJO": (pl.col("基礎控除額") // 1000).cast(pl.String).str.zfill(4),
        "KIJUN_SHO": yen("基準総所得金額"),
        "KEIGEN_SHO": yen("軽減判定所得金額"),
        "KAZEI_KBN": code("KKAZEI", "市町村民税課税区分"),
        "SYOKAI_KBN": own(15, 3, 1),
        "FUYO_SU": own(16, 4, 2),
        "JUMIN_RENKEI": own(17, 10**8, 9),
        **_tail(),
    }


def _levy_key() -> dict[str, pl.Expr | str | None]:
    return {
        "DANTAI_CD": "市区町村コード",
        "FUKA_NEN": year3("賦課年度"),
        "SOTO_NEN": year3("相当年度"),
        "TUTI_NO": bare("通知書番号"),
        "KOSEI_NO": yen("更正履歴番号"),
    }


_PARTS = (("I", "医療"), ("S", "支援"), ("K", "介護"))
_AMOUNTS = (
    ("SHO", "所得割額"),
    ("KIN", "均等割額"),
    ("BYO", "平等割額"),
    ("KEI", "軽減額"),
    ("CHO", "限度超過額"),
    ("GEN", "減免額"),
    ("GAKU", "賦課額"),
)


def levy() -> Fields:
    fields: dict[str, pl.Expr | str | None] = {
        **_levy_key(),
        "SAISIN_KBN": code("SAISIN", "最新フラグ"),
        "SETAI_NO": _home(),
        "NOFU_ATENA": number10("納付義務者_宛名番号"),
        "SANTEI_KBN": code("SANTEI", "算定区分"),
        "KOSEI_JIYU": code("KOSEI", "更正事由"),
        "KETTEI_YMD": w7("賦課決定年月日"),
        "TUTI_YMD": w7("通知年月日"),
        "KEIGEN_KBN": code("KEIGEN", "軽減区分"),
        "KEIGEN_SHO": yen("軽減判定所得合計額"),
        "HIHO_SU": yen("被保険者数"),
        "KAIGO_SU": yen("介護該当者数"),
        "MISYU_SU": yen("未就学児数"),
        "TOKSET_KBN": code("TOKSET", "特定世帯区分"),
        **{f"{p}_{f}": yen(f"{part}_{item}") for p, part in _PARTS for f, item in _AMOUNTS},
        "NEN_GAKU": yen("年間保険料額"),
        "TOK_GAKU": yen("特別徴収額"),
        "FUT_GAKU": yen("普通徴収額"),
        "CHO_YMD": w7("調定年月日"),
        "SOFU_KBN": own(18, 4, 2, 1),
        "OCR_NO": own(19, 10**9, 10),
        "YOBI1": None,
        "YOBI2": None,
        **_tail(),
    }
    for lead, prefix, count in (("KI", "", 10), ("TK", "T", 6)):
        for k in range(1, count + 1):
            fields |= {
                f"{lead}{k:02}_GAKU": yen(f"{prefix}期別保険料額|{k}", "0"),
                **{f"{lead}{k:02}_{p}": yen(f"{prefix}期別_{part}額|{k}", "0") for p, part in _PARTS},
            }
            if lead == "KI":
                used = pl.col(f"納期限|{k}").is_not_null()
                way = pl.when(pl.col("_n") % 3 == 0).then(pl.lit("F")).otherwise(pl.lit("N"))
                fields[f"KI{k:02}_NOKI"] = w7(f"納期限|{k}")
                fields[f"KI{k:02}_HOHO"] = pl.when(used).then(way).otherwise(pl.lit(""))
            else:
                fields[f"TK{k:02}_YM"] = month5(f"T年金支払年月|{k}")
    return fields


def member() -> Fields:
    return {
        **_levy_key(),
        "ATENA_NO": number10("宛名番号"),
        "SIKAKU_TUKI": "months",
        "KAIGO_TUKI": "care",
        "KIJUN_SHO": yen("基準総所得金額"),
        **{f"{p}_{f}": yen(f"{part}_{item}") for p, part in _PARTS for f, item in _AMOUNTS[:2]},
        "MISYU_FLG": on("未就学児フラグ"),
        "TOKUREI_FLG": on("特例対象被保険者フラグ"),
        "SANZEN_GAKU": yen("産前産後免除額"),
        "NENREI": own(20, 75, 3),
        "KUJO_KBN": own(21, 3, 1),
        **_tail(),
    }


def withheld() -> Fields:
    number = pl.col("基礎年金番号")
    return {
        **_who(),
        "FUKA_NEN": year3("賦課年度"),
        "RIREKI_NO": zeros("特別徴収履歴番号", 3),
        "SAISIN_KBN": code("SAISIN", "最新フラグ"),
        "SETAI_NO": _home(),
        "KISO_NENKIN": number.str.slice(0, 4) + pl.lit("-") + number.str.slice(4),
        "NENKIN_CD": "年金コード",
        "GIMU_CD": "特別徴収義務者コード",
        "NENKIN_GAKU": yen("特別徴収対象年金額"),
        "KAIGO_GAKU": yen("介護保険料_支払回数割額"),
        "JOTAI": code("JOTAI", "特別徴収状態"),
        "NIBUN_FLG": on("二分の一超フラグ"),
        "KOZA_YMD": w7("口座振替変更申出年月日"),
        "KAISI_YM": month5("特別徴収開始年月"),
        **{f"TK{m:02}": yen(f"仮徴収額_{m}月") for m in (4, 6, 8)},
        **{f"TK{m:02}": yen(f"本徴収額_{m}月") for m in (10, 12, 2)},
        "CYUSI_YMD": w7("特別徴収中止年月日"),
        "CYUSI_JIYU": code("CYUSI", "特別徴収中止事由"),
        "NAIYO_CD": own(22, 9, 2, 1),
        "KEKKA_CD": own(23, 3, 2),
        **_tail(),
    }


def high_cost() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "SETAI_NO": _home(),
        "SINRYO_YM": month5("診療年月"),
        "KETTEI_NO": "支給決定番号",
        "NUSI_ATENA": number10("世帯主_宛名番号"),
        "KUBUN": code("KUBUN", "高額療養費所得区分"),
        "GASSAN_FLG": on("世帯合算フラグ"),
        "TASU_FLG": on("多数回該当フラグ"),
        "IRYOHI": yen("総医療費額"),
        "FUTAN": yen("一部負担金額"),
        "GENDO": yen("自己負担限度額"),
        "GENBUTU": yen("現物給付額"),
        "SIKYU": yen("支給決定額"),
        "KANSYO_YMD": w7("勧奨通知年月日"),
        "SINSEI_YMD": w7("申請年月日"),
        "KETTEI_KBN": code("SIKETTEI", "支給決定区分"),
        "KETTEI_YMD": w7("支給決定年月日"),
        "RECE_SU": own(24, 6, 3, 1),
        "SETUMEI_CD": own(25, 30, 3),
        "KOKUHOREN_NO": own(26, 10**9, 10),
        **_tail(),
    }


def benefit() -> Fields:
    return {
        **_who(),
        "KYUFU_KBN": code("KYUFU", "給付種別"),
        "SINSEI_NO": "支給申請番号",
        "SETAI_NO": _home(),
        "SINSEI_YMD": w7("申請年月日"),
        "SINSEISYA": text("申請者_氏名"),
        "SINRYO_YM": month5("診療年月"),
        "NYUGAI": code("NYUGAI", "入外区分"),
        "HIYO": yen("費用額"),
        "FUTAN_KBN": code("FUTAN", "一部負担金割合", "00"),
        "SYUSSAN_YMD": w7("出産年月日"),
        "JISU": yen("出産児数"),
        "CHOKU_FLG": text("直接支払制度利用フラグ"),
        "SIBO_YMD": w7("死亡年月日"),
        "SOSAI_YMD": w7("葬祭執行年月日"),
        "KETTEI_KBN": code("SIKETTEI", "支給決定区分"),
        "KETTEI_YMD": w7("支給決定年月日"),
        "KETTEI_GAKU": yen("支給決定額"),
        "IRYOKIKAN": own(27, 900, 10, 3_511_000),
        "SINSA_KBN": own(28, 3, 1),
        "BIKO_NO": own(29, 900, 6),
        **_tail(),
    }


def payment(number: str) -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "SIKYU_NO": number,
        "SIHA_HOHO": code("SIHAHOHO", "支給方法"),
        "SIHA_YMD": w7("支払年月日"),
        "SIHA_GAKU": yen("支払額"),
        "JUTO_GAKU": yen("滞納充当額"),
        "GINKO": text("金融機関コード"),
        "SITEN": text("支店コード"),
        "SYUBETU": code("KOZASYU", "口座種別"),
        "KOZA": pl.when(pl.col("口座番号").is_null()).then(pl.lit("")).otherwise(number_of("口座番号")),
        "MEIGI": narrow("口座名義人_カナ"),
        "TESURYO": own(30, 4, 4, 0),
        "FD_NO": own(31, 900, 6, 1, "F"),
    }
