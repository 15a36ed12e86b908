"""Tables between half-width and full-width characters: kana (voiced pairs first), ASCII and the space. No NFKC: it
changes ①, ㈱ and ～ in names.

JIS X 0201 katakana are U+FF61-FF9F; their full-width partners are written out below in the same order.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["kana", "ascii", "space"]

_HALF = "".join(chr(code) for code in range(0xFF61, 0xFFA0))
_FULL = (
    "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソ"
    "タチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜"
)
_VOICED = {
    **dict(
        zip((f"{half}ﾞ" for half in "ｳｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎ"), "ヴガギグゲゴザジズゼゾダヂヅデドバビブベボ", strict=True)
    ),
    **dict(zip((f"{half}ﾟ" for half in "ﾊﾋﾌﾍﾎ"), "パピプペポ", strict=True)),
    "ﾜﾞ": "ヷ",
    "ｦﾞ": "ヺ",
}
_SINGLES = dict(zip(_HALF, _FULL, strict=True))

SMALL_TO_LARGE = dict(zip("ァィゥェォャュョッヮヵヶｧｨｩｪｫｬｭｮｯ", "アイウエオヤユヨツワカケｱｲｳｴｵﾔﾕﾖﾂ", strict=True))
HIRAGANA_TO_KATAKANA = {chr(code): chr(code + 0x60) for code in range(0x3041, 0x3097)}


def half_to_full(kinds: tuple[Kind, ...]) -> dict[str, str]:
    """Half-width text -> full-width text; pairs (ｶﾞ) stand before their parts, so the leftmost-first match takes
    them."""
    table: dict[str, str] = {}
    if "kana" in kinds:
        table |= _VOICED | _SINGLES
    if "ascii" in kinds:
        table |= {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
    if "space" in kinds:
        table[" "] = "\u3000"
    return table


def full_to_half(kinds: tuple[Kind, ...]) -> dict[str, str]:
    """The way back of :func:`half_to_full`."""
    return {full: half for half, full in half_to_full(kinds).items()}
