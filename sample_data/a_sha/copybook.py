"""Makes A社's copybooks from the descriptions: one a file, with its header, data and trailer records.

``python -m sample_data.a_sha.copybook FOLDER`` writes them all into a folder.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.a_sha import book

END = 72
"""Last column of a line."""
MANY = 40
"""Code groups with more values stand in the code book only."""


def _width(text: str) -> int:
    return sum(1 if c < "\x80" or "\uff61" <= c <= "\uff9f" else 2 for c in text)


def _cut(text: str, width: int) -> str:
    while _width(text) > width:
        text = text[:-1]
    return text


def copybook(file: str, tables: Sequence[book.Table]) -> str:
    """The text of a file's copybook, in fixed format (columns 8-72)."""
    length = max(table.length for table in tables)
    fixed = tables[0].form == "fixed"
    lines = [
        f"      *{'=' * 60}",
        f"      *  Ａ社　移行元ファイル　{file}",
        *(f"      *  種別 {table.type}：{table.title}" for table in tables),
        f"      *  {'固定長 ' + str(length) + ' バイト' if fixed else '可変長（RDW あり）'}　JEF＋EBCDIK",
        f"      *{'=' * 60}",
    ]
    lines += _record(f"{file}-HEADER", _head(length if fixed else 0))
    for table in tables:
        lines += _data(table, length)
    lines += _record(f"{file}-TRAILER", _tail(tables, length if fixed else 0))
    return "\n".join(lines) + "\n"


def _entry(level: int, indent: int, name: str, clause: str, label: str = "") -> Iterator[str]:
    """One item on a line, or on two where it does not fit."""
    first = f"{' ' * (7 + indent)}{level:02d}  {name}"
    comment = f"  *> {label}" if label else ""
    if _width(first) < 34 and _width(first := first.ljust(34 - _width(first) + len(first))) + len(clause) + 9 <= END:
        line = f"{first} {clause}."
    else:
        yield first.rstrip()
        line = f"{' ' * 34} {clause}."
    yield line + _cut(comment, END - _width(line)) if END - _width(line) > 8 else line


def _filler(size: int, level: int = 3) -> Iterator[str]:
    if size > 0:
        yield from _entry(level, 4, "FILLER", f"PIC X({size})")


def _record(name: str, items: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    yield f"       01  {name}."
    for item, clause, label in items:
        yield from _entry(3, 4, item, clause, label)


def _head(length: int) -> list[tuple[str, str, str]]:
    items = [
        ("REC-KBN", "PIC X(1)", "レコード種別 H"),
        ("団体CD", "PIC X(6)", "団体コード"),
        ("作成YMD", "PIC 9(7)", "作成年月日"),
        ("FILE-ID", "PIC X(8)", "ファイル識別"),
    ]
    return items + ([("FILLER", f"PIC X({length - 22})", "")] if length > 22 else [])


def _tail(tables: Sequence[book.Table], length: int) -> list[tuple[str, str, str]]:
    items, size = [("REC-KBN", "PIC X(1)", "レコード種別 T")], 1
    for table in tables:
        items.append((f"KENSU-{table.type}", "PIC 9(9)", f"件数（種別 {table.type}）"))
        size += 9
        for number, name in enumerate(table.totals, 1):
            items.append((f"GOKEI-{table.type}{number}", "PIC S9(15) COMP-3", f"合計 {name}"))
            size += 8
    return items + ([("FILLER", f"PIC X({length - size})", "")] if length > size else [])


def _data(table: book.Table, length: int) -> Iterator[str]:
    yield f"      *  {table.title}"
    yield f"       01  {table.name}-DATA."
    yield from _entry(3, 4, "REC-KBN", "PIC X(1)", f"レコード種別 {table.type}")
    for field in (f for f in table.fields if not f.variant and f.occurs != "*"):
        yield from _field(table, field, 3, 4)
    first = ""
    for variant in table.variants:
        fields = table.definition(variant)
        size = sum(field.size for field in fields)
        says = f"{table.by} が {' '.join(table.variants[variant])}"
        yield f"      *  {says} のとき"
        yield f"           03  {variant}" + (f" REDEFINES {first}." if first else ".")
        first = first or variant
        for field in fields:
            yield from _field(table, field, 5, 8)
        if size < table.area_size:
            yield from _entry(5, 8, "FILLER", f"PIC X({table.area_size - size})")
    if table.form == "fixed":
        spare = length - table.length
        if not table.times:
            yield from _filler(spare)
    if table.times:
        how = f"OCCURS {table.times} TIMES"
        if table.counter is not None:
            how = f"OCCURS 0 TO {table.times} TIMES"
        yield f"           03  {table.name}-KI"
        if table.counter is not None:
            yield f"{' ' * 34} {how}"
            yield f"{' ' * 34} DEPENDING ON {table.counter.name}."
        else:
            yield f"{' ' * 34} {how}."
        for field in table.claims:
            yield from _field(table, field, 5, 8)
        if table.form == "fixed":
            yield from _filler(length - table.length)


def _field(table: book.Table, field: book.Field, level: int, indent: int) -> Iterator[str]:
    usage = f" {field.usage}" if field.usage else ""
    times = f" OCCURS {field.times} TIMES" if field.occurs not in ("", "*") else ""
    yield from _entry(level, indent, field.name, f"PIC {field.picture}{usage}{times}", field.label)
    known = book.codes(table.area).get(field.codes, {}) if field.kind == "code" else {}
    if 0 < len(known) <= MANY:
        names: dict[str, int] = {}
        for value, label in known.values():
            name = _cut(re.sub(r"[^\w]", "", label).replace("_", "") or "その他", 28)
            names[name] = names.get(name, 0) + 1
            if names[name] > 1:
                name += str(names[name])
            quoted = value if field.number else f"'{value}'"
            yield from _entry(88, indent + 4, name, f"VALUE {quoted}")


def files() -> Iterator[tuple[str, str]]:
    """Name and text of every copybook."""
    for area in book.areas():
        for file, tables in book.files(area).items():
            yield f"{file}.cpy", copybook(file, tables)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
