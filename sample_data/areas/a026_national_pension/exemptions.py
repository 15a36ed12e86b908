"""Exemptions of area 026: 免除猶予申請 with 免除所得情報, 法定免除, 付加保険料."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a026_national_pension.incomes import Incomes
from sample_data.areas.a026_national_pension.members import AT_60, Members, month_of
from sample_data.areas.insured import constant, first_day, month_index, month_text, numbered, within
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
from sample_data.tax.pool import uniform

SCHOOLS = (
    ("710001", "周南公立大学", "1"),
    ("710002", "山口県立大学", "1"),
    ("720001", "山口短期大学", "2"),
    ("730001", "徳山工業高等専門学校", "3"),
    ("740001", "徳山看護専門学校", "4"),
    ("740002", "下松デザイン専門学校", "4"),
    ("710003", "広島経済大学", "1"),
    ("790001", "放送大学", "9"),
)
"""学校コード of B社, 学校名称, 学校種別."""
REFUSALS = ("所得が基準額を超えるため", "世帯主の所得が基準額を超えるため", "学生であるため")
PENDING, GRANTED, REFUSED, REVOKED, WITHDRAWN = range(5)
LIMITS = (670_000, 880_000, 1_280_000, 1_680_000)
"""所得基準 of full, three quarters, half and quarter exemption, without dependents (国民年金法施行令)."""


@dataclass(frozen=True)
class Statutory:
    """法定免除, one a row, ordered by member."""

    row: Ints
    reason: Ints
    begin: Ints
    end: Ints
    """Day on which it ended, or NO_DAY."""


@dataclass(frozen=True)
class Extra:
    """付加保険料, one a row, ordered by member."""

    row: Ints
    begin: Ints
    end: Ints
    """Last month (since 1970-01), or NO_DAY while it goes on."""
    why: Ints
    farmer: Bools


@dataclass(frozen=True)
class Applications:
    """免除猶予申請, one a row, ordered by member, 年度 and number."""

    row: Ints
    year: Ints
    serial: Ints
    latest: Bools
    student: Bools
    applied: Ints
    result: Ints
    kind: Ints
    """承認免除区分, 0 where none."""
    low: Ints
    """First and last month applied for, since 1970-01."""
    high: Ints
    jobless: Bools
    decided: Ints

    @property
    def size(self) -> int:
        return len(self.row)


def statutory(m: Members) -> Statutory:
    """Members on public assistance (the households of area 010) or with a pension for disability; of those who have
    turned sixty it ended then."""
    active, past = (m.kind == 1) & ~m.outside, (m.kind == 0) & (m.why == AT_60)
    aided = active & (mix(m.p.hid[m.resident], 607) % 1000 < 11)
    disabled = (active | past) & ~aided & (mix(m.at, 2641) % 17 == 0)
    # In the smallest town there are some, too.
    disabled[np.flatnonzero(active & ~aided & (m.since < m.base - 900))[:2]] = True
    until = np.where(past, m.lost, m.base)
    rows = np.flatnonzero((aided | disabled) & (m.since < until - 200))
    begin = within(np.maximum(m.since[rows] + 31, until[rows] - 3_600), until[rows] - 60, m.at[rows], 2642)
    over = np.where(past[rows], m.lost[rows], within(begin + 40, until[rows] - 5, m.at[rows], 2643))
    ended = past[rows] | (mix(m.at[rows], 2644) % 4 == 0) & (over > begin + 60)
    rare = np.where(mix(m.at[rows], 2645) % 90 == 0, 3, 2)
    return Statutory(rows, np.where(aided[rows], 1, rare), begin, np.where(ended, over, NO_DAY))


def extra(m: Members, s: Statutory) -> Extra:
    """Members who pay the additional premium, or did."""
    past = (m.kind == 0) & (m.why == AT_60)
    until = np.where(past, m.lost, m.base)
    able = (np.isin(m.kind, (1, 4)) | past) & ~np.isin(np.arange(m.size), s.row) & (m.since < until - 120) & ~m.outside
    chosen = able & (uniform(m.at, 2651) < 0.09)
    chosen[np.flatnonzero(able)[:2]] = True
    rows = np.flatnonzero(chosen)
    begin = within(np.maximum(m.since[rows], until[rows] - 3_600), until[rows] - 80, m.at[rows], 2652)
    stop = month_index(within(begin + 40, until[rows] - 5, m.at[rows], 2653))
    stop = np.where(past[rows], month_index(until[rows]) - 1, stop)
    ended = past[rows] | (mix(m.at[rows], 2654) % 3 == 0)
    why = np.where(past[rows], 2, np.array([1, 1, 1, 3, 4, 2])[mix(m.at[rows], 2655) % 6])
    return Extra(rows, begin, np.where(ended, stop, NO_DAY), np.where(ended, why, 0), mix(m.at[rows], 2656) % 30 == 0)


def extra_kind(m: Members, x: Extra) -> Ints:
    """付加区分 of each member: 1 pays, 2 in a fund, 3 farmer, 0 none."""
    kind = np.where((m.kind == 1) & (mix(m.at, 2657) % 60 == 0), 2, 0)
    going = x.end == NO_DAY
    kind[x.row] = 0
    kind[x.row[going]] = np.where(x.farmer[going], 3, 1)
    return kind


def applications(m: Members, s: Statutory, x: Extra, by_year: dict[int, Incomes]) -> Applications:
    """The applications of the kept years: students, and members with little income."""
    blocks: list[tuple[Ints, ...]] = []
    every = np.arange(m.size)
    free = (m.kind == 1) & ~m.outside & ~np.isin(every, s.row) & ~np.isin(every, x.row)
    spouse, head = m.spouse, _head(m)
    for year, known in sorted(by_year.items()):
        april, july = (year - 1970) * 12 + 3, (year - 1970) * 12 + 6
        born_year = 1970 + month_index(m.born) // 12
        age = year - born_year
        there = free & (m.p.entry[m.resident] < day(year, 4, 1)) & (age < 59)
        since = month_index(m.since)
        own = known["income"][m.resident]
        student = (age <= 23) & (mix(m.at, 2661) % 10 < 5) & (own < 1_280_000)
        couple = np.maximum(own, np.where(spouse >= 0, known["income"][np.maximum(spouse, 0)], 0))
        poor = couple < LIMITS[1]
        share = np.select([student, poor & (mix(m.at, 2662) % 5 < 4)], [0.8, 0.6], 0.02)
        low = np.maximum(np.where(student, april, july), since)
        high = np.where(student, april + 11, july + 11)
        wants = there & (low < high - 1) & (uniform(m.at * 64 + year % 64, 2663) < share)
        rows = np.flatnonzero(wants)
        offset = mix(m.at[rows] * 64 + year % 64, 2664) % 82
        applied = np.maximum(first_day(np.where(student[rows], april, july)), first_day(low[rows])) + 2 + offset
        known_now = applied <= m.base - 2
        rows, applied = rows[known_now], applied[known_now]
        key = m.at[rows] * 64 + year % 64
        allowance = 350_000 * known["family"][m.resident[rows]]
        jobless = ~student[rows] & (mix(key, 2665) % 9 == 0)
        mine = np.where(jobless, 0, own[rows]) - allowance
        partner = np.where(spouse[rows] >= 0, known["income"][np.maximum(spouse[rows], 0)], 0)
        chief = np.where(head[rows] >= 0, known["income"][np.maximum(head[rows], 0)], 0)
        most = np.maximum(np.maximum(mine, partner), chief)
        step = np.searchsorted(LIMITS, most, side="left")
        pair = np.maximum(mine, partner)
        kind = np.where(step < 4, step + 1, np.where((age[rows] < 50) & (pair <= LIMITS[0]), 5, 0))
        kind = np.where(student[rows], 6, kind)
        decided = applied + 45 + mix(key, 2666) % 40
        result = np.select(
            [decided > m.base, mix(key, 2667) % 70 == 0, kind == 0], [PENDING, WITHDRAWN, REFUSED], GRANTED
        )
        result = np.where((result == GRANTED) & (mix(key, 2668) % 190 == 0), REVOKED, result)
        again = np.flatnonzero((result == REFUSED) & (mix(key, 2669) % 3 == 0) & (decided + 40 < m.base - 60))
        at = np.concatenate([np.arange(len(rows)), again])
        serial = np.concatenate([np.ones(len(rows), np.int64), np.full(len(again), 2)])
        order = np.lexsort((serial, at))
        at, serial = at[order], serial[order]
        second = serial == 2
        twice = np.isin(at, again) & ~second
        filed = np.where(second, decided[at] + 20, applied[at])
        closed = np.where(second, filed + 35, decided[at])
        outcome = np.where(second, REFUSED, result[at])
        blocks.append(
            (
                rows[at],
                np.full(len(at), year),
                serial,
                ~twice,
                student[rows][at],
                filed,
                outcome,
                np.where(outcome == GRANTED, kind[at], 0),
                low[rows][at],
                high[rows][at],
                jobless[at],
                np.where(np.isin(outcome, (GRANTED, REFUSED, REVOKED)), closed, NO_DAY),
            )
        )
    columns = [np.concatenate([b[k] for b in blocks]) for k in range(12)]
    order = np.lexsort((columns[2], columns[1], columns[0]))
    return Applications(*(values[order] for values in columns))


def _head(m: Members) -> Ints:
    """Position of the head of the household if it is somebody else, else -1."""
    head = m.p.frame["head_pid"].fill_null(-1).to_numpy()[m.resident]
    return np.where(m.outside | (head == m.at) | (head == m.spouse), -1, head)


def applied(m: Members, a: Applications, year: int) -> pl.DataFrame:
    """免除猶予申請 of one 年度."""
    here = a.year == year
    row, student, serial, result, low, high, jobless = (
        v[here] for v in (a.row, a.student, a.serial, a.result, a.low, a.high, a.jobless)
    )
    filed, decided, kind = a.applied[here], a.decided[here], a.kind[here]
    key = m.at[row] * 64 + year % 64
    why = np.where(jobless, 2, np.array([1, 1, 1, 1, 1, 3, 4, 5, 6, 9])[mix(key, 2671) % 10])
    why = np.where(student, 1, why)
    granted = result == GRANTED
    begin = np.where(granted & ~student & (mix(key, 2672) % 20 == 0), np.minimum(low + 1, high), low)
    school = mix(m.at[row], 2673) % len(SCHOOLS)
    grade = np.clip(year - 1970 - month_index(m.born[row]) // 12 - 18, 1, 4)
    leaves = (year - 1970 + 4 - grade) * 12 + 14
    refusal = choose(REFUSALS, np.where(student, 0, mix(key, 2674) % 2))
    mate = np.array([1, 1, 1, 2, 3])[mix(key, 2675) % 5]
    mate = np.where((mate == 2) & (m.spouse[row] < 0), 1, mate)
    sent = np.minimum(filed + 9, m.base)
    return to_layout(
        "026",
        "免除猶予申請",
        pl.DataFrame(
            {
                **m.key(row),
                "申請年度": constant(str(year), len(row)),
                "申請番号": number(serial),
                "最新フラグ": flag(a.latest[here]),
                "申請区分": digits(1 + student, 1),
                "申請年月日": dates(filed),
                "申請理由": digits(why, 1),
                "失業特例対象者区分": text(digits(mate, 1), why == 2),
                "失業年月日": dates(np.where(why == 2, day(year, 3, 31) - mix(key, 2676) % 9 * 30, NO_DAY)),
                "対象開始年月": month_text(low),
                "対象終了年月": month_text(high),
                "継続審査希望フラグ": flag(~student & (mix(key, 2677) % 3 > 0)),
                "納付猶予希望区分": text(digits(np.array([1, 1, 1, 1, 2, 3, 4])[mix(key, 2678) % 7], 1), ~student),
                "学校名称": text(choose([s[1] for s in SCHOOLS], school), student),
                "学校種別": text(choose([s[2] for s in SCHOOLS], school), student),
                "学年": number(grade, student),
                "在学終了予定年月": month_text(leaves, student),
                "審査結果区分": digits(result, 1),
                "承認免除区分": text(digits(kind, 1), granted),
                "承認開始年月": month_text(begin, granted),
                "承認終了年月": month_text(high, granted),
                "却下理由": text(refusal, result == REFUSED),
                "審査結果年月日": dates(decided),
                "機構進達年月日": dates(np.where(filed + 9 <= m.base, sent, NO_DAY)),
                **operator("nen", key * 4 + serial, np.where(decided == NO_DAY, sent, np.minimum(decided + 3, m.base))),
            }
        ),
    )


def judged(m: Members, a: Applications, known: Incomes, year: int) -> pl.DataFrame:
    """免除所得情報 of one 年度: the applicant, and (unless a student) the spouse and the head of the household."""
    here = np.flatnonzero(a.year == year)
    row = a.row[here]
    spouse, head = m.spouse[row], _head(m)[row]
    plain = ~a.student[here]
    blocks = [(here, np.full(len(here), 1), m.at[row])]
    for role, other in ((2, spouse), (3, head)):
        hit = np.flatnonzero(plain & (other >= 0))
        blocks.append((here[hit], np.full(len(hit), role), other[hit]))
    at, which, person = (np.concatenate([b[k] for b in blocks]) for k in range(3))
    order = np.lexsort((which, at))
    at, which, person = at[order], which[order], person[order]
    row = a.row[at]
    sure = known["known"][person] == 1
    key = person * 64 + year % 64
    way = np.where(sure, np.where(mix(key, 2681) % 12 == 0, 3, 1), np.array([4, 4, 2, 5])[mix(key, 2682) % 4])
    income = known["income"][person]
    return to_layout(
        "026",
        "免除所得情報",
        pl.DataFrame(
            {
                **m.key(row),
                "申請年度": constant(str(year), len(at)),
                "申請番号": number(a.serial[at]),
                "対象者区分": digits(which, 1),
                "対象者_宛名番号": m.p.frame["atena"].gather(pl.Series(person)),
                "所得年": constant(str(year - 1), len(at)),
                "所得確認区分": digits(way, 1),
                "合計所得金額": number(income),
                "扶養親族数": number(known["family"][person]),
                "老人扶養親族数": number(known["old"][person]),
                "特定扶養親族数": number(known["student"][person]),
                "障害者控除区分": digits(known["disabled"][person], 1),
                "寡婦ひとり親区分": digits(known["single"][person], 1),
                "雑損医療費等控除額": number(known["cuts"][person], sure),
                "市町村民税課税区分": digits(known["taxed"][person], 1),
                "特例該当フラグ": flag(a.jobless[at] & (which == 1)),
                **operator("nen", key * 4 + which, np.minimum(a.applied[at] + 3, m.base)),
            }
        ),
    )


def released(m: Members, s: Statutory) -> pl.DataFrame:
    """法定免除."""
    serial, last = numbered(s.row)
    ended = s.end != NO_DAY
    begin = np.maximum(month_index(s.begin) - 1, month_index(m.since[s.row]))
    paying = mix(m.at[s.row], 2691) % 6 == 0
    pays = np.maximum(begin + 2, month_index(s.begin))
    stop = np.where(ended, month_of(s.end), 0)
    told = np.minimum(s.begin + 4 + mix(m.at[s.row], 2692) % 10, m.base)
    finish = np.minimum(np.where(ended, s.end, 0) + 5, m.base)
    limited = paying & ended & (stop >= pays)
    return to_layout(
        "026",
        "法定免除",
        pl.DataFrame(
            {
                **m.key(s.row),
                "法定免除番号": number(serial),
                "最新フラグ": flag(last),
                "法定免除理由": digits(s.reason, 1),
                "該当年月日": dates(s.begin),
                "該当届出年月日": dates(told),
                "免除開始年月": month_text(begin),
                "消滅年月日": dates(s.end),
                "消滅届出年月日": dates(np.where(ended, finish, NO_DAY)),
                "免除終了年月": month_text(stop, ended),
                "納付申出フラグ": flag(paying),
                "納付申出開始年月": month_text(pays, paying),
                "納付申出終了年月": month_text(stop, limited),
                "機構進達年月日": dates(np.minimum(told + 7, m.base)),
                **operator("nen", m.at[s.row] * 8 + serial, np.where(ended, finish, np.minimum(told + 1, m.base))),
            }
        ),
    )


def additional(m: Members, x: Extra) -> pl.DataFrame:
    """付加保険料."""
    serial, last = numbered(x.row)
    ended = x.end != NO_DAY
    stop = np.where(ended, x.end, 0)
    gives_up = x.why == 1
    # Giving up counts from the month before it is declared.
    said = np.minimum(first_day(stop + 1) + mix(m.at[x.row], 2695) % 20, m.base)
    return to_layout(
        "026",
        "付加保険料",
        pl.DataFrame(
            {
                **m.key(x.row),
                "付加申出番号": number(serial),
                "最新フラグ": flag(last),
                "付加申出年月日": dates(x.begin),
                "付加納付開始年月": month_text(month_index(x.begin)),
                "付加終了事由": text(digits(x.why, 1), ended),
                "付加辞退申出年月日": dates(np.where(gives_up, said, NO_DAY)),
                "付加納付終了年月": month_text(stop, ended),
                "農業者年金加入フラグ": flag(x.farmer),
                "機構進達年月日": dates(np.minimum(x.begin + 8, m.base)),
                **operator("nen", m.at[x.row] * 8 + serial, np.minimum(np.where(ended, said, x.begin + 1), m.base)),
            }
        ),
    )
