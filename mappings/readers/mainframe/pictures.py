"""PICTURE strings: what kind of field, how many digits or characters, where the decimal point is, how many bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "wide", "zoned", "packed", "binary"]
"""Characters of one byte or mixed; double-byte characters; a digit a byte; two digits a byte; a binary integer."""
Usage = Literal["display", "binary", "packed", "native"]

MAX_DIGITS = 38
_BINARY_DIGITS = ((4, 2), (9, 4), (18, 8))
_REPEATED = re.compile(r"(.)\((\d+)\)")
_NUMBER = re.compile(r"(S?)(9*)(V?)(9*)")


class PictureError(ValueError):
    """A PICTURE that is no PICTURE, or one that this reader does not take; in Japanese and English."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja, self.en = ja, en


@dataclass(frozen=True)
class Picture:
    """A PICTURE. ``size``: characters; ``digits`` and ``scale`` (digits behind the point) of a number."""

    text: str
    kind: Literal["text", "wide", "number"]
    size: int
    digits: int = 0
    scale: int = 0
    signed: bool = False


def picture(text: str) -> Picture:
    """Parse a PICTURE string: X A N G 9 S V, and edited ones, which are text. Raises :class:`PictureError`."""
    plain = _REPEATED.sub(lambda m: m[1] * min(int(m[2]), 1 << 20), text.upper())
    if "(" in plain or ")" in plain or not plain:
        raise PictureError(f"PICTURE {text} の括弧が正しくない", f"PICTURE {text} has a wrong parenthesis")
    number = _NUMBER.fullmatch(plain)
    if number and (number[2] or number[4]):
        digits = len(number[2]) + len(number[4])
        if digits > MAX_DIGITS:
            raise PictureError(
                f"PICTURE {text} は{MAX_DIGITS}桁を超える", f"PICTURE {text} has over {MAX_DIGITS} digits"
            )
        return Picture(text, "number", digits, digits, len(number[4]), bool(number[1]))
    if set(plain) <= set("NG"):
        return Picture(text, "wide", len(plain))
    if set(plain) <= set("NGB0/"):
        raise PictureError(f"PICTURE {text} の編集は扱えない", f"PICTURE {text}: edited double-byte is not supported")
    if set(plain) <= set("XA9B0/") and set(plain) & set("XA"):
        return Picture(text, "text", len(plain))
    if "P" in plain:
        raise PictureError(f"PICTURE {text} の P は扱えない", f"PICTURE {text}: P is not supported")
    if set(plain.replace("CR", "").replace("DB", "")) <= set("9ZBV0/,.*+-\\$¥") and "S" not in plain:
        return Picture(text, "text", len(plain.replace("V", "")))
    raise PictureError(f"PICTURE {text} を解釈できない", f"PICTURE {text} cannot be understood")


def binary_bytes(digits: int) -> int:
    """Bytes of a COMP or COMP-5 field. Raises :class:`PictureError` beyond 18 digits."""
    for most, size in _BINARY_DIGITS:
        if digits <= most:
            return size
    raise PictureError("18桁を超える COMP は扱えない", "COMP of more than 18 digits is not supported")


def packed_bytes(digits: int) -> int:
    """Bytes of a COMP-3 field: its digits and one half byte for the sign."""
    return digits // 2 + 1
