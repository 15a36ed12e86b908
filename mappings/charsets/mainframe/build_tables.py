"""Makes data/tables.npz: the vendors' code tables from a folder of CSV files, and IBM's from the platform's iconv.

``python -m mappings.charsets.mainframe.build_tables FOLDER`` with the CSV files that data/NOTICE names. It applies
data/corrections.csv (misprints of the lists, each with its reason; a correction that does not fit is an error) and
writes the same bytes for the same input. IBM's tables need a C library whose ``iconv`` knows IBM930, IBM939, IBM1390
and IBM1399 (glibc does); without one, those already in the file are kept.
"""

from __future__ import annotations

import csv
import ctypes
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mappings.charsets.mainframe.codetables import (
    DATA,
    DECODE_ONLY,
    ENCODE_ONLY,
    HALFWIDTH,
    ONEWAY,
    SUBSTITUTION,
    UNMAPPABLE,
)

Row = tuple[int, int, int, int, int, int]
"""Code, code point, selector of Hanyo-Denshi, of Adobe-Japan1, second character, options."""

LISTS = {
    "fujitsu_ascii": "fujitsu_ascii",
    "fujitsu_ebcdic": "fujitsu_ebcdic",
    "fujitsu_ebcdik": "fujitsu_ebcdik",
    "fujitsu_jef": "jef",
    "hitachi_ebcdic": "hitachi_ebcdic",
    "hitachi_ebcdik": "hitachi_ebcdik",
    "hitachi_keis78": "keis78",
    "hitachi_keis83": "keis83",
    "nec_ebcdik": "nec_ebcdik",
    "nec_jips": "jips",
    "nec_jis8": "nec_jis8",
}
"""CSV file and name of its table."""

OPTIONS = {
    "oneway": ONEWAY,
    "decode_only": DECODE_ONLY,
    "encode_only": ENCODE_ONLY,
    "unmappable": UNMAPPABLE,
    "substitution": SUBSTITUTION,
    "halfwidth": HALFWIDTH,
}
NOT_NEEDED = {"cjk_ci", "compatible", "combination", "fullwidth"}
"""Options that say what a character is, not how it is converted."""

IBM = {
    "ibm290": ("IBM930", False),
    "ibm1027": ("IBM939", False),
    "ibm300": ("IBM939", True),
    "ibm8482": ("IBM1390", False),
    "ibm5123": ("IBM1399", False),
    "ibm16684": ("IBM1399", True),
}
"""Table, charset of iconv, double-byte half or not."""


