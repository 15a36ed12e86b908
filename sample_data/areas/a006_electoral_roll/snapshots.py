"""選挙時名簿情報, 名簿登録者数情報 and 裁判員・検察審査員候補者予定者情報 of area 006: the roll as of a day."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl

from sample_data.areas.a006_electoral_roll.elections import LOCAL, OF_PREFECTURE, quarters
from sample_data.areas.a006_electoral_roll.electors import DEAD, FOR_ELECTION, OVERSEAS, REGULAR, Rows
from sample_data.areas.homes import address_lines
from sample_data.areas.insured import constant
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


def polls(r: Rows) -> list[int]:
    """Places of the elections whose rolls are kept: contested ones since the window began."""
    e = r.x.e
    first = np.unique(e.first)
    kept = (e.poll[first] >= r.x.window) & (e.uncontested[first] == 0)
    return [int(v) for v in first[kept]]


def at_poll(r: Rows, at: int) -> pl.DataFrame:
    """選挙時名簿情報 of one election: who was on the roll when it was closed, by district, page and line."""
    x, e = r.x, r.x.e
    closed, poll, announced = int(e.registered[at]), int(e.poll[at]), int(e.announced[at])
    row = r.on(closed)
    row = row[np.lexsort((r.line[row], r.page[row], r.district[row]))]
    el, who = r.el[row], x.who[r.el[row]]
    district, page, line = r.district[row], r.page[row], r.line[row]
    left = (x.left[el] != NO_DAY) & (x.left[el] <= poll)
    near = _near(r)[el]
    local = int(e.kind[at]) in LOCAL
    stays = ~left | (np.full(len(el), not local) & (near | (int(e.kind[at]) not in OF_PREFECTURE)))
    dead = (x.p.frame["status"].to_numpy()[who] == "3") & (x.p.removal[who] <= poll)
    right = np.select([dead, r.barred[row], ~stays], [4, 2, 3], 1)
    key = el * 64 + at
    drawn = uniform(key, 681)
    age = x.p.age(np.full(len(el), poll), who)
    goes = (right == 1) & (drawn < np.clip(0.3 + age * 0.0055, 0.3, 0.75))
    way = np.where(goes, np.array([1, 1, 1, 1, 1, 2, 2, 2, 2, 3])[mix(key, 682) % 10], 0)
    past = poll < x.base
    early = announced + 1 + mix(key, 683) % max(poll - announced - 1, 1)
    serial = (page - 1) * 20 + line
    body = digits(district * 1_000_000 + serial, 10)
    check = digits((district * 7 + serial * 3) % 10, 1)
    size = len(el)
    return to_layout(
        "006",
        "選挙時名簿情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(x.world.code, size),
                "選挙管理番号": constant(e.number[at], size),
                "宛名番号": x.p.column("atena", who),
                "最新フラグ": constant("1", size),
                "投票区コード": digits(district, 4),
                "名簿簿冊番号": number(r.book[row]),
                "名簿頁番号": number(page),
                "名簿行番号": number(line),
                "世帯番号": x.p.column("setai_no", who),
                "氏名": x.p.column("name", who),
                "性別": x.p.column("sex", who),
                "生年月日": dates(x.p.birth[who]),
                "住所": address_lines(x.world, r.addr[row]),
                "投票資格区分": digits(right, 1),
                "県内転居フラグ": flag(left & near),
                "入場券番号": body + check,
                "入場券発行年月日": constant(str(np.datetime64(min(announced, x.base), "D")), size),
                "入場券再発行フラグ": flag((mix(key, 684) % 120 == 0) & past),
                "入場券返戻フラグ": flag((mix(key, 685) % 150 == 0) & past),
                "投票方法": text(digits(way, 1), np.full(size, past)),
                "投票年月日": dates(np.where(past & (way > 0), np.where(way == 1, poll, early), NO_DAY)),
                "削除フラグ": constant("0", size),
                **operator("sen", x.p.hid[who] * 64 + at, np.full(size, closed)),
            }
        ),
    )


def _near(r: Rows) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Per elector: moved within the prefecture."""
    place = r.x.p.frame["to_place"].fill_null(-1).to_numpy()[r.x.who]
    inside = (r.x.world.places["prefecture"] == "山口県").to_numpy()
    near: np.ndarray[tuple[int], np.dtype[np.bool_]] = (place >= 0) & inside[np.maximum(place, 0)]
    return near


def count_days(r: Rows) -> list[tuple[int, int]]:
    """Days of registration since the window began, with 登録区分, the newest last."""
    x = r.x
    _, written = quarters(x.world)
    some = [(int(v), REGULAR) for v in written[(written >= x.window) & (written <= x.base)]]
    some += [(int(v), FOR_ELECTION) for v in np.unique(x.e.registered[x.e.registered >= x.window])]
    return sorted(some)


def counted(r: Rows) -> pl.DataFrame:
    """名簿登録者数情報: by day of registration and polling district."""
    x = r.x
    days = count_days(r)
    before = [x.window - 92, *(when for when, _ in days[:-1])]
    parts = [
        _count(r, when, kind, since, newest=at == len(days) - 1)
        for at, ((when, kind), since) in enumerate(zip(days, before, strict=True))
    ]
    return pl.concat(parts)


