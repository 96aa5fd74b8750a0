"""Generation through the SDK: what is extracted, consolidated, forgotten and told."""

from __future__ import annotations

import base64
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from google.genai.errors import ClientError

from memorybank.errors import InvalidArgument
from memorybank.ports.models import Action, Decision, DecisionRequest, ExtractedFact, ExtractionRequest, Intent, Media
from memorybank.testing.scripted import ScriptedModel
from tests.journeys.conftest import ABOUT_MODELS
from tests.waiting import PATIENCE, finished

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.journeys.conftest import Begin, Journey

pytestmark = ABOUT_MODELS

SCOPE = {"user_id": "ada"}


def _fact(journey: Journey, change: Any) -> str:
    return str(journey.memories.get(name=change.memory.name).fact)


def _contents(*events: dict[str, Any]) -> dict[str, Any]:
    return {"scope": SCOPE, "directContentsSource": {"events": list(events)}}


def _asked(model: ScriptedModel) -> ExtractionRequest:
    [request] = [request for request in model.requests if isinstance(request, ExtractionRequest)]
    return request


def test_what_a_conversation_tells_becomes_memories_of_its_scope(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    changes = journey.say("I live in Paris. I prefer aisle seats.")
    assert {(_fact(journey, change), change.action.value, change.previous_revision) for change in changes} == {
        ("I live in Paris", "CREATED", None),
        ("I prefer aisle seats", "CREATED", None),
    }
    memory = journey.search("aisle seats", top_k=1)[0].memory
    assert memory.scope == SCOPE
    assert [topic.managed_memory_topic.value for topic in memory.topics] == ["USER_PREFERENCES"]


def test_the_answer_refers_to_memories_by_nothing_but_their_names(begin: Begin) -> None:
    journey = begin()
    answer = journey.finish("memories:generate", _contents({"content": {"parts": [{"text": "I like tea."}]}}))
    [change] = answer["response"]["generatedMemories"]
    assert set(change) == {"memory", "action"}
    assert set(change["memory"]) == {"name"}


def test_facts_given_as_memories_are_taken_word_by_word(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    source = {
        "direct_memories": [
            {"fact": "The sky over Ys is green", "topics": [{"custom_memory_topic_label": "sky"}]},
            {"fact": "Whatever"},
        ]
    }
    operation = journey.memories.generate(name=journey.engine, scope=SCOPE, direct_memories_source=source)
    assert operation.name.startswith(f"{journey.engine}/operations/")
    assert [change.action.value for change in operation.response.generated_memories] == ["CREATED", "CREATED"]
    assert set(journey.facts()) == {"The sky over Ys is green", "Whatever"}
    assert journey.facts(filter='topics.custom_memory_topic_label: "sky"') == ["The sky over Ys is green"]


def test_an_exact_repeat_updates_the_memory_and_leaves_its_fact(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    [created] = journey.tell("I like tea")
    [revision] = journey.history(created.memory.name)
    [repeated] = journey.tell("I like tea")
    assert repeated.action.value == "UPDATED"
    assert (repeated.memory.name, repeated.previous_revision) == (created.memory.name, revision.name)
    assert journey.facts() == ["I like tea"]


def test_a_changed_value_updates_the_memory(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    [created] = journey.say("I live in Paris.")
    [before] = journey.history(created.memory.name)
    [updated] = journey.say("I live in Rome now.")
    assert (updated.action.value, updated.memory.name) == ("UPDATED", created.memory.name)
    assert updated.previous_revision == before.name
    [fact] = journey.facts()
    assert "Rome" in fact
    assert journey.revisions.get(name=updated.previous_revision).fact == "I live in Paris"


def test_what_is_to_be_forgotten_is_deleted(begin_anywhere: Begin) -> None:
    journey = begin_anywhere()
    [kept] = journey.say("I play the violin.")
    [created] = journey.say("I live in Paris.")
    [before] = journey.history(created.memory.name)
    [deleted] = journey.say("Please forget that I live in Paris.")
    assert (deleted.action.value, deleted.memory.name) == ("DELETED", created.memory.name)
    assert deleted.previous_revision == before.name
    assert journey.facts() == [_fact(journey, kept)]


def test_facts_of_other_scopes_are_left_alone(begin: Begin) -> None:
    journey = begin()
    journey.tell("I live in Paris", scope={"user_id": "bob"})
    [change] = journey.tell("I live in Rome")
    [forgotten] = journey.say("Please forget that I live in Rome.", scope={"user_id": "ada"})
    assert (change.action.value, forgotten.action.value) == ("CREATED", "DELETED")
    assert journey.facts() == ["I live in Paris"]


def test_without_consolidation_every_fact_is_new(begin: Begin) -> None:
    journey = begin()
    for _ in range(2):
        [change] = journey.tell("I live in Paris", disable_consolidation=True)
        assert change.action.value == "CREATED"
    assert journey.facts() == ["I live in Paris", "I live in Paris"]


def test_a_conversation_that_tells_nothing_changes_nothing(begin: Begin) -> None:
    journey = begin()
    assert journey.say("Hello! How are you?") == []
    assert journey.facts() == []


def test_who_does_not_wait_is_told_of_a_running_operation(begin_anywhere: Begin) -> None:
    released = threading.Event()
    model = ScriptedModel(extract=lambda _: [ExtractedFact("I like tea")] if released.wait(PATIENCE) else [])
    journey = begin_anywhere(model=model)
    try:
        source = {"events": [{"content": {"parts": [{"text": "I like tea"}]}}]}
        running = journey.memories.generate(
            name=journey.engine, scope=SCOPE, direct_contents_source=source, config={"wait_for_completion": False}
        )
        assert not running.done
        assert running.response is None
        assert journey.facts() == []
    finally:
        released.set()
    with journey.served.http() as http:
        done = finished(http, {"name": running.name})
    assert [change["action"] for change in done["response"]["generatedMemories"]] == ["CREATED"]
    assert journey.facts() == ["I like tea"]


def test_who_waits_polls_until_a_slow_generation_is_done(begin: Begin) -> None:
    journey = begin(model=ScriptedModel(seconds=0.35))
    [change] = journey.say("I like tea")
    assert change.action.value == "CREATED"


def test_a_model_that_fails_for_good_fails_the_generation(begin_anywhere: Begin) -> None:
    def refuse(request: ExtractionRequest) -> Sequence[ExtractedFact]:
        raise InvalidArgument("the model will not read this")

    journey = begin_anywhere(model=ScriptedModel(extract=refuse))
    with pytest.raises(RuntimeError, match="the model will not read this"):
        journey.say("I like tea")
    with journey.served.http() as http:
        [operation] = [
            found
            for found in http.get(f"/v1beta1/{journey.engine}/operations").json()["operations"]
            if "GenerateMemories" in found["metadata"]["@type"]
        ]
    assert (operation["done"], operation["error"]["code"]) == (True, 3)
    assert "response" not in operation


def test_custom_topics_are_chosen_by_the_keys_of_the_scope_and_the_most_specific_win(begin: Begin) -> None:
    def topic(label: str) -> list[dict[str, Any]]:
        return [{"customMemoryTopic": {"label": label, "description": f"All about {label}."}}]

    configs = [
        {"memoryTopics": topic("anybody")},
        {"scopeKeys": ["user_id"], "memoryTopics": topic("users")},
        {"scopeKeys": ["app", "user_id"], "memoryTopics": topic("users of apps")},
    ]
    model = ScriptedModel()
    journey = begin({"customizationConfigs": configs}, model=model)
    for scope in (
        {"user_id": "ada"},
        {"user_id": "ada", "app": "a"},
        {"user_id": "ada", "app": "a", "region": "eu"},
        {"app": "a"},
    ):
        journey.say("I like tea", scope=scope)
    asked = [request for request in model.requests if isinstance(request, ExtractionRequest)]
    assert [[(each.key, each.managed, each.description) for each in request.topics] for request in asked] == [
        [("users", False, "All about users.")],
        [("users of apps", False, "All about users of apps.")],
        [("users of apps", False, "All about users of apps.")],
        [("anybody", False, "All about anybody.")],
    ]


def test_a_bank_without_a_customization_looks_for_the_four_managed_topics(begin: Begin) -> None:
    model = ScriptedModel()
    journey = begin(model=model)
    journey.say("I like tea")
    assert {(topic.key, topic.managed) for topic in _asked(model).topics} == {
        ("USER_PERSONAL_INFO", True),
        ("USER_PREFERENCES", True),
        ("KEY_CONVERSATION_DETAILS", True),
        ("EXPLICIT_INSTRUCTIONS", True),
    }


def test_a_request_may_allow_fewer_topics(begin: Begin) -> None:
    model = ScriptedModel(extract=lambda _: [ExtractedFact("I like tea", topics=("USER_PREFERENCES", "invented"))])
    journey = begin(model=model)
    journey.say("I like tea", allowed_topics=[{"managed_memory_topic": "USER_PREFERENCES"}])
    assert [topic.key for topic in _asked(model).topics] == ["USER_PREFERENCES"]
    [memory] = journey.memories.list(name=journey.engine)
    assert [topic.model_dump(mode="json", exclude_none=True) for topic in memory.topics] == [
        {"managed_memory_topic": "USER_PREFERENCES"}
    ]


def test_examples_person_and_model_reach_the_model(begin: Begin) -> None:
    example = {
        "conversationSource": {"events": [{"content": {"role": "model", "parts": [{"text": "You bake bread?"}]}}]},
        "generatedMemories": [{"fact": "I am a baker", "topics": [{"managedMemoryTopic": "USER_PERSONAL_INFO"}]}],
    }
    model = ScriptedModel()
    journey = begin(
        {
            "generationConfig": {"model": "gemini-x"},
            "customizationConfigs": [{"generateMemoriesExamples": [example], "enableThirdPersonMemories": True}],
        },
        model=model,
    )
    journey.say("I like tea")
    request = _asked(model)
    assert (request.third_person, request.model, request.time_zone) == (True, "gemini-x", "UTC")
    [shown] = request.examples
    assert [(event.role, event.text) for event in shown.events] == [("model", "You bake bread?")]
    assert shown.facts == (("I am a baker", ("USER_PERSONAL_INFO",)),)


def test_time_zone_and_event_times_reach_the_model(begin: Begin) -> None:
    model = ScriptedModel()
    journey = begin(model=model)
    event = {"content": {"parts": [{"text": "I moved today"}]}, "event_time": "2026-03-04T05:06:07+01:00"}
    journey.finish("memories:generate", {**_contents(event), "time_zone": "Europe/Paris"})
    assert _asked(model).time_zone == "Europe/Paris"
    assert [event.time for event in _asked(model).events] == [datetime(2026, 3, 4, 4, 6, 7, tzinfo=UTC)]


def test_function_calls_responses_and_thoughts_are_not_read(begin: Begin) -> None:
    model = ScriptedModel()
    journey = begin(model=model)
    call = {"function_call": {"name": "find", "args": {"some_key": "secret call"}}}
    answer = {"function_response": {"name": "find", "response": {"a_b": "secret answer"}}}
    source = {
        "events": [
            {"content": {"role": "model", "parts": [call]}},
            {"content": {"role": "user", "parts": [answer, {"text": "I like tea"}, {"text": "hm", "thought": True}]}},
            {"content": {"role": "model", "parts": [{"text": "Noted"}]}},
            {"content": {"parts": [{"text": "I like figs"}]}},
        ]
    }
    journey.memories.generate(name=journey.engine, scope=SCOPE, direct_contents_source=source)
    assert [(event.role, event.text, event.media) for event in _asked(model).events] == [
        ("user", "I like tea", ()),
        ("model", "Noted", ()),
        ("user", "I like figs", ()),
    ]


def test_a_conversation_of_nothing_but_function_calls_costs_no_model_call(begin: Begin) -> None:
    model = ScriptedModel()
    journey = begin(model=model)
    call = {"function_call": {"name": "find", "args": {}}}
    source = {"events": [{"content": {"role": "model", "parts": [call]}}]}
    operation = journey.memories.generate(name=journey.engine, scope=SCOPE, direct_contents_source=source)
    assert operation.done
    assert model.requests == []


def test_inline_and_file_parts_reach_the_model(begin_anywhere: Begin) -> None:
    model = ScriptedModel()
    journey = begin_anywhere(model=model)
    picture = b"\xfb\xff\xfe picture"
    parts = [
        {"text": "Look"},
        {"inline_data": {"data": picture, "mime_type": "image/png"}},
        {"file_data": {"file_uri": "gs://b/o.jpg", "mime_type": "image/jpeg"}},
    ]
    source = {"events": [{"content": {"role": "user", "parts": parts}}]}
    journey.memories.generate(name=journey.engine, scope=SCOPE, direct_contents_source=source)
    [event] = _asked(model).events
    assert event.text == "Look"
    assert event.media == (Media("image/png", data=picture), Media("image/jpeg", uri="gs://b/o.jpg"))


@pytest.mark.parametrize("encode", [base64.urlsafe_b64encode, base64.standard_b64encode])
def test_inline_bytes_may_come_in_either_alphabet_of_base64(begin: Begin, encode: Callable[[bytes], bytes]) -> None:
    model = ScriptedModel()
    journey = begin(model=model)
    picture = b"\xfb\xff\xfe\x01"
    for data in (encode(picture).decode(), encode(picture).decode().rstrip("=")):
        part = {"inlineData": {"mimeType": "image/png", "data": data}}
        journey.finish("memories:generate", _contents({"content": {"parts": [part]}}))
    asked = [request for request in model.requests if isinstance(request, ExtractionRequest)]
    assert [request.events[0].media[0].data for request in asked] == [picture, picture]


def test_the_model_decides_and_code_carries_it_out(begin: Begin) -> None:
    """One conversation that corrects one memory, deletes another and adds a third, in one call of the model."""

    def decide(request: DecisionRequest) -> list[Decision]:
        numbers = {candidate.fact: candidate.number for candidate in request.candidates}
        return [
            Decision(0, Action.UPDATE, numbers["I drink tea"], text="I drink green tea"),
            Decision(1, Action.DELETE, numbers["I own a cat"]),
            Decision(2, Action.CREATE),
        ]

    said = [
        ExtractedFact("I drink green tea"),
        ExtractedFact("My cat", intent=Intent.FORGET),
        ExtractedFact("I play chess"),
    ]
    model = ScriptedModel(extract=lambda _: said, decide=decide)
    journey = begin(model=model)
    tea, cat = journey.remember("I drink tea").name, journey.remember("I own a cat").name
    changes = journey.say("whatever")
    assert {(change.action.value, change.memory.name in (tea, cat)) for change in changes} == {
        ("UPDATED", True),
        ("DELETED", True),
        ("CREATED", False),
    }
    assert set(journey.facts()) == {"I drink green tea", "I play chess"}
    assert (model.extractions, model.decisions) == (1, 1)


def test_metadata_is_replaced_merged_or_tells_memories_apart(begin: Begin) -> None:
    journey = begin()

    def metadata(**values: str) -> dict[str, Any]:
        return {key: {"string_value": value} for key, value in values.items()}

    def read() -> list[dict[str, str]]:
        listed = journey.memories.list(name=journey.engine)
        return [{key: value.string_value for key, value in (memory.metadata or {}).items()} for memory in listed]

    journey.tell("I like tea", metadata=metadata(a="1", b="1"))
    journey.tell("I like tea", metadata=metadata(b="2", c="2"), metadata_merge_strategy="MERGE")
    assert read() == [{"a": "1", "b": "2", "c": "2"}]
    journey.tell("I like tea")
    assert read() == [{"a": "1", "b": "2", "c": "2"}]
    journey.tell("I like tea", metadata=metadata(d="4"))
    assert read() == [{"d": "4"}]
    [apart] = journey.tell("I like tea", metadata=metadata(d="5"), metadata_merge_strategy="REQUIRE_EXACT_MATCH")
    [same] = journey.tell("I like tea", metadata=metadata(d="5"), metadata_merge_strategy="REQUIRE_EXACT_MATCH")
    assert (apart.action.value, same.action.value) == ("CREATED", "UPDATED")
    assert read() == [{"d": "5"}, {"d": "4"}]


def test_a_request_of_several_megabytes_is_taken(begin: Begin) -> None:
    model = ScriptedModel(extract=lambda request: [ExtractedFact(str(len(request.events[0].media[0].data or b"")))])
    journey = begin(model=model)
    parts = [{"inline_data": {"data": b"x" * 3_000_000, "mime_type": "image/png"}}]
    source = {"events": [{"content": {"role": "user", "parts": parts}}]}
    journey.memories.generate(name=journey.engine, scope=SCOPE, direct_contents_source=source)
    assert journey.facts() == ["3000000"]
    assert not [path for path in journey.stored() if "/parts/" in path]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"scope": SCOPE},
        {"direct_memories_source": {"direct_memories": [{"fact": "I like tea"}]}},
        {"scope": SCOPE, "direct_memories_source": {"direct_memories": [{"fact": str(n)} for n in range(6)]}},
        {"scope": SCOPE, "direct_memories_source": {"direct_memories": []}},
        {"scope": SCOPE, "direct_contents_source": {"events": []}},
    ],
)
def test_a_generation_that_makes_no_sense_is_refused_at_once(begin: Begin, arguments: dict[str, Any]) -> None:
    journey = begin()
    before = journey.stored()
    with pytest.raises(ClientError) as refused:
        journey.memories.generate(name=journey.engine, **arguments)
    assert (refused.value.code, refused.value.status) == (400, "INVALID_ARGUMENT")
    assert journey.stored() == before


def test_a_generation_for_an_engine_that_does_not_exist_is_not_found(begin: Begin) -> None:
    journey = begin()
    source = {"direct_memories": [{"fact": "I like tea"}]}
    with pytest.raises(ClientError) as refused:
        journey.memories.generate(name=journey.engine + "9", scope=SCOPE, direct_memories_source=source)
    assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")
