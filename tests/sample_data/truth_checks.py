"""Checks of standard groups straight from the layout definitions, written apart from the validators: what they
return is empty when all is well."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial

import duckdb
import polars as pl

from layouts.load import load_area
from layouts.model import Area, CrossRule, Group, Item

_DATE = r"^\d{4}-\d{2}-\d{2}$"
_VAGUE = r"-00$"
_HALF = r"^[\x20-\x7e]*$"
_TABLE = re.compile(r'"([^"]+)"')
_HAS_HALF = r"[\x21-\x7e\uff61-\uff9f]"


Frames = tuple[pl.DataFrame | None, ...]

_found: dict[str, tuple[Frames, list[str]]] = {}
"""What a check found when it was last made, and the frames that it looked at: tests that break one group of an area
look at all the others again."""


def _unless_seen(check: str, frames: Frames, look: Callable[[], list[str]]) -> list[str]:
    seen, found = _found.get(check, ((), []))
    if len(seen) != len(frames) or any(one is not other for one, other in zip(seen, frames, strict=True)):
        found = look()
        _found[check] = (frames, found)
    return found


def violations(
    area: str, groups: Mapping[str, pl.DataFrame], tables: Mapping[str, pl.DataFrame] | None = None
) -> list[str]:
    """Every breach of type, digits, characters, requirement, code, key, rule and cross rule in an area's groups.

    ``tables``: groups of other areas under ``<area>:<group>`` for references.
    """
    found: list[str] = []
    layout = load_area(area)
    for group in layout.groups:
        frame = groups[group.name]
        found += _unless_seen(f"{area} {group.name}", (frame,), partial(_rows, layout, group, frame))
        if frame.columns != list(group.names):
            continue
        for item in group.items:
            targets = tuple(tables_of(area, groups, tables or {}, r.area, r.group) for r in item.fk)
            if targets and all(target is not None for target in targets):
                look = partial(_references, group, item, frame, targets)
                found += _unless_seen(f"{area} {group.name} {item.name}", (frame, *targets), look)
    for rule in layout.cross_rules:
        named = {name: groups[name] for name in _TABLE.findall(rule.sql) if name in groups}
        found += _unless_seen(rule.id, tuple(named.values()), partial(_cross, rule, named))
    return found


def _rows(layout: Area, group: Group, frame: pl.DataFrame) -> list[str]:
    if frame.columns != list(group.names):
        return [f"{group.name}: columns differ from the layout"]
    checks: dict[str, pl.Expr] = {}
    for item in group.items:
        value = pl.col(item.name)
        given = value.is_not_null()
        if item.type in ("9", "S9"):
            checks[f"{item.name} digits"] = given & (value.abs() >= 10**item.digits)
            if item.type == "9":
                checks[f"{item.name} sign"] = given & (value < 0)
        elif item.type == "9V":
            checks[f"{item.name} digits"] = given & (value.abs() >= 10 ** (item.digits - (item.scale or 0)))
        else:
            checks[f"{item.name} length"] = given & (
                (value.str.len_chars() > item.digits) | (value.str.len_chars() == 0)
            )
            if item.type in ("DATE", "TIME", "X", "YEAR"):
                pattern = {"DATE": _DATE, "TIME": r"^\d{2}:\d{2}:\d{2}$", "YEAR": r"^\d{4}$"}.get(item.type, _HALF)
                checks[f"{item.name} characters"] = given & ~value.str.contains(pattern)
                if item.type == "DATE" and f"{item.name}_不詳フラグ" not in group:
                    checks[f"{item.name} unknown day without a flag"] = given & value.str.contains(_VAGUE)
            elif item.type == "Ｎ":
                checks[f"{item.name} characters"] = given & value.str.contains(_HAS_HALF)
        if item.output == "必須":
            checks[f"{item.name} required"] = ~given
        if item.required_when:
            checks[f"{item.name} required_when"] = ~given & pl.sql_expr(item.required_when).fill_null(False)
        if item.code:
            allowed = pl.lit(False)
            for part in item.code.split("/"):
                codes = layout.code_list(part)
                allowed = allowed | value.is_in(sorted(codes.values))
                for regex in codes.patterns:
                    allowed = allowed | value.cast(pl.String).str.contains(regex)
            checks[f"{item.name} code"] = (
                given & ~allowed if item.type == "X" else given & ~value.cast(pl.String).is_in(sorted(codes.values))
            )
    for rule in layout.rules_of(group):
        checks[f"{rule.id} {rule.title}"] = ~pl.sql_expr(rule.expr).fill_null(True)
    counts = (
        frame.select(expr.sum().alias(name) for name, expr in checks.items()).row(0, named=True) if frame.height else {}
    )
    found = [f"{group.name}: {name}: {count}" for name, count in counts.items() if count]
    key = [item.name for item in group.key]
    if frame.select(key).is_duplicated().any():
        found.append(f"{group.name}: key {key} is not unique")
    return found


def _references(group: Group, item: Item, frame: pl.DataFrame, targets: Frames) -> list[str]:
    refs = [table[ref.item].cast(pl.String) for ref, table in zip(item.fk, targets, strict=True) if table is not None]
    known = pl.concat(refs).unique().implode()
    lost = frame.filter(pl.col(item.name).is_not_null() & ~pl.col(item.name).cast(pl.String).is_in(known))
    return [f"{group.name}: {item.name} refers to nothing: {lost.height}"] if lost.height else []


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _cross(rule: CrossRule, tables: Mapping[str, pl.DataFrame]) -> list[str]:
    connection = _connection()
    for name, frame in tables.items():
        connection.register(name, frame.to_arrow())
    count = len(connection.sql(rule.sql).fetchall())
    for name in tables:
        connection.unregister(name)
    return [f"{rule.id} {rule.title}: {count}"] if count else []


def tables_of(
    area: str, groups: Mapping[str, pl.DataFrame], others: Mapping[str, pl.DataFrame], to: str, group: str
) -> pl.DataFrame | None:
    return groups[group] if to == area else others.get(f"{to}:{group}")
