"""利用者負担額情報 and 利用者負担調定収納情報 of area 028."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a028_child_rearing_support.certificates import Certificates
from sample_data.areas.a028_child_rearing_support.contracts import admitted, contract_numbers, longer_hours
from sample_data.areas.a028_child_rearing_support.facilities import AWAY, PRIVATE, PUBLIC, Facilities, Uses, meal
from sample_data.areas.a028_child_rearing_support.paths import KINDERGARTEN, NURSERY
from sample_data.areas.a028_child_rearing_support.taxes import CITY, NATION, PRICES, Taxes
from sample_data.areas.insured import constant, first_day, month_index, month_text, numbered
from sample_data.tax.frames import (
    NO_DAY,
    Ints,
    choose,
    dates,
    digits,
    flag,
    mix,
    number,
    operator,
    text,
    to_layout,
    working_day,
)

CARE, LONGER, MEAL = 1, 2, 3
"""料金種別."""


@dataclass(frozen=True)
class Fees:
    """Parallel columns, one a half year (April to August, September to March) of a contract, ordered by child and
    month. Months since 1970-01."""

    c: Certificates
    t: Taxes
    u: Uses
    use: Ints
    year: Ints
    first: Ints
    last: Ints

    @property
    def child(self) -> Ints:
        return self.u.child[self.use]

    @property
    def tax_year(self) -> Ints:
        """算定課税年度."""
        return np.where(self.first % 12 - 3 < 5, np.where(self.first % 12 >= 3, self.year - 1, self.year), self.year)

    @property
    def age(self) -> Ints:
        return self.c.q.class_age(self.year, self.child)

    @property
    def key(self) -> Ints:
        return self.c.q.pid[self.child] * 4096 + self.first % 4096

    @property
    def kind(self) -> Ints:
        """認定区分 at the start."""
        q = self.c.q
        begin = np.maximum(first_day(self.first), self.u.start[self.use])
        care = q.way[self.child] == NURSERY
        return np.where(care, np.where(begin >= q.third[self.child], 2, 3), 1)

    @cached_property
    def rank(self) -> Ints:
        """多子区分: which of the children of the household who use something."""
        q = self.c.q
        home = q.p.hid[q.pid]
        order = np.lexsort((q.pid, q.born, home))
        place = np.zeros(q.size, np.int64)
        place[order] = numbered(home[order])[0]
        return np.minimum(place[self.child], 3)

    @cached_property
    def bracket(self) -> tuple[Ints, Ints, Ints]:
        """Position of the bracket, 世帯所得割合計額, 階層特例区分."""
        q = self.c.q
        place, total, lost = self.t.bracket(q.first_parent[self.child], q.second_parent[self.child], self.tax_year)
        alone = (q.second_parent[self.child] < 0) & (total < 77_101) & ~lost
        return place, total, np.where(lost, 1, np.where(alone, 2, 0))

    @cached_property
    def money(self) -> dict[str, Ints]:
        """市基準額, 多子軽減額, 独自軽減額, 減免額 and what is left."""
        place, _, special = self.bracket
        price = np.array(PRICES)[place]
        half = self.c.half(self.c.slot[self.child]) == 2
        price = np.where(half, price * 983 // 1000 // 100 * 100, price)
        price = np.where((self.age >= 3) | (self.kind == 1), 0, price)
        later = np.select([self.rank == 1, self.rank == 2], [0, (price // 2 + 9) // 10 * 10], price)
        later = np.minimum(later, price)
        own = np.where(special == 2, (price - later) // 2 // 10 * 10, 0)
        rest = price - later - own
        relief = np.where((mix(self.key, 3041) % 150 == 0) & (rest > 0), rest, 0)
        return {"price": price, "later": later, "own": own, "relief": relief, "net": rest - relief}


def fees(c: Certificates, t: Taxes, u: Uses) -> Fees:
    """The halves of the kept fiscal years that are decided by now."""
    q = c.q
    some = admitted(c, u)
    some = some[(u.end[some] >= q.window) & (u.start[some] <= q.today)]
    use, year, first, last = [], [], [], []
    for y in q.years:
        april = (y - 1970) * 12 + 3
        for low, high in ((april, april + 4), (april + 5, april + 11)):
            begin = np.maximum(month_index(u.start[some]), low)
            end = np.minimum(month_index(u.end[some]), high)
            there = (begin <= end) & (first_day(begin) <= q.today)
            use.append(some[there])
            year.append(np.full(int(there.sum()), y))
            first.append(begin[there])
            last.append(end[there])
    columns = [np.concatenate(v) for v in (use, year, first, last)]
    order = np.lexsort((columns[2], columns[0]))
    return Fees(c, t, u, *(v[order] for v in columns))


def decided(f: Fees, year: int) -> pl.DataFrame:
    """利用者負担額情報 of a fiscal year: a row before where a reduction was granted later."""
    every = np.flatnonzero(f.year == year)
    money = f.money
    twice = every[money["relief"][every] > 0]
    rows = np.concatenate([every, twice])
    serial = np.concatenate([np.ones(len(every), np.int64), np.full(len(twice), 2)])
    order = np.lexsort((serial, rows))
    rows, serial = rows[order], serial[order]
    last = numbered(rows)[1]
    q = f.c.q
    child = f.child[rows]
    place, total, special = (v[rows] for v in f.bracket)
    kind, age = f.kind[rows], f.age[rows]
    relief = np.where(last, money["relief"][rows], 0)
    first_kind = kind == 1
    step = np.select([place <= 1, total < 77_101, total < 211_201], [place + 1, 3, 4], 5)
    city = pl.select(
        pl.when(pl.Series(first_kind)).then(pl.Series(["K"]) + digits(step, 1)).otherwise(choose(CITY, place))
    ).to_series()
    nation = np.where(first_kind, step, np.array(NATION)[place])
    cheap = total < np.where(first_kind, 77_101, 57_700)
    free = np.select([age < 3, cheap | (place <= 1), f.rank[rows] == 3], [9, 1, 2], 0)
    meals = np.isin(free, (1, 2))
    when = np.maximum(first_day(f.first[rows]) - 12, f.c.decided[f.c.slot[child]]) + np.where(serial == 2, 40, 0)
    when = np.minimum(when + mix(f.key[rows], 3042) % 8, q.today)
    return to_layout(
        "028",
        "利用者負担額情報",
        pl.DataFrame(
            {
                **q.names(child),
                "年度": constant(str(year), len(rows)),
                "適用開始年月": month_text(f.first[rows]),
                "履歴番号": number(serial),
                "最新フラグ": flag(last),
                "適用終了年月": month_text(f.last[rows]),
                "契約番号": contract_numbers(f.c, f.u, f.use[rows]),
                "認定区分": digits(kind, 1),
                "保育必要量区分": text(digits(f.c.half(f.c.slot[child]), 1), kind > 1),
                "クラス年齢": number(age),
                "算定課税年度": digits(f.tax_year[rows], 4),
                "世帯所得割合計額": number(total),
                "階層区分": city,
                "国階層区分": digits(nation, 1),
                "階層特例区分": digits(special, 1),
                "市基準額": number(money["price"][rows]),
                "多子区分": digits(f.rank[rows], 1),
                "多子軽減額": number(money["later"][rows]),
                "独自軽減額": number(money["own"][rows]),
                "減免額": number(relief),
                "減免事由": text(choose(["01", "02", "02", "03"], mix(f.key[rows], 3043) % 4), relief > 0),
                "利用者負担月額": number(money["price"][rows] - money["later"][rows] - money["own"][rows] - relief),
                "副食費免除区分": digits(free, 1),
                "副食費免除月額": number(meal(f.year[rows]), meals),
                "決定年月日": dates(when),
                "削除フラグ": constant("0", len(rows)),
                **operator("hok", f.key[rows] * 2 + serial, when),
            }
        ),
    )


def billed(f: Fees, g: Facilities, year: int) -> pl.DataFrame:
    """利用者負担調定収納情報 of a fiscal year: a row a month and kind of fee, up to the month before the base date."""
    q = f.c.q
    rows = np.flatnonzero(f.year == year)
    until = int(month_index(np.array([q.today]))[0]) - 1
    end = np.minimum(f.last[rows], until)
    length = np.maximum(end - f.first[rows] + 1, 0)
    at = np.repeat(rows, length)
    month = f.first[at] + np.arange(len(at)) - np.repeat(np.cumsum(length) - length, length)
    facility = f.u.facility[f.use[at]]
    place = g.kind[facility]
    longer = longer_hours(f.c, f.u, f.use[at])
    city = np.isin(place, (PUBLIC, PRIVATE, AWAY))
    money = f.money
    _, total, _ = f.bracket
    free = (total[at] < 57_700) | (f.rank[at] == 3) | (f.bracket[0][at] <= 1)
    care = np.where(city, money["net"][at], 0)
    extra = np.where((place == PUBLIC) & (longer == 1), 2_500, 0)
    food = np.where(
        (place == PUBLIC) & (f.age[at] >= 3) & ~free & (q.way[f.child[at]] != KINDERGARTEN), meal(f.year[at]), 0
    )
    at = np.concatenate([at] * 3)
    month, facility = np.concatenate([month] * 3), np.concatenate([facility] * 3)
    kind = np.repeat([CARE, LONGER, MEAL], len(care))
    amount = np.concatenate([care, extra, food])
    order = np.flatnonzero(amount > 0)
    order = order[np.lexsort((month[order], kind[order], f.child[at[order]]))]
    at, month, facility, kind, amount = (v[order] for v in (at, month, facility, kind, amount))
    return _collected(f, g, year, at, month, facility, kind, amount)


def _collected(
    f: Fees, g: Facilities, year: int, at: Ints, month: Ints, facility: Ints, kind: Ints, amount: Ints
) -> pl.DataFrame:
    q = f.c.q
    child = f.child[at]
    payer = q.first_parent[child]
    due = working_day(first_day(month + 1) - 1)
    record = (q.pid[child] * 16 + kind) * 64 + year % 64
    bill = record * 16 + month % 16
    way = np.array([1, 1, 1, 1, 2, 4])[mix(payer, 3051) % 6]
    careless = (mix(payer, 3052) % 14 == 0) & (way != 1)
    drawn = mix(bill, 3053)
    late = (careless & (drawn % 3 > 0)) | (drawn % 60 == 0)
    paid_late = late & (drawn % 5 > 0)
    paid_day = np.where(late, due + 35 + drawn % 200, due - np.where(way == 1, 0, drawn % 12))
    settled = (~late | paid_late) & (paid_day <= q.today)
    part = late & ~settled & (drawn % 4 == 0) & (due + 40 <= q.today)
    paid = np.where(settled, amount, np.where(part, amount // 2 // 100 * 100, 0))
    twice = settled & (drawn % 500 == 3)
    paid, back = np.where(twice, amount * 2, paid), np.where(twice, amount, 0)
    lost = np.where(~settled & ~part & (due < q.today - 5 * 365) & (paid == 0), amount, 0)
    left = amount - paid + back - lost
    reminded = np.where(late & (due + 20 <= q.today), working_day(due + 20), NO_DAY)
    old = (left > 0) & (year < q.years[-1])
    interest = np.where(late & settled & (amount >= 10_000) & (drawn // 7 % 3 == 0), 100 + drawn % 9 * 100, 0)
    seen = np.where(part, due + 40, np.where(settled, paid_day, NO_DAY))
    # A record of a year is touched as a whole.
    group = np.cumsum(np.append(True, record[1:] != record[:-1])[: len(record)]) - 1
    touched = np.full(int(group.max()) + 1 if len(group) else 0, NO_DAY)
    np.maximum.at(touched, group, np.maximum(first_day(month), np.where(seen == NO_DAY, NO_DAY, seen)))
    return to_layout(
        "028",
        "利用者負担調定収納情報",
        pl.DataFrame(
            {
                **q.names(child),
                "料金種別": digits(kind, 2),
                "対象年月": month_text(month),
                "調定連番": number(np.ones(len(at), np.int64)),
                "賦課年度": constant(str(year), len(at)),
                "会計区分": digits(np.where(old, 3, 1), 1),
                "施設番号": g.number.gather(pl.Series(facility)),
                "納付義務者_宛名番号": q.atena(payer),
                "納付方法": digits(way, 1),
                "納期限": dates(due),
                "調定額": number(amount),
                "収納額": number(paid),
                "還付充当額": number(back),
                "不納欠損額": number(lost),
                "未納額": number(left),
                "最終収納年月日": dates(np.where(paid > 0, seen, NO_DAY)),
                "督促年月日": dates(reminded),
                "延滞金額": number(interest),
                **operator("hok", record, np.minimum(touched[group] + 1, q.today)),
            }
        ),
    )
