"""The premiums behind the claims of area 014: what each part (医療, 支援, 介護) consists of, and each member's share.

Area 014 says what a household pays; here the annual amount is taken apart so that it adds up: equal shares by head and
household, their statutory reduction, and the rest as the share by income.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sample_data.areas.a024_national_health_insurance.members import Homes, Spells, members_of
from sample_data.areas.insured import Notices, People, april, months_in
from sample_data.tax.collection_groups import breakdown
from sample_data.tax.frames import Bools, Ints

PARTS = ("医療", "支援", "介護")
_SLOTS = ("医療分", "支援金分", "介護分")
HEAD_SHARE = {"医療": 28_000, "支援": 10_500, "介護": 11_800}
HOME_SHARE = {"医療": 21_000, "支援": 7_500, "介護": 6_000}


@dataclass(frozen=True)
class Premiums:
    """Notices and members as parallel arrays. ``member_*``: one a notice and member, ordered by notice; the steps of
    ``notices`` are the levy rows."""

    notices: Notices
    home: Ints
    """Per notice: its 国保世帯."""
    member_notice: Ints
    member_spell: Ints
    member_who: Ints
    member_low: Ints
    """First month insured, 0 = April."""
    member_high: Ints
    care_low: Ints
    care_high: Ints
    """Months of 介護; high < low where none."""
    preschool: Bools
    first: Mapping[str, Ints]
    now: Mapping[str, Ints]
    """Per claim and part: amount when levied and today."""

    @property
    def months(self) -> Ints:
        return self.member_high - self.member_low + 1

    @property
    def care_months(self) -> Ints:
        return self.care_high - self.care_low + 1

    def per_notice(self, values: Ints | Bools) -> Ints:
        """Sums of members' values by notice."""
        return np.bincount(self.member_notice, weights=values.astype(np.float64), minlength=len(self.home)).astype(
            np.int64
        )


@dataclass(frozen=True)
class Levies:
    """The levy rows (``steps``) of some notices taken apart: per row and part the amounts; per row and member the
    shares (``share_*``, ordered by row)."""

    steps: Ints
    amounts: Mapping[str, Mapping[str, Ints]]
    """Part -> 所得割額, 均等割額, 平等割額, 軽減額, 減免額, 賦課額."""
    reduction: Ints
    """Tenths of 軽減: 0, 2, 5, 7."""
    share_row: Ints
    share_member: Ints
    shares: Mapping[str, Mapping[str, Ints]]
    """Part -> 所得割額, 均等割額."""


def premiums(p: People, h: Homes, s: Spells, n: Notices) -> Premiums:
    """Everything about the notices that no revision changes."""
    home = np.searchsorted(h.head, n.payer)
    notice, spell = members_of(n, h, s)
    who = s.who[spell]
    year = n.year[notice]
    low, high = months_in(s.start[spell], s.end[spell], year)
    care_from, care_to = months_in(np.maximum(s.start[spell], p.birthday(40, who)), p.birthday(65, who), year)
    spring = april(year)
    open_ = (p.birthday(40, who) < april(year + 1)) & (p.birthday(65, who) >= spring + 31)
    now = breakdown(n.c, np.arange(n.c.size))
    first = breakdown(replace(n.c, now=n.c.first), np.arange(n.c.size))
    amounts = [{part: block[slot][0] for part, slot in zip(PARTS, _SLOTS, strict=True)} for block in (first, now)]
    care_low, care_high = np.maximum(care_from, low), np.minimum(care_to, high)
    cared = open_ & (care_high >= care_low)
    care_due = np.bincount(n.of, weights=np.maximum(amounts[0]["介護"], amounts[1]["介護"]), minlength=len(home)) > 0
    # Area 014 decides which notices carry a part for care; where nobody has the age, the first member stands for it.
    some = np.bincount(notice[cared], minlength=len(home)) > 0
    first_member = np.append(True, notice[1:] != notice[:-1]) if len(notice) else np.zeros(0, bool)
    stands_in = first_member & care_due[notice] & ~some[notice]
    cared = (cared & care_due[notice]) | stands_in
    care_low = np.where(cared, np.where(stands_in, low, care_low), 0)
    care_high = np.where(cared, np.where(stands_in, high, care_high), -1)
    small = (p.birthday(6, who) > spring) & (p.birth[who] < april(year + 1))
    return Premiums(n, home, notice, spell, who, low, high, care_low, care_high, small, amounts[0], amounts[1])


def levies(m: Premiums, steps: Ints, base_income: Ints) -> Levies:
    """Some levy rows; ``base_income``: 基準総所得金額 per member (of all notices)."""
    n = m.notices
    at, claim, changed = n.rows(steps)
    due = {
        part: np.bincount(
            at, weights=np.where(changed, m.now[part][claim], m.first[part][claim]), minlength=len(steps)
        ).astype(np.int64)
        for part in PARTS
    }
    notice = n.step_notice[steps]
    begin = np.searchsorted(m.member_notice, notice)
    count = np.searchsorted(m.member_notice, notice, side="right") - begin
    row = np.repeat(np.arange(len(steps)), count)
    member = np.repeat(begin, count) + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)

    def total(values: Ints) -> Ints:
        return np.bincount(row, weights=values, minlength=len(steps)).astype(np.int64)

    months = {"医療": m.months[member], "支援": m.months[member], "介護": m.care_months[member]}
    heads, homes, small = {}, {}, {}
    for part in PARTS:
        used = (due[part] > 0)[row]
        heads[part] = np.where(used, HEAD_SHARE[part] * months[part] // 12, 0)
        longest = np.zeros(len(steps), np.int64)
        np.maximum.at(longest, row, months[part])
        homes[part] = np.where(due[part] > 0, HOME_SHARE[part] * longest // 12, 0)
        small[part] = total(heads[part] * m.preschool[member] // 2)
    reduction = np.full(len(steps), 7)
    for tenths in (5, 2, 0):
        fits = np.ones(len(steps), bool)
        for part in PARTS:
            flat = total(heads[part]) + homes[part]
            fits &= flat - _relief(flat, small[part], tenths) <= due[part]
        reduction = np.where(fits, tenths, reduction)
    weight = base_income[member] * m.months[member]
    whole = total(weight)
    lead = np.append(True, row[1:] != row[:-1]) if len(row) else np.zeros(0, bool)
    amounts, shares = {}, {}
    for part in PARTS:
        flat = total(heads[part]) + homes[part]
        relief = _relief(flat, small[part], reduction)
        rest = due[part] - flat + relief
        by_income = np.maximum(rest, 0)
        part_of = np.where(whole[row] > 0, (by_income[row] * (weight / np.maximum(whole[row], 1))).astype(np.int64), 0)
        part_of = part_of + np.where(lead, (by_income - total(part_of))[row], 0)
        amounts[part] = {
            "所得割額": by_income,
            "均等割額": total(heads[part]),
            "平等割額": homes[part],
            "軽減額": relief,
            "減免額": np.maximum(-rest, 0),
            "賦課額": due[part],
        }
        shares[part] = {"所得割額": part_of, "均等割額": heads[part]}
    return Levies(steps, amounts, reduction, row, member, shares)


def _relief(flat: Ints, small: Ints, tenths: Ints | int) -> Ints:
    """軽減額: tenths of the equal shares, and half of what then is left of those of small children."""
    relief: Ints = flat * tenths // 10 + small * (10 - tenths) // 10
    return relief
