"""Who supports whom in one year: spouses, dependants, family workers; and what each person is (disabled, widowed,
single parent, student).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.tax.assess import Columns
from sample_data.tax.frames import Bools, Ints
from sample_data.tax.pool import Pool, uniform

DEPENDENT_LIMIT = 480_000
SPOUSE_LIMIT = 1_330_000
FAMILY_WORKER_PAY = 860_000


@dataclass(frozen=True)
class Dependents:
    """One row a supported person, ordered by payer: positions in ``who``, 扶養連番, and what the deduction needs."""

    payer: Ints
    person: Ints
    number: Ints
    kind: Ints
    """扶養区分 as a number."""
    relation: Ints
    """続柄区分 as a number."""
    disability: Ints
    income: Ints


def position(people: Pool, who: Ints) -> Ints:
    """Position in ``who`` of each member of the pool, -1 where absent."""
    at = np.full(people.size + 1, -1, dtype=np.int64)
    at[who] = np.arange(len(who))
    return at


def own_state(people: Pool, who: Ints, age: Ints) -> Columns:
    """障害者区分 (0, 1, 2) of each person."""
    drawn = uniform(who, 301)
    share = np.where(age >= 60, 0.05, 0.012)
    return {"障害者区分": np.where(drawn < share, np.where(drawn < share * 0.3, 2, 1), 0)}


def family_workers(people: Pool, who: Ints, age: Ints, income: Columns) -> Bools:
    """Spouses (positions in ``who``) that work in the other's business without a job or pension of their own
    (事業専従者).
    """
    at = position(people, who)
    spouse = np.where(people.spouse[who] >= 0, at[people.spouse[who]], -1)
    has = spouse >= 0
    boss = np.where(has, spouse, 0)
    works: Bools = (
        has
        & (income["営業等所得金額"][boss] > 1_500_000)
        & (uniform(np.minimum(who, people.spouse[who]), 303) < 0.45)
        & (income["営業等所得金額"] == 0)
        & (income["給与収入金額"] == 0)
        & (income["公的年金等収入金額"] == 0)
        & (age >= 20)
    )
    return works


def build(
    people: Pool, who: Ints, age: Ints, total: Ints, worker: Bools, blue: Bools, pay: Ints
) -> tuple[Columns, Dependents]:
    """Counts and states of everybody in ``who`` (all residents of the day), and the rows of 扶養情報.

    ``total`` is 合計所得金額 before the adjustment for families; ``worker`` marks family workers, ``blue`` those in
    business who file blue returns.
    """
    size = len(who)
    at = position(people, who)
    spouse = np.where(people.spouse[who] >= 0, at[people.spouse[who]], -1)
    other = np.where(spouse >= 0, spouse, 0)
    mine, theirs = total, np.where(spouse >= 0, total[other], 0)
    claims = (
        (spouse >= 0)
        & ((mine > theirs) | ((mine == theirs) & people.head[who]))
        & (mine > DEPENDENT_LIMIT)
        & (theirs <= SPOUSE_LIMIT)
    )
    works_for = claims & worker[other]
    claims &= ~worker[other]
    claimed_age = age[other]
    kind = np.select(
        [~claims, (theirs <= DEPENDENT_LIMIT) & (mine > 10_000_000), theirs <= DEPENDENT_LIMIT, mine > 10_000_000],
        [0, 4, np.where(claimed_age >= 70, 2, 1), 0],
        3,
    )
    supported_spouse = np.zeros(size, dtype=bool)
    supported_spouse[other[(kind > 0) | works_for]] = True

    hid = people.hid[who]
    order = np.lexsort((-np.arange(size), total, hid))
    best = np.full(int(hid.max()) + 2, -1, dtype=np.int64)
    best[hid[order]] = order
    payer = np.where(hid >= 0, best[hid], -1)
    payer = np.where((payer >= 0) & (total[payer] > DEPENDENT_LIMIT), payer, -1)
    related = people.child[who] | people.parent[who] | people.head[who]
    dependent = (
        (payer >= 0)
        & (payer != np.arange(size))
        & (total <= DEPENDENT_LIMIT)
        & related
        & ~supported_spouse
        & ~worker
        & (kind == 0)
        & ~works_for
    )
    # The payer's own spouse is never a dependant of the other kind.
    dependent &= spouse != payer

    state = own_state(people, who, age)
    own = state["障害者区分"]
    boss = np.where(payer >= 0, payer, 0)
    payer_is_child = people.child[who][boss]
    relation = np.select(
        [
            people.child[who] & payer_is_child,
            people.child[who],
            people.parent[who] & payer_is_child,
            people.parent[who],
            payer_is_child,
        ],
        [7, 3, 5, 4, 4],
        8,
    )
    elder = np.isin(relation, (4, 5))
    dep_kind = np.select([age < 16, age < 19, age < 23, age < 70], [7, 3, 4, 3], np.where(elder, 6, 5))

    sp_rows = np.flatnonzero(kind > 0)
    wk_rows = np.flatnonzero(works_for)
    dp_rows = np.flatnonzero(dependent)
    sp_code = np.select([kind[sp_rows] == 3, kind[sp_rows] == 4], [2, 11], 1)
    rows_payer = np.concatenate([sp_rows, wk_rows, boss[dp_rows]])
    rows_person = np.concatenate([other[sp_rows], other[wk_rows], dp_rows])
    rows_kind = np.concatenate([sp_code, np.where(blue[wk_rows], 8, 9), dep_kind[dp_rows]])
    wife = np.where(people.male[who][rows_person], 1, 2)
    rows_relation = np.concatenate([wife[: len(sp_rows) + len(wk_rows)], relation[dp_rows]])
    step = np.lexsort((rows_person, rows_kind, rows_payer))
    rows_payer, rows_person, rows_kind, rows_relation = (
        rows_payer[step],
        rows_person[step],
        rows_kind[step],
        rows_relation[step],
    )
    first = np.searchsorted(rows_payer, rows_payer)
    disability = np.where(own[rows_person] == 2, 3, own[rows_person])
    rows = Dependents(
        rows_payer,
        rows_person,
        np.arange(len(rows_payer)) - first + 1,
        rows_kind,
        rows_relation,
        disability,
        total[rows_person],
    )

    def count(mask: Bools) -> Ints:
        return np.bincount(rows_payer[mask], minlength=size).astype(np.int64)

    helps = np.isin(rows_kind, (1, 3, 4, 5, 6, 7, 11))
    children = count(np.isin(rows_kind, (3, 4, 7)) & (rows_relation == 3))
    alone = (spouse < 0) & people.head[who]
    single = np.select(
        [
            alone & (children > 0) & (total <= 5_000_000),
            alone & ~people.male[who] & (age >= 60) & (uniform(who, 311) < 0.35) & (total <= 5_000_000),
        ],
        [2, 1],
        0,
    )
    student = (age >= 18) & (age <= 24) & (pay > 0) & (total <= 750_000) & (uniform(who, 313) < 0.25)
    supporter = np.full(size, -1, dtype=np.int64)
    keep = np.isin(rows_kind, (1, 2, 3, 4, 5, 6, 7, 11))
    supporter[rows_person[keep]] = rows_payer[keep]
    boss_of = np.full(size, -1, dtype=np.int64)
    boss_of[rows_person[~keep]] = rows_payer[~keep]
    family: Columns = {
        **state,
        "配偶者区分": kind,
        "配偶者所得": theirs,
        "一般扶養人数": count(rows_kind == 3),
        "特定扶養人数": count(rows_kind == 4),
        "老人扶養人数": count(rows_kind == 5),
        "同居老親等人数": count(rows_kind == 6),
        "年少扶養人数": count(rows_kind == 7),
        "普通障害者人数": count(helps & (disability == 1)),
        "特別障害者人数": 0 * total,
        "同居特別障害者人数": count(helps & (disability == 3)),
        "寡婦ひとり親区分": single,
        "勤労学生フラグ": student.astype(np.int64),
        "控除対象人数": count(helps),
        "年少特定人数": count(np.isin(rows_kind, (4, 7)) | (rows_kind == 3) & (age[rows_person] < 23)),
        "配偶者": np.where(np.isin(kind, (1, 2, 4)), spouse, -1),
        "扶養主": supporter,
        "専従主": boss_of,
        "専従者": np.bincount(rows_payer[np.isin(rows_kind, (8, 9))], minlength=size).astype(np.int64),
    }
    return family, rows
