"""What the blocks of an area made of an export's records: which rows carry which fields, and which records were
reached, left out or held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from layouts.delivery.shapes import rec_column
from mappings.block import CODE_HOLD, EXCLUDED, FIRST_HOLD, KEPT, NO_PARTNER, NOT_SELECTED
from mappings.groups import BlockOutcome, GroupOutcome, Use
from mappings.model import Pivot
from mappings.secondlook import ref_mask, uncarried

ASIDE = pl.Schema(
    {
        "record": pl.Int64(),
        "offset": pl.Int64(),
        "kind": pl.String(),
        "group": pl.String(),
        "reason": pl.String(),
        "approved_by": pl.String(),
    }
)
"""Records set aside. ``kind``: excluded, held (whole in quarantine), unmatched (quarantined: nothing takes it) or
overflow_only."""


@dataclass(frozen=True)
class Feed:
    """One place where an export's records enter rows: ``rec`` is their column in the mapped group."""

    export: str
    rec: str
    group: GroupOutcome
    block: BlockOutcome
    is_main: bool
    unmatched: str = "quarantine"

    @property
    def reaches_all(self) -> bool:
        """Every record becomes a row: nothing to count."""
        return self.is_main and not self.block.plan.filters


def feeds(groups: list[GroupOutcome]) -> dict[str, list[Feed]]:
    """Export -> where it is used as ``from``, ``join`` or ``columns_from_rows``."""
    found: dict[str, list[Feed]] = {}
    for group in groups:
        for outcome in group.blocks:
            block = outcome.plan.block
            found.setdefault(block.source, []).append(
                Feed(block.source, rec_column(block.source), group, outcome, True)
            )
            for alias, join in block.join.items():
                export = join.export or alias
                found.setdefault(export, []).append(
                    Feed(export, rec_column(export), group, outcome, False, join.unmatched)
                )
            for alias, pivot in block.columns_from_rows.items():
                export = pivot.export or alias
                for value in pivot.columns:
                    rec = rec_column(f"{export}.{value}")
                    found.setdefault(export, []).append(Feed(export, rec, group, outcome, False, pivot.unmatched))
    return found


def uses(groups: list[GroupOutcome]) -> dict[str, dict[str, list[Use]]]:
    """Export -> field -> the ways in which it is carried."""
    found: dict[str, dict[str, list[Use]]] = {}
    for group in groups:
        for outcome in group.blocks:
            for use in _block_uses(outcome):
                found.setdefault(use.export, {}).setdefault(use.field, []).append(use)
    return found


def _block_uses(outcome: BlockOutcome) -> list[Use]:
    plan = outcome.plan
    causes = uncarried(plan)
    refs = dict.fromkeys([carrier.ref for carrier in plan.carriers])
    usual = {carrier.ref: carrier.empty for carrier in reversed(plan.carriers)}
    refs |= dict.fromkeys(causes)
    for alias, partner in plan.block.partners.items():
        refs |= dict.fromkeys(f"{alias}.{field}" for field in partner.on.values() if plan.scope.get(f"{alias}.{field}"))
    found = []
    for ref in refs:
        target = plan.scope.get(ref)
        if target is None or target.export is None or target.kind == "lookup":
            continue
        rec = rec_column(target.export)
        if target.kind == "pivot":
            rec = rec_column(f"{target.export}.{_pivot_value(plan.block.columns_from_rows, ref)}")
        mask, cause = (ref_mask(ref), causes[ref]) if ref_mask(ref) in outcome.masks else (None, "")
        occurrences = plan.block.occurrences if target.kind == "occurrence" else None
        absent = occurrences.empty.get(ref, "") if occurrences is not None else usual.get(ref, "")
        for position, field in enumerate(target.fields, start=1):
            number = position if occurrences is not None else None
            found.append(Use(target.export, field, rec, ref, mask, number, cause, absent, outcome))
    return found


def _pivot_value(pivots: Mapping[str, Pivot], ref: str) -> str:
    alias, new = ref.split(".", 1)
    return next(value for value, fields in pivots[alias].columns.items() if new in fields.values())


def reached(feeds_of: list[Feed]) -> pl.LazyFrame:
    """Records (``record``, unique) of an export that some row comes from."""
    parts = []
    for feed in feeds_of:
        rows = pl.scan_parquet(feed.group.path)
        if len(feed.group.blocks) > 1:
            rows = rows.filter(pl.col("_source") == feed.block.plan.index)
        parts.append(rows.select(record=feed.rec).filter(pl.col("record").is_not_null()))
    return pl.concat(parts).unique()


