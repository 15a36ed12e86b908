"""Decoding tables: for every code of a charset the UTF-8 bytes of its character, ready for a kernel.

A table entry is one ``uint32``: 0 = the charset has no such code; below 0x80 = that very character, nothing to watch;
else bits 0-23 hold the UTF-8 bytes (first byte lowest), bits 24-25 their number, and three flags say what must be
counted. CP932 comes from Python's codec without the bytes 80, A0 and FD-FF, which Windows leaves undefined. eucJP-ms,
which Python lacks, is put together from what it consists of: JIS X 0201, the 94 rows of CP932, JIS X 0212, 2 x 10
user-defined rows and the IBM extensions that none of them has. A test compares every cell with ``iconv -f
EUC-JP-MS``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

TABLE, UTF8, UTF16LE, UTF16BE, UTF8_MARKED = 0, 1, 2, 3, 4
"""How a kernel decodes: by table, or by rule. UTF8_MARKED is our own UTF-8, in which undecodable bytes already are
marks."""

FLAG_GAIJI = 1 << 26
FLAG_DUPLICATE = 1 << 27
FLAG_CONTROL = 1 << 28

_GAIJI = range(0xE000, 0xF900)


@dataclass(frozen=True, eq=False)
class Tables:
    """One charset for the kernels. Arrays are C-contiguous; ``lead``: 0 = one byte, 1 = first of two, 2 = first of
    three."""

    kind: int
    lead: npt.NDArray[np.uint8]
    trail: npt.NDArray[np.uint8]
    one: npt.NDArray[np.uint32]
    two: npt.NDArray[np.uint32]
    three: npt.NDArray[np.uint32]

    @property
    def trails_are_text(self) -> bool:
        """Whether a byte below 0x80 can be the second half of a character (0x7C ``|`` is one in CP932)."""
        return bool(self.trail[:0x80].any())


def character(entry: int) -> str:
    """The character of a table entry that is not 0."""
    if entry < 0x80:
        return chr(entry)
    return (entry & 0xFFFFFF).to_bytes(3, "little")[: entry >> 24 & 3].decode("utf-8")


def _entry(text: str, seen: set[str]) -> int:
    if not text:
        return 0
    utf8 = text.encode("utf-8")
    if len(utf8) > 3:
        raise ValueError("a charset table holds characters of the basic plane only")
    entry = int.from_bytes(utf8, "little") | len(utf8) << 24
    if ord(text) in _GAIJI:
        entry |= FLAG_GAIJI
    if text in seen:
        entry |= FLAG_DUPLICATE
    seen.add(text)
    return entry


def _decoded(code: bytes, codec: str) -> str:
    try:
        return code.decode(codec)
    except UnicodeDecodeError:
        return ""


def _ascii(one: npt.NDArray[np.uint32]) -> None:
    one[:0x80] = np.arange(0x80)
    controls = [c for c in (*range(0x20), 0x7F) if c not in b"\t\n"]
    one[controls] |= np.uint32(FLAG_CONTROL | 1 << 24)


def _empty(kind: int) -> Tables:
    def zeros(size: int, dtype: type) -> npt.NDArray[Any]:
        return np.zeros(size, dtype)

    return Tables(
        kind,
        zeros(256, np.uint8),
        zeros(256, np.uint8),
        zeros(256, np.uint32),
        zeros(65536, np.uint32),
        zeros(65536, np.uint32),
    )


def _fill(table: npt.NDArray[np.uint32], cells: Iterable[tuple[int, str]], seen: set[str]) -> None:
    for code, text in cells:
        table[code] = _entry(text, seen)


def _cp932() -> Tables:
    tables = _empty(TABLE)
    leads = [*range(0x81, 0xA0), *range(0xE0, 0xFD)]
    trails = [*range(0x40, 0x7F), *range(0x80, 0xFD)]
    _ascii(tables.one)
    _fill(tables.one, ((b, chr(0xFF61 + b - 0xA1)) for b in range(0xA1, 0xE0)), set())
    tables.lead[leads] = 1
    tables.trail[trails] = 1
    # Of the codes of one character Windows writes that of JIS, else NEC row 13, else the IBM extension; NEC's selection
    # of those (ED, EE) comes last. Python's encoder prefers the latter: it does not write what Windows programs wrote.
    codes = sorted((a << 8 | b for a in leads for b in trails), key=lambda c: (c >> 8 in (0xED, 0xEE), c))
    _fill(tables.two, ((c, _decoded(c.to_bytes(2, "big"), "cp932")) for c in codes), set())
    return tables


def _row_cell(row: int, cell: int) -> str:
    """CP932's character at a row and cell (1-94) of its JIS plane."""
    lead = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)
    trail = 0x9E + cell if row % 2 == 0 else 0x3F + cell + (cell >= 64)
    return _decoded(bytes([lead, trail]), "cp932")


