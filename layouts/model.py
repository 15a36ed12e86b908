"""What must come out: areas, groups, items, code lists and rules as immutable values.

The words are those of デジタル庁's 基本データリスト: an area (業務) has groups (グループ, one standard file each),
a group has items (データ項目). Nothing here reads files (see :mod:`layouts.load`), and polars is imported only when
a column type is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from layouts.errors import Text, TsugiteError

if TYPE_CHECKING:
    import polars as pl

ItemType = Literal["X", "Ｎ", "9", "S9", "9V", "DATE", "TIME", "YEAR", "BLOB"]
"""X half width, Ｎ full width, 9 integer, S9 signed integer, 9V decimal, DATE YYYY-MM-DD, TIME HH:MM:SS, YEAR YYYY,
BLOB the place of a binary."""

Output = Literal["必須", "条件付き必須", "任意"]
Severity = Literal["error", "warning", "info"]
Pii = Literal["personal", "mynumber", "sensitive"]

ITEM_TYPES: frozenset[str] = frozenset({"X", "Ｎ", "9", "S9", "9V", "DATE", "TIME", "YEAR", "BLOB"})
OUTPUTS: frozenset[str] = frozenset({"必須", "条件付き必須", "任意"})
SEVERITIES: frozenset[str] = frozenset({"error", "warning", "info"})
PII: frozenset[str] = frozenset({"personal", "mynumber", "sensitive"})


class UnknownName(TsugiteError, KeyError):
    """An area, group, item or code list was asked for by a name that the layout does not have."""

    def __init__(self, what: Text, where: Text | str = "", todo: Text | str = "") -> None:
        super().__init__("Y02", what, where, todo)

    def __reduce__(self) -> Any:
        return UnknownName, (self.what, self.where, self.todo)

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError's own would put the sentence in quotes


def _look(command: str) -> Text:
    return Text(f"{command} で名称を確かめてください", f"see the names with: {command}")


@dataclass(frozen=True, slots=True)
class FkRef:
    """One target of a reference: an item (by name) of a group (by name) of an area (by id)."""

    area: str
    group: str
    item: str

    def __str__(self) -> str:
        return f"{self.area}:{self.group}.{self.item}"


@dataclass(frozen=True, slots=True)
class Item:
    """One column of a group.

    ``digits`` counts characters for text, digits (without sign and point) for numbers, bytes for BLOB.
    """

    id: str
    name: str
    slug: str
    group: str
    """Name of the group."""
    pk: bool
    fk: tuple[FkRef, ...]
    """Alternatives: the value has to be in one of them. Empty = no reference."""
    type: ItemType
    digits: int
    """9V: all digits (``n`` of ``n,m``)."""
    scale: int
    """Digits after the point (``m`` of 9V ``n,m``); 0 for every other type."""
    code: str | None
    """Id of the area's code list, or several joined by ``/`` (a value of any of them): see :meth:`Area.code_list`."""
    repeat: int | None
    """How often the item may occur for one subject (rows, not columns); None = once."""
    output: Output
    required_when: str | None
    """SQL over the group's items: when a 条件付き必須 item has to be there; None = the data cannot tell."""
    definition: str
    sample: str
    control_total: bool
    pii: Pii | None
    line: int = field(default=0, compare=False)
    """Line in items.csv."""

    @property
    def required(self) -> bool:
        """Must hold a value in every row (output 必須)."""
        return self.output == "必須"

    @property
    def numeric(self) -> bool:
        return self.type in ("9", "S9", "9V")

    @property
    def is_integer(self) -> bool:
        return self.type in ("9", "S9")

    @property
    def polars_dtype(self) -> pl.DataType:
        """Column type in every frame: 9 and S9 Int64, 9V Decimal(38, m), all else String (DATE stays ISO text)."""
        import polars as pl

        if self.type in ("9", "S9"):
            return pl.Int64()
        if self.type == "9V":
            return pl.Decimal(38, self.scale)
        return pl.String()


@dataclass(frozen=True, slots=True)
class CodeValue:
    """One value of a code list; with a ``pattern``, every value that matches it in full."""

    value: str
    label: str
    note: str
    pattern: str | None


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list of one area."""

    id: str
    name: str
    area: str
    entries: tuple[CodeValue, ...]

    @property
    def values(self) -> frozenset[str]:
        """The literal values (rows without a pattern)."""
        return frozenset(entry.value for entry in self.entries if entry.pattern is None)

    @property
    def patterns(self) -> tuple[str, ...]:
        """Regular expressions, each for the whole value."""
        return tuple(entry.pattern for entry in self.entries if entry.pattern is not None)

    @property
    def labels(self) -> dict[str, str]:
        """Value -> label, literal values only."""
        return {entry.value: entry.label for entry in self.entries if entry.pattern is None}

    def allows(self, value: str) -> bool:
        return value in self.values or any(re.fullmatch(pattern, value) for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition on one row: SQL for polars' ``sql_expr``; TRUE is fine, FALSE a finding, NULL not evaluated."""

    id: str
    area: str
    group: str
    severity: Severity
    title: str
    expr: str
    basis: str
    line: int = field(default=0, compare=False)
    title_en: str = ""
    """Empty where the layout has no English title."""

    @property
    def titles(self) -> Text:
        """The title in both languages; where the layout has it in Japanese only, in that."""
        return Text(self.title, self.title_en or self.title)


