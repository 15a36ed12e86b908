"""One item's rule as expressions: its column, what of its fields it carries, and what went wrong in it.

Columns of a plan's frame: raw fields under their reference (``KOJIN_NO``, ``jusho.BANCHI``), items under ``=`` and
their name
(a field may be called like an item). Raw fields are text, ``""`` where empty, null only where nothing was joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial, reduce

import polars as pl

from layouts import Item
from mappings import sql
from mappings.chains import compile_codes, compile_steps, invertible
from mappings.model import Block, Codes, ItemRule, TransformSteps
from mappings.splits import complete_splits
from mappings.transforms import CodeMap, Number, Transform, apply_all, inverse_of

MONEY = pl.Decimal(38, 4)


def out_name(item: str) -> str:
    """The item's column in a plan's frame."""
    return f"={item}"


def held_name(item: str) -> str:
    """Whether a code of the item holds its row back."""
    return f"!{item}"


def sure_name(item: str) -> str:
    """Whether a memo is sure of the item."""
    return f"~{item}"


@dataclass(frozen=True)
class Carrier:
    """One item (or several) carrying one raw field: ``carried`` is true where the item's column gives the raw text
    back."""

    ref: str
    mask: Callable[[], pl.Expr] | None
    """Makes ``carried``; None: always."""
    cause: str
    """What stands in residue where it does not: the transform's name."""
    empty: str = ""
    """The field's usual spelling of "nothing"."""

    @cached_property
    def carried(self) -> pl.Expr | None:
        """Made when it is asked for: most items never need the whole way back."""
        return self.mask() if self.mask is not None else None


@dataclass(frozen=True)
class Plan:
    """One item, compiled."""

    name: str
    dtype: pl.DataType
    out: pl.Expr
    carriers: tuple[Carrier, ...]
    reasons: Callable[[], Mapping[str, pl.Expr]]
    """Makes ``failures``."""
    sure: pl.Expr | None
    """A cheap mask: true where nothing failed and every field is carried. None: always true."""
    refs: tuple[str, ...]
    """Raw columns that carriers and failures need."""
    held: pl.Expr | None = None
    source: pl.Expr | None = None
    """The raw text as a number, parsed apart from ``out``, in units of ``source_scale``; None where there is no
    independent way."""
    source_scale: tuple[int, int] = (1, 0)
    """``(unit, decimals)``: a sum over ``source`` times unit, over ten to the decimals, is in the item's unit."""
    costly: bool = False
    """More than a comparison or a cast for each row."""

    @cached_property
    def failures(self) -> Mapping[str, pl.Expr]:
        """Finding code -> mask over raw and item columns; made when it is asked for."""
        return self.reasons()


@dataclass(frozen=True)
class Context:
    """What items of a mapping share."""

    transforms: Mapping[str, TransformSteps]
    codes: Mapping[str, Codes]
    run: Mapping[str, str]
    joined: frozenset[str] = field(default_factory=frozenset)
    """References that may be null because nothing was joined."""
    compiled: dict[object, Plan] = field(default_factory=dict)
    """Plans by group, block and item, for the next municipality: a plan depends on the mapping alone, but for rules
    with ``run``."""
    large: bool = False
    """So many records that expressions are worth a memo (see :mod:`mappings.memo`)."""


def compile_item(rule: ItemRule, item: Item, context: Context) -> Plan:
    """The expressions of one item. A split item's carriers come from :func:`split_carriers`."""
    dtype = item.polars_dtype
    if rule.constant is not None or rule.run is not None:
        text = rule.constant if rule.constant is not None else context.run[rule.run or ""]
        out = pl.lit(text or None, dtype=pl.String).cast(dtype)
        if rule.when is not None:
            out = pl.when(sql.true(rule.when)).then(out)
        return Plan(item.name, dtype, out, (), dict, None, ())
    return _Compiler(rule, item, context).plan()


