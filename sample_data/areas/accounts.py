"""The claims of area 014 that chosen 科目 levy, without building the others: what a levying area derives its rows
from."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from sample_data.tax import claims, resident_tax
from sample_data.tax.claims import Block, Claims, Payers
from sample_data.tax.frames import EPOCH
from sample_data.world import World


def of(world: World, accounts: Collection[int]) -> tuple[Payers, Claims]:
    """Everybody who may owe, and the claims of ``accounts`` (科目 other than 10, 11, 12, which area 010 makes): the
    same claims, amounts and days that area 014 holds, ordered by 賦課年度, 通知書番号, 申告履歴番号, 期別.
    """
    who = claims.payers(world)
    years = resident_tax.fiscal_years(world)
    base = (world.base_date - EPOCH).days
    blocks: list[Block] = []
    for part, found in (
        (0, [claims._carried(who, years[0])]),
        *((place, claims._others(who, year)) for place, year in enumerate(years, 1)),
    ):
        for block in found:
            chosen = np.isin(block["kam"], list(accounts)) & (block["start"] - claims.LEVY_DAYS <= base)
            if chosen.any():
                some = {name: values[chosen] for name, values in block.items()}
                blocks.append({"part": np.full(int(chosen.sum()), part), **some})
    names = ("part", *claims._FIELDS)
    c = {name: np.concatenate([b[name] for b in blocks] or [np.zeros(0, np.int64)]) for name in names}
    order = np.lexsort((c["period"], c["sink"], c["notice"], c["kam"], c["part"]))
    labels = (claims.OLD, *(str(year) for year in years))
    result = Claims(labels, *(c[name][order] for name in names))
    claims._change(result, base)
    return who, result
