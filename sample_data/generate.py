"""Generates a municipality's sample (and the commands ``sample generate``, ``sample compare``): the truth in
standard form, one vendor's exports of it, and the declared counts.

::

    <out>/<code>/exports/...             the vendor's files, and expected.csv (records per file, sums of amount
                                         fields, and what the municipality's books say of the control totals)
    <out>/<code>/truth/<area>/<slug>.parquet
    <out>/shared/...                     files that hold several municipalities, and their expected.csv
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
import polars as pl
import pyarrow.parquet as pq

from layouts.load import load_area
from layouts.model import Group
from sample_data import compare as comparison
from sample_data import plugin, world
from sample_data.a_sha import defects as mainframe_defects
from sample_data.compact import write_compact
from sample_data.defects import kinds as defect_kinds
from sample_data.places import MUNICIPALITIES
from sample_data.write import Written, write

if TYPE_CHECKING:
    from sample_data.defects.kinds import Kind
    from sample_data.defects.plan import Planting

ROWS_AT_ONCE = 131_072
"""Rows of a row group of truth that is written in parts."""
Tell = Callable[[str], None]
Declared = tuple[str, str, str, int]
"""A line of expected.csv: file, kind, field, value."""


def generate(
    municipality: str,
    out: Path,
    *,
    population: int | None = None,
    scale: float = 1.0,
    seed: int = 7,
    years: int = 3,
    vendor: str = "b_sha",
    areas: Sequence[str] | None = None,
    defects: str = "none",
    continue_shared: bool = False,
    compact: bool = False,
    tell: Tell = lambda what: None,
) -> list[Written]:
    """Writes one municipality below ``out``; the same arguments give the same bytes.

    ``population`` present residents, else the real number times ``scale``. ``areas``: default all that the vendor
    has. ``continue_shared``: append to files that several municipalities share instead of starting them anew.
    ``compact``: truth in the small form of :mod:`sample_data.compact`. ``tell`` hears what is being written (no
    personal data). Raises KeyError for an unknown municipality, vendor or area, ValueError for an unknown set of
    defects or a population under 20.
    """
    planted = defects_of(vendor, defects)
    chosen = list(areas) if areas else available(vendor)
    people = population if population is not None else max(20, round(MUNICIPALITIES[municipality].population * scale))
    place = world.build(municipality, people, seed, years)
    context = plugin.Context(defects=defects)
    home, shared = out / municipality, out / "shared"
    planting = _planting(vendor, planted, chosen, municipality, seed, home) if planted else None
    written: list[Written] = []
    together: list[Written] = []
    totals: list[Declared] = []
    absent = comparison.not_held(vendor)
    for area in needed(chosen):
        truth = plugin.truth_of(area, place, context)
        if any(area in reads for reads in plugin.READS.values()):
            context.truths[area] = truth
        if area not in chosen:
            continue
        declared = _write_truth(area, truth, home / "truth" / area, compact)
        totals += [line for line in declared if (area, line[0].removeprefix(f"{area}:"), line[2]) not in absent]
        for table, as_written in _tables(planting, vendor, area, place, truth, context):
            tell(f"{municipality} {area} {table.file}")
            lengths = field_lengths(vendor, table.name) if table.format == "fixed" else {}
            if table.shared:
                together.append(write(table, shared, lengths, append=continue_shared, as_written=as_written))
            else:
                written.append(write(table, home / "exports", lengths, as_written=as_written))
        del truth
    _write_expected(home / "exports", written, totals=totals)
    if together:
        _write_expected(shared, together, before=_read_expected(shared) if continue_shared else ())
    if planting is not None:
        planting.finish()
    if vendor == mainframe_defects.VENDOR and defects != defect_kinds.NONE:
        mainframe_defects.plant(home / "exports", chosen, seed)
    return written + together


def defects_of(vendor: str, defects: str) -> tuple[Kind, ...]:
    """The kinds of a set or file of defects; none for a mainframe's, whose defects are in bytes, not in fields. Raises
    ValueError for what the vendor does not have."""
    if vendor not in (mainframe_defects.VENDOR, *mainframe_defects.VARIANTS):
        return defect_kinds.chosen(defects)
    known = (defect_kinds.NONE, *([mainframe_defects.SET] if vendor == mainframe_defects.VENDOR else []))
    if defects not in known:
        raise ValueError(f"defects {defects!r}: {vendor} has {', '.join(known)}")
    return ()


def _planting(
    vendor: str, kinds: Sequence[Kind], areas: Sequence[str], municipality: str, seed: int, home: Path
) -> Planting:
    from sample_data.defects.plan import Planting  # DuckDB is loaded only where defects are wanted

    return Planting(vendor, kinds, areas, needed([a for a in areas if a in plugin.TRUTHS]), municipality, seed, home)


def _tables(
    planting: Planting | None,
    vendor: str,
    area: str,
    place: world.World,
    truth: plugin.Truth,
    context: plugin.Context,
) -> Iterator[tuple[plugin.Table, plugin.Table | None]]:
    """Each table as the vendor's system has it, and as it is handed over where that differs."""
    if planting is not None:
        yield from planting.tables(area, place, truth, context)
        return
    for table in plugin.exports_of(vendor, area, place, truth, context):
        yield table, None


