"""Engines through `agent_engines`, `runtimes` and `memory_banks`, and as curl, gapic and older SDKs spell them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import vertexai
from google.genai.errors import ClientError

from memorybank.testing.frozen import FrozenClock
from tests.waiting import finished, until

if TYPE_CHECKING:
    from tests.conftest import Serve, Served
    from tests.journeys.conftest import Begin

SCOPE = {"user_id": "ada"}
CONFIG: dict[str, Any] = {
    "generation_config": {
        "model": "projects/p/locations/us-central1/publishers/google/models/gemini-2.5-flash",
        "generation_trigger_config": {"generation_rule": {"event_count": 3, "idle_duration": "60s"}},
    },
    "similarity_search_config": {"embedding_model": "text-embedding-005"},
    "ttl_config": {
        "granular_ttl_config": {"create_ttl": "3600s", "generate_updated_ttl": "7200s"},
        "memory_revision_default_ttl": "86400s",
    },
    "customization_configs": [
        {
            "scope_keys": ["user_id"],
            "memory_topics": [
                {"managed_memory_topic": {"managed_topic_enum": "USER_PREFERENCES"}},
                {"custom_memory_topic": {"label": "work", "description": "What the user does for a living."}},
            ],
            "generate_memories_examples": [
                {
                    "conversation_source": {
                        "events": [{"content": {"role": "user", "parts": [{"text": "I bake bread for a living"}]}}]
                    },
                    "generated_memories": [{"fact": "I am a baker", "topics": [{"custom_memory_topic_label": "work"}]}],
                }
            ],
            "enable_third_person_memories": True,
            "consolidation_config": {"revisions_per_candidate_count": 3},
        }
    ],
    "structured_memory_configs": [
        {
            "scope_keys": ["user_id"],
            "schema_configs": [
                {
                    "id": "profile",
                    "memory_schema": {"type": "OBJECT", "properties": {"home_town": {"type": "STRING"}}},
                }
            ],
        }
    ],
    "disable_memory_revisions": True,
}


@pytest.fixture(params=["agent_engines", "runtimes"])
def engines(served: Served, request: pytest.FixtureRequest) -> Any:
    """Return what each of the SDK's modules calls engines."""
    if request.param == "agent_engines":
        return served.client("vertexai").agent_engines
    return served.client("agentplatform").runtimes


def _config_of(engine: Any) -> dict[str, Any]:
    told: dict[str, Any] = engine.context_spec.memory_bank_config.model_dump(mode="json", exclude_none=True)
    return told


def test_an_engine_can_be_created_without_saying_anything(served: Served, engines: Any) -> None:
    created = engines.create().api_resource
    assert created.name.startswith(f"{served.parent}/reasoningEngines/")
    assert created.name.rpartition("/")[2].isdecimal()
    got = engines.get(name=created.name).api_resource
    assert got.name == created.name
    assert got.create_time == got.update_time == created.create_time
    assert (got.display_name, got.context_spec, got.labels) == (None, None, None)


def test_an_engine_echoes_what_was_configured_and_nothing_else(engines: Any) -> None:
    config = {
        "display_name": "Support",
        "description": "Remembers customers",
        "labels": {"team_name": "a"},
        "context_spec": {"memory_bank_config": CONFIG},
    }
    name = engines.create(config=config).api_resource.name
    got = engines.get(name=name).api_resource
    assert (got.display_name, got.description, got.labels) == ("Support", "Remembers customers", {"team_name": "a"})
    assert _config_of(got) == CONFIG


def test_an_engine_with_an_empty_configuration_echoes_an_empty_one(engines: Any) -> None:
    name = engines.create(config={"context_spec": {"memory_bank_config": {}}}).api_resource.name
    assert _config_of(engines.get(name=name).api_resource) == {}


def test_updates_replace_what_their_mask_names_and_keep_the_rest(engines: Any) -> None:
    before = {"display_name": "old", "labels": {"k": "v"}, "context_spec": {"memory_bank_config": CONFIG}}
    name = engines.create(config=before).api_resource.name
    engines.update(name=name, config={"display_name": "new"})
    renamed = engines.get(name=name).api_resource
    assert (renamed.display_name, renamed.labels, _config_of(renamed)) == ("new", {"k": "v"}, CONFIG)
    smaller = {"ttl_config": {"default_ttl": "60s"}}
    engines.update(name=name, config={"context_spec": {"memory_bank_config": smaller}})
    changed = engines.get(name=name).api_resource
    assert (changed.display_name, _config_of(changed)) == ("new", smaller)
    assert changed.update_time > changed.create_time


