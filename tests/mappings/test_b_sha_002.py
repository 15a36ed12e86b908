"""B社 印鑑登録 (002): every group from the vendor's tables, each value as the truth says it."""

from __future__ import annotations

import polars as pl
import pytest
import vendor_towns
from vendor_towns import Delivered

from layouts.load import load_area
from mappings.mapping import Mapping
from sample_data.areas.a002_seal_registration import area


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return vendor_towns.of("002")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return vendor_towns.deliver("002", area, tmp_path_factory.mktemp("002"), "352152", 300)


def test_every_item_is_mapped_or_declared_as_not_held(mapping: Mapping) -> None:
    assert vendor_towns.unmapped(mapping) == []
    assert vendor_towns.not_provided(mapping) == vendor_towns.not_held("002")
    assert set(mapping.file.blocks) == {g.name for g in load_area("002").groups} - {area.NOT_HELD}


def test_the_records_of_shops_lack_only_what_their_manual_says(mapping: Mapping) -> None:
    counters, shops = mapping.file.blocks["印鑑登録証明書交付履歴"]
    lacking = set(counters.items) - set(shops.items)
    manual = (vendor_towns.MATERIAL / "README_002.ja.md").read_text(encoding="utf-8")
    told = next(line for line in manual.splitlines() if line.startswith("| IKCVS の") and line.endswith("| 値なし |"))
    assert lacking == {"印鑑登録証番号", "請求者_氏名", "使用目的", "取消年月日"}
    assert all(item in told for item in lacking)


def test_record_layouts_and_codes_are_the_vendors(mapping: Mapping) -> None:
    assert vendor_towns.strange_records(mapping) == []
    assert vendor_towns.wrong_codes(mapping) == []


def test_fields_outside_the_standard_are_handed_over_apart(mapping: Mapping) -> None:
    assert vendor_towns.outside_the_standard(mapping)["標準に対応なし"] == {"overflow", "lookup"}
    assert 0.09 < vendor_towns.overflow_share(mapping) < 0.15


def test_every_value_is_delivered_as_the_truth_says_it(delivered: Delivered) -> None:
    assert delivered.unequal() == []
    assert delivered.values() > 25_000


def test_nothing_is_found_lost_or_left_over(delivered: Delivered) -> None:
    assert delivered.findings() == []
    assert delivered.open_accounts() == []
    assert delivered.quarantined() == []
    assert delivered.residue() == {}


def test_only_deleted_records_are_excluded(delivered: Delivered) -> None:
    excluded = delivered.context.exclusions("002")
    assert [path.name for path in excluded.iterdir()] == ["ikgenp.parquet"]
    assert set(pl.read_parquet(excluded / "ikgenp.parquet")["SAKUJO_FLG"]) == {"1"}


def test_certificates_of_shops_and_counters_are_one_record_of_issues(delivered: Delivered) -> None:
    rows = delivered.standard("印鑑登録証明書交付履歴")
    shops = rows.filter(pl.col("交付経路") == "3")
    assert (shops.height, rows.height - shops.height) == (
        delivered.staged("ikcvs").height,
        delivered.staged("ikhakk").height,
    )
    assert shops["印鑑登録証番号"].null_count() == shops.height > 0


def test_one_day_of_a_letter_is_the_day_of_its_outcome(delivered: Delivered) -> None:
    days = {"1": "回答年月日", "3": "返戻年月日", "4": "取下年月日"}
    letters = delivered.standard("印鑑登録照会管理")
    assert set(letters["照会結果"]) > set(days)
    for result, item in days.items():
        assert set(letters.filter(pl.col(item).is_not_null())["照会結果"]) == {result}
