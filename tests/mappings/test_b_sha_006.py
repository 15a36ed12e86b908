"""B社 選挙人名簿 (006): every group from the vendor's tables, each value as the truth says it."""

from __future__ import annotations

import polars as pl
import pytest
import vendor_towns
from vendor_towns import Delivered

from layouts.load import load_area
from mappings.mapping import Mapping
from sample_data.areas.a006_electoral_roll import area


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return vendor_towns.of("006")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return vendor_towns.deliver("006", area, tmp_path_factory.mktemp("006"), "352152", 300)


def test_every_item_is_mapped_or_declared_as_not_held(mapping: Mapping) -> None:
    assert vendor_towns.unmapped(mapping) == []
    assert vendor_towns.not_provided(mapping) == vendor_towns.not_held("006")
    assert set(mapping.file.blocks) == {g.name for g in load_area("006").groups} - {area.NOT_HELD}


def test_record_layouts_and_codes_are_the_vendors(mapping: Mapping) -> None:
    assert vendor_towns.strange_records(mapping) == []
    assert vendor_towns.wrong_codes(mapping) == []


def test_fields_outside_the_standard_are_handed_over_apart(mapping: Mapping) -> None:
    assert vendor_towns.outside_the_standard(mapping)["標準に対応なし"] == {"overflow", "lookup"}
    assert 0.10 < vendor_towns.overflow_share(mapping) < 0.15


def test_every_value_is_delivered_as_the_truth_says_it(delivered: Delivered) -> None:
    assert delivered.unequal() == []
    assert delivered.values() > 40_000


def test_nothing_is_found_lost_or_left_over(delivered: Delivered) -> None:
    assert delivered.findings() == []
    assert delivered.open_accounts() == []
    assert delivered.quarantined() == []
    assert delivered.residue() == {}


def test_only_deleted_records_are_excluded(delivered: Delivered) -> None:
    excluded = delivered.context.exclusions("006")
    assert [path.name for path in excluded.iterdir()] == ["skmeib.parquet"]
    assert set(pl.read_parquet(excluded / "skmeib.parquet")["SAKUJO_FLG"]) == {"1"}


def test_each_seat_of_a_sheet_of_polling_cards_is_a_row(delivered: Delivered) -> None:
    sheets = delivered.staged("skjoho")
    seats = sheets.select(pl.sum_horizontal(pl.col(f"ATENA{n}") != "" for n in range(1, 7)).alias("taken"))["taken"]
    rows = delivered.standard("選挙時名簿情報")
    assert rows.height == seats.sum() > sheets.height
    assert rows["選挙管理番号"].n_unique() > 1


def test_who_is_not_yet_on_the_roll_comes_from_the_list_of_candidates(delivered: Delivered) -> None:
    rows = delivered.standard("選挙人名簿情報")
    waiting = rows.filter(pl.col("名簿登録状態") == "0")
    assert waiting.height == delivered.staged("skyote").height > 0
    assert waiting["登録年月日"].null_count() == waiting.height
    assert rows.height - waiting.height == delivered.staged("skmeib").filter(pl.col("SAKUJO_FLG") == "").height
