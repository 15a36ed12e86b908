"""Files of records read by their copybook: fields, REDEFINES, tables, record formats, header and trailer, what is
broken."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mainframe_records import JEF, half, marks, packed, plan, wide, words, zoned

from mappings.readers import ExportSpec, StagedExport, read_export
from mappings.readers.mainframe.choices import CopybookChoices, NumberPolicy, RecordTypes, Trailer, mainframe_charset
from mappings.readers.mainframe.decode import RecordDecoder
from mappings.readers.mainframe.plan import Choice
from mappings.readers.mainframe.read import CHUNK_BYTES, read

Reading = Callable[..., tuple[StagedExport, pl.DataFrame]]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    def call(
        choices: CopybookChoices, *parts: bytes, chunk: int = CHUNK_BYTES, charset: str = JEF, **more: Any
    ) -> tuple[StagedExport, pl.DataFrame]:
        files = []
        for number, data in enumerate(parts):
            files.append(tmp_path / f"PART{number}.DAT")
            files[-1].write_bytes(data)
        spec = ExportSpec("export", tuple(files), "fixed", charset, (), copybook=choices, **more)
        staged = read(spec, choices, tmp_path / "staged", threads=2, chunk_bytes=chunk)
        assert StagedExport.read(tmp_path / "staged" / "export.json") == staged
        return staged, pl.read_parquet(tmp_path / "staged" / "export.parquet")

    return call


def sidecar(folder: Path, name: str) -> list[tuple[Any, ...]]:
    path = folder / "staged" / f"export.{name}.parquet"
    return pl.read_parquet(path).rows() if path.exists() else []


JUKI = """\
01 JUKI-REC.
 03 KBN PIC X.
 03 宛名番号 PIC 9(5).
 03 氏名 PIC N(4).
 03 KANA PIC X(6).
 03 JUSHO PIC X(12).
 03 UMARE PIC 9(7) COMP-3.
 03 ZEI PIC S9(5)V99 COMP-3 OCCURS 2.
 03 KENSU PIC S9(4) COMP.
 03 FILLER PIC X(2).
