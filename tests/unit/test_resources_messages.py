"""The messages of the API as clients send them: every spelling is read, every wrong one is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from memorybank.errors import InvalidArgument
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.content import Content, Part
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.memory import Memory, MetadataValue
from memorybank.resources.names import (
    EngineName,
    check_chosen_id,
    check_segment,
    engine_of,
    name_of,
    path_of,
)
from memorybank.resources.retrieval import RetrieveMemoriesRequest, RollbackMemoryRequest
from memorybank.resources.scopes import scope_key
from memorybank.resources.topics import MemoryTopicId
from memorybank.resources.wire import WireModel, parse


def violations(message: type[WireModel], payload: Any) -> dict[str, str]:
    """Return what is wrong with a message, by field."""
    with pytest.raises(InvalidArgument) as caught:
        parse(message, payload)
    return {violation.field: violation.description for violation in caught.value.violations}


SNAKE: dict[str, Any] = {
    "fact": "I like tea",
    "scope": {"user_id": "u", "userId": "v"},
    "display_name": "d",
    "topics": [{"managed_memory_topic": "USER_PREFERENCES"}, {"custom_memory_topic_label": "drinks"}],
    "metadata": {
        "my_key": {"string_value": "a"},
        "myKey": {"double_value": 1},
        "t": {"timestamp_value": "2031-01-02T03:04:05"},
    },
    "revision_ttl": "600s",
    "revision_labels": {"my_key": "a"},
}
CAMEL: dict[str, Any] = {
    "fact": "I like tea",
    "scope": {"user_id": "u", "userId": "v"},
    "displayName": "d",
    "topics": [{"managedMemoryTopic": 2}, {"customMemoryTopicLabel": "drinks"}],
    "metadata": {
        "my_key": {"stringValue": "a"},
        "myKey": {"doubleValue": 1.0},
        "t": {"timestampValue": "2031-01-02T05:04:05+02:00"},
    },
    "revisionTtl": "600s",
    "revisionLabels": {"my_key": "a"},
}


def test_a_memory_is_the_same_in_both_spellings() -> None:
    memory = parse(Memory, SNAKE)
    assert memory == parse(Memory, CAMEL)
    wire = memory.to_wire()
    assert wire["scope"] == {"user_id": "u", "userId": "v"}
    assert wire["metadata"] == {
        "my_key": {"stringValue": "a"},
        "myKey": {"doubleValue": 1.0},
        "t": {"timestampValue": "2031-01-02T03:04:05Z"},
    }
    assert wire["topics"] == [{"managedMemoryTopic": "USER_PREFERENCES"}, {"customMemoryTopicLabel": "drinks"}]


def test_stored_data_is_read_back_as_the_same_memory() -> None:
    memory = parse(Memory, SNAKE)
    assert Memory.model_validate(memory.to_data()) == memory
    assert parse(Memory, memory.to_wire()) == memory


@pytest.mark.parametrize("value", [{"boolValue": False}, {"stringValue": ""}, {"doubleValue": 0}])
def test_a_metadata_value_may_be_false_empty_or_zero(value: dict[str, Any]) -> None:
    assert parse(MetadataValue, value).to_wire() == value


def test_a_metadata_value_has_one_kind() -> None:
    for wrong in ({}, {"boolValue": None}, {"boolValue": True, "stringValue": "a"}):
        assert "exactly one of" in violations(MetadataValue, wrong)["body"]


def test_a_scope_has_the_same_key_in_any_order_and_no_other_scope_has_it() -> None:
    assert scope_key({"a": "1", "b": "2"}) == scope_key({"b": "2", "a": "1"})
    different = [
        {"a": "1"},
        {"a": "1", "b": "2"},
        {"a": "2", "b": "1"},
        {"a1": ""},
        {"a": "1,b"},
        {'a","1': "x"},
        {"A": "1"},
    ]
    assert len({scope_key(scope) for scope in different}) == len(different)


def test_a_topic_is_found_by_its_key() -> None:
    for topic in ({"managedMemoryTopic": "EXPLICIT_INSTRUCTIONS"}, {"customMemoryTopicLabel": "drinks"}):
        parsed = parse(MemoryTopicId, topic)
        assert MemoryTopicId.of(parsed.key) == parsed


def test_content_keeps_what_it_does_not_know_in_parts_and_nowhere_else() -> None:
    unknown = {"functionCall": {"name": "f", "args": {"some_key": [1, None]}}, "new_thing": 1}
    assert parse(Part, unknown).to_wire() == unknown
    assert "is not a field" in violations(Content, {"part": []})["part"]


@pytest.mark.parametrize("role", [{}, {"role": ""}, {"role": None}])
def test_content_without_a_role_is_read(role: dict[str, Any]) -> None:
    assert parse(Content, {**role, "parts": [{"text": "a"}]}) == parse(Content, {"parts": [{"text": "a"}]})


def test_a_generation_is_the_same_in_both_spellings() -> None:
    content = {"role": "user", "parts": [{"inline_data": {"data": "-_8=", "mime_type": "image/png"}}]}
    snake = {
        "direct_contents_source": {
            "events": [{"content": content, "event_id": "e", "event_time": "2031-01-02T03:04:05Z"}]
        },
        "scope": {"user_id": "u"},
        "metadata_merge_strategy": 2,
        "allowed_topics": [{"managed_memory_topic": 1}],
        "time_zone": "Europe/Paris",
    }
    request = parse(GenerateMemoriesRequest, snake)
    assert request == parse(GenerateMemoriesRequest, request.to_wire())
    assert request.to_wire()["metadataMergeStrategy"] == "MERGE"
    assert request.to_wire()["directContentsSource"]["events"][0]["content"]["parts"] == [
        {"inlineData": {"data": "+/8=", "mimeType": "image/png"}}
    ]


def test_a_generation_needs_one_source_and_one_life_of_its_revisions() -> None:
    direct = {"directMemories": [{"fact": "a"}]}
    found = violations(
        GenerateMemoriesRequest,
        {"directMemoriesSource": direct, "vertexSessionSource": {"session": "s"}, "scope": {"a": "b"}},
    )
    assert found == {"directMemoriesSource": "only one of vertexSessionSource and directMemoriesSource may be given"}
    both = {"revisionTtl": "60s", "revisionExpireTime": "2031-01-02T03:04:05Z"}
    found = violations(GenerateMemoriesRequest, {"scope": {"a": "b"}, "directMemoriesSource": direct, **both})
    assert found == {"revisionExpireTime": "only one of revisionTtl and revisionExpireTime may be given"}


def test_a_retrieval_takes_numbers_as_strings_and_types_by_number() -> None:
    request = parse(
        RetrieveMemoriesRequest,
        {"scope": {"a": "b"}, "similarity_search_params": {"search_query": "q", "top_k": "2"}, "memory_types": [1]},
    )
    assert request.similarity_search_params is not None
    assert request.similarity_search_params.top_k == 2
    assert request.memory_types == ["NATURAL_LANGUAGE_COLLECTION"]


@pytest.mark.parametrize("value", ["7", 7, 7.0])
def test_a_revision_is_named_by_a_decimal_number(value: Any) -> None:
    assert parse(RollbackMemoryRequest, {"target_revision_id": value}).target_revision_id == "7"


GUIDE = {
    "customization_configs": [
        {
            "memory_topics": [
                {"managed_memory_topic": "USER_PREFERENCES"},
                {"managedMemoryTopic": {"managed_topic_enum": 4}},
                {"custom_memory_topic": {"label": "a", "description": "b"}},
            ],
            "consolidation_customization": {"revisions_per_candidate_count": "3"},
        }
    ],
    "ttl_config": {"granular_ttl": {"generate_created_ttl": "60s"}, "revision_ttl": "120s"},
}


def test_the_spellings_of_the_guides_are_read_as_what_they_mean() -> None:
    assert parse(MemoryBankConfig, GUIDE).to_wire() == {
        "customizationConfigs": [
            {
                "memoryTopics": [
                    {"managedMemoryTopic": {"managedTopicEnum": "USER_PREFERENCES"}},
                    {"managedMemoryTopic": {"managedTopicEnum": "EXPLICIT_INSTRUCTIONS"}},
                    {"customMemoryTopic": {"label": "a", "description": "b"}},
                ],
                "consolidationConfig": {"revisionsPerCandidateCount": 3},
            }
        ],
        "ttlConfig": {"granularTtlConfig": {"generateCreatedTtl": "60s"}, "memoryRevisionDefaultTtl": "120s"},
    }


def test_a_configuration_is_echoed_as_it_was_given_and_without_defaults() -> None:
    given = {
        "generationConfig": {"model": "m", "generationTriggerConfig": {"generationRule": {"eventCount": 3}}},
        "similaritySearchConfig": {"embeddingModel": "e"},
        "customizationConfigs": [{"scopeKeys": ["user_id"], "enableThirdPersonMemories": True}],
        "ttlConfig": {"defaultTtl": "3600s"},
        "disableMemoryRevisions": True,
        "structuredMemoryConfigs": [
            {
                "scopeKeys": ["user_id"],
                "schemaConfigs": [{"id": "s", "schema": {"type": "OBJECT", "properties": {"my_key": {"a_b": 1}}}}],
            }
        ],
    }
    assert parse(MemoryBankConfig, given).to_wire() == given
    unset = {"disableMemoryRevisions": False, "customizationConfigs": [], "ttlConfig": None}
    assert parse(MemoryBankConfig, unset).to_wire() == {}
    engine: dict[str, Any] = {
        "displayName": "d",
        "contextSpec": {"memoryBankConfig": {}},
        "labels": {},
        "description": None,
    }
    assert parse(ReasoningEngine, engine).to_wire() == {"displayName": "d", "contextSpec": {"memoryBankConfig": {}}}


def test_every_violation_of_a_configuration_is_told_at_once() -> None:
    found = violations(
        MemoryBankConfig,
        {
            "customization_configs": [
                {"scope_keys": ["a", "", "*"], "memory_topics": [{}, {"managed_memory_topic": "X"}]},
                {"generate_memories_examples": [{"conversation_source": {"events": []}}]},
            ],
            "ttl_config": {"default_ttl": "x", "revision_ttl": "0s", "granular_ttl": {"createTtl": "-1s"}},
            "generation_config": {"model": 5},
            "unknown": 1,
        },
    )
    assert set(found) == {
        "customizationConfigs[0].scopeKeys[1]",
        "customizationConfigs[0].scopeKeys[2]",
        "customizationConfigs[0].memoryTopics[0]",
        "customizationConfigs[0].memoryTopics[1].managedMemoryTopic.managedTopicEnum",
        "customizationConfigs[1].generateMemoriesExamples[0].conversationSource.events",
        "ttlConfig.defaultTtl",
        "ttlConfig.memoryRevisionDefaultTtl",
        "ttlConfig.granularTtlConfig.createTtl",
        "generationConfig.model",
        "unknown",
    }


def test_several_repetitions_in_one_configuration_are_told_together() -> None:
    twice = [{"scopeKeys": ["a"]}, {}, {"scopeKeys": ["a"]}, {}]
    with pytest.raises(InvalidArgument) as caught:
        parse(MemoryBankConfig, {"customizationConfigs": twice})
    assert [violation.field for violation in caught.value.violations] == ["customizationConfigs"] * 2


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({"user_id": "u"}, ["user_id"]),
        ({"user_id": "u", "app": "a"}, ["app", "user_id"]),
        ({"app": "a"}, []),
        ({"user_id": "u", "team": "t"}, ["user_id"]),
    ],
)
def test_the_configuration_with_the_most_keys_that_a_scope_has_is_its_own(
    scope: dict[str, str], expected: list[str]
) -> None:
    configs = [{}, {"scopeKeys": ["user_id"]}, {"scopeKeys": ["app", "user_id"]}]
    config = parse(MemoryBankConfig, {"customizationConfigs": configs})
    assert config.customization_for(scope).scope_keys == expected


@pytest.mark.parametrize("name", ["p", "example.com:p", "123456"])
def test_a_name_and_its_document_path_are_two_spellings_of_one_thing(name: str) -> None:
    engine = EngineName(name, "us-central1", "7")
    memory = engine.child("memories", "m")
    assert engine_of(memory) == engine
    assert name_of(memory) == f"{engine}/memories/m"
    assert path_of(name_of(memory)) == memory


@pytest.mark.parametrize(
    "value", ["", ".", "..", "-a", "a/b", "a b", "a%", "ä", "a\0", "a\n", "a" * 101, "a\ud800", "a:b"]
)
def test_a_segment_that_cannot_stand_in_a_path_is_refused(value: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        check_segment(value, field="memory")
    assert [violation.field for violation in caught.value.violations] == ["memory"]


@pytest.mark.parametrize("value", ["", "A", "1a", "a-", "a_b", "a" * 64, "a\n", "ä"])
def test_an_id_that_cannot_be_chosen_is_refused(value: str) -> None:
    with pytest.raises(InvalidArgument, match="1 to 63 lower-case letters"):
        check_chosen_id(value, field="memoryId")
