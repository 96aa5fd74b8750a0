"""The fields that filters of one kind of resource may use, and the compilation of a filter into a predicate."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal, TypeAlias

from memorybank.aip.casing import to_snake
from memorybank.aip.filters.budget import Budget
from memorybank.aip.filters.linear_pattern import LinearPattern, PatternError
from memorybank.aip.filters.tree import WILDCARD, Comparison, Expression, Not, Or, filter_violation
from memorybank.aip.json_body import parse_json
from memorybank.errors import InvalidArgument

Kind: TypeAlias = Literal["string", "timestamp", "number", "bool", "json", "list"]
Record: TypeAlias = Mapping[str, Any]
Test: TypeAlias = Callable[[Any], bool]

_ORDERED = ("=", "!=", "<", "<=", ">", ">=", ":")
_OPERATORS: dict[Kind, tuple[str, ...]] = {
    "string": (*_ORDERED, "=~"),
    "timestamp": _ORDERED,
    "number": _ORDERED,
    "bool": ("=", "!=", ":"),
    "json": ("=", "!="),
    "list": (":", "=", "!="),
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    ":": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)?)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+(?P<broken>\.\d+)?(?P<power>[eE][+-]?\d{1,3})?", re.ASCII)
_MAP = "*"
_SHOWN = 60


@dataclass(frozen=True)
class Field:
    """A field that filters may name.

    `name` is snake_case and dotted where nested; one that ends in `.*`, as in `labels.*`, stands for every key of a
    map. Kind `list` is for repeated fields anywhere on the path (`topics.label` with topics a list of maps): values are
    compared as text, and `:` and `=` are true if any value is equal. Kind `json` compares objects, written as JSON in
    the filter. `ops` restricts the operators of the kind.
    """

    name: str
    kind: Kind
    ops: tuple[str, ...] | None = None

    @property
    def operators(self) -> tuple[str, ...]:
        """The operators that may be used."""
        return _OPERATORS[self.kind] if self.ops is None else self.ops


@dataclass(frozen=True)
class Schema:
    """The fields that filters of one kind of resource may use."""

    fields: tuple[Field, ...]

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    def find(self, path: tuple[str, ...]) -> tuple[Field, tuple[str, ...]] | None:
        """Return the field that a path names in either case, and the path's spelling in records; None if there is none.

        Everything after the name of a map is one key, taken literally.
        """
        snake = tuple(to_snake(name) for name in path)
        if (field := self._by_name.get(".".join(snake))) is not None:
            return field, snake
        for length in range(len(path) - 1, 0, -1):
            if (field := self._by_name.get(".".join((*snake[:length], _MAP)))) is not None:
                return field, (*snake[:length], ".".join(path[length:]))
        return None

    def find_map(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return the spelling in records of a path that names a map as a whole; None if it names none."""
        snake = tuple(to_snake(name) for name in path)
        return snake if ".".join((*snake, _MAP)) in self._by_name else None

    def __str__(self) -> str:
        return ", ".join(field.name for field in self.fields)


def compile_filter(expression: Expression | None, schema: Schema) -> Callable[[Record], bool]:
    """Turn a filter into a test over nested records with snake_case keys; no filter lets everything through.

    Timestamps in records are aware datetimes. A record without the field, or with null in it, meets no comparison, not
    even `!=`; `NOT field = x` takes it in. On strings `=` and `!=` are exact but for a `*` at either end, `:` looks for
    the text anywhere in any case (on the value of a map's key it is `=`, as AIP-160 has it), and `=~` is searched for
    as `linear_pattern` defines. `map:key`, `map.key:*` and `field:*` ask whether something is there.

    Raises `InvalidArgument` with the column for an unknown field, an operator that the field does not offer, and a
    value that is not of its kind. The test raises it when the filter has used more CPU time than it may.
    """
    if expression is None:
        return lambda _record: True
    budget = Budget()
    return budget.charged(_compiled(expression, schema, budget=budget))


def _compiled(expression: Expression, schema: Schema, *, budget: Budget) -> Callable[[Record], bool]:
    if isinstance(expression, Comparison):
        return _comparison(expression, schema, budget=budget)
    if isinstance(expression, Not):
        inner = _compiled(expression.operand, schema, budget=budget)
        return lambda record: not inner(record)
    tests = [_compiled(operand, schema, budget=budget) for operand in expression.operands]
    joined = any if isinstance(expression, Or) else all
    return lambda record: joined(test(record) for test in tests)


def _comparison(comparison: Comparison, schema: Schema, *, budget: Budget) -> Callable[[Record], bool]:
    if comparison.op == ":" and (place := schema.find_map(comparison.path)) is not None:
        return _map_test(place, comparison)
    found = schema.find(comparison.path)
    if found is None:
        name = ".".join(comparison.path)[:_SHOWN]
        raise filter_violation(f"{name!r} cannot be filtered on; {schema} can", column=comparison.column)
    field, path = found
    if comparison.op not in field.operators:
        offered = " ".join(field.operators)
        raise filter_violation(f"{field.name} takes {offered}, not {comparison.op}", column=comparison.column)
    if comparison.op == ":" and comparison.value == WILDCARD:
        return lambda record: bool(_values(record, path))
    if field.kind == "list":
        return _list_test(path, comparison)
    test = _value_test(field, comparison, budget=budget)
    return lambda record: any(test(value) for value in _values(record, path))


