"""The read stage: from a mapping's exports to staged Parquet, and the checks of what lies in the exports folder."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import polars as pl

from layouts.delivery.run import RunContext
from mappings.exportfiles import ExportFiles, export_files, scratch_folder, unexpected_members
from mappings.findings import EXAMPLE_COLUMNS, Finding
from mappings.mapping import Export, Mapping, load_mapping, mapping_areas
from mappings.readers import ExportSpec, FieldSpec, StagedExport, read_export

NOT_EXPORTS = frozenset({"expected.csv"})
_NEWLINES = {"crlf": "\r\n", "lf": "\n", "cr": "\r", "none": ""}


def export_spec(ctx: RunContext, export: Export, files: tuple[Path, ...]) -> ExportSpec:
    """What the reader has to know. Raises ``ValueError`` for a definition that the reader does not take."""
    given = export.definition
    assert given.format is not None
    assert given.charset is not None
    fixed = given.format == "fixed"
    fields = tuple(
        FieldSpec(field.name, (field.start or 1) - 1, field.length) if fixed else FieldSpec(field.name)
        for field in export.record.fields
    )
    return ExportSpec(
        export.name,
        files,
        given.format,
        given.charset,
        fields,
        delimiter=given.delimiter or ",",
        quote=None if given.quote == "" else given.quote or '"',
        header=bool(given.header),
        header_rows=given.header_rows or 1,
        sheet=given.sheet,
        skip_rows=given.skip_rows or 0,
        record_length=given.record_length,
        newline_in_fixed=_NEWLINES[given.newline] if fixed and given.newline else None,
        copybook=export.record.copybook,
        municipality_field=given.municipality,
        municipality=ctx.municipality,
        municipalities=ctx.municipalities,
    )


def stage_exports(ctx: RunContext, mapping: Mapping) -> tuple[list[StagedExport], list[Finding], str | None]:
    """Read all exports of an area. The last part is why the run must fail, or None."""
    staged: list[StagedExport] = []
    findings: list[Finding] = []
    failures: list[str] = []
    folder = ctx.staged(mapping.area_id)
    folder.mkdir(parents=True, exist_ok=True)
    for index, export in enumerate(mapping.exports.values()):
        ctx.tell(mapping.area_id, "read", export.name, index, len(mapping.exports))
        found = export_files(ctx, mapping.area_id, export)
        files = found.paths
        wrong = _wrong_files(ctx, mapping.area_id, export, found)
        if wrong is not None:
            findings.append(wrong)
            failures.append(f"{wrong.rule} {mapping.area_id} {export.name}: {wrong.detail}")
        if found.broken is not None:
            continue
        if not files:
            patterns = ", ".join(export.definition.files)
            if export.definition.required:
                findings.append(Finding("R04", 1, mapping.area_id, export=export.name, detail=patterns))
                failures.append(f"R04 {mapping.area_id} {export.name}: {patterns}")
                continue
            read = _empty(mapping.area_id, export, folder)
        else:
            spec = export_spec(ctx, export, files)
            read = read_export(spec, folder, threads=ctx.threads, area=mapping.area_id, examples=ctx.examples)
            if found.unpacked:
                read = _with_archives(read, found, folder)
                shutil.rmtree(scratch_folder(ctx, mapping.area_id, export), ignore_errors=True)
        staged.append(read)
        findings += _read_findings(read, mapping.area_id, export, folder)
        if read.fatal is not None:
            reason = (read.fatal_en if ctx.lang == "en" else read.fatal) or read.fatal
            failures.append(f"{read.fatal_code} {mapping.area_id} {export.name}: {reason}")
    ctx.tell(mapping.area_id, "read", "", len(mapping.exports), len(mapping.exports))
    return staged, findings, "; ".join(failures) or None


def _wrong_files(ctx: RunContext, area: str, export: Export, found: ExportFiles) -> Finding | None:
    """A part that is missing, or an archive that cannot be unpacked; either fails the run."""
    if found.broken is not None:
        what = found.broken.what.lang(ctx.lang)
        return Finding("R03", 1, area, export=export.name, detail=f"{found.broken.file}: {what}")
    if found.missing is not None:
        return Finding("R04", 1, area, export=export.name, detail=found.missing.lang(ctx.lang))
    return None


def _with_archives(read: StagedExport, found: ExportFiles, folder: Path) -> StagedExport:
    """The same export, its parts telling the archives that they lay in."""
    parts = tuple(
        replace(part, archive=origin.archive, archive_sha256=origin.archive_sha256)
        if (origin := found.unpacked.get(part.file)) is not None
        else part
        for part in read.parts
    )
    read = replace(read, parts=parts)
    read.write(folder / f"{read.export}.json")
    return read


def _empty(area: str, export: Export, folder: Path) -> StagedExport:
    """A staged export without records, for a file that need not be there."""
    base = {"_record": pl.Int64(), "_offset": pl.Int64(), "_part": pl.UInt16()}
    pl.DataFrame(schema=base | dict.fromkeys(export.fields, pl.String())).write_parquet(
        folder / f"{export.name}.parquet"
    )
    given = export.definition
    staged = StagedExport(export.name, area, given.format or "", given.charset or "", (), export.fields, 0, 0)
    staged.write(folder / f"{export.name}.json")
    return staged


def _read_findings(read: StagedExport, area: str, export: Export, folder: Path) -> list[Finding]:
    found = []
    for told in read.findings:
        examples = pl.DataFrame(told.examples, schema={"record": pl.Int64, "offset": pl.Int64}, orient="row")
        examples = _with_keys(examples, told.field, export, folder)
        found.append(
            Finding(
                told.code,
                told.count,
                area,
                export=export.name,
                field=told.field,
                checked=read.records,
                detail=told.detail,
                pii="sensitive",
                examples=examples,
            )
        )
    return found


def _with_keys(examples: pl.DataFrame, field: str | None, export: Export, folder: Path) -> pl.DataFrame:
    """Examples with their business key and the field's text, looked up in the staged file."""
    path = folder / f"{export.name}.parquet"
    if examples.is_empty() or not path.exists():
        return examples.with_columns(key=pl.lit(None, dtype=pl.String), value=pl.lit(None, dtype=pl.String)).select(
            EXAMPLE_COLUMNS.names()
        )
    key = export.definition.key
    key_text = pl.concat_str([pl.col(name) for name in key], separator="|") if key else pl.lit(None, dtype=pl.String)
    value = pl.col(field) if field in export.fields else pl.lit(None, dtype=pl.String)
    rows = (
        pl.scan_parquet(path)
        .filter(pl.col("_record").is_in(examples["record"].implode()))
        .select(pl.col("_record").alias("record"), key_text.alias("key"), value.alias("value"))
        .collect(engine="streaming")
    )
    return examples.join(rows, on="record", how="left", maintain_order="left").select(EXAMPLE_COLUMNS.names())


def unexpected(ctx: RunContext) -> list[str]:
    """Names of files in the exports folders that no mapping of the vendor describes (``expected.csv`` and hidden
    files are no exports)."""
    patterns: dict[bool, set[str]] = {True: set(), False: set()}
    archives: dict[bool, set[str]] = {True: set(), False: set()}
    for area in mapping_areas(ctx.mapping_dir):
        for export in load_mapping(ctx.mapping_dir, area).exports.values():
            patterns[export.definition.shared] |= set(export.definition.files)
            archives[export.definition.shared] |= set(export.definition.archives)
    found = []
    for folder, shared in ((ctx.exports_dir, False), (ctx.shared_exports_dir, True)):
        if folder is None or not folder.is_dir():
            continue
        both = ctx.shared_exports_dir == ctx.exports_dir
        known = patterns[shared] | (patterns[not shared] if both else set())
        packed = archives[shared] | (archives[not shared] if both else set())
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if not path.is_file() or hidden or name in NOT_EXPORTS or any(fnmatch(name, p) for p in known):
                continue
            if any(fnmatch(name, pattern) for pattern in packed):
                found += unexpected_members(path, known)
            else:
                found.append(name)
    return found
