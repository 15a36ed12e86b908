"""Pandera schemas built from layouts, and the judge that runs them over batches and tells which rows fail which check.

:func:`group_schema` is the contract of a standard file for anybody who holds a polars frame. :class:`Judge` runs the same schemas inside the
pipeline: Pandera evaluates every check (``lazy=True`` on a DataFrame), and the masks it yields are what counts, nulled values and held rows are made
of. ``n_failure_cases=1`` keeps Pandera from listing failing values one by one: a batch in which every row fails costs what a clean one costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
from layouts.model import Area, Group
from validators.checks import RowCheck, code_sets, content_checks, form_checks, key_checks

Evaluate = Callable[[RowCheck, Any], pl.LazyFrame]


def group_schema(
    area: Area | str, group: Group | str, *, local_codes: Path | None = None, strict: bool = False
) -> pa.DataFrameSchema:
    """The Pandera schema of one group: column types, V01-V06, V08 and V10-V13 as column checks, the layout's rules as checks of the frame.

    ``area`` and ``group`` are layouts, or an area id and a group's name or slug. Validate a **DataFrame** (``schema.validate(frame, lazy=True)``):
    on a LazyFrame Pandera looks at column types only. Check names are ``<code>:<item>``, or the id of the layout's rule. Uniqueness of the key is
    part of the schema (``unique``); the pipeline itself finds duplicates over the whole file (:mod:`validators.keys`), not batch by batch.
    ``strict=True`` forbids other columns. Raises :class:`layouts.model.UnknownName` for an unknown group.
    """
    the_area = load_area(area) if isinstance(area, str) else area
    the_group = the_area.group(group) if isinstance(group, str) else group
    codes = code_sets(the_area, the_group, local_codes)
    checks = (*key_checks(the_group), *form_checks(the_group), *content_checks(the_area, the_group, codes))
    return _schema(the_group, checks, _plain, unique=[item.name for item in the_group.key], strict=strict)


def _plain(check: RowCheck, data: Any) -> pl.LazyFrame:
    frame: pl.LazyFrame = data.lazyframe
    return frame.select(check.expr.alias(CHECK_OUTPUT_KEY))


def _schema(
    group: Group, checks: Iterable[RowCheck], evaluate: Evaluate, *, unique: list[str] | None, strict: bool
) -> pa.DataFrameSchema:
    of_item: dict[str, list[Any]] = {item.name: [] for item in group.items}
    of_frame: list[Any] = []
    for check in checks:
        (of_frame if check.item is None else of_item[check.item]).append(_pandera_check(check, evaluate))
    columns = {
        item.name: pa.Column(item.polars_dtype, nullable=True, checks=of_item[item.name], title=item.id, description=item.definition)
        for item in group.items
    }
    return pa.DataFrameSchema(
        columns, checks=of_frame, name=f"{group.area}:{group.name}", title=group.name, unique=unique, strict=strict
    )


def _pandera_check(check: RowCheck, evaluate: Evaluate) -> Any:
    def judge(data: Any) -> pl.LazyFrame:
        return evaluate(check, data)

    return pa.Check(judge, name=check.name, title=check.layout_rule.title if check.layout_rule else None, n_failure_cases=1)


@dataclass(frozen=True)
class Failure:
    """One check that rows of a batch fail: ``mask`` is TRUE for those rows, never NULL."""

    check: RowCheck
    mask: pl.Series

    @property
    def count(self) -> int:
        return int(self.mask.sum())


class Judge:
    """Runs checks over batches of one group. Not shared between threads."""

    def __init__(self, group: Group, checks: Sequence[RowCheck]) -> None:
        self.group = group
        self.checks = tuple(checks)
        self.evaluated: dict[str, int] = dict.fromkeys((check.name for check in checks), 0)
        """Rows, over all batches so far, for which a check had something to say (check name -> rows)."""
        self._by_name = {check.name: check for check in checks}
        self._schema = _schema(group, checks, self._evaluate, unique=None, strict=False)

    def _evaluate(self, check: RowCheck, data: Any) -> pl.LazyFrame:
        outcome = _plain(check, data).collect()
        self.evaluated[check.name] += outcome.height - outcome.to_series().null_count()
        return outcome.lazy()

    def failures(self, batch: pl.DataFrame) -> list[Failure]:
        """The checks that rows of the batch fail, in the order of the layout.

        Raises :class:`TsugiteError` where a column is missing or of another type than the layout says, or where a rule's SQL cannot be evaluated.
        """
        try:
            with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
                self._schema.validate(batch, lazy=True)
        except SchemaErrors as errors:
            found = [self._failure(error) for error in errors.schema_errors]
        else:
            return []
        order = {name: place for place, name in enumerate(self._by_name)}
        return sorted(found, key=lambda failure: order[failure.check.name])

    def _failure(self, error: Any) -> Failure:
        reason = error.reason_code
        where = f"{self.group.area}:{self.group.name}"
        if reason is SchemaErrorReason.DATAFRAME_CHECK:
            return Failure(self._by_name[error.check.name], ~error.check_output[CHECK_OUTPUT_KEY])
        # Pandera's own message may quote values: only names leave this place.
        if reason is SchemaErrorReason.CHECK_ERROR:
            raise TsugiteError(
                "V92",
                Text("検査の式を評価できません", "a check cannot be evaluated"),
                f"{where}, {error.check.name}",
                Text("レイアウトの規則の SQL と項目の型を確かめてください", "compare the rule's SQL with the types of its items"),
            ) from None
        raise TsugiteError(
            "V91",
            Text("列がないか、型がレイアウトと違います", "a column is missing or of another type than the layout says"),
            f"{where}, {error.column_name or error.failure_cases}",
            Text("ファイルの列をレイアウトに合わせてください", "make the file's columns those of the layout"),
        ) from None
