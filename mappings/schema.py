"""The published JSON Schema of the mapping format, made from the pydantic models, for editors' completion."""

from __future__ import annotations

import json
from pathlib import Path

from mappings.model import AreaFile

SCHEMA_FILE = Path(__file__).parent / "mapping.schema.json"


def schema_text() -> str:
    """The JSON Schema of ``<area>.yaml`` as it is published, with a newline at its end."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **AreaFile.model_json_schema(),
        "title": "Tsugite mapping",
    }
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
