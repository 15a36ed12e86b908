"""The mapping format as pydantic models: what an engineer writes in YAML, and the JSON Schema that editors use.

Only the form is judged here (names, types, combinations of keys); :mod:`mappings.check` judges it against the
layouts and the records.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from mappings.copybooks import DataName, NumberRule, RecordTypesRule, RedefinesRule, TrailerRule

Name = Annotated[str, StringConstraints(pattern=r"^[^\W_]\w*$")]
"""Name of a field: letters, digits, underscore; not starting with an underscore (those are pseudo-fields)."""
ExportName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Ref = Annotated[str, StringConstraints(pattern=r"^(\w+\.)?\w+$")]
"""``FIELD``, ``alias.FIELD`` or a pseudo-field (``_occurrence`` ...)."""
Sql = Annotated[str, StringConstraints(min_length=1)]
TransformStep = str | dict[str, dict[str, Any] | None]
"""``name`` or ``{name: {parameters}}``."""
TransformSteps = TransformStep | list[TransformStep]
Codes = dict[str, str]
SetAside = Literal["quarantine", "overflow"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExportDefaults(_Model):
    """How bytes become records; in vendor.yaml for all exports, in an export for that one."""

    charset: str | None = Field(
        default=None,
        description="cp932, utf-8, utf-8-sig, utf-16, eucjp-ms; with a copybook jef_ebcdik, keis83_ebcdik, jips_e, ...",
    )
    format: Literal["delimited", "fixed", "excel"] | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    header_rows: int | None = Field(default=None, ge=1, description="excel: rows of the header")
    sheet: str | None = Field(default=None, description="excel: the sheet's name; default: the first")
    skip_rows: int | None = Field(default=None, ge=0, description="excel: rows above the header")
    newline: Literal["crlf", "lf", "cr", "none"] | None = None
    record_length: int | None = Field(default=None, gt=0, description="bytes of a fixed record, without its newline")
    record_format: Literal["fixed", "variable", "blocked"] | None = Field(
        default=None, description="with a copybook: one length, or behind record (V) and block (VB) descriptor words"
    )
    source_format: Literal["fixed", "free"] | None = Field(
        default=None, description="of the copybook; default: as found"
    )
    numbers: NumberRule | None = Field(default=None, description="with a copybook: what is no number in numeric fields")
    overpunch: Literal["ascii", "ebcdic"] | None = Field(
        default=None, description="signs over ASCII digits: 70-79, or the letters of converted EBCDIC"
    )
    comp5: Literal["big", "little"] | None = Field(default=None, description="byte order of COMP-5")
    shift_in: str | None = Field(
        default=None, pattern="^([0-9A-Fa-f]{2}){1,2}$", description="usual shift code to double bytes, hex"
    )
    options: dict[str, Any] = Field(default_factory=dict, description="further settings of the reader")


class ExportDef(ExportDefaults):
    """One export (移行元ファイル): file name pattern, record layout, and how to read it."""

    file: str | list[str] = Field(description="file name pattern(s); several files are one export, in name order")
    record: str = Field(
        default="", description="record layout in records/; with a copybook the name of its record (01)"
    )
    archive: str | list[str] = Field(
        default_factory=list, description="zip file(s) that hold the files; *.gz in file needs no archive"
    )
    parts: Literal["numbered"] | Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="files are numbered where file has its *, without gaps; a number: so many"
    )
    copybook: str | None = Field(default=None, description="COBOL copybook in records/, instead of a record layout")
    redefines: dict[DataName, DataName | RedefinesRule] = Field(
        default_factory=dict, description="redefined item: the definition that holds, or by which field it is chosen"
    )
    record_types: RecordTypesRule | None = None
    trailer: TrailerRule | None = None
    numbers_of: dict[DataName, NumberRule] = Field(default_factory=dict, description="numbers, for single fields")
    key: list[Name] = Field(default_factory=list, description="business key, for overflow files and findings")
    municipality: Name | None = Field(
        None, description="field with the 団体コード, where a file holds several municipalities"
    )
    shared: bool = Field(default=False, description="the file lies in the folder shared by all municipalities")
    required: bool = Field(default=True, description="a missing file fails the run")
    note: str | None = None

    @model_validator(mode="after")
    def _described(self) -> Self:
        if not self.record and self.copybook is None:
            raise ValueError("give record or copybook")
        for key in ("redefines", "record_types", "trailer", "numbers_of"):
            if getattr(self, key) and self.copybook is None:
                raise ValueError(f"{key} goes with copybook")
        return self

    @property
    def files(self) -> tuple[str, ...]:
        return (self.file,) if isinstance(self.file, str) else tuple(self.file)

    @property
    def archives(self) -> tuple[str, ...]:
        return (self.archive,) if isinstance(self.archive, str) else tuple(self.archive)


class Exclusion(_Model):
    """The declared, signed reason for records left out (移行対象外)."""

    reason: str
    approved_by: str


class Hold(_Model):
    """Records held back by the mapping's policy."""

    when: Sql
    reason: str


