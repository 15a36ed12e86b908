"""Text transforms against independent oracles (jaconv) and their own inverses."""

from __future__ import annotations

import jaconv
import polars as pl
import pytest
from forms import applied, assert_exact_is_never_wrong, back, frame, transform
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

HALF_KANA = "".join(chr(code) for code in range(0xFF66, 0xFF9E))
VOICED = [f"{kana}ﾞ" for kana in "ｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎｳ"] + [f"{kana}ﾟ" for kana in "ﾊﾋﾌﾍﾎ"]
HALF_TEXT = st.lists(st.sampled_from([*HALF_KANA, *VOICED, *"ABCxyz0189-.,() "]), min_size=1, max_size=30).map("".join)
KANJI = st.text(alphabet="山田太郎周南市髙﨑①㈱～ヶ々", min_size=1, max_size=12)
DIGITS = st.text(alphabet="0123456789", min_size=1, max_size=15)


@settings(max_examples=150, deadline=None)
@given(HALF_TEXT)
def test_half_width_kana_and_digits_become_the_full_width_that_jaconv_gives(text: str) -> None:
    step = transform("full_width", kinds=["kana", "ascii"])
    bare = text.replace(" ", "") or "A"
    assert applied(step, bare) == [jaconv.h2z(bare, ascii=True, digit=True)]


@settings(max_examples=150, deadline=None)
@given(HALF_TEXT)
def test_half_width_text_comes_back_from_full_width(text: str) -> None:
    assert back(transform("full_width"), text) == [text]


@settings(max_examples=100, deadline=None)
@given(HALF_TEXT)
def test_full_width_text_comes_back_from_half_width(text: str) -> None:
    full = applied(transform("full_width"), text)[0]
    assert applied(transform("half_width"), full) == [text]
    assert back(transform("half_width"), full) == [full]


@given(KANJI)
def test_width_transforms_leave_kanji_and_marks_of_compatibility_alone(text: str) -> None:
    plain = text.replace("～", "")  # the full-width tilde is ASCII's partner
    assert applied(transform("full_width"), plain) == [plain]
    assert applied(transform("half_width", kinds=["kana", "space"]), plain) == [plain]


def test_voiced_pairs_are_one_character() -> None:
    assert applied(transform("full_width"), "ﾔﾏﾀﾞ", "ﾊﾟﾋﾟ", "ｳﾞ") == ["ヤマダ", "パピ", "ヴ"]


def test_kinds_limit_what_is_widened() -> None:
    assert applied(transform("full_width", kinds=["kana"]), "ﾔA 1") == ["ヤA 1"]


@settings(max_examples=100, deadline=None)
@given(DIGITS, st.integers(1, 15))
def test_zero_padding_comes_back_for_numbers_of_the_declared_source_width(digits: str, source: int) -> None:
    step = transform("zero_pad", width=15, source=source)
    text = digits[:source].rjust(source, "0")
    assert applied(step, text) == [text.rjust(15, "0")]
    assert back(step, text) == [text]
    assert_exact_is_never_wrong(step, [text, digits, "0", "x"])


@settings(max_examples=100, deadline=None)
@given(DIGITS)
def test_zero_padding_without_a_source_width_comes_back_without_leading_zeros(digits: str) -> None:
    step = transform("zero_pad", width=15)
    plain = digits.lstrip("0") or "0"
    assert back(step, plain) == [plain]
    assert_exact_is_never_wrong(step, [digits, plain, digits + "x"])


def test_zero_padding_never_cuts_a_longer_value() -> None:
    assert applied(transform("zero_pad", width=3), "12345") == ["12345"]


@settings(max_examples=60, deadline=None)
@given(DIGITS)
def test_stripped_zeros_come_back_at_the_declared_width(digits: str) -> None:
    text = digits.rjust(15, "0")
    step = transform("strip_zeros", width=15)
    assert applied(step, text) == [str(int(text))]
    assert back(step, text) == [text]


def test_trim_takes_both_kinds_of_spaces_off_and_says_when_it_did() -> None:
    step = transform("trim")
    table = frame(step, ["　山田 ", "山田", " 　"])
    assert table["out"].to_list() == ["山田", "山田", None]
    assert table["exact"].to_list() == [False, True, False]


def test_trim_can_be_limited_to_a_side_and_a_kind() -> None:
    assert applied(transform("trim", side="right", spaces="half"), " 山田　 ") == [" 山田　"]


def test_padding_of_a_fixed_record_comes_back() -> None:
    step = transform("pad_spaces", width=6)
    assert applied(step, "AB    ", "      ") == ["AB", None]
    assert back(step, "AB    ", "      ") == ["AB    ", "      "]
    assert_exact_is_never_wrong(step, ["AB    ", "AB   ", "ABCDEFG"])


def test_spaces_between_parts_of_a_name_become_one_full_width_space() -> None:
    step = transform("space_to_full")
    assert applied(step, "山田  太郎", "山田　太郎", "山田 太 郎") == ["山田　太郎", "山田　太郎", "山田　太　郎"]
    assert back(step, "山田 太郎") == ["山田 太郎"]


@pytest.mark.parametrize(
    ("name", "parameters", "raw", "out"),
    [
        ("remove_separator", {"separator": "-", "at": [3]}, "745-0045", "7450045"),
        ("insert_separator", {"separator": "-", "at": [3]}, "7450045", "745-0045"),
        ("remove_separator", {"separator": "-", "at": [4, 6]}, "0834-22-8411", "0834228411"),
        ("prefix", {"text": "35"}, "2152", "352152"),
        ("suffix", {"text": "0"}, "12", "120"),
        ("remove_prefix", {"text": "A"}, "A12", "12"),
        ("replace", {"find": "㈱", "put": "株式会社"}, "㈱山口", "株式会社山口"),
        ("katakana", {"source": "hiragana"}, "やまだ", "ヤマダ"),
        ("hiragana", {"source": "katakana"}, "ヤマダ", "やまだ"),
    ],
)
def test_literal_transforms_go_both_ways(name: str, parameters: dict[str, object], raw: str, out: str) -> None:
    step = transform(name, **parameters)
    assert applied(step, raw) == [out]
    assert back(step, raw) == [raw]


def test_small_kana_become_large() -> None:
    assert applied(transform("large_kana"), "キョウ", "ｷｮｳ") == ["キヨウ", "ｷﾖｳ"]


def test_a_slice_counts_characters_and_has_no_way_back() -> None:
    step = transform("slice", start=2, length=2)
    assert applied(step, "山田太郎", "山") == ["田太", None]
    assert step.inverse(pl.col("x")) is None


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("zero_pad", {}),
        ("zero_pad", {"width": 0}),
        ("remove_separator", {"separator": "-", "at": [3, 2]}),
        ("trim", {"sides": "left"}),
    ],
)
def test_wrong_parameters_are_refused(name: str, parameters: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        transform(name, **parameters)


def test_no_value_stays_no_value() -> None:
    for name, parameters in (("trim", {}), ("zero_pad", {"width": 3}), ("full_width", {}), ("prefix", {"text": "a"})):
        assert applied(transform(name, **parameters), None) == [None]
