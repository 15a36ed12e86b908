"""Area 025 as B社 holds it: the ten KK tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from sample_data.areas.codebook import Codebook
from sample_data.b_sha.spell import deleted, month5, narrow, record, s8, w7
from sample_data.plugin import Table, Truth
from sample_data.tax.vendor import (
    Fields,
    bare,
    clock,
    on,
    own,
    own_flag,
    parts,
    placed,
    postal,
    side_by_side,
    sign_behind,
    text,
    year3,
    yen,
    yen_signed,
    zeros,
)
from sample_data.world import World

code = Codebook(Path(__file__).parent / "b_sha_codes.csv")
KEY = ["宛名番号", "賦課年度", "相当年度", "更正履歴番号"]
"""The key of a levy row."""
OPEN = "9999999"


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    insured = truth["後期被保険者"]
    known = insured.filter(pl.col("最新フラグ") == "1").unique("被保険者番号", keep="first", maintain_order=True)
    yield _table("KKATEN", "ALL", known, _link())
    rows = deleted(record("KKHIHO", placed(insured), _insured()), "RIREKI_NO")
    rows = rows.with_columns(SAISIN_FLG=pl.col("SAISIN_FLG").replace("", "0"))
    yield Table("KKHIHO", rows, "KKHIHO_ALL.csv")
    del insured, known, rows
    yield _table("KKSYO", "ALL", truth["資格確認書等交付"], _certificate())
    yield _table("KKHANT", "ALL", truth["負担区分判定"], _burden())
    yield _table("KKSOFU", "ALL", truth["送付先"], _mailing())
    for label, frame in parts(truth, "後期所得"):
        yield _table("KKSHOT", _year(label), frame, _income(), ("KIJUN_SHO", "KEIGEN_SHO"))
    installments = parts(truth, "保険料期割")
    for (label, frame), (_, rows) in zip(parts(truth, "保険料賦課"), installments, strict=True):
        wide = _wide(frame, rows)
        yield _table("KKFUKA", _year(label), wide, _levy(), ("NEN_GAKU", "TOK_GAKU", "FUT_GAKU"))
    yield _table("KKTOKC", "ALL", truth["特別徴収対象者"], _withheld(), ("TK04", "TK02"))
    yield _table("KKMOSI", "ALL", truth["徴収方法変更申出"], _request())
    yield _table("KKKYUF", "ALL", truth["給付申請受付"], _application(), ("SINSEI_GAKU", "KETTEI_GAKU"))


def _table(name: str, label: str, frame: pl.DataFrame, fields: Fields, sums: tuple[str, ...] = ()) -> Table:
    return Table(name, record(name, placed(frame), fields), f"{name}_{label}.csv", sums=sums)


def _year(label: str) -> str:
    """A fiscal year in the file's name: R05, H30."""
    year = int(label)
    return f"R{year - 2018:02d}" if year >= 2019 else f"H{year - 1988:02d}"


