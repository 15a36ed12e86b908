"""所得情報, 現況届情報 and 口座情報 of area 027."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.areas.a027_child_allowance.certifications import TOO_RICH, Certifications
from sample_data.areas.a027_child_allowance.families import PARENT
from sample_data.areas.a027_child_allowance.holds import CURRENT, NO_REPORT, Suspensions
from sample_data.areas.a027_child_allowance.incomes import FIRST_YEAR, SOCIAL, Person
from sample_data.areas.a027_child_allowance.months import FIRST, REFORM, income_year
from sample_data.areas.insured import constant, first_day, large_kana
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

BANKS = ("0170", "0170", "0170", "1512", "0001", "5520", "2990", "9900", "9900")


def income_years(c: Certifications) -> list[int]:
    """The 所得年度 that are kept."""
    first, last = income_year(np.array([c.f.window, c.f.base]))
    return list(range(int(first), int(last) + 1))


def incomes(c: Certifications, year: int) -> pl.DataFrame:
    """所得情報 of a year: the recipient, then the spouse, of the certifications that it judges."""
    f = c.f
    june = (year - 1970) * 12 + 5
    rows = np.flatnonzero((c.first <= june + 11) & (c.last >= june) & ~c.pending & (c.kind == PARENT))
    # Who was over the ceiling from June on was judged, too.
    refused = np.flatnonzero((c.end_reason == TOO_RICH) & (c.last == june - 1))
    rows = np.sort(np.concatenate([rows, refused]))
    frames = []
    for role, person in ((1, f.judged.recipient), (2, f.judged.spouse)):
        some = rows[person.who[c.of[rows]] >= 0]
        key = c.key[some] * 256 + role * 100 + year % 100
        again = mix(key, 2881) % 28 == 0
        both = np.concatenate([some, some[again]])
        serial = np.concatenate([np.ones(len(some), np.int64), np.full(int(again.sum()), 2)])
        latest = np.concatenate([~again, np.ones(int(again.sum()), bool)])
        order = np.lexsort((serial, both))
        frames.append(_judged(c, person, role, year, both[order], serial[order], latest[order]))
    return pl.concat(frames)


def _judged(
    c: Certifications, person: Person, role: int, year: int, rows: Ints, serial: Ints, latest: Bools
) -> pl.DataFrame:
    f = c.f
    at = (c.of[rows], np.full(len(rows), year - FIRST_YEAR))
    june = (year - 1970) * 12 + 5
    known = person.known[at] == 1
    first = np.maximum(np.maximum(first_day(np.full(len(rows), june)), c.decided[rows]), 0)
    key = c.key[rows] * 256 + role * 100 + year % 100
    when = np.minimum(first + 9 + mix(key, 2882) % 10 + np.where(serial == 2, 60, 0), f.today)
    limited = (c.first[rows] < REFORM) & (year <= 2024) & (first_day(np.full(len(rows), june)) < day(2024, 10, 1))
    result = np.where(limited, person.result[at], 9)
    status = np.where(known, person.status[at], 0)
    old = serial == 2
    return to_layout(
        "027",
        "所得情報",
        pl.DataFrame(
            {
                **c.names(rows),
                "所得年度": constant(str(year), len(rows)),
                "判定対象者_宛名番号": f.atena(person.who[c.of[rows]]),
                "履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "判定対象者区分": digits(np.full(len(rows), role), 1),
                "所得取得方法": digits(np.select([~known, old], [2, 4], 1), 1),
                "申告状況区分": digits(np.select([~known, status == 4, status == 6], [9, 2, 3], 1), 1),
                "総所得金額等": number(person.income[at]),
                "給与年金所得控除額": number(person.relief[at]),
                "雑損医療費等控除額": number(person.cuts[at]),
                "障害者控除人数": number(person.disabled[at]),
                "特別障害者控除人数": number(person.severe[at]),
                "寡婦ひとり親控除区分": digits(person.single[at], 1),
                "社会保険料相当控除額": number(np.full(len(rows), SOCIAL)),
                "控除後所得額": number(person.net[at]),
                "扶養親族等の数": number(person.family[at]),
                "老人扶養親族の数": number(person.old[at]),
                "所得制限限度額": number(person.limit[at], limited),
                "所得上限限度額": number(person.ceiling[at], limited & (year >= 2022)),
                "所得判定区分": digits(result, 1),
                "判定年月日": dates(when),
                **operator("jid", key * 4 + serial, np.minimum(when + 1, f.today)),
            }
        ),
    )


def report_years(c: Certifications) -> list[int]:
    """The years whose June is kept."""
    return [y for y in range(2012, c.f.world.base_date.year + 1) if c.f.window <= (y - 1970) * 12 + 5 <= c.f.base]


def reports(c: Certifications, s: Suspensions) -> pl.DataFrame:
    """現況届情報 of all kept years, ordered by certification and year."""
    f = c.f
    years = report_years(c)
    rows = np.repeat(np.arange(c.size), len(years))
    year = np.tile(np.array(years, np.int64), c.size)
    june = (year - 1970) * 12 + 5
    rich = (c.end_reason[rows] == TOO_RICH) & (c.last[rows] == june - 1)
    there = ((c.first[rows] <= june) & (c.last[rows] >= june) | rich) & ~c.pending[rows]
    rows, year, june, rich = rows[there], year[there], june[there], rich[there]
    key = c.key[rows] * 64 + year % 64
    slot = s.slot[rows]
    held = (slot >= 0) & (s.reason[np.maximum(slot, 0)] == NO_REPORT) if len(s.of) else slot >= 0
    held &= s.start[np.maximum(slot, 0)] == june if len(s.of) else held
    waits = held & (s.state[np.maximum(slot, 0)] == CURRENT) if len(s.of) else held
    drawn = mix(key, 2891)
    elder = (drawn % 40 == 3) & (june >= REFORM)
    need = np.select(
        [c.kind[rows] != PARENT, c.helped[rows], c.separating[rows], held | (year < 2022), elder, drawn % 80 == 0],
        [5, 1, 2, 9, 6, 9],
        0,
    )
    asked = need > 0
    sent = first_day(june) + mix(year, 2892) % 4
    given = np.where(asked, first_day(june) + 4 + drawn % 24, NO_DAY)
    late = s.released[np.maximum(slot, 0)] - 1 if len(s.of) else given
    given = np.where(held, np.where(waits, NO_DAY, late), given)
    at = np.clip(june - FIRST, 1, f.base - FIRST)
    changed = f.result[c.of[rows], at] != f.result[c.of[rows], at - 1]
    result = np.select([waits, rich, changed & (june < REFORM)], [5, 3, 2], 1)
    judged = np.where(given == NO_DAY, first_day(june) + 15 + drawn % 12, given + 3 + drawn % 8)
    judged = np.where(held & ~waits, late, judged)
    judged = np.where(result == 5, NO_DAY, np.minimum(judged, f.today))
    done = np.where(judged == NO_DAY, first_day(june) + 62, judged)
    return to_layout(
        "027",
        "現況届情報",
        pl.DataFrame(
            {
                **c.names(rows),
                "年度": digits(year, 4),
                "提出要否区分": digits(need, 1),
                "発送年月日": dates(np.where(asked, sent, NO_DAY)),
                "提出年月日": dates(given),
                "受付方法": text(choose(["1", "2", "2", "3", "4"], drawn // 3 % 5), given != NO_DAY),
                "審査結果": digits(result, 1),
                "審査年月日": dates(judged),
                "督促年月日": dates(np.where(held, first_day(june) + 61, NO_DAY)),
                **operator("jid", key, np.minimum(done, f.today)),
            }
        ),
    )


def _change_day(c: Certifications) -> Ints:
    """Day on which the account changed, NO_DAY where it never did."""
    until = np.where(c.open, c.f.today, c.end_day)
    begin = np.maximum(c.decided, c.f.today - 365 * c.f.world.years)
    room = until - begin - 60
    some = (mix(c.key, 2901) % 10 < 3) & (room > 60)
    return np.where(some, begin + 30 + mix(c.key, 2902) % np.maximum(room, 1), NO_DAY)


def _account(c: Certifications, run: Ints, second: Bools) -> dict[str, pl.Series]:
    key = c.key[run] * 2 + second
    bank = choose(BANKS, mix(key, 2903) % len(BANKS))
    post = mix(key, 2903) % len(BANKS) >= len(BANKS) - 2
    middle = 10 + mix(key, 2904) % 89
    number_ = mix(key, 2905) % 9_999_999 + 1
    return {
        "金融機関コード": bank,
        "支店コード": digits(np.where(post, middle * 10 + 8, 100 + mix(key, 2906) % 800), 3),
        "口座種別": choose(["1", "1", "1", "1", "1", "4", "2"], np.where(post, 0, mix(key, 2907) % 7)),
        "口座番号": digits(number_, 7),
        "ゆうちょ記号": text(pl.Series(["1"]) + digits(middle, 2) + digits(mix(key, 2908) % 10 * 10, 2), post),
        "ゆうちょ番号": text(digits(number_, 7) + pl.Series(["1"]), post),
    }


def account_of(c: Certifications, run: Ints, when: Ints) -> dict[str, pl.Series]:
    """The account that a payment of a day goes to."""
    changed = _change_day(c)[run]
    found = _account(c, run, (changed != NO_DAY) & (when >= changed))
    return {name: found[name] for name in ("金融機関コード", "支店コード", "口座種別", "口座番号")}


def accounts(c: Certifications) -> pl.DataFrame:
    """口座情報."""
    f = c.f
    changed = _change_day(c)
    live = c.live
    twice = live[changed[live] != NO_DAY]
    rows = np.concatenate([live, twice])
    second = np.concatenate([np.zeros(len(live), bool), np.ones(len(twice), bool)])
    order = np.lexsort((second, rows))
    rows, second = rows[order], second[order]
    moved = changed[rows] != NO_DAY
    names = large_kana(f.ids["name_kana"].gather(pl.Series(c.payer[rows])))
    begin = np.where(second, changed[rows], np.minimum(c.claim[rows], c.decided[rows]))
    end = np.where(moved & ~second, changed[rows] - 1, NO_DAY)
    key = c.key[rows] * 2 + second
    public = (mix(key, 2909) % 5 == 0) & (begin >= day(2022, 10, 11))
    return to_layout(
        "027",
        "口座情報",
        pl.DataFrame(
            {
                **c.names(rows),
                "履歴番号": number(second + 1),
                "最新フラグ": flag(second | ~moved),
                "口座区分": choose(["1", "2"], public.astype(np.int64)),
                **_account(c, rows, second),
                "口座名義人_カナ": names,
                "適用開始年月日": dates(begin),
                "適用終了年月日": dates(end),
                "削除フラグ": constant("0", len(rows)),
                **operator("jid", key, np.minimum(np.where(end == NO_DAY, begin, end) + 1, f.today)),
            }
        ),
    )
