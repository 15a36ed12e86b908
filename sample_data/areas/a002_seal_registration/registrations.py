"""Who registered a seal in the town, when, how it was confirmed, and how each registration ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.insured import People, base_day, constant, people
from sample_data.tax.frames import EPOCH, NO_DAY, Bools, Ints, digits, mix
from sample_data.tax.pool import uniform
from sample_data.world import World

REFORM = (dt.date(1974, 4, 1) - EPOCH).days
"""Registrations older than the reform of 1974 all carry this day."""
SYSTEM = (dt.date(1995, 4, 3) - EPOCH).days
"""What was registered before was typed into the vendor's system on this day."""
WARDS = (dt.date(2019, 12, 14) - EPOCH).days
"""Since then adult wards may register, with their guardian at the counter."""
MERGED = {"352152": dt.date(2003, 4, 21), "352101": dt.date(2004, 10, 4), "352128": dt.date(2005, 2, 21)}
"""Day on which a municipality was merged from others."""
LETTERS = {"352055": "T", "352144": "S", "353451": "K", "353612": "R", "353426": "Y", "353019": "O"}
"""What the merged town writes before a number of a former municipality."""
DOCUMENT, GUARANTOR, INQUIRY, OLD_WAY = 1, 2, 3, 9
"""本人確認方法."""
ABOLISHED, LOST, LEFT, DEAD, MISFIT, NEW_SEAL, ERASED, NO_RESIDENT = 1, 2, 3, 4, 5, 6, 8, 9
"""抹消事由."""
BY_OFFICE = (LEFT, DEAD, MISFIT, ERASED, NO_RESIDENT)


@dataclass(frozen=True)
class Registrations:
    """Parallel arrays, one a registration, ordered by person and time. A registration that waits for an answer to
    the inquiry has no day of registration."""

    world: World
    p: People
    who: Ints
    """Position among the residents."""
    applied: Ints
    listed: Ints
    """Day, or NO_DAY."""
    ended: Ints
    """Day, or NO_DAY."""
    why: Ints
    """抹消事由, 0 while it stands."""
    way: Ints
    agent: Ints
    """Position of who applied for the person, -1: the person himself."""
    guarantor: Ints
    """Place of the guarantor's registration; -1 none, -2 registered in another municipality."""
    stop: Ints
    resumed: Ints
    stop_why: Ints
    exchanged: Ints
    """Day on which the card was exchanged, or NO_DAY."""

    @property
    def size(self) -> int:
        return len(self.who)

    @property
    def base(self) -> int:
        return base_day(self.world)

    @cached_property
    def every(self) -> Ints:
        return np.arange(self.size)

    @property
    def stands(self) -> Bools:
        """Registered today."""
        stands: Bools = (self.listed != NO_DAY) & (self.ended == NO_DAY)
        return stands

    @cached_property
    def inquired(self) -> Ints:
        """Places of the registrations that an inquiry confirmed or will."""
        return np.flatnonzero(self.way == INQUIRY)

    @cached_property
    def _former(self) -> tuple[Ints, Ints]:
        """Place of the former municipality that registered (-1: this one), and the serial number there."""
        former, merged = self.world.municipality.former, MERGED.get(self.world.code)
        place = np.full(self.size, -1)
        if former and merged:
            leads = np.array(sorted({d[0] for d in self.world.towns["district"]}))[-len(former) :]
            homes = self.world.households.sort("hid")["district"].str.slice(0, 1).to_numpy()
            lead = homes[self.p.hid[self.who]]
            mine = np.searchsorted(leads, lead).clip(0, len(leads) - 1)
            old = (self.listed != NO_DAY) & (self.listed < (merged - EPOCH).days) & (leads[mine] == lead)
            place = np.where(old, mine, -1)
        order = np.lexsort((self.every, self.applied, place))
        serial = np.empty(self.size, np.int64)
        serial[order] = np.arange(self.size) - np.searchsorted(place[order], place[order]) + 1
        return place, serial

    @cached_property
    def number(self) -> pl.Series:
        """印鑑登録番号: one digit for the former municipality (0: this one), six of a serial number."""
        place, serial = self._former
        return digits((place + 1) * 1_000_000 + serial, 7)

    @cached_property
    def old_number(self) -> pl.Series:
        """旧印鑑登録番号, null where this municipality registered."""
        place, serial = self._former
        letters = pl.Series([LETTERS[code] for code, _ in self.world.municipality.former] or [""], dtype=pl.String)
        text = letters.gather(pl.Series(np.maximum(place, 0))) + constant("-", self.size) + digits(serial, 6)
        return pl.select(pl.when(pl.Series(place >= 0)).then(text)).to_series()

    @cached_property
    def old_town(self) -> pl.Series:
        """旧市区町村コード, null where this municipality registered."""
        place, _ = self._former
        codes = pl.Series([code for code, _ in self.world.municipality.former] or [""], dtype=pl.String)
        text = codes.gather(pl.Series(np.maximum(place, 0)))
        return pl.select(pl.when(pl.Series(place >= 0)).then(text)).to_series()

    @property
    def merged(self) -> int:
        """Day of the merger, or NO_DAY."""
        day = MERGED.get(self.world.code)
        return (day - EPOCH).days if day else NO_DAY

    def key(self, at: Ints) -> dict[str, pl.Series]:
        """市区町村コード and 宛名番号 of registrations."""
        return {
            "市区町村コード": constant(self.world.code, len(at)),
            "宛名番号": self.p.column("atena", self.who[at]),
        }


