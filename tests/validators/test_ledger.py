"""The two ledgers and the control totals: they close on a sound run, and do not when anything is missing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import books
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layouts.delivery.run import RunContext
from validators.ledger import account
from validators.ledger.records import (
    DELIVERED,
    LOOKED_UP,
    PRESENT,
    STATUSES,
    RecordBook,
    Source,
    mark_rows,
    status_of,
)

PLAN = "DDPQXIMODN"
"""One record of every status, delivered ones first."""


def lines_of(ctx: RunContext, side: str, name: str) -> dict[str, int]:
    table = pl.read_parquet(ctx.run_dir / "ledger.parquet").filter((pl.col("side") == side) & (pl.col("name") == name))
    return dict(table.select("line", "count").iter_rows())


def group_file(ctx: RunContext, folder: Callable[[str], Path]) -> Path:
    return folder(books.AREA) / f"{books.place().group.slug}.parquet"


@pytest.fixture
def ctx(tmp_path: Path) -> RunContext:
    ctx = books.context(tmp_path)
    books.build(ctx, PLAN)
    return ctx


def rewrite(path: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Tampers with a Parquet file, its metadata kept."""
    metadata = {key: value for key, value in pl.read_parquet_metadata(path).items() if key != "ARROW:schema"}
    change(pl.read_parquet(path)).write_parquet(path, metadata=metadata)


@settings(max_examples=25, deadline=None)
@given(
    st.text(alphabet="".join(books.RECORD_STATUSES), max_size=12).map(lambda tail: "D" + tail),
    st.integers(0, 2**31),
)
def test_every_record_gets_the_one_status_that_its_files_say(plan: str, seed: int) -> None:
    with TemporaryDirectory() as folder:
        ctx = books.context(Path(folder))
        books.build(ctx, plan, [(seed * (n + 1)) % 1_000_003 - 500_000 for n in range(len(plan))])
        result = account(ctx)
        assert result.failed is None
        lines = lines_of(ctx, "export", books.MAIN)
        expected = Counter(books.RECORD_STATUSES[letter] for letter in plan)
        assert {status: lines[status] for status in STATUSES} == {status: expected[status] for status in STATUSES}
        assert lines["read"] == len(plan) == sum(lines[status] for status in STATUSES)
        group = lines_of(ctx, "group", books.place().group.slug)
        assert group["derived"] == group["delivered"] + group["quarantined"] + group["identical"]
        total = pl.read_parquet(ctx.run_dir / "control_totals.parquet").row(0, named=True)
        assert (total["difference"], total["closes"], total["delivered"]) == (0, True, books.amount_of(ctx))


def test_join_lookup_and_overflow_exports_have_statuses_of_their_own(ctx: RunContext) -> None:
    assert account(ctx).failed is None
    assert lines_of(ctx, "export", books.LOOKUP)["lookup_only"] == 3
    assert lines_of(ctx, "export", books.EXTRA)["overflow_only"] == 2
    joined = lines_of(ctx, "export", books.JOIN)
    assert (joined["delivered"], joined["overflow_only"]) == (4, 3)


