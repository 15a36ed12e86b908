"""The tax rows of area 013 as arrays: each claim of 科目 40 in area 014 and its change, and rows of vehicles that pay
nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.areas.a013_light_vehicle_tax.fleet import (
    FORMER,
    HELD,
    PUBLIC,
    RELIEVED,
    STOCK,
    TAXED,
    Fleet,
    _cancelled,
    april,
)
from sample_data.tax.claims import Claims, Payers
from sample_data.tax.frames import NO_DAY, Bools, Ints, mix
from sample_data.tax.payments import levy_day

PAYS, EXEMPT, FREED, WAITING, WAIVED, TAKEN_BACK = 1, 2, 3, 4, 5, 9
"""課税区分."""


@dataclass(frozen=True)
class Levies:
    """Parallel columns, one a tax row, by year, vehicle, revision. Amounts in yen."""

    at: Ints
    """Position in the fleet."""
    payer: Ints
    year: Ints
    revision: Ints
    latest: Bools
    status: Ints
    worked: Ints
    """算出税額."""
    relief: Ints
    relief_kind: Ints
    """減免区分, 0 where there is no relief."""
    notice: Ints
    """0 where there is none."""
    told: Ints
    due: Ints
    revised: Ints
    before: Ints
    """年税額 of the row before."""

    @property
    def size(self) -> int:
        return len(self.at)

    @property
    def amount(self) -> Ints:
        """年税額."""
        return self.worked - self.relief

    @property
    def key(self) -> Ints:
        return (self.at * 10_000 + self.year) * 10 + self.revision

    def take(self, chosen: Bools) -> Levies:
        return Levies(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def levies(f: Fleet, who: Payers, c: Claims, years: list[int]) -> Levies:
    """All tax rows. A claim of less than the vehicle's rate is the rest after a relief; one of more is taken as it
    is (算出税額), beside the rate."""
    at = f.at_number()[c.notice % 10**7]
    price = f.price[at]
    revised = c.revised != NO_DAY
    gone = _cancelled(c, f.number[f.what == TAXED], f.last[f.what == TAXED])
    disabled = (who.kind[c.payer] == 0) & (mix(c.notice, 301) % 5 < 4)
    told = levy_day(c)
    blocks = []
    for revision, amount in ((0, c.first), (1, c.now)):
        some = revised if revision else np.ones(c.size, bool)
        waived = (amount == 0) & ~gone
        relief = np.where(amount == 0, np.where(gone, 0, price), np.maximum(price - amount, 0))
        total = np.where(disabled, 1 + mix(c.notice, 302) % 3, np.array([4, 6])[mix(c.notice, 303) % 2])
        kind = np.where(waived, total, np.array([5, 7, 99])[mix(c.notice, 304) % 3])
        block = Levies(
            at,
            c.payer,
            c.soto,
            np.full(c.size, revision),
            ~revised if revision == 0 else np.ones(c.size, bool),
            np.select([waived, amount == 0], [WAIVED, TAKEN_BACK], PAYS),
            amount + relief,
            relief,
            np.where(relief > 0, kind, 0),
            c.notice,
            told,
            c.due,
            np.full(c.size, NO_DAY) if revision == 0 else c.revised,
            np.zeros(c.size, np.int64) if revision == 0 else c.first,
        )
        blocks.append(block.take(some))
    blocks += [_unpaid(f, year) for year in years]
    joined = {name: np.concatenate([getattr(b, name) for b in blocks]) for name in Levies.__dataclass_fields__}
    order = np.lexsort((joined["revision"], joined["at"], joined["year"]))
    return Levies(**{name: values[order] for name, values in joined.items()})


def _unpaid(f: Fleet, year: int) -> Levies:
    at = np.flatnonzero(~np.isin(f.what, (TAXED, FORMER)) & (f.first <= year) & (f.last >= year))
    what, size = f.what[at], len(at)
    zero, none = np.zeros(size, np.int64), np.full(size, NO_DAY)
    waived = what == RELIEVED
    relief = np.where(waived, f.price[at], 0)
    return Levies(
        at,
        f.payer[at],
        zero + year,
        zero,
        np.ones(size, bool),
        np.select([waived, what == PUBLIC, what == STOCK, what == HELD], [WAIVED, EXEMPT, FREED, WAITING], PAYS),
        relief,
        relief,
        np.where(waived, 1 + mix(f.number[at], 305) % 3, 0),
        zero,
        none,
        none,
        none,
        zero,
    )


def legal_due(year: Ints) -> Ints:
    """31 May."""
    return april(year) + 60
