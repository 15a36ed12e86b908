"""Area 014's groups of money given back, and of accounts: 過誤納, 還付充当, 口座振替."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.tax.collection_groups import BANKS, Books
from sample_data.tax.frames import (
    NO_DAY,
    Ints,
    choose,
    dates,
    digits,
    fiscal_year,
    flag,
    mix,
    number,
    operator,
    text,
    to_layout,
)

SMALL = ("ァ", "ィ", "ゥ", "ェ", "ォ", "ッ", "ャ", "ュ", "ョ", "ヮ")
LARGE = ("ア", "イ", "ウ", "エ", "オ", "ツ", "ヤ", "ユ", "ヨ", "ワ")


def large_kana(kana: pl.Series) -> pl.Series:
    """Kana as banks write it: no small letters."""
    return kana.str.replace_many(list(SMALL), list(LARGE))


def overpaid(b: Books) -> pl.DataFrame:
    """過誤納."""
    t = b.arrears.over
    claim, amount, zero = t["claim"], t["amount"], 0 * t["claim"]
    cut = t["reason"] != 1
    return to_layout(
        "014",
        "過誤納",
        pl.DataFrame(
            {
                **b.key(claim),
                "過誤納管理番号": digits(t["id"], 15),
                "宛名番号": b.atena(claim),
                "発生会計年度": digits(fiscal_year(t["day"]), 4),
                "過誤納事由": digits(t["reason"], 2),
                "発生年月日": dates(t["day"]),
                "決議年月日": dates(t["decided"]),
                "過誤納額_本税": number(amount),
                "過誤納額_督促手数料": number(zero),
                "過誤納額_延滞金": number(zero),
                "過誤納額_合計": number(amount),
                "加算金起算年月日": dates(np.where(cut, t["day"] + 1, NO_DAY)),
                "還付通知年月日": dates(t["told"]),
                "請求年月日": dates(
                    np.where((t["told"] != NO_DAY) & (mix(t["id"], 1201) % 3 == 0), t["told"] + 5, NO_DAY)
                ),
                "処理状態区分": digits(t["state"], 1),
                "削除フラグ": flag(t["void"] == 1),
                **_over_stamp(b, np.arange(len(claim))),
            }
        ),
    )


def _over_stamp(b: Books, at: Ints) -> dict[str, pl.Series]:
    """Operator of an overpayment; a refund bears the same (one record at the vendor's)."""
    t = b.arrears.over
    when = np.where(t["told"][at] != NO_DAY, t["told"][at], t["day"][at])
    return operator("syu", t["id"][at] * 3, when)


def refunded(b: Books) -> pl.DataFrame:
    """還付充当."""
    t, over = b.arrears.refunds, b.arrears.over
    put = t["kind"] == 2
    target = np.where(put, t["target"], 0)
    source = over["claim"][t["over"]]
    payer = b.c.payer[source]
    how = np.where(mix(t["id"], 1211) % 8 == 0, 2, 1)
    bank = (t["kind"] == 1) & (how == 1)
    base_stamp = _over_stamp(b, t["over"])
    own = operator("syu", t["id"] * 3 + 1, t["day"])
    stamp = {
        name: pl.select(pl.when(pl.Series(put)).then(own[name]).otherwise(base_stamp[name])).to_series() for name in own
    }
    extra = np.where(
        ~put & (mix(t["id"], 1212) % 9 == 0) & (t["amount"] > 20_000), 100 + mix(t["id"], 1213) % 9 * 100, 0
    )
    zero = 0 * put
    return to_layout(
        "014",
        "還付充当",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, len(put)),
                "過誤納管理番号": digits(t["id"], 15),
                "還付充当連番": number(t["number"]),
                "還付充当区分": digits(t["kind"], 1),
                "還付充当年月日": dates(t["day"]),
                **{
                    name: pl.select(pl.when(pl.Series(put)).then(value)).to_series()
                    for name, value in b.key(target, "充当先_").items()
                },
                "充当額_本税": number(t["amount"], put),
                "充当額_督促手数料": number(zero, put),
                "充当額_延滞金": number(zero, put),
                "充当適状年月日": dates(np.where(put, np.maximum(over["day"][t["over"]], b.c.due[target] + 1), NO_DAY)),
                "還付充当額_合計": number(t["amount"]),
                "還付加算金": number(extra),
                "還付方法": text(digits(how, 1), t["kind"] == 1),
                "還付先_宛名番号": text(b.who.atena.gather(pl.Series(payer)), t["kind"] == 1),
                "還付先_金融機関コード": text(choose(BANKS, mix(payer, 1122) % len(BANKS)), bank),
                "還付先_支店コード": text(digits(1 + mix(payer, 1123) % 60, 3), bank),
                "還付先_口座種別": text(b.constant("1", len(put)), bank),
                "還付先_口座番号": text(digits(mix(payer, 1214) % 10**7, 7), bank),
                "還付先_口座名義人_カナ": text(large_kana(b.who.kana.gather(pl.Series(payer))), bank),
                "削除フラグ": flag(t["void"] == 1),
                **stamp,
            }
        ),
    )


