"""Scopes: who or what a memory is about, as one to five pairs of strings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from memorybank.resources.wire import refuse_any
from memorybank.text.kept import forgettable

MAX_PAIRS = 5
MAX_KEY = 128
MAX_VALUE = 1024


def _check(scope: dict[str, str]) -> dict[str, str]:
    refuse_any(_violations(scope))
    return scope


def _violations(scope: dict[str, str]) -> list[tuple[str, str]]:
    found = []
    for key, value in scope.items():
        if not key or len(key) > MAX_KEY or "*" in key:
            found.append((key[:MAX_KEY], f"keys must have 1 to {MAX_KEY} characters and no '*'"))
        if not value or len(value) > MAX_VALUE or "*" in value:
            found.append((key[:MAX_KEY], f"values must have 1 to {MAX_VALUE} characters and no '*'"))
    return found


def _is_map(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise ValueError('must be an object of 1 to 5 pairs of strings, such as {"user_id": "u1"}')  # noqa: TRY004 - pydantic collects ValueError only
    # Counted before its pairs are checked: a body has room for a million invalid ones.
    if not 1 <= len(value) <= MAX_PAIRS:
        raise ValueError(f"must have 1 to {MAX_PAIRS} pairs, not {len(value)}")
    return value


_Key = Annotated[str, Field(min_length=1, max_length=MAX_KEY, pattern=r"^[^*]*$")]
_Value = Annotated[str, Field(min_length=1, max_length=MAX_VALUE, pattern=r"^[^*]*$")]
_Described = Annotated[dict[_Key, _Value], Field(min_length=1, max_length=MAX_PAIRS, examples=[{"user_id": "ada"}])]

Scope = Annotated[dict[str, str], BeforeValidator(_is_map, json_schema_input_type=_Described), AfterValidator(_check)]
"""1 to 5 pairs of strings without `*`, matched exactly, in any order."""


def scope_key(scope: Mapping[str, str]) -> str:
    """Return the hash that identifies a scope: the same for the same pairs in any order."""
    return _key_of(tuple(sorted(scope.items())))


@forgettable
@lru_cache(maxsize=1024)
def _key_of(pairs: tuple[tuple[str, str], ...]) -> str:
    canonical = json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:40]
