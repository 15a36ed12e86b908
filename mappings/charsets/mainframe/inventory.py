"""Every code of a charset, and which of them come back: for lists, documentation and tests."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from mappings.charsets.mainframe.columns import decode_column, encode_column, roundtrip_mask
from mappings.charsets.mainframe.tables import tables


class CodeCounts(NamedTuple):
    """How many codes: of one byte, of more, of these user-defined, in use without a Unicode character, and not coming
    back from their own text because another code shares it."""

    single: int
    double: int
    user_defined: int
    unmappable: int
    not_reversible: int


def every_code(name: str) -> pa.LargeBinaryArray:
    """One value for each code of a charset, double bytes between their shift codes."""
    charset = tables(name)
    decoding, shifts = charset.decoding, charset.charset.shifts
    before, behind = (shifts.to_double[0], shifts.to_single) if shifts else (b"", b"")
    values = [bytes([code]) for code in np.flatnonzero(decoding.one).tolist()]
    values += [before + code.to_bytes(2, "big") + behind for code in np.flatnonzero(decoding.two).tolist()]
    values += [b"\x8f" + code.to_bytes(2, "big") for code in np.flatnonzero(decoding.three).tolist()]
    return pa.array(values, pa.large_binary())


def count_codes(name: str) -> CodeCounts:
    """Counts of one charset, found by decoding and encoding each of its codes."""
    codes = every_code(name)
    decoded = decode_column(codes, name)
    back = roundtrip_mask(codes, name, decoded=decoded)
    single = int(np.count_nonzero(tables(name).decoding.one))
    return CodeCounts(
        single,
        len(codes) - single,
        decoded.counts.get("gaiji", 0),
        decoded.counts.get("unmappable", 0) // 2,
        int(np.count_nonzero(~back)),
    )


def not_reversible(name: str) -> list[tuple[bytes, str, bytes | None]]:
    """The codes that do not come back: their bytes, their text, and the bytes that stand for this text."""
    codes = every_code(name)
    decoded = decode_column(codes, name)
    lost = pa.array(~roundtrip_mask(codes, name, decoded=decoded))
    text = decoded.text.filter(lost)
    others = encode_column(text, name).values
    return list(zip(codes.filter(lost).to_pylist(), text.to_pylist(), others.to_pylist(), strict=True))
