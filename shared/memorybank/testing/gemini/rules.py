"""What Gemini refuses: models that are closed to new users, and generation options that a model does not accept.

Independent of the adapter's own table (`models/gemini/families.py`), so that each can prove the other wrong.
Source: the pages of Google's models, read 2026-11-28.
"""

from __future__ import annotations

import re
from typing import Any

from memorybank.testing.gemini.requests import Asked

CLOSED = frozenset({"gemini-2.5-flash", "gemini-2.5-pro"})
"""Models that are closed to new users."""

MAX_OUTPUT = 32_768
"""The most output tokens of an answer that is not streamed."""

_GENERATION = re.compile(r"gemini-(\d+)(?:\.(\d+))?")
_SAMPLING = ("temperature", "topP", "topK")
_SAMPLING_ENDS = (3, 5)
_LEVELS_BEGIN = (3, 0)
_MINIMAL_ENDS = (3, 7)


def refusal_of_options(asked: Asked) -> str | None:
    """Return why a generation is refused with 400, or None if its model accepts it."""
    config = asked.body.get("generationConfig") or {}
    if config.get("maxOutputTokens", 0) > MAX_OUTPUT:
        return f"max_output_tokens must be at most {MAX_OUTPUT} unless the answer is streamed"
    generation = _generation_of(asked.model)
    if generation >= _SAMPLING_ENDS and any(name in config for name in _SAMPLING):
        return "temperature, top_p and top_k are not supported by this model"
    thinking: dict[str, Any] = {name.replace("_", "").lower(): told for name, told in _thinking(config).items()}
    level, budget = str(thinking.get("thinkinglevel") or "").upper(), thinking.get("thinkingbudget")
    if budget is not None and generation >= _LEVELS_BEGIN:
        return "thinking_budget is not supported by this model: use thinking_level"
    if level and generation < _LEVELS_BEGIN:
        return "thinking_level is not supported by this model"
    if level == "MINIMAL" and generation >= _MINIMAL_ENDS:
        return "thinking level MINIMAL is not supported by this model"
    return None


def _thinking(config: dict[str, Any]) -> dict[str, Any]:
    return config.get("thinkingConfig") or {}


def _generation_of(model: str) -> tuple[int, int]:
    """Return the generation of a model; an alias means the newest."""
    match = _GENERATION.match(model)
    if match is None:
        return (99, 0) if model.endswith("-latest") else (0, 0)
    return int(match[1]), int(match[2] or 0)
