"""Area 010's groups of one year, from the arrays of :class:`sample_data.tax.levy.Year`: assessment, incomes,
deductions, tax, family.
"""

from __future__ import annotations

import numpy as np
import polars as pl

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
from sample_data.tax.levy import CORRECTED, LEFT_JOB, LESS_INCOME, MORE_INCOME, PENSION_STOPPED, Year
from sample_data.tax.pool import Pool, uniform
from sample_data.world import World

NOTES = (
    "納税相談済み。分割の希望なし。",
    "申告書の控えを窓口で確認した。",
    "転居により送付先を変更した。",
    "前年度の更正と同じ理由による。",
    "扶養調査の回答待ち。",
)
RELIEF_REASONS = ("01", "02", "03", "04", "06")
REASON_OF = {MORE_INCOME: "02", LESS_INCOME: "03", LEFT_JOB: "08", PENSION_STOPPED: "12", CORRECTED: "90"}
TAX_ITEMS_APART = ("普通徴収税額", "給与特別徴収税額", "年金特別徴収税額")


def atena(people: Pool, who: Ints, where: Bools | None = None) -> pl.Series:
    """宛名番号 of pool positions; null for -1."""
    known = who >= 0 if where is None else where
    return text(people.atena.gather(pl.Series(np.where(known, who, 0))), known)


def reason(kinds: Ints) -> pl.Series:
    """更正事由; null for a first assessment."""
    return choose([None, *(REASON_OF[k] for k in range(1, 6))], kinds)


def keys(world: World, people: Pool, y: Year, rows: Ints | None = None) -> dict[str, pl.Series]:
    """The key of an assessment, and 最新フラグ; ``rows`` picks assessments."""
    at = np.arange(len(y.row_of)) if rows is None else rows
    count = len(at)
    return {
        "市区町村コード": choose([world.code], np.zeros(count, np.int64)),
        "宛名番号": atena(people, y.who[y.row_of[at]]),
        "相当年度": choose([str(y.year)], np.zeros(count, np.int64)),
        "更正履歴番号": number(y.row_revision[at]),
        "最新フラグ": flag(y.row_latest[at]),
    }


def stamp(y: Year, rows: Ints | None = None) -> dict[str, pl.Series]:
    """The operator columns of assessments."""
    at = np.arange(len(y.row_of)) if rows is None else rows
    first = day(y.year, 5, 1) + mix(y.who[y.row_of[at]], 51) % 12
    when = np.where(y.row_day[at] == NO_DAY, first, y.row_day[at])
    return operator("zei", y.who[y.row_of[at]] * 10 + y.row_revision[at], when)


def assessment(world: World, people: Pool, y: Year, base: int) -> pl.DataFrame:
    """賦課基本情報."""
    who = y.who[y.row_of]
    revised = y.row_revision > 0
    outside = people.outsider[who]
    due = y.normal + y.salary + y.pension
    ways = (y.normal > 0).astype(np.int64) + (y.salary > 0) + (y.pension > 0)
    way = np.select([~y.taxed | (due == 0), ways > 1, y.salary > 0, y.pension > 0], [0, 4, 2, 3], 1)
    paper = np.select(
        [
            y.returns[y.row_of] == 7,
            np.isin(y.returns[y.row_of], (1, 2, 3)),
            y.returns[y.row_of] == 6,
            y.totals["給与収入金額"] > 0,
            y.totals["公的年金等収入金額"] > 0,
            outside,
        ],
        [5, 3, 4, 1, 2, 6],
        9,
    )
    paper = np.where(y.row_reason == MORE_INCOME, 3, paper)
    notice_kind = np.where(
        (y.salary > 0) & (y.normal == 0) & (y.pension == 0), 11, np.where((y.pension > 0) & (y.normal == 0), 12, 10)
    )
    decided = np.where(revised, y.row_day, day(y.year, 5, 1))
    noticed = np.where(
        revised, np.minimum(y.row_day + 5, base), np.where(notice_kind == 11, day(y.year, 5, 12), day(y.year, 6, 10))
    )
    waived = y.relief > 0
    asked = day(y.year, 6, 15) + mix(who, 71) % 40
    live_kind = np.where(outside, np.where(y.income["営業等所得金額"][y.row_of] > 0, 2, 3), 1)
    remark = uniform(who * 7 + y.row_revision, 73) < 0.02
    kin = y.family
    return to_layout(
        "010",
        "賦課基本情報",
        pl.DataFrame(
            {
                **keys(world, people, y),
                "賦課期日": dates(np.full(len(who), day(y.year, 1, 1))),
                "賦課期日_世帯番号": people.setai.gather(pl.Series(who)),
                "賦課期日_郵便番号": people.postal.gather(pl.Series(who)),
                "賦課期日_住所": people.address.gather(pl.Series(who)),
                "課税者区分": digits(live_kind, 1),
                "課税区分": digits(y.status, 1),
                "非課税事由": text(digits(y.exempt, 2), y.exempt > 0),
                "徴収方法区分": digits(way, 1),
                "課税根拠資料区分": digits(paper, 1),
                "生活扶助受給フラグ": flag(y.exempt == 1),
                "障害者区分": digits(kin["障害者区分"], 1),
                "寡婦ひとり親区分": digits(kin["寡婦ひとり親区分"], 1),
                "勤労学生フラグ": flag(kin["勤労学生フラグ"] == 1),
                "未成年者フラグ": flag(y.age[y.row_of] < 18),
                "配偶者_宛名番号": atena(people, kin["配偶者"]),
                "扶養主_宛名番号": atena(people, kin["扶養主"]),
                "専従主_宛名番号": atena(people, kin["専従主"]),
                "納税管理人_宛名番号": atena(
                    people,
                    np.where(
                        outside & (mix(who, 75) % 5 == 0),
                        y.who[mix(who, 77) % max(1, int((~people.outsider[y.who]).sum()))],
                        -1,
                    ),
                ),
                "通知書番号": text(notice_numbers(y, notice_kind), y.taxed),
                "納税通知年月日": dates(np.where(y.taxed & (due > 0), noticed, NO_DAY)),
                "賦課決定年月日": dates(np.where(y.taxed, decided, NO_DAY)),
                "更正事由": reason(y.row_reason),
                "更正年月日": dates(y.row_day),
                "更正前年税額": number(y.row_before, revised),
                "減免区分": digits(y.relief, 1),
                "減免事由": text(choose(RELIEF_REASONS, mix(who, 79) % 5), waived),
                "減免申請年月日": dates(np.where(waived, asked, NO_DAY)),
                "減免決定年月日": dates(np.where(waived, asked + 14, NO_DAY)),
                "備考": text(choose(NOTES, mix(who, 81) % len(NOTES)), remark),
                **stamp(y),
            }
        ),
    )