def _drop_last(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.head(frame.height - 1)


def _drop_csv_record(ctx: RunContext) -> None:
    csv = next(ctx.standard(books.AREA).glob("*.csv"))
    csv.write_bytes(b"".join(csv.read_bytes().splitlines(keepends=True)[:-1]))


def _lose_record(ctx: RunContext) -> None:
    # Record 8 (O) is in the overflow file and nowhere else.
    rewrite(ctx.overflow(books.AREA) / f"{books.MAIN}.parquet", lambda frame: frame.filter(pl.col("_record") != 8))


def _lose_quarantined(ctx: RunContext) -> None:
    rewrite(ctx.quarantine(books.AREA) / f"{books.MAIN}.parquet", lambda frame: frame.filter(pl.col("record") != 4))


def _lose_excluded(ctx: RunContext) -> None:
    # Record 6 (I): its row equals a delivered one, but the record itself has to be kept.
    rewrite(ctx.exclusions(books.AREA) / f"{books.MAIN}.parquet", lambda frame: frame.filter(pl.col("record") != 6))


def _name_a_record_that_is_not_there(ctx: RunContext) -> None:
    column = f"_rec_{books.MAIN}"
    change = pl.when(pl.col(column) == 1).then(pl.lit(10_000)).otherwise(pl.col(column)).alias(column)
    rewrite(group_file(ctx, ctx.lineage), lambda frame: frame.with_columns(change))


def _deliver_another_municipalitys_record(ctx: RunContext) -> None:
    column = f"_rec_{books.MAIN}"
    change = pl.when(pl.col(column) == 1).then(pl.lit(7)).otherwise(pl.col(column)).alias(column)
    rewrite(group_file(ctx, ctx.lineage), lambda frame: frame.with_columns(change))


def _stale_account(ctx: RunContext) -> None:
    path = ctx.accounts / f"{books.AREA}.map.json"
    told = json.loads(path.read_text())
    told["exports"][books.MAIN]["records"] += 1
    path.write_text(json.dumps(told))


def _staged_description_differs(ctx: RunContext) -> None:
    path = ctx.staged(books.AREA) / f"{books.MAIN}.json"
    told = json.loads(path.read_text())
    told["records"] += 1
    path.write_text(json.dumps(told))


TAMPERED: dict[str, Callable[[RunContext], None]] = {
    "a lineage row is missing": lambda ctx: rewrite(group_file(ctx, ctx.lineage), _drop_last),
    "a lineage row is counted twice": lambda ctx: rewrite(
        group_file(ctx, ctx.lineage), lambda f: f.with_columns(row=1)
    ),
    "a standard row is missing": lambda ctx: rewrite(group_file(ctx, ctx.standard), _drop_last),
    "a held row is missing": lambda ctx: rewrite(group_file(ctx, ctx.held), _drop_last),
    "a mapped row is missing": lambda ctx: rewrite(group_file(ctx, ctx.mapped), _drop_last),
    "a staged record is missing": lambda ctx: rewrite(ctx.staged(books.AREA) / f"{books.MAIN}.parquet", _drop_last),
    "the lineage file is missing": lambda ctx: group_file(ctx, ctx.lineage).unlink(),
    "the CSV is missing": lambda ctx: next(ctx.standard(books.AREA).glob("*.csv")).unlink(),
    "a CSV record is missing": _drop_csv_record,
    "a record is in no file": _lose_record,
    "a quarantined record is not kept": _lose_quarantined,
    "an excluded record is not kept": _lose_excluded,
    "a record number is out of range": _name_a_record_that_is_not_there,
    "another municipality's record is delivered": _deliver_another_municipalitys_record,
    "an account tells another number": _stale_account,
    "the reader tells another number": _staged_description_differs,
    "a validate account is missing": lambda ctx: (ctx.accounts / f"{books.AREA}.validate.json").unlink(),
    "the staged exports are missing": lambda ctx: [p.unlink() for p in ctx.staged(books.AREA).glob("*.json")] and None,
}


@pytest.mark.parametrize("name", TAMPERED)
def test_ledger_does_not_close_when(name: str, ctx: RunContext) -> None:
    TAMPERED[name](ctx)
    result = account(ctx)
    assert result.failed is not None
    assert "L03" in result.failed
    found = pl.read_parquet(ctx.run_dir / "findings.parquet")
    assert "L03" in found["rule"].to_list()
    assert not pl.read_parquet(ctx.run_dir / "ledger.parquet")["closes"].all()


@pytest.mark.parametrize("side", ["standard", "mapped", "source", "nulled"])
def test_control_total_differs_when_an_amount_is_changed_in(side: str, ctx: RunContext) -> None:
    item = books.place().item
    if side == "source":
        path = ctx.accounts / f"{books.AREA}.map.json"
        told = json.loads(path.read_text())
        told["groups"][books.place().group.slug]["control_totals"][item]["source"] = "1"
        path.write_text(json.dumps(told))
    elif side == "nulled":
        rewrite(group_file(ctx, ctx.nulled), lambda frame: frame.with_columns(_row=pl.lit(1)))
    else:
        rewrite(group_file(ctx, getattr(ctx, side)), lambda frame: frame.with_columns(pl.col(item) + 1))
    result = account(ctx)
    assert result.failed is not None
    assert "L04" in result.failed
    assert pl.read_parquet(ctx.run_dir / "control_totals.parquet")["closes"].to_list() == [False]


def test_control_total_that_no_stage_summed_is_not_checked_rather_than_closed(ctx: RunContext) -> None:
    for stage in ("map", "validate"):
        path = ctx.accounts / f"{books.AREA}.{stage}.json"
        told = json.loads(path.read_text())
        told["groups"][books.place().group.slug]["control_totals"] = {}
        path.write_text(json.dumps(told))
    assert account(ctx).failed is None
    total = pl.read_parquet(ctx.run_dir / "control_totals.parquet").row(0, named=True)
    assert (total["closes"], total["source"], total["delivered"]) == (None, None, books.amount_of(ctx))


def test_control_total_that_the_map_stage_took_from_its_own_work_is_not_checked(ctx: RunContext) -> None:
    path = ctx.accounts / f"{books.AREA}.map.json"
    told = json.loads(path.read_text())
    told["groups"][books.place().group.slug]["independent"] = {books.place().item: False}
    path.write_text(json.dumps(told))
    assert account(ctx).failed is None
    assert pl.read_parquet(ctx.run_dir / "control_totals.parquet")["closes"].to_list() == [None]
    rewrite(group_file(ctx, ctx.standard), lambda frame: frame.with_columns(pl.col(books.place().item) + 1))
    assert "L04" in str(account(ctx).failed)


def test_amounts_beyond_64_bits_are_summed_exactly(tmp_path: Path) -> None:
    ctx = books.context(tmp_path)
    books.build(ctx, "DD", [2**62, 2**62 - 1])
    path = group_file(ctx, ctx.standard)
    rewrite(path, lambda frame: frame.with_columns(pl.lit(2**62).alias(books.place().item)))
    account(ctx)
    assert pl.read_parquet(ctx.run_dir / "control_totals.parquet")["delivered"].to_list() == [2**63]


def test_system_without_a_layout_is_accounted_as_overflow(tmp_path: Path) -> None:
    ctx = books.context(tmp_path, areas=("x_dogs",))
    books.stage(ctx, "dogs", 4, area="x_dogs")
    books.overflow(ctx, "dogs", [1, 2, 3, 4], area="x_dogs")
    assert account(ctx).failed is None
    assert lines_of(ctx, "export", "dogs")["overflow_only"] == 4
    rewrite(ctx.overflow("x_dogs") / "dogs.parquet", _drop_last)
    assert account(ctx).failed is not None


def test_area_whose_stage_failed_is_told_as_not_accounted(ctx: RunContext) -> None:
    books.stage(ctx, "juki", 3, area="001")
    result = account(ctx)
    assert result.failed is not None
    table = pl.read_parquet(ctx.run_dir / "ledger.parquet").filter(pl.col("area") == "001")
    assert table.select("name", "line", "count", "closes").rows() == [("juki", "not_accounted", None, False)]
    assert lines_of(ctx, "export", books.MAIN)["read"] == len(PLAN)


def test_findings_of_all_stages_are_merged_gravest_first_and_keys_stay_restricted(ctx: RunContext) -> None:
    books.findings(ctx, "a", [{"finding": "1", "rule": "V14", "severity": "info", "count": 1}])
    books.findings(
        ctx,
        "b",
        [
            {"finding": "2", "rule": "V09", "severity": "error", "count": 1},
            {"finding": "3", "rule": "R07", "severity": "warning"},
        ],
        [{"finding": "2", "record": 2, "value_masked": "＊"}, {"finding": "2", "record": 1, "value_masked": "＊"}],
        [{"finding": "2", "record": 1, "key": "山田|1", "value": "山田"}],
    )
    assert account(ctx).failed is None
    assert pl.read_parquet(ctx.run_dir / "findings.parquet")["rule"].to_list() == ["V09", "R07", "V14"]
    assert pl.read_parquet(ctx.run_dir / "finding_examples.parquet")["record"].to_list() == [1, 2]
    assert pl.read_parquet(ctx.restricted / "finding_keys.parquet").height == 1
    assert ctx.restricted.stat().st_mode & 0o777 == 0o700


def test_the_same_run_gives_the_same_bytes(ctx: RunContext) -> None:
    def written() -> dict[str, bytes]:
        account(ctx)
        return {path.name: path.read_bytes() for path in ctx.run_dir.glob("*.parquet")}

    assert written() == written()


def test_outcomes_of_a_book_sum_to_its_records_whatever_the_marks() -> None:
    book = RecordBook(1_000)
    numbers = pl.int_range(1, 1_001, eager=True).to_numpy()
    book.mark(numbers, PRESENT)
    for bit in range(1, 7):
        book.mark(numbers[bit :: bit + 1], 1 << bit)
    assert sum(book.outcomes("main").values()) == 1_000
    assert book.outside == 0


@pytest.mark.parametrize(
    ("bits", "role", "status"),
    [(1, "lookup", "lookup_only"), (1, "main", "unaccounted"), (2, "main", "alien"), (0, "main", "other_municipality")],
)
def test_status_of_a_record_without_a_delivered_row(bits: int, role: str, status: str) -> None:
    assert status_of(bits, role) == status


def test_children_that_became_columns_of_one_row_are_delivered_each(tmp_path: Path) -> None:
    books_of = {"juki": RecordBook(2), "renraku": RecordBook(3)}
    rows = pl.DataFrame(
        {"_source": [0, 0], "_rec_juki": [1, 2], "_rec_renraku.1": [1, None], "_rec_renraku.2": [3, None]}
    )
    rows.write_parquet(tmp_path / "resident.parquet")
    sources = (Source("juki", ("renraku",), ()),)
    assert mark_rows(books_of, tmp_path / "resident.parquet", sources, DELIVERED) == set()
    assert books_of["renraku"].bits.tolist() == [0, DELIVERED, 0, DELIVERED]


def test_export_is_joined_in_one_block_and_looked_up_in_another(tmp_path: Path) -> None:
    books_of = {"juki": RecordBook(2), "machi": RecordBook(2)}
    rows = pl.DataFrame({"_source": [0, 1], "_rec_juki": [1, 2], "_rec_machi": [1, 2], "_rec_gone": [1, 1]})
    rows.write_parquet(tmp_path / "resident.parquet")
    sources = (Source("juki", ("machi",), ()), Source("juki", (), ("machi",)))
    assert mark_rows(books_of, tmp_path / "resident.parquet", sources, DELIVERED) == {"gone"}
    assert books_of["machi"].bits.tolist() == [0, DELIVERED, LOOKED_UP]
