"""Pandera schemas: every group of every area has one that takes what the layout itself gives as samples, and rejects
what it forbids."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pandera.polars as pa
import polars as pl
import pytest
from mapped import rows_of
from pandera.errors import SchemaErrors

from layouts import Area, Group, area_ids, load_area
from layouts.errors import TsugiteError
from layouts.model import Item
from validators.checks import CALENDAR_DAY, code_sets, content_checks, form_checks, key_checks
from validators.schema import Judge, group_schema

AREAS = area_ids()


def failing(schema: pa.DataFrameSchema, frame: pl.DataFrame) -> set[str]:
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return {error.check if isinstance(error.check, str) else error.check.name for error in errors.schema_errors}
    return set()


@pytest.mark.parametrize("area_id", AREAS)
def test_every_group_has_a_schema_and_every_condition_takes_an_empty_frame(area_id: str) -> None:
    area = load_area(area_id)
    for group in area.groups:
        schema = group_schema(area, group)
        assert list(schema.columns) == list(group.names)
        conditions = (*key_checks(group), *form_checks(group), *content_checks(area, group, code_sets(area, group)))
        checks = [*(check for column in schema.columns.values() for check in column.checks), *schema.checks]
        assert sorted(check.name for check in checks) == sorted(check.name for check in conditions)
        # A condition that cannot be evaluated raises; Pandera itself would take 2 ms for each of 15,000.
        assert Judge(group, conditions).failures(pl.DataFrame(schema=group.polars_schema)) == []


@pytest.mark.parametrize("area_id", AREAS)
def test_a_whole_schema_takes_an_empty_frame(area_id: str) -> None:
    area = load_area(area_id)
    group = min(area.groups, key=lambda group: len(group.items))
    assert failing(group_schema(area, group), pl.DataFrame(schema=group.polars_schema)) == set()


@pytest.mark.parametrize("area_id", AREAS)
def test_the_layouts_own_samples_have_the_form_that_the_layout_asks_for(area_id: str) -> None:
    area = load_area(area_id)
    for group in area.groups:
        row = {item.name: [sample(item)] for item in group.items}
        frame = pl.DataFrame(row, schema=group.polars_schema, strict=False)
        assert [f.check.name for f in Judge(group, form_checks(group)).failures(frame)] == []


def sample(item: Item) -> object:
    if item.sample == "" or item.type == "BLOB":
        return None
    if item.type == "9V":
        return Decimal(item.sample)
    return int(item.sample) if item.numeric else item.sample


def form_failures(area: str, group: str, item: str, *values: object) -> list[list[object]]:
    """For each check that fails on the values: which of them fail it, under the check's code."""
    layout = load_area(area).group(group)
    frame = rows_of(area, group, len(values), **{item: list(values)})
    judged = Judge(layout, [check for check in form_checks(layout) if check.item == item]).failures(frame)
    return [[failure.check.rule, failure.mask.to_list()] for failure in judged]


def test_dates_are_calendar_days_open_periods_or_unknown_days_beside_a_flag() -> None:
    right = ["2024-02-29", "0000-01-01", "9999-12-31", None, ""]
    wrong = ["2023-02-29", "20240229", "2024-2-9", "+024-02-09", "0000-05-05", "２０２４-０２-２９", "2024-02-29 "]
    assert form_failures("001", "住民情報", "異動届出年月日", *right) == []
    assert form_failures("001", "住民情報", "異動届出年月日", *wrong) == [["V01", [True] * 7]]
    unknown = ["1964-00-00", "1964-07-00", "1964-13-00", "1964-00-05"]
    assert form_failures("001", "住民情報", "生年月日", *unknown) == [["V01", [False, False, True, True]]]
    assert form_failures("001", "住民情報", "異動届出年月日", *unknown) == [["V01", [True] * 4]]


def test_the_pattern_of_dates_is_the_calendar() -> None:
    days = [f"{year:04}-{month:02}-{day:02}" for year in YEARS for month in range(14) for day in range(33)]
    frame = pl.DataFrame({"day": days}).select("day", fits=pl.col("day").str.contains(f"^(?:{CALENDAR_DAY})$"))
    assert [day for day in frame.filter("fits")["day"] if not is_day(day)] == ["0000-01-01"]
    assert not any(map(is_day, frame.filter(~pl.col("fits"))["day"]))


