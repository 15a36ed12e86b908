"""補装具 and 日常生活用具: what holders of 身体障害者手帳 were granted in the kept years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a022_disability_welfare.certificates import Physical
from sample_data.areas.a022_disability_welfare.facts import AIDS, DEALERS, PARTS, STOMA, TOOLS
from sample_data.areas.a022_disability_welfare.folk import Folk
from sample_data.areas.a022_disability_welfare.support import DISMISSED, GRANTED, PENDING, WITHDRAWN
from sample_data.areas.insured import month_index, month_text, years_of
from sample_data.tax.frames import (
    NO_DAY,
    Bools,
    Ints,
    choose,
    dates,
    digits,
    mix,
    number,
    operator,
    text,
    to_layout,
)
from sample_data.tax.pool import uniform

BUY, REPAIR, LEND = 1, 2, 3
"""支給区分."""
POOR, LOW, TAXED, RICH = 1, 2, 3, 5
"""所得区分."""
MOST = 37_200
"""Highest 利用者負担."""
RICH_LEVY = 460_000


@dataclass(frozen=True)
class Requests:
    """Applications ordered by day; parallel arrays."""

    f: Folk
    who: Ints
    when: Ints
    decided: Ints
    result: Ints
    what: Ints
    """Position in AIDS (or of the first item in TOOLS)."""
    number: pl.Series
    """申請番号."""
    group: Ints

    @property
    def year(self) -> Ints:
        return years_of(self.when)

    def of(self, year: int) -> Ints:
        return np.flatnonzero(self.year == year)


def _requests(b: Physical, draws: Ints, share: float, salt: int) -> tuple[Ints, Ints]:
    """Holder and day of each drawn application; ``draws``: how often each holder may ask (evenly spread)."""
    f, h = b.h.f, b.h
    row = np.repeat(np.arange(h.size), draws)
    step = np.arange(len(row)) - np.repeat(np.cumsum(draws) - draws, draws)
    low = np.maximum(h.first[row] + 40, f.window)
    span = np.minimum(h.alive[row], f.base) - 3 - low
    when = low + (span * (step + uniform(h.at[row] * 64 + step, salt)) / np.maximum(draws[row], 1)).astype(np.int64)
    hit = (span > 30) & (uniform(h.at[row] * 64 + step, salt + 1) < share)
    return row[hit], when[hit]


def _finish(f: Folk, who: Ints, when: Ints, what: Ints, salt: int, delay: int) -> Requests:
    order = np.lexsort((who, when))
    who, when, what = who[order], when[order], what[order]
    year = years_of(when)
    serial = np.arange(len(who)) - np.searchsorted(year, year) + 1
    key = who * 4096 + when % 4096
    decided = when + delay + mix(key, salt) % 12
    drawn = mix(key, salt + 1) % 120
    levy = f.home_levy[who]
    group = np.select(
        [(levy == 0) & (mix(who, 2441) % 14 == 0), levy == 0, levy >= RICH_LEVY], [POOR, LOW, RICH], TAXED
    )
    result = np.select([drawn == 0, drawn == 1, group == RICH], [DISMISSED, WITHDRAWN, DISMISSED], GRANTED)
    result = np.where(decided > f.base, PENDING, result)
    return Requests(f, who, when, decided, result, what, digits(year, 4) + digits(serial, 8), group)


def devices(b: Physical) -> Requests:
    """Applications for 補装具."""
    f, h = b.h.f, b.h
    fits = np.array([[p.code[0] in aid.parts for aid in AIDS] for p in PARTS])[b.part[:, 0]]
    years = np.full(h.size, f.world.years)
    sure = np.isin(h.at, f.forced)
    able = fits.any(axis=1)
    row, when = _requests(b, np.where(able, years, 0), 0.085, 2601)
    more, then = _requests(b, np.where(able & sure, 1, 0), 1.0, 2603)
    row, when = np.concatenate([row, more]), np.concatenate([when, then])
    mask = fits[row]
    wanted = mix(h.at[row] * 64 + when % 64, 2605) % mask.sum(axis=1)
    what = (mask & (np.cumsum(mask, axis=1) == (wanted + 1)[:, None])).argmax(axis=1)
    return _finish(f, h.at[row], when, what, 2606, 18)


def device_rows(r: Requests, year: int) -> pl.DataFrame:
    """補装具費支給情報 of the applications of a year."""
    f, at = r.f, r.of(year)
    who, when, what, result = r.who[at], r.when[at], r.what[at], r.result[at]
    key = who * 4096 + when % 4096
    granted = result == GRANTED
    lent = np.array([a.lent for a in AIDS])[what] & (mix(key, 2611) % 12 == 0)
    way = np.where(lent, LEND, np.where(mix(key, 2612) % 4 == 0, REPAIR, BUY))
    price = np.array([a.price for a in AIDS])[what] * (80 + mix(key, 2613) % 41) // 100
    price = np.where(way == REPAIR, price // 5, np.where(way == LEND, price // 24, price)) // 10 * 10
    own = np.where(r.group[at] == TAXED, np.minimum(price // 10, MOST), 0)
    codes = np.array([int(a.code) for a in AIDS])[what]
    judged_by = np.where(np.isin(codes, (1, 2, 3, 7, 8, 9, 12)) & (way != REPAIR), 3, 4)
    judged = np.where(granted | (result == DISMISSED), np.minimum(when + 8 + mix(key, 2614) % 8, r.decided[at]), NO_DAY)
    first = month_index(r.decided[at]) + 1
    paid = r.decided[at] + 35 + mix(key, 2615) % 30
    borrowed = granted & (way == LEND)
    extra = (mix(key, 2616) % 15 == 0) & (way == BUY)
    return to_layout(
        "022",
        "補装具費支給情報",
        pl.DataFrame(
            {
                **f.key(who),
                "申請番号": r.number.gather(pl.Series(at)),
                "申請年月日": dates(when),
                "補装具種目": choose([a.code for a in AIDS], what),
                "名称型式": text(choose([a.name for a in AIDS], what), mix(key, 2617) % 11 > 0),
                "支給区分": digits(way, 1),
                "判定機関": text(digits(judged_by, 1), judged != NO_DAY),
                "判定年月日": dates(judged),
                "決定結果": digits(result, 1),
                "決定年月日": dates(np.where(granted, r.decided[at], NO_DAY)),
                "支給券番号": text(digits(np.full(len(at), year), 4) + digits(at % 100_000 * 3 + 1_000, 8), granted),
                "事業者名": text(choose(DEALERS, mix(key, 2618) % len(DEALERS)), granted & (mix(key, 2619) % 30 > 0)),
                "所得区分": text(digits(r.group[at], 2), granted),
                "基準額": number(price, granted),
                "公費負担額": number(price - own, granted),
                "利用者負担額": number(own, granted),
                "差額自己負担額": number(np.where(extra, 5_000 + mix(key, 2620) % 90 * 500, 0), granted & (way == BUY)),
                "借受け開始年月": month_text(first, borrowed),
                "借受け終了年月": month_text(first + 5 + mix(key, 2621) % 7, borrowed),
                "支払年月日": dates(np.where(granted & (paid <= f.base), paid, NO_DAY)),
                **operator("hos", key, np.minimum(np.where(granted, r.decided[at], when) + 2, f.base)),
            }
        ),
    )


def tools(b: Physical) -> Requests:
    """Applications for 日常生活用具: for a stoma twice a year, of others now and then."""
    f, h = b.h.f, b.h
    stoma = (b.part[:, 0] == STOMA) & ((mix(h.at, 2631) % 12 > 0) | np.isin(h.at, f.forced))
    years = f.world.years
    fits = np.array([[p.code[0] in t.parts and not t.monthly for t in TOOLS] for p in PARTS])[b.part[:, 0]]
    able = np.asarray(fits.any(axis=1))
    row, when = _requests(b, np.where(stoma, 2 * years, 0), 1.0, 2632)
    other, then = _requests(b, np.where(~stoma & able, years, 0), 0.06, 2634)
    mask = fits[other]
    wanted = mix(h.at[other] * 64 + then % 64, 2636) % mask.sum(axis=1)
    what = (mask & (np.cumsum(mask, axis=1) == (wanted + 1)[:, None])).argmax(axis=1)
    return _finish(
        f,
        np.concatenate([h.at[row], h.at[other]]),
        np.concatenate([when, then]),
        np.concatenate([mix(h.at[row], 2637) % 4 // 3, what]),
        2638,
        3,
    )


def tool_rows(r: Requests, year: int) -> pl.DataFrame:
    """日常生活用具給付情報 of the applications of a year."""
    f, at = r.f, r.of(year)
    monthly = np.array([t.monthly for t in TOOLS])[r.what[at]]
    both: Bools = monthly & (mix(r.who[at], 2641) % 3 == 0)
    three: Bools = both & (mix(r.who[at], 2642) % 4 == 0)
    count = 1 + both + three
    of = np.repeat(np.arange(len(at)), count)
    step = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    what = np.where(step == 0, r.what[at][of], np.where(step == 1, 2, 1 - np.minimum(r.what[at][of], 1)))
    place = at[of]
    who, when, result = r.who[place], r.when[place], r.result[place]
    granted = result == GRANTED
    long = monthly[of]
    price = np.array([t.price for t in TOOLS])[what] * np.where(long, 6, 1)
    own = np.where(r.group[place] == TAXED, np.minimum(price // 10, MOST), 0)
    first = month_index(when) + 1
    stamp = operator("niti", r.who[at] * 4096 + r.when[at] % 4096, np.minimum(r.decided[at] + 1, f.base))
    return to_layout(
        "022",
        "日常生活用具給付情報",
        pl.DataFrame(
            {
                **f.key(who),
                "申請番号": r.number.gather(pl.Series(place)),
                "品目連番": number(step + 1),
                "申請年月日": dates(when),
                "用具種目": choose([t.kind for t in TOOLS], what),
                "品目名": choose([t.name for t in TOOLS], what),
                "決定結果": digits(result, 1),
                "決定年月日": dates(np.where(granted, r.decided[place], NO_DAY)),
                "給付対象開始年月": month_text(first, long),
                "給付対象終了年月": month_text(first + 5, long),
                "所得区分": text(digits(r.group[place], 2), granted | (mix(who, 2643) % 2 == 0)),
                "基準額": number(price, granted),
                "公費負担額": number(price - own, granted),
                "利用者負担額": number(own, granted),
                **{name: column.gather(pl.Series(of)) for name, column in stamp.items()},
            }
        ),
    )
