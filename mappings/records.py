"""Record layouts of a vendor's exports: the CSV that says which fields a record has, in which order and, in fixed
records, at which bytes."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from layouts.errors import Text
from mappings.copybooks import copybook_choices
from mappings.errors import MappingError
from mappings.model import ExportDef
from mappings.readers.mainframe.choices import CopybookChoices
from mappings.yaml_lines import Document

COLUMNS = ("no", "field", "name_ja", "type", "length", "start", "description")
_NAME = re.compile(r"[^\W_]\w*")


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field of a record. ``length``: bytes in fixed records, else characters; ``start``: 1-based byte, fixed
    records only."""

    no: int
    name: str
    name_ja: str
    type: str
    length: int | None
    start: int | None
    description: str


@dataclass(frozen=True, slots=True)
class RecordLayout:
    """The fields of one export table, in the order of the file. ``file`` is the name that errors use; ``copybook``: how
    its records are read, where a copybook says so."""

    file: str
    fields: tuple[RecordField, ...]
    copybook: CopybookChoices | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


def load_layout(vendor_dir: Path, export: str, definition: ExportDef, document: Document) -> tuple[RecordLayout, Path]:
    """The record layout of an export, vendor's defaults filled in, from its CSV or copybook; and that file's path.

    Raises :class:`MappingError` with file and line of the record layout, the copybook, or the mapping (``document``).
    """
    if definition.copybook is None:
        path = vendor_dir / "records" / definition.record
        return load_record(path, f"records/{definition.record}", fixed=definition.format == "fixed"), path
    choices, path = copybook_choices(vendor_dir, export, definition, document)
    fields = tuple(
        RecordField(
            number, column.name, column.name_ja, column.type, column.length, column.offset + 1, column.description
        )
        for number, column in enumerate(choices.plan.columns, start=1)
    )
    return RecordLayout(f"records/{definition.copybook}", fields, choices), path


def load_record(path: Path, name: str, *, fixed: bool) -> RecordLayout:
    """Read a record layout. Raises :class:`MappingError` with file and line for missing columns, bad or repeated
    names, and for fixed
    records (``fixed``) without positions."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise MappingError(
            "MP05",
            Text("レコード定義のファイルが無い", "The record layout does not exist"),
            file=name,
            todo=Text("records/ に置くか、record の名前を直す", "Put it into records/ or correct the name in record"),
        ) from None
    except UnicodeDecodeError:
        raise MappingError(
            "MP05",
            Text("UTF-8 で書かれていない", "The file is not UTF-8"),
            file=name,
            todo=Text("UTF-8 で保存する", "Save it as UTF-8"),
        ) from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
        raise MappingError(
            "MP05",
            Text(f"列 {missing[0]} が無い", f"The column {missing[0]} is missing"),
            file=name,
            line=1,
            todo=Text(f"見出しを {','.join(COLUMNS)} にする", f"The header has to be {','.join(COLUMNS)}"),
        )
    fields: list[RecordField] = []
    seen: set[str] = set()
    for row in reader:
        line = reader.line_num
        field = row["field"] or ""
        if not _NAME.fullmatch(field):
            problem = Text(f"項目名 {field!r} は使えない", f"{field!r} cannot be a field name")
            raise MappingError(
                "MP05",
                problem,
                file=name,
                line=line,
                todo=Text("文字・数字・_ だけにし、_ で始めない", "Use letters, digits and _, not starting with _"),
            )
        if field in seen:
            problem = Text(f"項目 {field} が2回ある", f"The field {field} is given twice")
            raise MappingError("MP05", problem, file=name, line=line, todo=Text("名前を変える", "Rename one of them"))
        seen.add(field)
        length, start = _number(row["length"], name, line, "length"), _number(row["start"], name, line, "start")
        if fixed and (length is None or start is None):
            problem = Text(
                f"固定長なのに {field} の位置か長さが無い", f"{field} of a fixed record has no start or length"
            )
            raise MappingError(
                "MP05", problem, file=name, line=line, todo=Text("start と length を書く", "Fill in start and length")
            )
        fields.append(
            RecordField(
                len(fields) + 1, field, row["name_ja"] or "", row["type"] or "", length, start, row["description"] or ""
            )
        )
    if not fields:
        problem = Text("項目が1つも無い", "The record layout has no field")
        raise MappingError("MP05", problem, file=name, line=1, todo=Text("項目を書く", "List the fields"))
    return RecordLayout(name, tuple(fields))


def _number(text: str | None, file: str, line: int, column: str) -> int | None:
    if not (text or "").strip():
        return None
    try:
        return int(text or "")
    except ValueError:
        problem = Text(f"{column} が数でない", f"{column} is no number")
        raise MappingError(
            "MP05", problem, file=file, line=line, todo=Text("数字だけにする", "Write digits only")
        ) from None
