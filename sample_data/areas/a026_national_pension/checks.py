"""納付記録 of area 026: month by month what was paid while the towns collected the premiums (until March 2002)."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.areas.a026_national_pension.members import LOSS, Members
from sample_data.areas.insured import constant, month_index
from sample_data.tax.frames import NO_DAY, Ints, choose, day, mix, number, operator, to_layout
from sample_data.tax.pool import uniform

LAST = 2001
"""Last 年度 in which towns collected."""
MARKS = ("0", "1", "2", "3", "8", "9", "A", "B")
NONE, PAID, UNPAID, EXEMPT, STUDENT, BY_LAW, WITH_EXTRA, ELSEWHERE = range(8)
MONTHS = ("4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月", "1月", "2月", "3月")
PREMIUMS = {1997: 12_800, 1996: 12_300, 1995: 11_700, 1994: 11_100, 1993: 10_500, 1992: 9_700, 1991: 9_000}
"""Monthly premium; 13,300 yen since 1998, 8,400 and less before 1991."""


def years(m: Members) -> list[int]:
    """The 年度 with records: twice as many as years of history are kept."""
    return list(range(max(LAST + 1 - 2 * m.world.years, 1975), LAST + 1))


def records(m: Members, year: int) -> pl.DataFrame:
    """納付記録 of one 年度: members who were 20 or older by its end and not yet out of the ledger."""
    april = (year - 1970) * 12 + 3
    begin = month_index(m.first)
    end = np.where(m.lost == NO_DAY, 10**6, month_index(np.where(m.lost == NO_DAY, 0, m.lost)))
    rows = np.flatnonzero((begin <= april + 11) & (end > april) & ~m.outside)
    month = april + np.arange(12)[None, :]
    inside = (month >= begin[rows][:, None]) & (month < end[rows][:, None])
    kind = _kind(m, rows, year)
    key = m.at[rows] * 64 + year % 64
    habit = uniform(m.at[rows], 2781)
    steady = np.select(
        [habit < 0.7, habit < 0.8, habit < 0.9, habit < 0.94], [PAID, WITH_EXTRA, EXEMPT, BY_LAW], UNPAID
    )
    young = (m.born[rows] > day(year - 23, 4, 1)) & (year >= 2000) & (mix(m.at[rows], 2782) % 2 == 0)
    steady = np.where(young, STUDENT, steady)
    mark = np.repeat(steady[:, None], 12, axis=1)
    missed = uniform(key[:, None] * 16 + np.arange(12)[None, :], 2783) < 0.05
    mark = np.where(missed & np.isin(mark, (PAID, WITH_EXTRA)), UNPAID, mark)
    mark = np.where((kind != 1)[:, None], ELSEWHERE, mark)
    mark = np.where(inside, mark, NONE)
    paid = np.isin(mark, (PAID, WITH_EXTRA)).sum(axis=1)
    spared = np.isin(mark, (EXEMPT, STUDENT, BY_LAW)).sum(axis=1)
    premium = PREMIUMS.get(year, 13_300 if year >= 1998 else 8_400)
    amount = paid * premium + (mark == WITH_EXTRA).sum(axis=1) * 400
    return to_layout(
        "026",
        "納付記録",
        pl.DataFrame(
            {
                **m.key(rows),
                "納付年度": constant(str(year), len(rows)),
                **{f"納付状況_{name}": choose(MARKS, mark[:, k]) for k, name in enumerate(MONTHS)},
                "納付月数": number(paid),
                "免除月数": number(spared),
                "検認額": number(amount, paid > 0),
                **operator("ken", key, np.full(len(rows), day(year + 1, 5, 10)) + mix(key, 2784) % 20),
            }
        ),
    )


def _kind(m: Members, rows: Ints, year: int) -> Ints:
    """Kind of insurance on 1 October of a year (1 before the first step)."""
    row, _, kind, when = m.steps
    done = (when <= day(year, 10, 1)) & (kind != LOSS)
    last = np.full(m.size, -1)
    at = np.flatnonzero(done)
    np.maximum.at(last, row[at], at)
    return np.where(last[rows] >= 0, kind[np.maximum(last[rows], 0)], 1)
