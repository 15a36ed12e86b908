"""Prefect itself: real servers on loopback, each with a home of its own. Slow: each takes some ten seconds to start."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import fake_stages
import pytest

from flows import local
from flows.command import server_answers
from flows.project import load_project
from flows.runfolder import Options
from layouts import load_area
from layouts.delivery.profile import load_profile

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 90


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {**kept, "PREFECT_HOME": str(home), "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", **more}


class PrefectRun(NamedTuple):
    folder: Path
    home: Path
    project: Path
    exit_code: int
    body: dict[str, Any]
    shown: str


@pytest.fixture(scope="module")
def prefect_run(tmp_path_factory: pytest.TempPathFactory) -> PrefectRun:
    """Two municipalities on an ephemeral server: one whose file share is busy at first, one without an export."""
    folder = tmp_path_factory.mktemp("prefect")
    project = fake_stages.write_project(folder, {"031 map": "busy once", "findings": {"V01": "warning"}})
    fake_stages.add_municipality(project, "355020", {"001 read": "failed"})
    done = subprocess.run(
        [sys.executable, fake_stages.__file__, "migrate", str(project), "--orchestrator", "prefect", "--json"],
        env=environment(folder / "home", PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL="DEBUG"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return PrefectRun(
        folder, folder / "home", project, done.returncode, json.loads(done.stdout), done.stdout + done.stderr
    )


def test_a_municipality_without_delivery_does_not_stop_the_other(prefect_run: PrefectRun) -> None:
    verdicts = {m["municipality"]: m["verdict"] for m in prefect_run.body["municipalities"]}
    assert verdicts == {"352152": "findings", "355020": "failed"}
    assert prefect_run.body["orchestrator"] == "ephemeral"
    assert prefect_run.exit_code == 3


def test_prefect_and_the_plain_runner_give_the_same_delivery(prefect_run: PrefectRun, fakes: None) -> None:
    first, _ = prefect_run.body["municipalities"]
    delivered = Path(first["run_dir"])
    (outcome,) = local.migrate_programme(
        load_project(prefect_run.project), Options(municipalities=("352152",), rehearsal="again")
    )
    again = Path(outcome.run_dir)
    assert (delivered / "data.manifest.json").read_bytes() == (again / "data.manifest.json").read_bytes()
    names = [sorted(p.relative_to(d).as_posix() for p in d.rglob("*")) for d in (delivered, again)]
    assert names[0] == names[1]


def test_a_stage_that_met_a_busy_file_share_was_tried_again_and_left_no_crash_file(prefect_run: PrefectRun) -> None:
    assert (prefect_run.folder / "exports" / "was_busy").exists()
    assert list(Path(prefect_run.body["municipalities"][0]["run_dir"]).rglob("crash-*")) == []


def test_nothing_that_prefect_keeps_or_prints_holds_a_persons_value(prefect_run: PrefectRun) -> None:
    kept = [path for path in prefect_run.home.rglob("*") if path.is_file()]
    assert any(path.name.startswith("prefect.db") for path in kept)
    assert b"352152 031 map" in b"".join(path.read_bytes() for path in kept)
    secret = fake_stages.SECRET
    forms = [secret.encode(), json.dumps(secret)[1:-1].encode(), secret.encode("utf-16-le")]
    assert [path.name for path in kept for form in forms if form in path.read_bytes()] == []
    assert secret not in prefect_run.shown


@contextlib.contextmanager
def process(command: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own; at the end it and its children are stopped."""
    with log.open("wb") as file:
        running = subprocess.Popen(command, env=env, stdout=file, stderr=file, start_new_session=True)
        try:
            yield running
        finally:
            for by in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(running.pid, by)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    running.wait(10)


def ask(url: str, body: dict[str, Any] | list[Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, data, {"Content-Type": "application/json"}, method="GET" if body is None else "POST"
    )
    # A busy server on SQLite answers 503 while its database is locked: that call did nothing, and is made again.
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 503 or time.monotonic() > end:
                    raise
        time.sleep(0.5)


def wait_for(what: str, found: Any, log: Path) -> Any:
    """The first true value of ``found()``; fails with the end of ``log`` when it does not come."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.5)
    return pytest.fail(f"{what} did not come: {log.read_text(errors='replace')[-3000:]}")


def deployments(url: str) -> dict[str, dict[str, Any]]:
    return {d["entrypoint"].rsplit(".", 1)[-1]: d for d in ask(f"{url}/deployments/filter", {})}


def flow_runs(url: str, deployment: dict[str, Any], states: list[str]) -> list[dict[str, Any]]:
    chosen = {"deployments": {"id": {"any_": [deployment["id"]]}}, "flow_runs": {"state": {"type": {"any_": states}}}}
    runs: list[dict[str, Any]] = ask(f"{url}/flow_runs/filter", chosen)
    return runs


def empty_delivery(folder: Path) -> Path:
    """A folder with one standard file: the header of the first group of 001, no rows."""
    area, profile = load_area("001"), load_profile("standard")
    group = area.groups[0]
    folder.mkdir()
    header = ",".join(f'"{name}"' for name in group.names) + "\r\n"
    (folder / profile.csv_name(area, group, "352152", "2018-01-04")).write_bytes(header.encode())
    return folder


def test_schedules_fire_and_their_runs_complete(tmp_path: Path, prefect_run: PrefectRun) -> None:
    """Guards the caps on sqlalchemy and fastapi: with newer ones a schedule's runs are silently never created."""
    (tmp_path / "home").mkdir()
    # A new database takes a server ten seconds; the one of the run before has all its tables.
    for path in prefect_run.home.glob("prefect.db*"):
        shutil.copy(path, tmp_path / "home")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    env = environment(
        tmp_path / "home",
        PREFECT_API_URL=url,
        PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS="1",
        PREFECT_RUNNER_POLL_FREQUENCY="1",
    )
    project = fake_stages.write_project(tmp_path, {})
    tools = Path(sys.executable).parent
    server = [str(tools / "prefect"), "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"]
    log = tmp_path / "log"
    with process(server, env, tmp_path / "server.log"):
        wait_for("server", lambda: server_answers(url), tmp_path / "server.log")
        with process([sys.executable, "-m", "flows.cli", "serve", str(project), "--cron", "0 1 * * *"], env, log):
            offered = wait_for("deployments", lambda: d if len(d := deployments(url)) == 3 else None, log)
            assert set(offered) == {"programme", "migrate", "validate"}
            often = {
                "schedule": {"interval": 6.0},
                "active": True,
                "parameters": {"delivery": str(empty_delivery(tmp_path / "d"))},
            }
            ask(f"{url}/deployments/{offered['validate']['id']}/schedules", [often])
            assert wait_for("run of the cron", lambda: flow_runs(url, offered["programme"], ["SCHEDULED"]), log)
            completed = wait_for("completed run", lambda: flow_runs(url, offered["validate"], ["COMPLETED"]), log)
    assert completed[0]["auto_scheduled"] is True
    assert completed[0]["name"] == "validate d"
