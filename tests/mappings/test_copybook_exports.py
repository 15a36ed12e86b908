"""Exports with a copybook: what the mapping says reaches the reader, and what is wrong is told with file and line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from pydantic import ValidationError
from workshop import Workshop

from mappings.errors import MappingError
from mappings.mapping import Export, load_mapping
from mappings.model import AreaFile, ExportDef
from mappings.readers.mainframe.choices import NumberPolicy, RecordTypes
from mappings.records import RecordLayout, load_layout
from mappings.staging import stage_exports
from mappings.yaml_lines import load_yaml

COPYBOOK = """\
       01  HEAD-REC.
           03  KBN                 PIC X.
           03  FILLER              PIC X(14).
       01  DATA-REC.
           03  KBN                 PIC X.
           03  宛名番号            PIC 9(4).
           03  SEX                 PIC X.
               88  男              VALUE '1'.
               88  女              VALUE '2'.
           03  ZEI-GAKU            PIC S9(5) COMP-3 OCCURS 2.
           03  SHIMEI              PIC X(3).
           03  SHIMEI-N REDEFINES SHIMEI.
               05  KANJI           PIC N.
               05  FILLER          PIC X.
       01  END-REC.
           03  KBN                 PIC X.
           03  KENSU               PIC 9(4).
           03  GOKEI               PIC S9(7) COMP-3.
           03  FILLER              PIC X(6).
