"""The charsets as Python's codecs: names, error handlers, pieces of a stream."""

from __future__ import annotations

import codecs
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.charsets.mainframe import MARK_ERRORS, register

register()

RAW = bytes.fromhex("C1 28 C4D4 4100 A4A2 29 57 C3")
"""A, 辻, a pair that is no code, あ, a byte that is no code, C."""

NAMES = [
    "jef_ebcdic", "jef_ebcdik", "jef_ascii", "keis78_ebcdic", "keis78_ebcdik", "keis83_ebcdic", "keis83_ebcdik",
    "jips_j", "jips_e", "ibm930", "ibm939", "ibm1390", "ibm1399", "cp932_pua", "eucjp_ms", "jef", "keis78", "keis83",
    "jips", "jef_ebcdik_ivs", "jef_ivs",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_are_codecs(name: str) -> None:
    assert codecs.lookup(name).name == name
    assert "山田太郎".encode(name).decode(name) == "山田太郎"


def test_strict_errors_name_the_place() -> None:
    with pytest.raises(UnicodeDecodeError) as caught:
        RAW.decode("jef_ebcdik")
    assert (caught.value.start, caught.value.end, caught.value.encoding) == (4, 6, "jef_ebcdik")
    with pytest.raises(UnicodeEncodeError) as refused:
        "山😀😀田".encode("jef_ebcdik")
    assert (refused.value.start, refused.value.end) == (1, 3)


def test_a_lower_case_letter_is_refused_where_the_code_would_be_a_capital() -> None:
    with pytest.raises(UnicodeEncodeError):
        "a".encode("jef_ebcdik")
    assert "a".encode("jef_ebcdic").decode("jef_ebcdic") == "a"


def test_handlers_of_python_work() -> None:
    assert RAW.decode("jef_ebcdik", "ignore") == "A辻あC"
    assert RAW.decode("jef_ebcdik", "backslashreplace") == "A辻\\x41\\x00あ\\x57C"
    assert "犬😀x".encode("jef_ebcdic", "ignore") == bytes.fromhex("28B8A429A7")
    assert "犬😀x".encode("jef_ebcdic", "xmlcharrefreplace").decode("jef_ebcdic") == "犬&#128512;x"
    with pytest.raises(UnicodeEncodeError) as caught:
        "A😀".encode("jef_ebcdic", "backslashreplace").decode("jef_ebcdic").encode("jef_ebcdik")
    assert caught.value.encoding == "jef_ebcdik"


def test_marks_carry_bytes_through_text_and_back() -> None:
    text = RAW.decode("jef_ebcdik", MARK_ERRORS)
    assert text == "A辻\U0010fe41\U0010fe00あ\U0010fe57C"
    assert text.encode("jef_ebcdik", MARK_ERRORS) == RAW
    with pytest.raises(UnicodeEncodeError):
        text.encode("jef_ebcdik")


def test_the_handler_of_marks_serves_other_codecs_too() -> None:
    text = b"A\xff\x80".decode("ascii", MARK_ERRORS)
    assert text == "A\U0010feff\U0010fe80"
    assert text.encode("ascii", MARK_ERRORS) == b"A\xff\x80"
    with pytest.raises(UnicodeEncodeError):
        "é".encode("ascii", MARK_ERRORS)


@pytest.mark.parametrize("name", ["jef_ebcdik_ivs", "keis83_ebcdic", "jips_e", "jef", "ibm1399", "eucjp_ms"])
def test_pieces_decode_as_the_whole(name: str) -> None:
    shifts = st.sampled_from([b"\x28", b"\x29", b"\x30\xe2", b"\x0a\x42", b"\x0a\x41", b"\x3f\x75", b"\x0e", b"\x0f"])
    text = st.sampled_from(["山田", "ｱﾔ", "123 ", "辻\U000e0102", "か\u309a"]).map(lambda t: t.encode(name, "ignore"))

    @settings(max_examples=80, deadline=None)
    @given(st.lists(st.one_of(shifts, text, st.binary(max_size=3)), max_size=10))
    def check(pieces: list[bytes]) -> None:
        decoder = codecs.getincrementaldecoder(name)(MARK_ERRORS)
        whole = "".join(decoder.decode(piece) for piece in pieces) + decoder.decode(b"", True)
        assert whole == b"".join(pieces).decode(name, MARK_ERRORS)

    check()


@pytest.mark.parametrize("name", ["jef_ebcdik", "keis83_ebcdic", "jips_e", "jef", "ibm1399"])
def test_pieces_encode_to_the_text_of_the_whole(name: str) -> None:
    encoder = codecs.getincrementalencoder(name)()
    pieces = ["山", "田Ａ", "", "　辻", "山"]
    raw = b"".join(encoder.encode(text) for text in pieces) + encoder.encode("", True)
    assert raw.decode(name) == "".join(pieces)


def test_the_state_of_a_decoder_can_be_kept() -> None:
    decoder = codecs.getincrementaldecoder("keis83_ebcdik")()
    raw = "AB山田C".encode("keis83_ebcdik")
    head = decoder.decode(raw[:5])
    state = decoder.getstate()
    rest = decoder.decode(raw[5:], True)
    decoder.reset()
    decoder.setstate(state)
    assert decoder.decode(raw[5:], True) == rest
    assert head + rest == "AB山田C"


def test_files_are_read_and_written(tmp_path: Path) -> None:
    path = tmp_path / "x.dat"
    text = "AB山田辻C" * 5000
    with path.open("w", encoding="jef_ebcdik", newline="") as file:
        file.write(text[:17])
        file.write(text[17:])
    assert path.read_bytes() == text[:17].encode("jef_ebcdik") + text[17:].encode("jef_ebcdik")
    with path.open(encoding="jef_ebcdik", newline="") as file:
        assert file.read(4) == "AB山田"
        place = file.tell()
        assert file.read() == text[4:]
        file.seek(place)
        assert file.read(3) == text[4:7]
    reader = codecs.lookup("jef_ebcdik").streamreader(io.BytesIO(path.read_bytes()))
    assert reader.read() == text
    written = io.BytesIO()
    codecs.lookup("jef_ebcdik").streamwriter(written).write("山A")
    assert written.getvalue() == "山A".encode("jef_ebcdik")


def test_registering_twice_is_once() -> None:
    register()
    assert register.cache_info().currsize == 1