class Join(_Model):
    """An export joined one to one or many to one; its fields map to items."""

    export: ExportName | None = Field(default=None, description="default: the alias")
    on: dict[Ref, Name] = Field(min_length=1, description="field of the row: field of the joined export")
    how: Literal["left", "inner"] = "left"
    unmatched: SetAside = Field(default="quarantine", description="what becomes of joined records that no row takes")
    key_transform: TransformSteps = Field(default_factory=list)


class Lookup(_Model):
    """A table that is only looked into."""

    export: ExportName | None = Field(default=None, description="default: the alias")
    on: dict[Ref, Name] = Field(min_length=1)
    where: Sql | None = None
    key_transform: TransformSteps = Field(default_factory=list)


class Occurrences(_Model):
    """Repeated columns become rows."""

    count: int | None = Field(default=None, ge=1, le=999)
    values: list[str] | None = Field(default=None, min_length=1)
    fields: dict[Name, str] = Field(
        alias="as", min_length=1, description="new name: field name with {n}, {n:02}, {value}"
    )
    keep: Sql | None = None
    empty: dict[Name, str] = Field(default_factory=dict, description="spelling of each field in a dropped occurrence")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.count is None) == (self.values is None):
            raise ValueError("give either count or values")
        if unknown := [name for name in self.empty if name not in self.fields]:
            raise ValueError(f"empty names {unknown[0]}, which is not in as")
        for template in self.fields.values():
            try:
                template.format(n=1, value="1")
            except (KeyError, IndexError, ValueError):
                raise ValueError(f"{template!r} is no field template: use {{n}}, {{n:02}} or {{value}}") from None
        return self

    @property
    def entries(self) -> list[str]:
        """``values``, or ``1`` .. ``count`` as text."""
        return self.values if self.values is not None else [str(n) for n in range(1, (self.count or 0) + 1)]

    def field(self, name: str, n: int) -> str:
        """The export's field behind ``name`` in occurrence ``n`` (1-based)."""
        return self.fields[name].format(n=n, value=self.entries[n - 1])


class Pivot(_Model):
    """Rows of a child export become columns of the parent's row."""

    export: ExportName | None = Field(default=None, description="default: the alias")
    on: dict[Ref, Name] = Field(min_length=1)
    type: Name | None = None
    number_by: list[Name] | None = None
    columns: dict[str, dict[Name, Name]] = Field(min_length=1, description="type value (or number): field: new name")
    unmatched: SetAside = "quarantine"
    key_transform: TransformSteps = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.type is None) == (self.number_by is None):
            raise ValueError("give either type or number_by")
        new = [name for fields in self.columns.values() for name in fields.values()]
        if double := {name for name in new if new.count(name) > 1}:
            raise ValueError(f"column name {sorted(double)[0]} is given twice")
        return self


class History(_Model):
    """Numbers records within a partition; gives ``_history_number`` and ``_latest``."""

    partition: list[Ref] = Field(min_length=1)
    order: list[Ref] = Field(min_length=1)


class UnknownValue(_Model):
    value: str


class Split(_Model):
    """A part of a field: by separator or by characters."""

    separator: str | None = Field(default=None, min_length=1)
    part: int | None = Field(default=None, ge=1)
    of: int | None = Field(default=None, ge=2)
    start: int | None = Field(default=None, ge=1)
    length: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        by_separator = (self.separator, self.part, self.of)
        by_position = (self.start, self.length)
        if all(v is not None for v in by_separator) and not any(v is not None for v in by_position):
            if (self.part or 0) > (self.of or 0):
                raise ValueError("part is larger than of")
            return self
        if all(v is not None for v in by_position) and not any(v is not None for v in by_separator):
            return self
        raise ValueError("give separator, part and of - or start and length")


class Sign(_Model):
    """The sign of a number in a field of its own."""

    field: Ref
    negative: str
    positive: str = ""


