"""What the insured pay themselves: 負担割合, 負担限度額認定, and 給付制限 for unpaid premiums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a023_long_term_care_insurance.certification import Chains
from sample_data.areas.a023_long_term_care_insurance.insured import Insured, chance, latest, stamp
from sample_data.areas.a023_long_term_care_insurance.taxes import FREE, TAXED, Taxes
from sample_data.areas.insured import first_day, month_index, years_of
from sample_data.tax.frames import NO_DAY, Ints, choose, dates, day, digits, flag, mix, number, text, to_layout
from sample_data.tax.pool import uniform

FOOD = ((300, 300), (390, 600), (650, 1000), (1360, 1300), (1445, 1445))
"""食費 of a facility and of a short stay, by stage."""
ROOMS = (
    (820, 490, 320, 490, 0),
    (820, 490, 420, 490, 370),
    (1310, 1310, 820, 1310, 370),
    (1310, 1310, 820, 1310, 370),
    (2006, 1668, 1171, 1668, 855),
)
"""居住費 until July 2024, 60 yen less than since then (the shared room of the first stage stays free)."""
STAGES = ("10", "20", "31", "32", "40")


def care_year(days: Ints) -> Ints:
    """年度 of 負担割合: August to July."""
    return 1970 + (month_index(days) - 7) // 12


@dataclass(frozen=True)
class Shares:
    """負担割合 of people in need: parallel arrays, one a person, year and history."""

    row: Ints
    year: Ints
    serial: Ints
    share: Ints
    start: Ints
    end: Ints
    frame: pl.DataFrame

    def on(self, rows: Ints, when: Ints) -> Ints:
        """Tenths that a person pays on a day (1 where it is not known)."""
        own = self.row * 10**6 + self.start
        at = np.searchsorted(own, rows * 10**6 + when, side="right") - 1
        at = np.maximum(at, 0)
        return np.where(len(own) and self.row[at] == rows, self.share[at], 1) if len(own) else 0 * rows + 1


def shares(c: Chains, by_year: dict[int, Taxes]) -> Shares:
    """負担割合情報."""
    i = c.i
    people = np.flatnonzero(c.first != NO_DAY)
    begin, until = c.first[people], np.minimum(np.maximum(c.last[people], c.first[people]), i.base)
    low, high = care_year(begin), care_year(until)
    count = high - low + 1
    rows = np.repeat(people, count)
    year = np.repeat(low, count) + np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    start = np.maximum(first_day((year - 1970) * 12 + 7), np.repeat(begin, count))
    end = first_day((year - 1969) * 12 + 7) - 1
    known = sorted(by_year)
    place = np.clip(np.searchsorted(known, year), 0, len(known) - 1)

    def of(name: str) -> Ints:
        values = np.stack([getattr(by_year[y], name) for y in known])
        out: Ints = values[place, rows]
        return out

    own, income, home, heads = of("own"), of("income"), of("home_income"), of("insured_home")
    single = heads <= 1
    enough3, enough2 = np.where(single, 3_400_000, 4_630_000), np.where(single, 2_800_000, 3_460_000)
    reason = np.select(
        [
            i.second[rows],
            i.aided[rows],
            own == FREE,
            income < 1_600_000,
            (income >= 2_200_000) & (home >= enough3),
            home >= enough2,
        ],
        [1, 2, 3, 4, 7, 6],
        5,
    )
    share = np.select([reason == 7, reason == 6], [3, 2], 1)
    change = first_day(month_index(start) + 2 + mix(i.at[rows] + year, 2401) % 6)
    twice = chance(i.at[rows] * 100 + year % 100, 2402, 0.05) & (change < end - 40) & (change <= i.base)
    again = np.flatnonzero(twice)
    serial = np.concatenate([np.ones(len(rows), np.int64), np.full(len(again), 2)])
    at = np.concatenate([np.arange(len(rows)), again])
    order = np.lexsort((serial, at))
    at, serial = at[order], serial[order]
    second = serial == 2
    first_of_two = twice[at] & ~second
    begins = np.where(second, change[at], start[at])
    ends = np.where(first_of_two, change[at] - 1, end[at])
    rows, year, own_income = rows[at], year[at], income[at]
    share = np.where(first_of_two, 1, share[at])
    reason = np.where(first_of_two, 99, reason[at])
    decided = np.where(begins == first_day((year - 1970) * 12 + 7), begins - 26, begins + 3)
    seen = np.isin(reason, (3, 4, 5, 6, 7, 99)) & ~i.moved[rows]
    frame = to_layout(
        "023",
        "負担割合情報",
        pl.DataFrame(
            {
                **i.key(rows),
                "年度": digits(year, 4),
                "履歴番号": number(serial),
                "最新フラグ": flag(~first_of_two),
                "負担割合": digits(share, 1),
                "適用開始年月日": dates(begins),
                "適用終了年月日": dates(ends),
                "判定事由": digits(reason, 2),
                "本人合計所得金額": number(own_income, seen | (share > 1)),
                "世帯収入等合計額": number(home[at], seen),
                "世帯第1号被保険者数": number(heads[at], seen),
                "判定年月日": dates(np.minimum(decided, i.base)),
                "負担割合証交付年月日": dates(np.minimum(decided + 14, i.base)),
                **stamp("kyu", i.at[rows] * 64 + year % 16 * 4 + serial, np.minimum(decided, i.base) + 1, i.base),
            }
        ),
    )
    return Shares(rows, year, serial, share, begins, ends, frame)


def limits(c: Chains, by_year: dict[int, Taxes]) -> pl.DataFrame:
    """負担限度額認定情報: one application a person and year, for people of untaxed households."""
    i = c.i
    newest = by_year[max(by_year)]
    poor = (newest.home == FREE) | i.aided
    drawn = uniform(i.at, 2411)
    wants = (c.first != NO_DAY) & (c.housed | (drawn < 0.25)) & (poor & (drawn < 0.85) | (drawn > 0.985))
    # In the smallest town somebody applies, too.
    wants[np.flatnonzero((c.first != NO_DAY) & poor)[:1]] = True
    wants[np.flatnonzero(c.first != NO_DAY)[:1]] = True
    people = np.flatnonzero(wants)
    begin, until = c.first[people], np.minimum(np.maximum(c.last[people], c.first[people]), i.base)
    low, high = care_year(begin), care_year(until)
    count = high - low + 1
    rows = np.repeat(people, count)
    year = np.repeat(low, count) + np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    start = np.maximum(first_day((year - 1970) * 12 + 7), np.repeat(begin, count))
    start = np.where(start == first_day((year - 1970) * 12 + 7), start, first_day(month_index(start)))
    applied = np.minimum(
        start + np.where(start < np.repeat(begin, count), 18, -20) + mix(i.at[rows] + year, 2412) % 15, i.base
    )
    key = i.at[rows] * 32 + year % 32
    draw = uniform(key, 2413)
    rich = newest.home[rows] == TAXED
    result = np.select([applied > i.base - 20, draw < 0.02, (draw < 0.07) | rich & ~i.aided[rows]], [4, 3, 2], 1)
    decided = np.minimum(np.maximum(applied + 12, start), i.base)
    yes, decides = result == 1, np.isin(result, (1, 2))
    pension = newest.pension[rows]
    stage = np.select([i.aided[rows], pension <= 800_000, pension <= 1_200_000], [0, 1, 2], 3)
    stage = np.where((stage == 3) & (mix(key, 2414) % 40 == 0), 4, stage)
    raised = start >= day(2024, 8, 1)
    rooms = np.array(ROOMS)[stage]
    rooms = np.where(raised[:, None] & (rooms > 0), rooms + 60, rooms)
    food = np.array(FOOD)[stage]
    spouse = i.spouse(rows)
    savings = (300 + mix(i.at[rows], 2415) % 6_500) * 1000
    refused = np.where(rich, 1, np.array([2, 2, 4, 99])[mix(key, 2416) % 4])
    savings = np.where((result == 2) & (refused == 2), savings + 20_000_000, savings)
    serial, _, mark = latest(rows)
    names = ("ユニット型個室", "ユニット型個室的多床室", "従来型個室特養", "従来型個室老健", "多床室")
    untaxed = np.where(mix(i.at[rows], 2417) % 5 == 0, 300_000 + mix(i.at[rows], 2418) % 900 * 1_000, 0)
    return to_layout(
        "023",
        "負担限度額認定情報",
        pl.DataFrame(
            {
                **i.key(rows),
                "履歴番号": number(serial),
                "最新フラグ": mark,
                "申請年月日": dates(applied),
                "決定結果": digits(result, 1),
                "決定年月日": dates(np.where(decides, np.maximum(decided, applied), NO_DAY)),
                "却下事由": text(digits(refused, 2), result == 2),
                "適用開始年月日": dates(np.where(yes, start, NO_DAY)),
                "適用終了年月日": dates(np.where(yes, first_day((year - 1969) * 12 + 7) - 1, NO_DAY)),
                "利用者負担段階": text(choose(STAGES, stage), yes),
                "食費負担限度額_施設": number(food[:, 0], yes),
                "食費負担限度額_短期入所": number(food[:, 1], yes),
                **{f"居住費限度額_{name}": number(rooms[:, k], yes) for k, name in enumerate(names)},
                "配偶者_宛名番号": text(i.who.atena.gather(pl.Series(np.maximum(spouse, 0))), spouse >= 0),
                "預貯金等額": number(savings),
                "非課税年金額": number(untaxed),
                "認定証交付年月日": dates(np.where(yes, np.minimum(np.maximum(decided, applied) + 1, i.base), NO_DAY)),
                **stamp("kyu", key, np.where(decides, decided, applied) + 1, i.base),
            }
        ),
    )


def restrictions(i: Insured, unpaid: Ints, paid_late: Ints) -> pl.DataFrame:
    """給付制限情報: ``unpaid``: what each insured person owes for more than a year; ``paid_late``: an amount once owed,
    of people who may stand for those who paid it since."""
    owes = np.flatnonzero(unpaid > 0)
    share = max(2, round(i.size * 0.0017))
    owes = np.sort(owes[np.argsort(mix(i.at[owes], 2421), kind="stable")[:share]])
    cleared = np.setdiff1d(np.flatnonzero((paid_late > 0) & ~i.second), owes)
    cleared = np.sort(cleared[np.argsort(mix(i.at[cleared], 2422), kind="stable")[: max(2, share // 3)]])
    people = np.concatenate([owes, cleared])
    open_ = np.arange(len(people)) < len(owes)
    told = i.base - 500 + mix(i.at[people], 2423) % 300
    told = np.maximum(np.minimum(told, i.until[people] - 60), i.start[people])
    step = np.where(open_, 1 + mix(i.at[people], 2424) % 2, 3)
    step = np.where(open_ & (mix(i.at[people], 2425) % 9 == 0), 4, step)
    # A row a state that was reached: notice, decision, end.
    count = np.where(step == 4, 2, step)
    at = np.repeat(np.arange(len(people)), count)
    serial = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count) + 1
    state = np.where((step[at] == 4) & (serial == 2), 4, serial)
    rows = people[at]
    order = np.argsort(rows, kind="stable")
    at, serial, state, rows = at[order], serial[order], state[order], rows[order]
    kind = np.where(unpaid[rows] > 60_000, 3, 1 + mix(i.at[rows], 2426) % 2)
    kind = np.where(mix(i.at[rows], 2427) % 3 == 0, 3, kind)
    applies = np.isin(state, (2, 3))
    decided = first_day(month_index(told[at]) + 1)
    begin = first_day(month_index(told[at]) + 2)
    lifted = np.minimum(begin + 90 + mix(i.at[rows], 2428) % 60, i.base)
    months = 3 + mix(i.at[rows], 2429) % 20
    cut = (kind == 3) & applies
    reason = np.array([1, 1, 1, 2, 3])[mix(i.at[rows], 2430) % 5]
    _, _, mark = latest(rows)
    amount = np.where(open_[at], unpaid[rows], paid_late[rows])
    held = np.where(kind == 2, 20_000 + mix(i.at[rows], 2431) % 90_000, 0)
    end = first_day(month_index(begin) + months) - 1
    when = np.select([state == 1, state == 2, state == 3], [told[at], decided, lifted], decided - 2)
    return to_layout(
        "023",
        "給付制限情報",
        pl.DataFrame(
            {
                **i.key(rows),
                "履歴番号": number(serial),
                "最新フラグ": mark,
                "給付制限種別": digits(kind, 1),
                "登録状態": digits(state, 1),
                "予告通知年月日": dates(told[at]),
                "弁明期限年月日": dates(told[at] + 14),
                "決定年月日": dates(np.where(applies, decided, NO_DAY)),
                "適用開始年月日": dates(np.where(applies, begin, NO_DAY)),
                "適用終了年月日": dates(np.where(state == 3, lifted, np.where(cut, end, NO_DAY))),
                "給付減額期間月数": number(months, cut),
                "減額後給付率": number(np.where(years_of(told[at]) % 2 == 0, 70, 60), cut),
                "滞納保険料額": number(amount),
                "差止額": number(held, applies),
                "解除年月日": dates(np.where(state == 3, lifted, NO_DAY)),
                "解除事由": text(digits(reason, 1), state == 3),
                **stamp("kyu", i.at[rows] * 8 + serial, when + 1, i.base),
            }
        ),
    )
