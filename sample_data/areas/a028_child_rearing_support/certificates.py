"""教育・保育給付認定情報 and 保護者状況情報 of area 028."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a028_child_rearing_support.paths import KINDERGARTEN, NURSERY, Paths
from sample_data.areas.a028_child_rearing_support.taxes import AID, Taxes
from sample_data.areas.insured import constant, first_day, month_index, numbered
from sample_data.names import FIRM_NAMES
from sample_data.tax.frames import (
    NO_DAY,
    Bools,
    Ints,
    choose,
    dates,
    digits,
    fiscal_year,
    flag,
    mix,
    number,
    operator,
    text,
    to_layout,
)

GRANTED, REFUSED, CANCELLED, EXPIRED, WAITING = 1, 2, 3, 4, 9
"""認定状態."""
WORK, BIRTH, ILL, NURSING, SEARCH, STUDY, LEAVE = 1, 2, 3, 4, 6, 7, 9
"""保育必要性事由."""
EMPLOYERS = (*(name for name, _ in FIRM_NAMES), "市役所", "市民病院", "自営業", "農業")


@dataclass(frozen=True)
class Certificates:
    """Parallel columns, one a certificate of education and care, ordered by child (position in paths)."""

    q: Paths
    child: Ints
    begin: Ints
    """Day on which it takes effect first."""
    three: Ints
    """Day on which 3号 becomes 2号, NO_DAY where it does not (yet)."""
    expiry: Ints
    asked: Ints
    decided: Ints
    state: Ints
    """認定状態 today."""

    @property
    def number(self) -> pl.Series:
        """認定番号: fiscal year and ten digits."""
        return digits(fiscal_year(self.begin) * 10_000_000_000 + self.q.pid[self.child] * 10 + 1, 14)

    @cached_property
    def slot(self) -> Ints:
        """Per child of the paths: position here, -1 for none."""
        found = np.full(self.q.size, -1)
        found[self.child] = np.arange(len(self.child))
        return found

    def number_of(self, child: Ints) -> pl.Series:
        return self.number.gather(pl.Series(self.slot[child]))

    def reason(self, rows: Ints, second: Ints | int = 0) -> Ints:
        """保育必要性事由 of a parent (0 the first, 1 the second)."""
        drawn = mix(self.q.pid[self.child[rows]] * 2 + second, 2971) % 100
        usual = np.select(
            [drawn < 84, drawn < 88, drawn < 91, drawn < 93, drawn < 96, drawn < 98],
            [WORK, BIRTH, ILL, NURSING, STUDY, LEAVE],
            10,
        )
        return np.where((np.asarray(second) == 0) & (usual == BIRTH), WORK, usual)

    @property
    def searching(self) -> Bools:
        """The first three months were for looking for work."""
        some: Bools = (mix(self.q.pid[self.child], 2972) % 30 == 0) & (self.q.way[self.child] == NURSERY)
        some &= (self.three == NO_DAY) & (self.state != REFUSED)
        some &= (self.begin < self.q.today - 200) & (self.begin + 150 < self.q.end[self.child])
        return some

    def half(self, rows: Ints) -> Ints:
        """保育必要量区分: a day of normal length or a short one."""
        half: Ints = 1 + (mix(self.q.pid[self.child[rows]], 2973) % 5 == 0)
        return half


def certificates(q: Paths) -> Certificates:
    """One certificate a child in care or in a kindergarten under the new system, and a few claims refused."""
    child = np.flatnonzero(np.isin(q.way, (NURSERY, KINDERGARTEN)))
    begin = q.asked[child]
    care = q.way[child] == NURSERY
    expiry = first_day((q.school[child] + 1 - 1970) * 12 + 3) - 1
    early = care & (begin < q.third[child])
    passed = early & (q.third[child] <= np.minimum(q.today, q.end[child]))
    april = (begin - first_day((fiscal_year(begin) - 1970) * 12 + 3)) == 0
    ahead = np.where(april, 130 + mix(q.pid[child], 2974) % 28, 36 + mix(q.pid[child], 2974) % 20)
    asked = np.maximum(begin - ahead, q.born[child] + 1)
    decided = np.minimum(asked + np.where(april, 95, 20), begin)
    over = q.over[child]
    state = np.select([decided > q.today, over & (q.why[child] == 1), over], [WAITING, EXPIRED, CANCELLED], GRANTED)
    refused = (mix(q.pid[child], 2975) % 8 == 0) & (q.start[child] > q.today)
    state = np.where(refused & (state == GRANTED), REFUSED, state)
    return Certificates(q, child, begin, np.where(passed, q.third[child], NO_DAY), expiry, asked, decided, state)


def certified(c: Certificates, t: Taxes) -> pl.DataFrame:
    """教育・保育給付認定情報: first, prolonged after a search for work, 3号 to 2号, and its end."""
    q = c.q
    every = np.arange(len(c.child))
    third = q.third[c.child]
    care = q.way[c.child] == NURSERY
    search = c.searching
    ended = np.isin(c.state, (CANCELLED, EXPIRED))
    stop = q.end[c.child]
    probation = first_day(month_index(c.begin) + 3) - 1
    blocks = [
        (every, 0, c.decided),
        (np.flatnonzero(search), 1, (probation - 10)[search]),
        (np.flatnonzero(c.three != NO_DAY), 2, (c.three - 20)[c.three != NO_DAY]),
        (np.flatnonzero(ended), 3, stop[ended]),
    ]
    rows = np.concatenate([b[0] for b in blocks])
    step = np.concatenate([np.full(len(b[0]), b[1]) for b in blocks])
    when = np.concatenate([b[2] for b in blocks])
    order = np.lexsort((step, rows))
    rows, step, when = rows[order], step[order], when[order]
    serial, last = numbered(rows)
    now = c.state[rows]
    state = np.where((step == 3) | np.isin(now, (REFUSED, WAITING)), now, GRANTED)
    held = np.isin(state, (GRANTED, CANCELLED, EXPIRED))
    changed = c.three[rows] != NO_DAY
    now_two = (step == 2) | ((step == 3) & changed)
    first_two = care[rows] & (c.begin[rows] >= third[rows])
    kind = np.where(care[rows], np.where(now_two | first_two, 2, 3), 1)
    prolonged = search[rows] & (step >= 1)
    begin = np.where(now_two, third[rows], np.where(prolonged, probation[rows] + 1, c.begin[rows]))
    end = np.where(kind == 3, third[rows] - 1, c.expiry[rows])
    end = np.where(search[rows] & (step == 0), probation[rows], end)
    reason = np.where(search[rows] & (step == 0), SEARCH, c.reason(rows))
    reason = np.where(reason == LEAVE, WORK, reason)
    q_ = q.first_parent[c.child[rows]]
    year = np.clip(fiscal_year(np.maximum(when, begin)), t.years[0], t.years[-1])
    aid = t.of(q_, year)["status"] == AID
    alone = q.second_parent[c.child[rows]] < 0
    pid = q.pid[c.child[rows]]
    weak = mix(pid, 2981) % 60 == 0
    home = weak | (mix(pid, 2982) % 50 == 0)
    cancelled, refused = state == CANCELLED, state == REFUSED
    favour = np.select([aid, alone, weak, mix(pid, 2983) % 12 == 0], [2, 1, 5, 7], 0)
    why = np.select([q.why[c.child[rows]] == 2, q.why[c.child[rows]] == 4], [1, 2], 6)
    done = np.maximum(when + np.where(step == 3, 2, 0), c.asked[rows])
    decided = np.where(step == 0, c.decided[rows], np.minimum(when, begin))
    came = q.p.entry[q_] > c.begin[rows] - 60
    return to_layout(
        "028",
        "教育・保育給付認定情報",
        pl.DataFrame(
            {
                **q.names(c.child[rows]),
                "認定番号": c.number.gather(pl.Series(rows)),
                "履歴番号": number(serial),
                "最新フラグ": flag(last),
                "保護者_宛名番号": q.atena(q_),
                "児童_生年月日": dates(q.born[c.child[rows]]),
                "申請区分": digits(np.select([step == 0, step == 1], [np.where(came, 5, 1), 3], 4), 1),
                "申請年月日": dates(np.where(step == 1, when, c.asked[rows])),
                "認定状態": digits(state, 1),
                "認定区分": text(digits(kind, 1), held),
                "認定年月日": dates(np.where(held, decided, NO_DAY)),
                "認定有効期間_開始年月日": dates(np.where(held, begin, NO_DAY)),
                "認定有効期間_終了年月日": dates(np.where(held, end, NO_DAY)),
                "保育必要量区分": text(digits(c.half(rows), 1), held & (kind > 1)),
                "保育必要性事由": text(digits(reason, 2), held & (kind > 1)),
                "優先利用事由": text(digits(favour, 2), (favour > 0) & care[rows]),
                "却下年月日": dates(np.where(refused, np.minimum(c.decided[rows] + 5, q.today), NO_DAY)),
                "却下理由": text(choose(["01", "04"], mix(pid, 2984) % 2), refused),
                "取消年月日": dates(np.where(cancelled, stop[rows], NO_DAY)),
                "取消事由": text(digits(why, 2), cancelled),
                "生活保護世帯フラグ": flag(aid),
                "ひとり親世帯フラグ": flag(alone),
                "在宅障害児者世帯フラグ": flag(home),
                "障害児フラグ": flag(weak),
                "削除フラグ": constant("0", len(rows)),
                **operator("hok", pid * 8 + step, np.minimum(done, q.today)),
            }
        ),
    )


def guardians(c: Certificates) -> pl.DataFrame:
    """保護者状況情報: both parents of the children in care, and again after the yearly confirmation."""
    q = c.q
    care = np.flatnonzero((q.way[c.child] == NURSERY) & (c.state != REFUSED))
    again = care[(c.begin[care] < q.today - 420) & (q.end[c.child[care]] > c.begin[care] + 420)]
    rows = np.concatenate([care, again, care, again])
    second = np.repeat([0, 0, 1, 1], [len(care), len(again), len(care), len(again)])
    serial = np.repeat([1, 2, 1, 2], [len(care), len(again), len(care), len(again)])
    parent = np.where(second == 0, q.first_parent[c.child[rows]], q.second_parent[c.child[rows]])
    there = parent >= 0
    rows, second, serial, parent = rows[there], second[there], serial[there], parent[there]
    order = np.lexsort((serial, second, rows))
    rows, second, serial, parent = rows[order], second[order], serial[order], parent[order]
    last = numbered(rows * 2 + second)[1]
    search = c.searching[rows] & (second == 1) & (serial == 1)
    confirmed = first_day((fiscal_year(c.begin[rows] + 365) - 1970) * 12 + 3)
    reason = np.where(search, SEARCH, c.reason(rows, second))
    reason = np.where((serial == 2) & np.isin(reason, (BIRTH, STUDY, LEAVE)), WORK, reason)
    begin = np.where(serial == 1, c.begin[rows], confirmed)
    key = q.pid[c.child[rows]] * 4 + second * 2 + serial
    due = begin + 20 + mix(key, 2991) % 60
    end = np.select(
        [reason == BIRTH, reason == SEARCH, reason == STUDY, reason == LEAVE],
        [due + 70, first_day(month_index(begin) + 3) - 1, begin + 364, begin + 300],
        NO_DAY,
    )
    work = reason == WORK
    male = q.p.male[parent]
    form = np.select([mix(key, 2992) % 20 == 0, male | (mix(key, 2993) % 2 == 0)], [4, 1], 2)
    form = np.where(mix(key, 2994) % 25 == 0, 8, form)
    firm = mix(parent, 2995) % (len(EMPLOYERS) - 2)
    firm = np.where(form == 4, len(EMPLOYERS) - 2 + mix(parent, 2996) % 2, firm)
    tenths = np.where(form == 2, 640 + mix(key, 2997) % 64 * 10, 1_280 + mix(key, 2997) % 45 * 10)
    hours = pl.Series(tenths).cast(pl.Decimal(38, 1)) / pl.Series([10]).cast(pl.Decimal(38, 0))
    back = (q.class_age(fiscal_year(begin), c.child[rows]) <= 1) & ~male & work & (serial == 1)
    done = np.where(serial == 1, c.decided[rows], confirmed - 20 + mix(key, 2998) % 15)
    return to_layout(
        "028",
        "保護者状況情報",
        pl.DataFrame(
            {
                **q.names(c.child[rows]),
                "認定番号": c.number.gather(pl.Series(rows)),
                "保護者_宛名番号": q.atena(parent),
                "履歴番号": number(serial),
                "最新フラグ": flag(last),
                "続柄": digits(np.where(male, 1, 2), 2),
                "保育必要性事由": digits(reason, 2),
                "事由開始年月日": dates(begin),
                "事由終了年月日": dates(end),
                "就労形態": text(digits(form, 2), work),
                "勤務先名称": text(choose(EMPLOYERS, firm), work),
                "月間就労時間": pl.select(pl.when(pl.Series(work)).then(hours)).to_series(),
                "育児休業終了年月日": dates(np.where(back, begin + 29, NO_DAY)),
                "出産予定年月日": dates(np.where(reason == BIRTH, due, NO_DAY)),
                **operator("hok", key * 2 + 1, np.minimum(done, q.today)),
            }
        ),
    )
