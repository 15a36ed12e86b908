"""Parses a COBOL copybook: the records (01 levels) with their items as a tree, each with its line in the source.

Taken: PICTURE X A N G 9 S V and edited ones, USAGE DISPLAY, BINARY / COMP / COMP-4, PACKED-DECIMAL / COMP-3, COMP-5,
DISPLAY-1, SIGN LEADING / TRAILING [SEPARATE], OCCURS [n TO] m [DEPENDING ON], REDEFINES, FILLER, level 88. VALUE,
KEY, INDEXED BY, JUSTIFIED, BLANK WHEN ZERO, GLOBAL, EXTERNAL and level 66 say nothing about bytes and are passed over.
What would change positions and is not understood is an error: COPY, REPLACE, COMP-1 and COMP-2, pointers, SYNCHRONIZED
binary items, PICTURE P.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from layouts.errors import Text
from mappings.errors import MappingError
from mappings.readers.mainframe.pictures import Picture, PictureError, Usage, binary_bytes, packed_bytes, picture
from mappings.readers.mainframe.source import Entry, SourceFormat, Token, decode_source, entries, problem

SignPlace = Literal["trailing", "leading"]

_USAGES: dict[str, Usage] = {
    "DISPLAY": "display",
    "DISPLAY-1": "display",
    "BINARY": "binary",
    "COMP": "binary",
    "COMPUTATIONAL": "binary",
    "COMP-4": "binary",
    "COMPUTATIONAL-4": "binary",
    "PACKED-DECIMAL": "packed",
    "COMP-3": "packed",
    "COMPUTATIONAL-3": "packed",
    "COMP-5": "native",
    "COMPUTATIONAL-5": "native",
}
_OTHER_USAGES = re.compile(
    r"(COMP|COMPUTATIONAL)-\w+|(BINARY|FLOAT)-\w+|INDEX|POINTER|POINTER-32|PROCEDURE-POINTER|FUNCTION-POINTER|NATIONAL"
)
_IGNORED = {
    *("GLOBAL", "EXTERNAL", "JUSTIFIED", "JUST", "RIGHT", "BLANK", "WHEN", "ZERO", "ZEROS", "ZEROES", "IS"),
    *("USAGE", "UNSIGNED", "SIGNED"),
}
_NAME = re.compile(r"[^\W_](?:[\w-]*\w)?")
_FIGURATIVE = {
    "SPACE": " ",
    "SPACES": " ",
    "ZERO": "0",
    "ZEROS": "0",
    "ZEROES": "0",
    "LOW-VALUE": "",
    "LOW-VALUES": "",
    "HIGH-VALUE": "",
    "HIGH-VALUES": "",
}


@dataclass
class Item:
    """One entry of a record. ``size`` is in bytes, of one occurrence; OCCURS DEPENDING ON counts with its maximum."""

    level: int
    name: str
    line: int
    picture: Picture | None = None
    usage: Usage | None = None
    sign: SignPlace | None = None
    separate: bool = False
    least: int = 1
    most: int = 1
    occurs: bool = False
    depending: str | None = None
    redefines: str | None = None
    comment: str = ""
    labels: list[tuple[str, str]] = field(default_factory=list)
    """Level 88: (value as written, or ``from-to``; condition name)."""
    children: list[Item] = field(default_factory=list)
    size: int = 0

    @property
    def filler(self) -> bool:
        return self.name == "FILLER"


@dataclass(frozen=True)
class Copybook:
    """A parsed copybook. ``records``: its 01 (or 77) levels; without one, a record of all top items."""

    file: str
    records: tuple[Item, ...]

    def record(self, name: str | None) -> Item:
        """The record of a name, the only one (or the first) without. Raises :class:`MappingError` (MP31)."""
        if name is None:
            return self.records[0]
        wanted = normal(name)
        for found in self.records:
            if normal(found.name) == wanted:
                return found
        known = ", ".join(found.name for found in self.records)
        raise MappingError(
            "MP31",
            Text(f"レコード {name} が無い", f"There is no record {name}"),
            file=self.file,
            todo=Text(f"{known} のどれかにする", f"There are: {known}"),
        )


def normal(name: str) -> str:
    """A data name as fields are named: capitals, ``_`` for ``-``."""
    return name.upper().replace("-", "_")


def load_copybook(path: Path, file: str, form: SourceFormat | None = None) -> Copybook:
    """Read and parse a copybook; ``file`` is the name that errors use. Raises :class:`MappingError` with its line."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        what = Text("COPY句のファイルが無い", "The copybook does not exist")
        todo = Text("records/ に置くか、copybook の名前を直す", "Put it into records/ or correct the name in copybook")
        raise problem(file, None, what, todo) from None
    return parse_copybook(decode_source(raw, file), file, form)