class _Compiler:
    def __init__(self, rule: ItemRule, item: Item, context: Context) -> None:
        self.rule, self.item, self.context = rule, item, context
        self.dtype = item.polars_dtype
        self.steps: list[Transform] = compile_steps(rule.transform, context.transforms)
        self.each = compile_steps(rule.each, context.transforms)
        self.codes: CodeMap | None = compile_codes(rule, context.codes)
        self.number: Number | None = None
        if item.numeric:
            last = (
                self.steps.pop() if self.codes is None and self.steps and isinstance(self.steps[-1], Number) else None
            )
            self.number = last if isinstance(last, Number) else Number()
        self.column = pl.col(out_name(item.name))

    # forward

    def cleaned(self, ref: str) -> pl.Expr:
        """The raw text, null where it means "no value"."""
        raw = pl.col(ref)
        empties = [text for text in self.rule.empties if text != ""]
        has_value = raw != ""
        if len(empties) <= 2:
            # Comparing is several times cheaper than membership, and this stands in every step of a chain.
            for text in empties:
                has_value = has_value & (raw != text)
        else:
            has_value = has_value & ~raw.is_in(empties)
        return pl.when(has_value).then(raw)

    def start(self) -> pl.Expr:
        """Text before the transforms."""
        rule = self.rule
        if rule.sql is not None:
            text = sql.parse(rule.sql).cast(pl.String)
            return pl.when(text != "").then(text)
        if rule.fields is not None:
            parts = [apply_all(self.each, self.cleaned(ref)) for ref in rule.fields]
            if rule.skip_empty:
                joined = pl.concat_str(parts, separator=rule.join_with, ignore_nulls=True)
                return pl.when(joined != "").then(joined)
            some = reduce(pl.Expr.or_, (part.is_not_null() for part in parts))
            return pl.when(some).then(pl.concat_str([part.fill_null("") for part in parts], separator=rule.join_with))
        text = self.cleaned(rule.raw_fields[0])
        split = rule.split
        if split is None:
            return text
        if split.separator is not None:
            part = text.str.splitn(split.separator, split.of or 1).struct.field(f"field_{(split.part or 1) - 1}")
        else:
            part = text.str.slice((split.start or 1) - 1, split.length)
        return pl.when(part != "").then(part)

    def coded(self) -> pl.Expr:
        """Text after transforms and code map."""
        text = apply_all(self.steps, self.start())
        return self.codes.apply(text) if self.codes is not None else text

    def when(self, value: pl.Expr) -> pl.Expr:
        return pl.when(sql.true(self.rule.when)).then(value) if self.rule.when is not None else value

    def out(self) -> pl.Expr:
        text = self.coded()
        if self.number is None:
            value = pl.when(text != "").then(text) if self.steps and self.codes is None else text
            value = self.when(value)
            return value.fill_null(self.rule.default) if self.rule.default is not None else value
        value = self.numeric(self.number, self.when(text))
        if self.rule.default is not None:
            value = value.fill_null(pl.lit(self.rule.default).cast(self.dtype))
        return value

    def numeric(self, number: Number, text: pl.Expr) -> pl.Expr:
        value = number.typed(text, self.dtype)
        if self.rule.sign is None:
            return value
        sign = pl.col(self.rule.sign.field)
        positive = pl.when((sign == self.rule.sign.positive) | (sign == "")).then(value)
        return pl.when(sign == self.rule.sign.negative).then(-value).otherwise(positive)

    # backward

    def raw_text(self, value: pl.Expr) -> pl.Expr | None:
        """The usual legacy text (after joining, before splitting) of the item's ``value``, null where it had none."""
        if self.rule.default is not None:
            default = pl.lit(self.rule.default).cast(self.dtype)
            value = pl.when(value != default).then(value)
        if self.number is not None:
            value = self.number.spelling(value.abs() if self.rule.sign is not None else value, self.dtype)
        if self.codes is not None:
            value = self.codes.inverse(value)
        return inverse_of(self.steps, value)

    @property
    def empty_is_told(self) -> bool:
        """``empty`` says how nothing is spelled, whatever the transforms would make of it."""
        return "empty" in self.rule.model_fields_set and self.rule.default is None

    @property
    def usual_empty(self) -> str:
        return self.rule.empties[0]

    def carriers(self) -> tuple[Carrier, ...]:
        rule = self.rule
        if not invertible(self.steps) or not invertible(self.each) or rule.sql is not None or rule.split is not None:
            return ()
        found: list[Carrier] = []
        if rule.field is not None:
            back = None if self.plain else partial(self.comes_back, rule.field)
            found.append(Carrier(rule.field, back, self.cause, self.usual_empty))
        elif rule.fields is not None and (rule.join_with or rule.widths):
            found += [
                Carrier(ref, partial(self.part_comes_back, ref, index), self.cause, self.usual_empty)
                for index, ref in enumerate(rule.fields)
            ]
        if rule.sign is not None:
            found.append(Carrier(rule.sign.field, self.sign_comes_back, "sign"))
        return tuple(found)

    def comes_back(self, ref: str) -> pl.Expr:
        back = self.raw_text(self.column)
        assert back is not None
        if self.empty_is_told:
            back = pl.when(self.column.is_not_null()).then(back)
        return back.fill_null(self.usual_empty) == pl.col(ref)

    def part_comes_back(self, ref: str, index: int) -> pl.Expr:
        back = self.raw_text(self.column)
        assert back is not None
        part = self.parts(back)[index]
        text = inverse_of(self.each, pl.when(part != "").then(part))
        assert text is not None
        return text.fill_null(self.usual_empty) == pl.col(ref)

    def sign_comes_back(self) -> pl.Expr:
        assert self.rule.sign is not None
        sign = self.rule.sign
        text = pl.when(self.column < 0).then(pl.lit(sign.negative)).otherwise(pl.lit(sign.positive))
        return text == pl.col(sign.field)

    def parts(self, joined: pl.Expr) -> list[pl.Expr]:
        """A joined text taken apart again."""
        rule, count = self.rule, len(self.rule.fields or ())
        if rule.widths is not None:
            starts = [sum(rule.widths[:index]) for index in range(count)]
            return [joined.str.slice(start, width) for start, width in zip(starts, rule.widths, strict=True)]
        split = joined.str.splitn(rule.join_with, count)
        return [split.struct.field(f"field_{index}") for index in range(count)]

    @property
    def plain(self) -> bool:
        """Copied as it is: nothing to check on the way back."""
        rule = self.rule
        return (
            rule.field is not None
            and not self.steps
            and self.codes is None
            and self.number is None
            and rule.empties == [""]
            and rule.when is None
            and rule.default is None
            and rule.split is None
        )

    @property
    def cause(self) -> str:
        names = [step.name for step in (*self.each, *self.steps)]
        if self.codes is not None:
            names.append("codes")
        if self.number is not None:
            names.append("number")
        if self.rule.when is not None:
            names.append("when")
        return names[-1] if names else "empty"

    # what went wrong

    def failures(self) -> dict[str, pl.Expr]:
        found: dict[str, pl.Expr] = {}

        def add(masks: Mapping[str, pl.Expr]) -> None:
            for code, mask in masks.items():
                mask = mask.fill_null(False)
                found[code] = found[code] | mask if code in found else mask

        value = self.start()
        if self.rule.when is not None:
            value = self.when(value)
        for step in self.steps:
            out = step.apply(value)
            add(step.failures(value, out))
            value = out
        if self.codes is not None:
            out = self.codes.apply(value)
            add(self.codes.failures(value, out))
            value = out
        if self.number is not None:
            number = self.column if self.rule.default is None else self.numeric(self.number, value)
            add({"M01": value.is_not_null() & number.is_null()})
        return found

    def sure(self, carriers: tuple[Carrier, ...]) -> pl.Expr | None:
        quick = self.quick()
        if quick is not None:
            return quick
        masks = [carrier.carried.fill_null(False) for carrier in carriers if carrier.carried is not None]
        masks += [~mask for mask in self.failures().values()]
        if not masks:
            return None
        sure = reduce(pl.Expr.and_, masks)
        joined = [ref for ref in self.rule.raw_fields if ref in self.context.joined]
        return sure | pl.all_horizontal([pl.col(ref).is_null() for ref in joined]) if joined else sure

    def quick(self) -> pl.Expr | None:
        """A cheap ``sure`` for one field with one step; None where only the whole way back tells."""
        rule = self.rule
        if rule.field is None or rule.split is not None or rule.sign is not None:
            return None
        raw, value = pl.col(rule.field), self.cleaned(rule.field)
        stages: list[Transform] = [*self.steps, *([self.codes] if self.codes is not None else [])]
        if self.number is not None and not stages:
            exact: pl.Expr | None = self.number.exact_typed(value, self.column, self.dtype)
        elif self.number is None and len(stages) == 1:
            exact = stages[0].exact(value, self.column)
        else:
            return None
        if exact is None:
            return None
        if rule.default is not None:
            exact = exact & (self.column != pl.lit(rule.default).cast(self.dtype))
        if rule.when is not None:
            exact = exact & sql.true(rule.when)
        if self.empty_is_told:
            exact = exact & self.column.is_not_null()
        sure = (exact & value.is_not_null()).fill_null(False)
        if not self._empty_is_another_value:
            sure = sure | (raw == self.usual_empty).fill_null(rule.field in self.context.joined)
        return sure

    @property
    def _empty_is_another_value(self) -> bool:
        """An empty field gives a value that does not come back as empty."""
        if self.codes is None:
            names = {step.name for step in self.steps}
            return "empty_is_zero" in names or ("pad_spaces" in names and not self.empty_is_told)
        empty = self.codes.table.get("")
        return bool(empty) and self.codes._back.get(empty or "") != ""

    def held(self) -> pl.Expr | None:
        if self.codes is None or self.codes.unknown != "quarantine":
            return None
        return self.codes.is_unknown(self.when(apply_all(self.steps, self.start()))).fill_null(False)

    # the amount at the source

    def source(self) -> pl.Expr | None:
        """The raw amount by way of decimals and without the item's transforms, not by ``out``."""
        rule, number = self.rule, self.number
        if number is None or rule.field is None or rule.split is not None or self.codes is not None or rule.default:
            return None
        if any(
            step.name not in ("trim", "zero_is_null", "empty_is_zero", "strip_zeros", "pad_spaces")
            for step in self.steps
        ):
            return None
        text = self.cleaned(rule.field)
        if self.steps:
            text = text.str.strip_chars(" \u3000")
        value = number.magnitude(text, MONEY)
        if rule.sign is not None:
            sign = pl.col(rule.sign.field)
            value = pl.when(sign == rule.sign.negative).then(-value).otherwise(value)
        return self.when(value)

    def plan(self) -> Plan:
        carriers = self.carriers()
        refs = [*self.rule.raw_fields, *([self.rule.sign.field] if self.rule.sign else [])]
        refs += sql.names(self.rule.sql) if self.rule.sql else []
        refs += sql.names(self.rule.when) if self.rule.when else []
        # Needed on the rows that are looked at twice only.
        needs = tuple(dict.fromkeys(refs))
        source = self.source()
        unit, decimals = (self.number.unit, self.number.decimals) if self.number is not None else (1, 0)
        return Plan(
            self.item.name,
            self.dtype,
            self.out(),
            carriers,
            self.failures,
            None if self.plain else self.sure(carriers),
            needs,
            held=self.held(),
            source=source,
            source_scale=(unit, decimals),
            costly=bool(self.steps or self.each or self.codes is not None),
        )

    def split_back(self) -> pl.Expr | None:
        """The part that a split item holds, as legacy text."""
        return self.raw_text(self.column) if invertible(self.steps) else None


def _same(mask: pl.Expr) -> pl.Expr:
    return mask


def split_carriers(block: Block, items: Mapping[str, Item], context: Context) -> list[Carrier]:
    """Carriers of fields that several items hold in parts."""
    found = []
    for ref, names in complete_splits(block).items():
        compilers = [_Compiler(block.items[name], items[name], context) for name in names]
        backs = [compiler.split_back() for compiler in compilers]
        parts = [back for back in backs if back is not None]
        if len(parts) == len(backs):
            split = compilers[0].rule.split
            separator = (split.separator if split else None) or ""
            text = pl.concat_str(parts, separator=separator, ignore_nulls=True)
            usual = compilers[0].usual_empty
            carried = pl.when(text != "").then(text).otherwise(pl.lit(usual)) == pl.col(ref)
            found.append(Carrier(ref, partial(_same, carried), "split", usual))
    return found
