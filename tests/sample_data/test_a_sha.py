"""A社 of the sample: its encoders give the bytes that the code books show, its manual says what its files hold, and its
files are what their copybooks and trailers say."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from layouts.load import load_area
from sample_data import compare, generate, plugin, world
from sample_data.a_sha import book, charset, copybook, defects, numbers
from sample_data.a_sha.records import MainframeFile
from sample_data.a_sha.tables import Exports
from sample_data.tax.frames import Groups
from sample_data.write import write

HOME = Path(book.__file__).parent
AREAS = sorted(plugin.VENDORS["a_sha"])


def hexes(matrix: numbers.Bytes) -> list[str]:
    return [row.tobytes().hex(" ").upper() for row in matrix]


def texts(*values: str) -> pl.Series:
    return pl.Series(list(values), dtype=pl.String)


def test_characters_have_the_codes_of_jef_and_ebcdik() -> None:
    assert hexes(charset.single(texts("A1-ｱ", ""), 5)) == ["C1 F1 60 81 40", "40 40 40 40 40"]
    # 亜 is 3021 in JIS X 0208, and JEF's codes are its codes with both high bits set; user-defined ones begin at 80A1.
    assert hexes(charset.double(texts("亜\ue000", "\ue05e"), 3)) == ["B0 A1 80 A1 40 40", "81 A1 40 40 40 40"]
    assert hexes(charset.mixed(texts("A亜1"), 8)) == ["C1 28 B0 A1 29 F1 40 40"]


def test_other_machines_have_codes_shifts_and_user_defined_characters_of_their_own() -> None:
    # KEIS has JIS X 0208 with both high bits set; JIPS(E) has it byte by byte in the order of EBCDIK.
    assert hexes(charset.double(texts("亜\ue000"), 2, charset=charset.KEIS)) == ["B0 A1 81 A1"]
    assert hexes(charset.mixed(texts("A亜1"), 10, charset=charset.KEIS)) == ["C1 0A 42 B0 A1 0A 41 F1 40 40"]
    assert hexes(charset.double(texts("亜"), 1, charset=charset.JIPS)) == ["F0 4F"]
    assert hexes(charset.mixed(texts("A亜"), 7, charset=charset.JIPS)) == ["C1 3F 75 F0 4F 3F 76"]
    # What a set lacks has a user-defined code there, and its own in JEF.
    own = hexes(charset.double(texts("髙", "\uea00"), 1, charset=charset.KEIS))
    assert own[0] == own[1]
    jef = hexes(charset.double(texts("髙", "\uea00"), 1))
    assert jef[0] != jef[1]


@pytest.mark.parametrize("text", ["abc", "ABCDEF", "亜"])
def test_what_the_character_set_or_the_field_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(charset.NotInCharset, match="NAME"):
        charset.single(texts(text), 4, "NAME")
    with pytest.raises(charset.NotInCharset):
        charset.mixed(texts(text * 3), 4)


def test_codes_of_both_tables_are_unique() -> None:
    for name in ("jef", "ebcdik", "keis83", "hitachi_ebcdik", "jips_e", "nec_ebcdik"):
        with (HOME / "charset" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for column in ("code", "unicode"):
            assert [v for v, n in Counter(row[column] for row in rows).items() if n > 1] == []
        assert len(rows) > (190 if name.endswith(("ebcdik", "ebcdic")) else 6_800)


def test_numbers_have_the_digits_signs_and_sizes_of_their_pictures() -> None:
    assert hexes(numbers.zoned(texts("12", "-3", ""), 3, signed=True)) == ["F0 F1 C2", "F0 F0 D3", "40 40 40"]
    assert hexes(numbers.zoned(texts("007"), 3)) == ["F0 F0 F7"]
    assert hexes(numbers.packed(texts("1234", "-5", ""), 5, signed=True)) == ["01 23 4C", "00 00 5D", "00 00 00"]
    assert hexes(numbers.packed(texts("1234"), 4)) == ["01 23 4F"]
    assert hexes(numbers.packed(texts("-12.50"), 5, 2, True)) == ["01 25 0D"]
    assert hexes(numbers.binary(texts("258"), 4)) == ["01 02"]
    assert hexes(numbers.binary(texts("65536"), 9)) == ["00 01 00 00"]
    with pytest.raises(ValueError, match="more than 3 digits"):
        numbers.zoned(texts("1000"), 3)
    with pytest.raises(ValueError, match="negative or empty"):
        numbers.binary(texts(""), 4)


def test_copybooks_are_what_the_descriptions_say() -> None:
    made = dict(copybook.files())
    assert {path.name: path.read_text("utf-8") for path in (HOME / "copybooks").glob("*.cpy")} == made
    wide = [line for text in made.values() for line in text.splitlines() if copybook._width(line) > copybook.END]
    assert wide == []


@pytest.mark.parametrize("area", AREAS)
def test_every_item_is_in_a_field_or_declared_as_not_held(area: str) -> None:
    fields = [field for of in book.fields(area).values() for field in of]
    held = {(field.group, item.rpartition(".")[2]) for field in fields for item in field.items}
    absent = {(group, item) for of, group, item in compare.not_held("a_sha") if of == area}
    items = {(group.name, item.name) for group in load_area(area).groups for item in group.items}
    assert held | absent <= items
    assert not held & absent
    missing = items - held - absent
    if area == "031":  # the addressee's record of today is one of the history
        assert {group for group, _ in missing} <= {"住登外者宛名基本情報", "住登外者宛名履歴情報"}
        missing = {(g, i) for g, i in missing if g == "住登外者宛名履歴情報" and not i.endswith("不詳フラグ")}
    assert missing == set()


@pytest.mark.parametrize("area", AREAS)
def test_codes_are_told_apart_and_fit_their_fields(area: str) -> None:
    lists = book.codes(area)
    for field in (field for of in book.fields(area).values() for field in of if field.kind == "code"):
        values = [value for value, _ in lists[field.codes].values()]
        assert len(set(values)) == len(values)
        assert {len(value) for value in values} == {field.size}
        assert "0" * field.size not in values


def test_what_the_vendor_does_not_hold_b_sha_does_not_hold_either() -> None:
    assert compare.not_held("a_sha") <= compare.not_held("b_sha")


def files(area: str, code: str = "352071") -> list[MainframeFile]:
    place, context = world.build(code, 60, seed=7, years=1), plugin.Context()
    for other in plugin.READS.get(area, ()):
        context.truths[other] = plugin.truth_of(other, place, context)
    made = list(Exports(area).exports(place, plugin.truth_of(area, place, context), context))
    return [file for file in made if isinstance(file, MainframeFile)]


@pytest.fixture(scope="module")
def addressees() -> list[MainframeFile]:
    return files("031")


def test_files_begin_with_a_header_and_end_with_counts_of_every_kind_of_record(
    addressees: list[MainframeFile], tmp_path: Path
) -> None:
    for file in addressees:
        written = write(file, tmp_path, {})
        raw = (tmp_path / file.file).read_bytes()
        length = max(table.length for table in file.tables)
        rows = [raw[at : at + length] for at in range(0, len(raw), length)]
        kinds = Counter(row[:1].decode("cp037") for row in rows)
        assert len(raw) == written.size == length * len(rows)
        assert (rows[0][:14].decode("cp037"), rows[-1][:1]) == ("H3520715071001", b"\xe3")
        counts, at = {}, 1
        for table, frame in file.parts:
            counts[table.type] = int(rows[-1][at : at + 9].decode("cp037"))
            at += 9 + 8 * len(table.totals)
            assert counts[table.type] == frame.height
        assert kinds == {"H": 1, "T": 1, **{kind: n for kind, n in counts.items() if n}}
        assert written.records == sum(counts.values())


def test_people_and_firms_share_the_same_bytes(addressees: list[MainframeFile], tmp_path: Path) -> None:
    file = next(file for file in addressees if file.name == "JT02")
    table = file.tables[0]
    write(file, tmp_path, {})
    raw = (tmp_path / file.file).read_bytes()
    start = table.length - table.area_size
    kinds = {tuple(values): name for name, values in table.variants.items()}
    seen = set()
    for row, number in zip(file.frame.iter_rows(named=True), range(1, file.frame.height + 1), strict=True):
        (variant,) = [name for values, name in kinds.items() if row["人格_KBN"] in values]
        shared = raw[number * table.length + start : (number + 1) * table.length]
        seen.add(variant)
        if variant == "HOJIN":
            assert shared[:13] == charset.single(texts(row["法人_NO"]), 13).tobytes()
        else:
            assert shared[2:9] == row["生_YMD"].encode("cp037")
    assert seen == {"KOJIN", "HOJIN"}


def test_records_of_variable_length_hold_as_many_claims_as_they_say(tmp_path: Path) -> None:
    file = next(file for file in files("014") if file.name == "SN01")
    table = file.tables[0]
    write(file, tmp_path, {})
    raw = (tmp_path / file.file).read_bytes()
    each = sum(field.size for field in table.claims)
    plain = table.length - table.times * each
    at, lengths = 0, []
    while at < len(raw):
        lengths.append(int.from_bytes(raw[at : at + 2], "big") - 4)
        assert raw[at + 2 : at + 4] == b"\0\0"
        at += lengths[-1] + 4
    assert at == len(raw)
    counts = file.frame["期数"].cast(pl.Int64).to_list()
    assert lengths[1:-1] == [plain + count * each for count in counts]
    assert min(counts) >= 1
    assert max(counts) > 1


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        for file in files("026"):
            write(file, tmp_path / name, {})
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exports without defects, with them, and with them once more."""
    folder = tmp_path_factory.mktemp("damaged")
    for name, kinds in (("none", "none"), ("one", defects.SET), ("two", defects.SET)):
        generate.generate(
            "352071", folder / name, population=60, years=1, vendor="a_sha", areas=["014", "031"], defects=kinds
        )
    return folder


