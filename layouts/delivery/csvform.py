"""A group's CSV in the form of a delivery profile, written from batches.

Values go out as they are. Where the profile's charset lacks a character, the value carries ``&#xHEX;`` in its place and
the character is listed in ``<name>.uncarried.csv``: row, item, code point, count. Only values that are listed are
escaped (in them a literal ``&#x`` becomes ``&#x26;#x``), so the list is also what makes the file readable again without
loss.
"""

from __future__ import annotations

import io
from pathlib import Path
from types import TracebackType
from typing import IO

import polars as pl

from layouts.delivery.profile import DeliveryProfile
from layouts.delivery.shapes import UNCARRIED, empty, partial_name, publish
from layouts.errors import Text, TsugiteError
from layouts.model import Group

BATCH_CELLS = 2_000_000
"""Cells that are turned into text at once, some 30 MB."""
BOM = b"\xef\xbb\xbf"
ISO_DATE = r"^(\d{4})-(\d{2})-(\d{2})$"

UNCARRIED_TOTALS = pl.Schema(
    {"item": pl.String, "codepoint": pl.String, "char": pl.String, "count": pl.Int64, "rows": pl.Int64}
)
"""Characters that a CSV could not carry, summed over its rows."""


def uncarried_path(csv_path: Path) -> Path:
    """Where the list of a CSV's uncarried characters lies, if it has any."""
    return csv_path.with_name(f"{csv_path.stem}.uncarried.csv")


def escape(char: str) -> str:
    """What stands in the CSV for a character that its charset lacks."""
    return f"&#x{ord(char):04X};"


_AMPERSAND = "&#x26;"


def escaped(column: pl.Expr, chars: list[str]) -> pl.Expr:
    """``chars`` replaced by their escapes, and text that only looks like an escape kept apart from them."""
    literal = column.str.replace_all("&#x", f"{_AMPERSAND}#x", literal=True)
    return literal.str.replace_many(chars, [escape(char) for char in chars])


def unescaped(column: pl.Expr, chars: list[str]) -> pl.Expr:
    """The inverse of :func:`escaped`."""
    return column.str.replace_many([*map(escape, chars), _AMPERSAND], [*chars, "&"])


