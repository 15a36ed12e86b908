"""B社 介護保険 (023): every group from the vendor's tables, each value as the truth says it."""

from __future__ import annotations

import polars as pl
import pytest
import vendor_towns
from vendor_towns import Delivered

from layouts.load import load_area
from mappings.mapping import Mapping
from sample_data.areas.a023_long_term_care_insurance import area


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return vendor_towns.of("023")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return vendor_towns.deliver("023", area, tmp_path_factory.mktemp("023"), "352152", 250, ["010", "014"])


def test_every_item_is_mapped_or_declared_as_not_held(mapping: Mapping) -> None:
    assert vendor_towns.unmapped(mapping) == []
    assert vendor_towns.not_provided(mapping) == vendor_towns.not_held("023")
    assert len(mapping.file.blocks) == len(load_area("023").groups)


def test_record_layouts_and_codes_are_the_vendors(mapping: Mapping) -> None:
    assert vendor_towns.strange_records(mapping) == []
    assert vendor_towns.wrong_codes(mapping) == []


def test_codes_of_former_towns_stand_in_their_names(mapping: Mapping) -> None:
    book = vendor_towns.rows(vendor_towns.MATERIAL / "code_book_023.csv")
    told = {row["value"]: row["label"] for row in book if row["code_group"] == "KYUSI"}
    assert set(told) == set(mapping.file.codes["kyusi"])
    assert all(f"（{code}）" in told[value] for value, code in mapping.file.codes["kyusi"].items())


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


def test_residue_holds_nothing_but_the_noughts_of_instalments_that_were_never_set(delivered: Delivered) -> None:
    for path in delivered.context.residue("023").glob("*.parquet"):
        left = pl.read_parquet(path)
        assert path.stem == "kgkibt"
        assert left.filter(~pl.col("field").str.contains(r"^(K\d\d|Z\d\d|T\d)_")).is_empty()
        assert set(left["value"].str.replace_all("0", "")) == {""}


def test_instalments_are_the_columns_with_a_date_or_a_month(delivered: Delivered) -> None:
    levied = delivered.staged("kgkibt")
    dates = [f"K{n:02}_NOKI" for n in range(1, 11)] + ["Z11_NOKI", "Z12_NOKI"]
    months = [f"T{n}_YM" for n in range(1, 7)]
    expected = levied.select(
        pl.sum_horizontal(pl.col(c) != "0000000" for c in dates).sum().alias("billed"),
        pl.sum_horizontal(pl.col(c) != "00000" for c in months).sum().alias("withheld"),
    ).row(0)
    rows = delivered.standard("期別賦課情報")
    withheld = rows.filter(pl.col("徴収区分") == "2").height
    assert (rows.height - withheld, withheld) == expected
    assert min(expected) > 0


def test_only_deleted_records_are_excluded(delivered: Delivered) -> None:
    excluded = delivered.context.exclusions("023")
    assert [path.name for path in excluded.iterdir()] == ["kgsika.parquet"]
    assert set(pl.read_parquet(excluded / "kgsika.parquet")["SAKUJO_FLG"]) == {"1"}


def test_who_has_no_record_of_additions_is_no_case_of_residence_elsewhere(delivered: Delivered) -> None:
    key = ["HIHO_NO", "RIREKI_NO"]
    kept = delivered.staged("kgsika").filter(pl.col("SAKUJO_FLG") != "1")
    plain = kept.join(delivered.staged("kgjutk"), on=key, how="anti")["HIHO_NO"].str.zfill(10)
    rows = delivered.standard("被保険者資格情報")
    others = rows.filter(pl.col("住所地特例フラグ") == "1")["被保険者番号"]
    assert plain.len() > 0
    assert rows.filter(pl.col("被保険者番号").is_in(plain.implode()))["住所地特例フラグ"].null_count() == 0
    assert set(rows["住所地特例フラグ"]) <= {"0", "1"}
    assert set(others) <= set(delivered.staged("kgjutk").filter(pl.col("JUTOKU_FLG") == "1")["HIHO_NO"].str.zfill(10))
