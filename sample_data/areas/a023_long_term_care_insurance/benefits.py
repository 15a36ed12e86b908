"""給付実績情報 of area 023: the services that people in need used month by month, as the insurers' federation passed
them on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a023_long_term_care_insurance.burden import Shares
from sample_data.areas.a023_long_term_care_insurance.certification import LEVELS, Chains
from sample_data.areas.a023_long_term_care_insurance.insured import chance, stamp
from sample_data.areas.insured import first_day, month_index, month_text
from sample_data.tax.frames import Ints, choose, digits, mix, number, to_layout
from sample_data.world import World

SERVICES = (
    # code, form, least and most units a time, most times a month (0: once)
    ("15", "7131", 655, 1140, 14),
    ("11", "7131", 250, 580, 20),
    ("17", "7131", 300, 2_400, 0),
    ("43", "7181", 1_086, 1_411, 0),
    ("16", "7131", 370, 760, 10),
    ("21", "7141", 600, 880, 9),
    ("13", "7131", 470, 820, 8),
    ("78", "7131", 700, 1_200, 12),
    ("31", "7131", 259, 515, 2),
    ("14", "7131", 290, 308, 8),
    ("66", "7132", 2_268, 4_228, 0),
    ("67", "7132", 200, 900, 0),
    ("A6", "71R1", 1_798, 3_621, 0),
    ("46", "7182", 442, 472, 0),
    ("63", "7132", 450, 790, 6),
    ("51", "7161", 690, 930, 31),
    ("52", "7162", 800, 1_050, 31),
    ("59", "7161", 0, 0, 31),
    ("42", "21D1", 0, 0, 0),
)
_CODES = [s[0] for s in SERVICES]
SUPPORT = ("66", "67", "A6", "46", "63")
FULL = ("43", "46")
"""Paid wholly by the insurance: the plan."""
_SHARES = {
    "15": 0.55,
    "11": 0.44,
    "17": 0.64,
    "43": 1.0,
    "16": 0.3,
    "21": 0.22,
    "13": 0.22,
    "78": 0.2,
    "66": 0.3,
    "67": 0.55,
    "A6": 0.5,
    "46": 1.0,
    "63": 0.12,
    "31": 0.3,
    "14": 0.12,
}


@dataclass(frozen=True)
class Months:
    """Months in need: parallel arrays, one a person and month, ordered so; months since 1970-01."""

    row: Ints
    month: Ints
    level: Ints


def months(c: Chains, world: World) -> Months:
    """Each month of the kept years in which somebody has a valid certification; the newer one counts."""
    i = c.i
    valid = np.flatnonzero(c.valid & (mix(i.at[c.row], 2481) % 100 < 92))
    row = c.row[valid]
    first_kept = month_index(np.array([i.base - 365 * world.years]))[0] + 1
    low = np.maximum(month_index(c.start[valid]), first_kept)
    high = month_index(np.minimum(np.minimum(c.end[valid], i.until[row]), i.base - 62))
    count = np.maximum(high - low + 1, 0)
    at = np.repeat(valid, count)
    month = np.repeat(low, count) + np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    key = c.row[at] * 10_000 + month
    order = np.lexsort((c.start[at], key))
    at, month, key = at[order], month[order], key[order]
    last = np.append(key[1:] != key[:-1], True) if len(key) else np.zeros(0, bool)
    return Months(c.row[at][last], month[last], c.level[at][last])


def benefits(c: Chains, m: Months, shares: Shares, subsidised: pl.Series, year: int) -> pl.DataFrame:
    """給付実績情報 of the services of one fiscal year; ``subsidised``: numbers of people with 負担限度額."""
    i = c.i
    here = (m.month - 3) // 12 + 1970 == year
    row, month, level = m.row[here], m.month[here], m.level[here]
    housed = c.housed[row] & (level >= 2)
    known = i.number.is_in(subsidised.unique().implode()).to_numpy()
    blocks: list[tuple[Ints, Ints]] = []
    for which, code in enumerate(_CODES):
        if code in ("51", "52"):
            uses = housed & ((mix(i.at[row], 2482) % 3 < 2) == (code == "51"))
        elif code == "59":
            uses = housed & known[row]
        elif code == "42":
            uses = ~housed & (mix(i.at[row] * 4096 + month, 2483) % 400 == 0) & (level >= 2)
        else:
            right = (level < 2) if code in SUPPORT else (level >= 2) & ~housed
            drawn = chance(i.at[row] * 32 + which, 2484, _SHARES[code])
            uses = right & drawn & (mix(i.at[row] * 64 + month * 32 + which, 2485) % 25 > 0)
        hit = np.flatnonzero(uses)
        blocks.append((hit, np.full(len(hit), which)))
    at, place = (np.concatenate([b[k] for b in blocks]) for k in range(2))
    key = (i.at[row[at]] * 4096 + month[at]) * 32 + place
    fixed = mix(key, 2486) % 90 == 0
    gone = np.flatnonzero(fixed & (mix(key, 2487) % 3 == 0))
    at, place = np.concatenate([at, at[gone]]), np.concatenate([place, place[gone]])
    copy = np.concatenate([np.zeros(len(key), np.int64), np.ones(len(gone), np.int64)])
    order = np.lexsort((copy, place, month[at], row[at]))
    at, place, copy = at[order], place[order], copy[order]
    row, month, level = row[at], month[at], level[at]
    key = (i.at[row] * 4096 + month) * 32 + place
    fixed = mix(key, 2486) % 90 == 0
    least, most, times = (np.array([s[k] for s in SERVICES])[place] for k in (2, 3, 4))
    visits = np.where(times > 0, 1 + mix(i.at[row] * 32 + place, 2488) % np.maximum(times, 1), 1)
    visits = np.clip(visits + mix(key, 2489) % 3 - 1, 1, np.maximum(times, 1))
    services = np.array(_CODES)[place]
    inside, renovation, meals = np.isin(services, ("51", "52")), services == "42", services == "59"
    visits = np.where(inside | meals, 28 + mix(key, 2490) % 4 % 3, visits)
    each = least + mix(i.at[row] * 32 + place, 2491) % np.maximum(most - least, 1) + level * 20 * (most > 0)
    units = np.where(meals | renovation, 0, each * visits)
    cost = np.where(renovation, 40_000 + mix(key, 2492) % 1_600 * 100, units * 10)
    own = shares.on(row, np.maximum(first_day(month), c.first[row]))
    rate = np.where(np.isin(services, FULL), 100, 100 - own * 10)
    insurance = cost * rate // 100
    rest = cost - insurance
    aided = i.aided[row]
    extra = np.where(meals, visits * (400 + mix(i.at[row], 2493) % 9 * 100), 0)
    office = 3_571_500_000 + place * 100 + mix(i.at[row] * 32 + place, 2494) % 9 * 7 + 10
    seen = month + 1 + (mix(key, 2495) % 30 == 0)
    listed = first_day(seen + 1) + 4
    return to_layout(
        "023",
        "給付実績情報",
        pl.DataFrame(
            {
                **i.key(row),
                "サービス提供年月": month_text(month),
                "事業所番号": digits(office, 10),
                "サービス種類コード": choose(_CODES, place),
                "入力識別番号": choose([s[1] for s in SERVICES], place),
                "整理番号": digits(1 + copy, 10),
                "給付実績区分": digits(1 + renovation, 1),
                "作成区分": digits(np.where(copy == 1, 3, np.where(fixed, 2, 1)), 1),
                "要介護状態区分": choose(LEVELS, level),
                "審査年月": month_text(np.minimum(seen, month_index(np.array([i.base]))[0])),
                "給付率": number(rate),
                "サービス日数": number(visits, (times > 0) | inside | meals),
                "サービス単位数": number(units, ~renovation),
                "単位数単価": pl.select(
                    pl.when(pl.Series(~renovation & ~meals)).then(pl.lit("10.00").cast(pl.Decimal(38, 2)))
                ).to_series(),
                "保険請求額": number(insurance),
                "利用者負担額": number(np.where(aided, 0, rest)),
                "公費請求額": number(np.where(aided, rest, 0), (rest > 0) | ~meals),
                "特定入所者給付額": number(extra, meals | inside),
                **stamp("BATCH", key, listed, i.base),
            }
        ),
    )