def registrations(world: World) -> Registrations:
    """All registrations that the town's books hold: about two thirds of the grown-ups have one, some a former one;
    a few wait for an answer or never gave it."""
    p, base = people(world), base_day(world)
    every = np.arange(p.size)
    here = p.removal == NO_DAY
    end = np.where(here, base, np.minimum(p.removal, base))
    early = mix(every, 201) % 12 == 0
    grown = p.birthday(18, every)
    able = np.where(early, p.birthday(15, every) + 5, grown)
    ward = p.frame["ward"].to_numpy()
    low = np.maximum(np.maximum(p.entry + 30, able), np.where(ward, WARDS, REFORM))
    high = end - 45
    room = high - low
    wanted = (room > 0) & ((uniform(every, 202) < 0.76) | ward)
    first = low + (uniform(every, 203) ** 1.4 * np.maximum(room, 1)).astype(np.int64)
    at = np.flatnonzero(wanted)
    span = (high - first)[at]
    again = (uniform(at, 204) < 0.24) & (span > 500)
    change = first[at] + 200 + (uniform(at, 205) * np.maximum(span - 320, 1)).astype(np.int64)
    reason = np.array([NEW_SEAL, NEW_SEAL, LOST, LOST, LOST, ABOLISHED, MISFIT])[mix(at, 206) % 7]
    back = change + np.where(reason == ABOLISHED, 40 + mix(at, 207) % 60, 0)
    done = np.minimum(np.maximum(p.removal, _notice(p)), base)
    over = np.select(
        [p.frame["status"].to_numpy() == "2", p.frame["status"].to_numpy() == "3", p.frame["is_foreign"].to_numpy()],
        [LEFT, DEAD, NO_RESIDENT],
        ERASED,
    )
    quit_ = here[at] & (uniform(at, 208) < 0.035) & (span > 30)
    last = np.where(again, back, first[at])
    quit_day = last + 20 + (uniform(at, 209) * np.maximum(high[at] - last - 20, 1)).astype(np.int64)
    quit_ &= quit_day > SYSTEM
    closed = np.where(here[at], np.where(quit_, quit_day, NO_DAY), done[at])
    why = np.where(here[at], np.where(quit_, ABOLISHED, 0), over[at])
    one = at[again]
    kept = change[again] > SYSTEM
    idle = np.flatnonzero(here & ~wanted & (p.age(base, every) >= 16) & (p.entry + 60 < base))
    asks = idle[np.argsort(mix(idle, 210), kind="stable")][: max(2, round(here.sum() * 0.0012))]
    late = np.arange(len(asks)) % 2 == 1
    asked = np.where(late, base - 60 - mix(asks, 211) % (365 * world.years - 70), base - 1 - mix(asks, 212) % 25)
    who = np.concatenate([one[kept], at, asks])
    turn = np.concatenate([np.zeros(int(kept.sum()), np.int64), np.ones(len(at) + len(asks), np.int64)])
    nothing = np.full(len(asks), NO_DAY)
    listed = np.concatenate([first[one][kept], last, nothing])
    ended = np.concatenate([change[again][kept], closed, nothing])
    why = np.concatenate([reason[again][kept], why, np.zeros(len(asks), np.int64)])
    applied = np.concatenate([first[one][kept], last, np.maximum(asked, p.entry[asks] + 1)])
    order = np.lexsort((turn, who))
    who, applied, listed, ended, why, turn = (v[order] for v in (who, applied, listed, ended, why, turn))
    return _confirmed(world, p, who, applied, listed, ended, why, _second(who, turn))


def _notice(p: People) -> Ints:
    return p.frame["removal_notice"].to_physical().cast(pl.Int64).fill_null(NO_DAY).to_numpy()


