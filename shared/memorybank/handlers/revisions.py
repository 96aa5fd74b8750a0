"""The function for revisions: get and list."""

from __future__ import annotations

from typing import Any

from memorybank.aip.entry import Call
from memorybank.bank.memories import revisions
from memorybank.handlers.filters import REVISIONS, acceptance
from memorybank.handlers.request_context import Service, engine_name, memory_path, page
from memorybank.resources.memory import MemoryRevision
from memorybank.resources.names import check_segment


def get_revision(service: Service, call: Call) -> dict[str, Any]:
    """Return one revision."""
    path = memory_path(engine_name(service, call), call)
    identifier = check_segment(call.params["revision"], field="revision")
    return _shown(call, revisions.get(service.ports, path, identifier))


def list_revisions(service: Service, call: Call) -> dict[str, Any]:
    """Return a page of the revisions of a memory, newest first; the call may also name one of them."""
    path = memory_path(engine_name(service, call), call)
    text = call.query.get("filter")
    asked = page(call.query, binding=(path, text))
    found, cursor = revisions.list_page(
        service.ports, path, accept=acceptance(text, REVISIONS), limit=asked.limit, after=asked.after
    )
    return asked.answer("memoryRevisions", [_shown(call, revision) for revision in found], cursor)


def _shown(call: Call, revision: MemoryRevision) -> dict[str, Any]:
    """Return a revision in its wire format; Google's clients get only the fields that they know."""
    wire = revision.to_wire()
    if "x-goog-api-client" in call.headers:
        for own in ("producedBy", "eventTime"):
            wire.pop(own, None)
    return wire
