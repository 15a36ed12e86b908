"""From staged exports to rows: joins, lookups, occurrences, children, history, unions, conditions, and the shape of
the file."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from workshop import Record, Workshop

from layouts import load_area
from layouts.delivery.shapes import MAPPED_BASE, SOURCES_KEY
from mappings import secondlook
from mappings.stage import map_area

KEY = {"宛名番号": "KOJIN_NO"}


@pytest.fixture(autouse=True, params=["in memory", "streaming"])
def _engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fact holds in both of polars' engines: small groups take the one, large groups the other."""
    if request.param == "streaming":
        monkeypatch.setattr(secondlook, "SMALL", -1)


def resident(**more: Any) -> dict[str, Any]:
    return {"住民情報": {"from": "juki", "items": KEY} | more}


def run(workshop: Workshop, exports: dict[str, list[Record]], groups: dict[str, Any], **more: Any) -> pl.DataFrame:
    workshop.write({name: list(records[0]) for name, records in exports.items()}, groups, **more)
    for name, records in exports.items():
        workshop.stage(name, records)
    map_area(workshop.ctx, workshop.area)
    return workshop.mapped("resident")


def person(number: str, **more: str) -> dict[str, str | None]:
    return {"KOJIN_NO": number, **more}


def test_the_file_has_every_item_in_layout_order_with_its_type_and_says_where_rows_come_from(
    workshop: Workshop,
) -> None:
    mapped = run(workshop, {"juki": [person("1"), person("2")]}, resident())
    group = load_area("001").group("住民情報")
    assert mapped.columns == [*MAPPED_BASE.names(), "_rec_juki", "_off", *group.names]
    assert dict(mapped.select(group.names).schema) == dict(group.polars_schema)
    assert mapped.select(MAPPED_BASE.names()).schema == MAPPED_BASE
    assert mapped.select("_row", "_rec_juki", "_off").rows() == [(1, 1, 0), (2, 2, 100)]
    metadata = pq.read_metadata(workshop.ctx.mapped("001") / "resident.parquet").metadata
    assert json.loads(metadata[SOURCES_KEY.encode()]) == [{"from": "juki", "joins": [], "lookups": []}]


def test_a_join_keeps_the_order_and_leaves_rows_without_a_partner_empty(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {
            "juki": [person("3"), person("1"), person("2"), person("")],
            "jusho": [{"NO": "1", "BANCHI": "1-1"}, {"NO": "3", "BANCHI": "3-3"}, {"NO": "", "BANCHI": "0"}],
        },
        resident(join={"jusho": {"on": {"KOJIN_NO": "NO"}}}, items=KEY | {"住所_番地号表記": "jusho.BANCHI"}),
    )
    rows = mapped.select("_rec_juki", "_rec_jusho", "住所_番地号表記").rows()
    assert rows == [(1, 2, "3-3"), (2, 1, "1-1"), (3, None, None), (4, None, None)]
    assert workshop.residue("juki") == []
    assert workshop.residue("jusho") == []


def test_a_second_record_with_the_same_key_never_multiplies_rows(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {"juki": [person("1")], "jusho": [{"NO": "1", "BANCHI": "a"}, {"NO": "1", "BANCHI": "b"}]},
        resident(join={"jusho": {"on": {"KOJIN_NO": "NO"}}}, items=KEY | {"住所_番地号表記": "jusho.BANCHI"}),
    )
    assert mapped["住所_番地号表記"].to_list() == ["a"]
    found = workshop.findings().select("rule", "export", "count").rows()
    assert found == [("M08", "jusho", 1), ("M05", "jusho", 1)]


def test_a_loosely_compared_key_joins_and_leaves_its_own_spelling_in_residue(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {"juki": [person("1"), person("2")], "jusho": [{"NO": "01", "BANCHI": "a"}, {"NO": "2", "BANCHI": "b"}]},
        resident(
            join={"jusho": {"on": {"KOJIN_NO": "NO"}, "key_transform": ["strip_zeros"]}},
            items=KEY | {"住所_番地号表記": "jusho.BANCHI"},
        ),
    )
    assert mapped["住所_番地号表記"].to_list() == ["a", "b"]
    assert workshop.residue("jusho") == [(1, "NO", "01")]


