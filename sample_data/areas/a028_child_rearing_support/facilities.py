"""施設・事業所情報 of area 028, and which facility each child uses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a028_child_rearing_support.paths import (
    KINDERGARTEN,
    NURSERY,
    OLD_KINDERGARTEN,
    Paths,
)
from sample_data.areas.insured import constant, first_day, numbered
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

KINDS: tuple[tuple[str, str, str, str, float], ...] = (
    ("02", "1", "保育所", "ホイクショ", 25),
    ("02", "2", "保育園", "ホイクエン", 20),
    ("03", "2", "こども園", "コドモエン", 8),
    ("11", "2", "小規模保育室", "ショウキボホイクシツ", 8),
    ("01", "1", "幼稚園", "ヨウチエン", 4),
    ("41", "2", "学園幼稚園", "ガクエンヨウチエン", 8),
    ("44", "2", "託児ルーム", "タクジルーム", 6),
    ("45", "2", "事業所内キッズ", "ジギョウショナイキッズ", 3),
    ("48", "2", "病児保育室", "ビョウジホイクシツ", 1),
    ("02", "2", "中央保育園", "チュウオウホイクエン", 5),
)
"""施設種別, 公私区分, name and its reading, how many a city with 5,500 young children has; the last kind lies in other
towns."""
PUBLIC, PRIVATE, CENTRE, SMALL, SCHOOL, OLD_SCHOOL, UNLICENSED_HOME, AT_WORK, SICK, AWAY = range(len(KINDS))
MEALS = ((2019, 4_500), (2023, 4_700), (2024, 4_800), (2025, 4_900))
"""副食費 a month since a fiscal year."""


def meal(year: Ints) -> Ints:
    found = np.full(np.shape(year), MEALS[0][1])
    for since, price in MEALS[1:]:
        found = np.where(year >= since, price, found)
    return found


@dataclass(frozen=True)
class Facilities:
    """Parallel columns, one a facility, ordered by kind."""

    q: Paths
    kind: Ints
    """Position in KINDS."""
    place: Ints
    """Position among the towns, of AWAY among the places outside."""

    @property
    def size(self) -> int:
        return len(self.kind)

    @property
    def number(self) -> pl.Series:
        """施設番号."""
        return digits(np.arange(self.size) + 101, 10)

    def of(self, *kinds: int) -> Ints:
        return np.flatnonzero(np.isin(self.kind, kinds))

    @property
    def collected(self) -> Bools:
        """The city collects the parents' share."""
        return np.isin(self.kind, (PUBLIC, PRIVATE, AWAY))

    @cached_property
    def city(self) -> pl.Series:
        """所在_市区町村コード."""
        away = self.kind == AWAY
        outside = self.q.world.places["code"].gather(pl.Series(np.where(away, self.place, 0)))
        return pl.select(pl.when(pl.Series(away)).then(outside).otherwise(pl.lit(self.q.world.code))).to_series()

    @cached_property
    def care(self) -> Ints:
        """Facilities that one can ask for: those of care in the town."""
        return self.of(PUBLIC, PRIVATE, CENTRE, SMALL)

    def pick(self, keys: Ints, *kinds: int) -> Ints:
        some = self.of(*kinds)
        return some[mix(keys, 2911) % len(some)]


def facilities(q: Paths) -> Facilities:
    """One of each kind at least."""
    share = q.world.present.height / 144_472
    counts = [max(1 if k else 2, round(share * kind[4])) for k, kind in enumerate(KINDS)]
    kind = np.repeat(np.arange(len(KINDS)), counts)
    towns, places = q.world.towns.height, q.world.places.height
    step = np.arange(len(kind))
    return Facilities(q, kind, np.where(kind == AWAY, step % places, step * 3 % towns))


@dataclass(frozen=True)
class Uses:
    """Parallel columns, one a contract or a use, ordered by child and start: whole numbers are positions in paths and
    facilities."""

    child: Ints
    facility: Ints
    start: Ints
    end: Ints
    why: Ints
    serial: Ints
    """1, 2 ... of a child."""


