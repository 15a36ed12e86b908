"""The account stage: both ledgers, control totals and declared numbers of a whole run, and the verdict whether they
close."""

from __future__ import annotations

import time
from pathlib import Path

from layouts import load_area
from layouts.delivery.profile import load_profile
from layouts.delivery.run import RunContext, StageResult
from layouts.delivery.shapes import SOURCES_KEY
from validators.expected import FILE_NAME, Comparison, Part, compare, read_expected
from validators.ledger import groups, inputs, records, tables
from validators.ledger.inputs import AreaAccounts, Staged
from validators.ledger.tables import Entry, Run


def account(ctx: RunContext) -> StageResult:
    """Closes the books of a run.

    Writes ``ledger.parquet``, ``control_totals.parquet``, ``expected.parquet``, ``findings.parquet``,
    ``finding_examples.parquet``, ``restricted/finding_keys.parquet`` and ``coverage.parquet`` into the run's
    folder. ``failed`` is set where a ledger or control total does not close, an area was not accounted, or a
    declared file is missing; a declared number that differs is an error finding (L01, L02) only. Raises
    :class:`layouts.errors.TsugiteError` where expected.csv cannot be read.
    """
    started = time.perf_counter()
    run = Run()
    handled = 0
    unfinished = inputs.unfinished_areas(ctx)
    staged = {area: inputs.staged_exports(ctx, area) for area in (*ctx.areas, *unfinished)}
    for number, area in enumerate(ctx.areas):
        ctx.tell(area, "account", "ledger", number, len(ctx.areas))
        handled += _account_area(ctx, area, staged[area], run)
    for area in unfinished:
        run.not_accounted(area, [export.export for export in staged[area]], ["unfinished"])
    every = [export for exports in staged.values() for export in exports]
    comparisons = _compare_declared(ctx, [part for export in every for part in export.parts()], run)
    _note_declared(comparisons, run)
    promises = [promise for export in every for promise in export.promises()]
    # What a trailer says and is not so is a finding of the read stage: here it is only counted and shown.
    run.declared_differ += sum(promise.outcome == "differs" for promise in promises)
    tables.write(ctx, run, comparisons, promises)
    counts = {
        "ledger_open": run.open_ledgers,
        "control_totals_open": run.open_totals,
        "declared_differ": run.declared_differ,
    }
    return StageResult("", "account", time.perf_counter() - started, handled, counts, run.failed(ctx.lang))


def _account_area(ctx: RunContext, area: str, staged: list[Staged], run: Run) -> int:
    accounts = inputs.area_accounts(ctx, area)
    if not staged or accounts.missing:
        run.not_accounted(
            area, [export.export for export in staged], ["read"] if not staged else list(accounts.missing)
        )
        return 0
    slugs = inputs.group_slugs(ctx, accounts) if accounts.has_layout else []
    for export in _account_exports(ctx, accounts, staged, slugs):
        run.exports.append(export)
        if export.problems:
            run.entries.append(
                Entry(
                    "L03",
                    area,
                    export=export.name,
                    count=max(export.lost, 1),
                    checked=export.read,
                    detail=" ".join(export.problems),
                )
            )
    layout = load_area(area) if slugs else None
    for slug in slugs:
        known = layout is not None and slug in layout
        csv = inputs.csv_path(ctx, layout, slug) if layout is not None and known else None
        files = inputs.group_files(ctx, area, slug, csv, header=load_profile(ctx.profile).header != "none")
        told_map, told_validate = accounts.group("map", slug), accounts.group("validate", slug)
        group = groups.account_group(area, slug, files, told_map, told_validate)
        if files.lineage.exists() and not records.rows_in_step(files.lineage):
            group.problems.append("lineage.row=not 1,2,3...")
        run.groups.append(group)
        if group.problems:
            run.entries.append(Entry("L03", area, group=slug, checked=group.derived, detail=" ".join(group.problems)))
        flagged = [item.name for item in layout.group(slug).control_totals] if layout is not None and known else []
        run.add_totals(groups.control_totals(area, slug, files, told_map, told_validate, flagged))
    return sum(export.read for export in run.exports if export.area == area)


