"""Area 010's papers and registers of one year: salary and pension reports, returns, withholding agents, notices to
other municipalities.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data.tax import assess
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
from sample_data.tax.levy import MORE_INCOME, Year
from sample_data.tax.pool import Employers, Pool, uniform
from sample_data.tax.resident_groups import atena
from sample_data.world import World

PENSION_PAYERS = (
    ("6000012070001", "厚生労働省年金局"),
    ("4010005002516", "地方職員共済組合"),
    ("6010005003545", "企業年金連合会"),
)


def _paper(world: World, people: Pool, y: Year, who: Ints, kind: int, serial: Ints) -> dict[str, pl.Series]:
    """Key columns of a paper: 課税資料番号 = year, kind of paper, running number."""
    count = len(who)
    return {
        "市区町村コード": choose([world.code], np.zeros(count, np.int64)),
        "宛名番号": atena(people, who),
        "相当年度": choose([str(y.year)], np.zeros(count, np.int64)),
        "課税資料番号": digits((y.year % 100) * 10**10 + kind * 10**8 + serial, 12),
    }


def _person(people: Pool, who: Ints) -> dict[str, pl.Series]:
    at = pl.Series(who)
    return {
        "氏名": people.name.gather(at),
        "氏名_フリガナ": people.kana.gather(at),
        "個人番号": people.kojin.gather(at),
        "生年月日": people.birth_date.gather(at),
    }


def _persons_counts(y: Year, at: Ints, where: Bools) -> dict[str, pl.Series]:
    """Counts of dependants as a paper states them: zero on all papers but the main one."""
    kin = y.family
    first = np.searchsorted(y.row_of, at)

    def count(*names: str) -> pl.Series:
        return number(np.where(where, np.sum([kin[n][first] for n in names], axis=0, dtype=np.int64), 0))

    return {
        "配偶者区分": digits(np.where(where, kin["配偶者区分"][first], 0), 1),
        "特定扶養人数": count("特定扶養人数"),
        "老人扶養人数": count("老人扶養人数", "同居老親等人数"),
        "その他扶養人数": count("一般扶養人数"),
        "年少扶養人数": count("年少扶養人数"),
        "特別障害者人数": count("特別障害者人数", "同居特別障害者人数"),
        "その他障害者人数": count("普通障害者人数"),
        "本人障害者区分": digits(np.where(where, kin["障害者区分"][first], 0), 1),
        "寡婦ひとり親区分": digits(np.where(where, kin["寡婦ひとり親区分"][first], 0), 1),
    }


def salary_reports(world: World, people: Pool, firms: Employers, y: Year) -> pl.DataFrame:
    """給与支払報告書情報: one or two papers a person; some are corrected or sent twice (not adopted)."""
    paid = np.flatnonzero((y.employer >= 0) & (y.income["給与収入金額"] > 0))
    who = y.who[paid]
    now = who * 100 + y.year % 100
    pay = y.income["給与収入金額"][paid]
    drawn = uniform(now, 701)
    two = (drawn < 0.12) & (pay > 600_000)
    again = (drawn > 0.96) & ~two
    side = np.where(two, pay * (10 + mix(now, 703) % 25) // 100, 0)
    sel = np.concatenate([np.arange(len(paid)), np.flatnonzero(two), np.flatnonzero(again)])
    block = np.repeat([0, 1, 2], [len(paid), int(two.sum()), int(again.sum())])
    order = np.lexsort((block, sel))
    sel, block = sel[order], block[order]
    amount = np.where(block == 1, side[sel], pay[sel] - side[sel])
    firm = np.where(block == 1, (y.employer[paid][sel] * 11 + 5) % firms.size, y.employer[paid][sel])
    closed = (firms.until != NO_DAY) & (firms.until < day(y.year, 1, 1))
    firm = np.where(closed[firm], 0, firm)
    main = block != 1
    person = who[sel]
    first = np.searchsorted(y.row_of, paid[sel])
    cuts = y.deductions
    settled = main & (pay[sel] < 20_000_000) & ~two[sel]
    special = y.withheld[paid][sel] & main
    loan = np.where(main, y.tax["住宅借入金等特別税額控除額_市民税"][first] * 2, 0)
    half_year = np.where((mix(now[sel], 705) % 40 == 0) & main, 1 + mix(now[sel], 707) % 2, 0)
    spouse = y.family["配偶者区分"][first] > 0
    received = day(y.year, 1, 20) + mix(now[sel], 709) % 15
    remark = main & (mix(now[sel], 711) % 30 == 0)
    before = (half_year == 1) & (mix(now[sel], 713) % 2 == 0)
    of = pl.Series(firm)
    return to_layout(
        "010",
        "給与支払報告書情報",
        pl.DataFrame(
            {
                **_paper(world, people, y, person, 1, np.arange(1, len(sel) + 1)),
                "資料採用区分": choose(["1", "3"], (block == 2).astype(np.int64)),
                "提出媒体区分": choose(["1", "1", "2", "3"], mix(firm, 715) % 4),
                "訂正区分": choose(["0", "1"], (again[sel] & (block == 0)).astype(np.int64)),
                "受付年月日": dates(received),
                "特別徴収義務者指定番号": firms.number.gather(of),
                "支払者_法人番号": firms.houjin.gather(of),
                "支払者_名称": firms.name.gather(of),
                "受給者番号": text(
                    pl.Series(["A-"]).gather(np.zeros(len(sel), np.int64)) + digits(mix(person, 657) % 100_000, 5),
                    mix(person, 659) % 3 > 0,
                ),
                **_person(people, person),
                "住所": people.address.gather(pl.Series(person)),
                "支払金額": number(amount),
                "給与所得控除後金額": number(assess.salary_income(amount), settled),
                "所得控除合計額": number(cuts["所得控除合計額"][first] + 50_000, settled),
                "源泉徴収税額": number(np.where(main, amount * 15 // 1000, amount * 3 // 100)),
                "社会保険料等金額": number(np.where(main, amount * 147 // 1000, 0)),
                "生命保険料控除額": number(np.where(main, cuts["生命保険料控除額"][first], 0)),
                "地震保険料控除額": number(np.where(main, cuts["地震保険料控除額"][first], 0)),
                "住宅借入金等特別控除額": number(loan),
                "住宅借入金等特別控除可能額": number(loan + 40_000, loan > 0),
                "居住開始年月日": dates(np.where(loan > 0, day(y.year - 3, 3, 1) + mix(person, 717) % 900, NO_DAY)),
                **_persons_counts(y, paid[sel], main),
                "配偶者合計所得": number(y.family["配偶者所得"][first], spouse & main),
                "勤労学生フラグ": flag((y.family["勤労学生フラグ"][first] == 1) & main),
                "乙欄フラグ": flag(block == 1),
                "中途就退職区分": digits(half_year, 1),
                "中途就退職年月日": dates(
                    np.where(half_year > 0, day(y.year - 1, 2, 1) + mix(person, 719) % 300, NO_DAY)
                ),
                "前職支払金額": number(amount // 3, before),
                "徴収希望区分": choose(["2", "1"], special.astype(np.int64)),
                "普通徴収切替理由": text(
                    choose(["A", "C", "D", "F"], mix(now[sel], 721) % 4)
                    .to_frame("r")
                    .select(pl.when(pl.Series(block == 1)).then(pl.lit("B")).otherwise("r").alias("r"))["r"],
                    ~special,
                ),
                "摘要": text(
                    choose(
                        ["年末調整済み。", "前職分を含む。", "住宅借入金等特別控除２年目。"], mix(now[sel], 723) % 3
                    ),
                    remark,
                ),
                **operator("nyu", now[sel] * 3 + block, received + 9),
            }
        ),
    )


def pension_reports(world: World, people: Pool, y: Year) -> pl.DataFrame:
    """公的年金等支払報告書情報: the state's pension, and a second one for some."""
    paid = np.flatnonzero(y.income["公的年金等収入金額"] > 0)
    who = y.who[paid]
    now = who * 100 + y.year % 100
    pension = y.income["公的年金等収入金額"][paid]
    two = (uniform(who, 731) < 0.22) & (pension > 900_000)
    side = np.where(two, pension * 15 // 100, 0)
    sel = np.concatenate([np.arange(len(paid)), np.flatnonzero(two)])
    block = np.repeat([0, 1], [len(paid), int(two.sum())])
    order = np.lexsort((block, sel))
    sel, block = sel[order], block[order]
    main = block == 0
    amount = np.where(main, pension[sel] - side[sel], side[sel])
    payer = np.where(main, 0, 1 + mix(who[sel], 733) % 2)
    remark = mix(now[sel], 735) % 50 == 0
    return to_layout(
        "010",
        "公的年金等支払報告書情報",
        pl.DataFrame(
            {
                **_paper(world, people, y, who[sel], 2, np.arange(1, len(sel) + 1)),
                "資料採用区分": choose(["1"], np.zeros(len(sel), np.int64)),
                "提出媒体区分": choose(["1", "2"], (payer > 0).astype(np.int64)),
                "訂正区分": choose(["0"], np.zeros(len(sel), np.int64)),
                "支払者_法人番号": choose([p[0] for p in PENSION_PAYERS], payer),
                "支払者_名称": choose([p[1] for p in PENSION_PAYERS], payer),
                **_person(people, who[sel]),
                "年金区分": choose(["1", "2", "3"], payer),
                "支払金額": number(amount),
                "源泉徴収税額": number(np.maximum(amount - 1_580_000, 0) * 5 // 100),
                "社会保険料額": number(np.where(main, amount * 6 // 100, 0)),
                **_persons_counts(y, paid[sel], main),
                "摘要": text(
                    choose(["介護保険料を含む。", "後期高齢者医療保険料を含む。"], mix(now[sel], 737) % 2), remark
                ),
                **operator("nyu", now[sel] * 2 + block, np.full(len(sel), day(y.year, 2, 10))),
            }
        ),
    )


def returns(world: World, people: Pool, y: Year) -> pl.DataFrame:
    """申告書情報: returns to the tax office and to the city, and amended ones behind a revision."""
    amended = np.flatnonzero(y.row_reason == MORE_INCOME)
    filed = np.flatnonzero(y.returns > 0)
    at = np.concatenate([filed, y.row_of[amended]])
    late = np.concatenate([np.zeros(len(filed), bool), np.ones(len(amended), bool)])
    again = np.concatenate([np.full(len(filed), NO_DAY), y.row_day[amended]])
    order = np.lexsort((late, at))
    at, late, again = at[order], late[order], again[order]
    who = y.who[at]
    now = who * 100 + y.year % 100
    kind = np.where(late, 4, y.returns[at])
    to_city = np.isin(kind, (6, 7))
    path = np.where(to_city, 3 + mix(now, 741) % 3, np.where(kind == 8, 5, 1 + mix(now, 743) % 2))
    sent = np.where(late, again - 20, day(y.year, 2, 16) + mix(now, 745) % 28)
    overdue = (mix(now, 747) % 40 == 0) & ~late
    sent = np.where(overdue, day(y.year, 3, 18) + mix(now, 749) % 30, sent)
    blue = np.where(
        y.income["青色申告特別控除額"][at] > 0, 1, np.where((y.income["営業等所得金額"][at] > 0) & ~to_city, 2, 0)
    )
    gift = np.where(late, 0, y.gifts["寄附金"][at])
    other = (mix(now, 751) % 15 == 0) & (gift > 0)
    amounts = {
        name: number(np.where(late, 0, y.gifts[name][at])) for name in ("配当割額控除額", "株式等譲渡所得割額控除額")
    }
    return to_layout(
        "010",
        "申告書情報",
        pl.DataFrame(
            {
                **_paper(world, people, y, who, 3, np.arange(1, len(at) + 1)),
                "資料採用区分": choose(["1"], np.zeros(len(at), np.int64)),
                "申告書種別": digits(kind, 2),
                "受付経路区分": digits(path, 1),
                "国税整理番号": text(digits(mix(who, 753) % 10**8, 8), ~to_city & (kind != 8)),
                "提出年月日": dates(sent),
                "受信年月日": dates(np.where(to_city, sent, sent + 12)),
                "期限後申告フラグ": flag(overdue),
                "青色申告区分": digits(blue, 1),
                "住民税徴収方法選択": text(digits(1 + mix(who, 755) % 2, 1), ~to_city & (kind != 8)),
                **amounts,
                "寄附金額_都道府県市区町村": number(np.where(other, 0, gift)),
                "寄附金額_共同募金日赤": number(np.where(other & (mix(now, 757) % 3 == 0), gift, 0)),
                "寄附金額_条例指定市": number(np.where(other & (mix(now, 757) % 3 == 1), gift, 0)),
                "寄附金額_条例指定県": number(np.where(other & (mix(now, 757) % 3 == 2), gift, 0)),
                "申告特例申請フラグ": flag(kind == 8),
                "準確定申告フラグ": flag((kind == 1) & (mix(now, 759) % 300 == 0)),
                "課税資料画像番号": text(
                    pl.Series([f"IMG{y.year}"]).gather(np.zeros(len(at), np.int64))
                    + digits(np.arange(1, len(at) + 1), 9),
                    ~late,
                ),
                **operator("nyu", now, np.where(to_city, sent, sent + 12) + 3),
            }
        ),
    )


def agents(world: World, firms: Employers, base: int) -> pl.DataFrame:
    """特別徴収義務者情報: every employer, some with an older row (before a move of the office)."""
    all_ = np.arange(firms.size)
    changed = (mix(all_, 761) % 8 == 1) | (all_ == 1)
    sel = np.concatenate([all_[changed], all_])
    block = np.repeat([0, 1], [int(changed.sum()), firms.size])
    order = np.lexsort((block, sel))
    sel, block = sel[order], block[order]
    history = np.where(changed[sel], block + 1, 1)
    latest = block == 1
    moved = (block == 0) & (mix(sel, 763) % 2 == 0)
    changed_on = base - 60 - mix(sel, 765) % 700
    # An office that closed was changed before it closed.
    changed_on = np.where(firms.until[sel] != NO_DAY, np.minimum(changed_on, firms.until[sel] - 30), changed_on)
    special = (mix(sel, 767) % 6 == 0) & (sel > 0)
    ended = special & latest & (mix(sel, 769) % 9 == 0)
    closed = (firms.until[sel] != NO_DAY) & latest
    of = pl.Series(sel)
    letter = (mix(sel, 771) % 5 == 0) & (sel > 0)
    electronic = mix(sel, 773) % 3
    kind = firms.kind.gather(of)
    return to_layout(
        "010",
        "特別徴収義務者情報",
        pl.DataFrame(
            {
                "市区町村コード": choose([world.code], np.zeros(len(sel), np.int64)),
                "特別徴収義務者指定番号": firms.number.gather(of),
                "履歴番号": number(history),
                "最新フラグ": flag(latest),
                "宛名番号": firms.atena.gather(of),
                "法人番号": firms.houjin.gather(of),
                "個人法人区分": kind,
                "名称": firms.name.gather(of),
                "名称_フリガナ": firms.kana.gather(of),
                "所在地_郵便番号": firms.postal.gather(of),
                "所在地": pl.select(
                    pl.when(pl.Series(moved))
                    .then(pl.lit("山口県周南市大字徳山１番地の旧事務所"))
                    .otherwise(firms.address.gather(of))
                ).to_series(),
                "送付先_住所_郵便番号": text(firms.postal.gather(of), letter),
                "送付先_住所": text(firms.address.gather(of), letter),
                "送付先_名称": text(firms.name.gather(of) + "　総務部", letter),
                "電話番号": firms.phone.gather(of),
                "担当部署": text(choose(["総務部", "人事課", "経理課"], mix(sel, 775) % 3), mix(sel, 777) % 3 > 0),
                "税額通知受取方法": choose(["1", "2", "3"], electronic),
                "納税義務者用通知電子フラグ": flag((electronic == 0) & (mix(sel, 779) % 2 == 0)),
                "eLTAX利用者ID": text(
                    pl.Series(["abc"]).gather(np.zeros(len(sel), np.int64)) + digits(mix(sel, 781) % 10**8, 8),
                    electronic != 1,
                ),
                "納期特例フラグ": flag(special),
                "納期特例承認年月日": dates(np.where(special, firms.since[sel] + 200, NO_DAY)),
                "納期特例終了年月日": dates(np.where(ended, base - 200 - mix(sel, 783) % 200, NO_DAY)),
                "納入書送付区分": choose(["1", "2"], (mix(sel, 785) % 3 == 0).astype(np.int64)),
                "指定年月日": dates(firms.since[sel]),
                "廃止年月日": dates(np.where(closed, firms.until[sel], NO_DAY)),
                "廃止事由": text(choose(["1", "2", "3", "4"], mix(sel, 787) % 4), closed),
                **operator("toku", sel * 2 + block, np.where(latest & ~changed[sel], firms.since[sel], changed_on)),
            }
        ),
    )


def notices(world: World, people: Pool, y: Year) -> pl.DataFrame:
    """住登外課税通知情報: people taxed here whose register is elsewhere (sent), residents taxed elsewhere
    (received).
    """
    first = np.flatnonzero(y.row_revision == 0)
    outside = people.outsider[y.who]
    sent = np.flatnonzero(outside & (y.status[first] != 5) & (y.income["営業等所得金額"] > 0))
    got = np.flatnonzero(y.status[first] == 5)
    at = np.concatenate([sent, got])
    received = np.repeat([False, True], [len(sent), len(got)])
    who = y.who[at]
    now = who * 100 + y.year % 100
    undone = mix(now, 791) % 15 == 0
    twice = np.concatenate([np.arange(len(at)), np.flatnonzero(undone)])
    block = np.repeat([0, 1], [len(at), int(undone.sum())])
    order = np.lexsort((block, twice))
    sel, block = twice[order], block[order]
    places = world.places.filter(pl.col("code") != world.code)
    place = pl.Series(mix(who[sel], 793) % places.height)
    where = places.select(pl.concat_str(["prefecture", "city", "town"]) + "１番地")["prefecture"].gather(place)
    home = people.address.gather(pl.Series(who[sel]))
    told = day(y.year, 5, 20) + mix(now[sel], 795) % 60 + block * 40
    in_ = received[sel]
    here = pl.Series(in_)
    return to_layout(
        "010",
        "住登外課税通知情報",
        pl.DataFrame(
            {
                "市区町村コード": choose([world.code], np.zeros(len(sel), np.int64)),
                "宛名番号": atena(people, who[sel]),
                "相当年度": choose([str(y.year)], np.zeros(len(sel), np.int64)),
                "通知連番": number(block + 1),
                "通知送受区分": choose(["1", "2"], in_.astype(np.int64)),
                "通知種別": choose(["1", "2"], block),
                "通知年月日": dates(told),
                "受領年月日": dates(np.where(in_, told + 4, NO_DAY)),
                "相手_市区町村コード": places["code"].gather(place),
                "相手_市区町村名": places["city"].gather(place),
                "住民登録地住所": pl.select(pl.when(here).then(home).otherwise(where)).to_series(),
                "居住地住所": pl.select(pl.when(here).then(where).otherwise(home)).to_series(),
                "居住開始年月日": dates(
                    np.where(mix(who[sel], 797) % 3 > 0, day(y.year - 2, 4, 1) + mix(who[sel], 799) % 300, NO_DAY)
                ),
                "住登外課税事由": choose(["1", "2", "3", "9"], mix(who[sel], 801) % 4),
                "取消年月日": dates(np.where(block == 1, told - 3, NO_DAY)),
                **operator("zei", now[sel] * 2 + block, told + 5),
            }
        ),
    )
