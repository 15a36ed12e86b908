"""SQL in mappings: polars' ``sql_expr`` over raw text, the names that it reads, and errors as a mapping's errors."""

from __future__ import annotations

import polars as pl


class SqlError(ValueError):
    """An SQL expression that polars does not parse."""


def parse(sql: str) -> pl.Expr:
    """The expression; raises :class:`SqlError` with polars' reason."""
    try:
        return pl.sql_expr(sql)
    except pl.exceptions.PolarsError as error:
        raise SqlError(str(error).splitlines()[0]) from None


def names(sql: str) -> list[str]:
    """Columns that the expression reads, each once, in order."""
    return list(dict.fromkeys(parse(sql).meta.root_names()))


def check(sql: str, *, boolean: bool) -> None:
    """Raise :class:`SqlError` unless the expression works on text columns (``boolean``: and gives true or false)."""
    expr = parse(sql)
    frame = pl.LazyFrame(schema=dict.fromkeys(names(sql), pl.String()))
    try:
        dtype = frame.select(expr.alias("out")).collect_schema()["out"]
        frame.select(expr.alias("out")).collect()
    except pl.exceptions.PolarsError as error:
        raise SqlError(str(error).splitlines()[0]) from None
    if boolean and dtype != pl.Boolean:
        raise SqlError(f"gives {dtype}, not true or false")


def true(sql: str) -> pl.Expr:
    """The condition, with NULL as false."""
    return parse(sql).fill_null(False)
