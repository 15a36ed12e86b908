"""Residue: the exact legacy text of every value that no delivered item gives back, one line a value.

A value is carried when, in some row that its record gave, an item's inverse gives the raw text. What stands in
records that are kept whole elsewhere
(exclusions, quarantine) is not repeated here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from layouts.delivery.shapes import RESIDUE, write_table
from mappings.groups import Use
from mappings.uses import Feed, reached

Lines = tuple[str, pl.LazyFrame]
"""A field, and lines (record, field, value, cause) about it in the order of records."""


def residue_lines(
    fields: Sequence[str],
    uses_of: dict[str, list[Use]],
    feeds_of: list[Feed],
    staged: pl.LazyFrame,
    aside: pl.DataFrame,
) -> tuple[list[Lines], dict[str, str]]:
    """Lines of one export, per field; ``fields`` are those whose fate is items or key. Also, by field, the text that
    it has in records of which no row gives it, where that is not ``""``."""
    whole = aside.filter(pl.col("kind") != "overflow_only").select("record").lazy()
    loose = aside.filter(pl.col("kind") == "overflow_only").select("record").lazy()
    has_whole = bool(aside.filter(pl.col("kind") != "overflow_only").height)
    has_loose = bool(aside.filter(pl.col("kind") == "overflow_only").height)
    several = len({id(feed.block) for feed in feeds_of}) > 1
    presence = _Presence(feeds_of, staged)
    lines: list[Lines] = []
    absent: dict[str, str] = {}
    for field in fields:
        parts: list[pl.LazyFrame] = []
        ways = uses_of.get(field, [])
        if several:
            parts += _several(field, ways, presence, absent)
        else:
            parts += [_failed(use) for use in ways if use.mask is not None]
        parts += [part for use in ways if (part := _dropped(use)) is not None]
        if has_loose:
            parts.append(_whole_records(field, loose, staged))
        if parts:
            found = pl.concat(parts).unique(subset="record", keep="first").sort("record")
            if has_whole:
                found = found.join(whole, on="record", how="anti", maintain_order="left")
            lines.append((field, found))
    return lines, absent


def _line(record: str, field: str, value: str, cause: str) -> list[pl.Expr]:
    return [
        pl.col(record).cast(pl.Int64).alias("record"),
        pl.lit(field).alias("field"),
        pl.col(value).alias("value"),
        pl.lit(cause).alias("cause"),
    ]


def _failed(use: Use) -> pl.LazyFrame:
    """Rows in which this use does not carry the field."""
    assert use.mask is not None
    assert use.block.problems is not None
    mask = pl.col(use.mask)
    if use.occurrence is not None:
        mask = mask & (pl.col("?occurrence") == use.occurrence)
    frame = pl.scan_parquet(use.block.problems).filter(mask & pl.col(use.rec).is_not_null())
    return frame.select(_line(use.rec, use.field, use.ref, use.cause))


def _dropped(use: Use) -> pl.LazyFrame | None:
    """Occurrences without a row, spelled otherwise than declared."""
    occurrences = use.block.plan.block.occurrences
    if use.occurrence is None or use.block.dropped is None or occurrences is None:
        return None
    odd = pl.col(use.ref) != occurrences.empty.get(use.ref, "")
    frame = pl.scan_parquet(use.block.dropped).filter((pl.col("?occurrence") == use.occurrence) & odd)
    return frame.select(_line("_record", use.field, use.ref, "occurrence"))


def _whole_records(field: str, records: pl.LazyFrame, staged: pl.LazyFrame) -> pl.LazyFrame:
    """The field of records that give no row at all."""
    values = staged.select("_record", field).filter(pl.col(field) != "")
    found = values.join(records, left_on="_record", right_on="record", how="semi", maintain_order="left")
    return found.select(_line("_record", field, field, "no_row"))


class _Presence:
    """Which of an export's reached records give no row in one place; each place is asked once."""

    def __init__(self, feeds_of: list[Feed], staged: pl.LazyFrame) -> None:
        self.feeds_of, self.staged = feeds_of, staged
        self._absent: dict[tuple[int, str], pl.DataFrame] = {}
        self._all: pl.DataFrame | None = None

    @property
    def reached(self) -> pl.DataFrame:
        """Records that some row comes from."""
        if self._all is None:
            if any(feed.reaches_all for feed in self.feeds_of):
                frame = self.staged.select(record="_record")
            else:
                frame = reached(self.feeds_of)
            self._all = frame.collect(engine="streaming")
        return self._all

    def feed(self, use: Use) -> Feed:
        return next(feed for feed in self.feeds_of if feed.block is use.block and feed.rec == use.rec)

    def absent(self, feed: Feed) -> pl.DataFrame:
        """Reached records without a row in this place."""
        key = (id(feed.block), feed.rec)
        if key not in self._absent:
            if feed.reaches_all:
                self._absent[key] = pl.DataFrame(schema={"record": pl.Int64})
            else:
                here = reached([feed])
                self._absent[key] = self.reached.lazy().join(here, on="record", how="anti").collect(engine="streaming")
        return self._absent[key]


