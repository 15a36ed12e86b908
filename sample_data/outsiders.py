"""People, firms, societies and shared names outside the resident register (住登外) that taxes and services deal
with."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data import numbers
from sample_data.addresses import HomesAt
from sample_data.names import FEMALE, FIRM_FORMS, FIRM_NAMES, FOREIGN, MALE, SOCIETIES, SURNAMES
from sample_data.naming import NUMBER_BLOCK, pick, weighted
from sample_data.people import NONE, dates
from sample_data.places import ABROAD, Municipality

_RATE = 0.415
"""Addressees outside the register per resident (周南市: about 60,000 of 144,472; layout notes of area 031)."""


def build(
    municipality: Municipality,
    population: int,
    persons: pl.DataFrame,
    at: HomesAt,
    base: int,
    years: int,
    seed: int,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """``outsiders`` of :class:`sample_data.world.World`."""
    size = max(24, round(population * _RATE))
    firms = max(8, size * 15 // 100)
    societies = max(2, size // 100)
    shared = max(2, size * 4 // 100)
    single = size - firms - societies - shared
    kind = np.repeat(["1", "2", "3", "4"], [single, firms, societies, shared])
    is_person = kind == "1"
    male = rng.random(size) < 0.58
    age = np.clip(rng.normal(62, 15, size), 20, 100)
    birth = base - (age * 365.2425).astype(np.int64)
    foreign = is_person & (rng.random(size) < 0.01)
    foreign[1] = True
    since = np.maximum(birth + 7300, base - years * 365 - rng.integers(1, 9000, size))
    late = rng.random(size) < 0.05 * years
    since = np.where(late, base - rng.integers(30, 365 * years, size), since)
    dead = is_person & ~foreign & (rng.random(size) < 0.03)
    dead[3] = True
    death = np.where(dead, since + 1 + (rng.random(size) * (base - since - 2).clip(1)).astype(np.int64), NONE)

    sur, men, women = weighted(SURNAMES, size, rng), weighted(MALE, size, rng), weighted(FEMALE, size, rng)
    sei, sei_kana = pick([n.held for n in SURNAMES], sur), pick([n.kana for n in SURNAMES], sur)
    nation = rng.integers(0, len(FOREIGN), size)
    picked = [
        (FOREIGN[i].code, *FOREIGN[i].family[k % len(FOREIGN[i].family)], *FOREIGN[i].given[k % len(FOREIGN[i].given)])
        for i in range(len(FOREIGN))
        for k in range(12)
    ]
    who = nation * 12 + rng.integers(0, 12, size)
    form, firm, branch = (
        rng.integers(0, len(FIRM_FORMS), size),
        rng.integers(0, len(FIRM_NAMES), size),
        rng.integers(0, 40, size),
    )
    society = rng.integers(0, len(SOCIETIES), size)
    owners = rng.integers(2, 6, size)

    outside = rng.random(size) < np.where(is_person, 0.75, 0.35)
    local = at.local_pool[rng.integers(0, len(at.local_pool), size)]
    away = at.outside_pool[rng.integers(0, len(at.outside_pool), size)]
    abroad = is_person & (rng.random(size) < 0.008)
    abroad[2] = True
    phone = pl.Series(rng.integers(1000, 9999, size)).cast(pl.String)

    frame = pl.DataFrame(
        {
            "oid": np.arange(size, dtype=np.int64),
            "kind": kind,
            "sei": sei,
            "sei_kana": sei_kana,
            "male": male,
            "mei_m": pick([n.held for n in MALE], men),
            "mei_f": pick([n.held for n in FEMALE], women),
            "kana_m": pick([n.kana for n in MALE], men),
            "kana_f": pick([n.kana for n in FEMALE], women),
            "is_foreign": foreign,
            "nation": pick([p[0] for p in picked], who),
            "roman": pick([f"{p[1]}　{p[4]}" for p in picked], who),
            "kanji": pick([f"{p[2]}　{p[5]}" if p[2] else "" for p in picked], who),
            "f_kana": pick([f"{p[3]}　{p[6]}" for p in picked], who),
            "form": pick([f[0] for f in FIRM_FORMS], form),
            "form_kana": pick([f[1] for f in FIRM_FORMS], form),
            "firm": pick([f[0] for f in FIRM_NAMES], firm),
            "firm_kana": pick([f[1] for f in FIRM_NAMES], firm),
            "branch": branch,
            "society": pick([f[0] for f in SOCIETIES], society),
            "society_kana": pick([f[1] for f in SOCIETIES], society),
            "members": owners,
            "birth": dates(np.where(is_person, birth, NONE)),
            "death": dates(death),
            "since": dates(since),
            "addr_id": pl.Series(np.where(abroad, -1, np.where(outside, away, local))).replace(-1, None),
            "abroad": pl.Series(np.where(abroad, np.arange(size) % len(ABROAD), -1)).replace(-1, None),
            "phone": pl.format(
                "0834-{}-{}", pl.lit(pl.Series(rng.integers(20, 90, size)).cast(pl.String)), pl.lit(phone)
            ).pipe(lambda e: pl.select(e).to_series()),
            "is_employer": (kind == "2") & (np.arange(size) % 3 != 2),
            "of_pid": rng.choice(
                persons.filter(~pl.col("is_foreign") & (pl.col("status") == "1"))["pid"].to_numpy(), size=size
            ),
            "lost": (rng.random(size) < 0.01) & is_person & ~abroad,
            "keep_no": rng.random(size) < 0.6,
        }
    )
    firm_name = (
        pl.when(pl.col("branch") < 25).then(pl.col("form") + pl.col("firm")).otherwise(pl.col("firm") + pl.col("form"))
    )
    firm_kana = (
        pl.when(pl.col("branch") < 25)
        .then(pl.col("form_kana") + "　" + pl.col("firm_kana"))
        .otherwise(pl.col("firm_kana") + "　" + pl.col("form_kana"))
    )
    mei = pl.when("male").then("mei_m").otherwise("mei_f")
    mei_kana = pl.when("male").then("kana_m").otherwise("kana_f")
    japanese = (pl.col("kind") == "1") & ~pl.col("is_foreign")
    full, full_kana = pl.col("sei") + "　" + mei, pl.col("sei_kana") + "　" + mei_kana
    wide_owners = pl.col("members").cast(pl.String).str.replace_many(["2", "3", "4", "5"], ["２", "３", "４", "５"])
    person = pl.col("kind") == "1"
    of_kind = pl.col("kind")
    frame = frame.with_columns(
        name=pl.when(japanese)
        .then(full)
        .when(person)
        .then("roman")
        .when(of_kind == "2")
        .then(firm_name)
        .when(of_kind == "3")
        .then(pl.col("sei") + pl.col("society"))
        .otherwise(full + "　外" + wide_owners + "名"),
        name_kana=pl.when(japanese)
        .then(full_kana)
        .when(person)
        .then("f_kana")
        .when(of_kind == "2")
        .then(firm_kana)
        .when(of_kind == "3")
        .then(pl.col("sei_kana") + "　" + pl.col("society_kana"))
        .otherwise(full_kana),
        mei=pl.when(japanese).then(mei),
        mei_kana=pl.when(japanese).then(mei_kana),
        representative=pl.when(of_kind.is_in(["2", "3"])).then(full),
        sex=pl.when(person).then(pl.when("male").then(pl.lit("1")).otherwise(pl.lit("2"))),
        nation_code=pl.when("is_foreign").then("nation"),
        roman=pl.when("is_foreign").then("roman"),
        kanji=pl.when(pl.col("is_foreign") & (pl.col("kanji") != "")).then("kanji"),
        kojin_bango=pl.when(person & pl.col("keep_no")).then(
            numbers.kojin(municipality.order * NUMBER_BLOCK + 1_000_000 + np.arange(size), seed * 7_919 + 13)
        ),
        houjin_no=pl.when((of_kind == "2") | ((of_kind == "3") & (pl.col("branch") < 15))).then(
            numbers.houjin(municipality.order * NUMBER_BLOCK + np.arange(size) + 1, seed + 5)
        ),
        members=pl.when(of_kind == "4").then(pl.col("members") + 1),
        atena=pl.when(person).then(numbers.atena(10_001, size, lead=9)).otherwise(numbers.atena(10_001, size, lead=8)),
    ).with_columns(sei=pl.when(japanese).then("sei"), sei_kana=pl.when(japanese).then("sei_kana"))
    return _duplicates(frame, max(2, single // 60)).select(
        "oid",
        "atena",
        "kind",
        "name",
        "name_kana",
        "sei",
        "mei",
        "sei_kana",
        "mei_kana",
        "is_foreign",
        "roman",
        "kanji",
        "nation_code",
        "sex",
        "birth",
        "death",
        "addr_id",
        "abroad",
        "kojin_bango",
        "houjin_no",
        "representative",
        "phone",
        "is_employer",
        "of_pid",
        "since",
        "merged_into",
        "lost",
        "members",
    )


def _duplicates(frame: pl.DataFrame, count: int) -> pl.DataFrame:
    """The last people become second numbers of the people from oid 5 on: same person, old address, merged into the
    first number."""
    single = int((frame["kind"] == "1").sum())
    first = np.arange(5, 5 + count)
    second = np.arange(single - count, single)
    into = pl.DataFrame({"oid": second.astype(np.int64), "merged_into": first.astype(np.int64)})
    same = [
        "name",
        "name_kana",
        "sei",
        "mei",
        "sei_kana",
        "mei_kana",
        "is_foreign",
        "roman",
        "kanji",
        "nation_code",
        "sex",
        "birth",
        "death",
        "since",
    ]
    source = frame.select(pl.col("oid").alias("merged_into"), *(pl.col(c).alias(f"same_{c}") for c in same))
    frame = frame.join(into, on="oid", how="left", maintain_order="left").join(
        source, on="merged_into", how="left", maintain_order="left"
    )
    merged = pl.col("merged_into").is_not_null()
    return frame.with_columns(
        *(pl.when(merged).then(f"same_{c}").otherwise(c).alias(c) for c in same),
        kojin_bango=pl.when(~merged).then("kojin_bango"),
    )
