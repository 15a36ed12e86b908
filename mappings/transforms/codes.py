"""Code maps: a vendor's codes to the standard's, with a declared policy for codes that the map does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import polars as pl

from mappings.transforms.base import Transform


class CodeMap(Transform):
    """``table``: legacy code -> standard code; ``""`` stands for no value, as a key and as what a code leads to.
    Built from an item's ``codes`` and ``unknown``.

    Back: for each standard code the first legacy code that leads to it. ``unknown``: ``null`` gives no value,
    ``keep`` lets the code
    pass, ``value`` gives ``other``; ``quarantine`` gives no value and holds the record (the plan does that).
    """

    name = "codes"

    table: dict[str, str]
    unknown: Literal["null", "keep", "quarantine", "value"] = "null"
    other: str | None = None

    @property
    def _known(self) -> dict[str, str]:
        return {code: value for code, value in self.table.items() if code != ""}

    def apply(self, value: pl.Expr) -> pl.Expr:
        known = self._known
        default: pl.Expr | None = None
        if self.unknown == "keep":
            default = value
        elif self.unknown == "value":
            # No value is not an unknown code: it stays no value unless the map says otherwise.
            default = pl.when(value.is_not_null()).then(pl.lit(self.other))
        values = pl.Series([code or None for code in known.values()], dtype=pl.String)
        out = value.replace_strict(list(known), values, default=default, return_dtype=pl.String)
        empty = self.table.get("")
        return out if not empty else pl.when(value.is_null()).then(pl.lit(empty)).otherwise(out)

    @property
    def _back(self) -> dict[str, str]:
        back: dict[str, str] = {}
        for code, value in self.table.items():
            if value:
                back.setdefault(value, code)
        return back

    def inverse(self, value: pl.Expr) -> pl.Expr:
        back = self._back
        default = value if self.unknown == "keep" else None
        code = value.replace_strict(list(back), list(back.values()), default=default, return_dtype=pl.String)
        return pl.when(code != "").then(code)

    def exact(self, raw: pl.Expr, out: pl.Expr) -> pl.Expr:
        sure = [code for value, code in self._back.items() if code != ""]
        return raw.is_in(sure)

    def failures(self, raw: pl.Expr, out: pl.Expr) -> Mapping[str, pl.Expr]:
        return {"M02": self.is_unknown(raw)}

    def is_unknown(self, raw: pl.Expr) -> pl.Expr:
        return raw.is_not_null() & ~raw.is_in(list(self._known))
