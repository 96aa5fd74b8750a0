"""Engines over plain HTTP: wrong configurations, masks, filters and deletions are refused and change nothing."""

from __future__ import annotations

from typing import Any

from tests.functions.refusals import Caller, Case, error_of, violations_of

BANK = "contextSpec.memoryBankConfig"
CUSTOM = f"{BANK}.customizationConfigs"


def bank(**config: Any) -> dict[str, Any]:
    """Return an engine with that configuration of its memory bank."""
    return {"contextSpec": {"memoryBankConfig": config}}


def custom(*configs: Any) -> dict[str, Any]:
    """Return an engine with those customizations."""
    return bank(customizationConfigs=list(configs))


def topics(*found: Any) -> dict[str, Any]:
    """Return an engine with one customization that has those topics."""
    return custom({"memoryTopics": list(found)})


def example(fact: Any, *events: Any) -> dict[str, Any]:
    """Return an engine with one example."""
    source = {"events": list(events)}
    return custom({"generateMemoriesExamples": [{"conversationSource": source, "generatedMemories": [{"fact": fact}]}]})


def rule(**fields: Any) -> dict[str, Any]:
    """Return an engine with that rule for event streams."""
    return bank(generationConfig={"generationTriggerConfig": {"generationRule": fields}})


TURN = {"content": {"role": "user", "parts": [{"text": "I like tea"}]}}
RULE = f"{BANK}.generationConfig.generationTriggerConfig.generationRule"
SCHEMAS = f"{BANK}.structuredMemoryConfigs[0].schemaConfigs"

TOPICS: list[Case] = [
    (topics({}), f"{CUSTOM}[0].memoryTopics[0]", "exactly one of managedMemoryTopic and customMemoryTopic"),
    (
        topics({"managedMemoryTopic": {"managedTopicEnum": "HOBBIES"}}),
        f"{CUSTOM}[0].memoryTopics[0].managedMemoryTopic.managedTopicEnum",
        "must be one of USER_PERSONAL_INFO, USER_PREFERENCES, KEY_CONVERSATION_DETAILS, EXPLICIT_INSTRUCTIONS",
    ),
    (
        topics({"managedMemoryTopic": "HOBBIES"}),
        f"{CUSTOM}[0].memoryTopics[0].managedMemoryTopic.managedTopicEnum",
        "must be one of",
    ),
    (
        topics({"managedMemoryTopic": {}}),
        f"{CUSTOM}[0].memoryTopics[0].managedMemoryTopic.managedTopicEnum",
        "is required",
    ),
    (
        topics({"customMemoryTopic": {"label": "a"}}),
        f"{CUSTOM}[0].memoryTopics[0].customMemoryTopic.description",
        "is required",
    ),
    (
        topics({"customMemoryTopic": {"label": "a", "description": ""}}),
        f"{CUSTOM}[0].memoryTopics[0].customMemoryTopic.description",
        "must not be empty",
    ),
    (
        topics({"customMemoryTopic": {"description": "a"}}),
        f"{CUSTOM}[0].memoryTopics[0].customMemoryTopic.label",
        "is required",
    ),
    (
        topics(*[{"customMemoryTopic": {"label": "a", "description": "b"}}] * 2),
        f"{CUSTOM}[0].memoryTopics",
        "a is given more than once",
    ),
    (topics("USER_PREFERENCES"), f"{CUSTOM}[0].memoryTopics[0]", "must be an object"),
]

