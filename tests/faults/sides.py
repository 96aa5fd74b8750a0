"""The processes of a bank on Firestore and Cloud Tasks as its tests make them: their ports, facts, model and clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Event, Lock
from typing import Any, NamedTuple

import grpc

from memorybank.bank.config_cache import ConfigCache
from memorybank.bank.ports import BankRules
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.clock import Clock, Ids, RandomIds
from memorybank.ports.documents import DocumentStore
from memorybank.ports.models import Action, Decision, DecisionRequest, Embedder, LanguageModel
from memorybank.ports.tasks import TaskQueue
from memorybank.storage.firestore import FirestoreStore
from memorybank.tasks.cloud_tasks import CloudTasksQueue
from memorybank.testing.cloud_tasks.server import client_for
from tests.waiting import PATIENCE

SCOPE = {"user_id": "ada"}
KNOWN, REPEATED = "I live in Paris", "I like tea"
SAID, UPDATED, NEW = "I live in Lyon", "I live in Lyon, before that in Paris", "I paint"
TOLD = (SAID, REPEATED, NEW)
CLEAN = {UPDATED: [UPDATED, KNOWN], REPEATED: [REPEATED, REPEATED], NEW: [NEW]}
"""What `TOLD` leaves: each memory with its wordings, newest first."""

OTHER = "I have a dog"
"""What somebody else says meanwhile."""

PAST_A_LEASE = timedelta(seconds=62)
"""When a lease has expired and those who waited beside it have looked back."""

MAX_ATTEMPTS = 10
"""How often a task is delivered before its operation fails."""


def moves(request: DecisionRequest) -> list[Decision]:
    """Let what is said of a home update what is known of it; everything else is new."""
    return [
        Decision(index, Action.UPDATE, candidate=candidate.number, text=UPDATED)
        for index, new in enumerate(request.facts)
        for candidate in request.candidates
        if new.fact == SAID and candidate.fact in (KNOWN, UPDATED) and candidate.number in new.candidates
    ]


class ShiftedClock:
    """The machine's clock, so much ahead; any thread may move it on."""

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        self._lock = Lock()
        self._ahead = ahead

    def now(self) -> datetime:
        with self._lock:
            return datetime.now(UTC) + self._ahead

    def jump(self, step: timedelta) -> None:
        with self._lock:
            self._ahead += step


class Doors:
    """Stops the first calls of a script, each at a door of its own; later ones pass."""

    def __init__(self, doors: int) -> None:
        self._numbers = count()
        self._reached = [Event() for _ in range(doors)]
        self._opened = [Event() for _ in range(doors)]

    def before(self, script: Callable[[Any], Sequence[Any]]) -> Callable[[Any], Sequence[Any]]:
        """Return a script with the doors before it."""

        def stop(request: Any) -> Sequence[Any]:
            number = next(self._numbers)
            if number < len(self._opened):
                self._reached[number].set()
                assert self._opened[number].wait(PATIENCE)
            return script(request)

        return stop

    def wait(self, number: int) -> None:
        """Wait until a call stands at a door."""
        assert self._reached[number].wait(PATIENCE)

    def open(self, number: int) -> None:
        """Let the call at a door pass."""
        self._opened[number].set()


@dataclass(frozen=True)
class Side:
    """The ports of one process of a bank."""

    store: DocumentStore
    queue: TaskQueue
    model: LanguageModel
    embedder: Embedder
    clock: Clock
    ids: Ids
    configs: ConfigCache
    rules: BankRules = field(default_factory=BankRules)


class Place(NamedTuple):
    """Where a bank is: its project, its queue, and the addresses of Firestore and Cloud Tasks."""

    project: str
    queue: str
    firestore: str
    tasks: str


def open_side(
    stack: ExitStack,
    place: Place,
    worker_url: str,
    *,
    model: LanguageModel,
    clock: Clock | None = None,
    deadline: Callable[[], float] = lambda: PATIENCE,
) -> Side:
    """Open the ports of a process whose tasks go to `worker_url`; `deadline` says how many seconds an RPC may take."""
    clock = clock or ShiftedClock()
    store = FirestoreStore(place.project, connect=lambda: _connect(place.firestore, deadline))
    stack.callback(store.close)
    client = client_for(place.tasks)
    stack.callback(client.transport.close)
    queue = CloudTasksQueue(
        place.queue,
        worker_url=worker_url,
        service_account_email="tasks@p.iam.gserviceaccount.com",
        audience="worker",
        clock=clock,
        client=_Limited(client, deadline),
    )
    return Side(store, queue, model, OfflineEmbedder(), clock, RandomIds(), ConfigCache(timedelta(0)))


class _Limited:
    """Google's client for Cloud Tasks, whose calls give up when they are told to."""

    def __init__(self, client: Any, seconds: Callable[[], float]) -> None:
        self._client, self._seconds = client, seconds

    def create_task(self, request: Any, *, retry: Any, timeout: float) -> Any:  # noqa: ARG002 - the driver's own
        seconds = self._seconds()
        return self._client.create_task(request, retry=retry.with_timeout(seconds), timeout=seconds)


class _Details(NamedTuple):
    method: str
    timeout: float | None
    metadata: Any
    credentials: Any
    wait_for_ready: Any
    compression: Any


class _Deadline(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):  # type: ignore[misc]  # untyped
    """Makes every call of a channel give up when it is told to, not when its driver would."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds

    def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        return continuation(self._sooner(details), request)

    def intercept_unary_stream(self, continuation: Any, details: Any, request: Any) -> Any:
        return continuation(self._sooner(details), request)

    def _sooner(self, of: Any) -> _Details:
        return _Details(of.method, self._seconds(), of.metadata, of.credentials, of.wait_for_ready, of.compression)


def _connect(address: str, deadline: Callable[[], float]) -> grpc.Channel:
    return grpc.intercept_channel(grpc.insecure_channel(address), _Deadline(deadline))
