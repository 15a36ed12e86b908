"""Who is insured in which 国保世帯 from when to when: worked out from the households that area 014 has premiums of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.areas.insured import Notices, People, april, month_index, within
from sample_data.tax.frames import NO_DAY, Bools, Ints, day, mix
from sample_data.tax.pool import uniform

YEARS_BACK = 9
"""At most so many years before the first premium does a household's insurance begin."""


@dataclass(frozen=True)
class Homes:
    """国保世帯 as parallel arrays, ordered by head."""

    head: Ints
    """Position of the head (who pays) among the residents."""
    start: Ints
    end: Ints
    """Day of the end, or NO_DAY."""
    formal: Bools
    """The head is not insured (擬制世帯主)."""
    old: Bools
    """Only premiums carried over from before the kept years."""
    start_reason: Ints
    end_reason: Ints
    """国保喪失事由 as a number; 0 while it lasts."""

    @property
    def size(self) -> int:
        return len(self.head)


@dataclass(frozen=True)
class Spells:
    """Who was insured where, from when to when; parallel arrays ordered by person and start."""

    who: Ints
    home: Ints
    """Position in the homes."""
    start: Ints
    end: Ints
    start_reason: Ints
    end_reason: Ints
    branch: Ints
    """枝番."""

    @property
    def size(self) -> int:
        return len(self.who)


def homes(p: People, n: Notices, first_kept: int, base: int) -> Homes:
    """One 国保世帯 for each payer of premiums."""
    head, place = np.unique(n.payer, return_inverse=True)
    count = len(head)
    first_year = np.full(count, 9999)
    last_year = np.zeros(count, np.int64)
    np.minimum.at(first_year, place, n.year)
    np.maximum.at(last_year, place, n.year)
    old = last_year < first_kept
    since = april(first_year)
    low = np.minimum(np.maximum(p.entry[head], april(first_year - YEARS_BACK)), since)
    came = (p.entry[head] >= april(first_year - 2)) & (p.entry[head] <= since)
    start = np.where(came, p.entry[head], within(low, since + 1, head, 24_011))
    birthday = p.birthday(75, head)
    leaves = p.removal[head]
    turns = (birthday <= base) & (birthday > april(last_year)) & ((leaves == NO_DAY) | (birthday < leaves))
    end = np.where(turns, birthday, leaves)
    gone = old & (mix(head, 24_013) % 10 < 9)
    stop = np.minimum(april(last_year + 1) + mix(head, 24_012) % 90, base - 30)
    early = old & ((end == NO_DAY) | (stop < end))
    end = np.where(early, stop, end)
    partner = p.spouse[head]
    mate = np.maximum(partner, 0)
    sound = (
        (partner >= 0)
        & (p.hid[mate] == p.hid[head])
        & ~np.isin(mate, head)
        & (p.entry[mate] <= start)
        & (p.removal[mate] == NO_DAY)
        & (p.birthday(75, mate) > base)
    )
    formal = ~old & sound & (uniform(head, 24_014) < 0.15)
    removed = np.array([0, 1, 1, 4, 0, 0, 9])
    kind = p.frame["removal_reason"].fill_null("20").cast(int).to_numpy()[head] - 20
    end_reason = np.where(
        end == NO_DAY, 0, np.where(early, np.where(gone, 2, 6), np.where(turns, 5, removed[np.clip(kind, 0, 6)]))
    )
    born = came & (p.entry[head] == p.birth[head])
    # 02 from an employer's insurance, 06 from a union's; who came from elsewhere or from abroad 01.
    start_reason = np.select([born, came], [4, 1], np.where(mix(head, 24_015) % 12 == 0, 6, 2))
    return Homes(head, start, end, formal, old, start_reason, end_reason)


