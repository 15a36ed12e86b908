"""Area 025 of the sample: the truth keeps every rule, its premiums are the claims of area 014, and B社's tables say
the same when they are read by their manual alone."""

from __future__ import annotations

import csv

import polars as pl
import pytest
from area_tools import (
    B_SHA,
    Record,
    Town,
    layout,
    make,
    records,
    tables,
    too_long,
    unknown_codes,
    wareki,
    wareki_year,
    western,
)

from layouts.load import load_area
from sample_data import make_sample, plugin
from sample_data.areas.a025_late_elderly_medical_care import area
from sample_data.areas.codebook import tables as code_tables
from sample_data.tax.frames import Groups

TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("KK*.csv"))
LEVY = ["宛名番号", "賦課年度", "相当年度", "更正履歴番号"]


@pytest.fixture(scope="module")
def town() -> Town:
    return make("025", area, "352152", 300, 3, 3, ("001", "031", "010", "014"))


@pytest.fixture(scope="module")
def exports(town: Town) -> dict[str, list[plugin.Table]]:
    return tables(area.exports(town.place, area.truth(town.place, plugin.Context(town.truths)), plugin.Context()))


def test_truth_keeps_every_rule(town: Town) -> None:
    assert town.breaches() == []


@pytest.mark.parametrize("code", list(make_sample.POPULATIONS))
def test_the_committed_towns_keep_every_rule(code: str) -> None:
    population = make_sample.POPULATIONS[code]
    assert (
        make("025", area, code, population, make_sample.SEED, make_sample.YEARS, ("001", "031", "010")).breaches() == []
    )


def test_no_group_that_b_sha_holds_is_empty(town: Town) -> None:
    assert {name for name, frame in town.frames.items() if frame.is_empty()} <= {"保険料減免"}


@pytest.mark.parametrize(
    ("group", "item", "rule"),
    [
        ("保険料賦課", "基礎賦課額", "025R021"),
        ("保険料賦課", "特別徴収額", "025R022"),
        ("保険料期割", "期割保険料額", "025X001"),
        ("後期所得", "賦課基準所得金額", "025R017"),
        ("給付申請受付", "支給決定額", "025R035"),
    ],
)
def test_the_rules_see_one_too_much(town: Town, group: str, item: str, rule: str) -> None:
    broken = town.frames[group].with_columns(pl.col(item) + 1)
    assert rule in " ".join(town.breaches({group: broken}))


def test_a_waiver_above_the_levy_is_found(town: Town) -> None:
    levied = town.frames["保険料賦課"].filter(pl.col("最新フラグ") == "1").head(1)
    schema = town.frames["保険料減免"].schema
    row = dict.fromkeys(schema) | {
        "市区町村コード": levied["市区町村コード"][0],
        "宛名番号": levied["宛名番号"][0],
        "賦課年度": levied["賦課年度"][0],
        "減免申請番号": 1,
        "減免種別": "1",
        "決定区分": "1",
        "決定減免額": levied["減免額"][0] + 1,
    }
    assert "025X007" in " ".join(town.breaches({"保険料減免": pl.DataFrame([row], schema=schema)}))


def test_newest_installments_are_the_claims_of_014(town: Town) -> None:
    claims = town.truths["014"]["期別調定"].filter(pl.col("業務詳細（科目）コード").is_in(["70", "71"]))
    newest = town.frames["保険料賦課"].filter(pl.col("最新フラグ") == "1").select(*LEVY, "被保険者番号")
    rows = town.frames["保険料期割"].join(newest, on=LEVY)
    both = claims.join(rows, on=["賦課年度", "相当年度", "通知書番号", "期別"], how="inner")
    assert claims.height == rows.height == both.height > 500
    assert both["調定額_本税"].to_list() == both["期割保険料額"].to_list()
    assert both["宛名番号"].to_list() == both["宛名番号_right"].to_list()
    assert both["被保険者番号"].to_list() == both["被保険者番号_right"].to_list()
    assert both["納付方法区分"].eq("2").to_list() == both["口座振替フラグ"].eq("1").to_list()
    assert both["業務詳細（科目）コード"].eq("71").to_list() == both["徴収区分"].eq("2").to_list()


def test_everybody_of_75_is_insured(town: Town) -> None:
    base = town.place.base_date
    old = town.place.present.filter(pl.col("birth") <= base.replace(year=base.year - 75))
    active = town.frames["後期被保険者"].filter((pl.col("最新フラグ") == "1") & pl.col("資格喪失年月日").is_null())
    assert set(active["宛名番号"]) == set(old["atena"])


def test_incomes_are_those_of_area_010(town: Town) -> None:
    taxed = town.truths["010"]["所得情報"].filter(pl.col("最新フラグ") == "1")
    here = town.frames["後期所得"].filter((pl.col("最新フラグ") == "1") & ~pl.col("申告区分").is_in(["6", "9"]))
    both = here.join(taxed, left_on=["宛名番号", "賦課年度"], right_on=["宛名番号", "相当年度"])
    assert both.height == here.height > 50
    assert both["総所得金額等"].to_list() == both["総所得金額等_right"].to_list()


