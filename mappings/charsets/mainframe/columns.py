"""Whole columns at once: fields of records to Arrow text, text back to fields, and which fields come back exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from mappings.charsets.mainframe import kernels
from mappings.charsets.mainframe.tables import Tables, tables

Bytes = npt.NDArray[np.uint8]
Source: TypeAlias = "bytes | bytearray | memoryview | Bytes | pa.Array"

KINDS = {
    "undecodable": kernels.BAD,
    "gaiji": kernels.GAIJI,
    "control": kernels.CONTROLS,
    "duplicate": kernels.DUPLICATE,
    "unmappable": kernels.UNMAPPABLE,
    "unclosed": kernels.UNCLOSED,
    "shift_spelling": kernels.SHIFT_SPELLING,
    "unencodable": kernels.UNENCODABLE,
    "similar": kernels.SIMILAR,
    "too_long": kernels.TOO_LONG,
    "mark": kernels.MARKS,
}
"""Kinds of events by name; :mod:`.kernels` says what each is."""

LISTED = ("undecodable", "unmappable", "gaiji", "unclosed")
"""What :func:`decode_column` lists unless told otherwise; it counts everything."""

MAX_EVENTS = 1_000_000
"""So many events of one call are listed; the counts are always those of all."""

_EVENT = np.dtype([("kind", np.int64), ("code", np.int64), ("row", np.int64), ("position", np.int64)])


@dataclass(frozen=True, eq=False)
class Fields:
    """Where the fields of a column lie: ``raw[starts[i]:ends[i]]``, and which of them are present."""

    raw: Bytes
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    present: npt.NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True, eq=False)
class Decoded:
    """Decoded fields.

    ``text``: one string a field. ``counts``: how often each of :data:`KINDS` occurred. ``events``: structured array
    (kind, code, row, position) of the kinds that were to be listed; ``row`` is the field's 0-based number,
    ``position`` the byte's place in the data. The code of an undecodable byte is the byte, that of an unmappable,
    user-defined or duplicate character its code in the charset.
    """

    text: pa.LargeStringArray
    counts: dict[str, int]
    events: npt.NDArray[np.void]


@dataclass(frozen=True, eq=False)
class Encoded:
    """Encoded texts.

    ``values``: ``large_binary``, or ``fixed_size_binary`` with a width; null where the text was null or cannot be
    written as it is. ``events``: (kind, code, row, position) of ``unencodable`` (code: the code point), ``similar``
    and ``too_long`` (code: the bytes that it takes); ``position`` is the byte's place in the column's UTF-8.
    """

    values: pa.Array
    counts: dict[str, int]
    events: npt.NDArray[np.void]


def fields(
    data: Source,
    *,
    offsets: npt.ArrayLike | None = None,
    record_length: int | None = None,
    start: int = 0,
    width: int | None = None,
) -> Fields:
    """Where the fields lie in ``data``.

    An Arrow array of a binary type: its values. ``offsets`` (n + 1): field ``i`` is ``data[offsets[i]:offsets[i +
    1]]``. ``record_length``: each record's bytes from ``start`` on, ``width`` of them or the rest; a last record that
    is too short gives what it has. ``width`` alone: consecutive fields. None of them: all of ``data`` is one field.
    Raises ``ValueError`` for places outside the data.
    """
    if isinstance(data, pa.Array):
        return _arrow_fields(data)
    raw = _read_only(np.frombuffer(data, np.uint8))
    if offsets is not None:
        places = np.asarray(offsets, np.int64)
        if len(places) and (places[0] < 0 or places[-1] > len(raw) or (np.diff(places) < 0).any()):
            raise ValueError("offsets must ascend within the data")
        return Fields(raw, *_edges(places[:-1], places[1:]))
    if record_length is None:
        if width is None:
            return Fields(raw, *_edges(np.zeros(1, np.int64), np.array([len(raw)], np.int64)))
        record_length = width
    if record_length < 1 or start < 0 or (width is not None and width < 0):
        raise ValueError("a record has at least one byte, a field no negative place")
    stop = record_length if width is None else start + width
    if stop > record_length:
        raise ValueError(f"a field of bytes {start} to {stop} does not lie in a record of {record_length} bytes")
    records = np.arange(0, len(raw), record_length, dtype=np.int64)
    return Fields(raw, *_edges(np.minimum(records + start, len(raw)), np.minimum(records + stop, len(raw))))


def decode_column(
    data: Source | Fields,
    charset: str,
    *,
    offsets: npt.ArrayLike | None = None,
    record_length: int | None = None,
    start: int = 0,
    width: int | None = None,
    shift_in: bytes | None = None,
    listed: Iterable[str] = LISTED,
) -> Decoded:
    """Decode a column; ``offsets``, ``record_length``, ``start`` and ``width`` as in :func:`fields`.

    Shift state begins anew in every field. A byte that is no code, and the two bytes of a code that Unicode has no
    character for, become U+10FE00 + byte. ``shift_in`` is the spelling of the shift to double bytes that is usual in
    the data (its first by default): others count as ``shift_spelling``. Never raises for what the data holds; raises
    ``LookupError`` for a charset, ``ValueError`` for places or a shift code that there is not.
    """
    source = _located(data, offsets, record_length, start, width)
    decoded = run_decoder(tables(charset), source, shift_in=shift_in, wanted=_wanted(listed))
    nulls = None if source.present is None else pa.array(~source.present)
    text = pa.LargeStringArray.from_buffers(
        len(source), pa.py_buffer(decoded.offsets), pa.py_buffer(decoded.out), *_validity(nulls)
    )
    return Decoded(text, _counts(decoded.counts), decoded.events)


def encode_column(
    text: pa.Array | pa.ChunkedArray,
    charset: str,
    *,
    width: int | None = None,
    shift_in: bytes | None = None,
    marks: bool = True,
    similar: bool = False,
) -> Encoded:
    """Encode a column of strings, to fields of ``width`` bytes filled with the charset's space if it is given.

    Each text begins and ends in single bytes. Marks (U+10FE00 + byte) turn back into their bytes unless ``marks`` is
    false. A character without a code is listed and makes its value null; it is never replaced: with ``similar`` alone
    the codes are taken that the vendor's table has for encoding only (EBCDIK's ``a`` as ``A``).
    """
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    encoded = run_encoder(
        tables(charset), texts(text), width=width or 0, shift_in=shift_in, marks=marks, similar=similar,
        wanted=_wanted(("unencodable", "similar", "too_long")),
    )  # fmt: skip
    nulls = None if encoded.valid.all() else pa.array(~encoded.valid)
    if width:
        buffers = [_validity(nulls)[0], pa.py_buffer(encoded.out)]
        values = pa.Array.from_buffers(pa.binary(width), len(text), buffers, *_validity(nulls)[1:])
    else:
        buffers = [_validity(nulls)[0], pa.py_buffer(encoded.offsets), pa.py_buffer(encoded.out)]
        values = pa.Array.from_buffers(pa.large_binary(), len(text), buffers, *_validity(nulls)[1:])
    return Encoded(values, _counts(encoded.counts), encoded.events)


def roundtrip_mask(
    data: Source | Fields,
    charset: str,
    *,
    offsets: npt.ArrayLike | None = None,
    record_length: int | None = None,
    start: int = 0,
    width: int | None = None,
    shift_in: bytes | None = None,
    decoded: Decoded | None = None,
) -> npt.NDArray[np.bool_]:
    """For each field whether encoding its text gives its very bytes: where not, the residue has to keep them.

    It is found by doing it, so nothing can be forgotten: codes that share a character, shift codes in another spelling,
    redundant or missing, marks whose place cannot be told. ``decoded`` saves decoding once more if it is at hand.
    """
    source = _located(data, offsets, record_length, start, width)
    charset_tables = tables(charset)
    if decoded is None:
        decoded = decode_column(source, charset, shift_in=shift_in, listed=())
    encoded = run_encoder(charset_tables, texts(decoded.text), shift_in=shift_in)
    same = np.zeros(len(source), np.bool_)
    kernels.same_fields(
        source.raw, source.starts, source.ends, encoded.out, encoded.offsets, encoded.valid.view(np.uint8), same
    )
    return same if source.present is None else same | ~source.present


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts as a kernel reads them: text ``i`` is ``utf8[starts[i]:starts[i + 1]]`` if it is ``present``."""

    utf8: Bytes
    starts: npt.NDArray[np.int64]
    present: npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Run:
    """What a kernel left: buffers as Arrow has them, state and end of every field, counts and events."""

    out: Bytes
    offsets: npt.NDArray[np.int64]
    states: npt.NDArray[np.int8]
    stops: npt.NDArray[np.int64]
    valid: npt.NDArray[np.bool_]
    counts: npt.NDArray[np.int64]
    events: npt.NDArray[np.void]
    units: npt.NDArray[np.int64]


