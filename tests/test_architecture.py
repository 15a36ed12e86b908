"""The house stands: imports go one way, names are free, and no committed file points at a folder of one machine."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {"flows", "layouts", "mappings", "validators", "sample_data"}
MAY_IMPORT = {
    "layouts": {"layouts"},
    "mappings": {"mappings", "layouts"},
    "validators": {"validators", "layouts"},
    "sample_data": {"sample_data", "layouts"},
    "flows": {"flows", "mappings", "validators", "layouts"},
}
ONLY_ROOM_OF = {"prefect": "flows", "pandera": "validators"}
LONGEST_MODULE = 600
LAZY_COMMANDS = "flows/cli.py"


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> tuple[tuple[str, int], ...]:
    return tuple(imported(path))


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Top-level names that a module imports anywhere in it, and those it names in text (``module:attribute``)."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], node.lineno
        elif isinstance(node, ast.ImportFrom):
            yield (path.relative_to(ROOT).parts[0] if node.level else (node.module or "").split(".")[0]), node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            named = re.fullmatch(r"([a-z_]+)(?:\.[a-z_]+)+(?::[a-z_]+)?", node.value)
            if named and named[1] in ROOMS:
                yield named[1], node.lineno


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_imports_go_one_way(room: str) -> None:
    # The command line names the sample generator, to load it when it is asked for; it imports nothing of it.
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in modules(room)
        for name, line in imports(path)
        if name in ROOMS - MAY_IMPORT[room]
        and not (path.relative_to(ROOT).as_posix() == LAZY_COMMANDS and name == "sample_data")
    ]
    assert modules(room)
    assert wrong == []


@pytest.mark.parametrize(("library", "owner"), ONLY_ROOM_OF.items())
def test_only_its_room_imports(library: str, owner: str) -> None:
    users = {
        path.relative_to(ROOT).parts[0]
        for room in ROOMS
        for path in modules(room)
        for name, _ in imports(path)
        if name == library
    }
    assert users <= {owner}


def test_the_import_check_sees_every_kind_of_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    path = tmp_path / "layouts" / "wrong.py"
    path.parent.mkdir()
    path.write_text(
        "import flows.cli\nfrom mappings import x\n"
        "def f():\n    from validators.a import b\n    import_module('sample_data.generate')\n"
    )
    assert {name for name, _ in imported(path)} == ROOMS - {"layouts"}


def locked_distributions() -> set[str]:
    lock = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    return {
        re.sub(r"[-_.]+", "-", name).lower()
        for name in re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==", lock, re.MULTILINE)
    }


def test_no_locked_distribution_ships_a_module_of_our_names() -> None:
    locked = locked_distributions()
    assert {"polars", "prefect", "pandera"} <= locked
    shipped = importlib.metadata.packages_distributions()
    owners = {room: {re.sub(r"[-_.]+", "-", d).lower() for d in shipped.get(room, [])} for room in ROOMS}
    assert {room: found & locked for room, found in owners.items()} == {room: set() for room in ROOMS}


def committed() -> list[Path]:
    """Files under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


# Assembled here so that this file does not contain what it looks for.
SOMEBODYS_FOLDER = re.compile(rb"(?<![\w.])/(?:" + b"|".join([b"home", b"Users", b"work", b"root", b"mnt"]) + rb")/\w")


def test_no_committed_file_points_at_a_folder_of_somebodys_machine() -> None:
    wrong = []
    for path in committed():
        if path.stat().st_size > 2_000_000 or path.suffix in {".parquet", ".png", ".gz", ".xlsx"}:
            continue
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if SOMEBODYS_FOLDER.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}")
    assert wrong == []


def test_modules_stay_short() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for room in (*sorted(ROOMS), "tests")
        for path in modules(room)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }
    assert long == {}


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for room in sorted(ROOMS)
        for path in modules(room)
        if parsed(path).body and not ast.get_docstring(parsed(path))
    ]
    assert silent == []
