"""The conditions that a layout puts on one row, each as one polars expression: TRUE fine, FALSE a finding, NULL not
evaluated.

This is the single source of what is judged: the Pandera schemas (:mod:`validators.schema`) are built from these
checks, and counts, nulled values and held rows come from the masks that those schemas yield. Columns are items under
their Japanese names, typed as the layout says (9 and S9 Int64, 9V Decimal, everything else String; DATE is ISO text).
An empty string counts as no value.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path

import polars as pl

from layouts.errors import Text, TsugiteError
from layouts.model import Area, Group, Item, Rule
from validators.check_digits import check_digit_of, digit_expr

HALF_WIDTH = r"^[ -~｡-ﾟ]*$"
"""Type X: printable ASCII and half-width kana (JIS X 0201)."""

NOT_FULL_WIDTH = r"[\x00-\x{9F}｡-\x{FFDC}\x{FFE8}-\x{FFEE}]"
"""Type Ｎ must not hold: controls, ASCII, half-width forms. Everything else may stand in a name: U+3000, variation
selectors, gaiji (private use areas) and the marks U+10FE00.. of bytes that the charset could not decode (the map
stage finds those)."""

SELECTORS = r"[\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}]"
"""Variation selectors: they choose a glyph of the character before them and are not counted as characters."""

_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_MONTH_DAY = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
CALENDAR_DAY = f"{_YEAR}-{_MONTH_DAY}|{_LEAP_YEAR}-02-29|0000-01-01"
"""Days of the (proleptic Gregorian) calendar from the year 1 to 9999-12-31, and 0000-01-01, the beginning of an open
period (DOMAIN: 基本データリスト). One pattern is three times as fast as parsing dates."""

UNKNOWN_DAY = "[0-9]{4}-(?:00|0[1-9]|1[0-2])-00"
"""Day, or month and day, unknown. How they are written is unsettled in public (001 NOTES)."""

UNKNOWN_FLAG = "_不詳フラグ"

ISO_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"


class Kind(Enum):
    """What a failure does to the value."""

    FORM = "form"
    """The layout cannot represent it: the value becomes null (in a key item: the row is held)."""
    KEY = "key"
    """Without it the row has no identity: it is held back."""
    CONTENT = "content"
    """It can be represented but is wrong: delivered and found."""


@dataclass(frozen=True)
class RowCheck:
    """One condition on rows of a group: a catalogue code, or the id of a layout's rule (``item`` is then None: it may
    look at several)."""

    rule: str
    item: str | None
    expr: pl.Expr
    kind: Kind
    layout_rule: Rule | None = None
    """The layout's rule behind it; None for a code of the catalogue."""

    @property
    def name(self) -> str:
        return f"{self.rule}:{self.item}" if self.item else self.rule


@dataclass(frozen=True)
class CodeSet:
    """What a coded item may hold: literal values, and patterns that stand for many."""

    values: tuple[str, ...]
    patterns: tuple[str, ...]


def has_value(item: Item) -> pl.Expr:
    """TRUE where an item holds a value; never NULL."""
    column = pl.col(item.name)
    return column.is_not_null() if item.numeric else column.str.len_bytes().fill_null(0) > 0


def _present(item: Item, condition: pl.Expr) -> pl.Expr:
    """The condition where there is a value, NULL elsewhere (an empty text would otherwise fail every pattern)."""
    return condition if item.numeric else pl.when(pl.col(item.name) != "").then(condition)


def form_checks(group: Group) -> tuple[RowCheck, ...]:
    """V01 type, V02 digits, V03 character class: what decides whether the layout can represent a value."""
    found: list[RowCheck] = []
    for item in group.items:
        column = pl.col(item.name)
        if item.numeric:
            if item.type != "S9":
                found.append(RowCheck("V01", item.name, column >= 0, Kind.FORM))
            limit = _number_limit(item)
            if limit is not None:
                found.append(RowCheck("V02", item.name, (column < limit) & (column > -limit), Kind.FORM))
        elif item.type == "DATE":
            unknown = f"{item.name}{UNKNOWN_FLAG}" in group
            found.append(RowCheck("V01", item.name, _present(item, _date(column, unknown)), Kind.FORM))
        elif item.type == "TIME":
            found.append(RowCheck("V01", item.name, _present(item, column.str.contains(ISO_TIME)), Kind.FORM))
        elif item.type == "YEAR":
            found.append(RowCheck("V01", item.name, _present(item, column.str.contains("^[0-9]{4}$")), Kind.FORM))
        elif item.type == "BLOB":
            found.append(RowCheck("V02", item.name, column.str.len_bytes() <= item.digits, Kind.FORM))
        else:
            found.append(RowCheck("V02", item.name, _fits(item.name, item.digits), Kind.FORM))
            pattern = column.str.contains(HALF_WIDTH) if item.type == "X" else ~column.str.contains(NOT_FULL_WIDTH)
            found.append(RowCheck("V03", item.name, pattern, Kind.FORM))
    return tuple(found)


def _number_limit(item: Item) -> int | Decimal | None:
    """The smallest number with too many digits before the point; None where an Int64 cannot be too long.

    9V ``n,m``: n counts all digits, so n - m stand before the point. Where n is not above m (料率 ``2,2`` with 11.52)
    that leaves none, and n is read as the digits before the point: nothing that either reading allows is rejected.
    """
    if item.type == "9V":
        return Decimal(10) ** (item.digits - item.scale if item.digits > item.scale else item.digits)
    return 10**item.digits if item.digits <= 18 else None


