"""``tsugite serve``: offers the flows of a project to a Prefect server, to start from its UI, its API or a schedule."""

from __future__ import annotations

import os
from pathlib import Path

import click

from flows.command import server_answers
from layouts.errors import Text, TsugiteError


@click.command("serve")
@click.argument("project", type=click.Path(path_type=Path))
@click.option(
    "--cron", metavar="CRON", help="この予定で移行を始める / start the programme by this schedule, e.g. '0 1 * * *'"
)
def serve_command(project: Path, cron: str | None) -> None:
    """PrefectのUIやAPIから移行・検証を始められるようにする（止めるまで動き続ける）。

    Offers the deployments programme, migrate and validate to the server of PREFECT_API_URL, until it is stopped.
    """
    from flows.project import load_project

    loaded = load_project(project)
    url = os.environ.get("PREFECT_API_URL", "")
    if not url or not server_answers(url):
        raise TsugiteError(
            "F05",
            Text("Prefectサーバーが応答しません", "no Prefect server answers"),
            f"PREFECT_API_URL={url}",
            Text(
                "prefect server start で起動し、PREFECT_API_URL を設定する",
                "run prefect server start, and set PREFECT_API_URL",
            ),
        )
    from prefect import serve
    from prefect.types.entrypoint import EntrypointType

    from flows.migrate import migrate, programme
    from flows.validation import validate

    named = {"entrypoint_type": EntrypointType.MODULE_PATH, "tags": ["tsugite"]}
    path = str(loaded.path)
    serve(
        programme.to_deployment("tsugite", parameters={"project": path}, cron=cron, **named),  # type: ignore[arg-type]
        migrate.to_deployment("tsugite", parameters={"project": path}, **named),  # type: ignore[arg-type]
        validate.to_deployment("tsugite", **named),  # type: ignore[arg-type]
    )
