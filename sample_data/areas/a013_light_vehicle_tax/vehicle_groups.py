"""The groups of area 013 that describe vehicles: 車両情報, 車両検査情報, 車両異動情報, 標識情報, 税止め情報."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a013_light_vehicle_tax.fleet import (
    FORMER,
    HELD,
    INSPECTED,
    KANA,
    MUNICIPAL,
    PUBLIC,
    STOCK,
    Fleet,
    april,
    month_of,
)
from sample_data.areas.a013_light_vehicle_tax.levies import Levies
from sample_data.areas.a013_light_vehicle_tax.parties import Parties
from sample_data.tax.arrears import numbered
from sample_data.tax.collection_groups import WIDE_DIGITS
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
from sample_data.tax.pool import uniform
from sample_data.world import World

REGISTERED, TRANSFERRED, CHANGED, ENDED = range(4)
MAKERS = (
    ("312", "ダイハツ"),
    ("311", "スズキ"),
    ("313", "ホンダ"),
    ("314", "三菱"),
    ("315", "日産"),
    ("321", "ヤマハ"),
    ("322", "カワサキ"),
    ("331", "クボタ"),
    ("332", "ヤンマー"),
    ("333", "ヰセキ"),
    ("399", "その他"),
)
"""車名コード and 車名."""
LARGEST = {1: 50, 2: 90, 3: 125, 5: 250, 6: 125, 24: 400}
"""cc by 車種区分 (others: 658)."""


@dataclass(frozen=True)
class Ledger:
    """Vehicles, tax rows and everybody concerned."""

    world: World
    f: Fleet
    t: Levies
    p: Parties

    def constant(self, size: int) -> pl.Series:
        return choose([self.world.code], np.zeros(size, np.int64))

    def vehicle(self, at: Ints) -> dict[str, pl.Series]:
        return {"市区町村コード": self.constant(len(at)), "車両管理番号": digits(self.f.number[at], 15)}

    @cached_property
    def events(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Vehicle, number within it, event and day of each event, in order."""
        f = self.f
        days = np.stack([f.registered, f.transfer, f.change, f.ended], axis=1)
        there = days != NO_DAY
        at, event = np.nonzero(there)
        return at, numbered(at) + 1, event, days[at, event]

    @cached_property
    def home(self) -> tuple[pl.Series, pl.Series]:
        """主たる定置場 and its postal code, per vehicle: the payer's address, or one in the municipality."""
        where = self.p.home.select("postal", "place")[pl.Series(self.f.payer)]
        return where["postal"], where["place"]


def _maker(f: Fleet) -> Ints:
    drawn = mix(f.number, 401)
    return np.select(
        [np.isin(f.kind, (20, 21)), np.isin(f.kind, (1, 2, 3, 5, 6, 24)), np.isin(f.kind, (4, 7, 18))],
        [7 + drawn % 3, np.array([2, 1, 5, 6])[drawn % 4], 10],
        np.array([0, 0, 1, 1, 2, 3, 4])[drawn % 7],
    )


def _model(f: Fleet) -> pl.Series:
    return choose(
        ("LA150S", "MH55S", "JF3", "B34W", "DA17V", "AF79", "JA62", "RC8", "KT21", "EA33"),
        np.select(
            [f.four & np.isin(f.kind, (12, 13)), f.four, np.isin(f.kind, (20, 21))],
            [np.full(f.size, 4), mix(f.number, 402) % 4, 8 + mix(f.number, 402) % 2],
            5 + mix(f.number, 402) % 3,
        ),
    )


def chassis(f: Fleet) -> pl.Series:
    return _model(f) + "-" + digits(1_000_000 + f.number, 7)


def _cc(f: Fleet) -> Ints:
    most = np.full(f.size, 658)
    for kind, size in LARGEST.items():
        most = np.where(f.kind == kind, size, most)
    less = np.where(np.isin(f.kind, (1, 2, 3, 5, 6)), mix(f.number, 403) % 2, 0)
    return np.select(
        [f.kind == 24, f.kind == 18], [400 + mix(f.number, 403) % 5 * 100, np.full(f.size, 600)], most - less
    )


