"""Runs transforms over small columns: what came out, what comes back, and what is said to be exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from mappings.transforms import REGISTRY, Transform

RAW, OUT = pl.col("raw"), pl.col("out")


def transform(name: str, **parameters: Any) -> Transform:
    return REGISTRY[name].model_validate(parameters)


def frame(step: Transform, values: Sequence[str | None]) -> pl.DataFrame:
    """Columns raw, out, back, and one a finding code."""
    table = pl.DataFrame({"raw": values}, schema={"raw": pl.String}).with_columns(out=step.apply(RAW))
    back = step.inverse(OUT)
    exact = step.exact(RAW, OUT)
    return table.with_columns(
        back=back if back is not None else pl.lit(None, dtype=pl.String),
        exact=exact.fill_null(False) if exact is not None else pl.lit(None, dtype=pl.Boolean),
        **{code: mask.fill_null(False) for code, mask in step.failures(RAW, OUT).items()},
    )


def applied(step: Transform, *values: str | None) -> list[Any]:
    return frame(step, values)["out"].to_list()


def back(step: Transform, *values: str | None) -> list[Any]:
    return frame(step, values)["back"].to_list()


def assert_exact_is_never_wrong(step: Transform, values: Sequence[str | None]) -> None:
    """Where ``exact`` says so, the inverse gives the raw text back and nothing failed."""
    table = frame(step, values).filter(pl.col("exact"))
    wrong = table.filter(pl.col("back").ne_missing(pl.col("raw")))
    assert wrong.is_empty(), wrong.to_dicts()
    for code in set(table.columns) - {"raw", "out", "back", "exact"}:
        assert not table[code].any(), (code, table.filter(code).to_dicts())
