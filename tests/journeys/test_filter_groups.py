"""Metadata of memories, how updates treat it, and filters on it, through Google's SDKs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memorybank.ports.models import Action, Decision, DecisionRequest
from memorybank.testing.scripted import ScriptedModel
from tests.journeys.conftest import SCOPE, Begin, Journey

MOMENT = datetime(2031, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def _text(value: str) -> dict[str, Any]:
    return {"string_value": value}


def _remember(journey: Journey, fact: str, **metadata: Any) -> None:
    journey.remember(fact, metadata=metadata)


def _groups(*groups: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    names = ("key", "op", "value", "negate")
    return [{"filters": [dict(zip(names, each, strict=False)) for each in group]} for group in groups]


def _found(journey: Journey, *groups: list[tuple[Any, ...]], query: str | None = None, **config: Any) -> set[str]:
    asked: dict[str, Any] = {"simple_retrieval_params": {"page_size": 100}}
    if query is not None:
        asked = {"similarity_search_params": {"search_query": query, "top_k": 100}}
    config["filter_groups"] = _groups(*groups)
    return {
        hit.memory.fact for hit in journey.memories.retrieve(name=journey.engine, scope=SCOPE, **asked, config=config)
    }


@pytest.fixture
def journey(begin: Begin) -> Journey:
    """Begin a journey with four memories of different metadata."""
    journey = begin()
    _remember(journey, "I like tea", kind=_text("drink"), rank={"double_value": 1.5}, hot={"bool_value": True})
    _remember(journey, "I like figs", kind=_text("food"), rank={"double_value": 3}, at={"timestamp_value": MOMENT})
    _remember(journey, "I like rain", kind=_text("weather"), rank={"double_value": 3})
    _remember(journey, "I like nothing")
    return journey


@pytest.mark.parametrize("query", [None, "what do I like"])
def test_groups_are_alternatives_of_filters_that_all_hold(journey: Journey, query: str | None) -> None:
    three = ("rank", "EQUAL", {"double_value": 3})
    assert _found(journey, [three], query=query) == {"I like figs", "I like rain"}
    assert _found(journey, [three, ("kind", "EQUAL", _text("food"))], query=query) == {"I like figs"}
    both = _found(journey, [("kind", "EQUAL", _text("food"))], [("hot", "EQUAL", {"bool_value": True})], query=query)
    assert both == {"I like figs", "I like tea"}
    assert _found(journey, [("rank", "LESS_THAN", {"double_value": 3})], query=query) == {"I like tea"}
    assert _found(journey, [("rank", "GREATER_THAN", {"double_value": 1.5})], query=query) == {
        "I like figs",
        "I like rain",
    }


def test_a_negated_filter_also_lets_through_what_has_no_such_key(journey: Journey) -> None:
    assert _found(journey, [("rank", "EQUAL", {"double_value": 3}, True)]) == {"I like tea", "I like nothing"}


def test_values_of_other_types_never_compare(journey: Journey) -> None:
    assert _found(journey, [("rank", "EQUAL", _text("3"))]) == set()
    assert _found(journey, [("kind", "LESS_THAN", {"double_value": 10})]) == set()


def test_times_compare_on_whole_seconds(journey: Journey) -> None:
    whole = MOMENT.replace(microsecond=0)
    assert _found(journey, [("at", "EQUAL", {"timestamp_value": whole})]) == {"I like figs"}
    assert _found(journey, [("at", "GREATER_THAN", {"timestamp_value": whole})]) == set()
    assert _found(journey, [("at", "LESS_THAN", {"timestamp_value": whole + timedelta(seconds=1)})]) == {"I like figs"}


def test_groups_and_filter_must_both_hold(journey: Journey) -> None:
    three = ("rank", "EQUAL", {"double_value": 3})
    assert _found(journey, [three], filter='fact="I like rain"') == {"I like rain"}
    assert _found(journey, [three], filter='fact="I like tea"') == set()


def test_typed_values_come_back_as_they_were(journey: Journey) -> None:
    [figs] = [each for each in journey.memories.list(name=journey.engine) if each.fact == "I like figs"]
    assert figs.metadata["at"].timestamp_value == MOMENT
    assert figs.metadata["rank"].double_value == 3
    assert figs.metadata["kind"].string_value == "food"


def _always_updates(request: DecisionRequest) -> list[Decision]:
    return [
        Decision(index, Action.UPDATE, candidate=fact.candidates[0], text=fact.fact)
        for index, fact in enumerate(request.facts)
        if fact.candidates
    ]


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (None, {"b": "new"}),
        ("OVERWRITE", {"b": "new"}),
        ("MERGE", {"a": "1", "b": "new"}),
    ],
)
def test_an_update_treats_metadata_by_the_strategy_of_its_request(
    begin: Begin, strategy: str | None, expected: dict[str, str]
) -> None:
    journey = begin(model=ScriptedModel(decide=_always_updates))
    _remember(journey, "I drink tea", a=_text("1"), b=_text("old"))
    config: dict[str, Any] = {"metadata": {"b": _text("new")}}
    config |= {"metadata_merge_strategy": strategy} if strategy else {}
    [change] = journey.tell("I drink tea daily", **config)
    assert change.action.value == "UPDATED"
    [memory] = journey.memories.list(name=journey.engine)
    assert {key: value.string_value for key, value in memory.metadata.items()} == expected


def test_an_exact_match_is_required_where_the_request_says_so(begin: Begin) -> None:
    journey = begin(model=ScriptedModel(decide=_always_updates))
    _remember(journey, "I drink tea", a=_text("1"))
    strict: dict[str, Any] = {"metadata_merge_strategy": "REQUIRE_EXACT_MATCH"}
    [created] = journey.tell("I drink tea daily", metadata={"a": _text("2")}, **strict)
    assert created.action.value == "CREATED"
    [updated] = journey.tell("I drink tea daily at home", metadata={"a": _text("2")}, **strict)
    assert updated.action.value == "UPDATED"
    assert sorted(journey.facts()) == ["I drink tea", "I drink tea daily at home"]
