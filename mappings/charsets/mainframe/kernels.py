"""The loops that decode fields to Arrow's text buffers, encode them back, and compare (numba).

``raw`` is bytes; field ``r`` is ``raw[starts[r]:ends[r]]``. The shift state begins anew in every field. What must be
counted goes to ``counts`` by kind; what must be listed (bit ``1 << kind`` of ``wanted``) goes to ``events`` as (kind,
code, row, position in ``raw`` or in the text) as far as it has room, and the number of such events is returned: the
caller tries again with a larger one.

All arrays that are only read are read-only: to numba that is a type of its own, and each further type is compiled
once more.
"""

# mypy: disable-error-code="no-untyped-def, assignment"
# numba decides the types of a kernel's arguments; the docstrings give them.

from __future__ import annotations

import numpy as np

from mappings.charsets import MARK_BASE
from mappings.charsets.jit import jit
from mappings.charsets.mainframe.tables import (
    ENCODES_SIMILAR,
    FIRST_OF_TWO,
    FLAG_LONG,
    FLAG_UNMAPPABLE,
    NO_SHIFT,
    STARTS_SEQUENCE,
    TO_DOUBLE,
    TO_SINGLE,
)
from mappings.charsets.tables import FLAG_CONTROL, FLAG_DUPLICATE, FLAG_GAIJI

BAD, GAIJI, CONTROLS, DUPLICATE, UNMAPPABLE, UNCLOSED, SHIFT_SPELLING = 1, 2, 3, 4, 5, 6, 7
"""Kinds of events of decoding: a byte that is no code, a user-defined character, a control character, a code whose
text encodes to another code, a code in use without a Unicode character, a field that ends in double bytes, a shift
code that changes nothing or is not the one that encoding writes."""

UNENCODABLE, SIMILAR, TOO_LONG, MARKS = 8, 9, 10, 11
"""Kinds of events of encoding: a character without a code, one whose code decodes to a similar character, a text too
long for the field, a mark turned back into its byte."""

KINDS = 12

CHARACTER, SHIFT, MARKED = 1, 2, 3
"""What a unit is: bytes of one character, a shift code, bytes without a character."""

_FLAGS = FLAG_GAIJI | FLAG_DUPLICATE | FLAG_CONTROL


@jit
def _event(events, counts, listed, wanted, kind, code, row, position):
    counts[kind] += 1
    if wanted >> kind & 1:
        if listed < events.shape[0]:
            events[listed, 0] = kind
            events[listed, 1] = code
            events[listed, 2] = row
            events[listed, 3] = position
        listed += 1
    return listed


@jit
def _mark(byte, out, o):
    """U+10FE00 + byte as UTF-8."""
    out[o] = 0xF4
    out[o + 1] = 0x8F
    out[o + 2] = 0xB8 | (byte >> 6)
    out[o + 3] = 0x80 | (byte & 0x3F)


