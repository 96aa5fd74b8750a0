"""The JSON schema of an answer in the subset that every server's structured output accepts.

It is OpenAI's strict mode: each object lists all its properties as required and allows no others. References are
replaced by what they refer to, and keywords outside the subset are left out. The bounds of lists belong to it, but not
every server knows them.
Source: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

_KEPT = frozenset({"type", "enum", "const"})
_BOUNDS = frozenset({"maxItems"})


def strict_schema(answer: type[BaseModel], *, bounds: bool = True) -> dict[str, Any]:
    """Return the schema of an answer, with the bounds of its lists unless a server does not know them."""
    whole = answer.model_json_schema()
    return _strict(whole, whole.get("$defs", {}), _KEPT | _BOUNDS if bounds else _KEPT)


def _strict(part: Mapping[str, Any], definitions: Mapping[str, Any], kept: frozenset[str]) -> dict[str, Any]:
    if "$ref" in part:
        return _strict(definitions[part["$ref"].rpartition("/")[2]], definitions, kept)
    found = {name: value for name, value in part.items() if name in kept}
    if "properties" in part:
        properties = {name: _strict(each, definitions, kept) for name, each in part["properties"].items()}
        found |= {"properties": properties, "required": list(properties), "additionalProperties": False}
    if "items" in part:
        found["items"] = _strict(part["items"], definitions, kept)
    if "anyOf" in part:
        found["anyOf"] = [_strict(each, definitions, kept) for each in part["anyOf"]]
    return found
