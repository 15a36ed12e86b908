"""Area 014's big groups, a part (fiscal year) at a time: claims, their changes, payments, payment slips, reminders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.tax.arrears import Arrears, Table, numbered
from sample_data.tax.claims import WIDE, WITHHELD, Claims, Payers
from sample_data.tax.frames import (
    CLAIM,
    NO_DAY,
    Bools,
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
from sample_data.tax.payments import Paid, Rows, closing, levy_day

BANKS = ("0170", "0170", "0170", "1512", "0001", "5520", "2990")
KANA_PLATE = (
    "あ",
    "い",
    "う",
    "え",
    "か",
    "き",
    "く",
    "け",
    "さ",
    "す",
    "せ",
    "そ",
    "た",
    "ち",
    "つ",
    "て",
    "な",
    "ぬ",
    "は",
    "ひ",
)
WIDE_DIGITS = tuple("０１２３４５６７８９")


@dataclass
class Books:
    """Everything of area 014 as arrays."""

    code: str
    base: int
    who: Payers
    c: Claims
    paid: Paid
    rows: Rows
    arrears: Arrears
    letters: Table

    @cached_property
    def open(self) -> Ints:
        return self.paid.open(self.c)

    @cached_property
    def sums(self) -> dict[str, Ints]:
        """Per claim, of confirmed payments: fee, interest, last day (NO_DAY), what was paid by the closing of the
        year; ``waiting``: provisional only.
        """
        r, size = self.rows, self.c.size
        sure = r["kind"] == 1
        claim = r["claim"][sure]
        last = np.full(size, NO_DAY)
        np.maximum.at(last, claim, r["day"][sure])
        in_time = r["day"][sure] <= closing(self.c.fuka)[claim]

        def total(values: Ints) -> Ints:
            return np.bincount(claim, weights=values, minlength=size).astype(np.int64)

        news = r["kind"] == 2
        waiting = np.bincount(r["claim"][news], weights=r["amount"][news], minlength=size).astype(np.int64)
        return {
            "fee": total(r["fee"][sure]),
            "interest": total(r["interest"][sure]),
            "last": last,
            "by_closing": total(r["amount"][sure] * in_time),
            "waiting": np.where(self.paid.paid == 0, waiting, 0),
        }

    @cached_property
    def closing(self) -> Ints:
        return closing(self.c.fuka)

    @cached_property
    def levied(self) -> Ints:
        return levy_day(self.c)

    def constant(self, value: str | None, size: int) -> pl.Series:
        return choose([value], np.zeros(size, np.int64))

    def key(self, claim: Ints, prefix: str = "") -> dict[str, pl.Series]:
        """The seven items of a claim's key (with ``prefix``: without 市区町村コード)."""
        c = self.c
        values = {
            "賦課年度": digits(c.fuka[claim], 4),
            "相当年度": digits(c.soto[claim], 4),
            "業務詳細（科目）コード": digits(c.kam[claim], 2),
            "通知書番号": digits(c.notice[claim], 15),
            "期別": digits(c.period[claim], 2),
            "申告履歴番号": number(c.sink[claim]),
        }
        if prefix:
            return {prefix + name: value for name, value in values.items()}
        return {CLAIM[0]: self.constant(self.code, len(claim)), **values}

    def atena(self, claim: Ints) -> pl.Series:
        return self.who.atena.gather(pl.Series(self.c.payer[claim]))

    def part(self, part: int) -> Ints:
        low, high = self.c.bounds(part)
        return np.arange(low, high)


