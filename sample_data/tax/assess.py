"""One year's assessment of many people at once: incomes, family, deductions, tax, as the local tax law says in
令和3年度 to 令和7年度.

All functions take and return parallel arrays under the names of the items of area 010; amounts are yen. Sources:
地方税法 292, 314の2, 314の3,
314の6, 314の7, 所得税法 28, 35 (rates and limits as in the layout notes of area 010).
"""

from __future__ import annotations

import numpy as np

from sample_data.tax.frames import NO_DAY, Bools, Floats, Ints, day
from sample_data.tax.pool import Pool, normal, uniform

Columns = dict[str, Ints]


def salary_income(pay: Ints) -> Ints:
    """給与所得控除後の金額 of a salary."""
    quarter = pay // 4000 * 1000
    return np.select(
        [
            pay < 551_000,
            pay < 1_619_000,
            pay < 1_628_000,
            pay < 1_800_000,
            pay < 3_600_000,
            pay < 6_600_000,
            pay < 8_500_000,
        ],
        [
            0 * pay,
            pay - 550_000,
            0 * pay + 1_070_000,
            quarter * 24 // 10 + 100_000,
            quarter * 28 // 10 - 80_000,
            quarter * 32 // 10 - 440_000,
            pay * 9 // 10 - 1_100_000,
        ],
        pay - 1_950_000,
    )


