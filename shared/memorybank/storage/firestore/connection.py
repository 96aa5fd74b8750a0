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
from memorybank.storage.firestore.retries import COMMIT, CONDITIONAL_COMMIT, READ, Failures, status_of

_log = logging.getLogger(__name__)

CALL_SECONDS = 10.0
"""The deadline of a call, in seconds."""

EMULATOR_SECONDS = 300.0
"""The deadline of a call of the emulator: it serves tests, which must not fail because a machine is slow."""

_EMULATOR = "FIRESTORE_EMULATOR_HOST"
_TARGET = "firestore.googleapis.com:443"
_SCOPES = ("https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/datastore")
CHANNEL_OPTIONS = [
    # The default limit of received messages is 4 MiB.
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    # A connection that went silent, while the CPU was frozen or the network away, is found out by a ping every half
    # minute, calls or not, and given up 5 seconds later. Google's other clients ping as often.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.http2.ping_timeout_ms", 5_000),  # the one that counts: 60 seconds unless set, whatever the other says
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.use_local_subchannel_pool", 1),  # or a new channel would be given the old one's connection
    # gRPC would wait up to two minutes between two attempts to connect, and 20 seconds for one.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.min_reconnect_backoff_ms", 2_000),
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
        return grpc.insecure_channel(emulator, options=CHANNEL_OPTIONS)
    import google.auth.transport.requests  # noqa: PLC0415 - slow, and an emulator does without
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - as above
    from google.auth.transport.grpc import secure_authorized_channel  # noqa: PLC0415 - as above

    try:
        credentials, _ = google.auth.default(default_scopes=_SCOPES)
        request = google.auth.transport.requests.Request()
        return secure_authorized_channel(credentials, request, target, options=CHANNEL_OPTIONS)
    except GoogleAuthError as error:
        _log.error("Firestore cannot be used without credentials", extra={"reason": str(error)})
        raise FailedPrecondition("Firestore cannot be used without credentials; see the log for the reason") from error


class Connection:
    """Calls of one database. It raises only errors of `memorybank.errors`."""

    def __init__(self, database: str, factory: Callable[[], grpc.Channel], *, retry_seconds: float) -> None:
        self._factory = factory
        self._retry_seconds = retry_seconds
        self._channel: grpc.Channel | None = None
        self._retired: grpc.Channel | None = None
        self._closed = False
        self._lock = threading.Lock()
        # The first tells Google's front end the database; the second makes the emulator ignore security rules.
        self._metadata = [("google-cloud-resource-prefix", database)]
        self._seconds = CALL_SECONDS
        if os.environ.get(_EMULATOR):
            self._metadata.append(("authorization", "Bearer owner"))
            self._seconds = EMULATOR_SECONDS

    def stream(self, method: str, request: Message) -> list[Message]:
        """Read all messages of a streaming call, which is repeated for a while if it fails."""
        return self._repeated(lambda channel: list(self._call(channel.unary_stream, method, request)), READ)

    def commit(self, request: Message, *, conditional: bool) -> Message:
        """Commit. It is repeated where it certainly had no effect or, if it is `conditional`, cannot have it twice."""
        again = CONDITIONAL_COMMIT if conditional else COMMIT
        return self._repeated(lambda channel: self._call(channel.unary_unary, "Commit", request), again)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._closed = True
            for channel in (self._channel, self._retired):
                if channel is not None:
                    channel.close()

    def _repeated(self, call: Callable[[grpc.Channel], _Result], again: frozenset[str]) -> _Result:
        end, longest = time.monotonic() + self._retry_seconds, _FIRST_PAUSE
        failures = Failures(again)
        while True:
            channel = self._open()
            try:
                return call(channel)
            except grpc.RpcError as error:
                status = status_of(error)
                if status == DeadlineExceeded.status:
                    self._replace(channel)
                translated = _translated(error, status)
                if failures.hides_success(status):
                    earlier = failures.doubtful
                    raise _translated(earlier, status_of(earlier)) from earlier
                pause = random.uniform(0, longest)  # noqa: S311 - only keeps callers out of step
                if not failures.may_repeat(status) or time.monotonic() + pause > end:
                    raise translated from error
                failures.add(status, error)
            time.sleep(pause)
            longest = min(2 * longest, _LONGEST_PAUSE)

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

    def _replace(self, channel: grpc.Channel) -> None:
        """Connect anew after a call that was not answered in time: its connection may have gone silent just before.

        Calls that are under way keep the old channel, which is closed when the next one is replaced: by then their
        deadline is over, too.
        """
        with self._lock:
            if self._closed or self._channel is not channel:
                return
            self._channel, retired, self._retired = self._factory(), self._retired, channel
        if retired is not None:
            retired.close()


def _translated(failure: Any, status: str) -> MemoryBankError:
    """Return the error of ours for a failure of gRPC."""
    # Callers do not see Firestore's message: it may name addresses, the database and accounts.
    _log.log(
        logging.INFO if status in _USUAL else logging.WARNING,
        "Firestore refused a call",
        extra={"status": status, "firestore_says": failure.details()},
    )
    # The rest are faults on our side, such as missing permissions, and would mislead a caller about their own.
    return _KINDS.get(status, Internal)(f"Firestore answered {status}; see the log for the reason")
