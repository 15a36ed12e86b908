"""Reads the layout definitions (CSV) into the model, and says file, line and column where a definition is broken.

One area takes some milliseconds and is kept; areas are read only when they are asked for. SQL is *not* parsed here:
that is :mod:`layouts.check`, which takes seconds. A broken expression shows up there, everything else here.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn, cast

from layouts.errors import Text, TsugiteError
from layouts.model import (
    ITEM_TYPES,
    OUTPUTS,
    PII,
    SEVERITIES,
    Area,
    CodeList,
    CodeValue,
    CrossRule,
    FkRef,
    Group,
    Item,
    ItemType,
    Output,
    Pii,
    Rule,
    Severity,
    UnknownName,
)

STANDARD_ROOT = Path(__file__).parent / "standard"
"""Folder of the shipped definitions: one folder ``<id>_<slug>`` an area."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "groups.csv": ("order", "group", "slug", "description", "output", "grain"),
    "items.csv": (
        *("item_id", "name", "slug", "group", "pk", "fk_ref", "type", "digits", "code", "repeat", "output"),
        *("required_when", "definition", "sample", "control_total", "pii"),
    ),
    "codes.csv": ("code_id", "code_name", "value", "label", "note", "pattern"),
    "rules.csv": ("rule_id", "group", "severity", "title", "expr", "basis"),
    "cross_rules.csv": ("rule_id", "severity", "title", "sql", "basis"),
}
TITLES = "rule_titles.csv"
"""English titles of rules by id. A folder of definitions need not have it: the Japanese titles are the layout's own."""
TITLES_COLUMNS = ("rule_id", "title_en")
AREAS_COLUMNS = ("area_id", "slug", "name_ja", "name_en", "short", "version", "origin")

_AREA_FOLDER = re.compile(r"(\d{3})_([a-z0-9_]+)")
_SLUG = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_FK = re.compile(r"(\d{3}):([^.|]+)\.([^.|]+)")


class DefinitionError(TsugiteError):
    """A layout definition is broken; ``file`` (below the root), ``line`` (1-based), ``column`` (header) say where."""

    def __init__(self, file: str, line: int, column: str | None, problem: Text) -> None:
        self.file, self.line, self.column, self.problem = file, line, column, problem
        place = f"{file}:{line}"
        super().__init__(
            "Y01",
            problem,
            Text(f"{place} {column} 列", f"{place}, column {column}") if column else place,
            Text("レイアウト定義のこの場所を直してください", "correct the layout definition at this place"),
        )

    def __reduce__(self) -> Any:
        return DefinitionError, (self.file, self.line, self.column, self.problem)


@dataclass(frozen=True, slots=True)
class _Table:
    """One definition file: its name for messages, its bytes, and its rows (first physical line, cells by position)."""

    name: str
    content: bytes
    rows: tuple[tuple[int, list[str]], ...]

    def fail(self, line: int, column: str | None, ja: str, en: str) -> NoReturn:
        raise DefinitionError(self.name, line, column, Text(ja, en))

    def one_of(self, line: int, column: str, value: str, allowed: frozenset[str]) -> str:
        if value not in allowed:
            known = ", ".join(sorted(allowed))
            self.fail(line, column, f"{value!r} は {known} のどれでもない", f"{value!r} is none of {known}")
        return value

    def flag(self, line: int, column: str, value: str) -> bool:
        return self.one_of(line, column, value, frozenset({"", "0", "1"})) == "1"

    def whole(self, line: int, column: str, value: str) -> int:
        if not (value.isascii() and value.isdigit() and int(value) > 0):
            self.fail(line, column, f"{value!r} は正の整数でない", f"{value!r} is not a whole number above 0")
        return int(value)

    def slug(self, line: int, value: str) -> str:
        if _SLUG.fullmatch(value) is None:
            self.fail(
                line,
                "slug",
                f"{value!r} はスラッグでない（英字で始まる英数字と _）",
                f"{value!r} is not a slug (ASCII letters, digits and _, a letter first)",
            )
        return value

    def unique(self, line: int, column: str, value: str, seen: dict[str, int]) -> None:
        if value in seen:
            first = seen[value]
            self.fail(line, column, f"{value!r} は {first} 行目にもある", f"{value!r} stands in line {first} already")
        seen[value] = line