def run_decoder(
    charset: Tables,
    source: Fields,
    *,
    shift_in: bytes | None = None,
    state: int | None = None,
    final: bool = True,
    told: bool = False,
    wanted: int = 0,
    most: int = MAX_EVENTS,
) -> Run:
    """Decode fields. ``state``: 1 if they begin in double bytes; ``final`` false leaves an unfinished code alone;
    ``told`` fills ``units`` (see :func:`.kernels.decode_fields`)."""
    table = charset.decoding
    out = np.empty(4 * int((source.ends - source.starts).sum()), np.uint8)
    offsets, states, stops = (np.empty(len(source) + more, kind) for more, kind in _LEFT)
    spelling = _shift_in(charset, shift_in)
    units = np.zeros(len(source.raw) if told else 0, np.int64)
    room = 256 if wanted else 0
    while True:
        counts, events = np.zeros(kernels.KINDS, np.int64), np.empty((room, 4), np.int64)
        listed = kernels.decode_fields(
            source.raw, source.starts, source.ends, table.one, table.two, table.three, table.long, table.lead,
            table.trail, table.shift, table.second, spelling, table.alphabet, _state(charset, state), final, wanted,
            out, offsets, states, stops, units, counts, events,
        )  # fmt: skip
        if listed <= room or room >= most:
            break
        room = min(listed, most)
    used = out[: int(offsets[-1])]
    valid = np.ones(len(source), np.bool_)
    return Run(used, offsets, states, stops, valid, counts, _events(events, listed), units)