def spells(p: People, h: Homes, base: int) -> Spells:
    """The heads themselves (where insured), and those of their households who are insured with them."""
    heads = np.flatnonzero(~h.formal)
    current = np.flatnonzero(~h.old)
    # One household of the register: the head who still is there, or the first.
    order = current[np.lexsort((h.head[current], h.end[current] != NO_DAY, p.hid[h.head[current]]))]
    hids, at = np.unique(p.hid[h.head[order]], return_index=True)
    main = order[at]
    is_payer = np.zeros(p.size, bool)
    is_payer[h.head[current]] = True
    found = np.minimum(np.searchsorted(hids, p.hid), max(len(hids) - 1, 0))
    near = np.flatnonzero((hids[found] == p.hid) & ~is_payer) if len(hids) else np.zeros(0, np.int64)
    home = main[found[near]]
    head = h.head[home]
    spouse = h.formal[home] & (p.spouse[head] == near)
    # A formal head's husband or wife may belong to a household that is not the main one of its address.
    other = np.flatnonzero(h.formal & ~np.isin(np.arange(h.size), home[spouse]))
    near = np.concatenate([near, p.spouse[h.head[other]]])
    home = np.concatenate([home, other])
    spouse = np.concatenate([spouse, np.ones(len(other), bool)])
    start = np.maximum(h.start[home], np.maximum(p.entry[near], p.birth[near]))
    joins = ~spouse & (uniform(near, 24_021) < 0.2)
    start = np.where(joins, within(start, np.full(len(near), base - 40), near, 24_022), start)
    before = np.full(p.size, NO_DAY)
    before[h.head[h.old]] = h.end[h.old]
    start = np.maximum(start, before[near])
    turns = p.birthday(75, near)
    limit = np.iinfo(np.int64).max
    stop_home = np.where(h.end[home] == NO_DAY, limit, h.end[home])
    stop_self = np.where(p.removal[near] == NO_DAY, limit, p.removal[near])
    stop_age = np.where(turns <= base, turns, limit)
    leaves = np.where(
        ~spouse & (uniform(near, 24_023) < 0.18),
        within(start + 60, np.full(len(near), base - 20), near, 24_024),
        limit,
    )
    stop_own = np.where(leaves <= base - 20, leaves, limit)
    end = np.minimum(np.minimum(stop_home, stop_self), np.minimum(stop_age, stop_own))
    removed = np.array([0, 1, 1, 4, 0, 0, 9])
    kind = p.frame["removal_reason"].fill_null("20").cast(int).to_numpy()[near] - 20
    reason = np.select(
        [end == limit, end == stop_age, end == stop_self, end == stop_own],
        [0, 5, removed[np.clip(kind, 0, 6)], 2],
        np.where(np.isin(h.end_reason[home], (1, 4)), np.where(h.end_reason[home] == 1, 1, 8), 2),
    )
    end = np.where(end == limit, NO_DAY, end)
    chosen = spouse | (uniform(near, 24_025) < 0.3)
    chosen &= ((end == NO_DAY) & (start < base - 20)) | (end > start + 30)
    born, came = start == p.birth[near], start == p.entry[near]
    begin_reason = np.select([born, came], [4, 1], np.where(joins, np.where(mix(near, 24_027) % 9 == 0, 3, 2), 2))
    picked = np.flatnonzero(chosen)
    who = np.concatenate([h.head[heads], near[picked]])
    joined = np.concatenate([heads, home[picked]])
    columns = (
        np.concatenate([h.start[heads], start[picked]]),
        np.concatenate([h.end[heads], end[picked]]),
        np.concatenate([h.start_reason[heads], begin_reason[picked]]),
        np.concatenate([h.end_reason[heads], reason[picked]]),
    )
    rank = np.lexsort((who, who != h.head[joined], joined))
    branch = np.empty(len(who), np.int64)
    first = np.searchsorted(joined[rank], joined[rank])
    branch[rank] = np.arange(len(rank)) - first + 1
    order = np.lexsort((columns[0], who))
    begins, ends, begin_reasons, end_reasons = (c[order] for c in columns)
    return Spells(who[order], joined[order], begins, ends, begin_reasons, end_reasons, branch[order])


def overlap(s: Spells, first: Ints | int, last: Ints | int) -> Bools:
    """Whether a spell touches the days from ``first`` to ``last``."""
    touches: Bools = (s.start <= last) & ((s.end == NO_DAY) | (s.end > first))
    return touches


def members_of(n: Notices, h: Homes, s: Spells) -> tuple[Ints, Ints]:
    """Pairs of notice and spell: who is insured in the year of each notice, ordered by notice, then 枝番; one at
    least, since a household without anybody insured is asked for nothing."""
    home = np.searchsorted(h.head, n.payer)
    by_home = np.lexsort((s.branch, s.home))
    begin = np.searchsorted(s.home[by_home], home)
    count = np.searchsorted(s.home[by_home], home, side="right") - begin
    notice = np.repeat(np.arange(len(home)), count)
    spell = by_home[np.repeat(begin, count) + np.arange(len(notice)) - np.repeat(np.cumsum(count) - count, count)]
    first = april(n.year[notice])
    last = april(n.year[notice] + 1) - 1
    # The first month counts from the start, the month of the loss does not.
    months = (s.end[spell] == NO_DAY) | (month_index(s.end[spell]) > month_index(np.maximum(s.start[spell], first)))
    touches = (s.start[spell] <= last) & ((s.end[spell] == NO_DAY) | (s.end[spell] > first)) & months
    own = s.who[spell] == n.payer[notice]
    lonely = np.bincount(notice[touches], minlength=len(home)) == 0
    main = own | ((s.branch[spell] == 1) & h.formal[home[notice]])
    keep = touches | (lonely[notice] & main)
    return notice[keep], spell[keep]


def fiscal(days: Ints) -> Ints:
    """Fiscal year of days."""
    months = month_index(days)
    return 1970 + (months - 3) // 12


def is_old_branch(end: Ints) -> Bools:
    """Spells that ended before personal branch numbers came (March 2021)."""
    ended: Bools = (end != NO_DAY) & (end < day(2021, 3, 1))
    return ended
