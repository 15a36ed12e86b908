"""The Prefect flows: ``programme`` -> ``migrate`` (a municipality) -> one task per area and stage.

Parameters are paths and ids, tasks return nothing, and an error reaches Prefect as code, area, stage and type: its
database and logs never hold personal data. Everything else a task needs lies in the run's folder, so any worker that
sees the folder can take it. The stages are those of ``flows.stages``, as for the plain runner.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flows.analytics  # noqa: F401  # isort: skip
from prefect import Task, flow, get_run_logger, task
from prefect.client.schemas.objects import State, TaskRun
from prefect.exceptions import MissingContextError
from prefect.futures import wait
from prefect.runtime import flow_run, task_run
from prefect.task_runners import ThreadPoolTaskRunner

from flows.closing import Outcome, close_run, refused
from flows.local import Listener
from flows.project import MACHINE_CORES, load_project
from flows.runfolder import Options, open_run, plan_run, release
from flows.stages import (
    AREA_STAGES,
    CLOSING_STAGES,
    OPENING_STAGES,
    RETRY_DELAYS_SECONDS,
    execute,
    whole_areas,
)
from layouts.delivery.run import Progress
from layouts.errors import TsugiteError

listeners: dict[str, tuple[Progress | None, Listener | None]] = {}
"""Project path -> who in this process listens (the command line's screen). Empty in a worker."""


class StageFailed(Exception):
    """A stage did not end well; its text is safe to keep: municipality, area, stage, code."""

    def __init__(self, text: str, again: bool = False) -> None:
        super().__init__(text)
        self.again = again


class RunFailed(Exception):
    """Runs of a programme, or of a municipality, that left no delivery; ``outcomes`` has them all, whole ones too."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        lines = [
            f"{o.municipality} {f['area'] or 'run'} {f['stage']}: [{f['code']}] {f['what']['en']}"
            for o in outcomes
            for f in o.failures
        ]
        super().__init__("no delivery: " + ("; ".join(lines) or "the ledger does not close"))
        self.outcomes = outcomes


def _worth_retrying(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Only what another try can change: not a missing export, a wrong mapping or a defect of the program."""
    failure = state.data if isinstance(state.data, BaseException) else getattr(state.data, "result", None)
    return isinstance(failure, StageFailed) and failure.again


def _task_name() -> str:
    p = task_run.parameters
    return f"{p['municipality']} {p['area'] or 'run'} {p['stage']}"


@task(
    name="stage",
    task_run_name=_task_name,
    retries=len(RETRY_DELAYS_SECONDS),
    retry_delay_seconds=list(RETRY_DELAYS_SECONDS),
    retry_condition_fn=_worth_retrying,
    persist_result=False,
    log_prints=False,
)
def stage_task(project: str, municipality: str, area: str, stage: str, run_dir: str) -> None:
    """One stage of one area (``area`` is empty for a stage of the whole run). Raises :class:`StageFailed`."""
    progress, ended = listeners.get(project, (None, None))
    record = execute(Path(run_dir), stage, area, _told(progress))
    if ended is not None:
        ended(municipality, record)
    if not record.whole:
        raise StageFailed(f"[{record.code}] {municipality} {area or 'run'} {stage}: {record.status}", record.again)
    get_run_logger().info(
        "%s %s %s: %d records, %.1f s", municipality, area or "run", stage, record.records, record.seconds
    )


def _told(listener: Progress | None) -> Progress:
    """Progress goes to the run's log (names of exports and groups, numbers) and to whoever listens in this process."""
    try:
        logger = get_run_logger()
    except MissingContextError:
        return listener or (lambda *_: None)

    def tell(area: str, stage: str, what: str, done: int, total: int) -> None:
        logger.info("%s %s %s %d/%d", area, stage, what, done, total)
        if listener is not None:
            listener(area, stage, what, done, total)

    return tell


def _migrate_name() -> str:
    p = flow_run.parameters
    return f"{p['municipality']} {p.get('rehearsal') or ''}".strip()


@flow(
    name="migrate",
    flow_run_name=_migrate_name,
    task_runner=ThreadPoolTaskRunner(max_workers=min(2, MACHINE_CORES)),  # type: ignore[arg-type]
    persist_result=False,
    log_prints=False,
)
def migrate(
    project: str,
    municipality: str,
    areas: list[str] | None = None,
    rehearsal: str | None = None,
    out: str | None = None,
    lang: str | None = None,
    profile: str | None = None,
    threads: int | None = None,
    keep_work: bool = False,
) -> dict[str, Any]:
    """Migrate one municipality: ``project`` is the project file's path. Gives the outcome as plain data.

    Raises :class:`RunFailed` when there is no delivery, and what :func:`flows.runfolder.open_run` raises.
    """
    began = time.monotonic()
    options = _options(areas, rehearsal, out, lang, profile, threads, keep_work)
    run = open_run(load_project(Path(project)), municipality, options)
    try:

        def submit(stage: str, area: str, after: list[Any]) -> Any:
            run_dir = str(run.context.run_dir)
            return stage_task.submit(project, municipality, area, stage, run_dir, return_state=False, wait_for=after)

        opening = [submit(stage.name, "", []) for stage in OPENING_STAGES]
        # Stage by stage, not area by area: a task that waits for another holds a thread of the runner.
        wait(opening)
        last: dict[str, list[Any]] = {area: [] for area in run.context.areas}
        for stage in AREA_STAGES:
            last = {area: [submit(stage.name, area, before)] for area, before in last.items()}
        wait([future for futures in last.values() for future in futures])
        if whole_areas(run.context):
            for stage in CLOSING_STAGES:
                wait([submit(stage.name, "", [])])
        outcome = close_run(run, began)
    finally:
        release(run)
    if outcome.exit_code > 1:
        raise RunFailed([outcome])
    return outcome.as_json()


@flow(
    name="programme",
    flow_run_name=lambda: Path(flow_run.parameters["project"]).parent.name,
    persist_result=False,
    log_prints=False,
)
def programme(
    project: str,
    municipalities: list[str] | None = None,
    areas: list[str] | None = None,
    rehearsal: str | None = None,
    out: str | None = None,
    lang: str | None = None,
    profile: str | None = None,
    threads: int | None = None,
    keep_work: bool = False,
) -> list[dict[str, Any]]:
    """Migrate the municipalities of a project (all, or those named), one after the other, each as a ``migrate`` flow.

    A municipality without a delivery does not stop the next one. Raises :class:`RunFailed` at the end, if any failed.
    """
    loaded = load_project(Path(project))
    options = _options(areas, rehearsal, out, lang, profile, threads, keep_work)
    codes = [code for code in loaded.codes if not municipalities or code in municipalities]
    for code in codes:
        plan_run(loaded, code, options)
    runner: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=loaded.project.parallel_areas)
    outcomes: list[Outcome] = []
    for code in codes:
        try:
            result = migrate.with_options(task_runner=runner)(  # type: ignore[arg-type]
                project, code, areas, rehearsal, out, lang, profile, threads, keep_work
            )
            outcomes.append(outcome_of(result))
        except RunFailed as failed:
            outcomes.extend(failed.outcomes)
        except (TsugiteError, OSError) as error:
            outcomes.append(refused(loaded, code, rehearsal or loaded.project.rehearsal, error))
    if any(outcome.exit_code > 1 for outcome in outcomes):
        raise RunFailed(outcomes)
    return [outcome.as_json() for outcome in outcomes]


