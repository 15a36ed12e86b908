"""What a reader notices while it reads: exact counts per field, capped examples, the table of gaiji. No data values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mappings.charsets.kernels import BAD, CONTROLS, DUPLICATE, GAIJI
from mappings.charsets.tables import TABLE, Tables, character
from mappings.readers.staged import Gaiji, ReadFinding

SURPLUS = "_surplus"
"""Name of the column, and of the field in findings, for what stands behind a record's last field."""

_Ints = npt.NDArray[np.int64]


@dataclass
class _Tally:
    count: int = 0
    codes: Counter[int] = field(default_factory=Counter)
    examples: list[tuple[int, int]] = field(default_factory=list)


class Tallies:
    """Sums up events and flags batch by batch; ``cap`` is the number of examples per finding, 0 = all."""

    def __init__(self, fields: tuple[str, ...], cap: int) -> None:
        self._fields = fields
        self._cap = cap
        self._tallies: dict[tuple[str, str | None], _Tally] = {}
        self._gaiji: dict[tuple[int, int], tuple[int, int]] = {}
        self._charset: tuple[Tables, str] | None = None
        self.undecodable = 0
        self.undecodable_records = 0
        self.first_undecodable: tuple[int, int] | None = None
        self.duplicate_codes = 0

    def records(self, code: str, field_name: str | None, numbers: _Ints, offsets: _Ints) -> None:
        """Count records (number, offset) of one finding."""
        if not len(numbers):
            return
        tally = self._tallies.setdefault((code, field_name), _Tally())
        tally.count += len(numbers)
        room = len(numbers) if self._cap == 0 else self._cap - len(tally.examples)
        if room > 0:
            tally.examples.extend(zip(numbers[:room].tolist(), offsets[:room].tolist(), strict=True))

    def events(self, events: _Ints, numbers: _Ints, offsets: _Ints, charset: Tables, name: str) -> None:
        """Count the events of one batch; ``numbers`` and ``offsets`` are those of its records by row."""
        if not len(events):
            return
        self._charset = (charset, name)
        kinds = events[:, 0] >> 48
        codes = events[:, 0] & 0xFFFFFFFF
        rows = events[:, 1] >> 16
        columns = events[:, 1] & 0xFFFF
        bad = kinds == BAD
        if bad.any():
            self.undecodable += int(bad.sum())
            hit = np.unique(rows[bad])
            self.undecodable_records += len(hit)
            if self.first_undecodable is None:
                self.first_undecodable = (int(numbers[hit[0]]), int(offsets[hit[0]]))
        self.duplicate_codes += int((kinds == DUPLICATE).sum())
        for kind, code in ((BAD, "R01"), (CONTROLS, "R08")):
            self._by_field(code, kinds == kind, codes, rows, columns, numbers, offsets)
        self._count_gaiji(kinds == GAIJI, codes, rows, columns, numbers, offsets)

    def _name(self, column: int) -> str:
        return self._fields[column] if column < len(self._fields) else SURPLUS

    def _by_field(
        self,
        code: str,
        chosen: npt.NDArray[np.bool_],
        codes: _Ints,
        rows: _Ints,
        columns: _Ints,
        numbers: _Ints,
        offsets: _Ints,
    ) -> None:
        for column in np.unique(columns[chosen]).tolist():
            here = chosen & (columns == column)
            hit = np.unique(rows[here])
            name = self._name(column)
            self.records(code, name, numbers[hit], offsets[hit])
            values, counts = np.unique(codes[here], return_counts=True)
            self._tallies[code, name].codes.update(dict(zip(values.tolist(), counts.tolist(), strict=True)))

    def _count_gaiji(
        self,
        chosen: npt.NDArray[np.bool_],
        codes: _Ints,
        rows: _Ints,
        columns: _Ints,
        numbers: _Ints,
        offsets: _Ints,
    ) -> None:
        if not chosen.any():
            return
        self._by_field("R07", chosen, codes, rows, columns, numbers, offsets)
        keys, first, counts = np.unique(columns[chosen] << 32 | codes[chosen], return_index=True, return_counts=True)
        records = numbers[rows[chosen][first]]
        for key, record, count in zip(keys.tolist(), records.tolist(), counts.tolist(), strict=True):
            known = self._gaiji.get((key >> 32, key & 0xFFFFFFFF), (0, record))
            self._gaiji[key >> 32, key & 0xFFFFFFFF] = (known[0] + count, known[1])

    @property
    def gaiji_count(self) -> int:
        return sum(count for count, _ in self._gaiji.values())

    def count(self, code: str) -> int:
        return sum(tally.count for (c, _), tally in self._tallies.items() if c == code)

    def gaiji(self) -> tuple[Gaiji, ...]:
        """The gaiji table, by field in layout order, then by code."""
        if self._charset is None:
            return ()
        charset, name = self._charset
        return tuple(
            Gaiji(self._name(column), *_code_and_point(code, charset, name), count, record)
            for (column, code), (count, record) in sorted(self._gaiji.items())
        )

    def findings(self) -> tuple[ReadFinding, ...]:
        """By code, then by field in layout order. ``count`` is in records; details name bytes and codes, never
        values."""
        order = {name: i for i, name in enumerate(self._fields)}
        made = []
        for (code, name), tally in self._tallies.items():
            detail = ""
            if tally.codes:
                unit = "characters" if code == "R07" else "bytes"
                common = ", ".join(self._written(code, c) for c, _ in sorted(tally.codes.items(), key=_by_count)[:10])
                more = ", ..." if len(tally.codes) > 10 else ""
                detail = f"{unit}={tally.codes.total()} codes={common}{more}"
            made.append(ReadFinding(code, name, tally.count, detail, tuple(tally.examples)))
        return tuple(sorted(made, key=lambda f: (f.code, order.get(f.field or "", len(order)))))

    def _written(self, code: str, value: int) -> str:
        if code == "R07" and self._charset is not None:
            return _code_and_point(value, *self._charset)[0].upper()
        return f"{value:02X}"


def _by_count(item: tuple[int, int]) -> tuple[int, int]:
    return (-item[1], item[0])


def _code_and_point(code: int, charset: Tables, name: str) -> tuple[str, int]:
    """A gaiji's bytes in the export (hex) and its code point."""
    if charset.kind != TABLE:
        return chr(code).encode(name).hex(), code
    size = (code.bit_length() + 7) // 8
    entry = int(charset.three[code & 0xFFFF]) if size == 3 else int(charset.two[code])
    return code.to_bytes(size, "big").hex(), ord(character(entry))