"""


def juki(number: int, **change: bytes) -> bytes:
    fields = {
        "kbn": half("2", 1),
        "no": zoned(f"{number:05d}"),
        "name": wide("山田太郎", 8),
        "kana": half("ﾔﾏﾀﾞ", 6),
        "jusho": half("大手町1-2", 12),
        "umare": packed(3390701, 4, "F"),
        "zei1": packed(123456, 4),
        "zei2": packed(-5, 4),
        "kensu": (-2).to_bytes(2, "big", signed=True),
        "filler": b"\x40\x40",
    }
    return b"".join((fields | change).values())


def test_every_kind_of_field_is_staged_as_text(reading: Reading, tmp_path: Path) -> None:
    staged, frame = reading(CopybookChoices(plan(JUKI)), juki(1) + juki(2), juki(3))
    assert frame.columns[:3] == ["_record", "_offset", "_part"]
    assert frame.row(0) == (
        1, 0, 0, "2", "00001", "山田太郎", "ﾔﾏﾀﾞ  ", "大手町1-2 ", "3390701", "1234.56", "-0.05", "-2", "  ",
    )  # fmt: skip
    assert frame.select("_record", "_offset", "_part", "宛名番号").rows()[1:] == [
        (2, len(juki(1)), 0, "00002"),
        (3, 0, 1, "00003"),
    ]
    assert (staged.records, staged.kept, staged.ragged, staged.fatal, staged.findings) == (3, 3, 0, None, ())
    assert staged.charset == JEF
    assert [part.records for part in staged.parts] == [2, 1]
    assert sidecar(tmp_path, "codes") == sidecar(tmp_path, "controls") == []


@pytest.mark.parametrize("chunk", [1, 50, 97, 1 << 20])
def test_the_size_of_pieces_changes_nothing(reading: Reading, chunk: int) -> None:
    data = b"".join(juki(n) for n in range(30))
    whole, pieces = reading(CopybookChoices(plan(JUKI)), data), reading(CopybookChoices(plan(JUKI)), data, chunk=chunk)
    assert whole[0] == pieces[0]
    assert whole[1].equals(pieces[1])


def test_bad_numbers_are_marks_and_found(reading: Reading, tmp_path: Path) -> None:
    bad = b"\x12\xa4\x56\x7c"
    staged, frame = reading(CopybookChoices(plan(JUKI)), juki(1) + juki(2, zei1=bad) + juki(3, umare=b"\x40" * 4))
    assert frame["ZEI_1"].to_list() == ["1234.56", marks(bad), "1234.56"]
    assert frame["UMARE"][2] == marks(b"\x40" * 4)
    assert {(f.code, f.field, f.count, f.detail, f.examples) for f in staged.findings} == {
        ("R12", "ZEI_1", 1, "no number", ((2, len(juki(1))),)),
        ("R12", "UMARE", 1, "no number", ((3, 2 * len(juki(1))),)),
    }
    assert sidecar(tmp_path, "codes") == []


def test_what_stands_for_no_number_is_declared_for_an_export_and_a_field(reading: Reading, tmp_path: Path) -> None:
    choices = CopybookChoices(
        plan(JUKI),
        numbers=NumberPolicy(spaces="empty", low_values="empty"),
        fields={"ZEI_1": NumberPolicy(low_values="zero")},
    )
    data = juki(1, umare=b"\x40" * 4, zei1=bytes(4), zei2=bytes(4)) + juki(2, zei1=b"\x40" * 4)
    staged, frame = reading(choices, data)
    assert frame.select("UMARE", "ZEI_1", "ZEI_2").rows() == [
        ("", "0.00", ""),
        ("3390701", marks(b"\x40" * 4), "-0.05"),
    ]
    assert [(f.field, f.count) for f in staged.findings] == [("ZEI_1", 1)]
    # Low values fill an empty packed field; spaces for it, and low values for a zero, do not come back by themselves.
    assert sidecar(tmp_path, "codes") == [(1, "UMARE", b"\x40" * 4), (1, "ZEI_1", bytes(4))]


def test_texts_that_do_not_encode_to_their_bytes_keep_them(reading: Reading, tmp_path: Path) -> None:
    doubled = b"\x28\xb0\xa1\x29\x28\xb0\xa2\x29"
    open_ = b"\x28" + wide("大手町", 6)
    staged, frame = reading(
        CopybookChoices(plan(JUKI)),
        juki(1, jusho=doubled.ljust(12, b"\x40")) + juki(2, jusho=open_.ljust(12, b"\x40")[:11] + b"\x40"),
        juki(3, zei1=packed(123456, 4, "F")),
    )
    assert frame["JUSHO"][0].rstrip() == (b"\xb0\xa1\xb0\xa2").decode("jef")
    assert [(record, field) for record, field, _ in sidecar(tmp_path, "codes")] == [
        (1, "JUSHO"), (2, "JUSHO"), (3, "ZEI_1"),
    ]  # fmt: skip
    assert [(f.code, f.field, f.detail) for f in staged.findings if "shift" in f.detail] == [
        ("R13", "JUSHO", "no shift back to single bytes")
    ]


def test_user_defined_and_undecodable_characters_are_listed(reading: Reading) -> None:
    staged, frame = reading(CopybookChoices(plan(JUKI)), juki(1, name=b"\x80\xa1\xff\xff\x40\x40\x40\x40"))
    assert frame["氏名"][0] == "\ue000" + marks(b"\xff\xff") + "　　"
    assert [(g.field, g.code, g.code_point, g.count, g.record) for g in staged.gaiji] == [
        ("氏名", "80a1", 0xE000, 1, 1)
    ]
    assert {f.code: f.count for f in staged.findings} == {"R01": 1, "R07": 1}
    assert (staged.undecodable, staged.undecodable_records) == (2, 1)


REDEFINED = """\
01 R.
 05 KBN PIC X.
 05 KOJIN.
  10 SEI PIC N(3).
 05 HOJIN REDEFINES KOJIN.
  10 SHIHON PIC S9(9) COMP-3.
  10 SHURUI PIC X(3).
 05 SAIGO PIC X.
