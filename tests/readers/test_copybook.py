"""Copybooks: what each clause makes of bytes and names, in both reference formats, and errors with their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings.errors import MappingError
from mappings.readers.mainframe.copybook import load_copybook, parse_copybook
from mappings.readers.mainframe.plan import Choice, RecordPlan, plan_record


def plan(text: str, record: str | None = None, *, variable: bool = False, **choices: Choice) -> RecordPlan:
    named = {name.replace("_", "-"): choice for name, choice in choices.items()}
    return plan_record(parse_copybook(text, "T.cpy"), record, named, variable=variable)


def one(clauses: str) -> tuple[str, int, int, int, bool]:
    """Kind, bytes, digits, scale, signed of a single item."""
    column = plan(f"01 R.\n 05 F {clauses}.").columns[0]
    return column.kind, column.length, column.digits, column.scale, column.signed


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ("PIC X(10)", ("text", 10, 0, 0, False)),
        ("PIC XXX", ("text", 3, 0, 0, False)),
        ("PIC A(4)", ("text", 4, 0, 0, False)),
        ("PIC N(20)", ("wide", 40, 0, 0, False)),
        ("PIC G(5) DISPLAY-1", ("wide", 10, 0, 0, False)),
        ("PIC 9(7)", ("zoned", 7, 7, 0, False)),
        ("PIC S9(7)V99", ("zoned", 9, 9, 2, True)),
        ("PIC S9(3) SIGN LEADING SEPARATE", ("zoned", 4, 3, 0, True)),
        ("PIC S9(3) SIGN IS TRAILING SEPARATE CHARACTER", ("zoned", 4, 3, 0, True)),
        ("PIC S9(3) LEADING", ("zoned", 3, 3, 0, True)),
        ("PIC SV999", ("zoned", 3, 3, 3, True)),
        ("PIC S9(9) COMP-3", ("packed", 5, 9, 0, True)),
        ("PIC 9(8) USAGE IS PACKED-DECIMAL", ("packed", 5, 8, 0, False)),
        ("PIC S9(9)V9(2) USAGE COMPUTATIONAL-3", ("packed", 6, 11, 2, True)),
        ("PIC S9(4) COMP", ("binary", 2, 4, 0, True)),
        ("PIC 9(9) BINARY", ("binary", 4, 9, 0, False)),
        ("PIC S9(18) COMP-5", ("binary", 8, 18, 0, True)),
        ("PIC ZZ,ZZ9.99-", ("text", 10, 0, 0, False)),
        ("PIC X(3) VALUE 'A.B'", ("text", 3, 0, 0, False)),
        ("PICTURE IS 9(3) VALUE ZERO BLANK WHEN ZERO", ("zoned", 3, 3, 0, False)),
        ("PIC X(3) JUSTIFIED RIGHT", ("text", 3, 0, 0, False)),
    ],
)
def test_a_clause_makes_bytes(clauses: str, expected: tuple[str, int, int, int, bool]) -> None:
    assert one(clauses) == expected


FIXED = """\
000100*                                                                 JUKI0001
000200 01  JUKI-REC.                                                    JUKI0002
000300     03  KBN                 PIC X.                               JUKI0003
000400         88  本人            VALUE '1'.                           JUKI0004
000500         88  世帯員          VALUES '2' THRU '4', SPACE.          JUKI0005
000600     03  宛名番号            PIC 9(10).    *> 宛名の番号          JUKI0006
000700D    03  DEBUG-ITEM          PIC X(99).                           JUKI0007
000800     03  ZEI-
000900-        GAKU                PIC S9(9)                            JUKI0009
001000                             COMP-3 VALUE                         JUKI0010
001100                             ZERO.                                JUKI0011
001200/
001300     03                      PIC X(2) VALUE 'a.                   JUKI0013
001400-    ' b'.                                                        JUKI0014
"""


def test_fixed_format_has_sequence_numbers_comments_and_continued_lines() -> None:
    made = plan(FIXED)
    assert [(c.name, c.offset, c.length) for c in made.columns] == [
        ("KBN", 0, 1),
        ("宛名番号", 1, 10),
        ("ZEI_GAKU", 11, 5),
        ("FILLER_1", 16, 2),
    ]
    assert made.length == 18


def test_level_88_gives_code_labels_and_a_comment_the_japanese_name() -> None:
    made = plan(FIXED)
    assert made.columns[0].labels == (("1", "本人"), ("2-4", "世帯員"), (" ", "世帯員"))
    assert made.columns[0].description == "X [1=本人, 2-4=世帯員,  =世帯員]"
    assert [c.name_ja for c in made.columns[:2]] == ["KBN", "宛名の番号"]


def test_a_japanese_character_takes_two_columns_of_a_fixed_line() -> None:
    line = "       01  R.\n           03  " + "漢" * 20 + "  PIC X(3)."
    line += " " * (72 - 15 - 40 - 11) + "NOTE0001"
    assert plan(line).columns[0].name == "漢" * 20


def test_free_format_is_known_by_its_level_numbers() -> None:
    text = "01 rec.\n  05 long-name-of-an-item pic x(5).   *> comment 'open\n* a comment\n  05 b pic 9(3)\n comp-3.\n"
    assert [(c.name, c.length) for c in plan(text).columns] == [("LONG_NAME_OF_AN_ITEM", 5), ("B", 2)]


def test_a_directive_sets_free_format() -> None:
    text = (
        ">>SOURCE FORMAT IS FREE\n          01 R. 05 A PIC X. 05 " + "B" * 30 + " PIC X. 05 C PIC X(2). 05 D PIC X.\n"
    )
    assert plan(text).length == 5


def test_cp932_sources_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "A.cpy"
    path.write_bytes(FIXED.replace("\n", "\r\n").encode("cp932"))
    assert load_copybook(path, "A.cpy").records[0].children[1].name == "宛名番号"


def test_occurs_spreads_names_with_as_many_digits_as_its_largest_number() -> None:
    made = plan("01 R.\n 05 G OCCURS 10.\n  10 A PIC 9(2).\n  10 B PIC X OCCURS 2 TIMES.\n 05 C PIC X.")
    names = [c.name for c in made.columns]
    assert names[:6] == ["A_01", "B_01_1", "B_01_2", "A_02", "B_02_1", "B_02_2"]
    assert (len(names), made.columns[-1].offset, made.length) == (31, 40, 41)


def test_names_that_are_not_unique_carry_their_group() -> None:
    made = plan("01 R.\n 05 OLD.\n  10 YMD PIC 9(7).\n 05 NEW.\n  10 YMD PIC 9(7).\n 05 FILLER PIC X.\n 05 PIC X(2).")
    assert made.names == ("OLD_YMD", "NEW_YMD", "FILLER_1", "FILLER_2")


def test_usage_and_sign_of_a_group_hold_for_its_items() -> None:
    made = plan("01 R COMP-3.\n 05 A PIC S9(5).\n 05 G DISPLAY SIGN LEADING SEPARATE.\n  10 B PIC S9(5).")
    assert [(c.kind, c.length, c.separate) for c in made.columns] == [("packed", 3, False), ("zoned", 6, True)]


REDEFINED = """\
01 R.
 05 KBN PIC X.
 05 KOJIN.
  10 SEI PIC N(3).
 05 HOJIN REDEFINES KOJIN.
  10 MEI PIC N(5).
  10 SHIHON PIC S9(5) COMP-3.
 05 SAIGO PIC X.
