"""Area 014 as B社 holds it: the SN tables of the collection system and the TN tables of the arrears system."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from sample_data.b_sha.spell import narrow
from sample_data.plugin import Table, Truth
from sample_data.tax import b_sha_arrears
from sample_data.tax.vendor import (
    Fields,
    bare,
    claim_key,
    code,
    day7,
    day7_open,
    on,
    own,
    own_flag,
    parts,
    placed,
    side_by_side,
    table,
    tail7,
    text,
    year3,
    yen,
    yen_signed,
    zeros,
)
from sample_data.world import World

_WIDE = ("10", "30", "31", "50")
_PERIOD = [
    "納期限",
    "調定額_本税",
    "調定額_延滞金",
    "ut1",
    "ut2",
    "ut3",
    "収納済額_本税",
    "収納済額_延滞金",
    "不納欠損額_本税",
    "過誤納額_本税",
    "未納額_本税",
    "延滞金計算区分",
    "完納年月日",
    "最終収納年月日",
    "督促状発付年月日",
    "kuri",
    "調定更正年月日",
]
_NOTICE = ["賦課年度", "相当年度", "業務詳細（科目）コード", "通知書番号"]
_AMOUNTS = (
    ("CHOG", "調定額_本税"),
    ("ENTG", "調定額_延滞金"),
    ("UT1", "ut1"),
    ("UT2", "ut2"),
    ("UT3", "ut3"),
    ("SYUG", "収納済額_本税"),
    ("SYUE", "収納済額_延滞金"),
    ("KESG", "不納欠損額_本税"),
    ("KAGO", "過誤納額_本税"),
    ("MING", "未納額_本税"),
)
_DAYS = (
    ("NKGN", "納期限"),
    ("KANYMD", "完納年月日"),
    ("SAIYMD", "最終収納年月日"),
    ("TOKYMD", "督促状発付年月日"),
    ("KOSYMD", "調定更正年月日"),
)


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    wide = pl.col("業務詳細（科目）コード").is_in(_WIDE)
    for label, frame in parts(truth, "期別調定"):
        sheets = frame.filter(wide)
        if sheets.height or label.endswith("_1"):
            yield table("SNTUKI", label, _sheets(sheets), _notice(), ("K01_CHOG", "K01_SYUG", "K01_MING"))
        single = frame.filter(~wide)
        if single.height or label.endswith(("_2", "_3")):
            yield table("SNTKCH", label, placed(single), _claim(), ("CHO_HON", "SYU_HON", "MI_HON"))
        del frame, sheets, single
    big: tuple[tuple[str, str, Callable[[], Fields], tuple[str, ...]], ...] = (
        ("SNCHOR", "調定履歴", _change, ()),
        ("SNNOFU", "納付書発行", _slip, ("HAK_HON",)),
    )
    for name, group, fields, sums in big:
        for label, frame in parts(truth, group):
            yield table(name, label, placed(frame), fields(), sums)
    for label, frame in parts(truth, "収納履歴"):
        yield table("SNSYUN", label, _with_deleted(placed(frame)), _payment())
    for label, frame in parts(truth, "督促催告"):
        first = pl.col("文書種別") == "10"
        yield table(
            "SNTOKU",
            label,
            placed(frame.filter(first)),
            {**_letter(), "YUBIN_KBN": own(60, 3, 1, 1), "FUTO_NO": own(61, 10**8, 8)},
            ("TAI_HON",),
        )
        yield table(
            "SNSAIK",
            label,
            placed(frame.filter(~first)),
            {
                **_letter(),
                "BUNSYO": code("文書種別", "BUNSYO"),
                "GYO_NO": own(62, 30, 3, 1),
                "TANTO": own(63, 9, 2, 1, "nozei"),
            },
            ("TAI_HON",),
        )
    yield from _refunds(truth)
    small: tuple[tuple[str, str, Callable[[], Fields], tuple[str, ...]], ...] = (
        ("SNKOZA", "口座振替", _account, ()),
        ("TNDAI", "滞納者", b_sha_arrears.debtor, ("TAI_HON",)),
        ("TNSHOB", "滞納処分", b_sha_arrears.seizure, ("TAI_HON",)),
        ("TNSHOK", "滞納処分対象期別", b_sha_arrears.seized, ("TAI_HON",)),
        ("TNKANW", "納税緩和措置", b_sha_arrears.relief, ("YUYO_HON",)),
        ("TNJIKO", "時効不納欠損", b_sha_arrears.limit, ()),
    )
    for name, group, fields, sums in small:
        for label, frame in parts(truth, group):
            yield table(name, label, placed(frame), fields(), sums)
    for label, frame in parts(truth, "交渉経過"):
        yield table("TNKOSH", label, placed(frame), b_sha_arrears.talk())
    for label, frame in parts(truth, "分納誓約"):
        heads = frame.with_columns(
            total=pl.col("分割納付金額_本税").sum().over("分納管理番号", "分納履歴番号"),
            times=pl.col("分割回数").max().over("分納管理番号", "分納履歴番号"),
        ).unique(["分納管理番号", "分納履歴番号"], keep="first", maintain_order=True)
        yield table("TNBUNN", label, placed(heads), b_sha_arrears.pledge(), ("SOGAKU",))
        yield table("TNBUNM", label, placed(frame), b_sha_arrears.step(), ("BUN_HON", "ZUMI_HON"))


def _sheets(frame: pl.DataFrame) -> pl.DataFrame:
    """Notices with their periods side by side."""
    kam = pl.col("業務詳細（科目）コード")
    property_, health = kam.is_in(["30", "31"]), kam == "50"
    rows = frame.with_columns(
        ut1=pl.when(kam == "10")
        .then("内訳_森林環境税額")
        .when(property_)
        .then("内訳_固定土地家屋額")
        .otherwise("内訳_医療分")
        .fill_null(0),
        ut2=pl.when(property_).then("内訳_固定償却額").when(health).then("内訳_支援金分").otherwise(0).fill_null(0),
        ut3=pl.when(health).then("内訳_介護分").otherwise(0).fill_null(0),
        kuri=pl.col("繰越年度").fill_null("0"),
    )
    return placed(side_by_side(rows, _NOTICE, pl.col("期別").cast(pl.Int64), 10, _PERIOD))


def _notice() -> Fields:
    fields: dict[str, pl.Expr | str | None] = {}
    for k in range(1, 11):
        there = pl.col(f"納期限|{k}").is_not_null()
        carried = pl.col(f"kuri|{k}")
        year = carried.cast(pl.Int64)
        fields |= {f"K{k:02}_{name}": yen(f"{item}|{k}", "0") for name, item in _AMOUNTS}
        fields |= {f"K{k:02}_{name}": day7(f"{item}|{k}") for name, item in _DAYS}
        fields |= {
            f"K{k:02}_EKBN": code(f"延滞金計算区分|{k}", "ENKBN"),
            f"K{k:02}_KNEN": pl.when(carried == "0")
            .then(pl.lit("000"))
            .when(year >= 2019)
            .then((year - 1518).cast(pl.String))
            .otherwise((year - 1588).cast(pl.String)),
            f"K{k:02}_KAKUNIN": pl.when(there).then(own(70 + k, 10**6, 6)),
        }
    whole = pl.sum_horizontal(pl.col(f"調定額_本税|{k}").fill_null(0) for k in range(1, 11)).cast(pl.String)
    count = pl.sum_horizontal(pl.col(f"納期限|{k}").is_not_null().cast(pl.Int64) for k in range(1, 11)).cast(pl.String)
    same = pl.col("相当年度") == pl.col("賦課年度")
    return {
        **claim_key(sides=()),
        "SOTO_NEN": pl.when(same).then(pl.lit("000")).otherwise(year3("相当年度")),
        "ATENA_NO": bare("宛名番号"),
        "NOHU_KBN": code("納付方法区分", "NOHU"),
        "RENTAI_FLG": on("連帯納税義務フラグ"),
        **fields,
        "TIKU_CD": own(81, 60, 4),
        "ZENNO_FLG": own_flag(82, 15),
        "HASSO_NO": own(83, 10**8, 8),
        "NENGAKU": whole,
        "KI_SU": count,
        **tail7(),
    }


def _claim() -> Fields:
    return {
        **claim_key(),
        "ATENA_NO": bare("宛名番号"),
        "NOHU_KBN": code("納付方法区分", "NOHU"),
        "SITEI_NO": text("特別徴収義務者指定番号"),
        "JIGYO_NO": yen("事業年度番号"),
        "JIGYO_ST": day7("事業年度開始年月日"),
        "JIGYO_ED": day7("事業年度終了年月日"),
        "SINK_KBN": code("申告区分", "SINKKBN"),
        "HIHO_NO": text("被保険者番号"),
        "HYOSIKI": text("標識番号"),
        "CHO_HON": yen("調定額_本税"),
        "CHO_TOK": yen("調定額_督促手数料"),
        "CHO_EN": yen("調定額_延滞金"),
        "UT_KINTO": yen("内訳_均等割額"),
        "UT_HOJIN": yen("内訳_法人税割額"),
        "UT_SINRIN": yen("内訳_森林環境税額"),
        "UT_IRYO": yen("内訳_医療分"),
        "UT_SIEN": yen("内訳_支援金分"),
        "UT_KAIGO": yen("内訳_介護分"),
        "NKGN": day7("納期限"),
        "SITEI_NKGN": day7("指定納期限"),
        "HOTEI": day7("法定納期限"),
        "HOTEITO": day7("法定納期限等"),
        "SYU_HON": yen("収納済額_本税"),
        "SYU_TOK": yen("収納済額_督促手数料"),
        "SYU_EN": yen("収納済額_延滞金"),
        "KARI_HON": yen("仮消込額_本税"),
        "KES_HON": yen("不納欠損額_本税"),
        "KAGO_HON": yen("過誤納額_本税"),
        "MI_HON": yen("未納額_本税"),
        "EN_KBN": code("延滞金計算区分", "ENKBN"),
        "EN_YMD": day7("延滞金計算済年月日"),
        "KAN_YMD": day7("完納年月日"),
        "SAI_YMD": day7("最終収納年月日"),
        "TOK_YMD": day7("督促状発付年月日"),
        "KURI_KBN": code("滞納繰越区分", "KURI"),
        "KURI_NEN": year3("繰越年度"),
        "KOS_YMD": day7("調定更正年月日"),
        "RENTAI_FLG": on("連帯納税義務フラグ"),
        "MOTO_SYS": pl.lit("K") + pl.col("業務詳細（科目）コード"),
        "RENKEI_NO": own(84, 10**9, 10),
        "TIKU_CD": own(85, 60, 4),
        "TEISI_FLG": own_flag(86, 400),
        "HOSEI_CD": own(87, 4, 2),
        "YOBI": pl.lit(" " * 5),
        **tail7(),
    }


def _change() -> Fields:
    return {
        **claim_key(),
        "RENBAN": yen("調定履歴番号"),
        "IDO_KBN": code("調定区分", "CHOKBN"),
        "KAIKEI_NEN": year3("会計年度"),
        "KURI_KBN": code("滞納繰越区分", "KURI"),
        "CHO_YMD": day7("調定年月日"),
        "ZO_HON": yen_signed("調定増減額_本税"),
        "ZO_TOK": yen_signed("調定増減額_督促手数料"),
        "ZO_EN": yen_signed("調定増減額_延滞金"),
        "JIYU": code("更正事由", "CHOJIYU"),
        "TUTI_YMD": day7("更正決定通知年月日"),
        "DEN_NO": own(88, 10**8, 8),
        "KESSAI_NO": own(89, 90_000, 6),
        "SYUKEI_KBN": own(90, 3, 1, 1),
        **tail7(),
    }


def _with_deleted(rows: pl.DataFrame) -> pl.DataFrame:
    """Some payments once more, as a file was read twice: deleted copies behind the good ones."""
    marked = rows.with_columns(_deleted=pl.lit("0"))
    gone = marked.filter(pl.col("_n") % 499 == 3).with_columns(pl.lit("1").alias("_deleted"))
    return pl.concat([marked, gone]).sort("_n", "_deleted")


def _payment() -> Fields:
    return {
        **claim_key(),
        "SYU_NO": yen("収納履歴番号"),
        "ATENA_NO": bare("宛名番号"),
        "KAIKEI_NEN": year3("会計年度"),
        "KURI_KBN": code("滞納繰越区分", "KURI"),
        "KESI_KBN": code("消込区分", "KESIKOMI"),
        "CHANNEL": code("納付チャネル区分", "CHANNEL"),
        "NOSYU": code("納付種別", "NOSYU"),
        "RYO_YMD": day7("領収年月日"),
        "SYU_YMD": day7("収入年月日"),
        "SYU_HON": yen_signed("収納額_本税"),
        "SYU_TOK": yen_signed("収納額_督促手数料"),
        "SYU_EN": yen_signed("収納額_延滞金"),
        "SYU_HI": yen("収納額_滞納処分費"),
        "UT_KINTO": yen_signed("内訳_均等割収納額"),
        "UT_HOJIN": yen_signed("内訳_法人税割収納額"),
        "GINKO": text("金融機関コード"),
        "SITEN": text("支店コード"),
        "SUMI_NO": text("納付済通知書番号"),
        "ANKEN_KEY": text("案件特定キー"),
        "KUMI_KBN": code("組替区分", "KUMI"),
        "KUMI_MOTO": yen("組替元収納履歴番号"),
        "TORI_YMD": day7("取消年月日"),
        "BUNNO_NO": bare("分納管理番号"),
        "SYOBUN_NO": bare("処分管理番号"),
        "KAGO_NO": bare("過誤納管理番号"),
        "SAKUJO_FLG": "_deleted",
        "OCR_NO": own(91, 10**8, 8),
        "SYOGO_KBN": own(92, 3, 1),
        "TESU_RYO": own(93, 80, 1),
        "BATCH_NO": own(94, 9_000, 8),
        **tail7(),
    }


def _slip() -> Fields:
    return {
        **claim_key(),
        "KAISU": yen("発行回数"),
        "NEW_FLG": on("最新フラグ"),
        "ATENA_NO": bare("宛名番号"),
        "NOSYO_SYU": code("納付書種別", "NOSYO"),
        "HAKKO_YMD": day7("発行年月日"),
        "HAK_HON": yen("発行額_本税"),
        "HAK_TOK": yen("発行額_督促手数料"),
        "HAK_EN": yen("発行額_延滞金"),
        "KIGEN": day7("指定期限"),
        "BAR_KIGEN": day7("バーコード使用期限"),
        "QR_KIGEN": day7("二次元コード支払期限"),
        "MPN_KIGEN": day7("マルチペイメント支払期限"),
        "KIKAN_NO": text("収納機関番号"),
        "NOFU_NO": text("納付番号"),
        "KAKU_NO": text("確認番号"),
        "NOFU_KBN": text("納付区分"),
        "EL_NO": text("eL番号"),
        "BARCODE": text("バーコード情報"),
        "BUNNO_NO": bare("分納管理番号"),
        "PRT_ID": own(95, 20, 3, 1, "PRT"),
        "SYUTU_KBN": own(96, 3, 1, 1),
        "TIKU_CD": own(97, 60, 4),
        **tail7(),
    }


def _letter() -> Fields:
    return {
        **claim_key(),
        "HASSO_NO": yen("発送履歴番号"),
        "NEW_FLG": on("最新フラグ"),
        "ATENA_NO": bare("宛名番号"),
        "BUNSYO_NO": text("文書番号"),
        "HASSO_YMD": day7("発送年月日"),
        "KIGEN": day7("指定期限"),
        "TAI_HON": yen("対象額_本税"),
        "TAI_TOK": yen("対象額_督促手数料"),
        "TAI_EN": yen("対象額_延滞金"),
        "HIKI_FLG": on("引抜フラグ"),
        "HIKI_JIYU": text("引抜事由"),
        "HENREI_YMD": day7("返戻年月日"),
        "HENREI_JIYU": code("返戻事由", "HENREI"),
        "KOJI_YMD": day7("公示送達年月日"),
        "SAIHATU_YMD": day7("再発送年月日"),
        "SYORI_KAI": own(98, 20, 3, 1),
        **tail7(),
    }


def _refunds(truth: Truth) -> Iterator[Table]:
    """過誤納 with its refund in the same record, and the amounts put to other claims in a table of their own."""
    refunds = truth["還付充当"]
    put = pl.col("還付充当区分") == "2"
    back = refunds.filter(~put).select(
        "過誤納管理番号",
        "還付充当連番",
        "還付充当区分",
        "還付充当年月日",
        "還付充当額_合計",
        "還付加算金",
        "還付方法",
        "還付先_宛名番号",
        "還付先_金融機関コード",
        "還付先_支店コード",
        "還付先_口座種別",
        "還付先_口座番号",
        "還付先_口座名義人_カナ",
        pl.col("削除フラグ").alias("還付取消"),
    )
    for label, frame in parts(truth, "過誤納"):
        rows = frame.join(back, on="過誤納管理番号", how="left", maintain_order="left")
        yield table(
            "SNKAGO",
            label,
            placed(rows),
            {
                **claim_key(),
                "KAGO_NO": bare("過誤納管理番号"),
                "ATENA_NO": bare("宛名番号"),
                "HAS_NEN": year3("発生会計年度"),
                "JIYU": code("過誤納事由", "KAGOJIYU"),
                "HAS_YMD": day7("発生年月日"),
                "KETU_YMD": day7("決議年月日"),
                "KAGO_HON": yen("過誤納額_本税"),
                "KAGO_TOK": yen("過誤納額_督促手数料"),
                "KAGO_EN": yen("過誤納額_延滞金"),
                "KAGO_KEI": yen("過誤納額_合計"),
                "KASAN_YMD": day7("加算金起算年月日"),
                "TUTI_YMD": day7("還付通知年月日"),
                "SEIKYU_YMD": day7("請求年月日"),
                "JOTAI": code("処理状態区分", "KAGOJO"),
                "JIKO_YMD": day7("時効完成年月日"),
                "SAKUJO_FLG": "削除フラグ",
                "KANP_NO": zeros("還付充当連番", 3),
                "KANP_KBN": code("還付充当区分", "KANPU"),
                "KANP_YMD": day7("還付充当年月日"),
                "KANP_GAKU": yen("還付充当額_合計"),
                "KASAN_KIN": yen("還付加算金"),
                "KANP_HOHO": code("還付方法", "KANPHO"),
                "SAKI_ATENA": bare("還付先_宛名番号"),
                "SAKI_GINKO": text("還付先_金融機関コード"),
                "SAKI_SITEN": text("還付先_支店コード"),
                "SAKI_SYUBETU": code("還付先_口座種別", "KOZASYU"),
                "SAKI_KOZA": text("還付先_口座番号"),
                "SAKI_MEIGI": narrow("還付先_口座名義人_カナ"),
                "KANP_TORI": text("還付取消"),
                "HASSO_KBN": own(99, 2, 1, 1),
                "SIKYU_NO": own(100, 10**8, 10),
                "YOSAN_KBN": own(101, 2, 2, 1),
                "BIKO": pl.when(pl.col("_n") % 23 == 0).then(pl.lit("口座の確認を電話で行った")).otherwise(pl.lit("")),
                "KAKUNIN_FLG": own_flag(102, 2),
                **tail7(),
            },
            ("KAGO_HON", "KANP_GAKU"),
        )
    target = claim_key("充当先_")
    yield table(
        "SNJUTO",
        "ALL",
        placed(refunds.filter(put)),
        {
            "DANTAI_CD": "市区町村コード",
            "KAGO_NO": bare("過誤納管理番号"),
            "JUTO_NO": zeros("還付充当連番", 3),
            "JUTO_YMD": day7("還付充当年月日"),
            **{
                f"S_{name}": target[name] for name in ("FUKA_NEN", "SOTO_NEN", "KAMOKU", "TUTI_NO", "KIBETU", "SINK_NO")
            },
            "JUTO_HON": yen("充当額_本税"),
            "JUTO_TOK": yen("充当額_督促手数料"),
            "JUTO_EN": yen("充当額_延滞金"),
            "TEKI_YMD": day7("充当適状年月日"),
            "JUTO_KEI": yen("還付充当額_合計"),
            "KASAN_KIN": yen("還付加算金"),
            "SAKUJO_FLG": "削除フラグ",
            "TUTI_KBN": own(103, 2, 1, 1),
            "DEN_NO": own(104, 10**8, 8),
            **tail7(),
        },
        ("JUTO_HON",),
    )


def _account() -> Fields:
    post = pl.col("金融機関種別") == "2"
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": bare("宛名番号"),
        "KAMOKU": code("業務詳細（科目）コード", "KAMOKU"),
        "RIREKI": zeros("口座履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "GINKO": "金融機関コード",
        "SITEN": text("支店コード"),
        "KOZA_SYU": code("口座種別", "KOZASYU"),
        "KOZA_NO": pl.when(post).then("ゆうちょ番号").otherwise("口座番号"),
        "KIGO": text("ゆうちょ記号"),
        "MEIGI_KANA": narrow("口座名義人_カナ"),
        "MEIGI": text("口座名義人_漢字"),
        "FURI_KBN": code("振替区分", "FURIKAE"),
        "YOTO_KBN": code("用途区分", "YOTO"),
        "UKE_YMD": day7("受付年月日"),
        "KAISI_YMD": day7("振替開始年月日"),
        "SYURYO_YMD": day7_open("振替終了年月日"),
        "TEISI_ST": day7("停止開始年月日"),
        "TEISI_ED": day7("停止終了年月日"),
        "HAISI_YMD": day7("廃止年月日"),
        "HAISI_JIYU": code("廃止事由", "KOZAHAI"),
        "IRAI_NO": own(105, 10**8, 10),
        "FUNO_SU": own(106, 3, 1),
        "TUTI_FLG": own_flag(107, 2),
        **tail7(),
    }
