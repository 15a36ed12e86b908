"""``tsugite mapping``: check mappings, show what they cover, print the JSON Schema.

Exit codes: 0 fine, 2 a mapping does not load (the user's error).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from layouts.errors import Text, TsugiteError
from mappings.errors import MappingError, MappingErrors
from mappings.mapping import Mapping, load_mapping, mapping_areas
from mappings.schema import schema_text

VENDORS = Path(__file__).parent / "vendors"
PIPED_WIDTH = 180
"""Columns of a table that goes into a file or a pipe."""

Command = Callable[..., None]


def _language(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str:
    return value or ("en" if os.environ.get("TSUGITE_LANG") == "en" else "ja")


def _options(command: Command) -> Command:
    for option in (
        click.option("--root", type=click.Path(path_type=Path, exists=True, file_okay=False), default=VENDORS,
                     help="ベンダーのフォルダーの親 / folder that holds the vendors' folders"),
        click.option("--vendor", help="このベンダーだけ / only this vendor"),
        click.option("--area", help="この業務だけ / only this area"),
        click.option("--lang", type=click.Choice(["ja", "en"]), callback=_language, help="表示言語 / language"),
        click.option("--json", "as_json", is_flag=True, help="JSONで出力 / print JSON"),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group("mapping")
def mapping_group() -> None:
    """マッピング（項目対応）を検査する・カバー率を見る。

    Check mappings, and show what they cover.
    """


def _chosen(root: Path, vendor: str | None, area: str | None) -> Iterator[tuple[Path, str]]:
    """Vendor folders and areas that the options choose. Raises :class:`TsugiteError` where there is none."""
    found = False
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        if vendor is not None and folder.name != vendor:
            continue
        for name in mapping_areas(folder):
            if area is None or name == area:
                found = True
                yield folder, name
    if not found:
        raise TsugiteError(
            "MP01",
            Text("当てはまるマッピングが無い", "There is no such mapping"),
            f"--vendor {vendor or '*'} --area {area or '*'}",
            Text("ベンダーと業務の名前を確認する", "Check the names of vendor and area"),
        )


@mapping_group.command("check")
@_options
@click.pass_context
def check_command(
    ctx: click.Context, root: Path, vendor: str | None, area: str | None, lang: str, as_json: bool
) -> None:
    """マッピングを読み込み、誤りをすべて挙げる / load the mappings and list everything that is wrong."""
    results: list[dict[str, Any]] = []
    broken: list[tuple[str, MappingError]] = []
    for folder, name in _chosen(root, vendor, area):
        try:
            results.append(_summary(folder.name, load_mapping(folder, name)))
        except MappingErrors as errors:
            broken += [(folder.name, error) for error in errors.errors]
            results.append(
                {"vendor": folder.name, "area": name, "errors": [_error(error, lang) for error in errors.errors]}
            )
    if as_json:
        click.echo(json.dumps(results, ensure_ascii=False, indent=1))
    else:
        _show_checked([result for result in results if "errors" not in result], lang)
        for vendor_name, error in broken:
            click.echo(f"[{error.code}] {vendor_name}/{error.where.lang(lang)}: {error.what.lang(lang)}", err=True)
            click.echo(f"       → {error.todo.lang(lang)}", err=True)
    ctx.exit(2 if broken else 0)


def _error(error: MappingError, lang: str) -> dict[str, Any]:
    return {
        "code": error.code,
        "file": error.file,
        "line": error.line,
        "group": error.group,
        "item": error.item,
        "what": error.what.lang(lang),
        "todo": error.todo.lang(lang),
    }


def _summary(vendor: str, mapping: Mapping) -> dict[str, Any]:
    fates = [fate for fields in mapping.fates.of.values() for fate in fields.values()]
    mapped, items = _items(mapping)
    return {
        "vendor": vendor,
        "area": mapping.area_id,
        "hash": mapping.hash,
        "exports": len(mapping.exports),
        "fields": len(fates),
        "fates": {fate: fates.count(fate) for fate in dict.fromkeys(fates)},
        "groups": len(mapping.file.groups),
        "items_mapped": mapped,
        "items": items,
    }


def _items(mapping: Mapping) -> tuple[int, int]:
    """Items that have a source, and all items of the area."""
    if mapping.area is None:
        return 0, 0
    blocks = mapping.file.groups
    mapped = sum(len({item for block in blocks[name] for item in block.items}) for name in blocks)
    return mapped, len(mapping.area.items)


def _show_checked(results: list[dict[str, Any]], lang: str) -> None:
    if not results:
        return
    ja = lang == "ja"
    headings = (
        "ベンダー",
        "業務",
        "移行元ファイル",
        "移行元項目",
        "うち項目へ",
        "うち別ファイルへ",
        "グループ",
        "データ項目",
        "全項目",
    )
    if not ja:
        headings = ("vendor", "area", "exports", "fields", "to items", "to overflow", "groups", "items", "of")
    rows = [
        (
            result["vendor"],
            result["area"],
            result["exports"],
            result["fields"],
            result["fates"].get("items", 0) + result["fates"].get("key", 0),
            sum(result["fates"].get(fate, 0) for fate in ("overflow", "lookup", "whole")),
            result["groups"],
            result["items_mapped"],
            result["items"],
        )
        for result in results
    ]
    _table("マッピングは正しい" if ja else "The mappings are sound", headings, 2, rows)


@mapping_group.command("coverage")
@_options
def coverage_command(root: Path, vendor: str | None, area: str | None, lang: str, as_json: bool) -> None:
    """グループごとのカバー率 / how much of each group the mappings fill."""
    rows: list[dict[str, Any]] = []
    for folder, name in _chosen(root, vendor, area):
        rows += _coverage(folder.name, load_mapping(folder, name))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    ja = lang == "ja"
    headings = ("ベンダー", "業務", "グループ", "区分", "項目", "移行元あり", "固定値", "提供しない", "うち必須")
    if not ja:
        headings = ("vendor", "area", "group", "output", "items", "provided", "constant", "not provided", "required")
    keys = ("vendor", "area", "group", "output", "items", "provided", "constant", "not_provided", "required_missing")
    _table("カバー率" if ja else "Coverage", headings, 4, [tuple(row[key] for key in keys) for row in rows])


def _coverage(vendor: str, mapping: Mapping) -> list[dict[str, Any]]:
    rows = []
    for group in mapping.area.groups if mapping.area is not None else ():
        blocks = mapping.file.groups.get(group.name, [])
        rules = {item: rule for block in blocks for item, rule in block.items.items()}
        fixed = sum(rule.constant is not None or rule.run is not None for rule in rules.values())
        rows.append(
            {
                "vendor": vendor,
                "area": mapping.area_id,
                "group": group.name,
                "output": group.output,
                "items": len(group.items),
                "provided": len(rules) - fixed,
                "constant": fixed,
                "not_provided": len(group.items) - len(rules),
                "required_missing": sum(item.required and item.name not in rules for item in group.items),
            }
        )
    return rows


@mapping_group.command("schema")
def schema_command() -> None:
    """JSON Schema（エディターの補完用） / the JSON Schema of a mapping, for editors."""
    click.echo(schema_text(), nl=False)


def _table(title: str, headings: tuple[str, ...], texts: int, rows: list[tuple[Any, ...]]) -> None:
    """``texts``: how many of the first columns are no numbers."""
    table = Table(title=escape(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place < texts else "right", overflow="fold", no_wrap=place >= texts)
    for row in rows:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else escape(str(cell)) for cell in row))
    console = Console()
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    console.print(table)
