"""Standard files read back, whoever made them: which groups a folder holds, and each group typed by the layout.

Parquet and CSV of any profile are read alike; columns are found by their names, never by what is in them. An empty CSV
value is null (the form knows no difference). A number that is none becomes null in the typed frame: compare with
:func:`read_group_text` to find it.
"""

from __future__ import annotations

import atexit
import codecs
import csv
import io
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import duckdb
import polars as pl

from layouts.delivery.csvform import BOM, uncarried_path, unescaped
from layouts.delivery.profile import DeliveryProfile, profiles
from layouts.delivery.shapes import AREA_KEY, GROUP_KEY, MUNICIPALITY_KEY, UNCARRIED
from layouts.errors import Text, TsugiteError
from layouts.load import area_ids, load_area
from layouts.model import Group, Item

_CHUNK = 1 << 23
_COMPACT_DATE = r"^(\d{4})(\d{2})(\d{2})$"


class StandardFileError(TsugiteError):
    """A standard file cannot be read, or has other columns than its group (finding D02)."""

    def __init__(self, what: Text, where: Text | str = "", todo: Text | str = "") -> None:
        super().__init__("D02", what, where, todo)

    def __reduce__(self) -> tuple[type[StandardFileError], tuple[Text, Text, Text]]:  # type: ignore[override]
        return StandardFileError, (self.what, self.where, self.todo)


@dataclass(frozen=True, slots=True, order=True)
class DeliveredFile:
    """One standard file found in a folder."""

    area: str
    """Area id."""
    group: str
    """Slug of the group."""
    form: Literal["parquet", "csv"]
    path: Path
    municipality: str | None
    """団体コード, None where neither metadata nor name says it."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a folder holds."""

    files: tuple[DeliveredFile, ...]
    unknown: tuple[Path, ...]
    """Parquet and CSV files that no layout and no profile knows."""

    def groups(self) -> dict[tuple[str, str], DeliveredFile]:
        """One file a group, by (area id, group slug): the typed Parquet where both forms are there."""
        chosen: dict[tuple[str, str], DeliveredFile] = {}
        for file in self.files:
            known = chosen.get((file.area, file.group))
            if known is None or (known.form == "csv" and file.form == "parquet"):
                chosen[file.area, file.group] = file
        return chosen


def _parquet_file(path: Path) -> DeliveredFile | None:
    try:
        metadata = pl.read_parquet_metadata(path)
        columns = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError):
        return None
    area_id, slug = metadata.get(AREA_KEY, path.parent.name), metadata.get(GROUP_KEY, path.stem)
    if area_id not in area_ids() or slug not in (area := load_area(area_id)):
        return None
    group = area.group(slug)
    if GROUP_KEY not in metadata and not any(name in group for name in columns):
        return None
    return DeliveredFile(area_id, group.slug, "parquet", path, metadata.get(MUNICIPALITY_KEY))


def _csv_file(path: Path, forms: Sequence[DeliveryProfile]) -> DeliveredFile | None:
    name = unicodedata.normalize("NFC", path.name)  # some file systems store か゛ for が
    for form in forms:
        match = form.name_pattern().fullmatch(name)
        if match is None or match["area_id"] not in area_ids():
            continue
        area = load_area(match["area_id"])
        for group in area.groups:
            # A group's name may hold the separator, so names are compared, not cut.
            if unicodedata.normalize("NFC", form.csv_name(area, group, match["municipality"], match["date"])) == name:
                return DeliveredFile(area.id, group.slug, "csv", path, match["municipality"])
    return None


def scan_delivery(folder: Path) -> Delivered:
    """The standard files in ``folder`` and below (of a run's folder: in its ``standard/``).

    Parquet is known by its metadata, or by its place ``<area>/<slug>.parquet`` and its columns; CSV by its name.
    """
    root = folder / "standard" if (folder / "standard").is_dir() else folder
    forms = tuple(profiles().values())
    files: list[DeliveredFile] = []
    unknown: list[Path] = []
    for path in sorted(root.rglob("*")):
        suffix = path.suffix.lower()
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if hidden or suffix not in (".csv", ".parquet") or not path.is_file():
            continue
        if path.name.endswith(".uncarried.csv"):
            continue
        found = _parquet_file(path) if suffix == ".parquet" else _csv_file(path, forms)
        if found is None:
            unknown.append(path)
        else:
            files.append(found)
    return Delivered(tuple(sorted(files)), tuple(unknown))


