"""Addresses: the towns of a municipality, the places of households over time, and places outside, in one table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from sample_data.places import BUILDINGS, PLACES, Municipality

_KANJI = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
_KANA = ("", "イッ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュウ")
_HALF, _FULL = list("0123456789-"), list("０１２３４５６７８９－")


@dataclass(frozen=True)
class HomesAt:
    """Address ids of households (before they came, after entry, after the first and second move) and pools of
    further addresses."""

    birth: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    third: npt.NDArray[np.int64]
    local_pool: npt.NDArray[np.int64]
    outside_pool: npt.NDArray[np.int64]
    district: tuple[str, ...]
    """District of each town, by town_ix."""
    town_ix: npt.NDArray[np.int64]
    """town_ix of each local address id."""


def places() -> pl.DataFrame:
    """:data:`sample_data.places.PLACES` as a frame."""
    return (
        pl.DataFrame(PLACES, schema=["code", "prefecture", "city", "town", "town_code", "postal"], orient="row")
        .with_row_index("place")
        .with_columns(pl.col("place").cast(pl.Int64))
    )


def towns(municipality: Municipality) -> pl.DataFrame:
    """One row a town or 丁目 of the municipality."""
    rows = []
    for number, town in enumerate(municipality.towns, start=1):
        for chome in range(1, town.chome + 1) if town.chome else (0,):
            rows.append(
                {
                    "town_code": f"{number:04d}{chome:03d}",
                    "name": town.name + (f"{_KANJI[chome]}丁目" if chome else ""),
                    "kana": town.kana + (f"{_KANA[chome]}チョウメ" if chome else ""),
                    "postal": town.postal,
                    "jukyo": town.jukyo,
                    "district": town.district,
                    "vendor_code": f"{town.district}{number:03d}{chome:01d}",
                }
            )
    return pl.DataFrame(rows).with_row_index("town_ix").with_columns(pl.col("town_ix").cast(pl.Int64))


def build(
    municipality: Municipality, town_table: pl.DataFrame, homes: int, pool: int, rng: np.random.Generator
) -> tuple[pl.DataFrame, HomesAt]:
    """All addresses: four local ones a household, a local pool and a pool outside."""
    local = homes * 4 + pool
    weight = 1 / (1 + np.arange(town_table.height) * 0.15)
    town_ix = rng.choice(town_table.height, size=local, p=weight / weight.sum()).astype(np.int64)
    outside = rng.integers(0, len(PLACES), pool)
    inside = _with_numbers(
        pl.DataFrame({"town_ix": town_ix}).join(town_table, on="town_ix", how="left", maintain_order="left"), rng, 0.32
    )
    here = inside.select(
        "town_ix",
        pl.lit(municipality.code).alias("city_code"),
        "town_code",
        pl.lit("山口県").alias("prefecture"),
        pl.lit(municipality.city).alias("city"),
        pl.col("name").alias("town"),
        "banchi",
        "banchi_no",
        "building_code",
        "building",
        "building_kana",
        "postal",
        pl.lit(True).alias("is_local"),
    )
    there = _with_numbers(places()[outside].with_columns(pl.lit(False).alias("jukyo")), rng, 0.4).select(
        pl.lit(None, dtype=pl.Int64).alias("town_ix"),
        pl.col("code").alias("city_code"),
        "town_code",
        "prefecture",
        "city",
        "town",
        "banchi",
        "banchi_no",
        "building_code",
        "building",
        "building_kana",
        "postal",
        pl.lit(False).alias("is_local"),
    )
    table = pl.concat([here, there]).with_row_index("addr_id").with_columns(pl.col("addr_id").cast(pl.Int64))
    ids = np.arange(homes, dtype=np.int64) * 4
    at = HomesAt(
        ids,
        ids + 1,
        ids + 2,
        ids + 3,
        np.arange(homes * 4, local, dtype=np.int64),
        np.arange(local, local + pool, dtype=np.int64),
        tuple(town_table["district"].to_list()),
        town_ix,
    )
    return table, at


def _with_numbers(frame: pl.DataFrame, rng: np.random.Generator, flats: float) -> pl.DataFrame:
    """``frame`` (with ``jukyo``) plus banchi, banchi_no, building_code, building, building_kana."""
    size = frame.height
    block, house = rng.integers(1, 60, size), rng.integers(1, 30, size)
    lot, branch = rng.integers(1, 4000, size), rng.integers(0, 6, size)
    building = rng.integers(0, len(BUILDINGS), size)
    room = rng.integers(1, 9, size) * 100 + rng.integers(1, 13, size)
    flat = rng.random(size) < flats
    names = pl.Series([b[0] for b in BUILDINGS]).gather(building)
    kana = pl.Series([b[1] for b in BUILDINGS]).gather(building)
    data = frame.with_columns(
        block=pl.Series(block),
        house=pl.Series(house),
        lot=pl.Series(lot),
        branch=pl.Series(branch),
        room=pl.Series(room),
        flat=pl.Series(flat),
        bcode=pl.Series(building + 1),
        bname=names,
        bkana=kana,
    )
    banchi = (
        pl.when("jukyo")
        .then(pl.format("{}番{}号", "block", "house"))
        .when(pl.col("branch") > 0)
        .then(pl.format("{}番地{}", "lot", "branch"))
        .otherwise(pl.format("{}番地", "lot"))
    )
    number = (
        pl.when("jukyo")
        .then(pl.col("block").cast(pl.String).str.zfill(5) + pl.col("house").cast(pl.String).str.zfill(5))
        .when(pl.col("branch") > 0)
        .then(pl.col("lot").cast(pl.String).str.zfill(5) + pl.col("branch").cast(pl.String).str.zfill(5))
        .otherwise(pl.col("lot").cast(pl.String).str.zfill(5))
    )
    return data.with_columns(
        banchi=wide(banchi),
        banchi_no=number,
        building_code=pl.when("flat").then(pl.col("bcode").cast(pl.String).str.zfill(3)),
        building=pl.when("flat").then(wide(pl.format("{}{}号", "bname", "room"))),
        building_kana=pl.when("flat").then(wide(pl.format("{}{}ゴウ", "bkana", "room"))),
    )


def wide(text: pl.Expr) -> pl.Expr:
    """ASCII digits and hyphen as full-width characters."""
    return text.str.replace_many(_HALF, _FULL)
