"""Area 010 as B社 holds it: the thirteen JM tables, one file a table and year."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from sample_data.b_sha.spell import narrow
from sample_data.plugin import Table, Truth
from sample_data.tax import b_sha_papers
from sample_data.tax.vendor import (
    Fields,
    bare,
    code,
    day7,
    on,
    own,
    own_flag,
    parts,
    placed,
    postal,
    side_by_side,
    sign_behind,
    table,
    tail7,
    text,
    year2,
    yen,
    zeros,
)
from sample_data.world import World

_SIDES = (("SI", "市民税"), ("KEN", "県民税"))
_BY_SIDE = (
    ("SAN", "算出所得割額"),
    ("CHO", "調整控除額"),
    ("HAI", "配当控除額"),
    ("JUT", "住宅借入金等特別税額控除額"),
    ("KIF", "寄附金税額控除額"),
    ("GAI", "外国税額控除額"),
    ("CSG", "所得割調整額"),
    ("HKW", "配当割株式等譲渡所得割控除額"),
    ("TEI", "定額減税額"),
    ("SYO", "所得割額"),
    ("KIN", "均等割額"),
    ("GEN", "減免額"),
)
_INCOMES = (
    ("KYU_SYU", "給与収入金額", 12),
    ("KYU_SEN", "給与専従者収入金額", 12),
    ("KYU_SHO", "給与所得金額", 12),
    ("CHOSEI_KOJO", "所得金額調整控除額", 9),
    ("NEN_SYU", "公的年金等収入金額", 12),
    ("NEN_SHO", "公的年金等雑所得金額", 12),
    ("RISI", "利子所得金額", 12),
    ("HAITO", "配当所得金額", 12),
    ("ICHIJI", "一時所得金額", 12),
    ("JOTO_TOKU", "譲渡所得特別控除額", 12),
    ("JO_HAITO", "上場株式等配当所得金額", 12),
    ("TAISYOKU", "退職所得金額", 12),
    ("SENJU_KOJO", "事業専従者控除額", 10),
    ("AOIRO_KOJO", "青色申告特別控除額", 7),
    ("KURI_SON", "繰越損失控除額", 12),
)
_SIGNED = (
    ("ZATU_GYO", "雑所得_業務金額"),
    ("ZATU_ETC", "雑所得_その他金額"),
    ("EIGYO", "営業等所得金額"),
    ("NOGYO", "農業所得金額"),
    ("FUDO", "不動産所得金額"),
    ("SOJO_TAN", "総合譲渡短期所得金額"),
    ("SOJO_CHO", "総合譲渡長期所得金額"),
    ("BUN_TAN", "分離短期譲渡所得金額"),
    ("BUN_CHO", "分離長期譲渡所得金額"),
    ("KABU_IP", "一般株式等譲渡所得金額"),
    ("KABU_JO", "上場株式等譲渡所得金額"),
    ("SAKIMONO", "先物取引所得金額"),
    ("SANRIN", "山林所得金額"),
    ("SO_SHO", "総所得金額"),
    ("GOKEI_SHO", "合計所得金額"),
    ("SOTO_SHO", "総所得金額等"),
)
_CUTS = (
    ("K_ZATU", "雑損控除額", 10),
    ("K_IRYO", "医療費控除額", 10),
    ("K_SYAHO", "社会保険料控除額", 10),
    ("K_KIGYO", "小規模企業共済等掛金控除額", 10),
    ("K_SEIMEI", "生命保険料控除額", 7),
    ("S_SINIP", "新生命保険料支払額", 10),
    ("S_KYUIP", "旧生命保険料支払額", 10),
    ("S_KAIGO", "介護医療保険料支払額", 10),
    ("S_SINNEN", "新個人年金保険料支払額", 10),
    ("S_KYUNEN", "旧個人年金保険料支払額", 10),
    ("K_JISIN", "地震保険料控除額", 7),
    ("S_JISIN", "地震保険料支払額", 10),
    ("S_KYUCHO", "旧長期損害保険料支払額", 10),
    ("K_SYOGAI", "障害者控除額", 7),
    ("K_KAFU", "寡婦ひとり親控除額", 7),
    ("K_GAKU", "勤労学生控除額", 7),
    ("K_HAI", "配偶者控除額", 7),
    ("K_HAITOKU", "配偶者特別控除額", 7),
    ("K_FUYO", "扶養控除額", 8),
    ("K_TOKSIN", "特定親族特別控除額", 8),
    ("K_KISO", "基礎控除額", 7),
    ("K_GOKEI", "所得控除合計額", 11),
)
_COUNTS = (
    ("NIN_IPPAN", "一般扶養人数"),
    ("NIN_TOKUTEI", "特定扶養人数"),
    ("NIN_ROJIN", "老人扶養人数"),
    ("NIN_ROSHIN", "同居老親等人数"),
    ("NIN_NENSYO", "年少扶養人数"),
    ("NIN_FUSYO", "普通障害者人数"),
    ("NIN_TOKSYO", "特別障害者人数"),
    ("NIN_DOTOK", "同居特別障害者人数"),
)
_PERIOD = ["納期限", "法定納期限", "期別税額", "期別税額_市民税", "期別税額_県民税", "期別税額_森林環境税", "期別種別"]
_PAYMENT = ["期別税額", "期別税額_市民税", "期別税額_県民税", "期別税額_森林環境税", "年金特徴状態区分"]
_SHEET = ["宛名番号", "相当年度", "賦課年度", "履歴番号"]


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    kinds = dict(parts(truth, "所得控除情報"))
    for label, basic in parts(truth, "賦課基本情報"):
        counts = kinds[label].select(
            "宛名番号", "相当年度", "更正履歴番号", "配偶者区分", *(item for _, item in _COUNTS)
        )
        rows = placed(
            basic.join(counts, on=["宛名番号", "相当年度", "更正履歴番号"], how="left", maintain_order="left")
        )
        yield table("JMFUKA", label, _with_deleted(rows), _basic(), ("MAE_ZEIGAKU",))
        yield table("JMJINT", label, rows, _people())
    for label, income in parts(truth, "所得情報"):
        both = income.join(
            kinds[label].drop("市区町村コード", "最新フラグ", "操作者ID", "操作年月日", "操作時刻"),
            on=["宛名番号", "相当年度", "更正履歴番号"],
            how="left",
            maintain_order="left",
        )
        yield table("JMSHOT", label, placed(both), _income(), ("KYU_SYU", "NEN_SYU", "K_GOKEI"))
    del kinds
    simple: tuple[tuple[str, str, Callable[[], Fields], tuple[str, ...]], ...] = (
        ("JMZEIG", "税額情報", _tax, ("NENZEI", "FUTYO", "KYUTOKU", "NENTOKU")),
        ("JMFUYO", "扶養情報", _dependents, ()),
        ("JMKYUH", "給与支払報告書情報", b_sha_papers.salary, ("SIHA_GAKU",)),
        ("JMNENH", "公的年金等支払報告書情報", b_sha_papers.pension, ("SIHA_GAKU",)),
        ("JMSINK", "申告書情報", b_sha_papers.returns, ("KIF_FURU",)),
        ("JMGIMU", "特別徴収義務者情報", b_sha_papers.agents, ()),
        ("JMTOKU", "給与特別徴収税額情報", b_sha_papers.withholding, ("ZEIGAKU",)),
    )
    for name, group, fields, sums in simple:
        for label, frame in parts(truth, group):
            yield table(name, label, placed(frame), fields(), sums)
    for label, frame in parts(truth, "期別税額情報"):
        yield table("JMKIBT", label, _sheets(frame, ordinary=True), _periods(), ("K01_ZEI", "K05_ZEI"))
        yield table("JMNENT", label, _sheets(frame, ordinary=False), _payments())
    for label, frame in parts(truth, "住登外課税通知情報"):
        yield table("JMTUCI", label, placed(frame), _notices())


def _with_deleted(rows: pl.DataFrame) -> pl.DataFrame:
    """Some records once more, as they were entered by mistake and deleted, before the good ones."""
    marked = rows.with_columns(_deleted=pl.lit("0"))
    gone = marked.filter(pl.col("_n") % 293 == 5).with_columns(
        pl.lit("1").alias("_deleted"), pl.lit(None, dtype=pl.String).alias("備考")
    )
    return pl.concat([gone, marked]).sort("_n", "_deleted", descending=[False, True])


def _assessment_key() -> Fields:
    return {**b_sha_papers.paper_key(), "KOSEI_NO": zeros("更正履歴番号", 3)}


def _basic() -> Fields:
    return {
        **_assessment_key(),
        "NEW_FLG": on("最新フラグ"),
        "SAKUJO_FLG": "_deleted",
        "KIJUN_YMD": day7("賦課期日"),
        "SETAI_NO": bare("賦課期日_世帯番号"),
        "YUBIN": postal("賦課期日_郵便番号"),
        "JUSYO": "賦課期日_住所",
        "TIKU_CD": own(1, 60, 4),
        "KZSYA_KBN": code("課税者区分", "KZSYA"),
        "KAZEI_KBN": code("課税区分", "KAZEI"),
        "HIKAZEI_JIYU": code("非課税事由", "HIKAZEI"),
        "TYOSYU_KBN": code("徴収方法区分", "TYOSYU"),
        "SIRYO_KBN": code("課税根拠資料区分", "SIRYO"),
        "TUTI_NO": bare("通知書番号"),
        "TUTI_YMD": day7("納税通知年月日"),
        "KETTEI_YMD": day7("賦課決定年月日"),
        "KOSEI_JIYU": code("更正事由", "KOSEI"),
        "KOSEI_YMD": day7("更正年月日"),
        "MAE_ZEIGAKU": yen("更正前年税額"),
        "GENMEN_KBN": code("減免区分", "GENMEN"),
        "GENMEN_JIYU": code("減免事由", "GENJIYU"),
        "GENSIN_YMD": day7("減免申請年月日"),
        "GENKET_YMD": day7("減免決定年月日"),
        "BIKO": text("備考"),
        "SIMULATION_NO": own(2, 900_000, 6),
        "HASSO_KBN": own(3, 2, 1, 1),
        **tail7(),
    }


def _people() -> Fields:
    return {
        **_assessment_key(),
        "SEIHO_FLG": on("生活扶助受給フラグ"),
        "SYOGAI_KBN": code("障害者区分", "SYOGAI"),
        "KAFU_KBN": code("寡婦ひとり親区分", "KAFU"),
        "GAKUSEI_FLG": on("勤労学生フラグ"),
        "MISEI_FLG": on("未成年者フラグ"),
        "HAI_ATENA": bare("配偶者_宛名番号"),
        "FUYONUSI": bare("扶養主_宛名番号"),
        "SENJUNUSI": bare("専従主_宛名番号"),
        "KANRININ": bare("納税管理人_宛名番号"),
        "HAI_KBN": code("配偶者区分", "HAIGU"),
        **{name: zeros(item, 2) for name, item in _COUNTS},
        "SETAI_NINZU": own(4, 6, 2, 1),
        "KOKUHO_FLG": own_flag(5, 4),
        "YOBI": pl.lit(" " * 4),
    }


def _income() -> Fields:
    return {
        **_assessment_key(),
        "NEW_FLG": on("最新フラグ"),
        **{name: zeros(item, width) for name, item, width in _INCOMES},
        **{name: sign_behind(item, 12) for name, item in _SIGNED},
        **{name: zeros(item, width) for name, item, width in _CUTS},
        "IRYO_KBN": code("医療費控除区分", "IRYO"),
        "KOKUHO_SHO": own(6, 6_000_000, 12),
        "JUNKETU_FLG": own_flag(7, 200),
        "GASSAN_SU": own(8, 3, 3),
        "SANTEI_KBN": own(9, 2, 1, 1),
        "KEISAN_YMD": day7("操作年月日"),
        "KEISAN_VER": own(10, 4, 2, 1, "V."),
        "YOBI1": pl.lit(" " * 3),
        **tail7(),
    }


def _tax() -> Fields:
    return {
        **_assessment_key(),
        "NEW_FLG": on("最新フラグ"),
        "KH_SO": (pl.col("課税標準額_総所得") // 1000).cast(pl.String),
        "KH_BTAN": yen("課税標準額_分離短期譲渡"),
        "KH_BCHO": yen("課税標準額_分離長期譲渡"),
        "KH_KABU": yen("課税標準額_株式等譲渡"),
        "KH_HAI": yen("課税標準額_上場株式等配当"),
        "KH_SAKI": yen("課税標準額_先物取引"),
        "KH_SAN": yen("課税標準額_山林退職"),
        **{f"{name}_{side}": yen(f"{item}_{label}") for name, item in _BY_SIDE for side, label in _SIDES},
        "ZEI_SI": yen("市民税額"),
        "ZEI_KEN": yen("県民税額"),
        "FUSOKU": yen("控除不足額"),
        "SINRIN": yen("森林環境税額"),
        "SINGEN": yen("森林環境税減免額"),
        "NENZEI": yen("年税額"),
        "FUTYO": yen("普通徴収税額"),
        "KYUTOKU": yen("給与特別徴収税額"),
        "NENTOKU": yen("年金特別徴収税額"),
        "FURUSATO_GEN": own(11, 90_000, 1),
        "TEIGAKU_NIN": own(12, 5, 2),
        "RENKEI_YMD": day7("操作年月日"),
        "KENSAN_KBN": own(13, 2, 1),
        "KYUFU_FLG": own_flag(14, 9),
        **tail7(),
    }


def _dependents() -> Fields:
    return {
        **_assessment_key(),
        "NEW_FLG": on("最新フラグ"),
        "FUYO_NO": zeros("扶養連番", 3),
        "HIFU_ATENA": bare("被扶養者_宛名番号"),
        "SIMEI": "氏名",
        "KANA": narrow("氏名_フリガナ"),
        "KOJIN_NO": text("個人番号"),
        "UMARE_YMD": day7("生年月日"),
        "ZOKU": code("続柄区分", "ZOKU"),
        "FUYO_KBN": code("扶養区分", "FUYO"),
        "SYOGAI_KBN": code("障害者区分", "SYOGAI"),
        "DOKYO_FLG": on("同居区分"),
        "KOKUGAI_KBN": code("国外居住区分", "KOKUGAI"),
        "GOKEI_SHO": sign_behind("合計所得金額", 12),
        "SENJU_KYUYO": yen("専従者給与額"),
        "CHOSA_KBN": code("扶養調査区分", "CHOSA"),
        "CHOSA_BIKO": pl.when(pl.col("_n") % 41 == 0)
        .then(pl.lit("前年と同じ内容、回答書を確認"))
        .otherwise(pl.lit("")),
        "SEIBETU": own(15, 2, 1, 1),
        "TUTI_FLG": own_flag(16, 97),
        **tail7(),
    }


def _sheets(frame: pl.DataFrame, ordinary: bool) -> pl.DataFrame:
    rows = frame.filter((pl.col("徴収方法区分") == "1") == ordinary)
    columns, count = (_PERIOD, 10) if ordinary else (_PAYMENT, 6)
    return placed(side_by_side(rows, _SHEET, pl.col("期別").cast(pl.Int64), count, columns))


def _sheet_key() -> Fields:
    return {
        **b_sha_papers.paper_key(),
        "FUKA_NEN": year2("賦課年度"),
        "RIREKI": zeros("履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "KOSEI_NO": zeros("更正履歴番号", 3),
        "TUTI_NO": bare("通知書番号"),
    }


def _periods() -> Fields:
    fields: dict[str, pl.Expr | str | None] = {}
    for k in range(1, 11):
        there = pl.col(f"納期限|{k}").is_not_null()
        fields |= {
            f"K{k:02}_NOKIGEN": day7(f"納期限|{k}"),
            f"K{k:02}_HOTEI": day7(f"法定納期限|{k}"),
            f"K{k:02}_ZEI": yen(f"期別税額|{k}", "0"),
            f"K{k:02}_SI": yen(f"期別税額_市民税|{k}", "0"),
            f"K{k:02}_KEN": yen(f"期別税額_県民税|{k}", "0"),
            f"K{k:02}_SIN": yen(f"期別税額_森林環境税|{k}", "0"),
            f"K{k:02}_SYU": code(f"期別種別|{k}", "KISYU"),
            f"K{k:02}_OCR": pl.when(there).then(own(40 + k, 10**6, 6)),
        }
    whole = pl.sum_horizontal(pl.col(f"期別税額|{k}") for k in range(1, 11)).cast(pl.String)
    return {**_sheet_key(), **fields, "ZENKI_GAKU": whole, "KOZA_FLG": own_flag(35, 2), **tail7()}


def _payments() -> Fields:
    fields: dict[str, pl.Expr | str | None] = {}
    for k in range(1, 7):
        fields |= {
            f"N{k}_ZEI": yen(f"期別税額|{k}"),
            f"N{k}_SI": yen(f"期別税額_市民税|{k}"),
            f"N{k}_KEN": yen(f"期別税額_県民税|{k}"),
            f"N{k}_SIN": yen(f"期別税額_森林環境税|{k}"),
            f"N{k}_JOTAI": code(f"年金特徴状態区分|{k}", "NENJO"),
        }

    def whole(first: int, last: int) -> pl.Expr:
        return pl.sum_horizontal(pl.col(f"期別税額|{k}").fill_null(0) for k in range(first, last + 1)).cast(pl.String)

    return {
        **_sheet_key(),
        **fields,
        "GIMU_CD": "特別徴収義務者コード",
        "NENKIN_CD": "年金コード",
        "KISO_NO": "基礎年金番号",
        "TEISI_JIYU": code("年金特徴停止事由", "NENTEI"),
        "TEISI_YMD": day7("年金特徴停止年月日"),
        "TUTI_BI": day7("操作年月日"),
        "KARI_GOKEI": whole(1, 3),
        "HON_GOKEI": whole(4, 6),
        "SAKU_KBN": own(36, 3, 1),
        "JUKYU_GAKU": own(37, 2_000_000, 1, 200_000),
        **tail7(),
    }


def _notices() -> Fields:
    return {
        **b_sha_papers.paper_key(),
        "RENBAN": zeros("通知連番", 3),
        "SOJU_KBN": code("通知送受区分", "SOJU"),
        "SYUBETU": code("通知種別", "TUSYU"),
        "TUTI_YMD": day7("通知年月日"),
        "JURYO_YMD": day7("受領年月日"),
        "AITE_CD": "相手_市区町村コード",
        "AITE_MEI": "相手_市区町村名",
        "JUMIN_JUSYO": text("住民登録地住所"),
        "KYOJU_JUSYO": "居住地住所",
        "KAISI_YMD": day7("居住開始年月日"),
        "JIYU": code("住登外課税事由", "JUTOGAI"),
        "TORI_YMD": day7("取消年月日"),
        "BUNSYO_NO": own(38, 9_000, 4, 1, "R-"),
        "KAITO_FLG": own_flag(39, 2),
        **tail7(),
    }
