"""Date transforms against the calendar of datetime and japanera, era borders, and their own inverses."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from forms import applied, assert_exact_is_never_wrong, back, frame, transform
from hypothesis import given, settings
from hypothesis import strategies as st
from japanera import EraDate
from pydantic import ValidationError

DATES = st.dates(date(1873, 1, 1), date(2099, 12, 31))
"""From the first day of the Western calendar in Japan on."""
DIGIT_OF = {"明治": "1", "大正": "2", "昭和": "3", "平成": "4", "令和": "5"}
LETTER_OF = {"明治": "M", "大正": "T", "昭和": "S", "平成": "H", "令和": "R"}


def era_of(day: date) -> tuple[str, int]:
    """Era and year of a day, by japanera; on a border day the later one."""
    era = EraDate.from_date(day)
    name = era.era.kanji
    year = day.year - era.era.since.year + 1
    return name, year


def spelled(day: date, spelling: str) -> str:
    name, year = era_of(day)
    month_day = f"{day.month:02}{day.day:02}"
    return {
        "digits7": f"{DIGIT_OF[name]}{year:02}{month_day}",
        "letter7": f"{LETTER_OF[name]}{year:02}{month_day}",
        "letter_dot": f"{LETTER_OF[name]}{year:02}.{day.month:02}.{day.day:02}",
        "letter_slash": f"{LETTER_OF[name]}{year:02}/{day.month:02}/{day.day:02}",
        "kanji": f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日",
        "digits8": f"{day:%Y%m%d}",
    }[spelling]


@pytest.mark.parametrize("spelling", ["digits7", "letter7", "letter_dot", "letter_slash", "kanji", "digits8"])
@settings(max_examples=60, deadline=None)
@given(day=DATES)
def test_every_spelling_of_a_day_gives_its_iso_date_and_comes_back(spelling: str, day: date) -> None:
    step = transform("wareki_date", spelling=spelling)
    text = spelled(day, spelling)
    assert applied(step, text) == [day.isoformat()]
    assert back(step, text) == [text]


@pytest.mark.parametrize("spelling", ["digits7", "letter7", "letter_dot", "letter_slash", "digits8"])
@settings(max_examples=60, deadline=None)
@given(text=st.from_regex(r"[1-5SH][0-9]{2}[./]?[0-9]{2}[./]?[0-9]{2}[0-9]?", fullmatch=True))
def test_exact_is_never_wrong_about_any_text(spelling: str, text: str) -> None:
    for unknown in ("null", "keep"):
        step = transform("wareki_date", spelling=spelling, unknown=unknown)
        assert_exact_is_never_wrong(step, [text, "9999999", "99999999", "0000000", "99991231"])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_only_days_of_the_calendar_become_dates(year: int, month: int, day: int) -> None:
    text = f"3{year:02}{month:02}{day:02}"
    try:
        expected: str | None = date(1925 + year, month, day).isoformat() if year else None
    except ValueError:
        expected = None
    assert applied(transform("wareki_date", nines=None), text) == [expected]


def test_the_29th_of_february_exists_in_leap_years_only() -> None:
    step = transform("wareki_date")
    assert applied(step, "3390229", "3390230", "3380229") == ["1964-02-29", None, None]
    assert applied(transform("western_date"), "19000229", "20000229") == [None, "2000-02-29"]


@pytest.mark.parametrize(
    ("text", "iso", "found"),
    [
        ("3640107", "1989-01-07", False),
        ("3640108", "1989-01-08", True),  # 昭和64年1月8日
        ("3650101", "1990-01-01", True),  # 昭和65年
        ("4010108", "1989-01-08", False),
        ("4010107", "1989-01-07", True),
        ("4310430", "2019-04-30", False),
        ("4310501", "2019-05-01", True),  # 平成31年5月1日
        ("4320101", "2020-01-01", True),
        ("5010501", "2019-05-01", False),
        ("5010430", "2019-04-30", True),
        ("1450730", "1912-07-30", False),  # both eras were in use
        ("2010730", "1912-07-30", False),
        ("2010729", "1912-07-29", True),
        ("2151225", "1926-12-25", False),
        ("3011225", "1926-12-25", False),
        ("3011224", "1926-12-24", True),
    ],
)
def test_days_outside_their_era_are_converted_and_found(text: str, iso: str, found: bool) -> None:
    row = frame(transform("wareki_date"), [text]).row(0, named=True)
    assert (row["out"], row["M03"], row["M04"]) == (iso, found, False)
    assert row["back"] == text or found or text in ("1450730", "2151225")


def test_impossible_dates_are_found_and_unknown_or_special_ones_are_not() -> None:
    texts = ["3390230", "x", "3390700", "3390000", "3000000", "0", "0000000", "9999999", "99999999", None]
    table = frame(transform("wareki_date"), texts)
    assert table["M04"].to_list() == [True, True, *[False] * 8]


def test_an_era_that_is_implied_converts_six_digits() -> None:
    step = transform("wareki_date", spelling="digits6", era="昭和")
    assert applied(step, "390701", "640108", "000000") == ["1964-07-01", "1989-01-08", None]
    assert back(step, "390701", "640108") == ["390701", "640108"]
    assert frame(step, ["640108"])["M03"].to_list() == [True]


def test_several_spellings_are_read_and_the_first_comes_back() -> None:
    step = transform("wareki_date", spelling=["letter_dot", "digits7", "digits8"])
    texts = ["S39.07.01", "3390701", "19640701"]
    assert applied(step, *texts) == ["1964-07-01"] * 3
    assert back(step, *texts) == ["S39.07.01"] * 3
    assert frame(step, texts)["exact"].to_list() == [True, False, False]


def test_era_codes_can_be_declared() -> None:
    step = transform("wareki_date", eras={"A": "昭和", "B": "平成"})
    assert applied(step, "A390701", "B010108", "3390701") == ["1964-07-01", "1989-01-08", None]
    assert back(step, "A390701") == ["A390701"]


def test_unknown_months_and_days_follow_the_policy() -> None:
    texts = ["3390700", "3390000"]
    assert applied(transform("wareki_date"), *texts) == [None, None]
    assert applied(transform("wareki_date", unknown="first"), *texts) == ["1964-07-01", "1964-01-01"]
    assert applied(transform("wareki_date", unknown="keep"), *texts) == ["1964-07-00", "1964-00-00"]
    assert back(transform("wareki_date", unknown="keep"), *texts) == texts


def test_zeros_and_nines_follow_their_parameters() -> None:
    step = transform("wareki_date", zeros="0000-01-01", nines="9999-12-31")
    assert applied(step, "0000000", "9999999", "99999999") == ["0000-01-01", "9999-12-31", "9999-12-31"]
    assert back(step, "0000000", "9999999") == ["0000000", "9999999"]
    assert applied(transform("wareki_date", nines=None), "9999999") == [None]


def test_the_flag_and_the_text_of_an_unknown_date() -> None:
    texts = ["3390701", "3390700", "3390000", "3010000", "3000000", "0000000", None]
    assert applied(transform("date_unknown_flag"), *texts) == ["0", "1", "1", "1", "1", "0", None]
    words = applied(transform("date_unknown_text"), *texts)
    assert words == [None, "昭和３９年７月頃", "昭和３９年頃", "昭和元年頃", "昭和年月日不詳", None, None]
    assert applied(transform("date_unknown_text", style="raw"), *texts)[1] == "3390700"


def test_western_spellings() -> None:
    assert applied(transform("western_date", spelling="digits"), "20180401") == ["2018-04-01"]
    for spelling, text in (("slash", "2018/04/01"), ("hyphen", "2018-04-01"), ("dot", "2018.04.01")):
        step = transform("western_date", spelling=spelling)
        assert (applied(step, text), back(step, text)) == (["2018-04-01"], [text])


def test_years_of_the_calendar_become_western_and_come_back() -> None:
    step = transform("wareki_year")
    assert applied(step, "430", "501", "364", "3", "600") == ["2018", "2019", "1989", None, None]
    assert back(step, "430", "501", "364") == ["430", "501", "401"]
    assert_exact_is_never_wrong(step, [f"{era}{year:02}" for era in range(1, 6) for year in range(100)])
    two = transform("wareki_year", spelling="digits2", era="平成")
    assert (applied(two, "30"), back(two, "30")) == (["2018"], ["30"])


def test_months() -> None:
    assert applied(transform("wareki_month"), "43004", "43013") == ["201804", None]
    assert applied(transform("wareki_month", form="YYYY-MM"), "43004") == ["2018-04"]
    assert back(transform("wareki_month"), "43004") == ["43004"]
    assert back(transform("western_month", spelling="slash"), "2018/04") == ["2018/04"]
    assert applied(transform("western_month"), "201804", "2018", "201800") == ["201804", None, None]


@settings(max_examples=60, deadline=None)
@given(st.times())
def test_times_come_back(time: object) -> None:
    text = f"{time:%H%M%S}"
    step = transform("time")
    assert applied(step, text) == [f"{time:%H:%M:%S}"]
    assert back(step, text) == [text]
    colon = transform("time", spelling="colon")
    assert back(colon, f"{time:%H:%M:%S}") == [f"{time:%H:%M:%S}"]


def test_times_that_do_not_exist_are_found() -> None:
    table = frame(transform("time", spelling="digits4"), ["2359", "2400", "1260", "12"])
    assert table["out"].to_list() == ["23:59:00", None, None, None]
    assert table["M04"].to_list() == [False, True, True, True]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("wareki_date", {"spelling": "digits6"}),
        ("wareki_date", {"era": "昭和"}),
        ("wareki_date", {"eras": {"10": "昭和"}}),
        ("wareki_date", {"nines": "later"}),
        ("wareki_year", {"spelling": "digits2"}),
        ("wareki_month", {"era": "平成"}),
    ],
)
def test_wrong_parameters_are_refused(name: str, parameters: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        transform(name, **parameters)


def test_dates_are_text_all_the_way() -> None:
    assert frame(transform("wareki_date"), ["3390701"]).schema["out"] == pl.String
