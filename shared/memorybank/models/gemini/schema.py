"""The form of an answer as Gemini accepts it: lists of objects without bounds.

Gemini expands a schema into states and refuses one that has too many, since 2026 with a bare INVALID_ARGUMENT. A bound
counts as often as the list may be long, times what its items have: a few hundred objects are too many. Lists of words
keep theirs. Answers are bounded by the most output tokens all the same.
Sources: https://github.com/googleapis/python-genai/issues/2170, https://github.com/vercel/ai/issues/21192, and
https://github.com/googleapis/python-genai/issues/660.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

_OF_WORDS = frozenset({"string", "integer", "number", "boolean"})


@lru_cache(maxsize=64)
def gemini_form(answer: type[BaseModel]) -> type[BaseModel]:
    """Return the same form of an answer with the schema that Gemini accepts; google-genai asks the class for it."""

    def model_json_schema(cls: type[BaseModel], *args: Any, **kwargs: Any) -> Any:  # noqa: ARG001 - as of pydantic
        return _unbounded(answer.model_json_schema(*args, **kwargs))

    return type(answer.__name__, (answer,), {"model_json_schema": classmethod(model_json_schema)})


def _unbounded(part: Any) -> Any:
    if isinstance(part, list):
        return [_unbounded(each) for each in part]
    if not isinstance(part, dict):
        return part
    items = part.get("items")
    bounded = not isinstance(items, dict) or items.get("type") in _OF_WORDS
    return {name: _unbounded(value) for name, value in part.items() if bounded or name != "maxItems"}
