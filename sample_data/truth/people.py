"""Choosing people for the smaller groups, and what these groups share: counters, address lines, flags, dates in the
window."""

from __future__ import annotations

import polars as pl

from sample_data.truth.frame import day, mix
from sample_data.world import World


def residents(world: World) -> pl.DataFrame:
    """Present residents, in the order of pid."""
    return world.present.sort("pid")


def some(people: pl.DataFrame, count: int, least: int, salt: int, key: str = "pid") -> pl.DataFrame:
    """``count`` (but at least ``least``) of ``people``, the same for the same ``salt``, in the order of ``key``."""
    wanted = min(max(count, least), people.height)
    return people.sort(mix(key, salt=salt, modulus=1_000_000_007), key).head(wanted).sort(key)


def flag(condition: pl.Expr) -> pl.Expr:
    """'1' where true, else '0'."""
    return pl.when(condition).then(pl.lit("1")).otherwise(pl.lit("0"))


def within(world: World, *columns: str, salt: int) -> pl.Expr:
    """A day (Date) in the kept history."""
    return day(world.window) + pl.duration(days=mix(*columns, salt=salt, modulus=world.years * 365 - 1))


def desks(people: pl.DataFrame, world: World, salt: int = 8) -> pl.DataFrame:
    """``people`` with desk and desk_name: the counter that dealt with them."""
    offices = world.municipality.offices
    table = pl.DataFrame(
        {"desk_ix": range(len(offices)), "desk": [o[0] for o in offices], "desk_name": [o[1] for o in offices]}
    )
    return people.with_columns(desk_ix=mix("pid", salt=salt, modulus=len(offices))).join(
        table, on="desk_ix", how="left", maintain_order="left"
    )


def address_text(prefix: str) -> pl.Expr:
    """One line of address from columns of ``addresses``: 都道府県 ... 方書 after a full-width space."""
    line = pl.concat_str(*(prefix + c for c in ("prefecture", "city", "town", "banchi")))
    return (
        pl.when(pl.col(prefix + "building").is_not_null())
        .then(line + pl.lit("　") + pl.col(prefix + "building"))
        .otherwise(line)
    )
