"""From the transforms and codes that a mapping names to transform objects with their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from mappings.model import Codes, ItemRule, TransformSteps, UnknownValue
from mappings.transforms import REGISTRY, CodeMap, Transform

_DEEPEST = 8
"""Named chains may use named chains, but not in a circle."""


class ChainError(ValueError):
    """A transform or code map that does not exist or whose parameters are wrong."""


def compile_steps(steps: TransformSteps, named: Mapping[str, TransformSteps], *, depth: int = 0) -> list[Transform]:
    """The transforms of ``steps``, named chains resolved; raises :class:`ChainError`."""
    if depth > _DEEPEST:
        raise ChainError("named transforms refer to each other in a circle")
    found: list[Transform] = []
    for step in steps if isinstance(steps, list) else [steps]:
        name, parameters = (step, None) if isinstance(step, str) else _only(step)
        if name in REGISTRY and name in named:
            raise ChainError(f"the named chain {name} has the name of a transform")
        if name in REGISTRY:
            try:
                found.append(REGISTRY[name].model_validate(parameters or {}))
            except ValidationError as error:
                problem = error.errors(include_url=False)[0]
                place = ".".join(str(part) for part in problem["loc"])
                message = problem["msg"].removeprefix("Value error, ")
                raise ChainError(f"transform {name}: {place + ': ' if place else ''}{message}") from None
        elif name in named:
            if parameters:
                raise ChainError(f"transform {name} is a named chain and takes no parameters")
            found.extend(compile_steps(named[name], named, depth=depth + 1))
        else:
            raise ChainError(f"there is no transform {name}; there are {', '.join(sorted({*REGISTRY, *named}))}")
    return found


def _only(step: Mapping[str, Mapping[str, object] | None]) -> tuple[str, Mapping[str, object] | None]:
    if len(step) != 1:
        raise ChainError("a transform is one name with its parameters: {name: {parameters}}")
    return next(iter(step.items()))


def compile_codes(rule: ItemRule, named: Mapping[str, Codes]) -> CodeMap | None:
    """The item's code map with its policy; raises :class:`ChainError` for an unknown name."""
    if rule.codes is None:
        return None
    if isinstance(rule.codes, str):
        if rule.codes not in named:
            known = ", ".join(sorted(named)) or "none"
            raise ChainError(f"there is no code map {rule.codes}; there are {known}")
        table = named[rule.codes]
    else:
        table = rule.codes
    if isinstance(rule.unknown, UnknownValue):
        return CodeMap(table=table, unknown="value", other=rule.unknown.value)
    return CodeMap(table=table, unknown=rule.unknown or "null")


def invertible(steps: Sequence[Transform]) -> bool:
    return all(step.invertible for step in steps)