def programme(
    out: Path,
    *,
    populations: dict[str, int] | None = None,
    scale: float = 1.0,
    seed: int = 7,
    years: int = 3,
    vendor: str = "b_sha",
    areas: Sequence[str] | None = None,
    defects: str = "none",
    compact: bool = False,
    tell: Tell = lambda what: None,
) -> list[Written]:
    """All five municipalities below ``out``, with the files that they share; see :func:`generate`."""
    written: list[Written] = []
    for number, code in enumerate(MUNICIPALITIES):
        written += generate(
            code,
            out,
            population=(populations or {}).get(code),
            scale=scale,
            seed=seed,
            years=years,
            vendor=vendor,
            areas=areas,
            defects=defects,
            continue_shared=number > 0,
            compact=compact,
            tell=tell,
        )
    return written


def available(vendor: str) -> list[str]:
    """The areas that a vendor has, in the order of generation. Raises KeyError for an unknown vendor."""
    known = plugin.VENDORS[vendor]
    return [a for a in plugin.TRUTHS if a in known] + [a for a in known if a not in plugin.TRUTHS]


def needed(areas: Iterable[str]) -> list[str]:
    """Areas whose truth must be made for ``areas``: themselves and what they read, in the order of generation."""
    wanted = set(areas)
    wanted |= {read for area in wanted for read in plugin.READS.get(area, ())}
    order = [*plugin.TRUTHS, *sorted(wanted - set(plugin.TRUTHS))]
    return [area for area in order if area in wanted]


@cache
def field_lengths(vendor: str, table: str) -> dict[str, int]:
    """Bytes of each field of a vendor's table, from its frozen record layout."""
    path = Path(__file__).parent / vendor / "record_layout" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["field"]: int(row["length"] or 0) for row in csv.DictReader(file)}


def _write_truth(area: str, truth: plugin.Truth, folder: Path, compact: bool) -> list[Declared]:
    """Writes an area's truth; gives the declarations of its control totals."""
    if not truth:
        return []
    groups = load_area(area).groups
    if compact:
        write_compact(area, truth, folder.with_suffix(".parquet"))
        return [line for group in groups for line in _totals(area, group, truth[group.name].lazy())]
    folder.mkdir(parents=True, exist_ok=True)
    totals: list[Declared] = []
    for group in groups:
        path = folder / f"{group.slug}.parquet"
        if isinstance(truth, plugin.Parted):
            _write_parts((frame for _, frame in truth.parts(group.name)), path, group)
        else:
            truth[group.name].write_parquet(path, compression="zstd", compression_level=1)
        totals += _totals(area, group, pl.scan_parquet(path))
    return totals


def _totals(area: str, group: Group, rows: pl.LazyFrame) -> list[Declared]:
    """What the books of the municipality say of a group's control totals, where the vendor holds the item."""
    items = [item.name for item in group.control_totals]
    if not items:
        return []
    sums = rows.select(pl.when(pl.col(item).count() > 0).then(pl.col(item).sum()) for item in items).collect()
    return [
        (f"{area}:{group.name}", "total", item, value)
        for item, value in zip(items, sums.row(0), strict=True)
        if value is not None
    ]


def _write_parts(frames: Iterable[pl.DataFrame], path: Path, group: Group) -> None:
    """The frames one after the other as one Parquet file; each is let go before the next is made. Without any the
    file has no rows."""
    writer: pq.ParquetWriter | None = None
    for frame in frames:
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd", compression_level=1)
        writer.write_table(table, row_group_size=ROWS_AT_ONCE)
    if writer is not None:
        writer.close()
    else:
        pl.DataFrame(schema=group.polars_schema).write_parquet(path)


def _read_expected(folder: Path) -> tuple[Declared, ...]:
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        return tuple((r["file"], r["kind"], r["field"], int(r["value"])) for r in csv.DictReader(file))


