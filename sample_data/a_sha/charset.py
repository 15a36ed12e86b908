"""Plain encoders of A社's character sets: single bytes, double bytes, and the shift codes between the two.

A社 writes JEF with EBCDIK; some of its systems run on other makers' machines and write KEIS or JIPS(E) instead.

The code tables are ``charset/*.csv`` (facts, see ``charset/NOTICE``); nothing here is shared with what decodes.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

Bytes = npt.NDArray[np.uint8]
SPACE = 0x40
_USER_FIRST, _USER_TRAIL, _USER_ROW = 0xE000, 0xA1, 94
"""User-defined characters stand in rows of 94, each from A1 on."""


@dataclass(frozen=True)
class Charset:
    """Names of the tables of single and double bytes; shift codes to double bytes and back; first byte and number of
    the rows of user-defined characters (none: they stand in the table); characters that the set lacks, and what the
    vendor writes for them."""

    single: str
    double: str
    to_double: bytes
    to_single: bytes
    user_lead: int = 0
    user_rows: int = 0
    own: Mapping[str, str] = field(default_factory=dict)


_LACKING = {
    **{char: chr(0xEA00 + number) for number, char in enumerate("髙﨑德濵桒彅")},
    "－": "\u2212",
    "～": "\u301c",
}
"""User-defined characters of the machines whose sets lack these, and signs that their makers see as others."""
JEF = Charset("ebcdik", "jef", b"\x28", b"\x29", 0x80, 33)
KEIS = Charset("hitachi_ebcdik", "keis83", b"\x0a\x42", b"\x0a\x41", 0x81, 32, _LACKING)
JIPS = Charset("nec_ebcdik", "jips_e", b"\x3f\x75", b"\x3f\x76", own=_LACKING)


class NotInCharset(ValueError):
    """A text has a character that A社's character set lacks, or is longer than its field."""


@cache
def _codes(name: str) -> npt.NDArray[np.int32]:
    """Code of every code point of the first two planes and the third; -1 where there is none."""
    found = np.full(0x30000, -1, np.int32)
    path = Path(__file__).parent / "charset" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[int(row["unicode"], 16)] = int(row["code"], 16)
    return found


@cache
def _doubles(name: str, user_lead: int, user_rows: int) -> npt.NDArray[np.int32]:
    """Double-byte codes with those of user-defined characters."""
    found = _codes(name).copy()
    for number in range(user_rows * _USER_ROW):
        row, place = divmod(number, _USER_ROW)
        found[_USER_FIRST + number] = (user_lead + row) << 8 | (_USER_TRAIL + place)
    return found


def _points(texts: pl.Series, width: int, fill: str, field: str) -> npt.NDArray[np.uint32]:
    """Code points, one row a text, filled up on the right."""
    longest = texts.str.len_chars().max()
    if isinstance(longest, int) and longest > width:
        raise NotInCharset(f"{field}: a text of {longest} characters does not fit into {width}")
    padded = texts.str.pad_end(width, fill).to_numpy().astype(f"<U{width}")
    return np.ascontiguousarray(padded).view(np.uint32).reshape(len(texts), width)


def _looked_up(points: npt.NDArray[np.uint32], table: npt.NDArray[np.int32], field: str) -> npt.NDArray[np.int32]:
    codes = table[points]
    if (codes < 0).any():
        lacking = sorted({f"U+{point:04X}" for point in points[codes < 0].tolist()})
        raise NotInCharset(f"{field}: there is no code for {', '.join(lacking[:5])}")
    return codes


def _own(texts: pl.Series, charset: Charset) -> pl.Series:
    return texts.str.replace_many(list(charset.own), list(charset.own.values())) if charset.own else texts


def single(texts: pl.Series, width: int, field: str = "", charset: Charset = JEF) -> Bytes:
    """Half-width text, one byte a character, filled up with spaces. (rows, ``width``). Raises NotInCharset."""
    points = _points(texts, width, " ", field)
    return _looked_up(points, _codes(charset.single), field).astype(np.uint8)


def double(texts: pl.Series, width: int, field: str = "", charset: Charset = JEF) -> Bytes:
    """Full-width text without shift codes, filled up with wide spaces. (rows, 2 x ``width``). Raises NotInCharset."""
    points = _points(_own(texts, charset), width, "　", field)
    codes = _looked_up(points, _doubles(charset.double, charset.user_lead, charset.user_rows), field)
    both = np.stack([codes >> 8, codes & 0xFF], axis=-1)
    return both.astype(np.uint8).reshape(len(texts), 2 * width)


def mixed(texts: pl.Series, size: int, field: str = "", charset: Charset = JEF) -> Bytes:
    """Text of both widths with shift codes, filled up with single spaces. (rows, ``size``). Raises NotInCharset."""
    own = _own(texts, charset)
    spelt = {text: _mixed(text, size, field, charset) for text in own.unique().to_list()}
    joined = b"".join(spelt[text] for text in own.to_list())
    return np.frombuffer(joined, np.uint8).reshape(len(texts), size)


def _mixed(text: str, size: int, field: str, charset: Charset) -> bytes:
    narrow, wide = _codes(charset.single), _doubles(charset.double, charset.user_lead, charset.user_rows)
    made, doubled = bytearray(), False
    for character in text:
        point = ord(character)
        if narrow[point] < 0 and wide[point] < 0:
            raise NotInCharset(f"{field}: no code for U+{point:04X}")
        if doubled != (narrow[point] < 0):
            made += charset.to_single if doubled else charset.to_double
            doubled = not doubled
        made += int(wide[point]).to_bytes(2, "big") if doubled else bytes([narrow[point]])
    if doubled:
        made += charset.to_single
    if len(made) > size:
        raise NotInCharset(f"{field}: a text of {len(made)} bytes does not fit into {size}")
    return bytes(made.ljust(size, bytes([SPACE])))
