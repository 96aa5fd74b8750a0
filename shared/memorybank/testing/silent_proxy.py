"""A TCP proxy that can go silent, as a network does that drops packets: connections stay open and nothing arrives."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Self

_CHUNK = 65_536


class SilentProxy:
    """Forwards connections to `upstream` (host:port), on a free port, inside a `with` block.

    While it is silent it accepts connections and carries no byte. Those that it has carried nothing for stay dead when
    it speaks again: only new ones reach the upstream.
    """

    def __init__(self, upstream: str) -> None:
        host, _, port = upstream.rpartition(":")
        self._upstream = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.accepted = 0
        self._lock = Lock()  # guards the next two
        self._open: list[socket.socket] = []
        self._dead: Event = Event()  # of the connections that are made now

    def __enter__(self) -> Self:
        Thread(target=self._accept, name="silent-proxy", daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        for each in [self._listener, *self._open]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def be_silent(self) -> None:
        """Carry nothing any more, on any connection."""
        with self._lock:
            self._dead.set()

    def speak(self) -> None:
        """Carry what arrives on new connections."""
        with self._lock:
            self._dead = Event()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            with self._lock:
                self.accepted += 1
                dead = self._dead
                self._open.append(client)
            if not dead.is_set():
                with suppress(OSError):
                    self._join(client, dead)

    def _join(self, client: socket.socket, dead: Event) -> None:
        server = socket.create_connection(self._upstream)
        with self._lock:
            self._open.append(server)
        for source, target in ((client, server), (server, client)):
            Thread(target=_carry, args=(source, target, dead), name="silent-proxy-carry", daemon=True).start()


def _carry(source: socket.socket, target: socket.socket, dead: Event) -> None:
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            if not dead.is_set():
                target.sendall(data)
        if not dead.is_set():
            target.shutdown(socket.SHUT_WR)
