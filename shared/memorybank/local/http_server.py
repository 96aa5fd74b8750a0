"""An HTTP server on this machine: waitress with a thread pool. All errors are answered in the API's format."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self, cast

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server
from waitress.task import ErrorTask, ThreadedTaskDispatcher

from memorybank.config import MAX_BODY
from memorybank.local.browser_guard import WsgiApplication, without_foreign_pages

_SPILL = 1024 * 1024
"""Bytes of a body that are kept in memory before waitress spools it to a file."""


_MOST_CONNECTIONS = 1024
_SPARE = 16
"""Connections that are kept free: the longest idle ones are closed for them."""

_IDLE_SECONDS = 60
"""How long a connection may stand idle, and how long a request may take to arrive."""

_MOST_DISCARDED = 256 * 1024 * 1024
"""Bytes of a refused request that are read and dropped, so that a client that writes it all first gets its answer."""

_DISCARDED_AT_ONCE = 256 * 1024

_STATUS = {500: "INTERNAL", 501: "UNIMPLEMENTED"}
"""The refusals of waitress that do not mean a malformed request."""

_MESSAGES = {413: f"The body is larger than {MAX_BODY} bytes, the most that is taken."}
"""Our text for an error that waitress describes less precisely."""


class _JsonErrorTask(ErrorTask):
    """Answers requests that never reach the application (malformed, or with a huge body) as the application would."""

    def execute(self) -> None:
        """Write the answer."""
        error = cast(Any, self.request).error
        status = _STATUS.get(error.code, "INVALID_ARGUMENT")
        message = _MESSAGES.get(error.code, f"{error.reason}: {error.body}")
        told = {"code": error.code, "message": message, "status": status, "details": []}
        body = json.dumps({"error": told}).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers = [
            *self.response_headers,
            ("Content-Type", "application/json; charset=UTF-8"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        ]
        self.set_close_on_finish()
        cast(_Channel, self.channel).discards = True
        self.content_length = len(body)
        self.write(body)


class _Parser(HTTPRequestParser):
    def received(self, data: bytes) -> int:
        """Do not ask a client for the body of a request that is refused by its headers."""
        taken: int = super().received(data)
        if self.error is not None:
            self.expect_continue = False
        return taken

    def parse_header(self, header_plus: bytes) -> None:
        """Refuse requests that make waitress fail, such as a Content-Length of thousands of digits."""
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            raise ParsingError("A header cannot be read") from error
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            # Two servers in a row could disagree on where such a body ends (RFC 9112, 6.3).
            raise ParsingError("Send Content-Length or Transfer-Encoding, not both")


class _Threads(ThreadedTaskDispatcher):
    """Starts a thread when a request finds none that is idle, up to a number: few callers need few threads."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._numbers = itertools.count()

    def add_task(self, task: Any) -> None:
        """Hand a request to a thread."""
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()
            running = len(self.threads) - self.stop_count
            waiting = len(self.queue) - (running - self.active_count)
            if waiting > 0 and not (running < self._most and self._started()):
                self.queue_logger.warning("%d requests wait for a thread", waiting)

    def _started(self) -> bool:
        """Start a thread, and tell whether the system has let it; one that has not started must not count as idle."""
        number = next(self._numbers)
        try:
            self.start_new_thread(self.handler_thread, number)  # it waits for the lock
        except RuntimeError:
            return False
        self.threads.add(number)
        self.active_count += 1
        return True

    def shutdown(self, cancel_pending: bool = True, timeout: int = 5) -> bool:  # noqa: FBT001, FBT002 - as waitress
        """Start no more threads, and end those there are."""
        with self.lock:
            self._most = 0
        return bool(super().shutdown(cancel_pending, timeout))


