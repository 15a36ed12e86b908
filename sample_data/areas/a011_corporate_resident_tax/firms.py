"""The corporations of area 011: who they are, what became of them, and their groups (法人基本情報, 市内事業所情報,
法人異動届情報)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.names import FIRM_FORMS
from sample_data.tax.claims import Claims, Payers
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
from sample_data.truth.frame import wide
from sample_data.world import World

FLAT = np.array([50_000, 50_000, 130_000, 160_000])
"""均等割 a year, by the choice that area 014's claims are made from."""
FORMS = {"株式会社": "01", "㈱": "01", "有限会社": "02", "合同会社": "03", "医療法人": "09", "社会福祉法人": "10"}
SOCIETY_FORMS = {"自治会": "15", "管理組合": "16", "水利組合": "99", "子ども会": "13"}
TRADES = ("06", "09", "16", "21", "24", "39", "44", "50", "56", "60", "69", "72", "76", "78", "83", "85")
"""業種コード: 中分類 of the Japanese standard industrial classification."""
BRANCHES = ("　周南営業所", "　工場", "　支店", "　第二営業所", "　倉庫", "　社員寮")
BRANCHES_KANA = (
    "　シュウナンエイギョウショ",
    "　コウジョウ",
    "　シテン",
    "　ダイニエイギョウショ",
    "　ソウコ",
    "　シャインリョウ",
)
REPRESENTATIVE, ADDRESS, NAME, CAPITAL = range(4)
"""What changes in a corporation's life."""
NOTICES = ("04", "03", "02", "05")
"""届出区分 of each change."""
OPEN, RESTING, DISSOLVED, WOUND_UP, MERGED, GONE, OTHER = 1, 2, 3, 4, 5, 6, 9


@dataclass(frozen=True)
class Firms:
    """Corporations and societies outside the register as parallel columns, in the order of their numbers; days since
    1970-01-01.
    """

    frame: pl.DataFrame
    """``outsiders`` with the columns of its address and ``place`` (the address in one line)."""
    payer: Ints
    """Position among the payers of area 014."""
    taxed: Bools
    """Files returns in the kept years (or is new)."""
    society: Bools
    """公益法人等 that files for 均等割 only, and is relieved of it."""
    state: Ints
    """法人状態区分."""
    event: Ints
    """Day of what ended or stopped it, NO_DAY where nothing did."""
    since: Ints
    flat: Ints
    capital: Ints
    reserve: Ints
    workers: Ints
    """In the municipality."""
    nation: Ints
    """Workers in all."""
    split: Ints
    """分割区分."""
    base: int

    @property
    def size(self) -> int:
        return len(self.payer)

    @property
    def number(self) -> Ints:
        return self.frame["oid"].to_numpy()

    def column(self, name: str, at: Ints, where: Bools | None = None) -> pl.Series:
        """A text column at positions; null where ``where`` is False."""
        return text(self.frame[name].gather(pl.Series(at)), where)

    def at_payer(self) -> Ints:
        """Position by payer (-1: no corporation)."""
        found = np.full(int(self.payer.max()) + 1, -1)
        found[self.payer] = np.arange(self.size)
        return found


