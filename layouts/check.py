"""Verifies every layout definition as far as data can be: files, references, conditions, rules, samples, names.

Loading finds what is wrong in a file by itself (:class:`layouts.DefinitionError`). This goes on: references between
areas, SQL of rules and conditions evaluated on empty tables typed as the real ones will be, cross rules both in DuckDB
and in polars, and the sample of every item against its own type, digits and code list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from layouts.errors import Text
from layouts.load import DefinitionError, area_ids, dangling_references, load_area
from layouts.model import Area, Group, Item

_SAMPLE = {
    "DATE": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "TIME": re.compile(r"\d{2}:\d{2}:\d{2}"),
    "YEAR": re.compile(r"\d{4}"),
    "9": re.compile(r"\d+"),
    "S9": re.compile(r"-?\d+"),
    "X": re.compile(r"[\x20-\x7e\uff61-\uff9f]*"),
    "Ｎ": re.compile(r"[^\x00-\x7f\uff61-\uff9f]*"),
}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with a definition."""

    file: str
    line: int
    column: str
    text: Text

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was verified."""

    areas: int = 0
    groups: int = 0
    items: int = 0
    code_lists: int = 0
    code_values: int = 0
    references: int = 0
    conditions: int = 0
    rules: int = 0
    cross_rules: int = 0
    samples: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(**{name: value + getattr(other, name) for name, value in asdict(self).items()})


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Problems in the order of files and lines, and what was looked at."""

    problems: tuple[Problem, ...]
    counts: Counts
    by_area: dict[str, Counts] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": not self.problems,
            "counts": asdict(self.counts),
            "areas": {area: asdict(counts) for area, counts in self.by_area.items()},
            "problems": [
                {
                    "file": problem.file,
                    "line": problem.line,
                    "column": problem.column,
                    "ja": problem.text.ja,
                    "en": problem.text.en,
                }
                for problem in self.problems
            ],
        }


def check(ids: Iterable[str] | None = None, root: Path | None = None) -> CheckResult:
    """Verify the layouts of these areas (default: all below ``root``); references may go to any area below ``root``.

    Raises :class:`layouts.UnknownName` for an id without a layout. An area that does not even load is one problem.
    """
    wanted = tuple(ids) if ids is not None else area_ids(root)
    areas: dict[str, Area] = {}
    problems: list[Problem] = []
    for area_id in dict.fromkeys((*wanted, *area_ids(root))):
        try:
            areas[area_id] = load_area(area_id, root)
        except DefinitionError as error:
            if area_id in wanted:
                problems.append(_as_problem(error))
    loaded = {area_id: areas[area_id] for area_id in wanted if area_id in areas}
    chosen = {f"{area.folder}/items.csv" for area in loaded.values()}
    problems += [_as_problem(error) for error in dangling_references(areas) if error.file in chosen]
    problems += _repeated_ids(areas, chosen)
    by_area = {}
    for area_id, area in loaded.items():
        problems += _area_problems(area)
        by_area[area_id] = _counts(area)
    return CheckResult(tuple(sorted(problems)), sum(by_area.values(), Counts()), by_area)


def _as_problem(error: DefinitionError) -> Problem:
    return Problem(error.file, error.line, error.column or "", error.problem)


def _counts(area: Area) -> Counts:
    items = area.items
    return Counts(
        areas=1,
        groups=len(area.groups),
        items=len(items),
        code_lists=len(area.code_lists),
        code_values=sum(len(codes.entries) for codes in area.code_lists),
        references=sum(bool(item.fk) for item in items),
        conditions=sum(item.required_when is not None for item in items),
        rules=len(area.rules),
        cross_rules=len(area.cross_rules),
        samples=sum(bool(item.sample) for item in items),
    )


