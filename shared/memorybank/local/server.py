"""The server of a bank on this machine."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from memorybank.local.bank import Bank
from memorybank.local.browser_guard import WsgiApplication
from memorybank.local.http_server import HttpServer
from memorybank.local.mounts import mounted


class LocalServer(HttpServer):
    """Serves a bank.

    `beside` are other servers of the same bank. They are entered after it has started, and left before it stops.
    `mounts` are applications for the paths at and below a prefix such as `/mcp`; the bank's own serves all others.
    """

    def __init__(
        self,
        bank: Bank,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        threads: int = 32,
        listening: socket.socket | None = None,
        beside: Sequence[AbstractContextManager[Any]] = (),
        mounts: Mapping[str, WsgiApplication] | None = None,
    ) -> None:
        self.bank = bank
        application = mounted(bank.application, mounts or {})
        super().__init__(
            application, host=host, port=port, threads=threads, listening=listening, beside=(bank, *beside)
        )
