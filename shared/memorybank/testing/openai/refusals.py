"""What a scripted server refuses, in the words of the real ones."""

from __future__ import annotations

from typing import Any

from memorybank.testing.openai.kinds import Kind

_STRICT = frozenset({"type", "enum", "const", "properties", "required", "additionalProperties", "items", "anyOf"})

_LIST_BOUNDS = frozenset({"minItems", "maxItems"})


def refusal_of_chat(kind: Kind, body: dict[str, Any]) -> tuple[int, Any] | None:
    """Return the status and the error of a request that this kind of server refuses."""
    return _form(kind, body) or _limit(kind, body) or _messages(kind, body)


def error(message: str, *, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """Return an error in OpenAI's format."""
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


def strictness_problem(schema: Any, *, bounds: bool = True) -> str | None:
    """Return what strict mode does not take in a schema, or None; with `bounds` lists may have a greatest length."""
    if not isinstance(schema, dict):
        return "a schema must be an object"
    if unknown := set(schema) - _STRICT - (_LIST_BOUNDS if bounds else frozenset()):
        return f"{', '.join(sorted(unknown))} is not permitted"
    properties = schema.get("properties", {})
    if schema.get("type") == "object" and (
        schema.get("additionalProperties") is not False or list(properties) != schema.get("required")
    ):
        return "'required' must list all properties, and 'additionalProperties' must be false"
    parts = [*properties.values(), *schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]
    return next(filter(None, (strictness_problem(each, bounds=bounds) for each in parts)), None)


def _form(kind: Kind, body: dict[str, Any]) -> tuple[int, Any] | None:
    form = body.get("response_format")
    if form is None:
        return None
    if form["type"] not in kind.forms:
        return 400, error(f"This model does not support response_format of type '{form['type']}'")
    if form["type"] == "json_schema":
        problem = strictness_problem(form["json_schema"]["schema"], bounds=kind.bounds)
        return (400, error(f"Invalid schema for response_format 'answer': {problem}")) if problem else None
    if "json" not in str(body["messages"]).lower():
        return 400, error("'messages' must contain the word 'json' to use 'response_format' of type 'json_object'")
    return None


def _limit(kind: Kind, body: dict[str, Any]) -> tuple[int, Any] | None:
    sent = {name: body[name] for name in ("max_tokens", "max_completion_tokens") if name in body}
    for name in set(sent) - kind.limits:
        return 400, error(f"Unsupported parameter: '{name}' is not supported with this model.", param=name)
    asked = sum(sent.values()) + len(str(body["messages"])) // 4
    if kind.context and asked > kind.context:
        return 400, error(f"This model's maximum context length is {kind.context} tokens. You requested {asked}.")
    return None


def _messages(kind: Kind, body: dict[str, Any]) -> tuple[int, Any] | None:
    if not kind.system and any(each["role"] == "system" for each in body["messages"]):
        return 400, error("System role not supported")
    if not kind.pictures and isinstance(body["messages"][-1]["content"], list):
        return 400, error("this model is missing data required for image input")
    return None
