"""障害支援区分: who needs it, and the chain of applications and certifications."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a022_disability_welfare.folk import Folk
from sample_data.areas.insured import first_day, month_index, numbered
from sample_data.tax.frames import NO_DAY, Ints, dates, digits, flag, mix, number, operator, text, to_layout
from sample_data.tax.pool import uniform

NONE = 99
"""区分なし; 21 to 26 are 区分1 to 区分6."""
GRANTED, DISMISSED, WITHDRAWN, PENDING = 1, 2, 3, 4
"""決定結果."""
NEW, RENEWAL, CHANGE = 1, 2, 3
"""申請区分."""


@dataclass(frozen=True)
class Levels:
    """Applications for 障害支援区分, ordered by person and day; parallel arrays."""

    f: Folk
    who: Ints
    trouble: Ints
    """主たる障害種別."""
    kind: Ints
    applied: Ints
    decided: Ints
    result: Ints
    level: Ints
    start: Ints
    end: Ints
    months: Ints

    def today(self) -> Ints:
        """Newest certified level of each of the folk, 0 where none."""
        found = np.zeros(self.f.size, np.int64)
        good = self.result == GRANTED
        found[self.who[good]] = self.level[good]
        return found


def levels(f: Folk, who: Ints, trouble: Ints, level: Ints, first: Ints, until: Ints) -> Levels:
    """Chains for ``who`` (services begin on ``first``, a first of a month, and last ``until``), and a few in vain."""
    rows = np.arange(len(who))
    start, kind = first, np.full(len(who), NEW)
    applied = start - 72 + mix(who, 2321) % 10
    current = level
    found: list[tuple[Ints, ...]] = []
    while not found or len(rows):
        key = who[rows] * 32 + len(found)
        decided = applied + 38 + mix(key, 2322) % 14
        result = np.select([decided > until[rows], decided > f.base], [WITHDRAWN, PENDING], GRANTED)
        result = np.where(decided > f.base, PENDING, result)
        span = np.array([36, 36, 36, 24, 12, 6])[mix(key, 2323) % 6]
        span = np.where(current == NONE, 36, span)
        # A start within a month adds the rest of that month.
        broken = (kind == CHANGE) & (result == GRANTED)
        start = np.where(broken, decided, start)
        end = first_day(month_index(start) + span + broken) - 1
        found.append((rows, kind, applied, decided, result, current, start, end, span + broken))
        on = result == GRANTED
        rows, key, end, current = rows[on], key[on], end[on], current[on]
        early = (mix(key, 2324) % 12 == 0) & (current < 26) & (span[on] >= 24)
        kind = np.where(early, CHANGE, RENEWAL)
        applied = np.where(early, end - 280 + mix(key, 2325) % 60, end - 78 + mix(key, 2326) % 15)
        worse = np.searchsorted([0.08, 0.82], uniform(key, 2327)) - 1
        current = np.where(early, np.minimum(current + 1, 26), np.where(current == NONE, NONE, current + worse))
        current = np.where(current == NONE, NONE, np.clip(current, 22, 26))
        start = end + 1
        on = (applied < np.minimum(until[rows], f.base)) & (applied > 0)
        rows, kind, applied, current, start = (v[on] for v in (rows, kind, applied, current, start))
    row, kind, applied, decided, result, level_, start, end, months = (
        np.concatenate([step[k] for step in found]) for k in range(9)
    )
    person, named = who[row], trouble[row]
    vain = _vain(f, who)
    lost = np.full(len(vain), NO_DAY)
    asked = f.until[vain] - 150 - mix(vain, 2328) % 700
    blocks = (
        (person, vain),
        (named, 1 + mix(vain, 2329) % 4),
        (kind, np.full(len(vain), NEW)),
        (applied, asked),
        (decided, asked + 40),
        (result, np.where(mix(vain, 2330) % 3 == 0, DISMISSED, WITHDRAWN)),
        (level_, np.full(len(vain), NONE)),
        (start, lost),
        (end, lost),
        (months, np.zeros(len(vain), np.int64)),
    )
    columns = [np.concatenate(pair) for pair in blocks]
    order = np.lexsort((columns[3], columns[0]))
    return Levels(f, *(c[order] for c in columns))


def _vain(f: Folk, users: Ints) -> Ints:
    """Adults without services who asked in vain."""
    able = (f.age >= 20) & (f.age < 65) & (f.until - f.since > 900) & ~f.outside
    able[users] = False
    return np.flatnonzero(able & (mix(f.every, 2331) % 2200 == 0))


def level_rows(c: Levels) -> pl.DataFrame:
    """障害支援区分認定情報."""
    f = c.f
    serial, latest = numbered(c.who)
    key = c.who * 64 + serial
    granted = c.result == GRANTED
    known = np.where(c.result == PENDING, f.base, np.maximum(c.decided - 8, c.applied))
    visit, letter, council = (c.applied + off + mix(key, 2332 + off) % 5 for off in (8, 16, 28))
    council = np.minimum(council, np.where(granted, c.decided, council))
    machine = np.where(c.level == NONE, NONE, np.clip(c.level + mix(key, 2335) % 3 - 1, 21, 26))

    def by(when: Ints, vain: bool) -> Ints:
        """The day of a step of the procedure, if it came to it."""
        return np.where(granted | (when <= known) & ((c.result == PENDING) | vain), when, NO_DAY)

    decided = np.where(granted, c.decided, NO_DAY)
    return to_layout(
        "022",
        "障害支援区分認定情報",
        pl.DataFrame(
            {
                **f.key(c.who),
                "履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "申請年月日": dates(c.applied),
                "申請区分": digits(c.kind, 1),
                "主たる障害種別": digits(c.trouble, 1),
                "認定調査実施年月日": dates(by(visit, True)),
                "意見書受領年月日": dates(by(letter, True)),
                "一次判定結果": text(digits(machine, 2), by(letter, False) != NO_DAY),
                "審査会開催年月日": dates(by(council, False)),
                "二次判定結果": text(digits(c.level, 2), by(council, False) != NO_DAY),
                "認定結果": digits(c.result, 1),
                "障害支援区分": text(digits(c.level, 2), granted),
                "認定年月日": dates(decided),
                "認定有効期間開始年月日": dates(np.where(granted, c.start, NO_DAY)),
                "認定有効期間終了年月日": dates(np.where(granted, c.end, NO_DAY)),
                "認定有効期間月数": number(c.months, granted),
                **operator("ser", key, np.minimum(np.where(granted, c.decided, c.applied) + 1, f.base)),
            }
        ),
    )