def _jisx0212(row: int, cell: int) -> str:
    text = _decoded(bytes([0x8F, 0xA0 + row, 0xA0 + cell]), "euc_jp")
    return {"~": "～", "¦": "￤"}.get(text, text)


def _ibm_extensions(others: set[str]) -> list[str]:
    """The 106 IBM extensions of rows 83-84 behind 8F, in IBM's order: Roman numerals, five signs, kanji that no other
    set has."""
    codes = (bytes([a, b]) for a in range(0xFA, 0xFD) for b in (*range(0x40, 0x7F), *range(0x80, 0xFD)))
    texts = [t for t in (_decoded(c, "cp932") for c in codes) if t]
    signs = texts[:28]
    return [t for t in signs if t not in "￢￤∵"] + [t for t in texts[28:] if t not in others]


def _eucjp_ms() -> Tables:
    tables = _empty(TABLE)
    _ascii(tables.one)
    tables.lead[0xA1:0xFF] = 1
    tables.lead[0x8E] = 1
    tables.lead[0x8F] = 2
    tables.trail[0xA1:0xFF] = 1
    rows = range(1, 95)
    seen: set[str] = set()
    _fill(tables.two, ((0x8E00 | b, chr(0xFF61 + b - 0xA1)) for b in range(0xA1, 0xE0)), set())
    plane1 = [
        ((0xA0 + r) << 8 | 0xA0 + c, chr(0xE000 + (r - 85) * 94 + c - 1) if r >= 85 else _row_cell(r, c))
        for r in rows
        for c in rows
    ]
    _fill(tables.two, plane1, seen)
    plane2 = {(r, c): chr(0xE3AC + (r - 85) * 94 + c - 1) if r >= 85 else _jisx0212(r, c) for r in rows for c in rows}
    extensions = _ibm_extensions({t for t in plane2.values() if t})
    plane2.update({(83 + (82 + i) // 94, (82 + i) % 94 + 1): text for i, text in enumerate(extensions)})
    _fill(tables.three, (((0xA0 + r) << 8 | 0xA0 + c, text) for (r, c), text in plane2.items()), seen)
    return tables


@lru_cache
def tables(charset: str) -> Tables:
    """The tables of a charset by its name in :data:`mappings.charsets.CHARSETS`; ``marked`` is our own UTF-8."""
    if charset == "cp932":
        return _cp932()
    if charset == "eucjp-ms":
        return _eucjp_ms()
    if charset == "ascii":
        made = _empty(TABLE)
        _ascii(made.one)
        return made
    kinds = {"utf-8": UTF8, "utf-16-le": UTF16LE, "utf-16-be": UTF16BE, "marked": UTF8_MARKED}
    return _empty(kinds[charset])


NEUTRAL, COMMON, RARE, KANA, KANA_MARK, DAKUTEN, HANDAKUTEN, KANA_SMALL, CONTROL = range(9)


@lru_cache
def character_classes() -> npt.NDArray[np.uint8]:
    """For each character of the basic plane what it is to a reader of Japanese records (65,536 classes)."""
    classes = np.full(65536, RARE, np.uint8)
    classes[:0x80] = NEUTRAL
    classes[[*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F]] = CONTROL
    for row in (1, 2, 3, 4, 5, *range(16, 48)):
        for cell in range(1, 95):
            text = _row_cell(row, cell)
            if text:
                classes[ord(text)] = COMMON
    classes[0xFF61:0xFFA0] = KANA
    classes[0xFF61:0xFF66] = KANA_MARK
    classes[0xFF67:0xFF71] = KANA_SMALL
    classes[0xFF9E] = DAKUTEN
    classes[0xFF9F] = HANDAKUTEN
    return classes
