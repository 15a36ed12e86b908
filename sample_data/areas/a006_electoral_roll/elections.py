"""選挙情報 of area 006: the elections since 2010, and the days on which people are entered in the roll."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from sample_data.areas.insured import base_day, constant, first_day
from sample_data.tax.frames import (
    EPOCH,
    NO_DAY,
    Ints,
    dates,
    day,
    flag,
    number,
    operator,
    text,
    to_layout,
    working_day,
)
from sample_data.truth.frame import wide
from sample_data.world import World

LOWER, LOWER_LIST, JUDGES, UPPER, UPPER_LIST, GOVERNOR, PREFECTURE, MAYOR, COUNCIL, FARM = 1, 2, 3, 4, 5, 6, 7, 8, 9, 13
"""選挙種別."""
LOCAL = (MAYOR, COUNCIL)
OF_PREFECTURE = (GOVERNOR, PREFECTURE)
TERM, DISSOLVED, VACANT, RESIGNED = 1, 2, 3, 4
"""執行事由."""
ADULT_AT_18 = day(2016, 6, 19)


class Poll(NamedTuple):
    """Elections of one day: poll, announcement, kinds, reason, number of the term or general
    election in the name, uncontested."""

    poll: dt.date
    announced: dt.date
    kinds: tuple[int, ...]
    reason: int
    number: int = 0
    uncontested: bool = False


_NAMES = {
    LOWER: "第{n}回衆議院議員総選挙　小選挙区",
    LOWER_LIST: "第{n}回衆議院議員総選挙　比例代表",
    JUDGES: "第{n}回最高裁判所裁判官国民審査",
    UPPER: "第{n}回参議院議員通常選挙　選挙区",
    UPPER_LIST: "第{n}回参議院議員通常選挙　比例代表",
    GOVERNOR: "山口県知事選挙",
    PREFECTURE: "山口県議会議員一般選挙",
    MAYOR: "{town}長選挙",
    COUNCIL: "{town}議会議員一般選挙",
    FARM: "{town}農業委員会委員一般選挙",
}
_SEATS = {LOWER: 1, UPPER: 1, GOVERNOR: 1, PREFECTURE: 5, MAYOR: 1, COUNCIL: 28, FARM: 20}
_HOUSE = (LOWER, LOWER_LIST, JUDGES)
_UPPER = (UPPER, UPPER_LIST)


def _d(text_: str) -> dt.date:
    return dt.date.fromisoformat(text_)


POLLS = (
    Poll(_d("2010-07-11"), _d("2010-06-24"), _UPPER, TERM, 22),
    Poll(_d("2011-04-10"), _d("2011-04-01"), (PREFECTURE,), TERM),
    Poll(_d("2011-04-24"), _d("2011-04-17"), (MAYOR, COUNCIL), TERM),
    Poll(_d("2011-07-03"), _d("2011-06-26"), (FARM,), TERM),
    Poll(_d("2012-07-29"), _d("2012-07-12"), (GOVERNOR,), TERM),
    Poll(_d("2012-12-16"), _d("2012-12-04"), _HOUSE, DISSOLVED, 46),
    Poll(_d("2013-07-21"), _d("2013-07-04"), _UPPER, TERM, 23),
    Poll(_d("2014-02-23"), _d("2014-02-06"), (GOVERNOR,), RESIGNED),
    Poll(_d("2014-07-06"), _d("2014-06-29"), (FARM,), TERM, uncontested=True),
    Poll(_d("2014-12-14"), _d("2014-12-02"), _HOUSE, DISSOLVED, 47),
    Poll(_d("2015-04-12"), _d("2015-04-03"), (PREFECTURE,), TERM, uncontested=True),
    Poll(_d("2015-04-26"), _d("2015-04-19"), (MAYOR, COUNCIL), TERM),
    Poll(_d("2016-07-10"), _d("2016-06-22"), _UPPER, TERM, 24),
    Poll(_d("2017-10-22"), _d("2017-10-10"), _HOUSE, DISSOLVED, 48),
    Poll(_d("2018-02-04"), _d("2018-01-18"), (GOVERNOR,), TERM),
    Poll(_d("2019-04-07"), _d("2019-03-29"), (PREFECTURE,), TERM),
    Poll(_d("2019-04-21"), _d("2019-04-14"), (MAYOR, COUNCIL), TERM),
    Poll(_d("2019-07-21"), _d("2019-07-04"), _UPPER, TERM, 25),
    Poll(_d("2021-10-31"), _d("2021-10-19"), _HOUSE, DISSOLVED, 49),
    Poll(_d("2022-02-06"), _d("2022-01-20"), (GOVERNOR,), TERM),
    Poll(_d("2022-07-10"), _d("2022-06-22"), _UPPER, TERM, 26),
    Poll(_d("2023-04-09"), _d("2023-03-31"), (PREFECTURE,), TERM),
    Poll(_d("2023-04-23"), _d("2023-04-16"), (MAYOR, COUNCIL), TERM),
    Poll(_d("2024-10-27"), _d("2024-10-15"), _HOUSE, DISSOLVED, 50),
    Poll(_d("2025-07-20"), _d("2025-07-03"), _UPPER, TERM, 27),
)


@dataclass(frozen=True)
class Elections:
    """Parallel arrays, one an election, ordered by day of the poll; ``first`` is the first election of the same
    day, whose number stands for the roll of that day."""

    world: World
    poll: Ints
    announced: Ints
    registered: Ints
    kind: Ints
    reason: Ints
    ordinal: Ints
    uncontested: Ints
    first: Ints
    number: pl.Series


def elections(world: World) -> Elections:
    """The elections up to the base date, and one that is being prepared on it."""
    base = base_day(world)
    polls = [p for p in POLLS if p.poll <= world.base_date]
    coming = world.base_date + dt.timedelta(days=11)
    polls.append(Poll(coming, world.base_date + dt.timedelta(days=4), (COUNCIL,), VACANT))
    rows = [
        (_of(p.poll), _of(p.announced), kind, p.reason, p.number, int(p.uncontested), at)
        for at, p in enumerate(polls)
        for kind in p.kinds
    ]
    columns = zip(*rows, strict=True)
    poll, announced, kind, reason, ordinal, uncontested, group = (np.array(v, np.int64) for v in columns)
    registered = np.where(poll > base, base, announced - 1)
    first = np.searchsorted(group, group)
    months = poll.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    serial = np.arange(len(months)) - np.searchsorted(months, months) + 1
    label = (1970 + months // 12) * 1_000_000 + (months % 12 + 1) * 10_000 + serial
    return Elections(
        world,
        poll,
        announced,
        registered,
        kind,
        np.where(kind == JUDGES, 99, reason),
        np.where(kind == JUDGES, ordinal - 24, ordinal),
        uncontested,
        first,
        pl.Series(label).cast(pl.String),
    )


def _of(date: dt.date) -> int:
    return (date - EPOCH).days


def held(e: Elections) -> pl.DataFrame:
    """選挙情報."""
    base = base_day(e.world)
    size = len(e.poll)
    town = e.world.municipality.name
    names = {kind: pattern.replace("{town}", town) for kind, pattern in _NAMES.items()}
    labels = pl.DataFrame({"kind": e.kind, "ordinal": e.ordinal, "vacant": e.reason == VACANT}).select(
        pl.when("vacant")
        .then(pl.lit(f"{town}議会議員補欠選挙"))
        .otherwise(
            pl.col("kind")
            .replace_strict(names, return_dtype=pl.String)
            .str.replace("{n}", wide(pl.col("ordinal").cast(pl.String)), literal=True)
        )
    )
    seats = np.array([_SEATS.get(k, 0) for k in e.kind.tolist()])
    seats = np.where(e.reason == VACANT, 1, seats)
    ends = np.where((e.reason == TERM) & np.isin(e.kind, (*LOCAL, *OF_PREFECTURE, *_UPPER, FARM)), e.poll + 9, NO_DAY)
    together = pl.Series(np.bincount(e.first, minlength=size)[e.first] > 1)
    return to_layout(
        "006",
        "選挙情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(e.world.code, size),
                "選挙管理番号": e.number,
                "最新フラグ": constant("1", size),
                "選挙種別": pl.Series(e.kind).cast(pl.String).str.zfill(2),
                "選挙名": labels.to_series(),
                "執行事由": pl.Series(e.reason).cast(pl.String).str.zfill(2),
                "同時選挙番号": pl.select(pl.when(together).then(e.number.gather(pl.Series(e.first)))).to_series(),
                "公示告示年月日": dates(e.announced),
                "選挙期日": dates(e.poll),
                "名簿登録基準年月日": dates(e.registered),
                "選挙時登録年月日": dates(e.registered),
                "期日前投票開始年月日": dates(np.where(e.uncontested > 0, NO_DAY, e.announced + 1)),
                "期日前投票終了年月日": dates(np.where(e.uncontested > 0, NO_DAY, e.poll - 1)),
                "任期満了年月日": dates(ends),
                "無投票フラグ": flag(e.uncontested > 0),
                "改選定数": number(seats, seats > 0),
                **operator("sen", e.poll * 16 + e.kind, np.minimum(e.announced, base)),
            }
        ),
    )


def quarters(world: World) -> tuple[Ints, Ints]:
    """基準日 and 登録日 of the regular registrations since 1946: on the 1st of March, June, September and December; the
    register was written on the 2nd until 2016."""
    last = base_day(world)
    months = np.arange((1946 - 1970) * 12 + 2, (2100 - 1970) * 12, 3)
    basis = first_day(months)
    basis = basis[basis <= last]
    return basis, working_day(np.where(basis < ADULT_AT_18, basis + 1, basis))


def text_number(e: Elections, at: Ints) -> pl.Series:
    """選挙管理番号 of elections; null where ``at`` is negative."""
    return text(e.number.gather(pl.Series(np.maximum(at, 0))), at >= 0)
