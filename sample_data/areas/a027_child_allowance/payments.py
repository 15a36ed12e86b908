"""支払情報, 支払明細情報, 返還金情報 of area 027: what was paid for each month of each child, when, and what was put
right later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a027_child_allowance.certifications import MOVED_OUT, Certifications
from sample_data.areas.a027_child_allowance.families import ALLOWANCE, PARENT, SPECIAL
from sample_data.areas.a027_child_allowance.holds import LIFTED, Suspensions
from sample_data.areas.a027_child_allowance.months import (
    FIRST,
    REFORM,
    fiscal,
    income_year,
    month_of,
    next_payment,
    scheme,
)
from sample_data.areas.a027_child_allowance.yearly import account_of
from sample_data.areas.insured import first_day, month_text, numbered
from sample_data.tax.frames import NO_DAY, Bools, Ints, choose, dates, digits, mix, number, operator, text, to_layout

REGULAR, EXTRA = 1, 2
"""支払区分."""
CURRENT, ADDED, TAKEN = 1, 2, 3
"""明細区分."""
RUNS = 10_000_000
"""More than there are runs."""
ERROR, CORRECTED = 8, 4
"""過払発生事由."""


@dataclass(frozen=True)
class Details:
    """Parallel columns, one a child, month and 明細区分, ordered by payment, child, month."""

    child: Ints
    month: Ints
    kind: Ints
    run: Ints
    pay: Ints
    """Month of payment."""
    way: Ints
    """支払区分."""
    amount: Ints
    benefit: Ints
    """給付区分."""

    @cached_property
    def payment(self) -> Ints:
        """Number of the payment that a detail belongs to, in the order of the payments."""
        key = self.key
        return np.cumsum(np.append(True, key[1:] != key[:-1])[: len(key)]) - 1

    @property
    def key(self) -> Ints:
        """Of the payment: its month, 支払区分 and run."""
        return (self.pay * 4 + self.way) * RUNS + self.run


@dataclass(frozen=True)
class Debts:
    """返還金: parallel columns, ordered by certification."""

    run: Ints
    cause: Ints
    first: Ints
    last: Ints
    amount: Ints
    found: Ints


@dataclass(frozen=True)
class Payments:
    """All payments of the kept months."""

    c: Certifications
    d: Details
    debts: Debts

    @cached_property
    def head(self) -> Ints:
        """First detail of each payment."""
        payment = self.d.payment
        return np.flatnonzero(np.append(True, payment[1:] != payment[:-1])[: len(payment)])

    @cached_property
    def number(self) -> pl.Series:
        """支払管理番号 of the payments."""
        pay = self.d.pay[self.head]
        return digits((1970 + pay // 12) * 100 + pay % 12 + 1, 6) + digits(numbered(pay)[0], 6)

    @cached_property
    def when(self) -> Ints:
        """Day of each payment."""
        pay, way = self.d.pay[self.head], self.d.way[self.head]
        return first_day(pay) + np.where(way == REGULAR, 9, 19)

    def sums(self, values: Ints) -> Ints:
        return np.bincount(self.d.payment, weights=values, minlength=len(self.head)).astype(np.int64)

    @cached_property
    def total(self) -> Ints:
        return self.sums(self.d.amount)

    @cached_property
    def deducted(self) -> tuple[Ints, Ints]:
        """Per payment what is taken off for a debt, and per debt what was taken off."""
        off, paid = np.zeros(len(self.head), np.int64), np.zeros(len(self.debts.run), np.int64)
        run, pay, way = (v[self.head] for v in (self.d.run, self.d.pay, self.d.way))
        for k in np.flatnonzero(settled_by(self.debts, self.c) == 3):
            # There are a few hundred debts in a large town.
            known = month_of(self.debts.found[k : k + 1])[0]
            later = np.flatnonzero((run == self.debts.run[k]) & (way == REGULAR) & (pay > known) & (off == 0))
            if len(later):
                part = min(int(self.debts.amount[k]), int(self.total[later[0]]))
                off[later[0]], paid[k] = part, part
        return off, paid

    @property
    def years(self) -> list[int]:
        return sorted({int(v) for v in fiscal(self.d.pay[self.head])})


def settled_by(debts: Debts, c: Certifications) -> Ints:
    """How a debt is settled: 1 in full by slip, 2 in part, 3 from later payments, 4 written off, 5 not yet begun."""
    drawn = mix(c.key[debts.run] * 512 + debts.first % 512, 2811)
    fresh = debts.found > c.f.today - 60
    return np.where(fresh, 5, np.array([1, 1, 1, 2, 3, 3, 3, 4])[drawn % 8])


def payments(c: Certifications, s: Suspensions) -> Payments:
    """Details of all payments from the first kept month to the month of the base date."""
    f = c.f
    run_grid = c.grid[f.c_of]
    true = f.amounts(f.result)
    believed, added, corrected = _believed(c)
    paid = f.amounts(believed)
    m = f.months
    inside = (run_grid >= 0) & (true > 0) & (m >= f.window - 8)[None, :] & (m <= f.base)[None, :]
    child, column = np.nonzero(inside)
    month, run = m[column], run_grid[child, column]
    amount, right = paid[child, column].astype(np.int64), true[child, column].astype(np.int64)
    benefit = believed[f.c_of[child], column].astype(np.int64)
    pay = next_payment(np.maximum(month, month_of(c.decided[run])) + 1)
    way = np.full(len(child), REGULAR)
    apart = (c.end_reason[run] == MOVED_OUT) & (mix(c.key[run], 2821) % 3 == 0) & (pay > c.last[run] + 1)
    pay, way = np.where(apart, c.last[run] + 1, pay), np.where(apart, EXTRA, way)
    held = s.holds(run, month)
    slot = np.maximum(s.slot[run], 0)
    lifted = held & (s.state[slot] == LIFTED) if len(s.of) else held
    release = month_of(np.where(s.released == NO_DAY, 0, s.released))[slot] if len(s.of) else pay
    pay, way = np.where(lifted, release, pay), np.where(lifted, EXTRA, way)
    good = (pay >= f.window) & (pay <= f.base) & (~held | lifted)
    d = Details(child, month, np.full(len(child), CURRENT), run, pay, way, amount, benefit)
    d, right = _take(d, good), right[good]
    d, wrong, settled = _errors(c, d)
    at = (f.c_of[d.child], d.month - FIRST)
    more = _later(d, (d.amount != right) & ~wrong & added[at], right - d.amount, ADDED)
    taken = np.full(len(d.run), -5_000)
    # What the next payment is too small for is settled as a debt.
    settled |= np.isin(d.run, _short([d, more, _later(d, wrong & ~settled, taken, TAKEN)]))
    less = _later(d, wrong & ~settled, taken, TAKEN)
    debts = _debts(c, d, right, wrong & settled, corrected[at] & (d.amount > right) & ~wrong)
    parts = [d, more, less]
    whole = Details(*(np.concatenate([getattr(x, n) for x in parts]) for n in _COLUMNS))
    order = np.lexsort((whole.kind, whole.month, whole.child, whole.run, whole.way, whole.pay))
    return Payments(c, _take(whole, order), debts)


_COLUMNS = ("child", "month", "kind", "run", "pay", "way", "amount", "benefit")


def _take(d: Details, at: Ints | Bools) -> Details:
    return Details(*(getattr(d, n)[at] for n in _COLUMNS))


def _believed(c: Certifications) -> tuple[Ints, Bools, Bools]:
    """How recipients were judged when they were paid: mostly rightly. Also where too little, and too much was paid."""
    f = c.f
    m = f.months
    summer = ((m % 12 >= 5) & (m % 12 <= 8) & (m < REFORM))[None, :] & (c.grid >= 0)
    drawn = mix(f.r_payer[:, None] * 64 + income_year(m)[None, :] % 64, 2831)
    parents = (f.r_kind == PARENT)[:, None]
    much = summer & parents & (f.result == SPECIAL) & (drawn % 5 == 0)
    little = summer & parents & (f.result == ALLOWANCE) & (drawn % 120 == 1)
    return np.where(much, ALLOWANCE, np.where(little, SPECIAL, f.result)).astype(np.int8), little, much


def _errors(c: Certifications, d: Details) -> tuple[Details, Bools, Bools]:
    """Some children for whom the amount was 5,000 yen too high in one payment; whether it is settled as a debt (else
    in the next payment). In a small town the first child for whom it is possible."""
    f = c.f
    able = (d.kind == CURRENT) & (d.way == REGULAR) & np.isin(d.amount, (5_000, 10_000)) & (c.kind[d.run] == PARENT)
    able &= c.open[d.run] & (d.pay < f.base - 3) & (d.benefit == ALLOWANCE)
    drawn = mix(f.c_pid[d.child] * 4096 + d.pay % 4096, 2841)
    wrong = able & (drawn % 300 == 0)
    first = np.flatnonzero(able)[:1]
    if not wrong.any() and len(first):
        wrong |= (d.child == d.child[first[0]]) & (d.pay == d.pay[first[0]]) & able
    settled = drawn // 300 % 3 > 0
    if len(first) and not (wrong & settled).any():
        settled |= wrong
    return replace(d, amount=d.amount + np.where(wrong, 5_000, 0)), wrong, settled


def _later(d: Details, where: Bools, amount: Ints, kind: int) -> Details:
    """Details of the first regular payment after the one in which something was paid wrongly; none where there is no
    such payment."""
    at = np.flatnonzero(where & (amount != 0))
    pay = next_payment(d.pay[at] + 2)
    good = np.isin((pay * 4 + REGULAR) * RUNS + d.run[at], np.unique(d.key))
    at, pay = at[good], pay[good]
    size = len(at)
    return Details(
        d.child[at],
        d.month[at],
        np.full(size, kind),
        d.run[at],
        pay,
        np.full(size, REGULAR),
        amount[at],
        np.full(size, ALLOWANCE),
    )


def _short(parts: list[Details]) -> Ints:
    """Runs with a payment whose 児童手当 would be less than nothing."""
    key = np.concatenate([d.key for d in parts])
    amount = np.concatenate([np.where(d.benefit == ALLOWANCE, d.amount, 0) for d in parts])
    payments, of = np.unique(key, return_inverse=True)
    short: Ints = payments[np.bincount(of, weights=amount) < 0] % RUNS
    return short


def _debts(c: Certifications, d: Details, right: Ints, error: Bools, corrected: Bools) -> Debts:
    """One debt a certification and payment."""
    at = np.flatnonzero(error | corrected)
    over = (d.amount - right)[at]
    key = d.run[at] * 100_000 + d.pay[at] * 2 + error[at]
    groups, first, of = np.unique(key, return_index=True, return_inverse=True)
    size = len(groups)
    begin, end = np.full(size, np.iinfo(np.int64).max), np.zeros(size, np.int64)
    np.minimum.at(begin, of, d.month[at])
    np.maximum.at(end, of, d.month[at])
    run, pay = d.run[at][first], d.pay[at][first]
    found = np.minimum(first_day(pay + 1) + mix(c.key[run], 2851) % 70, c.f.today)
    cause = np.where(error[at][first], ERROR, CORRECTED)
    return Debts(run, cause, begin, end, np.bincount(of, weights=over, minlength=size).astype(np.int64), found)


def paid(p: Payments, year: int) -> pl.DataFrame:
    """支払情報 of a fiscal year."""
    c, f = p.c, p.c.f
    rows = np.flatnonzero(fiscal(p.d.pay[p.head]) == year)
    head = p.head[rows]
    run, pay, way, when = p.d.run[head], p.d.pay[head], p.d.way[head], p.when[rows]
    usual = p.d.kind == CURRENT
    low, high = np.full(len(p.head), np.iinfo(np.int64).max), np.zeros(len(p.head), np.int64)
    np.minimum.at(low, p.d.payment[usual], p.d.month[usual])
    np.maximum.at(high, p.d.payment[usual], p.d.month[usual])
    low, high = low[rows], high[rows]
    plain = p.sums(np.where(p.d.benefit == ALLOWANCE, p.d.amount, 0))[rows]
    total, off = p.total[rows], p.deducted[0][rows]
    drawn = mix(c.key[run], 2861)
    rest = total - off
    fees = np.where((drawn % 90 == 0) & (c.kind[run] == PARENT), np.minimum(4_500 * (high - low + 1), rest), 0)
    gift = np.where(drawn % 700 == 1, np.minimum(np.where(drawn % 3 == 0, rest, 10_000), rest), 0) * (fees == 0)
    net = rest - fees - gift
    method = np.where(net == 0, 3, np.where(drawn % 400 == 2, 2, 1))
    key = c.key[run] * 512 + pay % 512
    failed = (mix(key, 2862) % 600 == 0) & (method == 1) & (pay >= f.base - 4)
    retried = (mix(key, 2862) % 500 == 1) & (method == 1) & (way == REGULAR)
    result = np.where(when > f.today, 0, np.where(failed, 2, 1))
    bank = account_of(c, run, when)
    transfer = method == 1
    return to_layout(
        "027",
        "支払情報",
        pl.DataFrame(
            {
                **c.names(run),
                "支払管理番号": p.number.gather(pl.Series(rows)),
                "支払期年月": month_text(pay),
                "支払区分": digits(np.where(retried & (result == 1), 4, way), 1),
                "支払方法": digits(method, 1),
                "支払対象開始年月": month_text(low),
                "支払対象終了年月": month_text(high),
                "支払対象月数": number(high - low + 1),
                "児童手当額": number(plain),
                "特例給付額": number(total - plain),
                "支給総額": number(total),
                "内払調整額": number(-off),
                "徴収額": number(fees),
                "寄附額": number(gift),
                "差引支払額": number(net),
                "支払年月日": dates(np.where(result == 1, when + np.where(retried, 9, 0), NO_DAY)),
                "支払結果": digits(result, 1),
                "振込不能理由": text(choose(["1", "2", "4", "4", "5"], mix(key, 2863) % 5), result == 2),
                **{name: text(column, transfer) for name, column in bank.items()},
                **operator("jid", key, np.minimum(when - 6, f.today)),
            }
        ),
    )


def detailed(p: Payments, year: int) -> pl.DataFrame:
    """支払明細情報 of a fiscal year."""
    c, f, d = p.c, p.c.f, p.d
    rows = np.flatnonzero(fiscal(d.pay) == year)
    child, month, run = d.child[rows], d.month[rows], d.run[rows]
    at = (child, month - FIRST)
    rank = f.rank[at].astype(np.int64)
    payment = d.payment[rows]
    # A payment's details are made in one go.
    key = c.key[run] * 512 + d.pay[rows] % 512
    return to_layout(
        "027",
        "支払明細情報",
        pl.DataFrame(
            {
                **c.names(run),
                "支払管理番号": p.number.gather(pl.Series(payment)),
                "児童_宛名番号": f.atena(f.c_pid[child]),
                "支給年月": month_text(month),
                "明細区分": digits(d.kind[rows], 1),
                "制度区分": digits(scheme(month), 1),
                "給付区分": digits(d.benefit[rows], 1),
                "年齢区分": digits(f.band[at].astype(np.int64), 1),
                "算定順位区分": digits(np.where(c.kind[run] == PARENT, np.minimum(rank, 3), 9), 1),
                "被用者区分": digits(c.cost[run], 1),
                "支給額": number(d.amount[rows]),
                **operator("jid", key, np.minimum(p.when[payment] - 6, f.today)),
            }
        ),
    )


def repaid(p: Payments) -> pl.DataFrame:
    """返還金情報."""
    c, f, b = p.c, p.c.f, p.debts
    way, off = settled_by(b, c), p.deducted[1]
    slip = np.select([way == 1, way == 2], [b.amount, b.amount // 2 // 1000 * 1000], 0)
    lost = np.where(way == 4, b.amount, 0)
    left = b.amount - off - slip - lost
    state = np.select([left == 0, way == 3, way == 5, way == 2], [2, 3, 5, 1], 1)
    state = np.where(way == 4, 4, state)
    key = c.key[b.run] * 512 + b.first % 512
    year = fiscal(month_of(b.found))
    order = np.lexsort((b.run, b.found, year))
    serial = np.zeros(len(order), np.int64)
    serial[order] = numbered(year[order])[0]
    done = np.minimum(b.found + 40 + mix(key, 2871) % 60, f.today)
    touched = np.where(way == 5, b.found, done)
    return to_layout(
        "027",
        "返還金情報",
        pl.DataFrame(
            {
                **c.names(b.run),
                "返還金番号": digits(year * 1_000_000 + serial, 10),
                "発生事由": digits(b.cause, 2),
                "発生年月日": dates(b.found),
                "対象開始年月": month_text(b.first),
                "対象終了年月": month_text(b.last),
                "過払額": number(b.amount),
                "内払調整済額": number(off),
                "返還済額": number(slip),
                "不納欠損額": number(lost),
                "未返還額": number(left),
                "納期限": dates(np.where(np.isin(way, (1, 2, 4)), b.found + 30, NO_DAY)),
                "返還状態": digits(state, 1),
                "完納年月日": dates(np.where(state == 2, done, NO_DAY)),
                **operator("jid", key, touched),
            }
        ),
    )
