"""The groups of area 013 that say what is paid: 種別割課税情報, 減免情報, 減免対象者情報."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.areas.a013_light_vehicle_tax.fleet import INSPECTED, RELIEVED, april
from sample_data.areas.a013_light_vehicle_tax.levies import PAYS, TAKEN_BACK, legal_due
from sample_data.areas.a013_light_vehicle_tax.vehicle_groups import Ledger, model_month
from sample_data.tax.frames import NO_DAY, Ints, choose, dates, digits, flag, mix, number, operator, text, to_layout

DISABLED = (1, 2, 3)
"""減免区分 that rest on somebody's disability."""


def taxes(g: Ledger, year: int) -> pl.DataFrame:
    """種別割課税情報 of one 相当年度."""
    f, t = g.f, g.t.take(g.t.year == year)
    kind, rate = f.kind[t.at], f.rate[t.at]
    later = t.revision > 0
    pays = t.notice > 0
    model = f.model_month[t.at]
    age = np.maximum(year * 12 + 3 - model, 0) // 12
    step = t.amount - t.before
    reason = np.select(
        [t.status == TAKEN_BACK, t.relief > 0, step > 0],
        [1 + mix(t.key, 601) % 2, 3, np.array([5, 7])[mix(t.key, 602) % 2]],
        90,
    )
    checked = np.isin(kind, INSPECTED)
    written = np.where(later, t.revised + 1, np.where(pays, t.told + 1, april(t.year) + 20))
    return to_layout(
        "013",
        "種別割課税情報",
        pl.DataFrame(
            {
                **g.vehicle(t.at),
                "相当年度": digits(t.year, 4),
                "更正履歴番号": number(t.revision),
                "最新フラグ": flag(t.latest),
                "賦課年度": digits(t.year, 4),
                "賦課期日": dates(april(t.year)),
                "納税義務者_宛名番号": g.p.atena.gather(pl.Series(t.payer)),
                "車種区分": digits(kind, 2),
                "標識番号": f.plate["whole"].gather(pl.Series(t.at)),
                "課税区分": digits(t.status, 1),
                "税率区分": digits(rate, 1),
                "税率コード": digits(kind * 100 + rate * 10 + 1, 4),
                "初度検査年月": model_month(f, t.at),
                "経過年数": number(age, model >= 0),
                "税率額": number(f.price[t.at]),
                "算出税額": number(t.worked),
                "減免額": number(t.relief),
                "年税額": number(t.amount),
                "減免区分": text(digits(t.relief_kind, 2), t.relief > 0),
                "通知書番号": text(digits(t.notice, 15), pays),
                "納税通知年月日": dates(t.told),
                "納期限": dates(t.due),
                "法定納期限": dates(np.where(pays, legal_due(t.year), NO_DAY)),
                "期別種別": digits(np.ones(t.size, np.int64), 1),
                "更正事由": text(digits(reason, 2), later),
                "更正年月日": dates(t.revised),
                "更正前年税額": number(t.before, later),
                "継続検査用証明対象フラグ": flag(checked & pays),
                "軽JNKS連携フラグ": flag(np.isin(kind, (10, 11, 12, 13, 14))),
                **operator("KJ", t.key, np.minimum(written, f.base)),
            }
        ),
    )


def _person_no(numbers: Ints) -> pl.Series:
    return "SG" + digits(numbers, 10)