@dataclass(frozen=True, slots=True)
class CrossRule:
    """A condition between rows or groups of an area: SQL for DuckDB and polars that returns the violating rows."""

    id: str
    area: str
    severity: Severity
    title: str
    sql: str
    basis: str
    line: int = field(default=0, compare=False)
    title_en: str = ""
    """Empty where the layout has no English title."""

    @property
    def titles(self) -> Text:
        """The title in both languages; where the layout has it in Japanese only, in that."""
        return Text(self.title, self.title_en or self.title)


@dataclass(frozen=True, slots=True)
class Group:
    """One standard file of an area."""

    area: str
    """Id of the area."""
    order: int
    name: str
    slug: str
    description: str
    output: Output
    grain: str
    items: tuple[Item, ...]
    _index: Mapping[str, Item] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Names win over slugs: they are what mappings, rules and file headers use.
        index = {item.slug: item for item in self.items} | {item.name: item for item in self.items}
        object.__setattr__(self, "_index", index)

    def item(self, name: str) -> Item:
        """The item of that name or slug; raises :class:`UnknownName`."""
        try:
            return self._index[name]
        except KeyError:
            what = Text(f"項目 {name!r} はレイアウトに無い", f"the layout has no item {name!r}")
            command = f"tsugite layout show {self.area} {self.slug}"
            raise UnknownName(what, f"{self.area}:{self.name}", _look(command)) from None

    def __contains__(self, name: object) -> bool:
        return name in self._index

    @property
    def names(self) -> tuple[str, ...]:
        """Item names in layout order: the columns of the group's frames and files."""
        return tuple(item.name for item in self.items)

    @property
    def key(self) -> tuple[Item, ...]:
        """The items of the primary key, in layout order."""
        return tuple(item for item in self.items if item.pk)

    @property
    def control_totals(self) -> tuple[Item, ...]:
        """The items whose sums are reconciled between the old and the new system."""
        return tuple(item for item in self.items if item.control_total)

    @property
    def polars_schema(self) -> pl.Schema:
        """Item name -> polars type, in layout order."""
        import polars as pl

        return pl.Schema({item.name: item.polars_dtype for item in self.items})


@dataclass(frozen=True, slots=True)
class Area:
    """One 業務 with everything that its folder defines."""

    id: str
    folder: str
    """Name of its folder under the layouts' root."""
    slug: str
    name: str
    """業務 name as it stands in file names."""
    name_en: str
    short: str
    """Short Japanese name for narrow places."""
    version: str
    origin: str
    """``official``, ``project`` or both: who defined the items."""
    hash: str
    """SHA-256 over the five definition files (name and content, in name order); notes do not count."""
    groups: tuple[Group, ...]
    code_lists: tuple[CodeList, ...]
    rules: tuple[Rule, ...]
    cross_rules: tuple[CrossRule, ...]
    _groups: Mapping[str, Group] = field(init=False, repr=False, compare=False)
    _codes: Mapping[str, CodeList] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        groups = {group.slug: group for group in self.groups} | {group.name: group for group in self.groups}
        object.__setattr__(self, "_groups", groups)
        object.__setattr__(self, "_codes", {codes.id: codes for codes in self.code_lists})

    def group(self, name: str) -> Group:
        """The group of that name or slug; raises :class:`UnknownName`."""
        try:
            return self._groups[name]
        except KeyError:
            what = Text(f"グループ {name!r} はレイアウトに無い", f"the layout has no group {name!r}")
            raise UnknownName(what, f"{self.id} {self.name}", _look(f"tsugite layout show {self.id}")) from None

    def __contains__(self, name: object) -> bool:
        return name in self._groups

    def code_list(self, code_id: str) -> CodeList:
        """The code list of that id; ``020/021`` gives both as one. Raises :class:`UnknownName`."""
        if code_id in self._codes:
            return self._codes[code_id]
        try:
            parts = [self._codes[part] for part in code_id.split("/")]
        except KeyError:
            what = Text(f"コード {code_id!r} はレイアウトに無い", f"the layout has no code list {code_id!r}")
            raise UnknownName(what, f"{self.id} {self.name}") from None
        name = "/".join(part.name for part in parts)
        return CodeList(code_id, name, self.id, tuple(entry for part in parts for entry in part.entries))

    def rules_of(self, group: Group) -> tuple[Rule, ...]:
        """The row rules of one group."""
        return tuple(rule for rule in self.rules if rule.group == group.name)

    @property
    def items(self) -> tuple[Item, ...]:
        """All items of all groups, in order."""
        return tuple(item for group in self.groups for item in group.items)
