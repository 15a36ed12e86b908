"""The loops that decode: fields of records to Arrow's text buffers, and the count of characters by class (numba).

The three ``emit_*`` kernels take the same arguments and differ in the charset's form: by table, UTF-8, UTF-16.
``raw`` is the bytes of a chunk, ``starts`` and ``ends`` (records, fields) the positions of the fields in it (both -1 =
no such field); ``rows`` and ``columns`` choose records and fields. ``bases[c]`` is where the text of ``columns[c]``
begins in ``out``, which must hold 4 bytes for each byte of a field; ``offsets[c]`` (rows + 1) are relative to it, as
Arrow has them. Bytes that the charset does not decode become U+10FE00 + byte. What must be counted is written to
``events`` as ``(kind << 48 | code, row << 16 | column)``; the number of events is returned, and if ``events`` cannot
hold them the caller tries again with a larger one.

The loops are written out on purpose: handing arrays to a helper for each field costs more than decoding a short
field.
"""

# mypy: disable-error-code="no-untyped-def"
# numba decides the types of a kernel's arguments; the docstrings give them.

from __future__ import annotations

import numpy as np

from mappings.charsets import MARK_BASE
from mappings.charsets.jit import jit
from mappings.charsets.tables import (
    COMMON,
    CONTROL,
    DAKUTEN,
    FLAG_CONTROL,
    FLAG_DUPLICATE,
    FLAG_GAIJI,
    HANDAKUTEN,
    KANA,
    KANA_MARK,
    KANA_SMALL,
    RARE,
    UTF8_MARKED,
    UTF16BE,
)

BAD, GAIJI, CONTROLS, DUPLICATE = 1, 2, 3, 4
"""Kinds of events: an undecodable byte, a user-defined character, a control character, a code with a preferred twin.

The code of a gaiji is that of the charset's table, or its code point in UTF-8 and UTF-16.
"""

_FLAGS = FLAG_GAIJI | FLAG_DUPLICATE | FLAG_CONTROL


@jit
def _event(events, count, kind, code, row, column):
    if count < events.shape[0]:
        events[count, 0] = (kind << 48) | code
        events[count, 1] = (row << 16) | column
    return count + 1


@jit
def _mark(byte, out, o):
    """U+10FE00 + byte as UTF-8."""
    out[o] = 0xF4
    out[o + 1] = 0x8F
    out[o + 2] = 0xB8 | (byte >> 6)
    out[o + 3] = 0x80 | (byte & 0x3F)


@jit
def emit_table(raw, starts, ends, rows, columns, kind, lead, trail, one, two, three, bases, out, offsets, events):
    """Decode by table: ASCII, CP932, eucJP-ms."""
    count = 0
    text_ends = bases.copy()
    offsets[:, 0] = 0
    for r in range(rows.shape[0]):
        row = rows[r]
        for c in range(columns.shape[0]):
            column = columns[c]
            i = np.int64(starts[row, column])
            e = np.int64(ends[row, column])
            o = text_ends[c]
            while i < e:
                byte = raw[i]
                entry = one[byte]
                if entry < 0x80 and (entry > 0 or byte == 0):
                    out[o] = byte
                    o += 1
                    i += 1
                    continue
                code = np.int64(byte)
                size = 1
                shape = lead[byte]
                if shape == 1:
                    if i + 1 < e and trail[raw[i + 1]]:
                        size = 2
                        code = code << 8 | raw[i + 1]
                        entry = two[code]
                elif shape == 2 and i + 2 < e and trail[raw[i + 1]] and trail[raw[i + 2]]:
                    size = 3
                    low = np.int64(raw[i + 1]) << 8 | raw[i + 2]
                    code = code << 16 | low
                    entry = three[low]
                if entry == 0:
                    for k in range(i, i + size):
                        count = _event(events, count, BAD, np.int64(raw[k]), row, column)
                        _mark(raw[k], out, o)
                        o += 4
                    i += size
                    continue
                length = (entry >> 24) & 3
                out[o] = entry & 0xFF
                if length > 1:
                    out[o + 1] = (entry >> 8) & 0xFF
                if length > 2:
                    out[o + 2] = (entry >> 16) & 0xFF
                o += length
                if entry & _FLAGS:
                    if entry & FLAG_GAIJI:
                        count = _event(events, count, GAIJI, code, row, column)
                    elif entry & FLAG_DUPLICATE:
                        count = _event(events, count, DUPLICATE, code, row, column)
                    elif not (byte == 13 and i + 1 < e and raw[i + 1] == 10):
                        count = _event(events, count, CONTROLS, code, row, column)
                i += size
            text_ends[c] = o
            offsets[c, r + 1] = o - bases[c]
    return count