class ItemRule(_Model):
    """Where an item comes from."""

    field: Ref | None = None
    fields: list[Ref] | None = Field(default=None, min_length=2)
    constant: str | None = None
    run: Literal["municipality", "municipality_name", "delivery_date"] | None = None
    sql: Sql | None = None

    join_with: str = ""
    skip_empty: bool = True
    widths: list[int] | None = None
    each: TransformSteps = Field(default_factory=list)
    empty: str | list[str] = Field(default_factory=list)
    split: Split | None = None
    when: Sql | None = None
    transform: TransformSteps = Field(default_factory=list)
    codes: str | Codes | None = None
    unknown: Literal["null", "keep", "quarantine"] | UnknownValue | None = None
    sign: Sign | None = None
    default: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _combinations(self) -> Self:
        sources = [name for name in ("field", "fields", "constant", "run", "sql") if getattr(self, name) is not None]
        if len(sources) != 1:
            raise ValueError("give exactly one of field, fields, constant, run, sql")
        source = sources[0]
        given = self.model_fields_set - {source, "note"}
        allowed = {
            "field": {"empty", "split", "when", "transform", "codes", "unknown", "sign", "default"},
            "fields": {
                *(
                    "join_with",
                    "skip_empty",
                    "widths",
                    "each",
                    "empty",
                    "when",
                    "transform",
                    "codes",
                    "unknown",
                    "sign",
                ),
                "default",
            },
            "constant": {"when"},
            "run": {"when"},
            "sql": {"transform", "codes", "unknown", "default"},
        }[source]
        if wrong := sorted(given - allowed):
            raise ValueError(f"{wrong[0]} does not go with {source}")
        if "unknown" in given and self.codes is None:
            raise ValueError("unknown goes with codes")
        if self.widths is not None and self.fields is not None and len(self.widths) != len(self.fields):
            raise ValueError("widths needs one width for each of fields")
        return self

    @property
    def raw_fields(self) -> list[str]:
        """References of ``field`` or ``fields``, without the sign's."""
        return [self.field] if self.field is not None else list(self.fields or [])

    @property
    def empties(self) -> list[str]:
        """Spellings that mean "no value", the usual one first."""
        if isinstance(self.empty, str):
            return [self.empty]
        return list(self.empty) or [""]


def _short_form(rule: Any) -> Any:
    return {"field": rule} if isinstance(rule, str) else rule


class Block(_Model):
    """One source of a group's rows."""

    source: ExportName = Field(alias="from")
    where: Sql | None = None
    exclusion: Exclusion | None = None
    select: Sql | None = None
    quarantine: list[Hold] = Field(default_factory=list)
    join: dict[ExportName, Join] = Field(default_factory=dict)
    lookup: dict[ExportName, Lookup] = Field(default_factory=dict)
    occurrences: Occurrences | None = None
    columns_from_rows: dict[ExportName, Pivot] = Field(default_factory=dict)
    history: History | None = None
    items: dict[str, Annotated[ItemRule, BeforeValidator(_short_form, json_schema_input_type=ItemRule | str)]]
    note: str | None = None

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="after")
    def _combinations(self) -> Self:
        if (self.where is None) != (self.exclusion is None):
            raise ValueError(
                "where and exclusion go together: records that where leaves out need a reason and who approved it"
            )
        aliases = [*self.join, *self.lookup, *self.columns_from_rows]
        if double := [alias for alias in aliases if aliases.count(alias) > 1]:
            raise ValueError(f"alias {double[0]} is used twice")
        return self

    @property
    def partners(self) -> dict[str, Join | Pivot]:
        """Alias -> joins and children: what puts an export's records into rows, besides ``from``."""
        return {**self.join, **self.columns_from_rows}

    @property
    def joined(self) -> dict[str, str]:
        """Alias -> export of ``join``."""
        return {alias: join.export or alias for alias, join in self.join.items()}

    @property
    def pivoted(self) -> dict[str, str]:
        return {alias: pivot.export or alias for alias, pivot in self.columns_from_rows.items()}

    @property
    def looked_up(self) -> dict[str, str]:
        return {alias: lookup.export or alias for alias, lookup in self.lookup.items()}


def _as_list(block: Any) -> Any:
    return block if isinstance(block, list) else [block]


class VendorFile(_Model):
    """vendor.yaml: what holds for all areas of a vendor."""

    vendor: str
    name: str = ""
    defaults: ExportDefaults = ExportDefaults()
    codes: dict[str, Codes] = Field(default_factory=dict)
    transforms: dict[str, TransformSteps] = Field(default_factory=dict)
    note: str | None = None


class AreaFile(_Model):
    """<area>.yaml: how one area's groups come from the vendor's exports."""

    vendor: str
    area: Annotated[str, StringConstraints(pattern=r"^(\d{3}|x_[a-z0-9_]+)$")]
    version: str = "1"
    exports: dict[ExportName, ExportDef] = Field(min_length=1)
    codes: dict[str, Codes] = Field(default_factory=dict)
    transforms: dict[str, TransformSteps] = Field(default_factory=dict)
    groups: dict[str, Annotated[list[Block], BeforeValidator(_as_list, json_schema_input_type=Block | list[Block])]] = (
        Field(default_factory=dict)
    )
    overflow: dict[ExportName, list[Name]] = Field(default_factory=dict)
    padding: dict[ExportName, dict[Name, str]] = Field(default_factory=dict)
    whole: list[ExportName] = Field(default_factory=list)
    not_provided: dict[str, str | dict[str, str]] = Field(default_factory=dict)
    note: str | None = None

    @property
    def blocks(self) -> dict[str, list[Block]]:
        """Group name -> its source blocks, in order."""
        return self.groups

    @property
    def has_layout(self) -> bool:
        return not self.area.startswith("x_")
