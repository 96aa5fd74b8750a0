"""The condition of a purge: read from its request, and again by the worker that goes on looking for what it matches."""

from __future__ import annotations

from typing import Any

from memorybank.bank.delivery import Delivery
from memorybank.bank.memories import purge, purge_search
from memorybank.handlers.filters import MEMORIES, memory_filter, required_scope, time_bounds
from memorybank.resources.retrieval import PurgeMemoriesRequest
from memorybank.resources.wire import parse


def condition_of(request: PurgeMemoriesRequest) -> purge_search.Condition:
    """Return the condition of a request."""
    accept = memory_filter(request.filter, MEMORIES, groups=request.filter_groups)
    assert accept is not None  # noqa: S101 - the request has a condition
    within = time_bounds(request.filter, field="create_time")
    return purge_search.Condition(accept, scope=required_scope(request.filter), within=within)


def stored_form(request: PurgeMemoriesRequest) -> dict[str, Any]:
    """Return what `finish` reads the condition from."""
    return request.to_wire()


def finish(delivery: Delivery) -> None:
    """Look for the memories that a purge is about, or delete those that it has listed."""
    looking = purge_search.condition_in(delivery.operation)
    if looking is None:
        purge.finish(delivery)
    else:
        purge_search.finish(delivery, condition_of(parse(PurgeMemoriesRequest, looking)))
