"""All claims (期別) of area 014 as arrays: those that area 010 levied, and plausible ones for the accounts whose
areas come later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.plugin import Truth
from sample_data.tax import levy
from sample_data.tax.frames import EPOCH, NO_DAY, Bools, Ints, day, mix, month_end, working_day
from sample_data.tax.pool import normal, uniform
from sample_data.world import World

OLD = "OLD"
"""Label of the part with claims carried over from before the kept years."""
WITHHELD = (11, 12, 51, 61, 71)
"""科目 that an employer or a pension payer pays: never in arrears."""
WIDE = (10, 30, 31, 50)
"""科目 whose claims B社 keeps by notice, periods side by side (without 仮消込)."""
LEVY_DAYS = 50
"""Days between the levy (notice) and the first due day."""
MONTHS = ("6月", "7月", "8月", "9月", "10月", "11月", "12月", "翌1月", "翌2月", "翌3月", "翌4月", "翌5月")


@dataclass(frozen=True)
class Payers:
    """Everybody who may owe: residents, then people, firms, societies and shared names outside; parallel columns."""

    atena: pl.Series
    name: pl.Series
    kana: pl.Series
    born: Ints
    entry: Ints
    removal: Ints
    head: Bools
    kind: Ints
    """0 resident, 1 person outside, 2 firm, 3 society, 4 shared."""

    @property
    def size(self) -> int:
        return len(self.born)

    def careless(self) -> Bools:
        """The few who let claims go unpaid; in a tiny town at least some long-standing residents, so that no group is
        empty."""
        few = uniform(np.arange(self.size), 901) < 0.09
        few[self.notorious()] = True
        return few

    def notorious(self) -> Ints:
        """The six residents who have lived here longest (of those who are here): in arrears for sure."""
        here = np.flatnonzero((self.kind == 0) & (self.removal == NO_DAY))
        return here[np.lexsort((here, self.entry[here]))][:6]


@dataclass
class Claims:
    """Parallel arrays, one a claim, ordered by part (what was carried over, then each year in three: WIDE, WITHHELD and
    the others), 科目, 通知書番号, 申告履歴番号, 期別. Amounts in yen, days since 1970-01-01.
    """

    labels: tuple[str, ...]
    part: Ints
    kam: Ints
    fuka: Ints
    soto: Ints
    notice: Ints
    period: Ints
    sink: Ints
    payer: Ints
    first: Ints
    """Amount when levied."""
    now: Ints
    """Amount today."""
    revised: Ints
    """Day of the change from ``first`` to ``now``, or NO_DAY."""
    due: Ints
    start: Ints
    """Due day of the notice's first period."""
    agent: Ints
    """特別徴収義務者指定番号 as a number, -1 where none."""
    forest: Ints

    @property
    def size(self) -> int:
        return len(self.kam)

    def bounds(self, part: int) -> tuple[int, int]:
        """First and last position of a part."""
        return int(np.searchsorted(self.part, part)), int(np.searchsorted(self.part, part, side="right"))

    @property
    def key(self) -> Ints:
        """A stable number of each claim, for choices."""
        return self.notice * 1000 + self.period * 10 + self.sink * 7 + self.kam * 131


_FIELDS = (
    "kam",
    "fuka",
    "soto",
    "notice",
    "period",
    "sink",
    "payer",
    "first",
    "now",
    "revised",
    "due",
    "start",
    "agent",
    "forest",
)
Block = dict[str, Ints]


def payers(world: World) -> Payers:
    """The payers of ``world``."""
    people, outside = world.persons.sort("pid"), world.outsiders

    def days(column: pl.Series) -> Ints:
        return column.to_physical().cast(pl.Int64).fill_null(NO_DAY).to_numpy()

    more = outside.height
    return Payers(
        pl.concat([people["atena"], outside["atena"]]).rechunk(),
        pl.concat([people["name"], outside["name"]]).rechunk(),
        pl.concat([people["name_kana"], outside["name_kana"]]).rechunk(),
        np.concatenate([days(people["birth"]), days(outside["birth"])]),
        np.concatenate([days(people["entry"]), days(outside["since"])]),
        np.concatenate([days(people["removal"]), days(outside["death"])]),
        np.concatenate([people["is_head"].to_numpy(), np.zeros(more, bool)]),
        np.concatenate([np.zeros(people.height, np.int64), outside["kind"].cast(pl.Int64).to_numpy()]),
    )


