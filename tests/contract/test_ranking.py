"""A search that ranks by words, too, on either store: the same results, from one vector query and nothing else."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

import pytest

from memorybank.bank.memories.found import FoundMemory
from memorybank.bank.memories.ranking import CANDIDATES
from memorybank.bank.memories.retrieve import retrieve_similar
from memorybank.ports.documents import Create, DocumentStore, Hit, Nearest
from memorybank.ports.models import Purpose
from memorybank.resources.retrieval import RetrieveMemoriesRequest
from memorybank.resources.wire import parse
from memorybank.storage.sqlite import SqliteStore
from tests.unit.policy import SCOPE, Policy, open_policy

FACTS = (
    "I write firmware in C++",
    "The invoicing tool is written in C#",
    "Order ORD-88213 was for two lamps",
    "Order ORD-88231 was returned",
    "うちの猫の名前はモモです",
    "私は横浜に住んでいます",
    "My visa expires on 3 May 2031",
    "The lease ends on 5 June 2031",
    "Le café est servi à huit heures",
    "Meine Haftpflichtversicherung läuft im Mai aus",
)
SEARCHES = {
    "C++": FACTS[0],
    "C#": FACTS[1],
    "ORD-88231": FACTS[3],
    "猫の名前は?": FACTS[4],
    "5 June 2031": FACTS[7],
    "CAFE": FACTS[8],
    "Versicherung": FACTS[9],
}


class Counting:
    """A store that counts the reads of another one, and the documents that searches return: Firestore bills these."""

    def __init__(self, store: DocumentStore) -> None:
        self.store, self.reads, self.documents = store, Counter[str](), 0

    def __getattr__(self, name: str) -> Any:
        self.reads[name] += 1
        return getattr(self.store, name)

    def nearest(self, search: Nearest) -> list[Hit]:
        """Search, and count what was found."""
        self.reads["nearest"] += 1
        hits = self.store.nearest(search)
        self.documents += len(hits)
        return hits


@pytest.fixture(params=["sqlite", "firestore"])
def store(request: pytest.FixtureRequest) -> Counting:
    return Counting(
        request.getfixturevalue("firestore_store") if request.param == "firestore" else SqliteStore(":memory:")
    )


def _open(store: Counting, ranking: str) -> Policy:
    """Open a bank that knows the facts, and others that are as near to most queries by their vectors."""
    policy = open_policy(store=cast(DocumentStore, store), config={"similaritySearchConfig": {"ranking": ranking}})
    first = policy.remember(FACTS[0])
    like = store.get(first)
    assert like is not None
    facts = [*FACTS[1:], *(f"Note {number} of the meeting" for number in range(60))]
    vectors = policy.ports.embedder.embed(facts, purpose=Purpose.DOCUMENT)
    policy.ports.store.commit(
        [
            Create(policy.engine.child("memories", f"m{number}"), {**like.data, "fact": fact, "embedding": vector})
            for number, (fact, vector) in enumerate(zip(facts, vectors, strict=True))
        ]
    )
    store.reads.clear()
    return policy


def _search(policy: Policy, query: str, **asked: Any) -> list[FoundMemory]:
    params = {"searchQuery": query, "topK": 3, **asked}
    request = parse(RetrieveMemoriesRequest, {"scope": SCOPE, "explain": True, "similaritySearchParams": params})
    return retrieve_similar(policy.ports, policy.engine, request, accept=None)


def test_what_shares_the_words_of_the_query_comes_first_and_is_explained(store: Counting) -> None:
    policy = _open(store, "RELEVANCE")
    for query, fact in SEARCHES.items():
        [first, *_] = _search(policy, query)
        assert first.memory.fact == fact, query
        assert first.explanation is not None
        assert first.explanation.matched_terms, query
        assert first.explanation.ranks is not None
        assert first.explanation.ranks.lexical == 1, query


def test_an_explained_search_is_one_vector_query_of_as_many_documents_as_there_are_candidates(store: Counting) -> None:
    policy = _open(store, "HYBRID")
    for top, documents in ((3, CANDIDATES), (10, 50)):
        store.documents = 0
        store.reads.clear()
        assert len(_search(policy, "ORD-88213", topK=top)) == top
        assert store.reads == {"get": 1, "nearest": 1}, "one read is that of the engine"
        assert store.documents == documents


def test_a_search_by_distance_reads_no_more_than_it_returns_even_to_explain_it(store: Counting) -> None:
    policy = _open(store, "DISTANCE")
    assert len(_search(policy, "ORD-88213")) == 3
    assert (store.reads, store.documents) == ({"get": 1, "nearest": 1}, 3)


def test_results_are_in_the_order_of_distance_unless_the_engine_ranks_by_relevance(store: Counting) -> None:
    found = _search(_open(store, "HYBRID"), "5 June 2031", topK=10)
    distances = [hit.distance or 0.0 for hit in found]
    assert distances == sorted(distances)
    assert FACTS[7] in [hit.memory.fact for hit in found]
