"""支給対象児童情報 and 支給額情報 of area 027."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.areas.a027_child_allowance.certifications import AGED, CHILD_PLACED, Certifications
from sample_data.areas.a027_child_allowance.families import FACILITY, PARENT, SPECIAL
from sample_data.areas.a027_child_allowance.months import FIRST, REFORM, scheme, spans
from sample_data.areas.insured import constant, first_day, month_text, numbered
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

SUPPORTED, SIBLING = 1, 2
"""児童区分."""
BANDS = ("3歳未満", "3歳以上小学校修了前", "中学生", "高校生年代")


def children(c: Certifications) -> pl.DataFrame:
    """支給対象児童情報: a row whenever rank, amount or kind of a child changed within its certification."""
    f = c.f
    run = c.grid[f.c_of]
    kind = np.where(f.supported, SUPPORTED, np.where(f.counted & (f.r_kind[f.c_of] == PARENT)[:, None], SIBLING, 0))
    kind = np.where(run >= 0, kind, 0).astype(np.int8)
    amount = f.amounts(f.result)
    code = run * 10_000_000 + f.rank.astype(np.int64) * 500_000 + kind.astype(np.int64) * 100_000 + amount
    child, first, last = spans(code, kind > 0)
    s_row, s_first, s_last = spans(run * 4 + kind, kind > 0)
    streak = np.searchsorted(s_row * 4096 + s_first, child * 4096 + first, "right") - 1
    begin, end = s_first[streak] + FIRST, s_last[streak] + FIRST
    of = run[child, first]
    what, rank, paid = kind[child, first], f.rank[child, first].astype(np.int64), amount[child, first]
    band = f.band[child, first].astype(np.int64)
    first, last = first + FIRST, last + FIRST
    # What was over before the kept months is not kept.
    keep = last >= f.window
    child, first, last, begin, end, of, what, rank, paid, band = (
        v[keep] for v in (child, first, last, begin, end, of, what, rank, paid, band)
    )
    order = np.lexsort((first, child, of))
    child, first, last, begin, end, of, what, rank, paid, band = (
        v[order] for v in (child, first, last, begin, end, of, what, rank, paid, band)
    )
    same = np.append(False, (child[1:] == child[:-1]) & (of[1:] == of[:-1]))
    group = np.cumsum(~same)
    serial, newest = numbered(group)
    pid = f.c_pid[child]
    is_child, sibling = what == SUPPORTED, what == SIBLING
    facility = c.kind[of] != PARENT
    over = (end < f.base) | ~c.open[of]
    stops = is_child & over & (last == end)
    placed = c.end_reason[of] == CHILD_PLACED
    aged = end == np.where(end >= REFORM, f.limits[18][child], f.limits[15][child])
    gone = (f.c_until[child] != NO_DAY) & ~facility & ~aged
    loss = np.select([aged, gone & (end < c.last[of]), gone & placed, end == c.last[of]], [55, 53, 53, 60], 99)
    loss = np.where((c.end_reason[of] == AGED) & (end == c.last[of]) & ~gone, 55, loss)
    came = np.select(
        [
            begin == c.first[of],
            begin == f.c_first[child],
            (begin == REFORM) & (band == 4),
            begin == REFORM,
        ],
        [1, 2, 8, 7],
        6,
    )
    came = np.where((came == 2) & (f.c_event[child] != f.born[child]), 3, came)
    fewer = same & (np.append(0, paid[:-1]) > paid) & is_child & (first > begin)
    lower = np.select(
        [
            (first - 1 == f.limits[3][child]),
            (first - 1 == f.limits[12][child]) & (first < REFORM),
            (np.append(0, rank[:-1]) != rank),
        ],
        [56, 57, 58],
        59,
    )
    reason = np.where(stops, loss, lower)
    grand = (f.p.frame["relation2"] == "20").fill_null(False).to_numpy()[pid]
    kin = np.select(
        [c.kind[of] == FACILITY, facility, grand, mix(pid, 2781) % 90 == 0, mix(pid, 2781) % 45 == 1],
        [8, 7, 4, 2, 3],
        1,
    )
    apart, why = _apart(f.c_pid[child], f.born[child], facility, f.today)
    abroad = apart & (why == 6)
    places = f.world.places
    town = places["code"].gather(pl.Series(mix(pid, 2782) % places.height))
    counts_from = np.where(sibling, begin, 0)
    planned = np.where(begin >= REFORM, f.limits[22][child], f.limits[18][child])
    counts_to = np.where((end < f.base) & (last == end), end, planned)
    new_rule = sibling & (begin >= REFORM)
    drawn = mix(pid, 2783)
    at_reform, later = day(2024, 8, 20) + drawn % 40, first_day(counts_from) - 20 + drawn % 18
    paper = np.where(new_rule, np.where(begin == REFORM, at_reform, later), NO_DAY)
    event = np.where((first == begin) & (begin == f.c_first[child]), f.c_event[child], NO_DAY)
    event = np.where(stops & (f.c_until[child] != NO_DAY) & ~facility & (end < f.base), f.c_until[child], event)
    changed = np.minimum(np.maximum(first_day(first) + mix(pid, 2784) % 9, c.decided[of]), f.today)
    closed = np.minimum(np.maximum(first_day(end + 1) + mix(pid, 2785) % 12, changed), f.today)
    changed = np.where(stops, closed, changed)
    limit = np.where(first >= REFORM, f.limits[18][child], f.limits[15][child])
    return to_layout(
        "027",
        "支給対象児童情報",
        pl.DataFrame(
            {
                **c.names(of),
                "児童_宛名番号": f.atena(pid),
                "履歴番号": number(serial),
                "最新フラグ": flag(newest),
                "児童区分": digits(what, 1),
                "児童_生年月日": dates(f.born[child]),
                "続柄": digits(kin, 2),
                "同居別居区分": digits(apart + 1, 1),
                "別居理由": text(digits(why, 2), apart),
                "別居_市区町村コード": text(town, apart & ~abroad),
                "監護生計区分": digits(np.select([facility, sibling, grand], [4, 3, 2], 1), 1),
                "算定順位": number(rank),
                "算定順位区分": digits(np.where(facility, 9, np.minimum(rank, 3)), 1),
                "支給開始年月": month_text(begin, is_child),
                "支給終了年月": month_text(end, stops),
                "算定開始年月": month_text(counts_from, sibling),
                "算定終了年月": month_text(counts_to, sibling),
                "増額事由": text(digits(came, 2), is_child),
                "減額事由": text(digits(reason, 2), stops | fewer),
                "事由発生年月日": dates(event),
                "支給期限年月": month_text(limit, is_child),
                "手当月額": number(paid, is_child),
                "海外留学フラグ": flag(abroad),
                "無戸籍フラグ": flag(mix(pid, 2786) % 2000 == 0),
                "学生区分": text(choose(["1", "1", "1", "2"], mix(pid, 2787) % 4), sibling),
                "監護相当確認書提出年月日": dates(paper),
                "削除フラグ": constant("0", len(of)),
                **operator("jid", pid * 256 + first % 256, changed),
            }
        ),
    )


def _apart(pid: Ints, born: Ints, facility: Bools, today: int) -> tuple[Bools, Ints]:
    """Who lives apart from the recipient, and 別居理由."""
    age = (today - born) // 365
    drawn = mix(pid, 2791)
    school = (age >= 15) & (drawn % 25 == 0)
    other = (age < 15) & (drawn % 220 == 1)
    why = np.where(school, np.where(drawn % 4 == 0, 6, 2), np.array([1, 3, 4, 99])[drawn % 4])
    return (school | other) & ~facility, np.where(facility, 5, why)


def amounts(c: Certifications) -> pl.DataFrame:
    """支給額情報: a row whenever the monthly amount of a certification or what it is made of changed."""
    f = c.f
    run = c.grid
    third = (f.rank >= 3) & (f.r_kind[f.c_of] == PARENT)[:, None]
    paid = f.amounts(f.result)
    counts = [
        np.add.reduceat((f.supported & (f.band == band) & (third == late)).astype(np.int8), f.starts, axis=0)
        for band in (1, 2, 3, 4)
        for late in (False, True)
    ]
    whole = np.add.reduceat((f.counted | f.supported).astype(np.int8), f.starts, axis=0)
    total = np.add.reduceat(paid, f.starts, axis=0)
    era = scheme(f.months)[None, :]
    benefit = np.where(f.result == SPECIAL, 2, 1).astype(np.int64)
    code = total.astype(np.int64) // 1000 * 8 + era * 2 + benefit - 1
    for count in (*counts, whole):
        code = code * 32 + count
    # Nine small counts and the amount do not fit together with the certification: it cuts by itself.
    cut = np.concatenate([np.zeros((len(run), 1), bool), run[:, 1:] != run[:, :-1]], axis=1)
    code = code * 2 + np.cumsum(cut, axis=1) % 2
    row, first, last = spans(code, run >= 0)
    of = run[row, first]
    at = (row, first)
    columns = {
        f"{name}_{side}": counts[2 * k + late][at].astype(np.int64)
        for k, name in enumerate(BANDS)
        for late, side in enumerate(("第1子第2子人数", "第3子以降人数"))
    }
    money, heads, system, way = total[at].astype(np.int64), whole[at].astype(np.int64), era[0][first], benefit[at]
    first, last = first + FIRST, last + FIRST
    keep = last >= f.window
    of, first, last, money, heads, system, way = (v[keep] for v in (of, first, last, money, heads, system, way))
    columns = {name: v[keep] for name, v in columns.items()}
    serial, newest = numbered(of)
    before = np.append(0, money[:-1])
    fresh = first == c.first[of]
    changed = (serial > 1) & (np.append(0, system[:-1]) != system)
    kind = np.select([fresh, changed, money > before, money < before], [1, 5, 2, 3], 4)
    kind = np.where((serial == 1) & ~fresh, 4, kind)
    cause = _causes(c, of, first, kind, way, np.append(way[:1], way[:-1]))
    done = np.minimum(np.maximum(first_day(first) - 20 + mix(c.key[of], 2792) % 25, c.decided[of]), f.today)
    closed = newest & c.open[of]
    return to_layout(
        "027",
        "支給額情報",
        pl.DataFrame(
            {
                **c.names(of),
                "履歴番号": number(serial),
                "最新フラグ": flag(newest),
                "制度区分": digits(system, 1),
                "給付区分": digits(way, 1),
                "改定区分": digits(kind, 1),
                "改定事由": text(digits(cause, 2), cause > 0),
                "適用開始年月": month_text(first),
                "適用終了年月": month_text(last, ~closed),
                "決定年月日": dates(done),
                "支給対象児童数": number(np.sum(list(columns.values()), axis=0)),
                "算定対象児童数": number(heads),
                **{name: number(v) for name, v in columns.items()},
                "手当月額": number(money),
                "削除フラグ": constant("0", len(of)),
                **operator("jid", c.key[of] * 64 + serial, np.minimum(done + 1, f.today)),
            }
        ),
    )


def _causes(c: Certifications, of: Ints, first: Ints, kind: Ints, way: Ints, before: Ints) -> Ints:
    """改定事由, 0 where it is not told."""
    f = c.f
    key = f.c_of * 10_000
    born = np.isin(c.of[of] * 10_000 + first, key + f.c_first)
    three = np.isin(c.of[of] * 10_000 + first, key + f.limits[3] + 1)
    twelve = np.isin(c.of[of] * 10_000 + first, key + f.limits[12] + 1)
    aged = np.isin(c.of[of] * 10_000 + first, key + np.where(first.max() >= REFORM, f.limits[18], f.limits[15]) + 1)
    return np.select(
        [kind == 1, kind == 5, kind == 4, born & (kind == 2), kind == 2, (way != before), three, twelve, aged],
        [1, 7, 0, 2, np.where(way != before, 9, 6), 59, 56, 57, 55],
        58,
    )
