"""Excel exports: what cells become, headers of merged cells, sheets, rows without values, workbooks that are broken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from mappings.readers import ExportSpec, FieldSpec, StagedExport, excel, read_export

LEDGER = Path(__file__).parent / "data" / "ledger.xls"


def workbook(path: Path, rows: Sequence[Sequence[Any]], *, merged: Sequence[str] = (), sheet: str = "台帳") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    for cells in merged:
        page.merge_cells(cells)
    book.save(path)
    return path


def read(folder: Path, *paths: Path, fields: int, **more: Any) -> tuple[StagedExport, pl.DataFrame]:
    specs = tuple(FieldSpec(f"f{i}") for i in range(fields))
    spec = ExportSpec("x", paths, "excel", "utf-8", specs, **more)
    staged = read_export(spec, folder / "staged", threads=1)
    path = folder / "staged" / "x.parquet"
    return staged, pl.read_parquet(path) if path.exists() else pl.DataFrame()


def cells(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    return frame.select(pl.col("^f\\d+$")).rows()


def test_cells_become_text_by_their_types(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["001", 1, 0.1, date(2018, 4, 1), True],
            [" x ", 1234567.0, 123456789.123, datetime(2018, 4, 1, 12, 30), False],
            ["1.0", -5, 1e20, time(9, 5), None],
            ["改\n行", 0, 1e-7, datetime(1964, 7, 1), "#N/A"],
        ],
    )
    staged, frame = read(tmp_path, path, fields=5)
    assert cells(frame) == [
        ("001", "1", "0.1", "2018-04-01", "TRUE"),
        (" x ", "1234567", "123456789.123", "2018-04-01 12:30:00", "FALSE"),
        ("1.0", "-5", "1e+20", "09:05:00", ""),
        ("改\n行", "0", "1e-7", "1964-07-01", "#N/A"),
    ]
    assert frame.select("_record", "_offset", "_part").rows() == [(1, 1, 0), (2, 2, 0), (3, 3, 0), (4, 4, 0)]
    assert (staged.records, staged.fatal, staged.findings) == (4, None, ())


def test_merged_headers_are_joined_and_the_older_format_is_read_alike(tmp_path: Path) -> None:
    header = [["収納台帳"], ["氏名", None, "税額", "納期限", "済"], ["姓", "名"]]
    rows = [
        ["山田", "太郎", 123456, date(2018, 4, 1), True],
        ["001", None, 0.1, datetime(1964, 7, 1, 9, 5)],
        [],
        ["\ue000木", None, -1234567890.25],
        [],
    ]
    path = workbook(tmp_path / "a.xlsx", [*header, *rows], merged=["A2:B2", "C2:C3", "D2:D3", "E2:E3"])
    given: dict[str, Any] = {"fields": 5, "header": True, "header_rows": 2, "skip_rows": 1, "sheet": "台帳"}
    new, frame = read(tmp_path, path, **given)
    old, older = read(tmp_path, LEDGER, **given)
    assert new.header_names == old.header_names == ("氏名_姓", "氏名_名", "税額", "納期限", "済")
    expected = [
        ("山田", "太郎", "123456", "2018-04-01", "TRUE"),
        ("001", "", "0.1", "1964-07-01 09:05:00", ""),
        ("", "", "", "", ""),
        ("\ue000木", "", "-1234567890.25", "", ""),
    ]
    assert cells(frame) == expected
    assert cells(older) == expected
    assert frame["_offset"].to_list() == older["_offset"].to_list() == [4, 5, 6, 7]
    assert [(g.field, g.code_point, g.record) for g in old.gaiji] == [("f0", 0xE000, 4)]
    assert {f.code for f in new.findings} == {f.code for f in old.findings} == {"R07"}


def test_values_behind_the_last_field_are_found_and_kept(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a", "b"], ["c", "d", None, "e"], ["f"]])
    staged, frame = read(tmp_path, path, fields=2)
    assert cells(frame) == [("a", "b"), ("c", "d"), ("f", "")]
    assert frame["_surplus"].to_list() == [None, "\te", None]
    assert [(f.code, f.count, f.examples) for f in staged.findings] == [("R02", 1, ((2, 2),))]


def test_a_header_with_other_columns_is_found(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["A", "B", "C"], ["1", "2"]])
    staged, _ = read(tmp_path, path, fields=2, header=True)
    assert [(f.code, f.examples) for f in staged.findings] == [("R02", ((0, 1),))]


def test_records_are_numbered_over_files_and_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "BATCH_ROWS", 3)
    rows = [[n] if n % 4 else [] for n in range(1, 12)]
    paths = [workbook(tmp_path / f"{name}.xlsx", [["N"], *rows, [], []]) for name in "ab"]
    staged, frame = read(tmp_path, *paths, fields=1, header=True)
    assert frame["f0"].to_list() == ["" if n % 4 == 0 else str(n) for n in range(1, 12)] * 2
    assert frame["_record"].to_list() == list(range(1, 23))
    assert [(part.records, part.first_record) for part in staged.parts] == [(11, 1), (11, 12)]


@pytest.mark.parametrize(
    ("data", "sheet", "message"),
    [
        (b"no workbook", None, "no Excel file"),
        (b"PK\x03\x04 broken", None, "damaged"),
        (b"\xd0\xcf\x11\xe0 broken", None, "damaged"),
        (None, "無い", "no sheet 無い (台帳)"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_fatal(
    tmp_path: Path, data: bytes | None, sheet: str | None, message: str
) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a"]])
    if data is not None:
        path.write_bytes(data)
    staged, frame = read(tmp_path, path, fields=1, sheet=sheet)
    assert staged.fatal_code == "R03"
    assert message in (staged.fatal_en or "")
    assert frame.is_empty()
    assert staged.records == 0
