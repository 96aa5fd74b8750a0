"""Time decides which statement is right: whatever the order of arrival, the bank says what was said last."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import timedelta

import pytest

from memorybank.models.offline import OfflineModel
from memorybank.ports.models import Action
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import Policy, Says, decides, open_policy

CITIES = ["Lyon", "Turin", "Oslo", "Ghent", "Porto", "Delft", "Graz", "Malaga", "Leeds", "Brno"]


def _bank() -> Policy:
    rules = OfflineModel()
    return open_policy(ScriptedModel(extract=rules.extract, decide=rules.decide))


def _said(policy: Policy, *turns: tuple[str, str]) -> str:
    events = [{"content": {"role": "user", "parts": [{"text": text}]}, "eventTime": time} for text, time in turns]
    name = policy.accept_source(directContentsSource={"events": events})
    policy.deliver(name)
    assert policy.operation(name).error is None
    return name


def _year(number: int) -> str:
    return f"{2010 + number}-05-01T10:00:00Z"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_older_statement_does_not_replace_a_newer_one(order: Sequence[int]) -> None:
    policy = _bank()
    turns = [("I live in Paris.", "2029-05-01T10:00:00Z"), ("I live in Lyon.", "2031-05-01T10:00:00Z")]
    for number in order:
        _said(policy, turns[number])
    assert policy.facts() == ["I live in Lyon"]


def test_an_older_statement_is_found_in_the_history_and_marked() -> None:
    policy = _bank()
    _said(policy, ("I live in Lyon.", "2031-05-01T10:00:00Z"))
    _said(policy, ("I live in Paris.", "2029-05-01T10:00:00Z"))
    [record] = policy.records()
    first, last = [revision.data["extracted"][0] for revision in policy.revisions(record.path)]
    assert (first["fact"], last["fact"]) == ("I live in Lyon", "I live in Paris")
    assert last["context"].startswith("Said earlier on 2029-05-01: part of the history.")
    assert "Said earlier" not in first["context"]


@pytest.mark.parametrize("seed", range(4))
def test_ten_changes_in_any_order_leave_the_last_one(seed: int) -> None:
    policy = _bank()
    turns = [(f"I live in {city}.", _year(number)) for number, city in enumerate(CITIES)]
    random.Random(seed).shuffle(turns)  # noqa: S311  # an order, no secret
    for turn in turns:
        _said(policy, turn)
    assert policy.facts() == ["I live in Brno"]


def test_of_statements_of_the_same_time_the_one_that_arrives_last_is_right() -> None:
    policy = _bank()
    _said(policy, ("I live in Paris.", _year(0)))
    _said(policy, ("I live in Lyon.", _year(0)))
    assert policy.facts() == ["I live in Lyon"]


def test_statements_without_a_time_were_said_when_they_arrived() -> None:
    policy = _bank()
    policy.generate("I live in Paris.")
    policy.clock.advance(timedelta(seconds=60))
    policy.generate("I live in Lyon.")
    _said(policy, ("I live in Oslo.", "2019-05-01T10:00:00Z"))
    assert policy.facts() == ["I live in Lyon"]


def test_an_older_wish_to_forget_does_not_delete_what_was_said_again() -> None:
    policy = _bank()
    _said(policy, ("I like jazz.", _year(5)))
    _said(policy, ("Please forget that I like jazz.", _year(3)))
    assert policy.facts() == ["I like jazz"]
    _said(policy, ("Please forget that I like jazz.", _year(6)))
    assert policy.facts() == []


def test_other_facts_of_an_older_conversation_are_remembered() -> None:
    policy = _bank()
    _said(policy, ("I live in Lyon.", _year(9)))
    _said(policy, ("I play the oboe.", _year(2)))
    assert policy.facts() == ["I live in Lyon", "I play the oboe"]


def test_the_operation_tells_what_was_left_out_and_not_the_words() -> None:
    policy = open_policy()
    name = policy.accept("My card number is 4111 1111 1111 1111", "I like tea")
    policy.deliver(name)
    told = policy.operation(name).extras()["leftOut"]
    assert told == [{"kind": "SECRET", "count": 1, "event": 0}]
    assert "leftOut" not in json.dumps(policy.operation(name).to_wire("v1"))


def test_a_refused_decision_is_told_by_the_operation_and_by_the_revision() -> None:
    overwrite = decides(Says("I like opera", Action.UPDATE, "I like jazz", "I like opera"))
    policy = open_policy(ScriptedModel(decide=overwrite))
    policy.remember("I like jazz")
    name = policy.accept("I like opera")
    policy.deliver(name)
    assert policy.facts() == ["I like jazz", "I like opera"]
    assert policy.operation(name).extras()["leftOut"] == [{"kind": "UNSAFE_UPDATE", "count": 1, "event": 0}]
    [revision] = policy.revisions(policy.record("I like opera").path)
    assert "A decision was refused: The new text loses or adds" in revision.data["extracted"][0]["context"]
