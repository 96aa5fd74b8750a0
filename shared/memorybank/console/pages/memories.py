"""The memories of one scope: listed or searched, with its profile and the work that waits for it."""

from __future__ import annotations

import json
from typing import Any

from memorybank.console.addresses import address, scope_address, scope_text
from memorybank.console.forms import read_scope
from memorybank.console.operation import summary_of
from memorybank.console.pages import scopes
from memorybank.console.pages.bank import bank_values
from memorybank.console.visit import Page, Redirect, Visit
from memorybank.errors import InvalidArgument, MemoryBankError, Violation

_SHOWN = 50


def show(visit: Visit) -> Page:
    """Show a page of a scope's memories, or those that a search finds, nearest first."""
    scope = _scope(visit.query.get("scope", ""))
    asked = {name: visit.query.get(name, "").strip() for name in ("q", "filter")}
    error: MemoryBankError | None = None
    found: dict[str, Any] = {}
    try:
        found = _searched(visit, scope, asked) if asked["q"] else _listed(visit, scope, asked["filter"])
    except InvalidArgument as refused:  # what was typed, which must not be lost
        error = refused
    token = found.get("nextPageToken")
    values = {
        **bank_values(visit, ""),
        "scope": scope,
        "scope_text": scope_text(scope),
        "asked": asked,
        "error": error,
        "hits": found.get("retrievedMemories", []),
        "memories": found.get("memories", []),
        "next": scope_address(visit.engine, scope, **asked, pageToken=token) if token else None,
        "profiles": _profiles(visit, scope),
        **_waiting(visit, scope),
        "here": scope_address(visit.engine, scope),
    }
    return Page("scope.html", values, status=400 if error else 200)


def create(visit: Visit) -> Page | Redirect:
    """Remember what was typed."""
    try:
        scope = (
            _scope(visit.form["scope_json"]) if "scope_json" in visit.form else read_scope(visit.form.get("scope", ""))
        )
        body = {"scope": scope, "fact": visit.form.get("fact", "")}
        visit.bank.wait(visit.bank.call("POST", f"{visit.engine}/memories", body))
    except InvalidArgument as error:
        if "scope_json" in visit.form:
            raise
        return scopes.show(visit, error=error)
    return Redirect(scope_address(visit.engine, scope), "remembered")


def erase(visit: Visit) -> Redirect:
    """Erase everything of a scope, for good."""
    scope = _scope(visit.form.get("scope_json", ""))
    if visit.form.get("sure") != "yes":
        raise InvalidArgument.of(Violation("sure", "tick the box: what is erased cannot be brought back"))
    bank = visit.bank.engine(visit.engine)
    for _ in bank.erase(scope, sessions=visit.form.get("sessions") == "yes"):
        pass
    return Redirect(address(visit.engine), "erased")


def _listed(visit: Visit, scope: dict[str, str], text: str) -> dict[str, Any]:
    condition = f"scope={json.dumps(scope_text(scope), ensure_ascii=False)}"
    query = {
        "filter": f"{condition} AND ({text})" if text else condition,
        "pageSize": _SHOWN,
        "pageToken": visit.query.get("pageToken"),
        "orderBy": "update_time desc",
    }
    return visit.bank.call("GET", f"{visit.engine}/memories", query=query)


def _searched(visit: Visit, scope: dict[str, str], asked: dict[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "scope": scope,
        "similaritySearchParams": {"searchQuery": asked["q"], "topK": _SHOWN},
        "explain": True,
    }
    if asked["filter"]:
        body["filter"] = asked["filter"]
    return visit.bank.call("POST", f"{visit.engine}/memories:retrieve", body)


def _profiles(visit: Visit, scope: dict[str, str]) -> dict[str, Any]:
    found = visit.bank.call("POST", f"{visit.engine}/memories:retrieveProfiles", {"scope": scope})
    profiles: dict[str, Any] = found.get("profiles", {})
    return profiles


def _waiting(visit: Visit, scope: dict[str, str]) -> dict[str, Any]:
    """Return the streams of the scope with waiting events, and its operations that are not done and are not theirs."""
    query = {"scope": json.dumps(scope, ensure_ascii=False)}
    found = visit.bank.call("GET", f"{visit.engine}/scopes:waiting", query=query)
    streams = found.get("streams", [])
    theirs = {each["operation"] for each in streams}
    others = [each for each in found.get("operations", []) if each["name"] not in theirs]
    return {
        "streams": streams,
        "waiting": [summary_of(each) for each in others],
        "more_waiting": bool(found.get("more")),
    }


def _scope(text: str) -> dict[str, str]:
    try:
        scope = json.loads(text)
    except (ValueError, RecursionError):
        scope = None
    if isinstance(scope, dict) and scope and all(isinstance(value, str) for value in scope.values()):
        return scope
    raise InvalidArgument.of(Violation("scope", 'must be an object of strings, such as {"user_id": "ada"}'))
