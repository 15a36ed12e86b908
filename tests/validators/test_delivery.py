"""``tsugite validate``: any folder of standard files is judged as the pipeline judges, whoever made it."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result
from mapped import context, counts, findings, resident_rows, rows_of, write_mapped

from flows.cli import run as run_command
from layouts import load_area
from layouts.delivery.files import GroupWriter
from layouts.errors import TsugiteError
from validators.commands import validate_command
from validators.delivery import summary, validate_delivery
from validators.stage import validate_area


def deliver(
    folder: Path, area: str, group: str, rows: pl.DataFrame, profile: str = "standard", keep: str = "csv"
) -> Path:
    """A standard file as somebody else might hand it over: only its CSV, or only its Parquet."""
    layout = load_area(area)
    with GroupWriter(layout, layout.group(group), folder, profile, "352152", "2018-01-04") as writer:
        writer.write(rows)
    files = writer.result
    (files.parquet if keep == "csv" else files.csv).unlink()
    return files.csv if keep == "csv" else files.parquet


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(validate_command, [str(argument) for argument in arguments])


def test_a_delivery_of_ours_has_the_findings_that_its_run_had(tmp_path: Path) -> None:
    ctx = context(tmp_path, "001")
    write_mapped(ctx, "001", resident_rows(3, 住民種別=["1", "9", None], 個人番号="123456789012"), "住民情報")
    write_mapped(ctx, "001", rows_of("001", "メモ情報", 2, 宛名番号=["1".zfill(15), "9".zfill(15)]), "メモ情報")
    validate_area(ctx, "001")
    kept = findings(ctx, "001.validate").select("rule", "group", "item", "count", "checked", "severity").sort(pl.all())
    result = validate_delivery(tmp_path)
    again = pl.DataFrame(summary(result.found, "ja")).select(kept.columns).sort(pl.all())
    assert again.equals(kept)
    assert result.exit_code == 1
    assert result.unknown == ()


@pytest.mark.parametrize(("profile", "keep"), [("standard", "csv"), ("cp932", "csv"), ("standard", "parquet")])
def test_every_form_of_a_file_is_judged_alike(tmp_path: Path, profile: str, keep: str) -> None:
    rows = resident_rows(3, 住民種別=["1", "9", None], 氏名="佐藤　一郎", 操作時刻="25:00:00")
    deliver(tmp_path / "001", "001", "住民情報", rows, profile, keep)
    result = validate_delivery(tmp_path)
    found = pl.DataFrame(summary(result.found, "ja"), infer_schema_length=None)
    assert counts(found, "V01", "V03", "V06") == {("V01", "操作時刻"): 3, ("V06", "住民種別"): 1}
    assert result.rows == 3


def test_text_that_is_no_number_is_found_in_a_csv(tmp_path: Path) -> None:
    path = deliver(tmp_path, "001", "住民情報", resident_rows(3, 改製番号=[1, 2, 3]))
    lines = path.read_bytes().decode().split("\r\n")
    place = load_area("001").group("住民情報").names.index("改製番号")
    cells = lines[2].split(",")
    cells[place] = '"二"'
    lines[2] = ",".join(cells)
    path.write_bytes("\r\n".join(lines).encode())
    result = validate_delivery(tmp_path, tmp_path / "out")
    found = next(f for f in result.found if f.subject.rule == "V01" and f.subject.item == "改製番号")
    assert found.count == 1
    keys = pl.read_parquet(tmp_path / "out" / "validate.keys.parquet").filter(pl.col("value") == "二")
    assert keys.height == 1
    assert (
        pl.read_parquet(tmp_path / "out" / "validate.examples.parquet").filter(finding=keys["finding"][0])["row"].item()
        == 2
    )


def test_a_file_that_cannot_be_read_is_a_finding_and_the_others_are_judged(tmp_path: Path) -> None:
    path = deliver(tmp_path, "001", "住民情報", resident_rows(1))
    path.write_text("宛名番号,知らない列\r\n1,2\r\n", encoding="utf-8")
    deliver(tmp_path, "001", "メモ情報", rows_of("001", "メモ情報", 1))
    result = validate_delivery(tmp_path)
    assert [f.subject.group for f in result.found if f.subject.rule == "D02"] == ["住民情報"]
    assert list(result.outcomes) == [("001", "memo")]
    # Its rows are not known, so what points at them is not checked, and no orphan.
    assert {f.subject.rule for f in result.found if f.subject.item == "宛名番号"} >= {"V14"}
    assert not [f for f in result.found if f.subject.rule == "V09"]


def test_only_the_areas_asked_for_are_judged_but_all_are_looked_up(tmp_path: Path) -> None:
    deliver(tmp_path / "001", "001", "住民情報", resident_rows(1))
    deliver(
        tmp_path / "002",
        "002",
        "印鑑登録情報",
        rows_of("002", "印鑑登録情報", 2, 宛名番号=["1".zfill(15), "9".zfill(15)]),
    )
    result = validate_delivery(tmp_path, areas=["002"])
    assert {area for area, _ in result.outcomes} == {"002"}
    assert {f.subject.area for f in result.found} == {"002"}
    orphans = [f for f in result.found if f.subject.rule == "V09" and f.subject.item == "宛名番号"]
    assert [f.count for f in orphans] == [1]


def test_the_command_prints_a_table_and_ends_with_1_for_findings(tmp_path: Path) -> None:
    deliver(tmp_path, "001", "住民情報", resident_rows(2, 氏名="秘密太郎", 住民種別="9"))
    result = invoke(tmp_path, "--lang", "en", "--area", "001")
    assert result.exit_code == 1
    assert "checked 1 files, 2 rows" in result.stdout
    assert "V06" in result.stdout
    assert "秘密" not in result.output


def test_the_command_gives_a_script_the_same_as_json(tmp_path: Path) -> None:
    deliver(tmp_path, "001", "住民情報", resident_rows(2, 住民種別="9"))
    (tmp_path / "notes.csv").write_text("a\n", encoding="utf-8")
    body = json.loads(invoke(tmp_path, "--json").stdout)
    assert body["form"] == "tsugite.validate/1"
    assert body["exit_code"] == 1
    assert body["groups"] == [
        {"area": "001", "group": "resident", "file": "001_住民基本台帳_住民情報_352152_20180104.csv", "rows": 2}
    ]
    assert body["unknown_files"] == ["notes.csv"]
    (code,) = [f for f in body["findings"] if f["rule"] == "V06"]
    assert (code["count"], code["item"], code["severity"], code["title"]) == (
        2,
        "住民種別",
        "error",
        "コード一覧に無い値",
    )


def test_a_clean_delivery_ends_with_0(tmp_path: Path) -> None:
    deliver(tmp_path, "001", "メモ情報", rows_of("001", "メモ情報", 0))
    result = invoke(tmp_path, "--json")
    assert result.exit_code == 0
    assert {f["severity"] for f in json.loads(result.stdout)["findings"]} <= {"info"}


def test_what_the_user_got_wrong_ends_with_2_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in ([str(tmp_path / "nowhere")], [str(tmp_path)], [str(tmp_path), "--area", "999"]):
        assert run_command(["validate", *arguments]) == 2
        shown = capsys.readouterr().err
        assert shown.startswith("[V8")
        assert "Traceback" not in shown
        assert len(shown.strip().splitlines()) == 3
    with pytest.raises(TsugiteError, match="V81"):
        validate_delivery(tmp_path)
