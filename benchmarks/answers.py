"""Does a run find what was planted? Generates municipalities with defects, migrates them, and compares its findings
with the answer key: recall and precision of every kind, and the delivery with what it ought to be.

Usage: ``python benchmarks/answers.py [--scale 0.01] [--municipality 352152] [--area ID ...] [--dir build/answers]``.
Ends with 1 unless every detectable root was found (recall 100 %), nothing was found but roots and what follows from
them (precision 100 %), all that follows was found too, and the delivery is the truth as the defects leave it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from benchmarks.towns import FAILED, generate, migrate

IN_EXPORT = r"^(R\d\d|M05|M07|M08)$"
"""Rules that name an export's record (and field), not a row of the standard."""
WITH_ITEM = r"^(V0[1-69]|V1[0-3]|M0[1-4])$"
DELIVERY_DATE = "2018-01-04"
NOT_CHECKED = "V14"
"""Tells what was not checked: no finding of a defect."""


def places(frame: pl.DataFrame) -> pl.Series:
    """One text a finding's place, the same for roots, consequences and findings. Columns: area, rule, group, item, key,
    export, field, record."""
    text = {
        name: pl.col(name).cast(pl.String).fill_null("")
        for name in ("area", "rule", "group", "key", "export", "record")
    }
    item = pl.when(pl.col("rule").str.contains(WITH_ITEM)).then(pl.col("item").fill_null("")).otherwise(pl.lit(""))
    # R02, R10, M05 and M08 name a record, the others a field of it.
    field = (
        pl.when(pl.col("rule").is_in(["R02", "R10", "M05", "M08"]))
        .then(pl.lit(""))
        .otherwise(pl.col("field").fill_null(""))
    )
    return frame.select(
        pl.when(pl.col("rule").str.starts_with("L"))
        .then(pl.concat_str("rule", text["key"], separator="#"))
        .when(pl.col("rule").str.contains(IN_EXPORT))
        .then(pl.concat_str(text["area"], "rule", text["export"], text["record"], field, separator="#"))
        .otherwise(pl.concat_str(text["area"], "rule", text["group"], item, text["key"], separator="#"))
        .alias("place")
    ).to_series()


def found(run: Path) -> pl.DataFrame:
    """Every place that the run's findings name, one row each, with ``place``; findings that name none have one row."""
    findings = pl.read_parquet(run / "findings.parquet").filter(pl.col("rule") != NOT_CHECKED)
    keys = pl.read_parquet(run / "restricted" / "finding_keys.parquet").select("finding", "export", "record", "key")
    columns = ["finding", "rule", "area", "group", "item", "export", "field", "count", "detail"]
    rows = findings.select(columns).join(keys, on="finding", how="left", suffix="_at", maintain_order="left")
    rows = rows.with_columns(export=pl.coalesce("export_at", "export")).drop("export_at")
    mapped = pl.col("rule").str.contains(r"^M0[12346]$")
    plain = rows.filter(~mapped).with_columns(
        key=pl.when(pl.col("rule").is_in(["L01", "L02"])).then(_declared()).otherwise("key"), n=pl.lit(1)
    )
    parts = [plain, *[_through_lineage(run, part) for part in rows.filter(mapped).partition_by("area", "group")]]
    every = pl.concat(parts, how="diagonal_relaxed")
    return every.with_columns(place=places(every))


def _declared() -> pl.Expr:
    """``<file>``, ``<file>|<field>`` or ``<area>:<group>|<item>`` of a declared number that differs."""
    name = pl.col("detail").str.extract(r"^(.*): (?:declared=|missing_file|no_field)")
    more = pl.coalesce("item", "field")
    return pl.when(more.is_not_null()).then(pl.concat_str(name, more, separator="|")).otherwise(name)


