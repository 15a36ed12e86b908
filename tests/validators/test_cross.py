"""Between rows and files: cross rules lead back to legacy records where they can, references are orphans only where
that is certain."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from mapped import context, counts, findings, resident_rows, rows_of, write_mapped

from layouts import area_ids, load_area
from layouts.delivery.run import RunContext
from validators.cross import StandardFile, check_cross_rules, check_references
from validators.engine import connection
from validators.findings import Findings
from validators.references import Target, references_of
from validators.stage import validate_across, validate_area


def one(table: pl.DataFrame, rule: str) -> dict[str, object]:
    return table.row(by_predicate=pl.col("rule") == rule, named=True)


def test_a_cross_rule_with_a_whole_key_leads_to_the_legacy_record(tmp_path: Path) -> None:
    """014X001 returns the key of 期別調定; one row before the wrong one is held, so rows and records differ."""
    ctx = context(tmp_path, "014")
    rows = rows_of("014", "期別調定", 4, 収納済額_本税=[0, 0, 500, 0])
    rows = rows.with_columns(期別=pl.when(pl.int_range(pl.len()) == 1).then(None).otherwise("期別"))
    write_mapped(ctx, "014", rows, "期別調定", export="choutei")
    write_mapped(ctx, "014", rows_of("014", "収納履歴", 0), "収納履歴")
    validate_area(ctx, "014")
    found = one(findings(ctx, "014.validate"), "014X001")
    assert (found["count"], found["grain"], found["group"], found["severity"]) == (1, "record", "期別調定", "error")
    examples = pl.read_parquet(ctx.findings / "014.validate.examples.parquet").filter(finding=found["finding"])
    assert list(examples.select("row", "export", "record", "offset").iter_rows()) == [(3, "choutei", 3, 200)]
    assert examples["value_masked"].item().startswith("収納済額_本税=500") or "#" in examples["value_masked"].item()
    assert examples["key_hash"].null_count() == 0


def test_a_cross_rule_without_a_whole_key_counts_the_rows_that_it_returns(tmp_path: Path) -> None:
    ctx = context(tmp_path, "001", examples=2)
    heads = {"続柄コード1": "02", "世帯番号": ["1", "1", "2", "2", "3", "4", "4"]}
    write_mapped(ctx, "001", resident_rows(7, **heads), "住民情報")
    validate_area(ctx, "001")
    found = one(findings(ctx, "001.validate"), "001X004")
    assert (found["count"], found["grain"]) == (3, "aggregate")
    assert found["title_en"] == "No household of registered residents has two heads"
    examples = pl.read_parquet(ctx.findings / "001.validate.examples.parquet").filter(finding=found["finding"])
    assert examples.height == 2
    assert examples["record"].null_count() == 2
    keys = pl.read_parquet(ctx.findings / "001.validate.keys.parquet").filter(finding=found["finding"])
    assert keys["key"].to_list() == ["352152|1", "352152|2"]


def test_a_cross_rule_whose_files_are_not_all_there_is_not_checked(tmp_path: Path) -> None:
    ctx = context(tmp_path, "001")
    write_mapped(ctx, "001", rows_of("001", "個人番号カード管理", 1), "個人番号カード管理")
    validate_area(ctx, "001")
    found = findings(ctx, "001.validate")
    details = found.filter(pl.col("rule") == "V14", pl.col("item").is_null())["detail"].to_list()
    assert "001X012: 住民情報" in details
    assert set(found.filter(rule="V14")["severity"]) == {"info"}
    assert found.filter(pl.col("rule").str.starts_with("001X")).height == 0


def test_a_reference_within_the_area_is_an_orphan_where_its_target_lacks_it(tmp_path: Path) -> None:
    ctx = context(tmp_path, "001")
    write_mapped(ctx, "001", resident_rows(2), "住民情報")
    memo = rows_of("001", "メモ情報", 4, 宛名番号=["1".zfill(15), "9".zfill(15), "2".zfill(15), "2".zfill(15)])
    memo = memo.with_columns(市区町村コード=pl.Series(["352152", "352152", "352152", "352080"]))
    write_mapped(ctx, "001", memo, "メモ情報", export="memo")
    validate_area(ctx, "001")
    found = findings(ctx, "001.validate").filter(rule="V09", group="メモ情報", item="宛名番号")
    # Row 4 has a resident's number in another municipality: numbers hold within one.
    assert found.select("count", "checked").row(0) == (2, 4)
    examples = pl.read_parquet(ctx.findings / "001.validate.examples.parquet").filter(finding=found["finding"][0])
    assert list(examples.select("export", "record", "offset").iter_rows()) == [("memo", 2, 100), ("memo", 4, 300)]


def test_empty_references_point_nowhere_and_are_fine(tmp_path: Path) -> None:
    ctx = context(tmp_path, "014")
    write_mapped(ctx, "014", rows_of("014", "期別調定", 0), "期別調定")
    write_mapped(ctx, "014", rows_of("014", "還付充当", 2, 充当先_通知書番号=[None, ""]), "還付充当")
    validate_area(ctx, "014")
    assert not [
        item for rule, item in counts(findings(ctx, "014.validate"), "V09") if item and item.startswith("充当先")
    ]


def across(folder: Path, areas: tuple[str, ...], **files: pl.DataFrame) -> tuple[RunContext, pl.DataFrame]:
    ctx = context(folder, *areas)
    for name, rows in files.items():
        area, group = name.split("_", 1)
        write_mapped(ctx, area.removeprefix("a"), rows, group)
    for area in areas:
        validate_area(ctx, area)
    validate_across(ctx)
    return ctx, findings(ctx, "across").filter(group="期別調定", item="宛名番号")


CLAIM = {"宛名番号": ["1".zfill(15), "8".zfill(15), "7".zfill(15), None]}
OTHERS = {
    "a011_法人基本情報": rows_of("011", "法人基本情報", 0),
    "a012_共有者構成": rows_of("012", "共有者構成", 0),
}


def test_an_alternative_in_another_area_resolves_a_reference(tmp_path: Path) -> None:
    files = {
        "a001_住民情報": resident_rows(1),
        "a031_住登外者宛名基本情報": rows_of("031", "住登外者宛名基本情報", 1, 宛名番号="8".zfill(15)),
        "a014_期別調定": rows_of("014", "期別調定", 4, **CLAIM),
    }
    _, found = across(tmp_path, ("001", "011", "012", "014", "031"), **files, **OTHERS)
    assert found.select("rule", "count", "checked", "severity").rows() == [("V09", 1, 3, "error")]


@pytest.mark.parametrize("absent", [("031",), ("011", "012")])
def test_a_reference_that_an_absent_area_might_have_is_not_checked(tmp_path: Path, absent: tuple[str, ...]) -> None:
    files = {"a001_住民情報": resident_rows(1), "a014_期別調定": rows_of("014", "期別調定", 4, **CLAIM)}
    more = {"a031_住登外者宛名基本情報": rows_of("031", "住登外者宛名基本情報", 0), **OTHERS}
    files |= {name: rows for name, rows in more.items() if name[1:4] not in absent}
    areas = tuple(area for area in ("001", "011", "012", "014", "031") if area not in absent)
    _, found = across(tmp_path, areas, **files)
    assert found.select("rule", "count", "severity").rows() == [("V14", 2, "info")]
    assert all(area in found["detail"][0] for area in absent)


def test_every_reference_of_the_layouts_names_columns_that_exist_and_compares_like_with_like() -> None:
    pairs = 0
    for area in area_ids():
        for group in load_area(area).groups:
            for reference in references_of(group):
                assert set(reference.columns) <= set(group.names)
                for target in reference.targets:
                    other = load_area(target.area).group(target.group)
                    assert set(target.columns) <= set(other.names)
                    assert len(target.columns) == len(reference.columns)
                    pairs += 1
    assert pairs > 400


def test_the_parts_of_a_claim_are_one_reference_and_roles_are_several() -> None:
    taxes = load_area("014")
    claim = next(r for r in references_of(taxes.group("収納履歴")) if r.targets[0].group == "期別調定")
    assert claim.columns == ("賦課年度", "相当年度", "業務詳細（科目）コード", "通知書番号", "期別", "申告履歴番号")
    assert claim.targets == (Target("014", "期別調定", claim.columns),)
    assert claim.item == "賦課年度"
    addressee = next(r for r in references_of(taxes.group("期別調定")) if r.item == "宛名番号")
    assert [target.area for target in addressee.targets] == ["001", "031", "011", "012"]
    assert not addressee.inside


def test_all_cross_rules_and_references_of_all_areas_run_over_dirty_files(tmp_path: Path) -> None:
    """A cross rule that breaks on a value would stop the area (V92)."""
    files: dict[tuple[str, str], StandardFile] = {}
    for area in map(load_area, area_ids()):
        for group in area.groups:
            texts = {item.name: ["0", "平成3元年"] for item in group.items if not item.numeric and not item.pk}
            numbers = {item.name: [None, 10**9] for item in group.items if item.is_integer and not item.pk}
            path = tmp_path / f"{area.id}.{group.slug}.parquet"
            rows_of(area.id, group.name, 2, **texts, **numbers).write_parquet(path)
            files[area.id, group.name] = StandardFile(area, group, path)
    found = Findings(cap=1)
    with connection(tmp_path / "spill", 2) as con:
        for area in map(load_area, area_ids()):
            check_cross_rules(area, files, found, con)
        check_references([ref for file in files.values() for ref in references_of(file.group)], files, found, con)
    rules = {finding.subject.rule for finding in found}
    assert "V14" not in rules
    assert "V09" in rules
    assert any("X" in rule for rule in rules)
