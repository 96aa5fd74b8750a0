"""`memorybank operations`: lists and shows operations, undoes what one did, and retries one that failed."""

from __future__ import annotations

import argparse
import itertools
from typing import Any

from memorybank.client import Engine
from memorybank.client.operations import kind_of, outcome_of, times_of
from memorybank.commands.calling import add_address, engine_of, last, named_in, print_json, show
from memorybank.commands.terminal import Progress, inert, say, whole_number

_PATIENCE = 600.0
"""Seconds to wait for an undo or a new try."""


def add_to(commands: Any) -> None:
    """Add the command, its own commands and their arguments."""
    parser = commands.add_parser("operations", help="list and show operations, undo one, or retry one that failed")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list operations, newest first")
    listing.add_argument(
        "--limit", type=whole_number(1, 1_000_000), default=100, metavar="N", help="at most N (%(default)s)"
    )
    add_address(listing)
    listing.set_defaults(run=_list)
    for name, run, says in (
        ("show", _show, "show what an operation did, or why it failed"),
        ("undo", _undo, "undo everything that a generation did, unless something has changed since"),
        ("retry", _retry, "retry a failed generation from where it had come to"),
    ):
        action = actions.add_parser(name, help=says)
        action.add_argument("operation", metavar="OPERATION", help="id or full name of the operation")
        add_address(action)
        action.set_defaults(run=run)


def _list(asked: argparse.Namespace) -> int:
    found = list(
        itertools.islice(
            engine_of(asked).list_all("operations", query={"pageSize": min(asked.limit, 1000)}), asked.limit
        )
    )
    rows = [(last(each["name"]), _time(each), _state(each), kind_of(each)) for each in found]
    show(asked, found, ("id", "time", "state", "kind"), rows=rows)
    return 0


def _show(asked: argparse.Namespace) -> int:
    engine = engine_of(asked)
    _told(asked, engine, engine.call("GET", named_in(engine, "operations", asked.operation)))
    return 0


def _undo(asked: argparse.Namespace) -> int:
    return _act(asked, "rollback")


def _retry(asked: argparse.Namespace) -> int:
    return _act(asked, "retry")


def _act(asked: argparse.Namespace, verb: str) -> int:
    engine = engine_of(asked)
    begun = engine.call("POST", f"{named_in(engine, 'operations', asked.operation)}:{verb}", {})
    progress = Progress(f"{verb} is running")
    progress.show(0)
    try:
        found = engine.bank.until_done(begun, deadline=_PATIENCE)
    finally:
        progress.end()
    _told(asked, engine, found)
    return 1 if "error" in found else 0


def _told(asked: argparse.Namespace, engine: Engine, operation: dict[str, Any]) -> None:
    if asked.json:
        print_json(operation)
        return
    say(f"{inert(kind_of(operation))} {last(operation['name'])} of {_time(operation)}: {_state(operation)}")
    for change in operation.get("response", {}).get("generatedMemories", []):
        say(f"  {change['action']:8} {change['memory']['name'].removeprefix(f'{engine.name}/')}")
    metadata = operation.get("metadata", {})
    for each in metadata.get("leftOut", []):
        say(f"  left out: {each['count']} for {inert(each['kind'])}")
    for step, duration in metadata.get("stepDurations", {}).items():
        say(f"  {inert(step)} took {inert(duration)}")
    for name, value in outcome_of(operation).items():
        say(f"  {name}: {inert(value)}")
    if waiting := metadata.get("waiting"):
        say(f"  {waiting['failedAttempts']} attempts failed, next at {waiting['nextAttemptTime']}: {waiting['reason']}")
    if error := operation.get("error"):
        say(f"  error: {inert(error.get('message', ''))}")
        if metadata.get("retryable"):
            say(f"  `memorybank operations retry {last(operation['name'])}` tries it again.")


def _time(operation: dict[str, Any]) -> str:
    return times_of(operation).get("createTime", "")


def _state(operation: dict[str, Any]) -> str:
    if not operation.get("done"):
        return "waiting" if operation.get("metadata", {}).get("waiting") else "running"
    return "failed" if "error" in operation else "done"
