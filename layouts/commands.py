"""``tsugite layout``: list the standard layouts, show an area or a group, check every definition.

Exit codes: 0 fine, 1 the check found problems, 2 the user's error (an unknown area or group, a broken definition).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from layouts.load import area_ids, load_all, load_area
from layouts.model import Area, Group, Item

Command = Callable[..., None]

PIPED_WIDTH = 180
"""Columns of a table that goes into a file or a pipe."""


def _language(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str:
    return value or ("en" if os.environ.get("TSUGITE_LANG") == "en" else "ja")


def _options(command: Command) -> Command:
    for option in (
        click.option("--root", type=click.Path(path_type=Path, exists=True, file_okay=False),
                     help="別の定義フォルダー / another folder of definitions"),
        click.option("--lang", type=click.Choice(["ja", "en"]), callback=_language, help="表示言語 / language"),
        click.option("--json", "as_json", is_flag=True, help="JSONで出力 / print JSON"),
    ):  # fmt: skip
        command = option(command)
    return command


def _say_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def _say_table(title: str, columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[object]]) -> None:
    """``columns``: heading, and whether its cells are numbers. Cells fold where it is narrow, they lose no text."""
    table = Table(title=escape(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for place, (heading, numeric) in enumerate(columns):
        table.add_column(
            heading, justify="right" if numeric else "left", overflow="fold", no_wrap=numeric or place == 0
        )
    for row in rows:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else escape(str(cell)) for cell in row))
    console = Console()
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    console.print(table)


@click.group("layout")
def layout_group() -> None:
    """標準レイアウト（16業務）を見る・検査する。

    Show and check the standard layouts.
    """


@layout_group.command("list")
@_options
def list_command(as_json: bool, lang: str, root: Path | None) -> None:
    """業務の一覧 / list the areas."""
    areas = load_all(root).values()
    if as_json:
        _say_json([_area_summary(area) for area in areas])
        return
    ja = lang == "ja"
    headings: tuple[str, ...] = ("業務ID", "業務", "版", "グループ", "項目", "コード", "規則", "ファイル間規則")
    if not ja:
        headings = ("id", "area", "version", "groups", "items", "code lists", "rules", "cross rules")
    counts = [
        (len(area.groups), len(area.items), len(area.code_lists), len(area.rules), len(area.cross_rules))
        for area in areas
    ]
    rows: list[tuple[object, ...]] = [
        (area.id, area.name if ja else area.name_en, area.version, *count)
        for area, count in zip(areas, counts, strict=True)
    ]
    rows.append(("", "計" if ja else "total", "", *map(sum, zip(*counts, strict=True))))
    columns = [(heading, place >= 3) for place, heading in enumerate(headings)]
    _say_table("標準レイアウト" if ja else "Standard layouts", columns, rows)


def _area_summary(area: Area) -> dict[str, Any]:
    return {
        "id": area.id,
        "slug": area.slug,
        "name": area.name,
        "name_en": area.name_en,
        "version": area.version,
        "origin": area.origin,
        "hash": area.hash,
        "groups": len(area.groups),
        "items": len(area.items),
        "code_lists": len(area.code_lists),
        "rules": len(area.rules),
        "cross_rules": len(area.cross_rules),
    }


@layout_group.command("show")
@click.argument("area")
@click.argument("group", required=False)
@_options
def show_command(area: str, group: str | None, as_json: bool, lang: str, root: Path | None) -> None:
    """業務のグループ、またはグループの項目 / the groups of AREA, or the items of its GROUP (name or slug)."""
    layout = load_area(area, root)
    ja = lang == "ja"
    if group is not None:
        _show_group(layout, layout.group(group), as_json, ja)
    elif as_json:
        _say_json({**_area_summary(layout), "groups": [_group_summary(one) for one in layout.groups]})
    else:
        headings = ("No", "グループ", "スラッグ", "出力", "粒度", "項目", "主キー")
        if not ja:
            headings = ("no", "group", "slug", "output", "grain", "items", "primary key")
        _say_table(
            f"{layout.id} {layout.name if ja else layout.name_en}",
            [(heading, place in (0, 5)) for place, heading in enumerate(headings)],
            [
                (one.order, one.name, one.slug, one.output, one.grain, len(one.items),
                 ", ".join(item.name for item in one.key))
                for one in layout.groups
            ],
        )  # fmt: skip


def _group_summary(group: Group) -> dict[str, Any]:
    return {
        "order": group.order,
        "name": group.name,
        "slug": group.slug,
        "output": group.output,
        "grain": group.grain,
        "description": group.description,
        "items": len(group.items),
        "key": [item.name for item in group.key],
    }


def _digits(item: Item) -> str:
    return f"{item.digits},{item.scale}" if item.type == "9V" else str(item.digits)


def _show_group(area: Area, group: Group, as_json: bool, ja: bool) -> None:
    rules = area.rules_of(group)
    if as_json:
        items = []
        for item in group.items:
            fields = {name: value for name, value in asdict(item).items() if name not in ("line", "group")}
            items.append({**fields, "fk": [str(ref) for ref in item.fk]})
        names = ("id", "severity", "title", "title_en", "expr")
        listed = [{name: getattr(rule, name) for name in names} for rule in rules]
        _say_json({**_group_summary(group), "area": area.id, "items": items, "rules": listed})
        return
    headings = ("項目ID", "項目", "キー", "型", "桁数", "コード", "出力", "参照先", "個人情報")
    if not ja:
        headings = ("id", "item", "key", "type", "digits", "code", "output", "reference", "pii")
    rows = [
        (item.id, item.name, "●" if item.pk else "", item.type, _digits(item), item.code or "", item.output,
         " | ".join(map(str, item.fk)), item.pii or "")
        for item in group.items
    ]  # fmt: skip
    _say_table(f"{area.id} {area.name} / {group.name} ({group.slug})", [(name, False) for name in headings], rows)
    if rules:
        rule_headings = ("規則", "重さ", "内容") if ja else ("rule", "severity", "title")
        rule_rows = [(rule.id, rule.severity, rule.titles.lang("ja" if ja else "en")) for rule in rules]
        _say_table("規則" if ja else "Rules", [(name, False) for name in rule_headings], rule_rows)


@layout_group.command("check")
@click.argument("areas", nargs=-1)
@_options
@click.pass_context
def check_command(ctx: click.Context, areas: tuple[str, ...], as_json: bool, lang: str, root: Path | None) -> None:
    """すべての定義を検査する / verify every definition (of AREAS, default all)."""
    from layouts.check import check

    ja = lang == "ja"
    result = check(areas or area_ids(root), root)
    if as_json:
        _say_json(result.as_json())
    else:
        for problem in result.problems:
            column = f" {problem.column}" if problem.column else ""
            click.echo(f"{problem.place}{column}: {problem.text.lang(lang)}")
        names = {
            "areas": "業務",
            "groups": "グループ",
            "items": "項目",
            "code_lists": "コード一覧",
            "code_values": "コード値",
            "references": "参照",
            "conditions": "条件付き必須の条件",
            "rules": "規則",
            "cross_rules": "ファイル間規則",
            "samples": "標本",
        }
        rows = [(names[name] if ja else name.replace("_", " "), count) for name, count in asdict(result.counts).items()]
        title = (
            f"検査したもの（問題 {len(result.problems)} 件）" if ja else f"Verified ({len(result.problems)} problems)"
        )
        _say_table(title, [("対象", False), ("件数", True)] if ja else [("what", False), ("count", True)], rows)
    ctx.exit(1 if result.problems else 0)
