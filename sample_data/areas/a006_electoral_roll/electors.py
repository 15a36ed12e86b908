"""Who came into the electoral roll and why, what happened to each there, and how each was struck off."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a006_electoral_roll.districts import MERGED, Districts, districts
from sample_data.areas.a006_electoral_roll.elections import ADULT_AT_18, Elections, elections, quarters
from sample_data.areas.homes import homes, surname_days
from sample_data.areas.insured import People, base_day, constant, first_day, month_index, people
from sample_data.tax.frames import NO_DAY, Bools, Ints, day, mix
from sample_data.tax.pool import uniform
from sample_data.world import World

SYSTEM = day(1995, 4, 3)
"""Who was registered before was typed into the vendor's system on this day."""
REGULAR, FOR_ELECTION, CORRECTED = 1, 2, 3
"""登録区分."""
DEAD, MOVED, OVERSEAS, ERASED = 1, 3, 4, 6
"""抹消事由."""
ENTRY, ELECTION, LATE, HOUSE, NAME, LEFT, SUSPENDED, CLEARED, STRUCK, FIXED, DISTRICT, ABROAD, TYPED = (
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    99,
)
"""異動事由."""
LINES = 20
"""Lines of a page."""
_RANK = {SUSPENDED: 0, CLEARED: 0, LEFT: 0, HOUSE: 1, DISTRICT: 2, NAME: 3, FIXED: 4}


def add_months(days: Ints, months: int) -> Ints:
    """The same day ``months`` later, or some days into the next month where it has fewer days."""
    month = month_index(days)
    later: Ints = first_day(month + months) + days - first_day(month)
    return later


@dataclass(frozen=True)
class Electors:
    """Parallel arrays, one an elector, present and struck off, ordered by position among the residents."""

    world: World
    p: People
    d: Districts
    e: Elections
    who: Ints
    """Position among the residents."""
    created: Ints
    """Day since when the three months are counted."""
    able: Ints
    """Day on which residence and age were reached."""
    way: Ints
    """登録区分."""
    election: Ints
    """Place of the election for which the elector was registered, or -1."""
    basis: Ints
    """基準日, or NO_DAY."""
    listed: Ints
    left: Ints
    """Day of moving out, or NO_DAY."""
    marked: Ints
    """Day on which that was noted, or NO_DAY."""
    overseas: Ints
    """Day of the note that the elector goes into the roll of people abroad, or NO_DAY."""
    struck: Ints
    why: Ints
    """抹消事由, 0 while on the roll."""
    convicted: Ints
    suspended: Ints
    """Day on which the loss of the vote was noted, or NO_DAY."""
    restored: Ints
    """Day, or NO_DAY."""

    @property
    def size(self) -> int:
        return len(self.who)

    @property
    def base(self) -> int:
        return base_day(self.world)

    @property
    def window(self) -> int:
        return self.base - 365 * self.world.years

    def key(self, at: Ints) -> dict[str, pl.Series]:
        """市区町村コード and 宛名番号 of electors."""
        return {
            "市区町村コード": constant(self.world.code, len(at)),
            "宛名番号": self.p.column("atena", self.who[at]),
        }


@dataclass(frozen=True)
class Rows:
    """The history of the roll: parallel arrays ordered by elector and day; one row a day and elector."""

    x: Electors
    el: Ints
    kind: Ints
    when: Ints
    addr: Ints
    district: Ints
    page: Ints
    line: Ints

    @cached_property
    def book(self) -> Ints:
        """Volume: 250 pages each."""
        volume: Ints = (self.page - 1) // 250 + 1
        return volume

    @cached_property
    def state(self) -> Ints:
        """名簿登録状態 after each row."""
        x, el = self.x, self.el
        over = np.isin(self.kind, (STRUCK, ABROAD))
        return np.select([over, (x.marked[el] != NO_DAY) & (x.marked[el] <= self.when), self.barred], [3, 2, 2], 1)

    @cached_property
    def barred(self) -> Bools:
        """Without the vote after each row."""
        x, el = self.x, self.el
        begun = (x.suspended[el] != NO_DAY) & (x.suspended[el] <= self.when)
        barred: Bools = begun & ~((x.restored[el] != NO_DAY) & (x.restored[el] <= self.when))
        return barred

    def on(self, when: int) -> Ints:
        """The rows that held on a day, of everybody who was on the roll then."""
        x = self.x
        there = np.flatnonzero((x.listed <= when) & ((x.struck == NO_DAY) | (x.struck > when)))
        found: Ints = np.searchsorted(self.el * (1 << 20) + self.when, there * (1 << 20) + when, side="right") - 1
        return found


