"""What follows from defects: the layouts' rules, references, keys and code lists in SQL over the defective truth.

It shares no code with the validators: it reads the layouts and says in DuckDB's SQL what a right file is. It knows a
delivery only as ``delivered`` files: the truth with the values that defects leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from layouts.load import load_area
from layouts.model import Area, CrossRule, FkRef, Group, Item
from sample_data.defects.book import CONSEQUENCES

OWN = "市区町村コード"
TABLES = re.compile(r'\b(?:FROM|JOIN)\s+"([^"]+)"', re.IGNORECASE)


def connection() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(":memory:")
    con.execute("SET memory_limit = '2GB'")
    con.execute("SET threads = 2")
    con.execute("SET enable_progress_bar = false")
    return con


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def value(one: object) -> str:
    return "NULL" if one is None else str(one) if isinstance(one, int) else literal(one)


def sql_type(item: Item) -> str:
    if item.type in ("9", "S9"):
        return "BIGINT"
    return f"DECIMAL(38, {item.scale})" if item.type == "9V" else "VARCHAR"


def frame(con: duckdb.DuckDBPyConnection, sql: str) -> pl.DataFrame:
    found = pl.from_arrow(con.sql(sql).to_arrow_table())
    assert isinstance(found, pl.DataFrame)
    return found


def number(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0])


Files = Mapping[tuple[str, str], Path]
"""(area id, group name) -> Parquet file with the group's items, and perhaps ``__formed``: the items of the row whose
value was found for its form, joined by ``|``."""


@dataclass(frozen=True)
class Reference:
    """Columns of a group that must be found together in one of the targets: (area, group, columns)."""

    columns: tuple[str, ...]
    targets: tuple[tuple[str, str, tuple[str, ...]], ...]

    @property
    def item(self) -> str:
        return next((name for name in self.columns if name != OWN), self.columns[0])


def references(group: Group) -> list[Reference]:
    """A group's references as the layouts' README explains them: single references to different key items of one group
    belong together, everything else stands for itself, and 市区町村コード alone only where nothing else goes there."""
    singles: dict[tuple[str, str], list[Item]] = {}
    for item in group.items:
        if len(item.fk) == 1 and item.name != OWN and _is_key(item.fk[0]):
            singles.setdefault((item.fk[0].area, item.fk[0].group), []).append(item)
    sets: dict[str, list[Item]] = {}
    for items in singles.values():
        names = [item.fk[0].item for item in items]
        together = [item for item in items if names.count(item.fk[0].item) == 1]
        if len(together) > 1:
            sets |= {item.name: together for item in together}
    found = []
    for item in group.items:
        if not item.fk or (item.name in sets and sets[item.name][0] is not item):
            continue
        if item.name in sets:
            members = sets[item.name]
            ref = item.fk[0]
            found.append(
                Reference(
                    tuple(m.name for m in members), ((ref.area, ref.group, tuple(m.fk[0].item for m in members)),)
                )
            )
            continue
        places = {(ref.area, ref.group) for ref in item.fk}
        if item.name == OWN and any(
            other.name != OWN and places <= {(ref.area, ref.group) for ref in other.fk} for other in group.items
        ):
            continue
        found.append(Reference((item.name,), tuple((ref.area, ref.group, (ref.item,)) for ref in item.fk)))
    return found


def _is_key(ref: FkRef) -> bool:
    return load_area(ref.area).group(ref.group).item(ref.item).pk


def consequences(municipality: str, files: Files) -> pl.DataFrame:
    """Everything wrong in ``files`` (all groups of the areas that are delivered), in :data:`CONSEQUENCES`."""
    con = connection()
    parts = [pl.DataFrame(schema=CONSEQUENCES)]
    areas = list(dict.fromkeys(area for area, _ in files))
    for area in areas:
        for group in load_area(area).groups:
            if (area, group.name) in files:
                parts.append(rows(con, municipality, area, group, files[area, group.name]))
                parts += _orphans(con, municipality, area, group, files)
        parts += cross(con, municipality, area, files)
    con.close()
    return pl.concat(parts)


def _key(group: Group, alias: str = "t") -> str:
    parts = ", ".join(f"coalesce({alias}.{quoted(item.name)}::VARCHAR, '')" for item in group.key)
    return f"concat_ws('|', {parts})"


def _found(rows: pl.DataFrame, municipality: str, area: str, group: str | None) -> pl.DataFrame:
    return rows.with_columns(
        municipality=pl.lit(municipality),
        area=pl.lit(area),
        group=pl.lit(group, dtype=pl.String),
        export=pl.lit(None, dtype=pl.String),
        record=pl.lit(None, dtype=pl.Int64),
        field=pl.lit(None, dtype=pl.String),
    ).select(pl.col(name).cast(kind) for name, kind in CONSEQUENCES.items())


def rows(con: duckdb.DuckDBPyConnection, municipality: str, area: str, group: Group, path: Path) -> pl.DataFrame:
    checks = list(_checks(area, group))
    columns = set(pl.read_parquet_schema(path))
    formed = "coalesce(t.__formed, '')" if "__formed" in columns else "''"
    hits = [
        f"CASE WHEN {wrong.replace('__FORMED__', formed)} THEN {literal(rule + chr(9) + item)} END"
        for rule, item, wrong in checks
    ]
    if not hits:
        return pl.DataFrame(schema=CONSEQUENCES)
    sql = (
        f"SELECT key, unnest(found) AS hit FROM (SELECT {_key(group)} AS key, "
        f"list_filter([{', '.join(hits)}], lambda x: x IS NOT NULL) AS found FROM read_parquet({literal(path)}) t) "
        f"WHERE len(found) > 0"
    )
    rows = frame(con, sql).with_columns(pl.col("hit").str.split("\t"))
    rows = rows.select("key", rule=pl.col("hit").list.get(0), item=pl.col("hit").list.get(1).replace("", None))
    return _found(rows, municipality, area, group.name)


def _checks(area: str, group: Group) -> Iterator[tuple[str, str, str]]:
    """Rule, item (empty: the whole row), and SQL that is TRUE where a row is wrong."""
    layout = load_area(area)
    for item in group.items:
        name = f"t.{quoted(item.name)}"
        lost = f"{name} IS NULL AND NOT list_contains(string_split(__FORMED__, '|'), {literal(item.name)})"
        if item.required and not item.pk:
            yield "V04", item.name, lost
        elif item.required_when:
            yield "V05", item.name, f"({item.required_when}) AND {lost}"
        if item.code:
            lists = [layout.code_list(code) for code in item.code.split("/")]
            patterns = [pattern for one in lists for pattern in one.patterns]
            if "^.+$" not in patterns:
                known = ", ".join(literal(v) for one in lists for v in sorted(one.values)) or "NULL"
                wrong = f"{name} IS NOT NULL AND NOT ({name}::VARCHAR IN ({known}))"
                for pattern in patterns:
                    wrong += f" AND NOT regexp_full_match({name}::VARCHAR, {literal(pattern)})"
                yield "V06", item.name, wrong
        digit = _digit(item)
        if digit:
            yield digit[0], item.name, f"{name} IS NOT NULL AND NOT coalesce({digit[1]}, FALSE)"
    for rule in layout.rules_of(group):
        yield rule.id, "", f"NOT ({rule.expr})"


def _digit(item: Item) -> tuple[str, str] | None:
    """Catalogue code and SQL that is TRUE for a right number (weights: DOMAIN, Check digits)."""
    if item.type != "X":
        return None
    name = f"t.{quoted(item.name)}"

    def at(place: int) -> str:
        return f"TRY_CAST(substr({name}, {place}, 1) AS INT)"

    def weighed(weights: Sequence[int], first: int) -> str:
        return "(" + " + ".join(f"{w} * {at(first + n)}" for n, w in enumerate(weights)) + ")"

    digits = f"regexp_full_match({name}, '[0-9]{{{item.digits}}}')"
    if item.name.endswith("市区町村コード") and item.digits == 6:
        return "V10", f"{digits} AND (11 - {weighed((6, 5, 4, 3, 2), 1)} % 11) % 10 = {at(6)}"
    if item.name.endswith("個人番号") and item.digits == 12:
        rest = f"{weighed((6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 1)} % 11"
        return "V11", f"{digits} AND CASE WHEN {rest} <= 1 THEN 0 ELSE 11 - {rest} END = {at(12)}"
    if item.name.endswith("法人番号") and item.digits == 13:
        return "V12", f"{digits} AND 9 - {weighed((2, 1) * 6, 2)} % 9 = {at(1)}"
    if item.name.endswith("住民票コード") and item.digits == 11:
        return "V13", digits
    return None


def _orphans(
    con: duckdb.DuckDBPyConnection, municipality: str, area: str, group: Group, files: Files
) -> Iterator[pl.DataFrame]:
    for reference in references(group):
        if any((target, name) not in files for target, name, _ in reference.targets):
            continue
        filled = " AND ".join(f"t.{quoted(name)} IS NOT NULL" for name in reference.columns)
        missing = []
        for target, name, columns in reference.targets:
            other = load_area(target).group(name)
            pairs = list(zip(reference.columns, columns, strict=True))
            if OWN not in reference.columns and OWN in group.names and OWN in other.names:
                pairs.append((OWN, OWN))
            on = " AND ".join(f"t.{quoted(a)}::VARCHAR = o.{quoted(b)}::VARCHAR" for a, b in pairs)
            missing.append(f"NOT EXISTS (SELECT 1 FROM read_parquet({literal(files[target, name])}) o WHERE {on})")
        sql = (
            f"SELECT {_key(group)} AS key, 'V09' AS rule, {literal(reference.item)} AS item "
            f"FROM read_parquet({literal(files[area, group.name])}) t WHERE {filled} AND {' AND '.join(missing)}"
        )
        yield _found(frame(con, sql), municipality, area, group.name)


def cross(con: duckdb.DuckDBPyConnection, municipality: str, area: str, files: Files) -> Iterator[pl.DataFrame]:
    layout = load_area(area)
    for group in layout.groups:
        if (area, group.name) in files:
            items = ", ".join(quoted(name) for name in group.names)
            source = f"read_parquet({literal(files[area, group.name])})"
            con.execute(f"CREATE OR REPLACE VIEW {quoted(group.name)} AS SELECT {items} FROM {source}")
    for rule in layout.cross_rules:
        tables = [name for name in dict.fromkeys(TABLES.findall(rule.sql)) if name in layout]
        if any((area, name) not in files for name in tables):
            continue
        hits = frame(con, rule.sql)
        if not hits.height:
            continue
        owner, keys = named(layout, rule, hits)
        rows = pl.DataFrame({"key": keys}).with_columns(rule=pl.lit(rule.id), item=pl.lit(None, dtype=pl.String))
        yield _found(rows, municipality, area, owner.name if owner else None)
    for group in layout.groups:
        con.execute(f"DROP VIEW IF EXISTS {quoted(group.name)}")


def named(layout: Area, rule: CrossRule, hits: pl.DataFrame) -> tuple[Group | None, pl.Series]:
    """Whose rows a cross rule's result names - the first table of its SQL whose whole key is there - and how: by that
    key, else by all texts that the rule returns."""
    tables = [name for name in dict.fromkeys(TABLES.findall(rule.sql)) if name in layout]
    owner = next((g for g in map(layout.group, tables) if all(i.name in hits.columns for i in g.key)), None)
    names = [i.name for i in owner.key] if owner else [c for c, t in hits.schema.items() if t == pl.String]
    texts = [pl.col(n).cast(pl.String).fill_null("") for n in names]
    return owner, hits.select(pl.concat_str(texts, separator="|").alias("key")).to_series()


def totals(area: str, group: Group, truth: Path, values: pl.DataFrame, arrived: pl.DataFrame) -> list[str]:
    """Control totals of a group that do not arrive as the books have them (``<area>:<group>|<item>``): ``values`` are
    those that differ (:data:`sample_data.defects.book.VALUES`), ``arrived`` rows that come once more or not at all
    (key, times)."""
    con = connection()
    found = []
    for item in group.control_totals:
        name = quoted(item.name)
        new = values.filter(pl.col("item") == item.name).select(
            "key", new=pl.col("arrives").str.replace(r"^(\d+)-$", "-$1").cast(pl.Decimal(38, item.scale), strict=False)
        )
        con.register("new_values", new)
        con.register("arrived_rows", arrived.select("key", "times"))
        rows = f"(SELECT {_key(group)} AS key, {name} AS old FROM read_parquet({literal(truth)}) t)"
        gap = con.execute(
            "SELECT coalesce((SELECT sum(coalesce(n.new, 0) - coalesce(r.old, 0)) "
            f"FROM {rows} r JOIN new_values n USING (key)), 0) "
            f"+ coalesce((SELECT sum(a.times * coalesce(r.old, 0)) FROM {rows} r JOIN arrived_rows a USING (key)), 0)"
        ).fetchall()[0][0]
        if gap:
            found.append(f"{area}:{group.name}|{item.name}")
    con.close()
    return found