def test_engines_are_listed_by_display_name_and_by_label(engines: Any) -> None:
    engines.create(config={"display_name": "one", "labels": {"tier": "gold"}})
    engines.create(config={"display_name": "two", "labels": {"tier": "gold", "env": "test"}})
    engines.create()
    listed = {
        text: {engine.api_resource.display_name for engine in engines.list(config={"filter": text})}
        for text in ('display_name="one"', 'labels.tier="gold"', 'labels.tier="gold" AND NOT labels.env="test"')
    }
    assert list(listed.values()) == [{"one"}, {"one", "two"}, {"one"}]
    assert [engine.api_resource.display_name for engine in engines.list()] == [None, "two", "one"]


def test_engines_are_paged_to_their_end(engines: Any) -> None:
    names = {engines.create().api_resource.name for _ in range(5)}
    listed = [engine.api_resource.name for engine in engines.list(config={"page_size": 2})]
    assert len(listed) == 5
    assert set(listed) == names


def test_engines_of_another_project_are_not_listed(serve: Serve) -> None:
    served = serve()
    served.create_engine()
    other = vertexai.Client(
        project="other",
        location="us-central1",
        credentials=served.client().memory_banks._api_client._credentials,  # noqa: SLF001 - any credentials do
        http_options={"base_url": served.url},
    )
    assert list(other.agent_engines.list()) == []


@pytest.mark.parametrize("door", ["agent_engines", "runtimes", "memory_banks"])
def test_an_engine_with_memories_is_deleted_only_by_force(served: Served, door: str) -> None:
    engines = getattr(served.client("vertexai" if door == "agent_engines" else "agentplatform"), door)
    name = served.create_engine()
    memories = served.client().memory_banks.memories
    memory = memories.create(name=name, fact="I like tea", scope=SCOPE).response.name
    with pytest.raises(ClientError) as refused:
        engines.delete(name=name)
    assert (refused.value.code, refused.value.status) == (400, "FAILED_PRECONDITION")
    assert memories.get(name=memory).fact == "I like tea"
    assert engines.delete(name=name, force=True).name.startswith(f"{name}/operations/")
    with pytest.raises(ClientError) as gone:
        engines.get(name=name)
    assert (gone.value.code, gone.value.status) == (404, "NOT_FOUND")


def test_an_engine_whose_memories_are_deleted_or_expired_needs_no_force(begin: Begin) -> None:
    clock = FrozenClock()
    journey = begin(clock=clock)
    journey.memories.delete(name=journey.remember("I like tea").name)
    journey.remember("I like figs", ttl="60s")
    clock.advance(timedelta(seconds=60))
    operation = journey.served.client().runtimes.delete(name=journey.engine)
    assert operation.name.startswith(f"{journey.engine}/operations/")


def test_the_async_client_deletes_engines_too(begin: Begin) -> None:
    journey = begin()
    journey.remember("I like tea")

    async def delete(module: str, door: str) -> Any:
        client = journey.served.client(module)
        try:
            return await getattr(client.aio, door).delete(name=journey.engine, force=True)
        finally:
            await client.aio.aclose()

    assert asyncio.run(delete("vertexai", "agent_engines")).name.startswith(f"{journey.engine}/operations/")


def test_a_forced_delete_leaves_nothing_but_its_own_operation(begin: Begin) -> None:
    journey = begin()
    journey.say("I live in Paris. I prefer aisle seats.")
    journey.say("I live in Rome now.")
    journey.memories.delete(name=journey.remember("I like figs").name)
    assert len(journey.stored()) > 8
    operation = journey.served.client().runtimes.delete(name=journey.engine, force=True)
    with journey.served.http() as http:
        done = finished(http, {"name": operation.name})
    assert "error" not in done
    kept = f"{journey.path}/operations/{operation.name.rpartition('/')[2]}"
    assert journey.stored() == [kept]
    assert journey.served.bank.adapters.store.get(journey.path) is None


def test_an_engine_deleted_while_a_generation_runs_is_empty_all_the_same(begin: Begin) -> None:
    journey = begin()
    body = {"scope": SCOPE, "directMemoriesSource": {"directMemories": [{"fact": "I like tea"}]}}
    with journey.served.http() as http:
        for _ in range(5):
            http.post(f"/v1beta1/{journey.engine}/memories:generate", json=body)
        operation = http.delete(f"/v1beta1/{journey.engine}", params={"force": "true"}).json()
        finished(http, operation)
    until(lambda: len(journey.stored()) == 1, state=journey.stored)
    assert [path.rpartition("/")[2] for path in journey.stored()] == [operation["name"].rpartition("/")[2]]