def run_encoder(
    charset: Tables,
    text: Texts,
    *,
    width: int = 0,
    shift_in: bytes | None = None,
    state: int | None = None,
    close: bool = True,
    marks: bool = True,
    similar: bool = False,
    wanted: int = 0,
    most: int = MAX_EVENTS,
) -> Run:
    """Encode texts. ``state``: 1 if they begin in double bytes; ``close`` false leaves the last state as it is."""
    table, decoding, shifts = charset.encoding, charset.decoding, charset.charset.shifts
    rows = len(text.present)
    out = np.empty(4 * int(text.starts[-1] - text.starts[0]) + (8 + width) * rows, np.uint8)
    offsets, states, stops = (np.empty(rows + more, kind) for more, kind in _LEFT)
    valid = np.empty(rows, np.bool_)
    shift_out = _read_only(np.frombuffer(shifts.to_single if shifts else b"", np.uint8))
    space = _read_only(np.frombuffer(table.space, np.uint8))
    room = 256 if wanted else 0
    while True:
        counts, events = np.zeros(kernels.KINDS, np.int64), np.empty((room, 4), np.int64)
        listed = kernels.encode_fields(
            text.utf8, text.starts, text.present, table.pages, table.entries, table.keys, table.codes, decoding.one,
            decoding.two, decoding.lead, decoding.shift, decoding.alphabet, _shift_in(charset, shift_in), shift_out,
            _state(charset, state), close, marks, similar, width, space, wanted, out, offsets, states, valid, counts,
            events,
        )  # fmt: skip
        if listed <= room or room >= most:
            break
        room = min(listed, most)
    used = out[: int(offsets[-1])]
    return Run(used, offsets, states, stops, valid, counts, _events(events, listed), np.zeros(0, np.int64))


