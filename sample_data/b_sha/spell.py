"""How B社 spells values: dates, kana, numbers, codes, padding - plain encoders over whole columns - and its frozen
record layouts."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polars as pl

from sample_data import trace
from sample_data.truth.frame import era_code, era_year

FOLDER = Path(__file__).parent
_LETTERS = {"1": "M", "2": "T", "3": "S", "4": "H", "5": "R"}
_VOICED = dict(zip("ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ", "ｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎｳ", strict=True))
_SEMIVOICED = dict(zip("パピプペポ", "ﾊﾋﾌﾍﾎ", strict=True))
_PLAIN = dict(
    zip(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホ"
        "マミムメモヤユヨラリルレロワヲンァィゥェォャュョッー・　",
        "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰ･ ",
        strict=True,
    )
)
_NARROW = {
    **{k: v + "ﾞ" for k, v in _VOICED.items()},
    **{k: v + "ﾟ" for k, v in _SEMIVOICED.items()},
    **_PLAIN,
    **{chr(c + 0xFEE0): chr(c) for c in range(0x21, 0x7F)},
}


class Field(NamedTuple):
    """One field of a record layout; ``start`` (1-based) only in fixed-length tables; both in bytes."""

    name: str
    kind: str
    length: int
    start: int | None


@cache
def layout(table: str) -> tuple[Field, ...]:
    """The frozen record layout of a table."""
    with (FOLDER / "record_layout" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Field(r["field"], r["type"], int(r["length"]), int(r["start"]) if r["start"] else None)
            for r in csv.DictReader(file)
        )


def record(table: str, frame: pl.DataFrame, fields: Mapping[str, pl.Expr | str | None]) -> pl.DataFrame:
    """The table's fields in layout order, all String, no nulls; FILLER fields are spaces.

    A str is a column of ``frame``; None an always empty field. Raises ValueError where ``fields`` and the layout
    differ.
    """
    known = [f for f in layout(table) if not f.name.startswith("FILLER")]
    if {f.name for f in known} != set(fields):
        raise ValueError(f"{table}: {sorted({f.name for f in known} ^ set(fields))}")
    columns = []
    for field in layout(table):
        value = fields.get(field.name)
        if field.name.startswith("FILLER"):
            value = pl.lit(" " * field.length)
        expr = pl.lit("") if value is None else pl.col(value) if isinstance(value, str) else value
        columns.append(expr.cast(pl.String).fill_null("").alias(field.name))
    return trace.note(table, frame, fields, frame.select(columns))


def pad(table: str, name: str, text: pl.Expr | str) -> pl.Expr:
    """Text filled up on the right to the field's length: full-width spaces in N fields, half-width ones in others."""
    field = next(f for f in layout(table) if f.name == name)
    value = _col(text).fill_null("")
    return value.str.pad_end(field.length // 2, "　") if field.kind == "N" else value.str.pad_end(field.length, " ")


def _col(value: pl.Expr | str) -> pl.Expr:
    return pl.col(value) if isinstance(value, str) else value


def number10(value: pl.Expr | str, empty: str = "") -> pl.Expr:
    """A 15-digit 宛名番号 or 世帯番号 as the vendor's ten digits."""
    return _col(value).str.slice(5).fill_null(empty)


def zeros(value: pl.Expr | str, width: int) -> pl.Expr:
    """A number with leading zeros; null as zeros."""
    return _col(value).cast(pl.String).fill_null("0").str.zfill(width)


def bare(value: pl.Expr | str) -> pl.Expr:
    """Digits without leading zeros; null as 0."""
    return _col(value).cast(pl.Int64).fill_null(0).cast(pl.String)


def w7(value: pl.Expr | str, empty: str = "0000000") -> pl.Expr:
    """ISO date as era digit and YYMMDD."""
    text = _col(value)
    return (
        era_code(text) + era_year(text).cast(pl.String).str.zfill(2) + text.str.slice(5, 2) + text.str.slice(8, 2)
    ).fill_null(empty)


def wareki_dots(value: pl.Expr | str, empty: str = "") -> pl.Expr:
    """ISO date as R07.04.01."""
    text = _col(value)
    letter = era_code(text).replace_strict(list(_LETTERS), list(_LETTERS.values()), return_dtype=pl.String)
    return (
        letter
        + era_year(text).cast(pl.String).str.zfill(2)
        + pl.lit(".")
        + text.str.slice(5, 2)
        + pl.lit(".")
        + text.str.slice(8, 2)
    ).fill_null(empty)


def wareki_spaced(value: pl.Expr | str) -> pl.Expr:
    """ISO date as ``R 7. 4. 1``; null as nine spaces."""
    text = _col(value)
    letter = era_code(text).replace_strict(list(_LETTERS), list(_LETTERS.values()), return_dtype=pl.String)
    parts = [era_year(text), text.str.slice(5, 2).cast(pl.Int64), text.str.slice(8, 2).cast(pl.Int64)]
    year, month, date = (p.cast(pl.String).str.pad_start(2, " ") for p in parts)
    return (letter + year + pl.lit(".") + month + pl.lit(".") + date).fill_null(" " * 9)


def s8(value: pl.Expr | str, empty: str = "00000000") -> pl.Expr:
    """ISO date as YYYYMMDD."""
    return _col(value).str.replace_all("-", "", literal=True).fill_null(empty)


def slashes(value: pl.Expr | str) -> pl.Expr:
    """ISO date as YYYY/MM/DD; null as empty."""
    return _col(value).str.replace_all("-", "/", literal=True).fill_null("")


def month5(value: pl.Expr | str) -> pl.Expr:
    """YYYY-MM as era digit, year, month."""
    text = _col(value) + pl.lit("-01")
    return (era_code(text) + era_year(text).cast(pl.String).str.zfill(2) + text.str.slice(5, 2)).fill_null("00000")


def hms(value: pl.Expr | str, empty: str = "") -> pl.Expr:
    """HH:MM:SS as six digits."""
    return _col(value).str.replace_all(":", "", literal=True).fill_null(empty)


def stamp(date: str = "操作年月日", time: str = "操作時刻") -> pl.Expr:
    """Date and time in one field of 14 digits."""
    return s8(date) + hms(time, "000000")


def narrow(value: pl.Expr | str) -> pl.Expr:
    """Full-width kana, letters, digits and spaces as half-width; voiced kana become two characters."""
    return _col(value).str.replace_many(list(_NARROW), list(_NARROW.values())).fill_null("")


def code(value: pl.Expr | str, table: Mapping[str, str], empty: str = "") -> pl.Expr:
    """A standard code as the vendor's; a value without a counterpart is an error."""
    return _col(value).replace_strict(list(table), list(table.values()), return_dtype=pl.String).fill_null(empty)


def flag(value: pl.Expr | str) -> pl.Expr:
    """'1' stays, '0' becomes empty."""
    return code(value, {"1": "1", "0": ""})


def deleted(frame: pl.DataFrame, field: str, share: int = 311) -> pl.DataFrame:
    """``frame`` of a table with some logically deleted records more: copies under a number 500 higher, each behind
    its original."""
    rows = frame.with_row_index("_n").with_columns(_d=pl.lit(0))
    gone = rows.filter(pl.col("_n") % share == min(7, max(frame.height - 1, 0))).with_columns(
        pl.lit("1").alias("SAKUJO_FLG"),
        (pl.col(field).cast(pl.Int64) + 500).cast(pl.String).str.zfill(3).alias(field),
        _d=pl.lit(1),
    )
    if "SAISHIN_FLG" in frame.columns:
        gone = gone.with_columns(pl.lit("").alias("SAISHIN_FLG"))
    return pl.concat([rows, gone]).sort("_n", "_d").drop("_n", "_d")
