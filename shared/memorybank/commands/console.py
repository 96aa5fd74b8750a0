"""`memorybank console`: web pages for any bank, served to this machine only."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
from typing import Any
from urllib.parse import urlsplit

from memorybank.client.settings import base_url, engine_id, read_client_settings
from memorybank.commands.calling import DEFAULT_URL, bank_of, engine_of
from memorybank.commands.listening import interrupt, port_number
from memorybank.commands.terminal import argument, open_page, require, say
from memorybank.config import variable
from memorybank.console.addresses import address
from memorybank.hosts import is_this_machine

_NEAR, _FAR, _MOST = 0.7, 15.0, 3600
"""Seconds after which an open page asks for news: a deployment is billed for what it is asked."""


def add_to(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("console", help="serve web pages that show a bank, to this machine only")
    parser.add_argument("--url", type=argument(base_url), help=f"the bank's URL (MEMORYBANK_URL, else {DEFAULT_URL})")
    parser.add_argument("--engine", type=argument(engine_id), help="engine to begin with (MEMORYBANK_ENGINE)")
    parser.add_argument("--token", help="ID token to send, if the bank asks for one")
    parser.add_argument("--port", type=port_number, default=8081, help="port to listen on (%(default)s)")
    parser.add_argument("--open", action="store_true", help="open the console in a browser")
    parser.add_argument(
        "--refresh",
        type=_seconds,
        metavar="SECONDS",
        help="how often an open page asks for news, 0 for never (every second from this machine, 15 s elsewhere)",
    )
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Serve until interrupted."""
    require("local")
    bank = bank_of(asked)
    engine = engine_of(asked).name if asked.engine or os.environ.get(variable("engine")) else None
    settings = read_client_settings(os.environ, url=bank.url, engine=engine or "-")
    project, location = settings.engine_name.split("/")[1:4:2]
    near = is_this_machine(urlsplit(bank.url).hostname or "")
    refresh = asked.refresh if asked.refresh is not None else _NEAR if near else _FAR
    from memorybank.console.application import Console  # noqa: PLC0415 - other commands need not wait for it
    from memorybank.console.visit import Place  # noqa: PLC0415 - as above
    from memorybank.local.browser_guard import for_own_pages  # noqa: PLC0415 - as above
    from memorybank.local.http_server import HttpServer  # noqa: PLC0415 - as above

    console = Console(lambda _: bank, Place(project, location, engine), every=round(1000 * refresh))
    try:
        server = HttpServer(for_own_pages(console), port=asked.port)
    except OSError as error:
        say(f"memorybank: cannot listen on port {asked.port}: {error.strerror or error}; choose another with --port")
        return 1
    page = server.url + address(engine or "")
    signal.signal(signal.SIGTERM, interrupt)
    say(f"The console of {bank.url} is at {page}\nCtrl-C stops it.")
    if asked.open:
        open_page(page)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    return 0


def _seconds(text: str) -> float:
    """Return the number of seconds that an argument gives."""
    if text.isascii() and text.isdecimal() and int(text) <= _MOST:
        return float(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to {_MOST}")