def electors(world: World) -> Electors:
    """Everybody who was entered in the roll up to the base date."""
    p, base, e = people(world), base_day(world), elections(world)
    every = np.arange(p.size)
    created = p.frame["entry_notice"].to_physical().cast(pl.Int64).to_numpy()
    resident = add_months(created, 3)
    adult = np.where(
        p.birthday(20, every) < ADULT_AT_18, p.birthday(20, every), np.maximum(p.birthday(18, every), ADULT_AT_18)
    )
    able = np.maximum(resident, adult)
    basis, written = quarters(world)
    quarter = np.searchsorted(basis, able)
    open_ = quarter < len(basis)
    at_quarter = np.where(open_, basis[np.minimum(quarter, len(basis) - 1)], 10**6)
    poll = np.maximum(np.searchsorted(e.registered, resident), np.searchsorted(e.poll, adult))
    at_poll = np.where(poll < len(e.poll), e.registered[np.minimum(poll, len(e.poll) - 1)], 10**6)
    for_election = at_poll < at_quarter
    late = ~for_election & open_ & (mix(every, 611) % 250 == 0) & (at_quarter > SYSTEM)
    listed = np.where(for_election, at_poll, written[np.minimum(quarter, len(basis) - 1)])
    listed = np.where(late, listed + 10 + mix(every, 612) % 20, listed)
    native = ~p.frame["is_foreign"].to_numpy()
    gone = np.where(p.removal == NO_DAY, base + 1, p.removal)
    kept = native & (open_ | for_election) & (listed <= base) & (listed < gone)
    at = np.flatnonzero(kept)
    return _fates(
        world,
        p,
        e,
        at,
        created[at],
        able[at],
        np.select([for_election, late], [FOR_ELECTION, CORRECTED], REGULAR)[at],
        np.where(for_election, e.first[np.minimum(poll, len(e.poll) - 1)], -1)[at],
        np.where(late, NO_DAY, np.minimum(at_poll, at_quarter))[at],
        listed[at],
    )


def _fates(
    world: World,
    p: People,
    e: Elections,
    who: Ints,
    created: Ints,
    able: Ints,
    way: Ints,
    election: Ints,
    basis: Ints,
    listed: Ints,
) -> Electors:
    base = base_day(world)
    status = p.frame["status"].to_numpy()[who]
    removal = p.removal[who]
    notice = p.frame["removal_notice"].to_physical().cast(pl.Int64).fill_null(NO_DAY).to_numpy()[who]
    told = np.maximum(removal, notice)
    moved, dead, erased = status == "2", status == "3", status == "9"
    left = np.where(moved, removal, NO_DAY)
    marked = np.where(moved, np.minimum(told + 1, base), NO_DAY)
    abroad = moved & p.frame["to_abroad"].is_not_null().to_numpy()[who] & (mix(who, 621) % 2 == 0)
    noted = np.where(abroad & (removal + 15 <= base), np.maximum(removal, notice) + 15, NO_DAY)
    noted = np.where(noted > base, NO_DAY, noted)
    due = add_months(np.where(moved, removal, 0), 4) + 1
    end = np.select([noted != NO_DAY, moved, dead | erased], [noted + 30, due, np.minimum(told + 2, base)], NO_DAY)
    struck = np.where(end > base, NO_DAY, end)
    why = np.select([struck == NO_DAY, noted != NO_DAY, moved, dead], [0, OVERSEAS, MOVED, DEAD], ERASED)
    here = np.flatnonzero((removal == NO_DAY) & (listed < base - 400))
    some = here[np.argsort(mix(who[here], 622), kind="stable")][: max(2, round(len(here) * 0.0022))]
    convicted = np.full(len(who), NO_DAY)
    restored = np.full(len(who), NO_DAY)
    low = np.maximum(listed[some] + 10, base - 365 * world.years)
    convicted[some] = low + (uniform(who[some], 623) * np.maximum(base - 60 - low, 1)).astype(np.int64)
    suspended = np.where(convicted != NO_DAY, convicted + 14, NO_DAY)
    again = some[1::2]
    restored[again] = (
        suspended[again] + 5 + (uniform(who[again], 624) * np.maximum(base - 6 - suspended[again], 1)).astype(np.int64)
    )
    restored = np.where(restored > base, base, restored)
    return Electors(
        world,
        p,
        districts(world),
        e,
        who,
        created,
        able,
        way,
        election,
        basis,
        listed,
        left,
        marked,
        noted,
        struck,
        why,
        convicted,
        suspended,
        restored,
    )


