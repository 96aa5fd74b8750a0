"""The reasons of a decision: they must fit together, and quote what was said."""

from __future__ import annotations

from typing import Any

import pytest

from memorybank.bank.guards.judge import judge_decision
from memorybank.models.reading import decision_of
from memorybank.ports.models import Action, Claim, Decision, ExtractedFact, Intent, Relation
from memorybank.prompts.decision import Decided, Made
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import open_policy

PARIS, LYON = "I live in Paris", "I live in Lyon"
ALLERGY = "I am allergic to penicillin"


def _kind(decision: Decision, *, fact: str = LYON, known: str = PARIS, intent: Intent = Intent.REMEMBER) -> str | None:
    refusal = judge_decision(ExtractedFact(fact, intent=intent), known, decision)
    return refusal.kind if refusal else None


def _replaces(old_words: str = "Paris", new_words: str = "Lyon", text: str = LYON, **more: Any) -> Decision:
    stated = {"same_subject": True, "both_true": False, **more}
    claim = Claim(Relation.REPLACES, old_words=old_words, new_words=new_words, **stated)
    return Decision(0, Action.UPDATE, 0, text, claim=claim)


def test_a_replacement_with_its_words_is_allowed() -> None:
    assert _kind(_replaces()) is None
    assert _kind(_replaces("in PARIS", "in lyon")) is None


@pytest.mark.parametrize("more", [{"both_true": True}, {"same_subject": False}])
def test_an_answer_that_contradicts_itself_is_refused(more: dict[str, Any]) -> None:
    assert _kind(_replaces(**more)) == "CONTRADICTION"


@pytest.mark.parametrize(("old", "new"), [("Rome", "Lyon"), ("Paris", "Nice"), ("", "Lyon"), ("Paris", " ")])
def test_words_that_nobody_said_replace_nothing(old: str, new: str) -> None:
    assert _kind(_replaces(old, new)) == "WORDS_NOT_SAID"


def test_a_text_keeps_all_but_the_words_that_are_replaced() -> None:
    known = "I live in Paris with Mia"
    assert _kind(_replaces(text="I live in Lyon"), known=known) == "UNSAFE_UPDATE"
    assert _kind(_replaces(text="I live in Lyon with Mia"), known=known) is None


def test_a_unit_alone_may_be_the_word_that_is_replaced() -> None:
    euros, dollars = "My budget is 500 euros", "My budget is 500 dollars"
    assert _kind(_replaces("euros", "dollars", dollars), fact=dollars, known=euros) is None


def test_reasons_that_fit_do_not_make_up_for_the_words() -> None:
    """Two allergies are both true, whatever a model says."""
    new = "I am allergic to bee stings"
    assert _kind(_replaces("penicillin", "bee stings", new), fact=new, known=ALLERGY) == "UNSAFE_UPDATE"


@pytest.mark.parametrize(
    ("relation", "both_true", "kind"),
    [
        (Relation.SAME, True, None),
        (Relation.SAME, False, "CONTRADICTION"),
        (Relation.ENDS, True, "CONTRADICTION"),
        (Relation.ENDS, False, "UNSAFE_DELETE"),
    ],
)
def test_relations_need_what_they_say(relation: Relation, both_true: bool, kind: str | None) -> None:  # noqa: FBT001
    claim = Claim(relation, same_subject=True, both_true=both_true)
    assert _kind(Decision(0, relation.action, 0, claim=claim), fact="I am living in Paris") == kind


def test_what_is_to_be_forgotten_needs_no_contradiction() -> None:
    claim = Claim(Relation.ENDS, same_subject=True, both_true=True)
    assert _kind(Decision(0, Action.DELETE, 0, claim=claim), fact=PARIS, intent=Intent.FORGET) is None


NEW_FORM = {
    "fact": 0,
    "candidate": 1,
    "same_subject": True,
    "both_true": False,
    "relation": "REPLACES",
    "old_words": "Paris",
    "new_words": "Lyon",
    "text": LYON,
}


def test_an_answer_is_read_with_its_reasons() -> None:
    claim = Claim(Relation.REPLACES, same_subject=True, both_true=False, old_words="Paris", new_words="Lyon")
    assert decision_of(Made.model_validate(NEW_FORM)) == Decision(0, Action.UPDATE, 1, LYON, claim=claim)


@pytest.mark.parametrize("action", list(Action))
def test_an_answer_in_the_form_of_earlier_prompts_is_read_without_reasons(action: Action) -> None:
    made = {"fact": 0, "reason": "r", "action": action.name, "candidate": 1, "text": LYON}
    [read] = Decided.model_validate({"decisions": [made]}).decisions
    decision = decision_of(read)
    text = LYON if action is Action.UPDATE else None
    assert (decision.action, decision.candidate, decision.text, decision.claim) == (action, 1, text, None)


def test_what_is_left_of_a_forgotten_memory_is_an_update() -> None:
    made = {**NEW_FORM, "relation": "ENDS", "both_true": True, "text": "I play chess"}
    assert decision_of(Made.model_validate(made)).action is Action.UPDATE


def test_a_decision_that_names_no_memory_means_the_only_one_offered() -> None:
    policy = open_policy(ScriptedModel(decide=lambda _: [Decision(0, Action.UPDATE, None, LYON)]))
    policy.remember(PARIS)
    assert policy.generate(LYON) == ["UPDATED"]
    policy.remember("I play chess")
    assert policy.generate("I live in Nice") == ["CREATED"]
