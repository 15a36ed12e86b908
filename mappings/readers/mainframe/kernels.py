"""The loops that decode packed, zoned and binary numbers of whole columns to decimal text (numba).

Field ``r`` is ``raw[starts[r]:ends[r]]``; ``modes[r]`` says what is asked: NORMAL, EMPTY (the text is ""), MARKS (the
bytes are not to be understood), MISSING (no text). Text goes to ``out`` and ``offsets`` (rows + 1) as Arrow has it.
``flags[r]`` gets KEEP where encoding the text would not give the bytes, BAD where they are no number: then the text is
a mark (U+10FE00 + byte) for each byte, so that it can be turned back and never be taken for a number; OVER where a
number has more digits than its PICTURE.

``policy`` (int64): what spaces, low values and high values (all bytes alike) in a number mean: AS_BAD, AS_EMPTY,
AS_ZERO, in this order, then the byte of a space and the byte that a field without a value is filled with.
``shape`` (int64): digits, scale, signed, padded (the text has leading zeros up to the digits).
"""

# mypy: disable-error-code="no-untyped-def, assignment"
# numba decides the types of a kernel's arguments; the docstrings give them.

from __future__ import annotations

import numpy as np

from mappings.charsets.jit import jit

NORMAL, EMPTY, MARKS, MISSING = 0, 1, 2, 3
KEEP, BAD, OVER = 1, 2, 4
AS_BAD, AS_EMPTY, AS_ZERO = 0, 1, 2

MOST_BYTES = 64
"""Of one number: 38 digits, a sign, and what a broken record may add."""


@jit
def _mark(raw, start, end, out, o):
    """U+10FE00 + byte as UTF-8, for each byte."""
    for i in range(start, end):
        out[o] = 0xF4
        out[o + 1] = 0x8F
        out[o + 2] = 0xB8 | (raw[i] >> 6)
        out[o + 3] = 0x80 | (raw[i] & 0x3F)
        o += 4
    return o


@jit
def _write(digits, begin, count, negative, shape, out, o):
    """A number as decimal text: ``digits[begin:begin + count]``, without leading zeros unless it is padded."""
    scale = shape[1]
    first = begin
    stop = begin + count
    if shape[3] == 0 or count > shape[0]:
        keep = shape[0] if shape[3] else scale + 1
        while stop - first > keep and digits[first] == 0:
            first += 1
    if negative:
        out[o] = 0x2D
        o += 1
    whole = stop - scale
    if first >= whole:
        out[o] = 0x30
        o += 1
        first = whole
    for i in range(first, whole):
        out[o] = 0x30 + digits[i]
        o += 1
    if scale:
        out[o] = 0x2E
        o += 1
        for i in range(whole, stop):
            out[o] = 0x30 + digits[i]
            o += 1
    return o


@jit
def _uniform(raw, start, end):
    """The byte that all bytes are, or -1."""
    first = np.int64(raw[start])
    for i in range(start + 1, end):
        if raw[i] != first:
            return np.int64(-1)
    return first


@jit
def _special(raw, start, end, policy):
    """What bytes that are all alike mean by the policy; -1 = they are neither spaces nor low nor high values."""
    if end <= start:
        return -1
    byte = _uniform(raw, start, end)
    if byte == policy[3]:
        return policy[0]
    if byte == 0:
        return policy[1]
    if byte == 0xFF:
        return policy[2]
    return -1


@jit
def _other(raw, start, end, policy, shape, digits, out, o, flags, r):
    """Bytes that are no number: by the policy nothing, zero, or marks."""
    meaning = _special(raw, start, end, policy)
    if meaning == AS_EMPTY:
        if raw[start] != policy[4]:
            flags[r] = KEEP
        return o
    if meaning == AS_ZERO:
        flags[r] = KEEP
        for k in range(shape[0]):
            digits[k] = 0
        return _write(digits, 0, shape[0], False, shape, out, o)
    flags[r] = BAD
    return _mark(raw, start, end, out, o)


@jit
def _absent(raw, start, end, mode, policy, out, o, flags, r):
    """A field that is not to be read as a number."""
    if mode == MARKS:
        return _mark(raw, start, end, out, o)
    if mode == EMPTY:
        for i in range(start, end):
            if raw[i] != policy[4]:
                flags[r] = KEEP
    return o


