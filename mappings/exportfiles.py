"""The files of an export: found by pattern or in archives, in the order of their parts, and whether one is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch, translate
from pathlib import Path

from layouts.delivery.run import RunContext
from layouts.errors import Text
from mappings.mapping import Export
from mappings.readers.archives import ArchiveError, Unpacked, is_archive, member_names, unpack


@dataclass(frozen=True)
class ExportFiles:
    """``paths`` in the order in which records are numbered. ``unpacked``: where files that lay in archives came from.
    ``missing``: parts that should be there (a detail for R04). ``broken``: an archive that could not be unpacked."""

    paths: tuple[Path, ...] = ()
    unpacked: dict[str, Unpacked] = field(default_factory=dict)
    missing: Text | None = None
    broken: ArchiveError | None = None


def export_folder(ctx: RunContext, export: Export) -> Path | None:
    """Where an export's files lie; None for a shared export of a programme without shared exports."""
    return ctx.shared_exports_dir if export.definition.shared else ctx.exports_dir


def scratch_folder(ctx: RunContext, area: str, export: Export) -> Path:
    """Where an export's archives are unpacked; removed when it has been read."""
    return ctx.work / "unpacked" / area / export.name


def export_files(ctx: RunContext, area: str, export: Export) -> ExportFiles:
    """Find the files of an export, unpacking archives. Parts are in name order, numbered ones in that of their
    numbers."""
    folder = export_folder(ctx, export)
    if folder is None or not folder.is_dir():
        return ExportFiles()
    given = export.definition
    paths: dict[str, Path] = {}
    unpacked: dict[str, Unpacked] = {}
    try:
        for path in _found(folder, given.files):
            if path.suffix.lower() == ".gz":
                _add(paths, unpacked, unpack(path, given.files, scratch_folder(ctx, area, export)))
            else:
                paths[path.name] = path
        for path in _found(folder, given.archives):
            _add(paths, unpacked, unpack(path, given.files, scratch_folder(ctx, area, export)))
    except ArchiveError as error:
        return ExportFiles(broken=error)
    ordered = sorted(paths.values(), key=lambda path: path.name)
    if given.parts is None:
        return ExportFiles(tuple(ordered), unpacked)
    ordered, missing = _numbered(ordered, given.files, given.parts if isinstance(given.parts, int) else None)
    return ExportFiles(tuple(ordered), unpacked, missing)


def _found(folder: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    names = {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
    yield from sorted(names, key=lambda path: path.name)


def _add(paths: dict[str, Path], unpacked: dict[str, Unpacked], files: list[Unpacked]) -> None:
    for file in files:
        if file.path.name in paths:
            what = Text(f"{file.path.name} が2つある", f"{file.path.name} is there twice")
            raise ArchiveError(file.archive, what)
        paths[file.path.name] = file.path
        unpacked[file.path.name] = file


def _numbered(paths: list[Path], patterns: tuple[str, ...], count: int | None) -> tuple[list[Path], Text | None]:
    """Files in the order of the numbers that stand where their pattern has its first ``*``, and what is wrong with
    these numbers."""
    numbers: list[tuple[int, Path]] = []
    for path in paths:
        number = next((n for n in (_number(path.name, pattern) for pattern in patterns) if n is not None), None)
        if number is None:
            return paths, Text(f"{path.name} に番号が無い", f"{path.name} has no number")
        numbers.append((number, path))
    numbers.sort()
    found = [number for number, _ in numbers]
    ordered = [path for _, path in numbers]
    first = 0 if 0 in found else 1
    last = first + count - 1 if count else max(found, default=first)
    if gaps := sorted(set(range(first, last + 1)) - set(found)):
        listed = ", ".join(map(str, gaps[:10]))
        return ordered, Text(f"分割ファイルの {listed} 番が無い", f"part {listed} is missing")
    if double := [number for number in found if found.count(number) > 1]:
        return ordered, Text(f"分割ファイルの {double[0]} 番が2つある", f"part {double[0]} is there twice")
    if found and found[-1] > last:
        return ordered, Text(
            f"分割ファイルは {count} 個のはずだが {found[-1]} 番がある",
            f"there should be {count} parts, but there is {found[-1]}",
        )
    return ordered, None


def _number(name: str, pattern: str) -> int | None:
    """The number where a pattern has its first ``*``."""
    head, star, tail = pattern.removesuffix(".gz").partition("*")
    if not star:
        return None
    found = re.fullmatch(f"{translate(head)[:-2]}(\\d+){translate(tail)[:-2]}", name)
    return int(found[1]) if found else None


def unexpected_members(path: Path, patterns: set[str]) -> list[str]:
    """Files of an archive that no export's pattern describes, as ``archive/name``; the archive itself where it cannot
    be read."""
    if not is_archive(path):
        return []
    try:
        names = member_names(path)
    except ArchiveError:
        return [path.name]
    return [f"{path.name}/{name}" for name in names if not any(fnmatch(name, pattern) for pattern in patterns)]
