"""Answers that are not quite JSON of the schema are read where what was meant is beyond doubt."""

from __future__ import annotations

import json

import pytest

from memorybank.models.answers import Reply, read
from memorybank.models.salvage import salvaged
from memorybank.prompts.decision import Decided
from memorybank.prompts.extraction import Found, FoundWithFields
from memorybank.prompts.prompt import Prompt
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


BEES = {**FACT, "quote": "I keep bees", "fact": "I keep bees"}


def _facts(text: str) -> list[str] | None:
    found = salvaged(text, Found)
    return None if found is None or found.problems else [each.fact for each in found.answer.facts]


@pytest.mark.parametrize(
    "text",
    [
        repr({"facts": [FACT]}),
        GOOD.replace('"event": 0,', '"event": 0, // counted from 0\n'),
        GOOD.replace('"event": 0,', '"event": 0, # counted from 0\n'),
        GOOD.replace('"facts"', "/* all */ facts"),
        GOOD.replace('"facts"', "\u201cfacts\u201d"),
        GOOD.replace(', "reason"', ' "reason"'),
        *(GOOD.replace('"r"', said) for said in ("NaN", "None", "null", "True", "[]")),
        GOOD.replace('"reason": "r", ', ""),
        GOOD.replace('"facts"', '"Facts"').replace('"quote"', '"Quote"'),
        json.dumps({"facts": {"0": FACT}}),
        json.dumps({"facts": FACT}),
        json.dumps(FACT),
        json.dumps([{"facts": [FACT]}]),
        json.dumps({"result": {"facts": [FACT]}}),
        json.dumps({"name": "save", "arguments": GOOD}),
        json.dumps(GOOD),
        f"{GOOD}<|im_end|>",
        GOOD.replace('"r"', r'"in C:\dir, the user\'s"'),
        GOOD.replace('"event": 0', '"event": +00'),
        GOOD.replace('"quote": "I live in Ghent"', '"quote": `I live in Ghent`'),
        GOOD.replace('["USER_PERSONAL_INFO"]', '[["USER_PERSONAL_INFO"], null]'),
        GOOD.replace("}]}", "}, null, {}]}"),
        json.dumps({"facts": [json.dumps(FACT)]}),
        json.dumps({"choices": [{"message": {"content": GOOD}}]}),
    ],
)
def test_an_answer_in_another_form_is_read(text: str) -> None:
    assert _facts(text) == ["I live in Ghent"]


def test_items_without_their_list_are_read_together() -> None:
    assert _facts(f"{json.dumps(FACT)}\n{json.dumps(BEES)}") == ["I live in Ghent", "I keep bees"]
    assert _facts(f'{{"facts": [{json.dumps(FACT)} {json.dumps(BEES)}]}}') == ["I live in Ghent", "I keep bees"]
    assert _facts(f'{GOOD[:-1]}, "facts": [{json.dumps(BEES)}]}}') == ["I live in Ghent", "I keep bees"]


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace('"fact":', '"fact": "I live in Bruges", "fact":'),
        GOOD.replace('"r"', '"they said "yes" to it"'),
        GOOD.replace('"quote": "I live in Ghent", ', ""),
        f'{{"mine": {GOOD}, "yours": {json.dumps({"facts": [BEES]})}}}',
        f"{{so}} {json.dumps(FACT)}",
    ],
)
def test_an_answer_in_doubt_is_not_read(text: str) -> None:
    assert _facts(text) is None


@pytest.mark.parametrize(
    "text",
    [GOOD[:-2], GOOD[:-1], f"{GOOD[:-2]}, {json.dumps(BEES)[:40]}", f"{GOOD[:-2]},", f"<think>{GOOD}"],
)
def test_an_answer_that_is_cut_off_is_a_problem_but_what_it_says_is_kept(text: str) -> None:
    found = salvaged(text, Found)
    assert found is not None
    assert [each.fact for each in found.answer.facts] == ["I live in Ghent"]
    assert len(found.problems) == 1


@pytest.mark.parametrize("unit", ["'", "{'a':", "//", "/*", "\u201c", "[1 ", '{"a":{"a":1},', '"a" '])
def test_loose_json_takes_time_in_proportion_to_its_length(unit: str) -> None:
    assert growth(lambda text: salvaged(text, Found), lambda times: f"[{unit * times}", 1_000) < LINEAR


def test_no_text_of_an_answer_stays_in_a_cache() -> None:
    prompt = Prompt("v", "", "", Found)
    one, other = (read(Reply(GOOD), prompt, model="m").facts[0] for _ in range(2))
    assert one == other
    assert one.quote is not other.quote
    assert one.fact is not other.fact
