"""選挙人名簿情報 and 選挙人名簿表示履歴 of area 006."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.areas.a006_electoral_roll.disfranchised import Losses
from sample_data.areas.a006_electoral_roll.districts import districts
from sample_data.areas.a006_electoral_roll.elections import text_number
from sample_data.areas.a006_electoral_roll.electors import (
    DISTRICT,
    HOUSE,
    OVERSEAS,
    SYSTEM,
    TYPED,
    Electors,
    Rows,
    add_months,
)
from sample_data.areas.homes import address_items, homes, surname_days
from sample_data.areas.insured import People, base_day, constant, numbered, people
from sample_data.places import ABROAD as COUNTRIES
from sample_data.tax.frames import (
    NO_DAY,
    Bools,
    Ints,
    dates,
    digits,
    flag,
    mix,
    number,
    operator,
    text,
    to_layout,
)
from sample_data.truth.support import subjects
from sample_data.world import World

_NOTES = ("誤載の訂正あり", "入場券は親族宅へ送付", "住所表示の訂正")


def roll(r: Rows) -> pl.DataFrame:
    """選挙人名簿情報 of everybody who was entered: each row with what stood in the roll after that event."""
    x, el, when = r.x, r.el, r.when
    who = x.who[el]
    serial, latest = numbered(el)
    state = r.state
    surname = surname_days(x.world, x.p)[who]
    before = np.concatenate([[0], r.district[:-1]])
    changed = np.isin(r.kind, (HOUSE, DISTRICT)) & (serial > 1) & (before != r.district)
    left = (x.marked[el] != NO_DAY) & (x.marked[el] <= when)
    over = state == 3
    since = _since(x, el, when)
    overseas = (x.why[el] == OVERSEAS) & over
    key = el * 64 + r.kind % 64
    old = x.listed[el] < SYSTEM
    return to_layout(
        "006",
        "選挙人名簿情報",
        pl.DataFrame(
            {
                **x.key(el),
                "履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "名簿登録状態": digits(state, 1),
                "異動事由": digits(r.kind, 2),
                "異動年月日": dates(when),
                "投票区コード": digits(r.district, 4),
                "名簿簿冊番号": number(r.book),
                "名簿頁番号": number(r.page),
                "名簿行番号": number(r.line),
                **_person(x.p, who, (surname != NO_DAY) & (surname <= when)),
                **address_items(x.world, r.addr),
                **_residence(x.p, who, x.created[el]),
                "住所を定めた年月日": dates(since),
                "被登録資格取得年月日": dates(x.able[el]),
                "登録区分": digits(x.way[el], 1),
                "登録根拠": digits(np.where(old, 9, 1), 1),
                "登録基準年月日": dates(x.basis[el]),
                "登録年月日": dates(x.listed[el]),
                "選挙管理番号": text_number(x.e, x.election[el]),
                "旧投票区コード": text(digits(before, 4), changed),
                "投票区異動年月日": dates(np.where(changed, when, NO_DAY)),
                "公民権停止フラグ": flag(r.barred),
                **_destination(x, el, left),
                "抹消年月日": dates(np.where(over, x.struck[el], NO_DAY)),
                "抹消事由": text(digits(x.why[el], 2), over),
                "抹消事由発生年月日": dates(np.where(over, x.p.removal[who], NO_DAY)),
                "在外選挙人名簿登録フラグ": flag(overseas),
                "閲覧抑止フラグ": flag(np.isin(who, _protected(x.world))),
                "入場券送付先区分": digits(np.where(over, 9, np.where(left, 2, mix(el, 641) % 60 == 0)), 1),
                "備考": text(_notes(el), (mix(el, 642) % 40 == 0) & ~over),
                "削除フラグ": constant("0", len(el)),
                **operator("sen", key, np.maximum(when, SYSTEM * (r.kind == TYPED))),
            }
        ),
    )


def _notes(el: Ints) -> pl.Series:
    return pl.Series(_NOTES).gather(pl.Series(mix(el, 643) % len(_NOTES)))


def _since(x: Electors, el: Ints, when: Ints) -> Ints:
    """Day since when each lived at the address of the row."""
    h = homes(x.world)
    hid, since = x.p.hid[x.who[el]], x.p.entry[x.who[el]].copy()
    for days in (h.entry, h.move1, h.move2):
        day = days[hid]
        since = np.where((day != NO_DAY) & (day <= when) & (day > since), day, since)
    return since


def _protected(world: World) -> Ints:
    """Positions of people under support measures."""
    return subjects(world)["pid"].to_numpy()


def _person(p: People, who: Ints, old_name: Bools) -> dict[str, pl.Series]:
    return {
        "世帯番号": p.column("setai_no", who),
        "世帯内順位": number(p.frame["rank"].gather(pl.Series(who))),
        "氏名": p.column("name", who),
        "氏名_フリガナ": p.column("name_kana", who),
        "旧氏": p.column("kyu_sei", who, old_name),
        "性別": p.column("sex", who),
        **p.birth_items(who),
    }


def _residence(p: People, who: Ints, created: Ints) -> dict[str, pl.Series]:
    came = p.frame["entry_reason"].is_in(["01", "02"]).to_numpy()[who]
    return {
        "住民となった年月日": dates(p.entry[who]),
        "転入届出年月日": dates(np.where(came, created, NO_DAY)),
        "住民票作成年月日": dates(created),
    }


def _destination(x: Electors, el: Ints, left: Bools) -> dict[str, pl.Series]:
    who = x.who[el]
    place = x.p.frame["to_place"].fill_null(-1).to_numpy()[who]
    country = x.p.frame["to_abroad"].fill_null(-1).to_numpy()[who]
    towns = x.world.places[pl.Series(np.maximum(place, 0))]
    near = (towns["prefecture"] == "山口県").to_numpy()
    kind = np.select([country >= 0, (place >= 0) & near, place >= 0], [3, 1, 2], 9)
    inland = text(towns["prefecture"] + towns["city"] + towns["town"], place >= 0)
    far = pl.Series([text_ for _, _, text_ in COUNTRIES]).gather(pl.Series(np.maximum(country, 0)))
    where = pl.select(pl.when(pl.Series(country >= 0)).then(far).otherwise(inland)).to_series()
    notice = x.p.frame["removal_notice"].to_physical().cast(pl.Int64).fill_null(NO_DAY).to_numpy()[who]
    due = add_months(np.where(left, x.left[el], 0), 4) + 1
    return {
        "転出年月日": dates(np.where(left, x.left[el], NO_DAY)),
        "転出届出年月日": dates(np.where(left, notice, NO_DAY)),
        "転出先区分": text(digits(kind, 1), left),
        "転出先_市区町村コード": text(towns["code"], left & (place >= 0)),
        "転出先_住所": text(where, left),
        "抹消予定年月日": dates(np.where(left, due, NO_DAY)),
    }


def candidates(x: Electors) -> pl.DataFrame:
    """選挙人名簿情報 of those who are not yet on the roll: newcomers of voting age, and those nearly eighteen."""
    p, base = people(x.world), base_day(x.world)
    every = np.arange(p.size)
    eighteen = p.birthday(18, every)
    native = ~p.frame["is_foreign"].to_numpy()
    fresh = native & (p.removal == NO_DAY) & (eighteen <= base + 90)
    fresh[x.who] = False
    who = np.flatnonzero(fresh)
    created = p.frame["entry_notice"].to_physical().cast(pl.Int64).to_numpy()[who]
    when = np.minimum(np.maximum(created, base - 30), base)
    addr = homes(x.world).at(p.hid[who], np.full(len(who), base))
    surname = surname_days(x.world, p)[who]
    size = len(who)
    return to_layout(
        "006",
        "選挙人名簿情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(x.world.code, size),
                "宛名番号": p.column("atena", who),
                "履歴番号": number(np.ones(size, np.int64)),
                "最新フラグ": constant("1", size),
                "名簿登録状態": constant("0", size),
                "異動事由": digits(np.full(size, TYPED), 2),
                "異動年月日": dates(when),
                "投票区コード": digits(districts(x.world).of(addr, when), 4),
                **_person(p, who, surname != NO_DAY),
                **address_items(x.world, addr),
                **_residence(p, who, created),
                "公民権停止フラグ": constant("0", size),
                "在外選挙人名簿登録フラグ": constant("0", size),
                "閲覧抑止フラグ": flag(np.isin(who, _protected(x.world))),
                "入場券送付先区分": constant("9", size),
                "削除フラグ": constant("0", size),
                **operator("sen", who, when),
            }
        ),
    )


def notes(x: Electors, losses: Losses) -> pl.DataFrame:
    """選挙人名簿表示履歴: moving out, loss of the vote, and going into the roll of people abroad."""
    out = np.flatnonzero(x.marked != NO_DAY)
    lost = np.flatnonzero(x.suspended != NO_DAY)
    far = np.flatnonzero(x.overseas != NO_DAY)
    el = np.concatenate([out, lost, far])
    kind = np.repeat([1, 2, 3], [len(out), len(lost), len(far)])
    order = np.lexsort((kind, el))
    el, kind = el[order], kind[order]
    serial, latest = numbered(el)
    made = np.select([kind == 1, kind == 2], [x.marked[el], x.suspended[el]], x.overseas[el])
    cause = np.select([kind == 2], [x.convicted[el]], x.left[el])
    gone = np.where(kind == 2, x.restored[el], x.struck[el])
    due = add_months(np.where(kind == 1, x.left[el], 0), 4) + 1
    place = x.p.frame["to_place"].fill_null(-1).to_numpy()[x.who[el]]
    told = x.world.places["code"].gather(pl.Series(np.maximum(place, 0)))
    return to_layout(
        "006",
        "選挙人名簿表示履歴",
        pl.DataFrame(
            {
                **x.key(el),
                "表示履歴番号": number(serial),
                "最新フラグ": flag(latest),
                "表示区分": digits(kind, 2),
                "表示年月日": dates(made),
                "表示事由発生年月日": dates(cause),
                "表示消除年月日": dates(gone),
                "表示消除事由": text(digits(np.where(kind == 2, 3, 1), 2), gone != NO_DAY),
                "抹消予定年月日": dates(np.where(kind == 1, due, NO_DAY)),
                "通知元_市区町村コード": text(told, (kind == 1) & (place >= 0) & (mix(el, 651) % 10 < 7)),
                "失権者管理番号": text(losses.number_of(el), kind == 2),
                "削除フラグ": constant("0", len(el)),
                **operator("sen", el * 4 + kind, np.where(gone != NO_DAY, gone, made)),
            }
        ),
    )
