"""What the kernels read: for every code of a charset its characters as UTF-8, for every character its code.

Both directions come from the same rows, so they cannot drift apart; that a code does not come back from its own text
is found here once, and flagged.

A decoding entry is one ``uint32``: bits 0-23 the UTF-8 bytes (first byte lowest), bits 24-25 their number, then the
flags of :mod:`mappings.charsets.tables`. With ``FLAG_LONG`` bits 0-15 are a row of ``long`` instead: the number of
bytes, and up to eight of them. 0 = no such code; ``FLAG_UNMAPPABLE`` alone = a code in use that Unicode has no
character for.

An encoding entry: bits 0-23 the code, bits 24-25 its number of bytes (0 = the character alone has no code), and two
flags. ``pages[c >> 8]`` is the page of character ``c``, 256 entries each; page 0 is empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mappings.charsets import tables as stateless
from mappings.charsets.mainframe import codetables as ct
from mappings.charsets.mainframe.catalogue import Charset, UserArea, charset
from mappings.charsets.tables import FLAG_CONTROL, FLAG_DUPLICATE, FLAG_GAIJI

FLAG_UNMAPPABLE = 1 << 29
FLAG_LONG = 1 << 30

ENCODES_SIMILAR = 1 << 26
"""The code decodes to another character: written only if the caller allows it."""
STARTS_SEQUENCE = 1 << 27
"""The character may be followed by a selector or a combining mark that belongs to the same code."""

NO_SHIFT, TO_DOUBLE, TO_SINGLE, FIRST_OF_TWO = 0, 1, 2, 3

Text = tuple[int, int]
"""A character and the selector or combining mark behind it (0 = none)."""


@dataclass(frozen=True, eq=False)
class Decoding:
    """Arrays of the decoding kernel; all are read-only."""

    one: npt.NDArray[np.uint32]
    two: npt.NDArray[np.uint32]
    three: npt.NDArray[np.uint32]
    long: npt.NDArray[np.uint8]
    lead: npt.NDArray[np.uint8]
    """Stateless charsets: 1 = first of two bytes, 2 = first of three. Else: 1 = a double-byte code begins so."""
    trail: npt.NDArray[np.uint8]
    """Stateless charsets: whether the byte can follow a lead."""
    shift: npt.NDArray[np.uint8]
    second: npt.NDArray[np.int16]
    """Second bytes of the shift codes of two bytes: to double, to single; -1 = none."""
    alphabet: int
    """0 single bytes and shifts, 1 double bytes only, 2 stateless."""


@dataclass(frozen=True, eq=False)
class Encoding:
    """Arrays of the encoding kernel; all are read-only."""

    pages: npt.NDArray[np.int32]
    entries: npt.NDArray[np.uint32]
    keys: npt.NDArray[np.uint64]
    """Sequences: character << 20 | second, ascending."""
    codes: npt.NDArray[np.uint32]
    """Code of each sequence."""
    space: bytes
    """The charset's space, with which fields are filled."""


class Tables(NamedTuple):
    """Both directions of one charset."""

    charset: Charset
    decoding: Decoding
    encoding: Encoding


class _Code(NamedTuple):
    """A code and what it has to do with a text."""

    code: int
    size: int
    similar: bool


@lru_cache
def tables(name: str) -> Tables:
    """The tables of a charset. Raises ``LookupError`` for a name that :mod:`.catalogue` does not have."""
    one = charset(name)
    if one.name != name:
        return tables(one.name)
    return _stateless(one) if one.stateless else _mainframe(one)


def _mainframe(one: Charset) -> Tables:
    double = _rows(one.double)
    if one.permuted:
        e_of_j = ct.jips_e_of_j().tolist()
        double = [(e_of_j[r[0] >> 8] << 8 | e_of_j[r[0] & 0xFF], *r[1:]) for r in double]
    for area in one.areas:
        double += _user_rows(area, ct.jips_e_of_j().tolist() if one.permuted else None)
    single = _rows(one.single) if one.single else []
    codes = _codes(one, single, double)
    decoded = {(1, code): text for code, text in _texts(single, "").items()}
    decoded |= {(2, code): text for code, text in _texts(double, one.ivs).items()}

    kept: list[bytes] = []
    arrays = {1: np.zeros(256, np.uint32), 2: np.zeros(65536, np.uint32)}
    for (size, code), text in decoded.items():
        back = codes.get(text)
        same = back is not None and (back.size, back.code) == (size, code) and not back.similar
        arrays[size][code] = _entry(text, not same, kept)
    for row in double:
        if row[5] & ct.UNMAPPABLE and not arrays[2][row[0]]:
            arrays[2][row[0]] = FLAG_UNMAPPABLE
    lead = np.zeros(256, np.uint8)
    lead[np.unique(np.flatnonzero(arrays[2]) >> 8)] = 1
    shift, second = _shifts(one)
    decoding = Decoding(
        _fixed(arrays[1]),
        _fixed(arrays[2]),
        _fixed(np.zeros(1, np.uint32)),
        _long(kept),
        _fixed(lead),
        _fixed(np.zeros(256, np.uint8)),
        shift,
        second,
        0 if one.single else 1,
    )
    return Tables(one, decoding, _encoding(codes, " " if one.single else "　"))


_Row = tuple[int, int, int, int, int, int]


def _rows(table: str) -> list[_Row]:
    return [tuple(row) for row in ct.rows(table).tolist()]


def _user_rows(area: UserArea, permutation: list[int] | None) -> list[_Row]:
    leads, trails = range(area.leads[0], area.leads[1] + 1), range(area.trails[0], area.trails[1] + 1)
    cells = [(a, b) for a in leads for b in trails]
    if permutation is not None:
        cells = [(permutation[a], permutation[b]) for a, b in cells]
    return [(a << 8 | b, area.first + i, 0, 0, 0, 0) for i, (a, b) in enumerate(cells)]


