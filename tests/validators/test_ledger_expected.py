"""Declared counts and totals against what was read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import books
import polars as pl
import pytest

from layouts import load_area
from layouts.delivery.run import RunContext
from layouts.errors import TsugiteError
from validators.expected import field_sum, read_expected
from validators.ledger import account

HEADER = "file,kind,field,value,note\n"
FILE = f"{books.MAIN.upper()}.csv"


@pytest.fixture
def ctx(tmp_path: Path) -> RunContext:
    ctx = books.context(tmp_path)
    books.build(ctx, "DDQX", [100, 200, 300, -50])
    return ctx


def declare(ctx: RunContext, *lines: str) -> None:
    (ctx.exports_dir / "expected.csv").write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


def outcomes(ctx: RunContext) -> list[str]:
    return pl.read_parquet(ctx.run_dir / "expected.parquet")["outcome"].to_list()


def test_declared_numbers_that_agree_give_no_finding(ctx: RunContext) -> None:
    declare(ctx, f"{FILE},count,,4,", f"{FILE},sum,KINGAKU,550,")
    assert account(ctx).failed is None
    assert outcomes(ctx) == ["equal", "equal"]
    assert pl.read_parquet(ctx.run_dir / "findings.parquet").is_empty()
    read = pl.read_parquet(ctx.run_dir / "ledger.parquet").filter(
        pl.col("line") == "read", pl.col("name") == books.MAIN
    )
    assert read["expected"].to_list() == [4]


def test_declared_numbers_that_differ_are_errors_with_both_numbers_but_the_run_goes_on(ctx: RunContext) -> None:
    declare(ctx, f"{FILE},count,,5,", f"{FILE},sum,KINGAKU,550.01,")
    assert account(ctx).failed is None
    found = pl.read_parquet(ctx.run_dir / "findings.parquet")
    assert found.select("rule", "severity", "export").rows() == [
        ("L01", "error", books.MAIN),
        ("L02", "error", books.MAIN),
    ]
    assert "declared=5 actual=4 difference=-1" in found["detail"][0]
    assert "declared=550.01 actual=550" in found["detail"][1]


def test_declared_file_that_does_not_exist_fails_the_run(ctx: RunContext) -> None:
    declare(ctx, "KOTEI.csv,count,,10,")
    result = account(ctx)
    assert result.failed is not None
    assert "L01" in result.failed
    assert outcomes(ctx) == ["missing_file"]


def test_declared_file_of_an_area_outside_the_run_is_not_compared(ctx: RunContext) -> None:
    declare(ctx, "KOTEI.csv,count,,10,")
    (ctx.exports_dir / "KOTEI.csv").write_bytes(b"1\r\n")
    assert account(ctx).failed is None
    assert outcomes(ctx) == ["not_read"]


def test_pattern_speaks_of_all_files_that_match(ctx: RunContext) -> None:
    declare(ctx, "[SM]*.csv,count,,6,")
    assert account(ctx).failed is None
    assert outcomes(ctx) == ["equal"]


def test_sum_of_a_file_that_several_municipalities_share_is_not_comparable(tmp_path: Path) -> None:
    ctx = books.context(tmp_path)
    books.build(ctx, "DM", [100, 200])
    declare(ctx, f"{FILE},sum,KINGAKU,300,", f"{FILE},count,,2,")
    assert account(ctx).failed is None
    assert outcomes(ctx) == ["not_comparable", "equal"]


TOTAL = f"{books.AREA}:{books.place().group.name},total,{books.place().item}"


def control_total(ctx: RunContext) -> dict[str, Any]:
    return pl.read_parquet(ctx.run_dir / "control_totals.parquet").row(0, named=True)


def test_a_declared_total_stands_beside_source_and_delivered_and_the_difference_is_explained(ctx: RunContext) -> None:
    # D 100, D 200, Q 300 and X -50, which a signed rule leaves out.
    declare(ctx, f"{TOTAL},600,調定表")
    assert account(ctx).failed is None
    total = control_total(ctx)
    assert [total[name] for name in ("expected", "source", "delivered", "quarantined")] == [600, 550, 300, 300]
    assert (total["against_expected"], total["unexplained"]) == (-300, 0)
    assert outcomes(ctx) == ["equal"]
    assert pl.read_parquet(ctx.run_dir / "findings.parquet").is_empty()


def test_a_declared_total_that_nothing_explains_is_an_error_at_its_item(ctx: RunContext) -> None:
    declare(ctx, f"{TOTAL},605,")
    assert account(ctx).failed is None
    total = control_total(ctx)
    assert (total["against_expected"], total["unexplained"], total["closes"]) == (-305, -5, True)
    found = pl.read_parquet(ctx.run_dir / "findings.parquet").row(0, named=True)
    assert [found[name] for name in ("rule", "severity", "area", "item")] == [
        *("L02", "error", books.AREA, books.place().item)
    ]
    assert found["group"] == books.place().group.slug
    assert "declared=605 actual=600 difference=-5" in found["detail"]


def test_a_total_of_an_item_without_rows_is_compared_with_nothing(ctx: RunContext) -> None:
    item = books.place().group.control_totals[1].name
    declare(ctx, f"{books.AREA}:{books.place().group.slug},total,{item},7,")
    assert account(ctx).failed is None
    totals = pl.read_parquet(ctx.run_dir / "control_totals.parquet").filter(pl.col("item") == item)
    assert totals.select("expected", "delivered", "unexplained").rows() == [(7, 0, -7)]
    assert outcomes(ctx) == ["differs"]


def test_a_total_of_an_area_outside_the_run_is_not_compared(ctx: RunContext) -> None:
    other = next(group for group in load_area("010").groups if group.control_totals)
    declare(ctx, f"010:{other.name},total,{other.control_totals[0].name},1,")
    assert account(ctx).failed is None
    assert outcomes(ctx) == ["not_read"]


def test_a_total_beside_shared_exports_is_the_users_error(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    ctx = books.context(tmp_path, shared_exports_dir=shared)
    books.build(ctx, "D", [100])
    (shared / "expected.csv").write_text(f"{HEADER}{TOTAL},100,\n", encoding="utf-8")
    with pytest.raises(TsugiteError, match="shared exports"):
        account(ctx)


def test_field_sum_reads_legacy_spellings_of_numbers_exactly(tmp_path: Path) -> None:
    values = ["0001", " 1,234 ", "▲10", "5-", "+3", "0.1", "0.2", "　7　", "", None, "１", "1e3", "abc"]
    path = tmp_path / "x.parquet"
    pl.DataFrame({"_part": pl.Series([0] * len(values), dtype=pl.UInt16), "金額": values}).write_parquet(path)
    found = field_sum(path, "金額", 0)
    assert found is not None
    assert (str(found[0].normalize()), found[1]) == ("1230.3", 3)
    assert field_sum(path, "無い", 0) is None
    assert field_sum(path, "金額", 1) == (0, 0)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("file,kind,value\n", 1),
        (HEADER + "A.csv,count,,x,\n", 2),
        (HEADER + "A.csv,count,,-1,\n", 2),
        (HEADER + "A.csv,count,,1.5,\n", 2),
        (HEADER + "A.csv,sum,,1,\n", 2),
        (HEADER + "A.csv,mean,F,1,\n", 2),
        (HEADER + "A.csv,total,F,1,\n", 2),
        (HEADER + "014:無い,total,F,1,\n", 2),
        (HEADER + "014:期別調定,total,宛名番号,1,\n", 2),
        (HEADER + "014:期別調定,total,,1,\n", 2),
        (HEADER + ",count,,1,\n", 2),
        (HEADER + "A.csv,count,,NaN,\n", 2),
        (HEADER + "A.csv,count,,1,\nA.csv,count,,2,\n", 3),
        (HEADER + "A.csv,count\n", 2),
    ],
)
def test_broken_declaration_names_its_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "expected.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TsugiteError) as caught:
        read_expected(path)
    assert caught.value.where.en == f"expected.csv:{line}"


def test_declaration_that_is_not_utf8_is_the_users_error(tmp_path: Path) -> None:
    path = tmp_path / "expected.csv"
    path.write_bytes((HEADER + "住民.csv,count,,1,\n").encode("cp932"))
    with pytest.raises(TsugiteError, match="UTF-8"):
        read_expected(path)


def retell(ctx: RunContext, export: str, **keys: Any) -> None:
    """The reader's description of an export, with further keys."""
    path = ctx.staged(books.AREA) / f"{export}.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | keys), encoding="utf-8")


