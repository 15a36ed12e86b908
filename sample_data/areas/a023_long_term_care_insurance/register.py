"""Area 023's register: 被保険者資格情報, and 施設入退所情報."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl

from sample_data.areas.a023_long_term_care_insurance.insured import LAW, Insured, chance, latest, stamp
from sample_data.areas.insured import constant, within
from sample_data.tax.frames import (
    EPOCH,
    NO_DAY,
    Ints,
    choose,
    dates,
    digits,
    flag,
    mix,
    number,
    text,
    to_layout,
)
from sample_data.world import World

MERGED_ON = (dt.date(2003, 4, 21) - EPOCH).days
"""The towns became 周南市; numbers given before name the town that gave them."""
MERGED = ("352152", ("352055", "352144", "353230", "354210"))
INSURERS = (("01", "00350157"), ("03", "01350018"), ("04", "06350015"), ("05", "32350019"), ("02", "00353011"))
"""医療保険種別 and 医療保険者番号 of the second kind."""
GAIN, CHANGE, CORRECT, LOSE = range(4)


class Facility(NamedTuple):
    code: str
    kind: str
    number: str | None
    name: str
    city: str | None
    """None: in the town itself."""


FACILITIES = (
    Facility("100001", "01", "3570100012", "特別養護老人ホームふじの苑", "352063"),
    Facility("100002", "02", "3550180026", "介護老人保健施設さくら苑", "352012"),
    Facility("100003", "04", "3570800017", "株式会社ひまわり　有料老人ホームひまわりの里", "352080"),
    Facility("100004", "06", None, "養護老人ホーム長寿園", "342131"),
    Facility("100005", "05", "3470200310", "ケアハウスせとうち", "342131"),
    Facility("200001", "51", None, "障害者支援施設あおぞら", "352039"),
    Facility("200002", "53", None, "救護施設ときわ寮", "352021"),
    Facility("200003", "51", None, "障害者支援施設みどりの家", None),
    Facility("200004", "59", None, "有限会社かがやき　療養介護病棟", "352012"),
    Facility("300001", "07", "3571500079", "サービス付き高齢者向け住宅はるか", None),
    Facility("300002", "04", "3571500087", "有限会社ゆうあい　有料老人ホームゆうあい館", None),
    Facility("300003", "01", "3571500012", "特別養護老人ホームすみれ荘", None),
)
"""Facilities elsewhere for 住所地特例 (1...), of 適用除外 (2...), and ours where other towns' people live (3...)."""
OTHER_INSURERS = ("352039", "352062", "352088", "342139", "401307")


def insurer(code: str) -> str:
    """保険者番号 of a town: five digits and a check digit (modulus 10, weights 2 and 1 from the right)."""
    products = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(code[:5]))]
    return f"{code[:5]}{-sum(p // 10 + p % 10 for p in products) % 10}"


