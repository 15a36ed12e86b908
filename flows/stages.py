"""The stage graph: which stages a run has, in what order, and how one of them is run from the folder's path alone.

It knows no orchestrator: ``flows.local`` and ``flows.migrate`` (Prefect) both call :func:`execute`, so both give the
same delivery. A stage leaves its record in ``.work/stages/``; what comes later reads it from there.
"""

from __future__ import annotations

import dataclasses
import errno
import importlib
import json
import os
import re
import resource
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from flows.runfolder import load_context, write_json
from layouts.delivery.catalogue import catalogue
from layouts.delivery.run import Progress, RunContext, StageResult
from layouts.errors import Text

Status = Literal["done", "failed", "user", "crashed"]
NOTHING = Text("", "")


@dataclasses.dataclass(frozen=True)
class Stage:
    """One stage; ``target`` names its function, imported when it first runs so that a command starts quickly."""

    name: str
    target: str

    def function(self) -> Callable[..., StageResult]:
        module, name = self.target.split(":")
        return getattr(importlib.import_module(module), name)  # type: ignore[no-any-return]


OPENING_STAGES = (Stage("inputs", "mappings.stage:unexpected_files"),)
"""Once a run, before its areas."""
AREA_STAGES = (
    Stage("read", "mappings.stage:read_area"),
    Stage("map", "mappings.stage:map_area"),
    Stage("validate", "validators.stage:validate_area"),
    Stage("conserve", "mappings.stage:conserve_area"),
)
"""Once an area, each after the one before it; areas do not wait for each other."""
CLOSING_STAGES = (
    Stage("across", "validators.stage:validate_across"),
    Stage("account", "validators.ledger:account"),
    Stage("seal", "flows.closing:seal_data"),
    Stage("report", "validators.report:build"),
)
"""Once a run, when every area is through."""
_OF_AREAS = frozenset(stage.name for stage in AREA_STAGES)
_CLOSING = frozenset(stage.name for stage in CLOSING_STAGES)
_FAILED = re.compile(r"(?:([A-Z]\d\d)\b[:：]?\s*)?(.*)", re.DOTALL)
"""A stage's reason: a code of the catalogue, then text."""
RETRY_DELAYS_SECONDS: tuple[int, ...] = (5, 20)
"""Waits before a stage that a passing trouble stopped is tried again, whoever runs it: one more try after each."""
_PASSING = frozenset(
    getattr(errno, name)
    for name in (
        *("EIO", "EREMOTEIO", "EBUSY", "EAGAIN", "EINTR", "ETIMEDOUT", "ESTALE", "ENOLCK", "ENFILE", "EMFILE"),
        *("ENETDOWN", "ENETUNREACH", "ENETRESET", "ECONNABORTED", "ECONNRESET", "EHOSTDOWN", "EHOSTUNREACH"),
    )
    if hasattr(errno, name)
)
"""What a busy or absent file share answers; a missing file or a full disk is none of it."""
_RUST_OS_ERROR = re.compile(r"\(os error (\d+)\)")
ALL_STAGES = {stage.name: stage for stage in (*OPENING_STAGES, *AREA_STAGES, *CLOSING_STAGES)}


@dataclasses.dataclass(frozen=True)
class Record:
    """What is known of a stage that ran: its costs, and the reason if it failed (never a person's value)."""

    area: str
    stage: str
    status: Status
    seconds: float
    records: int = 0
    counts: dict[str, int] = dataclasses.field(default_factory=dict)
    peak_rss_mb: int = 0
    """High-water mark of the process when the stage ended, in MiB: areas at work at a time share it."""
    code: str = ""
    what: Text = NOTHING
    where: Text = NOTHING
    todo: Text = NOTHING
    again: bool = False
    """Whether another try may end better (:func:`is_passing`)."""

    @property
    def whole(self) -> bool:
        return self.status == "done"


def execute(run_dir: Path, stage: str, area: str = "", progress: Progress | None = None) -> Record:
    """Run one stage of the run in ``run_dir`` (of one area, or of the whole run) and keep its record.

    A stage of an area that is recorded as done is not done again: that is how a killed run goes on.

    Never raises for what happens inside the stage: bad input, a full disk and a crash become the record's status.
    """
    began = time.monotonic()
    if stage in _OF_AREAS:
        for kept in load_records(run_dir):
            if (kept.area, kept.stage, kept.status) == (area, stage, "done"):
                return kept
    try:
        context = load_context(run_dir, progress)
        if stage in _CLOSING:
            context = dataclasses.replace(context, areas=whole_areas(context))
        context.tell(area, stage, "", 0, 0)
        result = ALL_STAGES[stage].function()(*((context, area) if area else (context,)))
        record = _record(area, stage, time.monotonic() - began, result)
        for earlier_try in crash_files(run_dir, area, stage):
            earlier_try.unlink(missing_ok=True)
    except Exception as error:
        record = _explained(run_dir, area, stage, time.monotonic() - began, error)
    try:
        folder = run_dir / ".work" / "stages"
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / f"{stage}.{area or 'run'}.json", dataclasses.asdict(record))
    except OSError as error:
        # Without a kept record the stage does not count as done, so nothing can be delivered; the caller is told why.
        if record.whole:
            record = _explained(run_dir, area, stage, time.monotonic() - began, error)
    return record


def whole_areas(context: RunContext) -> tuple[str, ...]:
    """Areas of which every stage is recorded as done: the closing stages judge these."""
    done = {(r.area, r.stage) for r in load_records(context.run_dir) if r.whole}
    return tuple(area for area in context.areas if all((area, stage.name) in done for stage in AREA_STAGES))


