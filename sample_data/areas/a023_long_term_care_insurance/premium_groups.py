"""The groups of area 023 about premiums: 賦課情報, 期別賦課情報, 特別徴収情報, 減免・徴収猶予情報."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.areas.a023_long_term_care_insurance.insured import Insured, stamp
from sample_data.areas.a023_long_term_care_insurance.levy import LOST, Levies, Stages
from sample_data.areas.insured import april, constant, month_index, month_text, pension_ids, years_of
from sample_data.tax.frames import (
    NO_DAY,
    Ints,
    dates,
    day,
    digits,
    fiscal_year,
    flag,
    mix,
    number,
    text,
    to_layout,
)

PENSION_MONTHS = np.array([4, 6, 8, 10, 12, 14])
COLUMNS = ("仮徴収額_4月", "仮徴収額_6月", "仮徴収額_8月", "本徴収額_10月", "本徴収額_12月", "本徴収額_2月")


def _of_year(v: Levies, year: int) -> Ints:
    return np.flatnonzero(v.n.year == year)


def assessments(v: Levies, s: Stages, year: int) -> pl.DataFrame:
    """賦課情報 of one 相当年度."""
    i, n = v.i, v.n
    at = np.flatnonzero(n.year[v.step] == year)
    notice = v.step[at]
    row, withheld, total = v.row[notice], v.withheld[notice], v.total[at]
    months = v.months[at]
    relief = np.where(v.relief[at], v.before[at] - total, 0)
    worked = total + relief
    rate = np.where(months == 12, worked, (worked * 12 // months + 99) // 100 * 100)
    first = (year - 1970) * 12 + 3
    begins = np.maximum(april(np.full(len(at), year)), i.start[row])
    decided = np.minimum(n.step_day[at], i.base)
    sent = np.minimum(decided + 6, i.base)
    home = text(i.p.frame["setai_no"].gather(pl.Series(i.resident[row])), ~i.moved[row])
    return to_layout(
        "023",
        "賦課情報",
        pl.DataFrame(
            {
                **i.key(row),
                "相当年度": constant(str(year), len(at)),
                "更正履歴番号": number(n.step_revision[at]),
                "最新フラグ": flag(n.step_latest[at]),
                "賦課年度": constant(str(year), len(at)),
                "通知書番号": digits(n.c.notice[n.first[notice]], 15),
                "賦課期日": dates(begins),
                "賦課開始年月": month_text(np.full(len(at), first)),
                "賦課終了年月": month_text(first + months - 1),
                "賦課月数": number(months),
                "所得段階": digits(s.stage[at], 2),
                "世帯番号": home,
                "本人課税区分": digits(s.own[at], 1),
                "世帯課税区分": digits(s.home[at], 1),
                "合計所得金額": number(s.income[at], s.known[at]),
                "公的年金等収入金額": number(s.pension[at], s.known[at]),
                "老齢福祉年金受給フラグ": flag(i.born[row] < day(1911, 4, 2)),
                "生活保護受給フラグ": flag(s.aided[at]),
                "境界層該当フラグ": flag(s.bordering[at]),
                "保険料率年額": number(rate),
                "算出保険料額": number(worked),
                "減免額": number(relief),
                "年間保険料額": number(total),
                "特別徴収額": number(np.where(withheld, total, 0)),
                "普通徴収額": number(np.where(withheld, 0, total)),
                "徴収方法": digits(np.where(withheld, 1, 2), 1),
                "仮徴収額": number(v.early[at], withheld),
                "更正事由": digits(v.reason[at], 2),
                "賦課決定年月日": dates(decided),
                "通知書発送年月日": dates(sent),
                **stamp("kai", i.at[row] * 512 + year % 32 * 16 + n.step_revision[at], decided + 1, i.base),
            }
        ),
    )


def installments(v: Levies, year: int) -> pl.DataFrame:
    """期別賦課情報 of one 相当年度: the claims of area 014."""
    i, n, c = v.i, v.n, v.n.c
    at = np.flatnonzero(c.fuka == year)
    at = at[np.lexsort((c.period[at], n.of[at], c.payer[at]))]
    notice = n.of[at]
    row, withheld = v.row[notice], v.withheld[notice]
    paid = v.paid[pl.Series(at)]
    month = np.where(
        withheld, (year - 1970) * 12 + PENSION_MONTHS[np.minimum(c.period[at], 6) - 1] - 1, month_index(c.due[at])
    )
    # One operator a notice, since the installments of a year stand in one record of the old system.
    last = np.full(len(n.first), NO_DAY)
    np.maximum.at(last, n.step_notice, n.step_day)
    return to_layout(
        "023",
        "期別賦課情報",
        pl.DataFrame(
            {
                **i.key(row),
                "相当年度": constant(str(year), len(at)),
                "徴収区分": digits(np.where(withheld, 2, 1), 1),
                "期別": digits(c.period[at], 2),
                "賦課年度": constant(str(year), len(at)),
                "通知書番号": digits(c.notice[at], 15),
                "徴収年月": month_text(month),
                "調定額": number(c.now[at]),
                "納期限": dates(np.where(withheld, NO_DAY, c.due[at])),
                "収納済額": paid["収納済額_本税"],
                "還付未済額": paid["過誤納額_本税"],
                "督促状発送年月日": paid["督促状発付年月日"],
                "不納欠損額": paid["不納欠損額_本税"],
                **stamp("kai", i.at[row] * 32 + year % 32, np.minimum(last[notice], i.base) + 1, i.base),
            }
        ),
    )


def collections(v: Levies, pension: Ints, year: int, newest: bool) -> pl.DataFrame:
    """特別徴収情報 of one 賦課年度; ``pension``: what each insured person gets a year. People who pay themselves are
    candidates in the ``newest`` year."""
    i, n, c = v.i, v.n, v.n.c
    here = _of_year(v, year)
    paying, own = here[v.withheld[here]], here[~v.withheld[here]]
    claim = np.flatnonzero((c.fuka == year) & (c.kam == 61))
    first, now = np.zeros((len(n.first), 6), np.int64), np.zeros((len(n.first), 6), np.int64)
    first[n.of[claim], c.period[claim] - 1] = c.first[claim]
    now[n.of[claim], c.period[claim] - 1] = c.now[claim]
    changed = paying[(first[paying] != now[paying]).any(axis=1)]
    last = np.full(len(n.first), NO_DAY)
    np.maximum.at(last, n.step_notice, n.step_day)
    candidates = own if newest else own[:0]
    notice = np.concatenate([changed, paying, candidates])
    old = np.arange(len(notice)) < len(changed)
    waits = np.arange(len(notice)) >= len(changed) + len(paying)
    order = np.lexsort((~old, v.row[notice]))
    notice, old, waits = notice[order], old[order], waits[order]
    row = v.row[notice]
    serial = np.where(old | ~np.isin(notice, changed), 1, 2)
    amounts = np.where(waits[:, None], 0, np.where(old[:, None], first[notice], now[notice]))
    lost = i.end[row]
    gone = (lost != NO_DAY) & (lost <= i.base) & (fiscal_year(np.where(lost == NO_DAY, 0, lost)) == year) & ~old
    income = pension[row]
    drawn = mix(i.at[row], 2461) % 10
    state = np.select(
        [waits & (income < 180_000), waits, gone & (lost > i.base - 45), gone], [9, np.where(drawn < 4, 2, 1), 4, 5], 3
    )
    state = np.where(waits & gone, 9, state)
    stopped = np.isin(state, (4, 5))
    left = i.p.frame["status"].cast(pl.Int64).to_numpy()[i.resident[row]]
    why = np.select([state == 9, left == 3, left == 2], [4, 1, 2], 99)
    run = np.isin(state, (3, 4, 5))
    since = np.minimum(np.maximum(years_of(i.start[row]) + 1, 2006), year)
    income = np.where(np.isin(state, (2, 3)), np.maximum(income, 180_000 + mix(i.at[row], 2462) % 900 * 100), income)
    asked = np.where(old | (serial == 1), day(year, 4, 10), np.minimum(last[notice] + 5, i.base))
    return to_layout(
        "023",
        "特別徴収情報",
        pl.DataFrame(
            {
                **i.key(row),
                "賦課年度": constant(str(year), len(notice)),
                "履歴番号": number(serial),
                "最新フラグ": flag(~old),
                **pension_ids(i.resident[row]),
                "特別徴収状態": digits(state, 1),
                "特別徴収開始年月": month_text((since - 1970) * 12 + 3, run),
                "特別徴収対象年金額": number(income),
                **{name: number(amounts[:, k]) for k, name in enumerate(COLUMNS)},
                "徴収依頼年月日": dates(np.where(np.isin(state, (1, 9)), NO_DAY, asked)),
                "特別徴収中止年月日": dates(np.where(stopped, np.minimum(lost + 8, i.base), NO_DAY)),
                "特別徴収中止事由": text(digits(why, 2), stopped | (state == 9)),
                **stamp("kai", i.at[row] * 128 + year % 32 * 4 + serial, asked + 2, i.base),
            }
        ),
    )


def reliefs(v: Levies) -> pl.DataFrame:
    """減免・徴収猶予情報: reliefs that lowered a premium, and applications refused, withdrawn or for deferral."""
    i, n = v.i, v.n
    granted = np.flatnonzero(v.relief)
    newest = np.flatnonzero(n.step_latest & ~v.relief & (v.reason != LOST) & (v.total > 0))
    able = newest[(i.end[v.row[v.step[newest]]] == NO_DAY) & (n.step_day[newest] < i.base - 80)]
    key = n.c.notice[n.first[v.step[able]]]
    drawn = np.argsort(mix(key, 2471), kind="stable")[: max(5, round(len(able) * 0.0006))]
    others = able[np.sort(drawn)]
    at = np.concatenate([granted, others])
    # 1 granted relief, 2 deferred, 3 refused relief, 4 withdrawn relief, 5 refused deferral, 6 relief taken back
    kind = np.concatenate([np.ones(len(granted), np.int64), 2 + np.arange(len(others)) % 5])
    order = np.lexsort((v.row[v.step[at]], n.year[v.step[at]]))
    at, kind = at[order], kind[order]
    notice = v.step[at]
    row, year = v.row[notice], n.year[notice]
    key = n.c.notice[n.first[notice]]
    decided = np.where(kind == 1, n.step_day[at], np.minimum(n.step_day[at] + 30 + mix(key, 2472) % 40, i.base))
    applied = decided - 10 - mix(key, 2473) % 15
    result = np.select([np.isin(kind, (3, 5)), kind == 4], [2, 3], 1)
    relief = np.isin(kind, (1, 6))
    before = np.where(kind == 1, v.before[at], v.total[at])
    amount = np.where(kind == 1, before - v.total[at], before // 200 * 100)
    begins = april(year) + 0 * key
    defer = kind == 2
    start = np.maximum(decided, begins)
    share = (pl.Series(amount * 10_000 // np.maximum(before, 1)).cast(pl.Decimal(38, 2)) / 100).cast(pl.Decimal(38, 2))
    why = np.array([1, 2, 3, 4, 5, 5, 6, 99])[mix(key, 2474) % 8]
    return to_layout(
        "023",
        "減免・徴収猶予情報",
        pl.DataFrame(
            {
                **i.key(row),
                "相当年度": digits(year, 4),
                "申請連番": number(np.ones(len(at), np.int64)),
                "減免猶予区分": digits(np.where(np.isin(kind, (2, 5)), 2, 1), 1),
                "申請年月日": dates(applied),
                "申請事由": digits(why, 2),
                "決定結果": digits(result, 1),
                "決定年月日": dates(np.where(result == 3, NO_DAY, decided)),
                "減免割合": pl.select(pl.when(pl.Series(relief)).then(share)).to_series(),
                "減免前保険料額": number(before, relief),
                "減免額": number(amount, relief),
                "猶予開始年月日": dates(np.where(defer, start, NO_DAY)),
                "猶予終了年月日": dates(np.where(defer, start + 181, NO_DAY)),
                "取消年月日": dates(np.where(kind == 6, np.minimum(decided + 60, i.base), NO_DAY)),
                **stamp("kai", key, decided + 1, i.base),
            }
        ),
    )


def unpaid(v: Levies, i: Insured) -> tuple[Ints, Ints]:
    """Per insured person: what is owed for more than half a year, and the largest installment that was paid (of those
    who pay themselves, if any do)."""
    c, row = v.n.c, v.row[v.n.of]
    owed = v.paid["未納額_本税"].to_numpy()
    old = c.due < i.base - 180
    open_ = np.bincount(row[old], weights=owed[old], minlength=i.size).astype(np.int64)
    late = np.zeros(i.size, np.int64)
    settled = (owed == 0) & (c.first > 0)
    himself = settled & (c.kam == 60)
    ordinary = himself if himself.any() else settled
    np.maximum.at(late, row[ordinary], c.first[ordinary])
    return open_, late
