"""B社 法人市民税 (011): every group from the vendor's tables, each value as the truth says it."""

from __future__ import annotations

import pytest
import vendor_towns
from vendor_towns import Delivered

from layouts.load import load_area
from mappings.mapping import Mapping
from sample_data.areas.a011_corporate_resident_tax import area


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return vendor_towns.of("011")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return vendor_towns.deliver("011", area, tmp_path_factory.mktemp("011"), "352152", 1_000)


def test_every_item_is_mapped_or_declared_as_not_held(mapping: Mapping) -> None:
    assert vendor_towns.unmapped(mapping) == []
    assert vendor_towns.not_provided(mapping) == vendor_towns.not_held("011")
    assert len(mapping.file.blocks) == len(load_area("011").groups) - 1


def test_record_layouts_and_codes_are_the_vendors(mapping: Mapping) -> None:
    assert vendor_towns.strange_records(mapping) == []
    assert vendor_towns.wrong_codes(mapping) == []


def test_fields_outside_the_standard_are_handed_over_apart(mapping: Mapping) -> None:
    assert vendor_towns.outside_the_standard(mapping) == {
        "標準に対応なし": {"overflow", "lookup"},
        "常に空白": {"padding"},
    }
    assert 0.10 < vendor_towns.overflow_share(mapping) < 0.15


def test_every_value_is_delivered_as_the_truth_says_it(delivered: Delivered) -> None:
    assert delivered.unequal() == []
    assert delivered.values() > 10_000


def test_nothing_is_found_lost_or_left_over(delivered: Delivered) -> None:
    assert delivered.findings() == []
    assert delivered.open_accounts() == []
    assert (delivered.residue(), delivered.quarantined()) == ({}, [])
