"""What a run's result depends on (versions, mapping, exports, project): a killed run goes on if none has changed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from pathlib import Path
from typing import Any

from layouts.delivery.run import RunContext

VERSIONED = ("tsugite", "polars", "pyarrow", "pandera", "duckdb", "numba", "numpy", "chardet", "prefect")
_SOURCES = frozenset({".py", ".csv", ".toml", ".j2", ".js", ".css", ".json"})
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def versions() -> dict[str, str]:
    """Versions of what makes a delivery."""
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in VERSIONED}}


def mapping_hash(context: RunContext) -> dict[str, Any]:
    """SHA-256 of every file of the vendor's mappings, and of them all."""
    from layouts.delivery.manifest import file_entries, files_below

    folder = context.mapping_dir
    files = {entry.path: entry.sha256 for entry in file_entries(folder, files_below(folder), context.threads)}
    return {"sha256": hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest(), "files": files}


def mask_key_id(context: RunContext) -> str:
    """Says which key made the keyed hashes, without telling the key."""
    return hashlib.blake2b(context.mask_key, digest_size=8, person=b"tsugite-key-id").hexdigest()


def _program() -> str:
    """The program's own files, by size and time of change: where it is worked on, its version stays the same."""
    digest = hashlib.sha256()
    for room in ("flows", "layouts", "mappings", "validators"):
        for path in sorted((Path(__file__).resolve().parents[1] / room).rglob("*.*")):
            if path.suffix in _SOURCES:
                status = path.stat()
                digest.update(f"{path.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def fingerprint(context: RunContext, project_sha256: str) -> dict[str, Any] | None:
    """What must be unchanged for a stage's files to be of use to a later run; None where that cannot be told.

    Exports are known by name, size and time of change: hashing them is reading them. The machine must not have been
    started anew since: after a power cut the record of a stage may have reached the disk before its files.
    """
    from layouts.delivery.manifest import files_below

    if not _BOOT_ID.is_file():
        return None
    exports = []
    for folder in (context.exports_dir, context.shared_exports_dir, context.code_lists_dir):
        for path in files_below(folder) if folder is not None else ():
            status = path.stat()
            exports.append([str(path), status.st_size, status.st_mtime_ns])
    return {
        "versions": versions(),
        "program": _program(),
        "project": project_sha256,
        "mapping": mapping_hash(context)["sha256"],
        "mask_key": mask_key_id(context),
        "exports": exports,
        "boot": _BOOT_ID.read_text(encoding="ascii").strip(),
    }
