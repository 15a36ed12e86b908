"""What a migration shows: a line as soon as it begins, the stages as they run, and a verdict per municipality.

Names of areas, exports, groups and rules, and numbers, never a person's value. Progress: stderr; results: stdout.
"""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from layouts.errors import Text

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from flows.closing import Outcome
    from flows.stages import Record

STAGES = {
    "open": Text("準備", "begin"),
    "inputs": Text("移行元ファイルの確認", "inputs"),
    "read": Text("読込", "read"),
    "map": Text("変換", "map"),
    "validate": Text("検証", "validate"),
    "conserve": Text("保全", "conserve"),
    "across": Text("業務間の検証", "across areas"),
    "account": Text("照合", "account"),
    "seal": Text("目録", "seal"),
    "report": Text("報告書", "report"),
    "close": Text("納品", "close"),
}
VERDICTS = {
    "clean": Text("問題なし", "clean"),
    "findings": Text("検出事項あり", "findings"),
    "user_error": Text("入力の誤り（納品物なし）", "user's error (no delivery)"),
    "failed": Text("失敗（納品物なし）", "failed (no delivery)"),
}
SEVERITIES = {"error": Text("エラー", "error"), "warning": Text("警告", "warning"), "info": Text("情報", "info")}
LINES = {
    "read": Text("読込", "read"),
    "delivered": Text("納品", "delivered"),
    "overflow_only": Text("不足項目のみ", "overflow only"),
    "lookup_only": Text("参照のみ", "lookup only"),
    "partly_quarantined": Text("一部隔離", "partly quarantined"),
    "quarantined": Text("隔離", "quarantined"),
    "excluded": Text("移行対象外", "excluded"),
    "other_municipality": Text("他団体", "other municipality"),
    "derived": Text("生成", "derived"),
    "identical": Text("同一重複", "identical duplicates"),
}
MOST_RULES = 20


class Screen:
    """Progress on stderr: bars on a terminal, a line per stage elsewhere. Several threads may call it."""

    def __init__(self, lang: str, quiet: bool = False) -> None:
        self.lang = lang
        self.quiet = quiet
        self._bars: RichProgress | None = None
        self._tasks: dict[tuple[str, str], TaskID] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Screen:
        if not self.quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            self._bars = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TextColumn("{task.fields[what]}"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()
            self._bars = None

    def say(self, text: Text) -> None:
        """One line."""
        self._print(text.lang(self.lang))

    def progress(self, area: str, stage: str, what: str, done: int, total: int) -> None:
        """A stage has come to ``done`` of ``total`` exports or groups."""
        with self._lock:
            if self._bars is None:
                return
            key = (area, stage)
            if key not in self._tasks:
                self._tasks[key] = self._bars.add_task(self._name(area, stage), total=None, what="")
            self._bars.update(self._tasks[key], completed=done, total=total or None, what=what)

    def ended(self, municipality: str, record: Record) -> None:
        """A stage has ended."""
        with self._lock:
            # A stage of the whole run may have told its progress area by area.
            over = [(a, s) for a, s in self._tasks if s == record.stage and record.area in ("", a)]
            for key in over:
                task = self._tasks.pop(key)
                if self._bars is not None:
                    self._bars.remove_task(task)
        line = f"  {municipality} {self._name(record.area, record.stage)}"
        if record.whole:
            unit = "件" if self.lang == "ja" else " records"
            second = "秒" if self.lang == "ja" else " s"
            self._print(f"{line}  {record.records:,}{unit}  {record.seconds:.1f}{second}")
        else:
            self._print(f"{line}  [{record.code}] {record.what.lang(self.lang)}")

    def _name(self, area: str, stage: str) -> str:
        return f"{area or '---'} {STAGES[stage].lang(self.lang) if stage in STAGES else stage}"

    def _print(self, line: str) -> None:
        if self.quiet:
            return
        if self._bars is not None:
            self._bars.console.print(line, markup=False, highlight=False)
        else:
            click.echo(line, err=True)
            sys.stderr.flush()


def tell_outcome(outcome: Outcome, lang: str) -> None:
    """Print what became of one municipality: verdict, failures, ledger, findings by rule, and where everything lies."""
    say = click.echo
    ja = lang == "ja"
    say()
    say(
        f"{outcome.municipality} {outcome.name}  {outcome.rehearsal}  ― "
        f"{VERDICTS[outcome.verdict].lang(lang)}  ({outcome.seconds:.1f} s)"
    )
    for failure in outcome.failures:
        place = f"{failure['area'] or '---'} {STAGES[failure['stage']].lang(lang)}"
        say(f"  ✗ {place} [{failure['code']}] {failure['what'][lang]}")
        for label, text in (
            (("場所" if ja else "where"), failure["where"][lang]),
            (("対処" if ja else "to do"), failure["todo"][lang]),
        ):
            if text:
                say(f"      {label}: {text}")
    if outcome.ledger:
        closed = outcome.ledger["closed"]
        title = "照合表" if ja else "ledger"
        state = ("一致" if ja else "closes") if closed else ("不一致" if ja else "DOES NOT CLOSE")
        say(f"  {title}: {state}")
        for side, name in (
            ("exports", Text("移行元の件数", "export records")),
            ("groups", Text("標準ファイルの行数", "rows of groups")),
        ):
            lines: dict[str, Any] = outcome.ledger[side]
            parts = [
                f"{LINES[k].lang(lang) if k in LINES else k} {v:,}"
                for k, v in lines.items()
                if v or k in ("read", "derived")
            ]
            if parts:
                say(f"    {name.lang(lang)}: " + " / ".join(parts))
    if outcome.rules:
        counts = ", ".join(f"{SEVERITIES[s].lang(lang)} {n:,}" for s, n in outcome.findings.items() if n)
        say(f"  {'検出事項' if ja else 'findings'}: {counts}")
        for rule in outcome.rules[:MOST_RULES]:
            severity = SEVERITIES[rule["severity"]].lang(lang)
            say(f"    {rule['count']:>10,}  {severity:<8}{rule['rule']:<12} {rule[f'title_{lang}']}")
        if len(outcome.rules) > MOST_RULES:
            more = len(outcome.rules) - MOST_RULES
            say(f"    ({f'ほか {more} 規則は報告書に' if ja else f'{more} more rules in the report'})")
    if outcome.resumed:
        say(f"  {'中断した実行の続きです' if ja else 'went on where a killed run had ended'}")
    folder = Text("納品物", "delivery") if outcome.exit_code < 2 else Text("フォルダ", "folder")
    if outcome.run_dir:
        say(f"  {folder.lang(lang)}: {outcome.run_dir}")
    if outcome.report:
        say(f"  {'報告書' if ja else 'report'}: {outcome.report}")
