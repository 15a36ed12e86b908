"""The folder of a run: made as ``<run id>.partial``, locked, filled, and renamed only when all is well.

A killed run leaves ``*.partial`` (the same command goes on with it), a run that failed ``*.failed`` (without
manifest.json); only a folder without suffix is a delivery. What a stage needs to know lies in ``.work/context.json``:
any process can run the next stage from the folder's path alone.
"""

from __future__ import annotations

import dataclasses
import datetime
import fcntl
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

from flows.fingerprint import fingerprint
from flows.lines import ProjectError
from flows.project import LoadedProject, load_project, rehearsal_label
from layouts.delivery.profile import load_profile
from layouts.delivery.run import Progress, RunContext
from layouts.errors import Text

_PATHS = ("mapping_dir", "exports_dir", "shared_exports_dir", "code_lists_dir")


@dataclasses.dataclass(frozen=True)
class Options:
    """What the command line or a flow's parameters change of the project; ``None`` and ``()`` leave it as it is."""

    municipalities: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    rehearsal: str | None = None
    out: Path | None = None
    lang: str | None = None
    profile: str | None = None
    threads: int | None = None
    keep_work: bool = False


@dataclasses.dataclass
class Run:
    """A run under way; holds the lock of its rehearsal folder until :func:`release`."""

    context: RunContext
    project: LoadedProject
    run_id: str
    keep_work: bool
    lock: int
    resumed: bool
    """Whether it goes on where a killed run has ended."""

    @property
    def delivered(self) -> Path:
        """Where the folder lies once it is a delivery."""
        return self.context.run_dir.with_name(self.run_id)

    @property
    def failed(self) -> Path:
        return self.context.run_dir.with_name(self.run_id + ".failed")


def plan_run(project: LoadedProject, code: str, options: Options) -> RunContext:
    """The context of a run of ``code``, with everything checked that can be checked before a folder is made.

    ``run_dir`` is still the rehearsal's folder. Raises :class:`ProjectError`.
    """
    municipality = project.municipality(code)
    rehearsal = options.rehearsal or project.project.rehearsal
    try:
        rehearsal_label(rehearsal)
    except ValueError:
        raise ProjectError(
            "P05",
            Text("リハーサルのラベルがフォルダ名になりません", "the rehearsal's label cannot name a folder"),
            f"--rehearsal {rehearsal!r}",
            Text(
                '文字 / \\ : * ? " < > | を使わず、64文字以内にしてください',
                'leave out / \\ : * ? " < > | and keep to 64 characters',
            ),
        ) from None
    exports = project.folder(code, "exports")
    assert exports is not None  # the model requires the key
    profile = load_profile(options.profile or project.project.profile)
    return RunContext(
        run_dir=(options.out or project.out).resolve() / code / rehearsal,
        municipality=code,
        municipality_name=project.name(code),
        rehearsal=rehearsal,
        areas=project.areas(code, options.areas),
        vendor=municipality.vendor,
        mapping_dir=project.vendor_dir(code),
        exports_dir=exports,
        shared_exports_dir=project.folder(code, "shared_exports"),
        municipalities=project.codes,
        profile=profile.name,
        delivery_date=project.delivery_date(code),
        lang=options.lang or project.project.lang,
        examples=project.project.examples,
        threads=options.threads or project.project.threads,
        mask_key=project.mask_key(),
        code_lists_dir=project.folder(code, "code_lists"),
        proof_required=project.project.proof_required,
    )


def set_umask(project: LoadedProject) -> int:
    """Files 0600 and folders 0700, or 0660 and 0770 if the project shares its folders; gives the umask that was."""
    return os.umask(0o007 if project.project.shared_folder else 0o077)


