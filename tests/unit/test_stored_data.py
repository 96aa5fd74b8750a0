"""What the bank stored is read back unchecked, and as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.memory import Memory, MemoryRevision
from memorybank.resources.stored_data import read_stored
from memorybank.resources.wire import WireModel, parse
from memorybank.resources.wire_form import wire_of

_SCHEMA = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}}
_CONFIG = {
    "generationConfig": {
        "model": "gemini-x",
        "generationTriggerConfig": {"generationRule": {"eventCount": 3, "idleDuration": "60s"}},
    },
    "similaritySearchConfig": {"embeddingModel": "m"},
    "customizationConfigs": [
        {
            "scopeKeys": ["user_id"],
            "memoryTopics": [
                {"managedMemoryTopic": "USER_PREFERENCES"},
                {"customMemoryTopic": {"label": "pets", "description": "animals"}},
            ],
            "generateMemoriesExamples": [
                {
                    "conversationSource": {
                        "events": [
                            {
                                "content": {
                                    "role": "user",
                                    "parts": [
                                        {"text": "I have a dog"},
                                        {"inlineData": {"mimeType": "image/png", "data": "AAEC"}},
                                        {"functionCall": {"name": "f", "args": {"some_key": 1}}},
                                    ],
                                }
                            }
                        ]
                    },
                    "generatedMemories": [{"fact": "I have a dog", "topics": [{"customMemoryTopicLabel": "pets"}]}],
                }
            ],
            "enableThirdPersonMemories": True,
            "consolidationConfig": {"revisionsPerCandidateCount": 2},
        },
        {},
    ],
    "ttlConfig": {"granularTtl": {"createTtl": "60s", "generateUpdatedTtl": "1.5s"}, "revisionTtl": "3600s"},
    "disableMemoryRevisions": True,
    "structuredMemoryConfigs": [
        {"schemaConfigs": [{"id": "person", "schema": _SCHEMA, "memoryType": "STRUCTURED_PROFILE"}]}
    ],
}
_TIME = "2031-01-02T03:04:05.678901Z"
MESSAGES: list[tuple[type[WireModel], dict[str, Any]]] = [
    (MemoryBankConfig, _CONFIG),
    (MemoryBankConfig, {}),
    (
        ReasoningEngine,
        {
            "displayName": "one",
            "labels": {"some_key": "a"},
            "contextSpec": {"memoryBankConfig": _CONFIG},
            "spec": {"some_key": {"nested": [1, {"deep_key": None}]}},
            "createTime": _TIME,
        },
    ),
    (
        Memory,
        {
            "name": "n",
            "fact": "I like tea",
            "scope": {"user_id": "ada"},
            "topics": [{"managedMemoryTopic": 2}, {"customMemoryTopicLabel": "drinks"}],
            "metadata": {
                "text_key": {"stringValue": "a"},
                "number": {"doubleValue": 1},
                "flag": {"boolValue": False},
                "time": {"timestampValue": _TIME},
            },
            "memoryType": 3,
            "structuredContent": {"schemaId": "person", "data": {"city": ["Oslo", {"some_key": 1}]}},
            "updateTime": _TIME,
            "ttl": "1.5s",
        },
    ),
    (Memory, {}),
    (
        MemoryRevision,
        {
            "name": "n",
            "createTime": _TIME,
            "expireTime": _TIME,
            "eventTime": _TIME,
            "labels": {"some_key": "a"},
            "extractedMemories": [{"fact": "I like tea", "structuredData": {"city": "Oslo"}}, {"fact": "x"}],
        },
    ),
]


@pytest.mark.parametrize(("message", "payload"), MESSAGES)
def test_a_stored_message_is_read_as_a_parse_of_it_would_be(message: type[WireModel], payload: dict[str, Any]) -> None:
    written = parse(message, payload)
    read = read_stored(message, written.to_data())
    assert read == written
    assert (read.to_wire(), read.to_data()) == (written.to_wire(), written.to_data())
    assert read.model_fields_set == message.model_validate(written.to_data()).model_fields_set
    assert read.model_copy(deep=True) == written


def test_what_is_stored_is_not_checked_again() -> None:
    assert read_stored(Memory, {"fact": "x" * 10_000}).fact == "x" * 10_000


def test_null_is_unset_and_a_field_that_is_gone_is_left_aside() -> None:
    read = read_stored(Memory, {"fact": "a", "topics": None, "mood": "good"})
    assert (read, read.model_fields_set) == (Memory(fact="a"), {"fact"})


def test_what_is_empty_by_default_is_shared_by_nobody() -> None:
    one, two = read_stored(Memory, {}), read_stored(Memory, {})
    one.metadata.clear()
    assert one.topics is not two.topics
    assert one.metadata is not two.metadata
    assert read_stored(MemoryBankConfig, {}).customization_configs is not MemoryBankConfig().customization_configs


def test_durations_come_back_from_their_text() -> None:
    config = read_stored(MemoryBankConfig, {"ttl_config": {"default_ttl": "90.5s"}})
    assert config.ttl_config is not None
    assert config.ttl_config.default_ttl == timedelta(seconds=90.5)


@pytest.mark.parametrize(("message", "payload"), [each for each in MESSAGES if each[0] in (Memory, MemoryRevision)])
def test_the_wire_format_of_what_is_stored_needs_no_message(message: type[WireModel], payload: dict[str, Any]) -> None:
    stored = parse(message, payload).to_data()
    assert wire_of(message, stored) == read_stored(message, stored).to_wire()


def test_values_that_are_the_default_are_left_out_of_the_wire_format() -> None:
    stored: dict[str, Any] = {
        "fact": "I like tea",
        "topics": [],
        "metadata": {},
        "context": None,
        "embedding": "not a field",
    }
    assert wire_of(Memory, stored) == {"fact": "I like tea"}
