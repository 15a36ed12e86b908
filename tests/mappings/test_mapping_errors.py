"""A mapping that is wrong does not load, and the error says file, line, group, item and what to do."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from workshop import Workshop

from mappings.errors import MappingError, MappingErrors
from mappings.mapping import load_mapping

EXPORTS = {"juki": ["KOJIN_NO", "SEX", "BIRTH"], "jusho": ["KOJIN_NO", "BANCHI"]}
ITEMS = {"宛名番号": "KOJIN_NO", "性別": "SEX", "生年月日": {"field": "BIRTH", "transform": "wareki_date"}}


def block(**more: Any) -> dict[str, Any]:
    return {"住民情報": {"from": "juki", "items": ITEMS} | more}


def errors(workshop: Workshop) -> tuple[MappingError, ...]:
    with pytest.raises(MappingErrors) as caught:
        load_mapping(workshop.vendor_dir, workshop.area)
    return caught.value.errors


def line_of(path: Path, text: str) -> int:
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def only(workshop: Workshop, path: Path, code: str, text: str) -> MappingError:
    """The one error, which has that code and points at the line with ``text``."""
    found = errors(workshop)
    assert [error.code for error in found] == [code], [str(error) for error in found]
    assert found[0].line == line_of(path, text), str(found[0])
    assert found[0].todo.ja
    assert found[0].todo.en
    return found[0]


def test_a_sound_mapping_loads_with_a_fate_for_every_field(workshop: Workshop) -> None:
    workshop.write({"juki": EXPORTS["juki"]}, block())
    mapping = load_mapping(workshop.vendor_dir, "001")
    assert mapping.fates.of == {"juki": dict.fromkeys(EXPORTS["juki"], "items")}
    assert len(mapping.hash) == 64


def test_the_hash_changes_with_the_record_layout(workshop: Workshop) -> None:
    workshop.write({"juki": EXPORTS["juki"]}, block())
    before = load_mapping(workshop.vendor_dir, "001").hash
    path = workshop.vendor_dir / "records" / "juki.csv"
    path.write_text(path.read_text().replace("の名", "の名称"))
    assert load_mapping(workshop.vendor_dir, "001").hash != before


def test_a_field_without_a_fate_is_an_error(workshop: Workshop) -> None:
    path = workshop.write({"juki": [*EXPORTS["juki"], "EXTRA"]}, block())
    error = only(workshop, path, "MP20", "  juki:")
    assert "EXTRA" in error.what.en


def test_a_field_with_two_fates_is_an_error(workshop: Workshop) -> None:
    path = workshop.write({"juki": EXPORTS["juki"]}, block(), overflow={"juki": ["SEX"]})
    assert path.read_text().splitlines()[errors(workshop)[0].line - 1].strip() == "juki:"  # type: ignore[operator]
    assert errors(workshop)[0].code == "MP21"


def test_a_field_that_only_sql_reads_needs_overflow(workshop: Workshop) -> None:
    items = ITEMS | {"性別": {"sql": "CASE WHEN SEX = '1' THEN '1' END"}}
    workshop.write({"juki": EXPORTS["juki"]}, block(items=items))
    assert [error.code for error in errors(workshop)] == ["MP20"]
    workshop.write({"juki": EXPORTS["juki"]}, block(items=items), overflow={"juki": ["SEX"]})
    assert load_mapping(workshop.vendor_dir, "001").fates.of["juki"]["SEX"] == "overflow"


def test_a_field_behind_a_transform_without_a_way_back_needs_overflow(workshop: Workshop) -> None:
    items = ITEMS | {"性別": {"field": "SEX", "transform": {"slice": {"start": 1, "length": 1}}}}
    workshop.write({"juki": EXPORTS["juki"]}, block(items=items))
    assert [error.code for error in errors(workshop)] == ["MP20"]


def test_an_export_that_nothing_uses_has_to_be_whole(workshop: Workshop) -> None:
    workshop.write(EXPORTS, block())
    assert {error.code for error in errors(workshop)} == {"MP20"}
    workshop.write(EXPORTS, block(), whole=["jusho"])
    assert set(load_mapping(workshop.vendor_dir, "001").fates.of["jusho"].values()) == {"whole"}


def test_an_export_that_is_only_looked_into_is_conserved_whole_by_itself(workshop: Workshop) -> None:
    lookup = {"jusho": {"on": {"KOJIN_NO": "KOJIN_NO"}}}
    workshop.write(EXPORTS, block(lookup=lookup, items=ITEMS | {"住所_番地号表記": "jusho.BANCHI"}))
    assert set(load_mapping(workshop.vendor_dir, "001").fates.of["jusho"].values()) == {"lookup"}


@pytest.mark.parametrize(
    ("change", "code", "text", "item"),
    [
        ({"items": ITEMS | {"性別": "SEXX"}}, "MP11", "性別: SEXX", "性別"),
        ({"items": ITEMS | {"性別x": "SEX"}}, "MP14", "性別x: SEX", "性別x"),
        ({"items": ITEMS | {"性別": {"field": "SEX", "transform": "wareki"}}}, "MP13", "transform: wareki", "性別"),
        (
            {"items": ITEMS | {"性別": {"field": "SEX", "transform": {"trim": {"x": 1}}}}},
            "MP13",
            "      transform:\n",
            "性別",
        ),
        ({"items": ITEMS | {"性別": {"field": "SEX", "codes": "sexx"}}}, "MP13", "codes: sexx", "性別"),
        ({"items": ITEMS | {"性別": {"field": "SEX", "when": "SEX = ="}}}, "MP12", "when: SEX", "性別"),
        ({"items": ITEMS | {"性別": {"field": "SEX", "when": "SEX || 'x'"}}}, "MP12", "when: SEX", "性別"),
        ({"items": ITEMS | {"性別": {"field": "SEX", "when": "SEXX = '1'"}}}, "MP11", "when: SEXX", "性別"),
        ({"from": "jukii"}, "MP10", "from: jukii", None),
        ({"join": {"jusho": {"on": {"KOJIN_NO": "KOJIN"}}}}, "MP10", "jusho:", None),
        ({"history": {"partition": ["KOJIN"], "order": ["BIRTH"]}}, "MP11", "history:", None),
        ({"quarantine": [{"when": "SEXX = '1'", "reason": "x"}]}, "MP11", "when: SEXX", None),
    ],
)
def test_an_unknown_name_is_an_error_at_its_line(
    workshop: Workshop, change: dict[str, Any], code: str, text: str, item: str | None
) -> None:
    path = workshop.write({"juki": EXPORTS["juki"]}, block(**change), not_provided=workshop.not_provided(block()))
    found = errors(workshop)
    assert found[0].code == code, [str(error) for error in found]
    assert found[0].line == line_of(path, text.strip())
    assert found[0].group == "住民情報"
    assert found[0].item == item


def test_a_named_chain_with_the_name_of_a_transform_is_an_error(workshop: Workshop) -> None:
    workshop.write({"juki": EXPORTS["juki"]}, block(), transforms={"wareki_date": ["trim"]})
    assert "wareki_date" in str(errors(workshop)[0])


def test_records_are_looked_up_before_their_occurrences_are_rows(workshop: Workshop) -> None:
    items = {"宛名番号": "KOJIN_NO", "性別": "N"}
    occurrences = {"values": ["1"], "as": {"N": "SEX"}}
    given = {"juki": ["KOJIN_NO", "SEX"], "jusho": EXPORTS["jusho"]}
    lookup = {"jusho": {"on": {"N": "KOJIN_NO"}}}
    workshop.write(given, {"住民情報": {"from": "juki", "occurrences": occurrences, "lookup": lookup, "items": items}})
    assert {error.code for error in errors(workshop)} == {"MP11"}


def test_a_join_names_the_field_that_its_export_lacks(workshop: Workshop) -> None:
    workshop.write(EXPORTS, block(join={"jusho": {"on": {"KOJIN_NO": "KOJIN"}}}))
    assert "KOJIN_NO のことか" in errors(workshop)[0].todo.ja


def test_an_export_cannot_be_in_a_row_twice(workshop: Workshop) -> None:
    workshop.write({"juki": EXPORTS["juki"]}, block(join={"oya": {"export": "juki", "on": {"SEX": "KOJIN_NO"}}}))
    assert [error.code for error in errors(workshop)] == ["MP16"]


def test_a_required_item_without_a_source_is_an_error(workshop: Workshop) -> None:
    told = workshop.not_provided(block())
    del told["住民情報"]["世帯番号"]
    path = workshop.write({"juki": EXPORTS["juki"]}, block(), not_provided=told)
    error = only(workshop, path, "MP15", "  住民情報:")
    assert (error.group, error.item) == ("住民情報", "世帯番号")


def test_a_required_group_without_a_source_is_an_error(workshop: Workshop) -> None:
    told = workshop.not_provided(block())
    del told["メモ情報"]
    workshop.write({"juki": EXPORTS["juki"]}, block(), not_provided=told)
    assert [(error.code, error.group) for error in errors(workshop)] == [("MP15", "メモ情報")]


def test_an_item_is_not_both_mapped_and_not_provided(workshop: Workshop) -> None:
    told = workshop.not_provided(block())
    told["住民情報"]["性別"] = "x"
    workshop.write({"juki": EXPORTS["juki"]}, block(), not_provided=told)
    assert [(error.code, error.item) for error in errors(workshop)] == [("MP17", "性別")]


def test_an_item_mapped_twice_is_an_error_at_the_second(workshop: Workshop) -> None:
    path = workshop.write({"juki": EXPORTS["juki"]}, block())
    path.write_text(path.read_text().replace("      性別: SEX\n", "      性別: SEX\n      性別: BIRTH\n"))
    error = only(workshop, path, "MP04", "性別: BIRTH")
    assert (error.group, error.item) == ("住民情報", "性別")


def test_an_unquoted_code_is_an_error_that_says_quote_it(workshop: Workshop) -> None:
    path = workshop.write({"juki": EXPORTS["juki"]}, block())
    path.write_text(path.read_text() + "codes:\n  sex: {01: '1'}\n")
    error = only(workshop, path, "MP03", "{01:")
    assert '"01"' in error.todo.en


def test_an_unquoted_value_is_an_error_that_says_quote_it(workshop: Workshop) -> None:
    path = workshop.write({"juki": EXPORTS["juki"]}, block())
    path.write_text(path.read_text() + "codes:\n  sex:\n    '1': 01\n")
    error = only(workshop, path, "MP06", "'1': 01")
    assert "quotes" in error.todo.en


def test_a_key_that_does_not_exist_is_an_error_at_its_line(workshop: Workshop) -> None:
    path = workshop.write({"juki": EXPORTS["juki"]}, block(items=ITEMS | {"性別": {"field": "SEX", "code": "sex"}}))
    error = only(workshop, path, "MP06", "code: sex")
    assert (error.group, error.item) == ("住民情報", "性別")


def test_where_needs_a_reason_and_a_signature(workshop: Workshop) -> None:
    path = workshop.write({"juki": EXPORTS["juki"]}, block(where="SEX <> '9'"))
    assert "where and exclusion" in only(workshop, path, "MP06", "  住民情報:").what.en


def test_broken_yaml_is_an_error_at_its_line(workshop: Workshop) -> None:
    path = workshop.write({"juki": EXPORTS["juki"]}, block())
    path.write_text("vendor: v\narea: '001\n")
    assert errors(workshop)[0].code == "MP02"


def test_a_missing_file_and_a_missing_record_layout_are_errors(workshop: Workshop) -> None:
    workshop.write({"juki": EXPORTS["juki"]}, block())
    (workshop.vendor_dir / "records" / "juki.csv").unlink()
    assert [error.code for error in errors(workshop)] == ["MP05"]
    with pytest.raises(MappingErrors) as caught:
        load_mapping(workshop.vendor_dir, "010")
    assert caught.value.code == "MP01"


def test_a_record_layout_names_its_bad_line(workshop: Workshop) -> None:
    workshop.write({"juki": ["KOJIN_NO", "SEX", "SEX"]}, block())
    error = errors(workshop)[0]
    assert (error.code, error.file, error.line) == ("MP05", "records/juki.csv", 4)


def test_fixed_records_need_positions(workshop: Workshop) -> None:
    vendor = {"defaults": {"charset": "cp932", "format": "fixed"}}
    workshop.write({"juki": EXPORTS["juki"]}, block(), vendor=vendor)
    assert errors(workshop)[0].code == "MP05"


def test_half_a_split_does_not_carry_its_field(workshop: Workshop) -> None:
    half = {"性別": {"field": "SEX", "split": {"start": 2, "length": 1}}}
    workshop.write({"juki": EXPORTS["juki"]}, block(items=ITEMS | half))
    assert [error.code for error in errors(workshop)] == ["MP20"]
    other = half | {"住民種別": {"field": "SEX", "split": {"start": 1, "length": 1}}}
    workshop.write({"juki": EXPORTS["juki"]}, block(items=ITEMS | other))
    assert load_mapping(workshop.vendor_dir, "001").fates.of["juki"]["SEX"] == "items"


def test_a_system_without_a_layout_needs_exports_only(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, area="x_dog_registration")
    workshop.write({"dog": ["KANRI_NO", "NAMAE"]}, {})
    assert load_mapping(workshop.vendor_dir, workshop.area).fates.of == {"dog": {"KANRI_NO": "whole", "NAMAE": "whole"}}


def test_errors_survive_a_process_boundary(workshop: Workshop) -> None:
    workshop.write({"juki": [*EXPORTS["juki"], "EXTRA"]}, block())
    with pytest.raises(MappingErrors) as caught:
        load_mapping(workshop.vendor_dir, "001")
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert again.errors[0].line == caught.value.errors[0].line
