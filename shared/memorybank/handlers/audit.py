"""The audit log: one JSON line for each call that says who did what to whose memories, and never what they say.

A scope's values identify people, so a line has the scope's key and the names of its pairs.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import IO, Any

from memorybank.aip.entry import Seen
from memorybank.aip.routing import Route
from memorybank.handlers.request_context import Service
from memorybank.resources.scopes import scope_key

_PARTS = ("project", "location", "engine", "memory", "revision", "session", "operation")
_USER = "user_id"

_NAMES = 5
"""How many names of a scope's pairs are written: more than it may have are a mistake."""


def audit_log(stream: IO[str] | None = None) -> Callable[[Seen[Service]], None]:
    """Return what writes a line for each call to `stream`, standard output by default."""
    lock = threading.Lock()

    def record(seen: Seen[Service]) -> None:
        if seen.route is None or seen.route.needs in ("nothing", "task"):
            return
        line = json.dumps(_entry(seen, seen.route), ensure_ascii=True)
        with lock:
            target = stream or sys.stdout
            target.write(f"{line}\n")
            target.flush()

    return record


def _entry(seen: Seen[Service], route: Route) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "severity": "NOTICE",
        "message": "audit",
        "time": datetime.now(UTC).isoformat(),
        "method": route.name,
        "caller": None if seen.service is None else seen.service.caller,
        "outcome": seen.outcome,
    }
    entry |= {part: seen.params[part] for part in _PARTS if part in seen.params}
    return entry | _whose(seen.body)


def _whose(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the key and the names of the scope that a body names, itself or as the user of a session."""
    user = body.get("userId", body.get(_USER))
    scope = body.get("scope", {_USER: user} if isinstance(user, str) else None)
    if not (isinstance(scope, dict) and scope and all(isinstance(value, str) for value in scope.values())):
        return {}
    try:
        return {"scopeKey": scope_key(scope), "scopeKeys": sorted(scope)[:_NAMES]}
    except UnicodeEncodeError:  # half a surrogate pair: no scope that there is
        return {}
