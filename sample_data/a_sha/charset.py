"""Plain encoders of A社's character set: EBCDIK for single bytes, JEF for double bytes, shift codes between the two.

The code tables are ``charset/*.csv`` (facts, see ``charset/NOTICE``); nothing here is shared with what decodes.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

Bytes = npt.NDArray[np.uint8]
SHIFT_OUT, SHIFT_IN = b"\x28", b"\x29"
"""To double bytes, and back."""
SPACE = 0x40
_USER_FIRST, _USER_LEAD, _USER_TRAIL, _USER_ROWS = 0xE000, 0x80, 0xA1, 33
"""User-defined characters stand in rows of 94 from 80A1 on."""


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
    if name == "jef":
        for number in range(_USER_ROWS * 94):
            found[_USER_FIRST + number] = (_USER_LEAD + number // 94) << 8 | (_USER_TRAIL + number % 94)
    return found


def _points(texts: pl.Series, width: int, fill: str, field: str) -> npt.NDArray[np.uint32]:
    """Code points, one row a text, filled up on the right."""
    longest = texts.str.len_chars().max()
    if isinstance(longest, int) and longest > width:
        raise NotInCharset(f"{field}: a text of {longest} characters does not fit into {width}")
    padded = texts.str.pad_end(width, fill).to_numpy().astype(f"<U{width}")
    return np.ascontiguousarray(padded).view(np.uint32).reshape(len(texts), width)


def _looked_up(texts: pl.Series, width: int, table: str, fill: str, field: str) -> npt.NDArray[np.int32]:
    points = _points(texts, width, fill, field)
    codes = _codes(table)[points]
    if (codes < 0).any():
        lacking = sorted({f"U+{point:04X}" for point in points[codes < 0].tolist()})
        raise NotInCharset(f"{field}: {table} lacks {', '.join(lacking[:5])}")
    return codes


def single(texts: pl.Series, width: int, field: str = "") -> Bytes:
    """Half-width text, one byte a character, filled up with spaces. (rows, ``width``). Raises NotInCharset."""
    return _looked_up(texts, width, "ebcdik", " ", field).astype(np.uint8)


def double(texts: pl.Series, width: int, field: str = "") -> Bytes:
    """Full-width text without shift codes, filled up with wide spaces. (rows, 2 x ``width``). Raises NotInCharset."""
    codes = _looked_up(texts, width, "jef", "　", field)
    both = np.stack([codes >> 8, codes & 0xFF], axis=-1)
    return both.astype(np.uint8).reshape(len(texts), 2 * width)


def mixed(texts: pl.Series, size: int, field: str = "") -> Bytes:
    """Text of both widths with shift codes, filled up with single spaces. (rows, ``size``). Raises NotInCharset."""
    spelt = {text: _mixed(text, size, field) for text in texts.unique().to_list()}
    joined = b"".join(spelt[text] for text in texts.to_list())
    return np.frombuffer(joined, np.uint8).reshape(len(texts), size)


def _mixed(text: str, size: int, field: str) -> bytes:
    narrow, wide = _codes("ebcdik"), _codes("jef")
    made, doubled = bytearray(), False
    for character in text:
        point = ord(character)
        if narrow[point] < 0 and wide[point] < 0:
            raise NotInCharset(f"{field}: no code for U+{point:04X}")
        if doubled != (narrow[point] < 0):
            made += SHIFT_IN if doubled else SHIFT_OUT
            doubled = not doubled
        made += int(wide[point]).to_bytes(2, "big") if doubled else bytes([narrow[point]])
    if doubled:
        made += SHIFT_IN
    if len(made) > size:
        raise NotInCharset(f"{field}: a text of {len(made)} bytes does not fit into {size}")
    return bytes(made.ljust(size, bytes([SPACE])))
