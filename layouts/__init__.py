"""What must come out: the standard layouts of the areas as data, and the form of a delivery."""

from layouts.load import (
    STANDARD_ROOT,
    DefinitionError,
    area_ids,
    load_all,
    load_area,
    municipality_codes,
    municipality_name,
)
from layouts.model import (
    Area,
    CodeList,
    CodeValue,
    CrossRule,
    FkRef,
    Group,
    Item,
    Rule,
    UnknownName,
)

__all__ = [
    "STANDARD_ROOT",
    "Area",
    "CodeList",
    "CodeValue",
    "CrossRule",
    "DefinitionError",
    "FkRef",
    "Group",
    "Item",
    "Rule",
    "UnknownName",
    "area_ids",
    "load_all",
    "load_area",
    "municipality_codes",
    "municipality_name",
]
