"""Delivery by the Cloud Tasks double: each attempt is a real HTTP request, with faults on demand."""

from __future__ import annotations

import logging
import socket
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

from memorybank.testing.cloud_tasks.queues import Delivery, Queues
from memorybank.testing.cloud_tasks.tokens import Tokens

_logger = logging.getLogger(__name__)


class Faults:
    """The faults to inject, by name, and how many of each are left. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._left: Counter[str] = Counter()

    def order(self, fault: str, times: int) -> None:
        """Inject a fault this many more times."""
        with self._lock:
            self._left[fault] += times

    def take(self, fault: str) -> bool:
        """Say whether to inject the fault now, and count it."""
        with self._lock:
            if self._left[fault] <= 0:
                return False
            self._left[fault] -= 1
            return True


class Dispatcher:
    """Delivers due tasks, `concurrent` at a time, from `start` until `stop`; checks the clock every `poll`."""

    def __init__(self, queues: Queues, tokens: Tokens, faults: Faults, *, concurrent: int, poll: timedelta) -> None:
        self._queues = queues
        self._tokens = tokens
        self._faults = faults
        self._poll = poll.total_seconds()
        self._pool = ThreadPoolExecutor(2 * concurrent, "cloud-tasks-delivery")  # twice: each may be delivered twice
        self._thread = Thread(target=self._dispatch, name="cloud-tasks-dispatcher", daemon=True)
        self._lock = Lock()  # guards the next two
        self._open: set[HTTPConnection] = set()
        self._stopping = False

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Break off the running deliveries and end all threads."""
        with self._lock:
            self._stopping = True
            for connection in self._open:
                with suppress(OSError):  # closed by the other side
                    if begun := connection.sock:  # it is None as soon as an answer that ends its connection has begun
                        begun.shutdown(socket.SHUT_RDWR)
        with self._queues.changed:
            self._queues.changed.notify_all()
        self._thread.join()
        self._pool.shutdown()

    def _dispatch(self) -> None:
        while not self._stopping:
            with self._queues.changed:
                delivery = self._queues.claim()
                if delivery is None and not self._stopping:
                    self._queues.changed.wait(self._poll)
            if delivery is not None:
                self._pool.submit(self._deliver, delivery)

    def _deliver(self, delivery: Delivery) -> None:
        status = None
        try:
            twin = self._pool.submit(self._send, delivery) if self._faults.take("deliver twice") else None
            status = self._send(delivery)
            if twin is not None:
                twin.result()
            if self._faults.take("drop response"):
                status = None
        except Exception:
            _logger.exception("the Cloud Tasks double is broken")
        finally:
            self._queues.finish(delivery, status)

    def _send(self, delivery: Delivery) -> int | None:
        """Send the request; return the status of the answer, None if none came in time."""
        request = delivery.task.message.http_request
        url = urlsplit(request.url)
        timeout = delivery.task.message.dispatch_deadline.total_seconds()
        connection = HTTPConnection(url.hostname or "", url.port, timeout=timeout)
        try:
            connection.connect()
            with self._lock:
                if self._stopping:
                    return None
                self._open.add(connection)
            target = (url.path or "/") + (f"?{url.query}" if url.query else "")
            connection.request(request.http_method.name, target, request.body, self._headers(request, delivery.headers))
            return connection.getresponse().status
        except (OSError, HTTPException):
            return None
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _headers(self, request: Any, told: Mapping[str, str]) -> dict[str, str]:
        headers = {**request.headers, "User-Agent": "Google-Cloud-Tasks", **told}
        if token := request.oidc_token:
            signed = self._tokens.issue(token.service_account_email, token.audience or request.url)
            headers["Authorization"] = f"Bearer {signed}"
        return headers
