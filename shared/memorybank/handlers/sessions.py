"""The function for sessions and their events."""

from __future__ import annotations

from typing import Any

from memorybank.access.narrow_ports import widened
from memorybank.aip.entry import Call
from memorybank.aip.ordering import parse_order_by
from memorybank.bank import session_events, sessions
from memorybank.errors import Unimplemented
from memorybank.handlers.filters import EVENTS, SESSIONS, acceptance, required_user, time_bounds
from memorybank.handlers.request_context import Service, engine_name, order_by_time, page, read_update, shown
from memorybank.resources.names import check_chosen_id, check_segment
from memorybank.resources.session import Session, SessionEvent
from memorybank.resources.wire import parse

_MAXIMUM = 100


def create_session(service: Service, call: Call) -> dict[str, Any]:
    """Create a session and return the finished operation with it."""
    engine = engine_name(service, call)
    chosen = call.query.get("sessionId")
    session_id = check_chosen_id(chosen, field="sessionId", digit_first=True) if chosen else None
    session = parse(Session, call.body)
    scope = sessions.scope_of(session.user_id) if session.user_id else None
    service.rights.require_scope(engine, scope, write=True)
    if chosen:
        service.rights.require_chosen_id(engine)
    return shown(call, sessions.create(service.ports, engine, session, session_id=session_id))


def get_session(service: Service, call: Call) -> dict[str, Any]:
    """Return a session."""
    return sessions.get(service.ports, _path(service, call)).to_wire()


def list_sessions(service: Service, call: Call) -> dict[str, Any]:
    """Return a page of sessions, newest first unless `orderBy` says otherwise."""
    engine = engine_name(service, call)
    text = call.query.get("filter")
    order = order_by_time(call.query)
    asked = page(call.query, binding=(str(engine), text, order.field, order.descending), maximum=_MAXIMUM)
    found, cursor = sessions.list_page(
        service.ports,
        engine,
        user=required_user(text),
        accept=acceptance(text, SESSIONS),
        order=order,
        limit=asked.limit,
        after=asked.after,
    )
    return asked.answer("sessions", [session.to_wire() for session in found], cursor)


def update_session(service: Service, call: Call) -> dict[str, Any]:
    """Update a session and return it."""
    path = _path(service, call)
    changes, mask = read_update(call, Session, fields=sessions.UPDATABLE, maps=sessions.MAPS)
    return sessions.update(service.ports, path, changes, mask=mask).to_wire()


def delete_session(service: Service, call: Call) -> dict[str, Any]:
    """Delete a session with its events and return the finished operation."""
    engine, path = engine_name(service, call), _path(service, call)
    # Deletion has to list everything below the session, which only the full store can do.
    scope = sessions.load(service.ports, path).data["scope"]
    ports = widened(service.ports, service.rights, engine=engine, scope=scope)
    return shown(call, sessions.delete(ports, path))


def compact_session(service: Service, call: Call) -> dict[str, Any]:
    """Refuse to compact a session, and say why."""
    sessions.load(service.ports, _path(service, call))
    raise Unimplemented(
        "Sessions cannot be compacted: Google has not said what is left of the events, and a session that is rewritten "
        "would lose words that memories rest on. Generate memories of it, and begin a new session."
    )


def append_event(service: Service, call: Call) -> dict[str, Any]:
    """Add an event to a session and return an empty response."""
    session_events.append(service.ports, _path(service, call), parse(SessionEvent, call.body))
    return {}


def list_events(service: Service, call: Call) -> dict[str, Any]:
    """Return a page of a session's events, oldest first unless `orderBy` says otherwise."""
    path = _path(service, call)
    text = call.query.get("filter")
    orders = parse_order_by(call.query.get("orderBy"), allowed={"timestamp": "timestamp"})
    descending = bool(orders and orders[0][1])
    asked = page(call.query, binding=(path, text, descending), maximum=_MAXIMUM)
    found, cursor = session_events.list_page(
        service.ports,
        path,
        accept=acceptance(text, EVENTS),
        bounds=time_bounds(text),
        descending=descending,
        limit=asked.limit,
        after=asked.after,
    )
    return asked.answer("sessionEvents", [event.to_wire() for event in found], cursor)


def _path(service: Service, call: Call) -> str:
    session = check_segment(call.params["session"], field="session")
    return engine_name(service, call).child("sessions", session)
