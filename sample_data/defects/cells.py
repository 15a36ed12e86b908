"""Defects of a single field's text: which fields a kind fits, what it makes of the text, and what is then delivered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from layouts.load import load_area
from layouts.model import Item
from sample_data.defects.links import Link, item_of
from sample_data.defects.marks import RAW

_BAD = chr(RAW + 0x85) + chr(RAW + 0x9F)
_DAY = r"(\d\d)([./]?)(\d\d)$"
_CHECKED = (("市区町村コード", 6, "V10"), ("個人番号", 12, "V11"), ("法人番号", 13, "V12"), ("住民票コード", 11, "V13"))


@dataclass(frozen=True)
class Cell:
    """What a kind does to a field. Expressions look at the columns ``text`` (of the field) and ``value`` (of the
    item, as text)."""

    fits: Callable[[Link, Item], bool]
    where: Callable[[Item], pl.Expr]
    text: Callable[[Item], pl.Expr]
    value: Callable[[Item], pl.Expr]
    """The item's value in the delivery."""
    form: bool = False
    """The value is found for its form: it is not missing on top."""
    also: tuple[str, ...] = ()
    """Rules that find the same value once more."""
    in_export: bool = False
    """Found in the export's field, whatever group it goes to."""


def _null(item: Item) -> pl.Expr:
    return pl.lit(None, dtype=pl.String)


def _as_text(item: Item) -> pl.Expr:
    return pl.col("text")


def _unchanged(item: Item) -> pl.Expr:
    return pl.col("value")


def _known_day(item: Item) -> pl.Expr:
    return pl.col("text").str.contains(_DAY) & pl.col("value").str.contains(
        r"^(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
    )


def _filled(item: Item) -> pl.Expr:
    return pl.col("text").str.strip_chars(" 　") != ""


def check_rule(item: Item) -> str:
    """V10 to V13 where the item has a check digit, else nothing."""
    if item.type != "X":
        return ""
    return next((rule for end, digits, rule in _CHECKED if item.name.endswith(end) and item.digits == digits), "")


def listed(link: Link) -> bool:
    """The item's code lists name every value."""
    item = item_of(link)
    if item.code is None:
        return False
    area = load_area(link.area)
    return not any(area.code_list(code).patterns for code in item.code.split("/"))


def _length_rule(link: Link, item: Item) -> bool:
    """A rule of the layout looks at the item's length or form."""
    marks = (f'LENGTH("{item.name}")', f'"{item.name}" ~', f'"{item.name}" LIKE', f'SUBSTR("{item.name}"')
    return any(rule.group == item.group and mark in rule.expr for rule in load_area(link.area).rules for mark in marks)


def _era_back() -> pl.Expr:
    """令和 and 平成 written on in the era before."""
    text = pl.col("text")
    out = text
    for mark, before, years in (("5", "4", 30), ("R", "H", 30), ("4", "3", 63), ("H", "S", 63)):
        year = (text.str.slice(1, 2).cast(pl.Int64, strict=False) + years).cast(pl.String).str.zfill(2)
        out = pl.when(text.str.starts_with(mark)).then(pl.lit(before) + year + text.str.slice(3)).otherwise(out)
    return out


def _date(link: Link, item: Item) -> bool:
    return item.type == "DATE" and not item.pk and not link.plain


def _date_mapped(text: Callable[[Item], pl.Expr]) -> Cell:
    return Cell(_date, _known_day, text, _null)


