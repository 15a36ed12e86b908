"""Makes ``planted/<area>.jsonl`` anew: for every record rule and cross rule of the layouts a few rows of the sample's
truth and one value that breaks the rule. Usage: ``python tests/validators/plant_rules.py [AREA ...] [--dir DIR]``.

The search is that of :mod:`sample_data.defects.breaking`, with any item and any value; what else the value breaks is
asked of :mod:`sample_data.defects.oracle`. Rules for which nothing is found - mostly because the sample has no such
rows - are printed: they need a line in ``planted/by_hand.jsonl``, or a reason in ``planted/exceptions.csv``.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, combinations, islice
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from layouts.load import area_ids, load_area
from layouts.model import Area, CrossRule, Group, Item, Rule
from sample_data.defects import breaking, oracle
from sample_data.defects.breaking import NAMES, ROW
from sample_data.generate import generate

FOLDER = Path(__file__).parent / "planted"
TOWN, POPULATION, YEARS, SEED = "352101", 900, 4, 3
_LITERAL = re.compile(r"'([^']*)'|\b(\d+)\b")
_TRIED = 400
"""Values tried for one item."""
_LOOKED = 12
"""Broken rows looked at for one rule, until one breaks nothing else."""

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description="A violation of every rule of the layouts.")
    parser.add_argument("areas", nargs="*", default=list(area_ids()))
    parser.add_argument("--dir", type=Path, help="folder with the town made before, or to be made there and kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home: Path = options.dir or Path(folder)
        if not (home / TOWN / "truth").exists():
            generate(TOWN, home, population=POPULATION, years=YEARS, seed=SEED, areas=options.areas)
        for area in options.areas:
            plant(load_area(area), home / TOWN / "truth" / area)


def plant(area: Area, truth: Path) -> None:
    con = oracle.connection()
    for group in area.groups:
        breaking.view(con, group, truth / f"{group.slug}.parquet")
    lines, missing = [], []
    used: dict[str, set[int]] = {}
    for rule in (*area.rules, *area.cross_rules):
        if isinstance(rule, Rule):
            entry = record_rule(con, area, rule, used.setdefault(rule.group, set()))
        else:
            entry = cross_rule(con, area, rule)
        if entry is None:
            missing.append(rule.id)
        else:
            lines.append(json.dumps(entry, ensure_ascii=False, default=str))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{area.id}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    print(area.id, len(lines), "planted; nothing found for", " ".join(missing) or "-", flush=True)
    con.close()


def values(con: duckdb.DuckDBPyConnection, group: Group, item: Item, text: str) -> Iterator[str]:
    """SQL of values to try: those of the sample, what the rule itself names, other items of the row, and nothing."""
    seen: set[str] = set()

    def fresh(changes: Iterator[str] | list[str]) -> Iterator[str]:
        for change in changes:
            if change not in seen:
                seen.add(change)
                yield change

    yield from fresh(breaking.changes(con, group, item, exact=True, plain=True))
    name = oracle.quoted(item.name)
    if item.numeric:
        yield from fresh(
            [f"{name} - 1", f"{name} * 10 + 7", f"-{name} - 1", *(n for _, n in _LITERAL.findall(text) if n)]
        )
    else:
        yield from fresh([oracle.literal(t) for t, _ in _LITERAL.findall(text) if t])
        if item.code:
            codes = [v for one in item.code.split("/") for v in sorted(load_area(group.area).code_list(one).values)]
            yield from fresh([oracle.literal(v) for v in codes[:80]])
        if item.type == "DATE":
            yield from fresh(["'1850-01-01'", "'1869-05-05'", "'2035-12-31'", "'2024-02-10'"])
        if item.type == "X":
            last = f"right({name}, 1)"
            yield from fresh(
                [f"left({name}, -1) || CASE {last} WHEN '9' THEN '1' ELSE (TRY_CAST({last} AS INT) + 1)::VARCHAR END"]
            )
            yield from fresh([f"{name} || '0'", f"substr({name}, 1, 1)", f"{name} || ' '", "'A'", "'2024-13'"])
        if item.type == "Ｎ":
            yield from fresh(["'他'", "'世帯主'", f"{name} || '　別'"])
    if not item.code and not item.numeric and item.type != "BLOB":
        # What another row has.
        some = oracle.frame(
            con, f"SELECT DISTINCT {name} AS v FROM {oracle.quoted(group.name)} ORDER BY hash(v) LIMIT 4"
        )
        yield from fresh([oracle.literal(v) for v in some["v"] if v is not None])
    alike = [i for i in group.items if i.type == item.type and i.name != item.name and f'"{i.name}"' in text]
    yield from fresh([oracle.quoted(other.name) for other in alike])
    if not item.pk:
        yield from fresh(["NULL"])


def record_rule(con: duckdb.DuckDBPyConnection, area: Area, rule: Rule, used: set[int]) -> Row | None:
    """One value that breaks the rule, else two, else the same in all items of one kind that the rule names."""
    group = area.group(rule.group)
    items = [group.item(name) for name in dict.fromkeys(NAMES.findall(rule.expr)) if name in group]
    one = ({item: change} for item in items for change in islice(values(con, group, item, rule.expr), _TRIED))
    best = _best(con, area, group, rule, used, one)
    if best is None:
        few = {item: [*islice(values(con, group, item, rule.expr), 8), "NULL"] for item in items[:12]}
        two = ({a: x, b: y} for a, b in combinations(few, 2) for x in few[a] for y in few[b])
        best = _best(con, area, group, rule, used, two)
    if best is None:
        same = ({i: v for i in items if not i.numeric and not i.pk} for v in ("NULL", "'0'", "'1'"))
        best = _best(con, area, group, rule, used, same)
    if best is None:
        return None
    used.add(best.number)
    return {
        "rule": rule.id,
        "group": group.name,
        "values": best.new,
        "also": best.also,
        "rows": {group.name: [best.row]},
    }


@dataclass(frozen=True)
class Broken:
    """A row that breaks a rule with new values."""

    number: int
    row: Row
    new: Row
    also: list[str]


def _best(
    con: duckdb.DuckDBPyConnection,
    area: Area,
    group: Group,
    rule: Rule,
    used: set[int],
    tries: Iterable[dict[Item, str]],
) -> Broken | None:
    """The first row that breaks nothing else, or of the first few the one that breaks least."""
    best: Broken | None = None
    looked = 0
    for changes in tries:
        if looked >= _LOOKED or (best is not None and not best.also):
            break
        if not changes:
            continue
        new = ", ".join(
            f"TRY_CAST(({c}) AS {oracle.sql_type(i)}) AS {oracle.quoted(i.name)}" for i, c in changes.items()
        )
        fit = " AND ".join(breaking.fits(i, f"({c})") for i, c in changes.items())
        table = oracle.quoted(group.name)
        taken = f" AND {ROW} NOT IN ({', '.join(map(str, used))})" if used else ""
        names = ", ".join(oracle.quoted(i.name) for i in changes)
        where = f"({rule.expr}) = FALSE{taken}"
        sql = f"SELECT {ROW}, {names} FROM (SELECT * REPLACE ({new}) FROM {table} WHERE {fit}) t WHERE {where} LIMIT 3"
        for number, *new_values in oracle.frame(con, sql).iter_rows():
            looked += 1
            row = rows_of(con, group, f"{ROW} = {number}")[0]
            changed = {i.name: v for i, v in zip(changes, new_values, strict=True) if v != row.get(i.name)}
            also = others(area, group, {**row, **changed}, rule.id)
            if changed and (best is None or len(also) < len(best.also)):
                best = Broken(number, row, changed, also)
    return best


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    return oracle.connection()


def others(area: Area, group: Group, row: Row, rule: str) -> list[str]:
    """What else is wrong with a row, as the oracle sees it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "row.parquet"
        frame_of(group, [row]).write_parquet(path)
        found = oracle.rows(_engine(), "", area.id, group, path)
    named = found.select(pl.concat_str([pl.col("rule"), pl.col("item").fill_null("")], separator=":"))
    return sorted(text.rstrip(":") for text in named.to_series() if text.rstrip(":") != rule)


