"""How a rule of a layout can be broken by one value: the values that an item might have instead, and the rows of which
such a value breaks the rule. SQL over views named after the groups, with the row's number in :data:`ROW`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import polars as pl

from layouts.model import Area, CrossRule, Group, Item
from sample_data.defects.oracle import frame, literal, named, number, quoted, sql_type, value

ROW = "__row"
NAMES = re.compile(r'"([^"]+)"')
_HITS = pl.Schema({ROW: pl.Int64(), "found_group": pl.String(), "found_key": pl.String()})


def changes(con: duckdb.DuckDBPyConnection, group: Group, item: Item, *, exact: bool, plain: bool) -> Iterator[str]:
    """SQL of values that an item might have instead, likely ones first, ``NULL`` among them where some rows have none.

    ``exact``: every number can be written down; ``plain``: every text can.
    """
    name, table = quoted(item.name), quoted(group.name)
    if item.numeric:
        if exact:
            # Who writes no number as 0 cannot write a 0 of the truth.
            zero = number(con, f"SELECT count(*) FROM {table} WHERE {name} = 0")
            yield from (f"{name} + 1", f"{name} + 100000", "0" if zero else "1", "1", f"{name} * 2 + 1000")
        return
    if item.type in ("DATE", "TIME", "YEAR") or item.code:
        counted = (
            f"SELECT {name} AS v, count(*) AS n FROM {table} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        found = [str(v) for v in frame(con, counted)["v"].to_list()]
        known = [v for v in found if not v.startswith(("0000", "9999")) and "-00" not in v]
        ends = [min(known), max(known)] if known and not item.code else []
        yield from (value(v) for v in dict.fromkeys([*ends, *known[:12]]))
    if not item.required and number(con, f"SELECT count(*) FROM {table} WHERE {name} IS NULL"):
        yield "NULL"
    if item.type == "Ｎ" and item.digits > 3:
        yield f"substr({name}, 1, {item.digits - 1}) || '〓'"
    if item.type == "X" and not item.code and plain:
        yield f"CASE WHEN length({name}) > 2 THEN substr({name}, 1, length({name}) - 1) END"


def fits(item: Item, change: str) -> str:
    """SQL: the number has no more digits than the item, and a sign only where the item has one; TRUE for text."""
    if not item.numeric:
        return "TRUE"
    limit = 10 ** (item.digits - item.scale if item.digits > item.scale else item.digits)
    return f"abs({change}) < {limit}" + ("" if item.type == "S9" else f" AND ({change}) >= 0")


def broken(group: Group, expr: str, item: Item, change: str) -> tuple[str, str]:
    """Table expression and condition of the rows that a change makes break a record rule."""
    name = quoted(item.name)
    changed = f"(SELECT * REPLACE (({change})::{sql_type(item)} AS {name}), {name} AS __old FROM {quoted(group.name)})"
    where = f"({expr}) = FALSE AND __old IS DISTINCT FROM {name} AND __old IS NOT NULL AND {fits(item, name)}"
    return changed, where if change == "NULL" else f"{where} AND {name} IS NOT NULL"


def hits(
    con: duckdb.DuckDBPyConnection, area: Area, rule: CrossRule, group: Group, item: Item, change: str, rows: list[int]
) -> pl.DataFrame:
    """Those of ``rows`` that a cross rule names when the item is changed in all of them, and how it names them
    (``found_group``, ``found_key``)."""
    name, table, kind = quoted(item.name), quoted(group.name), sql_type(item)
    listed = ", ".join(map(str, rows))
    spoilt = (
        f"(SELECT * EXCLUDE ({ROW}) REPLACE (CASE WHEN {ROW} IN ({listed}) THEN ({change})::{kind} "
        f"ELSE {name} END AS {name}) FROM {table})"
    )
    result = frame(con, over(rule.sql, table, spoilt))
    own = frame(con, f"SELECT * REPLACE (({change})::{kind} AS {name}) FROM {table} WHERE {ROW} IN ({listed})")
    common = [c for c in result.columns if c in own.columns and result.schema[c] == pl.String]
    if not result.height or not common:
        return _HITS.to_frame()
    owner, keys = named(area, rule, result)
    places = result.select(common).with_columns(
        found_group=pl.lit(owner.name if owner else None, dtype=pl.String), found_key=keys
    )
    places = places.unique(common, keep="first", maintain_order=True)
    return own.join(places, on=common, how="inner").unique(ROW, maintain_order=True).select(_HITS.names())


def over(sql: str, table: str, instead: str) -> str:
    """The rule's SQL with another table expression for one of its (quoted) tables."""
    words = "WHERE|GROUP|JOIN|LEFT|INNER|ON|ORDER|HAVING|UNION"
    alias = rf"(?P<alias>\s+(?:AS\s+)?(?!(?:{words})\b)[A-Za-z_]\w*)?"
    pattern = re.compile(rf"\b(?P<word>FROM|JOIN)\s+{re.escape(table)}{alias}")
    return pattern.sub(lambda m: f"{m['word']} {instead}{m['alias'] or ' AS ' + table}", sql)


def view(con: duckdb.DuckDBPyConnection, group: Group, path: object) -> None:
    """The group's file as a view under its name, with :data:`ROW`."""
    con.execute(
        f"CREATE OR REPLACE VIEW {quoted(group.name)} AS SELECT * EXCLUDE (file_row_number), "
        f"file_row_number AS {ROW} FROM read_parquet({literal(path)}, file_row_number = true)"
    )
