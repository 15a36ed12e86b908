"""Area 012 as B社 holds it: the fifteen KT tables (owners, houses and levies here, land and plant in modules of their
own)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from sample_data.areas.a012_fixed_asset_tax import b_sha_land, b_sha_plant
from sample_data.areas.a012_fixed_asset_tax.b_sha_spell import (
    code,
    day,
    fraction,
    n8,
    n10,
    scaled_text,
    table,
    tail,
    until,
    year,
)
from sample_data.b_sha.spell import deleted, narrow, wareki_dots
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
    yen_signed,
    zeros,
)
from sample_data.world import World

PERIODS = ("01", "02", "03", "04", "11", "12")
"""期別 of the six columns of KTFUKA."""
_PERIOD = ["納期限", "期別税額_固定", "期別税額_都計", "期別税額", "更正前期別税額"]
_NOTICE = ["賦課年度", "相当年度", "通知書番号", "更正履歴番号"]


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    yield table("KTGIMU", "ALL", _numbered(truth["納税義務者"], "宛名番号"), _taxpayer())
    yield table("KTKYOY", "ALL", placed(truth["共有者構成"]), _co_owner())
    yield from b_sha_land.tables(truth)
    houses = table("KTKAOK", "ALL", placed(truth["家屋"]), _house())
    yield Table(houses.name, deleted(houses.frame, "RIREKI"), houses.file)
    for label, frame in parts(truth, "家屋評価課税"):
        yield table("KTKHYO", label, placed(frame), _house_value(), ("HYOKA",))
        yield table("KTKKAZ", label, placed(frame), _house_tax(), ("KAZ_KOTEI", "KAZ_TOKEI", "KEI_GAKU"))
    yield from b_sha_plant.tables(truth)
    periods = dict(parts(truth, "期別税額"))
    for label, frame in parts(truth, "賦課情報"):
        wide = side_by_side(
            periods.pop(label),
            _NOTICE,
            pl.col("期別").replace_strict(PERIODS, range(1, 7), return_dtype=pl.Int64),
            len(PERIODS),
            _PERIOD,
        ).select(*_NOTICE, "法定納期限等", *(f"{item}|{k}" for k in range(1, 7) for item in _PERIOD))
        rows = placed(frame.join(wide, on=_NOTICE, how="left", maintain_order="left"))
        yield table("KTFUKA", label, rows, _levy(), ("NENZEI", "K1_ZEI", "K2_ZEI", "K3_ZEI", "K4_ZEI"))
        yield table("KTFUKB", label, rows, _levy_bases(), ("T_KOTEI", "K_KOTEI", "S_KOTEI"))
    yield table("KTGENM", "ALL", placed(truth["減免"]), _reduction(), ("GAKU_K",))


def _numbered(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """``frame`` (ordered by ``key`` and day) with the day before the next row's as ``_until``."""
    return placed(frame.with_columns(_until=until(key)))


def _taxpayer() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": n10("宛名番号"),
        "RIREKI": zeros("義務者履歴番号", 3),
        "KAISI_YMD": day("異動年月日"),
        "SYURYO_YMD": "_until",
        "KJHJ_KBN": code("KJKBN", "個人法人区分"),
        "SIMEI": "氏名名称",
        "KANA": narrow("氏名名称_フリガナ"),
        "HOJIN_NO": text("法人番号"),
        "GIMU_KBN": code("GIKBN", "納税義務者区分"),
        "TOKI_ATENA": n10("登記名義人_宛名番号"),
        "SIBO_FLG": on("死亡者課税フラグ"),
        "KANRI_ATENA": n10("納税管理人_宛名番号"),
        "KANRI_ST": day("納税管理人_開始年月日"),
        "KANRI_ED": day("納税管理人_終了年月日"),
        "SOFU_ATENA": n10("送付先_宛名番号"),
        "NOHU_KBN": code("NOHU", "納付方法区分"),
        "NAYOSE_NO": bare("名寄番号"),
        "ELTAX_ID": text("eLTAX利用者ID"),
        "IDO_JIYU": code("GIJIYU", "異動事由"),
        "TIKU_CD": own(1, 60, 4),
        "HASSO_KBN": own(2, 2, 1, 1),
        "KOZA_FLG": own_flag(3, 3),
        "YOBI": pl.lit(" " * 4),
        **tail(),
    }


