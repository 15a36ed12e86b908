"""A社: what is delivered from its records is the truth, value by value; its mappings are those of its manual."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
import yaml

from layouts.delivery.run import RunContext
from layouts.load import load_area
from mappings.mapping import Mapping, load_mapping
from mappings.stage import conserve_area, map_area, read_area
from sample_data import compare, generate, plugin
from sample_data.a_sha import book
from validators.ledger import account
from validators.stage import validate_across, validate_area

VENDOR_DIR = Path(__file__).parents[2] / "mappings" / "vendors" / "a_sha"
AREAS = sorted(plugin.VENDORS["a_sha"])
DELIVERED = ("012", "014", "026", "031")
"""Areas with every form of records: claims side by side, of fixed and variable length, months in OCCURS, REDEFINES."""
TOWN = "352071"


def of(area: str) -> Mapping:
    return load_mapping(VENDOR_DIR, area)


@pytest.mark.parametrize("area", AREAS)
def test_every_item_is_mapped_or_declared_as_not_held(area: str) -> None:
    mapping = of(area)
    told = mapping.file.not_provided
    absent = set()
    for group in load_area(area).groups:
        lacking = told.get(group.name, {})
        names = set(group.names) if isinstance(lacking, str) else set(lacking)
        absent |= {(group.name, name) for name in names}
        mapped = {item for block in mapping.file.blocks.get(group.name, ()) for item in block.items}
        assert set(group.names) == mapped | names
    assert absent == {(group, item) for of, group, item in compare.not_held("a_sha") if of == area}


@pytest.mark.parametrize("area", AREAS)
def test_copybooks_and_codes_are_the_vendors(area: str) -> None:
    mapping = of(area)
    theirs = Path(book.__file__).parent / "copybooks"
    for name in {export.definition.copybook for export in mapping.exports.values()}:
        assert name is not None
        assert (VENDOR_DIR / "records" / name).read_bytes() == (theirs / name).read_bytes()
    lists = book.codes(area)
    for name, map_ in mapping.file.codes.items():
        assert {standard: old for old, standard in map_.items()} == {
            standard: value for standard, (value, _) in lists[name.upper()].items()
        }
    used = {field.codes for of in book.fields(area).values() for field in of if field.kind == "code"}
    assert {name.upper() for name in mapping.file.codes} == used


@pytest.mark.parametrize("area", AREAS)
def test_fields_outside_the_standard_go_to_overflow_and_fillers_are_padding(area: str) -> None:
    mapping = of(area)
    for table in (table for table in book.tables() if table.area == area):
        fates = mapping.fates.of[table.name.lower()]
        own = {f.column for f in table.fields if f.kind in ("own", "counter", "cancelled")}
        assert {name for name, fate in fates.items() if fate == "overflow"} == own
        padding = {name for name, fate in fates.items() if fate == "padding"}
        assert {name.rstrip("_0123456789") for name in padding} == {"FILLER", "REC_KBN"}


def deliver(folder: Path, vendor: str, areas: tuple[str, ...]) -> RunContext:
    """A small town's exports through every stage that judges them."""
    generate.generate(TOWN, folder, population=40, years=1, vendor=vendor, areas=areas)
    context = RunContext(
        run_dir=folder / "run",
        municipality=TOWN,
        municipality_name="",
        rehearsal="r1",
        areas=areas,
        vendor=vendor,
        mapping_dir=VENDOR_DIR.with_name(vendor),
        exports_dir=folder / TOWN / "exports",
        delivery_date="2026-01-01",
        mask_key=b"k" * 16,
    )
    for area in areas:
        for stage in (read_area, map_area, validate_area, conserve_area):
            assert stage(context, area).failed is None
    for closing in (validate_across, account):
        assert closing(context).failed is None
    return context


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunContext:
    return deliver(tmp_path_factory.mktemp("a_sha"), "a_sha", DELIVERED)


def check_values(run: RunContext) -> None:
    truth = run.run_dir.parent / TOWN / "truth"
    compared = compare.compare(run.run_dir, truth, compare.not_held(run.vendor), run.areas).filter("held")
    wrong = compared.filter(pl.sum_horizontal("different", "missing", "extra") > 0)
    assert wrong.select("area", "group", "item").rows() == []
    equal = dict(compared.group_by("area").agg(pl.col("equal").sum()).iter_rows())
    assert min(equal.values()) > 1_000


def test_every_value_is_delivered_as_the_truth_says_it(run: RunContext) -> None:
    check_values(run)


