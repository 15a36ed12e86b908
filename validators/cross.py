"""What holds between rows and files: the layouts' cross rules and foreign keys, over standard files in Parquet, in
DuckDB (which spills).

Counts are the rows that a query returns; only examples leave the database. A rule or reference whose other side is
not there is *not checked* (V14), never passed and never an orphan.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from layouts.errors import Text, TsugiteError
from layouts.model import Area, CrossRule, Group
from validators.engine import literal, quoted, scan
from validators.findings import RAW_SCHEMA, Findings, Subject
from validators.references import Reference, Target, compared

Trace = Callable[[list[int]], pl.DataFrame]
"""From rows of a standard file to ``row`` (of the mapped file), ``export``, ``record``, ``offset``, one line each, in
the order asked."""

ORPHAN = "V09"
NOT_CHECKED = "V14"
_TABLES = re.compile(r'\b(?:FROM|JOIN)\s+"([^"]+)"', re.IGNORECASE)
_NAMES = re.compile(r'"([^"]+)"')


def untraced(rows: list[int]) -> pl.DataFrame:
    """The trace of a file that nobody knows the origin of: its own row numbers."""
    return pl.DataFrame({"row": rows}, schema={"row": pl.Int64}).with_columns(
        export=pl.lit(None, dtype=pl.String), record=pl.lit(None, dtype=pl.Int64), offset=pl.lit(None, dtype=pl.Int64)
    )


@dataclass(frozen=True)
class StandardFile:
    """One group's standard file (Parquet, columns named and typed as the layout says) and the way back from its
    rows."""

    area: Area
    group: Group
    path: Path
    trace: Trace = untraced


Files = Mapping[tuple[str, str], StandardFile]
"""Area id and group name -> file."""


def check_cross_rules(area: Area, files: Files, findings: Findings, con: duckdb.DuckDBPyConnection) -> None:
    """Run the cross rules of one area; a rule that reads a group without a file is not checked."""
    present = {name: file for (area_id, name), file in files.items() if area_id == area.id}
    for name, file in present.items():
        con.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS SELECT * FROM {scan(file.path)}")
    for rule in area.cross_rules:
        tables = list(dict.fromkeys(_TABLES.findall(rule.sql)))
        absent = [name for name in tables if name in area and name not in present]
        if absent:
            subject = Subject(NOT_CHECKED, area.id, detail=f"{rule.id}: {'、'.join(absent)}")
            findings.of(subject, grain="aggregate").count += 1
            continue
        _run_rule(rule, area, [present[name] for name in tables if name in present], findings, con)
    for name in present:
        con.execute(f"DROP VIEW {quoted(name)}")


def _run_rule(
    rule: CrossRule, area: Area, tables: Sequence[StandardFile], findings: Findings, con: duckdb.DuckDBPyConnection
) -> None:
    try:
        con.execute(f"CREATE OR REPLACE TEMP TABLE _hits AS {rule.sql}")
    except duckdb.Error as error:
        # The message of the database may quote values.
        raise TsugiteError(
            "V92",
            Text("業務内の照合規則を評価できません", f"a cross rule cannot be evaluated ({type(error).__name__})"),
            f"{rule.id} ({area.folder}/cross_rules.csv:{rule.line})",
            Text("規則の SQL と項目の型を確かめてください", "compare the rule's SQL with the types of its items"),
        ) from None
    count = _single(con, "SELECT count(*) FROM _hits")
    if count:
        columns = {name: str(kind) for name, kind, *_ in con.execute("DESCRIBE _hits").fetchall()}
        owner = next((file for file in tables if all(item.name in columns for item in file.group.key)), None)
        finding = findings.of(
            Subject(rule.id, area.id, owner.group.name if owner else None),
            layout_rule=rule,
            grain="record" if owner else "aggregate",
            pii=_pii(rule, tables),
        )
        finding.count += count
        finding.examples.append(_rule_examples(owner, columns, findings.cap, con))
    con.execute("DROP TABLE _hits")


def _pii(rule: CrossRule, tables: Sequence[StandardFile]) -> str | None:
    """The gravest class among the items that the rule names: any of them may be behind a returned column."""
    named = set(_NAMES.findall(rule.sql))
    classes = {
        item.pii for file in tables for item in file.group.items if item.name in named and item.numeric and item.pii
    }
    return next((kind for kind in ("mynumber", "sensitive", "personal") if kind in classes), None)


def _rule_examples(
    owner: StandardFile | None, columns: Mapping[str, str], cap: int, con: duckdb.DuckDBPyConnection
) -> pl.DataFrame:
    """Examples of a rule: the key of a row where there is a whole one, else the texts returned; the numbers returned
    as value."""
    key = [item.name for item in owner.group.key] if owner else []
    texts = [name for name, kind in columns.items() if kind == "VARCHAR" and name not in key]
    numbers = [name for name, kind in columns.items() if kind != "VARCHAR" and name not in key]
    limit = f"LIMIT {cap}" if cap else ""
    hits = f"(SELECT * FROM _hits ORDER BY ALL {limit})"
    key_sql = _joined(key or texts, "h")
    value_sql = _listed(numbers)
    if owner is None:
        result = con.sql(
            f"SELECT NULL::BIGINT AS _row, {key_sql} AS key, {value_sql} AS value FROM {hits} h ORDER BY ALL"
        )
        rows = _frame(result)
        traced = untraced([0] * rows.height).with_columns(row=pl.lit(None, dtype=pl.Int64))
    else:
        on = " AND ".join(f"h.{quoted(name)} = f.{quoted(name)}" for name in key)
        result = con.sql(
            f"SELECT f.file_row_number + 1 AS _row, {key_sql} AS key, {value_sql} AS value FROM {hits} h "
            f"JOIN {scan(owner.path, row_number=True)} f ON {on} ORDER BY ALL"
        )
        rows = _frame(result)
        traced = owner.trace(rows["_row"].to_list())
    return traced.hstack(rows.select("key", "value")).select(RAW_SCHEMA.names()).cast(RAW_SCHEMA)


def _joined(names: Sequence[str], alias: str) -> str:
    if not names:
        return "NULL::VARCHAR"
    return "concat_ws('|', " + ", ".join(f"coalesce({alias}.{quoted(name)}::VARCHAR, '')" for name in names) + ")"


def _listed(names: Sequence[str]) -> str:
    if not names:
        return "NULL::VARCHAR"
    return (
        "concat_ws(', ', "
        + ", ".join(f"{literal(name + '=')} || coalesce(h.{quoted(name)}::VARCHAR, '')" for name in names)
        + ")"
    )


def check_references(
    references: Sequence[Reference], files: Files, findings: Findings, con: duckdb.DuckDBPyConnection
) -> None:
    """Check foreign keys: a reference with an empty part points nowhere and is fine; one that no target of this run
    has is an orphan (V09), or not checked (V14) where a target is not part of the run."""
    for reference in references:
        source = files.get((reference.area, reference.group))
        if source is not None:
            _check_reference(reference, source, files, findings, con)


def _check_reference(
    reference: Reference, source: StandardFile, files: Files, findings: Findings, con: duckdb.DuckDBPyConnection
) -> None:
    present = [target for target in reference.targets if (target.area, target.group) in files]
    absent = [target for target in reference.targets if target not in present]
    filled = " AND ".join(
        f"r.{quoted(name)} IS NOT NULL" if source.group.item(name).numeric else f"r.{quoted(name)} <> ''"
        for name in reference.columns
    )
    unresolved = " AND ".join(f"NOT EXISTS ({_lookup(reference, target, source, files)})" for target in present)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _orphans AS SELECT r.file_row_number + 1 AS _row "
        f"FROM {scan(source.path, row_number=True)} r WHERE {filled}" + (f" AND {unresolved}" if unresolved else "")
    )
    count = _single(con, "SELECT count(*) FROM _orphans")
    if count:
        checked = _single(con, f"SELECT count(*) FROM {scan(source.path)} r WHERE {filled}")
        item = source.group.item(reference.item)
        if absent:
            missing = "、".join(dict.fromkeys(f"{target.area}:{target.group}" for target in absent))
            subject = Subject(
                NOT_CHECKED, reference.area, reference.group, item.name, detail=f"{reference.detail}; {missing}"
            )
            findings.of(subject).count += count
        else:
            subject = Subject(ORPHAN, reference.area, reference.group, item.name, detail=reference.detail)
            finding = findings.of(subject, pii=item.pii)
            finding.count += count
            finding.checked = checked
            finding.examples.append(_orphan_examples(source, item.name, findings.cap, con))
    con.execute("DROP TABLE _orphans")


def _lookup(reference: Reference, target: Target, source: StandardFile, files: Files) -> str:
    file = files[target.area, target.group]
    own, other = compared(reference, target)
    pairs = []
    for mine, theirs in zip(own, other, strict=True):
        left, right = f"r.{quoted(mine)}", f"t.{quoted(theirs)}"
        if source.group.item(mine).polars_dtype != file.group.item(theirs).polars_dtype:
            left, right = f"{left}::VARCHAR", f"{right}::VARCHAR"
        pairs.append(f"{left} = {right}")
    return f"SELECT 1 FROM {scan(file.path)} t WHERE {' AND '.join(pairs)}"


def _orphan_examples(source: StandardFile, item: str, cap: int, con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    key = _joined([part.name for part in source.group.key], "f")
    limit = f"LIMIT {cap}" if cap else ""
    rows = _frame(
        con.sql(
            f"SELECT o._row, {key} AS key, f.{quoted(item)}::VARCHAR AS value "
            f"FROM (SELECT _row FROM _orphans ORDER BY _row {limit}) o "
            f"JOIN {scan(source.path, row_number=True)} f ON f.file_row_number + 1 = o._row ORDER BY o._row"
        )
    )
    return (
        source.trace(rows["_row"].to_list())
        .hstack(rows.select("key", "value"))
        .select(RAW_SCHEMA.names())
        .cast(RAW_SCHEMA)
    )


def _single(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    # All rows are fetched: a result that is still open blocks the connection.
    return int(con.execute(sql).fetchall()[0][0])


def _frame(relation: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    frame = pl.from_arrow(relation.to_arrow_table())
    assert isinstance(frame, pl.DataFrame)
    return frame