@jit
def emit_utf8(raw, starts, ends, rows, columns, kind, lead, trail, one, two, three, bases, out, offsets, events):
    """Check UTF-8 (RFC 3629: no overlong form, no surrogate) and copy it; in our own marked UTF-8 a mark is an
    undecodable byte."""
    count = 0
    marked = kind == UTF8_MARKED
    text_ends = bases.copy()
    offsets[:, 0] = 0
    for r in range(rows.shape[0]):
        row = rows[r]
        for c in range(columns.shape[0]):
            column = columns[c]
            i = np.int64(starts[row, column])
            e = np.int64(ends[row, column])
            o = text_ends[c]
            while i < e:
                b = raw[i]
                if b < 0x80:
                    out[o] = b
                    o += 1
                    if (
                        (b < 0x20 or b == 0x7F)
                        and b not in (9, 10)
                        and not (b == 13 and i + 1 < e and raw[i + 1] == 10)
                    ):
                        count = _event(events, count, CONTROLS, np.int64(b), row, column)
                    i += 1
                    continue
                size = 0
                value = np.int64(0)
                if 0xC2 <= b < 0xE0:
                    if i + 1 < e and raw[i + 1] & 0xC0 == 0x80:
                        size = 2
                        value = np.int64(b & 0x1F) << 6 | (raw[i + 1] & 0x3F)
                elif 0xE0 <= b < 0xF0:
                    if i + 2 < e and raw[i + 1] & 0xC0 == 0x80 and raw[i + 2] & 0xC0 == 0x80:
                        value = np.int64(b & 0x0F) << 12 | np.int64(raw[i + 1] & 0x3F) << 6 | (raw[i + 2] & 0x3F)
                        if value >= 0x800 and not 0xD800 <= value <= 0xDFFF:
                            size = 3
                elif (
                    0xF0 <= b < 0xF5
                    and i + 3 < e
                    and raw[i + 1] & 0xC0 == 0x80
                    and raw[i + 2] & 0xC0 == 0x80
                    and raw[i + 3] & 0xC0 == 0x80
                ):
                    value = np.int64(b & 0x07) << 18 | np.int64(raw[i + 1] & 0x3F) << 12
                    value |= np.int64(raw[i + 2] & 0x3F) << 6 | (raw[i + 3] & 0x3F)
                    if 0x10000 <= value <= 0x10FFFF:
                        size = 4
                is_mark = MARK_BASE <= value <= MARK_BASE + 0xFF
                if size == 0 or (is_mark and not marked):
                    # A genuine character of the marks' range would be taken for a mark: it is carried byte by byte as
                    # well.
                    for k in range(i, i + max(size, 1)):
                        count = _event(events, count, BAD, np.int64(raw[k]), row, column)
                        _mark(raw[k], out, o)
                        o += 4
                    i += max(size, 1)
                    continue
                if is_mark:
                    count = _event(events, count, BAD, value - MARK_BASE, row, column)
                elif 0xE000 <= value <= 0xF8FF or value >= 0xF0000:
                    count = _event(events, count, GAIJI, value, row, column)
                elif value < 0xA0:
                    count = _event(events, count, CONTROLS, value, row, column)
                for k in range(i, i + size):
                    out[o] = raw[k]
                    o += 1
                i += size
            text_ends[c] = o
            offsets[c, r + 1] = o - bases[c]
    return count


