"""Pydantic's validation errors as violations: with wire names, and with what would be right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from memorybank.errors import Violation

_SHOWN = 128
"""The most characters of a key that an error repeats."""

_MAX_VIOLATIONS = 100
"""The most violations in one response; a list may have one for each of its entries."""

_FREE_MAPS = frozenset({"scope", "labels", "revisionLabels", "metadata"})
"""Fields whose keys are chosen by the caller and keep their spelling."""

_MEANT = {
    "messages": 'directContentsSource.events, each {"content": {"role": "user", "parts": [{"text": "..."}]}}',
    "events": "directContentsSource.events",
    "userId": 'scope, such as {"user_id": "..."}',
    "agentId": 'scope, such as {"agent_id": "..."}',
    "query": "similaritySearchParams.searchQuery",
    "searchQuery": "similaritySearchParams.searchQuery",
    "limit": "similaritySearchParams.topK, or simpleRetrievalParams.pageSize",
    "topK": "similaritySearchParams.topK",
    "pageSize": "simpleRetrievalParams.pageSize",
    "content": "fact",
    "memory": "fact",
    "text": "fact",
}
"""What is meant by fields of other memory services, or by fields one level too high, where the message has it."""

_SHOWN_FIELDS = 12

SCOPE_REQUIRED = 'is required: whose memories they are, such as {"user_id": "ada"}'
"""What is said where a scope is missing."""


def violations_of(error: ValidationError, *, prefix: str, message: type[BaseModel]) -> list[Violation]:
    """Return the violations in a message, in the API's terms; at most 100."""
    found = (v for details in error.errors(include_url=False) for v in _violations(details, prefix, message))
    return list(islice(found, _MAX_VIOLATIONS))  # there may be many more, and each takes time to describe


def plain_violations_of(error: ValidationError, *, whole: str = "body") -> list[Violation]:
    """Return the violations in a message that is not the API's, such as the arguments of a tool; at most 100.

    Names are spelled as in the message; an error that no part of it has is one of the `whole`.
    """
    found = islice(error.errors(include_url=False), _MAX_VIOLATIONS)
    return [Violation(_path("", details["loc"], spell=str) or whole, _describe(details)) for details in found]


def _violations(details: ErrorDetails, prefix: str, message: type[BaseModel]) -> list[Violation]:
    location = _path(prefix, details["loc"])
    if details["type"] == "extra_forbidden":
        return [Violation(location or "body", _unknown(details["loc"], message))]
    context = details.get("ctx", {})
    if details["type"] == "violations":
        return [Violation(_path(location, [field]) or "body", text) for field, text in context["violations"]]
    return [Violation(location or "body", _describe(details))]


def _path(prefix: str, parts: Iterable[int | str], *, spell: Callable[[str], str] = to_camel) -> str:
    path, last = prefix, prefix.rpartition(".")[2]
    for part in parts:
        if part in ("", "[key]"):
            continue
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            last = part if last in _FREE_MAPS or "_" not in part.strip("_") else spell(part)
            path += ("." if path else "") + last[:_SHOWN]
    return path


def _unknown(path: Sequence[int | str], message: type[BaseModel]) -> str:
    """Say what would be right in place of a field that a message does not have."""
    *parents, name = (str(part) for part in path if isinstance(part, str))
    name = to_camel(name[:_SHOWN]) if "_" in name else name[:_SHOWN]
    known = [to_camel(each) for each in _message_at(message, parents).model_fields]
    says = "is not a field of this message"
    if name in known:
        return f"{says}, or is given in both spellings"
    meant = _MEANT.get(name, "")
    if meant.partition(".")[0].partition(",")[0] in known:
        return f"{says}: do you mean {meant}?"
    if near := get_close_matches(name, known, n=1):
        return f"{says}: do you mean {near[0]}?"
    return f"{says}, which has {', '.join(known)}" if len(known) <= _SHOWN_FIELDS else says


def _message_at(message: type[BaseModel], path: Iterable[str]) -> type[BaseModel]:
    """Return the message at a path of field names; where it leads nowhere, the last one on the way."""
    for name in path:
        field = next((each for key, each in message.model_fields.items() if name in (key, to_camel(key))), None)
        inner = next(_messages_in(field.annotation), None) if field else None
        if inner is None:
            return message
        message = inner
    return message


def _messages_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _messages_in(inner)


def _describe(details: ErrorDetails) -> str:
    kind, message, context = details["type"], details["msg"], details.get("ctx", {})
    described = {
        "missing": SCOPE_REQUIRED if details["loc"][-1:] == ("scope",) else "is required",
        "extra_forbidden": "is not known here",
        "string_too_long": f"must have at most {context.get('max_length')} characters",
        "string_too_short": "must not be empty",
        "too_long": f"must have at most {context.get('max_length')} entries",
        "too_short": "must not be empty"
        if context.get("min_length") == 1
        else f"must have at least {context.get('min_length')} entries",
        "value_error": message.removeprefix("Value error, "),
        "model_type": "must be an object",
        "dict_type": "must be an object",
        "list_type": "must be a list",
        "tuple_type": "must be a list",
        "string_type": "must be a string",
        "bool_type": "must be true or false",
        "bool_parsing": "must be true or false",
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "int_from_float": "must be a whole number",
        "int_parsing_size": "must be a smaller number",
        "float_type": "must be a number",
        "float_parsing": "must be a number",
        "finite_number": "must be a finite number",
        "greater_than_equal": f"must be at least {context.get('ge')}",
        "less_than_equal": f"must be at most {context.get('le')}",
        "greater_than": f"must be greater than {context.get('gt')}",
        "less_than": f"must be less than {context.get('lt')}",
        "literal_error": f"must be {context.get('expected')}",
        "string_pattern_mismatch": f"must match the pattern {context.get('pattern')}",
        "enum": f"must be {context.get('expected')}",
    }
    text = described.get(kind, message.replace("Input should be", "must be"))
    if kind.endswith("_type"):
        text += f", not {_json_kind(details['input'])}"
    return text


def _json_kind(value: Any) -> str:
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null")