"""
EXPORT: dict[str, Any] = {
    "file": "JUKI*.DAT",
    "format": "fixed",
    "charset": "jef_ebcdik",
    "copybook": "JUKI.cpy",
    "record": "DATA-REC",
    "key": ["宛名番号"],
    "record_types": {"field": "KBN", "own": "1", "header": ["H"], "trailer": ["9"]},
    "trailer": {"record": "END-REC", "count": "KENSU", "totals": {"GOKEI": "ZEI-GAKU_1"}},
    "redefines": {"SHIMEI": {"by": "SEX", "take": {"1": "SHIMEI", "2": "SHIMEI-N"}}},
    "numbers": {"spaces": "empty"},
    "numbers_of": {"ZEI-GAKU": {"low_values": "zero"}},
}


def layout(workshop: Workshop, **change: Any) -> tuple[RecordLayout, ExportDef]:
    """The export as a mapping declares it; a change to None leaves a key out."""
    records = workshop.vendor_dir / "records"
    records.mkdir(parents=True, exist_ok=True)
    (records / "JUKI.cpy").write_bytes(COPYBOOK.encode("cp932"))
    path = workshop.vendor_dir / "001.yaml"
    export = {key: value for key, value in (EXPORT | change).items() if value is not None}
    data = {"vendor": "v", "area": "001", "exports": {"juki": export}}
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    document = load_yaml(path, path.name)
    definition = AreaFile.model_validate(document.data).exports["juki"]
    found, file = load_layout(workshop.vendor_dir, "juki", definition, document)
    assert file.is_file()
    return found, definition


def test_the_copybook_is_the_record_layout(workshop: Workshop) -> None:
    found, _ = layout(workshop)
    assert found.names == (
        "KBN", "宛名番号", "SEX", "ZEI_GAKU_1", "ZEI_GAKU_2", "SHIMEI", "KANJI", "FILLER_1",
    )  # fmt: skip
    assert [(f.no, f.type, f.length, f.start, f.description) for f in found.fields[1:5]] == [
        (2, "9", 4, 2, "9(4)"),
        (3, "X", 1, 6, "X [1=男, 2=女]"),
        (4, "S9", 3, 7, "S9(5) COMP-3"),
        (5, "S9", 3, 10, "S9(5) COMP-3"),
    ]


def test_declarations_reach_the_reader(workshop: Workshop) -> None:
    choices = layout(workshop)[0].copybook
    assert choices is not None
    assert choices.types == RecordTypes("KBN", ("1",), ("H",), ("9",), ())
    assert choices.numbers == NumberPolicy(spaces="empty")
    assert choices.fields == dict.fromkeys(
        ["ZEI_GAKU_1", "ZEI_GAKU_2"], NumberPolicy(spaces="empty", low_values="zero")
    )
    assert choices.trailer is not None
    assert (choices.trailer.count, choices.trailer.totals) == ("KENSU", {"GOKEI": "ZEI_GAKU_1"})
    assert (choices.records, choices.line_end) == ("fixed", b"")
    lines = layout(workshop, newline="crlf")[0].copybook
    blocked = layout(workshop, record_format="blocked", comp5="little", shift_in="38", redefines={"SHIMEI": "SHIMEI"})
    assert lines is not None
    assert (lines.records, lines.line_end) == ("lines", b"\r\n")
    made = blocked[0].copybook
    assert made is not None
    assert (made.records, made.little, made.shift_in, made.plan.switches) == ("blocked", True, b"\x38", ())


@pytest.mark.parametrize(
    ("change", "code", "at", "message"),
    [
        ({"record": "NO-REC"}, "MP31", None, "no record NO-REC"),
        ({"copybook": "NONE.cpy"}, "MP30", None, "does not exist"),
        ({"redefines": None}, "MP32", None, "Nothing says which definition of SHIMEI holds"),
        ({"charset": "utf-8"}, "MP33", "charset:", "does not go with a copybook"),
        ({"format": "delimited"}, "MP33", "copybook:", "needs format: fixed"),
        ({"record_length": 99}, "MP33", "record_length:", "has 15 bytes"),
        ({"newline": "cr"}, "MP33", "newline:", "does not go with"),
        ({"newline": "lf", "record_format": "variable"}, "MP33", "newline:", "does not go with"),
        ({"shift_in": "0E"}, "MP33", "shift_in:", "has no shift code 0E"),
        ({"record_types": {"field": "KUBUN", "own": "1"}, "trailer": None}, "MP33", "field: KUBUN", "no field KUBUN"),
        ({"record_types": {"field": "SHIMEI", "own": "1"}, "trailer": None}, "MP33", "field: SHIMEI", "lies elsewhere"),
        ({"record_types": None}, "MP33", "trailer:", "which records are trailers"),
        ({"trailer": {"record": "TAIL", "count": "KENSU"}}, "MP33", "record: TAIL", "no record TAIL"),
        ({"trailer": {"record": "END-REC", "count": "KBN"}}, "MP33", "count: KBN", "is no number"),
        ({"trailer": {"record": "END-REC", "totals": {"GOKEI": "ZEI"}}}, "MP33", "GOKEI: ZEI", "no field ZEI"),
        ({"numbers_of": {"SEX": {"spaces": "zero"}}}, "MP33", "    SEX:", "is no number"),
        ({"numbers_of": {"ZEI": {"spaces": "zero"}}}, "MP33", "    ZEI:", "no field ZEI"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(
    workshop: Workshop, change: dict[str, Any], code: str, at: str | None, message: str
) -> None:
    with pytest.raises(MappingError, match=message) as caught:
        layout(workshop, **change)
    error = caught.value
    assert error.code == code
    assert error.todo.ja
    if at is None:
        assert error.file.startswith("records/")
        return
    lines = (workshop.vendor_dir / "001.yaml").read_text(encoding="utf-8").splitlines()
    assert error.file == "001.yaml"
    assert at in lines[(error.line or 0) - 1]


@pytest.mark.parametrize(
    ("export", "message"),
    [
        ({"file": "A"}, "give record or copybook"),
        ({"file": "A", "record": "A.csv", "trailer": {"record": "E", "count": "N"}}, "trailer goes with copybook"),
        ({"file": "A", "copybook": "A.cpy", "trailer": {"record": "E"}}, "give count or totals"),
        (
            {"file": "A", "copybook": "A.cpy", "record_types": {"field": "K", "own": "1", "header": "1"}},
            "record type '1' is given twice",
        ),
    ],
)
def test_declarations_that_contradict_themselves_are_refused(export: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ExportDef.model_validate(export)


def jef(text: str, size: int) -> bytes:
    return text.encode("jef_ebcdik").ljust(size, b"\x40")


def data_record(number: int, sex: str, amount: str, name: bytes) -> bytes:
    return jef(f"1{number:04d}{sex}", 6) + bytes.fromhex(amount) + bytes.fromhex("00000C") + name


def test_the_read_stage_stages_such_an_export_and_finds_what_is_wrong_with_it(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, area="x_dog")
    workshop.write({"juki": ["NO"]}, {})
    mapping = load_mapping(workshop.vendor_dir, "x_dog")
    record, definition = layout(workshop)
    mapping = replace(mapping, exports={"juki": Export("juki", definition, record)})
    rows = [
        jef("H", 15),
        data_record(1, "1", "00100C", jef("ｱｲｳ", 3)),
        data_record(2, "2", "00A00C", b"\xb0\xa1\x40"),
        data_record(3, "3", "000000", jef("X", 3)),
        jef("90004", 5) + bytes.fromhex("0000101C") + jef("", 6),
    ]
    folder = workshop.ctx.exports_dir
    folder.mkdir(parents=True)
    (folder / "JUKI1.DAT").write_bytes(b"".join(rows))
    staged, findings, failed = stage_exports(workshop.ctx, mapping)
    frame = pl.read_parquet(workshop.ctx.staged("x_dog") / "juki.parquet")
    assert failed is None
    assert frame.select("宛名番号", "SHIMEI", "KANJI").rows()[:2] == [("0001", "ｱｲｳ", ""), ("0002", "", "亜")]
    assert frame["ZEI_GAKU_1"].to_list()[0::2] == ["100", "0"]
    assert (staged[0].records, dict(staged[0].passed_over)) == (3, {"header": 1, "trailer": 1})
    found = {(f.rule, f.field, f.count, f.detail) for f in findings}
    assert found == {
        ("R12", "ZEI_GAKU_1", 1, "no number"),
        ("R14", None, 1, "REDEFINES not known: SHIMEI"),
        ("L01", None, 1, "trailer record: KENSU declared=4 read=3 unreadable=0"),
        ("L02", "ZEI_GAKU_1", 1, "trailer record: GOKEI declared=101 read=100 unreadable=1"),
    }
    bad = next(f for f in findings if f.rule == "R12")
    assert bad.examples.select("record", "offset", "key").rows() == [(2, 30, "0002")]
