"""What the town does about unpaid claims: pledges, seizures, respites and stops, limitation and writing off; and
what it gives back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.tax.claims import Claims
from sample_data.tax.frames import NO_DAY, Bools, Ints, mix
from sample_data.tax.payments import BOOKING_DAYS, Paid

PLAIN, PLEDGE, SEIZURE, STOP, RESPITE, HANDED_OVER, LOST, BANKRUPT = range(8)
YEARS_5 = 1826

Table = dict[str, Ints]


@dataclass
class Arrears:
    """Tables of measures; columns are arrays of one length a table. ``debtors`` are the payers with arrears before
    any measure.
    """

    debtors: Ints
    kind: Ints
    """What is done about each debtor."""
    unpaid: Ints
    """Claims in arrears before any measure, by payer and age."""
    unpaid_open: Ints
    pledges: Table
    seizures: Table
    seized: Table
    reliefs: Table
    limits: Table
    over: Table
    refunds: Table


def numbered(groups: Ints) -> Ints:
    """0, 1, 2 ... within each run of equal values."""
    return np.arange(len(groups)) - np.searchsorted(groups, groups)


def manage(c: Claims, paid: Paid, base: int) -> Arrears:
    """Measures as of ``base``; payments that they bring are added to ``paid``."""
    open_ = paid.open(c)
    unpaid = np.flatnonzero((open_ > 0) & (paid.dun != NO_DAY))
    unpaid = unpaid[np.lexsort((unpaid, c.payer[unpaid]))]
    debtors = np.unique(c.payer[unpaid])
    drawn = mix(debtors, 1001) % 100
    kind = np.select(
        [drawn < 24, drawn < 42, drawn < 50, drawn < 54, drawn < 57, drawn < 60, drawn < 61],
        [PLEDGE, SEIZURE, STOP, RESPITE, HANDED_OVER, LOST, BANKRUPT],
        PLAIN,
    )
    # The smallest town has at least one of each measure: the debtors with most unpaid claims.
    counts = np.bincount(np.searchsorted(debtors, c.payer[unpaid]), minlength=len(debtors))
    for at, measure in zip(np.lexsort((debtors, -counts)), (PLEDGE, SEIZURE, STOP, RESPITE), strict=False):
        kind[at] = measure
    before = open_[unpaid]
    of = kind[np.searchsorted(debtors, c.payer[unpaid])]
    over, refunds = _give_back(c, paid, unpaid, base)
    pledges = _pledges(c, paid, unpaid[of == PLEDGE], base)
    seizures, seized = _seizures(c, paid, unpaid[of == SEIZURE], base)
    reliefs = _reliefs(c, paid, unpaid[(of == STOP) | (of == RESPITE)], debtors, kind, base)
    limits = _limits(c, paid, unpaid, of, reliefs, base)
    return Arrears(debtors, kind, unpaid, before, pledges, seizures, seized, reliefs, limits, over, refunds)


def _give_back(c: Claims, paid: Paid, unpaid: Ints, base: int) -> tuple[Table, Table]:
    """過誤納 and its 還付 or 充当 (on the oldest unpaid claim of the same payer)."""
    claim = np.flatnonzero(paid.over > 0)
    key = c.key[claim]
    cut = (c.revised[claim] != NO_DAY) & (c.now[claim] < c.first[claim])
    reason = np.select(
        [cut & (c.now[claim] == 0) & np.isin(c.kam[claim], (12, 51, 61, 71)), cut & (c.now[claim] == 0), cut],
        [7, 5, 2],
        1,
    )
    when = np.where(cut, c.revised[claim], c.due[claim] + 5 + mix(key, 1011) % 30)
    when = np.minimum(np.maximum(when, c.due[claim] - 10), base - 3)
    ghost = mix(key, 1012) % 60 == 7
    first = np.arange(len(claim))
    pick = np.concatenate([first, first[ghost]])
    void = np.concatenate([np.zeros(len(first), bool), np.ones(int(ghost.sum()), bool)])
    claim, reason, when, key = claim[pick], reason[pick], when[pick], key[pick]
    amount = paid.over[claim]
    decided = when + 10 + mix(key, 1013) % 25
    state = np.where(
        void, 1, np.where(decided + 20 > base, np.where(decided > base, 1, 2), np.where(mix(key, 1014) % 40 == 0, 5, 3))
    )
    over: Table = {
        "id": np.arange(1, len(claim) + 1),
        "claim": claim,
        "reason": reason,
        "day": when,
        "amount": amount,
        "state": state,
        "void": void.astype(np.int64),
        "decided": np.where((state == 3) | (state == 2), decided, NO_DAY),
        "told": np.where(state == 3, decided + 3, NO_DAY),
    }

    oldest = unpaid[np.concatenate([[True], c.payer[unpaid][1:] != c.payer[unpaid][:-1]])] if len(unpaid) else unpaid
    done = np.flatnonzero(state == 3)
    at = np.minimum(np.searchsorted(c.payer[oldest], c.payer[claim[done]]), max(len(oldest) - 1, 0))
    has = (c.payer[oldest[at]] == c.payer[claim[done]]) if len(oldest) else np.zeros(len(done), bool)
    target = oldest[at] if len(oldest) else at
    once = np.zeros(len(done), bool)
    _, firsts = np.unique(target[has], return_index=True)
    once[np.flatnonzero(has)[firsts]] = True
    once &= (paid.dun[target] < over["decided"][done] + 7) & (target != claim[done]) if len(oldest) else False
    open_ = paid.open(c)
    put = np.where(once, np.minimum(amount[done], open_[target]), 0) if len(oldest) else np.zeros(len(done), np.int64)
    back = amount[done] - put
    on = over["decided"][done] + 7
    rows_put, rows_back = done[put > 0], done[back > 0]
    paid.add(
        claim=target[put > 0],
        amount=put[put > 0],
        day=on[put > 0],
        channel=10,
        type=9,
        refund=over["id"][rows_put],
        rank=8,
    )
    source = np.concatenate([rows_put, rows_back])
    is_put = np.repeat([True, False], [len(rows_put), len(rows_back)])
    both = np.concatenate([np.zeros(len(rows_put), np.int64), (put > 0)[back > 0].astype(np.int64)])
    how = np.where(is_put, 2, np.where(reason[source] == 7, 3, 1))
    refunds: Table = {
        "id": over["id"][source],
        "number": 1 + both,
        "kind": how,
        "over": source,
        "target": np.concatenate([target[put > 0], np.full(len(rows_back), -1)]),
        "amount": np.concatenate([put[put > 0], back[back > 0]]),
        "day": np.concatenate([on[put > 0], (on + 6)[back > 0]]),
        "void": np.zeros(len(source), np.int64),
    }
    order = np.lexsort((refunds["number"], refunds["id"]))
    return over, {name: values[order] for name, values in refunds.items()}


def _few(c: Claims, claims: Ints, most: int, known: Bools) -> Ints:
    """The oldest claims of each payer, ``most`` at the most, of those that are ``known`` in time."""
    kept = claims[known]
    return kept[numbered(c.payer[kept]) < most]


def _pledges(c: Claims, paid: Paid, claims: Ints, base: int) -> Table:
    """分納誓約: a few claims of a payer in 6 or 12 instalments; three in ten are broken."""
    signed = base - 45 - mix(c.payer[claims], 1021) % 330
    claims = _few(c, claims, 3, paid.dun[claims] + 20 < signed)
    claims = claims[paid.open(c)[claims] > 0]
    payer = c.payer[claims]
    owners = np.unique(payer)
    pledge = np.searchsorted(owners, payer) + 1
    times = np.where(mix(payer, 1022) % 3 == 0, 6, 12)
    signed = base - 45 - mix(payer, 1021) % 330
    row = np.repeat(np.arange(len(claims)), times)
    step = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    owed = paid.open(c)[claims]
    each = owed // times // 100 * 100
    amount = np.where(step == times[row] - 1, owed[row] - (each * (times - 1))[row], each[row])
    due = signed[row] + 15 + 30 * step
    broken_at = np.where(mix(payer, 1023) % 10 < 3, mix(payer, 1024) % 6, 99)
    broken_on = signed + 15 + 30 * broken_at + 30
    broken = (broken_at < times) & (broken_on <= base)
    pays = (due <= base - BOOKING_DAYS - 3) & ~(broken[row] & (step >= broken_at[row])) & (amount > 0)
    on = due - mix(row, 1025) % 3
    settled = np.bincount(row, weights=~pays & (amount > 0), minlength=len(claims)) == 0
    whole = np.bincount(pledge - 1, weights=settled) == np.bincount(pledge - 1) if len(claims) else settled
    state = np.where(broken, 2, np.where(whole[pledge - 1], 3, 1)) if len(claims) else broken.astype(np.int64)
    keep = amount > 0
    paid.add(
        claim=claims[row[pays]],
        amount=amount[pays],
        day=on[pays],
        channel=np.array([1, 3, 8])[mix(row[pays], 1026) % 3],
        type=3,
        pledge=pledge[row[pays]],
        rank=3,
    )
    changed = mix(payer, 1027) % 6 == 0
    parts = []
    for history, use in ((1, keep & changed[row]), (2, keep)):
        older = history == 1
        at = row[use]
        parts.append(
            {
                "id": pledge[at],
                "history": np.where(changed[at], history, 1),
                "latest": np.full(len(at), 1 - older),
                "step": step[use] + 1,
                "claim": claims[at],
                "signed": signed[at] - (20 if older else 0),
                "due": due[use],
                "amount": amount[use],
                "paid": np.where(pays[use] & (not older), amount[use], 0),
                "paid_on": np.where(pays[use] & (not older), on[use], NO_DAY),
                "state": np.full(len(at), 4) if older else state[at],
                "broken": np.where(broken[at] & (not older), broken_on[at], NO_DAY),
            }
        )
    table = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    order = np.lexsort((table["claim"], table["step"], table["history"], table["id"]))
    return {name: values[order] for name, values in table.items()}


def _seizures(c: Claims, paid: Paid, claims: Ints, base: int) -> tuple[Table, Table]:
    """滞納処分 and its claims: one for a payer; what is collected goes to the oldest claims first."""
    done = base - 30 - mix(c.payer[claims], 1031) % 500
    claims = _few(c, claims, 8, paid.dun[claims] + 11 < done)
    claims = claims[paid.open(c)[claims] > 0]
    payer = c.payer[claims]
    owners = np.unique(payer)
    at = np.searchsorted(owners, payer)
    owed = paid.open(c)[claims]
    total = np.bincount(at, weights=owed, minlength=len(owners)).astype(np.int64)
    fee = np.bincount(at, weights=paid.fee[claims], minlength=len(owners)).astype(np.int64)
    drawn = mix(owners, 1032) % 100
    kind = np.select([drawn < 84, drawn < 92], [10, 20], 30)
    asset = np.where(
        kind == 10,
        np.array([1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 12])[mix(owners, 1033) % 11],
        np.array([7, 8])[mix(owners, 1033) % 2],
    )
    when = base - 30 - mix(owners, 1031) % 500
    takes = (kind == 10) & (asset <= 6) & (mix(owners, 1034) % 100 < 60)
    if len(owners):
        kind[0], asset[0], takes[0] = 10, 1, True
    got = np.where(
        takes, np.where(mix(owners, 1035) % 5 < 3, total, np.maximum(total // 300 * 100, np.minimum(total, 100))), 0
    )
    before = np.cumsum(owed) - owed - (np.cumsum(total) - total)[at]
    share = np.clip(got[at] - before, 0, owed)
    collected_on = when + 1 + mix(owners, 1036) % 8
    hit = np.flatnonzero(share > 0)
    paid.add(
        claim=claims[hit],
        amount=share[hit],
        day=collected_on[at[hit]] + 3,
        channel=11,
        type=9,
        seizure=at[hit] + 1,
        rank=4,
    )
    lifted = ~takes & (mix(owners, 1037) % 4 == 0) & (when + 60 < base)
    state = np.where(takes, 3, np.where(lifted, 2, 1))
    seized: Table = {
        "id": at + 1,
        "claim": claims,
        "amount": owed,
        "share": np.where(takes[at], share, -1),
        "fee": paid.fee[claims],
        "out": np.where((state[at] == 2), when[at] + 50, NO_DAY),
        "day": when[at],
    }
    parts = []
    for history, use in ((1, np.flatnonzero(takes)), (2, np.arange(len(owners)))):
        older = history == 1
        parts.append(
            {
                "id": use + 1,
                "history": np.where(takes[use], history, 1),
                "latest": np.full(len(use), 1 - older),
                "payer": owners[use],
                "kind": kind[use],
                "asset": asset[use],
                "day": when[use],
                "total": total[use],
                "fee": fee[use],
                "got": np.where(older, -1, np.where(takes[use], got[use], -1)),
                "got_on": np.where(older | ~takes[use], NO_DAY, collected_on[use]),
                "state": np.where(older, 1, state[use]),
                "lifted": np.where(lifted[use] & (not older), when[use] + 50, NO_DAY),
            }
        )
    table = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    order = np.lexsort((table["history"], table["id"]))
    return {name: values[order] for name, values in table.items()}, seized


def _reliefs(c: Claims, paid: Paid, claims: Ints, debtors: Ints, kinds: Ints, base: int) -> Table:
    """納税緩和措置: stops (執行停止) and respites on all unpaid claims of a payer, one number a payer."""
    payer = c.payer[claims]
    stop = kinds[np.searchsorted(debtors, payer)] == STOP
    start = base - 90 - mix(payer, 1041) % np.where(stop, 1500, 600)
    known = paid.dun[claims] + 5 < start
    claims, payer, stop, start = claims[known], payer[known], stop[known], start[known]
    alive = paid.open(c)[claims] > 0
    claims, payer, stop, start = claims[alive], payer[alive], stop[alive], start[alive]
    owners = np.unique(payer)
    kind = np.where(stop, 4, 1 + mix(payer, 1042) % 3)
    reason = np.select(
        [kind == 4, kind == 1], [31 + mix(payer, 1043) % 3, 11 + mix(payer, 1043) % 4], 21 + mix(payer, 1043) % 2
    )
    at_once = stop & (reason == 33) & (mix(payer, 1044) % 3 == 0)
    over = stop & (start + 1096 <= base)
    end = np.where(stop, NO_DAY, start + 364)
    undone = ~at_once & ~over & (mix(payer, 1045) % 12 == 0)
    result = np.select([at_once | over, undone, ~stop & (start + 364 < base)], [4, 3, 2], 1)
    ended = np.where(at_once, start + 20, start + 1096)
    table: Table = {
        "id": np.searchsorted(owners, payer) + 1,
        "claim": claims,
        "history": np.ones(len(claims), np.int64),
        "latest": np.ones(len(claims), np.int64),
        "kind": kind,
        "reason": reason,
        "start": start,
        "end": end,
        "amount": paid.open(c)[claims],
        "fee": paid.fee[claims],
        "result": result,
        "undone": np.where(undone, np.minimum(start + 80, base - 2), NO_DAY),
        "gone": np.where(stop, start + 1096, NO_DAY),
        "written": np.where(result == 4, ended, NO_DAY),
        "ground": np.where(result == 4, np.where(at_once, 3, 2), 0),
    }
    # Measures that ended have an older row: the state while they ran.
    past = np.flatnonzero(result > 1)
    older = {name: values[past] for name, values in table.items()} | {
        "latest": np.zeros(len(past), np.int64),
        "result": np.ones(len(past), np.int64),
        "undone": np.full(len(past), NO_DAY),
        "written": np.full(len(past), NO_DAY),
        "ground": np.zeros(len(past), np.int64),
    }
    table["history"] = np.where(result > 1, 2, 1)
    table = {name: np.concatenate([older[name], table[name]]) for name in table}
    order = np.lexsort((table["history"], table["claim"], table["id"]))
    return {name: values[order] for name, values in table.items()}


def _limits(c: Claims, paid: Paid, unpaid: Ints, of: Ints, reliefs: Table, base: int) -> Table:
    """時効不納欠損: the limitation of carried claims, renewed by the reminder; what is written off, by a stop or
    because time is up.
    """
    ends = np.flatnonzero((reliefs["latest"] == 1) & (reliefs["ground"] > 0))
    ground = np.zeros(c.size, np.int64)
    on, relief = np.full(c.size, NO_DAY), np.zeros(c.size, np.int64)
    ground[reliefs["claim"][ends]], on[reliefs["claim"][ends]] = reliefs["ground"][ends], reliefs["written"][ends]
    relief[reliefs["claim"][ends]] = reliefs["id"][ends]
    term = np.where(np.isin(c.kam[unpaid], (60, 70)), 730, YEARS_5)
    renewed = paid.dun[unpaid]
    complete = renewed + 11 + term
    # The books close on 31 March: what is complete by then is written off that day.
    up = (complete <= base - 200) & np.isin(of, (PLAIN, HANDED_OVER, LOST, BANKRUPT)) & (ground[unpaid] == 0)
    first = (
        ((complete.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 9) // 12)
        .astype("datetime64[Y]")
        .astype("datetime64[D]")
        .astype(np.int64)
    )
    closes = first + 89
    up &= closes <= base
    ground[unpaid[up]], on[unpaid[up]] = 1, closes[up]
    written = (ground[unpaid] > 0) & (paid.open(c)[unpaid] > 0)
    keep = paid.carried[unpaid] | written
    claim, term, renewed, complete, written = unpaid[keep], term[keep], renewed[keep], complete[keep], written[keep]
    open_ = paid.open(c)[claim]
    parts = []
    for history in (1, 2):
        latest = history == 2
        size = len(claim)
        gone = written & latest
        parts.append(
            {
                "claim": claim,
                "history": np.full(size, history),
                "latest": np.full(size, int(latest)),
                "begin": np.where(latest, renewed + 11, c.due[claim] + 1),
                "renewed": np.where(latest, renewed, NO_DAY),
                "end": np.where(latest, complete, c.due[claim] + 1 + term),
                "complete": np.where(gone & (ground[claim] == 1), complete, NO_DAY),
                "ground": np.where(gone, ground[claim], 0),
                "written": np.where(gone, on[claim], NO_DAY),
                "amount": np.where(gone, open_, -1),
                "fee": np.where(gone, paid.fee[claim], -1),
                "relief": np.where(gone & (ground[claim] > 1), relief[claim], 0),
            }
        )
    paid.written[claim[written]] = open_[written]
    table = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    order = np.lexsort((table["history"], table["claim"]))
    return {name: values[order] for name, values in table.items()}


def reminders(c: Claims, paid: Paid, a: Arrears, base: int) -> Table:
    """督促催告: a 督促状 for every reminded claim; 催告書 twice a year to those in arrears, 差押予告書 before
    seizures.
    """
    dunned = np.flatnonzero(paid.dun != NO_DAY)
    blocks: list[Table] = [
        _letters(
            dunned,
            np.full(len(dunned), 10),
            np.ones(len(dunned), np.int64),
            np.ones(len(dunned), np.int64),
            paid.dun[dunned],
            paid.dun_amount[dunned],
            paid.fee[dunned] * 0,
        )
    ]
    of = a.kind[np.searchsorted(a.debtors, c.payer[a.unpaid])]
    rounds = [base - 75, base - 255, base - 440]
    count = np.zeros(len(a.unpaid), np.int64)
    total = np.sum([paid.dun[a.unpaid] + 30 < when for when in rounds], axis=0)
    for when in reversed(rounds):
        use = paid.dun[a.unpaid] + 30 < when
        count = count + use
        at = a.unpaid[use]
        blocks.append(
            _letters(
                at,
                np.full(len(at), 21),
                count[use],
                (count[use] == total[use]).astype(np.int64),
                np.full(len(at), when),
                a.unpaid_open[use],
                paid.fee[at],
            )
        )
    warned = (of == SEIZURE) & (paid.dun[a.unpaid] + 40 < base - 60)
    at = a.unpaid[warned]
    one = np.ones(len(at), np.int64)
    blocks.append(_letters(at, one * 30, one, one, one * (base - 60), a.unpaid_open[warned], paid.fee[at]))
    table = {name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]}
    order = np.lexsort((table["number"], table["paper"], table["claim"]))
    return {name: values[order] for name, values in table.items()}


def _letters(claim: Ints, paper: Ints, number: Ints, latest: Ints, day: Ints, amount: Ints, fee: Ints) -> Table:
    return {
        "claim": claim,
        "paper": paper,
        "number": number,
        "latest": latest,
        "day": day,
        "amount": amount,
        "fee": fee,
    }
