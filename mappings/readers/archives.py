"""Exports that come packed: zip and gzip files unpacked beside, with guards on names and sizes.

An archive is not believed: sizes are counted while bytes come out, names with folders above them, absolute names,
links, encrypted members and names given twice are refused, checksums are checked by reading to the end.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import stat
import zipfile
import zlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import IO

from layouts.errors import Text

MAX_BYTES = 64 << 30
"""Of one archive, unpacked."""
MAX_MEMBERS = 10_000
MAX_RATIO = 500
"""Unpacked to packed bytes, from :data:`RATIO_FROM` bytes on. Fixed records full of spaces shrink to a hundredth, a
bomb to a thousandth."""
RATIO_FROM = 64 << 20
_CHUNK = 1 << 20
_UTF8_FLAG = 0x800


class ArchiveError(Exception):
    """An archive that is broken, or that is not unpacked for safety; ``what`` in both languages, without values."""

    def __init__(self, file: str, what: Text) -> None:
        super().__init__(f"{file}: {what.en}")
        self.file = file
        self.what = what


@dataclass(frozen=True)
class Unpacked:
    """One unpacked file and the archive that it came from, with that one's SHA-256."""

    path: Path
    archive: str
    archive_sha256: str


def is_archive(path: Path) -> bool:
    """Whether a file's name says that it is packed."""
    return path.suffix.lower() in (".zip", ".gz")


def member_names(path: Path) -> tuple[str, ...]:
    """Base names of the files in an archive. Raises :class:`ArchiveError`."""
    if path.suffix.lower() == ".gz":
        return (path.stem,)
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(name for name, _ in _members(path, archive))
    except (zipfile.BadZipFile, OSError) as error:
        raise _broken(path) from error


def unpack(path: Path, patterns: tuple[str, ...], folder: Path) -> list[Unpacked]:
    """Unpack the files of an archive whose base names match one of ``patterns`` into ``folder``, in name order.

    Raises :class:`ArchiveError` for an archive that is broken or not safe; what was unpacked of it is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    try:
        budget = _Budget(path)
        if path.suffix.lower() == ".gz":
            if any(fnmatchcase(name, pattern) for name in (path.stem, path.name) for pattern in patterns):
                made.append(folder / path.stem)
                with gzip.open(path) as source:
                    _copy(source, made[-1], budget)
        else:
            with zipfile.ZipFile(path) as archive:
                for name, member in sorted(_members(path, archive), key=lambda pair: pair[0]):
                    if any(fnmatchcase(name, pattern) for pattern in patterns):
                        made.append(folder / name)
                        with archive.open(member) as source:
                            _copy(source, made[-1], budget)
    except BaseException as error:
        for file in made:
            file.unlink(missing_ok=True)
        if isinstance(error, (zipfile.BadZipFile, EOFError, zlib.error, gzip.BadGzipFile, NotImplementedError)):
            raise _broken(path) from error
        raise
    digest = _sha256(path) if made else ""
    return [Unpacked(file, path.name, digest) for file in made]


def _broken(path: Path) -> ArchiveError:
    return ArchiveError(
        path.name, Text("圧縮ファイルが壊れているか途中で切れている", "the archive is damaged or cut off")
    )


def _refused(path: Path, ja: str, en: str) -> ArchiveError:
    return ArchiveError(path.name, Text(f"安全のため展開しない: {ja}", f"not unpacked for safety: {en}"))


def _members(path: Path, archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """Base name and member of every file. Raises :class:`ArchiveError` for names and members that are not safe."""
    found: list[tuple[str, zipfile.ZipInfo]] = []
    for member in archive.infolist():
        if member.is_dir():
            continue
        name = PurePosixPath(_name(member))
        if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
            raise _refused(path, "展開先の外を指すファイル名がある", "a name points outside")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _refused(path, "リンクがある", "it holds a link")
        if member.flag_bits & 1:
            raise _refused(path, "暗号化されている", "it is encrypted")
        found.append((name.name, member))
        if len(found) > MAX_MEMBERS:
            raise _refused(path, "ファイルが多すぎる", "it holds too many files")
    names = [name for name, _ in found]
    if len(set(names)) < len(names):
        raise _refused(path, "同じ名前のファイルが2つある", "a name is given twice")
    return found


def _name(member: zipfile.ZipInfo) -> str:
    """The member's name; Windows programs here write CP932 where the flag for UTF-8 is not set."""
    name = member.filename.replace("\\", "/")
    if member.flag_bits & _UTF8_FLAG:
        return name
    try:
        return member.orig_filename.encode("cp437").decode("cp932").replace("\\", "/")
    except UnicodeError:
        return name


class _Budget:
    """Bytes that may still come out of an archive."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._packed = path.stat().st_size
        self._unpacked = 0

    def spend(self, count: int) -> None:
        self._unpacked += count
        if self._unpacked > MAX_BYTES:
            raise _refused(self._path, f"展開すると {MAX_BYTES:,} バイトを超える", f"over {MAX_BYTES:,} bytes unpacked")
        if self._unpacked > RATIO_FROM and self._unpacked > MAX_RATIO * self._packed:
            raise _refused(self._path, f"圧縮率が {MAX_RATIO} 倍を超える", f"packed more than {MAX_RATIO} to one")


def _copy(source: IO[bytes] | gzip.GzipFile, target: Path, budget: _Budget) -> None:
    with target.open("wb") as out:
        while piece := source.read(_CHUNK):
            budget.spend(len(piece))
            free = shutil.disk_usage(target.parent).free
            if free < len(piece) + RATIO_FROM:
                raise OSError(28, "no space left for unpacking", str(target))
            out.write(piece)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
