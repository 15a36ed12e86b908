"""What the tests of B社's mappings share: a small town's exports through the stages, and a mapping held against the
vendor's material."""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from layouts.delivery.run import RunContext
from layouts.load import load_area
from mappings.mapping import Mapping, load_mapping
from mappings.stage import conserve_area, map_area, read_area
from sample_data import compare, generate, plugin, world
from sample_data.write import write
from validators.ledger import account
from validators.stage import validate_across, validate_area

VENDOR_DIR = Path(__file__).parents[2] / "mappings" / "vendors" / "b_sha"
FLAG = {"0": "該当しない", "1": "該当する"}
MATERIAL = Path(plugin.__file__).parent / "b_sha"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Delivered:
    """A town's run of one area."""

    area: str
    truth_dir: Path
    context: RunContext

    def unequal(self) -> list[tuple[str, str]]:
        """Items that the vendor holds and that are not delivered, row by row, as the truth says them."""
        compared = compare.compare(self.context.run_dir, self.truth_dir, compare.not_held("b_sha"), [self.area])
        wrong = compared.filter(pl.col("held") & (pl.sum_horizontal("different", "missing", "extra") > 0))
        return wrong.select("group", "item").rows()

    def values(self) -> int:
        """Values that are equal to the truth."""
        compared = compare.compare(self.context.run_dir, self.truth_dir, compare.not_held("b_sha"), [self.area])
        return int(compared.filter("held")["equal"].sum())

    def findings(self) -> list[tuple[str, str, str]]:
        """Findings but the gaiji that names have (R07) and references to areas outside this run (V14)."""
        found = pl.read_parquet(self.context.run_dir / "findings.parquet").filter(~pl.col("rule").is_in(["R07", "V14"]))
        return found.select("rule", "group", "item").rows()

    def open_accounts(self) -> list[str]:
        """Lines of the ledger and control totals that do not close."""
        ledger = pl.read_parquet(self.context.run_dir / "ledger.parquet").filter(~pl.col("closes"))
        totals = pl.read_parquet(self.context.run_dir / "control_totals.parquet").filter(~pl.col("closes"))
        return [*ledger["name"], *totals["item"]]

    def residue(self) -> dict[str, int]:
        """``EXPORT.FIELD`` -> values that no item brings back."""
        found = {}
        for path in sorted(self.context.residue(self.area).glob("*.parquet")):
            for field, count in pl.read_parquet(path).group_by("field").len().rows():
                found[f"{path.stem}.{field}"] = count
        return found

    def standard(self, group: str) -> pl.DataFrame:
        """The delivered rows of a group."""
        slug = load_area(self.area).group(group).slug
        return pl.read_parquet(self.context.run_dir / "standard" / self.area / f"{slug}.parquet")

    def staged(self, export: str) -> pl.DataFrame:
        """The vendor's records of an export, as they were read."""
        return pl.read_parquet(self.context.staged(self.area) / f"{export}.parquet")

    def quarantined(self) -> list[str]:
        return sorted(path.name for path in self.context.quarantine(self.area).glob("*.parquet"))


def deliver(
    area: str, module: plugin.AreaModule, folder: Path, code: str, population: int, reads: Collection[str] = ()
) -> Delivered:
    """The exports of ``module`` through every stage that judges them; ``reads``: areas whose truth it is made from."""
    place = world.build(code, population, seed=7, years=2)
    knows = plugin.Context()
    for other in reads:
        knows.truths[other] = plugin.truth_of(other, place, knows)
    truth = module.truth(place, knows)
    truth_dir = folder / "truth"
    (truth_dir / area).mkdir(parents=True)
    for group in load_area(area).groups:
        truth[group.name].write_parquet(truth_dir / area / f"{group.slug}.parquet")
    for table in module.exports(place, truth, knows):
        write(table, folder / "exports", generate.field_lengths("b_sha", table.name))
    context = RunContext(
        run_dir=folder / "run",
        municipality=code,
        municipality_name="",
        rehearsal="r1",
        areas=(area,),
        vendor="b_sha",
        mapping_dir=VENDOR_DIR,
        exports_dir=folder / "exports",
        delivery_date="2026-01-01",
        mask_key=b"k" * 16,
    )
    for stage in (read_area, map_area, validate_area, conserve_area):
        assert stage(context, area).failed is None
    for closing in (validate_across, account):
        assert closing(context).failed is None
    return Delivered(area, truth_dir, context)


