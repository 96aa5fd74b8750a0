"""The events of sessions: append them, list them, and read them for a generation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Container, Sequence
from datetime import datetime, timedelta

from memorybank.bank import payloads, sessions
from memorybank.bank.conflict_retry import retry_on_conflict
from memorybank.bank.listing import LARGE_AT_ONCE, Accept, Cursor, documents_of, page_of
from memorybank.bank.ports import Ports
from memorybank.config import MAX_BODY
from memorybank.errors import AlreadyExists, InvalidArgument, MemoryBankError, Violation
from memorybank.ports.clock import id_of
from memorybank.ports.documents import Create, Document, Order, Patch, Query, Where
from memorybank.resources.content import MAX_EVENTS, Content, ContentEvent
from memorybank.resources.generation import DirectContentsSource, GenerateMemoriesRequest
from memorybank.resources.names import EngineName, name_of
from memorybank.resources.session import SessionEvent

_SOURCE = "vertexSessionSource"
EVENT_LIFE = timedelta(days=36500)
"""How long the parts of an event live: they are removed with their session, whose expiry may be postponed."""


def append(ports: Ports, path: str, event: SessionEvent) -> None:
    """Add an event to the session at a document path and apply its change of the session's state, in one commit.

    The id of an event follows from all that it holds, its time included. So a call that is repeated because its answer
    was lost adds nothing.
    """
    body = json.dumps(event.to_wire(), ensure_ascii=False, separators=(",", ":")).encode()
    session = sessions.load(ports, path)
    stored = f"{path}/events/{id_of(hashlib.sha256(path.encode() + body).hexdigest())}"
    scope, key = session.data["scope"], session.data["scope_key"]
    payload = payloads.store(ports, stored, body, scope_key=key, scope=scope, end=ports.clock.now() + EVENT_LIFE)

    def attempt() -> None:
        present = sessions.load(ports, path)
        number = present.data["events"] + 1
        changes = {"events": number, "update_time": ports.clock.now()}
        if event.state_delta:
            state = {**json.loads(present.data["state"]), **event.state_delta}
            changes["state"] = sessions.state_text(state)
        data = {"timestamp": event.timestamp, "sequence": number, "scope": scope, "scope_key": key, **payload}
        ports.store.commit([Patch(path, changes, version=present.version), Create(stored, data)])

    try:
        retry_on_conflict(attempt)
    except AlreadyExists:
        return
    except MemoryBankError:
        # If the event was not stored, its parts must not be either; if only the response was lost, they stay.
        if ports.store.get(stored, fields=()) is None and (parts := payloads.removals(Document(stored, payload, None))):
            ports.store.commit(parts)
        raise


def list_page(
    ports: Ports,
    path: str,
    *,
    accept: Accept | None,
    bounds: tuple[Where, ...],
    descending: bool,
    limit: int,
    after: Cursor | None,
) -> tuple[list[SessionEvent], Cursor | None]:
    """Return a page of a session's events by time; events with equal times stay in the order of appending."""
    sessions.load(ports, path)
    query = Query(
        collection=f"{path}/events",
        where=bounds,
        order=(Order("timestamp", descending=descending), Order("sequence", descending=descending)),
        after=after,
    )

    def read(document: Document) -> SessionEvent | None:
        seen = accept is None or accept({"timestamp": document.data["timestamp"]})
        return _event_of(ports, document) if seen else None

    return page_of(ports.store, query, limit=limit, read=read, at_once=LARGE_AT_ONCE, weigh=payloads.size)


def resolved(
    ports: Ports,
    engine: EngineName,
    request: GenerateMemoriesRequest,
    *,
    session_id: str,
    readable: Callable[[Sequence[ContentEvent]], list[ContentEvent]],
) -> GenerateMemoriesRequest:
    """Return a request with the session replaced by its events, and with its user's scope unless it has one.

    `readable` returns the events that may be read: a session keeps everything that was said, including uris of media
    that the bank does not accept.

    So memories are generated from the events at the time of the request, whatever happens to the session later.
    """
    path = engine.child("sessions", session_id)
    session = sessions.load(ports, path)
    source = request.vertex_session_source
    assert source is not None  # noqa: S101 - or there is nothing to resolve
    bounds = []
    if source.start_time is not None:
        bounds.append(Where("timestamp", ">=", source.start_time))
    if source.end_time is not None:
        bounds.append(Where("timestamp", "<", source.end_time))
    query = Query(f"{path}/events", where=tuple(bounds), order=(Order("timestamp"), Order("sequence")))
    found = _bounded(ports, query, users={"user", *session.data["scope"].values()})
    # A session without events has nothing to remember, which is not an error.
    events = readable(found) or [ContentEvent(content=Content())]
    return request.model_copy(
        update={
            "vertex_session_source": None,
            "direct_contents_source": DirectContentsSource(events=events),
            "scope": request.scope or dict(session.data["scope"]),
        }
    )


def _bounded(ports: Ports, query: Query, *, users: Container[str]) -> list[ContentEvent]:
    """Return the contents of the events that meet a query; too much is refused before the rest is read."""
    right = "give startTime and endTime to process it in parts"
    found, size = [], 0
    for number, (document, _) in enumerate(documents_of(ports.store, query, at_once=LARGE_AT_ONCE), start=1):
        if number > MAX_EVENTS:
            raise InvalidArgument.of(Violation(_SOURCE, f"has more than {MAX_EVENTS} events: {right}"))
        event = _contents(ports, document, users=users)
        if event is None:
            continue
        size += len(event.model_dump_json().encode())
        if size > MAX_BODY:
            raise InvalidArgument.of(Violation(_SOURCE, f"holds more than {MAX_BODY} bytes: {right}"))
        found.append(event)
    return found


def _contents(ports: Ports, document: Document, *, users: Container[str]) -> ContentEvent | None:
    body = json.loads(payloads.load(ports, document))
    moment: datetime = document.data["timestamp"]
    if not body.get("content"):
        return None
    content = Content.model_validate(body["content"])
    if content.role is None and body["author"] not in users:
        # An agent's words must not count as the user's just because its event names the role in only one place.
        content = content.model_copy(update={"role": "model"})
    return ContentEvent(content=content, event_time=moment)


def _event_of(ports: Ports, document: Document) -> SessionEvent:
    body = json.loads(payloads.load(ports, document))
    return SessionEvent.model_validate({**body, "name": name_of(document.path)})
