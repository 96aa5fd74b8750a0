"""One process's connection to Firestore: made on first use, bounded in time, failing in the port's terms."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
from google.api_core.exceptions import GoogleAPICallError, RetryError, ServiceUnavailable
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud.firestore_v1 import types
from google.cloud.firestore_v1.services.firestore import FirestoreClient
from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport

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
from memorybank.storage.firestore.messages import Message

CALL_SECONDS = 10.0
"""How long one call may take."""

_EMULATOR = "FIRESTORE_EMULATOR_HOST"
# The default of 4 MiB bounds what a client receives; pings tell a connection that was lost while the CPU was frozen.
_CHANNEL = [
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
]
_KINDS: dict[str, type[MemoryBankError]] = {
    "NOT_FOUND": FailedPrecondition,  # said of the database, and of a document only in a commit, which looks closer
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
_REQUESTS: dict[str, Any] = {
    "batch_get_documents": types.BatchGetDocumentsRequest,
    "commit": types.CommitRequest,
    "run_aggregation_query": types.RunAggregationQueryRequest,
    "run_query": types.RunQueryRequest,
}
_Result = TypeVar("_Result")


def connect() -> FirestoreClient:
    """Return a client with the environment's credentials, or of the emulator at `FIRESTORE_EMULATOR_HOST`.

    Google's own clients heed that variable, and one who sets it must not reach a real database.
    """
    emulator = os.environ.get(_EMULATOR)
    if emulator:
        channel = grpc.insecure_channel(emulator, options=_CHANNEL)
    else:
        channel = FirestoreGrpcTransport.create_channel(options=_CHANNEL)
    return FirestoreClient(transport=FirestoreGrpcTransport(channel=channel))


class Connection:
    """Calls of one database. Every error that leaves it is one of `memorybank.errors`."""

    def __init__(self, database: str, factory: Callable[[], FirestoreClient], *, retry_seconds: float) -> None:
        self._factory = factory
        self._retrying = Retry(if_exception_type(ServiceUnavailable), initial=0.1, maximum=1.0, timeout=retry_seconds)
        self._client: Any = None
        self._closed = False
        self._lock = threading.Lock()
        # The first names the database to Google's front end; the second lets the emulator pass over security rules.
        self._metadata = [("google-cloud-resource-prefix", database)]
        if os.environ.get(_EMULATOR):
            self._metadata.append(("authorization", "Bearer owner"))

    def stream(self, method: str, request: Message) -> list[Message]:
        """Read all messages of a call that streams; one that finds nobody there is tried again for a while."""
        return _translated(self._retrying(lambda: [_plain(message) for message in self._call(method, request)]))

    def unary(self, method: str, request: Message) -> Message:
        """Make a call that writes, once: whether one that was lost took effect is not known."""
        return _translated(lambda: _plain(self._call(method, request)))

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._closed = True
            if self._client is not None:
                self._client.transport.close()

    def _call(self, method: str, request: Message) -> Any:
        call, wrapped = getattr(self._open(), method), _REQUESTS[method].wrap(request)
        return call(request=wrapped, retry=None, timeout=CALL_SECONDS, metadata=self._metadata)

    def _open(self) -> Any:
        with self._lock:  # gRPC does not survive a fork: whoever imports or makes a store may still fork
            if self._closed:
                raise FailedPrecondition("the store has been closed")
            if self._client is None:
                self._client = self._factory()
            return self._client


def _plain(message: Any) -> Message:
    """Take Google's wrapper off a message."""
    return type(message).pb(message)


def _translated(call: Callable[[], _Result]) -> _Result:
    """Return what a call returns; turn the errors of Google's libraries into ours."""
    try:
        return call()
    except RetryError as error:
        raise _ours(error.cause or error) from error
    except (GoogleAPICallError, GoogleAuthError) as error:
        raise _ours(error) from error


def _ours(error: Exception) -> MemoryBankError:
    if isinstance(error, GoogleAuthError):
        return FailedPrecondition(f"Firestore cannot be used without credentials: {error}")
    status = getattr(getattr(error, "grpc_status_code", None), "name", "")
    # What is left is ours to mend, such as this service's permissions, and would mislead a caller about theirs.
    return _KINDS.get(status, Internal)(f"Firestore: {getattr(error, 'message', error)}")