def of(area: str) -> Mapping:
    return load_mapping(VENDOR_DIR, area)


def unmapped(mapping: Mapping) -> list[tuple[str, str]]:
    """Items that are neither mapped nor declared as not provided."""
    missing = []
    for group in load_area(mapping.file.area).groups:
        told = mapping.file.not_provided.get(group.name, {})
        if isinstance(told, str):
            continue
        mapped = {item for block in mapping.file.blocks[group.name] for item in block.items}
        missing += [(group.name, item.name) for item in group.items if item.name not in mapped | set(told)]
    return missing


def not_provided(mapping: Mapping) -> set[tuple[str, str]]:
    area = load_area(mapping.file.area)
    told = mapping.file.not_provided.items()
    return {
        (group, item)
        for group, items in told
        for item in ((i.name for i in area.group(group).items) if isinstance(items, str) else items)
    }


def not_held(area: str) -> set[tuple[str, str]]:
    """What the vendor says that it does not hold."""
    return {(group, item) for of_area, group, item in compare.not_held("b_sha") if of_area == area}


def strange_records(mapping: Mapping) -> list[str]:
    """Record layouts that are not the vendor's."""
    names = [export.definition.record for export in mapping.exports.values()]
    theirs = MATERIAL / "record_layout"
    return [n for n in names if (VENDOR_DIR / "records" / n).read_bytes() != (theirs / n).read_bytes()]


def outside_the_standard(mapping: Mapping) -> dict[str, set[str]]:
    """Fates of the fields that the vendor says have no item, by word of its description."""
    fates: dict[str, set[str]] = {"標準に対応なし": set(), "常に空白": set()}
    for name, of_export in mapping.fates.of.items():
        for row in rows(MATERIAL / "record_layout" / mapping.exports[name].definition.record):
            for word, found in fates.items():
                if word in row["description"]:
                    found.add(of_export[row["field"]])
    return fates


def overflow_share(mapping: Mapping) -> float:
    """Share of the fields (code tables apart) that are handed over in overflow."""
    fates = [fate for of in mapping.fates.of.values() for fate in of.values() if fate != "lookup"]
    return fates.count("overflow") / len(fates)


def wrong_codes(mapping: Mapping, own: Collection[str] = ()) -> list[str]:
    """Code maps that do not lead to the layout's code of the same name; ``own``: maps that are not of the code book.

    A vendor's code whose names read ``A／B`` stands for two codes: the maps ``<code group>_1`` and ``_2``.
    """
    book: dict[str, dict[str, str]] = {}
    for row in rows(MATERIAL / f"code_book_{mapping.file.area}.csv"):
        if "標準に対応なし" in row["note"]:
            continue
        names = row["label"].split("／")
        for number, label in enumerate(names, 1):
            name = row["code_group"].lower() + (f"_{number}" if len(names) > 1 else "")
            book.setdefault(name, {})[row["value"]] = label
    area = load_area(mapping.file.area)
    wrong = (set(mapping.file.codes) - {"flag", *own}) ^ set(book)
    for name, blocks in mapping.file.blocks.items():
        for block in blocks:
            for item, rule in block.items.items():
                codes = area.group(name).item(item).code
                if not isinstance(rule.codes, str) or rule.codes not in book or not codes:
                    continue
                labels = {e.value: e.label for code in codes.split("/") for e in area.code_list(code).entries}
                if labels == FLAG:  # a vendor's names say what applies
                    wrong |= {f"{name}.{item}" for new in mapping.file.codes[rule.codes].values() if new not in FLAG}
                    continue
                led = {old: labels.get(new) for old, new in mapping.file.codes[rule.codes].items()}
                if led != book[rule.codes]:
                    wrong.add(f"{name}.{item}")
    return sorted(wrong)
