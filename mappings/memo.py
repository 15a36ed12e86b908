"""Item expressions evaluated once a distinct value instead of once a row: legacy fields repeat themselves.

A streaming plan hands a field over in batches. A kernel looks every short value up in a hash table (a text of up to
twelve bytes lies whole in its Arrow view: two 64-bit words); values that it has not seen are given to the items'
ordinary expressions, once, and what these make of them is kept. Rows then only gather. Fields that do not repeat
(names, long numbers) are found out by their first batches and go through the expressions as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mappings.charsets.jit import jit
from mappings.items import Plan, held_name, out_name, sure_name

LONGEST = 12
"""Bytes of a text that lies in its view."""
MOST = 1 << 18
"""Distinct values that are kept of one field (24 bytes each, and what the items make of them)."""
USELESS = 0.5
"""A batch with so large a share of new values, when many are known already, is the field's last one through here."""
_NO_NULLS = np.zeros(0, dtype=np.bool_)
_ABSENT = np.uint32(0xFFFFFFFF)

Views = NDArray[np.uint64]


@jit
def _hash(low: Any, high: Any) -> Any:
    mixed = (low ^ (high * np.uint64(0x9E3779B97F4A7C15))) * np.uint64(0xC2B2AE3D27D4EB4F)
    return mixed ^ (mixed >> np.uint64(29))


@jit
def _find(views: Any, nulls: Any, keys: Any, slots: Any, codes: Any) -> Any:
    """Fill ``codes`` with each row's place among ``keys`` (0: null); gives how many rows were not found, -1 where a
    text is too long for a view."""
    mask = np.uint64(len(slots) - 1)
    missing = 0
    for row in range(len(codes)):
        if len(nulls) and nulls[row]:
            codes[row] = 0
            continue
        low, high = views[row, 0], views[row, 1]
        if (low & np.uint64(0xFFFFFFFF)) > np.uint64(LONGEST):
            return -1
        slot = _hash(low, high) & mask
        code = _ABSENT
        while slots[slot] != 0:
            at = slots[slot]
            if keys[at, 0] == low and keys[at, 1] == high:
                code = np.uint32(at)
                break
            slot = (slot + np.uint64(1)) & mask
        codes[row] = code
        if code == _ABSENT:
            missing += 1
    return missing


@jit
def _insert(keys: Any, first: Any, last: Any, slots: Any) -> Any:
    """Enter ``keys[first:last]``, none of which is in ``slots`` yet; 0 in ``slots`` means free."""
    mask = np.uint64(len(slots) - 1)
    for at in range(first, last):
        slot = _hash(keys[at, 0], keys[at, 1]) & mask
        while slots[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = at
    return 0


@jit
def _collect(views: Any, codes: Any, slots: Any, new: Any) -> Any:
    """Fill ``new`` with the distinct texts of the rows that were not found, in order; gives how many there are."""
    mask = np.uint64(len(slots) - 1)
    count = 0
    for row in range(len(codes)):
        if codes[row] != _ABSENT:
            continue
        low, high = views[row, 0], views[row, 1]
        slot = _hash(low, high) & mask
        while slots[slot] != 0:
            at = slots[slot] - 1
            if new[at, 0] == low and new[at, 1] == high:
                break
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] == 0:
            new[count, 0] = low
            new[count, 1] = high
            count += 1
            slots[slot] = count
    return count


@dataclass(frozen=True)
class _Known:
    """What is known of a field at one moment; never changed, only replaced, so that threads need no lock: two that
    learn at a time lose one's lesson, which is learnt again."""

    keys: Views
    """Shape (n, 2); line 0 stands for null."""
    slots: NDArray[np.uint32]
    results: pl.DataFrame
    """A line for each key."""

    def plus(self, new: Views, results: pl.DataFrame) -> _Known:
        keys = np.concatenate([self.keys, new])
        slots, first = self.slots.copy(), len(self.keys)
        if 2 * len(keys) > len(slots):
            # Twice what is needed, so that growing is rare.
            slots, first = np.zeros(_power(4 * len(keys)), dtype=np.uint32), 1
        _insert(keys, first, len(keys), slots)
        return _Known(keys, slots, pl.concat([self.results, results]).rechunk())


