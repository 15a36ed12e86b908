"""Duplicates over a whole file: what the engine finds is what comparing every row with every other finds."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from validators.keys import batches, duplicate_rows

SCHEMA = pl.Schema(
    {"市区町村コード": pl.String(), "履歴番号": pl.Int64(), "金額": pl.Decimal(38, 2), "備考": pl.String()}
)
KEY = ("市区町村コード", "履歴番号")

Row = tuple[str | None, int | None, str | None, str | None]

rows = st.lists(
    st.tuples(
        st.sampled_from(["352152", "352080", "", None]),
        st.sampled_from([1, 2, None]),
        st.sampled_from([None, "0.00", "1.50"]),
        st.sampled_from([None, "", "a", "\U0010fe81"]),
    ),
    max_size=25,
)


def expected(table: list[Row]) -> list[tuple[int, int | None]]:
    """The definition, row by row."""
    by_key: dict[tuple[str | None, int | None], list[int]] = defaultdict(list)
    for place, row in enumerate(table):
        if row[0] and row[1] is not None:
            by_key[row[:2]].append(place)
    found: list[tuple[int, int | None]] = []
    for places in by_key.values():
        if len(places) > 1:
            same = len({table[place] for place in places}) == 1
            found += [(place + 1, places[0] + 1 if same else None) for place in places[1 if same else 0 :]]
    return sorted(found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=rows, cut=st.integers(1, 7))
def test_duplicates_are_those_of_a_row_by_row_comparison(tmp_path: Path, table: list[Row], cut: int) -> None:
    path = tmp_path / "group.parquet"
    pl.DataFrame(table, schema=dict.fromkeys(SCHEMA, pl.String), orient="row").cast(SCHEMA).write_parquet(
        path, row_group_size=cut
    )
    found = duplicate_rows(path, KEY, tuple(SCHEMA), temp=tmp_path / "spill", threads=1)
    assert list(found.iter_rows()) == expected(table)
    assert not (tmp_path / "spill").exists()


def test_a_key_that_every_row_shares_is_compared_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "group.parquet"
    count = 300_000
    pl.select(a=pl.lit("352152").repeat_by(count).explode(), b=pl.int_range(count) % 3).write_parquet(path)
    found = duplicate_rows(path, ("a",), ("a", "b"), temp=tmp_path / "spill", threads=2)
    assert found.height == count
    assert found["duplicate_of"].null_count() == count
    twins = duplicate_rows(path, ("a", "b"), ("a", "b"), temp=tmp_path / "spill", threads=2)
    assert twins.height == count - 3
    assert twins["duplicate_of"].unique().sort().to_list() == [1, 2, 3]


@pytest.mark.parametrize("colliding", [(1, 2), (3, 4)])
def test_equal_hashes_of_unequal_keys_are_no_duplicates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, colliding: tuple[int, int]
) -> None:
    path = tmp_path / "group.parquet"
    pl.DataFrame({"a": [1, 2, 3, 4, 4]}).write_parquet(path)
    import validators.keys as keys

    original = keys._hashes

    def collide(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
        low, high = (original(pl.DataFrame({"a": [value]}), key)["hash"].item() for value in colliding)
        return original(frame, key).with_columns(pl.col("hash").replace(high, low))

    monkeypatch.setattr(keys, "_hashes", collide)
    found = duplicate_rows(path, ("a",), ("a",), temp=tmp_path / "spill", threads=1)
    assert list(found.iter_rows()) == [(5, 4)]


def test_batches_are_the_same_rows_however_the_file_is_cut(tmp_path: Path) -> None:
    table = pl.select(a=pl.int_range(1000), b=pl.int_range(1000).cast(pl.String))
    for size in (7, 100, 1000):
        path = tmp_path / f"{size}.parquet"
        table.write_parquet(path, row_group_size=size)
        parts = list(batches(path, ("b", "a"), rows=64))
        assert max(part.height for part in parts) <= 64
        assert pl.concat(parts).equals(table.select("b", "a"))
        assert pl.concat(batches(path, rows=64)).equals(table)
