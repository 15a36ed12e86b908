"""Area 002 印鑑登録 of the sample: the truth (all groups in standard form), and B社's tables of it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from layouts.load import load_area
from sample_data.areas.a002_seal_registration import cards, counter, inquiries, register
from sample_data.areas.a002_seal_registration.registrations import registrations
from sample_data.plugin import Context, Table, Truth
from sample_data.world import World

NOT_HELD = "空き印鑑登録番号管理"
"""B社 has no data of it."""


def truth(world: World, ctx: Context) -> dict[str, pl.DataFrame]:
    """The eight groups of area 002; 空き印鑑登録番号管理 is empty."""
    r = registrations(world)
    c = cards.cards(r)
    return {
        "印鑑登録情報": register.register(r, register.events(r)),
        "印影情報": cards.images(r),
        "印鑑登録証情報": cards.handed_out(r, c),
        "印鑑登録照会管理": inquiries.inquired(r),
        "印鑑登録_抑止設定管理": counter.suppressions(r),
        "印鑑登録証明書交付履歴": counter.certificates(r, c),
        "印鑑登録_メモ情報": counter.memos(r),
        NOT_HELD: pl.DataFrame(schema=load_area("002").group(NOT_HELD).polars_schema),
    }


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's eleven tables of area 002."""
    from sample_data.areas.a002_seal_registration import b_sha

    return b_sha.tables(world, truth)
