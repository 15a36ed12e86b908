"""How B社's KT tables spell values, beside what all its systems share."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from sample_data.areas.codebook import Codebook, tables
from sample_data.b_sha.spell import record, w7
from sample_data.plugin import Table
from sample_data.tax.vendor import Fields, clock, year3

_CODES = Path(__file__).parent / "b_sha_codes.csv"
_BOOK = Codebook(_CODES)
LATEST = "9999999"
"""End of a row that still holds."""


def code(group: str, item: str | tuple[str, str], empty: str = "") -> pl.Expr:
    """An item, or two items that B社 keeps in one code, as its code."""
    if isinstance(item, str):
        return _BOOK(group, item, empty)
    known = tables(_CODES)[group]
    both = pl.concat_str([pl.col(item[0]), pl.col(item[1])], separator="/")
    return both.replace_strict(list(known), list(known.values()), return_dtype=pl.String)


def n10(item: str) -> pl.Expr:
    """A 宛名番号 as ten digits; zeros where there is none."""
    return pl.col(item).str.slice(5).fill_null("0" * 10)


def n8(item: str) -> pl.Expr:
    """A 物件番号 as eight digits; empty where there is none."""
    return pl.col(item).str.slice(7).fill_null("")


def day(item: str) -> pl.Expr:
    return w7(item, "0000000")


def year(item: str) -> pl.Expr:
    return year3(item)


def until(key: str) -> pl.Expr:
    """The day before the next row's 異動年月日; :data:`LATEST` in the last row of a ``key``."""
    date = pl.col("異動年月日").str.to_date()
    following = (date.shift(-1) - pl.duration(days=1)).dt.to_string("%Y-%m-%d")
    last = pl.col(key) != pl.col(key).shift(-1).fill_null("")
    return pl.when(last).then(pl.lit(LATEST)).otherwise(w7(following, LATEST))


def scaled_text(item: str, places: int, width: int) -> pl.Expr:
    """A decimal as an integer of its smallest unit, with leading zeros; empty where there is none."""
    units: pl.Expr = (pl.col(item) * 10**places).cast(pl.Int64)
    return units.cast(pl.String).str.zfill(width).fill_null("")


def fraction(name: str) -> pl.Expr:
    """``<name>_分子`` and ``<name>_分母`` as ``1/3``; empty where there is none."""
    parts = [pl.col(f"{name}_{side}").cast(pl.String) for side in ("分子", "分母")]
    return pl.concat_str(parts, separator="/").fill_null("")


def tail() -> Fields:
    return {"UPD_USER": "操作者ID", "UPD_YMD": day("操作年月日"), "UPD_TIME": clock()}


def file_label(label: str) -> str:
    """``2023`` as ``R05``, ``2018`` as ``H30``; other labels as they are."""
    if not label.isdigit():
        return label
    return f"R{int(label) - 2018:02d}" if int(label) >= 2019 else f"H{int(label) - 1988:02d}"


def table(name: str, label: str, frame: pl.DataFrame, fields: Fields, sums: tuple[str, ...] = ()) -> Table:
    """One file of a table."""
    return Table(name, record(name, frame, fields), f"{name}_{file_label(label)}.csv", sums=sums)
