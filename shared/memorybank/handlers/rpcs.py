"""The methods of the API, one row each: the path of a method, the function that serves it, and the access it needs.

Route tables, the router, the load balancer's rules, telemetry and access control read these rows. A row is plain data:
it names its handler as text, so that a router that only forwards calls loads no handler.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from memorybank.aip.routing import Need
from memorybank.resources import operation_kinds as kinds
from memorybank.resources.operation_kinds import OperationKind


@dataclass(frozen=True)
class Rpc:
    """One method: `method`, `template` and `query` as in `Route`, and the deployed `function` that serves it.

    `handler` is `module:function`. `needs` is what a caller must be allowed to do, as in `Route`. `telemetry` is the
    name that the GenAI conventions have for it, `operation` the kind of the long-running operation that it answers.
    """

    name: str
    function: str
    method: str
    template: str
    handler: str
    needs: Need | None = None
    absolute: bool = False
    telemetry: str | None = None
    operation: OperationKind | None = None
    query: tuple[str, ...] | None = ()

    @property
    def public(self) -> bool:
        """Whether it is called by clients rather than by the deployment itself."""
        return self.needs != "task"


_LOCATIONS = "projects/{project}/locations"
_ENGINES = "reasoningEngines"
_ENGINE = f"{_ENGINES}/{{engine}}"
_MEMORIES = f"{_ENGINE}/memories"
_MEMORY = f"{_MEMORIES}/{{memory}}"
_SESSIONS = f"{_ENGINE}/sessions"
_SESSION = f"{_SESSIONS}/{{session}}"
_REVISIONS = f"{_MEMORY}/revisions"
_REVISION = f"{_REVISIONS}/{{revision}}"
_SINGULAR = f"{_MEMORY}/revision/{{revision}}"  # Google's guide writes revision names this way
_OPERATION = f"{_ENGINE}/operations/{{operation}}"
_PAGE = ("pageSize", "pageToken")
_LIST = (*_PAGE, "filter")
_ORDERED = (*_LIST, "orderBy")
_MASK = ("updateMask",)


def _rpc(  # noqa: PLR0917 - the columns of the table
    name: str | OperationKind,
    method: str,
    template: str,
    handler: str,
    *,
    needs: Need | None = None,
    telemetry: str | None = None,
    query: tuple[str, ...] | None = (),
) -> Rpc:
    """Return a row. A method that returns an operation has the operation's kind in place of a name.

    The handler is named without its package; it is in the module of the function that serves it.
    """
    function, absolute = handler.partition(":")[0], template.startswith("/")
    kind = name if isinstance(name, OperationKind) else None
    return Rpc(
        name=name.name if isinstance(name, OperationKind) else name,
        function=function,
        method=method,
        template=template,
        handler=f"memorybank.handlers.{handler}",
        needs=needs,
        absolute=absolute,
        telemetry=telemetry,
        operation=kind,
        query=None if absolute else query,
    )


def _operations(parent: str) -> tuple[Rpc, ...]:
    """Return the methods for operations under a resource, or for an empty parent under a location."""
    every = f"{parent}/operations".removeprefix("/")
    one = f"{every}/{{operation}}"
    return (
        _rpc(
            "ListOperations",
            "GET",
            every,
            "operations:list_operations",
            query=(*_LIST, "returnPartialSuccess"),
        ),
        _rpc("GetOperation", "GET", one, "operations:get_operation"),
        _rpc("DeleteOperation", "DELETE", one, "operations:delete_operation"),
        _rpc("CancelOperation", "POST", f"{one}:cancel", "operations:cancel_operation"),
        _rpc("WaitOperation", "POST", f"{one}:wait", "operations:wait_operation", needs="read", query=("timeout",)),
    )


_TABLE: Sequence[Rpc] = (
    _rpc(
        kinds.CREATE_ENGINE,
        "POST",
        _ENGINES,
        "engines:create_engine",
        telemetry="create_memory_store",
        query=("parent",),
    ),
    _rpc("ListLocations", "GET", _LOCATIONS, "engines:list_locations", query=(*_LIST, "extraLocationTypes")),
    _rpc("GetLocation", "GET", f"{_LOCATIONS}/{{location}}", "engines:get_location"),
    *(
        _rpc(
            f"{verb[0].upper()}{verb[1:]}", "POST", f"{_ENGINE}:{verb}", "engines:refuse_iam", needs="read", query=None
        )
        for verb in ("getIamPolicy", "setIamPolicy", "testIamPermissions")
    ),
    _rpc("ListReasoningEngines", "GET", _ENGINES, "engines:list_engines", query=(*_LIST, "parent")),
    _rpc("GetReasoningEngine", "GET", _ENGINE, "engines:get_engine"),
    _rpc(kinds.UPDATE_ENGINE, "PATCH", _ENGINE, "engines:update_engine", query=_MASK),
    _rpc(
        kinds.DELETE_ENGINE,
        "DELETE",
        _ENGINE,
        "engines:delete_engine",
        telemetry="delete_memory_store",
        query=("force",),
    ),
    _rpc(
        kinds.GENERATE_MEMORIES,
        "POST",
        f"{_MEMORIES}:generate",
        "generate:generate_memories",
        telemetry="upsert_memory",
    ),
    _rpc(kinds.INGEST_EVENTS, "POST", f"{_MEMORIES}:ingestEvents", "generate:ingest_events"),
    _rpc(
        kinds.CREATE_MEMORY, "POST", _MEMORIES, "memories:create_memory", telemetry="create_memory", query=("memoryId",)
    ),
    _rpc("ListMemories", "GET", _MEMORIES, "memories:list_memories", query=(*_ORDERED, "readTime")),
    _rpc("GetMemory", "GET", _MEMORY, "memories:get_memory"),
    _rpc("ExplainMemory", "GET", f"{_MEMORY}:explain", "memories:explain_memory", query=_PAGE),
    _rpc(kinds.UPDATE_MEMORY, "PATCH", _MEMORY, "memories:update_memory", telemetry="update_memory", query=_MASK),
    _rpc(kinds.DELETE_MEMORY, "DELETE", _MEMORY, "memories:delete_memory", telemetry="delete_memory"),
    _rpc(kinds.PURGE_MEMORIES, "POST", f"{_MEMORIES}:purge", "memories:purge_memories"),
    _rpc("EraseMemories", "POST", f"{_MEMORIES}:erase", "memories:erase_memories"),
    _rpc(kinds.REEMBED_MEMORIES, "POST", f"{_MEMORIES}:reembed", "memories:reembed_memories"),
    _rpc("ListScopes", "GET", f"{_ENGINE}/scopes", "memories:list_scopes", query=(*_PAGE, "prefix")),
    _rpc("ListWaiting", "GET", f"{_ENGINE}/scopes:waiting", "memories:list_waiting", query=("scope",)),
    _rpc(kinds.BATCH_CREATE_MEMORIES, "POST", f"{_MEMORIES}:batchCreate", "memories:batch_create_memories"),
    _rpc(
        "ExportMemories", "GET", f"{_MEMORIES}:export", "memories:export_memories", query=(*_PAGE, "includeEmbeddings")
    ),
    *_operations(""),
    *_operations(_ENGINE),
    _rpc(kinds.ROLLBACK_OPERATION, "POST", f"{_OPERATION}:rollback", "operations:undo_operation"),
    _rpc("RetryOperation", "POST", f"{_OPERATION}:retry", "operations:retry_operation"),
    *_operations(_MEMORY),
    *_operations(_SESSION),
    _rpc(
        "RetrieveMemories",
        "POST",
        f"{_MEMORIES}:retrieve",
        "retrieve:retrieve_memories",
        needs="read",
        telemetry="search_memory",
    ),
    _rpc("RetrieveProfiles", "POST", f"{_MEMORIES}:retrieveProfiles", "retrieve:retrieve_profiles", needs="read"),
    _rpc("ListMemoryRevisions", "GET", _REVISIONS, "revisions:list_revisions", query=_LIST),
    *(
        row
        for one in (_REVISION, _SINGULAR)
        for row in (
            _rpc("GetMemoryRevision", "GET", one, "revisions:get_revision"),
            _rpc("ListMemoryRevisions", "GET", f"{one}/revisions", "revisions:list_revisions", query=_LIST),
        )
    ),
    _rpc(kinds.CREATE_SESSION, "POST", _SESSIONS, "sessions:create_session", query=("sessionId",)),
    _rpc("ListSessions", "GET", _SESSIONS, "sessions:list_sessions", query=_ORDERED),
    _rpc("GetSession", "GET", _SESSION, "sessions:get_session"),
    _rpc("UpdateSession", "PATCH", _SESSION, "sessions:update_session", query=(*_MASK, "sessionId")),
    _rpc(kinds.DELETE_SESSION, "DELETE", _SESSION, "sessions:delete_session"),
    _rpc("CompactSession", "POST", f"{_SESSION}:compact", "sessions:compact_session", query=None),
    _rpc("AppendEvent", "POST", f"{_SESSION}:appendEvent", "sessions:append_event"),
    _rpc("ListEvents", "GET", f"{_SESSION}/events", "sessions:list_events", query=_ORDERED),
    _rpc(
        kinds.ROLLBACK_MEMORY,
        "POST",
        f"{_MEMORY}:rollback",
        "rollback:rollback_memory",
        telemetry="update_memory",
    ),
    _rpc("Sweep", "POST", "/", "sweep:run_sweep", needs="task"),
    _rpc("RunTask", "POST", "/", "worker:run_task", needs="task"),
)

_REGISTERED: list[Rpc] = list(_TABLE)


def all_rpcs() -> Sequence[Rpc]:
    """Return all methods currently registered."""
    return tuple(_REGISTERED)


def telemetry_name(name: str) -> str:
    """Return the name of a method in spans and metrics: that of the conventions, or else its own."""
    return next((rpc.telemetry for rpc in _REGISTERED if rpc.name == name and rpc.telemetry), name)


@contextmanager
def registered(rpc: Rpc) -> Iterator[None]:
    """Register a method and the kind of its operation until the block ends; applications created in it have both."""
    if rpc.operation is not None:
        kinds.register(rpc.operation)
    _REGISTERED.append(rpc)
    try:
        yield
    finally:
        _REGISTERED.remove(rpc)
        if rpc.operation is not None:
            kinds.unregister(rpc.operation)
