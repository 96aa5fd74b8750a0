"""Sessions: create, get, list, update and delete, with their events.

A session's document counts its events and holds its state; each event is a document below it. Every change of a session
has the version that it read as a precondition, so no concurrent change is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from memorybank.bank import engines, operations
from memorybank.bank.conflict_retry import retry_on_conflict
from memorybank.bank.listing import LARGE_AT_ONCE, Accept, Cursor, page_of
from memorybank.bank.ports import Ports
from memorybank.errors import AlreadyExists, InvalidArgument, NotFound, Violation
from memorybank.ports.documents import Create, Data, Delete, Document, Order, Patch, Query, Where
from memorybank.resources.masks import merged_map, named_fields
from memorybank.resources.names import EngineName, engine_of, name_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import CREATE_SESSION, DELETE_SESSION
from memorybank.resources.scopes import scope_key
from memorybank.resources.session import MAX_LABELS, Session

LIFE = timedelta(days=365)
"""How long a session is kept by default: our choice."""

UPDATABLE = frozenset({"display_name", "session_state", "labels", "ttl", "expire_time", "user_id"})
"""The fields of a session that an update may name; the user is included only to be compared."""

MAPS = frozenset({"session_state", "labels"})
"""Those of them that are free maps, whose keys an update may name one by one."""

MAX_STATE = 900_000
"""The most bytes of a state as JSON; a Firestore document holds 1 MiB."""

_CHUNK = 100


def scope_of(user: str) -> dict[str, str]:
    """Return the scope that the sessions of a user belong to."""
    return {"user_id": user}


def create(ports: Ports, engine: EngineName, session: Session, *, session_id: str | None) -> Operation:
    """Create a session and return the finished operation with it."""
    engines.get(ports, engine)
    if session.user_id is None:
        raise InvalidArgument.of(Violation("userId", "is required"))
    path, now = engine.child("sessions", session_id or ports.ids.new()), ports.clock.now()
    scope = scope_of(session.user_id)
    data = {
        "user_id": session.user_id,
        "display_name": session.display_name,
        "labels": dict(session.labels),
        "state": state_text(session.session_state),
        "scope": scope,
        "scope_key": scope_key(scope),
        "events": 0,
        "create_time": now,
        "update_time": now,
        "expire_time": _end(session, now=now) or now + LIFE,
    }
    response = session_of(Document(path, data, None)).to_wire()
    operation, write = operations.finished(
        ports, engine, CREATE_SESSION, parent=name_of(path), response=response, scope=scope
    )
    try:
        ports.store.commit([Create(path, data), write])
    except AlreadyExists:
        if not remove_expired(ports, path):
            raise AlreadyExists(f"session {name_of(path)} already exists") from None
        ports.store.commit([Create(path, data), write])
    return operation


def get(ports: Ports, path: str) -> Session:
    """Return the session at a document path."""
    return session_of(load(ports, path))


def list_page(
    ports: Ports,
    engine: EngineName,
    *,
    user: str | None,
    accept: Accept | None,
    order: Order,
    limit: int,
    after: Cursor | None,
) -> tuple[list[Session], Cursor | None]:
    """Return a page of the sessions of an engine, or of one user, by creation or update time."""
    engines.get(ports, engine)
    now = ports.clock.now()
    query = Query(
        collection=f"{engine.path}/sessions",
        where=() if user is None else (Where("scope_key", "==", scope_key(scope_of(user))),),
        order=(order,),
        after=after,
    )

    def read(document: Document) -> Session | None:
        session = session_of(document)
        seen = document.data["expire_time"] > now and (accept is None or accept(session.to_data()))
        return session if seen else None

    return page_of(ports.store, query, limit=limit, read=read, at_once=LARGE_AT_ONCE)


def update(ports: Ports, path: str, changes: Session, *, mask: Sequence[str] | None) -> Session:
    """Change a session and return it: the fields of the mask, else those that are given. The user never changes."""
    fields = named_fields(mask) if mask is not None else changes.model_fields_set & UPDATABLE
    if not fields:
        raise InvalidArgument.of(
            Violation("updateMask", f"nothing to change: give one of {', '.join(sorted(UPDATABLE))}")
        )

    def attempt() -> Session:
        document = load(ports, path)
        if changes.user_id not in (None, document.data["user_id"]):
            raise InvalidArgument.of(Violation("userId", "is immutable and differs from the session's: leave it out"))
        now = ports.clock.now()
        values: Data = {"update_time": now}
        if "display_name" in fields:
            values["display_name"] = changes.display_name
        if "labels" in fields:
            values["labels"] = _labels(mask, old=document.data["labels"], new=changes.labels)
        if "session_state" in fields:
            state = json.loads(document.data["state"]) if mask is not None and "session_state" not in mask else {}
            values["state"] = state_text(merged_map("session_state", mask, old=state, new=changes.session_state))
        if fields & {"ttl", "expire_time"}:
            values["expire_time"] = _end(changes, now=now) or now + LIFE
        ports.store.commit([Patch(path, values, version=document.version)])
        return session_of(Document(path, {**document.data, **values}, None))

    return retry_on_conflict(attempt)


def _labels(mask: Sequence[str] | None, *, old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    merged = merged_map("labels", mask, old=old, new=new)
    if len(merged) > MAX_LABELS:
        raise InvalidArgument.of(Violation("labels", f"would have {len(merged)} entries: at most {MAX_LABELS}"))
    return merged


def delete(ports: Ports, path: str) -> Operation:
    """Delete a session with its events. It disappears at once; the sweep removes what a crash leaves behind."""

    def attempt() -> Operation:
        document, now = load(ports, path), ports.clock.now()
        operation, write = operations.finished(
            ports, engine_of(path), DELETE_SESSION, parent=name_of(path), scope=document.data["scope"]
        )
        ports.store.commit([Patch(path, {"expire_time": now}, version=document.version), write])
        return operation

    operation = retry_on_conflict(attempt)
    remove_expired(ports, path)
    return operation


def remove_expired(ports: Ports, path: str) -> bool:
    """Remove what is left of a session if it has expired; tell whether its id is free now."""
    document = ports.store.get(path, fields=("expire_time",))
    if document is None:
        return True
    if document.data["expire_time"] > ports.clock.now():
        return False
    while found := ports.store.below(path, limit=_CHUNK):
        ports.store.commit([Delete(below) for below in found])
    ports.store.commit([Delete(path, version=document.version)])
    return True


def load(ports: Ports, path: str) -> Document:
    """Return the stored session at a document path."""
    document = ports.store.get(path)
    if document is None or document.data["expire_time"] <= ports.clock.now():
        raise NotFound(f"session {name_of(path)} does not exist")
    return document


def session_of(document: Document) -> Session:
    """Read a stored session."""
    data = document.data
    return Session.model_construct(
        name=name_of(document.path),
        user_id=data["user_id"],
        display_name=data["display_name"],
        session_state=json.loads(data["state"]),
        labels=data["labels"],
        create_time=data["create_time"],
        update_time=data["update_time"],
        expire_time=data["expire_time"],
    )


def state_text(state: Mapping[str, Any]) -> str:
    """Return a state in stored form: text keeps its numbers, its order and its depth."""
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > MAX_STATE:
        right = f"has {len(text.encode())} bytes as JSON; the limit is {MAX_STATE}: keep large values elsewhere"
        raise InvalidArgument.of(Violation("sessionState", right))
    return text


def _end(session: Session, *, now: datetime) -> datetime | None:
    if session.expire_time is not None and session.expire_time <= now:
        raise InvalidArgument.of(Violation("expireTime", "must be in the future"))
    return now + session.ttl if session.ttl is not None else session.expire_time
