"""The command line ``tsugite``: commands loaded only when they run, and the one place where errors become exit codes.

Exit codes of every command: 0 clean, 1 findings, 2 the user's error, 3 ledger or proof failed (or a defect of ours).
"""

from __future__ import annotations

import importlib
import importlib.metadata
import itertools
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click

INTERRUPTED = 130


class Command(NamedTuple):
    """A command that is not loaded yet."""

    target: str
    help: str
    hidden: bool = False


COMMANDS = {
    "migrate": Command("flows.command:migrate_command", "移行を実行する / run a migration"),
    "serve": Command(
        "flows.serve:serve_command",
        "PrefectのUIやAPIから移行できるようにする / offer the flows to Prefect's UI and API",
    ),
    "validate": Command(
        "validators.commands:validate_command", "標準ファイルを検証する / validate a folder of standard files"
    ),
    "layout": Command(
        "layouts.commands:layout_group", "標準レイアウトを見る・検査する / show and check the standard layouts"
    ),
    "mapping": Command("mappings.commands:mapping_group", "マッピングを検査する / check mappings"),
    "charset": Command(
        "mappings.charsets.commands:charset_group",
        "文字コードの一覧とダンプの復号 / list character sets, decode dumps",
    ),
    "sample": Command("sample_data.generate:sample_group", "見本データを生成する / generate sample exports"),
    "warm-up": Command(
        "flows.warm_up:warm_up_command",
        "コンパイル済みカーネルを用意する / fill the cache of compiled kernels",
        hidden=True,
    ),
}


class LazyGroup(click.Group):
    """Lists commands without importing them: help and first lines must not wait for libraries that they do not use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, command in COMMANDS.items() if not command.hidden]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].target.split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"tsugite {importlib.metadata.version('tsugite')}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="版 / version")
def cli() -> None:
    """継手 Tsugite: 自治体のデータを中間標準レイアウトへ移し、何も失われていないことを示す。

    Migrates municipal data to the intermediate standard layout, and proves that nothing was lost.

    終了コード / exit codes: 0 clean, 1 findings 検出事項, 2 user's error 入力の誤り, 3 failed 失敗・照合不一致
    """


def language(argv: Sequence[str]) -> str:
    """Language of messages before a command has read its options: ``--lang``, else TSUGITE_LANG, else Japanese."""
    for here, following in itertools.pairwise([*argv, ""]):
        if here == "--lang" or here.startswith("--lang="):
            given = here.partition("=")[2] or following
            if given in ("ja", "en"):
                return given
    return "en" if os.environ.get("TSUGITE_LANG") == "en" else "ja"


def tell_error(error: BaseException, lang: str, as_json: bool) -> int:
    """Print an error in three lines (or as JSON on stdout), never as a traceback; gives the exit code."""
    from flows.stages import both, explain, write_crash

    status, code, what, where, todo = explain(error)
    if status == "crashed":
        where = both(str(write_crash(Path(tempfile.mkdtemp(prefix="tsugite-")), "tsugite", error)))
    exit_code = 2 if status == "user" else 3
    if as_json:
        body = {"code": code, "what": what._asdict(), "where": where._asdict(), "todo": todo._asdict()}
        click.echo(json.dumps({"exit_code": exit_code, "error": body}, ensure_ascii=False))
    else:
        places = ("場所", "対処") if lang == "ja" else ("where", "to do")
        click.echo(f"[{code}] {what.lang(lang)}", err=True)
        for label, text in zip(places, (where.lang(lang), todo.lang(lang)), strict=True):
            if text:
                click.echo(f"  {label}: {text}", err=True)
    return exit_code


def run(argv: Sequence[str]) -> int:
    """Run a command; gives its exit code. A command ends with ``ctx.exit(code)``, or by returning its code."""
    try:
        result = cli.main(list(argv), prog_name="tsugite", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone; the interpreter must not try to flush it again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    except Exception as error:
        return tell_error(error, language(argv), "--json" in argv)
    return result if isinstance(result, int) and not isinstance(result, bool) else 0


def main() -> None:
    """Entry point of the command ``tsugite``."""
    code = run(sys.argv[1:])
    if code == INTERRUPTED:
        sys.stdout.flush()
        sys.stderr.flush()
        # Threads of a stage may still be at work: leave now. What is on disk is named *.partial.
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
