"""One memory: what it says now, every change with its reason, and forms to change, delete and roll it back."""

from __future__ import annotations

from memorybank.console.addresses import address, scope_address
from memorybank.console.drawing.timeline import timeline
from memorybank.console.history import history_of
from memorybank.console.pages.bank import bank_values
from memorybank.console.visit import Page, Redirect, Visit
from memorybank.errors import InvalidArgument, NotFound


def show(visit: Visit, *, error: InvalidArgument | None = None) -> Page:
    """Show a memory; `error` is what was wrong with the form."""
    history = history_of(visit.bank, visit.names["memory"])
    scope = history.memory["scope"] if history.memory else None
    values = {
        **bank_values(visit, ""),
        "memory": history.memory,
        "history": history,
        "restorable": next((each for each in history.revisions if each.fact is not None), None),
        "timeline": timeline([(each.id, each.action, each.create_time) for each in history.revisions]),
        "scope": scope,
        "scope_address": scope_address(visit.engine, scope) if scope else None,
        "here": address(visit.names["memory"]),
        "fact": visit.form.get("fact", (history.memory or {}).get("fact", "")),
        "error": error,
    }
    return Page("memory.html", values, status=400 if error else 200)


def change(visit: Visit) -> Page | Redirect:
    """Change what the memory says."""
    name = visit.names["memory"]
    try:
        changed = visit.bank.call("PATCH", name, {"fact": visit.form.get("fact", "")}, query={"updateMask": "fact"})
        visit.bank.wait(changed)
    except InvalidArgument as error:
        return show(visit, error=error)
    except NotFound:
        return Redirect(address(name), "absent")
    return Redirect(address(name), "changed")


def delete(visit: Visit) -> Redirect:
    """Delete the memory; its page then offers to restore it, if it has revisions, or else there is only its scope's."""
    name = visit.names["memory"]
    try:
        scope = visit.bank.call("GET", name)["scope"]
        visit.bank.wait(visit.bank.call("DELETE", name))
    except NotFound:
        return Redirect(address(name), "absent")
    try:
        history_of(visit.bank, name)
    except NotFound:
        return Redirect(scope_address(visit.engine, scope), "gone")
    return Redirect(address(name), "deleted")


def roll_back(visit: Visit) -> Redirect:
    """Roll the memory back to a revision, which also brings a deleted one back."""
    name = visit.names["memory"]
    body = {"targetRevisionId": visit.form.get("revision", "")}
    visit.bank.wait(visit.bank.call("POST", f"{name}:rollback", body))
    return Redirect(address(name), "restored")
