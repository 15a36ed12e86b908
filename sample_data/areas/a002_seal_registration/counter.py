"""印鑑登録証明書交付履歴, 印鑑登録_抑止設定管理 and 印鑑登録_メモ情報 of area 002."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.areas.a002_seal_registration.cards import Cards, card_numbers
from sample_data.areas.a002_seal_registration.registrations import Registrations
from sample_data.areas.homes import counters
from sample_data.areas.insured import constant, numbered
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
from sample_data.truth.frame import wide
from sample_data.truth.support import subjects

A_YEAR = 0.46
"""Certificates a registration and year."""
WINDOW, MACHINE, STORE, POST, OFFICIAL = 1, 2, 3, 4, 9
"""交付経路."""
STORE_PLACE = ("9001", "コンビニエンスストア等")
POST_PLACE = ("8001", "郵便局")
_AIMS = ("不動産登記", "自動車登録", "融資", "公正証書の作成", "相続手続")
_MEMOS = (
    "登録証の再発行時は要本人確認",
    "代理人来庁時は委任状の印影を照合すること",
    "印影の一部が欠けている。次回来庁時に改印を案内",
    "本人申出により代理人への交付を停止中",
)


def certificates(r: Registrations, c: Cards) -> pl.DataFrame:
    """印鑑登録証明書交付履歴 of the kept years: never while the registration was stopped or the person asked for
    silence."""
    low = np.maximum(np.maximum(r.listed, r.base - 365 * r.world.years) + 1, 0)
    high = np.where(r.ended == NO_DAY, r.base, r.ended)
    spans = np.where(r.listed == NO_DAY, 0, np.maximum(high - low, 0))
    ends = np.cumsum(spans)
    count = max(6, round(float(ends[-1]) / 365 * A_YEAR))
    drawn = np.sort((uniform(np.arange(count), 321) * ends[-1]).astype(np.int64))
    reg = np.searchsorted(ends, drawn, side="right")
    when = low[reg] + drawn - (ends[reg] - spans[reg])
    key = reg * 4096 + when % 4096
    way = np.array([WINDOW] * 27 + [STORE] * 10 + [POST, OFFICIAL, WINDOW])[mix(key, 322) % 40]
    way = np.where((way == WINDOW) & (when < 16_800) & (mix(key, 323) % 4 == 0), MACHINE, way)
    weekday = (when + 3) % 7
    shifted = np.maximum(when - np.maximum(weekday - 4, 0), low[reg])
    when = np.where(np.isin(way, (STORE, MACHINE)), when, shifted)
    silent = _silent_since(r)[r.who[reg]]
    stopped = (r.stop[reg] != NO_DAY) & (r.stop[reg] <= when) & ((r.resumed[reg] == NO_DAY) | (when < r.resumed[reg]))
    good = ~stopped & ((silent == NO_DAY) | (when < silent))
    reg, when, key, way = reg[good], when[good], key[good], way[good]
    order = np.lexsort((mix(key, 324), when))
    reg, when, key, way = reg[order], when[order], key[order], way[order]
    serial = np.arange(len(when)) - np.searchsorted(when, when) + 1
    return _issued(r, c, reg, when, key * 8 + way, way, serial)


def _silent_since(r: Registrations) -> Ints:
    """Per resident: first day of support measures that go on, or NO_DAY."""
    found = np.full(r.p.size, NO_DAY)
    some = subjects(r.world).filter(~pl.col("ended"))
    found[some["pid"].to_numpy()] = some["start"].to_physical().cast(pl.Int64).to_numpy()
    return found


def _issued(r: Registrations, c: Cards, reg: Ints, when: Ints, key: Ints, way: Ints, serial: Ints) -> pl.DataFrame:
    place = counters(r.world, mix(key, 331))
    desk, name = place["code"], place["name"]

    def by_way(store: str, post: str, other: pl.Series) -> pl.Series:
        ways = pl.Series(way)
        return pl.select(
            pl.when(ways == STORE).then(pl.lit(store)).when(ways == POST).then(pl.lit(post)).otherwise(other)
        ).to_series()

    helped = np.isin(way, (WINDOW, POST)) & (mix(key, 332) % 6 == 0)
    helper = r.p.spouse[r.who[reg]]
    helper = np.where(helper >= 0, helper, (r.who[reg] + 3 + mix(reg, 333) % 60) % r.p.size)
    helped &= helper != r.who[reg]
    sheets = np.array([1, 1, 1, 1, 1, 2, 2, 3])[mix(key, 334) % 8]
    fee = np.select([way == OFFICIAL, mix(key, 335) % 150 == 0], [3, 2], 1)
    price = np.where(way == STORE, 200, 300)
    undone = (mix(key, 336) % 400 == 0) & (way != STORE)
    pick = c.held_on(reg, when)
    shown = np.isin(way, (WINDOW, MACHINE, POST))
    stamp = digits(when.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970, 4) + pl.Series(
        (when.astype("datetime64[D]")).astype("U10")
    ).str.slice(5).str.replace("-", "", literal=True)
    printer = digits(mix(key, 337) % 12 + 1, 3)
    city = r.world.municipality.name
    label = pl.select(
        pl.when(pl.Series(way == STORE))
        .then(pl.concat_str([pl.lit("ＣＶＳ"), wide(pl.lit(stamp)), wide(pl.lit(digits(serial, 6)))]))
        .otherwise(
            pl.concat_str(
                [wide(pl.lit(stamp)), pl.lit(f"　{city}　"), pl.lit(name), pl.lit("　プリンタ"), wide(pl.lit(printer))]
            )
        )
    ).to_series()
    clock = operator("sim", key, when)
    return to_layout(
        "002",
        "印鑑登録証明書交付履歴",
        pl.DataFrame(
            {
                **r.key(reg),
                "交付年月日": dates(when),
                "発行通番": number(serial),
                "最新フラグ": constant("1", len(reg)),
                "印鑑登録番号": r.number.gather(pl.Series(reg)),
                "印鑑登録証番号": text(card_numbers(r, c).gather(pl.Series(pick)), shown),
                "交付時刻": clock["操作時刻"],
                "発行番号": label,
                "交付場所コード": by_way(STORE_PLACE[0], POST_PLACE[0], desk),
                "交付場所": by_way(STORE_PLACE[1], POST_PLACE[1], name),
                "交付経路": digits(way, 1),
                "請求者区分": choose(("1", "2"), helped.astype(np.int64)),
                "請求者_氏名": r.p.column("name", np.maximum(helper, 0), helped),
                "枚数": number(sheets),
                "手数料区分": digits(fee, 1),
                "手数料額": number(np.where((fee == 1) & ~undone, sheets * price, 0)),
                "使用目的": text(choose(_AIMS, mix(key, 338) % len(_AIMS)), shown & (mix(key, 339) % 3 == 0)),
                "取消フラグ": flag(undone),
                "取消年月日": dates(np.where(undone, when, NO_DAY)),
                "端末名": by_way(
                    "ＣＶＳ－ＣＥＮＴＥＲ",
                    "ＹＵＢＩＮ－０００１",
                    "ＳＩＭＩＮ－" + pl.select(wide(pl.lit(digits(mix(key, 340) % 24 + 1, 4)))).to_series(),
                ),
                **clock,
            }
        ),
    )


def suppressions(r: Registrations) -> pl.DataFrame:
    """印鑑登録_抑止設定管理: people under support measures, and registrations that were stopped."""
    silent = _silent_since(r)
    protected = np.flatnonzero(silent != NO_DAY)
    protected = protected[np.isin(protected, r.who[r.stands])]
    stopped = np.flatnonzero(r.stop != NO_DAY)
    reasons = np.select([r.stop_why == 1, r.stop_why == 3], [2, 4], 3)
    who = np.concatenate([protected, protected, r.who[stopped]])
    why = np.concatenate([np.ones(2 * len(protected), np.int64), reasons[stopped]])
    target = np.concatenate([np.full(len(protected), 2), np.full(len(protected), 3), np.full(len(stopped), 2)])
    begin = np.concatenate([silent[protected], silent[protected], r.stop[stopped]])
    over = np.concatenate([np.full(2 * len(protected), NO_DAY), r.resumed[stopped]])
    order = np.lexsort((begin, target, why, who))
    who, why, target, begin, over = (v[order] for v in (who, why, target, begin, over))
    serial, latest = numbered((who * 8 + why) * 8 + target)
    key = (who * 8 + why) * 8 + target
    able = (why == 1) & (target == 2) & (begin + 4 <= r.base)
    lifted = able & (mix(who, 341) % 3 == 0)
    lifted[np.flatnonzero(able)[:1]] = True
    lifted_on = dates(np.where(lifted, begin + 4, NO_DAY))
    changed = np.select([over != NO_DAY, lifted], [over, begin + 4], begin)
    return to_layout(
        "002",
        "印鑑登録_抑止設定管理",
        pl.DataFrame(
            {
                "市区町村コード": constant(r.world.code, len(who)),
                "宛名番号": r.p.column("atena", who),
                "抑止事由": digits(why, 2),
                "抑止処理対象区分": digits(target, 2),
                "履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "抑止開始年月日": dates(begin),
                "抑止終了年月日": dates(over),
                "抑止レベル": choose(("1", "2"), (target == 3).astype(np.int64)),
                "抑止申出者氏名": r.p.column("name", who, np.isin(why, (1, 2, 3))),
                "一時解除開始年月日": lifted_on,
                "一時解除開始時刻": text(constant("09:30:00", len(who)), lifted),
                "一時解除終了年月日": lifted_on,
                "一時解除終了時刻": text(constant("10:10:00", len(who)), lifted),
                "一時解除設定操作者ID": text(constant("sim007", len(who)), lifted),
                **operator("sim", key, np.minimum(changed, r.base)),
            }
        ),
    )


def memos(r: Registrations) -> pl.DataFrame:
    """印鑑登録_メモ情報: up to two memos a person."""
    own = np.unique(r.who[r.stands])
    some = np.sort(own[np.argsort(mix(own, 351), kind="stable")][: max(3, round(len(own) * 0.028))])
    who = np.sort(np.concatenate([some, some[::6]]))
    serial, latest = numbered(who)
    key = who * 4 + serial
    begin = r.base - 30 - mix(key, 352) % (365 * r.world.years - 40) + serial * 10
    ends: Bools = mix(key, 353) % 3 == 0
    return to_layout(
        "002",
        "印鑑登録_メモ情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(r.world.code, len(who)),
                "宛名番号": r.p.column("atena", who),
                "履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "メモ": choose(_MEMOS, mix(key, 354) % len(_MEMOS)),
                "表示開始年月日": dates(np.where(mix(key, 355) % 4 > 0, begin, NO_DAY)),
                "表示終了年月日": dates(np.where(ends, begin + 365, NO_DAY)),
                **operator("sim", key, np.minimum(begin, r.base)),
            }
        ),
    )