def pension_income(amount: Ints, age: Ints) -> Ints:
    """公的年金等に係る雑所得, for other incomes of at most ten million yen."""
    floor = np.where(age >= 65, 1_100_000, 600_000)
    limit = np.where(age >= 65, 3_300_000, 1_300_000)
    return np.select(
        [amount <= floor, amount < limit, amount < 4_100_000, amount < 7_700_000],
        [0 * amount, amount - floor, amount * 75 // 100 - 275_000, amount * 85 // 100 - 685_000],
        amount * 95 // 100 - 1_455_000,
    )


def incomes(people: Pool, who: Ints, year: int) -> Columns:
    """Incomes of ``who`` in the calendar year before ``year``: salaries, pensions, business and the rarer kinds."""
    age = people.age(year, who)
    male = people.male[who]
    now = who * 100 + year % 100
    outsider = people.outsider[who]

    def some(salt: int, share: float, middle: float, spread: float) -> Ints:
        drawn = np.exp(np.log(middle) + spread * normal(who, salt + 1) + 0.05 * normal(now, salt + 2))
        return np.where(uniform(who, salt) < share, drawn.astype(np.int64), 0)

    job = uniform(who, 1)
    share = np.select(
        [age < 19, age < 23, age < 60, age < 65, age < 70, age < 76],
        [0.06, 0.5, np.where(male, 0.86, 0.74), np.where(male, 0.72, 0.5), 0.28, 0.1],
        0.01,
    )
    middle = np.select(
        [age < 23, age < 35, age < 60, age < 65],
        [1_300_000, np.where(male, 3_600_000, 2_600_000), np.where(male, 5_400_000, 2_100_000), 3_100_000],
        1_900_000,
    )
    pay = np.exp(np.log(middle) + 0.42 * normal(who, 3) + 0.04 * normal(now, 4)).astype(np.int64)
    pay = np.where((job < share) & (uniform(now, 6) > 0.03) & (age >= 15), pay, 0)
    pension = np.exp(np.log(np.where(male, 1_850_000, 1_150_000)) + 0.35 * normal(who, 8)).astype(np.int64)
    pension = np.where((age >= 65) & (uniform(who, 9) < 0.97) | (age >= 60) & (uniform(who, 9) < 0.12), pension, 0)
    free = (job >= share) & (job < share + 0.07) & (age >= 24) & (age < 80)
    business = np.where(free, (2_400_000 + 1_900_000 * normal(who, 11) + 300_000 * normal(now, 12)).astype(np.int64), 0)
    farm = np.where((uniform(who, 13) < 0.03) & (age >= 35), (250_000 * normal(now, 14)).astype(np.int64), 0)
    rent = np.where((uniform(who, 15) < 0.03) & (age >= 35), (600_000 + 700_000 * normal(who, 16)).astype(np.int64), 0)
    grown = np.where(age >= 25, 1, 0)
    side, other = some(21, 0.012, 180_000, 0.6) * grown, some(24, 0.01, 150_000, 0.7) * grown
    long_gain, once = some(27, 0.003, 900_000, 0.6) * grown, some(30, 0.008, 400_000, 0.7) * grown
    land, short_land = some(33, 0.004, 6_000_000, 0.8) * grown, some(36, 0.0006, 900_000, 0.6) * grown
    pay, pension, business, rent, farm = (np.where(outsider, 0, v) for v in (pay, pension, business, rent, farm))
    return {
        "給与収入金額": pay,
        "給与専従者収入金額": 0 * pay,
        "公的年金等収入金額": pension,
        "雑所得_業務金額": side,
        "雑所得_その他金額": other,
        "営業等所得金額": business,
        "農業所得金額": farm,
        "不動産所得金額": rent,
        "利子所得金額": some(39, 0.001, 20_000, 0.5) * grown,
        "配当所得金額": some(42, 0.008, 120_000, 0.9) * grown,
        "総合譲渡短期所得金額": some(45, 0.0008, 200_000, 0.7) * grown,
        "総合譲渡長期所得金額": long_gain,
        "一時所得金額": once,
        "分離短期譲渡所得金額": short_land,
        "分離長期譲渡所得金額": land,
        "一般株式等譲渡所得金額": some(48, 0.0012, 700_000, 1.0) * grown,
        "上場株式等譲渡所得金額": some(51, 0.011, 400_000, 1.1) * grown,
        "上場株式等配当所得金額": some(54, 0.006, 90_000, 0.9) * grown,
        "先物取引所得金額": some(57, 0.0015, 300_000, 1.0) * grown,
        "山林所得金額": some(60, 0.0006, 800_000, 0.6) * grown,
        "退職所得金額": some(63, 0.0006, 1_500_000, 0.6) * grown,
        "繰越損失控除額": some(66, 0.003, 300_000, 0.8) * grown,
        "事業専従者控除額": 0 * pay,
        "青色申告特別控除額": np.where(
            business > 650_000, np.select([uniform(who, 69) < 0.45, uniform(who, 69) < 0.7], [650_000, 100_000], 0), 0
        ),
    }


def total(income: Columns, age: Ints, big_family: Bools) -> Columns:
    """``income`` with the derived items: net salary and pension, 所得金額調整控除, special deduction for land,
    総所得金額, 合計所得金額, 総所得金額等.
    """
    c = dict(income)
    pay, pension = c["給与収入金額"], c["公的年金等収入金額"]
    net_pay, net_pension = salary_income(pay), pension_income(pension, age)
    children = np.where(big_family & (pay > 8_500_000), -(-(np.minimum(pay, 10_000_000) - 8_500_000) // 10), 0)
    both = np.maximum(np.minimum(net_pay, 100_000) + np.minimum(net_pension, 100_000) - 100_000, 0)
    c["所得金額調整控除額"] = np.minimum(children + both, net_pay)
    c["給与所得金額"] = net_pay - c["所得金額調整控除額"]
    c["公的年金等雑所得金額"] = net_pension
    gain = c["分離長期譲渡所得金額"] + 0
    c["譲渡所得特別控除額"] = np.where(gain > 8_000_000, np.minimum(gain, 30_000_000), 0)
    c["分離長期譲渡所得金額"] = gain - c["譲渡所得特別控除額"]
    half = (c["総合譲渡長期所得金額"] + c["一時所得金額"]) // 2
    comprehensive = (
        c["給与所得金額"]
        + net_pension
        + c["雑所得_業務金額"]
        + c["雑所得_その他金額"]
        + c["営業等所得金額"]
        + c["農業所得金額"]
        + c["不動産所得金額"]
        + c["利子所得金額"]
        + c["配当所得金額"]
        + c["総合譲渡短期所得金額"]
        + half
    )
    comprehensive = np.maximum(comprehensive, 0)
    apart = separate(c)
    c["総所得金額"] = comprehensive
    c["合計所得金額"] = comprehensive + apart + c["譲渡所得特別控除額"]
    c["繰越損失控除額"] = np.minimum(c["繰越損失控除額"], comprehensive)
    c["総所得金額等"] = comprehensive + apart - c["繰越損失控除額"]
    return c


def separate(c: Columns) -> Ints:
    """Sum of the incomes that are taxed apart."""
    names = (
        "分離短期譲渡所得金額",
        "分離長期譲渡所得金額",
        "一般株式等譲渡所得金額",
        "上場株式等譲渡所得金額",
        "上場株式等配当所得金額",
        "先物取引所得金額",
        "山林所得金額",
        "退職所得金額",
    )
    apart: Ints = np.sum([c[n] for n in names], axis=0, dtype=np.int64)
    return apart


def _life(paid: Ints, old: Bools) -> Ints:
    new_style = np.select(
        [paid <= 12_000, paid <= 32_000, paid <= 56_000], [paid, paid // 2 + 6_000, paid // 4 + 14_000], 28_000
    )
    old_style = np.select(
        [paid <= 15_000, paid <= 40_000, paid <= 70_000], [paid, paid // 2 + 7_500, paid // 4 + 17_500], 35_000
    )
    return np.where(old, old_style, new_style)


def deductions(people: Pool, who: Ints, year: int, c: Columns, family: Columns) -> Columns:
    """所得控除情報 without keys, from incomes ``c`` and the counts of ``family`` (see
    :func:`sample_data.tax.family.build`).
    """
    now = who * 100 + year % 100
    income = c["合計所得金額"]
    pay, pension = c["給与収入金額"], c["公的年金等収入金額"]
    has = income > 0

    def paid(salt: int, share: float, most: int) -> Ints:
        return np.where(
            (uniform(who, salt) < share) & has, (uniform(who, salt + 1) * most).astype(np.int64) // 100 * 100, 0
        )

    old = uniform(who, 101) < 0.35
    general, annuity, care = paid(103, 0.45, 160_000), paid(105, 0.12, 150_000), paid(107, 0.3, 70_000)
    life = np.minimum(_life(general, old) + _life(annuity, old) + _life(care, np.zeros_like(old)), 70_000)
    quake, old_damage = paid(109, 0.2, 60_000), paid(111, 0.04, 12_000)
    medical = np.where(
        (uniform(now, 113) < 0.07) & (income > 900_000), (uniform(now, 114) * 320_000).astype(np.int64), 0
    )
    self_medication = (medical > 0) & (uniform(now, 115) < 0.1)
    medical = np.where(self_medication, np.minimum(medical, 88_000), medical)
    theft = np.where((uniform(now, 117) < 0.0008) & has, 350_000, 0)
    own = family["障害者区分"]
    rich = np.select([income <= 9_000_000, income <= 9_500_000, income <= 10_000_000], [0, 1, 2], 3)
    spouse_kind, spouse_income = family["配偶者区分"], family["配偶者所得"]
    whole = np.where(spouse_kind == 2, 380_000, 330_000)
    spouse = np.where(np.isin(spouse_kind, (1, 2)), _third(whole, rich), 0)
    steps = [1_000_000, 1_050_000, 1_100_000, 1_150_000, 1_200_000, 1_250_000, 1_300_000, 1_330_000]
    special = np.select(
        [spouse_income <= s for s in steps], [330_000, 310_000, 260_000, 210_000, 160_000, 110_000, 60_000, 30_000], 0
    )
    special = np.where(spouse_kind == 3, _third(special, rich), 0)
    single = family["寡婦ひとり親区分"]
    d: Columns = {
        "雑損控除額": theft,
        "医療費控除額": medical,
        "社会保険料控除額": np.where(
            has, pay * 147 // 1000 + pension * 6 // 100 + np.maximum(c["営業等所得金額"], 0) * 12 // 100, 0
        ),
        "小規模企業共済等掛金控除額": paid(119, 0.05, 276_000),
        "生命保険料控除額": life,
        "地震保険料控除額": np.minimum(quake // 2 + old_damage // 2, 25_000),
        "障害者控除額": np.select([own == 1, own == 2], [260_000, 300_000], 0)
        + family["普通障害者人数"] * 260_000
        + family["特別障害者人数"] * 300_000
        + family["同居特別障害者人数"] * 530_000,
        "寡婦ひとり親控除額": np.select([single == 1, single == 2], [260_000, 300_000], 0),
        "勤労学生控除額": np.where(family["勤労学生フラグ"] == 1, 260_000, 0),
        "配偶者控除額": spouse,
        "配偶者特別控除額": special,
        "扶養控除額": family["一般扶養人数"] * 330_000
        + family["特定扶養人数"] * 450_000
        + family["老人扶養人数"] * 380_000
        + family["同居老親等人数"] * 450_000,
        "特定親族特別控除額": 0 * income,
        "基礎控除額": np.select(
            [income <= 24_000_000, income <= 24_500_000, income <= 25_000_000], [430_000, 290_000, 150_000], 0
        ),
    }
    d["所得控除合計額"] = np.sum(list(d.values()), axis=0, dtype=np.int64)
    nothing = 0 * income
    d |= {
        "医療費控除区分": np.where(medical > 0, np.where(self_medication, 2, 1), 0),
        "新生命保険料支払額": np.where(old, nothing, general),
        "旧生命保険料支払額": np.where(old, general, nothing),
        "介護医療保険料支払額": care,
        "新個人年金保険料支払額": np.where(old, nothing, annuity),
        "旧個人年金保険料支払額": np.where(old, annuity, nothing),
        "地震保険料支払額": quake,
        "旧長期損害保険料支払額": old_damage,
    }
    return d


def _third(whole: Ints, rich: Ints) -> Ints:
    """A spouse's deduction, reduced to two thirds and one third (rounded up to 10,000 yen) for high incomes, then
    none.
    """
    return np.select(
        [rich == 0, rich == 1, rich == 2], [whole, -(-whole * 2 // 30_000) * 10_000, -(-whole // 30_000) * 10_000], 0
    )


def _personal_difference(family: Columns) -> Ints:
    """人的控除差の合計 for the 調整控除."""
    own = family["障害者区分"]
    single = family["寡婦ひとり親区分"]
    difference: Ints = (
        50_000
        + np.select([own == 1, own == 2], [10_000, 100_000], 0)
        + family["普通障害者人数"] * 10_000
        + family["特別障害者人数"] * 100_000
        + family["同居特別障害者人数"] * 220_000
        + np.select([single == 1, single == 2], [10_000, 50_000], 0)
        + np.where(family["勤労学生フラグ"] == 1, 10_000, 0)
        + np.select([family["配偶者区分"] == 1, family["配偶者区分"] == 2], [50_000, 100_000], 0)
        + family["一般扶養人数"] * 50_000
        + family["特定扶養人数"] * 180_000
        + family["老人扶養人数"] * 100_000
        + family["同居老親等人数"] * 130_000
    )
    return difference


def tax(
    people: Pool,
    who: Ints,
    year: int,
    c: Columns,
    d: Columns,
    family: Columns,
    gifts: Columns,
    flat_only: Bools,
    relief: Ints,
) -> Columns:
    """税額情報 up to 年税額. ``flat_only``: 均等割のみ; ``relief``: 0 none, 1 all, 2 half of the tax is waived;
    ``gifts``: 寄附金, 配当割額, 株式割額.
    """

    def floor(value: Ints) -> Ints:
        return np.maximum(value, 0) // 1000 * 1000

    room = c["総所得金額"] - c["繰越損失控除額"] - d["所得控除合計額"]
    t: Columns = {
        "課税標準額_総所得": floor(room),
        "課税標準額_分離短期譲渡": floor(c["分離短期譲渡所得金額"]),
        "課税標準額_分離長期譲渡": floor(c["分離長期譲渡所得金額"]),
        "課税標準額_株式等譲渡": floor(c["一般株式等譲渡所得金額"] + c["上場株式等譲渡所得金額"]),
        "課税標準額_上場株式等配当": floor(c["上場株式等配当所得金額"]),
        "課税標準額_先物取引": floor(c["先物取引所得金額"]),
        "課税標準額_山林退職": floor(c["山林所得金額"] + c["退職所得金額"]),
    }
    t = {name: np.where(flat_only, 0, value) for name, value in t.items()}
    base = t["課税標準額_総所得"]
    city = {
        "総所得": 60,
        "分離短期譲渡": 54,
        "分離長期譲渡": 30,
        "株式等譲渡": 30,
        "上場株式等配当": 30,
        "先物取引": 30,
        "山林退職": 60,
    }
    gross: Columns = {
        "市民税": np.sum([t[f"課税標準額_{k}"] * r // 1000 for k, r in city.items()], axis=0, dtype=np.int64),
        "県民税": np.sum([t[f"課税標準額_{k}"] * r * 2 // 3000 for k, r in city.items()], axis=0, dtype=np.int64),
    }
    difference = _personal_difference(family)
    low = base <= 2_000_000
    adjust = np.where(low, np.minimum(difference, base), np.maximum(difference - (base - 2_000_000), 50_000))
    adjust = np.where((base > 0) & (c["合計所得金額"] <= 25_000_000), adjust, 0)
    loan = np.where(
        (uniform(who, 201) < 0.09) & (c["給与収入金額"] > 3_000_000) & (people.age(year, who) < 60),
        np.minimum(60_000 + (uniform(who, 203) * 90_000).astype(np.int64), np.minimum(97_500, base * 5 // 100)),
        0,
    )
    foreign = np.where(uniform(who, 205) < 0.0015, 3_000, 0)
    heads = 1 + family["控除対象人数"]
    cut = np.where((year == 2024) & (c["合計所得金額"] <= 18_050_000), heads * 10_000, 0)
    dividend, shares = gifts["配当割額控除額"], gifts["株式等譲渡所得割額控除額"]
    left: dict[str, Ints] = {}
    for side, part, rate in (("市民税", 3, 60), ("県民税", 2, 40)):
        s = f"_{side}"
        basic = np.maximum(gifts["寄附金"] - 2_000, 0) * rate // 1000
        special = np.minimum(np.maximum(gifts["寄附金"] - 2_000, 0) * 70 // 100 * part // 5, gross[side] * 20 // 100)
        t |= {
            "算出所得割額" + s: gross[side],
            "調整控除額" + s: adjust * part // 100,
            "配当控除額" + s: np.minimum(c["配当所得金額"], base) * (16 if part == 3 else 12) // 1000,
            "住宅借入金等特別税額控除額" + s: loan * part // 5,
            "寄附金税額控除額" + s: basic + special,
            "外国税額控除額" + s: foreign * part // 5,
            "所得割調整額" + s: 0 * base,
        }
        used = (
            t["調整控除額" + s]
            + t["配当控除額" + s]
            + t["住宅借入金等特別税額控除額" + s]
            + t["寄附金税額控除額" + s]
            + t["外国税額控除額" + s]
        )
        left[side] = np.maximum(gross[side] - used, 0)
        t["配当割株式等譲渡所得割控除額" + s] = np.where(left[side] > 0, (dividend + shares) * part // 5, 0)
    short = np.zeros_like(base)
    for side, part in (("市民税", 3), ("県民税", 2)):
        s = f"_{side}"
        withheld = t["配当割株式等譲渡所得割控除額" + s]
        short += np.maximum(withheld - left[side], 0)
        rest = np.maximum(left[side] - withheld, 0)
        reduced = np.minimum(cut * part // 5, rest)
        t["定額減税額" + s] = reduced
        t["所得割額" + s] = (rest - reduced) // 100 * 100
        t["均等割額" + s] = 0 * base + (
            (3_000 if part == 3 else 1_500) if year >= 2024 else (3_500 if part == 3 else 2_000)
        )
        levied = t["所得割額" + s] + t["均等割額" + s]
        t["減免額" + s] = np.select([relief == 1, relief == 2], [levied, levied // 2], 0)
        t[("市民税額" if part == 3 else "県民税額")] = levied - t["減免額" + s]
    t["控除不足額"] = short
    t["森林環境税額"] = 0 * base + (1_000 if year >= 2024 else 0)
    t["森林環境税減免額"] = np.where(relief == 1, t["森林環境税額"], 0)
    t["年税額"] = t["市民税額"] + t["県民税額"] + t["森林環境税額"] - t["森林環境税減免額"]
    return t


def flat_limit(income: Ints, heads: Ints) -> Bools:
    """True where the flat part is not levied: 28万円 x (1 + dependants) + 10万円 (+ 16.8万円 with dependants)."""
    return income <= 280_000 * (1 + heads) + 100_000 + np.where(heads > 0, 168_000, 0)


def rate_limit(income: Ints, heads: Ints) -> Bools:
    """True where only the flat part is levied: 35万円 x (1 + dependants) + 10万円 (+ 32万円 with dependants)."""
    return income <= 350_000 * (1 + heads) + 100_000 + np.where(heads > 0, 320_000, 0)


def resident_on(people: Pool, when: int) -> Bools:
    """Who lived in the municipality on a day (days since 1970-01-01); people outside: not dead."""
    there: Bools = (people.entry <= when) & ((people.removal == NO_DAY) | (people.removal > when))
    return there


def first_of(year: int) -> int:
    """賦課期日: 1 January."""
    return day(year, 1, 1)


def split(amount: Ints, part: Ints, whole: Ints) -> Ints:
    """``amount * part / whole``, rounded down to 100 yen; 0 where whole is 0."""
    ratio: Floats = np.where(whole > 0, part / np.maximum(whole, 1), 0.0)
    return (amount * np.clip(ratio, 0, 1)).astype(np.int64) // 100 * 100
