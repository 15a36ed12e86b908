"""Nothing is lost: residue is exact, overflow and quarantine hold the rest, amounts reconcile."""

from __future__ import annotations

import csv
import json
import random
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from workshop import Record, Workshop

from layouts import load_area
from layouts.delivery.shapes import (
    COVERAGE,
    EXCLUSIONS_BASE,
    HELD_EXTRA,
    NULLED_BASE,
    QUARANTINE_BASE,
    RESIDUE,
    check_columns,
    write_table,
)
from mappings import secondlook
from mappings.items import Context, _Compiler, out_name
from mappings.mapping import load_mapping
from mappings.stage import conserve_area, load_staged, map_area, scan_staged

RULES: dict[str, Any] = {
    "宛名番号": {"field": "NO", "transform": {"zero_pad": {"width": 15, "source": 8}}},
    "世帯番号": {"field": "SETAI", "transform": {"zero_pad": {"width": 15}}},
    "住民種別": "PLAIN",
    "性別": {"field": "SEX", "codes": {"1": "1", "2": "2", "": "0", "0": "0"}, "unknown": "keep"},
    "住民状態": {"field": "STATE", "codes": {"A": "1", "B": "1", "C": "2"}},
    "生年月日": {"field": "BIRTH", "transform": "wareki_date"},
    "異動年月日": {"field": "IDO", "empty": ["0", "0000000"], "transform": {"wareki_date": {"unknown": "keep"}}},
    "異動届出年月日": {"field": "TODOKE", "transform": ["trim", {"western_date": {"spelling": ["slash", "digits"]}}]},
    "氏名": {"field": "NAME", "transform": ["trim", "space_to_full"]},
    "氏名_フリガナ": {"field": "KANA", "transform": {"full_width": {"source": "half"}}},
    "個人履歴番号": {"field": "HIST", "transform": {"number": {"width": 3}}},
    "個人履歴番号_枝番号": {"field": "BRANCH", "default": "0"},
    "世帯主氏名": {"fields": ["SEI", "MEI"], "join_with": "　"},
    "届出番号": {"field": "TODOKE_NO", "empty": "-", "when": "PLAIN <> 'x'"},
    "住所_郵便番号": {"field": "ZIP", "transform": {"remove_separator": {"separator": "-", "at": [3]}}},
    "住所_町字": {"field": "ADDR", "split": {"separator": " ", "part": 1, "of": 2}},
    "住所_番地号表記": {"field": "ADDR", "split": {"separator": " ", "part": 2, "of": 2}},
}
POOLS: dict[str, list[str]] = {
    "NO": ["00000001", "12345678", "1", "000000001", "", "x"],
    "SETAI": ["1", "0", "01", "", "123456789012345", "1234567890123456"],
    "PLAIN": ["", "x", " ", "あ", "\ue000"],
    "SEX": ["1", "2", "0", "", "9", " "],
    "STATE": ["A", "B", "C", "", "Z"],
    "BIRTH": ["3390701", "3640108", "3390230", "3390700", "0000000", "9999999", "99999999", "", "4310501", "x"],
    "IDO": ["0", "0000000", "", "3390700", "3390000", "3390012", "5010501", "1450730"],
    "TODOKE": ["2018/04/01", "20180401", " 2018/04/01", "2018/4/1", "", "99999999", "9999999999"],
    "NAME": ["山田 太郎", "山田　太郎", "山田  太郎", " 山田", "山田", "", "　"],
    "KANA": ["ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ", "ﾔﾏﾀﾞ　ﾀﾛｳ", "", "abc", "ＡＢ", "ｶﾞ"],
    "HIST": ["001", "1", "010", "-01", "", "1000", "x", "+01", " 01", "00１"],
    "BRANCH": ["", "0", "1", "00"],
    "SEI": ["山田", "", "鈴木　"],
    "MEI": ["太郎", "", "花　子"],
    "TODOKE_NO": ["-", "", "1", "22"],
    "ZIP": ["745-0045", "7450045", "", "745", "745-", "-745"],
    "ADDR": ["本町 1-2", "本町", " 1-2", "本町 1 2", "", "本町 "],
}


def records(seed: int, count: int = 300) -> list[Record]:
    choose = random.Random(seed)
    return [{field: choose.choice(pool) for field, pool in POOLS.items()} for _ in range(count)]


