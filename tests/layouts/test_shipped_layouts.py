"""What the shipped layouts hold, and that loading them is quick by construction: lazily, without polars."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys

import polars as pl
import pytest

import layouts
from layouts.check import check
from layouts.model import UnknownName


def test_there_are_16_areas_with_188_groups_and_5137_items() -> None:
    areas = layouts.load_all()
    assert list(areas) == list(layouts.area_ids())
    assert len(areas) == 16
    assert sum(len(area.groups) for area in areas.values()) == 188
    assert sum(len(area.items) for area in areas.values()) == 5137


def test_every_rule_has_a_short_english_title() -> None:
    rules = [rule for area in layouts.load_all().values() for rule in (*area.rules, *area.cross_rules)]
    assert len(rules) > 700
    assert [rule.id for rule in rules if not rule.title_en] == []
    titles = {rule.id: rule.title_en for rule in rules}
    assert [key for key, title in titles.items() if len(title) > 120 or any(char > "\u2fff" for char in title)] == []
    assert [key for key, title in titles.items() if title[0].islower() or title.endswith(".")] == []


def test_every_shipped_definition_passes_the_check() -> None:
    result = check()
    assert result.problems == ()
    counts = result.counts
    assert (counts.areas, counts.groups, counts.items) == (16, 188, 5137)
    assert (counts.code_values, counts.rules, counts.cross_rules) == (3673, 580, 153)
    assert counts.references == 453
    assert counts.conditions == 799


def test_item_ids_are_unique_over_all_areas() -> None:
    ids = [item.id for area in layouts.load_all().values() for item in area.items]
    assert len(set(ids)) == len(ids)


def test_loading_one_area_reads_no_other_and_imports_no_polars() -> None:
    program = (
        "import sys, layouts, layouts.load as load\n"
        "layouts.load_area('014')\n"
        "assert load._load.cache_info().currsize == 1\n"
        "assert not {'polars', 'duckdb', 'numba'} & set(sys.modules), 'a heavy library on the load path'\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_area_is_loaded_once() -> None:
    assert layouts.load_area("001") is layouts.load_area("001")


def test_groups_and_items_are_found_by_name_and_by_slug() -> None:
    area = layouts.load_area("001")
    group = area.group("住民情報")
    assert area.group("resident") is group
    assert group.item("shimei") is group.item("氏名")
    assert "氏名" in group
    assert "無い項目" not in group


def test_unknown_names_are_user_errors_in_both_languages() -> None:
    with pytest.raises(UnknownName) as area_error:
        layouts.load_area("999")
    assert "031" in area_error.value.todo.en
    with pytest.raises(UnknownName, match="no group"):
        layouts.load_area("001").group("無い")
    with pytest.raises(UnknownName) as item_error:
        layouts.load_area("001").group("resident").item("無い")
    again = pickle.loads(pickle.dumps(item_error.value))
    assert (again.code, again.what, again.where) == ("Y02", item_error.value.what, item_error.value.where)


def test_the_model_cannot_be_changed_and_survives_pickling() -> None:
    area = layouts.load_area("031")
    with pytest.raises(dataclasses.FrozenInstanceError):
        area.name = "別名"  # type: ignore[misc]
    again = pickle.loads(pickle.dumps(area))
    assert again == area
    assert again.group(area.groups[0].slug).item(area.groups[0].items[0].slug) == area.groups[0].items[0]


def test_numbers_are_int64_or_decimal_and_all_else_is_text() -> None:
    for area in layouts.load_all().values():
        for group in area.groups:
            for item, dtype in zip(group.items, group.polars_schema.dtypes(), strict=True):
                if item.type in ("9", "S9"):
                    assert dtype == pl.Int64
                elif item.type == "9V":
                    assert dtype == pl.Decimal(38, item.scale)
                else:
                    assert dtype == pl.String


def test_a_code_of_several_lists_allows_the_values_of_each() -> None:
    area = layouts.load_area("001")
    codes = area.code_list("020/021/022")
    assert codes.values == (area.code_list("020").values | area.code_list("021").values | area.code_list("022").values)
    with pytest.raises(UnknownName):
        area.code_list("020/nix")


def test_a_pattern_allows_whole_values_only() -> None:
    codes = layouts.load_area("001").code_list("034")
    assert codes.patterns
    assert codes.allows("04")
    assert not codes.allows("04x")
    assert not codes.allows("")


def test_municipalities_are_known_by_their_code() -> None:
    assert layouts.municipality_name("352152") == "周南市"
    assert layouts.municipality_name("011011") == "札幌市中央区"
    assert layouts.municipality_name("350001") == "山口県"
    assert layouts.municipality_name("352153") is None
    assert len(layouts.municipality_codes()) == 1969


def test_every_name_of_an_area_group_and_item_fits_a_cp932_delivery() -> None:
    from layouts.delivery.cp932 import encode

    names = {
        name for area in layouts.load_all().values() for group in area.groups for name in (group.name, *group.names)
    }
    assert encode("\n".join(sorted(names)).encode())[1] == ()
