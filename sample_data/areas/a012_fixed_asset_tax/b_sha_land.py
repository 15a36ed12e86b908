"""Land as B社 holds it: KTTOTI, KTBUNP, KTROSN, KTTHYO and KTTKAZ."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

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
from sample_data.b_sha.spell import deleted, wareki_dots
from sample_data.plugin import Table, Truth
from sample_data.tax.vendor import Fields, on, own, own_flag, parts, placed, text, yen, zeros


def tables(truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    land = placed(truth["土地"].with_columns(_until=until("物件番号")))
    ledger = table("KTTOTI", "ALL", land, _land())
    yield Table(ledger.name, deleted(ledger.frame, "RIREKI"), ledger.file)
    yield table("KTBUNP", "ALL", placed(land.drop("_n").filter(pl.col("分合筆元_物件番号").is_not_null())), _source())
    del land, ledger
    roads = []
    for label, frame in parts(truth, "土地評価"):
        roads.append(_roads(frame))
        yield table("KTTHYO", label, placed(frame), _value(), ("HYOKA",))
    every = pl.concat(roads).unique(maintain_order=True).sort("基準年度", "正面路線番号")
    yield table("KTROSN", "ALL", placed(every), _road())
    for label, frame in parts(truth, "土地課税"):
        yield table("KTTKAZ", label, placed(frame), _tax(), ("HYOKA", "KAZ_KOTEI", "KAZ_TOKEI"))


def _land() -> Fields:
    old = pl.concat_str(
        [
            pl.col("所在_町字コード").str.slice(1, 3),
            pl.lit("000"),
            zeros("地番_本番", 5),
            pl.col("地番_枝番").fill_null(0).cast(pl.String).str.zfill(4),
            pl.col("地番_孫番").fill_null(0).cast(pl.String).str.zfill(3),
            pl.lit("  "),
        ]
    )
    return {
        "DANTAI_CD": "市区町村コード",
        "TOTI_NO": n8("物件番号"),
        "RIREKI": zeros("土地履歴番号", 3),
        "SYURYO_YMD": "_until",
        "SAKUJO_FLG": pl.lit(""),
        "DAITYO_KBN": code("DAITYO", "台帳区分"),
        "OAZA_CD": "所在_町字コード",
        "OAZA": "所在_町字名",
        "KOAZA": text("所在_小字名"),
        "HONBAN": zeros("地番_本番", 5),
        "EDABAN": pl.col("地番_枝番").fill_null(0).cast(pl.String).str.zfill(5),
        "MAGOBAN": pl.col("地番_孫番").fill_null(0).cast(pl.String).str.zfill(5),
        "CHIBAN": "地番表記",
        "T_CHIMOKU": code("CHIMOKU", "登記地目"),
        "T_CHISEKI": scaled_text("登記地積", 2, 11),
        "G_CHIMOKU": code("CHIMOKU", "現況地目"),
        "G_CHISEKI": scaled_text("現況地積", 2, 11),
        "GIMU_NO": n10("納税義務者_宛名番号"),
        "MEIGI": text("登記名義人_氏名"),
        "GENIN_YMD": day("登記原因年月日"),
        "UKE_YMD": day("登記受付年月日"),
        "UKE_NO": text("登記受付番号"),
        "IDO_JIYU": code("TOJIYU", "異動事由"),
        "IDO_YMD": day("異動年月日"),
        "KUIKI": code("KUIKI", "都市計画区域区分"),
        "NOTI_KBN": code("NOTI", "農地区分"),
        "HIKAZEI": code("HIKAZEI", "非課税区分"),
        "HEISA_YMD": day("閉鎖年月日"),
        "ZU_NO": own(1, 10**6, 6, prefix="Z"),
        "KYU_KEY": old,
        "SYASIN": own(2, 10**5, 5, prefix="A"),
        **tail(),
    }


def _source() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "TOTI_NO": n8("物件番号"),
        "RIREKI": zeros("土地履歴番号", 3),
        "MOTO_NO": n8("分合筆元_物件番号"),
        "SYORI_NO": own(3, 10**6, 6),
    }


def _roads(frame: pl.DataFrame) -> pl.DataFrame:
    some = frame.filter(pl.col("正面路線番号").is_not_null())
    return some.select("市区町村コード", "基準年度", "正面路線番号", "正面路線価").unique(maintain_order=True)


def _road() -> Fields:
    wide = pl.col("正面路線番号").str.slice(8).str.replace_many(list("0123456789"), list("０１２３４５６７８９"))
    return {
        "DANTAI_CD": "市区町村コード",
        "KIJUN_NEN": year("基準年度"),
        "ROSEN_NO": "正面路線番号",
        "ROSEN_KA": yen("正面路線価"),
        "ROSEN_MEI": pl.lit("市道") + wide + pl.lit("号線"),
        "HABA": pl.lit("0") + (4 + pl.col("_n") % 6).cast(pl.String) + pl.lit(".00"),
    }


def _value() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "NENDO": year("課税年度"),
        "TOTI_NO": n8("物件番号"),
        "RENBAN": zeros("評価連番", 3),
        "RIREKI": pl.when(pl.col("最新フラグ") == "1").then(pl.lit("999")).otherwise(zeros("評価履歴番号", 3)),
        "KIJUN_NEN": year("基準年度"),
        "KAKUTI_NO": text("画地番号"),
        "CHIMOKU": code("CHIMOKU", "評価地目"),
        "HOHO": code("THOHO", "評価方法区分"),
        "YOTO_TIKU": code("YOTOTI", "用途地区区分"),
        "RUIJI_NO": text("状況類似地域番号"),
        "HYOJUN_NO": text("標準地番号"),
        "ROSEN_NO": text("正面路線番号"),
        "SOKU_NO": text("側方路線番号"),
        "SOKU_KA": zeros("側方路線価", 9),
        "MAGUTI": scaled_text("間口距離", 2, 7),
        "OKUYUKI": scaled_text("奥行距離", 2, 7),
        "OKU_RITU": scaled_text("奥行価格補正率", 2, 4),
        "FUSEI_RITU": scaled_text("不整形地補正率", 2, 4),
        "SONOTA_RITU": scaled_text("その他補正率", 3, 5),
        "HIJUN_RITU": scaled_text("比準割合", 3, 5),
        "TANKA": zeros("単位当たり価格", 9),
        "CHISEKI": scaled_text("評価地積", 2, 11),
        "HYOKA": zeros("評価額", 11),
        "KETTEI_YMD": wareki_dots("価格決定年月日"),
        "SYUSEI": code("SYUSEI", "価格修正事由"),
        "KADO_FLG": pl.when(pl.col("側方路線番号").is_not_null()).then(pl.lit("1")).otherwise(pl.lit("")),
        "SETUDO": own(4, 4, 1, 1),
        "HYOKA_IN": own(5, 12, 2, 1, "HY"),
        **tail(),
    }


def _tax() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "NENDO": year("課税年度"),
        "TOTI_NO": n8("物件番号"),
        "RIREKI": zeros("課税履歴番号", 3),
        "RENBAN": zeros("課税連番", 3),
        "NEW_FLG": on("最新フラグ"),
        "GIMU_NO": n10("納税義務者_宛名番号"),
        "KZ_CHIMOKU": code("KZCHI", ("課税地目", "住宅用地区分")),
        "CHISEKI": scaled_text("課税地積", 2, 11),
        "HYOKA": zeros("評価額", 11),
        "KOSU": zeros("住宅戸数", 5),
        "SHO_M": scaled_text("小規模住宅用地_地積", 2, 11),
        "IPP_M": scaled_text("一般住宅用地_地積", 2, 11),
        "HIJ_M": scaled_text("非住宅用地_地積", 2, 11),
        "ZEN_KOTEI": zeros("前年度課税標準額_固定", 11),
        "HON_KOTEI": zeros("本則課税標準額_固定", 11),
        "SUIJUN": scaled_text("負担水準_固定", 4, 6),
        "FUTAN_K": code("FUTAN", "負担調整区分_固定"),
        "FUTAN_RITU": scaled_text("負担調整率_固定", 3, 5),
        "KAZ_KOTEI": zeros("課税標準額_固定", 11),
        "TOKEI_FLG": on("都市計画税課税フラグ"),
        "ZEN_TOKEI": zeros("前年度課税標準額_都計", 11),
        "HON_TOKEI": zeros("本則課税標準額_都計", 11),
        "FUTAN_T": code("FUTAN", "負担調整区分_都計"),
        "KAZ_TOKEI": zeros("課税標準額_都計", 11),
        "TOKU_JOKO": text("特例条項"),
        "TOKU_WARI": fraction("特例割合"),
        "HIKAZEI": code("HIKAZEI", "非課税区分"),
        "HIK_M": scaled_text("非課税地積", 2, 11),
        "GAIYO_GYO": own(6, 60, 3, 1),
        "SIM_GAKU": own(7, 9_000_000, 11),
        "KENSAN": own_flag(8, 5),
        **tail(),
    }