def _through_lineage(run: Path, part: pl.DataFrame) -> pl.DataFrame:
    """Findings of the map stage name a record of the source export: the rows that came from it."""
    from layouts.load import load_area

    area, name = part["area"][0], part["group"][0]
    group = load_area(area).group(name)
    lineage = pl.read_parquet(run / "lineage" / area / f"{group.slug}.parquet")
    standard = pl.read_parquet(run / "standard" / area / f"{group.slug}.parquet", columns=[i.name for i in group.key])
    key = standard.select(
        pl.concat_str([pl.col(i.name).cast(pl.String).fill_null("") for i in group.key], separator="|").alias("key")
    )
    rows = lineage.select("row", *[c for c in lineage.columns if c.startswith("_rec_")]).hstack(key[lineage["row"] - 1])
    out = []
    for export in part["export"].unique():
        record = f"_rec_{export}"
        mine = part.filter(pl.col("export") == export).drop("key")
        tied = (
            rows.filter(pl.col(record).is_not_null()).select("key", record=pl.col(record)).unique(maintain_order=True)
        )
        out.append(mine.join(tied, on="record", how="left", maintain_order="left"))
    return pl.concat(out)


def judge(home: Path, run: Path) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Roots with ``hit``, findings with ``known``, consequences with ``hit``."""
    roots = pl.read_parquet(home / "answers.parquet").filter(pl.col("rule") != "")
    roots = roots.with_columns(place=places(roots.with_columns(group="found_group", key="found_key")))
    follows = pl.read_parquet(home / "consequences.parquet")
    follows = follows.with_columns(place=places(follows))
    told = found(run)
    known = pl.concat([roots["place"], follows["place"]]).unique()
    told = told.with_columns(known=pl.col("place").is_in(known.implode()))
    hits = told["place"].unique().implode()
    return (
        roots.with_columns(hit=pl.col("place").is_in(hits)),
        told,
        follows.with_columns(hit=pl.col("place").is_in(hits)),
    )


def table(roots: pl.DataFrame, told: pl.DataFrame, undetectable: pl.DataFrame) -> pl.DataFrame:
    """One row a kind: planted, found, recall, and the precision of the findings of the rules that it is found by."""
    by_rule = told.group_by("rule").agg(pl.len().alias("findings"), pl.col("known").sum().alias("right"))
    rules = roots.group_by("kind", maintain_order=True).agg(
        pl.len().alias("planted"), pl.col("hit").sum().alias("found"), pl.col("rule").unique().alias("rules")
    )
    right = (
        rules.explode("rules")
        .join(by_rule, left_on="rules", right_on="rule", how="left")
        .group_by("kind")
        .agg(pl.col("findings").sum(), pl.col("right").sum())
    )
    silent = undetectable.group_by("kind", maintain_order=True).agg(pl.len().alias("undetectable"))
    return (
        rules.drop("rules")
        .join(right, on="kind", how="left", maintain_order="left")
        .join(silent, on="kind", how="full", coalesce=True, maintain_order="left_right")
        .with_columns(
            recall=100 * pl.col("found") / pl.col("planted"), precision=100 * pl.col("right") / pl.col("findings")
        )
        .select("kind", "planted", "found", "recall", "findings", "precision", "undetectable")
    )


def delivered_as_expected(home: Path, run: Path, areas: Sequence[str], vendor: str) -> list[str]:
    """Where the delivery differs from the truth as the defects leave it (``delivered/``, else ``truth/``)."""
    from layouts.load import load_area
    from sample_data import compare

    absent = compare.not_held(vendor)
    wrong = []
    for area in (a for a in areas if a.isdigit()):
        for group in load_area(area).groups:
            name = f"{area}/{group.slug}.parquet"
            path = next((p for p in (home / "delivered" / name, home / "truth" / name) if p.exists()), None)
            file = run / "standard" / name
            if path is None or not file.exists():
                continue
            key = [item.name for item in group.key]
            items = [n for n in group.names if (area, group.name, n) not in absent and n not in key]
            right, left = pl.scan_parquet(path), pl.scan_parquet(file)
            both = right.join(left, on=key, how="inner", suffix=" ", nulls_equal=True)
            counts = both.select(
                pl.len().alias("#"), *[pl.col(n).eq_missing(pl.col(n + " ")).not_().sum() for n in items]
            )
            row = counts.collect().row(0, named=True)
            sizes = [int(f.select(pl.len()).collect().item()) for f in (right, left)]
            if sizes != [row["#"]] * 2:
                wrong.append(f"{area} {group.name}: expected {sizes[0]}, delivered {sizes[1]}, common {row['#']}")
            wrong += [f"{area} {group.name}.{n}: {row[n]} values differ" for n in items if row[n]]
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--municipality", default="352152")
    parser.add_argument("--vendor", default="b_sha")
    parser.add_argument("--area", action="append", default=[], help="default: all that the vendor has")
    parser.add_argument("--defects", default="default", help="default, or a file with rates")
    parser.add_argument("--scenario", action="append", default=None, help="fatal kinds to try; default: all, none: -")
    parser.add_argument("--dir", type=Path, default=Path("build/answers"))
    parser.add_argument("--verbose", action="store_true", help="list what was missed, and what was found beside it")
    options = parser.parse_args()
    folder: Path = options.dir.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    from sample_data.defects import kinds
    from sample_data.generate import available

    areas = options.area or available(options.vendor)
    size = ["--scale", str(options.scale), "--years", str(options.years), "--seed", str(options.seed)]
    generate(folder, options.municipality, size, areas, options.vendor, options.defects)
    good = check(folder, options.municipality, areas, options.vendor, options.verbose)
    fatal = [name for name in kinds.sets() if name not in (kinds.NONE, kinds.DEFAULT)]
    wanted = fatal if options.scenario is None else [name for name in options.scenario if name != "-"]
    for name in wanted:
        good = scenario(folder / name, name, options.vendor) and good
    sys.exit(0 if good else 1)


def scenario(folder: Path, name: str, vendor: str) -> bool:
    """A small municipality with one kind of defect that must not pass: the run fails (a header that differs is found),
    and its findings name the file."""
    folder.mkdir(parents=True)
    areas, municipality = ("010", "031"), "355020"
    generate(folder, municipality, ["--population", "80", "--years", "2"], areas, vendor, name)
    code, run = migrate(folder, municipality, areas, vendor, DELIVERY_DATE)
    root = pl.read_parquet(folder / municipality / "answers.parquet").row(0, named=True)
    told = pl.read_parquet(Path(run["run_dir"]) / "findings.parquet").filter(pl.col("rule") == root["rule"])
    in_export = pl.col("export").eq_missing(pl.lit(root["export"], dtype=pl.String))
    named = told.filter(in_export | pl.col("detail").str.contains(root["file"], literal=True)).height > 0
    # A charset that is wrong is the reason why a run fails, not a finding.
    named = named or any(failure["code"] == root["rule"] for failure in run["failures"])
    good = named and code == (1 if name == "header_differs" else FAILED)
    print(f"{name}: {root['rule']} {root['file']}: exit code {code}, {'found' if named else 'not found'}")
    return good


def check(folder: Path, municipality: str, areas: Sequence[str], vendor: str, verbose: bool) -> bool:
    """Migrate the municipality and print how the answers compare; whether all is as it ought to be."""
    code, run = migrate(folder, municipality, areas, vendor, DELIVERY_DATE)
    if code == FAILED:
        print("the run failed")
        return False
    home, delivery = folder / municipality, Path(run["run_dir"])
    every, told, follows = judge(home, delivery)
    roots, silent = every.filter("detectable"), _undetectable(home)
    with pl.Config(
        tbl_rows=-1, tbl_cols=-1, float_precision=1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True
    ):
        print(table(roots, told, silent))
    missed, stray = roots.filter(~pl.col("hit")), told.filter(~pl.col("known"))
    unfound = follows.filter(~pl.col("hit"))
    kinds = every["kind"].n_unique() + silent["kind"].n_unique()
    print(f"{kinds} kinds; roots {roots.height}, found {roots['hit'].sum()}; undetectable {silent.height}")
    print(f"findings {told.height}, of roots and consequences {told['known'].sum()}")
    print(f"consequences {follows.height}, found {follows['hit'].sum()}")
    differ = delivered_as_expected(home, delivery, areas, vendor)
    print(f"places where the delivery is not what the defects leave of the truth: {len(differ)}")
    if verbose:
        for title, frame in (("missed", missed), ("stray", stray), ("unfound consequence", unfound)):
            for place, count in frame["place"].value_counts(sort=True).head(60).iter_rows():
                print(f"{title}: {place} ({count})")
        print("\n".join(differ))
    return not missed.height and not stray.height and not unfound.height and not differ


def _undetectable(home: Path) -> pl.DataFrame:
    return pl.read_parquet(home / "answers.parquet").filter(~pl.col("detectable"))


if __name__ == "__main__":
    main()
