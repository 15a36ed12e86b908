"""How B社 spells values of area 022, beside what other areas share."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from sample_data.areas.codebook import Codebook
from sample_data.b_sha.spell import hms, month5, w7, wareki_dots
from sample_data.plugin import Table
from sample_data.tax.vendor import Fields, bare, on, zeros

code = Codebook(Path(__file__).parent / "b_sha_codes.csv")
OPEN = "9999999"


def file(name: str, label: str, frame: pl.DataFrame, sums: tuple[str, ...] = ()) -> Table:
    """One file; the label of a year becomes R05, or H30 before 令和."""
    if label.isdigit():
        label = f"R{int(label) - 2018:02d}" if int(label) >= 2019 else f"H{int(label) - 1988:02d}"
    return Table(name, frame, f"{name}_{label}.csv", sums=sums)


def day7(item: str) -> pl.Expr:
    return w7(item, "0")


def slash_era(item: str) -> pl.Expr:
    """R07/04/01; null as empty."""
    return wareki_dots(item).str.replace_all(".", "/", literal=True)


def month(item: str) -> pl.Expr:
    """YYYY-MM as era digit, year, month; null as 0."""
    return pl.when(pl.col(item).is_not_null()).then(month5(item)).otherwise(pl.lit("0"))


def month6(item: str) -> pl.Expr:
    return pl.col(item).str.replace("-", "", literal=True).fill_null("")


def number0(item: str) -> pl.Expr:
    """A number without its leading zeros; null as 0."""
    return pl.col(item).str.strip_chars_start("0").fill_null("0")


def key() -> Fields:
    return {"DANTAI_CD": "市区町村コード", "ATENA_NO": bare("宛名番号")}


def latest() -> Fields:
    return {**key(), "RIREKI_NO": zeros("履歴番号", 3), "NEW_FLG": on("最新フラグ")}


def tail() -> Fields:
    return {"UPD_USER": "操作者ID", "UPD_YMD": day7("操作年月日"), "UPD_TIME": hms("操作時刻")}


def tenth(item: str, width: int, digits: int) -> pl.Expr:
    """A decimal as zero-padded digits without the point (``digits`` behind it)."""
    scale: int = 10**digits
    return (pl.col(item) * scale).cast(pl.Int64).cast(pl.String).str.zfill(width)
