"""Households and their members, current and removed, for whole columns at once: who lives with whom, since when,
until when.

Dates are days since 1970-01-01 while arrays are built; :mod:`sample_data.world` turns them into columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
NONE = np.iinfo(np.int64).min
"""Stands for "no date" in arrays of days."""

RELATIONS: tuple[tuple[str, str | None, str], ...] = (
    ("02", None, "世帯主"),
    ("12", None, "妻"),
    ("11", None, "夫"),
    ("20", None, "子"),
    ("51", None, "父"),
    ("52", None, "母"),
    ("99", None, "同居人"),
    ("20", "20", "子の子"),
    ("20", "12", "子の妻"),
    ("74", None, "弟"),
    ("12", "52", "妻の母"),
)
"""続柄: code 1, code 2, label; members refer to it by position."""
HEAD, WIFE, HUSBAND, CHILD, FATHER, MOTHER, LODGER, GRANDCHILD, CHILDS_WIFE, BROTHER, WIFES_MOTHER = range(11)

_KINDS = (0.38, 0.26, 0.18, 0.07, 0.05, 0.04, 0.02)
"""Shares of household kinds: single, couple, couple with children, one parent, three generations (middle is head),
parent and adult child,
three generations (grandparent is head). Chosen to give about 2.25 members and a third of people of 65 and over."""


@dataclass
class Members:
    """Members as parallel arrays of one length; ``rank`` orders them within the household (0 = head)."""

    hid: Ints
    relation: Ints
    male: npt.NDArray[np.bool_]
    birth: Ints
    rank: Ints

    def take(self, index: Ints | npt.NDArray[np.bool_]) -> Members:
        return Members(self.hid[index], self.relation[index], self.male[index], self.birth[index], self.rank[index])


@dataclass
class Homes:
    """Households as parallel arrays: entry (day the household came), up to two moves inside, and how each ended."""

    kind: Ints
    entry: Ints
    abroad_entry: npt.NDArray[np.bool_]
    move1: Ints
    move2: Ints
    removal: Ints
    """Day the whole household moved out, or NONE."""

    @property
    def count(self) -> int:
        return len(self.kind)


def households(
    population: int, moved_out: int, base: int, years: int, rng: np.random.Generator
) -> tuple[Homes, Members]:
    """Households with exactly ``population`` present members, then households of about ``moved_out`` people who left
    in the window."""
    want = int(population / 1.9) + 12
    kind = rng.choice(len(_KINDS), size=want, p=_KINDS).astype(np.int64)
    kind[: min(7, want)] = np.arange(7)[: min(7, want)]
    gone = max(3, round(moved_out / 1.6)) if moved_out else 0
    kind = np.concatenate([kind, rng.choice([0, 0, 0, 1, 2], size=gone).astype(np.int64)])
    members = _members(kind, np.arange(len(kind)) >= want, base, rng)
    present = members.hid < want
    inside, outside = members.take(present), members.take(~present)
    inside = inside.take(np.arange(len(inside.hid)) < population)
    used = int(inside.hid.max()) + 1
    outside.hid = outside.hid - want + used
    kind = np.concatenate([kind[:used], kind[want:]])
    merged = Members(
        *(
            np.concatenate([getattr(inside, f), getattr(outside, f)])
            for f in ("hid", "relation", "male", "birth", "rank")
        )
    )
    head_birth = np.full(len(kind), base, dtype=np.int64)
    head_birth[merged.hid[merged.rank == 0]] = merged.birth[merged.rank == 0]
    homes = _homes(kind, used, head_birth, base, years, rng)
    end = homes.removal[merged.hid]
    return homes, merged.take((end == NONE) | (merged.birth < end - 60))


def _members(kind: Ints, mobile: npt.NDArray[np.bool_], base: int, rng: np.random.Generator) -> Members:
    size = len(kind)
    ids = np.arange(size)

    def normal(mean: float, spread: float, low: float, high: float) -> npt.NDArray[np.float64]:
        return np.clip(rng.normal(mean, spread, size), low, high)

    single = rng.choice(3, size=size, p=(0.25, 0.27, 0.48))
    age_single = np.choose(single, [normal(24, 3, 19, 31), normal(46, 9, 30, 62), normal(77, 8, 62, 103)])
    age = np.choose(
        kind,
        [
            age_single,
            normal(67, 13, 24, 96),
            normal(43, 7, 24, 58),
            normal(41, 7, 23, 56),
            normal(45, 6, 30, 60),
            normal(78, 6, 66, 98),
            normal(72, 5, 60, 88),
        ],
    )
    age = np.where(mobile, np.clip(rng.normal(31, 9, size), 20, 70), age)
    male = np.where(
        np.isin(kind, (0, 5)),
        rng.random(size) < 0.48,
        np.where(kind == 3, rng.random(size) < 0.15, rng.random(size) < 0.94),
    )
    spouse_age = np.clip(age - np.where(male, 1, -1) * rng.normal(2, 3, size), 20, 101)
    mother_age = np.where(male & np.isin(kind, (2, 4)), spouse_age, age)
    parts: list[tuple[npt.NDArray[np.bool_], Ints, npt.NDArray[np.bool_], npt.NDArray[np.float64]]] = []

    def add(
        mask: npt.NDArray[np.bool_],
        relation: Ints | int,
        is_male: npt.NDArray[np.bool_] | bool,
        years_old: npt.NDArray[np.float64],
    ) -> None:
        parts.append(
            (
                mask,
                np.broadcast_to(np.asarray(relation, dtype=np.int64), size),
                np.broadcast_to(np.asarray(is_male), size),
                years_old,
            )
        )

    add(np.ones(size, dtype=bool), HEAD, male, age)
    add(np.isin(kind, (1, 2, 4, 6)), np.where(male, WIFE, HUSBAND), ~male, spouse_age)
    first = mother_age - rng.uniform(21, 36, size)
    for step in range(3):
        has = np.isin(kind, (2, 3, 4)) & (rng.random(size) < (1.0, 0.6, 0.22)[step])
        child_age = first - step * rng.uniform(1.6, 4, size)
        add(has & (child_age > 0.02) & (child_age < 34), CHILD, rng.random(size) < 0.513, child_age)
    add((kind == 4) & (rng.random(size) < 0.55) & (age < 66), FATHER, True, age + rng.uniform(23, 33, size))
    add(
        (kind == 4) & (age < 68),
        np.where(rng.random(size) < 0.85, MOTHER, WIFES_MOTHER) * (male & True) + MOTHER * ~male,
        False,
        age + rng.uniform(21, 31, size),
    )
    add(kind == 5, CHILD, rng.random(size) < 0.6, age - rng.uniform(22, 36, size))
    heir = age - rng.uniform(24, 33, size)
    add(kind == 6, CHILD, True, heir)
    add(kind == 6, CHILDS_WIFE, False, np.clip(heir - rng.normal(2, 2, size), 20, 70))
    add(
        (kind == 6) & (heir > 25),
        GRANDCHILD,
        rng.random(size) < 0.51,
        np.clip(heir - rng.uniform(25, 33, size), 0.1, 40),
    )
    add((kind == 0) & (rng.random(size) < 0.012), LODGER, rng.random(size) < 0.5, normal(40, 14, 20, 80))
    add((kind == 0) & male & (rng.random(size) < 0.012), BROTHER, True, np.clip(age - rng.uniform(1, 9, size), 18, 99))
    hid = np.concatenate([ids[p[0]] for p in parts])
    rank = np.concatenate([np.full(int(p[0].sum()), i) for i, p in enumerate(parts)])
    order = np.lexsort((rank, hid))
    relation = np.concatenate([p[1][p[0]] for p in parts])[order]
    sex = np.concatenate([p[2][p[0]] for p in parts])[order]
    old = np.concatenate([p[3][p[0]] for p in parts])[order]
    birth = base - np.maximum(1, np.round(np.minimum(old, 106) * 365.2425)).astype(np.int64)
    hid = hid[order]
    start = np.searchsorted(hid, hid)
    return Members(hid, relation, sex, birth, np.arange(len(hid)) - start)


def _homes(kind: Ints, present: int, head_birth: Ints, base: int, years: int, rng: np.random.Generator) -> Homes:
    size = len(kind)
    window = base - years * 365
    adult_days = np.maximum(30, window - head_birth - 18 * 365)
    entry = window - 1 - (rng.random(size) ** 1.5 * adult_days).astype(np.int64)
    recent = (rng.random(size) < 0.035 * years) & (np.arange(size) < present)
    if present > 3:
        recent[[1, 2]] = True
    entry = np.where(recent, window + (rng.random(size) * (years * 365 - 20)).astype(np.int64), entry)
    entry = np.maximum(entry, head_birth)
    leaving = np.arange(size) >= present
    removal = np.where(leaving, window + 10 + (rng.random(size) * (years * 365 - 30)).astype(np.int64), NONE)
    end = np.where(leaving, removal - 5, base - 3)
    start = np.maximum(entry + 20, window)
    span = np.maximum(end - start, 0)
    first = (rng.random(size) < 0.05 * years) & (span > 60)
    first[: min(7, size)] |= (span > 60)[: min(7, size)]
    move1 = np.where(first, start + (rng.random(size) * span * 0.5).astype(np.int64), NONE)
    second = first & (rng.random(size) < 0.02 * years) & (span > 120)
    move2 = np.where(second, move1 + 30 + (rng.random(size) * (span * 0.5 - 31).clip(1)).astype(np.int64), NONE)
    return Homes(kind, entry, rng.random(size) < 0.05, move1, move2, removal)


def former_members(
    homes: Homes,
    members: Members,
    present: int,
    deaths: int,
    departures: int,
    base: int,
    years: int,
    rng: np.random.Generator,
) -> tuple[Members, Ints, npt.NDArray[np.bool_]]:
    """People who died in, or left alone from, a household that still exists: members, day of removal, True where
    they had been its head.

    A former head leaves a household of one: the survivor became head. Others are a parent of the present head.
    """
    window = base - years * 365
    head = members.rank == 0
    age = np.zeros(homes.count, dtype=np.int64)
    male = np.zeros(homes.count, dtype=bool)
    age[members.hid[head]] = (base - members.birth[head]) // 365
    male[members.hid[head]] = members.male[head]
    sizes = np.bincount(members.hid, minlength=homes.count)
    stable = (np.arange(homes.count) < present) & (homes.entry < window) & (homes.move1 == NONE)
    widowed = rng.permutation(np.flatnonzero(stable & (sizes == 1) & (age >= 60)))[: (deaths + 1) // 2]
    alone = rng.permutation(np.setdiff1d(np.flatnonzero(stable & (sizes == 1)), widowed))
    left = alone[np.argsort((age[alone] < 25) | (age[alone] >= 60), kind="stable")][:departures]
    orphan = rng.permutation(np.flatnonzero(stable & (sizes > 1) & (age >= 40)))[: deaths - len(widowed)]
    hid = np.concatenate([widowed, left, orphan]).astype(np.int64)
    was_head = np.arange(len(hid)) < len(widowed) + len(left)
    parent_male = rng.random(len(hid)) < 0.6
    sex = np.where(was_head, ~male[hid], parent_male)
    relation = np.where(was_head, HEAD, np.where(sex, FATHER, MOTHER))
    old = np.where(
        was_head, age[hid] + rng.integers(-1, 6, len(hid)), np.minimum(age[hid] + rng.integers(22, 33, len(hid)), 104)
    )
    birth = base - old * 365 - rng.integers(1, 365, len(hid))
    removal = window + 15 + (rng.random(len(hid)) * (years * 365 - 40)).astype(np.int64)
    return Members(hid, relation.astype(np.int64), sex, birth, np.where(was_head, 0, 20)), removal, was_head


def dates(days: Ints) -> pl.Series:
    """Days since 1970-01-01 as a Date column; NONE is null."""
    return pl.Series(days).replace(NONE, None).cast(pl.Int32).cast(pl.Date)
