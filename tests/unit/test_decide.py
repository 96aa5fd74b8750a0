"""What the model is asked, what of its answer holds, and that the same question is paid for once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memorybank.bank import engines
from memorybank.bank.generation.decide import Choice, Decider
from memorybank.bank.generation.match import CANDIDATES, Matcher, Pending
from memorybank.bank.memories.records import MemoryRecord
from memorybank.ports.models import Action, Candidate, Decision, DecisionRequest, ExtractedFact, Intent
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.scopes import scope_key
from memorybank.resources.wire import parse
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import SCOPE, Policy, open_policy

TEA, PARIS = "I like tea", "I live in Paris"


def _decider(policy: Policy) -> Decider:
    config = engines.get(policy.ports, policy.engine).config
    return Decider(Matcher(policy.ports, policy.engine, config, scope_key(SCOPE)))


def _pending(fact: str, *, operation: str = "o", intent: Intent = Intent.REMEMBER, chunk: int = 0) -> Pending:
    body = {"scope": SCOPE, "directContentsSource": {"events": [{"content": {"parts": [{"text": "x"}]}}]}}
    request = parse(GenerateMemoriesRequest, body)
    extracted = ExtractedFact(fact, intent=intent, chunk=chunk)
    return Pending(f"operations/{operation}", f"memories/{operation}-{fact}", request, extracted)


def _asked(model: ScriptedModel) -> list[DecisionRequest]:
    return [request for request in model.requests if isinstance(request, DecisionRequest)]


def test_facts_without_any_candidate_are_new_and_nobody_is_asked() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    new = _pending(TEA)
    assert _decider(policy).decide([new], known={}, changed=[]).choices == {new.path: ()}
    assert model.requests == []


def test_candidates_are_numbered_without_gaps_and_no_id_reaches_the_model() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    paths = [policy.remember(fact) for fact in (TEA, PARIS)]
    news = [_pending("I like green tea"), _pending("I moved")]
    _decider(policy).decide(news, known={}, changed=[])
    [request] = _asked(model)
    assert sorted(candidate.fact for candidate in request.candidates) == [TEA, PARIS]
    assert [candidate.number for candidate in request.candidates] == [0, 1]
    assert [sorted(new.candidates) for new in request.facts] == [[0, 1], [0, 1]]
    for identifier in [path.rpartition("/")[2] for path in paths]:
        assert identifier not in repr(request)


def test_the_same_question_is_paid_for_once_and_another_one_again() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    policy.remember(PARIS)
    decider = _decider(policy)
    for _ in range(3):
        decider.decide([_pending(TEA)], known={}, changed=[])
    assert model.decisions == 1
    decider.decide([_pending("I paint")], known={}, changed=[])
    assert model.decisions == 2


def test_only_the_nearest_candidates_are_shown() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    for number in range(CANDIDATES + 5):
        policy.remember(f"I own {number} bicycles" if number else TEA)
    _decider(policy).decide([_pending("I like green tea")], known={}, changed=[])
    [request] = _asked(model)
    assert len(request.candidates) == CANDIDATES
    assert replace(request.candidates[0], said=None) == Candidate(0, TEA)


def test_a_memory_changed_just_now_is_shown_as_it_is_now() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    path = policy.remember(TEA)
    changed = _with_fact(policy.record(TEA), "I like coffee")
    _decider(policy).decide([_pending(PARIS)], known={path: changed}, changed=[changed])
    [request] = _asked(model)
    assert [candidate.fact for candidate in request.candidates] == ["I like coffee"]


def test_a_memory_deleted_just_now_is_not_shown() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    path = policy.remember(TEA)
    _decider(policy).decide([_pending(PARIS)], known={path: None}, changed=[])
    assert model.requests == []


@pytest.mark.parametrize(
    ("operation", "chunk", "intent", "shown"),
    [
        ("o", 1, Intent.REMEMBER, []),
        ("o", 0, Intent.REMEMBER, [TEA]),
        ("p", 1, Intent.REMEMBER, [TEA]),
        ("p", 1, Intent.FORGET, []),
    ],
)
def test_earlier_facts_of_other_operations_and_pieces_are_candidates(
    operation: str, chunk: int, intent: Intent, shown: list[str]
) -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    first = _pending(TEA, operation=operation, chunk=chunk, intent=intent)
    second = _pending("I like green tea", chunk=1)
    decider = _decider(policy)
    decider.matcher.embed([TEA, "I like green tea"])
    decider.decide([first, second], known={}, changed=[])
    assert [candidate.fact for request in _asked(model) for candidate in request.candidates] == shown


@pytest.mark.parametrize(
    ("intent", "decisions", "held"),
    [
        (Intent.REMEMBER, [(Action.KEEP, None)], [Action.KEEP]),
        (Intent.REMEMBER, [(Action.UPDATE, "I really like tea")], [Action.UPDATE]),
        (Intent.REMEMBER, [(Action.UPDATE, None)], []),
        (Intent.REMEMBER, [(Action.DELETE, None)], []),
        (Intent.REMEMBER, [(Action.CREATE, None)], []),
        (Intent.REMEMBER, [(Action.KEEP, None), (Action.DELETE, None)], [Action.KEEP]),
        (Intent.REMEMBER, [(Action.UPDATE, ""), (Action.KEEP, None)], [Action.KEEP]),
        (Intent.FORGET, [(Action.KEEP, None)], []),
        (Intent.FORGET, [(Action.CREATE, None)], []),
        (Intent.FORGET, [(Action.DELETE, None)], [Action.DELETE]),
        (Intent.FORGET, [(Action.UPDATE, "I like milk")], []),
        (Intent.FORGET, [(Action.UPDATE, TEA)], []),
    ],
)
def test_what_of_an_answer_holds(
    intent: Intent, decisions: list[tuple[Action, str | None]], held: list[Action]
) -> None:
    answer = [Decision(0, action, candidate=0, text=text) for action, text in decisions]
    policy = open_policy(ScriptedModel(decide=lambda _: answer))
    path = policy.remember(TEA)
    new = _pending("I really like tea", intent=intent)
    [choices] = _decider(policy).decide([new], known={}, changed=[]).choices.values()
    assert [(choice.path, choice.action, choice.shown) for choice in choices] == [(path, one, TEA) for one in held]


@pytest.mark.parametrize("decisions", [[(Action.DELETE, None)], [(Action.UPDATE, ""), (Action.DELETE, None)]])
def test_what_contradicts_may_end_what_is_known(decisions: list[tuple[Action, str | None]]) -> None:
    answer = [Decision(0, action, candidate=0, text=text) for action, text in decisions]
    policy = open_policy(ScriptedModel(decide=lambda _: answer))
    path = policy.remember(TEA)
    [choices] = _decider(policy).decide([_pending("I never drink tea")], known={}, changed=[]).choices.values()
    assert [(choice.path, choice.action) for choice in choices] == [(path, Action.DELETE)]


@pytest.mark.parametrize(("text", "held"), [("I live in Oslo", 1), ("I live in Oslo since 2019", 0), ("I like tea", 0)])
def test_what_is_left_of_a_memory_is_a_part_of_it(text: str, held: int) -> None:
    policy = open_policy(ScriptedModel(decide=lambda _: [Decision(0, Action.UPDATE, candidate=0, text=text)]))
    policy.remember("I live in Oslo and like tea")
    new = _pending(TEA, intent=Intent.FORGET)
    [choices] = _decider(policy).decide([new], known={}, changed=[]).choices.values()
    assert len(choices) == held


@pytest.mark.parametrize("fact", [-1, 1, 7])
def test_an_answer_for_a_fact_that_was_not_asked_about_is_passed_over(fact: int) -> None:
    policy = open_policy(ScriptedModel(decide=lambda _: [Decision(fact, Action.DELETE, candidate=0)]))
    policy.remember(TEA)
    assert list(_decider(policy).decide([_pending("I never drink tea")], known={}, changed=[]).choices.values()) == [()]


def test_a_fact_is_decided_on_by_its_own_decisions_and_against_its_own_candidates_only() -> None:
    """The second fact is offered the first one, which is of another operation; the first is not."""
    answer = [Decision(1, Action.DELETE, candidate=0), Decision(0, Action.KEEP, candidate=1)]
    policy = open_policy(ScriptedModel(decide=lambda _: answer))
    path = policy.remember(TEA)
    first, second = _pending("I never drink tea", operation="o"), _pending("I drink no tea", operation="p")
    decider = _decider(policy)
    decider.matcher.embed([first.fact.fact, second.fact.fact])
    made = decider.decide([first, second], known={}, changed=[]).choices
    assert made[first.path] == ()
    assert [choice.path for choice in made[second.path]] == [path]


def test_a_choice_says_what_the_memory_said_when_it_was_made() -> None:
    text = "I like tea and milk"
    policy = open_policy(ScriptedModel(decide=lambda _: [Decision(0, Action.UPDATE, candidate=0, text=text)]))
    path = policy.remember(TEA)
    new = _pending("I like milk")
    assert _decider(policy).decide([new], known={}, changed=[]).choices[new.path] == (
        Choice(path, Action.UPDATE, shown=TEA, text=text),
    )


def _with_fact(record: MemoryRecord, fact: str) -> MemoryRecord:
    return replace(record, memory=record.memory.model_copy(update={"fact": fact}))
