"""Area 014's smaller groups: overpayments, accounts, debtors, negotiations, seizures, respites, pledges, limitation."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.tax import arrears
from sample_data.tax.claims import WITHHELD
from sample_data.tax.collection_groups import Books
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

CLASSES = ("01", "02", "03", "05", "04", "09", "06", "07")
"""滞納者分類 by kind of measure (order of the constants of :mod:`sample_data.tax.arrears`)."""
TALKS = (
    (
        "納付相談",
        "本人より電話。今月は給料日の二十五日に一期分を納める予定とのこと。残りの期については来月に改めて相談したいとの申出があった。",
    ),
    ("催告", "架電したが不在。留守番電話に連絡を依頼する旨を残した。"),
    (
        "来庁",
        "本人が窓口に来庁。収入の減少により一括納付は困難との説明があり、家計の収支が分かる資料の提出を求めた。分割納付の可否は収支を確認した上で判断する旨を伝えた。"
        "次回は通帳と給与明細を持参することで了解を得た。",
    ),
    ("財産調査", "金融機関二行へ預貯金の調査を照会。"),
    ("訪問", "自宅を訪問。家族が応対し、本人は勤務中とのこと。催告書を手渡した。"),
    ("約束確認", "前回の約束の履行を確認。約束日の翌日に納付があった。次の期についても同じ方法で納めるよう伝えた。"),
)
PROPERTY = {
    1: "普通預金　口座番号{}",
    2: "給与　支給日毎月２５日",
    3: "老齢厚生年金",
    4: "生命保険契約に基づく解約返戻金支払請求権　証券番号{}",
    5: "売掛金　契約番号{}",
    6: "所得税の還付金支払請求権",
    7: "周南市大字徳山{}番　宅地",
    8: "周南市大字徳山{}番　木造瓦葺２階建",
    12: "出資金",
}
THIRD = {
    1: "株式会社山口銀行徳山支店",
    2: "周南工業株式会社",
    3: "厚生労働省年金局",
    4: "日本共済生命保険相互会社",
    5: "徳山商事有限会社",
    6: "徳山税務署",
}


def _wide(values: pl.Series) -> pl.Series:
    return values.str.replace_many(list("0123456789"), list("０１２３４５６７８９"))


def debtors(b: Books) -> pl.DataFrame:
    """滞納者: the state of today, and for some the one before."""
    a, c, who = b.arrears, b.c, b.who
    counted = (b.paid.carried | (b.paid.dun != NO_DAY)) & ~np.isin(c.kam, WITHHELD)
    still = np.flatnonzero(counted & (b.open > 0))
    place = np.searchsorted(a.debtors, c.payer[still])
    known = (
        (place < len(a.debtors)) & (a.debtors[np.minimum(place, len(a.debtors) - 1)] == c.payer[still])
        if len(a.debtors)
        else np.zeros(len(still), bool)
    )
    still, place = still[known], place[known]
    size = len(a.debtors)

    def total(values: Ints) -> Ints:
        return np.bincount(place, weights=values, minlength=size).astype(np.int64)

    money, fee, count = total(b.open[still]), total(b.paid.fee[still]), total(np.ones(len(still), np.int64))
    oldest = np.full(size, b.base)
    np.minimum.at(oldest, place, c.due[still])
    last = np.full(size, NO_DAY)
    rows = b.rows
    sure = np.flatnonzero(rows["kind"] == 1)
    payer = c.payer[rows["claim"][sure]]
    spot = np.minimum(np.searchsorted(a.debtors, payer), max(size - 1, 0))
    match = a.debtors[spot] == payer if size else np.zeros(len(payer), bool)
    np.maximum.at(last, spot[match], rows["day"][sure][match])
    before = mix(a.debtors, 1241) % 5 < 2
    sel = np.concatenate([np.flatnonzero(before), np.arange(size)])
    block = np.repeat([0, 1], [int(before.sum()), size])
    order = np.lexsort((block, sel))
    sel, block = sel[order], block[order]
    who_ = a.debtors[sel]
    now = block == 1
    kind = np.where(now, a.kind[sel], 0)
    handed, broke = kind == arrears.HANDED_OVER, (kind == arrears.BANKRUPT)
    add = np.where(now, 0, 12_000)
    when = np.where(now, b.base - 1, b.base - 190)
    employed = (who.kind[who_] == 0) & (mix(who_, 1242) % 3 == 0)
    heir = (who.kind[who_] == 0) & (who.removal[who_] != NO_DAY) & (mix(who_, 1243) % 2 == 0)
    return to_layout(
        "014",
        "滞納者",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, len(sel)),
                "宛名番号": who.atena.gather(pl.Series(who_)),
                "滞納者履歴番号": number(np.where(before[sel], block + 1, 1)),
                "最新フラグ": flag(now),
                "滞納者分類": choose(CLASSES, kind),
                "担当者ID": text(pl.Series(["nozei"]).gather(0 * sel) + digits(1 + mix(who_, 1244) % 9, 2)),
                "担当地区コード": digits(1 + mix(who_, 1245) % 40, 5),
                "滞納額_本税": number(money[sel] + add),
                "滞納額_督促手数料": number(fee[sel]),
                "滞納額_延滞金": number(money[sel] * 6 // 100 // 100 * 100),
                "滞納額基準日": dates(when),
                "滞納期数": number(count[sel] + ~now),
                "最古納期限": dates(np.where(count[sel] > 0, oldest[sel], NO_DAY)),
                "最終納付年月日": dates(last[sel]),
                "最終交渉年月日": dates(np.where(now, b.base - 20 - mix(who_, 1246) % 200, NO_DAY)),
                "次回予定年月日": dates(
                    np.where(now & (mix(who_, 1247) % 2 == 0), b.base + 10 + mix(who_, 1248) % 50, NO_DAY)
                ),
                "電話番号": text(
                    pl.Series(["0834-22-"]).gather(0 * sel) + digits(mix(who_, 1249) % 10_000, 4),
                    mix(who_, 1250) % 5 > 0,
                ),
                "勤務先名称": text(
                    choose(
                        [*list(THIRD.values())[1:2], "株式会社徳山商事", "周南物流有限会社", "医療法人周陽会"],
                        mix(who_, 1251) % 4,
                    ),
                    employed,
                ),
                "生活保護受給フラグ": flag(mix(who_, 1252) % 40 == 0),
                "破産フラグ": flag(broke),
                "破産事件番号": text(
                    _wide(
                        pl.Series(["令和7年（フ）第"]).gather(0 * sel)
                        + pl.Series(1 + mix(who_, 1253) % 300).cast(pl.String)
                        + "号"
                    ),
                    broke,
                ),
                "破産手続開始年月日": dates(np.where(broke, b.base - 200 - mix(who_, 1254) % 300, NO_DAY)),
                "相続人代表者_宛名番号": text(
                    who.atena.gather(pl.Series(np.where(heir, np.maximum(who_ - 1, 0), 0))), heir
                ),
                "督促停止フラグ": flag(broke),
                "催告停止フラグ": flag((kind == arrears.STOP) | broke),
                "移管先名称": text(b.constant("山口県滞納整理推進機構", len(sel)), handed),
                "移管年月日": dates(np.where(handed, b.base - 150 - mix(who_, 1255) % 100, NO_DAY)),
                **operator("nozei", who_ * 2 + block, when),
            }
        ),
    )


def talks(b: Books) -> pl.DataFrame:
    """交渉経過: one to eight records a debtor."""
    who = b.arrears.debtors
    times = 1 + mix(who, 1261) % 8
    row = np.repeat(np.arange(len(who)), times)
    step = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    key = who[row] * 16 + step
    when = (
        b.base
        - 20
        - mix(who[row], 1246) % 200
        - (times[row] - 1 - step) * 75
        - mix(key, 1262) % 40 * (step < times[row] - 1)
    )
    topic = mix(key, 1263) % len(TALKS)
    promise = (topic == 0) & (mix(key, 1264) % 3 > 0)
    second = mix(key, 1265) % len(TALKS)
    long_ = (mix(key, 1266) % 3 == 0) & (second != topic)
    content = (
        choose([t[1] for t in TALKS], topic)
        + pl.select(
            pl.when(pl.Series(long_)).then(choose([t[1] for t in TALKS], second)).otherwise(pl.lit(""))
        ).to_series()
    )
    kept = np.where(when + 30 > b.base, 4, 1 + mix(key, 1267) % 3)
    way = choose(["2", "1", "3", "7", "4", "1"], topic)
    hour = pl.select(
        pl.concat_str([digits(9 + mix(key, 1268) % 8, 2), pl.lit(":"), digits(mix(key, 1269) % 60, 2), pl.lit(":00")])
    ).to_series()
    return to_layout(
        "014",
        "交渉経過",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, len(row)),
                "宛名番号": b.who.atena.gather(pl.Series(who[row])),
                "交渉連番": number(step + 1),
                "交渉年月日": dates(when),
                "交渉時刻": text(hour, topic != 3),
                "交渉方法": way,
                "交渉相手区分": choose(["1", "6", "1", "9", "3", "1"], topic),
                "対応者ID": pl.Series(["nozei"]).gather(0 * row) + digits(1 + mix(who[row], 1244) % 9, 2),
                "件名": choose([t[0] for t in TALKS], topic),
                "交渉内容": content,
                "約束年月日": dates(np.where(promise, when + 20, NO_DAY)),
                "約束金額": number(5_000 + mix(key, 1270) % 20 * 1_000, promise),
                "約束履行区分": text(digits(kept, 1), promise),
                **operator("nozei", key, when),
            }
        ),
    )


def seizures(b: Books) -> pl.DataFrame:
    """滞納処分."""
    t = b.arrears.seizures
    payer, kind, asset, when = t["payer"], t["kind"], t["asset"], t["day"]
    key = t["id"] * 10
    show = pl.select(
        pl.concat_str(
            [
                choose([PROPERTY.get(k, "").split("{}")[0] for k in range(13)], asset),
                pl.when(pl.Series(np.isin(asset, (1, 4, 5, 7, 8))))
                .then(_wide(digits(mix(key, 1281) % 10**7, 7)))
                .otherwise(pl.lit("")),
                choose([([*PROPERTY.get(k, "").split("{}"), ""])[1] for k in range(13)], asset),
            ]
        )
    ).to_series()
    third = np.isin(asset, (1, 2, 3, 4, 5, 6))
    land = np.isin(asset, (7, 8))
    registered = land & (kind == 10)
    collected = t["got"] >= 0
    court = choose(["山口地方裁判所周南支部", "徳山税務署", "山口県周南県税事務所"], mix(key, 1282) % 3)
    return to_layout(
        "014",
        "滞納処分",
        pl.DataFrame(
            {
                "市区町村コード": b.constant(b.code, len(key)),
                "処分管理番号": digits(t["id"], 15),
                "処分履歴番号": number(t["history"]),
                "最新フラグ": flag(t["latest"] == 1),
                "宛名番号": b.who.atena.gather(pl.Series(payer)),
                "処分種別": digits(kind, 2),
                "財産種別": digits(asset, 2),
                "財産の表示": show,
                "処分年月日": dates(when),
                "送達年月日": dates(when + mix(key, 1283) % 4),
                "第三債務者名称": text(choose([THIRD.get(k) for k in range(13)], asset), third),
                "執行機関名称": text(court, kind > 10),
                "事件番号": text(
                    _wide(
                        pl.Series(["令和6年（ケ）第"]).gather(0 * key)
                        + pl.Series(1 + mix(key, 1284) % 90).cast(pl.String)
                        + "号"
                    ),
                    kind == 30,
                ),
                "不動産_物件番号": text(digits(10_000_000 + mix(key, 1285) % 900_000, 15), land),
                "登記受付番号": text(digits(mix(key, 1286) % 90_000, 7), registered),
                "登記年月日": dates(np.where(registered, when + 6, NO_DAY)),
                "先順位処分管理番号": text(
                    digits(np.where(t["id"] > 1, t["id"] - 1, 1), 15), (kind == 20) & (t["id"] > 1)
                ),
                "滞納額_本税": number(t["total"]),
                "滞納額_督促手数料": number(t["fee"]),
                "滞納額_延滞金": number(t["total"] * 8 // 100 // 100 * 100),
                "差押債権額": number(np.where(collected, t["got"], t["total"]), third),
                "取立年月日": dates(t["got_on"]),
                "取立額": number(t["got"], collected),
                "配当年月日": dates(np.where(collected, t["got_on"] + 3, NO_DAY)),
                "配当額": number(t["got"], collected),
                "滞納処分費": number(0 * key, collected),
                "処分状態": digits(t["state"], 1),
                "解除年月日": dates(t["lifted"]),
                "解除事由": text(choose(["03", "06", "04"], mix(key, 1287) % 3), t["state"] == 2),
                **operator("nozei", key + t["history"], np.where(collected, t["got_on"] + 4, when)),
            }
        ),
    )


def seized(b: Books) -> pl.DataFrame:
    """滞納処分対象期別."""
    t = b.arrears.seized
    order = np.lexsort((t["claim"], t["id"]))
    t = {name: values[order] for name, values in t.items()}
    return to_layout(
        "014",
        "滞納処分対象期別",
        pl.DataFrame(
            {
                **b.key(t["claim"]),
                "処分管理番号": digits(t["id"], 15),
                "対象額_本税": number(t["amount"]),
                "対象額_督促手数料": number(t["fee"]),
                "対象額_延滞金": number(t["amount"] * 8 // 100 // 100 * 100),
                "配当充当額": number(t["share"], t["share"] >= 0),
                "除外年月日": dates(t["out"]),
                **operator("nozei", t["id"] * 10 + arrears.numbered(t["id"]), t["day"]),
            }
        ),
    )


def reliefs(b: Books) -> pl.DataFrame:
    """納税緩和措置."""
    t = b.arrears.reliefs
    stop, undone = t["kind"] == 4, t["result"] == 3
    asked = np.isin(t["kind"], (1, 3))
    return to_layout(
        "014",
        "納税緩和措置",
        pl.DataFrame(
            {
                **b.key(t["claim"]),
                "緩和管理番号": digits(t["id"], 15),
                "緩和履歴番号": number(t["history"]),
                "最新フラグ": flag(t["latest"] == 1),
                "宛名番号": b.atena(t["claim"]),
                "緩和区分": digits(t["kind"], 1),
                "緩和事由": digits(t["reason"], 2),
                "申請年月日": dates(np.where(asked, t["start"] - 17, NO_DAY)),
                "決議年月日": dates(t["start"]),
                "開始年月日": dates(t["start"]),
                "終了年月日": dates(t["end"]),
                "猶予金額_本税": number(t["amount"]),
                "猶予金額_督促手数料": number(t["fee"]),
                "猶予金額_延滞金": number(0 * t["fee"]),
                "担保区分": text(choose(["0", "0", "1", "3"], mix(t["id"], 1291) % 4), ~stop),
                "延滞金免除区分": digits(np.select([stop, t["kind"] == 1], [2, 1], 0), 1),
                "取消年月日": dates(t["undone"]),
                "取消事由": text(
                    choose(["財産を発見", "生活状況の好転", "猶予の条件の不履行"], mix(t["id"], 1292) % 3), undone
                ),
                "消滅予定年月日": dates(t["gone"]),
                "緩和結果区分": digits(t["result"], 1),
                **operator("nozei", t["id"] * 10 + t["history"], t["start"]),
            }
        ),
    )


def pledges(b: Books) -> pl.DataFrame:
    """分納誓約."""
    t = b.arrears.pledges
    return to_layout(
        "014",
        "分納誓約",
        pl.DataFrame(
            {
                **b.key(t["claim"]),
                "分納管理番号": digits(t["id"], 15),
                "分納履歴番号": number(t["history"]),
                "分割回数": number(t["step"]),
                "最新フラグ": flag(t["latest"] == 1),
                "宛名番号": b.atena(t["claim"]),
                "誓約年月日": dates(t["signed"]),
                "納付予定年月日": dates(t["due"]),
                "分割納付金額_本税": number(t["amount"]),
                "分割納付金額_督促手数料": number(0 * t["amount"]),
                "分割納付金額_延滞金": number(0 * t["amount"]),
                "納付済額_本税": number(t["paid"]),
                "納付年月日": dates(t["paid_on"]),
                "納付書発行回数": number(np.ones(len(t["id"]), np.int64), t["step"] == 1),
                "分納状態": digits(t["state"], 1),
                "不履行年月日": dates(t["broken"]),
                **operator(
                    "nozei",
                    t["id"] * 40 + t["step"] + t["history"],
                    np.where(t["paid_on"] != NO_DAY, t["paid_on"], t["signed"]),
                ),
            }
        ),
    )


def limits(b: Books) -> pl.DataFrame:
    """時効不納欠損."""
    t = b.arrears.limits
    gone = t["ground"] > 0
    return to_layout(
        "014",
        "時効不納欠損",
        pl.DataFrame(
            {
                **b.key(t["claim"]),
                "時効履歴番号": number(t["history"]),
                "最新フラグ": flag(t["latest"] == 1),
                "宛名番号": b.atena(t["claim"]),
                "時効起算年月日": dates(t["begin"]),
                "時効更新事由": text(b.constant("01", len(gone)), t["renewed"] != NO_DAY),
                "時効更新年月日": dates(t["renewed"]),
                "時効完成予定年月日": dates(t["end"]),
                "時効完成年月日": dates(t["complete"]),
                "欠損事由": text(digits(t["ground"], 1), gone),
                "欠損会計年度": text(digits(fiscal_year(np.where(gone, t["written"], 0)), 4), gone),
                "欠損年月日": dates(t["written"]),
                "欠損額_本税": number(t["amount"], gone),
                "欠損額_督促手数料": number(t["fee"], gone),
                "欠損額_延滞金": number(0 * t["fee"], gone),
                "緩和管理番号": text(digits(t["relief"], 15), t["relief"] > 0),
                **operator("nozei", b.c.key[t["claim"]] + t["history"], np.where(gone, t["written"], t["begin"])),
            }
        ),
    )
