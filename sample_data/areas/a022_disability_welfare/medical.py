"""自立支援医療: who is granted 更生医療, 育成医療 or 精神通院医療, from year to year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a022_disability_welfare.certificates import Physical
from sample_data.areas.a022_disability_welfare.facts import CHILDREN, HOSPITALS, KIDNEY, MENTAL, MINDS, PARTS, SOMATIC
from sample_data.areas.a022_disability_welfare.folk import CHILD_AGE, DEAD, MOVED, Folk
from sample_data.areas.a022_disability_welfare.minds import Mental
from sample_data.areas.a022_disability_welfare.support import CHANGE, DISMISSED, GRANTED, NEW, PENDING, RENEWAL
from sample_data.areas.insured import constant, first_day, insurer_number, month_index, numbered
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
from sample_data.truth.frame import wide

SOMA, YOUNG, PSYCHE = 1, 2, 3
"""医療種別."""
LAWS = {SOMA: "1535", YOUNG: "1635", PSYCHE: "2135"}
"""First four digits of 公費負担者番号: 法別番号 and prefecture."""
ILLS = (
    ("Q37", "口蓋形成術"),
    ("Q21", "心室中隔欠損閉鎖術"),
    ("Q65", "先天性股関節脱臼整復術"),
    ("H90", "人工内耳埋込術"),
)
"""What 育成医療 treats."""
INSURERS = ("", "00350157", "00353011", "01350013", "06270101", "32350012", "39350010", "02350011", None)
"""保険者番号 by 医療保険種別 (1 to 8)."""


@dataclass(frozen=True)
class Grants:
    """Applications ordered by 医療種別, person and day; parallel arrays."""

    f: Folk
    who: Ints
    sort: Ints
    kind: Ints
    applied: Ints
    decided: Ints
    result: Ints
    start: Ints
    end: Ints
    heavy: Bools
    ill: Ints
    """Position in PARTS, ILLS or MINDS."""

    def treated(self) -> Bools:
        """Of all the folk: 精神通院医療 was granted."""
        found = np.zeros(self.f.size, bool)
        found[self.who[(self.sort == PSYCHE) & (self.result == GRANTED)]] = True
        return found


def grants(f: Folk, b: Physical, m: Mental) -> Grants:
    """Everybody's chains."""
    few = f.forced
    psyche = np.zeros(f.size, bool)
    psyche[m.h.at] = uniform(m.h.at, 2501) < 0.75
    psyche |= (uniform(f.every, 2502) < 0.0125) & (f.age >= 14) & (f.age < 80) & ~f.outside
    psyche[few[7:8]] = True
    mind = np.where(psyche, mix(f.every, 2309) % len(MINDS), 0)
    mind[m.h.at] = m.illness
    part = np.full(f.size, -1)
    part[b.h.at] = b.part[:, 0]
    curable = np.array([p.treatment is not None for p in PARTS])[np.maximum(part, 0)] & (part >= 0)
    soma = curable & (f.age >= CHILD_AGE) & (uniform(f.every, 2503) < np.where(part == KIDNEY, 0.45, 0.045))
    soma[few[:1]] = True
    child = (f.age < CHILD_AGE) & (f.guardian >= 0) & ~f.outside
    young = child & (uniform(f.every, 2504) < 0.0012)
    young[np.flatnonzero(child & (f.until - np.maximum(f.since, f.born) > 200))[:1]] = True
    known = np.zeros(f.size, np.int64)
    known[b.h.at] = b.h.first
    blocks = []
    for sort, has, begin, ill in (
        (SOMA, soma, np.maximum(known, f.birthday(CHILD_AGE, f.every)), np.maximum(part, 0)),
        (YOUNG, young, f.born + 10, mix(f.every, 2505) % len(ILLS)),
        (PSYCHE, psyche, f.birthday(14, f.every), mind),
    ):
        low = np.maximum(np.maximum(begin, f.since), np.maximum(f.window - 370, day(2006, 4, 1)))
        who = np.flatnonzero(has & (f.until - 90 > low))
        span = f.until[who] - 90 - low[who]
        fresh = mix(who, 2506) % 3 == 0
        first = low[who] + np.where(fresh, mix(who, 2507) % span, mix(who, 2508) % 360 % span)
        blocks.append((who, np.full(len(who), sort), first, ill[who]))
    who, sorts, first, ills = (np.concatenate([x[k] for x in blocks]) for k in range(4))
    heavy = np.where(
        sorts == PSYCHE,
        np.array([m[1] for m in MINDS])[ills % len(MINDS)],
        (sorts == SOMA) & np.isin(ills, (KIDNEY, 13, 17, 18, 19)),
    )
    # Who is rich gets it only for what is heavy and lasting.
    heavy = heavy | (f.home_levy[who] >= 235_000)
    return _chains(f, who, sorts, first, ills, heavy)


