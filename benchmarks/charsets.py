"""Decoding of mainframe charsets: MB/s of field bytes on one core, and IBM 939 beside iconv and ICU in the same run.

Usage: ``python benchmarks/charsets.py [--megabytes N] [--rounds N] [--json]``. Peers that are not there (``iconv`` on
the path; ICU through PyICU) are left out by name. Each figure is the best of the rounds, which take turns: of a noisy
machine only the ratios count.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from mappings.charsets.mainframe import register
from mappings.charsets.mainframe.columns import decode_column, encode_column, fields, roundtrip_mask

NAMES = ("山田太郎", "高橋　花子", "佐藤一郎", "渡邉みどり", "齋藤健二", "中村　さくら")
KANA = ("ﾔﾏﾀﾞ ﾀﾛｳ", "ﾀｶﾊｼ ﾊﾅｺ", "ｻﾄｳ ｲﾁﾛｳ", "ﾜﾀﾅﾍﾞ ﾐﾄﾞﾘ", "ｻｲﾄｳ ｹﾝｼﾞ", "ﾅｶﾑﾗ ｻｸﾗ")
STREETS = ("大手町１丁目２番３号", "末武中７７番地", "花岡２１８２", "西豊井１３９５番地２")

Work = Callable[[], object]


def _records(megabytes: int) -> tuple[bytes, int]:
    """Records of 112 bytes: number, kana and name with shift codes (72 bytes), and a double-byte address (40)."""
    random = np.random.default_rng(20250101)
    kinds = []
    for index in range(997):
        name, kana, street = (pool[index * step % len(pool)] for pool, step in ((NAMES, 1), (KANA, 5), (STREETS, 7)))
        mixed = f"{index:010}{kana}".encode("jef_ebcdik").ljust(40, b"\x40") + name.encode("jef_ebcdik")
        wide = (f"山口県下松市{street}".encode("jef") + b"\x40\x40" * 20)[:40]
        kinds.append(np.frombuffer(mixed.ljust(72, b"\x40") + wide, np.uint8))
    pool = np.stack(kinds)
    return pool[random.integers(0, len(pool), megabytes * 1_000_000 // 112)].tobytes(), 112


def _best(works: dict[str, Work], rounds: int) -> dict[str, float]:
    """Seconds of the best round of each; the rounds take turns, the first is not counted."""
    best = dict.fromkeys(works, float("inf"))
    for turn in range(rounds + 1):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            if turn:
                best[name] = min(best[name], time.perf_counter() - started)
    return best


def jef(megabytes: int, rounds: int) -> dict[str, float]:
    """MB/s of the bytes of the fields that are converted."""
    data, length = _records(megabytes)
    mixed = fields(data, record_length=length, width=72)
    wide = fields(data, record_length=length, start=72, width=40)
    sizes = {"mixed": len(mixed) * 72 / 1e6, "wide": len(wide) * 40 / 1e6}
    text = {"mixed": decode_column(mixed, "jef_ebcdik").text, "wide": decode_column(wide, "jef").text}
    halves = [fields(data[: len(data) // 224 * 112], record_length=length, width=72)] * 2

    def both() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda half: decode_column(half, "jef_ebcdik"), halves))

    works: dict[str, tuple[str, Work]] = {
        "decode, mixed fields": ("mixed", lambda: decode_column(mixed, "jef_ebcdik")),
        "decode, double-byte fields": ("wide", lambda: decode_column(wide, "jef")),
        "decode with selectors, double-byte": ("wide", lambda: decode_column(wide, "jef_ivs")),
        "encode, mixed fields": ("mixed", lambda: encode_column(text["mixed"], "jef_ebcdik")),
        "encode, double-byte fields": ("wide", lambda: encode_column(text["wide"], "jef")),
        "decode and prove, mixed fields": ("mixed", lambda: roundtrip_mask(mixed, "jef_ebcdik")),
        "decode, mixed fields, 2 threads": ("mixed", both),
    }
    seconds = _best({name: work for name, (_, work) in works.items()}, rounds)
    return {name: sizes[size] / seconds[name] for name, (size, _) in works.items()}


def ibm939(megabytes: int, rounds: int) -> dict[str, float]:
    """MB/s of one text of IBM 939 to UTF-8 (ICU: to its UTF-16): ours as columns and as codec, iconv, ICU."""
    line = "".join(f"{n}{k}{s}" for n, k, s in zip(NAMES, KANA, STREETS, strict=False)) + "\n"
    raw = line.encode("ibm939")
    data = raw * (megabytes * 1_000_000 // len(raw))
    column = fields(data, width=len(raw))
    expected = data.decode("ibm939")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.939"
        path.write_bytes(data)
        works: dict[str, Work] = {
            "ours, columns": lambda: decode_column(column, "ibm939"),
            "ours, Python codec": lambda: data.decode("ibm939"),
        }
        if shutil.which("iconv"):
            command = ["iconv", "-f", "IBM939", "-t", "UTF-8", str(path)]
            if subprocess.run(command, capture_output=True, check=True).stdout.decode() != expected:
                raise SystemExit("iconv decodes this text in another way")
            works["iconv"] = lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        else:
            print("no iconv on this machine")
        try:
            import icu  # type: ignore[import-not-found]
        except ImportError:
            print("no PyICU in this environment")
        else:
            # Its UnicodeString is UTF-16; turning that into a str of Python is not counted.
            works["ICU"] = lambda: icu.UnicodeString(data, "ibm-939")
        seconds = _best(works, rounds)
    return {name: len(data) / 1e6 / taken for name, taken in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    register()
    found = {"JEF": jef(options.megabytes, options.rounds), "IBM 939": ibm939(options.megabytes, options.rounds)}
    if options.json:
        print(json.dumps({part: {k: round(v, 1) for k, v in rows.items()} for part, rows in found.items()}))
        return
    for part, rows in found.items():
        print(part)
        for name, speed in rows.items():
            ratio = f"  {speed / rows['iconv']:5.2f} x iconv" if "iconv" in rows else ""
            print(f"  {name:36} {speed:7.0f} MB/s{ratio}")


if __name__ == "__main__":
    main()
