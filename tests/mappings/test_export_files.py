"""The files of an export: numbered parts and their gaps, archives, files in them that nobody knows."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import yaml
from workshop import Workshop

from mappings.stage import read_area, unexpected_files

AREA = "x_dog"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    shop = Workshop(tmp_path, area=AREA)
    shop.write({"dog": ["NO"]}, {})
    shop.ctx.exports_dir.mkdir(parents=True)
    return shop


def declare(shop: Workshop, **export: Any) -> None:
    path = shop.vendor_dir / f"{AREA}.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["exports"]["dog"] |= {"header": False, **export}
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


def put(shop: Workshop, **files: bytes) -> Path:
    for name, data in files.items():
        (shop.ctx.exports_dir / name.replace("__", ".")).write_bytes(data)
    return shop.ctx.exports_dir


def numbers(shop: Workshop) -> list[str]:
    return pl.read_parquet(shop.ctx.staged(AREA) / "dog.parquet")["NO"].to_list()


def test_numbered_parts_are_read_in_the_order_of_their_numbers(shop: Workshop) -> None:
    declare(shop, parts="numbered")
    put(shop, **{f"dog{n}__csv": f"{n}\r\n".encode() for n in (1, 2, 10, 9, 8, 7, 6, 5, 4, 3)})
    assert read_area(shop.ctx, AREA).failed is None
    assert numbers(shop) == [str(n) for n in range(1, 11)]


@pytest.mark.parametrize(
    ("parts", "names", "message"),
    [
        ("numbered", ("dog1", "dog3"), "分割ファイルの 2 番が無い"),
        ("numbered", ("dog2", "dog3"), "分割ファイルの 1 番が無い"),
        (3, ("dog1", "dog2"), "分割ファイルの 3 番が無い"),
        (1, ("dog1", "dog2"), "2 番がある"),
        ("numbered", ("dog1", "dog01"), "1 番が2つある"),
        ("numbered", ("dog1", "dogA"), "dogA.csv に番号が無い"),
    ],
)
def test_a_part_that_is_missing_fails_the_run(shop: Workshop, parts: Any, names: tuple[str, ...], message: str) -> None:
    declare(shop, parts=parts)
    put(shop, **{f"{name}__csv": b"1\r\n" for name in names})
    failed = read_area(shop.ctx, AREA).failed or ""
    assert failed.startswith("R04 x_dog dog: ")
    assert message in failed
    assert shop.findings("read").select("rule", "count").rows() == [("R04", 1)]


def test_numbers_may_begin_with_zero(shop: Workshop) -> None:
    declare(shop, parts=2)
    put(shop, dog0__csv=b"0\r\n", dog1__csv=b"1\r\n")
    assert read_area(shop.ctx, AREA).failed is None
    assert numbers(shop) == ["0", "1"]


def test_packed_files_are_read_and_tell_their_archive(shop: Workshop) -> None:
    declare(shop, archive="ALL_*.zip", file=["dog*.csv", "dog*.csv.gz"], parts="numbered")
    folder = put(shop, dog3__csv__gz=gzip.compress(b"3\r\n"))
    with zipfile.ZipFile(folder / "ALL_1.zip", "w") as archive:
        archive.writestr("x/dog2.csv", b"2\r\n")
        archive.writestr("x/dog1.csv", b"1\r\n")
    assert read_area(shop.ctx, AREA).failed is None
    assert numbers(shop) == ["1", "2", "3"]
    staged = json.loads((shop.ctx.staged(AREA) / "dog.json").read_text(encoding="utf-8"))
    assert [(part["file"], part["archive"], part["bytes"]) for part in staged["parts"]] == [
        ("dog1.csv", "ALL_1.zip", 3), ("dog2.csv", "ALL_1.zip", 3), ("dog3.csv", "dog3.csv.gz", 3),
    ]  # fmt: skip
    assert not any((shop.ctx.work / "unpacked" / AREA).iterdir())
    assert unexpected_files(shop.ctx).failed is None


def test_files_of_an_archive_that_no_export_takes_fail_the_run(shop: Workshop) -> None:
    declare(shop, archive="ALL.zip")
    folder = put(shop)
    with zipfile.ZipFile(folder / "ALL.zip", "w") as archive:
        archive.writestr("dog1.csv", b"1\r\n")
        archive.writestr("cat1.csv", b"1\r\n")
    assert unexpected_files(shop.ctx).failed == "R05 ALL.zip/cat1.csv"


def test_a_damaged_archive_fails_the_run(shop: Workshop) -> None:
    declare(shop, archive="ALL.zip")
    put(shop, ALL__zip=b"PK")
    failed = read_area(shop.ctx, AREA).failed or ""
    assert failed.startswith("R03 x_dog dog: ALL.zip: ")
    assert shop.findings("read").select("rule").rows() == [("R03",)]


def test_an_excel_export_is_declared_with_sheet_and_header(shop: Workshop) -> None:
    declare(shop, format="excel", file="*.xlsx", header=True, header_rows=2, skip_rows=1, sheet="犬")
    book = openpyxl.Workbook()
    page = book.create_sheet("犬")
    for row in (["飼犬台帳"], ["登録"], ["番号"], [7], ["008"]):
        page.append(row)
    book.save(shop.ctx.exports_dir / "dog.xlsx")
    assert read_area(shop.ctx, AREA).failed is None
    assert numbers(shop) == ["7", "008"]
    staged = json.loads((shop.ctx.staged(AREA) / "dog.json").read_text(encoding="utf-8"))
    assert (staged["format"], staged["header_names"]) == ("excel", ["登録_番号"])
