"""印影情報 and 印鑑登録証情報 of area 002: the image of each seal, and the cards that were handed out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a002_seal_registration.registrations import LOST, SYSTEM, Registrations
from sample_data.areas.insured import constant, numbered
from sample_data.tax.frames import (
    NO_DAY,
    Bools,
    Ints,
    dates,
    day,
    digits,
    flag,
    mix,
    number,
    operator,
    text,
    to_layout,
)

BOOKLET, MAGNETIC, BARCODE, RESIDENT_CARD, NUMBER_CARD = 5, 1, 2, 3, 4
VALID, MISSING, GIVEN_BACK, EXCHANGED, VOID = 1, 2, 3, 4, 5
"""印鑑登録証状態."""
_ENDINGS = {1: "tif", 2: "png", 3: "bmp", 4: "jpg", 9: "cmp"}
_SIZES = np.array([105, 120, 120, 135, 150, 150, 165, 180, 240])
"""Tenths of a millimetre."""


@dataclass(frozen=True)
class Cards:
    """Parallel arrays, ordered by person and day of issue."""

    reg: Ints
    issued: Ints
    second: Bools
    """Handed out in exchange for the first card of the registration."""

    def held_on(self, reg: Ints, days: Ints) -> Ints:
        """Place of the card of registrations on days."""
        first = np.searchsorted(self.reg, reg)
        last = np.searchsorted(self.reg, reg, side="right") - 1
        return np.where(self.issued[last] <= days, last, first)


def cards(r: Registrations) -> Cards:
    """A card for each registration, two where it was exchanged."""
    one = np.flatnonzero(r.listed != NO_DAY)
    two = np.flatnonzero(r.exchanged != NO_DAY)
    reg = np.concatenate([one, two])
    second = np.arange(len(reg)) >= len(one)
    issued = np.concatenate([r.listed[one], r.exchanged[two]])
    order = np.lexsort((second, reg))
    return Cards(reg[order], issued[order], second[order])


def card_numbers(r: Registrations, c: Cards) -> pl.Series:
    """印鑑登録証番号: the registration's own number on its first card, another on a later one."""
    later = digits(80_000_000 + c.reg, 8)
    return pl.select(pl.when(pl.Series(c.second)).then(later).otherwise(r.number.gather(pl.Series(c.reg)))).to_series()


def handed_out(r: Registrations, c: Cards) -> pl.DataFrame:
    """印鑑登録証情報."""
    reg = c.reg
    key = reg * 2 + c.second
    serial, latest = numbered(r.who[reg])
    replaced = np.append((reg[1:] == reg[:-1]), False)
    ended, why = r.ended[reg], r.why[reg]
    kept = np.isin(why, (3, 4, 8, 9)) & (mix(key, 291) % 5 < 2)
    state = np.select([replaced, ended == NO_DAY, why == LOST, kept], [EXCHANGED, VALID, MISSING, VOID], GIVEN_BACK)
    drawn = mix(key, 292) % 100
    kind = np.select(
        [
            c.issued < day(1985, 4, 1),
            (c.issued >= day(2004, 4, 1)) & (c.issued < day(2015, 12, 1)) & (drawn < 4),
            (c.issued >= day(2016, 4, 1)) & (drawn < 6),
            c.issued < day(2008, 4, 1),
        ],
        [BOOKLET, RESIDENT_CARD, NUMBER_CARD, MAGNETIC],
        BARCODE,
    )
    again = np.zeros(len(reg), bool)
    again[1:] = (r.who[reg[1:]] == r.who[reg[:-1]]) & (r.why[reg[:-1]] == LOST)
    reason = np.select([c.second & (drawn % 3 == 0), c.second, c.issued < SYSTEM, again & ~c.second], [4, 3, 99, 2], 1)
    rewritten = (kind == MAGNETIC) & (mix(key, 293) % 9 == 0)
    rewritten_on = c.issued + 200 + mix(key, 294) % 900
    until = np.select([replaced, ended != NO_DAY], [r.exchanged[reg], ended], r.base)
    secret = np.isin(kind, (MAGNETIC, RESIDENT_CARD)) & (c.issued > day(1998, 4, 1)) & (mix(key, 295) % 10 < 3)
    changed = np.select([replaced, ended != NO_DAY], [r.exchanged[reg], ended], np.maximum(c.issued, SYSTEM))
    return to_layout(
        "002",
        "印鑑登録証情報",
        pl.DataFrame(
            {
                **r.key(reg),
                "登録証履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "印鑑登録番号": r.number.gather(pl.Series(reg)),
                "印鑑登録証番号": card_numbers(r, c),
                "印鑑登録証種別": digits(kind, 1),
                "印鑑登録証状態": digits(state, 1),
                "登録証交付年月日": dates(c.issued),
                "登録証交付事由": digits(reason, 2),
                "登録証交付手数料": number(np.isin(reason, (1, 2)) * 300, c.issued >= SYSTEM),
                "磁気再書込年月日": dates(np.where(rewritten & (rewritten_on < until), rewritten_on, NO_DAY)),
                "亡失届出年月日": dates(np.where(state == MISSING, ended, NO_DAY)),
                "返納年月日": dates(np.where(state == GIVEN_BACK, ended, NO_DAY)),
                "引替年月日": dates(np.where(state == EXCHANGED, r.exchanged[reg], NO_DAY)),
                "回収未済フラグ": flag(state == VOID),
                "暗証番号登録有無": flag(secret),
                "コンビニ交付利用可否": flag((state == VALID) & (mix(key, 296) % 3 > 0)),
                "削除フラグ": constant("0", len(reg)),
                **operator("sim", key, changed),
            }
        ),
    )


