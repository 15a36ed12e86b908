"""Judges one group from its mapped (or standard) file, batch by batch: what is delivered, what becomes null, what is
held back.

The same engine serves the pipeline (:mod:`validators.stage`) and any folder of standard files
(:mod:`validators.delivery`): a :class:`Sink` takes what comes out. Held rows are found for the reason that holds them
and not judged further; everything else is judged as it will be delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import polars as pl

from layouts.model import Area, Group, Item
from validators.checks import CodeSet, content_checks, form_checks, key_checks
from validators.findings import POSITION, Finding, Findings, Subject
from validators.keys import DUPLICATES_SCHEMA, batches, duplicate_rows, row_count
from validators.schema import Failure, Judge

HELD_KEY = "V08"
HELD_DUPLICATE = "V07"
FOUND_IDENTICAL = "V15"
IDENTICAL = "identical duplicate"
"""Reason of a row that equals a delivered one in every item: an exclusion, no quarantine."""


class Sink(Protocol):
    """Takes the outcome of each batch, in order; called from one thread."""

    def deliver(self, rows: pl.DataFrame) -> None:
        """Rows that are delivered, with their values after nulling, and the columns that accompany them."""

    def hold(self, rows: pl.DataFrame) -> None:
        """Rows held back, as mapped, plus ``reason`` and ``duplicate_of`` (position of the kept row)."""

    def null(self, rows: pl.DataFrame) -> None:
        """``_position``, ``item``, ``rule`` of each value that became null, and the columns that accompany its row."""


@dataclass(frozen=True)
class GroupInput:
    """One file to judge: every item of the group as a column, perhaps with columns that accompany each row (``_row``,
    ``_rec_...``)."""

    area: Area
    group: Group
    path: Path
    codes: Mapping[str, CodeSet]
    exports: tuple[str, ...] = ()
    """Export behind each value of ``_source``; empty for a file that is not the pipeline's own."""


@dataclass
class Totals:
    """Sums of one control total."""

    derived: Decimal = Decimal(0)
    delivered: Decimal = Decimal(0)
    quarantined: Decimal = Decimal(0)
    identical: Decimal = Decimal(0)
    nulled: Decimal = Decimal(0)


@dataclass
class Outcome:
    """Rows of one group by what became of them: derived = delivered + quarantined + identical; ``nulled`` counts
    values."""

    derived: int = 0
    delivered: int = 0
    quarantined: int = 0
    identical: int = 0
    nulled: int = 0
    totals: dict[str, Totals] = field(default_factory=dict)
    evaluated: dict[str, int] = field(default_factory=dict)
    """Check name -> rows that it had something to say about."""


