"""Delivery profiles: the form (charset, newline, quoting, header, null, dates, names) of the CSV files handed over."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from layouts.errors import Text, TsugiteError
from layouts.model import Area, Group

PROFILES = Path(__file__).with_name("profiles.toml")

_ALLOWED: Mapping[str, tuple[object, ...]] = {
    "charset": ("utf-8", "cp932"),
    "bom": (True, False),
    "newline": ("\r\n", "\n"),
    "quoting": ("all", "necessary"),
    "header": ("ja", "slug", "none"),
    "date": ("YYYY-MM-DD", "YYYYMMDD"),
}
_PLACES = ("area_id", "area", "group", "municipality", "date")


@dataclass(frozen=True, slots=True)
class DeliveryProfile:
    """One form of delivery; the fields are explained in profiles.toml."""

    name: str
    title_ja: str
    title_en: str
    charset: Literal["utf-8", "cp932"]
    bom: bool
    newline: Literal["\r\n", "\n"]
    quoting: Literal["all", "necessary"]
    header: Literal["ja", "slug", "none"]
    null: str
    date: Literal["YYYY-MM-DD", "YYYYMMDD"]
    file_name: str

    def csv_name(self, area: Area, group: Group, municipality: str, delivery_date: str) -> str:
        """Name of a group's CSV; ``delivery_date`` is YYYY-MM-DD and stands as YYYYMMDD."""
        return self.file_name.format(
            area_id=area.id,
            area=area.name,
            group=group.name,
            municipality=municipality,
            date=delivery_date.replace("-", ""),
        )

    def name_pattern(self) -> re.Pattern[str]:
        """Pattern of this profile's file names; its groups are the places of ``file_name``."""
        forms = {"area_id": r"\d{3}", "area": ".+?", "group": ".+", "municipality": r"\d{6}", "date": r"\d{8}"}
        pattern = re.escape(self.file_name)
        for place, form in forms.items():
            pattern = pattern.replace(re.escape("{" + place + "}"), f"(?P<{place}>{form})", 1)
        return re.compile(pattern)


def _profile(name: str, table: Mapping[str, Any], file: Path) -> DeliveryProfile:
    def fail(ja: str, en: str) -> TsugiteError:
        todo = Text("プロファイルの定義を直してください", "correct the definition of the profile")
        return TsugiteError("Y03", Text(ja, en), f"{file.name} [{name}]", todo)

    known = {entry.name for entry in fields(DeliveryProfile)} - {"name"}
    if wrong := sorted(known ^ set(table)):
        raise fail(
            f"設定が足りないか、余分である: {', '.join(wrong)}", f"settings missing or unknown: {', '.join(wrong)}"
        )
    for key, allowed in _ALLOWED.items():
        if table[key] not in allowed:
            raise fail(f"{key} = {table[key]!r} は使えない", f"{key} = {table[key]!r} is not possible")
    if table["bom"] and table["charset"] != "utf-8":
        raise fail("bom は utf-8 だけで使える", "a bom goes with utf-8 only")
    places = re.findall(r"\{(.*?)\}", table["file_name"])
    if sorted(places) != sorted(_PLACES) or not table["file_name"].endswith(".csv"):
        wanted = " ".join(f"{{{place}}}" for place in _PLACES)
        raise fail(
            f"file_name には {wanted} が一度ずつ要り、.csv で終わる", f"file_name needs {wanted} once each, then .csv"
        )
    return DeliveryProfile(name=name, **table)


@lru_cache(maxsize=8)
def profiles(file: Path = PROFILES) -> Mapping[str, DeliveryProfile]:
    """All profiles of a TOML file by name; raises :class:`TsugiteError` (Y03) for a broken one."""
    with file.open("rb") as handle:
        try:
            tables = tomllib.load(handle)
        except tomllib.TOMLDecodeError as error:
            raise TsugiteError("Y03", Text(f"TOML でない: {error}", f"not TOML: {error}"), file.name) from None
    return {name: _profile(name, table, file) for name, table in tables.items()}


def load_profile(name: str, file: Path = PROFILES) -> DeliveryProfile:
    """The profile of that name; raises :class:`TsugiteError` (Y03) where there is none."""
    known = profiles(file)
    if name not in known:
        raise TsugiteError(
            "Y03",
            Text(f"納品プロファイル {name!r} は無い", f"there is no delivery profile {name!r}"),
            file.name,
            Text(f"{', '.join(known)} から選んでください", f"choose one of {', '.join(known)}"),
        )
    return known[name]
