"""How claims are paid: on time, late, partly, twice or not at all; reminders, default interest, what is carried
over, overpayments.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sample_data.tax.claims import LEVY_DAYS, WIDE, WITHHELD, Claims, Payers
from sample_data.tax.frames import NO_DAY, Bools, Ints, mix, working_day
from sample_data.tax.pool import uniform

FEE_ACCOUNTS = (20, 40, 60, 70)
"""科目 with 督促手数料 of 100 yen; the town abolished it for the others."""
SLIP_CHANNELS = np.array([3] * 9 + [1] * 4 + [9, 9, 6, 6, 5, 7, 4, 8])
BOOKING_DAYS = 8
"""Days within which a payment is booked: later ones are not known yet on the base date."""

ROW = (
    "claim",
    "amount",
    "fee",
    "interest",
    "day",
    "channel",
    "type",
    "kind",
    "moved",
    "moved_from",
    "pledge",
    "seizure",
    "refund",
    "rank",
)
"""Columns of payment rows. ``kind``: 消込区分; ``moved``: 組替区分; ``pledge``, ``seizure``, ``refund``: numbers of
the measure, -1 none; ``rank``
orders rows of the same claim and day."""
Rows = dict[str, Ints]


@dataclass
class Paid:
    """State of each claim (parallel to the claims), and the payment rows (joined and numbered by :meth:`rows`)."""

    account: Bools
    """Paid by direct debit."""
    channel: Ints
    dun: Ints
    """Day of the 督促状, or NO_DAY."""
    dun_amount: Ints
    carried: Bools
    fee: Ints
    interest: Ints
    waived: Bools
    """Default interest was waived."""
    over: Ints
    """Overpaid amount, refunded or not."""
    written: Ints
    """Written off."""
    blocks: list[Rows] = field(default_factory=list)
    paid: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    prepaid: Bools = field(default_factory=lambda: np.zeros(0, bool))

    def add(self, **columns: Ints | int) -> None:
        """Payment rows; columns that are left out are 0, the numbers of measures -1. Confirmed amounts count as
        paid.
        """
        size = len(np.asarray(columns["claim"]))
        block = {
            name: np.zeros(size, np.int64)
            + columns.get(name, -1 if name in ("pledge", "seizure", "refund") else 1 if name == "kind" else 0)
            for name in ROW
        }
        self.blocks.append(block)
        sure = block["kind"] == 1
        np.add.at(self.paid, block["claim"][sure], block["amount"][sure])

    def rows(self) -> Rows:
        """All payment rows by claim and day, with ``number`` (収納履歴番号); once, when all are in."""
        rows = {name: np.concatenate([b[name] for b in self.blocks]) for name in ROW}
        order = np.lexsort((rows["rank"], rows["day"], rows["claim"]))
        rows = {name: values[order] for name, values in rows.items()}
        claim = rows["claim"]
        rows["number"] = np.arange(len(claim)) - np.searchsorted(claim, claim) + 1
        # The joined rows replace the blocks; all but the claim fit 32 bits (a full-size town has three million rows).
        self.blocks.clear()
        return {name: values if name == "claim" else values.astype(np.int32) for name, values in rows.items()}

    def open(self, c: Claims) -> Ints:
        """未納額 of each claim."""
        return c.now - self.paid - self.written + self.over


def closing(fuka: Ints) -> Ints:
    """Last day of the fiscal year's accounts (31 May of the next year)."""
    first = ((fuka + 1) - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    last: Ints = first + 150 + ((fuka + 1) % 4 == 0)
    return last


def interest(amount: Ints, days: Ints) -> Ints:
    """延滞金, at 2.4 % for a month and 8.7 % after it; tax below 2,000 yen and interest below 1,000 yen count as
    nothing.
    """
    counted = amount // 1000 * 1000
    sum_ = counted * (np.minimum(days, 30) * 24 + np.maximum(days - 30, 0) * 87) // 365_000
    sum_ = sum_ // 100 * 100
    return np.where((counted < 2000) | (sum_ < 1000) | (days <= 0), 0, sum_)


def pay(c: Claims, who: Payers, base: int) -> Paid:
    """The payments that nobody had to enforce."""
    key = c.key
    careless = who.careless()[c.payer]
    withheld = np.isin(c.kam, WITHHELD)
    old = c.part == 0
    group = c.payer * 100 + c.kam
    account = (uniform(group, 971) < np.where(careless, 0.06, 0.44)) & ~withheld & ~old & (c.kam != 20)
    prepaid = (
        (uniform(group, 973) < 0.06)
        & np.isin(c.kam, (10, 30))
        & (c.soto == c.fuka)
        & (c.period < 5)
        & ~careless
        & ~account
    )
    channel = np.select(
        [c.kam == 11, withheld, account, c.kam == 20],
        [np.where(mix(c.agent + 2, 974) % 5 < 3, 14, 7), 13, 2, np.where(mix(c.payer, 974) % 5 < 3, 7, 1)],
        SLIP_CHANNELS[mix(key, 976) % len(SLIP_CHANNELS)],
    )
    drawn = uniform(key, 975)
    edges = np.select(
        [withheld[None, :], old[None, :], careless[None, :]],
        [np.array([[2.0], [2], [2]]), np.array([[0.0], [0.35], [0.45]]), np.array([[0.2], [0.45], [0.55]])],
        np.array([[0.957], [0.993], [0.9945]]),
    )
    on_time, late, part = (
        drawn < edges[0],
        (drawn >= edges[0]) & (drawn < edges[1]),
        (drawn >= edges[1]) & (drawn < edges[2]),
    )
    early = np.where(
        withheld, mix(key, 977) % 3, np.where(account, 0, np.minimum(mix(key, 977) % 24, c.due - c.start + 24))
    )
    delay = 1 + (mix(key, 978) % 1000) ** 2 // np.where(careless, 3_000, 7_000)
    when = np.select(
        [prepaid, on_time, late | part], [c.start - mix(key, 979) % 12, c.due - early, c.due + delay], NO_DAY
    )
    when = np.where(old & (when != NO_DAY), closing(c.fuka) + 20 + mix(key, 980) % 500, when)
    pending = (when > base - BOOKING_DAYS) & (when <= base - 2) & (channel == 3) & ~np.isin(c.kam, WIDE)
    promised = when
    when = np.where(when > base - BOOKING_DAYS, NO_DAY, when)
    known = when != NO_DAY

    owed = np.where((c.revised == NO_DAY) | (when < c.revised), c.first, c.now)
    amount = np.where(part, np.maximum(owed // 200 * 100, np.minimum(owed, 100)), owed)
    amount = np.where(known, amount, 0)
    dun = working_day(c.due + 20)
    at_dun = np.where((c.revised == NO_DAY) | (dun < c.revised), c.first, c.now)
    at_dun = np.where(known & (when <= dun), at_dun - amount, at_dun)
    dunned = ~withheld & (at_dun > 0) & (dun <= base - 3) & (~known | (when > dun) | part)
    fee = np.where(dunned & np.isin(c.kam, FEE_ACCOUNTS), 100, 0)
    days = np.where(known, when - c.due, 0)
    full = interest(amount, days)
    waived = (full > 0) & (mix(key, 981) % 7 == 0)
    extra = np.where(waived, 0, full)
    closed = closing(c.fuka)
    carried = ~withheld & (closed <= base) & (np.where(known & (when <= closed), c.now - amount, c.now) > 0)

    result = Paid(
        account,
        channel,
        np.where(dunned, dun, NO_DAY),
        np.where(dunned, at_dun, 0),
        carried,
        fee,
        np.where(known, extra, 0),
        waived,
        np.zeros(c.size, np.int64),
        np.zeros(c.size, np.int64),
        paid=np.zeros(c.size, np.int64),
        prepaid=prepaid,
    )
    main = np.flatnonzero(amount > 0)
    by_reminder = dunned & (when > dun)
    sort = np.select([prepaid, by_reminder, (c.kam == 10) & (c.period == 5)], [2, 4, 6], 1)
    moved = _moved(c, key, amount, when, main, withheld)
    result.add(
        claim=main,
        amount=amount[main],
        fee=np.where(by_reminder, fee, 0)[main],
        interest=extra[main],
        day=when[main],
        channel=channel[main],
        type=sort[main],
        moved=np.where(moved[main], 2, 0),
        moved_from=np.where(moved[main], 1, 0),
        rank=5,
    )
    _wrong_first(c, result, np.flatnonzero(moved), amount, when, channel)
    rise = np.flatnonzero(
        (amount > 0)
        & ~part
        & (c.revised != NO_DAY)
        & (when < c.revised)
        & (c.now > c.first)
        & (c.revised + 35 <= base - BOOKING_DAYS)
    )
    result.add(
        claim=rise, amount=(c.now - c.first)[rise], day=c.revised[rise] + 35, channel=channel[rise], type=6, rank=6
    )
    could = (amount > 0) & ~part & ~withheld & ~moved & (when + 25 < base - BOOKING_DAYS)
    twice = np.flatnonzero(could & (uniform(key, 983) < 0.004))
    # Some claim is paid twice in the smallest town too: the earliest ones.
    eligible = np.flatnonzero(could)
    twice = np.union1d(twice, eligible[np.lexsort((eligible, c.due[eligible]))][:3])
    result.add(
        claim=twice, amount=amount[twice], day=when[twice] + 3 + mix(key[twice], 984) % 20, channel=1, type=1, rank=7
    )
    result.over = np.maximum(result.paid - c.now, 0)
    early_news = main[(channel[main] == 3) & (mix(key[main], 985) % 50 == 0)]
    result.add(claim=early_news, amount=amount[early_news], day=when[early_news], channel=3, type=1, kind=2, rank=1)
    waiting = np.flatnonzero(pending & (amount == 0) & (c.now > 0))
    result.add(claim=waiting, amount=c.now[waiting], day=promised[waiting], channel=3, type=1, kind=2, rank=1)
    undone = main[mix(key[main], 986) % 700 == 0]
    result.add(claim=undone, amount=amount[undone], day=when[undone], channel=8, type=9, kind=9, rank=2)
    return result


def _moved(c: Claims, key: Ints, amount: Ints, when: Ints, main: Ints, withheld: Bools) -> Bools:
    """Claims whose payment was booked on the period before at first (組替先)."""
    prior = np.maximum(np.arange(c.size) - 1, 0)
    same = (
        (c.notice[prior] == c.notice)
        & (c.kam[prior] == c.kam)
        & (c.sink[prior] == c.sink)
        & (c.period[prior] < c.period)
        & (c.part[prior] == c.part)
    )
    hit = same & (mix(key, 982) % 1500 == 0) & (amount > 0) & (amount[prior] > 0) & ~withheld & (when[prior] <= when)
    alone: Bools = hit & ~np.concatenate([[False], hit[:-1]])
    return alone


def _wrong_first(c: Claims, result: Paid, moved: Ints, amount: Ints, when: Ints, channel: Ints) -> None:
    """The first, wrong booking on the claim before, and its way back (組替元)."""
    wrong = moved - 1
    early = np.minimum(when[wrong], when[moved])
    result.add(claim=wrong, amount=amount[moved], day=early, channel=channel[moved], type=1, rank=0)
    result.add(claim=wrong, amount=-amount[moved], day=early, channel=channel[moved], type=1, moved=1, rank=1)


def levy_day(c: Claims) -> Ints:
    """Day on which a claim was first booked."""
    day_ = c.start - LEVY_DAYS
    april = (c.fuka - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64) + 90 + (c.fuka % 4 == 0)
    booked: Ints = np.maximum(day_, april)
    return booked
