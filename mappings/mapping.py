"""A loaded mapping: the area's and the vendor's file put together, checked against layout and records, ready to be
planned."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from layouts import Area, load_area
from layouts.errors import Text
from mappings.check import Fates, check_mapping
from mappings.errors import MappingError, MappingErrors
from mappings.model import AreaFile, ExportDef, VendorFile
from mappings.records import RecordLayout, load_layout
from mappings.yaml_lines import Document, load_yaml

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Export:
    """One export with its vendor's defaults filled in and its record layout."""

    name: str
    definition: ExportDef
    record: RecordLayout

    @property
    def fields(self) -> tuple[str, ...]:
        return self.record.names


@dataclass(frozen=True)
class Mapping:
    """How one area's groups come from a vendor's exports."""

    vendor: VendorFile
    file: AreaFile
    exports: dict[str, Export]
    area: Area | None
    """The layout; None for a system without one."""
    fates: Fates
    hash: str
    """SHA-256 over vendor.yaml, the area's YAML and the record layouts that it uses."""
    document: Document = field(repr=False, compare=False)
    compiled: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)
    """What was compiled of it, for the next municipality of the same process (see :mod:`mappings.items`)."""

    @cached_property
    def area_id(self) -> str:
        return self.file.area


_loaded: dict[tuple[Path, str], tuple[tuple[Path, ...], Mapping]] = {}
"""Vendor's folder and area -> files and mapping: four stages and several municipalities ask for the same one."""


def load_mapping(vendor_dir: Path, area: str, *, layouts_root: Path | None = None) -> Mapping:
    """Load ``<vendor_dir>/<area>.yaml``. Raises :class:`MappingErrors` with everything that is wrong, each with file
    and line. Files that have not changed since the last call are not read anew as YAML."""
    if layouts_root is not None:
        return _load(vendor_dir, area, layouts_root)[1]
    known = _loaded.get((vendor_dir, area))
    if known is not None:
        paths, mapping = known
        if all(path.exists() for path in paths) and _digest(paths) == mapping.hash:
            return mapping
    paths, mapping = _loaded[vendor_dir, area] = _load(vendor_dir, area, None)
    return mapping


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _load(vendor_dir: Path, area: str, layouts_root: Path | None) -> tuple[tuple[Path, ...], Mapping]:
    area_path = vendor_dir / f"{area}.yaml"
    try:
        document = load_yaml(area_path, area_path.name)
        vendor_document = _vendor_document(vendor_dir)
        vendor = _validate(VendorFile, vendor_document)
        file = _validate(AreaFile, document)
        exports, record_paths = _exports(vendor_dir, vendor, file, document)
    except MappingError as error:
        raise MappingErrors((error,)) from None
    if file.area != area:
        problem = Text(f"area が {file.area} になっている", f"The file says area {file.area}")
        raise MappingErrors(
            (
                MappingError(
                    "MP06",
                    problem,
                    file=document.file,
                    line=document.line("area"),
                    todo=Text("ファイル名と area をそろえる", "Make the file's name and its area agree"),
                ),
            )
        )
    layout = load_area(area, layouts_root) if file.has_layout else None
    records = {name: export.fields for name, export in exports.items()}
    fates, errors = check_mapping(vendor, file, document, records, layout)
    if errors:
        raise MappingErrors(tuple(errors))
    vendor_path = vendor_dir / "vendor.yaml"
    paths = (*([vendor_path] if vendor_path.exists() else []), area_path, *record_paths)
    return paths, Mapping(vendor, file, exports, layout, fates, _digest(paths), document)


def mapping_areas(vendor_dir: Path) -> list[str]:
    """Area ids that the vendor's folder has mappings for."""
    return sorted(path.stem for path in vendor_dir.glob("*.yaml") if path.stem != "vendor")


def load_vendor(vendor_dir: Path) -> VendorFile:
    """vendor.yaml; raises :class:`MappingErrors`."""
    try:
        return _validate(VendorFile, _vendor_document(vendor_dir))
    except MappingError as error:
        raise MappingErrors((error,)) from None


def _vendor_document(vendor_dir: Path) -> Document:
    path = vendor_dir / "vendor.yaml"
    if not path.exists():
        return Document("vendor.yaml", {"vendor": vendor_dir.name}, {(): 1})
    return load_yaml(path, "vendor.yaml")


def _validate(model: type[M], document: Document) -> M:
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise MappingErrors(tuple(_form_error(problem, document) for problem in found)) from None


def _form_error(problem: Any, document: Document) -> MappingError:
    # pydantic's place also names the branches of a union, which are no keys of the file: take what the file has.
    path: list[str | int] = []
    for part in problem["loc"]:
        if (*path, part) in document.lines:
            path.append(part)
    group = str(path[1]) if len(path) > 1 and path[0] == "groups" else None
    item = str(path[path.index("items") + 1]) if "items" in path[:-1] else None
    key = ".".join(str(part) for part in path) or document.file
    message = problem["msg"].removeprefix("Value error, ")
    unknown = problem["type"] == "extra_forbidden"
    name = problem["loc"][-1]
    what = (
        Text(f"{name} というキーは無い", f"There is no key {name}")
        if unknown
        else Text(f"{key}: {message}", f"{key}: {message}")
    )
    line = document.line(*path)
    if unknown:
        line = document.lines.get((*path, name), line) if path[-1:] != [name] else line
    todo = Text("docs/mapping-format.md と照らして直す", "Compare it with docs/mapping-format.md")
    if "valid string" in message:
        todo = Text("値を引用符で囲む", "Put the value into quotes")
    return MappingError("MP06", what, file=document.file, line=line, group=group, item=item, todo=todo)


def _exports(
    vendor_dir: Path, vendor: VendorFile, file: AreaFile, document: Document
) -> tuple[dict[str, Export], list[Path]]:
    defaults = vendor.defaults.model_dump(exclude_defaults=True)
    exports: dict[str, Export] = {}
    paths: list[Path] = []
    for name, given in file.exports.items():
        definition = given.model_copy(
            update={key: value for key, value in defaults.items() if getattr(given, key) in (None, {})}
        )
        if definition.charset is None or definition.format is None:
            missing = "charset" if definition.charset is None else "format"
            raise MappingError(
                "MP06",
                Text(f"export {name} に {missing} が無い", f"The export {name} has no {missing}"),
                file=document.file,
                line=document.line("exports", name),
                todo=Text(
                    "export か vendor.yaml の defaults に書く", "Give it in the export or in defaults of vendor.yaml"
                ),
            )
        record, path = load_layout(vendor_dir, name, definition, document)
        exports[name] = Export(name, definition, record)
        paths.append(path)
    return exports, paths
