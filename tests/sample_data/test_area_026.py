"""Area 026 of the sample: the truth keeps every rule and agrees with the other areas, and B社's tables say the same
when they are read by their manual alone."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from area_tools import B_SHA, Record, layout
from truth_checks import violations

from layouts.load import load_area
from sample_data import generate, make_sample, plugin, world
from sample_data.areas.a026_national_pension import area, members
from sample_data.areas.codebook import tables as code_tables

TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("NK*.csv"))
CODES = {
    group: {vendor: standard for standard, vendor in pairs.items()}
    for group, pairs in code_tables(Path(area.__file__).parent / "b_sha_codes.csv").items()
}
MONTHS = [f"納付状況_{m}月" for m in (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)]
Made = tuple[world.World, plugin.Context, dict[str, pl.DataFrame], plugin.Truth]


def make(code: str, population: int, seed: int, years: int) -> Made:
    place = world.build(code, population, seed=seed, years=years)
    context = plugin.Context()
    for name in ("001", "031", "010"):
        context.truths[name] = plugin.truth_of(name, place, context)
    truth = area.truth(place, context)
    return place, context, {name: truth[name] for name in truth}, truth


def breaches(made: Made) -> list[str]:
    others = {f"{a}:{g}": made[1].truths[a][g] for a in ("001", "031") for g in made[1].truths[a]}
    return violations("026", made[2], others)


@pytest.fixture(scope="module")
def town() -> Made:
    return make("352152", 900, 11, 8)


@pytest.fixture(scope="module")
def exports(town: Made) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for table in area.exports(town[0], town[3], town[1]):
        found[table.name] += table.frame.iter_rows(named=True)
    return found


def test_truth_keeps_every_rule(town: Made) -> None:
    assert breaches(town) == []


def test_the_steps_of_everybody_follow_each_other() -> None:
    # In this town a member's wife turned twenty on the base date.
    row, step, _, when = members.members(world.build("355020", 3360, seed=4, years=15)).steps
    same = row[1:] == row[:-1]
    assert (step[1:][same] == step[:-1][same] + 1).all()
    assert (when[1:][same] > when[:-1][same]).all()


@pytest.mark.parametrize("code", list(make_sample.POPULATIONS))
def test_the_smallest_towns_keep_every_rule_and_have_every_group(code: str) -> None:
    made = make(code, make_sample.POPULATIONS[code], make_sample.SEED, make_sample.YEARS)
    assert breaches(made) == []
    assert [name for name, frame in made[2].items() if frame.is_empty()] == [area.NOT_HELD]


@pytest.mark.parametrize(
    ("group", "item", "rule"),
    [
        ("納付記録", "納付月数", "026R034"),
        ("納付記録", "免除月数", "026R035"),
        ("免除所得情報", "老人扶養親族数", "026R019"),
    ],
)
def test_the_rules_see_one_too_many(town: Made, group: str, item: str, rule: str) -> None:
    broken = {**town[2], group: town[2][group].with_columns(pl.col(item) + 1)}
    assert rule in " ".join(violations("026", broken))


@pytest.mark.parametrize(
    ("group", "item", "value", "rule"),
    [
        ("国民年金被保険者", "被保険者種別", "3", "026X001"),
        ("国民年金被保険者", "基礎年金番号", "1234567890", "026X002"),
        ("資格異動履歴", "最新フラグ", "1", "026X003"),
        ("年金受給者", "基礎年金番号", "1234567890", "026X008"),
        ("免除猶予申請", "申請区分", "2", "026R015"),
        ("届書受付", "受付年月日", "2099-01-01", "026R028"),
    ],
)
def test_the_rules_see_a_value_that_everybody_has(town: Made, group: str, item: str, value: str, rule: str) -> None:
    broken = {**town[2], group: town[2][group].with_columns(pl.lit(value).alias(item))}
    assert rule in " ".join(violations("026", broken))


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [(0, 0, True), (1, 2, True), (-3, 0, True), (-3, -1, False), (-3, None, True), (0, -1, False)],
)
def test_an_additional_premium_shares_no_month_with_an_exemption(
    town: Made, first: int, last: int | None, found: bool
) -> None:
    granted = pl.col("審査結果区分") == "1"
    exempted = town[2]["免除猶予申請"].filter(granted & (pl.col("承認開始年月") < pl.col("承認終了年月"))).head(1)
    begin = exempted["承認開始年月"].str.to_date("%Y-%m").item()

    def month(offset: int | None) -> pl.Expr:
        return pl.lit(None if offset is None else _months_later(begin, offset), dtype=pl.String)

    paid = (
        town[2]["付加保険料"]
        .head(1)
        .with_columns(
            pl.lit(exempted["宛名番号"].item()).alias("宛名番号"),
            month(first).alias("付加納付開始年月"),
            month(last).alias("付加納付終了年月"),
        )
    )
    only = {**town[2], "付加保険料": paid}
    assert ("026X006" in " ".join(violations("026", only))) is found


def _months_later(day: date, months: int) -> str:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return f"{year}-{month + 1:02}"


def test_compulsory_members_are_those_of_the_register(town: Made) -> None:
    register = town[1].truths["001"]["住民情報"].filter(pl.col("最新フラグ") == "1")
    kind = next(c for c in register.columns if c.endswith(("年金資格種別", "年金種別")))
    forced = set(register.filter(pl.col(kind) == "2")["宛名番号"])
    present = set(register["宛名番号"])
    ours = town[2]["国民年金被保険者"].filter(pl.col("被保険者種別") == "1")
    assert set(ours["宛名番号"]) <= present
    assert len(set(ours["宛名番号"]) & forced) == ours.height > 100


def test_incomes_of_applicants_are_those_of_the_tax_office(town: Made) -> None:
    incomes = town[1].truths["010"]["所得情報"].filter(pl.col("最新フラグ") == "1")
    judged = town[2]["免除所得情報"].filter(pl.col("所得確認区分") == "1")
    both = judged.join(
        incomes.select("宛名番号", "相当年度", there="合計所得金額"),
        left_on=["対象者_宛名番号", "申請年度"],
        right_on=["宛名番号", "相当年度"],
        how="inner",
    )
    assert both.height == judged.height > 20
    assert both.filter(pl.col("合計所得金額") != pl.col("there")).is_empty()


def test_each_application_was_received(town: Made) -> None:
    first = str(town[0].window)
    asked = town[2]["免除猶予申請"].filter(pl.col("申請年月日") >= first)
    papers = town[2]["届書受付"].filter(pl.col("届書種類").is_in(["09", "10"]))
    both = asked.join(papers, left_on=["宛名番号", "申請年月日"], right_on=["宛名番号", "受付年月日"], how="inner")
    assert both.height == asked.height > 20


def test_same_world_gives_the_same_truth(town: Made) -> None:
    _, _, again, _ = make("352152", 900, 11, 8)
    assert [name for name in again if not again[name].equals(town[2][name])] == []


def test_what_b_sha_lacks_is_empty_and_not_required(town: Made) -> None:
    with (B_SHA / "not_held_026.csv").open(encoding="utf-8", newline="") as file:
        absent = {(row["group"], row["item"]) for row in csv.DictReader(file)}
    empty = {(g, i) for g, frame in town[2].items() for i in frame.columns if frame[i].null_count() == frame.height}
    assert absent <= empty
    assert len(empty - absent) <= 3
    assert {group for group, _ in absent} == {area.NOT_HELD}
    assert load_area("026").group(area.NOT_HELD).output == "任意"


def test_every_record_layout_has_its_table_and_the_manual_names_it(exports: dict[str, list[Record]]) -> None:
    manual = (B_SHA / "README_026.ja.md").read_text(encoding="utf-8")
    assert sorted(exports) == TABLES
    assert [t for t in TABLES if f"| {t} |" not in manual] == []


@pytest.mark.parametrize("table", TABLES)
def test_records_keep_the_record_layout(table: str, exports: dict[str, list[Record]]) -> None:
    with (B_SHA / "code_book_026.csv").open(encoding="utf-8", newline="") as file:
        book: dict[str, set[str]] = defaultdict(set)
        for row in csv.DictReader(file):
            book[row["code_group"]].add(row["value"])
    fields = layout(table)
    frame = pl.DataFrame(exports[table])
    assert frame.columns == [f["field"] for f in fields]
    assert frame.null_count().sum_horizontal().item() == 0
    frame.write_csv().encode("cp932")
    for field in fields:
        column = frame[field["field"]]
        assert (column.str.len_chars().max() or 0) <= int(field["length"]), field["field"]  # type: ignore[operator]
        named = re.search(r"コード群([A-Z]+)", field["description"])
        if named and named[1] != "NOFUJO":
            assert set(column.unique()) <= book[named[1]] | {""}, field["field"]
        if "和暦7桁。" in field["description"]:
            assert column.str.contains(r"^(0|9999999|[1-5]\d{6})$").all(), field["field"]
        if "和暦5桁。" in field["description"]:
            assert column.str.contains(r"^(0|99999|[1-5]\d{4})$").all(), field["field"]


def test_ten_to_fifteen_percent_of_the_fields_have_no_item() -> None:
    fields = [f for table in TABLES for f in layout(table)]
    own = [f for f in fields if "標準に対応なし" in f["description"]]
    assert 0.10 < len(own) / len(fields) < 0.15


def iso(value: str) -> str | None:
    if value in ("0", "9999999"):
        return None
    start = {"1": 1867, "2": 1911, "3": 1925, "4": 1988, "5": 2018}[value[0]]
    return f"{start + int(value[1:3])}-{value[3:5]}-{value[5:]}"


def year(value: str) -> str:
    return str({"3": 1925, "4": 1988, "5": 2018}[value[0]] + int(value[1:]))


def month(value: str) -> str | None:
    return None if value == "0" else f"{year(value[:3])}-{value[3:]}"


def test_members_and_their_addresses_read_by_the_manual_are_the_truth(
    town: Made, exports: dict[str, list[Record]]
) -> None:
    mail = {r["ATENA_NO"]: r for r in exports["NKSOFU"]}
    found = []
    for r in exports["NKDAI"]:
        number = r["KISO_NO1"] + r["KISO_NO2"]
        sent = mail.pop(r["ATENA_NO"], {})
        found.append(
            (
                r["ATENA_NO"].zfill(15),
                None if number == "0000000000" else number,
                r["SIMEI"],
                iso(r["UMARE_YMD"]),
                CODES["SYUBET"][r["SYUBETU"]],
                iso(r["SYU_YMD"]),
                iso(r["SOS_YMD"]),
                sent.get("SOFU_JUSYO"),
                sent["SOFU_YUBIN"].replace("-", "") if sent else None,
            )
        )
    items = ["宛名番号", "基礎年金番号", "氏名", "生年月日", "被保険者種別", "資格取得年月日", "資格喪失年月日"]
    items += ["送付先_住所", "送付先_住所_郵便番号"]
    assert mail == {}
    assert found == list(town[2]["国民年金被保険者"].select(items).iter_rows())


def test_two_tables_are_all_applications(town: Made, exports: dict[str, list[Record]]) -> None:
    schools = {r["GAKKO_CD"]: r for r in exports["NKGKKO"]}
    found = {}
    for way, table in (("1", "NKMENS"), ("2", "NKGAKU")):
        for r in exports[table]:
            granted = CODES["KEKKA"][r["KEKKA"]] == "1"
            kind = CODES["SYONIN"].get(r.get("SYO_KBN", "")) if way == "1" else "6" if granted else None
            school = schools[r["GAKKO_CD"]] if way == "2" else None
            found[r["ATENA_NO"].zfill(15), year(r["NENDO"]), int(r["SIN_NO"])] = (
                way,
                iso(r["SIN_YMD"]),
                month(r["TAI_ST"]),
                r["KEIZOKU"] or "0" if way == "1" else "0",
                kind,
                month(r["SYO_ED"]),
                school["GAKKO_MEI"] if school else None,
                CODES["GAKKO"][school["GAKKO_SYU"]] if school else None,
            )
    key = ["宛名番号", "申請年度", "申請番号"]
    items = ["申請区分", "申請年月日", "対象開始年月", "継続審査希望フラグ", "承認免除区分", "承認終了年月"]
    items += ["学校名称", "学校種別"]
    assert {way for way, *_ in found.values()} == {"1", "2"}
    assert found == {row[:3]: row[3:] for row in town[2]["免除猶予申請"].select(*key, *items).iter_rows()}


def test_twelve_marks_are_the_months_of_a_year(town: Made, exports: dict[str, list[Record]]) -> None:
    found = {
        (r["ATENA_NO"].zfill(15), year(r["NENDO"])): (
            *(CODES["NOFUJO"][mark] for mark in r["TUKI_MARK"]),
            int(r["NOFU_TUKI"]),
            int(r["KENNIN_GAKU"]) if r["KENNIN_GAKU"] else None,
        )
        for r in exports["NKNOFU"]
    }
    truth = town[2]["納付記録"].select("宛名番号", "納付年度", *MONTHS, "納付月数", "検認額")
    assert min(year for _, year in found) < "1989"
    assert found == {row[:2]: row[2:] for row in truth.iter_rows()}


def test_receipts_are_numbered_by_year_and_branch(town: Made, exports: dict[str, list[Record]]) -> None:
    found = [(year(r["UKE_NEN"]), r["BASYO_CD"] + r["UKE_NO"], r["BASYO_CD"]) for r in exports["NKUKE"]]
    assert found == list(town[2]["届書受付"].select("受付年度", "受付番号", "受付場所コード").iter_rows())
    assert len({number for _, number, _ in found}) < len(found)


def test_deleted_changes_are_not_among_the_good_ones(town: Made, exports: dict[str, list[Record]]) -> None:
    good = [r for r in exports["NKIDO"] if r["SAKUJO_FLG"] == ""]
    assert len(good) == town[2]["資格異動履歴"].height < len(exports["NKIDO"])
    assert sum(r["NEW_KBN"] == "1" for r in exports["NKIDO"]) == town[2]["国民年金被保険者"].height


def test_generated_files_are_the_same_each_time_and_declare_their_sums(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plugin.TRUTHS, "026", area.__name__)
    monkeypatch.setitem(plugin.VENDORS["b_sha"], "026", area.__name__)
    monkeypatch.setitem(plugin.READS, "026", ("010",))
    for place in ("a", "b"):
        generate.generate("355020", tmp_path / place, population=40, seed=5, years=1, areas=["026"])
    first, second = (
        {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (tmp_path / place).rglob("*.csv")}
        for place in ("a", "b")
    )
    assert first == second
    folder = tmp_path / "a" / "355020" / "exports"
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = [row for row in csv.DictReader(file) if row["kind"] != "total"]
    assert sum(row["kind"] == "sum" for row in expected) > 4
    for row in expected:
        lines = list(csv.DictReader((folder / row["file"]).read_bytes().decode("cp932").splitlines()))
        value = len(lines) if row["kind"] == "count" else sum(int(r[row["field"]] or 0) for r in lines)
        assert value == int(row["value"]), row