CUSTOMIZATIONS: list[Case] = [
    (custom({}, {}), CUSTOM, "only one configuration may be the default"),
    (
        custom({"scopeKeys": ["a", "b"]}, {"scopeKeys": ["b", "a"]}),
        CUSTOM,
        "scopeKeys ['a', 'b'] stand in more than one configuration",
    ),
    (custom({"scopeKeys": ["a*"]}), f"{CUSTOM}[0].scopeKeys[0]", "pattern"),
    (custom({"scopeKeys": [""]}), f"{CUSTOM}[0].scopeKeys[0]", "must not be empty"),
    (custom({"scopeKeys": list("abcdef")}), f"{CUSTOM}[0].scopeKeys", "at most 5 entries"),
    (custom({"scopeKeys": "user_id"}), f"{CUSTOM}[0].scopeKeys", "must be a list"),
    (custom({"enableThirdPersonMemories": "yes"}), f"{CUSTOM}[0].enableThirdPersonMemories", "must be true or false"),
    (
        custom({"consolidationConfig": {"revisionsPerCandidateCount": 0}}),
        f"{CUSTOM}[0].consolidationConfig.revisionsPerCandidateCount",
        "must be at least 1",
    ),
    (
        custom({"consolidationConfig": {"revisionsPerCandidateCount": "many"}}),
        f"{CUSTOM}[0].consolidationConfig.revisionsPerCandidateCount",
        "must be a whole number",
    ),
    (example("", TURN), f"{CUSTOM}[0].generateMemoriesExamples[0].generatedMemories[0].fact", "must not be blank"),
    (
        example("a"),
        f"{CUSTOM}[0].generateMemoriesExamples[0].conversationSource.events",
        "must not be empty",
    ),
    (
        example("a", {}),
        f"{CUSTOM}[0].generateMemoriesExamples[0].conversationSource.events[0].content",
        "is required",
    ),
    (custom(*[{"scopeKeys": [f"k{number}"]} for number in range(65)]), CUSTOM, "at most 64 entries"),
]

LIVES: list[Case] = [
    *(
        (bank(ttlConfig={field: value}), f"{BANK}.ttlConfig.{field}", says)
        for field in ("defaultTtl", "memoryRevisionDefaultTtl")
        for value, says in (("1h", "must be a duration"), ("0s", "longer than 0"), (60, "must be a duration"))
    ),
    (
        bank(ttlConfig={"granularTtlConfig": {"createTtl": "-1s"}}),
        f"{BANK}.ttlConfig.granularTtlConfig.createTtl",
        "must be a duration",
    ),
    (
        bank(ttlConfig={"defaultTtl": "60s", "granularTtlConfig": {"createTtl": "60s"}}),
        f"{BANK}.ttlConfig.granularTtlConfig",
        "only one of defaultTtl and granularTtlConfig may be given",
    ),
    (rule(idleDuration="90s"), f"{RULE}.idleDuration", "must be whole minutes, such as 60s"),
    (rule(idleDuration="60s", fixedInterval="60s"), f"{RULE}.fixedInterval", "only one of"),
    (rule(eventCount=0), f"{RULE}.eventCount", "must be at least 1"),
    (rule(eventCount="1.5"), f"{RULE}.eventCount", "must be a whole number"),
]

OTHERS: list[Case] = [
    (bank(similaritySearchConfig={}), f"{BANK}.similaritySearchConfig.embeddingModel", "is required"),
    (
        bank(similaritySearchConfig={"ranking": "BM25"}),
        f"{BANK}.similaritySearchConfig.ranking",
        "must be one of HYBRID, RELEVANCE, DISTANCE",
    ),
    (bank(generationConfig={"model": ""}), f"{BANK}.generationConfig.model", "must not be empty"),
    (bank(disableMemoryRevisions="no"), f"{BANK}.disableMemoryRevisions", "must be true or false"),
    (bank(memoryTopics=[]), f"{BANK}.memoryTopics", "is not a field of this message"),
    (bank(structuredMemoryConfigs=[{"schemaConfigs": [{"id": "Upper"}]}]), f"{SCHEMAS}[0].id", "pattern"),
    (bank(structuredMemoryConfigs=[{"schemaConfigs": [{}]}]), f"{SCHEMAS}[0].id", "is required"),
    ({"contextSpec": []}, "contextSpec", "must be an object"),
    ({"contextSpec": {"memoryBankConfig": "on"}}, BANK, "must be an object"),
    ({"displayName": "x" * 129}, "displayName", "at most 128"),
    ({"description": "x" * 8193}, "description", "at most 8192"),
    ({"labels": {"k": 1}}, "labels.k", "must be a string"),
    ({"labels": {"k": "x" * 257}}, "labels.k", "at most 256"),
    ({"labels": {"k" * 65: "v"}}, "labels." + "k" * 65, "at most 64"),
    ({"labels": {"k" * 1_000_000: "v"}}, "labels." + "k" * 128, "at most 64"),
    ({"labels": {f"k{number}": "v" for number in range(65)}}, "labels", "at most 64 entries"),
    ({"labels": ["a"]}, "labels", "must be an object"),
    ({"spec": "a"}, "spec", "must be an object"),
    ({"config": {}}, "config", "is not a field of this message"),
]


