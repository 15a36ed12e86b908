"""精神障害者保健福祉手帳: who holds one, renewed every two years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a022_disability_welfare.certificates import (
    EXPIRED,
    GIVEN,
    SPIRIT,
    Holders,
    book_number,
    holders,
    share,
)
from sample_data.areas.a022_disability_welfare.facts import MINDS, PREFECTURES
from sample_data.areas.a022_disability_welfare.folk import CHILD_AGE, Folk
from sample_data.areas.insured import first_day, month_index, numbered
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

FARES = day(2025, 4, 1)
"""Railways reduce fares since then."""
NEW, RENEWAL, CHANGE, MOVED_IN = 1, 2, 3, 5
"""申請区分."""


@dataclass(frozen=True)
class Mental:
    """Holders of 精神障害者保健福祉手帳 and their rows, ordered by holder and day."""

    h: Holders
    illness: Ints
    """Position in MINDS of each holder."""
    grade: Ints
    """Today's 等級 of each holder."""
    of: Ints
    kind: Ints
    applied: Ints
    given: Ints
    start: Ints
    end: Ints


def mental(f: Folk) -> Mental:
    """Everybody with 精神障害者保健福祉手帳."""
    weak = (f.weak > 0) & (f.age < 40) & (f.age >= CHILD_AGE) & (mix(f.every, 2221) % 3 == 2)
    has = weak | share(f, (15, 40, 65, 85), (0.0, 0.014, 0.017, 0.007, 0.001), 2301, 0.03)
    has[f.forced[7:9]] = True
    low = np.maximum(np.maximum(f.until - 12 * 365, f.born + 15 * 366), day(1996, 1, 1))
    h = holders(f, has, low, 2302, day(1996, 1, 1), SPIRIT)
    grade = np.select(
        [f.weak[h.at] == 2, f.weak[h.at] == 1],
        [1, 2 + mix(h.at, 2303) % 2],
        1 + np.searchsorted([0.08, 0.66], uniform(h.at, 2303)),
    )
    proved = f.ground[h.at] == SPIRIT
    grade = np.where(proved, np.minimum(grade, 2), grade)
    rows = np.arange(h.size)
    applied = h.first
    kind = np.where(h.came, MOVED_IN, NEW)
    valid_to = np.full(h.size, NO_DAY)
    found: list[tuple[Ints, ...]] = []
    while not found or len(rows):
        key = h.at[rows] * 32 + len(found)
        renewed = kind == RENEWAL
        start = np.where(renewed, valid_to + 1, applied)
        given = applied + 35 + mix(key, 2304) % 25
        end = first_day(month_index(start) + np.where(renewed, 24, 25)) - 1
        end = np.where(kind == CHANGE, first_day(month_index(start) + 25) - 1, end)
        on = given <= np.minimum(h.alive[rows], f.base)
        found.append(tuple(v[on] for v in (rows, kind, applied, given, start, end)))
        rows, end, key = rows[on], end[on], key[on]
        valid_to = end
        # Some let it run out; who declares it to the tax office does not.
        stays = (mix(key, 2305) % 14 > 0) | (f.weak[h.at[rows]] > 0) | proved[rows]
        early = mix(key, 2306) % 15 == 0
        kind = np.where(early, CHANGE, RENEWAL)
        applied = np.where(early, valid_to - 300 + mix(key, 2307) % 150, valid_to - 70 + mix(key, 2308) % 40)
        stays &= applied < np.minimum(h.alive[rows], f.base)
        rows, kind, applied, valid_to = (v[stays] for v in (rows, kind, applied, valid_to))
    columns = [np.concatenate([step[k] for step in found]) for k in range(6)]
    order = np.lexsort((columns[4], columns[0]))
    illness = mix(h.at, 2309) % len(MINDS)
    return Mental(h, illness, grade, *(c[order] for c in columns))


def mental_rows(c: Mental, treated: Bools) -> pl.DataFrame:
    """精神障害者保健福祉手帳情報; ``treated``: whom of the folk 精神通院医療 is granted to."""
    h, f = c.h, c.h.f
    who = h.at[c.of]
    serial, latest = numbered(c.of)
    key = who * 64 + serial
    over = latest & (h.ended[c.of] != NO_DAY) & (c.end >= h.ended[c.of])
    expired = ~over & (c.end < f.base)
    state = np.select([over, expired], [h.state[c.of], EXPIRED], GIVEN)
    outside = f.outside[who]
    issuer = np.where(outside, 1 + mix(who, 2311) % (len(PREFECTURES) - 1), 0)
    lead = np.array([int(p[:2]) for p in PREFECTURES])[issuer]
    # A milder first grade was raised by a change.
    changed = np.zeros(h.size, np.int64)
    np.maximum.at(changed, c.of[c.kind == CHANGE], serial[c.kind == CHANGE])
    milder = (serial < changed[c.of]) & (f.weak[who] == 0) & (f.ground[who] == 0)
    grade = np.minimum(c.grade[c.of] + milder, 3)
    return to_layout(
        "022",
        "精神障害者保健福祉手帳情報",
        pl.DataFrame(
            {
                **f.key(who),
                "履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "手帳番号": digits(lead, 2) + "0" + book_number(who, 0 * who + 3, 2312),
                "交付自治体コード": choose(PREFECTURES, issuer),
                "申請年月日": dates(c.applied),
                "申請区分": digits(c.kind, 1),
                "障害等級": digits(grade, 1),
                "初回交付年月日": dates(np.where(mix(who, 2313) % 20 == 0, NO_DAY, _first_given(c))),
                "交付年月日": dates(c.given),
                "有効期間開始年月日": dates(c.start),
                "有効期限年月日": dates(c.end),
                "主たる精神障害コード": text(choose([m[0] for m in MINDS], c.illness[c.of]), mix(key, 2314) % 25 > 0),
                "旅客運賃減額種別": text(digits(np.where(grade == 1, 1, 2), 1), c.given >= FARES),
                "自立支援医療同時申請フラグ": flag(treated[who] & (mix(key, 2315) % 3 > 0)),
                "手帳状態": digits(state, 1),
                "返還年月日": dates(np.where(over, h.ended[c.of], NO_DAY)),
                "返還事由": text(digits(h.why[c.of], 2), over),
                **operator("sei", key, np.minimum(np.where(over, h.ended[c.of] + 5, c.given + 3), f.base)),
            }
        ),
    )


def _first_given(c: Mental) -> Ints:
    first = np.full(c.h.size, np.iinfo(np.int64).max)
    np.minimum.at(first, c.of, c.given)
    return first[c.of]
