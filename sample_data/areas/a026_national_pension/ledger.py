"""The ledger of area 026: 国民年金被保険者 and 資格異動履歴."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.areas.a026_national_pension.members import (
    ABROAD,
    AT_60,
    BY_DEATH,
    LOSS,
    Members,
)
from sample_data.areas.insured import numbered, pension_ids
from sample_data.tax.frames import (
    NO_DAY,
    Bools,
    Ints,
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

GAIN, CHANGE, LOSE, CORRECT, MOVE = 1, 2, 3, 4, 6
"""異動種別."""
OFFICIAL = day(2019, 10, 1)
"""Since then nobody has to notify the town of the twentieth birthday."""


@dataclass(frozen=True)
class Events:
    """Rows of the history, ordered by member and day."""

    row: Ints
    kind: Ints
    when: Ints
    before: Ints
    """Kind of insurance before and after, 0 where the event has none."""
    after: Ints
    gain: Ints
    """資格取得事由, 0 where none."""
    loss: Ints
    official: Bools
    """Without a notification."""
    told: Ints
    """Day of the notification, or NO_DAY."""


def events(m: Members) -> Events:
    """All changes of qualification, moves of house, and a few corrections."""
    row, step, kind, when = m.steps
    prior = np.where(step == 0, 0, np.concatenate([[0], kind[:-1]]))
    what = np.where(kind == LOSS, LOSE, np.where((step == 0) | (prior == LOSS), GAIN, CHANGE))
    entry = m.p.entry[m.resident[row]]
    came = (
        (step == 0)
        & ~m.outside[row]
        & (np.abs(entry - when) < 40)
        & (m.p.frame["entry_reason"] == "03").to_numpy()[m.resident[row]]
    )
    gain = np.select(
        [kind == LOSS, np.isin(kind, (4, 5, 6)), kind == 2, kind == 3, prior == 2, prior == 3, came],
        [0, 5, 7, 6, 2, 3, 4],
        1,
    )
    gain = np.where((gain == 1) & (when > m.born[row] + 7400), 99, gain)
    why = m.why[row]
    loss = np.select([kind != LOSS, why == AT_60, why == BY_DEATH, why == ABROAD], [0, 1, 4, 5], 99)
    blocks: list[tuple[Ints, ...]] = [
        (row, what, when, np.where(what == CHANGE, prior, 0), np.where(kind == LOSS, 0, kind), gain, loss)
    ]
    homes = m.world.households.select(
        "hid", *(pl.col(c).to_physical().cast(pl.Int64).fill_null(NO_DAY) for c in ("move1", "move2"))
    )
    mine = pl.DataFrame({"hid": np.where(m.outside, -1, m.p.hid[m.resident])})
    moves = mine.join(homes, on="hid", how="left", maintain_order="left").fill_null(NO_DAY)
    end = np.where(m.lost == NO_DAY, m.base, m.lost)
    for name in ("move1", "move2"):
        day_ = moves[name].to_numpy()
        hit = np.flatnonzero((day_ != NO_DAY) & (day_ > m.first) & (day_ < end))
        blocks.append((hit, np.full(len(hit), MOVE), day_[hit], *(np.zeros(len(hit), np.int64) for _ in range(4))))
    wrong = np.flatnonzero(uniform(m.at, 2621) < 0.012)
    fixed = np.minimum(m.since[wrong] + 50 + mix(m.at[wrong], 2622) % 200, m.base - 3)
    keep = fixed > m.since[wrong]
    wrong, fixed = wrong[keep], fixed[keep]
    blocks.append((wrong, np.full(len(wrong), CORRECT), fixed, *(np.zeros(len(wrong), np.int64) for _ in range(4))))
    row, what, when, before, after, gain, loss = (np.concatenate([b[k] for b in blocks]) for k in range(7))
    order = np.lexsort((what, when, row))
    row, what, when, before, after, gain, loss = (v[order] for v in (row, what, when, before, after, gain, loss))
    official = (
        (after == 2)
        | ((what == LOSE) & (loss == 1))
        | ((gain == 1) & (when >= OFFICIAL))
        | (what == CORRECT)
        | ((after == 3) & (when >= day(2002, 4, 1)))
    )
    told = np.where(official, NO_DAY, np.minimum(when + 1 + mix(m.at[row] * 16 + what, 2623) % 13, m.base))
    return Events(row, what, when, before, after, gain, loss, official, told)


def history(m: Members, e: Events) -> pl.DataFrame:
    """資格異動履歴."""
    serial, last = numbered(e.row)
    key = m.at[e.row] * 16 + serial
    done = np.where(e.told == NO_DAY, np.minimum(e.when + 20 + mix(key, 2624) % 15, m.base), e.told)
    seen = done + 12 + mix(key, 2625) % 20
    return to_layout(
        "026",
        "資格異動履歴",
        pl.DataFrame(
            {
                **m.key(e.row),
                "異動履歴番号": number(serial),
                "最新フラグ": flag(last),
                "異動種別": digits(e.kind, 1),
                "異動年月日": dates(e.when),
                "異動前種別": text(digits(e.before, 1), e.before > 0),
                "異動後種別": text(digits(e.after, 1), e.after > 0),
                "資格取得事由": text(digits(e.gain, 2), e.gain > 0),
                "資格喪失事由": text(digits(e.loss, 2), e.loss > 0),
                "届出年月日": dates(e.told),
                "職権フラグ": flag(e.official),
                "任意加入申出年月日": dates(np.where(np.isin(e.after, (4, 5, 6)), np.minimum(e.when, e.told), NO_DAY)),
                "処理年月日": dates(done),
                "機構確認年月日": dates(np.where((seen <= m.base) & (e.kind != MOVE), seen, NO_DAY)),
                **operator("nen", key, np.minimum(done + 1, m.base)),
            }
        ),
    )


def insured(m: Members, e: Events, extra: Ints) -> pl.DataFrame:
    """国民年金被保険者; ``extra``: 付加区分 of each member."""
    every = np.arange(m.size)
    gained = np.flatnonzero(e.after > 0)
    order = np.argsort(e.row[gained], kind="stable")
    last = np.zeros(m.size, np.int64)
    last[e.row[gained][order]] = gained[order]
    ended = m.kind == 0
    lose = np.flatnonzero(e.kind == LOSE)
    loss = np.zeros(m.size, np.int64)
    loss[e.row[lose]] = e.loss[lose]
    person, (pension_no, given) = m.person, m.number
    spouse = m.spouse
    theirs = pension_no_of(spouse)
    elsewhere = np.where(m.outside, True, mix(m.at, 2631) % 45 == 0)
    address = m.world.addresses[pl.Series(mix(m.at, 2632) % m.world.addresses.height)]
    place = address.select(
        pl.concat_str([pl.col(c).fill_null("") for c in ("prefecture", "city", "town", "banchi")]).alias("at")
    )["at"]
    book = np.select(
        [m.first >= day(2022, 4, 1), m.first >= day(1997, 1, 1)], [2, 1], np.where(mix(m.at, 2633) % 3, 1, 3)
    )
    changed = np.maximum(e.when[last], np.where(ended, m.lost, NO_DAY))
    return to_layout(
        "026",
        "国民年金被保険者",
        pl.DataFrame(
            {
                **m.key(every),
                "基礎年金番号": text(pension_no, given),
                "基礎年金番号未付番フラグ": flag(~given),
                "個人番号": text(person["kojin_bango"], (mix(m.at, 2634) % 25 > 0) & ~m.outside),
                "氏名": person["name"],
                "氏名_フリガナ": person["name_kana"],
                "性別": person["sex"].fill_null("0"),
                **_birth(m),
                "被保険者種別": digits(m.kind, 1),
                "資格取得年月日": dates(e.when[last]),
                "資格取得事由": digits(e.gain[last], 2),
                "資格喪失年月日": dates(np.where(ended, m.lost, NO_DAY)),
                "資格喪失事由": text(digits(loss, 2), ended),
                "初回資格取得年月日": dates(m.first),
                "付加区分": digits(extra, 1),
                "口座振替フラグ": flag((m.kind == 1) & (mix(m.at, 2635) % 3 == 0)),
                "外国人フラグ": flag(person["is_foreign"].fill_null(False).to_numpy()),
                "配偶者_宛名番号": text(m.p.frame["atena"].gather(pl.Series(np.maximum(spouse, 0))), spouse >= 0),
                "配偶者_基礎年金番号": text(theirs, (spouse >= 0) & (mix(m.at, 2636) % 4 > 0)),
                "通知書交付区分": text(digits(book, 1), mix(m.at, 2637) % 30 > 0),
                "不在フラグ": flag((mix(m.at, 2638) % 160 == 0) & (m.kind == 1)),
                "送付先_住所_郵便番号": text(address["postal"], elsewhere),
                "送付先_住所": text(place, elsewhere),
                **operator("nen", m.at, np.minimum(changed + 21, m.base)),
            }
        ),
    )


def pension_no_of(who: Ints) -> pl.Series:
    """基礎年金番号 of positions among the payers; anything for -1."""
    return pension_ids(np.maximum(who, 0))["基礎年金番号"]


def _birth(m: Members) -> dict[str, pl.Series]:
    """生年月日 and its 不詳 items; the birthdays of people outside are known."""
    known = m.p.birth_items(m.resident)
    outside = m.person["birth"].dt.to_string("%Y-%m-%d")
    away = pl.Series(m.outside)
    frame = pl.DataFrame({**known, "away": away, "there": outside})
    out = frame.select(
        pl.when("away").then("there").otherwise("生年月日").alias("生年月日"),
        pl.when("away").then(pl.lit("0")).otherwise("生年月日_不詳フラグ").alias("生年月日_不詳フラグ"),
        pl.when(~pl.col("away")).then("生年月日_不詳表記").alias("生年月日_不詳表記"),
    )
    return {name: out[name] for name in out.columns}