YEARS = (
    *range(3),
    4,
    99,
    100,
    400,
    999,
    1582,
    1868,
    *range(1896, 1906),
    1989,
    1999,
    2000,
    2019,
    2100,
    2400,
    9996,
    9999,
)


def is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def test_times_and_years_have_one_form() -> None:
    times = ["23:59:59", "24:00:00", "9:00:00", "09:60:00", "090000"]
    assert form_failures("001", "住民情報", "操作時刻", *times) == [["V01", [False, True, True, True, True]]]
    years = ["2020", "20", "２０２０", "H30", "20201"]
    assert form_failures("014", "収納履歴", "会計年度", *years) == [["V01", [False, True, True, True, True]]]


def test_digits_of_text_count_characters_and_not_variation_selectors() -> None:
    values = ["葛" * 50, "葛\U000e0100" * 50, "葛\U000e0100" * 51, "𠮷" * 50, "𠮷" * 51, None]
    assert form_failures("001", "住民情報", "氏_日本人", *values) == [["V02", [False, False, True, False, True, False]]]


def test_full_width_items_take_gaiji_and_undecoded_bytes_but_nothing_half_width() -> None:
    right = ["佐藤　一郎", "\ue000田", "辻\U000e0101", "\U0010fe81", "〓", "é"]
    wrong = ["佐藤 一郎", "ｻﾄｳ", "Sato", "佐\n藤", "佐\x85藤"]
    assert form_failures("001", "住民情報", "氏名", *right) == []
    assert form_failures("001", "住民情報", "氏名", *wrong) == [["V03", [True] * 5]]


def test_half_width_items_take_printable_ascii_and_half_width_kana_only() -> None:
    right = ["ABC-01", "ｱｲｳ", "~ "]
    wrong = ["１２", "\ue000", "a\tb", "é", "\U0010fe81"]
    assert form_failures("001", "住民情報", "住所_方書コード", *right) == []
    assert form_failures("001", "住民情報", "住所_方書コード", *wrong) == [["V03", [True] * 5]]


def test_numbers_are_bounded_by_their_digits_and_unsigned_ones_by_zero() -> None:
    assert form_failures("001", "住民情報", "改製番号", 99999, 0, 100000, -1) == [
        ["V01", [False, False, False, True]],
        ["V02", [False, False, True, False]],
    ]
    signed = load_area("010")
    group, item = next((g, i) for g in signed.groups for i in g.items if i.type == "S9" and i.digits == 12)
    assert form_failures("010", group.name, item.name, -999_999_999_999, -(10**12)) == [["V02", [False, True]]]


def test_decimals_keep_all_their_digits_before_the_point_where_the_layout_leaves_none() -> None:
    # 5,2: three digits before the point. 2,2 (所得割率, sample 11.52): two.
    assert form_failures("013", *of_type("013", "減免割合"), Decimal("999.99"), Decimal("1000.00")) == [
        ["V02", [False, True]]
    ]
    assert form_failures("025", "保険料賦課", "所得割率", Decimal("99.99"), Decimal("100.00")) == [
        ["V02", [False, True]]
    ]


def of_type(area: str, item: str) -> tuple[str, str]:
    return next((group.name, item) for group in load_area(area).groups if item in group.names)


def test_the_public_schema_names_code_and_item_of_what_fails() -> None:
    schema = group_schema("001", "住民情報")
    frame = rows_of("001", "住民情報", 2, 性別="3", 氏名="SATO", 最新フラグ="1")
    names = failing(schema, frame)
    assert {"V06:性別", "V03:氏名", "V04:操作者ID"} <= names
    assert "V04:性別" not in names
    assert "multiple_fields_uniqueness" in failing(schema, pl.concat([frame, frame]))


