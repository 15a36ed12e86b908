"""Packed exports: what comes out, and what is refused."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from pathlib import Path

import pytest

from mappings.readers import archives
from mappings.readers.archives import ArchiveError, member_names, unpack


def packed(folder: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    path = folder / "A.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def test_files_that_match_come_out_in_name_order(tmp_path: Path) -> None:
    path = packed(tmp_path, ("out/J2.csv", b"2"), ("J1.csv", b"1"), ("READ.ME", b"x"), ("empty/", b""))
    found = unpack(path, ("J*.csv",), tmp_path / "to")
    assert [(f.path.name, f.path.read_bytes()) for f in found] == [("J1.csv", b"1"), ("J2.csv", b"2")]
    assert {f.archive_sha256 for f in found} == {hashlib.sha256(path.read_bytes()).hexdigest()}
    assert set(member_names(path)) == {"J2.csv", "J1.csv", "READ.ME"}


def test_gzip_files_are_known_with_and_without_their_suffix(tmp_path: Path) -> None:
    path = tmp_path / "J1.csv.gz"
    path.write_bytes(gzip.compress(b"abc") + gzip.compress(b"def"))
    for pattern in ("J*.csv", "J*.csv.gz"):
        assert [f.path.read_bytes() for f in unpack(path, (pattern,), tmp_path / "to")] == [b"abcdef"]
    assert unpack(path, ("K*",), tmp_path / "to") == []


def test_names_of_windows_programs_are_cp932(tmp_path: Path) -> None:
    name = "住民.csv".encode("cp932")
    path = packed(tmp_path, ("N" * len(name), b"1"))
    path.write_bytes(path.read_bytes().replace(b"N" * len(name), name))
    assert member_names(path) == ("住民.csv",)
    assert [f.path.name for f in unpack(path, ("住民*",), tmp_path / "to")] == ["住民.csv"]


@pytest.mark.parametrize("name", ["../J1.csv", "/J1.csv", "a/../../J1.csv", "C:/J1.csv", "..\\J1.csv"])
def test_names_that_point_outside_are_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path, (name, b"1"))
    with pytest.raises(ArchiveError, match="outside"):
        unpack(path, ("*",), tmp_path / "to")
    assert not (tmp_path / "J1.csv").exists()


def test_links_and_names_given_twice_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("J1.csv")
    link.external_attr = 0o120777 << 16
    with pytest.raises(ArchiveError, match="link"):
        unpack(packed(tmp_path, (link, b"/etc/passwd")), ("*",), tmp_path / "to")
    with pytest.raises(ArchiveError, match="twice"):
        unpack(packed(tmp_path, ("a/J1.csv", b"1"), ("b/J1.csv", b"2")), ("*",), tmp_path / "to")


def test_encrypted_members_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, ("J1.csv", b"1"))
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    path.write_bytes(raw)
    with pytest.raises(ArchiveError, match="encrypted"):
        unpack(path, ("*",), tmp_path / "to")


def test_bombs_are_stopped_while_they_unpack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "RATIO_FROM", 1 << 20)
    bomb = tmp_path / "J1.csv.gz"
    bomb.write_bytes(gzip.compress(bytes(1 << 20)) * 3)
    with pytest.raises(ArchiveError, match="to one"):
        unpack(bomb, ("*",), tmp_path / "to")
    monkeypatch.setattr(archives, "MAX_BYTES", 10)
    with pytest.raises(ArchiveError, match="over 10 bytes"):
        unpack(packed(tmp_path, ("J1.csv", b"12345678901")), ("*",), tmp_path / "to")
    assert list((tmp_path / "to").iterdir()) == []


@pytest.mark.parametrize("suffix", [".zip", ".gz"])
@pytest.mark.parametrize("damage", ["cut", "flip", "empty"])
def test_damaged_archives_are_told_and_leave_nothing(tmp_path: Path, suffix: str, damage: str) -> None:
    data = bytes(range(256)) * 40
    path = packed(tmp_path, ("J1.csv", data)) if suffix == ".zip" else tmp_path / "J1.csv.gz"
    if suffix == ".gz":
        path.write_bytes(gzip.compress(data))
    raw = bytearray(path.read_bytes())
    if damage == "cut":
        raw = raw[: len(raw) // 2]
    elif damage == "flip":
        raw[60] ^= 0xFF
    else:
        raw = bytearray(b"PK")
    path.write_bytes(raw)
    with pytest.raises(ArchiveError, match="damaged"):
        unpack(path, ("*",), tmp_path / "to")
    assert list((tmp_path / "to").iterdir()) == []
