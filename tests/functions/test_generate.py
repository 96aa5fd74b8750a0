"""Generations over plain HTTP: requests that cannot be carried out are refused before anything is stored."""

from __future__ import annotations

from typing import Any

from tests.functions.refusals import Caller, Case

SCOPE = {"scope": {"user_id": "u"}}
TURN = {"content": {"role": "user", "parts": [{"text": "I like tea"}]}}
CONTENTS = {"directContentsSource": {"events": [TURN]}}
DIRECT = {"directMemoriesSource": {"directMemories": [{"fact": "I like tea"}]}}
EVENTS = "directContentsSource.events"
FACTS = "directMemoriesSource.directMemories"


def events(*found: Any) -> dict[str, Any]:
    """Return a request with those events."""
    return {**SCOPE, "directContentsSource": {"events": list(found)}}


def parts(*found: Any) -> dict[str, Any]:
    """Return a request with one turn of those parts."""
    return events({"content": {"role": "user", "parts": list(found)}})


def facts(*found: Any) -> dict[str, Any]:
    """Return a request with those direct memories."""
    return {**SCOPE, "directMemoriesSource": {"directMemories": list(found)}}


def but(**fields: Any) -> dict[str, Any]:
    """Return a good request with other fields."""
    return {**SCOPE, **CONTENTS, **fields}


SOURCES: list[Case] = [
    (SCOPE, "source", "one of directContentsSource, directMemoriesSource and vertexSessionSource is required"),
    ({}, "source", "is required"),
    ({}, "scope", "is required"),
    (CONTENTS, "scope", "is required"),
    ({**SCOPE, **CONTENTS, **DIRECT}, "directMemoriesSource", "only one of directContentsSource and directMemories"),
    (but(vertexSessionSource={"session": "s"}), "directContentsSource", "only one of"),
    (but(directContentsSource="I like tea"), "directContentsSource", "must be an object"),
    (but(directContentsSource={}), EVENTS, "is required"),
    (events(), EVENTS, "must not be empty"),
    (events(*[TURN] * 1001), EVENTS, "at most 1000 entries"),
    (events("hello"), f"{EVENTS}[0]", "must be an object"),
    (events({}), f"{EVENTS}[0].content", "is required"),
    (events({**TURN, "eventTime": "today"}), f"{EVENTS}[0].eventTime", "RFC 3339"),
    (events({**TURN, "eventId": 5}), f"{EVENTS}[0].eventId", "must be a string"),
    (events(TURN, {"content": {"role": 5}}), f"{EVENTS}[1].content.role", "must be a string"),
    (events({"content": {"parts": "hello"}}), f"{EVENTS}[0].content.parts", "must be a list"),
    (parts("hello"), f"{EVENTS}[0].content.parts[0]", "must be an object"),
    (parts({"text": 5}), f"{EVENTS}[0].content.parts[0].text", "must be a string"),
    (parts({"text": "x" * 1_000_000}), f"{EVENTS}[0].content.parts[0].text", "at most 262144 characters"),
    (parts({"thought": "yes"}), f"{EVENTS}[0].content.parts[0].thought", "must be true or false"),
    (parts({"inlineData": {"data": "AA"}}), f"{EVENTS}[0].content.parts[0].inlineData.mimeType", "is required"),
    (
        parts({"inlineData": {"mimeType": "image/png", "data": "no base64!"}}),
        f"{EVENTS}[0].content.parts[0].inlineData.data",
        "must be base64 text, in the standard or the url-safe alphabet",
    ),
    (
        parts({"inlineData": {"mimeType": "image/png", "data": [1, 2]}}),
        f"{EVENTS}[0].content.parts[0].inlineData.data",
        "must be base64 text",
    ),
    (parts({"fileData": {}}), f"{EVENTS}[0].content.parts[0].fileData.fileUri", "is required"),
    (
        parts({"fileData": {"fileUri": "gs://other/o"}}),
        f"{EVENTS}[0].content.parts[0].fileData.fileUri",
        "MEDIA_PREFIXES",
    ),
    (parts({"file_data": {"file_uri": "https://[::1]/"}}), f"{EVENTS}[0].content.parts[0].fileData.fileUri", "plainly"),
    (parts(*[{"text": "a"}] * 1001), f"{EVENTS}[0].content.parts", "at most 1000 entries"),
    (parts(*[0] * 100_001), "body", "at most 100000 values"),
    (facts(), FACTS, "must not be empty"),
    (facts(*[{"fact": f"Fact {number}"} for number in range(6)]), FACTS, "at most 5 entries"),
    (facts({"fact": "a"}, {"fact": ""}), f"{FACTS}[1].fact", "must not be blank"),
    (facts({"fact": " \t\u2003\n"}), f"{FACTS}[0].fact", "must not be blank"),
    (facts({"fact": "x" * 2049}), f"{FACTS}[0].fact", "at most 2048"),
    (facts({"fact": ["a"]}), f"{FACTS}[0].fact", "must be a string"),
    (facts({}), f"{FACTS}[0].fact", "is required"),
    (
        facts({"fact": "a", "topics": [{"managedMemoryTopic": "X"}]}),
        f"{FACTS}[0].topics[0].managedMemoryTopic",
        "one of",
    ),
    (facts({"fact": "a", "scope": {}}), f"{FACTS}[0].scope", "is not a field"),
    ({"vertexSessionSource": {}}, "vertexSessionSource.session", "is required"),
    ({"vertexSessionSource": {"session": "s", "startTime": "x"}}, "vertexSessionSource.startTime", "RFC 3339"),
]

