"""The Japanese eras: first and last days, letters and code digits, and the tables between legacy year codes and
Western years.

First and last days: 太政官布告 and 改元の詔書 / 政令 (1868-01-25, 1912-07-30, 1926-12-25, 1989-01-08, 2019-05-01).
On 1912-07-30 and
1926-12-25 both eras are in use; a date written in the earlier one is right, but it is the later one that such a date
comes back as.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EraName = Literal["明治", "大正", "昭和", "平成", "令和"]


@dataclass(frozen=True)
class Era:
    name: EraName
    letter: str
    digit: str
    first: str
    """First day, ISO."""
    last: str
    """Last day on which a date written in this era is right, ISO."""
    shared: bool
    """The last day is also the next era's first."""

    @property
    def first_year(self) -> int:
        return int(self.first[:4])


ERAS: tuple[Era, ...] = (
    Era("明治", "M", "1", "1868-01-25", "1912-07-30", True),
    Era("大正", "T", "2", "1912-07-30", "1926-12-25", True),
    Era("昭和", "S", "3", "1926-12-25", "1989-01-07", False),
    Era("平成", "H", "4", "1989-01-08", "2019-04-30", False),
    Era("令和", "R", "5", "2019-05-01", "9999-12-31", False),
)
BY_NAME: dict[str, Era] = {era.name: era for era in ERAS}


@dataclass(frozen=True)
class YearCode:
    """What a legacy year (era and two-digit year) stands for, and which month-days of it lie in the era (``MMDD``,
    both ends included)."""

    year: int
    low: str
    high: str
    exact_low: str
    exact_high: str
    """Month-days whose date comes back in this era (see the module's text on shared days)."""


def year_code(era: Era, number: int) -> YearCode:
    """Year ``number`` (1 = 元年) of ``era``; an empty range (``low > high``) where the whole year lies outside the
    era."""
    year = era.first_year + number - 1
    first_year, last_year = int(era.first[:4]), int(era.last[:4])
    if year > last_year:
        return YearCode(year, "9999", "0000", "9999", "0000")
    low = era.first[5:7] + era.first[8:] if year == first_year else "0000"
    high = era.last[5:7] + era.last[8:] if year == last_year else "9999"
    exact_high = f"{int(high) - 1:04}" if year == last_year and era.shared else high
    return YearCode(year, low, high, low, exact_high)


def era_of(year: int, month_day: str) -> tuple[Era, int]:
    """Era and year number of a date; days before 明治 (1868-01-25) count as 明治. ``month_day``: MMDD (00 allowed)."""
    day = f"{year:04}-{month_day[:2]}-{month_day[2:]}"
    for era in reversed(ERAS):
        if day >= era.first:
            return era, year - era.first_year + 1
    return ERAS[0], year - ERAS[0].first_year + 1
