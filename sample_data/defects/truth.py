"""Defects of the vendor's own data: chosen in the truth, in SQL over its files, and written down by the vendor like any
other value."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from layouts.load import load_area
from layouts.model import CrossRule, Group, Item
from sample_data.defects import breaking, cells, oracle
from sample_data.defects.book import VALUES, Book, Root
from sample_data.defects.breaking import NAMES, ROW
from sample_data.defects.exports import PERSON, Pending, key_text, mixed
from sample_data.defects.kinds import Kind
from sample_data.defects.links import OWN, Link, item_of
from sample_data.defects.patches import Patches

_ORDERED = re.compile(r'"([^"]+)" (>=|<=|>|<) "([^"]+)"')
_DAY = "[12].*-(0[1-9]|1[0-2])-(0[1-9]|[123].)"
"""A day of which month and day are known."""
_CANDIDATES = 60


class Chooser:
    """Chooses the truth's defects of one area."""

    def __init__(
        self,
        book: Book,
        area: str,
        kinds: Sequence[Kind],
        links: Sequence[Link],
        folder: Path,
        seed: int,
        areas: Sequence[str],
    ) -> None:
        self.book, self.area, self.folder, self.seed, self.areas = book, load_area(area), folder, seed, tuple(areas)
        self.kinds = {kind.name: kind for kind in kinds if kind.level == "truth"}
        self.patches = Patches()
        self.pending: list[Pending] = []
        self.con = oracle.connection()
        self.rows: dict[str, int] = {}
        for group in self.area.groups:
            breaking.view(self.con, group, folder / f"{group.slug}.parquet")
            self.rows[group.name] = oracle.number(self.con, f"SELECT count(*) FROM {oracle.quoted(group.name)}")
        self._links: dict[tuple[str, str], Link] = {}
        for link in links:
            if link.sole and link.covered and not link.occurrence and not item_of(link).pk and self.rows[link.group]:
                self._links.setdefault((link.group, link.item), link)
        self._by: dict[str, list[Link]] = defaultdict(list)
        for link in links:
            self._by[link.group].append(link)

    def choose(self) -> Patches:
        steps = {
            "my_number_check_digit": lambda kind: self._digits(kind, "V11"),
            "corporate_number_check_digit": lambda kind: self._digits(kind, "V12"),
            "municipality_check_digit": lambda kind: self._digits(kind, "V10"),
            "dates_swapped": self._swap,
            "record_rule": self._record_rules,
            "required_when_empty": self._empty,
            "reference_orphan": self._orphan,
            "total_unbalanced": lambda kind: self._cross(kind, True),
            "cross_rule": lambda kind: self._cross(kind, False),
            "number_of_another": self._shared_number,
            "names_swapped": self._names,
            "text_stale": self._stale,
        }
        for name, step in steps.items():
            kind = self.kinds.get(name)
            if kind is not None and kind.rate:
                step(kind)
        self.con.close()
        return self.patches

    def _items(self, name: str, group: str | None = None) -> list[tuple[Link, Item]]:
        """The items that a kind may change, in an order of its own."""
        found = [(link, item_of(link)) for (of, _), link in self._links.items() if group is None or of == group]
        return sorted(found, key=lambda one: mixed(self.seed, name, one[0].group, one[0].item))

    def _count(self, kind: Kind, group: str) -> int:
        return max(1, round(kind.rate * self.rows[group]))

    def _query(self, group: Group, source: str, where: str, more: str = "") -> pl.DataFrame:
        """Rows that may be chosen: row number, key, person, and ``more``; in an order that the seed decides."""
        known = [part.name for part in group.key] + ([PERSON] if PERSON in group.names else [])
        names = dict.fromkeys([*known, *(name for link in self._by[group.name] for name in link.by)])
        columns = ", ".join(oracle.quoted(name) for name in names)
        return oracle.frame(
            self.con,
            f"SELECT {ROW}, {columns}{', ' + more if more else ''} FROM {source} t WHERE {where} "
            f"ORDER BY hash({ROW} + {mixed(self.seed, group.name) % 10**9}), {ROW} LIMIT {_CANDIDATES * 10}",
        )

    def _plant(
        self,
        kind: Kind,
        rule: str,
        link: Link,
        rows: pl.DataFrame,
        count: int,
    ) -> int:
        """Give ``count`` of the rows the value in the column ``new`` of the link's item; returns how many got it."""
        group = self.area.group(link.group)
        planted = 0
        keys = key_text(rows, group, self.book.municipality).to_list() if rows.height else []
        persons = rows[PERSON].cast(pl.String).to_list() if PERSON in rows.columns else keys
        for n, (key, person) in enumerate(zip(keys, persons, strict=True)):
            if planted == count:
                break
            if person is None or not self.book.take(self.area.id, person):
                continue
            row = rows.row(n, named=True)
            if link.item == PERSON:
                self.book.take(self.area.id, str(row["new"]))
            root = Root(
                self.area.id,
                kind.name,
                rule,
                kind.detectable,
                group=group.name,
                item=link.item,
                key=key,
            )
            root.found_group, root.found_key = row.get("found_group"), row.get("found_key")
            self.book.roots.append(root)
            parts = {name: str(row[name]) for name in group.names if name in row}
            pending = Pending(root, {**parts, link.item: str(row["new"])} if link.item in parts else parts, [])
            self.pending.append(pending)
            self._set(pending, link, group, row, key, row["new"])
            planted += 1
        return planted

    def _set(
        self, pending: Pending, link: Link, group: Group, row: Mapping[str, object], key: str, value: object
    ) -> None:
        rows = [(int(str(row[ROW])), key)]
        if not link.whole:
            by = " AND ".join(f"{oracle.quoted(k)} = {oracle.value(row[k])}" for k in link.by if k in row)
            tied = oracle.frame(self.con, f"SELECT * FROM {oracle.quoted(group.name)} WHERE {by}")
            rows = list(zip(tied[ROW].to_list(), key_text(tied, group, self.book.municipality), strict=True))
        text = None if value is None else str(value)
        for number, of_row in rows:
            self.patches.values[group.name][link.item][int(number)] = value
            changed = [(self.area.id, group.name, of_row, link.item, text, False, text)]
            pending.values.append(pl.DataFrame(changed, schema=VALUES, orient="row"))

    def _digits(self, kind: Kind, rule: str) -> None:
        places = 0
        for link, item in self._items(kind.name):
            if places == kind.places or cells.check_rule(item) != rule or item.fk:
                continue
            name = oracle.quoted(item.name)
            # 9 becomes 1: nine more or less would be right again modulo 9.
            last = f"substr({name}, {item.digits}, 1)"
            digit = f"CASE {last} WHEN '9' THEN 1 ELSE {last}::INT + 1 END"
            new = f"substr({name}, 1, {item.digits - 1}) || ({digit})::VARCHAR"
            group = self.area.group(link.group)
            rows = self._query(group, oracle.quoted(group.name), f"length({name}) = {item.digits}", f"{new} AS new")
            places += self._plant(kind, rule, link, rows, self._count(kind, group.name)) > 0

    def _swap(self, kind: Kind) -> None:
        places = 0
        for rule in sorted(self.area.rules, key=lambda r: mixed(self.seed, kind.name, r.id)):
            for left, _, right in _ORDERED.findall(rule.expr):
                a, b = self._links.get((rule.group, left)), self._links.get((rule.group, right))
                if places == kind.places or a is None or b is None or not (a.whole and b.whole):
                    continue
                if {item_of(a).type, item_of(b).type} != {"DATE"}:
                    continue
                group = self.area.group(rule.group)
                one, two = oracle.quoted(left), oracle.quoted(right)
                table = oracle.quoted(group.name)
                source = f"(SELECT * REPLACE ({two} AS {one}, {one} AS {two}) FROM {table})"
                known = f"{one} ~ '{_DAY}' AND {two} ~ '{_DAY}'"
                rows = self._query(group, source, f"({rule.expr}) = FALSE AND {known}", f"{one} AS new, {two} AS new2")
                before = len(self.pending)
                places += self._plant(kind, rule.id, a, rows, self._count(kind, group.name)) > 0
                for pending in self.pending[before:]:
                    same = key_text(rows, group, self.book.municipality) == pending.root.key
                    row = rows.filter(same).row(0, named=True)
                    self._set(pending, b, group, row, str(pending.root.key), row["new2"])

    def _record_rules(self, kind: Kind) -> None:
        places = 0
        for rule in sorted(self.area.rules, key=lambda r: mixed(self.seed, kind.name, r.id)):
            if places >= kind.places:
                return
            group = self.area.group(rule.group)
            if not self.rows[group.name]:
                continue
            places += self._break(kind, rule.id, group, rule.expr)

    def _break(self, kind: Kind, rule: str, group: Group, expr: str) -> bool:
        for name in dict.fromkeys(NAMES.findall(expr)):
            link = self._links.get((group.name, name))
            if link is None:
                continue
            item = item_of(link)
            for change in breaking.changes(self.con, group, item, exact=link.exact, plain=link.plain):
                source, where = breaking.broken(group, expr, item, change)
                rows = self._query(group, source, where, f"{oracle.quoted(name)} AS new")
                if rows.height and self._plant(kind, rule, link, rows, self._count(kind, group.name)):
                    return True
        return False

    def _empty(self, kind: Kind) -> None:
        places = 0
        for link, item in self._items(kind.name):
            if places == kind.places or item.required_when is None or not link.plain:
                continue
            group = self.area.group(link.group)
            where = f"({item.required_when}) AND {oracle.quoted(item.name)} IS NOT NULL"
            rows = self._query(group, oracle.quoted(group.name), where, "NULL AS new")
            places += self._plant(kind, "V05", link, rows, self._count(kind, group.name)) > 0

    def _orphan(self, kind: Kind) -> None:
        places = 0
        for link, item in self._items(kind.name):
            if places == kind.places or item.type != "X" or not item.fk or item.name == OWN or item.code:
                continue
            if any(ref.area not in self.areas for ref in item.fk) or item.digits < 8:
                continue
            group = self.area.group(link.group)
            if not any(ref.item == item.name for ref in oracle.references(group)):
                continue
            name = oracle.quoted(item.name)
            # Vendors keep the last eight or ten digits of such a number.
            new = f"substr({name}, 1, 7) || '9' || lpad((hash({ROW}) % 9999999)::VARCHAR, 7, '0')"
            where = f"length({name}) = 15 AND {name} ~ '[0-9]*'"
            rows = self._query(group, oracle.quoted(group.name), where, f"{new} AS new")
            places += self._plant(kind, "V09", link, rows, self._count(kind, group.name)) > 0

    def _cross(self, kind: Kind, sums: bool) -> None:
        places = 0
        for rule in sorted(self.area.cross_rules, key=lambda r: mixed(self.seed, kind.name, r.id)):
            if places >= kind.places:
                return
            if ('SUM("' in rule.sql or "ABS(" in rule.sql) == sums:
                places += self._break_cross(kind, rule)

    def _break_cross(self, kind: Kind, rule: CrossRule) -> bool:
        tables = [name for name in dict.fromkeys(oracle.TABLES.findall(rule.sql)) if name in self.area]
        mentioned = set(NAMES.findall(rule.sql))
        for table in tables:
            group = self.area.group(table)
            for link, item in self._items(kind.name, table):
                if item.name not in mentioned:
                    continue
                for change in breaking.changes(self.con, group, item, exact=link.exact, plain=link.plain):
                    rows = self._breaking(rule, group, item, change, self._count(kind, table))
                    if rows.height and self._plant(kind, rule.id, link, rows, self._count(kind, table)):
                        return True
        return False

    def _breaking(self, rule: CrossRule, group: Group, item: Item, change: str, count: int) -> pl.DataFrame:
        """Rows of which the change makes the rule find something that names them."""
        name, kind = oracle.quoted(item.name), oracle.sql_type(item)
        where = f"{name} IS NOT NULL AND ({change}) IS DISTINCT FROM {name} AND {breaking.fits(item, change)}"
        some = self._query(group, oracle.quoted(group.name), where, f"({change})::{kind} AS new")
        person = PERSON if PERSON in some.columns else ""
        if person:
            some = some.unique(PERSON, keep="first", maintain_order=True)
            some = some.filter(~pl.col(PERSON).is_in(list(self.book.entities[self.area.id])))
        some = some.head(max(_CANDIDATES, 3 * count))
        alone = True
        while some.height:
            hits = breaking.hits(self.con, self.area, rule, group, item, change, some[ROW].to_list())
            some = some.join(hits, on=ROW, how="semi", maintain_order="left")
            if some.height <= count and not alone:
                if hits.height == some.height:
                    return some.join(hits, on=ROW, how="inner", maintain_order="left")
            elif some.height > count:
                # The changes of all rows at once may only do together what one alone does not.
                some, alone = some.head(count), False
                continue
            alone = False
        return some

    def _shared_number(self, kind: Kind) -> None:
        """A number of this area is one that another area has given to somebody else (``numbers.csv``)."""
        with (Path(__file__).parent / "numbers.csv").open(encoding="utf-8", newline="") as file:
            entries = [e for e in csv.DictReader(file) if e["area"] == self.area.id and e["other_area"] in self.areas]
        for entry in entries:
            item = entry["item"]
            groups = [group for group in self.area.groups if item in group.names and self.rows[group.name]]
            first = groups[0]
            other = load_area(entry["other_area"]).group(entry["other_group"])
            path = self.folder.parent / entry["other_area"] / f"{other.slug}.parquet"
            name = oracle.quoted(item)
            rows = self._query(first, oracle.quoted(first.name), f"{name} IS NOT NULL")
            source = f"read_parquet({oracle.literal(path)})"
            others = oracle.frame(
                self.con, f"SELECT DISTINCT {name} AS v FROM {source} ORDER BY hash({name}) LIMIT 500"
            )
            planted = 0
            for old, new in zip(rows[item].to_list(), others["v"].to_list(), strict=False):
                if planted == self._count(kind, first.name):
                    break
                if not self.book.take(self.area.id, old) or not self.book.take(entry["other_area"], new):
                    continue
                planted += 1
                self._renumber(kind, groups, item, old, new)

    def _renumber(self, kind: Kind, groups: Sequence[Group], item: str, old: str, new: str) -> None:
        changed: list[pl.DataFrame] = []
        for place, group in enumerate(groups):
            where = f"{oracle.quoted(item)} = {oracle.value(old)}"
            rows = oracle.frame(self.con, f"SELECT * FROM {oracle.quoted(group.name)} WHERE {where} ORDER BY {ROW}")
            keys = key_text(rows, group, self.book.municipality)
            for n, key in enumerate(keys):
                row = rows.row(n, named=True)
                self.patches.values[group.name][item][int(row[ROW])] = new
                values = [(self.area.id, group.name, key, item, new, False, None)]
                changed.append(pl.DataFrame(values, schema=VALUES, orient="row"))
                if place == 0 and n == 0:
                    parts = {p.name: str(row[p.name]) for p in group.key} | {item: new}
                    root = Root(self.area.id, kind.name, kind.rule, kind.detectable, group=group.name, item=item)
                    root.key = "|".join(parts[p.name] for p in group.key)
                    self.book.roots.append(root)
                    self.pending.append(Pending(root, parts, changed))

    def _names(self, kind: Kind) -> None:
        places = 0
        for link, item in self._items(kind.name):
            if places == kind.places or item.type != "Ｎ" or "氏名" not in item.name or not (link.whole and link.plain):
                continue
            group = self.area.group(link.group)
            name, table = oracle.quoted(item.name), oracle.quoted(group.name)
            source = f"(SELECT *, lead({name}) OVER (ORDER BY {ROW}) AS __next FROM {table} WHERE {name} IS NOT NULL)"
            rows = self._query(group, source, f"__next <> {name}", "__next AS new")
            places += self._plant(kind, "", link, rows, self._count(kind, group.name)) > 0

    def _stale(self, kind: Kind) -> None:
        places = 0
        text = " ".join([rule.expr for rule in self.area.rules] + [rule.sql for rule in self.area.cross_rules])
        for link, item in self._items(kind.name):
            if places == kind.places or item.type != "Ｎ" or item.code or f'"{item.name}"' in text:
                continue
            if not (link.whole and link.plain):
                continue
            group = self.area.group(link.group)
            name = oracle.quoted(item.name)
            rows = self._query(
                group,
                oracle.quoted(group.name),
                f"length({name}) BETWEEN 1 AND {item.digits - 2}",
                f"'旧' || {name} AS new",
            )
            places += self._plant(kind, "", link, rows, self._count(kind, group.name)) > 0
