"""What the commands that call a bank share: the bank and its engine, the scope, and JSON or tables."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from memorybank.client.bank import EVERYWHERE, BankClient, Engine
from memorybank.client.settings import base_url, engine_id, read_client_settings
from memorybank.commands.terminal import argument, inert, say, table
from memorybank.config import variable
from memorybank.errors import InvalidArgument, MemoryBankError, NotFound, PermissionDenied, Violation

DEFAULT_URL = "http://127.0.0.1:8080"
"""Where `memorybank serve` listens."""

_SHOWN = 5
"""How many scopes are named to somebody whose scope has no memories."""


def add_address(parser: argparse.ArgumentParser, *, engine: bool = True) -> None:
    """Add the arguments that say which bank is called, and which of its engines."""
    parser.add_argument(
        "--url", type=argument(base_url), help=f"base URL of the bank (MEMORYBANK_URL, else {DEFAULT_URL})"
    )
    if engine:
        says = "name or id of the engine (MEMORYBANK_ENGINE, else the only one that there is)"
        parser.add_argument("--engine", type=argument(engine_id), help=says)
    parser.add_argument("--token", help="ID token to send, if the bank asks for one")
    parser.add_argument("--json", action="store_true", help="print JSON, as the API answers")


def bank_of(asked: argparse.Namespace) -> BankClient:
    """Return a client of the bank that is called."""
    url = asked.url or (None if os.environ.get(variable("url")) else DEFAULT_URL)
    settings = read_client_settings(os.environ, prefix="--", url=url, engine="-")
    return BankClient(settings.url, token=asked.token)


def engine_of(asked: argparse.Namespace) -> Engine:
    """Return the engine that is called, which exists."""
    bank = bank_of(asked)
    named = asked.engine or os.environ.get(variable("engine"))
    if named:
        settings = read_client_settings(os.environ, prefix="--", url=bank.url, engine=asked.engine)
        return bank.find_engine(settings.engine, project=settings.project, location=settings.location)
    found = engines_of(bank)
    if len(found) == 1:
        return bank.engine(found[0]["name"])
    right = "create one with `memorybank bank create NAME`" if not found else "name one of `memorybank bank list`"
    raise InvalidArgument.of(
        Violation("--engine", f"is needed, as {bank.url} has {len(found)} engines: {right} (or {variable('engine')})")
    )


def engines_of(bank: BankClient) -> list[dict[str, Any]]:
    """Return the engines that the caller may list: of all projects, or else of the one in the environment."""
    try:
        return list(bank.list_all(EVERYWHERE, query={"pageSize": 1000}))
    except (InvalidArgument, NotFound, PermissionDenied):  # a bank that does not list across projects
        settings = read_client_settings(os.environ, url=bank.url, engine="-")
        return list(bank.list_all(settings.engine_name.rpartition("/")[0], query={"pageSize": 1000}))


def show(
    asked: argparse.Namespace,
    found: Any,
    columns: Sequence[str],
    *,
    rows: Sequence[Sequence[object]],
    nothing: str = "There is nothing to show.",
) -> None:
    """Print what a bank answered: as JSON, or as a table for people, who are told if it is `nothing`."""
    if asked.json:
        print_json(found)
    elif rows:
        for line in table(columns, rows):
            say(line)
    else:
        say(nothing)


def nothing_of(engine: Engine, scope: Mapping[str, str]) -> str:
    """Return what people are told where a scope has no memories: scopes that have some, as it may be misspelt."""
    known: list[dict[str, str]] = []
    with contextlib.suppress(MemoryBankError):  # they have their answer: there is nothing
        found = engine.call("GET", "scopes", query={"pageSize": _SHOWN}).get("scopes", [])
        known = [each["scope"] for each in found]
    if not scope or not known or scope in known:
        return "There is nothing to show."
    has = "; ".join(map(written, known))
    return f"Nothing is known of {written(scope)}. Scopes match as a whole, and some that have memories are: {has}"


def written(scope: Mapping[str, str]) -> str:
    """Return a scope on one line."""
    return inert(",".join(f"{key}={value}" for key, value in sorted(scope.items())))


def print_json(found: Any) -> None:
    """Print an answer as JSON."""
    say(json.dumps(found, ensure_ascii=False, indent=2))


def last(name: str) -> str:
    """Return the last segment of a resource's name: its id."""
    return name.rpartition("/")[2]


def named_in(engine: Engine, collection: str, name: str) -> str:
    """Return a resource's path below an engine from its id or its full name, which must be of that engine."""
    start = f"{engine.name}/{collection}/"
    identifier = name.removeprefix(start)
    if not identifier or "/" in identifier:
        right = f"give an id, or a name that begins with {start}"
        raise InvalidArgument.of(Violation(collection, f"{name[:200]!r} is not of this engine: {right}"))
    return f"{collection}/{identifier}"
