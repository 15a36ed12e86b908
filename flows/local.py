"""The plain runner: the stage graph in this process, without a server; used when no Prefect server answers.

It tries a stage again by the same rule as the Prefect flow.

Areas run in threads, not processes: polars, numba, duckdb and hashing let go of the interpreter lock, and polars' own
pool of threads is shared, where every further process would bring its imports and another pool of as many threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flows.closing import Outcome, close_run, refused
from flows.project import LoadedProject
from flows.runfolder import Options, open_run, release
from flows.stages import (
    AREA_STAGES,
    CLOSING_STAGES,
    OPENING_STAGES,
    RETRY_DELAYS_SECONDS,
    Record,
    execute,
    whole_areas,
)
from layouts.delivery.run import Progress
from layouts.errors import TsugiteError

Listener = Callable[[str, Record], None]
"""``(municipality, record)``: told when a stage has ended, each time that it was tried."""


def migrate_municipality(
    project: LoadedProject, code: str, options: Options, progress: Progress | None = None, ended: Listener | None = None
) -> Outcome:
    """Run every stage for one municipality and close the run.

    A stage that fails stops its own area; the other areas go on, so that one run tells everything that is wrong.
    Raises what :func:`flows.runfolder.open_run` raises.
    """
    began = time.monotonic()
    run = open_run(project, code, options)
    try:
        run_dir = run.context.run_dir

        def step(stage: str, area: str = "") -> Record:
            for delay in (*RETRY_DELAYS_SECONDS, None):
                record = execute(run_dir, stage, area, progress)
                if ended is not None:
                    ended(code, record)
                if not record.again or delay is None:
                    break
                time.sleep(delay)
            return record

        for opening in OPENING_STAGES:
            step(opening.name)
        with ThreadPoolExecutor(project.project.parallel_areas, thread_name_prefix="area") as pool:
            list(pool.map(lambda area: _area(step, area), run.context.areas))
        if whole_areas(run.context):
            for closing in CLOSING_STAGES:
                step(closing.name)
        return close_run(run, began)
    finally:
        release(run)


def _area(step: Callable[[str, str], Record], area: str) -> None:
    for stage in AREA_STAGES:
        if not step(stage.name, area).whole:
            return


def migrate_programme(
    project: LoadedProject, options: Options, progress: Progress | None = None, ended: Listener | None = None
) -> list[Outcome]:
    """Run the chosen municipalities (all of them by default), one after the other, in the project's order.

    One that cannot begin does not stop the next.
    """
    codes = [code for code in project.codes if not options.municipalities or code in options.municipalities]
    outcomes = []
    for code in codes:
        try:
            outcomes.append(migrate_municipality(project, code, options, progress, ended))
        except (TsugiteError, OSError) as error:
            outcomes.append(refused(project, code, options.rehearsal or project.project.rehearsal, error))
    return outcomes