def test_same_world_gives_the_same_truth(town: Town) -> None:
    again = area.truth(town.place, plugin.Context(town.truths))
    assert isinstance(again, Groups)
    assert [name for name in again if not again[name].equals(town.frames[name])] == []
    assert pl.concat([frame for _, frame in again.parts("保険料期割")]).equals(town.frames["保険料期割"])


def test_tables_have_the_fields_of_their_record_layouts(exports: dict[str, list[plugin.Table]]) -> None:
    assert sorted(exports) == TABLES
    for table in TABLES:
        names = [row["field"] for row in layout(table)]
        assert all(part.frame.columns == names for part in exports[table]), table
    assert too_long(exports) == []


def test_codes_are_in_the_code_book(exports: dict[str, list[plugin.Table]]) -> None:
    assert unknown_codes(exports, "025") == []


def test_code_table_has_standard_codes_of_the_layout() -> None:
    path = B_SHA.parent / "areas" / "a025_late_elderly_medical_care" / "b_sha_codes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["standard"] in load_area("025").code_list(row["code"]).values
    assert all(len(set(group.values())) == len(group) for group in code_tables(path).values())


def test_of_a_held_group_no_item_that_b_sha_lacks_has_a_value(town: Town) -> None:
    with (B_SHA / "not_held_025.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            frame = town.frames[row["group"]]
            assert row["group"] == "保険料減免" or frame[row["item"]].null_count() == frame.height


def links(exports: dict[str, list[plugin.Table]]) -> dict[str, Record]:
    """宛名対応表 by 被保険者番号."""
    return {row["HIHO_NO"]: row for row in records(exports, "KKATEN")}


def test_installments_are_read_back(town: Town, exports: dict[str, list[plugin.Table]]) -> None:
    known = links(exports)
    found: list[tuple[object, ...]] = []
    for row in records(exports, "KKFUKA"):
        key = (known[row["HIHO_NO"]]["ATENA_NO"].zfill(15), row["FUKA_NEN"], row["SOTO_NEN"], int(row["KOSEI_NO"]))
        for way, lead, count, until in (("1", "KI", 9, "NOKI"), ("2", "TK", 6, "YM")):
            for k in range(1, count + 1):
                amount, before, end = (row[f"{lead}{k:02}_{name}"] for name in ("GAKU", "MAE", until))
                if end == "0":
                    assert (amount, before) == ("0", "")
                    continue
                dates = (wareki(end), None) if way == "1" else (None, f"{end[:4]}-{end[4:]}")
                was = int(before) if before else None
                flag = row["KOZA_FLG"] if way == "1" else "0"
                found.append(
                    (
                        *key,
                        way,
                        f"{k:02}",
                        row["TUTI_NO"].zfill(15),
                        int(amount),
                        *dates,
                        western(row["CHO_YMD"]),
                        was,
                        flag,
                    )
                )
    items = [
        *LEVY, "徴収区分", "期別", "通知書番号", "期割保険料額", "納期限", "年金支払年月", "調定年月日",
        "変更前期割保険料額", "口座振替フラグ",
    ]  # fmt: skip
    assert sorted(found, key=str) == sorted(town.frames["保険料期割"].select(items).rows(), key=str)


def test_insured_people_are_read_back(town: Town, exports: dict[str, list[plugin.Table]]) -> None:
    known = links(exports)
    found = [
        (
            known[r["HIHO_NO"]]["ATENA_NO"].zfill(15),
            int(r["RIREKI_NO"]),
            r["SAISIN_FLG"],
            "39" + r["HOKENJA_NO"],
            known[r["HIHO_NO"]]["KOJIN_NO"] or None,
            r["SIMEI"],
            wareki(r["UMARE_YMD"]),
            wareki(r["SHU_YMD"]),
            wareki(r["SOS_YMD"]),
            western(r["JUSIN_YMD"]),
        )
        for r in records(exports, "KKHIHO")
        if r["SAKUJO_FLG"] == "0"
    ]
    items = [
        "宛名番号", "個人履歴番号", "最新フラグ", "保険者番号", "個人番号", "氏名", "生年月日", "資格取得年月日",
        "資格喪失年月日", "広域連合受信年月日",
    ]  # fmt: skip
    assert sorted(found, key=str) == sorted(town.frames["後期被保険者"].select(items).rows(), key=str)
    assert len(records(exports, "KKHIHO")) > len(found)


def test_incomes_are_read_back(town: Town, exports: dict[str, list[plugin.Table]]) -> None:
    def signed(text: str) -> int:
        return -int(text[:-1]) if text.endswith("-") else int(text.removesuffix("+"))

    found = [
        (
            r["ATENA_NO"].zfill(15),
            wareki_year(r["FUKA_NEN"]),
            int(r["RIREKI_NO"]),
            signed(r["SO_SHOTOKU"]),
            signed(r["JIGYO"]),
            wareki(r["SOSIN_YMD"]),
        )
        for r in records(exports, "KKSHOT")
    ]
    items = ["宛名番号", "賦課年度", "所得履歴番号", "総所得金額等", "事業所得金額", "広域連合送信年月日"]
    assert sorted(found, key=str) == sorted(town.frames["後期所得"].select(items).rows(), key=str)
