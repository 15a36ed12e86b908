"""B社 後期高齢者医療 (025): every group but 保険料減免 from the vendor's tables, each value as the truth says it."""

from __future__ import annotations

import polars as pl
import pytest
import vendor_towns
from vendor_towns import Delivered

from layouts.load import load_area
from mappings.mapping import Mapping
from sample_data.areas.a025_late_elderly_medical_care import area


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return vendor_towns.of("025")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return vendor_towns.deliver("025", area, tmp_path_factory.mktemp("025"), "352152", 250, ["010", "014"])


def test_every_item_is_mapped_or_declared_as_not_held(mapping: Mapping) -> None:
    assert vendor_towns.unmapped(mapping) == []
    assert vendor_towns.not_provided(mapping) == vendor_towns.not_held("025")
    assert len(mapping.file.blocks) == len(load_area("025").groups) - 1


def test_record_layouts_and_codes_are_the_vendors(mapping: Mapping) -> None:
    assert vendor_towns.strange_records(mapping) == []
    assert vendor_towns.wrong_codes(mapping) == []


def test_fields_outside_the_standard_are_handed_over_apart(mapping: Mapping) -> None:
    assert vendor_towns.outside_the_standard(mapping)["標準に対応なし"] == {"overflow"}
    assert 0.10 < vendor_towns.overflow_share(mapping) < 0.15


def test_every_value_is_delivered_as_the_truth_says_it(delivered: Delivered) -> None:
    assert delivered.unequal() == []
    assert delivered.values() > 15_000


def test_nothing_is_found_lost_or_left_over(delivered: Delivered) -> None:
    assert delivered.findings() == []
    assert delivered.open_accounts() == []
    assert delivered.quarantined() == []


def test_residue_holds_nothing_but_the_noughts_of_instalments_that_were_never_set(delivered: Delivered) -> None:
    for path in delivered.context.residue("025").glob("*.parquet"):
        left = pl.read_parquet(path)
        assert (path.stem, set(left["value"])) == ("kkfuka", {"0"})
        assert left.filter(~pl.col("field").str.contains(r"^(KI|TK)\d\d_")).is_empty()


def test_people_are_found_by_the_number_of_the_wide_area_union(delivered: Delivered) -> None:
    links = delivered.staged("kkaten")
    known = dict(links.select("HIHO_NO", pl.col("ATENA_NO").str.zfill(15)).rows())
    levied = delivered.standard("保険料賦課").select("被保険者番号", "宛名番号")
    assert levied.height > 0
    assert all(known[number] == person for number, person in levied.rows())


def test_instalments_are_the_columns_with_a_date(delivered: Delivered) -> None:
    levies = delivered.staged("kkfuka")
    columns = [f"KI{n:02}_NOKI" for n in range(1, 10)] + [f"TK{n:02}_YM" for n in range(1, 7)]
    set_columns = levies.select(pl.sum_horizontal(pl.col(c) != "0" for c in columns).sum()).item()
    assert delivered.standard("保険料期割").height == set_columns > 0


def test_only_insured_people_that_the_union_took_back_are_excluded(delivered: Delivered) -> None:
    excluded = delivered.context.exclusions("025")
    assert [path.name for path in excluded.iterdir()] == ["kkhiho.parquet"]
    assert set(pl.read_parquet(excluded / "kkhiho.parquet")["SAKUJO_FLG"]) == {"1"}
