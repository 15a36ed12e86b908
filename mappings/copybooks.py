"""What a mapping says about an export with a COBOL copybook: the pydantic models, and their way to the reader's
choices, every name checked against the copybook."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from layouts.errors import Text
from mappings.errors import MappingError
from mappings.readers.mainframe.choices import (
    CopybookChoices,
    NumberPolicy,
    RecordFormat,
    RecordTypes,
    Trailer,
    mainframe_charset,
)
from mappings.readers.mainframe.copybook import Copybook, load_copybook, normal
from mappings.readers.mainframe.plan import Choice, RecordPlan, plan_record
from mappings.yaml_lines import Document

if TYPE_CHECKING:
    from mappings.model import ExportDef

DataName = Annotated[str, StringConstraints(pattern=r"^[^\W_][\w-]*$")]
"""A name of the copybook, as it stands there (``ZEI-GAKU``) or as its field is called (``ZEI_GAKU``)."""
Meaning = Literal["bad", "empty", "zero"]
_LINE_ENDS = {"crlf": b"\r\n", "lf": b"\n"}


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Values = Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NumberRule(_Model):
    """What bytes that are all alike mean in a numeric field, and how numbers are spelt."""

    spaces: Meaning | None = Field(default=None, description="default bad: found, carried as marks")
    low_values: Meaning | None = Field(default=None, description="all bytes 00")
    high_values: Meaning | None = Field(default=None, description="all bytes FF")
    spelling: Literal["auto", "digits", "number"] | None = Field(
        default=None, description="digits: with leading zeros; auto: so where the PICTURE has neither S nor V"
    )

    def policy(self, base: NumberPolicy) -> NumberPolicy:
        """The policy that results where this rule stands over ``base``."""
        return NumberPolicy(
            self.spaces or base.spaces,
            self.low_values or base.low_values,
            self.high_values or base.high_values,
            self.spelling or base.spelling,
        )


class RedefinesRule(_Model):
    """Which definition of a redefined item holds, by the value of a field."""

    by: DataName
    take: dict[str, DataName] = Field(min_length=1, description="value of the field: name of the definition")
    otherwise: DataName | None = Field(default=None, description="for all other values; without it they are found")


class RecordTypesRule(_Model):
    """Records of several types in one file, told apart by a field at the same bytes of all."""

    field: DataName
    own: Values = Field(min_length=1, description="values of this export's records")
    header: Values = Field(default_factory=list, description="records that are no data, kept aside")
    trailer: Values = Field(default_factory=list)
    others: Values = Field(default_factory=list, description="records that another export of this file takes")

    @model_validator(mode="after")
    def _apart(self) -> Self:
        every = [*self.own, *self.header, *self.trailer, *self.others]
        if double := [value for value in every if every.count(value) > 1]:
            raise ValueError(f"record type {double[0]!r} is given twice")
        return self


class TrailerRule(_Model):
    """What the trailer record promises about the records before it."""

    record: DataName = Field(description="the trailer's record (01) in the copybook")
    count: DataName | None = Field(default=None, description="its field with the number of records")
    of: Literal["own", "all"] = Field(default="own", description="records of this export, or all data records")
    totals: dict[DataName, DataName] = Field(
        default_factory=dict, description="its field: the field that adds up to it"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.count is None and not self.totals:
            raise ValueError("give count or totals")
        return self


def copybook_choices(
    vendor_dir: Path, export: str, definition: ExportDef, document: Document
) -> tuple[CopybookChoices, Path]:
    """The reader's choices of an export with a copybook, and the copybook's path.

    Raises :class:`MappingError`: with file and line of the copybook where that is wrong (MP30, MP31) or leaves a
    REDEFINES undecided (MP32), of the mapping where it names what there is not (MP33).
    """
    return _Resolver(vendor_dir, export, definition, document).resolve()


class _Resolver:
    def __init__(self, vendor_dir: Path, export: str, definition: ExportDef, document: Document) -> None:
        self._given = definition
        self._export = export
        self._document = document
        self._path = vendor_dir / "records" / (definition.copybook or "")

    def _error(self, ja: str, en: str, todo_ja: str, todo_en: str, *path: str) -> MappingError:
        line = self._document.line("exports", self._export, *path)
        return MappingError("MP33", Text(ja, en), file=self._document.file, line=line, todo=Text(todo_ja, todo_en))

    def resolve(self) -> tuple[CopybookChoices, Path]:
        given = self._given
        if given.format != "fixed":
            raise self._error(
                "copybook があるのに format が fixed でない",
                "An export with a copybook needs format: fixed",
                "format: fixed にする",
                "Write format: fixed",
                "copybook",
            )
        records = self._format()
        self._check_charset()
        copybook = load_copybook(self._path, f"records/{given.copybook}", given.source_format)
        variable = records in ("variable", "blocked")
        choices = {name: self._choice(rule) for name, rule in given.redefines.items()}
        plan = plan_record(copybook, given.record or None, choices, variable=variable)
        self._check_length(plan)
        base = NumberRule.model_validate(given.numbers or {}).policy(NumberPolicy())
        return (
            CopybookChoices(
                plan,
                records,
                _LINE_ENDS.get(given.newline or "", b""),
                self._types(plan),
                self._trailer(plan, copybook),
                base,
                self._policies(plan, base),
                given.overpunch or "ascii",
                None if given.comp5 is None else given.comp5 == "little",
                bytes.fromhex(given.shift_in) if given.shift_in else None,
            ),
            self._path,
        )

    def _format(self) -> RecordFormat:
        given = self._given
        line_end = given.newline in _LINE_ENDS
        if given.newline == "cr" or (line_end and given.record_format not in (None, "fixed")):
            raise self._error(
                f"newline: {given.newline} はこのレコード形式では使えない",
                f"newline: {given.newline} does not go with this record format",
                "newline: none にする（改行のある固定長は crlf か lf）",
                "Write newline: none (crlf or lf for fixed records with line ends)",
                "newline",
            )
        return "lines" if line_end else given.record_format or "fixed"

    def _check_charset(self) -> None:
        given = self._given
        try:
            name = mainframe_charset(given.charset or "")
        except ValueError as error:
            raise self._error(
                f"文字コード {given.charset} は COPY句のあるファイルに使えない",
                str(error),
                "tsugite charset list にある、1バイト文字も持つ文字コードにする",
                "Choose one of tsugite charset list that has single bytes too",
                "charset",
            ) from None
        if given.shift_in is None:
            return
        from mappings.charsets.mainframe.catalogue import charset

        shifts = charset(name).shifts
        known = [code.hex().upper() for code in shifts.to_double] if shifts else []
        if given.shift_in.upper() not in known:
            listed = ", ".join(known) or "-"
            raise self._error(
                f"{name} に漢字シフトコード {given.shift_in} は無い",
                f"{name} has no shift code {given.shift_in}",
                f"{listed} のどれかにする",
                f"There are: {listed}",
                "shift_in",
            )

    def _check_length(self, plan: RecordPlan) -> None:
        given = self._given.record_length
        if given is not None and given != plan.length:
            raise self._error(
                f"record_length は {given} だが、COPY句のレコードは {plan.length} バイト",
                f"record_length says {given}, but the copybook's record has {plan.length} bytes",
                "どちらが正しいか確かめる（record_length は書かなくてよい）",
                "Find out which is right (record_length may be left out)",
                "record_length",
            )

    def _choice(self, rule: str | RedefinesRule) -> Choice:
        if isinstance(rule, str):
            return Choice(use=rule)
        return Choice(by=rule.by, take=rule.take, otherwise=rule.otherwise)

    def _field(self, plan: RecordPlan, name: str, *path: str) -> str:
        column = plan.column(name)
        if column is None:
            raise self._error(
                f"レコード {plan.name} に項目 {name} は無い",
                f"The record {plan.name} has no field {name}",
                "名前を直す（OCCURS の項目は後ろに番号が付く）",
                "Correct the name (an item within OCCURS has its number behind it)",
                *path,
            )
        return column.name

    def _types(self, plan: RecordPlan) -> RecordTypes | None:
        rule = self._given.record_types
        if rule is None:
            return None
        name = self._field(plan, rule.field, "record_types", "field")
        column = plan.column(name)
        if column is not None and (column.switches or column.tables or column.after):
            raise self._error(
                f"{name} はレコードによって位置が変わるので、レコード種別にできない",
                f"{name} lies elsewhere in other records: it cannot tell record types apart",
                "全てのレコードで同じ位置にある項目にする",
                "Name a field that lies at the same bytes in all records",
                "record_types",
                "field",
            )
        return RecordTypes(name, tuple(rule.own), tuple(rule.header), tuple(rule.trailer), tuple(rule.others))

    def _trailer(self, plan: RecordPlan, copybook: Copybook) -> Trailer | None:
        rule = self._given.trailer
        if rule is None:
            return None
        if self._given.record_types is None or not self._given.record_types.trailer:
            raise self._error(
                "trailer があるのに record_types に trailer の値が無い",
                "There is a trailer, but record_types does not say which records are trailers",
                "record_types.trailer に値を書く",
                "Give its value in record_types.trailer",
                "trailer",
            )
        if normal(rule.record) not in {normal(record.name) for record in copybook.records}:
            known = ", ".join(record.name for record in copybook.records)
            raise self._error(
                f"COPY句にレコード {rule.record} は無い",
                f"The copybook has no record {rule.record}",
                f"{known} のどれかにする",
                f"There are: {known}",
                "trailer",
                "record",
            )
        own = plan_record(copybook, rule.record)
        count = None if rule.count is None else self._number(own, rule.count, "trailer", "count")
        totals = {
            self._number(own, name, "trailer", "totals", name): self._number(plan, summed, "trailer", "totals", name)
            for name, summed in rule.totals.items()
        }
        return Trailer(own, count, rule.of == "all", totals)

    def _number(self, plan: RecordPlan, name: str, *path: str) -> str:
        found = self._field(plan, name, *path)
        self._all_numbers(plan, [found], *path)
        return found

    def _all_numbers(self, plan: RecordPlan, names: Iterable[str], *path: str) -> None:
        for name in names:
            column = plan.column(name)
            if column is not None and not column.number:
                raise self._error(
                    f"{name} は数値項目ではない（{column.picture}）",
                    f"{name} is no number ({column.picture})",
                    "数値の PICTURE の項目にする",
                    "Name a field with a numeric PICTURE",
                    *path,
                )

    def _policies(self, plan: RecordPlan, base: NumberPolicy) -> dict[str, NumberPolicy]:
        """Policies of single fields; a name without its occurrence number stands for all occurrences."""
        found: dict[str, NumberPolicy] = {}
        for name, rule in self._given.numbers_of.items():
            wanted = normal(name)
            names = [c.name for c in plan.columns if c.name == wanted or _occurrence_of(c.name, wanted)]
            if not names:
                self._field(plan, name, "numbers_of", name)
            self._all_numbers(plan, names, "numbers_of", name)
            found |= dict.fromkeys(names, rule.policy(base))
        return found


def _occurrence_of(name: str, item: str) -> bool:
    return name.startswith(item + "_") and name[len(item) + 1 :].replace("_", "").isdecimal()
