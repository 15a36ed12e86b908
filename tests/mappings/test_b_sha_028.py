"""B社 子ども・子育て支援 (028): all groups from the vendor's tables, each value as the truth says it."""

from __future__ import annotations

import polars as pl
import pytest
import vendor_towns
from vendor_towns import Delivered

from layouts.load import load_area
from mappings.mapping import Mapping
from sample_data.areas.a028_child_rearing_support import area


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return vendor_towns.of("028")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return vendor_towns.deliver("028", area, tmp_path_factory.mktemp("028"), "352152", 600, ["010"])


def test_every_item_is_mapped_or_declared_as_not_held(mapping: Mapping) -> None:
    assert vendor_towns.unmapped(mapping) == []
    assert vendor_towns.not_provided(mapping) == vendor_towns.not_held("028")
    assert len(mapping.file.blocks) == len(load_area("028").groups)


def test_record_layouts_and_codes_are_the_vendors(mapping: Mapping) -> None:
    assert vendor_towns.strange_records(mapping) == []
    assert vendor_towns.wrong_codes(mapping) == []


def test_fields_outside_the_standard_are_handed_over_apart(mapping: Mapping) -> None:
    assert vendor_towns.outside_the_standard(mapping)["標準に対応なし"] == {"overflow", "lookup"}
    assert 0.10 < vendor_towns.overflow_share(mapping) < 0.15


def test_every_value_is_delivered_as_the_truth_says_it(delivered: Delivered) -> None:
    assert delivered.unequal() == []
    assert delivered.values() > 10_000


def test_nothing_is_found_lost_or_left_over(delivered: Delivered) -> None:
    assert delivered.findings() == []
    assert delivered.open_accounts() == []
    assert delivered.quarantined() == []
    assert delivered.residue() == {}


def test_only_deleted_certificates_are_excluded(delivered: Delivered) -> None:
    excluded = delivered.context.exclusions("028")
    assert [path.name for path in excluded.iterdir()] == ["ksnint.parquet"]
    assert set(pl.read_parquet(excluded / "ksnint.parquet")["SAKUJO_FLG"]) == {"1"}


def test_one_table_of_certificates_feeds_two_groups(delivered: Delivered) -> None:
    staged = delivered.staged("ksnint").filter(pl.col("SAKUJO_FLG") != "1")
    kinds = dict(staged.group_by("KYUFU").len().rows())
    assert kinds == {
        "K": delivered.standard("教育・保育給付認定情報").height,
        "S": delivered.standard("施設等利用給付認定情報").height,
    }
    assert min(kinds.values()) > 0


def test_applications_give_a_row_a_facility_that_is_wished_for(delivered: Delivered) -> None:
    staged = delivered.staged("ksmosi")
    wishes = sum(int((staged[f"KIBO{n}"] != "0000").sum()) for n in range(1, 6))
    rows = delivered.standard("希望施設情報")
    assert rows.height == wishes > delivered.standard("利用申込情報").height == staged.height > 0


def test_twelve_columns_of_a_fiscal_year_become_months(delivered: Delivered) -> None:
    months = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)
    staged = delivered.staged("kschot")
    billed = [
        (2018 + int(record["FUKA_NEN"][1:]) + (m < 4), m, int(record[f"M{m:02}_CHO"]))
        for record in staged.iter_rows(named=True)
        for m in months
        if record[f"M{m:02}_CHO"]
    ]
    rows = delivered.standard("利用者負担調定収納情報").select("対象年月", "調定額").rows()
    assert sorted(rows) == sorted((f"{year}-{m:02}", amount) for year, m, amount in billed)
    assert {m for _, m, _ in billed} == set(months)


def test_employers_are_looked_up_for_both_guardians(delivered: Delivered) -> None:
    names = dict(delivered.staged("kskinm").select("KINMU_CD", "KINMU_MEI").rows())
    staged = delivered.staged("kshogo")
    theirs = [names[c] for side in ("P1", "P2") for c in staged[f"{side}_KINMU"] if c]
    rows = delivered.standard("保護者状況情報")["勤務先名称"].drop_nulls().to_list()
    assert sorted(rows) == sorted(theirs) != []
