"""A team changes the embedding model of a bank: nothing is lost, and everything is found again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform_v1beta1 as g

from memorybank.models.gemini.embedder import GeminiEmbedder
from memorybank.models.gemini.provider import Developer
from memorybank.testing.gemini.server import GeminiServer
from tests.journeys.conftest import ABOUT_MODELS, SCOPE, Begin, Journey
from tests.waiting import until

pytestmark = ABOUT_MODELS


@pytest.fixture
def journey(begin: Begin) -> Iterator[Journey]:
    """Begin a journey whose embedding models are a scripted Gemini's."""
    with GeminiServer() as server:
        embedder = GeminiEmbedder(Developer("k", server.url))
        yield begin({"similarity_search_config": {"embedding_model": "gemini-embedding-001"}}, embedder=embedder)
        embedder.close()


def _change_model(journey: Journey, model: str) -> None:
    config = {"context_spec": {"memory_bank_config": {"similarity_search_config": {"embedding_model": model}}}}
    journey.served.client("vertexai").agent_engines.update(name=journey.engine, config=config)


def _reembedding(journey: Journey) -> dict[str, Any]:
    """Return the newest operation that embeds anew, when it is done."""
    with journey.served.http() as http:

        def newest() -> dict[str, Any] | None:
            found = http.get(f"/v1beta1/{journey.engine}/operations").json()["operations"]
            told = [each for each in found if "embeddingModel" in each["metadata"].get("value", {})]
            return dict(told[0]) if told and told[0].get("done") else None

        return until(newest)


def test_after_a_change_of_the_model_everything_is_embedded_anew_and_found(journey: Journey) -> None:
    journey.tell("I live in Paris", "I like tea", "I own a cat")
    before = {memory.fact: memory.update_time for memory in journey.memories.list(name=journey.engine)}
    _change_model(journey, "gemini-embedding-2")
    operation = _reembedding(journey)
    assert operation["metadata"]["value"]["reembeddedCount"] == 3
    assert operation["metadata"]["value"]["embeddingModel"] == "gemini-embedding-2@768"
    assert operation["response"] == {"@type": "type.googleapis.com/google.protobuf.Empty"}
    assert journey.search("where do I live?")[0].memory.fact == "I live in Paris"
    assert {memory.fact: memory.update_time for memory in journey.memories.list(name=journey.engine)} == before
    assert [change.action for change in journey.tell("I live in Rome")] == ["UPDATED"], "what is known is matched"


def test_it_can_be_asked_for_and_does_nothing_where_nothing_is_to_do(journey: Journey) -> None:
    journey.remember("I like tea")
    journey.post("memories:reembed", {})
    assert _reembedding(journey)["metadata"]["value"]["reembeddedCount"] == 0
    assert journey.search("tea", scope=SCOPE)


def test_gapic_can_read_such_an_operation(journey: Journey) -> None:
    journey.remember("I like tea")
    begun = journey.post("memories:reembed", {})
    _reembedding(journey)
    options = {"api_endpoint": journey.served.url}
    with g.MemoryBankServiceClient(
        transport="rest", credentials=AnonymousCredentials(), client_options=options
    ) as client:
        found = client.get_operation({"name": begun["name"]})
        assert found.done
        assert begun["name"] in [each.name for each in client.list_operations({"name": journey.engine}).operations]
