"""The register: members become persons with names, numbers, entry and removal; homes become households."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from sample_data import numbers
from sample_data.addresses import HomesAt
from sample_data.names import FEMALE, FOREIGN, MALE, SURNAMES, Name
from sample_data.people import (
    BROTHER,
    FATHER,
    HEAD,
    HUSBAND,
    LODGER,
    MOTHER,
    NONE,
    RELATIONS,
    WIFE,
    WIFES_MOTHER,
    Homes,
    Ints,
    Members,
    dates,
)
from sample_data.places import ABROAD, PLACES, Municipality

NUMBER_BLOCK = 2_000_000
"""Serial numbers reserved per municipality, so that 個人番号 and 住民票コード are unique in the whole programme."""


def pick(values: Sequence[str], index: Ints) -> pl.Series:
    """The strings at ``index`` as a column."""
    return pl.Series(list(values), dtype=pl.String).gather(index)


def weighted(names: Sequence[Name], size: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Indices into ``names``, drawn by weight; the first draws run through the list's end so that rare characters
    occur in small towns."""
    weight = np.array([n.weight for n in names], dtype=float)
    chosen = rng.choice(len(names), size=size, p=weight / weight.sum()).astype(np.int64)
    rare = np.arange(len(names) - 1, len(names) - 1 - max(1, size // 12), -1) % len(names)
    rare = rare[: min(size // 2, 14)]
    chosen[3 : 3 + 2 * len(rare) : 2][: len(rare)] = rare[: len(chosen[3 : 3 + 2 * len(rare) : 2])]
    return chosen


def register(
    municipality: Municipality,
    homes: Homes,
    members: Members,
    former: Members,
    former_removal: Ints,
    was_head: npt.NDArray[np.bool_],
    at: HomesAt,
    base: int,
    years: int,
    seed: int,
    rng: np.random.Generator,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``persons`` and ``households`` of :class:`sample_data.world.World`."""
    hid = np.concatenate([members.hid, former.hid])
    relation = np.concatenate([members.relation, former.relation])
    male = np.concatenate([members.male, former.male])
    birth = np.concatenate([members.birth, former.birth])
    rank = np.concatenate([members.rank, former.rank])
    gone_head = np.concatenate([np.zeros(len(members.hid), dtype=bool), was_head])
    removal = np.concatenate([homes.removal[members.hid], former_removal])
    size = len(hid)
    pid = np.arange(size, dtype=np.int64)
    head_pid = np.zeros(homes.count, dtype=np.int64)
    lead = (rank == 0) & ~gone_head
    head_pid[hid[lead]] = pid[lead]
    former_head = np.full(homes.count, -1, dtype=np.int64)
    former_head[hid[gone_head]] = pid[gone_head]
    spouse = _spouses(hid, relation, pid, head_pid, former_head)

    foreign_home = rng.random(homes.count) < np.where(homes.kind == 0, 0.018, 0.006)
    foreign_home[homes.kind >= 3] = False
    wish = np.flatnonzero((homes.kind <= 1) & (homes.removal == NONE))[4:7]
    foreign_home[wish] = True
    foreign_home[np.unique(former.hid)] = False
    foreign_home[-1] = False
    foreign_wife = rng.random(size) < 0.008
    foreign = foreign_home[hid] | (foreign_wife & (relation == WIFE))

    entry = np.where(birth > homes.entry[hid], birth, homes.entry[hid])
    stable = homes.entry[hid] < base - years * 365
    native = (rng.random(size) < 0.35) & stable & ~foreign & np.isin(relation, (HEAD, BROTHER))
    entry = np.where(native, birth, entry)
    born_here = entry == birth
    abroad = ~born_here & (foreign & (rng.random(size) < 0.6) | homes.abroad_entry[hid])
    reason = np.where(born_here, "03", np.where(abroad, "02", "01"))
    notice = np.minimum(entry + rng.integers(0, 14, size), base - 1)
    last_move = np.maximum(homes.move1, homes.move2)[hid]
    moved = (last_move != NONE) & (last_move > entry)
    home_since = np.where(moved, last_move, np.maximum(entry, homes.entry[hid]))

    left = removal != NONE
    died = (
        left
        & ~foreign_home[hid]
        & (np.concatenate([np.zeros(len(members.hid), dtype=bool), ~was_head | (base - former.birth > 60 * 365)]))
    )
    struck = left & ~died & ~gone_head & (hid % 17 == 3)
    if left.any() and not struck.any():
        struck = left & ~died & ~gone_head & (hid == hid[left & ~died & ~gone_head][0])
    to_abroad = left & ~died & ~struck & (foreign | (hid % 13 == 5))
    # The last household moves within the country, so that every sample has one that did.
    struck, to_abroad = struck & (hid < homes.count - 1), to_abroad & (hid < homes.count - 1)
    why = np.where(~left, "", np.where(died, "23", np.where(struck, "26", np.where(to_abroad, "22", "21"))))
    status = np.where(~left, "1", np.where(died, "3", np.where(struck, "9", "2")))
    removal_notice = np.where(died, removal + rng.integers(0, 7, size), removal - rng.integers(0, 14, size))
    removal_notice = np.where(left, np.clip(removal_notice, None, base - 1), NONE)

    sur = weighted(SURNAMES, homes.count, rng)[hid]
    other = rng.integers(0, len(SURNAMES), size)
    sur = np.where(np.isin(relation, (LODGER, WIFES_MOTHER)), other, sur)
    men, women = weighted(MALE, size, rng), weighted(FEMALE, size, rng)
    surname, surkana = [n.held for n in SURNAMES], [n.kana for n in SURNAMES]
    given = pl.select(
        pl.when(pl.lit(pl.Series(male)))
        .then(pick([n.held for n in MALE], men))
        .otherwise(pick([n.held for n in FEMALE], women))
    ).to_series()
    given_kana = pl.select(
        pl.when(pl.lit(pl.Series(male)))
        .then(pick([n.kana for n in MALE], men))
        .otherwise(pick([n.kana for n in FEMALE], women))
    ).to_series()
    maiden = (relation == WIFE) & (rng.random(size) < 0.03) & ~foreign
    maiden[np.flatnonzero((relation == WIFE) & ~foreign & ~left)[:2]] = True

    # The two oldest living Japanese: birthday unknown, and under guardianship, in every sample however small.
    elders = np.argsort(np.where(foreign | left, base, birth), kind="stable")[:2]
    serial = municipality.order * NUMBER_BLOCK + pid
    frame = pl.DataFrame(
        {
            "pid": pid,
            "atena": numbers.atena(1_000_001, size),
            "hid": hid,
            "setai_no": numbers.setai(2_000_001, homes.count).gather(hid),
            "status": status,
            "sex": np.where(male, "1", "2"),
            "birth": dates(birth),
            "birth_unknown": (base - birth > 84 * 365) & (rng.random(size) < 0.004) | (pid == elders[0]),
            "sei": pick(surname, sur),
            "mei": given,
            "sei_kana": pick(surkana, sur),
            "mei_kana": given_kana,
            "kyu_sei": pick(surname, other),
            "kyu_sei_kana": pick(surkana, other),
            "has_kyu_sei": maiden,
            "is_foreign": foreign,
            "relation": relation,
            "is_head": rank == 0,
            "head_pid": np.where(gone_head, pid, head_pid[hid]),
            "spouse_pid": pl.Series(spouse).replace(-1, None),
            "kojin_bango": numbers.kojin(serial, seed * 7_919 + 13),
            "juminhyo_code": numbers.juminhyo(serial, seed * 104_729 + 29),
            "entry": dates(entry),
            "entry_reason": reason,
            "entry_notice": dates(notice),
            "from_place": pl.Series(np.where(reason == "01", hid % len(PLACES), -1)).replace(-1, None),
            "from_abroad": pl.Series(np.where(reason == "02", hid % len(ABROAD), -1)).replace(-1, None),
            "home_since": dates(home_since),
            "removal": dates(removal),
            "removal_reason": why,
            "removal_notice": dates(removal_notice),
            "to_place": pl.Series(np.where(why == "21", (hid * 7 + 3) % len(PLACES), -1)).replace(-1, None),
            "to_abroad": pl.Series(np.where(why == "22", hid % len(ABROAD), -1)).replace(-1, None),
            "was_head": gone_head,
            "order": rank,
            "own_register": np.isin(relation, (FATHER, MOTHER, LODGER, WIFES_MOTHER)),
            "nation": (hid * 5 + (pid - head_pid[hid])) % 100,
            "name_part": rng.integers(0, 60, size),
            "honseki_out": (rng.random(homes.count) < 0.3)[hid],
            "draw": rng.random(size),
        }
    )
    if len(wish):
        korean = pl.col("hid") == int(wish[0])
        frame = frame.with_columns(
            nation=pl.when(korean).then(55).otherwise("nation"), draw=pl.when(korean).then(0.1).otherwise("draw")
        )
    frame = _foreigners(frame, base)
    last = np.where(homes.move2 != NONE, at.third, np.where(homes.move1 != NONE, at.second, at.first))
    honseki = np.where(frame["honseki_out"].to_numpy(), at.outside_pool[hid % len(at.outside_pool)], at.first[hid])
    labels = (
        pl.DataFrame(RELATIONS, schema=["relation1", "relation2", "relation_label"], orient="row")
        .with_row_index("relation")
        .with_columns(pl.col("relation").cast(pl.Int64))
    )
    heads = frame.select(
        pl.col("pid").alias("head_pid"), pl.col("sei").alias("head_sei"), pl.col("mei").alias("head_mei")
    )
    frame = frame.with_columns(addr_id=pl.Series(last[hid]), honseki_addr_id=pl.Series(honseki)).join(
        labels, on="relation", how="left", maintain_order="left"
    )
    frame = frame.join(heads, on="head_pid", how="left", maintain_order="left")
    own = pl.col("own_register") | pl.col("was_head")
    japanese = ~pl.col("is_foreign")
    frame = frame.with_columns(
        rank=pl.when("was_head")
        .then(1)
        .otherwise(pl.col("order").clip(0, 20).rank("ordinal").over("hid", pl.col("was_head")))
        .cast(pl.Int64),
        removal_reason=pl.col("removal_reason").replace("", None),
        kyu_sei=pl.when("has_kyu_sei").then("kyu_sei"),
        kyu_sei_kana=pl.when("has_kyu_sei").then("kyu_sei_kana"),
        hittosha_sei=pl.when(japanese).then(pl.when(own).then("sei").otherwise("head_sei")),
        hittosha_mei=pl.when(japanese).then(pl.when(own).then("mei").otherwise("head_mei")),
        ward=(pl.col("birth") < pl.lit(base - 80 * 365).cast(pl.Int32).cast(pl.Date))
        & japanese
        & (pl.col("pid") % 61 == 7)
        & ~pl.col("birth_unknown")
        | (pl.col("pid") == int(elders[1])),
    )
    frame = frame.drop(
        "order",
        "relation",
        "own_register",
        "nation",
        "name_part",
        "honseki_out",
        "draw",
        "has_kyu_sei",
        "head_sei",
        "head_mei",
    )
    homes_frame = pl.DataFrame(
        {
            "hid": np.arange(homes.count, dtype=np.int64),
            "setai_no": numbers.setai(2_000_001, homes.count),
            "head_pid": head_pid,
            "former_head_pid": pl.Series(former_head).replace(-1, None),
            "head_change": dates(np.where(former_head >= 0, removal[np.maximum(former_head, 0)], NONE)),
            "kind": homes.kind,
            "entry": dates(homes.entry),
            "move1": dates(homes.move1),
            "move2": dates(homes.move2),
            "addr_birth": at.birth,
            "addr0": at.first,
            "addr1": np.where(homes.move1 != NONE, at.second, at.first),
            "addr2": last,
            "addr_id": last,
            "removal": dates(homes.removal),
            "district": pick(at.district, at.town_ix[last]),
        }
    )
    return frame, homes_frame


def _spouses(hid: Ints, relation: Ints, pid: Ints, head_pid: Ints, former_head: Ints) -> Ints:
    """pid of the spouse (married to the head; widowed and left behind: the former head), -1 where none."""
    spouse = np.full(len(hid), -1, dtype=np.int64)
    partner = np.isin(relation, (WIFE, HUSBAND))
    spouse[partner] = head_pid[hid[partner]]
    spouse[head_pid[hid[partner]]] = pid[partner]
    widowed = former_head >= 0
    spouse[head_pid[widowed]] = former_head[widowed]
    spouse[former_head[widowed]] = head_pid[widowed]
    return spouse


def _foreigners(frame: pl.DataFrame, base: int) -> pl.DataFrame:
    """Adds what only foreign residents have, and the names as everybody bears them."""
    rows = []
    step = 0
    for nation in FOREIGN:
        for _ in range(nation.weight):
            rows.append((step, nation.code, nation.nation, len(nation.family), len(nation.given)))
            step += 1
    nations = pl.DataFrame(rows, schema=["nation", "nation_code", "nation_name", "families", "givens"], orient="row")
    families = pl.DataFrame(
        [(n.code, i, *f) for n in FOREIGN for i, f in enumerate(n.family)],
        schema=["nation_code", "fi", "f_roman", "f_kanji", "f_kana"],
        orient="row",
    )
    givens = pl.DataFrame(
        [(n.code, i, *g) for n in FOREIGN for i, g in enumerate(n.given)],
        schema=["nation_code", "gi", "g_roman", "g_kanji", "g_kana"],
        orient="row",
    )
    frame = frame.join(nations, on="nation", how="left", maintain_order="left")
    frame = frame.with_columns(fi=pl.col("hid") % pl.col("families"), gi=pl.col("name_part") % pl.col("givens"))
    frame = frame.join(families, on=["nation_code", "fi"], how="left", maintain_order="left")
    frame = frame.join(givens, on=["nation_code", "gi"], how="left", maintain_order="left")
    foreign = pl.col("is_foreign")
    has_kanji = foreign & (pl.col("f_kanji") != "")
    has_alias = foreign & pl.col("nation_code").is_in(["KOR", "CHN"]) & (pl.col("draw") < 0.7)
    special = foreign & (pl.col("nation_code") == "KOR") & (pl.col("draw") < 0.75)
    permanent = foreign & ~special & (pl.col("draw") > 0.6)
    status = (
        pl.when(special)
        .then(pl.lit("T60"))
        .when(permanent)
        .then(pl.lit("X14"))
        .when(pl.col("draw") < 0.2)
        .then(pl.lit("T26"))
        .when(pl.col("draw") < 0.35)
        .then(pl.lit("T71"))
        .when(pl.col("draw") < 0.48)
        .then(pl.lit("T61"))
        .otherwise(pl.lit("T23"))
    )
    term = pl.when(pl.col("draw") < 0.2).then(5).when(pl.col("draw") < 0.35).then(1).otherwise(3)
    timed = foreign & ~special & ~permanent
    full = pl.col("sei") + "　" + pl.col("mei")
    alias_kana = pl.col("sei_kana") + "　" + pl.col("mei_kana")
    base_date = pl.lit(base).cast(pl.Int32).cast(pl.Date)
    frame = frame.with_columns(
        roman=pl.when(foreign).then(pl.col("f_roman") + "　" + pl.col("g_roman")),
        kanji=pl.when(has_kanji).then(pl.col("f_kanji") + "　" + pl.col("g_kanji")),
        alias=pl.when(has_alias).then(full),
        alias_kana=pl.when(has_alias).then(alias_kana),
        nation_code=pl.when(foreign).then("nation_code"),
        nation_name=pl.when(foreign).then("nation_name"),
        article45=pl.when(foreign).then(pl.when(special).then(pl.lit("02")).otherwise(pl.lit("01"))),
        residence_status=pl.when(foreign).then(status),
        period=pl.when(timed).then(pl.format("0{}", term)),
        period_end=pl.when(timed).then(base_date + pl.duration(days=(pl.col("draw") * 365 * term).cast(pl.Int64) + 20)),
        card_no=pl.when(foreign).then(
            pl.when(special).then(pl.lit("SP")).otherwise(pl.lit("UH"))
            + (pl.col("pid") * 7919 % 100_000_000).cast(pl.String).str.zfill(8)
            + pl.lit("JE")
        ),
        name=pl.when(foreign).then(pl.col("f_roman") + "　" + pl.col("g_roman")).otherwise(full),
        name_kana=pl.when(foreign).then(pl.col("f_kana") + "　" + pl.col("g_kana")).otherwise(alias_kana),
    )
    blank = ["sei", "mei", "sei_kana", "mei_kana"]
    return frame.with_columns(pl.when(~foreign).then(c).alias(c) for c in blank).drop(
        "families", "givens", "fi", "gi", "f_roman", "f_kanji", "f_kana", "g_roman", "g_kanji", "g_kana"
    )
