"""Defects of whole records: doubled, missing, foreign, badly quoted, with too many or too few fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from layouts.load import load_area
from layouts.model import Group
from sample_data.defects import marks as cells
from sample_data.defects.book import VALUES, Place, Root
from sample_data.defects.links import OWN, Link, group_of, item_of
from sample_data.defects.oracle import Reference, references

if TYPE_CHECKING:
    from sample_data.defects.exports import Work

_CSV = ("csv", "csv_quoted")
PERSON = "宛名番号"


def plant(work: Work) -> None:
    """All record kinds that fit the table."""
    feeds = work.spoiler.feeds(work.table.name)
    whole = [
        link
        for link in work.spoiler.by_table[work.table.name]
        if link.whole and not link.occurrence and link.group in feeds
    ]
    # The group with the longest key first: the others are what it belongs to.
    whole.sort(key=lambda link: -len(link.by))
    _lose_partner(work, whole)
    _double_code(work)
    if work.table.shared:
        _unknown_municipality(work, whole)
        return
    if not whole:
        return
    _padding(work, whole[0])
    group = work.spoiler.alone(work.table.name)
    if group is not None and work.table.format in _CSV:
        _double(work, whole, group)
        _lose(work, whole[0], group)
        _other_municipality(work, whole, group)
    if work.table.format in _CSV:
        _shape(work, whole[0])
    _look_up(work, whole[0])


def _some(work: Work, name: str, link: Link, where: pl.Expr | None = None) -> pl.DataFrame:
    """Records for a kind, by its quota; none where it has no room here."""
    quota = work.spoiler.record_quota(name, work.table.name)
    if quota is None:
        return pl.DataFrame(schema={"i": pl.Int64})
    had = quota.planted
    group = group_of(link)
    rows = work.rows(link, [part.name for part in group.key])
    if where is not None and rows.height:
        rows = rows.filter(where)
    chosen = work.pick(rows, name, quota.room(work.frame.height), group)
    quota.planted += chosen.height
    work.spoiler.done[name] += not had and quota.planted > 0
    return chosen.with_columns(key=work.keys(link, chosen)["key"]) if chosen.height else chosen


def _root(work: Work, kind: str, group: Group | None, key: str | None, item: str | None = None) -> Root:
    known = work.spoiler.kinds[kind]
    root = Root(
        work.spoiler.area, kind, known.rule, known.detectable, group=group.name if group else None, item=item, key=key
    )
    work.spoiler.book.roots.append(root)
    return root


def _padding(work: Work, link: Link) -> None:
    fields = [f for f in work.frame.columns if f.startswith(("FILLER", "YOBI"))]
    if not fields:
        return
    field = fields[0]
    blank = work.frame[field].str.strip_chars(" ") == ""
    if not blank.all() or not work.frame.height or not work.frame[field].str.len_chars().max():
        return
    for i, text in (
        _some(work, "padding_filled", link)
        .select("i")
        .with_columns(text=pl.col("i").map_elements(lambda i: "7" + work.frame[field][i][1:], return_dtype=pl.String))
        .iter_rows()
        if work.spoiler.record_quota("padding_filled", work.table.name)
        else ()
    ):
        work.changes[field][i] = text
        work.place(_root(work, "padding_filled", None, None), i, field)


def _double(work: Work, whole: list[Link], group: Group) -> None:
    for i, key in _pairs(_some(work, "duplicate_identical", whole[0])):
        work.copy(_root(work, "duplicate_identical", group, key), i, {})
        work.spoiler.book.arrived.append((work.spoiler.area, group.name, key, 1))
    words = [
        link
        for link in whole
        if link.sole and link.plain and item_of(link).type == "Ｎ" and not item_of(link).pk and not item_of(link).fk
    ]
    if words:
        field = words[0].field
        for i, key in _pairs(_some(work, "duplicate_conflicting", words[0], pl.col("i").is_in(_filled(work, field)))):
            text = work.frame[field][i]
            work.copy(
                _root(work, "duplicate_conflicting", group, key),
                i,
                {field: ("別" if text[:1] != "別" else "新") + text[1:]},
            )
            work.spoiler.book.dropped.append((work.spoiler.area, group.name, key))
            work.spoiler.book.arrived.append((work.spoiler.area, group.name, key, 1))
    for link in whole:
        item = item_of(link)
        if item.pk and item.name not in (OWN, "宛名番号") and item.type == "X" and not item.fk and link.plain:
            for i, key in _pairs(_some(work, "key_empty", link)):
                work.changes[link.field][i] = ""
                parts = key.split("|")
                parts[[p.name for p in group.key].index(item.name)] = ""
                work.place(_root(work, "key_empty", group, "|".join(parts), item.name), i, link.field)
                work.spoiler.book.dropped.append((work.spoiler.area, group.name, key))
            break


def _filled(work: Work, field: str) -> list[int]:
    return (work.frame[field].str.strip_chars(" 　") != "").arg_true().to_list()


def _lose(work: Work, link: Link, group: Group) -> None:
    if work.copies:
        return  # one more and one less would leave the count as it is declared
    for i, key in _pairs(_some(work, "record_missing", link)):
        work.gone.add(i)
        root = _root(work, "record_missing", group, key)
        root.export, root.file, root.found_key = work.export, work.table.file, work.table.file
        work.spoiler.book.dropped.append((work.spoiler.area, group.name, key))
        work.spoiler.book.arrived.append((work.spoiler.area, group.name, key, -1))


def _lose_partner(work: Work, whole: list[Link]) -> None:
    """A record of the main table is lost, chosen among those whose person has others; its partner in the other table is
    what nobody takes."""
    from sample_data.defects.exports import partners

    if not whole:
        return
    mine = [entry for entry in partners() if entry["area"] == work.spoiler.area]
    if any(entry["main"] == work.table.name for entry in mine):
        chosen = _some(work, "partner_missing", whole[0], pl.len().over(PERSON) > 1)
        for row in chosen.iter_rows(named=True):
            root = _root(work, "partner_missing", None, None)
            parts = {k: str(row[k]) for k in whole[0].by}
            for table in {entry["table"] for entry in mine if entry["main"] == work.table.name}:
                work.spoiler.lost[table].append((root, parts))
            work.gone.add(row["i"])
            for group in {link.group for link in whole}:
                work.spoiler.book.dropped.append((work.spoiler.area, group, row["key"]))
                work.spoiler.book.arrived.append((work.spoiler.area, group, row["key"], -1))
    for root, parts in work.spoiler.lost.get(work.table.name, ()):
        rows = work.rows(whole[0], ())
        hit = (
            rows.filter(pl.all_horizontal(pl.col(k).cast(pl.String) == v for k, v in parts.items()))
            if rows.height
            else rows
        )
        for index in hit["i"].to_list():
            if root.file is None:
                work.place(root, index, None)
            else:
                place = Place(work.spoiler.area, "M05")
                work.spoiler.book.places.append(place)
                work.place(place, index, None)


def _other_municipality(work: Work, whole: list[Link], group: Group) -> None:
    link = next((one for one in whole if one.item == OWN), None)
    refers = next((ref.item for ref in references(group) if _within(work, group, ref)), None)
    if link is None or refers is None:
        return
    other = "352101" if work.spoiler.book.municipality != "352101" else "352152"
    for i, key in _pairs(_some(work, "other_municipality", link)):
        work.changes[link.field][i] = other
        place = [part.name for part in group.key].index(OWN)
        parts = key.split("|")
        parts[place] = other
        work.place(_root(work, "other_municipality", group, "|".join(parts), refers), i, link.field)
        values = pl.DataFrame(
            [(work.spoiler.area, group.name, key, OWN, other, False, None)], schema=VALUES, orient="row"
        )
        work.spoiler.book.values.append(values)


def _unknown_municipality(work: Work, whole: list[Link]) -> None:
    link = next((one for one in whole if one.item == OWN), None)
    if link is None:
        return
    for i, key in _pairs(_some(work, "unknown_municipality", link)):
        work.changes[link.field][i] = "999999"
        work.place(_root(work, "unknown_municipality", None, None), i, link.field)
        work.spoiler.book.dropped.append((work.spoiler.area, link.group, key))
        work.spoiler.book.arrived.append((work.spoiler.area, link.group, key, -1))


def _shape(work: Work, link: Link) -> None:
    """Too many fields, too few, and a bare quote: in the last field, if the standard has no item of it."""
    last = work.frame.columns[-1]
    linked = {one.field for one in work.spoiler.by_table[work.table.name]}
    sheet = next((work.sheets[n] for n in work.sheet_numbers()), None)
    known = {item.name for item in group_of(link).items}
    if (
        sheet is None
        or last.startswith(("FILLER", "YOBI"))
        or last in linked
        or last not in sheet.sources
        or any(root in known for root in sheet.sources[last].roots)
    ):
        return
    for kind, mark in (("field_surplus", cells.EXTRA_FIELD), ("field_lacking", cells.CUT_FIELD)):
        for i, _ in _pairs(_some(work, kind, link)):
            work.changes[last][i] = work.frame[last][i] + mark
            work.place(_root(work, kind, None, None), i, None)
    if work.table.format == "csv":
        for i, _ in _pairs(_some(work, "quote_stray", link)):
            work.changes[last][i] = "A" + cells.QUOTE + "B"
            work.place(_root(work, "quote_stray", None, None), i, None)


def _look_up(work: Work, link: Link) -> None:
    from sample_data.defects.exports import lookups

    for entry in lookups():
        if entry["area"] != work.spoiler.area or entry["table"] != work.table.name:
            continue
        group = group_of(link)
        for i, key in _pairs(_some(work, "lookup_missing", link)):
            work.changes[entry["field"]][i] = entry["value"]
            work.place(_root(work, "lookup_missing", group, key), i, entry["field"])
            for item in entry["items"].split("|"):
                row = (work.spoiler.area, group.name, key, item, None, False, None)
                work.spoiler.book.values.append(pl.DataFrame([row], schema=VALUES, orient="row"))


def _pairs(chosen: pl.DataFrame) -> list[tuple[int, str]]:
    return list(chosen.select("i", "key").iter_rows()) if chosen.height else []


def _within(work: Work, group: Group, reference: Reference) -> bool:
    """The reference is there in every row, checked in this sample, and within one municipality."""
    there = all(group.item(name).pk or group.item(name).required for name in reference.columns)
    return (
        there
        and reference.item != OWN
        and all(
            area in work.spoiler.areas and OWN in group.names and OWN in load_area(area).group(name).names
            for area, name, _ in reference.targets
        )
    )


def _double_code(work: Work) -> None:
    """A code table's record twice."""
    from sample_data.defects.exports import code_tables, mixed

    kind = work.spoiler.kinds.get("lookup_doubled")
    entry = next((e for e in code_tables() if (e["area"], e["table"]) == (work.spoiler.area, work.table.name)), None)
    if kind is None or not kind.rate or entry is None or not work.frame.height:
        return
    index = mixed(work.spoiler.seed, "lookup_doubled") % work.frame.height
    work.copy(_root(work, "lookup_doubled", None, None), index, {})