def _several(field: str, ways: list[Use], presence: _Presence, spelled: dict[str, str]) -> list[pl.LazyFrame]:
    """Records that some row comes from, but in which no place carries the field: in each it is absent or fails.
    ``spelled`` takes the text that absence means, unless it is ``""``."""
    places = {(id(use.block), use.rec): use for use in ways}
    missing: pl.LazyFrame | None = None
    for key, use in places.items():
        here = [way for way in ways if (id(way.block), way.rec) == key]
        feed = presence.feed(use)
        masked = [way for way in here if way.mask is not None]
        nowhere_absent = presence.absent(feed).is_empty()
        if nowhere_absent and (not masked or len(masked) < len(here)):
            return []
        if nowhere_absent and len(places) == 1:
            return [_failed(way) for way in masked]
        gone = _not_carried(masked, len(masked) == len(here), feed, presence)
        missing = gone if missing is None else missing.join(gone, on="record", how="semi")
    if missing is None:
        return []
    staged = presence.staged.select("_record", field)
    found = staged.join(missing, left_on="_record", right_on="record", how="semi", maintain_order="left")
    failed = [_failed(use).select("record") for use in ways if use.mask is not None]
    contradicted = pl.concat(failed).unique() if failed else pl.LazyFrame(schema={"record": pl.Int64})
    alone = found.join(contradicted, left_on="_record", right_on="record", how="anti", maintain_order="left")
    text = _absence(field, ways[0], alone)
    if text:
        spelled[field] = text
    said = found.join(contradicted, left_on="_record", right_on="record", how="semi", maintain_order="left")
    cause = next((use.cause for use in ways if use.cause), "not_carried")
    found = pl.concat([alone.filter(pl.col(field) != text), said])
    return [found.select(_line("_record", field, field, cause))]


def _absence(field: str, use: Use, records: pl.LazyFrame) -> str:
    """What a field's absence from all rows means: the item's spelling of "nothing", or an empty field if that is more
    frequent among ``records``."""
    if use.occurrence is not None or use.absent == "":
        return use.absent
    counts = records.select(usual=(pl.col(field) == use.absent).sum(), empty=(pl.col(field) == "").sum()).collect(
        engine="streaming"
    )
    usual, empty = counts.row(0)
    return use.absent if usual >= empty else ""


def _not_carried(masked: list[Use], all_masked: bool, feed: Feed, presence: _Presence) -> pl.LazyFrame:
    """Records that one place does not carry the field of."""
    parts = [presence.absent(feed).lazy()]
    if masked and (all_masked or masked[0].occurrence is not None):
        if masked[0].occurrence is not None:
            # A dropped occurrence is judged by its spelling, a kept one by its row: only failures count.
            parts += [_failed(use).select("record") for use in masked]
        elif feed.block.plan.block.occurrences is not None or not feed.is_main:
            # Several rows may come from the record: it is carried if one of them gives the text back.
            parts.append(_failed_in_all_rows(masked, feed))
        else:
            parts += [_failed(use).select("record") for use in masked]
    return pl.concat(parts).unique()


def _failed_in_all_rows(ways: list[Use], feed: Feed) -> pl.LazyFrame:
    failed = pl.concat([_failed(use).select("record") for use in ways]).group_by("record").len()
    rows = pl.scan_parquet(feed.group.path)
    if len(feed.group.blocks) > 1:
        rows = rows.filter(pl.col("_source") == feed.block.plan.index)
    rows = rows.select(record=feed.rec).join(failed.select("record"), on="record", how="semi").group_by("record").len()
    both = failed.join(rows, on="record", how="inner", suffix="_rows")
    return both.filter(pl.col("len") >= pl.col("len_rows")).select("record")


def write_residue(lines: list[Lines], path: Path, *, small: bool = False) -> int:
    """Write residue sorted by field and record; a value is listed once, under the first of its lines. Returns how
    many; no file for none. ``small``: few records, for which polars' in-memory engine is quicker."""
    if not lines:
        return 0
    by_field: dict[str, list[pl.LazyFrame]] = {}
    for field, frame in lines:
        by_field.setdefault(field, []).append(frame)
    parts = []
    for field in sorted(by_field):
        frames = by_field[field]
        if len(frames) > 1:
            once = pl.concat(frames).unique(subset="record", keep="first", maintain_order=True)
            parts.append(once.sort("record"))
        else:
            parts.append(frames[0])
    if small:
        table = pl.concat(pl.collect_all(parts, engine="in-memory"))
        if table.height:
            write_table(table, path, RESIDUE)
        return table.height
    write_table(pl.concat(parts), path, RESIDUE)
    count: int = pl.scan_parquet(path).select(pl.len()).collect().item()
    if count == 0:
        path.unlink()
    return count


def read_residue(path: Path) -> list[Lines]:
    """The lines of a residue file (empty where there is none), to be written again with more."""
    if not path.exists():
        return []
    frame = pl.scan_parquet(path)
    fields = frame.select(pl.col("field").unique()).collect(engine="streaming")["field"].sort()
    return [(field, frame.filter(pl.col("field") == field)) for field in fields]
