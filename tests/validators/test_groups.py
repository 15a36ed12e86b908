"""The engine over random rows: every row goes one way, in order, whatever the batches are, and nothing is counted
twice."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mapped import rows_of

from layouts import load_area
from validators import groups, keys
from validators.checks import code_sets
from validators.findings import POSITION, Findings
from validators.groups import GroupInput, judge_group


class Kept:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.delivered: list[pl.DataFrame] = []
        self.held: list[pl.DataFrame] = []
        self.nulled: list[pl.DataFrame] = []

    def deliver(self, rows: pl.DataFrame) -> None:
        self.delivered.append(rows)

    def hold(self, rows: pl.DataFrame) -> None:
        self.held.append(rows)

    def null(self, rows: pl.DataFrame) -> None:
        self.nulled.append(rows)


def positions(parts: list[pl.DataFrame]) -> list[int]:
    return [place for part in parts for place in part[POSITION]]


AREA = load_area("001")
MEMO = AREA.group("メモ情報")

memos = st.lists(
    st.tuples(
        st.sampled_from(["1".zfill(15), "2".zfill(15), None, "9" * 16]),
        st.sampled_from([1, 2, 1000, -1]),
        st.sampled_from(["0", "1", "10", None]),
        st.sampled_from(["2020-02-29", "2021-02-29", None]),
    ),
    max_size=14,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=memos, size=st.integers(1, 6))
def test_every_row_is_delivered_or_held_and_the_batches_do_not_matter(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    table: list[tuple[str | None, int, str | None, str | None]],
    size: int,
) -> None:
    numbers = [item.name for item in MEMO.key if item.numeric]
    columns = {
        "宛名番号": [row[0] for row in table],
        **{name: [row[1] for row in table] for name in numbers},
        "最新フラグ": [row[2] for row in table],
        "操作年月日": [row[3] for row in table],
    }
    path = tmp_path / "memo.parquet"
    rows_of("001", "メモ情報", len(table), **columns).write_parquet(path)
    monkeypatch.setattr(groups, "batches", partial(keys.batches, rows=size))
    kept, findings = Kept(), Findings(cap=0)
    source = GroupInput(AREA, MEMO, path, code_sets(AREA, MEMO))
    outcome = judge_group(source, findings, kept, temp=tmp_path / "spill", threads=1)

    delivered, held = positions(kept.delivered), positions(kept.held)
    assert delivered == sorted(delivered)
    assert sorted(delivered + held) == list(range(1, len(table) + 1))
    assert (outcome.delivered, outcome.derived) == (len(delivered), len(table))
    assert outcome.quarantined + outcome.identical == len(held)

    usable = [row[0] is not None and len(row[0]) == 15 and 0 <= row[1] < 1000 for row in table]
    key_uses = Counter(row[:2] for row, good in zip(table, usable, strict=True) if good)
    whole = {row[:2]: {other for other in table if other[:2] == row[:2]} for row in table}
    for place, row in enumerate(table, start=1):
        first = next(number for number, other in enumerate(table, start=1) if other == row)
        alone = key_uses[row[:2]] == 1 or (len(whole[row[:2]]) == 1 and place == first)
        assert (place in delivered) == (usable[place - 1] and alone)

    bad_dates = [place for place in delivered if table[place - 1][3] == "2021-02-29"]
    nulled = [(row[POSITION], row["item"], row["rule"]) for part in kept.nulled for row in part.iter_rows(named=True)]
    assert [place for place, item, rule in nulled if (item, rule) == ("操作年月日", "V01")] == bad_dates
    assert outcome.nulled == len(nulled)
    counted = {(f.subject.rule, f.subject.item): f for f in findings}
    if bad_dates:
        found = counted["V01", "操作年月日"]
        assert found.count == len(bad_dates)
        assert [row for part in found.examples for row in part["row"]] == bad_dates
    values = [value for part in kept.delivered for value in part["操作年月日"]]
    assert values == [None if place in bad_dates else table[place - 1][3] for place in delivered]