def test_an_engine_with_wrong_topics_is_refused(caller: Caller) -> None:
    refuses_engines(caller, TOPICS)


def test_an_engine_with_wrong_customizations_is_refused(caller: Caller) -> None:
    refuses_engines(caller, CUSTOMIZATIONS)


def test_an_engine_with_wrong_durations_and_rules_is_refused(caller: Caller) -> None:
    refuses_engines(caller, LIVES)


def test_an_engine_with_any_other_wrong_field_is_refused(caller: Caller) -> None:
    refuses_engines(caller, OTHERS)


def refuses_engines(caller: Caller, cases: list[Case]) -> None:
    """Check that the bodies are refused for a new engine, and for one that exists."""
    before = caller.state()
    for body, field, says in cases:
        for mask in ("", "?updateMask=*"):
            assert says in violations_of(caller.call("PATCH", mask, json=body)).get(field, ""), (body, mask)
        answer = caller.http.post(f"/v1beta1/{caller.served.parent}/reasoningEngines", json=body)
        assert says in violations_of(answer).get(field, ""), (body, answer.text)
    assert caller.state() == before


def test_all_that_is_wrong_with_a_configuration_is_said_in_one_answer(caller: Caller) -> None:
    body = bank(
        customizationConfigs=[
            {"memoryTopics": [{"managedMemoryTopic": "HOBBIES"}, {"customMemoryTopic": {"label": "a"}}]},
            {"scopeKeys": ["a", "*"]},
        ],
        ttlConfig={"defaultTtl": "1h", "memoryRevisionDefaultTtl": "0s"},
        generationConfig={"generationTriggerConfig": {"generationRule": {"eventCount": 0, "idleDuration": "x"}}},
        similaritySearchConfig={},
        surprise=1,
    )
    found = violations_of(caller.call("PATCH", json={**body, "displayName": 5}))
    assert set(found) == {
        "displayName",
        f"{CUSTOM}[0].memoryTopics[0].managedMemoryTopic.managedTopicEnum",
        f"{CUSTOM}[0].memoryTopics[1].customMemoryTopic.description",
        f"{CUSTOM}[1].scopeKeys[1]",
        f"{BANK}.ttlConfig.defaultTtl",
        f"{BANK}.ttlConfig.memoryRevisionDefaultTtl",
        f"{RULE}.eventCount",
        f"{RULE}.idleDuration",
        f"{BANK}.similaritySearchConfig.embeddingModel",
        f"{BANK}.surprise",
    }


