"""The declared collections: what the bank writes is declared, and what is said of a collection holds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from memorybank.ports.collections import COLLECTIONS, INDEXES, VECTOR_INDEXES, Collection, collection_of
from tests.functions.callers import ADA, bank_with_rules, new_engine

SCOPE = {"user_id": ADA}
LINE = {"content": {"role": "user", "parts": [{"text": "I live in Rome"}]}}
LONG = {"content": {"role": "user", "parts": [{"text": "x" * 250_000}] * 4}}


@pytest.mark.parametrize(
    ("path", "identifier"),
    [
        ("engines", "engines"),
        ("engines/p:l:1", "engines"),
        ("engines/p:l:1/memories", "memories"),
        ("engines/p:l:1/memories/engines", "memories"),
        ("engines/p:l:1/memories/m/revisions/1", "revisions"),
    ],
)
def test_a_path_tells_its_collection(path: str, identifier: str) -> None:
    assert collection_of(path) is COLLECTIONS[identifier]


def test_a_collection_that_is_not_declared_is_of_no_scope() -> None:
    assert collection_of("engines/p:l:1/novelties/1") == Collection("novelties", scoped=False)


@pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=lambda collection: collection.id)
def test_listings_that_are_narrowed_by_scope_have_an_index_for_each_order(collection: Collection) -> None:
    orders = {fields[-1] for fields in collection.lists if fields[-1].endswith("_time") and len(fields) == 1}
    narrowed = {fields[-1] for fields in collection.lists if len(fields) == 2 and fields[0] == "scope_key"}
    assert collection.by_scope is bool(orders and orders <= narrowed)


def test_no_index_is_declared_twice() -> None:
    assert len(set(INDEXES)) == len(INDEXES)
    assert len(set(VECTOR_INDEXES)) == len(VECTOR_INDEXES)


def test_what_the_bank_writes_is_declared_and_says_its_scope_where_that_is_declared() -> None:
    with bank_with_rules() as bank:
        root = new_engine(bank)
        root.ok("POST", "/memories", {"fact": "I like tea", "scope": SCOPE})
        root.ok("POST", "/memories:generate", {"scope": SCOPE, "directContentsSource": {"events": [LINE]}})
        rule = {"generationTriggerConfig": {"generationRule": {"idleDuration": "3600s"}}}
        for number in range(3):
            source = {"directContentsSource": {"events": [{**LONG, "eventId": str(number)}]}}
            root.ok("POST", "/memories:ingestEvents", {"scope": SCOPE, **source, **rule})
        session = root.ok("POST", "/sessions", {"userId": ADA})["response"]["name"].removeprefix(root.engine)
        event = {"author": "user", "invocationId": "i", "timestamp": "2031-01-02T03:04:05Z"}
        root.ok("POST", f"{session}:appendEvent", event)
        assert bank.adapters.queue.wait_idle(timedelta(minutes=2))
        store = bank.adapters.store
        paths = store.below("engines", limit=1000)
        found = {path: document.data for path, document in zip(paths, store.get_many(paths), strict=True) if document}
    wrong = [path for path, data in found.items() if ("scope" in data) is not collection_of(path).scoped]
    assert wrong == []
    assert {collection_of(path).id for path in found} == COLLECTIONS.keys() - {"tasks"}
