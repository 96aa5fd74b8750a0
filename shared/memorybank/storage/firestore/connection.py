"""One process's connection to Firestore: made on first use, with deadlines, raising the port's errors.

It uses gRPC directly, and does what Google's client would add: credentials, routing headers and retries. That client
takes longer to import than everything else that a search needs.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

import grpc

from memorybank.errors import (
    Aborted,
    AlreadyExists,
    Cancelled,
    DeadlineExceeded,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    MemoryBankError,
    ResourceExhausted,
    Unavailable,
)
from memorybank.storage.firestore import messages
from memorybank.storage.firestore.messages import Message

_log = logging.getLogger(__name__)

CALL_SECONDS = 10.0
"""The deadline of a call, in seconds."""

EMULATOR_SECONDS = 300.0
"""The deadline of a call of the emulator: it serves tests, which must not fail because a machine is slow."""

_EMULATOR = "FIRESTORE_EMULATOR_HOST"
_TARGET = "firestore.googleapis.com:443"
_SCOPES = ("https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/datastore")
# The default limit of received messages is 4 MiB. Pings detect a connection that was lost while the CPU was frozen.
_CHANNEL = [
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
]
_METHODS: dict[str, tuple[Any, str]] = {
    "BatchGetDocuments": (messages.BatchGetDocumentsResponse, "database"),
    "Commit": (messages.CommitResponse, "database"),
    "RunAggregationQuery": (messages.RunAggregationQueryResponse, "parent"),
    "RunQuery": (messages.RunQueryResponse, "parent"),
}
"""The answer of each method, and the field of its request that Google routes it by."""

_USUAL = frozenset({"ALREADY_EXISTS", "ABORTED", "FAILED_PRECONDITION", "NOT_FOUND"})
"""The status codes of conditional commits that lost against another writer."""

_KINDS: dict[str, type[MemoryBankError]] = {
    "NOT_FOUND": FailedPrecondition,  # means the database; only in a commit, which handles it, can it mean a document
} | {
    kind.status: kind
    for kind in (
        Aborted,
        AlreadyExists,
        Cancelled,
        DeadlineExceeded,
        FailedPrecondition,
        InvalidArgument,
        ResourceExhausted,
        Unavailable,
    )
}
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 1.0
_Result = TypeVar("_Result")


def connect(target: str = _TARGET) -> grpc.Channel:
    """Return a channel with the environment's credentials, or to the emulator at `FIRESTORE_EMULATOR_HOST`.

    Google's own clients follow that variable too, and whoever sets it must not reach a real database. Raises
    `FailedPrecondition` if there are no credentials.
    """
    emulator = os.environ.get(_EMULATOR)
    if emulator:
        return grpc.insecure_channel(emulator, options=_CHANNEL)
    import google.auth.transport.requests  # noqa: PLC0415 - slow, and an emulator does without
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - as above
    from google.auth.transport.grpc import secure_authorized_channel  # noqa: PLC0415 - as above

    try:
        credentials, _ = google.auth.default(default_scopes=_SCOPES)
        request = google.auth.transport.requests.Request()
        return secure_authorized_channel(credentials, request, target, options=_CHANNEL)
    except GoogleAuthError as error:
        _log.error("Firestore cannot be used without credentials", extra={"reason": str(error)})
        raise FailedPrecondition("Firestore cannot be used without credentials; see the log for the reason") from error


class Connection:
    """Calls of one database. It raises only errors of `memorybank.errors`."""

    def __init__(self, database: str, factory: Callable[[], grpc.Channel], *, retry_seconds: float) -> None:
        self._factory = factory
        self._retry_seconds = retry_seconds
        self._channel: grpc.Channel | None = None
        self._closed = False
        self._lock = threading.Lock()
        # The first tells Google's front end the database; the second makes the emulator ignore security rules.
        self._metadata = [("google-cloud-resource-prefix", database)]
        self._seconds = CALL_SECONDS
        if os.environ.get(_EMULATOR):
            self._metadata.append(("authorization", "Bearer owner"))
            self._seconds = EMULATOR_SECONDS

    def stream(self, method: str, request: Message) -> list[Message]:
        """Read all messages of a streaming call; retry for a while if the server is unavailable."""
        end, longest = time.monotonic() + self._retry_seconds, _FIRST_PAUSE
        while True:
            try:
                return _translated(lambda: list(self._call(self._open().unary_stream, method, request)))
            except Unavailable:
                pause = random.uniform(0, longest)  # noqa: S311 - only keeps callers out of step
                if time.monotonic() + pause > end:
                    raise
            time.sleep(pause)
            longest = min(2 * longest, _LONGEST_PAUSE)

    def unary(self, method: str, request: Message) -> Message:
        """Make a call that writes, without retries: a call that was lost may have taken effect."""
        return _translated(lambda: self._call(self._open().unary_unary, method, request))

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._closed = True
            if self._channel is not None:
                self._channel.close()

    def _call(self, kind: Callable[..., Any], method: str, request: Message) -> Any:
        answer, route = _METHODS[method]
        call = kind(f"/google.firestore.v1.Firestore/{method}", type(request).SerializeToString, answer.FromString)
        routing = ("x-goog-request-params", urlencode({route: getattr(request, route)}, safe="/"))
        return call(request, timeout=self._seconds, metadata=[*self._metadata, routing])

    def _open(self) -> grpc.Channel:
        with self._lock:  # gRPC does not survive a fork, and a process may still fork after importing or making a store
            if self._closed:
                raise FailedPrecondition("the store has been closed")
            if self._channel is None:
                self._channel = self._factory()
            return self._channel


def _translated(call: Callable[[], _Result]) -> _Result:
    """Return the result of a call; convert the errors of gRPC into ours."""
    try:
        return call()
    except grpc.RpcError as error:
        name = error.code().name
        # Callers do not see Firestore's message: it may name addresses, the database and accounts.
        _log.log(
            logging.INFO if name in _USUAL else logging.WARNING,
            "Firestore refused a call",
            extra={"status": name, "firestore_says": error.details()},
        )
        # The rest are faults on our side, such as missing permissions, and would mislead a caller about their own.
        raise _KINDS.get(name, Internal)(f"Firestore answered {name}; see the log for the reason") from error