"""
BY_KBN = {"KOJIN": Choice(by="KBN", take={"1": "KOJIN", "2": "HOJIN"})}


def test_the_discriminator_chooses_the_definition(reading: Reading) -> None:
    data = half("1", 1) + wide("山田", 6) + b"\x40\x40" + half("A", 1)
    data += half("2", 1) + packed(-7, 5) + half("ABC", 3) + half("B", 1)
    staged, frame = reading(CopybookChoices(plan(REDEFINED, **BY_KBN)), data)
    columns = ["KBN", "SEI", "FILLER_1", "SHIHON", "SHURUI", "SAIGO"]
    assert frame.select(columns).rows() == [("1", "山田　", "  ", "", "", "A"), ("2", "", "", "-7", "ABC", "B")]
    assert staged.findings == ()


def test_an_unknown_discriminator_is_found_and_its_bytes_are_not_interpreted(reading: Reading) -> None:
    area = packed(-7, 5) + half("ABC", 3)
    staged, frame = reading(CopybookChoices(plan(REDEFINED, **BY_KBN)), half("9", 1) + area + half("B", 1))
    assert frame.select("SEI", "FILLER_1", "SHIHON", "SHURUI", "SAIGO").row(0) == (
        marks(area[:6]), marks(area[6:]), "", "", "B",
    )  # fmt: skip
    assert [(f.code, f.count, f.detail) for f in staged.findings] == [("R14", 1, "REDEFINES not known: KOJIN")]


def test_a_discriminator_may_stand_in_the_area_itself(reading: Reading) -> None:
    text = "01 R.\n 05 A.\n  10 K PIC X.\n  10 N PIC 9(2).\n 05 B REDEFINES A.\n  10 K2 PIC X.\n  10 T PIC X(2)."
    made = plan(text, A=Choice(by="K", take={"1": "A", "2": "B"}))
    _, frame = reading(CopybookChoices(made), half("1", 1) + zoned("07") + half("2", 1) + half("XY", 2))
    assert frame.select("K", "N", "K2", "T").rows() == [("1", "07", "", ""), ("", "", "2", "XY")]


TABLE = "01 R.\n 05 N PIC 9.\n 05 T OCCURS 0 TO 3 DEPENDING ON N.\n  10 A PIC S9(3) COMP-3.\n 05 Z PIC X."


def test_tables_of_varying_length_move_what_follows(reading: Reading) -> None:
    rows = [zoned("2") + packed(1, 2) + packed(-2, 2) + half("A", 1), zoned("0") + half("B", 1)]
    rows.append(zoned("3") + packed(1, 2) * 3 + half("C", 1))
    staged, frame = reading(CopybookChoices(plan(TABLE, variable=True), records="variable"), words(*rows))
    assert frame.select("N", "A_1", "A_2", "A_3", "Z").rows() == [
        ("2", "1", "-2", "", "A"), ("0", "", "", "", "B"), ("3", "1", "1", "1", "C"),
    ]  # fmt: skip
    assert (staged.ragged, staged.findings) == (0, ())
    assert frame["_offset"].to_list() == [4, 4 + 6 + 4, 4 + 6 + 4 + 2 + 4]


def test_in_records_of_one_length_a_table_keeps_its_room(reading: Reading, tmp_path: Path) -> None:
    data = zoned("1") + packed(5, 2) + bytes(2) + packed(9, 2) + half("A", 1)
    staged, frame = reading(CopybookChoices(plan(TABLE)), data)
    assert frame.select("A_1", "A_2", "A_3", "Z").row(0) == ("5", "", "", "A")
    # What stands in an occurrence that is not there is kept unless it is blank.
    assert sidecar(tmp_path, "codes") == [(1, "A_3", packed(9, 2))]
    assert staged.findings == ()


def test_an_impossible_number_of_occurrences_is_found_and_nothing_is_guessed(reading: Reading) -> None:
    broken = zoned("7") + packed(1, 2) + half("A", 1)
    staged, frame = reading(CopybookChoices(plan(TABLE, variable=True), records="variable"), words(broken))
    assert frame.select("N", "A_1", "A_2", "A_3", "Z").row(0) == (
        "7",
        marks(broken[1:3]),
        marks(broken[3:]),
        None,
        None,
    )
    assert [(f.code, f.detail) for f in staged.findings] == [("R15", "OCCURS count not possible: T")]
    assert staged.ragged == 1


def test_blocks_of_records_are_read_and_their_words_kept(reading: Reading, tmp_path: Path) -> None:
    rows = [half(c, 1) + half(c * 3, 3) for c in "ABCDE"]
    made = plan("01 R.\n 05 A PIC X.\n 05 B PIC X(3).")
    blocks = [words(*rows[:2]), words(*rows[2:])]
    data = b"".join((len(block) + 4).to_bytes(2, "big") + b"\0\0" + block for block in blocks)
    for chunk in (1, 20, 1 << 20):
        staged, frame = reading(CopybookChoices(made, records="blocked"), data, chunk=chunk)
        assert frame["B"].to_list() == ["AAA", "BBB", "CCC", "DDD", "EEE"]
        assert frame["_offset"].to_list() == [8, 16, 28, 36, 44]
        assert sidecar(tmp_path, "controls") == [
            (0, 0, "block", data[:4]),
            (0, 20, "block", data[20:24]),
        ]
        assert staged.fatal is None


@pytest.mark.parametrize(
    ("records", "data", "offset", "why"),
    [
        ("fixed", b"\xc1" * 10, 8, "breaks off"),
        ("variable", words(b"\xc1" * 4) + b"\0\x08\0\0\xc1", 8, "breaks off"),
        ("variable", words(b"\xc1" * 4) + b"\0\x02\0\0", 8, "descriptor word"),
        ("variable", words(b"\xc1" * 4) + b"\0", 8, "breaks off"),
        ("variable", b"\0\x08\x01\0" + b"\xc1" * 4, 0, "segments"),
        ("blocked", b"\0\x08\0\0" + words(b"\xc1" * 4), 4, "descriptor word"),
        ("lines", b"\xc1" * 4 + b"\n" + b"\xc1" * 2, 5, "breaks off"),
    ],
)
def test_a_file_that_does_not_end_with_a_whole_record_is_fatal(
    reading: Reading, records: Any, data: bytes, offset: int, why: str
) -> None:
    made = plan("01 R.\n 05 A PIC X(4).")
    staged, _ = reading(CopybookChoices(made, records=records, line_end=b"\n"), data)
    assert staged.fatal_code == "R03"
    assert f"byte {offset} " in (staged.fatal_en or "")
    assert why in (staged.fatal_en or "")
    assert [f.examples[0][1] for f in staged.findings if f.code == "R03"] == [offset]


def test_longer_and_shorter_records_are_found_and_kept_whole(reading: Reading) -> None:
    made = plan("01 R.\n 05 A PIC X(2).\n 05 B PIC X(2).\n 05 C PIC 9(2).")
    rows = [
        half("AABB", 4) + zoned("07"),
        half("AAB", 3),
        half("AABB", 4) + zoned("1"),
        half("AABB", 4) + zoned("0799"),
    ]
    staged, frame = reading(CopybookChoices(made, records="variable"), words(*rows))
    assert frame.select("A", "B", "C", "_surplus").rows() == [
        ("AA", "BB", "07", None),
        ("AA", "B", None, None),
        ("AA", "BB", marks(zoned("1")), None),
        ("AA", "BB", "07", marks(zoned("99"))),
    ]
    assert (staged.ragged, staged.surplus) == (3, True)
    assert [(f.code, f.count) for f in staged.findings if f.field is None] == [("R02", 3)]


TYPED = """\
01 HEAD-REC.
 05 KBN PIC X.
 05 YMD PIC 9(7).
