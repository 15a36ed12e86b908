"""Pensions of area 026: 年金受給者 and 裁定請求受付."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a026_national_pension.exemptions import Statutory
from sample_data.areas.a026_national_pension.incomes import Incomes
from sample_data.areas.a026_national_pension.members import Members
from sample_data.areas.insured import bank, constant, month_index, month_text, numbered, pension_ids
from sample_data.tax.frames import (
    NO_DAY,
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
from sample_data.world import World

OLD_AGE, DISABILITY, SURVIVOR, WIDOW, LUMP, OLD_LAW = 1, 2, 3, 4, 5, 6
SPECIAL, UNPAID, HELP, HELP_DISABLED, HELP_SURVIVOR = 8, 9, 10, 11, 12
"""年金種別."""
CODES = {1: None, 2: "5350", 3: "6450", 4: "5950", 6: "0120", 10: None, 11: None, 12: None, 8: None}
"""年金コード of the other pensions (老齢基礎: that of area 010)."""
REFUSALS = ("障害の程度が等級に該当しないため", "保険料の納付要件を満たさないため", "生計同一関係が認められないため")


@dataclass(frozen=True)
class Claims:
    """裁定請求, ordered by person and day. ``person`` and ``dead`` are residents (``dead`` -1 for none)."""

    person: Ints
    kind: Ints
    when: Ints
    dead: Ints
    seen: Ints
    """初診日, or NO_DAY."""


def beneficiaries(m: Members, s: Statutory, newest: Incomes) -> pl.DataFrame:
    """年金受給者: everybody of 65 and over, people with disabilities, survivors."""
    p, base = m.p, m.base
    every = np.arange(p.size)
    b65 = p.birthday(65, every)
    status = p.frame["status"].cast(pl.Int64).to_numpy()
    seen = (p.removal == NO_DAY) | (status == 3)
    until = np.where(p.removal == NO_DAY, base, np.minimum(p.removal, base))
    drawn = mix(every, 2701)
    aged = seen & (b65 < until) & (drawn % 100 < 96)
    old_law = aged & (p.birth < day(1926, 4, 2))
    low = (newest["taxed"] == 0) & (newest["income"] < 300_000)
    helped = aged & ~old_law & low & (drawn % 7 == 0)
    disabled = np.zeros(p.size, bool)
    granted = np.zeros(p.size, np.int64)
    lasting = (s.reason == 2) & (s.end == NO_DAY)
    ill = s.row[lasting]
    disabled[m.at[ill]] = True
    granted[m.at[ill]] = s.begin[lasting]
    frame = p.frame
    child = frame.filter((pl.col("relation1") == "20") & pl.col("removal").is_null()).select("head_pid", "birth")
    youngest = child.group_by("head_pid").agg(pl.col("birth").max())
    youth = frame.select("pid").join(youngest, left_on="pid", right_on="head_pid", how="left", maintain_order="left")
    born = youth["birth"].to_physical().cast(pl.Int64).fill_null(NO_DAY).to_numpy()
    alone = ~p.male & p.head & (p.spouse < 0) & (p.removal == NO_DAY) & (born > base - 6_500) & (drawn % 4 == 0)
    alone &= ~disabled & (born < base - 900)
    since = within_life(born, base, every)
    blocks = []
    for which, chosen, start in (
        (OLD_AGE, aged & ~old_law, b65),
        (OLD_LAW, old_law, b65),
        (HELP, helped, np.maximum(b65, day(2019, 10, 1))),
        (DISABILITY, disabled, granted),
        (HELP_DISABLED, disabled & (drawn % 2 == 0), np.maximum(granted, day(2019, 10, 1))),
        (SURVIVOR, alone, since),
        (HELP_SURVIVOR, alone & (drawn % 3 == 0), np.maximum(since, day(2019, 10, 1))),
        (SPECIAL, (p.removal == NO_DAY) & ~disabled & (p.birth < base - 15_500) & ~aged & (drawn % 900 == 0), None),
    ):
        hit = np.flatnonzero(chosen)
        when = base - 2_000 - mix(hit, 2702) % 1_500 if start is None else start[hit]
        blocks.append((hit, np.full(len(hit), which), when))
    who, kind, when = (np.concatenate([b[k] for b in blocks]) for k in range(3))
    good = when < np.where(p.removal[who] == NO_DAY, base, p.removal[who])
    who, kind, when = who[good], kind[good], when[good]
    order = np.lexsort((kind, who))
    who, kind, when = who[order], kind[order], when[order]
    key = who * 16 + kind
    dead = p.removal[who] != NO_DAY
    moved = (mix(key, 2703) % 40 == 0) & ~dead & (kind != OLD_AGE)
    ids = pension_ids(who)
    own = np.isin(kind, (OLD_AGE,))
    other = choose([CODES.get(k) for k in range(13)], kind)
    code = pl.select(pl.when(pl.Series(own)).then(ids["年金コード"]).otherwise(other)).to_series()
    numbered_ = code.is_not_null().to_numpy()
    stop = np.where(dead, 0, np.where(mix(key, 2704) % 90 == 0, np.array([1, 2, 3])[mix(key, 2705) % 3], 0))
    amount = np.select(
        [kind == OLD_AGE, kind == OLD_LAW, kind == DISABILITY, kind == SURVIVOR, kind == SPECIAL],
        [
            480_000 + mix(key, 2706) % 352 * 1_000 + 700,
            320_000 + mix(key, 2706) % 90 * 1_000,
            np.where(mix(key, 2707) % 3 == 0, 1_039_625, 831_700),
            1_071_000 + 0 * key,
            np.where(mix(key, 2707) % 3 == 0, 682_200, 545_760),
        ],
        65_400,
    )
    grade = np.where(np.isin(kind, (DISABILITY, SPECIAL, HELP_DISABLED)), 1 + (mix(who, 2707) % 3 > 0), 0)
    children = np.isin(kind, (DISABILITY, SURVIVOR))
    money = bank(who, frame["name_kana"].gather(pl.Series(who)), (mix(key, 2708) % 5 > 0))
    money.pop("口座名義人_カナ")
    serial = np.ones(len(who), np.int64)
    reports = np.isin(kind, (DISABILITY, SPECIAL)) & (mix(key, 2709) % 3 == 0)
    stopped_from = month_index(np.array([base]))[0] - mix(key, 2710) % 20
    ends = np.where(dead, p.removal[who], np.where(moved, when + (base - when) * 7 // 10, NO_DAY))
    why = np.where(dead, 1, np.where(kind == SURVIVOR, 2, 9))
    return to_layout(
        "026",
        "年金受給者",
        pl.DataFrame(
            {
                "市区町村コード": constant(m.world.code, len(who)),
                "宛名番号": frame["atena"].gather(pl.Series(who)),
                "年金種別": digits(kind, 2),
                "受給履歴番号": number(serial),
                "最新フラグ": flag(serial == 1),
                "基礎年金番号": text(ids["基礎年金番号"], kind != SPECIAL),
                "年金コード": code,
                "年金証書番号": text(ids["基礎年金番号"] + code, numbered_),
                "受給権発生年月日": dates(when),
                "支給開始年月": month_text(month_index(when) + 1),
                "障害等級": text(digits(grade, 1), grade > 0),
                "次回診断書提出年月": month_text(
                    (m.world.base_date.year - 1970 + 1 + mix(key, 2711) % 4) * 12 + month_index(p.birth[who]) % 12,
                    (kind == DISABILITY) & (mix(key, 2712) % 3 > 0),
                ),
                "加算対象子数": number(
                    np.where(kind == SURVIVOR, 1 + mix(key, 2713) % 2, mix(key, 2713) % 5 // 3), children
                ),
                "年金年額": number(amount),
                "支給停止区分": digits(stop, 1),
                "支給停止開始年月": month_text(np.maximum(stopped_from, month_index(when) + 1), stop > 0),
                "失権年月日": dates(ends),
                "失権事由": text(digits(why, 1), ends != NO_DAY),
                "所得状況届提出年月日": dates(np.where(reports, np.maximum(base - 75, when), NO_DAY)),
                **money,
                **operator("nen", key, np.minimum(np.where(ends == NO_DAY, when, ends) + 40, base)),
            }
        ),
    )


def within_life(born: Ints, base: int, keys: Ints) -> Ints:
    """A day since which somebody is a survivor: after the birth of the youngest child (0 where there is none)."""
    young = np.where(born == NO_DAY, base - 2_000, born)
    since: Ints = young + 200 + mix(keys, 2721) % np.maximum(base - young - 400, 1)
    return since


def claims(m: Members, s: Statutory, world: World) -> Claims:
    """The claims of the kept years."""
    p, base = m.p, m.base
    window = base - 365 * world.years
    every = np.arange(p.size)
    b65 = p.birthday(65, every)
    here = p.removal == NO_DAY
    turned = np.flatnonzero(here & (b65 > window) & (b65 < base - 30) & (mix(every, 2731) % 3 == 0))
    ill = s.row[(s.reason == 2) & (s.begin > window) & (s.begin < base - 10)]
    begun = s.begin[(s.reason == 2) & (s.begin > window) & (s.begin < base - 10)]
    status = p.frame["status"].cast(pl.Int64).to_numpy()
    dead = np.flatnonzero((status == 3) & (p.removal > window) & (p.removal < base - 40))
    heads = np.full(int(p.hid.max()) + 1, -1)
    adult = np.flatnonzero(here & (p.birth < base - 7_400))
    heads[p.hid[adult][::-1]] = adult[::-1]
    widow = heads[p.hid[dead]]
    asked = (widow >= 0) & (mix(dead, 2736) % 2 == 0)
    left, widow = dead[asked], widow[asked]
    young = p.birth[left] > p.removal[left] - 65 * 365
    late = np.where(young, np.array([LUMP, LUMP, SURVIVOR, WIDOW])[mix(left, 2732) % 4], UNPAID)
    blocks = (
        (turned, np.full(len(turned), OLD_AGE), b65[turned] + 1 + mix(turned, 2733) % 25, np.full(len(turned), -1)),
        (m.at[ill], np.full(len(ill), DISABILITY), begun, np.full(len(ill), -1)),
        (widow, late, p.removal[left] + 8 + mix(left, 2734) % 30, left),
    )
    person, kind, when, of = (np.concatenate([b[k] for b in blocks]) for k in range(4))
    order = np.lexsort((kind, when, person))
    person, kind, when, of = person[order], kind[order], when[order], of[order]
    seen = np.where(kind == DISABILITY, when - 600 - mix(person, 2735) % 900, NO_DAY)
    return Claims(person, kind, when, of, seen)


def claimed(m: Members, c: Claims) -> pl.DataFrame:
    """裁定請求受付."""
    p, base = m.p, m.base
    serial, _ = numbered(c.person)
    key = c.person * 16 + serial
    known = c.dead >= 0
    decided = c.when + 70 + mix(key, 2741) % 60
    result = np.select([decided > base, mix(key, 2742) % 80 == 0, mix(key, 2742) % 17 == 1], [0, 4, 2], 1)
    done = np.isin(result, (1, 2))
    disability = c.kind == DISABILITY
    way = np.array([1, 1, 2, 2, 4])[mix(key, 2743) % 5]
    judged = np.where(disability, np.minimum(c.seen + 548, c.when), NO_DAY)
    gone = np.where(known, p.removal[np.maximum(c.dead, 0)], NO_DAY)
    return to_layout(
        "026",
        "裁定請求受付",
        pl.DataFrame(
            {
                "市区町村コード": constant(m.world.code, len(key)),
                "宛名番号": p.frame["atena"].gather(pl.Series(c.person)),
                "請求番号": number(serial),
                "年金種別": digits(c.kind, 2),
                "請求年月日": dates(c.when),
                "請求者_宛名番号": p.frame["atena"].gather(pl.Series(c.person)),
                "死亡者_宛名番号": text(p.frame["atena"].gather(pl.Series(np.maximum(c.dead, 0))), known),
                "死亡年月日": dates(gone),
                "初診年月日": dates(c.seen),
                "障害認定年月日": dates(judged),
                "請求区分": text(digits(way, 1), disability),
                "機構進達年月日": dates(np.where(c.when + 10 <= base, c.when + 10, NO_DAY)),
                "決定区分": digits(result, 1),
                "決定年月日": dates(np.where(done, decided, NO_DAY)),
                "不支給理由": text(choose(REFUSALS, np.where(disability, mix(key, 2744) % 2, 2)), result == 2),
                **operator("nen", key, np.minimum(np.where(done, decided, c.when) + 2, base)),
            }
        ),
    )
