"""Sessions as an export has them, with their events and times, become sessions of an engine."""

from __future__ import annotations

import json
from itertools import chain
from typing import Literal

from memorybank.bank import payloads, sessions
from memorybank.bank.conflict_retry import commit, retry_on_conflict
from memorybank.bank.ports import Ports
from memorybank.bank.session_events import EVENT_LIFE
from memorybank.ports.documents import Create, Data, Put, Write
from memorybank.ports.sizes import in_commits
from memorybank.resources.names import EngineName
from memorybank.resources.scopes import scope_key
from memorybank.resources.transfer import EventRecord, SessionRecord

Outcome = Literal["created", "unchanged", "expired", "conflict"]


def create_session(ports: Ports, engine: EngineName, record: SessionRecord, *, commits: bool) -> Outcome:
    """Create a session unless there is one with its id: its events first, itself last."""
    return retry_on_conflict(lambda: _create(ports, engine.child("sessions", record.id), record, commits=commits))


def _create(ports: Ports, path: str, record: SessionRecord, *, commits: bool) -> Outcome:
    session, now = record.session, ports.clock.now()
    if session.expire_time is None or session.expire_time <= now:
        return "expired"
    present = ports.store.get(path)
    if present is not None and present.data["expire_time"] > now:
        same = present.data["update_time"] == session.update_time and present.data["events"] == len(record.events)
        return "unchanged" if same and present.data["user_id"] == session.user_id else "conflict"
    if not commits:
        return "created"
    if present is not None:
        sessions.remove_expired(ports, path)
    scope = sessions.scope_of(session.user_id or "")
    events = (_event(ports, path, event, number=number, scope=scope) for number, event in enumerate(record.events, 1))
    for writes in in_commits([write] for write in chain(events, [_session(path, record, scope=scope)])):
        commit(ports.store, writes)
    return "created"


def _session(path: str, record: SessionRecord, *, scope: dict[str, str]) -> Write:
    session = record.session
    data: Data = {
        "user_id": session.user_id,
        "display_name": session.display_name,
        "labels": dict(session.labels),
        "state": sessions.state_text(session.session_state),
        "scope": scope,
        "scope_key": scope_key(scope),
        "events": len(record.events),
        "create_time": session.create_time,
        "update_time": session.update_time,
        "expire_time": session.expire_time,
    }
    return Create(path, data)


def _event(ports: Ports, path: str, record: EventRecord, *, number: int, scope: dict[str, str]) -> Write:
    event = record.event.model_copy(update={"name": None})
    body = json.dumps(event.to_wire(), ensure_ascii=False, separators=(",", ":")).encode()
    stored, key = f"{path}/events/{record.id}", scope_key(scope)
    payload = payloads.store(ports, stored, body, scope_key=key, scope=scope, end=ports.clock.now() + EVENT_LIFE)
    return Put(stored, {"timestamp": event.timestamp, "sequence": number, "scope": scope, "scope_key": key, **payload})
