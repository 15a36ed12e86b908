"""A synthetic municipality: its people, households, addresses and addressees, the same for the same seed, at any size.

Everything is in the domain's terms and belongs to no vendor. Text is full width where a register writes it so; kana
is full-width katakana; Date columns are polars Date. Columns of the frames of :class:`World`:

========== =========================================================================================================
frame      columns
========== =========================================================================================================
persons    one row a person known to the register, present and removed (除票): pid (Int64, 0..), atena (15), hid
           (Int64), setai_no (15), status ('1' present '2' moved out '3' dead '9' other), sex ('1' '2'), birth (Date),
           birth_unknown (Boolean: day and month not known), sei, mei, sei_kana, mei_kana, name, name_kana
           (``sei　mei``; roman letters for a foreigner), kyu_sei, kyu_sei_kana (former surname, null), is_foreign
           (Boolean), roman, kanji, alias, alias_kana, nation_code, nation_name, article45 ('01' '02' '05'),
           residence_status, period ('5年' as year code), period_end (Date), card_no, relation1, relation2,
           relation_label, rank (記載順位, 1 = head), is_head (Boolean), head_pid, spouse_pid (null), kojin_bango
           (12), juminhyo_code (11), entry (Date), entry_reason ('01' '02' '03'), entry_notice (Date), from_place
           (index of places, null), from_abroad (index of ``places.ABROAD``, null), home_since (Date: 住所を定めた日),
           addr_id (Int64, addresses), honseki_addr_id, hittosha_sei, hittosha_mei (Japanese only), removal (Date,
           null), removal_reason ('21' '22' '23' '26', null), removal_notice (Date), to_place, to_abroad, was_head
           (Boolean: removed former head), ward (Boolean: 成年被後見人)
households one row a household: hid, setai_no, head_pid (present or last head), former_head_pid, head_change (Date;
           both null), kind (Int64), entry (Date), move1, move2 (Date, null), addr_birth, addr0, addr1, addr2
           (addr_ids before the household came, after entry, after move1, after move2; equal where no move), addr_id
           (now), removal (Date: the whole household left, null), district
addresses  addr_id (Int64, 0..), town_ix, city_code (6), town_code (町字コード 7), prefecture, city, town, banchi
           (番地号表記), banchi_no (番地枝番数値: groups of 5 digits), building_code (方書コード, null), building,
           building_kana (null), postal (7), is_local (Boolean)
towns      town_ix, town_code (7), name, kana, postal, jukyo (Boolean), district (2 digits), vendor_code (町コード of
           the old system, 6 digits)
places     places.PLACES as a frame: place (index), code, prefecture, city, town, town_code, postal
outsiders  住登外, one row each: oid (Int64), atena (15; 9... people, 8... firms, societies, shared), kind ('1' person
           '2' firm '3' society '4' shared), name, name_kana, sei, mei, sei_kana, mei_kana (people), is_foreign,
           roman, kanji, nation_code, sex, birth, death (Date), addr_id (null = abroad), abroad (index of
           ``places.ABROAD``), kojin_bango, houjin_no (13), representative, phone, is_employer (Boolean), of_pid
           (person whose 納税管理人 etc. it may be; also the resident that this addressee once was), since (Date),
           merged_into (oid of the representative addressee), lost (Boolean: address unknown), members (for '4':
           number of owners)
========== =========================================================================================================
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import addresses, naming, outsiders, people
from sample_data.places import MUNICIPALITIES, Municipality

BASE_DATE = dt.date(2025, 10, 1)
"""The day as of which everything is written down."""


@dataclass(frozen=True)
class World:
    """One municipality; see the table above for the frames' columns."""

    municipality: Municipality
    base_date: dt.date
    years: int
    """How many years of history before ``base_date`` are kept in full."""
    seed: int
    persons: pl.DataFrame
    households: pl.DataFrame
    addresses: pl.DataFrame
    towns: pl.DataFrame
    places: pl.DataFrame
    outsiders: pl.DataFrame

    @property
    def code(self) -> str:
        return self.municipality.code

    @property
    def window(self) -> dt.date:
        """First day of the kept history."""
        return self.base_date - dt.timedelta(days=365 * self.years)

    @property
    def present(self) -> pl.DataFrame:
        """Residents of today."""
        return self.persons.filter(pl.col("status") == "1")

    def rng(self, *stream: str) -> np.random.Generator:
        """A generator of its own per use, so that one area's drawing never moves another's."""
        return np.random.default_rng([self.seed, int(self.code), *(byte for part in stream for byte in part.encode())])

    def with_address(self, frame: pl.DataFrame, column: str = "addr_id", prefix: str = "") -> pl.DataFrame:
        """``frame`` with the columns of ``addresses`` (renamed with ``prefix``) of the address that ``column``
        names; order is kept."""
        table = self.addresses.rename({c: prefix + c for c in self.addresses.columns if c != "addr_id"})
        return frame.join(table, left_on=column, right_on="addr_id", how="left", maintain_order="left")


def build(
    code: str, population: int | None = None, seed: int = 7, years: int = 3, base_date: dt.date = BASE_DATE
) -> World:
    """The municipality ``code`` with ``population`` present residents (its real number by default).

    Raises KeyError for a code that is not one of :data:`sample_data.places.MUNICIPALITIES`, ValueError for fewer
    than 20 people or no year.
    """
    municipality = MUNICIPALITIES[code]
    count = municipality.population if population is None else population
    if count < 20 or years < 1:
        raise ValueError(f"population {count} and years {years}: at least 20 people and 1 year are needed")

    def rng(stream: str) -> np.random.Generator:
        return np.random.default_rng([seed, int(code), *stream.encode()])

    base = (base_date - dt.date(1970, 1, 1)).days
    draw = rng("people")
    homes, members = people.households(count, round(count * 0.033 * years), base, years, draw)
    present_homes = int((homes.removal == people.NONE).sum())
    deaths, departures = max(2, round(count * 0.013 * years)), max(2, round(count * 0.0004 * years))
    former, former_removal, was_head = people.former_members(
        homes, members, present_homes, deaths, departures, base, years, draw
    )
    towns = addresses.towns(municipality)
    table, homes_at = addresses.build(municipality, towns, homes.count, round(count * 0.42) + 30, rng("addresses"))
    persons, households = naming.register(
        municipality, homes, members, former, former_removal, was_head, homes_at, base, years, seed, rng("names")
    )
    others = outsiders.build(municipality, count, persons, homes_at, base, years, seed, rng("outsiders"))
    return World(municipality, base_date, years, seed, persons, households, table, towns, addresses.places(), others)
