"""Number transforms: implied decimals, units such as 千円, signs, leading zeros, zero and empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import polars as pl
from pydantic import Field

from mappings.transforms.base import Transform, is_digits, register


@register("number")
class Number(Transform):
    """Text to a number. Back: the same text form (``width`` zeros in front, sign, comma, unit).

    The chain stays text (``-12.50``) until the item's type is known: :meth:`typed` gives the item's column,
    :meth:`spelling` its way back.
    """

    decimals: int = Field(default=0, ge=0, le=18)
    """Implied decimals: ``00125`` with 2 is 1.25."""
    unit: int = Field(default=1, ge=1)
    """What one counts: 1000 for 千円."""
    sign: Literal["leading", "trailing"] = "leading"
    width: int | None = Field(default=None, ge=1)
    """Digits of the legacy text, zero-padded, without its sign."""
    comma: bool = False
    places: int | None = Field(default=None, ge=0, le=18)
    """Digits behind a written point (``1.50``: 2); None = as few as needed."""
    plus: bool = False
    """Positive numbers carry a ``+``."""

    def _plain(self, value: pl.Expr) -> pl.Expr:
        """``value`` as ``-digits[.digits]`` with implied decimals made visible; other text passes and fails at the
        cast."""
        if self.comma:
            value = value.str.replace_all(",", "", literal=True)
        if self.sign == "trailing":
            negative = value.str.ends_with("-")
            digits = value.str.strip_chars_end("+-") if self.plus else value.str.strip_suffix("-")
            value = pl.when(negative).then(pl.lit("-") + digits).otherwise(digits)
        elif self.plus:
            value = value.str.strip_prefix("+")
        if self.decimals:
            bare = value.str.strip_prefix("-").str.pad_start(self.decimals + 1, "0")
            point = pl.concat_str([bare.str.head(-self.decimals), pl.lit("."), bare.str.tail(self.decimals)])
            signed = pl.when(value.str.starts_with("-")).then(pl.lit("-") + point).otherwise(point)
            value = pl.when(is_digits(value.str.strip_prefix("-"))).then(signed)
        return value

    def typed(self, value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
        """``value`` (String) as Int64 or Decimal(38, m); null where it is no number of that kind."""
        plain = self._plain(value)
        if dtype == pl.Int64:
            if self.decimals:
                # 1.50 is no integer: only a fraction of zeros may fall away.
                fraction = plain.str.tail(self.decimals).str.strip_chars("0") == ""
                plain = pl.when(fraction).then(plain.str.head(-self.decimals - 1))
            number = plain.cast(pl.Int64, strict=False)
            if self.unit == 1:
                return number
            # Integers wrap silently: what the unit would carry over the edge is no number of this item.
            return pl.when(number.abs() <= (2**63 - 1) // self.unit).then(number * self.unit)
        number = plain.cast(dtype, strict=False)
        return (number * self.unit).cast(dtype) if self.unit != 1 else number

    def spelling(self, value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
        """The declared legacy text of a typed value: the way back of :meth:`typed`."""
        digits = self._integer_digits(value) if dtype == pl.Int64 else self._decimal_digits(value)
        if self.width:
            digits = digits.str.pad_start(self.width, "0")
        if self.comma:
            digits = _grouped(digits)
        positive = digits
        if self.plus:
            positive = digits + "+" if self.sign == "trailing" else pl.lit("+") + digits
        negative = digits + "-" if self.sign == "trailing" else pl.lit("-") + digits
        return pl.when(value < 0).then(negative).otherwise(positive)

    def exact_typed(self, raw: pl.Expr, out: pl.Expr, dtype: pl.DataType) -> pl.Expr:
        """:meth:`Transform.exact` for typed values: digits of the declared width with the declared sign come back as
        they
        were, whatever their value; other forms are written out and compared."""
        scale = dtype.scale if isinstance(dtype, pl.Decimal) else None
        if self == Number() and scale is None:
            return out.cast(pl.String) == raw
        if self.width is None or self.comma or (scale is not None and (scale < self.decimals or not self.decimals)):
            return self.spelling(out, dtype) == raw
        # ``out`` is there, so the text is a number; what may still differ are its length and the place of its sign.
        length = raw.str.len_bytes()
        if self.sign == "trailing":
            bare = raw.str.strip_chars_end("+-").str.len_bytes() == self.width
            signed = bare & (length == self.width + 1) & ~_starts_with_sign(raw)
            plus, minus = signed & raw.str.ends_with("+"), signed & raw.str.ends_with("-")
        else:
            signed = length == self.width + 1
            plus, minus = signed & raw.str.starts_with("+"), signed & raw.str.starts_with("-")
        positive = plus if self.plus else (length == self.width) & ~_starts_with_sign(raw) & ~raw.str.ends_with("-")
        return (positive & (out >= 0)) | (minus & (out < 0))

    def magnitude(self, text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
        """The text's number as ``dtype``, unscaled: neither unit nor implied decimals count. Apart from
        :meth:`typed`, so
        that sums at the source do not rest on it; null where there is no number."""
        if self.comma:
            text = text.str.replace_all(",", "", literal=True)
        if self.sign == "trailing":
            amount = text.str.strip_chars_end("+-").cast(dtype, strict=False)
            return pl.when(text.str.ends_with("-")).then(-amount).otherwise(amount)
        return (text.str.strip_chars_start("+") if self.plus else text).cast(dtype, strict=False)

    def _integer_digits(self, value: pl.Expr) -> pl.Expr:
        magnitude = value.abs()
        if self.unit != 1:
            magnitude = pl.when(value % self.unit == 0).then(magnitude // self.unit)
        digits = magnitude.cast(pl.String)
        if self.decimals:
            digits = pl.when(value == 0).then(pl.lit("0")).otherwise(digits + "0" * self.decimals)
        return digits

    def _decimal_digits(self, value: pl.Expr) -> pl.Expr:
        text = value.cast(pl.String).str.strip_prefix("-")
        integer, fraction = text.str.extract(r"^([0-9]+)", 1), text.str.extract(r"\.([0-9]*)$", 1).fill_null("")
        if self.unit != 1:
            integer = (integer.cast(pl.Int64) // self.unit).cast(pl.String)
        if self.decimals:
            implied = fraction.str.pad_end(self.decimals, "0").str.head(self.decimals)
            return pl.concat_str([integer, implied]).str.replace(r"^0+(.)", "$1")
        written = fraction.str.strip_chars_end("0")
        if self.places is not None:
            written = written.str.pad_end(self.places, "0")
        return pl.when(written == "").then(integer).otherwise(pl.concat_str([integer, written], separator="."))

    def apply(self, value: pl.Expr) -> pl.Expr:
        number = self.typed(value, self._text_type)
        return number.cast(pl.String)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return self.spelling(value.cast(self._text_type, strict=False), self._text_type)

    @property
    def _text_type(self) -> pl.DataType:
        return pl.Decimal(38, self.decimals) if self.decimals else pl.Int64()

    def failures(self, raw: pl.Expr, out: pl.Expr) -> Mapping[str, pl.Expr]:
        return {"M01": raw.is_not_null() & out.is_null()}


def _starts_with_sign(text: pl.Expr) -> pl.Expr:
    return text.str.starts_with("+") | text.str.starts_with("-")


def _grouped(digits: pl.Expr) -> pl.Expr:
    """Thousands separated by commas: up to 18 digits in groups of three from the right."""
    padded = digits.str.pad_start(18, " ")
    parts = [padded.str.slice(start, 3) for start in range(0, 18, 3)]
    return pl.concat_str(parts, separator=",").str.strip_chars_start(" ,")


@register("zero_is_null")
class ZeroIsNull(Transform):
    """Zero means "no value". Back: no value is written ``text``."""

    text: str = "0"

    def apply(self, value: pl.Expr) -> pl.Expr:
        return pl.when(value.str.strip_chars("0") != "").then(value)

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return value.fill_null(self.text)


@register("empty_is_zero")
class EmptyIsZero(Transform):
    """No value counts as zero. Back: zero is written as no value."""

    def apply(self, value: pl.Expr) -> pl.Expr:
        return value.fill_null("0")

    def inverse(self, value: pl.Expr) -> pl.Expr:
        return pl.when(value != "0").then(value)
