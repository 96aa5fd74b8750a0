"""The function that finds memories: `memories:retrieve` and `memories:retrieveProfiles`."""

from __future__ import annotations

from typing import Any

from memorybank.aip.entry import Call
from memorybank.bank.memories import profiles, retrieve
from memorybank.bank.memories.found import FoundMemory
from memorybank.handlers.filters import RETRIEVE, memory_filter
from memorybank.handlers.request_context import Service, engine_name, page, shown_memory
from memorybank.resources.profiles import RetrieveProfilesRequest
from memorybank.resources.retrieval import (
    DEFAULT_RESULTS,
    MAX_RESULTS,
    RetrieveMemoriesRequest,
    SimpleRetrievalParams,
)
from memorybank.resources.wire import format_timestamp, parse

_SDK = "vertex-genai-modules"
_WHOLE = 1000


def retrieve_memories(service: Service, call: Call) -> dict[str, Any]:
    """Return the memories of a scope, by similarity or page by page."""
    engine = engine_name(service, call)
    request = parse(RetrieveMemoriesRequest, call.body)
    service.rights.require_scope(engine, request.scope, write=False)
    accept = memory_filter(request.filter, RETRIEVE, groups=request.filter_groups)
    if request.similarity_search_params is not None:
        found = retrieve.retrieve_similar(service.ports, engine, request, accept=accept)
        return {"retrievedMemories": _wire(call, found)} if found else {}
    params = request.simple_retrieval_params or SimpleRetrievalParams()
    asked = page(
        {"pageSize": params.page_size, "pageToken": params.page_token},
        binding=(
            str(engine),
            request.scope,
            request.filter,
            request.memory_types,
            _wire_groups(request),
            _read_time(request),
        ),
        default=_WHOLE if _cannot_page(call) else DEFAULT_RESULTS,
        maximum=MAX_RESULTS,
    )
    found, cursor = retrieve.retrieve_page(
        service.ports, engine, request, accept=accept, limit=asked.limit, after=asked.after
    )
    return asked.answer("retrievedMemories", _wire(call, found), cursor)


def retrieve_profiles(service: Service, call: Call) -> dict[str, Any]:
    """Return the structured profiles of a scope, by schema."""
    engine = engine_name(service, call)
    request = parse(RetrieveProfilesRequest, call.body)
    service.rights.require_scope(engine, request.scope, write=False)
    found = profiles.retrieve(service.ports, engine, request.scope)
    return {"profiles": {schema: profile.to_wire() for schema, profile in found.items()}}


def _wire_groups(request: RetrieveMemoriesRequest) -> list[dict[str, Any]]:
    return [group.to_wire() for group in request.filter_groups]


def _read_time(request: RetrieveMemoriesRequest) -> str | None:
    return None if request.read_time is None else format_timestamp(request.read_time)


def _wire(call: Call, found: list[FoundMemory]) -> list[dict[str, Any]]:
    wires = [each.to_wire() for each in found]
    for wire in wires:
        wire["memory"] = shown_memory(call, wire["memory"])
    return wires


def _cannot_page(call: Call) -> bool:
    """Tell whether the client cannot follow a page token: Google's SDK for Python has no field to send it in.

    Its iterators end only on a response without a token, so it gets all memories at once unless it sets a page size.
    """
    return _SDK in call.headers.get("x-goog-api-client", "")