def _repeated_ids(areas: dict[str, Area], chosen: set[str]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for area in areas.values():
        file = f"{area.folder}/items.csv"
        for item in area.items:
            here = f"{file}:{item.line}"
            other = first.setdefault(item.id, here)
            if other != here and file in chosen:
                text = Text(f"{item.id} は {other} にもある", f"{item.id} stands in {other} already")
                yield Problem(file, item.line, "item_id", text)


def _area_problems(area: Area) -> Iterator[Problem]:
    frames = {group.name: pl.DataFrame(schema=group.polars_schema) for group in area.groups}
    for group in area.groups:
        yield from _group_problems(area, group, frames[group.name])
        for item in group.items:
            yield from _item_problems(area, item)
    yield from _cross_rule_problems(area, frames)


def _group_problems(area: Area, group: Group, frame: pl.DataFrame) -> Iterator[Problem]:
    """Keys, conditions and rules of a group, evaluated on its empty table."""
    if not group.key:
        text = Text(f"グループ {group.name} に主キーが無い", f"group {group.name} has no primary key")
        yield Problem(f"{area.folder}/items.csv", group.items[0].line, "pk", text)
    for item in group.items:
        if item.required_when is not None and item.output != "条件付き必須":
            text = Text("条件付き必須でない項目に条件がある", "only a 条件付き必須 item has a condition")
            yield Problem(f"{area.folder}/items.csv", item.line, "required_when", text)
        if item.required_when is not None and (wrong := _expression_problem(frame, item.required_when)):
            yield Problem(f"{area.folder}/items.csv", item.line, "required_when", wrong)
    for rule in area.rules_of(group):
        if wrong := _expression_problem(frame, rule.expr):
            yield Problem(f"{area.folder}/rules.csv", rule.line, "expr", wrong)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def _expression_problem(frame: pl.DataFrame, sql: str) -> Text | None:
    try:
        result = frame.lazy().select(pl.sql_expr(sql).alias("result")).collect()
    except pl.exceptions.PolarsError as error:
        return Text(f"評価できない: {_first_line(error)}", f"cannot be evaluated: {_first_line(error)}")
    if result.schema["result"] != pl.Boolean:
        dtype = result.schema["result"]
        return Text(f"真偽値でなく {dtype} になる", f"gives {dtype}, not a truth value")
    return None


def _cross_rule_problems(area: Area, frames: dict[str, pl.DataFrame]) -> Iterator[Problem]:
    context = pl.SQLContext(frames, eager=True)
    with duckdb.connect() as database:
        for name, frame in frames.items():
            columns = ", ".join(f'"{column}" {_duckdb_type(dtype)}' for column, dtype in frame.schema.items())
            database.execute(f'CREATE TABLE "{name}" ({columns})')
        for rule in area.cross_rules:
            for engine, run in (("DuckDB", database.execute), ("polars", context.execute)):
                try:
                    run(rule.sql)
                except (duckdb.Error, pl.exceptions.PolarsError) as error:
                    reason = _first_line(error)
                    text = Text(f"{engine} で実行できない: {reason}", f"{engine} cannot run it: {reason}")
                    yield Problem(f"{area.folder}/cross_rules.csv", rule.line, "sql", text)


def _duckdb_type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Decimal):
        return f"DECIMAL(38, {dtype.scale})"
    return "BIGINT" if dtype == pl.Int64 else "VARCHAR"


def _item_problems(area: Area, item: Item) -> Iterator[Problem]:
    """The item's sample has to be a value that the item itself allows."""
    sample = item.sample
    if not sample or item.type == "BLOB":
        return
    text: Text | None = None
    if item.type == "9V":
        whole, _, decimals = sample.removeprefix("-").partition(".")
        digits = whole.lstrip("0") + decimals
        if not (whole + decimals).isdecimal() or len(decimals) > item.scale or len(digits) > item.digits:
            text = Text(f"標本 {sample!r} が桁数に合わない", f"the sample {sample!r} does not fit the digits")
    elif not _SAMPLE[item.type].fullmatch(sample):
        text = Text(f"標本 {sample!r} が型に合わない", f"the sample {sample!r} does not fit the type")
    elif len(sample.removeprefix("-") if item.is_integer else sample) > item.digits:
        text = Text(f"標本 {sample!r} が桁数を超える", f"the sample {sample!r} is too long")
    elif item.code is not None and not area.code_list(item.code).allows(sample):
        text = Text(f"標本 {sample!r} がコード一覧に無い", f"the sample {sample!r} is not in the code list")
    if text is not None:
        yield Problem(f"{area.folder}/items.csv", item.line, "sample", text)
