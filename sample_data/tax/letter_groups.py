"""Area 014's groups of papers sent, a part (fiscal year) at a time: 納付書発行, 督促催告."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.tax.arrears import numbered
from sample_data.tax.claims import WITHHELD
from sample_data.tax.collection_groups import Books
from sample_data.tax.frames import (
    NO_DAY,
    Ints,
    choose,
    dates,
    digits,
    fiscal_year,
    flag,
    mix,
    number,
    operator,
    text,
    to_layout,
)

REASON_PULLED = "発送前に納付を確認"


def slips(b: Books, part: int) -> pl.DataFrame:
    """納付書発行: the first slip, slips issued again, with the reminder, and of a pledge."""
    c, paid, at = b.c, b.paid, b.part(part)
    own = at[~paid.account[at] & ~np.isin(c.kam[at], WITHHELD) & (c.kam[at] != 20)]
    if part == 0:
        own = own[mix(c.key[own], 1131) % 3 == 0]
    again = own[(mix(c.key[own], 1132) % 30 == 0) & (c.due[own] < b.base)]
    dunned = own[paid.dun[own] != NO_DAY]
    p = b.arrears.pledges
    pledged = (p["step"] == 1) & (p["latest"] == 1)
    pledge_of = np.zeros(c.size, np.int64)
    signed, pledge_amount = np.zeros(c.size, np.int64), np.zeros(c.size, np.int64)
    pledge_of[p["claim"][pledged]], signed[p["claim"][pledged]], pledge_amount[p["claim"][pledged]] = (
        p["id"][pledged],
        p["signed"][pledged],
        p["amount"][pledged],
    )
    by_pledge = own[pledge_of[own] > 0]
    blocks = (
        (own, np.where(c.soto[own] < c.fuka[own], 6, 1), b.levied[own], c.first[own], c.due[own]),
        (again, np.full(len(again), 2), c.due[again] - 5, c.first[again], c.due[again]),
        (dunned, np.full(len(dunned), 3), paid.dun[dunned], paid.dun_amount[dunned], paid.dun[dunned] + 10),
        (
            by_pledge,
            np.full(len(by_pledge), 5),
            signed[by_pledge] + 1,
            pledge_amount[by_pledge],
            signed[by_pledge] + 15,
        ),
    )
    claim, kind, when, amount, limit = (np.concatenate([block[i] for block in blocks]) for i in range(5))
    order = np.lexsort((kind, when, claim))
    claim, kind, when, amount, limit = claim[order], kind[order], when[order], amount[order], limit[order]
    times = numbered(claim) + 1
    newest = np.concatenate([claim[1:] != claim[:-1], [True]]) if len(claim) else np.zeros(0, bool)
    fee = np.where(kind == 3, paid.fee[claim], 0)
    key = c.key[claim] * 8 + times
    shop = amount + fee <= 300_000
    number_ = digits(mix(key, 1133) % 10**18, 20)
    check = digits(mix(key, 1134) % 10**6, 6)
    sort = digits(300 + kind, 3)
    station = digits(int(b.code[:5]) + 0 * claim, 5)
    until = np.where(np.isin(kind, (1, 6)), limit, limit + 20)
    electronic = (c.fuka[claim] >= 2023) & np.isin(c.kam[claim], (10, 30, 31, 40))
    el = pl.select(pl.concat_str([station, number_, check, sort])).to_series()
    money = digits(np.minimum(amount + fee, 999_999), 6)
    bar = pl.select(
        pl.concat_str(
            [
                pl.lit("9191"),
                station,
                digits(mix(key, 1135) % 10**18, 21),
                digits(_compact(until), 6),
                money,
                pl.lit("00"),
            ]
        )
    ).to_series()
    return to_layout(
        "014",
        "納付書発行",
        pl.DataFrame(
            {
                **b.key(claim),
                "発行回数": number(times),
                "最新フラグ": flag(newest),
                "宛名番号": b.atena(claim),
                "納付書種別": digits(kind, 2),
                "発行年月日": dates(when),
                "発行額_本税": number(amount),
                "発行額_督促手数料": number(fee),
                "発行額_延滞金": number(0 * amount),
                "指定期限": dates(limit),
                "バーコード使用期限": dates(np.where(shop, until, NO_DAY)),
                "二次元コード支払期限": dates(np.where(electronic, until, NO_DAY)),
                "マルチペイメント支払期限": dates(until),
                "収納機関番号": station,
                "納付番号": number_,
                "確認番号": check,
                "納付区分": sort,
                "eL番号": text(el, electronic),
                "バーコード情報": text(bar, shop),
                "分納管理番号": text(digits(pledge_of[claim], 15), kind == 5),
                **operator("syu", key, when),
            }
        ),
    )


def _compact(days: Ints) -> Ints:
    """YYMMDD as a number."""
    day_ = days.astype("datetime64[D]")
    months = day_.astype("datetime64[M]")
    year, month = 1970 + months.astype(np.int64) // 12, months.astype(np.int64) % 12 + 1
    number_: Ints = year % 100 * 10_000 + month * 100 + (day_ - months.astype("datetime64[D]")).astype(np.int64) + 1
    return number_


def letters(b: Books, part: int) -> pl.DataFrame:
    """督促催告."""
    c, low, high = b.c, *b.c.bounds(part)
    t = b.letters
    first, last = np.searchsorted(t["claim"], low), np.searchsorted(t["claim"], high)
    t = {name: values[first:last] for name, values in t.items()}
    claim, when = t["claim"], t["day"]
    key = c.key[claim] * 100 + t["paper"] + t["number"]
    pulled = mix(key, 1141) % 120 == 0
    back = ~pulled & (mix(key, 1142) % 45 == 0) & (when + 12 < b.base)
    public = back & (mix(key, 1143) % 6 == 0) & (when + 40 < b.base)
    again = back & ~public & (mix(key, 1144) % 2 == 0) & (when + 25 < b.base)
    year = fiscal_year(when) - 2018
    name = pl.select(
        pl.concat_str([pl.lit("R"), digits(year, 2), pl.lit("-NOZEI-"), digits(mix(key, 1145) % 10**6, 6)])
    ).to_series()
    return to_layout(
        "014",
        "督促催告",
        pl.DataFrame(
            {
                **b.key(claim),
                "文書種別": digits(t["paper"], 2),
                "発送履歴番号": number(t["number"]),
                "最新フラグ": flag(t["latest"] == 1),
                "宛名番号": b.atena(claim),
                "文書番号": name,
                "発送年月日": dates(when),
                "指定期限": dates(when + 10),
                "対象額_本税": number(t["amount"]),
                "対象額_督促手数料": number(t["fee"]),
                "対象額_延滞金": number(0 * when),
                "引抜フラグ": flag(pulled),
                "引抜事由": text(b.constant(REASON_PULLED, len(claim)), pulled),
                "返戻年月日": dates(np.where(back, when + 9, NO_DAY)),
                "返戻事由": text(choose(["1", "2", "3", "5"], mix(key, 1146) % 4), back),
                "公示送達年月日": dates(np.where(public, when + 30, NO_DAY)),
                "再発送年月日": dates(np.where(again, when + 20, NO_DAY)),
                **operator("syu", key, when),
            }
        ),
    )
