"""From a copybook's record to a plan: every field with its bytes, occurrences spread out, REDEFINES resolved.

Fields are named as the copybook names its items, in capitals with ``_`` for ``-``; an item within OCCURS has its
occurrence number behind it, with as many digits as the largest one (``ZEI_GAKU_01``); FILLER and bytes that a shorter
REDEFINES leaves are numbered (``FILLER_1``). An item whose name is not its own has its group's name before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from layouts.errors import Text
from mappings.errors import MappingError
from mappings.readers.mainframe.copybook import Copybook, Item, SignPlace, normal
from mappings.readers.mainframe.pictures import Kind

MAX_COLUMNS = 60_000


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a record: ``length`` bytes from ``offset`` (0-based) on, where nothing before it is shorter."""

    name: str
    name_ja: str
    kind: Kind
    offset: int
    length: int
    line: int = 0
    digits: int = 0
    scale: int = 0
    signed: bool = False
    sign: SignPlace = "trailing"
    separate: bool = False
    native: bool = False
    """COMP-5: bytes in the machine's order, any value that they hold."""
    picture: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    filler: bool = False
    switches: tuple[tuple[int, int], ...] = ()
    """REDEFINES that the field lies in, outermost first: (switch, variant in which the field holds)."""
    tables: tuple[tuple[int, int], ...] = ()
    """OCCURS DEPENDING ON: (table, occurrence, 1-based)."""
    after: tuple[int, ...] = ()
    """Tables of varying length that lie before the field."""

    @property
    def number(self) -> bool:
        return self.kind in ("zoned", "packed", "binary")

    @property
    def type(self) -> str:
        """The type as record layouts spell it."""
        if self.number:
            return "S9" if self.signed else "9"
        return "N" if self.kind == "wide" else "X"

    @property
    def description(self) -> str:
        """PICTURE and the condition names of level 88."""
        names = ", ".join(f"{value}={name}" for value, name in self.labels)
        return f"{self.picture} [{names}]" if names else self.picture


@dataclass(frozen=True)
class Switch:
    """An area with several definitions: the value of the field ``by`` tells which variant holds (-1 = unknown)."""

    name: str
    by: str
    take: Mapping[str, int]
    otherwise: int = -1


@dataclass(frozen=True)
class Table:
    """OCCURS DEPENDING ON: the field ``by`` holds the number of occurrences, each of ``size`` bytes."""

    name: str
    by: str
    least: int
    most: int
    size: int


@dataclass(frozen=True)
class Choice:
    """What a mapping says about a REDEFINES: always ``use``, or by the value of a field."""

    use: str | None = None
    by: str | None = None
    take: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None


