"""Small tools of the truth modules: complete groups, ISO dates, wareki text, whole-column draws."""

from __future__ import annotations

import datetime as dt

import polars as pl

from layouts.load import load_area

ERAS: tuple[tuple[str, str, str, int], ...] = (
    ("1868-01-25", "1", "明治", 1867),
    ("1912-07-30", "2", "大正", 1911),
    ("1926-12-25", "3", "昭和", 1925),
    ("1989-01-08", "4", "平成", 1988),
    ("2019-05-01", "5", "令和", 2018),
)
"""First day, code, name, year before the era's first year."""


def complete(area: str, group: str, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with exactly the group's items, typed and in layout order; items that it lacks are null, other
    columns are dropped."""
    columns = []
    for item in load_area(area).group(group).items:
        kind = (
            pl.Int64
            if item.type in ("9", "S9")
            else pl.Decimal(38, item.scale or 0)
            if item.type == "9V"
            else pl.String
        )
        source = pl.col(item.name) if item.name in frame.columns else pl.lit(None)
        columns.append(source.cast(kind).alias(item.name))
    return frame.select(columns)


def iso(date: pl.Expr | str) -> pl.Expr:
    """A Date column as YYYY-MM-DD."""
    return (pl.col(date) if isinstance(date, str) else date).dt.to_string("%Y-%m-%d")


def day(date: dt.date) -> pl.Expr:
    return pl.lit(date, dtype=pl.Date)


def era_code(text: pl.Expr) -> pl.Expr:
    """元号 code of ISO text (0000 days count as the beginning of the year)."""
    result = pl.lit("1")
    for first, code, _, _ in ERAS[1:]:
        result = pl.when(text >= first).then(pl.lit(code)).otherwise(result)
    return pl.when(text.is_not_null()).then(result)


def era_year(text: pl.Expr) -> pl.Expr:
    """Year within the era of ISO text."""
    year = text.str.slice(0, 4).cast(pl.Int64)
    result = year - ERAS[0][3]
    for first, _, _, zero in ERAS[1:]:
        result = pl.when(text >= first).then(year - zero).otherwise(result)
    return result


def era_text(text: pl.Expr) -> pl.Expr:
    """元号 and year in words, full width: 昭和１９年."""
    name = era_code(text).replace_strict([e[1] for e in ERAS], [e[2] for e in ERAS], return_dtype=pl.String)
    return name + wide(era_year(text).cast(pl.String)) + pl.lit("年")


def wide(text: pl.Expr) -> pl.Expr:
    """Printable ASCII as full-width characters (space as U+3000)."""
    half = [chr(c) for c in range(0x20, 0x7F)]
    full = ["　", *(chr(c + 0xFEE0) for c in range(0x21, 0x7F))]
    return text.str.replace_many(half, full)


def mix(*columns: str, salt: int = 0, modulus: int) -> pl.Expr:
    """A repeatable pseudo-random integer in [0, modulus) from integer columns: a linear mix, spread by a prime."""
    total = pl.lit(salt * 7_349 + 101, dtype=pl.Int64)
    for step, name in enumerate(columns):
        total = total + pl.col(name).cast(pl.Int64) * (1_000_003 + 2 * step)
    square = (total % 1_000_003) * (total % 999_983) + total
    return (square // 7) % modulus


def clock(*columns: str, salt: int = 0) -> pl.Expr:
    """A time of office hours, HH:MM:SS."""
    seconds = mix(*columns, salt=salt + 77, modulus=8 * 3600) + 8 * 3600 + 1800
    two = [(seconds // 3600), (seconds // 60) % 60, seconds % 60]
    hour, minute, second = (part.cast(pl.String).str.zfill(2) for part in two)
    return hour + pl.lit(":") + minute + pl.lit(":") + second


def operator(*columns: str, salt: int = 0) -> pl.Expr:
    """操作者ID: mostly a clerk, sometimes a batch."""
    clerk = pl.lit("SHU") + mix(*columns, salt=salt + 5, modulus=9000).cast(pl.String).str.zfill(4)
    return pl.when(mix(*columns, salt=salt + 3, modulus=20) == 0).then(pl.lit("BATCH")).otherwise(clerk)


def operated(date: pl.Expr, *columns: str, salt: int = 0) -> list[pl.Expr]:
    """操作者ID, 操作年月日 (from a Date), 操作時刻."""
    return [
        operator(*columns, salt=salt).alias("操作者ID"),
        iso(date).alias("操作年月日"),
        clock(*columns, salt=salt).alias("操作時刻"),
    ]
