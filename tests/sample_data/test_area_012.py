"""Area 012 of the sample: the truth keeps every rule and agrees with the claims and seizures of area 014, and B社's
tables say the same when they are read by their manual alone."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest
from area_tools import B_SHA, layout, records
from truth_checks import violations

from layouts.load import load_area
from sample_data import make_sample, plugin, world
from sample_data.areas.a012_fixed_asset_tax import area
from sample_data.areas.a012_fixed_asset_tax.b_sha_spell import file_label
from sample_data.areas.codebook import tables
from sample_data.generate import generate

TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("KT*.csv"))
CODES = Path(area.__file__).parent / "b_sha_codes.csv"
ERAS = {"1": 1867, "2": 1911, "3": 1925, "4": 1988, "5": 2018}
Frames = dict[str, pl.DataFrame]
Made = tuple[world.World, dict[str, plugin.Truth], Frames]


def make(code: str, population: int, seed: int, years: int, *others: str) -> Made:
    place = world.build(code, population, seed=seed, years=years)
    context = plugin.Context()
    for name in others:
        context.truths[name] = plugin.truth_of(name, place, context)
    return place, context.truths, dict(area.truth(place, context).items())


def breaches(made: Made) -> list[str]:
    others = {f"{name}:{group}": truth[group] for name, truth in made[1].items() for group in truth}
    # Every corporation stands among the addressees of 031 as well: none needs area 011 to be found.
    others["011:法人基本情報"] = pl.DataFrame(schema=load_area("011").group("法人基本情報").polars_schema)
    return violations("012", made[2], others)


@pytest.fixture(scope="module")
def town() -> Made:
    return make("352128", 300, 11, 4, "001", "031", "010", "014")


@pytest.fixture(scope="module")
def exports(town: Made) -> dict[str, list[plugin.Table]]:
    found: dict[str, list[plugin.Table]] = defaultdict(list)
    parted = area.truth(town[0], plugin.Context(town[1]))
    for table in area.exports(town[0], parted, plugin.Context()):
        found[table.name].append(table)
    return found


def vendor(group: str) -> dict[str, str]:
    return {old: new for new, old in tables(CODES)[group].items()}


def year(value: str) -> str:
    return str(ERAS[value[0]] + int(value[1:]))


def iso(value: str) -> str | None:
    return None if value == "0000000" else f"{year(value[:3])}-{value[3:5]}-{value[5:]}"


def whole(value: str) -> int | None:
    return int(value) if value else None


# ------------------------------------------------------------------------------------------------------ the truth


def test_truth_keeps_every_rule(town: Made) -> None:
    assert breaches(town) == []


def test_long_histories_keep_every_rule() -> None:
    assert breaches(make("352152", 1200, 9, 13, "001", "031")) == []


@pytest.mark.parametrize("code", list(make_sample.POPULATIONS))
def test_the_smallest_towns_keep_every_rule_and_have_every_group(code: str) -> None:
    made = make(code, make_sample.POPULATIONS[code], make_sample.SEED, make_sample.YEARS, "001", "031")
    assert breaches(made) == []
    assert [name for name, frame in made[2].items() if frame.is_empty()] == []


@pytest.mark.parametrize(
    ("group", "item", "rule"),
    [
        ("期別税額", "期別税額", "012X001"),
        ("土地評価", "評価額", "012X007"),
        ("土地課税", "課税標準額_固定", "012X008"),
        ("家屋評価課税", "課税標準額_固定", "012X009"),
        ("償却資産種類別", "課税標準額", "012X010"),
        ("賦課情報", "課税標準額合計_固定", "012R023"),
        ("賦課情報", "更正前年税額", "012R026"),
    ],
)
def test_the_rules_see_a_yen_too_much(town: Made, group: str, item: str, rule: str) -> None:
    broken = {**town[2], group: town[2][group].with_columns(pl.col(item) + 1)}
    assert rule in " ".join(violations("012", broken))


@pytest.mark.parametrize(
    ("group", "change", "rule"),
    [
        ("納税義務者", pl.lit(None, dtype=pl.String).alias("法人番号"), "012R001"),
        ("共有者構成", (pl.col("登記持分_分母") * 0 + 0).alias("登記持分_分母"), "012R002"),
        ("共有者構成", pl.col("共有_宛名番号").alias("構成員_宛名番号"), "012R003"),
        ("共有者構成", pl.lit("0").alias("代表者フラグ"), "012X004"),
        ("共有者構成", (pl.col("登記持分_分母") + 1).alias("登記持分_分母"), "012X003"),
        ("土地", (pl.col("現況地積") * 2).alias("現況地積"), "012R004"),
        ("土地", pl.lit("1").alias("最新フラグ"), "012X005"),
        ("土地", pl.lit("00").alias("非課税区分"), "012R005"),
        ("土地評価", pl.lit("2018").alias("基準年度"), "012R007"),
        ("土地課税", (pl.col("評価額") + 1).alias("課税標準額_固定"), "012R009"),
        ("土地課税", pl.col("本則課税標準額_都計") + 5, "012R012"),
        ("家屋", pl.lit("1900-01-01").alias("滅失年月日"), "012R013"),
        ("家屋", pl.lit("2").alias("木造区分"), "012R014"),
        ("家屋評価課税", (pl.col("経年減点補正率") * 2).cast(pl.Decimal(38, 4)).alias("経年減点補正率"), "012R015"),
        ("家屋評価課税", (pl.col("前年度評価額") * 0 + 1).alias("前年度評価額"), "012R016"),
        ("家屋評価課税", (pl.col("評価額") + 1).alias("課税標準額_固定"), "012R017"),
        ("賦課情報", pl.lit("2030").alias("相当年度"), "012R027"),
        ("家屋", pl.lit("1").alias("最新フラグ"), "012X006"),
        ("土地評価", pl.lit("2023").alias("基準年度"), "012R006"),
        ("土地評価", (pl.col("単位当たり価格") * 3 + 100).alias("単位当たり価格"), "012R008"),
        ("土地課税", (pl.col("評価額") + 7).alias("評価額"), "012R010"),
        ("土地課税", (pl.col("住宅戸数") * 0).alias("住宅戸数"), "012R011"),
        ("家屋評価課税", pl.lit("2010").alias("軽減終了年度"), "012R018"),
        ("償却資産明細", pl.lit("2025-12").alias("取得年月"), "012R019"),
        ("償却資産明細", (pl.col("取得価額") * 100).alias("取得価額"), "012R020"),
        ("償却資産申告", pl.lit("0").alias("免税点判定フラグ"), "012R021"),
        ("賦課情報", (pl.col("年税額_都計") + 100).alias("年税額_都計"), "012R022"),
        ("賦課情報", (pl.col("年税額") + 1).alias("年税額"), "012R024"),
        ("賦課情報", (pl.col("算出税額_固定") + 100).alias("算出税額_固定"), "012R025"),
        ("期別税額", pl.lit("2000-04-30").alias("納期限"), "012R028"),
        ("期別税額", pl.col("期別税額") + 100, "012R029"),
        ("減免", (pl.col("減免割合") * 0).cast(pl.Decimal(38, 2)).alias("減免割合"), "012R030"),
    ],
)
def test_planted_violations_are_seen(town: Made, group: str, change: pl.Expr, rule: str) -> None:
    broken = {**town[2], group: town[2][group].with_columns(change)}
    assert rule in " ".join(violations("012", broken))


def test_a_levy_without_periods_is_seen(town: Made) -> None:
    assert "012X002" in " ".join(violations("012", {**town[2], "期別税額": town[2]["期別税額"].clear()}))


def test_newest_periods_are_the_claims(town: Made) -> None:
    key = ["賦課年度", "相当年度", "業務詳細（科目）コード", "通知書番号", "期別"]
    claims = town[1]["014"]["期別調定"].filter(pl.col("業務詳細（科目）コード").is_in(["30", "31"]))
    newest = pl.col("最新フラグ") == "1"
    levies = town[2]["賦課情報"].filter(newest).select("通知書番号", "業務詳細（科目）コード")
    rows = town[2]["期別税額"].filter(newest).join(levies, on="通知書番号")
    both = claims.join(rows, on=key, how="full", coalesce=True, suffix="_levy")
    assert both.height == claims.height > 500
    same = (pl.col("調定額_本税") == pl.col("期別税額")) & (pl.col("納期限") == pl.col("納期限_levy"))
    assert both.filter(~(same & (pl.col("宛名番号") == pl.col("宛名番号_levy"))).fill_null(False)).is_empty()


def test_first_periods_and_their_changes_are_those_of_the_claims(town: Made) -> None:
    changed = town[1]["014"]["期別調定"].filter(
        pl.col("業務詳細（科目）コード").is_in(["30", "31"]) & pl.col("調定更正年月日").is_not_null()
    )
    days = town[2]["賦課情報"].filter(pl.col("更正履歴番号") > 0).select("通知書番号", "更正決議年月日")
    found = changed.join(days, left_on=["通知書番号", "調定更正年月日"], right_on=["通知書番号", "更正決議年月日"])
    assert found.height == changed.height > 10


def test_seized_property_is_the_debtors_own() -> None:
    made = make("352152", 1500, 3, 3, "010", "014")
    owners = pl.concat(
        made[2][name].filter(pl.col("最新フラグ") == "1").select("物件番号", "納税義務者_宛名番号")
        for name in ("土地", "家屋")
    )
    named = made[1]["014"]["滞納処分"].filter(pl.col("不動産_物件番号").is_not_null()).unique("不動産_物件番号")
    both = named.join(owners, left_on="不動産_物件番号", right_on="物件番号")
    assert both.height == named.height > 5
    # A resident who left since has given up his land; all others still have theirs.
    assert (both["宛名番号"] == both["納税義務者_宛名番号"]).mean() > 0.8  # type: ignore[operator]


def test_the_year_s_tax_comes_from_its_bases(town: Made) -> None:
    kept = town[2]["賦課情報"].filter((pl.col("相当年度") >= "2022") & (pl.col("最新フラグ") == "1"))
    parts = {
        "土地_課税標準額_固定": ("免税点_土地フラグ", 1),
        "家屋_課税標準額_固定": ("免税点_家屋フラグ", 1),
        "償却_課税標準額_固定": ("免税点_償却フラグ", 1),
    }
    taxed = sum((pl.col(name) * (pl.col(mark) == "0").cast(pl.Int64) for name, (mark, _) in parts.items()), pl.lit(0))
    assert kept.filter(taxed // 1000 * 1000 != pl.col("課税標準額合計_固定")).is_empty()
    net = pl.col("算出税額_固定") - pl.col("軽減税額_固定").fill_null(0) - pl.col("減免税額_固定")
    assert kept.filter(net // 100 * 100 != pl.col("年税額_固定")).is_empty()
    city = pl.col("土地_課税標準額_都計") + pl.col("家屋_課税標準額_都計")
    assert kept.filter(city // 1000 * 1000 != pl.col("課税標準額合計_都計")).is_empty()
    assert kept["年税額_都計"].sum() > 0


def test_reductions_are_those_of_the_newest_levies(town: Made) -> None:
    granted = town[2]["減免"].filter((pl.col("最新フラグ") == "1") & (pl.col("決定区分") == "1"))
    levies = town[2]["賦課情報"].filter((pl.col("最新フラグ") == "1") & (pl.col("減免税額_固定") > 0))
    both = granted.join(levies, on="通知書番号", how="full", coalesce=True)
    assert both.height == granted.height == levies.height > 0
    assert both.filter(pl.col("減免税額_固定") != pl.col("減免税額_固定_right")).is_empty()


def test_same_world_gives_the_same_truth(town: Made) -> None:
    again = area.truth(town[0], plugin.Context())
    assert all(again[name].equals(town[2][name]) for name in again)


def test_what_b_sha_lacks_is_empty_and_no_required_item_is_among_it(town: Made) -> None:
    with (B_SHA / "not_held_012.csv").open(encoding="utf-8", newline="") as file:
        absent = {(row["group"], row["item"]) for row in csv.DictReader(file)}
    assert all(town[2][group][item].null_count() == town[2][group].height for group, item in absent)
    assert not absent & {(g.name, i.name) for g in load_area("012").groups for i in g.items if i.output == "必須"}


# --------------------------------------------------------------------------------------------------- B社's tables


def test_every_record_layout_has_its_table_and_the_manual_names_it(exports: dict[str, list[plugin.Table]]) -> None:
    manual = (B_SHA / "README_012.ja.md").read_text(encoding="utf-8")
    assert sorted(exports) == TABLES
    assert [t for t in TABLES if f"| {t} |" not in manual] == []


@pytest.mark.parametrize("table", TABLES)
def test_records_keep_the_record_layout(table: str, exports: dict[str, list[plugin.Table]]) -> None:
    with (B_SHA / "code_book_012.csv").open(encoding="utf-8", newline="") as file:
        book: dict[str, set[str]] = defaultdict(set)
        for row in csv.DictReader(file):
            book[row["code_group"]].add(row["value"])
    fields = layout(table)
    for part in exports[table]:
        assert part.frame.columns == [f["field"] for f in fields]
        assert part.frame.null_count().sum_horizontal().item() == 0
        part.frame.write_csv().encode("cp932")
        for field in fields:
            column = part.frame[field["field"]]
            assert (column.str.len_chars().max() or 0) <= int(field["length"]), field["field"]  # type: ignore[operator]
            named = re.search(r"コード群([A-Z]+)", field["description"])
            if named:
                assert set(column.unique()) <= book[named[1]] | {""}, field["field"]
            if "和暦7桁" in field["description"]:
                assert column.str.contains(r"^(0000000|9999999|[1-5]\d{6})$").all(), field["field"]


def test_code_book_and_codes_are_one() -> None:
    with (B_SHA / "code_book_012.csv").open(encoding="utf-8", newline="") as file:
        book = sorted((row["code_group"], row["value"]) for row in csv.DictReader(file))
    assert book == sorted((group, value) for group, known in tables(CODES).items() for value in known.values())


def test_ten_to_fifteen_percent_of_the_fields_have_no_item() -> None:
    fields = [f for table in TABLES for f in layout(table)]
    own = [f for f in fields if re.search("。標準に対応なし|^標準に対応なし|常に空白", f["description"])]
    assert 0.10 < len(own) / len(fields) < 0.15


def test_levies_side_by_side_are_all_periods(town: Made, exports: dict[str, list[plugin.Table]]) -> None:
    found = set()
    for r in records(exports, "KTFUKA"):
        levied = year(r["FUKA_NEN"])
        belongs = levied if r["SOTO_NEN"] == "000" else year(r["SOTO_NEN"])
        for k, period in enumerate(("01", "02", "03", "04", "11", "12"), 1):
            if r[f"K{k}_NKGN"] == "0000000":
                assert [r[f"K{k}_{n}"] for n in ("KOT", "TOK", "ZEI", "MAE")] == ["0", "0", "0", ""]
                continue
            amount, before = int(r[f"K{k}_ZEI"]), whole(r[f"K{k}_MAE"])
            step = None if before is None else amount - before
            found.add(
                (
                    *(levied, belongs, r["TUTI_NO"].zfill(15), int(r["KOSEI_NO"]), period),
                    *(iso(r[f"K{k}_NKGN"]), int(r[f"K{k}_KOT"]), int(r[f"K{k}_TOK"]), amount, before, step),
                    *(iso(r["HOTEITO"]), "1" if r["NEW_FLG"] else "0", r["ATENA_NO"].zfill(15), r["UPD_USER"]),
                )
            )
    items = ["賦課年度", "相当年度", "通知書番号", "更正履歴番号", "期別", "納期限", "期別税額_固定", "期別税額_都計"]
    items += ["期別税額", "更正前期別税額", "増減税額", "法定納期限等", "最新フラグ", "宛名番号", "操作者ID"]
    assert found == set(town[2]["期別税額"].select(items).iter_rows())


def test_levies_and_their_bases_are_joined_by_their_key(town: Made, exports: dict[str, list[plugin.Table]]) -> None:
    key = ("FUKA_NEN", "SOTO_NEN", "TUTI_NO", "KOSEI_NO")
    bases = {tuple(r[k] for k in key): r for r in records(exports, "KTFUKB")}
    found = []
    for r in records(exports, "KTFUKA"):
        b = bases.pop(tuple(r[k] for k in key))
        step = r["ZOGEN"]
        found.append(
            (
                *(r["TUTI_NO"].zfill(15), int(r["KOSEI_NO"]), int(r["KZ_KOTEI"]) * 1000, int(r["NENZEI"])),
                None if not step else -int(step[:-1]) if step.endswith("-") else int(step),
                *(int(b["T_KOTEI"]), whole(b["K_TOKEI"]), "1" if b["M_SYO"] else "0"),
                *("0" if r["KOJI_YMD"] == "0000000" else "1", iso(r["KOS_YMD"])),
            )
        )
    assert not bases
    items = ["通知書番号", "更正履歴番号", "課税標準額合計_固定", "年税額", "増減税額", "土地_課税標準額_固定"]
    items += ["家屋_課税標準額_都計", "免税点_償却フラグ", "公示送達フラグ", "更正決議年月日"]
    assert found == list(town[2]["賦課情報"].select(items).iter_rows())


def test_valuations_are_numbered_and_priced_by_the_roads(town: Made, exports: dict[str, list[plugin.Table]]) -> None:
    roads = {(r["KIJUN_NEN"], r["ROSEN_NO"]): int(r["ROSEN_KA"]) for r in records(exports, "KTROSN")}
    assert len(roads) == len(records(exports, "KTROSN"))
    seen: dict[tuple[str, ...], int] = defaultdict(int)
    found = []
    for r in sorted(records(exports, "KTTHYO"), key=lambda r: int(r["RIREKI"])):
        key = (r["NENDO"], r["TOTI_NO"], r["RENBAN"])
        seen[key] += 1
        price = roads[r["KIJUN_NEN"], r["ROSEN_NO"]] if r["ROSEN_NO"] else None
        latest = "1" if r["RIREKI"] == "999" else "0"
        found.append(
            (year(r["NENDO"]), r["TOTI_NO"].zfill(15), seen[key], int(r["RENBAN"]), latest, price, int(r["HYOKA"]))
        )
    items = ["課税年度", "物件番号", "評価履歴番号", "評価連番", "最新フラグ", "正面路線価", "評価額"]
    assert sorted(map(str, found)) == sorted(str(row) for row in town[2]["土地評価"].select(items).iter_rows())
    assert any(row[2] > 1 for row in found)


def test_one_code_gives_use_and_dwelling(town: Made, exports: dict[str, list[plugin.Table]]) -> None:
    known = vendor("KZCHI")
    found = [
        (*known[r["KZ_CHIMOKU"]].split("/"), *(r["TOKU_WARI"].split("/") if r["TOKU_WARI"] else (None, None)))
        for r in records(exports, "KTTKAZ")
    ]
    truth = town[2]["土地課税"].select("課税地目", "住宅用地区分", "特例割合_分子", "特例割合_分母")
    assert found == list(truth.select(pl.all().cast(pl.String)).iter_rows())
    assert {f[1] for f in found} == {"0", "1", "2", "3"}


def test_land_and_houses_that_are_not_deleted_are_all(town: Made, exports: dict[str, list[plugin.Table]]) -> None:
    origins = {(r["TOTI_NO"], r["RIREKI"]): r["MOTO_NO"].zfill(15) for r in records(exports, "KTBUNP")}
    rows = records(exports, "KTTOTI")
    found = [
        (
            *(r["TOTI_NO"].zfill(15), int(r["RIREKI"]), "1" if r["SYURYO_YMD"] == "9999999" else "0"),
            *(int(r["HONBAN"]), int(r["EDABAN"]) or None, origins.get((r["TOTI_NO"], r["RIREKI"]))),
            *(whole(r["T_CHISEKI"]), iso(r["HEISA_YMD"])),
        )
        for r in rows
        if not r["SAKUJO_FLG"]
    ]
    assert len(rows) > len(found)
    truth = town[2]["土地"].select(
        *("物件番号", "土地履歴番号", "最新フラグ", "地番_本番", "地番_枝番", "分合筆元_物件番号"),
        (pl.col("登記地積") * 100).cast(pl.Int64),
        "閉鎖年月日",
    )
    assert found == list(truth.iter_rows())
    structure = vendor("KOZO")
    houses = [
        (
            *(r["KAOKU_NO"].zfill(15), *structure[r["KOZO"]].split("/")),
            iso(r["KEN_YMD"][:3] + "0101" if r["KEN_YMD"].endswith("0000") else r["KEN_YMD"]),
            "1" if r["KEN_YMD"].endswith("0000") else "0",
        )
        for r in records(exports, "KTKAOK")
        if not r["SAKUJO_FLG"]
    ]
    items = ["物件番号", "木造区分", "家屋構造", "建築年月日", "建築年月日_不詳フラグ"]
    assert houses == list(town[2]["家屋"].select(items).iter_rows())
    assert {h[4] for h in houses} == {"0", "1"}


def test_relief_ends_after_the_years_that_are_left(town: Made, exports: dict[str, list[plugin.Table]]) -> None:
    found = []
    for value, tax in zip(records(exports, "KTKHYO"), records(exports, "KTKKAZ"), strict=True):
        assert all(value[k] == tax[k] for k in ("NENDO", "KAOKU_NO", "RIREKI"))
        ends = str(int(year(tax["NENDO"])) + int(tax["KEI_ZAN"]) - 1) if tax["KEI_ST"] else None
        found.append((year(value["NENDO"]), value["KAOKU_NO"].zfill(15), int(value["HYOKA"]), ends))
    items = ["課税年度", "物件番号", "評価額", "軽減終了年度"]
    assert found == list(town[2]["家屋評価課税"].select(items).iter_rows())
    assert any(f[3] for f in found)


def test_declarations_hold_their_kinds_side_by_side(town: Made, exports: dict[str, list[plugin.Table]]) -> None:
    names = ("ZENZEN", "GENSYO", "ZENCHU", "SYUTOKU", "HYOKA", "KETTEI", "KAZEI", "TOKUREI")
    found = {
        (
            *(r["NENDO"], r["ATENA_NO"].zfill(15), int(r["SIN_NO"]), str(k), "1" if r["NEW_FLG"] else "0"),
            *(whole(r[f"S{k}_{n}"]) for n in names),
        )
        for r in records(exports, "KTSYOS")
        for k in range(1, 7)
        if r[f"S{k}_SYUTOKU"]
    }
    items = ["課税年度", "宛名番号", "申告履歴番号", "資産種類", "最新フラグ", "前年前取得価額", "前年中減少価額"]
    items += ["前年中取得価額", "取得価額", "評価額", "決定価格", "課税標準額", "特例該当額"]
    assert found == set(town[2]["償却資産種類別"].select(items).iter_rows())


def test_assets_with_a_quantity_are_all_assets(town: Made, exports: dict[str, list[plugin.Table]]) -> None:
    rows = records(exports, "KTSYOM")
    kept = [r for r in rows if r["SURYO"] != "0000000"]
    assert len(rows) > len(kept)
    found = [
        (r["NENDO"], r["ATENA_NO"].zfill(15), int(r["SISAN_NO"]), f"{year(r['SYU_YM'][:3])}-{r['SYU_YM'][3:]}")
        for r in kept
    ]
    truth = town[2]["償却資産明細"].select("課税年度", "宛名番号", "資産番号", "取得年月")
    assert found == list(truth.iter_rows())


def test_shares_are_written_as_fractions(town: Made, exports: dict[str, list[plugin.Table]]) -> None:
    found = [
        tuple(int(n) for n in r["TOKI_MOTI"].split("/")) if r["TOKI_MOTI"] else (None, None)
        for r in records(exports, "KTKYOY")
    ]
    assert found == list(town[2]["共有者構成"].select("登記持分_分子", "登記持分_分母").iter_rows())
    latest = ["1" if r["OLD_KBN"] == "0" else "0" for r in records(exports, "KTKYOY")]
    assert latest == town[2]["共有者構成"]["最新フラグ"].to_list()


def test_generated_files_are_the_same_each_time_and_declare_their_sums(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plugin.TRUTHS, "012", area.__name__)
    monkeypatch.setitem(plugin.READS, "012", ("014",))
    monkeypatch.setitem(plugin.VENDORS["b_sha"], "012", area.__name__)
    for place in ("a", "b"):
        generate("355020", tmp_path / place, population=40, seed=5, years=1, areas=["012"])
    folders = [tmp_path / place / "355020" / "exports" for place in ("a", "b")]
    first, second = ({p.name: p.read_bytes() for p in sorted(folder.iterdir())} for folder in folders)
    assert first == second
    expected = [
        row for row in csv.DictReader(first["expected.csv"].decode("utf-8").splitlines()) if row["kind"] != "total"
    ]
    for row in expected:
        lines = list(csv.DictReader(first[row["file"]].decode("cp932").splitlines()))
        value = len(lines) if row["kind"] == "count" else sum(int(r[row["field"]] or 0) for r in lines)
        assert value == int(row["value"]), row
    assert {row["file"] for row in expected} == set(first) - {"expected.csv"}
    assert sum(row["kind"] == "sum" for row in expected) > 10


def test_file_labels_name_the_year(exports: dict[str, list[plugin.Table]]) -> None:
    assert [file_label(x) for x in ("2025", "2018", "OLD", "ALL")] == ["R07", "H30", "OLD", "ALL"]
    assert [t.file for t in exports["KTFUKA"]] == [f"KTFUKA_{y}.csv" for y in ("OLD", "R04", "R05", "R06", "R07")]
