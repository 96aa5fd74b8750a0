"""Keeps what was read of short texts: the same sentence, or memory, is looked at several times in a row."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

_LONGEST = 2048
"""The characters of the texts that are kept as one: what is kept must not grow with what callers send."""

_MOST = 512
"""How many texts are kept for each way of reading them."""

_P = ParamSpec("_P")
_R = TypeVar("_R")
_clear: list[Callable[[], None]] = []


class _Cache(Protocol):
    def cache_clear(self) -> None: ...


_C = TypeVar("_C", bound=_Cache)


def kept(read: Callable[Concatenate[str, _P], _R]) -> Callable[Concatenate[str, _P], _R]:
    """Return a function that reads a text as `read` does, and remembers the last short ones.

    All positional arguments that are texts count for the length.
    """
    cached: Any = lru_cache(maxsize=_MOST)(read)
    _clear.append(cached.cache_clear)

    @wraps(read)
    def remembered(text: str, /, *args: _P.args, **named: _P.kwargs) -> _R:
        size = len(text)
        for each in args:
            size += len(each) if isinstance(each, str) else 0
        found: _R = (cached if size <= _LONGEST else read)(text, *args, **named)
        return found

    return remembered


def forgettable(cache: _C) -> _C:
    """Return a cache with a limit of its own, which `forget` clears, too."""
    _clear.append(cache.cache_clear)
    return cache


def forget() -> None:
    """Forget all texts, as a process that just started."""
    for clear in _clear:
        clear()
