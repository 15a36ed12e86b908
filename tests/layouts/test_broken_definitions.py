"""A broken definition is refused with file, line and column; broken SQL is found by the check."""

from __future__ import annotations

import pickle

import pytest
from small_layout import SmallLayout

from layouts import DefinitionError, load_all, load_area
from layouts.check import check


def test_the_small_layout_itself_is_sound(small: SmallLayout) -> None:
    assert check(root=small.root).problems == ()
    assert load_area("900", small.root).slug == "small"


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "column", "says"),
    [
        ("items.csv", "必須,,,佐藤", "必要,,,佐藤", 3, "output", "none of"),
        ("items.csv", ",Ｎ,100", ",N,100", 3, "type", "unknown type"),
        ("items.csv", ",Ｎ,100", ",Ｎ,1o0", 3, "digits", "whole number"),
        ("items.csv", '"5,3"', "5", 7, "digits", "n,m"),
        ("items.csv", '"5,3"', '"3,5"', 7, "digits", "more decimals"),
        ("items.csv", ",X,1,001,", ",X,1,003,", 4, "code", "no code list"),
        ("items.csv", ",X,1,001,", ",X,1,001/009,", 4, "code", "'009'"),
        ("items.csv", "900:住民.宛名番号", "900:住民.番号", 6, "fk_ref", "points at nothing"),
        ("items.csv", "900:住民.宛名番号", "900:住民", 6, "fk_ref", "is not <area id>"),
        ("items.csv", "shimei,住民", "shimei,世帯", 3, "group", "no group"),
        ("items.csv", "900P0002", "900P0001", 3, "item_id", "line 2 already"),
        ("items.csv", ",shimei,", ",atenabango,", 3, "slug", "line 2 already"),
        ("items.csv", ",shimei,", ",氏名,", 3, "slug", "not a slug"),
        ("items.csv", "0002,氏名,", "0002,宛名番号,", 3, "name", "line 2 already"),
        ("items.csv", "佐藤　一郎,,personal", "佐藤　一郎,,secret", 3, "pii", "none of"),
        ("items.csv", "佐藤　一郎,,", "佐藤　一郎,1,", 3, "control_total", "cannot be summed"),
        ("items.csv", "12345,,personal\n900P0002", "12345,personal\n900P0002", 2, None, "15 cells"),
        ("groups.csv", "2,車両,vehicle", "1,車両,vehicle", 3, "order", "line 2 already"),
        ("groups.csv", "2,車両,vehicle", "2,車両,person", 3, "slug", "line 2 already"),
        ("groups.csv", "order,group", "no,group", 1, None, "header"),
        ("codes.csv", "001,性別,2", "001,性別,1", 3, "value", "line 2 already"),
        ("codes.csv", "^[0-9]{2}$", "^[0-9{2}$", 4, "pattern", "not a regular expression"),
        ("codes.csv", "^[0-9]{2}$", "", 4, "pattern", "needs a pattern"),
        ("rules.csv", "R001,車両", "R001,自転車", 2, "group", "no group"),
        ("rules.csv", ",error,", ",fatal,", 2, "severity", "none of"),
        ("cross_rules.csv", "900X001", "900R001", 2, "rule_id", "already"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    small: SmallLayout, file: str, old: str, new: str, line: int, column: str | None, says: str
) -> None:
    small.replace(file, old, new)
    with pytest.raises(DefinitionError) as raised:
        load_area("900", small.root)
    error = raised.value
    assert (error.file, error.line, error.column) == (f"900_small/{file}", line, column)
    assert says in error.problem.en
    assert error.problem.ja != error.problem.en
    assert f"{file}:{line}" in error.where.en
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    problem = check(root=small.root).problems[0]
    assert (problem.place, problem.column) == (f"900_small/{file}:{line}", column or "")


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("rule_id,title\n", 1, None, "header"),
        ("rule_id,title_en\n900R002,Gone\n", 2, "rule_id", "no rule '900R002'"),
        ("rule_id,title_en\n900R001,Tax\n900R001,Tax\n", 3, "rule_id", "line 2 already"),
        ("rule_id,title_en\n900X001, \n", 2, "title_en", "empty"),
    ],
)
def test_a_mistake_in_the_english_titles_is_named_with_its_place(
    small: SmallLayout, text: str, line: int, column: str | None, says: str
) -> None:
    (small.folder / "rule_titles.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as raised:
        load_area("900", small.root)
    assert (raised.value.file, raised.value.line, raised.value.column) == ("900_small/rule_titles.csv", line, column)
    assert says in raised.value.problem.en


def test_a_rule_without_an_english_title_is_called_by_its_japanese_one(small: SmallLayout) -> None:
    (small.folder / "rule_titles.csv").write_text("rule_id,title_en\n900X001,An owner exists\n", encoding="utf-8")
    area = load_area("900", small.root)
    assert [rule.titles.en for rule in (*area.rules, *area.cross_rules)] == ["税額は0以上", "An owner exists"]
    assert area.cross_rules[0].titles.ja == "所有者がいる"


def test_a_line_number_counts_the_lines_inside_quoted_cells(small: SmallLayout) -> None:
    small.replace("items.csv", "氏名,shimei,住民,,,Ｎ,100,,,必須,,,", '氏名,shimei,住民,,,Ｎ,100,,,必須,,"姓\n名",')
    small.replace("items.csv", ",X,1,001,", ",X,1,003,")
    with pytest.raises(DefinitionError) as raised:
        load_area("900", small.root)
    assert raised.value.line == 5


def test_a_missing_file_and_bytes_that_are_not_utf8_are_named(small: SmallLayout) -> None:
    codes = small.folder / "codes.csv"
    codes.write_bytes(codes.read_bytes() + "003,色,1,赤,,\n".encode("cp932"))
    with pytest.raises(DefinitionError, match=r"not UTF-8 \(900_small/codes\.csv:5"):
        load_area("900", small.root)
    codes.unlink()
    with pytest.raises(DefinitionError, match="missing"):
        load_area("900", small.root)


def test_a_reference_into_an_area_that_does_not_exist_is_found_over_all_areas(small: SmallLayout) -> None:
    small.replace("items.csv", "900:住民.宛名番号", "900:住民.宛名番号|901:法人.宛名番号")
    load_area("900", small.root)
    with pytest.raises(DefinitionError, match="901:法人"):
        load_all(small.root)
    assert [problem.place for problem in check(root=small.root).problems] == ["900_small/items.csv:6"]


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "column"),
    [
        ("rules.csv", '""税額"" >= 0', '""税額"" >= ', 2, "expr"),
        ("rules.csv", '""税額"" >= 0', '""税金"" >= 0', 2, "expr"),
        ("rules.csv", '""税額"" >= 0', '""車両番号"" >= 0', 2, "expr"),
        ("rules.csv", '""税額"" >= 0', '""税額"" + 1', 2, "expr"),
        ("items.csv", '""氏名"" IS NOT NULL', '""名前"" IS NOT NULL', 4, "required_when"),
        ("items.csv", '条件付き必須,"""氏名"" IS NOT NULL"', '任意,"""氏名"" IS NOT NULL"', 4, "required_when"),
        ("cross_rules.csv", 'v.""所有者"" =', 'v.""持ち主"" =', 2, "sql"),
        ("cross_rules.csv", "LEFT JOIN", "LEFT JOIN LEFT", 2, "sql"),
        ("items.csv", ",0.658,", ",0.6581,", 7, "sample"),
        ("items.csv", ",,1,,\n", ",,3,,\n", 4, "sample"),
        ("items.csv", "2020-04-01", "2020/04/01", 10, "sample"),
        ("items.csv", "住民,1,,X,15", "住民,,,X,15", 2, "pk"),
    ],
)
def test_the_check_finds_what_only_evaluation_shows(
    small: SmallLayout, file: str, old: str, new: str, line: int, column: str
) -> None:
    if file == "items.csv" and old == ",,1,,\n":
        small.replace(file, 'NOT NULL",,1,,\n', 'NOT NULL",,3,,\n')
    else:
        small.replace(file, old, new)
    problems = check(root=small.root).problems
    assert {(problem.place, problem.column) for problem in problems} == {(f"900_small/{file}:{line}", column)}


def test_a_cross_rule_that_only_one_engine_takes_is_a_problem(small: SmallLayout) -> None:
    small.replace("cross_rules.csv", "IS NULL", 'IS NULL AND regexp_full_match(v.""車両番号"", \'1\')')
    engines = {problem.text.en.split()[0] for problem in check(root=small.root).problems}
    assert engines == {"polars"}


def test_the_hash_follows_the_content_of_the_definitions_and_nothing_else(small: SmallLayout) -> None:
    before = load_area("900", small.root).hash
    other = SmallLayout(small.root.parent / "other")
    (other.folder / "NOTES.md").write_text("# 900\n", encoding="utf-8")
    assert load_area("900", other.root).hash == before
    third = SmallLayout(small.root.parent / "third")
    third.replace("codes.csv", "女", "女性")
    assert load_area("900", third.root).hash != before
