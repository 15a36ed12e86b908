"""納税義務者 and 共有者構成 of the truth."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.areas.a012_fixed_asset_tax.book import Book
from sample_data.areas.a012_fixed_asset_tax.history import numbered
from sample_data.areas.a012_fixed_asset_tax.levy_groups import method
from sample_data.tax.frames import NO_DAY, Ints, choose, dates, digits, flag, mix, number, operator, text, to_layout

NEW, HEIR = 1, 6
CHANGES = np.array([2, 3, 4, 5, 9, 10])
"""異動事由 of a later row."""
HALL, BODY, SHARED = 3, 9, 4
"""個人法人区分."""
REGROUPED = 7
"""異動事由 共有構成変更."""


def payers(b: Book, declarers: Ints) -> Ints:
    """Everybody who is named as 納税義務者: payers of notices, owners, declarers, public bodies."""
    return np.unique(np.r_[b.n.payer, b.o.payer, declarers, b.hall])


def _heirs(b: Book) -> tuple[Ints, Ints]:
    """Owners who took over land of somebody who died in the kept years, and from whom (payers)."""
    found: list[Ints] = []
    for k in range(1, len(b.years)):
        before, now = b.p.holder[:, k - 1], b.p.holder[:, k]
        moved = np.flatnonzero((before >= 0) & (now >= 0) & (before != now))
        left, right = b.o.payer[before[moved]], b.o.payer[now[moved]]
        died = (b.died[left] != NO_DAY) & (b.who.kind[right] <= 1)
        found.append(np.stack([right[died], left[died]], axis=1))
    pairs = np.concatenate(found) if found else np.zeros((0, 2), np.int64)
    _, at = np.unique(pairs[:, 0], return_index=True)
    return pairs[at, 0], pairs[at, 1]


def taxpayers(b: Book, declarers: Ints) -> pl.DataFrame:
    """納税義務者."""
    who = payers(b, declarers)
    heirs, dead = _heirs(b)
    all_ = np.arange(len(who))
    begun = b.base - 900 - mix(who, 1701) % 6_000
    some = all_[mix(who, 1702) % 100 < 48]
    twice = some[mix(who[some], 1703) % 5 == 0]
    heir = np.flatnonzero(np.isin(who, heirs))
    gap = b.base - begun
    events: list[tuple[Ints, Ints, Ints | int, int]] = [
        (all_, begun, NEW, 0),
        (some, begun[some] + 100 + mix(who[some], 1704) % (gap[some] // 2), CHANGES[mix(who[some], 1705) % 6], 0),
        (
            twice,
            begun[twice] + 110 + gap[twice] // 2 + mix(who[twice], 1706) % 300,
            CHANGES[mix(who[twice], 1707) % 6],
            0,
        ),
        (heir, np.full(len(heir), b.base - 30), HEIR, 0),
    ]
    h = numbered(events)
    payer = who[h.at]
    outside = payer - b.world.persons.height
    others = b.world.outsiders
    safe = pl.Series(np.maximum(outside, 0))
    kind = b.who.kind[payer]
    standing = np.select([kind <= 1, kind == 2, payer == b.hall[0], kind == 3], [1, 2, HALL, BODY], SHARED)
    houjin = others["houjin_no"].gather(safe)
    gone = b.died[payer]
    passed = (kind <= 1) & (gone != NO_DAY) & (gone <= b.base)
    manager, since = _manager(b, payer)
    # An owner's first row is from before, where there is a later one; the manager of the latest row still is one.
    managed = (manager >= 0) & ((h.number > 1) | h.latest)
    mail = np.where((manager >= 0) & (mix(payer, 1711) % 2 == 0) & h.latest, manager, -1)
    took_over = (h.reason == HEIR) & np.isin(payer, heirs)
    from_ = dead[np.minimum(np.searchsorted(heirs, payer), max(len(heirs) - 1, 0))] if len(heirs) else payer
    basis = np.where(took_over, 3, np.where(mix(payer, 1712) % 40 == 0, 2, 1))
    basis = np.where((kind == 2) & (mix(payer, 1713) % 90 == 0), 6, basis)
    letters = [choose(list("abcdefghjk"), mix(payer, 1714 + k) % 10) for k in range(3)]
    wired = np.isin(payer, declarers) & (kind == 2)
    return to_layout(
        "012",
        "納税義務者",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, h.size),
                "宛名番号": b.atena(payer),
                "義務者履歴番号": number(h.number),
                "最新フラグ": flag(h.latest),
                "個人法人区分": digits(standing, 1),
                "氏名名称": b.name(payer),
                "氏名名称_フリガナ": b.who.kana.gather(pl.Series(payer)),
                "法人番号": text(houjin, np.asarray(outside >= 0)),
                "納税義務者区分": digits(basis, 1),
                "登記名義人_宛名番号": text(b.atena(from_), took_over),
                "死亡者課税フラグ": flag(passed & h.latest),
                "納税管理人_宛名番号": text(b.atena(np.maximum(manager, 0)), managed),
                "納税管理人_開始年月日": dates(np.where(managed, np.maximum(since, 0), NO_DAY)),
                "納税管理人_終了年月日": dates(np.where(managed & ~h.latest, h.day + 60, NO_DAY)),
                "送付先_宛名番号": text(b.atena(np.maximum(mail, 0)), mail >= 0),
                "納付方法区分": digits(method(payer), 1),
                "名寄番号": digits(10_000 + payer, 15),
                "eLTAX利用者ID": text(
                    letters[0] + letters[1] + letters[2] + digits(mix(payer, 1718) % 10**8, 8), wired
                ),
                "異動事由": digits(h.reason, 2),
                "異動年月日": dates(h.day),
                **operator("kotei", payer * 8 + h.number, np.minimum(h.day + 6, b.base)),
            }
        ),
    )


def _manager(b: Book, payer: Ints) -> tuple[Ints, Ints]:
    """Who manages the tax of a person outside (a resident, -1 = nobody), and since when."""
    people = b.world.persons.height
    outside = np.asarray((b.who.kind[payer] == 1) & (mix(payer, 1721) % 4 == 0))
    of = b.world.outsiders["of_pid"].to_numpy()[np.maximum(payer - people, 0)]
    return np.where(outside, of, -1), b.base - 700 - mix(payer, 1722) % 900


def co_owners(b: Book, who: Ints) -> pl.DataFrame:
    """共有者構成 of the shared names among ``who``: the members as of now, and of some those before."""
    shared = who[b.who.kind[who] == 4]
    others = b.world.outsiders
    count = others["members"].cast(pl.Int64).fill_null(2).to_numpy()[shared - b.world.persons.height]
    before = mix(shared, 1731) % 4 == 0
    name = np.repeat(np.arange(len(shared)), 1 + before)
    version = 1 + (np.r_[False, name[1:] == name[:-1]].astype(np.int64) if len(name) else np.zeros(0, np.int64))
    latest = (version == 2) | ~before[name]
    # One member came to those who were there before.
    size = np.where(latest, count[name], np.maximum(count[name] - 1, 2))
    row = np.repeat(np.arange(len(name)), size)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
    of = shared[name[row]]
    single = np.flatnonzero((b.who.kind <= 1) & (b.who.removal == NO_DAY))
    # Neighbours in the list are different people: the members of one name never meet twice.
    member = single[(mix(of, 1732) + nth) % len(single)]
    total, half = size[row], mix(of, 1733) % 3 == 0
    over = np.where(half, 2 * (total - 1), total)
    share = np.where(half & (nth == 0), np.maximum(total - 1, 1), 1)
    begun = b.base - 1_500 - mix(of, 1734) % 5_000
    when = np.where(latest[row] & before[name[row]], begun + 900, begun)
    written = mix(of, 1735) % 8 > 0
    return to_layout(
        "012",
        "共有者構成",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, len(row)),
                "共有_宛名番号": b.atena(of),
                "共有履歴番号": number(version[row]),
                "構成員連番": number(nth + 1),
                "最新フラグ": flag(latest[row]),
                "構成員_宛名番号": b.atena(member),
                "共有区分": digits(np.where(mix(of, 1736) % 7 == 0, 4, 2), 1),
                "代表者フラグ": flag(nth == 0),
                "共有者人数": number(total),
                "登記持分_分子": number(share, written),
                "登記持分_分母": number(over, written),
                "課税持分_分子": number(share, mix(of, 1737) % 3 > 0),
                "課税持分_分母": number(over, mix(of, 1737) % 3 > 0),
                "異動事由": digits(np.where(version[row] == 2, REGROUPED, NEW), 2),
                "異動年月日": dates(when),
                **operator("kotei", of * 64 + nth * 4 + version[row], when + 8),
            }
        ),
    )
