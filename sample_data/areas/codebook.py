"""Code tables of B社 as an area's package keeps them (``b_sha_codes.csv``), for its exports."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import polars as pl


@cache
def tables(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Code group -> standard value -> vendor value."""
    found: dict[str, dict[str, str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["code_group"], {})[row["standard"]] = row["vendor"]
    return found


class Codebook:
    """The code groups of one file; ``book("IDO", "異動区分")`` is the item in B社's codes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, group: str, item: str, empty: str = "") -> pl.Expr:
        """Raises KeyError for an unknown group; a value without a counterpart fails when it is evaluated."""
        known = tables(self._path)[group]
        return pl.col(item).replace_strict(list(known), list(known.values()), return_dtype=pl.String).fill_null(empty)