def qualifications(i: Insured, certified: Ints) -> pl.DataFrame:
    """被保険者資格情報; ``certified``: day of each one's first certification, or NO_DAY."""
    rows, kind, when = _events(i)
    count = len(rows)
    serial, last, mark = latest(rows)
    second, moved, start = i.second[rows], i.moved[rows], i.start[rows]
    lost = last & (kind == LOSE)
    first = kind == GAIN
    told = np.minimum(when + mix(rows, 2321) % 12, i.base)
    gain = np.select(
        [second, moved, (start == LAW) & (i.turned[rows] <= LAW), start == i.turned[rows]], [4, 5, 0, 1], 2
    )
    why = np.select(
        [moved & (kind == LOSE), kind == LOSE, moved & first, kind == CHANGE, kind == CORRECT], [5, 2, 4, 6, 99], 1
    )
    left = i.p.frame["status"].cast(pl.Int64).to_numpy()[i.resident[rows]]
    loss = np.select([moved, left == 3, left == 2], [2, 1, 2], 7)
    carded = np.where(first, start + 12, np.where(kind == LOSE, start + 12, when + 6))
    by_need = first & (certified[rows] != NO_DAY) & (i.end[rows] == NO_DAY) & last
    carded = np.minimum(np.where(by_need, certified[rows] + 3, carded), i.base)
    insurance = mix(i.at[rows], 2322) % len(INSURERS)
    town, numbered_before = MERGED
    old = (start < MERGED_ON) & (i.world.code == town) & ~moved
    return to_layout(
        "023",
        "被保険者資格情報",
        pl.DataFrame(
            {
                **i.key(rows),
                "履歴番号": number(serial),
                "最新フラグ": mark,
                "証記載保険者番号": constant(insurer(i.world.code), count),
                "被保険者区分": digits(1 + second, 1),
                "資格取得事由": digits(gain, 2),
                "資格取得年月日": dates(start),
                "資格取得届出年月日": dates(np.minimum(start + mix(i.at[rows], 2323) % 12, i.base)),
                "第1号該当年月日": dates(np.where(second, NO_DAY, start)),
                "異動事由": digits(why, 2),
                "異動年月日": dates(when),
                "資格喪失年月日": dates(np.where(lost, i.end[rows], NO_DAY)),
                "資格喪失事由": text(digits(loss, 2), lost),
                "資格喪失届出年月日": dates(np.where(lost, told, NO_DAY)),
                "住所地特例フラグ": flag(moved & ~lost),
                "住所地特例適用年月日": dates(np.where(moved, start, NO_DAY)),
                "住所地特例解除年月日": dates(np.where(moved & lost, i.end[rows], NO_DAY)),
                "旧市区町村コード": text(choose(numbered_before, mix(i.at[rows], 2324) % 4), old),
                "医療保険種別": text(choose([k for k, _ in INSURERS], insurance), second),
                "医療保険者番号": text(choose([n for _, n in INSURERS], insurance), second),
                "老齢福祉年金受給フラグ": flag(i.born[rows] < (dt.date(1911, 4, 2) - EPOCH).days),
                "生活保護受給フラグ": flag(i.aided[rows]),
                "被保険者証交付事由": digits(np.select([by_need, kind == CHANGE, kind == CORRECT], [2, 3, 4], 1), 2),
                "被保険者証交付年月日": dates(carded),
                "被保険者証回収年月日": dates(np.where(lost & chance(i.at[rows], 2325, 0.8), told, NO_DAY)),
                **stamp("kai", i.at[rows] * 16 + serial, told + 1, i.base),
            }
        ),
    )


def _events(i: Insured) -> tuple[Ints, Ints, Ints]:
    """Rows of the register: insured person, kind of event, day; ordered by person and day."""
    every = np.arange(i.size)
    homes = i.world.households.select(
        "hid", *(pl.col(c).to_physical().cast(pl.Int64).fill_null(NO_DAY) for c in ("move1", "move2"))
    )
    at = pl.DataFrame({"hid": i.home}).join(homes, on="hid", how="left", maintain_order="left").fill_null(NO_DAY)
    low = np.maximum(i.start, i.base - 365 * i.world.years)
    corrected = within(low + 5, i.until, i.at, 2326)
    blocks: list[tuple[Ints, int, Ints]] = [(every, GAIN, i.start)]
    for name in ("move1", "move2"):
        when = at[name].to_numpy()
        moved = np.flatnonzero((when != NO_DAY) & (when > i.start) & (when < i.until))
        blocks.append((moved, CHANGE, when[moved]))
    wrong = np.flatnonzero(
        chance(i.at, 2327, min(0.05 * i.world.years, 0.6)) & (corrected > i.start) & (corrected < i.until)
    )
    blocks.append((wrong, CORRECT, corrected[wrong]))
    gone = np.flatnonzero(i.end != NO_DAY)
    blocks.append((gone, LOSE, i.end[gone]))
    rows = np.concatenate([b[0] for b in blocks])
    kind = np.repeat([b[1] for b in blocks], [len(b[0]) for b in blocks])
    when = np.concatenate([b[2] for b in blocks])
    order = np.lexsort((kind, when, rows))
    return rows[order], kind[order], when[order]