def _co_owner() -> Fields:
    first = pl.col("代表者フラグ") == "1"
    more = (pl.col("共有者人数") - 1).cast(pl.String).str.replace_many(list("0123456789"), list("０１２３４５６７８９"))
    return {
        "DANTAI_CD": "市区町村コード",
        "KYOYU_NO": n10("共有_宛名番号"),
        "RIREKI": zeros("共有履歴番号", 3),
        "RENBAN": zeros("構成員連番", 4),
        "OLD_KBN": pl.when(pl.col("最新フラグ") == "1").then(pl.lit("0")).otherwise(pl.lit("1")),
        "ATENA_NO": n10("構成員_宛名番号"),
        "KYOYU_KBN": code("KYKBN", "共有区分"),
        "DAIHYO": pl.when(first).then(pl.lit("代")).otherwise(pl.lit("")),
        "NINZU": zeros("共有者人数", 5),
        "TOKI_MOTI": fraction("登記持分"),
        "KAZEI_MOTI": fraction("課税持分"),
        "IDO_JIYU": code("GIJIYU", "異動事由"),
        "IDO_YMD": day("異動年月日"),
        "MEMO": pl.when(first).then(pl.lit("外") + more + pl.lit("名")).otherwise(pl.lit("")),
        "SYOKAI_FLG": own_flag(4, 23),
        **tail(),
    }


def _house() -> Fields:
    built = day("建築年月日")
    return {
        "DANTAI_CD": "市区町村コード",
        "KAOKU_NO": n8("物件番号"),
        "RIREKI": zeros("家屋履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "SAKUJO_FLG": pl.lit(""),
        "DAITYO_KBN": code("DAITYO", "台帳区分"),
        "KAOKU_BAN": text("家屋番号"),
        "OAZA_CD": "所在_町字コード",
        "OAZA": "所在_町字名",
        "CHIBAN": "所在_地番表記",
        "SIKI_NO": n8("敷地_物件番号"),
        "KUBUN_FLG": on("区分所有フラグ"),
        "SYUJU": code("SYUJU", "主従区分"),
        "SYU_NO": n8("主家屋_物件番号"),
        "KOZO": code("KOZO", ("木造区分", "家屋構造")),
        "YANE": text("屋根種類"),
        "T_SYURUI": text("登記種類"),
        "YOTO": code("YOTO", "現況用途"),
        "CHIJO": zeros("地上階数", 3),
        "CHIKA": zeros("地下階数", 2),
        "T_YUKA": scaled_text("登記床面積", 2, 10),
        "G_YUKA": scaled_text("現況床面積", 2, 10),
        "K_YUKA": scaled_text("居住部分床面積", 2, 10),
        "KOSU": zeros("戸数", 5),
        "KEN_YMD": pl.when(pl.col("建築年月日_不詳フラグ") == "1")
        .then(built.str.slice(0, 3) + pl.lit("0000"))
        .otherwise(built),
        "KEN_HYOKI": text("建築年月日_不詳表記"),
        "GIMU_NO": n10("納税義務者_宛名番号"),
        "MEIGI": text("登記名義人_氏名"),
        "IDO_JIYU": code("KAJIYU", "異動事由"),
        "IDO_YMD": day("異動年月日"),
        "HIKAZEI": code("HIKAZEI", "非課税区分"),
        "METU_YMD": day("滅失年月日"),
        "TO_NO": own(11, 9_000, 4, 1),
        "GAIKAN": own(12, 10**7, 7, prefix="P"),
        "CHOSA_IN": own(13, 12, 2, 1, "KC"),
        "YOBI": pl.lit(" " * 5),
        **tail(),
    }


def _house_key() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "NENDO": year("課税年度"),
        "KAOKU_NO": n8("物件番号"),
        "RIREKI": zeros("評価履歴番号", 3),
    }


