"""身体障害者手帳 and its disabilities, 療育手帳: who holds one, and every row of its history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a022_disability_welfare.facts import (
    CAUSE_CODES,
    CAUSES,
    KIDNEY,
    LEG,
    PARTS,
    POINTS,
    PREFECTURES,
    STOMA,
)
from sample_data.areas.a022_disability_welfare.folk import CHILD_AGE, DEAD, HERE, MOVED, Folk
from sample_data.areas.insured import first_day, month_index, numbered
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
from sample_data.truth.frame import era_text

GIVEN, RETURNED, EXPIRED, AWAY, BY_DEATH = 1, 3, 4, 5, 6
"""手帳状態."""
NEW, WORSE, MORE, AGAIN, LOST, BROKEN, CAME, MOVED_HOUSE = 1, 2, 3, 4, 6, 7, 8, 9
"""手帳交付事由."""
BODY, SPIRIT, MIND = 1, 2, 3
"""障害認定事由 of area 025: the kind of certificate."""
_GRADES = np.array([[grade in part.grades for grade in range(1, 8)] for part in PARTS])
_FIRST_CLASS = np.array([[grade in part.first_class for grade in range(8)] for part in PARTS])
_WEIGHTS = np.cumsum([part.weight for part in PARTS])


@dataclass(frozen=True)
class Holders:
    """Who holds a certificate, ordered by position; parallel arrays."""

    f: Folk
    at: Ints
    first: Ints
    """Day of the first row."""
    came: Bools
    """Had one of another prefecture before."""
    ended: Ints
    """Day of the return, or NO_DAY."""
    state: Ints
    why: Ints
    """返還事由, 0 where none."""

    @property
    def size(self) -> int:
        return len(self.at)

    @property
    def alive(self) -> Ints:
        """Last day on which a certificate may change."""
        return np.where(self.ended == NO_DAY, self.f.base, self.ended)

    def where(self) -> Ints:
        """Position of everybody here, -1 for those without."""
        found = np.full(self.f.size, -1)
        found[self.at] = np.arange(self.size)
        return found


def holders(f: Folk, has: Bools, low: Ints, salt: int, law: int, ground: int) -> Holders:
    """The holders among ``has`` with time enough; ``low``: first day for each of all the people.

    Whom area 025 insured early on the ``ground`` of this certificate got it before that.
    """
    early = f.weak > 0
    early[f.forced] = True
    high = np.where(early, np.minimum(f.until, f.window) - 40, f.until - 70)
    low = np.maximum(np.maximum(low, f.born + 200), law)
    came = f.came & (uniform(f.every, salt) < 0.3) & (f.since > f.born + 1500) & ~f.outside
    low = np.where(came, np.maximum(f.since + 3, law), np.maximum(low, f.since))
    high = np.where(came, np.minimum(low + 30, f.until - 70), high)
    # Who was assessed as disabled before had a certificate then, or as early as was possible.
    high = np.where(early & (high <= low), np.minimum(low + 30, f.until - 70), high)
    proved = f.ground == ground
    high = np.where(proved, f.insured - 70, high)
    low = np.where(proved, np.minimum(np.maximum(np.maximum(f.since, f.insured - 3000), law), high - 30), low)
    came &= ~proved
    at = np.flatnonzero((has | proved) & (high > low))
    span: Ints = high[at] - low[at]
    first: Ints = low[at] + mix(at, salt + 1) % span
    room = f.until[at] - first
    quits = (f.where[at] == HERE) & (f.weak[at] == 0) & (mix(at, salt + 2) % 55 == 0) & (room > 400) & ~f.outside[at]
    quits &= ~np.isin(at, f.forced) & (f.ground[at] == 0)
    quit_day = first + 300 + mix(at, salt + 3) % np.maximum(room - 300, 1)
    ended = np.where(quits, quit_day, f.gone[at])
    state = np.select([quits, f.where[at] == DEAD, f.where[at] == MOVED], [RETURNED, BY_DEATH, AWAY], GIVEN)
    why = np.select(
        [quits, f.where[at] == DEAD, f.where[at] == MOVED], [np.where(mix(at, salt + 4) % 2 == 0, 4, 7), 2, 3], 0
    )
    return Holders(f, at, first, came[at], ended, state, why)


def share(f: Folk, cuts: tuple[int, ...], shares: tuple[float, ...], salt: int, ill: float) -> Bools:
    """Drawn by age; at least the share ``ill`` of those who died at 60 or later."""
    wanted = np.array(shares)[np.searchsorted(cuts, f.age, side="right")]
    wanted = np.where(f.where == DEAD, np.maximum(wanted, ill * (f.age >= 60)), wanted)
    wanted = np.where(f.outside, wanted * 0.06, wanted)
    drawn: Bools = uniform(f.every, salt) < wanted
    return drawn


@dataclass(frozen=True)
class Rows:
    """Rows of a history of certificates, ordered by holder and day."""

    of: Ints
    """Holder."""
    serial: Ints
    latest: Bools
    event: Ints
    when: Ints
    """交付年月日."""


def history(h: Holders, salt: int, again_only: bool, kinds: tuple[int, ...]) -> Rows:
    """The first row, and up to three more with what happened then."""
    drawn = uniform(h.at, salt)
    more = np.searchsorted([0.42, 0.74, 0.91], drawn)
    span = h.alive - h.first
    more = np.minimum(more, span // 400)
    count = more + 1
    of = np.repeat(np.arange(h.size), count)
    step = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    part = (step + uniform(h.at[of] * 8 + step, salt + 1) * 0.8) / count[of]
    when = h.first[of] + np.where(step == 0, 0, (span[of] * part).astype(np.int64))
    later = np.array(kinds)[mix(h.at[of] * 8 + step, salt + 2) % len(kinds)]
    event = np.where(step > 0, later, np.where(h.came[of], CAME, NEW))
    serial, latest = numbered(of)
    if again_only:
        event = np.where((step > 0) & (mix(h.at[of] * 8 + step, salt + 3) % 3 > 0), AGAIN, event)
    return Rows(of, serial, latest, event, when)


def state_items(h: Holders, r: Rows) -> dict[str, pl.Series]:
    """手帳状態, 返還年月日, 返還事由: only the latest row tells of the end."""
    state = np.where(r.latest, h.state[r.of], GIVEN)
    over = r.latest & (h.ended[r.of] != NO_DAY)
    return {
        "手帳状態": digits(state, 1),
        "返還年月日": dates(np.where(over, h.ended[r.of], NO_DAY)),
        "返還事由": text(digits(h.why[r.of], 2), over),
    }


def touched(h: Holders, r: Rows, key: Ints) -> dict[str, pl.Series]:
    """Who changed a row last: at the event, or at its end."""
    over = r.latest & (h.ended[r.of] != NO_DAY)
    when = np.where(over, h.ended[r.of] + 5, r.when + 2 + mix(key, 2249) % 9)
    return operator("sho", key, np.minimum(when, h.f.base))


@dataclass(frozen=True)
class Physical:
    """Holders of 身体障害者手帳 with up to three disabilities (the first is the worst)."""

    h: Holders
    r: Rows
    part: Ints
    """Shape (holders, 3): position in PARTS."""
    grade: Ints
    """Shape (holders, 3): 0 where there is none."""

    @cached_property
    def grades(self) -> Ints:
        """Shape (rows, 3): the grades as of each row."""
        r = self.r
        grade = self.grade[r.of].copy()

        def before(kind: int) -> Bools:
            """Rows ahead of the holder's event of a kind."""
            turned = np.zeros(self.h.size, np.int64)
            np.maximum.at(turned, r.of[r.event == kind], r.serial[r.event == kind])
            ahead: Bools = r.serial < turned[r.of]
            return ahead

        grade[:, 0] = np.where(before(WORSE), _lighter(self.part[r.of, 0], grade[:, 0]), grade[:, 0])
        last = (grade > 0).sum(axis=1) - 1
        drop = before(MORE) & (last > 0)
        grade[np.flatnonzero(drop), last[drop]] = 0
        return grade

    @cached_property
    def total(self) -> Ints:
        """総合等級 of each row: from the sum of the points, never below the worst."""
        points = np.array(POINTS)[self.grades].sum(axis=1)
        return np.select([points >= 180, points >= 110, points >= 70, points >= 40, points >= 20], [1, 2, 3, 4, 5], 6)

    @cached_property
    def today(self) -> Ints:
        """総合等級 of each holder's latest row."""
        return self.total[self.r.latest]


