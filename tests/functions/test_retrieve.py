"""Retrievals over plain HTTP: requests that cannot be answered are refused with the field and what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functions.refusals import Caller, Case

SCOPE = {"scope": {"user_id": "u"}}


def but(**fields: Any) -> dict[str, Any]:
    """Return a good request with other fields."""
    return {**SCOPE, **fields}


def search(**fields: Any) -> dict[str, Any]:
    """Return a request for a search by similarity with other fields."""
    return but(similaritySearchParams={"searchQuery": "tea", **fields})


def simple(**fields: Any) -> dict[str, Any]:
    """Return a request for a page."""
    return but(simpleRetrievalParams=fields)


SEARCH, SIMPLE = "similaritySearchParams", "simpleRetrievalParams"

NO_TIMES: list[Any] = ["", "yesterday", 5, [], "x" * 1_000_000, "2031-13-01T00:00:00Z"]
WRONG: list[Case] = [
    ({}, "scope", 'such as {"user_id": "ada"}'),
    ({"scope": None}, "scope", "is required"),
    ({"scope": {}}, "scope", "1 to 5 pairs, not 0"),
    ({"scope": {"user_id": "*"}}, "scope.user_id", "no '*'"),
    ({"scope": "u"}, "scope", "must be an object"),
    ({"scope": {f"k{number}": "v" for number in range(6)}}, "scope", "1 to 5 pairs, not 6"),
    (but(similaritySearchParams={}), f"{SEARCH}.searchQuery", "is required"),
    (search(searchQuery=""), f"{SEARCH}.searchQuery", "must not be empty"),
    (search(searchQuery=5), f"{SEARCH}.searchQuery", "must be a string"),
    (search(searchQuery="x" * 1_000_000), f"{SEARCH}.searchQuery", "at most 8192 characters"),
    (search(topK=-1), f"{SEARCH}.topK", "must be at least 0"),
    (search(topK="many"), f"{SEARCH}.topK", "must be a whole number"),
    (search(topK=1.5), f"{SEARCH}.topK", "must be a whole number"),
    (search(topK=True), f"{SEARCH}.topK", "must be a whole number"),
    (search(topK=2**63), f"{SEARCH}.topK", "must be a whole number"),
    (search(topK="9" * 20), f"{SEARCH}.topK", "must be a whole number"),
    (search(distance=1), f"{SEARCH}.distance", "is not a field"),
    (search(minSimilarity=1.1), f"{SEARCH}.minSimilarity", "must be at most 1"),
    (search(minSimilarity=-2), f"{SEARCH}.minSimilarity", "must be at least -1"),
    (search(minSimilarity="NaN"), f"{SEARCH}.minSimilarity", "must"),
    (search(minSimilarity="near"), f"{SEARCH}.minSimilarity", "must be a finite number"),
    (search(recency={}), f"{SEARCH}.recency.halfLife", "is required"),
    (search(recency={"halfLife": "1d"}), f"{SEARCH}.recency.halfLife", "must be a duration in seconds"),
    (search(recency={"halfLife": "0s"}), f"{SEARCH}.recency.halfLife", "longer than 0"),
    (search(recency={"halfLife": "60s", "weight": 0}), f"{SEARCH}.recency.weight", "greater than 0"),
    (search(recency={"halfLife": "60s", "weight": 2}), f"{SEARCH}.recency.weight", "must be at most 1"),
    (search(recency={"halfLife": "60s", "decay": 2}), f"{SEARCH}.recency.decay", "is not a field"),
    (search(recency="60s"), f"{SEARCH}.recency", "must be an object"),
    (search(ranking="HYBRID"), f"{SEARCH}.ranking", "is not a field"),
    (but(explain="yes"), "explain", "must be true or false"),
    (simple(pageSize=-1), f"{SIMPLE}.pageSize", "must be at least 0"),
    (simple(pageSize="x"), f"{SIMPLE}.pageSize", "must be a whole number"),
    (simple(pageToken=5), f"{SIMPLE}.pageToken", "must be a string"),
    (simple(pageToken="x"), "pageToken", "start again without a page token"),
    ({**search(), **simple()}, SIMPLE, "only one of similaritySearchParams and simpleRetrievalParams may be given"),
    (but(similaritySearchParams=[]), SEARCH, "must be an object"),
    (but(filter=5), "filter", "must be a string"),
    (but(filter="x" * 1_000_000), "filter", "at most 4096 characters"),
    (but(filter="fact ="), "filter", "column 7"),
    (but(filter='fact = "a" fact'), "filter", "column 16"),
    (but(filter='scope.user_id = "u"'), "filter", "'scope.user_id' cannot be filtered on"),
    (but(filter='colour = "red"'), "filter", "'colour' cannot be filtered on; fact, topics.managed_memory_topic"),
    (but(filter='update_time > "x"'), "filter", "must be compared with a time"),
    (but(filterGroups="a"), "filterGroups", "must be a list"),
    (but(filterGroups=[5]), "filterGroups[0]", "must be an object"),
    (but(memoryTypes="NATURAL_LANGUAGE_COLLECTION"), "memoryTypes", "must be a list"),
    (but(memoryTypes=["POEM"]), "memoryTypes[0]", "must be one of NATURAL_LANGUAGE_COLLECTION, STRUCTURED_PROFILE"),
    (but(memoryTypes=[1] * 17), "memoryTypes", "at most 16 entries"),
    (but(orderBy="create_time"), "orderBy", "is not a field"),
    *((but(readTime=value), "readTime", "must be an RFC 3339 time such as 2031-01-02T03:04:05Z") for value in NO_TIMES),
    (but(readTime="9999-01-01T00:00:00Z"), "readTime", "must not be in the future"),
    ({**search(), "readTime": "9999-01-01T00:00:00Z"}, "readTime", "must not be in the future"),
]


def test_a_wrong_retrieval_is_refused(caller: Caller) -> None:
    caller.memory("m")
    caller.refuses_bodies(WRONG, "POST", "/memories:retrieve")


def test_a_retrieval_from_an_engine_that_does_not_exist_is_not_found(caller: Caller) -> None:
    path = f"/v1beta1/{caller.served.parent}/reasoningEngines/404/memories:retrieve"
    for body in (SCOPE, search(), simple()):
        assert caller.http.post(path, json=body).status_code == 404


def test_a_page_of_the_past_is_gone_on_with_at_the_same_time_only(caller: Caller) -> None:
    for number in range(3):
        caller.memory(f"m{number}", fact=f"Fact {number}")
    then = caller.ok("GET", "/memories/m2")["createTime"]
    caller.ok("DELETE", "/memories/m1")
    first = caller.ok("POST", "/memories:retrieve", json={**simple(pageSize=2), "readTime": then})
    token = {"simpleRetrievalParams": {"pageSize": 2, "pageToken": first["nextPageToken"]}}
    rest = caller.ok("POST", "/memories:retrieve", json={**SCOPE, **token, "readTime": then})
    seen = [hit["memory"]["fact"] for page in (first, rest) for hit in page["retrievedMemories"]]
    assert (seen, "nextPageToken" in rest) == (["Fact 2", "Fact 1", "Fact 0"], False)
    caller.refuses_bodies([({**SCOPE, **token}, "pageToken", "start again")], "POST", "/memories:retrieve")


@pytest.mark.parametrize("size", [101, "1000", 2**63 - 1, 1e18])
def test_more_than_a_hundred_results_are_taken_as_a_hundred(caller: Caller, size: Any) -> None:
    caller.memory("m")
    for body in (search(topK=size), simple(pageSize=size)):
        assert len(caller.ok("POST", "/memories:retrieve", json=body)["retrievedMemories"]) == 1


@pytest.mark.parametrize("query", [" ", "\u200b", "!!!", "\U0001f600" * 100, "x" * 8192, "' OR 1=1 --"])
def test_any_text_can_be_searched_for(caller: Caller, query: str) -> None:
    caller.memory("m")
    [hit] = caller.ok("POST", "/memories:retrieve", json=search(searchQuery=query))["retrievedMemories"]
    assert hit["memory"]["fact"] == "I like tea"


def test_a_search_is_explained_only_to_those_who_ask(caller: Caller) -> None:
    caller.memory("m", fact="I like mint tea")
    [plain] = caller.ok("POST", "/memories:retrieve", json=search())["retrievedMemories"]
    assert set(plain) == {"memory", "distance"}
    [told] = caller.ok("POST", "/memories:retrieve", json={**search(), "explain": True})["retrievedMemories"]
    explanation = told.pop("explanation")
    assert told == plain
    assert set(explanation) == {"scores", "matchedTerms", "ranks", "reason"}
    assert set(explanation["scores"]) == {"dense", "lexical", "recency"}
    assert explanation["matchedTerms"] == ["tea"]
    [listed] = caller.ok("POST", "/memories:retrieve", json=but(explain=True))["retrievedMemories"]
    assert set(listed["explanation"]) == {"matchedTerms", "reason"}
