"""How the kernels are compiled: without the interpreter lock, with their machine code kept on disk. Loads numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile at the first call; the machine code is kept beside the source, else in the user's cache folder.

    ``NUMBA_CACHE_DIR`` names another place. Where no folder can be written at all the code lives as long as the
    process.
    """
    try:
        compiled = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:
        compiled = numba.njit(nogil=True)(function)
    result: Callable[..., Any] = compiled
    return result
