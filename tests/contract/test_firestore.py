"""Firestore keeps the contract: shown on Google's emulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from memorybank.errors import InvalidArgument
from memorybank.storage.documents import Create, DocumentStore, Order, Patch, Put, Query, Where
from memorybank.storage.firestore import FirestoreStore, connect
from memorybank.storage.firestore.commit import MAX_BYTES
from memorybank.testing.store_contract import StoreContract
from memorybank.testing.store_contract_nearest import at, near

MEMORIES = "engines/e/memories"


class TestFirestore(StoreContract):
    @pytest.fixture
    def store(self, firestore_store: FirestoreStore) -> DocumentStore:
        return firestore_store


class CountingClient:
    """Counts the calls that reach Firestore, by name."""

    def __init__(self) -> None:
        self._client = connect()
        self.transport = self._client.transport
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        self.calls.append(name)
        call: Callable[..., Any] = getattr(self._client, name)
        return call


@pytest.fixture
def client(firestore_emulator: str) -> CountingClient:
    return CountingClient()


@pytest.fixture
def store(client: CountingClient) -> Iterator[FirestoreStore]:
    """Open a store of a counting client, with one memory in it."""
    store = FirestoreStore(f"p-{uuid4().hex[:12]}", connect=lambda: client)
    store.commit([Create(f"{MEMORIES}/m", at(1.0, 0.0, fact="f"))])
    client.calls.clear()
    yield store
    store.close()


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda store: store.get(f"{MEMORIES}/m", fields=["fact"]), "batch_get_documents"),
        (lambda store: store.get_many([f"{MEMORIES}/{n}" for n in "mnop"]), "batch_get_documents"),
        (lambda store: store.query(Query(MEMORIES, order=(Order("fact"),))), "run_query"),
        (lambda store: store.count(Query(MEMORIES)), "run_aggregation_query"),
        (lambda store: store.nearest(near(MEMORIES, 1.0, 0.0)), "run_query"),
        (lambda store: store.below("engines", limit=10), "run_query"),
        (lambda store: store.commit([Put(f"{MEMORIES}/{n}", {"fact": n}) for n in "mnop"]), "commit"),
    ],
    ids=["get", "get_many", "query", "count", "nearest", "below", "commit"],
)
def test_a_call_of_the_port_is_one_call_of_firestore(
    store: FirestoreStore, client: CountingClient, call: Callable[[FirestoreStore], object], name: str
) -> None:
    assert call(store)
    assert client.calls == [name]


def test_a_document_asked_for_twice_comes_twice(store: FirestoreStore) -> None:
    one, none, other = store.get_many([f"{MEMORIES}/m", f"{MEMORIES}/none", f"{MEMORIES}/m"], fields=["fact"])

    assert one is not None
    assert (one, none) == (other, None)


def test_the_largest_commit_is_taken(store: FirestoreStore) -> None:
    """A commit is measured as Firestore does: what the adapter lets through, the emulator takes."""
    size, left = 1_000_000, MAX_BYTES - 4_000_000
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


def test_a_database_of_another_name_is_another_database(store: FirestoreStore, client: CountingClient) -> None:
    other = FirestoreStore("p", database="other", connect=lambda: client)

    assert other.get(f"{MEMORIES}/m") is None
