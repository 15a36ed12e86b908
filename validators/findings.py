"""Findings as they are made: exact counts, a capped number of examples that lead back to the legacy record, and the
files they are written to.

Counting goes by whole columns; only examples (``RunContext.examples`` a finding) are looked at one by one, when they
are masked and written. Unmasked keys and values go to the restricted file alone.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from layouts.delivery.catalogue import entry as catalogue_entry
from layouts.delivery.masking import key_hash, mask_value
from layouts.delivery.shapes import EXAMPLES, FINDING_KEYS, FINDINGS, MAPPED_OFFSET, finding_id, rec_column, write_table
from layouts.model import CrossRule, Group, Item, Rule

POSITION = "_position"
"""1-based place of a row in the file that is judged."""

RAW_SCHEMA = pl.Schema(
    {
        "row": pl.Int64(),
        "export": pl.String(),
        "record": pl.Int64(),
        "offset": pl.Int64(),
        "key": pl.String(),
        "value": pl.String(),
    }
)
"""An example before masking: row in the mapped (or delivered) file, export, record, byte offset, business key joined
by ``|``, value as text."""


@dataclass(frozen=True)
class Subject:
    """What a finding is about; two failures with the same subject are one finding."""

    rule: str
    area: str
    group: str | None = None
    item: str | None = None
    export: str | None = None
    detail: str = ""


@dataclass
class Finding:
    """One finding in the making."""

    subject: Subject
    severity: str
    grain: str
    title_ja: str
    title_en: str
    pii: str | None = None
    """Class of the item's personal data, which decides how an example's value is masked."""
    count: int = 0
    checked: int | None = None
    examples: list[pl.DataFrame] = field(default_factory=list)
    """Frames in :data:`RAW_SCHEMA`."""

    def room(self, cap: int) -> int | None:
        """How many more examples it takes; None for any number."""
        return None if cap == 0 else max(0, cap - sum(frame.height for frame in self.examples))


class Findings:
    """The findings of one stage, in the order in which their subjects turned up."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self._found: dict[Subject, Finding] = {}

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)

    def of(
        self,
        subject: Subject,
        *,
        layout_rule: Rule | CrossRule | None = None,
        grain: str | None = None,
        pii: str | None = None,
    ) -> Finding:
        """The finding of that subject, made where it does not exist yet: severity and titles from the layout's rule
        or the catalogue."""
        found = self._found.get(subject)
        if found is None:
            if layout_rule is not None:
                title = layout_rule.titles
                found = Finding(subject, layout_rule.severity, grain or "record", title.ja, title.en, pii)
            else:
                entry = catalogue_entry(subject.rule)
                found = Finding(subject, entry.severity, grain or entry.grain, entry.title_ja, entry.title_en, pii)
            self._found[subject] = found
        return found

    def add_examples(
        self,
        finding: Finding,
        rows: pl.DataFrame,
        mask: pl.Series,
        group: Group,
        item: Item | None = None,
        exports: Sequence[str] = (),
    ) -> None:
        """Take the first failing rows as examples, while there is room: ``rows`` are those of a batch with
        :data:`POSITION`, ``mask`` is TRUE where they fail, ``item`` gives the value."""
        room = finding.room(self.cap)
        if room == 0:
            return
        failing = mask.arg_true() if room is None else mask.arg_true().head(room)
        value = pl.col(item.name).cast(pl.String) if item else pl.lit(None, dtype=pl.String)
        export, record, offset = place(rows.columns, exports)
        raw = rows[failing].select(
            row=pl.col(POSITION), export=export, record=record, offset=offset, key=key_text(group), value=value
        )
        finding.examples.append(raw.cast(RAW_SCHEMA))

    def write(self, folder: Path, name: str, mask_key: bytes) -> None:
        """Write ``<name>.findings.parquet``, ``<name>.examples.parquet`` and ``<name>.keys.parquet`` (unmasked:
        restricted) into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        kept = [finding for finding in self if finding.count]
        rows = [
            {
                "finding": identity(finding.subject),
                "rule": finding.subject.rule,
                "area": finding.subject.area,
                "group": finding.subject.group,
                "item": finding.subject.item,
                "export": finding.subject.export,
                "field": None,
                "severity": finding.severity,
                "grain": finding.grain,
                "count": finding.count,
                "checked": finding.checked,
                "title_ja": finding.title_ja,
                "title_en": finding.title_en,
                "detail": finding.subject.detail or None,
            }
            for finding in kept
        ]
        write_table(pl.DataFrame(rows, schema=FINDINGS), folder / f"{name}.findings.parquet", FINDINGS)
        raw = [
            frame.with_columns(finding=pl.lit(identity(finding.subject)), pii=pl.lit(finding.pii, dtype=pl.String))
            for finding in kept
            for frame in finding.examples
        ]
        examples = (
            pl.concat(raw) if raw else pl.DataFrame(schema={**RAW_SCHEMA, "finding": pl.String(), "pii": pl.String()})
        )
        masked = examples.with_columns(
            key_hash=pl.Series(
                [key_hash(mask_key, key) if key is not None else None for key in examples["key"]], dtype=pl.String
            ),
            value_masked=pl.Series(
                [
                    mask_value(value, pii) if value is not None else None
                    for value, pii in examples.select("value", "pii").iter_rows()
                ],
                dtype=pl.String,
            ),
        )
        write_table(masked.select(EXAMPLES.names()), folder / f"{name}.examples.parquet", EXAMPLES)
        write_table(examples.select(FINDING_KEYS.names()), folder / f"{name}.keys.parquet", FINDING_KEYS)


def identity(subject: Subject) -> str:
    """Stable id of a finding over runs."""
    return finding_id(subject.rule, subject.area, subject.group, subject.item, subject.export, subject.detail)


def place(columns: Container[str], exports: Sequence[str]) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Expressions for the export, record number and byte offset that a mapped row comes from; null where the file
    does not say."""
    export = pl.lit(None, dtype=pl.String)
    record = pl.lit(None, dtype=pl.Int64)
    for index, name in enumerate(exports):
        here = pl.col("_source") == index
        export = pl.when(here).then(pl.lit(name)).otherwise(export)
        record = pl.when(here).then(pl.col(rec_column(name))).otherwise(record)
    return export, record, pl.col(MAPPED_OFFSET) if MAPPED_OFFSET in columns else pl.lit(None, dtype=pl.Int64)


def key_text(group: Group) -> pl.Expr:
    """The business key of a row as one text, parts joined by ``|``."""
    return pl.concat_str([pl.col(item.name).cast(pl.String).fill_null("") for item in group.key], separator="|").alias(
        "key"
    )
