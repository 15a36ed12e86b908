"""Everybody whom area 022 may know: residents and people outside the register, with guardians, incomes and health
insurance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from sample_data.areas.a025_late_elderly_medical_care import register
from sample_data.areas.insured import People, base_day, constant, first_day, month_index, people
from sample_data.plugin import Truth
from sample_data.tax.frames import EPOCH, NO_DAY, Bools, Ints, mix, text
from sample_data.tax.pool import uniform
from sample_data.tax.vendor import parts
from sample_data.world import World

HERE, MOVED, DEAD = 0, 2, 3
"""Where somebody is today."""
FORCED = 10
"""So many long-standing residents have a certificate in any case, so that no group of a tiny town is empty."""
CHILD_AGE, ADULT_AGE = 18, 20
_GROUNDS, _GROUND_SALT = (1, 1, 1, 2, 3, 4), 25_039
"""How area 025 draws 障害認定事由 of a resident (a test compares the two)."""


@dataclass(frozen=True)
class Folk:
    """Parallel arrays: residents by pid, then people outside the register (living, not merged, in Japan)."""

    world: World
    p: People
    atena: pl.Series
    kana: pl.Series
    born: Ints
    since: Ints
    """Day since which the town knows somebody."""
    gone: Ints
    """Day of the removal, or NO_DAY."""
    where: Ints
    """HERE, MOVED or DEAD."""
    guardian: Ints
    """Position of the head of a minor's household, -1 where none is old enough."""
    came: Bools
    """Moved in from another town."""
    weak: Ints
    """障害者区分 of area 010, highest of the kept years."""
    income: Ints
    """合計所得金額 of the newest year."""
    levy: Ints
    """所得割 of the newest year."""
    home_income: Ints
    """Highest income of another member of the household."""
    home_levy: Ints
    """所得割 of the whole household."""
    ground: Ints
    """障害認定事由 of area 025 (1 to 4) of those whom it insured before the age of 75, else 0."""
    insured: Ints
    """Day of that, or NO_DAY."""

    @property
    def size(self) -> int:
        return len(self.born)

    @cached_property
    def every(self) -> Ints:
        return np.arange(self.size)

    @property
    def base(self) -> int:
        return base_day(self.world)

    @property
    def window(self) -> int:
        """First day of the kept history."""
        return (self.world.window - EPOCH).days

    @cached_property
    def until(self) -> Ints:
        """Removal, or the base date."""
        return np.where(self.gone == NO_DAY, self.base, self.gone)

    @cached_property
    def age(self) -> Ints:
        """Full years today, or at the removal."""
        return ((self.until - self.born) // 365.2425).astype(np.int64)

    @cached_property
    def outside(self) -> Bools:
        outside: Bools = self.every >= self.p.size
        return outside

    @cached_property
    def forced(self) -> Ints:
        """Long-standing adult residents of today, the same few in every run (not those whom area 014 dunns)."""
        able = (self.where == HERE) & ~self.outside & (self.age >= 25) & (self.weak == 0)
        some = np.flatnonzero(able)
        return some[np.lexsort((some, self.since[some]))][6 : 6 + FORCED]

    def birthday(self, years: int, who: Ints) -> Ints:
        """Day on which somebody is ``years`` old."""
        month = month_index(self.born[who])
        return first_day(month + 12 * years) + (self.born[who] - first_day(month))

    def key(self, who: Ints) -> dict[str, pl.Series]:
        return {"市区町村コード": constant(self.world.code, len(who)), "宛名番号": self.number(who)}

    def number(self, who: Ints, there: Bools | None = None) -> pl.Series:
        """宛名番号; null where ``there`` is False."""
        return text(self.atena.gather(pl.Series(np.maximum(who, 0))), there)

    def health(self, who: Ints, when: Ints) -> Ints:
        """医療保険種別 as a number: 後期 from 75, 国保 as the resident register says, else one of the employees'."""
        late = self.birthday(75, who) <= when
        drawn = mix(who, 2211) % 10
        poor = mix(who, 2212) % 40 == 0
        national = np.where(self.outside[who], drawn < 4, who % 4 == 1)
        work = np.array([3, 3, 3, 3, 3, 4, 4, 4, 5, 7])[drawn]
        return np.select([late, poor, national], [6, 8, np.where(drawn == 9, 2, 1)], work)


def folk(world: World, levied: Truth) -> Folk:
    """Residents and people outside, with what area 010 (``levied``) says of them."""
    p = people(world)
    keep = ["atena", "name_kana", "birth", "since"]
    able = (pl.col("kind") == "1") & pl.col("death").is_null() & pl.col("merged_into").is_null()
    others = world.outsiders.filter(able & pl.col("abroad").is_null() & pl.col("of_pid").is_not_null()).select(keep)

    def both(of: Ints, column: str) -> Ints:
        return np.concatenate([of, others[column].to_physical().cast(pl.Int64).to_numpy()])

    size = p.size + others.height
    more = np.zeros(others.height, np.int64)
    born = both(p.birth, "birth")
    since = np.maximum(both(p.entry, "since"), born)
    status = p.frame["status"].cast(pl.Int64).to_numpy()
    where = np.where(p.removal == NO_DAY, HERE, np.where(status == DEAD, DEAD, MOVED))
    head = p.frame["head_pid"].fill_null(-1).to_numpy()
    older = (head >= 0) & (p.birth[np.maximum(head, 0)] < p.birth - 15 * 366)
    guardian = np.where(older & (head != np.arange(p.size)), head, -1)
    atena = pl.concat([p.frame["atena"], others["atena"]])
    weak, income, levy = _taxes(levied, atena)
    home = np.concatenate([p.hid, -1 - np.arange(others.height)])
    house = np.unique(home, return_inverse=True)[1]
    total = np.bincount(house, levy, int(house.max()) + 1).astype(np.int64)
    order = np.lexsort((income, house))
    ends = np.append(np.flatnonzero(np.diff(house[order])), size - 1)
    best = order[ends]
    second = np.zeros(len(ends), np.int64)
    several = np.diff(np.append(-1, ends)) > 1
    second[several] = income[order[ends[several] - 1]]
    mine = best[house] == np.arange(size)
    return Folk(
        world,
        p,
        atena,
        pl.concat([p.frame["name_kana"], others["name_kana"]]),
        born,
        since,
        np.concatenate([p.removal, more + NO_DAY]),
        np.concatenate([where, more]),
        np.concatenate([guardian, more - 1]),
        np.concatenate([p.frame["from_place"].is_not_null().to_numpy() & (p.entry > p.birth + 400), more > 0]),
        weak,
        income,
        levy,
        np.where(mine, second[house], income[best[house]]),
        total[house],
        *_insured_early(world, p, more),
    )


def _insured_early(world: World, p: People, more: Ints) -> tuple[Ints, Ints]:
    """障害認定事由 and 障害認定年月日 of area 025 of residents (and ``more`` people without)."""
    i = register.insured(world, p, base_day(world))
    ground, when = np.zeros(p.size + len(more), np.int64), np.full(p.size + len(more), NO_DAY)
    who = i.who[i.disabled]
    ground[who] = np.array(_GROUNDS)[mix(who, _GROUND_SALT) % len(_GROUNDS)]
    when[who] = i.start[i.disabled]
    return ground, when


def _taxes(levied: Truth, atena: pl.Series) -> tuple[Ints, Ints, Ints]:
    """障害者区分 (highest), 合計所得金額 and 所得割 (newest year) of each number."""
    newest = pl.col("最新フラグ") == "1"
    state = pl.col("障害者区分").fill_null("0").cast(pl.Int64).clip(0, 2)
    found = [part.filter(newest).select("宛名番号", state) for _, part in parts(levied, "賦課基本情報")]
    weak = pl.concat(found).group_by("宛名番号").agg(pl.col("障害者区分").max())
    last = {
        group: list(parts(levied, group))[-1][1].filter(newest).select("宛名番号", pl.col(item).alias(name))
        for group, item, name in (("所得情報", "合計所得金額", "income"), ("税額情報", "所得割額_市民税", "levy"))
    }
    rows = pl.DataFrame({"宛名番号": atena})
    for other in (weak, *last.values()):
        one = other.unique("宛名番号", keep="first", maintain_order=True)
        rows = rows.join(one, on="宛名番号", how="left", maintain_order="left")
    rows = rows.fill_null(0)
    weak_, income, levy = (rows[name].cast(pl.Int64).to_numpy() for name in ("障害者区分", "income", "levy"))
    return weak_, income, levy


def chance(who: Ints, salt: int, share: float) -> Bools:
    drawn: Bools = uniform(who, salt) < share
    return drawn