def parse_copybook(text: str, file: str, form: SourceFormat | None = None) -> Copybook:
    """Parse a copybook's text. Raises :class:`MappingError` (MP30) with file and line."""
    items = list(_items(entries(text, file, form), file))
    if not items:
        what = Text("項目が1つも無い", "The copybook has no item")
        raise problem(file, 1, what, Text("項目を書く", "Write the items"))
    records = _trees(items, file)
    for record in records:
        _inherit(record, None, None, False)
        _measure(record, file)
    return Copybook(file, tuple(records))


def _error(file: str, line: int, ja: str, en: str, todo_ja: str = "COPY句を直す", todo_en: str = "") -> MappingError:
    return problem(file, line, Text(ja, en), Text(todo_ja, todo_en or "Correct the copybook"))


def _items(source: Iterable[Entry], file: str) -> Iterable[Item]:
    last: Item | None = None
    for entry in source:
        first = entry.tokens[0]
        if first.upper in ("COPY", "REPLACE", "EXEC", "++INCLUDE", "-INC"):
            raise _error(
                file,
                entry.line,
                f"{first.upper} は展開できない",
                f"{first.upper} is not expanded here",
                "展開後の COPY句を置く",
                "Put the expanded text there",
            )
        if not first.text.isdecimal():
            raise _error(
                file,
                entry.line,
                f"レベル番号の所に {first.text[:20]} がある",
                f"{first.text[:20]} stands where a level number should",
            )
        level = int(first.text)
        if level == 66:
            continue
        if level == 88:
            if last is None:
                raise _error(file, entry.line, "88 の前に項目が無い", "There is no item before this level 88")
            last.labels += _conditions(entry, file)
            continue
        if not (1 <= level <= 49 or level == 77):
            raise _error(file, entry.line, f"レベル {level} は使えない", f"Level {level} cannot be used")
        last = _Clauses(entry, level, file).item()
        yield last


def _conditions(entry: Entry, file: str) -> list[tuple[str, str]]:
    """Values of a level 88 with its name."""
    if len(entry.tokens) < 2:
        raise _error(file, entry.line, "88 に名前が無い", "This level 88 has no name")
    name = entry.tokens[1].text
    found: list[str] = []
    through = False
    for token in entry.tokens[2:]:
        if token.upper in ("VALUE", "VALUES", "IS", "ARE", "ALL"):
            continue
        if token.upper in ("THRU", "THROUGH"):
            through = True
            continue
        value = token.text if token.literal else _FIGURATIVE.get(token.upper, token.text)
        if through and found:
            found[-1] = f"{found[-1]}-{value}"
        else:
            found.append(value)
        through = False
    return [(value, name) for value in found]


