"""DuckDB for what does not fit into a batch: connections with a memory limit and a place to spill, and the quoting of
names and paths."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb

MEMORY_LIMIT = "1GB"
"""What one connection may hold before it spills; a whole run stays under 4 GB with two areas at a time."""


@contextmanager
def connection(temp: Path, threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory DuckDB that spills into ``temp`` (made and removed here), with nothing downloaded or installed on
    its own."""
    temp.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(":memory:")
    try:
        con.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        con.execute(f"SET threads = {max(1, threads)}")
        con.execute(f"SET temp_directory = {literal(temp)}")
        con.execute("SET preserve_insertion_order = false")
        con.execute("SET enable_progress_bar = false")
        con.execute("SET autoinstall_known_extensions = false")
        yield con
    finally:
        con.close()
        shutil.rmtree(temp, ignore_errors=True)


@cache
def _base() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(":memory:")
    con.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    con.execute("SET enable_progress_bar = false")
    con.execute("SET autoinstall_known_extensions = false")
    return con


def cursor() -> duckdb.DuckDBPyConnection:
    """A connection for small questions (counts and sums over files): opening an engine for each costs more than they
    do. It shares one in-memory engine with all others of this process and may be used beside them in another thread."""
    return _base().cursor()


def literal(text: str | Path) -> str:
    """A text or path as an SQL string."""
    return "'" + str(text).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A column or table name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def scan(path: Path, *, row_number: bool = False) -> str:
    """Table expression over one Parquet file; with ``row_number`` it has a column ``file_row_number`` (0-based)."""
    return f"read_parquet({literal(path)}, file_row_number = true)" if row_number else f"read_parquet({literal(path)})"
