"""Plants a set of defects while a municipality is written, and closes the answer key when all its files are there."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from layouts.load import load_area
from layouts.model import Group
from sample_data import plugin, trace
from sample_data.defects import files, links, oracle
from sample_data.defects.book import VALUES, Book, Place
from sample_data.defects.exports import Spoiler, key_text
from sample_data.defects.kinds import Kind, all_kinds
from sample_data.defects.patches import patched
from sample_data.defects.truth import Chooser
from sample_data.plugin import Table, Truth
from sample_data.world import World

ROWS_AT_ONCE = 131_072


class Planting:
    """The defects of one municipality: areas in the order of generation, then :meth:`finish`."""

    def __init__(
        self,
        vendor: str,
        kinds: Sequence[Kind],
        areas: Sequence[str],
        needed: Sequence[str],
        municipality: str,
        seed: int,
        home: Path,
    ) -> None:
        self.vendor, self.kinds, self.municipality, self.seed, self.home = vendor, kinds, municipality, seed, home
        self.areas = tuple(areas)
        self.book = Book(municipality)
        learnt = links.learn(vendor, tuple(needed))
        self.links = {area: learnt.get(area, ()) for area in areas}

    def tables(self, area: str, world: World, truth: Truth, context: plugin.Context) -> Iterator[tuple[Table, Table]]:
        """Each table as the vendor's system has it, and as it is handed over; the clean truth lies in its files."""
        folder = self.home / "truth" / area
        spoiler = Spoiler(self.book, area, self.kinds, self.links[area], folder, self.seed, self.areas)
        if truth and self.links[area]:
            chooser = Chooser(self.book, area, self.kinds, self.links[area], folder, self.seed, self.areas)
            truth = patched(truth, chooser.choose())
            spoiler.pending = chooser.pending
        with trace.noting() as sheets:
            for table in plugin.exports_of(self.vendor, area, world, truth, context):
                spoilt = spoiler.spoil(table, sheets)
                clean = table.frame.drop(trace.ORIGIN) if trace.ORIGIN in table.frame.columns else table.frame
                yield Table(table.name, clean, table.file, table.format, table.shared, table.sums, table.header), spoilt
                _forget(sheets, table.frame)
        for pending in spoiler.pending:
            if pending.root.file is None:
                # No record holds it: the vendor does not keep the item of this row.
                self.book.roots.remove(pending.root)
            else:
                self.book.values += pending.values

    def finish(self) -> None:
        """Spoil whole files, write ``delivered/`` (the groups that differ from the truth), ``answers.parquet`` and
        ``consequences.parquet``."""
        files.plant(self.book, self.kinds, self.home, self.seed)
        delivered = self._deliver()
        follows = oracle.consequences(self.municipality, delivered)
        _settle(self.book, follows)
        self.book.write(self.home, follows)

    def _deliver(self) -> Mapping[tuple[str, str], Path]:
        values = pl.concat([VALUES.to_frame(), *self.book.values]).unique(
            ["area", "group", "key", "item"], keep="last", maintain_order=True
        )
        dropped = pl.DataFrame(
            self.book.dropped, schema=dict.fromkeys(("area", "group", "key"), pl.String), orient="row"
        )
        arrived = pl.DataFrame(
            self.book.arrived,
            schema={"area": pl.String, "group": pl.String, "key": pl.String, "times": pl.Int64},
            orient="row",
        )
        shutil.rmtree(self.home / "delivered", ignore_errors=True)
        found: dict[tuple[str, str], Path] = {}
        for area in self.areas:
            if not area.isdigit():
                continue
            for group in load_area(area).groups:
                truth = self.home / "truth" / area / f"{group.slug}.parquet"
                if not truth.exists():
                    continue
                own = arrived.filter((pl.col("area") == area) & (pl.col("group") == group.name))
                mine = values.filter((pl.col("area") == area) & (pl.col("group") == group.name))
                gone = dropped.filter((pl.col("area") == area) & (pl.col("group") == group.name))
                if mine.height or own.height:
                    for key in oracle.totals(area, group, truth, mine, own):
                        self.book.places.append(Place("", "L02", key=key))
                path = truth
                if mine.height or gone.height:
                    path = self.home / "delivered" / area / f"{group.slug}.parquet"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    self._rewrite(group, truth, path, mine, gone)
                found[area, group.name] = path
        return found

    def _rewrite(self, group: Group, truth: Path, path: Path, values: pl.DataFrame, gone: pl.DataFrame) -> None:
        items = values["item"].unique(maintain_order=True).to_list()
        wide = values.group_by("key").agg(
            *[pl.col("value").filter(pl.col("item") == item).first().alias(f"new:{item}") for item in items],
            *[(pl.col("item") == item).any().alias(f"has:{item}") for item in items],
            __formed=pl.col("item").filter(pl.col("form")).str.join("|"),
        )
        writer: pq.ParquetWriter | None = None
        source = pq.ParquetFile(truth)
        for batch in source.iter_batches(ROWS_AT_ONCE):
            rows = pl.from_arrow(batch)
            assert isinstance(rows, pl.DataFrame)
            rows = rows.with_columns(__key=key_text(rows, group, self.municipality))
            rows = rows.join(gone.select("key"), left_on="__key", right_on="key", how="anti", maintain_order="left")
            rows = rows.join(wide, left_on="__key", right_on="key", how="left", maintain_order="left")
            rows = rows.with_columns(
                pl.when(pl.col(f"has:{item}").fill_null(False))
                .then(pl.col(f"new:{item}").cast(group.item(item).polars_dtype))
                .otherwise(pl.col(item))
                .alias(item)
                for item in items
            ).select(*group.names, "__formed")
            table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd", compression_level=1)
            writer.write_table(table)
        if writer is None:
            shutil.copyfile(truth, path)
        else:
            writer.close()


def _settle(book: Book, follows: pl.DataFrame) -> None:
    """Where roots of the truth are found now that all defects are there: a rule over several rows may name them by a
    text that another defect changed, or not see one behind another (it then counts as undetectable)."""
    kinds = all_kinds()
    by_rule = {
        (area, rule): rows["key"].to_list() for (area, rule), rows in follows.group_by("area", "rule") if rows.height
    }
    for root in book.roots:
        if kinds[root.kind].level != "truth" or not root.rule:
            continue
        wanted = root.key if root.found_key is None else root.found_key
        keys = by_rule.get((root.area, root.rule), [])
        if wanted in keys:
            continue
        near = max(keys, key=lambda key: _common(key, str(wanted)), default="")
        if _common(near, str(wanted)) < 2:
            root.detectable = False
            continue
        hit = follows.filter((pl.col("area") == root.area) & (pl.col("rule") == root.rule) & (pl.col("key") == near))
        root.found_group, root.found_key = hit["group"][0], near


def _common(one: str, other: str) -> int:
    """How many parts two keys have in common at their beginning."""
    pairs = zip(one.split("|"), other.split("|"), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _forget(sheets: dict[int, trace.Sheet], frame: pl.DataFrame) -> None:
    """Let go of the sheets before the last one of this table: a table in parts may come back to its own."""
    if trace.ORIGIN not in frame.columns or not frame.height:
        return
    last = frame[trace.ORIGIN].str.split(":").list.first().cast(pl.Int64, strict=False).max()
    if isinstance(last, int):
        for number in [n for n in sheets if n < last - 8]:
            del sheets[number]
