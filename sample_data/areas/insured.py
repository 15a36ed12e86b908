"""What the insurance areas (024, 025) share: the residents as arrays, the claims of an account, days, months,
incomes of area 010."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from sample_data.areas import accounts
from sample_data.plugin import Truth
from sample_data.tax.claims import Claims, Payers
from sample_data.tax.frames import EPOCH, NO_DAY, Bools, Ints, choose, digits, mix, text
from sample_data.tax.vendor import parts
from sample_data.truth.frame import era_text
from sample_data.world import World

BANKS = ("0170", "0170", "1512", "0001", "5520", "2990", "9900")
_SMALL = ("ァ", "ィ", "ゥ", "ェ", "ォ", "ッ", "ャ", "ュ", "ョ", "ヮ")
_LARGE = ("ア", "イ", "ウ", "エ", "オ", "ツ", "ヤ", "ユ", "ヨ", "ワ")


@dataclass(frozen=True)
class People:
    """The residents of a world as parallel arrays, in the order of ``pid`` (which is the order of the payers of area
    014, too)."""

    frame: pl.DataFrame
    """``world.persons`` by pid."""
    birth: Ints
    entry: Ints
    removal: Ints
    """Day, or NO_DAY."""
    hid: Ints
    spouse: Ints
    """Position or -1."""
    head: Bools
    male: Bools

    @property
    def size(self) -> int:
        return len(self.birth)

    def column(self, name: str, who: Ints, where: Bools | None = None) -> pl.Series:
        """A text column of persons; null where ``where`` is False."""
        return text(self.frame[name].gather(pl.Series(who)), where)

    def birthday(self, years: int, who: Ints) -> Ints:
        """Day on which somebody is ``years`` old (29 February: 1 March in other years)."""
        born = self.birth[who].astype("datetime64[D]")
        month = born.astype("datetime64[M]")
        first = (month + np.timedelta64(12 * years, "M")).astype("datetime64[D]")
        found: Ints = first.astype(np.int64) + (born - month.astype("datetime64[D]")).astype(np.int64)
        return found

    def age(self, when: Ints | int, who: Ints) -> Ints:
        """Full years on a day."""
        whole = years_of(np.asarray(when) + np.zeros(len(who), np.int64)) - years_of(self.birth[who])
        return np.where(
            _later_in_year(self.birth[who], np.asarray(when) + np.zeros(len(who), np.int64)), whole - 1, whole
        )

    def birth_items(self, who: Ints) -> dict[str, pl.Series]:
        """生年月日 and its 不詳 items, as area 001 holds them."""
        frame = self.frame.select("birth", "birth_unknown")[pl.Series(who)]
        unknown = pl.col("birth_unknown")
        known = pl.col("birth").dt.to_string("%Y-%m-%d")
        out = frame.select(
            pl.when(unknown).then(pl.col("birth").dt.to_string("%Y-00-00")).otherwise(known).alias("生年月日"),
            pl.when(unknown).then(pl.lit("1")).otherwise(pl.lit("0")).alias("生年月日_不詳フラグ"),
            pl.when(unknown).then(era_text(known) + pl.lit("頃")).alias("生年月日_不詳表記"),
        )
        return {name: out[name] for name in out.columns}


def people(world: World) -> People:
    """The residents of ``world``, present and removed."""
    frame = world.persons.sort("pid")

    def days(name: str) -> Ints:
        return frame[name].to_physical().cast(pl.Int64).fill_null(NO_DAY).to_numpy().copy()

    return People(
        frame,
        days("birth"),
        days("entry"),
        days("removal"),
        frame["hid"].to_numpy(),
        frame["spouse_pid"].fill_null(-1).to_numpy(),
        frame["is_head"].to_numpy(),
        (frame["sex"] == "1").to_numpy(),
    )


def claimed(world: World, account: Sequence[int]) -> tuple[Payers, Claims]:
    """The claims that area 014 holds of some 科目, ordered by 賦課年度, 通知書番号, 期別."""
    who, found = accounts.of(world, account)
    return who, pick(found, np.lexsort((found.period, found.notice, found.fuka)))


def pick(c: Claims, at: Ints) -> Claims:
    """Some claims, in the order of ``at``."""
    arrays: dict[str, Any] = {name: value[at] for name, value in vars(c).items() if isinstance(value, np.ndarray)}
    return replace(c, **arrays)


@dataclass(frozen=True)
class Notices:
    """The notices behind claims, and how each was revised: one step a changed claim, in the order of the changes.

    ``step_*`` are parallel: one a levy row (notice and revision 0, 1, ...), ordered by notice and revision.
    """

    c: Claims
    of: Ints
    """Per claim: its notice."""
    first: Ints
    """Per notice: its first claim."""
    size: Ints
    """Per notice: its claims."""
    rank: Ints
    """Per claim: the revision that changed it, or a number above all of them."""
    step_notice: Ints
    step_revision: Ints
    step_day: Ints
    step_latest: Bools

    @property
    def payer(self) -> Ints:
        return self.c.payer[self.first]

    @property
    def year(self) -> Ints:
        return self.c.fuka[self.first]

    @property
    def account(self) -> Ints:
        return self.c.kam[self.first]

    def rows(self, steps: Ints) -> tuple[Ints, Ints, Bools]:
        """The installments of some levy rows: position in ``steps``, claim, and whether the claim is already
        changed."""
        notice = self.step_notice[steps]
        count = self.size[notice]
        at = np.repeat(np.arange(len(steps)), count)
        claim = np.repeat(self.first[notice], count) + np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
        return at, claim, self.rank[claim] <= self.step_revision[steps][at]


def notices(c: Claims, levied: Ints) -> Notices:
    """``c`` ordered by notice and period; ``levied``: day on which each claim was first booked."""
    begins = np.ones(c.size, bool)
    begins[1:] = (c.notice[1:] != c.notice[:-1]) | (c.fuka[1:] != c.fuka[:-1])
    of = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    size = np.diff(np.append(first, c.size))
    changed = np.flatnonzero(c.revised != NO_DAY)
    changed = changed[np.lexsort((changed, c.revised[changed], of[changed]))]
    group = of[changed]
    start = np.searchsorted(group, group)
    rank = np.full(c.size, np.iinfo(np.int64).max)
    rank[changed] = np.arange(len(changed)) - start + 1
    steps = np.bincount(group, minlength=len(first)) + 1
    step_notice = np.repeat(np.arange(len(first)), steps)
    revision = np.arange(len(step_notice)) - np.repeat(np.cumsum(steps) - steps, steps)
    when = levied[first[step_notice]].copy()
    # The changed claims stand in the order of the steps with a revision.
    when[revision > 0] = np.maximum(c.revised[changed], when[revision > 0])
    return Notices(c, of, first, size, rank, step_notice, revision, when, revision == steps[step_notice] - 1)


def years_of(days: Ints) -> Ints:
    """Calendar year of days."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def month_index(days: Ints) -> Ints:
    """Months since 1970-01 of days."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_text(months: Ints, where: Bools | None = None) -> pl.Series:
    """YYYY-MM of months since 1970-01."""
    whole = np.where(where, months, 0) if where is not None else months
    return text(digits(1970 + whole // 12, 4) + pl.Series(["-"]) + digits(whole % 12 + 1, 2), where)


def first_day(months: Ints) -> Ints:
    """First day of months since 1970-01."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _later_in_year(first: Ints, second: Ints) -> Bools:
    """Whether month and day of ``first`` come after those of ``second``."""

    def place(days: Ints) -> Ints:
        months = month_index(days)
        return months % 12 * 31 + days - first_day(months)

    later: Bools = place(first) > place(second)
    return later


