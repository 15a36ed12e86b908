"""How A社 spells values: a standard group's rows as columns of text, one a field, ready to be put into bytes."""

from __future__ import annotations

import polars as pl

from sample_data.a_sha import book
from sample_data.b_sha.spell import month5, narrow, s8, w7
from sample_data.truth.frame import wide

NO_NUMBER = "0" * 10
CANCELLED = "9"
EMPTY = {"w7": "0" * 7, "s8": "0" * 8, "ym5": "0" * 5, "y3": "000", "no10": NO_NUMBER}
"""How kinds of numbers say that there is no value; the others are left blank."""


def records(table: book.Table, rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` (items as columns) as the table's records: the columns of :attr:`book.Table.columns`, all String, no
    null."""
    rows = rows.with_row_index("_n").with_columns(pl.col("_n").cast(pl.Int64))
    if not table.times:
        made = rows.select(_spelt(table)).select(table.columns)
        return _with_cancelled(table, made) if table.cancelled else made
    keys = [item for field in table.fields if field.occurs == "" for item in field.items]
    placed = rows.with_columns(pl.int_range(pl.len()).over(keys).alias("_k"), pl.len().over(keys).alias("_of"))
    most = placed["_of"].max()
    if isinstance(most, int) and most > table.times:
        raise ValueError(f"{table.name}: {most} claims do not fit into {table.times}")
    heads = placed.filter(pl.col("_k") == 0)
    plain = [field for field in table.fields if field.occurs == ""]
    made = heads.select(*(pl.col(k) for k in keys), *(_field(table, f, f.items).alias(f.column) for f in plain))
    inner = placed.select(
        *(pl.col(k) for k in keys), "_k", *(_field(table, f, f.items).alias(f.column) for f in table.claims)
    )
    width = len(str(table.times))
    for number in range(1, table.times + 1):
        names = {f.column: f"{f.column}_{number:0{width}}" for f in table.claims}
        one = inner.filter(pl.col("_k") == number - 1).drop("_k").rename(names)
        made = made.join(one, on=keys, how="left", nulls_equal=True, maintain_order="left")
        made = made.with_columns(pl.col(names[f.column]).fill_null(blank(table.area, f)) for f in table.claims)
    return made.select(table.columns)


def _with_cancelled(table: book.Table, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` and copies of a few records, each behind its original: entered by mistake and cancelled."""
    digits = next(field.shape[2] for field in table.fields if field.column == table.cancelled)
    mark = next(field.column for field in table.fields if field.kind == "cancelled")
    rows = frame.with_row_index("_n")
    number = (pl.col(table.cancelled).cast(pl.Int64) + 500).cast(pl.String).str.zfill(digits)
    copies = rows.filter(pl.col("_n") % 97 == min(5, max(frame.height - 1, 0)))
    copies = copies.with_columns(number.alias(table.cancelled), pl.lit(CANCELLED).alias(mark))
    return pl.concat([rows, copies]).sort("_n", maintain_order=True).drop("_n")


def _spelt(table: book.Table) -> list[pl.Expr]:
    """Every occurrence of every field of a table with one record a row."""
    return [
        _field(table, field, field.items[number : number + 1]).alias(name)
        for field in table.fields
        for number, name in enumerate(field.columns(0))
    ]


def blank(area: str, field: book.Field) -> str:
    """What stands where there is no value (fields of text are filled up later)."""
    if field.kind == "code":
        return "0" * field.size if field.number else ""
    return EMPTY.get(field.kind, "")


def _field(table: book.Table, field: book.Field, items: tuple[str, ...]) -> pl.Expr:
    """One field as text. Raises ValueError for an unknown kind."""
    kind, digits, scale = field.kind, field.shape[2], field.shape[3]
    if kind == "counter":
        return pl.col("_of").cast(pl.String).str.zfill(digits)
    if kind in ("filler", "cancelled"):
        return pl.lit("")
    if kind == "own":
        places = min(digits if field.number else digits - 1, 6)
        drawn = ((pl.col("_n") * 7919 + len(field.name) * 104_729) % pl.lit(int(10**places))).cast(pl.String)
        return drawn.str.zfill(digits) if field.number else pl.lit("T") + drawn.str.zfill(places)
    value = pl.col(items[0])
    if kind in ("text", "wide", "mixed"):
        return value.fill_null("")
    if kind == "code":
        known = book.codes(table.area)[field.codes]
        spelt = [pair[0] for pair in known.values()]
        text = value.cast(pl.String).replace_strict(list(known), spelt, return_dtype=pl.String)
        return text.fill_null(blank(table.area, field))
    if kind == "kana":
        return narrow(items[0])
    if kind == "ascii":
        return wide(value).fill_null("")
    if kind == "no10":
        return value.str.slice(5).fill_null(NO_NUMBER)
    if kind == "w7":
        return w7(value, EMPTY["w7"])
    if kind == "s8":
        return s8(value, EMPTY["s8"])
    if kind == "ym5":
        return month5(value)
    if kind == "y3":
        return _year3(value)
    if kind == "t6":
        return value.str.replace_all(":", "", literal=True).fill_null("")
    if kind == "number":
        text = value.cast(pl.String)
        return (text if field.shape[0] or scale else text.str.zfill(digits)).fill_null("")
    raise ValueError(f"{table.name}.{field.name}: unknown kind {kind}")


def _year3(value: pl.Expr) -> pl.Expr:
    """A year as era digit and two digits: 430 is 平成30, 501 is 令和元."""
    year = value.cast(pl.Int64)
    coded = (
        pl.when(year >= 2019)
        .then(year - 2018 + 500)
        .when(year >= 1989)
        .then(year - 1988 + 400)
        .when(year >= 1926)
        .then(year - 1925 + 300)
        .otherwise(year - 1911 + 200)
    )
    return coded.cast(pl.String).fill_null(EMPTY["y3"])