@jit
def decode_packed(raw, starts, ends, modes, length, shape, policy, out, offsets, flags):
    """COMP-3: two digits a byte, the sign in the last half byte (A C E F plus, B D minus)."""
    no_digits = np.zeros(256, np.uint8)
    for byte in range(256):
        no_digits[byte] = byte >> 4 > 9 or byte & 0x0F > 9
    digits = np.zeros(MOST_BYTES, np.uint8)
    count = 2 * length - 1
    extra = count - shape[0]
    scale = shape[1]
    whole = count - scale
    signed = shape[2] == 1
    o = np.int64(0)
    offsets[0] = 0
    for r in range(starts.shape[0]):
        start, end, mode = starts[r], ends[r], modes[r]
        flags[r] = 0
        if mode != NORMAL:
            o = _absent(raw, start, end, mode, policy, out, o, flags, r)
            offsets[r + 1] = o
            continue
        bad = np.uint8(end - start != length)
        # The first half byte that is no leading zero.
        first = np.int64(0)
        last = np.uint8(0)
        if not bad:
            leading = True
            for i in range(start, end - 1):
                byte = raw[i]
                bad |= no_digits[byte]
                if leading:
                    if byte == 0:
                        first += 2
                    else:
                        leading = False
                        first += byte < 0x10
            last = raw[end - 1]
            if leading:
                first += last < 0x10
        sign = last & 0x0F
        negative = sign in (0x0D, 0x0B)
        if bad or last >= 0xA0 or sign < 0x0A or (negative and not signed):
            o = _other(raw, start, end, policy, shape, digits, out, o, flags, r)
            offsets[r + 1] = o
            continue
        flag = np.uint8(0)
        usual = 0x0F if not signed else 0x0D if negative else 0x0C
        if sign != usual or (negative and first == count):
            flag |= KEEP
        if first < extra:
            flag |= OVER
        flags[r] = flag
        if negative and first < count:
            out[o] = 0x2D
            o += 1
        if shape[3]:
            first = min(first, extra)
        if first >= whole:
            first = whole - 1
        if first < 0:
            # All digits stand behind the point.
            out[o] = 0x30
            o += 1
            first = 0
        if scale == 0:
            k = first
            if k & 1:
                out[o] = 0x30 + (raw[start + (k >> 1)] & 0x0F)
                o += 1
                k += 1
            while k < count - 1:
                byte = raw[start + (k >> 1)]
                out[o] = 0x30 + (byte >> 4)
                out[o + 1] = 0x30 + (byte & 0x0F)
                o += 2
                k += 2
            if k < count:
                out[o] = 0x30 + (last >> 4)
                o += 1
        else:
            for k in range(first, count):
                if k == whole:
                    out[o] = 0x2E
                    o += 1
                byte = raw[start + (k >> 1)]
                out[o] = 0x30 + (byte & 0x0F if k & 1 else byte >> 4)
                o += 1
        offsets[r + 1] = o
    return o


@jit
def decode_zoned(raw, starts, ends, modes, length, shape, policy, place, zones, out, offsets, flags):
    """USAGE DISPLAY: a digit a byte.

    ``place``: 0 no sign (or over the last digit), 1 over the first digit, 2 a byte of its own behind, 3 before.
    ``zones`` (256, 4): the digit of a byte or -1; that of a byte that bears the sign; its sign (1, -1, 0 = none); when
    it is the byte that is usually written (1 plus, 2 minus, 4 in a number without a sign). ``policy[5:7]``: the bytes
    of ``+`` and ``-``.
    """
    digits = np.zeros(MOST_BYTES, np.uint8)
    count = shape[0]
    scale = shape[1]
    whole = count - scale
    signed = shape[2] == 1
    o = np.int64(0)
    offsets[0] = 0
    for r in range(starts.shape[0]):
        start, end, mode = starts[r], ends[r], modes[r]
        flags[r] = 0
        if mode != NORMAL:
            o = _absent(raw, start, end, mode, policy, out, o, flags, r)
            offsets[r + 1] = o
            continue
        good = end - start == length
        negative = False
        usual = True
        first = np.int64(0)
        if good:
            begin = start + 1 if place == 3 else start
            wrong = np.int8(0)
            for k in range(count):
                digit = zones[raw[begin + k], 0]
                wrong |= digit
                digits[k] = digit
            if place < 2:
                bearing = 0 if place == 1 else count - 1
                byte = raw[begin + bearing]
                # The byte with the sign may be no plain digit: the others have to be.
                if wrong < 0:
                    wrong = np.int8(0)
                    for k in range(count):
                        if k != bearing:
                            wrong |= zones[raw[begin + k], 0]
                wrong |= zones[byte, 1]
                digits[bearing] = zones[byte, 1]
                negative = zones[byte, 2] < 0
                wanted = 4 if not signed else 2 if negative else 1
                usual = zones[byte, 3] & wanted != 0
            else:
                byte = raw[start] if place == 3 else raw[end - 1]
                negative = byte == policy[6]
                good = negative or byte == policy[5]
            good = good and wrong >= 0 and (signed or not negative)
        if not good:
            o = _other(raw, start, end, policy, shape, digits, out, o, flags, r)
            offsets[r + 1] = o
            continue
        while first < count and digits[first] == 0:
            first += 1
        if not usual or (negative and first == count):
            flags[r] = KEEP
        if negative and first < count:
            out[o] = 0x2D
            o += 1
        if shape[3]:
            first = 0
        if first >= whole:
            first = whole - 1
        if first < 0:
            out[o] = 0x30
            o += 1
            first = 0
        for k in range(first, count):
            if k == whole:
                out[o] = 0x2E
                o += 1
            out[o] = 0x30 + digits[k]
            o += 1
        offsets[r + 1] = o
    return o


