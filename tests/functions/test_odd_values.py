"""Every value of every valid body replaced by odd ones: the answer is 200 or a proper refusal, never 5xx."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.functions.refusals import Caller, error_of
from tests.waiting import finished

ODD = [
    "null",
    "true",
    "1e400",
    "1e308",
    "-1",
    "0",
    "9223372036854775808",
    '""',
    '" "',
    '"-1"',
    '"NaN"',
    '"\\u0000"',
    '"\\ud800"',
    '"\\u0001\\u202e\\ufeff"',
    '"0001-01-01T00:00:00Z"',
    '"9999-12-31T23:59:59.999999999Z"',
    '"3155760000s"',
    json.dumps("*" * 3000),
    "[]",
    "[[[[]]]]",
    "[null]",
    "{}",
    '{"": null}',
    '{"a": {"a": {"a": 1}}}',
]

TOPICS = [{"managedMemoryTopic": "USER_PREFERENCES"}, {"customMemoryTopicLabel": "drinks"}]
METADATA = {
    "a": {"stringValue": "b"},
    "c": {"doubleValue": 1.5},
    "d": {"timestampValue": "2031-01-02T03:04:05Z"},
}
REVISION = {"revisionTtl": "600s", "disableMemoryRevisions": False, "revisionLabels": {"k": "v"}}
MEMORY = {
    "fact": "I like tea",
    "scope": {"user_id": "u"},
    "displayName": "d",
    "topics": TOPICS,
    "metadata": METADATA,
    "ttl": "3600s",
    **REVISION,
}
CONTENT = {
    "role": "user",
    "parts": [
        {"text": "I like tea."},
        {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
        {"fileData": {"fileUri": "gs://b/o", "mimeType": "image/png"}},
        {"functionCall": {"name": "f", "args": {"a": [1]}}, "thought": False},
    ],
}
GENERATE = {
    "scope": {"user_id": "u"},
    "directContentsSource": {"events": [{"content": CONTENT, "eventTime": "2031-01-02T03:04:05Z", "eventId": "e"}]},
    "metadata": METADATA,
    "metadataMergeStrategy": "MERGE",
    "allowedTopics": TOPICS,
    "timeZone": "Europe/Paris",
    "disableConsolidation": False,
    **REVISION,
}
DIRECT = {
    "scope": {"user_id": "u"},
    "directMemoriesSource": {"directMemories": [{"fact": "I like tea", "topics": TOPICS}]},
}
SIMILAR = {
    "scope": {"user_id": "u"},
    "similaritySearchParams": {"searchQuery": "tea", "topK": 3},
    "filter": 'fact:"tea"',
    "memoryTypes": ["NATURAL_LANGUAGE_COLLECTION"],
}
SIMPLE = {"scope": {"user_id": "u"}, "simpleRetrievalParams": {"pageSize": 3, "pageToken": ""}, "filterGroups": []}
ENGINE = {
    "displayName": "d",
    "labels": {"k": "v"},
    "spec": {"agentFramework": "x", "env": [{"name": "a"}]},
    "contextSpec": {
        "memoryBankConfig": {
            "generationConfig": {
                "model": "m",
                "generationTriggerConfig": {"generationRule": {"eventCount": 3, "idleDuration": "60s"}},
            },
            "similaritySearchConfig": {"embeddingModel": "e"},
            "customizationConfigs": [
                {
                    "scopeKeys": ["user_id"],
                    "memoryTopics": [
                        {"managedMemoryTopic": {"managedTopicEnum": "USER_PREFERENCES"}},
                        {"customMemoryTopic": {"label": "a", "description": "b"}},
                    ],
                    "generateMemoriesExamples": [
                        {
                            "conversationSource": {"events": [{"content": {"parts": [{"text": "a"}]}}]},
                            "generatedMemories": [{"fact": "a", "topics": [{"customMemoryTopicLabel": "a"}]}],
                        }
                    ],
                    "consolidationConfig": {"revisionsPerCandidateCount": 2},
                    "enableThirdPersonMemories": True,
                }
            ],
            "ttlConfig": {"granularTtlConfig": {"createTtl": "60s"}, "memoryRevisionDefaultTtl": "60s"},
            "structuredMemoryConfigs": [
                {
                    "scopeKeys": ["user_id"],
                    "schemaConfigs": [
                        {"id": "s", "schema": {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}}}
                    ],
                }
            ],
        }
    },
}
FILTERS = [{"filters": [{"key": "a", "op": "EQUAL", "value": {"stringValue": "b"}, "negate": False}]}]
SESSION = {
    "userId": "u",
    "displayName": "d",
    "sessionState": {"a": {"b": [1]}},
    "labels": {"k": "v"},
    "expireTime": "9999-01-01T00:00:00Z",
}
EVENT = {
    "author": "user",
    "invocationId": "i",
    "timestamp": "2031-01-02T03:04:05Z",
    "content": CONTENT,
    "actions": {"stateDelta": {"a": 1}, "artifactDelta": {"f": 1}, "skipSummarization": True, "transferAgent": "x"},
    "eventMetadata": {"partial": True, "longRunningToolIds": ["a"], "customMetadata": {"a_b": 1}},
    "errorCode": "e",
    "rawEvent": {"a": {"b": 1}},
}
INGEST = {
    "streamId": "s",
    "scope": {"user_id": "u"},
    "directContentsSource": {"events": [{"content": CONTENT, "eventTime": "2031-01-02T03:04:05Z", "eventId": "e"}]},
    "generationTriggerConfig": {"generationRule": {"eventCount": 3, "idleDuration": "60s", "overlapEventCount": 1}},
    "forceFlush": False,
}
TIMES = {"createTime": "2031-01-02T03:04:05Z", "updateTime": "2031-01-02T03:04:05Z"}
STATE = {"embeddingModel": "m", "sequence": "5", "firstSequence": "5", "latestRevision": "5", "evidenceCount": "1"}
WAS = {"fact": "I like tea", "scope": {"user_id": "u"}, "memoryType": "NATURAL_LANGUAGE_COLLECTION", **TIMES}
SPOKEN = {"author": "user", "invocationId": "i", "timestamp": "2031-01-02T03:04:05Z"}
BATCH = {
    "memories": [
        {
            "id": "b",
            "memory": WAS,
            "state": {**STATE, "saidTime": "2031-01-02T03:04:05Z"},
            "revisions": [
                {
                    "sequence": "5",
                    "firstSequence": "5",
                    "createTime": "2031-01-02T03:04:05Z",
                    "expireTime": "2041-01-02T03:04:05Z",
                    "eventTime": "2031-01-02T03:04:05Z",
                    "labels": {"k": "v"},
                    "producedBy": {"extraction": "p m"},
                    "extracted": [{"fact": "f", "context": "c", "structuredData": {"a": [1]}}],
                    "reasons": {"action": "CREATED", "quotes": [{"event": 0, "text": "q"}], "relation": "same"},
                    "memory": WAS,
                    "state": STATE,
                }
            ],
        }
    ],
    "sessions": [
        {
            "id": "t",
            "session": {"userId": "u", "expireTime": "9999-01-01T00:00:00Z", **TIMES},
            "events": [{"id": "e", "event": SPOKEN}],
        }
    ],
    "validateOnly": False,
}


def variants(body: Any) -> Iterator[str]:
    """Yield the JSON of a body with each of its values, leaf or not, replaced by each odd value."""
    marker = "@@here@@"
    for changed in _marked(body, marker):
        text = json.dumps(changed)
        for odd in ODD:
            yield text.replace(f'"{marker}"', odd)


def _marked(value: Any, marker: str) -> Iterator[Any]:
    yield marker
    if isinstance(value, dict):
        for key, inner in value.items():
            for changed in _marked(inner, marker):
                yield {**value, key: changed}
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            for changed in _marked(inner, marker):
                yield [*value[:index], changed, *value[index + 1 :]]


def test_every_value_of_a_body_is_replaced_once_by_every_odd_value() -> None:
    found = list(variants({"a": [1, {"b": 2}]}))
    assert len(found) == len(set(found)) == 5 * len(ODD)
    assert '{"a": [1, {"b": [[[[]]]]}]}' in found


def answered(caller: Caller, method: str, path: str, body: Any) -> tuple[int, int]:
    """Send all variants of a body, check every answer, and return how many were taken and how many refused."""
    taken = refused = 0
    for text, answer in caller.in_turn(method, path, variants(body)):
        if answer.status_code == 200:
            answer.json()
            taken += 1
        else:
            assert answer.status_code in (400, 501), f"{text[:2000]}\n{answer.status_code} {answer.text}"
            error_of(answer, answer.status_code)
            refused += 1
    return taken, refused


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/memories", MEMORY),
        ("PATCH", "/memories/m", MEMORY),
        ("POST", "/memories:generate", DIRECT),
        ("POST", "/memories:retrieve", SIMILAR),
        ("POST", "/memories:retrieve", SIMPLE),
        ("PATCH", "", ENGINE),
        ("PATCH", "?updateMask=*", {"displayName": "d", "labels": {"k": "v"}, "spec": {"a": {"b": 1}}}),
        ("POST", "/operations/o:wait", {"timeout": "1s"}),
        ("POST", "/memories:retrieve", {"scope": {"user_id": "u"}, "filterGroups": FILTERS}),
        ("POST", "/memories:retrieveProfiles", {"scope": {"user_id": "u"}}),
        ("POST", "/memories:purge", {"filter": 'fact="none"', "filterGroups": FILTERS, "force": True}),
        ("POST", "/memories:erase", {"scope": {"user_id": "w"}, "includeSessions": False}),
        ("POST", "/memories:reembed", {}),
        ("POST", "/memories:batchCreate", BATCH),
        ("POST", "/sessions", SESSION),
        ("PATCH", "/sessions/s", SESSION),
        ("POST", "/sessions/s:appendEvent", EVENT),
        ("POST", "/memories:ingestEvents", INGEST),
    ],
    ids=[
        *("create", "update", "direct", "similar", "simple", "engine", "mask", "wait"),
        *("groups", "profiles", "purge", "erase", "reembed", "batch", "session", "session_update", "event", "ingest"),
    ],
)
def test_odd_values_are_taken_or_refused_and_never_crash(caller: Caller, method: str, path: str, body: Any) -> None:
    caller.memory("m")
    caller.ok("POST", "/sessions", params={"sessionId": "s"}, json={"userId": "u"})
    if path.endswith(":wait"):
        path = caller.ok("DELETE", "/memories/m")["name"].removeprefix(caller.engine) + ":wait"
    caller.ok(method, path, json=body)
    taken, refused = answered(caller, method, path, body)
    assert taken
    assert refused > taken / 2
    # Whatever was taken can be read again.
    for read in ("", "/memories", "/operations", "/sessions", "/sessions/s", "/sessions/s/events"):
        caller.ok("GET", read)
    caller.ok("POST", "/memories:retrieve", json={"scope": {"user_id": "u"}})


def test_odd_conversations_are_taken_or_refused_and_every_one_taken_comes_to_its_end(caller: Caller) -> None:
    taken, refused = answered(caller, "POST", "/memories:generate", GENERATE)
    assert taken
    assert refused
    for operation in caller.ok("GET", "/operations", params={"pageSize": "1000"})["operations"]:
        done = finished(caller.http, operation)
        assert "error" not in done, done
    caller.ok("GET", "/memories")