def _second(who: Ints, turn: Ints) -> Bools:
    """Whether the person had a registration before."""
    same = np.zeros(len(who), bool)
    same[1:] = (who[1:] == who[:-1]) & (turn[1:] > turn[:-1])
    return same


def _confirmed(
    world: World, p: People, who: Ints, applied: Ints, listed: Ints, ended: Ints, why: Ints, second: Bools
) -> Registrations:
    """How each was confirmed, who came to the counter, when it was stopped and its card exchanged."""
    base = base_day(world)
    waits = listed == NO_DAY
    drawn = mix(who * 2 + second, 221) % 100
    ward = p.frame["ward"].to_numpy()[who]
    foreign = p.frame["is_foreign"].to_numpy()[who]
    simple = foreign | ward | second
    way = np.select(
        [waits, (listed < SYSTEM), (drawn < 12) & ~simple, (drawn < 20) & ~foreign & ~ward],
        [INQUIRY, OLD_WAY, INQUIRY, GUARANTOR],
        DOCUMENT,
    )
    guarantor = _guarantor(who, listed, ended, way)
    way = np.where((way == GUARANTOR) & (guarantor == -1), DOCUMENT, way)
    guarantor = np.where(way == GUARANTOR, guarantor, -1)
    asked = (way == INQUIRY) & ~waits
    applied = np.where(asked, listed - 3 - mix(who, 222) % 22, applied)
    spouse, head = p.spouse[who], _head(p)[who]
    helper = np.where(spouse >= 0, spouse, np.where(head != who, head, (who + 1 + mix(who, 223) % 50) % p.size))
    by = np.where(way == INQUIRY, mix(who, 224) % 5 < 2, (way == OLD_WAY) & (mix(who, 224) % 20 == 0))
    helper = np.where(by & (helper != who), helper, -1)
    low = np.maximum(np.maximum(listed, SYSTEM) + 30, base - 365 * world.years)
    until = np.where(ended == NO_DAY, base - 3, ended - 3)
    able = ~waits & (until - low > 40)
    stops = able & (uniform(who * 2 + second, 225) < 0.0012 * world.years)
    stops[np.flatnonzero(able & (ended == NO_DAY))[:1]] = True
    stop = np.where(stops, low + mix(who, 226) % np.maximum(until - low - 20, 1), NO_DAY)
    goes_on = stops & (ended == NO_DAY) & (mix(who, 227) % 4 == 0)
    goes_on[np.flatnonzero(stops & (ended == NO_DAY))[:1]] = True
    resumed = np.where(stops & ~goes_on, np.minimum(stop + 2 + mix(who, 228) % 15, until), NO_DAY)
    reasons = np.array([1, 1, 2, 3, 99])[mix(who, 229) % 5]
    swap = np.maximum(listed, SYSTEM) + 400 + (uniform(who, 230) * 5_000).astype(np.int64)
    swaps = ~waits & (uniform(who, 231) < 0.12) & (swap < until)
    return Registrations(
        world,
        p,
        who,
        applied,
        listed,
        ended,
        why,
        way,
        helper,
        guarantor,
        stop,
        resumed,
        np.where(stops, reasons, 0),
        np.where(swaps, swap, NO_DAY),
    )


def _head(p: People) -> Ints:
    """Position of the head of each person's household, the person where there is none."""
    heads = np.flatnonzero(p.head)
    found = np.full(int(p.hid.max()) + 1, -1)
    found[p.hid[heads[::-1]]] = heads[::-1]
    mine = found[p.hid]
    return np.where(mine >= 0, mine, np.arange(p.size))


def _guarantor(who: Ints, listed: Ints, ended: Ints, way: Ints) -> Ints:
    """For those who came with a guarantor: a registration that stood on the day; -2: of another municipality."""
    order = np.lexsort((np.arange(len(who)), listed))
    rank = np.empty(len(who), np.int64)
    rank[order] = np.arange(len(who))
    waiting = int((listed == NO_DAY).sum())
    found = np.full(len(who), -1)
    for salt in (241, 242, 243):
        room = np.maximum(rank - waiting, 1)
        pick = order[np.minimum(waiting + mix(who, salt) % room, len(who) - 1)]
        good = (listed[pick] < listed) & ((ended[pick] == NO_DAY) | (ended[pick] > listed)) & (who[pick] != who)
        found = np.where((found == -1) & good & (listed[pick] != NO_DAY), pick, found)
    return np.where((way == GUARANTOR) & (mix(who, 244) % 10 == 0), -2, found)