def _chains(f: Folk, who: Ints, sort: Ints, first: Ints, ill: Ints, heavy: Bools) -> Grants:
    rows, applied = np.arange(len(who)), first
    kind, start = np.full(len(who), NEW), first
    until = f.until[who]
    found: list[tuple[Ints, ...]] = []
    while not found or len(rows):
        key = (who[rows] * 4 + sort[rows]) * 64 + len(found)
        decided = applied + 18 + mix(key, 2511) % 20
        refused = (kind == NEW) & (mix(key, 2512) % 70 == 0) & ~np.isin(who[rows], f.forced)
        result = np.select([decided > f.base, refused], [PENDING, DISMISSED], GRANTED)
        short = (sort[rows] != PSYCHE) & ~heavy[rows]
        span = np.where(short, np.array([3, 3, 6, 12])[mix(key, 2513) % 4], 12)
        broken = start != first_day(month_index(start))
        end = first_day(month_index(start) + np.where(broken & (span < 12), span + 1, span)) - 1
        found.append((rows, kind, applied, decided, result, start, end))
        on = (result == GRANTED) & (~short | (mix(key, 2514) % 4 == 0))
        on &= (mix(key, 2515) % 25 > 0) | np.isin(who[rows], f.forced)
        early = (mix(key, 2516) % 15 == 0) & (end - start > 300)
        applied = np.where(early, start + 60 + mix(key, 2517) % 150, end - 62 + mix(key, 2518) % 35)
        begin = np.where(early, first_day(month_index(applied) + 1), end + 1)
        kind = np.where(early, CHANGE, RENEWAL)
        on &= applied < np.minimum(until[rows], f.base)
        rows, start, kind, applied = (v[on] for v in (rows, begin, kind, applied))
    row, kind, applied, decided, result, start, end = (np.concatenate([s[k] for s in found]) for k in range(7))
    order = np.lexsort((applied, who[row], sort[row]))
    row, kind, applied, decided, result, start, end = (
        v[order] for v in (row, kind, applied, decided, result, start, end)
    )
    return Grants(f, who[row], sort[row], kind, applied, decided, result, start, end, heavy[row], ill[row])


def _numbers(g: Grants) -> pl.Series:
    """受給者番号: six digits in the order of the people of a 医療種別, and a check digit (weights 2 and 1)."""
    new = np.append(True, (g.who[1:] != g.who[:-1]) | (g.sort[1:] != g.sort[:-1]))[: len(g.who)]
    place = np.cumsum(new)
    first = np.searchsorted(g.sort, g.sort)
    body = place - place[first] + 1 if len(place) else place
    total = np.zeros(len(body), np.int64)
    rest = body.copy()
    for step in range(6):
        product = rest % 10 * (2 if step % 2 == 0 else 1)
        total += product // 10 + product % 10
        rest //= 10
    return digits(body * 10 + -total % 10, 7)


