"""The schemas of structured profiles: OpenAPI's subset or JSON schema, and the messages of RetrieveProfiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from memorybank.resources.scopes import Scope
from memorybank.resources.wire import WireModel

_DROPPED = ("nullable", "propertyOrdering", "example", "default")
_NUMBERS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")


class StructuredContent(WireModel):
    """What a memory of a structured profile holds: one field, or in a whole profile all of them."""

    schema_id: str
    data: dict[str, Any] = {}


class RetrieveProfilesRequest(WireModel):
    """A request for the profiles of a scope."""

    scope: Scope


class Profile(WireModel):
    """The known values of one schema's fields."""

    schema_id: str
    profile: dict[str, Any] = {}


def json_schema_of(openapi: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a schema in OpenAPI's subset to a JSON schema; its keys may be snake_case."""
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


def _inner(schema: Any) -> Any:
    return json_schema_of(schema) if isinstance(schema, Mapping) else schema


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "type" in schema:
        schema["type"] = [schema["type"], "null"]
    if isinstance(schema.get("enum"), list):
        schema["enum"] = [*schema["enum"], None]
    return schema
