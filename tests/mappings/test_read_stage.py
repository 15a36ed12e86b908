"""The read stage over real files: missing and unexpected files, several parts, fixed records, gaiji."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
from workshop import Workshop

from layouts.delivery.catalogue import entry
from mappings.overflow import write_gaiji_csv
from mappings.stage import conserve_area, map_area, read_area, unexpected_files

GROUPS = {"住民情報": {"from": "juki", "items": {"宛名番号": "NO", "氏名": "NAME"}}}


def exports(workshop: Workshop) -> Path:
    folder = workshop.ctx.exports_dir
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def cp932(path: Path, *lines: str) -> None:
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("cp932"))


def test_parts_of_an_export_are_read_in_name_order_and_mapped(workshop: Workshop) -> None:
    workshop.write({"juki": ["NO", "NAME"]}, GROUPS)
    cp932(exports(workshop) / "juki_2.csv", '"NO","NAME"', '"3","鈴木　花子"')
    cp932(exports(workshop) / "juki_1.csv", '"NO","NAME"', '"1","山田　太郎"', '"2",""')
    result = read_area(workshop.ctx, "001")
    assert (result.failed, result.records) == (None, 3)
    map_area(workshop.ctx, "001")
    rows = workshop.mapped("resident").select("_rec_juki", "宛名番号", "氏名").rows()
    assert rows == [(1, "1", "山田　太郎"), (2, "2", None), (3, "3", "鈴木　花子")]


def test_a_missing_file_fails_the_run_and_is_found(workshop: Workshop) -> None:
    workshop.write({"juki": ["NO", "NAME"]}, GROUPS)
    exports(workshop)
    result = read_area(workshop.ctx, "001")
    assert result.failed is not None
    assert result.failed.startswith("R04 001 juki")
    assert workshop.findings("read").select("rule", "export").rows() == [("R04", "juki")]


def test_a_wrong_charset_fails_the_run_with_a_code_that_says_what_to_do(workshop: Workshop) -> None:
    workshop.write({"juki": ["NO", "NAME"]}, GROUPS)
    lines = ['"NO","NAME"', *(f'"{number}","周南市　さくら　ひなた"' for number in range(50))]
    (exports(workshop) / "juki.csv").write_bytes("".join(f"{line}\r\n" for line in lines).encode("euc_jp"))
    failed = read_area(workshop.ctx, "001").failed or ""
    assert failed.startswith("R11 001 juki: juki.csv")
    assert "charset" in entry(failed.split()[0]).action_en


def test_a_file_that_need_not_be_there_is_an_empty_export(workshop: Workshop) -> None:
    path = workshop.write({"juki": ["NO", "NAME"]}, GROUPS)
    path.write_text(path.read_text().replace("    record: juki.csv\n", "    record: juki.csv\n    required: false\n"))
    exports(workshop)
    assert read_area(workshop.ctx, "001").failed is None
    assert map_area(workshop.ctx, "001").records == 0


def test_files_that_no_mapping_describes_fail_the_run(workshop: Workshop) -> None:
    workshop.write({"juki": ["NO", "NAME"]}, GROUPS)
    folder = exports(workshop)
    for name in ("juki_1.csv", "expected.csv", ".hidden"):
        (folder / name).write_text("x")
    assert unexpected_files(workshop.ctx).failed is None
    (folder / "copy of juki.csv").write_text("x")
    result = unexpected_files(workshop.ctx)
    assert result.failed == "R05 copy of juki.csv"
    assert result.counts == {"unexpected": 1}


def test_files_of_every_area_of_the_vendor_are_expected(workshop: Workshop) -> None:
    workshop.write({"juki": ["NO", "NAME"]}, GROUPS)
    other = Workshop(workshop.folder, area="x_dog")
    other.write({"dog": ["NO"]}, {})
    (exports(workshop) / "dog_1.csv").write_text("x")
    assert unexpected_files(workshop.ctx).failed is None


def test_gaiji_are_registered_with_their_code_and_field(workshop: Workshop) -> None:
    workshop.write({"juki": ["NO", "NAME"]}, GROUPS)
    (exports(workshop) / "juki.csv").write_bytes(
        b'"NO","NAME"\r\n' + '"1","山'.encode("cp932") + b"\xf0\x40" + '"\r\n'.encode("cp932")
    )
    read_area(workshop.ctx, "001")
    map_area(workshop.ctx, "001")
    conserve_area(workshop.ctx, "001")
    register = pl.read_parquet(workshop.ctx.gaiji / "001.parquet")
    line = register.select("export", "field", "source_code", "codepoint", "count", "first_record").row(0)
    assert (line[0], line[1], line[2].lower(), *line[3:]) == ("juki", "NAME", "f040", "U+E000", 1, 1)
    write_gaiji_csv(workshop.ctx.gaiji)
    assert (workshop.ctx.gaiji / "gaiji.csv").read_text(encoding="utf-8").count("\n") == 2


def test_fixed_records_are_read_by_byte_positions(workshop: Workshop) -> None:
    workshop.write({"juki": ["NO", "NAME"]}, GROUPS, vendor={"defaults": {"charset": "cp932", "format": "fixed"}})
    (workshop.vendor_dir / "records" / "juki.csv").write_text(
        "no,field,name_ja,type,length,start,description\n1,NO,番号,9,4,1,\n2,NAME,氏名,N,8,5,\n", encoding="utf-8"
    )
    (exports(workshop) / "juki.csv").write_bytes("0001山田花子0002鈴木一郎".encode("cp932"))
    assert read_area(workshop.ctx, "001").failed is None
    map_area(workshop.ctx, "001")
    assert workshop.mapped("resident").select("宛名番号", "氏名").rows() == [("0001", "山田花子"), ("0002", "鈴木一郎")]
    staged = json.loads((workshop.ctx.staged("001") / "juki.json").read_text())
    assert staged["records"] == 2
