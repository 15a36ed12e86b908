"""Which field of a vendor's tables holds which item, learnt from a small municipality: its tables are written once with
notes (:mod:`sample_data.trace`), and what the notes say is compared with the truth."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import polars as pl

from layouts.load import load_area
from layouts.model import Group, Item
from sample_data import compare, plugin, trace, world
from sample_data.trace import Sheet

POPULATION, YEARS, SEED = 150, 1, 11
"""The municipality that is learnt from."""
TOWN = "352101"
OWN = "市区町村コード"
LATEST = "最新フラグ"
_KEY = re.compile(r"(?:^|[。、 　])主?キー\d*(?:$|[。、（])")
_WIDE = re.compile(r"(.+)\|(\d+)")


@dataclass(frozen=True)
class Link:
    """One field that holds one item of one group, and nothing else."""

    area: str
    table: str
    field: str
    group: str
    item: str
    by: tuple[str, ...]
    """Items of the group's key that the record's own key holds: they tie a record to its rows."""
    whole: bool
    """The record ties to one row."""
    plain: bool
    """The value stands in the field as it is."""
    coded: bool = False
    """The field holds codes of the vendor: other values than the standard's, or replaced one by one."""
    exact: bool = True
    """The field has every digit of the item."""
    covered: bool = True
    """Every row that has the item has a record for it."""
    occurrence: int = 0
    """Number of the occurrence in a record with several rows side by side; 0 = none."""
    period: str = ""
    """The key item that the number of the occurrence stands for."""
    partial: bool = False
    """Only some records hold the group's value: good for saying where a value lies, not for changing one."""
    sole: bool = True
    """No other field of the row holds the item, and no other item follows from the field."""


@cache
def key_fields(vendor: str, table: str) -> frozenset[str]:
    """The fields that a record layout calls key (キー)."""
    with layout_path(vendor, table).open(encoding="utf-8", newline="") as file:
        return frozenset(row["field"] for row in csv.DictReader(file) if _KEY.search(row["description"]))


def layout_path(vendor: str, table: str) -> Path:
    return Path(__file__).parents[1] / vendor / "record_layout" / f"{table}.csv"


@cache
def avoided() -> frozenset[tuple[str, str, str]]:
    """(area, group, item) that ``avoid.csv`` keeps defects from, with its reasons."""
    with (Path(__file__).parent / "avoid.csv").open(encoding="utf-8", newline="") as file:
        return frozenset((row["area"], row["group"], row["item"]) for row in csv.DictReader(file))


@cache
def learn(vendor: str, areas: tuple[str, ...]) -> dict[str, tuple[Link, ...]]:
    """The links of each area, from a small municipality that is made for it (a second or two an area)."""
    place = world.build(TOWN, POPULATION, SEED, YEARS)
    context = plugin.Context()
    found: dict[str, tuple[Link, ...]] = {}
    held = compare.not_held(vendor)
    for area in areas:
        truth = plugin.truth_of(area, place, context)
        if any(area in reads for reads in plugin.READS.values()):
            context.truths[area] = truth
        if not truth:
            continue
        own = {group.name: truth[group.name].select(group.names) for group in load_area(area).groups}
        links: dict[tuple[str, str, str, str], Link] = {}
        shared: set[tuple[str, str, str]] = set()
        partial: dict[tuple[str, str, str, str], Link] = {}
        reached: dict[tuple[str, str], list[tuple[Link, pl.DataFrame]]] = defaultdict(list)
        rows: dict[tuple[str, str, str], dict[str, pl.DataFrame]] = defaultdict(dict)
        for sheet, texts in _sheets(vendor, area, place, truth, context):
            for link, keys, agree in _of_sheet(vendor, area, sheet, texts, own):
                shared.add((link.table, link.field, link.group))
                reached[link.group, link.item].append((link, keys))
                if not agree:
                    partial.setdefault((link.table, link.field, link.group, link.item), link)
                    continue
                links.setdefault((link.table, link.field, link.group, link.item), link)
                seen = rows[link.group, link.item, link.table]
                seen[link.field] = pl.concat([seen[link.field], keys]) if link.field in seen else keys
        judged: list[Link] = list(_judged(area, list(links.values()), shared, rows, own, held))
        by_person = {link.group for link in judged if not link.whole}
        # Tables with one record a person are written from the latest rows: which these are must stay as it is.
        judged = [replace(one, sole=False) if one.item == LATEST and one.group in by_person else one for one in judged]
        covered = {(group, item): _covered(own[group], item, some) for (group, item), some in reached.items()}
        judged = [replace(link, covered=covered[link.group, link.item]) for link in judged]
        rest = [replace(link, partial=True, sole=False) for place, link in partial.items() if place not in links]
        found[area] = (*(_not_key(vendor, link) for link in judged), *rest)
    return found


