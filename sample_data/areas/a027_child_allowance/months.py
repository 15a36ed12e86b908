"""Months of area 027: the reforms of the allowance, the ends of school ages, and when each month is paid."""

from __future__ import annotations

import numpy as np

from sample_data.areas.insured import month_index
from sample_data.tax.frames import Bools, Ints

FIRST = (2012 - 1970) * 12 + 3
"""April 2012: since then the allowance has its present name; older certifications were carried over that day."""
CEILING = (2022 - 1970) * 12 + 5
"""June 2022: from an upper limit of income on nothing is paid any more."""
REFORM = (2024 - 1970) * 12 + 9
"""October 2024: no limits of income, up to the March after the 18th birthday, six payments a year."""
OLD_SCHEME, CAPPED, NEW_SCHEME = 1, 2, 3
"""制度区分."""


def scheme(month: Ints) -> Ints:
    """制度区分 of months since 1970-01."""
    return np.select([month >= REFORM, month >= CEILING], [NEW_SCHEME, CAPPED], OLD_SCHEME)


def school_end(born: Ints, age: int) -> Ints:
    """The March in which the school year ends in which somebody born on a day turns ``age`` (1 April counts to the
    year before)."""
    day = born.astype("datetime64[D]") - np.timedelta64(1, "D")
    months = day.astype("datetime64[M]").astype(np.int64)
    year, month = months // 12, months % 12
    return (year + age + (month >= 3)) * 12 + 2


def income_year(month: Ints) -> Ints:
    """所得年度 by which a month is judged: it runs from June to May."""
    return 1970 + (month - 5) // 12


def fiscal(month: Ints) -> Ints:
    """年度 of months since 1970-01."""
    return 1970 + (month - 3) // 12


def next_payment(month: Ints) -> Ints:
    """The first month of regular payment that is not before ``month``: three a year until October 2024, six from
    December 2024 on."""
    later = np.maximum(month, REFORM + 2)
    new = later + (later % 12 + 1) % 2
    of_year = month % 12
    old = month - of_year + np.select([of_year <= 1, of_year <= 5, of_year <= 9], [1, 5, 9], 13)
    due: Ints = np.where(old <= REFORM, old, new)
    return due


def month_of(days: Ints) -> Ints:
    """Months since 1970-01 of days; a null day gives a month long ago."""
    return month_index(days)


def spans(grid: Ints, inside: Bools) -> tuple[Ints, Ints, Ints]:
    """Runs of equal values along the months of a grid (rows, months): row, first and last column; only columns where
    ``inside``."""
    begins = inside.copy()
    begins[:, 1:] &= (grid[:, 1:] != grid[:, :-1]) | ~inside[:, :-1]
    row, first = np.nonzero(begins)
    stop = ~inside
    ends = inside.copy()
    ends[:, :-1] &= begins[:, 1:] | stop[:, 1:]
    last = np.nonzero(ends)[1]
    return row, first, last
