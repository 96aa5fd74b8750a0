"""What a request and a bank's configuration say of consolidation: metadata, topics, lives, and whether at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from memorybank.ports.models import Action, DecisionRequest, ExtractedFact, ExtractionRequest
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import SCOPE, Says, decides, open_policy

TEA, GREEN = "I like tea", "I like green tea"
_A, _B = {"source": {"stringValue": "a"}}, {"year": {"doubleValue": 2030.0}}


def _updating() -> ScriptedModel:
    return ScriptedModel(decide=decides(Says(GREEN, Action.UPDATE, TEA, GREEN)))


def test_without_consolidation_a_repeat_is_a_memory_of_its_own() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    policy.remember(TEA)
    assert policy.generate(TEA, "I paint", disableConsolidation=True) == ["CREATED", "CREATED"]
    assert policy.facts() == [TEA, TEA, "I paint"]
    assert model.decisions == 0


@pytest.mark.parametrize("first_consolidates", [True, False])
def test_a_batch_may_mix_generations_with_and_without_consolidation(first_consolidates: bool) -> None:  # noqa: FBT001 - a table
    policy = open_policy()
    first = policy.accept(TEA, disableConsolidation=not first_consolidates)
    second = policy.accept(TEA, disableConsolidation=first_consolidates)
    policy.wait(first, second)
    policy.deliver(first)
    assert policy.actions(first) == ["CREATED"]
    assert policy.actions(second) == (["CREATED"] if first_consolidates else ["UPDATED"])
    assert policy.facts() == [TEA, TEA] if first_consolidates else [TEA]


@pytest.mark.parametrize(
    ("strategy", "given", "expected"),
    [
        (None, None, {**_A}),
        (None, _B, {**_B}),
        ("METADATA_MERGE_STRATEGY_UNSPECIFIED", _B, {**_B}),
        ("OVERWRITE", _B, {**_B}),
        ("OVERWRITE", {}, {}),
        ("OVERWRITE", None, {**_A}),
        ("MERGE", _B, {**_A, **_B}),
        ("MERGE", {"source": {"stringValue": "b"}}, {"source": {"stringValue": "b"}}),
        ("MERGE", None, {**_A}),
    ],
)
def test_metadata_of_an_updated_memory(strategy: str | None, given: Any, expected: dict[str, Any]) -> None:
    policy = open_policy(_updating())
    policy.remember(TEA, metadata=_A)
    fields = {"metadataMergeStrategy": strategy, "metadata": given}
    assert policy.generate(GREEN, **{key: value for key, value in fields.items() if value is not None}) == ["UPDATED"]
    assert policy.record(GREEN).memory.to_wire().get("metadata", {}) == expected


@pytest.mark.parametrize("said", [TEA, GREEN])
@pytest.mark.parametrize(
    ("given", "same"), [(_A, True), (_B, False), ({**_A, **_B}, False), ({}, False), (None, False)]
)
def test_an_exact_match_of_metadata_is_needed_where_it_is_required(said: str, given: Any, same: bool) -> None:  # noqa: FBT001 - a table
    policy = open_policy(_updating())
    policy.remember(TEA, metadata=_A)
    fields = {} if given is None else {"metadata": given}
    actions = policy.generate(said, metadataMergeStrategy="REQUIRE_EXACT_MATCH", **fields)
    assert actions == (["UPDATED"] if same else ["CREATED"])
    assert len(policy.facts()) == (1 if same else 2)


def test_memories_of_other_metadata_do_not_crowd_out_the_one_that_matches() -> None:
    policy = open_policy(_updating())
    policy.remember(TEA, metadata=_A)
    for number in range(15):
        policy.remember(f"{GREEN} {number}", metadata=_B)
    assert policy.generate(GREEN, metadataMergeStrategy="REQUIRE_EXACT_MATCH", metadata=_A) == ["UPDATED"]
    assert TEA not in policy.facts()


def test_a_batch_keeps_facts_of_other_metadata_apart_where_a_match_is_required() -> None:
    policy = open_policy()
    strict = "REQUIRE_EXACT_MATCH"
    names = [policy.accept(TEA, metadata=metadata, metadataMergeStrategy=strict) for metadata in (_A, _B, _A)]
    policy.wait(*names)
    policy.deliver(names[0])
    assert [policy.actions(name) for name in names] == [["CREATED"], ["CREATED"], ["UPDATED"]]
    assert sorted(str(record.memory.to_wire()["metadata"]) for record in policy.records()) == sorted([str(_A), str(_B)])


def test_a_merge_that_would_give_a_memory_too_much_metadata_is_an_error_and_the_memory_stays() -> None:
    policy = open_policy()
    path = policy.remember(TEA, metadata={f"a{number}": {"boolValue": True} for number in range(60)})
    name = policy.accept(
        TEA,
        metadata={f"b{number}": {"boolValue": True} for number in range(5)},
        metadataMergeStrategy="MERGE",
    )
    policy.deliver(name)
    error = policy.operation(name).error
    assert error is not None
    assert error["code"] == 9
    assert "65" in error["message"]
    assert len(policy.record(TEA).memory.metadata) == 60
    assert len(policy.revisions(path)) == 1


def test_topics_are_united() -> None:
    def extract(request: ExtractionRequest) -> list[ExtractedFact]:
        del request
        return [ExtractedFact(GREEN, topics=("USER_PREFERENCES", "drinks", "not configured"))]

    policy = open_policy(
        ScriptedModel(extract=extract, decide=decides(Says(GREEN, Action.UPDATE, TEA, GREEN))),
        config={
            "customizationConfigs": [
                {
                    "memoryTopics": [
                        {"managedMemoryTopic": {"managedTopicEnum": "USER_PREFERENCES"}},
                        {"customMemoryTopic": {"label": "drinks", "description": "what is drunk"}},
                    ]
                }
            ]
        },
    )
    policy.remember(TEA, topics=[{"managedMemoryTopic": "USER_PREFERENCES"}, {"customMemoryTopicLabel": "old"}])
    assert policy.generate(GREEN) == ["UPDATED"]
    assert [topic.key for topic in policy.record(GREEN).memory.topics] == ["USER_PREFERENCES", "old", "drinks"]


def test_a_memory_never_gets_more_topics_than_can_be_read_again() -> None:
    policy = open_policy()
    policy.remember(TEA, topics=[{"customMemoryTopicLabel": f"a{number}"} for number in range(60)])
    source = {
        "directMemories": [{"fact": TEA, "topics": [{"customMemoryTopicLabel": f"b{number}"} for number in range(9)]}]
    }
    name = policy.accept_source(directMemoriesSource=source)
    policy.deliver(name)
    assert policy.actions(name) == ["UPDATED"]
    keys = [topic.key for topic in policy.record(TEA).memory.topics]
    assert len(keys) == 64
    assert "b3" in keys


def test_direct_memories_are_taken_as_they_are_without_extraction() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    source = {"directMemories": [{"fact": f" {TEA} ", "topics": [{"managedMemoryTopic": "USER_PREFERENCES"}]}]}
    name = policy.accept_source(directMemoriesSource=source)
    policy.deliver(name)
    assert policy.actions(name) == ["CREATED"]
    record = policy.record(TEA)
    assert [topic.key for topic in record.memory.topics] == ["USER_PREFERENCES"]
    [given] = policy.revisions(record.path)[0].data["extracted"]
    assert given == {"fact": TEA, "context": "The request gave it as a memory."}
    assert model.requests == []


@pytest.mark.parametrize(
    ("ttl", "created", "updated"),
    [
        ({}, None, None),
        ({"defaultTtl": "100s"}, 100, 110),
        ({"granularTtlConfig": {"generateCreatedTtl": "100s"}}, 100, 100),
        ({"granularTtlConfig": {"generateUpdatedTtl": "100s"}}, None, 110),
        ({"granularTtlConfig": {"createTtl": "100s"}}, None, None),
        ({"granularTtlConfig": {"generateCreatedTtl": "100s", "generateUpdatedTtl": "5s"}}, 100, 15),
    ],
)
def test_the_life_of_a_generated_memory(ttl: dict[str, Any], created: int | None, updated: int | None) -> None:
    policy = open_policy(_updating(), config={"ttlConfig": ttl})
    start = policy.clock.now()

    def end(seconds: int | None) -> Any:
        return None if seconds is None else start + timedelta(seconds=seconds)

    policy.generate(TEA)
    assert policy.record(TEA).memory.expire_time == end(created)
    policy.clock.advance(timedelta(seconds=10))
    policy.generate(GREEN)
    assert policy.record(GREEN).memory.expire_time == end(updated)


@pytest.mark.parametrize("said", [TEA, GREEN])
def test_a_memory_that_has_expired_is_not_brought_back(said: str) -> None:
    policy = open_policy(_updating(), config={"ttlConfig": {"defaultTtl": "10s"}})
    old = policy.remember(TEA)
    policy.clock.advance(timedelta(seconds=10))
    assert policy.generate(said) == ["CREATED"]
    [alive] = [record for record in policy.records() if record.alive(policy.clock.now())]
    assert alive.path != old


def test_revisions_carry_the_labels_and_the_life_of_the_request_that_made_them() -> None:
    policy = open_policy(_updating())
    path = policy.remember(TEA)
    policy.generate(GREEN, revisionLabels={"by": "chat"}, revisionTtl="60s")
    data = policy.revisions(path)[-1].data
    assert data["labels"] == {"by": "chat"}
    assert data["produced_by"] == {"extraction": "scripted", "consolidation": "scripted"}
    assert data["expire_time"] == policy.clock.now() + timedelta(seconds=60)


def test_a_batch_leaves_revisions_only_for_the_generations_that_want_them() -> None:
    policy = open_policy()
    path = policy.remember(TEA)
    quiet, loud = policy.accept(TEA, disableMemoryRevisions=True), policy.accept(TEA, revisionLabels={"by": "loud"})
    policy.wait(quiet, loud)
    policy.deliver(quiet)
    first, last = [revision.data for revision in policy.revisions(path)]
    assert (first["labels"], first["produced_by"]) == ({}, {})
    assert last["labels"] == {"by": "loud"}
    assert last["produced_by"] == {"extraction": "scripted"}, "a repeat is decided on by no model"


@pytest.mark.parametrize(("count", "history"), [(1, ()), (3, ("I live in Oslo", "I live in Rome"))])
def test_the_model_is_shown_as_many_earlier_wordings_as_the_bank_wants(count: int, history: tuple[str, ...]) -> None:
    model = ScriptedModel(
        decide=decides(
            Says("I live in Oslo", Action.UPDATE, "I live in Rome", "I live in Oslo"),
            Says("I live in Bern", Action.UPDATE, "I live in Oslo", "I live in Bern"),
        )
    )
    config = {"customizationConfigs": [{"consolidationConfig": {"revisionsPerCandidateCount": count}}]}
    policy = open_policy(model, config=config)
    policy.remember("I live in Rome")
    for said in ("I live in Oslo", "I live in Bern", GREEN):
        policy.generate(said)
    asked = [request for request in model.requests if isinstance(request, DecisionRequest)][-1]
    assert [(candidate.fact, candidate.history) for candidate in asked.candidates] == [("I live in Bern", history)]


def test_nothing_is_asked_of_a_bank_that_remembers_nothing_in_natural_language() -> None:
    model = ScriptedModel()
    policy = open_policy(model, config={"customizationConfigs": [{"disableNaturalLanguageMemories": True}]})
    assert policy.generate(TEA) == []
    assert model.requests == []


def test_the_scope_of_a_memory_is_that_of_its_request() -> None:
    policy = open_policy()
    policy.generate(TEA)
    assert policy.record(TEA).memory.scope == SCOPE