CELLS: dict[str, Cell] = {
    "date_impossible": _date_mapped(lambda item: pl.col("text").str.replace(_DAY, "02${2}30")),
    "date_letter": _date_mapped(lambda item: pl.col("text").str.replace(r"\d$", "X")),
    "date_other_spelling": _date_mapped(lambda item: pl.lit("令和") + pl.col("text").str.slice(-4)),
    "date_out_of_era": Cell(
        _date,
        lambda item: (
            _known_day(item)
            & pl.col("text").str.contains(r"^(5|R|4|H)\d\d\.?\d\d\.?\d\d$")
            & (
                (pl.col("text").str.contains("^[5R]") & (pl.col("value") >= "2019-05-01"))
                | (pl.col("text").str.contains("^[4H](0[1-9]|[12])") & (pl.col("value") >= "1989-01-08"))
            )
        ),
        lambda item: _era_back(),
        _unchanged,
    ),
    "number_letter": Cell(
        lambda link, item: item.type in ("9", "S9") and not item.pk and item.code is None,
        lambda item: pl.col("text").str.contains(r"^\d+$"),
        lambda item: pl.col("text").str.replace(r"\d$", "O"),
        _null,
    ),
    "number_too_long": Cell(
        lambda link, item: (
            item.type in ("9", "S9") and not item.pk and item.digits <= 16 and item.code is None and link.plain
        ),
        lambda item: pl.col("text").str.contains(r"^\d+$"),
        lambda item: pl.lit("9" * (item.digits + 1)),
        _null,
        form=True,
    ),
    "code_unknown": Cell(
        lambda link, item: item.code is not None and not item.pk and item.type == "X" and link.coded and listed(link),
        _filled,
        lambda item: pl.col("text").str.replace_all(r"[^*]", "*"),
        _null,
    ),
    "code_outside_list": Cell(
        lambda link, item: not item.pk and item.type == "X" and link.plain and not link.coded and listed(link),
        _filled,
        lambda item: pl.col("text").str.replace_all(r"[^~]", "~"),
        _as_text,
    ),
    "text_half_width": Cell(
        lambda link, item: item.type == "Ｎ" and link.plain and not item.pk,
        _filled,
        lambda item: pl.lit("A") + pl.col("text").str.slice(1),
        _null,
        form=True,
    ),
    "text_full_width": Cell(
        lambda link, item: item.type == "X" and not link.coded and item.code is None and not item.pk,
        _filled,
        lambda item: pl.lit("漢") + pl.col("text").str.slice(1),
        _null,
        form=True,
    ),
    "text_too_long": Cell(
        lambda link, item: (
            item.type in ("X", "Ｎ") and link.plain and item.code is None and not item.pk and item.digits < 500
        ),
        _filled,
        lambda item: pl.lit(("9" if item.type == "X" else "長") * (item.digits + 1)),
        _null,
        form=True,
    ),
    "control_character": Cell(
        lambda link, item: item.type == "Ｎ" and link.plain and not item.pk,
        _filled,
        lambda item: pl.col("text").str.slice(0, 1) + pl.lit("\x07") + pl.col("text").str.slice(1),
        _null,
        form=True,
        also=("V03",),
        in_export=True,
    ),
    "undecodable_bytes": Cell(
        lambda link, item: item.type == "Ｎ" and link.plain and not item.pk and item.digits > 4,
        lambda item: _filled(item) & (pl.col("text").str.len_chars() < item.digits - 2),
        lambda item: pl.col("text") + pl.lit(_BAD),
        _as_text,
        in_export=True,
    ),
    "gaiji": Cell(
        lambda link, item: item.type == "Ｎ" and link.plain and not item.pk,
        lambda item: _filled(item) & ~pl.col("text").str.contains("[\ue000-\uf8ff]"),
        lambda item: pl.col("text").str.slice(0, pl.col("text").str.len_chars() - 1) + pl.lit("\ue001"),
        _as_text,
        in_export=True,
    ),
    "gaiji_unregistered": Cell(
        lambda link, item: item.type == "Ｎ" and link.plain and not item.pk,
        lambda item: _filled(item) & ~pl.col("text").str.contains("[\ue000-\uf8ff]"),
        lambda item: pl.col("text").str.slice(0, pl.col("text").str.len_chars() - 1) + pl.lit("\ue6f0"),
        _as_text,
        in_export=True,
    ),
    "required_empty": Cell(
        lambda link, item: item.required and not item.pk and link.plain,
        _filled,
        lambda item: pl.lit(""),
        _null,
    ),
    "leading_zeros_lost": Cell(
        lambda link, item: bool(check_rule(item)) and link.plain and not item.pk,
        lambda item: pl.col("text").str.contains("^0+[1-9]"),
        lambda item: pl.col("text").str.strip_chars_start("0"),
        _as_text,
    ),
    "resident_code_form": Cell(
        lambda link, item: check_rule(item) == "V13" and not item.pk,
        lambda item: (pl.col("value").str.len_chars() == item.digits) & (pl.col("text").str.len_chars() > 5),
        lambda item: pl.col("text").str.slice(0, pl.col("text").str.len_chars() - 1) + pl.lit("X"),
        lambda item: pl.col("value").str.slice(0, item.digits - 1) + pl.lit("X"),
    ),
    "leading_zeros_unchecked": Cell(
        lambda link, item: (
            item.type == "X"
            and item.code is None
            and link.plain
            and not item.pk
            and not item.fk
            and not check_rule(item)
            and not _length_rule(link, item)
        ),
        lambda item: pl.col("text").str.contains("^0+[1-9][0-9]*$"),
        lambda item: pl.col("text").str.strip_chars_start("0"),
        _as_text,
    ),
}
