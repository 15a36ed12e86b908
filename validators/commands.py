"""``tsugite validate``: judge a folder of standard files and print what was found; 0 clean, 1 findings, 2 the user's
error."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from layouts.delivery.run import RunContext
from layouts.errors import Text
from layouts.load import load_area
from validators.delivery import DeliveryResult, summary, validate_delivery

_SEVERITY = {"error": Text("エラー", "error"), "warning": Text("警告", "warning"), "info": Text("情報", "info")}
_STYLE = {"error": "red", "warning": "yellow", "info": "dim"}


@click.command("validate")
@click.argument("delivery_dir", type=click.Path(path_type=Path))
@click.option("--area", "areas", multiple=True, metavar="ID", help="業務（複数可） / only this area")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="検出事項の出力先 / write findings there")
@click.option(
    "--codes", type=click.Path(path_type=Path), metavar="DIR", help="独自コード一覧 / the municipality's code lists"
)
@click.option(
    "--examples",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="検出事項ごとの例の数 / examples a finding",
)
@click.option("--threads", type=click.IntRange(1, 256), default=RunContext.threads, help="スレッド数 / threads")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="言語 / language")
@click.option("--json", "as_json", is_flag=True, help="結果をJSONで出力 / print the result as JSON")
@click.pass_context
def validate_command(
    ctx: click.Context,
    delivery_dir: Path,
    areas: tuple[str, ...],
    out: Path | None,
    codes: Path | None,
    examples: int,
    threads: int,
    lang: str | None,
    as_json: bool,
) -> None:
    """標準ファイルのフォルダーを検証する。 / Check a folder of standard files, whoever made them."""
    language = lang or ("en" if os.environ.get("TSUGITE_LANG") == "en" else "ja")
    err = Console(stderr=True)
    with Progress(console=err, transient=True, disable=as_json or not err.is_terminal) as screen:
        task = screen.add_task("", total=None)
        result = validate_delivery(
            delivery_dir,
            out,
            areas or None,
            examples=examples,
            code_lists_dir=codes,
            threads=threads,
            progress=lambda what, done, total: screen.update(task, description=what, completed=done, total=total),
        )
    if as_json:
        click.echo(json.dumps(_as_json(result, language), ensure_ascii=False, indent=1))
    else:
        _show(result, language)
    ctx.exit(result.exit_code)


def _as_json(result: DeliveryResult, lang: str) -> dict[str, object]:
    return {
        "form": "tsugite.validate/1",
        "folder": str(result.folder),
        "exit_code": result.exit_code,
        "groups": [
            {"area": area, "group": slug, "file": file.path.name, "rows": result.rows_of(area, slug)}
            for (area, slug), file in result.files.items()
        ],
        "unknown_files": [path.name for path in result.unknown],
        "findings": summary(result.found, lang),
    }


def _show(result: DeliveryResult, lang: str) -> None:
    console = Console()
    groups = len(result.outcomes)
    console.print(
        Text(
            f"{groups} ファイル、{result.rows:,} 行を検証しました", f"checked {groups} files, {result.rows:,} rows"
        ).lang(lang)
    )
    if result.unknown:
        names = ", ".join(path.name for path in result.unknown[:5])
        more = Text(
            f"レイアウトに無いファイル {len(result.unknown)} 個", f"{len(result.unknown)} files that no layout knows"
        )
        console.print(f"{more.lang(lang)}: {names}", markup=False)
    if not result.found:
        console.print(Text("検出事項はありません", "no findings").lang(lang))
        return
    heads = [
        Text("規則", "rule"),
        Text("重大度", "severity"),
        Text("業務", "area"),
        Text("グループ・項目", "group, item"),
        Text("内容", "what"),
        Text("件数", "count"),
    ]
    table = Table()
    for place, head in enumerate(heads):
        table.add_column(head.lang(lang), justify="right" if place == len(heads) - 1 else "left", overflow="fold")
    for finding in result.found:
        subject = finding.subject
        title = finding.title_en if lang == "en" else finding.title_ja
        what = f"{title}（{subject.detail}）" if subject.detail else title
        table.add_row(
            subject.rule,
            _SEVERITY[finding.severity].lang(lang),
            f"{subject.area} {load_area(subject.area).name if lang == 'ja' else load_area(subject.area).name_en}",
            "・".join(part for part in (subject.group, subject.item) if part),
            what,
            f"{finding.count:,}",
            style=_STYLE[finding.severity],
        )
    console.print(table)