class _Channel(HTTPChannel):
    parser_class = _Parser
    error_task_class = _JsonErrorTask
    discards = False
    """Whether what follows the request is dropped unread: it was refused, and the answer to it is the last."""

    discarded: int | None = None
    """How many bytes were dropped since the answer was sent."""

    def readable(self) -> bool:
        """Read also what is only dropped."""
        return bool(super().readable()) if self.discarded is None else not self.will_close

    def handle_write(self) -> None:
        """Send what waits; after the answer to a refused request, end our side only and drop what still comes.

        If we closed the connection with data unread, the client's system would discard the answer (RFC 9112, 9.6).
        """
        if not (self.discards and self.close_when_flushed):
            super().handle_write()
            return
        channel = cast(Any, self)  # its stubs leave these out
        channel._flush_exception(channel._flush_some)  # noqa: SLF001 - a method of our own class
        if self.total_outbufs_len or self.will_close:
            return
        self.close_when_flushed, self.discarded = False, 0
        with contextlib.suppress(OSError):  # the client has gone
            channel.socket.shutdown(socket.SHUT_WR)

    def handle_read(self) -> None:
        """Count the time of a request from its first byte: who sends it byte by byte is idle too."""
        if self.discarded is not None:
            self._discard()
            return
        begun, since = self.request, self.last_activity
        super().handle_read()
        if begun is not None and self.request is begun:
            self.last_activity = since

    def _discard(self) -> None:
        """Drop data up to a bound; the time for it is bounded too, because this is no activity."""
        with contextlib.suppress(OSError):
            self.discarded = (self.discarded or 0) + len(self.recv(_DISCARDED_AT_ONCE))
            self.will_close = self.discarded > _MOST_DISCARDED


def _most_connections() -> int:
    """Return how many connections may be open: at most half of the files that this process may have."""
    with contextlib.suppress(ImportError):  # not on Windows
        import resource  # noqa: PLC0415 - as above

        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if files != resource.RLIM_INFINITY:
            return min(_MOST_CONNECTIONS, files // 2)
    return _MOST_CONNECTIONS


def listen(host: str, port: int) -> socket.socket:
    """Return a new socket that listens at an address; raise `OSError` if that is not available."""
    # Bound here and not by waitress, which leaks its sockets then.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


class HttpServer:
    """Serves a WSGI application at `url` until it is closed. Port 0 takes a free one.

    `listening` is a socket to serve, maybe together with other processes, in place of a new one.
    `beside` is entered before it serves, in this order, and left after it has stopped.
    """

    def __init__(
        self,
        application: WsgiApplication,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        listening: socket.socket | None = None,
        threads: int = 32,
        beside: Sequence[AbstractContextManager[Any]] = (),
    ) -> None:
        self._running = contextlib.ExitStack()
        self._beside = beside
        self._sockets: dict[int, Any] = {}
        self._room = _most_connections()
        self._stopping = threading.Event()
        server = create_server(
            without_foreign_pages(application, host=host),
            map=self._sockets,
            sockets=[listening or listen(host, port)],
            _dispatcher=_Threads(threads),
            ident="open-memory-bank",
            max_request_body_size=MAX_BODY + 1,  # waitress refuses bodies of this size and above
            inbuf_overflow=_SPILL,
            connection_limit=self._room,
            channel_timeout=_IDLE_SECONDS,
            cleanup_interval=_IDLE_SECONDS // 6,
            clear_untrusted_proxy_headers=True,
        )
        self._server = cast(Any, server)
        self._server.channel_class = _Channel
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._server.effective_port}"
        self._thread = threading.Thread(target=self._loop, name="http")

    def run(self) -> None:
        """Serve until interrupted or told to stop."""
        with self._running:
            self._start()
            try:
                self._loop()
            finally:
                self._close()

    def __enter__(self) -> Self:
        """Serve in the background."""
        self._start()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving, and finish the running requests and tasks."""
        self._stopping.set()
        self._server.pull_trigger()
        self._thread.join()
        # Only after the loop has ended, which closes nothing itself: until then its trigger is needed.
        self._close()
        self._running.close()

    def _start(self) -> None:
        for each in self._beside:
            self._running.enter_context(each)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            wasyncore.loop(timeout=1, map=self._sockets, count=1, use_poll=True)
            if len(self._sockets) > self._room - _SPARE:
                self._close_idle()

    def _close_idle(self) -> None:
        """Close the connections that have been idle for longest, so that new ones are taken."""
        channels = [each for each in self._server.active_channels.values() if not (each.requests or each.will_close)]
        for channel in sorted(channels, key=lambda each: each.last_activity)[:_SPARE]:
            channel.will_close = True

    def _close(self) -> None:
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._sockets)
