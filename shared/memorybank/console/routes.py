"""Which page answers which address."""

from __future__ import annotations

import re
from collections.abc import Mapping

from memorybank.console.pages import banks, configuration, memories, memory, operations, overview, scopes, sessions
from memorybank.console.visit import Handler
from memorybank.errors import NotFound

_ENGINE = "(?P<engine>projects/[^/]+/locations/[^/]+/reasoningEngines/[^/]+)"
_MEMORY = f"(?P<memory>{_ENGINE}/memories/[^/:]+)"
_SESSION = f"(?P<session>{_ENGINE}/sessions/[^/:]+)"
_OPERATION = f"(?P<operation>{_ENGINE}(?:/(?:memories|sessions)/[^/]+)?/operations/[^/:]+)"

_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "", banks.show),
    ("POST", "banks", banks.create),
    ("GET", _ENGINE, scopes.show),
    ("GET", f"{_ENGINE}/overview", overview.show),
    ("GET", f"{_ENGINE}/configuration", configuration.show),
    ("POST", f"{_ENGINE}/configuration", configuration.change),
    ("GET", f"{_ENGINE}/scope", memories.show),
    ("POST", f"{_ENGINE}/scope:erase", memories.erase),
    ("POST", f"{_ENGINE}/memories", memories.create),
    ("GET", _MEMORY, memory.show),
    ("POST", f"{_MEMORY}:change", memory.change),
    ("POST", f"{_MEMORY}:delete", memory.delete),
    ("POST", f"{_MEMORY}:rollback", memory.roll_back),
    ("GET", f"{_ENGINE}/operations", operations.show_all),
    ("GET", _OPERATION, operations.show),
    ("POST", f"{_OPERATION}:(?P<verb>rollback|retry|cancel)", operations.act),
    ("GET", f"{_ENGINE}/sessions", sessions.show_all),
    ("GET", _SESSION, sessions.show),
)
_COMPILED = [(method, re.compile(pattern), handler) for method, pattern, handler in _ROUTES]


def find(method: str, path: str) -> tuple[Handler, Mapping[str, str]]:
    """Return the handler of a page by its path below the console, and the names in the path."""
    for each, pattern, handler in _COMPILED:
        if each == method and (found := pattern.fullmatch(path)):
            return handler, found.groupdict()
    raise NotFound(f"There is no page for {method} {path[:200]!r}.")
