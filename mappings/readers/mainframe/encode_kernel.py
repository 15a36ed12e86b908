"""The loop that writes decimal text back as packed, zoned and binary numbers (numba)."""

# mypy: disable-error-code="no-untyped-def, assignment"
# numba decides the types of a kernel's arguments; the docstrings give them.

from __future__ import annotations

import numpy as np

from mappings.charsets.jit import jit
from mappings.readers.mainframe.kernels import MOST_BYTES


@jit
def encode_numbers(
    text, starts, present, kind, length, shape, policy, place, zones, writes, little, out, valid
):  # fmt: skip
    """Decimal text, "" and marks back to fields of ``length`` bytes in ``out``; ``valid`` 0 where it cannot be.

    ``kind``: 0 packed, 1 zoned, 2 binary. ``writes`` (3, 10): the byte of a digit that bears plus, minus, no sign.
    """
    digits = np.zeros(MOST_BYTES, np.uint8)
    for r in range(starts.shape[0] - 1):
        a, b = starts[r], starts[r + 1]
        base = r * length
        valid[r] = 0
        if not present[r]:
            continue
        if a == b:
            for k in range(length):
                out[base + k] = policy[4]
            valid[r] = 1
            continue
        if text[a] == 0xF4:
            if b - a != 4 * length:
                continue
            for k in range(length):
                out[base + k] = (text[a + 4 * k + 2] & 0x03) << 6 | (text[a + 4 * k + 3] & 0x3F)
            valid[r] = 1
            continue
        negative = text[a] == 0x2D
        i = a + 1 if negative else a
        n = 0
        point = -1
        good = i < b
        while i < b and good:
            byte = text[i]
            if byte == 0x2E and point < 0:
                point = n
            elif 0x30 <= byte <= 0x39 and n < MOST_BYTES - 1:
                digits[n] = byte - 0x30
                n += 1
            else:
                good = False
            i += 1
        behind = n - point if point >= 0 else 0
        room = 2 * length - 1 if kind == 0 else shape[0] if kind == 1 else 20
        good = good and behind == shape[1] and (shape[2] == 1 or not negative)
        lead = 0
        while n - lead > room and digits[lead] == 0:
            lead += 1
        if not good or n - lead > room:
            continue
        if kind == 0:
            sign = 0x0F if shape[2] == 0 else 0x0D if negative else 0x0C
            for k in range(length):
                out[base + k] = 0
            out[base + length - 1] = sign
            for k in range(n - lead):
                at = 2 * length - 2 - k
                digit = digits[n - 1 - k]
                out[base + at // 2] |= digit << 4 if at % 2 == 0 else digit
            valid[r] = 1
        elif kind == 1:
            first = base + 1 if place == 3 else base
            bearing = -1 if place >= 2 else first if place == 1 else first + room - 1
            row = 2 if shape[2] == 0 else 1 if negative else 0
            for k in range(room):
                digit = digits[n - room + k] if n - room + k >= lead else 0
                at = first + k
                out[at] = writes[row, digit] if at == bearing else writes[2, digit]
            if place >= 2:
                out[base if place == 3 else base + length - 1] = policy[6] if negative else policy[5]
            valid[r] = 1
        else:
            value = np.uint64(0)
            most = ~np.uint64(0) if length == 8 else (np.uint64(1) << np.uint64(8 * length)) - np.uint64(1)
            if shape[2] == 1:
                most = most >> np.uint64(1)
                if negative:
                    most += np.uint64(1)
            for k in range(lead, n):
                good = good and value <= (most - np.uint64(digits[k])) // np.uint64(10)
                value = value * np.uint64(10) + np.uint64(digits[k])
            if not good:
                continue
            if negative:
                value = ~value + np.uint64(1)
            for k in range(length):
                byte = np.uint8(value >> np.uint64(8 * k) & np.uint64(0xFF))
                out[base + k if little else base + length - 1 - k] = byte
            valid[r] = 1
