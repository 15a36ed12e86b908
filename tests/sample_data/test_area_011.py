"""Area 011 of the sample: the truth keeps every rule and agrees with the claims of area 014, and B社's tables say the
same when they are read by their manual alone."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest
from area_tools import B_SHA, layout, records
from truth_checks import violations

from sample_data import make_sample, plugin, world
from sample_data.areas.a011_corporate_resident_tax import area
from sample_data.tax.vendor import file_label

TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("HJ*.csv"))
Made = tuple[world.World, dict[str, plugin.Truth], dict[str, pl.DataFrame]]


def make(code: str, population: int, seed: int, years: int, *others: str) -> Made:
    place = world.build(code, population, seed=seed, years=years)
    context = plugin.Context()
    for name in others:
        context.truths[name] = plugin.truth_of(name, place, context)
    return place, context.truths, area.truth(place, context)


def breaches(made: Made) -> list[str]:
    others = {f"{name}:{group}": truth[group] for name, truth in made[1].items() for group in truth}
    return violations("011", made[2], others)


@pytest.fixture(scope="module")
def town() -> Made:
    return make("352071", 300, 7, 3, "001", "031", "010", "014")


@pytest.fixture(scope="module")
def exports(town: Made) -> dict[str, list[plugin.Table]]:
    found: dict[str, list[plugin.Table]] = defaultdict(list)
    for table in area.exports(town[0], town[2], plugin.Context()):
        found[table.name].append(table)
    return found


def test_truth_keeps_every_rule(town: Made) -> None:
    assert breaches(town) == []


def test_long_histories_and_all_rates_keep_every_rule() -> None:
    assert breaches(make("352152", 1500, 9, 13, "031")) == []


@pytest.mark.parametrize("code", list(make_sample.POPULATIONS))
def test_the_smallest_towns_keep_every_rule_and_have_every_group(code: str) -> None:
    made = make(code, make_sample.POPULATIONS[code], make_sample.SEED, make_sample.YEARS, "031")
    assert breaches(made) == []
    may_lack = {area.NOT_HELD, "分割情報"}
    assert [name for name, frame in made[2].items() if frame.is_empty() and name not in may_lack] == []


@pytest.mark.parametrize(
    ("group", "item", "rule"),
    [
        ("申告情報", "納付すべき税額", "011X005"),
        ("申告情報", "法人税割額", "011X001"),
        ("均等割情報", "減免額", "011X002"),
        ("分割情報", "市分課税標準額", "011X004"),
        ("調定情報", "調定額", "011R035"),
        ("更正決定情報", "増減税額", "011R031"),
    ],
)
def test_the_rules_see_a_yen_too_much(town: Made, group: str, item: str, rule: str) -> None:
    broken = {**town[2], group: town[2][group].with_columns(pl.col(item) + 1)}
    assert rule in " ".join(violations("011", broken))


def test_bookings_add_up_to_the_claims(town: Made) -> None:
    key = ["賦課年度", "通知書番号", "申告履歴番号"]
    booked = town[2]["調定情報"].group_by(key).agg(pl.col("調定額").sum())
    claims = town[1]["014"]["期別調定"].filter(pl.col("業務詳細（科目）コード") == "20")
    both = claims.join(booked, on=key, how="full", coalesce=True)
    assert both.height == claims.height > 20
    assert both.filter(pl.col("調定額").ne_missing(pl.col("調定額_本税"))).is_empty()


def test_claims_name_the_returns_that_they_come_from(town: Made) -> None:
    claims = town[1]["014"]["期別調定"].filter(pl.col("業務詳細（科目）コード") == "20")
    key = ["宛名番号", "事業年度開始年月日", "事業年度終了年月日", "申告区分", "申告履歴番号"]
    assert claims.join(town[2]["申告情報"], on=key, how="anti").is_empty()
    known = town[2]["法人基本情報"].select("宛名番号")
    assert claims.join(known, on="宛名番号", how="anti").is_empty()


def test_same_world_gives_the_same_truth(town: Made) -> None:
    again = area.truth(town[0], plugin.Context())
    assert all(again[name].equals(town[2][name]) for name in again)


def test_what_b_sha_lacks_is_empty_and_no_required_item_is_among_it(town: Made) -> None:
    with (B_SHA / "not_held_011.csv").open(encoding="utf-8", newline="") as file:
        absent = [(row["group"], row["item"]) for row in csv.DictReader(file)]
    assert all(town[2][group][item].null_count() == town[2][group].height for group, item in absent)


def test_every_record_layout_has_its_table_and_the_manual_names_it(exports: dict[str, list[plugin.Table]]) -> None:
    manual = (B_SHA / "README_011.ja.md").read_text(encoding="utf-8")
    assert sorted(exports) == TABLES
    assert [t for t in TABLES if f"| {t} |" not in manual] == []


@pytest.mark.parametrize("table", TABLES)
def test_records_keep_the_record_layout(table: str, exports: dict[str, list[plugin.Table]]) -> None:
    with (B_SHA / "code_book_011.csv").open(encoding="utf-8", newline="") as file:
        book: dict[str, set[str]] = defaultdict(set)
        for row in csv.DictReader(file):
            book[row["code_group"]].add(row["value"])
    fields = layout(table)
    for part in exports[table]:
        assert part.frame.columns == [f["field"] for f in fields]
        assert part.frame.null_count().sum_horizontal().item() == 0
        part.frame.write_csv().encode("cp932")
        for field in fields:
            column = part.frame[field["field"]]
            assert (column.str.len_chars().max() or 0) <= int(field["length"]), field["field"]  # type: ignore[operator]
            named = re.search(r"コード群([A-Z]+)", field["description"])
            if named:
                assert set(column.unique()) <= book[named[1]] | {""}, field["field"]
            if "和暦7桁（元号1桁=" in field["description"]:
                assert column.str.contains(r"^(0|[1-5]\d{6})$").all(), field["field"]


def test_ten_to_fifteen_percent_of_the_fields_have_no_item() -> None:
    fields = [f for table in TABLES for f in layout(table)]
    own = [f for f in fields if "標準に対応なし" in f["description"] or "常に空白" in f["description"]]
    assert 0.10 < len(own) / len(fields) < 0.15


def iso(value: str) -> str | None:
    if value == "0":
        return None
    start = {"1": 1867, "2": 1911, "3": 1925, "4": 1988, "5": 2018}[value[0]]
    return f"{start + int(value[1:3])}-{value[3:5]}-{value[5:]}"


def amount(value: str) -> int:
    return -int(value[:-1]) if value.endswith("-") else int(value.rstrip("+"))


def test_returns_read_by_the_manual_are_the_truth(town: Made, exports: dict[str, list[plugin.Table]]) -> None:
    with (Path(area.__file__).parent / "b_sha_codes.csv").open(encoding="utf-8", newline="") as file:
        kinds = {r["vendor"]: r["standard"] for r in csv.DictReader(file) if r["code_group"] == "SINKBN"}
    found = sorted(
        (
            r["ATENA_NO"].zfill(15),
            iso(r["JIGYO_NEN"][:7]),
            iso(r["JIGYO_NEN"][7:]),
            kinds[r["SIN_KBN"]],
            int(r["SIN_KAI"]),
            amount(r["NOFU_KEI"]),
            iso(r["ENCHO_KGN"]),
            amount(r["KN_HANTEI"]) * 1000,
            int(r["KN_GENMEN"]),
        )
        for r in records(exports, "HJSINK")
        if r["SAKUJO_FLG"] == "0"
    )
    key = ["宛名番号", "事業年度開始年月日", "事業年度終了年月日", "申告区分", "申告履歴番号"]
    truth = town[2]["申告情報"].join(town[2]["均等割情報"], on=key)
    items = [*key, "納付すべき税額", "延長後申告期限", "判定資本金等の額", "減免額"]
    assert found == sorted(truth.select(items).iter_rows(), key=lambda row: row[:5])


def test_some_returns_were_entered_twice_and_deleted() -> None:
    place, _, truth = make("352071", 3000, 7, 2)
    rows = [
        r
        for table in area.exports(place, truth, plugin.Context())
        if table.name == "HJSINK"
        for r in table.frame.iter_rows(named=True)
    ]
    keys = [
        {(r["ATENA_NO"], r["JIGYO_NEN"], r["SIN_KBN"], r["SIN_KAI"]) for r in rows if r["SAKUJO_FLG"] == f}
        for f in "01"
    ]
    assert keys[1]
    assert keys[1] <= keys[0]


def test_file_labels_name_the_year(exports: dict[str, list[plugin.Table]]) -> None:
    assert [t.file for t in exports["HJCHOT"]] == [f"HJCHOT_{file_label(y)}.csv" for y in ("2023", "2024", "2025")]
