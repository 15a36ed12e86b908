"""Premiums of area 023, worked out from the claims that area 014 holds (科目 60 and 61): levies and their revisions,
stages of income, reliefs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas import accounts
from sample_data.areas.a023_long_term_care_insurance.insured import Insured
from sample_data.areas.a023_long_term_care_insurance.taxes import FREE, NOT_FILED, TAXED, UNKNOWN, Taxes
from sample_data.areas.insured import Notices, april, month_index, notices
from sample_data.plugin import Truth
from sample_data.tax.frames import NO_DAY, Bools, Ints, digits, mix
from sample_data.tax.payments import levy_day
from sample_data.tax.vendor import parts
from sample_data.world import World

PENSION = 61
FIRST, GAINED, LOST, INCOME, HOME, AID, RELIEF, WAY = 1, 2, 3, 4, 5, 6, 7, 9
"""更正事由 (083)."""
STEPS = (1_200_000, 2_100_000, 3_200_000, 4_200_000, 5_200_000, 6_200_000, 7_200_000)
"""合計所得金額 from which the stages 7 to 13 begin (介護保険法施行令38条)."""
PAID = ("収納済額_本税", "過誤納額_本税", "督促状発付年月日", "不納欠損額_本税", "未納額_本税")


@dataclass(frozen=True)
class Levies:
    """The notices of the claims and their levy rows (``n.step_*``), with the amounts of each row; parallel arrays."""

    i: Insured
    n: Notices
    row: Ints
    """Per notice: insured person."""
    paid: pl.DataFrame
    """Per claim, in their order: what area 014 says was paid (:data:`PAID`)."""
    total: Ints
    """Per levy row: the year's premium."""
    early: Ints
    """Per levy row: what is withheld in April, June and August."""

    @property
    def step(self) -> Ints:
        """Per levy row: its notice."""
        return self.n.step_notice

    @property
    def withheld(self) -> Bools:
        """Per notice: paid from the pension."""
        withheld: Bools = self.n.account == PENSION
        return withheld

    @cached_property
    def before(self) -> Ints:
        """Per levy row: the premium before it (0 for the first)."""
        earlier = np.concatenate([[0], self.total[:-1]]) if len(self.total) else self.total
        return np.where(self.n.step_revision == 0, 0, earlier)

    @cached_property
    def months(self) -> Ints:
        """Per levy row: months from April that are levied, fewer than twelve once it is known that somebody is gone."""
        i, n = self.i, self.n
        row, year = self.row[self.step], n.year[self.step]
        lost = i.end[row]
        gone = (lost != NO_DAY) & (lost <= n.step_day) & (n.step_revision > 0)
        place = month_index(np.where(lost == NO_DAY, 0, lost)) - (year - 1970) * 12 - 3
        return np.where(gone & (place >= 1) & (place < 12), place, 12)

    @cached_property
    def relief(self) -> Bools:
        """Per levy row: the last revision is a 減免."""
        n = self.n
        able = n.step_latest & (n.step_revision > 0) & (self.total < self.before) & (self.months == 12)
        key = self.i.at[self.row[self.step]] * 100 + n.year[self.step] % 100
        chosen: Bools = able & (mix(key, 2441) % 260 == 0)
        # In the smallest town somebody has a relief, too.
        spare = np.flatnonzero(able)
        chosen[spare[np.argsort(mix(key[spare], 2442), kind="stable")[:2]]] = True
        return chosen

    @cached_property
    def reason(self) -> Ints:
        """Per levy row: 更正事由."""
        n = self.n
        key = self.i.at[self.row[self.step]] * 100 + n.year[self.step] % 100
        drawn = np.array([INCOME, INCOME, INCOME, HOME, HOME, AID])[mix(key * 16 + n.step_revision, 2443) % 6]
        drawn = np.where((drawn == AID) & (self.total > self.before), INCOME, drawn)
        new = self.i.start[self.row[self.step]] > april(n.year[self.step])
        first = np.where(new, GAINED, FIRST)
        return np.select([n.step_revision == 0, self.relief, self.months < 12], [first, RELIEF, LOST], drawn)


def levies(world: World, i: Insured, booked: Truth) -> Levies:
    """The levies behind the claims; ``booked``: area 014."""
    _, c = accounts.of(world, (60, PENSION))
    n = notices(c, levy_day(c))
    at, claim, changed = n.rows(np.arange(len(n.step_notice)))
    amount = np.where(changed, n.c.now[claim], n.c.first[claim])
    size = len(n.step_notice)
    total = np.bincount(at, weights=amount, minlength=size).astype(np.int64)
    early = (n.c.kam[claim] == PENSION) & (n.c.period[claim] <= 3)
    part = np.bincount(at[early], weights=amount[early], minlength=size).astype(np.int64)
    return Levies(i, n, np.searchsorted(i.at, n.payer), _paid(n, booked), total, part)


def _paid(n: Notices, booked: Truth) -> pl.DataFrame:
    key = ["業務詳細（科目）コード", "通知書番号", "期別"]
    rows = [
        frame.filter(pl.col(key[0]).is_in(["60", "61"])).select(*key, *PAID) for _, frame in parts(booked, "期別調定")
    ]
    wanted = pl.DataFrame({key[0]: digits(n.c.kam, 2), key[1]: digits(n.c.notice, 15), key[2]: digits(n.c.period, 2)})
    return wanted.join(pl.concat(rows), on=key, how="left", maintain_order="left").select(PAID)


@dataclass(frozen=True)
class Stages:
    """Per levy row: what the stage of income rests on."""

    stage: Ints
    own: Ints
    home: Ints
    known: Bools
    income: Ints
    pension: Ints
    aided: Bools
    bordering: Bools


def stages(v: Levies, by_year: dict[int, Taxes]) -> Stages:
    """The stage of each levy row, from area 010's assessment of the same year."""
    i, row, year = v.i, v.row[v.step], v.n.year[v.step]
    known = sorted(by_year)
    place = np.clip(np.searchsorted(known, year), 0, len(known) - 1)

    def of(name: str) -> Ints:
        values = np.stack([getattr(by_year[y], name) for y in known])
        out: Ints = values[place, row]
        return out

    own, home, income, pension = of("own"), of("home"), of("income"), of("pension")
    means = np.maximum(income, 0) + pension
    upper = 6 + np.searchsorted(STEPS, income, side="right")
    alone = np.select([means <= 809_000, means <= 1_200_000], [1, 2], 3)
    shared = np.where(means <= 809_000, 4, 5)
    stage = np.select(
        [own == TAXED, (own == FREE) & (home == TAXED), own == FREE, home == TAXED], [upper, shared, alone, 5], 1
    )
    aided = i.aided[row]
    stage = np.where(aided, 1, stage)
    home = np.where((home == UNKNOWN) & (own == NOT_FILED), NOT_FILED, home)
    bordering = (own == FREE) & np.isin(stage, (2, 3)) & (mix(i.at[row] * 100 + year % 100, 2451) % 90 == 0)
    stage = np.where(bordering, 1, stage)
    return Stages(stage, own, home, of("known").astype(bool), income, pension, aided, bordering)