def _pick(mask: Bools, drawn: Ints) -> Ints:
    """Per row of ``mask`` one of its True columns plus one (0 where there is none)."""
    count = mask.sum(axis=1)
    wanted = drawn % np.maximum(count, 1)
    hit = mask & (np.cumsum(mask, axis=1) == (wanted + 1)[:, None])
    return np.where(count > 0, hit.argmax(axis=1) + 1, 0)


def _lighter(part: Ints, grade: Ints) -> Ints:
    """The next lighter grade up to 6 that the part knows, else the same."""
    mask = _GRADES[part] & (np.arange(1, 8)[None, :] > grade[:, None]) & (np.arange(1, 8)[None, :] <= 6)
    return np.where(mask.any(axis=1), mask.argmax(axis=1) + 1, grade)


def physical(f: Folk) -> Physical:
    """Everybody with 身体障害者手帳."""
    weak = (f.weak > 0) & ((f.age >= 40) | (mix(f.every, 2221) % 3 == 0))
    has = weak | share(f, (18, 40, 65, 75), (0.002, 0.0045, 0.014, 0.034, 0.072), 2222, 0.2)
    has[f.forced[:5]] = True
    low = np.maximum(f.until - 20 * 365, day(1960, 4, 1))
    h = holders(f, has, low, 2223, day(1950, 4, 1), BODY)
    weak_of = f.weak[h.at]
    drawn = mix(h.at, 2231)
    first = np.searchsorted(_WEIGHTS, drawn % int(_WEIGHTS[-1]), side="right")
    for place, (which, _) in enumerate(((KIDNEY, 1), (LEG, 2), (STOMA, 3), (LEG, 1), (LEG, 2))):
        first = np.where(h.at == (f.forced[place] if place < len(f.forced) else -1), which, first)
    severe = weak_of == 2
    proved = f.ground[h.at] == BODY
    first = np.where(proved & ~_GRADES[first][:, :3].any(axis=1), LEG, first)
    only_light = ~_GRADES[first][:, :2].any(axis=1)
    first = np.where(severe & only_light, LEG, first)
    grade_of = np.arange(1, 8)[None, :]
    mask = _GRADES[first] & (grade_of <= 6)
    mask &= np.where(severe[:, None], grade_of <= 2, True) & np.where((weak_of == 1)[:, None], grade_of >= 3, True)
    mask &= np.where(proved[:, None], grade_of <= 3, True)
    grade = np.zeros((h.size, 3), np.int64)
    part = np.repeat(first[:, None], 3, axis=1)
    grade[:, 0] = _pick(mask, mix(h.at, 2232))
    for place in (1, 2):
        other = (first + 3 + mix(h.at, 2232 + place) % (len(PARTS) - 7) + place) % len(PARTS)
        fits = (grade[:, place - 1] > 0) & (weak_of != 1) & (uniform(h.at, 2235) < (0.0, 0.2, 0.04)[place])
        mask = _GRADES[other] & (grade_of >= grade[:, :1]) & fits[:, None] & (other != part[:, place - 1])[:, None]
        part[:, place], grade[:, place] = other, _pick(mask, mix(h.at, 2236 + place))
    r = history(h, 2241, False, (AGAIN, LOST, MOVED_HOUSE, BROKEN, MOVED_HOUSE, WORSE, MORE))
    plain = (weak_of[r.of] > 0) | proved[r.of]
    several = (grade[r.of, 1] > 0) & ~plain
    turned = np.isin(r.event, (WORSE, MORE))
    wrong = turned & ((r.serial != 2) | plain | ((r.event == MORE) & ~several))
    r = replace(r, event=np.where(wrong, AGAIN, r.event))
    return Physical(h, r, part, grade)


