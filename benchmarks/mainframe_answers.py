"""Are a mainframe's own defects found? Generates A社's exports with bad half bytes, missing shift codes, unknown record
types and definitions, impossible OCCURS counts and wrong trailers, migrates them, and compares with the answer key.

Usage: ``python benchmarks/mainframe_answers.py [--population 60] [--municipality 352071] [--area ID ...]``.
Recall: planted defects that a finding names by export, record and field. Precision: findings of the read stage that
name a planted defect; what other stages find must be at a damaged record, or a number or a relation that the damage
explains. Ends with 1 where anything was missed or found elsewhere.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

import polars as pl

from benchmarks.towns import delivered, generate
from sample_data.a_sha import defects
from sample_data.generate import available

CHARACTERS = ("R07", "V14")
"""Gaiji that the truth has, and areas that are not part of the run: no defects."""
FOLLOW = r"^(L0[12]|V09|\d{3}X\d{3})$"
"""Rules that tell of numbers and relations: a record that could not be read is missing in them."""


def judge(answers: pl.DataFrame, run: Path) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Answers with ``found``; findings of the read stage with ``right``; other findings with ``explained``."""
    findings = pl.read_parquet(run / "findings.parquet").filter(~pl.col("rule").is_in(CHARACTERS))
    examples = pl.read_parquet(run / "finding_examples.parquet").select("finding", "export", "record")
    places = _places(findings, examples)
    record = pl.col("record").cast(pl.String).fill_null("")
    trailer = pl.col("detail").fill_null("").str.extract(r"^trailer record: (\S+) ")
    read = places.filter(pl.col("rule").str.starts_with("R") | trailer.is_not_null())
    field = pl.coalesce(trailer, pl.when(pl.col("rule").is_in(["R12", "R13", "R14"])).then("field"), pl.lit(""))
    at = pl.when(trailer.is_not_null()).then(pl.lit("")).otherwise(record)
    read = read.with_columns(place=pl.concat_str("rule", "export", at, field.fill_null(""), separator="#"))
    answers = answers.with_columns(
        place=pl.concat_str("rule", "export", record, pl.col("field").fill_null(""), separator="#")
    )
    # A count or total that lacks damaged records tells of them, whether or not its own digits were changed.
    damaged = answers.select("export").unique()
    told = trailer.is_not_null() & pl.col("export").is_in(damaged["export"].implode())
    read = read.with_columns(right=pl.col("place").is_in(answers["place"].implode()) | told)
    others = places.join(read.select("finding").unique(), on="finding", how="anti")
    keys = answers.select(pl.concat_str("export", record, separator="#"))["export"]
    others = others.with_columns(
        explained=pl.concat_str("export", record, separator="#").is_in(keys.implode())
        | pl.col("rule").str.contains(FOLLOW)
    )
    return answers.with_columns(found=pl.col("place").is_in(read["place"].implode())), read, others


def _places(findings: pl.DataFrame, examples: pl.DataFrame) -> pl.DataFrame:
    """One row a finding and example; ``export`` is the example's where the finding names none."""
    both = findings.join(examples, on="finding", how="left", suffix="_at", maintain_order="left")
    return both.with_columns(export=pl.coalesce("export_at", "export")).drop("export_at")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--population", type=int, default=60)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--municipality", default="352071")
    parser.add_argument("--area", action="append", default=[], help="default: all that A社 has")
    parser.add_argument("--dir", type=Path, default=Path("build/mainframe_answers"))
    parser.add_argument("--verbose", action="store_true", help="list what was missed or found elsewhere")
    options = parser.parse_args()
    folder: Path = options.dir.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    areas = options.area or available(defects.VENDOR)
    size = ["--population", str(options.population), "--years", str(options.years), "--seed", str(options.seed)]
    folder.mkdir(parents=True)
    generate(folder, options.municipality, size, areas, defects.VENDOR, defects.SET)
    run = delivered(folder, options.municipality, areas, defects.VENDOR, "2019-04-01")
    key = pl.read_csv(folder / options.municipality / "answers.csv", infer_schema=False)
    answers, read, others = judge(key, run)
    print(f"{'kind':20} planted  found  recall")
    for kind, planted, found in (
        answers.group_by("kind", maintain_order=True).agg(pl.len(), pl.col("found").sum()).iter_rows()
    ):
        print(f"{kind:20} {planted:7,} {found:6,} {100 * found / planted:6.1f}%")
    print(f"findings of the read stage {read.height}, right {read['right'].sum()}")
    print(f"findings of other stages {others.height}, explained {others['explained'].sum()}")
    missed, stray = answers.filter(~pl.col("found")), read.filter(~pl.col("right"))
    odd = others.filter(~pl.col("explained"))
    if options.verbose:
        for title, frame in (("missed", missed), ("stray", stray), ("not explained", odd)):
            for row in frame.head(40).iter_rows(named=True):
                print(title, {name: value for name, value in row.items() if "title" not in name and value is not None})
    sys.exit(1 if missed.height or stray.height or odd.height else 0)


if __name__ == "__main__":
    main()