def test_a_file_whose_kinds_of_records_two_exports_share_is_counted_whole(ctx: RunContext) -> None:
    parts = json.loads((ctx.staged(books.AREA) / f"{books.MAIN}.json").read_text("utf-8"))["parts"]
    retell(ctx, books.MAIN, record_types=["1"], passed_over={"other": 2})
    source = ctx.staged(books.AREA) / f"{books.MAIN}"
    pl.DataFrame({"_record": [1, 2], "_part": [0, 0], "OTHER": ["7", "8"]}).write_parquet(
        ctx.staged(books.AREA) / "second.parquet"
    )
    told = json.loads(source.with_suffix(".json").read_text("utf-8"))
    parts[0]["records"] = 2
    second = told | {"export": "second", "records": 2, "kept": 2, "parts": parts, "record_types": ["2"]}
    (ctx.staged(books.AREA) / "second.json").write_text(json.dumps(second), encoding="utf-8")
    declare(ctx, f"{FILE},count,,6,", f"{FILE},sum,KINGAKU,550,", f"{FILE},sum,OTHER,15,", f"{FILE},sum,NO_SUCH,1,")
    account(ctx)
    assert outcomes(ctx) == ["equal", "equal", "equal", "no_field"]


def test_what_trailers_promise_stands_behind_the_declared_numbers_and_is_not_found_twice(ctx: RunContext) -> None:
    def promise(field: str, of: str | None, declared: str | None, actual: str, unreadable: int = 0) -> dict[str, Any]:
        kind = "sum" if of else "count"
        return {"file": FILE, "kind": kind, "field": field, "of": of} | {
            "declared": declared, "actual": actual, "unreadable": unreadable,
        }  # fmt: skip

    promises = [
        promise("KENSU", None, "4", "4"),
        promise("GOKEI", "KINGAKU", "551", "550"),
        promise("GOKEI", "KINGAKU", "550", "550", 1),
        promise("KENSU", None, None, "4"),
    ]
    retell(ctx, books.MAIN, promises=promises)
    declare(ctx, f"{FILE},count,,4,")
    result = account(ctx)
    assert result.failed is None
    assert result.counts["declared_differ"] == 3
    table = pl.read_parquet(ctx.run_dir / "expected.parquet").filter(pl.col("note") != "")
    assert table.select("kind", "field", "declared", "actual", "difference", "outcome", "note").rows() == [
        ("count", "", 4, 4, 0, "equal", "trailer KENSU"),
        ("sum", "KINGAKU", 551, 550, -1, "differs", "trailer GOKEI"),
        ("sum", "KINGAKU", 550, 550, 0, "differs", "trailer GOKEI"),
        ("count", "", None, 4, None, "differs", "trailer KENSU"),
    ]
    assert set(table["exports"]) == {books.MAIN}
    assert pl.read_parquet(ctx.run_dir / "findings.parquet").is_empty()
