"""The spellings of legacy dates: each is a table from a year part and a table from a month-day part, so that parsing
is two look-ups.

A spelling parses a text into ISO (``1964-07-01``) and writes an ISO date back. Nothing here decides what unknown or
impossible dates become.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import polars as pl

from mappings.transforms.eras import BY_NAME, ERAS, Era, era_of, year_code

SpellingName = Literal[
    "digits7", "letter7", "letter_dot", "letter_slash", "digits6", "kanji", "digits8", "slash", "hyphen", "dot"
]
_SEPARATORS = {"letter_dot": ".", "letter_slash": "/", "slash": "/", "hyphen": "-", "dot": "."}
WESTERN = frozenset({"digits8", "slash", "hyphen", "dot"})
_KANJI = r"^(\p{Han}{2})(元|[0-9]{1,2})年([0-9]{1,2})月([0-9]{1,2})日$"
_LAST_YEAR = 2117
"""Last year of the way back: 令和99年."""


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _lookup(value: pl.Expr, table: dict[str, str]) -> pl.Expr:
    return value.replace_strict(list(table), list(table.values()), default=None, return_dtype=pl.String)


@dataclass(frozen=True)
class Spelling:
    """One way to write a date. ``eras``: code (``3`` or ``S``) -> era; ``implied``: the era of a spelling that
    writes none."""

    name: SpellingName
    eras: tuple[tuple[str, str], ...]
    implied: str | None = None

    @property
    def western(self) -> bool:
        return self.name in WESTERN

    @property
    def separator(self) -> str:
        return _SEPARATORS.get(self.name, "")

    @property
    def prefix_length(self) -> int:
        return 4 if self.western else 2 if self.name == "digits6" else 3

    @property
    def length(self) -> int:
        """Characters of a whole date (kanji: as normalised)."""
        return self.prefix_length + 4 + 2 * len(self.separator)

    @cached_property
    def _codes(self) -> tuple[tuple[str, Era], ...]:
        if self.implied is not None:
            return (("", BY_NAME[self.implied]),)
        return tuple((code, BY_NAME[name]) for code, name in self.eras)

    @cached_property
    def years(self) -> dict[str, str]:
        """Year part -> Western year. Every era has its years 1 to 99 (legacy systems count on: 昭和99); of Western
        years
        those that a municipality's data can mean, with the first and the last for open periods."""
        if self.western:
            return {f"{year:04}": f"{year:04}" for year in (1, *range(1000, 3000), 9999)}
        return {f"{code}{n:02}": str(year_code(era, n).year) for code, era in self._codes for n in range(1, 100)}

    @cached_property
    def boundary(self) -> tuple[str, ...]:
        """Year parts of which some days lie outside the era or come back as another era."""
        parts = []
        for code, era in self._codes:
            for n in range(1, 100):
                span = year_code(era, n)
                if span.exact_low != "0000" or span.exact_high != "9999":
                    parts.append(f"{code}{n:02}")
        return tuple(parts)

    @cached_property
    def outside(self) -> frozenset[str]:
        """Year parts that lie outside their era as a whole (昭和65 and later)."""
        return frozenset(
            f"{code}{n:02}" for code, era in self._codes for n in range(1, 100) if year_code(era, n).low == "9999"
        )

    def month_day(self, month: str, day: str) -> str:
        """A month-day part as this spelling writes it."""
        return f"{self.separator}{month}{self.separator}{day}"

    @cached_property
    def days(self) -> dict[str, str]:
        """Month-day part -> ``-MM-DD``, 29 February included."""
        lengths = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
        return {
            self.month_day(f"{month:02}", f"{day:02}"): f"-{month:02}-{day:02}"
            for month, last in enumerate(lengths, start=1)
            for day in range(1, last + 1)
        }

    @cached_property
    def unknown_days(self) -> dict[str, str]:
        """Month-day part with month or day 00 -> ``-MM-00`` (``-00-00`` where the month is unknown: a day without a
        month tells nothing)."""
        table = {self.month_day(f"{month:02}", "00"): f"-{month:02}-00" for month in range(13)}
        return table | {self.month_day("00", f"{day:02}"): "-00-00" for day in range(32)}

    def normal(self, value: pl.Expr) -> pl.Expr:
        """``value`` with its parts at fixed places: kanji text becomes ``昭390701``; everything else is so already."""
        if self.name != "kanji":
            return value
        parts = value.str.extract_groups(_KANJI)
        number = parts.struct.field("2").replace("元", "1").str.pad_start(2, "0")
        padded = [parts.struct.field(name).str.pad_start(2, "0") for name in ("3", "4")]
        return pl.concat_str([_lookup(parts.struct.field("1"), {name: name[0] for name in BY_NAME}), number, *padded])

    def prefix(self, value: pl.Expr) -> pl.Expr:
        """The year part."""
        return self.normal(value).str.head(self.prefix_length)

    def rest(self, value: pl.Expr) -> pl.Expr:
        """The month-day part."""
        return self.normal(value).str.slice(self.prefix_length)

    def year(self, value: pl.Expr) -> pl.Expr:
        """Western year as four digits, null where there is none."""
        return _lookup(self.prefix(value), self.years)

    @cached_property
    def _no_leap_days(self) -> list[str]:
        """29 February of every common year, as written: the only impossible dates that two look-ups let pass."""
        part = self.month_day("02", "29")
        return [prefix + part for prefix, year in self.years.items() if not _is_leap(int(year))]

    def parse(self, value: pl.Expr, extra: dict[str, str] | None = None) -> pl.Expr:
        """ISO text, null for everything that is no date in this spelling. ``extra``: further month-day parts."""
        day = _lookup(self.rest(value), self.days | (extra or {}))
        return pl.when(~self.normal(value).is_in(self._no_leap_days)).then(self.year(value) + day)

    def unknown(self, value: pl.Expr) -> pl.Expr:
        """True where year, month or day is 00 but the text is otherwise a date of this spelling."""
        rest, prefix = self.rest(value), self.prefix(value)
        known = self.year(value).is_not_null() & rest.is_in(list(self.unknown_days))
        if self.western:
            return known.fill_null(False)
        no_year = prefix.is_in([f"{code}00" for code, _ in self._codes if code or self.implied])
        dayish = rest.is_in([*self.unknown_days, *self.days])
        nothing = (value.str.strip_chars("0./") == "") if self.implied is not None else pl.lit(False)
        return (known | (no_year & dayish & ~nothing)).fill_null(False)

    @cached_property
    def _limits(self) -> tuple[dict[str, str], dict[str, str]]:
        """Year part -> first and last month-day (MMDD) within the era, of the years that are not in it as a whole."""
        spans = {f"{code}{n:02}": year_code(era, n) for code, era in self._codes for n in range(1, 100)}
        limited = {part: span for part, span in spans.items() if span.low != "0000" or span.high != "9999"}
        low = {part: span.low for part, span in limited.items()}
        return low, {part: span.high for part, span in limited.items()}

    def out_of_era(self, value: pl.Expr) -> pl.Expr:
        """True where a date lies before its era's first day or behind its last."""
        if self.western:
            return pl.lit(False)
        low, high = (_lookup(self.prefix(value), table) for table in self._limits)
        rest, separator = self.rest(value), self.separator
        plain = rest.str.replace_all(separator, "", literal=True) if separator else rest
        return ((plain < low) | (plain > high)).fill_null(False)

    def write(self, iso: pl.Expr) -> pl.Expr:
        """The date (ISO, month and day may be 00) in this spelling, null where it cannot be written."""
        month, day = iso.str.slice(5, 2), iso.str.slice(8, 2)
        year = iso.str.head(4)
        if self.western:
            return pl.concat_str([year, month, day], separator=self.separator)
        if self.implied is not None:
            return pl.concat_str([_lookup(year, {w: part for part, w in self.years.items()}), month, day])
        prefix = self._era_part(year, month + day)
        if self.name == "kanji":
            number = prefix.str.slice(1).str.strip_chars_start("0").replace("1", "元")
            name = _lookup(prefix.str.head(1), {era.name[0]: era.name for era in ERAS})
            short = [part.str.strip_chars_start("0").replace("", "0") for part in (month, day)]
            return pl.concat_str([name, number, pl.lit("年"), short[0], pl.lit("月"), short[1], pl.lit("日")])
        return pl.concat_str([prefix, month, day], separator=self.separator)

    def _era_part(self, year: pl.Expr, month_day: pl.Expr) -> pl.Expr:
        """Year part of a date: by the era in use on its day."""
        early, late, change = self._era_tables
        return pl.when(month_day < _lookup(year, change)).then(_lookup(year, early)).otherwise(_lookup(year, late))

    @cached_property
    def _era_tables(self) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """Western year -> its year part on 1 January, on 31 December, and the month-day on which the later era
        began."""
        code_of = {era.name: code for code, era in reversed(self._codes)}
        early: dict[str, str] = {}
        late: dict[str, str] = {}
        change: dict[str, str] = {}
        for western in range(ERAS[0].first_year, _LAST_YEAR + 1):
            for table, probe in ((early, "0101"), (late, "1231")):
                era, number = era_of(western, probe)
                if era.name in code_of and 1 <= number <= 99:
                    table[str(western)] = f"{code_of[era.name]}{number:02}"
            first = era_of(western, "1231")[0].first
            change[str(western)] = first[5:7] + first[8:] if int(first[:4]) == western else "0000"
        return early, late, change

    @cached_property
    def later_parts(self) -> dict[str, str]:
        """Western year -> the year part of its later era; of an era's years behind its end only where no other fits."""
        parts = [(year, part) for part, year in self.years.items()]
        # Eras come in order, and a dictionary keeps the last entry.
        return dict(parts) | {year: part for year, part in parts if part not in self.outside}


@lru_cache(maxsize=256)
def spelling(name: SpellingName, eras: tuple[tuple[str, str], ...], implied: str | None = None) -> Spelling:
    """A :class:`Spelling`, made once: its tables serve every item of a run."""
    return Spelling(name, eras, implied)
