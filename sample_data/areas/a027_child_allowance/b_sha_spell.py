"""How B社's tables of area 027 spell days, months, amounts and codes."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from sample_data.areas.codebook import Codebook
from sample_data.b_sha.spell import hms, month5, number10, w7
from sample_data.tax.vendor import Fields

CODES = Path(__file__).parent / "b_sha_codes.csv"
code = Codebook(CODES)
OPEN, OPEN_MONTH, NOBODY = "9999999", "99999", "0000000000"
_LETTERS = {"1": "M", "2": "T", "3": "S", "4": "H", "5": "R"}


def day(item: str, empty: str = "0") -> pl.Expr:
    return w7(item, empty)


def letter(item: str) -> pl.Expr:
    """An ISO date as R061001; null as empty."""
    digits = w7(item, "")
    era = digits.str.slice(0, 1).replace_strict(list(_LETTERS), list(_LETTERS.values()), default="")
    return era + digits.str.slice(1)


def western(item: str) -> pl.Expr:
    return pl.col(item).str.replace_all("-", "", literal=True).fill_null("")


def month(item: str, empty: str = "0") -> pl.Expr:
    """YYYY-MM as era digit, year, month."""
    return pl.when(pl.col(item).is_not_null()).then(month5(item)).otherwise(pl.lit(empty))


def commas(item: str) -> pl.Expr:
    """An amount with a comma every three digits."""
    digits = pl.col(item).cast(pl.String)
    grouped = digits.str.reverse().str.replace_all(r"(\d{3})", "${1},").str.strip_chars_end(",").str.reverse()
    return grouped.fill_null("")


def thousands(item: str) -> pl.Expr:
    return (pl.col(item) // 1000).cast(pl.String).fill_null("")


def hyphened(item: str) -> pl.Expr:
    return pl.col(item).str.slice(0, 4) + pl.lit("-") + pl.col(item).str.slice(4)


def tail(when: pl.Expr | None = None) -> Fields:
    return {
        "UPD_USER": "操作者ID",
        "UPD_YMD": day("操作年月日") if when is None else when,
        "UPD_TIME": hms("操作時刻"),
    }


def key() -> Fields:
    return {"DANTAI_CD": "市区町村コード", "ATENA_NO": number10("宛名番号"), "NINTEI_NO": "認定番号"}
