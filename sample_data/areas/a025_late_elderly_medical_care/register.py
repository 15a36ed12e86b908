"""Who is insured by the 広域連合, and the groups about it: 後期被保険者, 資格確認書等交付, 送付先."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.insured import (
    People,
    april,
    constant,
    first_day,
    insurer_number,
    month_index,
    numbered,
    within,
)
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
from sample_data.tax.pool import uniform
from sample_data.world import World

AREA = "025"
BEGIN = day(2008, 4, 1)
"""The first day of the system."""
CARD_END = day(2024, 12, 2)
"""From this day no 被保険者証 is issued."""
HOMES = ("徳山苑", "光寿荘", "やまぶき園", "ひだまりの里")
REASONS = ("施設入所のため親族へ送付", "成年後見人の届出による", "入院のため送付先を変更", "本人の申出による")


@dataclass(frozen=True)
class Insured:
    """The insured as parallel arrays, ordered by person."""

    who: Ints
    start: Ints
    end: Ints
    """Day of the loss, or NO_DAY."""
    start_reason: Ints
    end_reason: Ints
    """資格喪失事由 as a number, 0 while it lasts."""
    disabled: Bools
    """Came in between 65 and 75 for a disability."""

    @property
    def size(self) -> int:
        return len(self.who)

    def at(self, who: Ints) -> Ints:
        """Their positions here."""
        return np.searchsorted(self.who, who)

    def overlap(self, first: int, last: int) -> Bools:
        touches: Bools = (self.start <= last) & ((self.end == NO_DAY) | (self.end > first))
        return touches


@dataclass(frozen=True)
class Book:
    """What all groups of the area are made from."""

    world: World
    p: People
    i: Insured
    base: int
    careless: Bools
    """Per resident: lets claims go unpaid."""

    @property
    def code(self) -> str:
        return self.world.code

    def atena(self, who: Ints, where: Bools | None = None) -> pl.Series:
        return self.p.column("atena", who, where)

    def insured_number(self, who: Ints) -> pl.Series:
        """被保険者番号, as area 014 holds it."""
        return digits(10_000_000 + who, 8)

    def stamp(self, keys: Ints, when: Ints) -> dict[str, pl.Series]:
        return operator("kki", keys, np.minimum(when, self.base))

    def head(self, who: Ints, count: int) -> dict[str, pl.Series]:
        return {"市区町村コード": constant(self.code, count), "宛名番号": self.atena(who)}

    @cached_property
    def relative(self) -> Ints:
        """Per resident: somebody else of the same household (husband or wife first), or the resident."""
        p = self.p
        by_home = np.lexsort((np.arange(p.size), p.hid))
        follows = np.append(by_home[1:], by_home[:1])
        same = p.hid[follows] == p.hid[by_home]
        near = np.arange(p.size)
        near[by_home] = np.where(same, follows, by_home)
        return np.where(p.spouse >= 0, p.spouse, near)


def insured(world: World, p: People, base: int) -> Insured:
    """Every resident from the age of 75 on; a few from 65 on, for a disability (before the kept years)."""
    every = np.arange(p.size)
    turns = p.birthday(75, every)
    early = (uniform(every, 25_011) < 0.02) & (turns < april(np.full(p.size, 2021))) & (turns > BEGIN + 900)
    from65 = p.birthday(65, every)
    sick = np.maximum(np.maximum(within(from65 + 30, turns - 60, every, 25_012), BEGIN + 30), p.entry + 10)
    early &= sick < turns - 40
    start = np.maximum(np.where(early, sick, turns), np.maximum(p.entry, BEGIN))
    old = np.flatnonzero((start <= base) & ((p.removal == NO_DAY) | (p.removal > start)))
    who, start, early = old, start[old], early[old]
    places = world.places["prefecture"]
    near = {
        name: places.gather(p.frame[name].fill_null(0).gather(pl.Series(who))).eq("山口県").to_numpy()
        for name in ("from_place", "to_place")
    }
    came = (start == p.entry[who]) & (start > turns[who])
    vague = p.frame["birth_unknown"].gather(pl.Series(who)).to_numpy()
    start_reason = np.select([early, start == BEGIN, came, vague], [2, 1, np.where(near["from_place"], 4, 3), 9], 1)
    end = p.removal[who]
    kind = p.frame["removal_reason"].fill_null("20").cast(pl.Int64).gather(pl.Series(who)).to_numpy() - 20
    leaves = np.where(near["to_place"], 6, 1)
    end_reason = np.where(
        end == NO_DAY, 0, np.select([kind == 1, kind == 2, kind == 3, kind == 6], [leaves, 1, 2, 9], 99)
    )
    return Insured(who, start, end, start_reason, end_reason, early)


def qualifications(b: Book) -> pl.DataFrame:
    """後期被保険者: beginning, the age of 75 of those insured before, changes, end."""
    i, p = b.i, b.p
    last = np.where(i.end == NO_DAY, b.base - 1, i.end)
    every = np.arange(i.size)
    turns = p.birthday(75, i.who)
    blocks = [(every, i.start, np.full(i.size, 1))]
    some = np.flatnonzero(i.disabled & (turns < last) & (mix(i.who, 25_021) % 3 > 0))
    blocks.append((some, turns[some], np.full(len(some), 3)))
    for k, share in ((0, 0.6), (1, 0.35), (2, 0.12)):
        some = np.flatnonzero((uniform(i.who, 25_022 + k) < share) & (last - i.start > 120))
        kind = np.where(mix(some + k, 25_026) % 15 == 0, 5, 3)
        blocks.append((some, within(i.start[some] + 30, last[some] - 5, i.who[some], 25_027 + k), kind))
    some = np.flatnonzero(i.end != NO_DAY)
    blocks.append((some, i.end[some], np.full(len(some), 2)))
    at, when, kind = (np.concatenate([block[n] for block in blocks]) for n in range(3))
    order = np.lexsort((kind == 2, when, at))
    at, when, kind = at[order], when[order], kind[order]
    who = i.who[at]
    serial, latest = numbered(at)
    ended = kind == 2
    filed = np.minimum(when + 2 + mix(who * 31 + serial, 25_031) % 14, b.base)
    still = i.disabled[at] & ((mix(who, 25_021) % 3 == 0) | (when < turns[at]))
    asked = i.start[at] - 10 - mix(who, 25_032) % 20
    place = np.where(mix(who, 25_033) % 160 == 3, 1 + (mix(who, 25_034) % 4 == 0), 0)
    site = choose(HOMES, mix(who, 25_035) % len(HOMES))
    dependent = (i.start_reason[at] == 1) & (i.start[at] > BEGIN) & (mix(who, 25_036) % 18 == 0)
    before = pl.select(
        pl.when(pl.Series(mix(who, 25_037) % 3 > 0))
        .then(pl.lit(insurer_number("35", b.code)))
        .otherwise(choose(["01350019", "06350011", "31350214"], mix(who, 25_038) % 3))
    ).to_series()
    received = np.minimum(filed + 3, b.base)
    return to_layout(
        AREA,
        "後期被保険者",
        pl.DataFrame(
            {
                **b.head(who, len(who)),
                "個人履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "保険者番号": constant(insurer_number("3935", b.code), len(who)),
                "被保険者番号": b.insured_number(who),
                "個人番号": p.column("kojin_bango", who),
                "世帯番号": p.column("setai_no", who),
                "氏名": p.column("name", who),
                "氏名_フリガナ": p.column("name_kana", who),
                "性別": p.column("sex", who),
                **p.birth_items(who),
                "被保険者区分": digits(1 + still, 1),
                "異動区分": digits(kind, 1),
                "異動年月日": dates(when),
                "異動届出年月日": dates(np.where((kind == 1) & (i.start_reason[at] == 1), NO_DAY, filed)),
                "資格取得年月日": dates(i.start[at]),
                "資格取得事由": digits(i.start_reason[at], 2),
                "資格喪失年月日": dates(np.where(ended, i.end[at], NO_DAY)),
                "資格喪失事由": text(digits(i.end_reason[at], 2), ended),
                "障害認定申請年月日": dates(np.where(still, asked, NO_DAY)),
                "障害認定年月日": dates(np.where(still, i.start[at], NO_DAY)),
                "障害認定事由": text(choose(["1", "1", "1", "2", "3", "4"], mix(who, 25_039) % 6), still),
                "住所地特例区分": digits(place, 1),
                "住所地特例_施設名称": text(site, place > 0),
                "住所地特例_保険者広域連合番号": text(constant("39340112", len(who)), place == 1),
                "旧被扶養者フラグ": flag(dependent),
                "前保険者番号": text(before, i.start[at] > BEGIN),
                "マイナ保険証利用登録フラグ": flag(with_card(who)),
                "広域連合受信年月日": dates(np.where(mix(who + serial, 25_040) % 30 == 0, NO_DAY, received)),
                **b.stamp(who * 31 + serial, received),
            }
        ),
    )


def with_card(who: Ints) -> Bools:
    """Whose My Number card is registered as insurance card."""
    card: Bools = uniform(who, 24_131) < 0.62
    return card


def certificates(b: Book, years: list[int], judged: pl.DataFrame) -> pl.DataFrame:
    """資格確認書等交付; ``judged``: columns at (position among the insured), year, category, share."""
    i, base = b.i, b.base
    every = np.arange(i.size)
    rows: list[dict[str, Ints]] = []

    def add(at: Ints, kind: Ints | int, issued: Ints, valid: Ints, until: Ints, reason: Ints | int) -> None:
        like = np.zeros(len(at), np.int64)
        rows.append(
            {
                "at": at,
                "kind": like + kind,
                "issued": like + issued,
                "valid": like + valid,
                "until": like + until,
                "reason": like + reason,
            }
        )

    for year in years:
        turn, finish = day(year, 8, 1), day(year + 1, 7, 31)
        held = every[i.overlap(turn, turn) & (i.start <= turn)]
        fresh = every[(i.start > turn) & (i.start <= finish)]
        for at, reason in ((held, 2), (fresh, 1)):
            issued = day(year, 7, 12) + mix(at, 25_051) % 8 if reason == 2 else i.start[at] - 8
            valid = np.full(len(at), turn) if reason == 2 else i.start[at]
            until = np.full(len(at), finish)
            paper = np.where(issued < CARD_END, np.where(b.careless[i.who[at]] & (mix(at, 25_052) % 30 == 0), 7, 1), 2)
            add(at, paper, issued, valid, until, reason)
            # The limits: a card of its own before, a mark on the new paper after.
            part = np.flatnonzero((mix(at * 11 + year, 25_053) % 100 < 22) & (issued < CARD_END))
            add(
                at[part], np.where(mix(at[part], 25_054) % 5 == 0, 4, 5), issued[part], valid[part], until[part], reason
            )
            ill = np.flatnonzero(mix(at, 25_055) % 150 == 7)
            add(at[ill], 6, issued[ill], valid[ill], until[ill], reason)
            told = np.flatnonzero((issued >= CARD_END) & with_card(i.who[at]) & (mix(at, 25_056) % 6 == 0))
            add(at[told], 3, issued[told], valid[told], until[told], reason)
        again = turn + 15 + mix(every * 13 + year, 25_057) % 300
        lost = every[
            (mix(every * 13 + year, 25_058) % 30 == 0)
            & (i.start < again)
            & ((i.end == NO_DAY) | (i.end > again))
            & (again <= base - 2)
        ]
        when = again[lost]
        add(lost, np.where(when < CARD_END, 1, 2), when, when, np.full(len(lost), finish), 3 + mix(lost, 25_059) % 3)
    c = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    order = np.lexsort((c["reason"], c["issued"], c["kind"], c["at"]))
    c = {name: values[order] for name, values in c.items()}
    at, kind = c["at"], c["kind"]
    who = i.who[at]
    turned = 1970 + (month_index(c["valid"]) - 7) // 12
    found = pl.DataFrame({"at": at, "year": turned}).join(judged, on=["at", "year"], how="left", maintain_order="left")
    category, share = found["category"].fill_null(14).to_numpy(), found["share"].fill_null(1).to_numpy()
    serial, latest = numbered(at * 10 + kind)
    marked = (kind == 2) & (mix(at, 25_061) % 3 == 0)
    gone = (i.end[at] != NO_DAY) & (i.end[at] <= c["until"]) & (kind != 3)
    back = gone & (mix(at, 25_062) % 10 < 7)
    asked = np.isin(kind, (4, 5, 6)) & (c["reason"] == 1) | np.isin(c["reason"], (3, 4))
    returned = np.minimum(np.maximum(i.end[at], c["issued"]) + mix(at, 25_063) % 20, base)
    long_stay = (category == 15) & np.isin(kind, (2, 5)) & (mix(at, 25_064) % 12 == 0) & (c["valid"] + 60 < base)
    return to_layout(
        AREA,
        "資格確認書等交付",
        pl.DataFrame(
            {
                **b.head(who, len(who)),
                "証種別": digits(kind, 2),
                "交付番号": number(serial),
                "最新フラグ": flag(latest),
                "被保険者番号": b.insured_number(who),
                "交付申請年月日": dates(np.where(asked, c["issued"] - mix(at, 25_065) % 5, NO_DAY)),
                "交付事由": digits(c["reason"], 1),
                "交付年月日": dates(c["issued"]),
                "発効年月日": dates(c["valid"]),
                "有効期限年月日": dates(np.where(kind == 3, NO_DAY, c["until"])),
                "一部負担金割合": text(digits(share, 1), kind <= 2),
                "限度区分併記フラグ": text(flag(marked), kind == 2),
                "限度区分": text(digits(category, 2), marked | np.isin(kind, (4, 5))),
                "長期入院該当年月日": dates(np.where(long_stay, c["valid"] + 30, NO_DAY)),
                "特定疾病区分": text(choose(["1", "1", "1", "2", "3"], mix(who, 25_066) % 5), kind == 6),
                "引渡方法": choose(["1", "3", "3", "4", "2"], np.where(asked, 0, 1 + mix(at, 25_067) % 4)),
                "返戻フラグ": flag(mix(at + serial, 25_068) % 60 == 0),
                "回収年月日": dates(np.where(back, returned, NO_DAY)),
                **b.stamp(who * 100 + kind, c["issued"]),
            }
        ),
    )


def mailing(b: Book) -> pl.DataFrame:
    """送付先: at most two entries a person and use."""
    i, p, base = b.i, b.p, b.base
    last = np.where(i.end == NO_DAY, base, i.end)
    long_ = last - i.start > 200
    chosen = np.flatnonzero((uniform(i.who, 25_071) < 0.085) & long_)
    if not len(chosen):
        chosen = np.flatnonzero(long_)[:1]
    twice = chosen[mix(chosen, 25_072) % 6 == 0]
    at = np.concatenate([chosen, twice])
    second = np.repeat([0, 1], [len(chosen), len(twice)])
    order = np.lexsort((second, at))
    at, second = at[order], second[order]
    who = i.who[at]
    serial, latest = numbered(at)
    room = np.maximum(last[at] - 20 - i.start[at], 40)
    first = i.start[at] + 10 + mix(at, 25_073) % (room // 2)
    start = np.where(second == 1, first + room // 2, first)
    finish = np.where(latest, NO_DAY, start + room // 2 - 1)
    expires = latest & (mix(at, 25_074) % 5 == 0)
    finish = np.where(expires, first_day(month_index(start) + 24) - 1, finish)
    kind = np.array([2, 2, 2, 3, 4, 1, 5, 9])[mix(at, 25_075) % 8]
    other = b.relative[who]
    kind = np.where(np.isin(kind, (2, 5)) & (other == who), 1, kind)
    kin = np.isin(kind, (2, 5))
    site = choose(HOMES, mix(at, 25_076) % len(HOMES))
    name = pl.select(
        pl.when(pl.Series(kind == 4)).then(site).otherwise(p.column("name", np.where(kin, other, who)))
    ).to_series()
    usable = b.world.addresses.filter(pl.col("postal").is_not_null())["addr_id"].to_numpy()
    place = b.world.with_address(pl.DataFrame({"addr_id": usable[mix(at, 25_077) % len(usable)]}))
    line = place.select(pl.concat_str([pl.col(c).fill_null("") for c in ("prefecture", "city", "town", "banchi")]))
    phone = pl.Series(["0834-"]).gather(np.zeros(len(at), np.int64)) + digits(mix(at, 25_078) % 90 + 10, 2)
    return to_layout(
        AREA,
        "送付先",
        pl.DataFrame(
            {
                **b.head(who, len(who)),
                "送付用途": choose(["1", "1", "1", "2", "3", "4"], mix(at, 25_079) % 6),
                "送付先履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "送付先区分": digits(kind, 1),
                "送付先_宛名番号": b.atena(other, kin),
                "送付先_氏名": name,
                "送付先_住所_郵便番号": place["postal"],
                "送付先_住所": line.to_series(),
                "送付先_住所_方書": place["building"],
                "送付先_電話番号": text(
                    phone + pl.Series(["-"]) + digits(mix(at, 25_080) % 10_000, 4), mix(at, 25_081) % 3 > 0
                ),
                "適用開始年月日": dates(start),
                "適用終了年月日": dates(finish),
                "登録事由": text(choose(REASONS, mix(at, 25_082) % len(REASONS)), mix(at, 25_083) % 4 > 0),
                **b.stamp(who * 10 + serial, start + 2),
            }
        ),
    )