@jit
def decode_fields(
    raw, starts, ends, one, two, three, long, lead, trail, shift, second, shift_in, alphabet, state0,
    final, wanted, out, offsets, states, stops, units, counts, events,
):  # fmt: skip
    """Fields to UTF-8. ``out`` must hold 4 bytes for each byte; ``offsets`` (rows + 1) as Arrow has them.

    ``alphabet`` as in :class:`.tables.Decoding`; ``state0`` and ``states``: 0 single, 1 double bytes, before and behind
    each field. With ``final`` false up to two bytes that may be an unfinished code stay; ``stops`` says where.
    ``units``, if not empty, has an entry for each byte of ``raw``: 0, or where a code begins its place in ``out`` << 2
    | what it is.
    """
    listed = 0
    o = np.int64(0)
    offsets[0] = 0
    told = units.shape[0] > 0
    for r in range(starts.shape[0]):
        i = np.int64(starts[r])
        e = np.int64(ends[r])
        state = state0
        while i < e:
            byte = raw[i]
            kind = shift[byte]
            if not final and e - i < 3:
                waits = alphabet == 2 and e - i <= lead[byte]
                if e - i == 1:
                    waits = waits or kind == FIRST_OF_TWO or (state == 1 and kind == NO_SHIFT)
                elif state == 1 and lead[byte] and shift[raw[i + 1]] == FIRST_OF_TWO:
                    # The third byte tells whether the second one belongs to a shift code.
                    waits = two[np.int64(byte) << 8 | raw[i + 1]] == 0
                if waits:
                    break
            if kind != NO_SHIFT:
                length = 1
                to_double = kind == TO_DOUBLE
                if kind == FIRST_OF_TWO:
                    length = 0
                    if i + 1 < e:
                        if raw[i + 1] == second[0]:
                            length = 2
                            to_double = True
                        elif raw[i + 1] == second[1]:
                            length = 2
                if length > 0:
                    # The first byte tells the spellings of a shift code apart.
                    if (state == 1) == to_double or (to_double and byte != shift_in[0]):
                        listed = _event(events, counts, listed, wanted, SHIFT_SPELLING, np.int64(byte), r, i)
                    if told:
                        units[i] = o << 2 | SHIFT
                    state = 1 if to_double else 0
                    i += length
                    continue
            code = np.int64(byte)
            size = 1
            if state == 0:
                entry = one[byte]
                if entry == 0 and alphabet == 2:
                    if lead[byte] == 1:
                        if i + 1 < e and trail[raw[i + 1]]:
                            size = 2
                            code = code << 8 | raw[i + 1]
                            entry = two[code]
                    elif lead[byte] == 2 and i + 2 < e and trail[raw[i + 1]] and trail[raw[i + 2]]:
                        size = 3
                        low = np.int64(raw[i + 1]) << 8 | raw[i + 2]
                        code = code << 16 | low
                        entry = three[low]
            else:
                entry = np.uint32(0)
                if i + 1 < e:
                    code = code << 8 | raw[i + 1]
                    entry = two[code]
                    size = 2
                    if entry == 0:
                        # The pair is kept together, unless its first byte begins no code or its second a shift.
                        after = shift[raw[i + 1]]
                        resumes = after in (TO_DOUBLE, TO_SINGLE)
                        if after == FIRST_OF_TWO and i + 2 < e:
                            resumes = raw[i + 2] == second[0] or raw[i + 2] == second[1]
                        if resumes or not lead[byte]:
                            size = 1
            if entry == 0 or entry == FLAG_UNMAPPABLE:
                if told:
                    units[i] = o << 2 | MARKED
                problem = UNMAPPABLE if entry == FLAG_UNMAPPABLE else BAD
                for k in range(i, i + size):
                    value = code if problem == UNMAPPABLE else np.int64(raw[k])
                    listed = _event(events, counts, listed, wanted, problem, value, r, k)
                    _mark(raw[k], out, o)
                    o += 4
                i += size
                continue
            if told:
                units[i] = o << 2 | CHARACTER
            if entry & FLAG_LONG:
                row = entry & 0xFFFF
                for k in range(long[row, 0]):
                    out[o] = long[row, 1 + k]
                    o += 1
            else:
                length = (entry >> 24) & 3
                out[o] = entry & 0xFF
                if length > 1:
                    out[o + 1] = (entry >> 8) & 0xFF
                    if length > 2:
                        out[o + 2] = (entry >> 16) & 0xFF
                o += length
            if entry & _FLAGS:
                if entry & FLAG_GAIJI:
                    listed = _event(events, counts, listed, wanted, GAIJI, code, r, i)
                if entry & FLAG_DUPLICATE:
                    listed = _event(events, counts, listed, wanted, DUPLICATE, code, r, i)
                if entry & FLAG_CONTROL:
                    listed = _event(events, counts, listed, wanted, CONTROLS, code, r, i)
            i += size
        if final and state == 1 and alphabet == 0:
            listed = _event(events, counts, listed, wanted, UNCLOSED, 0, r, e)
        states[r] = state
        stops[r] = i
        offsets[r + 1] = o
    return listed


@jit
def _follows(keys, key):
    """Place of ``key`` in ``keys``, or -1."""
    low = 0
    high = keys.shape[0]
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low if low < keys.shape[0] and keys[low] == key else -1


@jit
def _character(text, p, e):
    """Code point and length of the UTF-8 character at ``p``; code point 0xFFFFFFFF at the end."""
    if p >= e:
        return np.int64(0xFFFFFFFF), 0
    b = np.int64(text[p])
    if b < 0x80:
        return b, 1
    if b < 0xE0:
        return (b & 0x1F) << 6 | (text[p + 1] & 0x3F), 2
    if b < 0xF0:
        return (b & 0x0F) << 12 | np.int64(text[p + 1] & 0x3F) << 6 | (text[p + 2] & 0x3F), 3
    high = (b & 0x07) << 18 | np.int64(text[p + 1] & 0x3F) << 12
    return high | np.int64(text[p + 2] & 0x3F) << 6 | (text[p + 3] & 0x3F), 4


