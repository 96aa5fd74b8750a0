"""The JSON schema of an answer in the subset that every server's structured output accepts.

It is OpenAI's strict mode: each object lists all its properties as required and allows no others. References are
replaced by what they refer to, and keywords outside the subset (such as maxItems) are left out.
Source: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

_KEPT = frozenset({"type", "enum", "const"})


def strict_schema(answer: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of an answer."""
    whole = answer.model_json_schema()
    return _strict(whole, whole.get("$defs", {}))


def _strict(part: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in part:
        return _strict(definitions[part["$ref"].rpartition("/")[2]], definitions)
    found = {name: value for name, value in part.items() if name in _KEPT}
    if "properties" in part:
        properties = {name: _strict(each, definitions) for name, each in part["properties"].items()}
        found |= {"properties": properties, "required": list(properties), "additionalProperties": False}
    if "items" in part:
        found["items"] = _strict(part["items"], definitions)
    if "anyOf" in part:
        found["anyOf"] = [_strict(each, definitions) for each in part["anyOf"]]
    return found