def uses(q: Paths, f: Facilities) -> Uses:
    """Where each child goes; from small facilities, which end at two years, and sometimes else on to another one."""
    every = np.arange(q.size)
    drawn = mix(q.pid, 2921)
    april = first_day((q.school - 2 - 1970) * 12 + 3)
    before = q.start < april
    small = (q.way == NURSERY) & before & (drawn % 100 < 16)
    small &= ~q.sure
    away = (q.way == NURSERY) & ~small & ~q.sure & (drawn % 100 >= 98)
    home = np.select(
        [q.sure, small, away, q.way == NURSERY, q.way == KINDERGARTEN, q.way == OLD_KINDERGARTEN],
        [
            f.pick(q.pid, PUBLIC),
            f.pick(q.pid, SMALL),
            f.pick(q.pid, AWAY),
            f.pick(q.pid, PUBLIC, PRIVATE, PRIVATE, CENTRE),
            f.pick(q.pid, CENTRE, SCHOOL),
            f.pick(q.pid, OLD_SCHOOL),
        ],
        f.pick(q.pid, UNLICENSED_HOME, AT_WORK),
    )
    moves = (q.way == NURSERY) & before & (small | (drawn % 100 < 22) & (drawn % 100 >= 16)) & (q.end > april + 40)
    moves &= april <= q.today
    onward = f.pick(q.pid + 77_777, PUBLIC, PRIVATE)
    same = onward == home
    onward = np.where(same, f.of(PUBLIC, PRIVATE)[mix(q.pid, 2912) % len(f.of(PUBLIC, PRIVATE))], onward)
    moves &= onward != home
    child = np.concatenate([every, np.flatnonzero(moves)])
    second = np.concatenate([np.zeros(q.size, bool), np.ones(int(moves.sum()), bool)])
    order = np.lexsort((second, child))
    child, second = child[order], second[order]
    left = moves[child] & ~second
    # Small facilities end with the class of two years, moved on or not.
    ends = small[child] & ~moves[child] & (q.end[child] >= april[child])
    end = np.where(left | ends, april[child] - 1, q.end[child])
    why = np.where(left, 3, np.where(ends, 6, q.why[child]))
    start = np.where(second, april[child], q.start[child])
    return Uses(child, np.where(second, onward[child], home[child]), start, end, why, second + 1)