def grant_rows(g: Grants) -> pl.DataFrame:
    """自立支援医療支給認定情報."""
    f = g.f
    run = g.sort * 10**9 + g.who
    serial, latest = numbered(run)
    key = (g.who * 4 + g.sort) * 64 + serial
    health = f.health(g.who, g.applied)
    levy = f.home_levy[g.who]
    poor = health == 8
    taxed = levy > 0
    low = f.income[g.who] <= 800_000
    group = np.select([poor, ~taxed & low, ~taxed, levy < 33_000, levy < 235_000], [1, 2, 3, 4, 5], 6)
    young = g.sort == YOUNG
    heavy = g.heavy
    limit = np.select(
        [
            group == 1,
            group == 2,
            group == 3,
            (group == 4) & (heavy | young),
            (group == 5) & (heavy | young),
            group == 6,
        ],
        [0, 2_500, 5_000, 5_000, 10_000, 20_000],
        -1,
    )
    granted = g.result == GRANTED
    leaves = np.where(f.gone[g.who] == NO_DAY, np.iinfo(np.int32).max, f.gone[g.who])
    over = granted & (leaves < g.end) & (leaves >= g.start) & latest
    why = np.where(f.where[g.who] == DEAD, 2, np.where(f.where[g.who] == MOVED, 3, 99))
    places = np.select(
        [g.sort == SOMA, young],
        [
            np.array(SOMATIC)[np.where(g.ill == KIDNEY, 3, mix(g.who, 2521) % len(SOMATIC))],
            np.array(CHILDREN)[mix(g.who, 2521) % len(CHILDREN)],
        ],
        np.array(MENTAL)[mix(g.who, 2521) % len(MENTAL)],
    )
    treatment = choose([p.treatment for p in PARTS], np.where(g.sort == SOMA, g.ill, 0))
    child_treatment = choose([i[1] for i in ILLS], np.where(young, g.ill, 0))
    content = pl.select(pl.when(pl.Series(young)).then(child_treatment).otherwise(treatment)).to_series()
    icd = pl.select(
        pl.when(pl.Series(g.sort == PSYCHE))
        .then(choose([m[0] for m in MINDS], np.where(g.sort == PSYCHE, g.ill, 0)))
        .when(pl.Series(young))
        .then(choose([i[0] for i in ILLS], np.where(young, g.ill, 0)))
        .otherwise(choose([p.icd for p in PARTS], np.where(g.sort == SOMA, g.ill, 0)))
    ).to_series()
    payers = choose(["", *(insurer_number(LAWS[s], f.world.code) for s in (SOMA, YOUNG, PSYCHE))], g.sort)
    mark = pl.select(
        wide(pl.lit(digits(10 + mix(g.who, 2522) % 89, 2)))
        + pl.lit("・")
        + wide(pl.lit(digits(1 + mix(g.who, 2523) % 99_999, 1)))
    ).to_series()
    return to_layout(
        "022",
        "自立支援医療支給認定情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(f.world.code, len(key)),
                "医療種別": digits(g.sort, 1),
                "受給者番号": _numbers(g),
                "履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "宛名番号": f.number(g.who),
                "公費負担者番号": payers,
                "保護者_宛名番号": f.number(f.guardian[g.who], young),
                "申請年月日": dates(g.applied),
                "申請区分": digits(g.kind, 1),
                "医療保険種別": digits(health, 2),
                "医療保険者番号": text(choose(INSURERS, health), health != 8),
                "被保険者証記号番号": text(mark, health != 8),
                "所得区分": digits(group, 2),
                "市町村民税所得割額": number(levy, ~poor),
                "重度かつ継続フラグ": flag(heavy),
                "決定結果": digits(g.result, 1),
                "決定年月日": dates(np.where(granted, g.decided, NO_DAY)),
                "自己負担上限月額": number(limit, limit >= 0),
                "有効期間開始年月日": dates(np.where(granted, g.start, NO_DAY)),
                "有効期間終了年月日": dates(np.where(granted, g.end, NO_DAY)),
                "医療の内容": text(content, (g.sort != PSYCHE)),
                "疾病コード": icd,
                "指定医療機関コード": choose([h[0] for h in HOSPITALS], places),
                "指定医療機関名": choose([h[1] for h in HOSPITALS], places),
                "終了年月日": dates(np.where(over, leaves, NO_DAY)),
                "終了事由": text(digits(why, 2), over),
                **operator(
                    "iry",
                    key,
                    np.minimum(np.where(over, leaves + 6, np.where(granted, g.decided, g.applied) + 1), f.base),
                ),
            }
        ),
    )