def accounts(b: Books) -> pl.DataFrame:
    """口座振替: an account for each payer and 科目 that is debited, and the ones before it."""
    debited = np.flatnonzero(b.paid.account)
    pair = np.unique(b.c.payer[debited] * 100 + b.c.kam[debited])
    before = mix(pair, 1221) % 2 == 0
    sel = np.concatenate([np.flatnonzero(before), np.arange(len(pair))])
    block = np.repeat([0, 1], [int(before.sum()), len(pair)])
    order = np.lexsort((block, sel))
    sel, block = sel[order], block[order]
    payer, kam = pair[sel] // 100, pair[sel] % 100
    key = pair[sel] * 2 + block
    post = mix(payer * 3 + block, 1222) % 6 == 0
    start = b.base - 400 - mix(pair[sel], 1223) % 4000 - np.where(block == 0, 2500, 0)
    closed = block == 0
    ended = np.where(closed, b.base - 400 - mix(pair[sel], 1223) % 4000 - 1, NO_DAY)
    stopped = (block == 1) & (mix(key, 1224) % 60 == 0)
    of = pl.Series(payer)
    return to_layout(
        "014",
        "口座振替",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, len(sel)),
                "宛名番号": b.who.atena.gather(of),
                "業務詳細（科目）コード": digits(kam, 2),
                "口座履歴番号": number(np.where(before[sel], block + 1, 1)),
                "最新フラグ": flag(block == 1),
                "金融機関種別": digits(1 + post, 1),
                "金融機関コード": pl.select(
                    pl.when(pl.Series(post))
                    .then(pl.lit("9900"))
                    .otherwise(choose(BANKS, mix(payer, 1122) % len(BANKS)))
                ).to_series(),
                "支店コード": text(digits(1 + mix(payer, 1123) % 60, 3), ~post),
                "口座種別": text(choose(["1", "1", "1", "2", "3"], mix(payer, 1225) % 5), ~post),
                "口座番号": text(digits(mix(payer * 3 + block, 1226) % 10**7, 7), ~post),
                "ゆうちょ記号": text(digits(15_000 + mix(payer, 1227) % 900, 5), post),
                "ゆうちょ番号": text(digits(mix(payer * 3 + block, 1228) % 10**7 * 10 + 1, 8), post),
                "口座名義人_カナ": large_kana(b.who.kana.gather(of)),
                "口座名義人_漢字": text(b.who.name.gather(of), mix(payer, 1229) % 4 > 0),
                "振替区分": digits(1 + (mix(pair[sel], 1230) % 12 == 0), 1),
                "用途区分": choose(["1", "1", "3"], mix(payer, 1231) % 3),
                "受付年月日": dates(start - 40),
                "振替開始年月日": dates(start),
                "振替終了年月日": dates(ended),
                "停止開始年月日": dates(np.where(stopped, b.base - 200, NO_DAY)),
                "停止終了年月日": dates(np.where(stopped, b.base - 110, NO_DAY)),
                "廃止年月日": dates(ended),
                "廃止事由": text(choose(["4", "2", "1"], mix(key, 1232) % 3), closed),
                **operator("syu", key, np.where(closed, ended, start)),
            }
        ),
    )
