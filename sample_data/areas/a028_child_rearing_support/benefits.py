"""施設等利用給付認定情報 and 施設等利用費支払情報 of area 028."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a028_child_rearing_support.facilities import Facilities, Uses
from sample_data.areas.a028_child_rearing_support.paths import (
    KINDERGARTEN,
    NEW_RULES,
    OLD_KINDERGARTEN,
    UNLICENSED,
    Paths,
)
from sample_data.areas.a028_child_rearing_support.taxes import AID, FREE, Taxes
from sample_data.areas.insured import constant, first_day, month_index, month_text, numbered
from sample_data.tax.frames import (
    NO_DAY,
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

FIRST, SECOND, THIRD = 1, 2, 3
"""施設等利用認定区分."""
SCHOOL, DAY_CARE, OUTSIDE = 1, 2, 3
"""利用種別."""


@dataclass(frozen=True)
class Grants:
    """Parallel columns, one a certificate, ordered by child."""

    q: Paths
    u: Uses
    use: Ints
    kind: Ints
    begin: Ints
    expiry: Ints
    poor: Ints
    """1 where the household pays no tax."""

    @property
    def child(self) -> Ints:
        return self.u.child[self.use]

    @property
    def end(self) -> Ints:
        return np.minimum(self.u.end[self.use], self.expiry)

    @property
    def number(self) -> pl.Series:
        """施設等利用認定番号."""
        return digits((30_000 + fiscal_year(self.begin)) * 1_000_000_000 + self.q.pid[self.child] * 10 + 3, 14)


def grants(q: Paths, u: Uses, t: Taxes) -> Grants:
    """Kindergartens of the old kind, care after a kindergarten's hours, and homes without a licence."""
    use = np.flatnonzero((u.serial == 1) & (u.end >= q.window))
    child = u.child[use]
    way = q.way[child]
    drawn = mix(q.pid[child], 3061) % 100
    year = np.clip(fiscal_year(np.maximum(u.start[use], q.window)), t.years[0], t.years[-1])
    one, two = t.of(q.first_parent[child], year), t.of(q.second_parent[child], year)
    free = np.isin(one["status"], (FREE, AID)) & ((q.second_parent[child] < 0) | np.isin(two["status"], (FREE, AID)))
    third = q.third[child]
    young = u.start[use] < third
    expiry = first_day((q.school[child] + 1 - 1970) * 12 + 3) - 1
    turned = first_day((q.school[child] - 2 - 1970) * 12 + 3)
    kind = np.select(
        [way == OLD_KINDERGARTEN, way == UNLICENSED, way == KINDERGARTEN],
        [np.where(drawn < 30, SECOND, FIRST), np.where(young & free & (turned > u.start[use]), THIRD, SECOND), SECOND],
        0,
    )
    some = (way == OLD_KINDERGARTEN) | ((way == KINDERGARTEN) & (drawn < 35)) | (way == UNLICENSED)
    begin = np.maximum(u.start[use], NEW_RULES)
    begin = np.where((kind == SECOND) & (begin < turned), turned, begin)
    expiry = np.where(kind == THIRD, turned - 1, expiry)
    keep = (
        some
        & (begin <= q.today)
        & (begin < np.minimum(u.end[use], expiry))
        & (np.minimum(u.end[use], expiry) >= q.window)
    )
    return Grants(q, u, *(v[keep] for v in (use, kind, begin, expiry, free.astype(np.int64))))


def granted(g: Grants) -> pl.DataFrame:
    """施設等利用給付認定情報: at the start, and at the end."""
    q = g.q
    every = np.arange(len(g.use))
    ended = np.flatnonzero(g.end <= q.today)
    rows = np.concatenate([every, ended])
    step = np.concatenate([np.zeros(len(every), np.int64), np.ones(len(ended), np.int64)])
    order = np.lexsort((step, rows))
    rows, step = rows[order], step[order]
    serial, last = numbered(rows)
    child = g.child[rows]
    early = g.end[rows] < g.expiry[rows]
    state = np.where(step == 0, 1, np.where(early, 3, 4))
    pid = q.pid[child]
    asked = np.maximum(g.begin[rows] - 30 - mix(pid, 3071) % 40, q.born[child] + 1)
    when = np.where(step == 0, g.begin[rows], g.end[rows])
    reason = np.array([1, 1, 1, 1, 3, 4, 7, 1])[mix(pid, 3072) % 8]
    return to_layout(
        "028",
        "施設等利用給付認定情報",
        pl.DataFrame(
            {
                **q.names(child),
                "施設等利用認定番号": g.number.gather(pl.Series(rows)),
                "履歴番号": number(serial),
                "最新フラグ": flag(last),
                "保護者_宛名番号": q.atena(q.first_parent[child]),
                "児童_生年月日": dates(q.born[child]),
                "申請年月日": dates(asked),
                "認定状態": digits(state, 1),
                "施設等利用認定区分": digits(g.kind[rows], 1),
                "認定有効期間_開始年月日": dates(g.begin[rows]),
                "認定有効期間_終了年月日": dates(g.expiry[rows]),
                "保育必要性事由": text(digits(reason, 2), g.kind[rows] != FIRST),
                "非課税世帯フラグ": flag(g.poor[rows] == 1),
                "取消年月日": dates(np.where(state == 3, g.end[rows], NO_DAY)),
                "削除フラグ": constant("0", len(rows)),
                **operator("hok", pid * 4 + step + 2, np.minimum(when + 1, q.today)),
            }
        ),
    )


