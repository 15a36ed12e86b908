"""Date transforms: wareki and Western dates in their legacy spellings, unknown parts, years, months and times."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, reduce
from typing import Literal, get_args

import polars as pl
from pydantic import Field, field_validator, model_validator

from mappings.transforms.base import Transform, is_digits, register
from mappings.transforms.eras import BY_NAME, ERAS, EraName
from mappings.transforms.spellings import WESTERN, Spelling, SpellingName, spelling

_DIGITS = {era.digit: era.name for era in ERAS}
_LETTERS = {era.letter: era.name for era in ERAS} | {era.letter.lower(): era.name for era in ERAS}
_KANJI = {era.name[0]: era.name for era in ERAS}
_ISO = r"^\d{4}-\d{2}-\d{2}$"


class _Date(Transform):
    """Parameters of everything that reads a whole date."""

    spelling: SpellingName | tuple[SpellingName, ...]
    era: EraName | None = None
    """The era of a spelling that writes none (digits6)."""
    eras: dict[str, EraName] | None = None
    """Era codes of this export, one character each."""
    unknown: Literal["null", "first", "keep"] = "null"
    """Month or day 00: no value, the first (01), or kept as 00."""
    zeros: str | None = Field(default=None, pattern=_ISO)
    """What ``0`` and ``00000000`` stand for; None = no value."""
    nines: str | None = Field(default="9999-12-31", pattern=_ISO)
    """What ``9999999`` and ``99999999`` stand for; None = no value."""

    @field_validator("unknown", mode="before")
    @classmethod
    def _null_is_null(cls, value: object) -> object:
        return "null" if value is None else value

    @field_validator("zeros", "nines", mode="before")
    @classmethod
    def _null_word(cls, value: object) -> object:
        return None if value == "null" else value

    @model_validator(mode="after")
    def _era_is_known(self) -> _Date:
        names = (self.spelling,) if isinstance(self.spelling, str) else self.spelling
        if not names:
            raise ValueError("name at least one spelling")
        if ("digits6" in names) != (self.era is not None):
            raise ValueError("era goes with the spelling digits6, which writes no era")
        if wrong := [code for code in self.eras or {} if len(code) != 1]:
            raise ValueError(f"era code {wrong[0]!r} has to be one character")
        return self

    @cached_property
    def _spellings(self) -> tuple[Spelling, ...]:
        names = (self.spelling,) if isinstance(self.spelling, str) else self.spelling
        return tuple(self._spelling(name) for name in names)

    def _spelling(self, name: SpellingName) -> Spelling:
        codes: Mapping[str, str] = _DIGITS if name == "digits7" else _KANJI if name == "kanji" else _LETTERS
        if self.eras and name != "kanji" and name not in WESTERN:
            codes = self.eras
        return spelling(name, tuple(codes.items()), self.era if name == "digits6" else None)

    def _zero(self, value: pl.Expr) -> pl.Expr:
        return value.str.strip_chars("0") == ""

    @cached_property
    def _nines(self) -> list[str]:
        return ["9" * length for length in sorted({6, 7, 8, self._spellings[0].length})]

    def _nine(self, value: pl.Expr) -> pl.Expr:
        return value.is_in(self._nines)

    def _parsed(self, value: pl.Expr, spelling: Spelling) -> pl.Expr:
        extra: dict[str, str] = {}
        if self.unknown == "keep":
            extra = spelling.unknown_days
        elif self.unknown == "first":
            extra = {part: iso.replace("-00", "-01") for part, iso in spelling.unknown_days.items()}
        return spelling.parse(value, extra)

    def _iso(self, value: pl.Expr) -> pl.Expr:
        parsed = [self._parsed(value, spelling) for spelling in self._spellings]
        out = parsed[0] if len(parsed) == 1 else pl.coalesce(parsed)
        if self.nines is not None:
            out = pl.when(self._nine(value)).then(pl.lit(self.nines)).otherwise(out)
        if self.zeros is not None:
            out = pl.when(self._zero(value)).then(pl.lit(self.zeros)).otherwise(out)
        return out

    def is_unknown(self, value: pl.Expr) -> pl.Expr:
        """True where a part of the date is 00 (but not the whole text)."""
        unknown = reduce(pl.Expr.or_, (spelling.unknown(value) for spelling in self._spellings))
        return unknown & ~self._zero(value)

    def _written(self, iso: pl.Expr) -> pl.Expr:
        first = self._spellings[0]
        length = 7 if first.name == "kanji" else first.length
        out = first.write(iso)
        if self.nines is not None:
            out = pl.when(iso == self.nines).then(pl.lit("9" * length)).otherwise(out)
        if self.zeros is not None:
            out = pl.when(iso == self.zeros).then(pl.lit("0" * length)).otherwise(out)
        return out


class _FullDate(_Date):
    def apply(self, value: pl.Expr) -> pl.Expr:
        return self._iso(value)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return self._written(value)

    def exact(self, raw: pl.Expr, out: pl.Expr) -> pl.Expr | None:
        first = self._spellings[0]
        if first.name == "kanji" or self.unknown == "first" or self.zeros is not None:
            return None
        if len(self._spellings) > 1:
            out = self._parsed(raw, first)
        sure = out.is_not_null()
        if self.nines is not None:
            # 9999-12-31 may also have been written out; only the nines themselves are what comes back.
            sure = sure & ((out != self.nines) | (raw == "9" * first.length))
        if not first.western and first.implied is None:
            sure = sure & ~first.prefix(raw).is_in(list(first.boundary))
        elif not first.western:
            sure = sure & ~first.out_of_era(raw)
        if self.unknown == "keep":
            # A day without a month is kept as 00-00: it does not come back.
            sure = sure & ~(first.rest(raw).str.starts_with(first.separator + "00"))
        return sure

    def failures(self, raw: pl.Expr, out: pl.Expr) -> Mapping[str, pl.Expr]:
        outside = reduce(pl.Expr.or_, (spelling.out_of_era(raw) for spelling in self._spellings))
        unknown = self.is_unknown(raw)
        special = self._zero(raw) | self._nine(raw)
        return {
            "M03": out.is_not_null() & outside & ~unknown & ~special,
            "M04": raw.is_not_null() & out.is_null() & ~unknown & ~special,
        }


@register("wareki_date")
class WarekiDate(_FullDate):
    """A date of the Japanese calendar (or one of several spellings) to ISO. Back: the first spelling."""

    spelling: SpellingName | tuple[SpellingName, ...] = "digits7"


@register("western_date")
class WesternDate(_FullDate):
    """A Western date to ISO. Back: the first spelling. ``digits`` is another name of ``digits8``."""

    spelling: SpellingName | tuple[SpellingName, ...] = "digits8"

    @field_validator("spelling", mode="before")
    @classmethod
    def _digits(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return tuple("digits8" if name == "digits" else name for name in value)
        return "digits8" if value == "digits" else value


class _UnknownPart(_Date):
    spelling: SpellingName | tuple[SpellingName, ...] = "digits7"

    @field_validator("spelling", mode="before")
    @classmethod
    def _digits(cls, value: object) -> object:
        return "digits8" if value == "digits" else value


@register("date_unknown_flag")
class DateUnknownFlag(_UnknownPart):
    """``unknown_value`` where a part of the date is 00, else ``known``. No way back (the date's own item carries it,
    or residue)."""

    invertible = False

    known: str = "0"
    unknown_value: str = "1"

    def apply(self, value: pl.Expr) -> pl.Expr:
        flag = pl.when(self.is_unknown(value)).then(pl.lit(self.unknown_value)).otherwise(pl.lit(self.known))
        return pl.when(value.is_not_null()).then(flag)


@register("date_unknown_text")
class DateUnknownText(_UnknownPart):
    """Text for a date of which a part is 00, else no value. ``kanji``: ``昭和３９年７月頃``, ``昭和３９年頃``,
    ``昭和年月日不詳`` in full width;
    ``raw``: the legacy text. No way back: the legacy text is in residue."""

    invertible = False

    style: Literal["kanji", "raw"] = "kanji"

    def apply(self, value: pl.Expr) -> pl.Expr:
        text = value if self.style == "raw" else self._kanji(value)
        return pl.when(self.is_unknown(value)).then(text)

    def _kanji(self, value: pl.Expr) -> pl.Expr:
        return pl.coalesce([self._kanji_of(value, spelling) for spelling in self._spellings])

    def _kanji_of(self, value: pl.Expr, spelling: Spelling) -> pl.Expr:
        prefix, rest = spelling.prefix(value), spelling.rest(value)
        month_text = spelling.unknown_days[spelling.month_day("00", "00")]
        iso_rest = rest.replace_strict(spelling.unknown_days, default=month_text, return_dtype=pl.String)
        month = iso_rest.str.slice(1, 2).str.strip_chars_start("0")
        month_part = pl.when(month != "").then(_wide(month) + pl.lit("月")).otherwise(pl.lit(""))
        if spelling.western:
            year_part = pl.lit("西暦") + _wide(prefix) + pl.lit("年")
            unknown_year = pl.lit("西暦年月日不詳")
        else:
            names = dict(spelling.eras)
            era: pl.Expr
            if spelling.implied is not None:
                era = pl.lit(spelling.implied)
            else:
                era = prefix.str.head(1).replace_strict(names, default=None, return_dtype=pl.String)
            number = prefix.str.tail(2).str.strip_chars_start("0").replace("1", "元")
            year_part = era + _wide(number) + pl.lit("年")
            unknown_year = era + pl.lit("年月日不詳")
        known_year = spelling.year(value).is_not_null()
        return pl.when(known_year).then(year_part + month_part + pl.lit("頃")).otherwise(unknown_year)


def _wide(digits: pl.Expr) -> pl.Expr:
    return digits.str.replace_many(list("0123456789"), list("０１２３４５６７８９"))


@register("wareki_year")
class WarekiYear(Transform):
    """A year of the Japanese calendar to a Western one: ``430`` -> ``2018``. ``era`` makes it two digits, with
    ``eras`` or without it is three
    (``digits3``: era digit, ``letter3``: era letter). Back: the spelling; 昭和64/平成元 and the like come back as
    the spelling's later era."""

    spelling: Literal["digits2", "digits3", "letter3"] = "digits3"
    era: EraName | None = None
    eras: dict[str, EraName] | None = None

    @model_validator(mode="after")
    def _era_is_known(self) -> WarekiYear:
        if (self.spelling == "digits2") != (self.era is not None):
            raise ValueError("era goes with the spelling digits2, which writes no era")
        return self

    @cached_property
    def _part(self) -> Spelling:
        if self.spelling == "digits2":
            return spelling("digits6", (), self.era)
        codes = self.eras or (_DIGITS if self.spelling == "digits3" else _LETTERS)
        return spelling("digits7" if self.spelling == "digits3" else "letter7", tuple(codes.items()))

    def apply(self, value: pl.Expr) -> pl.Expr:
        return value.replace_strict(self._part.years, default=None, return_dtype=pl.String)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return value.replace_strict(self._part.later_parts, default=None, return_dtype=pl.String)

    def exact(self, raw: pl.Expr, out: pl.Expr) -> pl.Expr:
        return raw.is_in(list(self._part.later_parts.values()))

    def failures(self, raw: pl.Expr, out: pl.Expr) -> Mapping[str, pl.Expr]:
        return {"M04": raw.is_not_null() & out.is_null() & (raw.str.strip_chars("0") != "")}