"""


def test_redefines_is_chosen_by_a_field_and_leaves_no_byte_out() -> None:
    made = plan(REDEFINED, KOJIN=Choice(by="KBN", take={"1": "KOJIN", "2": "HOJIN"}))
    assert [(c.name, c.offset, c.length, c.switches) for c in made.columns] == [
        ("KBN", 0, 1, ()),
        ("SEI", 1, 6, ((0, 0),)),
        ("FILLER_1", 7, 7, ((0, 0),)),
        ("MEI", 1, 10, ((0, 1),)),
        ("SHIHON", 11, 3, ((0, 1),)),
        ("SAIGO", 14, 1, ()),
    ]
    assert (made.switches[0].by, made.switches[0].take, made.switches[0].otherwise) == ("KBN", {"1": 0, "2": 1}, -1)


def test_one_definition_may_hold_always() -> None:
    made = plan(REDEFINED, KOJIN=Choice(use="HOJIN"))
    assert made.names == ("KBN", "MEI", "SHIHON", "SAIGO")
    assert made.switches == ()


def test_a_discriminator_within_occurs_is_that_of_the_same_occurrence() -> None:
    text = "01 R.\n 05 G OCCURS 2.\n  10 K PIC X.\n  10 A PIC X(2).\n  10 B REDEFINES A PIC 9(2).\n 05 Z PIC X."
    made = plan(text, A=Choice(by="K", take={"1": "A"}, otherwise="B"))
    assert [switch.by for switch in made.switches] == ["K_1", "K_2"]
    assert [c.name for c in made.columns] == ["K_1", "A_1", "B_1", "K_2", "A_2", "B_2", "Z"]


def test_what_follows_a_table_of_varying_length_knows_it() -> None:
    text = "01 R.\n 05 N PIC 9.\n 05 T OCCURS 0 TO 3 DEPENDING ON N.\n  10 A PIC X(2).\n 05 Z PIC X."
    moving, still = plan(text, variable=True), plan(text)
    assert [(c.name, c.tables, c.after) for c in moving.columns[1:]] == [
        ("A_1", ((0, 1),), ()), ("A_2", ((0, 2),), ()), ("A_3", ((0, 3),), ()), ("Z", (), (0,)),
    ]  # fmt: skip
    assert still.columns[-1].after == ()
    assert (moving.tables[0].by, moving.tables[0].least, moving.tables[0].most, moving.tables[0].size) == ("N", 0, 3, 2)


def test_several_records_of_one_copybook_are_chosen_by_name() -> None:
    text = "01 HEAD-REC.\n 05 A PIC X(4).\n01 DATA-REC.\n 05 B PIC X(9).\n77 LONE PIC 9."
    assert (plan(text).names, plan(text, "data-rec").names, plan(text, "LONE").length) == (("A",), ("B",), 1)
    with pytest.raises(MappingError, match="no record X"):
        plan(text, "X")


def test_a_copybook_without_a_first_level_is_one_record() -> None:
    assert plan("     05  A PIC X.\n     05  B PIC 9(3).").names == ("A", "B")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("01 R.\n 05 A PIC X\n 05 B PIC X.", 3, "05 cannot be understood"),
        ("01 R.\n 05 A PIC Q(3).", 2, "cannot be understood"),
        ("01 R.\n 05 A.", 2, "neither a PICTURE nor items"),
        ("01 R.\n 05 A PIC X.\n  10 B PIC X.", 3, "has a PICTURE and items"),
        ("01 R.\n 05 A PIC X.\n 03 B PIC X.", 3, "Level 3 does not fit 5"),
        ("01 R.\n 05 A PIC 9(5)PPP.", 2, "P is not supported"),
        ("01 R.\n 05 A COMP-1.", 2, "COMP-1 is not supported"),
        ("01 R.\n 05 A PIC S9(4) COMP SYNC.", 2, "SYNCHRONIZED"),
        ("01 R.\n COPY OTHER.", 2, "COPY is not expanded"),
        ("01 R.\n 05 A PIC X VALUE 'abc.", 2, "does not end with its quote"),
        ("01 R.\n 05 A PIC X", 2, "does not end with a period"),
        ("01 R.\n 05 A PIC X.\n 05 B PIC X.\n 05 C REDEFINES A PIC X.", 4, "does not come before"),
        ("01 R.\n 05 A OCCURS MANY PIC X.", 2, "needs a number"),
        ("01 R.\n 05 A PIC S9(19) COMP.", 2, "more than 18 digits"),
        ("R.\n 05 A PIC X.", 1, "should"),
    ],
)
def test_what_is_not_understood_is_told_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(MappingError, match=message) as caught:
        parse_copybook(text, "T.cpy", "free")
    assert (caught.value.file, caught.value.line, caught.value.code) == ("T.cpy", line, "MP30")
    assert caught.value.todo.ja


@pytest.mark.parametrize(
    ("choices", "line", "message"),
    [
        ({}, 5, "Nothing says which definition of KOJIN holds"),
        ({"KOJIN": Choice(use="OTHER")}, 3, "no definition of KOJIN"),
        ({"KOJIN": Choice(by="NONE", take={"1": "KOJIN"})}, 1, "no field NONE"),
        ({"KOJIN": Choice(use="KOJIN"), "SAIGO": Choice(use="SAIGO")}, 1, "no item that is redefined"),
    ],
)
def test_a_redefines_that_is_not_decided_is_told_with_its_line(
    choices: dict[str, Choice], line: int, message: str
) -> None:
    with pytest.raises(MappingError, match=message) as caught:
        plan(REDEFINED, **choices)
    assert (caught.value.code, caught.value.line) == ("MP32", line)
