"""Firestore keeps the contract: shown on Google's emulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import grpc
import pytest

from memorybank.errors import InvalidArgument
from memorybank.ports.documents import Create, DocumentStore, Order, Patch, Put, Query, Where
from memorybank.ports.sizes import MAX_COMMIT
from memorybank.storage.firestore import FirestoreStore, connect
from memorybank.testing.contracts.store import StoreContract
from memorybank.testing.contracts.store_faults import FaultContract, Outage
from memorybank.testing.contracts.store_nearest import at, near
from memorybank.testing.processes import free_ports

MEMORIES = "engines/e/memories"


class TestFirestore(StoreContract):
    @pytest.fixture
    def store(self, firestore_store: FirestoreStore) -> DocumentStore:
        return firestore_store


class _Severed:
    """A channel whose calls go to a port where nobody listens, while it is severed."""

    def __init__(self, nowhere: str) -> None:
        self._channel, self._nowhere = connect(), grpc.insecure_channel(nowhere)
        self.severed = False

    def unary_stream(self, *call: object) -> Any:
        return self._present().unary_stream(*call)

    def unary_unary(self, *call: object) -> Any:
        return self._present().unary_unary(*call)

    def close(self) -> None:
        self._channel.close()
        self._nowhere.close()

    def _present(self) -> Any:
        return self._nowhere if self.severed else self._channel


@pytest.mark.usefixtures("firestore_emulator")
class TestFirestoreFaults(FaultContract):
    """The connection is lost; a read is not tried again here, which takes ten seconds otherwise."""

    @pytest.fixture
    def channel(self) -> _Severed:
        [port] = free_ports(1)
        return _Severed(f"127.0.0.1:{port}")

    @pytest.fixture
    def store(self, channel: _Severed) -> Iterator[DocumentStore]:
        store = FirestoreStore(f"p-{uuid4().hex[:12]}", connect=lambda: channel, retry_seconds=0)
        yield store
        store.close()

    @pytest.fixture
    def outage(self, channel: _Severed) -> Outage:
        @contextmanager
        def severed() -> Iterator[None]:
            channel.severed = True
            yield
            channel.severed = False

        return severed


class CountingChannel:
    """Counts the calls that reach Firestore, by name."""

    def __init__(self) -> None:
        self._channel = connect()
        self.calls: list[str] = []
        self.close = self._channel.close

    def unary_stream(self, method: str, *codec: object) -> Callable[..., Any]:
        return self._counted(method, self._channel.unary_stream(method, *codec))

    def unary_unary(self, method: str, *codec: object) -> Callable[..., Any]:
        return self._counted(method, self._channel.unary_unary(method, *codec))

    def _counted(self, method: str, call: Callable[..., Any]) -> Callable[..., Any]:
        self.calls.append(method.rpartition("/")[2])
        return call


@pytest.fixture
def channel(firestore_emulator: str) -> CountingChannel:
    return CountingChannel()


@pytest.fixture
def store(channel: CountingChannel) -> Iterator[FirestoreStore]:
    """Open a store of a counting channel, with one memory in it."""
    store = FirestoreStore(f"p-{uuid4().hex[:12]}", connect=lambda: channel)
    store.commit([Create(f"{MEMORIES}/m", at(1.0, 0.0, fact="f"))])
    channel.calls.clear()
    yield store
    store.close()


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda store: store.get(f"{MEMORIES}/m", fields=["fact"]), "BatchGetDocuments"),
        (lambda store: store.get_many([f"{MEMORIES}/{n}" for n in "mnop"]), "BatchGetDocuments"),
        (lambda store: store.query(Query(MEMORIES, order=(Order("fact"),))), "RunQuery"),
        (lambda store: store.count(Query(MEMORIES)), "RunAggregationQuery"),
        (lambda store: store.nearest(near(MEMORIES, 1.0, 0.0)), "RunQuery"),
        (lambda store: store.below("engines", limit=10), "RunQuery"),
        (lambda store: store.commit([Put(f"{MEMORIES}/{n}", {"fact": n}) for n in "mnop"]), "Commit"),
    ],
    ids=["get", "get_many", "query", "count", "nearest", "below", "commit"],
)
def test_a_call_of_the_port_is_one_call_of_firestore(
    store: FirestoreStore, channel: CountingChannel, call: Callable[[FirestoreStore], object], name: str
) -> None:
    assert call(store)
    assert channel.calls == [name]


def test_a_document_asked_for_twice_comes_twice(store: FirestoreStore) -> None:
    one, none, other = store.get_many([f"{MEMORIES}/m", f"{MEMORIES}/none", f"{MEMORIES}/m"], fields=["fact"])

    assert one is not None
    assert (one, none) == (other, None)


def test_the_largest_commit_is_taken(store: FirestoreStore) -> None:
    """A commit is measured as Firestore does: what the adapter lets through, the emulator takes."""
    size, left = 1_000_000, MAX_COMMIT - 4_000_000
    sizes = [size] * 4 + [left - 600]

    assert len(store.commit([Put(f"{MEMORIES}/{n}", {"bytes": b"x" * size}) for n, size in enumerate(sizes)])) == 5
    with pytest.raises(InvalidArgument, match="split it"):
        store.commit([Put(f"{MEMORIES}/{n}", {"bytes": b"x" * size}) for n, size in enumerate([*sizes, 700])])


def test_a_value_that_firestore_does_not_take_is_an_invalid_argument(store: FirestoreStore) -> None:
    data: list[dict[str, Any]] = [{"fact": "x" * 1_048_488}, {"fact": [[1]]}, {"__x__": 1}, {"fact": {"k" * 1501: 1}}]

    for each in data:
        with pytest.raises(InvalidArgument):
            store.commit([Create(f"{MEMORIES}/new", each)])


def test_a_write_that_changes_nothing_keeps_the_version(store: FirestoreStore) -> None:
    (version,) = store.commit([Patch(f"{MEMORIES}/m", {"fact": "g"})])

    assert store.commit([Patch(f"{MEMORIES}/m", {"fact": "g"}, version)]) == [version]


def test_a_range_on_a_field_that_is_not_ordered_by_is_refused(store: FirestoreStore) -> None:
    query = Query(MEMORIES, where=(Where("number", ">", 1),), order=(Order("fact"),))

    with pytest.raises(InvalidArgument):
        store.query(query)


def test_a_database_of_another_name_is_another_database(store: FirestoreStore, channel: CountingChannel) -> None:
    other = FirestoreStore("p", database="other", connect=lambda: channel)

    assert other.get(f"{MEMORIES}/m") is None