class _Month(Transform):
    form: Literal["YYYY-MM", "YYYYMM"] = "YYYYMM"

    def _formed(self, year: pl.Expr, month: pl.Expr) -> pl.Expr:
        valid = month.is_in([f"{m:02}" for m in range(1, 13)])
        return pl.when(valid).then(pl.concat_str([year, month], separator="-" if self.form == "YYYY-MM" else ""))

    def failures(self, raw: pl.Expr, out: pl.Expr) -> Mapping[str, pl.Expr]:
        return {"M04": raw.is_not_null() & out.is_null() & (raw.str.strip_chars("0") != "")}


@register("wareki_month")
class WarekiMonth(_Month):
    """Year and month of the Japanese calendar: ``43004`` -> ``201804``. Back: the spelling."""

    spelling: Literal["digits4", "digits5", "letter5"] = "digits5"
    era: EraName | None = None
    eras: dict[str, EraName] | None = None

    @model_validator(mode="after")
    def _era_is_known(self) -> WarekiMonth:
        if (self.spelling == "digits4") != (self.era is not None):
            raise ValueError("era goes with the spelling digits4, which writes no era")
        return self

    @cached_property
    def _part(self) -> Spelling:
        if self.spelling == "digits4":
            return spelling("digits6", (), self.era)
        codes = self.eras or (_DIGITS if self.spelling == "digits5" else _LETTERS)
        return spelling("digits7" if self.spelling == "digits5" else "letter7", tuple(codes.items()))

    def apply(self, value: pl.Expr) -> pl.Expr:
        return self._formed(self._part.year(value), value.str.slice(self._part.prefix_length))

    def inverse(self, value: pl.Expr) -> pl.Expr:
        month = value.str.tail(2)
        return self._part.write(pl.concat_str([value.str.head(4), month, pl.lit("28")], separator="-")).str.head(-2)


