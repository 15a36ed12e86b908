"""Fields that a block delivers in parts: which splits are complete, so that the parts together carry the field."""

from __future__ import annotations

from mappings.model import Block


def complete_splits(block: Block) -> dict[str, list[str]]:
    """Field reference -> the items that together hold all its parts, in order. Fields of which a part is missing are
    left out."""
    whole: dict[str, list[str]] = {}
    for ref in {rule.field for rule in block.items.values() if rule.split is not None and rule.field is not None}:
        items = [
            (name, rule.split) for name, rule in block.items.items() if rule.split is not None and rule.field == ref
        ]
        by_part = {split.part: name for name, split in items if split.separator is not None}
        counts = {(split.separator, split.of) for _, split in items if split.separator is not None}
        by_start = sorted(
            (split.start or 0, split.length or 0, name) for name, split in items if split.start is not None
        )
        if len(counts) == 1 and not by_start:
            of = next(iter(counts))[1] or 0
            if all(part in by_part for part in range(1, of + 1)):
                whole[ref] = [by_part[part] for part in range(1, of + 1)]
        elif by_start and not counts:
            expected = 1
            for start, length, _ in by_start:
                if start != expected:
                    break
                expected = start + length
            else:
                whole[ref] = [name for _, _, name in by_start]
    return whole
