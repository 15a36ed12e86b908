"""The vehicles of area 013 as arrays: those that area 014 has claims for, those that pay nothing, and those that were
scrapped before the kept years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.tax.claims import Claims, Payers
from sample_data.tax.collection_groups import WIDE_DIGITS, _plates
from sample_data.tax.frames import NO_DAY, Bools, Ints, choose, day, mix
from sample_data.tax.pool import uniform
from sample_data.world import World

TAXED, RELIEVED, PUBLIC, STOCK, HELD, FORMER = range(6)
"""Claims exist; 全額減免; 官公署; 商品車; 課税保留; scrapped before the kept years."""
PRICES = ((10, 1, 10_800), (10, 1, 10_800), (10, 3, 12_900), (10, 2, 7_200), (12, 1, 5_000), (3, 7, 2_400))
"""車種区分, 税率区分, 税率額 by the choice that area 014's claims are made from."""
OTHERS: dict[int, tuple[tuple[int, int, int], ...]] = {
    RELIEVED: ((10, 1, 10_800), (10, 1, 10_800), (12, 1, 5_000), (10, 3, 12_900), (3, 7, 2_400)),
    PUBLIC: ((12, 1, 5_000), (10, 1, 10_800), (24, 7, 6_000), (21, 7, 5_900), (18, 7, 3_600), (1, 7, 2_000)),
    STOCK: ((10, 4, 2_700), (11, 5, 3_500), (11, 6, 5_200), (24, 7, 6_000), (1, 7, 2_000), (7, 7, 2_000)),
    HELD: ((1, 7, 2_000), (2, 7, 2_000), (5, 7, 3_600), (20, 7, 2_400)),
    FORMER: (
        *((10, 2, 7_200), (12, 2, 4_000), (1, 7, 2_000), (2, 7, 2_000), (5, 7, 3_600), (4, 7, 3_700), (14, 2, 3_100)),
        *((20, 7, 2_400), (21, 7, 5_900), (13, 2, 3_000), (6, 7, 2_000), (24, 7, 6_000), (11, 2, 5_500)),
    ),
}
FOUR = (10, 11, 12, 13, 14)
"""軽三輪・軽四輪."""
INSPECTED = (*FOUR, 24)
MUNICIPAL = (1, 2, 3, 4, 6, 7, 20, 21)
"""Vehicles whose plates the municipality gives out."""
KANA = ("ま", "み", "む", "め", "も", "や", "ゆ", "よ", "ら", "り", "る", "ろ")
"""かな of the plates of vehicles without claims, none of area 014's."""


