"""What the fuzzer makes requests of: good bodies, absurd values, and how the one is spoilt by the other."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

_SCOPE = {"user_id": "u"}
_TURN = {"content": {"role": "user", "parts": [{"text": "I like tea and I live in Lisbon."}]}}
_METADATA = {"metadata": {"k": {"doubleValue": 1}}}
_MEMORY = {"fact": "I like tea", "scope": _SCOPE, "ttl": "3600s", **_METADATA}

NASTY: Sequence[Any] = [
    *(None, True, False, 0, -1, 1.5, 1e308, -0.0, 2**31, 2**63, 2**64, -(2**63) - 1, 10**400),
    *("", " ", "\x00", "\n", "\ud800", "\U0001f600", "é", "é", "\u202e", "\ufeff"),
    *("a" * 2000, "%", "%00", "%2F", "..", "."),
    *("../../etc/passwd", "-", "*", "null", "NaN", "-1", "1e999", "9" * 400),
    *("'", '"', "\\", "' OR 1=1 --", "${x}", "{{x}}"),
    *("true", "[]", "{}", "2031-01-02T03:04:05Z", "9999-12-31T23:59:59.999999999Z", "0000-00-00", "1s", "-1s", "1e9s"),
    *("gs://b/o", "https://169.254.169.254/", 'fact=~"(a+)+$"', "(" * 200, "NOT " * 200, "a.b.c.d", "=", "<script>"),
    *([], {}, [[]], [None], {"": ""}, {"a": {"b": {"c": {}}}}, [1, "a", None], {"user_id": "u"}, {"seconds": 1}),
]

QUERIES: Mapping[str, Sequence[Any]] = {
    "pageSize": ["1", "2", "1000", "0", "-1", "x", "1e3", "99999999999"],
    "pageToken": ["", "x", "AAAA", "=" * 10, "a" * 20000],
    "filter": [
        *("", 'fact="I like tea"', 'NOT fact="x"', 'fact=~"tea.*"', 'scope.user_id="u"'),
        *("(", "fact=", "done=true", "x" * 5000),
    ],
    "orderBy": ["create_time", "update_time desc", "createTime desc", "x", ",", "create_time,update_time"],
    "updateMask": ["*", "fact", "displayName,ttl", "", "x", "fact,,", "scope.user_id", "metadata.k"],
    "memoryId": ["a", "memory-1", "A", "1", "-", "a" * 64],
    "sessionId": ["a", "session-1", "A", "-", "a" * 200],
    "force": ["true", "false", "1", "x", ""],
    "parent": ["projects/p/locations/l", "x", ""],
    "timeout": ["0s", "-1s", "x"],
    "returnPartialSuccess": ["true", "false", "x"],
}

BODIES: Mapping[str, Sequence[Any]] = {
    "GenerateMemories": [
        {"scope": _SCOPE, "directContentsSource": {"events": [_TURN]}},
        {"scope": _SCOPE, "directMemoriesSource": {"directMemories": [{"fact": "I like tea", "topics": []}]}},
        {"vertexSessionSource": {"session": "projects/p/locations/l/reasoningEngines/1/sessions/1"}},
        {"scope": _SCOPE, "directContentsSource": {"events": [_TURN]}, "timeZone": "UTC", **_METADATA},
    ],
    "IngestEvents": [
        {"scope": _SCOPE, "streamId": "s", "directContentsSource": {"events": [_TURN]}, "forceFlush": True},
        {"scope": _SCOPE, "generationTriggerConfig": {"generationRule": {"eventCount": 2}}},
    ],
    "CreateMemory": [_MEMORY, {"fact": "I have a dog", "scope": _SCOPE}],
    "UpdateMemory": [{"fact": "I like coffee"}, {"ttl": "60s"}, {**_MEMORY, "displayName": "d"}],
    "PurgeMemories": [
        {"filter": 'fact="x"'},
        {"filter": 'scope.user_id="u"', "force": True},
        {"filterGroups": [{"filters": []}]},
    ],
    "EraseMemories": [{"scope": _SCOPE}, {"scope": _SCOPE, "includeSessions": True}],
    "RetrieveMemories": [
        {"scope": _SCOPE, "similaritySearchParams": {"searchQuery": "tea", "topK": 3}},
        {"scope": _SCOPE, "simpleRetrievalParams": {"pageSize": 3}, "filter": 'fact:"tea"'},
    ],
    "RetrieveProfiles": [{"scope": _SCOPE}],
    "RollbackMemory": [{"targetRevisionId": "1"}],
    "CreateSession": [{"userId": "u", "sessionState": {"a": [1]}, "ttl": "86400s"}],
    "UpdateSession": [{"displayName": "d"}, {"sessionState": {"a": {}}}],
    "AppendEvent": [{"author": "user", "invocationId": "1", "timestamp": "2031-01-02T03:04:05Z", **_TURN}],
    "CreateReasoningEngine": [{}, {"displayName": "d", "contextSpec": {"memoryBankConfig": {}}}],
    "UpdateReasoningEngine": [
        {"displayName": "d"},
        {"contextSpec": {"memoryBankConfig": {"ttlConfig": {"defaultTtl": "3600s"}, "disableMemoryRevisions": True}}},
    ],
}


def mutated(body: Any, chance: Random) -> Any:
    """Return a body with nothing to three things changed."""
    found = copy.deepcopy(body)
    for _ in range(chance.choice([0, 0, 1, 1, 2, 3])):
        found = _spoilt(found, chance)
    return found


def _spoilt(value: Any, chance: Random) -> Any:
    """Return a value with one thing changed, here or below."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key = chance.choice(list(value))
        how = chance.random()
        if how < 0.6:
            return {**value, key: _spoilt(value[key], chance)}
        if how < 0.75:
            return {name: each for name, each in value.items() if name != key}
        return {**value, str(chance.choice(NASTY))[:100]: chance.choice(NASTY)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        return [*value[:place], _spoilt(value[place], chance), *value[place + 1 :]]
    return chance.choice(NASTY)