def test_planted_defects_are_the_same_for_the_same_arguments(damaged: Path) -> None:
    for name in ("answers.csv", "exports/JT02.DAT", "exports/SN01_R07_1.DAT"):
        one, two = (damaged / run / "352071" / name for run in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_every_kind_of_defect_is_planted_and_stays_within_its_record(damaged: Path) -> None:
    with (damaged / "one" / "352071" / "answers.csv").open(encoding="utf-8", newline="") as file:
        answers = list(csv.DictReader(file))
    assert {(row["kind"], row["rule"]) for row in answers} == {
        ("bad_nibble", "R12"),
        ("bad_zone", "R12"),
        ("shift_missing", "R13"),
        ("redefines_unknown", "R14"),
        ("type_unknown", "R14"),
        ("occurs_impossible", "R15"),
        ("trailer_count", "L01"),
        ("trailer_total", "L02"),
    }
    places = Counter((row["export"], row["record"]) for row in answers if row["record"])
    assert set(places.values()) == {1}
    table = next(table for table in book.tables() if table.name == "JT02")
    before, after = (
        (damaged / run / "352071" / "exports" / "JT02.DAT").read_bytes() for run in ("none", "one")
    )  # header, records, trailer: all of one length
    changed = {at // table.length for at, (a, b) in enumerate(zip(before, after, strict=True)) if a != b}
    told = {int(row["record"]) for row in answers if row["export"] == "jt02" and row["record"]}
    assert changed == told | {len(before) // table.length - 1}


def test_a_mainframe_has_defects_of_its_own_only(tmp_path: Path) -> None:
    for vendor, kinds in (("a_sha", "default"), ("b_sha", defects.SET)):
        with pytest.raises(ValueError, match="defects"):
            generate.generate("352071", tmp_path, population=40, vendor=vendor, areas=["031"], defects=kinds)


def test_a_group_without_any_part_is_a_file_without_data(tmp_path: Path) -> None:
    place, context = world.build("352071", 60, seed=7, years=1), plugin.Context()
    empty = Groups({group.name: [] for group in load_area("026").groups})
    made = list(Exports("026").exports(place, empty, context))
    assert [file.name for file in made] == list(book.files("026"))
    for file in made:
        assert isinstance(file, MainframeFile)
        written = write(file, tmp_path, {})
        assert (file.file, written.records) == (f"{file.name}.DAT", 0)
        assert written.size == 2 * max(table.length for table in file.tables)
