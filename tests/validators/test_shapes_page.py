"""docs/shapes.md is the contract between the rooms: it names every column and every line that they write."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from layouts.delivery import shapes
from mappings.uses import ASIDE
from validators.ledger.records import RecordBook
from validators.ledger.tables import EXPECTED

PAGE = (Path(__file__).parents[2] / "docs" / "shapes.md").read_text(encoding="utf-8")
TABLES = {name: value for name, value in vars(shapes).items() if isinstance(value, pl.Schema)}


@pytest.mark.parametrize("table", [*TABLES, "ASIDE", "EXPECTED"])
def test_every_column_of_every_table_is_named(table: str) -> None:
    columns = {**TABLES, "ASIDE": ASIDE, "EXPECTED": EXPECTED}[table]
    words = set(re.findall(r"\w+", PAGE))
    assert [name for name in columns if name not in words] == []


def test_every_line_of_the_export_ledger_is_named() -> None:
    lines = RecordBook(0).outcomes("main")
    assert len(lines) == 10
    assert [line for line in (*lines, "not_accounted") if not re.search(rf"\b{line}\b", PAGE)] == []
