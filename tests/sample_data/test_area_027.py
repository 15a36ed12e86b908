"""Area 027 of the sample: the truth keeps every rule and agrees with the other areas, and B社's tables keep their
record layouts."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from area_tools import (
    B_SHA,
    Town,
    layout,
    make,
    records,
    tables,
    too_long,
    unknown_codes,
    wareki,
    wareki_month,
)

from layouts.load import load_area
from sample_data import generate, make_sample, plugin
from sample_data.areas.a027_child_allowance import area, months
from sample_data.tax.frames import day

TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("JT*.csv"))
Exports = dict[str, list[plugin.Table]]


@pytest.fixture(scope="module")
def town() -> Town:
    return make("027", area, "352152", 900, 11, 6, ["001", "031", "010"])


@pytest.fixture(scope="module")
def exports(town: Town) -> Exports:
    # Not the parts by year, but the same groups as they are.
    return tables(area.exports(town.place, town.frames, plugin.Context(town.truths)))


def test_truth_keeps_every_rule(town: Town) -> None:
    assert town.breaches() == []


@pytest.mark.parametrize("code", list(make_sample.POPULATIONS))
def test_the_smallest_towns_keep_every_rule_and_have_every_group(code: str) -> None:
    small = make(
        "027",
        area,
        code,
        make_sample.POPULATIONS[code],
        make_sample.SEED,
        make_sample.YEARS,
        ["001", "031", "010"],
    )
    assert small.breaches() == []
    assert [name for name, frame in small.frames.items() if frame.is_empty()] == [area.NOT_HELD]


@pytest.mark.parametrize(
    ("group", "item", "rule"),
    [
        ("支払情報", "支給総額", "027R020"),
        ("支払情報", "差引支払額", "027R021"),
        ("支払情報", "支払対象月数", "027R022"),
        ("支給額情報", "支給対象児童数", "027R015"),
        ("支給額情報", "高校生年代_第1子第2子人数", "027R016"),
        ("支給対象児童情報", "手当月額", "027R014"),
        ("支払明細情報", "支給額", "027X001"),
        ("支払明細情報", "支給額", "027R025"),
        ("支給額情報", "手当月額", "027R017"),
        ("支給額情報", "手当月額", "027R018"),
        ("支給額情報", "手当月額", "027X004"),
        ("支給額情報", "支給対象児童数", "027X003"),
        ("返還金情報", "未返還額", "027R030"),
        ("返還金情報", "未返還額", "027R029"),
        ("所得情報", "所得制限限度額", "027R026"),
    ],
)
def test_the_rules_see_one_too_many(town: Town, group: str, item: str, rule: str) -> None:
    assert rule in " ".join(town.breaches({group: town.frames[group].with_columns(pl.col(item) + 1)}))


@pytest.mark.parametrize(
    ("group", "item", "value", "rule"),
    [
        ("受給者情報", "支給開始年月", "2099-01", "027R001"),
        ("受給者情報", "受給事由消滅年月日", "2024-02-29", "027R005"),
        ("受給者情報", "認定年月日", "2001-01-01", "027R006"),
        ("受給者情報", "最新フラグ", "1", "027X008"),
        ("支給対象児童情報", "支給開始年月", "2001-01", "027R011"),
        ("支給対象児童情報", "支給終了年月", "2099-03", "027R009"),
        ("支給額情報", "制度区分", "3", "027R019"),
        ("支払情報", "支払期年月", "2012-01", "027R024"),
        ("口座情報", "口座番号", "12345", "027R028"),
        ("口座情報", "最新フラグ", "0", "027X005"),
        ("差止情報", "差止状態", "1", "027X007"),
        ("支払明細情報", "支給年月", "2024-12", "027X010"),
        ("受給者情報", "請求年月日", "2010-01-05", "027R002"),
        ("受給者情報", "支給事由発生年月日", "2010-01-05", "027R003"),
        ("受給者情報", "支給終了年月", "2030-01", "027R004"),
        ("受給者情報", "消滅事由", "12", "027R007"),
        ("受給者情報", "支援措置対象フラグ", "1", "027R008"),
        ("受給者情報", "支給終了年月", "2012-05", "027X006"),
        ("支給対象児童情報", "算定終了年月", "2099-03", "027R010"),
        ("支給対象児童情報", "算定順位区分", "3", "027R012"),
        ("支給対象児童情報", "児童区分", "2", "027R013"),
        ("支給対象児童情報", "児童_宛名番号", "000000010000068", "027X002"),
        ("支払情報", "支払期年月", "2025-03", "027R023"),
        ("所得情報", "所得判定区分", "3", "027R027"),
        ("現況届情報", "審査結果", "3", "027X009"),
    ],
)
def test_the_rules_see_a_value_that_everybody_has(town: Town, group: str, item: str, value: str, rule: str) -> None:
    broken = town.frames[group].with_columns(pl.lit(value).alias(item))
    assert rule in " ".join(town.breaches({group: broken}))


def test_payments_are_due_three_times_a_year_and_six_times_since_the_reform() -> None:
    reform = months.REFORM
    due = months.next_payment(np.arange(reform - 12, reform + 13))
    assert sorted({int(m) % 12 + 1 for m in due if m <= reform}) == [2, 6, 10]
    assert sorted({int(m) % 12 + 1 for m in due if m > reform}) == [2, 4, 6, 8, 10, 12]
    assert months.next_payment(np.array([reform + 1]))[0] == reform + 2


@pytest.mark.parametrize(
    ("born", "age", "end"),
    [((2006, 4, 1), 18, "2024-03"), ((2006, 4, 2), 18, "2025-03"), ((2012, 12, 31), 12, "2025-03")],
)
def test_the_first_of_april_belongs_to_the_school_year_before(born: tuple[int, int, int], age: int, end: str) -> None:
    month = int(months.school_end(np.array([day(*born)]), age)[0])
    assert f"{1970 + month // 12}-{month % 12 + 1:02}" == end


def test_recipients_of_today_are_those_of_the_register(town: Town) -> None:
    register = town.truths["001"]["住民情報"].filter(
        (pl.col("最新フラグ") == "1") & (pl.col("児童手当資格区分") == "1")
    )
    now = town.frames["受給者情報"].filter((pl.col("最新フラグ") == "1") & pl.col("受給状態").is_in(["1", "2", "9"]))
    # A child of eighteen is paid for up to the next March, which the register does not say.
    assert set(register["宛名番号"]) <= set(now["宛名番号"])
    assert register.height > 60


def test_incomes_are_those_of_the_tax_office(town: Town) -> None:
    there = town.truths["010"]["所得情報"].filter(pl.col("最新フラグ") == "1")
    judged = town.frames["所得情報"].filter(pl.col("所得取得方法") == "1")
    both = judged.join(
        there.select("宛名番号", "相当年度", amount="総所得金額等"),
        left_on=["判定対象者_宛名番号", "所得年度"],
        right_on=["宛名番号", "相当年度"],
        how="inner",
    )
    assert both.height == judged.height > 300
    assert both.filter(pl.col("総所得金額等") != pl.col("amount")).is_empty()


def test_deductions_from_payments_are_what_debts_say(town: Town) -> None:
    off = town.frames["支払情報"].group_by("認定番号").agg(-pl.col("内払調整額").sum().alias("off"))
    debts = town.frames["返還金情報"].group_by("認定番号").agg(pl.col("内払調整済額").sum())
    both = off.filter(pl.col("off") > 0).join(debts.filter(pl.col("内払調整済額") > 0), on="認定番号", how="full")
    assert both.filter(pl.col("off").ne_missing(pl.col("内払調整済額"))).is_empty()
    assert both.height > 0


def test_what_was_held_back_is_paid_when_it_is_lifted(town: Town) -> None:
    lifted = town.frames["差止情報"].filter(pl.col("差止状態") == "2")
    later = town.frames["支払情報"].filter(pl.col("支払区分") == "2")
    both = lifted.join(later, on="認定番号").filter(pl.col("差止開始年月") == pl.col("支払対象開始年月"))
    assert both.height == lifted.height > 0
    assert both.filter(pl.col("差止額") != pl.col("支給総額")).is_empty()


def test_what_was_paid_wrongly_is_put_right_later(town: Town) -> None:
    details = town.frames["支払明細情報"]
    key = ["認定番号", "児童_宛名番号", "支給年月"]
    later = details.filter(pl.col("明細区分") != "1").join(details.filter(pl.col("明細区分") == "1"), on=key)
    assert set(later["明細区分"]) == {"2", "3"}
    assert later.filter(pl.col("支払管理番号") <= pl.col("支払管理番号_right")).is_empty()


def test_same_world_gives_the_same_truth(town: Town) -> None:
    again = make("027", area, "352152", 900, 11, 6, ["010"])
    assert [name for name in again.frames if not again.frames[name].equals(town.frames[name])] == []


def test_what_b_sha_lacks_is_empty_and_not_required(town: Town) -> None:
    with (B_SHA / "not_held_027.csv").open(encoding="utf-8", newline="") as file:
        absent = {row["group"] for row in csv.DictReader(file)}
    assert absent == {area.NOT_HELD}
    assert town.frames[area.NOT_HELD].is_empty()
    assert load_area("027").group(area.NOT_HELD).output == "任意"


def test_every_record_layout_has_its_table_and_the_manual_names_it(exports: Exports) -> None:
    manual = (B_SHA / "README_027.ja.md").read_text(encoding="utf-8")
    assert sorted(exports) == TABLES
    assert [t for t in TABLES if f"| {t} |" not in manual] == []


def test_records_keep_the_record_layouts(exports: Exports) -> None:
    assert too_long(exports) == []
    # What is one code in two fields, and several codes in one, is tested below.
    known = [
        c
        for c in unknown_codes(exports, "027")
        if not re.match(r"JTDAI\.(JOTAI|TEISI_FLG)|JTMEIS\.T\d_KBN|JTGAKU\.KAI", c)
    ]
    assert known == []
    for table in TABLES:
        for part in exports[table]:
            assert part.frame.columns == [f["field"] for f in layout(table)]
            assert part.frame.null_count().sum_horizontal().item() == 0


def test_ten_to_fifteen_percent_of_the_fields_have_no_item() -> None:
    fields = [f for table in TABLES for f in layout(table)]
    assert 0.10 < sum("標準に対応なし" in f["description"] for f in fields) / len(fields) < 0.15


def test_the_ledger_read_by_the_manual_is_the_truth(town: Town, exports: Exports) -> None:
    states = {"10": "1", "11": "2", "30": "3", "40": "4", "50": "5", "00": "9"}
    found = [
        (
            r["ATENA_NO"].zfill(15),
            r["NINTEI_NO"],
            int(r["RIREKI"]),
            states[r["JOTAI"] + r["TEISI_FLG"]],
            wareki(r["SEIKYU_YMD"]),
            wareki_month(r["SIKYU_ST"]),
            None if r["SIKYU_ED"] == "99999" else wareki_month(r["SIKYU_ED"]),
            wareki(r["SYOMETU_YMD"]),
        )
        for r in records(exports, "JTDAI")
        if not r["SAKUJO_FLG"]
    ]
    items = [
        "宛名番号",
        "認定番号",
        "履歴番号",
        "受給状態",
        "請求年月日",
        "支給開始年月",
        "支給終了年月",
        "受給事由消滅年月日",
    ]
    assert found == town.frames["受給者情報"].select(items).rows()


def test_details_read_by_the_manual_are_the_truth(town: Town, exports: Exports) -> None:
    kinds = {"T": "1", "S": "2", "K": "3"}
    bands, ranks = dict(zip("ABCD", "1234", strict=True)), {"1": "1", "2": "2", "3": "3", "0": "9"}
    found = set()
    for r in records(exports, "JTMEIS"):
        for n in "1234":
            if r[f"T{n}_YM"] != "0":
                amount = r[f"T{n}_GAKU"]
                found.add(
                    (
                        r["SIHA_NO"],
                        r["JIDO_ATENA"].zfill(15),
                        wareki_month(r[f"T{n}_YM"]),
                        kinds[r["MEI_KBN"]],
                        bands[r[f"T{n}_KBN"][2]],
                        ranks[r[f"T{n}_KBN"][3]],
                        -int(amount[:-1]) if amount.endswith("-") else int(amount),
                    )
                )
    items = ["支払管理番号", "児童_宛名番号", "支給年月", "明細区分", "年齢区分", "算定順位区分", "支給額"]
    truth = town.frames["支払明細情報"].select(items).rows()
    assert len(found) == len(truth) > 4000
    assert found == set(truth)


def test_generated_files_are_the_same_each_time_and_declare_their_sums(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plugin.TRUTHS, "027", area.__name__)
    monkeypatch.setitem(plugin.VENDORS["b_sha"], "027", area.__name__)
    monkeypatch.setitem(plugin.READS, "027", ("010",))
    for place in ("a", "b"):
        generate.generate("352152", tmp_path / place, population=120, seed=5, years=2, areas=["027"])
    first, second = (
        {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (tmp_path / place).rglob("*.csv")}
        for place in ("a", "b")
    )
    assert first == second
    folder = tmp_path / "a" / "352152" / "exports"
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = [row for row in csv.DictReader(file) if row["kind"] in ("count", "sum")]
    assert sum(row["kind"] == "sum" for row in expected) > 10
    for row in expected:
        lines = list(csv.DictReader((folder / row["file"]).read_bytes().decode("cp932").splitlines()))
        value = len(lines) if row["kind"] == "count" else sum(int(r[row["field"]] or 0) for r in lines)
        assert value == int(row["value"]), row
