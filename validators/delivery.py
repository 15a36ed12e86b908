"""Judges any folder of standard files, whoever made them, with the engine that the pipeline uses: schema, rules,
cross rules, references.

Nothing is written into the folder. CSV is read as text first, so that a number that is none is found as such; where a
file came from nobody knows here, so findings name rows of the standard files.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from layouts.delivery.files import parquet_metadata
from layouts.delivery.reading import Delivered, DeliveredFile, StandardFileError, number, read_group_text, scan_delivery
from layouts.delivery.stream import ParquetStream
from layouts.errors import Text, TsugiteError
from layouts.load import area_ids, load_area
from layouts.model import Area, Group, Item
from validators.checks import code_sets
from validators.cross import StandardFile, check_cross_rules, check_references
from validators.engine import connection
from validators.findings import POSITION, Finding, Findings, Subject
from validators.groups import GroupInput, Outcome, judge_group
from validators.keys import BATCH_ROWS
from validators.references import references_of

UNREADABLE = "D02"
WRONG_TYPE = "V01"


class _NoSink:
    """Takes the rows of a group that is only judged."""

    def deliver(self, rows: pl.DataFrame) -> None:
        """Nothing is delivered."""

    def hold(self, rows: pl.DataFrame) -> None:
        """Nothing is held back."""

    def null(self, rows: pl.DataFrame) -> None:
        """Nothing becomes null."""


@dataclass
class DeliveryResult:
    """What was found in a folder of standard files."""

    folder: Path
    files: dict[tuple[str, str], DeliveredFile]
    """By area id and group slug."""
    unknown: tuple[Path, ...]
    """Parquet and CSV files that no layout knows."""
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    findings: Findings = field(default_factory=lambda: Findings(0))

    @property
    def rows(self) -> int:
        return sum(outcome.derived for outcome in self.outcomes.values())

    def rows_of(self, area: str, slug: str) -> int | None:
        """Rows judged in one file; None where it was not judged, or could not be read."""
        outcome = self.outcomes.get((area, slug))
        return None if outcome is None else outcome.derived

    @property
    def found(self) -> list[Finding]:
        """The findings with a count, gravest first, then in the order of areas, groups and items."""
        order = {"error": 0, "warning": 1, "info": 2}
        return sorted((finding for finding in self.findings if finding.count), key=lambda f: order[f.severity])

    @property
    def exit_code(self) -> int:
        """0 clean, 1 findings. What was not checked (info) is told, but is no finding against the delivery."""
        return 1 if any(finding.severity != "info" for finding in self.found) else 0


def validate_delivery(
    folder: Path,
    out: Path | None = None,
    areas: Collection[str] | None = None,
    *,
    examples: int = 20,
    code_lists_dir: Path | None = None,
    mask_key: bytes | None = None,
    threads: int = 2,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> DeliveryResult:
    """Judge the standard files in ``folder`` and below (Parquet or CSV of any profile; where a group has both, the
    Parquet).

    ``areas`` limits what is judged; references into other areas that lie in the folder are followed all the same.
    With ``out``, findings, masked examples and unmasked keys are written there (``validate.*.parquet``, as the run's
    findings). ``examples`` caps them a finding (0: no cap). Without ``mask_key`` keys are hashed with a key that
    nobody keeps. ``progress`` gets a group's name, rows done and rows in all.

    Raises :class:`TsugiteError` (V80-V82) where the folder does not exist, holds no standard file, or an area has no
    layout.
    """
    delivered = _scan(folder, areas)
    chosen = delivered.groups()
    result = DeliveryResult(folder, chosen, delivered.unknown, findings=Findings(examples))
    wanted = set(areas) if areas else {area for area, _ in chosen}
    with tempfile.TemporaryDirectory(prefix="tsugite-validate-") as scratch:
        work = Path(scratch)
        typed: dict[tuple[str, str], StandardFile] = {}
        for (area_id, slug), file in chosen.items():
            area = load_area(area_id)
            group = area.group(slug)
            judged = area_id in wanted
            path = _typed(area, group, file, work, result.findings if judged else Findings(1))
            if path is None:
                continue
            typed[area_id, group.name] = StandardFile(area, group, path)
            if judged:
                source = GroupInput(area, group, path, code_sets(area, group, code_lists_dir))
                result.outcomes[area_id, slug] = judge_group(
                    source,
                    result.findings,
                    _NoSink(),
                    temp=work / "spill",
                    threads=threads,
                    progress=lambda done, total, name=group.name: progress(name, done, total),  # type: ignore[misc]
                )
        with connection(work / "cross", threads) as con:
            for area_id in sorted(wanted):
                check_cross_rules(load_area(area_id), typed, result.findings, con)
            own = [key for key in typed if key[0] in wanted]
            references = [ref for area_id, name in own for ref in references_of(load_area(area_id).group(name))]
            check_references(references, typed, result.findings, con)
    if out is not None:
        result.findings.write(out, "validate", mask_key or secrets.token_bytes(32))
    return result


def _scan(folder: Path, areas: Collection[str] | None) -> Delivered:
    todo = Text("標準ファイルのフォルダーを指定してください", "name a folder of standard files")
    if not folder.is_dir():
        raise TsugiteError("V80", Text("フォルダーがありません", "there is no such folder"), str(folder), todo)
    known = area_ids()
    for area in areas or ():
        if area not in known:
            what = Text(f"業務 {area} のレイアウトはありません", f"there is no layout of area {area}")
            choose = Text(f"{', '.join(known)} から選んでください", f"choose among {', '.join(known)}")
            raise TsugiteError("V82", what, "--area", choose)
    # A run's folder holds other Parquet files of the same names beside the standard ones.
    delivered = scan_delivery(folder / "standard" if (folder / "standard").is_dir() else folder)
    if not any(not areas or file.area in areas for file in delivered.files):
        what = Text("標準ファイルが見つかりません", "no standard file was found")
        raise TsugiteError("V81", what, str(folder), todo)
    return delivered


def _typed(area: Area, group: Group, file: DeliveredFile, work: Path, findings: Findings) -> Path | None:
    """The file as Parquet with the layout's columns and types (itself, where it is); None for one that cannot be
    read, which is a finding.

    A text that is no number is found here (V01) and null in what is judged further.
    """
    try:
        if file.form == "parquet" and pl.read_parquet_schema(file.path) == group.polars_schema:
            return file.path
        text = read_group_text(file.path, group)
        path = work / f"{area.id}.{group.slug}.parquet"
        numbers = [item for item in group.items if item.numeric]
        seen = 0
        with ParquetStream(path, group.polars_schema, parquet_metadata(area, group, file.municipality or "")) as stream:
            for batch in text.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True):
                rows = batch.with_columns(number(item) for item in numbers)
                for item in numbers:
                    wrong = batch[item.name].is_not_null() & (batch[item.name] != "") & rows[item.name].is_null()
                    _wrong_type(area, group, item, batch, wrong, seen, findings)
                seen += batch.height
                stream.write(rows)
    except StandardFileError as error:
        subject = Subject(UNREADABLE, area.id, group.name, detail=f"{file.path.name}: {error.what.ja}")
        findings.of(subject).count += 1
        return None
    return path


def _wrong_type(
    area: Area, group: Group, item: Item, batch: pl.DataFrame, wrong: pl.Series, before: int, findings: Findings
) -> None:
    count = int(wrong.sum())
    if not count:
        return
    finding = findings.of(Subject(WRONG_TYPE, area.id, group.name, item.name), pii=item.pii)
    finding.count += count
    numbered = batch.with_columns((pl.int_range(1, pl.len() + 1, dtype=pl.Int64) + before).alias(POSITION))
    findings.add_examples(finding, numbered, wrong, group, item)


def summary(findings: Sequence[Finding], lang: str) -> list[dict[str, object]]:
    """The findings as a script or a table takes them; nothing of a person is in it."""
    return [
        {
            "rule": finding.subject.rule,
            "severity": finding.severity,
            "area": finding.subject.area,
            "group": finding.subject.group,
            "item": finding.subject.item,
            "grain": finding.grain,
            "count": finding.count,
            "checked": finding.checked,
            "title": finding.title_en if lang == "en" else finding.title_ja,
            "detail": finding.subject.detail or None,
        }
        for finding in findings
    ]
