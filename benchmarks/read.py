"""Reading against the bare script (iconv, polars ``scan_csv``, ``sink_parquet``) on the same file in one run.

    python benchmarks/read.py [--rows 400000] [--fields 52] [--repeat 3]

Prints wall and processor time, MB of the export a second, and the ratio. The bare script knows no record numbers,
offsets, hashes, gaiji or undecodable bytes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from mappings.readers import ExportSpec, FieldSpec, read_export, warm_up

NAMES = ["山田　太郎", "佐藤　花子", "髙橋　一郎", "渡邉　美咲", "藤井　薫", "國弘　千鶴", "重冨　義雄", "守田　さくら"]
KANA = ["ﾔﾏﾀﾞ ﾀﾛｳ", "ｻﾄｳ ﾊﾅｺ", "ﾀｶﾊｼ ｲﾁﾛｳ", "ﾜﾀﾅﾍﾞ ﾐｻｷ", "ﾌｼﾞｲ ｶｵﾙ", "ｸﾆﾋﾛ ﾁﾂﾞﾙ", "ｼｹﾞﾄﾐ ﾖｼｵ", "ﾓﾘﾀ ｻｸﾗ"]
TOWNS = ["周南市岐山通", "周南市大字栗屋", "下松市大手町", "光市中央", "柳井市南町", "阿武町大字奈古"]
NOTES = ["", "", "", "転入届による職権記載", "婚姻"]


def table(rows: int, fields: int) -> pl.DataFrame:
    """A table of residents: numbers, names in kanji and kana, addresses, dates, codes, empty fields, in turn."""
    draw = np.random.default_rng(20180331)

    def chosen(values: list[str]) -> pl.Series:
        return pl.Series(np.array(values)[draw.integers(0, len(values), rows)])

    def number(low: int, high: int) -> pl.Series:
        return pl.Series(draw.integers(low, high, rows)).cast(pl.String)

    makers: list[Callable[[], pl.Series]] = [
        lambda: number(10**9, 10**10),
        lambda: chosen(NAMES),
        lambda: chosen(KANA),
        lambda: chosen(TOWNS) + number(1, 3000) + "番地" + number(1, 50),
        lambda: number(3_010_101, 5_311_231),
        lambda: chosen(["0", "1", "2"]),
        lambda: chosen(["", "", "", "01", "12"]),
        lambda: number(0, 10**7),
        lambda: number(3_010_101, 5_311_231),
        lambda: chosen(NOTES),
    ]
    return pl.DataFrame({f"F{i:02d}": makers[i % len(makers)]() for i in range(fields)})


def bare(source: Path, folder: Path) -> None:
    text = folder / "utf8.csv"
    with text.open("wb") as out:
        subprocess.run(["iconv", "-f", "CP932", "-t", "UTF-8", str(source)], stdout=out, check=True)
    frames = pl.scan_csv(text, infer_schema=False)
    frames.sink_parquet(folder / "bare.parquet", compression="zstd", compression_level=1)


def measured(label: str, megabytes: float, work: Callable[[], object]) -> float:
    before, began = os.times(), time.perf_counter()
    work()
    wall, after = time.perf_counter() - began, os.times()
    processor = sum(after[:4]) - sum(before[:4])
    print(f"{label:8s} {wall:7.2f} s wall {processor:7.2f} s processor {megabytes / wall:7.1f} MB/s")
    return wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--fields", type=int, default=52)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "export.csv"
        text = folder / "text.csv"
        table(given.rows, given.fields).write_csv(text, quote_style="always", line_terminator="\r\n")
        with source.open("wb") as out:
            subprocess.run(["iconv", "-f", "UTF-8", "-t", "CP932", str(text)], stdout=out, check=True)
        text.unlink()
        megabytes = source.stat().st_size / 1e6
        fields = tuple(FieldSpec(f"F{i:02d}") for i in range(given.fields))
        spec = ExportSpec("export", (source,), "delimited", "cp932", fields, header=True)
        began = time.perf_counter()
        warm_up()
        print(f"{given.rows:,} records, {given.fields} fields, {megabytes:,.1f} MB CP932; kernels ready in "
              f"{time.perf_counter() - began:.1f} s")  # fmt: skip
        ours, theirs = [], []
        for _ in range(given.repeat):
            ours.append(measured("reader", megabytes, lambda: read_export(spec, folder, threads=2)))
            theirs.append(measured("bare", megabytes, lambda: bare(source, folder)))
        print(f"ratio (best of {given.repeat}): {min(ours) / min(theirs):.2f}")


if __name__ == "__main__":
    main()