def _sheets(
    vendor: str, area: str, place: world.World, truth: plugin.Truth, context: plugin.Context
) -> Iterator[tuple[Sheet, pl.DataFrame]]:
    """Each sheet with what came of its rows (column ``row``)."""
    with trace.noting() as sheets:
        for table in plugin.exports_of(vendor, area, place, truth, context):
            if trace.ORIGIN not in table.frame.columns:
                continue
            origin = pl.col(trace.ORIGIN).str.split(":")
            texts = table.frame.filter(pl.col(trace.ORIGIN).str.contains(":")).with_columns(
                sheet=origin.list.get(0).cast(pl.Int64), row=origin.list.get(1).cast(pl.Int64)
            )
            for number in texts["sheet"].unique().sort():
                sheet = sheets.pop(number, None)
                if sheet is not None and sheet.table == table.name:
                    yield sheet, texts.filter(pl.col("sheet") == number).unique("row", keep="first")


def _of_sheet(
    vendor: str, area: str, sheet: Sheet, texts: pl.DataFrame, truth: Mapping[str, pl.DataFrame]
) -> Iterator[tuple[Link, pl.DataFrame, bool]]:
    """Links of one sheet with the keys of its records, and whether all records agree with the truth: where only some
    do, the field goes to that group from some of its records."""
    roots = {r for name in key_fields(vendor, sheet.table) for r in _roots(sheet, name)}
    columns = set(sheet.rows.columns)
    for group in load_area(area).groups:
        key = [item.name for item in group.key]
        by = tuple(
            name for name in key if name in columns and (name in roots or _implied(sheet.rows[name], group.item(name)))
        )
        own = truth[group.name]
        others = sorted(r for r in roots if r not in key and r in columns and r in group)
        if others and set(key) <= columns:
            # The vendor's own number of the person stands for the key, or for a part of it.
            by = tuple(key) if own.n_unique([*others, *by]) == own.height else (*by, *others)
        missing = [name for name in key if name not in by and name != OWN]
        if not [name for name in by if name != OWN] or not sheet.rows.height:
            continue
        if sheet.rows.select(by).join(own, on=list(by), how="semi", nulls_equal=True).height < sheet.rows.height:
            continue
        for field, source in sheet.sources.items():
            if len(source.roots) != 1:
                continue
            wide = _WIDE.fullmatch(source.roots[0])
            item = wide[1] if wide else source.roots[0]
            if item not in group or (item in key and item not in by):
                continue
            link = Link(area, sheet.table, field, group.name, item, by, not missing, source.plain)
            if not wide:
                same, whole_digits = _spelling(sheet.rows[item], texts, field)
                link = replace(
                    link,
                    coded=source.mapped or not same,
                    exact=source.exact and (group.item(item).type == "9V" or whole_digits),
                )
            if wide:
                tried = [
                    replace(link, whole=True, occurrence=int(wide[2]), period=name)
                    for name in missing
                    if own[name].cast(pl.Int64, strict=False).is_not_null().all()
                ]
                link = next((one for one in tried if _agreeing(one, sheet, own)[2]), tried[0] if tried else link)
                if not link.occurrence:
                    continue
            keys, every, some = _agreeing(link, sheet, own)
            if some:
                yield link, keys, every


def _implied(values: pl.Series, item: Item) -> bool:
    """The table itself says it: a code that is the same in every record (督促状 have a table of their own)."""
    return item.code is not None and item.name != OWN and values.n_unique() == 1


def _spelling(values: pl.Series, texts: pl.DataFrame, field: str) -> tuple[bool, bool]:
    """Whether the field's text is the value as it stands, and whether it has every digit of it."""
    value = values[texts["row"]].cast(pl.String)
    frame = pl.DataFrame({"value": value, "text": texts[field]}).filter(pl.col("value").is_not_null())
    same = (pl.col("value") == pl.col("text")).all()
    digits = [pl.col(c).str.replace_all(r"\D", "").str.strip_chars_start("0") for c in ("value", "text")]
    found = frame.select(same.alias("same"), (digits[0] == digits[1]).all().alias("digits")).row(0)
    return bool(found[0]), bool(found[1])


