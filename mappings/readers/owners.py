"""Whose records are these: exports that hold several municipalities are split by 団体コード."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import polars as pl

from mappings.readers.spec import ExportSpec


def split_by_owner(
    codes: pl.Series, spec: ExportSpec, others: Counter[str]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Rows of our municipality, and which rows have a code that nobody knows; the others are added to ``others`` by
    code.

    A code may lack its check digit. What does not look like a code is counted as "?": it may be anybody's data.
    """
    written = codes.fill_null("").str.strip_chars(" 　")
    known = {k[:n]: k for k in (*spec.municipalities, spec.municipality or "") for n in (5, 6) if k}
    owner = written.replace_strict(known, default="", return_dtype=pl.String)
    unknown = (owner == "").to_numpy()
    code = pl.select(
        pl.when(owner != "")
        .then(owner)
        .when(written.str.contains(r"^[0-9]{1,6}$"))
        .then(written)
        .otherwise(pl.lit("?"))
    ).to_series()
    ours = (owner == (spec.municipality or "")).to_numpy() & ~unknown
    for name, count in code.filter(pl.Series(~ours)).value_counts().iter_rows():
        others[name] += count
    return np.flatnonzero(ours), unknown
