"""Area 006 選挙人名簿管理 of the sample: the truth (all groups in standard form), and B社's tables of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from layouts.load import load_area
from sample_data.areas.a006_electoral_roll import disfranchised, districts, elections, electors, roll, snapshots
from sample_data.plugin import Context, Table, Truth
from sample_data.tax.frames import Groups
from sample_data.world import World

NOT_HELD = "名簿閲覧申出情報"
"""B社 has no data of it."""


def truth(world: World, ctx: Context) -> Groups:
    """The ten groups of area 006; 選挙時名簿情報 in parts by election. 名簿閲覧申出情報 is empty."""
    x = electors.electors(world)
    r = electors.rows(x)
    lost = disfranchised.losses(x)

    def whole(build: Callable[[], pl.DataFrame]) -> list[tuple[str, Callable[[], pl.DataFrame]]]:
        return [("ALL", build)]

    return Groups(
        {
            "選挙人名簿情報": [("ROLL", lambda: roll.roll(r)), ("WAITING", lambda: roll.candidates(x))],
            "選挙人名簿表示履歴": whole(lambda: roll.notes(x, lost)),
            "失権者情報": whole(lambda: disfranchised.disfranchised(lost)),
            "投票区情報": whole(lambda: districts.polling_districts(x.d)),
            "投票区割当情報": whole(lambda: districts.assignments(x.d)),
            "選挙情報": whole(lambda: elections.held(x.e)),
            "選挙時名簿情報": snapshots.parts(r),
            "名簿登録者数情報": whole(lambda: snapshots.counted(r)),
            "裁判員・検察審査員候補者予定者情報": whole(lambda: snapshots.jurors(r)),
            NOT_HELD: whole(lambda: pl.DataFrame(schema=load_area("006").group(NOT_HELD).polars_schema)),
        }
    )


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """B社's thirteen tables of area 006."""
    from sample_data.areas.a006_electoral_roll import b_sha

    return b_sha.tables(world, truth)
