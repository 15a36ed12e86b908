"""The loop that finds records behind record and block descriptor words (numba)."""

# mypy: disable-error-code="no-untyped-def, assignment"
# numba decides the types of a kernel's arguments; the docstrings give them.

from __future__ import annotations

import numpy as np

from mappings.charsets.jit import jit

CUT_OFF, BAD_LENGTH, SPANNED = 1, 2, 3
"""Why records cannot be cut any further."""


@jit
def cut_variable(raw, start, end, at_eof, blocked, left, begins, stops, blocks):
    """Records behind record descriptor words (2 bytes length with the word itself, 2 bytes 0), and those in blocks
    behind block descriptor words of the same form.

    ``left[0]``: bytes of the current block that are still to come. A block is only begun when it is whole. Returns
    (records, blocks, next position, state).
    """
    n = 0
    n_blocks = 0
    p = start
    while n < begins.shape[0]:
        if blocked and left[0] == 0:
            if p >= end or n_blocks >= blocks.shape[0]:
                break
            if p + 4 > end:
                return n, n_blocks, p, CUT_OFF if at_eof else 0
            size = np.int64(raw[p]) << 8 | raw[p + 1]
            if size < 4 or raw[p + 2] or raw[p + 3]:
                return n, n_blocks, p, BAD_LENGTH
            if p + size > end:
                return n, n_blocks, p, CUT_OFF if at_eof else 0
            blocks[n_blocks] = p
            n_blocks += 1
            left[0] = size - 4
            p += 4
            continue
        if p >= end:
            break
        if p + 4 > end:
            return n, n_blocks, p, CUT_OFF if at_eof else 0
        size = np.int64(raw[p]) << 8 | raw[p + 1]
        if 1 <= raw[p + 2] <= 3 and raw[p + 3] == 0:
            return n, n_blocks, p, SPANNED
        if size < 4 or raw[p + 2] or raw[p + 3] or (blocked and size > left[0]):
            return n, n_blocks, p, BAD_LENGTH
        if p + size > end:
            return n, n_blocks, p, CUT_OFF if at_eof else 0
        begins[n] = p + 4
        stops[n] = p + size
        n += 1
        p += size
        if blocked:
            left[0] -= size
    return n, n_blocks, p, 0
