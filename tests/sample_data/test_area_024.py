"""Area 024 of the sample: the truth keeps every rule, its premiums are the claims of area 014, and B社's tables say
the same when they are read by their manual alone."""

from __future__ import annotations

import csv

import numpy as np
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
    wareki_month,
    wareki_year,
)

from layouts.load import load_area
from sample_data import make_sample, plugin
from sample_data.areas import insured
from sample_data.areas.a024_national_health_insurance import area, members, premiums
from sample_data.areas.codebook import tables as code_tables
from sample_data.tax import resident_tax
from sample_data.tax.frames import Groups
from sample_data.tax.payments import levy_day

TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("KH*.csv"))
LEVY = ["賦課年度", "相当年度", "通知書番号", "更正履歴番号"]


@pytest.fixture(scope="module")
def town() -> Town:
    return make("024", area, "352071", 300, 7, 3, ("001", "031", "010", "014"))


@pytest.fixture(scope="module")
def exports(town: Town) -> dict[str, list[plugin.Table]]:
    return tables(area.exports(town.place, area.truth(town.place, plugin.Context(town.truths)), plugin.Context()))


@pytest.fixture(scope="module")
def worked_out(town: Town) -> premiums.Premiums:
    _, claims = insured.claimed(town.place, area.ACCOUNTS)
    n = insured.notices(claims, levy_day(claims))
    people, base = insured.people(town.place), insured.base_day(town.place)
    homes = members.homes(people, n, resident_tax.fiscal_years(town.place)[0], base)
    return premiums.premiums(people, homes, members.spells(people, homes, base), n)


def test_truth_keeps_every_rule(town: Town) -> None:
    assert town.breaches() == []


@pytest.mark.parametrize("code", list(make_sample.POPULATIONS))
def test_the_committed_towns_keep_every_rule(code: str) -> None:
    population = make_sample.POPULATIONS[code]
    assert (
        make("024", area, code, population, make_sample.SEED, make_sample.YEARS, ("001", "031", "010")).breaches() == []
    )


def test_no_group_is_empty(town: Town) -> None:
    assert [name for name, frame in town.frames.items() if frame.is_empty()] == []


@pytest.mark.parametrize(
    ("group", "item", "rule"),
    [
        ("保険料賦課", "医療_賦課額", "024R028"),
        ("保険料賦課", "被保険者数", "024X004"),
        ("保険料期別", "期別_医療額", "024R035"),
        ("保険料期別", "期別保険料額", "024X001"),
        ("特別徴収対象者", "仮徴収額_4月", "024X008"),
        ("国保所得", "基準総所得金額", "024R021"),
        ("高額療養費支給", "支給決定額", "024R041"),
    ],
)
def test_the_rules_see_one_too_much(town: Town, group: str, item: str, rule: str) -> None:
    broken = town.frames[group].with_columns(pl.col(item) + 1)
    assert rule in " ".join(town.breaches({group: broken}))


def test_a_doubled_certificate_breaks_the_key(town: Town) -> None:
    papers = town.frames["証等交付"]
    assert any("not unique" in text for text in town.breaches({"証等交付": pl.concat([papers, papers.head(1)])}))


def test_newest_installments_are_the_claims_of_014(town: Town) -> None:
    claims = town.truths["014"]["期別調定"].filter(pl.col("業務詳細（科目）コード").is_in(["50", "51"]))
    newest = town.frames["保険料賦課"].filter(pl.col("最新フラグ") == "1")
    rows = town.frames["保険料期別"].join(newest.select(*LEVY, "納付義務者_宛名番号"), on=LEVY)
    key = ["賦課年度", "相当年度", "通知書番号", "期別"]
    both = claims.join(rows, on=key, how="inner")
    assert claims.height == rows.height == both.height > 1000
    assert both.filter(pl.col("徴収区分") == "2")["業務詳細（科目）コード"].unique().to_list() == ["51"]
    for here, there in (
        ("調定額_本税", "期別保険料額"),
        ("内訳_医療分", "期別_医療額"),
        ("内訳_支援金分", "期別_支援額"),
        ("内訳_介護分", "期別_介護額"),
        ("宛名番号", "納付義務者_宛名番号"),
    ):
        assert both[here].to_list() == both[there].to_list()