def _roots(sheet: Sheet, field: str) -> tuple[str, ...]:
    return sheet.sources[field].roots if field in sheet.sources else ()


def _agreeing(link: Link, sheet: Sheet, own: pl.DataFrame) -> tuple[pl.DataFrame, bool, bool]:
    """Keys (``by``) of the records that have a value; whether every row that a record ties to has this value, and
    whether some have."""
    column = f"{link.item}|{link.occurrence}" if link.occurrence else link.item
    by = list(link.by)
    rows = sheet.rows.select(*by, __value=column).filter(pl.col("__value").is_not_null())
    if link.item in by:
        return rows.select(by), True, True
    right = own
    if link.occurrence:
        right = own.filter(pl.col(link.period).cast(pl.Int64, strict=False) == link.occurrence)
    both = rows.unique(maintain_order=True).join(right.select(*by, __truth=link.item), on=by, how="inner")
    agree = both.select((pl.col("__value") == pl.col("__truth")).fill_null(False).alias("agree"))["agree"]
    return rows.select(by), both.height > 0 and bool(agree.all()), bool(agree.any())


def _covered(own: pl.DataFrame, item: str, reached: Sequence[tuple[Link, pl.DataFrame]]) -> bool:
    """Whether every row that has the item has a record for it."""
    left = own.filter(pl.col(item).is_not_null()).with_row_index("__place")
    for link, keys in reached:
        here = left
        if link.occurrence:
            here = left.filter(pl.col(link.period).cast(pl.Int64, strict=False) == link.occurrence)
        found = here.join(keys, on=list(link.by), how="semi", nulls_equal=True)
        left = left.join(found.select("__place"), on="__place", how="anti")
    return left.height == 0


def _judged(
    area: str,
    links: Sequence[Link],
    shared: set[tuple[str, str, str]],
    rows: Mapping[tuple[str, str, str], Mapping[str, pl.DataFrame]],
    truth: Mapping[str, pl.DataFrame],
    held: set[tuple[str, str, str]],
) -> Iterator[Link]:
    """The links with ``sole`` set."""
    groups_of_field: dict[tuple[str, str], set[str]] = defaultdict(set)
    fields_of_item: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for table, field, group in shared:
        groups_of_field[table, field].add(group)
    for link in links:
        fields_of_item[link.group, link.item].add((link.table, link.field))
    derived = {
        group.name: [
            item.name
            for item in group.items
            if (group.name, item.name) not in fields_of_item
            and (area, group.name, item.name) not in held
            and truth[group.name][item.name].is_not_null().any()
        ]
        for group in load_area(area).groups
    }
    for link in links:
        sole = len(groups_of_field[link.table, link.field]) == 1
        keyed = set(link.by) - {OWN}
        sole = sole and not any(
            link.item in names and keyed & set(load_area(area).group(group).names) for group, names in derived.items()
        )
        sole = sole and not any(_akin(link.item, other) for other in derived[link.group])
        sole = sole and (area, link.group, link.item) not in avoided()
        if sole and not link.occurrence:
            tables = {table for table, _ in fields_of_item[link.group, link.item]}
            fields = [f for t, f in fields_of_item[link.group, link.item] if t == link.table]
            sole = len(fields) == 1 and not any(
                _overlap(rows[link.group, link.item, link.table], rows[link.group, link.item, other])
                for other in tables - {link.table}
            )
        yield replace(link, sole=sole)


def _not_key(vendor: str, link: Link) -> Link:
    """What ties records to each other must stay as it is, wherever it is no key of the group."""
    tied = item_of(link).pk is False and (link.item in link.by or link.field in key_fields(vendor, link.table))
    return replace(link, sole=False) if tied else link


def _overlap(one: Mapping[str, pl.DataFrame], other: Mapping[str, pl.DataFrame]) -> bool:
    left, right = next(iter(one.values())), next(iter(other.values()))
    by = [name for name in left.columns if name in right.columns]
    return not by or left.join(right, on=by, how="semi", nulls_equal=True).height > 0


def _akin(item: str, other: str) -> bool:
    """Whether the names of two items suggest that one is made from the other (生年月日, 生年月日_元号)."""
    return item in other or other in item or item[:2] == other[:2]


def item_of(link: Link) -> Item:
    return group_of(link).item(link.item)


def group_of(link: Link) -> Group:
    return load_area(link.area).group(link.group)
