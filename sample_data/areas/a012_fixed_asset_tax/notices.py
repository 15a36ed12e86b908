"""The notices of 固定資産税 and their revisions, worked out backwards from the claims that area 014 holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.tax.claims import LEVY_DAYS, Claims
from sample_data.tax.frames import NO_DAY, Bools, Floats, Ints, mix
from sample_data.tax.pool import uniform

LAND_AND_HOUSE, PLANT_ONLY = 30, 31
"""科目."""
PERIODS = 4
LEAST = {LAND_AND_HOUSE: 5_400, PLANT_ONLY: 21_000}
"""Yearly tax (yen) of a property that just reaches the limit below which nothing is levied (土地 30万, 償却 150万);
what is levied less was reduced (減免)."""
URBAN_SHARE = (0.0, 0.1765, 0.205)
"""Share of 都市計画税 in a notice by the owner's zone: none, a site without a house, a residential site."""
REDUCED = 6
"""更正事由 減免決定."""
_FAR = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Notices:
    """Parallel arrays, one a notice, ordered by part, 科目, 通知書番号; ``(n, 4)`` arrays by period."""

    part: Ints
    kam: Ints
    year: Ints
    number: Ints
    payer: Ints
    due: Ints
    """``(n, 4)`` days; NO_DAY where the notice has no such period."""
    first: Ints
    now: Ints
    changed: Ints

    @property
    def size(self) -> int:
        return len(self.kam)


@dataclass(frozen=True)
class Rows:
    """Parallel arrays, one a revision of a notice, ordered by notice and revision. Amounts in yen."""

    notice: Ints
    """Position in :class:`Notices`."""
    revision: Ints
    latest: Bools
    day: Ints
    """Day of the decision: the levy, or the revision."""
    amounts: Ints
    """``(n, 4)``: by period, after this revision."""
    before: Ints
    """``(n, 4)``: before it (0 in the first row)."""
    reason: Ints
    gross: Ints
    """The year's tax before 減免."""
    reduced: Ints
    """減免: ``gross`` less what is levied."""

    @property
    def size(self) -> int:
        return len(self.notice)

    @property
    def total(self) -> Ints:
        return np.asarray(self.amounts.sum(axis=1), dtype=np.int64)


def notices(c: Claims) -> Notices:
    """The notices of the claims ``c`` (ordered by part, 科目, 通知書番号, period)."""
    start = np.flatnonzero(np.r_[True, c.notice[1:] != c.notice[:-1]]) if c.size else np.zeros(0, np.int64)
    row = np.cumsum(np.r_[False, c.notice[1:] != c.notice[:-1]]) if c.size else np.zeros(0, np.int64)

    def wide(values: Ints, empty: int) -> Ints:
        out = np.full((len(start), PERIODS), empty, dtype=np.int64)
        out[row, c.period - 1] = values
        return out

    return Notices(
        c.part[start],
        c.kam[start],
        c.fuka[start],
        c.notice[start],
        c.payer[start],
        wide(c.due, NO_DAY),
        wide(c.first, 0),
        wide(c.now, 0),
        wide(c.revised, NO_DAY),
    )


def rows(n: Notices) -> Rows:
    """The revisions: of a kept year each day on which periods changed is one; of the years before only the last is
    left (numbered 1), as B社 keeps them."""
    levied = np.where(n.due == NO_DAY, _FAR, n.due).min(axis=1) - LEVY_DAYS
    old = n.part == 0
    days = np.sort(np.where((n.changed == NO_DAY) | old[:, None], _FAR, n.changed), axis=1)
    steps = (days < _FAR) & np.concatenate([np.ones((n.size, 1), bool), days[:, 1:] != days[:, :-1]], axis=1)
    at = [np.flatnonzero(~old), np.flatnonzero(old)]
    revision = [np.zeros(len(at[0]), np.int64), np.ones(len(at[1]), np.int64)]
    when = [levied[at[0]], levied[at[1]] + 60 + mix(n.number[at[1]], 1201) % 40]
    number = np.cumsum(steps, axis=1)
    for k in range(PERIODS):
        some = np.flatnonzero(steps[:, k])
        at.append(some)
        revision.append(number[some, k])
        when.append(days[some, k])
    notice, rev, day = np.concatenate(at), np.concatenate(revision), np.concatenate(when)
    order = np.lexsort((rev, notice))
    notice, rev, day = notice[order], rev[order], day[order]
    past = (n.changed[notice] != NO_DAY) & (n.changed[notice] <= day[:, None])
    amounts = np.where(old[notice][:, None] | past, n.now[notice], n.first[notice])
    before = np.zeros_like(amounts)
    before[1:] = np.where((notice[1:] == notice[:-1])[:, None], amounts[:-1], 0)
    raised = np.where(n.due != NO_DAY, (n.now // 1000 + 1) * 1000, 0)
    before = np.where(old[notice][:, None], raised[notice], before)
    latest = np.r_[notice[1:] != notice[:-1], True] if len(notice) else np.zeros(0, bool)
    return _reasoned(n, notice, rev, latest, day, amounts, before)


def _reasoned(n: Notices, notice: Ints, rev: Ints, latest: Bools, day: Ints, amounts: Ints, before: Ints) -> Rows:
    total, earlier = amounts.sum(axis=1), before.sum(axis=1)
    kam, key = n.kam[notice], n.number[notice] * 8 + rev
    kept = n.part[notice] > 0
    down = (rev > 0) & (total < earlier)
    drawn = mix(key, 1203) % 100
    reason = np.select(
        [rev == 0, kam == PLANT_ONLY, down & (drawn < 38), down & (drawn < 70), down, drawn < 40, drawn < 80],
        [0, 4, 2, 3, 5, 2, 3],
        10,
    )
    lower = np.flatnonzero(down & kept & (kam == LAND_AND_HOUSE))
    chosen = np.zeros(len(rev), bool)
    chosen[lower] = uniform(key[lower], 1205) < 0.06
    # The smallest town has one 減免 too.
    chosen[lower[np.argsort(mix(key[lower], 1206), kind="stable")][:1]] = True
    reason[chosen | ((rev > 0) & kept & (total == 0))] = REDUCED
    least = np.where(kam == PLANT_ONLY, LEAST[PLANT_ONLY], LEAST[LAND_AND_HOUSE])
    gross, reduced = np.zeros_like(total), np.zeros_like(total)
    for k in range(PERIODS + 1):
        here = np.flatnonzero((rev == k) | (~kept & (k == 0)))
        has = (rev[here] > 0) & kept[here]
        last_gross = np.where(has, gross[here - 1], 0)
        last = np.where(has, reduced[here - 1], 0)
        same = (reason[here] == REDUCED) & (last_gross >= total[here])
        gross[here] = np.where(same, last_gross, np.maximum(total[here] + last, least[here]))
        reduced[here] = gross[here] - total[here]
    # Of the years before, nothing is known of a reduction.
    gross, reduced = np.where(kept, gross, total), np.where(kept, reduced, 0)
    return Rows(notice, rev, latest, day, amounts, before, reason, gross, reduced)


def thousands(tax: Ints, rate: int) -> Ints:
    """The smallest base (in thousands of yen) whose tax at ``rate`` (yen a thousand) is at least ``tax``."""
    return np.asarray(-(-tax // rate), dtype=np.int64)


def split(tax: Ints, share: Floats) -> Ints:
    """The part of ``tax`` that is 都市計画税, in hundreds of yen rounded down."""
    return np.asarray((tax * share).astype(np.int64) // 100 * 100, dtype=np.int64)