def test_a_rule_that_gives_null_is_not_evaluated_and_not_failed() -> None:
    area = load_area("014")
    group = area.group("納税緩和措置")
    judge = Judge(group, content_checks(area, group))
    null, wrong, right = ("9999-12-31", None), ("2018-01-04", "2020-01-04"), ("2018-01-04", "2018-02-01")
    frame = rows_of("014", "納税緩和措置", 3)
    frame = frame.with_columns(
        緩和区分=pl.lit("1"),
        開始年月日=pl.Series([null[1], wrong[0], right[0]]),
        終了年月日=pl.Series([null[0], "2020-01-05", right[1]]),
    )
    failures = {failure.check.name: failure.mask.to_list() for failure in judge.failures(frame)}
    assert failures["014R027"] == [False, True, False]
    assert judge.evaluated["014R027"] == 2


def test_codes_come_from_all_lists_of_an_item_their_patterns_and_the_municipality(tmp_path: Path) -> None:
    area = load_area("001")
    group = area.group("住民情報")
    standard = code_sets(area, group)
    assert {"03", "21", "41"} <= set(standard["異動事由"].values)
    assert "住所_方書コード" not in standard  # 999: the municipality's own, and it gave no list
    (tmp_path / "001_999.csv").write_text("value,label\nA1,\n", encoding="utf-8")
    (tmp_path / f"{group.item('住所_方書コード').id}.csv").write_text("value\nK9\n", encoding="utf-8")
    local = code_sets(area, group, tmp_path)
    assert local["住所_方書コード"].values == ("K9",)
    assert local["転入前住所_国名コード"].values == ("A1",)
    frame = rows_of("001", "住民情報", 2, 住所_方書コード=["K9", "A1"])
    checks = [c for c in content_checks(area, group, local) if c.name == "V06:住所_方書コード"]
    assert [f.mask.to_list() for f in Judge(group, checks).failures(frame)] == [[False, True]]


def test_a_code_pattern_has_to_match_the_whole_value() -> None:
    area = load_area("001")
    group = area.group("住民基本台帳_抑止設定管理")
    frame = rows_of("001", group.name, 4, 抑止事由=["01", "99", "999", "00"])
    checks = [c for c in content_checks(area, group) if c.name == "V06:抑止事由"]
    assert [f.mask.to_list() for f in Judge(group, checks).failures(frame)] == [[False, False, True, True]]


def test_a_frame_of_other_types_than_the_layouts_is_refused_without_its_values() -> None:
    group = load_area("001").group("住民情報")
    frame = rows_of("001", "住民情報", 1, 氏名="秘密　太郎").with_columns(pl.col("改製番号").cast(pl.String))
    with pytest.raises(TsugiteError) as caught:
        Judge(group, key_checks(group)).failures(frame)
    assert caught.value.code == "V91"
    assert "秘密" not in str(caught.value) + caught.value.where.ja
    with pytest.raises(TsugiteError, match="V91"):
        Judge(group, key_checks(group)).failures(frame.drop("改製番号"))


DIRTY = ("", "00000000", "平成3元年", "2023-02-30", "９９", "abc", "9999-99-99", "%", "'", '"', "\U0010fe81")


@pytest.mark.parametrize("area_id", AREAS)
def test_no_rule_of_the_layouts_breaks_on_dirty_text(area_id: str) -> None:
    """A rule that cannot be evaluated would stop an area (V92), whatever stands in the data."""
    area: Area = load_area(area_id)
    for group in area.groups:
        checks = content_checks(area, group)
        outcome = dirty(group).select(check.expr.alias(check.name) for check in checks)
        assert outcome.schema == dict.fromkeys((check.name for check in checks), pl.Boolean)


def dirty(group: Group) -> pl.DataFrame:
    texts = {item.name: [DIRTY[(n + m) % len(DIRTY)] for m in range(11)] for n, item in enumerate(group.items)}
    numbers = [None, 0, -1, 10**9, -(10**9), 1, 2, 3, 4, 5, 6]
    columns = {item.name: numbers if item.numeric else texts[item.name] for item in group.items}
    return pl.DataFrame(columns, schema=group.polars_schema, strict=False)
