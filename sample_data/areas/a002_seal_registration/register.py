"""印鑑登録情報 of area 002: the registers of seals, a row for each event since the vendor's system began."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a002_seal_registration import inquiries
from sample_data.areas.a002_seal_registration.registrations import (
    BY_OFFICE,
    DOCUMENT,
    INQUIRY,
    SYSTEM,
    WARDS,
    Registrations,
)
from sample_data.areas.homes import address_items, address_lines, counters, homes, surname_days
from sample_data.areas.insured import constant, numbered
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
from sample_data.truth.frame import wide

ENTRY, MOVE, NAME, CARD, STOP, RESUME, FIX = 1, 2, 3, 5, 6, 7, 8
ASKED_FOR, OFFICE, ASK, TYPED = 91, 92, 98, 99
"""異動事由."""
SEX_GONE = day(2016, 4, 1)
"""Registrations since then do not name the sex."""
_NOTES = ("改印", "登録証切替", "印影鮮明化のため再取込", "住居表示実施により住所修正")
_RELATIONS = ("夫", "妻", "世帯主", "知人")


@dataclass(frozen=True)
class Events:
    """Rows of the registers, ordered by person, registration and day."""

    reg: Ints
    """Place of the registration."""
    kind: Ints
    when: Ints


def events(r: Registrations) -> Events:
    """What happened to each registration: one event a day, but it opens first and ends last."""
    base_window = r.base - 365 * r.world.years
    waits = r.listed == NO_DAY
    start = np.where(waits, r.applied, np.maximum(r.listed, SYSTEM))
    until = np.where(r.ended == NO_DAY, r.base, r.ended)
    opened = np.select([waits, r.listed < SYSTEM], [ASK, TYPED], ENTRY)
    asked = np.flatnonzero((r.way == INQUIRY) & ~waits & (r.applied >= base_window))
    done = np.flatnonzero(r.ended != NO_DAY)
    blocks: list[tuple[Ints, Ints, Ints, int]] = [
        (r.every, opened, start, 1),
        (asked, np.full(len(asked), ASK), r.applied[asked], 0),
        (done, np.where(np.isin(r.why[done], BY_OFFICE), OFFICE, ASKED_FOR), r.ended[done], 9),
    ]
    h = homes(r.world)
    mine = r.p.hid[r.who]
    surname = surname_days(r.world, r.p)[r.who]
    fixed = np.where(mix(r.who, 251) % 180 == 0, r.base - 2 - mix(r.who, 252) % 700, NO_DAY)
    for days, kind in (
        (h.entry[mine], MOVE),
        (h.move1[mine], MOVE),
        (h.move2[mine], MOVE),
        (surname, NAME),
        (r.exchanged, CARD),
        (r.stop, STOP),
        (r.resumed, RESUME),
        (fixed, FIX),
    ):
        at = np.flatnonzero(~waits & (days != NO_DAY) & (days > start) & (days < until))
        blocks.append((at, np.full(len(at), kind), days[at], kind))
    reg, kinds, when = (np.concatenate([b[k] for b in blocks]) for k in range(3))
    rank = np.concatenate([np.full(len(b[0]), b[3]) for b in blocks])
    # A stop or a new card is worth more than a correction of the same day.
    order = np.lexsort((-rank * np.isin(kinds, (CARD, STOP, RESUME)), when, reg))
    order = order[np.lexsort((when[order], reg[order]))]
    reg, kinds, when, rank = reg[order], kinds[order], when[order], rank[order]
    single = np.ones(len(reg), bool)
    single[1:] = (reg[1:] != reg[:-1]) | (when[1:] != when[:-1])
    return Events(reg[single], kinds[single], when[single])


def register(r: Registrations, e: Events) -> pl.DataFrame:
    """印鑑登録情報: each row with what stood in the register after that event."""
    reg, kind, when = e.reg, e.kind, e.when
    who = r.who[reg]
    serial, latest = numbered(who)
    way, listed, ended = r.way[reg], r.listed[reg], r.ended[reg]
    over = np.isin(kind, (ASKED_FOR, OFFICE))
    waiting = kind == ASK
    stopped = (r.stop[reg] != NO_DAY) & (r.stop[reg] <= when)
    resumed = (r.resumed[reg] != NO_DAY) & (r.resumed[reg] <= when)
    state = np.select([over, waiting, stopped & ~resumed], [9, 0, 2], 1)
    foreign = r.p.frame["is_foreign"].to_numpy()[who]
    surname = surname_days(r.world, r.p)[who]
    old_name = (surname != NO_DAY) & (surname <= when)
    ward = r.p.frame["ward"].to_numpy()[who]
    allowed = ward & (listed >= WARDS)
    counter = counters(r.world, mix(reg, 261) * (kind != TYPED))
    terminal = "ＳＩＭＩＮ－" + pl.select(wide(pl.lit(digits(mix(reg * 16 + kind % 10, 262) % 24 + 1, 4)))).to_series()
    number_of = inquiries.numbers(r)
    why = r.why[reg]
    told = np.where((kind == OFFICE) & (when + 3 <= r.base) & (why != 4), when + 3, NO_DAY)
    remade = np.where((r.merged != NO_DAY) & (listed < r.merged) & (when >= r.merged), r.merged, NO_DAY)
    documents = np.where(foreign, 4 + mix(reg, 263) % 2, np.array([1, 1, 2, 2, 2, 3, 6, 7, 8, 9])[mix(reg, 264) % 10])
    return to_layout(
        "002",
        "印鑑登録情報",
        pl.DataFrame(
            {
                **r.key(reg),
                "履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "印鑑登録番号": r.number.gather(pl.Series(reg)),
                "旧印鑑登録番号": r.old_number.gather(pl.Series(reg)),
                "旧市区町村コード": r.old_town.gather(pl.Series(reg)),
                "登録状態": digits(state, 1),
                "異動事由": digits(kind, 2),
                "異動年月日": dates(when),
                "登録申請年月日": dates(r.applied[reg]),
                "登録年月日": dates(np.where(waiting, NO_DAY, listed)),
                "申請者区分": choose(("1", "2"), (r.agent[reg] >= 0).astype(np.int64)),
                "本人確認方法": digits(way, 2),
                "本人確認書類": text(digits(documents, 2), way == DOCUMENT),
                **_guarantors(r, reg),
                **_agents(r, reg),
                "法定代理人同行フラグ": text(choose(("0", "1"), allowed.astype(np.int64)), ward),
                "照会書番号": number_of.gather(pl.Series(reg)),
                "住民種別": choose(("1", "2"), foreign.astype(np.int64)),
                **_names(r, who, old_name, foreign),
                "印影文字区分": digits(_lettering(r, reg, foreign, surname), 1),
                "性別": r.p.column("sex", who, r.applied[reg] < SEX_GONE),
                **r.p.birth_items(who),
                **address_items(r.world, homes(r.world).at(r.p.hid[who], when)),
                "成年被後見人_該当有無": flag(ward),
                "意思能力確認年月日": dates(np.where(allowed, listed, NO_DAY)),
                "停止開始年月日": dates(np.where(stopped, r.stop[reg], NO_DAY)),
                "停止事由": text(digits(r.stop_why[reg], 2), stopped),
                "停止解除年月日": dates(np.where(resumed, r.resumed[reg], NO_DAY)),
                "抹消年月日": dates(np.where(over, ended, NO_DAY)),
                "抹消事由": text(digits(why, 2), over),
                "抹消申請年月日": dates(np.where(kind == ASKED_FOR, ended, NO_DAY)),
                "抹消通知年月日": dates(told),
                "原票改製年月日": dates(remade),
                "備考": text(choose(_NOTES, mix(reg, 265) % len(_NOTES)), mix(reg, 266) % 23 == 0),
                "入力場所コード": counter["code"],
                "入力場所表記": counter["name"],
                "入力端末": terminal,
                "削除フラグ": constant("0", len(reg)),
                **operator("sim", reg * 16 + kind % 10, when),
            }
        ),
    )


def _guarantors(r: Registrations, reg: Ints) -> dict[str, pl.Series]:
    guarantor = r.guarantor[reg]
    far, near = guarantor == -2, guarantor >= 0
    other = np.maximum(guarantor, 0)
    stranger = (r.who[reg] + 7 + mix(reg, 271) % 90) % r.p.size
    return {
        "保証人_氏名": r.p.column("name", np.where(far, stranger, r.who[other]), far | near),
        "保証人_宛名番号": r.p.column("atena", r.who[other], near),
        "保証人_印鑑登録番号": pl.select(
            pl.when(pl.Series(far))
            .then(digits(mix(reg, 272) % 900_000 + 1, 7))
            .when(pl.Series(near))
            .then(r.number.gather(pl.Series(other)))
        ).to_series(),
        "保証人_登録市区町村コード": pl.select(
            pl.when(pl.Series(far)).then(pl.lit("352063")).when(pl.Series(near)).then(pl.lit(r.world.code))
        ).to_series(),
    }


def _agents(r: Registrations, reg: Ints) -> dict[str, pl.Series]:
    agent, who = r.agent[reg], r.who[reg]
    here = agent >= 0
    some = np.maximum(agent, 0)
    spouse = here & (r.p.spouse[who] == agent)
    same_house = r.p.hid[some] == r.p.hid[who]
    relation = np.select([spouse & r.p.male[some], spouse, same_house], [0, 1, 2], 3)
    known = here & (mix(reg, 273) % 3 > 0) & ~r.p.frame["birth_unknown"].to_numpy()[some]
    return {
        "代理人_氏名": r.p.column("name", some, here),
        "代理人_住所": text(address_lines(r.world, r.p.frame["addr_id"].to_numpy()[some]), here),
        "代理人_生年月日": dates(np.where(known, r.p.birth[some], NO_DAY)),
        "代理人_本人との関係": text(choose(_RELATIONS, relation), here),
    }


def _names(r: Registrations, who: Ints, old_name: Bools, foreign: Bools) -> dict[str, pl.Series]:
    roman_only = foreign & r.p.frame["kanji"].is_null().to_numpy()[who]
    return {
        "氏名": r.p.column("name", who),
        "氏名_フリガナ": r.p.column("name_kana", who),
        "旧氏": r.p.column("kyu_sei", who, old_name & ~foreign),
        "通称": r.p.column("alias", who, foreign),
        "氏名_氏名のカタカナ表記": r.p.column("name_kana", who, roman_only),
    }


def _lettering(r: Registrations, reg: Ints, foreign: Bools, surname: Ints) -> Ints:
    """印影文字区分: what the seal reads."""
    who = r.who[reg]
    plain = np.array([2, 2, 2, 2, 2, 2, 2, 1, 1, 3, 4, 9])[mix(reg, 274) % 12]
    alias = foreign & r.p.frame["alias"].is_not_null().to_numpy()[who]
    kana = foreign & r.p.frame["kanji"].is_null().to_numpy()[who]
    former = (surname != NO_DAY) & (r.applied[reg] >= surname) & ~foreign
    return np.select([former, alias, kana], [5, 6, 7], plain)
