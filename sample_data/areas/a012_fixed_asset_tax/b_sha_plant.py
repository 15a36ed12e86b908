"""Plant as B社 holds it: KTSYOS (declarations with the six kinds side by side) and KTSYOM (assets)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from sample_data.areas.a012_fixed_asset_tax.b_sha_spell import code, fraction, n10, scaled_text, table, tail
from sample_data.b_sha.spell import month5
from sample_data.plugin import Table, Truth
from sample_data.tax.vendor import Fields, day8, on, own, own_flag, parts, placed, text, yen, zeros

KINDS = range(1, 7)
_KEY = ["課税年度", "宛名番号", "申告履歴番号"]
_AMOUNTS = (
    ("ZENZEN", "前年前取得価額"),
    ("GENSYO", "前年中減少価額"),
    ("ZENCHU", "前年中取得価額"),
    ("SYUTOKU", "取得価額"),
    ("HYOKA", "評価額"),
    ("KETTEI", "決定価格"),
    ("KAZEI", "課税標準額"),
    ("TOKUREI", "特例該当額"),
)


def tables(truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    kinds = dict(parts(truth, "償却資産種類別"))
    for label, frame in parts(truth, "償却資産申告"):
        rows = placed(_beside(frame, kinds.pop(label)))
        yield table("KTSYOS", label, rows, _declaration(), ("KEI_SYUTOKU", "KEI_KAZEI"))
    for label, frame in parts(truth, "償却資産明細"):
        yield table("KTSYOM", label, _with_struck_off(placed(frame)), _asset(), ("SYUTOKU", "KAZEI"))


def _beside(frame: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    """Declarations with the amounts of kind ``k`` as ``<item>|<k>``."""
    for k in KINDS:
        one = kinds.filter(pl.col("資産種類") == str(k))
        one = one.select(*_KEY, *(pl.col(item).alias(f"{item}|{k}") for _, item in _AMOUNTS))
        frame = frame.join(one, on=_KEY, how="left", maintain_order="left")
    return frame


def _with_struck_off(rows: pl.DataFrame) -> pl.DataFrame:
    """Some assets once more under a number 5,000 higher, as they stay with a quantity of nothing after they were
    given up."""
    gone = rows.filter(pl.col("_n") % 29 == min(7, max(rows.height - 1, 0)))
    gone = gone.with_columns(pl.col("資産番号") + 5_000, pl.lit(0, pl.Int64).alias("数量"))
    return pl.concat([rows, gone]).sort("_n", "資産番号")


def _declaration() -> Fields:
    fields: dict[str, pl.Expr | str | None] = {}
    for k in KINDS:
        fields |= {f"S{k}_{name}": yen(f"{item}|{k}") for name, item in _AMOUNTS}
    wire = pl.col("電子申告フラグ") == "1"
    return {
        "DANTAI_CD": "市区町村コード",
        "NENDO": "課税年度",
        "ATENA_NO": n10("宛名番号"),
        "SIN_NO": zeros("申告履歴番号", 3),
        "NEW_FLG": on("最新フラグ"),
        "SYOYU_CD": text("所有者コード"),
        "SIN_KBN": code("SINKBN", "申告区分"),
        "UKE_YMD": day8("申告受付年月日"),
        "DENSI_FLG": on("電子申告フラグ"),
        "YAGO": text("屋号"),
        "GYOMOKU": text("事業種目"),
        "KAISI_YM": day8("事業開始年月"),
        "SYOZAI": text("資産所在地"),
        "ZEIRISI": text("税理士名"),
        "KET_KBN": code("KETKBN", "決定区分"),
        "KEI_SYUTOKU": yen("取得価額_合計"),
        "KEI_HYOKA": yen("評価額_合計"),
        "KEI_KETTEI": yen("決定価格_合計"),
        "KEI_KAZEI": yen("課税標準額_合計"),
        "MENZEI": on("免税点判定フラグ"),
        "KET_YMD": day8("価格決定年月日"),
        "HAI_YMD": day8("廃業転出年月日"),
        **fields,
        "SIHON": own(1, 90_000, 1, 100),
        "KESSAN": own(2, 12, 2, 1),
        "TEL_UMU": own_flag(3, 6),
        "OSS_NO": pl.when(wire).then(own(4, 10**9, 12)).otherwise(pl.lit("")),
        "SOFU_CD": own(5, 4, 1, 1),
        "DM_NO": own(6, 10**6, 6),
        "KOJO_CD": own(7, 80, 4),
        "YOBI": pl.lit(" " * 10),
        **tail(),
    }


def _asset() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "NENDO": "課税年度",
        "ATENA_NO": n10("宛名番号"),
        "SISAN_NO": zeros("資産番号", 7),
        "SYURUI": code("SISAN", "資産種類"),
        "SISAN_CD": text("資産コード"),
        "MEISYO": "資産名称",
        "SURYO": zeros("数量", 7),
        "SYU_YM": month5("取得年月"),
        "SYUTOKU": yen("取得価額"),
        "TAIYO": zeros("耐用年数", 2),
        "ZANZON": scaled_text("減価残存率", 3, 4),
        "ZEN_HYOKA": yen("前年度評価額"),
        "HYOKA": yen("評価額"),
        "TOKU_JOKO": text("特例条項"),
        "TOKU_WARI": fraction("特例割合"),
        "KAZEI": yen("課税標準額"),
        "ZOKA": code("ZOKA", "増加事由"),
        "GENSYO": code("GENSYO", "減少事由"),
        "GEN_YM": month5("減少年月"),
        "BOKA": own(11, 3_000_000, 1),
        "SETTI": own(12, 200, 3),
        "KANRI_CD": own(13, 10**6, 6, prefix="KN"),
        **tail(),
    }