def corrections() -> dict[str, dict[tuple[int, int], tuple[int, int] | None]]:
    """Table -> (code, code point) as printed -> the right ones, or None for a row that has to go."""
    wanted: dict[str, dict[tuple[int, int], tuple[int, int] | None]] = {}
    with (DATA / "corrections.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            right = (int(row["right_code"], 16), int(row["right_unicode"], 16)) if row["right_code"] else None
            wanted.setdefault(row["table"], {})[int(row["code"], 16), int(row["unicode"], 16)] = right
    return wanted


def _options(text: str) -> int:
    value = 0
    for word in text.split():
        if word not in NOT_NEEDED:
            value |= OPTIONS[word]
    return value


def vendor_rows(folder: Path, name: str, wrong: dict[tuple[int, int], tuple[int, int] | None]) -> Iterator[Row]:
    """The rows of one CSV file in its order, corrected. Raises ``ValueError`` for a correction without its row."""
    left = dict(wrong)
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code, point = int(row["code"], 16), int(row["unicode"], 16)
            if (code, point) in left:
                right = left.pop((code, point))
                if right is None:
                    continue
                code, point = right
            hanyo, adobe, second = (
                int(row[column] or "0", 16) for column in ("ivs_hanyo_denshi", "ivs_adobe_japan1", "combining")
            )
            options = _options(row["options"])
            if point == 0xFFFD:
                options |= UNMAPPABLE
            yield code, point, hanyo, adobe, second, options
    if left:
        raise ValueError(f"{name}.csv lacks rows that data/corrections.csv corrects: {sorted(left)[:5]}")


def nec_permutation(folder: Path) -> npt.NDArray[np.uint8]:
    """For each byte of JIPS(J) the byte of JIPS(E)."""
    with (folder / "nec_jis8_ebcdik.csv").open(encoding="utf-8", newline="") as file:
        pairs = {int(row["jis8"], 16): int(row["ebcdik"], 16) for row in csv.DictReader(file)}
    if sorted(pairs) != list(range(256)) or sorted(pairs.values()) != list(range(256)):
        raise ValueError("nec_jis8_ebcdik.csv is no permutation of the 256 bytes")
    return np.array([pairs[byte] for byte in range(256)], np.uint8)


def converter(source: str, target: str) -> Callable[[bytes], bytes | None]:
    """The C library's iconv from ``source`` to ``target``: bytes, or None where it refuses.

    Raises ``LookupError`` where the platform has no such conversion.
    """
    libc = ctypes.CDLL(None)
    pointer, size = ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_size_t)
    libc.iconv_open.restype = ctypes.c_void_p
    libc.iconv_open.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    libc.iconv.restype = ctypes.c_size_t
    libc.iconv.argtypes = [ctypes.c_void_p, pointer, size, pointer, size]
    handle = libc.iconv_open(target.encode(), source.encode())
    failed = ctypes.c_size_t(-1).value
    if handle is None or handle == failed:
        raise LookupError(f"iconv has no conversion from {source} to {target}")

    def convert(data: bytes) -> bytes | None:
        libc.iconv(handle, None, None, None, None)
        source_bytes = ctypes.create_string_buffer(data, len(data))
        target_bytes = ctypes.create_string_buffer(256)
        here, there = ctypes.c_void_p(ctypes.addressof(source_bytes)), ctypes.c_void_p(ctypes.addressof(target_bytes))
        left, room = ctypes.c_size_t(len(data)), ctypes.c_size_t(256)
        arguments = (ctypes.byref(here), ctypes.byref(left), ctypes.byref(there), ctypes.byref(room))
        if libc.iconv(handle, *arguments) == failed:
            return None
        # What is held back for a combining character, and the shift back, come out now.
        libc.iconv(handle, None, None, *arguments[2:])
        return target_bytes.raw[: 256 - room.value]

    return convert


def ibm_rows(charset: str, double: bool) -> Iterator[Row]:
    """One half of an IBM charset: every code that iconv decodes, and whether it gives the code back."""
    decode, encode = converter(charset, "UTF-32LE"), converter("UTF-32LE", charset)
    for code in range(0x4040, 0xFF00) if double else range(0x100):
        raw = bytes([0x0E, code >> 8, code & 0xFF, 0x0F]) if double else bytes([code])
        if raw in (b"\x0e", b"\x0f"):
            continue
        utf32 = decode(raw)
        if not utf32:
            continue
        points = np.frombuffer(utf32, "<u4")
        # Substitute characters stand for codes that there are not, but for SUB itself.
        if 0xFFFD in points or (0x1A in points and raw != b"\x3f"):
            continue
        if len(points) > 2:
            raise ValueError(f"{charset}: code {code:X} is more than two characters")
        back = encode(utf32)
        yield code, int(points[0]), 0, 0, int(points[1]) if len(points) == 2 else 0, 0 if back == raw else DECODE_ONLY


def build(folder: Path) -> dict[str, npt.NDArray[np.generic]]:
    """All tables by name, for :func:`numpy.savez_compressed`."""
    wrong = corrections()
    made: dict[str, npt.NDArray[np.generic]] = {
        table: np.array(list(vendor_rows(folder, name, wrong.get(name, {}))), np.int32) for name, table in LISTS.items()
    }
    made["jips_e_of_j"] = nec_permutation(folder)
    for table, (charset, double) in IBM.items():
        try:
            made[table] = np.array(list(ibm_rows(charset, double)), np.int32)
        except LookupError as error:
            print(f"{table}: {error}; kept as it is", file=sys.stderr)
            with np.load(DATA / "tables.npz") as kept:
                made[table] = kept[table]
    return made


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m mappings.charsets.mainframe.build_tables FOLDER_OF_CSV_FILES")
    made = build(Path(sys.argv[1]))
    np.savez_compressed(DATA / "tables.npz", allow_pickle=False, **made)
    for name, table in made.items():
        print(f"{name:16} {len(table):6,}")


if __name__ == "__main__":
    main()
