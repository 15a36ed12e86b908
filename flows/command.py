"""``tsugite migrate``: says at once what it will do, then loads what that needs and runs the stages."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Literal

import click

from flows.cli import language
from flows.screen import Screen, tell_outcome
from layouts.errors import Text, TsugiteError

SERVER_WAIT_SECONDS = 0.3
Orchestrator = Literal["local", "server", "ephemeral"]


def server_answers(url: str) -> bool:
    """Whether a Prefect server answers at ``url`` (PREFECT_API_URL, which ends in /api) at once."""
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=SERVER_WAIT_SECONDS) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError, urllib.error.URLError):
        return False


def choose_orchestrator(wanted: str) -> Orchestrator:
    """``auto``: the server of PREFECT_API_URL if it answers, else none. ``prefect``: that one, or one for this run.

    Raises :class:`TsugiteError` F05 when PREFECT_API_URL is set and nothing answers, and Prefect was asked for.
    """
    url = os.environ.get("PREFECT_API_URL", "")
    if wanted == "local" or (wanted == "auto" and not url):
        return "local"
    if url and server_answers(url):
        return "server"
    if wanted == "auto":
        return "local"
    if url:
        raise TsugiteError(
            "F05",
            Text("Prefectサーバーが応答しません", "the Prefect server does not answer"),
            f"PREFECT_API_URL={url}",
            Text(
                "サーバーを起動するか、--orchestrator local を指定してください",
                "start the server, or use --orchestrator local",
            ),
        )
    return "ephemeral"


@click.command("migrate")
@click.argument("project", type=click.Path(path_type=Path))
@click.option(
    "--municipality",
    "municipalities",
    multiple=True,
    metavar="CODE",
    help="団体コード（複数可） / only this municipality",
)
@click.option("--area", "areas", multiple=True, metavar="ID", help="業務（複数可） / only this area")
@click.option("--rehearsal", metavar="LABEL", help="リハーサルのラベル / label of the run")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="出力先 / where deliveries go")
@click.option("--profile", metavar="NAME", help="納品プロファイル（standard, cp932） / delivery profile")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="言語 / language of report and messages")
@click.option("--json", "as_json", is_flag=True, help="結果をJSONで出力 / print the result as JSON")
@click.option("--threads", type=click.IntRange(1, 256), help="スレッド数 / threads")
@click.option("--keep-work", is_flag=True, help="作業ファイルを残す / keep the stages' files (unmasked data)")
@click.option(
    "--orchestrator",
    type=click.Choice(["auto", "prefect", "local"]),
    default="auto",
    show_default=True,
    help="auto: PREFECT_API_URL のサーバーが応答すれば使う / use the server of PREFECT_API_URL if it answers",
)
@click.pass_context
def migrate_command(
    ctx: click.Context,
    project: Path,
    municipalities: tuple[str, ...],
    areas: tuple[str, ...],
    rehearsal: str | None,
    out: Path | None,
    profile: str | None,
    lang: str | None,
    as_json: bool,
    threads: int | None,
    keep_work: bool,
    orchestrator: str,
) -> None:
    """移行を実行する。 PROJECT はプロジェクトファイル（YAML）。 / Run the migration that a project file describes."""
    early = lang or language(())
    screen = Screen(early, quiet=as_json)
    screen.say(Text(f"継手: {project} を確認しています", f"tsugite: checking {project}"))

    from flows.project import load_project
    from flows.runfolder import Options, plan_run, set_umask

    loaded = load_project(project)
    options = Options(municipalities, areas, rehearsal, out, lang, profile, threads, keep_work)
    set_umask(loaded)
    spoken = lang or os.environ.get("TSUGITE_LANG")
    screen.lang = spoken if spoken in ("ja", "en") else loaded.project.lang
    for code in municipalities or loaded.codes:
        plan_run(loaded, code, options)
    # polars reads this once, when it is imported.
    os.environ.setdefault("POLARS_MAX_THREADS", str(threads or loaded.project.threads))

    chosen = choose_orchestrator(orchestrator)
    screen.say(
        {
            "local": Text("この場で実行します（Prefectのサーバーなし）", "running here (no Prefect server)"),
            "server": Text(
                "Prefectのサーバーに記録しながら実行します",
                "running as a Prefect flow on the server of PREFECT_API_URL",
            ),
            "ephemeral": Text(
                "Prefectの一時サーバーを起動しています（約10秒）", "starting a Prefect server for this run (about 10 s)"
            ),
        }[chosen]
    )
    with screen:
        if chosen == "local":
            from flows.local import migrate_programme

            outcomes = migrate_programme(loaded, options, screen.progress, screen.ended)
        else:
            os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
            if chosen == "ephemeral":
                os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] = "true"
            from flows.migrate import run_programme

            outcomes = run_programme(project, options, screen.progress, screen.ended)
    exit_code = max(outcome.exit_code for outcome in outcomes)
    if as_json:
        body = {
            "form": "tsugite.migrate/1",
            "project": str(loaded.path),
            "orchestrator": chosen,
            "exit_code": exit_code,
            "municipalities": [outcome.as_json() for outcome in outcomes],
        }
        click.echo(json.dumps(body, ensure_ascii=False, indent=1))
    else:
        for outcome in outcomes:
            tell_outcome(outcome, screen.lang)
    ctx.exit(exit_code)
