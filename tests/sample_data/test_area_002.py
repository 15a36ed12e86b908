"""Area 002 of the sample: the truth keeps every rule and agrees with the resident register, and B社's tables say the
same when they are read by their manual alone."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path

import area_tools
import polars as pl
import pytest
from area_tools import B_SHA, Record, Town, layout, wareki

from sample_data import generate, make_sample, plugin
from sample_data.areas.a002_seal_registration import area
from sample_data.areas.codebook import tables as code_tables

TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("IK*.csv"))
CODES = {
    group: {vendor: standard for standard, vendor in pairs.items()}
    for group, pairs in code_tables(Path(area.__file__).parent / "b_sha_codes.csv").items()
}
REGISTER, IMAGES, CARDS = "印鑑登録情報", "印影情報", "印鑑登録証情報"
LETTERS, ISSUES = "印鑑登録照会管理", "印鑑登録証明書交付履歴"
Exports = dict[str, list[plugin.Table]]


def make(code: str, population: int, seed: int, years: int) -> Town:
    return area_tools.make("002", area, code, population, seed, years, ["001"])


@pytest.fixture(scope="module")
def town() -> Town:
    return make("352152", 900, 11, 8)


@pytest.fixture(scope="module")
def exports(town: Town) -> Exports:
    return area_tools.tables(area.exports(town.place, town.frames, plugin.Context()))


def latest(town: Town) -> pl.DataFrame:
    return town.frames[REGISTER].filter(pl.col("最新フラグ") == "1")


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
    ("code", "population", "seed", "years"), [("352101", 1500, 2, 5), ("355020", 20, 9, 1), ("352128", 500, 5, 15)]
)
def test_towns_of_other_sizes_and_times_keep_every_rule(code: str, population: int, seed: int, years: int) -> None:
    assert make(code, population, seed, years).breaches() == []


@pytest.mark.parametrize(
    ("group", "item", "value", "rule"),
    [
        (REGISTER, "登録年月日", "2099-01-01", "002R004"),
        (REGISTER, "抹消事由", "03", "002R005"),
        (REGISTER, "印鑑登録番号", "0000001", "002X002"),
        (REGISTER, "最新フラグ", "1", "002X003"),
        (IMAGES, "最新フラグ", "0", "002X005"),
        (CARDS, "印鑑登録証状態", "3", "002X006"),
        (CARDS, "印鑑登録証状態", "1", "002X007"),
        (ISSUES, "交付年月日", "2099-01-01", "002X008"),
        (LETTERS, "照会申請年月日", "2099-01-01", "002R027"),
    ],
)
def test_the_rules_see_a_value_that_everybody_has(town: Town, group: str, item: str, value: str, rule: str) -> None:
    changed = {group: town.frames[group].with_columns(pl.lit(value).alias(item))}
    assert rule in " ".join(town.breaches(changed))


def test_a_register_names_its_people_as_the_resident_register_does(town: Town) -> None:
    items = ["氏名", "氏名_フリガナ", "旧氏", "通称", "生年月日", "住所_町字", "住所_番地号表記", "住所_方書"]
    stands = latest(town).filter(pl.col("登録状態").is_in(["1", "2"]))
    both = stands.select("宛名番号", "異動年月日", *items).join(residents(town), on="宛名番号", suffix="_there")
    still = both.filter(pl.col("異動年月日") >= pl.col("住所を定めた年月日"))
    assert still.height > 100
    for item in items:
        changed = still.filter(pl.col(item).ne_missing(pl.col(item + "_there")))
        assert changed.height == 0, item


def test_nobody_who_left_or_died_is_registered(town: Town) -> None:
    gone = residents(town).filter(pl.col("住民状態") != "1").select("宛名番号", "消除の事由")
    rows = latest(town).join(gone, on="宛名番号")
    assert set(rows["登録状態"]) == {"9"}
    reasons = dict(rows.select("消除の事由", "抹消事由").unique().iter_rows())
    assert reasons.items() >= {"21": "03", "23": "04"}.items()


def test_no_certificate_was_issued_while_a_registration_was_stopped(town: Town) -> None:
    stopped = town.frames[REGISTER].filter(pl.col("停止開始年月日").is_not_null())
    periods = stopped.group_by("宛名番号", "印鑑登録番号").agg(
        pl.col("停止開始年月日").first().alias("begin"), pl.col("停止解除年月日").last().alias("end")
    )
    both = town.frames[ISSUES].join(periods, on=["宛名番号", "印鑑登録番号"])
    inside = (pl.col("交付年月日") >= pl.col("begin")) & (pl.col("交付年月日") < pl.col("end").fill_null("9999"))
    assert periods.height > 1
    assert both.height > 1
    assert both.filter(inside).is_empty()


def test_registrations_after_an_inquiry_follow_its_answer(town: Town) -> None:
    letters = town.frames[LETTERS].filter(pl.col("照会結果") == "1")
    rows = latest(town).filter((pl.col("本人確認方法") == "03") & (pl.col("登録状態") != "0"))
    both = rows.join(letters, on="照会書番号", suffix="_letter")
    assert both.height == rows.height > 5
    assert both["登録年月日"].to_list() == both["回答年月日"].to_list()
    assert both["登録申請年月日"].to_list() == both["照会申請年月日"].to_list()


def test_numbers_of_the_former_towns_keep_their_letter(town: Town) -> None:
    old = latest(town).filter(pl.col("旧印鑑登録番号").is_not_null())
    assert old["旧印鑑登録番号"].str.contains(r"^[TSKR]-\d{6}$").all()
    assert old.height > 20
    assert old["旧印鑑登録番号"].str.slice(2).to_list() == old["印鑑登録番号"].str.slice(1).to_list()
    assert latest(town).filter(pl.col("旧印鑑登録番号").is_null())["印鑑登録番号"].str.starts_with("0").all()


def test_same_world_gives_the_same_truth(town: Town) -> None:
    again = make("352152", 900, 11, 8).frames
    assert [name for name in again if not again[name].equals(town.frames[name])] == []


def test_what_b_sha_lacks_is_empty_and_nothing_else_is(town: Town) -> None:
    with (B_SHA / "not_held_002.csv").open(encoding="utf-8", newline="") as file:
        absent = {(row["group"], row["item"]) for row in csv.DictReader(file)}
    empty = {(g, i) for g, f in town.frames.items() for i in f.columns if f[i].null_count() == f.height}
    assert empty == absent


def test_every_record_layout_has_its_table_and_the_manual_names_it(exports: Exports) -> None:
    manual = (B_SHA / "README_002.ja.md").read_text(encoding="utf-8")
    assert sorted(exports) == TABLES
    assert [t for t in TABLES if f"| {t} |" not in manual] == []


def test_records_keep_the_record_layout_and_the_code_book(exports: Exports) -> None:
    assert area_tools.too_long(exports) == []
    assert area_tools.unknown_codes(exports, "002") == []
    for table in TABLES:
        for field in layout(table):
            if re.search(r"和暦7桁", field["description"]):
                values = pl.Series([r[field["field"]] for r in area_tools.records(exports, table)])
                assert values.str.contains(r"^(0|9999999|[1-5]\d{6})$").all(), (table, field["field"])


def test_ten_to_fifteen_percent_of_the_fields_have_no_item() -> None:
    fields = [f for table in TABLES for f in layout(table)]
    own = [f for f in fields if "標準に対応なし" in f["description"]]
    assert 0.10 < len(own) / len(fields) < 0.15


def test_registers_with_their_helpers_read_by_the_manual_are_the_truth(town: Town, exports: Exports) -> None:
    helpers = {(r["ATENA_NO"], r["TOROKU_NO"]): r for r in area_tools.records(exports, "IKDAIR")}
    towns = {r["MATI_CD"]: r for r in area_tools.records(exports, "IKMATI")}
    found = []
    for r in area_tools.records(exports, "IKGENP"):
        if r["SAKUJO_FLG"] == "1":
            continue
        helper: Record = helpers.get((r["ATENA_NO"], r["TOROKU_NO"]), {})
        guarantor = helper.get("HOS_NO", "0")
        found.append(
            (
                r["ATENA_NO"].zfill(15),
                int(r["RIREKI_NO"]),
                r["TOROKU_NO"].zfill(7),
                CODES["JOTAI"][r["JOTAI"]],
                wareki(r["TOROKU_YMD"]),
                r["SIMEI"].rstrip("　"),
                towns[r["MATI_CD"]]["AZA"],
                guarantor.zfill(7) if guarantor != "0" else None,
                helper.get("DAI_SIMEI") or None,
                wareki(r["TEISI_ED"]),
                CODES["MASSYO"].get(r["MASSYO_JIYU"]),
            )
        )
    items = ["宛名番号", "履歴番号", "印鑑登録番号", "登録状態", "登録年月日", "氏名", "住所_町字"]
    items += ["保証人_印鑑登録番号", "代理人_氏名", "停止解除年月日", "抹消事由"]
    assert found == list(town.frames[REGISTER].select(items).iter_rows())
    assert len({row[7] for row in found}) > 3


def test_two_logs_are_all_certificates(town: Town, exports: Exports) -> None:
    found = {}
    for r in area_tools.records(exports, "IKHAKK"):
        key = (r["ATENA_NO"].zfill(15), wareki(r["KOFU_YMD"]), int(r["TUBAN"]))
        found[key] = (CODES["KEIRO"][r["KEIRO"]], int(r["TESURYO"]), CODES["RYOKIN"][r["RYO_KBN"]])
    for r in area_tools.records(exports, "IKCVS"):
        day, _ = r["KOFU_TS"].split(" ")
        kind = "2" if r["KINGAKU"] == "0" else "1"
        found[r["ATENA_NO"], day.replace("/", "-"), int(r["TUBAN"])] = ("3", int(r["KINGAKU"]), kind)
    rows = town.frames[ISSUES].select("宛名番号", "交付年月日", "発行通番", "交付経路", "手数料額", "手数料区分")
    assert found == {row[:3]: row[3:] for row in rows.iter_rows()}


def test_generated_files_are_the_same_each_time_and_declare_their_sums(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plugin.TRUTHS, "002", area.__name__)
    monkeypatch.setitem(plugin.VENDORS["b_sha"], "002", area.__name__)
    for place in ("a", "b"):
        generate.generate("355020", tmp_path / place, population=60, seed=5, years=3, areas=["002"])
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
