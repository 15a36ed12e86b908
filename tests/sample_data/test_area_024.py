"""The finished groups of area 024 (the area is not registered yet): who is insured, on which papers, and how the
premiums behind the claims of area 014 add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from truth_checks import violations

from layouts.load import load_area
from sample_data import plugin, world
from sample_data.areas import insured
from sample_data.areas.a024_national_health_insurance import certificates, members, premiums, registers
from sample_data.tax import resident_tax
from sample_data.tax.claims import LEVY_DAYS

ACCOUNTS = (50, 51)
"""科目 of 国民健康保険."""


@dataclass(frozen=True)
class Made:
    truths: dict[str, plugin.Truth]
    frames: dict[str, pl.DataFrame]
    notices: insured.Notices
    premiums: premiums.Premiums


@pytest.fixture(scope="module")
def town() -> Made:
    place = world.build("352071", 150, seed=7, years=2)
    context = plugin.Context()
    for name in ("001", "010"):
        context.truths[name] = plugin.truth_of(name, place, context)
    years = resident_tax.fiscal_years(place)
    _, claims = insured.claimed(place, context, ACCOUNTS)
    n = insured.notices(claims, claims.start - LEVY_DAYS)
    people, base = insured.people(place), insured.base_day(place)
    homes = members.homes(people, n, years[0], base)
    spells = members.spells(people, homes, base)
    book = registers.Book(place, people, homes, spells, base, np.arange(people.size) % 9 == 0)
    unjudged = pl.DataFrame(schema=dict.fromkeys(("spell", "year", "category", "share"), pl.Int64))
    frames = {
        "国保世帯": registers.households(book),
        "国保被保険者資格": registers.qualifications(book),
        "個人適用事項": registers.circumstances(book),
        "証等交付": certificates.certificates(book, years, unjudged),
    }
    return Made(context.truths, frames, n, premiums.premiums(people, homes, spells, n))


def breaches(made: Made, frames: dict[str, pl.DataFrame]) -> list[str]:
    """Of the made groups; those that no module makes yet are empty."""
    empty = {group.name: pl.DataFrame(schema=group.polars_schema) for group in load_area("024").groups}
    others = {f"{name}:{group}": truth[group] for name, truth in made.truths.items() for group in truth}
    return violations("024", empty | frames, others)


def test_finished_groups_have_rows_and_keep_every_rule(town: Made) -> None:
    assert [name for name, frame in town.frames.items() if frame.is_empty()] == []
    assert breaches(town, town.frames) == []


def test_a_doubled_certificate_breaks_a_rule(town: Made) -> None:
    papers = town.frames["証等交付"]
    assert breaches(town, town.frames | {"証等交付": pl.concat([papers, papers.head(1)])}) != []


@pytest.mark.parametrize("part", premiums.PARTS)
def test_premiums_add_up_to_the_claims(town: Made, part: str) -> None:
    m, n = town.premiums, town.notices
    levied = premiums.levies(m, np.arange(len(n.step_notice)), np.full(len(m.member_who), 1_000_000))
    amounts = levied.amounts[part]
    shares = amounts["所得割額"] + amounts["均等割額"] + amounts["平等割額"]
    assert (shares - amounts["軽減額"] - amounts["減免額"] == amounts["賦課額"]).all()
    by_row = np.zeros(len(levied.steps), np.int64)
    np.add.at(by_row, levied.share_row, levied.shares[part]["所得割額"])
    assert by_row.tolist() == amounts["所得割額"].tolist()


def test_every_claimed_yen_is_in_a_part(town: Made) -> None:
    m, c = town.premiums, town.notices.c
    assert sum(m.now[part] for part in premiums.PARTS).tolist() == c.now.tolist()
    assert sum(m.first[part] for part in premiums.PARTS).tolist() == c.first.tolist()
