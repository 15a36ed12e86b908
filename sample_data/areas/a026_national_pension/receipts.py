"""届書受付 of area 026: the papers that the town took in during the kept years, and their way to the pension office."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a026_national_pension import ledger
from sample_data.areas.a026_national_pension.beneficiaries import Claims
from sample_data.areas.a026_national_pension.exemptions import Applications, Extra, Statutory
from sample_data.areas.a026_national_pension.members import Members
from sample_data.areas.insured import constant, first_day
from sample_data.tax.frames import (
    NO_DAY,
    Ints,
    choose,
    dates,
    digits,
    fiscal_year,
    mix,
    operator,
    text,
    to_layout,
)

BRANCHES = ("0001", "0001", "0001", "0001", "0102", "0103", "0104", "0210")
FAULTS = ("添付書類の不足", "氏名の記載誤り", "学生証の写しの期限切れ", "生年月日の記載漏れ")
_BY_CLAIM = {1: 17, 2: 18, 3: 19, 4: 20, 5: 21, 9: 22}
NOTICE, CHANGE, LOSS, JOIN, MOVE, DEATH = 1, 2, 3, 4, 6, 8


@dataclass(frozen=True)
class Receipts:
    """Parallel arrays, ordered by 受付年度, branch and number. ``person`` is a position among the payers."""

    person: Ints
    kind: Ints
    when: Ints
    fact: Ints
    branch: Ints
    serial: Ints
    year: Ints


def receipts(m: Members, e: ledger.Events, a: Applications, s: Statutory, x: Extra, c: Claims) -> Receipts:
    """The papers of everything that happened in the kept years."""
    blocks = list(_papers(m, e, a, s, x, c))
    person, kind, when, fact = (np.concatenate([b[k] for b in blocks]) for k in range(4))
    low = m.base - 365 * m.world.years
    kept = (when != NO_DAY) & (when >= low) & (when <= m.base)
    person, kind, when, fact = person[kept], kind[kept], when[kept], fact[kept]
    year = fiscal_year(when)
    branch = mix(person * 64 + kind, 2751) % len(BRANCHES)
    branch = np.maximum(branch, 3)
    order = np.lexsort((kind, person, when, branch, year))
    person, kind, when, fact, branch, year = (v[order] for v in (person, kind, when, fact, branch, year))
    run = year * 100 + branch
    serial = np.arange(len(run)) - np.searchsorted(run, run) + 1
    return Receipts(person, kind, when, fact, branch, serial, year)


def _papers(
    m: Members, e: ledger.Events, a: Applications, s: Statutory, x: Extra, c: Claims
) -> Iterator[tuple[Ints, Ints, Ints, Ints]]:
    what = np.select(
        [
            np.isin(e.after, (4, 5, 6)),
            e.kind == ledger.GAIN,
            e.kind == ledger.CHANGE,
            e.loss == 4,
            e.kind == ledger.LOSE,
        ],
        [JOIN, NOTICE, CHANGE, DEATH, LOSS],
        MOVE,
    )
    yield m.at[e.row], what, e.told, e.when
    yield m.at[a.row], np.where(a.student, 10, 9), a.applied, np.full(a.size, NO_DAY)
    told = np.minimum(s.begin + 4 + mix(m.at[s.row], 2692) % 10, m.base)
    yield m.at[s.row], np.full(len(told), 11), told, s.begin
    over = s.end != NO_DAY
    yield m.at[s.row[over]], np.full(int(over.sum()), 12), np.minimum(s.end[over] + 5, m.base), s.end[over]
    yield m.at[x.row], np.full(len(x.row), 14), x.begin, np.full(len(x.row), NO_DAY)
    ends = np.flatnonzero(x.why == 1)
    said = np.minimum(first_day(x.end[ends] + 1) + mix(m.at[x.row[ends]], 2695) % 20, m.base)
    yield m.at[x.row[ends]], np.full(len(ends), 15), said, np.full(len(ends), NO_DAY)
    yield c.person, np.array([_BY_CLAIM.get(k, 99) for k in range(13)])[c.kind], c.when, np.full(len(c.kind), NO_DAY)
    lost = np.flatnonzero((mix(m.at, 2752) % 120 < 2 * m.world.years) & ~m.outside)
    day_ = m.base - 1 - mix(m.at[lost], 2753) % (365 * m.world.years)
    there = np.where(m.p.removal[m.resident[lost]] == NO_DAY, day_, NO_DAY)
    kinds = np.array([16, 16, 16, 7, 23, 24, 25, 99, 5])[mix(m.at[lost], 2754) % 9]
    yield m.at[lost], kinds, np.where(there > m.first[lost], there, NO_DAY), np.full(len(lost), NO_DAY)


def received(m: Members, r: Receipts, year: int) -> pl.DataFrame:
    """届書受付 of one 受付年度."""
    here = r.year == year
    person, kind, when, fact, branch, serial = (v[here] for v in (r.person, r.kind, r.when, r.fact, r.branch, r.serial))
    key = person * 64 + kind + when * 7
    office = choose(BRANCHES, branch)
    sent = when + 5 + mix(key, 2761) % 10
    back = (mix(key, 2762) % 60 == 0) & (sent + 12 <= m.base)
    needless = kind == MOVE
    state = np.select([needless, sent > m.base, back & (mix(key, 2763) % 3 == 0)], [2, 0, 3], 1)
    gone = np.isin(state, (1, 3))
    back &= gone
    by = np.array([1, 1, 1, 1, 1, 1, 2, 3, 3, 4, 9])[mix(key, 2764) % 11]
    by = np.where((kind == 10) & (mix(key, 2765) % 4 == 0), 5, by)
    by = np.where((kind == DEATH) & (by == 1), 3, by)
    others = m.who.name
    helper = others.gather(pl.Series(mix(key, 2766) % m.p.size))
    school = constant("学校法人徳山教育財団", len(key))
    name = pl.select(pl.when(pl.Series(by == 5)).then(school).otherwise(helper)).to_series()
    way = np.where(by == 5, 2, np.array([1, 1, 1, 1, 1, 2, 2, 3])[mix(key, 2767) % 8])
    medium = np.array([2, 2, 2, 1, 3])[mix(when, 2768) % 5]
    return to_layout(
        "026",
        "届書受付",
        pl.DataFrame(
            {
                "市区町村コード": constant(m.world.code, len(key)),
                "受付年度": constant(str(year), len(key)),
                "受付番号": office + digits(serial, 6),
                "宛名番号": m.who.atena.gather(pl.Series(person)),
                "届書種類": digits(kind, 2),
                "受付年月日": dates(when),
                "受付方法": digits(way, 1),
                "受付場所コード": office,
                "届出者区分": digits(by, 1),
                "届出者_氏名": text(name, by != 1),
                "事実発生年月日": dates(fact),
                "進達区分": digits(state, 1),
                "進達方法": text(digits(medium, 1), gone),
                "進達年月日": dates(np.where(gone, sent, NO_DAY)),
                "進達番号": text(digits(sent % 100_000, 10), gone),
                "返戻年月日": dates(np.where(back, sent + 10, NO_DAY)),
                "返戻理由": text(choose(FAULTS, mix(key, 2769) % len(FAULTS)), back),
                "再進達年月日": dates(np.where(back & (state == 1) & (sent + 16 <= m.base), sent + 16, NO_DAY)),
                **operator("uke", key, np.minimum(np.where(gone, sent, when), m.base)),
            }
        ),
    )