def judge_group(
    source: GroupInput,
    findings: Findings,
    sink: Sink,
    *,
    temp: Path,
    threads: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Judge every row of ``source``, add what is wrong to ``findings``, hand the rows to ``sink``.

    Writing a batch overlaps with judging the next one; at most two batches are in memory. Raises
    :class:`layouts.errors.TsugiteError` where the file's columns are not the layout's.
    """
    run = _GroupRun(source, findings, temp, threads)
    total = row_count(source.path)
    with ThreadPoolExecutor(1) as writer:
        pending: Future[None] | None = None
        for batch in batches(source.path):
            parts = run.judge(batch)
            if pending is not None:
                pending.result()
            pending = writer.submit(_hand_over, sink, parts)
            progress(run.outcome.derived, total)
        if pending is not None:
            pending.result()
    run.finish()
    return run.outcome


@dataclass(frozen=True)
class _Parts:
    delivered: pl.DataFrame
    held: pl.DataFrame
    nulled: pl.DataFrame


def _hand_over(sink: Sink, parts: _Parts) -> None:
    sink.deliver(parts.delivered)
    if parts.held.height:
        sink.hold(parts.held)
    if parts.nulled.height:
        sink.null(parts.nulled)


class _GroupRun:
    def __init__(self, source: GroupInput, findings: Findings, temp: Path, threads: int) -> None:
        self.source, self.findings = source, findings
        self.group = source.group
        self.form = Judge(self.group, (*key_checks(self.group), *form_checks(self.group)))
        self.content = Judge(self.group, content_checks(source.area, self.group, source.codes), typed=True)
        self.outcome = Outcome(totals={item.name: Totals() for item in self.group.control_totals})
        self._made: list[tuple[Finding, str, Judge]] = []
        key = [item.name for item in self.group.key]
        self.duplicates = (
            duplicate_rows(source.path, key, self.group.names, temp=temp, threads=threads)
            if key
            else pl.DataFrame(schema=DUPLICATES_SCHEMA)
        )

    def judge(self, batch: pl.DataFrame) -> _Parts:
        start = self.outcome.derived
        self.outcome.derived += batch.height
        rows = batch.with_row_index(POSITION, offset=start + 1).with_columns(pl.col(POSITION).cast(pl.Int64))
        failures = self.form.failures(rows.select(self.group.names))
        reason, duplicate_of = self._hold(rows, failures, start)
        kept = reason.is_null()
        nulled, spoilt = self._null(rows, [f for f in failures if not self._is_key(f)], kept)
        held = rows.with_columns(reason, duplicate_of).filter(~kept)
        delivered = _blank(rows, spoilt) if spoilt else rows
        if held.height:
            delivered = delivered.filter(kept)
            spoilt = {name: mask.filter(kept) for name, mask in spoilt.items()}
        self._content(delivered, spoilt)
        self._count(rows, delivered, held)
        return _Parts(delivered, held, nulled)

    def _is_key(self, failure: Failure) -> bool:
        return failure.check.item is not None and self.group.item(failure.check.item).pk

    def _hold(self, rows: pl.DataFrame, failures: Sequence[Failure], start: int) -> tuple[pl.Series, pl.Series]:
        """Why each row is held (null: it is not), and which kept row it equals. A key that cannot be used goes before
        a key that is shared."""
        unusable = pl.Series("unusable", [False]).new_from_index(0, rows.height)
        by_item: dict[str, pl.Series] = {}
        for failure in failures:
            if not self._is_key(failure):
                continue
            name = str(failure.check.item)
            fresh = failure.mask & ~by_item[name] if name in by_item else failure.mask
            by_item[name] = by_item[name] | failure.mask if name in by_item else failure.mask
            unusable = unusable | failure.mask
            # The cause stands in the detail: empty, or the form check that the key item fails.
            cause = "" if failure.check.rule == HELD_KEY else failure.check.rule
            self._find(rows, fresh, HELD_KEY, self.group.item(name), self.form, failure.check.name, cause)
        shared = self.duplicates.filter(pl.col("position").is_between(start + 1, start + rows.height))
        if not shared.height:
            reason = pl.select(pl.when(unusable).then(pl.lit(HELD_KEY)).alias("reason")).to_series()
            return reason, pl.Series("duplicate_of", [None], dtype=pl.Int64).new_from_index(0, rows.height)
        marked = (
            rows.select(POSITION)
            .with_columns(unusable)
            .join(
                shared.with_columns(shared=pl.lit(True)),
                left_on=POSITION,
                right_on="position",
                how="left",
                maintain_order="left",
            )
            .with_columns(duplicate_of=pl.when(~pl.col("unusable")).then("duplicate_of"))
            .with_columns(
                reason=pl.when("unusable")
                .then(pl.lit(HELD_KEY))
                .when(pl.col("duplicate_of").is_not_null())
                .then(pl.lit(IDENTICAL))
                .when("shared")
                .then(pl.lit(HELD_DUPLICATE))
            )
        )
        reason = marked["reason"]
        for why, rule in ((HELD_DUPLICATE, HELD_DUPLICATE), (IDENTICAL, FOUND_IDENTICAL)):
            self._find(rows, (reason == why).fill_null(False), rule, None, self.form, None)
        return reason, marked["duplicate_of"]

    def _null(
        self, rows: pl.DataFrame, failures: Sequence[Failure], kept: pl.Series
    ) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
        """Values that the layout cannot represent, in rows that are delivered: the list for residue, and the masks by
        item."""
        lists: list[pl.DataFrame] = []
        spoilt: dict[str, pl.Series] = {}
        accompany = [name for name in rows.columns if name not in self.group]
        for failure in failures:
            name = str(failure.check.item)
            mask = failure.mask & kept
            self._find(rows, mask, failure.check.rule, self.group.item(name), self.form, failure.check.name)
            fresh = mask & ~spoilt[name] if name in spoilt else mask
            spoilt[name] = spoilt[name] | mask if name in spoilt else mask
            lists.append(
                rows.lazy()
                .select(accompany)
                .filter(fresh)
                .with_columns(item=pl.lit(name), rule=pl.lit(failure.check.rule))
                .collect()
            )
        found = (
            pl.concat(lists) if lists else rows.select(accompany).clear().with_columns(item=pl.lit(""), rule=pl.lit(""))
        )
        self.outcome.nulled += found.height
        return found, spoilt

    def _content(self, delivered: pl.DataFrame, spoilt: Mapping[str, pl.Series]) -> None:
        for failure in self.content.failures(delivered.select(self.group.names)):
            check = failure.check
            mask = failure.mask
            if check.rule in ("V04", "V05") and check.item is not None and check.item in spoilt:
                # The value was there; it is found as unrepresentable already, not as missing on top.
                mask = mask & ~spoilt[check.item]
            item = self.group.item(check.item) if check.item else None
            if check.layout_rule is None:
                self._find(delivered, mask, check.rule, item, self.content, check.name)
            else:
                subject = Subject(check.rule, self.source.area.id, self.group.name)
                finding = self.findings.of(subject, layout_rule=check.layout_rule)
                self._add(finding, delivered, mask, None, self.content, check.name)

    def _find(
        self,
        rows: pl.DataFrame,
        mask: pl.Series,
        rule: str,
        item: Item | None,
        judge: Judge,
        check: str | None,
        detail: str = "",
    ) -> None:
        if not mask.any():
            return
        subject = Subject(rule, self.source.area.id, self.group.name, item.name if item else None, detail=detail)
        finding = self.findings.of(subject, pii=item.pii if item else None)
        self._add(finding, rows, mask, item, judge, check)

    def _add(
        self, finding: Finding, rows: pl.DataFrame, mask: pl.Series, item: Item | None, judge: Judge, check: str | None
    ) -> None:
        count = int(mask.sum())
        if not count:
            return
        if not finding.count and check is not None:
            self._made.append((finding, check, judge))
        finding.count += count
        self.findings.add_examples(finding, rows, mask, self.group, item, self.source.exports)

    def _count(self, rows: pl.DataFrame, delivered: pl.DataFrame, held: pl.DataFrame) -> None:
        identical = held.filter(pl.col("duplicate_of").is_not_null())
        self.outcome.delivered += delivered.height
        self.outcome.identical += identical.height
        self.outcome.quarantined += held.height - identical.height
        if not self.outcome.totals:
            return
        names = list(self.outcome.totals)
        all_rows = _sums(rows, names)
        given = all_rows if delivered is rows else _sums(delivered, names)
        kept_back, twice = _sums(held, names), _sums(identical, names)
        for name, totals in self.outcome.totals.items():
            totals.derived += all_rows[name]
            totals.delivered += given[name]
            totals.identical += twice[name]
            totals.quarantined += kept_back[name] - twice[name]
            totals.nulled += all_rows[name] - kept_back[name] - given[name]

    def finish(self) -> None:
        """Settle what is known only after the last batch: how many rows each finding's check looked at."""
        for finding, check, judge in self._made:
            finding.checked = judge.evaluated[check]
        self.outcome.evaluated = {**self.form.evaluated, **self.content.evaluated}


def _blank(rows: pl.DataFrame, spoilt: Mapping[str, pl.Series]) -> pl.DataFrame:
    masks = pl.DataFrame({f"_spoilt_{place}": mask for place, mask in enumerate(spoilt.values())})
    blanked = [pl.when(~pl.col(f"_spoilt_{place}")).then(pl.col(name)).alias(name) for place, name in enumerate(spoilt)]
    return rows.hstack(masks).with_columns(blanked).drop(masks.columns)


def _sums(rows: pl.DataFrame, names: Sequence[str]) -> dict[str, Decimal]:
    """Exact sums: Int64 would overflow over the amounts of a large file."""
    if not rows.height:
        return dict.fromkeys(names, Decimal(0))
    sums = rows.select(
        pl.col(name).cast(pl.Decimal(38, 0)).sum() if rows.schema[name] == pl.Int64 else pl.col(name).sum()
        for name in names
    )
    return {name: Decimal(value or 0) for name, value in sums.row(0, named=True).items()}
