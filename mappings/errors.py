"""Errors of mappings: what is wrong, in which file and line, for which group and item, and what to do."""

from __future__ import annotations

from layouts.errors import Text, TsugiteError


class MappingError(TsugiteError):
    """A mapping that does not load. ``file`` and ``line`` (1-based) say where, ``group`` and ``item`` for what."""

    def __init__(
        self,
        code: str,
        what: Text | str,
        *,
        file: str,
        line: int | None = None,
        group: str | None = None,
        item: str | None = None,
        todo: Text | str = "",
    ) -> None:
        self.file, self.line, self.group, self.item = file, line, group, item
        place = file if line is None else f"{file}:{line}"
        ja = place + (f"、グループ {group}" if group else "") + (f"、項目 {item}" if item else "")
        en = place + (f", group {group}" if group else "") + (f", item {item}" if item else "")
        super().__init__(code, what, Text(ja, en), todo)

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:  # type: ignore[override]
        return _rebuild, (self.code, self.what, self.file, self.line, self.group, self.item, self.todo)


def _rebuild(
    code: str, what: Text, file: str, line: int | None, group: str | None, item: str | None, todo: Text
) -> MappingError:
    return MappingError(code, what, file=file, line=line, group=group, item=item, todo=todo)


class MappingErrors(TsugiteError):
    """All that is wrong with one mapping; shows the first and counts the others."""

    def __init__(self, errors: tuple[MappingError, ...]) -> None:
        self.errors = errors
        first = errors[0]
        more = len(errors) - 1
        what = first.what
        if more:
            what = Text(f"{what.ja}（ほかに{more}件）", f"{what.en} (and {more} more)")
        super().__init__(first.code, what, first.where, first.todo)

    def __reduce__(self) -> tuple[type[MappingErrors], tuple[tuple[MappingError, ...]]]:  # type: ignore[override]
        return MappingErrors, (self.errors,)
