"""What all pages of one bank show: its name, and where to go from here."""

from __future__ import annotations

from typing import Any

from memorybank.console.addresses import address
from memorybank.console.visit import Visit

_TABS = (
    ("", "Scopes"),
    ("overview", "Overview"),
    ("sessions", "Sessions"),
    ("operations", "Operations"),
    ("configuration", "Configuration"),
)


def bank_values(visit: Visit, tab: str) -> dict[str, Any]:
    """Return the values of the frame of a bank's page; `tab` is the part of its path after the bank."""
    engine = visit.bank.call("GET", visit.engine)
    tabs = [
        {"label": label, "address": address(f"{visit.engine}/{part}" if part else visit.engine), "here": part == tab}
        for part, label in _TABS
    ]
    return {"engine": engine, "title_of_bank": title_of(engine), "tabs": tabs}


def title_of(engine: dict[str, Any]) -> str:
    """Return the name that people gave a bank, or else its id."""
    return str(engine.get("displayName") or engine["name"].rpartition("/")[2])


def next_address(visit: Visit, path: str, token: str | None, **query: str | None) -> str | None:
    """Return the address of the next page of a list, None if this is the last one."""
    return address(f"{visit.engine}{path}", **query, pageToken=token) if token else None
