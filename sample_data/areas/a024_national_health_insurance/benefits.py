"""Groups of area 024 about benefits: 高額療養費支給, 療養費等支給."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.areas.a024_national_health_insurance.members import fiscal
from sample_data.areas.a024_national_health_insurance.registers import AREA, Book
from sample_data.areas.insured import bank, constant, first_day, month_index, month_text
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
    text,
    to_layout,
)
from sample_data.tax.pool import uniform

FREQUENT = {1: 140_100, 2: 93_000, 3: 44_400, 4: 44_400, 5: 24_600, 11: 140_100, 12: 93_000, 13: 44_400, 14: 44_400}
"""多数回該当 limits by category."""
FLAT = {4: 57_600, 5: 35_400, 14: 57_600, 15: 24_600, 16: 15_000}
STEPS = {
    1: (252_600, 842_000),
    2: (167_400, 558_000),
    3: (80_100, 267_000),
    11: (252_600, 842_000),
    12: (167_400, 558_000),
    13: (80_100, 267_000),
}
"""Limit, and the costs above which one per cent is added."""


def limits(category: Ints, cost: Ints, frequent: Bools) -> Ints:
    """自己負担限度額."""
    out = np.zeros(len(category), np.int64)
    for kind, amount in FLAT.items():
        out = np.where(category == kind, amount, out)
    for kind, (amount, floor) in STEPS.items():
        out = np.where(category == kind, amount + np.maximum(cost - floor, 0) // 100, out)
    for kind, amount in FREQUENT.items():
        out = np.where((category == kind) & frequent, amount, out)
    return out


def _paid(
    b: Book, who: Ints, decision: Ints, decided: Ints, amount: Ints, way: Ints, keys: Ints
) -> dict[str, pl.Series]:
    """How a benefit is paid; ``decision`` 1 = granted."""
    granted = decision == 1
    when = decided + 12 + mix(keys, 24_401) % 10
    done = granted & (when <= b.base)
    offset = np.where(way == 5, amount, np.where(b.careless[who] & (mix(keys, 24_402) % 3 == 0), amount // 2, 0))
    by_bank = granted & (way == 1)
    return {
        "支給方法": text(digits(way, 1), granted),
        "支払年月日": dates(np.where(done, when, NO_DAY)),
        "支払額": number(amount - offset, done),
        "滞納充当額": number(offset, done & (offset > 0)),
        **bank(who, b.p.column("name_kana", who), by_bank),
    }


def high_costs(b: Book, years: list[int], categories: pl.DataFrame) -> pl.DataFrame:
    """高額療養費支給; ``categories`` as of :func:`incomes.categories`."""
    h, s, base = b.h, b.s, b.base
    lead = np.full(h.size, -1)
    order = np.lexsort((-s.branch, s.home))
    lead[s.home[order]] = order
    first, last = day(years[0], 4, 1), base - 75
    found = []
    for year in years:
        for k in range(4):
            some = np.flatnonzero(uniform(h.head * 40 + k * 9 + year % 9, 24_411) < 0.19)
            some = np.union1d(some, [0]) if h.size else some
            month = (year - 1970) * 12 + 3 + k * 3 + mix(some * 13 + year, 24_412) % 3
            found.append((some, month))
    home, month = (np.concatenate([f[i] for f in found]) for i in (0, 1))
    start = first_day(month)
    fits = (
        (start >= np.maximum(h.start[home], first))
        & (start <= last)
        & ((h.end[home] == NO_DAY) | (h.end[home] > start + 31))
    )
    fits &= lead[home] >= 0
    home, month, start = home[fits], month[fits], start[fits]
    order = np.lexsort((month, h.head[home]))
    home, month, start = home[order], month[order], start[order]
    serial = np.arange(len(home))
    turned = 1970 + (month - 7) // 12
    category = (
        pl.DataFrame({"spell": lead[home], "year": turned})
        .join(categories, on=["spell", "year"], how="left", maintain_order="left")["category"]
        .fill_null(4)
        .to_numpy()
    )
    keys = h.head[home] * 600 + month - 540
    frequent = (mix(keys, 24_413) % 7 == 0) & ~np.isin(category, (15, 16))
    rate = np.where(category >= 14, 2, 3)
    least = limits(category, np.full(len(home), 1_500_000), frequent) * 10 // rate
    cost = (least + 40_000 + (np.exp(12.2 + 0.8 * (uniform(keys, 24_414) * 2 - 1))).astype(np.int64)) // 10 * 10
    burden = cost * rate // 10
    limit = limits(category, cost, frequent)
    at_window = np.where(mix(keys, 24_415) % 4 == 0, (burden - limit) * 2 // 3, 0)
    amount = burden - limit - at_window
    told = first_day(month + 3) + 10
    told_done = told <= base
    asked = told + 8 + mix(keys, 24_416) % 60
    drawn = mix(keys, 24_417) % 50
    decision = np.select([drawn < 4, drawn == 4, drawn == 5], [0, 2, 4], 1)
    decided = asked + 18 + mix(keys, 24_418) % 12
    decision = np.where(asked > base, 0, np.where(decided > base, np.where(decision == 0, 0, 3), decision))
    applied = decision != 0
    final = np.isin(decision, (1, 2, 4))
    way = np.where(b.careless[h.head[home]] & (drawn % 3 == 0), 5, np.where(drawn % 25 == 7, 2, 1))
    when = np.select([final, applied, told_done], [decided, asked, told], start + 40)
    head = h.head[home]
    return to_layout(
        AREA,
        "高額療養費支給",
        pl.DataFrame(
            {
                "市区町村コード": constant(b.code, len(home)),
                "国保世帯番号": b.home_number(home),
                "診療年月": month_text(month),
                "支給決定番号": digits(fiscal(start) * 10**8 + serial + 1, 12),
                "世帯主_宛名番号": b.atena(head),
                "高額療養費所得区分": digits(category, 2),
                "世帯合算フラグ": flag(mix(keys, 24_419) % 6 == 0),
                "多数回該当フラグ": flag(frequent),
                "総医療費額": number(cost),
                "一部負担金額": number(burden),
                "自己負担限度額": number(limit),
                "現物給付額": number(at_window),
                "支給決定額": number(amount),
                "勧奨通知年月日": dates(np.where(told_done, told, NO_DAY)),
                "申請年月日": dates(np.where(applied, asked, NO_DAY)),
                "支給決定区分": digits(decision, 1),
                "支給決定年月日": dates(np.where(final, decided, NO_DAY)),
                **_paid(b, head, decision, decided, amount, way, keys),
                **b.stamp(keys, when),
            }
        ),
    )


def benefits(b: Book, years: list[int]) -> pl.DataFrame:
    """療養費等支給: costs paid back, births, funerals."""
    s, p, h, base = b.s, b.p, b.h, b.base
    first = day(years[0], 4, 1)
    all_ = np.arange(s.size)
    found: list[tuple[Ints, Ints, Ints]] = []
    kinds = np.array([3, 3, 3, 3, 3, 4, 4, 2, 2, 5, 1, 9, 6, 8, 7, 99])
    for year in years:
        for k in range(3):
            some = np.flatnonzero(uniform(s.who * 50 + k * 11 + year % 11, 24_431) < 0.11)
            some = np.union1d(some, all_[:1])
            month = (year - 1970) * 12 + 3 + k * 4 + mix(some * 17 + year, 24_432) % 4
            found.append((some, kinds[mix(some * 17 + year * 3 + k, 24_433) % 16], first_day(month) + 9))
    born = np.flatnonzero((s.start == p.birth[s.who]) & (s.start >= first) & (s.start < base - 30))
    found.append((born, np.full(len(born), 10), s.start[born]))
    dead = np.flatnonzero((s.end_reason == 4) & (s.end >= first) & (s.end < base - 20))
    found.append((dead, np.full(len(dead), 11), s.end[dead]))
    sick = np.flatnonzero(uniform(s.who, 24_434) < 0.003)
    found.append((sick, np.full(len(sick), 12), first + 200 + mix(sick, 24_435) % 40))
    spell, kind, event = (np.concatenate([f[i] for f in found]) for i in range(3))
    treated = np.isin(kind, range(1, 10))
    insured = (event >= s.start[spell]) & ((s.end[spell] == NO_DAY) | (s.end[spell] > event) | (kind == 11))
    fits = insured & (event < base - 20)
    spell, kind, event, treated = spell[fits], kind[fits], event[fits], treated[fits]
    # A birth is the head's, or that of the head's wife.
    head = h.head[s.home[spell]]
    wife = p.spouse[head]
    mother = np.where(p.male[head] & (wife >= 0), wife, head)
    who = np.where(kind == 10, mother, s.who[spell])
    order = np.lexsort((event, kind, who))
    spell, kind, event, treated, who, head = (
        spell[order],
        kind[order],
        event[order],
        treated[order],
        who[order],
        head[order],
    )
    keys = who * 900 + event % 800 + kind
    serial = np.arange(len(who))
    asked = event + 6 + mix(keys, 24_436) % 50
    asked = np.minimum(asked, base - 1)
    decided = asked + 14 + mix(keys, 24_437) % 14
    drawn = mix(keys, 24_438) % 60
    decision = np.where(decided > base, 3, np.where(drawn == 0, 2, np.where(drawn == 1, 4, 1)))
    final = np.isin(decision, (1, 2, 4))
    share = np.where(p.age(event, who) >= 70, 2, np.where(p.age(event, who) < 6, 2, 3))
    cost = (2_500 + mix(keys, 24_439) % 38_000) * np.where(kind == 6, 6, 1) // 10 * 10
    granted = np.select(
        [kind == 10, kind == 11, kind == 12, kind == 9, kind == 7, treated],
        [500_000, 50_000, 38_000 + mix(keys, 24_440) % 30_000, cost // 3, cost, cost * (10 - share) // 10],
        10_000,
    )
    granted = np.where(decision == 2, 0, granted)
    direct = (kind == 10) & (mix(keys, 24_441) % 9 > 0)
    granted = np.where(direct & (decision == 1) & (mix(keys, 24_442) % 3 == 0), 488_000, granted)
    way = np.where(
        direct, 3, np.where(np.isin(kind, (3, 4, 5)) & (mix(keys, 24_443) % 3 > 0), 4, np.where(drawn % 20 == 7, 2, 1))
    )
    applicant = np.where(
        kind == 11, np.where(who == head, np.where(p.spouse[head] >= 0, p.spouse[head], head), head), head
    )
    split = np.isin(kind, (1, 2, 3, 4, 5, 6, 8))
    return to_layout(
        AREA,
        "療養費等支給",
        pl.DataFrame(
            {
                "市区町村コード": constant(b.code, len(who)),
                "宛名番号": b.atena(who),
                "給付種別": digits(kind, 2),
                "支給申請番号": digits(fiscal(asked) * 10**8 + serial + 1, 12),
                "国保世帯番号": b.home_number(s.home[spell]),
                "申請年月日": dates(asked),
                "申請者_氏名": p.column("name", applicant),
                "診療年月": month_text(month_index(event), treated),
                "入外区分": text(choose(["2", "2", "2", "1"], mix(keys, 24_444) % 4), treated),
                "費用額": number(cost, treated),
                "一部負担金割合": text(digits(share, 1), split),
                "出産年月日": dates(np.where(kind == 10, event, NO_DAY)),
                "出産児数": number(np.ones(len(who), np.int64), kind == 10),
                "直接支払制度利用フラグ": text(flag(direct), kind == 10),
                "死亡年月日": dates(np.where(kind == 11, event, NO_DAY)),
                "葬祭執行年月日": dates(np.where(kind == 11, event + 1 + mix(keys, 24_445) % 4, NO_DAY)),
                "支給決定区分": digits(decision, 1),
                "支給決定年月日": dates(np.where(final, decided, NO_DAY)),
                "支給決定額": number(granted),
                **_paid(b, applicant, decision, decided, granted, way, keys),
                **b.stamp(keys, np.where(final, decided, asked)),
            }
        ),
    )
