"""Google's generated REST client: enums by number, protobuf's own JSON, operations parsed by their types."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from google.api_core.exceptions import BadRequest, Conflict, NotFound
from google.api_core.exceptions import InvalidArgument as InvalidArgumentError
from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform_v1, aiplatform_v1beta1
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2

from memorybank.errors import InvalidArgument, Violation
from memorybank.ports.models import ExtractedFact, ExtractionRequest
from memorybank.testing.scripted import ScriptedModel
from tests.journeys.conftest import ABOUT_CLIENTS
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Serve, Served

pytestmark = ABOUT_CLIENTS

g = aiplatform_v1beta1
SCOPE = {"user_id": "ada"}


def _client(served: Served, kind: Any) -> Any:
    return kind(transport="rest", credentials=AnonymousCredentials(), client_options={"api_endpoint": served.url})


@pytest.fixture
def memories(served: Served) -> Iterator[Any]:
    with _client(served, g.MemoryBankServiceClient) as client:
        yield client


def test_a_memory_is_created_read_changed_and_deleted(memories: Any, engine: str) -> None:
    topic = g.MemoryTopicId(managed_memory_topic=2)
    memory = g.Memory(
        fact="I like tea",
        scope=SCOPE,
        topics=[topic, g.MemoryTopicId(custom_memory_topic_label="drinks")],
        metadata={"my_key": g.MemoryMetadataValue(double_value=1.0)},
        ttl=Duration(seconds=3600),
    )
    created = memories.create_memory(parent=engine, memory=memory).result(timeout=PATIENCE)
    got = memories.get_memory(name=created.name)
    assert got == created
    assert (got.fact, dict(got.scope), got.topics[0]) == ("I like tea", SCOPE, topic)
    assert got.metadata["my_key"].double_value == 1.0
    assert (got.expire_time - got.create_time).total_seconds() == 3600
    got.fact, got.display_name = "I like green tea", "not in the mask"
    updated = memories.update_memory(memory=got, update_mask={"paths": ["fact"]}).result(timeout=PATIENCE)
    assert (updated.fact, updated.display_name) == ("I like green tea", "")
    assert [found.fact for found in memories.list_memories(parent=engine)] == ["I like green tea"]
    memories.delete_memory(name=created.name).result(timeout=PATIENCE)
    with pytest.raises(NotFound):
        memories.get_memory(name=created.name)


def test_lists_follow_their_pages_and_filters(memories: Any, engine: str) -> None:
    for number in range(3):
        memory = g.Memory(fact=f"fact number {number}", scope={"user_id": str(number)})
        memories.create_memory(parent=engine, memory=memory).result(timeout=PATIENCE)
    request = g.ListMemoriesRequest(parent=engine, page_size=2)
    assert {each.fact for each in memories.list_memories(request=request)} == {f"fact number {n}" for n in range(3)}
    request = g.ListMemoriesRequest(parent=engine, filter='scope="{\\"user_id\\": \\"1\\"}"')
    assert [each.fact for each in memories.list_memories(request=request)] == ["fact number 1"]


def _contents(text: str) -> Any:
    event = {"content": {"role": "user", "parts": [{"text": text}]}}
    return g.GenerateMemoriesRequest.DirectContentsSource(events=[event])


def test_a_conversation_is_generated_from_and_retrieved(memories: Any, engine: str) -> None:
    request = g.GenerateMemoriesRequest(
        parent=engine, scope=SCOPE, direct_contents_source=_contents("I live in Paris.")
    )
    [change] = memories.generate_memories(request=request).result(timeout=PATIENCE).generated_memories
    assert change.action == g.GenerateMemoriesResponse.GeneratedMemory.Action.CREATED
    by_meaning = g.RetrieveMemoriesRequest(
        parent=engine,
        scope=SCOPE,
        similarity_search_params={"search_query": "Where do I live?", "top_k": 2},
    )
    [hit] = memories.retrieve_memories(request=by_meaning).retrieved_memories
    assert (hit.memory.name, hit.memory.fact) == (change.memory.name, "I live in Paris")
    assert hit.distance > 0
    page = g.RetrieveMemoriesRequest(parent=engine, scope=SCOPE, simple_retrieval_params={"page_size": 1})
    assert [each.memory.fact for each in memories.retrieve_memories(request=page).retrieved_memories] == [
        "I live in Paris"
    ]


def test_a_generation_that_is_slow_is_polled_for(serve: Serve) -> None:
    released = threading.Event()
    served = serve(
        model=ScriptedModel(extract=lambda _: [ExtractedFact("I like tea")] if released.wait(PATIENCE) else [])
    )
    engine = served.create_engine()
    with _client(served, g.MemoryBankServiceClient) as memories:
        request = g.GenerateMemoriesRequest(parent=engine, scope=SCOPE, direct_contents_source=_contents("I like tea"))
        try:
            operation = memories.generate_memories(request=request)
            assert not operation.done()
        finally:
            released.set()
        [change] = operation.result(timeout=PATIENCE).generated_memories
        assert memories.get_memory(name=change.memory.name).fact == "I like tea"


def test_the_wrong_fields_of_a_failed_operation_arrive_as_a_bad_request(serve: Serve) -> None:
    def refuse(request: ExtractionRequest) -> list[ExtractedFact]:
        del request
        raise InvalidArgument.of(Violation("direct_contents_source", "holds a picture that cannot be read"))

    served = serve(model=ScriptedModel(extract=refuse))
    engine = served.create_engine()
    with _client(served, g.MemoryBankServiceClient) as memories:
        request = g.GenerateMemoriesRequest(parent=engine, scope=SCOPE, direct_contents_source=_contents("I like tea"))
        operation = memories.generate_memories(request=request)
        with pytest.raises(InvalidArgumentError, match="holds a picture"):
            operation.result(timeout=PATIENCE)
        [detail] = operation.operation.error.details
        told = error_details_pb2.BadRequest()
        assert detail.Unpack(told)
        [violation] = told.field_violations
        assert (violation.field, violation.description) == (
            "direct_contents_source",
            "holds a picture that cannot be read",
        )


def test_enums_may_come_as_numbers_and_go_as_names(memories: Any, engine: str, served: Served) -> None:
    memory = g.Memory(fact="x", scope=SCOPE, topics=[{"managed_memory_topic": 3}])
    name = memories.create_memory(parent=engine, memory=memory).result(timeout=PATIENCE).name
    with served.http() as http:
        told = http.get(f"/v1beta1/{name}", params={"$alt": "json;enum-encoding=int"}).json()
    assert told["topics"] == [{"managedMemoryTopic": "KEY_CONVERSATION_DETAILS"}]


def test_errors_arrive_as_the_clients_own(memories: Any, engine: str) -> None:
    memory = g.Memory(fact="I like tea", scope=SCOPE)
    create = g.CreateMemoryRequest(parent=engine, memory=memory, memory_id="tea")
    memories.create_memory(request=create).result(timeout=PATIENCE)
    with pytest.raises(Conflict):
        memories.create_memory(request=create)
    with pytest.raises(BadRequest, match="scope"):
        memories.create_memory(parent=engine, memory=g.Memory(fact="I like tea"))


@pytest.mark.parametrize("version", [aiplatform_v1, aiplatform_v1beta1], ids=["v1", "v1beta1"])
def test_engines_are_kept_through_the_engine_service_of_both_versions(served: Served, version: Any) -> None:
    wanted = version.ReasoningEngine(display_name="one", labels={"team_name": "a"})
    with _client(served, version.ReasoningEngineServiceClient) as engines:
        created = engines.create_reasoning_engine(parent=served.parent, reasoning_engine=wanted).result(
            timeout=PATIENCE
        )
        got = engines.get_reasoning_engine(name=created.name)
        assert got == created
        assert dict(got.labels) == {"team_name": "a"}
        got.display_name, got.description = "two", "not in the mask"
        changed = engines.update_reasoning_engine(reasoning_engine=got, update_mask={"paths": ["display_name"]})
        changed = changed.result(timeout=PATIENCE)
        assert (changed.display_name, changed.description) == ("two", "")
        assert [each.name for each in engines.list_reasoning_engines(parent=served.parent)] == [created.name]
        request = version.DeleteReasoningEngineRequest(name=created.name, force=True)
        engines.delete_reasoning_engine(request=request).result(timeout=PATIENCE)
        with pytest.raises(NotFound):
            engines.get_reasoning_engine(name=created.name)


def test_the_configuration_of_a_bank_comes_back_to_the_last_field(served: Served) -> None:
    bank = {
        "generation_config": {"model": "gemini-x"},
        "similarity_search_config": {"embedding_model": "m"},
        "ttl_config": {"granular_ttl_config": {"create_ttl": Duration(seconds=60)}},
    }
    wanted = g.ReasoningEngine(context_spec={"memory_bank_config": bank})
    with _client(served, g.ReasoningEngineServiceClient) as engines:
        created = engines.create_reasoning_engine(parent=served.parent, reasoning_engine=wanted).result(
            timeout=PATIENCE
        )
        assert engines.get_reasoning_engine(name=created.name).context_spec == wanted.context_spec


def test_operations_of_an_engine_with_a_ranking_of_this_bank_can_be_polled(served: Served) -> None:
    ranked = {"contextSpec": {"memoryBankConfig": {"similaritySearchConfig": {"ranking": "RELEVANCE"}}}}
    with served.http() as http, _client(served, g.ReasoningEngineServiceClient) as engines:
        made = http.post(f"/v1beta1/{served.parent}/reasoningEngines", json=ranked).json()
        name = made["response"]["name"]
        assert engines.get_reasoning_engine(name=name).name == name
        assert engines.get_operation({"name": made["name"]}).done
        assert [each.name for each in engines.list_operations({"name": name}).operations] == [made["name"]]
        told = http.get(f"/v1beta1/{made['name']}").json()["response"]["contextSpec"]
        assert told == ranked["contextSpec"], "whoever takes unknown fields gets it"


def test_engines_with_memories_are_deleted_only_by_force(memories: Any, engine: str, served: Served) -> None:
    memories.create_memory(parent=engine, memory=g.Memory(fact="I like tea", scope=SCOPE)).result(timeout=PATIENCE)
    with _client(served, g.ReasoningEngineServiceClient) as engines:
        with pytest.raises(BadRequest, match="still has memories"):
            engines.delete_reasoning_engine(name=engine)
        request = g.DeleteReasoningEngineRequest(name=engine, force=True)
        engines.delete_reasoning_engine(request=request).result(timeout=PATIENCE)
    with pytest.raises(NotFound):
        next(iter(memories.list_memories(parent=engine)))