def open_run(project: LoadedProject, code: str, options: Options) -> Run:
    """Lock the rehearsal's folder, and make the folder of a new run or take over that of a killed one.

    Raises :class:`ProjectError` (F01 another run is at work there, F03 it cannot be made).
    """
    set_umask(project)
    planned = plan_run(project, code, options)
    folder = planned.run_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ProjectError(
            "F03",
            Text(f"出力先を作れません: {error.strerror}", f"the output folder cannot be made: {error.strerror}"),
            str(error.filename or folder),
            Text(
                "権限と空きを確認するか --out で別の場所を指定してください",
                "check permissions and space, or name another place with --out",
            ),
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        now = datetime.datetime.now().astimezone()
        same = {
            **_plain(dataclasses.replace(planned, run_dir=Path())),
            "project": str(project.path),
            "fingerprint": fingerprint(planned, project.sha256),
        }
        run_dir = _killed_run(folder, same)
        resumed = run_dir is not None
        if run_dir is None:
            run_dir = folder / f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}.partial"
            (run_dir / ".work").mkdir(parents=True)
            (run_dir / "restricted").mkdir(mode=0o700)
            write_json(_saved(run_dir), {**same, "started": now.isoformat(timespec="seconds")})
    except BlockingIOError:
        os.close(lock)
        raise ProjectError(
            "F01",
            Text("このリハーサルは別の実行が使用中です", "another run is at work in this rehearsal"),
            str(folder),
            Text(
                "終わるのを待つか、--rehearsal で別のラベルを指定してください",
                "wait for it to end, or name another label with --rehearsal",
            ),
        ) from None
    except BaseException:
        os.close(lock)
        raise
    return Run(dataclasses.replace(planned, run_dir=run_dir), project, run_dir.stem, options.keep_work, lock, resumed)


def _killed_run(folder: Path, same: dict[str, Any]) -> Path | None:
    """The latest run in ``folder`` that was killed and would do the same as this one, made ready to go on.

    The caller holds the folder's lock, so no ``*.partial`` in it is at work. Stages of areas that are recorded as done
    are not done again; the others are repeated, and what they had begun to write (hidden names) is removed.
    """
    if same["fingerprint"] is None:
        return None
    for run_dir in sorted(folder.glob("*.partial"), reverse=True):
        try:
            saved = json.loads(_saved(run_dir).read_bytes())
        except (OSError, ValueError):
            continue
        del saved["started"]
        if saved == json.loads(json.dumps(same)):
            for begun in run_dir.rglob(".*"):
                if begun.is_file() and begun.relative_to(run_dir).parts[0] != ".work":
                    begun.unlink()
            return run_dir
    return None


def _saved(run_dir: Path) -> Path:
    return run_dir / ".work" / "context.json"


def release(run: Run) -> None:
    """Let the next run into the rehearsal's folder."""
    os.close(run.lock)


def _plain(context: RunContext) -> dict[str, Any]:
    """``context`` without its secret and its listener."""
    plain = {
        f.name: getattr(context, f.name) for f in dataclasses.fields(context) if f.name not in ("mask_key", "progress")
    }
    return {key: str(value) if isinstance(value, Path) else value for key, value in plain.items()}


def started(run_dir: Path) -> str:
    """When the run began (ISO 8601 with offset)."""
    return str(json.loads(_saved(run_dir).read_bytes())["started"])


def load_context(run_dir: Path, progress: Progress | None = None) -> RunContext:
    """The context of a run that :func:`open_run` has made, in whatever process."""
    saved = json.loads(_saved(run_dir).read_bytes())
    project = load_project(Path(saved.pop("project")))
    del saved["fingerprint"], saved["started"]
    saved["run_dir"] = run_dir
    for name in _PATHS:
        saved[name] = Path(saved[name]) if saved[name] is not None else None
    for name in ("areas", "municipalities"):
        saved[name] = tuple(saved[name])
    set_umask(project)
    return RunContext(**saved, mask_key=project.mask_key(), progress=progress)


def write_json(path: Path, value: object) -> None:
    """Write ``value`` under a temporary name, sync, rename: a reader sees all of it or nothing."""
    draft = path.with_name(f".{path.name}.tmp")
    with draft.open("wb") as file:
        file.write(json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def sync_tree(folder: Path) -> None:
    """Ask the disk to keep every file and folder below ``folder``."""
    for parent, _, names in os.walk(folder):
        for name in names:
            _sync(Path(parent) / name)
        _sync(Path(parent))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_work(run_dir: Path) -> None:
    """Remove what stages handed to each other: it is unmasked data that a delivery does not need."""
    shutil.rmtree(run_dir / ".work", ignore_errors=False)


def rename_run(run_dir: Path, final: Path) -> None:
    """Give the run's folder its final name, for good."""
    run_dir.rename(final)
    _sync(final.parent)
