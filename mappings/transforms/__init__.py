"""Transforms: the named, vectorised steps from legacy text to an item's text, one family a module, each with its way
back."""

from __future__ import annotations

from mappings.transforms import dates, numbers, text
from mappings.transforms.base import REGISTRY, Transform, apply_all, inverse_of
from mappings.transforms.codes import CodeMap
from mappings.transforms.numbers import Number

__all__ = ["REGISTRY", "CodeMap", "Number", "Transform", "apply_all", "dates", "inverse_of", "numbers", "text"]
