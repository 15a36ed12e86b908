"""Plants defects in a vendor's tables, in fields and records: after the vendor wrote them, before they become bytes."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import polars as pl

from layouts.load import load_area
from layouts.model import Group
from sample_data.defects import cells, records
from sample_data.defects.book import VALUES, Book, Place, Root
from sample_data.defects.kinds import Kind
from sample_data.defects.links import OWN, Link, group_of, item_of
from sample_data.plugin import Table
from sample_data.trace import ORIGIN, Sheet

PERSON = "宛名番号"
_TRIES = 40
"""Candidates looked at for one defect; most fall away because their person has a defect already."""


@dataclass
class Pending:
    """A root of the truth whose record is not known yet."""

    root: Root
    parts: Mapping[str, str]
    """Items of the row that a record may be known by, as text."""
    values: list[pl.DataFrame]
    """What it changes, in :data:`sample_data.defects.book.VALUES`."""


@dataclass
class Quota:
    """How many defects a place has and ought to have."""

    kind: Kind
    link: Link | None = None
    rows: int = 0
    planted: int = 0

    def room(self, rows: int) -> int:
        """Defects still to plant after ``rows`` more records went by."""
        self.rows += rows
        return max(1, round(self.kind.rate * self.rows)) - self.planted if self.kind.rate else 0


class Spoiler:
    """Plants the defects of one area's tables, one table after the other."""

    def __init__(
        self,
        book: Book,
        area: str,
        kinds: Sequence[Kind],
        links: Sequence[Link],
        truth: Path,
        seed: int,
        areas: Sequence[str] = (),
    ) -> None:
        self.book, self.area, self.truth, self.seed = book, area, truth, seed
        self.links = [link for link in links if not link.partial]
        self.areas = tuple(areas)
        self.pending: list[Pending] = []
        self.kinds = {kind.name: kind for kind in kinds}
        self.by_table: dict[str, list[Link]] = defaultdict(list)
        self.places: dict[str, list[Link]] = defaultdict(list)
        for link in self.links:
            self.by_table[link.table].append(link)
        for link in links:
            self.places[link.table].append(link)
        self._quotas = self._plan()
        self._record_quotas: dict[tuple[str, str], Quota] = {}
        self.lost: dict[str, list[tuple[Root, dict[str, str]]]] = defaultdict(list)
        self.done: dict[str, int] = defaultdict(int)

    def _plan(self) -> dict[str, list[Quota]]:
        """Table -> the cell kinds planted there."""
        found: dict[str, list[Quota]] = defaultdict(list)
        for name, cell in cells.CELLS.items():
            kind = self.kinds.get(name)
            if kind is None or not kind.rate:
                continue
            fitting = [
                link for link in self.links if link.sole and not link.occurrence and cell.fits(link, item_of(link))
            ]
            fitting.sort(key=lambda link: mixed(self.seed, name, link.table, link.field))
            # Twice as many as wanted: not every field has a fitting value in every municipality.
            for link in fitting[: 3 * kind.places]:
                found[link.table].append(Quota(kind, link))
        return found

    def spoil(self, table: Table, sheets: Mapping[int, Sheet]) -> Table:
        """The table with its defects, without :data:`ORIGIN`; roots go into the book."""
        frame = table.frame
        if ORIGIN not in frame.columns:
            self.book.files[self.area, table.name.lower()][table.file] = frame.height
            note_gaiji(self.book, self.area, table)
            return table
        work = Work(self, table, frame, sheets)
        work.locate()
        if not work.roots and records.double_part(work):
            return work.finish()
        if table.format != "fixed" and not table.shared:
            for quota in self._quotas.get(table.name, ()):
                if self.done[quota.kind.name] < quota.kind.places or quota.planted:
                    had = quota.planted
                    work.cells(quota)
                    self.done[quota.kind.name] += not had and quota.planted > 0
        work.records()
        return work.finish()

    def record_quota(self, name: str, table: str) -> Quota | None:
        """The quota of a record kind at a table; None where the kind is not planted or has enough places."""
        kind = self.kinds.get(name)
        if kind is None or not kind.rate:
            return None
        known = self._record_quotas.get((name, table))
        if known is None:
            if self.done[name] >= kind.places:
                return None
            known = self._record_quotas[name, table] = Quota(kind)
        return known

    def feeds(self, table: str) -> set[str]:
        """The groups that get more than their key from a table."""
        return {link.group for link in self.by_table[table] if not item_of(link).pk}

    def alone(self, table: str) -> Group | None:
        """The group that a table feeds, if it feeds one only and no other table feeds that group."""
        groups = self.feeds(table)
        if len(groups) != 1:
            return None
        group = groups.pop()
        tables = {link.table for link in self.links if link.group == group and not item_of(link).pk}
        return load_area(self.area).group(group) if len(tables) == 1 else None


