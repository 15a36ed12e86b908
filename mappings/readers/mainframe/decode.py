"""A batch of records by their plan: every field of all records at once, and what has to be told about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from mappings.charsets.mainframe import kernels as charset_kernels
from mappings.charsets.mainframe.columns import Fields, Run, run_decoder, run_encoder, texts
from mappings.charsets.mainframe.tables import Tables, tables
from mappings.readers.mainframe import kernels
from mappings.readers.mainframe.choices import CopybookChoices, wide_charset
from mappings.readers.mainframe.numbers import (
    NumberColumn,
    decode_numbers,
    encode_numbers,
    number_column,
    number_form,
    string_array,
)
from mappings.readers.mainframe.plan import Column, RecordPlan, Switch

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_INEXACT = (
    charset_kernels.BAD,
    charset_kernels.UNMAPPABLE,
    charset_kernels.DUPLICATE,
    charset_kernels.UNCLOSED,
    charset_kernels.SHIFT_SPELLING,
)
"""What may keep encoding from giving the bytes back, besides shift codes that follow each other."""
_WANTED_BITS = sum(1 << kind for kind in (*_INEXACT, charset_kernels.GAIJI, charset_kernels.CONTROLS))
_NO_LIMIT = 1 << 60


@dataclass
class Place:
    """Where a column lies in each record, and how it is to be read there (see :mod:`.kernels`)."""

    starts: Ints
    ends: Ints
    modes: Bytes
    plain: bool
    """All modes are NORMAL."""


@dataclass
class Decoded:
    """The fields of a batch in the plan's order, and rows by what is to be told about them.

    ``events``: (kind << 48 | code, row << 16 | column) of undecodable, user-defined, control and duplicate characters.
    ``keep``: rows of a column whose bytes the text does not give back. ``bad``, ``over``: numbers. ``unclosed``: texts
    that end in double bytes. ``unknown``: REDEFINES whose discriminator has an unknown value. ``miscounted``: OCCURS
    DEPENDING ON with an impossible number. ``expected``: bytes that each record should have.
    """

    texts: list[pa.LargeStringArray]
    events: Ints
    expected: Ints
    keep: dict[int, Ints] = field(default_factory=dict)
    bad: dict[int, Ints] = field(default_factory=dict)
    over: dict[int, Ints] = field(default_factory=dict)
    unclosed: dict[int, Ints] = field(default_factory=dict)
    unknown: dict[str, Ints] = field(default_factory=dict)
    miscounted: dict[str, Ints] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)


class RecordDecoder:
    """Decodes records of one plan. ``charset``: a name that :func:`.choices.mainframe_charset` gave."""

    def __init__(self, plan: RecordPlan, charset: str, choices: CopybookChoices) -> None:
        self.plan = plan
        self.charset = tables(charset)
        self._wide = tables(wide_charset(charset))
        self._shift_in = choices.shift_in
        self._moves = any(column.after for column in plan.columns) or choices.records in ("variable", "blocked")
        form = number_form(charset, overpunch=choices.overpunch, little=choices.little)
        self.numbers: dict[int, NumberColumn] = {
            index: number_column(column, form, choices.fields.get(column.name, choices.numbers))
            for index, column in enumerate(plan.columns)
            if column.number
        }
        self.index: Mapping[str, int] = {column.name: index for index, column in enumerate(plan.columns)}

    def tables_of(self, column: Column) -> Tables:
        """The charset's tables that a text column is decoded by."""
        return self._wide if column.kind == "wide" else self.charset

    def column(self, name: str, raw: Bytes, begins: Ints, stops: Ints) -> pl.Series:
        """The texts of one field without any condition, spaces behind them taken off: what records are told apart
        by."""
        return _Batch(self, raw, begins, stops).key(name)

    def decode(self, raw: Bytes, begins: Ints, stops: Ints) -> Decoded:
        """The records ``raw[begins[r]:stops[r]]``; ``raw`` is read-only."""
        return _Batch(self, raw, begins, stops).decode()

    def encode(self, name: str, text: pa.Array | pa.ChunkedArray) -> pa.Array:
        """The bytes of a field's texts (null where they cannot be written): the way back of :meth:`decode`, but for the
        values that it told to keep."""
        index = self.index[name]
        column = self.plan.columns[index]
        if column.number:
            return encode_numbers(self.numbers[index], text)
        if isinstance(text, pa.ChunkedArray):
            text = text.combine_chunks()
        width = self._wide if column.kind == "wide" else self.charset
        given = texts(text)
        run = run_encoder(width, given, width=column.length, shift_in=self._shift_in)
        out = run.out.copy()
        # A mark for every byte of the field is these bytes, whatever the charset would write around them.
        kernels.unmark_fields(given.utf8, given.starts, column.length, out, run.valid)
        nulls = pa.py_buffer(np.packbits(run.valid, bitorder="little"))
        return pa.Array.from_buffers(pa.binary(column.length), len(text), [nulls, pa.py_buffer(out)])

    @property
    def moves(self) -> bool:
        """Whether an occurrence that is not there takes no bytes."""
        return self._moves

    @property
    def shift_in(self) -> bytes | None:
        return self._shift_in


