"""Findings of the read and map stages: exact counts, capped examples, and the files that the ledger collects."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as defaults_to
from pathlib import Path

import polars as pl

from layouts.delivery.catalogue import catalogue
from layouts.delivery.masking import key_hash, mask_value
from layouts.delivery.shapes import EXAMPLES, FINDING_KEYS, FINDINGS, finding_id, write_table

EXAMPLE_COLUMNS = pl.Schema({"record": pl.Int64(), "offset": pl.Int64(), "key": pl.String(), "value": pl.String()})
"""Examples before masking."""


@dataclass
class Finding:
    """One finding; ``rule`` is a code of the catalogue. ``examples`` has :data:`EXAMPLE_COLUMNS`."""

    rule: str
    count: int
    area: str
    group: str | None = None
    item: str | None = None
    export: str | None = None
    field: str | None = None
    checked: int | None = None
    detail: str = ""
    pii: str | None = None
    examples: pl.DataFrame = defaults_to(default_factory=lambda: pl.DataFrame(schema=EXAMPLE_COLUMNS))

    @property
    def id(self) -> str:
        return finding_id(self.rule, self.area, self.group, self.item, self.export, f"{self.field or ''}:{self.detail}")


def write_findings(findings: list[Finding], folder: Path, name: str, mask_key: bytes) -> None:
    """Write ``<name>.findings.parquet``, ``.examples.parquet`` and ``.keys.parquet`` (unmasked, for ``restricted/``)
    into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    known = catalogue()
    rows, examples, keys = [], [], []
    for found in findings:
        entry = known[found.rule]
        rows.append(
            {
                "finding": found.id,
                "rule": found.rule,
                "area": found.area,
                "group": found.group,
                "item": found.item,
                "export": found.export,
                "field": found.field,
                "severity": entry.severity,
                "grain": entry.grain,
                "count": found.count,
                "checked": found.checked,
                "title_ja": entry.title_ja,
                "title_en": entry.title_en,
                "detail": found.detail or None,
            }
        )
        for record, offset, key, value in found.examples.iter_rows():
            masked = mask_value(value, found.pii) if value is not None else None
            hashed = key_hash(mask_key, key) if key else None
            examples.append((found.id, None, found.export, record, offset, hashed, masked))
            keys.append((found.id, found.export, record, key, value))
    write_table(pl.DataFrame(rows, schema=FINDINGS), folder / f"{name}.findings.parquet", FINDINGS)
    write_table(pl.DataFrame(examples, schema=EXAMPLES, orient="row"), folder / f"{name}.examples.parquet", EXAMPLES)
    write_table(pl.DataFrame(keys, schema=FINDING_KEYS, orient="row"), folder / f"{name}.keys.parquet", FINDING_KEYS)
