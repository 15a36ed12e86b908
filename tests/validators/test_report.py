"""The first report: same numbers as JSON and page, verdict first, nothing unmasked, nothing unescaped."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import books
import jsonschema
import polars as pl
import pytest

from layouts import area_ids, load_area
from layouts.delivery.catalogue import entry
from layouts.delivery.run import RunContext
from layouts.delivery.shapes import COVERAGE, GAIJI, RESIDUE
from validators.ledger import account
from validators.report import build
from validators.report.build import gather_report
from validators.report.render import HERE, LANGUAGES, bar, number, percent, texts

PLANTED = "山田花子の秘密"
SCHEMA = json.loads((HERE / "report.schema.json").read_text(encoding="utf-8"))


def finding(number_of: int, code: str, **more: Any) -> dict[str, Any]:
    kind = entry(code)
    titles = {"title_ja": kind.title_ja, "title_en": kind.title_en}
    place = {"area": books.AREA, "group": books.place().group.name, "item": books.place().item, "export": books.MAIN}
    known = {
        "finding": f"{number_of:012x}",
        "rule": code,
        "severity": kind.severity,
        "grain": kind.grain,
        "count": 3,
        "checked": 90,
    }
    return {**known, **place, **titles, **more}


@pytest.fixture
def ctx(tmp_path: Path) -> RunContext:
    """A run with something for every section, in which a person's name stands wherever one may stand."""
    ctx = books.context(tmp_path, areas=(books.AREA, "x_dogs"))
    books.build(ctx, "DDPQXIMODN")
    books.stage(ctx, "dogs", 2, area="x_dogs")
    books.overflow(ctx, "dogs", [1, 2], area="x_dogs")
    lines = ["file,kind,field,value,note", f"{books.MAIN.upper()}.csv,count,,10,<b>抽出時</b>", "DOGS.csv,count,,3,"]
    (ctx.exports_dir / "expected.csv").write_text("\n".join(lines), encoding="utf-8")
    found = [finding(1, "V02", detail="<script>alert(1)</script>"), finding(2, "R07"), finding(3, "V14")]
    example = {"finding": found[0]["finding"], "row": 1, "export": books.MAIN, "record": 1, "offset": 0}
    masked = {**example, "key_hash": "0123456789abcdef", "value_masked": "山＊＊＊<i>"}
    key = {"finding": found[0]["finding"], "export": books.MAIN, "record": 1, "key": PLANTED, "value": PLANTED}
    books.findings(ctx, "014.validate", found, [masked] * 7, [key])
    residue = [{"record": n, "field": "SHIMEI", "value": PLANTED, "cause": "full_width"} for n in (1, 2)]
    books.save(pl.DataFrame(residue, schema=RESIDUE), ctx.residue(books.AREA) / f"{books.MAIN}.parquet")
    gaiji = {"area": books.AREA, "export": books.MAIN, "field": "SHIMEI", "source_code": "F040", "codepoint": "U+E000"}
    books.save(
        pl.DataFrame([{**gaiji, "count": 5, "first_record": 1}], schema=GAIJI), ctx.gaiji / f"{books.AREA}.parquet"
    )
    coverage = {
        "area": books.AREA,
        "group": books.place().group.name,
        "item": books.place().item,
        "output": "必須",
        "status": "provided",
    }
    books.save(pl.DataFrame([coverage], schema=COVERAGE), ctx.coverage / f"{books.AREA}.parquet")
    for folder in (ctx.quarantine, ctx.exclusions):
        path = folder(books.AREA) / f"{books.MAIN}.parquet"
        pl.read_parquet(path).with_columns(SHIMEI=pl.lit(PLANTED)).write_parquet(path)
    assert account(ctx).failed is None
    return ctx


def report(ctx: RunContext) -> tuple[str, dict[str, Any]]:
    build(ctx)
    page = (ctx.report / "index.html").read_text(encoding="utf-8")
    return page, json.loads((ctx.report / "report.json").read_text(encoding="utf-8"))