def test_incomes_are_those_of_area_010(town: Town) -> None:
    taxed = town.truths["010"]["所得情報"].select("宛名番号", "相当年度", "最新フラグ", "総所得金額等", "給与収入金額")
    here = town.frames["国保所得"].filter((pl.col("最新フラグ") == "1") & ~pl.col("申告区分").is_in(["6", "9"]))
    both = here.join(
        taxed.filter(pl.col("最新フラグ") == "1"), left_on=["宛名番号", "賦課年度"], right_on=["宛名番号", "相当年度"]
    )
    assert both.height == here.height > 50
    assert both["総所得金額等"].to_list() == both["総所得金額等_right"].to_list()


@pytest.mark.parametrize("part", premiums.PARTS)
def test_premiums_add_up(worked_out: premiums.Premiums, part: str) -> None:
    m, n = worked_out, worked_out.notices
    levied = premiums.levies(m, np.arange(len(n.step_notice)), np.full(len(m.member_who), 1_000_000))
    amounts = levied.amounts[part]
    shares = amounts["所得割額"] + amounts["均等割額"] + amounts["平等割額"]
    assert (shares - amounts["軽減額"] - amounts["減免額"] == amounts["賦課額"]).all()
    by_row = np.zeros(len(levied.steps), np.int64)
    np.add.at(by_row, levied.share_row, levied.shares[part]["所得割額"])
    assert by_row.tolist() == amounts["所得割額"].tolist()


def test_every_claimed_yen_is_in_a_part(worked_out: premiums.Premiums) -> None:
    m, c = worked_out, worked_out.notices.c
    assert np.sum([m.now[part] for part in premiums.PARTS], axis=0).tolist() == c.now.tolist()
    assert np.sum([m.first[part] for part in premiums.PARTS], axis=0).tolist() == c.first.tolist()


def test_insured_people_are_residents_under_75(town: Town) -> None:
    active = town.frames["国保被保険者資格"].filter((pl.col("最新フラグ") == "1") & pl.col("資格喪失年月日").is_null())
    people = active.join(town.place.persons, left_on="宛名番号", right_on="atena", how="left")
    assert people["status"].unique().to_list() == ["1"]
    assert people["birth"].min() > town.place.base_date.replace(year=town.place.base_date.year - 75)  # type: ignore[operator]


def test_same_world_gives_the_same_truth(town: Town) -> None:
    again = area.truth(town.place, plugin.Context(town.truths))
    assert isinstance(again, Groups)
    assert [name for name in again if not again[name].equals(town.frames[name])] == []
    assert pl.concat([frame for _, frame in again.parts("保険料期別")]).equals(town.frames["保険料期別"])


def test_tables_have_the_fields_of_their_record_layouts(exports: dict[str, list[plugin.Table]]) -> None:
    assert sorted(exports) == TABLES
    for table in TABLES:
        names = [row["field"] for row in layout(table)]
        assert all(part.frame.columns == names for part in exports[table]), table
    assert too_long(exports) == []


def test_codes_are_in_the_code_book(exports: dict[str, list[plugin.Table]]) -> None:
    assert unknown_codes(exports, "024") == []


def test_code_book_names_the_standard_codes_that_exports_use() -> None:
    path = B_SHA.parent / "areas" / "a024_national_health_insurance" / "b_sha_codes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["standard"] in load_area("024").code_list(row["code"]).values
    assert all(len(set(group.values())) == len(group) for group in code_tables(path).values())


