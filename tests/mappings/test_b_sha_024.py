"""B社 国民健康保険 (024): every group from the vendor's tables, each value as the truth says it."""

from __future__ import annotations

import polars as pl
import pytest
import vendor_towns
from vendor_towns import Delivered

from layouts.load import load_area
from mappings.mapping import Mapping
from sample_data.areas.a024_national_health_insurance import area


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return vendor_towns.of("024")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return vendor_towns.deliver("024", area, tmp_path_factory.mktemp("024"), "352152", 200, ["010", "014"])


def test_every_item_is_mapped_or_declared_as_not_held(mapping: Mapping) -> None:
    assert vendor_towns.unmapped(mapping) == []
    assert vendor_towns.not_provided(mapping) == vendor_towns.not_held("024")
    assert len(mapping.file.blocks) == len(load_area("024").groups)


def test_record_layouts_and_codes_are_the_vendors(mapping: Mapping) -> None:
    assert vendor_towns.strange_records(mapping) == []
    assert vendor_towns.wrong_codes(mapping) == []


def test_fields_outside_the_standard_are_handed_over_apart(mapping: Mapping) -> None:
    assert vendor_towns.outside_the_standard(mapping) == {"標準に対応なし": {"overflow"}, "常に空白": {"padding"}}
    assert 0.10 < vendor_towns.overflow_share(mapping) < 0.15


def test_every_value_is_delivered_as_the_truth_says_it(delivered: Delivered) -> None:
    assert delivered.unequal() == []
    assert delivered.values() > 30_000


def test_nothing_is_found_lost_or_left_over(delivered: Delivered) -> None:
    assert delivered.findings() == []
    assert delivered.open_accounts() == []
    assert delivered.quarantined() == []


def test_residue_holds_nothing_but_the_noughts_of_instalments_that_were_never_set(delivered: Delivered) -> None:
    for path in delivered.context.residue("024").glob("*.parquet"):
        left = pl.read_parquet(path)
        assert path.stem == "khfuka"
        assert left.filter(~pl.col("field").str.contains(r"^(KI|TK)\d\d_")).is_empty()
        assert set(left["value"].str.replace_all("0", "")) == {""}


def test_months_of_a_levy_are_told_by_their_marks(delivered: Delivered) -> None:
    marks = delivered.staged("khfukj").select("SIKAKU_TUKI", "KAIGO_TUKI", "SOTO_NEN").rows()
    rows = delivered.standard("保険料賦課個人").select(
        "賦課開始年月", "賦課終了年月", "医療賦課月数", "介護賦課月数", "相当年度"
    )
    assert rows.height == len(marks) > 0
    for (medical, care, _), (first, last, months, care_months, year) in zip(marks, rows.rows(), strict=True):
        fiscal = [f"{int(year) + (m < 4)}-{m:02}" for m in (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)]
        assert (first, last) == (fiscal[medical.index("1")], fiscal[medical.rindex("1")])
        assert (months, care_months) == (medical.count("1"), care.count("1"))


def test_heads_without_insurance_and_deleted_records_are_excluded(delivered: Delivered) -> None:
    excluded = {path.stem: pl.read_parquet(path) for path in delivered.context.exclusions("024").iterdir()}
    assert set(excluded) == {"khseta", "khsika"}
    assert set(excluded["khseta"]["SAKUJO_FLG"]) == {"1"}
    assert excluded["khsika"].filter((pl.col("SAKUJO_FLG") != "1") & (pl.col("SIKAKU_KBN") != "9")).is_empty()
    assert "9" in set(excluded["khsika"]["SIKAKU_KBN"])


def test_payments_go_to_their_own_kind_of_benefit(delivered: Delivered) -> None:
    for export, group, number in (
        ("khsiha_k", "高額療養費支給", "支給決定番号"),
        ("khsiha_r", "療養費等支給", "支給申請番号"),
    ):
        paid = delivered.standard(group).filter(pl.col("支給方法").is_not_null())
        assert sorted(paid[number]) == sorted(delivered.staged(export)["SIKYU_NO"])
