"""Filters on memories as screens: what of a filter a store may check itself.

The test that a filter compiles to has the last word; `aip.filters.schema` and `resources.filter_groups` define it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from memorybank.aip.filters.schema import Field, Schema, time_of
from memorybank.aip.filters.tree import WILDCARD, And, Comparison, Expression, Not, Or
from memorybank.ports.screens import AllOf, AnyOf, Comparator, Condition, NotOf, Screen, Unknown
from memorybank.resources.filter_groups import FilterGroup, MetadataFilter

_SECOND = timedelta(seconds=1)
_ORDERED = ("<", "<=", ">", ">=")


def screen_of(expression: Expression | None, schema: Schema, *, groups: Sequence[FilterGroup] = ()) -> Screen | None:
    """Return the screen of a filter that compiles, and of metadata filters; None if there is neither."""
    parts = [] if expression is None else [_screen(expression, schema)]
    if groups:
        parts.append(AnyOf(tuple(AllOf(tuple(map(_metadata, group.filters))) for group in groups)))
    return AllOf(tuple(parts)) if parts else None


def _screen(expression: Expression, schema: Schema) -> Screen:
    match expression:
        case Comparison():
            return _comparison(expression, schema)
        case Not(operand):
            return NotOf(_screen(operand, schema))
        case And(operands):
            return AllOf(tuple(_screen(operand, schema) for operand in operands))
        case Or(operands):
            return AnyOf(tuple(_screen(operand, schema) for operand in operands))


def _comparison(comparison: Comparison, schema: Schema) -> Screen:
    if comparison.op == ":" and (place := schema.find_map(comparison.path)) is not None:
        return Unknown() if comparison.value == WILDCARD else Condition((*place, comparison.value), "present")
    found = schema.find(comparison.path)
    return Unknown() if found is None else _field(*found, comparison)


def _field(field: Field, path: tuple[str, ...], comparison: Comparison) -> Screen:
    if comparison.op == ":" and comparison.value == WILDCARD:
        return Condition(path, "present", each=field.kind == "list")
    match field.kind:
        case "list":
            return _list(path, comparison)
        case "string":
            return _string(field, path, comparison)
        case "timestamp":
            return _ordered(path, comparison, value=time_of(comparison))
        case _:
            return Unknown()


def _list(path: tuple[str, ...], comparison: Comparison) -> Screen:
    equal = Condition(path, "==", comparison.value, each=True)
    return AllOf((Condition(path, "present", each=True), NotOf(equal))) if comparison.op == "!=" else equal


def _string(field: Field, path: tuple[str, ...], comparison: Comparison) -> Screen:
    op, wanted = comparison.op, comparison.value
    if op == "=~":
        return Unknown()
    if op in _ORDERED:
        return _ordered(path, comparison, value=wanted)
    if op == ":" and not field.name.endswith(WILDCARD):
        folded = wanted.casefold()
        return _wildcard(path, folded if WILDCARD in (wanted[:1], wanted[-1:]) else f"*{folded}*", folded=True)
    equal = _wildcard(path, wanted)
    return AllOf((Condition(path, "present"), NotOf(equal))) if op == "!=" else equal


def _wildcard(path: tuple[str, ...], wanted: str, *, folded: bool = False) -> Condition:
    """Compare with a text that may start or end with a `*`."""
    at_start, at_end = wanted.startswith(WILDCARD), wanted.endswith(WILDCARD)
    ops: dict[tuple[bool, bool], Comparator] = {
        (False, False): "==",
        (False, True): "starts",
        (True, False): "ends",
        (True, True): "contains",
    }
    fixed = wanted.removeprefix(WILDCARD).removesuffix(WILDCARD)
    return Condition(path, ops[at_start, at_end], fixed, folded=folded)


def _ordered(path: tuple[str, ...], comparison: Comparison, *, value: object) -> Screen:
    if comparison.op in _ORDERED:
        return Condition(path, cast("Comparator", comparison.op), value)
    equal = Condition(path, "==", value)
    return AllOf((Condition(path, "present"), NotOf(equal))) if comparison.op == "!=" else equal


def _metadata(each: MetadataFilter) -> Screen:
    [(kind, value)] = each.value.to_data().items()
    path = ("metadata", each.key, kind)
    screen = _seconds(path, each) if kind == "timestamp_value" else Condition(path, _OPERATORS[each.op], value)
    return NotOf(screen) if each.negate else screen


def _seconds(path: tuple[str, ...], each: MetadataFilter) -> Screen:
    """Compare times to the whole second."""
    time = each.value.timestamp_value
    assert time is not None  # noqa: S101 - the kind of value that the caller found
    begin = time.replace(microsecond=0)
    if _OPERATORS[each.op] == "<":
        return Condition(path, "<", begin)
    try:
        end = begin + _SECOND
    except OverflowError:
        return Unknown()
    after = Condition(path, ">=", end)
    return after if _OPERATORS[each.op] == ">" else AllOf((Condition(path, ">=", begin), Condition(path, "<", end)))


_OPERATORS: dict[str, Comparator] = {
    "OPERATOR_UNSPECIFIED": "==",
    "EQUAL": "==",
    "GREATER_THAN": ">",
    "LESS_THAN": "<",
}