def _account_exports(
    ctx: RunContext, accounts: AreaAccounts, staged: list[Staged], slugs: list[str]
) -> list[records.ExportAccount]:
    """Marks the records of all exports of an area in one pass over its files, and turns marks into statuses."""
    area = accounts.area
    books = {export.export: records.RecordBook(export.records) for export in staged}
    problems: dict[str, list[str]] = {export.export: [] for export in staged}
    for export in staged:
        book, told = books[export.export], problems[export.export]
        rows, rising = records.mark_staged(book, export.parquet)
        if rows + export.other_municipality != export.records:
            told.append(f"read={export.records} staged={rows} other_municipality={export.other_municipality}")
        if not rising:
            told.append("staged._record=not increasing")
        for folder, bits in (
            (ctx.quarantine(area), records.HELD | records.KEPT),
            (ctx.exclusions(area), records.EXCLUDED | records.KEPT),
        ):
            _mark_if_there(book, folder / f"{export.export}.parquet", "record", bits)
        _mark_if_there(book, ctx.overflow(area) / f"{export.export}.parquet", "_record", records.OVERFLOW)
    for slug in slugs:
        lineage, held, mapped = (folder(area) / f"{slug}.parquet" for folder in (ctx.lineage, ctx.held, ctx.mapped))
        sources = inputs.sources_of(lineage, mapped)
        unknown: set[str] = set()
        if not sources and (lineage.exists() or held.exists()):
            for told in problems.values():
                told.append(f"{slug}: {SOURCES_KEY}=missing")
        if lineage.exists():
            unknown |= records.mark_rows(books, lineage, sources, records.DELIVERED)
        if held.exists():
            unknown |= records.mark_rows(books, held, sources, records.HELD, duplicates=False)
            unknown |= records.mark_rows(books, held, sources, records.EXCLUDED, duplicates=True)
        for name in sorted(unknown):
            for told in problems.values():
                told.append(f"{slug}: lineage names {name}, which was not read")
    return [_close(accounts, export, books[export.export], problems[export.export]) for export in staged]


def _mark_if_there(book: records.RecordBook, path: Path, column: str, bits: int) -> None:
    if path.exists():
        records.mark_file(book, path, column, bits)


def _close(
    accounts: AreaAccounts, export: Staged, book: records.RecordBook, problems: list[str]
) -> records.ExportAccount:
    told = accounts.export(export.export)
    role = str(told.get("role") or ("overflow" if not accounts.has_layout else "main"))
    counts = book.outcomes(role)
    if accounts.has_layout and told.get("records") is None:
        problems.append("map.records=missing")
    elif told and int(told["records"]) != export.records:
        problems.append(f"map.records={told['records']} read={export.records}")
    if counts["other_municipality"] != export.other_municipality:
        problems.append(f"other_municipality={export.other_municipality} counted={counts['other_municipality']}")
    statuses = sum(counts[status] for status in records.STATUSES)
    if statuses != export.records:
        problems.append(f"read={export.records} statuses={statuses}")
    problems += [
        f"{name}={counts[name]}" for name in (records.UNACCOUNTED, records.ALIEN, records.NOT_KEPT) if counts[name]
    ]
    if book.outside:
        problems.append(f"record_numbers_out_of_range={book.outside}")
    return records.ExportAccount(accounts.area, export.export, role, export.records, counts, problems=problems)


def _compare_declared(ctx: RunContext, parts: list[Part], run: Run) -> list[Comparison]:
    folders = [(ctx.exports_dir, False), (ctx.shared_exports_dir, True)]
    present = [(folder, shared) for folder, shared in folders if folder is not None]
    declared = [
        entry
        for folder, shared in present
        if (folder / FILE_NAME).exists()
        for entry in read_expected(folder / FILE_NAME, shared=shared)
    ]
    return compare(
        declared, parts, [folder for folder, _ in present], run.due(), set(ctx.areas) - set(run.unaccounted_areas)
    )


def _note_declared(comparisons: list[Comparison], run: Run) -> None:
    """Findings for declared numbers that differ (L01 counts, L02 sums and totals); a declared file that is missing
    also fails the run."""
    for found in comparisons:
        declared, gap = found.declared, found.difference
        if declared.place is not None and found.outcome != "not_read":
            run.expect(declared.place, declared.value)
        if found.outcome == "differs":
            detail = f"{declared.file}: declared={declared.value} actual={found.actual} difference={gap}"
        elif found.outcome in ("missing_file", "no_field"):
            detail = f"{declared.file}: {found.outcome} declared={declared.value}"
        else:
            continue
        run.declared_differ += 1
        run.missing_files += found.outcome == "missing_file"
        run.entries.append(
            Entry(
                "L01" if declared.kind == "count" else "L02",
                ",".join(found.areas),
                group=declared.place[1] if declared.place else None,
                item=declared.place[2] if declared.place else None,
                export=",".join(found.exports) or None,
                field=None if declared.place else declared.field or None,
                count=max(int(abs(gap)), 1) if declared.kind == "count" and gap is not None else 1,
                detail=detail,
            )
        )
