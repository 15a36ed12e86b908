"""A truth with other values in some places, handed to a vendor's writers like any truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import polars as pl

from sample_data.plugin import Truth
from sample_data.tax.frames import Groups


class Patches:
    """Group -> item -> row (from 0) -> new value."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, dict[int, object]]] = defaultdict(lambda: defaultdict(dict))


class Patched(Mapping[str, pl.DataFrame]):
    """A truth with :class:`Patches`."""

    def __init__(self, truth: Truth, patches: Patches) -> None:
        self._truth, self._patches = truth, patches

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self.patch(name, self._truth[name], 0)

    def __iter__(self) -> Iterator[str]:
        return iter(self._truth)

    def __len__(self) -> int:
        return len(self._truth)

    def patch(self, name: str, frame: pl.DataFrame, start: int) -> pl.DataFrame:
        """A part of a group that begins with the row ``start``."""
        for item, rows in self._patches.values.get(name, {}).items():
            here = {row - start: value for row, value in rows.items() if start <= row < start + frame.height}
            if here:
                values = pl.Series(list(here.values()), dtype=frame.schema[item])
                frame = frame.with_columns(frame[item].scatter(list(here), values))
        return frame


class PatchedGroups(Groups):
    """The same of a truth in parts."""

    def __init__(self, truth: Groups, patches: Patches) -> None:
        self._whole = Patched(truth, patches)
        self._truth = truth

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self._whole[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._truth)

    def __len__(self) -> int:
        return len(self._truth)

    def parts(self, name: str) -> Iterator[tuple[str, pl.DataFrame]]:
        start = 0
        for label, frame in self._truth.parts(name):
            yield label, self._whole.patch(name, frame, start)
            start += frame.height


def patched(truth: Truth, patches: Patches) -> Truth:
    """The truth itself where nothing changes."""
    if not patches.values:
        return truth
    return PatchedGroups(truth, patches) if isinstance(truth, Groups) else Patched(truth, patches)
