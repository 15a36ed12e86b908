"""What a report may show of a value, and how a business key stands in it.

Only the capped examples of findings pass here (some thousand values a run), so plain Python serves; nothing masks a
whole column. What stays visible is the *shape* - length, widths, where digits, spaces and hyphens stand - because that
is what tells an engineer why a value failed.
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Final

LONGEST: Final = 40
"""Characters of a value that are shown; its full length follows in brackets."""
SHORT: Final = 10
"""ASCII up to this length in an item without personal data (codes, counts, amounts) is shown as it is."""
_KEPT: Final = frozenset(" 　-－/.,:()（）・_")


def _mark(char: str) -> str:
    """The stand-in of one character: the same width and class, nothing else."""
    if char in _KEPT:
        return char
    if char.isdecimal():
        return "#" if char.isascii() else "＃"
    category = unicodedata.category(char)
    if category in ("Co", "Cn"):
        return "□"  # gaiji, and bytes that no charset decodes
    if category == "Cc":
        return "¶"
    if category in ("Mn", "Me"):
        return ""  # variation selectors and combining marks belong to the character before
    return "＊" if unicodedata.east_asian_width(char) in ("W", "F", "A") else "*"


def mask_value(value: str, pii: str | None) -> str:
    """The value as a report may show it.

    ``pii`` is the item's. None shows short ASCII as it is and masks everything else: a shifted column may hold a name.
    ``personal`` shows the first character of text and the last two of six and more digits; ``mynumber`` and
    ``sensitive`` show the shape alone.
    """
    if pii is None and len(value) <= SHORT and value.isascii() and value.isprintable():
        return value
    shown = value[:LONGEST]
    marks = [_mark(char) for char in shown]
    if pii in (None, "personal") and len(value) <= LONGEST:
        digits = [place for place, mark in enumerate(marks) if mark == "#"]
        if marks and marks[0] in ("＊", "*") and len(marks) > 1:
            marks[0] = shown[0]
        elif len(digits) >= 6:
            for place in digits[-2:]:
                marks[place] = shown[place]
    masked = "".join(marks)
    return masked if len(value) <= LONGEST else f"{masked}…({len(value)})"


def key_hash(mask_key: bytes, key: str) -> str:
    """Keyed BLAKE2b of a business key, 16 hex digits: equal keys stay equal, nobody else can guess them.

    Raises ValueError for an empty ``mask_key``: an unkeyed hash of a 15-digit number is no protection.
    """
    if not mask_key:
        raise ValueError("key_hash needs a mask key")
    secret = mask_key if len(mask_key) <= hashlib.blake2b.MAX_KEY_SIZE else hashlib.sha256(mask_key).digest()
    return hashlib.blake2b(key.encode(), digest_size=8, key=secret).hexdigest()
