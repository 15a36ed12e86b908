"""Area 023 of the sample: the truth keeps every rule and agrees with the claims of area 014, and B社's tables say the
same when they are read by their manual alone."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest
from area_tools import B_SHA, Record, layout
from truth_checks import violations

from layouts.load import load_area
from sample_data import generate, make_sample, plugin, world
from sample_data.areas.a023_long_term_care_insurance import area
from sample_data.areas.codebook import tables as code_tables

TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("KG*.csv"))
CODES = {
    group: {vendor: standard for standard, vendor in pairs.items()}
    for group, pairs in code_tables(Path(area.__file__).parent / "b_sha_codes.csv").items()
}
Made = tuple[world.World, plugin.Context, dict[str, pl.DataFrame], plugin.Truth]


def make(code: str, population: int, seed: int, years: int) -> Made:
    place = world.build(code, population, seed=seed, years=years)
    context = plugin.Context()
    for name in ("001", "031", "010", "014"):
        context.truths[name] = plugin.truth_of(name, place, context)
    truth = area.truth(place, context)
    return place, context, {name: truth[name] for name in truth}, truth


def breaches(made: Made) -> list[str]:
    others = {f"{a}:{g}": made[1].truths[a][g] for a in ("001", "031") for g in made[1].truths[a]}
    return violations("023", made[2], others)


@pytest.fixture(scope="module")
def town() -> Made:
    return make("352152", 600, 11, 4)


@pytest.fixture(scope="module")
def exports(town: Made) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for table in area.exports(town[0], town[3], town[1]):
        found[table.name] += table.frame.iter_rows(named=True)
    return found


def test_truth_keeps_every_rule(town: Made) -> None:
    assert breaches(town) == []


@pytest.mark.parametrize("code", list(make_sample.POPULATIONS))
def test_the_smallest_towns_keep_every_rule_and_have_every_group(code: str) -> None:
    made = make(code, make_sample.POPULATIONS[code], make_sample.SEED, make_sample.YEARS)
    assert breaches(made) == []
    assert [name for name, frame in made[2].items() if frame.is_empty()] == []


@pytest.mark.parametrize(
    ("group", "item", "rule"),
    [
        ("賦課情報", "年間保険料額", "023R021"),
        ("賦課情報", "減免額", "023R022"),
        ("期別賦課情報", "調定額", "023X001"),
        ("特別徴収情報", "本徴収額_10月", "023X004"),
        ("減免・徴収猶予情報", "減免額", "023X009"),
        ("負担限度額認定情報", "食費負担限度額_施設", "023R017"),
        ("要介護認定情報", "区分支給限度単位数", "023R012"),
    ],
)
def test_the_rules_see_one_too_much(town: Made, group: str, item: str, rule: str) -> None:
    broken = {**town[2], group: town[2][group].with_columns(pl.col(item) + 1)}
    assert rule in " ".join(violations("023", broken))


def test_a_reduction_without_an_application_is_found(town: Made) -> None:
    applied = town[2]["減免・徴収猶予情報"]
    granted = (pl.col("減免猶予区分") == "1") & (pl.col("決定結果") == "1")
    broken = {**town[2], "減免・徴収猶予情報": applied.filter(~granted)}
    assert applied.filter(granted).height > 0
    assert "023X009" in " ".join(violations("023", broken))


def test_installments_are_the_claims_of_014(town: Made) -> None:
    key = ["賦課年度", "相当年度", "通知書番号", "期別"]
    account = pl.col("業務詳細（科目）コード")
    claims = town[1].truths["014"]["期別調定"].filter(account.is_in(["60", "61"]))
    both = claims.join(town[2]["期別賦課情報"], on=key, how="full", coalesce=True)
    assert both.height == claims.height == town[2]["期別賦課情報"].height > 1000
    pairs = (
        ("調定額", "調定額_本税"),
        ("収納済額", "収納済額_本税"),
        ("被保険者番号_right", "被保険者番号"),
        ("宛名番号_right", "宛名番号"),
        ("督促状発送年月日", "督促状発付年月日"),
    )
    for here, there in pairs:
        assert both.filter(pl.col(here).ne_missing(pl.col(there))).is_empty(), here
    withheld = pl.col("徴収区分") == "2"
    assert both.filter(withheld != (account == "61")).is_empty()


def test_people_are_insured_since_the_day_that_the_register_names(town: Made) -> None:
    register = town[1].truths["001"]["住民情報"].filter(pl.col("最新フラグ") == "1")
    ours = town[2]["被保険者資格情報"].filter((pl.col("最新フラグ") == "1") & (pl.col("被保険者区分") == "1"))
    since = next(c for c in register.columns if c.startswith("介護") and c.endswith("資格取得年月日"))
    both = ours.join(register.select("宛名番号", since), on="宛名番号", how="inner").filter(pl.col(since).is_not_null())
    assert both.height > 100
    # The register's copy may name a day before the insurance began.
    expected = pl.max_horizontal(pl.col(since), pl.lit("2000-04-01"))
    assert both.filter(pl.col("資格取得年月日") != expected).is_empty()


def test_every_step_of_a_levy_continues_the_one_before(town: Made) -> None:
    levies = town[2]["賦課情報"].sort("相当年度", "被保険者番号", "更正履歴番号")
    number = pl.int_range(pl.len()).over("相当年度", "被保険者番号")
    assert levies.filter(pl.col("更正履歴番号") != number).is_empty()
    assert levies["更正履歴番号"].max() > 0  # type: ignore[operator]


def test_certifications_of_a_person_follow_each_other(town: Made) -> None:
    papers = town[2]["要介護認定情報"].sort("被保険者番号", "申請年月日")
    assert papers.filter(pl.col("申請書管理番号") < pl.col("申請書管理番号").shift().over("被保険者番号")).is_empty()
    renewed = papers.filter((pl.col("申請区分") == "2") & (pl.col("処理結果") == "1"))
    assert renewed.height > 10
    assert renewed["前回要介護状態区分"].null_count() == 0


def test_same_world_gives_the_same_truth(town: Made) -> None:
    _, _, again, _ = make("352152", 600, 11, 4)
    assert [name for name in again if not again[name].equals(town[2][name])] == []


def test_what_b_sha_lacks_is_empty_and_not_required(town: Made) -> None:
    with (B_SHA / "not_held_023.csv").open(encoding="utf-8", newline="") as file:
        absent = {(row["group"], row["item"]) for row in csv.DictReader(file)}
    empty = {(g, i) for g, frame in town[2].items() for i in frame.columns if frame[i].null_count() == frame.height}
    assert absent <= empty
    assert len(empty - absent) <= 5
    assert not absent & {(g.name, i.name) for g in load_area("023").groups for i in g.items if i.output == "必須"}


def test_every_record_layout_has_its_table_and_the_manual_names_it(exports: dict[str, list[Record]]) -> None:
    manual = (B_SHA / "README_023.ja.md").read_text(encoding="utf-8")
    assert sorted(exports) == TABLES
    assert [t for t in TABLES if f"| {t} |" not in manual] == []


@pytest.mark.parametrize("table", TABLES)
def test_records_keep_the_record_layout(table: str, exports: dict[str, list[Record]]) -> None:
    with (B_SHA / "code_book_023.csv").open(encoding="utf-8", newline="") as file:
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
        if named:
            assert set(column.unique()) <= book[named[1]] | {"", "00"}, field["field"]
        if "和暦7桁" in field["description"]:
            assert column.str.contains(r"^(0000000|9999999|[1-5]\d{6})$").all(), field["field"]
        if field["description"].startswith("前ゼロ付き9桁"):
            assert column.str.contains(r"^(\d{9})?$").all(), field["field"]


def test_ten_to_fifteen_percent_of_the_fields_have_no_item() -> None:
    fields = [f for table in TABLES for f in layout(table)]
    own = [f for f in fields if "標準に対応なし" in f["description"]]
    assert 0.10 < len(own) / len(fields) < 0.15


def iso(value: str) -> str | None:
    if value in ("0000000", "9999999"):
        return None
    start = {"1": 1867, "2": 1911, "3": 1925, "4": 1988, "5": 2018}[value[0]]
    return f"{start + int(value[1:3])}-{value[3:5]}-{value[5:]}"


def year(value: str) -> str:
    return str({"4": 1988, "5": 2018}[value[0]] + int(value[1:]))


def month(value: str) -> str:
    return f"{year(value[:3])}-{value[3:]}"


def test_periods_side_by_side_are_all_installments(town: Made, exports: dict[str, list[Record]]) -> None:
    found: dict[tuple[str, ...], tuple[object, ...]] = {}
    for r in exports["KGKIBT"]:
        for way, names in (("1", [f"K{k:02}" for k in range(1, 11)]), ("3", ["Z11", "Z12"])):
            for k, name in enumerate(names, 11 if way == "3" else 1):
                if r[f"{name}_NOKI"] == "0000000":
                    assert {r[f"{name}_{f}"] for f in ("GAKU", "SYU", "KANP", "KESS")} == {"000000000"}
                    continue
                found[year(r["SOTO_NEN"]), r["HIHO_NO"].zfill(10), way, f"{k:02}"] = (
                    int(r[f"{name}_GAKU"]),
                    iso(r[f"{name}_NOKI"]),
                    month(r[f"{name}_YM"]),
                    int(r[f"{name}_SYU"]),
                    int(r[f"{name}_KANP"]),
                    iso(r[f"{name}_TOKY"]),
                    int(r[f"{name}_KESS"]),
                )
        for k in range(1, 7):
            if r[f"T{k}_YM"] != "00000":
                found[year(r["SOTO_NEN"]), r["HIHO_NO"].zfill(10), "2", f"{k:02}"] = (
                    int(r[f"T{k}_GAKU"]),
                    None,
                    month(r[f"T{k}_YM"]),
                    int(r[f"T{k}_SYU"]),
                    int(r[f"T{k}_KANP"]),
                    None,
                    0,
                )
    key = ["相当年度", "被保険者番号", "徴収区分", "期別"]
    items = ["調定額", "納期限", "徴収年月", "収納済額", "還付未済額", "督促状発送年月日", "不納欠損額"]
    assert found == {row[:4]: row[4:] for row in town[2]["期別賦課情報"].select(*key, *items).iter_rows()}


def test_register_and_its_extension_are_all_qualifications(town: Made, exports: dict[str, list[Record]]) -> None:
    more = {(r["HIHO_NO"], r["RIREKI_NO"]): r for r in exports["KGJUTK"]}
    kept = [r for r in exports["KGSIKA"] if r["SAKUJO_FLG"] == "0"]
    assert len(exports["KGSIKA"]) > len(kept)
    found = []
    for r in kept:
        extra = more.pop((r["HIHO_NO"], r["RIREKI_NO"]), {})
        found.append(
            (
                r["HIHO_NO"].zfill(10),
                int(r["RIREKI_NO"]),
                r["NEW_FLG"] or "0",
                CODES["HIHOKBN"][r["HIHO_KBN"]],
                iso(r["SYU_YMD"]),
                CODES["SOSJIYU"].get(r["SOS_JIYU"]),
                iso(r["SOS_YMD"]),
                extra.get("JUTOKU_FLG") or "0",
                iso(extra.get("JUTOKU_YMD", "0000000")),
                extra.get("IRYO_NO") or None,
            )
        )
    items = [
        "被保険者番号",
        "履歴番号",
        "最新フラグ",
        "被保険者区分",
        "資格取得年月日",
        "資格喪失事由",
        "資格喪失年月日",
    ]
    items += ["住所地特例フラグ", "住所地特例適用年月日", "医療保険者番号"]
    assert more == {}
    assert found == list(town[2]["被保険者資格情報"].select(items).iter_rows())


def test_applications_and_results_are_all_certifications(town: Made, exports: dict[str, list[Record]]) -> None:
    results = {r["SINSEI_NO"]: r for r in exports["KGNINT"]}
    assert len(results) == len(exports["KGNINT"])
    found = []
    for r in exports["KGSINS"]:
        result = results.get(r["SINSEI_NO"], {})
        level, days = result.get("KAIGODO", ""), result.get("YUKO_ST", "")
        minutes = result.get("KIJUN_JIKAN", "")
        found.append(
            (
                r["SINSEI_NO"],
                CODES["SYORI"][r["SYORI_KBN"]],
                CODES["KAIGODO"].get(level),
                f"{days[:4]}-{days[4:6]}-{days[6:]}" if days else None,
                f"{int(minutes) / 10:.1f}" if minutes else None,
                result.get("IKEN_BUN") or None,
            )
        )
    truth = town[2]["要介護認定情報"].with_columns(pl.col("要介護認定等基準時間").cast(pl.String))
    items = [
        "申請書管理番号",
        "処理結果",
        "要介護状態区分",
        "認定有効期間開始年月日",
        "要介護認定等基準時間",
        "審査会意見",
    ]
    assert found == list(truth.select(items).iter_rows())


def test_facilities_stand_in_a_table_of_their_own(town: Made, exports: dict[str, list[Record]]) -> None:
    places = {r["JIGYO_CD"]: r for r in exports["KGJIGM"]}
    found = [
        (
            r["ATENA_NO"].zfill(15),
            places[r["SISETU_CD"]]["JIGYO_MEI"].replace("㈱", "株式会社").replace("㈲", "有限会社"),
            CODES["SISETU"][places[r["SISETU_CD"]]["SISETU_SYU"]],
            places[r["SISETU_CD"]]["SYOZAI_CD"],
            iso(r["TAI_YMD"]),
        )
        for r in exports["KGSISE"]
    ]
    items = ["宛名番号", "施設名称", "施設種別", "施設所在_市区町村コード", "退所年月日"]
    assert found == list(town[2]["施設入退所情報"].select(items).iter_rows())


def test_generated_files_are_the_same_each_time_and_declare_their_sums(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plugin.TRUTHS, "023", area.__name__)
    monkeypatch.setitem(plugin.VENDORS["b_sha"], "023", area.__name__)
    monkeypatch.setitem(plugin.READS, "023", ("010", "014"))
    for place in ("a", "b"):
        generate.generate("355020", tmp_path / place, population=40, seed=5, years=1, areas=["023"])
    first, second = (
        {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (tmp_path / place).rglob("*.csv")}
        for place in ("a", "b")
    )
    assert first == second
    folder = tmp_path / "a" / "355020" / "exports"
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = [row for row in csv.DictReader(file) if row["kind"] != "total"]
    assert sum(row["kind"] == "sum" for row in expected) > 15
    for row in expected:
        lines = list(csv.DictReader((folder / row["file"]).read_bytes().decode("cp932").splitlines()))
        value = len(lines) if row["kind"] == "count" else sum(int(r[row["field"]] or 0) for r in lines)
        assert value == int(row["value"]), row