def build(world: World, who: Payers, levied: Truth, years: list[int]) -> Claims:
    """The claims of the kept years, and those carried over from the five years before them."""
    base = (world.base_date - EPOCH).days
    labels = (OLD, *(f"{y}_{third}" for y in years for third in (1, 2, 3)))
    blocks: list[Block] = []
    owners = pl.DataFrame({"atena": who.atena, "payer": np.arange(who.size)}).unique("atena", keep="first")
    installments = levied["期別税額情報"]
    for place, year in enumerate(years):
        for block in (
            *_from_installments(installments, owners, year),
            _from_employers(levied, owners, year),
            *_others(who, year),
        ):
            third = np.select([np.isin(block["kam"], WIDE), np.isin(block["kam"], WITHHELD)], [0, 1], 2)
            block["part"] = 1 + 3 * place + third
            blocks.append(block)
    carried = _carried(who, years[0])
    carried["part"] = np.zeros(len(carried["kam"]), np.int64)
    blocks.append(carried)
    # A column at a time, so that no two copies of all columns are in memory.
    c = {name: np.concatenate([b.pop(name) for b in blocks]) for name in ("part", *_FIELDS)}
    known = c["start"] - LEVY_DAYS <= base
    order = np.flatnonzero(known)
    order = order[np.lexsort(tuple(c[name][order] for name in ("period", "sink", "notice", "kam", "part")))]
    for name in c:
        c[name] = c[name][order]
    claims = Claims(labels, c["part"], *(c[name] for name in _FIELDS))
    _change(claims, base)
    return claims


def _block(kam: int, year: int, payer: Ints, serial: Ints, amounts: Ints, dues: Ints) -> Block:
    """Claims from ``(n, periods)`` amounts; ``dues`` one a period. Periods without an amount give no claim."""
    count, periods = amounts.shape
    used = (amounts > 0).ravel()

    def each(values: Ints) -> Ints:
        return np.repeat(values, periods)[used]

    flat = amounts.ravel()[used]
    size = len(flat)
    due = np.tile(dues, count)[used]
    return {
        "kam": np.full(size, kam),
        "fuka": np.full(size, year),
        "soto": np.full(size, year),
        "notice": year * 10**9 + kam * 10**7 + each(serial) + 1,
        "period": np.tile(np.arange(1, periods + 1), count)[used],
        "sink": np.zeros(size, np.int64),
        "payer": each(payer),
        "first": flat,
        "now": flat.copy(),
        "revised": np.full(size, NO_DAY),
        "due": due,
        "start": np.full(size, dues[0]),
        "agent": np.full(size, -1),
        "forest": np.zeros(size, np.int64),
    }


