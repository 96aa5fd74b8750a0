"""Reads the arguments of a call: names from its path, pages and masks from its query, messages from its body."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from memorybank.access.media import MediaUris
from memorybank.access.rights import UNLIMITED, Rights
from memorybank.aip.entry import Call
from memorybank.aip.field_mask import masked_body, parse_mask, require_reachable
from memorybank.aip.ordering import parse_order_by
from memorybank.aip.pagination import decode_token, encode_token, page_size
from memorybank.bank import operations
from memorybank.bank.listing import Cursor
from memorybank.bank.ports import Ports
from memorybank.bank.project_names import ProjectNames
from memorybank.errors import InvalidArgument, Violation
from memorybank.ports.documents import Order
from memorybank.ports.tasks import Attempt
from memorybank.resources.memory import OWN
from memorybank.resources.names import EngineName, check_segment
from memorybank.resources.operation import Operation
from memorybank.resources.wire import WireModel, parse, parse_timestamp

ModelT = TypeVar("ModelT", bound=WireModel)

_LOCATION = re.compile("projects/([^/]+)/locations/([^/]+)")
_SESSION = re.compile("(?:projects/([^/]+)/locations/([^/]+)/)?reasoningEngines/([^/]+)/sessions/([^/]+)")

_RANKING = ("response", "contextSpec", "memoryBankConfig", "similaritySearchConfig", "ranking")

MOST_WAITING = 8
"""The most calls that wait for operations at once. Each holds a thread, and a server has at least 32."""

SHORT_WAIT = timedelta(seconds=0.25)
"""How long the others wait: who is answered at once asks again at once, and 32 of them kept a processor busy."""


def _waiters() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(MOST_WAITING)


@dataclass(frozen=True)
class Service:
    """What handlers work with: the ports, and how this deployment answers.

    `project` and `location` apply to calls that name none (express mode). `project_number` is another name of the
    project. `sync_wait` is how long a call waits for the operation it started. `receive` reads a delivery of the task
    queue from its headers and body, and returns None if the task came too early and was rescheduled. `check` raises if
    background work has stopped. `caller` is the caller's email, None if unknown. `rights` are the caller's rights; the
    ports enforce them.
    `media` lists the URIs that callers may use for media.
    `waiters` limits how many calls wait for operations at once.
    `projects` finds engines by the number or the id of their project; None where only the configured number is known.
    """

    ports: Ports
    project: str
    location: str
    project_number: str | None = None
    sync_wait: timedelta = timedelta(0)
    receive: Callable[[Mapping[str, str], Mapping[str, Any]], Attempt | None] | None = None
    rights: Rights = UNLIMITED
    caller: str | None = None
    check: Callable[[], None] | None = None
    media: MediaUris = field(default_factory=MediaUris)
    waiters: threading.Semaphore = field(default_factory=_waiters)
    projects: ProjectNames | None = None


@dataclass(frozen=True)
class Page:
    """Which page of a list a call asks for."""

    limit: int
    after: Cursor | None
    binding: str

    def answer(self, field: str, items: list[dict[str, Any]], cursor: Cursor | None) -> dict[str, Any]:
        """Return a page in its wire format, with a token only if there is more."""
        answer: dict[str, Any] = {field: items} if items else {}
        if cursor is not None:
            answer["nextPageToken"] = encode_token(cursor, binding=self.binding)
        return answer


def engine_name(service: Service, call: Call, *, identifier: str | None = None) -> EngineName:
    """Return the engine that a call's path names; with `identifier`, the one with that id in the call's location.

    Calls on the collection that name no project in their path may do so in their query, as `parent`.
    """
    project = call.params.get("project", service.project)
    location = call.params.get("location", service.location)
    if identifier and "project" not in call.params and (parent := call.query.get("parent")):
        named = _LOCATION.fullmatch(parent)
        if named is None:
            raise InvalidArgument.of(Violation("parent", "must be projects/{project}/locations/{location}"))
        project, location = named.groups()
    if project == service.project_number:
        project = service.project
    name = _engine(project, location, identifier or call.params["engine"])
    return name if identifier else stored_name(service, name)


@lru_cache(maxsize=256)
def _engine(project: str, location: str, identifier: str) -> EngineName:
    return EngineName(
        check_segment(project, field="project"),
        check_segment(location, field="location"),
        check_segment(identifier, field="reasoningEngine"),
    )


def stored_name(service: Service, name: EngineName) -> EngineName:
    """Return the name by which an engine is stored, which may have its project's id for a number, or the reverse."""
    return name if service.projects is None else service.projects.stored(service.ports.store, name)


def memory_path(engine: EngineName, call: Call) -> str:
    """Return the document path of the memory that a call's path names."""
    return engine.child("memories", check_segment(call.params["memory"], field="memory"))


