"""Judges a mapping against layout and record layouts: every name exists, every field has exactly one fate, every
required item a source."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from layouts import Area, Group
from layouts.errors import Text
from mappings import sql
from mappings.chains import ChainError, compile_codes, compile_steps, invertible
from mappings.errors import MappingError
from mappings.model import AreaFile, Block, ItemRule, TransformSteps, VendorFile
from mappings.scope import Scope
from mappings.splits import complete_splits
from mappings.yaml_lines import Document

Fate = Literal["items", "key", "overflow", "padding", "lookup", "whole"]
Records = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Fates:
    """What becomes of every field: export -> field -> fate."""

    of: dict[str, dict[str, Fate]]

    def fields(self, export: str, *fates: Fate) -> tuple[str, ...]:
        """Fields of an export with one of ``fates``, in record order."""
        return tuple(field for field, fate in self.of[export].items() if fate in fates)


def check_mapping(
    vendor: VendorFile, file: AreaFile, document: Document, records: Records, layout: Area | None
) -> tuple[Fates, list[MappingError]]:
    """The fates of all fields, and everything that is wrong (empty = the mapping loads)."""
    checker = _Checker(vendor, file, document, records, layout)
    fates = checker.run()
    return fates, checker.errors


def _near(name: str, known: Iterable[str]) -> Text:
    close = difflib.get_close_matches(name, list(known), n=1)
    if close:
        return Text(f"{close[0]} のことか確認する", f"Did you mean {close[0]}?")
    return Text("名前を確認する", "Check the name")


class _Checker:
    def __init__(
        self, vendor: VendorFile, file: AreaFile, document: Document, records: Records, layout: Area | None
    ) -> None:
        self.file, self.document, self.records, self.layout = file, document, records, layout
        self.codes = {**vendor.codes, **file.codes}
        self.transforms = {**vendor.transforms, **file.transforms}
        self.errors: list[MappingError] = []
        self.carried: set[tuple[str, str]] = set()
        self.keys: set[tuple[str, str]] = set()
        self.fed: set[str] = set()
        """Exports that give rows or columns to a group."""
        self.looked: set[str] = set()

    def error(
        self, code: str, what: Text, *path: str | int, group: str | None = None, item: str | None = None, todo: Text
    ) -> None:
        line = self.document.line(*path)
        self.errors.append(
            MappingError(code, what, file=self.document.file, line=line, group=group, item=item, todo=todo)
        )

    def run(self) -> Fates:
        for name, export in self.file.exports.items():
            named = [("key", field) for field in export.key]
            named += [("municipality", export.municipality)] if export.municipality else []
            for key, field in named:
                self.field(name, field, "exports", name, key)
        for key in ("overflow", "padding"):
            given: Mapping[str, Iterable[str]] = getattr(self.file, key)
            for name, fields in given.items():
                if self.export(name, key, name):
                    for field in fields:
                        self.field(name, field, key, name)
        for index, name in enumerate(self.file.whole):
            self.export(name, "whole", index)
        for group_name, blocks in self.file.groups.items():
            self.group(group_name, blocks)
        self.provided()
        broken = len(self.errors)
        fates = self.fates()
        # While names are wrong, fields without a fate are an echo of that: say the cause first.
        if broken:
            del self.errors[broken:]
        return fates

    # names

    def export(self, name: str, *path: str | int, group: str | None = None) -> bool:
        if name in self.records:
            return True
        what = Text(f"移行元ファイル {name} は exports に無い", f"The export {name} is not in exports")
        self.error("MP10", what, *path, group=group, todo=_near(name, self.records))
        return False

    def field(self, export: str, field: str, *path: str | int, group: str | None = None) -> bool:
        if field in self.records[export]:
            return True
        what = Text(f"{export} に項目 {field} は無い", f"{export} has no field {field}")
        self.error("MP11", what, *path, group=group, todo=_near(field, self.records[export]))
        return False

    def ref(self, scope: Scope, ref: str, *path: str | int, group: str, item: str | None = None) -> bool:
        if scope.get(ref) is not None:
            return True
        what = Text(f"{ref} という項目は参照できない", f"There is no field {ref} here")
        self.error("MP11", what, *path, group=group, item=item, todo=_near(ref, scope.names))
        return False

    def sql(
        self, scope: Scope, text: str | None, boolean: bool, *path: str | int, group: str, item: str | None = None
    ) -> None:
        if text is None:
            return
        try:
            names = sql.names(text)
            known = [self.ref(scope, name, *path, group=group, item=item) for name in names]
            if all(known):
                sql.check(text, boolean=boolean)
        except sql.SqlError as error:
            what = Text(f"SQL が正しくない: {error}", f"The SQL is wrong: {error}")
            todo = Text("polars の sql_expr で使える式にする", "Write what polars' sql_expr takes")
            self.error("MP12", what, *path, group=group, item=item, todo=todo)

    def steps(self, steps: TransformSteps, *path: str | int, group: str, item: str | None = None) -> bool:
        """Whether the chain is sound and can be turned back."""
        try:
            return invertible(compile_steps(steps, self.transforms))
        except ChainError as error:
            todo = Text(
                "docs/mapping-format.md の変換の表を見る", "See the table of transforms in docs/mapping-format.md"
            )
            self.error("MP13", Text(f"変換が正しくない: {error}", str(error)), *path, group=group, item=item, todo=todo)
            return False

    # groups, blocks, items

    def group(self, name: str, blocks: list[Block]) -> None:
        if self.layout is None:
            what = Text("レイアウトの無い業務に groups は書けない", "An area without a layout has no groups")
            self.error("MP14", what, "groups", name, group=name, todo=Text("groups を消す", "Remove groups"))
            return
        if name not in {group.name for group in self.layout.groups}:
            what = Text(f"業務 {self.layout.id} にグループ {name} は無い", f"Area {self.layout.id} has no group {name}")
            todo = _near(name, (group.name for group in self.layout.groups))
            self.error("MP14", what, "groups", name, group=name, todo=todo)
            return
        group = self.layout.group(name)
        listed = isinstance(self.document.data["groups"][name], list)
        for index, block in enumerate(blocks):
            path: tuple[str | int, ...] = ("groups", name, index) if listed else ("groups", name)
            self.block(group, block, path)
        mapped = {item for block in blocks for item in block.items}
        for item in self.missing(group, mapped):
            what = Text(f"必須項目 {item} の移行元が無い", f"The required item {item} has no source")
            todo = Text("items に書くか、not_provided に理由を書く", "Map it, or give the reason in not_provided")
            self.error("MP15", what, "groups", name, group=name, item=item, todo=todo)

    def missing(self, group: Group, mapped: set[str]) -> Iterator[str]:
        told = self.file.not_provided.get(group.name, {})
        for item in group.items:
            if item.required and item.name not in mapped and (isinstance(told, str) or item.name not in told):
                yield item.name

    def block(self, group: Group, block: Block, path: tuple[str | int, ...]) -> None:
        name = group.name
        if not self.export(block.source, *path, "from", group=name):
            return
        self.fed.add(block.source)
        if not self.partners(block, path, name):
            return
        scope = Scope(block, self.records)
        for key in ("where", "select"):
            self.record_sql(scope, getattr(block, key), *path, key, group=name)
        for index, hold in enumerate(block.quarantine):
            self.record_sql(scope, hold.when, *path, "quarantine", index, group=name)
        if block.history is not None:
            for ref in (*block.history.partition, *block.history.order):
                self.ref(scope, ref, *path, "history", group=name)
        if block.occurrences is not None:
            for new in block.occurrences.fields:
                target = scope.get(new)
                for field in target.fields if target else ():
                    self.field(block.source, field, *path, "occurrences", "as", new, group=name)
            self.sql(scope, block.occurrences.keep, True, *path, "occurrences", "keep", group=name)
        for item, rule in block.items.items():
            if item not in {known.name for known in group.items}:
                what = Text(f"グループ {name} に項目 {item} は無い", f"The group {name} has no item {item}")
                todo = _near(item, (known.name for known in group.items))
                self.error("MP14", what, *path, "items", item, group=name, item=item, todo=todo)
                continue
            self.item(scope, rule, name, item, (*path, "items", item))

    def record_sql(self, scope: Scope, text: str | None, *path: str | int, group: str) -> None:
        """A condition on records: occurrences and the history do not exist yet when it is asked."""
        self.sql(scope.of_records(), text, True, *path, group=group)

    def partners(self, block: Block, path: tuple[str | int, ...], group: str) -> bool:
        """Joins, lookups and children: exports, keys, and that no export is in the row twice."""
        sound = True
        rows = [block.source]
        for key, partners in (
            ("join", block.join),
            ("lookup", block.lookup),
            ("columns_from_rows", block.columns_from_rows),
        ):
            for alias, partner in partners.items():
                export = partner.export or alias
                place = (*path, key, alias)
                if not self.export(export, *place, group=group):
                    sound = False
                    continue
                if key == "lookup":
                    self.looked.add(export)
                else:
                    rows.append(export)
                    self.fed.add(export)
                    if key == "join" or not partner.key_transform:
                        self.keys |= {(export, field) for field in partner.on.values()}
                for field in partner.on.values():
                    sound = self.field(export, field, *place, "on", group=group) and sound
                self.steps(partner.key_transform, *place, "key_transform", group=group)
        for alias, lookup in block.lookup.items():
            export = lookup.export or alias
            if lookup.where is not None and export in self.records:
                own = Scope(Block.model_validate({"from": export, "items": {}}), self.records)
                self.sql(own, lookup.where, True, *path, "lookup", alias, "where", group=group)
        for alias, pivot in block.columns_from_rows.items():
            export = pivot.export or alias
            if export not in self.records:
                continue
            place = (*path, "columns_from_rows", alias)
            for field in [pivot.type] if pivot.type else pivot.number_by or []:
                sound = self.field(export, field, *place, group=group) and sound
            if pivot.type:
                self.keys.add((export, pivot.type))
            for fields in pivot.columns.values():
                for field in fields:
                    sound = self.field(export, field, *place, "columns", group=group) and sound
        if sound:
            scope = Scope(block, self.records).of_records()
            for key, partners in (
                ("join", block.join),
                ("lookup", block.lookup),
                ("columns_from_rows", block.columns_from_rows),
            ):
                for alias, partner in partners.items():
                    for ref in partner.on:
                        sound = self.ref(scope, ref, *path, key, alias, "on", group=group) and sound
        for export in sorted({export for export in rows if rows.count(export) > 1}):
            what = Text(f"{export} が1つの行に2回入る", f"{export} is in the row twice")
            todo = Text("2回目は lookup にする", "Make the second one a lookup")
            self.error("MP16", what, *path, group=group, todo=todo)
            sound = False
        return sound

    def item(self, scope: Scope, rule: ItemRule, group: str, item: str, path: tuple[str | int, ...]) -> None:
        back = self.steps(rule.transform, *path, "transform", group=group, item=item)
        back = self.steps(rule.each, *path, "each", group=group, item=item) and back
        try:
            compile_codes(rule, self.codes)
        except ChainError as error:
            what = Text(f"コード変換表が正しくない: {error}", str(error))
            todo = Text("codes に表を書くか、名前を直す", "Write the map into codes, or correct the name")
            self.error("MP13", what, *path, "codes", group=group, item=item, todo=todo)
        self.sql(scope, rule.sql, False, *path, "sql", group=group, item=item)
        self.sql(scope, rule.when, True, *path, "when", group=group, item=item)
        if rule.fields and not rule.join_with and not rule.widths:
            back = False
        if rule.split and rule.field is not None and rule.field not in complete_splits(scope.block):
            back = False
        refs = rule.raw_fields + ([rule.sign.field] if rule.sign else [])
        for ref in refs:
            if not self.ref(scope, ref, *path, group=group, item=item):
                continue
            target = scope.get(ref)
            if back and target is not None and target.export is not None and target.kind != "lookup":
                self.carried |= {(target.export, field) for field in target.fields}

    # what is not mapped

    def provided(self) -> None:
        if self.layout is None:
            return
        names = {group.name for group in self.layout.groups}
        for name, told in self.file.not_provided.items():
            if name not in names:
                what = Text(
                    f"業務 {self.layout.id} にグループ {name} は無い", f"Area {self.layout.id} has no group {name}"
                )
                self.error("MP14", what, "not_provided", name, group=name, todo=_near(name, names))
                continue
            blocks = self.file.groups.get(name, [])
            mapped = {item for block in blocks for item in block.items}
            if isinstance(told, str):
                if blocks:
                    what = Text(f"{name} は groups にもある", f"{name} is mapped as well")
                    todo = Text("どちらかを消す", "Remove one of the two")
                    self.error("MP17", what, "not_provided", name, group=name, todo=todo)
                continue
            items = {item.name for item in self.layout.group(name).items}
            for item in told:
                if item not in items:
                    what = Text(f"グループ {name} に項目 {item} は無い", f"The group {name} has no item {item}")
                    self.error("MP14", what, "not_provided", name, item, group=name, item=item, todo=_near(item, items))
                elif item in mapped:
                    what = Text(f"{item} は items にもある", f"{item} is mapped as well")
                    todo = Text("どちらかを消す", "Remove one of the two")
                    self.error("MP17", what, "not_provided", name, item, group=name, item=item, todo=todo)
        for group in self.layout.groups:
            if group.output == "必須" and group.name not in {*self.file.groups, *self.file.not_provided}:
                what = Text(
                    f"必須グループ {group.name} の移行元が無い", f"The required group {group.name} has no source"
                )
                todo = Text("groups に書くか、not_provided に理由を書く", "Map it, or give the reason in not_provided")
                self.error("MP15", what, "groups", group=group.name, todo=todo)

    # fates

    def fates(self) -> Fates:
        of: dict[str, dict[str, Fate]] = {}
        for export, fields in self.records.items():
            if self.layout is None or export in self.file.whole:
                if export in self.fed:
                    what = Text(
                        f"whole の {export} は groups でも使われている", f"{export} is in whole, but feeds a group"
                    )
                    todo = Text(
                        "whole から外し、項目ごとに行き先を書く", "Take it out of whole and name each field's fate"
                    )
                    self.error("MP18", what, "whole", todo=todo)
                of[export] = dict.fromkeys(fields, "whole")
            elif export in self.looked and export not in self.fed:
                of[export] = dict.fromkeys(fields, "lookup")
            else:
                of[export] = {field: self.fate(export, field) for field in fields}
        return Fates(of)

    def fate(self, export: str, field: str) -> Fate:
        overflow = field in self.file.overflow.get(export, ())
        padding = field in self.file.padding.get(export, {})
        carried = (export, field) in self.carried
        named: list[Fate] = []
        if carried:
            named.append("items")
        if overflow:
            named.append("overflow")
        if padding:
            named.append("padding")
        if not named:
            if (export, field) in self.keys:
                return "key"
            what = Text(f"{export} の項目 {field} に行き先が無い", f"The field {field} of {export} has no fate")
            if export in self.fed:
                todo = Text(
                    "items で使う（戻せる変換で）か、overflow か padding に書く",
                    "Use it in items (with transforms that can be turned back), or name it in overflow or padding",
                )
            else:
                todo = Text(
                    f"使わない移行元なら whole に {export} を書く", f"If no group needs it, name {export} in whole"
                )
            self.error("MP20", what, "exports", export, todo=todo)
            return "overflow"
        if len(named) > 1:
            both = " と ".join(named)
            what = Text(
                f"{export} の項目 {field} の行き先が2つある（{both}）",
                f"The field {field} of {export} has two fates ({' and '.join(named)})",
            )
            key = "overflow" if overflow else "padding"
            todo = Text("1つにする", "Leave one")
            self.error("MP21", what, key, export, todo=todo)
        return named[0]