def _map_test(path: tuple[str, ...], comparison: Comparison) -> Callable[[Record], bool]:
    """`map:key` and `map:*`."""
    key = comparison.value
    if key == WILDCARD and not comparison.quoted:
        return lambda record: any(_values(record, path))
    return lambda record: bool(_values(record, (*path, key)))


def _list_test(path: tuple[str, ...], comparison: Comparison) -> Callable[[Record], bool]:
    """Test whether any of the repeated values is equal; `!=` tests that there are values and none is."""
    wanted, negated = comparison.value, comparison.op == "!="

    def test(record: Record) -> bool:
        values = _values(record, path)
        return bool(values) and (wanted in map(_text, values)) is not negated

    return test


def _value_test(field: Field, comparison: Comparison, *, budget: Budget) -> Test:
    if field.kind == "string":
        return _string_test(comparison, in_map=field.name.endswith(_MAP), budget=budget)
    compare, wanted = _COMPARE[comparison.op], _READ[field.kind](comparison)
    return lambda value: _is_of(field.kind, value) and compare(value, wanted)


def _string_test(comparison: Comparison, *, in_map: bool, budget: Budget) -> Test:
    op, wanted = comparison.op, comparison.value
    if op == "=~":
        try:
            pattern = LinearPattern(wanted)
        except PatternError as error:
            raise filter_violation(f"the pattern after =~: {error}", column=comparison.column) from error
        return lambda value: pattern.found_in(_text(value), ask=budget.check)
    if op == ":" and not in_map:
        matches = _wildcard_test(
            wanted.casefold() if WILDCARD in (wanted[:1], wanted[-1:]) else f"*{wanted.casefold()}*"
        )
        return lambda value: matches(_text(value).casefold())
    if op in ("=", ":", "!="):
        equals, negated = _wildcard_test(wanted), op == "!="
        return lambda value: equals(_text(value)) is not negated
    compare = _COMPARE[op]
    return lambda value: compare(_text(value), wanted)


def _wildcard_test(wanted: str) -> Callable[[str], bool]:
    """Compare with a text that may start or end with a `*`."""
    open_start, open_end = wanted.startswith(WILDCARD), wanted.endswith(WILDCARD)
    fixed = wanted.removeprefix(WILDCARD).removesuffix(WILDCARD)
    if open_start and open_end:
        return lambda text: fixed in text
    if open_start:
        return lambda text: text.endswith(fixed)
    if open_end:
        return lambda text: text.startswith(fixed)
    return lambda text: text == fixed


def _values(record: Record, path: tuple[str, ...]) -> list[Any]:
    """Return every non-null value at a path, descending into lists on the way and at its end."""
    nodes: list[Any] = [record]
    for name in path:
        inner = [node[name] for node in nodes if isinstance(node, Mapping) and name in node]
        nodes = [item for node in inner for item in (node if isinstance(node, list | tuple) else (node,))]
    return [node for node in nodes if node is not None]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_of(kind: Kind, value: Any) -> bool:
    match kind:
        case "timestamp":
            return isinstance(value, datetime)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "bool":
            return isinstance(value, bool)
        case _:
            return True


def time_of(comparison: Comparison) -> datetime:
    """Return the time that a comparison names; one without a zone is UTC."""
    if _TIME.fullmatch(comparison.value):
        try:
            moment = datetime.fromisoformat(comparison.value.upper())
        except ValueError:
            pass  # 2031-02-30 has the right form too
        else:
            return moment.replace(tzinfo=moment.tzinfo or UTC)
    raise _wrong_value(comparison, "a time as RFC 3339 has it, such as 2031-01-02T03:04:05Z")


def _number(comparison: Comparison) -> int | float:
    found = _NUMBER.fullmatch(comparison.value)
    if found is None:
        raise _wrong_value(comparison, "a number")
    return float(comparison.value) if found["broken"] or found["power"] else int(comparison.value)


def _bool(comparison: Comparison) -> bool:
    if comparison.value.lower() not in ("true", "false"):
        raise _wrong_value(comparison, "true or false")
    return comparison.value.lower() == "true"


def _json(comparison: Comparison) -> Any:
    try:
        return parse_json(comparison.value.encode())
    except InvalidArgument as error:
        raise _wrong_value(comparison, 'a JSON object in quotes, such as "{\\"user_id\\": \\"1\\"}"') from error


def _wrong_value(comparison: Comparison, right: str) -> InvalidArgument:
    name, value = ".".join(comparison.path)[:_SHOWN], comparison.value[:_SHOWN]
    return filter_violation(f"{name} must be compared with {right}, not {value!r}", column=comparison.column)


_READ: dict[Kind, Callable[[Comparison], Any]] = {
    "timestamp": time_of,
    "number": _number,
    "bool": _bool,
    "json": _json,
}
