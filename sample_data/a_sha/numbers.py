"""Plain encoders of A社's numbers: digits a byte with the sign over the last (zoned), packed decimals, binary."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Bytes = npt.NDArray[np.uint8]
SPACE = 0x40


def _parts(texts: pl.Series, scale: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Absolute values without point, which are negative, which are not empty."""
    filled = (texts != "").to_numpy()
    values = (texts.replace("", "0").cast(pl.Decimal(38, scale)) * 10**scale).cast(pl.Int64).to_numpy()
    return np.abs(values), values < 0, filled


def _digits(values: npt.NDArray[np.int64], count: int, field: str) -> npt.NDArray[np.uint8]:
    """The last ``count`` decimal digits, one column each. Raises ValueError for a number with more."""
    if count < 19 and (values >= 10**count).any():
        raise ValueError(f"{field}: a number has more than {count} digits")
    powers = [10**place for place in range(count - 1, -1, -1)]
    return np.stack([values // power % 10 for power in powers], axis=-1).astype(np.uint8)


def zoned(texts: pl.Series, digits: int, scale: int = 0, signed: bool = False, field: str = "") -> Bytes:
    """A digit a byte; with ``signed`` the zone of the last one is C or D. Empty: spaces. (rows, ``digits``)."""
    values, negative, filled = _parts(texts, scale)
    made = _digits(values, digits, field) | np.uint8(0xF0)
    if signed:
        made[:, -1] = (made[:, -1] & np.uint8(0x0F)) | np.where(negative, np.uint8(0xD0), np.uint8(0xC0))
    made[~filled] = SPACE
    return made


def packed(texts: pl.Series, digits: int, scale: int = 0, signed: bool = False, field: str = "") -> Bytes:
    """Two digits a byte, the sign in the last half byte (C, D, or F without sign). Empty: low values.
    (rows, ``digits`` // 2 + 1)."""
    values, negative, filled = _parts(texts, scale)
    size = digits // 2 + 1
    halves = _digits(values, size * 2 - 1, field)
    sign = np.where(negative, 0x0D, 0x0C) if signed else np.full(len(texts), 0x0F)
    halves = np.concatenate([halves, sign.astype(np.uint8)[:, None]], axis=1)
    made = (halves[:, 0::2] << np.uint8(4)) | halves[:, 1::2]
    made[~filled] = 0
    return made


def binary(texts: pl.Series, digits: int, field: str = "") -> Bytes:
    """A whole number without sign, big endian, 2, 4 or 8 bytes for up to 4, 9, 18 digits. There is no empty one."""
    values, negative, filled = _parts(texts, 0)
    if negative.any() or not filled.all():
        raise ValueError(f"{field}: a binary number without sign is negative or empty")
    size = 2 if digits <= 4 else 4 if digits <= 9 else 8
    _digits(values, digits, field)
    wide = values.astype(">i8").view(np.uint8).reshape(len(texts), 8)
    return wide[:, 8 - size :]
