"""Numbers of whole columns: what packed, zoned and binary bytes are in a charset, and what is to become of bytes that
are no number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mappings.charsets.mainframe.columns import texts
from mappings.charsets.mainframe.tables import tables
from mappings.readers.mainframe import encode_kernel, kernels
from mappings.readers.mainframe.choices import Meaning, NumberPolicy, Overpunch
from mappings.readers.mainframe.plan import Column

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

_MEANINGS: dict[Meaning, int] = {"bad": kernels.AS_BAD, "empty": kernels.AS_EMPTY, "zero": kernels.AS_ZERO}


@dataclass(frozen=True, eq=False)
class NumberForm:
    """How a machine writes digits. ``zones`` and ``writes`` as the kernels take them."""

    zones: npt.NDArray[np.int8]
    writes: Bytes
    plus: int
    minus: int
    space: int
    little: bool
    """Byte order of COMP-5."""


def number_form(charset: str, *, overpunch: Overpunch = "ascii", little: bool | None = None) -> NumberForm:
    """The form of a charset of :mod:`mappings.charsets.mainframe.catalogue`.

    EBCDIC: digits F0-F9, the sign in the zone (C A E F plus, D B minus). ASCII: 30-39, over which minus is 70-79
    (``overpunch="ascii"``, Micro Focus) or, in files that were converted from EBCDIC, the letters of the overpunched
    digits (``"ebcdic"``: ``{A`` - ``I`` plus, ``}J`` - ``R`` minus); both are read, the one named is what is usual.
    COMP-5 is big endian where digits are EBCDIC unless ``little`` says otherwise.
    """
    zones = np.full((256, 4), -1, np.int8)
    zones[:, 2:] = 0
    writes = np.zeros((3, 10), np.uint8)
    # Every EBCDIC has its digits at F0-F9, whatever its letters are.
    ebcdic = int(tables(charset).decoding.one[0xF0]) & 0xFFFFFF == ord("0")
    digit = np.arange(10)
    if ebcdic:
        _bytes(zones, 0xF0 + digit, 0, plain=True)
        for zone, sign in ((0xC0, 1), (0xA0, 1), (0xE0, 1), (0xF0, 0), (0xD0, -1), (0xB0, -1)):
            _bytes(zones, zone + digit, sign)
        writes[:] = [0xC0 + digit, 0xD0 + digit, 0xF0 + digit]
        plus, minus, space = 0x4E, 0x60, 0x40
    else:
        _bytes(zones, 0x30 + digit, 0, plain=True)
        letters = np.array([list(b"{ABCDEFGHI"), list(b"}JKLMNOPQR")])
        _bytes(zones, letters[0], 1)
        _bytes(zones, letters[1], -1)
        _bytes(zones, 0x70 + digit, -1, over=True)
        _bytes(zones, 0x30 + digit, 0)
        usual = (0x30 + digit, 0x70 + digit) if overpunch == "ascii" else (letters[0], letters[1])
        writes[:] = [*usual, 0x30 + digit]
        plus, minus, space = 0x2B, 0x2D, 0x20
    for row, bit in ((0, 1), (1, 2), (2, 4)):
        zones[writes[row], 3] |= bit
    zones.flags.writeable = writes.flags.writeable = False
    return NumberForm(zones, writes, plus, minus, space, (not ebcdic) if little is None else little)


def _bytes(zones: npt.NDArray[np.int8], places: Ints, sign: int, *, plain: bool = False, over: bool = True) -> None:
    """Enter the bytes of the digits 0-9."""
    if plain:
        zones[places, 0] = np.arange(10)
    elif over:
        zones[places, 1] = np.arange(10)
        zones[places, 2] = sign


@dataclass(frozen=True, eq=False)
class NumberColumn:
    """A column with its policy, as the kernels take it."""

    column: Column
    shape: Ints
    policy: Ints
    place: int
    little: bool
    form: NumberForm

    @property
    def blank(self) -> int:
        """The byte that fills a field without a value."""
        return int(self.policy[4])


def number_column(column: Column, form: NumberForm, policy: NumberPolicy) -> NumberColumn:
    shape = np.array([column.digits, column.scale, column.signed, policy.padded(column)], np.int64)
    empties = {
        "spaces": (policy.spaces, form.space),
        "low": (policy.low_values, 0),
        "high": (policy.high_values, 0xFF),
    }
    order = ("spaces", "low", "high") if column.kind == "zoned" else ("low", "spaces", "high")
    fills = [byte for meaning, byte in (empties[name] for name in order) if meaning == "empty"]
    blank = fills[0] if fills else empties[order[0]][1]
    meanings = [_MEANINGS[m] for m in (policy.spaces, policy.low_values, policy.high_values)]
    values = np.array([*meanings, form.space, blank, form.plus, form.minus], np.int64)
    place = 0
    if column.kind == "zoned":
        leading = column.sign == "leading"
        place = (3 if leading else 2) if column.separate else (1 if leading and column.signed else 0)
    little = column.native and form.little
    return NumberColumn(column, shape, values, place, little, form)


def decode_numbers(
    number: NumberColumn, raw: Bytes, starts: Ints, ends: Ints, modes: Bytes
) -> tuple[pa.LargeStringArray, Bytes]:
    """The texts of a column (null for mode MISSING) and the kernel's flags."""
    column = number.column
    rows = len(starts)
    # A mark takes 4 bytes; a sign, a point and a 0 before it are more than digits.
    room = rows * max(4 * column.length, column.digits + 4, 24)
    out, offsets, flags = np.empty(room, np.uint8), np.empty(rows + 1, np.int64), np.empty(rows, np.uint8)
    given = (raw, starts, ends, modes, column.length, number.shape, number.policy)
    if column.kind == "packed":
        size = kernels.decode_packed(*given, out, offsets, flags)
    elif column.kind == "zoned":
        size = kernels.decode_zoned(*given, number.place, number.form.zones, out, offsets, flags)
    else:
        size = kernels.decode_binary(*given, number.little, column.native, out, offsets, flags)
    return string_array(offsets, out[:size], modes), flags


def string_array(offsets: Ints, text: Bytes, modes: Bytes) -> pa.LargeStringArray:
    """Arrow texts over a kernel's buffers; null where the mode is MISSING."""
    nulls = None
    missing = modes == kernels.MISSING
    if missing.any():
        nulls = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(text), nulls)


def encode_numbers(number: NumberColumn, text: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The bytes of a column's texts (``fixed_size_binary``): the way back of :func:`decode_numbers`.

    Marks become their bytes, "" the bytes that fill a field without a value; null where the text is null or is no
    number of this PICTURE.
    """
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    column = number.column
    given = texts(text)
    out = np.empty(len(text) * column.length, np.uint8)
    valid = np.empty(len(text), np.uint8)
    encode_kernel.encode_numbers(
        given.utf8, given.starts, given.present, _KINDS[column.kind], column.length, number.shape, number.policy,
        number.place, number.form.zones, number.form.writes, number.little, out, valid,
    )  # fmt: skip
    nulls = pa.py_buffer(np.packbits(valid != 0, bitorder="little"))
    return pa.Array.from_buffers(pa.binary(column.length), len(text), [nulls, pa.py_buffer(out)])


_KINDS: Mapping[str, int] = {"packed": 0, "zoned": 1, "binary": 2}
