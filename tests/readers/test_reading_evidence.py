"""A wrong declared charset fails before mapping; right ones pass, half-width kana and rare kanji included."""

from __future__ import annotations

import random
from typing import Any

import pytest

CODECS = {"eucjp-ms": "euc_jp", "iso-2022-jp": "iso2022_jp_ext"}
KANJI = [
    "山田　太郎",
    "佐藤　花子",
    "橋本　一郎",
    "渡邉　美咲",
    "齋藤　龍之介",
    "國弘　千鶴",
    "藤井　薫",
    "廣澤　彌一",
    "邊見　昭",
]
KANA = [
    "ﾔﾏﾀﾞ ﾀﾛｳ", "ｻﾄｳ ﾊﾅｺ", "ﾊｼﾓﾄ ｲﾁﾛｳ", "ﾜﾀﾅﾍﾞ ﾐｻｷ", "ｻｲﾄｳ ﾘｭｳﾉｽｹ", "ｸﾆﾋﾛ ﾁﾂﾞﾙ", "ﾌｼﾞｲ ｶｵﾙ", "ﾋﾛｻﾜ ﾔｲﾁ", "ﾍﾝﾐ ｼｮｳｼﾞ",
]  # fmt: skip
TOWN = ["周南市岐山通一丁目", "下松市大手町", "光市中央", "柳井市南町", "阿武町大字奈古", "熊毛郡田布施町"]


def lines(*columns: list[str], count: int = 400) -> str:
    draw = random.Random(7)
    rows = ([f"{i:08d}", *(draw.choice(c) for c in columns)] for i in range(count))
    return "".join(",".join(row) + "\r\n" for row in rows)


TEXTS = {
    "kanji": (lines(KANJI), 2),
    "kanji and kana": (lines(KANJI, KANA, TOWN), 4),
    "kana alone": (lines(KANA), 2),
    "hiragana": (lines(["さくら　ひなた", "みなみ　あおい"]), 2),
    "two kanji": (lines(["男", "女"]), 2),
    "ascii": (lines(["0", "1"]), 2),
}


DECLARED = ("cp932", "utf-8", "eucjp-ms", "utf-16")
WRONG = [(d, a) for d in DECLARED for a in (*DECLARED, "iso-2022-jp") if d != a]


def encoded(text: str, charset: str) -> bytes:
    return text.encode(CODECS.get(charset, charset))


@pytest.mark.parametrize("what", TEXTS)
@pytest.mark.parametrize("charset", DECLARED)
def test_the_right_charset_passes(reading: Any, what: str, charset: str) -> None:
    text, fields = TEXTS[what]
    staged, frame = reading(encoded(text, charset), fields=fields, charset=charset)
    assert (staged.fatal, staged.undecodable, frame.height) == (None, 0, 400)


@pytest.mark.parametrize("what", [w for w in TEXTS if w != "ascii"])
@pytest.mark.parametrize(("declared", "actual"), WRONG)
def test_a_wrong_charset_is_fatal_and_the_right_one_named(reading: Any, what: str, declared: str, actual: str) -> None:
    text, fields = TEXTS[what]
    staged, _ = reading(encoded(text, actual), fields=fields, charset=declared)
    assert staged.fatal_code == "R11"
    assert f"All of it can be read as {actual} " in (staged.fatal_en or "")
    assert "part0.dat" in (staged.fatal or "")
    # No data values in messages.
    assert not any(name in (staged.fatal or "") + (staged.fatal_en or "") for name in (*KANJI, *KANA, *TOWN))


def test_eucjp_read_as_cp932_without_any_error_is_fatal(reading: Any) -> None:
    # Hiragana in EUC-JP decode as CP932, byte for byte: nothing but the mix of characters tells.
    text = lines(["さくら　ひなた"])
    assert encoded(text, "eucjp-ms").decode("cp932")
    staged, _ = reading(encoded(text, "eucjp-ms"), fields=2)
    assert staged.fatal_code == "R11"


def test_the_message_names_record_and_offset(reading: Any) -> None:
    text = "".join(f"{i:04d},a\r\n" for i in range(9)) + lines(["さくら　ひなた"])
    staged, _ = reading(encoded(text, "eucjp-ms"), fields=2)
    assert "record 10, from byte 72" in (staged.fatal_en or "")


@pytest.mark.parametrize(("bad", "fatal"), [(1, None), (2, "R11")])
def test_one_bad_record_in_a_thousand_is_the_limit(reading: Any, bad: int, fatal: str | None) -> None:
    # UTF-8 declared CP932-like: 1,000 records, of which few hold text that only UTF-8 decodes.
    data = b"".join(f"{i},x\n".encode() for i in range(1000 - bad)) + "1,県\n".encode() * bad
    staged, _ = reading(data, fields=2, charset="ascii")
    assert staged.fatal_code == fatal
    assert staged.undecodable_records == bad


def test_bad_bytes_that_no_charset_explains_are_no_reason_to_fail(reading: Any) -> None:
    staged, _ = reading(b"\xff\xff\x80,1\r\n" * 50, fields=2)
    assert (staged.fatal, staged.undecodable_records) == (None, 50)


def test_chardet_is_a_witness_in_the_account(reading: Any) -> None:
    text, fields = TEXTS["kanji and kana"]
    staged, _ = reading(encoded(text, "utf-8"), fields=fields, charset="utf-8")
    assert staged.chardet["encoding"] == "utf-8"
    assert staged.findings == ()


def test_chardet_calling_eucjp_by_its_own_name_is_no_disagreement(reading: Any) -> None:
    text, fields = TEXTS["kanji"]
    staged, _ = reading(encoded(text * 5, "eucjp-ms"), fields=fields, charset="eucjp-ms")
    assert not [f for f in staged.findings if f.code == "R06"]


def test_a_disagreement_of_chardet_is_found(reading: Any) -> None:
    text, fields = TEXTS["kanji"]
    staged, _ = reading(encoded(text * 5, "utf-8"), fields=fields, charset="ascii")
    assert [(f.count, f.field) for f in staged.findings if f.code == "R06"] == [(1, None)]
