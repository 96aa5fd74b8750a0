"""Validation of profile schemas and their values: nothing is fetched, and every check terminates.

A schema is walked according to JSON Schema 2020-12, so that a field or a choice may have any name, and a keyword is
found wherever it takes effect. A value is checked in a bounded number of steps.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from itertools import islice
from typing import Any, cast

from memorybank.resources.wire import refuse_any

MAX_SCHEMA = 65_536
"""The most bytes of a schema as JSON: our limit."""

MAX_FIELDS = 100
"""The most fields of a profile: our limit."""

MAX_SUBSCHEMAS = 500
"""The most schemas inside a schema, itself included: our limit."""

MAX_STEPS = 50_000
"""How many steps the check of one value may take, about ten microseconds each; one that needs more does not fit."""

_MAX_DEPTH = 11
"""Firestore allows at most 20 levels of nesting, and the schema is on the ninth level of an engine's document."""

_REFUSED = frozenset({"pattern", "patternProperties", "unevaluatedItems", "unevaluatedProperties"})
"""Keywords that a schema may not use, as matching could take forever. Neither may it use `$` keywords, which refer
elsewhere."""

_HARMLESS = frozenset({"$comment", "$defs"})
_ONE = ("items", "additionalItems", "additionalProperties", "contains", "contentSchema", "propertyNames")
_SCHEMA = frozenset({*_ONE, "not", "if", "then", "else"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems", "items"})
_MAPS = frozenset({"properties", "dependentSchemas", "$defs", "definitions", "dependencies"})
_COMPARED = frozenset({"enum", "const"})
_LISTED = frozenset({"required", "dependentRequired", "type"})
_MOST_PROBLEMS = 20
_LONGEST_PATH = 300


class _TooLong(Exception):
    pass


_steps_left: ContextVar[list[int]] = ContextVar("steps_left")


def check_schema(schema: Mapping[str, Any], *, field: str) -> None:
    """Refuse a JSON schema in `field` that a profile cannot have, or that could not be checked safely."""
    if (deep := _too_deep(schema)) is not None:
        refuse_any([(f"{field}.{deep}"[:_LONGEST_PATH], f"is nested deeper than {_MAX_DEPTH} levels")])
    if len(json.dumps(schema).encode()) > MAX_SCHEMA:
        refuse_any([(field, f"must have at most {MAX_SCHEMA} bytes as JSON")])
    plain = {key: value for key, value in schema.items() if key != "$schema"}
    subschemas = list(_subschemas(plain, ""))
    if len(subschemas) > MAX_SUBSCHEMAS:
        refuse_any([(field, f"must have at most {MAX_SUBSCHEMAS} schemas in it, not {len(subschemas)}")])
    problems = [*_shape(plain), *islice(_unsafe(subschemas), _MOST_PROBLEMS)]
    refuse_any((f"{field}.{path}"[:_LONGEST_PATH], problem) for path, problem in problems)
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - takes time, and few banks have profiles
    from jsonschema.exceptions import SchemaError  # noqa: PLC0415 - as above

    try:
        Draft202012Validator.check_schema(plain)
    except SchemaError as error:
        path = ".".join([field, *map(str, error.absolute_path)])
        refuse_any([(path[:_LONGEST_PATH], f"is not a JSON schema: {error.message[:200]}")])


def is_valid(value: Any, schema: Mapping[str, Any]) -> bool:
    """Tell whether a value fits a schema; it does not if the check takes more than `MAX_STEPS`."""
    from referencing import Registry  # noqa: PLC0415 - takes time, and few banks have profiles
    from referencing.exceptions import Unresolvable  # noqa: PLC0415 - as above

    plain = {key: rule for key, rule in schema.items() if key != "$schema"}
    if any(_unsafe(list(_subschemas(plain, "")))):
        return False
    token = _steps_left.set([MAX_STEPS])
    try:
        # An empty registry, which retrieves nothing.
        return bool(_validator()(plain, registry=Registry()).is_valid(value))
    except (_TooLong, Unresolvable):
        return False
    finally:
        _steps_left.reset(token)


@cache
def _validator() -> Callable[..., Any]:
    """Return the class of validators that count their steps."""
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415 - as above

    keywords = {name: _counted(name, check) for name, check in Draft202012Validator.VALIDATORS.items()}
    return cast("Callable[..., Any]", validators.extend(Draft202012Validator, keywords))  # type: ignore[no-untyped-call]


def _counted(keyword: str, check: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*given: Any) -> Any:
        _, rule, value, _ = given
        left = _steps_left.get()
        left[0] -= _steps(keyword, rule, value)
        if left[0] < 0:
            raise _TooLong
        return check(*given)

    return counted


def _steps(keyword: str, rule: Any, value: Any) -> int:
    """Return the cost of a keyword in steps, without that of the schemas inside it."""
    inside = len(value) if isinstance(value, list | dict) else 0
    if keyword in _COMPARED:
        return 1 + _nodes(rule) * _nodes(value)
    if keyword in _LISTED:
        return _nodes(rule)
    if keyword == "uniqueItems":
        return 1 + inside * _nodes(value)
    return 1 + inside + (len(rule) if isinstance(rule, list | dict) else 0)


def _nodes(value: Any) -> int:
    """Count the values nested in a value, itself included."""
    count, level = 0, [value]
    while level:
        count += len(level)
        level = [inner for each in level for inner in _inner(each)]
    return count


def _too_deep(value: Any) -> str | None:
    """Return the path of a value that is nested too deeply, None if there is none; not recursive, as it may be deep."""
    level: list[tuple[str, Any]] = [("", value)]
    for _ in range(_MAX_DEPTH + 1):
        level = [
            (f"{path}.{key}"[:_LONGEST_PATH] if path else str(key), inner)
            for path, each in level
            for key, inner in _items(each)
        ]
    return level[0][0] if level else None


def _inner(value: Any) -> Iterator[Any]:
    return (inner for _, inner in _items(value))


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list | tuple):
        yield from enumerate(value)


def _shape(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if schema.get("type") != "object":
        yield "type", "must be OBJECT: a profile has fields"
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        yield "properties", "is required: a profile has at least one field"
    elif len(properties) > MAX_FIELDS:
        yield "properties", f"must have at most {MAX_FIELDS} fields"


def _subschemas(schema: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield a schema and all schemas in it, with their paths, down to the deepest level allowed."""
    if not isinstance(schema, Mapping):
        return
    yield path, schema
    for key, value in schema.items():
        place = f"{path}.{key}" if path else str(key)
        if key in _SCHEMA:
            yield from _subschemas(value, place)
        if (key in _LISTS and isinstance(value, list)) or (key in _MAPS and isinstance(value, Mapping)):
            for name, inner in _items(value):
                yield from _subschemas(inner, f"{place}.{name}")


def _unsafe(subschemas: list[tuple[str, Mapping[str, Any]]]) -> Iterator[tuple[str, str]]:
    for path, schema in subschemas:
        for key in schema:
            if key in _REFUSED or (key.startswith("$") and key not in _HARMLESS):
                place = f"{path}.{key}" if path else key
                yield place, "is not supported: write the schema out, and describe texts in words"