def april(year: Ints) -> Ints:
    """1 April of each year."""
    months = (year - 1970) * 12 + 3
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def month_of(days: Ints) -> Ints:
    """Months since year 0."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12


def month_start(months: Ints) -> Ints:
    return (months - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


@dataclass(frozen=True)
class Fleet:
    """Parallel columns, one a vehicle, by number; days since 1970-01-01, NO_DAY where there is none."""

    number: Ints
    """車両管理番号."""
    what: Ints
    payer: Ints
    """Position among the payers of area 014: who is taxed."""
    kind: Ints
    """車種区分."""
    rate: Ints
    """税率区分."""
    price: Ints
    first: Ints
    """First and last 相当年度 that tax rows exist for (FORMER: none)."""
    last: Ints
    model_month: Ints
    """初度検査年月 as months since year 0, -1 where there is none."""
    got: Ints
    registered: Ints
    moved_in: Bools
    used: Bools
    transfer: Ints
    """Day on which the payer took it over from ``before``."""
    before: Ints
    change: Ints
    ended: Ints
    reason: Ints
    """廃車事由."""
    keeper: Ints
    """Owner by 所有権留保, -1 where the payer owns it."""
    plate: pl.DataFrame
    """text (標識文字), group (分類番号, null), kana, serial (4 digits), whole (all, full width)."""
    base: int

    @property
    def size(self) -> int:
        return len(self.number)

    @property
    def registered_now(self) -> Bools:
        now: Bools = self.ended == NO_DAY
        return now

    @property
    def four(self) -> Bools:
        four: Bools = np.isin(self.kind, FOUR)
        return four

    def at_number(self) -> Ints:
        """Position by 車両管理番号."""
        found = np.full(int(self.number.max()) + 1, -1)
        found[self.number] = np.arange(self.size)
        return found


def fleet(world: World, who: Payers, c: Claims, years: list[int]) -> Fleet:
    """All vehicles; those with claims are numbered as their notices are."""
    base = world.base_date.toordinal() - 719_163
    latest = years[-1]
    number, where = np.unique(c.notice % 10**7, return_inverse=True)
    first, last = np.full(len(number), 9999), np.zeros(len(number), np.int64)
    np.minimum.at(first, where, c.soto)
    np.maximum.at(last, where, c.soto)
    payer = np.zeros(len(number), np.int64)
    payer[where] = c.payer
    table = np.array(PRICES)[mix(number - 1, 918) % 6]
    # Half of the third class of motorcycles are small tractors, which are taxed alike.
    table[:, 0] = np.where((table[:, 0] == 3) & (mix(number, 201) % 4 == 0), 20, table[:, 0])
    parts = [(number, np.full(len(number), TAXED), payer, table, first, last)]
    serial = 8_000_000
    for other, chosen, begin, finish in _others(world, who, payer, years):
        size = len(chosen)
        numbers = serial + np.arange(size)
        serial += size
        classes = np.array(OTHERS[other])[mix(numbers, 202 + other) % len(OTHERS[other])]
        parts.append((numbers, np.full(size, other), chosen, classes, begin, finish))
    number, what, payer, table, first, last = (np.concatenate([p[i] for p in parts]) for i in range(6))
    # Before 2016 there was no higher rate yet.
    early = (first < 2016) & (table[:, 1] == 1)
    table[early, 1] = 2
    table[early, 2] = np.where(table[early, 0] == 10, 7_200, 4_000)
    kind, rate = table[:, 0], table[:, 1]
    spring = april(first)
    born = np.where(who.born[payer] == NO_DAY, -40_000, who.born[payer])
    able = np.minimum(np.maximum(born + 5_844, who.entry[payer]), spring - 1)
    model = _model_month(number, kind, rate, first)
    begun = np.where(model >= 0, month_start(np.maximum(model, 0)), spring - 400 - mix(number, 211) % 4_000)
    new = begun + mix(number, 212) % 15
    used = (new < able) | (mix(number, 213) % 10 < 3)
    room = np.maximum(spring - np.maximum(able, new) - 20, 1)
    got = np.where(used, np.minimum(np.maximum(able, new) + mix(number, 214) % room, spring - 1), new)
    came = (who.entry[payer] > begun) & (who.entry[payer] >= able) & (mix(number, 215) % 2 == 0)
    got = np.where(came, np.minimum(np.maximum(begun, able - 400 - mix(number, 216) % 900), spring - 1), got)
    booked = np.where(came, np.maximum(able, got), got) + mix(number, 217) % 10
    registered = np.maximum(np.minimum(booked, np.maximum(spring, got)), got)
    takes = (mix(number, 218) % 8 == 0) & (spring - registered > 60) & (what != FORMER)
    transfer = np.where(takes, registered + 30 + mix(number, 219) % np.maximum(spring - registered - 30, 1), NO_DAY)
    before = payer[mix(number, 220) % len(payer)]
    transfer = np.where(before == payer, NO_DAY, transfer)
    ended, reason = _end(who, number, what, payer, registered, last, latest, years[0], base)
    zero = np.zeros(len(number), bool)
    zero[np.searchsorted(number, np.unique(c.notice[_cancelled(c, number, last)] % 10**7))] = True
    late = np.maximum(april(last) - 1 - mix(number, 221) % 25, np.maximum(registered, transfer))
    ended = np.where(zero & (late < april(last)), late, ended)
    reason = np.where(zero, np.array([1, 2, 4])[mix(number, 222) % 3], reason)
    plate = _plate(world, number, what, kind)
    again = (
        plate.select(pl.struct("whole", pl.Series("k", kind)).alias("p"))
        .with_columns(pl.Series("n", ended == NO_DAY))
        .select((pl.col("n") & (pl.col("n").cast(pl.Int64).cum_sum().over("p") > 1)).alias("x"))["x"]
        .to_numpy()
    )
    # Area 014 draws plates at random: of two alike in use, the second one's vehicle was scrapped this summer.
    summer = day(latest, 4, 2)
    ended = np.where(again, summer + mix(number, 223) % (base - summer), ended)
    reason = np.where(again, np.array([1, 4, 6])[mix(number, 224) % 3], reason)
    span = np.where(ended == NO_DAY, base, ended) - np.maximum(registered, transfer)
    moves = (mix(number, 225) % 10 == 0) & (span > 100) & (what != FORMER)
    change = np.where(
        moves, np.maximum(registered, transfer) + 30 + mix(number, 226) % np.maximum(span - 60, 1), NO_DAY
    )
    dealers = np.flatnonzero(who.kind == 2)
    keeps = np.isin(what, (TAXED, FORMER)) & np.isin(kind, FOUR) & (mix(number, 227) % 5 == 0)
    keeper = np.where(keeps, dealers[mix(number, 228) % len(dealers)], -1)
    keeper = np.where(keeper == payer, -1, keeper)
    return Fleet(
        number,
        what,
        payer,
        kind,
        rate,
        table[:, 2],
        first,
        last,
        model,
        got,
        registered,
        came,
        used,
        transfer,
        before,
        change,
        ended,
        reason,
        keeper,
        plate,
        base,
    )


def _others(world: World, who: Payers, payer: Ints, years: list[int]) -> list[tuple[int, Ints, Ints, Ints]]:
    """Vehicles without claims: what, payer, first and last year."""
    latest, count = years[-1], len(world.present)
    here = (who.kind == 0) & (who.removal == NO_DAY) & (who.entry < day(latest, 3, 1))
    here &= who.born < day(latest - 22, 1, 1)
    free = np.setdiff1d(np.flatnonzero(here), payer)
    hall = np.flatnonzero(who.kind == 3)[:1]
    firms = np.flatnonzero((who.kind == 2) & (who.entry < day(years[0] - 1, 1, 1)))
    firms = firms if len(firms) else np.flatnonzero(who.kind == 2)

    def few(of: Ints, wanted: int, salt: int) -> Ints:
        return of[np.argsort(uniform(of, salt), kind="stable")[:wanted]]

    relieved = few(free, max(4, count * 11 // 1000), 231)
    held = np.setdiff1d(few(free, max(4, count * 11 // 1000) + max(2, count // 1000), 231), relieved)
    public = np.repeat(hall, max(2, count * 2 // 1000))
    stock = firms[mix(np.arange(max(3, count * 3 // 2000)), 232) % len(firms)]
    adult = (who.kind[payer] != 0) | (who.born[payer] < day(years[0] - 24, 1, 1))
    settled = np.unique(payer[adult & (who.entry[payer] < day(years[0] - 5, 1, 1))])
    former = few(settled, max(6, count * 6 // 100), 233)

    def start(of: Ints) -> Ints:
        entry = np.maximum(who.entry[of], np.where(who.born[of] == NO_DAY, -40_000, who.born[of] + 7_000))
        months = month_of(entry)
        return np.clip(np.where(months % 12 >= 3, months // 12 + 1, months // 12), years[0], latest)

    def whole(of: Ints, year: int) -> Ints:
        return np.full(len(of), year)

    return [
        (RELIEVED, relieved, start(relieved), whole(relieved, latest)),
        (PUBLIC, public, np.maximum(start(public), years[0]), whole(public, latest)),
        (STOCK, stock, whole(stock, latest), whole(stock, latest)),
        (HELD, held, start(held), whole(held, latest)),
        (FORMER, former, whole(former, years[0] - 2), whole(former, years[0] - 2)),
    ]


def _model_month(number: Ints, kind: Ints, rate: Ints, first: Ints) -> Ints:
    """初度検査年月 that gives each rate in every year from the first on."""
    march = first * 12 + 2
    change = 2015 * 12 + 3
    high = np.select([rate == 3, rate == 2], [(first - 14) * 12 + 11, np.minimum(change - 1, march)], march)
    low = np.select(
        [rate == 1, rate == 3, rate == 2, rate == 7], [change, high - 96, high - 35, march - 140], march - 11
    )
    drawn = low + mix(number, 241) % np.maximum(high - low + 1, 1)
    return np.where(np.isin(kind, INSPECTED), drawn, -1)


def _cancelled(c: Claims, number: Ints, last: Ints) -> Bools:
    """Claims that were taken back because the vehicle had been scrapped before: some of those that came to nothing in
    its last year."""
    final = c.soto == last[np.searchsorted(number, c.notice % 10**7)]
    nothing: Bools = (c.now == 0) & final & (mix(c.notice, 251) % 5 < 2)
    return nothing


def _end(
    who: Payers, number: Ints, what: Ints, payer: Ints, registered: Ints, last: Ints, latest: int, first: int, base: int
) -> tuple[Ints, Ints]:
    """Day and 廃車事由 of vehicles that are no more; the rest NO_DAY."""
    spring, following = april(last), april(last + 1)
    gone = who.removal[payer]
    leaves = (gone != NO_DAY) & (gone >= spring) & (gone < following) & (what == TAXED)
    over = (what == TAXED) & (last < latest)
    natural = (what == TAXED) & (last == latest) & (mix(number, 261) % 16 == 0)
    drawn = np.where(
        over, spring + 20 + mix(number, 262) % 320, spring + 5 + mix(number, 262) % (base - day(latest, 4, 1) - 10)
    )
    ended = np.where(over | natural, drawn, NO_DAY)
    ended = np.where(leaves & (over | natural), np.minimum(gone + mix(number, 263) % 20, following - 1), ended)
    limit = day(first, 3, 1)
    early = registered + 200 + mix(number, 264) % np.maximum(limit - registered - 210, 1)
    ended = np.where(what == FORMER, early, ended)
    ended = np.where(ended == NO_DAY, NO_DAY, np.minimum(ended, base))
    reason = np.array([1, 1, 1, 2, 4, 4, 5, 99, 3, 90])[mix(number, 265) % 10]
    moved = leaves & (who.kind[payer] == 0)
    return ended, np.where(moved, np.where(mix(payer, 266) % 3 == 0, 2, 8), reason)


def _plate(world: World, number: Ints, what: Ints, kind: Ints) -> pl.DataFrame:
    """Plates as area 014 writes them; those of other vehicles with a かな of their own."""
    taxed = what == TAXED
    place = number - 8_000_000
    local = np.isin(kind, MUNICIPAL)
    four = np.isin(kind, FOUR)
    figures = [choose(WIDE_DIGITS, np.maximum(place, 0) // 10**k % 10) for k in (3, 2, 1, 0)]
    town = choose(("山口", world.municipality.name), local.astype(np.int64))
    group = choose(("", "５８１", "４８０"), np.where(four, 1 + np.isin(kind, (12, 13)), 0))
    kana = choose(KANA, np.maximum(place, 0) // 10_000 % len(KANA))
    own = pl.concat_str([town, group, kana, *figures])
    theirs = _plates(np.where(taxed, number, 0))
    whole = pl.select(pl.when(pl.Series(taxed)).then(theirs).otherwise(own).alias("whole"))
    pattern = r"^(\D+?)([０-９]{3})?(\p{Hiragana})([０-９]{4})$"
    half = [str(k) for k in range(10)]

    def part(index: int) -> pl.Expr:
        return pl.col("whole").str.extract(pattern, index)

    return whole.select(
        part(1).alias("text"),
        part(2).str.replace_many(list(WIDE_DIGITS), half).alias("group"),
        part(3).alias("kana"),
        part(4).str.replace_many(list(WIDE_DIGITS), half).alias("serial"),
        "whole",
    )