def _from_installments(rows: pl.DataFrame, owners: pl.DataFrame, year: int) -> Iterator[Block]:
    """科目 10 and 12 from 期別税額情報: the first and the newest row of each key; what a revision took away stays as
    a claim of 0.
    """
    key = ["宛名番号", "相当年度", "ordinary", "期別"]
    data = (
        rows.filter(pl.col("賦課年度") == str(year))
        .with_columns(ordinary=pl.col("徴収方法区分") == "1")
        .select(
            *key,
            "履歴番号",
            "期別種別",
            "最新フラグ",
            pl.col("納期限").str.to_date(strict=False).to_physical().cast(pl.Int64),
            "期別税額",
            "期別税額_森林環境税",
            pl.col("通知書番号").cast(pl.Int64),
            pl.col("操作年月日").str.to_date().to_physical().cast(pl.Int64),
        )
    )
    newest = pl.col("最新フラグ") == "1"
    data = (
        data.group_by(key, maintain_order=True)
        .agg(
            first=pl.col("期別税額").sort_by("履歴番号").first(),
            now=pl.col("期別税額").filter(newest).first().fill_null(0),
            forest=pl.col("期別税額_森林環境税").filter(newest).first().fill_null(0),
            due=pl.col("納期限").first(),
            notice=pl.col("通知書番号").first(),
            changed=pl.col("操作年月日").max(),
            count=pl.len(),
        )
        .join(owners, left_on="宛名番号", right_on="atena", how="left", maintain_order="left")
    )
    for ordinary, kam in ((True, 10), (False, 12)):
        part = data.filter(pl.col("ordinary") == ordinary)
        period, soto = part["期別"].cast(pl.Int64).to_numpy(), part["相当年度"].cast(pl.Int64).to_numpy()
        days = np.array([levy.pension_day(year, k) for k in range(6)])
        due = part["due"].to_numpy() if ordinary else days[period - 1]
        if not ordinary:
            # The pension payer hands the money over by the tenth of the next month.
            due = working_day(
                due.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + 40
            )
        first, now = part["first"].to_numpy(), part["now"].to_numpy()
        size = part.height
        begin = month_end(year, 6) if ordinary else int(days[0])
        yield {
            "kam": np.full(size, kam),
            "fuka": np.full(size, year),
            "soto": soto,
            "notice": part["notice"].to_numpy(),
            "period": period,
            "sink": np.zeros(size, np.int64),
            "payer": part["payer"].to_numpy(),
            "first": first,
            "now": now,
            "revised": np.where(first != now, part["changed"].to_numpy(), NO_DAY),
            "due": due.astype(np.int64),
            "start": np.minimum(due.astype(np.int64), begin),
            "agent": np.full(size, -1),
            "forest": np.minimum(part["forest"].to_numpy(), now),
        }


