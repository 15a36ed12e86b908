"""How B社's tax systems spell values, beside :mod:`sample_data.b_sha.spell`: their codes, years, amounts, flags,
numbers, and files by year.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import polars as pl

from sample_data.b_sha.spell import record, w7
from sample_data.plugin import Table, Truth
from sample_data.tax.frames import Groups

Fields = Mapping[str, pl.Expr | str | None]


@cache
def codes(group: str) -> Mapping[str, str]:
    """Standard value -> vendor value of a code group (コード群)."""
    path = Path(__file__).parent / "b_sha_codes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        found = {row["standard"]: row["vendor"] for row in csv.DictReader(file) if row["code_group"] == group}
    if not found:
        raise KeyError(group)
    return found


def parts(truth: Truth, group: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Label and frame of each part of a group (one part ``ALL`` of a plain mapping)."""
    if isinstance(truth, Groups):
        yield from truth.parts(group)
    else:
        yield "ALL", truth[group]


def table(name: str, label: str, frame: pl.DataFrame, fields: Fields, sums: tuple[str, ...] = ()) -> Table:
    """One file of a table; the label of a year becomes R05."""
    return Table(name, record(name, frame, fields), f"{name}_{file_label(label)}.csv", sums=sums)


def file_label(label: str) -> str:
    """``2023_1`` as ``R05_1``, ``2023`` as ``R05``; other labels as they are."""
    year, _, rest = label.partition("_")
    return (f"R{int(year) - 2018:02d}" if year.isdigit() else year) + (f"_{rest}" if rest else "")


def code(item: str, group: str, empty: str = "") -> pl.Expr:
    known = codes(group)
    return pl.col(item).replace_strict(list(known), list(known.values()), return_dtype=pl.String).fill_null(empty)


def bare(item: str) -> pl.Expr:
    """A number held as text without its leading zeros; null as empty."""
    return pl.col(item).str.strip_chars_start("0").fill_null("")


def on(item: str, off: str = "") -> pl.Expr:
    """A yes as 1, a no as ``off``."""
    return pl.when(pl.col(item) == "1").then(pl.lit("1")).otherwise(pl.lit(off))


def day7(item: str) -> pl.Expr:
    return w7(item, "0")


def day7_open(item: str) -> pl.Expr:
    """A day that may be open: 99999999 where it is."""
    return w7(item, "99999999")


def day8(item: str) -> pl.Expr:
    return pl.col(item).str.replace_all("-", "", literal=True).fill_null("")


def clock(item: str = "操作時刻") -> pl.Expr:
    return pl.col(item).str.replace_all(":", "", literal=True).fill_null("")


def year2(item: str) -> pl.Expr:
    """A year of 令和 as two digits."""
    return (pl.col(item).cast(pl.Int64) - 2018).cast(pl.String).str.zfill(2)


def year3(item: str) -> pl.Expr:
    """A fiscal year as era digit and two digits: 430 is 平成30, 501 is 令和元; null as empty."""
    year = pl.col(item).cast(pl.Int64)
    return pl.when(year >= 2019).then(500 + year - 2018).otherwise(400 + year - 1988).cast(pl.String).fill_null("")


def yen(item: str, empty: str = "") -> pl.Expr:
    """An amount as plain digits; null as ``empty``."""
    return pl.col(item).cast(pl.String).fill_null(empty)


def yen_signed(item: str) -> pl.Expr:
    """An amount as plain digits with a minus behind it where it is negative; null as empty."""
    value = pl.col(item)
    return (value.abs().cast(pl.String) + pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))).fill_null("")


def zeros(item: str, width: int) -> pl.Expr:
    """A number with leading zeros; null as empty."""
    return pl.col(item).cast(pl.String).str.zfill(width).fill_null("")


def sign_behind(item: str, width: int) -> pl.Expr:
    """An amount with leading zeros and its sign, + or -, behind; null as empty."""
    value = pl.col(item)
    return (
        value.abs().cast(pl.String).str.zfill(width) + pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit("+"))
    ).fill_null("")


def postal(item: str) -> pl.Expr:
    return (pl.col(item).str.slice(0, 3) + pl.lit("-") + pl.col(item).str.slice(3)).fill_null("")


def text(item: str) -> pl.Expr:
    return pl.col(item).fill_null("")


def own(salt: int, below: int, width: int, first: int = 0, prefix: str = "") -> pl.Expr:
    """A value of a field that only the vendor has: digits, a function of the row's place (column ``_n``)."""
    drawn = (pl.col("_n") * 7919 + salt * 104_729) % below + first
    return pl.lit(prefix) + drawn.cast(pl.String).str.zfill(width)


def own_flag(salt: int, one_in: int) -> pl.Expr:
    """A vendor's own mark: 1 in one row of ``one_in``, else empty."""
    return pl.when((pl.col("_n") * 31 + salt) % one_in == 0).then(pl.lit("1")).otherwise(pl.lit(""))


def placed(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with ``_n``, the place of each row."""
    return frame.with_row_index("_n").with_columns(pl.col("_n").cast(pl.Int64))


def claim_key(prefix: str = "", sides: tuple[str, ...] = ("KIBETU", "SINK_NO")) -> Fields:
    """The key fields of a claim."""
    fields: dict[str, pl.Expr | str | None] = {
        "DANTAI_CD": "市区町村コード",
        "FUKA_NEN": year3(prefix + "賦課年度"),
        "SOTO_NEN": year3(prefix + "相当年度"),
        "KAMOKU": code(prefix + "業務詳細（科目）コード", "KAMOKU"),
        "TUTI_NO": bare(prefix + "通知書番号"),
    }
    rest: Fields = {"KIBETU": text(prefix + "期別"), "SINK_NO": yen(prefix + "申告履歴番号")}
    return {**fields, **{name: rest[name] for name in sides}}


def tail7() -> Fields:
    return {"UPD_USER": "操作者ID", "UPD_YMD": day7("操作年月日"), "UPD_TIME": clock()}


def tail8() -> Fields:
    return {"UPD_USER": "操作者ID", "UPD_YMD": day8("操作年月日"), "UPD_TIME": clock()}


def side_by_side(frame: pl.DataFrame, keys: list[str], number: pl.Expr, count: int, columns: list[str]) -> pl.DataFrame:
    """One row a key (the frame's rows of a key stand together), the ``columns`` of occurrence 1 ... ``count`` side
    by side as ``<column>|<k>``.

    The other columns are those of the key's first row.
    """
    rows = frame.with_columns(_g=pl.struct(keys).rle_id(), _k=number)
    wide = rows.unique("_g", keep="first", maintain_order=True).drop("_k", *columns)
    for k in range(1, count + 1):
        one = rows.filter(pl.col("_k") == k).select("_g", *(pl.col(c).alias(f"{c}|{k}") for c in columns))
        wide = wide.join(one, on="_g", how="left", maintain_order="left")
    return wide.drop("_g")