@jit
def _mark_state(state, byte, following, one, two, lead, shift):
    """In which state a byte that decoding marked must be written to be marked again: a byte or a pair that is a code
    in one state was not marked there."""
    pair = np.int64(0)
    if MARK_BASE <= following <= MARK_BASE + 0xFF:
        pair = byte << 8 | (following - MARK_BASE)
    if one[byte] != 0 or shift[byte] == TO_DOUBLE or shift[byte] == TO_SINGLE:
        return 1
    if pair > 0 and two[pair] == FLAG_UNMAPPABLE:
        return 1
    if pair > 0 and two[pair] != 0:
        return 0
    if pair == 0 and state == 1 and lead[byte] and following != 0xFFFFFFFF:
        return 0
    return state


@jit
def encode_fields(
    text, starts, present, pages, entries, keys, codes, one, two, lead, shift, alphabet, shift_in, shift_out, state0,
    close, marks, similar, width, space, wanted, out, offsets, states, valid, counts, events,
):  # fmt: skip
    """UTF-8 texts (``starts``: rows + 1) to codes. ``out`` must hold 4 bytes for each byte of text, and ``width + 8``
    for each row.

    ``close`` writes the shift back at the end of a text; ``width`` > 0 fills each text with ``space`` up to so many
    bytes. A text that cannot be written as it is takes no bytes (or ``width`` zeros) and is not ``valid``. With
    ``marks`` marks are written as their bytes, with ``similar`` codes are written that decode to a similar character.
    """
    listed = 0
    o = np.int64(0)
    offsets[0] = 0
    for r in range(starts.shape[0] - 1):
        p = np.int64(starts[r])
        e = np.int64(starts[r + 1])
        state = state0
        ok = present[r] != 0
        if not ok:
            p = e
        first = o
        while p < e:
            point, length = _character(text, p, e)
            value = entries[np.int64(pages[point >> 8]) << 8 | (point & 0xFF)]
            if value & STARTS_SEQUENCE:
                behind, more = _character(text, p + length, e)
                found = _follows(keys, np.uint64(point << 20 | behind)) if behind < 0x100000 else -1
                if found >= 0:
                    value = codes[found]
                    length += more
            size = np.int64(value >> 24 & 3)
            code = np.int64(value & 0xFFFFFF)
            target = state
            if size == 0 and marks and MARK_BASE <= point <= MARK_BASE + 0xFF:
                code = point - MARK_BASE
                size = 1
                if alphabet == 0:
                    following, _ = _character(text, p + length, e)
                    target = _mark_state(state, code, following, one, two, lead, shift)
                    if target == 1 and lead[code] and MARK_BASE <= following <= MARK_BASE + 0xFF:
                        # The two bytes of one pair are not judged apart.
                        size = 2
                        code = code << 8 | (following - MARK_BASE)
                        length += 4
                listed = _event(events, counts, listed, wanted, MARKS, code, r, p)
            elif size == 0:
                ok = False
                listed = _event(events, counts, listed, wanted, UNENCODABLE, point, r, p)
                p += length
                continue
            else:
                if value & ENCODES_SIMILAR:
                    if not similar:
                        ok = False
                        listed = _event(events, counts, listed, wanted, UNENCODABLE, point, r, p)
                        p += length
                        continue
                    listed = _event(events, counts, listed, wanted, SIMILAR, point, r, p)
                if alphabet == 0:
                    target = 1 if size == 2 else 0
            if target != state:
                state = target
                if state == 1:
                    for k in range(shift_in.shape[0]):
                        out[o] = shift_in[k]
                        o += 1
                else:
                    for k in range(shift_out.shape[0]):
                        out[o] = shift_out[k]
                        o += 1
            for k in range(size):
                out[o] = code >> (8 * (size - 1 - k)) & 0xFF
                o += 1
            p += length
        if close and state == 1 and alphabet == 0:
            for k in range(shift_out.shape[0]):
                out[o] = shift_out[k]
                o += 1
            state = 0
        if width > 0 and ok:
            if o - first > width or (width - (o - first)) % space.shape[0] != 0:
                ok = False
                listed = _event(events, counts, listed, wanted, TOO_LONG, o - first, r, starts[r])
            while ok and o - first < width:
                for k in range(space.shape[0]):
                    out[o] = space[k]
                    o += 1
        if not ok:
            o = first
            for _ in range(width):
                out[o] = 0
                o += 1
        valid[r] = ok
        states[r] = state
        offsets[r + 1] = o
    return listed


@jit
def same_fields(raw, starts, ends, other, offsets, valid, same):
    """``same[r]``: field ``r`` equals ``other[offsets[r]:offsets[r + 1]]``, and is valid there."""
    for r in range(starts.shape[0]):
        i = np.int64(starts[r])
        j = np.int64(offsets[r])
        size = np.int64(ends[r]) - i
        equal = valid[r] != 0 and size == offsets[r + 1] - j
        k = 0
        while equal and k < size:
            equal = raw[i + k] == other[j + k]
            k += 1
        same[r] = equal
