"""The command line before any stage runs: quick help, errors in three lines, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import fake_stages
import pytest

from flows import cli, command
from layouts.errors import TsugiteError


def loaded_after(*arguments: str) -> tuple[set[str], str]:
    """Top-level modules that a command has imported, and what it printed."""
    script = "import sys; from flows import cli; cli.run(sys.argv[1:]); print(*{m.split('.')[0] for m in sys.modules})"
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    *printed, last = done.stdout.splitlines()
    return set(last.split()), "\n".join(printed) + done.stderr


HEAVY = {"prefect", "polars", "pandera", "duckdb", "numba", "numpy", "pyarrow", "pydantic", "rich"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["migrate", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    loaded, printed = loaded_after(*arguments)
    assert printed
    assert "click" in loaded
    assert not loaded & HEAVY


def test_the_project_is_checked_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    loaded, printed = loaded_after("migrate", str(tmp_path / "nowhere.yaml"))
    assert "P01" in printed
    assert "pydantic" in loaded
    assert not loaded & (HEAVY - {"pydantic"})


def test_help_lists_every_public_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--help"]) == 0
    shown = capsys.readouterr().out
    for name in ("migrate", "validate", "layout", "mapping", "sample"):
        assert f"  {name} " in shown
    assert "warm-up" not in shown


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_can_be_loaded_and_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([name, "--help"]) == 0
    assert f"tsugite {name}" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["nonsense"], ["migrate"], ["migrate", "x.yaml", "--threads", "none"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    assert "Usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lang", "words"), [("ja", ("読めません", "場所", "対処")), ("en", ("cannot be read", "where", "to do"))]
)
def test_an_error_has_three_lines_in_the_language_asked_for(
    lang: str, words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["migrate", str(tmp_path / "nowhere.yaml"), "--lang", lang]) == 2
    lines = capsys.readouterr().err.splitlines()[-3:]
    assert lines[0].startswith("[P01]")
    for word, line in zip(words, lines, strict=True):
        assert word in line


def test_an_error_as_json_is_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["migrate", str(tmp_path / "nowhere.yaml"), "--json"]) == 2
    body = json.loads(capsys.readouterr().out)
    assert body["exit_code"] == 2
    assert body["error"]["code"] == "P01"


def test_an_unknown_municipality_on_the_command_line_is_the_users_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = fake_stages.write_project(tmp_path, {})
    assert cli.run(["migrate", str(project), "--municipality", "355020", "--lang", "en"]) == 2
    assert "name one of 352152" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "environment", "lang"),
    [
        ([], "", "ja"),
        (["--lang", "en"], "", "en"),
        (["--lang=en"], "", "en"),
        ([], "en", "en"),
        (["--lang", "ja"], "en", "ja"),
    ],
)
def test_japanese_is_the_language_unless_told_otherwise(
    argv: list[str], environment: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TSUGITE_LANG", environment)
    assert cli.language(argv) == lang


@pytest.fixture
def server_url() -> Iterator[str]:
    """A server on loopback that is healthy, as a Prefect server is."""

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/api/health" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Health)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_server_that_answers_is_used(server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", server_url)
    assert command.choose_orchestrator("auto") == "server"
    assert command.choose_orchestrator("prefect") == "server"
    assert command.choose_orchestrator("local") == "local"


def test_without_a_server_auto_runs_here_and_prefect_starts_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert command.choose_orchestrator("auto") == "local"
    assert command.choose_orchestrator("prefect") == "ephemeral"


def test_a_server_that_does_not_answer_is_an_error_only_if_prefect_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    assert command.choose_orchestrator("auto") == "local"
    with pytest.raises(TsugiteError, match="F05"):
        command.choose_orchestrator("prefect")