def _house_value() -> Fields:
    return {
        **_house_key(),
        "KIJUN_NEN": year("基準年度"),
        "HOHO": code("KHOHO", "評価方法区分"),
        "YUKA": scaled_text("評価床面積", 2, 10),
        "TEN_SU": zeros("再建築費評点数", 12),
        "KEINEN": scaled_text("経年減点補正率", 4, 5),
        "SONMO": scaled_text("損耗減点補正率", 4, 5),
        "JUKYU": scaled_text("需給事情補正率", 4, 5),
        "TEN_KA": scaled_text("評点一点当たり価額", 2, 4),
        "HYOKA": zeros("評価額", 11),
        "ZEN_HYOKA": zeros("前年度評価額", 11),
        "KETTEI_YMD": wareki_dots("価格決定年月日"),
        "SYUSEI": code("SYUSEI", "価格修正事由"),
        "SISAN_NO": own(21, 900_000, 6),
        "TEN_HYO": own(22, 3, 2, 0, "R"),
    }


def _house_tax() -> Fields:
    rest = pl.col("軽減終了年度").cast(pl.Int64) - pl.col("課税年度").cast(pl.Int64) + 1
    return {
        **_house_key(),
        "NEW_FLG": on("最新フラグ"),
        "GIMU_NO": n10("納税義務者_宛名番号"),
        "KAZ_KOTEI": zeros("課税標準額_固定", 11),
        "TOKEI_FLG": on("都市計画税課税フラグ"),
        "KAZ_TOKEI": zeros("課税標準額_都計", 11),
        "KEIGEN": code("KEIGEN", "軽減区分"),
        "KEI_ST": year("軽減開始年度"),
        "KEI_ZAN": rest.fill_null(0).cast(pl.String).str.zfill(2),
        "KEI_YUKA": scaled_text("軽減対象床面積", 2, 10),
        "KEI_GAKU": yen("軽減税額"),
        "TOKU_JOKO": text("特例条項"),
        "TOKU_WARI": fraction("特例割合"),
        "HIKAZEI": code("HIKAZEI", "非課税区分"),
        "HIK_YUKA": scaled_text("非課税床面積", 2, 10),
        "GAIYO_GYO": own(23, 40, 3, 1),
        "TUTI_FLG": own_flag(24, 2),
        **tail(),
    }


def _levy_key() -> Fields:
    same = pl.col("相当年度") == pl.col("賦課年度")
    return {
        "DANTAI_CD": "市区町村コード",
        "FUKA_NEN": year("賦課年度"),
        "SOTO_NEN": pl.when(same).then(pl.lit("000")).otherwise(year("相当年度")),
        "TUTI_NO": bare("通知書番号"),
        "KOSEI_NO": zeros("更正履歴番号", 3),
    }


