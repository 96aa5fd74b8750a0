"""The sessions of a bank, and one of them: what was said, and which words of it became memories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from memorybank.console.addresses import address, scope_address
from memorybank.console.history import quotes_of
from memorybank.console.marking import Mark, marked
from memorybank.console.pages.bank import bank_values, next_address
from memorybank.console.visit import Page, Visit
from memorybank.errors import NotFound

_EVENTS = 100
_MEMORIES = 40
"""How many memories of the user are looked at for words of the session: those changed last."""
_MARKS = 200


def show_all(visit: Visit) -> Page:
    """Show a page of the sessions, newest first, of one user if asked to."""
    user = visit.query.get("user", "").strip()
    query = {
        "pageSize": 50,
        "pageToken": visit.query.get("pageToken"),
        "filter": f"user_id={_quoted(user)}" if user else None,
    }
    found = visit.bank.call("GET", f"{visit.engine}/sessions", query=query)
    values = {
        **bank_values(visit, "sessions"),
        "sessions": found.get("sessions", []),
        "user": user,
        "next": next_address(visit, "/sessions", found.get("nextPageToken"), user=user),
    }
    return Page("sessions.html", values)


def show(visit: Visit) -> Page:
    """Show one session as it was said."""
    name = visit.names["session"]
    session = visit.bank.call("GET", name)
    query = {"pageSize": _EVENTS, "pageToken": visit.query.get("pageToken")}
    found = visit.bank.call("GET", f"{name}/events", query=query)
    scope = {"user_id": session["userId"]}
    marks = _marks(visit, scope)
    token = found.get("nextPageToken")
    values = {
        **bank_values(visit, "sessions"),
        "session": session,
        "events": [_event(each, marks) for each in found.get("sessionEvents", [])],
        "scope": scope,
        "scope_address": scope_address(visit.engine, scope),
        "next": address(name, pageToken=token) if token else None,
    }
    return Page("session.html", values)


def _marks(visit: Visit, scope: Mapping[str, str]) -> list[Mark]:
    """Return the quotes that the memories of a scope were taken from, as far as revisions keep them."""
    condition = " AND ".join(f"scope.{key}={_quoted(value)}" for key, value in scope.items())
    query = {"filter": condition, "pageSize": _MEMORIES, "orderBy": "update_time desc"}
    memories = visit.bank.call("GET", f"{visit.engine}/memories", query=query).get("memories", [])
    marks = {
        quote.text: Mark(quote.text, memory["name"], memory.get("fact", ""))
        for memory in reversed(memories)  # of equal quotes, that of the memory which changed last
        for revision in _revisions(visit, memory["name"])
        for quote in quotes_of(revision)
        if quote.text
    }
    return list(marks.values())[-_MARKS:]


def _revisions(visit: Visit, name: str) -> Sequence[Mapping[str, Any]]:
    try:
        found = visit.bank.call("GET", f"{name}/revisions", query={"pageSize": 20})
    except NotFound:  # deleted in between
        return []
    revisions: list[Mapping[str, Any]] = found.get("memoryRevisions", [])
    return revisions


def _event(event: Mapping[str, Any], marks: Sequence[Mark]) -> dict[str, Any]:
    parts = event.get("content", {}).get("parts", [])
    texts = [part["text"] for part in parts if isinstance(part.get("text"), str)]
    others = [", ".join(sorted(part)) for part in parts if not isinstance(part.get("text"), str)]
    return {
        "author": event.get("author", ""),
        "role": event.get("content", {}).get("role", ""),
        "time": event.get("timestamp", ""),
        "texts": [marked(text, marks) for text in texts],
        "others": others,
    }


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