def breakdown(c: Claims, at: Ints) -> dict[str, tuple[Ints, Bools]]:
    """The 内訳 of claims: item -> amounts and where it applies."""
    kam, now = c.kam[at], c.now[at]
    health = np.isin(kam, (50, 51))
    property_ = np.isin(kam, (30, 31))
    plant = np.where(kam == 31, now, np.where(mix(c.notice[at], 1101) % 20 == 0, now * 12 // 100, 0))
    support, care = now * 24 // 100, np.where(mix(c.notice[at], 1102) % 2 == 0, now * 11 // 100, 0)
    flat = flat_part(c, at)
    return {
        "均等割額": (np.minimum(flat, now), kam == 20),
        "法人税割額": (now - np.minimum(flat, now), kam == 20),
        "固定土地家屋額": (now - plant, property_),
        "固定償却額": (plant, property_),
        "森林環境税額": (np.minimum(c.forest[at], now), np.isin(kam, (10, 11, 12))),
        "医療分": (now - support - care, health),
        "支援金分": (support, health),
        "介護分": (care, health),
    }


def flat_part(c: Claims, at: Ints) -> Ints:
    """均等割 of a corporation (half of it in a provisional return)."""
    whole = np.array([50_000, 50_000, 130_000, 160_000])[mix(c.payer[at], 942) % 4]
    return np.where(c.sink[at] == 2, whole // 2, whole)


def claims(b: Books, part: int) -> pl.DataFrame:
    """期別調定."""
    c, paid, at = b.c, b.paid, b.part(part)
    kam, payer, due = c.kam[at], c.payer[at], c.due[at]
    wide = np.isin(kam, WIDE)
    withheld = np.isin(kam, WITHHELD)
    method = np.select([kam == 11, withheld, kam == 20, paid.account[at]], [3, 4, 5, 2], 1)
    serial = c.notice[at] % 10**7
    corporate = kam == 20
    begin = (
        (
            (c.fuka[at] - 1970 - (c.sink[at] == 1)).astype("datetime64[Y]").astype("datetime64[M]")
            + np.timedelta64(3, "M")
        )
        .astype("datetime64[D]")
        .astype(np.int64)
    )
    finish = (
        (c.fuka[at] - 1969 - (c.sink[at] == 1)).astype("datetime64[Y]").astype("datetime64[M]") + np.timedelta64(3, "M")
    ).astype("datetime64[D]").astype(np.int64) - 1
    open_, sums = b.open[at], {name: values[at] for name, values in b.sums.items()}
    dun = paid.dun[at]
    complete = (open_ == 0) & (paid.paid[at] > 0) & (paid.written[at] == 0) & (c.now[at] > 0)
    postponed = ~wide & (dun == NO_DAY) & (mix(c.key[at], 1103) % 90 == 0)
    insured = np.isin(kam, (60, 61, 70, 71))
    counted = ~wide & ((paid.interest[at] > 0) | paid.waived[at])
    return to_layout(
        "014",
        "期別調定",
        pl.DataFrame(
            {
                **b.key(at),
                "宛名番号": b.atena(at),
                "納付方法区分": digits(method, 1),
                "特別徴収義務者指定番号": text(digits(np.maximum(c.agent[at], 0), 10), kam == 11),
                "事業年度番号": number(c.fuka[at] - 1990 - (c.sink[at] == 1), corporate),
                "事業年度開始年月日": dates(np.where(corporate, begin, NO_DAY)),
                "事業年度終了年月日": dates(np.where(corporate, finish, NO_DAY)),
                "申告区分": text(choose(["01", "04"], (c.sink[at] == 2).astype(np.int64)), corporate),
                "被保険者番号": text(_insured(kam, payer), insured),
                "標識番号": text(_plates(np.where(kam == 40, serial, 0)), kam == 40),
                "調定額_本税": number(c.now[at]),
                "調定額_督促手数料": number(paid.fee[at]),
                "調定額_延滞金": number(paid.interest[at]),
                **{f"内訳_{name}": number(values, where) for name, (values, where) in breakdown(c, at).items()},
                "納期限": dates(due),
                "指定納期限": dates(np.where(postponed, due + 30, NO_DAY)),
                "法定納期限": dates(due),
                "法定納期限等": dates(np.where(wide, NO_DAY, b.levied[at])),
                "収納済額_本税": number(paid.paid[at]),
                "収納済額_督促手数料": number(sums["fee"]),
                "収納済額_延滞金": number(sums["interest"]),
                "仮消込額_本税": number(sums["waiting"], (sums["waiting"] > 0) & ~wide),
                "不納欠損額_本税": number(paid.written[at]),
                "過誤納額_本税": number(paid.over[at]),
                "未納額_本税": number(open_),
                "延滞金計算区分": digits(np.select([paid.waived[at], withheld], [2, 1], 0), 1),
                "延滞金計算済年月日": dates(np.where(counted, sums["last"], NO_DAY)),
                "完納年月日": dates(np.where(complete, sums["last"], NO_DAY)),
                "最終収納年月日": dates(sums["last"]),
                "督促状発付年月日": dates(dun),
                "滞納繰越区分": digits(1 + paid.carried[at], 1),
                "繰越年度": text(digits(c.fuka[at] + 1, 4), paid.carried[at]),
                "調定更正年月日": dates(c.revised[at]),
                "連帯納税義務フラグ": flag((b.who.kind[payer] == 4) & np.isin(kam, (30, 31))),
                **operator("syu", c.notice[at] * 100 + kam, b.levied[at]),
            }
        ),
    )


def _insured(kam: Ints, payer: Ints) -> pl.Series:
    care = digits(payer + 1, 10)
    late = digits(10_000_000 + payer, 8)
    return pl.select(pl.when(pl.Series(kam < 70)).then(care).otherwise(late)).to_series()


def _plates(serial: Ints) -> pl.Series:
    """標識番号 of a vehicle: 山口５８０あ１２３４."""
    drawn = mix(serial, 1105)
    figures = [choose(WIDE_DIGITS, drawn // 10**k % 10) for k in range(4)]
    return pl.select(
        pl.concat_str(
            [
                pl.lit("山口"),
                choose(("５８０", "５８１", "４８０"), drawn % 3),
                choose(KANA_PLATE, serial % 20),
                *figures,
            ]
        )
    ).to_series()


def changes(b: Books, part: int) -> pl.DataFrame:
    """調定履歴: the levy, changes, 督促手数料 and 延滞金, and the re-booking as 滞納繰越 (which does not count)."""
    c, paid, at = b.c, b.paid, b.part(part)
    change = at[c.revised[at] != NO_DAY]
    fee = at[paid.fee[at] > 0]
    extra = at[paid.interest[at] > 0]
    carried = at[paid.carried[at]]
    first_kind = np.select([c.soto[at] < c.fuka[at], (c.kam[at] == 10) & (c.period[at] == 5)], [5, 4], 1)
    step = c.now[change] - c.first[change]
    last = b.sums["last"]
    blocks = (
        # claim, kind, day, main, fee, interest (-1: none), reason
        (at, first_kind, b.levied[at], c.first[at], None, None, np.zeros(len(at), np.int64)),
        (
            change,
            np.select([c.now[change] == 0, step > 0], [7, 2], 3),
            c.revised[change],
            step,
            None,
            None,
            np.select(
                [c.now[change] == 0, np.isin(c.kam[change], (10, 12))],
                [6, 1],
                np.array([1, 2, 4, 5])[mix(c.key[change], 1111) % 4],
            ),
        ),
        (fee, np.full(len(fee), 2), paid.dun[fee], 0 * fee, paid.fee[fee], None, np.full(len(fee), 12)),
        (extra, np.full(len(extra), 2), last[extra], 0 * extra, None, paid.interest[extra], np.full(len(extra), 12)),
        (
            carried,
            np.full(len(carried), 6),
            b.closing[carried] + 1,
            c.now[carried] - b.sums["by_closing"][carried],
            None,
            None,
            np.zeros(len(carried), np.int64),
        ),
    )
    claim, kind, when, main, reason = (np.concatenate([block[i] for block in blocks]) for i in (0, 1, 2, 3, 6))
    fees = np.concatenate([np.zeros(len(block[0]), np.int64) if block[4] is None else block[4] for block in blocks])
    extras = np.concatenate([np.full(len(block[0]), -1) if block[5] is None else block[5] for block in blocks])
    rank = np.repeat(np.arange(len(blocks)), [len(block[0]) for block in blocks])
    # The levy stands first, the others by day.
    order = np.lexsort((rank, when, rank > 0, claim))
    claim, kind, when, main, reason, fees, extras = (
        values[order] for values in (claim, kind, when, main, reason, fees, extras)
    )
    year = np.maximum(fiscal_year(when), c.fuka[claim])
    rebooked = kind == 6
    told = np.isin(kind, (2, 3, 7)) & (reason != 12)
    return to_layout(
        "014",
        "調定履歴",
        pl.DataFrame(
            {
                **b.key(claim),
                "調定履歴番号": number(numbered(claim) + 1),
                "調定区分": digits(kind, 1),
                "会計年度": digits(np.where(rebooked, c.fuka[claim] + 1, year), 4),
                "滞納繰越区分": digits(1 + ((paid.carried[claim]) & (when > b.closing[claim])), 1),
                "調定年月日": dates(when),
                "調定増減額_本税": number(main),
                "調定増減額_督促手数料": number(fees),
                "調定増減額_延滞金": number(extras, extras >= 0),
                "更正事由": digits(reason, 2),
                "更正決定通知年月日": dates(np.where(told, np.minimum(when + 3, b.base), NO_DAY)),
                **operator("syu", c.key[claim] + kind, np.minimum(when + 1, b.base)),
            }
        ),
    )


def payments(b: Books, part: int) -> pl.DataFrame:
    """収納履歴."""
    c, low, high = b.c, *b.c.bounds(part)
    r = b.rows
    first, last = np.searchsorted(r["claim"], low), np.searchsorted(r["claim"], high)
    r = {name: values[first:last] for name, values in r.items()}
    claim, channel, when = r["claim"], r["channel"], r["day"]
    key = c.key[claim] * 8 + r["number"]
    income = np.minimum(when + 1 + mix(key, 1121) % 5, b.base - 1)
    opens = closing(c.fuka[claim] - 1) - 60
    in_year = (income <= b.closing[claim]) & (income >= opens)
    year = np.where(in_year, c.fuka[claim], fiscal_year(income))
    corporate = c.kam[claim] == 20
    flat = np.clip(flat_part(c, claim), 0, np.maximum(r["amount"], 0))
    bank = choose(BANKS, mix(c.payer[claim], 1122) % len(BANKS))
    at_bank = np.isin(channel, (1, 2, 4, 9))
    bank = pl.select(pl.when(pl.Series(channel == 9)).then(pl.lit("9900")).otherwise(bank)).to_series()
    slip = np.isin(channel, (1, 3, 8, 9))
    return to_layout(
        "014",
        "収納履歴",
        pl.DataFrame(
            {
                **b.key(claim),
                "収納履歴番号": number(r["number"]),
                "宛名番号": b.atena(claim),
                "会計年度": digits(year, 4),
                "滞納繰越区分": digits(1 + (b.paid.carried[claim] & (income > b.closing[claim])), 1),
                "消込区分": digits(r["kind"], 1),
                "納付チャネル区分": digits(channel, 2),
                "納付種別": digits(r["type"], 1),
                "領収年月日": dates(when),
                "収入年月日": dates(income),
                "収納額_本税": number(r["amount"]),
                "収納額_督促手数料": number(r["fee"]),
                "収納額_延滞金": number(r["interest"]),
                "収納額_滞納処分費": number(0 * when, channel == 11),
                "内訳_均等割収納額": number(flat, corporate),
                "内訳_法人税割収納額": number(r["amount"] - flat, corporate),
                "金融機関コード": text(bank, at_bank),
                "支店コード": text(digits(1 + mix(c.payer[claim], 1123) % 60, 3), at_bank & (channel != 9)),
                "納付済通知書番号": text(digits(fiscal_year(income) * 10**12 + mix(key, 1124) % 10**12, 18), slip),
                "案件特定キー": text(digits(mix(key, 1125) % 10**18, 30), channel == 7),
                "組替区分": digits(r["moved"], 1),
                "組替元収納履歴番号": number(r["moved_from"], r["moved"] == 2),
                "取消年月日": dates(np.where(r["kind"] == 9, when + 3, NO_DAY)),
                "分納管理番号": text(digits(np.maximum(r["pledge"], 0), 15), r["pledge"] > 0),
                "処分管理番号": text(digits(np.maximum(r["seizure"], 0), 15), r["seizure"] > 0),
                "過誤納管理番号": text(digits(np.maximum(r["refund"], 0), 15), r["refund"] > 0),
                **operator("syu", key, np.minimum(income + 1, b.base)),
            }
        ),
    )