def book_number(at: Ints, serial: Ints, salt: int) -> pl.Series:
    """Seven digits of a certificate, one per holder and issuer."""
    return digits((at * 4 + serial) % 2_000_000 + mix(at, salt) % 4 * 2_000_000, 7)


def physical_rows(c: Physical) -> pl.DataFrame:
    """身体障害者手帳情報."""
    h, r, f = c.h, c.r, c.h.f
    who = h.at[r.of]
    key = who * 64 + r.serial
    grades = c.grades
    origin = 1 + mix(who, 2242) % (len(PREFECTURES) - 1)
    lead = pl.Series([p[:2] for p in PREFECTURES])
    numbers = pl.Series(lead.gather(pl.Series(np.zeros(len(who), np.int64)))) + "-" + book_number(who, 0 * who, 2243)
    before = lead.gather(pl.Series(origin)) + "-" + book_number(who, 0 * who + 1, 2244)
    start = h.first[r.of]
    earlier = np.maximum(start - 400 - mix(who, 2245) % 2500, f.born[who] + 200)
    first_issue = np.where(h.came[r.of], np.minimum(earlier, start), start)
    asked = np.maximum(r.when - 15 - mix(key, 2246) % 30, np.maximum(f.born[who], f.since[who]))
    minor = (r.when < f.birthday(15, who)) & (f.guardian[who] >= 0)
    review = mix(key, 2247) % 7 == 0
    until = first_day(month_index(r.when) + 37 + 12 * (mix(key, 2248) % 3)) - 1
    main = c.part[r.of, 0]
    outside = f.outside[who]
    issuer = np.where(outside, origin, 0)
    own = pl.select(pl.when(pl.Series(outside)).then(before).otherwise(numbers)).to_series()
    names = _names(c)
    return to_layout(
        "022",
        "身体障害者手帳情報",
        pl.DataFrame(
            {
                **f.key(who),
                "履歴番号": number(r.serial),
                "最新フラグ": flag(r.latest),
                "手帳番号": own,
                "交付自治体コード": choose(PREFECTURES, issuer),
                "申請年月日": dates(np.where(mix(key, 2250) % 12 == 0, NO_DAY, asked)),
                "交付事由": digits(r.event, 2),
                "初回交付年月日": dates(first_issue),
                "交付年月日": dates(r.when),
                "総合等級": digits(c.total, 1),
                "主たる障害種別": choose([p.code[0] for p in PARTS], main),
                "障害名": names,
                "原傷病名": text(choose([p.illness for p in PARTS], main), mix(who, 2251) % 9 > 0),
                "旅客運賃減額種別": digits(np.where(_FIRST_CLASS[main, grades[:, 0]], 1, 2), 1),
                "再認定要フラグ": flag(review),
                "再認定期日": dates(np.where(review, until, NO_DAY)),
                **state_items(h, r),
                "転入前手帳番号": text(before, h.came[r.of] & ~outside),
                "保護者_宛名番号": f.number(f.guardian[who], minor),
                **touched(h, r, key),
            }
        ),
    )


