"""Numbers and codes: values, spellings that come back, and what is found."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from forms import RAW, applied, assert_exact_is_never_wrong, back, frame, transform
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.transforms import CodeMap, Number

AMOUNT = st.integers(-(10**11), 10**11)


def typed(number: Number, dtype: pl.DataType, *values: str | None) -> tuple[list[object], list[object]]:
    """Typed values and their spellings."""
    table = pl.DataFrame({"raw": values}, schema={"raw": pl.String}).with_columns(out=number.typed(RAW, dtype))
    table = table.with_columns(back=number.spelling(pl.col("out"), dtype))
    return table["out"].to_list(), table["back"].to_list()


def money(number: int, width: int, sign: str, plus: bool, comma: bool) -> str:
    digits = f"{abs(number):,}" if comma else str(abs(number)).rjust(width, "0")
    mark = "-" if number < 0 else "+" if plus else ""
    return digits + mark if sign == "trailing" else mark + digits


@settings(max_examples=150, deadline=None)
@given(AMOUNT, st.integers(1, 13), st.sampled_from(["leading", "trailing"]), st.booleans(), st.booleans())
def test_integers_come_back_in_their_declared_spelling(
    amount: int, width: int, sign: str, plus: bool, comma: bool
) -> None:
    number = Number.model_validate({"sign": sign, "plus": plus, "comma": comma} | ({} if comma else {"width": width}))
    text = money(amount, width, sign, plus, comma)
    assert typed(number, pl.Int64(), text) == ([amount], [text])


@settings(max_examples=100, deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(1, 4))
def test_implied_decimals_come_back(amount: int, decimals: int) -> None:
    number = Number(decimals=decimals, width=12)
    text = ("-" if amount < 0 else "") + str(abs(amount)).rjust(12, "0")
    values, spellings = typed(number, pl.Decimal(38, decimals), text)
    assert values == [Decimal(amount) / 10**decimals]
    assert spellings == [text]


NUMBERS = st.builds(
    Number,
    width=st.sampled_from([None, 3, 5]),
    sign=st.sampled_from(["leading", "trailing"]),
    plus=st.booleans(),
    comma=st.booleans(),
    unit=st.sampled_from([1, 1000]),
    decimals=st.sampled_from([0, 0, 2]),
)


@settings(max_examples=200, deadline=None)
@given(
    NUMBERS,
    st.sampled_from([pl.Int64(), pl.Decimal(38, 2), pl.Decimal(38, 1)]),
    st.lists(st.text(alphabet="00127+- .,", max_size=7), min_size=1, max_size=8),
)
def test_exact_is_never_wrong_about_numbers(number: Number, dtype: pl.DataType, texts: list[str]) -> None:
    out = pl.col("out")
    table = pl.DataFrame({"raw": texts}).with_columns(out=number.typed(RAW, dtype))
    table = table.with_columns(back=number.spelling(out, dtype), exact=number.exact_typed(RAW, out, dtype))
    wrong = table.filter(pl.col("exact") & pl.col("back").ne_missing(RAW))
    assert wrong.is_empty(), wrong.to_dicts()


def test_units_multiply_and_divide() -> None:
    assert typed(Number(unit=1000), pl.Int64(), "12", "-3") == ([12000, -3000], ["12", "-3"])


def test_a_written_point_is_a_decimal() -> None:
    values, spellings = typed(Number(), pl.Decimal(38, 2), "1.5", "2", "-0.25")
    assert values == [Decimal("1.50"), Decimal("2.00"), Decimal("-0.25")]
    assert spellings == ["1.5", "2", "-0.25"]
    assert typed(Number(places=2), pl.Decimal(38, 2), "1.50")[1] == ["1.50"]


def test_text_that_is_no_number_gives_no_value() -> None:
    assert typed(Number(), pl.Int64(), "x", "", "1.5", "９", "1e3", None)[0] == [None] * 6
    assert typed(Number(decimals=2), pl.Decimal(38, 2), "1.5", "x")[0] == [None, None]


def test_a_number_too_large_for_the_item_gives_no_value() -> None:
    assert typed(Number(), pl.Int64(), "99999999999999999999")[0] == [None]
    assert typed(Number(unit=1000), pl.Int64(), "99999999999999999", "-9223372036854775")[0] == [
        None,
        -9223372036854775000,
    ]


def test_implied_decimals_of_an_integer_have_to_be_zeros() -> None:
    assert typed(Number(decimals=2), pl.Int64(), "1200", "1250")[0] == [12, None]


def test_zero_and_empty_change_places() -> None:
    assert applied(transform("zero_is_null"), "0", "000", "10") == [None, None, "10"]
    assert back(transform("zero_is_null"), "0", "10") == ["0", "10"]
    assert applied(transform("empty_is_zero"), None, "5") == ["0", "5"]
    assert back(transform("empty_is_zero"), None, "5") == [None, "5"]


def test_number_in_a_text_chain_gives_plain_text() -> None:
    assert applied(transform("number"), "0012", "x") == ["12", None]
    assert frame(transform("number"), ["0012", "x"])["M01"].to_list() == [False, True]


SEX = {"1": "1", "2": "2", "": "0"}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("null", [None, "1", "0"]), ("keep", ["9", "1", "0"]), ("quarantine", [None, "1", "0"])],
)
def test_unknown_codes_follow_the_policy_and_are_found(policy: str, expected: list[str | None]) -> None:
    step = CodeMap.model_validate({"table": SEX, "unknown": policy})
    table = frame(step, ["9", "1", None])
    assert table["out"].to_list() == expected
    assert table["M02"].to_list() == [True, False, False]


def test_an_unknown_code_can_become_a_declared_value_but_an_empty_field_does_not() -> None:
    step = CodeMap(table={"1": "1"}, unknown="value", other="8")
    assert applied(step, "9", "1", None) == ["8", "1", None]


def test_the_first_legacy_code_of_a_standard_code_comes_back() -> None:
    step = CodeMap(table={"A": "1", "B": "1", "C": "2"})
    assert back(step, "A", "B", "C") == ["A", "A", "C"]
    assert_exact_is_never_wrong(step, ["A", "B", "C", "D", None])


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from("ABCDEFG"), st.sampled_from("123"), min_size=1),
    st.sampled_from(["null", "keep", "quarantine"]),
    st.lists(st.sampled_from("ABCDEFGXYZ123"), min_size=1),
)
def test_exact_is_never_wrong_about_codes(table: dict[str, str], policy: str, values: list[str]) -> None:
    assert_exact_is_never_wrong(CodeMap.model_validate({"table": table, "unknown": policy}), values)
