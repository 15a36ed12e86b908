"""Which items carry a check digit, and whether it is right: integer arithmetic on whole columns, and a table that
says where.

The table ``check_digits.csv`` is data: an item whose name ends in ``suffix`` (a role may stand before it:
住所_市区町村コード), of that type and length, is judged by ``rule``. Sources: DOMAIN facts of the programme —
地方公共団体コード (JIS X 0401/0402 with check digit, verified on all published codes), 個人番号 (番号法施行令8条,
平成26年総務省令85号5条), 法人番号 (平成26年財務省令70号). The algorithm of 住民票コード is not public: only its
digits are looked at, and never as an error.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from layouts.model import Item

TABLE = Path(__file__).parent / "check_digits.csv"


@dataclass(frozen=True, slots=True)
class CheckDigit:
    """One row of the table: the catalogue code that judges items of that name, type and length."""

    rule: str
    suffix: str
    type: str
    digits: int

    def applies_to(self, item: Item) -> bool:
        return item.name.endswith(self.suffix) and item.type == self.type and item.digits == self.digits


@lru_cache(maxsize=1)
def check_digits() -> tuple[CheckDigit, ...]:
    """The table, in its order."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            CheckDigit(row["rule"], row["suffix"], row["type"], int(row["digits"])) for row in csv.DictReader(file)
        )


def check_digit_of(item: Item) -> CheckDigit | None:
    """The check digit that an item carries, by its name, type and length; None for most items."""
    return next((entry for entry in check_digits() if entry.applies_to(item)), None)


def digit_expr(rule: str, column: str, digits: int) -> pl.Expr:
    """Boolean expression for one column: TRUE right, FALSE wrong (or not all digits), NULL where there is no value.

    Raises :class:`KeyError` for a rule without an algorithm.
    """
    value = pl.col(column)
    shaped = value.str.contains(f"^[0-9]{{{digits}}}$")
    right = _ALGORITHMS[rule](value.cast(pl.Int32 if digits < 10 else pl.Int64, strict=False))
    # A value that is no number has no arithmetic: NULL AND FALSE is FALSE, so the shape alone decides.
    return shaped & right if right is not None else shaped


def _digit(number: pl.Expr, power: int) -> pl.Expr:
    """The decimal digit at 10**power of a column of non-negative integers."""
    divisor: int = 10**power
    return (number // divisor) % 10


def _weighted(number: pl.Expr, weights: Sequence[int], first_power: int) -> pl.Expr:
    """Sum of digit times weight; the first weight belongs to the digit at 10**first_power, the next to the one right
    of it."""
    return pl.sum_horizontal(_digit(number, first_power - place) * weight for place, weight in enumerate(weights))


def _municipality(number: pl.Expr) -> pl.Expr:
    return (11 - _weighted(number, (6, 5, 4, 3, 2), 5) % 11) % 10 == number % 10


def _individual(number: pl.Expr) -> pl.Expr:
    remainder = _weighted(number, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 11) % 11
    return pl.when(remainder <= 1).then(0).otherwise(11 - remainder) == number % 10


def _corporate(number: pl.Expr) -> pl.Expr:
    # The check digit comes first; weights alternate 1, 2 from the rightmost of the other twelve digits.
    return 9 - _weighted(number, (2, 1) * 6, 11) % 9 == _digit(number, 12)


def _resident(_number: pl.Expr) -> None:
    return None


_ALGORITHMS: dict[str, Callable[[pl.Expr], pl.Expr | None]] = {
    "V10": _municipality,
    "V11": _individual,
    "V12": _corporate,
    "V13": _resident,
}
