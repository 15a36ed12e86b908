"""Catalogue, shapes, masking and manifests: what every room relies on."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.delivery import manifest, shapes
from layouts.delivery.catalogue import catalogue, entry
from layouts.delivery.masking import key_hash, mask_value
from layouts.delivery.stream import ParquetStream
from layouts.errors import TsugiteError

SCHEMA = pl.Schema({"record": pl.Int64(), "value": pl.String()})


def test_the_catalogue_names_every_code_in_both_languages_with_an_action() -> None:
    families = {family: [code for code in catalogue() if code[0] == family] for family in "RMVLD"}
    assert {family: len(codes) for family, codes in families.items()} == {"R": 15, "M": 8, "V": 15, "L": 4, "D": 2}
    for one in catalogue().values():
        assert one.severity in ("error", "warning", "info")
        assert one.grain in ("record", "aggregate", "export", "run")
        texts = (one.title_ja, one.title_en, one.action_ja, one.action_en)
        assert all(texts)
        assert one.title_ja != one.title_en
        assert not any(char > "\u2fff" for char in one.title_en + one.action_en)
    assert entry("V13").severity == "warning"
    assert entry("V14").severity == "info"


def test_a_finding_keeps_its_id_and_no_two_places_share_one() -> None:
    here = shapes.finding_id("V04", "001", "住民情報", "氏名")
    assert here == "a056d9801c06"
    assert len({here, shapes.finding_id("V04", "001", "住民情報", "氏", "名"), shapes.finding_id("V04", "001")}) == 3


def test_a_table_of_another_shape_is_refused_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "findings.parquet"
    with pytest.raises(shapes.ShapeError, match="count"):
        shapes.write_table(
            shapes.empty(shapes.FINDINGS).with_columns(count=pl.lit(None, pl.String)), path, shapes.FINDINGS
        )
    with pytest.raises(shapes.ShapeError, match="note"):
        shapes.write_table(shapes.empty(shapes.FINDINGS).with_columns(note=pl.lit("")), path, shapes.FINDINGS)
    assert list(tmp_path.iterdir()) == []


def test_a_table_may_go_on_after_a_base_of_columns(tmp_path: Path) -> None:
    table = pl.DataFrame(schema=shapes.lineage_schema(["juki", "koseki"]))
    path = shapes.write_table(table, tmp_path / "a" / "b.parquet", shapes.LINEAGE_BASE, more=True, metadata={"k": "値"})
    assert pl.read_parquet(path).columns == ["row", "_source", "_occurrence", "_rec_juki", "_rec_koseki"]
    assert pl.read_parquet_metadata(path)["k"] == "値"
    with pytest.raises(shapes.ShapeError):
        shapes.write_table(table, path, shapes.LINEAGE_BASE)


def test_a_lazy_table_is_written_like_an_eager_one(tmp_path: Path) -> None:
    table = pl.DataFrame({"record": [1, 2], "field": ["a", "b"], "value": ["x", None], "cause": ["M01", "M01"]})
    one = shapes.write_table(table, tmp_path / "one.parquet", shapes.RESIDUE)
    two = shapes.write_table(table.lazy(), tmp_path / "two.parquet", shapes.RESIDUE)
    assert one.read_bytes() == two.read_bytes()


def test_a_stream_without_batches_is_an_empty_table(tmp_path: Path) -> None:
    with ParquetStream(tmp_path / "a.parquet", SCHEMA) as stream:
        pass
    assert stream.rows == 0
    assert pl.read_parquet(tmp_path / "a.parquet").schema == SCHEMA


def test_a_stream_keeps_the_order_of_its_batches(tmp_path: Path) -> None:
    with ParquetStream(tmp_path / "a.parquet", SCHEMA, {"tsugite.area": "001"}) as stream:
        for start in range(0, 5000, 700):
            part = pl.DataFrame({"record": range(start, start + 700)}, schema={"record": pl.Int64})
            stream.write(part.with_columns(value=pl.col("record").cast(pl.String)))
    table = pl.read_parquet(tmp_path / "a.parquet")
    assert table["record"].to_list() == list(range(5600))
    assert table["value"].to_list() == [str(number) for number in range(5600)]
    assert pl.read_parquet_metadata(tmp_path / "a.parquet")["tsugite.area"] == "001"


def test_a_stream_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    shapes.partial_name(path).mkdir()  # where the temporary file would go

    def fill() -> None:
        with ParquetStream(path, SCHEMA) as stream:
            for _ in range(20):
                stream.write(pl.DataFrame({"record": [1], "value": ["x"]}, schema=SCHEMA))

    with pytest.raises((OSError, pl.exceptions.PolarsError)):
        fill()
    assert not path.exists()


@pytest.mark.parametrize(
    ("value", "pii", "shown"),
    [
        ("佐藤　一郎", "personal", "佐＊　＊＊"),
        ("ｻﾄｳ ｲﾁﾛｳ", "personal", "ｻ** ****"),
        ("123456789012345", "personal", "#############45"),
        ("1980-02-30", "personal", "####-##-30"),
        ("0834-22", "personal", "####-22"),
        ("12345", "personal", "#####"),
        ("男", "personal", "＊"),
        ("123456789018", "mynumber", "############"),
        ("身体障害　１級", "sensitive", "＊＊＊＊　＃＊"),
        ("葛\U000e0100城\ue000\U0010fe81", "sensitive", "＊＊□□"),
        ("39", None, "39"),
        ("-1200", None, "-1200"),
        ("佐藤　一郎", None, "佐＊　＊＊"),
        ("0834-22-8211", None, "####-##-##11"),
        ("a\tb", None, "a¶*"),
        ("", "personal", ""),
    ],
)
def test_a_masked_value_keeps_its_shape(value: str, pii: str | None, shown: str) -> None:
    assert mask_value(value, pii) == shown


def test_a_long_value_is_cut_and_says_its_length() -> None:
    assert mask_value("あ" * 100, "personal") == "＊" * 40 + "…(100)"


@given(
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=60), st.sampled_from(["mynumber", "sensitive"])
)
def test_no_letter_or_digit_of_a_sensitive_value_is_shown(value: str, pii: str) -> None:
    shown = mask_value(value, pii).split("…")[0]
    assert not any(char.isalnum() for char in shown)


@given(st.text(st.characters(categories=["L", "N"]), min_size=3, max_size=40))
def test_of_a_personal_value_at_most_two_characters_are_shown(value: str) -> None:
    assert sum(char.isalnum() for char in mask_value(value, "personal")) <= 2


def test_a_key_hash_needs_its_key_and_depends_on_it() -> None:
    assert key_hash(b"secret", "352152|123") == key_hash(b"secret", "352152|123")
    assert len(key_hash(b"secret", "1")) == 16
    assert key_hash(b"secret", "1") != key_hash(b"other", "1")
    assert key_hash(b"x" * 100, "1") != key_hash(b"x" * 101, "1")
    with pytest.raises(ValueError, match="mask key"):
        key_hash(b"", "1")


def deliver(folder: Path) -> Path:
    shapes.write_table(shapes.empty(shapes.FINDINGS), folder / "findings.parquet", shapes.FINDINGS)
    pl.DataFrame({"a": [1, 2, 3]}).write_parquet(folder / "three.parquet")
    (folder / "standard").mkdir()
    (folder / "standard" / "x.csv").write_text("あ\r\n", encoding="utf-8")
    (folder / ".work").mkdir()
    (folder / ".work" / "y.csv").write_text("y", encoding="utf-8")
    entries = manifest.file_entries(folder, manifest.files_below(folder))
    manifest.write_manifest(folder / manifest.DATA_MANIFEST, {"form": "x", "area": "001"}, entries)
    everything = [*manifest.files_below(folder), folder / manifest.DATA_MANIFEST]
    return manifest.write_manifest(folder / manifest.MANIFEST, {"run": "1"}, manifest.file_entries(folder, everything))


def test_a_manifest_lists_files_with_hash_bytes_and_rows(tmp_path: Path) -> None:
    path = deliver(tmp_path)
    body = manifest.read_manifest(path)
    files = {file.path: file for file in body["files"]}
    assert sorted(files) == ["data.manifest.json", "findings.parquet", "standard/x.csv", "three.parquet"]
    assert files["three.parquet"].rows == 3
    assert files["standard/x.csv"].rows is None
    assert files["standard/x.csv"].bytes == 5
    assert files["standard/x.csv"].sha256 == manifest.hash_file(tmp_path / "standard" / "x.csv")
    assert body["run"] == "1"


def test_the_same_folder_gives_the_same_manifest(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = deliver(tmp_path / "one"), deliver(tmp_path / "two")
    assert one.read_bytes() == two.read_bytes()
    assert list(json.loads(one.read_bytes())) == sorted(json.loads(one.read_bytes()))


def test_every_change_of_a_delivery_is_seen(tmp_path: Path) -> None:
    path = deliver(tmp_path)
    assert manifest.differences(tmp_path, path) == []
    (tmp_path / "three.parquet").unlink()
    (tmp_path / "standard" / "x.csv").write_text("い\r\n", encoding="utf-8")
    (tmp_path / "standard" / "new.csv").write_text("", encoding="utf-8")
    (tmp_path / manifest.DATA_MANIFEST).write_text("{}", encoding="utf-8")
    assert [(one.path, one.what) for one in manifest.differences(tmp_path, path)] == [
        ("data.manifest.json", "changed"),
        ("standard/new.csv", "extra"),
        ("standard/x.csv", "changed"),
        ("three.parquet", "missing"),
    ]


@pytest.mark.parametrize("content", [None, "{", "[]", '{"files": [{"path": "x"}]}'])
def test_what_is_no_manifest_is_a_user_error(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "manifest.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(TsugiteError) as raised:
        manifest.read_manifest(path)
    assert raised.value.code == "Y04"
