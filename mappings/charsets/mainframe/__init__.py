"""Mainframe charsets: JEF, KEIS, JIPS and IBM's, both ways, with one table for columns and for Python's codecs.

:func:`register` is cheap: tables and kernels are loaded when a charset is first used.
"""

from __future__ import annotations

import codecs
from functools import cache

from mappings.charsets import MARK_BASE

MARK_ERRORS = "tsugite-mark"
"""Error handler for any codec: a byte that does not decode becomes U+10FE00 + byte, and encoding turns it back."""


@cache
def register() -> None:
    """Make the charsets of :mod:`.catalogue` known as codecs, and :data:`MARK_ERRORS` as an error handler. Once."""
    codecs.register(_search)
    codecs.register_error(MARK_ERRORS, _marks)


def _search(name: str) -> codecs.CodecInfo | None:
    from mappings.charsets.mainframe.catalogue import charset

    try:
        found = charset(name)
    except LookupError:
        return None
    from mappings.charsets.mainframe.codec import codec

    return codec(found.name)


def _marks(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError):
        return "".join(chr(MARK_BASE + byte) for byte in error.object[error.start : error.end]), error.end
    if isinstance(error, UnicodeEncodeError):
        values = [ord(character) - MARK_BASE for character in error.object[error.start : error.end]]
        if all(0 <= value <= 0xFF for value in values):
            return bytes(values), error.end
    raise error