def double_part(work: Work) -> bool:
    """The file once more under another name; whether that is planted here."""
    kind = work.spoiler.kinds.get("part_doubled")
    group = work.spoiler.alone(work.table.name)
    stem = work.table.file.removesuffix(".csv")
    if kind is None or not kind.rate or group is None or work.spoiler.book.doubled or work.table.format not in _CSV:
        return False
    if stem == work.table.name or not 2 <= work.frame.height <= 2000:
        return False
    link = max(
        (x for x in work.spoiler.by_table[work.table.name] if x.group == group.name and x.whole and not x.occurrence),
        key=lambda x: len(x.by),
        default=None,
    )
    rows = work.rows(link, [part.name for part in group.key]) if link else work.origins.clear()
    if link is None or rows.height != work.frame.height:
        return False
    keys = work.keys(link, rows.sort("i"))["key"].to_list()
    name = f"{stem}_2.csv"
    work.spoiler.book.doubled = (work.table.file, name)
    work.spoiler.book.files[work.spoiler.area, work.export][name] = work.frame.height
    root = Root(
        work.spoiler.area, kind.name, kind.rule, kind.detectable, work.export, name, 0, None, group.name, None, keys[0]
    )
    work.spoiler.book.roots.append(root)
    for key in keys:
        work.spoiler.book.arrived.append((work.spoiler.area, group.name, key, 1))
        work.spoiler.book.places.append(Place(work.spoiler.area, kind.rule, group=group.name, key=key))
    return True