def register(f: Facilities, u: Uses) -> pl.DataFrame:
    """施設・事業所情報: a row before and one since the last change."""
    q, world = f.q, f.q.world
    current = (u.start <= q.today) & (u.end > q.today)
    year = np.full(len(u.child), q.years[-1])
    age = q.class_age(year, u.child)
    first = q.way[u.child] == KINDERGARTEN
    seats = [
        np.bincount(u.facility[current & mask], minlength=f.size)
        for mask in (first, ~first & (age >= 3), ~first & (age == 0), ~first & (age >= 1) & (age < 3))
    ]
    care, school = np.isin(f.kind, (PUBLIC, PRIVATE, CENTRE, AWAY)), np.isin(f.kind, (SCHOOL, CENTRE))
    baby = care | (f.kind == SMALL)
    least = [school * 15, care * 30, baby * 3, baby * 12]
    room = [
        np.where(low > 0, np.maximum(low, (count * 11 // 10 + 4) // 5 * 5), 0)
        for low, count in zip(least, seats, strict=True)
    ]
    every = np.arange(f.size)
    twice = mix(every, 2931) % 3 > 0
    rows = np.concatenate([every, every[twice]])
    serial = np.concatenate([np.ones(f.size, np.int64), np.full(int(twice.sum()), 2)])
    order = np.lexsort((serial, rows))
    rows, serial = rows[order], serial[order]
    _, last = numbered(rows)
    kind, away = f.kind[rows], f.kind[rows] == AWAY
    towns = world.towns.with_columns(pl.col("kana").alias("reading"))[pl.Series(np.where(away, 0, f.place[rows]))]
    places = world.places[pl.Series(np.where(away, f.place[rows], 0))]
    town = pl.select(pl.when(pl.Series(away)).then(places["city"]).otherwise(towns["name"])).to_series()
    reading = pl.select(pl.when(pl.Series(away)).then(pl.lit("シガイ")).otherwise(towns["reading"])).to_series()
    public = kind == PUBLIC
    lead = choose(["", world.municipality.name + "立"], (public | (kind == SCHOOL)).astype(np.int64))
    lead_kana = choose(["", world.municipality.kana + "リツ"], (public | (kind == SCHOOL)).astype(np.int64))
    wide = pl.Series([chr(0xFF10 + d) for d in range(10)])
    place = numbered(f.kind)[0][rows]
    tens = text(wide.gather(pl.Series(place // 10 % 10)), place >= 10).fill_null("")
    tail = tens + wide.gather(pl.Series(place % 10))
    many = place > 1
    suffix = text(pl.Series(["第"]) + tail, many).fill_null("")
    suffix_kana = text(pl.Series(["ダイ"]) + tail, many).fill_null("")
    banchi = wide.gather(pl.Series(rows % 9 + 1)) + pl.Series(["番地"])
    closed = (kind == UNLICENSED_HOME) & (rows % 3 == 1) & ~np.isin(rows, u.facility)
    opened = np.where(kind == SMALL, day(2016, 4, 1), day(1975, 4, 1) + mix(rows, 2934) % 30 * 365)
    opened = np.where(closed, day(2019, 4, 1), opened)
    given = np.isin(kind, (PUBLIC, PRIVATE, CENTRE, SMALL, SCHOOL, AWAY))
    since = np.where(opened > day(2015, 4, 1), opened, day(2015, 4, 1))
    price = meal(np.where(last, q.years[-1], q.years[-1] - 1))
    seat = [r[rows] for r in room]
    done = np.where(last, day(q.years[-1], 4, 1), day(q.years[-1] - 2, 4, 1)) + mix(rows, 2935) % 20
    return to_layout(
        "028",
        "施設・事業所情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(world.code, len(rows)),
                "施設番号": f.number.gather(pl.Series(rows)),
                "履歴番号": number(serial),
                "最新フラグ": flag(last),
                "施設事業所番号": text(digits(3_500_000_000_000 + int(world.code[:5]) * 1_000 + rows, 13), given),
                "施設種別": choose([k[0] for k in KINDS], kind),
                "公私区分": choose([k[1] for k in KINDS], kind),
                "施設名称": lead + town + suffix + choose([k[2] for k in KINDS], kind),
                "施設名称_フリガナ": lead_kana + reading + suffix_kana + choose([k[3] for k in KINDS], kind),
                "所在_市区町村コード": f.city.gather(pl.Series(rows)),
                "所在_住所": pl.select(
                    pl.when(pl.Series(away))
                    .then(places["prefecture"] + places["city"] + places["town"])
                    .otherwise(pl.lit("山口県" + world.municipality.city) + towns["name"])
                ).to_series()
                + banchi,
                "管内外区分": digits(away + 1, 1),
                "確認年月日": dates(np.where(given, since, NO_DAY)),
                "事業開始年月日": dates(opened),
                "事業終了年月日": dates(np.where(closed & last, day(q.years[-1], 3, 31), NO_DAY)),
                "施設状態": digits(np.where(closed & last, 3, 1), 1),
                "利用定員_1号": number(seat[0], given),
                "利用定員_2号": number(seat[1], given),
                "利用定員_3号0歳": number(seat[2], given),
                "利用定員_3号1・2歳": number(seat[3], given),
                "開所時刻": choose(["07:00:00", "07:15:00", "07:30:00"], mix(rows, 2936) % 3),
                "閉所時刻": choose(["18:30:00", "19:00:00", "19:30:00"], mix(rows, 2937) % 3),
                "利用者負担徴収区分": digits(np.where(f.collected[rows], 1, np.where(kind == SICK, 3, 2)), 1),
                "副食費月額": number(price, np.isin(kind, (PUBLIC, PRIVATE, CENTRE, SCHOOL, AWAY))),
                **operator("hok", rows * 4 + serial, np.minimum(done, q.today)),
            }
        ),
    )