def _table(folder: Path, name: str, columns: tuple[str, ...]) -> _Table:
    shown = f"{folder.name}/{name}"
    try:
        content = (folder / name).read_bytes()
    except FileNotFoundError:
        raise DefinitionError(shown, 1, None, Text("ファイルが無い", "the file is missing")) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Text(f"{error.start} バイト目が UTF-8 でない", f"byte {error.start} is not UTF-8")
        raise DefinitionError(shown, line, None, problem) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if line == 1 and tuple(cells) != columns:
                header = ",".join(columns)
                raise DefinitionError(shown, 1, None, Text(f"見出しが {header} でない", f"the header is not {header}"))
            if line > 1 and cells:
                if len(cells) != len(columns):
                    found, wanted = len(cells), len(columns)
                    problem = Text(f"{wanted} 列のはずが {found} 列ある", f"{found} cells where {wanted} belong")
                    raise DefinitionError(shown, line, None, problem)
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise DefinitionError(shown, line, None, Text(f"CSV でない: {error}", f"not CSV: {error}")) from None
    if line == 1:
        raise DefinitionError(shown, 1, None, Text("ファイルが空である", "the file is empty"))
    return _Table(shown, content, tuple(rows))


def _code_lists(table: _Table, area: str) -> dict[str, CodeList]:
    entries: dict[str, list[CodeValue]] = {}
    names: dict[str, str] = {}
    seen: dict[str, int] = {}
    for line, (code_id, name, value, label, note, pattern) in table.rows:
        if not code_id:
            table.fail(line, "code_id", "コード一覧に ID が無い", "a code list needs an id")
        if names.setdefault(code_id, name) != name:
            other = names[code_id]
            ja, en = f"コード {code_id} は上では {other!r} である", f"code list {code_id} is called {other!r} above"
            table.fail(line, "code_name", ja, en)
        table.unique(line, "value", f"{code_id} {value}", seen)
        if pattern:
            try:
                re.compile(pattern)
            except re.error as error:
                ja = f"{pattern!r} は正規表現でない: {error}"
                table.fail(line, "pattern", ja, f"{pattern!r} is not a regular expression: {error}")
        elif value == "*":
            table.fail(line, "pattern", "値 * には pattern が要る", "value * needs a pattern")
        entries.setdefault(code_id, []).append(CodeValue(value, label, note, pattern or None))
    return {code_id: CodeList(code_id, names[code_id], area, tuple(values)) for code_id, values in entries.items()}


def _digits(table: _Table, line: int, item_type: str, digits: str) -> tuple[int, int]:
    if item_type != "9V":
        return table.whole(line, "digits", digits), 0
    whole, comma, scale = digits.partition(",")
    if not comma:
        ja = f"9V の桁数は n,m（全体 n 桁、うち小数 m 桁）と書く: {digits!r}"
        table.fail(line, "digits", ja, f"9V needs digits as n,m (n digits, m of them decimals), not {digits!r}")
    precision, decimals = table.whole(line, "digits", whole), table.whole(line, "digits", scale)
    if decimals > precision:
        ja = f"{digits!r} は小数の桁数が全体の桁数より多い"
        table.fail(line, "digits", ja, f"{digits!r} has more decimals than digits")
    return precision, decimals


def _fk(table: _Table, line: int, text: str) -> tuple[FkRef, ...]:
    if not text:
        return ()
    refs = []
    for part in text.split("|"):
        match = _FK.fullmatch(part)
        if match is None:
            ja = f"{part!r} は 業務ID:グループ.項目 の形でない"
            table.fail(line, "fk_ref", ja, f"{part!r} is not <area id>:<group>.<item>")
        refs.append(FkRef(*match.groups()))
    return tuple(refs)


def _no_group(table: _Table, line: int, group: str) -> NoReturn:
    ja = f"groups.csv にグループ {group!r} が無い"
    table.fail(line, "group", ja, f"groups.csv has no group {group!r}")


def _dangling(file: str, item: Item, ref: FkRef) -> DefinitionError:
    problem = Text(f"参照先 {ref} が無い", f"the reference {ref} points at nothing")
    return DefinitionError(file, item.line, "fk_ref", problem)


