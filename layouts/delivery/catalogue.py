"""The catalogue of findings: what each code is called, how grave it is, and what to do about it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

from layouts.errors import Text
from layouts.model import Severity

Grain = Literal["record", "aggregate", "export", "run"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of the catalogue."""

    code: str
    severity: Severity
    grain: Grain
    title: Text
    action: Text
    """What to do next."""

    @property
    def title_ja(self) -> str:
        return self.title.ja

    @property
    def title_en(self) -> str:
        return self.title.en

    @property
    def action_ja(self) -> str:
        return self.action.ja

    @property
    def action_en(self) -> str:
        return self.action.en


@cache
def catalogue() -> Mapping[str, Entry]:
    """All entries by code, in the order of catalogue.csv."""
    entries: dict[str, Entry] = {}
    with Path(__file__).with_name("catalogue.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            entries[row["code"]] = Entry(
                row["code"],
                cast(Severity, row["severity"]),
                cast(Grain, row["grain"]),
                Text(row["title_ja"], row["title_en"]),
                Text(row["action_ja"], row["action_en"]),
            )
    return MappingProxyType(entries)


def entry(code: str) -> Entry:
    """The entry of a code; KeyError for a layout's own rule ids, whose titles stand in the layout."""
    return catalogue()[code]