def test_an_inner_join_holds_records_without_a_partner(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {"juki": [person("1"), person("2")], "jusho": [{"NO": "1", "BANCHI": "a"}]},
        resident(
            join={"jusho": {"on": {"KOJIN_NO": "NO"}, "how": "inner"}}, items=KEY | {"住所_番地号表記": "jusho.BANCHI"}
        ),
    )
    assert mapped["_rec_juki"].to_list() == [1]
    assert workshop.findings().select("rule", "export", "count").rows() == [("M05", "juki", 1)]


def test_a_lookup_fills_items_takes_the_narrowed_table_and_finds_misses(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {
            "juki": [person("1", CHO="11"), person("2", CHO="99"), person("3", CHO="")],
            "machi": [{"CD": "11", "NAME": "旧町", "OLD": "1"}, {"CD": "11", "NAME": "本町", "OLD": "0"}],
        },
        resident(
            lookup={"machi": {"on": {"CHO": "CD"}, "where": "OLD = '0'"}}, items=KEY | {"住所_町字": "machi.NAME"}
        ),
        overflow={"juki": ["CHO"]},
    )
    assert mapped["住所_町字"].to_list() == ["本町", None, None]
    assert "_rec_machi" not in mapped.columns
    assert workshop.findings().select("rule", "field", "count", "detail").rows() == [("M06", "CHO", 1, "machi")]


def test_a_key_that_its_transform_takes_for_nothing_asks_for_nothing(workshop: Workshop) -> None:
    run(
        workshop,
        {"juki": [person("1", CHO="0000"), person("2", CHO="0099")], "machi": [{"CD": "0011", "NAME": "本町"}]},
        resident(
            lookup={"machi": {"on": {"CHO": "CD"}, "key_transform": {"zero_is_null": {"text": "0000"}}}},
            items=KEY | {"住所_町字": "machi.NAME"},
        ),
        overflow={"juki": ["CHO"]},
    )
    assert workshop.findings().select("rule", "count").rows() == [("M06", 1)]


def test_what_the_run_knows_may_have_a_condition(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {"juki": [person("1", KBN="a"), person("2", KBN="b")]},
        resident(items=KEY | {"市区町村コード": {"run": "municipality", "when": "KBN = 'a'"}, "住民種別": "KBN"}),
    )
    assert mapped["市区町村コード"].to_list() == [workshop.ctx.municipality, None]


def test_a_code_can_lead_to_no_value(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {"juki": [person("1", SEX="9"), person("2", SEX="1"), person("3", SEX="")]},
        resident(items=KEY | {"性別": {"field": "SEX", "codes": {"1": "1", "9": ""}}}),
    )
    assert mapped["性別"].to_list() == [None, "1", None]
    assert workshop.residue("juki") == [(1, "SEX", "9")]
    assert workshop.findings().is_empty()


def test_the_declared_spelling_of_nothing_goes_before_what_padding_would_make_of_it(workshop: Workshop) -> None:
    run(
        workshop,
        {"juki": [person("1", NAME=""), person("2", NAME="ab  "), person("3", NAME="    ")]},
        resident(items=KEY | {"氏名": {"field": "NAME", "empty": "", "transform": {"pad_spaces": {"width": 4}}}}),
    )
    assert workshop.residue("juki") == [(3, "NAME", "    ")]


def test_a_field_that_a_record_has_no_row_for_is_said_by_its_usual_spelling_of_nothing(workshop: Workshop) -> None:
    run(
        workshop,
        {"juki": [person("1", KBN="a", YMD="4300101"), person("2", KBN="b", YMD="0"), person("3", KBN="b", YMD="")]},
        {
            "住民情報": [
                {
                    "from": "juki",
                    "select": "KBN = 'a'",
                    "items": KEY
                    | {"住民種別": "KBN", "異動年月日": {"field": "YMD", "empty": "0", "transform": "wareki_date"}},
                },
                {"from": "juki", "select": "KBN = 'b'", "items": KEY | {"住民種別": "KBN"}},
            ]
        },
    )
    assert workshop.residue("juki") == [(3, "YMD", "")]


def test_an_export_can_look_into_itself(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {"juki": [person("1", NUSHI="1", NAME="山田"), person("2", NUSHI="1", NAME="鈴木")]},
        resident(
            lookup={"nushi": {"export": "juki", "on": {"NUSHI": "KOJIN_NO"}}},
            items=KEY | {"氏名": "NAME", "世帯主氏名": "nushi.NAME"},
        ),
        overflow={"juki": ["NUSHI"]},
    )
    assert mapped.select("氏名", "世帯主氏名").rows() == [("山田", "山田"), ("鈴木", "山田")]