def outcome_of(result: dict[str, Any]) -> Outcome:
    """The outcome that a flow gave as plain data."""
    return Outcome(**{name: value for name, value in result.items() if name != "exit_code"})


def _options(
    areas: list[str] | None,
    rehearsal: str | None,
    out: str | None,
    lang: str | None,
    profile: str | None,
    threads: int | None,
    keep_work: bool,
) -> Options:
    return Options(
        areas=tuple(areas or ()),
        rehearsal=rehearsal,
        out=Path(out) if out else None,
        lang=lang,
        profile=profile,
        threads=threads,
        keep_work=keep_work,
    )


def run_programme(
    project: Path, options: Options, progress: Progress | None = None, ended: Callable[..., None] | None = None
) -> list[Outcome]:
    """Run the ``programme`` flow in this process, on the server that Prefect's settings name; gives all outcomes."""
    path = str(project.resolve())
    listeners[path] = (progress, ended)
    try:
        results = programme(
            path,
            list(options.municipalities) or None,
            list(options.areas) or None,
            options.rehearsal,
            str(options.out.resolve()) if options.out else None,
            options.lang,
            options.profile,
            options.threads,
            options.keep_work,
        )
        return [outcome_of(result) for result in results]
    except RunFailed as failed:
        return failed.outcomes
    finally:
        del listeners[path]