def elsewhere(
    con: duckdb.DuckDBPyConnection, area: Area, group: Group, item: Item, tables: list[str], sql: str
) -> Iterator[str]:
    """Values of items of the same kind in the rule's other groups."""
    for other in (area.group(name) for name in tables if name != group.name):
        for alike in other.items:
            if f'"{alike.name}"' in sql and (alike.type, alike.digits) == (item.type, item.digits):
                name, table = oracle.quoted(alike.name), oracle.quoted(other.name)
                found = oracle.frame(con, f"SELECT DISTINCT {name} AS v FROM {table} ORDER BY hash(v) LIMIT 4")
                yield from (oracle.value(v) for v in found["v"] if v is not None)


def cross_rule(con: duckdb.DuckDBPyConnection, area: Area, rule: CrossRule) -> Row | None:
    """A value that breaks the rule, else a row that is not there, else a row that is there twice under another key."""
    tables = [name for name in dict.fromkeys(oracle.TABLES.findall(rule.sql)) if name in area]
    named = set(NAMES.findall(rule.sql))
    for group in map(area.group, tables):
        for item in (i for i in group.items if i.name in named):
            column = oracle.quoted(item.name)
            tried = chain(values(con, group, item, rule.sql), elsewhere(con, area, group, item, tables, rule.sql))
            for change in islice(tried, _TRIED):
                cast = f"TRY_CAST(({change}) AS {oracle.sql_type(item)})"
                where = f"{cast} IS DISTINCT FROM {column} AND {breaking.fits(item, f'({change})')}"
                some = numbers(con, group, where, 300)
                hits = breaking.hits(con, area, rule, group, item, cast, some) if some else None
                for number in hits[ROW].head(5).to_list() if hits is not None else ():
                    entry = shrink(con, area, rule, Change("set", group, number, item, cast), tables)
                    if entry is not None:
                        return entry
    for group in map(area.group, tables):
        for number in numbers(con, group, "TRUE", 60):
            entry = shrink(con, area, rule, Change("drop", group, number), tables)
            if entry is not None:
                return entry
    for group in map(area.group, tables):
        for item in reversed(group.key):
            name = oracle.quoted(item.name)
            for change in (
                (f"{name} + 1", f"{name} + 7") if item.numeric else (f"{name} || '9'", f"'9' || substr({name}, 2)")
            ):
                for number in numbers(con, group, "TRUE", 60):
                    entry = shrink(con, area, rule, Change("copy", group, number, item, change), tables)
                    if entry is not None:
                        return entry
    return None