@jit
def decode_binary(raw, starts, ends, modes, length, shape, policy, little, native, out, offsets, flags):
    """COMP, COMP-5: an integer in two's complement; ``little``: the lowest byte first; ``native``: no limit by the
    PICTURE."""
    digits = np.zeros(MOST_BYTES, np.uint8)
    limit = np.uint64(1)
    for _ in range(min(shape[0], 19)):
        limit *= np.uint64(10)
    o = np.int64(0)
    offsets[0] = 0
    for r in range(starts.shape[0]):
        start, end, mode = starts[r], ends[r], modes[r]
        flags[r] = 0
        if mode != NORMAL or end - start != length:
            if mode == NORMAL:
                o = _other(raw, start, end, policy, shape, digits, out, o, flags, r)
            else:
                o = _absent(raw, start, end, mode, policy, out, o, flags, r)
            offsets[r + 1] = o
            continue
        value = np.uint64(0)
        for k in range(length):
            byte = raw[end - 1 - k] if little else raw[start + k]
            value = value << np.uint64(8) | np.uint64(byte)
        negative = False
        if shape[2] == 1 and value >> np.uint64(8 * length - 1):
            negative = True
            value = ~value + np.uint64(1)
            if length < 8:
                value &= (np.uint64(1) << np.uint64(8 * length)) - np.uint64(1)
        if value >= limit and not native:
            if _special(raw, start, end, policy) >= 0:
                o = _other(raw, start, end, policy, shape, digits, out, o, flags, r)
                offsets[r + 1] = o
                continue
            flags[r] = OVER
        for k in range(20):
            digits[19 - k] = value % np.uint64(10)
            value = value // np.uint64(10)
        begin = 20 - shape[0]
        for k in range(begin):
            if digits[k]:
                begin = k
                break
        o = _write(digits, begin, 20 - begin, negative, shape, out, o)
        offsets[r + 1] = o
    return o


@jit
def mark_fields(raw, starts, ends, out, offsets):
    """Every byte of every field as a mark."""
    o = np.int64(0)
    offsets[0] = 0
    for r in range(starts.shape[0]):
        o = _mark(raw, starts[r], ends[r], out, o)
        offsets[r + 1] = o
    return o


@jit
def unmark_fields(text, starts, length, out, valid):
    """Fields of ``length`` bytes in ``out`` whose text is as many marks and nothing else: the bytes of the marks."""
    for r in range(starts.shape[0] - 1):
        start = starts[r]
        if starts[r + 1] - start != 4 * length:
            continue
        marked = True
        for k in range(length):
            at = start + 4 * k
            marked = marked and text[at] == 0xF4 and text[at + 1] == 0x8F and text[at + 2] >> 2 == 0x2E
        if marked:
            valid[r] = True
            for k in range(length):
                at = start + 4 * k
                out[r * length + k] = (text[at + 2] & 0x03) << 6 | (text[at + 3] & 0x3F)


@jit
def blank_fields(raw, starts, ends, modes, blank, flags):
    """KEEP for fields of mode EMPTY that hold something else than repeated ``blank`` (1 or 2 bytes)."""
    n = blank.shape[0]
    for r in range(starts.shape[0]):
        if modes[r] == EMPTY:
            for i in range(starts[r], ends[r]):
                if raw[i] != blank[(i - starts[r]) % n]:
                    flags[r] = KEEP
                    break


@jit
def shift_runs(raw, starts, ends, shift, second, found):
    """1 for fields in which two shift codes may follow each other: they change nothing, and encoding would not write
    them.

    ``shift`` and ``second`` as in the charset's tables. Bytes are looked at without their state: fields may be named
    that have none, never the other way.
    """
    for r in range(starts.shape[0]):
        i = starts[r]
        e = ends[r]
        before = False
        found[r] = 0
        while i < e:
            kind = shift[raw[i]]
            size = 0
            if kind in (1, 2):
                size = 1
            elif kind == 3 and i + 1 < e and (raw[i + 1] == second[0] or raw[i + 1] == second[1]):
                size = 2
            if size and before:
                found[r] = 1
                break
            before = size > 0
            i += max(size, 1)
