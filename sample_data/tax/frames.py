"""Small tools of the tax areas: groups finished to their layout and built on demand, days and dates, operators,
stable pseudo-random choices.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from layouts.load import load_area

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

EPOCH = dt.date(1970, 1, 1)
NO_DAY = np.iinfo(np.int32).min
"""Stands for "no date" in arrays of days since 1970-01-01."""
CLAIM = ("市区町村コード", "賦課年度", "相当年度", "業務詳細（科目）コード", "通知書番号", "期別", "申告履歴番号")
"""The key of a claim in area 014."""


class Groups(Mapping[str, pl.DataFrame]):
    """The groups of an area, each put together when it is asked for (a full-size group is several hundred megabytes
    as text).

    A group is a list of parts (one a fiscal year, in order) that a function makes; ``parts`` gives them one after
    the other.
    """

    def __init__(self, builders: Mapping[str, Sequence[tuple[str, Callable[[], pl.DataFrame]]]]) -> None:
        self._builders = dict(builders)

    def __getitem__(self, name: str) -> pl.DataFrame:
        return pl.concat([build() for _, build in self._builders[name]])

    def __iter__(self) -> Iterator[str]:
        return iter(self._builders)

    def __len__(self) -> int:
        return len(self._builders)

    def parts(self, name: str) -> Iterator[tuple[str, pl.DataFrame]]:
        """Label and frame of each part of a group; the parts in this order are the group."""
        for label, build in self._builders[name]:
            yield label, build()


def to_layout(area: str, group: str, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` as the group: all items in layout order and type, Date columns as ISO text, items that it lacks null.

    Raises KeyError for a column that is no item: a misspelt item would otherwise vanish silently.
    """
    schema = load_area(area).group(group).polars_schema
    unknown = [name for name in frame.columns if name not in schema]
    if unknown:
        raise KeyError(f"{area} {group}: {unknown}")
    present = frame.schema
    out = []
    for name, dtype in schema.items():
        if name not in present:
            out.append(pl.lit(None, dtype=dtype).alias(name))
        elif present[name] == pl.Date:
            out.append(pl.col(name).dt.to_string("%Y-%m-%d"))
        else:
            out.append(pl.col(name).cast(dtype))
    return frame.select(out)


def day(year: int, month: int, of_month: int) -> int:
    """Days since 1970-01-01."""
    return (dt.date(year, month, of_month) - EPOCH).days


def month_end(year: int, month: int) -> int:
    """Last day of a month (months above 12 are of the next year), moved to Monday where it is a weekend: the way due
    dates are shifted.
    """
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    last = day(year + month // 12, month % 12 + 1, 1) - 1
    return int(working_day(np.array([last]))[0])


def working_day(days: npt.NDArray[np.integer]) -> Ints:
    """Saturday and Sunday moved to the Monday after (1970-01-01 was a Thursday)."""
    weekday = (days.astype(np.int64) + 3) % 7
    return days.astype(np.int64) + np.where(weekday == 5, 2, np.where(weekday == 6, 1, 0))


def dates(days: npt.NDArray[np.integer]) -> pl.Series:
    """Days since 1970-01-01 as a Date column; :data:`NO_DAY` is null."""
    text = pl.Series(days.astype(np.int32))
    return pl.select(pl.when(text != NO_DAY).then(text.cast(pl.Date))).to_series()


def fiscal_year(days: npt.NDArray[np.integer]) -> Ints:
    """会計年度 of days: April to March."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return 1970 + (months - 3) // 12


def mix(values: npt.NDArray[np.integer], salt: int) -> Ints:
    """Non-negative pseudo-random integers, a function of value and salt only (splitmix64), for choices that need no
    generator.
    """
    z = values.astype(np.uint64) + np.uint64((salt * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(2)).astype(np.int64)


def digits(values: npt.NDArray[np.integer] | pl.Series, width: int) -> pl.Series:
    """Integers as zero-padded text."""
    return pl.Series(values).cast(pl.Int64).cast(pl.String).str.zfill(width)


def choose(options: Sequence[str | None], index: npt.NDArray[np.integer]) -> pl.Series:
    """``options[index]`` as a String column."""
    return pl.Series(options, dtype=pl.String).gather(pl.Series(index.astype(np.int64)))


def text(series: Sequence[str | None] | npt.NDArray[np.str_] | pl.Series, where: Bools | None = None) -> pl.Series:
    """A String column; null where ``where`` is False."""
    column = series if isinstance(series, pl.Series) else pl.Series(series, dtype=pl.String)
    return column if where is None else pl.select(pl.when(pl.Series(where)).then(column)).to_series()


def number(values: npt.NDArray[np.integer] | pl.Series, where: Bools | None = None) -> pl.Series:
    """An Int64 column; null where ``where`` is False."""
    column = pl.Series(values).cast(pl.Int64)
    return column if where is None else pl.select(pl.when(pl.Series(where)).then(column)).to_series()


def flag(values: Bools) -> pl.Series:
    """Code 900: '1' or '0'."""
    return choose(("0", "1"), values.astype(np.int64))


def operator(prefix: str, serial: npt.NDArray[np.integer], when: npt.NDArray[np.integer]) -> dict[str, pl.Series]:
    """操作者ID, 操作年月日 (``when``, days), 操作時刻."""
    drawn = mix(serial, 17)
    clock = 8 * 3600 + 30 * 60 + drawn % (9 * 3600)
    hours, rest = clock // 3600, clock % 3600
    time = pl.select(
        pl.concat_str([digits(hours, 2), pl.lit(":"), digits(rest // 60, 2), pl.lit(":"), digits(rest % 60, 2)])
    ).to_series()
    return {
        "操作者ID": pl.Series([prefix], dtype=pl.String).gather(np.zeros(len(drawn), np.int64))
        + digits(drawn % 37 + 1, 3),
        "操作年月日": dates(when),
        "操作時刻": time,
    }
