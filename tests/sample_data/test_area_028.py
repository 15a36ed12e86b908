"""Area 028 of the sample: the truth keeps every rule and agrees with the tax office, and B社's tables say the same when
they are read by their manual alone."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from area_tools import B_SHA, Town, layout, make, records, tables, too_long, unknown_codes, wareki, wareki_month

from sample_data import generate, make_sample, plugin
from sample_data.areas.a028_child_rearing_support import area, paths
from sample_data.tax.frames import day

TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("KS*.csv"))
Exports = dict[str, list[plugin.Table]]


@pytest.fixture(scope="module")
def town() -> Town:
    return make("028", area, "352152", 2500, 11, 3, ["001", "031", "010"])


@pytest.fixture(scope="module")
def exports(town: Town) -> Exports:
    return tables(area.exports(town.place, town.frames, plugin.Context(town.truths)))


def test_truth_keeps_every_rule_and_has_every_group(town: Town) -> None:
    assert town.breaches() == []
    assert [name for name, frame in town.frames.items() if frame.is_empty()] == []


def test_the_smallest_towns_keep_every_rule_and_have_every_group_together() -> None:
    found = set()
    for code, population in make_sample.POPULATIONS.items():
        small = make("028", area, code, population, make_sample.SEED, make_sample.YEARS, ["001", "031", "010"])
        assert small.breaches() == []
        found |= {name for name, frame in small.frames.items() if frame.height}
    assert found == set(small.frames)


@pytest.mark.parametrize(
    ("group", "item", "rule"),
    [
        ("世帯課税情報", "算定用所得割額", "028R011"),
        ("利用調整情報", "合計指数", "028R016"),
        ("利用者負担額情報", "利用者負担月額", "028R020"),
        ("利用者負担額情報", "世帯所得割合計額", "028X003"),
        ("利用者負担調定収納情報", "調定額", "028X002"),
        ("利用者負担調定収納情報", "未納額", "028R027"),
        ("施設等利用費支払情報", "支給額", "028R029"),
        ("施設等利用費支払情報", "支給上限額", "028R030"),
    ],
)
def test_the_rules_see_one_too_many(town: Town, group: str, item: str, rule: str) -> None:
    assert rule in " ".join(town.breaches({group: town.frames[group].with_columns(pl.col(item) + 1)}))


@pytest.mark.parametrize(
    ("group", "item", "value", "rule"),
    [
        ("教育・保育給付認定情報", "認定有効期間_開始年月日", "2014-04-01", "028R007"),
        ("教育・保育給付認定情報", "認定有効期間_終了年月日", "2035-03-31", "028R003"),
        ("教育・保育給付認定情報", "保育必要量区分", "1", "028R005"),
        ("教育・保育給付認定情報", "最新フラグ", "1", "028X010"),
        ("保護者状況情報", "最新フラグ", "0", "028X004"),
        ("保護者状況情報", "事由終了年月日", "2001-01-01", "028R010"),
        ("世帯課税情報", "課税状況区分", "3", "028R012"),
        ("利用申込情報", "申込年月日", "2099-01-01", "028R014"),
        ("希望施設情報", "施設番号", "0000000101", "028X005"),
        ("利用契約情報", "利用終了年月日", "2001-03-31", "028R017"),
        ("利用契約情報", "利用状態", "1", "028R018"),
        ("利用者負担額情報", "算定課税年度", "2000", "028R026"),
        ("施設等利用給付認定情報", "施設等利用認定区分", "3", "028R028"),
        ("施設等利用給付認定情報", "認定有効期間_終了年月日", "2020-01-31", "028X008"),
        ("教育・保育給付認定情報", "認定有効期間_開始年月日", "2099-01-01", "028R001"),
        ("教育・保育給付認定情報", "認定区分", "3", "028R002"),
        ("教育・保育給付認定情報", "認定区分", "1", "028R004"),
        ("教育・保育給付認定情報", "児童_生年月日", "2099-01-01", "028R006"),
        ("教育・保育給付認定情報", "保育必要性事由", "06", "028R008"),
        ("保護者状況情報", "月間就労時間", 1, "028R009"),
        ("世帯課税情報", "課税状況区分", "4", "028R013"),
        ("利用申込情報", "クラス年齢", 6, "028R015"),
        ("利用契約情報", "退所事由", "01", "028R019"),
        ("利用契約情報", "利用終了年月日", "2099-01-01", "028X001"),
        ("利用契約情報", "利用状態", "1", "028X006"),
        ("利用者負担額情報", "クラス年齢", 4, "028R021"),
        ("利用者負担額情報", "国階層区分", "1", "028R022"),
        ("利用者負担額情報", "多子区分", "3", "028R023"),
        ("利用者負担額情報", "国階層区分", "8", "028R024"),
        ("利用者負担額情報", "利用者負担月額", 200_000, "028R025"),
        ("利用者負担調定収納情報", "対象年月", "2099-01", "028X009"),
    ],
)
def test_the_rules_see_a_value_that_everybody_has(
    town: Town, group: str, item: str, value: str | int, rule: str
) -> None:
    whole = town.frames[group]
    broken = whole.with_columns(pl.lit(value).cast(whole.schema[item]).alias(item))
    assert rule in " ".join(town.breaches({group: broken}))


def test_the_rules_see_facilities_without_room(town: Town) -> None:
    frame = town.frames["施設・事業所情報"]
    broken = frame.with_columns(pl.lit(0, pl.Int64).alias(c) for c in frame.columns if c.startswith("利用定員"))
    assert "028X007" in " ".join(town.breaches({"施設・事業所情報": broken}))


@pytest.mark.parametrize(
    ("born", "year"), [((2019, 4, 1), 2024), ((2019, 4, 2), 2025), ((2020, 3, 31), 2025), ((2019, 12, 31), 2025)]
)
def test_the_first_of_april_goes_to_school_a_year_earlier(born: tuple[int, int, int], year: int) -> None:
    assert int(paths.last_year(np.array([day(*born)]))[0]) == year


def test_taxes_of_parents_are_those_of_the_tax_office(town: Town) -> None:
    there = town.truths["010"]["税額情報"].filter(pl.col("最新フラグ") == "1")
    ours = town.frames["世帯課税情報"].filter((pl.col("最新フラグ") == "1") & (pl.col("課税状況区分") == "1"))
    both = ours.join(
        there.select("宛名番号", "相当年度", amount="所得割額_市民税", house="住宅借入金等特別税額控除額_市民税"),
        left_on=["世帯員_宛名番号", "課税年度"],
        right_on=["宛名番号", "相当年度"],
        how="inner",
    )
    assert both.height > 100
    wrong = (pl.col("市町村民税所得割額") != pl.col("amount")) | (
        pl.col("住宅借入金等特別税額控除額") != pl.col("house")
    )
    assert both.filter(wrong).is_empty()


def test_fees_change_in_september_with_the_new_tax(town: Town) -> None:
    rows = town.frames["利用者負担額情報"]
    early = pl.col("適用開始年月").str.slice(5).is_in(["04", "05", "06", "07", "08"])
    year = pl.col("年度").cast(pl.Int64) - pl.when(early).then(1).otherwise(0)
    assert rows.filter(pl.col("算定課税年度").cast(pl.Int64) != year).is_empty()
    assert rows.filter(early).height > 50 < rows.filter(~early).height


def test_a_third_birthday_makes_another_certificate(town: Town) -> None:
    rows = town.frames["教育・保育給付認定情報"]
    key = ["宛名番号", "認定番号"]
    first = rows.filter(pl.col("認定区分") == "3").unique(key)
    both = first.join(rows.filter((pl.col("認定区分") == "2") & (pl.col("申請区分") == "4")), on=key, suffix="_two")
    day_after = pl.col("認定有効期間_終了年月日").str.to_date() + pl.duration(days=1)
    assert both.height > 10
    assert both.filter(day_after != pl.col("認定有効期間_開始年月日_two").str.to_date()).is_empty()


def test_same_world_gives_the_same_truth(town: Town) -> None:
    again = make("028", area, "352152", 2500, 11, 3, ["010"])
    assert [name for name in again.frames if not again.frames[name].equals(town.frames[name])] == []


def test_what_b_sha_lacks_is_empty(town: Town) -> None:
    with (B_SHA / "not_held_028.csv").open(encoding="utf-8", newline="") as file:
        absent = {(row["group"], row["item"]) for row in csv.DictReader(file)}
    empty = {(g, i) for g, frame in town.frames.items() for i in frame.columns if frame[i].null_count() == frame.height}
    assert absent <= empty
    assert len(empty - absent) <= 4


def test_every_record_layout_has_its_table_and_the_manual_names_it(exports: Exports) -> None:
    manual = (B_SHA / "README_028.ja.md").read_text(encoding="utf-8")
    assert sorted(exports) == TABLES
    assert [t for t in TABLES if f"| {t} |" not in manual] == []


def test_records_keep_the_record_layouts(exports: Exports) -> None:
    assert too_long(exports) == []
    # KUBUN holds two codes, which are tested below.
    assert [c for c in unknown_codes(exports, "028") if not re.match(r"KSNINT\.KUBUN", c)] == []
    for table in TABLES:
        for part in exports[table]:
            assert part.frame.columns == [f["field"] for f in layout(table)]
            assert part.frame.null_count().sum_horizontal().item() == 0


def test_ten_to_fifteen_percent_of_the_fields_have_no_item() -> None:
    fields = [f for table in TABLES for f in layout(table)]
    assert 0.10 < sum("標準に対応なし" in f["description"] for f in fields) / len(fields) < 0.15


def test_certificates_of_both_kinds_read_by_the_manual_are_the_truth(town: Town, exports: Exports) -> None:
    found: dict[str, list[tuple[object, ...]]] = {"K": [], "S": []}
    for r in records(exports, "KSNINT"):
        if r["SAKUJO_FLG"]:
            continue
        row: list[object] = [r["ATENA_NO"].zfill(15), r["NINTEI_NO"], int(r["RIREKI"]), wareki(r["YUKO_ED"])]
        if r["KYUFU"] == "K":
            length = r["KUBUN"][1:]
            row += [r["KUBUN"][:1] or None, length if length in ("1", "2") else None]
        else:
            row += [{"4": "1", "5": "2", "6": "3"}[r["KUBUN"]]]
        found[r["KYUFU"]].append(tuple(row))
    items = ["宛名番号", "認定番号", "履歴番号", "認定有効期間_終了年月日", "認定区分", "保育必要量区分"]
    assert found["K"] == town.frames["教育・保育給付認定情報"].select(items).rows()
    items = ["宛名番号", "施設等利用認定番号", "履歴番号", "認定有効期間_終了年月日", "施設等利用認定区分"]
    assert found["S"] == town.frames["施設等利用給付認定情報"].select(items).rows()


def test_guardians_stand_side_by_side(town: Town, exports: Exports) -> None:
    names = {r["KINMU_CD"]: r["KINMU_MEI"] for r in records(exports, "KSKINM")}
    found = {
        (
            r["NINTEI_NO"],
            r[f"{side}_ATENA"].zfill(15),
            int(r["RIREKI"]),
            wareki(r[f"{side}_ST"]),
            names.get(r[f"{side}_KINMU"]),
            float(r[f"{side}_JIKAN"]) / 10 if r[f"{side}_JIKAN"] else None,
        )
        for r in records(exports, "KSHOGO")
        for side in ("P1", "P2")
        if r[f"{side}_ATENA"].strip("0")
    }
    items = ["認定番号", "保護者_宛名番号", "履歴番号", "事由開始年月日", "勤務先名称"]
    truth = town.frames["保護者状況情報"].select(*items, pl.col("月間就労時間").cast(pl.Float64)).rows()
    assert len(truth) > 100
    assert found == set(truth)


def test_halves_of_a_year_stand_side_by_side(town: Town, exports: Exports) -> None:
    found = {
        (
            r["ATENA_NO"].zfill(15),
            wareki_month(r[f"{side}_ST"]),
            int(r[f"{side}_RIREKI"]),
            wareki_month(r[f"{side}_ED"]),
            int(r[f"{side}_WARI"]),
            int(r[f"{side}_GETU"]),
        )
        for r in records(exports, "KSFUTN")
        for side in ("ZEN", "KOU")
        if r[f"{side}_ST"] != "0"
    }
    items = ["宛名番号", "適用開始年月", "履歴番号", "適用終了年月", "世帯所得割合計額", "利用者負担月額"]
    truth = town.frames["利用者負担額情報"].select(items).rows()
    assert len(truth) == len(found) > 100
    assert found == set(truth)


def test_twelve_months_of_bills_are_the_truth(town: Town, exports: Exports) -> None:
    kinds = {"10": "01", "20": "02", "91": "03"}
    found = set()
    for r in records(exports, "KSCHOT"):
        year = 2018 + int(r["FUKA_NEN"][1:])
        for m in range(1, 13):
            if r[f"M{m:02}_CHO"]:
                left = r[f"M{m:02}_MI"]
                found.add(
                    (
                        r["ATENA_NO"].zfill(15),
                        kinds[r["RYOKIN"]],
                        f"{year + (m < 4)}-{m:02}",
                        int(r[f"M{m:02}_CHO"]),
                        -int(left[:-1]) if left.endswith("-") else int(left),
                        wareki(r[f"M{m:02}_SAI"]) if r[f"M{m:02}_SAI"] else None,
                    )
                )
    items = ["宛名番号", "料金種別", "対象年月", "調定額", "未納額", "最終収納年月日"]
    truth = town.frames["利用者負担調定収納情報"].select(items).rows()
    assert len(truth) == len(found) > 300
    assert found == set(truth)


def test_generated_files_are_the_same_each_time_and_declare_their_sums(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plugin.TRUTHS, "028", area.__name__)
    monkeypatch.setitem(plugin.VENDORS["b_sha"], "028", area.__name__)
    monkeypatch.setitem(plugin.READS, "028", ("010",))
    for place in ("a", "b"):
        generate.generate("352152", tmp_path / place, population=200, seed=5, years=2, areas=["028"])
    first, second = (
        {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (tmp_path / place).rglob("*.csv")}
        for place in ("a", "b")
    )
    assert first == second
    folder = tmp_path / "a" / "352152" / "exports"
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = [row for row in csv.DictReader(file) if row["kind"] in ("count", "sum")]
    assert sum(row["kind"] == "sum" for row in expected) > 8
    for row in expected:
        lines = list(csv.DictReader((folder / row["file"]).read_bytes().decode("cp932").splitlines()))
        value = len(lines) if row["kind"] == "count" else sum(int(r[row["field"]] or 0) for r in lines)
        assert value == int(row["value"]), row
