"""Groups of area 024 about who is insured: 国保世帯, 国保被保険者資格, 個人適用事項."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a024_national_health_insurance.members import Homes, Spells, is_old_branch
from sample_data.areas.insured import (
    People,
    constant,
    first_day,
    insurer_number,
    month_index,
    month_text,
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

AREA = "024"
FACILITIES = ("清流園", "希望の里", "桜ヶ丘療護園", "みどり学園")
PRISON = "山口刑務所"


@dataclass(frozen=True)
class Book:
    """What all groups of the area are made from."""

    world: World
    p: People
    h: Homes
    s: Spells
    base: int
    careless: Bools
    """Per resident: lets claims go unpaid."""

    @property
    def code(self) -> str:
        return self.world.code

    @cached_property
    def town(self) -> str:
        return self.world.municipality.name

    def atena(self, who: Ints, where: Bools | None = None) -> pl.Series:
        return self.p.column("atena", who, where)

    def home_number(self, home: Ints) -> pl.Series:
        """国保世帯番号: in the old system eight digits."""
        return digits(self.h.head[home] * 10 + 100_001, 15)

    def stamp(self, keys: Ints, when: Ints) -> dict[str, pl.Series]:
        return operator("kho", keys, np.minimum(when, self.base))

    @cached_property
    def special(self) -> Bools:
        """Per home: on 特別療養費 for its arrears, with a day in :meth:`special_day`."""
        h = self.h
        marked: Bools = self.careless[h.head] & ~h.old & (h.end == NO_DAY) & (uniform(h.head, 24_101) < 0.25)
        lasting: Bools = marked & (h.start < self.base - 400)
        return lasting

    @cached_property
    def special_day(self) -> Ints:
        return self.base - 20 - mix(self.h.head, 24_102) % 280

    @cached_property
    def elsewhere(self) -> Bools:
        """Per home: letters go to another address."""
        chosen: Bools = uniform(self.h.head, 24_103) < 0.035
        chosen[:1] = True
        return chosen


def households(b: Book) -> pl.DataFrame:
    """国保世帯: the beginning, up to two changes, the end."""
    h = b.h
    all_ = np.arange(h.size)
    last = np.where(h.end == NO_DAY, b.base - 1, h.end)
    special = b.special
    blocks = [(all_, h.start, np.full(h.size, 1))]
    for k, share in ((1, 0.55), (2, 0.3)):
        some = np.flatnonzero((uniform(h.head, 24_110 + k) < share) & (last - h.start > 120))
        blocks.append(
            (some, within(h.start[some] + 30, last[some] - 5, h.head[some], 24_113 + k), np.full(len(some), 3))
        )
    some = np.flatnonzero(special)
    blocks.append((some, b.special_day[some], np.full(len(some), 3)))
    some = np.flatnonzero(h.end != NO_DAY)
    blocks.append((some, h.end[some], np.full(len(some), 2)))
    home, when, kind = (np.concatenate([block[i] for block in blocks]) for i in range(3))
    order = np.lexsort((kind == 2, when, home))
    home, when, kind = home[order], when[order], kind[order]
    serial, latest = numbered(home)
    ended = kind == 2
    marked = special[home] & (when >= b.special_day[home])
    away = b.elsewhere[home] & latest
    filed = np.minimum(when + mix(home * 10 + serial, 24_117) % 15, b.base)
    unfiled = mix(home * 10 + serial, 24_118) % 12 == 0
    head = h.head[home]
    place = b.world.with_address(pl.DataFrame({"addr_id": _other_address(b, home)}))
    line = place.select(
        pl.concat_str([pl.col(c).fill_null("") for c in ("prefecture", "city", "town", "banchi")])
        + pl.when(pl.col("building").is_not_null()).then("　" + pl.col("building")).otherwise(pl.lit(""))
    ).to_series()
    return to_layout(
        AREA,
        "国保世帯",
        pl.DataFrame(
            {
                "市区町村コード": constant(b.code, len(home)),
                "国保世帯番号": b.home_number(home),
                "世帯履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "保険者番号": constant(insurer_number("35", b.code), len(home)),
                "被保険者記号": constant(b.town.removesuffix("市").removesuffix("町"), len(home)),
                "被保険者番号": digits(head + 1, 7),
                "世帯番号": b.p.column("setai_no", head),
                "世帯主_宛名番号": b.atena(head),
                "世帯主区分": digits(1 + h.formal[home], 1),
                "世帯適用開始年月日": dates(h.start[home]),
                "世帯適用開始事由": digits(h.start_reason[home], 2),
                "世帯適用終了年月日": dates(np.where(ended, h.end[home], NO_DAY)),
                "世帯適用終了事由": text(digits(h.end_reason[home], 2), ended),
                "異動区分": digits(kind, 1),
                "異動年月日": dates(when),
                "届出年月日": dates(np.where(unfiled, NO_DAY, filed)),
                "特別療養費対象フラグ": flag(marked),
                "特別療養費対象開始年月日": dates(np.where(marked, b.special_day[home], NO_DAY)),
                "送付先設定フラグ": flag(away),
                "送付先_氏名": b.p.column("name", _relative(b, home), away),
                "送付先_住所_郵便番号": text(place["postal"], away),
                "送付先_住所": text(line, away),
                **b.stamp(head * 10 + serial, filed),
            }
        ),
    )


def _relative(b: Book, home: Ints) -> Ints:
    """Who gets the letters: husband or wife, else the head."""
    head = b.h.head[home]
    return np.where(b.p.spouse[head] >= 0, b.p.spouse[head], head)


def _other_address(b: Book, home: Ints) -> Ints:
    table = b.world.addresses["addr_id"].to_numpy()
    usable = table[b.world.addresses["postal"].is_not_null().to_numpy()]
    chosen: Ints = usable[mix(home, 24_119) % len(usable)].astype(np.int64)
    return chosen


def qualifications(b: Book) -> pl.DataFrame:
    """国保被保険者資格: beginning, ages 40 and 65, other changes, end of each spell."""
    s, p = b.s, b.p
    all_ = np.arange(s.size)
    last = np.where(s.end == NO_DAY, b.base - 1, s.end)
    blocks = [(all_, s.start, np.full(s.size, 1))]
    for years in (40, 65):
        turns = p.birthday(years, s.who)
        some = np.flatnonzero((turns > s.start) & (turns < last))
        blocks.append((some, turns[some], np.full(len(some), 3)))
    some = np.flatnonzero((uniform(s.who * 5 + s.home, 24_121) < 0.4) & (last - s.start > 90))
    blocks.append((some, within(s.start[some] + 20, last[some] - 5, s.who[some], 24_122), np.full(len(some), 3)))
    some = np.flatnonzero((uniform(s.who * 5 + s.home, 24_123) < 0.02) & (last - s.start > 90))
    blocks.append((some, s.start[some] + 10, np.full(len(some), 5)))
    some = np.flatnonzero(s.end != NO_DAY)
    blocks.append((some, s.end[some], np.full(len(some), 2)))
    spell, when, kind = (np.concatenate([block[i] for block in blocks]) for i in range(3))
    order = np.lexsort((kind == 2, when, spell, s.who[spell]))
    spell, when, kind = spell[order], when[order], kind[order]
    who = s.who[spell]
    serial, latest = numbered(who)
    ended = kind == 2
    filed = np.minimum(when + mix(who * 31 + serial, 24_124) % 15, b.base)
    automatic = (kind == 3) & (when == p.birthday(40, who)) | (when == p.birthday(65, who))
    start = s.start[spell]
    age = p.age(when, who)
    retired = is_old_branch(s.end[spell]) & (mix(who, 24_125) % 12 == 0)
    special = np.select(
        [
            (age >= 18) & (age < 23) & (s.branch[spell] > 1) & (mix(who, 24_126) % 6 == 0),
            (age >= 65) & (mix(who, 24_126) % 180 == 0),
        ],
        [1, 2],
        0,
    )
    earlier = (s.start_reason[spell] == 1) & (start >= day(2019, 4, 1)) & (mix(who, 24_127) % 3 == 0)
    in_prefecture = np.where(earlier, start - 30 - mix(who, 24_128) % 330, start)
    in_prefecture = np.where(in_prefecture < p.birth[who], start, in_prefecture)
    employer = np.isin(s.start_reason[spell], (2, 6)) & (mix(who, 24_129) % 4 > 0)
    before = pl.select(
        pl.when(pl.Series(s.start_reason[spell] == 6))
        .then(pl.Series(constant("133033", len(who))))
        .otherwise(choose(["01350019", "06350011", "32350114", "31350214"], mix(who, 24_130) % 4))
    ).to_series()
    head = b.h.head[b.s.home[spell]]
    return to_layout(
        AREA,
        "国保被保険者資格",
        pl.DataFrame(
            {
                "市区町村コード": constant(b.code, len(who)),
                "宛名番号": b.atena(who),
                "個人履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "国保世帯番号": b.home_number(s.home[spell]),
                "枝番": text(digits(s.branch[spell], 2), ~is_old_branch(s.end[spell])),
                "個人番号": p.column("kojin_bango", who),
                "氏名": p.column("name", who),
                "氏名_フリガナ": p.column("name_kana", who),
                "性別": p.column("sex", who),
                **p.birth_items(who),
                "続柄表記": text(_relation(b, who, head)),
                "資格区分": digits(1 + retired, 1),
                "異動区分": digits(kind, 1),
                "異動年月日": dates(when),
                "異動届出年月日": dates(np.where(automatic, NO_DAY, filed)),
                "処理年月日": dates(filed),
                "資格取得年月日": dates(start),
                "資格取得事由": digits(s.start_reason[spell], 2),
                "都道府県資格取得年月日": dates(np.where(start >= day(2018, 4, 1), in_prefecture, NO_DAY)),
                "資格喪失年月日": dates(np.where(ended, s.end[spell], NO_DAY)),
                "資格喪失事由": text(digits(s.end_reason[spell], 2), ended),
                "前保険者番号": text(before, employer),
                "学遠区分": digits(special, 1),
                "介護該当フラグ": flag((age >= 40) & (age < 65)),
                "マイナ保険証利用登録フラグ": flag(with_card(who)),
                **b.stamp(who * 31 + serial, filed),
            }
        ),
    )


def with_card(who: Ints) -> Bools:
    """Whose My Number card is registered as insurance card."""
    card: Bools = uniform(who, 24_131) < 0.62
    return card


def _relation(b: Book, who: Ints, head: Ints) -> pl.Series:
    """Relation to the head of the 国保世帯."""
    label = b.p.frame["relation_label"].gather(pl.Series(who))
    return pl.select(
        pl.when(pl.Series(who == head))
        .then(pl.lit("世帯主"))
        .when(label == "世帯主")
        .then(pl.lit("同居人"))
        .otherwise(label)
    ).to_series()


def circumstances(b: Book) -> pl.DataFrame:
    """個人適用事項."""
    s, p, base = b.s, b.p, b.base
    window = (b.world.window.toordinal() - 719_163) - 365
    last = np.where(s.end == NO_DAY, base, s.end)
    drawn = uniform(s.who, 24_141)
    age = p.age(s.start, s.who)
    moved = np.flatnonzero(s.end_reason == 5)
    dependent = np.flatnonzero((age >= 65) & (s.start_reason == 2) & (s.start > window) & (drawn < 0.3))
    jobless = np.flatnonzero((age >= 20) & (age < 65) & (s.start_reason == 2) & (s.start > window) & (drawn < 0.25))
    if not len(jobless):
        jobless = np.flatnonzero((age >= 20) & (s.start_reason == 2) & (s.start < base - 30))[:1]
    home40 = p.birthday(40, s.who)
    housed = np.flatnonzero((home40 < base - 400) & (p.birthday(65, s.who) > base) & (last == base) & (drawn < 0.01))
    jailed = np.flatnonzero((age >= 20) & (last == base) & (drawn > 0.9985))
    child = np.flatnonzero((p.birth > day(2023, 12, 1)) & (p.birth < base - 40))
    mother_of = _mothers(b, child)
    births = np.flatnonzero(mother_of >= 0)
    mother, baby = mother_of[births], child[births]
    blocks = [
        (moved, 1, s.end[moved], np.full(len(moved), NO_DAY)),
        (dependent, 2, s.start[dependent], p.birthday(75, s.who[dependent])),
        (jobless, 3, s.start[jobless], _next_march(s.start[jobless])),
        (housed, 4, np.maximum(s.start[housed], home40[housed]), np.full(len(housed), NO_DAY)),
        (mother, 5, first_day(month_index(p.birth[baby]) - 1), first_day(month_index(p.birth[baby]) + 3) - 1),
        (
            jailed,
            6,
            within(s.start[jailed], np.full(len(jailed), base - 10), s.who[jailed], 24_142),
            np.full(len(jailed), NO_DAY),
        ),
    ]
    spell = np.concatenate([block[0] for block in blocks]).astype(np.int64)
    kind = np.concatenate([np.full(len(block[0]), block[1]) for block in blocks])
    start = np.concatenate([block[2] for block in blocks])
    end = np.concatenate([block[3] for block in blocks])
    born = np.concatenate([p.birth[baby] if block[1] == 5 else np.full(len(block[0]), NO_DAY) for block in blocks])
    order = np.lexsort((start, kind, s.who[spell]))
    spell, kind, start, end, born = spell[order], kind[order], start[order], end[order], born[order]
    who = s.who[spell]
    serial, latest = numbered(who * 10 + kind)
    asked = np.minimum(np.maximum(start, s.start[spell]) + 3 + mix(who * 7 + kind, 24_143) % 25, base)
    automatic = kind == 1
    decided = np.minimum(asked + 4 + mix(who, 24_144) % 6, base)
    quit_ = np.where(kind == 3, start - 1, NO_DAY)
    parted = kind == 5
    twins = mix(who, 24_145) % 50 == 0
    from_ = month_index(np.where(parted, start, 0))
    place = pl.select(
        pl.when(pl.Series(kind == 6))
        .then(pl.lit(PRISON))
        .otherwise(pl.lit(b.town.removesuffix("市").removesuffix("町")) + choose(FACILITIES, mix(who, 24_146) % 4))
    ).to_series()
    return to_layout(
        AREA,
        "個人適用事項",
        pl.DataFrame(
            {
                "市区町村コード": constant(b.code, len(who)),
                "宛名番号": b.atena(who),
                "適用種別": digits(kind, 2),
                "適用履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "適用開始年月日": dates(start),
                "適用終了年月日": dates(end),
                "申請年月日": dates(np.where(automatic, NO_DAY, asked)),
                "決定年月日": dates(decided),
                "離職年月日": dates(quit_),
                "離職理由": text(
                    choose(["11", "12", "21", "22", "23", "31", "32", "33", "34"], mix(who, 24_147) % 9), kind == 3
                ),
                "出産予定年月日": dates(np.where(parted, born + mix(who, 24_148) % 15 - 7, NO_DAY)),
                "多胎フラグ": text(flag(twins), parted),
                "免除開始年月": month_text(from_ - 2 * twins, parted),
                "免除終了年月": month_text(from_ + 3, parted),
                "後期移行年月日": dates(np.where(kind == 1, start, NO_DAY)),
                "施設名称": text(place, np.isin(kind, (4, 6))),
                **b.stamp(who * 7 + kind, decided),
            }
        ),
    )


def _next_march(days: Ints) -> Ints:
    """31 March of the fiscal year after that of ``days``."""
    months = month_index(days)
    return first_day((months - 3) // 12 * 12 + 3 + 24) - 1


def _mothers(b: Book, child: Ints) -> Ints:
    """The spell of each child's mother (a woman of 18 to 49 of the same household, insured at the birth), or -1."""
    p, s = b.p, b.s
    if not len(child) or not s.size:
        return np.full(len(child), -1)
    age = p.age(np.full(s.size, b.base), s.who)
    able = np.flatnonzero(~p.male[s.who] & (age >= 19) & (age < 51))
    able = able[np.lexsort((able, p.hid[s.who[able]]))]
    if not len(able):
        return np.full(len(child), -1)
    hids, first = np.unique(p.hid[s.who[able]], return_index=True)
    at = np.minimum(np.searchsorted(hids, p.hid[child]), len(hids) - 1)
    spell = able[first[at]]
    insured = (s.start[spell] < p.birth[child] - 40) & (
        (s.end[spell] == NO_DAY) | (s.end[spell] > p.birth[child] + 120)
    )
    older = p.birth[child] - p.birth[s.who[spell]] > 17 * 365
    # One child a mother and year: twins are one case.
    good = (hids[at] == p.hid[child]) & insured & older
    case = spell * 4000 + month_index(p.birth[child])
    _, once = np.unique(case, return_index=True)
    single = np.zeros(len(child), bool)
    single[once] = True
    return np.where(good & single, spell, -1)
