"""Answers that are not quite JSON of the schema are read where what was meant is beyond doubt."""

from __future__ import annotations

import json

import pytest

from memorybank.models.salvage import salvaged
from memorybank.prompts.decision import Decided
from memorybank.prompts.extraction import Found, FoundWithFields
from tests.growth import LINEAR, growth

FACT = {
    "event": 0,
    "quote": "I live in Ghent",
    "reason": "r",
    "fact": "I live in Ghent",
    "topics": ["USER_PERSONAL_INFO"],
    "intent": "REMEMBER",
}
GOOD = json.dumps({"facts": [FACT]})


@pytest.mark.parametrize(
    "text",
    [
        f"<think>Where do they live {{so}}?</think>\n{GOOD}",
        f"still thinking [1]</think>{GOOD}",
        f"Here are the facts:\n```json\n{GOOD}\n```\nAnything else?",
        f"```JSON\n{GOOD}\n```",
        f"\ufeff{GOOD}",
        GOOD.replace("}]}", "},]}"),
        GOOD.replace("]}", "],}"),
        json.dumps([FACT]),
        f"{GOOD}\n{GOOD}",
        GOOD.replace('["USER_PERSONAL_INFO"]', '"USER_PERSONAL_INFO"'),
        GOOD.replace("REMEMBER", "remember"),
        GOOD.replace('"r"', '"\\ud83d"'),
    ],
)
def test_what_was_meant_is_read(text: str) -> None:
    found = salvaged(text, Found)
    assert found is not None
    assert [(each.fact, each.intent) for each in found.answer.facts] == [("I live in Ghent", "REMEMBER")]
    assert found.problems == []


@pytest.mark.parametrize(
    "text",
    ["", "Sure!", "[]", "null", "{}", '{"facts": 7}', GOOD[:40], GOOD + GOOD.replace("Ghent", "Rome"), "[" * 100_000]
    + [f'{{"facts": {"[" * depth}{"]" * depth}}}' for depth in (500, 5_000, 50_000)],
)
def test_what_could_be_meant_in_two_ways_or_none_is_not_read(text: str) -> None:
    assert salvaged(text, Found) is None


def test_good_items_are_not_lost_with_a_bad_one() -> None:
    bad = {**FACT, "fact": None}
    found = salvaged(json.dumps({"facts": [FACT, bad]}), Found)
    assert found is not None
    assert len(found.answer.facts) == 1
    assert found.problems == ["facts.1.fact: Input should be a valid string"]


def test_a_list_without_its_object_is_told_apart_by_keys() -> None:
    field = {"event": 0, "quote": "q", "reason": "r", "profile": "p", "field": "f", "value": "1", "intent": "REMEMBER"}
    found = salvaged(json.dumps([FACT, field]), FoundWithFields)
    assert found is not None
    assert (len(found.answer.facts), len(found.answer.fields)) == (1, 1)


def test_an_empty_answer_is_read_in_prose_too() -> None:
    found = salvaged('Nothing to do: {"decisions": []}', Decided)
    assert found is not None
    assert found.answer.decisions == []


@pytest.mark.parametrize("end", [",]}", ",\n ] }"])
def test_a_comma_is_left_out_although_a_quote_before_the_answer_is_never_closed(end: str) -> None:
    found = salvaged(f'27" it is: {GOOD.replace("]}", end)}', Found)
    assert found is not None
    assert len(found.answer.facts) == 1


@pytest.mark.parametrize("unit", ['\\"', '"\\', "[", '{"a":', ", ", '"a', "</think"])
def test_hostile_answers_take_time_in_proportion_to_their_length(unit: str) -> None:
    assert growth(lambda text: salvaged(text, Found), lambda times: f'"{unit * times}', 1_000) < LINEAR