class CsvStream:
    """A group's CSV that takes batches; the file has its name only after a clean exit.

    After it: ``rows``, ``uncarried`` (``UNCARRIED_TOTALS``) and ``uncarried_file`` (None where everything was carried).
    Raises :class:`TsugiteError` (Y03) where the charset cannot even carry the header.
    """

    def __init__(self, path: Path, group: Group, profile: DeliveryProfile) -> None:
        self.path = path
        self.rows = 0
        self.uncarried = empty(UNCARRIED_TOTALS)
        self.uncarried_file: Path | None = None
        self._group = group
        self._profile = profile
        self._partial = partial_name(path)
        self._list_partial = partial_name(uncarried_path(path))
        self._file: IO[bytes] | None = None
        self._list: IO[bytes] | None = None

    def __enter__(self) -> CsvStream:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        header = self._header()
        self._file = self._partial.open("wb")
        self._file.write(header)
        return self

    def _text(self, batch: pl.DataFrame, *, header: bool = False) -> bytes:
        text = io.BytesIO()
        batch.write_csv(
            text,
            include_header=header,
            line_terminator=self._profile.newline,
            quote_style="always" if self._profile.quoting == "all" else "necessary",
            null_value=self._profile.null,
        )
        return text.getvalue()

    def _header(self) -> bytes:
        bom = BOM if self._profile.bom else b""
        if self._profile.header == "none":
            return bom
        ja = self._profile.header == "ja"
        names = [item.name if ja else item.slug for item in self._group.items]
        line = self._text(pl.DataFrame(schema=dict.fromkeys(names, pl.String)), header=True)
        if self._profile.charset == "utf-8":
            return bom + line
        from layouts.delivery.cp932 import encode

        encoded, missing = encode(line)
        if missing:
            raise TsugiteError(
                "Y03",
                Text(f"項目名の文字 {''.join(missing)} を {self._profile.charset} で表せない",
                     f"{self._profile.charset} cannot carry {''.join(missing)} of an item's name"),
                f"{self._group.area}:{self._group.name}",
                Text("header = \"slug\" のプロファイルを使ってください", "use a profile with header = \"slug\""),
            )  # fmt: skip
        return encoded

    def write(self, batch: pl.DataFrame) -> None:
        """Append a batch: the group's items in layout order."""
        assert self._file is not None
        if self._profile.date == "YYYYMMDD":
            dates = [item.name for item in self._group.items if item.type == "DATE"]
            batch = batch.with_columns(pl.col(dates).str.replace(ISO_DATE, "${1}${2}${3}"))
        for part in batch.iter_slices(max(1, BATCH_CELLS // batch.width)):
            text = self._text(part)
            if self._profile.charset == "cp932":
                text = self._cp932(part, text)
            self._file.write(text)
            self.rows += part.height

    def _cp932(self, part: pl.DataFrame, text: bytes) -> bytes:
        from layouts.delivery.cp932 import encode

        encoded, missing = encode(text)
        if not missing:
            return encoded
        encoded, left = encode(self._text(self._escaped(part, list(missing))))
        assert not left, "escapes are ASCII"
        return encoded

    def _escaped(self, part: pl.DataFrame, missing: list[str]) -> pl.DataFrame:
        """The batch with its uncarried characters escaped; they are listed on the way."""
        texts = pl.col(pl.String).str.contains_any(missing)
        names = [name for name, hit in part.select(texts.any()).row(0, named=True).items() if hit]
        hit = {name: pl.col(name).str.contains_any(missing) for name in names}
        numbered = part.with_row_index("\0row", offset=self.rows + 1)
        found = [
            numbered.filter(condition)
            .select(pl.col("\0row").cast(pl.Int64).alias("row"), char=pl.col(name).str.split(""))
            .explode("char")
            .filter(pl.col("char").is_in(missing))
            .group_by("row", "char", maintain_order=True)
            .agg(count=pl.len().cast(pl.Int64))
            .with_columns(item=pl.lit(name))
            for name, condition in hit.items()
        ]
        order = {name: place for place, name in enumerate(names)}
        points = {char: f"U+{ord(char):04X}" for char in missing}
        listed = (
            pl.concat(found)
            .with_columns(
                codepoint=pl.col("char").replace_strict(points, return_dtype=pl.String),
                escape=pl.col("char").replace_strict({char: escape(char) for char in missing}, return_dtype=pl.String),
            )
            .sort("row", pl.col("item").replace_strict(order, return_dtype=pl.Int64), "codepoint")
            .select(UNCARRIED.names())
        )
        self._note(listed)
        return part.with_columns(
            pl.when(condition).then(escaped(pl.col(name), missing)).otherwise(pl.col(name)).alias(name)
            for name, condition in hit.items()
        )

    def _note(self, listed: pl.DataFrame) -> None:
        first = self._list is None
        if self._list is None:
            self._list = self._list_partial.open("wb")
        listed.write_csv(self._list, include_header=first, line_terminator="\r\n", quote_style="always")
        totals = listed.group_by("item", "codepoint", "char").agg(pl.col("count").sum(), rows=pl.len().cast(pl.Int64))
        self.uncarried = (
            pl.concat([self.uncarried, totals])
            .group_by("item", "codepoint", "char")
            .agg(pl.col("count", "rows").sum())
            .sort("item", "codepoint")
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._file is not None:
                self._file.close()
            if self._list is not None:
                self._list.close()
            if kind is None:
                listed = uncarried_path(self.path)
                if self._list is None:
                    listed.unlink(missing_ok=True)  # of an earlier file of this name
                else:
                    publish(self._list_partial, listed)
                    self.uncarried_file = listed
                publish(self._partial, self.path)
        finally:
            self._partial.unlink(missing_ok=True)
            self._list_partial.unlink(missing_ok=True)