def rows(x: Electors) -> Rows:
    """The history of everybody on the roll."""
    h = homes(x.world)
    hid = x.p.hid[x.who]
    every = np.arange(x.size)
    start = np.maximum(x.listed, SYSTEM)
    gone = np.where(x.left != NO_DAY, x.left, np.where(x.struck == NO_DAY, x.base + 1, x.struck))
    opened = np.select([x.listed < SYSTEM, x.way == FOR_ELECTION, x.way == CORRECTED], [TYPED, ELECTION, LATE], ENTRY)
    done = np.flatnonzero(x.struck != NO_DAY)
    blocks: list[tuple[Ints, Ints, Ints]] = [
        (every, opened, start),
        (done, np.where(x.why[done] == OVERSEAS, ABROAD, STRUCK), x.struck[done]),
    ]
    merged = np.full(x.size, MERGED)
    there = x.d.town[h.at(hid, merged - 1)] == x.d.last
    fixed = np.where(mix(x.who, 631) % 300 == 0, x.base - 3 - mix(x.who, 632) % 900, NO_DAY)
    for days, kind, limit in (
        (h.entry[hid], HOUSE, gone),
        (h.move1[hid], HOUSE, gone),
        (h.move2[hid], HOUSE, gone),
        (np.where(there & (h.at(hid, merged) == h.at(hid, merged - 1)), MERGED, NO_DAY), DISTRICT, gone),
        (surname_days(x.world, x.p)[x.who], NAME, gone),
        (fixed, FIXED, gone),
        (x.marked, LEFT, x.base + 1),
        (x.suspended, SUSPENDED, x.base + 1),
        (x.restored, CLEARED, x.base + 1),
    ):
        at = np.flatnonzero((days != NO_DAY) & (days > start) & (days < limit))
        blocks.append((at, np.full(len(at), kind), days[at]))
    el, kinds, when = (np.concatenate([b[k] for b in blocks]) for k in range(3))
    rank = np.array([_RANK.get(k, 0) for k in range(100)])[kinds]
    order = np.lexsort((rank, when, el))
    el, kinds, when = el[order], kinds[order], when[order]
    single = np.ones(len(el), bool)
    single[1:] = (el[1:] != el[:-1]) | (when[1:] != when[:-1])
    el, kinds, when = el[single], kinds[single], when[single]
    stay = np.minimum(when, np.where(gone[el] > x.base, when, gone[el] - 1))
    addr = h.at(hid[el], np.maximum(stay, x.listed[el]))
    district = x.d.of(addr, when)
    page, line = _numbered(x, el, district)
    return Rows(x, el, kinds, when, addr, district, page, line)


def _numbered(x: Electors, el: Ints, district: Ints) -> tuple[Ints, Ints]:
    """Page and line of each row: electors of a polling district by household; the same elector keeps them."""
    pair = el * 10_000 + district
    known, inverse = np.unique(pair, return_inverse=True)
    owner, place = known // 10_000, known % 10_000
    rank = x.p.frame["rank"].to_numpy()[x.who[owner]]
    order = np.lexsort((owner, rank, x.p.hid[x.who[owner]], place))
    serial = np.empty(len(known), np.int64)
    serial[order] = np.arange(len(known)) - np.searchsorted(place[order], place[order])
    return serial[inverse] // LINES + 1, serial[inverse] % LINES + 1
