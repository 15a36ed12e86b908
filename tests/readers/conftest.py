"""How reader tests read: bytes in, staged export and frame out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mappings.readers import ExportSpec, FieldSpec, StagedExport, warm_up
from mappings.readers.read import CHUNK_BYTES, read

Reading = tuple[StagedExport, pl.DataFrame]


def export(folder: Path, *parts: bytes, fields: Any, **settings: Any) -> ExportSpec:
    """An export of the given parts; ``fields`` = number of fields, names, or (name, start, length)."""
    paths = []
    for number, data in enumerate(parts):
        paths.append(folder / f"part{number}.dat")
        paths[-1].write_bytes(data)
    if isinstance(fields, int):
        fields = [f"f{i}" for i in range(fields)]
    specs = tuple(FieldSpec(f) if isinstance(f, str) else FieldSpec(*f) for f in fields)
    given = {"format": "delimited", "charset": "cp932", **settings}
    return ExportSpec(name="export", files=tuple(paths), fields=specs, **given)


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    warm_up()


@pytest.fixture(scope="session")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Reading]:
    """Reads bytes; the folder is shared, so that property tests may call it again and again."""
    folder = tmp_path_factory.mktemp("reading")

    def call(
        *parts: bytes, fields: Any, chunk_bytes: int = CHUNK_BYTES, examples: int = 20, **settings: Any
    ) -> Reading:
        spec = export(folder, *parts, fields=fields, **settings)
        staged = read(spec, folder / "staged", threads=2, chunk_bytes=chunk_bytes, examples=examples)
        path = folder / "staged" / "export.parquet"
        frame = pl.read_parquet(path) if path.exists() else pl.DataFrame()
        path.unlink(missing_ok=True)
        return staged, frame

    return call
