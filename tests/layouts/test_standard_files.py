"""Standard files come back as they were written, in every form, and say what they could not carry."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layouts import Area, Group, load_area
from layouts.delivery import cp932
from layouts.delivery.files import (
    GroupFiles,
    GroupWriter,
    StandardFileError,
    read_group,
    read_group_text,
    scan_delivery,
)
from layouts.delivery.profile import DeliveryProfile, load_profile
from layouts.delivery.shapes import ShapeError
from layouts.errors import TsugiteError

TEXTS = ["佐藤　一郎", None, '𠮷野 "葛\U000e0100" , 髙﨑①', "一行目\r\n二行目\n", "&#x20BB7;と𠮷", "\ue000〜−～", "ｶﾅ"]
SMALL_UNICODE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)


def land() -> tuple[Area, Group]:
    """A group with text, dates, integers and decimals."""
    area = load_area("012")
    return area, area.group("land")


def rows(group: Group, texts: list[str | None]) -> pl.DataFrame:
    """One row a text: it stands in every text item, its place in every number."""
    places = range(len(texts))
    columns = []
    for item in group.items:
        if item.is_integer:
            values: list[object] = [place - 2 if place % 3 else None for place in places]
        elif item.numeric:
            values = [Decimal(place).scaleb(-item.scale) if place % 4 else None for place in places]
        else:
            values = list(texts)
        columns.append(pl.Series(item.name, values, dtype=item.polars_dtype))
    return pl.DataFrame(columns)


def written(folder: Path, table: pl.DataFrame, profile: DeliveryProfile | str, batch: int = 3) -> GroupFiles:
    area, group = land()
    with GroupWriter(area, group, folder / area.id, profile, "352152", "2018-01-04") as writer:
        for part in table.iter_slices(batch):
            writer.write(part)
    return writer.result


@pytest.mark.parametrize("profile", ["standard", "cp932"])
def test_parquet_and_csv_come_back_as_they_were_written(tmp_path: Path, profile: str) -> None:
    _, group = land()
    table = rows(group, TEXTS)
    files = written(tmp_path, table, profile)
    assert files.rows == len(TEXTS)
    assert read_group(files.parquet, group).collect().equals(table)
    assert read_group(files.csv, group).collect().equals(table)


@pytest.mark.parametrize("profile", ["standard", "cp932"])
@settings(max_examples=25, deadline=None)
@given(texts=st.lists(SMALL_UNICODE | st.none(), min_size=1, max_size=6))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, profile: str, texts: list[str | None]) -> None:
    _, group = land()
    table = rows(group, texts)
    files = written(tmp_path_factory.mktemp("any"), table, profile, batch=2)
    assert read_group(files.csv, group).collect().equals(table)


def test_the_standard_csv_is_utf8_without_bom_all_quoted_crlf_with_a_japanese_header(tmp_path: Path) -> None:
    _, group = land()
    files = written(tmp_path, rows(group, ["あ", None]), "standard")
    assert files.csv.name == "012_固定資産税_土地_352152_20180104.csv"
    lines = files.csv.read_bytes().split(b"\r\n")
    assert lines[0].decode() == ",".join(f'"{name}"' for name in group.names)
    assert lines[-1] == b""
    assert len(lines) == 4
    assert all(len(cell) >= 2 and cell[0] == cell[-1] == '"' for cell in lines[2].decode().split(","))
    assert b"\n" not in b"".join(lines)


def test_parquet_keeps_null_and_empty_apart_and_csv_reads_both_as_null(tmp_path: Path) -> None:
    _, group = land()
    table = rows(group, ["", None])
    files = written(tmp_path, table, "standard")
    name = next(item.name for item in group.items if not item.numeric)
    assert read_group(files.parquet, group).collect()[name].to_list() == ["", None]
    assert read_group(files.csv, group).collect()[name].to_list() == [None, None]


def test_a_group_without_rows_has_a_header_and_types(tmp_path: Path) -> None:
    _, group = land()
    files = written(tmp_path, rows(group, []), "cp932")
    assert files.rows == 0
    assert files.uncarried_file is None
    for path in (files.parquet, files.csv):
        table = read_group(path, group).collect()
        assert table.schema == group.polars_schema
        assert table.height == 0


def test_parquet_says_what_it_is_and_has_bounded_row_groups(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    area, group = land()
    table = pl.concat([rows(group, ["あ"])] * 100).select(pl.all().repeat_by(2700).explode())
    files = written(tmp_path, table, "standard", batch=100_000)
    facts = pq.ParquetFile(files.parquet).metadata
    assert [facts.row_group(place).num_rows for place in range(facts.num_row_groups)] == [163_840, 106_160]
    metadata = pl.read_parquet_metadata(files.parquet)
    assert metadata["tsugite.area"] == "012"
    assert metadata["tsugite.group"] == "land"
    assert metadata["tsugite.layout_hash"] == area.hash
    assert group.items[0].id in metadata["tsugite.item_ids"]


def test_how_batches_are_cut_does_not_change_a_byte(tmp_path: Path) -> None:
    _, group = land()
    table = rows(group, TEXTS * 5)
    one = written(tmp_path / "one", table, "cp932", batch=35)
    many = written(tmp_path / "many", table, "cp932", batch=4)
    assert one.parquet.read_bytes() == many.parquet.read_bytes()
    assert one.csv.read_bytes() == many.csv.read_bytes()
    assert one.uncarried.equals(many.uncarried)


def test_cp932_lists_every_character_that_it_cannot_carry(tmp_path: Path) -> None:
    _, group = land()
    files = written(tmp_path, rows(group, TEXTS), "cp932")
    assert files.uncarried_file is not None
    with files.uncarried_file.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    name = "所在_町字名"
    here = [(line["row"], line["codepoint"], line["count"], line["escape"]) for line in listed if line["item"] == name]
    assert here == [
        ("3", "U+20BB7", "1", "&#x20BB7;"),
        ("3", "U+E0100", "1", "&#xE0100;"),
        ("5", "U+20BB7", "1", "&#x20BB7;"),
        ("6", "U+2212", "1", "&#x2212;"),
        ("6", "U+301C", "1", "&#x301C;"),
    ]
    sums = files.uncarried.filter(item=name, codepoint="U+20BB7").select("count", "rows").row(0)
    assert sums == (2, 2)
    text = files.csv.read_bytes().decode("cp932")
    assert '"&#x20BB7;野 ""葛&#xE0100;"" , 髙﨑①"' in text
    assert '"&#x26;#x20BB7;と&#x20BB7;"' in text
    assert "〓" not in text
    assert "?" not in text


def test_cp932_carries_user_defined_characters_both_ways(tmp_path: Path) -> None:
    _, group = land()
    table = rows(group, ["\ue000\ue757"])
    files = written(tmp_path, table, "cp932")
    assert files.uncarried_file is None
    assert b"\xf0\x40\xf9\xfc" in files.csv.read_bytes()
    assert read_group(files.csv, group).collect().equals(table)


def test_a_list_of_an_earlier_delivery_does_not_stay(tmp_path: Path) -> None:
    _, group = land()
    listed = written(tmp_path, rows(group, ["𠮷"]), "cp932").uncarried_file
    assert listed is not None
    written(tmp_path, rows(group, ["吉"]), "cp932")
    assert not listed.exists()


def test_the_kernel_agrees_with_the_codec_and_never_swaps_look_alikes() -> None:
    carried = {chr(point): code for point, code in enumerate(cp932.table().tolist()) if code and point >= 0x80}
    text = "".join(carried)
    assert cp932.encode(text.encode()) == (text.encode("cp932"), ())
    assert text.encode("cp932").decode("cp932") == text
    assert len(carried) > 9000
    assert cp932.encode("¢£¬‖−〜".encode()) == (b"", tuple("¢£¬‖−〜"))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_the_kernel_drops_exactly_the_missing_characters(text: str) -> None:
    encoded, missing = cp932.encode(text.encode())
    kept = "".join(char for char in text if char not in missing)
    assert encoded.decode("cp932") == kept
    assert set(missing) <= set(text)


def test_every_setting_of_a_profile_reads_back(tmp_path: Path) -> None:
    _, group = land()
    other = replace(
        load_profile("standard"),
        name="other", bom=True, newline="\n", quoting="necessary", header="slug", null="NULL", date="YYYYMMDD",
    )  # fmt: skip
    table = rows(group, ["2018-01-04", None, "9999-12-31", "不詳"])
    files = written(tmp_path, table, other)
    content = files.csv.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf" + group.items[0].slug.encode() + b",")
    assert b"20180104" in content
    assert b"\r\n" not in content
    assert read_group(files.csv, group, other).collect().equals(table)
    bare = replace(other, header="none", charset="utf-8", bom=False)
    files = written(tmp_path / "bare", table, bare)
    assert read_group(files.csv, group, bare).collect().equals(table)


def test_columns_are_found_by_name_in_any_order(tmp_path: Path) -> None:
    _, group = land()
    table = rows(group, TEXTS[:3])
    path = tmp_path / "shuffled.csv"
    table.select(reversed(table.columns)).write_csv(path, quote_style="always")
    assert read_group(path, group).collect().equals(table)
    table.select(reversed(table.columns)).with_columns(pl.col(pl.Int64).cast(pl.Int32)).write_parquet(
        path.with_suffix(".parquet")
    )
    assert read_group(path.with_suffix(".parquet"), group).collect().equals(table)


def test_a_number_that_is_none_is_null_when_typed_and_stays_as_text(tmp_path: Path) -> None:
    _, group = land()
    whole = next(item.name for item in group.items if item.is_integer)
    decimal = next(item for item in group.items if item.type == "9V" and item.scale == 2)
    texts = ["12", "1.5", "12x", "１２", " 1", "0.123", "-3", ""]
    table = pl.DataFrame(
        {name: [None] * len(texts) for name in group.names}, schema=dict.fromkeys(group.names, pl.String)
    )
    path = tmp_path / "numbers.csv"
    table.with_columns(pl.Series(whole, texts), pl.Series(decimal.name, texts)).write_csv(path, quote_style="always")
    typed = read_group(path, group).collect()
    assert typed[whole].to_list() == [12, None, None, None, None, None, -3, None]
    assert typed[decimal.name].to_list() == [Decimal(12), Decimal("1.5"), None, None, None, None, Decimal(-3), None]
    assert read_group_text(path, group).collect()[whole].to_list() == [*texts[:-1], None]


@pytest.mark.parametrize(
    ("change", "says", "line"),
    [
        (lambda text: text.replace('"物件番号"', '"物件"', 1), "unknown: 物件", ":1"),
        (lambda text: text.replace('"物件番号"', '"市区町村コード"', 1), "repeated: 市区町村コード", ":1"),
        (lambda text: text.replace('"物件番号",', "", 1), "missing: 物件番号", ":1"),
        (lambda text: text.replace('"い",', "", 1), "another number of fields", ":3"),
        (lambda text: text.replace('"い",', '"い","い",', 1), "another number of fields", ":3"),
        (lambda text: text.replace('"い",', '"い,', 1), "wrong quotes", ""),
        (lambda text: "", "empty", ""),
    ],
)  # fmt: skip
def test_what_is_no_standard_file_is_refused_without_telling_its_values(
    tmp_path: Path, change: object, says: str, line: str
) -> None:
    _, group = land()
    path = written(tmp_path, rows(group, ["あ", "い", "う"]), "standard").csv
    assert callable(change)
    path.write_bytes(change(path.read_bytes().decode()).encode())
    with pytest.raises(StandardFileError) as raised:
        read_group(path, group)
    error = raised.value
    assert error.code == "D02"
    assert says in error.what.en
    assert error.where.en.startswith(path.name + line)
    assert "い" not in str(error).replace(error.where.en, "").replace(error.what.en, "")


def test_bytes_of_no_known_charset_are_refused(tmp_path: Path) -> None:
    _, group = land()
    path = written(tmp_path, rows(group, ["あ"]), "standard").csv
    path.write_bytes(path.read_bytes() + b"\x81\x00\xff")
    with pytest.raises(StandardFileError, match="neither UTF-8 nor CP932"):
        read_group(path, group)
    fake = tmp_path / "land.parquet"
    fake.write_bytes(b"PAR1 no")
    with pytest.raises(StandardFileError, match="not a Parquet file"):
        read_group(fake, group)


def test_other_columns_are_a_defect_and_leave_no_file(tmp_path: Path) -> None:
    area, group = land()
    table = rows(group, TEXTS)
    writer = GroupWriter(area, group, tmp_path, "standard", "352152", "2018-01-04")

    def write_a_wrong_batch() -> None:
        with writer:
            writer.write(table)
            writer.write(table.with_columns(pl.col(group.names[0]).cast(pl.Categorical)))

    with pytest.raises(ShapeError):
        write_a_wrong_batch()
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_writer_leaves_the_earlier_file_alone(tmp_path: Path) -> None:
    area, group = land()
    first = written(tmp_path, rows(group, ["あ"]), "standard")
    before = {path.name: path.read_bytes() for path in first.csv.parent.iterdir()}

    def interrupted() -> None:
        with GroupWriter(area, group, first.csv.parent, "standard", "352152", "2018-01-04") as writer:
            for _ in range(5):
                writer.write(rows(group, TEXTS))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert {path.name: path.read_bytes() for path in first.csv.parent.iterdir()} == before


def test_a_delivery_is_recognised_by_metadata_and_by_names(tmp_path: Path) -> None:
    import unicodedata

    _, group = land()
    files = written(tmp_path, rows(group, ["𠮷"]), "cp932")
    resident = load_area("001")
    suppression = resident.group("住民基本台帳_抑止設定管理")
    stray = tmp_path / "readme.csv"
    stray.write_text("x\n")
    name = load_profile("standard").csv_name(resident, suppression, "352152", "2018-01-04")
    (tmp_path / unicodedata.normalize("NFD", name)).write_text("x\n")
    lineage = tmp_path / "012" / "house.parquet"
    pl.DataFrame({"row": [1]}).write_parquet(lineage)
    found = scan_delivery(tmp_path)
    assert [(file.area, file.group, file.form, file.municipality) for file in found.files] == [
        ("001", suppression.slug, "csv", "352152"),
        ("012", "land", "csv", "352152"),
        ("012", "land", "parquet", "352152"),
    ]
    assert set(found.unknown) == {stray, lineage}
    assert found.groups()["012", "land"].path == files.parquet


def test_a_run_folder_is_scanned_in_its_standard_folder_only(tmp_path: Path) -> None:
    _, group = land()
    written(tmp_path / "standard", rows(group, ["あ"]), "standard")
    other = tmp_path / "lineage" / "012" / "land.parquet"
    other.parent.mkdir(parents=True)
    pl.DataFrame({"row": [1]}).write_parquet(other)
    found = scan_delivery(tmp_path)
    assert len(found.files) == 2
    assert found.unknown == ()


def test_profiles_with_unknown_settings_are_refused(tmp_path: Path) -> None:
    from layouts.delivery.profile import PROFILES, profiles

    text = PROFILES.read_text(encoding="utf-8")
    for place, (old, new) in enumerate(
        [
            ('charset = "cp932"', 'charset = "euc-jp"'),
            ('null = ""\n', ""),
            ("{municipality}", "{town}"),
            ("[cp932]", "[cp932"),
        ]
    ):
        path = tmp_path / f"{place}.toml"
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(TsugiteError) as raised:
            profiles(path)
        assert raised.value.code == "Y03"
    with pytest.raises(TsugiteError, match="no delivery profile"):
        load_profile("nix")


def test_the_csv_is_what_a_plain_csv_reader_reads(tmp_path: Path) -> None:
    _, group = land()
    table = rows(group, TEXTS)
    files = written(tmp_path, table, "standard")
    read = list(csv.reader(io.StringIO(files.csv.read_bytes().decode(), newline="")))
    name = "所在_町字名"
    place = group.names.index(name)
    assert [line[place] for line in read[1:]] == [text or "" for text in TEXTS]