class _Clauses:
    """The clauses of one entry, taken from left to right."""

    def __init__(self, entry: Entry, level: int, file: str) -> None:
        self._tokens = entry.tokens
        self._at = 1
        self._file = file
        self._entry = entry
        self._level = level

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, wanted: str) -> Token:
        token = self._peek()
        if token is None:
            line = self._tokens[-1].line
            raise _error(self._file, line, f"{wanted} が無い", f"{wanted} is missing")
        self._at += 1
        return token

    def _skip(self, *words: str) -> bool:
        token = self._peek()
        if token is not None and token.upper in words:
            self._at += 1
            return True
        return False

    def _number(self, clause: str) -> int:
        token = self._take(clause)
        if not token.text.isdecimal():
            raise _error(
                self._file, token.line, f"{clause} の回数が数でない", f"{clause} needs a number, not {token.text[:20]}"
            )
        return int(token.text)

    def item(self) -> Item:
        item = Item(self._level, "FILLER", self._entry.line, comment=self._entry.comment)
        token = self._peek()
        if token is not None and not token.literal and token.upper not in _CLAUSES:
            if not _NAME.fullmatch(token.text):
                raise _error(
                    self._file,
                    token.line,
                    f"データ名 {token.text[:30]} は使えない",
                    f"{token.text[:30]} is no data name",
                )
            item.name = "FILLER" if token.upper == "FILLER" else token.text
            self._at += 1
        while (token := self._peek()) is not None:
            self._at += 1
            self._clause(item, token)
        return item

    def _clause(self, item: Item, token: Token) -> None:
        word = token.upper
        if word in ("PIC", "PICTURE"):
            self._skip("IS")
            text = self._take("PICTURE")
            try:
                item.picture = picture(text.text)
            except PictureError as error:
                raise _error(self._file, text.line, error.ja, error.en) from None
        elif word == "REDEFINES":
            item.redefines = self._take("REDEFINES").text
        elif word == "OCCURS":
            self._occurs(item, token)
        elif word in ("SIGN", "LEADING", "TRAILING"):
            self._sign(item, word)
        elif word in ("SEPARATE", "CHARACTER"):
            raise _error(self._file, token.line, f"{word} の前に LEADING か TRAILING が無い", f"{word} lacks its SIGN")
        elif word in _USAGES:
            item.usage = _USAGES[word]
        elif _OTHER_USAGES.fullmatch(word):
            raise _error(self._file, token.line, f"USAGE {word} は扱えない", f"USAGE {word} is not supported")
        elif word in ("SYNC", "SYNCHRONIZED"):
            self._skip("LEFT", "RIGHT")
            if item.usage in ("binary", "native") or any(t.upper in _BINARIES for t in self._tokens):
                raise _error(
                    self._file,
                    token.line,
                    "2進項目の SYNC は扱えない",
                    "SYNCHRONIZED binary items are not supported",
                    "詰め物の FILLER を書き、SYNC を消す",
                    "Write the slack bytes as FILLER and remove SYNC",
                )
        elif word in ("VALUE", "VALUES"):
            self._skip("IS", "ARE")
            self._skip("ALL")
            self._take("VALUE")
        elif word not in _IGNORED:
            shown = token.text[:20]
            raise _error(self._file, token.line, f"{shown} を解釈できない", f"{shown} cannot be understood")

    def _occurs(self, item: Item, token: Token) -> None:
        item.occurs = True
        item.least = item.most = self._number("OCCURS")
        if self._skip("TO"):
            item.most = self._number("OCCURS ... TO")
        self._skip("TIMES")
        while (after := self._peek()) is not None:
            if after.upper == "DEPENDING":
                self._at += 1
                self._skip("ON")
                item.depending = self._take("DEPENDING ON").text
                if item.least == item.most:
                    item.least = 0
                while self._skip("OF", "IN"):
                    self._take("OF")
            elif after.upper in ("ASCENDING", "DESCENDING", "INDEXED"):
                self._at += 1
                self._skip("KEY")
                self._skip("IS")
                self._skip("BY")
                while (name := self._peek()) is not None and name.upper not in _CLAUSES:
                    self._at += 1
            else:
                break
        if not item.most >= 1 or item.least > item.most:
            raise _error(self._file, token.line, "OCCURS の回数が正しくない", "OCCURS has wrong numbers")

    def _sign(self, item: Item, word: str) -> None:
        if word == "SIGN":
            self._skip("IS")
            word = self._take("SIGN").upper
        item.sign = "leading" if word == "LEADING" else "trailing"
        item.separate = self._skip("SEPARATE")
        self._skip("CHARACTER")


