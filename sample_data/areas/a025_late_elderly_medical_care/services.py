"""Groups of area 025 about what people ask for: 徴収方法変更申出, 給付申請受付."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.areas.a025_late_elderly_medical_care.register import AREA, Book
from sample_data.areas.insured import first_day, month_index, month_text, numbered
from sample_data.tax.frames import NO_DAY, Ints, choose, dates, day, digits, mix, number, text, to_layout
from sample_data.tax.pool import uniform

KIN = ("子", "配偶者", "子", "子の配偶者", "兄弟姉妹")


def requests(b: Book, years: list[int]) -> pl.DataFrame:
    """徴収方法変更申出: from the pension to a bank account, and back."""
    i, base = b.i, b.base
    found = []
    for year in years:
        some = np.flatnonzero(
            (uniform(i.who * 10 + year % 10, 25_301) < 0.018) & i.overlap(day(year, 4, 1), day(year, 4, 1))
        )
        some = np.union1d(some, np.flatnonzero(i.overlap(day(year, 4, 1), day(year, 9, 1)))[:1])
        found.append((some, day(year, 4, 10) + mix(some * 7 + year, 25_302) % 300))
    at, when = (np.concatenate([f[k] for f in found]) for k in (0, 1))
    known = (when < base - 2) & ((i.end[at] == NO_DAY) | (i.end[at] > when)) & (when > i.start[at])
    at, when = at[known], when[known]
    order = np.lexsort((when, at))
    at, when = at[order], when[order]
    who = i.who[at]
    serial, _ = numbered(at)
    drawn = mix(who * 10 + serial, 25_303) % 30
    result = np.where(when > base - 20, 0, np.select([drawn == 0, drawn == 1], [2, 3], 1))
    decided = when + 5 + mix(who + serial, 25_304) % 9
    return to_layout(
        AREA,
        "徴収方法変更申出",
        pl.DataFrame(
            {
                **b.head(who, len(who)),
                "申出番号": number(serial),
                "申出年月日": dates(when),
                "申出区分": choose(["1", "2"], (serial % 2 == 0).astype(np.int64)),
                "口座名義人続柄": text(choose(["本人", "配偶者", "子", "本人"], mix(who, 25_305) % 4), serial % 2 == 1),
                "変更後徴収開始年月": month_text(month_index(when) + 4, result == 1),
                "申出結果区分": digits(result, 1),
                "決定年月日": dates(np.where(np.isin(result, (1, 2)), decided, NO_DAY)),
                **b.stamp(who * 10 + serial, np.where(result == 0, when, decided)),
            }
        ),
    )


def applications(b: Book, years: list[int]) -> pl.DataFrame:
    """給付申請受付: funerals, high costs (asked for once), other costs."""
    i, p, base = b.i, b.p, b.base
    first = day(years[0], 4, 1)
    dead = np.flatnonzero((i.end_reason == 2) & (i.end >= first) & (i.end < base - 12))
    found: list[tuple[Ints, Ints, Ints]] = [(dead, np.full(len(dead), 2), i.end[dead])]
    kinds = np.array([1, 1, 1, 1, 1, 3, 3, 3, 3, 5, 6, 4, 99, 3])
    for year in years:
        for k in range(2):
            some = np.flatnonzero(uniform(i.who * 20 + k * 7 + year % 7, 25_311) < 0.1)
            month = (year - 1970) * 12 + 3 + k * 6 + mix(some * 5 + year, 25_312) % 6
            found.append((some, kinds[mix(some * 5 + year * 3 + k, 25_313) % 14], first_day(month) + 9))
    at, kind, event = (np.concatenate([f[k] for f in found]) for k in range(3))
    insured = (event >= i.start[at]) & ((i.end[at] == NO_DAY) | (i.end[at] > event) | (kind == 2))
    fits = insured & (event < base - 12)
    at, kind, event = at[fits], kind[fits], event[fits]
    order = np.lexsort((event, kind, at))
    at, kind, event = at[order], kind[order], event[order]
    who = i.who[at]
    keys = who * 900 + event % 800 + kind
    received = np.minimum(event + 4 + mix(keys, 25_314) % 45, base - 1)
    sent = received + 1 + mix(keys, 25_315) % 8
    decided = sent + 20 + mix(keys, 25_316) % 20
    paid = decided + 8 + mix(keys, 25_317) % 12
    drawn = mix(keys, 25_318) % 40
    result = np.where(
        decided > base, np.where((drawn == 3) & (sent <= base), 3, 0), np.select([drawn == 1, drawn == 2], [2, 3], 1)
    )
    asked = np.select(
        [kind == 2, kind == 3, kind == 4, kind == 6],
        [
            50_000,
            1_500 + mix(keys, 25_319) % 24_000,
            20_000 + mix(keys, 25_320) % 80_000,
            2_000 + mix(keys, 25_321) % 9_000,
        ],
        0,
    )
    granted = np.where(asked > 0, asked, 3_000 + mix(keys, 25_322) % 48_000)
    other = b.relative[who]
    by_kin = (kind == 2) | (mix(keys, 25_323) % 3 == 0)
    applicant = np.where(by_kin, other, who)
    wife = p.spouse[who] == applicant
    return to_layout(
        AREA,
        "給付申請受付",
        pl.DataFrame(
            {
                **b.head(who, len(who)),
                "給付種別": digits(kind, 2),
                "受付番号": digits((1970 + (month_index(received) - 3) // 12) * 10**8 + np.arange(len(at)) + 1, 12),
                "被保険者番号": b.insured_number(who),
                "受付年月日": dates(received),
                "申請者_氏名": p.column("name", applicant),
                "申請者_続柄": pl.select(
                    pl.when(pl.Series(applicant == who))
                    .then(pl.lit("本人"))
                    .when(pl.Series(wife))
                    .then(pl.lit("配偶者"))
                    .otherwise(choose(KIN, mix(keys, 25_324) % len(KIN)))
                ).to_series(),
                "診療年月": month_text(month_index(event), np.isin(kind, (1, 3, 4, 6))),
                "死亡年月日": dates(np.where(kind == 2, event, NO_DAY)),
                "葬祭執行年月日": dates(np.where(kind == 2, event + 1 + mix(keys, 25_325) % 4, NO_DAY)),
                "申請額": number(asked, asked > 0),
                "広域連合送付年月日": dates(np.where((sent <= base) & (result != 3), sent, NO_DAY)),
                "支給決定区分": digits(result, 1),
                "支給決定年月日": dates(np.where(np.isin(result, (1, 2)), decided, NO_DAY)),
                "支給決定額": number(granted, result == 1),
                "支給年月日": dates(np.where((result == 1) & (paid <= base), paid, NO_DAY)),
                **b.stamp(keys, np.where(result == 0, received, np.where(result == 3, sent, decided))),
            }
        ),
    )
