"""The code tables as they are kept: rows of code, code point, selectors, second character and options."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

DATA = Path(__file__).parent / "data"

ONEWAY, DECODE_ONLY, ENCODE_ONLY, UNMAPPABLE, SUBSTITUTION, HALFWIDTH = 1, 2, 4, 8, 16, 32
"""Options of a row.

``ONEWAY``: without its selector the character stands for several codes and encodes to another one.
``DECODE_ONLY``: the character encodes to another code. ``ENCODE_ONLY``: the code decodes to another character; writing
it changes the text. ``UNMAPPABLE``: the code is in use, but Unicode has no character for it. ``SUBSTITUTION``: the
character is a similar one. ``HALFWIDTH``: the code shows it in half the width.
"""


@cache
def _file() -> dict[str, npt.NDArray[np.generic]]:
    with np.load(DATA / "tables.npz") as file:
        return {name: file[name] for name in file.files}


def rows(table: str) -> npt.NDArray[np.int32]:
    """``(n, 6)``: code, code point, Hanyo-Denshi selector, Adobe-Japan1 selector, second character, options; 0 = none.

    The order is that of the list it came from. Raises ``KeyError`` for a table that there is none of.
    """
    return _file()[table].astype(np.int32, copy=False)


def jips_e_of_j() -> npt.NDArray[np.uint8]:
    """For each byte of JIPS(J) the byte of JIPS(E): a permutation of 256."""
    return _file()["jips_e_of_j"].astype(np.uint8, copy=False)
