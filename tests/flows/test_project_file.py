"""The project file: what it accepts, and that each mistake is told with its file and line."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from flows.lines import ProjectError
from flows.project import check_digit, load_project, project_schema
from flows.runfolder import Options, plan_run
from layouts import municipality_codes

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data" / "yamaguchi" / "project.yaml"

GOOD = """\
programme: 試験
delivery_date: 2018-01-04
areas: ["001", "x_dog_registration"]
vendors: vendors
municipalities:
  - code: "352152"
    vendor: b_sha
    exports: exports
"""


def write(folder: Path, text: str) -> Path:
    (folder / "exports").mkdir(exist_ok=True)
    (folder / "vendors" / "b_sha").mkdir(parents=True, exist_ok=True)
    path = folder / "project.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def error_of(path: Path) -> ProjectError:
    with pytest.raises(ProjectError) as caught:
        load_project(path)
    return caught.value


def test_paths_are_relative_to_the_file_and_the_name_comes_from_the_code(tmp_path: Path) -> None:
    context = plan_run(load_project(write(tmp_path, GOOD)), "352152", Options())
    assert context.municipality_name == "周南市"
    assert context.exports_dir == tmp_path / "exports"
    assert context.mapping_dir == tmp_path / "vendors" / "b_sha"
    assert context.run_dir == tmp_path / "out" / "352152" / "rehearsal-1"
    assert context.areas == ("001", "x_dog_registration")
    assert context.delivery_date == "2018-01-04"


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "words"),
    [
        ("vendor: b_sha", "vendr: b_sha", "P03", 6, "vendor"),
        ("    vendor: b_sha", "    vendor: b_sha\n    colour: red", "P03", 8, "unknown key"),
        ('"352152"', '"352153"', "P03", 6, "352152"),
        ('"352152"', "352152", "P03", 6, "quotes"),
        ('"352152"', '"35215"', "P03", 6, "6 digits"),
        ('"001"', '"1"', "P03", 3, "form"),
        ("2018-01-04", "2018-02-30", "P03", 2, "delivery_date"),
        ("programme: 試験", "programme: 試験\nlang: fr", "P03", 2, "lang"),
        ("programme: 試験", "programme: 試験\nthreads: 0", "P03", 2, "threads"),
        ("programme: 試験", "programme: 試験\nrehearsal: ../本番", "P03", 2, "label"),
        ("vendors: vendors", "vendors: vendors\nvendors: vendors", "P02", 5, "stands twice"),
        ("vendors: vendors", "vendors: [", "P02", 6, "YAML"),
        (GOOD, "- 1\n", "P02", 1, "form"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, code: str, line: int, words: str) -> None:
    path = write(tmp_path, GOOD.replace(old, new, 1))
    error = error_of(path)
    assert error.code == code
    assert error.where.en.startswith(f"{path}:{line}")
    assert words in f"{error.what.en} {error.where.en}"
    assert error.todo.ja


def test_a_municipality_twice_is_told_at_the_second(tmp_path: Path) -> None:
    twice = GOOD + '  - {code: "352152", vendor: b_sha, exports: exports}\n'
    error = error_of(write(tmp_path, twice))
    assert (error.code, error.where.en) == ("P04", f"{tmp_path / 'project.yaml'}:9 municipalities[2].code")


def test_further_mistakes_are_counted(tmp_path: Path) -> None:
    error = error_of(write(tmp_path, GOOD.replace("vendor: b_sha", "vendr: b_sha").replace('"001"', '"1"')))
    assert ":3 areas[1]" in error.where.en
    assert "2 more" in error.todo.en


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert error_of(tmp_path / "nowhere.yaml").code == "P01"


def test_a_file_in_another_charset_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    path.write_bytes(GOOD.encode("cp932"))
    assert error_of(path).code == "P01"


@pytest.mark.parametrize(
    ("change", "options", "code"),
    [
        (("exports: exports", "exports: gone"), Options(), "P10"),
        (("vendor: b_sha", "vendor: c_sha"), Options(), "P09"),
        (("delivery_date: 2018-01-04\n", ""), Options(), "P11"),
        (('areas: ["001", "x_dog_registration"]\n', ""), Options(), "P08"),
        (('"352152"', '"999997"'), Options(), "P13"),
        (("", ""), Options(areas=("014",)), "P07"),
        (("", ""), Options(rehearsal="a/b"), "P05"),
        (("", ""), Options(rehearsal=".."), "P05"),
        (("programme", "mask_key_env: NO_SUCH_KEY\nprogramme"), Options(), "P12"),
    ],
)
def test_what_a_run_needs_is_checked_before_it_begins(
    tmp_path: Path, change: tuple[str, str], options: Options, code: str
) -> None:
    project = load_project(write(tmp_path, GOOD.replace(*change, 1)))
    with pytest.raises(ProjectError) as caught:
        plan_run(project, project.codes[0], options)
    assert caught.value.code == code


def test_an_unknown_municipality_is_told(tmp_path: Path) -> None:
    project = load_project(write(tmp_path, GOOD))
    with pytest.raises(ProjectError, match="P06"):
        plan_run(project, "355020", Options())


def test_the_mask_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    project = load_project(write(tmp_path, GOOD))
    key = project.mask_key()
    assert len(key) == 32
    assert project.mask_key() == key
    assert stat.S_IMODE((tmp_path / "out.mask-key").stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir() if "mask" in p.name] == ["out.mask-key"]


def test_the_mask_key_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSUGITE_KEY", "ab" * 32)
    project = load_project(write(tmp_path, GOOD + "mask_key_env: TSUGITE_KEY\n"))
    assert project.mask_key() == b"\xab" * 32
    assert not (tmp_path / "out.mask-key").exists()


def test_every_published_code_has_a_right_check_digit() -> None:
    assert len(municipality_codes()) > 1900
    assert [code for code in municipality_codes() if check_digit(code[:5]) != code[5]] == []


@given(st.from_regex(r"[0-9]{5}", fullmatch=True), st.integers(0, 4), st.integers(1, 9))
def test_one_wrong_digit_gives_another_check_digit_unless_two_digits_fold_into_one(
    code: str, place: int, by: int
) -> None:
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    # Remainders 0 and 1 -> 1 and 0, and 10 -> 1: mod 11 has one value more than there are digits.
    if check_digit(code) == check_digit(wrong):
        assert check_digit(code) in "01"


def test_the_sample_project_is_valid_and_names_the_five_municipalities() -> None:
    assert set(load_project(SAMPLE).codes) == {"352152", "352101", "352128", "352071", "355020"}


def test_a_project_may_ask_for_the_restore_proof(tmp_path: Path) -> None:
    for more, wanted in (("", False), ("proof_required: true\n", True)):
        project = load_project(write(tmp_path, GOOD + more))
        assert plan_run(project, project.codes[0], Options()).proof_required is wanted


def test_the_published_schema_is_the_models() -> None:
    published = json.loads((ROOT / "flows" / "project.schema.json").read_text(encoding="utf-8"))
    assert published == project_schema()


def test_the_published_schema_accepts_the_sample_and_refuses_an_unknown_key() -> None:
    import yaml

    validator = Draft202012Validator(project_schema())
    data = json.loads(json.dumps(yaml.safe_load(SAMPLE.read_text(encoding="utf-8")), default=str))
    validator.validate(data)
    assert not validator.is_valid({**data, "colour": "red"})