def _from_employers(levied: Truth, owners: pl.DataFrame, year: int) -> Block:
    """科目 11: what each employer has to hand over each month, summed over people; months after a change of job are
    not its own any more.
    """
    rows = levied["給与特別徴収税額情報"].filter((pl.col("相当年度") == str(year)) & (pl.col("最新フラグ") == "1"))
    month = pl.col("異動年月日").str.slice(5, 2).cast(pl.Int64)
    last = (
        pl.when(pl.col("未徴収税額処理区分").is_in(["1", "3"])).then(((month - 6) % 12 + 1).clip(1, 11)).otherwise(12)
    )
    sums = (
        rows.with_columns(last=last)
        .group_by("特別徴収義務者指定番号", maintain_order=True)
        .agg(
            *(pl.col(f"月割額_{m}").filter(pl.col("last") > i).sum().alias(m) for i, m in enumerate(MONTHS)),
            people=pl.len(),
        )
        .sort("特別徴収義務者指定番号")
    )
    agents = (
        levied["特別徴収義務者情報"].filter(pl.col("最新フラグ") == "1").select("特別徴収義務者指定番号", "宛名番号")
    )
    sums = sums.join(agents, on="特別徴収義務者指定番号", how="left", maintain_order="left").join(
        owners, left_on="宛名番号", right_on="atena", how="left", maintain_order="left"
    )
    number = sums["特別徴収義務者指定番号"].cast(pl.Int64).to_numpy()
    amounts = sums.select(MONTHS).to_numpy()
    dues = working_day(np.array([day(year + (6 + k) // 12, (6 + k) % 12 + 1, 10) for k in range(12)]))
    block = _block(11, year, sums["payer"].to_numpy(), number, amounts, dues)
    block["agent"] = block["notice"] - (year * 10**9 + 11 * 10**7) - 1
    people = np.repeat(sums["people"].to_numpy().astype(np.int64), 12)[(amounts > 0).ravel()]
    block["forest"] = np.minimum(people * (83 if year >= 2024 else 0), block["now"])
    return block


def _others(who: Payers, year: int) -> Iterator[Block]:
    """Accounts whose levying areas come later: 20 corporations, 30 31 property, 40 vehicles, 50 51 health, 60 61
    care, 70 71 the late elderly.
    """
    all_ = np.arange(who.size)
    begin, spring = day(year, 1, 1), day(year, 4, 1)
    age = np.where(who.born == NO_DAY, 0, (spring - who.born) // 365.2425).astype(np.int64)

    def there(when: int) -> Bools:
        here: Bools = (who.entry <= when) & ((who.removal == NO_DAY) | (who.removal > when))
        return here

    resident = (who.kind == 0) & there(spring)

    def yearly(chosen: Ints, middle: float, spread: float, salt: int, periods: int, unit: int) -> Ints:
        whole = np.exp(
            np.log(middle) + spread * normal(chosen, salt) + 0.03 * normal(chosen * 100 + year % 100, salt + 1)
        )
        whole = np.maximum(whole.astype(np.int64) // 100 * 100, unit)
        each = whole // (periods * unit) * unit
        out = np.repeat(each[:, None], periods, axis=1)
        out[:, 0] = whole - each * (periods - 1)
        return out

    def ends(*months: int) -> Ints:
        return np.array([month_end(year, m) for m in months])

    share = np.select(
        [who.kind == 0, who.kind == 1, who.kind == 2, who.kind == 3],
        [np.where(age >= 33, 0.56, 0.0), 0.12, 0.35, 0.2],
        1.0,
    )
    owner = np.flatnonzero(there(begin) & (uniform(all_, 911) < share))
    yield _block(30, year, owner, owner, yearly(owner, 62_000, 0.75, 912, 4, 1000), ends(4, 7, 12, 14))
    plant = np.flatnonzero((who.kind == 2) & there(begin) & (uniform(all_, 914) < 0.07))
    yield _block(31, year, plant, plant, yearly(plant, 240_000, 0.9, 915, 4, 1000), ends(4, 7, 12, 14))
    cars = np.concatenate(
        [
            np.flatnonzero(resident & (age >= 18) & (uniform(all_, 917) < 0.53)) * 2,
            np.flatnonzero(resident & (age >= 20) & (uniform(all_, 917) < 0.06)) * 2 + 1,
        ]
    )
    price = np.array([10_800, 10_800, 12_900, 7_200, 5_000, 2_400])[mix(cars, 918) % 6]
    yield _block(40, year, cars // 2, cars, price[:, None], ends(5))
    heads = np.flatnonzero(resident & who.head & (age < 75) & (uniform(all_, 921) < 0.47))
    by_pension = (age[heads] >= 65) & (uniform(heads, 922) < 0.3)
    yield _block(
        50,
        year,
        heads[~by_pension],
        heads[~by_pension],
        yearly(heads[~by_pension], 165_000, 0.7, 923, 10, 100),
        ends(6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    )
    pay_days = np.array([levy.pension_day(year, k) for k in range(6)])
    pay_days = working_day(
        pay_days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + 40
    )
    yield _block(
        51, year, heads[by_pension], heads[by_pension], yearly(heads[by_pension], 120_000, 0.5, 925, 6, 100), pay_days
    )
    for kam, lowest, middle, ordinary in ((60, 65, 72_000, 0.08), (70, 75, 78_000, 0.3)):
        insured = np.flatnonzero(resident & (age >= lowest))
        pays = uniform(insured, 931 + kam) < ordinary
        yield _block(
            kam,
            year,
            insured[pays],
            insured[pays],
            yearly(insured[pays], middle, 0.35, 932 + kam, 9, 100),
            ends(7, 8, 9, 10, 11, 12, 13, 14, 15),
        )
        yield _block(
            kam + 1,
            year,
            insured[~pays],
            insured[~pays],
            yearly(insured[~pays], middle, 0.35, 934 + kam, 6, 100),
            pay_days,
        )
    yield from _corporations(who, year)


def _corporations(who: Payers, year: int) -> Iterator[Block]:
    """科目 20: the final return of the business year that ended in March (申告履歴番号 1), the provisional one of
    the next (2).
    """
    all_ = np.arange(who.size)
    firms = np.flatnonzero((who.kind == 2) & (who.entry < day(year, 4, 1)) & (uniform(all_, 941) < 0.5))
    flat = np.array([50_000, 50_000, 130_000, 160_000])[mix(firms, 942) % 4]
    rate = np.where(
        uniform(firms * 100 + year % 100, 943) < 0.45, np.exp(11 + normal(firms, 944)).astype(np.int64) // 100 * 100, 0
    )
    final = _block(20, year, firms, firms, (flat + rate)[:, None], np.array([month_end(year, 5)]))
    final["sink"] = final["sink"] + 1
    yield final
    half = firms[(mix(firms, 945) % 2 == 0)]
    keep = np.isin(firms, half)
    provisional = _block(
        20, year, half, half, ((flat + rate)[keep] // 200 * 100)[:, None], np.array([month_end(year, 11)])
    )
    provisional["sink"] = provisional["sink"] + 2
    yield provisional


def _carried(who: Payers, first: int) -> Block:
    """Claims of the five years before, of people who let claims go unpaid; most of them are still open."""
    debtors = np.flatnonzero(
        who.careless() & np.isin(who.kind, (0, 1, 2, 4)) & (uniform(np.arange(who.size), 951) < 0.6)
    )
    debtors = np.union1d(debtors, who.notorious())
    make: list[Callable[[int], Block]] = []
    for offset in range(5, 0, -1):
        year = first - offset
        for kam, share, middle, months in (
            (30, 0.5, 11_000, (4, 7, 12, 14)),
            (40, 0.35, 9_000, (5,)),
            (50, 0.3, 14_000, (6, 7, 8, 9, 10, 11, 12, 13, 14, 15)),
        ):

            def one(
                _: int,
                year: int = year,
                kam: int = kam,
                share: float = share,
                middle: int = middle,
                months: tuple[int, ...] = months,
            ) -> Block:
                now = debtors * 1000 + kam * 10 + year % 10
                chosen = debtors[
                    (uniform(now, 952) < share)
                    & (who.entry[debtors] < day(year, 1, 1))
                    & ((kam != 50) | (who.kind[debtors] == 0))
                ]
                each = np.exp(np.log(middle) + 0.5 * normal(chosen, 953 + kam)).astype(np.int64) // 100 * 100
                grid = np.repeat(np.maximum(each, 500)[:, None], len(months), axis=1)
                grid = np.where(
                    uniform((chosen * 31 + year)[:, None] * 16 + np.arange(len(months))[None, :], 955) < 0.75, grid, 0
                )
                serial = chosen * 2 if kam == 40 else chosen
                return _block(kam, year, chosen, serial, grid, np.array([month_end(year, m) for m in months]))

            make.append(one)
    blocks = [build_one(0) for build_one in make]
    return {name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]}


def _change(c: Claims, base: int) -> None:
    """Later changes of some claims of the other accounts: decided around the due day; the amount goes down, up, or
    to nothing.
    """
    free = ~np.isin(c.kam, (10, 11, 12)) & (c.part > 0)
    drawn = uniform(c.key, 961)
    when = c.due - 40 + mix(c.key, 962) % 75
    hit = free & (drawn < 0.055) & (when < base - 2)
    kind = mix(c.key, 963) % 10
    amount = np.select([kind == 0, kind < 6], [0, c.first * 7 // 10 // 100 * 100], c.first * 12 // 10 // 100 * 100)
    hit &= amount != c.first
    c.now = np.where(hit, amount, c.now)
    c.revised = np.where(hit, when, c.revised)