def notice_numbers(y: Year, kind: Ints) -> pl.Series:
    """通知書番号 of the assessments, of the kind of their main way of collection."""
    return digits(y.year * 10**9 + kind * 10**7 + y.who[y.row_of] + 1, 15)


def incomes(world: World, people: Pool, y: Year) -> pl.DataFrame:
    """所得情報."""
    return to_layout(
        "010",
        "所得情報",
        pl.DataFrame({**keys(world, people, y), **{n: number(v) for n, v in y.totals.items()}, **stamp(y)}),
    )


def deductions(world: World, people: Pool, y: Year) -> pl.DataFrame:
    """所得控除情報."""
    counts = (
        "一般扶養人数",
        "特定扶養人数",
        "老人扶養人数",
        "同居老親等人数",
        "年少扶養人数",
        "普通障害者人数",
        "特別障害者人数",
        "同居特別障害者人数",
    )
    amounts = {name: number(value) for name, value in y.deductions.items() if name != "医療費控除区分"}
    return to_layout(
        "010",
        "所得控除情報",
        pl.DataFrame(
            {
                **keys(world, people, y),
                **amounts,
                "医療費控除区分": digits(y.deductions["医療費控除区分"], 1),
                "配偶者区分": digits(y.family["配偶者区分"], 1),
                **{name: number(y.family[name]) for name in counts},
                **stamp(y),
            }
        ),
    )


def taxes(world: World, people: Pool, y: Year) -> pl.DataFrame:
    """税額情報: the taxed only."""
    rows = np.flatnonzero(y.taxed)
    return to_layout(
        "010",
        "税額情報",
        pl.DataFrame(
            {
                **keys(world, people, y, rows),
                **{name: number(value[rows]) for name, value in y.tax.items()},
                **{
                    name: number(v[rows])
                    for name, v in zip(TAX_ITEMS_APART, (y.normal, y.salary, y.pension), strict=True)
                },
                **stamp(y, rows),
            }
        ),
    )


def dependents(world: World, people: Pool, y: Year) -> pl.DataFrame:
    """扶養情報: repeated for each assessment of the payer."""
    d = y.dependents
    keep = np.flatnonzero(d.payer >= 0)
    first = np.searchsorted(y.row_of, d.payer[keep])
    last = np.searchsorted(y.row_of, d.payer[keep], side="right")
    times = last - first
    pick = np.repeat(keep, times)
    rows = np.repeat(first, times) + np.arange(len(pick)) - np.repeat(np.cumsum(times) - times, times)
    order = np.lexsort((d.number[pick], rows))
    pick, rows = pick[order], rows[order]
    person = y.dependent_people[pick]
    kind = d.kind[pick]
    unknown = (mix(person, 91) % 60 == 3) & (kind > 1)
    check = np.where((kind == 3) & (mix(person, 93) % 12 == 0), 2, 0)
    return to_layout(
        "010",
        "扶養情報",
        pl.DataFrame(
            {
                **keys(world, people, y, rows),
                "扶養連番": number(d.number[pick]),
                "被扶養者_宛名番号": atena(people, person, ~unknown),
                "氏名": people.name.gather(pl.Series(person)),
                "氏名_フリガナ": people.kana.gather(pl.Series(person)),
                "個人番号": people.kojin.gather(pl.Series(person)),
                "生年月日": people.birth_date.gather(pl.Series(person)),
                "続柄区分": digits(d.relation[pick], 2),
                "扶養区分": digits(kind, 2),
                "障害者区分": digits(d.disability[pick], 1),
                "同居区分": choose(
                    ["1", "2"], (mix(person, 95) % 25 == 0).astype(np.int64) * (d.disability[pick] == 0) * (kind != 6)
                ),
                "国外居住区分": choose(["00"], np.zeros(len(pick), np.int64)),
                "合計所得金額": number(d.income[pick]),
                "専従者給与額": number(np.full(len(pick), 860_000), np.isin(kind, (8, 9))),
                "扶養調査区分": digits(check, 1),
                **stamp(y, rows),
            }
        ),
    )
