"""支給決定: who uses services, one 受給者証 a person and kind of benefit, decided every year; and the services of each
decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a022_disability_welfare.certificates import Intellectual, Physical
from sample_data.areas.a022_disability_welfare.facts import CHILD_OFFICES, EYE, OFFICES, PLANNERS
from sample_data.areas.a022_disability_welfare.folk import CHILD_AGE, DEAD, MOVED, Folk
from sample_data.areas.a022_disability_welfare.minds import Mental
from sample_data.areas.a022_disability_welfare.support import (
    CHANGE,
    DISMISSED,
    GRANTED,
    NEW,
    NONE,
    PENDING,
    RENEWAL,
    WITHDRAWN,
    Levels,
    levels,
)
from sample_data.areas.insured import constant, first_day, month_index, numbered
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

ADULT, ADVICE, CHILD, LOCAL = 1, 2, 3, 4
"""制度区分."""
BODY, MIND, SPIRIT, RARE, MINOR = 1, 2, 3, 4, 5
"""主たる障害種別."""
POOR, LOW, FIRST, SECOND = 1, 2, 3, 4
"""所得区分."""
HOURS, DAYS, TIMES, WORKDAYS, OPEN = 1, 2, 3, 4, 5
"""支給量単位."""
SETS: tuple[tuple[int, ...], ...] = (
    (22, 32),
    (22, 24, 11),
    (12, 24),
    (22, 33),
    (33, 46),
    (46,),
    (45,),
    (43,),
    (42,),
    (11,),
    (15, 11),
    (46, 24),
    (34, 42),
    (41,),
    (63,),
    (63, 64),
    (61,),
    (61, 64),
    (65,),
    (52,),
    (52, 54),
    (53,),
    (81,),
    (81, 82),
    (83,),
    (84,),
    (85,),
    (82,),
)
"""Services that are decided together; the first four need 障害支援区分."""
NEEDY = 4
UNITS = {
    11: (HOURS, 2000),
    12: (HOURS, 18600),
    15: (HOURS, 3050),
    22: (WORKDAYS, 0),
    24: (DAYS, 700),
    32: (DAYS, 3100),
    33: (DAYS, 3100),
    34: (DAYS, 3100),
    41: (WORKDAYS, 0),
    42: (DAYS, 2300),
    43: (WORKDAYS, 0),
    45: (WORKDAYS, 0),
    46: (DAYS, 2300),
    52: (OPEN, 0),
    53: (OPEN, 0),
    54: (OPEN, 0),
    61: (DAYS, 1000),
    63: (DAYS, 1500),
    64: (TIMES, 200),
    65: (DAYS, 800),
    81: (HOURS, 1550),
    82: (TIMES, 1000),
    83: (OPEN, 0),
    84: (TIMES, 400),
    85: (OPEN, 0),
}
"""支給量単位 and the usual amount, hundredths."""
TO_CARE, TO_ADULT = 5, 99
"""終了事由: to long-term care at 65, and other reasons."""


@dataclass(frozen=True)
class Cards:
    """受給者証: one a person and 制度区分."""

    f: Folk
    who: Ints
    kind: Ints
    """制度区分."""
    trouble: Ints
    first: Ints
    """First day of the first decision."""
    until: Ints
    why: Ints
    """終了事由 when ``until`` comes, 0 where it is today."""
    chosen: Ints
    """Position in SETS."""
    level: Ints
    """障害支援区分 at the first decision (NONE: none needed)."""


@dataclass(frozen=True)
class Decisions:
    """Decisions ordered by card and day; parallel arrays."""

    c: Cards
    levels: Levels
    card: Ints
    serial: Ints
    latest: Bools
    kind: Ints
    applied: Ints
    decided: Ints
    result: Ints
    start: Ints
    end: Ints
    closed: Ints
    """終了年月日, or NO_DAY."""
    why: Ints


def cards(f: Folk, b: Physical, i: Intellectual, m: Mental) -> Cards:
    """Who uses which services."""
    trouble = np.zeros(f.size, np.int64)
    at = f.every
    adult = f.age >= CHILD_AGE
    trouble = np.where(adult & (mix(at, 2401) % 3500 == 0) & (f.age < 65), RARE, trouble)
    for holders, share, limit, which, salt in (
        (b.h, 0.26, 65, BODY, 2402),
        (m.h, 0.3, 75, SPIRIT, 2403),
        (i.h, 0.6, 90, MIND, 2404),
    ):
        mine = np.zeros(f.size, bool)
        mine[holders.at] = uniform(holders.at, salt) < share
        trouble = np.where(mine & adult & (f.age < limit), which, trouble)
    few = f.forced
    trouble[few[5:7]], trouble[few[4:5]], trouble[few[7:8]] = MIND, BODY, SPIRIT
    child = np.zeros(f.size, bool)
    child[i.h.at] = True
    child |= uniform(at, 2405) < 0.02
    child &= (f.age >= 3) & (f.age < CHILD_AGE) & (f.guardian >= 0)
    trouble = np.where(child, MINOR, trouble)
    begin = np.where(child, f.born + 3 * 365, f.birthday(CHILD_AGE, at))
    low = np.maximum(np.maximum(f.since, begin), np.maximum(f.window - 380, day(2013, 4, 1)))
    until = f.until.copy()
    why = np.select([f.where == DEAD, f.where == MOVED], [2, 3], 0)
    aged = (trouble == BODY) & (f.birthday(65, at) < until)
    until, why = np.where(aged, f.birthday(65, at), until), np.where(aged, TO_CARE, why)
    span = until - 150 - low
    fresh = mix(at, 2406) % 3 == 0
    who = np.flatnonzero((trouble > 0) & (span > 0) & ~(f.outside & (mix(at, 2407) % 4 > 0)))
    offset = np.where(fresh[who], mix(who, 2408) % np.maximum(span[who], 1), mix(who, 2409) % 380 % span[who])
    first = first_day(month_index(low[who] + offset) + 1)
    drawn, kind = uniform(who, 2410), trouble[who]
    low_level = 22 + mix(who, 2411) % 3
    high = 24 + mix(who, 2412) % 3
    needs = (drawn < np.array([0, 0.62, 0.55, 0.2, 0.5, 0.0])[kind]) & (kind != MINOR)
    facility = f.outside[who] | (mix(who, 2413) % 4 == 0)
    blind = np.zeros(f.size, bool)
    blind[b.h.at] = b.part[:, 0] == EYE
    free = mix(who, 2414)
    needy = np.where(facility, 0, np.where((kind == BODY) & (free % 3 == 0), 2, np.where(free % 5 == 0, 3, 1)))
    easy = np.select(
        [blind[who], kind == SPIRIT, kind == MIND],
        [10, np.array([4, 5, 5, 7, 8, 9, 9, 12])[free % 8], np.array([4, 5, 5, 6, 7, 8, 11])[free % 7]],
        np.array([5, 6, 9, 9, 13])[free % 5],
    )
    small = f.age[who] < 7
    young = np.where(small, np.array([16, 16, 17, 18])[free % 4], np.array([14, 14, 14, 15])[free % 4])
    chosen = np.where(kind == MINOR, young, np.where(needs, needy, easy))
    level = np.where(needs, np.where(facility | (chosen == 2), high, low_level), NONE)
    blocks = [(who, np.where(kind == MINOR, CHILD, ADULT), first, chosen, level)]
    grown = kind != MINOR
    for which, one_in, sets in ((ADVICE, 9, (19, 20, 21)), (LOCAL, 6, (22, 23, 24, 25, 26, 27))):
        more = np.flatnonzero(grown & (mix(who, 2420 + which) % one_in == 0))
        picked = np.array(sets)[mix(who[more], 2425 + which) % len(sets)]
        blocks.append((who[more], np.full(len(more), which), first[more], picked, np.full(len(more), NONE)))
    who, card, first, chosen, level = (np.concatenate([block[k] for block in blocks]) for k in range(5))
    order = np.lexsort((card, who))
    who, card, first, chosen, level = (v[order] for v in (who, card, first, chosen, level))
    eighteen = f.birthday(CHILD_AGE, who)
    grows = (card == CHILD) & (eighteen < until[who])
    return Cards(
        f,
        who,
        card,
        trouble[who],
        first,
        np.where(grows, eighteen - 1, until[who]),
        np.where(grows, TO_ADULT, why[who]),
        chosen,
        level,
    )


def decisions(c: Cards) -> Decisions:
    """One decision a year, changes in between, and what is still pending."""
    f = c.f
    own = np.flatnonzero(c.kind == ADULT)
    extra = (c.level[own] == NONE) & (mix(c.who[own], 2430) % 4 == 0)
    chain = own[(c.level[own] != NONE) | extra]
    graded = levels(f, c.who[chain], c.trouble[chain], c.level[chain], c.first[chain], c.until[chain])
    rows = np.arange(len(c.who))
    start, kind = c.first, np.full(len(rows), NEW)
    applied, end = start - 42 + mix(c.who, 2431) % 10, first_day(month_index(start) + 12) - 1
    found: list[tuple[Ints, ...]] = []
    while not found or len(rows):
        key = (c.who[rows] * 8 + c.kind[rows]) * 64 + len(found)
        decided = start - 12 + mix(key, 2432) % 8
        refused = (kind == NEW) & (mix(key, 2433) % 60 == 0) & ~np.isin(c.who[rows], f.forced)
        refused &= c.level[rows] == NONE
        result = np.where(refused, np.where(mix(key, 2434) % 2 == 0, DISMISSED, WITHDRAWN), GRANTED)
        result = np.where(start > f.base, PENDING, result)
        changes = (result == GRANTED) & (kind != CHANGE) & (mix(key, 2435) % 9 == 0)
        middle = first_day(month_index(start) + 3 + mix(key, 2436) % 6)
        changes &= middle <= np.minimum(c.until[rows], f.base)
        closed = np.where(changes, middle - 1, NO_DAY)
        why = np.where(changes, 99, 0)
        cut = (result == GRANTED) & ~changes & (c.until[rows] < end) & (c.why[rows] > 0)
        closed, why = np.where(cut, c.until[rows], closed), np.where(cut, c.why[rows], why)
        found.append((rows, kind, applied, decided, result, start, end, closed, why))
        on = result == GRANTED
        next_start = np.where(changes, middle, end + 1)
        next_end = np.where(changes, end, first_day(month_index(end + 1) + 12) - 1)
        applied = next_start - np.where(changes, 25, 46 - mix(key, 2437) % 10)
        kind = np.where(changes, CHANGE, RENEWAL)
        on &= (next_start <= c.until[rows]) | ((c.why[rows] == 0) & (applied <= f.base))
        rows, start, end, kind, applied = (v[on] for v in (rows, next_start, next_end, kind, applied))
    card, kind, applied, decided, result, start, end, closed, why = (
        np.concatenate([step[k] for step in found]) for k in range(9)
    )
    order = np.lexsort((start, card))
    card, kind, applied, decided, result, start, end, closed, why = (
        v[order] for v in (card, kind, applied, decided, result, start, end, closed, why)
    )
    serial, latest = numbered(card)
    return Decisions(c, graded, card, serial, latest, kind, applied, decided, result, start, end, closed, why)


def card_numbers(c: Cards) -> pl.Series:
    """受給者証番号: 1 身体, 2 知的, 3 精神 (others 1), 4 児, and nine digits."""
    lead = np.array([0, 1, 2, 3, 1, 4])[c.trouble]
    return digits(lead, 1) + digits(c.who * 8 + c.kind, 9)


def means(f: Folk, who: Ints, kind: Ints) -> tuple[Ints, Ints]:
    """所得区分 and 利用者負担上限月額 of users of a 制度区分."""
    child = kind == CHILD
    levy = np.where(child, f.home_levy[who], f.levy[who])
    taxed = levy > 0
    rich = levy >= np.where(child, 280_000, 160_000)
    poor = ~taxed & (mix(who, 2441) % 14 == 0)
    group = np.select([poor, ~taxed, rich], [POOR, LOW, SECOND], FIRST)
    amount = np.select([~taxed, rich, child], [0, 37_200, 4_600], 9_300)
    return group, np.where(kind == ADVICE, 0, amount)


def decision_rows(d: Decisions) -> pl.DataFrame:
    """支給決定情報."""
    c, f = d.c, d.c.f
    who, kind = c.who[d.card], c.kind[d.card]
    key = (who * 8 + kind) * 64 + d.serial
    granted = d.result == GRANTED
    group, amount = means(f, who, kind)
    chosen = c.chosen[d.card]
    several = np.array([len(s) > 1 for s in SETS])[chosen]
    managed = granted & several & (amount > 0)
    child, adult = kind == CHILD, kind == ADULT
    # Free from the April after the third birthday until school.
    third = first_day((month_index(f.birthday(3, who)) + 8) // 12 * 12 + 3)
    free = child & (d.start >= third) & (d.start < third + 3 * 365)
    housed, grouped = chosen == 0, np.isin(chosen, (3, 4))
    level = _level_on(d)
    over = d.closed != NO_DAY
    return to_layout(
        "022",
        "支給決定情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(f.world.code, len(who)),
                "受給者証番号": card_numbers(c).gather(pl.Series(d.card)),
                "履歴番号": number(d.serial),
                "最新フラグ": flag(d.latest),
                "宛名番号": f.number(who),
                "制度区分": digits(kind, 1),
                "保護者_宛名番号": f.number(f.guardian[who], child),
                "申請年月日": dates(d.applied),
                "申請区分": digits(d.kind, 1),
                "主たる障害種別": digits(c.trouble[d.card], 1),
                "障害支援区分": text(digits(level, 2), adult & granted & (level > 0)),
                "決定結果": digits(d.result, 1),
                "決定年月日": dates(np.where(granted, d.decided, NO_DAY)),
                "支給決定期間開始年月日": dates(np.where(granted, d.start, NO_DAY)),
                "支給決定期間終了年月日": dates(np.where(granted, d.end, NO_DAY)),
                "所得区分": text(digits(group, 2), granted),
                "利用者負担上限月額": number(amount, granted),
                "負担上限適用開始年月日": dates(np.where(granted, d.start, NO_DAY)),
                "負担上限適用終了年月日": dates(np.where(granted, d.end, NO_DAY)),
                "上限額管理対象フラグ": flag(managed),
                "上限額管理事業所番号": text(choose(OFFICES, mix(who, 2442) % len(OFFICES)), managed),
                "特定障害者特別給付日額": number(
                    600 + mix(who, 2443) % 900, granted & housed & adult & (amount < 37_200)
                ),
                "家賃助成月額": number(10_000 - mix(who, 2444) % 3 * 1_000, granted & grouped & (amount == 0)),
                "多子軽減対象フラグ": text(flag(mix(who, 2445) % 8 == 0), child),
                "無償化対象フラグ": text(flag(free), child),
                "計画相談支援事業所番号": text(
                    choose(PLANNERS, mix(who, 2446) % len(PLANNERS)), (kind != LOCAL) & (mix(who, 2447) % 6 > 0)
                ),
                "終了年月日": dates(d.closed),
                "終了事由": text(digits(d.why, 2), over),
                **operator(
                    "sie",
                    key,
                    np.minimum(np.where(over, d.closed + 4, np.where(granted, d.decided, d.applied) + 1), f.base),
                ),
            }
        ),
    )


def _level_on(d: Decisions) -> Ints:
    """障害支援区分 in force on the first day of each decision, NONE where there is none."""
    g = d.levels
    good = np.flatnonzero(g.result == GRANTED)
    known = pl.DataFrame({"who": g.who[good], "start": g.start[good], "level": g.level[good]}).sort("start")
    asked = pl.DataFrame({"n": np.arange(len(d.card)), "who": d.c.who[d.card], "start": d.start}).sort("start")
    found = asked.join_asof(known, on="start", by="who", check_sortedness=False).sort("n")
    return found["level"].fill_null(NONE).to_numpy()


def service_rows(d: Decisions) -> pl.DataFrame:
    """支給決定サービス情報: the services of granted decisions."""
    c, f = d.c, d.c.f
    width = max(len(s) for s in SETS)
    table = np.zeros((len(SETS), width), np.int64)
    for number_, some in enumerate(SETS):
        table[number_, : len(some)] = some
    granted = np.flatnonzero(d.result == GRANTED)
    grid = table[c.chosen[d.card[granted]]]
    row, place = np.nonzero(grid)
    service = grid[row, place]
    of = granted[row]
    who, kind = c.who[d.card[of]], c.kind[d.card[of]]
    key = ((who * 8 + kind) * 64 + d.serial[of]) * 4 + place
    unit_of = np.zeros(100, np.int64)
    usual = np.zeros(100, np.int64)
    for code, (measure, hundredths) in UNITS.items():
        unit_of[code], usual[code] = measure, hundredths
    unit = unit_of[service]
    steps = np.where(unit == HOURS, 250, 100)
    amount = usual[service] + (mix(key // 256, 2451) % 7 - 3) * steps
    amount = np.where((unit == DAYS) & (amount > 3_100) | np.isin(service, (32, 33, 34)), usual[service], amount)
    amount = np.maximum(amount, 100)
    offices = np.where(kind == CHILD, 7 + mix(who, 2452) % 3, mix(who * 4 + place, 2453) % 7)
    contract = (unit != OPEN) & (mix(key, 2454) % 12 > 0)
    trial = np.isin(service, (42, 43)) & (d.kind[of] == NEW)
    pair = np.isin(service, (11, 12)) & (mix(who, 2455) % 25 == 0)
    serial, _ = numbered(row)
    stamp = operator(
        "sie",
        (who * 8 + kind) * 64 + d.serial[of],
        np.minimum(np.where(d.closed[of] != NO_DAY, d.closed[of] + 4, d.decided[of] + 1), f.base),
    )
    return to_layout(
        "022",
        "支給決定サービス情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(f.world.code, len(who)),
                "受給者証番号": card_numbers(c).gather(pl.Series(d.card[of])),
                "履歴番号": number(d.serial[of]),
                "サービス連番": number(serial),
                "宛名番号": f.number(who),
                "サービス種類コード": digits(service, 2),
                "決定サービスコード": text(digits(service * 10_000 + 1_000, 6), service < 80),
                "支給量": pl.select(
                    (number(amount, unit < WORKDAYS).cast(pl.Decimal(38, 2)) / 100).cast(pl.Decimal(38, 2))
                ).to_series(),
                "支給量単位": digits(unit, 1),
                "支給期間開始年月日": dates(d.start[of]),
                "支給期間終了年月日": dates(d.end[of]),
                "二人介護フラグ": flag(pair),
                "暫定支給フラグ": flag(trial),
                "契約事業所番号": text(choose((*OFFICES, *CHILD_OFFICES), offices), contract),
                "終了年月日": dates(d.closed[of]),
                **stamp,
            }
        ),
    )
