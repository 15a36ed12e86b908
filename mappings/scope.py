"""What a source block's expressions may refer to: fields of its exports, aliases, and pseudo-fields."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Literal

from mappings.model import Block

OCCURRENCE, VALUE, HISTORY_NUMBER, LATEST = "_occurrence", "_value", "_history_number", "_latest"
"""Pseudo-fields."""

Kind = Literal["from", "join", "lookup", "pivot", "occurrence", "pseudo"]


@dataclass(frozen=True)
class Target:
    """What a reference means: an export and its fields (several for an occurrence: one each), or a pseudo-field."""

    kind: Kind
    export: str | None
    fields: tuple[str, ...]


class Scope:
    """References of one block, over the fields of the exports (name -> fields)."""

    def __init__(self, block: Block, records: Mapping[str, tuple[str, ...]]) -> None:
        self.block = block
        self._targets: dict[str, Target] = {}
        for field in records.get(block.source, ()):
            self._targets[field] = Target("from", block.source, (field,))
        kinds: tuple[tuple[Kind, dict[str, str]], ...] = (("join", block.joined), ("lookup", block.looked_up))
        for kind, aliases in kinds:
            for alias, export in aliases.items():
                for field in records.get(export, ()):
                    self._targets[f"{alias}.{field}"] = Target(kind, export, (field,))
        for alias, pivot in block.columns_from_rows.items():
            export = pivot.export or alias
            for fields in pivot.columns.values():
                for field, new in fields.items():
                    self._targets[f"{alias}.{new}"] = Target("pivot", export, (field,))
        self._of_records = frozenset(self._targets)
        if block.occurrences is not None:
            for name in block.occurrences.fields:
                fields_of = tuple(
                    block.occurrences.field(name, n) for n in range(1, len(block.occurrences.entries) + 1)
                )
                self._targets[name] = Target("occurrence", block.source, fields_of)
            for name in (OCCURRENCE, VALUE):
                self._targets[name] = Target("pseudo", None, ())
        if block.history is not None:
            for name in (HISTORY_NUMBER, LATEST):
                self._targets[name] = Target("pseudo", None, ())

    def of_records(self) -> Scope:
        """What may be referred to before occurrences are rows and the history has numbers."""
        scope = copy(self)
        scope._targets = {name: target for name, target in self._targets.items() if name in self._of_records}
        return scope

    def get(self, ref: str) -> Target | None:
        return self._targets.get(ref)

    @property
    def names(self) -> list[str]:
        return list(self._targets)
