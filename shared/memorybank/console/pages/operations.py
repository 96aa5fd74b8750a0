"""The operations of a bank, and one of them: what it did, what it left out and why, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memorybank.client.operations import outcome_of
from memorybank.console.addresses import address
from memorybank.console.differences import differences
from memorybank.console.operation import REASONS, changes_of, in_words, seconds_of, summary_of
from memorybank.console.pages.bank import bank_values, next_address
from memorybank.console.steps import steps_of
from memorybank.console.visit import Page, Redirect, Visit
from memorybank.errors import NotFound

_MOST_CHANGES = 30
_MOST_REVISIONS = 200
_FILTERS = {"running": "done=false", "finished": "done=true"}
_DONE = {"rollback": "undone", "retry": "retried", "cancel": "cancelled"}


def show_all(visit: Visit) -> Page:
    """Show a page of the operations directly below the bank, newest first."""
    state = visit.query.get("state", "")
    query = {"pageSize": 50, "pageToken": visit.query.get("pageToken"), "filter": _FILTERS.get(state)}
    found = visit.bank.call("GET", f"{visit.engine}/operations", query=query)
    values = {
        **bank_values(visit, "operations"),
        "operations": [summary_of(each) for each in found.get("operations", [])],
        "state": state,
        "next": next_address(visit, "/operations", found.get("nextPageToken"), state=state),
    }
    return Page("operations.html", values)


def show(visit: Visit) -> Page:
    """Show one operation."""
    operation = visit.bank.call("GET", visit.names["operation"])
    metadata, summary = operation["metadata"], summary_of(operation)
    generated = operation.get("response", {}).get("generatedMemories", [])
    values = {
        **bank_values(visit, "operations"),
        "operation": operation,
        "summary": summary,
        "scope": metadata.get("scope"),
        "changes": [_change(visit, each) for each in generated[:_MOST_CHANGES]],
        "unshown": max(0, len(generated) - _MOST_CHANGES),
        "outcome": {in_words(name): value for name, value in outcome_of(operation).items()},
        "seconds": seconds_of(operation),
        "reasons": REASONS,
        "left_out": metadata.get("leftOut", []),
        "steps": steps_of(operation),
        "billed": "usage" in metadata,
        "waiting": metadata.get("waiting"),
        "can_undo": bool(summary.state == "done" and changes_of(operation)),
        "can_retry": bool(metadata.get("retryable")),
        "can_cancel": not operation.get("done"),
        "here": address(operation["name"]),
    }
    return Page("operation.html", values)


def act(visit: Visit) -> Redirect:
    """Undo, retry or cancel an operation; the undo has an operation of its own, which is shown."""
    name, verb = visit.names["operation"], visit.names["verb"]
    answered = visit.bank.call("POST", f"{name}:{verb}", {})
    if verb == "rollback":
        visit.bank.wait(answered)
    return Redirect(address(answered.get("name", name)), _DONE[verb])


def _change(visit: Visit, change: Mapping[str, Any]) -> dict[str, Any]:
    """Return a change with the words that it changed, as far as they are still kept."""
    name, action = change["memory"]["name"], change.get("action", "")
    old, new = _before_and_after(visit, name, change.get("previousRevision"))
    pieces = differences(old, "" if action == "DELETED" else new)
    return {"action": action, "name": name, "pieces": pieces}


def _before_and_after(visit: Visit, name: str, previous: str | None) -> tuple[str, str]:
    """Return what a memory said before and after a change; `previous` is the revision before it."""
    try:
        found = visit.bank.call("GET", f"{name}/revisions", query={"pageSize": _MOST_REVISIONS})
    except NotFound:
        return "", ""
    revisions = found.get("memoryRevisions", [])
    facts = {each["name"]: each.get("fact", "") for each in revisions}
    names = list(facts)
    if previous is None:
        return "", "" if "nextPageToken" in found or not names else facts[names[-1]]
    at = names.index(previous) if previous in facts else -1
    return facts.get(previous, ""), facts[names[at - 1]] if at > 0 else ""
