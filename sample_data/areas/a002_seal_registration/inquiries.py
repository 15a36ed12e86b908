"""印鑑登録照会管理 of area 002: the letters by which the town asks whether somebody really wants to register."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a002_seal_registration.registrations import Registrations
from sample_data.areas.homes import address_items, homes
from sample_data.areas.insured import constant, years_of
from sample_data.tax.frames import NO_DAY, Bools, Ints, choose, dates, digits, mix, operator, text, to_layout

DAYS = 30
"""Days within which the answer must come."""
WAITING, ANSWERED, EXPIRED, RETURNED, WITHDRAWN = range(5)


@dataclass(frozen=True)
class Letters:
    """Parallel arrays, ordered by day and person. ``reg`` is the registration that came of a letter, or -1."""

    who: Ints
    reg: Ints
    asked: Ints
    kind: Ints
    result: Ints
    answered: Ints
    number: pl.Series


def letters(r: Registrations) -> Letters:
    """A letter to each who registers by inquiry, and letters that came to nothing or asked about something else."""
    reg = r.inquired
    waits = r.listed[reg] == NO_DAY
    open_ = waits & (r.applied[reg] + DAYS > r.base)
    low = r.base - 365 * r.world.years
    stands = np.flatnonzero(r.stands & (r.listed < r.base - 60))
    extra = stands[np.argsort(mix(stands, 281), kind="stable")][: max(3, round(len(stands) * 0.01))]
    when = np.maximum(low + mix(extra, 282) % (365 * r.world.years - 45), r.listed[extra] + 10)
    more = np.arange(len(extra)) % 3
    who = np.concatenate([r.who[reg], r.who[extra]])
    asked = np.concatenate([r.applied[reg], when])
    result = np.concatenate(
        [np.select([open_, waits], [WAITING, EXPIRED], ANSWERED), np.array([RETURNED, WITHDRAWN, EXPIRED])[more]]
    )
    answered = np.concatenate([np.where(waits, NO_DAY, r.listed[reg]), np.full(len(extra), NO_DAY)])
    kind = np.concatenate([np.ones(len(reg), np.int64), 2 + mix(extra, 283) % 2])
    of = np.concatenate([reg, np.full(len(extra), -1)])
    order = np.lexsort((who, asked))
    who, of, asked, kind, result, answered = (v[order] for v in (who, of, asked, kind, result, answered))
    year = years_of(asked)
    serial = np.arange(len(year)) - np.searchsorted(year, year) + 1
    return Letters(who, of, asked, kind, result, answered, digits(year * 1_000_000 + serial, 10))


def numbers(r: Registrations) -> pl.Series:
    """照会書番号 of each registration, null where none was sent."""
    found = letters(r)
    at = np.full(r.size, -1)
    mine = found.reg >= 0
    at[found.reg[mine]] = np.flatnonzero(mine)
    return text(found.number.gather(pl.Series(np.maximum(at, 0))), at >= 0)


def inquired(r: Registrations) -> pl.DataFrame:
    """印鑑登録照会管理."""
    found = letters(r)
    key = found.who * 64 + found.kind
    reg = np.maximum(found.reg, 0)
    agent = np.where(found.reg >= 0, r.agent[reg], -1)
    sent = found.asked + mix(key, 284) % 2
    closed = np.select(
        [found.result == ANSWERED, found.result == EXPIRED, found.result == WAITING],
        [found.answered, sent + DAYS + 1, sent],
        sent + 6 + mix(key, 285) % 10,
    )
    to_them: Bools = found.result == ANSWERED
    return to_layout(
        "002",
        "印鑑登録照会管理",
        pl.DataFrame(
            {
                "市区町村コード": constant(r.world.code, len(key)),
                "照会書番号": found.number,
                "宛名番号": r.p.column("atena", found.who),
                "最新フラグ": constant("1", len(key)),
                "照会区分": digits(found.kind, 1),
                "印鑑登録番号": text(r.number.gather(pl.Series(reg)), (found.reg >= 0) & to_them),
                "照会申請年月日": dates(found.asked),
                "照会書発送年月日": dates(sent),
                "回答期限年月日": dates(sent + DAYS),
                "送付方法": choose(("1", "1", "1", "2", "3"), mix(key, 286) % 5),
                **address_items(r.world, homes(r.world).at(r.p.hid[found.who], found.asked), "送付先_住所_"),
                "申請者区分": choose(("1", "2"), (agent >= 0).astype(np.int64)),
                "代理人_氏名": r.p.column("name", np.maximum(agent, 0), agent >= 0),
                "照会結果": digits(found.result, 1),
                "回答年月日": dates(np.where(to_them, found.answered, NO_DAY)),
                "返戻年月日": dates(np.where(found.result == RETURNED, closed, NO_DAY)),
                "取下年月日": dates(np.where(found.result == WITHDRAWN, closed, NO_DAY)),
                **operator("sim", key, np.minimum(closed, r.base)),
            }
        ),
    )
