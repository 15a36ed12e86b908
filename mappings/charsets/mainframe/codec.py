"""The charsets as codecs of Python, over the same tables and kernels as whole columns."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from mappings.charsets.mainframe import MARK_ERRORS, kernels
from mappings.charsets.mainframe.columns import Texts, fields, run_decoder, run_encoder
from mappings.charsets.mainframe.tables import Tables, tables

_MARK = re.compile("[\U0010fe00-\U0010feff]")
_UNDECODED = 1 << kernels.BAD | 1 << kernels.UNMAPPABLE
_ROW = np.ones(1, np.uint8)
_ROW.flags.writeable = False


def decode(charset: Tables, data: bytes, errors: str, state: int, final: bool) -> tuple[str, int, int]:
    """Text, bytes consumed, and the shift state behind them. Calls the error handler once for each run of bytes
    without a character."""
    run = run_decoder(charset, fields(data), state=state, final=final, wanted=_UNDECODED, most=len(data))
    text = run.out.tobytes().decode("utf-8")
    if len(run.events) and errors != MARK_ERRORS:
        text = "".join(_handled(charset, data, text, errors, run.events["position"].tolist()))
    return text, int(run.stops[0]), int(run.states[0])


def _handled(charset: Tables, data: bytes, text: str, errors: str, positions: list[int]) -> Iterator[str]:
    """``text`` with what the handler makes of the bytes at ``positions`` in place of their marks."""
    marks = [found.start() for found in _MARK.finditer(text)]
    here = 0
    for first, last in _runs(positions):
        start, end = positions[first], positions[last] + 1
        error = UnicodeDecodeError(charset.charset.name, data, start, end, "no character for these bytes")
        made, resume = codecs.lookup_error(errors)(error)
        if isinstance(made, bytes) or resume not in (end, end - len(data)):
            raise error
        yield text[here : marks[first]]
        yield made
        here = marks[last] + 1
    yield text[here:]


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """First and last index of each run of consecutive places."""
    first = 0
    for index in range(1, len(places) + 1):
        if index == len(places) or places[index] != places[index - 1] + 1:
            yield first, index - 1
            first = index


def encode(charset: Tables, text: str, errors: str, state: int, close: bool) -> tuple[bytes, int]:
    """Bytes, and the shift state behind them; ``close`` ends in single bytes."""
    made, after, bad = _encoded(charset, text, errors, state, close)
    if not bad:
        return made, after
    shifts = charset.charset.shifts
    parts: list[bytes] = []
    here = 0

    def add(piece: str, error: UnicodeEncodeError | None, last: bool) -> None:
        nonlocal state
        made, state, wrong = _encoded(charset, piece, errors if error is None else "strict", state, last)
        if wrong and error is not None:
            raise error
        parts.append(made)

    for first, last in _runs(bad):
        start, end = bad[first], bad[last] + 1
        if start < here:
            continue
        error = UnicodeEncodeError(charset.charset.name, text, start, end, "the charset has no code for this")
        replacement, resume = codecs.lookup_error(errors)(error)
        add(text[here:start], None, False)
        if isinstance(replacement, bytes):
            if state == 1 and shifts is not None:
                parts.append(shifts.to_single)
                state = 0
            parts.append(replacement)
        else:
            add(replacement, error, False)
        here = resume if resume >= 0 else resume + len(text)
    add(text[here:], None, close)
    return b"".join(parts), state


def _encoded(charset: Tables, text: str, errors: str, state: int, close: bool) -> tuple[bytes, int, list[int]]:
    """Bytes, state, and the places of the characters that have no code (then there are no bytes)."""
    utf8 = text.encode("utf-8", "surrogatepass")
    raw, starts = np.frombuffer(utf8, np.uint8), np.array([0, len(utf8)], np.int64)
    starts.flags.writeable = False
    run = run_encoder(
        charset, Texts(raw, starts, _ROW), state=state, close=close, marks=errors == MARK_ERRORS,
        wanted=1 << kernels.UNENCODABLE, most=len(text),
    )  # fmt: skip
    bad: list[int] = []
    if not run.valid[0]:
        heads = np.cumsum((raw & 0xC0) != 0x80) - 1
        bad = heads[run.events["position"]].tolist()
    return run.out.tobytes(), int(run.states[0]), bad


@cache
def codec(name: str) -> codecs.CodecInfo:
    """The codec of a charset. Raises ``LookupError`` for a name that there is not."""
    charset = tables(name)
    begin = charset.decoding.alphabet & 1

    def decode_all(data: Any, errors: str = "strict") -> tuple[str, int]:
        raw = bytes(data)
        return decode(charset, raw, errors, begin, True)[0], len(raw)

    def encode_all(text: str, errors: str = "strict") -> tuple[bytes, int]:
        return encode(charset, text, errors, begin, True)[0], len(text)

    class IncrementalDecoder(codecs.BufferedIncrementalDecoder):
        state = begin

        def _buffer_decode(self, data: Any, errors: str, final: bool) -> tuple[str, int]:
            text, used, self.state = decode(charset, bytes(data), errors, self.state, final)
            return text, used

        def reset(self) -> None:
            super().reset()
            self.state = begin

        def getstate(self) -> tuple[bytes, int]:
            return super().getstate()[0], self.state ^ begin

        def setstate(self, state: tuple[bytes, int]) -> None:
            super().setstate(state)
            self.state = state[1] ^ begin

    class IncrementalEncoder(codecs.IncrementalEncoder):
        # Each piece ends in single bytes, and nothing is held back: Python's text files never say which piece is the
        # last, so what waits for the next one would be lost.
        def encode(self, text: str, final: bool = False) -> bytes:
            return encode_all(text, self.errors)[0]

    class StreamReader(codecs.StreamReader):
        state = begin

        def decode(self, data: Any, errors: str = "strict") -> tuple[str, int]:
            text, used, self.state = decode(charset, bytes(data), errors, self.state, False)
            return text, used

        def reset(self) -> None:
            super().reset()
            self.state = begin

    class StreamWriter(codecs.StreamWriter):
        def encode(self, text: str, errors: str = "strict") -> tuple[bytes, int]:
            return encode_all(text, errors)

    return codecs.CodecInfo(
        encode_all, decode_all, StreamReader, StreamWriter, IncrementalEncoder, IncrementalDecoder,
        name=charset.charset.name,
    )  # fmt: skip
