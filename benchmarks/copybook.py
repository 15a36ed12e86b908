"""Records of a mainframe decoded by their copybook, against plain Python and numpy peers, all in one run.

    python benchmarks/copybook.py [--records 200000] [--repeat 5]

A 409-byte record of mixed columns: national and mixed text in JEF with shift codes, half-width kana, zoned, packed and
binary numbers, OCCURS. Processor time of one thread is what counts; a file is read as a whole run reads it, too. Prints
MB of record bytes a second, packed values a second, and ratios. The peers give the same texts and are checked for it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

import mappings.charsets  # noqa: F401  registers the codecs that the peer uses
from mappings.readers import ExportSpec, read_export
from mappings.readers.mainframe import kernels
from mappings.readers.mainframe.choices import CopybookChoices
from mappings.readers.mainframe.copybook import parse_copybook
from mappings.readers.mainframe.decode import RecordDecoder
from mappings.readers.mainframe.numbers import NumberColumn, decode_numbers
from mappings.readers.mainframe.plan import RecordPlan, plan_record

CHARSET = "jef_ebcdik"
COPYBOOK = """
01 JUKI-REC.
   03 KBN        PIC X.
   03 ATENA-NO   PIC 9(10).
   03 SHIMEI     PIC N(20).
   03 KANA       PIC X(40).
   03 JUSHO      PIC X(100).
   03 KATAGAKI   PIC N(20).
   03 UMARE      PIC 9(7) COMP-3.
   03 SEX        PIC X.
   03 KIBETSU OCCURS 12.
      05 GAKU    PIC S9(9) COMP-3.
      05 NOKI    PIC 9(7) COMP-3.
   03 TOTAL      PIC S9(9)V99.
   03 RITSU      PIC S9(4) COMP.
   03 KENSU      PIC 9(9) COMP.
   03 MEMO       PIC X(38).
   03 FILLER     PIC X(10).
"""
NAMES = ["山田　太郎", "佐藤　花子", "國弘　千鶴", "重冨　義雄", "藤井　薫", "守田　さくら"]
KANA = ["ﾔﾏﾀﾞ ﾀﾛｳ", "ｻﾄｳ ﾊﾅｺ", "ｸﾆﾋﾛ ﾁﾂﾞﾙ", "ｼｹﾞﾄﾐ ﾖｼｵ", "ﾌｼﾞｲ ｶｵﾙ"]
NOTES = ["", "", "転入ﾆﾖﾙ 記載", "婚姻"]
Bytes = npt.NDArray[np.uint8]


def records(plan: RecordPlan, decoder: RecordDecoder, count: int) -> Bytes:
    """Made-up records as they lie in a file."""
    draw = np.random.default_rng(20180331)
    made = []
    for column in plan.columns:
        if column.number:
            most = min(column.digits, 9)
            values = draw.integers(0, 10 ** draw.integers(1, most + 1, count))
            values = values * (draw.random(count) < 0.9) * np.where(column.signed & (draw.random(count) < 0.1), -1, 1)
            texts = [f"{v:.2f}" for v in (values / 100).tolist()] if column.scale else [str(v) for v in values.tolist()]
        else:
            pool = {"SHIMEI": NAMES, "KANA": KANA, "KATAGAKI": ["　", "大手町ハイツ"], "MEMO": NOTES}.get(column.name)
            if column.name == "JUSHO":
                numbers = draw.integers(1, 3000, (count, 2)).tolist()
                texts = [f"周南市大字栗屋{a}番地{b}ｱﾊﾟｰﾄ" for a, b in numbers]
            else:
                chosen = pool or (["1", "2"] if column.length == 1 else [""])
                texts = [chosen[i] for i in draw.integers(0, len(chosen), count).tolist()]
        encoded = decoder.encode(column.name, pa.array(texts, pa.large_string()))
        assert encoded.null_count == 0, column.name
        made.append(np.frombuffer(encoded.buffers()[1], np.uint8).reshape(count, column.length))
    raw = np.ascontiguousarray(np.concatenate(made, axis=1)).reshape(-1)
    raw.flags.writeable = False
    return raw


def by_record(raw: bytes, plan: RecordPlan) -> dict[str, list[str]]:
    """The plain way: a loop over records and fields, Python's integers, our codec for text."""
    found: dict[str, list[str]] = {column.name: [] for column in plan.columns}
    for begin in range(0, len(raw), plan.length):
        for column in plan.columns:
            value = raw[begin + column.offset : begin + column.offset + column.length]
            if column.kind == "packed":
                digits = value.hex()
                number = int(digits[:-1])
                text = str(-number if digits[-1] == "d" else number)
                text = text if column.signed else text.zfill(column.digits)
            elif column.kind == "binary":
                text = str(int.from_bytes(value, "big", signed=column.signed))
                text = text if column.signed else text.zfill(column.digits)
            elif column.kind == "zoned":
                negative = column.signed and value[-1] >> 4 == 0xD
                text = "".join(str(byte & 0x0F) for byte in value)
                if column.scale:
                    text = str(int(text[: -column.scale])) + "." + text[-column.scale :]
                text = "-" + text if negative and text.strip("0.") else text
            else:
                text = value.decode("jef" if column.kind == "wide" else CHARSET)
            found[column.name].append(text)
    return found


