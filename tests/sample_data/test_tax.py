"""The tax areas of the sample: the truth keeps every rule of the layouts, its parts agree with each other, and B社's
tables say the same as the truth when they are read by their manual alone."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from area_tools import B_SHA, Record, layout
from truth_checks import violations

from layouts.load import load_area
from sample_data import make_sample, plugin, world
from sample_data.generate import generate
from sample_data.tax import assess, collection, levy, resident_tax
from sample_data.tax.frames import Groups
from sample_data.tax.vendor import codes, file_label

AREAS = ("010", "014")
NEEDED = ("001", "031", *AREAS)
"""These areas, and those of the people in them."""
TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("*.csv") if re.match(r"(JM|SN|TN)", p.stem))
KEY = ["賦課年度", "相当年度", "業務詳細（科目）コード", "通知書番号", "期別", "申告履歴番号"]


def truths(code: str, population: int, seed: int, years: int) -> tuple[world.World, dict[str, plugin.Truth]]:
    place = world.build(code, population, seed=seed, years=years)
    context = plugin.Context()
    for area in NEEDED:
        context.truths[area] = plugin.truth_of(area, place, context)
    return place, context.truths


def frames_of(all_truths: Mapping[str, plugin.Truth]) -> dict[str, dict[str, pl.DataFrame]]:
    return {area: {name: groups[name] for name in groups} for area, groups in all_truths.items()}


def breaches(frames: Mapping[str, Mapping[str, pl.DataFrame]]) -> list[str]:
    others = {f"{area}:{name}": frame for area, groups in frames.items() for name, frame in groups.items()}
    return [f"{area} {text}" for area in AREAS for text in violations(area, frames[area], others)]


@pytest.fixture(scope="module")
def town() -> tuple[world.World, dict[str, plugin.Truth]]:
    return truths("352101", 400, 3, 3)


@pytest.fixture(scope="module")
def frames(town: tuple[world.World, dict[str, plugin.Truth]]) -> dict[str, dict[str, pl.DataFrame]]:
    return frames_of(town[1])


@pytest.fixture(scope="module")
def exports(town: tuple[world.World, dict[str, plugin.Truth]]) -> dict[str, list[plugin.Table]]:
    place, all_truths = town
    found: dict[str, list[plugin.Table]] = defaultdict(list)
    for area in AREAS:
        for table in plugin.exports_of("b_sha", area, place, all_truths[area], plugin.Context(all_truths)):
            found[table.name].append(table)
    return found


def records(exports: Mapping[str, list[plugin.Table]], table: str) -> Iterator[Record]:
    for part in exports[table]:
        yield from part.frame.iter_rows(named=True)


def test_truth_keeps_every_rule(frames: dict[str, dict[str, pl.DataFrame]]) -> None:
    assert breaches(frames) == []


@pytest.mark.parametrize("code", list(make_sample.POPULATIONS))
def test_the_committed_towns_keep_every_rule_and_leave_no_group_empty(code: str) -> None:
    _, all_truths = truths(code, make_sample.POPULATIONS[code], make_sample.SEED, make_sample.YEARS)
    frames = frames_of(all_truths)
    assert breaches(frames) == []
    assert [name for area in AREAS for name, frame in frames[area].items() if frame.is_empty()] == []


@pytest.mark.parametrize(
    ("area", "group", "item", "rule"),
    [
        ("010", "税額情報", "年税額", "010R019"),
        ("010", "期別税額情報", "期別税額", "010X003"),
        ("010", "所得控除情報", "所得控除合計額", "010R011"),
        ("014", "期別調定", "未納額_本税", "014R001"),
        ("014", "収納履歴", "収納額_本税", "014X001"),
        ("014", "時効不納欠損", "欠損額_本税", "014X006"),
        ("014", "滞納処分対象期別", "対象額_本税", "014X008"),
    ],
)
def test_the_rules_see_a_yen_too_much(
    frames: dict[str, dict[str, pl.DataFrame]], area: str, group: str, item: str, rule: str
) -> None:
    broken = {**frames[area], group: frames[area][group].with_columns(pl.col(item) + 1)}
    assert rule in " ".join(violations(area, broken))


def test_every_item_that_b_sha_holds_has_values_somewhere(frames: dict[str, dict[str, pl.DataFrame]]) -> None:
    with (B_SHA / "not_held_tax.csv").open(encoding="utf-8", newline="") as file:
        absent = {(r["area"], r["group"], r["item"]) for r in csv.DictReader(file)}
    empty = {
        (area, group, item)
        for area in AREAS
        for group, frame in frames[area].items()
        for item in frame.columns
        if frame[item].null_count() == frame.height
    }
    assert absent <= empty
    required = {(a, g.name, i.name) for a in AREAS for g in load_area(a).groups for i in g.items if i.output == "必須"}
    assert not empty & required
    assert len(empty - absent) < 20


def test_same_world_gives_the_same_truth(frames: dict[str, dict[str, pl.DataFrame]]) -> None:
    _, again = truths("352101", 400, 3, 3)
    for area in AREAS:
        for name in again[area]:
            assert again[area][name].equals(frames[area][name]), name


def test_parts_are_the_group(town: tuple[world.World, dict[str, plugin.Truth]]) -> None:
    groups = town[1]["014"]
    assert isinstance(groups, Groups)
    parts = list(groups.parts("収納履歴"))
    assert [label for label, _ in parts] == [
        "OLD",
        *(f"{y}_{third}" for y in (2023, 2024, 2025) for third in (1, 2, 3)),
    ]
    assert pl.concat([frame for _, frame in parts]).equals(groups["収納履歴"])


def test_claims_agree_with_the_levies_of_010(frames: dict[str, dict[str, pl.DataFrame]]) -> None:
    levied = frames["010"]["期別税額情報"].filter(pl.col("最新フラグ") == "1")
    for ways, account in ((["1"], "10"), (["2", "3"], "12")):
        year = ["賦課年度", "相当年度", "通知書番号", "期別"]
        here = levied.filter(pl.col("徴収方法区分").is_in(ways)).select(*year, "期別税額")
        claims = frames["014"]["期別調定"].filter(pl.col("業務詳細（科目）コード") == account)
        both = claims.select(*year, "調定額_本税").join(here, on=year, how="full", coalesce=True)
        # What a revision took away stays as a claim of nothing.
        assert both.filter(pl.col("期別税額").fill_null(0) != pl.col("調定額_本税").fill_null(-1)).is_empty()
        assert here.height > 50


def test_claims_of_employers_are_the_months_of_their_people(frames: dict[str, dict[str, pl.DataFrame]]) -> None:
    rows = frames["010"]["給与特別徴収税額情報"].filter((pl.col("最新フラグ") == "1") & pl.col("異動事由").is_null())
    moved = set(
        frames["010"]["給与特別徴収税額情報"].filter(pl.col("異動事由").is_not_null())["特別徴収義務者指定番号"]
    )
    sums = rows.group_by("特別徴収義務者指定番号", "相当年度").agg(pl.col("月割額_7月").sum())
    claims = frames["014"]["期別調定"].filter((pl.col("業務詳細（科目）コード") == "11") & (pl.col("期別") == "02"))
    both = claims.join(sums, on=["特別徴収義務者指定番号", "相当年度"]).filter(
        ~pl.col("特別徴収義務者指定番号").is_in(sorted(moved))
    )
    assert both.height > 3
    assert both.filter(pl.col("調定額_本税") != pl.col("月割額_7月")).is_empty()


@pytest.mark.parametrize(
    ("group", "item"),
    [
        ("公的年金等支払報告書情報", "支払者_法人番号"),
        ("給与支払報告書情報", "支払者_法人番号"),
        ("特別徴収義務者情報", "法人番号"),
    ],
)
def test_corporate_numbers_have_their_check_digit(
    frames: dict[str, dict[str, pl.DataFrame]], group: str, item: str
) -> None:
    numbers = frames["010"][group][item].drop_nulls().unique().to_list()
    assert numbers
    for number in numbers:
        total = sum(int(d) * w for d, w in zip(number[1:], [2, 1] * 6, strict=True))
        assert int(number[0]) == 9 - total % 9, number


def test_arrears_are_a_few_in_a_hundred(frames: dict[str, dict[str, pl.DataFrame]]) -> None:
    due = frames["014"]["期別調定"].filter((pl.col("納期限") < "2025-08-01") & (pl.col("賦課年度") >= "2023"))
    assert 0.01 < (due["未納額_本税"] > 0).mean() < 0.12  # type: ignore[operator]


def test_a_known_salary_gives_the_known_tax() -> None:
    # 3,560,000 of 5,000,000 yen and the months of 167,100 yen are the samples of the layout itself.
    assert assess.salary_income(np.array([5_000_000, 550_000, 1_620_000, 9_000_000])).tolist() == [
        3_560_000,
        0,
        1_070_000,
        7_050_000,
    ]
    assert assess.pension_income(np.array([1_850_000, 1_100_000]), np.array([70, 70])).tolist() == [750_000, 0]
    assert levy.monthly(np.array([167_100])).tolist() == [[14_200] + [13_900] * 11]


# ------------------------------------------------------------------------------------------------ B社's tables


def test_every_record_layout_has_its_table(exports: dict[str, list[plugin.Table]]) -> None:
    assert sorted(exports) == TABLES
    assert len(TABLES) == 31


@pytest.mark.parametrize("table", TABLES)
def test_records_keep_the_record_layout(table: str, exports: dict[str, list[plugin.Table]]) -> None:
    fields = layout(table)
    with (B_SHA / "code_book_tax.csv").open(encoding="utf-8", newline="") as file:
        book: dict[str, set[str]] = defaultdict(set)
        for row in csv.DictReader(file):
            book[row["code_group"]].add(row["value"])
    assert len({part.file for part in exports[table]}) == len(exports[table])
    for part in exports[table]:
        assert part.frame.columns == [f["field"] for f in fields]
        assert set(part.frame.dtypes) == {pl.String}
        assert part.frame.null_count().sum_horizontal().item() == 0
        part.frame.write_csv().encode("cp932")
        for field in fields:
            column = part.frame[field["field"]]
            assert (column.str.len_chars().max() or 0) <= int(field["length"]), field["field"]  # type: ignore[operator]
            named = re.search(r"コード群([A-Z]+)", field["description"])
            if named:
                assert set(column.unique()) <= book[named[1]] | {""}, field["field"]
            if "和暦7桁" in field["description"]:
                assert column.str.contains(r"^(0|99999999|[1-5]\d{6})$").all(), field["field"]


def test_code_book_and_codes_are_one(exports: dict[str, list[plugin.Table]]) -> None:
    with (B_SHA / "code_book_tax.csv").open(encoding="utf-8", newline="") as file:
        book = list(csv.DictReader(file))
    for group in {row["code_group"] for row in book}:
        assert sorted(codes(group).values()) == sorted(row["value"] for row in book if row["code_group"] == group)


def iso(value: str) -> str | None:
    """A wareki day of seven digits, read as the manual says."""
    if value in ("0", "99999999"):
        return None
    start = {"1": 1867, "2": 1911, "3": 1925, "4": 1988, "5": 2018}[value[0]]
    return f"{start + int(value[1:3])}-{value[3:5]}-{value[5:]}"


def year(value: str) -> str:
    return str({"4": 1988, "5": 2018}[value[0]] + int(value[1:]))


def vendor_codes(group: str) -> dict[str, str]:
    return {vendor: standard for standard, vendor in codes(group).items()}


def test_notices_side_by_side_and_single_claims_are_all_claims(
    exports: dict[str, list[plugin.Table]], frames: dict[str, dict[str, pl.DataFrame]]
) -> None:
    account = vendor_codes("KAMOKU")
    found: dict[tuple[str, ...], tuple[object, ...]] = {}
    for r in records(exports, "SNTUKI"):
        levied = year(r["FUKA_NEN"])
        belongs = levied if r["SOTO_NEN"] == "000" else year(r["SOTO_NEN"])
        for k in range(1, 11):
            p = f"K{k:02}_"
            if r[p + "NKGN"] == "0":
                assert {r[p + n] for n in ("CHOG", "SYUG", "MING", "KANYMD")} == {"0"}
                assert r[p + "KNEN"] == r[p + "EKBN"] == ""
                continue
            key = (levied, belongs, account[r["KAMOKU"]], r["TUTI_NO"].zfill(15), f"{k:02}", "0")
            carried = None if r[p + "KNEN"] == "000" else year(r[p + "KNEN"])
            found[key] = (
                r["ATENA_NO"].zfill(15),
                int(r[p + "CHOG"]),
                int(r[p + "SYUG"]),
                int(r[p + "MING"]),
                iso(r[p + "NKGN"]),
                iso(r[p + "TOKYMD"]),
                carried,
            )
    for r in records(exports, "SNTKCH"):
        key = (
            year(r["FUKA_NEN"]),
            year(r["SOTO_NEN"]),
            account[r["KAMOKU"]],
            r["TUTI_NO"].zfill(15),
            r["KIBETU"],
            r["SINK_NO"],
        )
        carried = year(r["KURI_NEN"]) if r["KURI_NEN"] else None
        found[key] = (
            r["ATENA_NO"].zfill(15),
            int(r["CHO_HON"]),
            int(r["SYU_HON"]),
            int(r["MI_HON"]),
            iso(r["NKGN"]),
            iso(r["TOK_YMD"]),
            carried,
        )
    items = ["宛名番号", "調定額_本税", "収納済額_本税", "未納額_本税", "納期限", "督促状発付年月日", "繰越年度"]
    truth = frames["014"]["期別調定"].with_columns(pl.col("申告履歴番号").cast(pl.String))
    assert found == {row[:6]: row[6:] for row in truth.select(*KEY, *items).iter_rows()}


def test_payments_that_are_not_deleted_are_all_payments(
    exports: dict[str, list[plugin.Table]], frames: dict[str, dict[str, pl.DataFrame]]
) -> None:
    all_records = list(records(exports, "SNSYUN"))
    kept = [r for r in all_records if r["SAKUJO_FLG"] == "0"]

    def amount(text: str) -> int:
        return -int(text[:-1]) if text.endswith("-") else int(text)

    truth = frames["014"]["収納履歴"]
    assert len(all_records) > len(kept) == truth.height
    assert sum(amount(r["SYU_HON"]) for r in kept) == truth["収納額_本税"].sum()
    assert any(r["SYU_HON"].endswith("-") for r in kept) == bool((truth["収納額_本税"] < 0).any())


def test_refunds_stand_in_two_tables(
    exports: dict[str, list[plugin.Table]], frames: dict[str, dict[str, pl.DataFrame]]
) -> None:
    found = {
        (r["KAGO_NO"].zfill(15), int(r["KANP_NO"])): int(r["KANP_GAKU"])
        for r in records(exports, "SNKAGO")
        if r["KANP_NO"]
    }
    found |= {(r["KAGO_NO"].zfill(15), int(r["JUTO_NO"])): int(r["JUTO_KEI"]) for r in records(exports, "SNJUTO")}
    truth = frames["014"]["還付充当"].select("過誤納管理番号", "還付充当連番", "還付充当額_合計")
    assert found == {row[:2]: row[2] for row in truth.iter_rows()}


def test_periods_and_pension_payments_are_all_installments(
    exports: dict[str, list[plugin.Table]], frames: dict[str, dict[str, pl.DataFrame]]
) -> None:
    found: dict[tuple[str, ...], int] = {}
    for table, shape, count in (("JMKIBT", "K{:02}_ZEI", 10), ("JMNENT", "N{}_ZEI", 6)):
        for r in records(exports, table):
            for k in range(1, count + 1):
                if r[f"K{k:02}_NOKIGEN"] == "0" if count == 10 else r[shape.format(k)] == "":
                    continue
                way = "1" if count == 10 else "2" if k < 4 else "3"
                years = [str(2018 + int(r[n])) for n in ("SOTO_NEN", "FUKA_NEN")]
                key = (r["ATENA_NO"].zfill(15), years[0], way, years[1], f"{k:02}", str(int(r["RIREKI"])))
                found[key] = int(r[shape.format(k)])
    truth = frames["010"]["期別税額情報"].with_columns(pl.col("履歴番号").cast(pl.String))
    keys = ["宛名番号", "相当年度", "徴収方法区分", "賦課年度", "期別", "履歴番号"]
    assert found == {row[:6]: row[6] for row in truth.select(*keys, "期別税額").iter_rows()}


def test_text_of_a_negotiation_is_its_lines_joined(
    exports: dict[str, list[plugin.Table]], frames: dict[str, dict[str, pl.DataFrame]]
) -> None:
    lines = ["".join(r[f"KIJI{k}"] for k in range(1, 6)) for r in records(exports, "TNKOSH")]
    assert lines == frames["014"]["交渉経過"]["交渉内容"].to_list()


def test_deleted_assessments_share_the_key_of_a_good_one(exports: dict[str, list[plugin.Table]]) -> None:
    rows = list(records(exports, "JMFUKA"))
    good = {(r["ATENA_NO"], r["SOTO_NEN"], r["KOSEI_NO"]) for r in rows if r["SAKUJO_FLG"] == "0"}
    gone = [(r["ATENA_NO"], r["SOTO_NEN"], r["KOSEI_NO"]) for r in rows if r["SAKUJO_FLG"] == "1"]
    assert gone
    assert set(gone) <= good
    assert len(rows) == len(good) + len(gone)


def test_fields_without_an_item_are_between_seven_and_fifteen_in_a_hundred() -> None:
    fields = [f for table in TABLES for f in layout(table)]
    own = [f for f in fields if "標準に対応なし" in f["description"] or "常に空白" in f["description"]]
    assert 0.07 < len(own) / len(fields) < 0.15


def test_file_labels_name_the_year() -> None:
    assert [file_label(x) for x in ("2025", "2023_1", "OLD", "ALL")] == ["R07", "R05_1", "OLD", "ALL"]


def test_generated_files_are_the_same_each_time_and_declare_their_sums(tmp_path: Path) -> None:
    for place in ("a", "b"):
        generate("355020", tmp_path / place, population=40, seed=5, years=1, areas=AREAS)
    first, second = (
        {
            p.name: hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted((tmp_path / place).rglob("*"))
            if p.is_file()
        }
        for place in ("a", "b")
    )
    assert first == second
    folder = tmp_path / "a" / "355020" / "exports"
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = [row for row in csv.DictReader(file) if row["kind"] != "total"]
    for row in expected:
        lines = list(csv.DictReader((folder / row["file"]).read_bytes().decode("cp932").splitlines()))
        value = len(lines) if row["kind"] == "count" else sum(int(r[row["field"]] or 0) for r in lines)
        assert value == int(row["value"]), row
    assert {row["file"] for row in expected} == {p.name for p in folder.glob("*.csv")} - {"expected.csv"}


def test_areas_alone_build_on_a_levy_of_their_own() -> None:
    place = world.build("355020", 40, seed=5, years=1)
    alone = collection.truth(place, plugin.Context())
    levied = plugin.Context({"010": resident_tax.truth(place, plugin.Context())})
    assert alone["期別調定"].equals(collection.truth(place, levied)["期別調定"])
