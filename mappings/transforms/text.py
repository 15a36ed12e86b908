"""Text transforms: spaces, leading zeros, width of characters, kana, separators, literal text."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import polars as pl
from pydantic import Field, model_validator

from mappings.transforms.base import Transform, register
from mappings.transforms.kana import HIRAGANA_TO_KATAKANA, SMALL_TO_LARGE, Kind, full_to_half, half_to_full

_SPACES = {"all": " \u3000", "half": " ", "full": "\u3000"}


def _replace(value: pl.Expr, table: dict[str, str]) -> pl.Expr:
    return value.str.replace_many(list(table), list(table.values()), leftmost=True)


@register("trim")
class Trim(Transform):
    """Takes spaces off one side or both; what is then empty is no value. Back: as it is (the value had no such
    spaces)."""

    side: Literal["both", "left", "right"] = "both"
    spaces: Literal["all", "half", "full"] = "all"

    def apply(self, value: pl.Expr) -> pl.Expr:
        spaces = _SPACES[self.spaces]
        strip = {"both": value.str.strip_chars, "left": value.str.strip_chars_start, "right": value.str.strip_chars_end}
        out = strip[self.side](spaces)
        return pl.when(out != "").then(out)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return value

    def exact(self, raw: pl.Expr, out: pl.Expr) -> pl.Expr:
        return out == raw


@register("pad_spaces")
class PadSpaces(Transform):
    """Takes the right padding of a fixed record's text off. Back: filled up with spaces to ``width`` characters;
    a field of nothing but padding is no value and comes back as padding."""

    width: int = Field(ge=1)
    full: bool = False
    """The padding is the full-width space."""

    @property
    def _space(self) -> str:
        return "\u3000" if self.full else " "

    def apply(self, value: pl.Expr) -> pl.Expr:
        out = value.str.strip_chars_end(self._space)
        return pl.when(out != "").then(out)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return value.fill_null("").str.pad_end(self.width, self._space)

    def exact(self, raw: pl.Expr, out: pl.Expr) -> pl.Expr:
        # Stripping and filling up differ from the original in nothing but the number of spaces at its end.
        return raw.str.len_chars() == self.width


@register("zero_pad")
class ZeroPad(Transform):
    """Leading zeros up to ``width`` characters. Back: the last ``source`` characters, or without ``source`` no
    leading zeros."""

    width: int = Field(ge=1)
    source: int | None = Field(default=None, ge=1)

    def apply(self, value: pl.Expr) -> pl.Expr:
        return value.str.pad_start(self.width, "0")

    def inverse(self, value: pl.Expr) -> pl.Expr:
        if self.source is None:
            return value.str.replace(r"^0+(.)", "$1")
        # A value longer than its declared width was not padded: cutting it would lose characters.
        return pl.when(value.str.len_chars() <= self.width).then(value.str.tail(self.source)).otherwise(value)

    def exact(self, raw: pl.Expr, out: pl.Expr) -> pl.Expr | None:
        if self.source is None:
            return (~raw.str.starts_with("0")) & (raw != "") | (raw == "0")
        return (raw.str.len_chars() == self.source) if self.source <= self.width else None


@register("strip_zeros")
class StripZeros(Transform):
    """Leading zeros off, one digit stays. Back: zeros up to ``width``, or as it is without ``width``."""

    width: int | None = Field(default=None, ge=1)

    def apply(self, value: pl.Expr) -> pl.Expr:
        out = value.str.strip_chars_start("0")
        return pl.when((out == "") & (value != "")).then(pl.lit("0")).otherwise(out)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return value if self.width is None else value.str.pad_start(self.width, "0")


class _Width(Transform):
    source: Literal["half", "full"]
    kinds: tuple[Kind, ...] = ("kana", "ascii", "space")


@register("full_width")
class FullWidth(_Width):
    """Half-width kana, ASCII and spaces become full width. Back: half width where ``source: half``, as it is where
    ``source: full``."""

    source: Literal["half", "full"] = "half"

    def apply(self, value: pl.Expr) -> pl.Expr:
        return _replace(value, half_to_full(self.kinds))

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return value if self.source == "full" else _replace(value, full_to_half(self.kinds))


@register("half_width")
class HalfWidth(_Width):
    """Full-width kana, ASCII and spaces become half width. Back: full width where ``source: full``, as it is where
    ``source: half``."""

    source: Literal["half", "full"] = "full"

    def apply(self, value: pl.Expr) -> pl.Expr:
        return _replace(value, full_to_half(self.kinds))

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return value if self.source == "half" else _replace(value, half_to_full(self.kinds))


@register("large_kana")
class LargeKana(Transform):
    """Small kana become large ones (ャ -> ヤ), as indexes of names are kept. Back: as it is."""

    def apply(self, value: pl.Expr) -> pl.Expr:
        return _replace(value, SMALL_TO_LARGE)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return value


@register("katakana")
class Katakana(Transform):
    """Hiragana become katakana. Back: as it is, or hiragana where ``source: hiragana``."""

    source: Literal["as_is", "hiragana"] = "as_is"

    def apply(self, value: pl.Expr) -> pl.Expr:
        return _replace(value, HIRAGANA_TO_KATAKANA)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        if self.source == "as_is":
            return value
        return _replace(value, {kata: hira for hira, kata in HIRAGANA_TO_KATAKANA.items()})


@register("hiragana")
class Hiragana(Transform):
    """Katakana become hiragana. Back: as it is, or katakana where ``source: katakana``."""

    source: Literal["as_is", "katakana"] = "as_is"

    def apply(self, value: pl.Expr) -> pl.Expr:
        return _replace(value, {kata: hira for hira, kata in HIRAGANA_TO_KATAKANA.items()})

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return value if self.source == "as_is" else _replace(value, HIRAGANA_TO_KATAKANA)


@register("space_to_full")
class SpaceToFull(Transform):
    """One run of spaces between the parts of a name becomes one full-width space (住民記録システム標準仕様書). Back:
    one half-width space,
    or ``source: full`` a full-width one."""

    source: Literal["half", "full"] = "half"

    def apply(self, value: pl.Expr) -> pl.Expr:
        out = value.str.replace_all("\u3000", " ", literal=True).str.replace_all("  +", " ")
        return out.str.replace_all(" ", "\u3000", literal=True)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return value if self.source == "full" else value.str.replace_all("\u3000", " ", literal=True)


@register("replace")
class Replace(Transform):
    """Literal text for literal text, everywhere. Back: the other way round."""

    find: str = Field(min_length=1)
    put: str

    def apply(self, value: pl.Expr) -> pl.Expr:
        return value.str.replace_all(self.find, self.put, literal=True)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return value if self.put == "" else value.str.replace_all(self.put, self.find, literal=True)


@register("prefix")
class Prefix(Transform):
    """Puts text before the value. Back: takes it off."""

    text: str = Field(min_length=1)

    def apply(self, value: pl.Expr) -> pl.Expr:
        return pl.lit(self.text) + value

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return value.str.strip_prefix(self.text)


@register("suffix")
class Suffix(Transform):
    """Puts text behind the value. Back: takes it off."""

    text: str = Field(min_length=1)

    def apply(self, value: pl.Expr) -> pl.Expr:
        return value + pl.lit(self.text)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return value.str.strip_suffix(self.text)


@register("remove_prefix")
class RemovePrefix(Transform):
    """Takes text off the front where it stands there. Back: puts it there."""

    text: str = Field(min_length=1)

    def apply(self, value: pl.Expr) -> pl.Expr:
        return value.str.strip_prefix(self.text)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return pl.lit(self.text) + value


class _Separator(Transform):
    separator: str = Field(min_length=1, max_length=1)
    at: tuple[int, ...] = Field(min_length=1)
    """Behind how many characters of the bare text a separator stands."""

    @model_validator(mode="after")
    def _ascending(self) -> _Separator:
        if list(self.at) != sorted(set(self.at)) or self.at[0] < 1:
            raise ValueError("at needs ascending numbers from 1")
        return self

    def _insert(self, value: pl.Expr) -> pl.Expr:
        cuts = (0, *self.at)
        parts = [value.str.slice(start, end - start) for start, end in pairwise(cuts)]
        whole = pl.concat_str([*parts, value.str.slice(cuts[-1])], separator=self.separator)
        return pl.when(value.str.len_chars() > self.at[-1]).then(whole).otherwise(value)

    def _remove(self, value: pl.Expr) -> pl.Expr:
        return value.str.replace_all(self.separator, "", literal=True)


@register("remove_separator")
class RemoveSeparator(_Separator):
    """``745-0045`` -> ``7450045``. Back: the separator behind the characters that ``at`` names."""

    def apply(self, value: pl.Expr) -> pl.Expr:
        return self._remove(value)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return self._insert(value)


@register("insert_separator")
class InsertSeparator(_Separator):
    """``7450045`` -> ``745-0045``. Back: without separators."""

    def apply(self, value: pl.Expr) -> pl.Expr:
        return self._insert(value)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return self._remove(value)


@register("slice")
class Slice(Transform):
    """``length`` characters from character ``start`` (1-based). No way back: use an item's ``split`` where all parts
    are delivered."""

    invertible = False

    start: int = Field(ge=1)
    length: int | None = Field(default=None, ge=1)

    def apply(self, value: pl.Expr) -> pl.Expr:
        out = value.str.slice(self.start - 1, self.length)
        return pl.when(out != "").then(out)
