"""Records of a file field by field, for people who stare at dumps: place, bytes, text of every field of a copybook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mappings.readers.mainframe.choices import CopybookChoices, mainframe_charset
from mappings.readers.mainframe.copybook import load_copybook
from mappings.readers.mainframe.decode import RecordDecoder
from mappings.readers.mainframe.plan import Choice, RecordPlan, plan_record


def dump_plan(copybook: Path, record: str | None, redefines: Mapping[str, str]) -> RecordPlan:
    """The plan of a record; of each REDEFINES the definition named in ``redefines`` (redefined item: definition), else
    the first. Raises :class:`mappings.errors.MappingError`."""
    choices = {name: Choice(use=definition) for name, definition in redefines.items()}
    return plan_record(load_copybook(copybook, copybook.name), record, choices, first=True)


def shown_records(plan: RecordPlan, charset: str, records: Sequence[tuple[int, int, bytes]]) -> list[dict[str, Any]]:
    """What each record (number, offset, bytes) holds: its fields with ``name``, ``offset`` in the file, ``length``,
    ``hex``, ``text`` (None where the record ends before the field) and ``problem`` (``""``, ``no number``,
    ``undecodable``, ``no shift back``). Raises ``ValueError`` for a charset that does not go with a copybook."""
    decoder = RecordDecoder(plan, mainframe_charset(charset), CopybookChoices(plan))
    raw = np.frombuffer(b"".join(content for _, _, content in records), np.uint8)
    stops = np.cumsum([len(content) for _, _, content in records], dtype=np.int64)
    begins = stops - np.array([len(content) for _, _, content in records], np.int64)
    decoded = decoder.decode(raw, begins, stops)
    problems = _problems(decoded.bad, "no number") | _problems(decoded.unclosed, "no shift back")
    for kind, place in decoded.events.tolist():
        if kind >> 48 == 1:
            problems[place & 0xFFFF, place >> 16] = "undecodable"
    made = []
    for row, (number, offset, content) in enumerate(records):
        fields = [
            {
                "name": column.name,
                "offset": offset + column.offset,
                "length": column.length,
                "picture": column.picture,
                "hex": content[column.offset : column.offset + column.length].hex().upper(),
                "text": decoded.texts[index][row].as_py(),
                "problem": problems.get((index, row), ""),
            }
            for index, column in enumerate(plan.columns)
        ]
        surplus = content[plan.length :].hex().upper()
        made.append({"record": number, "offset": offset, "fields": fields, "surplus": surplus})
    return made


def _problems(found: Mapping[int, np.ndarray[Any, Any]], problem: str) -> dict[tuple[int, int], str]:
    return {(index, row): problem for index, rows in found.items() for row in rows.tolist()}
