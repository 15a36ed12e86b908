"""The project file: which municipalities of a programme migrate, from which vendor and exports, into which folder.

One YAML file per programme, read by the command line and by every Prefect task alike. It holds no secret and no
personal data: the key of the keyed hash comes from an environment variable, or from a file that the first run makes
beside the output folder (0600).
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from flows.lines import Located, ProjectError
from layouts import municipality_name
from layouts.errors import Text

MACHINE_CORES = os.cpu_count() or 1
AREA_ID = r"^(\d{3}|x_[a-z0-9_]+)$"
LABEL = re.compile(r"[^\s./\\:*?\"<>|\x00-\x1f][^/\\:*?\"<>|\x00-\x1f]{0,63}")
"""A rehearsal's label names a folder, on Windows shares too."""

AreaId = Annotated[str, Field(pattern=AREA_ID)]
_STRICT = ConfigDict(extra="forbid", frozen=True)


def check_digit(code5: str) -> str:
    """Check digit of a 地方公共団体コード from its first five digits: (11 - sum mod 11) mod 10, weights 6 to 2."""
    total = sum(int(digit) * weight for digit, weight in zip(code5, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


def rehearsal_label(label: str) -> str:
    """``label`` itself if it can name a folder everywhere; raises ``ValueError`` otherwise."""
    if not LABEL.fullmatch(label) or label != label.strip() or label.endswith("."):
        raise PydanticCustomError("label", "使えない文字を含むラベルです / a label that cannot name a folder")
    return label


class Municipality(BaseModel):
    """One municipality of the programme."""

    model_config = _STRICT

    code: str = Field(description="全国地方公共団体コード, 6 digits, in quotes")
    name: str | None = Field(
        None, min_length=1, description="its name, as reports show it; default: the one that goes with its code"
    )
    vendor: str = Field(pattern=r"^[a-z0-9_]+$", description="folder of its present vendor in the vendors folder")
    exports: Path = Field(description="folder with its exports")
    shared_exports: Path | None = Field(None, description="folder with exports that hold several municipalities")
    areas: tuple[AreaId, ...] = Field((), description="its areas, if they differ from the programme's")
    code_lists: Path | None = Field(None, description="folder with its local code lists")
    delivery_date: datetime.date | None = Field(None, description="date in the names of its standard files")

    @field_validator("code")
    @classmethod
    def _code(cls, code: str) -> str:
        if not re.fullmatch(r"[0-9]{6}", code):
            raise PydanticCustomError("code", "団体コードは6桁の数字です / a 団体コード has 6 digits")
        if check_digit(code[:5]) != code[5]:
            expected = code[:5] + check_digit(code[:5])
            raise PydanticCustomError(
                "check_digit",
                "団体コードの検査数字が合いません（{expected}では？） / check digit is wrong: is it {expected}?",
                {"expected": expected},
            )
        return code


class Project(BaseModel):
    """A programme: what the project file says. Paths in it are relative to the file."""

    model_config = _STRICT

    programme: str = Field(min_length=1, description="name of the programme, as reports show it")
    rehearsal: str = Field(
        "rehearsal-1", description="label of the run, unless --rehearsal gives another; names a folder"
    )
    vendors: Path | None = Field(
        None, description="folder with a folder of mappings per vendor; default: those that come with tsugite"
    )
    out: Path = Field(Path("out"), description="folder that receives the deliveries")
    profile: str = Field("standard", pattern=r"^[a-z0-9_]+$", description="delivery profile: standard, cp932")
    lang: Literal["ja", "en"] = Field("ja", description="language of the report and of messages")
    delivery_date: datetime.date | None = Field(None, description="date in the names of standard files (YYYY-MM-DD)")
    examples: int = Field(20, ge=0, description="how many examples of a finding are kept; 0 = all")
    threads: int = Field(MACHINE_CORES, ge=1, le=256, description="threads of one stage; default: the machine's cores")
    parallel_areas: int = Field(
        min(2, MACHINE_CORES), ge=1, le=16, description="areas at work at a time; each needs its own memory"
    )
    shared_folder: bool = Field(
        False, description="true: members of the group may read deliveries (restricted/ stays closed)"
    )
    proof_required: bool = Field(
        False,
        description="true: without the proof that every export can be rebuilt, the verdict is conditional at best",
    )
    mask_key_env: str | None = Field(
        None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="environment variable with the key (hex, 32 bytes or more) of the keyed hash",
    )
    areas: tuple[AreaId, ...] = Field((), description="areas of every municipality that names none of its own")
    municipalities: tuple[Municipality, ...] = Field(min_length=1)

    @field_validator("rehearsal")
    @classmethod
    def _rehearsal(cls, label: str) -> str:
        return rehearsal_label(label)


class LoadedProject:
    """A project that has been read and checked, with its paths made absolute."""

    def __init__(self, path: Path, project: Project, located: Located, sha256: str) -> None:
        self.path = path
        self.project = project
        self.sha256 = sha256
        self._located = located

    def resolve(self, path: Path) -> Path:
        """``path`` of the project file as an absolute path."""
        return (self.path.parent / path.expanduser()).resolve()

    @property
    def out(self) -> Path:
        return self.resolve(self.project.out)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(m.code for m in self.project.municipalities)

    def municipality(self, code: str) -> Municipality:
        """The municipality of ``code``. Raises :class:`ProjectError` P06."""
        for municipality in self.project.municipalities:
            if municipality.code == code:
                return municipality
        raise ProjectError(
            "P06",
            Text(f"団体コード {code} はこのプロジェクトにありません", f"municipality {code} is not in this project"),
            self._located.where(("municipalities",)),
            Text(f"次のどれかを指定してください: {', '.join(self.codes)}", f"name one of {', '.join(self.codes)}"),
        )

    def name(self, code: str) -> str:
        """Name of a municipality. Raises :class:`ProjectError` P13 if the file gives none and its code is unknown."""
        name = self.municipality(code).name or municipality_name(code)
        if name is None:
            raise ProjectError(
                "P13",
                Text(
                    f"団体コード {code} は現在の一覧にありません",
                    f"municipality code {code} is not in the present list",
                ),
                self._located.where(("municipalities", self.codes.index(code), "code")),
                Text(
                    "コードを確認し、廃止された団体なら name: を書いてください",
                    "check it; if the municipality is a former one, write its name:",
                ),
            )
        return name

    def areas(self, code: str, chosen: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Area ids that run for ``code``: ``chosen`` ones, in order. Raises :class:`ProjectError` P07, P08."""
        own = self.municipality(code).areas or self.project.areas
        if not own:
            raise ProjectError(
                "P08",
                Text("業務が一つも指定されていません", "no area is named"),
                self._located.where(("municipalities", self.codes.index(code))),
                Text('areas: ["001", ...] を書いてください', 'write areas: ["001", ...]'),
            )
        unknown = [area for area in chosen if area not in own]
        if unknown:
            raise ProjectError(
                "P07",
                Text(f"業務 {', '.join(unknown)} は {code} にありません", f"{code} has no area {', '.join(unknown)}"),
                self._located.where(("municipalities", self.codes.index(code))),
                Text(f"次のどれかを指定してください: {', '.join(own)}", f"name one of {', '.join(own)}"),
            )
        return tuple(area for area in own if not chosen or area in chosen)

    def vendor_dir(self, code: str) -> Path:
        """Folder of the mappings of the municipality's vendor. Raises :class:`ProjectError` P09 if there is none."""
        vendor = self.municipality(code).vendor
        if self.project.vendors is not None:
            folder = self.resolve(self.project.vendors)
        else:
            folder = Path(__file__).resolve().parent.parent / "mappings" / "vendors"
        if not (folder / vendor).is_dir():
            have = sorted(p.name for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []
            raise ProjectError(
                "P09",
                Text(f"ベンダー {vendor} のマッピングがありません", f"there are no mappings for vendor {vendor}"),
                self._located.where(("municipalities", self.codes.index(code), "vendor")),
                Text(
                    f"使えるもの: {', '.join(have) or 'なし'}（{folder}）",
                    f"there are: {', '.join(have) or 'none'} (in {folder})",
                ),
            )
        return folder / vendor

    def folder(self, code: str, key: Literal["exports", "shared_exports", "code_lists"]) -> Path | None:
        """A folder that the municipality names. Raises :class:`ProjectError` P10 when it is not there."""
        named: Path | None = getattr(self.municipality(code), key)
        if named is None:
            return None
        folder = self.resolve(named)
        if not folder.is_dir():
            raise ProjectError(
                "P10",
                Text(f"フォルダがありません: {folder}", f"there is no folder {folder}"),
                self._located.where(("municipalities", self.codes.index(code), key)),
                Text(
                    "パスを確認してください（プロジェクトファイルからの相対パス）",
                    "check the path (it is relative to the project file)",
                ),
            )
        return folder

    def delivery_date(self, code: str) -> str:
        """YYYY-MM-DD for file names. Raises :class:`ProjectError` P11: today's date would give other bytes tomorrow."""
        date = self.municipality(code).delivery_date or self.project.delivery_date
        if date is None:
            raise ProjectError(
                "P11",
                Text("納品日（delivery_date）がありません", "there is no delivery_date"),
                self._located.where(("municipalities", self.codes.index(code))),
                Text("delivery_date: YYYY-MM-DD を書いてください", "write delivery_date: YYYY-MM-DD"),
            )
        return date.isoformat()

    def mask_key(self) -> bytes:
        """Key of the keyed hash: the environment variable's, else that in ``<out>.mask-key``, made by the first run.

        It lies beside the *project's* output folder, whatever ``--out`` says: one programme has one key, so that its
        runs can be compared.

        Losing the key loses nothing of a delivery: hashes of later reports can no longer be compared with earlier ones.
        Raises :class:`ProjectError` P12 (variable missing or not hex), ``OSError`` when the file cannot be made.
        """
        name = self.project.mask_key_env
        if name is not None:
            text = os.environ.get(name, "")
            if not re.fullmatch(r"(?:[0-9A-Fa-f]{2}){32,64}", text):
                raise ProjectError(
                    "P12",
                    Text(
                        f"環境変数 {name} に鍵（16進数64桁以上）がありません",
                        f"environment variable {name} holds no key (64 hex digits or more)",
                    ),
                    self._located.where(("mask_key_env",)),
                    Text(f"export {name}=$(openssl rand -hex 32)", f"export {name}=$(openssl rand -hex 32)"),
                )
            return bytes.fromhex(text)
        path = self.out.with_name(self.out.name + ".mask-key")
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32) + "\n")
            # Linked into place whole, never over another: two first runs at the same time end up with the same key.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return bytes.fromhex(path.read_text(encoding="ascii").strip())


def load_project(path: Path) -> LoadedProject:
    """Read and check a project file.

    Raises :class:`ProjectError`: P01 unreadable, P02 no YAML, P03 a wrong key or value (the first one, with file and
    line; how many more there are is said), P04 a municipality twice.
    """
    located = Located(path)
    if not isinstance(located.data, dict):
        raise ProjectError(
            "P02",
            Text("プロジェクトファイルの形ではありません", "this does not have the form of a project file"),
            f"{path}:1",
            Text("docs/project-file.md の例から始めてください", "start from the example in docs/project-file.md"),
        )
    try:
        project = Project.model_validate(located.data)
    except ValidationError as error:
        raise _explain(located, error) from None
    codes = [m.code for m in project.municipalities]
    for index, code in enumerate(codes):
        if code in codes[:index]:
            raise ProjectError(
                "P04",
                Text(f"団体コード {code} が二度あります", f"municipality {code} stands twice"),
                located.where(("municipalities", index, "code")),
                Text("一つにしてください", "keep one of them"),
            )
    return LoadedProject(path.resolve(), project, located, hashlib.sha256(path.read_bytes()).hexdigest())


_KNOWN = {
    "extra_forbidden": Text("知らないキーです", "unknown key"),
    "missing": Text("必要なキーがありません", "a required key is missing"),
    "string_type": Text("文字列が必要です（引用符で囲んでください）", "text is needed here (put it in quotes)"),
    "string_pattern_mismatch": Text("形が合いません", "the form is wrong"),
    "too_short": Text("一つ以上必要です", "at least one is needed"),
}


def _explain(located: Located, error: ValidationError) -> ProjectError:
    problems = error.errors()
    places = [p["loc"] for p in problems]
    # A list with a wrong element counts as too short: only the element is the mistake.
    problems = [
        p for p in problems if not any(len(o) > len(p["loc"]) and o[: len(p["loc"])] == p["loc"] for o in places)
    ]
    problems.sort(key=lambda p: located.line(p["loc"]))
    first: dict[str, Any] = dict(problems[0])
    steps = tuple(first["loc"])
    name = str(steps[-1]) if steps else ""
    if " / " in first["msg"]:
        ja, en = first["msg"].split(" / ", 1)
    else:
        ja, en = _KNOWN.get(first["type"], Text(first["msg"], first["msg"]))
    more = len(problems) - 1
    todo_ja, todo_en = "docs/project-file.md を見て直してください", "see docs/project-file.md"
    if more:
        todo_ja, todo_en = f"{todo_ja}（ほかに {more} 件）", f"{todo_en} ({more} more below it)"
    return ProjectError("P03", Text(f"{name}: {ja}", f"{name}: {en}"), located.where(steps), Text(todo_ja, todo_en))


def project_schema() -> dict[str, Any]:
    """JSON Schema of the project file, for editors; ``flows/project.schema.json`` is its committed form."""
    schema = Project.model_json_schema()
    for name in ("threads", "parallel_areas"):
        # The default is the machine's: it would make the committed schema differ from machine to machine.
        schema["properties"][name].pop("default", None)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema
