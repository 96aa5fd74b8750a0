"""`memorybank serve`: serves the bank on this machine, from one SQLite file."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from memorybank.commands.listening import interrupt, port_number
from memorybank.commands.terminal import open_page, page_url, require, say
from memorybank.config import Settings, read_settings, refuse_local_on_cloud_run
from memorybank.console.addresses import ROOT
from memorybank.errors import InvalidArgument
from memorybank.local.allocator import share_arenas
from memorybank.local.browser_guard import WsgiApplication, for_own_pages, is_loopback
from memorybank.logs import set_up
from memorybank.plugins import greeting_of, store_of

if TYPE_CHECKING:  # other commands need not wait for these
    from memorybank.local.bank import Bank
    from memorybank.local.grpc.server import GrpcServer
    from memorybank.local.workers import Workers

_SETTINGS = ("data", "host", "port", "workers")
_SNIPPET = """\
    import agentplatform, google.oauth2.credentials
    client = agentplatform.Client(project="{project}", location="{location}", http_options={{"base_url": "{url}"}},
                                  credentials=google.oauth2.credentials.Credentials(token="any"))
    bank = client.memory_banks.create(config={{"display_name": "my first bank"}})
    client.memory_banks.memories.create(name=bank.name, fact="I like tea", scope={{"user_id": "ada"}})
"""


def add_to(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("serve", help="serve the bank on this machine, from one SQLite file")
    parser.add_argument("--host", help="address to listen on (MEMORYBANK_HOST, else 127.0.0.1)")
    parser.add_argument(
        "--port", type=port_number, help="port to listen on; 0 takes a free one (MEMORYBANK_PORT, else 8080)"
    )
    parser.add_argument(
        "--grpc-port", type=port_number, metavar="PORT", help="serve gRPC, too, on this port; 0 takes a free one"
    )
    parser.add_argument("--data", metavar="PATH", help="SQLite file, or :memory: (MEMORYBANK_DATA, else memorybank.db)")
    parser.add_argument("--workers", metavar="N", help="processes to serve with (MEMORYBANK_WORKERS, else 1)")
    parser.add_argument("--shared-socket", type=int, help=argparse.SUPPRESS)  # in a worker: the number of its file
    parser.add_argument("--no-console", action="store_true", help="serve no web pages (MEMORYBANK_CONSOLE=off)")
    parser.add_argument("--open", action="store_true", help="open the console in a browser")
    parser.set_defaults(run=run)


_TURN = 0.0001
"""Seconds after which a thread that computes lets another one go on. A small call waits for its turn a dozen times."""


def run(asked: argparse.Namespace) -> int:
    """Serve until the process is told to stop."""
    require("local")
    if asked.grpc_port is not None:
        require("sdk")
    given = {name: str(value) for name in _SETTINGS if (value := getattr(asked, name)) is not None}
    given |= {"console": "off"} if asked.no_console else {}
    settings = read_settings(os.environ, **given)
    refuse_local_on_cloud_run(settings, os.environ)
    set_up(settings.log_level, for_people=sys.stderr.isatty())
    # Read when numpy is imported. Searches run in parallel; if each also split its work, they would slow each other
    # down (measured on 2 cores, 8 at once: a tenth of the throughput).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.setswitchinterval(_TURN)
    share_arenas()
    if asked.shared_socket is not None:
        return _work(settings, asked.shared_socket)
    if settings.workers > 1 and settings.data == ":memory:":
        right = "leave --workers (MEMORYBANK_WORKERS) out, or name a file with --data"
        raise InvalidArgument(f"a bank in memory is served by one process, not {settings.workers}: {right}")
    return _serve(asked, settings)


def _serve(asked: argparse.Namespace, settings: Settings) -> int:
    from memorybank.local.http_server import listen  # noqa: PLC0415 - other commands need not wait for it
    from memorybank.local.server import LocalServer  # noqa: PLC0415 - as above

    bank = _bank(settings)
    try:
        grpc = None if asked.grpc_port is None else _grpc_server(bank, host=settings.host, port=asked.grpc_port)
        listening, secret = listen(settings.host, settings.port), secrets.token_urlsafe(32)
        beside: list[AbstractContextManager[Any]] = [] if grpc is None else [grpc]
        if settings.workers > 1:
            beside.append(_workers(settings, listening=listening, secret=secret))
        mounts = _mounts(bank, settings, secret=secret)
        server = LocalServer(bank, host=settings.host, listening=listening, beside=beside, mounts=mounts)
    except OSError as error:
        bank.adapters.store.close()
        port, why = error.filename or f"{settings.host}:{settings.port}", error.strerror or error
        say(f"memorybank: cannot listen on {port}: {why}; choose another with --host, --port or --grpc-port")
        return 1
    signal.signal(signal.SIGTERM, interrupt)
    try:
        say(_greeting(settings, server.url, grpc=grpc.address if grpc else None))
        if asked.open and settings.console == "on":
            open_page(server.url)
        if store_of(settings).local and (engines := bank.embed_anew()):
            say(f"Memories of {engines} engine(s) have vectors of another embedding model and are being re-embedded.")
        server.run()
    except KeyboardInterrupt:
        say("Stopped. Tasks that were still waiting are finished after the next start.")
    return 0


def _workers(settings: Settings, *, listening: socket.socket, secret: str) -> Workers:
    """Return the other processes that serve the bank."""
    from memorybank.local.workers import Workers  # noqa: PLC0415 - as above

    options = [f"--{name}={getattr(settings, name)}" for name in _SETTINGS]
    options += ["--no-console"] if settings.console == "off" else []
    command = [sys.executable, "-P", "-m", "memorybank", "serve", *options, "--shared-socket"]
    return Workers(command, count=settings.workers - 1, listening=listening, secret=secret)


def _work(settings: Settings, number: int) -> int:
    """Serve as one of the other processes, until the first one ends."""
    from memorybank.local.server import LocalServer  # noqa: PLC0415 - as above
    from memorybank.local.workers import obey_parent  # noqa: PLC0415 - as above

    signal.signal(signal.SIGTERM, interrupt)
    try:
        secret = obey_parent()
        bank = _bank(settings, sweeps=False)
        listening, mounts = socket.socket(fileno=number), _mounts(bank, settings, secret=secret)
        LocalServer(bank, host=settings.host, listening=listening, mounts=mounts).run()
    except KeyboardInterrupt:
        pass
    return 0


def _bank(settings: Settings, *, sweeps: bool = True) -> Bank:
    from memorybank.access.access import access_of  # noqa: PLC0415 - as above
    from memorybank.local.bank import Bank, embedded_adapters  # noqa: PLC0415 - as above

    access = access_of(settings, local=True, loopback=is_loopback(settings.host))
    return Bank(settings, embedded_adapters(settings), access=access, sweeps=sweeps)


def _mounts(bank: Bank, settings: Settings, *, secret: str) -> dict[str, WsgiApplication]:
    """Return what is served beside the API, by the beginnings of its paths."""
    from memorybank.local.reference import reference_mounts  # noqa: PLC0415 - as above
    from memorybank.mcp.http import PATH, McpOverHttp  # noqa: PLC0415 - as above

    mcp = McpOverHttp(bank.application.handle, project=settings.project, location=settings.location)
    return {PATH: mcp, **reference_mounts(), **console_mounts(bank, settings, secret=secret)}


def console_mounts(bank: Bank, settings: Settings, *, secret: str | None = None) -> Mapping[str, WsgiApplication]:
    """Return the console by the paths where it is served; nothing if it is switched off."""
    if settings.console == "off":
        return {}
    from memorybank.console.application import Console, connecting  # noqa: PLC0415 - as above
    from memorybank.console.visit import Place  # noqa: PLC0415 - as above
    from memorybank.mcp.in_process import InProcess  # noqa: PLC0415 - as above

    connect = connecting(InProcess(bank.application.handle))
    console = for_own_pages(Console(connect, Place(settings.project, settings.location), token=secret))
    return {"/": console, ROOT: console}


def _grpc_server(bank: Bank, *, host: str, port: int) -> GrpcServer:
    """Return a gRPC server in front of a bank; Google's messages take a second or two to import."""
    from memorybank.handlers.routes import PUBLIC, routes_of  # noqa: PLC0415 - as above
    from memorybank.local.grpc.server import GrpcServer  # noqa: PLC0415 - comes with an extra

    return GrpcServer(bank.application, routes_of(PUBLIC), host=host, port=port)


def _greeting(settings: Settings, url: str, *, grpc: str | None) -> str:
    kept = "in memory only" if settings.data == ":memory:" else f"in {os.path.abspath(settings.data)}"  # noqa: PTH100 - shown only
    also = f"It serves gRPC at {grpc}, without TLS.\n" if grpc else ""
    shown = f"To see what it remembers, and why: {page_url(url)}/\n" if settings.console == "on" else ""
    snippet = _SNIPPET.format(project=settings.project, location=settings.location, url=url)
    return (
        f"Open Memory Bank is serving at {url} (data {kept}; SQLite {sqlite3.sqlite_version}).\n"
        f"{shown}{also}"
        f"{greeting_of(settings)}\n\n"
        f"Paste this into Python (pip install google-cloud-aiplatform):\n\n{snippet}\nCtrl-C stops it."
    )
