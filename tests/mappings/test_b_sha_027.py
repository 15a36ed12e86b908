"""B社 児童手当 (027): every group but 申請・届出情報 from the vendor's tables, each value as the truth says it."""

from __future__ import annotations

import polars as pl
import pytest
import vendor_towns
from vendor_towns import Delivered

from layouts.load import load_area
from mappings.mapping import Mapping
from sample_data.areas.a027_child_allowance import area


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return vendor_towns.of("027")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return vendor_towns.deliver("027", area, tmp_path_factory.mktemp("027"), "352152", 250, ["010"])


def test_every_item_is_mapped_or_declared_as_not_held(mapping: Mapping) -> None:
    assert vendor_towns.unmapped(mapping) == []
    assert vendor_towns.not_provided(mapping) == vendor_towns.not_held("027")
    assert len(mapping.file.blocks) == len(load_area("027").groups) - 1


def test_record_layouts_and_codes_are_the_vendors(mapping: Mapping) -> None:
    assert vendor_towns.strange_records(mapping) == []
    # The causes of a rise and of a fall stand in one field of JTGAKU.
    assert vendor_towns.wrong_codes(mapping, {"kaijiyu"}) == []
    both = {**mapping.file.codes["gengak"], **mapping.file.codes["zogaku"]}
    assert mapping.file.codes["kaijiyu"] == {old: new for old, new in both.items() if old != "GZ"}


def test_fields_outside_the_standard_are_handed_over_apart(mapping: Mapping) -> None:
    assert vendor_towns.outside_the_standard(mapping)["標準に対応なし"] == {"overflow", "lookup"}
    assert 0.10 < vendor_towns.overflow_share(mapping) < 0.15


def test_every_value_is_delivered_as_the_truth_says_it(delivered: Delivered) -> None:
    assert delivered.unequal() == []
    assert delivered.values() > 25_000


def test_nothing_is_found_lost_or_left_over(delivered: Delivered) -> None:
    assert delivered.findings() == []
    assert delivered.open_accounts() == []
    assert delivered.quarantined() == []
    assert delivered.residue() == {}


def test_only_deleted_ledger_rows_are_excluded(delivered: Delivered) -> None:
    excluded = delivered.context.exclusions("027")
    assert [path.name for path in excluded.iterdir()] == ["jtdai.parquet"]
    assert set(pl.read_parquet(excluded / "jtdai.parquet")["SAKUJO_FLG"]) == {"1"}


def test_a_record_of_four_months_gives_a_row_a_month(delivered: Delivered) -> None:
    staged = delivered.staged("jtmeis")
    used = sum(int((staged[f"T{n}_YM"] != "0").sum()) for n in (1, 2, 3, 4))
    rows = delivered.standard("支払明細情報")
    assert rows.height == used > staged.height
    assert rows["支給額"].sum() == staged["KEI_GAKU"].cast(pl.Int64).sum()


def test_children_and_elder_siblings_come_from_two_tables(delivered: Delivered) -> None:
    rows = delivered.standard("支給対象児童情報")
    kinds = dict(rows.group_by("児童区分").len().rows())
    assert kinds == {"1": delivered.staged("jtjido").height, "2": delivered.staged("jtkeis").height}
    assert rows.filter(pl.col("児童区分") == "2")["監護生計区分"].unique().to_list() == ["3"]


def test_suspended_recipients_are_told_by_two_fields(delivered: Delivered) -> None:
    staged = delivered.staged("jtdai").filter(pl.col("SAKUJO_FLG") != "1")
    held = staged.filter((pl.col("JOTAI") == "1") & (pl.col("TEISI_FLG") == "1"))
    assert delivered.standard("受給者情報").filter(pl.col("受給状態") == "2").height == held.height > 0
