"""差止情報 of area 027: payments that are held back for a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a027_child_allowance.certifications import Certifications
from sample_data.areas.a027_child_allowance.families import PARENT
from sample_data.areas.a027_child_allowance.months import FIRST, month_of, next_payment
from sample_data.areas.insured import first_day, month_text
from sample_data.tax.frames import NO_DAY, Bools, Ints, dates, digits, mix, number, operator, to_layout

CURRENT, LIFTED = 1, 2
"""差止状態."""
NO_REPORT, NO_PAPERS, NO_ADDRESS, NO_ACCOUNT = 1, 2, 4, 5
"""差止理由."""


@dataclass(frozen=True)
class Suspensions:
    """Parallel columns, one a suspension (at most one a certification), ordered by certification."""

    c: Certifications
    of: Ints
    reason: Ints
    start: Ints
    """First month that is not paid."""
    end: Ints
    """Last month that was not paid when it was lifted; for current ones the last that was due."""
    state: Ints
    decided: Ints
    released: Ints
    """Day, or NO_DAY."""

    @cached_property
    def slot(self) -> Ints:
        """Per certification: position here, or -1."""
        found = np.full(self.c.size, -1)
        found[self.of] = np.arange(len(self.of))
        return found

    def holds(self, run: Ints, month: Ints) -> Bools:
        """Whether a month of a certification was held back."""
        at = self.slot[run]
        some = np.maximum(at, 0)
        if not len(self.of):
            return np.zeros(len(run), bool)
        last = np.where(self.state[some] == CURRENT, np.iinfo(np.int64).max, self.end[some])
        held: Bools = (at >= 0) & (month >= self.start[some]) & (month <= last)
        return held


def suspensions(c: Certifications) -> Suspensions:
    """One certification in about twenty was held back once; in a small town two of them at least, one still."""
    f = c.f
    every = np.arange(c.size)
    drawn = mix(c.key, 2801)
    years = max(f.world.years, 1)
    report = drawn % 5 < 3
    year = f.world.base_date.year - drawn // 5 % years
    june = (year - 1970) * 12 + 5
    random = f.window + 4 + drawn // 7 % max(12 * years - 8, 1)
    start = np.where(report, june, random)
    begin_pay = next_payment(np.maximum(start, month_of(c.decided)) + 1)
    lift = begin_pay + 1 + drawn // 11 % 3
    last = np.where(c.open, f.base + 12, c.last)
    able = (c.kind == PARENT) & ~c.pending & (start > month_of(c.decided)) & (start >= c.first + 3) & (start > f.window)
    able &= (last >= begin_pay + 5) & (begin_pay <= f.base) & (first_day(begin_pay) - 10 <= f.today)
    chosen = able & (drawn // 13 % 18 == 0)
    open_ = np.flatnonzero(able & c.open)
    recent = open_[begin_pay[open_] >= f.base - 3]
    forced = np.concatenate([open_[:1], recent[-1:]])
    chosen[forced] = True
    lift = np.where(np.isin(every, recent[-1:]), f.base + 1, lift)
    of = np.flatnonzero(chosen)
    of = of[(lift[of] < f.base) | c.open[of]]
    lift, start, begin_pay, drawn, report = lift[of], start[of], begin_pay[of], drawn[of], report[of]
    current = lift >= f.base
    reason = np.where(report, NO_REPORT, np.array([NO_PAPERS, NO_ADDRESS, NO_ACCOUNT, NO_ACCOUNT])[drawn % 4])
    until = np.where(current, f.base, lift)
    end = start.copy()
    for step in range(1, 16):
        due = next_payment(start + step + 1) <= until
        end = np.where(due & (start + step <= c.last[of]), start + step, end)
    released = np.where(current, NO_DAY, first_day(lift) + 2 + drawn % 8)
    decided = first_day(begin_pay) - 10
    return Suspensions(c, of, reason, start, end, np.where(current, CURRENT, LIFTED), decided, released)


def held_back(s: Suspensions) -> pl.DataFrame:
    """差止情報."""
    c, f = s.c, s.c.f
    total = np.add.reduceat(f.amounts(f.result), f.starts, axis=0)
    sums = np.concatenate([np.zeros((len(total), 1), np.int64), np.cumsum(total, axis=1, dtype=np.int64)], axis=1)
    row = c.of[s.of]
    amount = sums[row, s.end - FIRST + 1] - sums[row, s.start - FIRST]
    lifted = s.state == LIFTED
    key = c.key[s.of]
    done = np.where(lifted, s.released, s.decided)
    return to_layout(
        "027",
        "差止情報",
        pl.DataFrame(
            {
                **c.names(s.of),
                "差止番号": number(np.ones(len(s.of), np.int64)),
                "差止区分": digits(np.where(s.reason == NO_ACCOUNT, 3, 1), 1),
                "差止理由": digits(s.reason, 2),
                "差止決定年月日": dates(s.decided),
                "差止開始年月": month_text(s.start),
                "差止終了年月": month_text(s.end, lifted),
                "解除年月日": dates(s.released),
                "差止状態": digits(s.state, 1),
                "差止額": number(amount),
                "時効完成予定年月日": dates(np.where(lifted, NO_DAY, s.decided + 740)),
                **operator("jid", key * 3 + 1, np.minimum(done, f.today)),
            }
        ),
    )
