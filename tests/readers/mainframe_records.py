"""Bytes of mainframe records, made in plain Python for tests."""

from __future__ import annotations

from mappings.charsets import MARK_BASE
from mappings.readers.mainframe.copybook import parse_copybook
from mappings.readers.mainframe.plan import Choice, RecordPlan, plan_record

JEF = "jef_ebcdik"


def packed(value: int, size: int, sign: str | None = None) -> bytes:
    digits = f"{abs(value):0{2 * size - 1}d}" + (sign or ("D" if value < 0 else "C"))
    return bytes.fromhex(digits)


def zoned(text: str) -> bytes:
    return bytes(0xF0 + int(digit) for digit in text)


def half(text: str, size: int) -> bytes:
    return text.encode(JEF).ljust(size, b"\x40")


def wide(text: str, size: int) -> bytes:
    return text.encode("jef").ljust(size, b"\x40")


def marks(raw: bytes) -> str:
    return "".join(chr(MARK_BASE + byte) for byte in raw)


def plan(text: str, record: str | None = None, *, variable: bool = False, **choices: Choice) -> RecordPlan:
    return plan_record(parse_copybook(text, "T.cpy", "free"), record, choices, variable=variable)


def words(*records: bytes) -> bytes:
    return b"".join((len(record) + 4).to_bytes(2, "big") + b"\0\0" + record for record in records)
