"""Area 006 of the sample: the truth keeps every rule and agrees with the resident register, and B社's tables say the
same when they are read by their manual alone."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import area_tools
import polars as pl
import pytest
from area_tools import B_SHA, Town, layout, wareki

from sample_data import generate, make_sample, plugin
from sample_data.areas.a006_electoral_roll import area
from sample_data.areas.codebook import tables as code_tables
from sample_data.tax.vendor import parts

TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("SK*.csv"))
CODES = {
    group: {vendor: standard for standard, vendor in pairs.items()}
    for group, pairs in code_tables(Path(area.__file__).parent / "b_sha_codes.csv").items()
}
ROLL, NOTES, LOSSES = "選挙人名簿情報", "選挙人名簿表示履歴", "失権者情報"
DISTRICTS, ASSIGNED, ELECTIONS = "投票区情報", "投票区割当情報", "選挙情報"
POLL, COUNTS = "選挙時名簿情報", "名簿登録者数情報"
JURORS = "裁判員・検察審査員候補者予定者情報"
Exports = dict[str, list[plugin.Table]]


def make(code: str, population: int, seed: int, years: int) -> Town:
    return area_tools.make("006", area, code, population, seed, years, ["001"])


@pytest.fixture(scope="module")
def town() -> Town:
    return make("352152", 900, 11, 5)


@pytest.fixture(scope="module")
def exports(town: Town) -> Exports:
    truth = area.truth(town.place, plugin.Context())
    return area_tools.tables(area.exports(town.place, truth, plugin.Context()))


def latest(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    return frames[ROLL].filter(pl.col("最新フラグ") == "1")


def on_roll(town: Town) -> pl.DataFrame:
    return latest(town.frames).filter(pl.col("名簿登録状態").is_in(["1", "2"]))


def residents(town: Town) -> pl.DataFrame:
    return town.truths["001"]["住民情報"].filter(pl.col("最新フラグ") == "1")


def test_truth_keeps_every_rule(town: Town) -> None:
    assert town.breaches() == []


@pytest.mark.parametrize("code", list(make_sample.POPULATIONS))
def test_the_smallest_towns_keep_every_rule_and_have_every_group(code: str) -> None:
    made = make(code, make_sample.POPULATIONS[code], make_sample.SEED, make_sample.YEARS)
    assert made.breaches() == []
    assert [name for name, frame in made.frames.items() if frame.is_empty()] == [area.NOT_HELD]


@pytest.mark.parametrize(
    ("code", "population", "seed", "years"), [("352101", 800, 2, 10), ("355020", 20, 9, 1), ("352128", 300, 5, 15)]
)
def test_towns_of_other_sizes_and_times_keep_every_rule(code: str, population: int, seed: int, years: int) -> None:
    assert make(code, population, seed, years).breaches() == []


@pytest.mark.parametrize(
    ("group", "item", "value", "rule"),
    [
        (ROLL, "登録年月日", "1946-03-02", "006R002"),
        (ROLL, "登録基準年月日", "2099-01-01", "006R004"),
        (ROLL, "抹消事由", "03", "006R007"),
        (ROLL, "名簿行番号", 1, "006X003"),
        (ROLL, "公民権停止フラグ", "0", "006X006"),
        (NOTES, "表示消除年月日", "2099-01-01", "006X005"),
        (LOSSES, "裁判確定年月日", "2099-01-01", "006R021"),
        (DISTRICTS, "投票終了時刻", "21:00:00", "006R025"),
        (DISTRICTS, "適用終了年月日", "2025-03-31", "006X010"),
        (ELECTIONS, "公示告示年月日", "2099-01-01", "006R027"),
        (POLL, "入場券番号", "12345678901", "006X009"),
        (POLL, "生年月日", "2020-01-01", "006X008"),
        (COUNTS, "最新フラグ", "1", "006X004"),
    ],
)
def test_the_rules_see_a_value_that_everybody_has(
    town: Town, group: str, item: str, value: str | int, rule: str
) -> None:
    changed = {group: town.frames[group].with_columns(pl.lit(value).alias(item))}
    assert rule in " ".join(town.breaches(changed))


def test_whom_the_resident_register_calls_electors_are_on_the_roll_or_wait_for_it(town: Town) -> None:
    called = residents(town).filter(pl.col("選挙人名簿登録有無") == "1")["宛名番号"]
    known = latest(town.frames).filter(pl.col("名簿登録状態") != "3")["宛名番号"]
    assert called.len() > 500
    assert set(called) <= set(known)


def test_the_roll_holds_citizens_who_live_here_or_left_less_than_four_months_ago(town: Town) -> None:
    both = on_roll(town).join(residents(town), on="宛名番号", how="left", suffix="_there")
    assert set(both["住民種別"]) == {"1"}
    assert set(both.filter(pl.col("転出年月日").is_null())["住民状態"]) == {"1"}
    assert (both["転出年月日"].drop_nulls() > "2025-05-31").all()


def test_addresses_and_names_are_those_of_the_resident_register(town: Town) -> None:
    items = ["氏名", "旧氏", "世帯番号", "住所_町字コード", "住所_番地号表記", "住所_方書", "住所を定めた年月日"]
    there = residents(town).filter(pl.col("住民状態") == "1").select("宛名番号", *items)
    both = on_roll(town).filter(pl.col("転出年月日").is_null()).join(there, on="宛名番号", suffix="_there")
    assert both.height > 500
    for item in items:
        assert both.filter(pl.col(item).ne_missing(pl.col(item + "_there"))).is_empty(), item


def test_districts_are_those_of_the_address(town: Town) -> None:
    whole = town.frames[ASSIGNED].filter((pl.col("割当区分") == "0") & (pl.col("最新フラグ") == "1"))
    both = on_roll(town).join(
        whole.select("町字コード", there="投票区コード"), left_on="住所_町字コード", right_on="町字コード"
    )
    assert both.height > 400
    assert both.filter(pl.col("投票区コード") != pl.col("there")).is_empty()


def test_registration_waits_for_three_months_and_the_right_age(town: Town) -> None:
    rows = latest(town.frames).filter((pl.col("登録区分") != "2") & (pl.col("登録年月日") >= "2017-01-01"))
    days = rows.select(
        (pl.col("登録年月日").str.to_date() - pl.col("住民票作成年月日").str.to_date()).dt.total_days().alias("waited"),
        (pl.col("登録年月日").str.to_date().dt.offset_by("-18y") - pl.col("生年月日").str.to_date(strict=False))
        .dt.total_days()
        .alias("older"),
    )
    assert rows.height > 50
    assert days["waited"].min() >= 89  # type: ignore[operator]
    assert days["older"].min() >= 0  # type: ignore[operator]


def test_counts_are_those_of_the_polling_rolls(town: Town) -> None:
    elections = town.frames[ELECTIONS].select("選挙管理番号", "選挙時登録年月日")
    rolls = (
        town.frames[POLL].join(elections, on="選挙管理番号").group_by("選挙時登録年月日", "投票区コード").len("there")
    )
    counts = town.frames[COUNTS].filter((pl.col("登録区分") == "2") & (pl.col("登録者数_計") > 0))
    both = counts.join(
        rolls, left_on=["登録年月日", "投票区コード"], right_on=["選挙時登録年月日", "投票区コード"], how="inner"
    )
    assert both.height == rolls.height > 50
    assert both["登録者数_計"].to_list() == both["there"].to_list()


def test_nobody_votes_twice_or_without_a_right(town: Town) -> None:
    votes = town.frames[POLL].filter(pl.col("投票方法").is_in(["1", "2", "3"]))
    assert set(votes["投票資格区分"]) == {"1"}
    assert set(town.frames[POLL]["投票資格区分"]) >= {"1", "2", "3"}
    coming = town.frames[ELECTIONS].filter(pl.col("選挙期日") > "2025-10-01")["選挙管理番号"]
    assert town.frames[POLL].filter(pl.col("選挙管理番号").is_in(coming.implode()))["投票方法"].null_count() > 500


def test_same_world_gives_the_same_truth(town: Town) -> None:
    again = make("352152", 900, 11, 5).frames
    assert [name for name in again if not again[name].equals(town.frames[name])] == []


def test_what_b_sha_lacks_is_empty_and_nothing_else_is(town: Town) -> None:
    with (B_SHA / "not_held_006.csv").open(encoding="utf-8", newline="") as file:
        absent = {(row["group"], row["item"]) for row in csv.DictReader(file)}
    empty = {(g, i) for g, f in town.frames.items() for i in f.columns if f[i].null_count() == f.height}
    assert empty == absent


def test_every_record_layout_has_its_table_and_the_manual_names_it(exports: Exports) -> None:
    manual = (B_SHA / "README_006.ja.md").read_text(encoding="utf-8")
    assert sorted(exports) == TABLES
    assert [t for t in TABLES if f"| {t} |" not in manual] == []


def test_records_keep_the_record_layout_and_the_code_book(exports: Exports) -> None:
    assert area_tools.too_long(exports) == []
    assert area_tools.unknown_codes(exports, "006") == []
    for table in TABLES:
        for field in layout(table):
            if re.search(r"和暦7桁", field["description"]):
                values = pl.Series([r[field["field"]] for r in area_tools.records(exports, table)])
                assert values.str.contains(r"^(|0|9999999|[1-5]\d{6})$").all(), (table, field["field"])


def test_ten_to_fifteen_percent_of_the_fields_have_no_item() -> None:
    fields = [f for table in TABLES for f in layout(table)]
    own = [f for f in fields if "標準に対応なし" in f["description"]]
    assert 0.10 < len(own) / len(fields) < 0.15


def test_the_roll_read_by_the_manual_is_the_truth(town: Town, exports: Exports) -> None:
    people = {r["ATENA_NO"]: r for r in area_tools.records(exports, "SKKOJN")}
    towns = {r["MATI_CD"]: r for r in area_tools.records(exports, "SKMATI")}
    found = []
    for r in area_tools.records(exports, "SKMEIB"):
        if r["SAKUJO_FLG"] == "1":
            continue
        person = people[r["ATENA_NO"]]
        found.append(
            (
                r["ATENA_NO"].zfill(15),
                int(r["RIREKI_NO"]),
                r["MEIBO_NO"][:4],
                int(r["MEIBO_NO"][4:8]),
                int(r["MEIBO_NO"][8:]),
                person["SIMEI"].rstrip("　"),
                wareki(person["SIKAKU_YMD"]),
                towns[r["MATI_CD"]]["AZA_CD"],
                CODES["JOTAI"][r["JOTAI"]],
                wareki(r["YOTEI_YMD"]),
            )
        )
    items = ["宛名番号", "履歴番号", "投票区コード", "名簿頁番号", "名簿行番号", "氏名", "被登録資格取得年月日"]
    items += ["住所_町字コード", "名簿登録状態", "抹消予定年月日"]
    rows = town.frames[ROLL].filter(pl.col("名簿登録状態") != "0")
    assert found == list(rows.select(items).iter_rows())


def test_sheets_hold_up_to_six_people_of_a_household(town: Town, exports: Exports) -> None:
    found = {}
    for r in area_tools.records(exports, "SKJOHO"):
        taken = [n for n in range(1, 7) if r[f"ATENA{n}"]]
        assert taken == list(range(1, len(taken) + 1))
        for n in taken:
            found[r["SENKYO_NO"], r[f"ATENA{n}"].zfill(15)] = (
                r["TOHYO_KU"],
                r["SETAI_NO"].zfill(15),
                int(r[f"MEIBO{n}"][2:6]),
                r["JUSYO"],
                r[f"KEN{n}"],
                CODES["TOHYO"].get(r[f"TOHYO{n}"]),
                wareki(r[f"TOYMD{n}"]),
            )
    items = ["投票区コード", "世帯番号", "名簿頁番号", "住所", "入場券番号", "投票方法", "投票年月日"]
    truth = town.frames[POLL].select("選挙管理番号", "宛名番号", *items)
    assert found == {row[:2]: row[2:] for row in truth.iter_rows()}


def test_rolls_of_elections_come_one_at_a_time(exports: Exports, town: Town) -> None:
    labels = [label for label, _ in parts(area.truth(town.place, plugin.Context()), POLL)]
    assert [part.file for part in exports["SKJOHO"]] == [f"SKJOHO_{label}.csv" for label in labels]
    assert len(labels) > 4


def test_generated_files_are_the_same_each_time_and_declare_their_sums(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plugin.TRUTHS, "006", area.__name__)
    monkeypatch.setitem(plugin.VENDORS["b_sha"], "006", area.__name__)
    for place in ("a", "b"):
        generate.generate("355020", tmp_path / place, population=60, seed=5, years=3, areas=["006"])
    first, second = (
        {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (tmp_path / place).rglob("*.csv")}
        for place in ("a", "b")
    )
    assert first == second
    folder = tmp_path / "a" / "355020" / "exports"
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = [row for row in csv.DictReader(file) if row["kind"] in ("count", "sum")]
    assert sum(row["kind"] == "sum" for row in expected) == 5
    for row in expected:
        lines = list(csv.DictReader((folder / row["file"]).read_bytes().decode("cp932").splitlines()))
        value = len(lines) if row["kind"] == "count" else sum(int(r[row["field"]] or 0) for r in lines)
        assert value == int(row["value"]), row