def backs(workshop: Workshop) -> dict[str, tuple[list[str], pl.Expr, str]]:
    """Item -> (fields, raw text from the item's value, usual spelling of no value), for items that can be turned
    back alone."""
    group = load_area("001").group("住民情報")
    block = load_mapping(workshop.vendor_dir, "001").file.groups["住民情報"][0]
    found = {}
    for name, rule in block.items.items():
        compiler = _Compiler(rule, group.item(name), Context({}, {}, {}))
        text = compiler.raw_text(pl.col(name))
        if rule.field is not None and rule.split is None and text is not None:
            found[name] = ([rule.field], text.fill_null(compiler.usual_empty), compiler.usual_empty)
    return found


@pytest.mark.parametrize(("seed", "small"), [(1, 50_000), (2, 50_000), (3, -1)])
def test_a_value_is_in_residue_exactly_when_its_item_does_not_give_it_back(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, seed: int, small: int
) -> None:
    monkeypatch.setattr(secondlook, "SMALL", small)
    rows = records(seed)
    workshop.write({"juki": list(POOLS)}, {"住民情報": {"from": "juki", "items": RULES}})
    workshop.stage("juki", rows)
    map_area(workshop.ctx, "001")
    mapped = workshop.mapped("resident")
    kept = {(record, field): value for record, field, value in workshop.residue("juki")}
    checked = 0
    for fields, text, _ in backs(workshop).values():
        returned = mapped.select(text.alias("back"))["back"].to_list()
        for number, row in enumerate(rows, start=1):
            gives_back = returned[number - 1] == row[fields[0]]
            assert gives_back == ((number, fields[0]) not in kept), (fields[0], row[fields[0]], returned[number - 1])
            checked += 1
    assert checked > 300 * 10
    assert all(rows[record - 1][field] == value for (record, field), value in kept.items())


def test_joined_and_split_fields_come_back_or_are_in_residue(workshop: Workshop) -> None:
    rows = records(4)
    workshop.write({"juki": list(POOLS)}, {"住民情報": {"from": "juki", "items": RULES}})
    workshop.stage("juki", rows)
    map_area(workshop.ctx, "001")
    kept = {(record, field) for record, field, _ in workshop.residue("juki")}
    mapped = workshop.mapped("resident").select("世帯主氏名", "住所_町字", "住所_番地号表記").rows()
    for number, (row, (joined, first, second)) in enumerate(zip(rows, mapped, strict=True), start=1):
        parts = (joined or "").split("　", 1)
        names = [parts[0], parts[1] if len(parts) > 1 else ""]
        for field, part in zip(("SEI", "MEI"), names, strict=True):
            assert ((number, field) in kept) == (part != row[field]), (row[field], joined)
        address = " ".join(part for part in (first, second) if part)
        assert ((number, "ADDR") in kept) == (address != row["ADDR"]), (row["ADDR"], address)


def test_residue_is_sorted_by_field_and_record_and_has_its_shape(workshop: Workshop) -> None:
    workshop.write({"juki": list(POOLS)}, {"住民情報": {"from": "juki", "items": RULES}})
    workshop.stage("juki", records(5))
    map_area(workshop.ctx, "001")
    residue = workshop.table("residue", "juki")
    check_columns(residue.schema, RESIDUE)
    assert residue.equals(residue.sort("field", "record"))
    assert residue.select("field", "record").is_unique().all()
    assert set(residue.filter(pl.col("field") == "BIRTH")["cause"]) == {"wareki_date"}


def test_a_field_used_twice_is_in_residue_only_if_both_uses_fail(workshop: Workshop) -> None:
    items = {
        "生年月日": {"field": "BIRTH", "transform": "wareki_date"},
        "異動年月日": {"field": "BIRTH", "transform": {"western_date": {"spelling": "digits"}}},
    }
    workshop.write({"juki": ["BIRTH"]}, {"住民情報": {"from": "juki", "items": items}})
    workshop.stage("juki", [{"BIRTH": "3390701"}, {"BIRTH": "19640701"}, {"BIRTH": "x"}])
    map_area(workshop.ctx, "001")
    assert workshop.residue("juki") == [(3, "BIRTH", "x")]