_BINARIES = frozenset(word for word, usage in _USAGES.items() if usage in ("binary", "native"))
_CLAUSES = frozenset(
    {
        *_USAGES,
        *_IGNORED,
        *("PIC", "PICTURE", "REDEFINES", "OCCURS", "SIGN", "LEADING", "TRAILING", "SEPARATE", "SYNC", "SYNCHRONIZED"),
        *("VALUE", "VALUES", "ASCENDING", "DESCENDING", "INDEXED", "DEPENDING"),
    }
)


def _trees(items: list[Item], file: str) -> list[Item]:
    """Items of one list put under their groups by level. Without 01 levels all belong to one record."""
    if items[0].level not in (1, 77):
        items = [Item(1, Path(file).stem, items[0].line), *(item for item in items)]
    roots: list[Item] = []
    stack: list[Item] = []
    for item in items:
        if item.level in (1, 77):
            stack = [item]
            roots.append(item)
            continue
        while stack[-1].level >= item.level:
            stack.pop()
        parent = stack[-1]
        if parent.picture is not None or parent.level == 77:
            raise _error(
                file,
                item.line,
                f"{parent.name} は PICTURE があるのに下位項目を持つ",
                f"{parent.name} has a PICTURE and items",
            )
        if parent.children and parent.children[-1].level != item.level:
            first = parent.children[0].level
            raise _error(
                file,
                item.line,
                f"レベル {item.level} は {first} とそろわない",
                f"Level {item.level} does not fit {first}",
            )
        parent.children.append(item)
        stack.append(item)
    return roots


def _inherit(item: Item, usage: Usage | None, sign: SignPlace | None, separate: bool) -> None:
    """USAGE and SIGN of a group hold for its items."""
    item.usage = item.usage or usage
    if item.sign is None:
        item.sign, item.separate = sign, separate
    for child in item.children:
        _inherit(child, item.usage, item.sign, item.separate)


def _measure(item: Item, file: str) -> None:
    """Bytes of one occurrence of every item."""
    if not item.children:
        item.size = _elementary(item, file)
        return
    total = 0
    sizes: dict[str, int] = {}
    """Where a redefined item lies: name -> bytes of the area so far."""
    base = ""
    for child in item.children:
        _measure(child, file)
        whole = child.size * child.most
        if child.redefines is None:
            total += whole
            base = normal(child.name)
            sizes = {base: whole}
            continue
        target = normal(child.redefines)
        if target not in sizes:
            raise _error(
                file,
                child.line,
                f"{child.name} が再定義する {child.redefines} が直前に無い",
                f"{child.redefines}, which {child.name} redefines, does not come before it",
            )
        total += max(0, whole - sizes[base])
        sizes[base] = max(sizes[base], whole)
        sizes[normal(child.name)] = whole
    item.size = total


def _elementary(item: Item, file: str) -> int:
    if item.picture is None:
        raise _error(
            file, item.line, f"{item.name} に PICTURE も下位項目も無い", f"{item.name} has neither a PICTURE nor items"
        )
    shape = item.picture
    if shape.kind == "wide":
        return 2 * shape.size
    if shape.kind == "text" or item.usage in (None, "display"):
        return shape.size + (1 if shape.kind == "number" and shape.signed and item.separate else 0)
    try:
        return packed_bytes(shape.digits) if item.usage == "packed" else binary_bytes(shape.digits)
    except PictureError as error:
        raise _error(file, item.line, error.ja, error.en) from None
