"""The Prefect flow ``validate``: judges a folder of standard files, whoever made it, by a schedule or on demand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flows.analytics  # noqa: F401  # isort: skip
from prefect import flow, get_run_logger, task
from prefect.runtime import flow_run

from flows.stages import explain


class NotValidated(Exception):
    """The folder could not be judged; its text is safe to keep."""


def _flow_name() -> str:
    return f"validate {Path(flow_run.parameters['delivery']).name}"


@task(name="validate", persist_result=False, log_prints=False)
def validate_task(delivery: str, areas: list[str] | None) -> dict[str, Any]:
    """Counts of rows and of findings by severity. Raises :class:`NotValidated`."""
    from validators.delivery import validate_delivery

    failure = ""
    try:
        result = validate_delivery(Path(delivery), areas=areas)
    except Exception as error:
        _, code, what, where, _ = explain(error)
        failure = f"[{code}] {what.en} {where.en}".rstrip()
    if failure:
        # Raised outside the handler: a chained exception would carry its text, and perhaps a value, into the run's log.
        raise NotValidated(failure)
    counts = dict.fromkeys(("error", "warning", "info"), 0)
    for finding in result.found:
        counts[finding.severity] += finding.count or 0
    return {"rows": result.rows, "groups": len(result.outcomes), "findings": counts, "exit_code": result.exit_code}


@flow(name="validate", flow_run_name=_flow_name, persist_result=False, log_prints=False)
def validate(delivery: str, areas: list[str] | None = None) -> dict[str, Any]:
    """Judge the standard files in the folder ``delivery``: counts of rows, groups and findings."""
    outcome = validate_task(delivery, areas)
    get_run_logger().info("%s: %s", Path(delivery).name, outcome)
    return outcome
