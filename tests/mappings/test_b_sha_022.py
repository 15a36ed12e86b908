"""B社 障害者福祉 (022): every group from the vendor's tables, each value as the truth says it."""

from __future__ import annotations

import polars as pl
import pytest
import vendor_towns
from vendor_towns import Delivered

from layouts.load import load_area
from mappings.mapping import Mapping
from sample_data.areas.a022_disability_welfare import area


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return vendor_towns.of("022")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return vendor_towns.deliver("022", area, tmp_path_factory.mktemp("022"), "352152", 200, ["010"])


def test_every_item_is_mapped_or_declared_as_not_held(mapping: Mapping) -> None:
    assert vendor_towns.unmapped(mapping) == []
    assert vendor_towns.not_provided(mapping) == vendor_towns.not_held("022")
    assert len(mapping.file.blocks) == len(load_area("022").groups)


def test_record_layouts_and_codes_are_the_vendors(mapping: Mapping) -> None:
    assert vendor_towns.strange_records(mapping) == []
    # 支給量単位 is named 時間／月: no two codes there, see below.
    units = ["tani", "tani_1", "tani_2", "支給決定サービス情報.支給量単位"]
    assert set(vendor_towns.wrong_codes(mapping, ["bui_syubetu"])) <= set(units)


def test_units_and_prefectures_are_those_of_the_code_book(mapping: Mapping) -> None:
    book = vendor_towns.rows(vendor_towns.MATERIAL / "code_book_022.csv")
    labels = {entry.value: entry.label for entry in load_area("022").code_list("030").entries}
    told = {row["value"]: row["label"] for row in book if row["code_group"] == "TANI"}
    assert {old: labels[new] for old, new in mapping.file.codes["tani"].items()} == told
    prefectures = {row["value"]: row["note"] for row in book if row["code_group"] == "KOFU"}
    assert {old: f"団体コード{new}" for old, new in mapping.file.codes["kofu"].items()} == prefectures


def test_the_kind_of_a_disability_follows_from_its_part(mapping: Mapping) -> None:
    parts, kinds = mapping.file.codes["bui"], mapping.file.codes["bui_syubetu"]
    assert kinds == {old: new[0] for old, new in parts.items()}


def test_fields_outside_the_standard_are_handed_over_apart(mapping: Mapping) -> None:
    assert vendor_towns.outside_the_standard(mapping)["標準に対応なし"] == {"overflow", "lookup"}
    assert 0.10 < vendor_towns.overflow_share(mapping) < 0.15


def test_every_value_is_delivered_as_the_truth_says_it(delivered: Delivered) -> None:
    assert delivered.unequal() == []
    assert delivered.values() > 5_000


def test_nothing_is_found_lost_or_left_over(delivered: Delivered) -> None:
    assert delivered.findings() == []
    assert delivered.open_accounts() == []
    assert delivered.quarantined() == []
    assert delivered.residue() == {}


def test_only_deleted_records_are_excluded(delivered: Delivered) -> None:
    excluded = delivered.context.exclusions("022")
    assert [path.name for path in excluded.iterdir()] == ["sgryot.parquet"]
    assert set(pl.read_parquet(excluded / "sgryot.parquet")["SAKUJO_FLG"]) == {"9"}


def test_slots_of_a_certificate_become_its_disabilities(delivered: Delivered) -> None:
    books = delivered.staged("sgsint")
    slots = books.select(pl.sum_horizontal(pl.col(f"S{n}_BUI") != "000" for n in range(1, 7)).sum()).item()
    rows = delivered.standard("身体障害者手帳障害情報")
    assert rows.height == slots >= books.height > 0
    assert rows.filter(pl.col("障害連番") == 1).height == books.height
    assert (rows["障害部位"].str.slice(0, 1) == rows["障害種別"]).all()


def test_regular_payments_and_those_in_between_are_one_group(delivered: Delivered) -> None:
    regular, between = delivered.staged("sgtesi"), delivered.staged("sgtezu")
    months = regular.select(pl.sum_horizontal(pl.col(f"M{m}_ST") != "0" for m in ("02", "05", "08", "11")).sum()).item()
    rows = delivered.standard("手当支払情報")
    assert rows.height == months + between.height > between.height > 0
    assert rows.filter(pl.col("支払連番") > 1).height == between.height
    assert set(rows.filter(pl.col("支払連番") == 1)["支払年月"].str.slice(5)) <= {"02", "05", "08", "11"}


def test_limits_are_looked_up_by_their_code(delivered: Delivered) -> None:
    limits = {code: int(yen) for code, yen in delivered.staged("sgjogn").select("JOGEN_CD", "JOGEN_GAKU").rows()}
    asked = [limits.get(code) for code in delivered.staged("sgjuks")["JOGEN_CD"]]
    assert delivered.standard("支給決定情報")["利用者負担上限月額"].to_list() == asked
    assert {0, 9_300} <= set(asked)


def test_amounts_without_a_number_are_no_amounts(delivered: Delivered) -> None:
    rows = delivered.standard("支給決定サービス情報")
    counted = pl.col("支給量単位").is_in(["1", "2", "3"])
    assert rows.filter(counted != pl.col("支給量").is_not_null()).is_empty()
    assert set(rows["支給量単位"]) >= {"1", "2", "4"}
