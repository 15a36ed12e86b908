"""Area 022 as B社 holds it: the seventeen SG tables."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from sample_data.areas.a022_disability_welfare import b_sha_money
from sample_data.areas.a022_disability_welfare.b_sha_spell import (
    OPEN,
    code,
    day7,
    file,
    key,
    latest,
    number0,
    slash_era,
    tail,
    tenth,
)
from sample_data.areas.a022_disability_welfare.facts import HOSPITALS
from sample_data.b_sha.spell import deleted, narrow, record, s8, stamp, w7, wareki_dots
from sample_data.plugin import Table, Truth
from sample_data.tax.vendor import (
    Fields,
    bare,
    on,
    own,
    own_flag,
    parts,
    placed,
    side_by_side,
    text,
    yen,
    zeros,
)
from sample_data.world import World

PREFECTURES = {"35": "山口県", "34": "広島県", "40": "福岡県", "13": "東京都", "27": "大阪府"}
LIMITS = (
    ("A0", "01", 0, "生活保護"),
    ("B0", "02", 0, "低所得"),
    ("C1", "03", 4_600, "一般１（児童）"),
    ("C2", "03", 9_300, "一般１"),
    ("D0", "04", 37_200, "一般２"),
    ("E3", "03", 0, "相談支援（一般１）"),
    ("E4", "04", 0, "相談支援（一般２）"),
)
"""負担上限: code, 所得区分, yen, words."""
PSYCHE = "3"


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    yield file("SGSINT", "ALL", _bodies(truth))
    yield file("SGRYOT", "ALL", _minds(placed(truth["療育手帳情報"])))
    yield file("SGSEIT", "ALL", record("SGSEIT", placed(truth["精神障害者保健福祉手帳情報"]), _spirits()))
    yield file("SGKUBN", "ALL", record("SGKUBN", placed(truth["障害支援区分認定情報"]), _levels()))
    yield file("SGJUKS", "ALL", record("SGJUKS", placed(truth["支給決定情報"]), _decisions()))
    yield file("SGJOGN", "ALL", _limits(world))
    yield file("SGJUKD", "ALL", record("SGJUKD", placed(truth["支給決定サービス情報"]), _services()))
    medical = truth["自立支援医療支給認定情報"]
    psyche = pl.col("医療種別") == PSYCHE
    yield file("SGSEII", "ALL", record("SGSEII", placed(medical.filter(psyche)), _psyche()))
    yield file("SGKOSE", "ALL", record("SGKOSE", placed(medical.filter(~psyche)), _soma()))
    yield file("SGKIKN", "ALL", _hospitals(world))
    for label, frame in parts(truth, "補装具費支給情報"):
        yield file("SGHOSO", label, record("SGHOSO", placed(frame), b_sha_money.device_requests()))
        granted = placed(frame.filter(pl.col("決定結果") == "1"))
        yield file("SGHOSK", label, record("SGHOSK", granted, b_sha_money.devices()), ("KIJUN", "KOHI", "FUTAN"))
    for label, frame in parts(truth, "日常生活用具給付情報"):
        yield file("SGNICH", label, b_sha_money.tools(frame), ("H1_KIJUN", "H1_KOHI", "H1_FUTAN"))
    titles = placed(truth["手当受給資格情報"])
    yield file("SGTEAT", "ALL", record("SGTEAT", titles, b_sha_money.titles()), ("GETUGAKU",))
    one = titles.unique("宛名番号", keep="last", maintain_order=True)
    yield file("SGKOZA", "ALL", record("SGKOZA", one, b_sha_money.accounts()))
    again = pl.col("支払連番") > 1
    for label, frame in parts(truth, "手当支払情報"):
        sums = tuple(f"M{m}_SIHA" for m in b_sha_money.MONTHS)
        yield file("SGTESI", label, b_sha_money.payments(frame.filter(~again)), sums)
        if frame.filter(again).height:
            yield file("SGTEZU", label, record("SGTEZU", placed(frame.filter(again)), b_sha_money.extra()), ("SIHA",))


def _state() -> Fields:
    return {"JOTAI": code("JOTAI", "手帳状態"), "HENKAN_JIYU": code("SYURYO", "返還事由")}


def prefectural(item: str) -> pl.Expr:
    """``35-0123456`` as 山口県第０１２３４５６; null as empty."""
    wide = (pl.col(item).str.slice(3)).str.replace_many([*"0123456789"], [*"０１２３４５６７８９"])
    name = pl.col(item).str.slice(0, 2).replace_strict(PREFECTURES, return_dtype=pl.String)
    return (name + pl.lit("第") + wide).fill_null("")


def _bodies(truth: Truth) -> pl.DataFrame:
    keys = ["宛名番号", "履歴番号"]
    book, inside = truth["身体障害者手帳情報"], truth["身体障害者手帳障害情報"]
    columns = ["障害部位", "個別等級", "等級指数", "障害原因", "障害発生年月日", "障害発生年月日_不詳表記"]
    wide = side_by_side(inside.select(*keys, "障害連番", *columns), keys, pl.col("障害連番"), 6, columns)
    rows = placed(book.join(wide.drop("障害連番"), on=keys, how="left", maintain_order="left"))
    fields: dict[str, pl.Expr | str | None] = {
        **latest(),
        "TETYO_NO": prefectural("手帳番号"),
        "KOFU_CD": code("KOFU", "交付自治体コード"),
        "SIN_YMD": day7("申請年月日"),
        "KOFU_JIYU": code("KFJIYU", "交付事由"),
        "SHOKAI_YMD": day7("初回交付年月日"),
        "KOFU_YMD": day7("交付年月日"),
        "TOKYU_SYU": pl.col("総合等級") + code("RYOKAK", "旅客運賃減額種別"),
        "SYOGAI_SYU": code("SYOGAI", "主たる障害種別"),
        "SYOGAI_MEI": "障害名",
        "SYOBYO_MEI": text("原傷病名"),
        "SAI_FLG": on("再認定要フラグ"),
        "SAI_YMD": day7("再認定期日"),
        **_state(),
        "HENKAN_YMD": day7("返還年月日"),
        "MAE_NO": prefectural("転入前手帳番号"),
        "HOGO_ATENA": number0("保護者_宛名番号"),
        "SYASIN_NO": own(1, 90_000_000, 8),
        "HOHO_KBN": own(2, 3, 1, 1),
        "TIKU_CD": own(3, 60, 4),
        "SODAN_CD": own(4, 40, 4, 2_000),
        **tail(),
    }
    for k in range(1, 7):
        there = pl.col(f"障害部位|{k}").is_not_null()
        fields |= {
            f"S{k}_BUI": code("BUI", f"障害部位|{k}", "000"),
            f"S{k}_TOKYU": pl.col(f"個別等級|{k}").str.zfill(2).fill_null("00"),
            f"S{k}_SISU": tenth(f"等級指数|{k}", 3, 1).fill_null("000"),
            f"S{k}_GENIN": code("GENIN", f"障害原因|{k}"),
            f"S{k}_YMD": day7(f"障害発生年月日|{k}"),
            f"S{k}_HYO": text(f"障害発生年月日_不詳表記|{k}"),
            f"S{k}_KISAI": pl.when(there).then(pl.lit(f"{k:02d}")).otherwise(pl.lit("00")),
        }
    return record("SGSINT", rows, fields)


def _minds(rows: pl.DataFrame) -> pl.DataFrame:
    fields: Fields = {
        **latest(),
        "SAKUJO_FLG": pl.lit("0"),
        "TETYO_NO": pl.col("手帳番号").str.zfill(10),
        "KOFU_CD": code("KOFU", "交付自治体コード"),
        "KOFU_JIYU": code("KFJIYU", "交付事由"),
        "SHOKAI_YMD": wareki_dots("初回交付年月日"),
        "KOFU_YMD": wareki_dots("交付年月日"),
        "TEIDO": code("TEIDO", "障害程度区分"),
        "HANTEI_YMD": wareki_dots("判定年月日"),
        "HANTEI_KKN": code("HANTEI", "判定機関"),
        "JIKAI_FLG": on("次回判定要フラグ"),
        "JIKAI_YMD": wareki_dots("次回判定期日"),
        "RYOKAKU": code("RYOKAK", "旅客運賃減額種別"),
        "HOGO_ATENA": number0("保護者_宛名番号"),
        **_state(),
        "HENKAN_YMD": wareki_dots("返還年月日"),
        "SINTATU_NO": own(5, 900_000, 6),
        "IQ_KBN": own(6, 4, 1, 1),
        "NENREI": own(7, 60, 3, 3),
        **tail(),
    }
    gone = pl.col("SAKUJO_FLG") == "1"
    return deleted(record("SGRYOT", rows, fields), "RIREKI_NO", 97).with_columns(
        pl.when(gone).then(pl.lit("9")).otherwise("SAKUJO_FLG").alias("SAKUJO_FLG"),
        pl.when(gone).then(pl.lit("")).otherwise("NEW_FLG").alias("NEW_FLG"),
    )


def _spirits() -> Fields:
    return {
        **latest(),
        "TETYO_NO": "手帳番号",
        "KOFU_CD": code("KOFU", "交付自治体コード"),
        "SIN_YMD": s8("申請年月日"),
        "SIN_KBN": code("SINSEI", "申請区分"),
        "TOKYU": code("SETOKY", "障害等級"),
        "SHOKAI_YMD": s8("初回交付年月日"),
        "KOFU_YMD": s8("交付年月日"),
        "YUKO_ST": s8("有効期間開始年月日"),
        "YUKO_ED": s8("有効期限年月日"),
        "ICD": text("主たる精神障害コード"),
        "RYOKAKU": code("RYOKAK", "旅客運賃減額種別"),
        "DOJI_FLG": on("自立支援医療同時申請フラグ"),
        **_state(),
        "HENKAN_YMD": s8("返還年月日"),
        "SINDAN_SYU": own(8, 2, 1, 1),
        "SINTATU_YMD": s8("申請年月日"),
        "SYASIN_FLG": own_flag(9, 2),
        "UPD_USER": "操作者ID",
        "UPD_DT": stamp(),
    }


def _levels() -> Fields:
    return {
        **key(),
        "NINTEI_NO": zeros("履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "SIN_YMD": day7("申請年月日"),
        "SIN_KBN": code("SINSEI", "申請区分"),
        "SYU_SYOGAI": code("SYUSYO", "主たる障害種別"),
        "TYOSA_YMD": day7("認定調査実施年月日"),
        "IKEN_YMD": day7("意見書受領年月日"),
        "ITIJI": code("KUBUN", "一次判定結果"),
        "SINSA_YMD": day7("審査会開催年月日"),
        "NIJI": code("KUBUN", "二次判定結果"),
        "KEKKA": code("KEKKA", "認定結果"),
        "KUBUN": code("KUBUN", "障害支援区分"),
        "NINTEI_YMD": day7("認定年月日"),
        "YUKO_ST": day7("認定有効期間開始年月日"),
        "YUKO_ED": day7("認定有効期間終了年月日"),
        "TUKISU": pl.col("認定有効期間月数").cast(pl.String).str.zfill(2).fill_null("00"),
        "GOGITAI": own(10, 6, 2, 1),
        "TYOSAIN": own(11, 40, 4, 3_000),
        "KYU_TEIDO": own(12, 6, 1),
        **tail(),
    }


def _card() -> Fields:
    number = pl.col("受給者証番号")
    return {
        "DANTAI_CD": "市区町村コード",
        "SYS_KBN": number.str.slice(0, 1),
        "JUKYU_NO": number.str.slice(1),
        "KETTEI_NO": zeros("履歴番号", 3),
        "ATENA_NO": bare("宛名番号"),
    }


def _limit() -> pl.Expr:
    """The code of 所得区分 and 負担上限月額 together."""
    pairs = [f"{group}:{amount}" for _, group, amount, _ in LIMITS]
    both = pl.col("所得区分") + pl.lit(":") + pl.col("利用者負担上限月額").cast(pl.String)
    return both.replace_strict(pairs, [c for c, *_ in LIMITS], return_dtype=pl.String).fill_null("")


def _decisions() -> Fields:
    return {
        **_card(),
        "NEW_FLG": on("最新フラグ"),
        "SEIDO": code("SEIDO", "制度区分"),
        "HOGO_ATENA": number0("保護者_宛名番号"),
        "SIN_YMD": day7("申請年月日"),
        "SIN_KBN": code("SINSEI", "申請区分"),
        "SYU_SYOGAI": code("SYUSYO", "主たる障害種別"),
        "KUBUN": code("KUBUN", "障害支援区分"),
        "KEKKA": code("KEKKA", "決定結果"),
        "KETTEI_YMD": day7("決定年月日"),
        "SIK_ST": day7("支給決定期間開始年月日"),
        "SIK_ED": day7("支給決定期間終了年月日"),
        "SYOTOKU": code("SYOTOK", "所得区分"),
        "JOGEN_CD": _limit(),
        "FUTAN_ST": day7("負担上限適用開始年月日"),
        "FUTAN_ED": day7("負担上限適用終了年月日"),
        "JOKAN_FLG": on("上限額管理対象フラグ"),
        "JOKAN_JIGYO": text("上限額管理事業所番号"),
        "HOSOKU": pl.col("特定障害者特別給付日額").cast(pl.String).str.zfill(5).fill_null("00000"),
        "YATIN": pl.col("家賃助成月額").cast(pl.String).str.zfill(5).fill_null("00000"),
        "TASI_KBN": code("YESNO", "多子軽減対象フラグ"),
        "MUSYO_KBN": code("YESNO", "無償化対象フラグ"),
        "KEIKAKU": text("計画相談支援事業所番号"),
        "SYURYO_YMD": w7("終了年月日", OPEN),
        "SYURYO_JIYU": code("SYURYO", "終了事由"),
        "HAKKO_YMD": day7("決定年月日"),
        "HAKKO_KAI": own(13, 5, 2, 1),
        "SIEN_KBN": own(14, 2, 1),
        "RENKEI_NO": own(15, 90_000, 5),
        **tail(),
    }


def _limits(world: World) -> pl.DataFrame:
    rows = pl.DataFrame(LIMITS, schema=["code", "group", "yen", "words"], orient="row")
    return record(
        "SGJOGN",
        rows,
        {
            "DANTAI_CD": pl.lit(world.code),
            "JOGEN_CD": "code",
            "JOGEN_GAKU": yen("yen"),
            "SETUMEI": "words",
            "TEKIYO_YMD": pl.lit("4240401"),
        },
    )


def _services() -> Fields:
    return {
        **_card(),
        "SERVICE_NO": zeros("サービス連番", 2),
        "SERVICE": code("SERVIC", "サービス種類コード"),
        "KETTEI_CD": text("決定サービスコード"),
        "SIKYU_RYO": tenth("支給量", 7, 2).fill_null("0099900"),
        "TANI": code("TANI", "支給量単位"),
        "KIKAN": w7("支給期間開始年月日") + pl.lit("-") + w7("支給期間終了年月日"),
        "FUTARI_FLG": on("二人介護フラグ"),
        "ZANTEI_FLG": on("暫定支給フラグ"),
        "JIGYO_CD": text("契約事業所番号"),
        "SYURYO_YMD": w7("終了年月日", OPEN),
        "KEI_RYO": tenth("支給量", 7, 2).fill_null("0000000"),
        "KEI_YMD": day7("支給期間開始年月日"),
        "TANKA_KBN": own(16, 3, 1, 5),
        **tail(),
    }


def _grant() -> Fields:
    """What the two subsystems of 自立支援医療 have in common, apart from days."""
    return {
        **latest(),
        "JUKYU_NO": "受給者番号",
        "KOHI_NO": "公費負担者番号",
        "SIN_KBN": code("SINSEI", "申請区分"),
        "HOKEN_SYU": code("HOKEN", "医療保険種別"),
        "HOKENSYA_NO": text("医療保険者番号"),
        "SYOTOKU": code("JISYOT", "所得区分"),
        "SYOTOKUWARI": yen("市町村民税所得割額"),
        "JUDO_FLG": on("重度かつ継続フラグ"),
        "KEKKA": code("KEKKA", "決定結果"),
        "JOGEN_GAKU": yen("自己負担上限月額", "999999"),
        "SIPPEI": text("疾病コード"),
        "KIKAN_CD": text("指定医療機関コード"),
        "SYURYO_JIYU": code("SYURYO", "終了事由"),
    }


_DAYS = {
    "SIN_YMD": "申請年月日",
    "KETTEI_YMD": "決定年月日",
    "YUKO_ST": "有効期間開始年月日",
    "YUKO_ED": "有効期間終了年月日",
    "SYURYO_YMD": "終了年月日",
}


def _psyche() -> Fields:
    mark = pl.col("被保険者証記号番号").str.split("・")
    return {
        **_grant(),
        **{field: s8(item) for field, item in _DAYS.items()},
        "KIGO": narrow(mark.list.get(0, null_on_oob=True)),
        "BANGO": narrow(mark.list.get(1, null_on_oob=True)),
        "KEIKA_BIT": own(17, 2, 8),
        "YAKKYOKU": own(18, 60, 10, 3_540_000_000),
        "HOMON_CD": own(19, 12, 10, 3_560_000_000),
        "UPD_USER": "操作者ID",
        "UPD_DT": stamp(),
    }


def _soma() -> Fields:
    return {
        **_grant(),
        **{field: slash_era(item) for field, item in _DAYS.items()},
        "IRYO_SYU": code("IRYOSY", "医療種別"),
        "HOGO_ATENA": number0("保護者_宛名番号"),
        "KIGO_BANGO": narrow("被保険者証記号番号"),
        "NAIYO": text("医療の内容"),
        "HANTEI_NO": own(20, 900_000, 6),
        "SYUJUTU_YMD": slash_era("有効期間開始年月日"),
        "TAISYO_BUI": own(21, 20, 2, 1),
        **tail(),
    }


def _hospitals(world: World) -> pl.DataFrame:
    rows = placed(pl.DataFrame(HOSPITALS, schema=["code", "name"], orient="row"))
    return record(
        "SGKIKN",
        rows,
        {
            "DANTAI_CD": pl.lit(world.code),
            "KIKAN_CD": "code",
            "KIKAN_MEI": "name",
            "KIKAN_TEL": own(22, 9_000, 4, 1_000, "0834-22-"),
            "SITEI_YMD": pl.lit("4180401"),
        },
    )
