"""Sessions as an export has them, with their events and times, become sessions of an engine."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Literal

from memorybank.bank import payloads, sessions
from memorybank.bank.ports import Ports
from memorybank.bank.session_events import EVENT_LIFE
from memorybank.ports.documents import Create, Data, Put, Write
from memorybank.ports.sizes import in_commits
from memorybank.resources.names import EngineName
from memorybank.resources.scopes import scope_key
from memorybank.resources.transfer import EventRecord, SessionRecord

Outcome = Literal["created", "unchanged", "expired", "conflict"]


def session_commits(
    ports: Ports, engine: EngineName, record: SessionRecord, *, commits: bool
) -> tuple[Outcome, Iterable[list[Write]]]:
    """Return what becomes of a session, and the writes of each commit that creates it: its events first, itself last.

    There are none if there is a session with its id. Without `commits`, nothing is prepared for them either.
    """
    path, session, now = engine.child("sessions", record.id), record.session, ports.clock.now()
    if session.expire_time is None or session.expire_time <= now:
        return "expired", ()
    present = ports.store.get(path)
    if present is not None and present.data["expire_time"] > now:
        same = present.data["update_time"] == session.update_time and present.data["events"] == len(record.events)
        return "unchanged" if same and present.data["user_id"] == session.user_id else "conflict", ()
    if not commits:
        return "created", ()
    if present is not None:
        sessions.remove_expired(ports, path)
    scope = sessions.scope_of(session.user_id or "")
    end = now + EVENT_LIFE
    events = (_event(path, event, number=number, scope=scope, end=end) for number, event in enumerate(record.events, 1))
    return "created", in_commits(chain(events, [[_session(path, record, scope=scope)]]))


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


def _event(path: str, record: EventRecord, *, number: int, scope: dict[str, str], end: datetime) -> list[Write]:
    """Return the writes of an event: its parts, if it is large, and itself."""
    event = record.event.model_copy(update={"name": None})
    body = json.dumps(event.to_wire(), ensure_ascii=False, separators=(",", ":")).encode()
    stored, owner = f"{path}/events/{record.id}", {"scope": scope, "scope_key": scope_key(scope)}
    payload, parts = payloads.in_writes(stored, body, owner={**owner, "expire_time": end})
    return [*parts, Put(stored, {"timestamp": event.timestamp, "sequence": number, **owner, **payload})]