OCCURRENCES = {
    "values": ["01", "02", "ZUI"],
    "as": {"NO": "NO_{value}", "KBN": "KBN_{value}"},
    "keep": "NO <> ''",
    "empty": {"KBN": "0"},
}


def wide(number: str, *pairs: tuple[str, str]) -> dict[str, str | None]:
    record: dict[str, str | None] = {"KOJIN_NO": number}
    for value, (no, kbn) in zip(("01", "02", "ZUI"), pairs, strict=True):
        record[f"NO_{value}"], record[f"KBN_{value}"] = no, kbn
    return record


def test_occurrences_become_rows_in_order_and_odd_empty_ones_stay_in_residue(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {"juki": [wide("1", ("7", "a"), ("", "0"), ("9", "c")), wide("2", ("", "x"), ("8", "b"), ("", ""))]},
        resident(
            occurrences=OCCURRENCES,
            items=KEY | {"個人履歴番号": "_occurrence", "世帯番号": "NO", "住民種別": "KBN", "性別": "_value"},
        ),
    )
    rows = mapped.select("_rec_juki", "_occurrence", "個人履歴番号", "世帯番号", "住民種別", "性別").rows()
    assert rows == [(1, 1, 1, "7", "a", "01"), (1, 3, 3, "9", "c", "ZUI"), (2, 2, 2, "8", "b", "02")]
    assert workshop.residue("juki") == [(2, "KBN_01", "x"), (2, "KBN_ZUI", "")]


def test_a_record_whose_occurrences_are_all_empty_is_kept_in_residue_and_counted_as_overflow_only(
    workshop: Workshop,
) -> None:
    mapped = run(
        workshop,
        {"juki": [wide("1", ("7", "a"), ("", "0"), ("", "0")), wide("2", ("", "0"), ("", "0"), ("", "0"))]},
        resident(occurrences=OCCURRENCES, items=KEY | {"世帯番号": "NO", "住民種別": "KBN"}),
    )
    assert mapped["_rec_juki"].to_list() == [1]
    account = json.loads((workshop.ctx.accounts / "001.map.json").read_text())
    assert account["exports"]["juki"]["overflow_only"] == 1
    assert (2, "KOJIN_NO", "2") in workshop.residue("juki")


def test_rows_of_children_become_columns(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {
            "juki": [person("1"), person("2")],
            "tel": [
                {"NO": "2", "KIND": "1", "TEL": "21"},
                {"NO": "1", "KIND": "2", "TEL": "12"},
                {"NO": "1", "KIND": "1", "TEL": "11"},
                {"NO": "1", "KIND": "1", "TEL": "again"},
                {"NO": "1", "KIND": "9", "TEL": "odd"},
                {"NO": "5", "KIND": "1", "TEL": "alone"},
            ],
        },
        resident(
            columns_from_rows={
                "tel": {
                    "on": {"KOJIN_NO": "NO"},
                    "type": "KIND",
                    "columns": {"1": {"TEL": "HOME"}, "2": {"TEL": "MOBILE"}},
                }
            },
            items=KEY | {"世帯番号": "tel.HOME", "住民種別": "tel.MOBILE"},
        ),
    )
    rows = mapped.select("_rec_juki", "_rec_tel.1", "_rec_tel.2", "世帯番号", "住民種別").rows()
    assert rows == [(1, 3, 2, "11", "12"), (2, 1, None, "21", None)]
    assert workshop.residue("tel") == []
    assert workshop.findings().select("rule", "export", "count").rows() == [("M05", "tel", 3)]


def test_children_can_be_numbered_instead_of_typed(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {
            "juki": [person("1")],
            "ko": [{"NO": "1", "SEQ": "10", "NAME": "b"}, {"NO": "1", "SEQ": "9", "NAME": "a"}],
        },
        resident(
            columns_from_rows={
                "ko": {
                    "on": {"KOJIN_NO": "NO"},
                    "number_by": ["SEQ"],
                    "columns": {"1": {"NAME": "FIRST"}, "2": {"NAME": "SECOND"}},
                }
            },
            items=KEY | {"世帯番号": "ko.FIRST", "住民種別": "ko.SECOND"},
        ),
        overflow={"ko": ["SEQ"]},
    )
    assert mapped.select("世帯番号", "住民種別").rows() == [("a", "b")]


