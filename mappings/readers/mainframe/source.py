"""A copybook's text as tokens: reference formats, comments, continued lines, literals.

Source of the rules: ISO/IEC 1989:2014, 6 (reference format), and the manuals of IBM Enterprise COBOL and Fujitsu
NetCOBOL. Columns are counted as a terminal shows them: a Japanese character takes two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from layouts.errors import Text
from mappings.errors import MappingError

SourceFormat = Literal["fixed", "free"]

AREA_START, AREA_END, INDICATOR = 7, 72, 6
"""Fixed format: the text lies in columns 8-72, column 7 (index 6) tells comments and continued lines."""

_LEVEL_AT_THE_LEFT = re.compile(r"\s{0,4}\d{1,2}\s+\S")
_FREE = re.compile(r"^\s*>>\s*SOURCE\s+(?:FORMAT\s+)?(?:IS\s+)?FREE", re.IGNORECASE)
_DIRECTIVE = re.compile(r"^\s*(?:>>|\$SET\b|CBL\b|PROCESS\b|(?:EJECT|SKIP[123])\s*\.?\s*$)", re.IGNORECASE)
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<literal>[NGXZBnxgzb]*(?:'(?:[^']|'')*'|"(?:[^"]|"")*"))
      | (?P<word>[^\s'"]+)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """A word, a literal (``text`` without its quotes) or the period that ends an entry."""

    text: str
    line: int
    literal: bool = False

    @property
    def upper(self) -> str:
        return "" if self.literal else self.text.upper()


@dataclass
class _Line:
    number: int
    text: str
    width: int = 0
    """Columns up to which a literal that goes on in the next line is filled with spaces."""
    comment: str = ""


@dataclass
class Entry:
    """The tokens of one entry, without its period, and the comments on its lines."""

    tokens: list[Token] = field(default_factory=list)
    comment: str = ""

    @property
    def line(self) -> int:
        return self.tokens[0].line


def problem(file: str, line: int | None, what: Text, todo: Text) -> MappingError:
    """A copybook that cannot be used as it is."""
    return MappingError("MP30", what, file=file, line=line, todo=todo)


def columns(text: str) -> int:
    """Columns that a text takes: two for what CP932 writes with two bytes."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    return 1 if character < "\x80" or "\uff61" <= character <= "\uff9f" else 2


def _cut(text: str, start: int, end: int) -> str:
    """The characters that begin in columns ``start`` to ``end`` (0-based)."""
    if text.isascii():
        return text[start:end]
    made, column = [], 0
    for character in text:
        if start <= column < end:
            made.append(character)
        column += _width(character)
    return "".join(made)


def decode_source(raw: bytes, file: str) -> str:
    """The text of a copybook: UTF-8, else CP932."""
    for charset in ("utf-8-sig", "cp932"):
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            continue
    raise problem(
        file,
        None,
        Text("UTF-8 でも CP932 でもない", "The copybook is neither UTF-8 nor CP932"),
        Text("UTF-8 で保存する", "Save it as UTF-8"),
    )


def source_format(text: str) -> SourceFormat:
    """``free`` where a directive says so, a level number stands in the first columns, or column 7 holds what fixed
    format does not have there."""
    for line in text.splitlines():
        if _FREE.match(line):
            return "free"
        if not line.strip() or line.lstrip().startswith("*"):
            continue
        indicator = _cut(line.expandtabs(8), INDICATOR, INDICATOR + 1)
        if _LEVEL_AT_THE_LEFT.match(line.expandtabs(8)) or indicator not in ("", " ", "*", "/", "-", "D", "d"):
            return "free"
    return "fixed"


def entries(text: str, file: str, form: SourceFormat | None = None) -> Iterator[Entry]:
    """The entries of a copybook in order. Raises :class:`MappingError` (MP30) for a literal or an entry that does not
    end."""
    form = form or source_format(text)
    lines = _fixed_lines(text, file) if form == "fixed" else _free_lines(text)
    entry = Entry()
    for line in lines:
        for token in _tokens(line, file):
            if token.text == "." and not token.literal:
                if entry.tokens:
                    entry.comment = line.comment or entry.comment
                    yield entry
                entry = Entry()
            else:
                entry.tokens.append(token)
        if entry.tokens:
            entry.comment = line.comment or entry.comment
    if entry.tokens:
        what = Text("項目の記述がピリオドで終わっていない", "The entry does not end with a period")
        raise problem(file, entry.line, what, Text("ピリオドを書く", "Write the period"))


def _without_comment(text: str) -> tuple[str, str]:
    """A line's code, and the text of its inline comment (``*>``)."""
    at = -1
    quote = ""
    for i, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "*" and text[i + 1 : i + 2] == ">":
            at = i
            break
    return (text, "") if at < 0 else (text[:at], text[at + 2 :].strip())


def _open_quote(text: str) -> str:
    """The quote that a text leaves open, or nothing."""
    quote = ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
    return quote


def _fixed_lines(text: str, file: str) -> Iterator[_Line]:
    waiting: _Line | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        whole = raw.expandtabs(8).rstrip()
        indicator = _cut(whole, INDICATOR, INDICATOR + 1)
        if not whole.strip() or indicator in ("*", "/", "D", "d") or _DIRECTIVE.match(whole[INDICATOR:] or whole):
            continue
        area, comment = _without_comment(_cut(whole, AREA_START, AREA_END))
        if indicator == "-":
            if waiting is None:
                what = Text("継続する前の行が無い", "There is no line before that this one continues")
                raise problem(file, number, what, Text("7桁目を直す", "Correct column 7"))
            quote = _open_quote(waiting.text)
            rest = area.lstrip()
            if quote:
                if not rest.startswith(quote):
                    what = Text("継続行の定数が引用符で始まらない", "The continued literal does not begin with a quote")
                    raise problem(file, number, what, Text("引用符を書く", "Write the quote"))
                filled = waiting.text + " " * (AREA_END - AREA_START - waiting.width)
                waiting = _Line(waiting.number, filled + rest[1:], columns(area), comment or waiting.comment)
            else:
                joined = waiting.text.rstrip() + rest
                waiting = _Line(waiting.number, joined, columns(area), comment or waiting.comment)
            continue
        if waiting is not None:
            yield waiting
        waiting = _Line(number, area, columns(area), comment)
    if waiting is not None:
        yield waiting


def _free_lines(text: str) -> Iterator[_Line]:
    for number, raw in enumerate(text.splitlines(), start=1):
        code, comment = _without_comment(raw)
        if raw.lstrip().startswith("*") or _DIRECTIVE.match(code) or not code.strip():
            continue
        yield _Line(number, code, 0, comment)


def _tokens(line: _Line, file: str) -> Iterator[Token]:
    text, at = line.text.rstrip(), 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            what = Text("定数が引用符で閉じていない", "A literal does not end with its quote")
            raise problem(file, line.number, what, Text("引用符を書く", "Write the quote"))
        at = found.end()
        if found["literal"]:
            quoted = found["literal"].lstrip("NGXZBnxgzb")
            yield Token(quoted[1:-1].replace(quoted[0] * 2, quoted[0]), line.number, literal=True)
            continue
        word = found["word"].rstrip(",;") if found["word"] not in (",", ";") else ""
        ends = word.endswith(".")
        if word.rstrip("."):
            yield Token(word.removesuffix("."), line.number)
        if ends:
            yield Token(".", line.number)
