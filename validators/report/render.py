"""Renders the page: texts by language, numbers for people, bars that print in black and white. Everything from data
is escaped."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from layouts import load_area
from layouts.delivery.catalogue import catalogue
from validators.report.gather import EXPORT_STATUSES

HERE = Path(__file__).parent
LANGUAGES = ("ja", "en")
NOTHING = "–"
FILL_ROWS_SHOWN = 4_000
"""Items with a line of their own under 項目充足率; beyond that only groups are listed, and all of them are in
report.json."""

BAR_WIDTH = 600
BAR_LEAST = 5
"""Width of a bar in its own units, and the least width of a part that is not zero: one record among millions stays
visible."""


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """All words of the report: key -> language -> text, from texts.csv."""
    with (HERE / "texts.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: {lang: row[lang] for lang in LANGUAGES} for row in csv.DictReader(file)}


def number(value: Any) -> str:
    """A count or an exact decimal text with thousands separators; a dash for null."""
    if value is None:
        return NOTHING
    sign, digits = ("−", str(value)[1:]) if str(value).startswith("-") else ("", str(value))
    whole, point, rest = digits.partition(".")
    return f"{sign}{int(whole):,}{point}{rest}"


def percent(part: int | None, whole: int | None) -> str:
    """A share in percent; never rounded up to 100 or down to 0, because those two say something else."""
    if part is None or not whole:
        return NOTHING
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "< 0.1 %"
    if 99.9 < share < 100:
        return "> 99.9 %"
    return f"{share:.1f} %"


def bar(line: Mapping[str, Any], label: str) -> Markup:
    """A horizontal bar of an export's or area's statuses in proportion.

    The fills are patterns that the page defines, so that black-and-white print tells the parts apart.
    """
    kept = [(name, line[name]) for name in EXPORT_STATUSES if line[name]]
    total = sum(count for _, count in kept)
    shapes, left = [], 0.0
    for name, count in kept:
        width = BAR_LEAST + (BAR_WIDTH - BAR_LEAST * len(kept)) * count / total
        shape = Markup('<rect class="part" x="{:.1f}" y="1" width="{:.1f}" height="18" fill="url(#p-{})"/>')
        shapes.append(shape.format(left, width, name))
        left += width
    picture = '<svg class="bar" viewBox="0 0 {} 20" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    return Markup(picture).format(BAR_WIDTH, label, Markup("").join(shapes))


def fill_bar(part: int, whole: int) -> Markup:
    """A small bar beside a percentage; the number says it, the bar only shows it."""
    width = 100 * part / whole if whole else 0
    return Markup('<span class="fillbar" aria-hidden="true"><i style="width:{:.1f}%"></i></span>').format(width)


def _flows(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Export side of the ledger summed by area, for the picture at its head."""
    areas: dict[str, dict[str, Any]] = {}
    for line in body["ledger"]["exports"]:
        entry = areas.setdefault(
            line["area"], {"area": line["area"], "read": 0, "closes": True, **dict.fromkeys(EXPORT_STATUSES, 0)}
        )
        for name in ("read", *EXPORT_STATUSES):
            entry[name] += line[name] or 0
        entry["closes"] = entry["closes"] and line["closes"]
    return list(areas.values())


def _figures(body: Mapping[str, Any]) -> dict[str, int]:
    """The few numbers beside the verdict."""
    severities = {line["severity"]: line["count"] for line in body["findings"]["by_severity"]}
    return {
        "records": sum(line["read"] or 0 for line in body["ledger"]["exports"]),
        "rows": sum(line["delivered"] or 0 for line in body["ledger"]["groups"]),
        "quarantined": sum(line["quarantined"] or 0 for line in body["ledger"]["groups"]),
        "errors": severities.get("error", 0),
        "warnings": severities.get("warning", 0),
        "residue": body["residue"]["values"],
    }


def render(body: Mapping[str, Any], lang: str) -> str:
    """The whole page as HTML; ``lang`` is ja or en, everything else reads as ja."""
    lang = lang if lang in LANGUAGES else "ja"
    words = texts()

    def t(key: str, **values: Any) -> str:
        text = words[key][lang]
        return text.format(**values) if values else text

    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    names = {area["area"]: area[f"name_{lang}"] for area in body["scope"]["areas"]}

    def reason(code: str | None) -> str:
        """A reason or cause in words: catalogue codes get their title, declared reasons stay as they were
        declared."""
        if code is None:
            return NOTHING
        if code in catalogue():
            return f"{code} {catalogue()[code].title.lang(lang)}"
        return t(f"reason.{code}") if f"reason.{code}" in words else code

    def origin(name: str) -> str:
        """Who defined a layout, in words; a definition of somebody else's may name an origin of its own."""
        return t(f"origin.{name}") if f"origin.{name}" in words else name

    def outside_name(area: str) -> str:
        layout = load_area(area)
        return layout.name if lang == "ja" else layout.name_en

    return environment.get_template("page.html.j2").render(
        body,
        lang=lang,
        t=t,
        number=number,
        percent=percent,
        bar=bar,
        fill_bar=fill_bar,
        reason=reason,
        origin=origin,
        pick=lambda row, name: row[f"{name}_{lang}"],
        outside_name=outside_name,
        area_name=lambda area: names.get(area, area),
        figures=_figures(body),
        flows=_flows(body),
        statuses=EXPORT_STATUSES,
        fill_listed=sum(len(line["by_item"]) for line in body["fill"]) <= FILL_ROWS_SHOWN,
        css=Markup((HERE / "style.css").read_text(encoding="utf-8")),
        script=Markup((HERE / "filter.js").read_text(encoding="utf-8")),
    )