def session_of_engine(service: Service, engine: EngineName, name: str, *, field: str) -> str:
    """Return the id of the session that a request names, which must belong to the engine."""
    named = _SESSION.fullmatch(name)
    if named is None:
        raise InvalidArgument.of(Violation(field, "must be projects/P/locations/L/reasoningEngines/E/sessions/S"))
    project, location, identifier, session = named.groups()
    project = service.project if project in (None, service.project_number) else project
    if identifier != engine.engine or engine != stored_name(
        service, EngineName(project, location or service.location, identifier)
    ):
        raise InvalidArgument.of(Violation(field, f"must be a session of the engine that is called, {engine}"))
    return check_segment(session, field=field)


def read_update(
    call: Call, model: type[ModelT], *, fields: Collection[str], maps: Collection[str], beside: Collection[str] = ()
) -> tuple[ModelT, tuple[str, ...] | None]:
    """Return the changes in the body of an update, and its mask (None if it has none); nothing else is read.

    `fields` may be changed, of `maps` also single keys; `beside` are the fields that say how to update.
    """
    allowed = [f"{field}.*" if field in maps else field for field in sorted(fields)]
    mask = parse_mask(call.query.get("updateMask"), allowed=allowed)
    require_reachable(mask, maps=maps)
    return parse(model, masked_body(call.body, mask, maps=maps, beside=beside)), mask


NEWEST_FIRST = Order("create_time", descending=True)
"""The order of a list that names none."""


def read_time(query: Mapping[str, Any]) -> datetime | None:
    """Read `readTime`, the time of which a list is to show what the bank knew; None without it."""
    text = query.get("readTime")
    if not text:
        return None
    try:
        return parse_timestamp(text)
    except ValueError as error:
        raise InvalidArgument.of(Violation("readTime", str(error))) from None


def order_by_time(query: Mapping[str, Any]) -> Order:
    """Read `orderBy` for a list sorted by creation or update time; newest first unless it says otherwise."""
    allowed = {"create_time": "create_time", "update_time": "update_time"}
    orders = parse_order_by(query.get("orderBy"), allowed=allowed) or (("create_time", True),)
    if len(orders) > 1:
        raise InvalidArgument.of(Violation("orderBy", "name one field: create_time or update_time, alone or with desc"))
    [(field, descending)] = orders
    return Order(field, descending=descending)


def page(query: Mapping[str, Any], *, binding: tuple[Any, ...], default: int = 100, maximum: int = 1000) -> Page:
    """Read `pageSize` and `pageToken`; `binding` is the rest of the request, for which alone its token is valid."""
    bound = json.dumps(binding, sort_keys=True)
    size = page_size(query.get("pageSize"), default=default, maximum=maximum)
    token = query.get("pageToken")
    return Page(size, decode_token(token, binding=bound) if token else None, bound)


def answer_operation(service: Service, engine: EngineName, call: Call, *, operation: Operation) -> dict[str, Any]:
    """Return a new operation, after waiting a little for it to finish.

    One that has failed in the meantime is returned as still running: clients look for an error only when they poll.
    """
    if not operation.done and service.sync_wait:
        parent, _, identifier = operation.name.rpartition("/operations/")
        now = wait_for(service, engine, identifier, parent=parent, timeout=service.sync_wait)
        operation = operation if now.error else now
    return shown(call, operation)


def wait_for(service: Service, engine: EngineName, identifier: str, *, parent: str, timeout: timedelta) -> Operation:
    """Return the operation when it is done or the time-out is over.

    It waits but shortly while too many calls are waiting: they must not use up the threads that serve others.
    """
    waits = service.waiters.acquire(blocking=False)
    try:
        longest = timeout if waits else min(timeout, SHORT_WAIT)
        return operations.wait(service.ports, engine, identifier, parent=parent, timeout=longest)
    finally:
        if waits:
            service.waiters.release()


def shown(call: Call, operation: Operation) -> dict[str, Any]:
    """Return an operation with this bank's additions, except for clients that refuse unknown fields."""
    wire = operation.to_wire(call.version)
    if "response" in wire:
        wire["response"] = shown_memory(call, wire["response"])
    if _refuses_unknown_fields(call):
        return _without(wire, _RANKING)
    wire["metadata"] |= operation.extras()
    return wire


def shown_memory(call: Call, wire: dict[str, Any]) -> dict[str, Any]:
    """Return a memory in its wire format; Google's clients get only the fields that they know."""
    if "x-goog-api-client" not in call.headers:
        return wire
    return {name: value for name, value in wire.items() if name not in OWN}


def _refuses_unknown_fields(call: Call) -> bool:
    """Tell whether it is one of Google's generated clients: they refuse them in operations that they poll."""
    return "gax/" in call.headers.get("x-goog-api-client", "")


def _without(data: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    first, *rest = path
    if first not in data:
        return data
    others = {name: value for name, value in data.items() if name != first}
    return {**others, first: _without(data[first], rest)} if rest else others