def _cause(c: Physical, row: Ints, place: Ints) -> Ints:
    """Position in CAUSES of a disability of a holder."""
    drawn = mix(c.h.at[row] * 4 + place, 2252) % 40
    inborn = np.isin(c.part[row, place], (11, 12))
    return np.where(inborn, 0, np.array([1] * 29 + [0] * 4 + [2, 2, 3, 4, 4, 5, 6])[drawn])


def _names(c: Physical) -> pl.Series:
    """障害名: the disabilities one after the other, with their grades."""
    names = []
    for place in range(3):
        where = np.full(len(c.r.of), place)
        grade = c.grades[:, place]
        one = (
            choose(CAUSES, _cause(c, c.r.of, where))
            + choose([p.name for p in PARTS], c.part[c.r.of, place])
            + choose(["", *(f"（{g}級）" for g in "１２３４５６７")], grade)
        )
        names.append(text(one, grade > 0))
    frame = pl.DataFrame({str(place): one for place, one in enumerate(names)})
    return frame.select(pl.concat_str(pl.all(), separator="、", ignore_nulls=True)).to_series()


def disabilities(c: Physical) -> pl.DataFrame:
    """身体障害者手帳障害情報."""
    h, r, f = c.h, c.r, c.h.f
    row, place = np.nonzero(c.grades > 0)
    serial, _ = numbered(row)
    of = r.of[row]
    who = h.at[of]
    key = who * 64 + r.serial[row]
    part, grade = c.part[of, place], c.grades[row, place]
    cause = _cause(c, of, place)
    begun = h.first[of] - 200 - mix(who * 4 + place, 2253) % 1800
    begun = np.where(cause == 0, f.born[who], np.maximum(begun, f.born[who]))
    drawn = mix(who * 4 + place, 2254) % 10
    vague = drawn == 0
    words = pl.select(era_text(pl.lit(dates(begun).dt.to_string("%Y-%m-%d"))) + pl.lit("頃")).to_series()
    frame = touched(h, r, h.at[r.of] * 64 + r.serial)
    return to_layout(
        "022",
        "身体障害者手帳障害情報",
        pl.DataFrame(
            {
                **f.key(who),
                "履歴番号": number(r.serial[row]),
                "障害連番": number(serial),
                "障害種別": choose([p.code[0] for p in PARTS], part),
                "障害部位": choose([p.code for p in PARTS], part),
                "個別等級": digits(grade, 1),
                "等級指数": pl.select(
                    (number(np.array(POINTS)[grade]).cast(pl.Decimal(38, 1)) / 10).cast(pl.Decimal(38, 1))
                ).to_series(),
                "障害原因": text(choose(CAUSE_CODES, cause), mix(key, 2255) % 15 > 0),
                "障害発生年月日": dates(np.where(vague | (drawn == 1), NO_DAY, begun)),
                "障害発生年月日_不詳フラグ": flag(vague),
                "障害発生年月日_不詳表記": text(words, vague),
                **{name: column.gather(pl.Series(row)) for name, column in frame.items()},
            }
        ),
    )


