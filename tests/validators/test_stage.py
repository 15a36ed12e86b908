"""The validate stage: one planted violation of each kind, found where it is, counted exactly, and delivered, nulled
or held as it should be."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from mapped import MUNICIPALITY, context, counts, findings, rows_of, write_mapped

from layouts import load_area
from layouts.delivery.run import RunContext
from layouts.delivery.shapes import EXAMPLES, FINDING_KEYS, FINDINGS
from validators.stage import validate_across, validate_area

CARD = "mynumber_card"


def run(folder: Path, area: str, group: str, rows: pl.DataFrame, **changes: object) -> RunContext:
    ctx = context(folder, area, **changes)
    write_mapped(ctx, area, rows, group)
    validate_area(ctx, area)
    return ctx


def standard(ctx: RunContext, area: str, group: str) -> pl.DataFrame:
    return pl.read_parquet(ctx.standard(area) / f"{load_area(area).group(group).slug}.parquet")


def work(ctx: RunContext, kind: Callable[[RunContext, str], Path], area: str, group: str) -> pl.DataFrame:
    return pl.read_parquet(kind(ctx, area) / f"{load_area(area).group(group).slug}.parquet")


def test_what_the_layout_cannot_represent_is_found_nulled_and_listed(tmp_path: Path) -> None:
    rows = rows_of(
        "001",
        "住民情報",
        4,
        異動届出年月日=["2020-02-30", "2020-02-29", None, "9999999"],
        氏名=["佐藤　一郎", "佐藤 二郎", "佐" * 101, "SATO" * 30],
        改製番号=[1, 100_000, 3, -1],
    )
    ctx = run(tmp_path, "001", "住民情報", rows)
    found = findings(ctx, "001.validate")
    assert counts(found, "V01", "V02", "V03") == {
        ("V01", "異動届出年月日"): 2,
        ("V01", "改製番号"): 1,
        ("V02", "改製番号"): 1,
        ("V02", "氏名"): 2,
        ("V03", "氏名"): 2,
    }
    out = standard(ctx, "001", "住民情報")
    assert out["異動届出年月日"].to_list() == [None, "2020-02-29", None, None]
    assert out["氏名"].to_list() == ["佐藤　一郎", None, None, None]
    assert out["改製番号"].to_list() == [1, None, 3, None]
    nulled = work(ctx, RunContext.nulled, "001", "住民情報")
    assert set(nulled.select("_row", "item", "rule", "_rec_juki").iter_rows()) == {
        (1, "異動届出年月日", "V01", 1),
        (4, "異動届出年月日", "V01", 4),
        (4, "改製番号", "V01", 4),
        (2, "改製番号", "V02", 2),
        (3, "氏名", "V02", 3),
        (4, "氏名", "V02", 4),
        (2, "氏名", "V03", 2),  # row 4 fails V03 as well: one line a value, under the first rule that failed
    }


def test_a_value_that_was_there_but_unusable_is_not_missing_as_well(tmp_path: Path) -> None:
    rows = rows_of("001", "住民情報", 3, 氏名=["SATO", None, "佐藤"], 生年月日=["1964", "1964-07-01", ""])
    found = findings(run(tmp_path, "001", "住民情報", rows), "001.validate")
    assert counts(found, "V01", "V03") == {("V01", "生年月日"): 1, ("V03", "氏名"): 1}
    missing = counts(found, "V04")
    assert (missing["V04", "氏名"], missing["V04", "生年月日"]) == (1, 1)


def test_required_conditions_codes_and_check_digits_are_found_and_delivered(tmp_path: Path) -> None:
    rows = rows_of(
        "001",
        "住民情報",
        4,
        住民種別=["1", "2", None, "7"],
        氏_日本人=[None, None, None, None],
        個人番号=["123456789018", "123456789012", None, "12345678901"],
        住民票コード=["12345678901", "1234567890A", None, None],
        転入前住所_市区町村コード=["131016", "131017", "", None],
    )
    ctx = run(tmp_path, "001", "住民情報", rows)
    found = findings(ctx, "001.validate")
    assert counts(found, "V06", "V10", "V11", "V13") == {
        ("V06", "住民種別"): 1,
        ("V10", "転入前住所_市区町村コード"): 1,
        ("V11", "個人番号"): 2,
        ("V13", "住民票コード"): 1,
    }
    assert counts(found, "V05")["V05", "氏_日本人"] == 1
    checked = dict(found.filter(pl.col("rule").is_in(["V05", "V11"])).select("item", "checked").iter_rows())
    assert checked["氏_日本人"] == 1  # the condition holds for one row: the others have nothing to check
    assert checked["個人番号"] == 3
    assert dict(found.select("rule", "severity").unique().iter_rows())["V13"] == "warning"
    assert standard(ctx, "001", "住民情報")["個人番号"].to_list() == rows["個人番号"].to_list()


def test_corporate_numbers_have_their_check_digit_in_front(tmp_path: Path) -> None:
    # 7000012050002 国税庁, 1000020352152 周南市 by the same rule
    rows = rows_of("011", "法人基本情報", 3, 法人番号=["7000012050002", "7000012050001", "7000012050020"])
    found = findings(run(tmp_path, "011", "法人基本情報", rows), "011.validate")
    assert counts(found, "V12") == {("V12", "法人番号"): 2}


def test_rows_without_a_usable_key_and_rows_that_share_one_are_held(tmp_path: Path) -> None:
    rows = rows_of(
        "001",
        "メモ情報",
        8,
        宛名番号=["1", "2", "2", "3", "3", None, "1" * 16, ""],
        **{item.name: 1 for item in load_area("001").group("メモ情報").key if item.numeric},
        操作者ID=["a", "a", "b", "a", "a", "a", "a", "a"],
    )
    ctx = run(tmp_path, "001", "メモ情報", rows)
    found = findings(ctx, "001.validate")
    by_detail = {
        (rule, detail): count
        for rule, detail, count in found.filter(pl.col("rule").is_in(["V07", "V08", "V15"]))
        .select("rule", "detail", "count")
        .iter_rows()
    }
    assert by_detail == {("V07", None): 2, ("V15", None): 1, ("V08", None): 2, ("V08", "V02"): 1}
    severities = dict(found.select("rule", "severity").iter_rows())
    assert (severities["V07"], severities["V15"]) == ("error", "warning")
    held = work(ctx, RunContext.held, "001", "メモ情報")
    assert list(held.select("_row", "reason", "duplicate_of", "_rec_juki", "_off").iter_rows()) == [
        (2, "V07", None, 2, 100),
        (3, "V07", None, 3, 200),
        (5, "identical duplicate", 4, 5, 400),
        (6, "V08", None, 6, 500),
        (7, "V08", None, 7, 600),
        (8, "V08", None, 8, 700),
    ]
    assert held["宛名番号"].to_list() == ["2", "2", "3", None, "1" * 16, ""]
    assert standard(ctx, "001", "メモ情報")["宛名番号"].to_list() == ["1", "3"]
    lineage = work(ctx, RunContext.lineage, "001", "メモ情報")
    assert list(lineage.select("row", "_source", "_rec_juki").iter_rows()) == [(1, 0, 1), (2, 0, 4)]
    account = json.loads((ctx.accounts / "001.validate.json").read_text(encoding="utf-8"))["groups"]["memo"]
    assert {name: account[name] for name in ("derived", "delivered", "quarantined", "identical")} == {
        "derived": 8,
        "delivered": 2,
        "quarantined": 5,
        "identical": 1,
    }


def test_control_totals_add_up_over_delivered_held_and_nulled(tmp_path: Path) -> None:
    group = load_area("014").group("期別調定")
    item = next(item for item in group.control_totals if item.type == "9")
    too_long = 10**item.digits
    rows = rows_of("014", group.name, 5, **{item.name: [100, too_long, 7, 7, 1]})
    rows = pl.concat([rows.head(3), rows[2:3], rows[4:5].with_columns(期別=pl.lit(None, dtype=pl.String))])
    account = json.loads((run(tmp_path, "014", group.name, rows).accounts / "014.validate.json").read_text())
    assert account["groups"][group.slug]["control_totals"][item.name] == {
        "derived": str(115 + too_long),
        "delivered": "107",
        "quarantined": "1",
        "identical": "7",
        "nulled": str(too_long),
    }


def test_rules_of_the_layout_carry_their_own_id_title_and_severity(tmp_path: Path) -> None:
    rows = rows_of("001", "住民情報", 3, 最新フラグ="1", 住民状態="1", 除票フラグ=["0", "1", None], 削除フラグ="0")
    found = findings(run(tmp_path, "001", "住民情報", rows), "001.validate")
    rule = found.row(by_predicate=pl.col("rule") == "001R003", named=True)
    assert (rule["count"], rule["checked"], rule["severity"], rule["grain"]) == (1, 2, "error", "record")
    assert rule["title_ja"] == "最新の履歴では住登者は除票でなく、住登者以外は除票である"
    assert rule["title_en"] == "In the newest history a registered resident is not removed, and anybody else is"


def test_the_account_says_for_how_many_rows_each_rule_was_evaluated(tmp_path: Path) -> None:
    rows = rows_of("001", "住民情報", 3, 最新フラグ="1", 住民状態="1", 除票フラグ=["0", "1", None])
    account = json.loads((run(tmp_path, "001", "住民情報", rows).accounts / "001.validate.json").read_text())
    rules = account["groups"]["resident"]["rules"]
    assert rules["001R003"] == 2
    assert rules["001R021"] == 0  # no dates: nothing was compared, and nothing passed
    assert len(rules) == len(load_area("001").rules_of(load_area("001").group("住民情報")))


def test_examples_lead_to_the_legacy_record_and_show_no_personal_value(tmp_path: Path) -> None:
    rows = rows_of("001", "住民情報", 30, 氏名=["佐藤　花子"] * 27 + ["ｻﾄｳ ﾊﾅｺ"] * 3)
    ctx = run(tmp_path, "001", "住民情報", rows, examples=2)
    found = findings(ctx, "001.validate").row(by_predicate=pl.col("rule") == "V03", named=True)
    assert (found["count"], found["checked"]) == (3, 30)
    mine = pl.col("finding") == found["finding"]
    examples = pl.read_parquet(ctx.findings / "001.validate.examples.parquet").filter(mine)
    assert list(examples.select("row", "export", "record", "offset").iter_rows()) == [
        (28, "juki", 28, 2700),
        (29, "juki", 29, 2800),
    ]
    assert not examples["value_masked"].str.contains("ﾄ|ﾊ").any()
    keys = pl.read_parquet(ctx.findings / "001.validate.keys.parquet").filter(mine)
    assert keys["value"].to_list() == ["ｻﾄｳ ﾊﾅｺ"] * 2
    assert keys["key"].to_list()[0] == f"{MUNICIPALITY}|{'28'.zfill(15)}|28|28"
    assert examples["key_hash"].n_unique() == 2
    assert examples.schema == EXAMPLES
    assert keys.schema == FINDING_KEYS
    assert findings(ctx, "001.validate").schema == FINDINGS


def test_counts_are_exact_when_every_row_of_several_batches_fails(tmp_path: Path) -> None:
    rows = rows_of("001", "メモ情報", 1)
    many = 300_000
    number = pl.int_range(1, many + 1)
    rows = pl.select(pl.lit(0).repeat_by(many).explode()).select(
        [
            number.cast(pl.String).str.zfill(15).alias(name)
            if name == "宛名番号"
            else pl.lit(rows[name][0], dtype=kind).alias(name)
            for name, kind in rows.schema.items()
        ]
    )
    ctx = run(tmp_path, "001", "メモ情報", rows.with_columns(最新フラグ=pl.lit("XX"), 操作時刻=pl.lit("99:99:99")))
    found = findings(ctx, "001.validate")
    assert counts(found, "V01", "V02") == {("V01", "操作時刻"): many, ("V02", "最新フラグ"): many}
    assert set(found.filter(pl.col("rule") == "V04")["count"]) == {many}
    examples = pl.read_parquet(ctx.findings / "001.validate.examples.parquet")
    assert examples.group_by("finding").len()["len"].max() == ctx.examples
    assert standard(ctx, "001", "メモ情報").height == many
    assert work(ctx, RunContext.nulled, "001", "メモ情報").height == 2 * many


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    draw = random.Random(7)
    rows = rows_of(
        "001",
        "住民情報",
        500,
        氏名=[draw.choice(["佐藤　一郎", "SATO", None]) for _ in range(500)],
        世帯番号=[str(draw.randrange(40)) for _ in range(500)],
        最新フラグ="1",
        削除フラグ="0",
        住民状態="1",
        続柄コード1=[draw.choice(["02", "12"]) for _ in range(500)],
    )
    first, second = (run(tmp_path / name, "001", "住民情報", rows) for name in ("a", "b"))
    assert digests(first) == digests(second)
    assert len(digests(first)) > 8


def digests(ctx: RunContext) -> dict[str, str]:
    return {
        str(path.relative_to(ctx.run_dir)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in ctx.run_dir.rglob("*")
        if path.is_file()
    }


def test_a_group_without_rows_leaves_its_files(tmp_path: Path) -> None:
    ctx = run(tmp_path, "001", "メモ情報", rows_of("001", "メモ情報", 0))
    assert standard(ctx, "001", "メモ情報").height == 0
    assert work(ctx, RunContext.lineage, "001", "メモ情報").height == 0
    assert counts(findings(ctx, "001.validate"), "V04", "V08") == {}


def test_an_area_without_a_layout_has_nothing_to_judge(tmp_path: Path) -> None:
    ctx = context(tmp_path, "x_dog_registration")
    result = validate_area(ctx, "x_dog_registration")
    assert (result.records, result.failed) == (0, None)
    assert findings(ctx, "x_dog_registration.validate").height == 0
    assert validate_across(ctx).records == 0


@pytest.mark.parametrize("profile", ["standard", "cp932"])
def test_characters_that_a_profile_cannot_carry_are_found(tmp_path: Path, profile: str) -> None:
    rows = rows_of("001", "住民情報", 2, 氏名=["𠮷田　花子", "佐藤"])
    ctx = run(tmp_path, "001", "住民情報", rows, profile=profile)
    assert counts(findings(ctx, "001.validate"), "D01") == ({} if profile == "standard" else {("D01", "氏名"): 1})