def test_history_numbers_kept_records_with_numbers_as_numbers(workshop: Workshop) -> None:
    records = [
        person("1", SEQ="10", DEL="0"),
        person("2", SEQ="1", DEL="0"),
        person("1", SEQ="9", DEL="0"),
        person("1", SEQ="8", DEL="1"),
        person("1", SEQ="", DEL="0"),
    ]
    mapped = run(
        workshop,
        {"juki": records},
        resident(
            where="DEL <> '1'",
            exclusion={"reason": "論理削除", "approved_by": "市民課"},
            history={"partition": ["KOJIN_NO"], "order": ["SEQ"]},
            items=KEY | {"個人履歴番号": "_history_number", "最新フラグ": "_latest"},
        ),
        overflow={"juki": ["SEQ", "DEL"]},
    )
    rows = mapped.select("_rec_juki", "個人履歴番号", "最新フラグ").rows()
    # A record without a number comes behind those with one.
    assert rows == [(1, 2, "0"), (2, 1, "1"), (3, 1, "0"), (5, 3, "1")]


def test_blocks_of_a_union_follow_each_other_with_their_own_sources(workshop: Workshop) -> None:
    workshop.write(
        {"juki": ["KOJIN_NO"], "gai": ["NO"]},
        {"住民情報": [{"from": "juki", "items": KEY}, {"from": "gai", "items": {"宛名番号": "NO"}}]},
    )
    workshop.stage("juki", [person("1"), person("2")])
    workshop.stage("gai", [{"NO": "7"}])
    map_area(workshop.ctx, "001")
    mapped = workshop.mapped("resident")
    rows = mapped.select("_row", "_source", "_rec_juki", "_rec_gai", "宛名番号").rows()
    assert rows == [(1, 0, 1, None, "1"), (2, 0, 2, None, "2"), (3, 1, None, 1, "7")]


def test_select_shares_an_export_between_blocks_and_what_nothing_takes_is_quarantined(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {"juki": [person("1", KBN="a"), person("2", KBN="b"), person("3", KBN="c")]},
        {
            "住民情報": [
                {"from": "juki", "select": "KBN = 'a'", "items": KEY | {"住民種別": "KBN"}},
                {"from": "juki", "select": "KBN = 'b'", "items": KEY | {"住民種別": {"constant": "2"}}},
            ]
        },
    )
    assert mapped.select("_rec_juki", "_source", "住民種別").rows() == [(1, 0, "a"), (2, 1, "2")]
    assert workshop.residue("juki") == [(2, "KBN", "b")]
    account = json.loads((workshop.ctx.accounts / "001.map.json").read_text())
    assert account["exports"]["juki"]["unmatched"] == 1


def test_excluded_records_are_kept_whole_with_reason_and_signature_and_nowhere_else(workshop: Workshop) -> None:
    run(
        workshop,
        {"juki": [person("1", BIRTH="3390230", DEL="0"), person("2", BIRTH="3390230", DEL="1")]},
        resident(
            where="DEL <> '1'",
            exclusion={"reason": "論理削除", "approved_by": "市民課"},
            items=KEY | {"生年月日": {"field": "BIRTH", "transform": "wareki_date"}},
        ),
        overflow={"juki": ["DEL"]},
    )
    rows = workshop.table("exclusions", "juki").rows()
    assert rows == [(2, 100, "住民情報", "論理削除", "市民課", "2", "3390230", "1")]
    assert workshop.residue("juki") == [(1, "BIRTH", "3390230")]


def test_a_record_that_another_block_keeps_is_not_excluded(workshop: Workshop) -> None:
    run(
        workshop,
        {"juki": [person("1", KBN="a"), person("2", KBN="b")]},
        {
            "住民情報": [
                {
                    "from": "juki",
                    "where": "KBN = 'a'",
                    "exclusion": {"reason": "別の様式", "approved_by": "市民課"},
                    "items": KEY | {"住民種別": "KBN"},
                },
                {"from": "juki", "select": "KBN = 'b'", "items": KEY | {"住民種別": "KBN"}},
            ]
        },
    )
    assert workshop.table("exclusions", "juki").is_empty()
    assert workshop.residue("juki") == []