def months_in(start: Ints, end: Ints, year: Ints) -> tuple[Ints, Ints]:
    """First and last month (0 = April) of a fiscal year in which somebody is insured from ``start`` to the day before
    ``end`` (NO_DAY: still); the month of the loss does not count, but one month always does."""
    april = (year - 1970) * 12 + 3
    low = np.clip(month_index(start) - april, 0, 11)
    last = np.where(end == NO_DAY, 11, month_index(np.where(end == NO_DAY, 0, end)) - april - 1)
    return low, np.maximum(np.clip(last, 0, 11), low)


def constant(value: str | None, size: int) -> pl.Series:
    return choose([value], np.zeros(size, np.int64))


def within(low: Ints, high: Ints, keys: Ints, salt: int) -> Ints:
    """A repeatable day from ``low`` up to, not including, ``high`` (``low`` where there is no room)."""
    drawn: Ints = low + mix(keys, salt) % np.maximum(high - low, 1)
    return drawn


def numbered(sorted_keys: Ints) -> tuple[Ints, Bools]:
    """1, 2, ... within runs of equal keys, and whether it is the run's last."""
    begins = np.searchsorted(sorted_keys, sorted_keys)
    last = np.append(sorted_keys[1:] != sorted_keys[:-1], True) if len(sorted_keys) else np.zeros(0, bool)
    return np.arange(len(sorted_keys)) - begins + 1, last


def large_kana(kana: pl.Series) -> pl.Series:
    """Small kana as large ones, as banks write names."""
    return kana.str.replace_many(list(_SMALL), list(_LARGE))


