"""Is the declared charset right? The judge before an export is mapped, and chardet as a witness.

Two rules, both only where another candidate fits the whole export:

- more than 0.1 % of the records do not decode strictly, and the other candidate decodes every byte;
- the declared charset decodes, but to a mix of characters that no Japanese record has (EUC-JP read as CP932 becomes
  stray half-width kana and rare kanji), and the other one gives ordinary text.

Half-width kana alone prove nothing: they are common in CP932 exports. What tells is kana out of place (a voiced mark
behind a syllable that has none, ``｡｢｣､･`` within names) and the share of kanji that are rare. Measured in
tests/readers/test_evidence.py.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mappings.charsets import kernels
from mappings.charsets.tables import character_classes, tables
from mappings.readers.spec import ExportSpec
from mappings.readers.staged import ReadFinding
from mappings.readers.tallies import Tallies
from mappings.readers.window import Window, bom_of, byte_order, transcode

CANDIDATES = ("cp932", "utf-8", "eucjp-ms", "utf-16", "iso-2022-jp")

MAX_BAD_RECORDS = 0.001
PLAUSIBLE = 0.75
"""Below it nobody writes such text. Measured on layouts, place names, names in kanji and kana: right charsets give
0.82 to 1.00 (0.82: a list of names in old-form kanji), wrong ones 0.00 to 0.75."""
_BETTER_BY = 0.2
_ENOUGH = 20
"""Characters of a kind that it takes to judge by them."""

_PIECE = 65_536
_PIECES = 6
_PARTS = 8
_CHARDET_BYTES = 200_000
_CHARDET_ENOUGH = 2_000
"""Bytes outside ASCII below which chardet is no witness."""

_CHARDET_NAMES = {
    "shift_jis": "cp932",
    "cp932": "cp932",
    "shift_jis_2004": "cp932",
    "shift_jisx0213": "cp932",
    "euc_jp": "eucjp-ms",
    "euc_jis_2004": "eucjp-ms",
    "euc_jisx0213": "eucjp-ms",
    "utf_8": "utf-8",
    "utf_8_sig": "utf-8",
    "utf_16": "utf-16",
    "utf_16_le": "utf-16",
    "utf_16_be": "utf-16",
    "iso2022_jp": "iso-2022-jp",
}
_CHECK_BYTES = 8 << 20
_CUT = 4096
_CODEC_ISO = "iso2022_jp_ext"


@dataclass(frozen=True)
class Fatal:
    """Why a run must fail, in both languages, without data values."""

    code: str
    ja: str
    en: str


@dataclass(frozen=True)
class Verdict:
    fatal: Fatal | None = None
    chardet: dict[str, Any] = field(default_factory=dict)
    findings: tuple[ReadFinding, ...] = ()


@dataclass(frozen=True)
class Sample:
    """Pieces of an export: the head of each part, and stretches further in that begin and end with whole records."""

    heads: tuple[bytes, ...]
    pieces: tuple[bytes, ...]

    def of(self, charset: str) -> tuple[bytes, ...]:
        # A stretch cut at line feeds may begin in the middle of a UTF-16 unit: only heads tell there.
        return self.heads if charset.startswith("utf-16") else (*self.heads, *self.pieces)


def take_sample(spec: ExportSpec) -> Sample:
    heads, pieces = [], []
    stride = _stride(spec) if spec.format == "fixed" else 0
    step = max(1, len(spec.files) // _PARTS)
    for path in spec.files[::step]:
        size = path.stat().st_size
        with path.open("rb") as file:
            heads.append(_whole_lines(file.read(_PIECE), size <= _PIECE))
            for k in range(1, _PIECES):
                at = size * k // _PIECES
                if at < _PIECE:
                    continue
                if stride:
                    at -= at % stride
                file.seek(at)
                piece = file.read(_PIECE)
                if b"\n" in piece:
                    pieces.append(_whole_lines(piece[piece.index(b"\n") + 1 :], False))
                elif stride:
                    pieces.append(piece[: len(piece) // stride * stride])
    return Sample(tuple(heads), tuple(pieces))


def _stride(spec: ExportSpec) -> int:
    """Bytes from one fixed-length record to the next."""
    length = spec.record_length or max((f.start or 0) + (f.length or 0) for f in spec.fields)
    return length + len(spec.newline_in_fixed or "")


def _whole_lines(piece: bytes, is_all: bool) -> bytes:
    cut = piece.rfind(b"\n") + 1
    return piece if is_all or not cut else piece[:cut]


@dataclass(frozen=True)
class Reading:
    """What a sample is when it is read in one charset; counts of characters as
    :func:`mappings.charsets.kernels.tally` has them."""

    common: int
    rare: int
    kana: int
    stray_kana: int
    controls: int
    undecodable: int
    row_8e: int = 0
    """CP932 only: characters 8EA1-8EDF. EUC-JP writes its half-width kana with these very bytes."""

    @property
    def japanese(self) -> int:
        return self.common + self.rare + self.kana + self.stray_kana

    @property
    def plausibility(self) -> float:
        """0 (nobody writes this) to 1 (ordinary): the least of full-width text, half-width kana, and the share that
        is text at all."""
        shares = []
        if self.common + self.rare >= _ENOUGH:
            shares.append(self.common / (self.common + self.rare))
            shares.append(1 - self.row_8e / (self.common + self.rare))
        if self.kana + self.stray_kana >= _ENOUGH:
            shares.append(self.kana / (self.kana + self.stray_kana))
        noise = self.controls + self.undecodable
        if self.japanese + noise >= _ENOUGH:
            shares.append(self.japanese / (self.japanese + noise))
        return min(shares, default=1.0)


def read_as(sample: Sample, charset: str) -> Reading:
    totals = np.zeros(6, np.int64)
    classes = character_classes()
    row_8e = 0
    for piece in sample.of(charset):
        raw = piece[len(bom_of(charset, piece)) :]
        if not raw:
            continue
        if charset == "iso-2022-jp":
            text = np.frombuffer(bytearray(raw.decode(_CODEC_ISO, "replace").encode("utf-8", "replace")), np.uint8)
        else:
            text = transcode(np.frombuffer(raw, np.uint8), tables(byte_order(charset, piece)))
        kernels.tally(np.ascontiguousarray(text), classes, totals)
        if charset == "cp932":
            pairs = np.frombuffer(raw, np.uint8)
            row_8e += int(np.count_nonzero((pairs[:-1] == 0x8E) & (pairs[1:] >= 0xA1) & (pairs[1:] <= 0xDF)))
    return Reading(*[int(n) for n in (*totals, row_8e)])


def decodes_all(spec: ExportSpec, charset: str) -> bool:
    """Whether every byte of every part is text in the charset."""
    return all(_decodes(path, charset) for path in spec.files)


def _decodes(path: Path, charset: str) -> bool:
    if charset == "iso-2022-jp":
        return _decodes_iso(path)
    totals = np.zeros(6, np.int64)
    with Window(path, charset, _CHECK_BYTES, wide=True, beside=False) as window:
        while True:
            window.refill()
            cut = window.end
            text = window.buffer[window.start : cut]
            if not window.wide:
                if not window.at_eof:
                    # Bytes below 0x40 are no part of a longer character in any of the candidates.
                    alone = np.flatnonzero(text[-_CUT:] < 0x40)
                    if len(alone):
                        cut = window.end - min(_CUT, len(text)) + int(alone[-1]) + 1
                text = transcode(window.buffer[window.start : cut], window.charset)
            kernels.tally(np.ascontiguousarray(text), character_classes(), totals)
            if totals[5]:
                return False
            if window.at_eof:
                return True
            window.move_to(cut, window.base + cut - window.start)


def _decodes_iso(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder(_CODEC_ISO)()
    with path.open("rb") as file:
        try:
            while piece := file.read(_CHECK_BYTES):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def judge(spec: ExportSpec, charset: str) -> Verdict:
    """Look at a sample before the export is read; if it is implausible as declared, look for a charset that fits the
    whole."""
    if not spec.files:
        return Verdict()
    sample = take_sample(spec)
    declared = read_as(sample, charset)
    witness, findings = _ask_chardet(sample, charset, declared)
    if declared.plausibility < PLAUSIBLE:
        other = _better(spec, sample, charset, declared)
        if other is not None:
            record, offset = _first_text(spec, sample)
            return Verdict(_wrong(spec, charset, other, record, offset, witness), witness, findings)
    return Verdict(None, witness, findings)


def undecodable(spec: ExportSpec, charset: str, records: int, tallies: Tallies, verdict: Verdict) -> Fatal | None:
    """After reading: too many records do not decode, and another candidate decodes all."""
    if tallies.first_undecodable is None or tallies.undecodable_records <= MAX_BAD_RECORDS * records:
        return None
    sample = take_sample(spec)
    for other in _others(charset):
        reading = read_as(sample, other)
        if not reading.undecodable and reading.plausibility >= PLAUSIBLE and decodes_all(spec, other):
            return _wrong(spec, charset, other, *tallies.first_undecodable, verdict.chardet)
    return None


def _others(charset: str) -> list[str]:
    return [other for other in CANDIDATES if other.split("-")[:2] != charset.split("-")[:2]]


def _better(spec: ExportSpec, sample: Sample, charset: str, declared: Reading) -> str | None:
    readings = {other: read_as(sample, other) for other in _others(charset)}
    wanted = max(PLAUSIBLE, declared.plausibility + _BETTER_BY)
    fitting = [o for o, r in readings.items() if not r.undecodable and r.plausibility >= wanted]
    # The one that makes most of the bytes Japanese text first.
    fitting.sort(key=lambda o: -readings[o].japanese)
    return next((other for other in fitting if decodes_all(spec, other)), None)


def _first_text(spec: ExportSpec, sample: Sample) -> tuple[int, int]:
    """Record number and offset of the first record that is not plain ASCII (record 0 = the header)."""
    head = np.frombuffer(sample.heads[0], np.uint8)
    telling = np.flatnonzero((head >= 0x80) | (head == 0) | (head == 0x1B))
    at = int(telling[0]) if len(telling) else 0
    if spec.format == "fixed":
        stride = _stride(spec)
        return at // stride + 1, at - at % stride
    before = sample.heads[0][:at]
    return before.count(b"\n") + (0 if spec.header else 1), before.rfind(b"\n") + 1


def _wrong(spec: ExportSpec, charset: str, other: str, record: int, offset: int, witness: dict[str, Any]) -> Fatal:
    opinion = witness.get("encoding")
    file = spec.files[0].name if len(spec.files) == 1 else f"{spec.files[0].name} ({len(spec.files)})"
    return Fatal(
        "R11",
        f"{file}: 宣言された文字コード {charset} では正しく読めません"
        f"（最初はレコード {record}、{offset} バイト目から）。"
        f"{other} なら全体を読めます（自動判定: {opinion or '判定なし'}）。マッピングの charset を確認してください。",
        f"{file}: not {charset} as declared (first seen in record {record}, from byte {offset}). "
        f"All of it can be read as {other} (chardet says {opinion or 'nothing'}). Check the mapping's charset.",
    )


def _ask_chardet(sample: Sample, charset: str, declared: Reading) -> tuple[dict[str, Any], tuple[ReadFinding, ...]]:
    """chardet's opinion on up to 200 KB, and a finding where it disagrees and is a fit witness."""
    data = b"".join(sample.heads)[:_CHARDET_BYTES]
    beyond_ascii = int(np.count_nonzero(np.frombuffer(data, np.uint8) >= 0x80))
    if not data:
        return {}, ()
    import chardet

    answer = chardet.detect(data)
    name = answer["encoding"]
    witness = {
        "encoding": name,
        "confidence": round(float(answer["confidence"] or 0.0), 3),
        "bytes": len(data),
        "beyond_ascii": beyond_ascii,
    }
    # An answer that is no candidate (GB18030 for kanji alone, KOI8 for kana) tells of chardet, not of the export.
    family = _CHARDET_NAMES.get((name or "").lower().replace("-", "_"), "")
    mostly_kana = declared.kana > declared.common
    if family not in _others(charset) or beyond_ascii < _CHARDET_ENOUGH or mostly_kana:
        return witness, ()
    detail = f"declared={charset} chardet={name} confidence={witness['confidence']} bytes={len(data)}"
    return witness, (ReadFinding("R06", None, 1, detail),)
