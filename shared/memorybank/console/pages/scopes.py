"""The scopes of a bank, and a form that remembers something in a new one."""

from __future__ import annotations

from memorybank.console.pages.bank import bank_values, next_address
from memorybank.console.visit import Page, Visit
from memorybank.errors import MemoryBankError


def show(visit: Visit, *, error: MemoryBankError | None = None) -> Page:
    """Show a page of the scopes that have memories; `error` is what was wrong with a form."""
    prefix = visit.query.get("prefix", "")
    query = {"pageSize": 50, "pageToken": visit.query.get("pageToken"), "prefix": prefix or None}
    found = visit.bank.call("GET", f"{visit.engine}/scopes", query=query)
    values = {
        **bank_values(visit, ""),
        "scopes": found.get("scopes", []),
        "prefix": prefix,
        "next": next_address(visit, "", found.get("nextPageToken"), prefix=prefix),
        "form": {"scope": "", "fact": "", **visit.form},
        "error": error,
    }
    return Page("scopes.html", values, status=400 if error else 200)