def paid(g: Grants, f: Facilities, year: int) -> pl.DataFrame:
    """施設等利用費支払情報 of a fiscal year: schools are paid directly each month, parents get back what they paid each
    quarter."""
    q = g.q
    april = (year - 1970) * 12 + 3
    until = int(month_index(np.array([q.today]))[0]) - 2
    first = np.maximum(month_index(g.begin), april)
    last = np.minimum(np.minimum(month_index(g.end), april + 11), until)
    length = np.maximum(last - first + 1, 0)
    at = np.repeat(np.arange(len(g.use)), length)
    month = first[at] + np.arange(len(at)) - np.repeat(np.cumsum(length) - length, length)
    way = q.way[g.child[at]]
    blocks = [(at[way == OLD_KINDERGARTEN], month[way == OLD_KINDERGARTEN], SCHOOL)]
    care = (g.kind[at] == SECOND) & (way != UNLICENSED)
    blocks += [(at[care], month[care], DAY_CARE), (at[way == UNLICENSED], month[way == UNLICENSED], OUTSIDE)]
    at, month = (np.concatenate([b[k] for b in blocks]) for k in (0, 1))
    what = np.repeat([b[2] for b in blocks], [len(b[0]) for b in blocks])
    pid = q.pid[g.child[at]]
    key = (pid * 4 + what) * 4096 + month % 4096
    used = (what != DAY_CARE) | (mix(key, 3081) % 6 > 0)
    at, month, what, pid, key = at[used], month[used], what[used], pid[used], key[used]
    order = np.lexsort((what, month, pid))
    at, month, what, pid, key = at[order], month[order], what[order], pid[order], key[order]
    days = 6 + mix(key, 3082) % 17
    cost = np.select(
        [what == SCHOOL, what == DAY_CARE],
        [24_000 + mix(pid, 3083) % 8 * 700, days * (400 + mix(pid, 3084) % 4 * 100)],
        34_000 + mix(pid, 3085) % 12 * 1_000,
    )
    limit = np.select(
        [what == SCHOOL, what == DAY_CARE, g.kind[at] == THIRD],
        [25_700, np.minimum(11_300, 450 * days), 42_000],
        37_000,
    )
    quarter = (month // 3 + 1) * 3
    asked = np.where(
        what == SCHOOL, first_day(month) + 4 + mix(key, 3086) % 3, first_day(quarter) + 5 + mix(pid, 3087) % 10
    )
    done = np.where(what == SCHOOL, first_day(month) + 24, first_day(quarter + 1) + 24)
    asked = np.minimum(asked, q.today)
    back = (mix(key, 3088) % 400 == 0) & (what != SCHOOL)
    state = np.where(back, 3, np.where(done <= q.today, 2, np.where(asked + 15 <= q.today, 1, 0)))
    grant = np.where(back, 0, np.minimum(cost, limit))
    facility = g.u.facility[g.use[at]]
    # A school asks for all its children at once.
    together = 90_000_000 + facility * 1_000 + month % 1_000
    alone = (pid % 2_000_000) * 40 + quarter // 3 % 10 * 4 + what
    claim = fiscal_year(asked) * 100_000_000 + np.where(what == SCHOOL, together, alone)
    return to_layout(
        "028",
        "施設等利用費支払情報",
        pl.DataFrame(
            {
                **q.names(g.child[at]),
                "請求番号": digits(claim, 12),
                "対象年月": month_text(month),
                "施設番号": f.number.gather(pl.Series(facility)),
                "施設等利用認定番号": g.number.gather(pl.Series(at)),
                "利用種別": digits(what, 1),
                "支給方法": choose(["1", "2"], (what == SCHOOL).astype(np.int64)),
                "請求年月日": dates(asked),
                "利用日数": number(days, what == DAY_CARE),
                "支払利用料": number(cost),
                "支給上限額": number(limit),
                "支給額": number(grant),
                "支払年月日": dates(np.where(state == 2, done, NO_DAY)),
                "支払状態": digits(state, 1),
                **operator("hok", key, np.minimum(np.where(state == 2, done - 6, asked), q.today)),
            }
        ),
    )
