"""受給者情報 of area 027: each certification's history, claims that wait for a decision, and claims refused."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.areas.a027_child_allowance.certifications import MOVED_IN, MOVED_OUT, Certifications
from sample_data.areas.a027_child_allowance.families import FACILITY, NONE, PARENT
from sample_data.areas.a027_child_allowance.holds import CURRENT, Suspensions
from sample_data.areas.a027_child_allowance.months import FIRST, fiscal, month_of
from sample_data.areas.insured import constant, month_text, numbered
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

CERTIFIED, MOVE, BATCH, HELD, RELEASED, ENDED = range(6)
FACILITIES = ("児童養護施設　共楽園", "乳児院　なかべ学院", "児童心理治療施設　みらい", "児童養護施設　湯の家")
REMARKS = (
    "前住所地へ消滅日照会済",
    "児童の住民票は別世帯",
    "窓口で通訳を希望",
    "振込先の変更届を案内済",
    "所得課税証明書の提出を省略",
)
REFORM_DAY = day(2024, 10, 1)


def ledger(c: Certifications, s: Suspensions) -> pl.DataFrame:
    """受給者情報."""
    return pl.concat([_histories(c, s), _refusals(c)])


def _events(c: Certifications, s: Suspensions) -> tuple[Ints, Ints, Ints]:
    """Certification, kind of event, day; ordered, without what had passed before the kept months."""
    live = c.live
    today, start = c.f.today, c.f.today - 365 * c.f.world.years
    ended = np.flatnonzero(~c.open & ~c.pending)
    processed = np.minimum(c.end_day[ended] + 3 + mix(c.key[ended], 2751) % 15, today)
    passed = np.flatnonzero((c.decided < REFORM_DAY) & (c.open | (c.end_day > REFORM_DAY)) & ~c.pending)
    blocks = [(live, CERTIFIED, c.decided[live]), (ended, ENDED, processed), (s.of, HELD, s.decided)]
    if today > REFORM_DAY:
        blocks.append((passed, BATCH, np.full(len(passed), REFORM_DAY)))
    free = np.flatnonzero(s.state != CURRENT)
    blocks.append((s.of[free], RELEASED, s.released[free]))
    homes = c.f.world.households.select(
        "hid", *(pl.col(x).to_physical().cast(pl.Int64).fill_null(NO_DAY) for x in ("move1", "move2"))
    )
    local = c.payer < c.f.p.size
    mine = pl.DataFrame({"hid": np.where(local, c.f.p.hid[np.where(local, c.payer, 0)], -1)})
    moves = mine.join(homes, on="hid", how="left", maintain_order="left").fill_null(NO_DAY)
    until = np.where(c.open, today, c.end_day)
    for name in ("move1", "move2"):
        when = moves[name].to_numpy()
        hit = np.flatnonzero((when > c.decided) & (when < until) & ~c.pending)
        blocks.append((hit, MOVE, np.minimum(when[hit] + 4, today)))
    row = np.concatenate([b[0] for b in blocks])
    kind = np.concatenate([np.full(len(b[0]), b[1]) for b in blocks])
    when = np.concatenate([b[2] for b in blocks])
    order = np.lexsort((kind, when, row))
    row, kind, when = row[order], kind[order], when[order]
    next_same = np.append(row[1:] == row[:-1], False)
    later = np.append(when[1:], NO_DAY)
    gone = (when < start) & next_same & (later < start)
    return row[~gone], kind[~gone], when[~gone]


def _state(row: Ints, kind: Ints) -> Ints:
    """受給状態 after each event of ordered events."""
    change = np.select([kind == HELD, kind == RELEASED, kind == CERTIFIED, kind == ENDED], [2, 1, 1, 3], 0)
    at = np.where(change > 0, np.arange(len(row)), 0)
    begin = np.searchsorted(row, row)
    at = np.maximum.accumulate(np.maximum(at, begin))
    found = change[at]
    return np.where(found == 0, 1, found)


def _histories(c: Certifications, s: Suspensions) -> pl.DataFrame:
    row, kind, when = _events(c, s)
    state = _state(row, kind)
    waiting = np.flatnonzero(c.pending)
    row = np.concatenate([row, waiting])
    kind = np.concatenate([kind, np.full(len(waiting), CERTIFIED)])
    state = np.concatenate([state, np.full(len(waiting), 9)])
    when = np.concatenate([when, c.claim[waiting]])
    order = np.argsort(row, kind="stable")
    row, kind, state, when = row[order], kind[order], state[order], when[order]
    serial, last = numbered(row)
    ended = state == 3
    decided = state != 9
    key = c.key[row] * 8 + kind
    users = operator("jid", key, when)
    batch = kind == BATCH
    users["操作者ID"] = pl.select(
        pl.when(pl.Series(batch)).then(pl.lit("BATCH0610")).otherwise(users["操作者ID"])
    ).to_series()
    return to_layout(
        "027",
        "受給者情報",
        pl.DataFrame(
            {
                **c.names(row),
                "履歴番号": number(serial),
                "最新フラグ": flag(last),
                "受給状態": digits(state, 1),
                **_claim(c, row),
                "認定事由": text(digits(c.reason[row], 2), decided),
                "認定年月日": dates(np.where(decided, c.decided[row], NO_DAY)),
                "支給開始年月": month_text(c.first[row], decided),
                "支給終了年月": month_text(c.last[row], ended),
                "受給事由消滅年月日": dates(np.where(ended, c.end_day[row], NO_DAY)),
                "消滅事由": text(digits(c.end_reason[row], 2), ended),
                "転出予定年月日": dates(np.where(ended & (c.end_reason[row] == MOVED_OUT), c.end_day[row], NO_DAY)),
                "転出先_市区町村コード": _place(c, row, "to_place", ended & (c.end_reason[row] == MOVED_OUT)),
                "備考": text(choose(REMARKS, mix(key, 2752) % len(REMARKS)), mix(key, 2753) % 25 == 0),
                **users,
            }
        ),
    )


def _claim(c: Certifications, row: Ints) -> dict[str, pl.Series]:
    """What a claim says of the claimant."""
    f, payer, kind = c.f, c.payer[row], c.kind[row]
    spouse = np.where(kind == FACILITY, -1, f.r_spouse[c.of[row]])
    facility = kind == FACILITY
    apart = c.helped[row] | (mix(payer, 2754) % 70 == 0)
    address = f.world.addresses[pl.Series(mix(payer, 2755) % f.world.addresses.height)]
    place = address.select(
        pl.concat_str([pl.col(x).fill_null("") for x in ("prefecture", "city", "town", "banchi")]).alias("at")
    )["at"]
    name = f.ids["name"].gather(pl.Series(payer))
    guardian = (kind == PARENT) & (mix(payer, 2756) % 600 == 0)
    phone = pl.Series(["090-"]) + digits(mix(payer, 2759) % 9000 + 1000, 4) + pl.Series(["-"])
    phone = phone + digits(mix(payer, 2760) % 10_000, 4)
    named = (kind == PARENT) & ~guardian & (mix(payer, 2757) % 300 == 0)
    return {
        "受給者区分": digits(np.where(guardian, 5, np.where(named, 2, kind)), 1),
        "施設等_名称": text(choose(FACILITIES, mix(payer, 2758) % len(FACILITIES)), facility),
        "請求年月日": dates(c.claim[row]),
        "支給事由発生年月日": dates(c.event[row]),
        "支給開始特例区分": digits(c.special[row], 1),
        "加入年金区分": text(digits(c.employed[row], 1), kind == PARENT),
        "被用者区分": digits(c.cost[row], 1),
        "配偶者有無フラグ": flag(spouse >= 0),
        "配偶者_宛名番号": text(f.atena(np.maximum(spouse, 0)), spouse >= 0),
        "離婚協議中フラグ": flag(c.separating[row]),
        "支援措置対象フラグ": flag(c.helped[row]),
        "転入前_市区町村コード": _place(c, row, "from_place", c.reason[row] == MOVED_IN),
        "送付先区分": digits(apart.astype(np.int64), 1),
        "送付先_住所_郵便番号": text(address["postal"], apart),
        "送付先_住所": text(place, apart),
        "送付先_氏名": text(name, apart),
        "連絡先電話番号": text(phone, mix(payer, 2761) % 9 > 0),
        "削除フラグ": constant("0", len(row)),
    }


def _place(c: Certifications, row: Ints, column: str, where: Bools) -> pl.Series:
    """Code of the municipality that somebody came from or went to."""
    payer = c.payer[row]
    local = payer < c.f.p.size
    at = c.f.p.frame.select(column).rename({column: "place"})[pl.Series(np.where(local, payer, 0))]
    code = at.join(c.f.world.places.select("place", "code"), on="place", how="left", maintain_order="left")["code"]
    return text(code, where & local)


def _refusals(c: Certifications) -> pl.DataFrame:
    """Claims for a newborn child while the income was above the upper limit, and a few with papers missing."""
    f = c.f
    start = max(f.today - 365 * f.world.years, 0)
    born = (f.c_event == f.born) & (f.c_event > start) & (f.r_kind[f.c_of] == PARENT) & (f.c_first <= f.base)
    at = np.clip(f.c_first - FIRST, 0, f.base - FIRST)
    rich = born & (f.result[f.c_of, at] == NONE)
    papers = born & ~rich & (mix(f.c_pid, 2771) % 40 == 0) & (f.c_event < f.today - 90)
    child = np.flatnonzero(rich | papers)
    of = f.c_of[child]
    payer = f.r_payer[of]
    claim = f.c_event[child] + 1 + mix(f.c_pid[child], 2772) % 7
    refused = np.minimum(claim + 10 + mix(f.c_pid[child], 2773) % 10, f.today)
    year = fiscal(month_of(claim))
    order = np.lexsort((payer, claim, year))
    serial = np.zeros(len(child), np.int64)
    serial[order] = numbered(year[order])[0]
    size = len(child)
    one = np.zeros(size, np.int64) + 1
    employed = np.where(payer % 2 == 0, 5, 1)
    spouse = f.r_spouse[of]
    return to_layout(
        "027",
        "受給者情報",
        pl.DataFrame(
            {
                "市区町村コード": constant(f.world.code, size),
                "宛名番号": f.atena(payer),
                "認定番号": digits(year * 1_000_000 + 900_000 + serial, 10),
                "履歴番号": number(one),
                "最新フラグ": flag(one == 1),
                "受給者区分": digits(one, 1),
                "受給状態": constant("4", size),
                "請求年月日": dates(claim),
                "支給事由発生年月日": dates(f.c_event[child]),
                "支給開始特例区分": constant("0", size),
                "却下年月日": dates(refused),
                "却下理由": choose(["03", "06"], papers[child].astype(np.int64)),
                "加入年金区分": digits(employed, 1),
                "被用者区分": digits(np.where(employed == 5, 2, 1), 1),
                "配偶者有無フラグ": flag(spouse >= 0),
                "配偶者_宛名番号": text(f.atena(np.maximum(spouse, 0)), spouse >= 0),
                "離婚協議中フラグ": constant("0", size),
                "支援措置対象フラグ": constant("0", size),
                "送付先区分": constant("0", size),
                "削除フラグ": constant("0", size),
                **operator("jid", f.c_pid[child], refused),
            }
        ),
    )
