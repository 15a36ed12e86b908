"""``tsugite layout`` as a person or a script runs it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from small_layout import SmallLayout

from layouts import UnknownName
from layouts.commands import layout_group


def run(*arguments: str) -> Result:
    return CliRunner().invoke(layout_group, list(arguments))


def test_list_shows_every_area_and_the_sum() -> None:
    result = run("list", "--lang", "ja")
    assert result.exit_code == 0
    assert "住民基本台帳" in result.output
    assert "5,137" in result.output
    assert "Fixed asset tax" in run("list", "--lang", "en").output


def test_list_as_json_is_one_object_an_area() -> None:
    areas = json.loads(run("list", "--json").output)
    assert len(areas) == 16
    assert sum(area["items"] for area in areas) == 5137


def test_show_an_area_lists_its_groups_with_their_keys() -> None:
    assert "納税義務者" in run("show", "012").output
    groups = json.loads(run("show", "012", "--json").output)["groups"]
    land = next(group for group in groups if group["slug"] == "land")
    assert land["key"] == ["市区町村コード", "物件番号", "土地履歴番号"]


def test_show_a_group_lists_its_items_by_name_or_slug() -> None:
    by_slug, by_name = run("show", "012", "land").output, run("show", "012", "土地").output
    assert by_slug == by_name
    assert "11,2" in by_slug
    body = json.loads(run("show", "012", "land", "--json").output)
    area = next(item for item in body["items"] if item["name"] == "登記地積")
    assert (area["type"], area["digits"], area["scale"]) == ("9V", 11, 2)
    assert any("012:納税義務者.宛名番号" in item["fk"] for item in body["items"])


def test_unknown_areas_and_groups_are_user_errors() -> None:
    for arguments in (("show", "999"), ("show", "001", "無い"), ("check", "999")):
        assert isinstance(run(*arguments).exception, UnknownName)


def test_check_of_sound_layouts_ends_with_0_and_counts() -> None:
    result = run("check", "031", "--json")
    assert result.exit_code == 0
    body = json.loads(result.output)
    assert body["ok"] is True
    assert (body["counts"]["areas"], body["counts"]["items"]) == (1, 117)


@pytest.mark.parametrize(("lang", "says"), [("ja", "評価できない"), ("en", "cannot be evaluated")])
def test_check_of_a_broken_rule_ends_with_1_and_its_place(small: SmallLayout, lang: str, says: str) -> None:
    small.replace("rules.csv", '""税額"" >= 0', '""税金"" >= 0')
    result = run("check", "--root", str(small.root), "--lang", lang)
    assert result.exit_code == 1
    assert "900_small/rules.csv:2 expr: " in result.output
    assert says in result.output