def _count(r: Rows, when: int, kind: int, since: int, newest: bool) -> pl.DataFrame:
    x = r.x
    codes = np.unique(np.append(x.d.codes, x.d.old)) if when < day(2022, 4, 1) else x.d.codes
    row = r.on(when)
    el = r.el[row]
    male = x.p.male[x.who[el]]

    def per_district(some: Ints) -> Ints:
        return np.bincount(np.searchsorted(codes, some), minlength=len(codes)).astype(np.int64)

    place = r.district[row]
    men, women = per_district(place[male]), per_district(place[~male])
    struck = np.flatnonzero((x.struck > since) & (x.struck <= when) & (x.struck != NO_DAY))
    last = np.searchsorted(r.el, struck, side="right") - 1
    gone = r.district[last]
    # Those struck off after the merger of a district may have been in the old one.
    gone = gone[np.isin(gone, codes)]
    left = (x.marked[el] != NO_DAY) & (x.marked[el] <= when)
    abroad = np.flatnonzero((x.why == OVERSEAS) & (x.struck <= when) & (x.struck != NO_DAY))
    far = r.district[np.searchsorted(r.el, abroad, side="right") - 1]
    far = far[np.isin(far, codes)]
    size = len(codes)
    return to_layout(
        "006",
        "名簿登録者数情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(x.world.code, size),
                "登録年月日": dates(np.full(size, when)),
                "登録区分": digits(np.full(size, kind), 1),
                "投票区コード": digits(codes, 4),
                "最新フラグ": flag(np.full(size, newest)),
                "登録者数_男": number(men),
                "登録者数_女": number(women),
                "登録者数_計": number(men + women),
                "新規登録者数": number(per_district(place[(x.listed[el] > since) & (x.listed[el] <= when)])),
                "抹消者数": number(per_district(gone)),
                "表示者数_転出": number(per_district(place[left])),
                "表示者数_公民権停止": number(per_district(place[r.barred[row]])),
                "在外選挙人数": number(per_district(far)),
                "削除フラグ": constant("0", size),
                **operator("sen", codes * 64 + when % 64, np.full(size, when)),
            }
        ),
    )


def juror_years(r: Rows) -> list[int]:
    """Years whose jurors were chosen in the kept time (on 15 September of the year before)."""
    x = r.x
    first = x.world.base_date.year - x.world.years
    return [y for y in range(first, x.world.base_date.year + 2) if x.window <= day(y - 1, 9, 15) <= x.base]


def jurors(r: Rows) -> pl.DataFrame:
    """裁判員・検察審査員候補者予定者情報."""
    return pl.concat([_chosen(r, y, kind) for y in juror_years(r) for kind in (1, 2)])


def _chosen(r: Rows, year: int, kind: int) -> pl.DataFrame:
    x = r.x
    when = day(year - 1, 9, 15)
    row = r.on(when)
    row = row[(r.state[row] == 1) & (year - 1 - _birth_year(r, row) >= 18)]
    share, least = ((0.0028, 3), (0.0007, 4))[kind - 1]
    order = np.argsort(mix(r.el[row] * 4096 + year * 2 + kind, 691), kind="stable")
    row = row[order][: max(least, round(len(row) * share))]
    el, who = r.el[row], x.who[r.el[row]]
    struck = np.where((x.struck > when) & (x.struck < day(year + 1, 1, 1)), x.struck, NO_DAY)[el]
    size = len(el)
    group = np.arange(size) % 4 + 1
    sent = np.full(size, day(year - 1, 10, 10) if day(year - 1, 10, 10) <= x.base else NO_DAY)
    return to_layout(
        "006",
        "裁判員・検察審査員候補者予定者情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(x.world.code, size),
                "年度": constant(str(year), size),
                "予定者名簿種別": constant(str(kind), size),
                "予定者番号": number(np.arange(size) + 1),
                "最新フラグ": constant("1", size),
                "宛名番号": x.p.column("atena", who),
                "候補者群": text(digits(group, 1), np.full(size, kind == 2)),
                "氏名": x.p.column("name", who),
                "氏名_フリガナ": x.p.column("name_kana", who),
                "生年月日": dates(x.p.birth[who]),
                "性別": x.p.column("sex", who),
                "住所": address_lines(x.world, r.addr[row]),
                "選定年月日": dates(np.full(size, when)),
                "送付年月日": dates(sent),
                "消除年月日": dates(struck),
                "消除事由": text(choose(("3", "1"), (x.why[el] == DEAD).astype(np.int64)), struck != NO_DAY),
                **operator("sen", el * 4 + kind, np.where(struck != NO_DAY, struck, np.maximum(sent, when))),
            }
        ),
    )


def _birth_year(r: Rows, row: Ints) -> Ints:
    births = r.x.p.birth[r.x.who[r.el[row]]]
    return births.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def parts(r: Rows) -> list[tuple[str, partial[pl.DataFrame]]]:
    """Label and builder of 選挙時名簿情報, one part an election."""
    return [(r.x.e.number[at], partial(at_poll, r, at)) for at in polls(r)]