def number(item: Item) -> pl.Expr:
    """The item's text column as its number (Int64, Decimal(38, m)); null where the text is no such number."""
    text = pl.col(item.name)
    if item.type == "9V":
        # A cast alone would round what has more decimals than the item.
        fits = text.str.contains(rf"^[+-]?[0-9]+(\.[0-9]{{0,{item.scale}}})?$")
        return pl.when(fits).then(text).cast(item.polars_dtype, strict=False).alias(item.name)
    return text.cast(pl.Int64, strict=False)


def typed(table: pl.LazyFrame, group: Group) -> pl.LazyFrame:
    """A frame of text (:func:`read_group_text`) with the layout's types; a number that is none is null."""
    return table.with_columns(number(item) for item in group.items if item.numeric)


def read_group(path: Path, group: Group, profile: DeliveryProfile | None = None) -> pl.LazyFrame:
    """A group's standard file as a frame of its items, in layout order, typed by the layout.

    ``profile`` is needed only where the file has no header, another null than the empty text, or compact dates. Raises
    :class:`StandardFileError` for what cannot be read and for missing, unknown or repeated columns.
    """
    if path.suffix.lower() == ".parquet":
        table = _scan_parquet(path, group)
        if table.collect_schema() == group.polars_schema:
            return table
    return typed(read_group_text(path, group, profile), group)


def read_group_text(path: Path, group: Group, profile: DeliveryProfile | None = None) -> pl.LazyFrame:
    """The same with every item as text, as it stands in the file."""
    if path.suffix.lower() == ".parquet":
        return _scan_parquet(path, group).select(pl.all().cast(pl.String))
    return _scan_csv(path, group, profile)


def _columns(path: Path, group: Group, names: Sequence[str]) -> list[str]:
    """Item names of a file's columns (names or slugs), in the file's order."""
    found = [group.item(name).name if name in group else None for name in names]
    unknown = [name for name, item in zip(names, found, strict=True) if item is None]
    known = [item for item in found if item is not None]
    missing = [name for name in group.names if name not in known]
    repeated = sorted({name for name in known if known.count(name) > 1})
    problems = [
        (f"{ja}: {', '.join(names[:5])}", f"{en}: {', '.join(names[:5])}")
        for ja, en, names in (
            ("足りない列", "missing", missing),
            ("余分な列", "unknown", unknown),
            ("重複した列", "repeated", repeated),
        )
        if names
    ]
    if problems:
        ja, en = ("; ".join(problem[language] for problem in problems) for language in (0, 1))
        raise StandardFileError(
            Text(f"列がレイアウトと違う（{ja}）", f"the columns are not those of the layout ({en})"),
            f"{path.name}:1",
            Text(f"{group.area}:{group.name} の項目名を見出しにしてください",
                 f"head the columns with the item names of {group.area}:{group.name}"),
        )  # fmt: skip
    return known


def _scan_parquet(path: Path, group: Group) -> pl.LazyFrame:
    try:
        table = pl.scan_parquet(path)
        names = table.collect_schema().names()
    except pl.exceptions.PolarsError:
        raise StandardFileError(Text("Parquet として読めない", "not a Parquet file"), path.name) from None
    return table.rename(dict(zip(names, _columns(path, group, names), strict=True))).select(group.names)


