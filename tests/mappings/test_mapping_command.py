"""``tsugite mapping`` and the published JSON Schema."""

from __future__ import annotations

import json

import jsonschema
import yaml
from click.testing import CliRunner
from workshop import Workshop

from mappings.commands import VENDORS, mapping_group
from mappings.mapping import mapping_areas
from mappings.schema import SCHEMA_FILE, schema_text

GROUPS = {"住民情報": {"from": "juki", "items": {"宛名番号": "NO", "性別": {"constant": "0"}}}}


def test_the_published_schema_is_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text()
    assert CliRunner().invoke(mapping_group, ["schema"]).stdout == schema_text()


def test_shipped_mappings_load_and_fit_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    result = CliRunner().invoke(mapping_group, ["check", "--json"])
    assert result.exit_code == 0, result.output
    checked = {(line["vendor"], line["area"]) for line in json.loads(result.stdout)}
    for folder in sorted(path for path in VENDORS.iterdir() if path.is_dir()):
        for area in mapping_areas(folder):
            assert (folder.name, area) in checked
            data = yaml.safe_load((folder / f"{area}.yaml").read_text(encoding="utf-8"))
            assert not [error.message for error in validator.iter_errors(_with_text_keys(data))]


def _with_text_keys(data: object) -> object:
    """YAML 1.1 reads the key ``on`` as true; editors (YAML 1.2) read it as text."""
    if isinstance(data, dict):
        return {"on" if key is True else key: _with_text_keys(value) for key, value in data.items()}
    return [_with_text_keys(value) for value in data] if isinstance(data, list) else data


def test_check_lists_everything_that_is_wrong_with_line_and_advice(workshop: Workshop) -> None:
    workshop.write({"juki": ["NO", "A", "B"]}, GROUPS)
    result = CliRunner().invoke(mapping_group, ["check", "--root", str(workshop.folder), "--lang", "en"])
    assert result.exit_code == 2
    assert "[MP20] vendor/001.yaml:4: The field A of juki has no fate" in result.stderr
    assert "The field B of juki has no fate" in result.stderr
    assert "→ Use it in items" in result.stderr


def test_coverage_counts_items_by_where_they_come_from(workshop: Workshop) -> None:
    workshop.write({"juki": ["NO"]}, GROUPS)
    result = CliRunner().invoke(mapping_group, ["coverage", "--root", str(workshop.folder), "--json"])
    line = next(row for row in json.loads(result.stdout) if row["group"] == "住民情報")
    assert (line["provided"], line["constant"], line["items"] - line["not_provided"]) == (1, 1, 2)