class Page(HTMLParser):
    """What the tests look at: tags with their attributes, and the text outside style and script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "script"):
            self.text.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def test_json_follows_its_published_schema(ctx: RunContext) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(report(ctx)[1], SCHEMA)


def test_numbers_of_the_ledger_stand_in_json_and_page(ctx: RunContext) -> None:
    page, body = report(ctx)
    main = next(line for line in body["ledger"]["exports"] if line["name"] == books.MAIN)
    assert (main["read"], main["expected"], main["delivered"], main["excluded"], main["closes"]) == (10, 10, 4, 2, True)
    total = body["control_totals"][0]
    assert total["delivered"] == str(books.amount_of(ctx))
    assert number(total["source"]) in page
    fill = body["fill"][0]
    counted = next(item for item in fill["by_item"] if item["item"] == books.place().item)
    assert (fill["rows"], counted["filled"], counted["status"]) == (5, 4, "provided")


def test_a_declared_total_shows_what_makes_the_difference_to_the_delivered_amount(tmp_path: Path) -> None:
    ctx = books.context(tmp_path)
    books.build(ctx, "DQIX", [1000, 200, 30, 4])
    where = books.place()
    lines = ["file,kind,field,value,note", f"{books.AREA}:{where.group.name},total,{where.item},1235,"]
    (ctx.exports_dir / "expected.csv").write_text("\n".join(lines), encoding="utf-8")
    account(ctx)
    page, body = report(ctx)
    jsonschema.validate(body, SCHEMA)
    total = body["control_totals"][0]
    assert [total[name] for name in ("expected", "delivered", "against_expected")] == ["1235", "1000", "-235"]
    assert total["explanation"] == [
        {"line": "quarantined", "amount": "-200"},
        {"line": "identical", "amount": "-30"},
        {"line": "unexplained", "amount": "-5"},
    ]
    assert sum(int(part["amount"]) for part in total["explanation"]) == int(total["against_expected"])
    text = "".join(Page(page).text)
    assert "隔離 −200" in text
    assert "説明のない差 −5" in text


def test_the_origin_of_every_layout_is_told_in_the_readers_language(tmp_path: Path) -> None:
    ctx = books.context(tmp_path, areas=area_ids())
    page = Page(report(ctx)[0])
    told = {origin: texts()[f"origin.{origin}"]["ja"] for origin in {load_area(area).origin for area in area_ids()}}
    assert told == {"official": "公式", "project": "独自", "official and project": "公式・独自"}
    assert set(told.values()) <= set(page.text)
    assert not set(told) & set(page.text)


def test_values_from_data_are_escaped(ctx: RunContext) -> None:
    page = report(ctx)[0]
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "山＊＊＊&lt;i&gt;" in page
    assert "<b>抽出時" not in page


def test_no_unmasked_value_reaches_the_report(ctx: RunContext) -> None:
    page, body = report(ctx)
    assert PLANTED in "".join(pl.read_parquet(ctx.restricted / "finding_keys.parquet")["value"].to_list())
    assert PLANTED not in page
    assert PLANTED not in json.dumps(body, ensure_ascii=False)


def test_report_is_the_same_bytes_whatever_the_run_is_called_and_when(ctx: RunContext, tmp_path: Path) -> None:
    first = report(ctx)[0]
    moved = tmp_path / "another_run_id.partial"
    ctx.run_dir.rename(moved)
    assert report(replace(ctx, run_dir=moved))[0] == first
    assert not re.search(r"\d{2}:\d{2}:\d{2}|another_run_id", first)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_loads_nothing_from_elsewhere_and_says_its_language(ctx: RunContext, lang: str) -> None:
    page = Page(report(replace(ctx, lang=lang))[0])
    assert page.of("html") == [{"lang": lang}]
    assert [attrs for _, attrs in page.tags if "src" in attrs or attrs.get("rel")] == []
    assert all(str(attrs["href"]).startswith("#") for attrs in page.of("a"))
    assert not re.search(r"@import|url\((?!#p-)", (HERE / "style.css").read_text(encoding="utf-8"))


def test_tables_have_captions_and_scoped_headers_and_ids_are_unique(ctx: RunContext) -> None:
    page = Page(report(ctx)[0])
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.of("th"))
    outer = [attrs for attrs in page.of("table") if "id" in attrs]
    assert len(page.of("caption")) == len(outer) > 10
    ids = Counter(attrs["id"] for _, attrs in page.tags if attrs.get("id"))
    assert max(ids.values()) == 1
    assert {str(attrs["href"])[1:] for attrs in page.of("a")} <= set(ids)


def test_english_page_has_no_japanese_words_of_its_own(ctx: RunContext) -> None:
    text = "\n".join(Page(report(replace(ctx, lang="en"))[0]).text)
    japanese = {words["ja"] for words in texts().values() if re.search(r"[ぁ-ん]", words["ja"])}
    assert [words for words in japanese if words in text] == []


def test_every_text_exists_in_both_languages() -> None:
    assert [key for key, words in texts().items() if not all(words[lang].strip() for lang in LANGUAGES)] == []


def test_every_text_that_a_template_asks_for_exists_and_none_is_idle() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("*.j2"))
    source += (HERE / "render.py").read_text(encoding="utf-8")
    asked = set(re.findall(r"\bt\('([a-z_.]+)'[,)]", source))
    assert asked <= set(texts())
    prefixes = tuple(set(re.findall(r"\bt\(f?['\"]([a-z_]+\.)", source)))
    named = set(re.findall(r"'([a-z_.]+)'", source))
    statuses = set(SCHEMA["properties"]["ledger"]["properties"]["exports"]["items"]["properties"])
    idle = [key for key in texts() if key not in asked | named | statuses and not key.startswith(prefixes)]
    assert idle == []


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("reason.", SCHEMA["properties"]["verdict"]["properties"]["reasons"]["items"]["properties"]["code"]["enum"]),
        ("nc.", SCHEMA["properties"]["not_checked"]["items"]["properties"]["code"]["enum"]),
        ("outcome.", SCHEMA["properties"]["declared"]["items"]["properties"]["outcome"]["enum"]),
        ("verdict.", SCHEMA["properties"]["verdict"]["properties"]["value"]["enum"]),
        ("severity.", SCHEMA["$defs"]["severity"]["enum"]),
    ],
)
def test_every_code_of_the_schema_has_words(prefix: str, codes: list[str]) -> None:
    assert [code for code in codes if prefix + code not in texts()] == []


def test_error_findings_fail_the_verdict_and_come_first(ctx: RunContext) -> None:
    body = report(ctx)[1]
    assert body["verdict"]["value"] == "failed"
    assert [reason["code"] for reason in body["verdict"]["reasons"]] == [
        "error_findings",
        "warning_findings",
        "gaiji_undecided",
        "not_checked",
    ]
    assert [item["rule"] for item in body["findings"]["items"]] == ["L01", "V02", "R07", "V14"]


def clean_run(folder: Path, **changes: Any) -> RunContext:
    """A run of one area in which everything was declared, checked and right."""
    ctx = books.context(folder, **changes)
    books.build(ctx, "DD")
    lines = ["file,kind,field,value,note", *(f"{name.upper()}.csv,count,,{n}," for name, n in DECLARED.items())]
    (ctx.exports_dir / "expected.csv").write_text("\n".join(lines), encoding="utf-8")
    return ctx


DECLARED = {books.MAIN: 2, books.JOIN: 2, books.LOOKUP: 3, books.EXTRA: 2}


def verdict_of(ctx: RunContext) -> dict[str, Any]:
    account(ctx)
    page, body = report(ctx)
    jsonschema.validate(body, SCHEMA)
    words = {"passed": "○ 合格", "conditional": "△ 条件付き合格", "failed": "✕ 不合格"}
    assert words[body["verdict"]["value"]] in Page(page).text
    verdict: dict[str, Any] = body["verdict"]
    return verdict


def test_a_run_in_which_nothing_is_open_passes_and_still_names_what_it_does_not_speak_of(tmp_path: Path) -> None:
    ctx = clean_run(tmp_path)
    assert verdict_of(ctx) == {"value": "passed", "reasons": []}
    listed = gather_report(ctx)["not_checked"]
    assert {line["code"] for line in listed} == {"restore_proof", "area_outside"}
    assert not any(line["conditional"] for line in listed)


def test_a_project_that_asks_for_the_proof_passes_with_that_condition_only(tmp_path: Path) -> None:
    ctx = clean_run(tmp_path, proof_required=True)
    assert verdict_of(ctx) == {"value": "conditional", "reasons": [{"code": "not_checked", "count": 1}]}
    assert [line["code"] for line in gather_report(ctx)["not_checked"] if line["conditional"]] == ["restore_proof"]


def test_an_export_whose_count_nobody_declared_makes_the_verdict_conditional(tmp_path: Path) -> None:
    ctx = clean_run(tmp_path)
    expected = ctx.exports_dir / "expected.csv"
    expected.write_text(expected.read_text().replace(f"{books.EXTRA.upper()}.csv,count,,2,", ""), encoding="utf-8")
    assert verdict_of(ctx) == {"value": "conditional", "reasons": [{"code": "not_checked", "count": 1}]}


@pytest.mark.parametrize(("declared", "value"), [(None, "conditional"), (201, "passed"), (200, "failed")])
def test_a_total_that_has_no_sum_at_the_source_needs_a_declared_one(
    tmp_path: Path, declared: int | None, value: str
) -> None:
    ctx = clean_run(tmp_path)
    where = books.place()
    path = ctx.accounts / f"{books.AREA}.map.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["groups"][where.group.slug]["independent"] = {where.item: False}
    books.save_json(told, path)
    if declared is not None:
        with (ctx.exports_dir / "expected.csv").open("a", encoding="utf-8") as file:
            file.write(f"\n{books.AREA}:{where.group.name},total,{where.item},{declared},\n")
    assert verdict_of(ctx)["value"] == value


@pytest.mark.parametrize(
    ("code", "value", "reason"),
    [
        ("V15", "conditional", "warning_findings"),
        ("V02", "failed", "error_findings"),
        ("R06", "passed", None),
        ("V14", "conditional", "not_checked"),
    ],
)
def test_findings_decide_by_severity_and_references_into_absent_areas_as_unchecked(
    tmp_path: Path, code: str, value: str, reason: str | None
) -> None:
    ctx = clean_run(tmp_path)
    books.findings(ctx, "014.validate", [finding(1, code)])
    verdict = verdict_of(ctx)
    assert (verdict["value"], [line["code"] for line in verdict["reasons"]]) == (value, [reason] if reason else [])


def test_rules_that_could_judge_no_row_are_named(tmp_path: Path) -> None:
    ctx = clean_run(tmp_path)
    path = ctx.accounts / f"{books.AREA}.validate.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["groups"][books.place().group.slug]["rules"] = {"014R001": 2, "014R003": 0}
    books.save_json(told, path)
    account(ctx)
    body = gather_report(ctx)
    silent = next(line for line in body["not_checked"] if line["code"] == "rule_silent")
    assert (silent["places"], silent["conditional"]) == (["014R003"], False)


def test_ledger_that_does_not_close_fails_the_verdict(ctx: RunContext) -> None:
    (ctx.overflow(books.AREA) / f"{books.EXTRA}.parquet").unlink()
    assert account(ctx).failed is not None
    page, body = report(ctx)
    assert body["verdict"]["reasons"][0] == {"code": "ledger_open", "count": 1}
    extra = next(line for line in body["ledger"]["exports"] if line["name"] == books.EXTRA)
    assert (extra["closes"], extra["lost"]) == (False, 2)
    assert texts()["lost"]["ja"] in page
    jsonschema.validate(body, SCHEMA)


def test_what_was_not_checked_is_listed_with_its_places(ctx: RunContext) -> None:
    listed = {line["code"]: line for line in report(ctx)[1]["not_checked"]}
    assert listed["reference_outside"]["count"] == 3
    assert "001" in listed["area_outside"]["places"]
    assert books.AREA not in listed["area_outside"]["places"]
    assert listed["system_without_layout"]["places"] == ["x_dogs"]
    assert listed["count_not_declared"]["places"] == [
        f"014 {name}" for name in sorted((books.JOIN, books.LOOKUP, books.EXTRA))
    ]


def test_run_whose_stages_failed_still_gets_a_report(tmp_path: Path) -> None:
    ctx = books.context(tmp_path)
    record = {
        "area": books.AREA,
        "stage": "read",
        "status": "failed",
        "code": "R10",
        "what": ["ファイルなし", "no file"],
        "seconds": 1.5,
    }
    books.save_json(record, ctx.work / "stages" / f"read.{books.AREA}.json")
    page, body = report(ctx)
    assert [reason["code"] for reason in body["verdict"]["reasons"]][:2] == ["stage_failed", "ledger_missing"]
    assert "ファイルなし" in page
    jsonschema.validate(body, SCHEMA)


def test_long_lists_are_capped_and_say_so(ctx: RunContext) -> None:
    books.findings(ctx, "014.validate", [finding(n, "V02", detail=str(n)) for n in range(600)])
    account(ctx)
    page, body = report(ctx)
    assert (body["findings"]["places"], body["findings"]["shown"], len(body["findings"]["items"])) == (601, 500, 500)
    assert "601 箇所のうち 500 箇所" in page
    assert sum(line["count"] for line in body["findings"]["by_rule"]) == 600 * 3 + 1


def test_sign_off_names_the_hash_of_the_data_manifest(ctx: RunContext) -> None:
    assert texts()["manifest_missing"]["ja"] in report(ctx)[0]
    (ctx.run_dir / "data.manifest.json").write_text("{}", encoding="utf-8")
    page, body = report(ctx)
    assert body["data_manifest_sha256"] == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert body["data_manifest_sha256"] in page


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, "1,234,567"),
        ("-1234.5", "−1,234.5"),
        ("-0.5", "−0.5"),
        (0, "0"),
        (None, "–"),
        ("12345678901234567890", "12,345,678,901,234,567,890"),
    ],
)
def test_numbers_have_thousands_separators(value: Any, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 3, "33.3 %"),
        (1, 10**6, "< 0.1 %"),
        (10**6 - 1, 10**6, "> 99.9 %"),
        (5, 5, "100.0 %"),
        (0, 5, "0.0 %"),
        (1, None, "–"),
    ],
)
def test_shares_never_round_to_none_or_all(part: int, whole: int | None, text: str) -> None:
    assert percent(part, whole) == text


def test_bar_shows_one_record_among_millions() -> None:
    line = {
        "delivered": 10**7,
        "overflow_only": 0,
        "lookup_only": 0,
        "partly_quarantined": 0,
        "quarantined": 1,
        "excluded": 0,
        "other_municipality": 0,
    }
    widths = [float(width) for width in re.findall(r' width="([\d.]+)"', bar(line, "x"))]
    assert len(widths) == 2
    assert min(widths) >= 5
    assert sum(widths) == pytest.approx(600, abs=0.2)
