"""`memorybank mcp`: a server of the Model Context Protocol on standard input and output, for one scope."""

from __future__ import annotations

import argparse
import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

from memorybank.client.bank import EVERYWHERE, BankClient, Engine
from memorybank.client.memories import ScopedMemories
from memorybank.client.settings import base_url, engine_id
from memorybank.commands.scopes import add_scope, scope_of
from memorybank.commands.terminal import argument, require
from memorybank.config import default, read_settings, variable
from memorybank.errors import InvalidArgument, NotFound, Violation
from memorybank.logs import set_up
from memorybank.plugins import store_of

_SHOWN = 5


def add_to(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("mcp", help="serve the memories of one scope as MCP tools on stdin and stdout")
    add_scope(parser, required=False, says="whose memories; repeat it (else user_id=LOGIN)")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--data", metavar="PATH", help="SQLite file of a bank in this process (else MEMORYBANK_DATA)")
    where.add_argument("--url", type=argument(base_url), help="base URL of a bank that is served (else MEMORYBANK_URL)")
    parser.add_argument("--engine", type=argument(engine_id), help="name or id of the engine (else MEMORYBANK_ENGINE)")
    parser.add_argument("--token", help="ID token to send, if the bank asks for one")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Serve until standard input ends."""
    require("mcp")
    scope = scope_of(asked.scope) if asked.scope else {"user_id": getpass.getuser()}
    url = asked.url or (None if asked.data else os.environ.get(variable("url")))
    named = asked.engine or os.environ.get(variable("engine"))
    with _served(url, token=asked.token) if url else in_this_process(asked.data, os.environ) as bank:
        engine = find_engine(bank, named, create=url is None)
        from memorybank.mcp.server import build_server  # noqa: PLC0415 - takes seconds, and comes with an extra

        memories = ScopedMemories(engine, scope)
        build_server(lambda: memories, version=version("open-memory-bank")).run("stdio")
    return 0


def find_engine(bank: BankClient, named: str | None, *, create: bool) -> Engine:
    """Return the engine of that name or id, else the only one of the bank, which is created if `create` says so."""
    project = os.environ.get(variable("project"), str(default("project")))
    location = os.environ.get(variable("location"), str(default("location")))
    if named:
        return bank.find_engine(named, project=project, location=location)
    found = [each["name"] for each in bank.list_all(EVERYWHERE, query={"pageSize": _SHOWN + 1})]
    if len(found) > 1:
        shown = ", ".join(found[:_SHOWN]) + (", ..." if len(found) > _SHOWN else "")
        raise InvalidArgument.of(Violation("--engine", f"is needed, because the bank has several engines: {shown}"))
    if found:
        return bank.engine(found[0])
    if not create:
        raise NotFound(f"{bank.url} has no engine: create one there first.")
    made = bank.wait(bank.call("POST", f"projects/{project}/locations/{location}/reasoningEngines"))
    return bank.engine(made["name"])


@contextmanager
def _served(url: str, *, token: str | None) -> Iterator[BankClient]:
    yield BankClient(url, token=token)


@contextmanager
def in_this_process(data: str | None, environment: Mapping[str, str]) -> Iterator[BankClient]:
    """Run a bank on a file in this process, as `memorybank serve` does, and yield a client for it."""
    settings = read_settings(environment, **({} if data is None else {"data": data}))
    set_up(settings.log_level)
    from memorybank.local.bank import Bank, embedded_adapters  # noqa: PLC0415 - a client needs none of it
    from memorybank.mcp.in_process import URL, InProcess  # noqa: PLC0415 - as above

    with Bank(settings, embedded_adapters(settings)) as bank:
        if store_of(settings).local:
            bank.embed_anew()
        yield BankClient(URL, exchange=InProcess(bank.application.handle))
