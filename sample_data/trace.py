"""Which truth a vendor's record was written from: noted while tables are written, read by :mod:`sample_data.defects`.

Nothing is noted unless :func:`noting` is on; then every frame that ``spell.record`` makes carries the column
:data:`ORIGIN` (text, ``<sheet>:<row>``), which survives filters, sorts and copies on the way to the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

ORIGIN = "__origin"


@dataclass(frozen=True)
class Source:
    """How a field is written: the truth's columns behind it, and whether its value is written as it stands."""

    roots: tuple[str, ...]
    plain: bool
    mapped: bool = False
    """Values are replaced by others, as codes are."""
    exact: bool = True
    """No digit is lost (thousands of yen lose three)."""


@dataclass(frozen=True)
class Sheet:
    """One call of ``record``: the rows that were written (columns of the truth), and what each field is made from."""

    table: str
    rows: pl.DataFrame
    sources: Mapping[str, Source]


class _Notes:
    on = False
    sheets: dict[int, Sheet] = {}  # noqa: RUF012 - one place for all, cleared by `noting`
    count = 0


@contextmanager
def noting() -> Iterator[dict[int, Sheet]]:
    """While open, sheets are kept by number in the dict that it yields; whoever reads may delete what is done with."""
    _Notes.on, _Notes.sheets, _Notes.count = True, {}, 0
    try:
        yield _Notes.sheets
    finally:
        _Notes.on, _Notes.sheets = False, {}


def note(table: str, rows: pl.DataFrame, fields: Mapping[str, pl.Expr | str | None], out: pl.DataFrame) -> pl.DataFrame:
    """``out``, the table's text; with :data:`ORIGIN` where notes are taken."""
    if not _Notes.on:
        return out
    number = _Notes.count
    _Notes.count += 1
    _Notes.sheets[number] = Sheet(table, rows, {name: _source(value) for name, value in fields.items()})
    place = pl.int_range(out.height, dtype=pl.Int64, eager=True).cast(pl.String)
    return out.with_columns((pl.lit(f"{number}:") + place).alias(ORIGIN))


def _source(value: pl.Expr | str | None) -> Source:
    if value is None:
        return Source((), False)
    if isinstance(value, str):
        return Source((value,), True)
    roots = tuple(dict.fromkeys(value.meta.root_names()))
    if len(roots) != 1:
        return Source(roots, False)
    same = (pl.col(roots[0]), pl.col(roots[0]).fill_null(""), pl.col(roots[0]).cast(pl.String).fill_null(""))
    text = str(value)
    plain = any(value.meta.eq(other) for other in same)
    return Source(roots, plain, "replace" in text, "//" not in text and "floor_div" not in text)
