"""A社's tables of every area: the rows of the truth that each kind of record holds, file by file."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from layouts.load import load_area
from sample_data import plugin
from sample_data.a_sha import book, charset, spell
from sample_data.a_sha.records import MainframeFile
from sample_data.tax.vendor import file_label
from sample_data.world import World


class Exports:
    """An area as A社 holds it (see :class:`sample_data.plugin.AreaModule`)."""

    characters = charset.JEF

    def __init__(self, area: str) -> None:
        self._area = area

    def exports(self, world: World, truth: plugin.Truth, ctx: plugin.Context) -> Iterator[plugin.Table]:
        """The files; one a part where the group's rows come in parts."""
        for file, tables in book.files(self._area).items():
            for label, rows in self._parts(truth, tables[0].group):
                frames = [spell.records(table, self._rows(table, rows, truth)) for table in tables]
                name = file if label == "ALL" else f"{file}_{file_label(label)}"
                yield MainframeFile(
                    file,
                    frames[0],
                    f"{name}.DAT",
                    format="mainframe",
                    sums=tables[0].totals,
                    tables=tuple(tables),
                    others=tuple(frames[1:]),
                    code=world.code,
                    made=world.base_date.isoformat(),
                    characters=self.characters,
                )

    def _parts(self, truth: plugin.Truth, group: str) -> Iterator[tuple[str, pl.DataFrame]]:
        """Label and rows of each part of a group; one part ``ALL`` where it is whole, or has no rows at all."""
        if not isinstance(truth, plugin.Parted):
            yield "ALL", truth[group]
            return
        made = 0
        for label, rows in truth.parts(group):
            made += 1
            yield label, rows
        if not made:
            yield "ALL", pl.DataFrame(schema=load_area(self._area).group(group).polars_schema)

    def _rows(self, table: book.Table, rows: pl.DataFrame, truth: plugin.Truth) -> pl.DataFrame:
        """The rows that a kind of record holds; of a second group the items as ``group.item``."""
        if table.where:
            item, _, value = table.where.partition("=")
            rows = rows.filter(pl.col(item).is_in(value.split(" ")))
        if table.optional:
            own = {item.name for item in load_area(self._area).group(table.group).key}
            items = sorted({name for field in table.fields for name in field.items} - own)
            rows = rows.filter(pl.any_horizontal(pl.col(items).is_not_null()))
        if table.other:
            keys = [item.name for item in load_area(self._area).group(table.other).key]
            second = truth[table.other]
            renamed = second.rename({n: f"{table.other}.{n}" for n in second.columns if n not in keys})
            rows = rows.join(renamed, on=keys, how="left", maintain_order="left")
        return rows


class KeisExports(Exports):
    """The same from a machine that writes KEIS83."""

    characters = charset.KEIS


class JipsExports(Exports):
    """The same from a machine that writes JIPS(E)."""

    characters = charset.JIPS