def test_no_item_that_b_sha_lacks_has_a_value(town: Town) -> None:
    with (B_SHA / "not_held_024.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            frame = town.frames[row["group"]]
            assert frame[row["item"]].null_count() == frame.height


def installments(rows: list[Record]) -> list[tuple[object, ...]]:
    """保険料期別 as the manual of KHFUKA tells to read it."""
    found: list[tuple[object, ...]] = []
    for row in rows:
        key = (
            wareki_year(row["FUKA_NEN"]),
            wareki_year(row["SOTO_NEN"]),
            row["TUTI_NO"].zfill(15),
            int(row["KOSEI_NO"]),
        )
        for way, lead, count, until in (("1", "KI", 10, "NOKI"), ("2", "TK", 6, "YM")):
            for k in range(1, count + 1):
                one = {name: row[f"{lead}{k:02}_{name}"] for name in ("GAKU", "I", "S", "K", until)}
                if not one[until].strip("0"):
                    assert {one[name] for name in ("GAKU", "I", "S", "K")} == {"0"}
                    continue
                dates = (wareki(one[until]), None) if way == "1" else (None, wareki_month(one[until]))
                amounts = tuple(int(one[name]) for name in ("GAKU", "I", "S", "K"))
                found.append((*key, way, f"{k:02}", *amounts, *dates, wareki(row["CHO_YMD"]), row["UPD_USER"]))
    return found


def test_installments_are_read_back(town: Town, exports: dict[str, list[plugin.Table]]) -> None:
    items = [
        *LEVY, "徴収区分", "期別", "期別保険料額", "期別_医療額", "期別_支援額", "期別_介護額", "納期限",
        "年金支払年月", "調定年月日", "操作者ID",
    ]  # fmt: skip
    truth = town.frames["保険料期別"].select(items).rows()
    assert sorted(installments(records(exports, "KHFUKA")), key=str) == sorted(truth, key=str)


def test_months_of_members_are_read_back(town: Town, exports: dict[str, list[plugin.Table]]) -> None:
    found = []
    for row in records(exports, "KHFUKJ"):
        months, year = row["SIKAKU_TUKI"], int(wareki_year(row["SOTO_NEN"]))

        def month(place: int, year: int = year) -> str:
            return f"{year + (place + 3) // 12}-{(place + 3) % 12 + 1:02}"

        found.append(
            (
                row["TUTI_NO"].zfill(15),
                int(row["KOSEI_NO"]),
                row["ATENA_NO"].zfill(15),
                month(months.index("1")),
                month(months.rindex("1")),
                months.count("1"),
                row["KAIGO_TUKI"].count("1"),
            )
        )
    items = ["通知書番号", "更正履歴番号", "宛名番号", "賦課開始年月", "賦課終了年月", "医療賦課月数", "介護賦課月数"]
    assert sorted(found) == sorted(town.frames["保険料賦課個人"].select(items).rows())


def test_households_and_qualifications_are_read_back(town: Town, exports: dict[str, list[plugin.Table]]) -> None:
    letters = {(r["SETAI_NO"], r["RIREKI_NO"]): r for r in records(exports, "KHSOFU")}
    homes = []
    for row in records(exports, "KHSETA"):
        if row["SAKUJO_FLG"] == "1":
            continue
        sent = letters.pop((row["SETAI_NO"], row["RIREKI_NO"])) if row["SOFU_UMU"] == "1" else None
        homes.append(
            (
                row["SETAI_NO"].zfill(15),
                int(row["RIREKI_NO"]),
                row["BANGO"].rstrip(),
                row["KIGO"].rstrip("　"),
                wareki(row["KAISI_YMD"]),
                wareki(row["SYURYO_YMD"]),
                sent["SOFU_MEI"] if sent else None,
                sent["SOFU_YUBIN"].replace("-", "") if sent else None,
            )
        )
    items = [
        "国保世帯番号", "世帯履歴番号", "被保険者番号", "被保険者記号", "世帯適用開始年月日", "世帯適用終了年月日",
        "送付先_氏名", "送付先_住所_郵便番号",
    ]  # fmt: skip
    assert not letters
    assert sorted(homes, key=str) == sorted(town.frames["国保世帯"].select(items).rows(), key=str)
    names = {r["ATENA_NO"]: r for r in records(exports, "KHKOJN")}
    people = [
        (r["ATENA_NO"].zfill(15), int(r["RIREKI_NO"]), names[r["ATENA_NO"]]["SIMEI"], wareki(r["SOS_YMD"]))
        for r in records(exports, "KHSIKA")
        if r["SAKUJO_FLG"] == "" and r["SIKAKU_KBN"] != "9"
    ]
    items = ["宛名番号", "個人履歴番号", "氏名", "資格喪失年月日"]
    assert sorted(people, key=str) == sorted(town.frames["国保被保険者資格"].select(items).rows(), key=str)


@pytest.mark.parametrize(
    ("label", "group", "number"),
    [("KHSIHA_K", "高額療養費支給", "支給決定番号"), ("KHSIHA_R", "療養費等支給", "支給申請番号")],
)
def test_payments_are_read_back(
    town: Town, exports: dict[str, list[plugin.Table]], label: str, group: str, number: str
) -> None:
    found = [
        (
            r["SIKYU_NO"],
            wareki(r["SIHA_YMD"]),
            int(r["SIHA_GAKU"]) if r["SIHA_GAKU"] else None,
            r["KOZA"].zfill(7) if r["KOZA"] else None,
        )
        for r in records(exports, "KHSIHA", label)
    ]
    granted = town.frames[group].filter(pl.col("支給決定区分") == "1")
    assert sorted(found) == sorted(granted.select(number, "支払年月日", "支払額", "口座番号").rows())