def _thousands(item: str) -> pl.Expr:
    return (pl.col(item) // 1000).cast(pl.String).fill_null("")


def _levy() -> Fields:
    fields: dict[str, pl.Expr | str | None] = {}
    for k in range(1, 7):
        there = pl.col(f"納期限|{k}").is_not_null()
        fields |= {
            f"K{k}_NKGN": day(f"納期限|{k}"),
            f"K{k}_KOT": yen(f"期別税額_固定|{k}", "0"),
            f"K{k}_TOK": yen(f"期別税額_都計|{k}", "0"),
            f"K{k}_ZEI": yen(f"期別税額|{k}", "0"),
            f"K{k}_MAE": yen(f"更正前期別税額|{k}"),
        }
        if k <= 4:
            fields[f"K{k}_OCR"] = pl.when(there).then(own(30 + k, 10**6, 6))
    return {
        **_levy_key(),
        "NEW_FLG": on("最新フラグ"),
        "ATENA_NO": n10("宛名番号"),
        "KAMOKU": code("KAMOKU", "業務詳細（科目）コード"),
        "KZ_KOTEI": _thousands("課税標準額合計_固定"),
        "RITU_K": scaled_text("税率_固定", 3, 5),
        "SAN_K": yen("算出税額_固定"),
        "KEI_K": yen("軽減税額_固定"),
        "GEN_K": yen("減免税額_固定"),
        "NEN_K": yen("年税額_固定"),
        "KZ_TOKEI": _thousands("課税標準額合計_都計"),
        "RITU_T": scaled_text("税率_都計", 3, 5),
        "SAN_T": yen("算出税額_都計"),
        "GEN_T": yen("減免税額_都計"),
        "NEN_T": yen("年税額_都計"),
        "NENZEI": yen("年税額"),
        "CHO_YMD": day("調定年月日"),
        "TUTI_YMD": day("通知年月日"),
        "KOJI_YMD": day("公示送達年月日"),
        "KOS_JIYU": code("KOSEI", "更正事由"),
        "KOS_YMD": day("更正決議年月日"),
        "MAE_ZEI": yen("更正前年税額"),
        "ZOGEN": yen_signed("増減税額"),
        "NOHU_KBN": code("NOHU", "納付方法区分"),
        "TEISI_FLG": on("課税停止フラグ"),
        "HOTEITO": day("法定納期限等"),
        **fields,
        "TIKU_CD": own(41, 60, 4),
        "HASSO_NO": own(42, 10**8, 8),
        "ZEN_HOS": pl.lit("0"),
        "KENSAN": own(43, 2, 1),
        **tail(),
    }


def _levy_bases() -> Fields:
    return {
        **_levy_key(),
        "T_HYOKA": yen("土地_評価額"),
        "K_HYOKA": yen("家屋_評価額"),
        "T_KOTEI": yen("土地_課税標準額_固定"),
        "K_KOTEI": yen("家屋_課税標準額_固定"),
        "S_KOTEI": yen("償却_課税標準額_固定"),
        "M_TOTI": on("免税点_土地フラグ"),
        "M_KAOKU": on("免税点_家屋フラグ"),
        "M_SYO": on("免税点_償却フラグ"),
        "T_TOKEI": yen("土地_課税標準額_都計"),
        "K_TOKEI": yen("家屋_課税標準額_都計"),
        "HITU_SU": own(51, 30, 1),
        "TO_SU": own(52, 5, 1),
    }


def _reduction() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "GENM_NO": bare("減免管理番号"),
        "RIREKI": zeros("減免履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "FUKA_NEN": year("賦課年度"),
        "SOTO_NEN": year("相当年度"),
        "ATENA_NO": n10("宛名番号"),
        "TUTI_NO": bare("通知書番号"),
        "SIS_KBN": code("SISKBN", "対象資産区分"),
        "BUKKEN": n8("物件番号"),
        "GEN_KBN": code("GENKBN", "減免区分"),
        "RIYU": text("減免理由"),
        "SIN_YMD": day("申請年月日"),
        "KET_YMD": day("決定年月日"),
        "KET_KBN": code("GENKET", "決定区分"),
        "WARIAI": scaled_text("減免割合", 2, 5),
        "GAKU_K": yen("減免税額_固定"),
        "GAKU_T": yen("減免税額_都計"),
        "KAISI_KI": code("KIBETU", "減免開始期別"),
        "TORI_YMD": day("取消年月日"),
        "BUNSYO": own(61, 10**5, 5, prefix="G"),
        "TENPU": own(62, 6, 2, 1),
        **tail(),
    }