_SPELLINGS: dict[str, Any] = {
    "SDK 2.7, engines": {
        "displayName": "d",
        "contextSpec": {"memoryBankConfig": {"ttlConfig": {"default_ttl": "5s"}}},
    },
    "SDK 2.7, memory banks": {
        "displayName": "d",
        "context_spec": {"memory_bank_config": {"ttlConfig": {"default_ttl": "5s"}}},
    },
    "SDK 1.111": {"display_name": "d", "contextSpec": {"memoryBankConfig": {"ttl_config": {"default_ttl": "5s"}}}},
    "gapic": {"displayName": "d", "contextSpec": {"memoryBankConfig": {"ttlConfig": {"defaultTtl": "5s"}}}},
    "snake throughout": {
        "display_name": "d",
        "context_spec": {"memory_bank_config": {"ttl_config": {"default_ttl": "5s"}}},
    },
    "nulls and other units": {
        "displayName": "d",
        "labels": None,
        "contextSpec": {"memoryBankConfig": {"ttlConfig": {"defaultTtl": "5.000s", "granularTtlConfig": None}}},
    },
}


@pytest.mark.parametrize("spelling", _SPELLINGS)
def test_every_spelling_of_a_configuration_is_one_and_the_same(served: Served, spelling: str) -> None:
    with served.http() as http:
        created = http.post(f"/v1beta1/{served.parent}/reasoningEngines", json=_SPELLINGS[spelling])
        assert created.status_code == 200, created.text
        name = created.json()["response"]["name"]
        got = http.get(f"/v1beta1/{name}").json()
    assert got["displayName"] == "d"
    assert got["contextSpec"] == {"memoryBankConfig": {"ttlConfig": {"defaultTtl": "5s"}}}


@pytest.mark.parametrize(
    ("mask", "left"),
    [
        (None, {"displayName": "new", "description": "kept", "contextSpec": {"memoryBankConfig": {}}}),
        ("displayName", {"displayName": "new", "description": "kept"}),
        ("display_name,description", {"displayName": "new"}),
        ("contextSpec.memoryBankConfig.ttlConfig", {"displayName": "old", "description": "kept"}),
        ("*", {"displayName": "new", "contextSpec": {"memoryBankConfig": {}}}),
    ],
)
def test_updates_by_http_take_masks_of_either_case_or_none(
    served: Served, mask: str | None, left: dict[str, Any]
) -> None:
    config = {"contextSpec": {"memoryBankConfig": {"ttlConfig": {"defaultTtl": "5s"}, "disableMemoryRevisions": True}}}
    body = {"displayName": "new", "contextSpec": {"memoryBankConfig": {}}}
    with served.http() as http:
        before = {"displayName": "old", "description": "kept", **config}
        name = http.post(f"/v1beta1/{served.parent}/reasoningEngines", json=before).json()["response"]["name"]
        answer = http.patch(f"/v1beta1/{name}", json=body, params={} if mask is None else {"updateMask": mask})
        assert answer.status_code == 200, answer.text
        got = http.get(f"/v1beta1/{name}").json()
    if mask is not None and "ttlConfig" in mask:
        left = {**left, "contextSpec": {"memoryBankConfig": {"disableMemoryRevisions": True}}}
    elif "contextSpec" not in left:
        left = {**left, **config}
    assert {key: got[key] for key in got if key not in ("name", "createTime", "updateTime")} == left


def test_a_mask_that_names_no_field_of_an_engine_is_refused(served: Served, engine: str) -> None:
    with served.http() as http:
        answer = http.patch(f"/v1beta1/{engine}", json={"displayName": "x"}, params={"updateMask": "colour"})
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_a_configuration_that_contradicts_itself_is_refused_with_all_its_faults(served: Served) -> None:
    topic = {"managedMemoryTopic": {"managedTopicEnum": "USER_PREFERENCES"}}
    faulty = {
        "ttlConfig": {"defaultTtl": "5s", "granularTtlConfig": {"createTtl": "5s"}},
        "customizationConfigs": [{"memoryTopics": [topic, topic]}],
        "similaritySearchConfig": {},
    }
    with served.http() as http:
        body = {"contextSpec": {"memoryBankConfig": faulty}}
        answer = http.post(f"/v1beta1/{served.parent}/reasoningEngines", json=body)
    assert answer.status_code == 400
    [detail] = answer.json()["error"]["details"]
    start = "contextSpec.memoryBankConfig."
    assert {violation["field"].removeprefix(start) for violation in detail["fieldViolations"]} == {
        "ttlConfig.granularTtlConfig",
        "customizationConfigs[0].memoryTopics",
        "similaritySearchConfig.embeddingModel",
    }