def load_records(run_dir: Path) -> list[Record]:
    """Records of the stages that ran, in the stages' order, then by area."""
    folder = run_dir / ".work" / "stages"
    records = [_from_json(json.loads(path.read_bytes())) for path in folder.glob("*.json")] if folder.is_dir() else []
    order = list(ALL_STAGES)
    return sorted(records, key=lambda r: (order.index(r.stage), r.area))


def peak_rss_mb() -> int:
    """High-water mark of this process's resident memory, MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak // (1024 * 1024 if sys.platform == "darwin" else 1024))


def _record(area: str, stage: str, seconds: float, result: StageResult) -> Record:
    record = Record(area, stage, "done", round(seconds, 3), result.records, dict(result.counts), peak_rss_mb())
    if result.failed is None:
        return record
    code, what = _FAILED.fullmatch(result.failed).groups()  # type: ignore[union-attr]
    known = catalogue().get(code or "")
    todo = known.action if known is not None else NOTHING
    return dataclasses.replace(record, status="failed", code=code or "F00", what=Text(what, what), todo=todo)


def _explained(run_dir: Path, area: str, stage: str, seconds: float, error: Exception) -> Record:
    status, code, what, where, todo = explain(error)
    if status == "crashed":
        where = both(str(write_crash(run_dir, _crash_name(area, stage), error)))
    again = status == "crashed" and is_passing(error)
    record = Record(area, stage, status, round(seconds, 3), peak_rss_mb=peak_rss_mb(), code=code, again=again)
    return dataclasses.replace(record, what=what, where=where, todo=todo)


def is_passing(error: BaseException | None) -> bool:
    """Whether ``error``, or what it came from, is trouble of the kind that passes: a file share that is busy or gone
    for a moment. Libraries that read files themselves (polars, DuckDB) tell such trouble in their text alone."""
    while error is not None:
        if isinstance(error, (ConnectionError, TimeoutError)):
            return True
        if isinstance(error, OSError) and error.errno is not None:
            return error.errno in _PASSING
        text = str(error)
        numbers = {int(number) for number in _RUST_OS_ERROR.findall(text)}
        if numbers & _PASSING or any(os.strerror(number) in text for number in _PASSING):
            return True
        error = error.__cause__ or error.__context__
    return False


def explain(error: BaseException) -> tuple[Status, str, Text, Text, Text]:
    """Status, code, what, where and what to do of any exception.

    Only errors made for users carry their own words; of all others the type alone is told: their text may hold a value.
    """
    what, todo = getattr(error, "what", None), getattr(error, "todo", None)
    if what is not None and todo is not None:
        where = getattr(error, "where", "")
        return "user", str(getattr(error, "code", "F00")), both(what), both(where), both(todo)
    if (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)) or "No space left on device" in str(
        error
    ):
        return (
            "user",
            "F02",
            Text("ディスクがいっぱいです", "the disk is full"),
            both(_file(error)),
            Text(
                "空きを作るか --out で別の場所を指定して、もう一度実行してください",
                "free some space or name another place with --out, and run again",
            ),
        )
    if isinstance(error, OSError) and error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return (
            "user",
            "F03",
            Text("読み書きが許されていません", "reading or writing is not permitted"),
            both(_file(error)),
            Text(
                "権限を確認するか --out で別の場所を指定してください",
                "check permissions, or name another place with --out",
            ),
        )
    if isinstance(error, MemoryError):
        return (
            "user",
            "F04",
            Text("メモリが足りません", "memory ran out"),
            NOTHING,
            Text("parallel_areas: 1 にするか、threads を減らしてください", "set parallel_areas: 1, or fewer threads"),
        )
    name = type(error).__name__
    return (
        "crashed",
        "F99",
        Text(f"想定外のエラーです: {name}", f"an unexpected error: {name}"),
        NOTHING,
        Text(
            "このファイルを添えて開発者に連絡してください（個人情報は含みません）",
            "send this file to the developers (it holds no personal data)",
        ),
    )


def _crash_name(area: str, stage: str) -> str:
    return f"{area or 'run'}.{stage}"


def crash_files(run_dir: Path, area: str, stage: str) -> tuple[Path, Path]:
    """Where a crash of a stage is written: what developers may see, and what only staff may."""
    name = f"crash-{_crash_name(area, stage)}.txt"
    return run_dir / name, run_dir / "restricted" / name


def write_crash(folder: Path, name: str, error: BaseException) -> Path:
    """Write where ``error`` came from: types, source lines. Its text may hold a value: ``restricted/`` gets that."""
    path = folder / f"crash-{name}.txt"
    lines: list[str] = []
    link: BaseException | None = error
    while link is not None:
        lines += [type(link).__name__, *traceback.format_tb(link.__traceback__), ""]
        link = link.__cause__ or link.__context__
    try:
        path.write_text("\n".join(lines), encoding="utf-8")
        (folder / "restricted").mkdir(mode=0o700, exist_ok=True)
        (folder / "restricted" / path.name).write_text(str(error), encoding="utf-8")
    except OSError:
        pass  # the disk is what failed: the error itself is still told
    return path


def _file(error: BaseException) -> str:
    return str(error.filename) if isinstance(error, OSError) and error.filename is not None else ""


def both(value: Any) -> Text:
    """``value`` in both languages: a pair as it is, a plain text twice."""
    return (
        value if isinstance(value, Text) else Text(*value) if isinstance(value, tuple) else Text(str(value), str(value))
    )


def _from_json(saved: dict[str, Any]) -> Record:
    return Record(**{**saved, **{name: Text(*saved[name]) for name in ("what", "where", "todo")}})
