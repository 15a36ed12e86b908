"""Certifications of need (要介護認定) of area 023: applications, results and their periods, one chain a person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a023_long_term_care_insurance.insured import Insured, chance, latest, stamp
from sample_data.areas.a023_long_term_care_insurance.register import insurer
from sample_data.areas.insured import constant, first_day, month_index, years_of
from sample_data.tax.frames import NO_DAY, Bools, Ints, choose, dates, digits, mix, number, text, to_layout
from sample_data.tax.pool import uniform

LEVELS = ("12", "13", "21", "22", "23", "24", "25")
"""要介護状態区分 from 要支援1 to 要介護5; chains keep the place in this list, NOT_IN_NEED is 非該当."""
NOT_IN_NEED = 7
LIMITS = (5032, 10531, 16765, 19705, 27048, 30938, 36217)
"""区分支給限度単位数 since October 2019."""
MINUTES = (250, 320, 320, 500, 700, 900, 1100)
"""Least 要介護認定等基準時間 of each level, tenths of a minute."""
PENDING, CERTIFIED, WITHDRAWN, DISMISSED, LOST = range(5)
"""処理結果."""
NEW, RENEWAL, CHANGED, BY_OFFICE, MOVED_IN = 1, 2, 3, 4, 5
"""申請区分."""
OPINIONS = (
    None,
    None,
    None,
    None,
    "特になし",
    "医学的管理の下でのサービス利用が望ましい。",
    "状態の変化が見込まれるため有効期間を短くした。",
    "認知症の進行に留意し、家族への支援を要する。",
    "住宅改修と福祉用具の活用により自立を図ること。",
)


@dataclass(frozen=True)
class Chains:
    """Applications as parallel arrays, ordered by insured person and day."""

    i: Insured
    row: Ints
    """Insured person."""
    applied: Ints
    kind: Ints
    before: Ints
    """Level before, -1 for none."""
    result: Ints
    level: Ints
    """Level that was certified; -1 where none."""
    decided: Ints
    """Day of the decision, or NO_DAY."""
    start: Ints
    end: Ints
    """Valid period, NO_DAY where none."""
    months: Ints
    cancelled: Ints

    @property
    def size(self) -> int:
        return len(self.row)

    @property
    def valid(self) -> Bools:
        """Certified with a period that was not cancelled."""
        valid: Bools = (self.start != NO_DAY) & (self.cancelled == NO_DAY)
        return valid

    @cached_property
    def first(self) -> Ints:
        """Per insured person: first day of need (cancelled later or not), or NO_DAY."""
        found = np.full(self.i.size, np.iinfo(np.int64).max)
        needed = self.start != NO_DAY
        np.minimum.at(found, self.row[needed], self.start[needed])
        return np.where(found == np.iinfo(np.int64).max, NO_DAY, found)

    @cached_property
    def last(self) -> Ints:
        """Per insured person: last day of need known, or NO_DAY."""
        found = np.full(self.i.size, NO_DAY)
        np.maximum.at(found, self.row[self.valid], self.end[self.valid])
        return np.where(found == NO_DAY, NO_DAY, np.minimum(found, self.i.until))

    @cached_property
    def worst(self) -> Ints:
        """Per insured person: highest level certified, -1 for none."""
        found = np.full(self.i.size, -1)
        np.maximum.at(found, self.row[self.valid], self.level[self.valid])
        return found

    @cached_property
    def housed(self) -> Bools:
        """Per insured person: lives in a care facility."""
        return (self.worst >= 3) & chance(self.i.at, 2351, 0.42) | self.i.moved & (self.worst >= 0)


def chains(i: Insured) -> Chains:
    """The applications of everybody in need since shortly before the kept years."""
    low = np.maximum(i.start, i.base - 365 * i.world.years - 400)
    high = i.until - 45
    age = years_of(i.until) - years_of(i.born)
    share = np.select([i.second, age < 75, age < 85], [2.0, 0.05, 0.19], 0.64)
    share = np.where((i.end != NO_DAY) & ~i.second, np.maximum(share, 0.5), share)
    rows = np.flatnonzero(((uniform(i.at, 2352) < share) & (high > low)) | i.second)
    applied = low[rows] + mix(i.at[rows], 2353) % np.maximum(high[rows] - low[rows], 1)
    came = (mix(i.at[rows], 2354) % 8 == 0) & (i.start[rows] > low[rows] - 1) & (i.start[rows] > i.turned[rows])
    applied = np.where(came | i.second[rows], i.start[rows], applied)
    kind = np.where(came & ~i.second[rows], MOVED_IN, NEW)
    level = np.searchsorted([0.16, 0.3, 0.5, 0.68, 0.82, 0.93], uniform(i.at[rows], 2355))
    valid_to = np.full(len(rows), NO_DAY)
    before = np.full(len(rows), -1)
    found: list[tuple[Ints, ...]] = []
    while len(rows):
        key = i.at[rows] * 40 + len(found)
        step = _decide(i, rows, applied, kind, before, level, valid_to, key)
        found.append(step)
        result, given, finish, cancelled = step[4], step[5], step[8], step[10]
        good = (result == CERTIFIED) & (given != NOT_IN_NEED) & (cancelled == NO_DAY)
        kept = (result == WITHDRAWN) & np.isin(kind, (CHANGED, BY_OFFICE))
        again = (result == WITHDRAWN) & (kind == NEW) & (mix(key, 2356) % 2 == 0)
        valid_to = np.where(good, finish, valid_to)
        early = good & (mix(key, 2357) % 100 < 10) & (kind != MOVED_IN)
        next_kind = np.select([again, early], [NEW, np.where(mix(key, 2358) % 12 == 0, BY_OFFICE, CHANGED)], RENEWAL)
        next_day = np.select(
            [again, early], [applied + 70, valid_to - 200 + mix(key, 2359) % 130], valid_to - 55 + mix(key, 2360) % 25
        )
        level = np.where(good, given, level)
        before = np.where(good, given, before)
        worse = np.where(early, 1, np.searchsorted([0.12, 0.72, 0.96], uniform(key, 2361)) - 1)
        level = np.where(good, np.clip(level + worse, 0, 6), level)
        on = (good | kept | again) & (next_day > applied) & (next_day <= np.minimum(i.until[rows], i.base - 1))
        rows, applied, kind, before, level, valid_to = (
            v[on] for v in (rows, next_day, next_kind, before, level, valid_to)
        )
    columns = [np.concatenate([step[k] for step in found]) for k in range(11)]
    order = np.lexsort((columns[1], columns[0]))
    return Chains(i, *(values[order] for values in columns))


def _decide(
    i: Insured, rows: Ints, applied: Ints, kind: Ints, before: Ints, level: Ints, valid_to: Ints, key: Ints
) -> tuple[Ints, ...]:
    """One application of each: the columns of :class:`Chains` after ``i``."""
    day_ = applied + 24 + mix(key, 2362) % 18
    drawn = uniform(key, 2363)
    late = day_ >= i.base
    gone = (i.end[rows] != NO_DAY) & (day_ > i.end[rows])
    plain = ~i.second[rows]
    result = np.select(
        [gone, late, (drawn < 0.02) & plain, (drawn < 0.026) & plain], [LOST, PENDING, WITHDRAWN, DISMISSED], CERTIFIED
    )
    sure = result == CERTIFIED
    free = sure & plain & (kind == NEW) & (drawn > 0.96)
    given = np.where(sure, np.where(free, NOT_IN_NEED, level), -1)
    start = np.where(kind == RENEWAL, valid_to + 1, applied)
    month = month_index(start)
    partial = start != first_day(month)
    span = np.where(
        kind == RENEWAL, np.array([12, 24, 24, 36, 36, 36, 48])[mix(key, 2364) % 7], np.where(mix(key, 2365) % 5, 12, 6)
    )
    span = np.where(np.isin(kind, (CHANGED, BY_OFFICE)), 12, span)
    end = first_day(month + span + partial) - 1
    period = sure & ~free
    cancelled = np.where(
        period & (mix(key, 2366) % 260 == 0) & (day_ + 70 < np.minimum(i.until[rows], end)) & plain, day_ + 60, NO_DAY
    )
    return (
        rows,
        applied,
        kind,
        before,
        result,
        given,
        np.where(sure, day_, NO_DAY),
        np.where(period, start, NO_DAY),
        np.where(period, end, NO_DAY),
        np.where(period, span + partial, 0),
        cancelled,
    )


def certifications(c: Chains) -> pl.DataFrame:
    """要介護認定情報."""
    i, rows = c.i, c.row
    key = i.at[rows] * 1_000 + c.applied % 1_000
    known = np.minimum(i.until[rows], i.base - 1)
    open_ = np.isin(c.result, (PENDING, LOST))
    certified = c.result == CERTIFIED

    def by(offset: int, salt: int) -> Ints:
        """A day of the procedure, if it came to it."""
        when = c.applied + offset + mix(key, salt) % 5
        came = certified | (open_ & (when <= known))
        return np.where(came, np.where(certified, np.minimum(when, c.decided), when), NO_DAY)

    visit, letter, first = by(6, 2371), by(12, 2372), by(18, 2373)
    computed = first != NO_DAY
    level = np.where(certified, c.level, np.maximum(c.before, 0))
    machine = np.clip(level + mix(key, 2374) % 3 - 1, 0, 6)
    machine = np.where(c.level == NOT_IN_NEED, NOT_IN_NEED, machine)
    minutes = np.where(machine == NOT_IN_NEED, 180, np.array(MINUTES)[machine % 7]) + mix(key, 2375) % 90
    bodily = np.clip(level + 1 + mix(key, 2376) % 3, 1, 9)
    mental = np.clip(level + mix(key, 2377) % 3, 1, 8)
    body = text(digits(bodily, 1), computed)
    _, _, mark = latest(rows)
    period = c.start != NO_DAY
    helped = np.searchsorted([0.25, 0.5, 0.8, 0.92, 0.98], uniform(key, 2378))
    stop = np.isin(c.result, (WITHDRAWN, DISMISSED))
    doctor = 3_510_100_000 + mix(i.at[rows], 2380) % 180 * 11
    limit = number(np.array(LIMITS)[np.clip(c.level, 0, 6)], period)
    named = (*LEVELS, "01")
    return to_layout(
        "023",
        "要介護認定情報",
        pl.DataFrame(
            {
                **i.key(rows),
                "申請書管理番号": _paper_numbers(c),
                "最新フラグ": mark,
                "申請年月日": dates(c.applied),
                "申請区分": digits(c.kind, 1),
                "申請者区分": choose(("1", "2", "3", "4", "5", "9"), helped),
                "被保険者区分": digits(1 + i.second[rows], 1),
                "特定疾病コード": text(digits(1 + mix(i.at[rows], 2379) % 16, 2), i.second[rows]),
                "前回要介護状態区分": text(choose(named, np.maximum(c.before, 0)), c.before >= 0),
                "認定調査実施年月日": dates(visit),
                "主治医意見書受領年月日": dates(letter),
                "主治医医療機関コード": text(digits(doctor, 10), letter != NO_DAY),
                "一次判定年月日": dates(first),
                "一次判定結果": text(choose(named, machine), computed),
                "要介護認定等基準時間": pl.select(
                    (number(minutes, computed).cast(pl.Decimal(38, 1)) / 10).cast(pl.Decimal(38, 1))
                ).to_series(),
                "障害高齢者自立度": body,
                "認知症高齢者自立度": text(digits(mental, 1), computed),
                "合議体番号": text(digits(1 + mix(c.applied, 2381) % 12, 5), certified),
                "二次判定年月日": dates(c.decided),
                "処理結果": digits(c.result, 1),
                "要介護状態区分": text(choose(named, np.maximum(c.level, 0)), certified),
                "認定年月日": dates(c.decided),
                "認定有効期間開始年月日": dates(c.start),
                "認定有効期間終了年月日": dates(c.end),
                "認定有効期間月数": number(c.months, period),
                "区分支給限度単位数": limit,
                "審査会意見": text(choose(OPINIONS, mix(key, 2382) % len(OPINIONS)), certified),
                "取下却下年月日": dates(np.where(stop, np.minimum(c.applied + 18, known), NO_DAY)),
                "認定取消年月日": dates(c.cancelled),
                **stamp("nin", key, np.where(certified, c.decided, c.applied + 1), i.base),
            }
        ),
    )


def _paper_numbers(c: Chains) -> pl.Series:
    """申請書管理番号: 保険者番号, year and month, number of the application within the month."""
    month = month_index(c.applied)
    order = np.lexsort((c.i.at[c.row], c.applied))
    serial = np.empty(c.size, np.int64)
    sorted_months = month[order]
    serial[order] = np.arange(c.size) - np.searchsorted(sorted_months, sorted_months) + 1
    year = digits(1970 + month // 12, 4) + digits(month % 12 + 1, 2)
    return constant(insurer(c.i.world.code), c.size) + year + digits(serial, 5)


def plans(c: Chains) -> pl.DataFrame:
    """居宅サービス計画届出情報: who makes the plan of people at home, from when on."""
    i = c.i
    at_home = np.flatnonzero(c.valid & ~c.housed[c.row])
    row = c.row[at_home]
    light = c.level[at_home] < 2
    begins = np.append(True, row[1:] != row[:-1]) if len(row) else np.zeros(0, bool)
    crossed = np.append(True, light[1:] != light[:-1]) if len(row) else np.zeros(0, bool)
    told = begins | crossed | (mix(i.at[row] * 64 + c.start[at_home] % 64, 2391) % 4 == 0)
    told &= c.start[at_home] < i.until[row]
    at_home, row, light = at_home[told], row[told], light[told]
    start = c.start[at_home]
    begins = np.append(True, row[1:] != row[:-1]) if len(row) else np.zeros(0, bool)
    final = np.append(row[1:] != row[:-1], True) if len(row) else np.zeros(0, bool)
    following = np.append(start[1:], NO_DAY)
    end = np.where(final, i.end[row], following - 1)
    closed = np.flatnonzero(final & (i.end[row] != NO_DAY) & (mix(i.at[row], 2392) % 3 == 0))
    rows = np.concatenate([row, row[closed]])
    kind = np.concatenate([np.where(begins, 1, 2), np.full(len(closed), 3)])
    first = np.concatenate([start, i.end[row[closed]]])
    last = np.concatenate([end, i.end[row[closed]]])
    slight = np.concatenate([light, light[closed]])
    told_on = np.concatenate([np.maximum(c.decided[at_home] + 2, start), i.end[row[closed]] + 5])
    order = np.lexsort((kind, first, rows))
    rows, kind, first, last, slight, told_on = (v[order] for v in (rows, kind, first, last, slight, told_on))
    serial, _, mark = latest(rows)
    key = i.at[rows] * 32 + serial // 2
    drawn = uniform(i.at[rows], 2393)
    maker = np.where(slight, np.where(drawn < 0.3, 5, 3), np.select([drawn < 0.02, drawn < 0.07], [2, 4], 1))
    office = mix(key, 2394) % len(OFFICES)
    entrusted = (maker == 3) & (mix(key, 2395) % 3 == 0)
    own = maker == 2
    center = mix(i.at[rows], 2396) % 6
    code = np.where(slight, 3_500_100_000 + 17 * center, 3_571_501_000 + 11 * office)
    return to_layout(
        "023",
        "居宅サービス計画届出情報",
        pl.DataFrame(
            {
                **i.key(rows),
                "履歴番号": number(serial),
                "最新フラグ": mark,
                "届出区分": digits(kind, 1),
                "届出年月日": dates(np.minimum(told_on, i.base)),
                "計画作成区分": digits(maker, 1),
                "事業所番号": text(digits(code, 10), ~own),
                "事業所名称": text(choose(NAMES, np.where(slight, len(OFFICES) + center, office)), ~own),
                "委託先事業所番号": text(digits(3_571_501_000 + 11 * office, 10), entrusted),
                "適用開始年月日": dates(first),
                "適用終了年月日": dates(last),
                **stamp("kyu", key, np.minimum(told_on, i.base) + 1, i.base),
            }
        ),
    )


OFFICES = (
    "ケアプランセンターさくら",
    "ニコニコ居宅介護支援事業所",
    "居宅介護支援センターひだまり",
    "ケアプランポプラ",
    "社協居宅介護支援事業所",
    "アイケアサポート",
    "ふれあい居宅介護支援事業所",
    "ライフサポートこもれび",
)
CENTERS = tuple(f"{place}地域包括支援センター" for place in ("中央", "東部", "西部", "南部", "北部", "港"))
NAMES = OFFICES + CENTERS