class Work:
    """One table's frame while defects are planted."""

    def __init__(self, spoiler: Spoiler, table: Table, frame: pl.DataFrame, sheets: Mapping[int, Sheet]) -> None:
        self.spoiler, self.table, self.sheets = spoiler, table, sheets
        self.frame = frame.drop(ORIGIN)
        origin = frame[ORIGIN].str.split_exact(":", 1).struct.unnest().rename({"field_0": "sheet", "field_1": "row"})
        self.origins = (
            origin.with_columns(
                pl.col("sheet").cast(pl.Int64, strict=False),
                pl.col("row").cast(pl.Int64, strict=False),
                i=pl.int_range(pl.len(), dtype=pl.Int64),
            )
            .unique(["sheet", "row"], keep="first", maintain_order=True)
            .filter(pl.col("sheet").is_not_null())
        )
        self.export = table.name.lower()
        self.changes: dict[str, dict[int, str]] = defaultdict(dict)
        self.copies: list[tuple[int, dict[str, str]]] = []
        self.gone: set[int] = set()
        self.roots: list[Root | Place] = []
        self._copied: list[tuple[Root, int]] = []

    def sheet_numbers(self) -> list[int]:
        return [n for n in self.origins["sheet"].unique(maintain_order=True).to_list() if n in self.sheets]

    def rows(self, link: Link, columns: Iterable[str], every: bool = False) -> pl.DataFrame:
        """``i`` (place in the table), ``by`` items, and ``columns`` of the truth behind each record; only of records
        that alone have their key, unless ``every``."""
        parts = []
        for number in self.sheet_numbers():
            sheet = self.sheets[number]
            wanted = [c for c in dict.fromkeys([*link.by, OWN, PERSON, *columns]) if c in sheet.rows.columns]
            column = f"{link.item}|{link.occurrence}" if link.occurrence else link.item
            if not set(link.by) <= set(wanted) or column not in sheet.rows.columns:
                continue
            here = self.origins.filter(pl.col("sheet") == number)
            parts.append(here.select("i").hstack(sheet.rows.select(wanted)[here["row"]]))
        if not parts:
            return pl.DataFrame(schema={"i": pl.Int64})
        rows = pl.concat(parts, how="diagonal_relaxed")
        return rows.filter(pl.struct(link.by).is_unique()) if link.whole and not every else rows

    def locate(self) -> None:
        """Say in which record and field the roots of the truth lie."""
        for pending in self.spoiler.pending:
            if pending.root.file is not None:
                continue
            for link in self.spoiler.places[self.table.name]:
                if (link.group, link.item) != (pending.root.group, pending.root.item):
                    continue
                if not set(link.by) <= set(pending.parts):
                    continue
                if link.occurrence and int(pending.parts[link.period]) != link.occurrence:
                    continue
                rows = self.rows(link, (), every=True)
                if not rows.height:
                    continue
                hit = rows.filter(pl.all_horizontal(pl.col(k).cast(pl.String) == pending.parts[k] for k in link.by))
                if hit.height:
                    self.place(pending.root, int(hit["i"][0]), link.field)
                    break
            else:
                self._search(pending)

    def _search(self, pending: Pending) -> None:
        """Where a field that nothing was learnt of holds the item, in a record made from the very row."""
        group, item = load_area(self.spoiler.area).group(str(pending.root.group)), pending.root.item
        key = [part.name for part in group.key]
        for number in self.sheet_numbers():
            sheet = self.sheets[number]
            field = next((name for name, source in sheet.sources.items() if source.roots == (item,)), None)
            if field is None or not set(key) <= set(sheet.rows.columns):
                continue
            same = pl.all_horizontal(pl.col(k).cast(pl.String) == pending.parts[k] for k in key)
            row = sheet.rows.select(same.fill_null(False).alias("same"))["same"].arg_true()
            if len(row):
                here = self.origins.filter((pl.col("sheet") == number) & (pl.col("row") == int(row[0])))
                if here.height:
                    self.place(pending.root, int(here["i"][0]), field)
                    return

    def place(self, root: Root | Place, index: int, field: str | None) -> None:
        root.export, root.file, root.index, root.field = self.export, self.table.file, index, field
        self.roots.append(root)

    def pick(self, rows: pl.DataFrame, salt: str, count: int, group: Group | None) -> pl.DataFrame:
        """Up to ``count`` of the candidates ``rows``, each of an entity of its own."""
        if not rows.height or count < 1:
            return rows.clear()
        order = rows.select(
            (pl.concat_str(pl.lit(f"{self.spoiler.seed}{salt}{self.table.file}"), pl.col("i").cast(pl.String))).hash(
                seed=1
            )
        ).to_series()
        some = rows[order.arg_sort().head(count * _TRIES)]
        entity = (
            some[PERSON]
            if PERSON in some.columns
            else key_text(some, group, self.spoiler.book.municipality)
            if group
            else some["i"]
        )
        taken: list[int] = []
        for k, name in enumerate(entity.cast(pl.String).to_list()):
            if len(taken) < count and name is not None and self.spoiler.book.take(self.spoiler.area, name):
                taken.append(k)
        return some[taken]

    def cells(self, quota: Quota) -> None:
        link = quota.link
        assert link is not None
        room = quota.room(self.frame.height)
        item, cell, group = item_of(link), cells.CELLS[quota.kind.name], group_of(link)
        key = [part.name for part in group.key]
        rows = self.rows(link, [*key, item.name])
        if room < 1 or not rows.height:
            return
        rows = rows.with_columns(text=self.frame[link.field][rows["i"]], value=pl.col(item.name).cast(pl.String))
        if link.whole and PERSON not in rows.columns and PERSON in group.names and PERSON not in key:
            rows = rows.with_columns(pl.struct(link.by).struct.json_encode().alias(PERSON))
        chosen = self.pick(rows.filter(cell.where(item)), quota.kind.name + link.field, room, group)
        if not chosen.height:
            return
        chosen = chosen.with_columns(new=cell.text(item)).with_columns(text="new").with_columns(after=cell.value(item))
        quota.planted += chosen.height
        keys = self.keys(link, chosen)
        rule = quota.kind.rule or cells.check_rule(item)
        for i, text in chosen.select("i", "new").iter_rows():
            self.changes[link.field][i] = text
            mine = keys.filter(pl.col("i") == i)
            for place, (key_of_row,) in enumerate(mine.select("key").iter_rows()):
                where = {"group": link.group, "item": link.item, "key": key_of_row}
                if place == 0:
                    root = Root(self.spoiler.area, quota.kind.name, rule, quota.kind.detectable, **where)
                    self.place(root, i, link.field)
                    self.spoiler.book.roots.append(root)
                elif not cell.in_export and quota.kind.detectable:
                    self.spoiler.book.places.append(Place(self.spoiler.area, rule, **where))
                for other in cell.also:
                    self.spoiler.book.places.append(Place(self.spoiler.area, other, **where))
        values = keys.join(chosen.select("i", "after", "new"), on="i").select(
            area=pl.lit(self.spoiler.area),
            group=pl.lit(link.group),
            key="key",
            item=pl.lit(link.item),
            value="after",
            form=pl.lit(cell.form),
            arrives=pl.col("new"),
        )
        self.spoiler.book.values.append(values.cast(VALUES))

    def keys(self, link: Link, chosen: pl.DataFrame) -> pl.DataFrame:
        """``i`` and the ``key`` of every row that the records tie to."""
        group = group_of(link)
        if link.whole:
            return chosen.select("i", key=key_text(chosen, group, self.spoiler.book.municipality))
        path = self.spoiler.truth / f"{group.slug}.parquet"
        key = [part.name for part in group.key]
        tied = (
            pl.scan_parquet(path)
            .select(list(dict.fromkeys([*key, *link.by])))
            .join(chosen.select("i", *link.by).lazy(), on=list(link.by), how="inner", nulls_equal=True)
            .collect()
        )
        return tied.select("i", key=key_text(tied, group, self.spoiler.book.municipality))

    def records(self) -> None:
        """Plant the kinds that concern whole records."""
        records.plant(self)

    def copy(self, root: Root, index: int, changed: Mapping[str, str]) -> None:
        """The record once more at the file's end, perhaps with other fields."""
        self._copied.append((root, len(self.copies)))
        self.copies.append((index, dict(changed)))

    def finish(self) -> Table:
        frame = self.frame
        for field, by_row in self.changes.items():
            frame = frame.with_columns(frame[field].scatter(list(by_row), list(by_row.values())))
        if self.copies:
            more = frame[[index for index, _ in self.copies]]
            for field in {name for _, changed in self.copies for name in changed}:
                values = [changed.get(field, more[field][n]) for n, (_, changed) in enumerate(self.copies)]
                more = more.with_columns(pl.Series(field, values, dtype=pl.String))
            frame = pl.concat([frame, more])
        if self.gone:
            dropped = sorted(self.gone)
            for root in self.roots:
                if root.index is not None:
                    root.index -= sum(index < root.index for index in dropped)
            keep = pl.int_range(frame.height, eager=True).is_in(dropped).not_()
            frame = frame.filter(keep)
        for root, n in self._copied:
            root.export, root.file, root.index = self.export, self.table.file, frame.height - len(self.copies) + n
        self.spoiler.book.files[self.spoiler.area, self.export][self.table.file] = frame.height
        self._declared(frame)
        table = replace(self.table, frame=frame)
        note_gaiji(self.spoiler.book, self.spoiler.area, table)
        return table

    def _declared(self, frame: pl.DataFrame) -> None:
        """What declared numbers will tell: records and sums as the vendor's system has them, and as the file has."""
        if frame.height != self.frame.height:
            self.spoiler.book.places.append(Place("", "L01", key=self.table.file))
        for name in self.table.sums:
            if readable_sum(frame[name]) != readable_sum(self.frame[name]):
                self.spoiler.book.places.append(Place("", "L02", key=f"{self.table.file}|{name}"))


