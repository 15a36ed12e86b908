"""Pandera schemas built from layouts, and the judge that runs them over batches and tells which rows fail which
check.

:func:`group_schema` is the contract of a standard file for anybody who holds a polars frame. :class:`Judge` runs the
same schemas inside the pipeline: Pandera evaluates what may fail (``lazy=True`` on a DataFrame), and the masks it
yields are what counts, nulled values and held rows are made of. ``n_failure_cases=1`` keeps Pandera from listing
failing values one by one: a batch in which every row fails costs what a clean one costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.config import ValidationDepth, config_context
from pandera.constants import CHECK_OUTPUT_KEY
from pandera.errors import SchemaErrorReason, SchemaErrors

from layouts.errors import Text, TsugiteError
from layouts.load import load_area
from layouts.model import Area, Group, Item
from validators.checks import RowCheck, code_sets, content_checks, form_checks, key_checks


def group_schema(
    area: Area | str, group: Group | str, *, local_codes: Path | None = None, strict: bool = False
) -> pa.DataFrameSchema:
    """The Pandera schema of one group: column types, V01-V06, V08 and V10-V13 as column checks, the layout's rules as
    checks of the frame.

    ``area`` and ``group`` are layouts, or an area id and a group's name or slug. Validate a **DataFrame**
    (``schema.validate(frame, lazy=True)``): on a LazyFrame Pandera looks at column types only. Check names are
    ``<code>:<item>``, or the id of the layout's rule. Uniqueness of the key is part of the schema (``unique``); the
    pipeline itself finds duplicates over the whole file (:mod:`validators.keys`), not batch by batch. ``strict=True``
    forbids other columns. Raises :class:`layouts.model.UnknownName` for an unknown group.
    """
    the_area = load_area(area) if isinstance(area, str) else area
    the_group = the_area.group(group) if isinstance(group, str) else group
    codes = code_sets(the_area, the_group, local_codes)
    checks = (*key_checks(the_group), *form_checks(the_group), *content_checks(the_area, the_group, codes))
    key = [item.name for item in the_group.key]
    return _schema(the_group, the_group.items, checks, unique=key, strict=strict)


def _schema(
    group: Group,
    items: Iterable[Item],
    checks: Iterable[RowCheck],
    *,
    unique: list[str] | None = None,
    strict: bool = False,
) -> pa.DataFrameSchema:
    of_item: dict[str, list[Any]] = {item.name: [] for item in items}
    of_frame: list[Any] = []
    for check in checks:
        (of_frame if check.item is None else of_item[check.item]).append(_pandera_check(check))
    columns = {
        name: pa.Column(
            group.item(name).polars_dtype,
            nullable=True,
            checks=of_item[name],
            title=group.item(name).id,
            description=group.item(name).definition,
        )
        for name in of_item
    }
    name = f"{group.area}:{group.name}"
    return pa.DataFrameSchema(columns, checks=of_frame, name=name, title=group.name, unique=unique, strict=strict)


def _pandera_check(check: RowCheck) -> Any:
    def judge(data: Any) -> pl.LazyFrame:
        frame: pl.LazyFrame = data.lazyframe
        return frame.select(check.expr.alias(CHECK_OUTPUT_KEY))

    title = check.layout_rule.title if check.layout_rule else None
    return pa.Check(judge, name=check.name, title=title, n_failure_cases=1)


@dataclass(frozen=True)
class Failure:
    """One check that rows of a batch fail: ``mask`` is TRUE for those rows, never NULL."""

    check: RowCheck
    mask: pl.Series

    @property
    def count(self) -> int:
        return int(self.mask.sum())


class Judge:
    """Runs checks over batches of one group. Not shared between threads.

    Pandera takes about 2 ms a check, however few the rows: over the hundreds of checks of a wide group that would be
    most of the time. So all conditions are first screened in one parallel pass; Pandera then judges the columns on
    which one of them does not hold.
    """

    def __init__(self, group: Group, checks: Sequence[RowCheck], *, typed: bool = False) -> None:
        """``typed``: the batches are known to have the layout's columns; otherwise the first one is looked at."""
        self.group = group
        self.checks = tuple(checks)
        self.evaluated: dict[str, int] = dict.fromkeys((check.name for check in checks), 0)
        """Rows, over all batches so far, for which a check had something to say (check name -> rows)."""
        self._place = {check.name: place for place, check in enumerate(self.checks)}
        self._typed = typed

    def failures(self, batch: pl.DataFrame) -> list[Failure]:
        """The checks that rows of the batch fail, in the order of the layout.

        Raises :class:`TsugiteError` where a column is missing or of another type than the layout says, or where a
        rule's SQL cannot be evaluated.
        """
        if not self._typed:
            # Pandera copies its schema at every use: of columns that are as they should be it is not asked.
            if dict(batch.schema) != dict(self.group.polars_schema):
                self._validate(_schema(self.group, self.group.items, ()), batch)
            self._typed = True
        suspects = self._screen(batch)
        if not suspects:
            return []
        named = dict.fromkeys(check.item for check in suspects if check.item is not None)
        found = self._validate(_schema(self.group, map(self.group.item, named), suspects), batch)
        return sorted(found, key=lambda failure: self._place[failure.check.name])

    def _screen(self, batch: pl.DataFrame) -> list[RowCheck]:
        """The checks that do not hold for the whole batch."""
        try:
            outcome = batch.select(check.expr.alias(check.name) for check in self.checks)
        except pl.exceptions.PolarsError:
            # One of them cannot be evaluated: Pandera runs them one by one and so finds out which.
            return list(self.checks)
        for column in outcome.iter_columns():
            self.evaluated[column.name] += batch.height - column.null_count()
        return [check for check in self.checks if not outcome[check.name].all()]

    def _validate(self, schema: pa.DataFrameSchema, batch: pl.DataFrame) -> list[Failure]:
        try:
            with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
                schema.validate(batch, lazy=True)
        except SchemaErrors as errors:
            return [self._failure(error) for error in errors.schema_errors]
        return []

    def _failure(self, error: Any) -> Failure:
        reason = error.reason_code
        where = f"{self.group.area}:{self.group.name}"
        if reason is SchemaErrorReason.DATAFRAME_CHECK:
            return Failure(self.checks[self._place[error.check.name]], ~error.check_output[CHECK_OUTPUT_KEY])
        # Pandera's own message may quote values: only names leave this place.
        if reason is SchemaErrorReason.CHECK_ERROR:
            raise TsugiteError(
                "V92",
                Text("検査の式を評価できません", "a check cannot be evaluated"),
                f"{where}, {error.check.name}",
                Text(
                    "レイアウトの規則の SQL と項目の型を確かめてください",
                    "compare the rule's SQL with the types of its items",
                ),
            ) from None
        raise TsugiteError(
            "V91",
            Text("列がないか、型がレイアウトと違います", "a column is missing or of another type than the layout says"),
            f"{where}, {error.column_name or error.failure_cases}",
            Text("ファイルの列をレイアウトに合わせてください", "make the file's columns those of the layout"),
        ) from None
