"""Every record rule and cross rule of the layouts finds a violation that was planted for it (``planted/``, made by
``plant_rules.py``), and nothing beside what an independent oracle expects; rules without one have a written reason."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from layouts.load import area_ids, load_area
from layouts.model import Area, Group
from validators.checks import content_checks
from validators.cross import StandardFile, check_cross_rules
from validators.engine import connection
from validators.findings import Findings
from validators.schema import Judge

FOLDER = Path(__file__).parent / "planted"
Row = dict[str, Any]


@cache
def planted(area: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{area}.jsonl").read_text("utf-8").splitlines()]


def by_hand(area: str) -> list[dict[str, Any]]:
    """Violations of rules about rows that the sample does not have: as few items as the rule looks at."""
    lines = (FOLDER / "by_hand.jsonl").read_text("utf-8").splitlines()
    return [entry for entry in map(json.loads, lines) if entry["rule"].startswith(area)]


@cache
def exceptions() -> dict[str, str]:
    with (FOLDER / "exceptions.csv").open(encoding="utf-8", newline="") as file:
        return {row["rule"]: row["reason"] for row in csv.DictReader(file)}


def frame(group: Group, rows: list[Row]) -> pl.DataFrame:
    texts = {name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in group.names}
    data = pl.DataFrame(texts, schema=dict.fromkeys(group.names, pl.String))
    return data.with_columns(pl.col(item.name).cast(item.polars_dtype) for item in group.items)


def wrong(area: Area, group: Group, rows: list[Row]) -> list[set[str]]:
    """What is found in each row: the rule, with the item where it names one."""
    judge = Judge(group, content_checks(area, group))
    found: list[set[str]] = [set() for _ in rows]
    for failure in judge.failures(frame(group, rows)):
        for place in failure.mask.arg_true():
            found[place].add(failure.check.name)
    return found


def cross_found(area: Area, rows: dict[str, list[Row]], folder: Path) -> set[str]:
    folder.mkdir()
    files = {}
    for name, some in rows.items():
        group = area.group(name)
        path = folder / f"{group.slug}.parquet"
        frame(group, some).write_parquet(path)
        files[area.id, name] = StandardFile(area, group, path)
    findings = Findings(cap=1)
    with connection(folder / "spill", 1) as con:
        check_cross_rules(area, files, findings, con)
    return {found.subject.rule for found in findings if found.count} - {"V14"}


def changed(entry: dict[str, Any]) -> list[Row]:
    """The rows of the entry's group after its change."""
    own, place = entry["rows"][entry["group"]], entry.get("place", 0)
    new = {**own[place], **entry["values"]}
    return {
        "set": [*own[:place], new, *own[place + 1 :]],
        "copy": [*own, new],
        "drop": own[:place] + own[place + 1 :],
    }[entry.get("what", "set")]


def test_every_rule_has_a_planted_violation_or_a_written_reason() -> None:
    for area_id in area_ids():
        area = load_area(area_id)
        rules = {rule.id for rule in (*area.rules, *area.cross_rules)}
        bitten = {entry["rule"] for entry in (*planted(area_id), *by_hand(area_id))}
        excused = {rule for rule in exceptions() if rule.startswith(area_id)}
        assert bitten | excused == rules, sorted(rules ^ (bitten | excused))
        assert not bitten & excused
    assert all(len(reason) > 5 for reason in exceptions().values())


@pytest.mark.parametrize("area_id", area_ids())
def test_one_value_breaks_a_record_rule_and_nothing_but_what_follows(area_id: str) -> None:
    area = load_area(area_id)
    by_group: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in planted(area_id):
        if "what" not in entry:
            by_group[entry["group"]].append(entry)
    for name, entries in by_group.items():
        group = area.group(name)
        before = [entry["rows"][name][0] for entry in entries]
        after = [{**row, **entry["values"]} for row, entry in zip(before, entries, strict=True)]
        assert wrong(area, group, before) == [set() for _ in entries], name
        for entry, found in zip(entries, wrong(area, group, after), strict=True):
            assert found == {entry["rule"], *entry["also"]}, (entry["rule"], entry["values"])


@pytest.mark.parametrize("area_id", area_ids())
def test_one_change_breaks_a_cross_rule_and_nothing_but_what_follows(area_id: str, tmp_path: Path) -> None:
    area = load_area(area_id)
    for entry in (one for one in planted(area_id) if "what" in one):
        rows, name = entry["rows"], entry["group"]
        spoilt = changed(entry)
        # A few rows of a history or household may lack others that a rule asks for: never what was planted.
        before = cross_found(area, rows, tmp_path / f"{entry['rule']}-before")
        assert before == set(entry["before"]) - {entry["rule"]}, entry["rule"]
        found = cross_found(area, {**rows, name: spoilt}, tmp_path / entry["rule"])
        assert found == {entry["rule"], *entry["also"]}, entry["rule"]


@pytest.mark.parametrize("area_id", [area for area in area_ids() if by_hand(area)])
def test_rules_about_rows_that_the_sample_lacks_bite_too(area_id: str, tmp_path: Path) -> None:
    area = load_area(area_id)
    for entry in by_hand(area_id):
        rule, name = entry["rule"], entry["group"]
        if "what" in entry:
            before = cross_found(area, entry["rows"], tmp_path / f"{rule}-before")
            after = cross_found(area, {**entry["rows"], name: changed(entry)}, tmp_path / rule)
        else:
            before = wrong(area, area.group(name), entry["rows"][name])[0]
            after = wrong(area, area.group(name), changed(entry))[0]
        assert rule not in before
        assert rule in after, rule