class Memo:
    """All that the items make of one raw field; call it with a batch (String), get a struct of ``schema``."""

    def __init__(self, field: str, outs: Mapping[str, pl.Expr], checks: Mapping[str, pl.Expr], schema: pl.Schema):
        """``outs`` (over ``field``) and ``checks`` (over ``field`` and outs): column -> expression; ``schema`` of
        both."""
        self.field, self.outs, self.checks, self.schema = field, outs, checks, schema
        self._known: _Known | None = None
        self._useful = True

    def _evaluate(self, values: pl.Series) -> pl.DataFrame:
        frame = pl.LazyFrame({self.field: values})
        frame = frame.with_columns([expr.alias(name) for name, expr in self.outs.items()])
        frame = frame.with_columns([expr.alias(name) for name, expr in self.checks.items()])
        return frame.select(list(self.schema)).cast(dict(self.schema)).collect(engine="in-memory")  # type: ignore[arg-type]

    def __call__(self, values: pl.Series) -> pl.Series:
        results = self._remembered(values) if self._useful else None
        return (self._evaluate(values) if results is None else results).to_struct(values.name)

    def _remembered(self, values: pl.Series) -> pl.DataFrame | None:
        """None, from now on, where the field is none for a memo."""
        known = self._known or _Known(
            np.zeros((1, 2), dtype=np.uint64), np.zeros(1024, dtype=np.uint32), pl.DataFrame(schema=self.schema)
        )
        views, nulls = _views(values), values.is_null().to_numpy() if values.null_count() else _NO_NULLS
        codes = np.empty(len(values), dtype=np.uint32)
        missing = _find(views, nulls, known.keys, known.slots, codes)
        self._useful = missing >= 0
        if missing > 0:
            new = np.empty((missing, 2), dtype=np.uint64)
            new = new[: _collect(views, codes, np.zeros(_power(2 * missing), dtype=np.uint32), new)]
            size = len(known.keys)
            self._useful = size + len(new) <= MOST and (size <= MOST >> 4 or len(new) <= USELESS * len(values))
        if not self._useful:
            return None
        if missing or not known.results.height:
            texts = _texts(self.field, new) if missing else pl.Series(self.field, [], dtype=pl.String)
            if not known.results.height:
                texts = pl.concat([pl.Series(self.field, [None], dtype=pl.String), texts])
            known = known.plus(new if missing else known.keys[1:], self._evaluate(texts))
            self._known = known
            _find(views, nulls, known.keys, known.slots, codes)
        places = pl.Series(codes)
        return known.results.select(pl.all().gather(places))


def _power(least: int) -> int:
    """The smallest power of two that is not less, 1024 at least."""
    return 1 << max(10, (least - 1).bit_length())


def remembering(frame: pl.LazyFrame, plans: tuple[Plan, ...]) -> tuple[pl.LazyFrame, tuple[Plan, ...]]:
    """``frame`` with a memo for each raw field that costly items are made of alone, and the plans that read it."""
    by_field: dict[str, list[Plan]] = {}
    for plan in plans:
        fields = plan.out.meta.root_names()
        if plan.costly and len(set(fields)) == 1:
            by_field.setdefault(fields[0], []).append(plan)
    memos, changed = [], {}
    for field, items in by_field.items():
        outs, checks, schema = {}, {}, {}
        place = f"#{field}"
        for plan in items:
            name = out_name(plan.name)
            outs[name], schema[name] = plan.out, plan.dtype
            new = replace(plan, out=pl.col(place).struct.field(name))
            for check, mask in ((held_name(plan.name), plan.held), (sure_name(plan.name), plan.sure)):
                if mask is not None and {*mask.meta.root_names()} <= {field, name}:
                    checks[check], schema[check] = mask.fill_null(False), pl.Boolean()
                    answer = pl.col(place).struct.field(check)
                    new = replace(new, held=answer) if mask is plan.held else replace(new, sure=answer)
            changed[plan.name] = new
        memo = Memo(field, outs, checks, pl.Schema(schema))
        memos.append(pl.col(field).map_batches(memo, return_dtype=pl.Struct(schema), is_elementwise=True).alias(place))
    return frame.with_columns(memos), tuple(changed.get(plan.name, plan) for plan in plans)


def _views(values: pl.Series) -> Views:
    """The Arrow views of a batch of text, shape (n, 2): length, then the text itself where it is short."""
    array = values.rechunk().to_arrow(compat_level=pl.CompatLevel.newest())
    words = np.frombuffer(array.buffers()[1], dtype=np.uint64)
    return words[2 * array.offset : 2 * (array.offset + len(array))].reshape(-1, 2)


def _texts(name: str, views: Views) -> pl.Series:
    """Short texts from their views."""
    import pyarrow as pa

    array = pa.Array.from_buffers(pa.string_view(), len(views), [None, pa.py_buffer(np.ascontiguousarray(views))])
    return pl.Series(name, array, dtype=pl.String)


def warm_up() -> None:
    """Compile the kernels as a run calls them."""
    one = pl.col("field").str.strip_chars("0")
    memo = Memo("field", {"out": one}, {}, pl.Schema({"out": pl.String}))
    memo(pl.Series("field", ["001", None, "2"]))
    memo(pl.Series("field", ["001", "2"]))
