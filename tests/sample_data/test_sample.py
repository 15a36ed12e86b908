"""The synthetic municipality: the same for the same seed, true to the layouts, and written down as the vendor's
manual says."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result
from truth_checks import violations

from layouts.load import load_area
from sample_data import compare, make_sample, plugin, world
from sample_data.b_sha import codes
from sample_data.b_sha.spell import layout, narrow, w7, wareki_dots, wareki_spaced
from sample_data.compact import read_compact, write_compact
from sample_data.generate import generate, sample_group
from sample_data.names import GAIJI
from sample_data.places import MUNICIPALITIES

AREAS = ("001", "031", "x_dog_registration")
B_SHA = Path(compare.__file__).parent / "b_sha"
OWN = (
    "JUKI",
    "MYNO",
    "CARD",
    "BASHO",
    "MACHI",
    "HAKKO",
    "TEN_",
    "HONNIN",
    "SHIEN",
    "ZAN_",
    "SHINSEI",
    "TOKUEI",
    "AKI_",
    "JUTOGAI",
    "NAYOSE",
    "ATENA_HENKAN",
    "INU_",
)


def tree(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("town")
    generate("352152", out, population=90, seed=7, years=2, areas=AREAS)
    return out


@pytest.fixture(scope="module")
def truths() -> dict[str, dict[str, pl.DataFrame]]:
    place = world.build("352101", 1500, seed=3, years=3)
    context = plugin.Context()
    return {area: dict(plugin.truth_of(area, place, context)) for area in ("001", "031")}


def records(town: Path, table: str) -> list[list[str]]:
    """The records of a table of the sample, as lists of fields, header apart."""
    found: list[list[str]] = []
    for path in sorted(
        [
            *(town / "352152" / "exports").glob(f"{table}.*"),
            *(town / "352152" / "exports").glob(f"{table}_0*"),
            *(town / "shared").glob(f"{table}_ALL*"),
        ]
    ):
        text = path.read_bytes().decode("cp932")
        if path.suffix == ".dat":
            found += [[line] for line in text.split("\r\n")[:-1]]
        elif path.suffix == ".tsv":
            found += [line.split("\t") for line in text.split("\r\n")[:-1]]
        else:
            rows = list(csv.reader(text.splitlines()))
            assert rows[0] == [f.name for f in layout(table)]
            found += rows[1:]
    return found


TABLES = sorted(p.stem for p in (B_SHA / "record_layout").glob("*.csv") if p.stem.startswith(OWN))


def test_same_arguments_give_the_same_bytes(town: Path, tmp_path: Path) -> None:
    generate("352152", tmp_path, population=90, seed=7, years=2, areas=AREAS)
    assert tree(tmp_path) == tree(town)


def test_another_seed_gives_other_people(town: Path) -> None:
    assert (
        world.build("352152", 90, seed=8, years=2).persons["name"].to_list()
        != world.build("352152", 90, seed=7, years=2).persons["name"].to_list()
    )


@pytest.mark.parametrize("code", list(MUNICIPALITIES))
@pytest.mark.parametrize("population", [20, 83])
def test_population_is_exact(code: str, population: int) -> None:
    assert world.build(code, population, seed=11, years=1).present.height == population


@pytest.mark.parametrize("area", ["001", "031"])
def test_truth_satisfies_every_rule(area: str, truths: dict[str, dict[str, pl.DataFrame]]) -> None:
    others = {f"{a}:{name}": frame for a, groups in truths.items() for name, frame in groups.items()}
    assert violations(area, truths[area], others) == []


@pytest.mark.parametrize("code", list(MUNICIPALITIES))
def test_truth_of_a_tiny_town_satisfies_every_rule(code: str) -> None:
    place = world.build(code, make_sample.POPULATIONS[code], make_sample.SEED, make_sample.YEARS)
    context = plugin.Context()
    groups = {area: dict(plugin.truth_of(area, place, context)) for area in ("001", "031")}
    others = {f"{a}:{name}": frame for a, parts in groups.items() for name, frame in parts.items()}
    assert violations("001", groups["001"], others) + violations("031", groups["031"], others) == []


def test_the_checks_find_a_broken_truth(truths: dict[str, dict[str, pl.DataFrame]]) -> None:
    broken = dict(truths["031"])
    merges = broken["住登外者名寄せ履歴"]
    broken["住登外者名寄せ履歴"] = merges.with_columns(
        名寄せ先宛名番号="名寄せ元宛名番号", 名寄せ年月日=pl.lit("2025-4-1"), 名寄せ根拠=pl.lit(None, dtype=pl.String)
    )
    found = " ".join(violations("031", broken))
    assert "031R025" in found
    assert "名寄せ年月日 characters" in found
    assert "名寄せ根拠 required" in found


@pytest.mark.parametrize("area", ["001", "031"])
def test_every_required_group_has_rows(area: str, truths: dict[str, dict[str, pl.DataFrame]]) -> None:
    assert [g.name for g in load_area(area).groups if g.output == "必須" and truths[area][g.name].is_empty()] == []


def test_items_that_the_vendor_lacks_are_null_in_the_truth(truths: dict[str, dict[str, pl.DataFrame]]) -> None:
    absent = {entry for entry in compare.not_held("b_sha") if entry[0] in truths}
    assert len(absent) > 50
    assert [e for e in absent if truths[e[0]][e[1]][e[2]].null_count() < truths[e[0]][e[1]].height] == []


def digits(text: str) -> list[int]:
    return [int(c) for c in text]


def test_check_digits_are_valid(truths: dict[str, dict[str, pl.DataFrame]]) -> None:
    people, firms = truths["001"]["住民情報"], truths["031"]["住登外者宛名履歴情報"]
    for number in people["宛名番号"].unique().to_list()[:300]:
        total = sum(d * w for d, w in zip(digits(number[5:14]), [4, 3, 2, 7, 6, 5, 4, 3, 2], strict=True))
        assert int(number[14]) == ((11 - total % 11) if 11 - total % 11 < 10 else 0)
    for number in people["個人番号"].unique().to_list()[:300]:
        rest = sum(d * w for d, w in zip(digits(number[:11]), [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2], strict=True)) % 11
        assert int(number[11]) == (0 if rest <= 1 else 11 - rest)
    assert firms["法人番号"].n_unique() > 20
    for number in firms["法人番号"].drop_nulls().unique().to_list():
        total = sum(d * (1 if place % 2 == 0 else 2) for place, d in enumerate(reversed(digits(number[1:]))))
        assert int(number[0]) == 9 - total % 9


def test_numbers_are_unique_in_the_programme() -> None:
    towns = [world.build(code, 200, seed=5, years=1).persons for code in MUNICIPALITIES]
    for column in ("kojin_bango", "juminhyo_code"):
        assert pl.concat([t[column] for t in towns]).is_duplicated().sum() == 0


@pytest.mark.parametrize("table", TABLES)
def test_exports_agree_with_the_record_layout(table: str, town: Path) -> None:
    fields = layout(table)
    rows = records(town, table)
    assert rows
    if fields[0].start is not None:
        length = fields[-1].start + fields[-1].length - 1 if fields[-1].start else 0
        assert {len(row[0].encode("cp932")) for row in rows} == {length}
        return
    for row in rows:
        assert len(row) == len(fields)
        for field, value in zip(fields, row, strict=True):
            size = len(value.encode("cp932"))
            assert size <= field.length, (table, field.name)
            if field.kind == "N":
                assert size == 2 * len(value), (table, field.name)
            else:
                assert size == len(value), (table, field.name)


@pytest.mark.parametrize("path", ["record_layout", "code_book.csv", "README.ja.md"])
def test_the_frozen_files_are_there(path: str) -> None:
    assert (B_SHA / path).exists()


def test_the_manual_names_every_table() -> None:
    manual = (B_SHA / "README.ja.md").read_text(encoding="utf-8")
    assert [t for t in TABLES if f"| {t} |" not in manual] == []


def test_described_codes_are_in_the_code_book() -> None:
    with (B_SHA / "code_book.csv").open(encoding="utf-8", newline="") as file:
        book = {row["code_group"] for row in csv.DictReader(file)}
    described = set()
    for table in TABLES:
        described |= set(
            re.findall(r"コード群 ([A-Z0-9_]+)", (B_SHA / "record_layout" / f"{table}.csv").read_text(encoding="utf-8"))
        )
    assert described - book == set()


def test_codes_agree_with_the_code_book() -> None:
    with (B_SHA / "code_book.csv").open(encoding="utf-8", newline="") as file:
        book: dict[str, dict[str, str]] = {}
        for row in csv.DictReader(file):
            found = re.match(r"標準(?:の\S+?)?([0-9]+)", row["note"])
            if found:
                book.setdefault(row["code_group"], {})[found[1]] = row["value"]
    groups = {
        "JUMIN_SHU": codes.RESIDENT_KIND,
        "JOTAI": codes.STATUS,
        "SEX": codes.SEX,
        "IDO_KBN": codes.SCOPE,
        "KISAI_SHU": codes.ENTRY,
        "JIYU": codes.REASON,
        "KITEI_KBN": codes.ARTICLE45,
        "YOKU_JIYU": codes.SUPPRESSION_REASON,
        "YOKU_SHORI": codes.SUPPRESSION_TARGET,
        "YOKU_LEVEL": codes.SUPPRESSION_LEVEL,
        "CARD_JOKYO": codes.CARD_STATE,
        "SHOMEI_SHU": codes.CERTIFICATE,
        "SHIEN_KBN": codes.SUPPORT,
        "JINKAKU": codes.PERSONALITY,
        "JG_JIYU": codes.OUTSIDER_REASON,
        "GYOMU": codes.BUSINESS,
        "SOFU_KBN": codes.DESTINATION,
        "KONKYO": codes.GROUND,
    }
    assert {name: book[name] for name in groups} == groups


def test_names_hold_gaiji_and_rare_kanji(town: Path) -> None:
    text = b"".join(p.read_bytes() for p in (town / "352152" / "exports").glob("JUKI_RIREKI_*")).decode("cp932")
    assert any("\ue000" <= c <= "\ue757" for c in text)
    assert any(c in text for c in "髙﨑德")


def test_the_vendors_list_of_gaiji_is_complete(town: Path) -> None:
    with (B_SHA / "gaiji.csv").open(encoding="utf-8", newline="") as file:
        listed = {bytes.fromhex(row["code"]).decode("cp932"): row["meaning"] for row in csv.DictReader(file)}
    assert listed == {held: full for held, (full, _) in GAIJI.items()}
    text = b"".join(p.read_bytes() for p in (town / "352152" / "exports").glob("*.*")).decode("cp932", errors="ignore")
    assert {c for c in text if "\ue000" <= c <= "\uf8ff"} <= set(listed)


def test_ten_to_fifteen_percent_of_the_fields_have_no_item() -> None:
    total = absent = 0
    for table in TABLES:
        if table in ("INU_TOROKU", "JUKI_TSUSHO"):
            continue
        with (B_SHA / "record_layout" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                total += 1
                absent += "標準に無い" in row["description"] or row["field"].startswith("FILLER")
    assert 0.10 <= absent / total <= 0.15


def test_declared_counts_are_those_of_the_files(town: Path) -> None:
    with (town / "352152" / "exports" / "expected.csv").open(encoding="utf-8", newline="") as file:
        declared = {(r["file"], r["kind"], r["field"]): int(r["value"]) for r in csv.DictReader(file)}
    assert declared["JUKI_RIREKI_001.csv", "count", ""] == len(records(town, "JUKI_RIREKI"))
    assert declared["MYNO.dat", "count", ""] == len(records(town, "MYNO"))
    position = [f.name for f in layout("HAKKO_RIREKI")].index("TESURYO")
    assert declared["HAKKO_RIREKI.tsv", "sum", "TESURYO"] == sum(
        int(r[position]) for r in records(town, "HAKKO_RIREKI")
    )


def test_declared_totals_are_those_of_the_truth(town: Path) -> None:
    with (town / "352152" / "exports" / "expected.csv").open(encoding="utf-8", newline="") as file:
        totals = [row for row in csv.DictReader(file) if row["kind"] == "total"]
    assert {row["file"] for row in totals} >= {"001:証明書・通知書交付履歴管理"}
    for row in totals:
        area, name = row["file"].split(":")
        rows = pl.read_parquet(town / "352152" / "truth" / area / f"{load_area(area).group(name).slug}.parquet")
        assert rows[row["field"]].sum() == int(row["value"]), row


def test_a_truth_compared_with_itself_is_equal(town: Path) -> None:
    result = compare.compare(town / "352152" / "truth", town / "352152" / "truth")
    assert result["different"].sum() + result["missing"].sum() + result["extra"].sum() == 0
    assert result["equal"].sum() > 10_000


def test_compact_truth_is_the_truth(truths: dict[str, dict[str, pl.DataFrame]], tmp_path: Path) -> None:
    emptied = {**truths["031"], "住登外者送付先情報": truths["031"]["住登外者送付先情報"].clear()}
    write_compact("031", emptied, tmp_path / "031.parquet")
    for group in load_area("031").groups:
        assert read_compact(tmp_path / "031.parquet", group).equals(emptied[group.name]), group.name


def test_compare_counts_different_missing_and_extra(town: Path, tmp_path: Path) -> None:
    source = town / "352152" / "truth" / "031" / "nonresident_merge_history.parquet"
    for name in ("delivery", "truth"):
        (tmp_path / name / "031").mkdir(parents=True)
    rows = pl.read_parquet(source)
    rows.write_parquet(tmp_path / "truth" / "031" / source.name)
    changed = rows.with_columns(名寄せ根拠=pl.lit("05"))
    pl.concat([changed.slice(1), changed.head(1).with_columns(履歴番号=pl.lit(99, dtype=pl.Int64))]).write_parquet(
        tmp_path / "delivery" / "031" / source.name
    )
    row = (
        compare.compare(tmp_path / "delivery", tmp_path / "truth")
        .filter(pl.col("item") == "名寄せ根拠")
        .row(0, named=True)
    )
    assert (row["equal"], row["different"], row["missing"], row["extra"]) == (0, rows.height - 1, 1, 1)
    answer = CliRunner().invoke(sample_group, ["compare", str(tmp_path / "delivery"), str(tmp_path / "truth")])
    assert answer.exit_code == 1


def test_the_generate_command_writes_files(tmp_path: Path) -> None:
    answer = CliRunner().invoke(
        sample_group,
        [
            "generate",
            "--municipality",
            "355020",
            "--population",
            "30",
            "--years",
            "1",
            "--area",
            "031",
            "--out",
            str(tmp_path),
        ],
    )
    assert answer.exit_code == 0, answer.output
    assert (tmp_path / "355020" / "exports" / "JUTOGAI.csv").exists()
    assert (tmp_path / "shared" / "ATENA_HENKAN_ALL.csv").exists()


def generate_town(population: int, out: Path) -> Result:
    return CliRunner().invoke(
        sample_group,
        f"generate --municipality 355020 --population {population} --years 3 --area 001 --out {out}".split(),
    )


def test_twenty_people_of_whom_nobody_died_make_a_town(tmp_path: Path) -> None:
    place = world.build("355020", 20, seed=7, years=3)
    assert place.persons.filter(pl.col("removal_reason") == "23").is_empty()
    answer = generate_town(20, tmp_path)
    assert answer.exit_code == 0, answer.output
    people = pl.read_parquet(tmp_path / "355020" / "truth" / "001" / "resident.parquet")
    assert people.filter(pl.col("最新フラグ") == "1", pl.col("住民状態") == "1").height == 20


def test_too_few_people_are_the_users_error_with_one_line_of_reason(tmp_path: Path) -> None:
    answer = generate_town(19, tmp_path)
    assert answer.exit_code == 2
    assert answer.output.strip().splitlines()[-1] == (
        "Error: Invalid value for '--population': 19 is not in the range x>=20."
    )
    assert list(tmp_path.iterdir()) == []


def test_vendor_spellings() -> None:
    frame = pl.DataFrame(
        {
            "d": ["1926-12-25", "1926-12-24", "1989-01-07", "2019-05-01", "1964-00-00", None],
            "k": ["ヴァン　パブロ", "ハヤシ", "ガッコウ", "", "ー", None],
        }
    )
    assert frame.select(w7("d")).to_series().to_list() == [
        "3011225",
        "2151224",
        "3640107",
        "5010501",
        "3390000",
        "0000000",
    ]
    assert frame.select(wareki_dots("d")).to_series().to_list()[3] == "R01.05.01"
    assert frame.select(wareki_spaced("d")).to_series().to_list()[3] == "R 1. 5. 1"
    assert frame.select(narrow("k")).to_series().to_list()[:3] == ["ｳﾞｧﾝ ﾊﾟﾌﾞﾛ", "ﾊﾔｼ", "ｶﾞｯｺｳ"]


def test_committed_sample_is_what_the_generator_makes(tmp_path: Path) -> None:
    code = "355020"
    generate(
        code,
        tmp_path,
        population=make_sample.POPULATIONS[code],
        seed=make_sample.SEED,
        years=make_sample.YEARS,
        compact=True,
    )
    assert tree(tmp_path / code) == tree(make_sample.HERE / code)


def test_committed_sample_is_small() -> None:
    assert sum(p.stat().st_size for p in make_sample.HERE.rglob("*") if p.is_file()) < 10_000_000
