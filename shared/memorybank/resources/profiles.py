"""The schemas of structured profiles: OpenAPI's subset or JSON schema, and the messages of RetrieveProfiles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from memorybank.resources.scopes import Scope
from memorybank.resources.wire import WireModel, refuse_any

MAX_SCHEMA = 65_536
"""The most bytes of a schema as JSON: our limit."""

MAX_FIELDS = 100
"""The most fields of a profile: our limit."""

_MAX_DEPTH = 11
"""Firestore nests at most 20 levels, and the schema stands on the ninth of an engine's document."""

_REFUSED = ("$ref", "$dynamicRef", "pattern", "patternProperties")
"""What a schema may not use: it could lead outside it, or take for ever to match."""

_DROPPED = ("nullable", "propertyOrdering", "example", "default")
_NUMBERS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")


class StructuredContent(WireModel):
    """What a memory of a structured profile holds: one field, or in a whole profile all of them."""

    schema_id: str
    data: dict[str, Any] = {}


class RetrieveProfilesRequest(WireModel):
    """Whose profiles are asked for."""

    scope: Scope


class Profile(WireModel):
    """What is known of the fields of one schema."""

    schema_id: str
    profile: dict[str, Any] = {}


def json_schema_of(openapi: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON schema that a schema of OpenAPI's subset stands for; its keys may be snake_case."""
    found: dict[str, Any] = {}
    for key, value in openapi.items():
        name = to_camel(key) if "_" in key else key
        if name == "properties" and isinstance(value, Mapping):
            found[name] = {field: _inner(schema) for field, schema in value.items()}
        elif name in ("items", "additionalProperties", "not"):
            found[name] = _inner(value)
        elif name in ("anyOf", "oneOf", "allOf") and isinstance(value, list):
            found[name] = [_inner(schema) for schema in value]
        elif name == "type" and isinstance(value, str):
            found[name] = value.lower()
        elif name in _NUMBERS and isinstance(value, str) and value.isdecimal():
            found[name] = int(value)
        elif name not in _DROPPED:
            found[name] = value
    return _nullable(found) if openapi.get("nullable") is True else found


def check_schema(schema: Mapping[str, Any], *, field: str) -> None:
    """Refuse a JSON schema that no profile can have, or that could not be checked safely; it stands in `field`."""
    if len(json.dumps(schema).encode()) > MAX_SCHEMA:
        refuse_any([(field, f"must have at most {MAX_SCHEMA} bytes as JSON")])
    refuse_any((f"{field}.{path}", problem) for path, problem in [*_shape(schema), *_unsafe(schema, "", depth=0)])
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - takes time, and few banks have profiles
    from jsonschema.exceptions import SchemaError  # noqa: PLC0415 - as above

    try:
        Draft202012Validator.check_schema(dict(schema))
    except SchemaError as error:
        path = ".".join([field, *map(str, error.absolute_path)])
        refuse_any([(path, f"is no JSON schema: {error.message[:200]}")])


def is_valid(value: Any, schema: Mapping[str, Any]) -> bool:
    """Tell whether a value is what a schema asks for."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - as above

    return bool(Draft202012Validator(dict(schema)).is_valid(value))


def _shape(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if schema.get("type") != "object":
        yield "type", "must be OBJECT: a profile has fields"
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        yield "properties", "is required: a profile has at least one field"
    elif len(properties) > MAX_FIELDS:
        yield "properties", f"must have at most {MAX_FIELDS} fields"


def _unsafe(value: Any, path: str, *, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _MAX_DEPTH:
        yield path, f"is nested deeper than {_MAX_DEPTH} levels"
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unsafe(item, f"{path}[{index}]", depth=depth + 1)
    if not isinstance(value, Mapping):
        return
    for key, item in value.items():
        inner = f"{path}.{key}" if path else str(key)
        # A field of a profile may well be called pattern.
        if key in _REFUSED and not path.endswith("properties"):
            yield inner, "is not offered: write the schema out, and describe texts in words"
        yield from _unsafe(item, inner, depth=depth + 1)


def _inner(schema: Any) -> Any:
    return json_schema_of(schema) if isinstance(schema, Mapping) else schema


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "type" in schema:
        schema["type"] = [schema["type"], "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return schema
