"""What a transform is: a named, parametrised, vectorised step from legacy text towards an item's text, with its way
back.

Every transform works on String expressions in which null means "no value": null in, null out, unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

import polars as pl
from pydantic import BaseModel, ConfigDict


class Transform(BaseModel):
    """One step of an item's chain. Parameters are pydantic fields, so that a mapping's mistakes are found when it
    loads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ClassVar[str]
    invertible: ClassVar[bool] = True
    """Whether :meth:`inverse` gives the usual legacy spelling back. A field that only passes transforms without one
    is not carried."""

    def apply(self, value: pl.Expr) -> pl.Expr:
        """The item's side of ``value``."""
        raise NotImplementedError

    def inverse(self, value: pl.Expr) -> pl.Expr | None:
        """The declared legacy spelling of ``value`` (an expression over applied values), None without one."""
        return None

    def exact(self, raw: pl.Expr, out: pl.Expr) -> pl.Expr | None:
        """A cheaper way to say ``inverse(out) == raw`` where ``out = apply(raw)`` and ``raw`` is not null; may be
        null or false
        where the inverse would do (that only costs a line of residue), never true where it would not. None: no
        cheaper way."""
        return None

    def failures(self, raw: pl.Expr, out: pl.Expr) -> Mapping[str, pl.Expr]:
        """Finding code -> mask of the values that it concerns, with ``out = apply(raw)``."""
        return {}


T = TypeVar("T", bound=type[Transform])
REGISTRY: dict[str, type[Transform]] = {}
"""Name in mappings -> transform."""


def register(name: str) -> Callable[[T], T]:
    """Class decorator: makes a transform known to mappings under ``name``."""

    def add(cls: T) -> T:
        cls.name = name
        REGISTRY[name] = cls
        return cls

    return add


def inverse_of(steps: list[Transform], value: pl.Expr) -> pl.Expr | None:
    """The way back through a whole chain, None where one step has none."""
    for step in reversed(steps):
        back = step.inverse(value)
        if back is None:
            return None
        value = back
    return value


def apply_all(steps: list[Transform], value: pl.Expr) -> pl.Expr:
    for step in steps:
        value = step.apply(value)
    return value


def is_digits(value: pl.Expr) -> pl.Expr:
    """True where a text consists of ASCII digits (null stays null). The empty text counts as digits."""
    return value.str.strip_chars_start("0123456789") == ""


Parameters = Mapping[str, Any]
