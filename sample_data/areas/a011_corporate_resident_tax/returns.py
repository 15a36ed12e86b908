"""The returns of area 011 as arrays: each claim of 科目 20 in area 014 is a return, its change a later correction, and
corporations for the public good return a 均等割 that they are relieved of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.areas.a011_corporate_resident_tax.firms import Firms
from sample_data.tax.claims import Claims
from sample_data.tax.frames import NO_DAY, Bools, Ints, day, mix
from sample_data.tax.payments import levy_day
from sample_data.tax.pool import normal, uniform

FINAL, AMENDED, INTERIM, FLAT_ONLY, CORRECTED = 1, 2, 4, 5, 8
"""申告区分."""


@dataclass(frozen=True)
class Returns:
    """Parallel columns, one a return, ordered by corporation, business year, kind. Amounts in yen."""

    at: Ints
    """Position among the corporations."""
    fuka: Ints
    sink: Ints
    kind: Ints
    begin: Ints
    finish: Ints
    latest: Bools
    filed: Ints
    """Day of the return, or of the correction."""
    due: Ints
    """Day by which a claim has to be paid."""
    levy: Ints
    """法人税割 of the business year."""
    levy_paid: Ints
    flat: Ints
    """均等割 by months, before relief."""
    relief: Ints
    flat_paid: Ints
    first: Ints
    """Amount booked first."""
    later: Ints
    """Change of the amount of a provisional return, booked on the same return."""
    changed: Ints
    """Day of ``later``, NO_DAY where there is none."""
    notice: Ints
    levy_before: Ints
    """Corrections: 法人税割 and 均等割 before."""
    flat_before: Ints

    @property
    def size(self) -> int:
        return len(self.at)

    @property
    def total(self) -> Ints:
        """納付すべき税額."""
        return self.levy - self.levy_paid + self.flat - self.relief - self.flat_paid

    @property
    def key(self) -> Ints:
        """A stable number of each return."""
        return (self.at * 10_000 + self.fuka) * 100 + self.kind * 10 + self.sink

    def take(self, chosen: Bools) -> Returns:
        return Returns(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def month_end(year: Ints, month: int) -> Ints:
    """Last day of a month of each year, weekends and all."""
    months = (year - 1970) * 12 + month
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1


def april(year: Ints) -> Ints:
    return month_end(year, 3) + 1


def levy_of(payer: Ints, year: Ints) -> Ints:
    """法人税割 of the business year that ended in March of ``year``: what area 014's claims are made from."""
    drawn = np.exp(11 + normal(payer, 944)).astype(np.int64) // 100 * 100
    return np.where(uniform(payer * 100 + year % 100, 943) < 0.45, drawn, 0)


def returns(f: Firms, c: Claims, years: list[int]) -> Returns:
    """All returns of the kept years.

    Raises ValueError where a claim is more than its business year's tax: then area 014 makes its claims otherwise than
    :func:`levy_of` says.
    """
    at = f.at_payer()[c.payer]
    interim = c.sink == 2
    booked = levy_day(c)
    whole = levy_of(c.payer, c.fuka)
    flat = np.where(interim, f.flat[at] // 2, f.flat[at])
    levy = np.where(interim, whole // 200 * 100, whole)
    paid = flat + levy - c.first
    if (paid < 0).any() or (paid[interim] != 0).any():
        raise ValueError("claims of 科目 20 do not follow from the tax of their business years")
    flat_paid = np.minimum(paid, flat // 2)
    none = np.full(c.size, NO_DAY)
    begin = april(np.where(interim, c.fuka, c.fuka - 1))
    # A business year is written by its last day.
    finish = month_end(np.where(interim, c.fuka + 1, c.fuka), 3)
    step = c.now - c.first
    moved = c.revised != NO_DAY
    down = np.maximum(-step, 0)
    levy_now = levy + np.maximum(step, 0) - np.minimum(down, levy)
    relief_now = down - np.minimum(down, levy)
    own = interim & moved
    zero = np.zeros(c.size, np.int64)
    original = Returns(
        at,
        c.fuka,
        c.sink,
        np.where(interim, INTERIM, FINAL),
        begin,
        finish,
        ~moved | interim,
        booked - mix(c.key, 71) % 8,
        c.due,
        np.where(own, levy_now, levy),
        paid - flat_paid,
        flat,
        np.where(own, relief_now, 0),
        flat_paid,
        c.first,
        np.where(own, step, 0),
        np.where(own, c.revised, NO_DAY),
        c.notice,
        zero,
        zero,
    )
    kind = np.where((step > 0) & (mix(c.key, 72) % 5 < 3), AMENDED, CORRECTED)
    second = Returns(
        at,
        c.fuka,
        c.sink,
        kind,
        begin,
        finish,
        np.ones(c.size, bool),
        c.revised,
        np.where(step > 0, c.revised + 30, c.due),
        levy_now,
        levy,
        flat,
        relief_now,
        flat,
        step,
        zero,
        none,
        c.notice,
        levy,
        flat,
    ).take(moved & ~interim)
    same = ~moved & ~interim & _checked(c, original.at)
    original.latest[same] = False
    third = Returns(
        at,
        c.fuka,
        c.sink,
        np.full(c.size, CORRECTED),
        begin,
        finish,
        np.ones(c.size, bool),
        c.due + 40 + mix(c.key, 74) % 60,
        c.due + 130,
        levy,
        levy,
        flat,
        zero,
        flat,
        zero,
        zero,
        none,
        c.notice,
        levy,
        flat,
    ).take(same)
    blocks = [original, second, third, *(_flat_only(f, year) for year in years)]
    joined = {name: np.concatenate([getattr(b, name) for b in blocks]) for name in Returns.__dataclass_fields__}
    order = np.lexsort((joined["sink"], joined["kind"], joined["finish"], joined["at"]))
    return Returns(**{name: values[order] for name, values in joined.items()})


def _checked(c: Claims, at: Ints) -> Bools:
    """Final returns that were corrected without a change of the tax: a few, and in each year that of the first
    corporation."""
    first = np.zeros(c.size, bool)
    for year in np.unique(c.fuka):
        some = np.flatnonzero((c.fuka == year) & (c.sink == 1) & (c.revised == NO_DAY))
        first[some[np.argsort(at[some], kind="stable")][:1]] = True
    first |= mix(c.key, 75) % 150 == 0
    return first


def _flat_only(f: Firms, year: int) -> Returns:
    """均等割申告 of a year ended in March, due at the end of April, wholly relieved."""
    at = np.flatnonzero(f.society & (f.since < day(year - 1, 4, 1)))
    size = len(at)
    fuka = np.full(size, year)
    zero = np.zeros(size, np.int64)
    flat = f.flat[at]
    due = day(year, 4, 30)
    return Returns(
        at,
        fuka,
        zero + 1,
        zero + FLAT_ONLY,
        april(fuka - 1),
        month_end(fuka, 3),
        np.ones(size, bool),
        due - 3 - mix(f.number[at] * 100 + year % 100, 73) % 20,
        zero + due,
        zero,
        zero,
        flat,
        flat,
        zero,
        zero,
        zero,
        zero + NO_DAY,
        zero,
        zero,
        zero,
    )