def stays(i: Insured) -> pl.DataFrame:
    """施設入退所情報: 住所地特例 (1), 適用除外 (2), people of other towns in our facilities (3)."""
    world, p, base = i.world, i.p, i.base
    here = np.flatnonzero((p.removal == NO_DAY) & (p.entry < base - 500))
    age = p.age(base, here)
    exempt = _chosen(here[(age >= 40) & (age < 63)], i, max(2, round(len(here) * 0.0008)), 2331)
    guests = _chosen(here[(age >= 60) & (age < 64)], i, max(2, round(len(here) * 0.0019)), 2332)
    guests = guests[~np.isin(guests, exempt)]
    elsewhere = np.flatnonzero(i.moved)
    blocks = []
    for kind, position, start, end, lead in (
        (1, i.at[elsewhere], i.start[elsewhere], i.end[elsewhere], "1"),
        (2, exempt, within(np.maximum(p.entry[exempt], base - 4000), 0 * exempt + base - 400, exempt, 2333), None, "2"),
        (3, guests, within(np.maximum(p.entry[guests], base - 1500), 0 * guests + base - 400, guests, 2334), None, "3"),
    ):
        places = np.flatnonzero([f.code.startswith(lead) for f in FACILITIES])
        ends = np.full(len(position), NO_DAY) if end is None else end
        place = places[mix(position, 2335) % len(places)]
        known = np.where(ends == NO_DAY, base, ends)
        change = within(start + 60, known - 10, position, 2336)
        split = (mix(position, 2337) % 4 == 0) & (known - start > 200)
        if kind != 1:
            ends = np.where((mix(position, 2338) % 3 == 0) & ~split, within(start + 60, known, position, 2339), ends)
        again = np.flatnonzero(split)
        next_place = places[(mix(position, 2335) + 1) % len(places)]
        blocks.append((np.full(len(position), kind), position, start, np.where(split, change, ends), place))
        blocks.append((np.full(len(again), kind), position[again], change[again], ends[again], next_place[again]))
    ledger, position, start, end, place = (np.concatenate([b[k] for b in blocks]) for k in range(5))
    order = np.lexsort((start, position, ledger))
    ledger, position, start, end, place = (v[order] for v in (ledger, position, start, end, place))
    serial, _, mark = latest(ledger * 10**9 + position)
    ours = ledger == 1
    return to_layout(
        "023",
        "施設入退所情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(world.code, len(ledger)),
                "宛名番号": i.who.atena.gather(pl.Series(position)),
                "台帳種別": digits(ledger, 1),
                "履歴番号": number(serial),
                "最新フラグ": mark,
                "被保険者番号": text(digits(position + 1, 10), ours),
                "施設種別": choose([f.kind for f in FACILITIES], place),
                "施設番号": choose([f.number for f in FACILITIES], place),
                "施設名称": choose([f.name for f in FACILITIES], place),
                "施設所在_市区町村コード": choose([city_of(f, world) for f in FACILITIES], place),
                "入所年月日": dates(start),
                "退所年月日": dates(end),
                "保険者番号": text(choose(OTHER_INSURERS, mix(position, 2340) % len(OTHER_INSURERS)), ledger == 3),
                **stamp("kai", position * 8 + serial, np.where(end == NO_DAY, start, end) + 6, base),
            }
        ),
    )


def city_of(facility: Facility, world: World) -> str:
    """団体コード of where a facility stands; one elsewhere is never in the town itself."""
    if facility.city is None:
        return world.code
    return facility.city if facility.city != world.code else "352047"


def _chosen(positions: Ints, i: Insured, count: int, salt: int) -> Ints:
    free = positions[~np.isin(positions, i.at)]
    return np.sort(free[np.argsort(mix(free, salt), kind="stable")[:count]])
