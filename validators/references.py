"""Foreign keys as the layouts declare them: which items of a group point where, taken together where they name one
row of the target."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from layouts.load import load_area
from layouts.model import FkRef, Group, Item

MUNICIPALITY = "市区町村コード"
"""Numbers are given out by each municipality: a reference holds within one, wherever both sides say which."""


@dataclass(frozen=True)
class Target:
    """One place where a reference may be found: columns of a group, in the order of the reference's own columns."""

    area: str
    group: str
    columns: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.area}:{self.group}.{'+'.join(self.columns)}"


@dataclass(frozen=True)
class Reference:
    """Columns of one group that must be found together in one of ``targets``."""

    area: str
    group: str
    columns: tuple[str, ...]
    targets: tuple[Target, ...]

    @property
    def item(self) -> str:
        """The item that a finding names: the first that is not the municipality."""
        return next((name for name in self.columns if name != MUNICIPALITY), self.columns[0])

    @property
    def inside(self) -> bool:
        """All targets are in the reference's own area."""
        return all(target.area == self.area for target in self.targets)

    @property
    def detail(self) -> str:
        return f"{'+'.join(self.columns)} → {' | '.join(map(str, self.targets))}"


def references_of(group: Group) -> tuple[Reference, ...]:
    """The references of one group, in the order of its items.

    Items that point at different key columns of one group are one reference (a claim is named by seven of them); two
    items in different roles that point at the same column (宛名番号, 送付先_宛名番号) are two. :data:`MUNICIPALITY`
    is compared too where the group and its target both have it; the layouts' own declarations of it add nothing and
    are left out beside another item.
    """
    found: list[Reference] = []
    together = _together(group)
    for item in group.items:
        if not item.fk:
            continue
        members = together.get(item.name)
        if members is None:
            if item.name == MUNICIPALITY and _covered(item, group):
                continue
            found.append(_reference(group, [item]))
        elif members[0] is item:
            found.append(_reference(group, members))
    return tuple(found)


def _together(group: Group) -> dict[str, list[Item]]:
    """Item name -> the items that form one reference with it (itself first in layout order); only where there is more
    than one."""
    single = [
        item for item in group.items if len(item.fk) == 1 and item.name != MUNICIPALITY and _names_key(item.fk[0])
    ]
    by_target: dict[tuple[str, str], list[Item]] = {}
    for item in single:
        by_target.setdefault((item.fk[0].area, item.fk[0].group), []).append(item)
    found: dict[str, list[Item]] = {}
    for items in by_target.values():
        uses = Counter(item.fk[0].item for item in items)
        members = [item for item in items if uses[item.fk[0].item] == 1]
        if len(members) > 1:
            found.update({item.name: members for item in members})
    return found


def _names_key(ref: FkRef) -> bool:
    return load_area(ref.area).group(ref.group).item(ref.item).pk


def _covered(municipality: Item, group: Group) -> bool:
    """Another item points at the same group, and takes the municipality with it."""
    targets = {(ref.area, ref.group) for ref in municipality.fk}
    return any(
        item.name != MUNICIPALITY and targets <= {(ref.area, ref.group) for ref in item.fk} for item in group.items
    )


def _reference(group: Group, items: list[Item]) -> Reference:
    columns = tuple(item.name for item in items)
    alternatives: list[list[FkRef]] = (
        [[item.fk[0] for item in items]] if len(items) > 1 else [[ref] for ref in items[0].fk]
    )
    targets = tuple(Target(refs[0].area, refs[0].group, tuple(ref.item for ref in refs)) for refs in alternatives)
    return Reference(group.area, group.name, columns, targets)


def compared(reference: Reference, target: Target) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Own and target columns to compare: the municipality added where both groups have it and the reference does not
    name it."""
    own = load_area(reference.area).group(reference.group)
    other = load_area(target.area).group(target.group)
    if MUNICIPALITY in reference.columns or MUNICIPALITY not in own.names or MUNICIPALITY not in other.names:
        return reference.columns, target.columns
    return (MUNICIPALITY, *reference.columns), (MUNICIPALITY, *target.columns)
