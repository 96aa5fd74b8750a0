"""Retrieval: the memories of one scope, page by page or by similarity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.genai.errors import ClientError

from memorybank.testing.frozen import FrozenClock
from tests.journeys.conftest import ABOUT_MODELS

if TYPE_CHECKING:
    from tests.journeys.conftest import Begin, Journey

pytestmark = ABOUT_MODELS

SCOPE = {"user_id": "ada"}


def _retrieve(journey: Journey, scope: dict[str, str] | None = None, **arguments: Any) -> list[str]:
    found = journey.memories.retrieve(name=journey.engine, scope=scope or SCOPE, **arguments)
    return [hit.memory.fact for hit in found]


def test_without_parameters_the_newest_memories_of_the_scope_are_retrieved(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    for fact in ("first", "second"):
        journey.remember(fact)
    journey.remember("of somebody else", scope={"user_id": "bob"})
    hits = list(journey.memories.retrieve(name=journey.engine, scope=SCOPE))
    assert [(hit.memory.fact, hit.distance) for hit in hits] == [("second", None), ("first", None)]


def test_similarity_finds_the_nearest_first_and_tells_their_distance(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    for fact in ("I play the violin", "I prefer aisle seats on planes", "I prefer aisle seats", "My dog is called Rex"):
        journey.remember(fact, metadata={"k": {"string_value": "v"}})
    hits = journey.search("I prefer aisle seats")
    assert [hit.memory.fact for hit in hits[:2]] == ["I prefer aisle seats", "I prefer aisle seats on planes"]
    assert len(hits) == 3
    distances = [hit.distance for hit in hits]
    assert distances == sorted(distances)
    assert distances[0] == pytest.approx(0, abs=1e-3)
    # Vectors have unit length, so that no two are farther apart than 2.
    assert 0 < distances[1] < distances[2] <= 2
    assert hits[0].memory.scope == SCOPE
    assert hits[0].memory.metadata["k"].string_value == "v"


def test_google_s_client_reads_an_engine_and_results_that_are_ranked_by_relevance(begin: Begin) -> None:
    journey = begin()
    ranked = {"contextSpec": {"memoryBankConfig": {"similaritySearchConfig": {"ranking": "RELEVANCE"}}}}
    with journey.served.http() as http:
        assert http.patch(f"/v1beta1/{journey.engine}", json=ranked).json()["response"]["contextSpec"]
    for fact in ("My order was returned", "Order ORD-88231 was returned because the lamp was broken"):
        journey.remember(fact)
    assert next(hit.memory.fact for hit in journey.search("ORD-88231")).startswith("Order ORD-88231")
    assert journey.served.client("vertexai").agent_engines.get(name=journey.engine).api_resource.name == journey.engine


def test_the_scope_is_matched_whole_and_in_any_order(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    journey.remember("I like tea", scope={"user_id": "ada", "app": "shop"})
    scopes = [
        {"app": "shop", "user_id": "ada"},
        {"user_id": "ada"},
        {"user_id": "Ada", "app": "shop"},
        {"user_id": "ada", "app": "shop", "region": "eu"},
        {"user_id": "shop", "app": "ada"},
    ]
    assert [_retrieve(journey, scope) for scope in scopes] == [["I like tea"], [], [], [], []]
    assert [len(journey.search("tea", scope=scope)) for scope in scopes] == [1, 0, 0, 0, 0]


def test_filters_narrow_both_ways_of_retrieval(begin: Begin) -> None:
    journey = begin()
    journey.remember("I like tea", topics=[{"managed_memory_topic": "USER_PREFERENCES"}])
    journey.remember("I like figs", topics=[{"custom_memory_topic_label": "food"}])
    for filtered, fact in (
        ('fact="I like tea"', "I like tea"),
        ('topics.custom_memory_topic_label: "food"', "I like figs"),
        ("topics.managed_memory_topic: USER_PREFERENCES", "I like tea"),
    ):
        config = {"filter": filtered}
        assert _retrieve(journey, config=config) == [fact]
        assert _retrieve(journey, similarity_search_params={"search_query": "I like"}, config=config) == [fact]


def test_three_are_found_by_default_and_a_hundred_at_most(begin: Begin) -> None:
    journey = begin(clock=FrozenClock())
    for start in range(0, 105, 5):
        journey.tell(
            *(f"fact number {number} of many" for number in range(start, start + 5)), disable_consolidation=True
        )
    assert len(journey.search("fact of many")) == 3
    assert len(journey.search("fact of many", top_k=2)) == 2
    assert len(journey.search("fact of many", top_k=100)) == 100
    assert len(journey.search("fact of many", top_k=500)) == 100
    page = journey.memories.retrieve(name=journey.engine, scope=SCOPE, simple_retrieval_params={"page_size": 500}).page
    assert len(page) == 100
    assert len(journey.post("memories:retrieve", {"scope": SCOPE})["retrievedMemories"]) == 3


def test_simple_retrieval_is_paged_to_its_end(begin: Begin) -> None:
    journey = begin(clock=FrozenClock())
    facts = {f"fact number {number}" for number in range(5)}
    for fact in facts:
        journey.remember(fact)
    found: list[str] = []
    params: dict[str, Any] = {"pageSize": 2}
    sizes = []
    while True:
        page = journey.post("memories:retrieve", {"scope": SCOPE, "simpleRetrievalParams": params})
        sizes.append(len(page["retrievedMemories"]))
        found += [hit["memory"]["fact"] for hit in page["retrievedMemories"]]
        if "nextPageToken" not in page:
            break
        params = {"pageSize": 2, "pageToken": page["nextPageToken"]}
    assert sizes == [2, 2, 1]
    assert set(found) == facts


@pytest.mark.parametrize("params", [None, {}, {"page_size": 0}])
def test_the_sdk_lists_more_memories_than_a_page_holds(begin_anywhere: Begin, params: dict[str, Any] | None) -> None:
    journey = begin_anywhere(clock=FrozenClock())
    facts = {f"fact number {number}" for number in range(7)}
    for fact in facts:
        journey.remember(fact)
    assert set(_retrieve(journey, simple_retrieval_params=params)) == facts


def test_the_sdk_goes_from_page_to_page_by_token(begin: Begin) -> None:
    journey = begin()
    for fact in ("first", "second", "third"):
        journey.remember(fact)
    arguments: dict[str, Any] = {"name": journey.engine, "scope": SCOPE}
    first = journey.memories.retrieve(**arguments, simple_retrieval_params={"page_size": 2})
    assert [hit.memory.fact for hit in first.page] == ["third", "second"]
    params = {"page_size": 2, "page_token": first.config["page_token"]}
    assert _retrieve(journey, simple_retrieval_params=params) == ["first"]


def test_a_client_that_can_page_gets_the_first_page_without_parameters(begin: Begin) -> None:
    journey = begin()
    for fact in ("first", "second", "third", "fourth"):
        journey.remember(fact)
    first = journey.post("memories:retrieve", {"scope": SCOPE})
    assert len(first["retrievedMemories"]) == 3
    params = {"pageToken": first["nextPageToken"]}
    rest = journey.post("memories:retrieve", {"scope": SCOPE, "simpleRetrievalParams": params})
    assert [hit["memory"]["fact"] for hit in rest["retrievedMemories"]] == ["first"]
    assert "nextPageToken" not in rest


def test_similarity_never_answers_a_token(begin: Begin) -> None:
    journey = begin()
    for fact in ("I like tea", "I like figs"):
        journey.remember(fact)
    answer = journey.post(
        "memories:retrieve", {"scope": SCOPE, "similaritySearchParams": {"searchQuery": "I", "topK": 1}}
    )
    assert len(answer["retrievedMemories"]) == 1
    assert "nextPageToken" not in answer


def test_an_older_sdk_spells_the_parameters_in_camel_case_and_is_understood(begin: Begin) -> None:
    journey = begin()
    for fact in ("I like tea", "I like figs"):
        journey.remember(fact)
    bodies: list[dict[str, Any]] = [
        {"similaritySearchParams": {"searchQuery": "figs", "topK": 1}},
        {"similaritySearchParams": {"search_query": "figs", "top_k": 1}},
        {"similarity_search_params": {"search_query": "figs", "topK": "1"}},
    ]
    for body in bodies:
        answer = journey.post("memories:retrieve", {"scope": SCOPE, **body})
        assert [hit["memory"]["fact"] for hit in answer["retrievedMemories"]] == ["I like figs"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"scope": {}},
        {"similarity_search_params": {"search_query": ""}},
        {"simple_retrieval_params": {"page_token": "made-up"}},
        {"simple_retrieval_params": {"page_size": -1}},
        {"config": {"filter": "colour=1"}},
        {"config": {"filter": "fact="}},
        {"similarity_search_params": {"search_query": "tea"}, "simple_retrieval_params": {"page_size": 2}},
    ],
)
def test_a_retrieval_that_makes_no_sense_is_refused(begin: Begin, arguments: dict[str, Any]) -> None:
    journey = begin()
    journey.remember("I like tea")
    with pytest.raises(ClientError) as refused:
        journey.memories.retrieve(**{"name": journey.engine, "scope": SCOPE, **arguments})
    assert (refused.value.code, refused.value.status) == (400, "INVALID_ARGUMENT")


def test_retrieval_of_an_engine_that_does_not_exist_is_not_found(begin: Begin) -> None:
    journey = begin()
    for params in ({}, {"similarity_search_params": {"search_query": "tea"}}):
        with pytest.raises(ClientError) as refused:
            journey.memories.retrieve(name=journey.engine + "9", scope=SCOPE, **params)
        assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")