def _texts(rows: Iterable[_Row], ivs: str) -> dict[int, Text]:
    """What each code decodes to. Of several rows of a code the one with a selector wins if selectors are wanted, then
    one whose character stands for this code alone."""
    chosen: dict[int, tuple[int, Text]] = {}
    for code, point, hanyo, adobe, second, options in rows:
        if options & (ct.ENCODE_ONLY | ct.UNMAPPABLE):
            continue
        selector = hanyo if ivs == "hanyo-denshi" else adobe if ivs else 0
        rank = 0 if selector else 2 if options & ct.ONEWAY else 1
        if code not in chosen or rank < chosen[code][0]:
            chosen[code] = rank, (point, selector or second)
    return {code: text for code, (_, text) in chosen.items()}


def _codes(one: Charset, single: list[_Row], double: list[_Row]) -> dict[Text, _Code]:
    """The code of each text. One that decodes to something else comes last, one meant for decoding only before it;
    a character's own code goes before one that shares it, single bytes before double, full width before half."""
    chosen: dict[Text, tuple[tuple[int, ...], _Code]] = {}

    def offer(text: Text, rank: tuple[int, ...], code: _Code) -> None:
        if text not in chosen or rank < chosen[text][0]:
            chosen[text] = rank, code

    for size, rows in ((1, single), (2, double)):
        for place, (code, point, hanyo, adobe, second, options) in enumerate(rows):
            if options & ct.UNMAPPABLE:
                continue
            found = _Code(code, size, bool(options & ct.ENCODE_ONLY))
            kind = options & ct.ENCODE_ONLY, options & ct.DECODE_ONLY
            width = options & ct.HALFWIDTH
            offer((point, second), (*kind, options & ct.ONEWAY, options & ct.SUBSTITUTION, size, width, place), found)
            own = adobe if one.ivs == "adobe-japan1" else hanyo
            for selector in {hanyo, adobe} - {0}:
                offer((point, selector), (*kind, selector != own, place), found)
    return {text: code for text, (_, code) in chosen.items()}


def _entry(text: Text, duplicate: bool, kept: list[bytes]) -> int:
    utf8 = "".join(map(chr, text if text[1] else text[:1])).encode("utf-8")
    point = text[0]
    flags = FLAG_GAIJI if 0xE000 <= point < 0xF900 else 0
    if point < 0x20 or 0x7F <= point < 0xA0:
        flags |= FLAG_CONTROL
    if duplicate:
        flags |= FLAG_DUPLICATE
    if len(utf8) <= 3:
        return int.from_bytes(utf8, "little") | len(utf8) << 24 | flags
    kept.append(utf8)
    return len(kept) - 1 | FLAG_LONG | flags


def _long(kept: list[bytes]) -> npt.NDArray[np.uint8]:
    made = np.zeros((max(len(kept), 1), 9), np.uint8)
    for row, utf8 in enumerate(kept):
        made[row, 0] = len(utf8)
        made[row, 1 : 1 + len(utf8)] = list(utf8)
    return _fixed(made)


def _shifts(one: Charset) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int16]]:
    shift, second = np.zeros(256, np.uint8), np.full(2, -1, np.int16)
    if one.shifts is not None:
        for kind, code in [*((TO_DOUBLE, c) for c in one.shifts.to_double), (TO_SINGLE, one.shifts.to_single)]:
            shift[code[0]] = kind if len(code) == 1 else FIRST_OF_TWO
            if len(code) == 2:
                second[kind - 1] = code[1]
    return _fixed(shift), _fixed(second)


def _fixed(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array


def _encoding(codes: dict[Text, _Code], space: str) -> Encoding:
    pages = np.zeros(0x1100, np.int32)
    numbers = sorted({point >> 8 for point, _ in codes})
    pages[numbers] = np.arange(1, len(numbers) + 1)
    entries = np.zeros((len(numbers) + 1) * 256, np.uint32)
    sequences: dict[int, int] = {}
    for (point, second), found in codes.items():
        cell = int(pages[point >> 8]) << 8 | point & 0xFF
        value = found.code | found.size << 24 | (ENCODES_SIMILAR if found.similar else 0)
        if second:
            sequences[point << 20 | second] = value
            entries[cell] |= STARTS_SEQUENCE
        else:
            entries[cell] = value | int(entries[cell]) & STARTS_SEQUENCE
    keys = np.array(sorted(sequences), np.uint64)
    own = codes[ord(space), 0]
    return Encoding(
        _fixed(pages),
        _fixed(entries),
        _fixed(keys),
        _fixed(np.array([sequences[int(key)] for key in keys], np.uint32)),
        own.code.to_bytes(own.size, "big"),
    )


def _stateless(one: Charset) -> Tables:
    source = stateless.tables(one.stateless)
    codes: dict[Text, _Code] = {}
    made = []
    for size, table, head in ((1, source.one, 0), (2, source.two, 0), (3, source.three, 0x8F0000)):
        filled = np.flatnonzero(table)
        copy = table.copy()
        copy[filled[table[filled] < 0x80]] |= 1 << 24
        for code, entry in zip(filled.tolist(), table[filled].tolist(), strict=True):
            if not entry & FLAG_DUPLICATE:
                codes[ord(stateless.character(entry)), 0] = _Code(code | head, size, False)
        made.append(copy)
    decoding = Decoding(
        _fixed(made[0]),
        _fixed(made[1]),
        _fixed(made[2]),
        _long([]),
        _fixed(source.lead.copy()),
        _fixed(source.trail.copy()),
        *_shifts(one),
        alphabet=2,
    )
    return Tables(one, decoding, _encoding(codes, " "))
