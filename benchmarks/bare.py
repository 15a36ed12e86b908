"""The peer of our pipeline: transcode with iconv, `scan_csv`, `sink_parquet`, and nothing else.

This is what a one-off script does: no mapping, no check, no record of what it lost.
Usage: ``python benchmarks/bare.py EXPORTS_DIR OUT_DIR``. Prints one JSON line: files, bytes, rows, seconds, peak
resident memory (bytes; iconv's apart).
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

DELIMITERS = {".csv": ",", ".tsv": "\t"}
NOT_EXPORTS = {"expected.csv"}


def convert(export: Path, out: Path, charset: str = "CP932") -> int:
    """Write ``export`` as Parquet to ``out``; rows written. A file that is not delimited becomes one text column."""
    utf8 = out / (export.name + ".utf8")
    with export.open("rb") as source, utf8.open("wb") as target:
        subprocess.run(["iconv", "-c", "-f", charset, "-t", "UTF-8"], stdin=source, stdout=target, check=False)
    delimiter = DELIMITERS.get(export.suffix.lower())
    frame = pl.scan_csv(
        utf8,
        separator=delimiter or "\x01",
        quote_char='"' if delimiter == "," else None,
        has_header=delimiter is not None,
        new_columns=None if delimiter else ["record"],
        infer_schema=False,
        truncate_ragged_lines=True,
    )
    parquet = out / (export.name + ".parquet")
    frame.sink_parquet(parquet, compression="zstd", compression_level=1)
    utf8.unlink()
    return int(pl.scan_parquet(parquet).select(pl.len()).collect().item())


def main() -> None:
    exports, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    files = sorted(f for f in exports.iterdir() if f.is_file() and f.name not in NOT_EXPORTS)
    started = time.perf_counter()
    rows = sum(convert(export, out) for export in files)
    print(
        json.dumps(
            {
                "files": len(files),
                "bytes": sum(f.stat().st_size for f in files),
                "rows": rows,
                "seconds": round(time.perf_counter() - started, 2),
                "peak_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
