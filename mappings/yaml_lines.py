"""YAML that remembers its lines, so that an error about a mapping can say where."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from layouts.errors import Text
from mappings.errors import MappingError

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """Plain data of one YAML file, and the line (1-based) of every key and list entry by its path."""

    file: str
    data: dict[str, Any]
    lines: dict[Path_, int]

    def line(self, *path: str | int) -> int:
        """The line of the deepest part of ``path`` that the file has."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML has it: ten times quicker, and its nodes have the same marks."""


def load_yaml(path: Path, name: str) -> Document:
    """The YAML mapping in ``path``; ``name`` is what errors call the file. Raises :class:`MappingError` for YAML that
    does not parse, for a key given twice and for keys that are no text (``01`` without quotes is a number)."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MappingError(
            "MP01",
            Text("マッピングのファイルが無い", "The mapping file does not exist"),
            file=name,
            todo=Text("ファイルを作るか、ベンダーと業務の指定を直す", "Write it, or correct vendor and area"),
        ) from None
    except UnicodeDecodeError:
        raise MappingError(
            "MP01",
            Text("UTF-8 で書かれていない", "The file is not UTF-8"),
            file=name,
            todo=Text("UTF-8 で保存する", "Save it as UTF-8"),
        ) from None
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Path_, int] = {(): 1}
        data = _plain(loader, node, (), lines, name) if node is not None else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise MappingError(
            "MP02",
            Text("YAML として読めない", f"No YAML: {error.problem}"),
            file=name,
            line=mark.line + 1 if mark else None,
            todo=Text("字下げ・引用符・コロンを確認する", "Check indentation, quotes and colons"),
        ) from None
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        raise MappingError(
            "MP02",
            Text("キーと値の組ではない", "The file holds no keys and values"),
            file=name,
            line=1,
            todo=Text("docs/mapping-format.md の例に倣う", "Follow the example in docs/mapping-format.md"),
        )
    return Document(name, data, lines)


def _plain(loader: yaml.SafeLoader, node: yaml.Node, path: Path_, lines: dict[Path_, int], name: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        return _mapping(loader, node, path, lines, name)
    if isinstance(node, yaml.SequenceNode):
        entries = []
        for index, entry in enumerate(node.value):
            lines[(*path, index)] = entry.start_mark.line + 1
            entries.append(_plain(loader, entry, (*path, index), lines, name))
        return entries
    value = loader.construct_object(node)
    # A date written without quotes would arrive as an object; the text is what was meant.
    return value if value is None or isinstance(value, str | bool | int | float) else str(node.value)


def _mapping(
    loader: yaml.SafeLoader, node: yaml.MappingNode, path: Path_, lines: dict[Path_, int], name: str
) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key: Hashable = loader.construct_object(key_node)
        line = key_node.start_mark.line + 1
        if isinstance(key, bool) and key_node.value in ("on", "On", "ON"):
            key = key_node.value.lower()  # YAML 1.1 reads the word "on" as true; here it is a key
        if not isinstance(key, str):
            raise MappingError(
                "MP03",
                Text(f"キー {key_node.value} が文字列でない", f"The key {key_node.value} is no text"),
                file=name,
                line=line,
                todo=Text(f'"{key_node.value}" と引用符を付ける', f'Quote it: "{key_node.value}"'),
            )
        if key in data:
            raise MappingError(
                "MP04",
                Text(f"{key} が2回書かれている", f"{key} is given twice"),
                file=name,
                line=line,
                group=str(path[1]) if len(path) > 1 and path[0] == "groups" else None,
                item=key if len(path) > 2 and path[-1] == "items" else None,
                todo=Text("どちらかを消す", "Remove one of them"),
            )
        lines[(*path, key)] = line
        data[key] = _plain(loader, value_node, (*path, key), lines, name)
    return data
