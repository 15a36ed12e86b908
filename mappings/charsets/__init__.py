"""Character sets of exports: their names, and tables that turn their bytes into Unicode and tell what cannot be
turned."""

from __future__ import annotations

CHARSETS = ("ascii", "cp932", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "eucjp-ms")
"""What the readers decode. ``utf-16`` takes its byte order from the byte order mark, else from the places of the zero
bytes."""

MARK_BASE = 0x10FE00
"""An undecodable byte ``b`` is carried as the character U+10FE00 + b, far from every gaiji range."""

_SPELLINGS = {
    "ascii": "ascii",
    "usascii": "ascii",
    "cp932": "cp932",
    "ms932": "cp932",
    "windows31j": "cp932",
    "sjis": "cp932",
    "shiftjis": "cp932",
    "utf8": "utf-8",
    "utf8sig": "utf-8",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "eucjp": "eucjp-ms",
    "eucjpms": "eucjp-ms",
    "eucjpwin": "eucjp-ms",
    "ujis": "eucjp-ms",
}


def charset_name(name: str) -> str:
    """The charset's one name in :data:`CHARSETS` for any usual spelling of it.

    Shift_JIS means CP932 and EUC-JP means eucJP-ms: exports of this trade come from Windows, and the supersets decode
    the plain sets unchanged. Raises ``ValueError`` for a charset that the readers do not know.
    """
    key = "".join(c for c in name.lower() if c.isalnum())
    try:
        return _SPELLINGS[key]
    except KeyError:
        raise ValueError(f"unknown charset {name!r}: the readers know {', '.join(CHARSETS)}") from None


# The codecs of mainframe charsets need MARK_BASE from here; registering loads no table.
from mappings.charsets.mainframe import register as _register_codecs  # noqa: E402

_register_codecs()
