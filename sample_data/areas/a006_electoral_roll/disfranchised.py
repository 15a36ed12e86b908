"""失権者情報 of area 006: who lost the vote by a sentence, electors and people whose family register is here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a006_electoral_roll.electors import Electors
from sample_data.areas.homes import address_lines
from sample_data.areas.insured import constant, numbered, years_of
from sample_data.tax.frames import (
    NO_DAY,
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
from sample_data.truth.frame import wide

REFORM = day(2025, 6, 1)
"""Since then 拘禁刑 stands for 懲役 and 禁錮."""
PRISON, ELECTION_CRIME = 2, 10
"""失権事由."""


@dataclass(frozen=True)
class Losses:
    """Parallel arrays, one a person, in the order of the notices."""

    x: Electors
    who: Ints
    """Position among the residents."""
    el: Ints
    """Place among the electors; -1: only the family register is here."""
    convicted: Ints
    restored: Ints
    number: pl.Series

    def number_of(self, el: Ints) -> pl.Series:
        """失権者管理番号 of electors, null for those who never lost the vote."""
        at = np.full(self.x.size, -1)
        ours = self.el >= 0
        at[self.el[ours]] = np.flatnonzero(ours)
        found = at[el]
        return text(self.number.gather(pl.Series(np.maximum(found, 0))), found >= 0)


def losses(x: Electors) -> Losses:
    """Electors who lost the vote in the kept years, and some former residents."""
    ours = np.flatnonzero(x.convicted != NO_DAY)
    away = np.flatnonzero(x.left != NO_DAY)
    away = away[np.argsort(mix(x.who[away], 661), kind="stable")][: max(1, len(ours) * 3 // 10)]
    low = np.maximum(x.left[away], x.window)
    begin = low + (uniform(x.who[away], 662) * np.maximum(x.base - 40 - low, 1)).astype(np.int64)
    end = begin + 200 + mix(x.who[away], 663) % 900
    el = np.concatenate([ours, np.full(len(away), -1)])
    who = np.concatenate([x.who[ours], x.who[away]])
    convicted = np.concatenate([x.convicted[ours], begin])
    restored = np.concatenate([x.restored[ours], np.where(end > x.base, NO_DAY, end)])
    order = np.lexsort((who, convicted))
    el, who, convicted, restored = (v[order] for v in (el, who, convicted, restored))
    year = years_of(convicted)
    serial = np.arange(len(year)) - np.searchsorted(year, year) + 1
    return Losses(x, who, el, convicted, restored, digits(year * 1_000_000 + serial, 10))


def disfranchised(found: Losses) -> pl.DataFrame:
    """失権者情報: a row from the notice, and another one since the vote came back."""
    x = found.x
    over = np.flatnonzero(found.restored != NO_DAY)
    at = np.concatenate([np.arange(len(found.who)), over])
    second = np.arange(len(at)) >= len(found.who)
    order = np.lexsort((second, at))
    at, second = at[order], second[order]
    serial, latest = numbered(at)
    who, begin = found.who[at], found.convicted[at]
    crime = np.where(at % 3 == 1, ELECTION_CRIME, PRISON)
    fine = (crime == ELECTION_CRIME) & (at % 2 == 0)
    spared = (crime == ELECTION_CRIME) & ~fine
    sentence = np.select([fine, begin >= REFORM, mix(who, 673) % 9 == 0], [4, 1, 3], 2)
    back = found.restored[at]
    end = np.where(back != NO_DAY, back, x.base + 100 + mix(who, 674) % 1_500)
    term = np.where(fine, NO_DAY, end - 1)
    resident = found.el[at] >= 0
    by = np.where(resident, np.array([1, 2, 2, 3])[mix(who, 675) % 4], 1)
    frame = x.p.frame
    home = frame["addr_id"].to_numpy()[who]
    register = frame["honseki_addr_id"].to_numpy()[who]
    town = x.world.addresses[pl.Series(register)]
    return to_layout(
        "006",
        "失権者情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(x.world.code, len(at)),
                "失権者管理番号": found.number.gather(pl.Series(at)),
                "履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "宛名番号": x.p.column("atena", who, resident),
                "氏名": x.p.column("name", who),
                "氏名_フリガナ": x.p.column("name_kana", who),
                "性別": x.p.column("sex", who),
                "生年月日": dates(x.p.birth[who]),
                "住所": text(address_lines(x.world, home), resident),
                "本籍": town["prefecture"] + town["city"] + town["town"] + town["banchi"],
                "失権事由": digits(crime, 2),
                "刑種": digits(sentence, 1),
                "裁判確定年月日": dates(begin),
                "執行猶予フラグ": flag(spared),
                "執行猶予満了年月日": dates(np.where(spared, end - 1, NO_DAY)),
                "刑期開始年月日": dates(np.where(fine, NO_DAY, begin)),
                "刑期満了年月日": dates(term),
                "失権開始年月日": dates(begin),
                "復権予定年月日": dates(end),
                "復権年月日": dates(np.where(second, back, NO_DAY)),
                "復権事由": text(choose(("01", "02", "03"), np.select([fine, spared], [1, 2], 0)), second),
                "被選挙権停止終了年月日": dates(np.where(crime == ELECTION_CRIME, end + 1_826, NO_DAY)),
                "通知元区分": digits(by, 1),
                "通知年月日": dates(begin + 12),
                "通知番号": pl.select(
                    pl.concat_str([pl.lit("周検第"), wide(pl.lit(digits(mix(who, 676) % 900 + 1, 1))), pl.lit("号")])
                ).to_series(),
                "削除フラグ": constant("0", len(at)),
                **operator("sen", at * 2 + second, np.where(second, np.minimum(back + 1, x.base), begin + 14)),
            }
        ),
    )
