"""UTF-8 to CP932 for deliveries to older receivers: one table, one pass, and nothing replaced silently.

The table is Windows' (NEC and IBM extensions, user-defined area F040-F9FC = U+E000-E757). A character counts as carried
only if it comes back: Python's own codec turns ¢ £ ¬ ‖ − 〜 into their full-width look-alikes without a word, so these
six are *not* carried here, nor are the four private bytes A0, FD, FE, FF and the control 80.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

_BMP = 0x10000
_CODEPOINTS = 0x110000
_NOT_KANJI_CODES = frozenset({0x80, 0xF8F0, 0xF8F1, 0xF8F2, 0xF8F3})


@cache
def table() -> NDArray[np.uint16]:
    """CP932 code of every BMP character: one byte (< 0x100), two bytes, or 0 where CP932 has none."""
    codes = np.zeros(_BMP, dtype=np.uint16)
    for point in range(_BMP):
        if 0xD800 <= point < 0xE000 or point in _NOT_KANJI_CODES:
            continue
        char = chr(point)
        try:
            code = char.encode("cp932")
        except UnicodeEncodeError:
            continue
        if code.decode("cp932") == char:
            codes[point] = int.from_bytes(code, "big")
    return codes


def _kernel(source: Any, codes: Any, target: Any, missing: Any) -> int:
    """Encode; mark in ``missing`` the code points that have no code (they leave no byte). Returns the bytes written."""
    read = 0
    written = 0
    while read < source.size:
        lead = np.int64(source[read])
        if lead < 0x80:
            target[written] = lead
            written += 1
            read += 1
            continue
        if lead < 0xE0:
            more, point = 1, lead & 0x1F
        elif lead < 0xF0:
            more, point = 2, lead & 0x0F
        else:
            more, point = 3, lead & 0x07
        for place in range(read + 1, read + 1 + more):
            point = (point << 6) | (np.int64(source[place]) & 0x3F)
        read += 1 + more
        code = np.int64(codes[point]) if point < 0x10000 else 0
        if code == 0:
            missing[point] = True
        elif code < 0x100:
            target[written] = code
            written += 1
        else:
            target[written] = code >> 8
            target[written + 1] = code & 0xFF
            written += 2
    return written


@cache
def _compiled() -> Any:
    kinds = numba.types
    frozen_bytes = kinds.Array(kinds.uint8, 1, "C", readonly=True)
    signature = kinds.int64(frozen_bytes, kinds.uint16[::1], kinds.uint8[::1], kinds.boolean[::1])
    return numba.njit(signature, cache=True, nogil=True)(_kernel)


def warm_up() -> None:
    """Compile the kernel into the on-disk cache, so that no run waits for it."""
    encode(b"")


def encode(text: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Encode UTF-8 bytes (valid, as polars writes them) as CP932.

    Returns the bytes and the distinct characters that CP932 cannot carry, in code point order; the bytes are the whole
    text only where there are none.
    """
    source = np.frombuffer(text, dtype=np.uint8)
    # No character is longer in CP932 than in UTF-8.
    target = np.empty(source.size, dtype=np.uint8)
    missing = np.zeros(_CODEPOINTS, dtype=np.bool_)
    written = _compiled()(source, table(), target, missing)
    return target[:written].tobytes(), tuple(chr(point) for point in np.flatnonzero(missing).tolist())
