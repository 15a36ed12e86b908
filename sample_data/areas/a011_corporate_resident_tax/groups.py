"""The groups of area 011 that returns fill: 申告情報, 法人税割情報, 均等割情報, 分割情報, 更正決定情報,
予定申告管理情報, 減免情報, 調定情報."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a011_corporate_resident_tax.firms import Firms
from sample_data.areas.a011_corporate_resident_tax.returns import (
    AMENDED,
    CORRECTED,
    FINAL,
    FLAT_ONLY,
    INTERIM,
    Returns,
    april,
    month_end,
)
from sample_data.tax.arrears import numbered
from sample_data.tax.frames import (
    NO_DAY,
    Bools,
    Ints,
    choose,
    dates,
    digits,
    flag,
    mix,
    number,
    operator,
    text,
    to_layout,
)

LARGE = 100_000_000
"""資本金 above which the higher rate applies."""


@dataclass(frozen=True)
class Ledger:
    """Corporations and their returns."""

    code: str
    f: Firms
    r: Returns

    def key(self, at: Bools | None = None) -> dict[str, pl.Series]:
        """The six key items of returns (all, or those chosen)."""
        r = self.r if at is None else self.r.take(at)
        return {
            "市区町村コード": choose([self.code], np.zeros(r.size, np.int64)),
            "宛名番号": self.f.column("atena", r.at),
            "事業年度開始年月日": dates(r.begin),
            "事業年度終了年月日": dates(r.finish),
            "申告区分": digits(r.kind, 2),
            "申告履歴番号": number(r.sink),
        }

    @property
    def extended(self) -> Bools:
        """Corporations with a longer time to file."""
        taxed: Bools = self.f.taxed & (mix(self.f.number, 101) % 7 == 0)
        return taxed

    def entered(self) -> dict[str, pl.Series]:
        """Who entered a return, and when: the same in all groups of the return."""
        r = self.r
        when = np.where(r.changed == NO_DAY, r.filed + 5 + mix(r.key, 102) % 9, r.changed + 1)
        return operator("HJ", r.key, np.minimum(when, self.f.base))


def _taken(columns: dict[str, pl.Series], chosen: Bools) -> dict[str, pl.Series]:
    return {name: column.filter(pl.Series(chosen)) for name, column in columns.items()}


def filed(g: Ledger) -> pl.DataFrame:
    """申告情報."""
    f, r = g.f, g.r
    interim, decided = r.kind == INTERIM, r.kind == CORRECTED
    legal = np.select(
        [interim, r.kind == FLAT_ONLY], [month_end(r.fuka, 11), month_end(r.fuka, 4)], month_end(r.fuka, 5)
    )
    longer = g.extended[r.at] & np.isin(r.kind, (FINAL, AMENDED, CORRECTED))
    by = np.where(decided, 9, 1 + mix(r.key, 103) % 3)
    by_net = by == 1
    day_ = dates(np.where(decided, NO_DAY, r.filed))
    national = np.isin(r.kind, (FINAL, AMENDED)) & (mix(r.key, 104) % 10 < 9)
    returned = (r.total < 0) & ~decided
    return to_layout(
        "011",
        "申告情報",
        pl.DataFrame(
            {
                **g.key(),
                "最新フラグ": flag(r.latest),
                "賦課年度": digits(r.fuka, 4),
                "申告年月日": day_,
                "受付年月日": dates(np.where(decided, NO_DAY, np.minimum(r.filed + mix(r.key, 105) % 3, f.base))),
                "申告経路区分": digits(by, 1),
                "eLTAX受付番号": text(
                    "EL" + day_.dt.to_string("%Y%m%d") + digits(mix(r.key, 106) % 10**10, 10), by_net
                ),
                "法定申告期限": dates(legal),
                "延長後申告期限": dates(np.where(longer, month_end(r.fuka, 6), NO_DAY)),
                "法定納期限": dates(legal),
                "指定納期限": dates(np.where(decided, np.maximum(r.due, r.filed + 30), NO_DAY)),
                "法人税申告区分": text(
                    choose(("1", "2"), (mix(f.number[r.at], 107) % 20 == 0).astype(np.int64)), r.kind != FLAT_ONLY
                ),
                "法人税申告年月日": dates(np.where(national, r.filed - mix(r.key, 108) % 2, NO_DAY)),
                "事業年度月数": number(np.full(r.size, 12)),
                "法人税割額": number(r.levy),
                "法人税割額_既納付確定額": number(r.levy_paid),
                "法人税割額_納付額": number(r.levy - r.levy_paid),
                "租税条約控除額": number(np.zeros(r.size, np.int64)),
                "均等割額": number(r.flat - r.relief),
                "均等割額_既納付確定額": number(r.flat_paid),
                "均等割額_納付額": number(r.flat - r.relief - r.flat_paid),
                "納付すべき税額": number(r.total),
                "見込納付額": number(np.where(longer & (r.kind == FINAL), np.maximum(r.total, 0), 0)),
                "中間納付還付額": number(np.where(returned, -r.total, 0)),
                "還付請求フラグ": flag(returned),
                "修正申告事由": text(digits(np.array([1, 2, 4, 9])[mix(r.key, 109) % 4], 1), r.kind == AMENDED),
                "入力年月日": dates(np.minimum(r.filed + 4, f.base)),
                "備考": text(
                    choose(("電話にて確認済", "別表の添付なし、後日提出", "前年と同額"), mix(r.key, 110) % 3),
                    mix(r.key, 111) % 23 == 0,
                ),
                **g.entered(),
            }
        ),
    )


@dataclass(frozen=True)
class Working:
    """How 法人税割 is worked out: base in yen (of the municipality, and before it is divided), rate in hundredths of
    a per cent."""

    divided: Bools
    rate: Ints
    gift: Ints
    foreign: Ints
    worked: Ints
    base: Ints
    whole: Ints


def working(g: Ledger) -> Working:
    """A base whose tax, hundreds of yen cut off, is what each return says."""
    f, r = g.f, g.r
    some = r.levy > 0
    gift = np.where(some & (mix(r.key, 121) % 60 == 0), (1 + mix(r.key, 122) % 3) * 10_000, 0)
    foreign = np.where(some & (mix(r.key, 123) % 90 == 0), (1 + mix(r.key, 124) % 9) * 100, 0)
    gross = r.levy + gift + foreign
    large = f.capital[r.at] > LARGE
    started = r.begin
    reform, former = int(april(np.array([2019]))[0]) + 183, int(april(np.array([2014]))[0]) + 183
    rate = np.select([started >= reform, started >= former], [np.where(large, 840, 600), 970], 1230)
    each = rate // 10
    thousands = -(-gross // each)
    worked = np.minimum(thousands * each, gross + 99)
    base = thousands * 1000
    divided = (f.split[r.at] > 1) & (r.kind != INTERIM) & (r.kind != FLAT_ONLY)
    whole = np.where(divided, -(-base * f.nation[r.at] // f.workers[r.at] // 1000) * 1000, base)
    return Working(divided, rate, gift, foreign, worked, base, whole)


def levied(g: Ledger, w: Working, before: Ints) -> pl.DataFrame:
    """法人税割情報. ``before``: 法人税割 of the year before, of provisional returns."""
    r = g.r
    interim = r.kind == INTERIM
    zero = number(np.zeros(r.size, np.int64))
    research = np.where((w.whole > 500_000) & (mix(r.key, 125) % 40 == 0), 100_000, 0)
    return to_layout(
        "011",
        "法人税割情報",
        pl.DataFrame(
            {
                **g.key(),
                "最新フラグ": flag(r.latest),
                "法人税額_別表": number(
                    np.where(w.whole > 0, w.whole + mix(r.key, 126) % 1000 - research, 0), ~interim
                ),
                "試験研究費特別控除額": number(np.where(interim, 0, research)),
                "還付法人税額等控除額": zero,
                "通算控除対象額": zero,
                "土地譲渡税額": zero,
                "課税標準法人税額": number(w.whole, ~interim),
                "分割課税標準法人税額": number(w.base, w.divided),
                "分割適用フラグ": flag(w.divided),
                "適用税率": text(digits(w.rate // 100, 1) + "." + digits(w.rate % 100, 2), ~interim).cast(
                    pl.Decimal(38, 2)
                ),
                "算出法人税割額": number(w.worked, ~interim),
                "外国税額控除額": number(np.where(interim, 0, w.foreign)),
                "特定寄附金税額控除額": number(np.where(interim, 0, w.gift)),
                "仮装経理控除額": zero,
                "差引法人税割額": number(r.levy),
                "前事業年度法人税割額": number(before, interim),
                "前事業年度月数": number(np.full(r.size, 12), interim),
                **g.entered(),
            }
        ),
    )


def per_capita(g: Ledger) -> pl.DataFrame:
    """均等割情報."""
    f, r = g.f, g.r
    yearly = f.flat[r.at]
    capital, reserve = f.capital[r.at], f.reserve[r.at]
    less = np.where(mix(f.number[r.at], 131) % 30 == 0, capital // 2000 * 1000, 0)
    return to_layout(
        "011",
        "均等割情報",
        pl.DataFrame(
            {
                **g.key(),
                "最新フラグ": flag(r.latest),
                "期末資本金の額": number(capital),
                "資本準備金の額": number(reserve),
                "期末資本金等の額": number(capital + reserve - less),
                "判定資本金等の額": number(capital + reserve),
                "市内従業者数": number(f.workers[r.at]),
                "均等割号数": digits(np.select([yearly == 50_000, yearly == 130_000], [1, 3], 5), 1),
                "均等割年額": number(yearly),
                "市内事務所存続月数": number(np.where(r.kind == INTERIM, 6, 12)),
                "均等割額": number(r.flat),
                "減免額": number(r.relief),
                "超過税率適用フラグ": flag(np.zeros(r.size, bool)),
                **g.entered(),
            }
        ),
    )


def apportioned(g: Ledger, w: Working, homes: pl.Series) -> pl.DataFrame:
    """分割情報 of the returns that are worked out by workers. ``homes``: 団体コード of each head office."""
    f = g.f
    r = g.r.take(w.divided)
    whole, nation = w.whole[w.divided], f.nation[r.at]
    each, rest = whole // nation, whole % nation * 100_000 // nation
    partners = 2 + mix(f.number[r.at], 141) % 20
    return to_layout(
        "011",
        "分割情報",
        pl.DataFrame(
            {
                **g.key(w.divided),
                "最新フラグ": flag(r.latest),
                "全国従業者数": number(nation),
                "市分従業者数": number(f.workers[r.at]),
                "関係市区町村数": number(partners, mix(r.key, 142) % 12 > 0),
                "本店_市区町村コード": homes.gather(pl.Series(r.at)),
                "分割前課税標準額": number(whole),
                "従業者一人当たり分割課税標準額": (number(each).cast(pl.String) + "." + digits(rest, 5)).cast(
                    pl.Decimal(38, 5)
                ),
                "市分課税標準額": number(w.base[w.divided]),
                "分割基準修正区分": digits(np.where(r.kind == AMENDED, 2, 0), 1),
                "分割明細受付年月日": dates(np.where(mix(r.key, 143) % 9 > 0, np.minimum(r.filed, f.base), NO_DAY)),
                **_taken(g.entered(), w.divided),
            }
        ),
    )


def corrections(g: Ledger) -> pl.DataFrame:
    """更正決定情報."""
    chosen = g.r.kind == CORRECTED
    r = g.r.take(chosen)
    step = r.total
    up, same = step > 0, step == 0
    asked = ~up & ~same & (mix(r.key, 151) % 5 < 3)
    flat_cut = r.relief > 0
    reason = np.select(
        [same, flat_cut, up & (mix(r.key, 152) % 3 == 0)], [3, 4, 2], np.array([1, 3, 5, 1])[mix(r.key, 153) % 4]
    )
    national = np.isin(reason, (1, 2))
    told = r.filed - 20 - mix(r.key, 154) % 15
    freed = up & (mix(r.key, 155) % 4 == 0)
    key = g.key(chosen)
    return to_layout(
        "011",
        "更正決定情報",
        pl.DataFrame(
            {
                **key,
                "更正決定番号": number(numbered(r.at) + 1),
                "処分区分": digits(np.where(asked, 3, 1), 1),
                "増減区分": digits(np.select([up, same], [1, 3], 2), 1),
                "更正事由": digits(reason, 2),
                "更正請求年月日": dates(np.where(asked, r.filed - 12, NO_DAY)),
                "国税更正決定年月日": dates(np.where(national, told - 10, NO_DAY)),
                "国税通知受理年月日": dates(np.where(national, told, NO_DAY)),
                "決議年月日": dates(r.filed - mix(r.key, 156) % 4),
                "通知年月日": dates(r.filed),
                "指定納期限": dates(np.where(up, r.due, NO_DAY)),
                "更正前法人税割額": number(r.levy_before),
                "更正後法人税割額": number(r.levy),
                "更正前均等割額": number(r.flat_before),
                "更正後均等割額": number(r.flat - r.relief),
                "増減税額": number(step),
                "延滞金免除期間開始年月日": dates(np.where(freed, r.filed - 30, NO_DAY)),
                "延滞金免除期間終了年月日": dates(np.where(freed, r.filed, NO_DAY)),
                **_taken(g.entered(), chosen),
            }
        ),
    )


def interim(g: Ledger, years: list[int], paid: Bools, next_filed: Bools, halves: Bools) -> pl.DataFrame:
    """予定申告管理情報: a row a final return, for the business year after it. For each return: ``paid`` (a provisional
    return of that year exists), ``next_filed`` (its final return, too), ``halves`` (provisional returns are asked of
    the corporation)."""
    f, chosen = g.f, g.r.kind == FINAL
    r = g.r.take(chosen)
    paid, next_filed, halves = paid[chosen], next_filed[chosen], halves[chosen]
    duty = paid | ((r.fuka == years[-1]) & halves)
    longer = g.extended[r.at]
    final_due = np.where(longer, month_end(r.fuka + 1, 6), month_end(r.fuka + 1, 5))
    interim_due = month_end(r.fuka, 11)
    now = f.base
    late = next_filed & (mix(r.key, 161) % 40 == 0)
    sent = april(r.fuka) + 190 + mix(r.key, 162) % 10
    sent_final = april(r.fuka + 1) + mix(r.key, 163) % 10
    written = np.minimum(np.select([next_filed, paid], [final_due + 8, interim_due + 8], april(r.fuka) + 70), now)
    key = g.key(chosen)
    return to_layout(
        "011",
        "予定申告管理情報",
        pl.DataFrame(
            {
                "市区町村コード": key["市区町村コード"],
                "宛名番号": key["宛名番号"],
                "事業年度開始年月日": dates(april(r.fuka)),
                "事業年度終了年月日": dates(month_end(r.fuka + 1, 3)),
                "予定申告義務区分": digits(np.where(duty, 1, 2), 1),
                "前事業年度法人税割額": number(r.levy),
                "前事業年度月数": number(np.full(r.size, 12)),
                "予定法人税割額": number(np.where(duty, r.levy // 200 * 100, 0)),
                "予定均等割額": number(np.where(duty, f.flat[r.at] // 2, 0)),
                "予定申告期限": dates(np.where(duty, interim_due, NO_DAY)),
                "確定申告期限": dates(final_due),
                "予定申告書送付年月日": dates(np.where(duty & (sent <= now), sent, NO_DAY)),
                "確定申告書送付年月日": dates(np.where(sent_final <= now, sent_final, NO_DAY)),
                "予定申告状況区分": digits(np.select([paid, duty], [1, 0], 9), 1),
                "確定申告状況区分": digits(next_filed.astype(np.int64), 1),
                "催告年月日": dates(np.where(late, np.minimum(final_due + 15, now), NO_DAY)),
                **operator("HJ", r.key + 7, written),
            }
        ),
    )


def reliefs(g: Ledger) -> pl.DataFrame:
    """減免情報: what is in 均等割情報.減免額, and some requests that were turned down."""
    f = g.f
    given = g.r.relief > 0
    able = (g.r.kind == FINAL) & ~given
    refused = able & (mix(g.r.key, 171) % 211 == 0)
    refused[np.flatnonzero(able)[-1:]] = True
    chosen = given | refused
    r = g.r.take(chosen)
    no = refused[chosen]
    public = r.kind == FLAT_ONLY
    form = f.frame["name"].gather(pl.Series(r.at)).str.contains("自治会").to_numpy()
    by_form = np.where(form, 2, 1 + 2 * (mix(f.number[r.at], 172) % 2))
    reason = np.where(public, by_form, np.where(no, 99, np.array([4, 5])[mix(r.key, 173) % 2]))
    decided = np.where(public, r.due + 20, np.where(r.changed == NO_DAY, np.maximum(r.filed, 0), r.changed))
    decided = np.minimum(decided, f.base)
    return to_layout(
        "011",
        "減免情報",
        pl.DataFrame(
            {
                "市区町村コード": choose([g.code], np.zeros(r.size, np.int64)),
                "宛名番号": f.column("atena", r.at),
                "相当年度": digits(r.fuka, 4),
                "減免番号": number(r.sink + 2 * (r.kind == CORRECTED)),
                "減免事由": digits(reason, 2),
                "申請年月日": dates(decided - 10 - mix(r.key, 174) % 15),
                "決定年月日": dates(decided),
                "決定区分": digits(np.where(no, 2, 1), 1),
                "減免対象期間開始年月日": dates(r.begin),
                "減免対象期間終了年月日": dates(r.finish),
                "減免前均等割額": number(r.flat),
                "減免額": number(r.relief),
                **operator("HJ", r.key + 3, np.minimum(decided + 1, f.base)),
            }
        ),
    )


def booked(g: Ledger, levied_on: Ints) -> pl.DataFrame:
    """調定情報: what each return added or took away; ``levied_on``: day on which area 014 books a claim first, per
    return."""
    r = g.r
    first = np.flatnonzero(r.first != 0)
    then = np.flatnonzero(r.changed != NO_DAY)
    at = np.concatenate([first, then])
    place = np.repeat([1, 2], [len(first), len(then)])
    order = np.lexsort((place, at))
    at, place = at[order], place[order]
    later = (r.later != 0)[at]
    amount = np.where(place == 1, r.first[at], r.later[at])
    # A provisional return is changed on the spot: its own amounts are those of today.
    before = np.where(later, r.first[at] - (r.flat - r.flat_paid)[at], (r.levy - r.levy_paid)[at])
    levy = np.where(place == 1, before, amount + (r.relief[at] if len(at) else 0))
    later_correction = np.isin(r.kind[at], (AMENDED, CORRECTED)) | (place == 2)
    when = np.where(place == 2, r.changed[at], np.where(later_correction, r.filed[at], levied_on[at]))
    chosen_key = {name: column.gather(pl.Series(at)) for name, column in g.key().items()}
    return to_layout(
        "011",
        "調定情報",
        pl.DataFrame(
            {
                **chosen_key,
                "調定番号": number(place),
                "賦課年度": digits(r.fuka[at], 4),
                "調定年月日": dates(when),
                "調定区分": digits(np.where(amount < 0, 3, 1), 1),
                "法人税割調定額": number(levy),
                "均等割調定額": number(amount - levy),
                "調定額": number(amount),
                "納期限": dates(r.due[at]),
                "通知書番号": digits(r.notice[at], 15),
                "還付充当区分": digits(np.where(amount < 0, 1 + (mix(r.key[at], 181) % 4 == 0), 0), 1),
                **operator("HJ", r.key[at] + place, np.minimum(when + 1, g.f.base)),
            }
        ),
    )
