"""Everybody whom vehicles concern: who they are and where they live; 車両関係者情報."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.places import ABROAD
from sample_data.tax.frames import (
    Ints,
    choose,
    day,
    digits,
    flag,
    mix,
    number,
    operator,
    text,
    to_layout,
)
from sample_data.truth.frame import era_text
from sample_data.world import World


@dataclass(frozen=True)
class Parties:
    """All payers of area 014 in their order: residents, then those outside."""

    frame: pl.DataFrame
    """atena, name, kana, kind ('0' resident, '1' ... as outside), status, birth, birth_unknown, kojin_bango, houjin_no,
    phone, removal, helper (atena of somebody close to a resident, else null)."""
    home: pl.DataFrame
    """city_code, postal, place (without the building), building; of each."""

    @property
    def atena(self) -> pl.Series:
        return self.frame["atena"]

    @property
    def name(self) -> pl.Series:
        return self.frame["name"]


def parties(world: World) -> Parties:
    """The payers of ``world`` with what the register says of them."""
    people = world.persons.sort("pid")
    near = people.select(helper_pid=pl.coalesce("spouse_pid", "head_pid"))
    known = people.select(helper_pid="pid", helper="atena", helper_name="name")
    near = near.join(known, on="helper_pid", how="left", maintain_order="left")
    inside = people.select(
        "atena",
        "name",
        kana="name_kana",
        kind=pl.lit("0"),
        status="status",
        birth="birth",
        birth_unknown="birth_unknown",
        kojin_bango="kojin_bango",
        houjin_no=pl.lit(None, dtype=pl.String),
        phone=pl.lit(None, dtype=pl.String),
        removal="removal",
        addr_id="addr_id",
        abroad=pl.lit(None, dtype=pl.Int64),
    ).with_columns(helper=near["helper"], helper_name=near["helper_name"])
    outside = world.outsiders.select(
        "atena",
        "name",
        kana="name_kana",
        kind="kind",
        status=pl.when(pl.col("death").is_not_null()).then(pl.lit("3")).otherwise(pl.lit("1")),
        birth="birth",
        birth_unknown=pl.lit(False),
        kojin_bango="kojin_bango",
        houjin_no="houjin_no",
        phone="phone",
        removal="death",
        addr_id="addr_id",
        abroad="abroad",
        helper=pl.lit(None, dtype=pl.String),
        helper_name=pl.lit(None, dtype=pl.String),
    )
    frame = pl.concat([inside, outside])
    abroad = pl.DataFrame(
        {"abroad": list(range(len(ABROAD))), "far": [place[2] for place in ABROAD]},
        schema={"abroad": pl.Int64, "far": pl.String},
    )
    home = (
        world.with_address(frame.select("addr_id", "abroad"))
        .join(abroad, on="abroad", how="left", maintain_order="left")
        .select(
            "city_code",
            "postal",
            "building",
            place=pl.when(pl.col("addr_id").is_null())
            .then(pl.col("far"))
            .otherwise(pl.concat_str(pl.col(c).fill_null("") for c in ("prefecture", "city", "town", "banchi"))),
        )
    )
    return Parties(frame, home)


def concerned(world: World, p: Parties, used: Ints, hall: Ints, base: int) -> pl.DataFrame:
    """車両関係者情報 of positions ``used`` (sorted, unique); ``hall``: those that are public."""
    moved = (mix(used, 501) % 100 < 8 * world.years).astype(np.int64)
    count = 1 + moved
    at = np.repeat(used, count)
    row = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count) + 1
    latest = row == np.repeat(count, count)
    some = p.frame[pl.Series(at)]
    kind = some["kind"].cast(pl.Int64).to_numpy()
    public = np.isin(at, hall)
    person = kind < 2
    shape = np.select([public, person, kind == 2], [3, 1, 2], 9)
    status = some["status"].to_numpy()
    where = np.select([~person, kind == 1, status == "1", status == "2", status == "3"], [9, 2, 1, 3, 4], 1)
    dead = person & (status == "3")
    where = np.where(dead & (kind == 1), 4, where)
    pool = world.addresses.filter(~pl.col("is_local")).with_columns(
        place=pl.concat_str(pl.col(c).fill_null("") for c in ("prefecture", "city", "town", "banchi"))
    )
    old = pool[pl.Series(mix(at, 502) % pool.height)]
    home = p.home[pl.Series(at)]

    def lived(column: str) -> pl.Series:
        return pl.select(pl.when(pl.Series(latest)).then(home[column]).otherwise(old[column])).to_series()

    mailed = person & (mix(at, 503) % 25 == 0)
    elsewhere = pool[pl.Series(mix(at, 504) % pool.height)]
    helped = some["helper"].is_not_null().to_numpy() & (some["helper"] != some["atena"]).fill_null(False).to_numpy()
    away = helped & (where == 3) & (mix(at, 505) % 2 == 0)
    heir = helped & dead
    birth = some.select(
        known=pl.col("birth").dt.to_string("%Y-%m-%d"),
        year=pl.col("birth").dt.to_string("%Y-00-00"),
        unknown="birth_unknown",
    )
    born = birth.select(
        day=pl.when("unknown").then("year").otherwise("known"),
        told=pl.when("unknown").then(era_text(pl.col("known")) + pl.lit("頃")),
    )
    unknown = birth["unknown"].to_numpy() & person
    phone = "080-" + digits(mix(at, 506) % 10_000, 4) + "-" + digits(mix(at, 507) % 10_000, 4)
    phone = pl.select(pl.when(pl.Series(person)).then(phone).otherwise(some["phone"])).to_series()
    written = np.where(
        latest, base - 20 - mix(at, 508) % (365 * world.years), base - 365 * world.years - mix(at, 509) % 1500
    )
    return to_layout(
        "013",
        "車両関係者情報",
        pl.DataFrame(
            {
                "市区町村コード": choose([world.code], np.zeros(len(at), np.int64)),
                "宛名番号": some["atena"],
                "履歴番号": number(row),
                "最新フラグ": flag(latest),
                "個人法人区分": digits(shape, 1),
                "住登内外区分": digits(where, 1),
                "個人番号": text(some["kojin_bango"], person & (mix(at, 510) % 3 > 0)),
                "法人番号": text(some["houjin_no"], shape == 2),
                "氏名名称": some["name"],
                "氏名名称_フリガナ": some["kana"],
                "生年月日": text(born["day"], person),
                "生年月日_不詳フラグ": flag(unknown),
                "生年月日_不詳表記": text(born["told"], unknown),
                "住所_市区町村コード": lived("city_code"),
                "住所_郵便番号": lived("postal"),
                "住所": lived("place"),
                "住所_方書": lived("building"),
                "電話番号": text(phone, mix(at, 511) % 5 > 0),
                "送付先_住所_郵便番号": text(elsewhere["postal"], mailed),
                "送付先_住所": text(elsewhere["place"], mailed),
                "送付先_氏名": text(some["name"], mailed),
                "納税管理人_宛名番号": text(some["helper"], away),
                "一括納税通知フラグ": flag(public | ((shape == 2) & (mix(at, 512) % 4 == 0))),
                "死亡フラグ": flag(dead),
                "相続人代表者_宛名番号": text(some["helper"], heir),
                **operator("KJ", at * 5 + row, np.maximum(written, day(1998, 4, 1))),
            }
        ),
    )