def _write_expected(
    folder: Path, written: Sequence[Written], before: Iterable[Declared] = (), totals: Iterable[Declared] = ()
) -> None:
    """expected.csv: file, kind (count, sum, total), field, value, note; counts of a shared file are added to those
    already declared."""
    counted: dict[tuple[str, str, str], int] = {(file, kind, field): value for file, kind, field, value in before}
    for one in written:
        for entry, value in [
            ((one.file, "count", ""), one.records),
            *(((one.file, "sum", field), amount) for field, amount in one.sums.items()),
        ]:
            counted[entry] = counted.get(entry, 0) + value
    folder.mkdir(parents=True, exist_ok=True)
    rows = [*((*entry, value, "") for entry, value in counted.items()), *((*line, "") for line in totals)]
    frame = pl.DataFrame(rows, schema=["file", "kind", "field", "value", "note"], orient="row")
    (folder / "expected.csv").write_text(
        frame.with_columns(pl.col(pl.String).replace("", None)).write_csv(), encoding="utf-8"
    )


@click.group("sample")
def sample_group() -> None:
    """標本データを作る・比べる（make sample data, compare a delivery with its truth）"""


@sample_group.command("generate")
@click.option(
    "--municipality",
    type=click.Choice([*MUNICIPALITIES, "all"]),
    required=True,
    help="団体コード; all = the five of the programme",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option(
    "--population", type=click.IntRange(min=20), help="present residents; default: the real number times --scale"
)
@click.option("--scale", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--years", type=click.IntRange(min=1, max=15), default=3, show_default=True, help="years of history")
@click.option("--vendor", type=click.Choice(sorted(plugin.VENDORS)), default="b_sha", show_default=True)
@click.option("--area", "areas", multiple=True, help="area id, several times; default: all that the vendor has")
@click.option(
    "--defects",
    default=defect_kinds.NONE,
    show_default=True,
    metavar="SET|FILE",
    help=f"{', '.join(defect_kinds.sets())}, or a file with rates of kinds (CSV, YAML); a_sha: {mainframe_defects.SET}",
)
@click.option("--json", "as_json", is_flag=True, help="files, records and bytes as JSON")
def generate_command(
    municipality: str,
    out: Path,
    population: int | None,
    scale: float,
    seed: int,
    years: int,
    vendor: str,
    areas: tuple[str, ...],
    defects: str,
    as_json: bool,
) -> None:
    """標本の移行元ファイルと正解を作る（write exports and truth）"""
    try:
        defects_of(vendor, defects)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--defects") from None
    if unknown := [a for a in areas if a not in available(vendor)]:
        raise click.BadParameter(f"{unknown[0]}: {vendor} has {', '.join(available(vendor))}", param_hint="--area")

    def tell(what: str) -> None:
        if not as_json:
            click.echo(what)

    if municipality == "all":
        populations = None if population is None else dict.fromkeys(MUNICIPALITIES, population)
        written = programme(
            out,
            populations=populations,
            scale=scale,
            seed=seed,
            years=years,
            vendor=vendor,
            areas=areas or None,
            defects=defects,
            tell=tell,
        )
    else:
        written = generate(
            municipality,
            out,
            population=population,
            scale=scale,
            seed=seed,
            years=years,
            vendor=vendor,
            areas=areas or None,
            defects=defects,
            tell=tell,
        )
    records, size = sum(w.records for w in written), sum(w.size for w in written)
    if as_json:
        click.echo(json.dumps({"files": len(written), "records": records, "bytes": size}))
    else:
        click.echo(f"{len(written)} files, {records:,} records, {size / 1e6:,.1f} MB -> {out}")


@sample_group.command("compare")
@click.argument("delivery", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("truth", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--vendor", type=click.Choice(sorted(plugin.VENDORS)), default="b_sha", show_default=True)
@click.option("--area", "areas", multiple=True, help="area id, several times; default: all areas of the truth")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def compare_command(
    context: click.Context, delivery: Path, truth: Path, vendor: str, areas: tuple[str, ...], as_json: bool
) -> None:
    """納品物と正解を項目ごとに比べる（exit 0: equal, 1: differences）"""
    result = comparison.compare(delivery, truth, comparison.not_held(vendor), areas)
    result = result.filter("held")
    wrong = result.filter((pl.col("different") > 0) | (pl.col("missing") > 0) | (pl.col("extra") > 0))
    total = {name: int(result[name].sum()) for name in ("equal", "different", "missing", "extra")}
    if as_json:
        click.echo(json.dumps({"values": total, "wrong": wrong.to_dicts()}, ensure_ascii=False))
    else:
        for row in wrong.iter_rows(named=True):
            click.echo(
                "{area} {group} {item}: equal {equal}, different {different}, missing {missing}, extra {extra}".format(
                    **row
                )
            )
        counts = ", ".join(f"{name} {count:,}" for name, count in total.items())
        click.echo(f"items {result.height}, values {counts}")
    context.exit(1 if wrong.height else 0)
