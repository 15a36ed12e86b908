"""Standard files: one group written as typed Parquet and as CSV in the delivery's form, and read back."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import polars as pl

from layouts.delivery.csvform import CsvStream
from layouts.delivery.profile import DeliveryProfile, load_profile
from layouts.delivery.reading import (
    Delivered,
    DeliveredFile,
    StandardFileError,
    read_group,
    read_group_text,
    scan_delivery,
)
from layouts.delivery.shapes import (
    AREA_KEY,
    GROUP_KEY,
    ITEM_IDS_KEY,
    LAYOUT_HASH_KEY,
    LAYOUT_VERSION_KEY,
    MUNICIPALITY_KEY,
)
from layouts.delivery.stream import ParquetStream
from layouts.model import Area, Group

__all__ = [
    "Delivered",
    "DeliveredFile",
    "GroupFiles",
    "GroupWriter",
    "StandardFileError",
    "parquet_metadata",
    "read_group",
    "read_group_text",
    "scan_delivery",
]


@dataclass(frozen=True, slots=True)
class GroupFiles:
    """What a :class:`GroupWriter` left."""

    parquet: Path
    csv: Path
    rows: int
    uncarried_file: Path | None
    """List of the characters that the CSV could not carry, one line a row, item and character; None: it carries all."""
    uncarried: pl.DataFrame
    """Its sums: ``item``, ``codepoint``, ``char``, ``count`` (characters), ``rows``."""


def parquet_metadata(area: Area, group: Group, municipality: str) -> dict[str, str]:
    """What a standard file's Parquet says of itself."""
    return {
        AREA_KEY: area.id,
        GROUP_KEY: group.slug,
        LAYOUT_VERSION_KEY: area.version,
        LAYOUT_HASH_KEY: area.hash,
        MUNICIPALITY_KEY: municipality,
        ITEM_IDS_KEY: json.dumps({item.name: item.id for item in group.items}, ensure_ascii=False),
    }


class GroupWriter:
    """Writes a group's standard files from batches into ``folder`` (the area's folder of a delivery).

    Batches hold every item of the group under its Japanese name, in layout order, typed by the layout; other columns
    are a :class:`ShapeError`. Both files get their names only after a clean exit; an exception leaves neither.

    >>> with GroupWriter(area, group, folder, "standard", "352152", "2018-01-04") as writer:
    ...     for batch in batches:
    ...         writer.write(batch)
    >>> writer.result.rows
    """

    def __init__(
        self,
        area: Area,
        group: Group,
        folder: Path,
        profile: DeliveryProfile | str,
        municipality: str,
        delivery_date: str,
    ) -> None:
        form = load_profile(profile) if isinstance(profile, str) else profile
        csv = folder / form.csv_name(area, group, municipality, delivery_date)
        metadata = parquet_metadata(area, group, municipality)
        self._parquet = ParquetStream(folder / f"{group.slug}.parquet", group.polars_schema, metadata)
        self._csv = CsvStream(csv, group, form)
        self._open = ExitStack()
        self._result: GroupFiles | None = None

    def __enter__(self) -> GroupWriter:
        with self._open as opening:
            opening.enter_context(self._parquet)
            opening.enter_context(self._csv)
            self._open = opening.pop_all()
        return self

    def write(self, batch: pl.DataFrame) -> None:
        """Append a batch to both files."""
        self._parquet.write(batch)  # first: it checks the columns, and encodes while the CSV is being written
        self._csv.write(batch)

    @property
    def rows(self) -> int:
        """Rows written so far."""
        return self._csv.rows

    @property
    def result(self) -> GroupFiles:
        """The finished files; only after the ``with`` block."""
        if self._result is None:
            raise RuntimeError("the group is not finished")
        return self._result

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)
        if kind is None:
            self._result = GroupFiles(
                parquet=self._parquet.path,
                csv=self._csv.path,
                rows=self._csv.rows,
                uncarried_file=self._csv.uncarried_file,
                uncarried=self._csv.uncarried,
            )
