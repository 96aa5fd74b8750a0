"""Pydantic's validation errors as the API's violations: with wire names, and with what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from memorybank.errors import Violation

_SHOWN = 128
"""The most characters of a key that an error repeats."""

_MAX_VIOLATIONS = 100
"""The most violations in one response; a list may have one for each of its entries."""

_FREE_MAPS = frozenset({"scope", "labels", "revisionLabels", "metadata"})
"""Fields whose keys are chosen by the caller and keep their spelling."""


def violations_of(error: ValidationError, *, prefix: str) -> list[Violation]:
    """Return the violations in a message, in the API's terms; at most 100."""
    found = [v for details in error.errors(include_url=False) for v in _violations(details, prefix)]
    return found[:_MAX_VIOLATIONS]


def _violations(details: ErrorDetails, prefix: str) -> list[Violation]:
    location = _path(prefix, details["loc"])
    context = details.get("ctx", {})
    if details["type"] == "violations":
        return [Violation(_path(location, [field]) or "body", text) for field, text in context["violations"]]
    return [Violation(location or "body", _describe(details))]


def _path(prefix: str, parts: Iterable[int | str]) -> str:
    path, last = prefix, prefix.rpartition(".")[2]
    for part in parts:
        if part in ("", "[key]"):
            continue
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            last = part if last in _FREE_MAPS or "_" not in part.strip("_") else to_camel(part)
            path += ("." if path else "") + last[:_SHOWN]
    return path


def _describe(details: ErrorDetails) -> str:
    kind, message, context = details["type"], details["msg"], details.get("ctx", {})
    described = {
        "missing": "is required",
        "extra_forbidden": "is not a field of this message, or is given in both spellings",
        "string_too_long": f"must have at most {context.get('max_length')} characters",
        "string_too_short": "must not be empty",
        "too_long": f"must have at most {context.get('max_length')} entries",
        "too_short": f"must have at least {context.get('min_length')} entries",
        "value_error": message.removeprefix("Value error, "),
        "model_type": "must be an object",
        "dict_type": "must be an object",
        "list_type": "must be a list",
        "string_type": "must be a string",
        "bool_type": "must be true or false",
    }
    text = described.get(kind, message)
    if kind.endswith("_type"):
        text += f", not {_json_kind(details['input'])}"
    return text


def _json_kind(value: Any) -> str:
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null")