def test_padding_that_holds_something_is_residue_and_a_finding(workshop: Workshop) -> None:
    workshop.write(
        {"juki": ["NO", "FILL"]},
        {"住民情報": {"from": "juki", "items": {"宛名番号": "NO"}}},
        padding={"juki": {"FILL": "  "}},
    )
    workshop.stage("juki", [{"NO": "1", "FILL": "  "}, {"NO": "2", "FILL": "ab"}])
    map_area(workshop.ctx, "001")
    assert workshop.residue("juki") == [(2, "FILL", "ab")]
    assert workshop.findings().select("rule", "field", "count").rows() == [("M07", "FILL", 1)]


def test_short_and_long_records_are_told_apart_from_empty_fields(workshop: Workshop) -> None:
    workshop.write({"juki": ["NO", "SEX"]}, {"住民情報": {"from": "juki", "items": {"宛名番号": "NO", "性別": "SEX"}}})
    workshop.stage(
        "juki",
        [
            {"NO": "1", "SEX": "", "_surplus": None},
            {"NO": "2", "SEX": None, "_surplus": None},
            {"NO": "3", "SEX": "1", "_surplus": ",x"},
        ],
    )
    map_area(workshop.ctx, "001")
    assert workshop.residue("juki") == [(2, "SEX", None), (3, "_surplus", ",x")]


EXPORTS = {"juki": ["NO", "SEX", "EXTRA"], "jusho": ["NO", "BANCHI"], "machi": ["CD", "NAME"]}


def town(workshop: Workshop) -> None:
    workshop.write(
        EXPORTS,
        {
            "住民情報": {
                "from": "juki",
                "join": {"jusho": {"on": {"NO": "NO"}}},
                "lookup": {"machi": {"on": {"EXTRA": "CD"}}},
                "items": {
                    "宛名番号": "NO",
                    "性別": {"field": "SEX", "codes": {"1": "1"}},
                    "住所_番地号表記": "jusho.BANCHI",
                    "住所_町字": "machi.NAME",
                },
            }
        },
        overflow={"juki": ["EXTRA"]},
        keys={"juki": ["NO"]},
    )
    workshop.stage(
        "juki",
        [
            {"NO": "1", "SEX": "1", "EXTRA": "a"},
            {"NO": "2", "SEX": "9", "EXTRA": 'q"'},
            {"NO": "3", "SEX": "1", "EXTRA": ""},
            {"NO": "3", "SEX": "1", "EXTRA": ""},
        ],
    )
    workshop.stage("jusho", [{"NO": "1", "BANCHI": "x"}, {"NO": "9", "BANCHI": "lost"}])
    workshop.stage("machi", [{"CD": "a", "NAME": "本町"}])


def hold(workshop: Workshop, rows: list[int], reason: str, duplicate_of: list[int | None]) -> None:
    mapped = workshop.mapped("resident").filter(pl.col("_row").is_in(rows))
    held = mapped.with_columns(reason=pl.lit(reason), duplicate_of=pl.Series(duplicate_of, dtype=pl.Int64)).cast(
        HELD_EXTRA
    )  # type: ignore[arg-type]
    write_table(held, workshop.ctx.held("001") / "resident.parquet", held.schema)


def deliver(workshop: Workshop, rows: list[int]) -> None:
    mapped = workshop.mapped("resident").filter(pl.col("_row").is_in(rows))
    names = [name for name in mapped.columns if name.startswith("_rec_")]
    lineage = mapped.select(pl.col("_row").alias("row"), "_source", "_occurrence", *names)
    write_table(lineage, workshop.ctx.lineage("001") / "resident.parquet", lineage.schema)


def test_overflow_holds_keys_and_uncovered_fields_as_parquet_csv_and_dictionary(workshop: Workshop) -> None:
    town(workshop)
    map_area(workshop.ctx, "001")
    deliver(workshop, [1, 2, 3, 4])
    counts = conserve_area(workshop.ctx, "001").counts
    assert workshop.table("overflow", "juki").rows() == [
        (1, "1", "a"),
        (2, "2", 'q"'),
        (3, "3", ""),
        (4, "3", ""),
    ]
    folder = workshop.ctx.overflow("001")
    raw = (folder / "juki.csv").read_bytes()
    assert raw.startswith(b'"_record","NO","EXTRA"\r\n"1","1","a"\r\n"2","2","q"""\r\n')
    with (folder / "juki.dictionary.csv").open(encoding="utf-8", newline="") as file:
        assert [(row["field"], row["key"], row["name_ja"]) for row in csv.DictReader(file)] == [
            ("NO", "1", "NOの名"),
            ("EXTRA", "0", "EXTRAの名"),
        ]
    assert workshop.table("overflow", "machi").rows() == [(1, "a", "本町")]
    assert counts["overflow"] == 5


