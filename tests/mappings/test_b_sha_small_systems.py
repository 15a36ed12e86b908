"""B社 墓籍 and 公営住宅, systems without a layout: their tables go whole to overflow, and their records fit each other
and the manual."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import vendor_towns

from layouts.delivery.run import RunContext
from mappings.mapping import load_mapping
from mappings.stage import conserve_area, map_area, read_area
from sample_data import generate, plugin, world
from sample_data.b_sha import graves, housing
from sample_data.write import write
from validators.ledger import account

SYSTEMS: dict[str, Callable[[world.World, plugin.Truth, plugin.Context], Iterator[plugin.Table]]] = {
    "x_grave_register": graves.exports,
    "x_public_housing": housing.exports,
}
Made = dict[str, pl.DataFrame]


def make(area: str, code: str, population: int, years: int, seed: int = 7) -> Made:
    place = world.build(code, population, seed=seed, years=years)
    return {table.name: table.frame for table in SYSTEMS[area](place, {}, plugin.Context())}


@pytest.fixture(scope="module", params=SYSTEMS)
def area(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def made(area: str) -> Made:
    return make(area, "352152", 900, 3)


def layout(table: str) -> list[dict[str, str]]:
    return vendor_towns.rows(vendor_towns.MATERIAL / "record_layout" / f"{table}.csv")


def test_the_record_layouts_of_the_mapping_are_the_vendors(area: str, made: Made) -> None:
    mapping = load_mapping(vendor_towns.VENDOR_DIR, area)
    manual = (vendor_towns.MATERIAL / f"README_{area}.ja.md").read_text(encoding="utf-8")
    assert vendor_towns.strange_records(mapping) == []
    assert {export.definition.record for export in mapping.exports.values()} == {f"{name}.csv" for name in made}
    assert [name for name in made if f"| {name} |" not in manual] == []


def test_records_keep_the_record_layout(area: str, made: Made) -> None:
    book: dict[str, set[str]] = {}
    for row in vendor_towns.rows(vendor_towns.MATERIAL / f"code_book_{area}.csv"):
        book.setdefault(row["code_group"], set()).add(row["value"])
    for name, frame in made.items():
        fields = layout(name)
        assert frame.columns == [f["field"] for f in fields]
        for field in fields:
            column = frame[field["field"]]
            assert max(len(v.encode("cp932")) for v in column) <= int(field["length"]), field["field"]
            coded = re.search(r"コード群([A-Z]+)", field["description"])
            if coded and field["field"] == "NOFU_TUKI":
                assert set("".join(column)) <= book[coded[1]]
            elif coded:
                assert set(column) <= book[coded[1]]


@pytest.mark.parametrize(("code", "population", "years"), [("352152", 900, 3), ("355020", 40, 1), ("352071", 20, 15)])
def test_keys_are_unique_and_records_belong_together(area: str, code: str, population: int, years: int) -> None:
    mapping, tables = load_mapping(vendor_towns.VENDOR_DIR, area), make(area, code, population, years)
    for export in mapping.exports.values():
        frame = tables[export.definition.record.removesuffix(".csv")]
        assert frame.height > 0
        assert not frame.select(list(export.definition.key)).is_duplicated().any()
    links = {
        "x_grave_register": (("BOSIYO", "BOKUKA", ["BOEN_CD", "KUKAKU_NO"]), ("BOMAIS", "BOSIYO", ["KYOKA_NO"])),
        "x_public_housing": (
            ("JUKONY", "JUKODT", ["DANTI_CD", "TO_NO", "HEYA_NO"]),
            ("JUKOYA", "JUKONY", ["KEIYAKU_NO"]),
        ),
    }[area]
    for child, parent, key in links:
        assert tables[child].join(tables[parent], on=key, how="anti").is_empty()


def test_a_house_is_empty_or_let() -> None:
    tables = make("x_public_housing", "352152", 900, 3)
    key = ["DANTI_CD", "TO_NO", "HEYA_NO"]
    empty = tables["JUKODT"].filter(pl.col("KUSITU") == "1")
    assert empty.height > 0
    assert empty.join(tables["JUKONY"], on=key).is_empty()
    assert tables["JUKODT"].height == empty.height + tables["JUKONY"].height


def test_arrears_are_the_months_in_arrears() -> None:
    rents = make("x_public_housing", "352152", 3000, 9)["JUKOYA"]
    owed = rents["YACHIN"].cast(pl.Int64) * rents["NOFU_TUKI"].str.count_matches("2").cast(pl.Int64)
    assert owed.to_list() == rents["TAINO"].cast(pl.Int64).to_list()
    assert owed.sum() > 0
    assert set(rents["NOFU_TUKI"].str.len_chars()) == {12}
    assert rents["NENDO"].min() == "429"


def test_every_field_of_every_record_is_handed_over_in_overflow(area: str, made: Made, tmp_path: Path) -> None:
    place = world.build("352152", 900, seed=7, years=3)
    for table in SYSTEMS[area](place, {}, plugin.Context()):
        write(table, tmp_path / "exports", generate.field_lengths("b_sha", table.name))
    context = RunContext(
        run_dir=tmp_path / "run",
        municipality="352152",
        municipality_name="",
        rehearsal="r1",
        areas=(area,),
        vendor="b_sha",
        mapping_dir=vendor_towns.VENDOR_DIR,
        exports_dir=tmp_path / "exports",
        delivery_date="2026-01-01",
        mask_key=b"k" * 16,
    )
    for stage in (read_area, map_area, conserve_area):
        assert stage(context, area).failed is None
    assert account(context).failed is None
    for name, frame in made.items():
        handed = pl.read_parquet(tmp_path / "run" / "overflow" / area / f"{name.lower()}.parquet")
        assert handed.select(frame.columns).rows() == frame.rows()
    assert pl.read_parquet(tmp_path / "run" / "ledger.parquet")["closes"].all()
