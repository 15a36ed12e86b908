"""The certifications (認定) of area 027: unbroken months of receiving, why and when each began and ended."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a027_child_allowance.families import FACILITY, NONE, PARENT, Families
from sample_data.areas.a027_child_allowance.months import FIRST, REFORM, fiscal, month_of, spans
from sample_data.areas.insured import constant, first_day, numbered
from sample_data.tax.frames import NO_DAY, Bools, Ints, day, digits, mix
from sample_data.truth import support

BORN, MOVED_IN, INCOME, REFORMED, RETURNED, PLACED, OTHER = 1, 2, 10, 11, 12, 9, 99
"""認定事由."""
MOVED_OUT, WENT_ABROAD, CHILD_PLACED, AGED, TOO_RICH, STRUCK, DIED = 1, 11, 6, 7, 12, 15, 4
"""消滅事由."""


@dataclass(frozen=True)
class Certifications:
    """Parallel columns, one a certification, ordered by recipient and first month. Months since 1970-01."""

    f: Families
    of: Ints
    """Recipient."""
    first: Ints
    last: Ints
    open: Bools
    reason: Ints
    event: Ints
    """Day of the event behind it, or NO_DAY."""
    claim: Ints
    special: Ints
    """支給開始特例区分."""
    decided: Ints
    pending: Bools
    """Claimed, not yet decided on the base date."""
    end_reason: Ints
    """0 where it goes on."""
    end_day: Ints

    @property
    def size(self) -> int:
        return len(self.of)

    @property
    def live(self) -> Ints:
        """Those that are decided."""
        return np.flatnonzero(~self.pending)

    @cached_property
    def grid(self) -> Ints:
        """Recipients by months: the certification of the month, -1 for none or one that is pending."""
        grid = np.full((len(self.f.r_kind), len(self.f.months)), -1, np.int32)
        for_each = self.live
        length = (self.last - self.first + 1)[for_each]
        run = np.repeat(for_each, length)
        step = np.arange(len(run)) - np.repeat(np.cumsum(length) - length, length)
        grid[self.of[run], self.first[run] - FIRST + step] = run
        return grid.astype(np.int64)

    @property
    def kind(self) -> Ints:
        return self.f.r_kind[self.of]

    @property
    def payer(self) -> Ints:
        return self.f.r_payer[self.of]

    @cached_property
    def key(self) -> Ints:
        """A stable number of each certification, for choices."""
        return self.payer * 200 + self.first - FIRST

    @cached_property
    def number(self) -> pl.Series:
        """認定番号: fiscal year of the decision and a serial number in it."""
        year = fiscal(month_of(self.claim))
        order = np.lexsort((self.payer, self.claim, year))
        serial = np.zeros(self.size, np.int64)
        serial[order] = numbered(year[order])[0]
        return digits(year * 1_000_000 + serial, 10)

    @cached_property
    def helped(self) -> Bools:
        """Recipients under 支援措置 (area 001)."""
        subjects = support.support_subjects(self.f.world)["宛名番号"].unique()
        helped: Bools = self.f.atena(self.payer).is_in(subjects.implode()).to_numpy()
        return helped

    @cached_property
    def separating(self) -> Bools:
        some: Bools = (mix(self.payer, 2731) % 130 == 0) & (self.kind == PARENT) & (self.f.r_spouse[self.of] >= 0)
        return some

    @cached_property
    def employed(self) -> Ints:
        """加入年金区分; those whom area 026 has as compulsory members are not employed."""
        age = (self.f.today - self.f.p.birth[np.where(self.payer < self.f.p.size, self.payer, 0)]) // 365
        own = np.where(mix(self.payer, 2732) % 12 == 0, 3, np.where(mix(self.payer, 2733) % 40 == 0, 4, 1))
        return np.where(self.payer % 2 == 0, np.where(age < 60, 5, 6), own)

    @property
    def cost(self) -> Ints:
        """被用者区分."""
        return np.where(
            np.isin(self.kind, (FACILITY, 4)), 4, np.where(self.employed == 3, 3, np.where(self.employed < 5, 1, 2))
        )

    def names(self, rows: Ints) -> dict[str, pl.Series]:
        """The key of a certification."""
        return {
            "市区町村コード": constant(self.f.world.code, len(rows)),
            "宛名番号": self.f.atena(self.payer[rows]),
            "認定番号": self.number.gather(pl.Series(rows)),
        }


def certifications(f: Families) -> Certifications:
    """Every certification that was alive in the kept months and had been claimed by the base date."""
    receiving = f.receiving
    of, first, last = spans(np.zeros(receiving.shape, np.int8), receiving)
    first, last = first + FIRST, last + FIRST
    keep = last >= f.window
    of, first, last = of[keep], first[keep], last[keep]
    key = f.r_payer[of] * 200 + first - FIRST
    open_ = last == f.base
    child = _trigger(f, of, first)
    known = child >= 0
    event = np.where(known, f.c_event[np.maximum(child, 0)], NO_DAY)
    kind = f.r_kind[of]
    born = known & (event == f.born[np.maximum(child, 0)])
    local = np.where(f.r_payer[of] < f.p.size, f.r_payer[of], 0)
    abroad = f.p.frame["from_abroad"].is_not_null().to_numpy()[local]
    before = f.result[of, np.maximum(first - FIRST - 1, 0)] == NONE
    reason = np.select(
        [kind != PARENT, born, known & abroad, known, first == FIRST, first == REFORM, before],
        [PLACED, BORN, RETURNED, MOVED_IN, BORN, REFORMED, INCOME],
        OTHER,
    )
    old = (first == FIRST) & ~known
    reformed = reason == REFORMED
    planned = ~known & ~old & ~reformed
    late = mix(key, 2741) % 7 == 0
    claim = np.select(
        [known, old, reformed],
        [
            event + 1 + mix(key, 2742) % 14,
            day(2012, 3, 1) + mix(key, 2743) % 30,
            np.where(late, day(2024, 11, 1) + mix(key, 2744) % 140, day(2024, 8, 20) + mix(key, 2744) % 40),
        ],
        first_day(first - 1) + 3 + mix(key, 2745) % 24,
    )
    same = month_of(claim) == first - 1
    special = np.select([reformed, ~known | same, kind != PARENT, born], [4, 0, 9, 1], 2)
    decided = claim + 7 + mix(key, 2746) % 14
    decided = np.select(
        [old, reformed, planned],
        [day(2012, 4, 1), np.maximum(decided, day(2024, 10, 1)), first_day(first) + 3 + mix(key, 2747) % 10],
        decided,
    )
    event = np.where(reformed, day(2024, 10, 1), event)
    end_reason, end_day = _ends(f, of, last, open_)
    there = (claim <= f.today) & (open_ | (decided < end_day))
    columns = (of, first, last, open_, reason, event, claim, special, decided, decided > f.today, end_reason, end_day)
    return Certifications(f, *(v[there] for v in columns))


def _trigger(f: Families, of: Ints, first: Ints) -> Ints:
    """The child whose coming began a certification, -1 where none did."""
    able = np.flatnonzero(f.c_first >= FIRST)
    keys = f.c_of[able] * 10_000 + f.c_first[able]
    order = np.argsort(keys, kind="stable")
    keys, able = keys[order], able[order]
    wanted = of * 10_000 + first
    at = np.searchsorted(keys, wanted)
    hit = at < len(keys)
    hit[hit] = keys[at[hit]] == wanted[hit]
    found = np.full(len(of), -1)
    found[hit] = able[at[hit]]
    young = f.limits[18][np.maximum(found, 0)] >= first
    return np.where((found >= 0) & young, found, -1)


def _ends(f: Families, of: Ints, last: Ints, open_: Bools) -> tuple[Ints, Ints]:
    """消滅事由 and day; 0 and NO_DAY where it goes on."""
    gone = f.r_gone[of]
    left = (gone != NO_DAY) & (month_of(np.where(gone == NO_DAY, 0, gone)) == last)
    local = np.where(f.r_payer[of] < f.p.size, f.r_payer[of], 0)
    why = f.p.frame["removal_reason"].fill_null("0").cast(pl.Int64).to_numpy()[local]
    after = f.result[of, np.minimum(last - FIRST + 1, f.base - FIRST)] == NONE
    placed = np.full(len(f.r_kind), NO_DAY)
    away = np.flatnonzero((f.c_until != NO_DAY) & (f.r_kind[f.c_of] == PARENT))
    np.maximum.at(placed, f.c_of[away], f.c_until[away])
    taken = placed[of]
    lost = (taken != NO_DAY) & (month_of(np.where(taken == NO_DAY, 0, taken)) == last) & ~left
    reason = np.select(
        [open_, left & (why == 22), left & (why == 26), left & (why == 23), left, after, lost],
        [0, WENT_ABROAD, STRUCK, DIED, MOVED_OUT, TOO_RICH, CHILD_PLACED],
        AGED,
    )
    month_end = first_day(last + 1) - 1
    return reason, np.select([open_, left, lost & ~after], [NO_DAY, gone, taken], month_end)