def _wide(levied: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Levy rows with their installments side by side: ``<item>|<k>`` of ordinary collection, ``T<item>|<k>`` of
    pensions."""
    items = ["期割保険料額", "変更前期割保険料額", "納期限", "年金支払年月"]
    booked = rows.group_by(KEY, maintain_order=True).agg(pl.col("調定年月日").first(), pl.col("口座振替フラグ").max())
    out = levied.join(booked, on=KEY, how="left", maintain_order="left")
    for ways, count, prefix in ((("1", "3"), 9, ""), (("2",), 6, "T")):
        chosen = rows.filter(pl.col("徴収区分").is_in(ways)).select(*KEY, "期別", *items)
        renamed = chosen.rename({name: prefix + name for name in items})
        names = [prefix + name for name in items]
        wide = side_by_side(renamed, KEY, pl.col("期別").cast(pl.Int64), count, names).drop("期別")
        out = out.join(wide, on=KEY, how="left", maintain_order="left")
    return out


def _tail7() -> Fields:
    """Of the city's own tables."""
    return {"UPD_USER": "操作者ID", "UPD_YMD": w7("操作年月日", "0"), "UPD_TIME": clock()}


def _tail8() -> Fields:
    """Of the tables that come from the 広域連合."""
    return {"UPD_USER": "操作者ID", "UPD_YMD": s8("操作年月日", ""), "UPD_TIME": clock()}


def _city() -> dict[str, pl.Expr | str | None]:
    return {"DANTAI_CD": "市区町村コード", "ATENA_NO": bare("宛名番号")}


def _union() -> dict[str, pl.Expr | str | None]:
    return {"DANTAI_CD": "市区町村コード", "HIHO_NO": "被保険者番号"}


def _day(item: str) -> pl.Expr:
    return w7(item, "0")


def _day8(item: str) -> pl.Expr:
    return s8(item, "")


def _month(item: str) -> pl.Expr:
    """A month as five digits, 0 where there is none."""
    return month5(item).replace("00000", "0")


def _pension_number() -> pl.Expr:
    number = pl.col("基礎年金番号")
    return number.str.slice(0, 4) + pl.lit("-") + number.str.slice(4)


def _link() -> Fields:
    return {
        **_union(),
        "ATENA_NO": bare("宛名番号"),
        "JUKI_SETAI": bare("世帯番号"),
        "KOJIN_NO": text("個人番号"),
        "TORI_YMD": own(1, 28, 2, 1, "202004"),
        "TORI_KBN": own(2, 3, 1, 1),
    }


def _insured() -> Fields:
    return {
        **_union(),
        "RIREKI_NO": yen("個人履歴番号"),
        "SAISIN_FLG": on("最新フラグ", "0"),
        "HOKENJA_NO": pl.col("保険者番号").str.slice(2),
        "SIMEI": "氏名",
        "KANA": narrow("氏名_フリガナ"),
        "SEX": code("SEX", "性別"),
        "UMARE_YMD": _day("生年月日"),
        "UMARE_FUSYO": on("生年月日_不詳フラグ", "0"),
        "UMARE_MEMO": text("生年月日_不詳表記"),
        "HIHO_KBN": code("HIHO", "被保険者区分"),
        "IDO_KBN": code("IDO", "異動区分"),
        "IDO_YMD": _day("異動年月日"),
        "TODOKE_YMD": _day("異動届出年月日"),
        "SHU_YMD": _day("資格取得年月日"),
        "SHU_JIYU": code("SHUJIYU", "資格取得事由"),
        "SOS_YMD": w7("資格喪失年月日", OPEN),
        "SOS_JIYU": code("SOSJIYU", "資格喪失事由", "00"),
        "SYOGAI_SIN": _day("障害認定申請年月日"),
        "SYOGAI_NIN": _day("障害認定年月日"),
        "SYOGAI_JIYU": code("SYOJIYU", "障害認定事由"),
        "JUTOKU_KBN": code("JUTOKU", "住所地特例区分"),
        "JUTOKU_SISETU": text("住所地特例_施設名称"),
        "JUTOKU_HOKEN": text("住所地特例_保険者広域連合番号"),
        "FUYO_FLG": on("旧被扶養者フラグ", "0"),
        "ZEN_HOKEN": text("前保険者番号"),
        "MYNA_FLG": on("マイナ保険証利用登録フラグ", "0"),
        "JUSIN_YMD": _day8("広域連合受信年月日"),
        "KOIKI_SEQ": own(3, 10**8, 9),
        "HENKO_KBN": own(4, 20, 2),
        "TIKU_CD": own(26, 900, 4),
        "SAKUJO_FLG": pl.lit("0"),
        **_tail8(),
    }


def _certificate() -> Fields:
    return {
        **_union(),
        "SYO_KBN": code("SYO", "証種別"),
        "KOFU_NO": yen("交付番号"),
        "SAISIN_FLG": on("最新フラグ", "0"),
        "SINSEI_YMD": _day8("交付申請年月日"),
        "KOFU_JIYU": code("KOFUJIYU", "交付事由"),
        "KOFU_YMD": _day8("交付年月日"),
        "HAKKO_YMD": _day8("発効年月日"),
        "KIGEN_YMD": _day8("有効期限年月日"),
        "FUTAN": text("一部負担金割合"),
        "HEIKI_FLG": text("限度区分併記フラグ"),
        "KUBUN": code("KUBUN", "限度区分"),
        "CHOKI_YMD": _day8("長期入院該当年月日"),
        "TOKUTEI_KBN": code("TOKSIPPEI", "特定疾病区分"),
        "HIKIWATASI": code("HIKIWATASI", "引渡方法"),
        "HENREI_FLG": on("返戻フラグ", "0"),
        "KAISYU_YMD": _day8("回収年月日"),
        "INSATU_NO": own(5, 10**7, 8),
        "DAISI_NO": own(6, 9000, 6),
        **_tail8(),
    }


def _burden() -> Fields:
    return {
        **_union(),
        "HANTEI_NEN": "判定年度",
        "RIREKI_NO": yen("判定履歴番号"),
        "SAISIN_FLG": on("最新フラグ", "0"),
        "HANTEI_JIYU": code("HANJIYU", "判定事由"),
        "TEKIYO_F": _day8("適用開始年月日"),
        "TEKIYO_T": _day8("適用終了年月日"),
        "FUTAN": text("一部負担金割合"),
        "KUBUN": code("KUBUN", "高額療養費所得区分"),
        "KAZEI_MAX": yen("課税標準額_世帯最大"),
        "SYUNYU": yen("収入金額_世帯合計"),
        "KIJUN_FLG": on("基準収入額適用フラグ", "0"),
        "KIJUN_YMD": _day8("基準収入額適用申請年月日"),
        "HIKAZEI_FLG": on("世帯非課税フラグ", "0"),
        "KOIKI_SEQ": own(7, 10**8, 9),
        "SETAI_SU": own(8, 3, 2, 1),
        "SYORI_NO": own(27, 900, 6),
        **_tail8(),
    }


def _mailing() -> Fields:
    return {
        **_city(),
        "YOTO": code("YOTO", "送付用途"),
        "RIREKI_NO": yen("送付先履歴番号"),
        "SAISIN_FLG": on("最新フラグ", "0"),
        "SAKI_KBN": code("SOFUSAKI", "送付先区分"),
        "SAKI_ATENA": pl.col("送付先_宛名番号").str.strip_chars_start("0").fill_null("0"),
        "SAKI_MEI": text("送付先_氏名"),
        "SAKI_YUBIN": postal("送付先_住所_郵便番号"),
        "SAKI_JUSYO": text("送付先_住所"),
        "SAKI_KATA": text("送付先_住所_方書"),
        "SAKI_TEL": text("送付先_電話番号"),
        "TEKIYO_F": _day("適用開始年月日"),
        "TEKIYO_T": w7("適用終了年月日", OPEN),
        "RIYU": text("登録事由"),
        "KAKUNIN_YMD": own(9, 28, 2, 1, "50704"),
        "UKE_NO": own(10, 9000, 6),
        "TIKU_CD": own(25, 900, 4),
        **_tail7(),
    }


def _income() -> Fields:
    return {
        **_city(),
        "FUKA_NEN": year3("賦課年度"),
        "RIREKI_NO": yen("所得履歴番号"),
        "SAISIN_FLG": on("最新フラグ", "0"),
        "SINKOKU_KBN": code("SINKOKU", "申告区分"),
        "NENKIN_SYU": yen("公的年金等収入金額"),
        "NENKIN_SHO": yen("公的年金等雑所得金額"),
        "KYUYO_SYU": yen("給与収入金額"),
        "KYUYO_SHO": yen("給与所得金額"),
        "JIGYO": yen_signed("事業所得金額"),
        "JOTO": yen_signed("譲渡所得金額"),
        "SONOTA": yen_signed("その他所得金額"),
        "SO_SHOTOKU": sign_behind("総所得金額等", 12),
        "KISO_KOJO": yen("基礎控除額"),
        "KIJUN_SHO": yen("賦課基準所得金額"),
        "KEIGEN_SHO": yen("軽減判定所得金額"),
        "KAZEI_KBN": code("KKAZEI", "市町村民税課税区分"),
        "SOSIN_YMD": _day("広域連合送信年月日"),
        "SOSIN_SEQ": own(11, 9000, 6),
        "SYOKAI_KBN": own(12, 3, 1),
        **_tail7(),
    }


def _levy() -> Fields:
    fields: dict[str, pl.Expr | str | None] = {
        **_union(),
        "FUKA_NEN": "賦課年度",
        "SOTO_NEN": "相当年度",
        "KOSEI_NO": yen("更正履歴番号"),
        "SAISIN_FLG": on("最新フラグ", "0"),
        "TUTI_NO": bare("通知書番号"),
        "FUKA_KBN": code("FUKAKBN", "賦課区分"),
        "KOSEI_JIYU": code("KOSEI", "更正事由"),
        "KETTEI_YMD": _day8("賦課決定年月日"),
        "FUKA_F": pl.col("賦課開始年月").str.replace("-", "", literal=True),
        "FUKA_T": pl.col("賦課終了年月").str.replace("-", "", literal=True),
        "FUKA_TUKI": zeros("賦課月数", 2),
        "KIJUN_SHO": yen("賦課基準所得金額"),
        "SHO_RITU": (pl.col("所得割率") * 100).cast(pl.Int64).cast(pl.String).str.zfill(4),
        "SHO_GAKU": yen("所得割額"),
        "KIN_GAKU": yen("均等割額"),
        "KEIGEN_KBN": code("KEIGEN", "均等割軽減区分"),
        "KEIGEN_GAKU": yen("均等割軽減額"),
        "FUYO_GAKU": yen("旧被扶養者軽減額"),
        "CHOKA_GAKU": yen("限度超過額"),
        "GENMEN_GAKU": yen("減免額"),
        "KISO_GAKU": yen("基礎賦課額"),
        "NEN_GAKU": yen("年間保険料額"),
        "TOK_GAKU": yen("特別徴収額"),
        "FUT_GAKU": yen("普通徴収額"),
        "CHO_YMD": _day8("調定年月日"),
        "KOZA_FLG": on("口座振替フラグ", "0"),
        "JUSIN_YMD": _day8("広域連合受信年月日"),
        "SANTEI_NO": own(13, 900, 6),
        "TANPO_KBN": own_flag(14, 90),
        "HASSO_KBN": own(15, 4, 1),
        "TUTI_YMD": own(16, 28, 2, 1, "202507"),
        "OCR_NO": own(17, 10**9, 10),
        "KOIKI_SEQ": own(18, 10**8, 9),
        "YOBI1": None,
        "YOBI2": None,
        **_tail8(),
    }
    for lead, prefix, count in (("KI", "", 9), ("TK", "T", 6)):
        for k in range(1, count + 1):
            fields[f"{lead}{k:02}_GAKU"] = yen(f"{prefix}期割保険料額|{k}", "0")
            fields[f"{lead}{k:02}_MAE"] = yen(f"{prefix}変更前期割保険料額|{k}")
            if lead == "KI":
                fields[f"KI{k:02}_NOKI"] = _day(f"納期限|{k}")
            else:
                month = pl.col(f"T年金支払年月|{k}").str.replace("-", "", literal=True)
                fields[f"TK{k:02}_YM"] = month.fill_null("0")
    return fields


def _withheld() -> Fields:
    return {
        **_city(),
        "FUKA_NEN": year3("賦課年度"),
        "RIREKI_NO": yen("特別徴収履歴番号"),
        "SAISIN_FLG": on("最新フラグ", "0"),
        "HIHO_NO": "被保険者番号",
        "KISO_NENKIN": _pension_number(),
        "NENKIN_CD": "年金コード",
        "GIMU_CD": "特別徴収義務者コード",
        "HOSOKU_YM": _month("捕捉年月"),
        "NENKIN_GAKU": yen("特別徴収対象年金額"),
        "KAIGO_GAKU": yen("介護保険料_支払回数割額"),
        "NIBUN_FLG": on("二分の一超フラグ", "0"),
        "JOTAI": code("JOTAI", "特別徴収状態"),
        "KAISI_YM": _month("特別徴収開始年月"),
        **{f"TK{m:02}": yen(f"仮徴収額_{m}月") for m in (4, 6, 8)},
        **{f"TK{m:02}": yen(f"本徴収額_{m}月") for m in (10, 12, 2)},
        "IRAI_YMD": _day("依頼年月日"),
        "KEKKA_CD": text("処理結果コード"),
        "CYUSI_YMD": _day("特別徴収中止年月日"),
        "CYUSI_JIYU": code("CYUSI", "特別徴収中止事由"),
        "NAIYO_CD": own(19, 9, 2, 1),
        "KAKU_KBN": own(20, 9, 2),
        "FILE_NO": own(21, 900, 6),
        **_tail7(),
    }


def _request() -> Fields:
    return {
        **_city(),
        "MOSI_NO": zeros("申出番号", 5),
        "MOSI_YMD": _day("申出年月日"),
        "MOSI_KBN": code("MOSI", "申出区分"),
        "ZOKUGARA": text("口座名義人続柄"),
        "KAISI_YM": _month("変更後徴収開始年月"),
        "KEKKA": code("KETTEI", "申出結果区分"),
        "KETTEI_YMD": _day("決定年月日"),
        "UKE_BASYO": own(22, 8, 2, 1),
        "UKE_NO": own(28, 9000, 6),
        **_tail7(),
    }


def _application() -> Fields:
    return {
        **_city(),
        "KYUFU_KBN": code("KYUFU", "給付種別"),
        "UKE_NO": "受付番号",
        "HIHO_NO": "被保険者番号",
        "UKE_YMD": _day("受付年月日"),
        "SINSEISYA": text("申請者_氏名"),
        "SINSEI_ZOKU": text("申請者_続柄"),
        "SINRYO_YM": _month("診療年月"),
        "SIBO_YMD": _day("死亡年月日"),
        "SOSAI_YMD": _day("葬祭執行年月日"),
        "SINSEI_GAKU": yen("申請額"),
        "SOFU_YMD": _day("広域連合送付年月日"),
        "KETTEI_KBN": code("SIKETTEI", "支給決定区分"),
        "KETTEI_YMD": _day("支給決定年月日"),
        "KETTEI_GAKU": yen("支給決定額"),
        "SIKYU_YMD": _day("支給年月日"),
        "RECE_SU": own(23, 6, 3, 1),
        "SYORUI_KBN": own(24, 7, 2),
        "TANTO_CD": own(29, 90, 4),
        **_tail7(),
    }
