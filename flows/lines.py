"""YAML that remembers the line of every key and value, so that an error in a project file can point there."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import yaml

from layouts.errors import Text, TsugiteError


class ProjectError(TsugiteError):
    """The project file, or an option of the command line, is wrong."""


class _Loader(yaml.SafeLoader):
    """Safe, and refuses a key that stands twice in one mapping: the second would win silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[object] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.MarkedYAMLError(problem=f"key {key.value!r} stands twice", problem_mark=key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


# A date stays text here: the model reads it, and tells a date that does not exist with its line.
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _loader, node: node.value)


class Located:
    """A parsed YAML file: ``data``, and the line of any path into it."""

    def __init__(self, path: Path) -> None:
        """Read ``path``. Raises :class:`ProjectError` (P01 unreadable, P02 no YAML), with file and line."""
        self.path = path
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ProjectError(
                "P01",
                Text("プロジェクトファイルを読めません", "the project file cannot be read"),
                f"{path}: {error.strerror if isinstance(error, OSError) else 'not UTF-8'}",
                Text("パスと文字コード（UTF-8）を確認してください", "check the path, and that the file is UTF-8"),
            ) from None
        loader = _Loader(text)
        try:
            self._root = loader.get_single_node()
            self.data: Any = loader.construct_document(self._root) if self._root is not None else None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ProjectError(
                "P02",
                Text(f"YAMLとして読めません: {error.problem}", f"this is not valid YAML: {error.problem}"),
                f"{path}:{line}",
                Text(
                    "この行の字下げ、引用符、重複するキーを確認してください",
                    "check indentation, quotes and doubled keys at this line",
                ),
            ) from None
        except yaml.YAMLError:
            raise ProjectError(
                "P02",
                Text("YAMLとして読めない文字があります", "a character is not allowed in YAML"),
                str(path),
                Text("制御文字を取り除いてください", "remove control characters"),
            ) from None
        finally:
            loader.dispose()

    def line(self, steps: Sequence[str | int]) -> int:
        """Line (1-based) of the deepest part of ``steps`` that exists: for a missing key, what lacks it."""
        node, line = self._root, 1
        for step in steps:
            found = None
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == step:
                        line, found = key.start_mark.line + 1, value
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                found = node.value[step]
                line = found.start_mark.line + 1
            if found is None:
                break
            node = found
        return line

    def where(self, steps: Sequence[str | int]) -> str:
        """``file:line key[.key]`` of ``steps``, for an error's second line."""
        dotted = "".join(f"[{s + 1}]" if isinstance(s, int) else f".{s}" for s in steps).lstrip(".")
        return f"{self.path}:{self.line(steps)} {dotted}".rstrip()
