"""B社 国民年金 (026): every group but 産前産後免除 from the vendor's tables, each value as the truth says it."""

from __future__ import annotations

import polars as pl
import pytest
import vendor_towns
from vendor_towns import Delivered

from layouts.load import load_area
from mappings.mapping import Mapping
from sample_data.areas.a026_national_pension import area


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return vendor_towns.of("026")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return vendor_towns.deliver("026", area, tmp_path_factory.mktemp("026"), "352152", 250, ["010"])


def test_every_item_is_mapped_or_declared_as_not_held(mapping: Mapping) -> None:
    assert vendor_towns.unmapped(mapping) == []
    assert vendor_towns.not_provided(mapping) == vendor_towns.not_held("026")
    assert len(mapping.file.blocks) == len(load_area("026").groups) - 1


def test_record_layouts_and_codes_are_the_vendors(mapping: Mapping) -> None:
    assert vendor_towns.strange_records(mapping) == []
    assert vendor_towns.wrong_codes(mapping) == []


def test_fields_outside_the_standard_are_handed_over_apart(mapping: Mapping) -> None:
    assert vendor_towns.outside_the_standard(mapping)["標準に対応なし"] == {"overflow", "lookup"}
    assert 0.10 < vendor_towns.overflow_share(mapping) < 0.15


def test_every_value_is_delivered_as_the_truth_says_it(delivered: Delivered) -> None:
    assert delivered.unequal() == []
    assert delivered.values() > 15_000


def test_nothing_is_found_lost_or_left_over(delivered: Delivered) -> None:
    assert delivered.findings() == []
    assert delivered.open_accounts() == []
    assert delivered.quarantined() == []
    # 昭和64年1月 and 平成元年1月 are the same month: one spelling of it comes back, the other stays in residue.
    assert set(delivered.residue()) <= {"nkjuky.SIKYU_YM"}


def test_only_deleted_movements_are_excluded(delivered: Delivered) -> None:
    excluded = delivered.context.exclusions("026")
    assert [path.name for path in excluded.iterdir()] == ["nkido.parquet"]
    assert set(pl.read_parquet(excluded / "nkido.parquet")["SAKUJO_FLG"]) == {"1"}


def test_payment_marks_are_taken_apart_month_by_month(delivered: Delivered) -> None:
    staged = delivered.staged("nknofu")
    paid = [f"納付状況_{month}月" for month in (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)]
    rows = delivered.standard("納付記録")
    assert rows.height == staged.height > 0
    marks = dict(zip("-ﾉﾐﾒ4ﾊ6ﾕｶﾎﾌXｻ", "0123456789ABC", strict=True))
    assert ["".join(row) for row in rows.select(paid).rows()] == [
        "".join(marks[mark] for mark in text) for text in staged["TUKI_MARK"]
    ]