OTHERS: list[Case] = [
    (but(scope={"user_id": "*"}), "scope.user_id", "no '*'"),
    (but(scope={f"k{number}": "v" for number in range(6)}), "scope", "1 to 5 pairs, not 6"),
    (but(scope={"user_id": 5}), "scope.user_id", "must be a string"),
    (but(disableConsolidation="no"), "disableConsolidation", "must be true or false"),
    (but(metadataMergeStrategy="MIX"), "metadataMergeStrategy", "must be one of"),
    (but(metadataMergeStrategy=4), "metadataMergeStrategy", "must be one of"),
    (but(metadata={"k": {"doubleValue": "NaN"}}), "metadata.k.doubleValue", "must be a finite number"),
    (but(allowedTopics=[{}]), "allowedTopics[0]", "exactly one of"),
    (but(allowedTopics=[{"managedMemoryTopic": 1}] * 65), "allowedTopics", "at most 64"),
    (but(revisionTtl="0s"), "revisionTtl", "longer than 0"),
    (but(revisionTtl="60s", revisionExpireTime="2031-01-02T03:04:05Z"), "revisionExpireTime", "only one of"),
    (but(revisionLabels={"k": None}), "revisionLabels.k", "must be a string, not null"),
    *(
        (but(timeZone=zone), "timeZone", "must be an IANA time zone, such as Europe/Paris")
        for zone in ("Mars/Olympus", "", "../../etc/passwd", "/etc/passwd", "Europe", "+02:00", "Europe/Paris ")
    ),
    (but(timeZone="x" * 1000), "timeZone", "at most 64 characters"),
    (but(timeZone=2), "timeZone", "must be a string"),
    (but(ttl="60s"), "ttl", "is not a field"),
    (but(streamId="a"), "streamId", "is not a field"),
]


def test_a_generation_without_exactly_one_proper_source_is_refused(caller: Caller) -> None:
    caller.refuses_bodies(SOURCES, "POST", "/memories:generate")


def test_a_generation_with_any_other_wrong_field_is_refused(caller: Caller) -> None:
    caller.refuses_bodies(OTHERS, "POST", "/memories:generate")


def test_a_session_that_does_not_exist_is_not_found(caller: Caller) -> None:
    session = {"vertexSessionSource": {"session": f"{caller.engine}/sessions/s"}}
    for body in (session, {**session, **SCOPE}):
        error = caller.refused(404, "POST", "/memories:generate", json=body)
        assert "/sessions/s does not exist" in error["message"]


def test_a_generation_for_an_engine_that_does_not_exist_is_not_found(caller: Caller) -> None:
    path = f"/v1beta1/{caller.served.parent}/reasoningEngines/404/memories:generate"
    assert caller.http.post(path, json={**SCOPE, **CONTENTS}).status_code == 404


def test_a_conversation_of_nothing_gives_no_memories(caller: Caller) -> None:
    for body in (parts(), parts({}), parts({"text": ""}), parts({"text": " \n"}), events({"content": {}})):
        operation = caller.finished("POST", "/memories:generate", json=body)
        assert "generatedMemories" not in operation["response"]
    assert caller.ok("GET", "/memories") == {}


def test_parts_of_unknown_kinds_are_left_aside(caller: Caller) -> None:
    call = {"functionCall": {"name": "f", "args": {"deep": [[[1]]], "none": None}}, "newThing": {"a": 1}}
    operation = caller.finished("POST", "/memories:generate", json=parts(call, {"text": "I like tea."}))
    assert len(operation["response"]["generatedMemories"]) == 1