def _date(column: pl.Expr, unknown: bool) -> pl.Expr:
    return column.str.contains(f"^(?:{CALENDAR_DAY}|{UNKNOWN_DAY})$" if unknown else f"^(?:{CALENDAR_DAY})$")


def _fits(name: str, digits: int) -> pl.Expr:
    """At most ``digits`` characters, variation selectors not counted. Selectors are looked for only in values that
    are too long with them."""

    def judge(values: pl.Series) -> pl.Series:
        fits = values.str.len_chars() <= digits
        if fits.all():
            return fits
        long = values.filter(~fits.fill_null(True))
        bare = long.str.replace_all(SELECTORS, "").str.len_chars() <= digits
        return fits.scatter((~fits.fill_null(True)).arg_true(), bare) if bare.any() else fits

    return pl.col(name).map_batches(judge, return_dtype=pl.Boolean, is_elementwise=True)


def key_checks(group: Group) -> tuple[RowCheck, ...]:
    """V08: every item of the key holds a value. A row that fails is held back, as is one whose key item fails a form
    check."""
    return tuple(RowCheck("V08", item.name, has_value(item), Kind.KEY) for item in group.key)


def content_checks(area: Area, group: Group, codes: Mapping[str, CodeSet] | None = None) -> tuple[RowCheck, ...]:
    """V04 required, V05 required under a condition, V06 codes, V10-V13 check digits, then the rules of the layout.

    ``codes`` (item name -> what it may hold) comes from :func:`code_sets`. Key items are required by
    :func:`key_checks`.
    """
    code_of = code_sets(area, group) if codes is None else codes
    found: list[RowCheck] = []
    for item in group.items:
        if item.required and not item.pk:
            found.append(RowCheck("V04", item.name, has_value(item), Kind.CONTENT))
        elif item.required_when is not None:
            condition = sql_expr(item.required_when, item)
            found.append(RowCheck("V05", item.name, pl.when(condition).then(has_value(item)), Kind.CONTENT))
        allowed = code_of.get(item.name)
        if allowed is not None:
            found.append(RowCheck("V06", item.name, _present(item, _known(item, allowed)), Kind.CONTENT))
        digit = check_digit_of(item)
        if digit is not None:
            right = digit_expr(digit.rule, item.name, digit.digits)
            found.append(RowCheck(digit.rule, item.name, _present(item, right), Kind.CONTENT))
    for rule in area.rules_of(group):
        found.append(RowCheck(rule.id, None, sql_expr(rule.expr, rule.id), Kind.CONTENT, rule))
    return tuple(found)


def _known(item: Item, allowed: CodeSet) -> pl.Expr:
    text = pl.col(item.name).cast(pl.String) if item.numeric else pl.col(item.name)
    known = text.is_in(list(allowed.values))
    for pattern in allowed.patterns:
        known = known | text.str.contains(f"^(?:{pattern})$")
    return known


def sql_expr(sql: str, owner: Item | str) -> pl.Expr:
    """A layout's SQL as an expression; raises :class:`TsugiteError` naming the rule or item whose SQL does not
    parse."""
    try:
        return pl.sql_expr(sql)
    except pl.exceptions.PolarsError as error:
        where = owner if isinstance(owner, str) else f"{owner.group}.{owner.name} (items.csv:{owner.line})"
        raise TsugiteError(
            "V94",
            Text("レイアウトの SQL を解釈できません", f"SQL of the layout does not parse: {error}"),
            where,
            Text(
                "`tsugite layout check` で定義を確かめてください",
                "run `tsugite layout check` and correct the definition",
            ),
        ) from None


def code_sets(area: Area, group: Group, local_dir: Path | None = None) -> dict[str, CodeSet]:
    """What each coded item of a group may hold. Lists that allow every value are left out.

    ``local_dir`` holds the municipality's own lists as CSV with a column ``value``: ``<area>_<code id>.csv`` for a
    whole code list, or ``<item id>.csv`` for one item (the more specific wins). A local list takes the place of the
    list's patterns and adds to its literal values.
    """
    found: dict[str, CodeSet] = {}
    for item in group.items:
        if item.code is None:
            continue
        local = _local_values(local_dir, area.id, item)
        values: set[str] = set(local or ())
        patterns: list[str] = []
        # An item may take its values from several lists: 020/021/022.
        for code_id in item.code.split("/"):
            codes = area.code_list(code_id)
            values |= codes.values
            patterns += codes.patterns if local is None else ()
        # ^.+$ is the layout's way to say "the municipality's own values": nothing to check without its list.
        if "^.+$" not in patterns:
            found[item.name] = CodeSet(tuple(sorted(values)), tuple(patterns))
    return found


def _local_values(folder: Path | None, area: str, item: Item) -> frozenset[str] | None:
    if folder is None:
        return None
    for name in (f"{item.id}.csv", f"{area}_{item.code}.csv"):
        path = folder / name
        if path.is_file():
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                if "value" not in (reader.fieldnames or ()):
                    raise TsugiteError(
                        "V90",
                        Text("独自コード一覧に value 列がありません", "the local code list has no column 'value'"),
                        f"{path.name}:1",
                        Text("見出し行に value を置いてください", "give the file a header line with 'value'"),
                    )
                return frozenset(row["value"] for row in reader if row["value"])
    return None
