"""Area 022 of the sample: the truth keeps every rule and agrees with the tax office, and B社's tables say the same
when they are read by their manual alone."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import polars as pl
import pytest
from area_tools import (
    B_SHA,
    ERAS,
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
    western,
)

from layouts.load import load_area
from sample_data import generate, make_sample, plugin
from sample_data.areas.a022_disability_welfare import area
from sample_data.areas.a022_disability_welfare.facts import RATES
from sample_data.areas.a025_late_elderly_medical_care import area as late_elderly
from sample_data.areas.codebook import tables as code_tables

TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("SG*.csv"))
CODES = {
    group: {vendor: standard for standard, vendor in pairs.items()}
    for group, pairs in code_tables(Path(area.__file__).parent / "b_sha_codes.csv").items()
}
BOOKS = ["身体障害者手帳情報", "療育手帳情報", "精神障害者保健福祉手帳情報"]
Exports = dict[str, list[plugin.Table]]


@pytest.fixture(scope="module")
def town() -> Town:
    return make("022", area, "352152", 900, 11, 3, ("001", "031", "010"))


@pytest.fixture(scope="module")
def exports(town: Town) -> Exports:
    return tables(area.exports(town.place, area.truth(town.place, plugin.Context(town.truths)), plugin.Context()))


def test_truth_keeps_every_rule(town: Town) -> None:
    assert town.breaches() == []


@pytest.mark.parametrize("code", list(make_sample.POPULATIONS))
def test_the_smallest_towns_keep_every_rule_and_have_every_group(code: str) -> None:
    population = make_sample.POPULATIONS[code]
    made = make("022", area, code, population, make_sample.SEED, make_sample.YEARS, ("001", "031", "010"))
    assert made.breaches() == []
    assert [name for name, frame in made.frames.items() if frame.is_empty()] == []


def test_the_smallest_town_that_can_be_made_keeps_every_rule_and_has_its_tables() -> None:
    made = make("022", area, "355020", 20, 2, 2, ("001", "031", "010"))
    assert made.breaches() == []
    written = tables(area.exports(made.place, area.truth(made.place, plugin.Context(made.truths)), plugin.Context()))
    assert set(TABLES) - set(written) <= {"SGTEZU"}


@pytest.mark.parametrize(
    ("group", "item", "rule"),
    [
        ("身体障害者手帳障害情報", "等級指数", "022R005"),
        ("支給決定情報", "利用者負担上限月額", "022R017"),
        ("自立支援医療支給認定情報", "自己負担上限月額", "022R025"),
        ("補装具費支給情報", "基準額", "022R026"),
        ("補装具費支給情報", "公費負担額", "022R026"),
        ("日常生活用具給付情報", "公費負担額", "022R028"),
        ("手当支払情報", "支払額", "022R031"),
    ],
)
def test_the_rules_see_one_too_much(town: Town, group: str, item: str, rule: str) -> None:
    broken = town.frames[group].with_columns(pl.col(item) + 1)
    assert rule in " ".join(town.breaches({group: broken}))


@pytest.mark.parametrize(
    ("group", "item", "value", "rule"),
    [
        ("身体障害者手帳情報", "初回交付年月日", "2099-01-01", "022R001"),
        ("身体障害者手帳情報", "総合等級", "7", "022R002"),
        ("身体障害者手帳情報", "返還年月日", "2024-01-01", "022R003"),
        ("身体障害者手帳情報", "総合等級", "6", "022X003"),
        ("身体障害者手帳情報", "最新フラグ", "1", "022X009"),
        ("身体障害者手帳障害情報", "障害種別", "3", "022R004"),
        ("身体障害者手帳障害情報", "履歴番号", "99", "022X002"),
        ("療育手帳情報", "判定年月日", "2099-01-01", "022R006"),
        ("療育手帳情報", "障害程度区分", "A", "022R007"),
        ("精神障害者保健福祉手帳情報", "有効期限年月日", "1990-01-31", "022R008"),
        ("精神障害者保健福祉手帳情報", "有効期限年月日", "2099-01-30", "022R009"),
        ("精神障害者保健福祉手帳情報", "主たる精神障害コード", "N18", "022R010"),
        ("障害支援区分認定情報", "認定有効期間終了年月日", "1990-01-31", "022R011"),
        ("障害支援区分認定情報", "認定有効期間月数", "48", "022R012"),
        ("障害支援区分認定情報", "障害支援区分", "99", "022R013"),
        ("障害支援区分認定情報", "認定結果", "2", "022X006"),
        ("支給決定情報", "受給者証番号", "12345", "022R014"),
        ("支給決定情報", "支給決定期間終了年月日", "1990-01-31", "022R015"),
        ("支給決定情報", "所得区分", "02", "022R016"),
        ("支給決定情報", "上限額管理対象フラグ", "1", "022R018"),
        ("支給決定サービス情報", "支給期間終了年月日", "1990-01-31", "022R019"),
        ("支給決定サービス情報", "支給量単位", "2", "022R020"),
        ("支給決定サービス情報", "サービス種類コード", "11", "022R021"),
        ("支給決定サービス情報", "履歴番号", "99", "022X005"),
        ("自立支援医療支給認定情報", "公費負担者番号", "51352013", "022R022"),
        ("自立支援医療支給認定情報", "有効期間終了年月日", "2099-12-31", "022R023"),
        ("自立支援医療支給認定情報", "所得区分", "01", "022R024"),
        ("自立支援医療支給認定情報", "最新フラグ", "1", "022X010"),
        ("補装具費支給情報", "利用者負担額", "37201", "022R027"),
        ("手当受給資格情報", "支給開始年月", "1990-01", "022R029"),
        ("手当受給資格情報", "喪失年月日", "2024-01-01", "022R030"),
        ("手当受給資格情報", "認定結果", "2", "022X007"),
        ("手当支払情報", "支払年月", "2024-03", "022R032"),
    ],
)
def test_the_rules_see_a_value_that_everybody_has(town: Town, group: str, item: str, value: str, rule: str) -> None:
    kind = town.frames[group].schema[item]
    broken = town.frames[group].with_columns(pl.lit(value).cast(kind).alias(item))
    assert rule in " ".join(town.breaches({group: broken}))


@pytest.mark.parametrize(
    ("group", "rule"), [("身体障害者手帳障害情報", "022X001"), ("支給決定サービス情報", "022X004")]
)
def test_the_rules_miss_details_that_are_gone(town: Town, group: str, rule: str) -> None:
    assert rule in " ".join(town.breaches({group: town.frames[group].clear()}))


def test_the_rules_see_two_allowances_of_one_person(town: Town) -> None:
    titles = town.frames["手当受給資格情報"]
    twice = titles.filter(pl.col("手当種別") == "1").with_columns(pl.lit("2").alias("手当種別"))
    assert "022X008" in " ".join(town.breaches({"手当受給資格情報": pl.concat([titles, twice])}))


def test_whom_the_tax_office_knows_as_disabled_holds_a_certificate_of_that_weight(town: Town) -> None:
    told = town.truths["010"]["賦課基本情報"].filter(pl.col("最新フラグ") == "1")
    weak = told.group_by("宛名番号").agg(pl.col("障害者区分").fill_null("0").max())
    heavy, light = (set(weak.filter(pl.col("障害者区分") == value)["宛名番号"]) for value in ("2", "1"))
    newest = [town.frames[g].filter(pl.col("最新フラグ") == "1") for g in BOOKS]
    severe = (
        pl.col("総合等級").is_in(["1", "2"]),
        pl.col("障害程度区分").str.starts_with("A"),
        pl.col("障害等級") == "1",
    )
    grave = {who for frame, how in zip(newest, severe, strict=True) for who in frame.filter(how)["宛名番号"]}
    holders = {who for frame in newest for who in frame["宛名番号"]}
    assert len(heavy) > 3
    assert len(light) > 5
    assert heavy <= grave
    assert light <= holders
    early = set(
        late_elderly.truth(town.place, plugin.Context(town.truths))["後期被保険者"].filter(
            pl.col("障害認定事由").is_not_null()
        )["宛名番号"]
    )
    assert light & grave <= early


def test_whom_area_025_insures_for_a_disability_held_the_certificate_before() -> None:
    town = make("022", area, "352128", 14_000, 4, 1, ("010",))
    insured = late_elderly.truth(town.place, plugin.Context(town.truths))["後期被保険者"].filter(
        pl.col("障害認定事由").is_not_null()
    )
    fits = {
        "1": ("身体障害者手帳情報", pl.col("総合等級").is_in(["1", "2", "3"])),
        "2": ("精神障害者保健福祉手帳情報", pl.col("障害等級").is_in(["1", "2"])),
        "3": ("療育手帳情報", pl.col("障害程度区分").str.starts_with("A")),
    }
    asked = insured.unique("宛名番号").filter(pl.col("障害認定事由").is_in(list(fits)))
    for who, ground, when in asked.select("宛名番号", "障害認定事由", "障害認定年月日").rows():
        group, grave = fits[ground]
        books = town.frames[group].filter(pl.col("宛名番号") == who)
        assert books.filter(pl.col("交付年月日") <= when).height > 0
        assert books.filter(grave).height == books.height
    assert set(asked["障害認定事由"]) >= {"1", "2"}


def test_disabilities_add_up_to_the_grade_of_the_certificate(town: Town) -> None:
    points = town.frames["身体障害者手帳障害情報"].group_by("宛名番号", "履歴番号").agg(pl.col("等級指数").sum())
    books = town.frames["身体障害者手帳情報"].join(points, on=["宛名番号", "履歴番号"], validate="1:1")
    assert books.height == town.frames["身体障害者手帳情報"].height
    for grade, low, high in (("1", 18, 99), ("2", 11, 17), ("3", 7, 10), ("4", 4, 6), ("5", 2, 3), ("6", 0, 1)):
        found = books.filter(pl.col("総合等級") == grade)["等級指数"].cast(pl.Float64)
        assert found.is_between(low, high + 0.9).all(), grade
    assert books["総合等級"].n_unique() > 3


def test_who_left_or_died_has_given_the_certificates_back(town: Town) -> None:
    people = town.place.persons.select(pl.col("atena").alias("宛名番号"), "status", "removal")
    for group in BOOKS:
        books = town.frames[group].join(people, on="宛名番号").filter(pl.col("最新フラグ") == "1")
        gone = books.filter(pl.col("status") != "1")
        assert not set(gone["手帳状態"]) & {"1"}
        back = gone.filter(pl.col("手帳状態").is_in(["5", "6"]))
        assert (back["返還年月日"] == back["removal"].dt.to_string("%Y-%m-%d")).all()
    assert gone.height > 0


def test_guardians_are_older_members_of_the_childs_household(town: Town) -> None:
    people = town.place.persons.select("atena", "hid", "birth")
    cards = town.frames["支給決定情報"].filter(pl.col("制度区分") == "3")
    both = cards.join(people, left_on="宛名番号", right_on="atena").join(
        people, left_on="保護者_宛名番号", right_on="atena", suffix="_g"
    )
    assert both.height == cards.height > 0
    assert (both["hid"] == both["hid_g"]).all()
    assert (both["birth_g"] < both["birth"]).all()


def test_payments_are_the_monthly_rates_of_the_months_they_cover(town: Town) -> None:
    seen = 0
    for row in town.frames["手当支払情報"].iter_rows(named=True):
        first = int(row["対象開始年月"][:4]) * 12 + int(row["対象開始年月"][5:]) - 1
        months = range(first, first + row["対象月数"])
        assert f"{months[-1] // 12}-{months[-1] % 12 + 1:02d}" == row["対象終了年月"] < row["支払年月"]
        rates = [RATES[(m - 3) // 12][0 if row["手当種別"] == "1" else 1] for m in months]
        assert sum(rates) == row["支給額"]
        seen += 1
    assert seen > 20


def test_same_world_gives_the_same_truth(town: Town) -> None:
    again = area.truth(town.place, plugin.Context(town.truths))
    assert [name for name in again if not again[name].equals(town.frames[name])] == []


def test_what_b_sha_lacks_is_empty_and_not_required(town: Town) -> None:
    with (B_SHA / "not_held_022.csv").open(encoding="utf-8", newline="") as file:
        absent = {(row["group"], row["item"]) for row in csv.DictReader(file)}
    empty = {(g, i) for g, frame in town.frames.items() for i in frame.columns if frame[i].null_count() == frame.height}
    assert absent <= empty
    assert empty - absent <= {("補装具費支給情報", "借受け開始年月"), ("補装具費支給情報", "借受け終了年月")}
    assert {load_area("022").group(g).item(i).output for g, i in absent} == {"任意"}


def test_every_record_layout_has_its_table_and_the_manual_names_it(exports: Exports) -> None:
    manual = (B_SHA / "README_022.ja.md").read_text(encoding="utf-8")
    assert sorted(exports) == TABLES
    assert [t for t in TABLES if f"| {t} |" not in manual] == []


def test_records_keep_the_record_layout(exports: Exports) -> None:
    for name, files in exports.items():
        for part in files:
            assert part.frame.columns == [f["field"] for f in layout(name)], name
            part.frame.write_csv().encode("cp932")
    assert too_long(exports) == []
    # An empty slot has the part 000; 等級・種別 is a grade and a code.
    strange = [code for code in unknown_codes(exports, "022") if not code.endswith("_BUI: 000")]
    assert [code for code in strange if not code.startswith("SGSINT.TOKYU_SYU: ")] == []


def test_ten_to_fifteen_percent_of_the_fields_have_no_item() -> None:
    fields = [f for table in TABLES for f in layout(table)]
    own = [f for f in fields if "標準に対応なし" in f["description"]]
    assert 0.10 < len(own) / len(fields) < 0.15


def number(text: str) -> str | None:
    return None if text == "0" else text.zfill(15)


def test_certificates_and_their_six_slots_are_two_groups(town: Town, exports: Exports) -> None:
    words = {"山口県第": "35-", "広島県第": "34-", "福岡県第": "40-", "東京都第": "13-", "大阪府第": "27-"}
    narrow = str.maketrans("０１２３４５６７８９", "0123456789")
    books, slots = [], []
    for r in records(exports, "SGSINT"):
        issued = words[r["TETYO_NO"][:4]] + r["TETYO_NO"][4:].translate(narrow)
        key = (r["ATENA_NO"].zfill(15), int(r["RIREKI_NO"]))
        ends = (CODES["JOTAI"][r["JOTAI"]], wareki(r["HENKAN_YMD"]), number(r["HOGO_ATENA"]))
        books.append((*key, issued, r["TOKYU_SYU"][0], r["TOKYU_SYU"][1], wareki(r["KOFU_YMD"]), *ends))
        for n in range(1, 7):
            part, points = r[f"S{n}_BUI"], r[f"S{n}_SISU"]
            if part != "000":
                kind, grade = str("STOLN".index(part[0]) + 1), str(int(r[f"S{n}_TOKYU"]))
                tail = (int(points) / 10, wareki(r[f"S{n}_YMD"]), r[f"S{n}_HYO"] or None)
                slots.append((*key, n, kind, CODES["BUI"][part], grade, *tail))
    items = ["宛名番号", "履歴番号", "手帳番号", "総合等級", "旅客運賃減額種別", "交付年月日"]
    items += ["手帳状態", "返還年月日", "保護者_宛名番号"]
    assert books == town.frames["身体障害者手帳情報"].select(items).rows()
    items = ["宛名番号", "履歴番号", "障害連番", "障害種別", "障害部位", "個別等級"]
    truth = town.frames["身体障害者手帳障害情報"].select(
        *items, pl.col("等級指数").cast(pl.Float64), "障害発生年月日", "障害発生年月日_不詳表記"
    )
    assert slots == truth.rows()
    assert any(slot[2] > 1 for slot in slots)
    assert any(slot[-1] for slot in slots)


def dotted(text: str) -> str | None:
    """``R07.04.01`` or ``R07/04/01`` as 2025-04-01."""
    era = {"T": "2", "S": "3", "H": "4", "R": "5"}
    return f"{ERAS[era[text[0]]] + int(text[1:3])}-{text[4:6]}-{text[7:9]}" if text else None


def test_intellectual_certificates_without_those_deleted(town: Town, exports: Exports) -> None:
    found = [
        (
            r["ATENA_NO"].zfill(15),
            int(r["RIREKI_NO"]),
            r["TETYO_NO"].lstrip("0"),
            CODES["TEIDO"][r["TEIDO"]],
            dotted(r["HANTEI_YMD"]),
            dotted(r["JIKAI_YMD"]),
            dotted(r["HENKAN_YMD"]),
        )
        for r in records(exports, "SGRYOT")
        if r["SAKUJO_FLG"] == "0"
    ]
    items = ["宛名番号", "履歴番号", "手帳番号", "障害程度区分", "判定年月日", "次回判定期日", "返還年月日"]
    assert found == town.frames["療育手帳情報"].select(items).rows()
    assert len(records(exports, "SGRYOT")) > len(found)


def test_decisions_take_their_limit_from_the_table_of_limits(town: Town, exports: Exports) -> None:
    limits = {r["JOGEN_CD"]: int(r["JOGEN_GAKU"]) for r in records(exports, "SGJOGN")}

    def yen(text: str) -> int | None:
        return int(text) if text.strip("0") else None

    found = [
        (
            r["SYS_KBN"] + r["JUKYU_NO"],
            int(r["KETTEI_NO"]),
            CODES["SYOTOK"].get(r["SYOTOKU"]),
            limits.get(r["JOGEN_CD"]),
            CODES["YESNO"].get(r["TASI_KBN"]),
            yen(r["HOSOKU"]),
            yen(r["YATIN"]),
            wareki(r["SYURYO_YMD"]),
        )
        for r in records(exports, "SGJUKS")
    ]
    items = ["受給者証番号", "履歴番号", "所得区分", "利用者負担上限月額", "多子軽減対象フラグ"]
    items += ["特定障害者特別給付日額", "家賃助成月額", "終了年月日"]
    assert found == town.frames["支給決定情報"].select(items).rows()


def test_services_have_their_period_in_one_field(town: Town, exports: Exports) -> None:
    found = [
        (
            r["SYS_KBN"] + r["JUKYU_NO"],
            int(r["KETTEI_NO"]),
            int(r["SERVICE_NO"]),
            CODES["SERVIC"][r["SERVICE"]],
            None if r["SIKYU_RYO"] == "0099900" else int(r["SIKYU_RYO"]) / 100,
            *tuple(wareki(end) for end in r["KIKAN"].split("-")),
        )
        for r in records(exports, "SGJUKD")
    ]
    items = ["受給者証番号", "履歴番号", "サービス連番", "サービス種類コード"]
    amount = pl.col("支給量").cast(pl.Float64)
    truth = town.frames["支給決定サービス情報"].select(*items, amount, "支給期間開始年月日", "支給期間終了年月日")
    assert found == truth.rows()


def test_two_subsystems_hold_the_medical_grants(town: Town, exports: Exports) -> None:
    names = {r["KIKAN_CD"]: r["KIKAN_MEI"] for r in records(exports, "SGKIKN")}
    wide = str.maketrans("0123456789･", "０１２３４５６７８９・")

    def grant(r: Record, kind: str, mark: str, applied: str | None, end: str | None) -> tuple[object, ...]:
        limit = None if r["JOGEN_GAKU"] == "999999" else int(r["JOGEN_GAKU"])
        return (
            kind,
            r["JUKYU_NO"],
            int(r["RIREKI_NO"]),
            applied,
            mark.translate(wide) or None,
            limit,
            end,
            names[r["KIKAN_CD"]],
        )

    def none(day: str) -> str:
        return "" if day == "00000000" else day

    found = {
        grant(
            r, "3", "・".join(filter(None, (r["KIGO"], r["BANGO"]))), western(r["SIN_YMD"]), western(none(r["YUKO_ED"]))
        )
        for r in records(exports, "SGSEII")
    } | {
        grant(r, CODES["IRYOSY"][r["IRYO_SYU"]], r["KIGO_BANGO"], dotted(r["SIN_YMD"]), dotted(r["YUKO_ED"]))
        for r in records(exports, "SGKOSE")
    }
    items = ["医療種別", "受給者番号", "履歴番号", "申請年月日", "被保険者証記号番号", "自己負担上限月額"]
    truth = town.frames["自立支援医療支給認定情報"].select(*items, "有効期間終了年月日", "指定医療機関名")
    assert found == set(truth.rows())
    assert {kind for kind, *_ in found} == {"1", "2", "3"}


def test_granted_devices_have_a_second_record(town: Town, exports: Exports) -> None:
    granted = {(r["ATENA_NO"], r["SIN_NO"]): r for r in records(exports, "SGHOSK")}
    found = []
    for r in records(exports, "SGHOSO"):
        paid = granted.pop((r["ATENA_NO"], r["SIN_NO"]), None)
        money = (int(paid["KIJUN"]), int(paid["KOHI"]), int(paid["FUTAN"])) if paid else (None, None, None)
        kind = (CODES["HOSOGU"][r["SYUMOKU"]], r["SIN_YMD"].replace("/", "-"))
        found.append((r["ATENA_NO"].zfill(15), r["SIN_NO"].replace("-", ""), *kind, *money))
    items = ["宛名番号", "申請番号", "補装具種目", "申請年月日", "基準額", "公費負担額", "利用者負担額"]
    assert found == town.frames["補装具費支給情報"].select(items).rows()
    assert granted == {}


def test_three_slots_are_the_items_of_an_application(town: Town, exports: Exports) -> None:
    found = [
        (
            r["SIN_NO"].replace("-", ""),
            n,
            CODES["YOGU"][r[f"H{n}_SYU"]],
            r[f"H{n}_MEI"],
            int(r[f"H{n}_KIJUN"]) if r[f"H{n}_KIJUN"] else None,
        )
        for r in records(exports, "SGNICH")
        for n in (1, 2, 3)
        if r[f"H{n}_SYU"]
    ]
    items = ["申請番号", "品目連番", "用具種目", "品目名", "基準額"]
    assert found == town.frames["日常生活用具給付情報"].select(items).rows()
    assert {n for _, n, *_ in found} >= {1, 2}


def test_the_ledger_of_accounts_serves_every_claim_of_a_person(town: Town, exports: Exports) -> None:
    accounts = {r["ATENA_NO"]: r for r in records(exports, "SGKOZA")}
    found = [
        (
            r["ATENA_NO"].zfill(15),
            CODES["TEATE"][r["TEATE"]],
            int(r["RIREKI_NO"]),
            wareki_month(r["SIK_YM"]),
            accounts[r["ATENA_NO"]]["BANK_CD"],
            accounts[r["ATENA_NO"]]["KOZA_NO"].zfill(7),
            int(r["HON_SYO"][-1] + r["HON_SYO"][:-1]) if r["HON_SYO"] else None,
        )
        for r in records(exports, "SGTEAT")
    ]
    items = ["宛名番号", "手当種別", "履歴番号", "支給開始年月", "金融機関コード", "口座番号", "本人所得額"]
    assert found == town.frames["手当受給資格情報"].select(items).rows()
    assert len(accounts) < len(found)


def test_four_months_side_by_side_and_payments_in_between_are_one_group(town: Town, exports: Exports) -> None:
    found = set()
    for r in records(exports, "SGTESI"):
        for m in ("02", "05", "08", "11"):
            if r[f"M{m}_ST"] != "0":
                month, paid = f"{r['NEN']}-{m}", wareki(r[f"M{m}_YMD"])
                found.add((r["ATENA_NO"].zfill(15), month, 1, int(r[f"M{m}_SIHA"]), paid, r["UPD_USER"]))
    for r in records(exports, "SGTEZU"):
        month, paid = f"{r['SIHA_YM'][:4]}-{r['SIHA_YM'][4:]}", wareki(r["YMD"])
        found.add((r["ATENA_NO"].zfill(15), month, int(r["RENBAN"]), int(r["SIHA"]), paid, r["UPD_USER"]))
    items = ["宛名番号", "支払年月", "支払連番", "支払額", "支払年月日", "操作者ID"]
    assert found == set(town.frames["手当支払情報"].select(items).rows())
    assert {number for _, _, number, *_ in found} == {1, 2}


def test_generated_files_are_the_same_each_time_and_declare_their_sums(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plugin.TRUTHS, "022", area.__name__)
    monkeypatch.setitem(plugin.VENDORS["b_sha"], "022", area.__name__)
    monkeypatch.setitem(plugin.READS, "022", ("010",))
    for place in ("a", "b"):
        generate.generate("355020", tmp_path / place, population=40, seed=5, years=1, areas=["022"])
    first, second = (
        {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (tmp_path / place).rglob("*.csv")}
        for place in ("a", "b")
    )
    assert first == second
    folder = tmp_path / "a" / "355020" / "exports"
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        expected = [row for row in csv.DictReader(file) if row["kind"] != "total"]
    assert sum(row["kind"] == "sum" for row in expected) > 8
    for row in expected:
        lines = list(csv.DictReader((folder / row["file"]).read_bytes().decode("cp932").splitlines()))
        value = len(lines) if row["kind"] == "count" else sum(int(r[row["field"]] or 0) for r in lines)
        assert value == int(row["value"]), row
