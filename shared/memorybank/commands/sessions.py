"""`memorybank sessions`: lists sessions, or shows one as it was said."""

from __future__ import annotations

import argparse
import itertools
from typing import Any

from memorybank.commands.calling import add_address, engine_of, last, named_in, show
from memorybank.commands.terminal import whole_number


def add_to(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("sessions", help="list sessions, or show what was said in one")
    parser.add_argument("session", nargs="?", metavar="SESSION", help="id or full name of the session to show")
    parser.add_argument("--user", metavar="ID", help="list this user's sessions only")
    parser.add_argument(
        "--limit", type=whole_number(1, 1_000_000), default=100, metavar="N", help="at most N (%(default)s)"
    )
    add_address(parser)
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """List or show, and return the exit code."""
    engine = engine_of(asked)
    if asked.session:
        path = f"{named_in(engine, 'sessions', asked.session)}/events"
        found = list(itertools.islice(engine.list_all(path), asked.limit))
        show(asked, found, ("time", "author", "text"), rows=[_event(each) for each in found])
        return 0
    quoted = (asked.user or "").replace("\\", "\\\\").replace('"', '\\"')
    query = {"pageSize": min(asked.limit, 1000), "filter": f'user_id="{quoted}"' if asked.user else None}
    found = list(itertools.islice(engine.list_all("sessions", query=query), asked.limit))
    rows = [
        (last(each["name"]), each.get("updateTime", ""), each.get("userId", ""), each.get("displayName", ""))
        for each in found
    ]
    show(asked, found, ("id", "changed", "user", "display name"), rows=rows)
    return 0


def _event(event: dict[str, Any]) -> tuple[str, str, str]:
    parts = event.get("content", {}).get("parts", [])
    text = " ".join(part.get("text") or f"[{next(iter(part), 'part')}]" for part in parts)
    return event.get("timestamp", ""), event.get("author", ""), text or event.get("errorMessage", "")