def numbers(con: duckdb.DuckDBPyConnection, group: Group, where: str, count: int) -> list[int]:
    sql = f"SELECT {ROW} FROM {oracle.quoted(group.name)} WHERE {where} ORDER BY hash({ROW}) LIMIT {count}"
    return [int(n) for n in oracle.frame(con, sql)[ROW]]


@dataclass(frozen=True)
class Change:
    """``set``: the row has another value; ``drop``: it is not there; ``copy``: it is there twice, once with another
    value in its key."""

    what: str
    group: Group
    number: int
    item: Item | None = None
    value: str = "NULL"

    @property
    def sql(self) -> str:
        """The group's table with the change."""
        table, plain = oracle.quoted(self.group.name), f"SELECT * EXCLUDE ({ROW})"
        if self.item is None:
            return f"({plain} FROM {table} WHERE {ROW} <> {self.number})"
        name = oracle.quoted(self.item.name)
        changed = f"{plain} REPLACE ({self.value} AS {name}) FROM {table} WHERE {ROW} = {self.number}"
        rest = "" if self.what == "copy" else f" WHERE {ROW} <> {self.number}"
        return f"({plain} FROM {table}{rest} UNION ALL {changed})"

    def apply(self, rows: list[Row], place: int, new: Any) -> list[Row]:
        if self.item is None:
            return rows[:place] + rows[place + 1 :]
        changed = {**rows[place], self.item.name: new}
        return [*rows, changed] if self.what == "copy" else [*rows[:place], changed, *rows[place + 1 :]]


