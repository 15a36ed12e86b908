"""What trailer records promise (how many records, which totals) against what was read before them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Context, Decimal, InvalidOperation

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from mappings.readers.mainframe.choices import Trailer
from mappings.readers.mainframe.decode import RecordDecoder
from mappings.readers.staged import Promise

Ints = npt.NDArray[np.int64]

_EXACT = pl.Decimal(38, 8)
_CONTEXT = Context(prec=60)


@dataclass
class _Section:
    """Sums since the last trailer."""

    records: int = 0
    data: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)


class TrailerCheck:
    """Adds up the records of a part batch by batch and compares at each trailer record."""

    def __init__(self, trailer: Trailer, decoder: RecordDecoder) -> None:
        self._trailer = trailer
        self._decoder = decoder
        self._section = _Section()
        self.promises: list[Promise] = []

    def begin_part(self) -> None:
        self._section = _Section()

    def batch(
        self,
        part: str,
        raw: npt.NDArray[np.uint8],
        trailers: tuple[Ints, Ints, Ints],
        data: Ints,
        own: Ints,
        texts: dict[str, pa.Array],
    ) -> list[Promise]:
        """One batch: ``trailers`` (row, begin, stop), rows of all data records and of this export's, and texts of the
        latter's fields that are added up. Returns the promises of trailers met here."""
        rows, begins, stops = trailers
        edges = [*rows.tolist(), np.iinfo(np.int64).max]
        at = data_at = own_at = 0
        met: list[Promise] = []
        for number, edge in enumerate(edges):
            data_to, own_to = int(np.searchsorted(data, edge)), int(np.searchsorted(own, edge))
            self._section.data += data_to - data_at
            self._section.records += own_to - own_at
            for name, text in texts.items():
                self._add(name, text.slice(own_at, own_to - own_at))
            data_at, own_at = data_to, own_to
            if number < len(rows):
                place = slice(at, at + 1)
                met += self._compare(part, raw, begins[place], stops[place])
                self._section = _Section()
                at += 1
        self.promises += met
        return met

    @property
    def open(self) -> bool:
        """Whether records were met that no trailer has followed yet."""
        return self._section.data > 0

    def _add(self, name: str, text: pa.Array) -> None:
        values = pl.Series(pl.from_arrow(text)).fill_null("")
        filled = values.filter(values != "")
        numbers = filled.str.strip_chars(" ").cast(_EXACT, strict=False)
        section = self._section
        section.totals[name] = _CONTEXT.add(section.totals.get(name, Decimal(0)), Decimal(numbers.sum() or 0))
        section.unreadable[name] = section.unreadable.get(name, 0) + numbers.null_count()

    def _compare(self, part: str, raw: npt.NDArray[np.uint8], begin: Ints, stop: Ints) -> list[Promise]:
        trailer, section = self._trailer, self._section
        made = []
        if trailer.count is not None:
            declared = self._declared(trailer.count, raw, begin, stop)
            actual = section.data if trailer.count_all else section.records
            made.append(Promise(part, "count", trailer.count, None, declared, str(actual)))
        for name, summed in trailer.totals.items():
            total = _plain(section.totals.get(summed, Decimal(0)))
            unreadable = section.unreadable.get(summed, 0)
            made.append(Promise(part, "sum", name, summed, self._declared(name, raw, begin, stop), total, unreadable))
        return made

    def _declared(self, name: str, raw: npt.NDArray[np.uint8], begin: Ints, stop: Ints) -> str | None:
        text = self._decoder.column(name, raw, begin, stop)[0]
        try:
            return _plain(Decimal((text or "").strip()))
        except InvalidOperation:
            return None


def _plain(number: Decimal) -> str:
    """A number as text without zeros behind the point."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