@jit
def emit_utf16(raw, starts, ends, rows, columns, kind, lead, trail, one, two, three, bases, out, offsets, events):
    """Decode UTF-16; a lone surrogate is two undecodable bytes, an odd last byte one."""
    count = 0
    high = 0 if kind == UTF16BE else 1
    text_ends = bases.copy()
    offsets[:, 0] = 0
    for r in range(rows.shape[0]):
        row = rows[r]
        for c in range(columns.shape[0]):
            column = columns[c]
            i = np.int64(starts[row, column])
            e = np.int64(ends[row, column])
            o = text_ends[c]
            while i < e:
                size = 2
                value = np.int64(-1)
                if i + 1 < e:
                    value = np.int64(raw[i + high]) << 8 | raw[i + 1 - high]
                    if 0xD800 <= value <= 0xDFFF:
                        second = np.int64(-1)
                        if value < 0xDC00 and i + 3 < e:
                            second = np.int64(raw[i + 2 + high]) << 8 | raw[i + 3 - high]
                        if 0xDC00 <= second <= 0xDFFF:
                            size = 4
                            value = 0x10000 + ((value - 0xD800) << 10) + (second - 0xDC00)
                        else:
                            value = np.int64(-1)
                if value < 0 or MARK_BASE <= value <= MARK_BASE + 0xFF:
                    for k in range(i, min(i + size, e)):
                        count = _event(events, count, BAD, np.int64(raw[k]), row, column)
                        _mark(raw[k], out, o)
                        o += 4
                    i += size
                    continue
                if value < 0x80:
                    out[o] = value
                    o += 1
                elif value < 0x800:
                    out[o] = 0xC0 | (value >> 6)
                    out[o + 1] = 0x80 | (value & 0x3F)
                    o += 2
                elif value < 0x10000:
                    out[o] = 0xE0 | (value >> 12)
                    out[o + 1] = 0x80 | ((value >> 6) & 0x3F)
                    out[o + 2] = 0x80 | (value & 0x3F)
                    o += 3
                else:
                    out[o] = 0xF0 | (value >> 18)
                    out[o + 1] = 0x80 | ((value >> 12) & 0x3F)
                    out[o + 2] = 0x80 | ((value >> 6) & 0x3F)
                    out[o + 3] = 0x80 | (value & 0x3F)
                    o += 4
                if 0xE000 <= value <= 0xF8FF or value >= 0xF0000:
                    count = _event(events, count, GAIJI, value, row, column)
                elif (value < 0x20 and value not in (9, 10, 13)) or 0x7F <= value < 0xA0:
                    count = _event(events, count, CONTROLS, value, row, column)
                i += size
            text_ends[c] = o
            offsets[c, r + 1] = o - bases[c]
    return count


@jit
def tally(text, classes, totals):
    """Count the characters of (marked) UTF-8 text by class.

    ``totals``: full-width common, full-width rare, half-width kana in its place, half-width kana out of place,
    control characters, undecodable bytes.
    """
    p = 0
    before = np.int64(0x20)
    n = text.shape[0]
    while p < n:
        b = text[p]
        size = 1 if b < 0x80 else 2 if b < 0xE0 else 3 if b < 0xF0 else 4
        value = np.int64(b)
        if size > 1:
            value = np.int64(b & (0xFF >> (size + 1)))
            for k in range(p + 1, p + size):
                value = value << 6 | (text[k] & 0x3F)
        p += size
        if value > 0xFFFF:
            totals[5 if MARK_BASE <= value <= MARK_BASE + 0xFF else 1] += 1
            before = value
            continue
        kind = classes[value]
        if kind == COMMON:
            totals[0] += 1
        elif kind == RARE:
            totals[1] += 1
        elif kind == CONTROL:
            totals[4] += 1
        elif kind >= KANA:
            # Half-width forms of the syllables that take a voiced or half-voiced mark: ｳ ｶ-ﾄ ﾊ-ﾎ, and ﾊ-ﾎ.
            half_voiced = 0xFF8A <= before <= 0xFF8E
            voiced = half_voiced or before == 0xFF73 or 0xFF76 <= before <= 0xFF84
            in_kana = 0xFF66 <= before <= 0xFF9F
            ok = kind == KANA
            if kind == DAKUTEN:
                ok = voiced
            elif kind == HANDAKUTEN:
                ok = half_voiced
            elif kind == KANA_SMALL:
                ok = in_kana
            elif kind == KANA_MARK:
                ok = False
            totals[2 if ok else 3] += 1
        before = value