def test_unmatched_records_are_quarantined_whole(workshop: Workshop) -> None:
    town(workshop)
    map_area(workshop.ctx, "001")
    conserve_area(workshop.ctx, "001")
    quarantine = workshop.table("quarantine", "jusho")
    check_columns(quarantine.schema, QUARANTINE_BASE, more=True)
    assert quarantine.rows() == [(2, 100, "住民情報", "M05", "9", "lost")]


def test_held_rows_are_quarantined_with_all_their_records_and_leave_overflow(workshop: Workshop) -> None:
    town(workshop)
    map_area(workshop.ctx, "001")
    hold(workshop, [1], "V08", [None])
    deliver(workshop, [2, 3, 4])
    conserve_area(workshop.ctx, "001")
    assert workshop.table("quarantine", "juki").rows() == [(1, 0, "住民情報", "V08", "1", "1", "a")]
    assert workshop.table("quarantine", "jusho")["record"].to_list() == [1, 2]
    assert workshop.table("overflow", "juki")["_record"].to_list() == [2, 3, 4]


def test_identical_duplicates_become_exclusions_also_when_the_stage_runs_again(workshop: Workshop) -> None:
    town(workshop)
    map_area(workshop.ctx, "001")
    hold(workshop, [4], "V07", [3])
    deliver(workshop, [1, 2, 3])
    for _ in range(2):
        conserve_area(workshop.ctx, "001")
        exclusions = workshop.table("exclusions", "juki")
        check_columns(exclusions.schema, EXCLUSIONS_BASE, more=True)
        assert exclusions.select("record", "reason").rows() == [(4, "identical duplicate")]


def test_values_that_validators_nulled_go_to_residue_with_the_rule_as_cause(workshop: Workshop) -> None:
    town(workshop)
    map_area(workshop.ctx, "001")
    nulled = pl.DataFrame(
        {"_row": [1, 2, 1], "item": ["住所_番地号表記", "性別", "住所_町字"], "rule": ["V02", "V06", "V03"]},
        schema=NULLED_BASE,
    ).with_columns(_rec_juki=pl.Series([1, 2, 1], dtype=pl.Int64))
    write_table(nulled, workshop.ctx.nulled("001") / "resident.parquet", nulled.schema)
    for _ in range(2):
        conserve_area(workshop.ctx, "001")
        assert workshop.table("residue", "jusho").rows() == [(1, "BANCHI", "x", "V02")]
        # The map stage had kept record 2's code already; the validators' reason is the one that stays.
        assert workshop.table("residue", "juki").rows() == [(2, "SEX", "9", "V06")]
    assert workshop.table("residue", "machi").is_empty()


def test_coverage_has_a_line_for_every_item_of_the_layout(workshop: Workshop) -> None:
    town(workshop)
    map_area(workshop.ctx, "001")
    conserve_area(workshop.ctx, "001")
    coverage = pl.read_parquet(workshop.ctx.coverage / "001.parquet")
    check_columns(coverage.schema, COVERAGE)
    assert coverage.height == len(load_area("001").items)
    lines = coverage.filter(pl.col("group") == "住民情報", pl.col("item").is_in(["宛名番号", "性別", "世帯番号"]))
    assert lines.select("item", "status", "reason", "rows", "filled").rows() == [
        ("宛名番号", "provided", None, 4, 4),
        ("世帯番号", "not_provided", "not in this test", 4, 0),
        ("性別", "provided", None, 4, 3),
    ]


def test_a_table_without_a_layout_goes_whole_to_overflow(tmp_path: Any) -> None:
    workshop = Workshop(tmp_path, area="x_dog_registration")
    workshop.write({"dog": ["KANRI_NO", "NAMAE"]}, {})
    workshop.stage("dog", [{"KANRI_NO": "1", "NAMAE": "ポチ"}])
    assert map_area(workshop.ctx, workshop.area).failed is None
    conserve_area(workshop.ctx, workshop.area)
    assert workshop.table("overflow", "dog").rows() == [(1, "1", "ポチ")]
    account = json.loads((workshop.ctx.accounts / "x_dog_registration.map.json").read_text())
    assert account["exports"]["dog"]["role"] == "overflow"