@pytest.mark.parametrize(("vendor", "area"), [("a_sha_keis", "026"), ("a_sha_jips", "031")])
def test_the_same_records_in_other_characters_deliver_the_same_values(tmp_path: Path, vendor: str, area: str) -> None:
    run = deliver(tmp_path, vendor, (area,))
    check_values(run)
    assert pl.read_parquet(run.run_dir / "ledger.parquet")["closes"].all()
    assert set(pl.read_parquet(run.run_dir / "findings.parquet")["rule"]) <= {"R07", "V14"}
    for path in (VENDOR_DIR / "records").glob("*.cpy"):
        own = VENDOR_DIR.with_name(vendor) / "records" / path.name
        assert not own.exists() or own.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("vendor", ["a_sha_keis", "a_sha_jips"])
def test_decisions_on_characters_are_those_of_the_vendors_register(vendor: str) -> None:
    with (Path(book.__file__).parents[1] / vendor / "gaiji.csv").open(encoding="utf-8", newline="") as file:
        register = {chr(int(row["codepoint"][2:], 16)): row["character"] for row in csv.DictReader(file)}
    chain = yaml.safe_load((VENDOR_DIR.with_name(vendor) / "vendor.yaml").read_text("utf-8"))["transforms"]
    replaced = [step["replace"] for step in chain["own_characters"]]
    assert {step["find"]: step["put"] for step in replaced} == register


def test_nothing_is_found_or_held_back_and_the_books_close(run: RunContext) -> None:
    found = pl.read_parquet(run.run_dir / "findings.parquet")
    assert set(found["rule"]) <= {"R07", "V14"}  # gaiji of names; areas outside this run
    ledger, totals = (pl.read_parquet(run.run_dir / f"{name}.parquet") for name in ("ledger", "control_totals"))
    assert ledger["closes"].all()
    assert totals.filter(~pl.col("closes")).is_empty()
    assert [path for area in DELIVERED for path in run.quarantine(area).glob("*")] == []


def test_only_cancelled_records_are_excluded(run: RunContext) -> None:
    excluded = {path.stem: pl.read_parquet(path) for area in DELIVERED for path in run.exclusions(area).glob("*")}
    assert set(excluded) == {"jt04", "nk02"}
    for frame in excluded.values():
        assert set(frame["取消_KBN"]) == {"9"}
        assert set(frame["reason"]) == {"取消レコード（誤登録）"}


def test_trailers_keep_what_they_promise(run: RunContext) -> None:
    expected = pl.read_parquet(run.run_dir / "expected.parquet")
    assert set(expected["outcome"]) == {"equal"}
    promises = expected.filter(pl.col("note").str.starts_with("trailer"))
    assert {"count", "sum"} == set(promises["kind"])
    assert promises.filter(pl.col("kind") == "count").height >= 40


def test_only_texts_whose_padding_no_item_tells_and_definitions_that_do_not_hold_are_residue(run: RunContext) -> None:
    left: dict[str, set[str]] = {}
    for area in DELIVERED:
        for path in run.residue(area).glob("*.parquet"):
            left[path.stem] = set(pl.read_parquet(path)["field"])
    table = next(table for table in book.tables() if table.name == "JT02")
    today = {field.column for field in table.fields if field.group == "住登外者宛名基本情報"}
    shared = {field.column for field in table.fields if field.variant}
    assert left.pop("jt02") <= shared | today
    assert left == {"jt03": {"登録理由"}, "jt05": {"変換備考"}}


def test_claims_of_variable_records_become_one_row_each(run: RunContext) -> None:
    staged = pl.read_parquet(run.staged("014") / "sn01.parquet")
    rows = pl.read_parquet(run.run_dir / "standard" / "014" / f"{load_area('014').group('期別調定').slug}.parquet")
    assert staged["期数"].cast(pl.Int64).sum() == rows.height > staged.height


def test_user_defined_characters_arrive_as_such_and_are_registered(run: RunContext) -> None:
    path = run.run_dir / "standard" / "031" / f"{load_area('031').group('住登外者宛名履歴情報').slug}.parquet"
    texts = pl.concat([pl.read_parquet(path)[name].drop_nulls() for name in ("氏名", "住所_町字")])
    delivered = {char for text in texts for char in text if "\ue000" <= char <= "\uf8ff"}
    assert delivered
    register = pl.read_parquet(run.run_dir / "gaiji" / "031.parquet")
    assert delivered <= set(register["char"])
    # The first user-defined code is 80A1.
    number = pl.col("char").map_elements(lambda char: ord(char) - 0xE000, return_dtype=pl.Int64)
    codes = (number // 94 + 0x80) * 256 + number % 94 + 0xA1
    assert register.select(codes.alias("code"))["code"].to_list() == [int(c, 16) for c in register["source_code"]]
