"""The verdict of a run with its reasons, and the list of what was not checked: the two things that a reader sees
first.

failed (不合格): a stage failed, an area was not accounted, a ledger or control total is open, or there are error
findings. conditional (条件付き): nothing of that, but warnings, undecided gaiji or unchecked parts. passed (合格):
none of these. docs/verdict.md says why, and which unchecked things are parts of what the verdict speaks of.
"""

from __future__ import annotations

from typing import Any

from layouts import area_ids

Row = dict[str, Any]

FAILING = ("stage_failed", "ledger_missing", "ledger_open", "totals_open", "declared_missing", "error_findings")
CONDITIONAL = ("warning_findings", "gaiji_undecided", "not_checked")


def verdict(body: Row) -> Row:
    """``value`` and ``reasons`` (code, count) from the other parts of report.json; the gravest first."""
    books = [*body["ledger"]["exports"], *body["ledger"]["groups"]]
    severities = {line["severity"]: line["count"] for line in body["findings"]["by_severity"]}
    counts = {
        "stage_failed": len(body["failures"]),
        "ledger_missing": int(not books),
        "ledger_open": sum(not book["closes"] for book in books),
        "totals_open": sum(total["closes"] is False for total in body["control_totals"]),
        "declared_missing": sum(line["outcome"] == "missing_file" for line in body["declared"]),
        "error_findings": severities.get("error", 0),
        "warning_findings": severities.get("warning", 0),
        "gaiji_undecided": body["gaiji"]["undecided"],
        "not_checked": sum(line["conditional"] for line in body["not_checked"]),
    }
    failing = [{"code": code, "count": counts[code]} for code in FAILING if counts[code]]
    conditional = [{"code": code, "count": counts[code]} for code in CONDITIONAL if counts[code]]
    value = "failed" if failing else "conditional" if conditional else "passed"
    return {"value": value, "reasons": [*failing, *conditional]}


def not_checked(body: Row, *, proof_required: bool) -> list[Row]:
    """What nobody may take for checked: code, the places, how many of them, and whether it makes the verdict
    ``conditional``: a gap in what the verdict speaks of, not a limit of the method or of the run's scope."""
    lines: list[Row] = []

    def tell(code: str, places: list[str], count: int | None = None, *, conditional: bool = True) -> None:
        if places or count:
            number = len(places) if count is None else count
            lines.append({"code": code, "count": number, "conditional": conditional, "places": places})

    tell("restore_proof", [], 1, conditional=proof_required)
    tell("failed_stage", sorted({f"{line['area']} {line['stage']}".strip() for line in body["failures"]}))
    outside = body["findings"]["outside"]
    names = [" ".join(filter(None, (line["area"], line["group"], line["item"] or line["detail"]))) for line in outside]
    tell("reference_outside", sorted(set(names)), sum(line["count"] for line in outside))
    in_run = {area["area"] for area in body["scope"]["areas"]}
    tell("area_outside", [area for area in area_ids() if area not in in_run], conditional=False)
    tell("system_without_layout", sorted(area for area in in_run if area.startswith("x_")), conditional=False)
    # A declared total is another side to compare with: where it differs that is an error finding.
    unsummed = [total for total in body["control_totals"] if total["closes"] is None and total["expected"] is None]
    tell("total_without_source", [f"{total['area']} {total['group_ja']} {total['item']}" for total in unsummed])
    for code, outcome, conditional in (
        ("declared_not_compared", "not_comparable", True),
        ("declared_outside", "not_read", False),
    ):
        declared = [line for line in body["declared"] if line["outcome"] == outcome]
        places = [" ".join(filter(None, (line["file"], line["field"]))) for line in declared]
        tell(code, places, conditional=conditional)
    covered = {(area, export) for line in body["declared"] for area, export in _covered(line)}
    undeclared = [
        line for line in body["ledger"]["exports"] if line["name"] and (line["area"], line["name"]) not in covered
    ]
    tell("count_not_declared", [f"{line['area']} {line['name']}" for line in undeclared])
    tell("rule_silent", body["silent_rules"], conditional=False)
    return lines


def _covered(declared: Row) -> list[tuple[str, str]]:
    """The exports whose records a declared count speaks of."""
    if declared["kind"] != "count" or not declared["areas"]:
        return []
    return [(area, export) for area in declared["areas"].split(",") for export in declared["exports"].split(",")]