def tax(workshop: Workshop, rows: list[Record], items: dict[str, Any], **block: Any) -> dict[str, dict[str, str]]:
    workshop.area = "014"
    group = load_area("014").group("期別調定")
    workshop.write(
        {"chotei": list(rows[0])},
        {group.name: {"from": "chotei", "items": items} | block},
        overflow={"chotei": ["DEL"]},
    )
    workshop.stage("chotei", rows)
    map_area(workshop.ctx, "014")
    account = json.loads((workshop.ctx.accounts / "014.map.json").read_text())
    totals: dict[str, dict[str, str]] = account["groups"][group.slug]["control_totals"]
    return totals


def test_control_totals_reconcile_source_excluded_nulled_and_mapped(workshop: Workshop) -> None:
    item = load_area("014").group("期別調定").control_totals[0].name
    rows: list[Record] = [
        {"AMOUNT": "0001200", "DEL": "0"},
        {"AMOUNT": "0000300-", "DEL": "0"},
        {"AMOUNT": "0005000", "DEL": "1"},
        {"AMOUNT": "0000001.5", "DEL": "0"},
        {"AMOUNT": "x", "DEL": "0"},
        {"AMOUNT": "", "DEL": "0"},
    ]
    totals = tax(
        workshop,
        rows,
        {item: {"field": "AMOUNT", "transform": {"number": {"width": 7, "sign": "trailing"}}}},
        where="DEL <> '1'",
        exclusion={"reason": "取消", "approved_by": "課税課"},
    )
    assert totals == {item: {"source": "5901.5", "excluded": "5000", "nulled": "1.5"}}
    mapped = workshop.mapped(load_area("014").group("期別調定").slug)[item].sum()
    told = {name: Decimal(text) for name, text in totals[item].items()}
    assert told["source"] - told["excluded"] - told["nulled"] == mapped


def test_control_totals_know_units_and_sign_fields(workshop: Workshop) -> None:
    item = load_area("014").group("期別調定").control_totals[0].name
    rows: list[Record] = [{"AMOUNT": "12", "SIGN": "-", "DEL": ""}, {"AMOUNT": "5", "SIGN": "", "DEL": ""}]
    rule = {"field": "AMOUNT", "transform": {"number": {"unit": 1000}}, "sign": {"field": "SIGN", "negative": "-"}}
    assert tax(workshop, rows, {item: rule}) == {item: {"source": "-7000", "excluded": "0", "nulled": "0"}}


def test_findings_point_to_records_with_masked_values_and_hashed_keys(workshop: Workshop) -> None:
    town(workshop)
    map_area(workshop.ctx, "001")
    findings = workshop.findings().filter(pl.col("rule") == "M02")
    assert findings.select("group", "item", "export", "field", "count", "checked", "severity").rows() == [
        ("住民情報", "性別", "juki", "SEX", 1, 4, "error")
    ]
    examples = pl.read_parquet(workshop.ctx.findings / "001.map.examples.parquet")
    example = examples.filter(pl.col("finding") == findings["finding"][0]).row(0, named=True)
    assert (example["record"], example["offset"], example["value_masked"]) == (2, 100, "#")
    assert len(example["key_hash"]) == 16
    keys = pl.read_parquet(workshop.ctx.findings / "001.map.keys.parquet")
    assert keys.filter(pl.col("finding") == findings["finding"][0]).select("key", "value").rows() == [("2", "9")]


def test_staged_exports_are_read_with_short_records_as_empty(workshop: Workshop) -> None:
    workshop.write({"juki": ["NO", "SEX"]}, {"住民情報": {"from": "juki", "items": {"宛名番号": "NO", "性別": "SEX"}}})
    workshop.stage("juki", [{"NO": "1", "SEX": None}])
    mapping = load_mapping(workshop.vendor_dir, "001")
    frame = scan_staged(workshop.ctx, "001", load_staged(workshop.ctx, mapping)["juki"]).collect()
    assert frame["SEX"].to_list() == [""]
    assert out_name("性別") == "=性別"