@dataclass(frozen=True)
class RecordPlan:
    """A record: its fields in order, and what decides where and whether they are there. ``length``: bytes at most."""

    name: str
    length: int
    columns: tuple[Column, ...]
    switches: tuple[Switch, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column | None:
        wanted = normal(name)
        return next((column for column in self.columns if column.name == wanted), None)


def plan_record(
    copybook: Copybook,
    name: str | None = None,
    choices: Mapping[str, Choice] | None = None,
    *,
    variable: bool = False,
    first: bool = False,
) -> RecordPlan:
    """The plan of a copybook's record.

    ``choices``: redefined item -> which definition holds. ``variable``: what follows an OCCURS DEPENDING ON moves up,
    as in records of varying length; else every table takes its maximum. ``first``: of a REDEFINES that ``choices`` does
    not name the first definition holds, instead of an error. Raises :class:`MappingError` (MP31, MP32) with
    file and line.
    """
    return _Planner(copybook, copybook.record(name), choices or {}, variable, first).plan()


@dataclass(frozen=True)
class _Place:
    """Where the walk is: suffixes of the occurrences, the group's name, and the conditions."""

    suffix: tuple[str, ...] = ()
    group: str = ""
    switches: tuple[tuple[int, int], ...] = ()
    tables: tuple[tuple[int, int], ...] = ()


class _Planner:
    def __init__(
        self, copybook: Copybook, record: Item, choices: Mapping[str, Choice], variable: bool, first: bool
    ) -> None:
        self._copybook = copybook
        self._record = record
        self._choices = {normal(name): choice for name, choice in choices.items()}
        self._used: set[str] = set()
        self._variable, self._first = variable, first
        self._columns: list[Column] = []
        self._switches: list[Switch] = []
        self._tables: list[Table] = []
        self._passed: list[int] = []
        self._fillers = 0
        leaves = [normal(item.name) for item in _leaves(record) if not item.filler]
        self._repeated = {name for name, count in Counter(leaves).items() if count > 1}

    def _error(self, code: str, line: int | None, ja: str, en: str, todo_ja: str, todo_en: str) -> MappingError:
        return MappingError(code, Text(ja, en), file=self._copybook.file, line=line, todo=Text(todo_ja, todo_en))

    def plan(self) -> RecordPlan:
        record = self._record
        if record.children:
            self._group(record, 0, _Place())
        else:
            self._leaf(record, 0, _Place())
        if unused := [name for name in self._choices if name not in self._used]:
            raise self._error(
                "MP32",
                record.line,
                f"{unused[0]} は再定義される項目ではない",
                f"{unused[0]} is no item that is redefined",
                "redefines の名前を直す",
                "Correct the name in redefines",
            )
        self._check_names()
        switches = [self._resolved(switch) for switch in self._switches]
        tables = [self._resolved_table(table) for table in self._tables]
        return RecordPlan(normal(record.name), record.size, tuple(self._columns), tuple(switches), tuple(tables))

    def _check_names(self) -> None:
        seen: set[str] = set()
        for column in self._columns:
            if column.name in seen:
                raise self._error(
                    "MP31",
                    column.line,
                    f"項目名 {column.name} が2回できる",
                    f"The field name {column.name} comes out twice",
                    "COPY句のどちらかの名前を変える",
                    "Rename one of the items in the copybook",
                )
            seen.add(column.name)

    # walking

    def _group(self, group: Item, offset: int, place: _Place) -> None:
        own = _Place(place.suffix, place.group if group.filler else normal(group.name), place.switches, place.tables)
        for area in _areas(group):
            size = max(item.size * item.most for item in area)
            if len(area) == 1:
                self._item(area[0], offset, own)
            else:
                self._area(area, size, offset, own)
            offset += size

    def _area(self, area: list[Item], size: int, offset: int, place: _Place) -> None:
        base = area[0]
        if any(item.depending for variant in area for item in _all(variant)):
            raise self._error(
                "MP32",
                base.line,
                f"REDEFINES {base.name} の中の OCCURS DEPENDING ON は扱えない",
                f"OCCURS DEPENDING ON within the REDEFINES of {base.name} is not supported",
                "回数を固定して書く",
                "Write a fixed number",
            )
        choice = self._choices.get(normal(base.name), Choice(use=base.name) if self._first else None)
        self._used.add(normal(base.name))
        names = [normal(item.name) for item in area]
        if choice is None:
            raise self._error(
                "MP32",
                area[1].line,
                f"{base.name} の再定義のどれを使うかが決まっていない",
                f"Nothing says which definition of {base.name} holds",
                f"export の redefines に {names[0]} を書く（{', '.join(names)} のどれか、または by と take）",
                f"Name {names[0]} in the export's redefines: one of {', '.join(names)}, or by and take",
            )
        if choice.use is not None:
            self._variant(area[self._number(base, names, choice.use)], size, offset, place)
            return
        take = {value: self._number(base, names, name) for value, name in choice.take.items()}
        otherwise = -1 if choice.otherwise is None else self._number(base, names, choice.otherwise)
        switch = len(self._switches)
        self._switches.append(Switch(base.name, self._reference(choice.by or "", place), take, otherwise))
        for number, variant in enumerate(area):
            # The first one is where the bytes stand if no variant is known to hold.
            if number == 0 or number in take.values() or number == otherwise:
                inner = _Place(place.suffix, place.group, (*place.switches, (switch, number)), place.tables)
                self._variant(variant, size, offset, inner)

    def _number(self, base: Item, names: list[str], wanted: str) -> int:
        if normal(wanted) not in names:
            raise self._error(
                "MP32",
                base.line,
                f"{wanted} は {base.name} の定義ではない",
                f"{wanted} is no definition of {base.name}",
                f"{', '.join(names)} のどれかにする",
                f"There are: {', '.join(names)}",
            )
        return names.index(normal(wanted))

    def _variant(self, item: Item, size: int, offset: int, place: _Place) -> None:
        self._item(item, offset, place)
        whole = item.size * item.most
        if whole < size:
            self._filler(item.line, offset + whole, size - whole, place)

    def _item(self, item: Item, offset: int, place: _Place) -> None:
        if not item.occurs:
            self._once(item, offset, place)
            return
        table = None
        if item.depending is not None:
            if place.tables or any(inner.depending for child in item.children for inner in _all(child)):
                raise self._error(
                    "MP31",
                    item.line,
                    f"{item.name} の OCCURS DEPENDING ON が入れ子になっている",
                    f"The OCCURS DEPENDING ON of {item.name} is nested",
                    "内側の回数を固定して書く",
                    "Write a fixed number for the inner one",
                )
            table = len(self._tables)
            by = self._reference(item.depending, place)
            self._tables.append(Table(item.name, by, item.least, item.most, item.size))
        width = len(str(item.most))
        for number in range(1, item.most + 1):
            tables = place.tables if table is None else (*place.tables, (table, number))
            inner = _Place((*place.suffix, f"{number:0{width}}"), place.group, place.switches, tables)
            self._once(item, offset + (number - 1) * item.size, inner)
        if table is not None and self._variable:
            self._passed.append(table)

    def _once(self, item: Item, offset: int, place: _Place) -> None:
        if item.children:
            self._group(item, offset, place)
        else:
            self._leaf(item, offset, place)

    def _leaf(self, item: Item, offset: int, place: _Place) -> None:
        if item.filler:
            self._filler(item.line, offset, item.size, place)
            return
        shape = item.picture
        assert shape is not None
        kind: Kind = "wide" if shape.kind == "wide" else "text"
        if shape.kind == "number":
            kind = "packed" if item.usage == "packed" else "binary" if item.usage in ("binary", "native") else "zoned"
        name = normal(item.name)
        if name in self._repeated and place.group:
            name = f"{place.group}_{name}"
        self._add(
            Column(
                name="_".join((name, *place.suffix)),
                name_ja=item.comment or item.name,
                kind=kind,
                offset=offset,
                length=item.size,
                line=item.line,
                digits=shape.digits,
                scale=shape.scale,
                signed=shape.signed,
                sign=item.sign or "trailing",
                separate=item.separate and shape.signed,
                native=item.usage == "native",
                picture=f"{shape.text} {_USAGE_NAMES[item.usage or 'display']}".strip(),
                labels=tuple(item.labels),
                switches=place.switches,
                tables=place.tables,
                after=tuple(self._passed),
            )
        )

    def _filler(self, line: int, offset: int, length: int, place: _Place) -> None:
        self._fillers += 1
        name = f"FILLER_{self._fillers}"
        self._add(
            Column(
                name, name, "text", offset, length, line, picture=f"X({length})", filler=True, switches=place.switches,
                tables=place.tables, after=tuple(self._passed),
            )
        )  # fmt: skip

    def _add(self, column: Column) -> None:
        if len(self._columns) >= MAX_COLUMNS:
            raise self._error(
                "MP31",
                column.line,
                "項目が多すぎる",
                "There are too many fields",
                "OCCURS の回数を確かめる",
                "Check OCCURS",
            )
        self._columns.append(column)

    # references

    def _reference(self, name: str, place: _Place) -> str:
        """A field's name with the occurrence it is asked in, as far as it is known; resolved when all fields are."""
        return "_".join((normal(name), *place.suffix))

    def _field(self, reference: str, what: str) -> str:
        """The field that a reference means: the one of the same occurrence, else of an outer one."""
        names = {column.name for column in self._columns}
        wanted = reference
        while wanted not in names and "_" in wanted:
            head, _, tail = wanted.rpartition("_")
            if not tail.isdecimal():
                break
            wanted = head
        if wanted not in names:
            raise self._error(
                "MP32",
                self._record.line,
                f"{what} を決める項目 {wanted} が無い",
                f"There is no field {wanted}, which {what} depends on",
                "名前を直す",
                "Correct the name",
            )
        return wanted

    def _resolved(self, switch: Switch) -> Switch:
        return Switch(switch.name, self._field(switch.by, switch.name), switch.take, switch.otherwise)

    def _resolved_table(self, table: Table) -> Table:
        return Table(table.name, self._field(table.by, table.name), table.least, table.most, table.size)


_USAGE_NAMES = {"display": "", "binary": "COMP", "packed": "COMP-3", "native": "COMP-5"}


def _areas(group: Item) -> Iterator[list[Item]]:
    """A group's items: each with those that redefine it."""
    area: list[Item] = []
    for child in group.children:
        if child.redefines is None and area:
            yield area
            area = []
        area.append(child)
    if area:
        yield area


def _all(item: Item) -> Iterator[Item]:
    yield item
    for child in item.children:
        yield from _all(child)


def _leaves(item: Item) -> Iterator[Item]:
    return (inner for inner in _all(item) if not inner.children)