@dataclass(frozen=True)
class Intellectual:
    """Holders of 療育手帳."""

    h: Holders
    r: Rows
    severe: Bools
    """程度 A."""


def intellectual(f: Folk) -> Intellectual:
    """Everybody with 療育手帳."""
    drawn = mix(f.every, 2221) % 3
    weak = (f.weak > 0) & (f.age < 40) & ((drawn == 1) | (drawn == 2) & (f.age < CHILD_AGE))
    has = weak | share(f, (3, 18, 40, 65), (0.0, 0.017, 0.0145, 0.008, 0.0035), 2261, 0.0)
    has[f.forced[5:7]] = True
    has[_first_child(f)] = True
    low = np.maximum(f.born + 3 * 365, day(1973, 9, 27))
    h = holders(f, has, low, 2262, day(1973, 9, 27), MIND)
    heavy = uniform(h.at, 2263) < 0.38
    severe = np.select([f.weak[h.at] == 2, f.weak[h.at] == 1], [True, False], heavy)
    severe |= np.isin(h.at, _first_child(f)) | (f.ground[h.at] == MIND)
    r = history(h, 2264, True, (LOST, MOVED_HOUSE, BROKEN))
    return Intellectual(h, r, severe)


def _first_child(f: Folk) -> Ints:
    """One child of today's, of four and more, with a guardian: it has a certificate in any case."""
    able = (f.where == HERE) & (f.guardian >= 0) & (f.age >= 4) & (f.age < CHILD_AGE - 1) & (f.weak == 0)
    some = np.flatnonzero(able & (f.until - np.maximum(f.since, f.born + 3 * 365) > 500))
    return some[:1]


def intellectual_rows(c: Intellectual) -> pl.DataFrame:
    """療育手帳情報."""
    h, r, f = c.h, c.r, c.h.f
    who = h.at[r.of]
    key = who * 64 + r.serial
    away = h.came[r.of] & (r.serial == 1) | f.outside[who]
    issuer = np.where(away, 1 + mix(who, 2271) % (len(PREFECTURES) - 1), 0)
    fine = np.where(mix(who, 2272) % 2 == 0, 1, 2)
    grade = np.where(away & (mix(who, 2273) % 3 > 0), fine, 0)
    severe = c.severe[r.of]
    judged = np.maximum(r.when - 8 - mix(key, 2274) % 30, f.born[who] + 1)
    minor = judged < f.birthday(CHILD_AGE, who)
    review = (mix(key, 2275) % 5 > 0) & (r.when < f.birthday(50, who))
    due = first_day(month_index(judged) + np.where(minor, 37, 121)) - 1
    lead = np.array([int(p[:2]) for p in PREFECTURES])[issuer]
    return to_layout(
        "022",
        "療育手帳情報",
        pl.DataFrame(
            {
                **f.key(who),
                "履歴番号": number(r.serial),
                "最新フラグ": flag(r.latest),
                "手帳番号": digits(lead, 2) + book_number(who, 0 * who + 2, 2276),
                "交付自治体コード": choose(PREFECTURES, issuer),
                "交付事由": digits(r.event, 2),
                "初回交付年月日": dates(np.where(mix(who, 2277) % 20 == 0, NO_DAY, h.first[r.of])),
                "交付年月日": dates(r.when),
                "障害程度区分": pl.select(
                    choose(["B", "A"], severe.astype(np.int64)) + choose(["", "1", "2"], grade)
                ).to_series(),
                "判定年月日": dates(judged),
                "判定機関": digits(np.where(minor, 2, 1), 1),
                "次回判定要フラグ": flag(review),
                "次回判定期日": dates(np.where(review, due, NO_DAY)),
                "旅客運賃減額種別": digits(np.where(severe, 1, 2), 1),
                "保護者_宛名番号": f.number(f.guardian[who], f.guardian[who] >= 0),
                **state_items(h, r),
                **touched(h, r, key),
            }
        ),
    )
