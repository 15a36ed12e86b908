"""A workshop for tests of mappings: a vendor's folder, staged exports written by hand, and a run's context over
both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from layouts import load_area
from layouts.delivery.run import RunContext
from mappings.readers import Part, StagedExport

AREA = "001"
VENDOR = {"vendor": "v", "defaults": {"charset": "cp932", "format": "delimited", "header": True}}
Record = Mapping[str, str | None]


@dataclass
class Workshop:
    """``exports``: name -> fields; rows are staged with :meth:`stage`, a mapping is written with :meth:`write`."""

    folder: Path
    area: str = AREA

    @property
    def vendor_dir(self) -> Path:
        return self.folder / "vendor"

    @property
    def ctx(self) -> RunContext:
        return RunContext(
            run_dir=self.folder / "run",
            municipality="352152",
            municipality_name="周南市",
            rehearsal="r1",
            areas=(self.area,),
            vendor="v",
            mapping_dir=self.vendor_dir,
            exports_dir=self.folder / "exports",
            delivery_date="2018-01-01",
            mask_key=b"k" * 16,
        )

    def write(
        self,
        exports: Mapping[str, Sequence[str]],
        groups: Mapping[str, Any],
        *,
        vendor: Mapping[str, Any] | None = None,
        keys: Mapping[str, Sequence[str]] | None = None,
        **more: Any,
    ) -> Path:
        """Write vendor.yaml, record layouts and <area>.yaml; required items and groups that ``groups`` leaves out
        are ``not_provided``."""
        (self.vendor_dir / "records").mkdir(parents=True, exist_ok=True)
        (self.vendor_dir / "vendor.yaml").write_text(yaml.safe_dump(VENDOR | dict(vendor or {}), allow_unicode=True))
        for name, fields in exports.items():
            self.record(name, fields)
        data: dict[str, Any] = {
            "vendor": "v",
            "area": self.area,
            "exports": {
                name: {"file": f"{name}*.csv", "record": f"{name}.csv", "key": list((keys or {}).get(name, []))}
                for name in exports
            },
            "groups": dict(groups),
        }
        if not self.area.startswith("x_"):
            data["not_provided"] = self.not_provided(groups)
        else:
            del data["groups"]
        data |= more
        path = self.vendor_dir / f"{self.area}.yaml"
        path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return path

    def record(self, name: str, fields: Sequence[str]) -> None:
        lines = ["no,field,name_ja,type,length,start,description"]
        lines += [f"{number},{field},{field}の名,X,10,," for number, field in enumerate(fields, start=1)]
        (self.vendor_dir / "records" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def not_provided(self, groups: Mapping[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for group in load_area(self.area).groups:
            if group.name not in groups:
                told[group.name] = "not in this test"
                continue
            given = groups[group.name]
            blocks = given if isinstance(given, list) else [given]
            mapped = {item for block in blocks for item in block["items"]}
            told[group.name] = {item.name: "not in this test" for item in group.items if item.name not in mapped}
        return told

    def stage(self, export: str, records: Sequence[Record], **more: Any) -> None:
        """Write ``.work/staged`` for one export as the reader would."""
        folder = self.ctx.staged(self.area)
        folder.mkdir(parents=True, exist_ok=True)
        fields = list(records[0]) if records else more.pop("fields")
        frame = pl.DataFrame(
            {
                "_record": pl.Series(range(1, len(records) + 1), dtype=pl.Int64),
                "_offset": pl.Series([number * 100 for number in range(len(records))], dtype=pl.Int64),
                "_part": pl.Series([0] * len(records), dtype=pl.UInt16),
                **{field: pl.Series([record.get(field) for record in records], dtype=pl.String) for field in fields},
            }
        )
        frame.write_parquet(folder / f"{export}.parquet")
        part = Part(f"{export}.csv", "0" * 64, 1, len(records), 1)
        ragged = frame.select(pl.any_horizontal(pl.col(fields).is_null()).sum()).item() if records else 0
        own = [field for field in fields if field != "_surplus"]
        StagedExport(
            export,
            self.area,
            "delimited",
            "cp932",
            (part,),
            tuple(own),
            len(records),
            len(records),
            ragged=ragged,
            surplus="_surplus" in fields,
            **more,
        ).write(folder / f"{export}.json")

    def mapped(self, slug: str) -> pl.DataFrame:
        return pl.read_parquet(self.ctx.mapped(self.area) / f"{slug}.parquet")

    def table(self, kind: str, export: str) -> pl.DataFrame:
        """residue, exclusions, quarantine or overflow of an export; an empty frame where there is no file."""
        path = self.ctx.run_dir / kind / self.area / f"{export}.parquet"
        return pl.read_parquet(path) if path.exists() else pl.DataFrame()

    def residue(self, export: str) -> list[tuple[int, str, str | None]]:
        frame = self.table("residue", export)
        return list(frame.select("record", "field", "value").iter_rows()) if frame.width else []

    def findings(self, stage: str = "map") -> pl.DataFrame:
        return pl.read_parquet(self.ctx.findings / f"{self.area}.{stage}.findings.parquet")