def packed_by_numpy(raw: Bytes, count: int, length: int) -> npt.NDArray[np.str_]:
    """Packed values with numpy alone: whole columns of digits, then numpy's own text."""
    rows = raw.reshape(count, length)
    pairs = (rows[:, :-1] >> 4).astype(np.int64) * 10 + (rows[:, :-1] & 0x0F)
    value = np.zeros(count, np.int64)
    for k in range(length - 1):
        value = value * 100 + pairs[:, k]
    value = value * 10 + (rows[:, -1] >> 4)
    return np.where((rows[:, -1] & 0x0F) == 0x0D, -value, value).astype(np.str_)


def best(repeat: int, work: Callable[[], object]) -> float:
    """Least processor time of several rounds, in seconds."""
    times = []
    for _ in range(repeat):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def pieces(decoder: RecordDecoder, raw: Bytes, length: int, rows: int) -> None:
    """All records, in batches as the reader has them."""
    for begin in range(0, len(raw), rows * length):
        end = min(begin + rows * length, len(raw))
        begins = np.arange(begin, end, length)
        decoder.decode(raw, begins, begins + length)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    plan = plan_record(parse_copybook(COPYBOOK, "bench.cpy", "free"))
    choices = CopybookChoices(plan)
    decoder = RecordDecoder(plan, CHARSET, choices)
    raw = records(plan, decoder, given.records)
    megabytes = len(raw) / 1e6
    few = min(given.records, 5_000)
    sample = raw[: few * plan.length]
    begins = np.arange(few) * plan.length
    ours = decoder.decode(sample, begins, begins + plan.length)
    theirs = by_record(sample.tobytes(), plan)
    for column, texts in zip(plan.columns, ours.texts, strict=True):
        assert texts.to_pylist() == theirs[column.name], column.name
    print(f"{given.records:,} records of {plan.length} bytes, {len(plan.columns)} columns, {megabytes:,.1f} MB")

    rows = 20_000
    mine = megabytes / best(given.repeat, lambda: pieces(decoder, raw, plan.length, rows))
    plain = len(sample) / 1e6 / best(2, lambda: by_record(sample.tobytes(), plan))
    print(f"decode, one thread      {mine:8.1f} MB/s of record bytes   {mine / plain:6.1f} x plain Python")

    number = next(n for n in decoder.numbers.values() if n.column.name == "GAKU_01")
    values, ratio = packed(number, raw, plan, given.records, given.repeat)
    print(f"packed values           {values:8.1f} million a second     {ratio:6.1f} x numpy")

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "JUKI.DAT"
        path.write_bytes(raw.tobytes())
        spec = ExportSpec("juki", (path,), "fixed", CHARSET, (), copybook=choices)
        walls, processors = [], []
        for _ in range(given.repeat):
            began, used = time.perf_counter(), time.process_time()
            read_export(spec, Path(name), threads=2)
            walls.append(time.perf_counter() - began)
            processors.append(time.process_time() - used)
        wall, processor = megabytes / min(walls), megabytes / min(processors)
        print(f"file to staged Parquet  {wall:8.1f} MB/s wall, {processor:.1f} MB/s of processor time")


def packed(number: NumberColumn, raw: Bytes, plan: RecordPlan, count: int, repeat: int) -> tuple[float, float]:
    """Million packed values a second, and the ratio to numpy."""
    length, offset = number.column.length, number.column.offset
    column = np.ascontiguousarray(raw.reshape(count, plan.length)[:, offset : offset + length]).reshape(-1)
    column.flags.writeable = False
    starts = np.arange(count, dtype=np.int64) * length
    modes = np.full(count, kernels.NORMAL, np.uint8)
    texts, _ = decode_numbers(number, column, starts, starts + length, modes)
    assert texts.to_pylist() == packed_by_numpy(column, count, length).tolist()
    mine = best(repeat, lambda: decode_numbers(number, column, starts, starts + length, modes))
    theirs = best(2, lambda: packed_by_numpy(column, count, length))
    return count / mine / 1e6, theirs / mine


if __name__ == "__main__":
    main()