@cache
def _scratch() -> Path:
    """A folder for transcoded files that goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="tsugite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while piece := file.read(_CHUNK):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _as_utf8(path: Path) -> Path:
    """The file itself if it is UTF-8, else a transcoded copy; StandardFileError if it is neither UTF-8 nor CP932."""
    if _is_utf8(path):
        return path
    with tempfile.NamedTemporaryFile(dir=_scratch(), suffix=".csv", delete=False) as copy, path.open("rb") as file:
        decoder = codecs.getincrementaldecoder("cp932")()
        try:
            while piece := file.read(_CHUNK):
                copy.write(decoder.decode(piece).encode())
            copy.write(decoder.decode(b"", final=True).encode())
        except UnicodeDecodeError:
            Path(copy.name).unlink()
            raise StandardFileError(
                Text("UTF-8 でも CP932 でもない", "neither UTF-8 nor CP932"),
                path.name,
                Text("納品プロファイルの文字コードで作り直してください", "write it again in the profile's charset"),
            ) from None
    return Path(copy.name)


def _header(path: Path) -> list[str]:
    with path.open("rb") as file:
        head = file.read(1 << 16).removeprefix(BOM)
    line = next(csv.reader(io.StringIO(head.decode("utf-8", errors="ignore"), newline="")), None)
    if line is None:
        raise StandardFileError(Text("ファイルが空である", "the file is empty"), path.name)
    return line


def _scan_csv(path: Path, group: Group, profile: DeliveryProfile | None) -> pl.LazyFrame:
    source = _as_utf8(path)
    headed = profile is None or profile.header != "none"
    names = _header(source) if headed else list(group.names)
    columns = _columns(path, group, names)
    _check_records(source, path.name, columns, headed)
    table = pl.scan_csv(
        source,
        has_header=headed,
        schema=dict.fromkeys(names, pl.String),
        truncate_ragged_lines=True,  # at most an empty field after the last: all else has been refused above
        raise_if_empty=False,
    ).rename(dict(zip(names, columns, strict=True)))
    listed = uncarried_path(path)
    if listed.exists():
        table = _restored(table, listed)
    null = profile.null if profile else ""
    table = table.select(pl.when(pl.col(name) != null).then(pl.col(name)).alias(name) for name in group.names)
    if profile is not None and profile.date == "YYYYMMDD":
        dates = [item.name for item in group.items if item.type == "DATE"]
        table = table.with_columns(pl.col(dates).str.replace(_COMPACT_DATE, "${1}-${2}-${3}"))
    return table


def _check_records(source: Path, name: str, columns: Sequence[str], headed: bool) -> None:
    """Every record needs all its fields: polars fills a short one with nulls silently, DuckDB says where it is."""
    query = (
        "SELECT count(*) FROM read_csv(?, auto_detect=false, header=?, delim=',', quote='\"', escape='\"', "
        "columns=?, null_padding=false, strict_mode=true)"
    )
    with duckdb.connect() as connection:
        try:
            connection.execute(query, [str(source), headed, dict.fromkeys(columns, "VARCHAR")]).fetchall()
        except duckdb.Error as error:
            # Its text quotes the record, so only the line number may leave.
            line = re.search(r"CSV Error on Line: (\d+)", str(error))
            raise StandardFileError(
                Text("項目数が見出しと違うか、引用符が正しくないレコードがある",
                     "a record has another number of fields than the header, or wrong quotes"),
                f"{name}:{line[1]}" if line else name,
                Text("区切り・引用符・改行の混入を確かめて作り直してください",
                     "look for stray separators, quotes and newlines, and write the file again"),
            ) from None  # fmt: skip


def _restored(table: pl.LazyFrame, listed: Path) -> pl.LazyFrame:
    """Put back the characters that the CSV's charset could not carry, in the values that are listed."""
    cells = pl.read_csv(listed, schema=UNCARRIED)
    chars = cells["char"].unique().sort().to_list()
    row = "\0row"
    return (
        table.with_row_index(row, offset=1)
        .with_columns(
            pl.when(pl.col(row).cast(pl.Int64).is_in(rows["row"].unique().implode()))
            .then(unescaped(pl.col(item), chars))
            .otherwise(pl.col(item))
            .alias(item)
            for (item,), rows in cells.group_by("item", maintain_order=True)
        )
        .drop(row)
    )
