"""Structured profiles through Google's SDKs: filled from conversations, kept field by field, found as a whole."""

from __future__ import annotations

from typing import Any

import pytest
from google.genai.errors import ClientError

from memorybank.ports.models import ExtractedFact, ExtractionRequest, Intent, ProfileField
from memorybank.testing.scripted import ScriptedModel
from tests.journeys.conftest import ABOUT_MODELS, SCOPE, Begin, Journey

pytestmark = ABOUT_MODELS

OPENAPI = {
    "type": "OBJECT",
    "properties": {
        "age": {"type": "INTEGER", "minimum": 0},
        "home_city": {"type": "STRING", "description": "Where the user lives", "nullable": True},
        "favourite_color": {"type": "STRING", "enum": ["green", "red"]},
    },
}
JSON_SCHEMA = {
    "type": "object",
    "properties": {
        "age": {"type": "integer", "minimum": 0},
        "home_city": {"type": ["string", "null"], "description": "Where the user lives"},
        "favourite_color": {"enum": ["green", "red"]},
        "nested_Data": {"type": "object", "properties": {"a_B": {"type": "array"}}},
    },
}


def _config(key: str = "schema", schema: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    profile = {"id": "user-profile", key: schema or OPENAPI}
    return {"structuredMemoryConfigs": [{"scopeKeys": ["user_id"], "schemaConfigs": [profile]}], **more}


def _profiles(journey: Journey, **scope: str) -> dict[str, Any]:
    answer = journey.memories.retrieve_profiles(name=journey.engine, scope=scope or SCOPE)
    return {key: profile.profile for key, profile in (answer.profiles or {}).items()}


def _fields(journey: Journey, **config: Any) -> dict[str, Any]:
    """Return the memories of the profile by their field."""
    config["memory_types"] = ["STRUCTURED_PROFILE"]
    params = {"page_size": 100}
    found = journey.memories.retrieve(name=journey.engine, scope=SCOPE, simple_retrieval_params=params, config=config)
    return {next(iter(hit.memory.structured_content.data)): hit.memory for hit in found}


@pytest.mark.parametrize(("key", "schema"), [("schema", OPENAPI), ("jsonSchema", JSON_SCHEMA)])
def test_a_conversation_fills_a_profile_field_by_field(begin: Begin, key: str, schema: dict[str, Any]) -> None:
    journey = begin(_config(key, schema))
    journey.say("I am 41 years old. I live in Paris. My favourite colour is green.")
    assert _profiles(journey) == {"user-profile": {"age": 41, "home_city": "Paris", "favourite_color": "green"}}
    journey.say("I am 42 years old. I moved to Lyon. Please forget that my favourite colour is green.")
    assert _profiles(journey) == {"user-profile": {"age": 42, "home_city": "Lyon"}}
    age = _fields(journey)["age"]
    assert (age.fact, age.memory_type.value, age.structured_content.schema_id) == (
        "age: 42",
        "STRUCTURED_PROFILE",
        "user-profile",
    )
    assert [revision.fact for revision in journey.history(age.name)] == ["age: 42", "age: 41"]
    assert _profiles(journey, user_id="bob") == {}


def test_sentences_are_remembered_beside_profiles_unless_the_bank_says_otherwise(begin: Begin) -> None:
    journey = begin(_config())
    journey.say("I live in Paris.")
    assert [hit.memory.fact for hit in journey.memories.retrieve(name=journey.engine, scope=SCOPE)] == [
        "I live in Paris"
    ]
    assert sorted(journey.facts()) == ["I live in Paris", "home_city: Paris"]
    alone = begin(_config(customizationConfigs=[{"disableNaturalLanguageMemories": True}]))
    alone.say("I live in Paris.")
    assert alone.facts() == ["home_city: Paris"]


def test_a_profiles_memories_are_found_by_similarity_where_they_are_asked_for(begin: Begin) -> None:
    journey = begin(_config())
    journey.say("I live in Paris.")
    asked = {"search_query": "home city", "top_k": 5}
    both = ["NATURAL_LANGUAGE_COLLECTION", "STRUCTURED_PROFILE"]
    found = journey.memories.retrieve(
        name=journey.engine, scope=SCOPE, similarity_search_params=asked, config={"memory_types": both}
    )
    assert {hit.memory.fact for hit in found} == {"I live in Paris", "home_city: Paris"}


def test_a_rolled_back_field_has_its_value_again(begin: Begin) -> None:
    journey = begin(_config())
    journey.say("I am 41 years old.")
    journey.say("I am 42 years old.")
    age = _fields(journey)["age"].name
    oldest = journey.history(age)[-1].name.rpartition("/")[2]
    journey.memories.rollback(name=age, target_revision_id=oldest)
    assert _profiles(journey) == {"user-profile": {"age": 41}}
    journey.memories.delete(name=age)
    assert _profiles(journey) == {}
    journey.memories.rollback(name=age, target_revision_id=oldest)
    assert _profiles(journey) == {"user-profile": {"age": 41}}


def test_a_generation_that_filled_a_profile_can_be_undone(begin: Begin) -> None:
    journey = begin(_config())
    journey.say("I am 41 years old.")
    body = {
        "scope": SCOPE,
        "directContentsSource": {"events": [{"content": {"parts": [{"text": "I am 42 years old."}]}}]},
    }
    done = journey.finish("memories:generate", body)
    operation = f"operations/{done['name'].rpartition('/')[2]}"
    assert _profiles(journey) == {"user-profile": {"age": 42}}
    journey.post(f"{operation}:rollback", {})
    assert _profiles(journey) == {"user-profile": {"age": 41}}


def _script(*values: tuple[str, Any, Intent]) -> ScriptedModel:
    def extract(request: ExtractionRequest) -> list[ExtractedFact]:
        assert [schema.id for schema in request.schemas] == ["user-profile"]
        quote = request.events[0].text
        return [
            ExtractedFact(
                f"{name}: {value}", (), intent, "said so", 0, quote, profile=ProfileField("user-profile", name, value)
            )
            for name, value, intent in values
        ]

    return ScriptedModel(extract=extract)


def test_values_come_back_exactly_and_what_does_not_fit_its_schema_is_left_out(begin: Begin) -> None:
    nested = {"a_B": [[1, 1.5, None], {"x_Y": True}]}
    model = _script(
        ("nested_Data", nested, Intent.REMEMBER),
        ("age", -1, Intent.REMEMBER),
        ("favourite_color", "blue", Intent.REMEMBER),
        ("unheard_of", 1, Intent.REMEMBER),
        ("home_city", None, Intent.REMEMBER),
    )
    journey = begin(_config("jsonSchema", JSON_SCHEMA), model=model)
    journey.say("anything: 1, 1.5")
    assert _profiles(journey) == {"user-profile": {"nested_Data": nested, "home_city": None}}
    [revision] = journey.history(_fields(journey)["nested_Data"].name)
    assert revision.structured_data == {"nested_Data": nested}
    assert revision.extracted_memories[0].structured_data == {"nested_Data": nested}


def test_of_several_values_in_one_conversation_the_last_one_counts(begin: Begin) -> None:
    remember, forget = Intent.REMEMBER, Intent.FORGET
    model = _script(("age", 1, remember), ("age", None, forget), ("age", 2, remember), ("age", 3, remember))
    journey = begin(_config(), model=model)
    journey.say("anything: 1, 2, 3")
    assert _profiles(journey) == {"user-profile": {"age": 3}}
    journey.say("anything else: 1, 2, 3")
    assert _profiles(journey) == {"user-profile": {"age": 3}}


def test_the_words_of_a_profiles_memory_cannot_be_changed_alone(begin: Begin) -> None:
    journey = begin(_config())
    journey.say("I am 41 years old.")
    with pytest.raises(ClientError) as caught:
        journey.memories._update(name=_fields(journey)["age"].name, fact="age: 7", scope=SCOPE)  # noqa: SLF001 - the SDK's only way
    assert caught.value.code == 400
    assert "let a conversation change that" in str(caught.value)


def test_both_of_googles_clients_read_profiles(begin: Begin) -> None:
    journey = begin(_config())
    journey.say("I am 41 years old.")
    client = journey.served.client("vertexai")
    answer = client.agent_engines.memories.retrieve_profiles(name=journey.engine, scope=SCOPE)
    assert answer.profiles["user-profile"].profile == {"age": 41}
