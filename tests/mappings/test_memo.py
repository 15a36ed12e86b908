"""A memo gives what the expressions give, whatever the batches hold."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings import memo
from mappings.memo import Memo
from mappings.transforms import REGISTRY

TEXTS = st.one_of(
    st.none(),
    st.sampled_from(["", "0", "4300101", "3640108", "5010501", "9999999", "\x00", "\x00\x00", "日本語", "日本語あ"]),
    st.text(max_size=20),
)


def made(field: str = "RAW") -> Memo:
    date = REGISTRY["wareki_date"].model_validate({})
    raw = pl.when(pl.col(field) != "").then(pl.col(field))
    outs = {"=date": date.apply(raw), "=length": pl.col(field).str.len_chars().cast(pl.Int64)}
    checks = {"~date": (pl.col("=date").is_not_null() & (pl.col("=length") == 7)).fill_null(False)}
    schema = pl.Schema({"=date": pl.String, "=length": pl.Int64, "~date": pl.Boolean})
    return Memo(field, outs, checks, schema)


def direct(values: pl.Series) -> pl.Series:
    return made()._evaluate(values).to_struct("RAW")


@settings(deadline=None)
@given(st.lists(st.lists(TEXTS, max_size=12), min_size=1, max_size=6))
def test_batches_come_back_as_the_expressions_make_them(batches: list[list[str | None]]) -> None:
    remembering = made()
    for batch in batches:
        values = pl.Series("RAW", batch, dtype=pl.String)
        assert remembering(values).equals(direct(values))


def test_a_slice_of_a_batch_and_a_batch_in_pieces_are_looked_up_at_their_own_places() -> None:
    remembering = made()
    values = pl.Series("RAW", ["4300101", "", "4310101", None, "0"])
    in_pieces = pl.concat([values[:2], values[2:]], rechunk=False)
    assert in_pieces.n_chunks() == 2
    for part in (values, values[2:4], in_pieces, values[:0]):
        assert remembering(part).equals(direct(part))


def test_a_value_is_given_to_the_expressions_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    evaluate = Memo._evaluate

    def watched(self: Memo, values: pl.Series) -> pl.DataFrame:
        asked.extend(values)
        return evaluate(self, values)

    monkeypatch.setattr(Memo, "_evaluate", watched)
    remembering = made()
    for batch in (["a", "b", "a"], ["b", "c"], ["a", "c", None]):
        remembering(pl.Series("RAW", batch))
    assert sorted(asked, key=str) == [None, "a", "b", "c"]


def test_a_field_that_does_not_repeat_is_given_up_and_stays_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "MOST", 64)
    remembering = made()
    for start in range(0, 400, 50):
        values = pl.Series("RAW", [f"{number:07}" for number in range(start, start + 50)])
        assert remembering(values).equals(direct(values))
    assert not remembering._useful
