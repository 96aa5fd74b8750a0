"""Ranking: which of the nearest are returned, in which order, and what is said about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from memorybank.bank.memories.found import FoundMemory
from memorybank.bank.memories.ranking import CANDIDATES, Ranker
from memorybank.bank.memories.retrieve import retrieve_page, retrieve_similar
from memorybank.errors import InvalidArgument
from memorybank.ports.documents import Hit, Nearest, Vector
from memorybank.ports.models import Purpose
from memorybank.resources.retrieval import RetrieveMemoriesRequest
from memorybank.resources.wire import parse
from tests.benchmarks.ranking import asked, bank, measure
from tests.unit.policy import SCOPE, Policy, open_policy

DAY = timedelta(days=1)
FACTS = {
    "My office is on the third floor": 0.0,
    "The staging host is slow": 0.2,
    "Our staging host is called kestrel": 0.3,
    "I live in Paris": 1.5,
}
"""Facts, and how far the vector of each is from that of any query, as an angle."""
NEAR, SLOW, KESTREL, PARIS = FACTS


class Angles:
    """An embedder for which a fact's vector is at a known angle to every query's."""

    def resolve(self, model: str | None) -> str:
        return model or "angles"

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        del purpose, model
        return [_at(FACTS.get(text, 0.0)) for text in texts]


def _at(angle: float) -> Vector:
    cosine = 1 - angle**2 / 2
    return Vector((cosine, (1 - cosine**2) ** 0.5))


def _policy(ranking: str | None) -> Policy:
    config = {"similaritySearchConfig": {"ranking": ranking}} if ranking else {}
    policy = open_policy(config=config, embedder=Angles())
    for fact in FACTS:
        policy.remember(fact)
    return policy


def _search(policy: Policy, query: str = "kestrel", *, explain: bool = False, **params: Any) -> list[FoundMemory]:
    body = {"scope": SCOPE, "explain": explain, "similaritySearchParams": {"searchQuery": query, "topK": 2, **params}}
    request = parse(RetrieveMemoriesRequest, body)
    return retrieve_similar(policy.ports, policy.engine, request, accept=None)


def _facts(found: list[FoundMemory]) -> list[str | None]:
    return [hit.memory.fact for hit in found]


@pytest.mark.parametrize(
    ("ranking", "expected"),
    [
        (None, [NEAR, KESTREL]),
        ("HYBRID", [NEAR, KESTREL]),
        ("RELEVANCE", [KESTREL, NEAR]),
        ("DISTANCE", [NEAR, SLOW]),
    ],
)
def test_words_choose_and_either_distance_or_relevance_orders(ranking: str | None, expected: list[str]) -> None:
    found = _search(_policy(ranking))
    assert _facts(found) == expected
    assert [hit.distance for hit in found] == pytest.approx([FACTS[fact] for fact in expected], abs=1e-3)
    assert [hit.explanation for hit in found] == [None, None]


@pytest.mark.parametrize("ranking", ["HYBRID", "RELEVANCE", "DISTANCE"])
def test_without_a_word_in_common_every_ranking_is_that_of_distance(ranking: str) -> None:
    assert _facts(_search(_policy(ranking), "xyz", topK=4)) == list(FACTS)


def test_an_explanation_has_the_scores_the_words_and_the_places_of_each_result() -> None:
    slow, kestrel = _search(_policy("HYBRID"), "the kestrel host", explain=True)
    assert slow.explanation is not None
    assert kestrel.explanation is not None
    wire = kestrel.to_wire()["explanation"]
    assert wire["matchedTerms"] == ["kestrel", "host"]
    assert wire["ranks"] == {"dense": 3, "lexical": 1}
    assert wire["reason"] == "Number 3 of 4 by distance, number 1 by shared words (kestrel, host)."
    assert wire["scores"]["dense"] == pytest.approx(1 - 0.3**2 / 2, abs=1e-3)
    assert 0.5 < wire["scores"]["lexical"] < 1
    assert wire["scores"]["recency"] == 1
    assert slow.explanation.ranks is not None
    assert (slow.explanation.ranks.lexical, slow.explanation.matched_terms) == (2, ["the", "host"])


def test_a_result_without_a_word_in_common_says_so() -> None:
    [near, _] = _search(_policy("HYBRID"), "zebra", explain=True)
    assert near.to_wire()["explanation"] == {
        "scores": {"dense": 1.0, "lexical": 0.0, "recency": 1.0},
        "matchedTerms": [],
        "ranks": {"dense": 1},
        "reason": "Number 1 of 4 by distance, no word in common.",
    }


def test_a_search_by_distance_explains_what_it_found_and_looks_for_no_more() -> None:
    found = _search(_policy("DISTANCE"), explain=True)
    assert _facts(found) == [NEAR, SLOW]
    assert [hit.explanation.reason for hit in found if hit.explanation] == [
        "Number 1 of 2 by distance, no word in common.",
        "Number 2 of 2 by distance, no word in common.",
    ]


def test_a_page_that_is_not_searched_for_says_so() -> None:
    policy = _policy(None)
    request = parse(RetrieveMemoriesRequest, {"scope": SCOPE, "explain": True})
    page, _ = retrieve_page(policy.ports, policy.engine, request, accept=None, limit=9, after=None)
    reason = "Listed, newest first: the request searches for nothing."
    assert [hit.to_wire()["explanation"] for hit in page] == [{"matchedTerms": [], "reason": reason}] * 4


@pytest.mark.parametrize(
    ("least", "expected"), [(1.0, [NEAR]), (0.97, [NEAR, SLOW]), (0.9, [NEAR, SLOW, KESTREL]), (-1, list(FACTS))]
)
def test_nothing_below_the_least_similarity_is_returned(least: float, expected: list[str]) -> None:
    assert _facts(_search(_policy("HYBRID"), "zebra", topK=9, minSimilarity=least)) == expected


def test_candidates_are_only_what_passes_the_filter() -> None:
    policy = _policy("HYBRID")
    body = {"scope": SCOPE, "explain": True, "similaritySearchParams": {"searchQuery": "kestrel"}}
    request = parse(RetrieveMemoriesRequest, body)
    found = retrieve_similar(policy.ports, policy.engine, request, accept=lambda memory: "host" in memory["fact"])
    assert [hit.explanation.reason for hit in found if hit.explanation] == [
        "Number 1 of 2 by distance, no word in common.",
        "Number 2 of 2 by distance, number 1 by shared words (kestrel).",
    ]


def test_a_search_is_not_widened_beyond_the_least_similarity(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = _policy("DISTANCE")
    searched: list[int] = []
    nearest = policy.ports.store.nearest

    def record(search: Nearest) -> list[Hit]:
        searched.append(search.limit)
        return nearest(search)

    monkeypatch.setattr(policy.ports.store, "nearest", record)
    for least, limits in ((None, [2, 16]), (0.99, [2])):
        params = {"searchQuery": "kestrel", "topK": 2, "minSimilarity": least}
        request = parse(RetrieveMemoriesRequest, {"scope": SCOPE, "similaritySearchParams": params})
        found = retrieve_similar(policy.ports, policy.engine, request, accept=lambda memory: memory["fact"] == PARIS)
        assert (_facts(found), searched) == ([PARIS] if least is None else [], limits)
        searched.clear()


def test_recency_prefers_what_was_said_later_and_a_fact_as_old_as_the_half_life_scores_half() -> None:
    policy = open_policy(config={"similaritySearchConfig": {"ranking": "RELEVANCE"}}, embedder=Angles())
    for fact in (NEAR, SLOW):
        policy.remember(fact)
        policy.clock.advance(DAY)
    assert _facts(_search(policy, "zebra")) == [NEAR, SLOW]
    found = _search(policy, "zebra", recency={"halfLife": "86400s", "weight": 0.5}, explain=True)
    assert _facts(found) == [SLOW, NEAR]
    scores = [hit.explanation.scores.recency for hit in found if hit.explanation and hit.explanation.scores]
    assert scores == pytest.approx([0.5, 0.25])


def test_a_half_life_of_a_microsecond_is_one_too() -> None:
    policy = _policy("RELEVANCE")
    policy.clock.advance(365 * 100 * DAY)
    assert len(_search(policy, recency={"halfLife": "0.000001s"})) == 2


def test_recency_is_refused_where_distance_alone_ranks() -> None:
    with pytest.raises(InvalidArgument) as caught:
        _search(_policy("DISTANCE"), recency={"halfLife": "60s"})
    [violation] = caught.value.violations
    assert violation.field == "similaritySearchParams.recency"
    assert "HYBRID or RELEVANCE" in violation.description


@pytest.mark.parametrize(
    ("ranking", "limit", "expected"),
    [
        ("HYBRID", 3, CANDIDATES),
        ("HYBRID", 6, CANDIDATES),
        ("HYBRID", 8, 40),
        ("RELEVANCE", 10, 50),
        ("HYBRID", 25, 50),
        ("RELEVANCE", 40, 80),
        ("HYBRID", 100, 100),
        ("DISTANCE", 3, 3),
        ("DISTANCE", 10, 10),
    ],
)
def test_a_search_takes_in_as_many_candidates_as_its_ranking_needs(ranking: str, limit: int, expected: int) -> None:
    assert Ranker("q", limit, ranking, open_policy().clock.now()).candidates == expected


def test_identifiers_numbers_and_unspaced_scripts_are_found_first_among_a_hundred_memories() -> None:
    queries = asked()
    policy = bank("RELEVANCE", list(dict.fromkeys(each.fact for each in queries)))
    exact = [each for each in queries if each.kind in ("identifier", "number", "cjk")]
    places = measure(policy, exact, top=3)
    assert places.hits(1, "identifier") == places.hits(1, "number") == 1.0
    assert places.hits(1) >= 0.95
