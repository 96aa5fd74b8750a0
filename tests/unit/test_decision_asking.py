"""A model is asked about the labelled pairs, and its decisions are counted by their labels."""

from __future__ import annotations

import pytest

from memorybank.commands.decision_asking import AT_ONCE, ask
from memorybank.commands.decision_scoring import Labelled
from memorybank.ports.models import Action, Decision, DecisionRequest, ExtractedFact
from memorybank.testing.scripted import ScriptedModel

OSLO, ROME, TEA = "I live in Oslo", "I live in Rome", "I drink tea"


def _labelled(known: str, fact: str, *decisions: tuple[Action, str | None, bool]) -> list[Labelled]:
    return [
        Labelled("en", "replaces", known, ExtractedFact(fact), Decision(0, action, 0, text), good)
        for action, text, good in decisions
    ]


MOVED = _labelled(OSLO, ROME, (Action.UPDATE, ROME, True), (Action.KEEP, None, False))
APART = _labelled(OSLO, TEA, (Action.DELETE, None, False), (Action.KEEP, None, False))
WINE = _labelled("I drink wine on weekends.", "I drink wine.", (Action.KEEP, None, False))


def _decides(*made: Decision) -> ScriptedModel:
    return ScriptedModel(decide=lambda _: made)


def test_right_decisions_that_pass_and_wrong_ones_that_are_refused_are_no_mistakes() -> None:
    model = _decides(Decision(0, Action.UPDATE, 0, ROME), Decision(1, Action.DELETE, 1))
    answers = ask(model, [*MOVED, *APART])
    assert (answers.pairs, answers.apart, answers.unlabelled, answers.mistakes) == (2, 0, 0, [])
    assert (answers.bad_passed, answers.good_refused) == (0, 0)


def test_a_wrong_decision_that_passes_is_named() -> None:
    answers = ask(_decides(Decision(0, Action.KEEP, 0)), [*WINE, *APART])
    assert answers.mistakes == ["passed: keep 'I drink wine on weekends.', 'I drink wine.'"]
    assert (answers.bad_passed, answers.apart) == (0.5, 1)
    assert list(answers.lines())[-1] == answers.mistakes[0]


def test_a_right_decision_that_is_refused_is_named() -> None:
    pair = _labelled("I play the oboe.", "I paint.", (Action.KEEP, None, True))
    answers = ask(_decides(Decision(0, Action.KEEP)), pair)
    assert answers.mistakes == ["refused: keep 'I play the oboe.', 'I paint.'"]
    assert answers.good_refused == 1


@pytest.mark.parametrize(
    ("made", "apart", "unlabelled"),
    [
        (Decision(0, Action.UPDATE, 0, "I live in Rome now"), 0, 1),
        (Decision(0, Action.CREATE), 1, 0),
        (Decision(0, Action.KEEP, 7), 1, 0),
        (Decision(7, Action.KEEP, 0), 1, 0),
    ],
)
def test_decisions_without_a_label_or_a_pair_are_counted_apart(made: Decision, apart: int, unlabelled: int) -> None:
    answers = ask(_decides(made), MOVED)
    assert (answers.apart, answers.unlabelled, answers.confusion.bad.total()) == (apart, unlabelled, 0)


def test_many_pairs_are_asked_about_at_once_and_each_fact_is_offered_its_own_memory() -> None:
    model = ScriptedModel()
    pairs = [each for n in range(AT_ONCE + 1) for each in _labelled(f"I own {n} oars", TEA, (Action.KEEP, None, False))]
    assert ask(model, pairs).pairs == AT_ONCE + 1
    first, second = [request for request in model.requests if isinstance(request, DecisionRequest)]
    assert [new.candidates for new in first.facts] == [(n,) for n in range(AT_ONCE)]
    assert [each.fact for each in second.candidates] == [f"I own {AT_ONCE} oars"]