def _decimal(values: Ints, scale: int, where: Bools) -> pl.Series:
    whole = number(values // 10**scale, where).cast(pl.String) + "." + digits(values % 10**scale, scale)
    return whole.cast(pl.Decimal(38, scale))


def _month(months: Ints) -> pl.Series:
    """YYYY-MM; -1 is null."""
    known = months >= 0
    return text(digits(months // 12, 4) + "-" + digits(months % 12 + 1, 2), known)


def model_month(f: Fleet, at: Ints) -> pl.Series:
    return _month(f.model_month[at])


def electric(f: Fleet) -> Bools:
    """Without an engine: 特定小型原付, and a few small motorcycles."""
    some: Bools = (f.kind == 7) | (np.isin(f.kind, (1, 4)) & (mix(f.number, 404) % 9 == 0))
    return some


def vehicles(g: Ledger) -> pl.DataFrame:
    """車両情報: a row an event."""
    f = g.f
    at, place, event, when = g.events
    latest = np.append(at[1:] != at[:-1], True)
    kind, four = f.kind[at], f.four[at]
    taken = (f.transfer[at] != NO_DAY) & (event >= TRANSFERRED)
    owner = np.where((f.transfer[at] != NO_DAY) & ~taken, f.before[at], f.payer[at])
    reserved = (f.keeper[at] >= 0) & (owner == f.payer[at])
    keeper = np.where(reserved, f.keeper[at], owner)
    form = np.select([reserved, f.what[at] == STOCK], [2, 3], 1)
    over = event == ENDED
    ex_officio = over & (f.reason[at] == 90)
    no_engine = electric(f)[at]
    tiny = np.isin(kind, (1, 2, 3, 4, 5, 6, 18, 24))
    power = np.where(kind == 7, 60, np.where(kind == 4, 58, 55))
    speed = np.select([kind == 7, kind == 21], [20, 15], np.array([15, 25, 34])[mix(f.number[at], 405) % 3])
    purpose = np.select(
        [np.isin(kind, (10, 11)), np.isin(kind, (12, 13)), kind == 20, np.isin(kind, (18, 21))], [1, 2, 4, 9], 3
    )
    fuel = np.select([no_engine, kind >= 20, four & (mix(f.number[at], 406) % 6 == 0)], [4, 2, 5], 1)
    fuel = np.where(kind == 24, 1, fuel)
    gives = np.select([np.isin(kind, MUNICIPAL), np.isin(kind, (10, 11, 12, 13, 14))], [1, 2], 3)
    short = np.where(kind == 14, 250, 339)
    postal, place_text = g.home
    reason = np.select(
        [event == TRANSFERRED, event == CHANGED, over & (f.reason[at] == 2), over],
        [3, 5, 7, 6],
        np.select([f.moved_in[at], f.used[at]], [4, 2], 1),
    )
    maker = _maker(f)[at]
    plate = f.plate[pl.Series(at)]
    body = f.four
    got = np.where(taken, f.transfer[at], f.got[at])
    registered = np.where(taken, f.transfer[at], f.registered[at])
    registered = np.maximum(registered, got)
    return to_layout(
        "013",
        "車両情報",
        pl.DataFrame(
            {
                **g.vehicle(at),
                "履歴番号": number(place),
                "最新フラグ": flag(latest),
                "車種区分": digits(kind, 2),
                "標識番号_標識文字": plate["text"],
                "標識番号_分類番号": plate["group"],
                "標識番号_かな文字": plate["kana"],
                "標識番号_一連番号": plate["serial"],
                "標識番号_検索用": plate["whole"],
                "標識交付区分": digits(gives, 1),
                "車台番号": chassis(f).gather(pl.Series(at)),
                "車名": choose([m[1] for m in MAKERS], maker),
                "車名コード": choose([m[0] for m in MAKERS], maker),
                "型式": text("3BA-" + _model(f).gather(pl.Series(at)), four | (mix(f.number[at], 407) % 3 > 0)),
                "原動機型式": text(choose(("KF", "R06A", "S07B", "BR06"), mix(f.number[at], 408) % 4), four),
                "総排気量": _decimal(_cc(f)[at], 3, (four | tiny) & ~no_engine),
                "定格出力": _decimal(power, 2, no_engine),
                "最高出力": _decimal(np.full(len(at), 390), 2, kind == 6),
                "燃料種別": digits(fuel, 2),
                "用途区分": digits(purpose, 1),
                "自家用営業用区分": digits(1 + np.isin(kind, (11, 13)), 1),
                "乗車定員": number(np.where(np.isin(kind, (10, 11)), 4, np.where(four | (kind == 24), 2, 1))),
                "長さ": number(short * 10, body[at]),
                "幅": number(np.where(kind == 14, 1300, 1470), body[at]),
                "高さ": number(1500 + mix(f.number[at], 409) % 45 * 10, body[at]),
                "最高速度": number(speed, np.isin(kind, (7, 20, 21))),
                "主たる定置場_郵便番号": postal.gather(pl.Series(at)),
                "主たる定置場": place_text.gather(pl.Series(at)),
                "納税義務者_宛名番号": g.p.atena.gather(pl.Series(owner)),
                "所有者_宛名番号": g.p.atena.gather(pl.Series(keeper)),
                "使用者_宛名番号": text(
                    g.p.atena.gather(pl.Series(owner)), reserved | (mix(f.number[at], 410) % 4 > 0)
                ),
                "所有形態区分": digits(form, 1),
                "取得年月日": dates(got),
                "登録年月日": dates(registered),
                "初度検査年月": _month(f.model_month[at]),
                "車両状態区分": digits(np.select([ex_officio, over], [3, 2], 1), 1),
                "廃車年月日": dates(np.where(over, when, NO_DAY)),
                "廃車申告年月日": dates(np.where(over, np.minimum(when + mix(f.number[at], 411) % 14, f.base), NO_DAY)),
                "廃車事由": text(digits(f.reason[at], 2), over),
                "課税停止区分": digits(np.where(f.what[at] == HELD, 1, np.where(over & (f.reason[at] == 3), 2, 0)), 1),
                "異動事由": digits(reason, 2),
                "異動年月日": dates(when),
                **operator("KJ", f.number[at] * 5 + event, np.minimum(when + 3, f.base)),
            }
        ),
    )


def inspections(g: Ledger) -> pl.DataFrame:
    """車両検査情報: the first inspection as far as it is kept, and those of every two years."""
    f = g.f
    some = np.flatnonzero(np.isin(f.kind, INSPECTED))
    start = np.where(f.transfer[some] != NO_DAY, f.transfer[some], f.registered[some])
    until = np.where(f.ended[some] == NO_DAY, f.base, f.ended[some])
    turns = np.maximum(until - start, 0) // 730
    count = np.minimum(turns + 1, 1 + g.world.years // 2)
    row = np.repeat(np.arange(len(some)), count)
    place = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    turn = turns[row] - count[row] + 1 + place
    at = some[row]
    when = start[row] + 730 * turn
    kind, key = f.kind[at], f.number[at] * 100 + turn
    latest = place == count[row] - 1
    four = f.four[at]
    cargo = np.isin(kind, (12, 13))
    weight = np.where(four, 640 + mix(f.number[at], 421) % 40 * 10, 180 + mix(f.number[at], 421) % 9 * 10)
    load = np.where(cargo, 350, 0)
    told = np.minimum(when + 10 + mix(key, 422) % 8, f.base)
    net = np.isin(kind, (10, 11, 12, 13, 14))
    fuel = np.where(four & (mix(f.number[at], 406) % 6 == 0), 5, 1)
    light = np.isin(f.rate[at], (4, 5, 6))
    return to_layout(
        "013",
        "車両検査情報",
        pl.DataFrame(
            {
                **g.vehicle(at),
                "検査情報連番": number(place + 1),
                "最新フラグ": flag(latest),
                "情報取得元区分": digits(np.where(net, 1 + (mix(key, 423) % 15 == 0), 3), 1),
                "情報提供年月日": dates(told),
                "車両番号": f.plate["whole"].gather(pl.Series(at)),
                "車台番号": chassis(f).gather(pl.Series(at)),
                "初度検査年月": _month(f.model_month[at]),
                "検査年月日": dates(when),
                "検査証有効期限": dates(when + 729),
                "燃料種別": digits(fuel, 2),
                "総排気量": _decimal(_cc(f)[at], 3, np.ones(len(at), bool)),
                "車両重量": number(weight),
                "車両総重量": number(weight + load + 110),
                "最大積載量": number(load, cargo),
                "排出ガス性能区分": text(
                    digits(np.select([light, month_of(when) > 2018 * 12], [4, 3], 1), 2), mix(key, 424) % 11 > 0
                ),
                "燃費基準達成区分": text(
                    digits(np.select([light, mix(f.number[at], 425) % 3 == 0], [6, 2], 0), 2), mix(key, 426) % 11 > 0
                ),
                "検査異動区分": digits(np.where((turn == 0) & ~f.used[at], 1, np.where(turn == 0, 3, 2)), 1),
                **operator("KJ", key, np.minimum(told + 1, f.base)),
            }
        ),
    )


def movements(g: Ledger) -> pl.DataFrame:
    """車両異動情報: the report of each event."""
    f = g.f
    at, place, event, when = g.events
    key = f.number[at] * 5 + event
    start, over = event == REGISTERED, event == ENDED
    told = np.minimum(when + mix(f.number[at], 411) % 14, f.base)
    received = np.minimum(told + mix(key, 431) % 12, f.base)
    stolen = over & (f.reason[at] == 3)
    local = np.isin(f.kind[at], MUNICIPAL)
    by = np.where(
        over & (f.reason[at] == 90),
        9,
        np.where(local, 1 + 3 * (mix(key, 432) % 8 == 0), np.array([2, 2, 3])[mix(key, 432) % 3]),
    )
    reporter = np.where(by == 9, 9, 1 + mix(key, 433) % 4)
    whole = f.plate["whole"].gather(pl.Series(at))
    before = np.where(f.transfer[at] != NO_DAY, f.before[at], f.payer[at])
    mine = f.payer[at]
    dealer = choose(("周南自動車販売株式会社", "株式会社防長モータース", "有限会社光輪業"), mix(key, 434) % 3)
    kind = np.select(
        [event == TRANSFERRED, event == CHANGED, over & (f.reason[at] == 2), over],
        [3, 5, 7, 6],
        np.select([f.moved_in[at], f.used[at]], [4, 2], 1),
    )
    earned = start | (event == TRANSFERRED)
    names = g.p.name.gather(pl.Series(np.where(start, before, mine)))
    reporter_name = pl.select(pl.when(pl.Series(reporter == 3)).then(dealer).otherwise(names)).to_series()
    lost = np.isin(mix(key, 435) % 20, (0, 1))
    return to_layout(
        "013",
        "車両異動情報",
        pl.DataFrame(
            {
                **g.vehicle(at),
                "異動連番": number(place),
                "異動事由": digits(kind, 2),
                "異動年月日": dates(when),
                "申告年月日": dates(told),
                "受付年月日": dates(received),
                "受付経路区分": digits(by, 1),
                "受付番号": text(
                    "K" + dates(received).dt.to_string("%Y%m%d") + "-" + digits(mix(key, 436) % 10_000, 4),
                    mix(key, 437) % 6 > 0,
                ),
                "旧標識番号": text(whole, ~start),
                "新標識番号": text(whole, ~over),
                "旧所有者_宛名番号": text(
                    g.p.atena.gather(pl.Series(np.where(event == TRANSFERRED, before, mine))), ~start
                ),
                "新所有者_宛名番号": text(g.p.atena.gather(pl.Series(np.where(start, before, mine))), ~over),
                "取得原因区分": text(digits(np.where(start, 1, 1 + mix(key, 438) % 3), 1), earned),
                "譲渡人_氏名": text(dealer, start & (mix(key, 439) % 3 > 0)),
                "廃車事由": text(digits(f.reason[at], 2), over),
                "盗難届出警察署": text(choose(("周南警察署", "下松警察署", "光警察署"), mix(key, 440) % 3), stolen),
                "盗難届出年月日": dates(np.where(stolen, when, NO_DAY)),
                "盗難届受理番号": text("T" + digits(mix(key, 441) % 10**6, 6), stolen),
                "届出者区分": digits(reporter, 1),
                "届出者_氏名": text(reporter_name, reporter != 9),
                "標識返納区分": text(digits(np.select([stolen, lost], [3, 2], 1), 1), over & local),
                "証明書交付区分": text(digits(np.where(over, 2, 1), 1), local & (over | start)),
                **operator("KJ", key, np.minimum(received + 1, f.base)),
            }
        ),
    )


def plates(g: Ledger) -> pl.DataFrame:
    """標識情報: the municipality's plates on vehicles, given back or lost, in stock, and those lent to dealers."""
    f, base = g.f, g.f.base
    at = np.flatnonzero(np.isin(f.kind, MUNICIPAL))
    kind = f.kind[at]
    color = np.select([np.isin(kind, (1, 6)), kind == 2, kind == 3, kind == 4, kind == 7], [1, 2, 3, 4, 7], 5)
    over = f.ended[at] != NO_DAY
    drawn = mix(f.number[at], 451) % 20
    state = np.select([~over, (f.reason[at] == 3), drawn < 2], [2, 5, 4], 3)
    town = g.world.municipality.name
    stock = max(3, len(g.world.present) // 100)
    lent = np.flatnonzero((f.what == STOCK) & f.registered_now)[: max(1, len(g.world.present) // 3000)]
    spare = np.arange(stock + len(lent))
    figures = [choose(WIDE_DIGITS, spare // 10**k % 10) for k in (3, 2, 1, 0)]
    names = pl.select(
        pl.concat_str([choose((town,), spare * 0), choose(("わ", "れ", "を"), spare // 10_000 % 3), *figures])
    ).to_series()
    trial = spare >= stock
    given = f.registered[at]
    none = np.full(len(spare), NO_DAY)
    year = g.t.year.max() if g.t.size else 2025
    lent_on = np.where(trial, april(np.full(len(spare), int(year))), none)
    rows = pl.DataFrame(
        {
            "標識区分": digits(np.concatenate([color, np.where(trial, 6, 1 + spare % 5)]), 1),
            "標識番号": pl.concat([f.plate["whole"].gather(pl.Series(at)), names]).rechunk(),
            "標識状態区分": digits(np.concatenate([state, np.select([trial, spare % 37 == 5], [2, 6], 1)]), 1),
            "車両管理番号": text(
                digits(np.concatenate([f.number[at], np.append(np.zeros(stock, np.int64), f.number[lent])]), 15),
                np.concatenate([np.ones(len(at), bool), trial]),
            ),
            "ご当地標識フラグ": flag(np.concatenate([mix(f.number[at], 452) % 7 == 0, spare % 11 == 3])),
            "交付年月日": dates(np.concatenate([given, lent_on])),
            "返納年月日": dates(np.concatenate([np.where(state == 3, f.ended[at], NO_DAY), none])),
            "亡失年月日": dates(np.concatenate([np.where(state > 3, f.ended[at], NO_DAY), none])),
            "弁償金額": number(
                np.full(len(at) + len(spare), 200),
                np.concatenate([(state == 4) & (drawn == 0), np.zeros(len(spare), bool)]),
            ),
            "弁償金納付年月日": dates(
                np.concatenate([np.where((state == 4) & (drawn == 0), f.ended[at], NO_DAY), none])
            ),
            "貸付期限": dates(np.concatenate([np.full(len(at), NO_DAY), np.where(trial, lent_on + 364, NO_DAY)])),
            "_order": pl.Series(np.concatenate([given, np.full(len(spare), base)])),
            "_open": pl.Series(np.concatenate([~over, trial])),
            **operator(
                "KJ",
                np.concatenate([f.number[at], spare + 7]),
                np.concatenate([np.minimum(np.where(over, f.ended[at], given) + 2, base), none * 0 + base - 200]),
            ),
        }
    )
    # A plate in use stands last among those of its number.
    rows = rows.sort("標識区分", "標識番号", "_open", "_order").with_columns(
        交付連番=pl.int_range(1, pl.len() + 1).over("標識区分", "標識番号"),
        最新フラグ=pl.when(
            pl.int_range(1, pl.len() + 1).over("標識区分", "標識番号") == pl.len().over("標識区分", "標識番号")
        )
        .then(pl.lit("1"))
        .otherwise(pl.lit("0")),
        市区町村コード=pl.lit(g.world.code),
    )
    return to_layout("013", "標識情報", rows.drop("_order", "_open"))


def stops(g: Ledger) -> pl.DataFrame:
    """税止め情報: vehicles that went to other municipalities, told by them or by us; others' plates changed."""
    f = g.f
    over = f.ended != NO_DAY
    away = over & (f.reason == 2)
    away[np.flatnonzero(over & (f.what != FORMER))[:2]] = True
    at = np.flatnonzero(away & ~np.isin(f.what, (PUBLIC,)))
    key = f.number[at]
    others = g.world.places.filter(pl.col("code") != g.world.code).unique("code", keep="first", maintain_order=True)
    where = pl.Series(mix(key, 461) % others.height)
    when = f.ended[at]
    told = np.minimum(when + 5 + mix(key, 462) % 20, f.base)
    figures = [choose(WIDE_DIGITS, mix(key, 463) // 10**k % 10) for k in range(4)]
    plate = pl.select(
        pl.concat_str(
            [
                choose(("広島",), key * 0),
                choose(("５８１",), key * 0),
                choose(KANA, mix(key, 464) % len(KANA)),
                *figures,
            ]
        )
    ).to_series()
    came = mix(key, 465) % 3 > 0
    left = f.reason[at] == 2
    return to_layout(
        "013",
        "税止め情報",
        pl.DataFrame(
            {
                **g.vehicle(at),
                "税止め連番": number(np.ones(len(at), np.int64)),
                "税止め区分": digits(1 + came, 1),
                "税止め事由": digits(np.where(left, 1 + mix(key, 466) % 2, 4), 1),
                "相手_市区町村コード": others["code"].gather(where),
                "相手_市区町村名": others["city"].gather(where),
                "転出先標識番号": text(plate, f.four[at] & left & (uniform(key, 467) < 0.7)),
                "異動年月日": dates(when),
                "申告年月日": dates(np.where(mix(key, 468) % 5 > 0, when, NO_DAY)),
                "連絡年月日": dates(told),
                "処理年月日": dates(np.where(mix(key, 469) % 9 > 0, np.minimum(told + 3, f.base), NO_DAY)),
                "税止め申告書整理番号": text(
                    "Z" + dates(told).dt.to_string("%Y") + "-" + digits(mix(key, 470) % 10_000, 4),
                    mix(key, 471) % 5 > 0,
                ),
                **operator("KJ", key, np.minimum(told + 3, f.base)),
            }
        ),
    )