def _items(table: _Table, groups: frozenset[str], codes: Mapping[str, CodeList]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {name: [] for name in groups}
    ids: dict[str, int] = {}
    names: dict[str, int] = {}
    slugs: dict[str, int] = {}
    for line, cells in table.rows:
        item_id, name, slug, group, pk, fk_ref, kind, digits, code, repeat, output = cells[:11]
        required_when, definition, sample, control_total, pii = cells[11:]
        if not item_id or not name:
            column = "item_id" if name else "name"
            table.fail(line, column, "項目に ID か名称が無い", "an item needs an id and a name")
        if group not in groups:
            _no_group(table, line, group)
        table.unique(line, "item_id", item_id, ids)
        table.unique(line, "name", f"{group}.{name}", names)
        table.unique(line, "slug", f"{group}.{table.slug(line, slug)}", slugs)
        if kind not in ITEM_TYPES:
            table.fail(line, "type", f"{kind!r} という型は無い", f"unknown type {kind!r}")
        for code_id in code.split("/") if code else ():
            if code_id not in codes:
                ja = f"codes.csv にコード {code_id!r} が無い"
                table.fail(line, "code", ja, f"codes.csv has no code list {code_id!r}")
        if pii:
            table.one_of(line, "pii", pii, PII)
        precision, scale = _digits(table, line, kind, digits)
        summed = table.flag(line, "control_total", control_total)
        if summed and kind not in ("9", "S9", "9V"):
            ja = f"型 {kind} の項目は合計できない"
            table.fail(line, "control_total", ja, f"an item of type {kind} cannot be summed")
        found[group].append(
            Item(
                id=item_id,
                name=name,
                slug=slug,
                group=group,
                pk=table.flag(line, "pk", pk),
                fk=_fk(table, line, fk_ref),
                type=cast(ItemType, kind),
                digits=precision,
                scale=scale,
                code=code or None,
                repeat=table.whole(line, "repeat", repeat) if repeat else None,
                output=cast(Output, table.one_of(line, "output", output, OUTPUTS)),
                required_when=required_when or None,
                definition=definition,
                sample=sample,
                control_total=summed,
                pii=cast(Pii, pii) if pii else None,
                line=line,
            )
        )
    return found


def _groups(table: _Table, items_table: _Table, codes: Mapping[str, CodeList], area: str) -> tuple[Group, ...]:
    names: dict[str, int] = {}
    slugs: dict[str, int] = {}
    orders: dict[str, int] = {}
    for line, (order, name, slug, *_rest) in table.rows:
        if not name:
            table.fail(line, "group", "グループに名称が無い", "a group needs a name")
        table.unique(line, "order", order, orders)
        table.unique(line, "group", name, names)
        table.unique(line, "slug", table.slug(line, slug), slugs)
    items = _items(items_table, frozenset(names), codes)
    groups = []
    for line, (order, name, slug, description, output, grain) in table.rows:
        if not items[name]:
            ja = f"items.csv にグループ {name!r} の項目が無い"
            table.fail(line, "group", ja, f"items.csv has no item of group {name!r}")
        groups.append(
            Group(
                area=area,
                order=table.whole(line, "order", order),
                name=name,
                slug=slug,
                description=description,
                output=cast(Output, table.one_of(line, "output", output, OUTPUTS)),
                grain=grain,
                items=tuple(items[name]),
            )
        )
    return tuple(sorted(groups, key=lambda group: group.order))


def _titles(folder: Path, rules: frozenset[str]) -> tuple[dict[str, str], bytes]:
    """English titles by rule id, and the file's bytes (none where there is no file)."""
    if not (folder / TITLES).exists():
        return {}, b""
    table = _table(folder, TITLES, TITLES_COLUMNS)
    seen: dict[str, int] = {}
    for line, (rule_id, title) in table.rows:
        table.unique(line, "rule_id", rule_id, seen)
        if rule_id not in rules:
            table.fail(line, "rule_id", f"規則 {rule_id!r} は無い", f"there is no rule {rule_id!r}")
        if not title.strip():
            table.fail(line, "title_en", "題名が空である", "the title is empty")
    return {rule_id: title for _, (rule_id, title) in table.rows}, table.content


def _rules(
    table: _Table, groups: frozenset[str], area: str, seen: dict[str, int], titles: Mapping[str, str]
) -> Iterator[Rule]:
    for line, (rule_id, group, severity, title, expr, basis) in table.rows:
        table.unique(line, "rule_id", rule_id, seen)
        if group not in groups:
            _no_group(table, line, group)
        table.one_of(line, "severity", severity, SEVERITIES)
        if not expr.strip():
            table.fail(line, "expr", "規則が空である", "the rule is empty")
        title_en = titles.get(rule_id, "")
        yield Rule(rule_id, area, group, cast(Severity, severity), title, expr, basis, line, title_en)


def _cross_rules(table: _Table, area: str, seen: dict[str, int], titles: Mapping[str, str]) -> Iterator[CrossRule]:
    for line, (rule_id, severity, title, sql, basis) in table.rows:
        table.unique(line, "rule_id", rule_id, seen)
        table.one_of(line, "severity", severity, SEVERITIES)
        if not sql.strip():
            table.fail(line, "sql", "規則が空である", "the rule is empty")
        title_en = titles.get(rule_id, "")
        yield CrossRule(rule_id, area, cast(Severity, severity), title, sql, basis, line, title_en)


def _check_own_references(area: Area, items_table: str) -> None:
    for item in area.items:
        for ref in item.fk:
            if ref.area == area.id and (ref.group not in area or ref.item not in area.group(ref.group)):
                raise _dangling(items_table, item, ref)


@lru_cache(maxsize=8)
def _areas_table(root: Path) -> dict[str, tuple[str, ...]]:
    """Names and versions by area id; a root without areas.csv is fine (names then come from the folders)."""
    if not (root / "areas.csv").exists():
        return {}
    return {cells[0]: tuple(cells) for _, cells in _table(root, "areas.csv", AREAS_COLUMNS).rows}


@lru_cache(maxsize=8)
def _folders(root: Path) -> dict[str, str]:
    """Folder names by area id, in the order of the ids."""
    if not root.is_dir():
        problem = Text("レイアウトのフォルダーが無い", "the folder of the layouts does not exist")
        raise DefinitionError(root.name, 1, None, problem)
    found: dict[str, str] = {}
    for folder in sorted(entry.name for entry in root.iterdir() if entry.is_dir()):
        match = _AREA_FOLDER.fullmatch(folder)
        if match is None:
            continue
        if match[1] in found:
            first = found[match[1]]
            problem = Text(f"業務 {match[1]} は {first} にもある", f"area {match[1]} has a second folder, {first}")
            raise DefinitionError(folder, 1, None, problem)
        found[match[1]] = folder
    return found


@lru_cache(maxsize=64)
def _load(area_id: str, root: Path) -> Area:
    folders = _folders(root)
    if area_id not in folders:
        known = ", ".join(folders) or "-"
        raise UnknownName(
            Text(f"業務 {area_id!r} のレイアウトは無い", f"there is no layout of area {area_id!r}"),
            todo=Text(f"次の業務IDから選んでください: {known}", f"choose one of the area ids {known}"),
        )
    folder = root / folders[area_id]
    tables = {name: _table(folder, name, columns) for name, columns in sorted(COLUMNS.items())}
    digest = hashlib.sha256()
    for name, table in tables.items():
        digest.update(f"{name}\0{len(table.content)}\0".encode())
        digest.update(table.content)
    rules, cross_rules = tables["rules.csv"], tables["cross_rules.csv"]
    titles, content = _titles(folder, frozenset(cells[0] for table in (rules, cross_rules) for _, cells in table.rows))
    digest.update(content)
    codes = _code_lists(tables["codes.csv"], area_id)
    groups = _groups(tables["groups.csv"], tables["items.csv"], codes, area_id)
    names = frozenset(group.name for group in groups)
    rule_ids: dict[str, int] = {}
    slug = folder.name[4:]
    _, slug, name, name_en, short, version, origin = _areas_table(root).get(
        area_id, (area_id, slug, slug, slug, slug, "0", "project")
    )
    area = Area(
        id=area_id,
        folder=folder.name,
        slug=slug,
        name=name,
        name_en=name_en,
        short=short,
        version=version,
        origin=origin,
        hash=digest.hexdigest(),
        groups=groups,
        code_lists=tuple(codes.values()),
        rules=tuple(_rules(rules, names, area_id, rule_ids, titles)),
        cross_rules=tuple(_cross_rules(cross_rules, area_id, rule_ids, titles)),
    )
    _check_own_references(area, tables["items.csv"].name)
    return area


def area_ids(root: Path | None = None) -> tuple[str, ...]:
    """Ids of the areas that have a layout, in order; nothing is read but the folder."""
    return tuple(_folders((root or STANDARD_ROOT).resolve()))


def load_area(area_id: str, root: Path | None = None) -> Area:
    """One area's layout, read at first use and kept.

    ``root`` is another folder of definitions in the same form. References to items of the own area are resolved; those
    to other areas are left to :func:`load_all`. Raises :class:`DefinitionError` for a broken definition,
    :class:`UnknownName` for an unknown id.
    """
    return _load(area_id, (root or STANDARD_ROOT).resolve())


def dangling_references(areas: Mapping[str, Area]) -> Iterator[DefinitionError]:
    """References (fk_ref) that point at no item of ``areas``, as errors with file, line and column."""
    for area in areas.values():
        for item in area.items:
            for ref in item.fk:
                target = areas.get(ref.area)
                if target is None or ref.group not in target or ref.item not in target.group(ref.group):
                    yield _dangling(f"{area.folder}/items.csv", item, ref)


def load_all(root: Path | None = None) -> dict[str, Area]:
    """All areas by id, references between areas included; raises :class:`DefinitionError` for the first broken one."""
    areas = {area_id: load_area(area_id, root) for area_id in area_ids(root)}
    for error in dangling_references(areas):
        raise error
    return areas


@lru_cache(maxsize=1)
def _municipalities() -> dict[str, str]:
    columns = ("code", "prefecture", "municipality", "ward", "kind")
    table = _table(STANDARD_ROOT, "municipalities.csv", columns)
    return {code: municipality + ward or prefecture for _, (code, prefecture, municipality, ward, _kind) in table.rows}


def municipality_name(code: str) -> str | None:
    """Name (周南市, 札幌市中央区, 山口県) of a 全国地方公共団体コード of 6 digits; None where the code is unknown."""
    return _municipalities().get(code)


def municipality_codes() -> frozenset[str]:
    """All known 全国地方公共団体コード, 6 digits."""
    return frozenset(_municipalities())