def texts(array: pa.Array) -> Texts:
    """The buffers of a column of strings. Raises ``ValueError`` for a column of another type."""
    if not (
        pa.types.is_string(array.type) or pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type)
    ):
        raise ValueError(f"texts are strings, not {array.type}")
    array = array.cast(pa.large_string())
    _validity_bits, places, content = array.buffers()
    starts = np.frombuffer(places, np.int64)[array.offset :][: len(array) + 1] if places else np.zeros(1, np.int64)
    present = np.ones(len(array), np.uint8)
    if array.null_count:
        present = array.is_valid().to_numpy(zero_copy_only=False).view(np.uint8)
    utf8 = np.frombuffer(content, np.uint8) if content is not None else np.empty(0, np.uint8)
    return Texts(_read_only(utf8), _read_only(starts), _read_only(present))


_LEFT: tuple[tuple[int, Any], ...] = ((1, np.int64), (0, np.int8), (0, np.int64))
"""Further entries and type of the offsets, states and stops that a kernel fills."""


def _located(
    data: Source | Fields, offsets: npt.ArrayLike | None, record_length: int | None, start: int, width: int | None
) -> Fields:
    if isinstance(data, Fields):
        return data
    return fields(data, offsets=offsets, record_length=record_length, start=start, width=width)


def _arrow_fields(data: pa.Array) -> Fields:
    present = data.is_valid().to_numpy(zero_copy_only=False) if data.null_count else None
    if pa.types.is_fixed_size_binary(data.type):
        width = data.type.byte_width
        content = data.buffers()[1]
        starts = (data.offset + np.arange(len(data), dtype=np.int64)) * width
        ends = starts + width
    elif pa.types.is_large_binary(data.type) or pa.types.is_binary(data.type):
        data = data.cast(pa.large_binary())
        _, places, content = data.buffers()
        edges = np.frombuffer(places, np.int64)[data.offset :][: len(data) + 1] if places else np.zeros(1, np.int64)
        starts, ends = edges[:-1], edges[1:]
    else:
        raise ValueError(f"fields are binary, not {data.type}")
    raw = np.frombuffer(content, np.uint8) if content is not None else np.empty(0, np.uint8)
    return Fields(_read_only(raw), *_edges(starts, ends), present)


def _edges(
    starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    return _read_only(starts), _read_only(ends)


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def _state(charset: Tables, state: int | None) -> int:
    if charset.decoding.alphabet != 0:
        return charset.decoding.alphabet & 1
    return state or 0


def _shift_in(charset: Tables, wanted: bytes | None) -> Bytes:
    shifts = charset.charset.shifts
    spellings = shifts.to_double if shifts else (b"",)
    if wanted is not None and wanted not in spellings:
        raise ValueError(f"{charset.charset.name} has no shift code {wanted.hex()}")
    return _read_only(np.frombuffer(spellings[0] if wanted is None else wanted, np.uint8))


def _wanted(kinds: Iterable[str]) -> int:
    bits = 0
    for kind in kinds:
        bits |= 1 << KINDS[kind]
    return bits


def _counts(counts: npt.NDArray[np.int64]) -> dict[str, int]:
    return {name: int(counts[kind]) for name, kind in KINDS.items() if counts[kind]}


def _events(events: npt.NDArray[np.int64], listed: int) -> npt.NDArray[np.void]:
    return events[: min(listed, len(events))].view(_EVENT).reshape(-1)


def _validity(nulls: pa.Array | None) -> tuple[pa.Buffer | None, int]:
    """Validity bitmap and number of nulls, as Arrow wants them."""
    if nulls is None:
        return None, 0
    return pa.compute.invert(nulls).buffers()[1], int(pa.compute.sum(nulls.cast(pa.int64())).as_py() or 0)