class _Batch:
    def __init__(self, decoder: RecordDecoder, raw: Bytes, begins: Ints, stops: Ints) -> None:
        self._decoder = decoder
        self._plan = decoder.plan
        self._raw = raw
        self._begins, self._stops = begins, stops
        self._rows = len(begins)
        self._whole = bool(self._rows == 0 or int((stops - begins).min()) >= self._plan.length)
        self._normal = np.zeros(self._rows, np.uint8)
        self._chosen: dict[int, Ints] = {}
        self._counts: dict[int, tuple[Ints, Mask]] = {}
        self._moved: dict[tuple[int, ...], tuple[Ints, Mask | None]] = {}
        self._modes: dict[object, tuple[Bytes, Mask | None]] = {}
        self._result = Decoded([], np.empty((0, 2), np.int64), np.empty(0, np.int64))

    def decode(self) -> Decoded:
        result = self._result
        events: list[Ints] = []
        for index, column in enumerate(self._plan.columns):
            place = result.places[index] = self._place(column)
            if column.number:
                text, flags = decode_numbers(
                    self._decoder.numbers[index], self._raw, place.starts, place.ends, place.modes
                )
                if flags.any():
                    for found, bit in (
                        (result.keep, kernels.KEEP), (result.bad, kernels.BAD), (result.over, kernels.OVER),
                    ):  # fmt: skip
                        rows = np.flatnonzero(flags & bit)
                        if len(rows):
                            found[index] = rows
            else:
                text = self._text(index, column, place, events)
            result.texts.append(text)
            if not self._whole:
                # What the end of the record cuts off would be filled up when it is written.
                short = place.ends - place.starts < column.length
                present = (place.modes == kernels.NORMAL) | (place.modes == kernels.MARKS)
                self._told(result.keep, index, short & present)
        if events:
            result.events = np.concatenate(events)
        result.expected = self._expected()
        for number, switch in enumerate(self._plan.switches):
            if number in self._chosen:
                self._told(result.unknown, switch.name, self._chosen[number] < 0)
        for number, table in enumerate(self._plan.tables):
            if number in self._counts:
                self._told(result.miscounted, table.name, self._counts[number][1])
        return result

    @staticmethod
    def _told(found: dict[Any, Ints], name: object, rows: Mask) -> None:
        hit = np.flatnonzero(rows)
        if len(hit):
            found[name] = np.union1d(found[name], hit) if name in found else hit

    # where fields lie

    def key(self, name: str) -> pl.Series:
        column = self._plan.columns[self._decoder.index[name]]
        begins, _ = self._shifted(column.after)
        starts = np.minimum(begins + column.offset, self._stops)
        ends = np.minimum(starts + column.length, self._stops)
        if column.number:
            number = self._decoder.numbers[self._decoder.index[name]]
            text, _ = decode_numbers(number, self._raw, starts, ends, self._normal)
        else:
            run = self._run(column, starts, ends, 0)
            text = string_array(run.offsets, run.out, self._normal)
        return pl.Series(name, pl.from_arrow(text)).str.strip_chars_end(" 　")

    def _place(self, column: Column) -> Place:
        begins, lost = self._shifted(column.after)
        starts = begins + column.offset
        ends = starts + column.length
        conditions = (column.switches, column.tables)
        if self._whole and lost is None and not column.after and conditions == ((), ()):
            return Place(starts, ends, self._normal, True)
        modes, without_bytes = self._conditions(column)
        if without_bytes is not None:
            starts = np.where(without_bytes, self._begins, starts)
            ends = np.where(without_bytes, self._begins, ends)
        missing = (starts >= self._stops) & (modes != kernels.EMPTY) & (column.length > 0)
        if lost is not None:
            modes = np.where(lost & (modes != kernels.EMPTY), np.uint8(kernels.MARKS), modes)
        modes = np.where(missing, np.uint8(kernels.MISSING), modes)
        starts, ends = np.minimum(starts, self._stops), np.minimum(ends, self._stops)
        return Place(starts, ends, modes, not modes.any())

    def _shifted(self, after: tuple[int, ...]) -> tuple[Ints, Mask | None]:
        """Where records would begin if the tables before a field had their greatest length, and rows where that is
        not known."""
        if not after:
            return self._begins, None
        if after not in self._moved:
            begins, lost = self._begins, np.zeros(self._rows, np.bool_)
            for number in after:
                table = self._plan.tables[number]
                counts, wrong = self._count(number)
                begins = begins - (table.most - counts) * table.size
                lost = lost | wrong
            self._moved[after] = begins, lost if lost.any() else None
        return self._moved[after]

    def _count(self, number: int) -> tuple[Ints, Mask]:
        """Occurrences in each record (the greatest number where it is impossible), and where it is."""
        if number not in self._counts:
            table = self._plan.tables[number]
            found = self.key(table.by).str.strip_chars(" ").cast(pl.Int64, strict=False)
            wrong = found.is_null() | (found < table.least) | (found > table.most)
            counts = found.fill_null(table.most).to_numpy()
            mask = wrong.fill_null(True).to_numpy()
            self._counts[number] = np.where(mask, table.most, counts).astype(np.int64), mask
        return self._counts[number]

    def _variant(self, number: int, switch: Switch) -> Ints:
        if number not in self._chosen:
            # Values are compared without the spaces behind them; None is a record that ends before the field.
            take = {value.rstrip(" 　"): variant for value, variant in switch.take.items()}
            found = self.key(switch.by).replace_strict(take, default=switch.otherwise, return_dtype=pl.Int64)
            self._chosen[number] = found.to_numpy().astype(np.int64)
        return self._chosen[number]

    def _conditions(self, column: Column) -> tuple[Bytes, Mask | None]:
        """Modes by REDEFINES and OCCURS DEPENDING ON, and rows in which the field has no bytes of its own."""
        key = (column.switches, column.tables)
        if key not in self._modes:
            modes = self._normal.copy()
            bare = np.zeros(self._rows, np.bool_)
            for number, variant in column.switches:
                chosen = self._variant(number, self._plan.switches[number])
                away = chosen != variant
                if variant == 0:
                    # Bytes that nobody may interpret stand as marks in the first definition.
                    modes[chosen < 0] = kernels.MARKS
                    away &= chosen >= 0
                modes[away] = kernels.EMPTY
                bare |= away
            for number, occurrence in column.tables:
                counts, wrong = self._count(number)
                modes[wrong & (modes == kernels.NORMAL)] = kernels.MARKS
                away = ~wrong & (counts < occurrence)
                modes[away] = kernels.EMPTY
                if self._decoder.moves:
                    bare |= away
            # Once a field is away by an outer condition an inner one does not bring it back.
            modes[bare] = kernels.EMPTY
            self._modes[key] = modes, bare if bare.any() else None
        return self._modes[key]

    def _expected(self) -> Ints:
        expected = np.full(self._rows, self._plan.length, np.int64)
        if self._decoder.moves:
            for number, table in enumerate(self._plan.tables):
                expected -= (table.most - self._count(number)[0]) * table.size
        return expected

    # texts

    def _run(self, column: Column, starts: Ints, ends: Ints, wanted: int) -> Run:
        source = Fields(self._raw, _read_only(starts), _read_only(ends))
        charset = self._decoder.tables_of(column)
        shift_in = self._decoder.shift_in if charset.charset.shifts else None
        return run_decoder(charset, source, shift_in=shift_in, wanted=wanted, most=_NO_LIMIT)

    def _text(self, index: int, column: Column, place: Place, events: list[Ints]) -> pa.LargeStringArray:
        starts, ends = place.starts, place.ends
        if not place.plain:
            ends = np.where(place.modes == kernels.NORMAL, ends, starts)
        run = self._run(column, starts, ends, _WANTED_BITS)
        result = self._result
        if len(run.events):
            self._events(index, run, events)
        flags = np.zeros(self._rows, np.uint8)
        bare = string_array(run.offsets, run.out, self._normal)
        self._inexact(column, starts, ends, run, bare, flags)
        text = bare if place.plain else string_array(run.offsets, run.out, place.modes)
        if not place.plain:
            blank = _read_only(np.frombuffer(self._decoder.tables_of(column).encoding.space, np.uint8))
            kernels.blank_fields(self._raw, place.starts, place.ends, place.modes, blank, flags)
            if (place.modes == kernels.MARKS).any():
                text = self._with_marks(text, place)
        rows = np.flatnonzero(flags)
        if len(rows):
            result.keep[index] = rows
        return text

    def _events(self, index: int, run: Run, events: list[Ints]) -> None:
        kinds = run.events["kind"].copy()
        unclosed = kinds == charset_kernels.UNCLOSED
        if unclosed.any():
            self._result.unclosed[index] = np.unique(run.events["row"][unclosed])
        kinds[kinds == charset_kernels.UNMAPPABLE] = charset_kernels.BAD
        found = np.stack([kinds << 48 | run.events["code"], run.events["row"] << 16 | index], axis=1)
        events.append(found[~unclosed & (kinds != charset_kernels.SHIFT_SPELLING)])

    def _inexact(self, column: Column, starts: Ints, ends: Ints, run: Run, text: pa.Array, flags: Bytes) -> None:
        """KEEP where encoding the text does not give the bytes. Where anything hints at it, it is found by doing it."""
        charset = self._decoder.tables_of(column)
        suspects = np.zeros(self._rows, np.uint8)
        if charset.charset.shifts:
            kernels.shift_runs(self._raw, starts, ends, charset.decoding.shift, charset.decoding.second, suspects)
        if len(run.events):
            suspects[run.events["row"][np.isin(run.events["kind"], _INEXACT)]] = 1
        content = run.out.tobytes() if joining(charset) else b""
        if any(content.find(character) >= 0 for character in joining(charset)):
            suspects[:] = 1
        rows = np.flatnonzero(suspects)
        if not len(rows):
            return
        shift_in = self._decoder.shift_in if charset.charset.shifts else None
        encoded = run_encoder(charset, texts(text if len(rows) == len(text) else text.take(rows)), shift_in=shift_in)
        same = np.zeros(len(rows), np.bool_)
        charset_kernels.same_fields(
            self._raw, _read_only(starts[rows]), _read_only(ends[rows]), encoded.out, encoded.offsets,
            encoded.valid.view(np.uint8), same,
        )  # fmt: skip
        flags[rows[~same]] = kernels.KEEP

    def _with_marks(self, text: pa.LargeStringArray, place: Place) -> pa.LargeStringArray:
        rows = np.flatnonzero(place.modes == kernels.MARKS)
        starts, ends = place.starts[rows], place.ends[rows]
        out = np.empty(4 * int((ends - starts).sum()), np.uint8)
        offsets = np.empty(len(rows) + 1, np.int64)
        kernels.mark_fields(self._raw, starts, ends, out, offsets)
        marked = pl.Series(pl.from_arrow(string_array(offsets, out, np.zeros(len(rows), np.uint8))))
        return pl.Series(pl.from_arrow(text)).scatter(rows, marked).to_arrow().cast(pa.large_string())


@cache
def _joining(name: str) -> tuple[bytes, ...]:
    charset = tables(name)
    codes = charset.encoding
    seconds = {int(key) & 0xFFFFF for key in codes.keys}
    alone = [p for p in seconds if codes.entries[int(codes.pages[p >> 8]) << 8 | p & 0xFF] & 3 << 24]
    return tuple(chr(point).encode() for point in sorted(alone))


def joining(charset: Tables) -> tuple[bytes, ...]:
    """Characters (UTF-8) with a code of their own that also end a sequence of one code: behind another character they
    are the same text."""
    return _joining(charset.charset.name)


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view
