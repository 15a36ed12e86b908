"""Two implementations that share nothing but facts: what the sample's plain encoders write, the reader reads."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layouts.delivery.run import RunContext
from mappings.readers.mainframe.choices import CopybookChoices, NumberPolicy
from mappings.readers.mainframe.copybook import parse_copybook
from mappings.readers.mainframe.decode import RecordDecoder
from mappings.readers.mainframe.plan import plan_record
from mappings.stage import read_area
from sample_data import generate
from sample_data.a_sha import charset, defects, numbers

CHARSETS = {
    "jef_ebcdik": charset.JEF,
    "keis83_ebcdik": charset.KEIS,
    "jips_e": charset.JIPS,
}
HOME = Path(charset.__file__).parent / "charset"
POLICY = NumberPolicy(spaces="empty", low_values="empty")


def read(clauses: str, name: str, matrix: numbers.Bytes) -> list[str]:
    """The texts of a field that fills the whole record."""
    plan = plan_record(parse_copybook(f"01 R.\n 05 F {clauses}.", "T.cpy", "free"))
    decoder = RecordDecoder(plan, name, CopybookChoices(plan, numbers=POLICY))
    rows, size = matrix.shape
    raw = np.ascontiguousarray(matrix).reshape(-1)
    raw.flags.writeable = False
    begins = np.arange(rows, dtype=np.int64) * size
    found: list[str] = decoder.decode(raw, begins, begins + size).texts[0].to_pylist()
    return found


def characters(table: str) -> str:
    with (HOME / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return "".join(chr(int(row["unicode"], 16)) for row in csv.DictReader(file))


def series(texts: list[str]) -> pl.Series:
    return pl.Series(texts, dtype=pl.String)


@pytest.mark.parametrize("name", list(CHARSETS))
def test_every_character_of_every_table_is_read_as_itself(name: str) -> None:
    kind = CHARSETS[name]
    wide, narrow = list(characters(kind.double)), list(characters(kind.single))
    wide += [chr(0xE000 + n) for n in range(kind.user_rows * 94)]
    own = [char for char in wide if char not in kind.own]
    assert read("PIC N(1)", name, charset.double(series(own), 1, charset=kind)) == own
    assert read("PIC X(1)", name, charset.single(series(narrow), 1, charset=kind)) == narrow


def letters(name: str) -> str:
    """Printable characters of both widths that are written as themselves."""
    kind = CHARSETS[name]
    both = characters(kind.double) + characters(kind.single)
    return "".join(char for char in both if char.isprintable() and char not in kind.own and char not in " 　")


LETTERS = {name: letters(name) for name in CHARSETS}


@pytest.mark.parametrize("name", list(CHARSETS))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_texts_of_both_widths_are_read_as_they_were(name: str, data: st.DataObject) -> None:
    known, kind = LETTERS[name], CHARSETS[name]
    places = st.lists(st.integers(0, len(known) - 1), max_size=8)
    texts = ["".join(known[place] for place in drawn) for drawn in data.draw(st.lists(places, min_size=1, max_size=8))]
    made = charset.mixed(series(texts), 64, charset=kind)
    assert [text.rstrip(" ") for text in read("PIC X(64)", name, made)] == texts


@st.composite
def amounts(draw: st.DrawFn) -> tuple[int, int, bool, list[str]]:
    """Digits, of these behind the point, signed, and texts of numbers that fit (empty: no value)."""
    digits = draw(st.integers(1, 15))
    scale = draw(st.integers(0, digits - 1))
    signed = draw(st.booleans())
    most = 10**digits - 1
    values = draw(st.lists(st.none() | st.integers(-most if signed else 0, most), min_size=1, max_size=20))
    return digits, scale, signed, ["" if v is None else str(Decimal(v).scaleb(-scale)) for v in values]


@settings(max_examples=60, deadline=None)
@given(amounts(), st.sampled_from(["", " COMP-3"]))
def test_numbers_are_read_as_they_were(made: tuple[int, int, bool, list[str]], usage: str) -> None:
    digits, scale, signed, texts = made
    picture = f"PIC {'S' if signed else ''}9({digits - scale})" + (f"V9({scale})" if scale else "")
    encode: Any = numbers.packed if usage else numbers.zoned
    found = read(picture + usage, "jef_ebcdik", encode(series(texts), digits, scale, signed))
    assert [None if t == "" else Decimal(t) for t in found] == [None if t == "" else Decimal(t) for t in texts]


@given(st.integers(1, 18), st.data())
def test_binary_numbers_are_read_as_they_were(digits: int, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.integers(0, 10**digits - 1), min_size=1, max_size=10))
    made = numbers.binary(series([str(value) for value in values]), digits)
    assert [int(text) for text in read(f"PIC 9({digits}) COMP", "jef_ebcdik", made)] == values


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> RunContext:
    folder = tmp_path_factory.mktemp("damaged")
    areas = ("014", "031")
    generate.generate("352071", folder, population=60, years=1, vendor="a_sha", areas=areas, defects=defects.SET)
    context = RunContext(
        run_dir=folder / "run",
        municipality="352071",
        municipality_name="",
        rehearsal="r1",
        areas=areas,
        vendor="a_sha",
        mapping_dir=Path(__file__).parents[2] / "mappings" / "vendors" / "a_sha",
        exports_dir=folder / "352071" / "exports",
        delivery_date="2026-01-01",
        mask_key=b"k" * 16,
        examples=0,
    )
    for area in areas:
        assert read_area(context, area).failed is None
    return context


def told(context: RunContext) -> Iterator[tuple[str, str, str, str]]:
    """Rule, export, record and field of what the read stage found; of a trailer its own field and no record."""
    for path in context.findings.glob("*.read.findings.parquet"):
        found = pl.read_parquet(path).filter(pl.col("rule") != "R07")
        at = pl.read_parquet(path.with_name(path.name.replace(".findings.", ".examples.")))
        for row in found.join(at.select("finding", "record"), on="finding").iter_rows(named=True):
            if row["detail"].startswith("trailer record: "):
                yield row["rule"], row["export"], "", row["detail"].split()[2]
            else:
                yield row["rule"], row["export"], str(row["record"]), row["field"] or ""


def test_the_read_stage_finds_every_planted_defect_and_nothing_else(damaged: RunContext) -> None:
    with (damaged.run_dir.parent / "352071" / "answers.csv").open(encoding="utf-8", newline="") as file:
        answers = {(row["rule"], row["export"], row["record"], row["field"]) for row in csv.DictReader(file)}
    found = set(told(damaged))
    assert answers - found == set()
    # Amounts of damaged records are missing in totals whose own digits are right.
    assert {place for place in found - answers if place[0] != "L02"} == set()
    assert {export for _, export, _, _ in found - answers} <= {export for _, export, _, _ in answers}
