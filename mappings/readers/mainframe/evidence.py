"""Is the declared charset of an export with a copybook right? Asked of its text fields before it is read.

As for delimited text (:mod:`mappings.readers.evidence`) there are two rules, and both ask for another charset that
reads the fields well: bytes that are no code in a tenth of the records and in ten of them at least, or a mix of
characters that nobody writes. The vendors' kanji are nearly the same, so a few bytes prove nothing here; shift codes
differ, and a wrong charset fails in every record that has one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mappings.charsets import kernels as charset_kernels
from mappings.charsets.mainframe.catalogue import CHARSETS
from mappings.charsets.tables import character_classes
from mappings.readers.evidence import PLAUSIBLE, Fatal, Reading
from mappings.readers.mainframe.choices import CopybookChoices
from mappings.readers.mainframe.cut import Cutter
from mappings.readers.mainframe.decode import RecordDecoder
from mappings.readers.spec import ExportSpec
from mappings.readers.window import Window

_SAMPLE_BYTES = 1 << 20
_PARTS = 4
_BETTER_BY = 0.2
_BAD_SHARE = 0.1
_ENOUGH = 20
"""Characters that it takes to call a reading better."""
_BAD_RECORDS = 10
_BAD = 1

_Sample = list[tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], npt.NDArray[np.int64]]]


def judge(spec: ExportSpec, choices: CopybookChoices, charset: str) -> Fatal | None:
    """Why the declared charset cannot be right, or None. Looks at the begin of some parts."""
    sample = _sample(spec, choices)
    if not sample:
        return None
    declared, bad = _read_as(sample, choices, charset)
    records = sum(len(begins) for _, begins, _ in sample)
    undecodable = bad >= max(_BAD_RECORDS, _BAD_SHARE * records)
    if declared.plausibility >= PLAUSIBLE and not undecodable:
        return None
    best: tuple[int, str] | None = None
    for other in CHARSETS.values():
        if not (other.single or other.stateless) or other.ivs or other.name == charset:
            continue
        reading, undecoded = _read_as(sample, choices, other.name)
        # A reading without text is no better one; double bytes read as single ones give twice the characters or more.
        much = reading.japanese >= max(_ENOUGH, declared.japanese // 4)
        fits = much and not undecoded and reading.plausibility >= PLAUSIBLE
        if fits and (undecodable or reading.plausibility >= declared.plausibility + _BETTER_BY):
            # The one that makes most of the bytes Japanese text; of equal ones the first.
            best = max(best or (-1, ""), (reading.japanese, other.name), key=lambda score: score[0])
    if best is None:
        return None
    file = spec.files[0].name
    return Fatal(
        "R11",
        f"{file}: 宣言された文字コード {charset} では正しく読めません"
        f"（先頭 {records} レコードのうち {bad} レコードに文字のないバイト）。"
        f"{best[1]} なら読めます。マッピングの charset を確認してください。",
        f"{file}: not {charset} as declared ({bad} of its first {records} records have bytes without a "
        f"character). It can be read as {best[1]}. Check the mapping's charset.",
    )


def _sample(spec: ExportSpec, choices: CopybookChoices) -> _Sample:
    """The first records of some parts: bytes, begins, ends."""
    step = max(1, len(spec.files) // _PARTS)
    found: _Sample = []
    for path in spec.files[::step]:
        with Window(path, "ascii", _SAMPLE_BYTES, False, False) as window:
            for cut in Cutter(choices, window):
                if len(cut):
                    raw = window.buffer.copy()
                    raw.flags.writeable = False
                    found.append((raw, cut.begins, cut.stops))
                    break
    return found


def _read_as(sample: _Sample, choices: CopybookChoices, charset: str) -> tuple[Reading, int]:
    """The characters of all text fields in a charset, and records with bytes that are none of its codes."""
    texts = tuple(column for column in choices.plan.columns if not column.number and not column.filler)
    decoder = RecordDecoder(choices.plan, charset, _plain(choices))
    totals = np.zeros(6, np.int64)
    classes = character_classes()
    bad = 0
    for raw, begins, stops in sample:
        if choices.types is not None:
            kinds = decoder.column(choices.types.field, raw, begins, stops)
            own = kinds.is_in([value.rstrip(" 　") for value in choices.types.own]).to_numpy()
            begins, stops = begins[own], stops[own]
        decoded = decoder.decode(raw, begins, stops)
        rows = decoded.events[decoded.events[:, 0] >> 48 == _BAD, 1] >> 16
        bad += len(np.unique(rows))
        for column in texts:
            _tally(decoded.texts[decoder.index[column.name]], classes, totals)
    return Reading(*totals.tolist()), bad


def _plain(choices: CopybookChoices) -> CopybookChoices:
    """The same choices without what belongs to one charset only."""
    return CopybookChoices(choices.plan, choices.records, choices.line_end, choices.types)


def _tally(text: pa.LargeStringArray, classes: npt.NDArray[np.uint8], totals: npt.NDArray[np.int64]) -> None:
    content = text.buffers()[2]
    if content is not None and len(content):
        charset_kernels.tally(np.frombuffer(content, np.uint8).copy(), classes, totals)