def bank(who: Ints, kana: pl.Series, where: Bools) -> dict[str, pl.Series]:
    """An account to pay to."""
    return {
        "金融機関コード": text(choose(BANKS, mix(who, 2401) % len(BANKS)), where),
        "支店コード": text(digits(100 + mix(who, 2402) % 800, 3), where),
        "口座種別": text(choose(["1", "1", "1", "1", "2", "4"], mix(who, 2403) % 6), where),
        "口座番号": text(digits(mix(who, 2404) % 9_999_999 + 1, 7), where),
        "口座名義人_カナ": text(large_kana(kana), where),
    }


def insurer_number(lead: str, code: str) -> str:
    """保険者番号: ``lead`` (35 of a city's 国保, 3935 of the 広域連合), three digits, check digit (modulus 10, weights
    2 and 1 from the right)."""
    body = f"{lead}{int(code[2:5]) % 200:03d}"
    products = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))]
    return f"{body}{-sum(p // 10 + p % 10 for p in products) % 10}"


def pension_ids(who: Ints) -> dict[str, pl.Series]:
    """What area 010 says of the same people's pensions."""
    return {
        "基礎年金番号": digits(1_000_000_000 + mix(who, 663) % 8_999_999_999, 10),
        "年金コード": choose(["1150", "1350", "1170"], mix(who, 661) % 3),
        "特別徴収義務者コード": constant("001", len(who)),
    }


INCOMES = (
    "給与収入金額",
    "給与所得金額",
    "公的年金等収入金額",
    "公的年金等雑所得金額",
    "営業等所得金額",
    "農業所得金額",
    "不動産所得金額",
    "利子配当所得金額",
    "その他雑所得金額",
    "総合譲渡一時所得金額",
    "分離譲渡所得金額",
    "株式等所得金額",
    "山林所得金額",
    "専従者給与控除額",
    "総所得金額等",
)


def incomes(levied: Truth, year: int, atena: pl.Series) -> pl.DataFrame:
    """Area 010's view of residents in a year: columns ``who`` (position), ``revision``, ``latest``, ``when`` (day),
    ``paper`` (課税根拠資料区分), ``status`` (課税区分), and :data:`INCOMES`; ordered by who and revision."""
    key = ["宛名番号", "相当年度", "更正履歴番号"]
    income, base = (_of_year(levied, name, year) for name in ("所得情報", "賦課基本情報"))
    short, long_, once = "総合譲渡短期所得金額", "総合譲渡長期所得金額", "一時所得金額"
    stocks = ("一般株式等譲渡所得金額", "上場株式等譲渡所得金額", "上場株式等配当所得金額", "先物取引所得金額")
    rows = income.select(
        *key,
        "最新フラグ",
        *INCOMES[:7],
        (pl.col("利子所得金額") + pl.col("配当所得金額")).alias("利子配当所得金額"),
        (pl.col("雑所得_業務金額") + pl.col("雑所得_その他金額")).alias("その他雑所得金額"),
        (pl.col(short) + (pl.col(long_) + pl.col(once)) // 2).alias("総合譲渡一時所得金額"),
        (pl.col("分離短期譲渡所得金額") + pl.col("分離長期譲渡所得金額")).alias("分離譲渡所得金額"),
        pl.sum_horizontal(stocks).alias("株式等所得金額"),
        "山林所得金額",
        pl.col("事業専従者控除額").alias("専従者給与控除額"),
        "総所得金額等",
        pl.col("操作年月日").str.to_date().to_physical().cast(pl.Int64).alias("when"),
    ).join(base.select(*key, "課税区分", "課税根拠資料区分"), on=key, how="left")
    order = pl.DataFrame({"宛名番号": atena, "who": np.arange(len(atena))}).unique("宛名番号", keep="first")
    return (
        rows.join(order, on="宛名番号", how="inner")
        .with_columns(
            pl.col("更正履歴番号").alias("revision"),
            (pl.col("最新フラグ") == "1").alias("latest"),
            pl.col("課税根拠資料区分").fill_null("9").alias("paper"),
            pl.col("課税区分").fill_null("4").alias("status"),
        )
        .select("who", "revision", "latest", "when", "paper", "status", *(pl.col(c).fill_null(0) for c in INCOMES))
        .sort("who", "revision")
    )


def _of_year(levied: Truth, group: str, year: int) -> pl.DataFrame:
    """The rows of one 相当年度; area 010 keeps its groups in parts, one a year."""
    labels = [frame for label, frame in parts(levied, group) if label in (str(year), "ALL")]
    return pl.concat(labels).filter(pl.col("相当年度") == str(year))


def base_day(world: World) -> int:
    return (world.base_date - EPOCH).days


def april(year: Ints) -> Ints:
    """1 April of years."""
    return first_day((year - 1970) * 12 + 3)
