"""Events over plain HTTP: requests that cannot be carried out are refused before anything is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from memorybank.testing.scripted import ScriptedModel
from tests.functions.callers import Calling, bank_with_rules, new_engine
from tests.functions.refusals import Caller, Case
from tests.waiting import finished

PATH = "/memories:ingestEvents"
SCOPE = {"scope": {"user_id": "u"}}
TURN = {"content": {"role": "user", "parts": [{"text": "I like tea"}]}}
EVENTS = "directContentsSource.events"
RULE = "generationTriggerConfig.generationRule"
WAIT = {"generationTriggerConfig": {"generationRule": {"eventCount": 3}}}


def but(**fields: Any) -> dict[str, Any]:
    """Return a good request with other fields."""
    return {**SCOPE, "directContentsSource": {"events": [TURN]}, **fields}


def ruled(**fields: Any) -> dict[str, Any]:
    """Return a request with that rule."""
    return but(generationTriggerConfig={"generationRule": fields})


WRONG: list[Case] = [
    ({}, "scope", "is required"),
    (but(scope={}), "scope", "1 to 5 pairs, not 0"),
    (but(scope={"user_id": "*"}), "scope.user_id", "no '*'"),
    (but(streamId=5), "streamId", "must be a string"),
    (but(streamId="x" * 257), "streamId", "at most 256 characters"),
    (but(directContentsSource=[TURN]), "directContentsSource", "must be an object"),
    (but(directContentsSource={"events": [TURN] * 1001}), EVENTS, "at most 1000 entries"),
    (but(directContentsSource={"events": [{"eventId": "1"}]}), f"{EVENTS}[0].content", "is required"),
    (but(directContentsSource={"events": [{**TURN, "event_id": 5}]}), f"{EVENTS}[0].eventId", "must be a string"),
    (but(directContentsSource={"events": [{**TURN, "event_time": "x"}]}), f"{EVENTS}[0].eventTime", "RFC 3339"),
    (but(directMemoriesSource={"directMemories": []}), "directMemoriesSource", "is not a field"),
    (but(forceFlush="yes"), "forceFlush", "must be true or false"),
    (but(generationTriggerConfig={"eventCount": 3}), "generationTriggerConfig.eventCount", "is not a field"),
    (ruled(eventCount=0), f"{RULE}.eventCount", "must be at least 1"),
    (ruled(eventCount=1001), f"{RULE}.eventCount", "must be at most 1000"),
    (ruled(eventCount="many"), f"{RULE}.eventCount", "must be a whole number"),
    (ruled(idleDuration="90s"), f"{RULE}.idleDuration", "must be whole minutes, such as 60s"),
    (ruled(fixedInterval="60.5s"), f"{RULE}.fixedInterval", "must be whole minutes"),
    (ruled(idleDuration="0s"), f"{RULE}.idleDuration", "longer than 0"),
    (ruled(idle_duration="60s", fixed_interval="60s"), f"{RULE}.fixedInterval", "only one of"),
    (ruled(overlapEventCount=-1), f"{RULE}.overlapEventCount", "must be at least 0"),
    (but(revisionTtl="60s", revisionExpireTime="2031-01-02T03:04:05Z"), "revisionExpireTime", "only one of"),
    (but(metadata={"k": {}}), "metadata.k", "exactly one of"),
    (but(metadataMergeStrategy="MIX"), "metadataMergeStrategy", "must be one of"),
    (but(allowedTopics=[]), "allowedTopics", "is not a field"),
]

HOSTILE = ("\N{GRINNING FACE}" * 200, "../../engines", "a/b", "\u202e", "x" * 100_000, " ")


def test_a_wrong_request_is_refused_for_its_field(caller: Caller) -> None:
    caller.refuses_bodies(WRONG, "POST", PATH)


def test_all_that_is_wrong_is_said_at_once(caller: Caller) -> None:
    body = {"streamId": 5, "forceFlush": 1, **ruled(eventCount=0)}
    del body["scope"]
    error = caller.refused(400, "POST", PATH, json=body)
    fields = {each["field"] for detail in error["details"] for each in detail["fieldViolations"]}
    assert fields == {"scope", "streamId", "forceFlush", f"{RULE}.eventCount"}


def test_events_for_an_engine_that_does_not_exist_are_not_found(caller: Caller) -> None:
    path = f"/v1beta1/{caller.served.parent}/reasoningEngines/404/memories:ingestEvents"
    assert caller.http.post(path, json=but()).status_code == 404
    assert caller.http.get(path).status_code in (404, 405)


def test_both_spellings_and_versions_are_taken(caller: Caller) -> None:
    for version, body in (
        (
            "v1",
            but(stream_id="", force_flush=True, direct_contents_source={"events": [TURN]}, directContentsSource=None),
        ),
        ("v1beta1", but(streamId="", forceFlush=True)),
    ):
        answer = caller.http.post(f"/{version}/{caller.engine}{PATH}", json=body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["done"]


@pytest.mark.parametrize("odd", HOSTILE)
def test_odd_ids_of_events_are_only_ids(caller: Caller, odd: str) -> None:
    event = {**TURN, "eventId": odd}
    first = caller.ok("POST", PATH, json=but(streamId=odd[:50], directContentsSource={"events": [event]}, **WAIT))
    again = caller.ok("POST", PATH, json=but(streamId=odd[:50], directContentsSource={"events": [event]}))
    assert again["name"] == first["name"]
    assert "done" not in again


def test_an_operation_shows_the_generation_that_it_led_to(caller: Caller) -> None:
    waiting = caller.ok("POST", PATH, json=but(**WAIT))
    name = waiting["name"].removeprefix(caller.engine)
    assert "done" not in waiting
    told = {"scope": {"user_id": "u"}}  # by operations that are asked for
    waiting["metadata"] |= told
    assert caller.ok("GET", name) == waiting
    caller.refused(400, "DELETE", name)
    caller.ok("POST", f"{name}:cancel")
    assert caller.ok("GET", name) == waiting
    flushed = caller.ok("POST", PATH, json={**SCOPE, "forceFlush": True})
    assert caller.ok("GET", name) == {**flushed, "metadata": {**flushed["metadata"], **told}}
    generation = flushed["metadata"]["value"]["generateMemoriesOperation"].removeprefix(caller.engine)
    done = finished(caller.http, {"name": caller.engine + generation})
    assert len(done["response"]["generatedMemories"]) == 1
    assert [memory["fact"] for memory in caller.ok("GET", "/memories")["memories"]] == ["I like tea"]


def test_a_request_of_eight_megabytes_is_taken(caller: Caller) -> None:
    events = [{"content": {"parts": [{"text": "x" * 250_000}] * 3}, "eventId": f"{number}"} for number in range(10)]
    body = but(directContentsSource={"events": events}, **WAIT)
    body["generationTriggerConfig"] = {"generationRule": {"eventCount": 11}}
    assert "done" not in caller.ok("POST", PATH, json=body)
    assert caller.ok("POST", PATH, json={**SCOPE, "forceFlush": True})["done"]


ADA = {"scope": {"user_id": "ada@agents.com"}}


@pytest.fixture
def ada() -> Iterator[Calling]:
    """Call a new engine as somebody who may write one scope of it."""
    with bank_with_rules(model=ScriptedModel()) as bank:
        yield replace(new_engine(bank), email="ada@agents.com")


def test_who_is_limited_to_a_scope_ingests_there_whatever_its_size(ada: Calling) -> None:
    image = {"inlineData": {"mimeType": "image/png", "data": "A" * 1_200_000}}
    large = {"content": {"parts": [image]}, "eventId": "large"}
    first = ada.ok("POST", PATH, {**ADA, "directContentsSource": {"events": [large]}, **WAIT})
    assert ada.ok("POST", PATH, {**ADA, "directContentsSource": {"events": [large]}}) == first
    assert ada.ok("POST", PATH, {**ADA, "directContentsSource": {"events": [TURN]}})["name"] == first["name"]
    flushed = ada.ok("POST", PATH, {**ADA, "forceFlush": True})
    assert (flushed["name"], flushed["done"]) == (first["name"], True)
    generation = flushed["metadata"]["value"]["generateMemoriesOperation"].removeprefix(ada.engine)
    assert "error" not in ada.finished({"name": generation})
    store = ada.bank.adapters.store
    assert not [path for path in store.below("engines", limit=1000) if "/batches" in path or "/parts" in path]


@pytest.mark.parametrize("email", ["eve@agents.com", "ada@readers.com"])
def test_nobody_else_adds_to_a_stream_or_learns_of_it(ada: Calling, email: str) -> None:
    waiting = ada.ok("POST", PATH, {**ADA, "directContentsSource": {"events": [TURN]}, **WAIT})
    other = Calling(ada.bank, email, ada.engine)
    for body in ({**ADA, "forceFlush": True}, {**ADA, "directContentsSource": {"events": [TURN]}}):
        assert other.call("POST", PATH, body).status == 403
    assert ada.ok("POST", PATH, ADA) == waiting
    if email == "eve@agents.com":
        assert other.call("GET", waiting["name"].removeprefix(ada.engine)).status == 404