def images(r: Registrations) -> pl.DataFrame:
    """印影情報: one image a registration, taken again where it was not clear."""
    one = np.flatnonzero(r.listed != NO_DAY)
    taken = np.maximum(r.listed, SYSTEM)
    until = np.where(r.ended == NO_DAY, r.base, r.ended)
    again = taken + 300 + mix(r.every, 301) % 1_500
    two = one[((mix(one, 302) % 33 == 0) & (again[one] < until[one]))]
    reg = np.concatenate([one, two])
    second = np.arange(len(reg)) >= len(one)
    order = np.lexsort((second, reg))
    reg, second = reg[order], second[order]
    serial, latest = numbered(reg)
    when = np.where(second, again[reg], taken[reg])
    key = reg * 2 + second
    form = np.select(
        [(when < day(2005, 4, 1)) & (mix(key, 303) % 4 == 0), mix(key, 304) % 40 == 0, mix(key, 304) % 90 == 1],
        [9, 2, 4],
        1,
    )
    resolution = np.where(when < day(2003, 4, 1), 200, 400)
    shape = np.array([1, 1, 1, 1, 1, 1, 2, 3, 9])[mix(reg, 305) % 9]
    height = _SIZES[mix(reg, 306) % len(_SIZES)]
    width = np.where(shape == 3, np.maximum(height * 8 // 10, 85), height)
    quality = np.select([second, (mix(key, 307) % 33 == 0) & ~latest, mix(key, 308) % 20 == 0], [1, 3, 2], 1)
    names = pl.select(
        pl.concat_str(
            [
                constant(r.world.code + "_", len(reg)),
                r.number.gather(pl.Series(reg)),
                constant("_", len(reg)),
                digits(serial, 1),
                constant(".", len(reg)),
                pl.Series(form).replace_strict(_ENDINGS, return_dtype=pl.String),
            ]
        )
    ).to_series()
    return to_layout(
        "002",
        "印影情報",
        pl.DataFrame(
            {
                **r.key(reg),
                "印鑑登録番号": r.number.gather(pl.Series(reg)),
                "印影履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "印影ファイル名": names,
                "印影ファイル形式": digits(form, 1),
                "印影ハッシュ値": text(_hashes(key), form != 9),
                "解像度": number(resolution),
                "画像幅": number(-(-width * resolution // 254) + 16),
                "画像高さ": number(-(-height * resolution // 254) + 16),
                "印影縦寸法": _millimetres(height),
                "印影横寸法": _millimetres(width),
                "印影形状": digits(shape, 1),
                "印影品質区分": digits(quality, 1),
                "印影取込年月日": dates(when),
                "削除フラグ": constant("0", len(reg)),
                **operator("sim", key, when),
            }
        ),
    )


def _millimetres(tenths: Ints) -> pl.Series:
    whole = digits(tenths // 10, 1) + constant(".", len(tenths)) + digits(tenths % 10, 1)
    return whole.cast(pl.Decimal(38, 1))


def _hashes(keys: Ints) -> pl.Series:
    """64 hexadecimal digits, as long as a SHA-256."""
    letters = np.frombuffer(b"0123456789abcdef", np.uint8)
    drawn = np.stack([mix(keys, 310 + part) for part in range(8)], axis=1)
    nibbles = (drawn[:, :, None] >> (4 * np.arange(8))) & 15
    hexadecimal = letters[nibbles.reshape(len(keys), 64)]
    return pl.Series(np.ascontiguousarray(hexadecimal).view("S64").ravel().astype("U64"), dtype=pl.String)
