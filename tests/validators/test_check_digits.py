"""Check digits: published numbers are right, every single wrong digit that the sum can tell is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from stdnum.jp import cn

from layouts import area_ids, load_area
from layouts.load import municipality_codes
from validators.check_digits import check_digit_of, check_digits, digit_expr


def judged(rule: str, digits: int, values: Sequence[str | None]) -> list[bool | None]:
    return (
        pl.DataFrame({"v": values}, schema={"v": pl.String}).select(digit_expr(rule, "v", digits)).to_series().to_list()
    )


def test_every_published_municipality_code_is_right_and_no_other_last_digit_is() -> None:
    codes = sorted(municipality_codes())
    assert all(judged("V10", 6, codes))
    others = [f"{code[:5]}{digit}" for code in codes for digit in "0123456789" if digit != code[5]]
    assert not any(judged("V10", 6, others))


@given(st.lists(st.text("0123456789", min_size=11, max_size=11), min_size=1, max_size=20))
def test_an_individual_number_has_the_digit_that_the_ordinance_computes(bodies: list[str]) -> None:
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)

    def digit(body: str) -> str:
        rest = sum(int(char) * weight for char, weight in zip(body, weights, strict=True)) % 11
        return "0" if rest <= 1 else str(11 - rest)

    assert all(judged("V11", 12, [body + digit(body) for body in bodies]))
    assert not any(judged("V11", 12, [body + str((int(digit(body)) + 1) % 10) for body in bodies]))


@given(st.lists(st.text("0123456789", min_size=13, max_size=13), min_size=1, max_size=20))
def test_a_corporate_number_is_judged_as_the_public_library_judges_it(numbers: list[str]) -> None:
    assert judged("V12", 13, numbers) == [cn.is_valid(number) for number in numbers]
    right = [cn.calc_check_digit(number[1:]) + number[1:] for number in numbers]
    assert all(judged("V12", 13, right))


def test_what_is_not_all_digits_is_wrong_and_nothing_is_not_judged() -> None:
    values = ["", "35215", "3521520", "35215a", "３５２１５２", " 35215", "-35215", "+52152", None]
    assert judged("V10", 6, values) == [False] * 8 + [None]


def test_the_table_finds_the_items_by_name_in_any_role() -> None:
    found: dict[str, set[str]] = {entry.rule: set() for entry in check_digits()}
    for area in area_ids():
        for item in load_area(area).items:
            entry = check_digit_of(item)
            if entry is not None:
                found[entry.rule].add(item.name)
    assert {"市区町村コード", "住所_市区町村コード", "旧市区町村コード"} <= found["V10"]
    assert found["V11"] == {"個人番号"}
    assert {"法人番号", "支払者_法人番号", "通算親法人番号"} == found["V12"]
    assert {"住民票コード", "空き住民票コード"} == found["V13"]
