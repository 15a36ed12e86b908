"""The one shape of an error that the user can put right: what is wrong, where, and what to do, in Japanese and English.

Every room raises :class:`TsugiteError` (or a subclass) for bad input; the command line prints its three lines and no
traceback. Texts hold names of files, records, fields and items, never a person's value.
"""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in both languages."""

    ja: str
    en: str

    def lang(self, lang: str) -> str:
        return self.en if lang == "en" else self.ja


class TsugiteError(Exception):
    """An error that the user can put right.

    ``code`` is stable and greppable (``P01`` ...); ``what``, ``where`` and ``todo`` are one line each. A plain string
    serves both languages: use it for places (``project.yaml:12``), not for sentences.
    """

    def __init__(self, code: str, what: Text | str, where: Text | str = "", todo: Text | str = "") -> None:
        self.code = code
        self.what = _both(what)
        self.where = _both(where)
        self.todo = _both(todo)
        super().__init__(f"[{code}] {self.what.en}" + (f" ({self.where.en})" if self.where.en else ""))

    def __reduce__(self) -> tuple[type[TsugiteError], tuple[str, Text, Text, Text]]:
        return type(self), (self.code, self.what, self.where, self.todo)


def _both(text: Text | str) -> Text:
    return Text(text, text) if isinstance(text, str) else text
