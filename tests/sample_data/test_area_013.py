"""Area 013 of the sample: the truth keeps every rule and agrees with the claims of area 014, and B社's tables say the
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
from sample_data.areas.a011_corporate_resident_tax import area as corporations
from sample_data.areas.a013_light_vehicle_tax import area

TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("KJ*.csv"))
Frames = dict[str, pl.DataFrame]
Made = tuple[world.World, dict[str, plugin.Truth], Frames]


def make(code: str, population: int, seed: int, years: int, *others: str) -> Made:
    place = world.build(code, population, seed=seed, years=years)
    context = plugin.Context()
    for name in others:
        context.truths[name] = plugin.truth_of(name, place, context)
    context.truths["011"] = corporations.truth(place, context)
    return place, context.truths, dict(area.truth(place, context).items())


def breaches(made: Made) -> list[str]:
    others = {f"{name}:{group}": truth[group] for name, truth in made[1].items() for group in truth}
    return violations("013", made[2], others)


@pytest.fixture(scope="module")
def town() -> Made:
    return make("352071", 300, 7, 3, "001", "031", "010", "014")


@pytest.fixture(scope="module")
def exports(town: Made) -> dict[str, list[plugin.Table]]:
    found: dict[str, list[plugin.Table]] = defaultdict(list)
    for table in area.exports(town[0], town[2], plugin.Context()):
        found[table.name].append(table)
    return found


def standard(group: str) -> dict[str, str]:
    """Vendor value -> standard value of a code group."""
    with (Path(area.__file__).parent / "b_sha_codes.csv").open(encoding="utf-8", newline="") as file:
        return {r["vendor"]: r["standard"] for r in csv.DictReader(file) if r["code_group"] == group}


def test_truth_keeps_every_rule(town: Made) -> None:
    assert breaches(town) == []


@pytest.mark.parametrize(("code", "population", "seed", "years"), [("352071", 1200, 9, 12), ("352152", 900, 5, 3)])
def test_longer_histories_and_other_towns_keep_every_rule(code: str, population: int, seed: int, years: int) -> None:
    assert breaches(make(code, population, seed, years, "001", "031")) == []


@pytest.mark.parametrize("code", list(make_sample.POPULATIONS))
def test_the_smallest_towns_keep_every_rule_and_have_every_group(code: str) -> None:
    made = make(code, make_sample.POPULATIONS[code], make_sample.SEED, make_sample.YEARS, "001", "031")
    assert breaches(made) == []
    assert [name for name, frame in made[2].items() if frame.is_empty()] == [area.NOT_HELD]


@pytest.mark.parametrize(
    ("group", "change", "rule"),
    [
        ("種別割課税情報", pl.col("年税額") + 1, "013R020"),
        ("種別割課税情報", pl.col("減免額") + 1, "013X003"),
        ("種別割課税情報", pl.lit("2025-04-02").alias("賦課期日"), "013R019"),
        ("減免情報", pl.lit("0").alias("決定区分"), "013X004"),
        ("減免情報", pl.lit("SG0000000001").alias("減免対象者番号"), "013X005"),
        ("車両情報", pl.lit("X-1").alias("車台番号"), "013X007"),
        ("車両情報", pl.lit("0").alias("最新フラグ"), "013X009"),
        ("標識情報", pl.lit("2").alias("標識状態区分"), "013X010"),
    ],
)
def test_the_rules_see_what_is_wrong(town: Made, group: str, change: pl.Expr, rule: str) -> None:
    broken = {**town[2], group: town[2][group].with_columns(change)}
    assert rule in " ".join(violations("013", broken))


def test_newest_tax_rows_are_the_claims(town: Made) -> None:
    key = ["賦課年度", "相当年度", "通知書番号"]
    newest = town[2]["種別割課税情報"].filter((pl.col("最新フラグ") == "1") & pl.col("通知書番号").is_not_null())
    claims = town[1]["014"]["期別調定"].filter(pl.col("業務詳細（科目）コード") == "40")
    both = claims.join(newest, on=key, how="full", coalesce=True, suffix="_課税")
    assert both.height == claims.height > 300
    for here, there in (("年税額", "調定額_本税"), ("標識番号_課税", "標識番号"), ("納期限_課税", "納期限")):
        assert both.filter(pl.col(here).ne_missing(pl.col(there))).is_empty()
    assert both.filter(pl.col("納税義務者_宛名番号").ne_missing(pl.col("宛名番号"))).is_empty()


def test_everybody_concerned_is_in_a_register(town: Made) -> None:
    known = pl.concat(
        [town[1]["001"]["住民情報"]["宛名番号"], town[1]["031"]["住登外者宛名基本情報"]["宛名番号"]]
    ).implode()
    parties = town[2]["車両関係者情報"]
    for item in ("宛名番号", "納税管理人_宛名番号", "相続人代表者_宛名番号"):
        assert parties.filter(pl.col(item).is_not_null() & ~pl.col(item).is_in(known)).is_empty(), item


def test_drivers_are_old_enough(town: Made) -> None:
    owners = town[2]["車両情報"].join(
        town[2]["車両関係者情報"].filter(pl.col("最新フラグ") == "1"),
        left_on="納税義務者_宛名番号",
        right_on="宛名番号",
        suffix="_人",
    )
    age = pl.col("登録年月日").str.slice(0, 4).cast(pl.Int64) - pl.col("生年月日").str.slice(0, 4).cast(pl.Int64)
    first = owners.filter((pl.col("最新フラグ") == "1") & (pl.col("個人法人区分") == "1"))
    assert first.height > 100
    assert first.filter(age < 15).is_empty()


def test_same_world_gives_the_same_truth(town: Made) -> None:
    again = area.truth(town[0], plugin.Context())
    assert all(again[name].equals(town[2][name]) for name in again)


def test_what_b_sha_lacks_is_empty(town: Made) -> None:
    with (B_SHA / "not_held_013.csv").open(encoding="utf-8", newline="") as file:
        absent = [(row["group"], row["item"]) for row in csv.DictReader(file)]
    assert all(town[2][group][item].null_count() == town[2][group].height for group, item in absent)


def test_every_record_layout_has_its_table_and_the_manual_names_it(exports: dict[str, list[plugin.Table]]) -> None:
    manual = (B_SHA / "README_013.ja.md").read_text(encoding="utf-8")
    assert sorted(exports) == TABLES
    assert [t for t in TABLES if f"| {t} |" not in manual] == []


@pytest.mark.parametrize("table", TABLES)
def test_records_keep_the_record_layout(table: str, exports: dict[str, list[plugin.Table]]) -> None:
    with (B_SHA / "code_book_013.csv").open(encoding="utf-8", newline="") as file:
        book: dict[str, set[str]] = defaultdict(set)
        for row in csv.DictReader(file):
            book[row["code_group"]].add(row["value"])
    fields = layout(table)
    assert len({part.file for part in exports[table]}) == len(exports[table])
    for part in exports[table]:
        assert part.frame.columns == [f["field"] for f in fields]
        assert part.frame.null_count().sum_horizontal().item() == 0
        part.frame.write_csv().encode("cp932")
        for field in fields:
            column = part.frame[field["field"]]
            assert (column.str.len_chars().max() or 0) <= int(field["length"]), field["field"]  # type: ignore[operator]
            named = re.search(r"コード群([A-Z]+)", field["description"])
            if named and field["field"] != "ZEISYU":
                assert set(column.unique()) <= book[named[1]] | {"", "00"}, field["field"]
            if "和暦7桁（元号1桁=" in field["description"]:
                assert column.str.contains(r"^(0|[1-5]\d{6})$").all(), field["field"]


def test_ten_to_fifteen_percent_of_the_fields_have_no_item() -> None:
    fields = [f for table in TABLES for f in layout(table)]
    own = [f for f in fields if "標準に対応なし" in f["description"] or "常に空白" in f["description"]]
    assert 0.10 < len(own) / len(fields) < 0.15


def test_fixed_plates_read_by_the_manual_are_the_truth(town: Made, exports: dict[str, list[plugin.Table]]) -> None:
    found = [
        (
            r["SYARYO_NO"].zfill(15),
            int(r["RIREKI"]),
            r["HYOSIKI"][:4].rstrip("　"),
            r["HYOSIKI"][4:7].strip() or None,
            r["HYOSIKI"][7],
            r["HYOSIKI"][8:],
        )
        for r in records(exports, "KJSYAR")
    ]
    items = [f"標識番号_{part}" for part in ("標識文字", "分類番号", "かな文字", "一連番号")]
    assert found == list(town[2]["車両情報"].select("車両管理番号", "履歴番号", *items).iter_rows())


def test_taxes_read_by_the_manual_are_the_truth(town: Made, exports: dict[str, list[plugin.Table]]) -> None:
    kind, rate = standard("SYASYU"), standard("RITU")

    def year(value: str) -> str:
        return str({"4": 1988, "5": 2018}[value[0]] + int(value[1:]))

    found = sorted(
        (
            r["SYARYO_NO"].zfill(15),
            year(r["SOTO_NEN"]),
            int(r["KOSEI_NO"]),
            year(r["SOTO_NEN"] if r["FUKA_NEN"] == "000" else r["FUKA_NEN"]),
            kind[r["ZEISYU"][:3]],
            rate[r["ZEISYU"][3:]],
            int(r["NENZEI"]),
            r["TUTI_NO"].zfill(15) if r["TUTI_NO"] else None,
        )
        for r in records(exports, "KJKAZE")
        if r["SAKUJO_FLG"] == "0"
    )
    items = ["車両管理番号", "相当年度", "更正履歴番号", "賦課年度", "車種区分", "税率区分", "年税額", "通知書番号"]
    assert found == sorted(town[2]["種別割課税情報"].select(items).iter_rows(), key=lambda row: row[:3])


def test_places_of_tax_stops_are_in_the_table_of_places(town: Made, exports: dict[str, list[plugin.Table]]) -> None:
    places = {r["DAN_CD5"]: (r["DAN_CD6"], r["DAN_MEI"]) for r in records(exports, "KJDANT")}
    found = [places[r["AITE_CD"]] for r in records(exports, "KJTOME")]
    assert found == list(town[2]["税止め情報"].select("相手_市区町村コード", "相手_市区町村名").iter_rows())


def test_some_tax_rows_were_deleted(exports: dict[str, list[plugin.Table]]) -> None:
    rows = records(exports, "KJKAZE")
    keys = [{(r["SYARYO_NO"], r["SOTO_NEN"], r["KOSEI_NO"]) for r in rows if r["SAKUJO_FLG"] == f} for f in "01"]
    assert keys[1]
    assert keys[1] <= keys[0]
