"""Defects of whole files, planted in what was written: a part twice, wrong declared numbers, what makes a run fail."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

from sample_data.defects.book import Book, Root
from sample_data.defects.exports import mixed
from sample_data.defects.kinds import Kind

EXPECTED = "expected.csv"


def plant(book: Book, kinds: Sequence[Kind], home: Path, seed: int) -> None:
    """All file kinds, one file each."""
    exports = home / "exports"
    used: set[str] = set()
    for kind in kinds:
        if kind.level == "file" and kind.rate:
            _KINDS[kind.name](book, kind, exports, seed, used)


def _files(book: Book, seed: int, used: set[str], name: str) -> list[tuple[str, str, str, int]]:
    """(area, table, file, records) of files that nothing was done to, in an order that the seed decides."""
    touched = {root.file for root in book.roots if root.file} | used
    found = [
        (area, table, file, count)
        for (area, table), parts in book.files.items()
        for file, count in parts.items()
        if file not in touched and count and area.isdigit() and (count > 1)
    ]
    return sorted(found, key=lambda one: mixed(seed, name, one[2]))


def _root(book: Book, kind: Kind, area: str, table: str | None, file: str | None, key: str | None = None) -> None:
    book.roots.append(Root(area, kind.name, kind.rule, kind.detectable, export=table, file=file, found_key=key))


def _declared(exports: Path) -> list[dict[str, str]]:
    with (exports / EXPECTED).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _declare(exports: Path, rows: list[dict[str, str]]) -> None:
    with (exports / EXPECTED).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _wrong_number(book: Book, kind: Kind, exports: Path, seed: int, used: set[str]) -> None:
    what = "count" if kind.name == "count_declared_wrong" else "sum"
    rows = _declared(exports)
    touched = (
        {root.file for root in book.roots if root.file}
        | used
        | {p.key.split("|")[0] for p in book.places if p.rule in ("L01", "L02") and p.key}
    )
    for row in sorted(rows, key=lambda r: mixed(seed, kind.name, r["file"], r["field"])):
        if row["kind"] == what and row["file"] not in touched and row["file"]:
            row["value"] = str(int(row["value"]) + 1)
            used.add(row["file"])
            _root(
                book, kind, "", None, row["file"], row["file"] if what == "count" else f"{row['file']}|{row['field']}"
            )
            break
    _declare(exports, rows)


def _part_doubled(book: Book, kind: Kind, exports: Path, seed: int, used: set[str]) -> None:
    """The records were chosen with the table (:func:`sample_data.defects.records.double_part`)."""
    del kind, seed
    if book.doubled is not None:
        shutil.copyfile(exports / book.doubled[0], exports / book.doubled[1])
        used.update(book.doubled)


def _missing(book: Book, kind: Kind, exports: Path, seed: int, used: set[str]) -> None:
    for area, table, file, _ in _files(book, seed, used, kind.name):
        if len(book.files[area, table]) == 1 and (exports / file).exists():
            (exports / file).unlink()
            _root(book, kind, area, table, file)
            return


def _part_missing(book: Book, kind: Kind, exports: Path, seed: int, used: set[str]) -> None:
    for area, table, file, _ in _files(book, seed, used, kind.name):
        if len(book.files[area, table]) > 1 and (exports / file).exists():
            (exports / file).unlink()
            _root(book, kind, "", table, file, file)
            return


def _charset(book: Book, kind: Kind, exports: Path, seed: int, used: set[str]) -> None:
    for area, table, file, count in _files(book, seed, used, kind.name):
        path = exports / file
        if count >= 20 and path.exists() and path.suffix == ".csv" and len(book.files[area, table]) == 1:
            text = path.read_bytes().decode("cp932")
            if sum(ord(c) > 0x3000 for c in text[:20000]) > 200:
                path.write_bytes(text.encode("utf-8"))
                _root(book, kind, area, table, file)
                return


def _truncated(book: Book, kind: Kind, exports: Path, seed: int, used: set[str]) -> None:
    for area, table, file, _ in _files(book, seed, used, kind.name):
        path = exports / file
        if path.exists() and file == max(book.files[area, table]) and path.suffix == ".csv":
            content = path.read_bytes()
            start = content.rstrip(b"\r\n").rfind(b"\n") + 1
            path.write_bytes(content[: start + (len(content) - start) // 2])
            _root(book, kind, area, table, file)
            return


def _unknown(book: Book, kind: Kind, exports: Path, seed: int, used: set[str]) -> None:
    name = "SHIRANAI_20251001.csv"
    (exports / name).write_bytes("A,B\r\n1,2\r\n".encode("cp932"))
    _root(book, kind, "", None, name, name)
    del seed, used


def _header(book: Book, kind: Kind, exports: Path, seed: int, used: set[str]) -> None:
    for area, table, file, _ in _files(book, seed, used, kind.name):
        path = exports / file
        if path.exists() and path.suffix == ".csv":
            head, _, rest = path.read_bytes().partition(b"\r\n")
            path.write_bytes(head + b",TSUIKA\r\n" + rest)
            _root(book, kind, area, table, file)
            return


_KINDS = {
    "count_declared_wrong": _wrong_number,
    "sum_declared_wrong": _wrong_number,
    "part_doubled": _part_doubled,
    "export_missing": _missing,
    "part_missing": _part_missing,
    "charset_wrong": _charset,
    "record_truncated": _truncated,
    "file_unknown": _unknown,
    "header_differs": _header,
}