@register("western_month")
class WesternMonth(_Month):
    """Western year and month: ``201804`` or ``2018/04``. Back: the spelling."""

    spelling: Literal["digits", "slash", "hyphen"] = "digits"

    @property
    def _separator(self) -> str:
        return {"digits": "", "slash": "/", "hyphen": "-"}[self.spelling]

    def apply(self, value: pl.Expr) -> pl.Expr:
        year, rest = value.str.head(4), value.str.slice(4)
        fits = is_digits(year) & (year.str.len_bytes() == 4) & rest.str.starts_with(self._separator)
        return pl.when(fits).then(self._formed(year, rest.str.strip_prefix(self._separator)))

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return pl.concat_str([value.str.head(4), value.str.tail(2)], separator=self._separator)


@register("time")
class Time(Transform):
    """A time of day to ``HH:MM:SS``. Back: the spelling."""

    spelling: Literal["digits6", "digits4", "colon"] = "digits6"

    def apply(self, value: pl.Expr) -> pl.Expr:
        separator = ":" if self.spelling == "colon" else ""
        hours = [f"{hour:02}" for hour in range(24)]
        sixty = [f"{number:02}" for number in range(60)]
        seconds = ["00"] if self.spelling == "digits4" else sixty
        minutes = {
            f"{separator}{minute}"
            + ("" if self.spelling == "digits4" else f"{separator}{second}"): f":{minute}:{second}"
            for minute in sixty
            for second in seconds
        }
        hour = value.str.head(2)
        rest = value.str.slice(2).replace_strict(minutes, default=None, return_dtype=pl.String)
        return pl.when(hour.is_in(hours)).then(hour + rest)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        if self.spelling == "colon":
            return value
        digits = value.str.replace_all(":", "", literal=True)
        return digits if self.spelling == "digits6" else digits.str.head(4)

    def exact(self, raw: pl.Expr, out: pl.Expr) -> pl.Expr:
        return out.is_not_null()

    def failures(self, raw: pl.Expr, out: pl.Expr) -> Mapping[str, pl.Expr]:
        return {"M04": raw.is_not_null() & out.is_null()}


SPELLINGS = get_args(SpellingName)
ERA_NAMES = tuple(BY_NAME)