def firms(world: World, who: Payers, claims: Claims, first: int) -> Firms:
    """All corporations; those with claims are in business. ``first``: the first kept 賦課年度."""
    outside = world.outsiders.with_row_index("_row").filter(pl.col("kind").is_in(["2", "3"]))
    frame = world.with_address(outside).with_columns(
        place=pl.concat_str(pl.col(c).fill_null("") for c in ("prefecture", "city", "town", "banchi"))
        + pl.when(pl.col("building").is_not_null()).then("　" + pl.col("building")).otherwise(pl.lit("")),
    )
    base = (world.base_date.toordinal()) - 719_163
    payer = frame["_row"].cast(pl.Int64).to_numpy() + world.persons.height
    oid = frame["oid"].to_numpy()
    since = who.entry[payer]
    kind2 = (frame["kind"] == "2").to_numpy()
    numbered = frame["houjin_no"].is_not_null().to_numpy()
    local = frame["is_local"].fill_null(True).to_numpy()
    claimed = np.isin(payer, np.unique(claims.payer))
    last = int(claims.fuka.max()) if claims.size else first
    taxed = claimed | (kind2 & (since >= day(last, 4, 1)) & (mix(oid, 1) % 2 == 0))
    society = ~kind2 & numbered & (mix(oid, 2) % 10 < 7)
    over = kind2 & ~taxed
    # What became of those without claims happened before the kept years; the rest are known for other taxes only.
    end = day(first - 1, 1, 1)
    ended = over & (since < end - 500)
    drawn = mix(oid, 3) % 100
    first_over = np.flatnonzero(ended)[:5]
    drawn[first_over] = np.array([0, 5, 8, 11, 14])[: len(first_over)]
    state = np.select(
        [taxed | society, ~ended, drawn < 4, drawn < 7, drawn < 10, drawn < 13, drawn < 20],
        [OPEN, OTHER, RESTING, DISSOLVED, WOUND_UP, MERGED, GONE],
        OTHER,
    )
    event = np.where(
        np.isin(state, (OPEN, OTHER)), NO_DAY, since + 365 + mix(oid, 4) % np.maximum(end - since - 365, 1)
    )
    flat = np.where(society, 50_000, FLAT[mix(payer, 942) % 4])
    extra = mix(oid, 8) % 8 == 0
    capital = np.select(
        [society, flat == 50_000, flat == 130_000],
        [0, (1 + mix(oid, 5) % 9) * 1_000_000, (11 + mix(oid, 5) % 80) * 1_000_000],
        (110 + mix(oid, 5) % 791) * 1_000_000,
    )
    workers = np.select(
        [flat == 50_000, flat == 130_000], [1 + mix(oid, 6) % 12, 3 + mix(oid, 6) % 40], 5 + mix(oid, 6) % 45
    )
    split = np.select([~local, (mix(oid, 7) % 4 == 0) & ~society], [3, 2], 1)
    nation = np.where(split == 1, workers, workers * (1 + mix(oid, 9) % 15) + 1 + mix(oid, 10) % 40)
    return Firms(
        frame,
        payer,
        taxed,
        society,
        state,
        event,
        since,
        flat,
        capital,
        np.where(extra, capital // 10_000 * 1000, 0),
        workers,
        nation,
        split,
        base,
    )


@dataclass(frozen=True)
class Changes:
    """Changes of corporations in their order; ``row`` counts them from 1 within a corporation."""

    at: Ints
    row: Ints
    kind: Ints
    """REPRESENTATIVE ... CAPITAL, or -1: the end."""
    when: Ints


def changes(f: Firms, years: int) -> Changes:
    """Up to three changes of each corporation in the last years, and what ended it."""
    oid = f.number
    most = np.where(f.taxed | f.society, 3, 1)
    count = np.minimum((mix(oid, 21) % 100 < 12 * years).astype(np.int64) + mix(oid, 22) % 3 * (years > 2), most)
    start = np.maximum(f.since + 40, f.base - 365 * years - 400)
    finish = np.where(f.event == NO_DAY, f.base - 40, f.event - 10)
    room = (finish - start) // (count + 1)
    count = np.where(room < 30, 0, count)
    ended = f.event != NO_DAY
    total = count + ended
    at = np.repeat(np.arange(f.size), total)
    row = np.arange(len(at)) - np.repeat(np.cumsum(total) - total, total) + 1
    last = ended[at] & (row == total[at])
    kind = np.where(last, -1, (mix(oid[at], 23) + row) % 4)
    when = np.where(last, f.event[at], start[at] + room[at] * row - mix(at * 8 + row, 24) % 20)
    return Changes(at, row, kind, when)


def basic(world: World, f: Firms, c: Changes) -> pl.DataFrame:
    """法人基本情報: a row as founded, and one after each change."""
    total = np.bincount(c.at, minlength=f.size) + 1
    at = np.repeat(np.arange(f.size), total)
    row = np.arange(len(at)) - np.repeat(np.cumsum(total) - total, total) + 1
    latest = row == total[at]

    def before(kind: int) -> Bools:
        """Rows that still have what the change of ``kind`` replaced."""
        change = np.zeros(f.size, np.int64)
        hit = c.kind == kind
        change[c.at[hit]] = c.row[hit]
        return row <= change[at]

    other = former(f)
    name_at = np.where(before(NAME), other[NAME][at], at)
    home_at = np.where(before(ADDRESS), other[ADDRESS][at], at)
    head_at = np.where(before(REPRESENTATIVE), other[REPRESENTATIVE][at], at)
    capital = np.where(before(CAPITAL), f.capital[at] // 2000 * 1000, f.capital[at])
    oid = f.number[at]
    state = np.where(latest | (f.event[at] == NO_DAY), f.state[at], OPEN)
    event = np.where(state == f.state[at], f.event[at], NO_DAY)
    duty = state != OTHER
    kind2 = (f.frame["kind"] == "2").to_numpy()[at]
    forms = _form(f.column("name", name_at))
    welfare = (forms == "10").to_numpy() & kind2
    unnamed = ~kind2 & f.frame["houjin_no"].is_null().to_numpy()[at]
    corporate = np.select([unnamed, welfare | ~kind2], [5, 3], 1)
    local = (f.column("city_code", home_at) == world.code).fill_null(True).to_numpy()
    split = np.where(local, np.where(f.split[at] == 2, 2, 1), 3)
    mailed = mix(oid, 31) % 8 == 0
    advised = duty & kind2 & (mix(oid, 32) % 20 < 13)
    mail_at = other[ADDRESS][at]
    grouped = kind2 & duty & (f.flat[at] == 160_000) & (mix(oid, 33) % 9 == 0)
    parent = grouped & (mix(oid, 34) % 6 == 0)
    child = grouped & ~parent
    numbered = np.flatnonzero(f.frame["houjin_no"].is_not_null().to_numpy())
    into = np.flatnonzero(f.taxed) if f.taxed.any() else numbered
    begun = np.append(c.when, 0)[_change_of(f, c, at, row)]
    started = np.where(row == 1, f.since[at], begun)
    operated = np.minimum(np.maximum(started + 9, day(2005, 4, 1)), f.base)
    founded = np.where(local, f.since[at] - mix(oid, 35) % 20, f.since[at] - 400 - mix(oid, 35) % 9000)
    twice = duty & ~f.taxed[at] & (mix(oid, 36) % 12 == 0)
    month = np.where(f.taxed[at] | f.society[at], 3, 1 + mix(oid, 37) % 12)
    known = duty | (mix(oid, 38) % 3 == 0)
    return to_layout(
        "011",
        "法人基本情報",
        pl.DataFrame(
            {
                "市区町村コード": choose([world.code], np.zeros(len(at), np.int64)),
                "宛名番号": f.column("atena", at),
                "履歴番号": number(row),
                "最新フラグ": flag(latest),
                "法人番号": f.column("houjin_no", at),
                "事業者番号": digits(oid * 7 + 20_011, 10),
                "法人区分": digits(corporate, 1),
                "法人格": forms,
                "法人格表示位置": _form_place(f.column("name", name_at)),
                "名称": f.column("name", name_at),
                "名称_フリガナ": f.column("name_kana", name_at),
                "本店_郵便番号": f.column("postal", home_at),
                "本店_市区町村コード": f.column("city_code", home_at),
                "本店_所在地": f.column("place", home_at),
                "本店_電話番号": f.column("phone", at, mix(oid, 39) % 10 < 9),
                "市内本店フラグ": flag(local),
                "分割区分": digits(split, 1),
                "代表者_氏名": f.column("representative", head_at),
                "送付先_住所_郵便番号": f.column("postal", mail_at, mailed),
                "送付先_住所": f.column("place", mail_at, mailed),
                "送付先_名称": text(
                    f.column("name", name_at) + choose(("　経理課", "　総務部", "　管理本部"), mix(oid, 40) % 3), mailed
                ),
                "関与税理士_名称": text(
                    f.column("representative", other[REPRESENTATIVE][at]).str.split("　").list.first() + "税理士事務所",
                    advised,
                ),
                "関与税理士_電話番号": f.column("phone", other[REPRESENTATIVE][at], advised),
                "eLTAX利用者ID": text(
                    choose(("abc", "hjx", "kyz", "tax"), mix(oid, 41) % 4) + digits(mix(oid, 42) % 10**8, 8),
                    duty & (mix(oid, 43) % 10 < 6),
                ),
                "電子申告義務フラグ": flag((capital > 100_000_000) & (corporate == 1)),
                "業種コード": text(choose(TRADES, mix(oid, 44) % len(TRADES)), mix(oid, 45) % 10 < 9),
                "資本金の額": number(capital, kind2),
                "資本金等の額": number(capital + np.minimum(f.reserve[at], capital), kind2),
                "決算月1": text(digits(month, 2), known),
                "決算月2": text(digits((month + 5) % 12 + 1, 2), twice),
                "設立年月日": dates(np.where(known, founded, NO_DAY)),
                "市内設置年月日": dates(np.where(known, f.since[at], NO_DAY)),
                "市内廃止年月日": dates(np.where(np.isin(state, (WOUND_UP, MERGED, GONE)), event, NO_DAY)),
                "法人状態区分": digits(state, 1),
                "休業開始年月日": dates(np.where(state == RESTING, event, NO_DAY)),
                "解散年月日": dates(
                    np.where(state == DISSOLVED, event, np.where(state == WOUND_UP, event - 90, NO_DAY))
                ),
                "清算結了年月日": dates(np.where(state == WOUND_UP, event, NO_DAY)),
                "合併先_宛名番号": f.column("atena", into[mix(oid, 46) % len(into)], state == MERGED),
                "収益事業区分": digits(np.select([corporate == 1, welfare], [0, 1], 2), 1),
                "通算法人区分": digits(np.select([parent, child], [1, 2], 0), 1),
                "通算親法人番号": f.column("houjin_no", numbered[mix(oid, 47) % len(numbered)], child),
                "申告書送付区分": digits(np.where(state == OPEN, 1 + mix(oid, 48) % 3, 9), 1),
                **operator("HJ", oid * 10 + row, operated),
            }
        ),
    )


def former(f: Firms) -> tuple[Ints, Ints, Ints]:
    """Whose representative, address and name a corporation had before it changed: positions of other corporations
    (an address on the same side of the municipality's border, a name of the same kind)."""
    local = f.frame["is_local"].fill_null(True).to_numpy()
    kind = (f.frame["kind"] == "2").to_numpy()

    def rolled(key: Bools, step: int) -> Ints:
        out = np.arange(f.size)
        for value in (False, True):
            some = np.flatnonzero(key == value)
            out[some] = np.roll(some, step)
        return out

    return np.roll(np.arange(f.size), 3), rolled(local, 2), rolled(kind, 5)


def _change_of(f: Firms, c: Changes, at: Ints, row: Ints) -> Ints:
    """Position in ``c`` of the change that a row came from; -1 for first rows."""
    first = np.searchsorted(c.at, np.arange(f.size))
    return np.where(row > 1, first[at] + row - 2, -1)


def _form(names: pl.Series) -> pl.Series:
    known = {**FORMS, **SOCIETY_FORMS}
    found = pl.coalesce(
        *(pl.when(pl.col("n").str.contains(form, literal=True)).then(pl.lit(code)) for form, code in known.items())
    )
    return pl.DataFrame({"n": names}).select(found.alias("f"))["f"]


def _form_place(names: pl.Series) -> pl.Series:
    starts = pl.any_horizontal(pl.col("n").str.starts_with(form) for form, _, _ in FIRM_FORMS)
    ends = pl.any_horizontal(pl.col("n").str.ends_with(form) for form, _, _ in FIRM_FORMS)
    place = pl.when(starts).then(pl.lit("2")).when(ends).then(pl.lit("1")).otherwise(pl.lit("0"))
    return pl.DataFrame({"n": names}).select(place.alias("p"))["p"]


def offices(world: World, f: Firms) -> pl.DataFrame:
    """市内事業所情報: one of each corporation with duties, up to two more of larger ones."""
    duty = f.state != OTHER
    oid = f.number
    more = np.where((f.flat > 50_000) & (mix(oid, 51) % 3 == 0), 1 + mix(oid, 52) % 2, 0)
    count = np.where(duty, 1 + more, 0)
    at = np.repeat(np.arange(f.size), count)
    place = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count) + 1
    key = oid[at] * 10 + place
    local = f.frame["is_local"].fill_null(True).to_numpy()[at]
    main = (place == 1) & local
    pool = world.addresses.filter(pl.col("is_local")).tail(max(1, round(len(world.present) * 0.42)))
    elsewhere = pool.with_columns(
        at_=pl.concat_str(pl.col(c).fill_null("") for c in ("prefecture", "city", "town", "banchi"))
    )[pl.Series(mix(key, 53) % pool.height)]
    closed = np.isin(f.state[at], (WOUND_UP, MERGED, GONE))
    opened = np.where(place == 1, f.since[at], np.minimum(f.since[at] + 200 + mix(key, 54) % 3000, f.base - 60))
    opened = np.where(closed, f.since[at], opened)
    shut_one = ~closed & (place > 1) & (mix(key, 55) % 5 == 0)
    shut = np.select([closed, shut_one], [f.event[at], np.minimum(opened + 30 + mix(key, 56) % 900, f.base)], NO_DAY)
    reason = np.select([shut_one, f.state[at] == MERGED, f.state[at] == GONE], [1, 3, 2], 4)
    share = f.workers[at] // count[at]
    workers = np.where(place == 1, f.workers[at] - share * (count[at] - 1), share)
    dorm = (place == 3) & (mix(key, 57) % 2 == 0)
    kind = np.select([dorm, ~main & (place == 1)], [5, 2], 1 + mix(key, 58) % 4 + (mix(key, 58) % 4 == 0) * 2)
    suffix, suffix_kana = choose(BRANCHES, kind), choose(BRANCHES_KANA, kind)

    def either(name: str, there: pl.Series) -> pl.Series:
        return pl.select(pl.when(pl.Series(main)).then(f.column(name, at)).otherwise(there)).to_series()

    blank = choose([""], np.zeros(len(at), np.int64))
    return to_layout(
        "011",
        "市内事業所情報",
        pl.DataFrame(
            {
                "市区町村コード": choose([world.code], np.zeros(len(at), np.int64)),
                "宛名番号": f.column("atena", at),
                "市内事業所番号": number(place),
                "事業所区分": digits(1 + dorm, 1),
                "本店フラグ": flag(main),
                "名称": f.column("name", at)
                + pl.select(pl.when(pl.Series(main)).then(blank).otherwise(suffix)).to_series(),
                "名称_フリガナ": text(
                    f.column("name_kana", at)
                    + pl.select(pl.when(pl.Series(main)).then(blank).otherwise(suffix_kana)).to_series(),
                    mix(key, 59) % 10 < 8,
                ),
                "郵便番号": either("postal", elsewhere["postal"]),
                "所在地_町字コード": either("town_code", elsewhere["town_code"]),
                "所在地": either("place", elsewhere["at_"]),
                "電話番号": f.column("phone", at, place == 1),
                "従業者数": number(workers, mix(key, 60) % 25 > 0),
                "設置年月日": dates(opened),
                "廃止年月日": dates(shut),
                "廃止事由": text(digits(reason, 1), shut != NO_DAY),
                **operator("HJ", key, np.minimum(np.maximum(np.maximum(opened, shut) + 12, day(2005, 4, 1)), f.base)),
            }
        ),
    )


def notifications(world: World, f: Firms, c: Changes) -> pl.DataFrame:
    """法人異動届情報: the foundation of every corporation with duties, its changes, and its end."""
    duty = np.flatnonzero(f.state != OTHER)
    keep = np.isin(c.at, duty)
    at = np.concatenate([duty, c.at[keep]])
    row = np.concatenate([np.zeros(len(duty), np.int64), c.row[keep]])
    kind = np.concatenate([np.full(len(duty), -2), c.kind[keep]])
    when = np.concatenate([f.since[duty], c.when[keep]])
    order = np.lexsort((row, at))
    at, row, kind, when = at[order], row[order], kind[order], when[order]
    end = np.select([f.state[at] == s for s in (RESTING, DISSOLVED, WOUND_UP, MERGED)], [0, 1, 2, 3], 4)
    codes = np.select([kind == -2, kind == -1], [4, 5 + end], kind)
    sort = choose((*NOTICES, "01", "09", "10", "11", "12", "08"), codes)
    other = former(f)
    yen = wide(pl.col("c").cast(pl.String)) + pl.lit("円")
    capital = pl.DataFrame({"c": f.capital[at]}).select(yen.alias("t"))["t"]
    old_capital = pl.DataFrame({"c": f.capital[at] // 2000 * 1000}).select(yen.alias("t"))["t"]
    pairs = {
        REPRESENTATIVE: (f.column("representative", other[REPRESENTATIVE][at]), f.column("representative", at)),
        ADDRESS: (f.column("place", other[ADDRESS][at]), f.column("place", at)),
        NAME: (f.column("name", other[NAME][at]), f.column("name", at)),
        CAPITAL: (old_capital, capital),
    }

    def told(side: int, last: pl.Expr) -> pl.Series:
        out = last
        for change, pair in pairs.items():
            out = pl.when(pl.Series(kind == change)).then(pair[side]).otherwise(out)
        return pl.select(out).to_series()

    ends = choose(("休業", "解散", "清算結了", "合併による消滅", "事業所の廃止"), end)
    none = pl.lit(None, dtype=pl.String)
    after = pl.when(pl.Series(kind == -1)).then(ends).otherwise(pl.lit("新規設立・設置"))
    key = f.number[at] * 10 + row
    received = np.minimum(when + 4 + mix(key, 61) % 25, f.base)
    by = 1 + mix(key, 62) % 4
    return to_layout(
        "011",
        "法人異動届情報",
        pl.DataFrame(
            {
                "市区町村コード": choose([world.code], np.zeros(len(at), np.int64)),
                "宛名番号": f.column("atena", at),
                "届出番号": number(row + 1),
                "届出区分": sort,
                "届出受付年月日": dates(received),
                "異動年月日": dates(when),
                "受付経路区分": digits(by, 1),
                "異動前内容": told(0, none),
                "異動後内容": told(1, after),
                "添付書類区分": text(digits(np.where(kind == -2, 2, mix(key, 63) % 2), 1), mix(key, 64) % 12 > 0),
                "eLTAX受付番号": text(
                    "EL" + dates(received).dt.to_string("%Y%m%d") + digits(mix(key, 65) % 10**10, 10), by == 1
                ),
                **operator("HJ", key, np.minimum(np.maximum(received + 2, day(2005, 4, 1)), f.base)),
            }
        ),
    )
