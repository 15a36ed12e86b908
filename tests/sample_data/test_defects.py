"""Defects on purpose: the same seed plants the same, rates are data, and the oracle finds nothing in a clean truth."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from layouts.load import load_area
from sample_data.defects import kinds, oracle
from sample_data.generate import generate, sample_group

AREA = "031"
TOWN = "355020"


def make(out: Path, defects: str, seed: int = 7) -> Path:
    generate(TOWN, out, population=80, years=1, seed=seed, areas=[AREA], defects=defects)
    return out / TOWN


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("made"), "default")


def files(home: Path) -> dict[tuple[str, str], Path]:
    return {(AREA, g.name): home / "truth" / AREA / f"{g.slug}.parquet" for g in load_area(AREA).groups}


def test_the_same_seed_plants_the_same_defects(home: Path, tmp_path: Path) -> None:
    again = make(tmp_path, "default")
    for name in ("answers.parquet", "consequences.parquet", "exports/JUTOGAI.csv", "exports/expected.csv"):
        assert (again / name).read_bytes() == (home / name).read_bytes(), name


def test_the_truth_beside_the_answers_is_the_clean_one(home: Path, tmp_path: Path) -> None:
    clean = make(tmp_path, "none")
    for group in load_area(AREA).groups:
        name = f"truth/{AREA}/{group.slug}.parquet"
        assert pl.read_parquet(clean / name).equals(pl.read_parquet(home / name))
    assert not (clean / "answers.parquet").exists()


def test_the_oracle_finds_nothing_in_a_clean_truth(home: Path) -> None:
    # References into areas that were not made are not looked at.
    assert oracle.consequences(TOWN, files(home)).is_empty()


def test_every_root_of_a_value_names_export_record_and_field(home: Path) -> None:
    roots = pl.read_parquet(home / "answers.parquet")
    level = {name: kind.level for name, kind in kinds.all_kinds().items()}
    values = roots.filter(pl.col("kind").replace_strict(level).is_in(["cell", "truth"]))
    assert values.height > 20
    assert values.select(
        pl.all_horizontal(pl.col("export", "record", "field", "item", "key").is_not_null()).all()
    ).item()


def test_an_entity_has_one_root(home: Path) -> None:
    roots = pl.read_parquet(home / "answers.parquet").filter(pl.col("group") == "住登外者宛名基本情報")
    assert roots["key"].is_unique().all()


def test_a_table_of_rates_plants_the_kinds_that_it_names(tmp_path: Path) -> None:
    rates = tmp_path / "rates.yaml"
    rates.write_text("date_impossible: 0.1\ntext_too_long: {rate: 0.05, places: 1}\n", "utf-8")
    roots = pl.read_parquet(make(tmp_path / "out", str(rates)) / "answers.parquet")
    assert set(roots["kind"]) == {"date_impossible", "text_too_long"}
    assert roots.filter(pl.col("kind") == "date_impossible").height >= 4


def test_an_unknown_set_or_kind_or_rate_is_told_in_one_line(tmp_path: Path) -> None:
    rates = tmp_path / "rates.csv"
    for text, told in (
        ("kind,rate\nkind_x,0.1\n", "kind_x"),
        ("kind,rate\ngaiji,7\n", "0 to 1"),
        ("a,b\n", "no column"),
    ):
        rates.write_text(text, "utf-8")
        with pytest.raises(ValueError, match=told):
            kinds.chosen(str(rates))
    arguments = ["generate", "--municipality", TOWN, "--out", str(tmp_path / "x"), "--defects", "nonsense"]
    done = CliRunner().invoke(sample_group, arguments)
    assert done.exit_code == 2
    assert "known are none, default" in done.output


def test_at_least_forty_kinds_are_planted_by_default() -> None:
    assert len(kinds.chosen("default")) >= 40
    assert all(kind.title_ja and kind.title_en for kind in kinds.all_kinds().values())
