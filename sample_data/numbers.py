"""Numbers with check digits, made for whole columns at once: 宛名番号, 個人番号, 住民票コード, 法人番号, 団体コード.

All functions take and return polars Series; the rules of the check digits are stated at each function.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

_SPREAD = 48_271_982_713
"""Odd and no multiple of 5: multiplication by it permutes the residues modulo any power of ten, so numbers stay
unique but do not look counted."""


def _digits(values: npt.NDArray[np.int64], width: int) -> npt.NDArray[np.int64]:
    """``(n, width)`` decimal digits of non-negative integers, most significant first."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (values[:, None] // powers[None, :]) % 10


def _modulus11(values: npt.NDArray[np.int64], width: int) -> npt.NDArray[np.int64]:
    """Check digit with weights 2, 3, ... 7, 2, ... from the right; 11 - (sum mod 11), and 0 where that has two
    digits."""
    weights = np.array([2 + (i % 6) for i in range(width)][::-1], dtype=np.int64)
    check = 11 - (_digits(values, width) * weights).sum(axis=1) % 11
    return np.where(check > 9, 0, check)


def _text(values: npt.NDArray[np.int64], width: int) -> pl.Series:
    return pl.Series(values, dtype=pl.Int64).cast(pl.String).str.zfill(width)


def atena(first: int, count: int, lead: int = 0) -> pl.Series:
    """``count`` 宛名番号 of 15 characters: five zeros, ``lead`` (0 residents, 8 corporations, 9 non-residents), 8
    digits, check digit.

    The check digit is modulus 11 over the 9 digits before it, weights 2-7 from the right (design:
    住民記録システム標準仕様書).
    """
    body = lead * 100_000_000 + np.arange(first, first + count, dtype=np.int64)
    return _text(body * 10 + _modulus11(body, 9), 15)


def setai(first: int, count: int) -> pl.Series:
    """``count`` 世帯番号 of 15 characters; no check digit."""
    return _text(np.arange(first, first + count, dtype=np.int64), 15)


def kojin(serial: npt.NDArray[np.int64], salt: int) -> pl.Series:
    """個人番号 of 12 digits, one per serial number, unique for unique serials below 10**11.

    Check digit: weights 6,5,4,3,2,7,6,5,4,3,2 on the first 11 digits, 11 - (sum mod 11), 0 where the remainder is 0
    or 1
    (平成26年総務省令第85号5条).
    """
    body = _permuted(serial, salt, 11)
    weights = np.array([6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2], dtype=np.int64)
    rest = (_digits(body, 11) * weights).sum(axis=1) % 11
    return _text(body * 10 + np.where(rest <= 1, 0, 11 - rest), 12)


def juminhyo(serial: npt.NDArray[np.int64], salt: int) -> pl.Series:
    """住民票コード of 11 digits, unique for unique serials below 10**10 (its published check rule is unconfirmed:
    modulus 11 here)."""
    body = _permuted(serial, salt, 10)
    return _text(body * 10 + _modulus11(body, 10), 11)


def houjin(serial: npt.NDArray[np.int64], salt: int) -> pl.Series:
    """法人番号 of 13 digits: check digit first, 9 - (sum of the 12 digits, weights 1 and 2 alternating from the
    right, mod 9)."""
    body = _permuted(serial, salt, 12)
    weights = np.array([2, 1] * 6, dtype=np.int64)
    check = 9 - (_digits(body, 12) * weights).sum(axis=1) % 9
    return _text(check * 10**12 + body, 13)


def _permuted(serial: npt.NDArray[np.int64], salt: int, width: int) -> npt.NDArray[np.int64]:
    modulus = 10**width
    factor = _SPREAD % modulus
    low = serial.astype(np.int64)
    # The product exceeds 64 bits: split the factor so that each partial product fits (serial < 10**9, parts < 10**6).
    result = np.zeros_like(low)
    for shift in range(0, width, 6):
        part = (factor // 10**shift) % 10**6
        step = (low * part) % modulus
        for _ in range(shift):
            step = (step * 10) % modulus
        result = (result + step) % modulus
    return np.asarray((result + salt % modulus) % modulus, dtype=np.int64)