def set_aside(export: str, feeds_of: list[Feed], staged: pl.LazyFrame, whole: bool) -> pl.DataFrame:
    """The records of an export that were left out, held or not taken by anything, one line each (:data:`ASIDE`)."""
    if whole or not feeds_of or any(feed.reaches_all for feed in feeds_of):
        lists = [_from_lists(feed) for feed in feeds_of if feed.block.aside is not None]
        parts = [part.filter(pl.col("kind") == "held") for part in lists]
        return pl.concat([pl.DataFrame(schema=ASIDE), *parts]).unique(
            subset="record", keep="first", maintain_order=True
        )
    taken = reached(feeds_of).collect(engine="streaming")
    lists = [pl.DataFrame(schema=ASIDE), *[_from_lists(feed) for feed in feeds_of if feed.block.aside is not None]]
    told = pl.concat(lists)
    held = told.filter(pl.col("kind") == "held")
    excluded = told.filter(pl.col("kind") == "excluded").join(taken, on="record", how="anti")
    parts = [held, excluded.join(held.select("record"), on="record", how="anti")]
    known = pl.concat([taken, held.select("record"), excluded.select("record")])
    rest = (
        staged.select(record="_record", offset="_offset")
        .join(known.lazy(), on="record", how="anti", maintain_order="left")
        .collect(engine="streaming")
    )
    if rest.height:
        parts.append(_rest(rest, feeds_of, told))
    return pl.concat(parts).unique(subset="record", keep="first", maintain_order=True).sort("record")


def _rest(rest: pl.DataFrame, feeds_of: list[Feed], told: pl.DataFrame) -> pl.DataFrame:
    """Records that nothing took: unselected or unmatched ones are quarantined, records without a kept occurrence are
    overflow only."""
    mains = [feed for feed in feeds_of if feed.is_main]
    partners = [feed for feed in feeds_of if not feed.is_main]
    group = feeds_of[0].group.group.name
    overflow_only = any(feed.unmatched == "overflow" for feed in partners) if partners else False
    kind = pl.lit("overflow_only" if overflow_only else "unmatched")
    if mains:
        unselected = told.filter(pl.col("kind") == "not_selected").group_by("record").len()
        nowhere = unselected.filter(pl.col("len") >= len(mains)).select("record")
        selected = ~pl.col("record").is_in(nowhere["record"].implode())
        # Selected, yet without a row: all its occurrences were empty. That is data, not a mistake.
        kind = pl.when(selected).then(pl.lit("overflow_only")).otherwise(kind)
    return rest.select(
        "record",
        "offset",
        kind=kind,
        group=pl.lit(group),
        reason=pl.lit("M05"),
        approved_by=pl.lit(None, dtype=pl.String),
    )


def _from_lists(feed: Feed) -> pl.DataFrame:
    """What the block's list of set-aside records says about this export's records."""
    assert feed.block.aside is not None
    block = feed.block.plan.block
    kinds = {EXCLUDED: "excluded", NOT_SELECTED: "not_selected", NO_PARTNER: "held", CODE_HOLD: "held"}
    reasons = {NO_PARTNER: "M05", CODE_HOLD: "M02"}
    for position, hold in enumerate(block.quarantine):
        kinds[FIRST_HOLD + position], reasons[FIRST_HOLD + position] = "held", hold.reason
    signed = block.exclusion
    if signed is not None:
        reasons[EXCLUDED] = signed.reason
    status = pl.col("_status").cast(pl.Int64)
    approved = pl.when(status == EXCLUDED).then(pl.lit(signed.approved_by if signed else None, dtype=pl.String))
    offset = pl.col("_offset") if feed.is_main else pl.lit(None, dtype=pl.Int64)
    frame = (
        pl.scan_parquet(feed.block.aside)
        .filter(pl.col(feed.rec).is_not_null() & (status != KEPT))
        .select(
            record=feed.rec,
            offset=offset,
            kind=status.replace_strict(kinds, default="held", return_dtype=pl.String),
            group=pl.lit(feed.group.group.name),
            reason=status.replace_strict(reasons, default=None, return_dtype=pl.String),
            approved_by=approved,
        )
    )
    return frame.collect(engine="streaming").cast(ASIDE)