def test_partners_of_an_excluded_record_are_excluded_with_it(workshop: Workshop) -> None:
    run(
        workshop,
        {
            "juki": [person("1", DEL="0"), person("2", DEL="1")],
            "jusho": [{"NO": "1", "BANCHI": "a"}, {"NO": "2", "BANCHI": "b"}],
        },
        resident(
            where="DEL <> '1'",
            exclusion={"reason": "論理削除", "approved_by": "市民課"},
            join={"jusho": {"on": {"KOJIN_NO": "NO"}}},
            items=KEY | {"住所_番地号表記": "jusho.BANCHI"},
        ),
        overflow={"juki": ["DEL"]},
    )
    assert workshop.table("exclusions", "jusho").select("record", "reason").rows() == [(2, "論理削除")]
    assert workshop.findings().is_empty()


@pytest.mark.parametrize("unknown", ["quarantine", "null"])
def test_an_unknown_code_holds_its_record_only_by_policy(workshop: Workshop, unknown: str) -> None:
    mapped = run(
        workshop,
        {"juki": [person("1", SEX="1"), person("2", SEX="9")]},
        resident(items=KEY | {"性別": {"field": "SEX", "codes": {"1": "1"}, "unknown": unknown}}),
    )
    held = json.loads((workshop.ctx.accounts / "001.map.json").read_text())["exports"]["juki"]["held"]
    assert (mapped["_rec_juki"].to_list(), held) == (([1], 1) if unknown == "quarantine" else ([1, 2], 0))


def test_a_policy_holds_records_with_its_reason(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {"juki": [person("1", SEX="1"), person("2", SEX="x")]},
        resident(quarantine=[{"when": "SEX = 'x'", "reason": "性別の誤り"}], items=KEY | {"性別": "SEX"}),
    )
    assert mapped["_rec_juki"].to_list() == [1]
    aside = pl.read_parquet(workshop.ctx.work / "aside" / "001" / "juki.parquet")
    assert aside.select("record", "kind", "reason").rows() == [(2, "held", "性別の誤り")]


def test_rules_of_items_work_together(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {
            "juki": [
                person("1", A="x", B="y", NUM="0012", SIGN="-", F="9"),
                person("2", A="", B="z", NUM="7", SIGN="+", F=""),
            ]
        },
        resident(
            items=KEY
            | {
                "市区町村コード": {"run": "municipality"},
                "氏名": {"fields": ["A", "B"], "join_with": "　"},
                "個人履歴番号": {
                    "field": "NUM",
                    "transform": {"number": {"width": 4}},
                    "sign": {"field": "SIGN", "negative": "-", "positive": "+"},
                },
                "性別": {"field": "F", "empty": ["9"], "default": "0"},
                "住民種別": {"sql": "CASE WHEN A = 'x' THEN '1' ELSE '' END"},
                "住民状態": {"field": "B", "when": "A = 'x'"},
            }
        ),
    )
    columns = ["市区町村コード", "氏名", "個人履歴番号", "性別", "住民種別", "住民状態"]
    assert mapped.select(columns).rows() == [
        ("352152", "x　y", -12, "0", "1", "y"),
        ("352152", "z", 7, "0", None, None),
    ]
    # "z" alone cannot tell which of the two fields it was; 7 is not four digits wide; "" is not the usual way to say
    # nothing.
    assert workshop.residue("juki") == [(2, "A", ""), (2, "B", "z"), (2, "F", ""), (2, "NUM", "7")]


def test_fields_called_like_items_do_not_get_mixed_up(workshop: Workshop) -> None:
    mapped = run(
        workshop,
        {"juki": [{"宛名番号": "1", "性別": "男"}]},
        {"住民情報": {"from": "juki", "items": {"宛名番号": "性別", "性別": "宛名番号"}}},
    )
    assert mapped.select("宛名番号", "性別").rows() == [("男", "1")]


def test_an_export_without_records_gives_no_rows(workshop: Workshop) -> None:
    workshop.write({"juki": ["KOJIN_NO"]}, resident())
    workshop.stage("juki", [], fields=["KOJIN_NO"])
    result = map_area(workshop.ctx, "001")
    assert (result.records, workshop.mapped("resident").height) == (0, 0)
