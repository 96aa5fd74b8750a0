"""The route tables of all functions. A handler is imported when it is first called, for a router needs tables only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from memorybank.aip.entry import Call
from memorybank.aip.routing import Need, Route

_ENGINES = "reasoningEngines"
_ENGINE = f"{_ENGINES}/{{engine}}"
_MEMORIES = f"{_ENGINE}/memories"
_MEMORY = f"{_MEMORIES}/{{memory}}"
_SESSIONS = f"{_ENGINE}/sessions"
_SESSION = f"{_SESSIONS}/{{session}}"
_REVISIONS = f"{_MEMORY}/revisions"
_OPERATION = f"{_ENGINE}/operations/{{operation}}"


def _route(
    method: str, template: str, handler: str, name: str, *, absolute: bool = False, needs: Need | None = None
) -> Route:
    """Return a route to a handler, named as `module.function` of this package."""

    def handle(service: Any, call: Call) -> Any:
        return _handler(handler)(service, call)

    return Route(method, template, handle, name, absolute=absolute, needs=needs)


@cache
def _handler(name: str) -> Any:
    module, _, function = name.partition(".")
    return getattr(import_module(f"memorybank.handlers.{module}"), function)


def _operations(parent: str) -> tuple[Route, ...]:
    one = f"{parent}/operations/{{operation}}"
    return (
        _route("GET", f"{parent}/operations", "operations.list_operations", "ListOperations"),
        _route("GET", one, "operations.get_operation", "GetOperation"),
        _route("DELETE", one, "operations.delete_operation", "DeleteOperation"),
        _route("POST", f"{one}:cancel", "operations.cancel_operation", "CancelOperation"),
        _route("POST", f"{one}:wait", "operations.wait_operation", "WaitOperation", needs="read"),
    )


PUBLIC: Mapping[str, tuple[Route, ...]] = {
    "engines": (
        _route("POST", _ENGINES, "engines.create_engine", "CreateReasoningEngine"),
        _route("GET", _ENGINES, "engines.list_engines", "ListReasoningEngines"),
        _route("GET", _ENGINE, "engines.get_engine", "GetReasoningEngine"),
        _route("PATCH", _ENGINE, "engines.update_engine", "UpdateReasoningEngine"),
        _route("DELETE", _ENGINE, "engines.delete_engine", "DeleteReasoningEngine"),
    ),
    "generate": (
        _route("POST", f"{_MEMORIES}:generate", "generate.generate_memories", "GenerateMemories"),
        _route("POST", f"{_MEMORIES}:ingestEvents", "generate.ingest_events", "IngestEvents"),
    ),
    "memories": (
        _route("POST", _MEMORIES, "memories.create_memory", "CreateMemory"),
        _route("GET", _MEMORIES, "memories.list_memories", "ListMemories"),
        _route("GET", _MEMORY, "memories.get_memory", "GetMemory"),
        _route("PATCH", _MEMORY, "memories.update_memory", "UpdateMemory"),
        _route("DELETE", _MEMORY, "memories.delete_memory", "DeleteMemory"),
        _route("POST", f"{_MEMORIES}:purge", "memories.purge_memories", "PurgeMemories"),
        _route("POST", f"{_MEMORIES}:erase", "memories.erase_memories", "EraseMemories"),
        _route("POST", f"{_MEMORIES}:reembed", "memories.reembed_memories", "ReembedMemories"),
    ),
    "operations": (
        *_operations(_ENGINE),
        _route("POST", f"{_OPERATION}:rollback", "operations.undo_operation", "RollbackOperation"),
        *_operations(_MEMORY),
        *_operations(_SESSION),
    ),
    "retrieve": (
        _route("POST", f"{_MEMORIES}:retrieve", "retrieve.retrieve_memories", "RetrieveMemories", needs="read"),
        _route("POST", f"{_MEMORIES}:retrieveProfiles", "retrieve.retrieve_profiles", "RetrieveProfiles", needs="read"),
    ),
    "revisions": (
        _route("GET", _REVISIONS, "revisions.list_revisions", "ListMemoryRevisions"),
        _route("GET", f"{_REVISIONS}/{{revision}}", "revisions.get_revision", "GetMemoryRevision"),
    ),
    "sessions": (
        _route("POST", _SESSIONS, "sessions.create_session", "CreateSession"),
        _route("GET", _SESSIONS, "sessions.list_sessions", "ListSessions"),
        _route("GET", _SESSION, "sessions.get_session", "GetSession"),
        _route("PATCH", _SESSION, "sessions.update_session", "UpdateSession"),
        _route("DELETE", _SESSION, "sessions.delete_session", "DeleteSession"),
        _route("POST", f"{_SESSION}:appendEvent", "sessions.append_event", "AppendEvent"),
        _route("GET", f"{_SESSION}/events", "sessions.list_events", "ListEvents"),
    ),
    "rollback": (_route("POST", f"{_MEMORY}:rollback", "rollback.rollback_memory", "RollbackMemory"),),
}
"""What clients call, by function: each is a module of this package."""

PRIVATE: Mapping[str, tuple[Route, ...]] = {
    "sweep": (_route("POST", "/", "sweep.run_sweep", "Sweep", absolute=True, needs="task"),),
    "worker": (_route("POST", "/", "worker.run_task", "RunTask", absolute=True, needs="task"),),
}
"""What only the deployment itself calls: Cloud Scheduler and Cloud Tasks."""


def routes_of(functions: Iterable[str]) -> list[Route]:
    """Return the routes of the named functions, and `/health`, which all of them have."""
    tables = {**PUBLIC, **PRIVATE}
    health = Route("GET", "/health", _health, "Health", absolute=True, needs="nothing")
    return [*(route for name in functions for route in tables[name]), health]


def _health(service: Any, call: Call) -> dict[str, str]:
    del service, call
    return {"status": "ok"}