def shrink(
    con: duckdb.DuckDBPyConnection, area: Area, rule: CrossRule, change: Change, tables: list[str]
) -> Row | None:
    """The rows that share the texts by which the rule names the broken one; None unless the rule sees the change in
    them, and nothing without it."""
    group, table, item = change.group, oracle.quoted(change.group.name), change.item
    result = oracle.frame(con, breaking.over(rule.sql, table, change.sql))
    if not result.height:
        return None
    texts = [c for c, kind in result.schema.items() if kind == pl.String]
    own = rows_of(con, group, f"{ROW} = {change.number}")[0]
    new = None
    if item is not None:
        new = con.execute(f"SELECT {change.value} FROM {table} WHERE {ROW} = {change.number}").fetchall()[0][0]
    for hit in result.head(20).iter_rows(named=True):
        if not all(hit[c] in (None, own.get(c), new) for c in texts if c in group):
            continue
        rows = {}
        for other in map(area.group, tables):
            same = [c for c in texts if c in other and hit[c] is not None and (item is None or c != item.name)]
            where = " AND ".join(f"{oracle.quoted(c)} = {oracle.value(hit[c])}" for c in same) or "FALSE"
            if other.name == group.name:
                where = f"{ROW} = {change.number} OR ({where})"
            rows[other.name] = rows_of(con, other, where)[:60]
        before = cross_found(area, rows)
        if own not in rows[group.name] or rule.id in before:
            continue
        place = rows[group.name].index(own)
        found = cross_found(area, {**rows, group.name: change.apply(rows[group.name], place, new)})
        if rule.id in found:
            return {
                "rule": rule.id,
                "group": group.name,
                "what": change.what,
                "place": place,
                "values": {item.name: new} if item else {},
                "before": sorted(before),
                "also": sorted(found - {rule.id}),
                "rows": rows,
            }
    return None


def cross_found(area: Area, rows: dict[str, list[Row]]) -> set[str]:
    """Cross rules of the area that find something in these rows, as far as their groups are there."""
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, some in rows.items():
            files[area.id, name] = Path(folder) / f"{area.group(name).slug}.parquet"
            frame_of(area.group(name), some).write_parquet(files[area.id, name])
        found = [part["rule"].to_list() for part in oracle.cross(_engine(), "", area.id, files)]
    return {rule for part in found for rule in part}


def rows_of(con: duckdb.DuckDBPyConnection, group: Group, where: str) -> list[Row]:
    """Rows of a group without what they have not."""
    found = oracle.frame(con, f"SELECT * EXCLUDE ({ROW}) FROM {oracle.quoted(group.name)} WHERE {where} ORDER BY {ROW}")
    return [{name: v for name, v in row.items() if v is not None} for row in found.iter_rows(named=True)]


def frame_of(group: Group, rows: list[Row]) -> pl.DataFrame:
    """Rows with all items of the group, typed."""
    data = {
        item.name: pl.Series(
            item.name, [None if row.get(item.name) is None else str(row[item.name]) for row in rows], pl.String
        )
        for item in group.items
    }
    return pl.DataFrame(data).with_columns(pl.col(item.name).cast(item.polars_dtype) for item in group.items)


if __name__ == "__main__":
    main()
