"""Area 010's groups by which the tax is collected: by month from salaries, by period, by pension payment."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.tax import levy
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
from sample_data.tax.levy import LEFT_JOB, PENSION_STOPPED, Year
from sample_data.tax.pool import Pool, uniform
from sample_data.tax.resident_groups import keys, stamp
from sample_data.world import World


def withholding(world: World, people: Pool, y: Year, firm_numbers: pl.Series, base: int) -> pl.DataFrame:
    """給与特別徴収税額情報: by month; a row more for who changed or left the job."""
    first = np.flatnonzero((y.row_revision == 0) & (y.salary > 0))
    who, person = y.who[y.row_of[first]], y.row_of[first]
    now = who * 100 + y.year % 100
    nxt = np.minimum(first + 1, len(y.row_of) - 1)
    has_next = (y.row_of[nxt] == person) & (nxt != first)
    left = has_next & (y.row_reason[nxt] == LEFT_JOB)
    limit = base - 20
    when = np.where(
        left,
        y.row_day[nxt],
        day(y.year, 7, 10) + mix(now, 651) % max(1, min(day(y.year + 1, 3, 1), limit) - day(y.year, 7, 10)),
    )
    drawn = uniform(now, 653)
    free = ~left & (day(y.year, 7, 10) < limit) & (y.salary[first] >= 12_000)
    lump, moved = free & (drawn < 0.02), free & (drawn >= 0.02) & (drawn < 0.045)
    months = levy.elapsed_months(when, y.year)
    plan = levy.monthly(y.salary[first])
    paid = np.where(np.arange(12)[None, :] < months[:, None], plan, 0)
    rest = plan.sum(axis=1) - paid.sum(axis=1)
    lump_plan = paid.copy()
    lump_plan[np.arange(len(first)), months - 1] += rest
    firm = y.employer[person]
    target = np.where(firm == 0, 1 % len(firm_numbers), 0)
    changed = left | lump | moved
    blocks = (np.arange(len(first)), np.flatnonzero(changed), np.flatnonzero(moved & (rest > 0)))
    sel = np.concatenate(blocks)
    block = np.repeat([0, 1, 2], [len(b) for b in blocks])
    order = np.lexsort((block, sel))
    sel, block = sel[order], block[order]
    amounts = np.where((block == 1)[:, None] & lump[sel][:, None], lump_plan[sel], plan[sel])
    amounts = np.where((block == 2)[:, None], plan[sel] - paid[sel], amounts)
    ends = block == 1
    how = np.select([moved[sel], lump[sel]], [1, 2], 3)
    cause = np.select([moved[sel], lump[sel]], [2, 1], np.where(mix(now[sel], 655) % 12 == 0, 3, 1))
    left_over = rest[sel]
    number_of = firm_numbers.gather(pl.Series(np.where(block == 2, target[sel], firm[sel])))
    month_of = (months[sel] + 4) % 12 + 1
    at = when[sel]
    names = ("6月", "7月", "8月", "9月", "10月", "11月", "12月", "翌1月", "翌2月", "翌3月", "翌4月", "翌5月")
    return to_layout(
        "010",
        "給与特別徴収税額情報",
        pl.DataFrame(
            {
                **{
                    k: v
                    for k, v in keys(world, people, y, first[sel]).items()
                    if k not in ("最新フラグ", "更正履歴番号")
                },
                "特別徴収義務者指定番号": number_of,
                "履歴番号": number(1 + ends),
                "最新フラグ": flag((block > 0) | ~changed[sel]),
                "更正履歴番号": number(ends & left[sel]),
                "受給者番号": text(
                    pl.Series(["A-"]).gather(np.zeros(len(sel), np.int64)) + digits(mix(who[sel], 657) % 100_000, 5),
                    mix(who[sel], 659) % 3 > 0,
                ),
                "特別徴収税額": number(amounts.sum(axis=1)),
                **{f"月割額_{n}": number(amounts[:, i]) for i, n in enumerate(names)},
                "税額変更事由": text(choose(["08"], np.zeros(len(sel), np.int64)), ends),
                "税額通知年月日": dates(np.where(block == 0, day(y.year, 5, 12), np.minimum(at + 20, base))),
                "異動事由": text(digits(cause, 1), ends),
                "異動年月日": dates(np.where(ends, at, NO_DAY)),
                "異動届受理年月日": dates(np.where(ends, np.minimum(at + 9, base), NO_DAY)),
                "徴収済税額": number(amounts.sum(axis=1) - left_over, ends),
                "未徴収税額": number(left_over, ends),
                "未徴収税額処理区分": text(digits(how, 1), ends),
                "転勤先_特別徴収義務者指定番号": text(firm_numbers.gather(pl.Series(target[sel])), ends & (how == 1)),
                "一括徴収月": text(digits(month_of, 2), ends & (how == 2)),
                **operator(
                    "zei", now[sel] * 3 + block, np.where(block == 0, day(y.year, 5, 10), np.minimum(at + 10, base))
                ),
            }
        ),
    )


def installments(world: World, people: Pool, y: Year, base: int) -> pl.DataFrame:
    """期別税額情報: ordinary collection by period, and withholding from pensions by payment."""
    parts = [*_ordinary(y), *_from_pensions(y, base)]
    cols = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    order = np.lexsort((cols["期別"], cols["履歴"], cols["賦課年度"], cols["方法"] > 1, cols["row"]))
    c = {name: value[order] for name, value in cols.items()}
    row, way, amount = c["row"], c["方法"], c["額"]
    who = y.who[y.row_of[row]]
    whole = np.maximum(y.normal[row] + y.salary[row] + y.pension[row], 1)
    forest = amount * (y.tax["森林環境税額"][row] - y.tax["森林環境税減免額"][row]) // whole
    prefecture = amount * y.tax["県民税額"][row] // whole
    pension = way > 1
    stop = np.where(pension & (c["停止"] > 0), y.row_day[row], NO_DAY)
    zero = np.zeros(len(row), np.int64)
    return to_layout(
        "010",
        "期別税額情報",
        pl.DataFrame(
            {
                **{k: v for k, v in keys(world, people, y, row).items() if k not in ("最新フラグ",)},
                "徴収方法区分": digits(way, 1),
                "賦課年度": digits(c["賦課年度"], 4),
                "期別": digits(c["期別"], 2),
                "履歴番号": number(c["履歴"]),
                "最新フラグ": flag(c["最新"] > 0),
                "期別種別": digits(c["種別"], 1),
                "納期限": dates(c["納期限"]),
                "法定納期限": dates(c["納期限"]),
                "期別税額": number(amount),
                "期別税額_市民税": number(amount - forest - prefecture),
                "期別税額_県民税": number(prefecture),
                "期別税額_森林環境税": number(forest),
                "通知書番号": digits(y.year * 10**9 + np.where(pension, 12, 10) * 10**7 + who + 1, 15),
                "特別徴収義務者コード": text(choose(["001"], zero), pension),
                "年金コード": text(choose(["1150", "1350", "1170"], mix(who, 661) % 3), pension),
                "基礎年金番号": text(digits(1_000_000_000 + mix(who, 663) % 8_999_999_999, 10), pension),
                "年金特徴状態区分": text(digits(c["状態"], 1), pension),
                "年金特徴停止事由": text(choose(["3", "4", "5"], mix(who, 665) % 3), pension & (c["停止"] > 0)),
                "年金特徴停止年月日": dates(stop),
                **stamp(y, row),
            }
        ),
    )


def _block(
    row: Ints,
    amount: Ints,
    due: Ints | int,
    period: int,
    fiscal: int,
    history: Ints | int,
    latest: Bools,
    kind: int,
    way: int = 1,
    state: Ints | int = 0,
    stopped: Bools | None = None,
) -> dict[str, Ints]:
    like = np.zeros(len(row), np.int64)
    return {
        "row": row,
        "額": amount,
        "納期限": like + due,
        "期別": like + period,
        "賦課年度": like + fiscal,
        "履歴": like + history,
        "最新": latest.astype(np.int64),
        "種別": like + kind,
        "方法": like + way,
        "状態": like + state,
        "停止": like if stopped is None else stopped.astype(np.int64),
    }


def _after(y: Year) -> tuple[Ints, Ints]:
    """Rows of first assessments, and of the revision of each (-1)."""
    first = np.flatnonzero((y.row_revision == 0) & y.taxed)
    nxt = np.minimum(first + 1, len(y.row_of) - 1)
    return first, np.where((y.row_of[nxt] == y.row_of[first]) & (nxt != first), nxt, -1)


def _ordinary(y: Year) -> list[dict[str, Ints]]:
    first, nxt = _after(y)
    at = np.where(nxt >= 0, nxt, first)
    change = np.where(nxt >= 0, y.normal[at] - y.normal[first], 0)
    in_next = (nxt >= 0) & (y.row_day[at] >= day(y.year + 1, 4, 1))
    rewritten = (change != 0) & ~in_next
    dues = levy.normal_dues(y.year)
    out = []

    def periods(row: Ints, parts: Ints, history: Ints | int, latest: Bools, whole: Ints) -> None:
        for k in range(4):
            used = np.flatnonzero((parts[:, k] > 0) | (whole[:, k] > 0))
            out.append(
                _block(
                    row[used],
                    parts[used, k],
                    dues[k],
                    k + 1,
                    y.year,
                    history if isinstance(history, int) else history[used],
                    latest[used],
                    1,
                )
            )

    has = np.flatnonzero(y.normal[first] > 0)
    plan = levy.normal_parts(y.normal[first[has]])
    periods(first[has], plan, 1, ~rewritten[has], plan)
    again = np.flatnonzero(rewritten)
    before = levy.normal_parts(y.normal[first[again]])
    cut = np.maximum(-change[again], 0)
    after = before.copy()
    for k in (3, 2, 1, 0):
        less = np.minimum(after[:, k], cut)
        after[:, k] -= less
        cut = cut - less
    number_ = np.where(y.normal[first[again]] > 0, 2, 1)
    periods(at[again], after, number_, np.ones(len(again), bool), before)
    more = np.flatnonzero(change[again] > 0)
    extra = again[more]
    out.append(
        _block(
            at[extra],
            change[extra],
            _extra_due(y.row_day[at[extra]]),
            5,
            y.year,
            number_[more],
            np.ones(len(more), bool),
            2,
        )
    )
    late = np.flatnonzero((change > 0) & in_next)
    out.append(
        _block(at[late], change[late], _extra_due(y.row_day[at[late]]), 1, y.year + 1, 1, np.ones(len(late), bool), 3)
    )
    return out


def _extra_due(when: Ints) -> Ints:
    """End of the month after a revision, moved to a working day."""
    months = when.astype("datetime64[D]").astype("datetime64[M]") + np.timedelta64(2, "M")
    last = months.astype("datetime64[D]").astype(np.int64) - 1
    weekday = (last + 3) % 7
    return last + np.where(weekday == 5, 2, np.where(weekday == 6, 1, 0))


def _from_pensions(y: Year, base: int) -> list[dict[str, Ints]]:
    first, nxt = _after(y)
    at = np.where(nxt >= 0, nxt, first)
    stopped = (nxt >= 0) & (y.row_reason[at] == PENSION_STOPPED)
    has = np.flatnonzero(y.pension[first] > 0)
    parts = levy.pension_parts(y.pension[first[has]], y.late_start[y.row_of[first[has]]])
    out = []
    for k in range(6):
        due = levy.pension_day(y.year, k)
        used = np.flatnonzero(parts[:, k] > 0)
        row = first[has[used]]
        stop = stopped[has[used]]
        state = 3 if due <= base else (2 if due <= base + 60 else 1)
        out.append(_block(row, parts[used, k], NO_DAY, k + 1, y.year, 1, ~stop, 1, 2 if k < 3 else 3, state))
        kept = used[stop & (due <= y.row_day[at[has[used]]])]
        row = at[has[kept]]
        out.append(
            _block(
                row,
                parts[kept, k],
                NO_DAY,
                k + 1,
                y.year,
                2,
                np.ones(len(kept), bool),
                1,
                2 if k < 3 else 3,
                5,
                np.ones(len(kept), bool),
            )
        )
    return out
