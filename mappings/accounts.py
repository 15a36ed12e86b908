"""The map stage's account of an area: what came in per export, what came out per group, amounts at the source."""

from __future__ import annotations

from typing import Any

from mappings.groups import GroupOutcome
from mappings.mapping import Mapping
from mappings.readers import StagedExport


def export_roles(mapping: Mapping) -> dict[str, str]:
    """Export -> ``main``, ``join``, ``lookup``, ``overflow`` (feeds no group) or ``mixed``."""
    roles: dict[str, set[str]] = {name: set() for name in mapping.exports}
    for blocks in mapping.file.groups.values():
        for block in blocks:
            roles[block.source].add("main")
            for export in (*block.joined.values(), *block.pivoted.values()):
                roles[export].add("join")
            for export in block.looked_up.values():
                roles[export].add("lookup")
    named = {}
    for name, found in roles.items():
        if len(found) > 1:
            # Looking into an export that feeds rows as well changes nothing about its records.
            found = found - {"lookup"}
        named[name] = "overflow" if not found else next(iter(found)) if len(found) == 1 else "mixed"
    return named


def map_account(
    mapping: Mapping,
    reads: dict[str, StagedExport],
    groups: list[GroupOutcome],
    aside: dict[str, dict[str, int]],
    absent: dict[str, dict[str, str]],
) -> dict[str, Any]:
    """The content of ``<area>.map.json``."""
    roles = export_roles(mapping)
    exports = {
        name: {
            "records": read.records,
            "role": roles[name],
            "other_municipality": sum(read.other_municipalities.values()),
            "unmatched": aside.get(name, {}).get("unmatched", 0),
            "excluded": aside.get(name, {}).get("excluded", 0),
            "held": aside.get(name, {}).get("held", 0),
            "overflow_only": aside.get(name, {}).get("overflow_only", 0),
            "absent": absent.get(name, {}),
        }
        for name, read in reads.items()
    }
    by_slug = {
        group.group.slug: {
            "rows": group.rows,
            "control_totals": group.control_totals,
            "independent": group.independent,
        }
        for group in groups
    }
    return {"exports": exports, "groups": by_slug, "not_provided": mapping.file.not_provided, "mapping": mapping.hash}
