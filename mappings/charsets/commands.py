"""``tsugite charset``: which charsets there are, and records decoded beside their bytes.

Exit codes of ``decode``: 0 every byte has a character, 1 some have none, 2 the user's error.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from layouts.errors import Text, TsugiteError
from mappings.charsets import MARK_BASE
from mappings.charsets.mainframe import catalogue

BYTES_A_LINE = 16
PIPED_WIDTH = 180
"""Columns of a table that goes into a file or a pipe."""

TO_DOUBLE, TO_SINGLE = "⟦", "⟧"
"""How shift codes are shown."""


def _language(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str:
    return value or ("en" if os.environ.get("TSUGITE_LANG") == "en" else "ja")


_LANG = click.option(
    "--lang", type=click.Choice(["ja", "en"]), callback=_language, help="表示言語 / language of the output"
)
_JSON = click.option("--json", "as_json", is_flag=True, help="JSONで出力 / print JSON")


@click.group("charset")
def charset_group() -> None:
    """文字コードの一覧・バイト列の復号。

    Character sets: list them, decode bytes.
    """


@charset_group.command("list")
@click.option("--counts", is_flag=True, help="コードの数も数える（数秒） / count the codes too (takes seconds)")
@_LANG
@_JSON
def list_command(counts: bool, lang: str, as_json: bool) -> None:
    """文字コードの一覧 / the charsets, their shift codes and user-defined areas."""
    rows = [_described(charset, counts) for charset in catalogue.CHARSETS.values()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    ja = lang == "ja"
    headings = ["名前", "文字コード", "漢字へ", "戻す", "外字領域"] if ja else ["name", "charset", "shift to double",
                "back", "user-defined area"]  # fmt: skip
    keys = ["name", f"title_{lang}", "to_double", "to_single", "user_defined"]
    if counts:
        headings += ["1バイト", "2バイト以上", "外字", "Unicodeなし", "戻らない"] if ja else ["single", "double",
                     "user", "no Unicode", "not reversible"]  # fmt: skip
        keys += ["codes_single", "codes_double", "codes_user_defined", "codes_unmappable", "codes_not_reversible"]
    table = Table(box=box.SIMPLE_HEAD)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place < 5 else "right", overflow="fold")
    for row in rows:
        cells = (row[key] for key in keys)
        table.add_row(*(escape(" ".join(c)) if isinstance(c, list) else f"{c:,}" if isinstance(c, int) else escape(c)
                        for c in cells))  # fmt: skip
    console = Console()
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    console.print(table)


def _described(charset: catalogue.Charset, counts: bool) -> dict[str, Any]:
    shifts = charset.shifts
    areas = [
        f"{a.leads[0]:02X}{a.trails[0]:02X}-{a.leads[1]:02X}{a.trails[1]:02X}=U+{a.first:04X}" for a in charset.areas
    ]
    row: dict[str, Any] = {
        "name": charset.name,
        "aliases": list(charset.aliases),
        "title_ja": charset.title_ja,
        "title_en": charset.title_en,
        "to_double": [code.hex().upper() for code in shifts.to_double] if shifts else [],
        "to_single": shifts.to_single.hex().upper() if shifts else "",
        "user_defined": areas,
        "ivs": charset.ivs,
    }
    if counts:
        from mappings.charsets.mainframe.inventory import count_codes

        row |= {f"codes_{kind}": number for kind, number in count_codes(charset.name)._asdict().items()}
    return row


@charset_group.command("decode")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--charset", "name", required=True, help="文字コード（tsugite charset list） / charset")
@click.option("--record-length", type=click.IntRange(min=1), help="レコード長 / bytes of a record")
@click.option(
    "--copybook",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="COPY句で項目ごとに見る / field by field, by a COBOL copybook",
)
@click.option("--record", "record_name", help="COPY句のレコード（01） / record (01) of the copybook")
@click.option(
    "--redefine", "redefines", multiple=True, help="再定義: 元の項目=使う定義 / redefined item=definition to read"
)
@click.option("--field", "field", help="項目だけ: 開始:長さ（0から） / only a field: start:length, from 0")
@click.option("--start", type=click.IntRange(min=1), default=1, show_default=True, help="最初のレコード / first record")
@click.option(
    "--count", type=click.IntRange(min=1), default=10, show_default=True, help="レコード数 / number of records"
)
@click.option("--hex", "as_hex", is_flag=True, help="16進と並べる / hexadecimal beside the text")
@_LANG
@_JSON
@click.pass_context
def decode_command(
    ctx: click.Context, file: Path, name: str, record_length: int | None, copybook: Path | None,
    record_name: str | None, redefines: tuple[str, ...], field: str | None, start: int, count: int, as_hex: bool,
    lang: str, as_json: bool,
) -> None:  # fmt: skip
    """固定長レコードを復号して見る。

    Decode records of fixed length and look at them: shift codes as ⟦ ⟧, bytes without a character as their
    hexadecimal form, user-defined characters as their code point. What is shown are the file's texts: mind who reads
    them.
    """
    try:
        charset = catalogue.charset(name)
    except LookupError:
        raise TsugiteError(
            "CS01",
            Text(f"文字コード {name} は知らない", f"There is no charset {name}"),
            "--charset",
            Text("tsugite charset list で名前を確かめる", "tsugite charset list shows the names"),
        ) from None
    if copybook is not None:
        ctx.exit(_by_copybook(file, charset.name, copybook, record_name, redefines, record_length, start, count,
                              lang, as_json))  # fmt: skip
    if record_length is None:
        raise TsugiteError(
            "CS04",
            Text("レコード長が分からない", "The length of a record is not known"),
            "--record-length",
            Text("--record-length か --copybook を付ける", "Give --record-length or --copybook"),
        )
    place, width = _field(field, record_length)
    records = list(_records(file, record_length, start, count, place, width))
    shown = _decoded(charset.name, records)
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        for record in shown:
            _show(record, as_hex, lang)
    ctx.exit(1 if any(record["undecodable"] for record in shown) else 0)


def _by_copybook(
    file: Path, name: str, copybook: Path, record: str | None, redefines: tuple[str, ...], record_length: int | None,
    start: int, count: int, lang: str, as_json: bool,
) -> int:  # fmt: skip
    """Show records field by field; the exit code."""
    from mappings.readers.mainframe.show import dump_plan, shown_records

    chosen = {base: definition for base, _, definition in (pair.partition("=") for pair in redefines)}
    plan = dump_plan(copybook, record, chosen)
    length = record_length or plan.length
    try:
        shown = shown_records(plan, name, list(_records(file, length, start, count, 0, length)))
    except ValueError as error:
        todo = Text("1バイト文字も持つ文字コードにする", "Choose a charset that has single bytes too")
        raise TsugiteError("CS01", str(error), "--charset", todo) from None
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        problems = {
            "no number": "数値でない",
            "undecodable": "文字のないバイト",
            "no shift back": "シフトコードで戻らない",
        }
        for one in shown:
            click.echo(f"{'レコード' if lang == 'ja' else 'record'} {one['record']:,}  @{one['offset']:,}")
            for field in one["fields"]:
                text = "".join(map(_visible, field["text"] or ""))
                problem = field["problem"] and (problems[field["problem"]] if lang == "ja" else field["problem"])
                note = f"  {'※' if lang == 'ja' else '!'} {problem}" if problem else ""
                click.echo(f"  {field['offset']:08X} {field['name']:<24} {field['hex'] or '-'}  {text}{note}")
            if one["surplus"]:
                click.echo(f"  {'余り' if lang == 'ja' else 'surplus'} {one['surplus']}")
    return 1 if any(field["problem"] for one in shown for field in one["fields"]) else 0


def _field(text: str | None, record_length: int) -> tuple[int, int]:
    if text is None:
        return 0, record_length
    first, _, length = text.partition(":")
    if first.isdecimal() and length.isdecimal() and int(length) > 0 and int(first) + int(length) <= record_length:
        return int(first), int(length)
    raise TsugiteError(
        "CS02",
        Text(f"項目の位置が正しくない: {text}", f"No place of a field: {text}"),
        "--field",
        Text(f"開始:長さ を {record_length} バイトの中で指定する", f"Give start:length within {record_length} bytes"),
    )


def _records(
    file: Path, record_length: int, start: int, count: int, place: int, width: int
) -> Iterator[tuple[int, int, bytes]]:
    """Number, offset and bytes of each field asked for; the last record may be cut short."""
    with file.open("rb") as source:
        source.seek((start - 1) * record_length)
        for number in range(start, start + count):
            record = source.read(record_length)
            if not record:
                break
            yield number, (number - 1) * record_length + place, record[place : place + width]
    if start > 1 and file.stat().st_size <= (start - 1) * record_length:
        raise TsugiteError(
            "CS03",
            Text(f"レコード {start} は無い", f"There is no record {start}"),
            str(file),
            Text("--start と --record-length を確かめる", "Check --start and --record-length"),
        )


def _decoded(name: str, records: list[tuple[int, int, bytes]]) -> list[dict[str, Any]]:
    """What is known of each record: text, its units, and what needs attention."""
    from mappings.charsets.mainframe import columns
    from mappings.charsets.mainframe.tables import tables

    charset = tables(name)
    lengths = [len(raw) for _, _, raw in records]
    source = columns.fields(b"".join(raw for _, _, raw in records), offsets=np.cumsum([0, *lengths]))
    kinds = {number: kind for kind, number in columns.KINDS.items()}
    run = columns.run_decoder(charset, source, told=True, wanted=sum(1 << number for number in kinds))
    exact = columns.roundtrip_mask(source, name)
    to_single = charset.charset.shifts.to_single if charset.charset.shifts else b""
    content = run.out.tobytes()
    made = []
    for row, (number, offset, raw) in enumerate(records):
        begin = int(source.starts[row])
        units = _units(run.units[begin : begin + len(raw)], raw, content[: int(run.offsets[row + 1])], to_single)
        found: dict[str, list[dict[str, Any]]] = {}
        for kind, code, _, position in run.events[run.events["row"] == row].tolist():
            at = {"offset": offset + position - begin, "code": f"{code:02X}"}
            found.setdefault(kinds[kind], []).append(at)
        missing = found.get("undecodable", []) + found.get("unmappable", [])
        made.append(
            {
                "record": number,
                "offset": offset,
                "hex": raw.hex().upper(),
                "text": content[int(run.offsets[row]) : int(run.offsets[row + 1])].decode(),
                "shown": "".join(unit[2] for unit in units),
                "exact": bool(exact[row]),
                "undecodable": sorted(missing, key=lambda at: at["offset"]),
                "gaiji": found.get("gaiji", []),
                "duplicate": found.get("duplicate", []),
                "shift_spelling": found.get("shift_spelling", []),
                "unclosed": "unclosed" in found,
                "units": [{"offset": offset + at, "length": size, "shown": text} for at, size, text in units],
            }
        )
    return made


def _units(told: npt.NDArray[np.int64], raw: bytes, content: bytes, to_single: bytes) -> list[tuple[int, int, str]]:
    """Place, length and appearance of each code of a record."""
    from mappings.charsets.mainframe.kernels import MARKED, SHIFT

    starts = np.flatnonzero(told).tolist()
    places = [*(told[starts] >> 2).tolist(), len(content)]
    kinds = (told[starts] & 3).tolist()
    made = []
    for index, (at, end) in enumerate(zip(starts, [*starts[1:], len(raw)], strict=True)):
        code = raw[at:end]
        if kinds[index] == SHIFT:
            shown = TO_SINGLE if code == to_single else TO_DOUBLE
        elif kinds[index] == MARKED:
            shown = f"«{code.hex().upper()}»"
        else:
            shown = "".join(map(_visible, content[places[index] : places[index + 1]].decode()))
        made.append((at, end - at, shown))
    return made


def _visible(character: str) -> str:
    point = ord(character)
    if MARK_BASE <= point <= MARK_BASE + 0xFF:
        return f"«{point - MARK_BASE:02X}»"
    if 0xE000 <= point < 0xF900:
        return f"«U+{point:04X}»"
    return "·" if point < 0x20 or 0x7F <= point < 0xA0 else character


def _show(record: dict[str, Any], as_hex: bool, lang: str) -> None:
    ja = lang == "ja"
    click.echo(f"{'レコード' if ja else 'record'} {record['record']:,}  @{record['offset']:,} (0x{record['offset']:X})")
    if as_hex:
        raw = record["hex"]
        for at in range(0, len(raw) // 2, BYTES_A_LINE):
            line = raw[2 * at : 2 * (at + BYTES_A_LINE)]
            pairs = " ".join(line[i : i + 2] for i in range(0, len(line), 2))
            offset = record["offset"] + at
            text = "".join(u["shown"] for u in record["units"] if offset <= u["offset"] < offset + BYTES_A_LINE)
            click.echo(f"  {offset:08X}  {pairs:<{3 * BYTES_A_LINE}} {text}")
    else:
        click.echo(f"  {record['shown']}")
    for note in _notes(record, ja):
        click.echo(f"  {'※' if ja else '!'} {note}")


def _notes(record: dict[str, Any], ja: bool) -> Iterator[str]:
    titles = {
        "undecodable": ("文字のないバイト", "bytes without a character"),
        "gaiji": ("外字", "user-defined characters"),
        "duplicate": ("別のコードと同じ文字になるコード", "codes that share their character with another"),
        "shift_spelling": (
            "余分な、または別の書き方のシフトコード",
            "shift codes that are redundant or spelt otherwise",
        ),
    }
    for kind, title in titles.items():
        found = record[kind]
        if found:
            some = " ".join(f"{at['code']}@{at['offset']}" for at in found[:8])
            yield f"{title[0 if ja else 1]} {len(found):,}: {some}{' …' if len(found) > 8 else ''}"
    if record["unclosed"]:
        yield "シフトコードで1バイトに戻らずに終わる" if ja else "ends in double bytes: the shift back is missing"
    if not record["exact"]:
        yield "文字から元のバイトには戻らない" if ja else "the text does not encode to the same bytes"
