"""利用契約情報, 利用申込情報, 希望施設情報 and 利用調整情報 of area 028."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a028_child_rearing_support.certificates import REFUSED, WAITING, Certificates
from sample_data.areas.a028_child_rearing_support.facilities import AWAY, PRIVATE, PUBLIC, Facilities, Uses
from sample_data.areas.a028_child_rearing_support.paths import KINDERGARTEN, NURSERY
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

NEW, AGAIN, MOVE = 1, 4, 3
"""申込区分."""
OFFERED, KEPT_WAITING, WITHDRAWN, DECLINED, IN_WORK = 3, 4, 5, 7, 2
"""申込状態."""


def admitted(c: Certificates, u: Uses) -> Ints:
    """The uses that are contracts: of children with a certificate that was not refused."""
    slot = c.slot[u.child]
    return np.flatnonzero((slot >= 0) & ~np.isin(c.state[np.maximum(slot, 0)], (REFUSED, WAITING)))


def longer_hours(c: Certificates, u: Uses, rows: Ints) -> Ints:
    """延長保育利用区分 of contracts."""
    q, child = c.q, u.child[rows]
    found = np.array([0, 0, 0, 0, 0, 1, 1, 2, 3, 0])[mix(q.pid[child] * 4 + u.serial[rows], 3001) % 10]
    found = np.where((found == 3) & (c.half(c.slot[child]) == 1) | q.sure[child], 1, found)
    return np.where(q.way[child] == NURSERY, found, 0)


def contract_numbers(c: Certificates, u: Uses, rows: Ints) -> pl.Series:
    """契約番号: fiscal year of the start and eight digits."""
    pid = c.q.pid[u.child[rows]]
    return digits(fiscal_year(u.start[rows]) * 100_000_000 + pid * 10 + u.serial[rows], 12)


def enrolled(c: Certificates, f: Facilities, u: Uses) -> pl.DataFrame:
    """利用契約情報: at the start, from three years on, and at the end."""
    q = c.q
    some = admitted(c, u)
    some = some[u.end[some] >= q.window]
    slot = c.slot[u.child[some]]
    three = c.three[slot]
    mid = (three != NO_DAY) & (three > u.start[some]) & (three <= u.end[some])
    ended = u.end[some] <= q.today
    blocks = [(some, 0), (some[mid], 1), (some[ended], 2)]
    rows = np.concatenate([b[0] for b in blocks])
    step = np.concatenate([np.full(len(b[0]), b[1]) for b in blocks])
    order = np.lexsort((step, rows))
    rows, step = rows[order], step[order]
    serial, last = numbered(rows)
    child = u.child[rows]
    slot = c.slot[child]
    start, end = u.start[rows], u.end[rows]
    over, future = step == 2, start > q.today
    third = q.third[child]
    three = np.where(c.three[slot] == NO_DAY, np.iinfo(np.int64).max, c.three[slot])
    # Whoever is to begin after a third birthday that is still to come holds the certificate of the younger.
    renewed = (c.begin[slot] >= third) | (c.three[slot] != NO_DAY)
    two = np.where(step == 0, (start >= third) & renewed, np.where(step == 1, True, three <= end))
    kind = np.where(q.way[child] == KINDERGARTEN, 1, np.where(two, 2, 3))
    when = np.select([step == 1, over], [third, np.minimum(end, q.today)], start)
    now = np.where(over, end, np.where(last, np.minimum(q.today, end), np.where(step == 1, third, start)))
    age = q.class_age(fiscal_year(np.maximum(now, start)), child)
    key = q.pid[child] * 4 + u.serial[rows]
    longer = longer_hours(c, u, rows)
    away = f.kind[u.facility[rows]] == AWAY
    rest = ~over & ~future & (mix(key, 3002) % 150 == 0)
    return to_layout(
        "028",
        "利用契約情報",
        pl.DataFrame(
            {
                **q.names(child),
                "契約番号": contract_numbers(c, u, rows),
                "履歴番号": number(serial),
                "最新フラグ": flag(last),
                "認定番号": c.number_of(child),
                "施設番号": f.number.gather(pl.Series(u.facility[rows])),
                "利用認定区分": digits(kind, 1),
                "保育必要量区分": text(digits(c.half(slot), 1), kind > 1),
                "特例利用区分": constant("0", len(rows)),
                "広域利用区分": digits(away.astype(np.int64), 1),
                "相手_市区町村コード": text(f.city.gather(pl.Series(u.facility[rows])), away),
                "利用開始年月日": dates(start),
                "利用終了予定年月日": dates(np.maximum(c.expiry[slot], end)),
                "利用終了年月日": dates(np.where(over, end, NO_DAY)),
                "退所事由": text(digits(u.why[rows], 2), over),
                "利用状態": digits(np.select([over, future, rest & last], [3, 4, 2], 1), 1),
                "クラス年齢": number(age),
                "延長保育利用区分": digits(longer, 1),
                "延長保育_終了時刻": text(choose(["18:30:00", "19:00:00", "19:30:00"], mix(key, 3003) % 3), longer > 0),
                "削除フラグ": constant("0", len(rows)),
                **operator("hok", key * 4 + step, np.minimum(when + 1, q.today)),
            }
        ),
    )


@dataclass(frozen=True)
class Applications:
    """Parallel columns, one an application, ordered by child and wish."""

    c: Certificates
    child: Ints
    wish: Ints
    """Day from which it is wanted."""
    kind: Ints
    state: Ints
    facility: Ints
    """The facility offered, -1 for none."""
    before: Ints
    """The facility left, -1 for none."""
    asked: Ints
    serial: Ints

    @property
    def key(self) -> Ints:
        return self.c.q.pid[self.child] * 8 + self.serial

    @property
    def number(self) -> pl.Series:
        """申込番号."""
        return digits(fiscal_year(self.wish) * 100_000_000 + self.c.q.pid[self.child] * 10 + self.serial, 12)

    def wishes(self, f: Facilities) -> Ints:
        """How many facilities are named."""
        drawn: Ints = np.array([1, 2, 2, 2, 3, 3, 3, 4, 5, 1])[mix(self.key, 3011) % 10]
        return np.minimum(drawn, len(f.of(PUBLIC, PRIVATE)))

    def place(self, f: Facilities) -> Ints:
        """Which of the wishes is the facility offered, from 0."""
        drawn: Ints = np.array([0, 0, 0, 0, 1, 1, 2])[mix(self.key, 3012) % 7]
        return np.minimum(drawn, self.wishes(f) - 1)


def applications(c: Certificates, f: Facilities, u: Uses) -> Applications:
    """For each place in care one application, an earlier one that had to wait, and a few given up."""
    q = c.q
    care = admitted(c, u)
    care = care[q.way[u.child[care]] == NURSERY]
    moved = u.serial[care] == 2
    late = (q.start[u.child[care]] > q.asked[u.child[care]]) & ~moved
    before = np.full(len(care), -1)
    before[moved] = u.facility[care[moved] - 1]
    waiting = care[late]
    drop = np.flatnonzero((mix(q.pid, 3021) % 60 == 0) & (q.way == KINDERGARTEN) & (c.slot >= 0))
    drop = drop[np.isin(c.state[c.slot[drop]], (1, 3, 4))]
    open_ = np.flatnonzero((q.way == NURSERY) & (q.start > q.today) & (c.slot >= 0))
    open_ = open_[c.state[c.slot[open_]] != REFUSED]
    pending = np.setdiff1d(open_, u.child[care])
    parts = [
        (u.child[care], u.start[care], np.where(moved, MOVE, np.where(late, AGAIN, NEW)), OFFERED),
        (u.child[waiting], q.asked[u.child[waiting]], NEW, KEPT_WAITING),
        (drop, q.start[drop], NEW, np.where(mix(drop, 3022) % 2 == 0, WITHDRAWN, DECLINED)),
        (pending, q.start[pending], NEW, IN_WORK),
    ]
    size = [len(part[0]) for part in parts]
    child, wish, kind, state = (
        np.concatenate([np.broadcast_to(np.asarray(part[k]), n) for part, n in zip(parts, size, strict=True)])
        for k in range(4)
    )
    facility, left = np.full(len(child), -1), np.full(len(child), -1)
    facility[: len(care)], left[: len(care)] = u.facility[care], before
    facility[state == DECLINED] = f.pick(q.pid[child[state == DECLINED]], PUBLIC, PRIVATE)
    serial = np.repeat([2, 1, 4, 5], size)
    serial[: len(care)] += moved
    april = (month_index(wish) % 12 == 3) & (wish == first_day(month_index(wish)))
    drawn = mix(q.pid[child] * 8 + serial, 3023)
    asked = np.where(april, first_day(month_index(wish) - 5) + drawn % 30, wish - 40 + drawn % 12)
    asked = np.maximum(asked, q.born[child] + 1)
    keep = (asked >= q.window - 200) & (asked <= q.today)
    order = np.flatnonzero(keep)
    order = order[np.lexsort((serial[order], wish[order], child[order]))]
    child, wish, kind, state, facility, left, serial, asked = (
        v[order] for v in (child, wish, kind, state, facility, left, serial, asked)
    )
    return Applications(c, child, wish, kind, state, facility, left, asked, serial)


def _stamp(a: Applications) -> dict[str, pl.Series]:
    """Operator columns of an application, which its wishes share."""
    return operator("hok", a.key, np.minimum(a.asked + 1 + mix(a.key, 3024) % 9, a.c.q.today))


def applied(a: Applications, f: Facilities) -> pl.DataFrame:
    """利用申込情報."""
    q = a.c.q
    away = np.where(a.facility >= 0, f.kind[np.maximum(a.facility, 0)] == AWAY, False)
    held = a.state == KEPT_WAITING
    drawn = mix(a.key, 3025)
    return to_layout(
        "028",
        "利用申込情報",
        pl.DataFrame(
            {
                **q.names(a.child),
                "申込番号": a.number,
                "認定番号": a.c.number_of(a.child),
                "申込年度": digits(fiscal_year(a.wish), 4),
                "申込区分": digits(a.kind, 1),
                "申込年月日": dates(a.asked),
                "利用希望開始年月日": dates(a.wish),
                "クラス年齢": number(q.class_age(fiscal_year(a.wish), a.child)),
                "申込状態": digits(a.state, 1),
                "きょうだい申込区分": choose(["0", "0", "0", "0", "1", "2", "3"], drawn % 7),
                "転園元_施設番号": text(f.number.gather(pl.Series(np.maximum(a.before, 0))), a.before >= 0),
                "広域利用区分": digits(away.astype(np.int64), 1),
                "配慮事項区分": choose(["0", "0", "0", "0", "0", "0", "0", "1", "2", "3"], drawn // 7 % 10),
                "待機区分": text(choose(["1", "2", "2", "3", "4", "9"], drawn // 70 % 6), held),
                **_stamp(a),
            }
        ),
    )


def _wished(a: Applications, f: Facilities) -> tuple[Ints, Ints, Ints]:
    """Application, rank from 0 and facility of each wish."""
    count = a.wishes(f)
    row = np.repeat(np.arange(len(a.child)), count)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    some = f.of(PUBLIC, PRIVATE)
    at = a.place(f)
    # The one offered stands at its rank; the others follow each other in the list of facilities.
    inside = np.isin(a.facility, some)
    base = np.where(inside, np.searchsorted(some, np.where(inside, a.facility, some[0])), mix(a.key, 3026) % len(some))
    shifted = (rank - at[row]) % np.maximum(count[row], 1)
    found = some[(base[row] + shifted) % len(some)]
    offered = (a.facility[row] >= 0) & (rank == at[row])
    return row, rank, np.where(offered, a.facility[row], found)


def wanted(a: Applications, f: Facilities) -> pl.DataFrame:
    """希望施設情報."""
    row, rank, facility = _wished(a, f)
    stamp = _stamp(a)
    return to_layout(
        "028",
        "希望施設情報",
        pl.DataFrame(
            {
                **a.c.q.names(a.child[row]),
                "申込番号": a.number.gather(pl.Series(row)),
                "希望順位": number(rank + 1),
                "施設番号": f.number.gather(pl.Series(facility)),
                "きょうだい在園フラグ": flag(mix(a.key[row] * 8 + rank, 3027) % 9 == 0),
                **{name: column.gather(pl.Series(row)) for name, column in stamp.items()},
            }
        ),
    )


def placed_by(a: Applications, f: Facilities) -> pl.DataFrame:
    """利用調整情報: the rounds of selection of each application."""
    q = a.c.q
    drawn = mix(a.key, 3031)
    twice = (a.state == OFFERED) & (drawn % 5 == 0)
    rounds = np.select([a.state == KEPT_WAITING, twice], [2 + drawn % 2, 2], 1)
    row = np.repeat(np.arange(len(a.child)), rounds)
    turn = np.arange(len(row)) - np.repeat(np.cumsum(rounds) - rounds, rounds) + 1
    final = turn == rounds[row]
    waits = a.state[row] == KEPT_WAITING
    # Who waits is looked at again for the next months.
    month = month_index(a.wish)[row] + np.where(waits, turn - 1, 0)
    keep = ~waits | (first_day(month) - 12 <= q.today)
    row, turn, final, waits, month = row[keep], turn[keep], final[keep], waits[keep], month[keep]
    state = a.state[row]
    result = np.select([waits | ~final, state == OFFERED, state == WITHDRAWN, state == DECLINED], [2, 1, 3, 4], 0)
    april = month % 12 == 3
    decided = first_day(month) - np.where(april, np.where(turn == 1, 68, 40), 12)
    decided = np.maximum(decided, a.asked[row] + 1)
    offered = result == 1
    care = a.c.slot[a.child[row]]
    alone = q.second_parent[a.child[row]] < 0
    one = np.where(a.c.reason(care) == 1, 20, 14)
    two = np.where(a.c.reason(care, 1) == 1, 20, 12) - mix(a.key[row], 3032) % 3
    extra = np.where(alone, 5, 0) + mix(a.key[row], 3033) % 9 - 3
    when = np.where(result == 0, a.asked[row] + 5, decided)
    return to_layout(
        "028",
        "利用調整情報",
        pl.DataFrame(
            {
                **q.names(a.child[row]),
                "申込番号": a.number.gather(pl.Series(row)),
                "利用調整年月": month_text(month),
                "利用調整回": number(np.where(waits, 1, turn)),
                "基準指数_保護者1": number(one),
                "基準指数_保護者2": number(two, ~alone),
                "調整指数": number(extra),
                "合計指数": number(one + np.where(alone, 0, two) + extra),
                "調整結果": digits(result, 1),
                "内定_施設番号": text(f.number.gather(pl.Series(np.maximum(a.facility[row], 0))), offered),
                "内定希望順位": number(a.place(f)[row] + 1, offered),
                "決定年月日": dates(np.where(result == 0, NO_DAY, np.minimum(decided, q.today))),
                "保留理由": text(choose(["1", "1", "1", "2", "3", "9"], mix(a.key[row] + turn, 3034) % 6), result == 2),
                **operator("hok", a.key[row] * 8 + turn, np.minimum(when + 1, q.today)),
            }
        ),
    )
