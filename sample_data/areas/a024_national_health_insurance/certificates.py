"""Group 証等交付 of area 024: insurance cards, certificates and notices, and whether they came back."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.areas.a024_national_health_insurance.members import overlap
from sample_data.areas.a024_national_health_insurance.registers import AREA, Book, with_card
from sample_data.areas.insured import (
    constant,
    first_day,
    month_index,
    numbered,
)
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
    text,
    to_layout,
)

CARD_END = day(2024, 12, 2)
"""From this day no 被保険者証 is issued."""


def certificates(b: Book, years: list[int], categories: pl.DataFrame) -> pl.DataFrame:
    """証等交付; ``categories``: columns spell, year, category (number of 高額療養費所得区分), share (負担割合)."""
    s, p, base = b.s, b.p, b.base
    rows: list[dict[str, Ints]] = []

    def add(spell: Ints, kind: Ints | int, issued: Ints, valid: Ints, until: Ints, reason: Ints | int) -> None:
        like = np.zeros(len(spell), np.int64)
        rows.append(
            {
                "spell": spell,
                "kind": like + kind,
                "issued": issued,
                "valid": valid,
                "until": until,
                "reason": like + reason,
            }
        )

    all_ = np.arange(s.size)
    card = with_card(s.who)
    for year in years:
        turn, finish = day(year, 8, 1), day(year + 1, 7, 31)
        held = all_[overlap(s, turn, turn) & (s.start <= turn - 20)]
        fresh = all_[(s.start > turn - 20) & (s.start <= finish) & (s.start < base - 12)]
        for spell, reason in ((held, 2), (fresh, 1)):
            issued = np.where(
                reason == 2, day(year, 7, 18) + mix(spell, 24_151) % 5, s.start[spell] + 1 + mix(spell, 24_152) % 10
            )
            known = issued <= base
            spell, issued = spell[known], issued[known]
            valid = np.where(reason == 2, turn, s.start[spell]) + np.zeros(len(spell), np.int64)
            bad = b.careless[b.h.head[s.home[spell]]] & (mix(spell, 24_153) % 3 == 0)
            kind = np.where(issued < CARD_END, np.where(bad, 5, 1), np.where(card[spell], 3, 2))
            until = np.where(kind == 5, np.minimum(first_day(month_index(valid) + 7) - 1, finish), finish)
            add(spell, kind, issued, valid, np.where(until < valid, finish, until), reason)
            age = p.age(valid, s.who[spell])
            old = np.flatnonzero((age >= 70) & (issued < CARD_END))
            add(spell[old], 4, issued[old], valid[old], np.full(len(old), finish), reason)
            part = np.flatnonzero(mix(spell * 11 + year, 24_154) % 100 < 9)
            add(
                spell[part],
                np.where(mix(spell[part], 24_155) % 6 == 0, 8, 7),
                issued[part],
                valid[part],
                np.full(len(part), finish),
                6,
            )
            ill = np.flatnonzero(mix(spell, 24_156) % 230 == 0)
            add(spell[ill], 10, issued[ill], valid[ill], np.full(len(ill), finish), reason)
        lost = all_[overlap(s, turn, turn) & (mix(all_ * 13 + year, 24_157) % 40 == 0)]
        again = turn + 20 + mix(lost, 24_158) % 280
        fine = (again <= base - 3) & ((s.end[lost] == NO_DAY) | (s.end[lost] > again))
        lost, again = lost[fine], again[fine]
        add(lost, np.where(again < CARD_END, 1, 2), again, again, np.full(len(lost), finish), 3 + mix(lost, 24_159) % 2)
    warned = all_[b.special[s.home] & (s.end == NO_DAY)]
    when = b.special_day[s.home[warned]] - 15
    add(warned, 11, when, b.special_day[s.home[warned]], np.full(len(warned), NO_DAY), 6)
    c = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    who = s.who[c["spell"]]
    order = np.lexsort((c["reason"], c["issued"], c["kind"], who))
    c = {name: values[order] for name, values in c.items()}
    who, spell, kind = who[order], c["spell"], c["kind"]
    turned = 1970 + (month_index(c["valid"]) - 7) // 12
    judged = pl.DataFrame({"spell": spell, "year": turned}).join(
        categories, on=["spell", "year"], how="left", maintain_order="left"
    )
    category = judged["category"].fill_null(4).to_numpy()
    # Households without tax: the two certificates in one.
    kind = np.where((kind == 7) & np.isin(category, (5, 15, 16)), 9, kind)
    order = np.lexsort((c["reason"], c["issued"], kind, who))
    c = {name: values[order] for name, values in c.items()}
    who, spell, kind, category = who[order], spell[order], kind[order], category[order]
    share = judged["share"].fill_null(0).to_numpy()[order]
    serial, latest = numbered(who * 100 + kind)
    limited = np.isin(kind, (7, 8, 9))
    paper = kind != 3
    gone = (s.end[spell] != NO_DAY) & (s.end[spell] <= np.where(c["until"] == NO_DAY, base, c["until"]))
    back = np.select(
        [
            ~paper | (kind == 11),
            gone & (mix(spell, 24_161) % 10 < 6),
            gone & (mix(spell, 24_161) % 10 == 6),
            gone,
            c["until"] < base,
        ],
        [0, 1, 4, 0, 3],
        0,
    )
    back = np.where((c["reason"] == 3) & (back == 0), 2, back)
    returned = np.minimum(np.maximum(s.end[spell], c["issued"]) + mix(spell, 24_162) % 20, base)
    asked = np.isin(kind, (7, 8, 9, 10)) | np.isin(c["reason"], (1, 3, 4))
    return to_layout(
        AREA,
        "証等交付",
        pl.DataFrame(
            {
                "市区町村コード": constant(b.code, len(who)),
                "宛名番号": b.atena(who),
                "証種別": digits(kind, 2),
                "交付番号": number(serial),
                "最新フラグ": flag(latest),
                "国保世帯番号": b.home_number(s.home[spell]),
                "申請年月日": dates(np.where(asked, c["issued"] - mix(spell, 24_163) % 5, NO_DAY)),
                "交付事由": digits(c["reason"], 1),
                "交付方法": choose(["1", "3", "3", "4", "2"], np.where(asked, 0, 1 + mix(spell, 24_164) % 4)),
                "交付年月日": dates(c["issued"]),
                "発効年月日": dates(c["valid"]),
                "有効期限年月日": dates(np.where(np.isin(kind, (3, 11)), NO_DAY, c["until"])),
                "高額療養費所得区分": text(digits(category, 2), limited),
                "一部負担金割合": text(digits(np.where(share == 0, 2, share), 1), kind == 4),
                "特定疾病区分": text(choose(["1", "1", "1", "2", "3"], mix(who, 24_165) % 5), kind == 10),
                "特定疾病自己負担限度額": number(np.where(mix(who, 24_166) % 3 == 0, 20_000, 10_000), kind == 10),
                "回収区分": digits(back, 1),
                "回収年月日": dates(np.where(back == 1, returned, NO_DAY)),
                **b.stamp(who * 100 + kind, c["issued"]),
            }
        ),
    )
