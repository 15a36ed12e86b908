"""Manifests of a delivery: every file with its SHA-256, bytes and rows, written in one step, and verified later.

A manifest is JSON with sorted keys and one entry a file, sorted by path: the same folder gives the same bytes. Times
and run ids are for the caller to put in, or to leave out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

from layouts.delivery.shapes import partial_name, publish
from layouts.errors import Text, TsugiteError

DATA_MANIFEST: Final = "data.manifest.json"
"""Inputs and data outputs; nothing of when. What ``verify`` and the report refer to."""
MANIFEST: Final = "manifest.json"
"""Everything, the data manifest included, and the times; written last: a folder without it is no delivery."""


@dataclass(frozen=True, slots=True, order=True)
class FileEntry:
    """One file of a delivery; ``path`` is relative to the folder, with ``/``."""

    path: str
    sha256: str
    bytes: int
    rows: int | None
    """Rows of a Parquet file, None for every other file."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One way in which a folder is not what its manifest says."""

    path: str
    what: Literal["missing", "changed", "extra"]


def hash_file(path: Path) -> str:
    """SHA-256 of a file, hex; the interpreter lock is free meanwhile."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _entry(root: Path, path: Path) -> FileEntry:
    rows = pl.scan_parquet(path).select(pl.len()).collect().item() if path.suffix == ".parquet" else None
    return FileEntry(path.relative_to(root).as_posix(), hash_file(path), path.stat().st_size, rows)


def file_entries(root: Path, paths: Iterable[Path], threads: int = 2) -> list[FileEntry]:
    """The entries of ``paths``, sorted by their path below ``root``."""
    with ThreadPoolExecutor(threads) as pool:
        return sorted(pool.map(lambda path: _entry(root, path), paths))


def files_below(root: Path, leave_out: frozenset[str] = frozenset()) -> list[Path]:
    """Every file below ``root`` but the manifests, what is hidden, and the top-level names in ``leave_out``."""
    found = []
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        hidden = any(part.startswith(".") for part in parts)
        if path.is_file() and not hidden and parts[0] not in leave_out | {DATA_MANIFEST, MANIFEST}:
            found.append(path)
    return found


def write_manifest(path: Path, body: Mapping[str, Any], files: Iterable[FileEntry]) -> Path:
    """Write ``body`` and ``files`` (under ``"files"``) as one manifest: synced, then renamed into place."""
    content = {**body, "files": [asdict(entry) for entry in sorted(files)]}
    partial = partial_name(path)
    partial.write_text(json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n", encoding="utf-8")
    publish(partial, path)
    return path


def read_manifest(path: Path) -> dict[str, Any]:
    """The content of a manifest, ``"files"`` as :class:`FileEntry`; :class:`TsugiteError` (Y04) where it is none."""
    todo = Text("納品物のフォルダーを確かめてください", "check that this is the folder of a delivery")
    try:
        content = json.loads(path.read_bytes())
        files = [
            FileEntry(entry["path"], entry["sha256"], entry["bytes"], entry.get("rows")) for entry in content["files"]
        ]
    except FileNotFoundError:
        raise TsugiteError("Y04", Text("マニフェストが無い", "there is no manifest"), path.name, todo) from None
    except (ValueError, KeyError, TypeError):
        raise TsugiteError("Y04", Text("マニフェストとして読めない", "not a manifest"), path.name, todo) from None
    return {**content, "files": files}


def differences(root: Path, manifest: Path, leave_out: frozenset[str] = frozenset()) -> list[Difference]:
    """What of ``root`` is not as the manifest says: files missing, changed, or there without being listed."""
    listed = {entry.path: entry for entry in read_manifest(manifest)["files"]}
    there = {path.relative_to(root).as_posix(): path for path in files_below(root, leave_out)}
    for name in (DATA_MANIFEST, MANIFEST):
        if name in listed and (root / name).is_file():
            there[name] = root / name
    found = [Difference(name, "missing") for name in listed.keys() - there.keys()]
    found += [Difference(name, "extra") for name in there.keys() - listed.keys()]
    both = sorted(listed.keys() & there.keys())
    with ThreadPoolExecutor(2) as pool:
        digests = pool.map(lambda name: hash_file(there[name]), both)
        found += [
            Difference(name, "changed")
            for name, digest in zip(both, digests, strict=True)
            if digest != listed[name].sha256
        ]
    return sorted(found)
