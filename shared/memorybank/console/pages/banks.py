"""All banks, and a form for a new one."""

from __future__ import annotations

from typing import Any

from memorybank.client.bank import EVERYWHERE
from memorybank.console.addresses import address
from memorybank.console.visit import Page, Redirect, Visit
from memorybank.errors import InvalidArgument, MemoryBankError, NotFound, PermissionDenied


def show(visit: Visit) -> Page:
    """Show the banks that the caller may list."""
    banks, next_page = _listed(visit)
    following = address("", pageToken=next_page) if next_page else None
    return Page("banks.html", {"banks": banks, "next": following, "form": _empty(visit), "error": None})


def create(visit: Visit) -> Page | Redirect:
    """Create a bank and go to it."""
    form = visit.form
    parent = f"projects/{form.get('project', '')}/locations/{form.get('location', '')}"
    body = {"displayName": form.get("display_name", ""), "contextSpec": {"memoryBankConfig": {}}}
    try:
        made = visit.bank.wait(visit.bank.call("POST", f"{parent}/reasoningEngines", body))
    except MemoryBankError as error:
        banks, _ = _listed(visit)
        values = {"banks": banks, "next": None, "form": {**_empty(visit), **form}, "error": error}
        return Page("banks.html", values, status=400)
    return Redirect(address(made["name"]), "created")


def _listed(visit: Visit) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of banks; only the console's own if the caller, or the deployment, lists no others."""
    try:
        query = {"pageSize": 50, "pageToken": visit.query.get("pageToken")}
        page = visit.bank.call("GET", EVERYWHERE, query=query)
    except (InvalidArgument, NotFound, PermissionDenied):
        if visit.place.engine is None:
            raise
        return [visit.bank.call("GET", visit.place.engine)], None
    return page.get("reasoningEngines", []), page.get("nextPageToken")


def _empty(visit: Visit) -> dict[str, str]:
    return {"display_name": "", "project": visit.place.project, "location": visit.place.location}