def test_a_wrong_mask_is_refused(caller: Caller) -> None:
    caller.ok("PATCH", json={"displayName": "d", "spec": {"a": 1, "m": {"n": [1]}}, **custom({"scopeKeys": ["a"]})})
    known = "is not among the fields that can be updated: context_spec, description"
    nowhere = "is not a field path"
    cases: list[Case] = [
        ({"updateMask": mask}, "updateMask", says)
        for mask, says in (
            ("nope", known),
            ("name", known),
            ("createTime", known),
            ("displayName,etag", known),
            ("contextSpec..memoryBankConfig", known),
            ("contextSpec.nope", nowhere),
            ("contextSpec.memoryBankConfig.ttlConfig.nope", nowhere),
            ("contextSpec.memoryBankConfig.customizationConfigs.scope", nowhere),
            ("displayName.first", "display_name has no fields"),
            ("contextSpec.memoryBankConfig.customizationConfigs.scopeKeys", "has no fields"),
            ("spec.a.b", "a has no fields"),
            ("spec.m.n.o", "n has no fields"),
            ("spec" + ".a" * 2000, "deeper than 40 levels"),
        )
    ]
    caller.refuses_queries(cases, "PATCH", json={"displayName": "e", "spec": {"a": 2, "m": {"n": 3}}})


def test_a_mask_names_a_label_as_the_caller_spells_it(caller: Caller) -> None:
    caller.ok("PATCH", json={"labels": {"myKey": "a", "other": "b"}})
    changed = caller.ok("PATCH", "?updateMask=labels.myKey", json={"labels": {"myKey": "c", "other": "d"}})
    assert changed["response"]["labels"] == {"myKey": "c", "other": "b"}


def test_a_wrong_filter_page_size_or_token_is_refused(caller: Caller) -> None:
    before = caller.state()
    for query, field, says in (
        ({"filter": "display_name ="}, "filter", "column 15"),
        ({"filter": 'name = "a"'}, "filter", "'name' cannot be filtered on; display_name, labels.* can"),
        ({"filter": 'labels = "a"'}, "filter", "cannot be filtered on"),
        ({"pageSize": "-1"}, "pageSize", "must be a number from 0 to 1000"),
        ({"pageToken": "x"}, "pageToken", "start again without a page token"),
    ):
        answer = caller.http.get(f"/v1beta1/{caller.served.parent}/reasoningEngines", params=query)
        assert says in violations_of(answer).get(field, ""), query
    assert caller.state() == before


def test_an_engine_that_is_not_empty_is_deleted_only_by_force(caller: Caller) -> None:
    caller.memory("m")
    error = caller.refused(400, "DELETE")
    assert error["status"] == "FAILED_PRECONDITION"
    assert "still has memories" in error["message"]
    for query in ("yes", "2", "null", "tru", " "):
        assert violations_of(caller.call("DELETE", params={"force": query})) == {"force": "must be true or false"}
    unclear: list[Any] = ["true", 1, []]
    for force in unclear:
        assert "must be true or false" in violations_of(caller.call("DELETE", json={"force": force}))["force"]
    assert "is not a field" in violations_of(caller.call("DELETE", json={"sure": True}))["sure"]
    caller.refused(400, "DELETE", json={"force": None})
    assert "unheardOf" in violations_of(caller.call("DELETE", params={"force": "true"}, json={"unheardOf": 1}))
    assert caller.ok("GET", "/memories/m")["fact"] == "I like tea"
    caller.ok("DELETE", json={"force": True})
    error_of(caller.call("GET"), 404)


def test_what_does_not_exist_is_not_found(caller: Caller) -> None:
    path = f"/v1beta1/{caller.served.parent}/reasoningEngines/404"
    before = caller.state()
    for method in ("GET", "PATCH", "DELETE"):
        error = error_of(caller.http.request(method, path), 404)
        assert "reasoningEngines/404 does not exist" in error["message"]
    assert caller.state() == before


def test_the_ranking_of_searches_is_kept_and_shown_only_if_it_is_set(caller: Caller) -> None:
    set_to = bank(similaritySearchConfig={"ranking": "RELEVANCE"})
    assert caller.ok("PATCH", json=set_to)["response"]["contextSpec"] == set_to["contextSpec"]
    assert caller.ok("GET")["contextSpec"] == set_to["contextSpec"]
    model = bank(similaritySearchConfig={"embedding_model": "m"})
    assert "ranking" not in str(caller.ok("PATCH", json=model)["response"])