01 DATA-REC.
 05 KBN PIC X.
 05 NO PIC 9(3).
 05 GAKU PIC S9(5) COMP-3.
 05 FILLER PIC X.
01 END-REC.
 05 KBN PIC X.
 05 KENSU PIC 9(3).
 05 GOKEI PIC S9(5)V99 COMP-3.
"""
HEAD = half("H", 1) + zoned("5010401")


def data_record(number: int, amount: int, kind: str = "1") -> bytes:
    return half(kind, 1) + zoned(f"{number:03d}") + packed(amount, 3) + b"\x40"


def end_record(count: int, total: int) -> bytes:
    return half("9", 1) + zoned(f"{count:03d}") + packed(100 * total, 4)


def typed(**more: Any) -> CopybookChoices:
    types = RecordTypes("KBN", own=("1",), header=("H",), trailer=("9",), others=("2",))
    trailer = Trailer(plan(TYPED, "END-REC"), count="KENSU", totals={"GOKEI": "GAKU"})
    return CopybookChoices(plan(TYPED, "DATA-REC"), types=types, trailer=trailer, **more)


@pytest.mark.parametrize("chunk", [1, 20, 1 << 20])
def test_header_and_trailer_are_no_data_and_what_the_trailer_says_is_compared(
    reading: Reading, tmp_path: Path, chunk: int
) -> None:
    part = HEAD + data_record(1, 500) + data_record(2, 9, "2") + data_record(3, -120) + end_record(2, 380)
    staged, frame = reading(typed(), part, part, chunk=chunk)
    assert frame.select("_record", "_offset", "_part", "NO", "GAKU").rows() == [
        (1, 8, 0, "001", "500"), (2, 24, 0, "003", "-120"), (3, 8, 1, "001", "500"), (4, 24, 1, "003", "-120"),
    ]  # fmt: skip
    assert staged.findings == ()
    assert [(p.file, p.kind, p.field, p.of, p.declared, p.actual, p.kept) for p in staged.promises[:2]] == [
        ("PART0.DAT", "count", "KENSU", None, "2", "2", True),
        ("PART0.DAT", "sum", "GOKEI", "GAKU", "380", "380", True),
    ]
    assert len(staged.promises) == 4
    assert staged.passed_over == {"header": 2, "other": 2, "trailer": 2}
    assert [(part_, offset, kind, raw) for part_, offset, kind, raw in sidecar(tmp_path, "controls") if part_ == 0] == [
        (0, 0, "header", HEAD), (0, 32, "trailer", end_record(2, 380)),
    ]  # fmt: skip


def test_a_trailer_that_is_wrong_is_found_with_both_numbers(reading: Reading) -> None:
    part = HEAD + data_record(1, 500) + data_record(3, -120) + end_record(3, 381)
    staged, _ = reading(typed(), part)
    assert [(f.code, f.field, f.count, f.detail) for f in staged.findings] == [
        ("L01", None, 1, "trailer record: KENSU declared=3 read=2 unreadable=0"),
        ("L02", "GAKU", 1, "trailer record: GOKEI declared=381 read=380 unreadable=0"),
    ]
    assert [p.kept for p in staged.promises] == [False, False]
    assert staged.fatal is None


def test_a_total_over_bad_numbers_is_not_kept(reading: Reading) -> None:
    bad = half("1", 1) + zoned("001") + b"\xff\xff\xff\x40"
    staged, _ = reading(typed(), HEAD + bad + end_record(1, 0))
    assert [(p.declared, p.actual, p.unreadable, p.kept) for p in staged.promises] == [
        ("1", "1", 0, True), ("0", "0", 1, False),
    ]  # fmt: skip


def test_several_sections_have_a_trailer_each(reading: Reading) -> None:
    part = b"".join(
        HEAD + b"".join(data_record(i, amount) for i in range(count)) + end_record(count, count * amount)
        for count, amount in ((2, 10), (0, 0), (3, 7))
    )
    staged, frame = reading(typed(), part)
    assert (frame.height, staged.findings, len(staged.promises)) == (5, (), 6)


def test_a_file_without_its_trailer_is_cut_off(reading: Reading) -> None:
    staged, _ = reading(typed(), HEAD + data_record(1, 500))
    assert staged.fatal_code == "R03"
    assert "trailer" in (staged.fatal_en or "")


def test_records_of_an_unknown_type_are_found_and_kept_undivided(reading: Reading) -> None:
    odd = data_record(2, 9, "X")
    staged, frame = reading(typed(), HEAD + data_record(1, 500) + odd + end_record(2, 500))
    assert frame.select("_record", "KBN", "NO", "GAKU", "_surplus").rows() == [
        (1, "1", "001", "500", None),
        (2, None, None, None, marks(odd)),
    ]
    assert [(f.code, f.field, f.count, f.detail) for f in staged.findings] == [("R14", "KBN", 1, "unknown record type")]
    assert (staged.records, staged.ragged) == (2, 1)


def test_records_of_other_municipalities_are_left_out_but_counted_by_the_trailer(reading: Reading) -> None:
    text = TYPED.replace("05 NO PIC 9(3)", "05 NO PIC 9(5)").replace("05 YMD PIC 9(7)", "05 YMD PIC 9(9)")
    text = text.replace("S9(5)V99 COMP-3", "S9(5)V99 COMP-3.\n 05 FILLER PIC X(2)")
    types = RecordTypes("KBN", own=("1",), header=("H",), trailer=("9",))
    trailer = Trailer(plan(text, "END-REC"), count="KENSU", totals={"GOKEI": "GAKU"})
    choices = CopybookChoices(plan(text, "DATA-REC"), types=types, trailer=trailer)
    rows = [half("1", 1) + zoned(code) + packed(amount, 3) + b"\x40" for code, amount in (("35215", 1), ("35207", 2))]
    data = HEAD + zoned("00") + b"".join(rows) + end_record(2, 3) + b"\x40\x40"
    staged, frame = reading(
        choices, data, municipality_field="NO", municipality="352152", municipalities=("352152", "352071")
    )
    assert frame.select("_record", "NO").rows() == [(1, "35215")]
    assert (staged.records, staged.kept, dict(staged.other_municipalities)) == (2, 1, {"352071": 1})
    assert staged.findings == ()


def test_records_with_line_ends_are_read_in_any_charset(reading: Reading) -> None:
    made = plan("01 R.\n 05 A PIC N(2).\n 05 B PIC S9(3).\n 05 C PIC X(4).")
    rows = [
        "山田".encode("cp932") + b"12s" + b"\xb1\xb2  ",
        "髙橋".encode("cp932") + b"000" + "外".encode("cp932") + b"  ",
    ]
    staged, frame = reading(
        CopybookChoices(made, records="lines", line_end=b"\r\n"), b"\r\n".join(rows) + b"\r\n", charset="cp932"
    )
    assert frame.select("A", "B", "C").rows() == [("山田", "-123", "ｱｲ  "), ("髙橋", "0", "外  ")]
    assert (staged.newline, staged.charset, staged.parts[0].final_newline) == ("\r\n", "cp932_pua", True)


def test_read_export_takes_a_copybook(tmp_path: Path) -> None:
    path = tmp_path / "A.DAT"
    path.write_bytes(juki(1))
    spec = ExportSpec("a", (path,), "fixed", "jef-ebcdik", (), copybook=CopybookChoices(plan(JUKI)))
    seen: list[tuple[int, int]] = []
    staged = read_export(spec, tmp_path / "s", threads=1, progress=lambda done, total: seen.append((done, total)))
    assert (staged.records, seen) == (1, [(len(juki(1)), len(juki(1)))])


TEXTS = "01 R.\n 05 NO PIC 9(3).\n 05 SHIMEI PIC X(16).\n 05 KANA PIC X(10)."


@pytest.mark.parametrize(
    ("written", "declared", "told"),
    [
        ("jef_ebcdik", "jef_ebcdik", None),
        ("keis83_ebcdik", "keis83_ebcdik", None),
        ("jef_ebcdik", "keis83_ebcdik", "jef_ebcdik"),
        ("keis83_ebcdik", "jef_ebcdik", "keis"),
        ("ibm939", "jef_ebcdik", "ibm"),
    ],
)
def test_a_wrong_declared_charset_fails_before_anything_is_read(
    reading: Reading, tmp_path: Path, written: str, declared: str, told: str | None
) -> None:
    rows = [
        zoned(f"{n:03d}") + name.encode(written).ljust(16, b"\x40") + "ｻﾄｳﾊﾅｺ".encode(written).ljust(10, b"\x40")
        for n, name in enumerate(["山田太郎", "佐藤花子", "大手町一丁", "鈴木次郎"] * 20)
    ]
    made = CopybookChoices(plan(TEXTS))
    if told is None:
        assert reading(made, *rows[:1], b"".join(rows), charset=declared)[0].fatal is None
        return
    path = tmp_path / "A.DAT"
    path.write_bytes(b"".join(rows))
    staged = read(ExportSpec("a", (path,), "fixed", declared, ()), made, tmp_path / "s", threads=1)
    assert staged.fatal_code == "R11"
    assert f"not {declared} as declared" in (staged.fatal_en or "")
    assert f"read as {told}" in (staged.fatal_en or "")
    assert not (tmp_path / "s" / "a.parquet").exists()


@pytest.mark.parametrize("charset", ["jef", "utf-8", "nonsense"])
def test_charsets_that_do_not_go_with_a_copybook_are_refused(charset: str) -> None:
    with pytest.raises(ValueError, match="charset"):
        mainframe_charset(charset)


PIECES = st.sampled_from(
    [
        b"\x28",
        b"\x29",
        b"\x38",
        b"\x40",
        b"\xb0\xa1",
        b"\xa4\xab",
        b"\xa5\xab\xa1",
        b"\xc1",
        b"\x80\xa1",
        b"\x0e",
        b"\x0f",
    ]
)


@settings(max_examples=120, deadline=None)
@given(
    charset=st.sampled_from(
        ["jef_ebcdik", "jef_ebcdik_ivs", "keis83_ebcdik", "jips_e", "ibm939", "ibm1390", "cp932_pua"]
    ),
    fields=st.lists(
        st.binary(min_size=9, max_size=9) | st.lists(PIECES, min_size=9).map(lambda pieces: b"".join(pieces)[:9]),
        min_size=1,
        max_size=20,
    ),
)
def test_every_text_gives_its_bytes_back_or_keeps_them(charset: str, fields: list[bytes]) -> None:
    made = plan("01 R.\n 05 A PIC X(5).\n 05 B PIC N(2).")
    decoder = RecordDecoder(made, charset, CopybookChoices(made))
    raw = np.frombuffer(b"".join(fields), np.uint8)
    begins = np.arange(len(fields)) * 9
    decoded = decoder.decode(raw, begins, begins + 9)
    for index, (name, start, size) in enumerate((("A", 0, 5), ("B", 5, 4))):
        back = decoder.encode(name, pa.array(decoded.texts[index].to_pylist(), pa.large_string())).to_pylist()
        kept = decoded.keep.get(index, np.empty(0)).tolist()
        for row, record in enumerate(fields):
            whole = record[start : start + size]
            if row not in kept:
                assert back[row] == whole


@settings(max_examples=40, deadline=None)
@given(
    amounts=st.lists(st.integers(-99999, 99999), max_size=25),
    lie=st.integers(-1, 1),
    cuts=st.sampled_from([8, 24, 100, 1 << 20]),
)
def test_totals_are_exact_over_any_batches(
    tmp_path_factory: pytest.TempPathFactory, amounts: list[int], lie: int, cuts: int
) -> None:
    folder = tmp_path_factory.mktemp("totals")
    total = sum(amounts) + lie
    if abs(total) > 99999:
        return
    data = HEAD + b"".join(data_record(0, amount) for amount in amounts) + end_record(len(amounts), total)
    path = folder / "A.DAT"
    path.write_bytes(data)
    spec = ExportSpec("a", (path,), "fixed", JEF, (), copybook=typed())
    staged = read(spec, typed(), folder / "s", threads=1, chunk_bytes=cuts)
    promise = staged.promises[1]
    assert (Decimal(promise.actual), promise.kept) == (sum(amounts), lie == 0)