def reliefs(g: Ledger) -> pl.DataFrame:
    """減免情報: what newest tax rows are relieved of; requests refused, and reliefs taken back."""
    f, t = g.f, g.t
    given = t.latest & (t.relief > 0)
    able = t.latest & (t.status == PAYS) & (t.relief == 0)
    lost = able & (mix(t.key, 611) % 331 == 0)
    lost[np.flatnonzero(able)[:2]] = True
    chosen = given | lost
    t = t.take(chosen)
    lost = lost[chosen]
    back = lost & (mix(t.key, 612) % 2 == 0)
    no = lost & ~back
    yearly = f.what[t.at] == RELIEVED
    spring = april(t.year)
    decided = np.where(t.revised == NO_DAY, spring + 50 + mix(t.key, 613) % 8, t.revised)
    decided = np.where(lost, spring + 45 + mix(t.key, 613) % 12, decided)
    asked = decided - 7 - mix(t.key, 614) % 10
    kind = np.where(lost, np.array([5, 4, 99])[mix(t.key, 615) % 3], t.relief_kind)
    share = np.where(lost, 0, t.relief * 10_000 // np.maximum(t.worked, 1))
    why = choose(("手帳の等級が対象に当たらないため", "県の自動車税の減免を受けているため"), mix(t.key, 616) % 2)
    keeps = yearly & (mix(f.number[t.at], 617) % 4 > 0)
    ratio = digits(share // 100, 1) + "." + digits(share % 100, 2)
    return to_layout(
        "013",
        "減免情報",
        pl.DataFrame(
            {
                **g.vehicle(t.at),
                "相当年度": digits(t.year, 4),
                "履歴番号": number(np.ones(t.size, np.int64)),
                "最新フラグ": flag(np.ones(t.size, bool)),
                "減免区分": digits(kind, 2),
                "申請年月日": dates(asked),
                "決定区分": digits(np.select([no, back], [2, 3], 1), 1),
                "決定年月日": dates(decided),
                "却下事由": text(why, no),
                "減免割合": ratio.cast(pl.Decimal(38, 2)),
                "減免額": number(np.where(lost, 0, t.relief)),
                "継続減免フラグ": flag(keeps),
                "継続確認年月日": dates(np.where(keeps, spring - 31 + mix(t.key, 618) % 20, NO_DAY)),
                "減免対象者番号": text(_person_no(f.number[t.at]), np.isin(kind, DISABLED)),
                "取消年月日": dates(np.where(back, decided + 20, NO_DAY)),
                "取消事由": text(digits(np.array([1, 3, 4, 9])[mix(t.key, 619) % 4], 1), back),
                **operator("KJ", t.key + 1, np.minimum(np.where(back, decided + 20, decided) + 1, f.base)),
            }
        ),
    )


def supported(g: Ledger) -> pl.DataFrame:
    """減免対象者情報: the disabled persons whom reliefs rest on (the payers themselves), and earlier rows of some."""
    f = g.f
    t = g.t.take(g.t.latest & np.isin(g.t.relief_kind, DISABLED))
    vehicle, place = np.unique(t.at, return_index=True)
    payer, relief = t.payer[place], t.relief_kind[place]
    count = 1 + (mix(f.number[vehicle], 621) % 5 == 0)
    at = np.repeat(np.arange(len(vehicle)), count)
    row = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count) + 1
    latest = row == count[at]
    key = f.number[vehicle[at]]
    who = payer[at]
    people = g.p.frame[pl.Series(who)]
    book = np.array([1, 1, 1, 1, 1, 2, 3, 4])[mix(key, 622) % 8]
    grade = np.select(
        [book == 1, book == 2, book == 3], [mix(key, 623) % 4, 7 + mix(key, 623) % 2, mix(key, 623) % 2], 9
    )
    driver = np.where(latest, relief[at], 1)
    other = people.select(pl.coalesce("helper_name", "name").alias("n"))["n"]
    driver_name = pl.select(pl.when(pl.Series(driver == 1)).then(people["name"]).otherwise(other)).to_series()
    written = np.minimum(f.registered[vehicle[at]] + 30 + row, f.base)
    issued = np.maximum(f.registered[vehicle[at]] - mix(key, 624) % 3000, 0)
    limit = f.base + 100 + mix(key, 625) % 600
    return to_layout(
        "013",
        "減免対象者情報",
        pl.DataFrame(
            {
                "市区町村コード": g.constant(len(at)),
                "減免対象者番号": _person_no(key),
                "履歴番号": number(row),
                "最新フラグ": flag(latest),
                "身体障害者等_宛名番号": people["atena"],
                "氏名": people["name"],
                "手帳種別": digits(book, 1),
                "手帳番号": "35" + digits(mix(who, 626) % 10**8, 8),
                "手帳等級": choose(("01", "02", "03", "04", "05", "06", "07", "A0", "B0", "S0"), grade),
                "障害名区分": text(digits(1 + mix(key, 627) % 15, 2), book == 1),
                "手帳交付年月日": dates(np.where(mix(key, 628) % 6 > 0, issued, NO_DAY)),
                "手帳有効期限": dates(np.where(book == 3, limit, NO_DAY)),
                "運転者区分": digits(driver, 1),
                "運転者_氏名": driver_name,
                "運転免許証番号": text(digits(mix(key * 10 + row, 629) % 10**12, 12), mix(key, 630) % 7 > 0),
                "使用目的区分": text(digits(np.array([1, 2, 3, 4, 9])[mix(key, 631) % 5], 1), mix(key, 632) % 8 > 0),
                "普通自動車減免フラグ": flag(mix(key, 633) % 10 > 0),
                **operator("KJ", key * 10 + row, written),
            }
        ),
    )