def note_gaiji(book: Book, area: str, table: Table) -> None:
    """R07 is found at every user-defined character, those of the clean sample too."""
    for name in table.frame.columns:
        here = table.frame[name].str.contains("[\ue000-\uf8ff]").arg_true()
        if len(here):
            place = {"area": area, "rule": "R07", "export": table.name.lower(), "file": table.file, "field": name}
            book.cells.append(
                pl.DataFrame({"index": here.cast(pl.Int64)}).with_columns(**{k: pl.lit(v) for k, v in place.items()})
            )


def readable_sum(values: pl.Series) -> int:
    """The sum of those values that are plain numbers."""
    return int(values.cast(pl.Int64, strict=False).sum() or 0)


def key_text(rows: pl.DataFrame, group: Group, municipality: str) -> pl.Series:
    """The group's key of each row, joined by ``|``."""
    parts = [
        pl.col(item.name).cast(pl.String).fill_null("") if item.name in rows.columns else pl.lit(municipality)
        for item in group.key
    ]
    return rows.select(pl.concat_str(parts, separator="|").alias("key")).to_series()


def mixed(*parts: object) -> int:
    """A repeatable number from some names."""
    value = 1469598103934665603
    for byte in "|".join(map(str, parts)).encode():
        value = (value ^ byte) * 1099511628211 % 2**64
    return value


@cache
def partners() -> tuple[dict[str, str], ...]:
    """Tables whose records another table's records cannot do without: ``partners.csv``."""
    return _csv("partners.csv")


@cache
def code_tables() -> tuple[dict[str, str], ...]:
    """Code tables of a vendor, with key and a text: ``code_tables.csv``."""
    return _csv("code_tables.csv")


@cache
def lookups() -> tuple[dict[str, str], ...]:
    """Fields that point into code tables, and the items that come from there: ``lookups.csv``."""
    return _csv("lookups.csv")


def _csv(name: str) -> tuple[dict[str, str], ...]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
