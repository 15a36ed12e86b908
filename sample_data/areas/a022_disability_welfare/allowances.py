"""手当: 特別障害者手当, 障害児福祉手当, 経過的福祉手当 and 特別児童扶養手当, and the payments of the first three."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a022_disability_welfare.certificates import Intellectual, Physical
from sample_data.areas.a022_disability_welfare.facts import CHILD_RATES, RATES
from sample_data.areas.a022_disability_welfare.folk import ADULT_AGE, DEAD, HERE, Folk
from sample_data.areas.a022_disability_welfare.support import DISMISSED, GRANTED, PENDING
from sample_data.areas.insured import bank, first_day, month_index, month_text, numbered
from sample_data.tax.frames import (
    NO_DAY,
    Bools,
    Ints,
    choose,
    dates,
    day,
    digits,
    flag,
    mix,
    number,
    operator,
    text,
    to_layout,
)
from sample_data.tax.pool import uniform

GROWN, YOUNG, OLD_LAW, RAISING = 1, 2, 3, 4
"""手当種別."""
RUNNING, STOPPED, LOST, REFUSED, OPEN = 1, 2, 4, 5, 6
"""資格状態."""
PAY_MONTHS = (2, 5, 8, 11)
PAID, DUE, FAILED = 1, 2, 3
"""支払状態."""


@dataclass(frozen=True)
class Titles:
    """Entitlements ordered by recipient and 手当種別; parallel arrays."""

    f: Folk
    who: Ints
    sort: Ints
    child: Ints
    """対象児童, -1 where none."""
    grade: Ints
    asked: Ints
    settled: Ints
    """認定年月日."""
    result: Ints
    state: Ints
    ended: Ints
    """喪失年月日, or NO_DAY."""
    why: Ints
    stop: Ints
    """Month (since 1970-01) from which payment is stopped, or NO_DAY."""

    @cached_property
    def begin(self) -> Ints:
        """First month that is paid for."""
        return month_index(self.asked) + 1


def rate(sort: Ints, grade: Ints, month: Ints) -> Ints:
    """手当月額 in months."""
    year = np.clip(1970 + (month - 3) // 12, min(RATES), max(RATES))
    at = year - min(RATES)
    own, young = (np.array([RATES[y][k] for y in sorted(RATES)])[at] for k in (0, 1))
    heavy, light = (np.array([CHILD_RATES[y][k] for y in sorted(CHILD_RATES)])[at] for k in (0, 1))
    return np.select([sort == GROWN, sort == RAISING], [own, np.where(grade == 1, heavy, light)], young)


def titles(f: Folk, b: Physical, i: Intellectual) -> Titles:
    """Everybody who asked for an allowance."""
    severe, known = np.zeros(f.size, bool), np.zeros(f.size, bool)
    severe[b.h.at] = b.today <= 2
    severe[i.h.at] |= i.severe
    known[b.h.at], known[i.h.at] = True, True
    every, adult = f.every, f.age >= ADULT_AGE
    inside = ~f.outside
    grown = adult & severe & (uniform(every, 2701) < 0.055) & inside
    grown[f.forced[3:6]] = True
    old = adult & severe & (f.born < day(1966, 4, 1)) & ~grown & (uniform(every, 2702) < 0.006) & inside
    few = np.zeros(f.size, bool)
    few[i.h.at[:1]] = True
    young = (f.age < ADULT_AGE) & severe & inside & ((uniform(every, 2703) < 0.5) | few)
    minor = (f.age < ADULT_AGE) & known & (f.guardian >= 0) & inside & ((uniform(every, 2704) < 0.8) | young)
    raised = np.flatnonzero(minor)
    raised = raised[np.unique(f.guardian[raised], return_index=True)[1]]
    none = np.full(f.size, -1)
    blocks = []
    for sort, who, child in (
        (GROWN, np.flatnonzero(grown), none),
        (YOUNG, np.flatnonzero(young), none),
        (OLD_LAW, np.flatnonzero(old), none),
        (RAISING, f.guardian[raised], raised),
    ):
        of = child if sort == RAISING else who
        low = f.birthday(ADULT_AGE, who) if sort == GROWN else f.born[of] + 400
        low = np.maximum(np.maximum(low, f.since[who]), np.where(sort == OLD_LAW, f.window - 9000, f.window - 1500))
        low = np.maximum(low, f.since[of])
        top = np.minimum(f.until[who], f.until[of]) - 60
        fit = low < top
        who, of, low, top = who[fit], of[fit], low[fit], top[fit]
        asked = low + mix(of, 2705) % (top - low)
        new = (mix(of, 2706) % 60 == 0) & (f.where[who] == HERE)
        asked = np.where(new, f.base - 8 - mix(of, 2706) // 60 % 12, asked)
        asked = np.where(np.isin(who, f.forced), np.minimum(asked, f.window - 60), asked)
        asked = np.maximum(asked, low)
        blocks.append((who, np.full(len(who), sort), of if sort == RAISING else np.full(len(who), -1), asked))
    who, sort_of, child, asked = (np.concatenate([block[k] for block in blocks]) for k in range(4))
    order = np.lexsort((sort_of, who))
    who, sort_of, child, asked = who[order], sort_of[order], child[order], asked[order]
    of = np.where(sort_of == RAISING, child, who)
    settled = asked + 20 + mix(of, 2707) % 14
    refused = (mix(of, 2708) % 40 == 0) & ~np.isin(who, f.forced) & (f.where[who] == HERE)
    result = np.select([settled > f.base, refused], [PENDING, DISMISSED], GRANTED)
    grown_up = np.where(np.isin(sort_of, (YOUNG, RAISING)), f.birthday(ADULT_AGE, of), np.iinfo(np.int32).max)
    leaves = np.where(f.gone[who] == NO_DAY, np.iinfo(np.int32).max, f.gone[who])
    child_leaves = np.where(f.gone[of] == NO_DAY, np.iinfo(np.int32).max, f.gone[of])
    home = (mix(of, 2709) % 25 == 0) & ~np.isin(who, f.forced) & (settled + 500 < f.until[who])
    housed = np.where(home, settled + 120 + mix(of, 2710) % 300, np.iinfo(np.int32).max)
    last = np.minimum(np.minimum(grown_up, leaves), np.minimum(child_leaves, housed))
    lost = (result == GRANTED) & (last <= f.base)
    why = np.select(
        [last == housed, last == grown_up, (last == leaves) & (f.where[who] == DEAD), last == leaves],
        [3, 6, 1, 2],
        np.where(f.where[of] == DEAD, 1, 2),
    )
    year = f.world.base_date.year
    august = (year - 1970) * 12 + 7
    stopped = ((mix(of, 2711) % 11 == 0) & ~np.isin(who, f.forced[3:5])) | np.isin(who, f.forced[5:6])
    stopped &= (result == GRANTED) & ~lost & (month_index(asked) + 1 < august)
    state = np.select([result == PENDING, result == DISMISSED, lost, stopped], [OPEN, REFUSED, LOST, STOPPED], RUNNING)
    return Titles(
        f,
        who,
        sort_of,
        child,
        1 + mix(of, 2712) % 2,
        asked,
        settled,
        result,
        state,
        np.where(lost, last, NO_DAY),
        why,
        np.where(stopped, august, NO_DAY),
    )


def title_rows(t: Titles) -> pl.DataFrame:
    """手当受給資格情報: the claim, and one row each April of the kept years, when the amount is revised."""
    f = t.f
    years = np.arange(f.world.window.year, f.world.base_date.year + 1)
    april = np.array([day(int(y), 4, 1) for y in years])
    end = np.where(t.ended == NO_DAY, f.base, t.ended)
    on = (t.result == GRANTED)[:, None] & (april[None, :] > t.settled[:, None]) & (april[None, :] < end[:, None])
    row, place = np.nonzero(on)
    of = np.concatenate([np.arange(len(t.who)), row])
    when = np.concatenate([np.where(t.result == GRANTED, t.settled, t.asked), april[place]])
    order = np.lexsort((when, of))
    of, when = of[order], when[order]
    serial, latest = numbered(of)
    who, sort = t.who[of], t.sort[of]
    key = (who * 8 + sort) * 64 + serial
    person = np.where(sort == RAISING, t.child[of], who)
    granted = t.result[of] == GRANTED
    state = np.where(latest, t.state[of], RUNNING)
    stopped, lost = state == STOPPED, state == LOST
    reason = np.array([2, 2, 2, 1, 3])[mix(who, 2721) % 5]
    month = np.maximum(month_index(when), t.begin[of])
    limited = granted & (mix(person, 2722) % 4 == 0)
    judged = 1970 + (month_index(when) - 7) // 12
    money = bank(who, f.kana.gather(pl.Series(who)), np.ones(len(who), bool))
    touched = np.where(lost, t.ended[of] + 9, np.where(stopped, first_day(np.maximum(t.stop[of], 0)) + 10, when + 3))
    return to_layout(
        "022",
        "手当受給資格情報",
        pl.DataFrame(
            {
                **f.key(who),
                "手当種別": digits(sort, 1),
                "履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "認定番号": digits(np.full(len(of), 350), 3) + digits(of * 7 + 1_000, 6),
                "対象児童_宛名番号": f.number(t.child[of], sort == RAISING),
                "請求年月日": dates(t.asked[of]),
                "認定結果": digits(t.result[of], 1),
                "認定年月日": dates(np.where(granted, t.settled[of], NO_DAY)),
                "支給開始年月": month_text(t.begin[of], granted),
                "障害程度級": text(digits(t.grade[of], 1), (sort == RAISING) & granted),
                "有期認定期限": dates(
                    np.where(limited, first_day(month_index(t.settled[of]) + 36 + mix(person, 2723) % 30) - 1, NO_DAY)
                ),
                "手当月額": number(rate(sort, t.grade[of], month), granted),
                "資格状態": digits(state, 1),
                "支給停止事由": text(digits(reason, 1), stopped),
                "支給停止開始年月": month_text(np.where(stopped, t.stop[of], 0), stopped),
                "支給停止終了年月": month_text(np.where(stopped, t.stop[of] + 11, 0), stopped & (reason < 3)),
                "所得判定年度": text(digits(judged, 4), granted),
                "本人所得額": number(f.income[who], granted),
                "扶養義務者等所得額": number(f.home_income[who], granted & (mix(who, 2724) % 6 > 0)),
                **money,
                "喪失年月日": dates(np.where(lost, t.ended[of], NO_DAY)),
                "喪失事由": text(digits(t.why[of], 2), lost),
                **operator("tea", key, np.minimum(touched, f.base)),
            }
        ),
    )


@dataclass(frozen=True)
class Payments:
    """Payments ordered by recipient, 手当種別 and month; parallel arrays. ``again`` ones are 随時払."""

    t: Titles
    of: Ints
    month: Ints
    """支払年月, months since 1970-01."""
    again: Bools
    first: Ints
    count: Ints
    amount: Ints
    change: Ints
    """調整額, 0 where none."""
    state: Ints
    when: Ints

    def years(self) -> list[int]:
        return sorted({int(m) // 12 + 1970 for m in self.month})


def payments(t: Titles) -> Payments:
    """The payments of the kept years: in February, May, August and November the three months before."""
    f = t.f
    months = np.arange(month_index(np.array([f.window]))[0] + 1, month_index(np.array([f.base + 45]))[0] + 1)
    months = months[np.isin(months % 12 + 1, PAY_MONTHS)]
    able = np.flatnonzero((t.result == GRANTED) & (t.sort != RAISING))
    last = np.where(t.ended == NO_DAY, 10**6, month_index(np.where(t.ended == NO_DAY, 0, t.ended)))
    last = np.where(t.stop == NO_DAY, last, np.minimum(last, t.stop - 1))
    covered = months[None, :, None] - np.array([3, 2, 1])[None, None, :]
    inside = (covered >= t.begin[able][:, None, None]) & (covered <= last[able][:, None, None])
    one = rate(t.sort[able][:, None, None] + 0 * covered, 0 * covered + 1, covered + 0 * inside)
    count, amount = inside.sum(axis=2), (one * inside).sum(axis=2)
    row, place = np.nonzero(count)
    of, month = able[row], months[place]
    count, amount = count[row, place], amount[row, place]
    first = (covered[0, place] + np.where(inside[row, place], 0, 10**6)).min(axis=1)
    key = (t.who[of] * 8 + t.sort[of]) * 1024 + month
    tenth = first_day(month) + 9
    weekday = (tenth + 3) % 7
    when = tenth - np.where(weekday == 5, 1, np.where(weekday == 6, 2, 0))
    change = np.where((mix(key, 2731) % 60 == 0) & (count > 1), -(amount // count) // 1_000 * 1_000 + 1_000, 0)
    failed = (mix(key, 2732) % 70 == 0) | np.isin(t.who[of], f.forced[3:4]) & (month == months[-2])
    state = np.select([when > f.base, failed], [DUE, FAILED], PAID)
    back = np.flatnonzero(state == FAILED)
    later = when[back] + 16 + mix(key[back], 2733) % 10

    def both(values: Ints, more: Ints) -> Ints:
        return np.concatenate([values, more])

    columns = (
        both(of, of[back]),
        both(month, month[back]),
        both(first, first[back]),
        both(count, count[back]),
        both(amount, amount[back]),
        both(change, change[back]),
        both(state, np.where(later > f.base, DUE, PAID)),
        both(when, later),
    )
    again = np.arange(len(of) + len(back)) >= len(of)
    order = np.lexsort((again, columns[1], columns[0]))
    of, month, first, count, amount, change, state, when = (c[order] for c in columns)
    return Payments(t, of, month, again[order], first, count, amount, change, state, when)


def payment_rows(p: Payments, year: int) -> pl.DataFrame:
    """手当支払情報 of one calendar year; the regular payments of a year were last touched together."""
    f = p.t.f
    at = np.flatnonzero(p.month // 12 + 1970 == year)
    of, month, state, again = p.of[at], p.month[at], p.state[at], p.again[at]
    who, sort = p.t.who[of], p.t.sort[of]
    done = np.where(state == PAID, p.when[at], NO_DAY)
    run = np.cumsum(np.append(True, of[1:] != of[:-1])[: len(of)]) - 1
    newest = np.full(int(run.max()) + 1 if len(run) else 0, NO_DAY)
    np.maximum.at(newest, run, np.where(again, NO_DAY, np.minimum(p.when[at], f.base)))
    touched = np.where(again, np.minimum(p.when[at], f.base), newest[run])
    key = np.where(again, (who * 8 + sort) * 1024 + month, (who * 8 + sort) * 1024)
    paper = mix(who, 2734) % 30 == 0
    return to_layout(
        "022",
        "手当支払情報",
        pl.DataFrame(
            {
                **f.key(who),
                "手当種別": digits(sort, 1),
                "支払年月": month_text(month),
                "支払連番": number(1 + again),
                "対象開始年月": month_text(p.first[at]),
                "対象終了年月": month_text(p.first[at] + p.count[at] - 1),
                "対象月数": number(p.count[at]),
                "支給額": number(p.amount[at]),
                "調整額": number(p.change[at], p.change[at] != 0),
                "支払額": number(p.amount[at] + p.change[at]),
                "支払方法": choose(["1", "2"], (paper | again).astype(np.int64)),
                "支払状態": digits(state, 1),
                "支払年月日": dates(done),
                **operator("tea", key, touched),
            }
        ),
    )
