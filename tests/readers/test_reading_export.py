"""The staged export as a whole: municipalities, hashes, the account in JSON, specifications that make no sense."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mappings.charsets import kernels
from mappings.readers import ExportSpec, FieldSpec, StagedExport, read_export, scan, warm_up

CODES = ("352152", "352071", "352101")


def shared(folder: Path) -> ExportSpec:
    path = folder / "shared.csv"
    path.write_bytes(b"352152,a\r\n352071,b,1\r\n35215,c\r\n999999,d\x01\r\n352152 ,e\r\n,f\r\n")
    return ExportSpec(
        "shared", (path,), "delimited", "cp932", (FieldSpec("code"), FieldSpec("v")),
        municipality_field="code", municipality="352152", municipalities=CODES,
    )  # fmt: skip


def test_only_our_records_are_kept_under_their_numbers_in_the_file(tmp_path: Path) -> None:
    staged = read_export(shared(tmp_path), tmp_path / "out", threads=2)
    frame = pl.read_parquet(tmp_path / "out" / "shared.parquet")
    assert frame.select("_record", "_offset", "v").rows() == [(1, 0, "a"), (3, 22, "c"), (5, 42, "e")]
    assert (staged.records, staged.kept) == (6, 3)
    assert staged.other_municipalities == {"?": 1, "352071": 1, "999999": 1}


def test_unknown_codes_are_found_and_troubles_of_others_are_not_ours(tmp_path: Path) -> None:
    staged = read_export(shared(tmp_path), tmp_path / "out", threads=2)
    assert [(f.code, f.field, f.examples) for f in staged.findings] == [("R09", "code", ((4, 31), (6, 53)))]
    assert (staged.ragged, staged.surplus) == (0, False)


def test_the_account_comes_back_from_its_json(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'"h"\r\n"\xf0\x40"\r\n\xff\r\n')
    spec = ExportSpec("x", (path,), "delimited", "sjis", (FieldSpec("f"),), header=True)
    staged = read_export(spec, tmp_path, threads=1, area="001")
    assert StagedExport.read(tmp_path / "x.json") == staged
    assert (staged.area, staged.charset, len(staged.gaiji), len(staged.findings)) == ("001", "cp932", 1, 2)
    assert staged.parts[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_progress_ends_at_all_bytes(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    read_export(shared(tmp_path), tmp_path, threads=1, progress=lambda done, total: seen.append((done, total)))
    size = (tmp_path / "shared.csv").stat().st_size
    assert seen[-1] == (size, size)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fields": ()}, "no fields"),
        ({"charset": "klingon"}, "unknown charset"),
        ({"delimiter": "、"}, "one ASCII character"),
        ({"format": "fixed"}, "start and length"),
        ({"municipality_field": "nobody"}, "no field nobody"),
    ],
)
def test_a_specification_that_makes_no_sense_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    given = {"fields": (FieldSpec("a"),), "charset": "cp932", "format": "delimited", **change}
    with pytest.raises(ValueError, match=message):
        read_export(ExportSpec("x", (), **given), tmp_path, threads=1)


def test_a_missing_file_is_an_oserror(tmp_path: Path) -> None:
    spec = ExportSpec("x", (tmp_path / "none.csv",), "delimited", "cp932", (FieldSpec("a"),))
    with pytest.raises(FileNotFoundError):
        read_export(spec, tmp_path, threads=1)


def test_a_failed_read_leaves_no_parquet(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyError("stopped")

    with pytest.raises(KeyError, match="stopped"):
        read_export(shared(tmp_path), tmp_path / "out", threads=1, progress=stop)
    assert list((tmp_path / "out").iterdir()) == []


def test_importing_the_readers_does_not_load_numba() -> None:
    code = "import sys, mappings.readers; sys.exit('numba' in sys.modules or 'polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_warm_up_compiles_each_kernel_once_and_reading_compiles_none(tmp_path: Path) -> None:
    warm_up()
    read_export(shared(tmp_path), tmp_path / "out", threads=2)
    compiled = {
        name: len(kernel.signatures)
        for module in (kernels, scan)
        for name, kernel in vars(module).items()
        if hasattr(kernel, "signatures") and not name.startswith("_")
    }
    assert len(compiled) >= 9
    assert {name for name, count in compiled.items() if count > 1} == set()
    assert 0 not in compiled.values()


def test_values_with_duplicate_codes_keep_their_bytes(tmp_path: Path) -> None:
    # FA54 and 81CA are both U+FFE2, EEE0 and FBFC both 髙; FBFC and 81CA are what Windows writes.
    path = tmp_path / "x.csv"
    path.write_bytes(b'a,\xfb\xfc\r\n"\xee\xe0""x",\xfa\x54\x81\xca\r\n')
    spec = ExportSpec("x", (path,), "delimited", "cp932", (FieldSpec("f"), FieldSpec("g")))
    staged = read_export(spec, tmp_path, threads=1)
    kept = pl.read_parquet(tmp_path / "x.codes.parquet")
    assert kept.rows() == [(2, "f", b'\xee\xe0"x'), (2, "g", b"\xfa\x54\x81\xca")]
    assert (staged.duplicate_codes, staged.kept) == (2, 2)
    path.write_bytes(b"a,b\r\n")
    read_export(spec, tmp_path, threads=1)
    assert not (tmp_path / "x.codes.parquet").exists()


def test_what_is_no_code_does_not_get_into_the_account(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("山田　太郎\r\n352152\r\n".encode("cp932"))
    spec = ExportSpec(
        "x", (path,), "delimited", "cp932", (FieldSpec("c"),), municipality_field="c", municipality="352152"
    )
    read_export(spec, tmp_path, threads=1)
    account = (tmp_path / "x.json").read_text(encoding="utf-8")
    assert "山田" not in account
    assert '"?": 1' in account
